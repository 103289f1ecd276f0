//! Opening by a device: from its token to the secret of the pair, and from there to the transfer key.

use super::{Holder, Quick};
use crate::fault::Fault;
use crate::maillog;
use crate::seal::quick::{Place, Secret};
use crate::seal::wrap;
use crate::store::Found;
use crate::transfer::keys::TransferKey;
use crate::transfer::quick::{CircleId, Device};
use crate::transfer::{LinkSecret, Ticket, TransferId};

impl Quick {
    /// The transfer key, if this browser is a device that was trusted when the mail came.
    pub fn open(
        &self,
        found: &Found,
        link: &LinkSecret,
        holder: &Holder,
    ) -> Result<Option<TransferKey>, Fault> {
        let (Some(token), Some(sealed)) = (&holder.token, &found.ticket.quick) else {
            return Ok(None);
        };
        let Some(id) = self.circle_of(&found.ticket) else {
            return Ok(None);
        };
        let circle = self.store.circle(&id)?;
        let name = id.device(token, self.master());
        let Some(device) = circle.device(&name).filter(|_| self.is_on()) else {
            return Ok(None);
        };
        if !self.rules.trusts(device, found.record.created) || !self.is_same(&id, device, holder) {
            return Ok(None);
        }
        let share = circle.key(&sealed.key);
        let share = share.and_then(|key| key.shares.iter().find(|share| share.device == name));
        let secret = share.and_then(|share| {
            let device = Secret::of_device(token, &id);
            device.of_share((&id, &sealed.key), &name, &share.sealed)
        });
        match secret {
            Some(secret) => self.unlock(found, link, &secret),
            None => Ok(None),
        }
    }

    pub(super) fn unlock(
        &self,
        found: &Found,
        link: &LinkSecret,
        secret: &Secret,
    ) -> Result<Option<TransferKey>, Fault> {
        let ticket = &found.ticket;
        let day_key = self.store.known_day_key(ticket.day)?;
        let transfer: Option<TransferId> = found.record.id.parse().ok();
        let (Some(day_key), Some(transfer), Some(sealed)) = (&day_key, &transfer, &ticket.quick)
        else {
            return Ok(None);
        };
        let place = Place {
            lock: wrap::Lock {
                transfer,
                link,
                day: ticket.day,
                day_key,
                master: self.master(),
            },
            ticket: found.number,
            key: &sealed.key,
        };
        Ok(secret.unlock(&place, &sealed.sealed))
    }

    /// False if the token came from another kind of browser and that counts. Proof 9: it is in the log in any case.
    fn is_same(&self, id: &CircleId, device: &Device, holder: &Holder) -> bool {
        let same = id.browser(&holder.browser, self.master()) == device.browser;
        if !same {
            maillog::quick_elsewhere(device.number, holder.address, self.rules.check_browser);
        }
        same || !self.rules.check_browser
    }

    /// A device opened something: its silence begins anew, unless it was too long already.
    pub fn used(&self, ticket: &Ticket, holder: &Holder, now: i64) -> Result<(), Fault> {
        let (Some(token), Some(id)) = (&holder.token, self.circle_of(ticket)) else {
            return Ok(());
        };
        let name = id.device(token, self.master());
        self.store.change_circle(&id, now, |circle| {
            let device = circle.device_mut(&name);
            if let Some(device) = device.filter(|device| self.rules.trusts(device, now)) {
                device.used = device.used.max(now);
            }
            Ok(((), Vec::new()))
        })
    }
}
