//! What an operator asks about mail that is ours until the next hop has it: the answers behind `cloakroom queue`.
//!
//! Promises: neither contents nor subjects in any answer; what is dropped with a report is told by the gateway that runs next.
//! Fails with a sentence.

use super::control::Answer;
use crate::fault::{Fault, Reply};
use crate::gateway::queue;
use crate::mail::{Address, Lane};
use crate::store::Store;
use crate::transfer::Parcel;
use crate::transfer::parcel::{Pending, What};
use crate::units::rfc3339 as time;
use serde::{Deserialize, Serialize};

/// Parcels in one answer.
const PAGE: usize = 200;

/// A question about parcels.
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
    /// Try it now, or all.
    Retry {
        /// Its id.
        id: Option<String>,
    },
    /// Never try it again.
    Drop {
        /// Its id.
        id: String,
        /// Its sender gets a report.
        bounce: bool,
    },
}

/// A parcel as operators may see it. The keys are stable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownParcel {
    /// Its id.
    pub id: String,
    /// The mail's id, as in the log.
    pub mail: String,
    /// `copy` or `report`
    pub what: What,
    /// The envelope sender.
    pub sender: String,
    /// Who does not have it yet.
    pub pending: Vec<ShownPending>,
    /// RFC 3339.
    pub received: String,
    /// RFC 3339: the next try.
    pub due: String,
    /// RFC 3339: then its sender is told.
    pub until: String,
    /// How often it was tried.
    pub tries: u32,
    /// Bytes.
    pub size: u64,
    /// It leaves over verified TLS or not at all.
    pub verified_tls: bool,
    /// The transfer its link leads to.
    pub transfer: Option<String>,
}

/// Somebody who does not have it yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownPending {
    /// Who.
    pub recipient: String,
    /// What the next hop said last, or we.
    pub said: Option<String>,
    /// The final dot was sent that often in a row without an answer.
    pub unknown: u32,
}

/// Answers one. True if something is to be sent now.
pub fn answer(store: &Store, question: &Question) -> (Answer, bool) {
    let answered = match question {
        Question::List { after } => store.parcels(after.as_deref(), PAGE).map(page),
        Question::Show { id } => store
            .parcel(id)
            .map(|found| page(found.into_iter().collect())),
        Question::Retry { id } => queue::retry(store, id.as_deref()).map(page),
        Question::Drop { id, bounce } => queue::dismiss(store, id, *bounce).map(page),
    };
    let wakes = matches!(question, Question::Retry { .. } | Question::Drop { .. });
    match answered {
        Ok(answer) => (answer, wakes),
        Err(fault) => (Answer::Sorry(said(&fault)), false),
    }
}

fn said(fault: &Fault) -> String {
    fault.to_string()
}

fn page(parcels: Vec<Parcel>) -> Answer {
    Answer::Parcels(parcels.into_iter().map(shown).collect())
}

fn shown(parcel: Parcel) -> ShownParcel {
    let sender = parcel.sender.as_ref();
    ShownParcel {
        sender: sender.map_or_else(|| "<>".to_owned(), Address::to_string),
        pending: parcel.pending.iter().map(shown_pending).collect(),
        received: time(parcel.received),
        due: time(parcel.due),
        until: time(parcel.until),
        verified_tls: parcel.lane == Lane::VerifiedTls,
        size: parcel.blob.plain_len,
        id: parcel.id,
        mail: parcel.mail,
        what: parcel.what,
        tries: parcel.tries,
        transfer: parcel.transfer,
    }
}

fn shown_pending(pending: &Pending) -> ShownPending {
    ShownPending {
        recipient: pending.recipient.address.to_string(),
        said: pending.last.as_ref().map(Reply::to_string),
        unknown: pending.unknown,
    }
}
