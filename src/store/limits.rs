//! What is counted against limits: how often something was done in a stretch of time, and whether it was too often.
//!
//! Promises: what is counted is on disk before anybody acts on it, so that a restart gives nobody a second helping; either all of what is
//! asked for is counted, or nothing; whom a count is about stands nowhere, only its keyed hash. A key is the end of the stretch
//! (8 bytes, Unix time) and that hash, so that what is over lies in front. Leaves to others: what is counted, and how much is too much.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, ordered};
use crate::fault::Fault;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Forgotten in one batch.
const FORGOTTEN: usize = 1000;

/// One thing that is counted.
#[derive(Debug, Clone, Copy)]
pub struct Tally<'a> {
    /// What: a word.
    pub what: &'a str,
    /// About whom.
    pub whom: &'a str,
    /// When the stretch of time ends (Unix time, seconds), as of which it is another count.
    pub until: i64,
    /// What comes to it now.
    pub add: u64,
    /// What it may be with that.
    pub most: u64,
    /// Counted once for each of these in the stretch.
    pub once_for: Option<&'a str>,
}

/// What became of a wish to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All of it was counted.
    Within,
    /// This one, by its place, would be beyond its limit: nothing was counted.
    Beyond {
        /// Its place.
        place: usize,
        /// Nobody was refused for it before, in this stretch of time.
        first: bool,
    },
}

/// A count in the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    so_far: u64,
    refused: bool,
}

impl Store {
    /// Counts all of these, if each stays within its limit; durable when this returns.
    pub fn count(&self, tallies: &[Tally<'_>]) -> Result<Counted, Fault> {
        let _alone = self.turns.alone(b"limits");
        let mut change = Change::new(&self.values);
        for (place, tally) in tallies.iter().enumerate() {
            let key = self.count_key(tally, None);
            let mut count: Count = self.values.get(Table::Limits, &key)?.unwrap_or_default();
            let mark = tally.once_for.map(|one| self.count_key(tally, Some(one)));
            if let Some(mark) = &mark {
                if self.values.raw(Table::Limits, mark)?.is_some() {
                    continue;
                }
                change.replace(Table::Limits, mark, &Count::default())?;
            }
            count.so_far = count.so_far.saturating_add(tally.add);
            if count.so_far > tally.most {
                return self.refuse(place, &key);
            }
            change.replace(Table::Limits, &key, &count)?;
        }
        change.commit().map_err(fault)?;
        Ok(Counted::Within)
    }

    fn refuse(&self, place: usize, key: &[u8]) -> Result<Counted, Fault> {
        let mut count: Count = self.values.get(Table::Limits, key)?.unwrap_or_default();
        let first = !count.refused;
        if first {
            count.refused = true;
            let mut change = Change::new(&self.values);
            change.replace(Table::Limits, key, &count)?;
            change.commit().map_err(fault)?;
        }
        Ok(Counted::Beyond { place, first })
    }

    /// Forgets counts whose time was over at `now` (Unix time, seconds). How many.
    pub fn forget_counts(&self, now: i64) -> Result<u64, Fault> {
        let mut forgotten = 0;
        loop {
            let _alone = self.turns.alone(b"limits");
            let backend = &self.values.backend;
            let old = backend.scan(Table::Limits, b"", &ordered(now), FORGOTTEN);
            let old = old.map_err(fault)?;
            let mut change = Change::new(&self.values);
            for (key, _) in &old {
                change.remove(Table::Limits, key)?;
            }
            change.commit().map_err(fault)?;
            forgotten += old.len() as u64;
            if old.len() < FORGOTTEN {
                return Ok(forgotten);
            }
        }
    }

    fn count_key(&self, tally: &Tally<'_>, once_for: Option<&str>) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.master.lookup())
            .expect("HMAC takes a key of any length");
        mac.update(b"limit");
        for part in [Some(tally.what), Some(tally.whom), once_for] {
            let part = part.unwrap_or_default().as_bytes();
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let name = mac.finalize().into_bytes();
        [&ordered(tally.until)[..], &name[..16]].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;
    use super::*;
    use crate::store::backend::Backend;
    use crate::store::faulty::Faulty;
    use crate::store::memory::Memory;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    fn tally(whom: &str, most: u64) -> Tally<'_> {
        Tally {
            what: "number",
            whom,
            until: 1000,
            add: 1,
            most,
            once_for: None,
        }
    }

    #[test]
    fn a_limit_holds_over_a_restart_and_ends_with_its_time() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let count = |tally: Tally<'_>| open(&disk, &master).count(&[tally]).expect("counts");
        let beyond = |first| Counted::Beyond { place: 0, first };
        assert_eq!(count(tally("+467", 2)), Counted::Within);
        assert_eq!(count(tally("+467", 2)), Counted::Within);
        assert_eq!(count(tally("+467", 2)), beyond(true));
        assert_eq!(count(tally("+467", 2)), beyond(false));
        assert_eq!(count(tally("+468", 2)), Counted::Within);
        let later = Tally {
            until: 2000,
            ..tally("+467", 2)
        };
        assert_eq!(count(later), Counted::Within);
        let store = open(&disk, &master);
        assert_eq!(store.forget_counts(999).expect("forgets"), 0);
        assert_eq!(store.forget_counts(1001).expect("forgets"), 2);
        assert_eq!(count(tally("+467", 2)), Counted::Within);
        let all = disk
            .scan(Table::Limits, b"", &[0xff; 33], 9)
            .expect("reads");
        assert!(
            all.iter().all(|(key, _)| key.len() == 24),
            "names are hashed"
        );
    }

    #[test]
    fn all_is_counted_or_nothing() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        let none = Tally {
            most: 0,
            ..tally("c", 0)
        };
        let refused = store.count(&[tally("a", 1), none]).expect("counts");
        let want = Counted::Beyond {
            place: 1,
            first: true,
        };
        assert_eq!(refused, want);
        assert_eq!(
            store.count(&[tally("a", 1)]).expect("counts"),
            Counted::Within
        );
    }

    #[test]
    fn some_things_count_once_for_each() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        let of = |number| Tally {
            once_for: Some(number),
            ..tally("+46701", 2)
        };
        let rows = [
            ("1", true),
            ("1", true),
            ("2", true),
            ("3", false),
            ("2", true),
        ];
        for (number, within) in rows {
            let counted = store.count(&[of(number)]).expect("counts");
            assert_eq!(counted == Counted::Within, within, "{number}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_not_counted() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        drop(open(&disk, &master));
        let faulty = Arc::new(Faulty::new(disk.clone(), u64::MAX));
        let store = Store::open(faulty.clone(), master.clone()).expect("opens");
        faulty.fail_at(1);
        assert!(store.count(&[tally("a", 1)]).is_err());
        faulty.mend();
        let counted = store.count(&[tally("a", 1)]).expect("counts");
        assert_eq!(counted, Counted::Within);
        faulty.fail_at(1);
        assert!(
            store.count(&[tally("a", 1)]).is_err(),
            "the refusal is written, too"
        );
    }
}
