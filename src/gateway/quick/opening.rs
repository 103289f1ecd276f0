//! Opening by a device: from its token to the secret of the pair, and from there to the transfer key.

use super::{Holder, Quick};
use crate::fault::Fault;
use crate::maillog;
use crate::seal::quick::{Place, Secret};
use crate::seal::wrap;
use crate::store::Found;
use crate::transfer::keys::TransferKey;
use crate::transfer::quick::{Badge, Circle, CircleId, Device};
use crate::transfer::{DeviceSecret, LinkSecret, Ticket, TransferId};

impl Quick {
    /// The transfer key, if this browser is a device that was trusted when the mail came; and what it is to be known by from now on.
    pub fn open(
        &self,
        found: &Found,
        link: &LinkSecret,
        holder: &Holder,
    ) -> Result<Option<(TransferKey, Badge)>, Fault> {
        let (Some(badge), Some(id)) = (&holder.badge, self.circle_of(&found.ticket)) else {
            return Ok(None);
        };
        let circle = self.store.circle(&id)?;
        for token in badge.tokens() {
            if let Some(secret) = self.secret_for((&circle, &id), found, (token, holder))
                && let Some(key) = self.unlock(found, link, &secret)?
            {
                let name = id.device(&badge.token, self.master());
                return Ok(Some(match circle.device(&name) {
                    Some(_) => (key, badge.settled()),
                    None => (key, badge.clone()),
                }));
            }
        }
        Ok(None)
    }

    /// The names of the passkeys that open a ticket with its link: no more than a mailbox has devices.
    pub fn passkeys(&self, found: &Found) -> Result<Vec<Vec<u8>>, Fault> {
        let (Some(sealed), Some(id)) = (&found.ticket.quick, self.circle_of(&found.ticket)) else {
            return Ok(Vec::new());
        };
        let circle = self.store.circle(&id)?;
        let Some(key) = circle.key(&sealed.key) else {
            return Ok(Vec::new());
        };
        let opens =
            |device: &&Device| device.is_trusted(found.record.created) && key.has(&device.name);
        let devices = circle.devices.iter().filter(opens);
        Ok(devices.filter_map(|d| d.passkey.clone()).collect())
    }

    /// Of the pair that a transfer is sealed to, by a token of a device that was trusted then.
    fn secret_for(
        &self,
        (circle, id): (&Circle, &CircleId),
        found: &Found,
        (token, holder): (&DeviceSecret, &Holder),
    ) -> Option<Secret> {
        let sealed = found.ticket.quick.as_ref()?;
        let name = id.device(token, self.master());
        let device = circle.device(&name)?;
        if !device.is_trusted(found.record.created) || !self.is_same(id, device, holder) {
            return None;
        }
        let mut shares = circle.key(&sealed.key)?.shares.iter();
        let share = shares.find(|share| share.device == name)?;
        let device = Secret::of_device(token, id);
        device.of_share((id, &sealed.key), &name, &share.sealed)
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
    /// A passkey serves every browser that its holder has it in.
    fn is_same(&self, id: &CircleId, device: &Device, holder: &Holder) -> bool {
        if device.passkey.is_some() {
            return true;
        }
        let same = id.browser(&holder.browser, self.master()) == device.browser;
        if !same {
            maillog::quick_elsewhere(device.number, holder.address, self.rules.check_browser);
        }
        same || !self.rules.check_browser
    }

    /// A device opened something: its silence begins anew, unless it was too long already.
    pub fn used(&self, ticket: &Ticket, holder: &Holder, now: i64) -> Result<(), Fault> {
        let (Some(badge), Some(id)) = (&holder.badge, self.circle_of(ticket)) else {
            return Ok(());
        };
        let name = id.device(&badge.token, self.master());
        self.store.change_circle(&id, now, |circle| {
            let device = circle.device_mut(&name);
            if let Some(device) = device.filter(|device| self.rules.trusts(device, now)) {
                device.use_now(&self.rules, now);
            }
            Ok(((), Vec::new()))
        })
    }
}
