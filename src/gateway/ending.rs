//! What ends soon and nobody has fetched: its sender is told while there is time to remind somebody, or to change the date.
//!
//! Promises: one mail for each transfer and end; a round looks at a bounded number. Not told: what was taken back, and what lasts
//! no longer than the time before the end at which it would be told. Leaves to others: doing it once (`store`).

use super::upkeep::complain;
use super::{Gateway, heavy};
use crate::fault::{Fault, Kind};
use crate::transfer::memo::About;
use crate::transfer::record::State;
use crate::transfer::{Memo, Record, SenderLink, Ticket, TransferId};

/// Transfers looked at in one round.
const AT_ONCE: usize = 500;

/// Where only rules ask for it: seconds before the end.
const USUAL: i64 = 2 * 86_400;

impl Gateway {
    /// Tells senders of what ends soon. `now`: Unix time, seconds.
    pub(super) fn tell_ending(&self, now: i64) {
        let told = heavy(|| {
            let until = now.saturating_add(self.time_before());
            let tell = |record: &Record, tickets: &[Ticket]| self.unread(record, tickets);
            self.store().tell_ending(now, until, AT_ONCE, tell)
        });
        match told {
            Ok(0) => {}
            Ok(_) => self.memos.bell.notify_one(),
            Err(fault) => complain("what ends soon", &fault),
        }
    }

    /// Seconds before the end.
    fn time_before(&self) -> i64 {
        match self.parts.telling.remind.as_secs() {
            0 => USUAL,
            some => i64::try_from(some).unwrap_or(USUAL),
        }
    }

    fn unread(&self, record: &Record, tickets: &[Ticket]) -> Result<Option<Memo>, Fault> {
        let is_short = record.expires.saturating_sub(record.created) <= self.time_before();
        if record.state != State::Released || is_short {
            return Ok(None);
        }
        let asked = |ticket: &&Ticket| !self.parts.telling.remind.is_zero() || ticket.wishes.unread;
        let open = tickets.iter().filter(asked).filter(|t| is_untouched(t));
        let recipients: Vec<String> = open.flat_map(|t| t.recipients.iter().cloned()).collect();
        if recipients.is_empty() {
            return Ok(None);
        }
        let id = record.id.parse::<TransferId>();
        let id = id.map_err(|e| Fault::because(Kind::StoreDown, e))?;
        let page = format!("/s/{}", SenderLink::token(&self.parts.master, &id, None));
        let what = format!("unread-{}", record.expires);
        Ok(Memo::to_sender(
            record,
            &what,
            page,
            About::Unread { recipients },
        ))
    }
}

/// It could be opened, and nothing of it was fetched; a message is read by who opened it.
fn is_untouched(ticket: &Ticket) -> bool {
    let was_read = ticket.message && ticket.first_opened != 0;
    ticket.wrap.is_some() && !was_read && ticket.fetched.iter().all(|times| *times == 0)
}
