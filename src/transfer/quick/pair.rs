//! A pair: a sender and a recipient, and the keys that transfers between them are sealed to.
//!
//! Promises: a key stays as long as something that was sealed to it can live; where no further one has room none is made, and the next
//! mail brings a password. A pair that was ended remembers which devices there were: they have no part in what comes after.

use super::{DeviceName, KeyId, PublicKey};
use crate::mail::Address;
use serde::{Deserialize, Serialize};

/// Key pairs of one pair: the last is in use, the others open what was sent before. Each time it is accepted makes one.
pub const MOST_KEYS: usize = 12;

/// A sender and this recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The sender's mailbox.
    pub sender: String,
    /// When it was first offered: Unix time, seconds.
    pub since: i64,
    /// When it was accepted; 0: it was not.
    pub accepted: i64,
    /// The last is in use. None: the pair was ended.
    pub keys: Vec<PairKey>,
    /// Devices that were there when it was ended.
    pub barred: Vec<DeviceName>,
}

/// A key pair of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairKey {
    /// Its name in tickets.
    pub id: KeyId,
    /// What transfers are sealed to.
    pub public: PublicKey,
    /// Its secret under the master key; gone once it was accepted, unless [`super::Rules::keeps`].
    pub kept: Option<Vec<u8>>,
    /// Its secret for each device.
    pub shares: Vec<Share>,
    /// Nothing that is sealed to it lives at this Unix time in seconds, or later.
    pub until: i64,
    /// Nothing more is sealed to it.
    pub retired: bool,
}

/// The secret of a pair for one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// [`super::Device::name`].
    pub device: DeviceName,
    /// Format: `seal::quick`.
    pub sealed: Vec<u8>,
}

impl Pair {
    /// A pair that was never offered.
    pub fn new(sender: &Address, now: i64) -> Self {
        Pair {
            sender: sender.to_string(),
            since: now,
            accepted: 0,
            keys: Vec::new(),
            barred: Vec::new(),
        }
    }

    /// True if it was offered, and not ended since.
    pub fn is_live(&self) -> bool {
        !self.keys.is_empty()
    }

    /// What the next transfer is sealed to.
    pub fn in_use(&self) -> Option<&PairKey> {
        self.keys.last().filter(|key| !key.retired)
    }

    /// Adds the key that is in use from now on. False if there is no room: all of them are needed.
    pub fn add_key(&mut self, key: PairKey, now: i64) -> bool {
        if self.keys.len() >= MOST_KEYS {
            let Some(over) = self.keys.iter().position(|key| key.is_over(now)) else {
                return false;
            };
            self.keys.remove(over);
        }
        self.keys.push(key);
        true
    }

    /// Nothing more is sealed to the key in use: the next mail brings a password.
    pub fn retire(&mut self) {
        if let Some(last) = self.keys.last_mut() {
            last.retired = true;
        }
    }

    /// The gateway forgets all its secrets.
    pub fn forget_kept(&mut self) {
        self.keys.iter_mut().for_each(|key| key.kept = None);
    }

    /// It is over: its keys go, and these devices have no part in what comes after. False if there was nothing to end.
    pub(super) fn end(&mut self, devices: impl Iterator<Item = DeviceName>) -> bool {
        if !self.is_live() {
            return false;
        }
        self.keys.clear();
        self.accepted = 0;
        let new: Vec<DeviceName> = devices.filter(|name| !self.is_barred(name)).collect();
        self.barred.extend(new);
        true
    }

    /// True if this device was there when the pair was ended, and was not set up for it since.
    pub fn is_barred(&self, device: &DeviceName) -> bool {
        self.barred.contains(device)
    }

    /// Whoever holds the device has proven himself anew.
    pub fn unbar(&mut self, device: &DeviceName) {
        self.barred.retain(|name| name != device);
    }

    /// True if nothing that was sealed to it can live any more.
    pub(super) fn is_over(&self, now: i64) -> bool {
        self.barred.is_empty() && self.keys.iter().all(|key| key.is_over(now))
    }

    /// When it was last needed, for who looks for the one that is needed least.
    pub(super) fn until(&self) -> i64 {
        let ends = self.keys.iter().map(|key| key.until);
        ends.max().unwrap_or_default()
    }

    /// Keys go that open nothing and to which nothing more is sealed; what is known of devices goes with them. False if nothing is left.
    pub(super) fn tidy(&mut self, devices: &[DeviceName], now: i64) -> bool {
        self.tidy_devices(devices);
        let last = self.in_use().filter(|key| !key.shares.is_empty());
        let last = last.map(|key| key.id);
        self.keys
            .retain(|key| !key.is_over(now) || Some(key.id) == last);
        !(self.keys.is_empty() && self.barred.is_empty())
    }

    /// What is known of devices that are none any more goes.
    pub(super) fn tidy_devices(&mut self, devices: &[DeviceName]) {
        self.barred.retain(|name| devices.contains(name));
        for key in &mut self.keys {
            key.shares.retain(|share| devices.contains(&share.device));
        }
    }

    /// True if it is with this sender.
    pub fn is_with(&self, sender: &Address) -> bool {
        let ours = self.sender.parse::<Address>();
        ours.is_ok_and(|ours| ours.same_mailbox(sender))
    }
}

impl PairKey {
    /// True if a device has its secret.
    pub fn has(&self, device: &DeviceName) -> bool {
        self.shares.iter().any(|share| share.device == *device)
    }

    /// The secret for a device, in place of the one it may have.
    pub fn put_share(&mut self, device: DeviceName, sealed: Vec<u8>) {
        self.shares.retain(|share| share.device != device);
        self.shares.push(Share { device, sealed });
    }

    fn is_over(&self, now: i64) -> bool {
        self.until <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn key(n: u8, until: i64) -> PairKey {
        PairKey {
            id: [n; 16],
            public: [n; 32],
            kept: None,
            shares: Vec::new(),
            until,
            retired: false,
        }
    }

    fn pair() -> Pair {
        Pair::new(&"anna@example.org".parse().expect("an address"), NOW)
    }

    #[test]
    fn a_key_goes_only_when_nothing_that_was_sealed_to_it_can_live() {
        let mut pair = pair();
        for n in 0..MOST_KEYS {
            let n = u8::try_from(n).expect("few");
            assert!(pair.add_key(key(n, NOW + 10 + i64::from(n)), NOW));
        }
        let full = pair.clone();
        assert!(!pair.add_key(key(99, NOW + 99), NOW + 9), "all are needed");
        assert_eq!(pair, full);
        assert!(pair.add_key(key(99, NOW + 99), NOW + 10));
        assert_eq!(pair.keys.len(), MOST_KEYS);
        assert_eq!(pair.keys[0].id, [1; 16]);
        assert_eq!(pair.in_use().map(|key| key.id), Some([99; 16]));
        pair.retire();
        assert_eq!(pair.in_use(), None);
    }

    #[test]
    fn what_devices_have_stays_in_use_and_the_rest_goes_in_its_time() {
        let mut pair = pair();
        assert!(pair.add_key(key(1, NOW + 5), NOW) && pair.add_key(key(2, NOW + 9), NOW));
        pair.keys[1].put_share([7; 32], vec![1]);
        assert!(pair.tidy(&[[7; 32]], NOW + 4) && pair.keys.len() == 2);
        assert!(pair.tidy(&[[7; 32]], NOW + 5) && pair.keys.len() == 1);
        assert!(pair.tidy(&[[7; 32]], NOW + 999), "a device has it");
        assert!(!pair.tidy(&[], NOW + 999), "nobody has it");
    }

    #[test]
    fn a_pair_that_was_ended_remembers_the_devices_there_were() {
        let mut pair = pair();
        let devices = [[7; 32], [8; 32]];
        assert!(!pair.end(devices.into_iter()), "never offered");
        assert!(pair.add_key(key(1, NOW + 5), NOW) && pair.end(devices.into_iter()));
        assert!(!pair.is_live() && !pair.end(devices.into_iter()));
        assert!(pair.is_barred(&[7; 32]) && !pair.is_barred(&[9; 32]));
        pair.unbar(&[7; 32]);
        assert!(!pair.is_barred(&[7; 32]) && pair.is_barred(&[8; 32]));
        assert!(pair.tidy(&[[8; 32]], NOW + 999), "it is remembered");
        assert!(!pair.tidy(&[[7; 32]], NOW + 999), "that device is gone");
    }
}
