//! The header of a finished mail, as a signer needs it: which of its fields are signed, and who the authors are.

use crate::mail::Address;
use mail_parser::MessageParser;
use std::io::{self, BufRead, Read};

/// A larger header is not signed: no mail server would take it.
const LARGEST: u64 = 4 * 1024 * 1024;

/// At most so many names are signed: nobody writes more of them, and `h=` has to stay a field that servers take.
const MOST: usize = 100;

/// What readers show, answer and group by. All `Content-…` come behind, and our own.
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

/// A header block that all verifiers read alike.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// As it is, with the blank line.
    pub(super) bytes: Vec<u8>,
    /// Names in lower case, in their order.
    names: Vec<String>,
    from: Vec<u8>,
}

impl Head {
    /// Reads up to and with the blank line. `None` if verifiers could read the header in more than one way.
    pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
        let mut reader = reader.take(LARGEST);
        let mut head = Head::default();
        loop {
            let start = head.bytes.len();
            reader.read_until(b'\n', &mut head.bytes)?;
            match &head.bytes[start..] {
                [] if reader.limit() == 0 => return Ok(None),
                [] | b"\r\n" => return Ok(head.is_sound().then_some(head)),
                [b' ' | b'\t', ..] if !head.names.is_empty() => head.go_on(start),
                line => match name(line) {
                    Some(name) => head.begin(name, start),
                    None => return Ok(None),
                },
            }
        }
    }

    fn begin(&mut self, name: String, start: usize) {
        self.names.push(name);
        self.go_on(start);
    }

    fn go_on(&mut self, start: usize) {
        if self.names.last().is_some_and(|name| name == "from") {
            self.from.extend_from_slice(&self.bytes[start..]);
        }
    }

    /// RFC 5322 section 3.6: one From. Of two, one reader shows the first and another the last.
    fn is_sound(&self) -> bool {
        self.names.iter().filter(|name| *name == "from").count() == 1
    }

    /// The domain of each author; empty if one of them cannot be read.
    pub(super) fn authors(&self) -> Vec<String> {
        let field = [&self.from[..], b"\r\n"].concat();
        let Some(message) = MessageParser::new().parse(&field[..]) else {
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

    /// The names to sign, each once, but `From` twice: so that no second one can be put in (RFC 6376 section 8.15).
    pub(super) fn signed(&self) -> Vec<&str> {
        let is_there = |name: &&str| self.names.iter().any(|n| n == name);
        let mut signed: Vec<&str> = SIGNED.into_iter().filter(is_there).collect();
        for name in &self.names {
            let counts = name.starts_with("content-") || name == "x-cloakroom-transfer";
            if counts && !signed.contains(&name.as_str()) && signed.len() < MOST {
                signed.push(name);
            }
        }
        signed.push("from");
        signed
    }
}

/// In lower case; `None` for what is no field. A blank before the colon is obsolete (RFC 5322 section 4.5), and not all verifiers read it.
fn name(line: &[u8]) -> Option<String> {
    let name = &line[..memchr::memchr(b':', line)?];
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}
