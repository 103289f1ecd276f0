//! Names for people: eight characters that can be read over the phone, and the randomness they are made of.

use std::fmt;

/// Crockford's alphabet: no I, L, O, U, so that no two characters look alike.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Names one mail in replies and log. Random, 40 bits, not a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MailId([u8; 8]);

impl MailId {
    /// A new one.
    pub fn fresh() -> Self {
        MailId(random_characters())
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).expect("the alphabet is ASCII"))
    }
}

/// `N` random characters of [`ALPHABET`], 5 bits each.
pub fn random_characters<const N: usize>() -> [u8; N] {
    random::<N>().map(|byte| ALPHABET[usize::from(byte & 31)])
}

/// `N` bytes from the operating system.
///
/// Without randomness nothing can be sealed and no id be trusted, so its absence ends the task; the door defers (P3, F24).
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .expect("the operating system gives randomness, or the task must not go on");
    bytes
}
