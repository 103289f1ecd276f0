//! Names for people: eight characters that can be read over the phone, and the randomness they are made of.

use std::fmt;
use std::str::FromStr;

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

    /// As a key of the store: its eight characters.
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl FromStr for MailId {
    type Err = NoId;

    /// Case, `-` and spaces do not matter; `O` is read as zero, `I` and `L` as one (Crockford).
    fn from_str(text: &str) -> Result<Self, NoId> {
        typed(text).map(MailId)
    }
}

/// Eight characters of the alphabet, as a person may type them.
pub(crate) fn typed(text: &str) -> Result<[u8; 8], NoId> {
    let characters = text.bytes().filter(|b| !b" -".contains(b));
    let characters: Vec<u8> = characters.map(canonical).collect();
    match <[u8; 8]>::try_from(characters) {
        Ok(id) if id.iter().all(|b| ALPHABET.contains(b)) => Ok(id),
        _ => Err(NoId),
    }
}

/// Reads a character as Crockford's alphabet wants it.
pub(crate) fn canonical(byte: u8) -> u8 {
    match byte.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    }
}

/// The text is not eight characters of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoId;

impl fmt::Display for NoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id has eight characters, such as 7K3M9XQF")
    }
}

impl std::error::Error for NoId {}

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
