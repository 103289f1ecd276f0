//! How many wrong passwords are borne, and what follows: a pause, then a lock (design 11).
//!
//! The same numbers hold twice: for all who never opened a link together, and for each browser that did ([`crate::transfer::device`]), so
//! that what the first type never closes it for the second.

use super::Unlocked;
use crate::transfer::{Ticket, Tries};
use std::time::Duration;

/// How many wrong passwords are borne (design 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// After so many wrong tries there is a pause, and again after as many more.
    pub soft_tries: u32,
    /// How long it lasts.
    pub soft_pause: Duration,
    /// After so many wrong tries the ticket is held until sender or operator lifts it.
    pub hard_tries: u32,
    /// Then this ticket's wrap is destroyed instead: the rule some installations have (`lock.hard.then = "deleted"`). What is typed in a
    /// browser that has opened it destroys nothing.
    pub destroys: bool,
}

impl Default for Lock {
    fn default() -> Self {
        Lock {
            soft_tries: 3,
            soft_pause: Duration::from_secs(3600),
            hard_tries: 10,
            destroys: false,
        }
    }
}

/// Whether a password or a code may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Open,
    /// Not before this Unix time.
    Paused(i64),
    /// Not until sender or operator lifts it.
    Locked,
}

impl Lock {
    /// Counts one wrong try, and says what the answer is if it really is wrong.
    pub(super) fn count(&self, tries: &mut Tries, now: i64) -> Unlocked {
        tries.wrong = tries.wrong.saturating_add(1);
        let soft = self.soft_tries.max(1);
        if tries.wrong >= self.hard_tries {
            tries.locked = true;
            return Unlocked::Locked;
        }
        if tries.wrong.is_multiple_of(soft) {
            let pause = i64::try_from(self.soft_pause.as_secs()).unwrap_or(i64::MAX);
            tries.paused_until = now.saturating_add(pause);
            return Unlocked::Paused {
                until: tries.paused_until,
            };
        }
        Unlocked::Wrong {
            left: (soft - tries.wrong % soft).min(self.hard_tries - tries.wrong),
        }
    }
}

/// Whether these tries leave room for another one at a ticket.
pub(super) fn admission(ticket: &Ticket, tries: &Tries, now: i64) -> Admission {
    match tries {
        _ if !ticket.is_guarded() => Admission::Open,
        t if t.locked => Admission::Locked,
        t if t.paused_until > now => Admission::Paused(t.paused_until),
        _ => Admission::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::LinkId;

    /// W13 by a clock: one try each time one may be made, ten thousand of them, for years.
    #[test]
    fn ten_thousand_wrong_tries_count_ten_for_strangers_and_none_for_who_is_known() {
        let lock = Lock::default();
        let ticket = Ticket::unused(LinkId([0; 32]), 0, i64::MAX);
        let (mut strangers, known) = (Tries::default(), Tries::default());
        let (mut now, mut counted) = (1_000, 0);
        for _ in 0..10_000 {
            match admission(&ticket, &strangers, now) {
                Admission::Open => {
                    lock.count(&mut strangers, now);
                    counted += 1;
                }
                Admission::Paused(until) => now = until,
                Admission::Locked => now += 86_400,
            }
            assert_eq!(admission(&ticket, &known, now), Admission::Open);
        }
        assert_eq!((counted, strangers.wrong), (10, 10));
    }

    #[test]
    fn three_wrong_tries_pause_and_ten_lock() {
        let lock = Lock::default();
        let ticket = Ticket::unused(LinkId([0; 32]), 0, i64::MAX);
        let mut tries = Tries::default();
        let mut now = 1_000;
        let mut said = Vec::new();
        while !tries.locked {
            assert_eq!(admission(&ticket, &tries, now), Admission::Open);
            said.push(match lock.count(&mut tries, now) {
                Unlocked::Wrong { left } => left.to_string(),
                Unlocked::Paused { until } => {
                    assert_eq!(until, now + 3600);
                    assert_eq!(
                        admission(&ticket, &tries, until - 1),
                        Admission::Paused(until)
                    );
                    now = until;
                    "pause".into()
                }
                Unlocked::Locked => "locked".into(),
                other => panic!("{other:?}"),
            });
        }
        let expected = [
            "2", "1", "pause", "2", "1", "pause", "2", "1", "pause", "locked",
        ];
        assert_eq!(said, expected);
        assert_eq!(admission(&ticket, &tries, i64::MAX), Admission::Locked);
    }
}
