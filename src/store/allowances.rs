//! Allowances: how often something may be done, by whomever, counted on disk so that a restart gives nothing back.
//!
//! An allowance is one number, the time at which all of it can be used again (GCRA): so many at once, and so many in the same time in the
//! long run. Promises: several are taken together or not at all; durable before anybody hears; names on disk are HMACs, so that nobody reads
//! in them who did what; what is whole again is erased. One stretch of time can see nearly twice as much (all at once, and what comes back
//! meanwhile): where none may, [`super::limits`] adds up, at the price of more reads.
//! Leaves to others: what is counted, and how much of it there is (`gateway`).

use super::backend::Table;
use super::values::Change;
use super::{Store, fault};
use crate::fault::Fault;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How often somebody may do something.
#[derive(Debug, Clone, Copy)]
pub struct Allowance<'a> {
    /// What: a word of ours.
    pub what: &'a str,
    /// Who, or where from.
    pub whose: &'a [u8],
    /// So often; at least once.
    pub most: u32,
    /// In so many seconds.
    pub within: i64,
}

impl Allowance<'_> {
    /// In milliseconds: what is kept after so many more uses, or how many seconds it takes until there can be that many.
    fn used(&self, full_at: i64, many: u32, now: i64) -> Result<i64, i64> {
        let within = self.within.saturating_mul(1000);
        let next = self.after(full_at, many, now);
        let now = now.saturating_mul(1000);
        match next.saturating_sub(now).saturating_sub(within) {
            over if over <= 0 => Ok(next),
            over => Err(over.saturating_add(999) / 1000),
        }
    }

    /// What is kept after so many more uses, whether there are that many or not.
    fn after(&self, full_at: i64, many: u32, now: i64) -> i64 {
        let within = self.within.saturating_mul(1000);
        let every = (within / i64::from(self.most.max(1))).max(1);
        let all = every.saturating_mul(i64::from(many));
        full_at.max(now.saturating_mul(1000)).saturating_add(all)
    }
}

impl Store {
    /// Takes one of each; durable when this returns. If one of them has nothing left, none is used: the seconds until it has.
    pub fn allow(&self, wanted: &[Allowance<'_>], now: i64) -> Result<Result<(), i64>, Fault> {
        self.allow_many(wanted, 1, now)
    }

    /// The same with so many of each, in one change.
    pub fn allow_many(
        &self,
        wanted: &[Allowance<'_>],
        many: u32,
        now: i64,
    ) -> Result<Result<(), i64>, Fault> {
        let _alone = self.turns.alone(b"allowances");
        let mut change = Change::new(&self.values);
        for one in wanted {
            let key = self.allowance_key(one);
            let full_at: Option<i64> = self.values.get(Table::Allowances, &key)?;
            match one.used(full_at.unwrap_or(0), many, now) {
                Ok(next) => change.replace(Table::Allowances, &key, &next)?,
                Err(wait) => return Ok(Err(wait)),
            }
        }
        change.commit().map_err(fault)?;
        Ok(Ok(()))
    }

    /// True if so many of one are left. Takes none.
    pub fn has_left(&self, one: &Allowance<'_>, many: u32, now: i64) -> Result<bool, Fault> {
        Ok(self.wait_for(one, many, now)? == 0)
    }

    /// So many seconds until so many of one are left; zero: now. Takes none.
    pub fn wait_for(&self, one: &Allowance<'_>, many: u32, now: i64) -> Result<i64, Fault> {
        let full_at: Option<i64> = self
            .values
            .get(Table::Allowances, &self.allowance_key(one))?;
        Ok(one.used(full_at.unwrap_or(0), many, now).err().unwrap_or(0))
    }

    /// Takes so many of one, also more than are left: what is known when it has happened only. Durable when this returns.
    pub fn charge(&self, one: &Allowance<'_>, many: u32, now: i64) -> Result<(), Fault> {
        let _alone = self.turns.alone(b"allowances");
        let key = self.allowance_key(one);
        let full_at: Option<i64> = self.values.get(Table::Allowances, &key)?;
        let mut change = Change::new(&self.values);
        let next = one.after(full_at.unwrap_or(0), many, now);
        change.replace(Table::Allowances, &key, &next)?;
        change.commit().map_err(fault)
    }

    /// Erases those that are whole again at `now` (Unix time, seconds), and what cannot be read.
    pub fn erase_allowances(&self, now: i64) -> Result<(), Fault> {
        let _alone = self.turns.alone(b"allowances");
        let mut whole = Vec::new();
        self.each_raw(Table::Allowances, |key, value| {
            match self.values.open::<i64>(Table::Allowances, key, value) {
                Ok(full_at) if full_at / 1000 >= now => {}
                _ => whole.push(key.to_vec()),
            }
            Ok(())
        })?;
        for some in whole.chunks(200) {
            let mut change = Change::new(&self.values);
            for key in some {
                change.remove(Table::Allowances, key)?;
            }
            change.commit().map_err(fault)?;
        }
        Ok(())
    }

    fn allowance_key(&self, one: &Allowance<'_>) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.master.guest())
            .expect("HMAC takes a key of any length");
        mac.update(b"allowance\0");
        mac.update(one.what.as_bytes());
        mac.update(b"\0");
        mac.update(one.whose);
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        *hash.first_chunk().expect("sixteen of 32")
    }
}

#[cfg(test)]
mod tests {
    use super::super::faulty::Faulty;
    use super::super::memory::Memory;
    use super::*;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    const NOW: i64 = 1_800_000_000;

    fn codes(whose: &str, most: u32) -> Allowance<'_> {
        Allowance {
            what: "codes",
            whose: whose.as_bytes(),
            most,
            within: 3600,
        }
    }

    #[test]
    fn so_many_at_once_and_so_many_in_the_long_run_also_after_a_restart() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let take = |whose: &str, now: i64| {
            let store = Store::open(disk.clone(), master.clone()).expect("opens");
            store.allow(&[codes(whose, 5)], now).expect("answers")
        };
        let taken = |whose: &str, now: i64| (0..9).filter(|_| take(whose, now).is_ok()).count();
        assert_eq!(taken("bo", NOW), 5);
        assert_eq!(take("bo", NOW), Err(720));
        assert_eq!(taken("eva", NOW), 5, "another's");
        assert_eq!(taken("bo", NOW + 720), 1);
        assert_eq!(taken("bo", NOW + 9 * 3600), 5);
    }

    #[test]
    fn several_are_taken_together_or_not_at_all_and_what_is_whole_is_erased() {
        let disk = Arc::new(Memory::new());
        let store = Store::open(disk.clone(), MasterKey::fresh()).expect("opens");
        let both = [codes("all", 3), codes("bo", 1)];
        assert_eq!(store.allow(&both, NOW).expect("answers"), Ok(()));
        assert_eq!(store.allow(&both, NOW).expect("answers"), Err(3600));
        let left = (0..9).filter(|_| store.allow(&both[..1], NOW).expect("answers").is_ok());
        assert_eq!(left.count(), 2, "what was refused used nothing");
        let many = |store: &Store| store.values.is_empty(Table::Allowances).expect("reads");
        store.erase_allowances(NOW + 3599).expect("erases");
        assert!(!many(&store));
        store.erase_allowances(NOW + 3601).expect("erases");
        assert!(many(&store));
    }

    #[test]
    fn what_was_used_beyond_an_allowance_is_owed() {
        let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
        let (bo, has) = (codes("bo", 10), |many, now| {
            store.has_left(&codes("bo", 10), many, now).expect("reads")
        });
        assert!(has(10, NOW) && !has(11, NOW));
        let wait = |many| store.wait_for(&bo, many, NOW).expect("reads");
        assert_eq!((wait(10), wait(11)), (0, 360));
        store.charge(&bo, 7, NOW).expect("kept");
        assert!(has(3, NOW) && !has(4, NOW));
        store.charge(&bo, 13, NOW).expect("kept");
        assert!(!has(1, NOW + 3600 + 359) && has(1, NOW + 3600 + 360));
    }

    #[test]
    fn what_is_not_on_disk_is_not_allowed() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        Store::open(disk.clone(), master.clone()).expect("opens");
        let faulty = Arc::new(Faulty::new(disk, 1));
        let store = Store::open(faulty, master).expect("opens");
        assert!(store.allow(&[codes("bo", 5)], NOW).is_err());
    }
}
