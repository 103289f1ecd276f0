//! A sealed blob that was changed, in its bytes or in what the record says of it, gives its own text or nothing.
//!
//! The input is a small program: which text, then changes of two to five bytes each, then ranges that are read.

use cloakroom::seal::stream::{CHUNK, HEAD, Opener, Sealer, context};
use cloakroom::transfer::keys::TransferKey;
use cloakroom::transfer::{BlobId, BlobReader, TransferId};
use std::io::{self, Read, Write};
use std::sync::LazyLock;

const TRANSFERS: [&str; 2] = ["7K3M9XQF", "8K3M9XQF"];
const STORED: usize = CHUNK + 16;
/// Around every place where a chunk ends.
const LENGTHS: [usize; 10] = [
    0,
    1,
    40,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    2 * CHUNK,
    2 * CHUNK + 40,
    5 * CHUNK - 16,
    5 * CHUNK + 16,
];

/// What a record says of a blob, and what lies on disk.
#[derive(Clone, PartialEq)]
struct Blob {
    bytes: Vec<u8>,
    plain_len: u64,
    key: [u8; 32],
    transfer: &'static str,
    number: u32,
    name: [u8; 16],
}

struct InMemory(Vec<u8>);

impl BlobReader for InMemory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let range = from..from
            .checked_add(out.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        let bytes = self.0.get(range);
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl Blob {
    fn sealed(text: &[u8], number: u32) -> Blob {
        let mut blob = Blob {
            bytes: Vec::new(),
            plain_len: text.len() as u64,
            key: [7; 32],
            transfer: TRANSFERS[0],
            number,
            name: [number as u8; 16],
        };
        let key = TransferKey::from_bytes(blob.key);
        let mut sealer = Sealer::with_salt(Vec::new(), &key, &blob.context(), [number as u8; 24]);
        sealer.write_all(text).expect("memory");
        blob.bytes = sealer.finish().expect("memory").0;
        blob
    }

    fn context(&self) -> Vec<u8> {
        let transfer: TransferId = self.transfer.parse().expect("an id of ours");
        context(&transfer, self.number, BlobId(self.name))
    }

    fn open(&self) -> Option<Opener> {
        let reader = Box::new(InMemory(self.bytes.clone()));
        let key = TransferKey::from_bytes(self.key);
        Opener::new(reader, &key, &self.context(), self.plain_len).ok()
    }
}

/// Each text sealed twice: the second is another file of the same transfer.
static BLOBS: LazyLock<Vec<(Vec<u8>, [Blob; 2])>> = LazyLock::new(|| {
    let both = |len: &usize| {
        let text: Vec<u8> = (0..*len).map(|i| (i * 7 + i / 251) as u8).collect();
        let blobs = [Blob::sealed(&text, 1), Blob::sealed(&text, 2)];
        (text, blobs)
    };
    LENGTHS.iter().map(both).collect()
});

/// A program as bytes.
struct Program<'a>(&'a [u8]);

impl Program<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Three bytes: a place anywhere in the longest blob.
    fn place(&mut self) -> Option<usize> {
        let bytes = [self.byte()?, self.byte()?, self.byte()?];
        Some(bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
    }
}

/// Panics if a changed blob gives anything but its own text, or an unchanged one does not give it.
pub fn check(data: &[u8]) {
    let mut program = Program(data);
    let (text, [one, other]) = &BLOBS[usize::from(program.byte().unwrap_or(0)) % LENGTHS.len()];
    let mut blob = one.clone();
    let mut ranges = Vec::new();
    while let Some(()) = step(&mut program, &mut blob, other, &mut ranges) {}

    let changed = blob != *one;
    let Some(opener) = blob.open() else {
        assert!(changed, "an untouched blob opens");
        return;
    };
    let told = (
        blob.plain_len,
        blob.key,
        blob.transfer,
        blob.number,
        blob.name,
    );
    let sealed = (one.plain_len, one.key, one.transfer, one.number, one.name);
    assert!(told == sealed, "a blob opens as what it was not sealed as");
    assert_eq!(
        blob.bytes.len(),
        one.bytes.len(),
        "a blob of another length opens"
    );
    for (from, len) in ranges.iter().copied().chain([(0, text.len() + 1)]) {
        let whole = from == 0 && len > text.len();
        let mut out = vec![0; len];
        match opener.read_at(from as u64, &mut out) {
            Ok(n) => {
                let end = (from + len).min(text.len());
                assert!(
                    out[..n] == text[from.min(end)..end],
                    "a wrong byte at {from}"
                );
                assert!(!(whole && changed), "a changed blob is read to its end");
            }
            Err(_) => assert!(changed, "an untouched blob is read"),
        }
        let mut read = Vec::new();
        let range = from as u64..(from + len) as u64;
        let done = opener.reader(range).read_to_end(&mut read);
        let end = (from + len).min(text.len());
        let wanted = &text[from.min(end)..end];
        assert!(
            wanted.starts_with(&read),
            "a reader gave a wrong byte at {from}"
        );
        assert!(
            done.is_err() || read.len() == wanted.len(),
            "a reader stopped early"
        );
    }
}

/// One change or one range. `None` at the end of the program.
fn step(
    program: &mut Program<'_>,
    blob: &mut Blob,
    other: &Blob,
    ranges: &mut Vec<(usize, usize)>,
) -> Option<()> {
    let chunk = |n: usize, len: usize| {
        let from = (HEAD + n * STORED).min(len);
        from..(from + STORED).min(len)
    };
    let len = blob.bytes.len();
    match program.byte()? % 16 {
        0 => ranges.push((
            program.place()? % (6 * CHUNK),
            program.place()? % (6 * CHUNK),
        )),
        1 => {
            let (at, bits) = (program.place()?, program.byte()?);
            if let Some(byte) = blob.bytes.get_mut(at % len.max(1)) {
                *byte ^= bits;
            }
        }
        2 => blob.bytes.truncate(program.place()? % (len + 1)),
        3 => blob
            .bytes
            .truncate(chunk(usize::from(program.byte()?) % 6, len).start),
        4 => {
            let more = other
                .bytes
                .get(..program.place()? % (other.bytes.len() + 1));
            blob.bytes.extend_from_slice(more.unwrap_or_default());
        }
        5 => {
            let (a, b) = (usize::from(program.byte()?), usize::from(program.byte()?));
            let (a, b) = (chunk(a % 6, len), chunk(b % 6, len));
            if a.len() == b.len() {
                let (first, second) = (
                    blob.bytes[a.clone()].to_vec(),
                    blob.bytes[b.clone()].to_vec(),
                );
                blob.bytes[a].copy_from_slice(&second);
                blob.bytes[b].copy_from_slice(&first);
            }
        }
        6 => {
            let range = chunk(usize::from(program.byte()?) % 6, len.min(other.bytes.len()));
            blob.bytes[range.clone()].copy_from_slice(&other.bytes[range]);
        }
        7 => drop(
            blob.bytes
                .drain(chunk(usize::from(program.byte()?) % 6, len)),
        ),
        8 => {
            let again = blob.bytes[chunk(usize::from(program.byte()?) % 6, len)].to_vec();
            blob.bytes.extend_from_slice(&again);
        }
        9 => {
            let head = HEAD.min(len);
            blob.bytes[..head].copy_from_slice(&other.bytes[..head]);
        }
        10 => {
            blob.plain_len = blob
                .plain_len
                .wrapping_add_signed(i64::from(program.byte()? as i8))
        }
        11 => blob.plain_len = u64::MAX >> (program.byte()? % 64),
        // What somebody who can edit the record would say of these bytes.
        12 => {
            let body = len.saturating_sub(HEAD);
            let plain = body / STORED * CHUNK + (body % STORED).saturating_sub(16);
            blob.plain_len = plain as u64;
        }
        13 => blob.number ^= 1 << (program.byte()? % 32),
        14 => match program.byte()? {
            0..16 => blob.transfer = TRANSFERS[1],
            at @ 16..128 => blob.name[usize::from(at) % 16] ^= at,
            at => blob.key[usize::from(at) % 32] ^= at,
        },
        _ => {
            let byte = program.byte()?;
            blob.bytes.push(byte);
        }
    }
    Some(())
}
