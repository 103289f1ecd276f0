//! Letting somebody in: a password or a code tried, or a browser that need not.
//!
//! Promises: each try is charged on disk before it is made; what is typed in a browser that has opened the link before is charged to that
//! browser alone, and destroys nothing. The right password forgives what the same kind of visitor typed before: a known browser's does not lift a lock that
//! strangers have earned.

use super::arrival::{Arrival, Caller};
use super::lock::admission;
use super::{Admission, Collect, TooOften, Visit, aside, id_of, now};
use crate::fault::Fault;
use crate::gateway::quick::Entered;
use crate::seal;
use crate::store::Found;
use crate::transfer::keys::TransferKey;
use crate::transfer::quick::{ActivationCode, Badge};
use crate::transfer::{
    Actor, Device, DeviceId, DeviceSecret, Event, Happened, LinkId, Password, Ticket, TransferId,
    Tries,
};
use std::net::IpAddr;
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
    Connected(Badge),
    /// The browser has not got what a device is known by: nothing was tried.
    NoBadge,
    /// The passkey is of no device that opens it. Of nobody: it counts towards no lock.
    NoSuchPasskey,
    /// The code is right, and there are as many devices as there may be. It is good still.
    TooManyDevices,
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
    /// The device of the recipient's that it was opened with.
    pub quick: Option<Badge>,
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
        // Of a device whatever is typed counts nothing: it may be a code once more whose answer was lost.
        let as_device = arrival.by_device.is_some() && arrival.found.ticket.needs_device();
        if let Some(key) = arrival.kept.clone().filter(|_| nothing || as_device) {
            let line = self.clone();
            return aside(move || line.welcome(&arrival, key, true)).await;
        }
        if arrival.is_in_vain() {
            // 256 bits are not guessed: this is only not to be asked too often.
            let admitted = self.limits.admit(arrival.who(), Instant::now());
            return Ok(admitted.map_or_else(Unlocked::TooOften, |()| Unlocked::NoSuchPasskey));
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
                Unlocked::Opened(_)
                | Unlocked::Connected(_)
                | Unlocked::NoBadge
                | Unlocked::TooManyDevices
                | Unlocked::Busy
                | Unlocked::NoCode,
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
        if arrival.needs_badge.is_some() {
            return Ok(Unlocked::NoBadge);
        }
        let (verdict, stranger) = match ticket.is_guarded() {
            true => match self.charge((&id, number), ticket.link, &arrival.device_id)? {
                Charge::Counted { verdict, stranger } => (verdict, stranger),
                Charge::Refused(answer) => return Ok(answer),
            },
            false => (Unlocked::Gone, true),
        };
        if ticket.needs_code() && !self.spend_code(id, number, typed)? {
            return self.refuse(&arrival.found, arrival.address, verdict, stranger);
        }
        let unlocked = match ticket.needs_device() {
            true => self.activated(arrival, typed)?,
            false => match self.key(arrival, typed)? {
                Some(key) => Some(self.welcome(arrival, key, false)?),
                None => None,
            },
        };
        match unlocked {
            Some(unlocked) => Ok(unlocked),
            None => self.refuse(&arrival.found, arrival.address, verdict, stranger),
        }
    }

    /// What a code of another device or of an operator brings; `None`: it is wrong.
    fn activated(&self, arrival: &Arrival, typed: &Password) -> Result<Option<Unlocked>, Fault> {
        let Some(code) = ActivationCode::typed(typed.expose()) else {
            return Ok(None);
        };
        let (found, by) = (&arrival.found, (&code, &arrival.holder));
        let entered = self.quick.enter(found, &arrival.link, by, now())?;
        let (badge, key) = match entered {
            Entered::Wrong => return Ok(None),
            Entered::TooMany => {
                self.forgive(arrival)?;
                return Ok(Some(Unlocked::TooManyDevices));
            }
            Entered::Done { badge, key } => (badge, key),
        };
        self.mails.notify_one();
        let Some(key) = key else {
            self.forgive(arrival)?;
            return Ok(Some(Unlocked::Connected(badge)));
        };
        Ok(Some(match self.welcome(arrival, key, true)? {
            Unlocked::Opened(opened) => Unlocked::Opened(Opened {
                quick: Some(badge),
                ..opened
            }),
            other => other,
        }))
    }

    /// The try that was charged was none.
    fn forgive(&self, arrival: &Arrival) -> Result<(), Fault> {
        let (found, tries) = (&arrival.found, arrival.tries());
        let forgive = |ticket: &mut Ticket, known: &mut Option<Device>| {
            match known.as_mut().filter(|device| device.is_known(now())) {
                Some(device) => device.tries = tries,
                None => ticket.set_tries(tries),
            }
            ((), None)
        };
        let place = (&arrival.id, found.number, &arrival.device_id);
        self.store
            .change_entry(place.0, place.1, place.2, forgive)?;
        Ok(())
    }

    /// It was wrong. Of a lock that strangers have earned the sender hears, wherever they typed.
    pub(super) fn refuse(
        &self,
        found: &Found,
        from: Option<IpAddr>,
        verdict: Unlocked,
        stranger: bool,
    ) -> Result<Unlocked, Fault> {
        if matches!(verdict, Unlocked::Locked) && stranger {
            let from = from.map(|address| address.to_string());
            self.teller.tell_locked(found, self.lock.destroys, from)?;
        }
        match verdict {
            Unlocked::Locked if self.lock.destroys && stranger => {
                let (link, what) = (found.ticket.link, Happened::Revoked(Actor::House));
                self.store.revoke_link(&id_of(found)?, link, what)?;
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
        if kept && arrival.by_device.is_some() {
            self.quick
                .used(&arrival.found.ticket, &arrival.holder, now)?;
        }
        let cookie = !kept && arrival.found.ticket.is_guarded();
        let visit = Visit::new(id, (number, link), self.reserved.clone());
        let (ticket, badge) = (&arrival.found.ticket, arrival.by_device.as_ref());
        let by_passkey = arrival.holder.passkey.is_some();
        if by_passkey {
            visit.shown(badge.and_then(|badge| self.quick.name_of(ticket, badge)));
        }
        Ok(Unlocked::Opened(Opened {
            visit: Arc::new(visit),
            key,
            device: cookie.then(|| arrival.device.clone()),
            // What a passkey holds no cookie holds too.
            quick: badge.filter(|_| !by_passkey).cloned(),
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
