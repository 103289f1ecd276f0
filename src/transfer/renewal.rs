//! A renewal: a new link, and a new password where one is needed, for a ticket whose transfer key the gateway has kept (`recovery = "gateway"`).
//!
//! The old link opens nothing from the moment the new one is on disk. The password leaves only after somebody has taken the mail with the
//! new link: its notice travels inside the memo that brings the link, and is put into the outbox when that mail was accepted.
//! Promises: at most [`PER_DAY`] for a ticket in a day and [`IN_ALL`] in all (P18). Leaves to others: the sealed form (`seal::recovery`),
//! doing it (`gateway::steering`), the mail's words (`notify`) and looks (`rewrite`).

use super::notice::Route;
use super::proof::PasswordLine;
use super::{LinkSecret, Notice, PasswordRules};
use crate::mail::Lane;
use serde::{Deserialize, Serialize};

/// Renewals of a ticket in a day.
pub const PER_DAY: usize = 5;
/// Renewals of a ticket in all.
pub const IN_ALL: usize = 20;
const DAY: i64 = 86_400;

/// What a ticket keeps so that it can be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spare {
    /// The transfer key and [`Kept`], sealed. Format: `seal::recovery`.
    pub sealed: Vec<u8>,
    /// What block and page say about the way of a new password.
    pub line: PasswordLine,
    /// When it was renewed: Unix times, seconds, in order. How many there are tells one form of the sender's page from the next.
    pub renewed: Vec<i64>,
}

/// What is kept beside the transfer key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The way of each recipient's password, in the order of the ticket's recipients.
    pub ways: Vec<Route>,
    /// The only way a mail with a link may leave by.
    pub lane: Lane,
    /// What a new password must be.
    pub rules: PasswordRules,
}

/// How a new password reaches whoever needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// As the first one did.
    SameWay,
    /// It is shown once to whoever had it made, who hands it on.
    Shown,
}

/// What the mail with a new link brings, and what follows when it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// The envelope sender of the mail that the files came with.
    pub sender: String,
    /// The sender's name.
    pub sender_name: Option<String>,
    /// The link; in the outbox until the mail was taken, and nowhere else.
    pub link: LinkSecret,
    /// Its end: Unix time, seconds.
    pub expires: i64,
    /// How its password travels.
    pub password: PasswordLine,
    /// Bytes of each file behind it; names are in no mail of ours.
    pub sizes: Vec<u64>,
    /// The text of the mail is behind it too.
    pub message: bool,
    /// The only way it may leave by.
    pub lane: Lane,
    /// The new password for this recipient, due once the mail was taken.
    pub notice: Option<Box<Notice>>,
}

impl Spare {
    /// One that was never used.
    pub fn new(sealed: Vec<u8>, line: PasswordLine) -> Self {
        Spare {
            sealed,
            line,
            renewed: Vec::new(),
        }
    }

    /// How often it was used.
    pub fn generation(&self) -> usize {
        self.renewed.len()
    }

    /// True if it may be used at this time (Unix, seconds).
    pub fn may(&self, now: i64) -> bool {
        let today = |at: &&i64| now.saturating_sub(**at) < DAY;
        self.renewed.len() < IN_ALL && self.renewed.iter().filter(today).count() < PER_DAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_in_a_day_and_twenty_in_all() {
        let mut spare = Spare::new(Vec::new(), PasswordLine::None);
        let mut days = Vec::new();
        for hour in 0..24 * 7 {
            let now = 1_764_000_000 + hour * 3600;
            if spare.may(now) {
                spare.renewed.push(now);
                days.push(hour / 24);
            }
        }
        assert_eq!(days.len(), IN_ALL);
        for day in 0..4 {
            assert_eq!(days.iter().filter(|d| **d == day).count(), PER_DAY, "{day}");
        }
        assert!(!spare.may(i64::MAX));
    }
}
