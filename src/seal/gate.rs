//! The gate before Argon2id: at most as many at once as there are cores, a costly one alone, in the order they came.
//!
//! More at once would be no faster and need 8 to 64 MiB each. The wait ends: every turn is a bounded computation.
//!
//! A turn brings the memory with it, and an ordinary one's stays for the next turn, wiped: freed and taken again for each password, it
//! is cut up by what settles in the hole meanwhile, and the process grew by gigabytes in an hour of mail.

use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use argon2::Block;
use zeroize::Zeroize;

/// Above this many KiB a turn is taken alone, and its memory goes back to the system.
const ALONE: u32 = 16 * 1024;

static GATE: Gate = Gate {
    state: Mutex::new(State {
        next: 0,
        serving: 0,
        inside: 0,
        spare: Vec::new(),
    }),
    changed: Condvar::new(),
};

struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Number of the next who comes.
    next: u64,
    /// Number of the next who may enter.
    serving: u64,
    /// Permits taken.
    inside: usize,
    /// Memory of earlier turns; never more than permits.
    spare: Vec<Vec<Block>>,
}

/// A turn; ends when dropped.
pub(super) struct Turn {
    permits: usize,
    /// KiB asked for; `blocks` has as many or more.
    memory: usize,
    blocks: Vec<Block>,
}

/// Waits for a turn that uses `memory` KiB.
pub(super) fn enter(memory: u32) -> Turn {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let permits = if memory > ALONE { all } else { 1 };
    let mut state = GATE.lock();
    let mine = state.next;
    state.next += 1;
    while state.serving != mine || state.inside + permits > all {
        // Counters stay right whatever panics elsewhere: each change is one assignment.
        state = GATE
            .changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner);
    }
    state.serving += 1;
    state.inside += permits;
    let blocks = if memory > ALONE {
        None
    } else {
        state.spare.pop()
    };
    GATE.changed.notify_all();
    drop(state);
    Turn::with(permits, memory, blocks.unwrap_or_default())
}

impl Turn {
    fn with(permits: usize, memory: u32, mut blocks: Vec<Block>) -> Self {
        let memory = usize::try_from(memory).expect("wraps ask for at most 128 MiB");
        if blocks.len() < memory {
            blocks.reserve_exact(memory - blocks.len());
            blocks.resize(memory, Block::new());
        }
        Turn {
            permits,
            memory,
            blocks,
        }
    }

    /// The KiB that were asked for, all zeros.
    pub(super) fn memory(&mut self) -> &mut [Block] {
        &mut self.blocks[..self.memory]
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // What is left in it is worth a password's search to whoever reads the memory later.
        self.memory().iter_mut().zeroize();
        let mut state = GATE.lock();
        if self.blocks.len() <= ALONE as usize {
            state.spare.push(take(&mut self.blocks));
        }
        state.inside -= self.permits;
        drop(state);
        GATE.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn memory_is_wiped_and_lent_again() {
        for memory in [8, 64, 16, ALONE + 8, 64] {
            let mut turn = enter(memory);
            let blocks = turn.memory();
            assert_eq!(blocks.len(), memory as usize);
            for block in blocks {
                assert!(block.as_ref().iter().all(|word| *word == 0));
                block.as_mut().fill(u64::MAX);
            }
        }
        let kept = GATE.lock();
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        assert!(!kept.spare.is_empty() && kept.spare.len() <= all);
        assert!(kept.spare.iter().all(|it| it.len() <= ALONE as usize));
    }

    #[test]
    fn a_costly_turn_is_taken_alone_and_everyone_gets_one() {
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for number in 0..24 {
                let (inside, most) = (&inside, &most);
                scope.spawn(move || {
                    let costly = number % 3 == 0;
                    let _turn = enter(if costly { ALONE + 1 } else { 1 });
                    let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(2));
                    assert!(!costly || inside.load(Ordering::SeqCst) == 1);
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= all);
    }
}
