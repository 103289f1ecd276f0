//! Remembering: features of decided mails, collected in memory and written together, so that a mail that nothing is done to costs no sync.
//!
//! Promises: never in the way of a mail: what cannot be written, or comes faster than it can be kept, is not remembered; a crash loses
//! what the last round did not write. They are statistics, and no protection hangs on them. Leaves to others: what is in them
//! (`decide::features`), where they lie (`store`).

use super::upkeep::complain;
use super::{Gateway, heavy};
use crate::decide::features::{Features, Notes, Remembered};
use crate::decide::{self, Policy};
use crate::fault::Fault;
use crate::mail::Mail;
use crate::transfer::Plan;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Whether and how mails are remembered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Remember {
    /// So long; zero: not at all.
    pub keep_for: Duration,
    /// Domains are hashed.
    pub hashed: bool,
}

/// What waits to be written.
#[derive(Default)]
pub(super) struct Remembering {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    mails: Vec<Features>,
    policies: BTreeMap<String, Arc<Policy>>,
    /// The day on which each policy was written down last: its mails may be older than that of another by the whole time they are kept.
    noted: BTreeMap<String, i64>,
    dropped: u64,
}

/// Mails that wait at most, some KiB each while they are written; a round comes three times a minute. Ten thousand doubled the memory of a
/// busy gateway.
const ENOUGH: usize = 1_000;

const DAY: i64 = 86_400;

impl Gateway {
    /// Decides, and remembers.
    pub(super) fn decide(&self, mail: &Mail) -> Result<Plan, Fault> {
        let policy = self.policy();
        let how = self.parts.remember;
        if how.keep_for.is_zero() || !self.remembering.has_room() {
            return decide::plan(&policy, mail, &*self.parts.reader);
        }
        let salt = how.hashed.then(fresh_salt);
        let now = Timestamp::now().as_second();
        let (plan, features) =
            decide::plan_and_features(&policy, mail, &*self.parts.reader, now, salt)?;
        self.remembering.take(features, policy);
        Ok(plan)
    }

    /// Writes what waits.
    pub(super) fn write_down(&self, now: i64) {
        let entries = self.remembering.entries(now);
        if entries.is_empty() {
            return;
        }
        if let Err(fault) = heavy(|| self.parts.store.remember(&entries)) {
            complain("remember", &fault);
        }
    }

    /// Forgets what is too old.
    pub(super) fn forget(&self, now: i64) {
        let keep = i64::try_from(self.parts.remember.keep_for.as_secs()).unwrap_or(i64::MAX);
        if let Err(fault) = heavy(|| self.parts.store.forget_before(now.saturating_sub(keep))) {
            complain("forget", &fault);
        }
    }
}

impl Remembering {
    /// False, and noted, if too many wait: then features need not even be found.
    fn has_room(&self) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = waiting.mails.len() < ENOUGH;
        waiting.dropped += u64::from(!has_room);
        has_room
    }

    fn take(&self, features: Features, policy: Arc<Policy>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.mails.len() >= ENOUGH {
            waiting.dropped += 1;
            return;
        }
        if !waiting.policies.contains_key(policy.hash()) {
            waiting.policies.insert(policy.hash().to_owned(), policy);
        }
        waiting.mails.push(features);
    }

    fn entries(&self, now: i64) -> Vec<(i64, Remembered)> {
        let (mails, policies) = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.dropped > 0 {
                tracing::debug!(target: "upkeep", mails = waiting.dropped, "came too fast to be remembered");
                waiting.dropped = 0;
            }
            let mut policies = std::mem::take(&mut waiting.policies);
            policies
                .retain(|hash, _| waiting.noted.insert(hash.clone(), now / DAY) != Some(now / DAY));
            waiting.noted.retain(|_, day| *day == now / DAY);
            (std::mem::take(&mut waiting.mails), policies)
        };
        let notes = policies
            .values()
            .map(|p| (now, Remembered::Policy(Notes::of(p))));
        let mails = mails
            .into_iter()
            .map(|f| (f.at, Remembered::Mail(Box::new(f))));
        notes.chain(mails).collect()
    }
}

fn fresh_salt() -> u64 {
    // Without randomness the salt is the time: domains stay hashed.
    getrandom::u64().unwrap_or_else(|_| Timestamp::now().as_nanosecond() as u64)
}
