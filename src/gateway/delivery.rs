//! Parcels on their way: each is tried until the next hop has it for everybody, or its sender is told.
//!
//! Promises: each try is written down before it begins and its end after it, so that only what happened in between can happen twice; a
//! parcel is tried by one task at a time, at most [`AT_ONCE`] of each lane, so that a mail server that hangs holds up its own lane
//! only; a parcel that is over has reached everybody, or a report about the others is kept with the very change that says so.
//! Notices of recipients are released before their copy is forgotten, never before the next hop has it.
//! Leaves to others: making parcels and reports ([`super::parcels`]).
//! Fails: what the store does not take stays in memory and is written before the parcel is tried again.

use super::settling::{End, Settled, next, settle};
use super::upkeep::complain;
use super::{Gateway, heavy};
use crate::fault::{Fault, Kind, Reply, crash};
use crate::forward::{Outlets, unhurried};
use crate::mail::{Address, Content, Lane, Variant};
use crate::maillog;
use crate::notify::report::Told;
use crate::transfer::TransferId;
use crate::transfer::parcel::{Parcel, What};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Parcels of one lane that are tried at once.
const AT_ONCE: usize = 4;

/// Between two looks at what is due.
const ROUND: Duration = Duration::from_secs(20);

/// No try lasts longer; the waits of an outlet end before (a mail may wait ten minutes for the answer to its dot).
const LONGEST_TRY: Duration = Duration::from_secs(3600);

/// How long a stop waits for tries.
const GOODBYE: Duration = Duration::from_secs(5);

/// What is known of parcels on their way.
#[derive(Default)]
pub(super) struct Deliveries {
    /// Rings when something may be due.
    pub(super) bell: Notify,
    under_way: Mutex<HashMap<String, Lane>>,
    /// Ends of tries that could not be written yet.
    unsaid: Mutex<Vec<Tried>>,
}

/// How a try ended.
#[derive(Clone)]
struct Tried {
    id: String,
    ends: Vec<(Address, End)>,
    /// Unix time, seconds.
    at: i64,
}

impl Gateway {
    /// Tries parcels until told to stop.
    pub async fn deliver_parcels(self: &Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut tries = JoinSet::new();
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let more = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                _ = rounds.tick() => true,
                () = self.deliveries.bell.notified() => true,
                // A store that fails is not asked again before the next round.
                Some(ended) = tries.join_next(), if !tries.is_empty() => ended.unwrap_or(false),
            };
            if more {
                self.begin_tries(&mut tries, Timestamp::now().as_second());
            }
        }
        let all = async { while tries.join_next().await.is_some() {} };
        let _ = timeout(GOODBYE, all).await;
    }

    /// Tries what is due at `now`, and waits for it.
    pub(super) async fn send_parcels(self: &Arc<Self>, now: i64) {
        let mut tries = JoinSet::new();
        while self.begin_tries(&mut tries, now) {
            let mut fine = true;
            while let Some(ended) = tries.join_next().await {
                fine &= ended.unwrap_or(false);
            }
            if !fine {
                return;
            }
        }
    }

    /// Begins as many tries as may be under way. False if nothing is due, or it cannot be known.
    fn begin_tries(self: &Arc<Self>, tries: &mut JoinSet<bool>, now: i64) -> bool {
        self.say_unsaid();
        let mut any = false;
        for lane in [Lane::Ordinary, Lane::VerifiedTls] {
            match heavy(|| self.due(lane, now)) {
                Ok(due) => {
                    for id in due {
                        any = true;
                        self.under_way().insert(id.clone(), lane);
                        let gateway = self.clone();
                        let place = Place {
                            gateway: self.clone(),
                            id,
                            stays: false,
                        };
                        tries.spawn(async move { gateway.try_one(place, now).await });
                    }
                }
                Err(fault) => complain("parcels", &fault),
            }
        }
        any
    }

    fn due(&self, lane: Lane, now: i64) -> Result<Vec<String>, Fault> {
        let mine: HashSet<String> = {
            let under_way = self.under_way();
            let mine = under_way.iter().filter(|(_, of)| **of == lane);
            mine.map(|(id, _)| id.clone()).collect()
        };
        match AT_ONCE.saturating_sub(mine.len()) {
            0 => Ok(Vec::new()),
            free => self.store().due_parcels(lane, now, free, &mine),
        }
    }

    /// True if it ended as it should, whatever the next hop said.
    async fn try_one(&self, mut place: Place, now: i64) -> bool {
        let parcel = match heavy(|| self.begin_try(&place.id, now)) {
            Ok(Some(parcel)) => parcel,
            // It was dropped, or is due later by now. Nothing is looked for before the next round, lest it be found again at once.
            Ok(None) => return false,
            Err(fault) => {
                complain("a parcel", &fault);
                return false;
            }
        };
        crash::point("parcel/intended");
        let content = match parcel.dropped {
            true => Err(Fault::new(Kind::Dropped)),
            false => heavy(|| self.unsealed_content(&parcel)),
        };
        let ends = match content {
            Ok(content) => self.offer_parcel(&parcel, content).await,
            Err(fault) => {
                maillog::parcel_stuck(&parcel, &fault);
                all(&parcel, &End::from(&fault))
            }
        };
        crash::point("parcel/tried");
        let tried = Tried {
            id: parcel.id,
            ends,
            at: now,
        };
        match heavy(|| self.say(&tried)) {
            Ok(()) => true,
            Err(fault) => {
                complain("the end of a try", &fault);
                self.unsaid_tries().push(tried);
                place.stays = true;
                false
            }
        }
    }

    /// Writes down that a try begins: whatever ends it, it is known that there was one.
    fn begin_try(&self, id: &str, now: i64) -> Result<Option<Parcel>, Fault> {
        let schedule = &self.parts.delivery;
        let changed = self.store().change_parcel(id, |parcel| {
            (!parcel.is_over() && parcel.due <= now).then(|| {
                parcel.tries = parcel.tries.saturating_add(1);
                for pending in &mut parcel.pending {
                    pending.unknown = pending.unknown.saturating_add(1);
                }
                parcel.due = next(parcel, now, schedule);
                Vec::new()
            })
        })?;
        match changed {
            Some((parcel, true)) => Ok(Some(parcel)),
            Some((parcel, false)) if parcel.is_over() => {
                self.store().erase_parcel(&parcel)?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// One try, for everybody who does not have it yet.
    async fn offer_parcel(&self, parcel: &Parcel, content: Content) -> Vec<(Address, End)> {
        let Some(lane) = self.parts.outlets.only(parcel.lane) else {
            return all(parcel, &End::Later(Reply::from(&Kind::NextHopDown)));
        };
        let offered = timeout(LONGEST_TRY, offer(lane, parcel, content)).await;
        // A try that hangs may have sent everything.
        offered.unwrap_or_else(|_| all(parcel, &End::Unknown))
    }

    /// Writes down how a try ended, with all that follows from it.
    fn say(&self, tried: &Tried) -> Result<(), Fault> {
        let store = self.store();
        let Some(mut parcel) = store.parcel(&tried.id)? else {
            return Ok(());
        };
        let schedule = &self.parts.delivery;
        let settled = settle(&mut parcel, &tried.ends, tried.at, schedule);
        maillog::parcel_tried(&parcel, settled.has.len(), settled.lost.len());
        self.tell_transfer(&parcel, &settled)?;
        crash::point("parcel/released");
        let report = self.report_on(&parcel, settled.told)?;
        crash::point("parcel/reported");
        let reports: Vec<Parcel> = report.into_iter().collect();
        let has_report = !reports.is_empty();
        let kept = reports.clone();
        let changed = store.change_parcel(&tried.id, |parcel| {
            settle(parcel, &tried.ends, tried.at, schedule);
            Some(reports)
        });
        match changed {
            Ok(Some(_)) => kept.iter().for_each(maillog::owned),
            Ok(None) => store.discard_parcels(&kept),
            Err(fault) => {
                store.discard_parcels(&kept);
                return Err(fault);
            }
        }
        crash::point("parcel/settled");
        if has_report {
            self.deliveries.bell.notify_one();
        }
        Ok(())
    }

    /// Passwords of those who have it may leave; links of those who never will stop leading anywhere.
    fn tell_transfer(&self, parcel: &Parcel, settled: &Settled) -> Result<(), Fault> {
        let Some(Ok(transfer)) = parcel.transfer.as_deref().map(str::parse::<TransferId>) else {
            return Ok(());
        };
        if !settled.has.is_empty() {
            self.store().proven(&transfer, &settled.has)?;
            self.bell.notify_one();
        }
        if !settled.lost.is_empty() {
            self.store().unreachable(&transfer, &settled.lost)?;
        }
        Ok(())
    }

    fn report_on(&self, parcel: &Parcel, told: Vec<Told>) -> Result<Option<Parcel>, Fault> {
        if told.is_empty() || parcel.what == What::Report {
            return Ok(None);
        }
        // What cannot be read any more does not come back; its sender is told all the same.
        let content = self.unsealed_content(parcel).ok();
        let id = format!("{}.{}", parcel.id, parcel.tries);
        self.report(parcel, id, told, content.as_ref())
    }

    fn say_unsaid(&self) {
        // Not in the head of the loop: the lock would be held for all of it.
        let unsaid = std::mem::take(&mut *self.unsaid_tries());
        for tried in unsaid {
            match heavy(|| self.say(&tried)) {
                Ok(()) => drop(self.under_way().remove(&tried.id)),
                Err(fault) => {
                    complain("the end of a try", &fault);
                    self.unsaid_tries().push(tried);
                }
            }
        }
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<String, Lane>> {
        let under_way = self.deliveries.under_way.lock();
        under_way.unwrap_or_else(PoisonError::into_inner)
    }

    /// As many as tries were under way when the store began to fail.
    fn unsaid_tries(&self) -> MutexGuard<'_, Vec<Tried>> {
        let unsaid = self.deliveries.unsaid.lock();
        unsaid.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A parcel that is under way, until this is dropped.
struct Place {
    gateway: Arc<Gateway>,
    id: String,
    /// It stays under way until its end is written.
    stays: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.stays {
            self.gateway.under_way().remove(&self.id);
        }
    }
}

/// Asks the next hop about each recipient, and sends to those it takes.
async fn offer(lane: &dyn Outlets, parcel: &Parcel, content: Content) -> Vec<(Address, End)> {
    let mut envelope = parcel.envelope();
    // Whoever sent it is gone: each answer counts for its own recipient, as over LMTP.
    envelope.client.protocol = "LMTP";
    let mut outlet = lane.open();
    if let Err(fault) = outlet.begin(&envelope).await {
        return all(parcel, &End::from(&fault));
    }
    let (mut to, mut ends) = (Vec::new(), Vec::new());
    for recipient in envelope.recipients {
        let end = match outlet.vet(&recipient).await {
            Ok(reply) if reply.is_positive() => {
                to.push(recipient);
                continue;
            }
            Ok(reply) if reply.is_permanent() => End::Never(reply),
            Ok(reply) => End::Later(reply),
            Err(fault) => End::from(&fault),
        };
        ends.push((recipient.address, end));
    }
    if to.is_empty() {
        outlet.reset().await;
        return ends;
    }
    // The same recipients, less those who have it or were refused now, the same lane and the same bytes as when it was made.
    let (sender, options) = (parcel.sender.clone(), parcel.options.clone());
    let variant = Variant::assertion(parcel.lane, sender, to, options, content);
    let outcome = outlet.hand_over(vec![variant], unhurried()).await;
    let answers = outcome.answers.into_iter();
    ends.extend(answers.map(|(whom, answer)| (whom, End::from(answer))));
    ends
}

fn all(parcel: &Parcel, end: &End) -> Vec<(Address, End)> {
    let pending = parcel.pending.iter();
    pending
        .map(|p| (p.recipient.address.clone(), end.clone()))
        .collect()
}
