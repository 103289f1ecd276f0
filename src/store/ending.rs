//! Transfers that end soon: their senders are told while something can still be done.
//!
//! A mark of how far that was done moves along the expiry index, in the commit that has the memos: each end is told once, a crash tells
//! nobody twice, and a round reads a bounded number of records however many there are. A transfer that gets a later end comes again.

use super::backend::Table;
use super::values::Change;
use super::{Store, Stored, fault, memos, ordered};
use crate::fault::Fault;
use crate::transfer::{Memo, Record, Ticket, TransferId};

const MARK: &[u8] = b"told-ending";

impl Store {
    /// Looks at up to `limit` transfers that end before `until` (Unix time, seconds) and were not looked at before; what `tell` makes of each
    /// is due at `now`. How many were looked at.
    pub fn tell_ending(
        &self,
        now: i64,
        until: i64,
        limit: usize,
        tell: impl Fn(&Record, &[Ticket]) -> Result<Option<Memo>, Fault>,
    ) -> Result<usize, Fault> {
        let mark: Vec<u8> = self.values.get(Table::Meta, MARK)?.unwrap_or_default();
        let from = [&mark.max(ordered(now).to_vec())[..], b"\0"].concat();
        let to = ordered(until).to_vec();
        if from >= to {
            return Ok(0);
        }
        let pairs = self.values.backend.scan(Table::Expiry, &from, &to, limit);
        let pairs = pairs.map_err(fault)?;
        let Some((last, _)) = pairs.last() else {
            return Ok(0);
        };
        let mut all = Vec::new();
        for (key, _) in &pairs {
            match self.ending(key) {
                Ok(Some((stored, tickets))) => all.extend(tell(&stored.record, &tickets)?),
                Ok(None) => {}
                Err(fault) => tracing::error!(%fault, "a transfer that ends soon cannot be read"),
            }
        }
        let mut change = Change::new(&self.values);
        for memo in &all {
            memos::schedule(&mut change, memo, now)?;
        }
        change.replace(Table::Meta, MARK, last)?;
        change.commit().map_err(fault)?;
        Ok(pairs.len())
    }

    fn ending(&self, expiry: &[u8]) -> Result<Option<(Stored, Vec<Ticket>)>, Fault> {
        let id = expiry.get(8..).and_then(|id| std::str::from_utf8(id).ok());
        let Some(id) = id.and_then(|id| id.parse::<TransferId>().ok()) else {
            return Ok(None);
        };
        let Some(stored) = self.stored(&id)? else {
            return Ok(None);
        };
        let tickets = self.tickets(&stored.record)?;
        Ok(Some((stored, tickets)))
    }
}
