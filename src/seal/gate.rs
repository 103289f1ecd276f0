//! The gate before Argon2id: at most as many at once as there are cores, a costly one alone, in the order they came.
//!
//! More at once would be no faster and need 8 to 64 MiB each. The wait ends: every turn is a bounded computation.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Above this many KiB a turn is taken alone.
const ALONE: u32 = 16 * 1024;

static GATE: Gate = Gate {
    state: Mutex::new(State {
        next: 0,
        serving: 0,
        inside: 0,
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
}

/// A turn; ends when dropped.
pub(super) struct Turn {
    permits: usize,
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
    GATE.changed.notify_all();
    Turn { permits }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        GATE.lock().inside -= self.permits;
        GATE.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

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
