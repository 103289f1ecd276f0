//! A backend in memory: for tests, and for commands that need a store and keep nothing.
//!
//! Promises what every backend does (`store::suite`) but durability.

use super::backend::{Backend, BackendError, Batch, Pair, Table, unless_missing};
use crate::transfer::{BlobId, BlobReader, BlobWriter};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Records and blobs in memory.
#[derive(Default)]
pub struct Memory {
    tables: Mutex<Tables>,
    blobs: Arc<Mutex<Blobs>>,
    forgets: bool,
}

type Tables = BTreeMap<(Table, Vec<u8>), Vec<u8>>;
type Blobs = HashMap<BlobId, (Arc<Blob>, i64)>;

/// A blob, or what is left of it.
#[derive(Default, Clone)]
struct Blob {
    bytes: Vec<u8>,
    len: u64,
}

/// A panic elsewhere leaves these maps whole: every change is one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Memory::default()
    }

    /// One that keeps of each blob its length and not a byte: for dry runs with mails of any size. Reading a blob fails.
    pub fn forgetful() -> Self {
        Memory {
            forgets: true,
            ..Memory::default()
        }
    }

    fn change_blob(&self, id: BlobId, change: impl FnOnce(&mut Blob)) -> io::Result<()> {
        let mut blobs = lock(&self.blobs);
        let (blob, _) = blobs.get_mut(&id).ok_or(io::ErrorKind::NotFound)?;
        change(Arc::make_mut(blob));
        Ok(())
    }

    /// Sets back the time at which a blob was written, for tests of what becomes old.
    pub fn age_blobs(&self, seconds: i64) {
        for (_, written) in lock(&self.blobs).values_mut() {
            *written -= seconds;
        }
    }
}

impl Backend for Memory {
    fn apply(&self, batch: Batch) -> Result<(), BackendError> {
        let mut tables = lock(&self.tables);
        if batch
            .absent
            .into_iter()
            .any(|key| tables.contains_key(&key))
        {
            return Err(BackendError::Exists);
        }
        for key in batch.remove {
            tables.remove(&key);
        }
        for (table, key, value) in batch.put {
            tables.insert((table, key), value);
        }
        Ok(())
    }

    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(lock(&self.tables).get(&(table, key.to_vec())).cloned())
    }

    fn scan(
        &self,
        table: Table,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, BackendError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let tables = lock(&self.tables);
        let range = tables.range((table, from.to_vec())..(table, to.to_vec()));
        Ok(range
            .take(limit)
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }

    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        Ok(Box::new(Writer {
            id,
            blob: Blob::default(),
            forgets: self.forgets,
            blobs: self.blobs.clone(),
        }))
    }

    fn end_blob(&self, id: BlobId, behind: &[u8]) -> io::Result<()> {
        let forgets = self.forgets;
        self.change_blob(id, |blob| {
            blob.len += behind.len() as u64;
            if !forgets {
                blob.bytes.extend_from_slice(behind);
            }
        })
    }

    fn cut_blob(&self, id: BlobId, len: u64) -> io::Result<()> {
        let cut = self.change_blob(id, |blob| {
            blob.len = blob.len.min(len);
            blob.bytes
                .truncate(usize::try_from(len).unwrap_or(usize::MAX));
        });
        cut.or_else(unless_missing)
    }

    fn open_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobReader>> {
        match lock(&self.blobs).get(&id) {
            Some((bytes, _)) => Ok(Box::new(Reader(bytes.clone()))),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn drop_blob(&self, id: BlobId) -> io::Result<()> {
        lock(&self.blobs).remove(&id);
        Ok(())
    }

    fn blobs(&self) -> io::Result<Vec<(BlobId, i64)>> {
        Ok(lock(&self.blobs)
            .iter()
            .map(|(id, (_, written))| (*id, *written))
            .collect())
    }
}

struct Writer {
    id: BlobId,
    blob: Blob,
    forgets: bool,
    blobs: Arc<Mutex<Blobs>>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.blob.len += bytes.len() as u64;
        if !self.forgets {
            self.blob.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BlobWriter for Writer {
    fn finish(self: Box<Self>) -> io::Result<()> {
        let written = jiff::Timestamp::now().as_second();
        lock(&self.blobs).insert(self.id, (Arc::new(self.blob), written));
        Ok(())
    }

    fn reader(&self) -> io::Result<Box<dyn BlobReader>> {
        Ok(Box::new(Reader(Arc::new(self.blob.clone()))))
    }
}

struct Reader(Arc<Blob>);

impl BlobReader for Reader {
    fn len(&self) -> u64 {
        self.0.len
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = from
            .checked_add(out.len())
            .and_then(|to| self.0.bytes.get(from..to));
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgetful_one_keeps_lengths_and_no_byte() {
        let memory = Memory::forgetful();
        let id = BlobId::fresh();
        let mut writer = memory.write_blob(id).expect("it takes it");
        writer.write_all(b"secret").expect("it takes it");
        writer.finish().expect("it takes it");
        let reader = memory.open_blob(id).expect("it knows it");
        assert_eq!(reader.len(), 6);
        assert!(reader.read_exact_at(0, &mut [0]).is_err());
    }

    #[test]
    fn memory_passes_the_suite() {
        super::super::suite::run(|| Box::new(Memory::new()));
    }
}
