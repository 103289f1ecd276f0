//! The header of a finished mail, as a signer needs it: the fields that are signed, canonical, and who the authors are.

use super::canonical;
use crate::mail::Address;
use mail_parser::MessageParser;
use std::io::{self, BufRead, Read};

/// A larger header is not signed: no mail server would take it.
const LARGEST: u64 = 4 * 1024 * 1024;

/// At most so many fields are signed: nobody writes more of them, and `h=` has to stay a field that servers take.
const MOST: usize = 100;

/// What readers show, answer and group by. All `Content-…` come between `Reply-To` and our own.
const SIGNED: [&str; 10] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "reply-to",
];

/// Names in lower case and canonical fields, in their order.
#[derive(Debug, Default)]
pub(super) struct Head(Vec<(String, Vec<u8>)>);

impl Head {
    /// Reads up to and with the blank line. `None` if verifiers could read the header in more than one way.
    pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
        let mut reader = reader.take(LARGEST);
        let mut head = Head::default();
        let mut field = Vec::new();
        let mut line = Vec::new();
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            let is_fold = matches!(line.first(), Some(b' ' | b'\t'));
            if !is_fold && !field.is_empty() {
                let Some(whole) = canonical::field(&field) else {
                    return Ok(None);
                };
                head.add(whole);
                field.clear();
            }
            match &line[..] {
                [] if reader.limit() == 0 => return Ok(None),
                [] | b"\r\n" => return Ok(head.is_sound().then_some(head)),
                line => field.extend_from_slice(line),
            }
        }
    }

    fn add(&mut self, (name, field): (String, Vec<u8>)) {
        let is_signed = SIGNED.contains(&name.as_str())
            || name.starts_with("content-")
            || name == "x-cloakroom-transfer";
        if is_signed {
            self.0.push((name, field));
        }
    }

    /// RFC 5322 section 3.6: one From. Of two, one reader shows the first and another the last.
    fn is_sound(&self) -> bool {
        self.0.iter().filter(|(name, _)| name == "from").count() == 1
    }

    /// The domain of each author; empty if one of them cannot be read.
    pub(super) fn authors(&self) -> Vec<String> {
        let from = self.0.iter().find(|(name, _)| name == "from");
        let from = from.map(|(_, field)| [field, &b"\r\n\r\n"[..]].concat());
        let Some(message) = from.as_deref().and_then(|f| MessageParser::new().parse(f)) else {
            return Vec::new();
        };
        let domain = |author: mail_parser::Mailbox<'_>| {
            let address: Address = author.address()?.parse().ok()?;
            Some(address.domain().to_owned())
        };
        let authors = message.from().map(|all| all.mailboxes().map(domain));
        authors
            .and_then(|domains| domains.collect::<Option<Vec<String>>>())
            .unwrap_or_default()
    }

    /// The names for `h=`, and the bytes they stand for. Of fields that come more than once the last is first (RFC 6376 section 5.4.2).
    pub(super) fn signed(&self) -> (Vec<&str>, Vec<u8>) {
        let mut wanted: Vec<&str> = SIGNED.to_vec();
        for (name, _) in &self.0 {
            if !wanted.contains(&name.as_str()) && wanted.len() < MOST {
                wanted.push(name);
            }
        }
        let (mut names, mut bytes) = (vec!["from"], Vec::new());
        for name in wanted {
            let fields = self.0.iter().rev().filter(|(n, _)| n == name);
            for (name, field) in fields.take(MOST - names.len().min(MOST)) {
                names.push(name);
                bytes.extend_from_slice(field);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        (names, bytes)
    }
}
