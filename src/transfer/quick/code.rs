//! A code that lets another device in: shown once, typed by a person.

use super::{CircleId, keyed};
use crate::mail::id::random_characters;
use crate::transfer::keys::MasterKey;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

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

    pub(super) fn hash(&self, circle: &CircleId, master: &MasterKey) -> Hmac<Sha256> {
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
