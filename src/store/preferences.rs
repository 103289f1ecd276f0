//! What senders want to be told: one value each, under a name that only the master key makes.
//!
//! Stays until its sender chooses otherwise. Senders are people of our own domains, so there are no more of them than people.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault};
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::Preferences;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

impl Store {
    /// What this sender has chosen; nothing, if he never did.
    pub fn preferences(&self, sender: &Address) -> Result<Preferences, Fault> {
        let chosen = self.values.get(Table::Preferences, &self.name_of(sender))?;
        Ok(chosen.unwrap_or_default())
    }

    /// Changes what a sender wants; durable when this returns, and it gives back what was written.
    pub fn change_preferences(
        &self,
        sender: &Address,
        change: impl FnOnce(&mut Preferences),
    ) -> Result<Preferences, Fault> {
        let name = self.name_of(sender);
        let _alone = self.turns.alone(&name);
        let mut chosen = self.preferences(sender)?;
        change(&mut chosen);
        let mut batch = Change::new(&self.values);
        match chosen == Preferences::default() {
            true => batch.remove(Table::Preferences, &name)?,
            false => batch.replace(Table::Preferences, &name, &chosen)?,
        }
        batch.commit().map_err(fault)?;
        Ok(chosen)
    }

    /// Nobody else adds to what this sender is told once a day while what this gives lives. Taken before any transfer.
    pub fn telling_alone(&self, sender: &Address) -> impl Sized + use<> {
        self.turns
            .alone(&[b"told", &self.name_of(sender)[..]].concat())
    }

    /// What a sender is kept under: the same for every way to write a mailbox.
    pub fn name_of(&self, sender: &Address) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.master.lookup())
            .expect("HMAC takes a key of any length");
        mac.update(b"sender\0");
        mac.update(sender.local().to_lowercase().as_bytes());
        mac.update(b"@");
        mac.update(sender.domain().as_bytes());
        mac.finalize().into_bytes()[..16].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;
    use super::*;
    use crate::store::backend::Backend;
    use crate::store::memory::Memory;
    use crate::transfer::Downloads;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    #[test]
    fn a_sender_is_known_however_the_address_is_written_and_not_named_on_disk() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        let anna: Address = "anna@example.org".parse().expect("an address");
        let written: Address = "Anna@EXAMPLE.org".parse().expect("an address");
        let bo: Address = "bo@example.org".parse().expect("an address");
        store
            .change_preferences(&anna, |chosen| chosen.downloads = Some(Downloads::Daily))
            .expect("writes");
        let chosen = open(&disk, &master).preferences(&written).expect("reads");
        assert_eq!(chosen.downloads, Some(Downloads::Daily));
        assert_eq!(
            store.preferences(&bo).expect("reads"),
            Preferences::default()
        );
        let all = || disk.scan(Table::Preferences, b"", &[0xff; 33], 9);
        let (key, _) = &all().expect("reads")[0];
        assert!(!key.windows(4).any(|four| four == b"anna"));
        let back = |chosen: &mut Preferences| chosen.downloads = None;
        store.change_preferences(&written, back).expect("writes");
        assert_eq!(all().expect("reads"), [], "nothing chosen is nothing kept");
    }
}
