//! Which countries' numbers a channel may call (T98): an ISO code (`SE`) says whose plan a number belongs to, a prefix (`+46`) how it begins.

use crate::transfer::phone::{self, Country};

/// Whether this number may be called; no entry at all allows every number.
pub(super) fn allow(number: &str, countries: &[String]) -> bool {
    let of = || phone::country_of(number);
    let fits = |entry: &String| match entry.parse::<Country>() {
        Ok(country) => of() == Some(country),
        Err(_) => entry.starts_with('+') && number.starts_with(entry.as_str()),
    };
    countries.is_empty() || countries.iter().any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_can_be_listed() {
        let listed = ["SE", "CA", "+47"].map(String::from);
        let rows = [
            ("+46701234567", true),
            ("+4740612345", true),
            ("+14165550123", true),
            ("+12125550123", false),
            ("+491701234567", false),
        ];
        for (number, allowed) in rows {
            assert_eq!(allow(number, &listed), allowed, "{number}");
            assert!(allow(number, &[]));
        }
    }
}
