//! A notice: a password on its way. Kept sealed in the outbox until a channel has taken it, then wiped.

use super::proof::PasswordLine;
use super::{Password, Receipt};
use serde::{Deserialize, Serialize};

/// One message to one destination. Never carries a recipient's link: who finds it has a password and nothing to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The same for every try, so that a provider can drop doubles: `<transfer>-<number>`.
    pub id: String,
    /// Which transfer it is about.
    pub transfer: String,
    /// The mail it was made from, for the log.
    pub mail: String,
    /// Name of the channel that takes it.
    pub channel: String,
    /// Where it goes.
    pub destination: Destination,
    /// The mail's envelope sender.
    pub sender: String,
    /// The sender's name, if the header From has one.
    pub sender_name: Option<String>,
    /// `Message-ID` of the mail, so that a notice to the sender lands in its thread.
    pub message_id: Option<String>,
    /// Language of the text.
    pub language: String,
    /// Whose passwords these are. Those of one text message have the same one.
    pub entries: Vec<NoticeEntry>,
    /// When the transfer ends, Unix time.
    pub expires: i64,
    /// Unix time of the mail.
    pub created: i64,
    /// The receipt that travels with passwords to the sender, in one mail.
    pub receipt: Option<Box<Receipt>>,
    /// The ways it takes, one after the other, if this one fails for good; beyond them there is the sender.
    pub then: Vec<Route>,
    /// What its telephone number teaches for its sender's next mails.
    pub number: Learn,
}

impl Notice {
    /// True if somebody's password can go with it, on this way: a text message says one password, to however many it belongs.
    pub fn may_also_say(&self, way: &Route, entry: &NoticeEntry) -> bool {
        let here = (&self.channel, &self.destination, &self.then);
        let is_said = || self.entries.iter().all(|e| e.password == entry.password);
        here == (&way.channel, &way.destination, &way.then) && (!self.is_text() || is_said())
    }

    /// It goes to a telephone.
    pub fn is_text(&self) -> bool {
        matches!(self.destination, Destination::Phone(_))
    }
}

/// What a telephone number teaches once a text message has gone there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Learn {
    /// Nothing.
    #[default]
    Nothing,
    /// Its sender gave it for this very recipient: it counts from now on.
    Number,
    /// It is still in use.
    Use,
}

/// One recipient's password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeEntry {
    /// The recipient's address.
    pub recipient: String,
    /// The password.
    #[serde(with = "exposed")]
    pub password: Password,
}

/// Where a notice goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// The operator's command, folder or webhook decides.
    Operator,
    /// A telephone number in international form.
    Phone(String),
    /// The mail's own sender, by mail.
    Sender(String),
}

/// A password in a record: the record's value is sealed as a whole.
pub(super) mod exposed {
    use super::Password;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::transfer) fn serialize<S: Serializer>(
        password: &Password,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        s.serialize_str(password.expose())
    }

    pub(in crate::transfer) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Password, D::Error> {
        String::deserialize(d).map(|text| Password::given(&text))
    }
}

/// The way one recipient's password takes, chosen before anything is sealed: a mail whose password has no way must not leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Name of the channel; empty if no password is needed.
    pub channel: String,
    /// Where it goes.
    pub destination: Destination,
    /// What block and page say about it.
    pub line: PasswordLine,
    /// Further ways, in order, each without any of its own.
    pub then: Vec<Route>,
}

impl Route {
    /// No way, of which this is said.
    pub fn none(line: PasswordLine) -> Route {
        Route {
            channel: String::new(),
            destination: Destination::Operator,
            line,
            then: Vec::new(),
        }
    }

    /// True if a password travels: there is one, and the recipient does not have it already.
    pub fn carries(&self) -> bool {
        !self.channel.is_empty() && self.line != PasswordLine::Agreed
    }

    /// The way that follows this one, with those that follow it.
    pub fn next(&self) -> Option<Route> {
        let (next, then) = self.then.split_first()?;
        let then = then.to_vec();
        Some(Route {
            then,
            ..next.clone()
        })
    }
}
