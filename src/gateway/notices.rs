//! Notices on their way: each channel has a lane of its own, so that one that is slow or dead holds up no other.
//!
//! Promises: a notice is tried by one task at a time, with the same id each time; what was taken back while it waited for its turn is
//! not sent; what a channel took is not sent again by this process, even if that could not be written down. At most [`AT_ONCE`] tries
//! a channel, at most [`WAITING`] that wait for them (P18); all others stay in the outbox.
//! Where a channel reports, a notice that it took waits, sealed, until it is said that it arrived; when that is overdue it takes its next way, as
//! it does when it failed: a password that comes twice does no harm, one that never comes does.
//! Leaves to others: what is due (`store`), when to look ([`super::upkeep`]), the ways themselves (`notify`).
//! Fails: a try that does not end counts as one that failed; what the store does not take is tried again in the next round.

use super::upkeep::complain;
use super::{Gateway, heavy};
use crate::fault::{Fault, crash};
use crate::maillog;
use crate::notify::Trouble;
use crate::store::{DueNotice, NoticeKey, Standing};
use crate::transfer::notice::Route;
use crate::transfer::proof::PasswordLine;
use crate::transfer::{Destination, Notice};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Tries of one channel at once.
const AT_ONCE: usize = 8;

/// Notices of one channel that are being tried or wait for it.
const WAITING: usize = 256;

/// Notices read from the outbox at once.
const PAGE: usize = 64;

/// No try lasts longer: above the waits of every channel of ours (a mail may wait ten minutes for the answer to its dot).
const LONGEST_TRY: Duration = Duration::from_secs(900);

type Keys = Arc<Mutex<HashSet<NoticeKey>>>;

/// Taken by their channels, with the references by which their networks will speak of them.
type Sent = Arc<Mutex<HashMap<NoticeKey, Vec<String>>>>;

/// The lanes of all channels.
#[derive(Default)]
pub(super) struct Lanes {
    by_channel: HashMap<String, Lane>,
    /// True for a try that ended as it should, whatever the channel said.
    tries: JoinSet<bool>,
    /// Taken by their channels, and still in the outbox because that could not be written.
    sent: Sent,
}

struct Lane {
    turns: Arc<Semaphore>,
    here: Keys,
    /// The outbox has more for it than it had room for.
    more: bool,
}

/// A place in a lane; free again when dropped.
struct Place {
    key: NoticeKey,
    here: Keys,
}

impl Default for Lane {
    fn default() -> Self {
        Lane {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            here: Keys::default(),
            more: false,
        }
    }
}

impl Lane {
    fn place(&mut self, key: &NoticeKey) -> Option<Place> {
        let mut here = locked(&self.here);
        if here.contains(key) {
            return None;
        }
        if here.len() >= WAITING {
            self.more = true;
            return None;
        }
        here.insert(key.clone());
        Some(Place {
            key: key.clone(),
            here: self.here.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        locked(&self.here).remove(&self.key);
    }
}

impl Lanes {
    pub(super) fn is_empty(&self) -> bool {
        self.tries.is_empty()
    }

    /// True if a lane is half empty and the outbox has more for it.
    pub(super) fn want_more(&self) -> bool {
        let wants = |lane: &Lane| lane.more && locked(&lane.here).len() <= WAITING / 2;
        self.by_channel.values().any(wants)
    }

    /// Waits until a try has ended.
    pub(super) async fn one(&mut self) {
        // A panic in a try ends that try; its notice stays in the outbox.
        let _ = self.tries.join_next().await;
    }

    /// Waits until all tries have ended. False if the store failed one of them.
    async fn all(&mut self) -> bool {
        let mut fine = true;
        while let Some(ended) = self.tries.join_next().await {
            fine &= ended.unwrap_or(false);
        }
        fine
    }

    /// Waits a while for the tries to end; those that do not are made again after the next start.
    pub(super) async fn end(mut self, wait: Duration) {
        let _ = tokio::time::timeout(wait, self.all()).await;
    }
}

impl Gateway {
    /// Sends what is due, and waits for it.
    pub(super) async fn send_notices(self: &Arc<Self>, now: Timestamp) -> Result<(), Fault> {
        let mut lanes = Lanes::default();
        loop {
            self.take_up(&mut lanes, None, now)?;
            let more = lanes.by_channel.values().any(|lane| lane.more);
            if !lanes.all().await || !more {
                return Ok(());
            }
        }
    }

    /// Puts what is due now, and was not before `since`, into the lanes.
    pub(super) fn take_up(
        self: &Arc<Self>,
        lanes: &mut Lanes,
        since: Option<i64>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if since.is_none() {
            lanes.by_channel.values_mut().for_each(|l| l.more = false);
        }
        let mut after = since.map(NoticeKey::since);
        loop {
            let page = heavy(|| {
                let store = &self.parts.store;
                store.due_notices(after.as_ref(), now.as_second(), PAGE)
            })?;
            for due in page.notices {
                let lane = lanes.by_channel.entry(due.notice.channel).or_default();
                if let Some(place) = lane.place(&due.key) {
                    let (turns, sent) = (lane.turns.clone(), lanes.sent.clone());
                    let gateway = self.clone();
                    lanes
                        .tries
                        .spawn(async move { gateway.in_turn(place, &turns, &sent, now).await });
                }
            }
            after = match page.next {
                Some(next) => Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn in_turn(&self, place: Place, turns: &Semaphore, sent: &Sent, now: Timestamp) -> bool {
        let came = Instant::now();
        let _turn = turns.acquire().await;
        let waited = i64::try_from(came.elapsed().as_secs()).unwrap_or(i64::MAX);
        let now = now.as_second().saturating_add(waited);
        let tried = self.try_notice(&place.key, sent, now).await;
        tried
            .inspect_err(|fault| complain("notices", fault))
            .is_ok()
    }

    async fn try_notice(&self, key: &NoticeKey, sent: &Sent, mut now: i64) -> Result<(), Fault> {
        // Read anew: it may have been taken back meanwhile.
        let Some(due) = heavy(|| self.parts.store.notice(key))? else {
            locked(sent).remove(key);
            return Ok(());
        };
        if let Some(why) = not_arrived(due.standing) {
            note(&due.notice, Some(why));
            if due.standing == Standing::Failed {
                self.unlearn(&due.notice);
            }
            return self.give_up(&due, now);
        }
        let known = locked(sent).get(key).cloned();
        let references = match known {
            Some(references) => references,
            None => {
                crash::point("notice/begun");
                let asked = Instant::now();
                let offered = self.offer(&due, now).await?;
                // A call may take long; what is awaited is awaited from its end.
                now = now.saturating_add(i64::try_from(asked.elapsed().as_secs()).unwrap_or(0));
                match offered {
                    Ok(references) => {
                        note(&due.notice, None);
                        self.remember(&due.notice);
                        crash::point("notice/taken");
                        references
                    }
                    Err(trouble) => return self.not_sent(&due, trouble, now),
                }
            }
        };
        let done = self.taken(&due, &references, now);
        crash::point("notice/done");
        match &done {
            Ok(()) => locked(sent).remove(key),
            Err(_) => locked(sent).insert(key.clone(), references),
        };
        done
    }

    /// Its channel has it. Where that reports, the password stays until it is known that it arrived.
    fn taken(&self, due: &DueNotice, references: &[String], now: i64) -> Result<(), Fault> {
        let store = &self.parts.store;
        let channel = self.parts.router.channel(&due.notice.channel);
        let Some(within) = channel.and_then(|channel| channel.report_within()) else {
            return heavy(|| store.notice_done(&due.key));
        };
        let within = i64::try_from(within.as_secs()).unwrap_or(i64::MAX);
        let overdue = now.saturating_add(within);
        heavy(|| store.notice_taken(&due.key, &due.notice, references, now, overdue))
    }

    /// A fault is the store's: nothing was sent.
    async fn offer(
        &self,
        due: &DueNotice,
        now: i64,
    ) -> Result<Result<Vec<String>, Trouble>, Fault> {
        let notice = &due.notice;
        let Some(channel) = self.parts.router.channel(&notice.channel) else {
            let why = format!("no channel is named {:?} any more", notice.channel);
            return Ok(Err(Trouble::Never(why)));
        };
        if let Err(beyond) = self.within_limits(channel.as_ref(), due, now)? {
            return Ok(Err(beyond));
        }
        crash::point("notice/counted");
        if channel.report_within().is_some() {
            heavy(|| self.parts.store.expect_report(&due.key, notice, now))?;
            crash::point("notice/expected");
        }
        let tried = tokio::time::timeout(LONGEST_TRY, channel.send_noting(notice)).await;
        let silent = || Err(Trouble::Later("the channel gave no answer".into()));
        Ok(tried.unwrap_or_else(|_| silent()))
    }

    fn not_sent(&self, due: &DueNotice, trouble: Trouble, now: i64) -> Result<(), Fault> {
        let (Trouble::Later(why) | Trouble::Never(why)) = &trouble;
        note(&due.notice, Some(why));
        let store = &self.parts.store;
        match trouble {
            Trouble::Later(_) if self.is_patient(due) && now > due.notice.expires => {
                heavy(|| store.notice_done(&due.key))
            }
            Trouble::Later(_) if self.is_patient(due) => {
                let again = now.saturating_add(self.wait(due.tries));
                heavy(|| store.notice_again(&due.key, again, due.tries + 1))
                    .inspect(|()| crash::point("notice/put-off"))
            }
            _ => self.give_up(due, now),
        }
    }

    /// The channel cannot do it: the next way of the rule's list takes it, behind the last one the sender, to pass it on.
    fn give_up(&self, due: &DueNotice, now: i64) -> Result<(), Fault> {
        let store = &self.parts.store;
        let (mark, next) = match due.notice.then.split_first() {
            Some((next, rest)) => {
                let then = rest.to_vec();
                (
                    "-n",
                    Some(Route {
                        then,
                        ..next.clone()
                    }),
                )
            }
            None => ("-s", self.to_the_sender(&due.notice)),
        };
        let Some(next) = next else {
            return heavy(|| store.notice_done(&due.key));
        };
        heavy(|| store.notice_instead(&due.key, now, mark, next))?;
        crash::point("notice/passed-on");
        self.bell.notify_one();
        Ok(())
    }

    /// The last way a password has; none if that was tried, or nobody has sent the mail.
    fn to_the_sender(&self, notice: &Notice) -> Option<Route> {
        let channel = self.parts.router.sender_channel()?;
        let tried = matches!(notice.destination, Destination::Sender(_));
        (!tried && !notice.sender.is_empty()).then(|| Route {
            channel: channel.name().to_owned(),
            destination: Destination::Sender(notice.sender.clone()),
            line: PasswordLine::Sender,
            then: Vec::new(),
        })
    }

    /// A notice to the sender is the last way a password has: it is tried until its transfer ends.
    fn is_patient(&self, due: &DueNotice) -> bool {
        matches!(due.notice.destination, Destination::Sender(_))
            || due.tries + 1 < self.parts.patience.tries
    }

    /// Seconds until the next try.
    fn wait(&self, tries: u32) -> i64 {
        let waits = &self.parts.patience.waits;
        let wait = waits.get(tries as usize).or(waits.last()).copied();
        wait.unwrap_or(Duration::from_secs(600))
            .as_secs()
            .cast_signed()
    }
}

fn note(notice: &Notice, error: Option<&str>) {
    maillog::noticed(&notice.mail, &notice.transfer, &notice.channel, error);
}

/// Why a notice that its channel has taken is due all the same: it was said that it did not arrive, or nothing was.
fn not_arrived(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Waits | Standing::Said => None,
        Standing::Awaits(_) => Some("taken, but no report that it arrived came in time"),
        Standing::Failed => Some("taken, but the report says that it did not arrive"),
    }
}

/// Every change of a collection is one call, so a panic elsewhere leaves it whole.
fn locked<T>(keys: &Mutex<T>) -> MutexGuard<'_, T> {
    keys.lock().unwrap_or_else(PoisonError::into_inner)
}
