//! Sets of addresses as policy writes them: `bo@partner.example`, `@partner.example`, `@.partner.example`, `list:NAME`.
//!
//! Promises: patterns go through the same canonicaliser as relayed addresses (T41); `@d` is that domain only, `@.d` its
//! sub-domains only; looking an address up costs the number of its labels, not the size of the set.

use super::conditions::Ground;
use super::lists::Lists;
use super::replay::Place;
use super::sheet::{Sheet, Value, Word};
use crate::mail::Address;
use std::collections::HashMap;
use std::sync::Arc;

/// A set of address patterns. Each is kept with the spelling it was written in.
#[derive(Debug, Default)]
pub struct Pool {
    mailboxes: HashMap<String, String>,
    domains: HashMap<String, String>,
    below: HashMap<String, String>,
}

/// Patterns of a condition: its own, and lists it names.
#[derive(Debug)]
pub struct People {
    own: Pool,
    lists: Vec<(String, Arc<Pool>)>,
}

impl Pool {
    /// Adds a pattern, or says why it is none.
    pub fn add(&mut self, written: &str) -> Result<(), String> {
        let text = written.trim();
        let (set, key) = match (text.strip_prefix("@."), text.strip_prefix('@')) {
            (Some(domain), _) => (&mut self.below, domain_of(domain)?),
            (None, Some(domain)) => (&mut self.domains, domain_of(domain)?),
            (None, None) => {
                if text.contains('*') {
                    return Err("stars mean nothing in an address".into());
                }
                let address: Address = text.parse().map_err(|why| format!("{why}"))?;
                (&mut self.mailboxes, mailbox(&address))
            }
        };
        set.entry(key).or_insert_with(|| text.to_owned());
        Ok(())
    }

    /// The pattern that has this address, as written.
    pub fn find(&self, address: &Address) -> Option<&str> {
        let domain = address.domain();
        self.mailboxes
            .get(&mailbox(address))
            .or_else(|| self.domains.get(domain))
            .or_else(|| parents(domain).find_map(|parent| self.below.get(parent)))
            .map(String::as_str)
    }

    /// Whether an address of this domain is in it; `None`: that depends on the mailbox.
    pub fn guess(&self, place: &Place<'_>) -> Option<bool> {
        if self.domains.keys().any(|domain| place.is(domain)) {
            return Some(true);
        }
        // Of a hashed name nobody sees the parents.
        let below = match place.salt {
            Some(_) => self.below.is_empty().then_some(false),
            None => Some(parents(place.name).any(|parent| self.below.contains_key(parent))),
        };
        let mut domains = self.mailboxes.keys().filter_map(|m| m.rsplit_once('@'));
        let mailbox = domains.any(|(_, domain)| place.is(domain));
        super::conditions::any([below, if mailbox { None } else { Some(false) }])
    }

    /// The number of patterns.
    pub fn len(&self) -> usize {
        self.mailboxes.len() + self.domains.len() + self.below.len()
    }

    /// True for no pattern.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl People {
    /// One pattern or a list of them.
    pub fn read(sheet: &mut Sheet<'_>, value: &Value<'_>, ground: &Ground<'_>) -> Option<People> {
        let words = sheet.strings(value)?;
        let mut people = People {
            own: Pool::default(),
            lists: Vec::new(),
        };
        for word in words {
            people.take(sheet, word, ground.lists);
        }
        Some(people)
    }

    fn take(&mut self, sheet: &mut Sheet<'_>, (word, span): Word, lists: &Lists) {
        match word.strip_prefix("list:") {
            Some(name) => match lists.get(name) {
                Some(list) => self.lists.push((word, list.pool(sheet))),
                None => sheet.unknown(span, "list", name, lists.keys().map(String::as_str)),
            },
            None => {
                if let Err(why) = self.own.add(&word) {
                    sheet.wrong_but(span, format!("\"{word}\": {why}"), PATTERNS);
                }
            }
        }
    }

    /// See [`Pool::guess`].
    pub fn guess(&self, place: &Place<'_>) -> Option<bool> {
        let lists = self.lists.iter().map(|(_, pool)| pool.guess(place));
        super::conditions::any(lists.chain([self.own.guess(place)]))
    }

    /// The pattern that has this address, as written; for one in a list, the list.
    pub fn find(&self, address: &Address) -> Option<&str> {
        self.own.find(address).or_else(|| {
            self.lists
                .iter()
                .find(|(_, pool)| pool.find(address).is_some())
                .map(|(name, _)| name.as_str())
        })
    }
}

/// What an address pattern looks like, for diagnostics.
pub const PATTERNS: &str =
    "write bo@partner.example, @partner.example, @.partner.example (its sub-domains) or list:NAME";

/// The form in which two spellings of a mailbox are equal for policy.
fn mailbox(address: &Address) -> String {
    address.to_string().to_lowercase()
}

fn domain_of(text: &str) -> Result<String, String> {
    let address: Address = format!("x@{text}")
        .parse()
        .map_err(|why| format!("{why}"))?;
    Ok(address.domain().to_owned())
}

/// `c.example` and `example` of `b.c.example`.
fn parents(domain: &str) -> impl Iterator<Item = &str> {
    domain.match_indices('.').map(|(dot, _)| &domain[dot + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_that_domain_only() {
        let rows = [
            ("@example.org", "a@example.org", true),
            ("@example.org", "a@EXAMPLE.org.", true),
            ("@example.org", "a@sub.example.org", false),
            ("@example.org", "a@notexample.org", false),
            ("@.example.org", "a@sub.example.org", true),
            ("@.example.org", "a@b.sub.example.org", true),
            ("@.example.org", "a@example.org", false),
            ("@.example.org", "a@notexample.org", false),
            ("Bo@Example.org", "bO@example.org", true),
            ("bo@example.org", "bo+x@example.org", false),
            ("@müller.example", "a@xn--mller-kva.example", true),
        ];
        for (pattern, address, want) in rows {
            let mut pool = Pool::default();
            pool.add(pattern).expect(pattern);
            let address: Address = address.parse().expect(address);
            assert_eq!(pool.find(&address).is_some(), want, "{pattern} {address}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for written in [
            "*@example.org",
            "example.org",
            "@",
            "@.",
            "a b@c.example",
            "@a@b",
        ] {
            assert!(Pool::default().add(written).is_err(), "{written}");
        }
    }
}
