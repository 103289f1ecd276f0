//! One thing on its way into a blob: counted, hashed, its first block kept, encrypted.

use super::stream::Sealer;
use crate::transfer::keys::TransferKey;
use crate::transfer::record::BlobRecord;
use crate::transfer::{BlobId, BlobWriter, Stamp};
use aws_lc_rs::digest::{self, SHA256};
use std::io::{self, Write};

/// So many first bytes are kept, by which the type of a thing is known.
pub(super) const HEAD: usize = 64 * 1024;

/// A thing that is being sealed.
pub(super) struct Pressing {
    sealer: Sealer<Box<dyn BlobWriter>>,
    crc32: crc32fast::Hasher,
    sha256: digest::Context,
    head: Vec<u8>,
}

/// A thing that was sealed; its blob has no name yet.
pub(super) struct Pressed {
    pub(super) writer: Box<dyn BlobWriter>,
    pub(super) stamp: Stamp,
    pub(super) head: Vec<u8>,
}

impl Pressed {
    /// What the transfer's record says of it.
    pub(super) fn record(&self, id: BlobId, number: u32) -> BlobRecord {
        BlobRecord {
            id,
            plain_len: self.stamp.size,
            number,
        }
    }
}

impl Pressing {
    /// `head`: room for the first bytes, whatever is in it.
    pub(super) fn new(
        writer: Box<dyn BlobWriter>,
        key: &TransferKey,
        context: &[u8],
        mut head: Vec<u8>,
    ) -> Self {
        head.clear();
        Pressing {
            sealer: Sealer::new(writer, key, context),
            crc32: crc32fast::Hasher::new(),
            sha256: digest::Context::new(&SHA256),
            head,
        }
    }

    /// Its next bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..room.min(bytes.len())]);
        self.crc32.update(bytes);
        self.sha256.update(bytes);
        self.sealer.write_all(bytes)
    }

    /// That was all of it.
    pub(super) fn finish(self) -> io::Result<Pressed> {
        let (writer, size) = self.sealer.finish()?;
        let sha256 = self.sha256.finish();
        let stamp = Stamp {
            size,
            crc32: self.crc32.finalize(),
            sha256: sha256.as_ref().try_into().expect("SHA-256 gives 32 bytes"),
        };
        Ok(Pressed {
            writer,
            stamp,
            head: self.head,
        })
    }
}
