//! How often strangers may try: by link, by where they come from, and all of them together (reliability 4.8, P18).
//!
//! Promises: bounded memory, whoever comes: tables of a fixed size that forget whoever asked longest ago, under names that are hashed with
//! a seed of this process, so that nobody can choose whom he pushes out. What was right is given back: many people of one house may open
//! their links in one minute. A browser that has opened a link before has an allowance of its own, so that strangers who use up all others
//! keep nobody out (P13). Much guessing is told to the log, once a minute at most, in numbers only.
//! Leaves to others: wrong tries of a link, which are durable ([`super::lock`]); these numbers are not, a restart forgets them.

use crate::transfer::{DeviceId, LinkId};
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many a minute in the long run, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At least one.
    pub per_minute: u32,
    /// At least one.
    pub burst: u32,
}

/// What is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Passwords tried at one link.
    pub link: Rate,
    /// Passwords tried from one network: 24 bits of an IPv4 address, 56 of an IPv6 one.
    pub source: Rate,
    /// Passwords tried by everybody together.
    pub all: Rate,
    /// Links that lead nowhere, from one network.
    pub misses: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        let rate = |per_minute, burst| Rate { per_minute, burst };
        Rates {
            link: rate(5, 10),
            source: rate(30, 30),
            all: rate(300, 300),
            misses: rate(20, 20),
        }
    }
}

/// Who tries.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// A browser that has opened this link before.
    Known(DeviceId),
    /// Somebody with this link, from this address.
    Stranger(LinkId, Option<IpAddr>),
}

/// Counts tries. One for all doors.
#[derive(Debug)]
pub struct Limits {
    start: Instant,
    links: Buckets,
    sources: Buckets,
    devices: Buckets,
    misses: Buckets,
    all: Buckets,
    watch: Mutex<Watch>,
}

/// Too often; so many seconds until the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften(pub i64);

/// Something in a minute that looks like guessing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Alarm {
    wrong: u32,
    links: usize,
    misses: u32,
    refused: u32,
}

impl Limits {
    /// With these rates.
    pub fn new(rates: Rates) -> Self {
        Limits {
            start: Instant::now(),
            links: Buckets::new(rates.link, SETS),
            sources: Buckets::new(rates.source, SETS),
            devices: Buckets::new(rates.source, SETS),
            misses: Buckets::new(rates.misses, SETS),
            all: Buckets::new(rates.all, 1),
            watch: Mutex::default(),
        }
    }

    /// One password is about to be tried.
    pub(super) fn admit(&self, who: Who, now: Instant) -> Result<(), TooOften> {
        let at = self.millis(now);
        let admitted = match who {
            Who::Known(device) => self.devices.take(&device.0, at),
            Who::Stranger(link, address) => {
                let source = network(address);
                self.links.take(&link, at).and_then(|()| {
                    let rest = self.sources.take(&source, at).and_then(|()| {
                        let all = self.all.take(&(), at);
                        all.inspect_err(|_| self.sources.give_back(&source))
                    });
                    rest.inspect_err(|_| self.links.give_back(&link))
                })
            }
        };
        if admitted.is_err() {
            self.note(at, |watch| watch.refused += 1);
        }
        admitted
    }

    /// It was right, or not tried after all.
    pub(super) fn give_back(&self, who: Who) {
        match who {
            Who::Known(device) => self.devices.give_back(&device.0),
            Who::Stranger(link, address) => {
                self.links.give_back(&link);
                self.sources.give_back(&network(address));
                self.all.give_back(&());
            }
        }
    }

    /// It was wrong.
    pub(super) fn wrong(&self, link: LinkId, now: Instant) {
        self.note(self.millis(now), |watch| {
            watch.wrong += 1;
            if watch.links.len() < MOST_LINKS {
                watch.links.insert(link.0);
            }
        });
    }

    /// A link led nowhere. Who comes with too many of them hears that instead; links that lead somewhere still do, for the others of his network:
    /// 160 random bits are not guessed at any speed.
    pub(super) fn missed(&self, address: Option<IpAddr>, now: Instant) -> Result<(), TooOften> {
        let at = self.millis(now);
        self.note(at, |watch| watch.misses += 1);
        self.misses.take(&network(address), at)
    }

    fn note(&self, at: u64, count: impl FnOnce(&mut Watch)) {
        if let Some(alarm) = locked(&self.watch).see(at, count) {
            let Alarm {
                wrong,
                links,
                misses,
                refused,
            } = alarm;
            tracing::warn!(
                wrong,
                links,
                misses,
                refused,
                "somebody seems to be guessing; in the last minute"
            );
        }
    }

    fn millis(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.start);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX / 2)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::new(Rates::default())
    }
}

/// What one subscriber has at most; an address that is not known stands for itself.
fn network(address: Option<IpAddr>) -> [u8; 8] {
    let mut out = [0; 8];
    match address.map(|a| a.to_canonical()) {
        Some(IpAddr::V4(v4)) => {
            out[0] = 4;
            out[1..4].copy_from_slice(&v4.octets()[..3]);
        }
        Some(IpAddr::V6(v6)) => {
            out[0] = 6;
            out[1..].copy_from_slice(&v6.octets()[..7]);
        }
        None => {}
    }
    out
}

/// Sets of a table, each of [`WAYS`] places: eight thousand in all.
const SETS: usize = 1024;
const WAYS: usize = 8;

/// Buckets by name. A name has its place in one set; a new one takes the place that is fullest of tokens there, which forgets least.
#[derive(Debug)]
struct Buckets {
    /// Milliseconds between two in the long run.
    every: u64,
    /// Milliseconds that a bucket holds.
    depth: u64,
    seed: RandomState,
    sets: Mutex<Vec<[Place; WAYS]>>,
}

/// A bucket is the time at which it is full again (GCRA).
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    name: u64,
    full_at: u64,
}

impl Buckets {
    fn new(rate: Rate, sets: usize) -> Self {
        let every = 60_000 / u64::from(rate.per_minute.max(1));
        Buckets {
            every: every.max(1),
            depth: every.max(1) * u64::from(rate.burst.max(1)),
            seed: RandomState::new(),
            sets: Mutex::new(vec![[Place::default(); WAYS]; sets]),
        }
    }

    fn take(&self, name: &impl Hash, at: u64) -> Result<(), TooOften> {
        self.with(name, |full_at| {
            let next = (*full_at).max(at) + self.every;
            match next.saturating_sub(at).checked_sub(self.depth) {
                None | Some(0) => {
                    *full_at = next;
                    Ok(())
                }
                Some(wait) => Err(TooOften(wait.div_ceil(1000).cast_signed())),
            }
        })
    }

    fn give_back(&self, name: &impl Hash) {
        self.with(name, |full_at| {
            *full_at = full_at.saturating_sub(self.every);
        });
    }

    fn with<T>(&self, name: &impl Hash, change: impl FnOnce(&mut u64) -> T) -> T {
        let name = self.seed.hash_one(name);
        let mut sets = locked(&self.sets);
        let many = sets.len() as u64;
        let set = &mut sets[(name % many) as usize];
        let mine = set.iter().position(|place| place.name == name);
        let place = match mine {
            Some(n) => &mut set[n],
            None => {
                let least = (0..WAYS).min_by_key(|n| set[*n].full_at).unwrap_or(0);
                set[least] = Place { name, full_at: 0 };
                &mut set[least]
            }
        };
        change(&mut place.full_at)
    }
}

/// So many links with wrong passwords in one minute are no forgetful recipients (T87).
const SPRAYED: usize = 10;
/// So many links that lead nowhere are no typing slips.
const MISSED: u32 = 100;
/// So many tries that were refused are no impatience.
const REFUSED: u32 = 30;
/// More are not told apart.
const MOST_LINKS: usize = 1000;

const MINUTE: u64 = Duration::from_secs(60).as_millis() as u64;

/// What happened in the minute that began last.
#[derive(Debug, Default)]
struct Watch {
    since: u64,
    wrong: u32,
    links: HashSet<[u8; 32]>,
    misses: u32,
    refused: u32,
    told: bool,
}

impl Watch {
    fn see(&mut self, at: u64, count: impl FnOnce(&mut Watch)) -> Option<Alarm> {
        if at.saturating_sub(self.since) >= MINUTE {
            *self = Watch {
                since: at,
                ..Watch::default()
            };
        }
        count(self);
        let much = self.links.len() >= SPRAYED || self.misses >= MISSED || self.refused >= REFUSED;
        if self.told || !much {
            return None;
        }
        self.told = true;
        Some(Alarm {
            wrong: self.wrong,
            links: self.links.len(),
            misses: self.misses,
            refused: self.refused,
        })
    }
}

/// A panic elsewhere leaves numbers, which are whole at any time.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    fn link(n: u32) -> LinkId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        LinkId(bytes)
    }

    fn passes(limits: &Limits, who: impl Fn(u32) -> Who, tries: u32, now: Instant) -> usize {
        let admitted = (0..tries).filter(|n| limits.admit(who(*n), now).is_ok());
        admitted.count()
    }

    #[test]
    fn a_link_bears_ten_tries_at_once_and_five_a_minute() {
        let limits = Limits::default();
        let from = |n: u32| address(&format!("10.{}.{}.1", n / 256, n % 256));
        let who = |n| Who::Stranger(link(1), from(n));
        let minute = |n: u64| limits.start + Duration::from_secs(60 * n);
        assert_eq!(passes(&limits, who, 100, minute(0)), 10);
        assert_eq!(limits.admit(who(0), minute(0)), Err(TooOften(12)));
        assert_eq!(passes(&limits, who, 100, minute(1)), 5);
        assert_eq!(passes(&limits, who, 100, minute(9)), 10);
    }

    #[test]
    fn a_network_bears_thirty_and_all_together_three_hundred() {
        let limits = Limits::default();
        let here = |n| Who::Stranger(link(n), address(&format!("192.0.2.{}", n % 256)));
        assert_eq!(passes(&limits, here, 200, limits.start), 30);
        let six = |n| {
            let address = address(&format!("2001:db8:0:{:x}::1", n % 256));
            Who::Stranger(link(1000 + n), address)
        };
        assert_eq!(passes(&limits, six, 200, limits.start), 30);
        let everywhere = |n| Who::Stranger(link(2000 + n), address(&format!("10.0.{n}.1")));
        assert_eq!(passes(&limits, everywhere, 250, limits.start), 240);
    }

    #[test]
    fn what_was_right_does_not_count_and_who_is_known_waits_for_nobody() {
        let limits = Limits::default();
        let who = Who::Stranger(link(1), address("192.0.2.1"));
        for _ in 0..1000 {
            assert_eq!(limits.admit(who, limits.start), Ok(()));
            limits.give_back(who);
        }
        let strangers = |n| Who::Stranger(link(1), address(&format!("10.0.{n}.1")));
        passes(&limits, strangers, 250, limits.start);
        let known = |_| Who::Known(DeviceId([7; 32]));
        assert_eq!(passes(&limits, known, 99, limits.start), 30);
    }

    #[test]
    fn twenty_links_that_lead_nowhere_are_borne_a_minute() {
        let limits = Limits::default();
        let missed = |from, seconds| {
            let now = limits.start + Duration::from_secs(seconds);
            limits.missed(address(from), now).is_ok()
        };
        let count = |from, seconds| (0..50).filter(|_| missed(from, seconds)).count();
        assert_eq!(count("192.0.2.1", 0), 20);
        assert_eq!(count("192.0.2.200", 0), 0, "the same network");
        assert_eq!(count("192.0.3.1", 0), 20);
        assert_eq!(count("192.0.2.1", 60), 20);
    }

    #[test]
    fn a_hundred_thousand_strangers_take_no_more_memory_and_push_out_nobody_in_particular() {
        let buckets = Buckets::new(Rates::default().source, SETS);
        for n in 0..30 {
            assert!(buckets.take(&"bad", n).is_ok());
        }
        assert!(buckets.take(&"bad", 30).is_err());
        for n in 0..100_000u32 {
            // Each takes one: all of them are fuller than the one above.
            buckets.take(&n, 30).expect("the first of each");
        }
        assert_eq!(locked(&buckets.sets).len(), SETS);
        assert!(buckets.take(&"bad", 31).is_err(), "the worst is kept");
    }

    #[test]
    fn guessing_at_many_links_is_told_once_a_minute() {
        let mut watch = Watch::default();
        let mut told = Vec::new();
        for n in 0..600u64 {
            let name = link(n as u32 % 50).0;
            let alarm = watch.see(n * 300, |w| {
                w.wrong += 1;
                w.links.insert(name);
            });
            told.extend(alarm.map(|a| (n * 300 / MINUTE, a.links)));
        }
        assert_eq!(told, [(0, 10), (1, 10), (2, 10)]);
        let mut one = Watch::default();
        let alarms = (0..200).filter_map(|n| {
            one.see(n, |w| {
                w.wrong += 1;
                w.links.insert([1; 32]);
            })
        });
        assert_eq!(alarms.count(), 0, "one link has a lock of its own");
    }
}
