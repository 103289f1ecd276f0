//! A transfer: what was sealed from one mail, for whom, until when. Words that pass between seal, store, rewrite and notify.
//!
//! Promises: secrets ([`LinkSecret`], [`Password`], [`keys`]) print as `…` and are wiped on drop; the proofs [`Held`] and
//! [`Accepted`] can be made in one place each ([`proof`]).
//! Life: held → released → expired → erased, or held → abandoned → erased.

pub mod abuse;
pub mod agreed;
pub mod blob;
pub mod cipher;
pub mod code;
pub mod contact;
pub mod device;
pub mod draft;
pub mod early;
pub mod event;
pub mod guest;
pub mod hold_link;
pub mod keys;
pub mod ledger;
pub mod link;
pub mod memo;
pub mod notice;
pub mod numbers;
pub mod parcel;
pub mod password;
pub mod password_rules;
pub mod phone;
pub mod plan;
pub mod preferences;
pub mod proof;
pub mod quick;
pub mod receipt;
pub mod record;
pub mod renewal;
pub mod report;
pub mod sender_link;
pub mod steering;
pub mod text_limits;
pub mod unreached;
pub mod waiting;

pub use abuse::Arrival;
pub use agreed::{Agreed, Party};
pub use blob::{BlobId, BlobReader, BlobWriter, Shelf};
pub use code::{Code, Codes};
pub use contact::Contact;
pub use device::{Device, DeviceId, DeviceSecret, Tries};
pub use draft::{Draft, DraftId};
pub use early::{Early, EarlyFile, EarlyTransfer, Stamp};
pub use event::{Actor, Event, Happened};
pub use guest::{Book, Guest, Pending, Wish};
pub use link::{LinkId, LinkSecret};
pub use memo::Memo;
pub use notice::{Destination, Notice};
pub use numbers::Numbers;
pub use parcel::Parcel;
pub use password::Password;
pub use password_rules::PasswordRules;
pub use plan::{
    Action, Awaits, Decision, IfNoChannel, Options, Plan, Reason, Recovery, Scope, Unlock,
};
pub use preferences::{Downloads, Preferences, Telling, Told, Wishes};
pub use proof::{Accepted, Held};
pub use receipt::Receipt;
pub use record::{Catalogue, Entry, EntryKind, Record, Ticket};
pub use sender_link::SenderLink;
pub use text_limits::TextLimits;
pub use unreached::{Given, Unreached};
pub use waiting::Waiting;

pub use crate::mail::id::NoId;

use crate::mail::id::{random_characters, typed};
use std::fmt;
use std::str::FromStr;

/// Names a transfer in mails, log, receipts and on the command line: eight characters, not a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId([u8; 8]);

impl TransferId {
    /// A new one. The store refuses one that exists.
    pub fn fresh() -> Self {
        TransferId(random_characters())
    }

    /// As a key of the store: its eight characters.
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// The id as the sixteen bytes that blobs and wraps are bound to: its characters, then zeros.
    pub fn context(&self) -> [u8; 16] {
        let mut out = [0; 16];
        out[..8].copy_from_slice(&self.0);
        out
    }
}

impl fmt::Display for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).expect("the alphabet is ASCII"))
    }
}

impl fmt::Debug for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for TransferId {
    type Err = NoId;

    /// Read as [`MailId`](crate::mail::MailId)s are.
    fn from_str(text: &str) -> Result<Self, NoId> {
        typed(text).map(TransferId)
    }
}
