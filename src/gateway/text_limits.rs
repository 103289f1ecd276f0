//! Whether a notice may leave: how often, to whom and for how much text messages go (T98).
//!
//! Promises: counted on disk before the channel is asked, so that no restart gives anybody more; a notice counts once for its sender,
//! its number and its number's prefix, however often it is tried (each try has the same key for the provider), and each try counts for
//! the money. The first refusal of a prefix and of the money in their time is an alarm in the log.
//! Leaves to others: what becomes of what was refused ([`super::notices`]): it takes its next way.
//! Fails if the store does: then nothing is sent, and the next round tries again.

use super::{Gateway, heavy};
use crate::fault::Fault;
use crate::maillog;
use crate::notify::{Channel, Trouble};
use crate::store::DueNotice;
use crate::store::limits::{Counted, Tally};
use crate::transfer::{Destination, Notice, TextLimits};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Characters of a number that make its prefix: the plus sign and six digits.
const PREFIX: usize = 7;

/// What a count is about, and what people read when it is full.
const SENDER: (&str, &str) = (
    "sender",
    "this sender has had all text messages of this hour",
);
const NUMBER: (&str, &str) = ("number", "this number has had all text messages of today");
const ALIKE: (&str, &str) = ("prefix", "too many numbers that begin alike in this hour");
const MONEY: (&str, &str) = (
    "money",
    "the text messages of today have cost what they may",
);

impl Gateway {
    /// Counts a notice where its channel has limits; `Err` within says which of them is reached.
    pub(super) fn within_limits(
        &self,
        channel: &dyn Channel,
        due: &DueNotice,
        now: i64,
    ) -> Result<Result<(), Trouble>, Fault> {
        let notice = &due.notice;
        let (Some(limits), Destination::Phone(number)) = (channel.limits(), &notice.destination)
        else {
            return Ok(Ok(()));
        };
        let sender = notice.sender.to_lowercase();
        let prefix: String = number.chars().take(PREFIX).collect();
        let mut tallies = vec![spent(channel, limits, notice, number, now)];
        if due.tries == 0 {
            tallies.extend(of_people(limits, &sender, number, &prefix, now));
        }
        let counted = heavy(|| self.parts.store.count(&tallies))?;
        let Counted::Beyond { place, first } = counted else {
            return Ok(Ok(()));
        };
        let what = tallies[place].what;
        if first && [ALIKE.0, MONEY.0].contains(&what) {
            let prefix = (what == ALIKE.0).then_some(prefix.as_str());
            maillog::paused(channel.name(), what, prefix, tallies[place].until);
        }
        let all = [SENDER, NUMBER, ALIKE, MONEY];
        let why = all.iter().find(|(word, _)| *word == what);
        let why = why.map_or("a limit is reached", |(_, why)| why);
        Ok(Err(Trouble::Never(why.into())))
    }
}

fn spent<'a>(
    channel: &'a dyn Channel,
    limits: &TextLimits,
    notice: &Notice,
    number: &str,
    now: i64,
) -> Tally<'a> {
    let price = limits.price.of(number).0;
    Tally {
        what: MONEY.0,
        whom: channel.name(),
        until: end_of(DAY, now),
        add: price.saturating_mul(channel.messages(notice)),
        most: limits.per_day.map_or(u64::MAX, |money| money.0),
        once_for: None,
    }
}

fn of_people<'a>(
    limits: &TextLimits,
    sender: &'a str,
    number: &'a str,
    prefix: &'a str,
    now: i64,
) -> [Tally<'a>; 3] {
    let one = |(what, _): (&'static str, _), whom, stretch, most: u32| Tally {
        what,
        whom,
        until: end_of(stretch, now),
        add: 1,
        most: most.into(),
        once_for: None,
    };
    [
        one(SENDER, sender, HOUR, limits.per_sender_per_hour),
        one(NUMBER, number, DAY, limits.per_number_per_day),
        Tally {
            once_for: Some(number),
            ..one(ALIKE, prefix, HOUR, limits.per_prefix_per_hour)
        },
    ]
}

/// When the hour or day of `now` ends.
fn end_of(stretch: i64, now: i64) -> i64 {
    let end = now.div_euclid(stretch).saturating_add(1);
    end.saturating_mul(stretch)
}
