//! Released mails on their way: the same line again, until everybody has the mail or never will.
//!
//! Promises: a mail is erased only when the next hop has it for every recipient, or its sender will be told who did not get it. Each
//! try is written down before it begins and its end after it, so that only what happened in between can happen twice; a try whose end
//! nobody knows is made again, as a mail that comes twice is better than one that never comes. What the store does not take is
//! written before the mail is tried again.
//! Leaves to others: the line ([`super::send`]), the mails to people ([`super::memos`]).

use super::settling::{End, MOST_UNKNOWN};
use super::upkeep::complain;
use super::waiting::{Way, each_waiting, id_of};
use super::{Gateway, heavy};
use crate::decide::judge::Released;
use crate::fault::{Fault, Kind, crash};
use crate::forward::Outlet;
use crate::mail::{Address, Intake, MailId, Received};
use crate::maillog;
use crate::seal::whole::{self, Name, WaitingKeys};
use crate::transfer::memo::Failed;
use crate::transfer::waiting::{Departure, State};
use crate::transfer::{Given, Memo, Waiting};
use jiff::Timestamp;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

/// So long a released mail is tried, in seconds (RFC 5321 section 4.5.4.1: at least four to five days).
pub(super) const PATIENCE: i64 = 5 * 86_400;

/// Between two looks at what is due.
const ROUND: Duration = Duration::from_secs(20);

/// What is known of mails on their way.
#[derive(Default)]
pub(super) struct Departures {
    /// Rings when something may be due.
    pub(super) bell: Arc<Notify>,
    /// Held by whoever sends: nothing is sent by two.
    turn: tokio::sync::Mutex<()>,
    /// Ends of tries that could not be written yet.
    unsaid: Mutex<Vec<Tried>>,
}

/// How a try ended.
#[derive(Clone)]
struct Tried {
    id: MailId,
    ends: Vec<(Address, End)>,
    /// Unix time, seconds.
    at: i64,
}

impl Gateway {
    /// Sends released mails and memos until told to stop; a mail under way is finished.
    pub async fn deliver(self: &Arc<Self>, stop: watch::Receiver<bool>) {
        tokio::join!(self.depart_until(stop.clone()), self.tell(stop));
    }

    async fn depart_until(&self, mut stop: watch::Receiver<bool>) {
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                _ = rounds.tick() => {}
                () = self.departures.bell.notified() => {}
            }
            self.send_released(Timestamp::now()).await;
        }
    }

    /// Everything that is due: released mails, then what people are told.
    pub(super) async fn send_own(&self, now: Timestamp) {
        self.send_released(now).await;
        self.send_memos(now.as_second()).await;
    }

    async fn send_released(&self, now: Timestamp) {
        let _turn = self.departures.turn.lock().await;
        if let Err(fault) = self.depart_all(now.as_second()).await {
            complain("released mails", &fault);
        }
    }

    async fn depart_all(&self, now: i64) -> Result<(), Fault> {
        let unsaid = std::mem::take(&mut *self.unsaid());
        for tried in unsaid {
            self.note(tried);
        }
        for waiting in heavy(|| self.due_to_leave(now))? {
            if let Err(fault) = self.depart(&waiting, now).await {
                complain("a released mail", &fault);
            }
        }
        Ok(())
    }

    /// Those to be tried; what is over is erased.
    fn due_to_leave(&self, now: i64) -> Result<Vec<Waiting>, Fault> {
        let unsaid: Vec<MailId> = self.unsaid().iter().map(|tried| tried.id).collect();
        let mut due = Vec::new();
        each_waiting(self.store(), |id, waiting| {
            match &waiting.state {
                State::Over => self.store().erase_waiting(id)?,
                State::Leaves(leaves) if leaves.due <= now && !unsaid.contains(&id) => {
                    due.push(waiting.clone());
                }
                State::Leaves(_) | State::Waits => {}
            }
            Ok(())
        })?;
        Ok(due)
    }

    async fn depart(&self, waiting: &Waiting, now: i64) -> Result<(), Fault> {
        let id = id_of(waiting)?;
        let Some(departure) = heavy(|| self.intend(id))? else {
            return Ok(());
        };
        crash::point("departure/intended");
        let ends = match heavy(|| self.reopen(id, waiting)) {
            Ok(received) => self.leave(received, &departure, waiting.given()).await,
            Err(fault) => {
                complain("a waiting mail", &fault);
                all(&departure.pending, &End::from(&fault))
            }
        };
        crash::point("departure/tried");
        self.note(Tried { id, ends, at: now });
        self.memos.bell.notify_one();
        crash::point("departure/noted");
        Ok(())
    }

    /// Writes down that a try begins: whatever ends it, it is known that there was one.
    fn intend(&self, id: MailId) -> Result<Option<Departure>, Fault> {
        let mut intended = None;
        self.store().change_waiting(id, |waiting| {
            let State::Leaves(departure) = &mut waiting.state else {
                return None;
            };
            departure.tries = departure.tries.saturating_add(1);
            departure.unknown = departure.unknown.saturating_add(1);
            intended = Some(departure.clone());
            Some(Vec::new())
        })?;
        Ok(intended)
    }

    /// The mail as it came.
    fn reopen(&self, id: MailId, waiting: &Waiting) -> Result<Received, Fault> {
        let day = self.store().known_day_key(waiting.day)?;
        let day =
            day.ok_or_else(|| Fault::because(Kind::StoreDown, "the day of a mail is over"))?;
        let keys = WaitingKeys {
            master: &self.parts.master,
            day: &day,
        };
        let blob = self.store().open_blob(waiting.blob.id)?;
        let opener = whole::open(blob, &waiting.blob, &waiting.key, Name::Waiting(id), &keys)?;
        let mut reader = opener.reader(0..opener.len());
        let mut intake = Intake::new(&self.parts.spool_folder);
        let mut block = vec![0; 64 * 1024];
        let broken = |e| Fault::because(Kind::StoreDown, e);
        loop {
            let n = reader.read(&mut block).map_err(broken)?;
            if n == 0 {
                return finished(intake, id, waiting);
            }
            intake.write(&block[..n]).map_err(broken)?;
        }
    }

    /// One try, for everybody who does not have it yet.
    async fn leave(
        &self,
        received: Received,
        departure: &Departure,
        given: Vec<(Address, Given)>,
    ) -> Vec<(Address, End)> {
        let id = received.id;
        let mut outlet = self.outlet();
        let mut envelope = received.envelope.clone();
        // Whoever sent it is gone: each answer counts for its own recipient, as over LMTP.
        envelope.client.protocol = "LMTP";
        if let Err(fault) = outlet.begin(&envelope).await {
            maillog::failed(id, &fault);
            return all(&departure.pending, &End::from(&fault));
        }
        let (to, mut ends) = vetted(&received, departure, &mut *outlet).await;
        if to.is_empty() {
            outlet.reset().await;
            return ends;
        }
        let how = match departure.as_transfer {
            true => Released::AsTransfer,
            false => Released::AsDecided,
        };
        let way = Way::Released {
            how,
            to: to.clone(),
            given,
        };
        match self.line(received, &mut *outlet, &way).await {
            Ok(outcome) => {
                let answers = outcome.answers.iter();
                ends.extend(
                    answers.map(|(whom, answer)| (whom.clone(), End::from(answer.clone()))),
                );
            }
            Err(fault) => {
                maillog::failed(id, &fault);
                outlet.reset().await;
                ends.extend(all(&to, &End::from(&fault)));
            }
        }
        ends
    }

    /// Writes down how a try ended. What cannot be written now is before the next try.
    fn note(&self, tried: Tried) {
        let waits = &self.parts.patience.waits;
        let changed = heavy(|| {
            self.store().change_waiting(tried.id, |waiting| {
                let memos = settle(waiting, &tried, waits);
                Some(memos)
            })
        });
        match changed {
            Ok(_) => {}
            Err(fault) => {
                complain("the end of a try", &fault);
                self.unsaid().push(tried);
            }
        }
    }

    /// As many as mails were under way when the store began to fail.
    fn unsaid(&self) -> MutexGuard<'_, Vec<Tried>> {
        let unsaid = self.departures.unsaid.lock();
        unsaid.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the next hop about each recipient who does not have the mail; gives those it takes, and what it says about the others.
async fn vetted(
    received: &Received,
    departure: &Departure,
    outlet: &mut dyn Outlet,
) -> (Vec<Address>, Vec<(Address, End)>) {
    let (mut to, mut ends) = (Vec::new(), Vec::new());
    for recipient in &received.envelope.recipients {
        let whom = &recipient.address;
        if !departure.pending.contains(whom) {
            continue;
        }
        let end = match outlet.vet(recipient).await {
            Ok(reply) if reply.is_positive() => {
                to.push(whom.clone());
                continue;
            }
            Ok(reply) if reply.is_permanent() => End::Never(reply),
            Ok(reply) => End::Later(reply),
            Err(fault) => End::from(&fault),
        };
        ends.push((whom.clone(), end));
    }
    (to, ends)
}

fn finished(intake: Intake, id: MailId, waiting: &Waiting) -> Result<Received, Fault> {
    let received = intake.finish(id, waiting.envelope.clone());
    let mut received = received.map_err(|e| Fault::because(Kind::StoreDown, e))?;
    if let Ok(at) = Timestamp::from_second(waiting.received) {
        received.at = at;
    }
    Ok(received)
}

fn all(whom: &[Address], end: &End) -> Vec<(Address, End)> {
    whom.iter().map(|a| (a.clone(), end.clone())).collect()
}

/// Changes the record by what a try has brought; gives the memos about it.
fn settle(waiting: &mut Waiting, tried: &Tried, waits: &[Duration]) -> Vec<Memo> {
    let State::Leaves(departure) = &mut waiting.state else {
        return Vec::new();
    };
    if !tried.ends.iter().any(|(_, end)| *end == End::Unknown) {
        departure.unknown = 0;
    }
    let too_late = tried.at > departure.at.saturating_add(PATIENCE);
    let mut failed = Vec::new();
    for (whom, end) in &tried.ends {
        let given_up = match end {
            End::Has { .. } => None,
            End::Never(reply) => Some(reply.to_string()),
            End::Later(reply) if too_late => Some(reply.to_string()),
            End::Unknown if departure.unknown >= MOST_UNKNOWN || too_late => {
                Some("it may have arrived: the next mail server did not say".to_owned())
            }
            End::Later(_) | End::Unknown => continue,
        };
        departure.pending.retain(|pending| pending != whom);
        failed.extend(given_up.map(|reply| Failed {
            recipient: whom.to_string(),
            reply,
        }));
    }
    let number = departure.tries;
    let wait = waits.get(number.saturating_sub(1) as usize);
    let wait = wait.or(waits.last()).map_or(600, Duration::as_secs);
    departure.due = tried.at.saturating_add(wait.cast_signed());
    let pending = departure.pending.len();
    maillog::hold_tried(&waiting.id, number, failed.len(), pending);
    if pending == 0 {
        waiting.state = State::Over;
    }
    waiting.told_failed(number, failed)
}
