//! What happened to a ticket: what its sender may read on his page, and an operator on the command line.
//!
//! Promises: no name of a file, no password, nothing of what was typed. Leaves to others: keeping events (`store`), words for them (`texts`).

use serde::{Deserialize, Serialize};

/// So many events of a ticket are kept; then the oldest goes (P18).
pub const KEPT: u32 = 200;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Unix time, seconds.
    pub at: i64,
    /// What.
    pub what: Happened,
    /// The internet address it came from, for operators only.
    pub from: Option<String>,
}

/// What can happen to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Happened {
    /// It was opened: the link, and the password if one is needed.
    Opened,
    /// These entries of the catalogue were fetched to their end, together.
    Fetched(Vec<u32>),
    /// Too many wrong passwords or codes: nobody may try until somebody lifts it.
    Locked,
    /// Somebody lifted the lock or the pause.
    Lifted(Actor),
    /// Whoever has the link asked for the password.
    Asked,
    /// An answer to the sender was written on the page.
    Answered,
    /// Taken back.
    Revoked(Actor),
    /// It ends at this Unix time now.
    Extended(i64, Actor),
    /// A new link was sent.
    LinkSent(Actor),
    /// A new password was made and sent.
    PasswordSent(Actor),
    /// Its recipient had everything and deleted it.
    Deleted,
    /// A new password was made and shown to whoever made it.
    PasswordShown(Actor),
    /// The text message with the password has arrived.
    TextArrived,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// The mail's sender, on his page or by mail.
    Sender,
    /// An operator.
    Operator,
    /// The rules of the house: `lock.hard.then = "deleted"`.
    House,
}

impl Event {
    /// Now (Unix time, seconds), from nowhere in particular.
    pub fn at(now: i64, what: Happened) -> Self {
        Event {
            at: now,
            what,
            from: None,
        }
    }
}
