//! The link: its secret is in the mail and nowhere else.
//!
//! 160 random bits, 32 lower-case base32 characters in the path. What the store keeps is [`LinkId`], an HMAC of a key derived
//! from it; what opens the wrap is another key derived from it. Neither leads back.

use super::keys::{MasterKey, hkdf};
use crate::mail::id::{ALPHABET, random};
use hmac::{KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a link carries. Prints as `…`, wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LinkSecret([u8; 20]);

impl PartialEq for LinkSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for LinkSecret {}

/// For records, whose values are sealed as a whole.
impl Serialize for LinkSecret {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(s)
    }
}

impl<'de> Deserialize<'de> for LinkSecret {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(d).map(LinkSecret)
    }
}

/// Under which the store finds the wrap that a link belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct LinkId(pub [u8; 32]);

impl LinkSecret {
    /// A new one.
    pub fn fresh() -> Self {
        LinkSecret(random())
    }

    /// Bytes that are known, for vectors.
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        LinkSecret(bytes)
    }

    /// The bytes: for a sealed place only.
    pub(super) fn bytes(&self) -> [u8; 20] {
        self.0
    }

    /// What stands in the path. It is a secret: only for the mail.
    pub fn token(&self) -> String {
        let mut out = String::with_capacity(32);
        for group in self.0.chunks_exact(5) {
            let bits = group
                .iter()
                .fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
            out.extend((0..8).map(|i| {
                char::from(ALPHABET[(bits >> (35 - 5 * i)) as usize & 31].to_ascii_lowercase())
            }));
        }
        out
    }

    /// Reads a token as people and programs may bring it: any case, confusable letters put right. `None` if it can be no token.
    pub fn from_token(token: &str) -> Option<Self> {
        let digits = token.bytes().map(digit).collect::<Option<Vec<u64>>>()?;
        let mut bytes = [0; 20];
        if digits.len() != 32 {
            return None;
        }
        for (group, out) in digits.chunks_exact(8).zip(bytes.chunks_exact_mut(5)) {
            let bits = group.iter().fold(0u64, |bits, digit| bits << 5 | digit);
            out.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        Some(LinkSecret(bytes))
    }

    /// Under which the store finds it.
    pub fn id(&self, master: &MasterKey) -> LinkId {
        let key = hkdf(&self.0, b"", b"cloakroom/link-id/1");
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&*master.lookup())
            .expect("HMAC takes a key of any length");
        mac.update(&*key);
        LinkId(mac.finalize().into_bytes().into())
    }

    /// Its part in the key of the wrap.
    pub fn key(&self) -> zeroize::Zeroizing<[u8; 32]> {
        hkdf(&self.0, b"", b"cloakroom/link-key/1")
    }
}

fn digit(byte: u8) -> Option<u64> {
    let byte = crate::mail::id::canonical(byte);
    ALPHABET.iter().position(|a| *a == byte).map(|i| i as u64)
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_however_it_was_typed() {
        let secret = LinkSecret::from_bytes(std::array::from_fn(|i| (i * 13) as u8));
        let token = secret.token();
        assert_eq!(token.len(), 32);
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        );
        for typed in [
            token.clone(),
            token.to_uppercase(),
            token.replace('0', "o").replace('1', "L"),
        ] {
            assert_eq!(LinkSecret::from_token(&typed).expect("a token").0, secret.0);
        }
        for wrong in [
            "",
            "abc",
            &token[1..],
            &format!("{token}0"),
            &token.replace(&token[..1], "u"),
        ] {
            assert!(LinkSecret::from_token(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_prints_as_nothing() {
        assert_eq!(format!("{:?}", LinkSecret::fresh()), "…");
    }
}
