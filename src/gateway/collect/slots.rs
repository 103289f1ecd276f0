//! Slots for hashing passwords: as many as there are cores, and a short queue before them.
//!
//! Promises: never more hashes at once than slots, so that the memory of Argon2 is bounded and mail keeps its processor time (P18);
//! who comes when the queue is full hears so at once.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many may wait. A try takes about a quarter of a second, so the last of them waits a few seconds.
const QUEUE: usize = 16;

/// Bounds how many passwords are tried at once.
#[derive(Debug)]
pub struct Slots {
    places: Arc<Semaphore>,
    free: Arc<Semaphore>,
}

/// The right to hash one password; given back on drop.
#[derive(Debug)]
pub struct Slot {
    _place: OwnedSemaphorePermit,
    _slot: OwnedSemaphorePermit,
}

impl Slots {
    /// One slot a core.
    pub fn per_core() -> Self {
        Slots::new(std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// So many slots.
    pub fn new(slots: usize) -> Self {
        Slots {
            places: Arc::new(Semaphore::new(slots + QUEUE)),
            free: Arc::new(Semaphore::new(slots)),
        }
    }

    /// Waits for a slot; `None` at once if too many wait already.
    pub async fn take(&self) -> Option<Slot> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let slot = self.free.clone().acquire_owned().await.ok()?;
        Some(Slot {
            _place: place,
            _slot: slot,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn beyond_the_queue_nobody_waits() {
        let slots = Arc::new(Slots::new(1));
        let first = slots.take().await.expect("a free slot");
        let waiting: Vec<_> = (0..QUEUE)
            .map(|_| {
                let slots = slots.clone();
                tokio::spawn(async move { slots.take().await.is_some() })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(slots.take().await.is_none(), "one slot, sixteen waiting");
        drop(first);
        for one in waiting {
            assert!(one.await.expect("no panic"), "each of them gets its turn");
        }
        assert!(slots.take().await.is_some());
    }
}
