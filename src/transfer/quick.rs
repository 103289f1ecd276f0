//! QUICK: what is kept of one recipient whose devices open what certain senders send, without a password.
//!
//! A *device* is a browser or a passkey that holds a token; what is kept of it is the public key of a key pair derived from that token. A *pair* is a
//! sender and a recipient, with a key pair of its own: transfers are sealed to its public key, and its secret is sealed to each device
//! (`seal::quick`). All of it together is the recipient's [`Circle`], one record.
//! Life of a pair: offered (the gateway keeps its secret, to offer it with each mail) → accepted (the devices have it, and a new one for what
//! comes; the gateway keeps them only where [`Rules::keeps`]) → over (the sender, the recipient or an operator ends it, or no device was
//! used for [`Rules::idle`]).
//! Promises: bounded in number, and no key goes while something that was sealed to it can live; a device that was silent too long opens
//! nothing that came after its time, and all that came before, whatever the rules are today.
//! Leaves to others: keys (`seal::quick`), keeping (`store::circles`), who may do what (`gateway::quick`).

mod badge;
mod circle;
mod code;
mod device;
mod pair;
pub mod passkey;

pub use badge::Badge;
pub use circle::{Circle, MOST_DEVICES, MOST_PAIRS};
pub use code::{Activation, ActivationCode, CODE_FOR, MOST_CODES, Maker, OPERATORS_CODE_FOR};
pub use device::{Device, Newcomer};
pub use pair::{MOST_KEYS, Pair, PairKey, Share};
pub use passkey::Passkey;

use super::device::DeviceSecret;
use super::keys::{Key, MasterKey};
use crate::mail::Address;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const DAY: i64 = 86_400;

/// How long it lasts. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// New mails are sealed to devices, and devices are offered. What was sealed to them opens in any case.
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

impl Rules {
    /// Until when a device needs no password that was set up and last used at these times (Unix, seconds).
    pub fn until(&self, since: i64, used: i64) -> i64 {
        let idle = used.saturating_add(self.idle);
        idle.min(since.saturating_add(self.longest))
    }

    /// True if a mail that is sealed now (Unix time, seconds) needs no password in this device: as was promised when it was last used, and
    /// by the rules of today.
    pub fn trusts(&self, device: &Device, now: i64) -> bool {
        device.is_trusted(now) && now < self.until(device.since, device.used)
    }
}

/// Names a recipient in the store: an HMAC of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CircleId(pub [u8; 32]);

/// Names a device in its circle: an HMAC of token and circle.
pub type DeviceName = [u8; 32];
/// Names a key pair: random.
pub type KeyId = [u8; 16];
/// An X25519 public key.
pub type PublicKey = [u8; 32];

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
    pub fn device(&self, token: &DeviceSecret, master: &MasterKey) -> DeviceName {
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

    /// What browsers call the mailbox in the name of a cookie: sixteen hexadecimal digits, of which nobody learns an address.
    pub fn mark(&self, master: &MasterKey) -> String {
        let mut mac = keyed(&master.quick());
        mac.update(b"mark\0");
        mac.update(&self.0);
        let bytes: [u8; 32] = mac.finalize().into_bytes().into();
        bytes[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

fn keyed(key: &Key) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(&**key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_has_one_name_and_a_token_another_in_each_circle() {
        let master = MasterKey::fresh();
        let of = |text: &str| CircleId::of(&text.parse().expect("an address"), &master);
        let (id, other) = (of("Bo@Partner.Example"), of("bo+x@partner.example"));
        assert_eq!(id, of("bo@partner.example"));
        assert_ne!(id, other);
        assert_ne!(id.mark(&master), other.mark(&master));
        assert_ne!(id.mark(&master), id.mark(&MasterKey::fresh()));
        let token = DeviceSecret::fresh();
        let name = id.device(&token, &master);
        assert_eq!(name, id.device(&token.clone(), &master));
        assert_ne!(name, other.device(&token, &master));
        assert_ne!(name, id.device(&token, &MasterKey::fresh()));
    }
}
