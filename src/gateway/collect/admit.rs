//! Letting somebody in: a password or a code tried, or a browser that need not.
//!
//! Promises: each try is charged on disk before it is made; what is typed in a browser that has opened the link before is charged to that
//! browser alone, and destroys nothing. The right password forgives what the same kind of visitor typed before: a known browser's does not lift a lock that
//! strangers have earned.

use super::arrival::{Arrival, Caller};
use super::lock::admission;
use super::{Admission, Collect, TooOften, Visit, aside, now};
use crate::fault::Fault;
use crate::seal;
use crate::transfer::keys::TransferKey;
use crate::transfer::quick::ActivationCode;
use crate::transfer::{
    Actor, DeviceId, DeviceSecret, Event, Happened, LinkId, Password, Ticket, TransferId, Tries,
};
use std::sync::Arc;
use std::time::Instant;

/// What came of a password or a code.
#[derive(Debug)]
pub enum Unlocked {
    /// It is open.
    Opened(Opened),
    /// None was given, which is not counted.
    Empty,
    /// A code was given and none is good any more. Not counted: nothing can be guessed.
    NoCode,
    /// It does not match; so many tries are left before a pause or the lock. Counted, on disk.
    Wrong {
        /// At least one.
        left: u32,
    },
    /// Too many wrong ones: no try before this Unix time.
    Paused {
        /// Seconds since 1970.
        until: i64,
    },
    /// Far too many wrong ones.
    Locked,
    /// As [`super::Look::Gone`].
    Gone,
    /// As [`super::Look::TooOften`].
    Missed(TooOften),
    /// Too many tries in too short a time, of whoever made them. Not counted.
    TooOften(TooOften),
    /// Too many people at once: try again in a moment. Not counted.
    Busy,
    /// The code of another device or of an operator was right, and this browser is a device from now on; what was sent before stays closed.
    Connected(DeviceSecret),
}

/// An open transfer. Whoever keeps it keeps the key.
#[derive(Debug)]
pub struct Opened {
    /// Who is in.
    pub visit: Arc<Visit>,
    /// Opens the files.
    pub key: TransferKey,
    /// What the browser is known by from now on; `None` if that is as it was.
    pub device: Option<DeviceSecret>,
    /// The token of a device of the recipient's that it was opened with.
    pub quick: Option<DeviceSecret>,
}

/// What a counted try leads to.
pub(super) enum Charge {
    /// It may be made; if it is wrong, this is the answer.
    Counted {
        verdict: Unlocked,
        /// True if all who never opened it share what is counted.
        stranger: bool,
    },
    /// It may not be made: others came first.
    Refused(Unlocked),
}

impl Collect {
    /// Tries what was typed: a password, or a code where that is what opens it (ignored where nothing is needed). Nothing typed opens it too
    /// in a browser that is to remember it.
    pub async fn unlock(
        self: &Arc<Self>,
        token: &str,
        typed: Password,
        caller: &Caller,
    ) -> Result<Unlocked, Fault> {
        let start = tokio::time::Instant::now();
        let answer = match self.find(token, caller).await? {
            Some(arrival) => self.admit(arrival, typed).await?,
            None => Unlocked::Gone,
        };
        match answer {
            Unlocked::Gone => Ok(match self.nothing_there(start, caller).await {
                Ok(()) => Unlocked::Gone,
                Err(wait) => Unlocked::Missed(wait),
            }),
            answer => Ok(answer),
        }
    }

    async fn admit(self: &Arc<Self>, arrival: Arrival, typed: Password) -> Result<Unlocked, Fault> {
        if self.front(&arrival).is_none() {
            return Ok(Unlocked::Gone);
        }
        let nothing = typed.expose().trim().is_empty();
        if let Some(key) = arrival.kept.clone().filter(|_| nothing) {
            let line = self.clone();
            return aside(move || line.welcome(&arrival, key, true)).await;
        }
        match arrival.admission() {
            Admission::Locked => return Ok(Unlocked::Locked),
            Admission::Paused(until) => return Ok(Unlocked::Paused { until }),
            Admission::Open => {}
        }
        match arrival.found.ticket.is_guarded() {
            // Scanners submit forms they find (P14): an empty one is no try.
            true if nothing => Ok(Unlocked::Empty),
            true => self.bounded(arrival, typed).await,
            false => self.in_a_slot(arrival, typed).await,
        }
    }

    /// A try, if so many may be made.
    async fn bounded(
        self: &Arc<Self>,
        arrival: Arrival,
        typed: Password,
    ) -> Result<Unlocked, Fault> {
        let (who, link) = (arrival.who(), arrival.found.ticket.link);
        if let Err(wait) = self.limits.admit(who, Instant::now()) {
            return Ok(Unlocked::TooOften(wait));
        }
        let answer = self.in_a_slot(arrival, typed).await;
        match &answer {
            Ok(
                Unlocked::Opened(_) | Unlocked::Connected(_) | Unlocked::Busy | Unlocked::NoCode,
            ) => {
                self.limits.give_back(who);
            }
            Ok(Unlocked::Wrong { .. } | Unlocked::Paused { .. } | Unlocked::Locked) => {
                self.limits.wrong(link, Instant::now());
            }
            _ => {}
        }
        answer
    }

    async fn in_a_slot(
        self: &Arc<Self>,
        arrival: Arrival,
        typed: Password,
    ) -> Result<Unlocked, Fault> {
        let Some(slot) = self.slots.take().await else {
            return Ok(Unlocked::Busy);
        };
        let line = self.clone();
        aside(move || {
            let _slot = slot;
            line.attempt(&arrival, &typed)
        })
        .await
    }

    /// One try, in a slot: charged first, taken back if it was right. So two hundred at once are two hundred charges, and a crash
    /// between question and answer costs the guesser a try.
    fn attempt(&self, arrival: &Arrival, typed: &Password) -> Result<Unlocked, Fault> {
        let (id, number) = (arrival.id, arrival.found.number);
        let ticket = &arrival.found.ticket;
        if ticket.needs_code() && !self.code_stands(id, number)? {
            return Ok(Unlocked::NoCode);
        }
        let (verdict, stranger) = match ticket.is_guarded() {
            true => match self.charge((&id, number), ticket.link, &arrival.device_id)? {
                Charge::Counted { verdict, stranger } => (verdict, stranger),
                Charge::Refused(answer) => return Ok(answer),
            },
            false => (Unlocked::Gone, true),
        };
        if ticket.needs_code() && !self.spend_code(id, number, typed)? {
            return self.refuse(arrival, verdict, stranger);
        }
        if ticket.needs_device() {
            return match self.activated(arrival, typed)? {
                Some(unlocked) => Ok(unlocked),
                None => self.refuse(arrival, verdict, stranger),
            };
        }
        match self.key(arrival, typed)? {
            Some(key) => self.welcome(arrival, key, false),
            None => self.refuse(arrival, verdict, stranger),
        }
    }

    /// What a code of another device or of an operator brings; `None`: it is wrong.
    fn activated(&self, arrival: &Arrival, typed: &Password) -> Result<Option<Unlocked>, Fault> {
        let Some(code) = ActivationCode::typed(typed.expose()) else {
            return Ok(None);
        };
        let (found, by) = (&arrival.found, (&code, &arrival.holder));
        let entered = self.quick.enter(found, &arrival.link, by, now())?;
        let Some(entered) = entered else {
            return Ok(None);
        };
        self.mails.notify_one();
        Ok(Some(match entered.key {
            Some(key) => match self.welcome(arrival, key, true)? {
                Unlocked::Opened(opened) => Unlocked::Opened(Opened {
                    quick: Some(entered.token),
                    ..opened
                }),
                other => other,
            },
            None => {
                let (id, number) = (arrival.id, found.number);
                let forgive = |ticket: &mut Ticket| ticket.set_tries(found.ticket.tries());
                self.store.change_ticket(&id, number, forgive)?;
                Unlocked::Connected(entered.token)
            }
        }))
    }

    /// It was wrong.
    fn refuse(
        &self,
        arrival: &Arrival,
        verdict: Unlocked,
        stranger: bool,
    ) -> Result<Unlocked, Fault> {
        if matches!(verdict, Unlocked::Locked) && stranger {
            let from = arrival.address.map(|address| address.to_string());
            let destroys = self.lock.destroys;
            self.teller.tell_locked(&arrival.found, destroys, from)?;
        }
        match verdict {
            Unlocked::Locked if self.lock.destroys && stranger => {
                let (link, what) = (arrival.found.ticket.link, Happened::Revoked(Actor::House));
                self.store.revoke_link(&arrival.id, link, what)?;
                Ok(Unlocked::Gone)
            }
            verdict => Ok(verdict),
        }
    }

    /// Counts a try before it is made; durable when this returns.
    pub(super) fn charge(
        &self,
        (id, number): (&TransferId, u32),
        link: LinkId,
        device: &DeviceId,
    ) -> Result<Charge, Fault> {
        let (now, lock) = (now(), self.lock);
        let charge = self
            .store
            .change_entry(id, number, device, |ticket, known| {
                if ticket.link != link {
                    return (Charge::Refused(Unlocked::Gone), None);
                }
                let known = known.as_mut().filter(|device| device.is_known(now));
                let stranger = known.is_none();
                let mut tries = known.as_ref().map_or(ticket.tries(), |d| d.tries);
                match admission(ticket, &tries, now) {
                    Admission::Paused(until) => {
                        return (Charge::Refused(Unlocked::Paused { until }), None);
                    }
                    Admission::Locked => return (Charge::Refused(Unlocked::Locked), None),
                    Admission::Open => {}
                }
                let verdict = lock.count(&mut tries, now);
                match known {
                    Some(device) => device.tries = tries,
                    None => ticket.set_tries(tries),
                }
                let locks = matches!(verdict, Unlocked::Locked);
                let event = locks.then(|| Event::at(now, Happened::Locked));
                (Charge::Counted { verdict, stranger }, event)
            })?;
        Ok(charge.unwrap_or(Charge::Refused(Unlocked::Gone)))
    }

    /// It was right: tries start anew, the browser is known, the first opening is noted. `kept`: it had the key already, and is known
    /// for no longer than it was.
    fn welcome(&self, arrival: &Arrival, key: TransferKey, kept: bool) -> Result<Unlocked, Fault> {
        let (id, number, now) = (arrival.id, arrival.found.number, now());
        let link = arrival.found.ticket.link;
        let new = match kept {
            true => None,
            false => Some(arrival.welcomed(self.keepsake(arrival, &key)?)),
        };
        let is_in = self
            .store
            .change_entry(&id, number, &arrival.device_id, |ticket, known| {
                // Renewed or taken back since it was looked up.
                if ticket.link != link || ticket.wrap.is_none() {
                    return (false, None);
                }
                let before = known.take().filter(|device| device.is_known(now));
                if before.is_none() {
                    ticket.set_tries(Tries::default());
                }
                if ticket.first_opened == 0 {
                    ticket.first_opened = now;
                }
                let after = new.or(before.map(|mut device| {
                    device.tries = Tries::default();
                    device
                }));
                // Where nothing is asked nobody can be kept out, and nothing need be known.
                *known = after.filter(|_| ticket.is_guarded());
                (true, Some(Event::at(now, Happened::Opened)))
            })?;
        if is_in != Some(true) {
            return Ok(Unlocked::Gone);
        }
        if kept && arrival.by_device {
            self.quick
                .used(&arrival.found.ticket, &arrival.holder, now)?;
        }
        let cookie = !kept && arrival.found.ticket.is_guarded();
        Ok(Unlocked::Opened(Opened {
            visit: Arc::new(Visit::new(id, (number, link), self.reserved.clone())),
            key,
            device: cookie.then(|| arrival.device.clone()),
            quick: arrival.holder.token.clone().filter(|_| arrival.by_device),
        }))
    }

    fn key(&self, arrival: &Arrival, password: &Password) -> Result<Option<TransferKey>, Fault> {
        let found = &arrival.found;
        let Some(day) = self.store.known_day_key(found.ticket.day)? else {
            return Ok(None);
        };
        let password = found.ticket.password.then_some(password);
        Ok(seal::open::unlock(
            &found.ticket,
            &found.record,
            &arrival.link,
            password,
            self.store.master(),
            &day,
        ))
    }
}
