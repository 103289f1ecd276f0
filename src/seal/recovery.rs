//! The spare key of a ticket: the transfer key, kept by the gateway so that a lost link and password can be replaced. Made only where
//! policy says `recovery = "gateway"`; without it nothing of this is on disk.
//!
//! ```text
//! K     = HKDF-SHA-512(recovery key of the master key | day key, salt = transfer id, info = "cloakroom/spare/1")   32 bytes
//! plain = version 1 (1) | transfer key (32) | the ways of the passwords in postcard (`transfer::renewal::Kept`)
//! spare = the value form of `transfer::cipher` under K over plain; associated data: transfer id (16) | ticket (4) | day (4)
//! ```
//!
//! What it costs: disk, master key and day key together open the transfer, without its link (P9 holds only without a spare key). It still
//! dies with its day, in copies too (P12), and one that was moved to another ticket, transfer or day does not open (P11).
//! Leaves to others: when to use it (`gateway::steering`), doing away with it (`store`).

use crate::transfer::TransferId;
use crate::transfer::cipher;
use crate::transfer::keys::{DayKey, Key, MasterKey, TransferKey, hkdf};
use crate::transfer::renewal::Kept;
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// What a spare key belongs to.
pub struct Place<'a> {
    /// The transfer.
    pub transfer: &'a TransferId,
    /// The ticket's number.
    pub ticket: u32,
    /// Days since 1970.
    pub day: i32,
    /// The key of that day.
    pub day_key: &'a DayKey,
    /// The master key.
    pub master: &'a MasterKey,
}

/// Seals a transfer key and what a renewal needs besides.
pub fn seal(place: &Place<'_>, key: &TransferKey, kept: &Kept) -> postcard::Result<Vec<u8>> {
    let kept = Zeroizing::new(postcard::to_allocvec(kept)?);
    // A vector that grew would leave the key in the memory it had before.
    let mut plain = Zeroizing::new(Vec::with_capacity(1 + 32 + kept.len()));
    plain.push(VERSION);
    plain.extend(key.expose());
    plain.extend(&kept[..]);
    Ok(cipher::seal(&place.key(), &place.name(), &plain))
}

/// Opens it. `None`: it belongs elsewhere, its day is over, or it was changed.
pub fn open(place: &Place<'_>, sealed: &[u8]) -> Option<(TransferKey, Kept)> {
    let plain = cipher::open(&place.key(), &place.name(), sealed).ok()?;
    let plain = Zeroizing::new(plain);
    let (version, rest) = plain.split_first()?;
    let (key, kept) = rest.split_first_chunk()?;
    let kept = postcard::from_bytes(kept).ok()?;
    (*version == VERSION).then(|| (TransferKey::from_bytes(*key), kept))
}

impl Place<'_> {
    fn key(&self) -> Key {
        let mut secret = Zeroizing::new([0; 64]);
        secret[..32].copy_from_slice(&self.master.recovery()[..]);
        secret[32..].copy_from_slice(self.day_key.expose());
        hkdf(&secret[..], &self.transfer.context(), b"cloakroom/spare/1")
    }

    fn name(&self) -> Vec<u8> {
        [
            &self.transfer.context()[..],
            &self.ticket.to_be_bytes(),
            &self.day.to_be_bytes(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Lane;
    use crate::transfer::Destination;
    use crate::transfer::notice::Route;
    use crate::transfer::proof::PasswordLine;

    fn kept() -> Kept {
        Kept {
            ways: vec![Route {
                channel: "kannel".into(),
                destination: Destination::Phone("+46701234547".into()),
                line: PasswordLine::TextMessage("47".into()),
                then: Vec::new(),
            }],
            lane: Lane::VerifiedTls,
            rules: Default::default(),
        }
    }

    #[test]
    fn it_opens_in_its_own_place_alone() {
        let (transfer, other) = (TransferId::fresh(), TransferId::fresh());
        let (day_key, day_key2) = (DayKey::fresh(), DayKey::fresh());
        let (master, master2) = (MasterKey::fresh(), MasterKey::fresh());
        let place = || Place {
            transfer: &transfer,
            ticket: 1,
            day: 20_000,
            day_key: &day_key,
            master: &master,
        };
        let key = TransferKey::fresh();
        let mut sealed = seal(&place(), &key, &kept()).expect("small");
        let (opened, ways) = open(&place(), &sealed).expect("opens");
        assert_eq!((opened.expose(), ways), (key.expose(), kept()));
        for secret in [&key.expose()[..], b"+46701234547", b"kannel"] {
            assert!(memchr::memmem::find(&sealed, secret).is_none());
        }

        let mut strange: [Place<'_>; 5] = std::array::from_fn(|_| place());
        strange[0].transfer = &other;
        strange[1].ticket = 2;
        strange[2].day = 20_001;
        strange[3].day_key = &day_key2;
        strange[4].master = &master2;
        for (n, changed) in strange.iter().enumerate() {
            assert!(open(changed, &sealed).is_none(), "{n}");
        }
        for at in 0..sealed.len() {
            sealed[at] ^= 1;
            assert!(open(&place(), &sealed).is_none(), "byte {at}");
            sealed[at] ^= 1;
            assert!(open(&place(), &sealed[..at]).is_none(), "cut at {at}");
        }
    }
}
