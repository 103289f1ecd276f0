//! A draft: what somebody outside writes on the page, until it leaves as a mail to people inside.
//!
//! Life: open (text and uploads arrive, in pieces) → leaving (its author heard that it is sent) → sent (a mail of ours has it) → erased.
//! One that a scanner objects to is refused instead: it becomes no mail. One that nobody touches for a day is erased. The record holds who writes to whom; text, subject and file names are sealed under the
//! draft's own key, which is on disk only wrapped (`seal::whole`), so that copies of the disk die with its day.
//! Leaves to others: keeping it (`store`), sealing pieces (`seal::piece`), limits and sending (`gateway::writing`).

use super::{BlobId, TransferId};
use crate::mail::id::random;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Seconds after which a draft that nobody touches is erased.
pub const IDLE: i64 = 86_400;

/// Seconds after which an open draft is erased in any case.
pub const LONGEST: i64 = 7 * 86_400;

/// The number of what is no upload but the text.
pub const TEXT: u32 = u32::MAX;

/// Names a draft: random and long, as who knows it and has the cookie may write.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DraftId([u8; 16]);

/// What somebody writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name.
    pub id: DraftId,
    /// Why its author may write.
    pub origin: Origin,
    /// SHA-256 of the cookie of the browser that began it.
    pub owner: [u8; 32],
    /// Who writes: an address that was proven.
    pub who: String,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// When they proved the address by a code, for that reason alone: Unix time, seconds.
    pub proven: Option<i64>,
    /// The language of their pages.
    pub language: String,
    /// Whom it may go to, inside; whom it goes to if nothing is said first.
    pub allowed: Vec<String>,
    /// The `Message-ID` it answers; a stranger may have written it.
    pub thread: Option<String>,
    /// The subject it answers, sealed.
    pub subject: Vec<u8>,
    /// Unix time, seconds.
    pub created: i64,
    /// When something of it came last: Unix time, seconds.
    pub touched: i64,
    /// The day whose key is needed too: days since 1970.
    pub day: i32,
    /// The key of everything sealed in it, sealed itself; empty once it is over.
    pub key: Vec<u8>,
    /// The text, if there is one.
    pub text: Option<Piece>,
    /// Files, in the order they were begun.
    pub uploads: Vec<Upload>,
    /// The number of the next upload.
    pub next: u32,
    /// Where it is in its life.
    pub state: State,
}

/// Why somebody may write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// They opened this transfer with the ticket of this number: they answer it.
    Ticket(String, u32),
    /// They proved this address.
    Address(String),
}

/// One file that comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its number in the draft; never used again.
    pub number: u32,
    /// Its name as the author gave it, sealed.
    pub name: Vec<u8>,
    /// How many bytes it is to have; `None` until a form has brought all of it.
    pub len: Option<u64>,
    /// How many bytes are on disk.
    pub have: u64,
    /// In how many pieces.
    pub pieces: u32,
}

/// Bytes in a blob of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The blob.
    pub blob: BlobId,
    /// Bytes of plain text.
    pub len: u64,
}

/// The life of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It is written.
    Open,
    /// Its author heard that it is sent; it is ours to deliver.
    Leaving(Order),
    /// A mail of ours has everything. Kept so that a reload of the page shows the same.
    Sent(Order),
    /// Nobody wants it; nothing of it can be opened any more.
    Over,
    /// It is not delivered; its uploads and its text are gone. Kept so that its author reads why.
    Refused(Order, Denied),
}

/// Why it is not delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// The reason.
    pub why: Denial,
    /// The file that it is about: its number, and its name, sealed. `None`: the text, or no single one.
    pub file: Option<(u32, Vec<u8>)>,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denial {
    /// A scanner says that it carries malware.
    Infected,
    /// It is larger than the scanner looks at.
    TooLarge,
    /// No scanner has looked at it in time.
    Unchecked,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The id of the mail it becomes.
    pub mail: String,
    /// When: Unix time, seconds.
    pub at: i64,
    /// To whom.
    pub to: Vec<String>,
    /// The transfer that its files went into; what a crash left of it goes before the next try.
    pub transfer: Option<String>,
    /// Its author was sent a copy of the receipt.
    pub copied: bool,
}

impl Denial {
    /// The key of the sentence for it, among the texts for people; `named` if a file is the reason.
    pub fn sentence(self, named: bool) -> &'static str {
        match (self, named) {
            (Denial::Infected, true) => "denied-infected",
            (Denial::Infected, false) => "denied-infected-text",
            (Denial::TooLarge, true) => "denied-too-large",
            (Denial::TooLarge, false) | (Denial::Unchecked, _) => "denied-unchecked",
        }
    }
}

impl Draft {
    /// True while its author may change it.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// What was sent, once it was.
    pub fn order(&self) -> Option<&Order> {
        match &self.state {
            State::Leaving(order) | State::Sent(order) | State::Refused(order, _) => Some(order),
            State::Open | State::Over => None,
        }
    }

    /// When it is erased, unless it is to be delivered yet: Unix time, seconds.
    pub fn ends(&self) -> Option<i64> {
        match &self.state {
            State::Leaving(_) => None,
            State::Over => Some(self.created),
            // The check may have taken longer than drafts last.
            State::Refused(..) => Some(self.touched.saturating_add(IDLE)),
            State::Open | State::Sent(_) => {
                let longest = self.created.saturating_add(LONGEST);
                Some(self.touched.saturating_add(IDLE).min(longest))
            }
        }
    }

    /// The upload of this number.
    pub fn upload(&self, number: u32) -> Option<&Upload> {
        self.uploads.iter().find(|upload| upload.number == number)
    }

    /// The same, to change it.
    pub fn upload_mut(&mut self, number: u32) -> Option<&mut Upload> {
        let mut uploads = self.uploads.iter_mut();
        uploads.find(|upload| upload.number == number)
    }

    /// Bytes that its files have, or will have as far as they said.
    pub fn bytes(&self) -> u64 {
        let sizes = self.uploads.iter();
        let sizes = sizes.map(|upload| upload.len.unwrap_or(upload.have).max(upload.have));
        sizes.fold(0, u64::saturating_add)
    }
}

impl Upload {
    /// True if all of it is here.
    pub fn is_whole(&self) -> bool {
        self.len == Some(self.have)
    }
}

impl Origin {
    /// Of a ticket.
    pub fn ticket(id: TransferId, number: u32) -> Self {
        Origin::Ticket(id.to_string(), number)
    }

    /// True if it has to do with this transfer.
    pub fn is_about(&self, transfer: &str) -> bool {
        matches!(self, Origin::Ticket(id, _) if id == transfer)
    }

    /// The same bytes for the same origin only.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Origin::Ticket(id, number) => {
                [&b"ticket\0"[..], id.as_bytes(), &number.to_be_bytes()].concat()
            }
            Origin::Address(address) => [b"address\0", address.to_lowercase().as_bytes()].concat(),
        }
    }
}

impl DraftId {
    /// A new one.
    pub fn fresh() -> Self {
        DraftId(random())
    }

    /// As a key of the store.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Out of a key of the store.
    pub fn from_key(key: &[u8]) -> Option<Self> {
        Some(DraftId(*key.first_chunk()?))
    }
}

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Only its beginning: who has all of it and a cookie may write.
impl fmt::Debug for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}…", self.0[0], self.0[1])
    }
}

/// No such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDraftId;

impl FromStr for DraftId {
    type Err = NoDraftId;

    fn from_str(text: &str) -> Result<Self, NoDraftId> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let digit = |b: u8| match b {
            b'0'..=b'9' => Ok(b - b'0'),
            b'a'..=b'f' => Ok(b - b'a' + 10),
            _ => Err(NoDraftId),
        };
        let bytes: Result<Vec<u8>, NoDraftId> = pairs
            .iter()
            .map(|[high, low]| Ok(digit(*high)? << 4 | digit(*low)?))
            .collect();
        match rest {
            [] => bytes?.try_into().map(DraftId).map_err(|_| NoDraftId),
            _ => Err(NoDraftId),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_in_one_spelling() {
        let id = DraftId::fresh();
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.len(), 32);
        for wrong in [
            "",
            &text[1..],
            &text
                .to_uppercase()
                .replace(|c: char| c.is_ascii_digit(), "A"),
            "zz",
        ] {
            assert_eq!(wrong.parse::<DraftId>(), Err(NoDraftId), "{wrong}");
        }
        assert!(!format!("{id:?}").contains(&text[4..]));
    }
}
