//! What is counted against limits: how often something was done in a stretch of time, and whether it was too often.
//!
//! A stretch has no beginning on the clock: what was counted in its twelfths is added up, so that nobody gets twice as much around midnight.
//! Promises: in no stretch of time, wherever it begins, is there more than the limit; what is counted is on disk before anybody acts on it,
//! so that a restart gives nobody a second helping; either all of what is asked for is counted, or nothing; whom a count is about stands
//! nowhere, only its keyed hash. A key is when a twelfth counts no more (8 bytes, Unix time) and that hash, so that what is over lies in
//! front. Leaves to others: what is counted, and how much is too much.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, ordered};
use crate::fault::Fault;
use crate::transfer::Memo;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Parts of a stretch: what was counted comes back a twelfth of it late at most.
const PARTS: i64 = 12;

/// Forgotten in one batch.
const FORGOTTEN: usize = 1000;

/// One thing that is counted.
#[derive(Debug, Clone, Copy)]
pub struct Tally<'a> {
    /// What: a word.
    pub what: &'a str,
    /// About whom.
    pub whom: &'a str,
    /// The stretch of time, in seconds.
    pub within: i64,
    /// What comes to it now.
    pub add: u64,
    /// What it may be with that, in any such stretch.
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
        /// No sooner can it be within: Unix time, seconds.
        until: i64,
    },
}

/// A count in the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    so_far: u64,
    refused: bool,
}

impl Store {
    /// Counts all of these at `now` (Unix time, seconds), if each stays within its limit; durable when this returns.
    pub fn count(&self, tallies: &[Tally<'_>], now: i64) -> Result<Counted, Fault> {
        self.count_or_tell(tallies, now, |_, _| Ok(Vec::new()))
    }

    /// The same; of the first that is refused for a limit in its stretch of time (its place, and when it can be within), these memos go out:
    /// durable with that.
    pub fn count_or_tell(
        &self,
        tallies: &[Tally<'_>],
        now: i64,
        memos: impl FnOnce(usize, i64) -> Result<Vec<Memo>, Fault>,
    ) -> Result<Counted, Fault> {
        let _alone = self.turns.alone(b"limits");
        let mut change = Change::new(&self.values);
        for (place, tally) in tallies.iter().enumerate() {
            if !self.mark(&mut change, tally, now)? {
                continue;
            }
            let parts = self.parts(tally, now)?;
            if let Some(until) = over(tally, &parts) {
                let until = until.unwrap_or(now.saturating_add(tally.within));
                let first = !parts.iter().any(|(_, count)| count.refused);
                if first {
                    self.refuse(tally, &parts, &memos(place, until)?, now)?;
                }
                return Ok(Counted::Beyond {
                    place,
                    first,
                    until,
                });
            }
            let mut count = latest(&parts);
            count.so_far = count.so_far.saturating_add(tally.add);
            let key = self.count_key(tally, until(tally, now), None);
            change.replace(Table::Limits, &key, &count)?;
        }
        change.commit().map_err(fault)?;
        Ok(Counted::Within)
    }

    /// False if it was counted for this one before.
    fn mark(&self, change: &mut Change<'_>, tally: &Tally<'_>, now: i64) -> Result<bool, Fault> {
        let Some(one) = tally.once_for else {
            return Ok(true);
        };
        for until in ends(tally, now) {
            let mark = self.count_key(tally, until, Some(one));
            if self.values.raw(Table::Limits, &mark)?.is_some() {
                return Ok(false);
            }
        }
        let mark = self.count_key(tally, until(tally, now), Some(one));
        change.replace(Table::Limits, &mark, &Count::default())?;
        Ok(true)
    }

    /// What still counts, the oldest first, each with when it does no more.
    fn parts(&self, tally: &Tally<'_>, now: i64) -> Result<Vec<(i64, Count)>, Fault> {
        let part = |until| {
            let key = self.count_key(tally, until, None);
            let count: Option<Count> = self.values.get(Table::Limits, &key)?;
            Ok((until, count.unwrap_or_default()))
        };
        ends(tally, now).map(part).collect()
    }

    fn refuse(
        &self,
        tally: &Tally<'_>,
        parts: &[(i64, Count)],
        memos: &[Memo],
        now: i64,
    ) -> Result<(), Fault> {
        let mut count = latest(parts);
        count.refused = true;
        let key = self.count_key(tally, until(tally, now), None);
        let mut change = Change::new(&self.values);
        change.replace(Table::Limits, &key, &count)?;
        super::memos::put(&mut change, memos, now)?;
        change.commit().map_err(fault)
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

    fn count_key(&self, tally: &Tally<'_>, until: i64, once_for: Option<&str>) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.master.lookup())
            .expect("HMAC takes a key of any length");
        mac.update(b"limit");
        for part in [Some(tally.what), Some(tally.whom), once_for] {
            let part = part.unwrap_or_default().as_bytes();
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let name = mac.finalize().into_bytes();
        [&ordered(until)[..], &name[..16]].concat()
    }
}

/// When the part of now counts no more.
fn until(tally: &Tally<'_>, now: i64) -> i64 {
    let part = (tally.within / PARTS).max(1);
    let end = now.div_euclid(part).saturating_add(1 + PARTS);
    end.saturating_mul(part)
}

/// The same of each part that still counts, the oldest first: the twelve before and the one of now.
fn ends(tally: &Tally<'_>, now: i64) -> impl Iterator<Item = i64> {
    let (last, part) = (until(tally, now), (tally.within / PARTS).max(1));
    (0..=PARTS).rev().map(move |before| last - before * part)
}

/// If it is too much: when it no longer is; `None` within if that is never.
fn over(tally: &Tally<'_>, parts: &[(i64, Count)]) -> Option<Option<i64>> {
    let sum = parts.iter().fold(tally.add, |sum, (_, count)| {
        sum.saturating_add(count.so_far)
    });
    let mut too_much = sum.saturating_sub(tally.most);
    if too_much == 0 {
        return None;
    }
    let mut parts = parts.iter();
    Some(parts.find_map(|(until, count)| {
        too_much = too_much.saturating_sub(count.so_far);
        (too_much == 0).then_some(*until)
    }))
}

/// The part of now.
fn latest(parts: &[(i64, Count)]) -> Count {
    parts.last().map(|(_, count)| *count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;
    use super::*;
    use crate::store::backend::Backend;
    use crate::store::faulty::Faulty;
    use crate::store::memory::Memory;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::memo::About;
    use std::sync::Arc;

    fn tally(whom: &str, most: u64) -> Tally<'_> {
        Tally {
            what: "number",
            whom,
            within: 1200,
            add: 1,
            most,
            once_for: None,
        }
    }

    #[test]
    fn a_limit_holds_over_a_restart_and_ends_with_its_time() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let count = |tally: Tally<'_>, now| {
            let counted = open(&disk, &master).count(&[tally], now);
            counted.expect("counts")
        };
        let beyond = |first| Counted::Beyond {
            place: 0,
            first,
            until: 6_300,
        };
        assert_eq!(count(tally("+467", 2), 5_010), Counted::Within);
        assert_eq!(count(tally("+467", 2), 5_099), Counted::Within);
        assert_eq!(count(tally("+467", 2), 5_100), beyond(true));
        assert_eq!(count(tally("+467", 2), 6_299), beyond(false));
        assert_eq!(count(tally("+468", 2), 6_299), Counted::Within);
        assert_eq!(count(tally("+467", 2), 6_300), Counted::Within);
        let all = disk
            .scan(Table::Limits, b"", &[0xff; 33], 9)
            .expect("reads");
        assert!(
            all.iter().all(|(key, _)| key.len() == 24),
            "names are hashed"
        );
        let store = open(&disk, &master);
        assert_eq!(store.forget_counts(6_299).expect("forgets"), 0);
        assert_eq!(store.forget_counts(6_301).expect("forgets"), 1);
        assert_eq!(store.forget_counts(9_999).expect("forgets"), 3);
    }

    /// Nobody gets twice as much around midnight.
    #[test]
    fn in_no_stretch_of_time_is_there_more_than_the_limit() {
        let store = open(&Arc::new(Memory::new()), &MasterKey::fresh());
        let taken =
            |now| store.count(&[tally("+467", 10)], now).expect("counts") == Counted::Within;
        let mut times: Vec<i64> = (2_390..2_400).filter(|now| taken(*now)).collect();
        assert_eq!(times.len(), 10);
        times.extend((2_400..16_000).step_by(7).filter(|now| taken(*now)));
        for from in &times {
            let stretch = *from..*from + 1_200;
            let many = times.iter().filter(|at| stretch.contains(at)).count();
            assert!(many <= 10, "{many} from {from}");
        }
        assert!(times.len() >= 100, "and they come back: {}", times.len());
    }

    #[test]
    fn all_is_counted_or_nothing() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        let none = Tally {
            most: 0,
            ..tally("c", 0)
        };
        let refused = store.count(&[tally("a", 1), none], 0).expect("counts");
        let want = Counted::Beyond {
            place: 1,
            first: true,
            until: 1200,
        };
        assert_eq!(refused, want);
        assert_eq!(
            store.count(&[tally("a", 1)], 0).expect("counts"),
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
            let counted = store.count(&[of(number)], 0).expect("counts");
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
        assert!(store.count(&[tally("a", 1)], 0).is_err());
        faulty.mend();
        let counted = store.count(&[tally("a", 1)], 0).expect("counts");
        assert_eq!(counted, Counted::Within);
        faulty.fail_at(1);
        assert!(
            store.count(&[tally("a", 1)], 0).is_err(),
            "the refusal is written, too"
        );
    }

    #[test]
    fn who_is_told_of_a_refusal_is_told_once_and_with_it() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        drop(open(&disk, &master));
        let faulty = Arc::new(Faulty::new(disk.clone(), u64::MAX));
        let store = Store::open(faulty.clone(), master).expect("opens");
        let memo = Memo {
            id: "7K3M9XQF-0-paused-0".into(),
            mail: "2Q8ZVT6M".into(),
            to: "it@example.org".into(),
            language: None,
            thread: None,
            transfer: None,
            page: None,
            until: 9,
            received: 5,
            about: About::Extended,
        };
        let count = || {
            let memos = |_, _| Ok(vec![memo.clone()]);
            store.count_or_tell(&[tally("a", 0)], 5, memos)
        };
        let told = || store.due_memos(9, 9).expect("reads").len();
        faulty.fail_at(1);
        assert!(count().is_err());
        faulty.mend();
        assert_eq!(told(), 0);
        for first in [true, false] {
            let counted = count().expect("counts");
            assert!(matches!(counted, Counted::Beyond { first: f, .. } if f == first));
            assert_eq!(told(), 1);
        }
    }
}
