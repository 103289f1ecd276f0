//! A device: a browser that holds a token of a recipient's.
//!
//! Promises: what it was trusted for when it was last used stays so, whatever the rules say later; by today's rules it only ends sooner
//! for what is sealed from now on ([`Rules::trusts`]).

use super::{DeviceName, PublicKey, Rules};
use serde::{Deserialize, Serialize};

/// Days are the least that keeping is counted in; and one more for a mail on its way.
const MARGIN: i64 = 2 * 86_400;

/// A browser with a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// HMAC of its token and the circle.
    pub name: DeviceName,
    /// Of the key pair that is derived from its token.
    pub public: PublicKey,
    /// For people: the first is 1.
    pub number: u32,
    /// When it was set up: Unix time, seconds.
    pub since: i64,
    /// When it last opened something: Unix time, seconds.
    pub used: i64,
    /// What came before this needs no password in it: Unix time, seconds.
    pub trusted_until: i64,
    /// HMAC of what kind of browser it was then, without versions.
    pub browser: [u8; 32],
    /// Where the token is a passkey's: [`super::Passkey::name`].
    pub passkey: Option<Vec<u8>>,
}

/// A browser that is to be a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newcomer {
    /// [`Device::name`].
    pub name: DeviceName,
    /// [`Device::public`].
    pub public: PublicKey,
    /// [`Device::browser`].
    pub browser: [u8; 32],
}

impl Newcomer {
    /// It is one since `now` (Unix time, seconds).
    pub(super) fn admitted(self, number: u32, rules: &Rules, now: i64) -> Device {
        Device {
            name: self.name,
            public: self.public,
            number,
            since: now,
            used: now,
            trusted_until: rules.until(now, now),
            browser: self.browser,
            passkey: None,
        }
    }
}

impl Device {
    /// True if a mail of this time (Unix, seconds) opens in it.
    pub fn is_trusted(&self, at: i64) -> bool {
        at < self.trusted_until
    }

    /// It opened something: its silence begins anew. What it was trusted for it stays trusted for.
    pub fn use_now(&mut self, rules: &Rules, now: i64) {
        self.used = self.used.max(now);
        let until = rules.until(self.since, self.used);
        self.trusted_until = self.trusted_until.max(until);
    }

    /// True if it has no part in anything any more, where nothing is kept longer than `max_keep_for` seconds.
    pub(super) fn is_over(&self, now: i64, max_keep_for: i64) -> bool {
        let last = self.trusted_until.saturating_add(max_keep_for);
        last.saturating_add(MARGIN) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const NOW: i64 = 1_800_000_000;

    fn device() -> Device {
        let newcomer = Newcomer {
            name: [1; 32],
            public: [2; 32],
            browser: [0; 32],
        };
        newcomer.admitted(1, &Rules::default(), NOW)
    }

    /// Proof 6, by the rule alone.
    #[test]
    fn thirty_days_of_silence_end_it_for_what_comes_after_and_not_for_what_came_before() {
        let (rules, mut device) = (Rules::default(), device());
        assert!(device.is_trusted(NOW - 400 * DAY), "all that came before");
        for (days, trusted) in [(29, true), (30, false), (31, false)] {
            assert_eq!(rules.trusts(&device, NOW + days * DAY), trusted, "{days}");
            assert_eq!(device.is_trusted(NOW + days * DAY), trusted, "{days}");
        }
        let keep = 60 * DAY;
        assert!(!device.is_over(NOW + 91 * DAY, keep));
        assert!(device.is_over(NOW + 92 * DAY, keep));
        device.use_now(&rules, NOW + 364 * DAY);
        assert!(rules.trusts(&device, NOW + 365 * DAY - 1));
        assert!(!rules.trusts(&device, NOW + 365 * DAY), "a year at most");
    }

    #[test]
    fn shorter_times_count_for_what_is_sealed_from_then_on_and_for_nothing_before() {
        let mut device = device();
        let strict = Rules {
            idle: 2 * DAY,
            longest: 3 * DAY,
            ..Rules::default()
        };
        let fortnight = NOW + 14 * DAY;
        assert!(device.is_trusted(fortnight), "sealed to it by the old rule");
        assert!(!strict.trusts(&device, fortnight));
        device.use_now(&strict, NOW + DAY);
        assert!(device.is_trusted(fortnight));
        assert!(!strict.trusts(&device, NOW + 3 * DAY));
        let long = Rules {
            idle: 90 * DAY,
            ..Rules::default()
        };
        assert!(!long.trusts(&device, NOW + 60 * DAY), "not promised yet");
        device.use_now(&long, NOW + 2 * DAY);
        assert!(long.trusts(&device, NOW + 60 * DAY));
    }
}
