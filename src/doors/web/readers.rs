//! Threads that read and decrypt blocks of downloads.
//!
//! The runtime's own pool is for what waits: it takes a thread for each task that overlaps with another, and any of its threads may have
//! to carry on a mail, so each comes to have a deep stack. With hundreds of streams that would be the larger part of their memory.
//!
//! Promises: a fixed number of threads, however many streams there are; blocks are read in the order in which they were asked for.
//! Leaves to others: what is read, and how far ahead. Fails: a reader that panics fails its block, and no other.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// Mostly the processor's work, and now and then a short wait for the disk.
const THREADS: usize = 8;

static READERS: LazyLock<Readers> = LazyLock::new(Readers::start);

type Job = Box<dyn FnOnce() + Send>;

struct Readers {
    jobs: Sender<Job>,
}

/// Runs it on one of the threads.
pub(super) async fn read<T: Send + 'static>(
    job: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (tell, told) = oneshot::channel();
    // Who asked may have gone away since.
    let job = Box::new(move || drop(tell.send(job())));
    let lost = || io::Error::other("a reader failed");
    READERS.jobs.send(job).map_err(|_| lost())?;
    told.await.map_err(|_| lost())?
}

impl Readers {
    fn start() -> Self {
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let mut started = 0;
        for _ in 0..THREADS {
            let waiting = waiting.clone();
            let thread = thread::Builder::new().name("download".into());
            match thread.spawn(move || work(&waiting)) {
                Ok(_) => started += 1,
                Err(e) => {
                    tracing::error!(error = %e, started, "a thread for downloads did not start")
                }
            }
        }
        Readers { jobs }
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = next else { return };
        // Its channel is dropped, which tells who waits for it.
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("a reader of downloads panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn more_blocks_than_threads_are_read_and_a_panic_is_an_error_of_its_own() {
        let many = (0..THREADS * 4).map(|n| {
            tokio::spawn(read(move || match n % 4 {
                3 => panic!("on purpose"),
                _ => Ok(n),
            }))
        });
        for (n, one) in many.collect::<Vec<_>>().into_iter().enumerate() {
            let read = one.await.expect("the task itself goes on").ok();
            assert_eq!(read, (n % 4 != 3).then_some(n));
        }
    }
}
