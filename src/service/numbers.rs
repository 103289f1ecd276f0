//! What an operator asks about the telephone numbers that senders gave: the answers behind `cloakroom numbers`.
//!
//! Promises: of a number its last digits and no more. Fails with a sentence.

use super::control::Answer;
use crate::fault::Fault;
use crate::mail::Address;
use crate::maillog;
use crate::store::Store;
use serde::{Deserialize, Serialize};

/// A question about the numbers of one sender.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// Which are there?
    List {
        /// Whose mails they are for.
        sender: String,
    },
    /// Forget one, or all.
    Forget {
        /// Whose mails they are for.
        sender: String,
        /// Only this recipient's.
        recipient: Option<String>,
    },
}

/// Answers.
pub fn answer(store: &Store, question: &Question) -> Answer {
    let answered = match question {
        Question::List { sender } => list(store, sender),
        Question::Forget { sender, recipient } => forget(store, sender, recipient.as_deref()),
    };
    answered.unwrap_or_else(Answer::Sorry)
}

fn list(store: &Store, sender: &str) -> Result<Answer, String> {
    let numbers = store.numbers(&address(sender)?).map_err(said)?;
    Ok(Answer::Numbers(numbers.shown(0)))
}

fn forget(store: &Store, sender: &str, recipient: Option<&str>) -> Result<Answer, String> {
    let (sender, recipient) = (address(sender)?, recipient.map(address).transpose()?);
    let now = jiff::Timestamp::now().as_second();
    let forgotten =
        store.change_numbers(&sender, |numbers| numbers.forget(recipient.as_ref(), now));
    let many = forgotten.map_err(said)?;
    maillog::numbers_forgotten(&sender, many);
    Ok(Answer::Forgotten(many))
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|e| format!("{text:?}: {e}"))
}

fn said(fault: Fault) -> String {
    fault.to_string()
}
