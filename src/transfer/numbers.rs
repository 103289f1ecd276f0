//! The telephone numbers that one sender has given for recipients, so that they need not be given again.
//!
//! Promises: a number comes back only to whoever gave it, for exactly that recipient (T102): nobody plants one for a colleague. The least
//! used is forgotten first. Leaves to others: keeping it (`store`), when a number counts as used and for how long (`gateway`).

use super::phone;
use crate::mail::Address;
use serde::{Deserialize, Serialize};

/// Recipients of one sender.
const MOST: usize = 200;

/// What one sender has given.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// The latest first.
    all: Vec<Known>,
    /// All that came up to then (Unix time, seconds) was to be forgotten.
    forgotten: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    recipient: String,
    /// Empty: it was forgotten at that time, and a mail of before does not bring it back.
    digits: String,
    used: i64,
}

/// A number as people may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownNumber {
    /// Whose it is.
    pub recipient: String,
    /// Its last digits.
    pub ending: String,
    /// The time of the last mail whose password went there: Unix time, seconds.
    pub used: i64,
}

impl Numbers {
    /// The password of a mail of that time (Unix time, seconds) went to this number (in international form) for this recipient. What a later
    /// mail gave, or the sender had forgotten since, stays so.
    pub fn note(&mut self, recipient: &str, digits: &str, at: i64) {
        let later = |known: &Known| same(&known.recipient, recipient) && known.used > at;
        if at <= self.forgotten || self.all.iter().any(later) {
            return;
        }
        self.all.retain(|known| !same(&known.recipient, recipient));
        let known = Known {
            recipient: recipient.to_owned(),
            digits: digits.to_owned(),
            used: at,
        };
        self.all.insert(0, known);
        self.all.truncate(MOST);
    }

    /// The same for a number that was known: one that is not any more does not come back.
    pub fn refresh(&mut self, recipient: &str, digits: &str, at: i64) {
        let is_it = |known: &Known| same(&known.recipient, recipient) && known.digits == digits;
        if self.all.iter().any(is_it) {
            self.note(recipient, digits, at);
        }
    }

    /// Nobody is reached there.
    pub fn disprove(&mut self, recipient: &str, digits: &str) {
        self.all
            .retain(|known| !same(&known.recipient, recipient) || known.digits != digits);
    }

    /// The number of this recipient, if it was used since (Unix time, seconds).
    pub fn of(&self, recipient: &Address, since: i64) -> Option<&str> {
        let recipient = recipient.to_string();
        let known = self.since(since).find(|k| same(&k.recipient, &recipient))?;
        Some(&known.digits)
    }

    /// Those that were used since, the latest first.
    pub fn shown(&self, since: i64) -> Vec<ShownNumber> {
        let shown = |known: &Known| ShownNumber {
            recipient: known.recipient.clone(),
            ending: phone::ending(&known.digits),
            used: known.used,
        };
        self.since(since).map(shown).collect()
    }

    fn since(&self, since: i64) -> impl Iterator<Item = &Known> {
        let all = self.all.iter();
        all.filter(move |known| known.used >= since && !known.digits.is_empty())
    }

    /// Forgets one recipient's, or all, for good: mails up to now (Unix time, seconds) do not bring them back. How many.
    pub fn forget(&mut self, whom: Option<&Address>, now: i64) -> usize {
        let before = self.since(i64::MIN).count();
        match whom.map(Address::to_string) {
            None => {
                self.all.clear();
                self.forgotten = now;
            }
            Some(whom) => {
                let theirs = self.all.iter_mut().filter(|k| same(&k.recipient, &whom));
                for known in theirs {
                    known.digits.clear();
                    known.used = now;
                }
            }
        }
        before - self.since(i64::MIN).count()
    }

    /// Forgets what was not used since; true if it forgot something.
    pub fn tidy(&mut self, since: i64) -> bool {
        let before = self.clone();
        self.all.retain(|known| known.used >= since);
        if self.forgotten < since {
            self.forgotten = 0;
        }
        *self != before
    }

    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.forgotten == 0
    }
}

/// The same mailbox, as senders write it.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Numbers are not for logs.
impl std::fmt::Debug for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Numbers({})", self.all.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().expect("an address")
    }

    #[test]
    fn a_number_is_one_recipients_and_the_last_one_counts() {
        let mut numbers = Numbers::default();
        numbers.note("bo@partner.example", "+46701111111", 100);
        numbers.note("eva@partner.example", "+46702222222", 200);
        numbers.note("Bo@Partner.example", "+46703333333", 300);
        let of = |who: &str, since| numbers.of(&address(who), since).map(str::to_owned);
        assert_eq!(of("bo@partner.example", 0), Some("+46703333333".into()));
        assert_eq!(of("eva@partner.example", 200), Some("+46702222222".into()));
        assert_eq!(of("eva@partner.example", 201), None);
        assert_eq!(of("carl@partner.example", 0), None);
        let shown = numbers.shown(0);
        assert_eq!(shown.len(), 2);
        assert_eq!((shown[0].ending.as_str(), shown[0].used), ("33", 300));
        assert!(!format!("{numbers:?} {shown:?}").contains("4670"));
    }

    #[test]
    fn an_older_mail_changes_nothing_and_what_was_forgotten_does_not_come_back() {
        let bo = address("bo@partner.example");
        let mut numbers = Numbers::default();
        numbers.note("bo@partner.example", "+46702222222", 200);
        // Tried for long, or sent again: the mail is older than what is known.
        numbers.note("bo@partner.example", "+46701111111", 100);
        assert_eq!(numbers.of(&bo, 0), Some("+46702222222"));
        numbers.refresh("bo@partner.example", "+46701111111", 300);
        assert_eq!(numbers.of(&bo, 0), Some("+46702222222"));
        numbers.refresh("bo@partner.example", "+46702222222", 300);
        assert_eq!(numbers.of(&bo, 300), Some("+46702222222"));
        assert_eq!(numbers.forget(Some(&bo), 400), 1);
        assert_eq!(numbers.forget(Some(&bo), 400), 0);
        for (digits, at) in [("+46702222222", 390), ("+46701111111", 100)] {
            numbers.note("bo@partner.example", digits, at);
            numbers.refresh("bo@partner.example", digits, 500);
        }
        assert_eq!((numbers.of(&bo, 0), numbers.shown(0).len()), (None, 0));
        numbers.note("bo@partner.example", "+46703333333", 401);
        assert_eq!(numbers.of(&bo, 0), Some("+46703333333"));
        numbers.disprove("bo@partner.example", "+46702222222");
        assert!(numbers.of(&bo, 0).is_some());
        numbers.disprove("bo@partner.example", "+46703333333");
        assert_eq!(numbers.of(&bo, 0), None);
        assert_eq!(numbers.forget(None, 600), 0);
        numbers.note("eva@partner.example", "+46703333333", 600);
        assert!(numbers.shown(0).is_empty() && !numbers.is_empty());
        assert!(numbers.tidy(601) && numbers.is_empty());
    }

    #[test]
    fn numbers_are_forgotten_one_by_one_all_together_and_by_age() {
        let mut numbers = Numbers::default();
        for n in 0..MOST + 5 {
            numbers.note(&format!("p{n}@partner.example"), "+46701111111", n as i64);
        }
        assert_eq!(numbers.shown(0).len(), MOST);
        assert_eq!(numbers.of(&address("p4@partner.example"), 0), None);
        assert_eq!(numbers.forget(Some(&address("p9@partner.example")), 9), 1);
        assert_eq!(numbers.forget(Some(&address("p9@partner.example")), 9), 0);
        assert!(numbers.tidy(10) && !numbers.tidy(10));
        assert_eq!(numbers.shown(0).len(), MOST - 5);
        assert_eq!(numbers.forget(None, 999), MOST - 5);
        assert!(numbers.tidy(1000) && numbers.is_empty());
    }
}
