//! What somebody wants of a transfer that has left, and what came of it: in words that a page, a mail and the command line can say.
//!
//! Leaves to others: doing it (`gateway::steering`), who may (the doors), the sentences (`texts`).

use super::numbers::ShownNumber;
use crate::mail::Address;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    /// Take it back, from everybody or from one recipient.
    Revoke(Option<Address>),
    /// Another end.
    Extend(End),
    /// Lift the lock or the pause that wrong passwords brought.
    Lift(Option<Address>),
    /// A new link and password for one recipient, who need not be named if there is no other.
    Renew(Option<Address>),
}

/// A new end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Then: Unix time, seconds.
    At(i64),
    /// So many seconds later than it ends now.
    Later(i64),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Did {
    /// So many links open nothing any more; at least one.
    Revoked(u32),
    /// It ends then now, which may be sooner than was wished. Unix times, seconds.
    Extended {
        /// The end that was set.
        until: i64,
        /// The one that was wished.
        wished: i64,
    },
    /// So many links may be tried again; at least one.
    Lifted(u32),
    /// There was nothing to take back, or nothing was locked.
    Nothing,
    /// It was not sent to that recipient under a link.
    NoSuchRecipient,
    /// The new end would be in the past.
    Past,
    /// It has ended or was taken back, so that its end does not matter any more.
    Over,
    /// There is no such transfer (any more).
    Unknown,
    /// A new link is on its way; the one before opens nothing any more.
    Renewed,
    /// Nothing new can be made of it: policy did not want that, or it was taken back.
    Lost,
    /// It was renewed as often as may be, today or in all.
    TooOften,
    /// It was renewed since this was asked for.
    Before,
    /// Which recipient? There are several.
    WhichOne,
    /// Its mail has not left yet, or nobody knows whether it has.
    NotLeft,
    /// The new password has no way, or must not be shown to whoever asks.
    NoWay,
}

impl End {
    /// The last second of a day, written `2025-12-05`, where people live by this zone. `None` if it is no day.
    pub fn of_day(text: &str, zone: &TimeZone) -> Option<Self> {
        let day: Date = text.trim().parse().ok()?;
        let last = day.at(23, 59, 59, 0).to_zoned(zone.clone()).ok()?;
        Some(End::At(last.timestamp().as_second()))
    }
}

impl Did {
    /// True if something is different now.
    pub fn is_change(self) -> bool {
        matches!(
            self,
            Did::Revoked(_) | Did::Extended { .. } | Did::Lifted(_) | Did::Renewed
        )
    }
}

/// What a sender is told who has asked by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The transfer.
    pub transfer: String,
    /// What was asked, and what came of it.
    pub asked: Asked,
    /// How it stands, if that was asked.
    pub standing: Vec<Standing>,
}

/// What a sender has asked by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// This, and that came of it.
    Did(Wish, Did),
    /// Who fetched what?
    Who,
    /// How does this go?
    Help,
    /// Nothing that could be understood.
    Unread,
    /// Which telephone numbers did I give? These.
    Numbers(Vec<ShownNumber>),
    /// Forget them: so many.
    Forgot(usize),
}

/// How one link stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whom it was made for.
    pub recipients: Vec<String>,
    /// Its first opening: Unix time, seconds; 0 for never.
    pub opened: i64,
    /// So many were fetched to their end.
    pub fetched: u32,
    /// Of so many.
    pub of: u32,
    /// Locked after too many wrong passwords.
    pub locked: bool,
    /// Opens nothing any more.
    pub revoked: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_people_live() {
        let zone = TimeZone::get("Europe/Stockholm").expect("compiled in");
        let ends = End::of_day(" 2025-12-05", &zone);
        assert_eq!(ends, Some(End::At(1_764_975_599)));
        for wrong in ["", "5.12.2025", "2025-13-01", "2025-02-30", "-9999-01-01x"] {
            assert_eq!(End::of_day(wrong, &zone), None, "{wrong}");
        }
    }
}
