//! What happens by itself: settle what a crash left → send notices, again if need be → expire → erase.
//!
//! Promises: a notice leaves only after its mail was accepted; it is tried with the same id each time, and when patience is over
//! its sender is told. Keys are erased before blobs. Each round is idempotent: a crash in the middle repeats it.

use super::{Gateway, heavy};
use crate::fault::Fault;
use crate::maillog;
use crate::notify::Trouble;
use crate::store::{DueNotice, Expired};
use crate::transfer::{Destination, Notice};
use jiff::Timestamp;
use std::time::Duration;
use tokio::sync::watch;

/// No send lasts longer, in seconds: the client gives up after ten minutes (RFC 5321 section 4.5.3.2.6). A hold that is older was
/// left by a send that was broken off.
const LONGEST_SEND: i64 = 3600;

/// How many notices one round takes; the next round follows at once if there are more.
const ROUND: usize = 64;

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
    /// Runs until told to stop. Wakes for new notices at once, for the rest once a minute.
    pub async fn upkeep(&self, mut stop: watch::Receiver<bool>) {
        let mut swept = Timestamp::UNIX_EPOCH;
        while !*stop.borrow() {
            let now = Timestamp::now();
            self.round(now, now.as_second() - swept.as_second() > 3600)
                .await;
            if now.as_second() - swept.as_second() > 3600 {
                swept = now;
            }
            tokio::select! {
                () = self.bell.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(20)) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// One round at a given time: what tests call instead of waiting.
    pub async fn round(&self, now: Timestamp, sweep: bool) {
        if let Err(fault) = self.send_notices(now).await {
            complain("notices", &fault);
        }
        match heavy(|| self.parts.store.expire(now.as_second())) {
            Ok(expired) => expired.iter().for_each(note_expiry),
            Err(fault) => complain("expire", &fault),
        }
        if sweep {
            let before = now.as_second() - LONGEST_SEND;
            if let Err(fault) = heavy(|| self.parts.store.settle(before)) {
                complain("settle", &fault);
            }
            match heavy(|| self.parts.store.sweep(now.as_second())) {
                Ok(swept) => tracing::debug!(target: "upkeep", ?swept, "swept"),
                Err(fault) => complain("sweep", &fault),
            }
        }
    }

    async fn send_notices(&self, now: Timestamp) -> Result<(), Fault> {
        loop {
            let due = heavy(|| self.parts.store.due_notices(now.as_second(), ROUND))?;
            let last = due.len() < ROUND;
            for queued in due {
                self.send_notice(queued, now).await?;
            }
            if last {
                return Ok(());
            }
        }
    }

    async fn send_notice(&self, queued: DueNotice, now: Timestamp) -> Result<(), Fault> {
        let sent = match self.parts.router.channel(&queued.notice.channel) {
            Some(channel) => channel.send(&queued.notice).await,
            None => Err(Trouble::Never(format!(
                "no channel is named {:?} any more",
                queued.notice.channel
            ))),
        };
        match sent {
            Ok(()) => {
                note_notice(&queued.notice, None);
                heavy(|| self.parts.store.notice_done(&queued.key))
            }
            Err(Trouble::Later(why)) if self.is_patient(&queued) => {
                note_notice(&queued.notice, Some(&why));
                if now.as_second() > queued.notice.expires {
                    return heavy(|| self.parts.store.notice_done(&queued.key));
                }
                heavy(|| {
                    self.parts.store.notice_again(
                        &queued.key,
                        self.due(now, queued.tries),
                        queued.tries + 1,
                    )
                })
            }
            Err(Trouble::Later(why) | Trouble::Never(why)) => self.give_up(queued, &why, now),
        }
    }

    /// The channel cannot do it: the sender gets the password to pass it on, unless the sender was the channel.
    fn give_up(&self, queued: DueNotice, why: &str, now: Timestamp) -> Result<(), Fault> {
        note_notice(&queued.notice, Some(why));
        let to_sender = matches!(queued.notice.destination, Destination::Sender(_));
        match self.parts.router.sender_channel() {
            Some(channel) if !to_sender && !queued.notice.sender.is_empty() => {
                let mut notice = queued.notice.clone();
                notice.id.push_str("-s");
                notice.channel = channel.name().to_owned();
                notice.destination = Destination::Sender(notice.sender.clone());
                heavy(|| {
                    self.parts
                        .store
                        .notice_instead(&queued.key, notice, now.as_second())
                })
            }
            _ => heavy(|| self.parts.store.notice_done(&queued.key)),
        }
    }

    /// A notice to the sender is the last way a password has: it is tried until its transfer ends.
    fn is_patient(&self, queued: &DueNotice) -> bool {
        matches!(queued.notice.destination, Destination::Sender(_))
            || queued.tries + 1 < self.parts.patience.tries
    }

    fn due(&self, now: Timestamp, tries: u32) -> i64 {
        let waits = &self.parts.patience.waits;
        let wait = waits
            .get(tries as usize)
            .or(waits.last())
            .copied()
            .unwrap_or(Duration::from_secs(600));
        now.as_second() + wait.as_secs().cast_signed()
    }
}

fn note_notice(notice: &Notice, error: Option<&str>) {
    maillog::noticed(&notice.mail, &notice.transfer, &notice.channel, error);
}

fn note_expiry(expired: &Expired) {
    let collected = expired
        .tickets
        .iter()
        .any(|ticket| !ticket.fetched.is_empty());
    maillog::expired(&expired.record.mail, &expired.record.id, collected);
}

fn complain(what: &str, fault: &Fault) {
    tracing::error!(target: "upkeep", what, cause = ?fault.to_string(), "did not work; tried again in the next round");
}
