//! An arrival: somebody with a link that leads somewhere, and whether the browser has opened it before.

use super::limits::Who;
use super::lock::{Admission, admission};
use super::{Collect, TooOften, aside, id_of, now};
use crate::fault::Fault;
use crate::gateway::quick::Holder;
use crate::seal::keepsake::{self, Place};
use crate::seal::wrap;
use crate::store::Found;
use crate::transfer::keys::{DayKey, TransferKey};
use crate::transfer::quick::{Badge, Passkey};
use crate::transfer::{Device, DeviceId, DeviceSecret, LinkSecret, TransferId, Tries};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// What the browser is known by, if it has opened anything here before.
    pub device: Option<DeviceSecret>,
    /// Where from, if that is known.
    pub address: Option<IpAddr>,
    /// True if its reader wants to be let in without a password the next time.
    pub remember: bool,
    /// What it has to be a device of recipients, one for each.
    pub quick: Vec<Badge>,
    /// What it calls itself.
    pub browser: String,
    /// What a passkey says, where its holder wants in by it.
    pub passkey: Option<Passkey>,
}

/// Somebody with a link that is known.
pub(super) struct Arrival {
    pub(super) link: LinkSecret,
    pub(super) found: Found,
    pub(super) id: TransferId,
    pub(super) address: Option<IpAddr>,
    pub(super) remember: bool,
    /// The browser's own, or a new one.
    pub(super) device: DeviceSecret,
    pub(super) device_id: DeviceId,
    /// What is known of it at this ticket.
    pub(super) known: Option<Device>,
    /// The transfer key, if the browser has it.
    pub(super) kept: Option<TransferKey>,
    /// It has it as a device, and is known by this from now on.
    pub(super) by_device: Option<Badge>,
    /// For that.
    pub(super) holder: Holder,
    /// It has nothing that it could be known by as a device, where one is needed: for which mailbox ([`Badge::mark`]).
    pub(super) needs_badge: Option<String>,
    /// The names of the passkeys that would do.
    pub(super) passkeys: Vec<Vec<u8>>,
}

impl Arrival {
    /// Whether a password or a code may be tried: what strangers typed does not count for who is known.
    pub(super) fn admission(&self) -> Admission {
        admission(&self.found.ticket, &self.tries(), now())
    }

    /// What counts for it.
    pub(super) fn tries(&self) -> Tries {
        match &self.known {
            Some(device) => device.tries,
            None => self.found.ticket.tries(),
        }
    }

    /// For the limits.
    pub(super) fn who(&self) -> Who {
        match &self.known {
            Some(_) => Who::Known(self.device_id),
            None => Who::Stranger(self.found.ticket.link, self.address),
        }
    }

    /// A passkey was shown, and nothing opens by it.
    pub(super) fn is_in_vain(&self) -> bool {
        self.holder.passkey.is_some() && self.kept.is_none()
    }

    /// A browser that opens it now is known afterwards.
    pub(super) fn welcomed(&self, keepsake: Option<Vec<u8>>) -> Device {
        Device {
            until: now().saturating_add(crate::transfer::device::KNOWN_FOR),
            tries: Tries::default(),
            keepsake,
        }
    }
}

impl Collect {
    /// `None` for a link nobody knows.
    pub(super) async fn find(
        self: &Arc<Self>,
        token: &str,
        caller: &Caller,
    ) -> Result<Option<Arrival>, Fault> {
        let Some(link) = LinkSecret::from_token(token) else {
            return Ok(None);
        };
        let (line, caller) = (self.clone(), caller.clone());
        aside(move || match line.store.find(&link)? {
            Some(found) => line.arrived(link, found, caller).map(Some),
            None => Ok(None),
        })
        .await
    }

    fn arrived(&self, link: LinkSecret, found: Found, caller: Caller) -> Result<Arrival, Fault> {
        let id = id_of(&found)?;
        let holder = self.holder(&found.ticket, &caller);
        let has_cookie = caller.device.is_some();
        let device = caller.device.unwrap_or_else(DeviceSecret::fresh);
        let device_id = device.id(self.store.master(), &id, found.number);
        let known = match has_cookie && found.ticket.is_guarded() {
            true => self.store.device(&id, found.number, &device_id)?,
            false => None,
        };
        let mut arrival = Arrival {
            link,
            id,
            address: caller.address,
            remember: caller.remember,
            device,
            device_id,
            known: known.filter(|device| device.is_known(now())),
            kept: None,
            by_device: None,
            holder,
            needs_badge: None,
            passkeys: Vec::new(),
            found,
        };
        arrival.kept = self.kept(&arrival)?;
        if arrival.kept.is_none() {
            let opened = self
                .quick
                .open(&arrival.found, &arrival.link, &arrival.holder)?;
            (arrival.kept, arrival.by_device) = opened.unzip();
        }
        arrival.passkeys = self.quick.passkeys(&arrival.found)?;
        if arrival.found.ticket.needs_device() {
            let (ticket, holder) = (&arrival.found.ticket, &arrival.holder);
            let badge = self.quick.new_badge(ticket, holder, now())?;
            arrival.needs_badge = badge.map(|badge| badge.mark);
        }
        Ok(arrival)
    }

    fn kept(&self, arrival: &Arrival) -> Result<Option<TransferKey>, Fault> {
        let keepsake = arrival.known.as_ref().and_then(|k| k.keepsake.as_ref());
        let Some(keepsake) = keepsake else {
            return Ok(None);
        };
        self.at_place(arrival, |place| keepsake::open(place, keepsake))
            .map(Option::flatten)
    }

    /// The transfer key for this browser alone, if its reader wishes so.
    pub(super) fn keepsake(
        &self,
        arrival: &Arrival,
        key: &TransferKey,
    ) -> Result<Option<Vec<u8>>, Fault> {
        match arrival.remember {
            true => self.at_place(arrival, |place| keepsake::keep(place, key)),
            false => Ok(None),
        }
    }

    /// `None` if the ticket was taken back, or its day is over.
    fn at_place<T>(
        &self,
        arrival: &Arrival,
        work: impl FnOnce(&Place<'_>) -> T,
    ) -> Result<Option<T>, Fault> {
        let ticket = &arrival.found.ticket;
        let day_key: Option<DayKey> = self.store.known_day_key(ticket.day)?;
        let (Some(day_key), Some(wrap)) = (&day_key, &ticket.wrap) else {
            return Ok(None);
        };
        Ok(Some(work(&Place {
            lock: wrap::Lock {
                transfer: &arrival.id,
                link: &arrival.link,
                day: ticket.day,
                day_key,
                master: self.store.master(),
            },
            ticket: arrival.found.number,
            wrap,
            device: &arrival.device,
        })))
    }

    /// Waits as long as any link that leads nowhere does (P15), and counts it.
    pub async fn nothing_there(
        &self,
        start: tokio::time::Instant,
        caller: &Caller,
    ) -> Result<(), TooOften> {
        let missed = self.limits.missed(caller.address, Instant::now());
        let steps = start.elapsed().as_micros() / super::GONE_AFTER.as_micros() + 1;
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        tokio::time::sleep_until(start + super::GONE_AFTER * steps).await;
        missed
    }

    /// The browser of this cookie is no longer known at a ticket: what it may open without a password, it no longer may.
    pub async fn forget(
        self: &Arc<Self>,
        id: TransferId,
        ticket: u32,
        device: DeviceSecret,
    ) -> Result<(), Fault> {
        let store = self.store.clone();
        aside(move || {
            let name = device.id(store.master(), &id, ticket);
            store.change_entry(&id, ticket, &name, |_, known| {
                *known = None;
                ((), None)
            })?;
            Ok(())
        })
        .await
    }

    /// True if this browser opens a ticket without a password.
    pub async fn remembers(
        self: &Arc<Self>,
        id: TransferId,
        ticket: u32,
        device: Option<DeviceSecret>,
    ) -> Result<bool, Fault> {
        let Some(device) = device else {
            return Ok(false);
        };
        let store = self.store.clone();
        aside(move || {
            let name = device.id(store.master(), &id, ticket);
            let known = store.device(&id, ticket, &name)?;
            Ok(known.is_some_and(|known| known.is_known(now()) && known.keepsake.is_some()))
        })
        .await
    }
}
