//! The ledger on disk: what is known of copies of mails, for as long as their clients may send them again.
//!
//! A copy's key is its name. Beside it a record for each submission, under the time it is forgotten (8 bytes) and the mail's id, names its
//! copies, so that forgetting needs no look at the others.
//! Promises: entries become durable with what they speak of: *unknown* with the transfer, before anything can have left; *done* with the
//! release of its notices.

use super::backend::Table;
use super::values::Change;
use super::{Store, Stored, fault, ordered};
use crate::fault::Fault;
use crate::transfer::TransferId;
use crate::transfer::ledger::{Copy, CopyKey, Fate, Submission};
use crate::transfer::record::State;

/// Submissions forgotten in one batch.
const AT_ONCE: usize = 200;

impl Store {
    /// What is known of each of these copies.
    pub fn copies(&self, keys: &[CopyKey]) -> Result<Vec<Option<Copy>>, Fault> {
        let one = |key: &CopyKey| self.values.get(Table::Ledger, &key.0);
        keys.iter().map(one).collect()
    }

    /// The sealed links of a transfer that can still be opened.
    pub fn recall(&self, id: &TransferId) -> Result<Option<Vec<u8>>, Fault> {
        let stored = self.stored(id)?;
        let alive = stored.filter(|s| s.record.state != State::Revoked && s.record.tickets > 0);
        Ok(alive.and_then(|s| s.submission).map(|s| s.recall))
    }

    /// Forgets the copies whose time was over before `now` (Unix time, seconds). How many submissions they belonged to.
    pub fn forget_copies(&self, now: i64) -> Result<u64, Fault> {
        let mut forgotten = 0;
        loop {
            let over = self
                .values
                .backend
                .scan(Table::LedgerDue, b"", &ordered(now), AT_ONCE);
            let over = over.map_err(fault)?;
            let mut change = Change::new(&self.values);
            for (key, value) in &over {
                let copies: Vec<CopyKey> = self.values.open(Table::LedgerDue, key, value)?;
                for key in copies {
                    // It may have come again since, and be remembered for that.
                    let copy: Option<Copy> = self.values.get(Table::Ledger, &key.0)?;
                    if copy.is_some_and(|copy| copy.until < now) {
                        change.remove(Table::Ledger, &key.0)?;
                    }
                }
                change.remove(Table::LedgerDue, key)?;
            }
            change.commit().map_err(fault)?;
            forgotten += over.len() as u64;
            if over.len() < AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}

/// Every copy of a submission, with the same fate.
pub(super) fn enter(
    change: &mut Change<'_>,
    mail: &str,
    transfer: Option<&str>,
    submission: &Submission,
    fate: Fate,
) -> Result<(), Fault> {
    let keys: Vec<CopyKey> = submission.copies.iter().map(|(_, key)| *key).collect();
    let due = [&ordered(submission.until)[..], mail.as_bytes()].concat();
    change.replace(Table::LedgerDue, &due, &keys)?;
    let copy = Copy {
        transfer: transfer.map(str::to_owned),
        fate,
        until: submission.until,
    };
    let mut keys = keys.iter();
    keys.try_for_each(|key| change.put(Table::Ledger, &key.0, &copy))
}

impl Store {
    /// The copies of a transfer that went to some of its recipients: known now, or as if they had never been. What the same mail has become
    /// since, with another transfer, stays.
    pub(super) fn note_copies(
        &self,
        change: &mut Change<'_>,
        stored: &Stored,
        whose: impl Fn(&str) -> bool,
        fate: Option<Fate>,
    ) -> Result<(), Fault> {
        let copies = stored.submission.iter().flat_map(|s| &s.copies);
        for (_, key) in copies.filter(|(to, _)| whose(to)) {
            let copy: Option<Copy> = self.values.get(Table::Ledger, &key.0)?;
            let ours = copy.filter(|c| c.transfer.as_ref() == Some(&stored.record.id));
            match (ours, fate) {
                (None, _) => {}
                (Some(_), None) => change.remove(Table::Ledger, &key.0)?,
                (Some(copy), Some(fate)) => {
                    change.put(Table::Ledger, &key.0, &Copy { fate, ..copy })?;
                }
            }
        }
        Ok(())
    }
}
