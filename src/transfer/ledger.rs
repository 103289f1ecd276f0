//! The ledger: what became of each recipient's copy of a mail, so that a client that sends the same mail again (it heard nothing, or
//! "later") gets the same answer, and its recipients the same link and password once.
//!
//! *The same mail*: sender, `Message-ID`, header fields and body are the same. `Received` and `Return-Path` do not count: a mail server in
//! front of us writes new ones at each try.
//! Promises: names of copies ([`CopyKey`]) tell nothing without the master key. The links of a mail are kept ([`Submission::recall`]) under a
//! key that needs the mail itself beside the master key: whoever has disk and master key, and not the mail, opens nothing (P9).
//! Leaves to others: keeping it (`store`), what follows from it (`gateway::ledger`).

use super::keys::{Key, MasterKey, hkdf};
use super::proof::{HeldLink, PasswordLine, ShownFile};
use super::record::SealedTicket;
use super::{Decision, LinkSecret, Options, Plan, Recovery, TransferId, cipher};
use crate::mail::{Address, Hash, Mail};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};
use zeroize::{Zeroize, Zeroizing};

/// How long a copy is remembered, in seconds: clients try for five days.
pub const REMEMBERED: i64 = 7 * 86_400;

/// The same for a mail without `Message-ID`: two of them may be alike by chance.
pub const REMEMBERED_NAMELESS: i64 = 3600;

/// Names one recipient's copy of one submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CopyKey(pub [u8; 16]);

/// What is known of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// The transfer it has a link to, if it has one.
    pub transfer: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// Forgotten then: Unix time, seconds.
    pub until: i64,
}

/// What became of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It may have left.
    Unknown,
    /// Somebody has it, or it is ours, or its sender was told that it did not arrive: it is not sent again.
    Done,
    /// The server that it came from has it, changed as it was told; if it comes with it again, as one mail for all, it has lost it.
    Stays,
}

/// What a transfer knows of the mail that it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Forgotten then: Unix time, seconds.
    pub until: i64,
    /// Every recipient of the mail, and the name of the copy.
    pub copies: Vec<(String, CopyKey)>,
    /// The links as they were given, sealed ([`Identity::open`]).
    pub recall: Vec<u8>,
}

/// A link as it was given, for the same mail once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recalled {
    /// Who got it, and what was decided for them.
    pub recipients: Vec<(String, Mark)>,
    /// The secret.
    secret: [u8; 20],
    /// When it ends: Unix time, seconds.
    expires: i64,
    password: PasswordLine,
    files: Vec<ShownFile>,
}

/// Stands for what was decided for a recipient: another policy makes another link.
pub type Mark = [u8; 8];

/// What makes a mail the same as another. Secret: it opens what was sealed for the mail's repetition.
#[derive(Zeroize)]
#[zeroize(drop)]
pub struct Identity {
    hash: Hash,
    /// Of the HMAC that names copies.
    names: Key,
    #[zeroize(skip)]
    has_name: bool,
}

impl Identity {
    /// `way` keeps apart what comes to the line in different ways: what a client sends, and what an approver has released.
    pub fn of(mail: &Mail, way: &'static str, master: &MasterKey) -> Self {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(way.as_bytes());
        let sender = mail.envelope.sender.as_ref();
        part(
            sender
                .map(Address::to_string)
                .unwrap_or_default()
                .as_bytes(),
        );
        let fields = &mail.outline.root().fields;
        for field in fields
            .0
            .iter()
            .filter(|f| !f.is("Received") && !f.is("Return-Path"))
        {
            part(field.name.to_ascii_lowercase().as_bytes());
            part(field.raw.as_bytes());
        }
        part(&mail.body_hash);
        Identity {
            hash: hash.finalize().into(),
            names: master.ledger(),
            has_name: fields.value("Message-ID").is_some(),
        }
    }

    /// The name of a recipient's copy.
    pub fn copy(&self, recipient: &Address) -> CopyKey {
        self.named(recipient.to_string().as_bytes())
    }

    /// The name of the whole.
    pub fn whole(&self) -> CopyKey {
        self.named(b"")
    }

    /// Until when a copy that came at `now` is remembered; Unix times in seconds.
    fn until(&self, now: i64) -> i64 {
        now.saturating_add(match self.has_name {
            true => REMEMBERED,
            false => REMEMBERED_NAMELESS,
        })
    }

    /// The copies of everybody in a plan, for a mail that came at `now` (Unix time, seconds) and gets no links.
    pub fn submission(&self, plan: &Plan, now: i64) -> Submission {
        self.submission_of(plan.decisions.iter().map(|d| &d.recipient), now)
    }

    /// The same, of these recipients.
    pub fn submission_of<'a>(
        &self,
        whom: impl Iterator<Item = &'a Address>,
        now: i64,
    ) -> Submission {
        let of = |to: &Address| (to.to_string(), self.copy(to));
        Submission {
            until: self.until(now),
            copies: whom.map(of).collect(),
            recall: Vec::new(),
        }
    }

    /// The same with the links of a transfer; `plan` is the one its tickets were made by.
    pub fn submission_with(
        &self,
        master: &MasterKey,
        id: &TransferId,
        plan: &Plan,
        tickets: &[SealedTicket],
        now: i64,
    ) -> Submission {
        let links: Vec<Recalled> = tickets.iter().map(|t| Recalled::of(t, plan)).collect();
        // Without its links the mail gets new ones when it comes again.
        let plain = Zeroizing::new(postcard::to_allocvec(&links).unwrap_or_default());
        Submission {
            recall: cipher::seal(&self.key(master, id), b"recall", &plain),
            ..self.submission(plan, now)
        }
    }

    /// The links of a transfer that was made from this very mail; none if they cannot be read.
    pub fn open(&self, master: &MasterKey, id: &TransferId, recall: &[u8]) -> Vec<Recalled> {
        let plain = cipher::open(&self.key(master, id), b"recall", recall).map(Zeroizing::new);
        let links = plain.map(|plain| postcard::from_bytes(&plain));
        links.ok().and_then(Result::ok).unwrap_or_default()
    }

    fn named(&self, what: &[u8]) -> CopyKey {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.names).expect("HMAC takes a key of any length");
        mac.update(&self.hash);
        mac.update(what);
        let name: [u8; 32] = mac.finalize().into_bytes().into();
        CopyKey(std::array::from_fn(|i| name[i]))
    }

    fn key(&self, master: &MasterKey, id: &TransferId) -> Key {
        let both = Zeroizing::new([&master.recall()[..], &self.hash[..]].concat());
        hkdf(&both, id.as_bytes(), b"cloakroom/recall-key/1")
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl Recalled {
    fn of(ticket: &SealedTicket, plan: &Plan) -> Self {
        let decisions = ticket
            .recipients
            .iter()
            .filter_map(|i| plan.decisions.get(*i));
        Recalled {
            recipients: decisions
                .map(|d| (d.recipient.to_string(), mark(d)))
                .collect(),
            secret: ticket.secret.bytes(),
            expires: ticket.ticket.expires,
            password: ticket.ticket.password_line.clone(),
            files: ticket.files.clone(),
        }
    }

    /// True if this decision was made for its recipient then, too.
    pub fn is_for(&self, decision: &Decision) -> bool {
        let this = (decision.recipient.to_string(), mark(decision));
        self.recipients.contains(&this)
    }

    /// Its secret, to look whether it still opens.
    pub fn secret(&self) -> LinkSecret {
        LinkSecret::from_bytes(self.secret)
    }

    /// The link again, for those of a plan whom it was made for. Whether it can be replaced is for the store to say.
    pub fn held(&self, plan: &Plan) -> HeldLink {
        let numbered = plan.decisions.iter().enumerate();
        HeldLink {
            recipients: numbered
                .filter(|(_, d)| self.is_for(d))
                .map(|(i, _)| i)
                .collect(),
            secret: self.secret(),
            expires: self.expires,
            password: self.password.clone(),
            files: self.files.clone(),
            renewable: false,
        }
    }
}

impl Drop for Recalled {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

fn mark(decision: &Decision) -> Mark {
    // Whether a spare key is kept is decided for a whole mail: its part that comes again is no other for that.
    let options = Options {
        recovery: Recovery::None,
        ..decision.options.clone()
    };
    let wanted = (&decision.action, &decision.scope, &decision.lane, &options);
    let mut text = String::with_capacity(512);
    // A `String` takes whatever is written.
    let _ = write!(text, "{wanted:?}");
    let hash: Hash = Sha256::digest(text).into();
    std::array::from_fn(|i| hash[i])
}
