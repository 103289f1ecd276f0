//! Small values sealed: record values, names, notices. AES-256-GCM with a random nonce.
//!
//! Format: version 1 (1 byte), nonce (12), ciphertext, tag (16). The associated data says where the value belongs, so that it
//! cannot be moved. Large things are sealed in chunks by `seal::stream`.
//! Limit: 2^32 values a key by random nonces (NIST SP 800-38D section 8.3); the busiest key here stays far below.

use super::keys::Key;
use crate::mail::id::random;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use std::fmt;

const VERSION: u8 = 1;

/// The value was changed, moved, cut, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tampered;

/// Seals a value that belongs at `place`.
pub fn seal(key: &Key, place: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; 12] = random();
    let cipher = Aes256Gcm::new_from_slice(&key[..]).expect("the key has 32 bytes");
    let sealed = cipher
        .encrypt(
            &Nonce::from(nonce),
            Payload {
                msg: plain,
                aad: place,
            },
        )
        .expect("AES-GCM fails only beyond 64 GiB");
    [&[VERSION][..], &nonce, &sealed].concat()
}

/// Opens a value that belongs at `place`.
pub fn open(key: &Key, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Tampered> {
    let (head, rest) = sealed.split_at_checked(13).ok_or(Tampered)?;
    let nonce: [u8; 12] = head[1..].try_into().map_err(|_| Tampered)?;
    if head[0] != VERSION {
        return Err(Tampered);
    }
    let cipher = Aes256Gcm::new_from_slice(&key[..]).expect("the key has 32 bytes");
    cipher
        .decrypt(
            &Nonce::from(nonce),
            Payload {
                msg: rest,
                aad: place,
            },
        )
        .map_err(|_| Tampered)
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
