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
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    recipient: String,
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
    /// When a text message went there last: Unix time, seconds.
    pub used: i64,
}

impl Numbers {
    /// A text message went to this number (in international form) for this recipient.
    pub fn note(&mut self, recipient: &str, digits: &str, now: i64) {
        self.all.retain(|known| !same(&known.recipient, recipient));
        let known = Known {
            recipient: recipient.to_owned(),
            digits: digits.to_owned(),
            used: now,
        };
        self.all.insert(0, known);
        self.all.truncate(MOST);
    }

    /// The number of this recipient, if it was used since (Unix time, seconds).
    pub fn of(&self, recipient: &Address, since: i64) -> Option<&str> {
        let recipient = recipient.to_string();
        let mut all = self.all.iter().filter(|known| known.used >= since);
        let known = all.find(|known| same(&known.recipient, &recipient))?;
        Some(&known.digits)
    }

    /// Those that were used since, the latest first.
    pub fn shown(&self, since: i64) -> Vec<ShownNumber> {
        let all = self.all.iter().filter(|known| known.used >= since);
        let shown = |known: &Known| ShownNumber {
            recipient: known.recipient.clone(),
            ending: phone::ending(&known.digits),
            used: known.used,
        };
        all.map(shown).collect()
    }

    /// Forgets one recipient's, or all; how many.
    pub fn forget(&mut self, whom: Option<&Address>) -> usize {
        let before = self.all.len();
        let whom = whom.map(Address::to_string);
        self.all
            .retain(|known| whom.as_ref().is_some_and(|w| !same(&known.recipient, w)));
        before - self.all.len()
    }

    /// Forgets what was not used since; true if it forgot something.
    pub fn tidy(&mut self, since: i64) -> bool {
        let before = self.all.len();
        self.all.retain(|known| known.used >= since);
        self.all.len() < before
    }

    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
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
    fn numbers_are_forgotten_one_by_one_all_together_and_by_age() {
        let mut numbers = Numbers::default();
        for n in 0..MOST + 5 {
            numbers.note(&format!("p{n}@partner.example"), "+46701111111", n as i64);
        }
        assert_eq!(numbers.shown(0).len(), MOST);
        assert_eq!(numbers.of(&address("p4@partner.example"), 0), None);
        assert_eq!(numbers.forget(Some(&address("p9@partner.example"))), 1);
        assert_eq!(numbers.forget(Some(&address("p9@partner.example"))), 0);
        assert!(numbers.tidy(10) && !numbers.tidy(10));
        assert_eq!(numbers.shown(0).len(), MOST - 5);
        assert_eq!(numbers.forget(None), MOST - 5);
        assert!(numbers.is_empty());
    }
}
