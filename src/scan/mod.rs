//! Scan: reads strangers' files in processes of their own, so that a bomb, a hang or a crash costs one file and nobody else anything.
//!
//! A [`Pool`] is a `Reader` of `mail::content`. Promises: every file ends, at the latest a little after its time; what the process does
//! besides answering (dies, hangs, eats memory, talks nonsense) is `Unreadable`; a process is used for a few files and not one after a
//! failure; files that take long do not keep the quick ones waiting (they move to places of their own). Needs no runtime.
//! Leaves to others: reading (`decide::extract`, run inside by the command line), what an unreadable file means (policy).
//! It fails only if the file's bytes cannot be had here.

mod cage;
pub mod child;
mod frames;
mod process;

pub use cage::MEMORY;
pub use frames::Task;
pub use process::COMMAND;

use crate::mail::content::{Job, Piece, Reader, Sink, Unreadable};
use frames::Order;
use process::{Ended, Process};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender, SyncSender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};

/// A process reads so many files at most: whoever takes it over can lie about those, and no others.
const FILES: u32 = 50;
/// And so many bytes, because freed memory stays with it.
const BYTES: u64 = 64 << 20;
/// After so long a file is not a quick one.
const QUICK: Duration = Duration::from_secs(1);
/// A process may speak so long after its time: it ends by itself, with what it has.
const GRACE: Duration = Duration::from_millis(500);

/// What one file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_bytes: u64,
    /// Containers in containers.
    pub max_depth: u32,
    /// Until it is read.
    pub max_time: Duration,
    /// Quick files read at the same time, and as many slow ones.
    pub processes: usize,
}

/// Processes that read.
pub struct Pool {
    limits: Limits,
    places: Mutex<Places>,
    freed: Condvar,
    /// Starts processes. They die with the *thread* that started them (`PR_SET_PDEATHSIG`), and sessions' threads come and go.
    nursery: Mutex<Sender<SyncSender<Result<Process, String>>>>,
}

#[derive(Default)]
struct Places {
    idle: Vec<Process>,
    quick: usize,
    slow: usize,
}

impl Pool {
    /// Starts nothing yet. `program` is this program's file; `/proc/self/exe` stays the same one while a newer is installed.
    pub fn new(program: PathBuf, limits: Limits) -> io::Result<Pool> {
        let (nursery, asked) = mpsc::channel::<SyncSender<Result<Process, String>>>();
        // All files of one process, and the last began before its time was over.
        let life = limits.max_time * 2;
        std::thread::Builder::new()
            .name("scan".into())
            .spawn(move || {
                for answer in asked {
                    // Err: nobody waits any more, and the process ends with the answer.
                    let _ = answer.send(Process::start(&program, life));
                }
            })?;
        Ok(Pool {
            limits,
            places: Mutex::default(),
            freed: Condvar::new(),
            nursery: Mutex::new(nursery),
        })
    }

    /// Starts one process and keeps it: whether this machine lets us read files at all.
    pub fn probe(&self) -> Result<(), String> {
        let process = self.start()?;
        self.lock().idle.push(process);
        Ok(())
    }

    /// Numbers of the processes that wait for a file.
    pub fn idle(&self) -> Vec<u32> {
        self.lock().idle.iter().map(Process::id).collect()
    }

    fn start(&self) -> Result<Process, String> {
        let (answer, started) = mpsc::sync_channel(1);
        let nursery = self.nursery.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = nursery.send(answer);
        drop(nursery);
        asked.map_err(|_| "nobody starts processes".to_owned())?;
        started
            .recv()
            .map_err(|_| "nobody starts processes".to_owned())?
    }

    /// Nothing that panics runs while it is held.
    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place among the quick ones, if one becomes free in time.
    fn place(&self) -> Option<(Place<'_>, Option<Process>)> {
        let full = |places: &mut Places| places.quick >= self.limits.processes.max(1);
        let (mut places, waited) = self
            .freed
            .wait_timeout_while(self.lock(), self.limits.max_time, full)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return None;
        }
        places.quick += 1;
        let place = Place {
            pool: self,
            since: Instant::now(),
            slow: false,
        };
        Some((place, places.idle.pop()))
    }

    fn give_back(&self, process: Process) {
        let good =
            process.files < FILES && process.bytes < BYTES && process.busy < self.limits.max_time;
        let mut places = self.lock();
        if good && places.idle.len() < self.limits.processes {
            places.idle.push(process);
        }
    }

    fn one(&self, job: Job<'_>, sink: &mut dyn Sink, order: &mut Order) -> Result<(), Ended> {
        let (mut place, idle) = self.place().ok_or(Ended::Late)?;
        let idle = idle.and_then(|mut process| process.lives().then_some(process));
        let mut process = match idle {
            Some(process) => process,
            None => self.start().map_err(Ended::Broken)?,
        };
        let begun = Instant::now();
        let deadline = begun + self.limits.max_time + GRACE;
        let task = self.task(&job);
        process.read(&task, job.bytes, sink, order, deadline, &mut || {
            place.look()
        })?;
        process.files += 1;
        process.busy += begun.elapsed();
        self.give_back(process);
        Ok(())
    }

    fn task<'a>(&self, job: &Job<'a>) -> Task<'a> {
        Task {
            name: short(job.name).into(),
            media_type: short(job.media_type).into(),
            charset: job.charset.map(|charset| short(charset).into()),
            len: job.len,
            max_bytes: self.limits.max_bytes,
            max_depth: self.limits.max_depth,
            max_time: self.limits.max_time,
        }
    }
}

impl Reader for Pool {
    fn read(&self, job: Job<'_>, sink: &mut dyn Sink) -> io::Result<()> {
        let (name, len) = (job.name.len(), job.len);
        let mut order = Order::new(len);
        let ended = match len > self.limits.max_bytes {
            true => Err(Ended::TooLong),
            false => aside(|| self.one(job, sink, &mut order)),
        };
        let why = match ended {
            Ok(()) => None,
            Err(Ended::Enough) => return Ok(()),
            Err(Ended::Source(error)) => return Err(error),
            Err(Ended::TooLong) => Some(Unreadable::TooLarge),
            Err(Ended::Late) => Some(Unreadable::TooSlow),
            Err(Ended::Broken(why)) => {
                tracing::warn!(name, len, "a process that reads failed: {why}");
                Some(Unreadable::Crashed)
            }
        };
        end(sink, order.open(), why);
        Ok(())
    }
}

/// Waits without stalling the other sessions of this thread, where there are any.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    match flavor {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Leaves what was entered, and says why not all was read. The consumer may have enough by then.
fn end(sink: &mut dyn Sink, open: u32, why: Option<Unreadable>) {
    let leaves = (0..open).map(|_| Piece::Leave);
    let mut pieces = leaves.chain(why.map(Piece::Unreadable));
    let _ = pieces.try_for_each(|piece| sink.take(piece));
}

/// A name that fits into a frame.
fn short(name: &str) -> &str {
    &name[..name.floor_char_boundary(4096)]
}

/// The right to have a file read. It is lost by dropping it.
struct Place<'a> {
    pool: &'a Pool,
    since: Instant,
    slow: bool,
}

impl Place<'_> {
    /// Moves to the slow ones when it is time and there is room.
    fn look(&mut self) {
        if self.slow || self.since.elapsed() < QUICK {
            return;
        }
        let mut places = self.pool.lock();
        if places.slow < self.pool.limits.processes.max(1) {
            places.slow += 1;
            places.quick -= 1;
            self.slow = true;
            self.pool.freed.notify_one();
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut places = self.pool.lock();
        match self.slow {
            true => places.slow -= 1,
            false => places.quick -= 1,
        }
        self.pool.freed.notify_one();
    }
}
