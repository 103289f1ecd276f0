//! A mail that waits for an approver, or for its own sender to say how a password gets to somebody: its record. The mail itself is one sealed blob.
//!
//! Life: waits → released (on its way, tried again until everybody has it or never will) → over; or waits → dropped, or its time
//! runs out → over. Whoever changes the state also says who is told: the [`Memo`]s made here become durable with the change.
//! The record holds what policy needs to decide again (envelope, client) and nothing of what the mail says.
//! Leaves to others: keeping it (`store`), sealing the mail (`seal`), sending it (`gateway`).

use super::hold_link::Part;
use super::keys::MasterKey;
use super::memo::{About, Asked, Failed, Memo};
use super::record::BlobRecord;
use super::{Given, Unreached};
use crate::mail::{Address, Envelope};
use serde::{Deserialize, Serialize};

/// A mail that waits, or that was released and is on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Waiting {
    /// The mail's own id, as in the log and in the client's reply.
    pub id: String,
    /// Who sends to whom, and what is known of the client.
    pub envelope: Envelope,
    /// When it came: Unix time, seconds.
    pub received: i64,
    /// Unix time, seconds: then it is dropped.
    pub until: i64,
    /// Who may release it.
    pub approvers: Vec<Address>,
    /// The rules that hold it, and why.
    pub reasons: Vec<Why>,
    /// How many files are in it.
    pub files: u32,
    /// Language of what its sender is told.
    pub language: String,
    /// Its `Message-ID`, so that what its sender is told lands in its thread.
    pub message_id: Option<String>,
    /// The whole mail as received.
    pub blob: BlobRecord,
    /// The key of the blob, sealed (`seal::whole`); empty once it is over.
    pub key: Vec<u8>,
    /// The day whose key is needed too: days since 1970.
    pub day: i32,
    /// Where it is in its life.
    pub state: State,
    /// Whom no way reaches with a password: its sender is asked. With nobody who may release it, his answer lets it leave.
    pub unreached: Vec<Unreached>,
}

/// What became of a mail that waited: kept a while, for whoever comes too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The mail's id.
    pub mail: String,
    /// What was decided.
    pub verdict: Verdict,
    /// By whom; `None`: the operator, or nobody.
    pub by: Option<Address>,
    /// When: Unix time, seconds.
    pub at: i64,
    /// Who may know it: those who might have released it …
    pub approvers: Vec<Address>,
    /// … and who sent it.
    pub sender: Option<Address>,
}

/// How it ended with waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Somebody released it.
    Released,
    /// Somebody dropped it.
    Dropped,
    /// Its sender took it back.
    Withdrawn,
    /// Nobody decided in time.
    Over,
}

/// A rule that holds a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Its id.
    pub rule: String,
    /// What senders read.
    pub why: String,
}

/// The life of a mail that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Nobody has decided yet.
    Waits,
    /// Somebody released it.
    Leaves(Departure),
    /// What is left of it is being erased.
    Over,
}

/// A released mail on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Who released it; `None`: the operator.
    pub by: Option<Address>,
    /// When: Unix time, seconds.
    pub at: i64,
    /// Its files at least in a transfer.
    pub as_transfer: bool,
    /// Who does not have it yet.
    pub pending: Vec<Address>,
    /// No try before this Unix time, in seconds.
    pub due: i64,
    /// How often it was tried.
    pub tries: u32,
    /// How often in a row nobody knows whether it left: written before each try, taken back when its end is known.
    pub unknown: u32,
}

impl Waiting {
    /// Bytes of the mail.
    pub fn size(&self) -> u64 {
        self.blob.plain_len
    }

    /// Nobody has decided yet.
    pub fn is_undecided(&self) -> bool {
        self.state == State::Waits
    }

    /// It waits for its sender, and for nobody besides.
    pub fn is_its_senders(&self) -> bool {
        self.approvers.is_empty()
    }

    /// What its sender has said of those whom no way reaches.
    pub fn given(&self) -> Vec<(Address, Given)> {
        let said = self.unreached.iter();
        let said = said.filter_map(|u| Some((u.recipient.clone(), u.given.clone()?)));
        said.collect()
    }

    /// What was decided about it at this time (Unix, seconds).
    pub fn ruling(&self, verdict: Verdict, by: Option<&Address>, at: i64) -> Ruling {
        Ruling {
            mail: self.id.clone(),
            verdict,
            by: by.cloned(),
            at,
            approvers: self.approvers.clone(),
            sender: self.envelope.sender.clone(),
        }
    }

    /// It leaves from now on (Unix time, seconds). `by`: who has released it; `None`: the operator.
    pub fn depart(&mut self, by: Option<&Address>, now: i64, as_transfer: bool) -> Ruling {
        let recipients = self.envelope.recipients.iter();
        self.state = State::Leaves(Departure {
            by: by.cloned(),
            at: now,
            as_transfer,
            pending: recipients.map(|r| r.address.clone()).collect(),
            due: now,
            tries: 0,
            unknown: 0,
        });
        self.ruling(Verdict::Released, by, now)
    }

    /// The mails that go out when it begins to wait. The key makes the links in them.
    pub fn announced(&self, master: &MasterKey) -> Vec<Memo> {
        let asked = Asked {
            sender: self.sender(),
            recipients: self.recipients(),
            size: self.size(),
            files: self.files,
            reasons: self.reasons.clone(),
        };
        let about = About::Asked(asked);
        let to_sender = About::Waits {
            recipients: self.recipients(),
            approvers: self.approvers.iter().map(Address::to_string).collect(),
            reasons: self.reasons.clone(),
        };
        let mut memos = self.to_approvers("ask", &about);
        for (memo, approver) in memos.iter_mut().zip(&self.approvers) {
            memo.page = Some(self.page(master, &Part::Approver(approver.clone())));
        }
        let asked_of_sender = About::Unreached {
            recipients: self.recipients(),
            unreached: (self.unreached.iter())
                .map(|u| u.recipient.to_string())
                .collect(),
            by_phone: self.unreached.iter().any(|u| !u.by_phone.is_empty()),
            reasons: self.reasons.clone(),
        };
        let waits = [
            (!self.is_its_senders()).then_some(("waits", to_sender)),
            (!self.unreached.is_empty()).then_some(("unreached", asked_of_sender)),
        ];
        for (what, about) in waits.into_iter().flatten() {
            let mut memo = self.to_sender(what, about);
            if let (Some(memo), Some(sender)) = (&mut memo, &self.envelope.sender) {
                memo.page = Some(self.page(master, &Part::Sender(sender.clone())));
            }
            memos.extend(memo);
        }
        memos
    }

    /// The mail that tells its sender that it was released.
    pub fn told_released(&self, by: Option<&Address>) -> Vec<Memo> {
        let about = About::Released {
            recipients: self.recipients(),
            by: by.map(Address::to_string),
        };
        self.to_sender("released", about).into_iter().collect()
    }

    /// The mail that tells its sender that it was dropped, in the approver's words.
    pub fn told_dropped(&self, by: Option<&Address>, because: Option<&str>) -> Vec<Memo> {
        let about = About::Dropped {
            recipients: self.recipients(),
            by: by.map(Address::to_string),
            because: because.map(str::to_owned),
        };
        self.to_sender("dropped", about).into_iter().collect()
    }

    /// The mails that tell sender and approvers that nobody decided in time.
    pub fn told_over(&self) -> Vec<Memo> {
        let recipients = self.recipients();
        let missed = About::Missed {
            sender: self.sender(),
            recipients: recipients.clone(),
        };
        let over = match self.is_its_senders() {
            true => About::Unanswered { recipients },
            false => About::Over { recipients },
        };
        let memos = self.to_approvers("missed", &missed).into_iter();
        memos.chain(self.to_sender("over", over)).collect()
    }

    /// The mail that tells its sender who did not get it after the release. `number` tells several of them apart.
    pub fn told_failed(&self, number: u32, failed: Vec<Failed>) -> Vec<Memo> {
        if failed.is_empty() {
            return Vec::new();
        }
        let about = About::Failed(failed);
        let memo = self.to_sender(&format!("failed-{number}"), about);
        memo.into_iter().collect()
    }

    fn to_approvers(&self, what: &str, about: &About) -> Vec<Memo> {
        let numbered = (0u32..).zip(&self.approvers);
        let memo = |(number, to): (u32, &Address)| Memo {
            thread: None,
            language: None,
            ..self.memo(&format!("{what}-{number}"), to, about.clone())
        };
        numbered.map(memo).collect()
    }

    fn to_sender(&self, what: &str, about: About) -> Option<Memo> {
        let sender = self.envelope.sender.as_ref()?;
        Some(self.memo(what, sender, about))
    }

    fn memo(&self, what: &str, to: &Address, about: About) -> Memo {
        Memo {
            id: format!("{}-{what}", self.id),
            mail: self.id.clone(),
            to: to.to_string(),
            language: Some(self.language.clone()),
            thread: self.message_id.clone(),
            transfer: None,
            page: None,
            until: self.until,
            received: self.received,
            about,
        }
    }

    fn sender(&self) -> String {
        let sender = self.envelope.sender.as_ref();
        sender.map_or_else(|| "<>".to_owned(), Address::to_string)
    }

    fn recipients(&self) -> Vec<String> {
        let recipients = self.envelope.recipients.iter();
        recipients.map(|r| r.address.to_string()).collect()
    }
}
