//! Circles: what QUICK keeps of each recipient, one record each, and a manifest.
//!
//! Promises: a change is made while nobody else changes the same circle, and is durable when the method returns, together with the mails
//! about it, in the manifest too; what was kept before is gone then, or with the next sweep if that fails. A circle of which nothing is
//! left is gone; that is written as a manifest first, so that a rebuild brings nothing back.
//! Leaves to others: what a circle is (`transfer::quick`), who may change it (`gateway::quick`).

use super::backend::Table;
use super::manifest::{self, Body};
use super::values::Change;
use super::{Store, fault, memos};
use crate::fault::{Fault, crash};
use crate::transfer::quick::{Circle, CircleId};
use crate::transfer::{BlobId, Memo};
use std::borrow::Cow;

/// Circles of one page.
const PAGE: usize = 100;

impl Store {
    /// What is kept of a recipient; nothing if nothing ever was.
    pub fn circle(&self, id: &CircleId) -> Result<Circle, Fault> {
        let kept = self.values.get(Table::Circles, &id.0)?;
        Ok(kept.unwrap_or_default())
    }

    /// Changes it, and keeps the memos that `change` gives at `now` (Unix time, seconds); durable when this returns. An `Err` of it changes
    /// nothing.
    pub fn change_circle<T>(
        &self,
        id: &CircleId,
        now: i64,
        change: impl FnOnce(&mut Circle) -> Result<(T, Vec<Memo>), Fault>,
    ) -> Result<T, Fault> {
        let _alone = self.turns.alone(&id.0);
        let before = self.circle(id)?;
        let mut circle = before.clone();
        let (out, told) = change(&mut circle)?;
        if circle == before && told.is_empty() {
            return Ok(out);
        }
        circle.generation = next(before.generation, now);
        let mut batch = Change::new(&self.values);
        batch.wrote(self.write_circle_manifest(id, &circle)?);
        crash::point("circle/manifest-written");
        memos::put(&mut batch, &told, now)?;
        match circle.is_empty() {
            true => batch.remove(Table::Circles, &id.0)?,
            false => batch.replace(Table::Circles, &id.0, &circle)?,
        }
        batch.commit().map_err(fault)?;
        crash::point("circle/written");
        let old = [before.generation, circle.generation];
        let old = old.into_iter().take(1 + usize::from(circle.is_empty()));
        for generation in old.filter(|generation| *generation != 0) {
            self.values.discard(self.manifest_of_circle(id, generation));
        }
        Ok(out)
    }

    fn write_circle_manifest(&self, id: &CircleId, circle: &Circle) -> Result<BlobId, Fault> {
        let name = self.manifest_of_circle(id, circle.generation);
        let body = Body::Circle {
            id: id.0,
            circle: Box::new(Cow::Borrowed(circle)),
        };
        manifest::write(&self.values, &self.master, name, &body)?;
        Ok(name)
    }

    /// The blob that is its manifest.
    pub(super) fn manifest_of_circle(&self, id: &CircleId, generation: u64) -> BlobId {
        manifest::name_of_circle(&self.master, id, generation)
    }

    /// Out of its manifest; true if it was not there, and something is left of it.
    pub(super) fn restore_circle(&self, id: &CircleId, circle: &Circle) -> Result<bool, Fault> {
        let _alone = self.turns.alone(&id.0);
        if circle.is_empty() || self.values.raw(Table::Circles, &id.0)?.is_some() {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.create(Table::Circles, &id.0, circle)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }

    /// Up to a hundred circles behind this one, each with its name. One that cannot be read is told to the log and passed over.
    pub fn circles(&self, after: Option<CircleId>) -> Result<Vec<(CircleId, Circle)>, Fault> {
        let from = after.map_or(Vec::new(), |id| [&id.0[..], b"\0"].concat());
        let pairs = self
            .values
            .backend
            .scan(Table::Circles, &from, &[0xff; 33], PAGE);
        let mut found = Vec::new();
        for (key, value) in pairs.map_err(fault)? {
            let Ok(id) = key.as_slice().try_into().map(CircleId) else {
                continue;
            };
            match self.values.open(Table::Circles, &key, &value) {
                Ok(circle) => found.push((id, circle)),
                Err(fault) => tracing::error!(%fault, "a recipient's devices cannot be read"),
            }
        }
        Ok(found)
    }

    /// Forgets devices, codes and pairs whose time was over at `now` (Unix time, seconds), where no transfer is kept for longer than
    /// `max_keep_for` seconds.
    pub fn tidy_circles(&self, now: i64, max_keep_for: i64) -> Result<(), Fault> {
        let mut after = None;
        loop {
            let page = self.circles(after)?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = Some(*last);
            for (id, circle) in page {
                let mut tidied = circle.clone();
                tidied.tidy(now, max_keep_for);
                if tidied != circle {
                    self.change_circle(&id, now, |circle| {
                        circle.tidy(now, max_keep_for);
                        Ok(((), Vec::new()))
                    })?;
                }
            }
        }
    }
}

/// Of one mailbox the highest counts, also behind an end: it is not below the time.
fn next(generation: u64, now: i64) -> u64 {
    let now = u64::try_from(now).unwrap_or_default();
    generation.saturating_add(1).max(now)
}

#[cfg(test)]
mod tests {
    use super::super::faulty::Faulty;
    use super::super::memory::Memory;
    use super::super::tests::{NOW, open};
    use super::*;
    use crate::store::backend::Backend;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::memo::About;
    use crate::transfer::quick::{Newcomer, Pair, PairKey, Rules};
    use std::sync::Arc;

    const ID: CircleId = CircleId([1; 32]);

    fn memo() -> Memo {
        Memo {
            id: "quick-1".into(),
            mail: "M".into(),
            to: "sven@house.example".into(),
            language: None,
            thread: None,
            transfer: None,
            page: None,
            until: NOW,
            received: NOW,
            about: About::Over {
                recipients: Vec::new(),
            },
        }
    }

    fn admit(store: &Store) -> Result<bool, Fault> {
        store.change_circle(&ID, NOW, |circle| {
            let anna = "anna@example.org".parse().expect("an address");
            let mut pair = Pair::new(&anna, NOW);
            let key = PairKey {
                id: [4; 16],
                public: [5; 32],
                kept: Some(vec![6]),
                shares: Vec::new(),
                until: NOW + 60 * 86_400,
                retired: false,
            };
            assert!(pair.add_key(key, NOW));
            circle.pairs.push(pair);
            let new = Newcomer {
                name: [1; 32],
                public: [2; 32],
                browser: [3; 32],
            };
            let done = circle.admit(new, &Rules::default(), NOW);
            Ok((done.is_some(), vec![memo()]))
        })
    }

    /// All that a rebuild finds where the index is gone.
    fn rebuilt(disk: &Memory, master: &MasterKey) -> Circle {
        let blobs = Arc::new(Memory::new());
        for (name, _) in disk.blobs().expect("lists") {
            let reader = disk.open_blob(name).expect("is there");
            let mut bytes = vec![0; usize::try_from(reader.len()).expect("small")];
            reader.read_exact_at(0, &mut bytes).expect("reads");
            let mut writer = blobs.write_blob(name).expect("writes");
            writer.write_all(&bytes).expect("writes");
            writer.finish().expect("writes");
        }
        let store = open(&blobs, master);
        let rebuilt = store.rebuild(NOW).expect("rebuilds");
        assert_eq!(rebuilt.damaged, 0);
        let circle = store.circle(&ID).expect("reads");
        assert_eq!(rebuilt.circles, u64::from(!circle.is_empty()));
        assert_eq!(store.rebuild(NOW).expect("again").circles, 0);
        circle
    }

    /// P19: what opens mails comes back when the index is gone; and only that, not what was taken away.
    #[test]
    fn a_rebuild_brings_back_what_there_is_and_nothing_that_was_taken_away() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        assert!(admit(&store).expect("writes"));
        let first = store.circle(&ID).expect("reads");
        assert_eq!(rebuilt(&disk, &master), first);
        let forget = |circle: &mut Circle| {
            circle.pairs[0].forget_kept();
            Ok(((), Vec::new()))
        };
        store.change_circle(&ID, NOW - 9, forget).expect("writes");
        let second = store.circle(&ID).expect("reads");
        assert!(
            second.generation > first.generation,
            "a clock that went back"
        );
        assert_eq!(rebuilt(&disk, &master), second);
        assert_eq!(disk.blobs().expect("lists").len(), 1, "one manifest");
        store.sweep(NOW + 999_999).expect("sweeps");
        assert_eq!(disk.blobs().expect("lists").len(), 1, "and it is needed");
        let end = |circle: &mut Circle| Ok((circle.end(), Vec::new()));
        assert!(store.change_circle(&ID, NOW, end).expect("writes"));
        assert_eq!(rebuilt(&disk, &master), Circle::default());
        assert_eq!(disk.blobs().expect("lists"), []);
    }

    /// Every call fails once, while the key is forgotten and while all is ended: a rebuild of the index finds no more than the index has.
    #[test]
    fn whatever_call_fails_the_manifest_says_no_more_than_was_promised() {
        let changes: [fn(&mut Circle); 2] = [
            |circle| circle.pairs[0].forget_kept(),
            |circle| {
                *circle = Circle {
                    generation: circle.generation,
                    ..Circle::default()
                }
            },
        ];
        for change in changes {
            for nth in 1.. {
                assert!(nth < 50, "it has an end");
                let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
                let before = open(&disk, &master);
                admit(&before).expect("writes");
                let first = before.circle(&ID).expect("reads");
                let faulty = Arc::new(Faulty::new(disk.clone(), nth));
                let store = Store::open(faulty.clone(), master.clone());
                let changed = |circle: &mut Circle| {
                    change(circle);
                    Ok(((), Vec::new()))
                };
                let done = store.and_then(|store| store.change_circle(&ID, NOW, changed));
                let after = open(&disk, &master);
                after.sweep(NOW + 999_999).expect("sweeps");
                let now = after.circle(&ID).expect("reads");
                assert_eq!(done.is_err(), now == first, "nth {nth}");
                assert_eq!(rebuilt(&disk, &master), now, "nth {nth}");
                if !faulty.has_failed() {
                    break;
                }
            }
        }
    }

    #[test]
    fn a_circle_and_the_mails_about_it_are_written_together_or_not() {
        for nth in 1.. {
            assert!(nth < 50, "it has an end");
            let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
            drop(open(&backend, &master));
            let faulty = Arc::new(Faulty::new(backend.clone(), nth));
            let done = Store::open(faulty.clone(), master.clone()).and_then(|store| admit(&store));
            let after = open(&backend, &master);
            let devices = after.circle(&ID).expect("reads").devices.len();
            let memos = after.due_memos(i64::MAX - 1, 9).expect("reads").len();
            assert_eq!(devices, memos, "nth {nth}");
            assert_eq!(done.is_ok(), devices == 1, "nth {nth}");
            if !faulty.has_failed() {
                return;
            }
        }
    }

    #[test]
    fn what_is_over_goes_and_of_nothing_nothing_is_kept() {
        let store = open(&Arc::new(Memory::new()), &MasterKey::fresh());
        assert!(admit(&store).expect("writes"));
        let keep = 60 * 86_400;
        let tidy = |days: i64| store.tidy_circles(NOW + days * 86_400, keep);
        tidy(59).expect("writes");
        let circle = store.circle(&ID).expect("reads");
        assert_eq!((circle.devices.len(), circle.pairs.len()), (1, 1));
        tidy(60).expect("writes");
        let circle = store.circle(&ID).expect("reads");
        assert_eq!(
            (circle.devices.len(), circle.pairs.len()),
            (1, 0),
            "nobody had it"
        );
        tidy(92).expect("writes");
        assert_eq!(store.circles(None).expect("reads"), []);
    }

    #[test]
    fn what_fails_changes_nothing() {
        let store = open(&Arc::new(Memory::new()), &MasterKey::fresh());
        let broken = store.change_circle(&ID, NOW, |circle| {
            circle.counted = 9;
            Err::<((), Vec<Memo>), Fault>(super::super::down("no"))
        });
        assert!(broken.is_err());
        assert_eq!(store.circle(&ID).expect("reads"), Circle::default());
    }
}
