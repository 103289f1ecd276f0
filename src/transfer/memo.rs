//! A memo: a mail of our own to one person, about a mail that waits or a transfer. It holds no password, and nothing of what that mail
//! says; names of files and its subject only where its sender has a right to read them, until it was sent.
//!
//! Leaves to others: keeping it until it was sent (`store`), its words (`notify::memo`), sending it again (`gateway`).

use super::draft::Denial;
use super::renewal::Renewal;
use super::steering::Told;
use super::waiting::Why;
use super::{Arrival, Downloads, Receipt, Record};
use crate::mail::Address;
use serde::{Deserialize, Serialize};

/// One mail to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// The same for every try, so that mailboxes drop doubles: `<mail>-<what>`.
    pub id: String,
    /// The mail it is about.
    pub mail: String,
    /// To whom.
    pub to: String,
    /// Its language; `None`: the first configured one.
    pub language: Option<String>,
    /// `Message-ID` of that mail, if its reader knows it.
    pub thread: Option<String>,
    /// The transfer it is about: an answer goes to its address.
    pub transfer: Option<String>,
    /// The page where its reader can do something about it: a path of the portal, a secret.
    pub page: Option<String>,
    /// Until when that mail waits, or its transfer lasts: Unix time, seconds.
    pub until: i64,
    /// When that mail came: Unix time, seconds.
    pub received: i64,
    /// What it says.
    pub about: About,
}

/// What a memo says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// To an approver: a mail waits for you.
    Asked(Asked),
    /// To its sender: it waits.
    Waits {
        /// Whom it is for.
        recipients: Vec<String>,
        /// Who may release it.
        approvers: Vec<String>,
        /// Why.
        reasons: Vec<Why>,
    },
    /// To its sender: it was released.
    Released {
        /// Whom it is for.
        recipients: Vec<String>,
        /// By whom; `None`: the operator.
        by: Option<String>,
    },
    /// To its sender: it was dropped.
    Dropped {
        /// Whom it was for.
        recipients: Vec<String>,
        /// By whom; `None`: the operator.
        by: Option<String>,
        /// The approver's sentence.
        because: Option<String>,
    },
    /// To its sender: nobody decided in time.
    Over {
        /// Whom it was for.
        recipients: Vec<String>,
    },
    /// To an approver: nobody decided in time.
    Missed {
        /// Who sent it.
        sender: String,
        /// Whom it was for.
        recipients: Vec<String>,
    },
    /// To who wrote it on our page: it was sent.
    Written {
        /// Whom it went to.
        recipients: Vec<String>,
    },
    /// To its sender: it was released, and did not arrive.
    Failed(Vec<Failed>),
    /// To a transfer's sender: somebody with a link of it asks.
    Missing(Missing),
    /// To a transfer's sender: what came of what he asked by mail.
    Told(Told),
    /// To its sender: it has left, and this is what became of it.
    Receipt(Box<Receipt>),
    /// To its sender: files were downloaded; of several transfers if all of a day are told at once.
    Downloaded(Vec<Download>),
    /// To its sender: nobody has fetched it, and it ends soon.
    Unread {
        /// Whom it was made for.
        recipients: Vec<String>,
    },
    /// To its sender or an administrator: too many wrong passwords or codes.
    Locked(Locked),
    /// To its sender: it was taken back.
    Revoked {
        /// From whom; empty: from everyone.
        recipients: Vec<String>,
        /// Who had fetched something before.
        before: Vec<Before>,
    },
    /// To its sender: it has another end now, `until`.
    Extended,
    /// To a recipient: a new link in place of the one that was lost.
    Renewed(Box<Renewal>),
    /// To its sender: the mail with a new link did not arrive.
    NotRenewed(Failed),
    /// To a sender: this is what he is told from now on, as was chosen on the page.
    Chosen {
        /// A receipt for each mail.
        receipts: bool,
        /// Word of downloads.
        downloads: Downloads,
    },
    /// To its sender: it waits, as no way reaches somebody with a password.
    Unreached {
        /// Whom it is for.
        recipients: Vec<String>,
        /// Whom no way reaches.
        unreached: Vec<String>,
        /// A telephone number would open one.
        by_phone: bool,
        /// Why it is protected.
        reasons: Vec<Why>,
    },
    /// To its sender: he did not say in time how they get their passwords.
    Unanswered {
        /// Whom it was for.
        recipients: Vec<String>,
    },
    /// To who wrote it on our page, or an administrator: it is not delivered.
    Denied(Denied),
    /// To a recipient or a sender: something about the devices that need no password.
    Quick {
        /// Whose mails open without one.
        sender: String,
        /// Whose devices they are.
        recipient: String,
        /// What.
        news: QuickNews,
    },
    /// To an administrator: somebody reports a mail that came in by our pages.
    Reported {
        /// The mail.
        arrival: Arrival,
        /// What is wrong with it, in the words of who reports it.
        because: Option<String>,
    },
    /// To an administrator: text messages stay until then, as too many are wanted.
    Paused(Paused),
}

/// Text messages that a limit stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// The channel that does not send them.
    pub channel: String,
    /// The first digits of the numbers that too many are wanted to; `None`: they have cost what a day may.
    pub prefix: Option<String>,
    /// Whose mail the first was for that stayed.
    pub sender: String,
}

/// What became of devices and pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuickNews {
    /// The device of this number was set up.
    Added(u32),
    /// An operator made a code that sets one up.
    Code,
    /// Passwords again.
    Ended,
}

/// What was written on our page and is not delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// Whom it was for.
    pub recipients: Vec<String>,
    /// Why.
    pub why: Denial,
    /// The file that it is about, for its author.
    pub file: Option<String>,
    /// To an administrator: who wrote it, and what the scanner calls what it found.
    pub admin: Option<(String, String)>,
}

/// Files that were downloaded from one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// The transfer.
    pub transfer: String,
    /// Whom the page was made for.
    pub recipients: Vec<String>,
    /// The first of them by name.
    pub names: Vec<String>,
    /// All of them: numbers of the catalogue's entries.
    pub entries: Vec<u32>,
    /// The first time: Unix time, seconds.
    pub first: i64,
    /// The last time.
    pub last: i64,
    /// The sender's page, a path of the portal.
    pub page: String,
}

impl Download {
    /// More of the same page.
    pub fn add(&mut self, later: Download) {
        for (entry, name) in later.entries.iter().zip(later.names) {
            if self.entries.contains(entry) {
                continue;
            }
            self.entries.push(*entry);
            if self.names.len() < MOST_NAMES {
                self.names.push(name);
            }
        }
        self.last = self.last.max(later.last);
    }
}

/// A page that nobody may try to open any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// Whom it was made for.
    pub recipients: Vec<String>,
    /// So many wrong tries.
    pub tries: u32,
    /// Codes by mail, not passwords.
    pub codes: bool,
    /// A new link and password can be made.
    pub renewable: bool,
    /// It was destroyed (`lock.hard.then = "deleted"`).
    pub deleted: bool,
    /// To an administrator: whose mail it was, and the internet address of the last try.
    pub admin: Option<(String, Option<String>)>,
}

/// What somebody had fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Whom the page was made for.
    pub recipients: Vec<String>,
    /// How many different files.
    pub count: u32,
    /// The last time: Unix time, seconds; 0 if that is not known.
    pub last: i64,
}

/// What the id of a memo with a new link has behind the transfer's: `<transfer>-new-link-<ticket>.<generation>.<place>`.
pub const RENEWED: &str = "new-link";

/// Names of files a memo keeps; the others are counted.
pub const MOST_NAMES: usize = 20;

impl Memo {
    /// The same to each administrator; `what` is the beginning of the ids. `until` and `received`: Unix time, seconds.
    pub fn to_admins(
        admins: &[Address],
        (what, mail): (&str, &str),
        (until, received): (i64, i64),
        about: &About,
    ) -> Vec<Self> {
        let memo = |(place, admin): (usize, &Address)| Memo {
            id: format!("{what}-{place}"),
            mail: mail.to_owned(),
            to: admin.to_string(),
            language: None,
            thread: None,
            transfer: None,
            page: None,
            until,
            received,
            about: about.clone(),
        };
        admins.iter().enumerate().map(memo).collect()
    }

    /// To the sender of a transfer; `None` if nobody is to be told.
    pub fn to_sender(record: &Record, what: &str, page: String, about: About) -> Option<Self> {
        let told = record.told.as_ref()?;
        Some(Memo {
            id: format!("{}-{what}", record.id),
            mail: record.mail.clone(),
            to: record.sender.clone(),
            language: Some(told.language.clone()),
            thread: told.thread.clone(),
            transfer: Some(record.id.clone()),
            page: Some(page),
            until: record.expires,
            received: record.created,
            about,
        })
    }
}

/// What an approver may know of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who sent it.
    pub sender: String,
    /// Whom it is for.
    pub recipients: Vec<String>,
    /// Bytes.
    pub size: u64,
    /// How many files are in it.
    pub files: u32,
    /// The rules that hold it.
    pub reasons: Vec<Why>,
}

/// Somebody who has a link and cannot open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The transfer.
    pub transfer: String,
    /// Whom the link was made for.
    pub recipients: Vec<String>,
    /// When it was asked: Unix time, seconds.
    pub at: i64,
    /// How often in the last day, with this one.
    pub times: u32,
    /// True if the page is locked after too many wrong tries.
    pub locked: bool,
    /// True if a new link and password can be made: `page` is the place.
    pub renewable: bool,
    /// The sender's page: a path of the portal, a secret.
    pub page: String,
}

/// Somebody who did not get a released mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Who.
    pub recipient: String,
    /// What the next hop said, or we.
    pub reply: String,
}
