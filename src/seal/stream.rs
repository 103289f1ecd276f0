//! The blob format: C2SP chunked-encryption, instance Cobblestone-256 (SHA-512, AES-256-GCM), unchanged (<https://c2sp.org/chunked-encryption>).
//!
//! | offset | bytes | meaning |
//! | --- | --- | --- |
//! | 0 | 24 | salt, random |
//! | 24 | 32 | commitment to key, salt and context |
//! | 56 + k · 16400 | 16384 + 16 | chunk k and its tag; nonce = base nonce XOR k, no associated data |
//! | last | 0 to 16383 + 16 | the last chunk is always shorter, possibly empty |
//!
//! key | base nonce | commitment = HKDF-Expand-SHA512(transfer key, `c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM` | 0 | salt | context).
//! The context is [`context`]: a blob opens only as the file of the transfer it was sealed for.
//!
//! Promises: constant memory; no byte is given before its chunk, the commitment, the length and the last chunk are checked.
//! Fails with [`Refusal`], which says what does not fit and never why a tag is wrong.

use crate::mail::id::random;
use crate::transfer::cipher::{Gcm, NONCE, TAG};
use crate::transfer::keys::TransferKey;
use crate::transfer::{BlobId, BlobReader, TransferId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use std::fmt;
use std::io::{self, Write};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of plain text in every chunk but the last.
pub const CHUNK: usize = 16 * 1024;
/// Salt and commitment.
pub const HEAD: usize = SALT + COMMITMENT;
const SALT: usize = 24;
const COMMITMENT: usize = 32;
const STORED: usize = CHUNK + TAG;
/// Chunks that are sealed, read and written at once: a compromise of system calls and memory.
const GROUP: usize = 4;
/// The format allows 2^40; this is 64 TiB, the lowest limit it recommends.
const MAX_CHUNKS: u64 = 1 << 32;
const INFO: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";

/// What a blob is bound to: transfer, number of the file in it, and its own name.
pub fn context(transfer: &TransferId, number: u32, blob: BlobId) -> Vec<u8> {
    [
        &b"cloakroom/blob/1"[..],
        &transfer.context(),
        &number.to_be_bytes(),
        &blob.0,
    ]
    .concat()
}

/// Size of the blob for that many bytes of plain text.
pub fn sealed_len(plain: u64) -> u64 {
    HEAD as u64 + plain + TAG as u64 * (plain / CHUNK as u64 + 1)
}

/// Seals what is written to it.
///
/// Nothing of it is a blob before [`Sealer::finish`]: a dropped sealer leaves a text that no reader takes for whole.
pub struct Sealer<W> {
    out: W,
    chunks: Chunks,
    /// What is not written yet: the head, and up to `GROUP` chunks.
    group: Vec<u8>,
    /// Bytes of plain text in the chunk that is being filled.
    filled: usize,
    next: u64,
    plain_len: u64,
}

impl<W: Write> Sealer<W> {
    /// Starts a blob with a fresh salt. Its head is written with the first chunks.
    pub fn new(out: W, key: &TransferKey, context: &[u8]) -> Self {
        Self::with_salt(out, key, context, random())
    }

    /// With a salt that is known: for vectors only. A salt used twice under one key gives both texts away.
    pub fn with_salt(out: W, key: &TransferKey, context: &[u8], salt: [u8; SALT]) -> Self {
        let (chunks, commitment) = Chunks::derive(key, &salt, context);
        let mut group = Vec::with_capacity(HEAD + GROUP * STORED);
        group.extend_from_slice(&salt);
        group.extend_from_slice(&commitment);
        Sealer {
            out,
            chunks,
            group,
            filled: 0,
            next: 0,
            plain_len: 0,
        }
    }

    /// Seals the last, short chunk; gives back the writer and the length of the plain text.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.seal_chunk()?;
        self.out.write_all(&self.group)?;
        Ok((self.out, self.plain_len))
    }

    fn seal_chunk(&mut self) -> io::Result<()> {
        if self.next >= MAX_CHUNKS {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let start = self.group.len() - self.filled;
        let tag = self.chunks.seal(self.next, &mut self.group[start..]);
        self.group.extend_from_slice(&tag);
        self.next += 1;
        self.filled = 0;
        Ok(())
    }

    fn chunk_is_full(&mut self) -> io::Result<()> {
        self.seal_chunk()?;
        if self.group.len() >= GROUP * STORED {
            self.out.write_all(&self.group)?;
            self.group.clear();
        }
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = bytes.len().min(CHUNK - self.filled);
        self.group.extend_from_slice(&bytes[..n]);
        self.filled += n;
        self.plain_len += n as u64;
        if self.filled == CHUNK {
            self.chunk_is_full()?;
        }
        Ok(n)
    }

    /// Does nothing: a chunk cannot be cut short before the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a blob, from anywhere.
pub struct Opener {
    blob: Box<dyn BlobReader>,
    chunks: Chunks,
    plain_len: u64,
}

impl Opener {
    /// Checks commitment, length and last chunk, so that whoever gets the first byte gets all of them or an error.
    pub fn new(
        blob: Box<dyn BlobReader>,
        key: &TransferKey,
        context: &[u8],
        plain_len: u64,
    ) -> Result<Self, Refusal> {
        // Longer than any blob may be: a length like that would not even fit into the sum.
        if plain_len >= MAX_CHUNKS * CHUNK as u64 || blob.len() != sealed_len(plain_len) {
            return Err(Refusal::Length);
        }
        let mut head = [0; HEAD];
        blob.read_exact_at(0, &mut head)?;
        let (salt, commitment) = head.split_at(SALT);
        let (chunks, expected) = Chunks::derive(key, salt, context);
        if !bool::from(expected.ct_eq(commitment)) {
            return Err(Refusal::Commitment);
        }
        let opener = Opener {
            blob,
            chunks,
            plain_len,
        };
        opener.open_chunks(plain_len / CHUNK as u64, 1, &mut Vec::new())?;
        Ok(opener)
    }

    /// Bytes of plain text.
    pub fn len(&self) -> u64 {
        self.plain_len
    }

    /// True for a file of zero bytes, which is a file.
    pub fn is_empty(&self) -> bool {
        self.plain_len == 0
    }

    /// Fills `out` from `offset`; fewer bytes than asked for only at the end. After an error nothing in `out` may be used.
    pub fn read_at(&self, offset: u64, out: &mut [u8]) -> Result<usize, Refusal> {
        let left = self.plain_len.saturating_sub(offset);
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
        let mut stored = Vec::new();
        let mut done = 0;
        while done < want {
            let at = offset + done as u64;
            let skip = (at % CHUNK as u64) as usize;
            let count = (skip + want - done).div_ceil(CHUNK).min(GROUP);
            self.open_chunks(at / CHUNK as u64, count, &mut stored)?;
            done += copy_plain(&stored, skip, &mut out[done..want]);
        }
        Ok(want)
    }

    /// A reader of a range of the plain text.
    pub fn reader(&self, range: std::ops::Range<u64>) -> RangeReader<'_> {
        RangeReader {
            opener: self,
            range,
        }
    }

    /// Reads `count` chunks into `stored` and opens each where it lies, its tag behind it.
    fn open_chunks(&self, first: u64, count: usize, stored: &mut Vec<u8>) -> Result<(), Refusal> {
        let from = HEAD as u64 + first * STORED as u64;
        let left = usize::try_from(self.blob.len() - from).unwrap_or(usize::MAX);
        stored.resize(left.min(count * STORED), 0);
        self.blob.read_exact_at(from, stored)?;
        for (number, chunk) in (first..).zip(stored.chunks_mut(STORED)) {
            if !self.chunks.open(number, chunk) {
                return Err(Refusal::Chunk(number));
            }
        }
        Ok(())
    }
}

/// Copies opened chunks (each with its tag behind it) without the first `skip` bytes of the first one.
fn copy_plain(stored: &[u8], mut skip: usize, out: &mut [u8]) -> usize {
    let mut done = 0;
    for chunk in stored.chunks(STORED) {
        let plain = &chunk[..chunk.len() - TAG];
        let plain = &plain[skip.min(plain.len())..];
        let n = plain.len().min(out.len() - done);
        out[done..done + n].copy_from_slice(&plain[..n]);
        done += n;
        skip = 0;
    }
    done
}

/// Reads a range of an [`Opener`] in order.
pub struct RangeReader<'a> {
    opener: &'a Opener,
    range: std::ops::Range<u64>,
}

impl io::Read for RangeReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.range.end.saturating_sub(self.range.start);
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
        let n = self.opener.read_at(self.range.start, &mut out[..want])?;
        self.range.start += n as u64;
        Ok(n)
    }
}

/// The derived key and base nonce of one blob.
struct Chunks {
    cipher: Gcm,
    base: [u8; NONCE],
}

impl Chunks {
    fn derive(key: &TransferKey, salt: &[u8], context: &[u8]) -> (Self, [u8; COMMITMENT]) {
        let out = expand(key.expose(), &[INFO, salt, context].concat());
        let key = out.first_chunk().expect("two blocks are longer than a key");
        let cipher = Gcm::new(key);
        let base = std::array::from_fn(|i| out[32 + i]);
        (
            Chunks { cipher, base },
            std::array::from_fn(|i| out[44 + i]),
        )
    }

    fn nonce(&self, number: u64) -> [u8; NONCE] {
        let mut nonce = self.base;
        for (byte, counter) in nonce[4..].iter_mut().zip(number.to_be_bytes()) {
            *byte ^= counter;
        }
        nonce
    }

    fn seal(&self, number: u64, chunk: &mut [u8]) -> [u8; TAG] {
        self.cipher.seal(self.nonce(number), b"", chunk)
    }

    /// Opens a chunk in place, its tag behind it. False if it is too short, or does not authenticate.
    fn open(&self, number: u64, stored: &mut [u8]) -> bool {
        self.cipher.open(self.nonce(number), b"", stored).is_ok()
    }
}

/// HKDF-Expand with SHA-512 (RFC 5869 section 2.3) to two blocks. The `hkdf` crate takes no pseudorandom key shorter than the hash,
/// and the format's is 32 bytes.
fn expand(key: &[u8; 32], info: &[u8]) -> Zeroizing<[u8; 128]> {
    let mut out = Zeroizing::new([0; 128]);
    let block = |before: &[u8], number: u8| {
        let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(before);
        mac.update(info);
        mac.update(&[number]);
        mac.finalize().into_bytes()
    };
    out[..64].copy_from_slice(&block(b"", 1));
    let second = block(&out[..64], 2);
    out[64..].copy_from_slice(&second);
    out
}

/// A blob is not what it should be.
#[derive(Debug)]
pub enum Refusal {
    /// This chunk does not authenticate.
    Chunk(u64),
    /// Another key, transfer, file or blob.
    Commitment,
    /// It could not be read.
    Io(io::Error),
    /// Not the size that the record says.
    Length,
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Io(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Chunk(number) => write!(f, "chunk {number} of a blob does not authenticate"),
            Refusal::Commitment => {
                f.write_str("a blob does not belong to this key, transfer and place")
            }
            Refusal::Io(error) => write!(f, "a blob cannot be read: {error}"),
            Refusal::Length => f.write_str("a blob has not the size its record says"),
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
