//! The one table: fault → what an SMTP peer reads. No other file has a reply text for a fault.
//!
//! Promises: a reply is printable ASCII, has no line end inside a line, and its code matches its enhanced code's class.
//! The sentence stays general; the id behind it leads to the cause in the log.

use super::Kind;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Write;

/// An SMTP reply: ours, or the next hop's passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The basic code, 200 to 599.
    pub code: u16,
    /// RFC 3463, such as (5, 7, 1); `None` only in replies of a next hop that has none.
    pub enhanced: Option<(u8, u16, u16)>,
    /// One or more lines of printable ASCII, without codes and line ends.
    pub lines: Vec<String>,
}

impl Reply {
    /// A reply of one line. Control and non-ASCII characters become `?`.
    pub fn new(code: u16, enhanced: (u8, u16, u16), text: &str) -> Self {
        Reply {
            code,
            enhanced: Some(enhanced),
            lines: vec![text.chars().map(printable).collect()],
        }
    }

    /// 2xx.
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4xx: the same may succeed later.
    pub fn is_temporary(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// 5xx: never.
    pub fn is_permanent(&self) -> bool {
        self.code >= 500
    }

    /// The same reply with an id behind its last line, by which the log can be searched.
    pub fn with_id(mut self, id: &impl fmt::Display) -> Self {
        if let Some(last) = self.lines.last_mut() {
            last.push_str(&format!(" ({id})"));
        }
        self
    }

    /// Appends the reply as it goes over the wire, CRLF included (RFC 5321 section 4.2.1).
    pub fn write_to(&self, out: &mut Vec<u8>) {
        for (i, line) in self.lines.iter().enumerate() {
            let separator = if i + 1 == self.lines.len() { ' ' } else { '-' };
            // A `Vec` takes whatever is written.
            let _ = write!(out, "{}{separator}", self.code);
            if let Some((class, subject, detail)) = self.enhanced {
                let _ = write!(out, "{class}.{subject}.{detail} ");
            }
            out.extend(line.chars().map(|c| printable(c) as u8));
            out.extend_from_slice(b"\r\n");
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some((class, subject, detail)) = self.enhanced {
            write!(f, " {class}.{subject}.{detail}")?;
        }
        write!(f, " {}", self.lines.join(" "))
    }
}

impl From<&Kind> for Reply {
    fn from(kind: &Kind) -> Self {
        let (code, enhanced, text) = match kind {
            Kind::BareLineEnd => (
                550,
                (5, 6, 11),
                "Lines must end with CR LF, and no NUL is allowed",
            ),
            Kind::Deadline => (
                451,
                (4, 4, 7),
                "This took too long, nothing was sent; try again later",
            ),
            Kind::DirectoryDown => (
                451,
                (4, 3, 0),
                "The directory of telephone numbers does not answer; try again later",
            ),
            Kind::DiskFull => (452, (4, 3, 1), "No room at the moment; try again later"),
            Kind::Dropped => (
                554,
                (5, 7, 0),
                "An operator of this gateway has dropped this mail",
            ),
            Kind::EightBit => (
                554,
                (5, 6, 3),
                "The next mail server takes ASCII only and this mail has other bytes; send it as quoted-printable or base64",
            ),
            Kind::Internal => (451, (4, 3, 0), "Something went wrong here; try again later"),
            Kind::LineTooLong => (550, (5, 6, 0), "A line of this mail is longer than 64 KiB"),
            Kind::Loop => (554, (5, 4, 6), "This mail is going in circles"),
            Kind::NextHopDown => (
                451,
                (4, 4, 1),
                "The next mail server does not answer; try again later",
            ),
            Kind::NextHopSaid(reply) => return reply.clone(),
            Kind::PolicyBroken => (
                451,
                (4, 3, 5),
                "The policy cannot be applied at the moment; try again later",
            ),
            Kind::PolicyRefused(text) => (550, (5, 7, 1), text.as_str()),
            Kind::StoreDown => (451, (4, 3, 0), "The store does not answer; try again later"),
            Kind::TooBig => (552, (5, 3, 4), "This mail is larger than this server takes"),
            Kind::TooManyVariants => (
                550,
                (5, 5, 3),
                "Too many recipients need a mail of their own; send to fewer at once",
            ),
        };
        Reply::new(code, enhanced, text)
    }
}

fn printable(c: char) -> char {
    match c {
        ' '..='~' => c,
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<Kind> {
        vec![
            Kind::BareLineEnd,
            Kind::Deadline,
            Kind::DirectoryDown,
            Kind::DiskFull,
            Kind::Dropped,
            Kind::EightBit,
            Kind::Internal,
            Kind::LineTooLong,
            Kind::Loop,
            Kind::NextHopDown,
            Kind::NextHopSaid(Reply::new(450, (4, 2, 1), "busy")),
            Kind::PolicyBroken,
            Kind::PolicyRefused("no".into()),
            Kind::StoreDown,
            Kind::TooBig,
            Kind::TooManyVariants,
        ]
    }

    #[test]
    fn the_class_of_the_enhanced_code_is_that_of_the_code() {
        for kind in every_kind() {
            let reply = Reply::from(&kind);
            assert_eq!(
                Some(u16::from(reply.enhanced.expect("ours have one").0)),
                Some(reply.code / 100),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn a_reply_cannot_carry_a_line_end() {
        let mut out = Vec::new();
        Reply::new(550, (5, 7, 1), "a\r\n250 b").write_to(&mut out);
        assert_eq!(out, b"550 5.7.1 a??250 b\r\n");
    }
}
