//! A circle: all that is kept of one recipient, in one record.
//!
//! Promises: whatever is done to it, it stays within its bounds; what a device has made or taken part in goes with it.

use super::{Activation, ActivationCode, CircleId, Device, DeviceName, KeyId, MOST_CODES, Maker};
use super::{Newcomer, Pair, PairKey, Rules};
use crate::mail::Address;
use crate::transfer::keys::MasterKey;
use serde::{Deserialize, Serialize};

/// Devices of one recipient: a group mailbox has several people, each with several browsers.
pub const MOST_DEVICES: usize = 20;
/// Senders of one recipient. A further one has room when nothing that another has sent can live any more.
pub const MOST_PAIRS: usize = 200;

/// Everything of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circle {
    /// Who.
    pub address: String,
    /// The browsers that hold a token, in the order in which they came.
    pub devices: Vec<Device>,
    /// One for each sender.
    pub pairs: Vec<Pair>,
    /// Codes that let another device in.
    pub codes: Vec<Activation>,
    /// How many devices there ever were: the next one's number.
    pub counted: u32,
    /// Which manifest is the current one: the store's.
    pub generation: u64,
}

impl Circle {
    /// The device of this name.
    pub fn device(&self, name: &DeviceName) -> Option<&Device> {
        self.devices.iter().find(|device| device.name == *name)
    }

    /// The same, to change it.
    pub fn device_mut(&mut self, name: &DeviceName) -> Option<&mut Device> {
        self.devices.iter_mut().find(|device| device.name == *name)
    }

    /// The names of its passkeys.
    pub fn passkeys(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.devices.iter().filter_map(|d| d.passkey.as_ref())
    }

    /// The pair with a sender.
    pub fn pair(&self, sender: &Address) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.is_with(sender))
    }

    /// The same, to change it.
    pub fn pair_mut(&mut self, sender: &Address) -> Option<&mut Pair> {
        self.pairs.iter_mut().find(|pair| pair.is_with(sender))
    }

    /// The pairs that were offered, and not ended since.
    pub fn live(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(|pair| pair.is_live())
    }

    /// The key pair of this name.
    pub fn key(&self, id: &KeyId) -> Option<&PairKey> {
        let mut all = self.pairs.iter().flat_map(|pair| &pair.keys);
        all.find(|key| key.id == *id)
    }

    /// True if a device that is trusted at this time has the key in use of this pair.
    pub fn is_connected(&self, pair: &Pair, rules: &Rules, now: i64) -> bool {
        let has = |device: &Device| pair.in_use().is_some_and(|key| key.has(&device.name));
        let mut devices = self.devices.iter();
        devices.any(|device| rules.trusts(device, now) && has(device))
    }

    /// True if there is no room for one more device.
    pub fn is_full(&self, rules: &Rules, now: i64) -> bool {
        let mut devices = self.devices.iter();
        self.devices.len() >= MOST_DEVICES && devices.all(|device| rules.trusts(device, now))
    }

    /// A device that is set up now: its number. Where there are as many as there may be the one goes that was silent for longest, if it is
    /// trusted no more. `None`: all of them are.
    pub fn admit(&mut self, new: Newcomer, rules: &Rules, now: i64) -> Option<u32> {
        if self.devices.len() >= MOST_DEVICES {
            let devices = self.devices.iter();
            let silent = devices.filter(|device| !rules.trusts(device, now));
            let silent = silent.min_by_key(|device| device.used)?.number;
            self.dismiss(silent);
        }
        self.counted = self.counted.saturating_add(1);
        self.devices.push(new.admitted(self.counted, rules, now));
        Some(self.counted)
    }

    /// The device is none any more, and what it made of codes is good for nothing. False if there was no such.
    pub fn dismiss(&mut self, number: u32) -> bool {
        let before = self.devices.len();
        self.devices.retain(|device| device.number != number);
        self.tidy_devices();
        before != self.devices.len()
    }

    /// The pair is over: passwords again, and the devices there are have no part in it from now on. False if there was none.
    pub fn part(&mut self, sender: &Address) -> bool {
        let names = self.names();
        let ended = self
            .pair_mut(sender)
            .is_some_and(|pair| pair.end(names.into_iter()));
        if ended {
            // A code that stands may hold its secret.
            self.codes.clear();
            let devices = self.names();
            self.pairs
                .retain_mut(|pair| pair.is_live() || pair.tidy(&devices, i64::MAX));
        }
        ended
    }

    /// Everything is over. False if there was nothing.
    pub fn end(&mut self) -> bool {
        let some = !self.devices.is_empty() || self.live().next().is_some();
        *self = Circle {
            generation: self.generation,
            ..Circle::default()
        };
        some
    }

    /// Room for one more pair, in the place of one of which nothing lives any more. False if there is none.
    pub fn make_room(&mut self, now: i64) -> bool {
        if self.pairs.len() < MOST_PAIRS {
            return true;
        }
        let over = (0..self.pairs.len()).filter(|n| self.pairs[*n].is_over(now));
        let oldest = over.min_by_key(|n| self.pairs[*n].until());
        oldest.inspect(|n| drop(self.pairs.remove(*n))).is_some()
    }

    /// The code that this is, if it stands.
    pub fn code(
        &mut self,
        code: &ActivationCode,
        place: (&CircleId, &MasterKey),
        now: i64,
    ) -> Option<&mut Activation> {
        let is = |one: &&mut Activation| one.is(code, place, now);
        self.codes.iter_mut().find(is)
    }

    /// Lets a code stand; the oldest goes where there are too many.
    pub fn put_code(&mut self, made: Activation) {
        self.codes.push(made);
        if self.codes.len() > MOST_CODES {
            self.codes.remove(0);
        }
    }

    /// Forgets devices whose time is over, codes, and pairs that nobody can use and no mail was sealed to, where nothing is kept longer than
    /// `max_keep_for` seconds.
    pub fn tidy(&mut self, now: i64, max_keep_for: i64) {
        self.codes.retain(|code| code.until > now);
        self.devices
            .retain(|device| !device.is_over(now, max_keep_for));
        self.tidy_devices();
        let names = self.names();
        self.pairs.retain_mut(|pair| pair.tidy(&names, now));
    }

    /// True if nothing is left.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.pairs.is_empty() && self.codes.is_empty()
    }

    fn names(&self) -> Vec<DeviceName> {
        self.devices.iter().map(|device| device.name).collect()
    }

    fn tidy_devices(&mut self) {
        let names = self.names();
        self.pairs
            .iter_mut()
            .for_each(|pair| pair.tidy_devices(&names));
        self.codes.retain(|code| match code.by {
            Maker::Device(name) => names.contains(&name),
            Maker::Operator => true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    fn newcomer(n: u8) -> Newcomer {
        Newcomer {
            name: [n; 32],
            public: [n; 32],
            browser: [0; 32],
        }
    }

    fn address(text: &str) -> Address {
        text.parse().expect("an address")
    }

    fn offered(sender: &str, until: i64) -> Pair {
        let mut pair = Pair::new(&address(sender), NOW);
        let key = PairKey {
            id: [1; 16],
            public: [1; 32],
            kept: Some(vec![1]),
            shares: Vec::new(),
            until,
            retired: false,
        };
        assert!(pair.add_key(key, NOW));
        pair
    }

    #[test]
    fn a_full_circle_takes_one_more_in_the_place_of_who_was_silent_too_long() {
        let (mut circle, rules) = (Circle::default(), Rules::default());
        for n in 0..20 {
            let admitted = circle.admit(newcomer(n), &rules, NOW);
            assert_eq!(admitted, Some(u32::from(n) + 1));
        }
        assert!(circle.is_full(&rules, NOW));
        assert_eq!(circle.admit(newcomer(20), &rules, NOW), None);
        let month = NOW + 30 * DAY;
        for device in &mut circle.devices {
            device.use_now(&rules, NOW + i64::from(device.number));
        }
        for device in &mut circle.devices[2..] {
            device.use_now(&rules, month);
        }
        let full_again = month + 5;
        assert!(!circle.is_full(&rules, full_again));
        assert_eq!(circle.admit(newcomer(21), &rules, full_again), Some(21));
        assert!(circle.device(&[0; 32]).is_none(), "silent for longest");
        assert_eq!(circle.devices.len(), MOST_DEVICES);
        assert!(circle.dismiss(4) && !circle.dismiss(4));
        assert_eq!(
            circle.admit(newcomer(22), &rules, full_again),
            Some(22),
            "no number twice"
        );
    }

    #[test]
    fn a_pair_goes_only_when_nothing_of_it_can_live() {
        let mut circle = Circle::default();
        for n in 0..MOST_PAIRS {
            assert!(circle.make_room(NOW));
            let until = NOW + 100 - n as i64 % 50;
            circle
                .pairs
                .push(offered(&format!("s{n}@example.org"), until));
        }
        assert!(!circle.make_room(NOW + 50), "all are needed");
        assert_eq!(circle.pairs.len(), MOST_PAIRS);
        assert!(circle.make_room(NOW + 51));
        assert_eq!(circle.pairs.len(), MOST_PAIRS - 1);
        assert!(circle.pair(&address("s49@example.org")).is_none());
    }

    #[test]
    fn what_a_device_made_goes_with_it_and_with_the_pair() {
        let (mut circle, rules) = (Circle::default(), Rules::default());
        for n in 0..2 {
            circle.admit(newcomer(n), &rules, NOW).expect("room");
        }
        let place = (&CircleId([7; 32]), &MasterKey::fresh());
        let made = |by| {
            let code = ActivationCode::fresh();
            (Activation::new(&code, place, NOW + DAY, by), code)
        };
        let (of_first, first) = made(Maker::Device([0; 32]));
        let (of_second, second) = made(Maker::Device([1; 32]));
        let (of_operator, third) = made(Maker::Operator);
        for code in [of_first, of_second, of_operator] {
            circle.put_code(code);
        }
        circle.pairs.push(offered("anna@example.org", NOW + DAY));
        assert!(circle.dismiss(1));
        let stand = [&first, &second, &third].map(|code| circle.code(code, place, NOW).is_some());
        assert_eq!(stand, [false, true, true]);
        assert!(circle.part(&address("Anna@example.org")));
        assert_eq!(circle.codes, []);
        assert!(circle.pairs[0].is_barred(&[1; 32]) && circle.live().next().is_none());
        assert!(!circle.part(&address("anna@example.org")), "it is over");
        assert!(circle.dismiss(2));
        circle.tidy(NOW, DAY);
        assert!(circle.is_empty());
    }

    #[test]
    fn the_end_of_all_leaves_nothing() {
        let mut circle = Circle::default();
        assert!(!circle.end());
        circle
            .admit(newcomer(1), &Rules::default(), NOW)
            .expect("room");
        circle.generation = 9;
        assert!(circle.end() && circle.is_empty());
        assert_eq!(circle.generation, 9, "the store's");
    }

    #[test]
    fn codes_have_an_end_in_number() {
        let mut circle = Circle::default();
        let place = (&CircleId([7; 32]), &MasterKey::fresh());
        for _ in 0..=MOST_CODES {
            let code = ActivationCode::fresh();
            circle.put_code(Activation::new(&code, place, NOW, Maker::Operator));
        }
        assert_eq!(circle.codes.len(), MOST_CODES);
    }
}
