//! What an operator says and asks of passwords that are agreed with recipients: the answers behind `cloakroom agreed`.
//!
//! Promises: no password in any answer; who has forgotten one sets another. Each change is in the log. Fails with a sentence.
//! Leaves to others: which rules a new one must keep (the command line, which has the configuration).

use super::control::Answer;
use crate::fault::Fault;
use crate::maillog;
use crate::store::Store;
use crate::transfer::{Agreed, Party};
use crate::units::rfc3339;
use serde::{Deserialize, Serialize};

/// Lines in one answer.
const PAGE: usize = 200;

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// What is agreed, in the place of what was.
    Set(Agreed),
    /// With whom something is agreed.
    List {
        /// The mark of the page before.
        after: Option<Vec<u8>>,
    },
    /// Nothing is agreed any more.
    Remove {
        /// With whom.
        party: Party,
    },
}

/// That something is agreed. The keys are stable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownAgreed {
    /// An address, or `@` and a domain.
    pub with: String,
    /// RFC 3339: when it was set.
    pub since: String,
}

/// Answers one.
pub fn answer(store: &Store, question: &Question) -> Result<Answer, String> {
    let answered = match question {
        Question::Set(agreed) => {
            let agreed = Agreed::new(agreed.party.clone(), &agreed.password, agreed.since);
            set(store, &agreed.ok_or("this is no password")?)
        }
        Question::List { after } => list(store, after.as_deref()),
        Question::Remove { party } => remove(store, party),
    };
    answered.map_err(|fault| fault.to_string())
}

fn set(store: &Store, agreed: &Agreed) -> Result<Answer, Fault> {
    let before = store.agree(agreed)?;
    let what = if before { "replaced" } else { "set" };
    maillog::agreed(what, &agreed.party);
    Ok(Answer::AgreedBefore(before))
}

fn list(store: &Store, after: Option<&[u8]>) -> Result<Answer, Fault> {
    let (page, next) = store.all_agreed(after, PAGE)?;
    let page = page.iter().map(shown).collect();
    Ok(Answer::AgreedWith { page, next })
}

fn remove(store: &Store, party: &Party) -> Result<Answer, Fault> {
    let before = store.disagree(party)?;
    if before {
        maillog::agreed("removed", party);
    }
    Ok(Answer::AgreedBefore(before))
}

fn shown(agreed: &Agreed) -> ShownAgreed {
    ShownAgreed {
        with: agreed.party.to_string(),
        since: rfc3339(agreed.since),
    }
}
