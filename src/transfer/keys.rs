//! The master key and what is derived from it (reliability 4.1).
//!
//! Each purpose has a key of its own by HKDF-SHA-512, so that no two uses can meet. All of them are wiped on drop; those that every
//! mail needs several times are derived once.

use crate::mail::id::random;
use std::fmt;
use std::sync::OnceLock;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 secret bytes that are wiped.
pub type Key = Zeroizing<[u8; 32]>;

/// The master key: in a file of its own or a systemd credential, never in the store. Prints as `…`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey {
    secret: [u8; 32],
    #[zeroize(skip)] // They wipe themselves.
    derived: Derived,
}

/// Keys of a master key that were needed already.
#[derive(Clone, Default)]
struct Derived {
    manifest: OnceLock<Key>,
    ledger: OnceLock<Key>,
    recall: OnceLock<Key>,
    lookup: OnceLock<Key>,
}

impl MasterKey {
    /// A new one.
    pub fn fresh() -> Self {
        MasterKey::from_bytes(random())
    }

    /// From the bytes of a key file.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        MasterKey {
            secret: bytes,
            derived: Derived::default(),
        }
    }

    /// The bytes, to write the key file.
    pub fn expose(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Seals the values of records in the index.
    pub fn record(&self) -> Key {
        self.derive(b"cloakroom/record/1")
    }

    /// Seals manifests beside the blobs.
    pub fn manifest(&self) -> Key {
        self.once(&self.derived.manifest, b"cloakroom/manifest/1")
    }

    /// Secret input of Argon2id.
    pub fn pepper(&self) -> Key {
        self.derive(b"cloakroom/pepper/1")
    }

    /// Wraps the keys of mails that wait.
    pub fn waiting(&self) -> Key {
        self.derive(b"cloakroom/waiting/1")
    }

    /// HMAC of what names a copy in the ledger.
    pub fn ledger(&self) -> Key {
        self.once(&self.derived.ledger, b"cloakroom/ledger/1")
    }

    /// Seals the links of a mail for its own repetition, with the mail's content.
    pub fn recall(&self) -> Key {
        self.once(&self.derived.recall, b"cloakroom/recall/1")
    }

    /// Seals spare keys of transfers, where policy wants them.
    pub fn recovery(&self) -> Key {
        self.derive(b"cloakroom/recovery/1")
    }

    /// HMAC of codes that were sent by mail.
    pub fn code(&self) -> Key {
        self.derive(b"cloakroom/code/1")
    }

    /// HMAC in links to senders' pages.
    pub fn sender(&self) -> Key {
        self.derive(b"cloakroom/sender/1")
    }

    /// HMAC in the addresses that providers of text messages call.
    pub fn report(&self) -> Key {
        self.derive(b"cloakroom/report/1")
    }

    /// HMAC of the cookies of browsers that have opened something.
    pub fn device(&self) -> Key {
        self.derive(b"cloakroom/device/1")
    }

    /// HMAC of the cookies, codes and allowances of people outside who write to us.
    pub fn guest(&self) -> Key {
        self.derive(b"cloakroom/guest/1")
    }

    /// HMAC of the recipients, tokens and codes of QUICK.
    pub fn quick(&self) -> Key {
        self.derive(b"cloakroom/quick/1")
    }

    /// Seals the secrets of pairs that the gateway keeps.
    pub fn pairs(&self) -> Key {
        self.derive(b"cloakroom/pairs/1")
    }

    /// HMAC in links to pages about mails that wait.
    pub fn approver(&self) -> Key {
        self.derive(b"cloakroom/approver/1")
    }

    /// HMAC in links that report what came in by our pages.
    pub fn abuse(&self) -> Key {
        self.derive(b"cloakroom/abuse/1")
    }

    /// HMAC of what the store is searched by.
    pub fn lookup(&self) -> Key {
        self.once(&self.derived.lookup, b"cloakroom/lookup/1")
    }

    /// Tells a wrong key before anything is written (T68).
    pub fn check_value(&self) -> Key {
        self.derive(b"cloakroom/check/1")
    }

    fn once(&self, known: &OnceLock<Key>, info: &[u8]) -> Key {
        known.get_or_init(|| self.derive(info)).clone()
    }

    fn derive(&self, info: &[u8]) -> Key {
        hkdf(&self.secret, b"", info)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The key that all files of one transfer are sealed under. On disk only inside wraps.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TransferKey([u8; 32]);

impl TransferKey {
    /// A new one.
    pub fn fresh() -> Self {
        TransferKey(random())
    }

    /// From an opened wrap.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        TransferKey(bytes)
    }

    /// For the cipher and the wrap only.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TransferKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The key of one expiry day: wraps need it, and it is destroyed when the day has passed, so that wraps in backups die with it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DayKey([u8; 32]);

impl DayKey {
    /// A new one.
    pub fn fresh() -> Self {
        DayKey(random())
    }

    /// From the keyring.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        DayKey(bytes)
    }

    /// For the wrap and the keyring only.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The day a Unix time (seconds) lies in, as days since 1970.
pub fn day_of(at: i64) -> i32 {
    i32::try_from(at.div_euclid(86_400)).unwrap_or(i32::MAX)
}

/// HKDF-SHA-512, extract and expand, to 32 bytes.
pub fn hkdf(secret: &[u8], salt: &[u8], info: &[u8]) -> Key {
    let mut out = Zeroizing::new([0; 32]);
    hkdf::Hkdf::<sha2::Sha512>::new(Some(salt), secret)
        .expand(info, &mut *out)
        .expect("32 bytes are within the limit");
    out
}
