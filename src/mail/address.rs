//! An address in one canonical form: the form policy looks at is the form that is relayed (T41).
//!
//! Promises: no control characters, no source route, no percent hack; the domain is lower case A-labels without a final dot;
//! the local part keeps its case and is quoted only where RFC 5321 section 4.1.2 needs it.
//! Fails with [`Unfit`], which says why.

use std::fmt;
use std::str::FromStr;

/// A mailbox. `postmaster` without a domain (RFC 5321 section 4.5.1) has an empty domain.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: String,
    domain: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// No `@`, or nothing before or behind it.
    Incomplete,
    /// A source route, a percent hack or a `!` path: routes hidden in a local part.
    Routed,
    /// The domain is no host name and no address literal.
    BadDomain,
    /// Characters that no local part has.
    BadLocal,
    /// Longer than 64 before or 255 behind the `@` (RFC 5321 section 4.5.3.1).
    TooLong,
}

impl Address {
    /// The part before the `@`, without quotes, as written.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// True of somebody at one of these domains (lower case, A-labels), and of `postmaster` of nowhere.
    pub fn is_of(&self, domains: &[String]) -> bool {
        self.domain().is_empty() || domains.iter().any(|d| d == self.domain())
    }

    /// The domain in lower case A-labels; empty only for `postmaster`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// True if it cannot be relayed without SMTPUTF8.
    pub fn needs_utf8(&self) -> bool {
        !self.local.is_ascii()
    }

    /// For people who must not read all of it: `b…@partner.example`.
    pub fn masked(&self) -> String {
        let first: String = self.local.chars().take(1).collect();
        format!("{first}…@{}", self.domain)
    }

    /// Without what people put behind a plus sign to tell their mail apart: for counting and denying, as one mailbox has as many such
    /// names as it likes.
    pub fn untagged(&self) -> Address {
        let bare = self.local.split_once('+').map(|(bare, _)| bare);
        Address {
            local: bare
                .filter(|bare| !bare.is_empty())
                .unwrap_or(&self.local)
                .to_owned(),
            domain: self.domain.clone(),
        }
    }

    /// True for `anna@[192.0.2.1]`: a machine and no domain.
    pub fn is_literal(&self) -> bool {
        self.domain.starts_with('[')
    }

    /// Equal for policy: domains always, local parts without regard to case.
    pub fn same_mailbox(&self, other: &Address) -> bool {
        self.domain == other.domain && self.local.to_lowercase() == other.local.to_lowercase()
    }
}

impl TryFrom<String> for Address {
    type Error = Unfit;

    fn try_from(text: String) -> Result<Self, Unfit> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

impl FromStr for Address {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        if text.eq_ignore_ascii_case("postmaster") {
            return Ok(Address {
                local: text.to_owned(),
                domain: String::new(),
            });
        }
        let (local, domain) = text.rsplit_once('@').ok_or(Unfit::Incomplete)?;
        let address = Address {
            local: local_part(local)?,
            domain: domain_part(domain)?,
        };
        if address.local.len() > 64 || address.domain.len() > 255 {
            return Err(Unfit::TooLong);
        }
        Ok(address)
    }
}

fn local_part(text: &str) -> Result<String, Unfit> {
    if text.is_empty() {
        return Err(Unfit::Incomplete);
    }
    if text.starts_with('@') || text.contains(['%', '!']) {
        return Err(Unfit::Routed);
    }
    let bare = match text.strip_prefix('"') {
        Some(rest) => unquote(rest.strip_suffix('"').ok_or(Unfit::BadLocal)?)?,
        None if is_dot_string(text) => text.to_owned(),
        None => return Err(Unfit::BadLocal),
    };
    match bare {
        b if b.is_empty() => Err(Unfit::Incomplete),
        b if b.contains(['@', ':', '%', '!']) => Err(Unfit::Routed),
        b => Ok(b),
    }
}

fn unquote(text: &str) -> Result<String, Unfit> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '"' => return Err(Unfit::BadLocal),
            '\\' => chars.next().ok_or(Unfit::BadLocal)?,
            c => c,
        };
        // Not even quoted: whoever looks for the brackets of a path stops there.
        if c.is_control() || matches!(c, '<' | '>') {
            return Err(Unfit::BadLocal);
        }
        out.push(c);
    }
    Ok(out)
}

fn is_dot_string(text: &str) -> bool {
    text.split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !c.is_control() && !c.is_whitespace())
}

fn domain_part(text: &str) -> Result<String, Unfit> {
    if let Some(literal) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        let ip = literal.strip_prefix("IPv6:").unwrap_or(literal);
        return match ip.parse::<std::net::IpAddr>() {
            Ok(_) => Ok(format!(
                "[{}]",
                literal.to_ascii_lowercase().replace("ipv6:", "IPv6:")
            )),
            Err(_) => Err(Unfit::BadDomain),
        };
    }
    if text.is_empty() {
        return Err(Unfit::Incomplete);
    }
    let domain = idna::domain_to_ascii_strict(text.strip_suffix('.').unwrap_or(text))
        .map_err(|_| Unfit::BadDomain)?;
    let fit = !domain.is_empty()
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63);
    if fit {
        Ok(domain)
    } else {
        Err(Unfit::BadDomain)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_dot_string(&self.local) {
            f.write_str(&self.local)?;
        } else {
            write!(
                f,
                "\"{}\"",
                self.local.replace('\\', "\\\\").replace('"', "\\\"")
            )?;
        }
        if self.domain.is_empty() {
            Ok(())
        } else {
            write!(f, "@{}", self.domain)
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{self}>")
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::Incomplete => "an address needs something before and behind the @",
            Unfit::Routed => "routes inside an address are not accepted",
            Unfit::BadDomain => "the domain is not a host name",
            Unfit::BadLocal => "the part before the @ has characters that are not allowed there",
            Unfit::TooLong => "the address is too long",
        })
    }
}

impl std::error::Error for Unfit {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_has_one_name_without_its_tags() {
        let rows = [
            ("bo+x@p.example", "bo@p.example", false),
            ("bo+x+y@p.example", "bo@p.example", false),
            ("+x@p.example", "+x@p.example", false),
            ("bo@p.example", "bo@p.example", false),
            ("bo@[192.0.2.1]", "bo@[192.0.2.1]", true),
        ];
        for (written, bare, literal) in rows {
            let address: Address = written.parse().expect("an address");
            assert_eq!(address.untagged().to_string(), bare);
            assert_eq!(address.is_literal(), literal, "{written}");
        }
    }

    #[test]
    fn one_form_for_every_spelling() {
        let rows = [
            ("bo@partner.example", "bo@partner.example"),
            ("Bo@PARTNER.Example.", "Bo@partner.example"),
            ("\"bo\"@partner.example", "bo@partner.example"),
            ("\"a b\"@c.example", "\"a b\"@c.example"),
            ("bo@müller.example", "bo@xn--mller-kva.example"),
            ("jörg@c.example", "jörg@c.example"),
            ("x@[127.0.0.1]", "x@[127.0.0.1]"),
            ("postmaster", "postmaster"),
        ];
        for (written, canonical) in rows {
            let address: Address = written.parse().unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!(address.to_string(), canonical);
            assert_eq!(
                canonical.parse(),
                Ok(address),
                "the canonical form is a fixed point"
            );
        }
    }

    #[test]
    fn hidden_routes_and_odd_characters_are_refused() {
        let rows = [
            ("x%ext@int.example", Unfit::Routed),
            ("\"x@ext\"@int.example", Unfit::Routed),
            ("@int.example:x@ext.example", Unfit::Routed),
            ("ext!x@int.example", Unfit::Routed),
            ("a\r\n@b.example", Unfit::BadLocal),
            ("a..b@c.example", Unfit::BadLocal),
            ("a@b c", Unfit::BadDomain),
            ("a@", Unfit::Incomplete),
            ("@", Unfit::Incomplete),
            ("a", Unfit::Incomplete),
        ];
        for (written, why) in rows {
            assert_eq!(written.parse::<Address>(), Err(why), "{written:?}");
        }
    }
}
