//! A device: a browser that has opened a link before, known again by a cookie of its own.
//!
//! Promises: what is kept of the cookie is an HMAC under a key of its own, over transfer, ticket and secret: neither the store nor a copy of
//! it makes a cookie, and nobody sees in it which transfers one browser has opened. A device has tries of its own, so that what strangers
//! type never closes a link for whoever has opened it (P13).
//! Leaves to others: counting ([`Tries`] is only the numbers), keeping it (`store`), the keepsake (`seal::keepsake`), the cookie's field
//! (`doors::web`).

use super::TransferId;
use super::keys::MasterKey;
use crate::mail::id::random;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How long a browser is known after its last unlocking, in seconds.
pub const KNOWN_FOR: i64 = 30 * 86_400;

/// How many devices are known of one ticket; the one that would be forgotten first goes for a new one.
pub const MOST: usize = 50;

/// What a browser's cookie says: 256 random bits, the same for all transfers. Prints as `…`, wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DeviceSecret([u8; 32]);

/// Under which the store finds a device of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceId(pub [u8; 32]);

/// What is kept of a browser that opened a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// It is forgotten then: Unix time, seconds.
    pub until: i64,
    /// What was typed wrong in it.
    pub tries: Tries,
    /// The transfer key for this browser alone, where its reader wished so. Format: `seal::keepsake`.
    pub keepsake: Option<Vec<u8>>,
}

/// Wrong tries in a row, and what follows from them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// How many.
    pub wrong: u32,
    /// No try before this Unix time.
    pub paused_until: i64,
    /// None at all until sender or operator lifts it.
    pub locked: bool,
}

impl DeviceSecret {
    /// A new one.
    pub fn fresh() -> Self {
        DeviceSecret(random())
    }

    /// From a cookie.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        DeviceSecret(bytes)
    }

    /// For the cookie and the keepsake only.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Under which the store finds this browser's record of a ticket.
    pub fn id(&self, master: &MasterKey, transfer: &TransferId, ticket: u32) -> DeviceId {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*master.device())
            .expect("HMAC takes a key of any length");
        mac.update(&transfer.context());
        mac.update(&ticket.to_be_bytes());
        mac.update(&self.0);
        DeviceId(mac.finalize().into_bytes().into())
    }
}

impl Device {
    /// True until its time is over.
    pub fn is_known(&self, now: i64) -> bool {
        self.until > now
    }
}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_has_another_name_at_each_ticket_transfer_and_master_key() {
        let (secret, master, id) = (
            DeviceSecret::fresh(),
            MasterKey::fresh(),
            TransferId::fresh(),
        );
        let name = secret.id(&master, &id, 0);
        assert_eq!(name, secret.clone().id(&master, &id, 0));
        let others = [
            secret.id(&master, &id, 1),
            secret.id(&master, &TransferId::fresh(), 0),
            secret.id(&MasterKey::fresh(), &id, 0),
            DeviceSecret::fresh().id(&master, &id, 0),
        ];
        assert!(others.iter().all(|other| *other != name));
    }

    #[test]
    fn a_device_secret_prints_as_nothing() {
        assert_eq!(format!("{:?}", DeviceSecret::fresh()), "…");
    }
}
