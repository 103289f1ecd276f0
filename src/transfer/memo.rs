//! A memo: a mail of our own to one person, about a mail that waits. It holds nothing of what that mail says, and no secret.
//!
//! Leaves to others: keeping it until it was sent (`store`), its words (`notify::memo`), sending it again (`gateway`).

use super::waiting::Why;
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
    /// Until when that mail waits: Unix time, seconds.
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
