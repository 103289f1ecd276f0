//! QUICK: what is kept of one recipient whose devices open what certain senders send, without a password.
//!
//! A *device* is a browser that holds a token; what is kept of it is the public key of a key pair derived from that token. A *pair* is a
//! sender and a recipient, with a key pair of its own: transfers are sealed to its public key, and its secret is sealed to each device
//! (`seal::quick`). All of it together is the recipient's [`Circle`], one record.
//! Life of a pair: offered (the gateway keeps its secret, to offer it with each mail) → accepted (the devices have it; the gateway only
//! where [`Rules::keeps`]) → over (the sender, the recipient or an operator ends it, or no device was used for [`Rules::idle`]).
//! Promises: bounded in number; a device that was silent too long opens nothing that came after its time, and all that came before.
//! Leaves to others: keys (`seal::quick`), keeping (`store::circles`), who may do what (`gateway::quick`).

mod code;

pub use code::ActivationCode;

use super::device::DeviceSecret;
use super::event::Actor;
use super::keys::{Key, MasterKey};
use crate::mail::Address;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Devices of one recipient: a group mailbox has several people, each with several browsers.
pub const MOST_DEVICES: usize = 20;
/// Senders of one recipient; who was written for longest ago goes for a new one.
pub const MOST_PAIRS: usize = 200;
/// Key pairs of one pair: the last is in use, the others open what was sent before.
pub const MOST_KEYS: usize = 4;
/// Codes that stand at once.
pub const MOST_CODES: usize = 5;
/// How long a code is good that a device has made, in seconds.
pub const CODE_FOR: i64 = 15 * 60;
/// The same of one that an operator has made: it travels by telephone.
pub const OPERATORS_CODE_FOR: i64 = 24 * 3600;

const DAY: i64 = 86_400;

/// How long it lasts. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// It is offered at all.
    pub enabled: bool,
    /// A device that was not used for so long is asked for a password again.
    pub idle: i64,
    /// So is one that was set up so long ago.
    pub longest: i64,
    /// The gateway keeps the keys of pairs after they were accepted, so that it can hand them to another device; who has its disk, its
    /// master key and a link can open the transfer then.
    pub keeps: bool,
    /// A token that comes from another kind of browser than it was given to opens nothing.
    pub check_browser: bool,
}

impl Default for Rules {
    /// Off; thirty days, one year.
    fn default() -> Self {
        Rules {
            enabled: false,
            idle: 30 * DAY,
            longest: 365 * DAY,
            keeps: false,
            check_browser: false,
        }
    }
}

/// Names a recipient in the store: an HMAC of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CircleId(pub [u8; 32]);

/// Names a key pair: random.
pub type KeyId = [u8; 16];
/// An X25519 public key.
pub type PublicKey = [u8; 32];

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
}

/// A browser with a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// HMAC of its token and the circle.
    pub name: [u8; 32],
    /// Of the key pair that is derived from its token.
    pub public: PublicKey,
    /// For people: the first is 1.
    pub number: u32,
    /// When it was set up: Unix time, seconds.
    pub since: i64,
    /// When it last opened something: Unix time, seconds.
    pub used: i64,
    /// HMAC of what kind of browser it was then, without versions.
    pub browser: [u8; 32],
}

/// A sender and this recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The sender's mailbox.
    pub sender: String,
    /// When it was first offered: Unix time, seconds.
    pub since: i64,
    /// When it was accepted; 0: it was not.
    pub accepted: i64,
    /// When something was last sealed to it.
    pub sealed: i64,
    /// The last is in use.
    pub keys: Vec<PairKey>,
}

/// A key pair of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairKey {
    /// Its name in tickets.
    pub id: KeyId,
    /// What transfers are sealed to.
    pub public: PublicKey,
    /// Its secret under the master key; gone once it was accepted, unless [`Rules::keeps`].
    pub kept: Option<Vec<u8>>,
    /// Its secret for each device.
    pub shares: Vec<Share>,
}

/// The secret of a pair for one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// [`Device::name`].
    pub device: [u8; 32],
    /// Format: `seal::quick`.
    pub sealed: Vec<u8>,
}

/// What is kept of a code that lets another device in. It is used once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// HMAC of the code and the circle.
    pub hash: [u8; 32],
    /// It is good before this Unix time in seconds.
    pub until: i64,
    /// The secrets of pairs that the device has which made it, under the code.
    pub secrets: Vec<(KeyId, Vec<u8>)>,
    /// Who made it; `None`: a device of the recipient's.
    pub by: Option<Actor>,
}

/// Where a transfer is sealed to, beside or in place of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Which key.
    pub key: KeyId,
    /// The key.
    pub public: PublicKey,
    /// A device of the recipient's has it: no password is made.
    pub alone: bool,
}

/// A transfer key for the devices of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Of which key pair.
    pub key: KeyId,
    /// Format: `seal::quick`.
    pub sealed: Vec<u8>,
}

impl CircleId {
    /// Of a mailbox. Upper and lower case do not differ; what follows a plus does.
    pub fn of(address: &Address, master: &MasterKey) -> Self {
        let mut mac = keyed(&master.quick());
        mac.update(b"circle\0");
        mac.update(address.local().to_lowercase().as_bytes());
        mac.update(b"@");
        mac.update(address.domain().as_bytes());
        CircleId(mac.finalize().into_bytes().into())
    }

    /// Under which a circle knows a token.
    pub fn device(&self, token: &DeviceSecret, master: &MasterKey) -> [u8; 32] {
        let mut mac = keyed(&master.quick());
        mac.update(b"device\0");
        mac.update(&self.0);
        mac.update(token.expose());
        mac.finalize().into_bytes().into()
    }

    /// What kind of browser it is, by what it calls itself: numbers change with every version.
    pub fn browser(&self, said: &str, master: &MasterKey) -> [u8; 32] {
        let mut mac = keyed(&master.quick());
        mac.update(b"browser\0");
        mac.update(&self.0);
        let kind: String = said.chars().filter(char::is_ascii_alphabetic).collect();
        mac.update(kind.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn keyed(key: &Key) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(&**key).expect("HMAC takes a key of any length")
}

impl Rules {
    /// True if a mail of this time (Unix, seconds) needs no password in this device: it was in use, and not set up too long ago.
    pub fn trusts(&self, device: &Device, at: i64) -> bool {
        at < device.used.saturating_add(self.idle) && at < device.since.saturating_add(self.longest)
    }

    /// True if the device has no part in anything any more at `now`, where nothing is kept longer than `max_keep_for` seconds.
    pub fn forgets(&self, device: &Device, now: i64, max_keep_for: i64) -> bool {
        !self.trusts(device, now.saturating_sub(max_keep_for))
    }
}

impl Circle {
    /// The device of this name.
    pub fn device(&self, name: &[u8; 32]) -> Option<&Device> {
        self.devices.iter().find(|device| device.name == *name)
    }

    /// The same, to change it.
    pub fn device_mut(&mut self, name: &[u8; 32]) -> Option<&mut Device> {
        self.devices.iter_mut().find(|device| device.name == *name)
    }

    /// The pair with a sender.
    pub fn pair(&self, sender: &Address) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.is_with(sender))
    }

    /// The same, to change it.
    pub fn pair_mut(&mut self, sender: &Address) -> Option<&mut Pair> {
        self.pairs.iter_mut().find(|pair| pair.is_with(sender))
    }

    /// The key pair of this name.
    pub fn key(&self, id: &KeyId) -> Option<&PairKey> {
        let mut all = self.pairs.iter().flat_map(|pair| &pair.keys);
        all.find(|key| key.id == *id)
    }

    /// True if a device that is trusted at this time has the key in use of this pair.
    pub fn is_connected(&self, pair: &Pair, rules: &Rules, at: i64) -> bool {
        let has = |device: &Device| pair.keys.last().is_some_and(|key| key.has(&device.name));
        let mut devices = self.devices.iter();
        devices.any(|device| rules.trusts(device, at) && has(device))
    }

    /// A device that is set up now, or again. `None`: there are too many.
    pub fn admit(
        &mut self,
        name: [u8; 32],
        public: PublicKey,
        browser: [u8; 32],
        now: i64,
    ) -> bool {
        if let Some(known) = self.device_mut(&name) {
            (known.since, known.used, known.browser) = (now, now, browser);
            return true;
        }
        if self.devices.len() >= MOST_DEVICES {
            return false;
        }
        self.counted = self.counted.saturating_add(1);
        self.devices.push(Device {
            name,
            public,
            number: self.counted,
            since: now,
            used: now,
            browser,
        });
        true
    }

    /// The device is none any more. False if there was no such.
    pub fn dismiss(&mut self, number: u32) -> bool {
        let before = self.devices.len();
        self.devices.retain(|device| device.number != number);
        self.tidy_shares();
        before != self.devices.len()
    }

    /// The pair is over: passwords again. False if there was none.
    pub fn part(&mut self, sender: &Address) -> bool {
        let before = self.pairs.len();
        self.pairs.retain(|pair| !pair.is_with(sender));
        // A code that stands may hold its secret.
        self.codes.clear();
        before != self.pairs.len()
    }

    /// Room for one more pair.
    pub fn make_room(&mut self) {
        while self.pairs.len() >= MOST_PAIRS {
            let oldest = (0..self.pairs.len()).min_by_key(|n| self.pairs[*n].sealed);
            self.pairs.remove(oldest.unwrap_or_default());
        }
    }

    /// Takes the code out that this is, if it stands; then it is used.
    pub fn take_code(
        &mut self,
        code: &ActivationCode,
        place: (&CircleId, &MasterKey),
        now: i64,
    ) -> Option<Activation> {
        let is = |one: &Activation| {
            one.until > now && code.hash(place.0, place.1).verify_slice(&one.hash).is_ok()
        };
        let at = self.codes.iter().position(is)?;
        Some(self.codes.remove(at))
    }

    /// Lets a code stand; the oldest goes where there are too many.
    pub fn put_code(
        &mut self,
        code: &ActivationCode,
        place: (&CircleId, &MasterKey),
        mut made: Activation,
    ) {
        made.hash = code.hash(place.0, place.1).finalize().into_bytes().into();
        self.codes.push(made);
        if self.codes.len() > MOST_CODES {
            self.codes.remove(0);
        }
    }

    /// Forgets devices whose time is over, codes, and pairs that nobody can use and no mail was sealed to. True if nothing is left.
    pub fn tidy(&mut self, rules: &Rules, now: i64, max_keep_for: i64) -> bool {
        self.codes.retain(|code| code.until > now);
        self.devices
            .retain(|device| !rules.forgets(device, now, max_keep_for));
        self.tidy_shares();
        let over = now.saturating_sub(max_keep_for);
        let some = |pair: &Pair| pair.keys.iter().any(|key| !key.shares.is_empty());
        self.pairs.retain(|pair| some(pair) || pair.sealed > over);
        self.devices.is_empty() && self.pairs.is_empty()
    }

    fn tidy_shares(&mut self) {
        let names: Vec<[u8; 32]> = self.devices.iter().map(|device| device.name).collect();
        for key in self.pairs.iter_mut().flat_map(|pair| &mut pair.keys) {
            key.shares.retain(|share| names.contains(&share.device));
        }
    }
}

impl Pair {
    /// A pair that was never offered.
    pub fn new(sender: &Address, now: i64) -> Self {
        Pair {
            sender: sender.to_string(),
            since: now,
            accepted: 0,
            sealed: now,
            keys: Vec::new(),
        }
    }

    /// Adds the key that is in use from now on; of those before it only so many stay.
    pub fn add_key(&mut self, key: PairKey) {
        self.keys.push(key);
        let many = self.keys.len();
        self.keys.drain(..many.saturating_sub(MOST_KEYS));
    }

    fn is_with(&self, sender: &Address) -> bool {
        let ours = self.sender.parse::<Address>();
        ours.is_ok_and(|ours| ours.same_mailbox(sender))
    }
}

impl PairKey {
    /// True if a device has its secret.
    pub fn has(&self, device: &[u8; 32]) -> bool {
        self.shares.iter().any(|share| share.device == *device)
    }

    /// The secret for a device, in place of the one it may have.
    pub fn put_share(&mut self, device: [u8; 32], sealed: Vec<u8>) {
        self.shares.retain(|share| share.device != device);
        self.shares.push(Share { device, sealed });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn circle() -> (CircleId, MasterKey) {
        let master = MasterKey::fresh();
        let bo: Address = "Bo@Partner.Example".parse().expect("an address");
        (CircleId::of(&bo, &master), master)
    }

    fn device(used: i64) -> Device {
        Device {
            name: [1; 32],
            public: [2; 32],
            number: 1,
            since: NOW,
            used,
            browser: [0; 32],
        }
    }

    #[test]
    fn a_mailbox_has_one_name_and_a_token_another_in_each_circle() {
        let (id, master) = circle();
        let same = CircleId::of(&"bo@partner.example".parse().expect("an address"), &master);
        let other = CircleId::of(
            &"bo+x@partner.example".parse().expect("an address"),
            &master,
        );
        assert_eq!(id, same);
        assert_ne!(id, other);
        let token = DeviceSecret::fresh();
        assert_eq!(
            id.device(&token, &master),
            id.device(&token.clone(), &master)
        );
        assert_ne!(id.device(&token, &master), other.device(&token, &master));
        assert_ne!(
            id.device(&token, &master),
            id.device(&token, &MasterKey::fresh())
        );
    }

    /// Proof 6, by the rule alone.
    #[test]
    fn thirty_days_of_silence_end_it_for_what_comes_after_and_not_for_what_came_before() {
        let (rules, device) = (Rules::default(), device(NOW));
        assert!(
            rules.trusts(&device, NOW - 400 * DAY),
            "all that came before"
        );
        assert!(rules.trusts(&device, NOW + 29 * DAY));
        assert!(!rules.trusts(&device, NOW + 31 * DAY));
        let keep = 60 * DAY;
        assert!(!rules.forgets(&device, NOW + 89 * DAY, keep));
        assert!(rules.forgets(&device, NOW + 91 * DAY, keep));
        let often = Device {
            used: NOW + 364 * DAY,
            ..device
        };
        assert!(rules.trusts(&often, NOW + 364 * DAY));
        assert!(!rules.trusts(&often, NOW + 365 * DAY), "a year at most");
    }

    #[test]
    fn a_code_counts_once_in_its_time_and_circle() {
        let (id, master) = circle();
        let (mut circle, code) = (Circle::default(), ActivationCode::fresh());
        let made = Activation {
            hash: [0; 32],
            until: NOW + CODE_FOR,
            secrets: Vec::new(),
            by: None,
        };
        circle.put_code(&code, (&id, &master), made.clone());
        let typed = ActivationCode::typed(&code.shown().to_lowercase().replace('-', " "));
        let typed = typed.expect("sixteen characters");
        assert!(
            circle
                .take_code(&typed, (&id, &master), NOW + CODE_FOR)
                .is_none()
        );
        assert!(
            circle
                .take_code(&typed, (&CircleId([0; 32]), &master), NOW)
                .is_none()
        );
        assert!(
            circle
                .take_code(&ActivationCode::fresh(), (&id, &master), NOW)
                .is_none()
        );
        assert!(circle.take_code(&typed, (&id, &master), NOW).is_some());
        assert!(
            circle.take_code(&typed, (&id, &master), NOW).is_none(),
            "once"
        );
        for wrong in ["", "K7PM", "K7PM-2WXD-9RQF-K7PM-2"] {
            assert_eq!(ActivationCode::typed(wrong), None, "{wrong}");
        }
        for _ in 0..MOST_CODES {
            circle.put_code(&ActivationCode::fresh(), (&id, &master), made.clone());
        }
        assert_eq!(circle.codes.len(), MOST_CODES);
        assert_eq!(format!("{code:?}"), "…");
    }

    #[test]
    fn devices_and_pairs_have_an_end_in_number() {
        let mut circle = Circle::default();
        for n in 0..=MOST_DEVICES {
            let name = [u8::try_from(n).expect("small"); 32];
            let admitted = circle.admit(name, [0; 32], [0; 32], NOW);
            assert_eq!(admitted, n < MOST_DEVICES);
        }
        assert!(circle.admit([3; 32], [0; 32], [0; 32], NOW + 1), "again");
        assert!(circle.dismiss(4) && !circle.dismiss(4));
        assert!(circle.admit([77; 32], [0; 32], [0; 32], NOW));
        assert_eq!(
            circle.devices.last().map(|d| d.number),
            Some(21),
            "no number twice"
        );
        for n in 0..=MOST_PAIRS {
            circle.make_room();
            let sender = format!("s{n}@example.org").parse().expect("an address");
            circle.pairs.push(Pair::new(&sender, NOW + n as i64));
        }
        assert_eq!(circle.pairs.len(), MOST_PAIRS);
        assert_eq!(circle.pairs[0].sender, "s1@example.org");
    }
}
