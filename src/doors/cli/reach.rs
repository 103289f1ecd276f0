//! Where the passwords of a mail would go by telephone, and which are agreed on: for `cloakroom explain`.
//!
//! Promises: a number is taken from where the line takes it, in its order: the mail, the directories, an earlier mail; of it the last digits are
//! shown. Directories are asked; what the store knows is asked of the running gateway, and the store itself is left alone, as a look must
//! not leave anything there. What could not be asked is said: nothing is passed off as not known.

use super::block_on;
use crate::config::Config;
use crate::directory::Directories;
use crate::fault::failure::Failure;
use crate::mail::Address;
use crate::service::control::{Answer, Request, ask_running};
use crate::service::directories;
use crate::service::reach::{AT_ONCE, Known, Question};
use crate::transfer::{Decision, Plan, Unlock, phone};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// What is known of one recipient.
#[derive(Debug, Default, Serialize)]
pub struct Reach {
    recipient: String,
    /// The last digits.
    number: Option<String>,
    /// Where the number is from.
    number_from: Option<String>,
    /// With whom a password is agreed: an address, or `@` and a domain.
    agreed: Option<String>,
    /// RFC 3339: since when.
    agreed_since: Option<String>,
    /// Why it is not used.
    agreed_breaks: Option<String>,
    /// What could not be asked, and why.
    unseen: Vec<String>,
    #[serde(skip)]
    by_phone: bool,
    #[serde(skip)]
    by_agreement: bool,
}

/// One for each recipient whose password may go by telephone or be an agreed one.
pub fn all(config: &Config, sender: Option<&Address>, plan: &Plan) -> Result<Vec<Reach>, Failure> {
    let wants = |d: &&Decision| is_by(config, d, "sms") || is_by(config, d, "agreed");
    let decisions: Vec<&Decision> = plan.decisions.iter().filter(wants).collect();
    if decisions.is_empty() {
        return Ok(Vec::new());
    }
    let mut all: Vec<Reach> = decisions.iter().map(|d| Reach::of(config, d)).collect();
    block_on(async {
        let opened = directories::all(config).map_err(|failure| sentence(&failure));
        for (reach, decision) in all.iter_mut().zip(&decisions) {
            reach.look_up(decision, opened.as_ref()).await;
        }
        for (some, decisions) in all.chunks_mut(AT_ONCE).zip(decisions.chunks(AT_ONCE)) {
            let known = known(config, sender, decisions).await;
            some.iter_mut().enumerate().for_each(|(at, reach)| {
                let known = known.as_ref().map(|all| all.get(at).cloned());
                reach.recall(known.map(Option::unwrap_or_default));
            });
        }
        Ok(all)
    })
}

impl Reach {
    fn of(config: &Config, decision: &Decision) -> Self {
        let given = decision.options.phone.as_deref();
        Reach {
            recipient: decision.recipient.to_string(),
            number: given.map(phone::ending),
            number_from: given.map(|_| "the mail itself".to_owned()),
            by_phone: is_by(config, decision, "sms"),
            by_agreement: is_by(config, decision, "agreed"),
            ..Reach::default()
        }
    }

    async fn look_up(&mut self, decision: &Decision, opened: Result<&Directories, &String>) {
        if !self.by_phone || self.number.is_some() {
            return;
        }
        let directories = match opened {
            Ok(directories) => directories,
            Err(why) => return self.unseen.push(format!("directories: {why}")),
        };
        match directories.find(&decision.recipient).await {
            Ok(found) => {
                self.number = found.contact.number.map(|n| phone::ending(&n.digits));
                self.number_from = found.by.map(|name| format!("the directory \"{name}\""));
            }
            Err(trouble) => {
                // Nobody else is asked then.
                self.by_phone = false;
                let why = format!("{trouble}: mail is put off until it answers");
                self.unseen.push(why);
            }
        }
    }

    fn recall(&mut self, known: Result<Known, &String>) {
        let wants_number = self.by_phone && self.number.is_none();
        let what = match (wants_number, self.by_agreement) {
            (true, true) => "numbers of earlier mails, agreed passwords",
            (true, false) => "numbers of earlier mails",
            (false, true) => "agreed passwords",
            (false, false) => return,
        };
        let known = match known {
            Ok(known) => known,
            Err(why) => return self.unseen.push(format!("{what}: {why}")),
        };
        if wants_number && known.ending.is_some() {
            self.number = known.ending;
            self.number_from = Some("an earlier mail of the sender".to_owned());
        }
        if self.by_agreement {
            self.agreed = known.agreed;
            self.agreed_since = known.since;
            self.agreed_breaks = known.breaks;
        }
    }
}

/// True if policy lets the password take such a way. A password that the sender chose goes before one that is agreed.
fn is_by(config: &Config, decision: &Decision, kind: &str) -> bool {
    let options = &decision.options;
    let unlocks = match kind {
        "agreed" => options.unlock == Unlock::Password && options.password.is_none(),
        _ => options.unlock.has_password(),
    };
    let mut of_kind = config.channels.iter().filter(|c| c.kind.way() == kind);
    let ways = &options.password_via;
    decision.protects()
        && unlocks
        && of_kind.any(|c| ways.iter().any(|w| *w == c.name || w == kind))
}

/// In the order of the decisions.
async fn known(
    config: &Config,
    sender: Option<&Address>,
    decisions: &[&Decision],
) -> Result<Vec<Known>, String> {
    let kept = i64::try_from(config.transfer.remember_numbers.0.as_secs()).unwrap_or(i64::MAX);
    let person = |d: &&Decision| (d.recipient.to_string(), d.options.password_rules.clone());
    let question = Question {
        sender: sender.filter(|_| kept > 0).map(Address::to_string),
        since: Timestamp::now().as_second().saturating_sub(kept),
        people: decisions.iter().map(person).collect(),
    };
    match ask_running(config, &Request::Reach(question)).await {
        Ok(Some(Answer::Reached(known))) => Ok(known),
        Ok(Some(Answer::Sorry(why))) => Err(why),
        Ok(Some(_)) => Err("the gateway answers something else: are both of one version?".into()),
        Ok(None) => Err("no gateway runs here to be asked".into()),
        Err(failure) => Err(sentence(&failure)),
    }
}

fn sentence(failure: &Failure) -> String {
    failure.errors.join("; ")
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.recipient)?;
        match (&self.number, &self.number_from) {
            (Some(ending), Some(from)) => writeln!(f, "  number   ends in {ending}, from {from}")?,
            _ if self.by_phone && self.unseen.is_empty() => writeln!(f, "  number   none")?,
            _ => {}
        }
        match (&self.agreed, &self.agreed_breaks) {
            (Some(with), None) => {
                let since = self.agreed_since.as_deref().unwrap_or_default();
                writeln!(f, "  agreed   a password with {with}, since {since}")?;
            }
            (Some(with), Some(breaks)) => {
                writeln!(f, "  agreed   a password with {with}, not used: {breaks}")?;
            }
            (None, _) if self.by_agreement && self.unseen.is_empty() => {
                writeln!(f, "  agreed   nothing")?;
            }
            (None, _) => {}
        }
        let mut unseen = self.unseen.iter();
        unseen.try_for_each(|what| writeln!(f, "  unseen   {what}"))
    }
}
