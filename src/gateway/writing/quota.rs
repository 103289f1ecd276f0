//! How much of the disk those may fill who write: people who were sent something up to the reserve, guests up to a mark above it, and each
//! address so much in a day.
//!
//! Promises: what guests upload leaves room for mail, whoever they are and however many (P18); bytes are counted on disk before anybody hears
//! that they are here, each begun MiB of a request as a whole one. What arrives at once in several uploads may go beyond a day's allowance: it
//! is owed, and nothing more is taken until it is paid. Leaves to others: the reserve itself (`store::room`).

use super::bounds::Bounds;
use crate::fault::Fault;
use crate::gateway::collect::now;
use crate::store::{Allowance, Store};
use crate::transfer::draft::Origin;

const DAY: i64 = 86_400;

/// What one author may fill.
#[derive(Debug, Clone)]
pub(super) struct Quota {
    /// The address that a guest proved.
    who: Option<String>,
    keep_free: u64,
    /// In a day.
    most: u32,
}

impl Quota {
    pub(super) fn of(origin: &Origin, bounds: &Bounds) -> Self {
        match origin {
            Origin::Ticket(..) => Quota {
                who: None,
                keep_free: 0,
                most: u32::MAX,
            },
            Origin::Address(who) => Quota {
                who: Some(who.clone()),
                keep_free: bounds.keep_free,
                most: mebibytes(bounds.bytes_per_day),
            },
        }
    }

    /// True if so many bytes more leave free what is to be kept free.
    pub(super) fn has_room(&self, store: &Store, bytes: u64) -> bool {
        store.room_for(bytes.saturating_add(self.keep_free)).is_ok()
    }

    /// True if so many bytes more are allowed today.
    pub(super) fn has_left(&self, store: &Store, bytes: u64) -> Result<bool, Fault> {
        match self.allowance() {
            Some(one) => store.has_left(&one, mebibytes(bytes).max(1), now()),
            None => Ok(true),
        }
    }

    /// So many bytes came.
    pub(super) fn charge(&self, store: &Store, bytes: u64) -> Result<(), Fault> {
        match self.allowance().filter(|_| bytes > 0) {
            Some(one) => store.charge(&one, mebibytes(bytes), now()),
            None => Ok(()),
        }
    }

    fn allowance(&self) -> Option<Allowance<'_>> {
        let whose = self.who.as_ref()?.as_bytes();
        Some(Allowance {
            what: "uploaded",
            whose,
            most: self.most,
            within: DAY,
        })
    }
}

fn mebibytes(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX)
}
