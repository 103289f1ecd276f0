//! Asking the sender: a button of the page for whoever has the link and not the password, or stands before a locked page.
//!
//! Promises: once an hour and three times a day for each ticket, on disk with the mail about it before the page says so; so a scanner that
//! sends every form it finds costs a sender one mail. A link alone is enough, and nothing is opened or changed by it but that.
//! Leaves to others: the words (`notify`), sending (`gateway::memos`).

use super::arrival::{Arrival, Caller};
use super::lock::Admission;
use super::{Asked, Collect, Front, aside, now};
use crate::fault::Fault;
use crate::store::Asking;
use crate::transfer::memo::{About, Missing};
use crate::transfer::{Memo, SenderLink, Ticket};
use std::sync::Arc;

impl Collect {
    /// Asks the sender for the password, or to lift the lock. [`Asked::LookAgain`] also if it may not be asked now: the page says when it was.
    pub async fn ask_sender(
        self: &Arc<Self>,
        token: &str,
        caller: &Caller,
    ) -> Result<Asked, Fault> {
        let start = tokio::time::Instant::now();
        let arrival = self.find(token, caller).await?;
        let front = arrival.as_ref().and_then(|arrival| self.front(arrival));
        let (Some(arrival), Some(front)) = (arrival, front) else {
            return Ok(match self.nothing_there(start, caller).await {
                Ok(()) => Asked::Gone,
                Err(wait) => Asked::Missed(wait),
            });
        };
        if can_ask(&front) {
            let line = self.clone();
            aside(move || line.ask(&arrival)).await?;
        }
        Ok(Asked::LookAgain)
    }

    fn ask(&self, arrival: &Arrival) -> Result<(), Fault> {
        let (id, number, now) = (&arrival.id, arrival.found.number, now());
        let locked = arrival.admission() == Admission::Locked;
        self.store.ask(id, number, now, |ticket, times| {
            Some(self.memo(arrival, ticket, locked, times, now))
        })?;
        Ok(())
    }

    fn memo(
        &self,
        arrival: &Arrival,
        ticket: &Ticket,
        locked: bool,
        times: usize,
        now: i64,
    ) -> Memo {
        let record = &arrival.found.record;
        let token = SenderLink::token(self.store.master(), &arrival.id, None);
        let renewable = ticket.spare.is_some();
        let page = match renewable {
            true => format!("/s/{token}/renew?to={}", arrival.found.number),
            false => format!("/s/{token}"),
        };
        let told = record.told.as_ref();
        Memo {
            id: format!("{}-asked-{}-{now}", record.id, arrival.found.number),
            mail: record.mail.clone(),
            to: record.sender.clone(),
            language: told.map(|told| told.language.clone()),
            thread: told.and_then(|told| told.thread.clone()),
            transfer: Some(record.id.clone()),
            page: Some(page.clone()),
            until: record.expires,
            received: record.created,
            about: About::Missing(Missing {
                transfer: record.id.clone(),
                recipients: ticket.recipients.clone(),
                at: now,
                times: u32::try_from(times).unwrap_or(u32::MAX),
                locked,
                renewable,
                page,
            }),
        }
    }

    /// What the page says about it.
    pub(super) async fn asking(self: &Arc<Self>, front: &Front) -> Result<Asking, Fault> {
        if !can_ask(front) {
            return Ok(Asking::default());
        }
        let (store, id, number) = (self.store.clone(), front.id, front.ticket);
        aside(move || store.asking(&id, number, now())).await
    }
}

/// A sender can help with a password, and with any lock; a code is none of his. A mail without a sender has nobody to ask.
fn can_ask(front: &Front) -> bool {
    let needs = front.needs_password || front.needs_device;
    let helps = needs || front.needs_code && front.admission == Admission::Locked;
    helps && !front.remembered && !front.sender.is_empty()
}
