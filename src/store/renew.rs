//! A new link for a ticket: one change of the record, in which the old one ends and the new one begins.
//!
//! Promises: when the method returns the old link leads nowhere, browsers that were known are forgotten, tries begin anew, passwords on
//! their way are gone, and the mail that brings the new link is kept to be sent; a crash leaves all of it or nothing, in the manifest too.
//! Leaves to others: keys and words (`gateway::steering`), when the new password may go ([`Store::link_done`]).

use super::backend::Table;
use super::values::Change;
use super::{Answered, Store, history, memos, ticket_key};
use crate::fault::{Fault, crash};
use crate::transfer::steering::Did;
use crate::transfer::{Event, LinkId, Memo, Record, Ticket, TransferId};

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
        let mut change = Change::new(&self.values);
        let old = tickets.get(renewed.number as usize).map(|t| t.link);
        self.put_renewed(&mut change, id, old, &mut renewed)?;
        memos::put(&mut change, &renewed.memos, now)?;
        along(Did::Renewed).put(&mut change)?;
        if let Some(place) = tickets.get_mut(renewed.number as usize) {
            *place = renewed.ticket;
        }
        self.commit_generation(change, stored, &tickets)?;
        crash::point("renew/written");
        Ok(Did::Renewed)
    }

    fn put_renewed(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        old: Option<LinkId>,
        renewed: &mut Renewed,
    ) -> Result<(), Fault> {
        let (number, ticket) = (renewed.number, &mut renewed.ticket);
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
        self.silence(change, &id.to_string(), is_theirs)?;
        self.silence_links(change, &id.to_string(), is_theirs)
    }

    fn told(&self, along: impl FnOnce(Did) -> Answered, did: Did) -> Result<Did, Fault> {
        self.keep_along(along(did))?;
        Ok(did)
    }
}
