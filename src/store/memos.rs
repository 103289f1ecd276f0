//! Memos that were not sent yet: kept until the next hop has them.
//!
//! A key is the time a memo is due (8 bytes) and its id. One that is due later grows until then: who adds to it puts a new value in its place.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, ordered};
use crate::Pending;
use crate::fault::Fault;
use crate::transfer::Memo;
use serde::{Deserialize, Serialize};

/// A memo in the index.
#[derive(Serialize, Deserialize)]
struct Queued {
    memo: Memo,
    /// When it was made: Unix time, seconds.
    since: i64,
    tries: u32,
}

/// A memo that can be sent now.
#[derive(Debug, Clone)]
pub struct DueMemo {
    key: Vec<u8>,
    /// The memo.
    pub memo: Memo,
    /// When it was made: Unix time, seconds.
    pub since: i64,
    /// How often it was tried.
    pub tries: u32,
}

fn key(due: i64, memo: &str) -> Vec<u8> {
    [&ordered(due)[..], memo.as_bytes()].concat()
}

/// Adds memos to a change; they are due at once.
pub(super) fn put(change: &mut Change<'_>, memos: &[Memo], now: i64) -> Result<(), Fault> {
    for memo in memos {
        let queued = Queued {
            memo: memo.clone(),
            since: now,
            tries: 0,
        };
        change.create(Table::Memos, &key(now, &memo.id), &queued)?;
    }
    Ok(())
}

/// Writes a memo that is due then, in place of the one with the same id and time. On a full disk too: what is told of is done.
pub(super) fn schedule(change: &mut Change<'_>, memo: &Memo, due: i64) -> Result<(), Fault> {
    let queued = Queued {
        memo: memo.clone(),
        since: due,
        tries: 0,
    };
    change.replace(Table::Memos, &key(due, &memo.id), &queued)
}

impl Store {
    /// A memo that is due at this time, if it was not sent yet.
    pub fn scheduled(&self, memo: &str, due: i64) -> Result<Option<Memo>, Fault> {
        let queued: Option<Queued> = self.values.get(Table::Memos, &key(due, memo))?;
        Ok(queued.map(|queued| queued.memo))
    }

    /// Up to `limit` memos that are due at `now` (Unix time, seconds), the longest due first. They stay until they are done. One that
    /// cannot be read is told to the log and passed over.
    pub fn due_memos(&self, now: i64, limit: usize) -> Result<Vec<DueMemo>, Fault> {
        let end = ordered(now.saturating_add(1));
        let pairs = self.values.backend.scan(Table::Memos, b"", &end, limit);
        let mut due = Vec::new();
        for (key, value) in pairs.map_err(fault)? {
            match self.values.open::<Queued>(Table::Memos, &key, &value) {
                Ok(queued) => due.push(DueMemo {
                    key,
                    memo: queued.memo,
                    since: queued.since,
                    tries: queued.tries,
                }),
                Err(fault) => tracing::error!(%fault, "a memo cannot be read"),
            }
        }
        Ok(due)
    }

    /// The next hop has it, or never will: it goes. Awaited, it says how that ended.
    pub fn memo_done(&self, due: &DueMemo) -> Result<Pending<'_, Result<(), Fault>>, Fault> {
        let mut change = Change::new(&self.values);
        change.remove(Table::Memos, &due.key)?;
        let written = change.send(None);
        Ok(Box::pin(async move { written.await.map_err(fault) }))
    }

    /// Not now: again at `at` (Unix time, seconds).
    pub fn memo_again(&self, due: &DueMemo, at: i64) -> Result<(), Fault> {
        let queued = Queued {
            memo: due.memo.clone(),
            since: due.since,
            tries: due.tries.saturating_add(1),
        };
        let mut change = Change::new(&self.values);
        change.remove(Table::Memos, &due.key)?;
        change.replace(Table::Memos, &key(at, &due.memo.id), &queued)?;
        change.commit().map_err(fault)
    }
}
