//! A visit: somebody unlocked a transfer and fetches files. Counts what was fetched to its end, and keeps limits.
//!
//! A file counts as fetched once a visit has been sent as many of its bytes as it has, in however many pieces: a broken download
//! that is resumed counts once, a scanner that reads the first bytes counts nothing. With a limit, a visit reserves the fetch before
//! its first byte, so that two hundred at once get no more than one (T85); what it does not finish is given back when it ends.
//! Leaves to others: writing the count (`Room`).

use crate::transfer::quick::DeviceName;
use crate::transfer::{LinkId, TransferId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One unlocked transfer in one browser.
#[derive(Debug)]
pub struct Visit {
    id: TransferId,
    ticket: u32,
    /// By which somebody came; a ticket has another one once it was renewed.
    link: LinkId,
    reserved: Arc<Reservations>,
    begun: Mutex<HashMap<What, Begun>>,
    /// With the passkey of which device; not its token, which would open more.
    passkey: Mutex<Option<DeviceName>>,
}

/// What is fetched: one file, or all as a ZIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// All files, as one ZIP.
    All,
    /// The entry of this number.
    Entry(u32),
}

/// A fetch that has begun in a visit.
#[derive(Debug, Default)]
struct Begun {
    sent: u64,
    reserved: Vec<u32>,
}

/// Fetches that visits have begun but not finished, by transfer, ticket and entry.
#[derive(Debug, Default)]
pub struct Reservations(Mutex<HashMap<(TransferId, u32, u32), u32>>);

/// A response under way: told what left, says when the fetch is complete.
#[derive(Debug)]
pub struct Fetching {
    pub(super) visit: Arc<Visit>,
    pub(super) what: What,
    pub(super) len: u64,
}

impl Visit {
    /// Somebody is in.
    pub fn new(id: TransferId, (ticket, link): (u32, LinkId), reserved: Arc<Reservations>) -> Self {
        Visit {
            id,
            ticket,
            link,
            reserved,
            begun: Mutex::default(),
            passkey: Mutex::default(),
        }
    }

    /// The device whose passkey was shown in it.
    pub(super) fn passkey(&self) -> Option<DeviceName> {
        *locked(&self.passkey)
    }

    /// Such a passkey was shown.
    pub(super) fn shown(&self, passkey: Option<DeviceName>) {
        *locked(&self.passkey) = passkey;
    }

    /// Which transfer.
    pub fn id(&self) -> TransferId {
        self.id
    }

    /// Which of its tickets.
    pub fn ticket(&self) -> u32 {
        self.ticket
    }

    /// The link that was opened.
    pub fn link(&self) -> LinkId {
        self.link
    }

    /// Begins or goes on fetching `what`, which consists of `entries`. False: the limit is used up. `fetched` are completed fetches by entry.
    pub(super) fn begin(
        &self,
        what: What,
        entries: &[u32],
        limit: Option<u32>,
        fetched: &[u32],
    ) -> bool {
        let mut begun = locked(&self.begun);
        let Some(limit) = limit else {
            begun.entry(what).or_default();
            return true;
        };
        if begun.get(&what).is_some_and(|b| !b.reserved.is_empty()) {
            return true;
        }
        let mut all = locked(&self.reserved.0);
        let fits = entries.iter().all(|n| {
            let done = fetched.get(*n as usize).copied().unwrap_or(0);
            let open = all.get(&(self.id, self.ticket, *n)).copied().unwrap_or(0);
            done.saturating_add(open) < limit
        });
        if fits {
            for n in entries {
                *all.entry((self.id, self.ticket, *n)).or_default() += 1;
            }
            begun.entry(what).or_default().reserved = entries.to_vec();
        }
        fits
    }

    /// So many bytes left; true if with them the whole has.
    fn sent(&self, what: What, bytes: u64, len: u64) -> bool {
        let mut begun = locked(&self.begun);
        let one = begun.entry(what).or_default();
        one.sent += bytes;
        let complete = one.sent >= len;
        if complete {
            one.sent -= len;
        }
        complete
    }

    /// The count is on disk (or cannot be written): what was reserved for it is free again.
    pub(super) fn settle(&self, what: What) {
        let reserved = locked(&self.begun)
            .get_mut(&what)
            .map(|b| std::mem::take(&mut b.reserved));
        self.reserved
            .give_back(self.id, self.ticket, &reserved.unwrap_or_default());
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        for begun in locked(&self.begun).values() {
            self.reserved
                .give_back(self.id, self.ticket, &begun.reserved);
        }
    }
}

impl Reservations {
    fn give_back(&self, id: TransferId, ticket: u32, entries: &[u32]) {
        let mut all = locked(&self.0);
        for n in entries {
            if let Some(open) = all.get_mut(&(id, ticket, *n)) {
                *open = open.saturating_sub(1);
                if *open == 0 {
                    all.remove(&(id, ticket, *n));
                }
            }
        }
    }
}

impl Fetching {
    /// So many bytes left. True if the fetch is complete with them: then it must be counted.
    pub fn sent(&self, bytes: u64) -> bool {
        self.visit.sent(self.what, bytes, self.len)
    }
}

/// A panic elsewhere leaves numbers, which are whole at any time.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(reserved: &Arc<Reservations>) -> Visit {
        let id = "7K3M9XQF".parse().expect("an id");
        Visit::new(id, (0, LinkId([0; 32])), reserved.clone())
    }

    #[test]
    fn pieces_add_up_to_one_fetch() {
        let visit = visit(&Arc::default());
        let what = What::Entry(0);
        assert!(visit.begin(what, &[0], None, &[]));
        assert!(!visit.sent(what, 40, 100));
        assert!(!visit.sent(what, 59, 100));
        assert!(visit.sent(what, 1, 100));
        assert!(!visit.sent(what, 99, 100), "the next one starts anew");
    }

    #[test]
    fn a_limit_holds_against_visits_at_once() {
        let reserved = Arc::default();
        let (a, b) = (visit(&reserved), visit(&reserved));
        let what = What::Entry(1);
        assert!(a.begin(what, &[1], Some(1), &[0, 0]));
        assert!(a.begin(what, &[1], Some(1), &[0, 0]), "resumed");
        assert!(!b.begin(what, &[1], Some(1), &[0, 0]));
        assert!(
            b.begin(What::Entry(0), &[0], Some(1), &[0, 0]),
            "another file"
        );
        assert!(!a.begin(What::All, &[0, 1], Some(1), &[0, 0]));
        drop(a);
        assert!(b.begin(what, &[1], Some(1), &[0, 0]), "given back");
        b.settle(what);
        assert!(!b.begin(what, &[1], Some(1), &[0, 1]), "counted");
    }

    #[test]
    fn an_empty_file_is_complete_with_its_first_answer() {
        let visit = visit(&Arc::default());
        assert!(visit.begin(What::Entry(0), &[0], None, &[]));
        assert!(visit.sent(What::Entry(0), 0, 0));
    }
}
