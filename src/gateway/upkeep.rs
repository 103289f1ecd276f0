//! What happens by itself: settle what could not be written → send notices, again if need be → expire → erase.
//!
//! Promises: a notice leaves only after its mail was accepted; it is tried with the same id each time, and when patience is over
//! its sender is told ([`super::notices`]). Keys are erased before blobs. Each round is idempotent: a crash in the middle repeats it.

use super::clock::Clock;
use super::notices::Lanes;
use super::{Gateway, heavy};
use crate::fault::Fault;
use crate::maillog;
use crate::store::Expired;
use crate::transfer::Ticket;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(20);

/// Between two sweeps.
const SWEEP: Duration = Duration::from_secs(3600);

/// When the bell rings, only what became due in so many seconds is looked at: a release is written at most so long after its time.
const RECENT: i64 = 60;

/// At most one look at the whole outbox in this time, however fast a channel is.
const LOOK: Duration = Duration::from_secs(1);

/// So long it is known what became of a mail that waited, in seconds.
const RULINGS: i64 = 30 * 86_400;

/// How long a stop waits for notices that are being sent.
const GOODBYE: Duration = Duration::from_secs(5);

/// How notices are tried again.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Waits before the second, third … try; the last one repeats.
    pub waits: Vec<Duration>,
    /// After so many tries the sender is told instead.
    pub tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            waits: [30, 120, 600, 1800].map(Duration::from_secs).to_vec(),
            tries: 12,
        }
    }
}

impl Gateway {
    /// Runs until told to stop. Wakes for new notices at once, for the rest three times a minute.
    pub async fn upkeep(self: &Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut lanes = Lanes::default();
        let reports = self.reports();
        reports.listen();
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut swept, mut looked) = (None::<Instant>, Instant::now());
        let mut clock = self.clock();
        loop {
            let since = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                _ = rounds.tick() => {
                    let sweep = swept.is_none_or(|at| at.elapsed() > SWEEP);
                    let until = clock.until(Timestamp::now().as_second(), Instant::now());
                    self.settle_known();
                    if let Some(until) = until {
                        self.keep(until, sweep);
                    }
                    swept = if sweep { Some(Instant::now()) } else { swept };
                    None
                }
                () = self.bell.notified() => Some(Timestamp::now().as_second() - RECENT),
                () = lanes.one(), if !lanes.is_empty() => {
                    if !lanes.want_more() || looked.elapsed() < LOOK {
                        continue;
                    }
                    None
                }
            };
            if since.is_none() {
                looked = Instant::now();
            }
            if let Err(fault) = self.take_up(&mut lanes, since, Timestamp::now()) {
                complain("notices", &fault);
            }
        }
        lanes.end(GOODBYE).await;
        // Those that have nothing open end at once.
        let _ = tokio::time::timeout(GOODBYE, reports.close()).await;
        self.settle_known();
        self.write_down(Timestamp::now().as_second());
    }

    /// One round at a given time: what tests call instead of waiting.
    pub async fn round(self: &Arc<Self>, now: Timestamp, sweep: bool) {
        self.settle_known();
        if let Err(fault) = self.send_notices(now).await {
            complain("notices", &fault);
        }
        self.keep(now.as_second(), sweep);
        self.send_own(now).await;
        self.send_parcels(now.as_second()).await;
    }

    fn clock(&self) -> Clock {
        let last = heavy(|| self.parts.store.last_kept()).unwrap_or_else(|fault| {
            complain("clock", &fault);
            // As if it had been long ago.
            Some(0)
        });
        Clock::start(last, Timestamp::now().as_second(), Instant::now())
    }

    /// All but the notices. `now` is the time by which things are erased, in seconds since 1970.
    fn keep(&self, now: i64, sweep: bool) {
        self.end_waiting(now);
        self.tell_ending(now);
        self.write_down(now);
        match heavy(|| self.parts.store.expire(now)) {
            Ok(expired) => expired.iter().for_each(note_expiry),
            Err(fault) => complain("expire", &fault),
        }
        if sweep {
            self.forget(now);
            if let Err(fault) = heavy(|| self.parts.store.finish_erasing()) {
                complain("erase", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.forget_copies(now)) {
                complain("ledger", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.forget_rulings(now - RULINGS)) {
                complain("rulings", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.tidy_numbers(self.numbers_since(now))) {
                complain("numbers", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.erase_codes(now)) {
                complain("codes", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.forget_counts(now)) {
                complain("limits", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.forget_reports(now)) {
                complain("reports", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.erase_devices(now)) {
                complain("devices", &fault);
            }
            let longest = i64::try_from(self.parts.max_keep_for.as_secs()).unwrap_or(i64::MAX);
            if let Err(fault) = heavy(|| self.quick.tidy(now, longest)) {
                complain("quick", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.erase_drafts(now)) {
                complain("drafts", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.erase_arrivals(now)) {
                complain("arrivals", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.erase_guests(now)) {
                complain("guests", &fault);
            }
            if let Err(fault) = heavy(|| self.parts.store.erase_allowances(now)) {
                complain("allowances", &fault);
            }
            match heavy(|| self.parts.store.sweep(now)) {
                Ok(swept) => tracing::debug!(target: "upkeep", ?swept, "swept"),
                Err(fault) => complain("sweep", &fault),
            }
            if let Err(fault) = heavy(|| self.parts.store.note_kept(now)) {
                complain("clock", &fault);
            }
        }
    }
}

fn note_expiry(expired: &Expired) {
    let collected = expired.tickets.iter().any(was_collected);
    maillog::expired(&expired.record.mail, &expired.record.id, collected);
}

/// Every file has a counter from the beginning.
fn was_collected(ticket: &Ticket) -> bool {
    ticket.fetched.iter().any(|times| *times > 0)
}

pub(super) fn complain(what: &str, fault: &Fault) {
    tracing::error!(target: "upkeep", what, cause = ?fault.to_string(), "did not work; tried again in the next round");
}
