//! Who sent a mail: the login, the envelope sender and the header From, which need not agree.
//!
//! T42. Each of them can be chosen by somebody: the header From by every sender, the envelope sender by most, the login only by
//! who knows its password. So none is simply believed:
//! - a rule that protects looks at all of them, and one that matches is enough: who writes as `@legal.example.org` in any
//!   of the three gets the protection of Legal, and lying about it gains nothing but protection;
//! - an exception (`unless`, or a rule with `waives`) needs all that are there to match, and one of login and envelope sender
//!   to be there: who only writes an exempt address into the header From stays protected.
//!
//! A login that is no address says nothing about addresses and is left to the `login` condition.

use crate::mail::header::Fields;
use crate::mail::{Address, Envelope};
use mail_parser::MessageParser;

/// Everybody who claims to have sent it.
#[derive(Debug, Default)]
pub struct Senders {
    /// Login (if it is an address), envelope sender, header From; each once.
    pub claimed: Vec<Address>,
    /// False if only the header From says who it is, or some sender cannot be read: then there are no exceptions.
    pub settled: bool,
}

impl Senders {
    /// Reads them.
    pub fn of(envelope: &Envelope, fields: &Fields) -> Senders {
        let mut senders = Senders::default();
        let login = envelope.client.login.as_deref();
        let login = login
            .and_then(|l| l.parse::<Address>().ok())
            .filter(|l| !l.domain().is_empty());
        senders.settled = login.is_some() || envelope.sender.is_some();
        let (from, readable) = header_from(fields);
        senders.settled &= readable;
        for address in login.into_iter().chain(envelope.sender.clone()).chain(from) {
            if !senders
                .claimed
                .iter()
                .any(|known| known.same_mailbox(&address))
            {
                senders.claimed.push(address);
            }
        }
        senders
    }
}

/// Every address of every From field; false if there is something in them that is none, or no address at all.
fn header_from(fields: &Fields) -> (Vec<Address>, bool) {
    let mut found = Vec::new();
    let mut readable = true;
    for field in fields.all("From") {
        let block = format!("From:{}\r\n\r\n", field.raw);
        let parsed = MessageParser::new().parse_headers(block.as_bytes());
        let before = found.len();
        let list = parsed.as_ref().and_then(|m| m.from());
        for written in list.into_iter().flat_map(|l| l.mailboxes()) {
            match written.address().map(str::parse::<Address>) {
                Some(Ok(address)) => found.push(address),
                _ => readable = false,
            }
        }
        readable &= found.len() > before;
    }
    let any = !found.is_empty();
    (found, readable && any)
}
