//! The time the store was last kept at: whoever erases must know whether the clock has jumped since (P21).

use super::backend::Table;
use super::values::Change;
use super::{Store, fault};
use crate::fault::Fault;

const KEY: &[u8] = b"clock";

impl Store {
    /// When it was last kept, in seconds since 1970; `None` for a new store.
    pub fn last_kept(&self) -> Result<Option<i64>, Fault> {
        self.values.get(Table::Meta, KEY)
    }

    /// It is kept now.
    pub fn note_kept(&self, now: i64) -> Result<(), Fault> {
        let mut change = Change::new(&self.values);
        change.replace(Table::Meta, KEY, &now)?;
        change.commit().map_err(fault)
    }
}
