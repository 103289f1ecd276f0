//! XFORWARD (Postfix XFORWARD_README): how a listed peer tells which client a mail really came from.
//!
//! Promises: values are decoded, at most 255 bytes, without control characters, and of the form their name wants. One bad attribute spoils the
//! command. Leaves to others: who may say it (`doors::smtp`).

use super::xtext;
use std::net::IpAddr;

/// The attributes we know, as the EHLO line lists them.
pub const NAMES: [&str; 7] = ["NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE"];

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// One of [`NAMES`].
    pub name: &'static str,
    /// The value as written, to pass on.
    pub written: String,
    /// The value decoded; `None` for `[UNAVAILABLE]` and `[TEMPUNAVAIL]`: the peer does not know.
    pub value: Option<String>,
}

/// The attributes of one command, from what stands behind the verb. `None` if one of them is wrong.
pub fn attributes(text: &str) -> Option<Vec<Attribute>> {
    let all: Option<Vec<_>> = text.split_ascii_whitespace().map(attribute).collect();
    all.filter(|list| !list.is_empty())
}

/// An address as ADDR has it: `10.1.2.3` or `IPV6:2001:db8::1`.
pub fn address(value: &str) -> Option<IpAddr> {
    match value.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("IPV6:") => {
            value[5..].parse().ok().filter(IpAddr::is_ipv6)
        }
        _ => value.parse().ok(),
    }
}

fn attribute(text: &str) -> Option<Attribute> {
    let (name, written) = text.split_once('=')?;
    let name = NAMES.into_iter().find(|n| n.eq_ignore_ascii_case(name))?;
    let decoded = String::from_utf8(xtext::decode(written)?).ok()?;
    let value = match decoded.to_ascii_uppercase().as_str() {
        "" | "[UNAVAILABLE]" | "[TEMPUNAVAIL]" => None,
        _ => Some(decoded).filter(|value| fits(name, value)).map(Some)?,
    };
    Some(Attribute {
        name,
        written: written.to_owned(),
        value,
    })
}

fn fits(name: &str, value: &str) -> bool {
    let plain = value.len() <= 255 && !value.chars().any(char::is_control);
    plain
        && match name {
            "ADDR" => address(value).is_some(),
            "PORT" => value.parse::<u16>().is_ok(),
            "SOURCE" => matches!(value.to_ascii_uppercase().as_str(), "LOCAL" | "REMOTE"),
            "HELO" => true,
            _ => value.bytes().all(|b| b.is_ascii_graphic()),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_decoded_and_kept_as_written() {
        let list =
            attributes("NAME=mx.example ADDR=192.0.2.7 HELO=a+20b source=LOCAL").expect("good");
        assert_eq!(list[2].value.as_deref(), Some("a b"));
        assert_eq!(list[2].written, "a+20b");
        assert_eq!(list[3].name, "SOURCE");
    }

    #[test]
    fn unknown_values_are_none() {
        let list = attributes("NAME=[UNAVAILABLE] ADDR=[TEMPUNAVAIL]").expect("good");
        assert!(list.iter().all(|a| a.value.is_none()));
    }

    #[test]
    fn one_bad_attribute_spoils_the_command() {
        let rows = [
            "",
            "NAME",
            "USER=x",
            "NAME=x+0D+0AQUIT",
            "ADDR=300.1.1.1",
            "ADDR=IPV6:10.0.0.1",
            "PORT=70000",
            "SOURCE=MOON",
            "NAME=a NAME",
            "HELO=a+00b",
        ];
        for row in rows {
            assert_eq!(attributes(row), None, "{row}");
        }
        assert_eq!(attributes(&format!("HELO={}", "x".repeat(256))), None);
    }

    #[test]
    fn an_address_may_be_of_either_kind() {
        assert_eq!(address("IPv6:2001:db8::1"), "2001:db8::1".parse().ok());
        assert_eq!(address("192.0.2.1"), "192.0.2.1".parse().ok());
        assert_eq!(address("host.example"), None);
    }
}
