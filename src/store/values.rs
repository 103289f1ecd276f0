//! Values of records: sealed, bound to their place, and spilled into a blob when they are large.
//!
//! Format of a value: `transfer::cipher` under the record key, bound to `table 0 key`, over: version 1 | 0 | the value in postcard, or
//! version 1 | 1 | the name of the blob that holds it (sealed likewise, bound to `spill 0 name`).
//! Promises: no value in the index is larger than [`MAX_VALUE`]; a failed change leaves no blob, unless it is not known whether it failed.

use super::alone::Alone;
use super::backend::{Backend, BackendError, Batch, MAX_VALUE, Pair, Table};
use super::{down, fault, io_fault};
use crate::fault::{Fault, Kind};
use crate::transfer::BlobId;
use crate::transfer::cipher::{self, Gcm, NONCE, TAG};
use crate::transfer::keys::{Key, MasterKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const INLINE: u8 = 0;
const SPILLED: u8 = 1;
/// Bytes of a value that names a blob, sealed.
const SPILLED_LEN: usize = 1 + NONCE + 2 + 16 + TAG;
/// Most values are smaller.
const USUAL: usize = 900;

/// Reads values.
pub(super) struct Values {
    pub(super) backend: Arc<dyn Backend>,
    key: Key,
    /// Of that key.
    cipher: Gcm,
}

/// What a value is, once opened.
enum Form<'a> {
    Inline(&'a [u8]),
    Spilled(BlobId),
}

impl Values {
    pub(super) fn new(backend: Arc<dyn Backend>, master: &MasterKey) -> Self {
        let key = master.record();
        Values {
            backend,
            cipher: Gcm::new(&key),
            key,
        }
    }

    /// A value as it lies there.
    pub(super) fn raw(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.backend.read(table, key).map_err(fault)
    }

    pub(super) fn is_empty(&self, table: Table) -> Result<bool, Fault> {
        let first = self.backend.scan(table, b"", &[0xff; 33], 1);
        Ok(first.map_err(fault)?.is_empty())
    }

    pub(super) fn get<T: DeserializeOwned>(
        &self,
        table: Table,
        key: &[u8],
    ) -> Result<Option<T>, Fault> {
        self.raw(table, key)?
            .map(|value| self.read(table, key, value))
            .transpose()
    }

    pub(super) fn scan<T: DeserializeOwned>(
        &self,
        table: Table,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<impl Iterator<Item = Result<(Vec<u8>, T), Fault>>, Fault> {
        let pairs: Vec<Pair> = self.backend.scan(table, from, to, limit).map_err(fault)?;
        Ok(pairs.into_iter().map(move |(key, value)| {
            let opened = self.open(table, &key, &value)?;
            Ok((key, opened))
        }))
    }

    pub(super) fn open<T: DeserializeOwned>(
        &self,
        table: Table,
        key: &[u8],
        value: &[u8],
    ) -> Result<T, Fault> {
        self.read(table, key, value.to_vec())
    }

    fn read<T: DeserializeOwned>(
        &self,
        table: Table,
        key: &[u8],
        value: Vec<u8>,
    ) -> Result<T, Fault> {
        let value = &mut Zeroizing::new(value);
        let read = match self.form(table, key, value)? {
            Form::Inline(plain) => postcard::from_bytes(plain),
            Form::Spilled(blob) => {
                postcard::from_bytes(&self.read_sealed(blob, &self.key, &spill_place(blob))?)
            }
        };
        read.map_err(|e| Fault::because(Kind::StoreDown, e))
    }

    /// The blob that a value was spilled into.
    pub(super) fn spill_of(
        &self,
        table: Table,
        key: &[u8],
        value: &[u8],
    ) -> Result<Option<BlobId>, Fault> {
        let value = &mut Zeroizing::new(value.to_vec());
        match self.form(table, key, value)? {
            Form::Inline(_) => Ok(None),
            Form::Spilled(blob) => Ok(Some(blob)),
        }
    }

    /// Opens a value where it stands.
    fn form<'a>(&self, table: Table, key: &[u8], value: &'a mut [u8]) -> Result<Form<'a>, Fault> {
        let plain = cipher::open_within(&self.cipher, &place(table, key), value)
            .map_err(|e| Fault::because(Kind::StoreDown, e))?;
        match plain.split_at_checked(2) {
            Some(([VERSION, INLINE], rest)) => Ok(Form::Inline(rest)),
            Some(([VERSION, SPILLED], rest)) => match rest.try_into() {
                Ok(name) => Ok(Form::Spilled(BlobId(name))),
                Err(_) => Err(down("a spilled value names no blob")),
            },
            _ => Err(down("a value of an unknown version")),
        }
    }

    /// Seals what `write` puts behind the bytes that it is given.
    fn seal(
        &self,
        table: Table,
        key: &[u8],
        kind: u8,
        write: impl FnOnce(Vec<u8>) -> postcard::Result<Vec<u8>>,
    ) -> Result<Vec<u8>, Fault> {
        let sealed = cipher::seal_written(&self.cipher, &place(table, key), USUAL, |mut out| {
            out.extend([VERSION, kind]);
            write(out)
        });
        sealed.map_err(|e| Fault::because(Kind::Internal, e))
    }

    /// Reads a small blob that is sealed as one value.
    pub(super) fn read_sealed(
        &self,
        blob: BlobId,
        key: &Key,
        place: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let reader = self.backend.open_blob(blob).map_err(io_fault)?;
        let len = usize::try_from(reader.len()).unwrap_or(usize::MAX);
        if len > MAX_SPILL {
            return Err(down("a sealed value is larger than any of ours"));
        }
        let mut sealed = vec![0; len];
        reader.read_exact_at(0, &mut sealed).map_err(io_fault)?;
        let plain = cipher::open(key, place, &sealed);
        plain
            .map(Zeroizing::new)
            .map_err(|e| Fault::because(Kind::StoreDown, e))
    }

    /// Writes a small blob that is sealed as one value.
    pub(super) fn write_sealed(
        &self,
        blob: BlobId,
        key: &Key,
        place: &[u8],
        plain: &[u8],
    ) -> Result<(), Fault> {
        let mut writer = self.backend.write_needed(blob).map_err(io_fault)?;
        writer
            .write_all(&cipher::seal(key, place, plain))
            .map_err(io_fault)?;
        writer.finish().map_err(io_fault)
    }

    /// Removes a blob nobody refers to any more. Failing leaves an orphan, which `sweep` finds.
    pub(super) fn discard(&self, blob: BlobId) {
        if let Err(error) = self.backend.drop_blob(blob) {
            tracing::warn!(%blob, %error, "a blob that is not needed any more could not be removed");
        }
    }
}

/// Far above the largest record (a thousand parts or recipients).
pub(super) const MAX_SPILL: usize = 16 * 1024 * 1024;

fn place(table: Table, key: &[u8]) -> Vec<u8> {
    [table.name().as_bytes(), b"\0", key].concat()
}

fn spill_place(blob: BlobId) -> Vec<u8> {
    [&b"spill\0"[..], &blob.0].concat()
}

/// Changes that become durable together.
pub(super) struct Change<'a> {
    values: &'a Values,
    batch: Batch,
    /// Written for this change; dropped if it fails.
    new_spills: Vec<BlobId>,
    /// Replaced by this change; dropped once it is durable.
    old_spills: Vec<BlobId>,
}

impl<'a> Change<'a> {
    pub(super) fn new(values: &'a Values) -> Self {
        Change {
            values,
            batch: Batch::default(),
            new_spills: Vec::new(),
            old_spills: Vec::new(),
        }
    }

    /// A value whose key must not exist.
    pub(super) fn create(
        &mut self,
        table: Table,
        key: &[u8],
        value: &impl Serialize,
    ) -> Result<(), Fault> {
        self.batch.absent.push((table, key.to_vec()));
        self.put(table, key, value)
    }

    /// A value in place of the one that may be there.
    pub(super) fn replace(
        &mut self,
        table: Table,
        key: &[u8],
        value: &impl Serialize,
    ) -> Result<(), Fault> {
        self.forget(table, key)?;
        self.put(table, key, value)
    }

    /// No value any more.
    pub(super) fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), Fault> {
        self.forget(table, key)?;
        self.batch.remove.push((table, key.to_vec()));
        Ok(())
    }

    fn forget(&mut self, table: Table, key: &[u8]) -> Result<(), Fault> {
        let old = self.values.raw(table, key)?;
        if let Some(old) = old.filter(|old| old.len() == SPILLED_LEN) {
            let spill = self.values.spill_of(table, key, &old)?;
            self.old_spills.extend(spill);
        }
        Ok(())
    }

    /// A value where there is none, or none so large that a blob would have to go with it.
    pub(super) fn put(
        &mut self,
        table: Table,
        key: &[u8],
        value: &impl Serialize,
    ) -> Result<(), Fault> {
        let whole = |out| postcard::to_extend(value, out);
        let mut sealed = self.values.seal(table, key, INLINE, whole)?;
        if sealed.len() > MAX_VALUE {
            let blob = self.spill(value)?;
            sealed = self.values.seal(table, key, SPILLED, |mut out| {
                out.extend(blob.0);
                Ok(out)
            })?;
        }
        self.batch.put.push((table, key.to_vec(), sealed));
        Ok(())
    }

    /// A value in a blob.
    fn spill(&mut self, value: &impl Serialize) -> Result<BlobId, Fault> {
        let plain = postcard::to_allocvec(value).map_err(|e| Fault::because(Kind::Internal, e))?;
        let (blob, plain) = (BlobId::fresh(), Zeroizing::new(plain));
        self.values
            .write_sealed(blob, &self.values.key, &spill_place(blob), &plain)?;
        self.new_spills.push(blob);
        Ok(blob)
    }

    /// A blob that was written for this change, and goes with it if it fails.
    pub(super) fn wrote(&mut self, blob: BlobId) {
        self.new_spills.push(blob);
    }

    /// True if blobs come or go with it.
    pub(super) fn has_spills(&self) -> bool {
        !(self.new_spills.is_empty() && self.old_spills.is_empty())
    }

    /// Makes it durable. What it replaced is gone then; if it certainly failed, what it wrote is gone.
    pub(super) fn commit(self) -> Result<(), BackendError> {
        let (values, batch, spills) = self.parts();
        spills.ended(values, values.backend.apply(batch))
    }

    /// The same without blocking. It is on its way when this returns, also for who does not wait for its end; until then `alone` lives. Of
    /// an end that nobody waits for, `sweep` finds what is not needed.
    pub(super) fn send(
        self,
        alone: Option<Alone>,
    ) -> impl Future<Output = Result<(), BackendError>> + Send + use<'a> {
        let (values, batch, spills) = self.parts();
        let receipt = values.backend.hand_over(batch, Box::new(alone));
        async move { spills.ended(values, receipt.await) }
    }

    fn parts(mut self) -> (&'a Values, Batch, Spills) {
        let spills = Spills {
            new: std::mem::take(&mut self.new_spills),
            old: std::mem::take(&mut self.old_spills),
        };
        (self.values, std::mem::take(&mut self.batch), spills)
    }
}

impl Drop for Change<'_> {
    /// A change that was not made leaves nothing.
    fn drop(&mut self) {
        let written = std::mem::take(&mut self.new_spills);
        written.iter().for_each(|blob| self.values.discard(*blob));
    }
}

/// The blobs of a change that is on its way. Which of them are needed is not known before it has ended.
struct Spills {
    new: Vec<BlobId>,
    old: Vec<BlobId>,
}

impl Spills {
    fn ended(self, values: &Values, done: Result<(), BackendError>) -> Result<(), BackendError> {
        let unneeded = match &done {
            Ok(()) => self.old,
            // Whether the index refers to the new ones is not known: `sweep` will see.
            Err(BackendError::Fatal(_)) => Vec::new(),
            Err(_) => self.new,
        };
        unneeded.iter().for_each(|blob| values.discard(*blob));
        done
    }
}
