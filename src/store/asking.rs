//! Asking the sender: at most once an hour and three times a day for each ticket, whoever asks.
//!
//! Promises: that somebody asked, and the mail about it, are durable together before anybody hears that it was done. The history of the
//! ticket is what is counted, so that nothing more has to be kept.

use super::values::Change;
use super::{Store, Table, fault, history, memos, ticket_key};
use crate::fault::Fault;
use crate::transfer::{Event, Happened, Memo, Ticket, TransferId};

/// Between two questions.
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// Questions in a day.
const PER_DAY: usize = 3;

/// Who asked, and whether one may ask now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asking {
    /// The last time: Unix time, seconds.
    pub last: Option<i64>,
    /// How often in the last day.
    pub today: usize,
    /// True if it may be asked now.
    pub may: bool,
}

impl Store {
    /// Whether the sender of a ticket was asked, as of `now` (Unix time, seconds).
    pub fn asking(&self, id: &TransferId, number: u32, now: i64) -> Result<Asking, Fault> {
        let asked = |event: &Event| event.what == Happened::Asked;
        let events = self.history(id, number)?.into_iter();
        let times: Vec<i64> = events.filter(asked).map(|event| event.at).collect();
        let since = |time: i64| {
            times
                .iter()
                .filter(|at| now.saturating_sub(**at) < time)
                .count()
        };
        Ok(Asking {
            last: times.iter().max().copied(),
            today: since(DAY),
            may: since(HOUR) == 0 && since(DAY) < PER_DAY,
        })
    }

    /// Notes that the sender was asked, and keeps the mail about it, which is given how often that was today. False if it was asked too
    /// often, or nobody is to be told: then nothing is written.
    pub fn ask(
        &self,
        id: &TransferId,
        number: u32,
        now: i64,
        memo: impl FnOnce(&Ticket, usize) -> Option<Memo>,
    ) -> Result<bool, Fault> {
        let _alone = self.alone(id);
        let asking = self.asking(id, number, now)?;
        let Some(mut ticket) = self.ticket(id, number)?.filter(|_| asking.may) else {
            return Ok(false);
        };
        let Some(memo) = memo(&ticket, asking.today + 1) else {
            return Ok(false);
        };
        let mut change = Change::new(&self.values);
        let event = Event::at(now, Happened::Asked);
        history::note(&mut change, id, number, &mut ticket, &event)?;
        memos::put(&mut change, &[memo], now)?;
        change.replace(Table::Tickets, &ticket_key(id, number), &ticket)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::faulty::Faulty;
    use super::super::memory::Memory;
    use super::super::tests::{NOW, held, open};
    use super::*;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::memo::About;
    use std::sync::Arc;

    fn memo(n: usize) -> Memo {
        Memo {
            id: format!("asked-{n}"),
            mail: "M".into(),
            to: "sven@house.example".into(),
            language: None,
            thread: None,
            transfer: None,
            page: None,
            until: NOW,
            received: NOW,
            about: About::Over {
                recipients: Vec::new(),
            },
        }
    }

    #[test]
    fn a_sender_is_asked_once_an_hour_and_three_times_a_day() {
        let store = open(&Arc::new(Memory::new()), &MasterKey::fresh());
        let (id, _) = held(&store, 10);
        let mut asked = Vec::new();
        for minute in 0..26 * 60 {
            let now = NOW + minute * 60;
            let may = store.asking(&id, 0, now).expect("reads").may;
            let done = store
                .ask(&id, 0, now, |_, n| Some(memo(n)))
                .expect("writes");
            assert_eq!(may, done);
            if done {
                asked.push(minute);
            }
        }
        assert_eq!(asked, [0, 60, 120, 24 * 60, 25 * 60]);
        assert_eq!(
            store.asking(&id, 1, NOW).expect("reads"),
            Asking {
                may: true,
                ..Asking::default()
            }
        );
        assert!(!store.ask(&id, 1, NOW, |_, _| None).expect("reads"));
        assert_eq!(store.history(&id, 1).expect("reads"), [], "nobody was told");
        assert_eq!(store.due_memos(i64::MAX - 1, 99).expect("reads").len(), 5);
    }

    #[test]
    fn that_it_was_asked_and_the_mail_about_it_are_written_together_or_not() {
        for nth in 1.. {
            assert!(nth < 50, "it has an end");
            let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
            let (id, _) = held(&open(&backend, &master), 10);
            let faulty = Arc::new(Faulty::new(backend.clone(), nth));
            let store = Store::open(faulty.clone(), master.clone()).expect("opens");
            let done = store.ask(&id, 0, NOW, |_, n| Some(memo(n))).is_ok();
            let after = open(&backend, &master);
            let noted = after.asking(&id, 0, NOW).expect("reads").today;
            let memos = after.due_memos(i64::MAX - 1, 9).expect("reads").len();
            assert_eq!(noted, memos, "nth {nth}");
            assert_eq!(done, noted == 1, "nth {nth}");
            if !faulty.has_failed() {
                return;
            }
        }
    }
}
