//! What a try changes: who has a parcel now, who never will, and what its sender can be told.
//!
//! Promises: nothing but arithmetic on the record; the same ends at the same time change it the same way, so that what could not be written
//! down is settled again later. Leaves to others: who wants to be told ([`super::parcels`]).

use super::parcels::{Schedule, seconds};
use crate::fault::{Fate, Fault, Kind, Reply};
use crate::mail::Address;
use crate::notify::report::{Action, Told};
use crate::transfer::parcel::{Parcel, Pending};
use crate::transfer::proof::Answer;

/// So many tries in a row may end with nobody knowing whether the mail left; then its sender is asked to look.
pub(super) const MOST_UNKNOWN: u32 = 3;

/// How it ended for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The next hop has it; whether its sender hears from there what was asked for.
    Has {
        /// See above.
        reports: bool,
    },
    /// Never.
    Never(Reply),
    /// Not now.
    Later(Reply),
    /// The final dot was not answered.
    Unknown,
}

/// What a try has changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// Have it now.
    pub(super) has: Vec<Address>,
    /// Will never have it.
    pub(super) lost: Vec<Address>,
    /// What can be told.
    pub(super) told: Vec<Told>,
}

impl From<Answer> for End {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accepted(by) => End::Has {
                reports: by.reports(),
            },
            Answer::Before => End::Has { reports: true },
            Answer::Refused(reply) => End::Never(reply),
            Answer::Deferred(reply) => End::Later(reply),
            Answer::Unknown => End::Unknown,
            // No outlet says so.
            Answer::Waits(_) | Answer::Owned(_) | Answer::Obeyed | Answer::Stays => {
                End::Later(Reply::from(&Kind::Internal))
            }
        }
    }
}

impl From<&Fault> for End {
    fn from(fault: &Fault) -> Self {
        let reply = Reply::from(&fault.kind);
        match (fault.fate, fault.retry()) {
            (Fate::Unknown, _) => End::Unknown,
            (Fate::Stayed, true) => End::Later(reply),
            (Fate::Stayed, false) => End::Never(reply),
        }
    }
}

/// When it is tried next: a last time when its time is over.
pub(super) fn next(parcel: &Parcel, now: i64, schedule: &Schedule) -> i64 {
    let due = now.saturating_add(schedule.wait(parcel.tries).max(1));
    match now < parcel.until {
        true => due.min(parcel.until),
        false => due,
    }
}

/// Changes the record by what a try has brought.
pub(super) fn settle(
    parcel: &mut Parcel,
    ends: &[(Address, End)],
    now: i64,
    schedule: &Schedule,
) -> Settled {
    let mut settled = Settled::default();
    let too_late = now >= parcel.until;
    let all = std::mem::take(&mut parcel.pending);
    for mut pending in all {
        let whom = pending.recipient.address.clone();
        let end = ends.iter().find(|(address, _)| *address == whom);
        // A recipient the outlet did not answer for counts as unknown.
        let end = end.map_or(End::Unknown, |(_, end)| end.clone());
        pending.at = now;
        let action = match &end {
            End::Has { reports } => {
                settled.has.push(whom);
                if !reports {
                    settled.told.push(told(&pending, Action::Relayed));
                }
                continue;
            }
            End::Never(_) => Some(Action::Failed),
            End::Later(_) if too_late => Some(Action::Failed),
            End::Unknown if too_late || pending.unknown >= MOST_UNKNOWN => Some(Action::Unclear),
            End::Later(_) | End::Unknown => None,
        };
        if let End::Never(reply) | End::Later(reply) = end {
            (pending.last, pending.unknown) = (Some(reply), 0);
        }
        match action {
            Some(action) => {
                if action == Action::Failed {
                    settled.lost.push(whom);
                }
                settled.told.push(told(&pending, action));
            }
            None => parcel.pending.push(pending),
        }
    }
    parcel.due = next(parcel, now, schedule);
    let is_late = now >= parcel.received.saturating_add(seconds(schedule.late));
    if is_late && !parcel.delay_told {
        let until = parcel.until;
        let wants = parcel.pending.iter().filter(|p| p.wants_delays());
        let late = wants.map(|pending| told(pending, Action::Delayed { until }));
        settled.told.extend(late);
        parcel.delay_told = true;
    }
    settled
}

fn told(pending: &Pending, action: Action) -> Told {
    Told {
        recipient: pending.recipient.clone(),
        action,
        reply: pending.last.clone().filter(|_| action != Action::Unclear),
        at: pending.at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::parcel::sample;

    fn later() -> End {
        End::Later(Reply::new(451, (4, 3, 0), "Busy"))
    }

    fn never() -> End {
        End::Never(Reply::new(550, (5, 1, 1), "No"))
    }

    const DAY: i64 = 86_400;

    #[test]
    fn every_end_of_a_try_has_its_consequence() {
        type Row = (End, u32, i64, [usize; 3], Option<Action>);
        let rows: [Row; 9] = [
            // End, unknown before, seconds since it came; has it, lost, still pending; what is told.
            (End::Has { reports: true }, 1, 60, [1, 0, 0], None),
            (
                End::Has { reports: false },
                1,
                60,
                [1, 0, 0],
                Some(Action::Relayed),
            ),
            (never(), 1, 60, [0, 1, 0], Some(Action::Failed)),
            (later(), 1, 60, [0, 0, 1], None),
            (later(), 9, 60, [0, 0, 1], None),
            (later(), 1, 5 * DAY, [0, 1, 0], Some(Action::Failed)),
            (End::Unknown, 2, 60, [0, 0, 1], None),
            (End::Unknown, 3, 60, [0, 0, 0], Some(Action::Unclear)),
            (End::Unknown, 1, 5 * DAY, [0, 0, 0], Some(Action::Unclear)),
        ];
        for (end, unknown, at, [has, lost, left], told) in rows {
            let mut parcel = sample("bo@partner.example", None);
            parcel.pending[0].unknown = unknown;
            let ends = [(parcel.pending[0].recipient.address.clone(), end.clone())];
            let settled = settle(&mut parcel, &ends, at, &Schedule::default());
            let found = [settled.has.len(), settled.lost.len(), parcel.pending.len()];
            assert_eq!(found, [has, lost, left], "{end:?} {unknown} {at}");
            let action = settled.told.first().map(|told| told.action);
            assert_eq!(action, told, "{end:?} {unknown} {at}");
            if let Some(pending) = parcel.pending.first() {
                let counted = if end == End::Unknown { unknown } else { 0 };
                assert_eq!(pending.unknown, counted, "{end:?}");
            }
        }
    }

    #[test]
    fn a_recipient_nobody_answered_for_is_unknown() {
        let mut parcel = sample("bo@partner.example", None);
        parcel.pending[0].unknown = 1;
        let settled = settle(&mut parcel, &[], 60, &Schedule::default());
        assert_eq!((settled, parcel.pending.len()), (Settled::default(), 1));
        assert_eq!(parcel.pending[0].unknown, 1);
    }

    #[test]
    fn it_is_told_once_that_it_is_late_to_who_asked() {
        for (notify, times) in [(None, 0), (Some("DELAY"), 1), (Some("FAILURE"), 0)] {
            let mut parcel = sample("bo@partner.example", notify);
            let ends = [(parcel.pending[0].recipient.address.clone(), later())];
            let mut told = 0;
            for hours in 1..9 {
                let settled = settle(&mut parcel, &ends, hours * 3600, &Schedule::default());
                assert_eq!(
                    settled.told.len(),
                    usize::from(hours == 4) * times,
                    "{hours}"
                );
                told += settled.told.len();
            }
            assert_eq!(told, times, "{notify:?}");
        }
    }

    #[test]
    fn the_last_try_is_when_the_time_is_over() {
        let schedule = Schedule::default();
        let mut parcel = sample("bo@partner.example", None);
        parcel.tries = 9;
        assert_eq!(next(&parcel, 4 * DAY, &schedule), 4 * DAY + 3600);
        assert_eq!(next(&parcel, 5 * DAY - 60, &schedule), 5 * DAY);
        assert_eq!(next(&parcel, 5 * DAY, &schedule), 5 * DAY + 3600);
        let waits: Vec<i64> = (0..6).map(|tries| schedule.wait(tries) / 60).collect();
        assert_eq!(waits, [1, 5, 15, 30, 60, 60]);
    }
}
