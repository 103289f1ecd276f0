//! The keepsake: a transfer key for one browser, so that its reader need not type the password again.
//!
//! ```text
//! K        = HKDF-SHA-512(cookie | link key | day key, salt = transfer id, info = "cloakroom/keepsake/1" | link id)   32 bytes
//! keepsake = the value form of `transfer::cipher` under K; associated data: transfer id | link id | day (4) | ticket (4) | SHA-256(wrap)
//! ```
//!
//! Promises: link, cookie and day key are each needed, and none of the first two is stored: disk and master key open nothing (P9), a link
//! alone or a stolen cookie alone neither (P10), and a keepsake in a backup dies with its day (P12). It belongs to the wrap beside it: a
//! new password ends what was remembered under the old one.
//! Leaves to others: when to make one, and for how long it is kept.

use super::wrap::Lock;
use crate::transfer::DeviceSecret;
use crate::transfer::cipher;
use crate::transfer::keys::{Key, TransferKey, hkdf};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What a keepsake belongs to.
pub struct Place<'a> {
    /// Transfer, link and day, as of the wrap.
    pub lock: Lock<'a>,
    /// The ticket's number.
    pub ticket: u32,
    /// The ticket's wrap.
    pub wrap: &'a [u8],
    /// The browser.
    pub device: &'a DeviceSecret,
}

/// Seals a transfer key for one browser.
pub fn keep(place: &Place<'_>, key: &TransferKey) -> Vec<u8> {
    cipher::seal(&place.key(), &place.name(), key.expose())
}

/// Opens it. `None`: it is of another browser, link, ticket or day, the password is another since, or it was changed.
pub fn open(place: &Place<'_>, keepsake: &[u8]) -> Option<TransferKey> {
    let key = cipher::open(&place.key(), &place.name(), keepsake).ok()?;
    let key = Zeroizing::new(key);
    Some(TransferKey::from_bytes(key[..].try_into().ok()?))
}

impl Place<'_> {
    fn key(&self) -> Key {
        let mut secret = Zeroizing::new([0; 96]);
        secret[..32].copy_from_slice(self.device.expose());
        secret[32..64].copy_from_slice(&self.lock.link.key()[..]);
        secret[64..].copy_from_slice(self.lock.day_key.expose());
        let link = self.lock.link.id(self.lock.master);
        let info = [&b"cloakroom/keepsake/1"[..], &link.0].concat();
        hkdf(&secret[..], &self.lock.transfer.context(), &info)
    }

    fn name(&self) -> Vec<u8> {
        let wrap: [u8; 32] = Sha256::digest(self.wrap).into();
        [
            &self.lock.transfer.context()[..],
            &self.lock.link.id(self.lock.master).0,
            &self.lock.day.to_be_bytes(),
            &self.ticket.to_be_bytes(),
            &wrap,
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::keys::{DayKey, MasterKey};
    use crate::transfer::{LinkSecret, TransferId};

    #[test]
    fn cookie_link_day_key_and_place_are_all_needed() {
        let (transfer, other) = (TransferId::fresh(), TransferId::fresh());
        let (link, link2) = (LinkSecret::fresh(), LinkSecret::fresh());
        let (day_key, day_key2) = (DayKey::fresh(), DayKey::fresh());
        let (device, device2) = (DeviceSecret::fresh(), DeviceSecret::fresh());
        let master = MasterKey::fresh();
        let place = || Place {
            lock: Lock {
                transfer: &transfer,
                link: &link,
                day: 20_000,
                day_key: &day_key,
                master: &master,
            },
            ticket: 1,
            wrap: b"a wrap",
            device: &device,
        };
        let key = TransferKey::fresh();
        let mut keepsake = keep(&place(), &key);
        let opened = open(&place(), &keepsake).expect("opens");
        assert_eq!(opened.expose(), key.expose());

        let changes: [fn(&mut Place<'_>); 2] =
            [|p| p.ticket = 2, |p| p.wrap = b"of a new password"];
        for change in changes {
            let mut changed = place();
            change(&mut changed);
            assert!(open(&changed, &keepsake).is_none());
        }
        let mut strange: [Place<'_>; 5] = std::array::from_fn(|_| place());
        strange[0].lock.transfer = &other;
        strange[1].lock.link = &link2;
        strange[2].lock.day = 20_001;
        strange[3].lock.day_key = &day_key2;
        strange[4].device = &device2;
        for (n, changed) in strange.iter().enumerate() {
            assert!(open(changed, &keepsake).is_none(), "{n}");
        }
        keepsake[20] ^= 1;
        assert!(open(&place(), &keepsake).is_none());
    }
}
