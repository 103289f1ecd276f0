//! Steering: what its sender or an operator does with a transfer that has left. The one place for the page, for commands by mail and for
//! the command line.
//!
//! Promises: what was done is on disk when it is told, and in the history of each ticket, with who did it; a transfer is never kept longer
//! than `transfer.max_keep_for` after it was made, nor beyond the day its keys die with; what is taken back cannot be opened from this
//! moment, whoever has it open.
//! Leaves to others: who may ask (the doors), the words. Fails with `Fault`: the store does not answer.

pub mod renewing;

use super::quick::Quick;
use crate::fault::{Fault, Reply};
use crate::mail::Address;
use crate::maillog;
use crate::store::{Answered, Store};
use crate::transfer::parcel::{Pending, What};
use crate::transfer::quick::Rules;
use crate::transfer::record::State;
use crate::transfer::sender_link::{SenderLink, Sheet};
use crate::transfer::steering::{Did, End, Wish};
use crate::transfer::{Actor, Event, Happened, Parcel, Record, Telling, Ticket, TransferId};
use jiff::Timestamp;
use renewing::Wanted;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Parcels of one mail that are looked at: more than its variants can make.
const PARCELS: usize = 500;

/// Steers the transfers of a store.
pub struct Steering {
    store: Arc<Store>,
    max_keep_for: Duration,
    /// Rings when something is to be sent.
    bell: Arc<Notify>,
    /// What the house tells who has chosen nothing.
    pub(super) telling: Telling,
    quick: Quick,
}

/// What a sender sees of a transfer of his.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What is known of it without its keys.
    pub record: Record,
    /// Its tickets in order, each with what happened to it.
    pub tickets: Vec<(Ticket, Vec<Event>)>,
    /// Subject, names and rules; only with the link of the receipt.
    pub sheet: Option<Sheet>,
    /// The latest end it can have: Unix time, seconds.
    pub latest: i64,
    /// Who does not have the mail yet, as it is ours to deliver.
    pub waits: Vec<Waits>,
    /// Numbers of the tickets whose mail has left: only those can be renewed.
    pub left: Vec<usize>,
    /// Numbers of the tickets whose recipient needs no password of this sender's.
    pub connected: Vec<usize>,
}

/// A copy that is tried again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// For whom.
    pub recipient: Address,
    /// Since then: Unix time, seconds, as below.
    pub since: i64,
    /// No try before.
    pub next: i64,
    /// No try behind.
    pub until: i64,
    /// What the next hop said last; a stranger may have written it.
    pub said: Option<String>,
}

impl Overview {
    /// True if nobody can open it any more.
    pub fn is_over(&self) -> bool {
        is_over(&self.record, now())
    }
}

impl Steering {
    /// For the transfers of this store, none of which is kept longer than that.
    pub fn new(store: Arc<Store>, max_keep_for: Duration) -> Self {
        Steering {
            quick: Quick::new(store.clone(), Rules::default()),
            store,
            max_keep_for,
            bell: Arc::default(),
            telling: Telling::default(),
        }
    }

    /// The same, of a house where devices need no password.
    pub fn quick(self, quick: Quick) -> Self {
        Steering { quick, ..self }
    }

    /// The same, of a house that tells this.
    pub fn telling(self, telling: Telling) -> Self {
        Steering { telling, ..self }
    }

    /// The same, with whom to wake when there is something to send.
    pub fn ringing(self, bell: Arc<Notify>) -> Self {
        Steering { bell, ..self }
    }

    /// Something may be to be sent.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    /// The store.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The transfer of a sender's link; `None` if it was erased since.
    pub fn overview(&self, link: &SenderLink) -> Result<Option<Overview>, Fault> {
        let Some(record) = self.store.transfer(&link.id)? else {
            return Ok(None);
        };
        let tickets = self.store.tickets(&record)?;
        let latest = self.latest(&record, &tickets);
        let with_history = (0u32..).zip(tickets).map(|(number, ticket)| {
            let history = self.store.history(&link.id, number)?;
            Ok((ticket, history))
        });
        let tickets: Vec<_> = with_history.collect::<Result<_, Fault>>()?;
        let secret = link.sheet.as_ref();
        let sheet = secret.and_then(|secret| Sheet::open(secret, &link.id, &record.sheet));
        let (mut left, mut connected) = (Vec::new(), Vec::new());
        for (number, (ticket, _)) in tickets.iter().enumerate() {
            if self.quick.is_connected(&record, ticket, now())? {
                connected.push(number);
            }
            if ticket.spare.is_some() && self.store.mail_has_left(&link.id, ticket)? {
                left.push(number);
            }
        }
        Ok(Some(Overview {
            left,
            connected,
            waits: self.waits(&record)?,
            record,
            tickets,
            sheet,
            latest,
        }))
    }

    /// Copies for recipients of links that are not delivered yet. A mail that its client sent a second time is known by its first try alone.
    fn waits(&self, record: &Record) -> Result<Vec<Waits>, Fault> {
        let parcels = self.store.parcels_of(&record.mail, PARCELS)?;
        let copies = parcels.into_iter().filter(|parcel| {
            let ours = parcel.transfer.as_ref() == Some(&record.id);
            ours && parcel.what == What::Copy && !parcel.dropped
        });
        Ok(copies.flat_map(|parcel| waits_of(&parcel)).collect())
    }

    /// Does it. Durable when this returns.
    pub fn steer(&self, id: &TransferId, wish: &Wish, by: Actor) -> Result<Did, Fault> {
        self.steer_along(id, wish, by, |_| Answered::default())
    }

    /// The same; what `along` gives becomes durable with it, whether something was done or not.
    pub fn steer_along(
        &self,
        id: &TransferId,
        wish: &Wish,
        by: Actor,
        along: impl FnOnce(Did) -> Answered,
    ) -> Result<Did, Fault> {
        let did = match (self.store.transfer(id)?, wish) {
            (None, _) => self.only(along, Did::Unknown)?,
            (Some(record), Wish::Revoke(whom)) => self.revoke(id, &record, whom, by, along)?,
            (Some(record), Wish::Extend(end)) => self.extend(id, &record, *end, by, along)?,
            (Some(record), Wish::Lift(whom)) => self.lift(id, &record, whom, by, along)?,
            (Some(_), Wish::Renew(whom)) => {
                let wanted = Wanted::of(whom.clone());
                return self.renew_along(id, &wanted, by, along).map(|done| done.0);
            }
        };
        if did.is_change() {
            maillog::steered(id, wish, by);
        }
        Ok(did)
    }

    fn revoke(
        &self,
        id: &TransferId,
        record: &Record,
        whom: &Option<Address>,
        by: Actor,
        along: impl FnOnce(Did) -> Answered,
    ) -> Result<Did, Fault> {
        let Some(whom) = self.known(record, whom)? else {
            return self.only(along, Did::NoSuchRecipient);
        };
        let what = Happened::Revoked(by);
        let came = |lost| match lost {
            0 => Did::Nothing,
            links => Did::Revoked(links),
        };
        let told = |lost| along(came(lost));
        let lost = self.store.revoke_along(id, whom.as_ref(), what, told)?;
        Ok(came(lost))
    }

    fn lift(
        &self,
        id: &TransferId,
        record: &Record,
        whom: &Option<Address>,
        by: Actor,
        along: impl FnOnce(Did) -> Answered,
    ) -> Result<Did, Fault> {
        let Some(whom) = self.known(record, whom)? else {
            return self.only(along, Did::NoSuchRecipient);
        };
        match self.store.unlock(id, whom.as_ref(), by)? {
            0 => self.only(along, Did::Nothing),
            links => self.only(along, Did::Lifted(links)),
        }
    }

    fn extend(
        &self,
        id: &TransferId,
        record: &Record,
        end: End,
        by: Actor,
        along: impl FnOnce(Did) -> Answered,
    ) -> Result<Did, Fault> {
        let now = now();
        let wished = match end {
            End::At(at) => at,
            End::Later(seconds) => record.expires.saturating_add(seconds),
        };
        if is_over(record, now) {
            return self.only(along, Did::Over);
        }
        if wished <= now {
            return self.only(along, Did::Past);
        }
        let until = wished.min(self.latest(record, &self.store.tickets(record)?));
        let told = |until| along(Did::Extended { until, wished });
        Ok(match self.store.extend_along(id, until, by, told)? {
            Some(until) => Did::Extended { until, wished },
            None => Did::Unknown,
        })
    }

    /// Nothing is changed here, and this is told all the same.
    fn only(&self, along: impl FnOnce(Did) -> Answered, did: Did) -> Result<Did, Fault> {
        self.store.keep_along(along(did))?;
        Ok(did)
    }

    /// The recipient as the ticket has him, however his name was typed; `None` if nobody is called so.
    fn known(
        &self,
        record: &Record,
        whom: &Option<Address>,
    ) -> Result<Option<Option<Address>>, Fault> {
        let Some(whom) = whom else {
            return Ok(Some(None));
        };
        let tickets = self.store.tickets(record)?;
        let mut all = tickets.iter().flat_map(|ticket| &ticket.recipients);
        let found = all.find_map(|name| {
            let address: Address = name.parse().ok()?;
            address.same_mailbox(whom).then_some(address)
        });
        Ok(found.map(Some))
    }

    /// The latest end: what policy allows, and the last second before the keys die.
    fn latest(&self, record: &Record, tickets: &[Ticket]) -> i64 {
        let allowed = i64::try_from(self.max_keep_for.as_secs()).unwrap_or(i64::MAX);
        let day = tickets.iter().map(|ticket| i64::from(ticket.day)).min();
        let keys_die = day.map_or(i64::MAX, |day| (day + 1) * 86_400 - 1);
        record.created.saturating_add(allowed).min(keys_die)
    }
}

impl fmt::Debug for Steering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steering")
    }
}

fn waits_of(parcel: &Parcel) -> Vec<Waits> {
    let waits = |pending: &Pending| Waits {
        recipient: pending.recipient.address.clone(),
        since: parcel.received,
        next: parcel.due,
        until: parcel.until,
        said: pending.last.as_ref().map(Reply::to_string),
    };
    parcel.pending.iter().map(waits).collect()
}

fn is_over(record: &Record, now: i64) -> bool {
    record.state == State::Revoked || record.expires <= now
}

fn now() -> i64 {
    Timestamp::now().as_second()
}
