//! Passwords that are agreed with recipients: one value each, under a name that only the master key makes of an address or domain.
//!
//! Promises: no address can be read on the disk; what is set or removed is so on disk when the method returns, and a transfer that was
//! sealed before keeps what it was sealed with. Stays until it is removed: only operators set one.
//! The gateway has to read them, to lock each new transfer: with the master key, whoever has this store can too.

use super::backend::Table;
use super::values::Change;
use super::{Mark, Store, fault};
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::{Agreed, Party};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

impl Store {
    /// What is agreed with this recipient: with him alone, or else with everybody of his domain.
    pub fn agreed_with(&self, recipient: &Address) -> Result<Option<Agreed>, Fault> {
        let own = Party::Address(recipient.clone());
        match self.agreed(&own)? {
            Some(agreed) => Ok(Some(agreed)),
            None => self.agreed(&Party::domain_of(recipient)),
        }
    }

    /// Sets it, in the place of what was agreed with the same before. True if there was something.
    pub fn agree(&self, agreed: &Agreed) -> Result<bool, Fault> {
        let name = self.party_name(&agreed.party);
        let _alone = self.turns.alone(&name);
        let before = self.agreed(&agreed.party)?;
        let mut change = Change::new(&self.values);
        change.replace(Table::Agreed, &name, agreed)?;
        change.commit().map_err(fault)?;
        Ok(before.is_some())
    }

    /// Nothing is agreed with them any more. False: nothing was.
    pub fn disagree(&self, party: &Party) -> Result<bool, Fault> {
        let name = self.party_name(party);
        let _alone = self.turns.alone(&name);
        if self.agreed(party)?.is_none() {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.remove(Table::Agreed, &name)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }

    /// Up to `limit` of all, in no order that means anything, behind a mark, and the mark to go on from; `None` at the end.
    pub fn all_agreed(
        &self,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<(Vec<Agreed>, Option<Mark>), Fault> {
        // The zero byte makes the key behind the last one the first of the page.
        let from = after.map_or(Vec::new(), |key| [key, b"\0"].concat());
        let found = self
            .values
            .scan(Table::Agreed, &from, &[0xff; 33], limit)?
            .collect::<Result<Vec<(Mark, Agreed)>, Fault>>()?;
        let more = found.len() == limit;
        let mark = found.last().map(|(key, _)| key.clone()).filter(|_| more);
        let all = found.into_iter().map(|(_, agreed)| agreed).collect();
        Ok((all, mark))
    }

    fn agreed(&self, party: &Party) -> Result<Option<Agreed>, Fault> {
        self.values.get(Table::Agreed, &self.party_name(party))
    }

    /// The same for every way to write a mailbox. No mailbox is named as a domain is: it has something before the `@`.
    fn party_name(&self, party: &Party) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.master().lookup())
            .expect("HMAC takes a key of any length");
        mac.update(b"agreed\0");
        match party {
            Party::Address(address) => {
                mac.update(address.local().to_lowercase().as_bytes());
                mac.update(b"@");
                mac.update(address.domain().as_bytes());
            }
            Party::Domain(domain) => {
                mac.update(b"@");
                mac.update(domain.as_bytes());
            }
        }
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
    use crate::transfer::Password;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    fn agreed(party: &str, password: &str) -> Agreed {
        let party = party.parse().expect("a party");
        Agreed::new(party, &Password::given(password), 1_764_000_000).expect("fit")
    }

    fn password(store: &Store, recipient: &str) -> Option<String> {
        let recipient = recipient.parse().expect("an address");
        let found = store.agreed_with(&recipient).expect("reads");
        found.map(|agreed| agreed.password.expose().to_owned())
    }

    #[test]
    fn an_address_goes_before_its_domain_and_each_is_replaced_and_removed() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        let set = |party, text| store.agree(&agreed(party, text)).expect("writes");
        assert!(!set("@partner.example", "Kaffe mugg sju"));
        assert!(!set("Bo@Partner.example", "Blåbär åtta"));
        let rows = [
            ("bo@partner.example", Some("Blåbär åtta")),
            ("BO@partner.EXAMPLE", Some("Blåbär åtta")),
            ("eva@partner.example", Some("Kaffe mugg sju")),
            ("eva@north.partner.example", None),
            ("eva@example", None),
        ];
        for (recipient, want) in rows {
            assert_eq!(password(&store, recipient).as_deref(), want, "{recipient}");
        }
        assert!(set("@partner.example", "Lingon nio"));
        let store = open(&disk, &master);
        let found = password(&store, "eva@partner.example");
        assert_eq!(found.as_deref(), Some("Lingon nio"));
        let remove = |party: &str| store.disagree(&party.parse().expect("a party"));
        assert!(remove("bo@partner.example").expect("writes"));
        assert!(!remove("bo@partner.example").expect("reads"));
        let found = password(&store, "bo@partner.example");
        assert_eq!(found.as_deref(), Some("Lingon nio"));
        assert!(remove("@partner.example").expect("writes"));
        assert_eq!(password(&store, "bo@partner.example"), None);
        let left = disk.scan(Table::Agreed, b"", &[0xff; 33], 9);
        assert_eq!(left.expect("reads"), []);
    }

    #[test]
    fn neither_people_nor_passwords_can_be_read_on_the_disk() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        for party in ["@partner.example", "bo@partner.example"] {
            store
                .agree(&agreed(party, "Kaffe mugg sju"))
                .expect("writes");
        }
        let pairs = disk.scan(Table::Agreed, b"", &[0xff; 33], 9);
        let pairs = pairs.expect("reads");
        assert_eq!(pairs.len(), 2);
        for bytes in pairs.iter().flat_map(|(key, value)| [key, value]) {
            for word in [&b"partner"[..], b"Kaffe", b"mugg"] {
                assert!(!bytes.windows(word.len()).any(|some| some == word));
            }
        }
    }

    #[test]
    fn pages_of_the_list_are_all_of_it() {
        let store = open(&Arc::new(Memory::new()), &MasterKey::fresh());
        let want: Vec<String> = (10..33).map(|n| format!("@p{n}.example")).collect();
        for party in &want {
            store
                .agree(&agreed(party, "Kaffe mugg sju"))
                .expect("writes");
        }
        let (mut all, mut mark) = (Vec::new(), None);
        loop {
            let (page, next) = store.all_agreed(mark.as_deref(), 5).expect("reads");
            all.extend(page.into_iter().map(|agreed| agreed.party.to_string()));
            mark = next;
            if mark.is_none() {
                break;
            }
        }
        all.sort();
        assert_eq!(all, want);
    }

    #[test]
    fn on_a_broken_disk_it_is_as_before_or_as_wanted() {
        let (before, after) = (
            agreed("@partner.example", "Kaffe mugg sju"),
            agreed("@partner.example", "Lingon nio"),
        );
        let mut went_through = 0;
        for nth in 1..20 {
            let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
            open(&disk, &master).agree(&before).expect("writes");
            let faulty = Arc::new(Faulty::new(disk.clone(), nth));
            let store = Store::open(faulty, master.clone()).expect("opens");
            let replaced = store.agree(&after);
            let kept = password(&open(&disk, &master), "bo@partner.example");
            let want = if replaced.is_ok() {
                "Lingon nio"
            } else {
                "Kaffe mugg sju"
            };
            assert_eq!(kept.as_deref(), Some(want), "{nth}");
            let removed = store.disagree(&after.party);
            let kept = password(&open(&disk, &master), "bo@partner.example");
            assert_eq!(kept.is_none(), removed.is_ok(), "{nth}");
            went_through += usize::from(removed.is_ok());
        }
        assert!(went_through > 0 && went_through < 19);
    }
}
