//! Early: files that were sealed while their mail arrived, before anybody could say what becomes of it.
//!
//! Made by `seal::early`, used by `seal` once policy has said that they go into a transfer: then nothing of them is read, decoded or
//! encrypted a second time. Promises: they belong to one transfer, whose id and key nobody else has; what is not used goes as if it had
//! never been.

use super::keys::TransferKey;
use super::record::BlobRecord;
use super::{BlobWriter, TransferId};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known of a sealed thing once it went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes of plain text.
    pub size: u64,
    /// As ZIP archives have it.
    pub crc32: u32,
    /// Of the plain text.
    pub sha256: [u8; 32],
}

/// A file in a blob that has no name yet.
pub struct EarlyFile {
    /// Where in the mail it stands, in lines of base64, the last line end included.
    pub raw: Range<u64>,
    /// The blob, as the transfer's record will have it.
    pub record: BlobRecord,
    /// What went through.
    pub stamp: Stamp,
    /// Its first bytes, by which its type is known.
    pub head: Vec<u8>,
    /// All of it; dropped, it is gone.
    pub writer: Box<dyn BlobWriter>,
}

/// The transfer that the files of a mail were sealed for.
pub struct EarlyTransfer {
    /// Its id.
    pub id: TransferId,
    /// Its key.
    pub key: TransferKey,
    /// In the order of the mail.
    pub files: Vec<EarlyFile>,
}

impl EarlyTransfer {
    /// A new one.
    pub fn fresh() -> Self {
        EarlyTransfer {
            id: TransferId::fresh(),
            key: TransferKey::fresh(),
            files: Vec::new(),
        }
    }

    /// The file that is all there is in this body of a part. The line end behind it may belong to the delimiter.
    pub fn take(&mut self, body: &Range<u64>) -> Option<EarlyFile> {
        let is_it = |raw: &Range<u64>| {
            raw.start == body.start && (body.end == raw.end || body.end + 2 == raw.end)
        };
        let index = self.files.iter().position(|file| is_it(&file.raw))?;
        Some(self.files.remove(index))
    }
}

/// What was sealed early of a mail: nothing, or a transfer that can be had once.
#[derive(Clone, Default)]
pub struct Early(Arc<Mutex<Option<EarlyTransfer>>>);

impl Early {
    /// The transfer under way.
    pub fn lock(&self) -> MutexGuard<'_, Option<EarlyTransfer>> {
        // Every change is one call; a panic leaves nothing half.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The transfer, for who comes first.
    pub fn claim(&self) -> Option<EarlyTransfer> {
        self.lock().take()
    }
}

impl fmt::Debug for Early {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.lock().as_ref().map_or(0, |early| early.files.len());
        write!(f, "Early({files} files)")
    }
}
