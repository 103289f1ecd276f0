//! A code that lets another device in: shown once, typed by a person.
//!
//! Promises: of a code only an HMAC is kept; it lets one browser in, and who enters it there once more, as the answer was lost, is told the
//! same again; what it holds goes when it is used.

use super::{CircleId, DeviceName, KeyId, keyed};
use crate::mail::id::random_characters;
use crate::transfer::keys::MasterKey;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Codes that stand at once.
pub const MOST_CODES: usize = 5;
/// How long a code is good that a device has made, in seconds.
pub const CODE_FOR: i64 = 15 * 60;
/// The same of one that an operator has made: it travels by telephone.
pub const OPERATORS_CODE_FOR: i64 = 24 * 3600;

/// What is kept of a code that lets another device in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    hash: [u8; 32],
    /// It is good before this Unix time in seconds.
    pub until: i64,
    /// The secrets of pairs that the device has which made it, under the code; none once it was used.
    pub secrets: Vec<(KeyId, Vec<u8>)>,
    /// Who made it.
    pub by: Maker,
    /// The device that it has let in.
    pub used: Option<DeviceName>,
}

/// Who made a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Maker {
    /// An operator.
    Operator,
    /// A device of the recipient's.
    Device(DeviceName),
}

impl Activation {
    /// One that stands until then (Unix time, seconds), and holds nothing.
    pub fn new(
        code: &ActivationCode,
        (circle, master): (&CircleId, &MasterKey),
        until: i64,
        by: Maker,
    ) -> Self {
        Activation {
            hash: code.hash(circle, master).finalize().into_bytes().into(),
            until,
            secrets: Vec::new(),
            by,
            used: None,
        }
    }

    /// True if this is the code, and it stands at `now`.
    pub(super) fn is(
        &self,
        code: &ActivationCode,
        (circle, master): (&CircleId, &MasterKey),
        now: i64,
    ) -> bool {
        let mac = code.hash(circle, master);
        self.until > now && mac.verify_slice(&self.hash).is_ok()
    }

    /// It has let this device in; what it holds goes.
    pub fn spend(&mut self, device: DeviceName) {
        self.secrets.clear();
        self.used = Some(device);
    }
}

/// Sixteen characters that let another device in: 80 random bits. Prints as `…`, wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct ActivationCode(String);

impl ActivationCode {
    /// A new one.
    pub fn fresh() -> Self {
        let characters = random_characters::<16>().map(char::from);
        ActivationCode(characters.iter().collect())
    }

    /// As a person typed it; `None` if it cannot be one. Spaces and dashes do not count, capitals neither.
    pub fn typed(text: &str) -> Option<Self> {
        let counts = |c: &char| c.is_ascii_alphanumeric();
        let code: String = text.chars().filter(counts).collect();
        let code = ActivationCode(code.to_ascii_uppercase());
        (code.0.len() == 16).then_some(code)
    }

    /// In groups of four, to show it once.
    pub fn shown(&self) -> String {
        let groups = self.0.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    /// For the key that is derived from it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn hash(&self, circle: &CircleId, master: &MasterKey) -> Hmac<Sha256> {
        let mut mac = keyed(&master.quick());
        mac.update(b"code\0");
        mac.update(&circle.0);
        mac.update(self.0.as_bytes());
        mac
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Circle;
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn a_code_counts_in_its_time_and_circle() {
        let (id, master) = (CircleId([1; 32]), MasterKey::fresh());
        let (mut circle, code) = (Circle::default(), ActivationCode::fresh());
        let until = NOW + CODE_FOR;
        circle.put_code(Activation::new(
            &code,
            (&id, &master),
            until,
            Maker::Operator,
        ));
        let typed = ActivationCode::typed(&code.shown().to_lowercase().replace('-', " "));
        let typed = typed.expect("sixteen characters");
        let mut stands = |typed: &ActivationCode, id: &CircleId, master: &MasterKey, now| {
            circle.code(typed, (id, master), now).is_some()
        };
        assert!(stands(&typed, &id, &master, NOW));
        assert!(!stands(&typed, &id, &master, until), "too late");
        assert!(!stands(&typed, &CircleId([0; 32]), &master, NOW));
        assert!(!stands(&typed, &id, &MasterKey::fresh(), NOW));
        assert!(!stands(&ActivationCode::fresh(), &id, &master, NOW));
        for wrong in ["", "K7PM", "K7PM-2WXD-9RQF-K7PM-2"] {
            assert_eq!(ActivationCode::typed(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "…");
    }

    #[test]
    fn a_code_that_was_used_holds_nothing() {
        let place = (&CircleId([1; 32]), &MasterKey::fresh());
        let code = ActivationCode::fresh();
        let mut made = Activation::new(&code, place, NOW, Maker::Device([1; 32]));
        made.secrets.push(([2; 16], vec![3]));
        made.spend([4; 32]);
        assert_eq!((made.secrets.len(), made.used), (0, Some([4; 32])));
    }
}
