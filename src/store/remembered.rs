//! What is remembered for a while and could be lost: features of mails, for statistics and trials of policies.
//!
//! Promises: sealed as every record; in the order of time. Leaves to others: what it is (`decide::features`), when it is written and
//! forgotten (`gateway`). What another version wrote and this one cannot read is left out.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, ordered};
use crate::fault::{Fault, Kind};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Written in one batch.
const AT_ONCE: usize = 200;
/// Forgotten in one batch.
const FORGOTTEN: usize = 1000;

/// Where a page of what is remembered ended: the next one begins behind it.
pub type Mark = Vec<u8>;

impl Store {
    /// Keeps each value under its time (Unix, seconds). One sync for two hundred.
    pub fn remember<T: Serialize>(&self, values: &[(i64, T)]) -> Result<(), Fault> {
        for some in values.chunks(AT_ONCE) {
            let mut change = Change::new(&self.values);
            for (at, value) in some {
                let mut key = [0; 16];
                key[..8].copy_from_slice(&ordered(*at));
                getrandom::fill(&mut key[8..]).map_err(|e| Fault::because(Kind::Internal, e))?;
                change.create(Table::Remembered, &key, value)?;
            }
            change.commit().map_err(fault)?;
        }
        Ok(())
    }

    /// Up to `limit` values from `since` (Unix time, seconds) on, behind a mark, and the mark to go on from; `None` at the end.
    pub fn remembered<T: DeserializeOwned>(
        &self,
        since: i64,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<(Vec<T>, Option<Mark>), Fault> {
        // The zero byte makes the key behind the last one the first of the page.
        let from = after.map_or(ordered(since).to_vec(), |key| [key, b"\0"].concat());
        let scanned = self
            .values
            .backend
            .scan(Table::Remembered, &from, &[0xff; 17], limit);
        let pairs = scanned.map_err(fault)?;
        let more = pairs.len() == limit;
        let mark = pairs.last().map(|(key, _)| key.clone()).filter(|_| more);
        let read = |(key, value): &(Vec<u8>, Vec<u8>)| {
            self.values.open(Table::Remembered, key, value).ok()
        };
        Ok((pairs.iter().filter_map(read).collect(), mark))
    }

    /// Forgets what is older than `before` (Unix time, seconds); gives how many values.
    pub fn forget_before(&self, before: i64) -> Result<u64, Fault> {
        let mut forgotten = 0;
        loop {
            let old = self
                .values
                .backend
                .scan(Table::Remembered, b"", &ordered(before), FORGOTTEN);
            let old = old.map_err(fault)?;
            let mut change = Change::new(&self.values);
            for (key, _) in &old {
                change.remove(Table::Remembered, key)?;
            }
            change.commit().map_err(fault)?;
            forgotten += old.len() as u64;
            if old.len() < FORGOTTEN {
                return Ok(forgotten);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::store::Store;
    use crate::store::memory::Memory;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    #[test]
    fn values_come_back_in_the_order_of_time_until_they_are_forgotten() {
        let store = Store::open(Arc::new(Memory::default()), MasterKey::fresh()).expect("opens");
        let values: Vec<(i64, String)> = (0..450).map(|n| (n, format!("v{n}"))).collect();
        store.remember(&values).expect("kept");
        let (mut found, mut mark) = (Vec::new(), None);
        loop {
            let (page, next) = store
                .remembered::<String>(100, mark.as_deref(), 64)
                .expect("read");
            found.extend(page);
            mark = next;
            if mark.is_none() {
                break;
            }
        }
        let want: Vec<String> = (100..450).map(|n| format!("v{n}")).collect();
        assert_eq!(found, want);
        assert_eq!(store.forget_before(440).expect("forgotten"), 440);
        let (left, _) = store.remembered::<String>(0, None, 64).expect("read");
        assert_eq!(left.len(), 10);
    }
}
