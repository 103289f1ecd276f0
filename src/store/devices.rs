//! Browsers that have opened a ticket: a few records a ticket, which go with it, or when their time is over.
//!
//! Promises: what a try changes of ticket and device is one change, durable when the method returns; no ticket has more than
//! [`device::MOST`] devices. Leaves to others: what a device may do (`gateway::collect`).

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, history, ticket_key, ticket_of};
use crate::fault::Fault;
use crate::transfer::{Device, DeviceId, Event, Ticket, TransferId, Tries, device};

/// Far above what one ticket can have.
const ALL: usize = 10 * device::MOST;

/// A device of a ticket: its key in the table, and what it says.
type Kept = (Vec<u8>, Device);

fn key(id: &TransferId, number: u32, device: &DeviceId) -> Vec<u8> {
    [&ticket_key(id, number)[..], &device.0].concat()
}

/// Behind the last key of a ticket.
fn behind(id: &TransferId, number: u32) -> Vec<u8> {
    [&ticket_key(id, number)[..], &[0xff; 33]].concat()
}

impl Store {
    /// What is known of a browser at a ticket; `None` if it never opened it.
    pub fn device(
        &self,
        id: &TransferId,
        number: u32,
        device: &DeviceId,
    ) -> Result<Option<Device>, Fault> {
        self.values.get(Table::Devices, &key(id, number, device))
    }

    /// Changes a ticket and one browser's record of it together, and notes what happened, while nobody else changes either; durable when
    /// this returns. A record left `None` is removed. `None` if there is no such ticket.
    pub fn change_entry<T>(
        &self,
        id: &TransferId,
        number: u32,
        device: &DeviceId,
        change: impl FnOnce(&mut Ticket, &mut Option<Device>) -> (T, Option<Event>),
    ) -> Result<Option<T>, Fault> {
        let _alone = self.alone(id);
        let (ticket, device_key) = (self.ticket(id, number)?, key(id, number, device));
        let Some(mut ticket) = ticket else {
            return Ok(None);
        };
        let mut known = self.device(id, number, device)?;
        let before = (ticket.clone(), known.clone());
        let (out, event) = change(&mut ticket, &mut known);
        let mut batch = Change::new(&self.values);
        if let Some(event) = event {
            history::note(&mut batch, id, number, &mut ticket, &event)?;
        }
        if ticket != before.0 {
            batch.replace(Table::Tickets, &ticket_key(id, number), &ticket)?;
        }
        match &known {
            Some(new) if before.1.as_ref() != Some(new) => {
                if before.1.is_none() {
                    self.make_room(&mut batch, id, number)?;
                }
                batch.replace(Table::Devices, &device_key, new)?;
            }
            None if before.1.is_some() => batch.remove(Table::Devices, &device_key)?,
            _ => {}
        }
        batch.commit().map_err(fault)?;
        Ok(Some(out))
    }

    /// Forgets browsers whose time was over at `now` (Unix time, seconds). How many. A record that cannot be read goes too: it is of use
    /// to nobody.
    pub fn erase_devices(&self, now: i64) -> Result<u64, Fault> {
        let mut over = Vec::new();
        self.each_raw(Table::Devices, |key, value| {
            match self.values.open::<Device>(Table::Devices, key, value) {
                Ok(device) if device.is_known(now) => {}
                _ => over.push(key.to_vec()),
            }
            Ok(())
        })?;
        let mut erased = 0;
        for key in over {
            erased += u64::from(self.erase_device(&key, now)?);
        }
        Ok(erased)
    }

    /// True if it was over. Looked at again: it may have been used meanwhile.
    fn erase_device(&self, key: &[u8], now: i64) -> Result<bool, Fault> {
        let ticket = key.get(..key.len().saturating_sub(32)).unwrap_or_default();
        let (id, _) = ticket_of(ticket)?;
        let _alone = self.alone(&id);
        let kept = self.values.get::<Device>(Table::Devices, key);
        if kept.is_ok_and(|kept| kept.is_none_or(|device| device.is_known(now))) {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.remove(Table::Devices, key)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }

    /// Removes all devices of a ticket in a change.
    pub(super) fn remove_devices(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        number: u32,
    ) -> Result<(), Fault> {
        // Also those that cannot be read: they keep nothing from its end.
        let scanned = self.values.backend.scan(
            Table::Devices,
            &ticket_key(id, number),
            &behind(id, number),
            ALL,
        );
        for (key, _) in scanned.map_err(fault)? {
            change.remove(Table::Devices, &key)?;
        }
        Ok(())
    }

    /// Lifts locks and pauses of a ticket's devices in a change. True if there were any.
    pub(super) fn lift_devices(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        number: u32,
    ) -> Result<bool, Fault> {
        let mut lifted = false;
        for (key, mut device) in self.devices(id, number)? {
            if device.tries != Tries::default() {
                device.tries = Tries::default();
                change.replace(Table::Devices, &key, &device)?;
                lifted = true;
            }
        }
        Ok(lifted)
    }

    fn make_room(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        number: u32,
    ) -> Result<(), Fault> {
        let mut devices = self.devices(id, number)?;
        devices.sort_by_key(|(_, device)| std::cmp::Reverse(device.until));
        for (key, _) in devices.iter().skip(device::MOST - 1) {
            change.remove(Table::Devices, key)?;
        }
        Ok(())
    }

    fn devices(&self, id: &TransferId, number: u32) -> Result<Vec<Kept>, Fault> {
        let (from, to) = (ticket_key(id, number), behind(id, number));
        self.values.scan(Table::Devices, &from, &to, ALL)?.collect()
    }
}
