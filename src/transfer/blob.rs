//! Blobs: ciphertext on a shelf. The words by which `seal` writes what `store` keeps, without knowing it.

use std::fmt;
use std::io;

/// Names a blob: random, so that names say nothing.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct BlobId(pub [u8; 16]);

impl BlobId {
    /// A new one.
    pub fn fresh() -> Self {
        BlobId(crate::mail::id::random())
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
        let name: [u8; 32] = std::array::from_fn(|i| match i % 2 {
            0 => digit(self.0[i / 2] >> 4),
            _ => digit(self.0[i / 2] & 15),
        });
        f.write_str(std::str::from_utf8(&name).expect("digits are ASCII"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Where new blobs go.
pub trait Shelf: Send + Sync {
    /// Starts a blob. Nothing is seen under that name before [`BlobWriter::finish`].
    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>>;

    /// Leaves ([`BlobWriter::leave`]) a blob that was started before under this name.
    fn leave_blob(&self, _id: BlobId, writer: Box<dyn BlobWriter>) -> io::Result<()> {
        writer.leave()
    }
}

/// One blob being written. Dropped unfinished, it is as if it had never been.
pub trait BlobWriter: io::Write + Send + Sync {
    /// All of it is under its name when this returns, and on disk before any record that is written later. Any error of a sync call in here
    /// ends the process (fsyncgate).
    fn finish(self: Box<Self>) -> io::Result<()>;

    /// All of it is under its name when this returns, but not on disk before the store has ended it: for a blob of a transfer, behind whose
    /// last one the manifest is written first. One that is on disk at once is as good.
    fn leave(self: Box<Self>) -> io::Result<()> {
        self.finish()
    }

    /// Reads what was written so far, whatever becomes of the blob later.
    fn reader(&self) -> io::Result<Box<dyn BlobReader>>;
}

/// One blob being read, from anywhere, from several threads.
pub trait BlobReader: Send + Sync {
    /// Size in bytes of the ciphertext.
    fn len(&self) -> u64;

    /// True for no byte at all (no blob of ours is).
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `out` from `offset`; an error if there are not that many bytes.
    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}
