//! The teller: what senders hear of those who come with their links.
//!
//! Promises: one mail for all that is downloaded from a page within a quarter of an hour (or whatever is configured), or within a day;
//! it is written in the commit that counts the download, so that a crash loses neither or both, and it waits in the store, so that a
//! restart does not send it early or twice. Names of files come from the open catalogue: without the link nobody could say them.
//! Leaves to others: its words (`notify`), sending it ([`super::super::memos`]).

use crate::fault::{Fault, Kind};
use crate::mail::Address;
use crate::maillog;
use crate::store::{Along, Found, Store};
use crate::transfer::memo::{About, Download, Locked};
use crate::transfer::{Downloads, Memo, Record, SenderLink, Telling, Ticket, TransferId};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use std::fmt::Write;
use std::sync::Arc;

/// What happens on one day is told the next morning at this hour.
const MORNING: i8 = 7;

/// Pages that are told of in one mail; more make another.
const MOST_PAGES: usize = 200;

/// Mails about the downloads of one day to one sender; of more he reads on his pages.
const MOST_MEMOS: usize = 20;

/// Knows who is told what, and when.
#[derive(Debug, Clone)]
pub struct Teller {
    store: Arc<Store>,
    settings: Telling,
    zone: TimeZone,
}

impl Teller {
    /// Over this store; `zone`: where the house has its mornings.
    pub fn new(store: Arc<Store>, settings: Telling, zone: TimeZone) -> Self {
        Teller {
            store,
            settings,
            zone,
        }
    }

    /// How often the sender wants to hear of downloads from this page.
    pub fn wants(&self, record: &Record, ticket: &Ticket) -> Result<Downloads, Fault> {
        let Some(told) = &record.told else {
            return Ok(Downloads::Off);
        };
        if told.asked || ticket.wishes.downloaded {
            return Ok(Downloads::Each);
        }
        let chosen = match record.sender.parse::<Address>() {
            Ok(sender) => self.store.preferences(&sender)?.downloads,
            Err(_) => None,
        };
        Ok(chosen.unwrap_or(self.settings.downloads))
    }

    /// Held while downloads that are told once a day are noted.
    pub fn alone(&self, record: &Record, how: Downloads) -> Option<impl Sized + use<>> {
        let sender = record.sender.parse::<Address>().ok();
        let sender = sender.filter(|_| how == Downloads::Daily)?;
        Some(self.store.telling_alone(&sender))
    }

    /// The memo about these files (numbers of entries, and their names), and when it is due; it replaces the one that waits.
    pub fn downloaded(
        &self,
        how: Downloads,
        record: &Record,
        (number, ticket): (u32, &mut Ticket),
        files: Vec<(u32, String)>,
        now: i64,
    ) -> Result<Option<(i64, Memo)>, Fault> {
        if files.is_empty() {
            return Ok(None);
        }
        let (entries, names) = files.into_iter().unzip();
        let news = Download {
            transfer: record.id.clone(),
            recipients: ticket.recipients.clone(),
            names,
            entries,
            first: now,
            last: now,
            page: self.page(record)?,
        };
        match how {
            Downloads::Off => Ok(None),
            Downloads::Each => self.soon(record, number, ticket, news),
            Downloads::Daily => self.tomorrow(record, news),
        }
    }

    fn soon(
        &self,
        record: &Record,
        number: u32,
        ticket: &mut Ticket,
        news: Download,
    ) -> Result<Option<(i64, Memo)>, Fault> {
        let now = news.last;
        if ticket.told_at <= now {
            let wait = i64::try_from(self.settings.coalesce.as_secs()).unwrap_or(i64::MAX);
            ticket.told_at = now.saturating_add(wait);
        }
        let due = ticket.told_at;
        let page = news.page.clone();
        let what = format!("{number}-downloaded-{due}");
        let Some(mut memo) = Memo::to_sender(record, &what, page, About::Extended) else {
            return Ok(None);
        };
        memo.about = add(self.store.scheduled(&memo.id, due)?, news);
        Ok(Some((due, memo)))
    }

    fn tomorrow(&self, record: &Record, news: Download) -> Result<Option<(i64, Memo)>, Fault> {
        let Ok(sender) = record.sender.parse::<Address>() else {
            return Ok(None);
        };
        let due = self.morning(news.last);
        let mut id = "day-".to_owned();
        for byte in self.store.name_of(&sender) {
            let _ = write!(id, "{byte:02x}");
        }
        let _ = write!(id, "-{due}");
        let Some((id, waits)) = self.with_room(&id, due, &news)? else {
            return Ok(None);
        };
        let page = news.page.clone();
        let Some(mut memo) = Memo::to_sender(record, "day", page, About::Extended) else {
            return Ok(None);
        };
        memo.about = add(waits, news);
        if matches!(&memo.about, About::Downloaded(all) if all.len() > 1) {
            (memo.transfer, memo.page, memo.thread) = (None, None, None);
        }
        memo.id = id;
        Ok(Some((due, memo)))
    }

    /// The first memo of a day that can say this too; a busy sender has several. `None`: this one was fetched from too many pages.
    fn with_room(&self, id: &str, due: i64, news: &Download) -> Result<Option<Waits>, Fault> {
        for number in 1..=MOST_MEMOS {
            let id = match number {
                1 => id.to_owned(),
                number => format!("{id}-{number}"),
            };
            let waits = self.store.scheduled(&id, due)?;
            if waits.as_ref().is_none_or(|memo| takes(memo, news)) {
                return Ok(Some((id, waits)));
            }
        }
        tracing::warn!(transfer = %news.transfer, "a download is not told: the memos of this day are full");
        Ok(None)
    }

    /// The next one after this time. (Unix times, seconds.)
    fn morning(&self, now: i64) -> i64 {
        let at = Timestamp::from_second(now).unwrap_or(Timestamp::MAX);
        let local = at.to_zoned(self.zone.clone());
        let today = local.date().at(MORNING, 0, 0, 0);
        let days = [Ok(today), today.checked_add(1.day())];
        let mornings = days
            .into_iter()
            .filter_map(|day| day.ok()?.to_zoned(self.zone.clone()).ok());
        let mut mornings = mornings.map(|morning| morning.timestamp().as_second());
        mornings.find(|at| *at > now).unwrap_or(now + 86_400)
    }

    /// Tells that nobody may try this page any more. `deleted`: it is destroyed with that. `from`: the network address of the last try.
    pub fn tell_locked(
        &self,
        found: &Found,
        deleted: bool,
        from: Option<String>,
    ) -> Result<(), Fault> {
        let (record, number) = (&found.record, found.number);
        let (id, client) = (super::id_of(found)?, from.clone());
        let ticket = self.store.change_telling(&id, number, |ticket| {
            let tries = (ticket.wrong, deleted);
            let memos = self.locked(record, (number, ticket), tries, from, super::now())?;
            Ok(Along { event: None, memos })
        })?;
        if let Some(ticket) = ticket {
            maillog::locked(&record.mail, &record.id, ticket.wrong, client.as_deref());
        }
        Ok(())
    }

    /// The memos about a page that nobody may try any more: to the sender, and with the network address to the administrators.
    fn locked(
        &self,
        record: &Record,
        (number, ticket): (u32, &Ticket),
        (tries, deleted): (u32, bool),
        from: Option<String>,
        now: i64,
    ) -> Result<Vec<(i64, Memo)>, Fault> {
        let locked = |admin| {
            About::Locked(Locked {
                recipients: ticket.recipients.clone(),
                tries,
                codes: ticket.needs_code(),
                renewable: ticket.spare.is_some(),
                deleted,
                admin,
            })
        };
        let page = self.page(record)?;
        let what = format!("{number}-locked-{now}");
        let mut memos = Vec::new();
        memos.extend(Memo::to_sender(record, &what, page, locked(None)));
        for (place, admin) in self.settings.admins.iter().enumerate() {
            memos.push(Memo {
                id: format!("{}-{what}-{place}", record.id),
                mail: record.mail.clone(),
                to: admin.to_string(),
                language: None,
                thread: None,
                transfer: Some(record.id.clone()),
                page: None,
                until: record.expires,
                received: record.created,
                about: locked(Some((record.sender.clone(), from.clone()))),
            });
        }
        Ok(memos.into_iter().map(|memo| (now, memo)).collect())
    }

    fn page(&self, record: &Record) -> Result<String, Fault> {
        page(&self.store, record)
    }
}

/// The sender's page, without the names of files.
fn page(store: &Store, record: &Record) -> Result<String, Fault> {
    let id = record.id.parse::<TransferId>();
    let id = id.map_err(|e| Fault::because(Kind::StoreDown, e))?;
    Ok(format!(
        "/s/{}",
        SenderLink::token(store.master(), &id, None)
    ))
}

/// What waits, and the news.
/// The name of a memo, and what it says already.
type Waits = (String, Option<Memo>);

/// True if it speaks of this page, or can speak of one more.
fn takes(memo: &Memo, news: &Download) -> bool {
    match &memo.about {
        About::Downloaded(all) => all.len() < MOST_PAGES || all.iter().any(|one| same(one, news)),
        _ => true,
    }
}

fn same(one: &Download, other: &Download) -> bool {
    one.transfer == other.transfer && one.recipients == other.recipients
}

fn add(waits: Option<Memo>, news: Download) -> About {
    let mut all = match waits.map(|memo| memo.about) {
        Some(About::Downloaded(all)) => all,
        _ => Vec::new(),
    };
    match all.iter().position(|one| same(one, &news)) {
        Some(place) => all[place].add(news),
        None => all.push(news),
    }
    About::Downloaded(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::Memory;
    use crate::transfer::keys::MasterKey;

    fn teller(zone: &str) -> Teller {
        let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
        let zone = TimeZone::get(zone).expect("a zone");
        Teller::new(Arc::new(store), Telling::default(), zone)
    }

    #[test]
    fn a_day_is_told_on_the_next_morning_of_the_house() {
        let rows = [
            ("2025-11-21T05:59:59Z", "2025-11-21T06:00:00Z"),
            ("2025-11-21T06:00:00Z", "2025-11-22T06:00:00Z"),
            ("2025-11-21T22:30:00Z", "2025-11-22T06:00:00Z"),
            // The night in which summer begins.
            ("2026-03-28T20:00:00Z", "2026-03-29T05:00:00Z"),
        ];
        let teller = teller("Europe/Stockholm");
        for (now, morning) in rows {
            let at = |text: &str| text.parse::<Timestamp>().expect("a time").as_second();
            assert_eq!(teller.morning(at(now)), at(morning), "{now}");
        }
    }

    fn news(numbers: std::ops::Range<u32>, at: i64) -> Download {
        Download {
            transfer: "7K3M9XQF".into(),
            recipients: vec!["bo@partner.example".into()],
            names: numbers.clone().map(|n| format!("{n}.pdf")).collect(),
            entries: numbers.collect(),
            first: at,
            last: at,
            page: "/s/x".into(),
        }
    }

    #[test]
    fn a_full_memo_of_a_day_takes_only_what_it_speaks_of() {
        let page = |n: usize| Download {
            recipients: vec![format!("bo{n}@partner.example")],
            ..news(0..1, 10)
        };
        let mut about = About::Extended;
        for n in 0..MOST_PAGES {
            let memo = memo_of(about);
            assert!(takes(&memo, &page(n)), "{n}");
            about = add(Some(memo), page(n));
        }
        let memo = memo_of(about);
        assert!(takes(&memo, &page(0)) && !takes(&memo, &page(MOST_PAGES)));
    }

    fn memo_of(about: About) -> Memo {
        Memo {
            id: "day".into(),
            mail: String::new(),
            to: "anna@example.org".into(),
            language: None,
            thread: None,
            transfer: None,
            page: None,
            until: 0,
            received: 0,
            about,
        }
    }

    #[test]
    fn the_same_file_twice_is_one_file_and_names_are_bounded() {
        let mut one = news(0..2, 10);
        one.add(news(0..1, 20));
        assert_eq!((one.entries.len(), one.first, one.last), (2, 10, 20));
        one.add(news(0..100, 30));
        assert_eq!((one.entries.len(), one.names.len()), (100, 20));
    }
}
