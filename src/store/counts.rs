//! Counts of what has a bound, so that a stranger's request does not read a whole table to learn that there is room (P18).
//!
//! Promises: a count is taken of the disk when it is first asked for, and changes with what is committed and never without; after a commit
//! that failed it is taken anew, as nobody knows what was written. While one is held nobody else changes it.
//! Leaves to others: what is counted, and how much of it there may be.

use super::fault;
use super::values::Change;
use crate::fault::Fault;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All counts of a store.
#[derive(Default)]
pub(super) struct Counts {
    /// Drafts of those who answer, and of guests.
    pub(super) drafts: Count<[usize; 2]>,
    /// Codes that are waited for.
    pub(super) codes: Count<usize>,
    /// Browsers of guests, by the domain that was proven there.
    pub(super) guests: Count<HashMap<String, usize>>,
}

/// One count, if it was taken.
pub(super) struct Count<T>(Mutex<Option<T>>);

/// A count that nobody else changes meanwhile.
pub(super) struct Held<'a, T>(MutexGuard<'a, Option<T>>);

impl<T> Default for Count<T> {
    fn default() -> Self {
        Count(Mutex::default())
    }
}

impl<T: Default> Count<T> {
    /// The count, taken with `take` if nobody has yet.
    pub(super) fn hold(
        &self,
        take: impl FnOnce() -> Result<T, Fault>,
    ) -> Result<Held<'_, T>, Fault> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(take()?);
        }
        Ok(Held(held))
    }

    /// It is taken anew when it is next asked for.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl<T: Default> Held<'_, T> {
    /// What is known of it.
    pub(super) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        match &*self.0 {
            Some(count) => look(count),
            None => look(&T::default()),
        }
    }

    /// Commits, and counts what that changed.
    pub(super) fn commit(
        self,
        change: Change<'_>,
        count: impl FnOnce(&mut T),
    ) -> Result<(), Fault> {
        self.with(|| change.commit().map_err(fault), count)
    }

    /// The same with whatever commits.
    pub(super) fn with(
        mut self,
        commit: impl FnOnce() -> Result<(), Fault>,
        count: impl FnOnce(&mut T),
    ) -> Result<(), Fault> {
        let before = self.0.take();
        commit()?;
        *self.0 = before.map(|mut known| {
            count(&mut known);
            known
        });
        Ok(())
    }
}
