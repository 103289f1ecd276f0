//! Codes that were sent by mail: one record a ticket, which goes with its transfer, or a day after the last code.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, ticket_key, ticket_of};
use crate::fault::Fault;
use crate::transfer::{Codes, TransferId};

impl Store {
    /// The codes of a ticket; none if none was ever asked for.
    pub fn codes(&self, id: &TransferId, number: u32) -> Result<Codes, Fault> {
        let kept = self.values.get(Table::Codes, &ticket_key(id, number))?;
        Ok(kept.unwrap_or_default())
    }

    /// Changes the codes of a ticket, while nobody else does; durable when this returns.
    pub fn change_codes<T>(
        &self,
        id: &TransferId,
        number: u32,
        change: impl FnOnce(&mut Codes) -> T,
    ) -> Result<T, Fault> {
        let _alone = self.alone(id);
        let before = self.codes(id, number)?;
        let mut codes = before.clone();
        let out = change(&mut codes);
        if codes != before {
            let mut batch = Change::new(&self.values);
            batch.replace(Table::Codes, &ticket_key(id, number), &codes)?;
            batch.commit().map_err(fault)?;
        }
        Ok(out)
    }

    /// Erases the records that matter to nobody at `now` (Unix time, seconds). How many. One that cannot be read is told to the log
    /// and passed over.
    pub fn erase_codes(&self, now: i64) -> Result<u64, Fault> {
        let mut all = Vec::new();
        self.each_raw(Table::Codes, |key, _| {
            all.push(ticket_of(key)?);
            Ok(())
        })?;
        let mut erased = 0;
        for (id, number) in all {
            match self.erase_codes_of(&id, number, now) {
                Ok(gone) => erased += u64::from(gone),
                Err(fault) => tracing::error!(%fault, "the codes of a link cannot be erased"),
            }
        }
        Ok(erased)
    }

    /// True if they were over. Read only here: nobody can ask for a code meanwhile.
    fn erase_codes_of(&self, id: &TransferId, number: u32, now: i64) -> Result<bool, Fault> {
        let _alone = self.alone(id);
        if !self.codes(id, number)?.is_over(now) {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.remove(Table::Codes, &ticket_key(id, number))?;
        change.commit().map_err(fault)?;
        Ok(true)
    }
}
