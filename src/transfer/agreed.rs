//! Passwords that were agreed on once, by telephone, letter or contract, and open every later transfer of a recipient.
//!
//! Promises: one is neither empty nor longer than a chosen password may be, and has no control characters.
//! Leaves to others: which rules it keeps (`password_rules`, `decide`), where it lies (`store`), when it is taken (`gateway`, `notify`).

use super::notice::exposed;
use super::{Password, PasswordRules};
use crate::mail::{Address, address};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// With whom something is agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Party {
    /// One mailbox.
    Address(Address),
    /// Everybody of this domain, in lower case A-labels; not of those below it.
    Domain(String),
}

/// What is agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// With whom.
    pub party: Party,
    /// The password, without white space around it.
    #[serde(with = "exposed")]
    pub password: Password,
    /// When it was set: Unix time, seconds.
    pub since: i64,
}

impl Party {
    /// Everybody of the domain of an address.
    pub fn domain_of(address: &Address) -> Self {
        Party::Domain(address.domain().to_owned())
    }
}

impl FromStr for Party {
    type Err = address::Unfit;

    fn from_str(text: &str) -> Result<Self, address::Unfit> {
        if !text.starts_with('@') {
            let address: Address = text.parse()?;
            let complete = Some(address).filter(|a| !a.domain().is_empty());
            return complete
                .map(Party::Address)
                .ok_or(address::Unfit::Incomplete);
        }
        let somebody: Address = format!("x{text}").parse()?;
        let domain = Party::domain_of(&somebody);
        // A machine is no organisation.
        let is_domain = !somebody.is_literal();
        is_domain.then_some(domain).ok_or(address::Unfit::BadDomain)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Address(address) => address.fmt(f),
            Party::Domain(domain) => write!(f, "@{domain}"),
        }
    }
}

impl TryFrom<String> for Party {
    type Error = address::Unfit;

    fn try_from(text: String) -> Result<Self, address::Unfit> {
        text.parse()
    }
}

impl From<Party> for String {
    fn from(party: Party) -> String {
        party.to_string()
    }
}

impl Agreed {
    /// This password from that time on; `None` if nobody could type it.
    pub fn new(party: Party, password: &Password, since: i64) -> Option<Self> {
        let password = Password::given(password.expose().trim());
        // No rules at all, but what holds for any password.
        let fit = PasswordRules::default().broken(&password).is_empty();
        let fit = fit && !password.expose().is_empty();
        fit.then_some(Agreed {
            party,
            password,
            since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_a_mailbox_or_all_of_a_domain() {
        let rows = [
            ("Bo@Partner.Example", Some("Bo@partner.example")),
            ("@Partner.Example.", Some("@partner.example")),
            ("@bücher.example", Some("@xn--bcher-kva.example")),
            ("@", None),
            ("", None),
            ("partner.example", None),
            ("postmaster", None),
            ("@[192.0.2.1]", None),
            ("a@b@", None),
            ("@part ner.example", None),
            ("@x@partner.example", None),
        ];
        for (text, want) in rows {
            let party = text.parse::<Party>().ok();
            assert_eq!(party.map(|p| p.to_string()).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn what_nobody_could_type_is_no_password() {
        let long = "å".repeat(129);
        let rows = [
            (" Kaffe mugg ", Some("Kaffe mugg")),
            ("", None),
            (" \n", None),
            ("Kaffe\u{7}mugg", None),
            (&long, None),
            (&long[2..], Some(&long[2..])),
        ];
        let party: Party = "@partner.example".parse().expect("a domain");
        for (text, want) in rows {
            let agreed = Agreed::new(party.clone(), &Password::given(text), 7);
            let kept = agreed.as_ref().map(|a| a.password.expose());
            assert_eq!(kept, want, "{text:?}");
            assert!(!format!("{agreed:?}").contains("affe"));
        }
    }
}
