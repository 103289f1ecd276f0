//! Tails: the first manifest of a transfer, written behind the last of its blobs. One file less to make, to name and to sync for each mail.
//!
//! | from the blob's end | bytes | meaning |
//! | --- | --- | --- |
//! | -20 - n | n | the manifest ([`super::manifest`]), bound to `tail 0 blob` |
//! | -20 | 4 | n, big endian, XOR bytes 16 to 19 of the mark |
//! | -16 | 16 | bytes 0 to 15 of the mark |
//!
//! mark = HKDF-SHA-512(manifest key, salt: the blob's name, `cloakroom/tail-mark/1`): without the master key nobody sees whether there is
//! one.
//! Promises: a blob is read as if it had none; one that a power cut left in half is none. When the next generation is in the index, the
//! tail is cut off; what a crash leaves of it goes with the next sweep, as older manifests do.
//! Fails as blobs do; a tail that is there and does not open is damage.

use super::manifest::{self, Body};
use super::values::Values;
use super::{down, io_fault};
use crate::fault::Fault;
use crate::transfer::keys::{MasterKey, hkdf};
use crate::transfer::{BlobId, BlobReader};
use std::io;

const FOOT: u64 = 20;

/// Ends a blob that was left with this tail; all of it is on disk when this returns.
pub(super) fn write(
    values: &Values,
    master: &MasterKey,
    blob: BlobId,
    body: &Body<'_>,
) -> Result<(), Fault> {
    let mut tail = manifest::seal(master, &place(blob), body)?;
    let len = u32::try_from(tail.len()).map_err(|_| down("a manifest larger than any of ours"))?;
    let (mark, mask) = mark(master, blob);
    tail.extend((len ^ mask).to_be_bytes());
    tail.extend(mark);
    values.backend.end_blob(blob, &tail).map_err(io_fault)
}

/// The manifest behind a blob, if there is one.
pub(super) fn read(
    values: &Values,
    master: &MasterKey,
    blob: BlobId,
) -> Result<Option<Body<'static>>, Fault> {
    let reader = values.backend.open_blob(blob).map_err(io_fault)?;
    let Some(start) = start(master, blob, &*reader).map_err(io_fault)? else {
        return Ok(None);
    };
    let len = usize::try_from(reader.len() - FOOT - start).unwrap_or(usize::MAX);
    if len > manifest::MAX {
        return Err(down("a manifest is larger than any of ours"));
    }
    let mut sealed = vec![0; len];
    reader.read_exact_at(start, &mut sealed).map_err(io_fault)?;
    manifest::open(master, &place(blob), &sealed).map(Some)
}

/// Cuts off the tail of a blob, if it has one.
pub(super) fn cut(values: &Values, master: &MasterKey, blob: BlobId) -> io::Result<()> {
    let reader = match values.backend.open_blob(blob) {
        Err(error) => return super::backend::unless_missing(error),
        Ok(reader) => reader,
    };
    match start(master, blob, &*reader)? {
        Some(start) => values.backend.cut_blob(blob, start),
        None => Ok(()),
    }
}

/// The same where nobody can be told: what stays goes with the next sweep.
pub(super) fn discard(values: &Values, master: &MasterKey, blob: BlobId) {
    if let Err(error) = cut(values, master, blob) {
        tracing::warn!(%blob, %error, "a manifest that is over could not be cut off");
    }
}

/// A blob as it was sealed, whatever is behind it.
pub(super) fn open_blob(
    values: &Values,
    master: &MasterKey,
    blob: BlobId,
) -> io::Result<Box<dyn BlobReader>> {
    let inner = values.backend.open_blob(blob)?;
    Ok(match start(master, blob, &*inner)? {
        Some(len) => Box::new(Front { inner, len }),
        None => inner,
    })
}

/// Where the tail begins.
fn start(master: &MasterKey, blob: BlobId, reader: &dyn BlobReader) -> io::Result<Option<u64>> {
    let Some(foot) = reader.len().checked_sub(FOOT) else {
        return Ok(None);
    };
    let mut bytes = [0; FOOT as usize];
    reader.read_exact_at(foot, &mut bytes)?;
    let [a, b, c, d, found @ ..] = bytes;
    let (mark, mask) = mark(master, blob);
    let len = u32::from_be_bytes([a, b, c, d]) ^ mask;
    Ok(match found == mark {
        true => foot.checked_sub(u64::from(len)),
        false => None,
    })
}

fn mark(master: &MasterKey, blob: BlobId) -> ([u8; 16], u32) {
    let bytes = hkdf(&master.manifest()[..], &blob.0, b"cloakroom/tail-mark/1");
    let mask = std::array::from_fn(|i| bytes[16 + i]);
    (std::array::from_fn(|i| bytes[i]), u32::from_be_bytes(mask))
}

fn place(blob: BlobId) -> Vec<u8> {
    [&b"tail\0"[..], &blob.0].concat()
}

/// The part of a blob in front of its tail.
struct Front {
    inner: Box<dyn BlobReader>,
    len: u64,
}

impl BlobReader for Front {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(out.len() as u64);
        match end.is_some_and(|end| end <= self.len) {
            true => self.inner.read_exact_at(offset, out),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::backend::Backend;
    use super::super::memory::Memory;
    use super::super::tests::{ANNA, NOW, held, open};
    use super::super::{Rebuilt, Store};
    use super::*;
    use crate::transfer::{Actor, Happened};
    use std::sync::Arc;

    /// A transfer for two, and its blob.
    fn example() -> (Arc<Memory>, MasterKey, Store, BlobId) {
        let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&backend, &master);
        let (id, _) = held(&store, 10);
        let record = store.transfer(&id).expect("reads").expect("there");
        let blob = record.blobs[0].id;
        (backend, master, store, blob)
    }

    fn bytes(backend: &Memory, blob: BlobId) -> Vec<u8> {
        let reader = backend.open_blob(blob).expect("opens");
        let mut bytes = vec![0; reader.len() as usize];
        reader.read_exact_at(0, &mut bytes).expect("reads");
        bytes
    }

    fn rebuilt(backend: &Memory, master: &MasterKey) -> Rebuilt {
        let anew = Arc::new(Memory::new());
        for (blob, _) in backend.blobs().expect("lists") {
            let mut writer = anew.write_blob(blob).expect("starts");
            writer.write_all(&bytes(backend, blob)).expect("writes");
            writer.finish().expect("finishes");
        }
        open(&anew, master).rebuild(NOW).expect("rebuilds")
    }

    #[test]
    fn a_blob_is_read_as_if_nothing_stood_behind_it() {
        let (backend, _, store, blob) = example();
        assert!(bytes(&backend, blob).len() > 100);
        let reader = store.open_blob(blob).expect("opens");
        let mut text = [0; 10];
        assert_eq!(reader.len(), 10);
        reader.read_exact_at(0, &mut text).expect("reads");
        assert_eq!(&text, b"ciphertext");
        assert!(reader.read_exact_at(1, &mut text).is_err());
        assert!(reader.read_exact_at(u64::MAX, &mut text).is_err());
    }

    #[test]
    fn wherever_a_power_cut_ends_it_a_tail_is_whole_or_none() {
        let (backend, master, _, blob) = example();
        let whole = bytes(&backend, blob).len() as u64;
        assert_eq!(rebuilt(&backend, &master).transfers, 1);
        for len in (0..whole).rev() {
            backend.cut_blob(blob, len).expect("cuts");
            assert_eq!(
                rebuilt(&backend, &master),
                Rebuilt::default(),
                "cut at {len}"
            );
        }
    }

    #[test]
    fn wraps_that_were_taken_back_do_not_stay_behind_the_blob() {
        let (backend, _, store, blob) = example();
        let before = bytes(&backend, blob);
        let id = store.transfers(None, 1).expect("reads")[0].id.clone();
        let anna = ANNA.parse().expect("an address");
        let id = id.parse().expect("an id");
        assert_eq!(
            store
                .revoke(&id, Some(&anna), Happened::Revoked(Actor::Operator))
                .expect("revokes"),
            1
        );
        assert_eq!(bytes(&backend, blob), b"ciphertext");
        // The cut was not synced: a power cut brings it back.
        backend.end_blob(blob, &before[10..]).expect("ends");
        store.sweep(NOW).expect("sweeps");
        assert_eq!(bytes(&backend, blob), b"ciphertext");
    }

    #[test]
    fn damage_in_a_tail_is_told() {
        let (backend, master, _, blob) = example();
        let mut damaged = bytes(&backend, blob);
        damaged[40] ^= 1;
        backend.cut_blob(blob, 0).expect("cuts");
        backend.end_blob(blob, &damaged).expect("ends");
        let rebuilt = rebuilt(&backend, &master);
        assert_eq!((rebuilt.transfers, rebuilt.damaged), (0, 1));
    }
}
