//! Circles: what QUICK keeps of each recipient, one record each.
//!
//! Promises: a change is made while nobody else changes the same circle, and is durable when the method returns, together with the mails
//! about it; a circle of which nothing is left is gone. It is in no manifest: after [`Store::rebuild`] every pair begins anew.
//! Leaves to others: what a circle is (`transfer::quick`), who may change it (`gateway::quick`).

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, memos};
use crate::fault::Fault;
use crate::transfer::Memo;
use crate::transfer::quick::{Circle, CircleId, Rules};

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
        let mut batch = Change::new(&self.values);
        memos::put(&mut batch, &told, now)?;
        match circle.devices.is_empty() && circle.pairs.is_empty() && circle.codes.is_empty() {
            true => batch.remove(Table::Circles, &id.0)?,
            false => batch.replace(Table::Circles, &id.0, &circle)?,
        }
        batch.commit().map_err(fault)?;
        Ok(out)
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
    pub fn tidy_circles(&self, rules: &Rules, now: i64, max_keep_for: i64) -> Result<(), Fault> {
        let mut after = None;
        loop {
            let page = self.circles(after)?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = Some(*last);
            for (id, circle) in page {
                let mut tidied = circle.clone();
                tidied.tidy(rules, now, max_keep_for);
                if tidied != circle {
                    self.change_circle(&id, now, |circle| {
                        circle.tidy(rules, now, max_keep_for);
                        Ok(((), Vec::new()))
                    })?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::faulty::Faulty;
    use super::super::memory::Memory;
    use super::super::tests::{NOW, open};
    use super::*;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::memo::About;
    use crate::transfer::quick::Pair;
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
            circle.pairs.push(Pair::new(&anna, NOW));
            let done = circle.admit([1; 32], [2; 32], [3; 32], NOW);
            Ok((done, vec![memo()]))
        })
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
        let (rules, keep) = (Rules::default(), 60 * 86_400);
        let tidy = |days: i64| store.tidy_circles(&rules, NOW + days * 86_400, keep);
        tidy(59).expect("writes");
        let circle = store.circle(&ID).expect("reads");
        assert_eq!((circle.devices.len(), circle.pairs.len()), (1, 1));
        tidy(61).expect("writes");
        let circle = store.circle(&ID).expect("reads");
        assert_eq!(
            (circle.devices.len(), circle.pairs.len()),
            (1, 0),
            "nobody had it"
        );
        tidy(91).expect("writes");
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
