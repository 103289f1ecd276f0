//! What happened to tickets: written in the same commit as what it changed, the last [`KEPT`] of each.
//!
//! A key is the ticket's and the event's place in a ring, so that nothing has to be counted or searched. Goes with its transfer; a
//! rebuild from manifests begins anew.

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, memos, ticket_key};
use crate::fault::Fault;
use crate::transfer::event::{Event, KEPT};
use crate::transfer::{Memo, Ticket, TransferId};

fn key(id: &TransferId, ticket: u32, place: u32) -> Vec<u8> {
    [&ticket_key(id, ticket)[..], &place.to_be_bytes()].concat()
}

/// Notes an event of a ticket that is written with the same change.
pub(super) fn note(
    change: &mut Change<'_>,
    id: &TransferId,
    number: u32,
    ticket: &mut Ticket,
    event: &Event,
) -> Result<(), Fault> {
    let place = ticket.events % KEPT;
    ticket.events = ticket.events.wrapping_add(1);
    change.replace(Table::History, &key(id, number, place), event)
}

/// Forgets what happened to a ticket that goes.
pub(super) fn forget(
    change: &mut Change<'_>,
    id: &TransferId,
    number: u32,
    ticket: &Ticket,
) -> Result<(), Fault> {
    (0..ticket.events.min(KEPT))
        .try_for_each(|n| change.remove(Table::History, &key(id, number, n)))
}

/// What becomes durable with a change of a ticket.
#[derive(Debug, Default)]
pub struct Along {
    /// What happened.
    pub event: Option<Event>,
    /// Who is told, and when that is due (Unix time, seconds); each replaces the one with its id and time.
    pub memos: Vec<(i64, Memo)>,
}

impl Store {
    /// What happened to a ticket, in order; at most [`KEPT`].
    pub fn history(&self, id: &TransferId, number: u32) -> Result<Vec<Event>, Fault> {
        let (from, to) = (key(id, number, 0), key(id, number, u32::MAX));
        let pairs = self
            .values
            .scan(Table::History, &from, &to, KEPT as usize)?;
        let mut all = pairs
            .map(|pair| pair.map(|(_, event)| event))
            .collect::<Result<Vec<Event>, Fault>>()?;
        all.sort_by_key(|event| event.at);
        Ok(all)
    }

    /// Changes one ticket and notes what happened, if anything did, as one; durable when this returns, and it gives back what was
    /// written. `None` if there is no such ticket.
    pub fn change_noting(
        &self,
        id: &TransferId,
        number: u32,
        change: impl FnOnce(&mut Ticket) -> Option<Event>,
    ) -> Result<Option<Ticket>, Fault> {
        self.change_telling(id, number, |ticket| {
            let event = change(ticket);
            Ok(Along {
                event,
                ..Along::default()
            })
        })
    }

    /// The same, and people are told of it: the memos become durable with the change.
    pub fn change_telling(
        &self,
        id: &TransferId,
        number: u32,
        change: impl FnOnce(&mut Ticket) -> Result<Along, Fault>,
    ) -> Result<Option<Ticket>, Fault> {
        let _alone = self.alone(id);
        let Some(mut ticket) = self.ticket(id, number)? else {
            return Ok(None);
        };
        let mut batch = Change::new(&self.values);
        let Along { event, memos } = change(&mut ticket)?;
        if let Some(event) = event {
            note(&mut batch, id, number, &mut ticket, &event)?;
        }
        for (due, memo) in &memos {
            memos::schedule(&mut batch, memo, *due)?;
        }
        batch.replace(Table::Tickets, &ticket_key(id, number), &ticket)?;
        batch.commit().map_err(fault)?;
        Ok(Some(ticket))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, held, open};
    use super::*;
    use crate::store::memory::Memory;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::{Actor, Happened};
    use std::sync::Arc;

    #[test]
    fn the_last_events_are_kept_and_go_with_the_transfer() {
        let store = open(&Arc::new(Memory::new()), &MasterKey::fresh());
        let (id, _) = held(&store, 10);
        let fetched = |n: u32| Event::at(1_000 + i64::from(n), Happened::Fetched(vec![n]));
        for n in 0..KEPT + 3 {
            let noted = store.change_noting(&id, 0, |_| Some(fetched(n)));
            assert_eq!(noted.expect("writes").expect("a ticket").events, n + 1);
        }
        let kept = store.history(&id, 0).expect("reads");
        let expected: Vec<Event> = (3..KEPT + 3).map(fetched).collect();
        assert_eq!(kept, expected);
        assert_eq!(store.history(&id, 1).expect("reads"), []);
        store
            .unlock(&id, None, Actor::Sender)
            .expect("nothing to lift");
        assert_eq!(store.history(&id, 1).expect("reads"), []);
        store
            .revoke(&id, None, Happened::Revoked(Actor::Sender))
            .expect("revokes");
        let last = store.history(&id, 1).expect("reads");
        assert!(matches!(&last[..], [one] if one.what == Happened::Revoked(Actor::Sender)));
        store.expire(NOW + 10_000).expect("expires");
        let left = store
            .values
            .backend
            .scan(Table::History, b"", &[0xff; 33], 9);
        assert_eq!(left.expect("reads"), []);
    }
}
