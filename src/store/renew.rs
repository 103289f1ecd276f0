//! A new link for a ticket: one change of the record, in which the old one ends and the new one begins.
//!
//! Promises: when the method returns the old link leads nowhere, browsers that were known are forgotten, tries begin anew, passwords on
//! their way are gone, and the mail that brings the new link is kept to be sent; a crash leaves all of it or nothing, in the manifest too.
//! Leaves to others: keys and words (`gateway::steering`), when the new password may go ([`Store::link_done`]).

use super::backend::Table;
use super::values::Change;
use super::{Answered, Store, history, id_of, memos, ticket_key};
use crate::fault::{Fault, crash};
use crate::transfer::parcel::What;
use crate::transfer::steering::Did;
use crate::transfer::{Event, LinkId, Memo, Record, Ticket, TransferId};

/// Parcels of one mail that are looked at: more than its variants can make.
const PARCELS: usize = 500;

/// What takes the place of a ticket's link.
#[derive(Debug)]
pub struct Renewed {
    /// The ticket's number.
    pub number: u32,
    /// The ticket as it is to be: with another link.
    pub ticket: Ticket,
    /// What its history says.
    pub events: Vec<Event>,
    /// The mails that bring the link, due at once.
    pub memos: Vec<Memo>,
}

impl Store {
    /// Renews the ticket that `make` chooses, while nobody else changes the transfer; what `along` gives becomes durable with it, whether
    /// something was done or not. `Err` of `make`: nothing is done, and that is why. Durable when this returns.
    pub fn renew(
        &self,
        id: &TransferId,
        now: i64,
        make: impl FnOnce(&Record, &[Ticket]) -> Result<Result<Renewed, Did>, Fault>,
        along: impl FnOnce(Did) -> Answered,
    ) -> Result<Did, Fault> {
        let _alone = self.alone(id);
        let Some(stored) = self.stored(id)? else {
            return self.told(along, Did::Unknown);
        };
        let mut tickets = self.tickets(&stored.record)?;
        let mut renewed = match make(&stored.record, &tickets)? {
            Ok(renewed) => renewed,
            Err(did) => return self.told(along, did),
        };
        let meant = tickets.get(renewed.number as usize);
        if !meant.map_or(Ok(true), |ticket| self.mail_has_left(id, ticket))? {
            return self.told(along, Did::NotLeft);
        }
        let mut change = Change::new(&self.values);
        let old = tickets.get(renewed.number as usize).map(|t| t.link);
        self.put_renewed(&mut change, &stored.record, old, &mut renewed)?;
        memos::put(&mut change, &renewed.memos, now)?;
        along(Did::Renewed).put(&mut change)?;
        if let Some(place) = tickets.get_mut(renewed.number as usize) {
            *place = renewed.ticket;
        }
        self.commit_generation(change, stored, &tickets)?;
        crash::point("renew/written");
        Ok(Did::Renewed)
    }

    /// False while the mail of one of a ticket's recipients is still to be delivered, or nobody knows whether it was: what becomes of it
    /// would end a link that was renewed meanwhile, or arrive with one that opens nothing.
    pub fn mail_has_left(&self, id: &TransferId, ticket: &Ticket) -> Result<bool, Fault> {
        let Some(stored) = self.stored(id)? else {
            return Ok(false);
        };
        let is_theirs = |to: &str| ticket.recipients.iter().any(|r| r == to);
        let parcels = self.parcels_of(&stored.record.mail, PARCELS)?;
        let copies = parcels.iter().filter(|parcel| {
            let ours = parcel.transfer.as_ref() == Some(&stored.record.id);
            ours && parcel.what == What::Copy && !parcel.is_over()
        });
        let mut pending = copies.flat_map(|parcel| &parcel.pending);
        if pending.any(|p| is_theirs(&p.recipient.address.to_string())) {
            return Ok(false);
        }
        Ok(ticket.first_opened != 0 || !self.waits_for_mail(&stored, is_theirs)?)
    }

    fn put_renewed(
        &self,
        change: &mut Change<'_>,
        record: &Record,
        old: Option<LinkId>,
        renewed: &mut Renewed,
    ) -> Result<(), Fault> {
        let (number, ticket) = (renewed.number, &mut renewed.ticket);
        let id = &id_of(record)?;
        let key = ticket_key(id, number);
        if let Some(old) = old {
            change.remove(Table::Links, &old.0)?;
        }
        change.create(Table::Links, &ticket.link.0, &key)?;
        self.remove_devices(change, id, number)?;
        change.remove(Table::Codes, &key)?;
        for event in &renewed.events {
            history::note(change, id, number, ticket, event)?;
        }
        let is_theirs = |to: &str| ticket.recipients.iter().any(|r| r == to);
        for receipt in self.silence(change, &record.id, is_theirs)? {
            // It would have left with a password that counts for nothing now.
            memos::receipt(change, record, Box::new(receipt))?;
        }
        self.silence_links(change, &id.to_string(), is_theirs)
    }

    fn told(&self, along: impl FnOnce(Did) -> Answered, did: Did) -> Result<Did, Fault> {
        self.keep_along(along(did))?;
        Ok(did)
    }
}
