//! Months of one pair by the clock that the gateway is handed: nothing that is kept is shifted, and upkeep goes its rounds.

use super::world::on;
use cloakroom::gateway::quick::{Connected, Entered, Holder, Quick};
use cloakroom::mail::Address;
use cloakroom::seal::quick::{Place, lock};
use cloakroom::seal::wrap::Lock;
use cloakroom::store::memory::Memory;
use cloakroom::store::{Found, Store};
use cloakroom::transfer::keys::{MasterKey, TransferKey, day_of};
use cloakroom::transfer::quick::{Badge, CircleId, Rules, Sealed};
use cloakroom::transfer::record::State;
use cloakroom::transfer::{LinkSecret, Record, Ticket, TransferId};
use std::sync::Arc;

const DAY: i64 = 86_400;
const KEEP: i64 = 60 * DAY;
const START: i64 = 1_800_000_000;

struct Pair {
    store: Arc<Store>,
    quick: Quick,
    anna: Address,
    bo: Address,
    now: i64,
}

/// A mail, as it was sealed.
struct Sent {
    found: Found,
    link: LinkSecret,
    key: TransferKey,
    /// Without a password.
    alone: bool,
    at: i64,
}

impl Pair {
    fn new(rules: Rules) -> Self {
        let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh());
        let store = Arc::new(store.expect("opens"));
        Pair {
            quick: Quick::new(store.clone(), rules),
            store,
            anna: "anna@example.org".parse().expect("an address"),
            bo: "bo@partner.example".parse().expect("an address"),
            now: START,
        }
    }

    fn pass(&mut self, days: i64) {
        self.now += days * DAY;
        self.quick.tidy(self.now, KEEP).expect("writes");
    }

    fn mail(&self) -> Sent {
        let (id, link, key) = (
            TransferId::fresh(),
            LinkSecret::fresh(),
            TransferKey::fresh(),
        );
        let until = self.now + KEEP;
        let day = day_of(until);
        let times = (self.now, (i64::from(day) + 1) * DAY);
        let seat = self.quick.seat(&self.anna, &self.bo, false, times);
        let seat = seat.expect("writes").expect("there is room");
        let day_key = self.store.day_key(day).expect("writes");
        let place = Place {
            lock: Lock {
                transfer: &id,
                link: &link,
                day,
                day_key: &day_key,
                master: self.store.master(),
            },
            ticket: 0,
            key: &seat.key,
        };
        let sealed = lock(&place, &seat.public, &key).expect("seals");
        let ticket = Ticket {
            recipients: vec![self.bo.to_string()],
            quick: Some(Sealed {
                key: seat.key,
                sealed,
            }),
            ..Ticket::unused(link.id(self.store.master()), day, until)
        };
        let record = Record {
            id: id.to_string(),
            mail: "-".into(),
            created: self.now,
            expires: until,
            sender: self.anna.to_string(),
            sender_name: None,
            state: State::Released,
            tickets: 1,
            blobs: Vec::new(),
            catalogue: Vec::new(),
            sheet: Vec::new(),
            told: None,
        };
        let found = Found {
            record,
            ticket,
            number: 0,
        };
        Sent {
            found,
            link,
            key,
            alone: seat.alone,
            at: self.now,
        }
    }

    fn holder(&self) -> Holder {
        let mark = CircleId::of(&self.bo, self.store.master()).mark(self.store.master());
        Holder {
            badge: Some(Badge::fresh(mark, None)),
            ..Holder::default()
        }
    }

    fn accept(&self, sent: &Sent) -> Holder {
        let holder = self.holder();
        let about = (&sent.found.record, &sent.found.ticket);
        let done = self.quick.accept(about, &holder, self.now);
        assert!(matches!(done, Ok(Connected::Done(_))), "{done:?}");
        holder
    }

    /// True if it opens, and then it counts as used.
    fn opens(&self, sent: &Sent, holder: &Holder) -> bool {
        let opened = self.quick.open(&sent.found, &sent.link, holder);
        let Some((key, _)) = opened.expect("reads") else {
            return false;
        };
        assert_eq!(key.expose(), sent.key.expose());
        let used = self.quick.used(&sent.found.ticket, holder, self.now);
        used.expect("writes");
        true
    }
}

/// 6. 29 days of silence: no password. 30: one. What came in its time opens all the same, until its transfer ends.
#[test]
fn s06_a_month_of_silence_ends_it_by_the_clock() {
    for (days, alone) in [(29, true), (30, false), (31, false)] {
        let mut pair = Pair::new(on());
        let first = pair.mail();
        assert!(!first.alone);
        let holder = pair.accept(&first);
        pair.pass(days);
        let second = pair.mail();
        assert_eq!(second.alone, alone, "after {days} days");
        assert!(pair.opens(&first, &holder), "it came in its time");
        assert_eq!(pair.opens(&second, &holder), alone);
    }
    let mut pair = Pair::new(on());
    let holder = pair.accept(&pair.mail());
    pair.pass(29);
    let last = pair.mail();
    pair.pass(59);
    assert!(last.alone && pair.opens(&last, &holder), "a long holiday");
    let next = pair.mail();
    assert!(!next.alone, "it was silent too long for what comes");
    let ticket = &next.found.ticket;
    let badge = pair.quick.new_badge(ticket, &holder, pair.now);
    let again = Holder {
        badge: badge.expect("reads"),
        ..Holder::default()
    };
    assert!(again.badge.is_some(), "another one");
    assert!(
        pair.opens(&last, &again),
        "not set up yet: by the one before"
    );
    let about = (&next.found.record, ticket);
    let done = pair.quick.accept(about, &again, pair.now).expect("writes");
    let Connected::Done(badge) = done else {
        panic!("{done:?}");
    };
    assert!(!badge.fresh && badge.before.is_none());
    assert!(!pair.opens(&last, &holder), "it is none any more");
    let again = Holder {
        badge: Some(badge),
        ..Holder::default()
    };
    assert!(pair.opens(&last, &again), "what the one before could open");
    assert!(pair.opens(&next, &again));
}

/// Dice that fall the same each time.
fn below(dice: &mut u64, limit: u64) -> u64 {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    *dice % limit
}

/// Fourteen months: mails, holidays, devices that come by a password or by a code and are lost. After each step, of every mail that lives
/// and every device: it opens if and only if the device has the pair and was trusted when it came; and no mail without a password opens
/// nowhere, but for devices that were lost.
#[test]
fn fourteen_months_by_the_clock() {
    for (seed, keeps) in [(7, false), (11, true), (13, false)] {
        let mut pair = Pair::new(Rules { keeps, ..on() });
        let mut dice = seed;
        let mut mails: Vec<Sent> = Vec::new();
        // Since when it is one, when it was last used.
        let mut devices: Vec<(Holder, i64, i64)> = Vec::new();
        let (mut alone, mut with) = (0, 0);
        while pair.now < START + 425 * DAY {
            let pause = match below(&mut dice, 12) {
                0 => 31 + below(&mut dice, 10),
                _ => 1 + below(&mut dice, 9),
            };
            pair.pass(pause as i64);
            let now = pair.now;
            mails.retain(|sent| sent.at + KEEP > now);
            let trusts =
                |since: i64, used: i64, at: i64| at < used + 30 * DAY && at < since + 365 * DAY;
            let expected = devices
                .iter()
                .any(|(_, since, used)| trusts(*since, *used, now));
            let sent = pair.mail();
            assert_eq!(sent.alone, expected, "day {}", (now - START) / DAY);
            if sent.alone {
                alone += 1;
            } else {
                with += 1;
                // He has the password, and sets up one more.
                devices.push((pair.accept(&sent), now, now));
            }
            mails.push(sent);
            for (holder, since, used) in &mut devices {
                let was = *used;
                for sent in &mails {
                    let opens = pair.opens(sent, holder);
                    assert!(
                        opens || !trusts(*since, was, sent.at) || sent.at < *since,
                        "{}",
                        sent.at
                    );
                    assert!(!opens || trusts(*since, was, sent.at));
                }
                if trusts(*since, was, now) {
                    *used = now;
                }
            }
            let last = mails.last().expect("one");
            if last.alone && devices.len() < 15 && below(&mut dice, 4) == 0 {
                let first = devices
                    .iter()
                    .find(|(_, since, used)| trusts(*since, *used, now));
                let (first, ..) = first.expect("one is trusted");
                let made = pair.quick.make_code(&last.found.ticket, first, now);
                let (code, _) = made.expect("writes").expect("it is a device");
                let holder = pair.holder();
                let entered = pair
                    .quick
                    .enter(&last.found, &last.link, (&code, &holder), now);
                assert!(
                    matches!(entered, Ok(Entered::Done { key: Some(_), .. })),
                    "{entered:?}"
                );
                devices.push((holder, now, now));
            }
            if below(&mut dice, 9) == 0 {
                devices.retain(|(_, since, used)| trusts(*since, *used, now));
                let count = devices.len();
                if count > 1 {
                    let (of, by) = (
                        devices.remove(below(&mut dice, count as u64) as usize),
                        &devices[0],
                    );
                    let ticket = &mails.last().expect("one").found.ticket;
                    let about = (&mails[0].found.record, ticket);
                    let number = pair
                        .quick
                        .standing(about, &of.0, now)
                        .expect("reads")
                        .number;
                    let gone = pair.quick.dismiss(ticket, &by.0, number.expect("one"), now);
                    assert!(gone.expect("writes"));
                    assert!(!pair.opens(mails.last().expect("one"), &of.0));
                }
            }
        }
        assert!(with >= 2 && alone > with, "{with} {alone}");
    }
}
