//! The embedded backend: records in sled, blobs in files, for one process on one machine.
//!
//! ```text
//! lock       held while the store is open        blobs/kept/  blobs (super::files)
//! index/     sled                                ballast      thrown off when the disk is full (super::room)
//! ```
//!
//! sled 0.34.7 keeps its promises only if it is used as follows, and every point has its measurement: the system call filter
//! ([`super::filter`]) before it is opened; segments of 4 MiB and values of at most 16 KiB, since larger leaves go to files that it never
//! syncs (an alarm looks for them); one writer that joins what waits into one record and one flush ([`super::committer`], [`super::trees`]); a flusher every
//! 500 ms, which alone drives its cleaner; no compression.
//! Fails: below the reserve with `Full` before anything is written. Any error inside a commit leaves unknown what is on disk: the
//! process ends, and the next start finds out. A flush that does not return for 30 seconds counts as one.

use super::backend::{Backend, BackendError, Batch, MAX_KEY, MAX_VALUE, Pair, Receipt, Table};
use super::committer::{Answer, Committer, Waiting};
use super::disk::{Disk, Real};
use super::files::{Files, OnFatal};
use super::filter;
use super::room::Room;
use super::trees::Trees;
use crate::fault::{Fault, Kind};
use crate::transfer::{BlobId, BlobReader, BlobWriter};
use ::sled::{Config, Db};
use rustix::fs::{FlockOperation, flock};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Stored in the database at its creation; can never be changed for it.
const SEGMENT: usize = 4 << 20;
/// How the embedded store behaves. The defaults are for production.
pub struct Options {
    /// Memory for sled's pages, in bytes.
    pub cache: u64,
    /// Below so many free bytes nothing new is taken in.
    pub reserve: u64,
    /// Size of the ballast file in bytes.
    pub ballast: u64,
    /// What ends the process when a sync failed.
    pub on_fatal: OnFatal,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            // Full, it is twice as much in memory: 36 MB more with 32 MiB, from 35 000 transfers on. What is not in it is read from the
            // system's cache, which costs some processor time.
            cache: 4 << 20,
            reserve: 64 << 20,
            ballast: 64 << 20,
            on_fatal: Arc::new(|what| {
                tracing::error!("{what}; ending, the next start will see what is on disk");
                // EX_IOERR. Nothing is unwound: nothing more may be written.
                std::process::exit(74)
            }),
        }
    }
}

/// The cause of a [`Fault`]: another process has the store in this folder.
#[derive(Debug)]
pub struct InUse(PathBuf);

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.0.display();
        write!(f, "another process has it open: the store in {folder}")
    }
}

impl std::error::Error for InUse {}

/// The embedded store.
pub struct Embedded {
    trees: Arc<Trees>,
    files: Arc<Files>,
    room: Arc<Room>,
    /// Batches on their way to the committer; taken out to end it.
    queue: Mutex<Option<Sender<Waiting>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    db: Db,
    /// Released last.
    _lock: File,
}

impl Embedded {
    /// Opens or makes a store in a folder.
    pub fn open(folder: &Path, options: Options) -> Result<Self, Fault> {
        filter::install().map_err(|what| Fault::because(Kind::StoreDown, what))?;
        let store_down = |error: io::Error| Fault::because(Kind::StoreDown, error);
        let existed = make_folders(folder).map_err(store_down)?;
        let lock = lock(folder)?;
        let room = Arc::new(Room::new(folder, options.reserve, options.ballast));
        room.make().map_err(store_down)?;
        let index = folder.join("index");
        let (db, trees) = open_index(&index, options.cache)?;
        let trees = Arc::new(trees);
        sync_all(&index, &existed).map_err(store_down)?;
        room.restore();
        let blobs = folder.join("blobs");
        let files = Files::open(
            Arc::new(Real),
            &blobs,
            room.clone(),
            options.on_fatal.clone(),
        );
        let files = Arc::new(files.map_err(store_down)?);
        Real.sync_folder(folder).map_err(store_down)?;
        let (queue, waiting) = mpsc::channel();
        let committer = Committer {
            db: db.clone(),
            trees: trees.clone(),
            files: files.clone(),
            room: room.clone(),
            index,
            on_fatal: options.on_fatal,
            flushing: Arc::default(),
            commits: Default::default(),
        };
        let threads = committer.start(waiting).map_err(store_down)?;
        Ok(Embedded {
            trees,
            files,
            room,
            queue: Mutex::new(Some(queue)),
            threads: Mutex::new(threads),
            db,
            _lock: lock,
        })
    }

    /// Puts a batch into the queue. On an error it is in none, and never will be.
    fn queue(&self, batch: Batch, answer: Answer) -> Result<(), BackendError> {
        check_sizes(&batch)?;
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or_else(gone)?;
        queue.send(Waiting { batch, answer }).map_err(|_| gone())
    }
}

fn gone() -> BackendError {
    BackendError::Fatal("the committer has ended".into())
}

impl Backend for Embedded {
    fn apply(&self, batch: Batch) -> Result<(), BackendError> {
        let (answer, wait) = mpsc::sync_channel(1);
        // Nobody but this thread ends the waiting, so somebody is there.
        let answer = move |done| drop(answer.send(done));
        self.queue(batch, Box::new(answer))?;
        wait.recv().unwrap_or_else(|_| Err(gone()))
    }

    fn hand_over(&self, batch: Batch, meanwhile: Box<dyn Send>) -> Receipt {
        let (answer, receipt) = oneshot::channel();
        let answer = move |done| {
            drop(meanwhile);
            drop(answer.send(done));
        };
        let queued = self.queue(batch, Box::new(answer));
        Box::pin(async {
            queued?;
            receipt.await.unwrap_or_else(|_| Err(gone()))
        })
    }

    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        self.trees.get(table, key).map_err(damaged)
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
        self.trees.scan(table, from, to, limit).map_err(damaged)
    }

    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.files.write(id)
    }

    fn write_needed(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.files.write_needed(id)
    }

    fn end_blob(&self, id: BlobId, behind: &[u8]) -> io::Result<()> {
        self.files.end(id, behind)
    }

    fn cut_blob(&self, id: BlobId, len: u64) -> io::Result<()> {
        self.files.cut(id, len)
    }

    fn room_for(&self, bytes: u64) -> io::Result<()> {
        self.room.check(bytes)
    }

    fn open_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobReader>> {
        self.files.read(id)
    }

    fn blob_len(&self, id: BlobId) -> io::Result<u64> {
        self.files.len(id)
    }

    fn drop_blob(&self, id: BlobId) -> io::Result<()> {
        self.files.remove(id)
    }

    fn blobs(&self) -> io::Result<Vec<(BlobId, i64)>> {
        self.files.list()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // A panic in there was answered there.
            let _ = thread.join();
        }
        // Everything acknowledged is on disk already; this only saves the next start some work.
        let _ = self.db.flush();
    }
}

/// Makes the folders; gives back every folder up to the first that was there before: their entries must be synced.
fn make_folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut to_sync = Vec::new();
    for ancestor in folder.ancestors().filter(|a| !a.as_os_str().is_empty()) {
        to_sync.push(ancestor.to_owned());
        if ancestor.is_dir() {
            break;
        }
    }
    for missing in to_sync.iter().rev() {
        Real.make_folder(missing)?;
    }
    Ok(to_sync)
}

/// One process per folder (T75).
fn lock(folder: &Path) -> Result<File, Fault> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(folder.join("lock"))
        .map_err(|e| Fault::because(Kind::StoreDown, e))?;
    let take = || flock(&file, FlockOperation::NonBlockingLockExclusive);
    let taken = |done: &rustix::io::Result<()>| *done == Err(rustix::io::Errno::WOULDBLOCK);
    unless_soon(take, taken).map_err(|error| match error {
        rustix::io::Errno::WOULDBLOCK => Fault::because(Kind::StoreDown, InUse(folder.to_owned())),
        other => Fault::because(
            Kind::StoreDown,
            format!(
                "the store in {} cannot be locked: {other}",
                folder.display()
            ),
        ),
    })?;
    Ok(file)
}

/// Tries for two seconds: a start right behind a stop finds that the last task of the one before has not ended yet.
fn unless_soon<T>(mut open: impl FnMut() -> T, is_taken: impl Fn(&T) -> bool) -> T {
    let mut opened = open();
    for _ in 0..40 {
        if !is_taken(&opened) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        opened = open();
    }
    opened
}

/// sled answers some damage with a panic instead of an error.
fn open_index(index: &Path, cache: u64) -> Result<(Db, Trees), Fault> {
    let open = || -> ::sled::Result<(Db, Trees)> {
        let db = Config::new()
            .path(index)
            .segment_size(SEGMENT)
            .flush_every_ms(Some(500))
            .use_compression(false)
            .cache_capacity(cache)
            .open()?;
        // The trees themselves are durable before the first record is.
        let trees = Trees::open(&db)?;
        db.flush()?;
        Ok((db, trees))
    };
    // Our own lock says that nobody else has it; sled gives its own up a moment after its last handle is dropped.
    let is_taken = |opened: &std::thread::Result<::sled::Result<(Db, Trees)>>| {
        let Ok(Err(::sled::Error::Io(error))) = opened else {
            return false;
        };
        error.to_string().contains("could not acquire lock")
    };
    match unless_soon(|| catch_unwind(open), is_taken) {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(::sled::Error::Io(error))) => Err(Fault::because(Kind::StoreDown, error)),
        Ok(Err(error)) => Err(Fault::because(Kind::StoreDown, error)),
        Err(_) => Err(Fault::because(
            Kind::StoreDown,
            "the index is damaged; `store rebuild` makes a new one from the manifests",
        )),
    }
}

/// sled syncs neither its folder nor its own small files.
fn sync_all(index: &Path, folders: &[PathBuf]) -> io::Result<()> {
    for entry in fs::read_dir(index)? {
        let path = entry?.path();
        if path.is_file() {
            File::open(&path)?.sync_all()?;
        } else {
            Real.sync_folder(&path)?;
        }
    }
    Real.sync_folder(index)?;
    folders
        .iter()
        .try_for_each(|folder| Real.sync_folder(folder))
}

fn check_sizes(batch: &Batch) -> Result<(), BackendError> {
    let large = |(_, key, value): &(Table, Vec<u8>, Vec<u8>)| {
        key.len() > MAX_KEY || value.len() > MAX_VALUE
    };
    match batch.put.iter().find(|put| large(put)) {
        Some((table, ..)) => Err(BackendError::Damaged(format!(
            "a record for {} is larger than a record may be",
            table.name()
        ))),
        None => Ok(()),
    }
}

fn damaged(error: ::sled::Error) -> BackendError {
    BackendError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(reserve: u64) -> Options {
        Options {
            cache: 8 << 20,
            reserve,
            ballast: 0,
            on_fatal: Arc::new(|what| panic!("{what}")),
        }
    }

    fn open(folder: &Path) -> Embedded {
        Embedded::open(folder, options(0)).expect("opens")
    }

    fn put(key: &[u8], value: Vec<u8>) -> Batch {
        Batch {
            put: vec![(Table::Tickets, key.to_vec(), value)],
            ..Batch::default()
        }
    }

    #[test]
    fn sled_passes_the_suite() {
        let folders = tempfile::tempdir().expect("a folder");
        super::super::suite::run(|| {
            Box::new(open(&folders.path().join(BlobId::fresh().to_string())))
        });
    }

    #[test]
    fn what_was_applied_is_there_after_a_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b");
        let store = open(&path);
        store.apply(put(b"k", vec![7; MAX_VALUE])).expect("applies");
        drop(store);
        let store = open(&path);
        let value = store.read(Table::Tickets, b"k").expect("reads");
        assert_eq!(value, Some(vec![7; MAX_VALUE]));
    }

    #[test]
    fn a_second_process_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let _first = open(folder.path());
        let refused = Embedded::open(folder.path(), options(0)).err();
        let why = refused.expect("is refused").to_string();
        assert!(why.contains("another process has it open"), "{why}");
    }

    #[test]
    fn who_waits_for_a_commit_keeps_nobody_from_joining_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path());
        // A committer that answers nobody until both are there.
        let (queue, waiting) = mpsc::channel::<Waiting>();
        *store.queue.lock().expect("nobody panicked") = Some(queue);
        std::thread::scope(|scope| {
            for key in [b"a", b"b"] {
                let store = &store;
                scope.spawn(move || store.apply(put(key, vec![1])).expect("is answered"));
            }
            let soon = std::time::Duration::from_secs(10);
            let group: Vec<_> = (0..2).map(|_| waiting.recv_timeout(soon)).collect();
            let came = group.iter().filter(|one| one.is_ok()).count();
            for one in group.into_iter().flatten() {
                (one.answer)(Ok(()));
            }
            drop(waiting);
            assert_eq!(came, 2, "the second waits for the first one's flush");
        });
    }

    #[test]
    fn a_batch_is_whole_or_not_there_wherever_its_log_is_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path());
        for n in 1..=40u8 {
            let of = |n: u8, part: u8| (Table::Tickets, vec![n, part]);
            let batch = Batch {
                absent: vec![of(n, 0)],
                put: (0..5)
                    .map(|part| (of(n, part).0, of(n, part).1, vec![n; 300]))
                    .collect(),
                remove: vec![of(n - 1, 4)],
            };
            store.apply(batch).expect("applies");
        }
        drop(store);
        let len = fs::metadata(folder.path().join("index/db"))
            .expect("is there")
            .len();
        let mut seen = std::collections::BTreeSet::new();
        for step in 0..8 {
            let cut = tempfile::tempdir().expect("a folder");
            fs::create_dir(cut.path().join("index")).expect("makes");
            for name in ["conf", "db"] {
                let name = Path::new("index").join(name);
                fs::copy(folder.path().join(&name), cut.path().join(&name)).expect("copies");
            }
            let db = OpenOptions::new()
                .write(true)
                .open(cut.path().join("index/db"));
            db.expect("opens")
                .set_len(len - 1 - step * 30_011)
                .expect("cuts");
            let store = open(cut.path());
            let parts = |n: u8| {
                let found = store.scan(Table::Tickets, &[n, 0], &[n, 9], 9);
                found.expect("reads").len()
            };
            let last = (1..=40u8).rev().find(|n| parts(*n) > 0).unwrap_or(0);
            for n in 1..=40 {
                let whole = if n < last { 4 } else { 5 };
                let expected = if n > last { 0 } else { whole };
                assert_eq!(parts(n), expected, "{n} of {last}, cut {step}");
            }
            seen.insert(last);
        }
        assert!(seen.len() > 5, "the cuts hit only {seen:?}");
    }

    #[test]
    fn large_values_are_refused_and_many_allowed_ones_make_no_blob_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path());
        assert!(store.apply(put(b"k", vec![7; MAX_VALUE + 1])).is_err());
        for n in 0..200u8 {
            store.apply(put(&[n], vec![n; MAX_VALUE])).expect("applies");
        }
        let blobs = fs::read_dir(folder.path().join("index/blobs")).expect("a folder");
        assert_eq!(blobs.count(), 0);
    }

    #[test]
    fn with_little_room_nothing_new_is_taken_and_old_things_can_go() {
        let folder = tempfile::tempdir().expect("a folder");
        open(folder.path())
            .apply(put(b"k", vec![1]))
            .expect("applies");
        let store = Embedded::open(folder.path(), options(u64::MAX)).expect("opens");
        let new = Batch {
            absent: vec![(Table::Tickets, b"new".to_vec())],
            ..put(b"new", vec![1])
        };
        assert!(matches!(store.apply(new), Err(BackendError::Full(_))));
        let old = Batch {
            remove: vec![(Table::Tickets, b"k".to_vec())],
            ..Batch::default()
        };
        store.apply(old).expect("goes on");
        assert_eq!(store.read(Table::Tickets, b"k").expect("reads"), None);
    }

    #[test]
    fn a_damaged_index_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path());
        for n in 0..100u8 {
            store.apply(put(&[n], vec![n; 9000])).expect("applies");
        }
        drop(store);
        let db = folder.path().join("index/db");
        let mut bytes = fs::read(&db).expect("reads");
        let len = bytes.len();
        bytes[..len / 2].iter_mut().for_each(|b| *b ^= 0x55);
        fs::write(&db, bytes).expect("writes");
        // Whether sled says so, panics or opens with less: no panic comes out.
        let opened = Embedded::open(folder.path(), options(0));
        let all = |s: &Embedded| s.scan(Table::Tickets, b"", &[0xff; 9], 999);
        let whole = opened.is_ok_and(|s| all(&s).is_ok_and(|pairs| pairs.len() == 100));
        assert!(!whole, "this is not the damage that was meant");
    }
}
