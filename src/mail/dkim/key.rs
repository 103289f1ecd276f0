//! A private key for signatures: RSA of 2048 bits or more, or Ed25519.
//!
//! Promises: the key stays inside the cryptographic library; it is neither shown nor copied out.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use mail_auth::Error;
use mail_auth::crypto::{Algorithm, CryptoError, HashImpl, Sha256, SigningKey};
use mail_auth::headers::Writable;

/// RFC 8301 section 3.2 asks signers for 2048 bits; large verifiers call less no signature.
const LEAST_BITS: usize = 2048;

/// What signs.
pub enum Key {
    /// `ed25519-sha256`, RFC 8463
    Ed25519(Ed25519KeyPair),
    /// `rsa-sha256`, RFC 6376
    Rsa(RsaKeyPair),
}

/// Why a key cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Neither RSA nor Ed25519, or damaged.
    Unknown,
    /// RSA below 2048 bits, or above what verifiers take.
    Size,
}

impl Key {
    /// From `PRIVATE KEY`.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Unfit> {
        match Ed25519KeyPair::from_pkcs8(der) {
            Ok(pair) => Ok(Key::Ed25519(pair)),
            Err(_) => Key::rsa(RsaKeyPair::from_pkcs8(der)),
        }
    }

    /// From `RSA PRIVATE KEY`.
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, Unfit> {
        Key::rsa(RsaKeyPair::from_der(der))
    }

    fn rsa(read: Result<RsaKeyPair, aws_lc_rs::error::KeyRejected>) -> Result<Self, Unfit> {
        match read {
            Ok(pair) if pair.public_modulus_len() * 8 >= LEAST_BITS => Ok(Key::Rsa(pair)),
            Ok(_) => Err(Unfit::Size),
            Err(why) if ["TooSmall", "TooLarge"].contains(&why.description_()) => Err(Unfit::Size),
            Err(_) => Err(Unfit::Unknown),
        }
    }

    /// What the DNS has to show for it.
    pub(super) fn record(&self) -> String {
        let (kind, public) = match self {
            Key::Ed25519(pair) => ("ed25519", pair.public_key().as_ref().to_vec()),
            Key::Rsa(pair) => ("rsa", spki(pair)),
        };
        let public = encodify::base64::STANDARD.encode(&public);
        format!("v=DKIM1; k={kind}; p={public}")
    }
}

/// A key lent to the signer of one mail.
pub(super) struct Lent<'a>(pub(super) &'a Key);

impl SigningKey for Lent<'_> {
    type Hasher = Sha256;

    fn sign(&self, input: impl Writable) -> mail_auth::Result<Vec<u8>> {
        match self.0 {
            // Ed25519 signs the hash of the header (RFC 8463 section 3).
            Key::Ed25519(pair) => {
                let hash = Sha256::digest(input);
                Ok(pair.sign(hash.as_ref()).as_ref().to_vec())
            }
            Key::Rsa(pair) => {
                let mut bytes = Vec::new();
                input.write(&mut bytes);
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    &bytes,
                    &mut signature,
                )
                .map_err(|e| Error::Crypto(CryptoError::Library(e.to_string())))?;
                Ok(signature)
            }
        }
    }

    fn algorithm(&self) -> Algorithm {
        match self.0 {
            Key::Ed25519(_) => Algorithm::Ed25519Sha256,
            Key::Rsa(_) => Algorithm::RsaSha256,
        }
    }
}

fn spki(pair: &RsaKeyPair) -> Vec<u8> {
    let der: Result<PublicKeyX509Der<'_>, _> = pair.public_key().as_der();
    der.expect("a key that was read can be written")
        .as_ref()
        .to_vec()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeySize;

    pub(in super::super) fn ed25519() -> Key {
        Key::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    #[test]
    fn both_kinds_are_read_and_shown_to_the_dns() {
        let ed25519 = Ed25519KeyPair::generate().unwrap();
        for der in [ed25519.to_pkcs8().unwrap(), ed25519.to_pkcs8v1().unwrap()] {
            let key = Key::from_pkcs8(der.as_ref()).unwrap();
            assert_eq!(key.record().len(), "v=DKIM1; k=ed25519; p=".len() + 44);
        }
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
        let key = Key::from_pkcs8(der.as_ref()).unwrap();
        assert!(key.record().starts_with("v=DKIM1; k=rsa; p=MIIBIjAN"));
        // What a PKCS#8 wraps is PKCS#1.
        assert!(Key::from_pkcs1(&der.as_ref()[26..]).is_ok());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(Key::from_pkcs8(b"x").err(), Some(Unfit::Unknown));
        assert_eq!(Key::from_pkcs1(b"").err(), Some(Unfit::Unknown));
    }
}
