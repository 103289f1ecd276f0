//! A receipt: what a sender reads when his mail has left, once per transfer. Kept sealed until it was sent.
//!
//! Promises: no password (those stand in the [`Notice`](super::Notice) that carries it, if one does); nothing of the mail's text.
//! Leaves to others: making it of a mail (`gateway`), of a record alone (here, [`Receipt::of_record`]), its words (`notify::receipt`).

use super::proof::{PasswordLine, ShownFile};
use super::waiting::Why;
use super::{Record, Ticket};
use serde::{Deserialize, Serialize};

/// What one hand-over has brought about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// The mail's subject; `None` if it is not known any more, or is not to be shown.
    pub subject: Option<String>,
    /// The files that are links now; empty if their names are not known or not to be shown.
    pub files: Vec<ShownFile>,
    /// How many files.
    pub count: u32,
    /// Their bytes.
    pub size: u64,
    /// Everybody this hand-over was for.
    pub people: Vec<Person>,
    /// The rules that wanted it.
    pub reasons: Vec<Why>,
    /// The end of the latest link: Unix time, seconds.
    pub expires: i64,
    /// What follows `/s/` in the address of the sender's page.
    pub token: String,
}

/// What one recipient got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub recipient: String,
    /// Whether the mail is there.
    pub fate: Arrived,
    /// What of it.
    pub got: Got,
}

/// Whether a mail has reached somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrived {
    /// The next server has it.
    Taken,
    /// It is still being tried.
    Waits,
    /// Nobody knows.
    Unclear,
    /// Never, in the words of the server that refused it.
    Refused(String),
}

/// What somebody gets of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Got {
    /// All of it as it was written: a colleague, or one whom no rule is about.
    Original,
    /// A link.
    Link {
        /// How its password travels.
        password: PasswordLine,
        /// Others have the same link.
        shared: bool,
        /// A new link and password can be made.
        renewable: bool,
    },
}

impl Receipt {
    /// What can still be told when the mail itself is gone: no subject, no names, and not who was refused.
    pub fn of_record(
        record: &Record,
        tickets: &[Ticket],
        token: String,
        has_it: &[String],
    ) -> Self {
        let person = |ticket: &Ticket, recipient: &String| Person {
            recipient: recipient.clone(),
            fate: match has_it.contains(recipient) {
                true => Arrived::Taken,
                false => Arrived::Unclear,
            },
            got: Got::Link {
                password: ticket.password_line.clone(),
                shared: ticket.recipients.len() > 1,
                renewable: ticket.spare.is_some(),
            },
        };
        let people = tickets.iter().filter(|t| t.wrap.is_some());
        let people = people.flat_map(|t| t.recipients.iter().map(move |r| person(t, r)));
        let sizes = record.blobs.iter().map(|blob| blob.plain_len);
        Receipt {
            subject: None,
            files: Vec::new(),
            count: u32::try_from(record.blobs.len()).unwrap_or(u32::MAX),
            size: sizes.fold(0, u64::saturating_add),
            people: people.collect(),
            reasons: Vec::new(),
            expires: record.expires,
            token,
        }
    }
}
