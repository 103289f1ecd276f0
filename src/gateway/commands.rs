//! Commands by mail: the sender of a transfer answers its receipt, and the answer is caught on its way out and obeyed.
//!
//! Promises: a mail to a command address never goes on, whatever is in it; it counts only if its envelope and its only From name the
//! transfer's sender, and so does its login if that is an address; everybody else hears the same refusal, whether there is such a
//! transfer or not. What it asks for, the answer and the note that it was obeyed are one commit, before its client hears 250: the same
//! mail once more does nothing more. Machines are heard out and never answered, or two of them would talk for ever.
//! Who may send as whom is the mail server's to say: we are behind it, see the manual, page *senders*.
//! Leaves to others: what can be done (`steering`), the words of the answer (`notify`).

pub(super) mod catching;
mod order;

use super::ledger::Turn;
use super::telling::is_machine;
use super::waiting::Way;
use super::{Gateway, heavy};
use crate::fault::{Fault, Kind, Reply};
use crate::mail::{Address, Mail, Recipient};
use crate::store::Answered;
use crate::transfer::memo::{About, Memo};
use crate::transfer::proof::{Answer, Outcome};
use crate::transfer::steering::{Asked, Did, Standing, Told};
use crate::transfer::{Actor, Numbers, SenderLink, Ticket, TransferId};
use crate::{maillog, rewrite};
use jiff::Timestamp;
use order::{Order, Orders};

/// What everybody hears who is not its sender, and whoever names a transfer that is not there.
const NOT_YOURS: &str =
    "Only the sender of a transfer can answer for it, from the address that has sent it";

/// The command addresses of a mail.
#[derive(Default)]
pub(super) struct Caught {
    /// Each with the transfer that it names.
    whom: Vec<(Address, TransferId)>,
    /// All recipients of the mail.
    everybody: Vec<Recipient>,
}

/// Whom a mail comes from.
enum Author {
    /// A program; it is not answered.
    Machine,
    /// The one whom both envelope and From name.
    Person(Address),
    /// They do not agree, or do not say.
    Nobody,
}

impl Caught {
    /// Gives the mail its recipients back.
    pub(super) fn restore(self, mail: &mut Mail) {
        if !self.whom.is_empty() {
            mail.envelope.recipients = self.everybody;
        }
    }

    /// True if the mail is for nobody else.
    pub(super) fn is_all(&self, mail: &Mail) -> bool {
        !self.whom.is_empty() && mail.envelope.recipients.is_empty()
    }
}

impl Gateway {
    /// Takes the command addresses out of a mail. A mail that was released had its commands obeyed when it came.
    pub(super) fn catch(&self, mail: &mut Mail, way: &Way) -> Caught {
        let house = self.house();
        let named = |r: &Recipient| Some((r.address.clone(), house.command_of(&r.address)?));
        let whom: Vec<_> = mail.envelope.recipients.iter().filter_map(named).collect();
        if whom.is_empty() || matches!(way, Way::Released { .. }) {
            return Caught::default();
        }
        let everybody = mail.envelope.recipients.clone();
        let is_caught = |r: &Recipient| whom.iter().any(|(address, _)| *address == r.address);
        mail.envelope.recipients.retain(|r| !is_caught(r));
        Caught { whom, everybody }
    }

    /// Obeys, and gives an answer for each command address. A client that hears one answer for all has the whole mail refused if one of
    /// them is: nothing has left yet.
    pub(super) async fn obey(
        &self,
        mail: &Mail,
        caught: &Caught,
        way: &Way,
    ) -> Result<Outcome, Fault> {
        if caught.whom.is_empty() {
            return Ok(Outcome::default());
        }
        let author = author(mail);
        let turn = self.turn_of("command", mail, way).await?;
        let mut allowed = Vec::new();
        for (_, id) in &caught.whom {
            allowed.push(match &author {
                Author::Machine => true,
                Author::Nobody => false,
                Author::Person(person) => heavy(|| catching::is_of(self.store(), id, person))?,
            });
        }
        if allowed.contains(&false) && !mail.envelope.client.hears_each() {
            return Err(refusal());
        }
        let mut outcome = Outcome::default();
        for ((address, id), allowed) in caught.whom.iter().zip(allowed) {
            let answer = match (&author, allowed) {
                (Author::Person(person), true) => {
                    heavy(|| self.obey_once(mail, &turn, (address, id), person))?;
                    Answer::Obeyed
                }
                (_, true) => {
                    maillog::unheard(mail.id, id);
                    Answer::Obeyed
                }
                (_, false) => Answer::Refused(Reply::from(&refusal().kind)),
            };
            outcome.answers.push((address.clone(), answer));
        }
        Ok(outcome)
    }

    /// Blocks.
    fn obey_once(
        &self,
        mail: &Mail,
        turn: &Turn,
        (address, id): (&Address, &TransferId),
        person: &Address,
    ) -> Result<(), Fault> {
        if turn.came_before(self.store(), address)? {
            return Ok(());
        }
        let lines = rewrite::own_lines(mail);
        let order = Orders::new(self.texts(), &self.house().time_zone).read(&lines);
        maillog::asked(mail.id, id, order.word());
        let along = |asked, standing| Answered {
            memos: vec![self.answer_to(mail, id, person, asked, standing)],
            asked: Some((
                mail.id.to_string(),
                turn.submission(address, mail.at.as_second()),
            )),
        };
        let steering = self.steering();
        match order {
            Order::Wish(wish) => {
                let told = |did: Did| along(Asked::Did(wish.clone(), did), Vec::new());
                steering.steer_along(id, &wish, Actor::Sender, told)?;
            }
            Order::Who => self
                .store()
                .keep_along(along(Asked::Who, self.standing(id)?))?,
            Order::Numbers => {
                let since = self.numbers_since(Timestamp::now().as_second());
                let numbers = self.store().numbers(person)?.shown(since);
                self.store()
                    .keep_along(along(Asked::Numbers(numbers), Vec::new()))?;
            }
            // Twice is as once, so it may come before the note that it was obeyed.
            Order::Forget(whom) => {
                let now = Timestamp::now().as_second();
                let forget = |numbers: &mut Numbers| numbers.forget(whom.as_ref(), now);
                let many = self.store().change_numbers(person, forget)?;
                self.store()
                    .keep_along(along(Asked::Forgot(many), Vec::new()))?;
            }
            Order::Help => self.store().keep_along(along(Asked::Help, Vec::new()))?,
            Order::Unread => self.store().keep_along(along(Asked::Unread, Vec::new()))?,
        }
        self.wake();
        Ok(())
    }

    fn answer_to(
        &self,
        mail: &Mail,
        id: &TransferId,
        person: &Address,
        asked: Asked,
        standing: Vec<Standing>,
    ) -> Memo {
        let fields = &mail.outline.root().fields;
        let token = SenderLink::token(&self.parts.master, id, None);
        Memo {
            id: format!("{}-{id}", mail.id),
            mail: mail.id.to_string(),
            to: person.to_string(),
            language: Some(self.language_of(mail)),
            thread: fields.value("Message-ID").map(str::to_owned),
            transfer: Some(id.to_string()),
            page: Some(format!("/s/{token}")),
            until: mail.at.as_second(),
            received: mail.at.as_second(),
            about: About::Told(Told {
                transfer: id.to_string(),
                asked,
                standing,
            }),
        }
    }

    fn standing(&self, id: &TransferId) -> Result<Vec<Standing>, Fault> {
        let record = self.store().transfer(id)?;
        let tickets = record
            .map(|record| self.store().tickets(&record))
            .transpose()?;
        Ok(tickets.unwrap_or_default().iter().map(standing).collect())
    }
}

fn standing(ticket: &Ticket) -> Standing {
    Standing {
        recipients: ticket.recipients.clone(),
        opened: ticket.first_opened,
        fetched: ticket.fetched.iter().filter(|count| **count > 0).count() as u32,
        of: ticket.entries.len() as u32,
        locked: ticket.locked,
        revoked: ticket.wrap.is_none(),
    }
}

pub(super) fn refusal() -> Fault {
    Fault::new(Kind::PolicyRefused(NOT_YOURS.to_owned()))
}

/// RFC 3834 section 2: no answer to the null sender, to what says that a machine made it, nor to lists.
/// True if whoever sent this mail is its envelope sender, as far as we can know.
pub(super) fn is_its_senders(mail: &Mail) -> bool {
    matches!(author(mail), Author::Person(_))
}

fn author(mail: &Mail) -> Author {
    let fields = &mail.outline.root().fields;
    let Some(sender) = &mail.envelope.sender else {
        return Author::Machine;
    };
    if is_machine(fields) {
        return Author::Machine;
    }
    let mut all = fields.all("From");
    let from = match (all.next(), all.next()) {
        (Some(field), None) => only_address(&field.raw),
        _ => None,
    };
    let login = mail.envelope.client.login.as_deref();
    let login = login.and_then(|login| login.parse::<Address>().ok());
    match from {
        Some(from) if from.same_mailbox(sender) && login.is_none_or(|l| l.same_mailbox(sender)) => {
            Author::Person(sender.clone())
        }
        _ => Author::Nobody,
    }
}

/// The address of a From with one; none in doubt.
fn only_address(raw: &str) -> Option<Address> {
    let text: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((name, rest)) = text.split_once('<') else {
        return text.parse().ok();
    };
    let (address, behind) = rest.split_once('>')?;
    let quoted = name
        .trim()
        .strip_prefix('"')
        .and_then(|n| n.strip_suffix('"'));
    let odd = |c| matches!(c, ',' | ';' | ':' | '@' | '"' | '(');
    let plain = match quoted {
        Some(inner) => !inner.contains(['"', '\\']),
        None => !name.contains(odd),
    };
    (plain && behind.trim().is_empty()).then(|| address.trim().parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_from_in_doubt_is_nobodys() {
        let anna = "anna@example.org";
        let rows = [
            ("anna@example.org", Some(anna)),
            ("Anna Lind <anna@example.org>", Some(anna)),
            ("\"Lind, Anna\"\r\n <anna@example.org>", Some(anna)),
            (
                "=?utf-8?q?Anna_=3Ceva=40x=3E?= <anna@example.org>",
                Some(anna),
            ),
            ("anna@example.org, eva@example.org", None),
            ("Anna <anna@example.org>, Eva <eva@example.org>", None),
            ("eva@example.org, Anna <anna@example.org>", None),
            ("\"Eva\" <eva@example.org> <anna@example.org>", None),
            ("friends: anna@example.org;", None),
            ("\"a\\\" <x@y>\" <anna@example.org>", None),
            ("", None),
        ];
        for (raw, expected) in rows {
            let found = only_address(raw).map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{raw}");
        }
    }
}
