//! What the store keeps of a transfer, and what is sealed inside it.
//!
//! [`Record`] and [`Ticket`]s hold what upkeep and the page need before anyone unlocked; their values are sealed under the master
//! key. [`Catalogue`] (names, types, sizes, subject) is sealed under the transfer key: nobody reads it without link and password.

use super::device::Tries;
use super::ledger::Submission;
use super::proof::{PasswordLine, ShownFile};
use super::renewal::Spare;
use super::sender_link::SheetSecret;
use super::{BlobId, LinkId, LinkSecret, Notice, Told, TransferId, Wishes, quick};
use serde::{Deserialize, Serialize};

/// A transfer, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub id: String,
    /// The mail it was made from.
    pub mail: String,
    /// Unix time, seconds.
    pub created: i64,
    /// The latest expiry of its tickets: after it everything goes.
    pub expires: i64,
    /// The envelope sender.
    pub sender: String,
    /// The name in the header From, for the page.
    pub sender_name: Option<String>,
    /// Where it is in its life.
    pub state: State,
    /// How many tickets it has: keys `id|0` to `id|n-1`.
    pub tickets: u32,
    /// Its files' blobs, in the order of the catalogue's entries.
    pub blobs: Vec<BlobRecord>,
    /// [`Catalogue`], sealed under the transfer key.
    pub catalogue: Vec<u8>,
    /// [`Sheet`](super::sender_link::Sheet), sealed under the sender's link; empty if the sender can have none.
    pub sheet: Vec<u8>,
    /// How its sender is told what becomes of it; `None`: he is not.
    pub told: Option<Told>,
}

/// The life of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// On disk; the mail is on its way. Can be opened: nobody knows the link unless the next hop took the mail.
    Held,
    /// The next hop has the mail.
    Released,
    /// Taken back by the sender or an operator: its wraps are gone.
    Revoked,
}

/// One blob of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRecord {
    /// Its name on disk.
    pub id: BlobId,
    /// Size of the plain text in bytes.
    pub plain_len: u64,
    /// The number it was sealed under, different for each of a transfer.
    pub number: u32,
}

/// What one recipient (or the recipients who share a link) needs to open a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Whom it was made for.
    pub recipients: Vec<String>,
    /// Under which the link finds it.
    pub link: LinkId,
    /// The transfer key, locked; `None` once revoked. Format: `seal::wrap`.
    pub wrap: Option<Vec<u8>>,
    /// What a new link and password can be made with; `None` where policy does not want that, and once it was taken back.
    pub spare: Option<Spare>,
    /// The day whose key the wrap needs: days since 1970 of the latest possible expiry.
    pub day: i32,
    /// Unix time, seconds.
    pub expires: i64,
    /// Language of the page.
    pub language: String,
    /// True if a password is needed.
    pub password: bool,
    /// How it travels.
    pub password_line: PasswordLine,
    /// True if this recipient has the message itself, not only files of it.
    pub message: bool,
    /// Numbers of the catalogue's entries that this recipient may see and open; others of the same mail may see others.
    pub entries: Vec<u32>,
    /// How often each file may be fetched.
    pub downloads: Option<u32>,
    /// Wrong passwords in a row.
    pub wrong: u32,
    /// No try before this Unix time.
    pub paused_until: i64,
    /// Locked until sender or operator lifts it.
    pub locked: bool,
    /// First unlock, Unix time; 0 for never.
    pub first_opened: i64,
    /// Completed fetches, by entry number.
    pub fetched: Vec<u32>,
    /// How many things happened to it ([`Event`](super::event::Event)).
    pub events: u32,
    /// What was asked for, of what its sender can be told.
    pub wishes: Wishes,
    /// When the sender is told of the last downloads: Unix time, seconds; 0 for never.
    pub told_at: i64,
    /// The transfer key for the devices of its pair; for one recipient alone.
    pub quick: Option<quick::Sealed>,
}

impl Ticket {
    /// A ticket nobody has used yet, which opens nothing yet: in English, with a password that the sender tells, for no entry and any
    /// number of fetches. Who makes one fills in the rest. `day`: days since 1970; `expires`: Unix time, seconds.
    pub fn unused(link: LinkId, day: i32, expires: i64) -> Self {
        Ticket {
            recipients: Vec::new(),
            link,
            wrap: None,
            spare: None,
            day,
            expires,
            language: "en".into(),
            password: true,
            password_line: PasswordLine::Sender,
            message: false,
            entries: Vec::new(),
            downloads: None,
            wrong: 0,
            paused_until: 0,
            locked: false,
            first_opened: 0,
            fetched: Vec::new(),
            events: 0,
            wishes: Wishes::default(),
            told_at: 0,
            quick: None,
        }
    }

    /// Nothing opens it any more, and nothing new can be made of it. True if something did.
    pub fn close(&mut self) -> bool {
        (self.spare, self.quick) = (None, None);
        self.wrap.take().is_some()
    }

    /// What was typed wrong by those who are not known.
    pub fn tries(&self) -> Tries {
        Tries {
            wrong: self.wrong,
            paused_until: self.paused_until,
            locked: self.locked,
        }
    }

    /// The same, changed.
    pub fn set_tries(&mut self, tries: Tries) {
        (self.wrong, self.paused_until, self.locked) =
            (tries.wrong, tries.paused_until, tries.locked);
    }

    /// True if a code by mail is needed.
    pub fn needs_code(&self) -> bool {
        self.password_line == PasswordLine::EmailCode
    }

    /// True if it was made for devices of its recipient's alone: there is no password.
    pub fn needs_device(&self) -> bool {
        self.password_line == PasswordLine::Quick
    }

    /// True if it has a password, or gets one when it is renewed.
    pub fn may_have_password(&self) -> bool {
        self.password || self.needs_device()
    }

    /// True if the link alone does not open it, so that tries are counted.
    pub fn is_guarded(&self) -> bool {
        self.password || self.needs_code() || self.needs_device()
    }
}

/// What is in a transfer: sealed under the transfer key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// The mail's subject.
    pub subject: String,
    /// The header From, as a person reads it.
    pub from: String,
    /// The header To and Cc, as a person reads them.
    pub to: String,
    /// The header Date, Unix time.
    pub date: i64,
    /// One per blob, in the same order.
    pub entries: Vec<Entry>,
    /// The header Message-ID, as a stranger wrote it: answers thread by it. Sealed behind the rest (`seal`), as version 1 had none.
    #[serde(skip)]
    pub message_id: Option<String>,
}

/// One sealed thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Its name, safe and unique within the transfer.
    pub name: String,
    /// Media type: the sniffed one if it is known, else the declared one.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// CRC-32, for the ZIP.
    pub crc32: u32,
    /// SHA-256, for people.
    pub sha256: [u8; 32],
    /// The address by which the message's HTML may refer to it (`Content-Location`, RFC 2557).
    pub location: Option<String>,
}

/// What a sealed thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKind {
    /// A file to download.
    File,
    /// The message's HTML, as UTF-8, not yet made harmless.
    Html,
    /// The whole mail as it came, as `.eml`: beside a message that can be read, or alone.
    Original,
    /// A picture the message's HTML refers to; its `Content-ID` is the name.
    Picture,
    /// The message's text, as UTF-8.
    Text,
}

impl EntryKind {
    /// True for what the page lists as a file.
    pub fn is_file(self) -> bool {
        self == EntryKind::File
    }
}

/// What `seal` made of one mail: all blobs are written, nothing of the record is on disk yet.
#[derive(Debug, Default)]
pub struct Sealed {
    /// `None` if nothing had to be sealed.
    pub transfer: Option<SealedTransfer>,
}

impl Sealed {
    /// Its files' blobs.
    pub fn blobs(&self) -> Vec<BlobId> {
        let blobs = self.transfer.iter().flat_map(|t| &t.record.blobs);
        blobs.map(|blob| blob.id).collect()
    }
}

/// The parts of a new transfer.
#[derive(Debug)]
pub struct SealedTransfer {
    /// Its name.
    pub id: TransferId,
    /// To be written.
    pub record: Record,
    /// To be written, each with the decisions it serves and the secret of its link.
    pub tickets: Vec<SealedTicket>,
    /// To be written with it, and to be sent once the mail was accepted.
    pub notices: Vec<Notice>,
    /// The mail it was made from, for the ledger; `None` for one that cannot come again.
    pub submission: Option<Submission>,
    /// What opens the record's sheet; never written.
    pub sheet: Option<SheetSecret>,
}

/// A new ticket.
#[derive(Debug)]
pub struct SealedTicket {
    /// Indices into the plan's decisions.
    pub recipients: Vec<usize>,
    /// For the mail only; never written.
    pub secret: LinkSecret,
    /// The files behind it, as the block lists them; for the mail only.
    pub files: Vec<ShownFile>,
    /// To be written.
    pub ticket: Ticket,
}
