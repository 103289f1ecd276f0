//! What has happened, as types: a step that needs one cannot be written before the step that gives it.
//!
//! [`Held`]: the ciphertext and its record are on disk. Made by `store` alone, needed by `rewrite` for every link.
//! [`Accepted`]: somebody else answers for the mail. Made by outlets alone, needed by `release` for every password.
//! [`Owned`]: the mail itself is durable here, so that its client may forget it. Made by `store` alone.
//! One search for `::assertion` shows every place where a promise is given.

use super::contact::Origin;
use super::sender_link::SheetSecret;
use super::{LinkSecret, TransferId};
use crate::fault::Reply;
use crate::mail::Address;

/// The transfer of a mail is durable, or there was nothing to hold.
#[derive(Debug)]
pub struct Held {
    transfer: Option<HeldTransfer>,
}

/// What `rewrite` needs to know of a held transfer.
#[derive(Debug)]
pub struct HeldTransfer {
    /// Its name.
    pub id: TransferId,
    /// One per ticket.
    pub links: Vec<HeldLink>,
    /// What opens the sender's sheet, for the receipt only; `None` if this mail came before.
    pub sheet: Option<SheetSecret>,
}

/// A file as block, page and receipt show it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ShownFile {
    /// Safe, unique in its transfer.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// One link and who gets it.
#[derive(Debug)]
pub struct HeldLink {
    /// Indices into the plan's decisions.
    pub recipients: Vec<usize>,
    /// The secret, for the mail only.
    pub secret: LinkSecret,
    /// When it ends, as a Unix time in seconds.
    pub expires: i64,
    /// How the password travels, for the block's password line.
    pub password: PasswordLine,
    /// The files behind this link, as the block lists them and the page shows them.
    pub files: Vec<ShownFile>,
    /// It can be replaced if it is lost: its ticket has a spare key.
    pub renewable: bool,
}

/// How a recipient comes by the password: what block and page say about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PasswordLine {
    /// No password is needed.
    None,
    /// A text message to the number that ends so.
    TextMessage(String),
    /// The sender tells it.
    Sender,
    /// Another way, named by the operator: "by the reception desk".
    Other(String),
    /// No password, but a code by mail that the page sends when it is asked to.
    EmailCode,
    /// A text message to the number that ends so, which the sender has not given with the mail.
    KnownNumber(String, Origin),
    /// No password: a device of the recipient's opens it.
    Quick,
    /// It was agreed on with the recipient once, and is not sent.
    Agreed,
}

impl Held {
    /// Asserts that everything this transfer needs is on disk.
    pub fn assertion(transfer: HeldTransfer) -> Self {
        Held {
            transfer: Some(transfer),
        }
    }

    /// Nothing was sealed, so nothing had to be held.
    pub fn nothing() -> Self {
        Held { transfer: None }
    }

    /// The transfer, if one was made.
    pub fn transfer(&self) -> Option<&HeldTransfer> {
        self.transfer.as_ref()
    }

    /// The link of a recipient, by the index of its decision.
    pub fn link_of(&self, decision: usize) -> Option<&HeldLink> {
        self.transfer
            .as_ref()?
            .links
            .iter()
            .find(|link| link.recipients.contains(&decision))
    }
}

/// A next hop has taken the mail for this recipient.
#[derive(Debug, Clone)]
pub struct Accepted {
    reply: Reply,
    reports: bool,
    stays: bool,
}

impl Accepted {
    /// Asserts that somebody else answers for the mail now.
    pub fn assertion(reply: Reply) -> Self {
        Accepted {
            reply,
            reports: true,
            stays: false,
        }
    }

    /// The same by the server that the mail came from, which keeps it and was told what to change: if it comes with it again, it has lost
    /// it, and us saying so.
    pub fn by_its_server(self) -> Self {
        Accepted {
            stays: true,
            ..self
        }
    }

    /// True if the mail is with the server that it came from.
    pub fn stays(&self) -> bool {
        self.stays
    }

    /// The same by a server that tells nobody what becomes of the mail: it does not know DSN (RFC 3461).
    pub fn without_reports(self) -> Self {
        Accepted {
            reports: false,
            ..self
        }
    }

    /// True if the sender hears from there what was asked for; else from us (RFC 3461 section 5.2.2).
    pub fn reports(&self) -> bool {
        self.reports
    }

    /// Its words.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }
}

/// The mail is durably ours, and we answer for it. Made by `store` alone.
#[derive(Debug, Clone)]
pub struct Owned(());

impl Owned {
    /// Asserts that the mail and its record are on disk.
    pub fn assertion() -> Self {
        Owned(())
    }
}

/// What became of a mail for one recipient.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Somebody else has it.
    Accepted(Accepted),
    /// Not now: 4xx.
    Deferred(Reply),
    /// Never: 5xx.
    Refused(Reply),
    /// The final dot was sent and not answered. Counts as sent.
    Unknown,
    /// It waits here for an approver.
    Waits(Owned),
    /// It was served when the same mail came before.
    Before,
    /// It is durably ours: we deliver it, or tell its sender that we could not.
    Owned(Owned),
    /// It was for the gateway itself, which has done what it says.
    Obeyed,
    /// Its client keeps the copy as it came, and answers for it once it has heard how it ends for all (a milter).
    Stays,
}

impl Answer {
    /// Nothing is left to do for this recipient's client.
    pub fn is_served(&self) -> bool {
        matches!(
            self,
            Answer::Accepted(_)
                | Answer::Before
                | Answer::Owned(_)
                | Answer::Waits(_)
                | Answer::Obeyed
                | Answer::Stays
        )
    }
}

/// What became of a mail, one answer per recipient of all variants.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// In the order of the envelope once `gateway` has sorted them.
    pub answers: Vec<(Address, Answer)>,
}

impl Outcome {
    /// Nothing is left to do for the client.
    pub fn is_served(&self) -> bool {
        self.answers.iter().all(|(_, answer)| answer.is_served())
    }

    /// The answer for a recipient.
    pub fn of(&self, recipient: &Address) -> Option<&Answer> {
        self.answers
            .iter()
            .find(|(address, _)| address == recipient)
            .map(|(_, answer)| answer)
    }
}
