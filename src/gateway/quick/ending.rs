//! The end: of a pair, of a device, or of all that a mailbox has.

use super::{Couple, Holder, Quick, letters};
use crate::fault::Fault;
use crate::mail::Address;
use crate::maillog;
use crate::transfer::memo::QuickNews;
use crate::transfer::quick::CircleId;
use crate::transfer::{Record, Ticket};

impl Quick {
    /// The pair is over: passwords again, and what was sealed to it alone opens for nobody. The devices there are have no part in what comes
    /// after, until each is set up anew. Both sides hear of it. False if there was none.
    pub fn part(&self, sender: &Address, recipient: &Address, now: i64) -> Result<bool, Fault> {
        let couple = Couple {
            id: CircleId::of(recipient, self.master()),
            sender: sender.clone(),
            recipient: recipient.clone(),
        };
        let parted = self.store.change_circle(&couple.id, now, |circle| {
            let accepted = circle.pair(sender).is_some_and(|pair| pair.accepted != 0);
            let parted = circle.part(sender);
            let told = match accepted && parted {
                true => letters::to_both(&couple, QuickNews::Ended, now),
                false => Vec::new(),
            };
            Ok((parted, told))
        })?;
        if parted {
            maillog::quick("ended", sender, recipient, None);
        }
        Ok(parted)
    }

    /// The same for whoever has opened a transfer of the pair.
    pub fn part_of(&self, record: &Record, ticket: &Ticket, now: i64) -> Result<bool, Fault> {
        match self.couple(record, ticket) {
            Some(couple) => self.part(&couple.sender, &couple.recipient, now),
            None => Ok(false),
        }
    }

    /// Every pair of a mailbox is over, and no device is one any more; its senders hear of it, and the recipient once. False if there was
    /// nothing.
    pub fn end(&self, recipient: &Address, now: i64) -> Result<bool, Fault> {
        let id = CircleId::of(recipient, self.master());
        let ended = self.store.change_circle(&id, now, |circle| {
            let told = letters::to_all(circle, QuickNews::Ended, now);
            Ok((circle.end(), told))
        })?;
        if ended {
            maillog::quick_end(recipient);
        }
        Ok(ended)
    }

    /// A device is none any more, as one of them says. False if the browser is none, or there is no such.
    pub fn dismiss(
        &self,
        ticket: &Ticket,
        holder: &Holder,
        number: u32,
        now: i64,
    ) -> Result<bool, Fault> {
        let Some(id) = self.circle_of(ticket) else {
            return Ok(false);
        };
        self.store.change_circle(&id, now, |circle| {
            let may = self.device_in(circle, &id, holder, now).is_some();
            Ok((may && circle.dismiss(number), Vec::new()))
        })
    }
}
