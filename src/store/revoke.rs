//! Taking back and changing what was held: revoke, extend, unlock. What a sender asked for by mail becomes durable together with the
//! answer to him and the note that his mail was obeyed ([`Answered`]), so that the same mail twice does nothing twice.

use super::backend::Table;
use super::values::Change;
use super::{Store, Stored, expiry_key, fault, history, ledger, memos, tail, ticket_key};
use crate::fault::{Fault, crash};
use crate::mail::Address;
use crate::transfer::ledger::{Fate, Submission};
use crate::transfer::memo::{About, Before};
use crate::transfer::record::State;
use crate::transfer::{
    Actor, Event, Happened, LinkId, Memo, Record, SenderLink, Ticket, TransferId, Tries,
};
use jiff::Timestamp;

/// What becomes durable with a change that somebody asked for.
#[derive(Debug, Default)]
pub struct Answered {
    /// Who is told; nobody: the sender, that it was done.
    pub memos: Vec<Memo>,
    /// The mail that asked for it, by its id: whoever comes with it again was served.
    pub asked: Option<(String, Submission)>,
}

impl Answered {
    pub(super) fn put(&self, change: &mut Change<'_>) -> Result<(), Fault> {
        if let Some((mail, submission)) = &self.asked {
            ledger::enter(change, mail, None, submission, Fate::Done)?;
        }
        memos::put(change, &self.memos, now())
    }
}

impl Store {
    /// Nothing but that.
    pub fn keep_along(&self, along: Answered) -> Result<(), Fault> {
        if along.memos.is_empty() && along.asked.is_none() {
            return Ok(());
        }
        let mut change = Change::new(&self.values);
        along.put(&mut change)?;
        change.commit().map_err(fault)
    }

    /// Takes a transfer back, from everyone or from one recipient (whoever shares that recipient's link loses it too).
    ///
    /// The wraps are gone when this returns, from the manifest as well; with the last wrap the files go too. How many tickets lost theirs.
    pub fn revoke(
        &self,
        id: &TransferId,
        recipient: Option<&Address>,
        what: Happened,
    ) -> Result<u32, Fault> {
        self.revoke_along(id, recipient, what, |_| Answered::default())
    }

    /// The same; with it becomes durable what `along` gives for so many tickets.
    pub fn revoke_along(
        &self,
        id: &TransferId,
        recipient: Option<&Address>,
        what: Happened,
        along: impl FnOnce(u32) -> Answered,
    ) -> Result<u32, Fault> {
        let name = recipient.map(Address::to_string);
        let is_meant = |t: &Ticket| name.as_ref().is_none_or(|n| t.recipients.contains(n));
        self.revoke_those(id, (is_meant, name.is_some()), what, along)
    }

    /// The same for the ticket that this link leads to. What it led to is left alone if it was renewed meanwhile.
    pub fn revoke_link(&self, id: &TransferId, link: LinkId, what: Happened) -> Result<u32, Fault> {
        let is_meant = |ticket: &Ticket| ticket.link == link;
        self.revoke_those(id, (is_meant, true), what, |_| Answered::default())
    }

    fn revoke_those(
        &self,
        id: &TransferId,
        (is_meant, is_part): (impl Fn(&Ticket) -> bool, bool),
        what: Happened,
        along: impl FnOnce(u32) -> Answered,
    ) -> Result<u32, Fault> {
        let _alone = self.alone(id);
        let Some(mut stored) = self.stored(id)? else {
            self.keep_along(along(0))?;
            return Ok(0);
        };
        let mut tickets = self.tickets(&stored.record)?;
        let told = matches!(what, Happened::Revoked(Actor::Sender | Actor::Operator));
        let event = Event::at(now(), what);
        let mut change = Change::new(&self.values);
        let mut out: Vec<String> = Vec::new();
        let mut before = Vec::new();
        let mut lost = 0;
        for (number, ticket) in (0u32..).zip(&mut tickets).filter(|(_, t)| is_meant(t)) {
            if ticket.close() {
                lost += 1;
                before.extend(self.fetched_before(id, number, ticket)?);
                history::note(&mut change, id, number, ticket, &event)?;
            }
            out.extend(ticket.recipients.iter().cloned());
            self.remove_devices(&mut change, id, number)?;
        }
        let along = along(lost);
        if told && lost > 0 && along.memos.is_empty() {
            let from = if is_part { out.clone() } else { Vec::new() };
            let about = About::Revoked {
                recipients: from,
                before,
            };
            self.tell_sender(&mut change, &stored.record, "revoked", about)?;
        }
        let blobs = if tickets.iter().all(|t| t.wrap.is_none()) {
            stored.record.state = State::Revoked;
            std::mem::take(&mut stored.record.blobs)
        } else {
            Vec::new()
        };
        self.silence(&mut change, &stored.record.id, |r| {
            out.iter().any(|o| o == r)
        })?;
        self.silence_links(&mut change, &stored.record.id, |r| {
            out.iter().any(|o| o == r)
        })?;
        along.put(&mut change)?;
        self.commit_generation(change, stored, &tickets)?;
        crash::point("revoke/written");
        blobs.iter().for_each(|blob| self.values.discard(blob.id));
        Ok(lost)
    }

    /// What was fetched from a page before it was taken back.
    fn fetched_before(
        &self,
        id: &TransferId,
        number: u32,
        ticket: &Ticket,
    ) -> Result<Option<Before>, Fault> {
        let count = ticket.fetched.iter().filter(|times| **times > 0).count();
        if count == 0 {
            return Ok(None);
        }
        let history = self.history(id, number)?;
        let mut fetches = history.iter().rev();
        let last = fetches.find(|event| matches!(event.what, Happened::Fetched(_)));
        Ok(Some(Before {
            recipients: ticket.recipients.clone(),
            count: u32::try_from(count).unwrap_or(u32::MAX),
            last: last.map_or(0, |event| event.at),
        }))
    }

    /// A memo to the sender that is due at once.
    fn tell_sender(
        &self,
        change: &mut Change<'_>,
        record: &Record,
        what: &str,
        about: About,
    ) -> Result<(), Fault> {
        let token = SenderLink::token(&self.master, &super::id_of(record)?, None);
        let (page, now) = (format!("/s/{token}"), now());
        let what = format!("{what}-{}", random_word());
        let memo = Memo::to_sender(record, &what, page, about);
        memo.map_or(Ok(()), |memo| memos::schedule(change, &memo, now))
    }

    /// Another end for a transfer and all its tickets (Unix time, seconds), at most the last second of the day their keys die.
    /// The end that was set; `None` if there is no such transfer.
    pub fn extend(&self, id: &TransferId, expires: i64, by: Actor) -> Result<Option<i64>, Fault> {
        self.extend_along(id, expires, by, |_| Answered::default())
    }

    /// The same; with it becomes durable what `along` gives for the end that is set. Not called if there is no such transfer.
    pub fn extend_along(
        &self,
        id: &TransferId,
        expires: i64,
        by: Actor,
        along: impl FnOnce(i64) -> Answered,
    ) -> Result<Option<i64>, Fault> {
        let _alone = self.alone(id);
        let Some(mut stored) = self.stored(id)? else {
            return Ok(None);
        };
        let mut tickets = self.tickets(&stored.record)?;
        let last_day = tickets.iter().map(|t| i64::from(t.day)).min().unwrap_or(0);
        let expires = expires.min((last_day + 1) * 86_400 - 1);
        let mut change = Change::new(&self.values);
        change.remove(Table::Expiry, &expiry_key(&stored.record))?;
        stored.record.expires = expires;
        let event = Event::at(now(), Happened::Extended(expires, by));
        for (number, ticket) in (0u32..).zip(&mut tickets) {
            ticket.expires = expires;
            history::note(&mut change, id, number, ticket, &event)?;
        }
        change.replace(Table::Expiry, &expiry_key(&stored.record), &())?;
        let along = along(expires);
        along.put(&mut change)?;
        if along.memos.is_empty() {
            self.tell_sender(&mut change, &stored.record, "extended", About::Extended)?;
        }
        self.commit_generation(change, stored, &tickets)?;
        Ok(Some(expires))
    }

    /// Forgets the wrong passwords of a transfer, for everyone or for one recipient, in known browsers too: locks and pauses are lifted.
    /// Of how many tickets.
    pub fn unlock(
        &self,
        id: &TransferId,
        recipient: Option<&Address>,
        by: Actor,
    ) -> Result<u32, Fault> {
        let name = recipient.map(Address::to_string);
        let _alone = self.alone(id);
        let count = self.transfer(id)?.map_or(0, |record| record.tickets);
        let (mut change, mut lifted) = (Change::new(&self.values), 0);
        for number in 0..count {
            let Some(mut ticket) = self.ticket(id, number)? else {
                continue;
            };
            if name
                .as_ref()
                .is_some_and(|n| !ticket.recipients.contains(n))
            {
                continue;
            }
            let devices = self.lift_devices(&mut change, id, number)?;
            let closed = ticket.locked || ticket.paused_until > 0;
            if closed || devices {
                ticket.set_tries(Tries::default());
                let event = Event::at(now(), Happened::Lifted(by));
                history::note(&mut change, id, number, &mut ticket, &event)?;
                change.replace(Table::Tickets, &ticket_key(id, number), &ticket)?;
            }
            lifted += u32::from(closed || devices);
        }
        change.commit().map_err(fault)?;
        Ok(lifted)
    }

    /// Makes a change of record and tickets durable: the next manifest first, then the index, then the manifest before goes.
    pub(super) fn commit_generation(
        &self,
        mut change: Change<'_>,
        mut stored: Stored,
        tickets: &[Ticket],
    ) -> Result<(), Fault> {
        let id = super::id_of(&stored.record)?;
        let (tail, before) = (stored.tail(), self.manifest_of(&stored));
        stored.generation += 1;
        self.write_manifest(&stored, tickets)?;
        crash::point("generation/manifest-written");
        change.replace(Table::Transfers, id.as_bytes(), &stored)?;
        for (number, ticket) in (0u32..).zip(tickets) {
            change.replace(Table::Tickets, &ticket_key(&id, number), ticket)?;
        }
        change.commit().map_err(fault)?;
        crash::point("generation/written");
        match tail {
            Some(blob) => tail::discard(&self.values, &self.master, blob),
            None => self.values.discard(before),
        }
        Ok(())
    }
}

/// Tells two memos about one transfer apart.
fn random_word() -> String {
    let word = crate::mail::id::random_characters::<8>();
    word.iter().map(|c| char::from(*c)).collect()
}

fn now() -> i64 {
    Timestamp::now().as_second()
}
