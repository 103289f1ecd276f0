//! What an operator asks about mails that wait for approval: the answers behind `cloakroom hold`.
//!
//! Promises: neither contents nor subject in any answer. Fails with a sentence.

use super::control::Answer;
use crate::fault::Fault;
use crate::gateway::waiting::{self, Ruled};
use crate::mail::{Address, MailId};
use crate::store::Store;
use crate::transfer::Waiting;
use crate::transfer::waiting::State;
use crate::units::rfc3339 as time;
use serde::{Deserialize, Serialize};

/// Mails in one answer.
const PAGE: usize = 200;

/// Longest sentence of an approver, in characters.
const LONGEST_SENTENCE: usize = 500;

/// A question about mails that wait.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// Those behind this id, in the order of ids.
    List {
        /// The last one of the page before.
        after: Option<String>,
    },
    /// One.
    Show {
        /// Its id.
        id: String,
    },
    /// Let it leave.
    Release {
        /// Its id.
        id: String,
        /// Its files at least in a transfer.
        as_transfer: bool,
        /// Which approver; `None`: the operator.
        by: Option<String>,
    },
    /// Drop it for ever.
    Drop {
        /// Its id.
        id: String,
        /// A sentence for its sender.
        because: Option<String>,
        /// Which approver; `None`: the operator.
        by: Option<String>,
    },
}

/// A waiting mail as operators may see it. The keys are stable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownWaiting {
    /// The mail's id.
    pub id: String,
    /// `waits` or `leaves`
    pub state: String,
    /// The envelope sender.
    pub sender: String,
    /// The envelope recipients.
    pub recipients: Vec<String>,
    /// RFC 3339.
    pub received: String,
    /// RFC 3339: then it is dropped.
    pub until: String,
    /// Bytes of the mail.
    pub size: u64,
    /// Number of files in it.
    pub files: u32,
    /// The rules that hold it.
    pub reasons: Vec<ShownReason>,
    /// Who may release it.
    pub release_by: Vec<String>,
    /// Whom no way reaches with a password, and of whom its sender has not said how they get theirs.
    pub unreached: Vec<String>,
    /// Who released it; `operator` for the command line.
    pub released_by: Option<String>,
    /// Who does not have a released mail yet.
    pub pending: Vec<String>,
    /// How often a released mail was tried.
    pub tries: u32,
}

/// A rule that holds a mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownReason {
    /// Its id.
    pub rule: String,
    /// What senders read.
    pub why: String,
}

/// Answers one. True if something is to be sent now.
pub fn answer(store: &Store, question: &Question) -> (Answer, bool) {
    let answered = match question {
        Question::List { after } => list(store, after.as_deref()),
        Question::Show { id } => show(store, id),
        Question::Release {
            id,
            as_transfer,
            by,
        } => release(store, id, *as_transfer, by.as_deref()),
        Question::Drop { id, because, by } => dismiss(store, id, because.as_deref(), by.as_deref()),
    };
    match answered {
        Ok(answer) => {
            let ruled = matches!(answer, Answer::Ruled(_));
            (answer, ruled)
        }
        Err(why) => (Answer::Sorry(why), false),
    }
}

fn list(store: &Store, after: Option<&str>) -> Result<Answer, String> {
    let after = after.map(id).transpose()?;
    let all = store.all_waiting(after, PAGE).map_err(said)?;
    // What is over is of no interest, but a page of nothing else is not the last one.
    Ok(Answer::Waiting(all.into_iter().map(shown).collect()))
}

fn show(store: &Store, text: &str) -> Result<Answer, String> {
    let found = store.waiting(id(text)?).map_err(said)?;
    Ok(Answer::Waiting(found.into_iter().map(shown).collect()))
}

fn release(
    store: &Store,
    text: &str,
    as_transfer: bool,
    by: Option<&str>,
) -> Result<Answer, String> {
    let by = by.map(address).transpose()?;
    let ruled = waiting::release(store, id(text)?, by.as_ref(), as_transfer);
    ruling(text, ruled.map_err(said)?)
}

fn dismiss(
    store: &Store,
    text: &str,
    because: Option<&str>,
    by: Option<&str>,
) -> Result<Answer, String> {
    if because.is_some_and(|b| b.chars().count() > LONGEST_SENTENCE) {
        return Err(format!(
            "the sentence is longer than {LONGEST_SENTENCE} characters"
        ));
    }
    let by = by.map(address).transpose()?;
    let ruled = waiting::dismiss(store, id(text)?, by.as_ref(), because);
    ruling(text, ruled.map_err(said)?)
}

fn ruling(text: &str, ruled: Ruled) -> Result<Answer, String> {
    match ruled {
        Ruled::Done(waiting) => Ok(Answer::Ruled(Box::new(shown(*waiting)))),
        Ruled::Unknown => Err(format!("no mail {text} waits")),
        Ruled::Decided(waiting) => Err(format!("{} was decided already", waiting.id)),
        Ruled::NotYours(waiting) => {
            let approvers: Vec<String> = waiting.approvers.iter().map(Address::to_string).collect();
            Err(format!("only {} may release it", approvers.join(", ")))
        }
    }
}

fn shown(waiting: Waiting) -> ShownWaiting {
    let sender = waiting.envelope.sender.as_ref();
    let words = |list: &[Address]| list.iter().map(Address::to_string).collect();
    let leaves = match &waiting.state {
        State::Leaves(departure) => Some(departure),
        State::Waits | State::Over => None,
    };
    let state = match waiting.state {
        State::Waits => "waits",
        State::Leaves(_) => "leaves",
        State::Over => "over",
    };
    ShownWaiting {
        state: state.to_owned(),
        sender: sender.map_or_else(|| "<>".to_owned(), Address::to_string),
        recipients: waiting
            .envelope
            .recipients
            .iter()
            .map(|r| r.address.to_string())
            .collect(),
        received: time(waiting.received),
        until: time(waiting.until),
        size: waiting.size(),
        files: waiting.files,
        reasons: waiting
            .reasons
            .iter()
            .map(|why| ShownReason {
                rule: why.rule.clone(),
                why: why.why.clone(),
            })
            .collect(),
        release_by: words(&waiting.approvers),
        unreached: (waiting.unreached.iter())
            .filter(|u| u.given.is_none())
            .map(|u| u.recipient.to_string())
            .collect(),
        released_by: leaves.map(|d| {
            let by = d.by.as_ref();
            by.map_or_else(|| "operator".to_owned(), Address::to_string)
        }),
        pending: leaves.map_or_else(Vec::new, |d| words(&d.pending)),
        tries: leaves.map_or(0, |d| d.tries),
        id: waiting.id,
    }
}

fn id(text: &str) -> Result<MailId, String> {
    text.parse().map_err(|e| format!("{text:?}: {e}"))
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|e| format!("{text:?}: {e}"))
}

fn said(fault: Fault) -> String {
    fault.to_string()
}
