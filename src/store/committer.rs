//! The committer: the only writer of the index. It joins what waits into one commit ([`super::trees`]) and one flush.
//!
//! Ten callers who share a flush wait a tenth as often; who comes while a commit is under way shares the next. A caller is answered when the
//! flush has returned. Any error ends the process ([`OnFatal`]), and so does a flush that does not return: sled may wait for ever
//! for a writer that failed.

use super::backend::{BackendError, Batch, Table};
use super::files::{Files, OnFatal};
use super::room::Room;
use super::trees::{Operation, Trees};
use crate::fault::crash;
use ::sled::Db;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What one commit takes at most.
const GROUP_BATCHES: usize = 64;
const GROUP_BYTES: usize = 256 << 10;
const FLUSH_LIMIT: Duration = Duration::from_secs(30);
/// Commits between two looks for blob files of sled's own.
const ALARM_EVERY: u64 = 1024;

/// Where an answer goes. Whoever waited for it may be gone; what it wanted is done.
pub(super) type Answer = Box<dyn FnOnce(Result<(), BackendError>) + Send>;

/// A batch on its way.
pub(super) struct Waiting {
    pub(super) batch: Batch,
    pub(super) answer: Answer,
}

/// The only writer of the index.
pub(super) struct Committer {
    pub(super) db: Db,
    pub(super) trees: Arc<Trees>,
    pub(super) files: Arc<Files>,
    pub(super) room: Arc<Room>,
    pub(super) index: PathBuf,
    pub(super) on_fatal: OnFatal,
    /// Since when a commit is under way.
    pub(super) flushing: Arc<Mutex<Option<Instant>>>,
    pub(super) commits: AtomicU64,
}

impl Committer {
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
            let full = self.room.check(0).err();
            let (group, refused) = split(group, full.is_some());
            for waiting in refused {
                let why = full.as_ref().map_or(String::new(), ToString::to_string);
                let why = io::Error::new(io::ErrorKind::StorageFull, why);
                (waiting.answer)(Err(BackendError::Full(why)));
            }
            if !group.is_empty() && !self.commit(group) {
                return;
            }
        }
    }

    /// One record, one flush, all answers. False if the store is not to be used any more.
    fn commit(&self, mut group: Vec<Waiting>) -> bool {
        // The writing too: it waits for the log when that is full.
        self.set_flushing(Some(Instant::now()));
        let done = self.write(&mut group).and_then(|taken| {
            crash::point("index/applied");
            self.db.flush().map_err(said)?;
            crash::point("index/flushed");
            self.set_flushing(None);
            Ok(taken)
        });
        match done {
            Ok(taken) => {
                for (waiting, taken) in group.into_iter().zip(taken) {
                    (waiting.answer)(match taken {
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
                    (waiting.answer)(Err(BackendError::Fatal(what.clone())));
                }
                false
            }
        }
    }

    /// Which batches were taken; the others found a key that must not exist.
    fn write(&self, group: &mut [Waiting]) -> Result<Vec<bool>, String> {
        let taken = self.takes(group)?;
        let all: Vec<Operation> = group
            .iter_mut()
            .zip(&taken)
            .filter(|(_, taken)| **taken)
            .flat_map(|(waiting, _)| operations(std::mem::take(&mut waiting.batch)))
            .collect();
        // Before any record that may refer to a blob.
        self.files.sync_names().map_err(|e| e.to_string())?;
        self.trees.write(&all)?;
        Ok(taken)
    }

    /// Of each batch, whether none of the keys that must not exist is there once those before it are done.
    fn takes(&self, group: &[Waiting]) -> Result<Vec<bool>, String> {
        let mut takes = Vec::with_capacity(group.len());
        // What the group makes and removes, before it is done.
        let mut made: HashMap<(Table, &[u8]), bool> = HashMap::new();
        for Waiting { batch, .. } in group {
            let mut free = true;
            for (table, key) in &batch.absent {
                let is_there = match made.get(&(*table, &key[..])) {
                    Some(is_there) => *is_there,
                    None => self.trees.get(*table, key).map_err(said)?.is_some(),
                };
                free &= !is_there;
            }
            if free && group.len() > 1 {
                made.extend(batch.remove.iter().map(|(t, key)| ((*t, &key[..]), false)));
                made.extend(batch.put.iter().map(|(t, key, _)| ((*t, &key[..]), true)));
            }
            takes.push(free);
        }
        Ok(takes)
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

fn said(error: ::sled::Error) -> String {
    error.to_string()
}

/// What is put wins over what is removed.
fn operations(batch: Batch) -> impl Iterator<Item = Operation> {
    let removed = batch.remove.into_iter().map(|(t, key)| (t, key, None));
    let put = batch
        .put
        .into_iter()
        .map(|(t, k, value)| (t, k, Some(value)));
    let all = removed.chain(put);
    all.map(|(table, key, value)| Operation { table, key, value })
}

/// Who came while the commit before was under way.
fn take_group(first: Waiting, waiting: &Receiver<Waiting>) -> Vec<Waiting> {
    let size =
        |w: &Waiting| -> usize { w.batch.put.iter().map(|(_, k, v)| k.len() + v.len()).sum() };
    let mut bytes = size(&first);
    let mut group = vec![first];
    while group.len() < GROUP_BATCHES && bytes < GROUP_BYTES {
        let Ok(next) = waiting.try_recv() else {
            break;
        };
        bytes += size(&next);
        group.push(next);
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
