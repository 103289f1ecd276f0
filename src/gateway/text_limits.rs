//! Whether a notice may leave: how often, to whom and for how much text messages go (T98).
//!
//! Promises: counted on disk before the channel is asked, so that no restart gives anybody more; a notice counts once for its sender,
//! its number and its number's prefix, however often it is tried (each try has the same key for the provider), and each try counts for
//! the money. The first refusal of a prefix and of the money in their time is an alarm: an error in the log, and a mail to administrators, who
//! get so many of them in a day and no more ([`A_DAY`]).
//! Leaves to others: what becomes of what was refused ([`super::notices`]): it takes its next way.
//! Fails if the store does: then nothing is sent, and the next round tries again.

use super::{Gateway, heavy};
use crate::fault::Fault;
use crate::maillog;
use crate::notify::{Channel, Texting, Trouble};
use crate::store::limits::{Counted, Tally};
use crate::store::{Allowance, DueNotice};
use crate::transfer::memo::{About, Paused};
use crate::transfer::{Destination, Memo, Notice, TextLimits};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// So many alarms of a day become mails.
const A_DAY: u32 = 20;

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
        let (Some(texting), Destination::Phone(number)) = (channel.texting(), &notice.destination)
        else {
            return Ok(Ok(()));
        };
        let sender = notice.sender.to_lowercase();
        let prefix: String = number.chars().take(PREFIX).collect();
        let mut tallies = vec![spent(channel.name(), texting, notice, number)];
        if due.tries == 0 {
            tallies.extend(of_people(texting.limits(), &sender, number, &prefix));
        }
        let about = |place: usize| {
            let what = tallies[place].what;
            let prefix = (what == ALIKE.0).then_some(prefix.as_str());
            (what == MONEY.0 || prefix.is_some()).then_some(prefix)
        };
        let memos = |place, until| match about(place) {
            Some(prefix) => self.alarm(channel, notice, prefix, until, now),
            None => Ok(Vec::new()),
        };
        let counted = heavy(|| self.parts.store.count_or_tell(&tallies, now, memos))?;
        let Counted::Beyond {
            place,
            first,
            until,
        } = counted
        else {
            return Ok(Ok(()));
        };
        let what = tallies[place].what;
        if let Some(prefix) = about(place).filter(|_| first) {
            maillog::paused(channel.name(), what, prefix, until);
            self.memos.bell.notify_one();
        }
        let all = [SENDER, NUMBER, ALIKE, MONEY];
        let why = all.iter().find(|(word, _)| *word == what);
        let why = why.map_or("a limit is reached", |(_, why)| why);
        Ok(Err(Trouble::Never(why.into())))
    }

    /// The mails to administrators about what is stopped until then.
    fn alarm(
        &self,
        channel: &dyn Channel,
        notice: &Notice,
        prefix: Option<&str>,
        until: i64,
        now: i64,
    ) -> Result<Vec<Memo>, Fault> {
        let daily = Allowance {
            what: "paused",
            whose: b"",
            most: A_DAY,
            within: DAY,
        };
        let admins = &self.parts.telling.admins;
        if admins.is_empty() || self.parts.store.allow(&[daily], now)?.is_err() {
            return Ok(Vec::new());
        }
        let about = About::Paused(Paused {
            channel: channel.name().to_owned(),
            prefix: prefix.map(str::to_owned),
            sender: notice.sender.clone(),
        });
        let what = format!("{}-paused", notice.id);
        let named = (what.as_str(), notice.mail.as_str());
        Ok(Memo::to_admins(admins, named, (until, now), &about))
    }
}

fn spent<'a>(channel: &'a str, texting: &Texting, notice: &Notice, number: &str) -> Tally<'a> {
    let limits = texting.limits();
    let price = limits.price.of(number).0;
    Tally {
        what: MONEY.0,
        whom: channel,
        within: DAY,
        add: price.saturating_mul(texting.messages(notice)),
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
