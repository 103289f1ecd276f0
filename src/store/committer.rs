//! The committer: the only writer of the index. It joins what waits into one transaction and one flush.
//!
//! sled syncs about twice for a transaction, so that ten callers who share one wait a tenth as often. A caller is answered when the
//! flush has returned. Any error ends the process ([`OnFatal`]), and so does a flush that does not return: sled may wait for ever
//! for a writer that failed.

use super::backend::{BackendError, Batch, Table};
use super::files::OnFatal;
use super::room::Room;
use crate::fault::crash;
use ::sled::transaction::{ConflictableTransactionError, TransactionalTree};
use ::sled::{Db, Transactional, Tree};
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What one transaction takes at most.
const GROUP_BATCHES: usize = 64;
const GROUP_BYTES: usize = 256 << 10;
const FLUSH_LIMIT: Duration = Duration::from_secs(30);
/// Commits between two looks for blob files of sled's own.
const ALARM_EVERY: u64 = 1024;

/// A batch on its way, and where its answer goes.
pub(super) struct Waiting {
    pub(super) batch: Batch,
    pub(super) answer: SyncSender<Result<(), BackendError>>,
}

/// One tree per table.
#[derive(Clone)]
pub(super) struct Trees(pub(super) Vec<Tree>);

impl Trees {
    pub(super) fn of(&self, table: Table) -> &Tree {
        &self.0[position(table)]
    }
}

fn position(table: Table) -> usize {
    Table::ALL
        .iter()
        .position(|t| *t == table)
        .expect("ALL has every table")
}

/// The only writer of the index.
pub(super) struct Committer {
    db: Db,
    trees: Trees,
    room: Arc<Room>,
    index: PathBuf,
    on_fatal: OnFatal,
    /// Since when a commit is under way.
    flushing: Arc<Mutex<Option<Instant>>>,
    commits: AtomicU64,
}

impl Committer {
    pub(super) fn new(
        db: Db,
        trees: Trees,
        room: Arc<Room>,
        index: PathBuf,
        on_fatal: OnFatal,
    ) -> Self {
        Committer {
            db,
            trees,
            room,
            index,
            on_fatal,
            flushing: Arc::default(),
            commits: AtomicU64::new(0),
        }
    }

    /// Starts its thread and the watchdog's. Both end when nobody can send any more.
    pub(super) fn start(self, waiting: Receiver<Waiting>) -> io::Result<Vec<JoinHandle<()>>> {
        let (alive, dead) = mpsc::channel::<()>();
        let (flushing, on_fatal) = (self.flushing.clone(), self.on_fatal.clone());
        let watchdog = std::thread::Builder::new()
            .name("store-watchdog".into())
            .spawn(move || watch(&dead, &flushing, &on_fatal))?;
        let committer = std::thread::Builder::new()
            .name("store-committer".into())
            .spawn(move || {
                let _alive = alive;
                let run = AssertUnwindSafe(|| self.run(&waiting));
                if catch_unwind(run).is_err() {
                    (self.on_fatal)("a commit panicked");
                }
            })?;
        Ok(vec![committer, watchdog])
    }

    fn run(&self, waiting: &Receiver<Waiting>) {
        while let Ok(first) = waiting.recv() {
            let group = take_group(first, waiting);
            if let Err(error) = self.room.make() {
                tracing::error!(%error, "the ballast could not be removed");
            }
            let full = self.room.check().err();
            let (group, refused) = split(group, full.is_some());
            for waiting in refused {
                let why = full.as_ref().map_or(String::new(), ToString::to_string);
                let why = io::Error::new(io::ErrorKind::StorageFull, why);
                let _ = waiting.answer.send(Err(BackendError::Full(why)));
            }
            if !group.is_empty() && !self.commit(group) {
                return;
            }
        }
    }

    /// One transaction, one flush, all answers. False if the store is not to be used any more.
    fn commit(&self, group: Vec<Waiting>) -> bool {
        // The transaction too: it waits for the log when that is full.
        self.set_flushing(Some(Instant::now()));
        let done = self.transact(&group).and_then(|taken| {
            crash::point("index/applied");
            self.db.flush().map_err(|e| e.to_string())?;
            crash::point("index/flushed");
            self.set_flushing(None);
            Ok(taken)
        });
        match done {
            Ok(taken) => {
                for (waiting, taken) in group.into_iter().zip(taken) {
                    // Whoever waited may be gone; what it wanted is done.
                    let _ = waiting.answer.send(match taken {
                        true => Ok(()),
                        false => Err(BackendError::Exists),
                    });
                }
                crash::point("index/answered");
                self.look_for_blob_files();
                true
            }
            Err(what) => {
                (self.on_fatal)(&format!("the index could not be written: {what}"));
                for waiting in group {
                    let _ = waiting.answer.send(Err(BackendError::Fatal(what.clone())));
                }
                false
            }
        }
    }

    /// Which batches were taken; the others found a key that must not exist.
    fn transact(&self, group: &[Waiting]) -> Result<Vec<bool>, String> {
        self.trees.0[..]
            .transaction(|trees| {
                let mut taken = Vec::with_capacity(group.len());
                for waiting in group {
                    taken.push(apply_one(trees, &waiting.batch)?);
                }
                Ok::<_, ConflictableTransactionError<()>>(taken)
            })
            .map_err(|error| format!("{error:?}"))
    }

    fn set_flushing(&self, since: Option<Instant>) {
        *self.flushing.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// Values are kept small so that sled never makes any; they would not survive a power cut.
    fn look_for_blob_files(&self) {
        if !self
            .commits
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(ALARM_EVERY)
        {
            return;
        }
        self.room.restore();
        let any = fs::read_dir(self.index.join("blobs")).is_ok_and(|mut dir| dir.next().is_some());
        if any {
            tracing::error!(
                "the index has blob files of its own, which no sync covers; rebuild it"
            );
        }
    }
}

fn apply_one(
    trees: &[TransactionalTree],
    batch: &Batch,
) -> Result<bool, ConflictableTransactionError<()>> {
    let tree = |table: Table| &trees[position(table)];
    for (table, key) in &batch.absent {
        if tree(*table).get(key)?.is_some() {
            return Ok(false);
        }
    }
    for (table, key) in &batch.remove {
        tree(*table).remove(&key[..])?;
    }
    for (table, key, value) in &batch.put {
        tree(*table).insert(&key[..], &value[..])?;
    }
    Ok(true)
}

fn take_group(first: Waiting, waiting: &Receiver<Waiting>) -> Vec<Waiting> {
    let size =
        |w: &Waiting| -> usize { w.batch.put.iter().map(|(_, k, v)| k.len() + v.len()).sum() };
    let mut bytes = size(&first);
    let mut group = vec![first];
    while group.len() < GROUP_BATCHES && bytes < GROUP_BYTES {
        match waiting.try_recv() {
            Ok(next) => {
                bytes += size(&next);
                group.push(next);
            }
            Err(_) => break,
        }
    }
    group
}

/// When there is little room, what makes something new is refused; what changes or removes goes on.
fn split(group: Vec<Waiting>, full: bool) -> (Vec<Waiting>, Vec<Waiting>) {
    group
        .into_iter()
        .partition(|waiting| !full || waiting.batch.absent.is_empty())
}

fn watch(dead: &Receiver<()>, flushing: &Mutex<Option<Instant>>, on_fatal: &OnFatal) {
    while dead.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
        let since = *flushing.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_some_and(|since| since.elapsed() > FLUSH_LIMIT) {
            on_fatal("a sync does not return");
            return;
        }
    }
}
