//! A backend that breaks: the n-th call that writes fails, and so do all after it, as with a disk that is gone.
//!
//! For tests: a loop over n walks through every point at which a line can be cut. Reads go on, so that a test can look at what is left.
//! It can be slow too ([`Faulty::stall`]): what is handed over is on its way as long as a test wants.

use super::backend::{Backend, BackendError, Batch, Pair, Receipt, Table};
use crate::transfer::{BlobId, BlobReader, BlobWriter};
use std::future::ready;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot::{self, Sender};

/// Another backend, and in how many writing calls it breaks.
pub struct Faulty {
    inner: Arc<dyn Backend>,
    left: Arc<AtomicU64>,
    stalled: Mutex<Stalled>,
    scanned: AtomicU64,
}

/// Batches on their way.
#[derive(Default)]
struct Stalled {
    /// So many are handed over before the first that stays on its way, if any does.
    before: Option<u64>,
    here: Vec<OnItsWay>,
}

struct OnItsWay {
    batch: Batch,
    meanwhile: Box<dyn Send>,
    answer: Sender<Result<(), BackendError>>,
}

impl Faulty {
    /// The `nth` writing call fails, counted from one; a blob counts when it is started and when it is finished.
    pub fn new(inner: Arc<dyn Backend>, nth: u64) -> Self {
        Faulty {
            inner,
            left: Arc::new(AtomicU64::new(nth)),
            stalled: Mutex::default(),
            scanned: AtomicU64::new(0),
        }
    }

    /// How many records scans have read.
    pub fn scanned(&self) -> u64 {
        self.scanned.load(Ordering::SeqCst)
    }

    /// The `nth` batch that is handed over from now on, counted from one, stays on its way, and so do all after it.
    pub fn stall(&self, nth: u64) {
        self.stalled().before = Some(nth.saturating_sub(1));
    }

    /// How many batches are on their way.
    pub fn on_their_way(&self) -> usize {
        self.stalled().here.len()
    }

    /// What is on its way arrives, and nothing stays there any more.
    pub fn go_on(&self) {
        let arrived = std::mem::take(&mut *self.stalled()).here;
        for one in arrived {
            let done = self.apply(one.batch);
            drop(one.meanwhile);
            // Whoever waited for it may be gone.
            drop(one.answer.send(done));
        }
    }

    fn stalled(&self) -> MutexGuard<'_, Stalled> {
        self.stalled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The `nth` writing call from now on fails, counted from one, and so do all after it.
    pub fn fail_at(&self, nth: u64) {
        self.left.store(nth, Ordering::SeqCst);
    }

    /// The disk is back: everything works again, for good.
    pub fn mend(&self) {
        self.left.store(u64::MAX, Ordering::SeqCst);
    }

    /// True once a call has failed, until it is mended.
    pub fn has_failed(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }
}

/// Counts one call: the one that takes the counter to zero fails, and so do all that find it there.
fn granted(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
        .is_ok_and(|before| before > 1)
}

fn gone() -> io::Error {
    io::Error::other("this disk is gone, as the test wants it")
}

impl Backend for Faulty {
    fn apply(&self, batch: Batch) -> Result<(), BackendError> {
        if granted(&self.left) {
            self.inner.apply(batch)
        } else {
            Err(BackendError::Fatal(gone().to_string()))
        }
    }

    fn hand_over(&self, batch: Batch, meanwhile: Box<dyn Send>) -> Receipt {
        let mut stalled = self.stalled();
        match &mut stalled.before {
            Some(0) => {
                let (answer, receipt) = oneshot::channel();
                stalled.here.push(OnItsWay {
                    batch,
                    meanwhile,
                    answer,
                });
                let gone = || Err(BackendError::Fatal(gone().to_string()));
                return Box::pin(async move { receipt.await.unwrap_or_else(|_| gone()) });
            }
            Some(before) => *before -= 1,
            None => {}
        }
        drop(stalled);
        match granted(&self.left) {
            true => self.inner.hand_over(batch, meanwhile),
            false => Box::pin(ready(Err(BackendError::Fatal(gone().to_string())))),
        }
    }

    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        self.inner.read(table, key)
    }

    fn scan(
        &self,
        table: Table,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, BackendError> {
        let found = self.inner.scan(table, from, to, limit)?;
        self.scanned.fetch_add(found.len() as u64, Ordering::SeqCst);
        Ok(found)
    }

    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        if !granted(&self.left) {
            return Err(gone());
        }
        Ok(Box::new(Writer {
            inner: self.inner.write_blob(id)?,
            left: self.left.clone(),
        }))
    }

    fn end_blob(&self, id: BlobId, behind: &[u8]) -> io::Result<()> {
        match granted(&self.left) {
            true => self.inner.end_blob(id, behind),
            false => Err(gone()),
        }
    }

    fn cut_blob(&self, id: BlobId, len: u64) -> io::Result<()> {
        match granted(&self.left) {
            true => self.inner.cut_blob(id, len),
            false => Err(gone()),
        }
    }

    fn open_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobReader>> {
        self.inner.open_blob(id)
    }

    fn drop_blob(&self, id: BlobId) -> io::Result<()> {
        if granted(&self.left) {
            self.inner.drop_blob(id)
        } else {
            Err(gone())
        }
    }

    fn blobs(&self) -> io::Result<Vec<(BlobId, i64)>> {
        self.inner.blobs()
    }
}

struct Writer {
    inner: Box<dyn BlobWriter>,
    left: Arc<AtomicU64>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl BlobWriter for Writer {
    fn finish(self: Box<Self>) -> io::Result<()> {
        if granted(&self.left) {
            self.inner.finish()
        } else {
            Err(gone())
        }
    }

    fn leave(self: Box<Self>) -> io::Result<()> {
        match granted(&self.left) {
            true => self.inner.leave(),
            false => Err(gone()),
        }
    }

    fn reader(&self) -> io::Result<Box<dyn BlobReader>> {
        self.inner.reader()
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::Memory;
    use super::*;

    #[test]
    fn without_a_fault_it_passes_the_suite() {
        super::super::suite::run(|| Box::new(Faulty::new(Arc::new(Memory::new()), u64::MAX)));
    }

    #[test]
    fn from_the_nth_call_on_every_write_fails() {
        let faulty = Faulty::new(Arc::new(Memory::new()), 3);
        let put = |key: &[u8]| {
            faulty.apply(Batch {
                put: vec![(Table::Meta, key.to_vec(), vec![1])],
                ..Batch::default()
            })
        };
        assert!(put(b"a").is_ok() && put(b"b").is_ok() && !faulty.has_failed());
        assert!(put(b"c").is_err() && put(b"d").is_err() && faulty.has_failed());
        assert!(faulty.write_blob(BlobId::fresh()).is_err());
        assert_eq!(faulty.read(Table::Meta, b"c").expect("reads go on"), None);
    }
}
