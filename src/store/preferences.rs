//! What senders want to be told: one value each, under a name that only the master key makes.
//!
//! Stays until its sender chooses otherwise. Senders are people of our own domains, so there are no more of them than people.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, memos};
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::{Memo, Preferences};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

impl Store {
    /// What this sender has chosen; nothing, if he never did.
    pub fn preferences(&self, sender: &Address) -> Result<Preferences, Fault> {
        let chosen = self.values.get(Table::Preferences, &self.name_of(sender))?;
        Ok(chosen.unwrap_or_default())
    }

    /// Sets what a sender wants, and keeps the memo that tells him so, due at that Unix time, in the place of one with the same id and time:
    /// durable together when this returns. False: he wants it so already, and nobody is told.
    pub fn set_preferences(
        &self,
        sender: &Address,
        chosen: &Preferences,
        told: Option<(&Memo, i64)>,
    ) -> Result<bool, Fault> {
        let name = self.name_of(sender);
        let _alone = self.turns.alone(&name);
        if self.preferences(sender)? == *chosen {
            return Ok(false);
        }
        let mut batch = Change::new(&self.values);
        match *chosen == Preferences::default() {
            true => batch.remove(Table::Preferences, &name)?,
            false => batch.replace(Table::Preferences, &name, chosen)?,
        }
        if let Some((memo, due)) = told {
            memos::schedule(&mut batch, memo, due)?;
        }
        batch.commit().map_err(fault)?;
        Ok(true)
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
    use crate::store::faulty::Faulty;
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
        let daily = Preferences {
            downloads: Some(Downloads::Daily),
            ..Preferences::default()
        };
        assert!(store.set_preferences(&anna, &daily, None).expect("writes"));
        assert!(
            !store
                .set_preferences(&written, &daily, None)
                .expect("reads")
        );
        let chosen = open(&disk, &master).preferences(&written).expect("reads");
        assert_eq!(chosen.downloads, Some(Downloads::Daily));
        assert_eq!(
            store.preferences(&bo).expect("reads"),
            Preferences::default()
        );
        let all = || disk.scan(Table::Preferences, b"", &[0xff; 33], 9);
        let (key, _) = &all().expect("reads")[0];
        assert!(!key.windows(4).any(|four| four == b"anna"));
        let nothing = Preferences::default();
        store
            .set_preferences(&written, &nothing, None)
            .expect("writes");
        assert_eq!(all().expect("reads"), [], "nothing chosen is nothing kept");
    }

    #[test]
    fn choice_and_mail_are_on_disk_together_or_not_at_all() {
        let anna: Address = "anna@example.org".parse().expect("an address");
        let daily = Preferences {
            downloads: Some(Downloads::Daily),
            ..Preferences::default()
        };
        let memo = Memo {
            id: "7K3M9XQF-chosen".into(),
            mail: "2Q8ZVT6M".into(),
            to: anna.to_string(),
            language: None,
            thread: None,
            transfer: None,
            page: None,
            until: 0,
            received: 0,
            about: crate::transfer::memo::About::Extended,
        };
        let mut went_through = false;
        for nth in 1..40 {
            let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
            open(&disk, &master);
            let faulty = Arc::new(Faulty::new(disk.clone(), nth));
            let set = Store::open(faulty, master.clone())
                .and_then(|store| store.set_preferences(&anna, &daily, Some((&memo, 900))));
            let store = open(&disk, &master);
            let chosen = store.preferences(&anna).expect("reads") == daily;
            let told = store.due_memos(900, 9).expect("reads").len() == 1;
            assert_eq!(chosen, told, "{nth}");
            assert!(set.is_err() || chosen, "{nth}");
            went_through |= set.is_ok();
        }
        assert!(went_through);
    }
}
