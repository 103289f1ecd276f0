//! The link to the sender's page, `/s/<token>`: what a sender needs to see and steer a transfer of his.
//!
//! A token is the transfer's id and 80 bits that only the master key makes (24 characters, in every notice), and in the receipt 80 bits
//! more, which are nowhere else: they open the [`Sheet`] with the subject and the names of the files.
//! Promises: a stolen disk with the master key steers, but reads no name (P9); nothing of a token is on disk, so making one costs a mail
//! nothing; whoever changes one character has nothing. Leaves to others: what may be done there (`gateway`).

use super::TransferId;
use super::cipher;
use super::keys::{Key, MasterKey, hkdf};
use super::proof::ShownFile;
use super::waiting::Why;
use crate::mail::id::{ALPHABET, canonical, random, typed};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Characters of each of the three parts behind the id.
const PART: usize = 16;

/// Ten bytes that open a [`Sheet`]. In the receipt and nowhere else; prints as `…`, wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SheetSecret([u8; 10]);

/// A token that is right: whose page it is, and what opens the sheet if it came from the receipt.
#[derive(Debug, Clone)]
pub struct SenderLink {
    /// The transfer.
    pub id: TransferId,
    /// Opens its sheet.
    pub sheet: Option<SheetSecret>,
}

/// What the sender sees of his own mail, sealed under the receipt's link.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sheet {
    /// The mail's subject.
    pub subject: String,
    /// Names and sizes, in the order of the catalogue's entries.
    pub files: Vec<ShownFile>,
    /// The rules that wanted it.
    pub reasons: Vec<Why>,
}

impl SheetSecret {
    /// A new one.
    pub fn fresh() -> Self {
        SheetSecret(random())
    }

    fn key(&self) -> Key {
        hkdf(&self.0, b"", b"cloakroom/sheet/1")
    }
}

impl Sheet {
    /// Sealed, for the record: version 1, then postcard; bound to the transfer.
    pub fn seal(&self, secret: &SheetSecret, id: &TransferId) -> postcard::Result<Vec<u8>> {
        let plain = postcard::to_extend(self, vec![1])?;
        Ok(cipher::seal(&secret.key(), id.as_bytes(), &plain))
    }

    /// Opened; `None` if the secret is not this sheet's.
    pub fn open(secret: &SheetSecret, id: &TransferId, sealed: &[u8]) -> Option<Self> {
        let plain = cipher::open(&secret.key(), id.as_bytes(), sealed).ok()?;
        match plain.split_first() {
            Some((1, rest)) => postcard::from_bytes(rest).ok(),
            _ => None,
        }
    }
}

impl SenderLink {
    /// What stands in the path: 24 characters, 40 with the sheet's secret. For mails to the sender only.
    pub fn token(master: &MasterKey, id: &TransferId, sheet: Option<&SheetSecret>) -> String {
        let mut token = id.to_string();
        token += &letters(&proof(master, id));
        if let Some(SheetSecret(secret)) = sheet {
            token += &letters(secret);
        }
        token.to_ascii_lowercase()
    }

    /// Reads a token as people and programs bring it; `None` if it is not ours.
    pub fn read(master: &MasterKey, token: &str) -> Option<Self> {
        let id = TransferId(typed(token.get(..8)?).ok()?);
        let (told, sheet) = match token.len() {
            24 => (&token[8..], None),
            40 => (
                token.get(8..24)?,
                Some(SheetSecret(bytes(token.get(24..)?)?)),
            ),
            _ => return None,
        };
        let is_ours = bool::from(proof(master, &id).ct_eq(&bytes(told)?));
        is_ours.then_some(SenderLink { id, sheet })
    }
}

fn proof(master: &MasterKey, id: &TransferId) -> [u8; 10] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&*master.sender()).expect("HMAC takes a key of any length");
    mac.update(id.as_bytes());
    let whole: [u8; 32] = mac.finalize().into_bytes().into();
    std::array::from_fn(|i| whole[i])
}

/// Eighty bits as sixteen characters of the alphabet.
pub(super) fn letters(bytes: &[u8; 10]) -> String {
    let bits = bytes
        .iter()
        .fold(0u128, |bits, b| bits << 8 | u128::from(*b));
    let letter = |i: usize| char::from(ALPHABET[(bits >> (75 - 5 * i)) as usize & 31]);
    (0..PART).map(letter).collect()
}

pub(super) fn bytes(text: &str) -> Option<[u8; 10]> {
    let digit = |byte: u8| ALPHABET.iter().position(|a| *a == canonical(byte));
    let digits = text.bytes().map(digit).collect::<Option<Vec<usize>>>()?;
    let bits = digits.iter().fold(0u128, |bits, d| bits << 5 | *d as u128);
    let whole = bits.to_be_bytes();
    (digits.len() == PART).then(|| std::array::from_fn(|i| whole[6 + i]))
}

impl fmt::Debug for SheetSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_a_changed_one_is_not() {
        let (master, id, secret) = (
            MasterKey::fresh(),
            TransferId::fresh(),
            SheetSecret::fresh(),
        );
        for sheet in [None, Some(&secret)] {
            let token = SenderLink::token(&master, &id, sheet);
            assert_eq!(token.len(), if sheet.is_some() { 40 } else { 24 });
            for typed in [token.clone(), token.to_uppercase()] {
                let link = SenderLink::read(&master, &typed).expect("ours");
                assert_eq!((link.id, link.sheet.as_ref()), (id, sheet));
            }
            for at in 0..24 {
                let mut other = token.clone().into_bytes();
                other[at] = if other[at] == b'7' { b'8' } else { b'7' };
                let other = String::from_utf8(other).expect("ASCII");
                assert!(SenderLink::read(&master, &other).is_none(), "{at}");
            }
            assert!(SenderLink::read(&MasterKey::fresh(), &token).is_none());
        }
        for wrong in [
            "",
            "7k3m9xqf",
            "ääääääääääää",
            &"0".repeat(24),
            &"é".repeat(20),
        ] {
            assert!(SenderLink::read(&master, wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_sheet_opens_with_its_own_secret_for_its_own_transfer() {
        let (id, secret) = (TransferId::fresh(), SheetSecret::fresh());
        let sheet = Sheet {
            subject: "Contract".into(),
            ..Sheet::default()
        };
        let sealed = sheet.seal(&secret, &id).expect("small");
        assert_eq!(Sheet::open(&secret, &id, &sealed), Some(sheet));
        assert_eq!(Sheet::open(&SheetSecret::fresh(), &id, &sealed), None);
        assert_eq!(Sheet::open(&secret, &TransferId::fresh(), &sealed), None);
        assert_eq!(format!("{secret:?}"), "…");
    }
}
