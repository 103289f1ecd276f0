//! Small values sealed: record values, names, notices. AES-256-GCM with a random nonce.
//!
//! Format: version 1 (1 byte), nonce (12), ciphertext, tag (16). The associated data says where the value belongs, so that it
//! cannot be moved. Large things are sealed in chunks by `seal::stream`.
//! Limit: 2^32 values a key by random nonces (NIST SP 800-38D section 8.3); the busiest key here stays far below.
//! [`Gcm`] is the cipher itself, for those who have a format and nonces of their own.

use super::keys::Key;
use crate::mail::id::random;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use std::convert::Infallible;
use std::fmt;

/// Bytes of a nonce.
pub const NONCE: usize = 12;
/// Bytes of a tag.
pub const TAG: usize = 16;
const VERSION: u8 = 1;
/// Version and nonce.
const HEAD: usize = 1 + NONCE;

/// AES-256-GCM under one key, with nonces of the caller: one that comes twice under a key gives both texts away. Wiped on drop.
pub struct Gcm(Aes256Gcm);

impl Gcm {
    /// The cipher of a key.
    pub fn new(key: &[u8; 32]) -> Self {
        Gcm(Aes256Gcm::new(key.into()))
    }

    /// Encrypts a text where it stands; gives the tag that also covers `place`.
    pub fn seal(&self, nonce: [u8; NONCE], place: &[u8], text: &mut [u8]) -> [u8; TAG] {
        self.0
            .encrypt_inout_detached(&Nonce::from(nonce), place, text.into())
            .expect("AES-GCM fails only beyond 64 GiB")
            .into()
    }

    /// Decrypts where it stands what has its tag behind it; gives the text. After an error nothing in `sealed` may be used.
    pub fn open<'a>(
        &self,
        nonce: [u8; NONCE],
        place: &[u8],
        sealed: &'a mut [u8],
    ) -> Result<&'a mut [u8], Tampered> {
        let (text, tag) = sealed.split_last_chunk_mut().ok_or(Tampered)?;
        self.0
            .decrypt_inout_detached(
                &Nonce::from(nonce),
                place,
                (&mut *text).into(),
                &Tag::from(*tag),
            )
            .map_err(|_| Tampered)?;
        Ok(text)
    }
}

/// The value was changed, moved, cut, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tampered;

/// Seals a value that belongs at `place`.
pub fn seal(key: &Key, place: &[u8], plain: &[u8]) -> Vec<u8> {
    let Ok(sealed) = seal_written(&Gcm::new(key), place, plain.len(), |mut out| {
        out.extend_from_slice(plain);
        Ok::<_, Infallible>(out)
    });
    sealed
}

/// The same of what `write` puts behind the bytes that it is given, about `len` more: it is sealed where it stands.
pub fn seal_written<E>(
    cipher: &Gcm,
    place: &[u8],
    len: usize,
    write: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    let nonce: [u8; NONCE] = random();
    let mut head = Vec::with_capacity(HEAD + len + TAG);
    head.push(VERSION);
    head.extend_from_slice(&nonce);
    let mut sealed = write(head)?;
    let tag = cipher.seal(nonce, place, &mut sealed[HEAD..]);
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens a value that belongs at `place`.
pub fn open(key: &Key, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Tampered> {
    let mut plain = sealed.to_vec();
    let len = open_within(&Gcm::new(key), place, &mut plain)?.len();
    plain.drain(..HEAD);
    plain.truncate(len);
    Ok(plain)
}

/// The same where it stands. After an error nothing in `sealed` may be used.
pub fn open_within<'a>(
    cipher: &Gcm,
    place: &[u8],
    sealed: &'a mut [u8],
) -> Result<&'a [u8], Tampered> {
    let (head, rest) = sealed.split_at_mut_checked(HEAD).ok_or(Tampered)?;
    let nonce: [u8; NONCE] = head[1..].try_into().map_err(|_| Tampered)?;
    if head[0] != VERSION {
        return Err(Tampered);
    }
    Ok(cipher.open(nonce, place, rest)?)
}

impl fmt::Display for Tampered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealed value does not authenticate: wrong key, or it was changed")
    }
}

impl std::error::Error for Tampered {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_value_at_the_same_place_opens() {
        let key = Key::new([7; 32]);
        let sealed = seal(&key, b"table/1", b"anna@legal.example");
        assert_eq!(
            open(&key, b"table/1", &sealed).expect("opens"),
            b"anna@legal.example"
        );
        assert_eq!(open(&key, b"table/2", &sealed), Err(Tampered));
        assert_eq!(open(&Key::new([8; 32]), b"table/1", &sealed), Err(Tampered));
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert_eq!(open(&key, b"table/1", &changed), Err(Tampered), "byte {i}");
            assert_eq!(
                open(&key, b"table/1", &sealed[..i]),
                Err(Tampered),
                "cut at {i}"
            );
        }
    }
}
