//! What a sender wants to be told, and what a mail's record keeps of that.
//!
//! Of three that speak the nearest counts: what was asked for in this mail (by a rule's `notify`, a tag, or
//! `Disposition-Notification-To`), then what the sender has chosen once and for all, then `[notice]` of the configuration.
//! What somebody must know (locked, expires unread, taken back, mails that wait) is no matter of taste and always comes.
//! Leaves to others: keeping it (`store`), who is told anything at all (`gateway::telling`).

use crate::mail::Address;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a sender hears of downloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Downloads {
    /// After each visit, a little later.
    #[default]
    Each,
    /// Once a day, all in one mail.
    Daily,
    /// Never.
    Off,
}

/// `[notice]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// A receipt for each mail, unless its sender wants none.
    pub receipts: bool,
    /// Word of downloads, unless the sender wants it otherwise.
    pub downloads: Downloads,
    /// So long after the first download its sender is told, of all that came meanwhile.
    pub coalesce: Duration,
    /// They are told too when a page is locked.
    pub admins: Vec<Address>,
    /// So long before the end a sender hears that nobody has fetched anything; zero: only where a rule asks for it.
    pub remind: Duration,
}

impl Default for Telling {
    fn default() -> Self {
        Telling {
            receipts: true,
            downloads: Downloads::Each,
            coalesce: Duration::from_secs(15 * 60),
            admins: Vec::new(),
            remind: Duration::from_secs(2 * 86_400),
        }
    }
}

/// What a sender has chosen; `None`: as the house has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferences {
    /// A receipt for each mail.
    pub receipts: Option<bool>,
    /// Word of downloads.
    pub downloads: Option<Downloads>,
    /// The language of what he reads, one of ours.
    pub language: Option<String>,
}

/// How a mail's sender is told what becomes of it; a record without it has nobody to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told {
    /// The language of what he reads.
    pub language: String,
    /// `Message-ID` of the mail, so that all about it lands in its thread; a stranger may have written it.
    pub thread: Option<String>,
    /// A receipt is to be made when somebody has the mail.
    pub receipt: bool,
    /// The mail itself asks for word of each download (RFC 8098 `Disposition-Notification-To`).
    pub asked: bool,
}

/// The events a rule's `notify` may name, as a ticket keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wishes {
    /// `downloaded`
    pub downloaded: bool,
    /// `expired-unread`
    pub unread: bool,
}

impl Wishes {
    /// Of the words of a rule.
    pub fn of(notify: &[String]) -> Self {
        let has = |word: &str| notify.iter().any(|n| n == word);
        Wishes {
            downloaded: has("downloaded"),
            unread: has("expired-unread"),
        }
    }
}
