//! Setting up a device in an open transfer, and what whoever holds one does with them ([`super::super::quick`]).
//!
//! Promises: a browser becomes a device only where its reader has opened the transfer with its password and enters a code that was sent to
//! the recipient's mailbox, unless it is one already, and has what it is to be known by before; so an answer that is lost costs nothing.
//! Wrong codes are counted with wrong passwords, on disk before anybody hears, and a lock is told as theirs is. Nothing here is done by looking.

use super::admit::Charge;
use super::code::Asked;
use super::room::Room;
use super::{Admission, Caller, Collect, Unlocked, aside, now};
use crate::fault::{Fault, crash};
use crate::gateway::quick::{Connected, Holder, Quick, Standing};
use crate::store::Found;
use crate::transfer::quick::{ActivationCode, Badge};
use crate::transfer::{DeviceSecret, Password, Record, Ticket};
use std::sync::Arc;
use tokio::sync::Notify;

/// What came of setting a browser up.
#[derive(Debug)]
pub enum Connecting {
    /// It is a device.
    Done(Badge),
    /// It has not got what it is to be known by: nothing was tried.
    NoBadge,
    /// The code was not right, or may not be tried now.
    Refused(Unlocked),
    /// There are as many devices as there may be.
    TooMany,
    /// It is not offered here, or not any more.
    Over,
}

/// What a page shows of the recipient's devices.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// How they stand.
    pub standing: Standing,
    /// Until when a code is good that was sent to prove the mailbox: Unix time, seconds.
    pub code_until: Option<i64>,
    /// True if none may be tried now.
    pub paused: bool,
    /// What browsers call the mailbox ([`Badge::mark`]); empty: it is not one alone.
    pub mark: String,
    /// After so many days without use a device is asked for a password again.
    pub idle_days: i64,
}

impl Collect {
    /// The same, where devices need no password; with whom to wake when a mail about them is due.
    pub fn quick(self, quick: Quick, mails: Arc<Notify>) -> Self {
        Collect {
            quick,
            mails,
            ..self
        }
    }

    /// True if devices may need no password.
    pub fn is_quick(&self) -> bool {
        self.quick.is_on()
    }

    /// How the recipient's devices stand. Counts nothing.
    pub async fn devices(self: &Arc<Self>, room: &Room, caller: &Caller) -> Result<Shown, Fault> {
        let (line, found) = (self.clone(), found(room));
        let (ticket, holder) = (found.ticket, self.holder_in(room, caller));
        let (id, number) = room.place();
        aside(move || {
            let about = (&found.record, &ticket);
            let standing = line.quick.standing(about, &holder, now())?;
            let waits = standing.offered && !standing.proven;
            let code_until = match waits {
                true => line.store.codes(&id, number)?.stands_until(now()),
                false => None,
            };
            let admission = super::lock::admission(&ticket, &ticket.tries(), now());
            Ok(Shown {
                standing,
                code_until,
                paused: waits && admission != Admission::Open,
                mark: line.quick.mark(&ticket).unwrap_or_default(),
                idle_days: line.quick.idle_days(),
            })
        })
        .await
    }

    /// What a browser is to be known by that is about to be set up for this room; `None`: it has that.
    pub async fn new_badge(
        self: &Arc<Self>,
        room: &Room,
        caller: &Caller,
    ) -> Result<Option<Badge>, Fault> {
        let holder = self.holder_in(room, caller);
        let (quick, ticket) = (self.quick.clone(), room.ticket().clone());
        aside(move || quick.new_badge(&ticket, &holder, now())).await
    }

    /// Sends a code to the recipient's mailbox, to prove it.
    pub async fn ask_to_connect(
        self: &Arc<Self>,
        room: &Room,
        caller: &Caller,
    ) -> Result<Asked, Fault> {
        let shown = self.devices(room, caller).await?;
        if !shown.standing.offered || shown.standing.proven || shown.paused {
            return Ok(Asked::LookAgain);
        }
        self.issue(found(room)).await
    }

    /// Makes a device of the browser, if the code is right or it is one already.
    pub async fn connect(
        self: &Arc<Self>,
        room: &Room,
        caller: &Caller,
        typed: Password,
    ) -> Result<Connecting, Fault> {
        let (line, found) = (self.clone(), found(room));
        let holder = self.holder_in(room, caller);
        let connecting = aside(move || {
            let about = (&found.record, &found.ticket);
            let standing = line.quick.standing(about, &holder, now())?;
            match line.may_connect(&found, &holder, &standing, &typed)? {
                Some(refused) => Ok(refused),
                None => line.accepted(&found, &holder),
            }
        });
        let connecting = connecting.await?;
        if let (Connecting::Done(badge), Some(_)) = (&connecting, &caller.passkey) {
            let name = self.quick.name_of(room.ticket(), badge);
            room.visit().shown(name);
        }
        self.mails.notify_one();
        Ok(connecting)
    }

    /// Why it may not become a device; `None`: it may, or is one. The code comes last: it is used up.
    fn may_connect(
        &self,
        found: &Found,
        holder: &Holder,
        standing: &Standing,
        typed: &Password,
    ) -> Result<Option<Connecting>, Fault> {
        match standing {
            Standing { here: true, .. } => return Ok(None),
            Standing { offered: false, .. } => return Ok(Some(Connecting::Over)),
            Standing { full: true, .. } => return Ok(Some(Connecting::TooMany)),
            Standing { proven: true, .. } => return Ok(None),
            _ => {}
        }
        let badge = self.quick.new_badge(&found.ticket, holder, now())?;
        if badge.is_some() {
            return Ok(Some(Connecting::NoBadge));
        }
        let refused = self.disproved(found, holder, typed)?;
        Ok(refused.map(Connecting::Refused))
    }

    fn accepted(&self, found: &Found, holder: &Holder) -> Result<Connecting, Fault> {
        let couple = (&found.record, &found.ticket);
        Ok(match self.quick.accept(couple, holder, now())? {
            Connected::Done(badge) => Connecting::Done(badge),
            Connected::NoBadge => Connecting::NoBadge,
            Connected::TooMany => Connecting::TooMany,
            Connected::Over => Connecting::Over,
        })
    }

    /// Why the code does not prove the mailbox; `None`: it does. Charged before it is tried.
    fn disproved(
        &self,
        found: &Found,
        holder: &Holder,
        typed: &Password,
    ) -> Result<Option<Unlocked>, Fault> {
        let (id, number) = (super::id_of(found)?, found.number);
        if typed.expose().trim().is_empty() {
            return Ok(Some(Unlocked::Empty));
        }
        if !self.code_stands(id, number)? {
            return Ok(Some(Unlocked::NoCode));
        }
        let before = found.ticket.tries();
        let stranger = DeviceSecret::fresh().id(self.store.master(), &id, number);
        match self.charge((&id, number), found.ticket.link, &stranger)? {
            Charge::Refused(answer) => return Ok(Some(answer)),
            Charge::Counted { verdict, stranger } if !self.spend_code(id, number, typed)? => {
                let refused = self.refuse(found, holder.address, verdict, stranger)?;
                return Ok(Some(refused));
            }
            Charge::Counted { .. } => {}
        }
        crash::point("connect/code-spent");
        self.store
            .change_ticket(&id, number, |ticket| ticket.set_tries(before))?;
        Ok(None)
    }

    /// A code for another device, shown once. `None`: this browser is none.
    pub async fn code_for_another(
        self: &Arc<Self>,
        room: &Room,
        caller: &Caller,
    ) -> Result<Option<(ActivationCode, i64)>, Fault> {
        let (line, ticket) = (self.clone(), room.ticket().clone());
        let holder = self.holder_in(room, caller);
        aside(move || line.quick.make_code(&ticket, &holder, now())).await
    }

    /// The device of this number is none any more; `None`: all of them, for this sender. Only a device may ask for that.
    pub async fn disconnect(
        self: &Arc<Self>,
        room: &Room,
        caller: &Caller,
        number: Option<u32>,
    ) -> Result<bool, Fault> {
        let (line, found) = (self.clone(), found(room));
        let holder = self.holder_in(room, caller);
        let done = aside(move || {
            let (record, ticket) = (&found.record, &found.ticket);
            let about = (record, ticket);
            match number {
                Some(number) => line.quick.dismiss(ticket, &holder, number, now()),
                None if line.quick.standing(about, &holder, now())?.here => {
                    line.quick.part_of(record, ticket, now())
                }
                None => Ok(false),
            }
        });
        let done = done.await?;
        self.mails.notify_one();
        Ok(done)
    }

    /// The pair is over, as its sender says on his page.
    pub async fn disconnect_by_sender(
        self: &Arc<Self>,
        record: Record,
        ticket: Ticket,
    ) -> Result<bool, Fault> {
        let quick = self.quick.clone();
        let done = aside(move || quick.part_of(&record, &ticket, now())).await?;
        self.mails.notify_one();
        Ok(done)
    }

    /// What a caller has for the recipient of a ticket.
    pub(super) fn holder(&self, ticket: &Ticket, caller: &Caller) -> Holder {
        Holder {
            badge: match &caller.passkey {
                Some(passkey) => self.quick.badge_of(ticket, passkey),
                None => self.quick.badge_for(ticket, &caller.quick),
            },
            browser: caller.browser.clone(),
            address: caller.address,
            passkey: caller.passkey.as_ref().map(|passkey| passkey.name.clone()),
            device: None,
        }
    }

    /// The same in an open transfer, which may have been opened with a passkey.
    fn holder_in(&self, room: &Room, caller: &Caller) -> Holder {
        Holder {
            device: room.visit().passkey(),
            ..self.holder(room.ticket(), caller)
        }
    }
}

fn found(room: &Room) -> Found {
    Found {
        record: room.record().clone(),
        ticket: room.ticket().clone(),
        number: room.number(),
    }
}
