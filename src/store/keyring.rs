//! Day keys: made when a day is first needed, destroyed when it has passed, so that wraps in old copies die with them.

use super::backend::{BackendError, Table};
use super::manifest::{self, Body};
use super::values::Change;
use super::{Store, fault};
use crate::fault::Fault;
use crate::transfer::keys::DayKey;
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

impl Store {
    /// The key of a day (days since 1970), made if there is none: for sealing.
    pub fn day_key(&self, day: i32) -> Result<DayKey, Fault> {
        let mut days = self.days();
        if let Some(key) = self.known(&mut days, day)? {
            return Ok(key);
        }
        let key = DayKey::fresh();
        let name = manifest::name_of_day(&self.master, day);
        let body = Body::Day {
            day,
            key: *key.expose(),
        };
        manifest::write(&self.values, &self.master, name, &body)?;
        let mut change = Change::new(&self.values);
        change.create(Table::DayKeys, &day_bytes(day), key.expose())?;
        match change.commit() {
            Ok(()) => {}
            // Another gateway on the same store made it first.
            Err(BackendError::Exists) => return self.known(&mut days, day)?.ok_or_else(gone),
            Err(error) => return Err(fault(error)),
        }
        days.insert(day, key.clone());
        Ok(key)
    }

    /// The key of a day, if it was made and has not been destroyed: for unlocking.
    pub fn known_day_key(&self, day: i32) -> Result<Option<DayKey>, Fault> {
        self.known(&mut self.days(), day)
    }

    fn known(&self, days: &mut HashMap<i32, DayKey>, day: i32) -> Result<Option<DayKey>, Fault> {
        if let Some(key) = days.get(&day) {
            return Ok(Some(key.clone()));
        }
        let key: Option<[u8; 32]> = self.values.get(Table::DayKeys, &day_bytes(day))?;
        let key = key.map(DayKey::from_bytes);
        if let Some(key) = &key {
            days.insert(day, key.clone());
        }
        Ok(key)
    }

    /// Destroys the keys of all days before `day`. How many.
    pub(super) fn destroy_days_before(&self, day: i32) -> Result<u64, Fault> {
        let mut days = self.days();
        let mut destroyed = 0;
        loop {
            let old = self
                .values
                .backend
                .scan(Table::DayKeys, b"", &day_bytes(day), 100)
                .map_err(fault)?;
            if old.is_empty() {
                return Ok(destroyed);
            }
            let mut change = Change::new(&self.values);
            for (key, _) in &old {
                change.remove(Table::DayKeys, key)?;
            }
            change.commit().map_err(fault)?;
            days.retain(|kept, _| *kept >= day);
            for old_day in old.iter().filter_map(|(key, _)| day_of(key)) {
                self.values
                    .discard(manifest::name_of_day(&self.master, old_day));
                destroyed += 1;
            }
        }
    }

    fn days(&self) -> MutexGuard<'_, HashMap<i32, DayKey>> {
        // Every change of the map is one call, so a panic leaves it whole.
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> Fault {
    super::down("the key of a day appeared and went")
}

pub(super) fn day_bytes(day: i32) -> [u8; 4] {
    (day ^ i32::MIN).to_be_bytes()
}

pub(super) fn day_of(key: &[u8]) -> Option<i32> {
    key.try_into()
        .ok()
        .map(|k| i32::from_be_bytes(k) ^ i32::MIN)
}
