//! Whom a setting means: one address, all of a domain, or all of the domains below one.
//!
//! Written as in policies: `anna@example.org`, `@example.org`, `@.example.org`. Promises: what is meant does not hang on how an address is
//! written ([`Address::same_mailbox`]). Fails with a sentence for whoever wrote it.

use super::Address;
use std::fmt;
use std::str::FromStr;

/// Some addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// This one.
    One(Address),
    /// All of this domain.
    Domain(String),
    /// All of the domains below this one.
    Below(String),
}

impl Whom {
    /// True if it can mean addresses of this domain.
    pub fn is_within(&self, domain: &str) -> bool {
        match self {
            Whom::One(one) => one.domain() == domain,
            Whom::Domain(own) => own == domain,
            Whom::Below(own) => is_below(domain, own),
        }
    }

    /// True if it means this address.
    pub fn means(&self, address: &Address) -> bool {
        match self {
            Whom::One(one) => one.same_mailbox(address),
            Whom::Domain(domain) => domain == address.domain(),
            Whom::Below(domain) => is_below(address.domain(), domain),
        }
    }
}

fn is_below(one: &str, domain: &str) -> bool {
    let rest = one.strip_suffix(domain);
    rest.is_some_and(|rest| rest.ends_with('.'))
}

impl FromStr for Whom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let domain = |name: &str| match format!("x@{name}").parse::<Address>() {
            Ok(address) if !name.starts_with('[') => Ok(address.domain().to_owned()),
            _ => Err(format!("\"{name}\" is no domain")),
        };
        if let Some(name) = text.strip_prefix("@.") {
            return domain(name).map(Whom::Below);
        }
        if let Some(name) = text.strip_prefix('@') {
            return domain(name).map(Whom::Domain);
        }
        match text.parse::<Address>() {
            Ok(address) if !address.domain().is_empty() => Ok(Whom::One(address)),
            _ => Err(format!(
                "\"{text}\" is neither an address nor an @ with a domain behind it"
            )),
        }
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Whom::One(address) => write!(f, "{address}"),
            Whom::Domain(domain) => write!(f, "@{domain}"),
            Whom::Below(domain) => write!(f, "@.{domain}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_a_domain_and_what_is_below_it() {
        let rows = [
            ("anna@example.org", "Anna@EXAMPLE.org", true),
            ("anna@example.org", "anna.x@example.org", false),
            ("@Example.org", "anyone@example.org", true),
            ("@example.org", "anyone@a.example.org", false),
            ("@example.org", "anyone@badexample.org", false),
            ("@.example.org", "anyone@a.b.example.org", true),
            ("@.example.org", "anyone@example.org", false),
            ("@.example.org", "anyone@badexample.org", false),
        ];
        for (whom, address, expected) in rows {
            let read: Whom = whom.parse().expect("fine");
            let address: Address = address.parse().expect("an address");
            assert_eq!(read.means(&address), expected, "{whom} {address}");
            let again: Whom = read.to_string().parse().expect("as it was written");
            assert_eq!(again, read);
        }
        for wrong in ["", "@", "@.", "anna", "postmaster", "@[192.0.2.1]", "@a b"] {
            assert!(wrong.parse::<Whom>().is_err(), "{wrong}");
        }
    }
}
