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
const SENDER: (&str, &str) = ("sender", "this sender has had all text messages of an hour");
const NUMBER: (&str, &str) = ("number", "this number has had all text messages of a day");
const ALIKE: (&str, &str) = ("prefix", "too many numbers that begin alike in an hour");
const MONEY: (&str, &str) = (
    "money",
    "the text messages of a day have cost what they may",
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
        let mut tallies = vec![spent(channel, limits, notice, number)];
        if due.tries == 0 {
            tallies.extend(of_people(limits, &sender, number, &prefix));
        }
        let counted = heavy(|| self.parts.store.count(&tallies, now))?;
        let Counted::Beyond {
            place,
            first,
            until,
        } = counted
        else {
            return Ok(Ok(()));
        };
        let what = tallies[place].what;
        if first && [ALIKE.0, MONEY.0].contains(&what) {
            let prefix = (what == ALIKE.0).then_some(prefix.as_str());
            maillog::paused(channel.name(), what, prefix, until);
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
) -> Tally<'a> {
    let price = limits.price.of(number).0;
    Tally {
        what: MONEY.0,
        whom: channel.name(),
        within: DAY,
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
) -> [Tally<'a>; 3] {
    let one = |(what, _): (&'static str, _), whom, within, most: u32| Tally {
        what,
        whom,
        within,
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
