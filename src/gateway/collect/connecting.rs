//! Setting up a device in an open transfer, and what whoever holds one does with them ([`super::super::quick`]).
//!
//! Promises: a browser becomes a device only where its reader has opened the transfer with its password and enters a code that was sent to
//! the recipient's mailbox, unless it is one already; wrong codes are counted with wrong passwords, on disk before anybody hears. Nothing
//! here is done by looking.

use super::admit::Charge;
use super::code::Asked;
use super::room::Room;
use super::{Admission, Caller, Collect, Unlocked, aside, now};
use crate::fault::Fault;
use crate::gateway::quick::{Connected, Holder, Quick, Standing};
use crate::store::Found;
use crate::transfer::quick::ActivationCode;
use crate::transfer::{DeviceSecret, Password, Record, Ticket};
use std::sync::Arc;
use tokio::sync::Notify;

/// What came of setting a browser up.
#[derive(Debug)]
pub enum Connecting {
    /// It is a device: its token.
    Done(DeviceSecret),
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
        let (line, ticket, holder) = (self.clone(), room.ticket().clone(), holder(caller));
        let (id, number) = room.place();
        aside(move || {
            let standing = line.quick.standing(&ticket, &holder, now())?;
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
                idle_days: line.quick.idle_days(),
            })
        })
        .await
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
        let standing = self.devices(room, caller).await?.standing;
        if !standing.offered {
            return Ok(Connecting::Over);
        }
        let (line, found, holder) = (self.clone(), found(room), holder(caller));
        let connecting = aside(move || {
            if !standing.proven
                && let Some(refused) = line.disproved(&found, &typed)?
            {
                return Ok(Connecting::Refused(refused));
            }
            line.accepted(&found, &holder)
        });
        let connecting = connecting.await?;
        self.mails.notify_one();
        Ok(connecting)
    }

    fn accepted(&self, found: &Found, holder: &Holder) -> Result<Connecting, Fault> {
        let couple = (&found.record, &found.ticket);
        Ok(match self.quick.accept(couple, holder, now())? {
            Connected::Done(token) => Connecting::Done(token),
            Connected::TooMany => Connecting::TooMany,
            Connected::Over => Connecting::Over,
        })
    }

    /// Why the code does not prove the mailbox; `None`: it does. Charged before it is tried.
    fn disproved(&self, found: &Found, typed: &Password) -> Result<Option<Unlocked>, Fault> {
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
            Charge::Counted { verdict, .. } if !self.spend_code(id, number, typed)? => {
                return Ok(Some(verdict));
            }
            Charge::Counted { .. } => {}
        }
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
        let (line, ticket, holder) = (self.clone(), room.ticket().clone(), holder(caller));
        aside(move || line.quick.make_code(&ticket, &holder, now())).await
    }

    /// The device of this number is none any more; `None`: all of them, for this sender. Only a device may ask for that.
    pub async fn disconnect(
        self: &Arc<Self>,
        room: &Room,
        caller: &Caller,
        number: Option<u32>,
    ) -> Result<bool, Fault> {
        let (line, found, holder) = (self.clone(), found(room), holder(caller));
        let done = aside(move || {
            let (record, ticket) = (&found.record, &found.ticket);
            match number {
                Some(number) => line.quick.dismiss(ticket, &holder, number, now()),
                None if line.quick.standing(ticket, &holder, now())?.here => {
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
}

/// What a caller has for QUICK.
pub(super) fn holder(caller: &Caller) -> Holder {
    Holder {
        token: caller.quick.clone(),
        browser: caller.browser.clone(),
        address: caller.address,
    }
}

fn found(room: &Room) -> Found {
    Found {
        record: room.record().clone(),
        ticket: room.ticket().clone(),
        number: room.number(),
    }
}
