//! How far the clock is believed: what is erased does not come back when somebody sets the clock right (P21, T107).
//!
//! Promises: after a jump of more than [`STEP`] nothing is erased that was not over by the time before it, until the clock has gone
//! evenly for [`PROBATION`]; so too after a start that seems to come more than [`ABSENCE`] after the last one was kept, or before it.
//! Leaves to others: erasing. What ended by a wrong clock does not open meanwhile, and does again when the clock is right.

use std::time::{Duration, Instant};

/// What time servers correct without being asked twice, in seconds.
const STEP: i64 = 300;

/// So long a clock must go evenly to be believed again.
const PROBATION: Duration = Duration::from_secs(3600);

/// A gateway that was switched off longer waits for [`PROBATION`]; seconds.
const ABSENCE: i64 = 86_400;

/// What is known of the clock.
#[derive(Debug)]
pub(super) struct Clock {
    /// It has gone evenly since this.
    even: Reading,
    /// The last that was believed.
    believed: Option<Reading>,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    /// Seconds since 1970.
    wall: i64,
    at: Instant,
}

impl Reading {
    /// What the clock should show at this moment.
    fn goes_on(self, at: Instant) -> i64 {
        let passed = at.saturating_duration_since(self.at).as_secs();
        self.wall
            .saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

impl Clock {
    /// At a start; `last` is when the store was kept before, if it was.
    pub(super) fn start(last: Option<i64>, wall: i64, at: Instant) -> Self {
        let even = Reading { wall, at };
        let fits = last.is_none_or(|last| (last - STEP..=last + ABSENCE).contains(&wall));
        if !fits {
            tracing::error!(
                ?last,
                now = wall,
                "the clock seems to be wrong: nothing is erased for an hour"
            );
        }
        Clock {
            even,
            believed: fits.then_some(even),
        }
    }

    /// Until when things may be erased, if the clock shows `wall`: seconds since 1970. `None`: nothing may.
    pub(super) fn until(&mut self, wall: i64, at: Instant) -> Option<i64> {
        let expected = self.even.goes_on(at);
        if wall.abs_diff(expected) > STEP.unsigned_abs() {
            tracing::error!(
                expected,
                now = wall,
                "the clock has jumped: what it ends is not erased for an hour"
            );
            self.even = Reading { wall, at };
        }
        let even_for = at.saturating_duration_since(self.even.at);
        let is_old = self.believed.is_none_or(|b| b.at < self.even.at);
        if is_old && even_for >= PROBATION {
            self.believed = Some(self.even);
        }
        let most = self.believed?.goes_on(at).saturating_add(STEP);
        Some(wall.min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const YEAR: i64 = 365 * 86_400;

    /// Seconds of process time, what the clock shows beyond them, and what may be erased beyond them (`None`: nothing).
    fn play(last: Option<i64>, rows: &[(u64, i64, Option<i64>)]) {
        let start = Instant::now();
        let mut clock = Clock::start(last, NOW + rows[0].1, start);
        for (passed, ahead, expected) in rows {
            let seconds = i64::try_from(*passed).expect("small");
            let until = clock.until(NOW + seconds + ahead, start + Duration::from_secs(*passed));
            let expected = expected.map(|e| NOW + seconds + e);
            assert_eq!(until, expected, "after {passed}, {ahead} ahead");
        }
    }

    #[test]
    fn an_even_clock_is_believed() {
        play(
            None,
            &[(0, 0, Some(0)), (20, 0, Some(0)), (9000, 5, Some(5))],
        );
        play(Some(NOW - 80_000), &[(0, 0, Some(0)), (20, 1, Some(1))]);
    }

    #[test]
    fn a_jump_forward_is_believed_after_an_hour() {
        play(
            None,
            &[
                (0, 0, Some(0)),
                (20, YEAR, Some(STEP)),
                (3000, YEAR, Some(STEP)),
                (3620, YEAR, Some(YEAR)),
            ],
        );
    }

    #[test]
    fn a_jump_that_is_taken_back_has_erased_nothing() {
        play(
            None,
            &[
                (0, 0, Some(0)),
                (20, YEAR, Some(STEP)),
                (40, 0, Some(0)),
                (60, -YEAR, Some(-YEAR)),
                (80, 0, Some(0)),
            ],
        );
    }

    #[test]
    fn many_small_steps_are_a_jump() {
        let steps: Vec<_> = (0..200)
            .map(|n: i64| (n.unsigned_abs() * 20, n * 60, (n * 60).min(STEP)))
            .map(|(passed, ahead, until)| (passed, ahead, Some(until)))
            .collect();
        play(None, &steps);
    }

    #[test]
    fn a_start_in_another_time_waits() {
        for last in [NOW - YEAR, NOW + YEAR] {
            let rows = [(0, 0, None), (3000, 0, None), (3600, 0, Some(0))];
            play(Some(last), &rows);
        }
    }
}
