//! Alone: of all who change one transfer, waiting mail or parcel, one does it at a time.
//!
//! Promises: while an [`Alone`] lives, nobody else has one for the same id. It may be given away, to end with the change that another thread
//! writes: whoever reads next reads what became of it.
//! Leaves to others: what is changed. Waiting for it blocks.

use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Who has a turn.
#[derive(Default)]
pub(super) struct Turns(Arc<Shared>);

#[derive(Default)]
struct Shared {
    taken: Mutex<HashSet<Vec<u8>>>,
    freed: Condvar,
}

/// Nobody else changes what has this id while this lives.
pub(super) struct Alone {
    shared: Arc<Shared>,
    id: Vec<u8>,
}

impl Turns {
    /// Waits until nobody else has it.
    pub(super) fn alone(&self, id: &[u8]) -> Alone {
        let (shared, id) = (self.0.clone(), id.to_vec());
        let free = shared
            .freed
            .wait_while(shared.lock(), |taken| taken.contains(&id));
        let mut taken = free.unwrap_or_else(PoisonError::into_inner);
        taken.insert(id.clone());
        drop(taken);
        Alone { shared, id }
    }
}

impl Shared {
    /// Every change of the set is one call, so a panic elsewhere leaves it whole.
    fn lock(&self) -> MutexGuard<'_, HashSet<Vec<u8>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.shared.lock().remove(&self.id);
        self.shared.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::super::faulty::Faulty;
    use super::super::memory::Memory;
    use super::super::tests::{ANNA, held};
    use super::super::{Settlement, Store};
    use super::*;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::record::State;
    use crate::transfer::{Actor, Happened};
    use std::sync::mpsc;
    use std::time::Duration;

    const A_WHILE: Duration = Duration::from_millis(50);

    #[test]
    fn who_comes_second_waits_even_if_the_first_has_given_its_turn_away() {
        let turns = Turns::default();
        let first = turns.alone(b"a");
        let _other = turns.alone(b"b");
        let (came, comes) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _second = turns.alone(b"a");
                came.send(()).expect("it is waited for");
            });
            assert!(comes.recv_timeout(A_WHILE).is_err());
            std::thread::spawn(move || drop(first));
            let soon = Duration::from_secs(10);
            comes.recv_timeout(soon).expect("it is its turn");
        });
    }

    #[test]
    fn what_is_taken_back_stays_so_when_a_settlement_that_nobody_waits_for_was_on_its_way() {
        let slow = Arc::new(Faulty::new(Arc::new(Memory::new()), u64::MAX));
        let store = Store::open(slow.clone(), MasterKey::fresh()).expect("opens");
        let (id, _) = held(&store, 10);
        slow.stall(1);
        let settlement = Settlement {
            transfer: Some(id),
            keeps_all: true,
            accepted: vec![ANNA.parse().expect("an address")],
            ..Settlement::default()
        };
        drop(store.begin_settle(&settlement).expect("begins"));
        std::thread::scope(|scope| {
            let revoking = scope.spawn(|| {
                store
                    .revoke(&id, None, Happened::Revoked(Actor::Operator))
                    .expect("revokes")
            });
            std::thread::sleep(A_WHILE);
            let record = store.transfer(&id).expect("reads").expect("is there");
            assert_eq!(record.state, State::Held, "both are on their way");
            slow.go_on();
            assert_eq!(revoking.join().expect("no panic"), 2);
        });
        let record = store.transfer(&id).expect("reads").expect("is there");
        assert_eq!(record.state, State::Revoked);
        assert_eq!(store.next_notice().expect("reads"), None);
    }
}
