//! The plan: what policy wants for each recipient of a mail, with reasons. Made by `decide`, read by everyone after it.

use super::contact::{Contact, Origin};
use super::notice::{Learn, Route};
use super::proof::PasswordLine;
use super::unreached::Unreached;
use super::waiting::Why;
use super::{Password, PasswordRules};
use crate::mail::{Address, Lane};
use std::time::Duration;

/// What happens to one mail.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One decision per recipient, in the order of the envelope.
    pub decisions: Vec<Decision>,
    /// The subject without the sender's tags, if it had any. Holds for every variant.
    pub subject: Option<String>,
    /// True if header fields for us (`X-Cloakroom-…`) must go, in every variant: they may hold a password.
    pub strip_controls: bool,
}

/// What happens for one recipient.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Whom it is about.
    pub recipient: Address,
    /// The strictest of all rules that matched; of a mail that waits: what it is once somebody has released it.
    pub action: Action,
    /// Somebody has to release the mail before it leaves for anybody.
    pub awaits: Option<Awaits>,
    /// What of the mail goes into the transfer.
    pub scope: Scope,
    /// The only way it may leave by, whatever is taken out of it.
    pub lane: Lane,
    /// Each value merged to the stricter.
    pub options: Options,
    /// What directories know of the recipient; empty until they are asked, which is behind policy.
    pub contact: Contact,
    /// Which rules matched, waived ones too.
    pub reasons: Vec<Reason>,
}

/// What a rule may ask for, from mild to strict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Leaves as it came.
    Pass,
    /// Attachments go into a transfer.
    Transfer,
    /// Text and attachments go into a transfer.
    Seal,
    /// Refused, with a sentence for the sender.
    Refuse(String),
}

/// What a mail waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaits {
    /// Who may release it; at least one.
    pub release_by: Vec<Address>,
    /// So long it waits; then it is dropped.
    pub hold_for: Duration,
    /// Ids of the rules that hold it.
    pub rules: Vec<String>,
    /// To whom no way leads with a password: its sender says how they get theirs. With nobody who may release it, that lets it leave.
    pub unreached: Vec<Unreached>,
}

/// What of the mail goes into the transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Nothing: the mail leaves as it came.
    Nothing,
    /// These parts (indices into the outline), in document order; the text stays.
    Parts(Vec<usize>),
    /// Text, attachments and the original as `.eml`; only our block and the headers stay.
    Message,
    /// The original as one `.eml`, because taking it apart could break or betray it. The reason is for log and receipt.
    Whole(&'static str),
}

/// How a transfer behaves for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What opens it besides the link.
    pub unlock: Unlock,
    /// Ways of the password, first that reaches wins: names or kinds of channels.
    pub password_via: Vec<String>,
    /// How long it can be fetched.
    pub keep_for: Duration,
    /// How often each file may be fetched; `None`: any number.
    pub downloads: Option<u32>,
    /// No file names in the mail.
    pub hide_names: bool,
    /// Another subject in the mail.
    pub hide_subject: bool,
    /// Events the sender wants to hear of: `downloaded`, `expired-unread`, `delivered`.
    pub notify: Vec<String>,
    /// Language of block, page and notice; `None`: the first configured one.
    pub language: Option<String>,
    /// A telephone number the sender gave for this recipient, in international form.
    pub phone: Option<String>,
    /// It was given for this recipient by name, or there is no other.
    pub phone_is_own: bool,
    /// A password the sender gave.
    pub password: Option<Password>,
    /// Whether a lost password can be replaced.
    pub recovery: Recovery,
    /// What passwords must be, given or made.
    pub password_rules: PasswordRules,
    /// What happens where no way of `password_via` reaches the recipient …
    pub if_no_channel: IfNoChannel,
    /// … and so long a mail waits then for its sender.
    pub hold_for: Duration,
    /// The sender of a mail that waits may have it leave with the link alone.
    pub link_allowed: bool,
}

impl Options {
    /// Nothing asked for but this.
    pub fn of(unlock: Unlock, password_via: Vec<String>, keep_for: Duration) -> Self {
        Options {
            unlock,
            password_via,
            keep_for,
            downloads: None,
            hide_names: false,
            hide_subject: false,
            notify: Vec::new(),
            language: None,
            phone: None,
            phone_is_own: false,
            password: None,
            recovery: Recovery::default(),
            password_rules: PasswordRules::usual(),
            if_no_channel: IfNoChannel::default(),
            hold_for: HOLD_FOR,
            link_allowed: false,
        }
    }
}

/// How long a mail waits for people where nobody says so: three days, with a weekend in it.
pub const HOLD_FOR: Duration = Duration::from_secs(3 * 86_400);

/// What happens where no way reaches a recipient with a password, from mild to strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum IfNoChannel {
    /// Its sender gets it, and passes it on.
    #[default]
    Sender,
    /// The mail waits, and its sender is asked.
    Hold,
    /// The mail is refused, with a sentence that tells its sender what to do.
    Refuse,
}

/// What opens a transfer besides its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unlock {
    /// Nothing: whoever has the link.
    Link,
    /// A code that is sent to the recipient's own mailbox when the link is opened.
    EmailCode,
    /// A device that the recipient has set up for mails of this sender, else a password.
    Quick,
    /// A password that travels by another channel.
    Password,
}

impl Unlock {
    /// True if a password may be needed.
    pub fn has_password(self) -> bool {
        matches!(self, Unlock::Quick | Unlock::Password)
    }
}

/// Whether a lost link or password can be replaced, from mild to strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Recovery {
    /// The gateway keeps the transfer key sealed under its own, until the transfer ends: sender and operator can have a new link and
    /// password made. Who has the whole disk and the master key can open it too.
    Gateway,
    /// By nobody: the sender sends again.
    #[default]
    None,
}

/// A rule that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The rule's `id`.
    pub rule: String,
    /// Its `why`, in the sender's language if it has it.
    pub why: String,
    /// `10-size.toml:10`: file and line of the rule.
    pub place: String,
    /// What of the mail made it match: `attachments 12.0 MiB > 10 MiB`.
    pub matched: String,
    /// Whether it counted.
    pub weight: Weight,
}

/// Whether a matched rule counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// It did.
    Enforced,
    /// `mode = "observe"`: counted and logged only.
    Observed,
    /// Taken out by the rule named.
    WaivedBy(String),
}

impl Decision {
    /// What a text message on this way teaches about the recipient's number.
    pub fn learns(&self, route: &Route) -> Learn {
        match &route.line {
            PasswordLine::TextMessage(_) if self.contact.vouched => Learn::Number,
            PasswordLine::KnownNumber(_, Origin::Earlier) => Learn::Use,
            _ => Learn::Nothing,
        }
    }

    /// Language of block, page and notice: what rule or sender asked for, else what the recipient is known to read.
    pub fn language(&self) -> Option<&str> {
        let known = self.contact.language.as_deref();
        self.options.language.as_deref().or(known)
    }
}

impl Plan {
    /// Makes one link possible for all: what is known of one recipient alone does not count where it is not true of the others.
    pub fn share(&mut self) {
        let protects: Vec<&Decision> = self.decisions.iter().filter(|d| d.protects()).collect();
        let same = |what: fn(&Decision, &Decision) -> bool| {
            protects.windows(2).all(|pair| what(pair[0], pair[1]))
        };
        let agreed = same(|a, b| a.contact.agreed == b.contact.agreed);
        let language = same(|a, b| a.contact.language == b.contact.language);
        for contact in self.decisions.iter_mut().map(|d| &mut d.contact) {
            contact.agreed = contact.agreed.take().filter(|_| agreed);
            contact.language = contact.language.take().filter(|_| language);
        }
    }

    /// Nobody's variant differs from what came in.
    pub fn is_empty(&self) -> bool {
        self.subject.is_none()
            && !self.strip_controls
            && self.decisions.iter().all(|d| d.scope == Scope::Nothing)
    }

    /// Something goes into a transfer.
    pub fn protects(&self) -> bool {
        self.decisions.iter().any(Decision::protects)
    }

    /// True if the gateway may keep a spare key: only if that is decided for everyone whose part is protected, as a spare key opens all of
    /// a transfer, the others' files too (P9).
    pub fn keeps_spare(&self) -> bool {
        let mut protected = self.decisions.iter().filter(|d| d.protects());
        protected.all(|d| d.options.recovery == Recovery::Gateway)
    }

    /// The first refusal, if a rule refuses. One refused recipient refuses the mail: half a mail helps nobody.
    pub fn refusal(&self) -> Option<&str> {
        self.decisions.iter().find_map(|d| match &d.action {
            Action::Refuse(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The rules that took something out of the mail, each once, in the order of the decisions.
    pub fn reasons(&self) -> Vec<Why> {
        let mut all: Vec<Why> = Vec::new();
        let protected = self.decisions.iter().filter(|d| d.protects());
        let enforced = protected
            .flat_map(|d| &d.reasons)
            .filter(|reason| reason.weight == Weight::Enforced);
        for reason in enforced {
            if !all.iter().any(|why| why.rule == reason.rule) {
                all.push(Why {
                    rule: reason.rule.clone(),
                    why: reason.why.clone(),
                });
            }
        }
        all
    }

    /// What the mail waits for, if one decision says so: one held recipient holds it for all, as half a mail helps nobody. Any
    /// approver of any recipient will do, within the shortest time.
    pub fn awaits(&self) -> Option<Awaits> {
        let mut all = self.decisions.iter().filter_map(|d| d.awaits.as_ref());
        let mut awaits = all.next()?.clone();
        for other in all {
            union(&mut awaits.release_by, &other.release_by);
            union(&mut awaits.rules, &other.rules);
            union(&mut awaits.unreached, &other.unreached);
            awaits.hold_for = awaits.hold_for.min(other.hold_for);
        }
        Some(awaits)
    }
}

fn union<T: Clone + PartialEq>(into: &mut Vec<T>, from: &[T]) {
    for item in from {
        if !into.contains(item) {
            into.push(item.clone());
        }
    }
}

impl Decision {
    /// True if something goes into a transfer.
    pub fn protects(&self) -> bool {
        self.scope != Scope::Nothing
    }
}
