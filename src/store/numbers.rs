//! The telephone numbers that senders gave: one value for each sender, under a name that only the master key makes.
//!
//! Promises: what is not used for long is erased by upkeep. Leaves to others: what is in it (`transfer::numbers`).

use super::backend::Table;
use super::values::Change;
use super::{Store, fault};
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::Numbers;

impl Store {
    /// What this sender has given.
    pub fn numbers(&self, sender: &Address) -> Result<Numbers, Fault> {
        let found = self.values.get(Table::Numbers, &self.name_of(sender))?;
        Ok(found.unwrap_or_default())
    }

    /// Changes it; durable when this returns what `change` gave.
    pub fn change_numbers<T>(
        &self,
        sender: &Address,
        change: impl FnOnce(&mut Numbers) -> T,
    ) -> Result<T, Fault> {
        self.change_named_numbers(&self.name_of(sender), change)
    }

    /// Erases those that were not used since (Unix time, seconds).
    pub fn tidy_numbers(&self, since: i64) -> Result<(), Fault> {
        let mut old = Vec::new();
        self.each_raw(Table::Numbers, |key, value| {
            let numbers: Result<Numbers, Fault> = self.values.open(Table::Numbers, key, value);
            // One that cannot be read is looked at below, where its fault is told.
            if numbers.map_or(true, |mut numbers| numbers.tidy(since)) {
                old.push(key.to_vec());
            }
            Ok(())
        })?;
        let tidy = |name: &Vec<u8>| self.change_named_numbers(name, |n| n.tidy(since)).map(drop);
        old.iter().try_for_each(tidy)
    }

    fn change_named_numbers<T>(
        &self,
        name: &[u8],
        change: impl FnOnce(&mut Numbers) -> T,
    ) -> Result<T, Fault> {
        let _alone = self.turns.alone(&[b"numbers", name].concat());
        let before: Option<Numbers> = self.values.get(Table::Numbers, name)?;
        let before = before.unwrap_or_default();
        let mut numbers = before.clone();
        let given = change(&mut numbers);
        if numbers == before {
            return Ok(given);
        }
        let mut batch = Change::new(&self.values);
        match numbers.is_empty() {
            true => batch.remove(Table::Numbers, name)?,
            false => batch.replace(Table::Numbers, name, &numbers)?,
        }
        batch.commit().map_err(fault)?;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;
    use super::*;
    use crate::store::backend::Backend;
    use crate::store::memory::Memory;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    #[test]
    fn numbers_are_their_senders_survive_a_start_and_leave_nothing_readable() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        let address = |text: &str| text.parse::<Address>().expect("an address");
        let (anna, eva) = (address("anna@example.org"), address("eva@example.org"));
        let written = address("Anna@EXAMPLE.org");
        let bo = address("bo@partner.example");
        let note = |n: &mut Numbers| n.note("bo@partner.example", "+46701234567", 500);
        store.change_numbers(&anna, note).expect("writes");
        let store = open(&disk, &master);
        let of = |sender| {
            let numbers = store.numbers(sender).expect("reads");
            numbers.of(&bo, 0).map(str::to_owned)
        };
        assert_eq!(of(&written).as_deref(), Some("+46701234567"));
        assert_eq!(of(&eva), None, "nobody plants a number for a colleague");
        let all = || {
            disk.scan(Table::Numbers, b"", &[0xff; 33], 9)
                .expect("reads")
        };
        let on_disk = format!("{:?}", all());
        let hidden = [&b"anna"[..], b"partner", b"4670"];
        for (key, value) in all() {
            let both = [key, value].concat();
            let is_there = |word: &&&[u8]| both.windows(word.len()).any(|w| w == **word);
            assert_eq!(hidden.iter().find(is_there), None, "{on_disk}");
        }
        store.tidy_numbers(500).expect("looks");
        assert!(of(&anna).is_some());
        store.tidy_numbers(501).expect("erases");
        assert_eq!(all(), []);
    }
}
