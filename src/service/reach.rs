//! What the store knows of ways to recipients: numbers that their sender gave before, passwords that are agreed with them. The answer behind
//! `cloakroom explain`.
//!
//! Promises: of a number its last digits, of a password that there is one and whether it keeps the rules of the mail; nothing is changed, and
//! nothing counts as used. Fails with a sentence.

use super::control::Answer;
use crate::fault::Fault;
use crate::mail::Address;
use crate::store::Store;
use crate::transfer::{PasswordRules, phone};
use crate::units::rfc3339;
use serde::{Deserialize, Serialize};

/// More recipients in one question are told in several.
pub const AT_ONCE: usize = 500;

/// A question about the recipients of one mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// Who sends it; `None`: the null sender, who gave nobody's number.
    pub sender: Option<String>,
    /// Numbers that were used last before this count no more: Unix time, seconds.
    pub since: i64,
    /// Each recipient, and what a password for him has to keep.
    pub people: Vec<(String, PasswordRules)>,
}

/// What is known of one recipient. The keys are stable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The last digits of the number that the sender gave with an earlier mail.
    pub ending: Option<String>,
    /// With whom a password is agreed: an address, or `@` and a domain.
    pub agreed: Option<String>,
    /// RFC 3339: when that was set.
    pub since: Option<String>,
    /// The rule of the mail that it does not keep, so that it is not used.
    pub breaks: Option<String>,
}

/// Answers, in the order of the question.
pub fn answer(store: &Store, question: &Question) -> Result<Answer, String> {
    let said = |fault: Fault| fault.to_string();
    let numbers = match &question.sender {
        Some(sender) => Some(store.numbers(&address(sender)?).map_err(said)?),
        None => None,
    };
    let known = |(recipient, rules): &(String, PasswordRules)| {
        let recipient = address(recipient)?;
        let number = numbers.as_ref();
        let number = number.and_then(|all| all.of(&recipient, question.since));
        Ok(Known {
            ending: number.map(phone::ending),
            ..agreed(store, &recipient, rules).map_err(said)?
        })
    };
    let people = question.people.iter().take(AT_ONCE).map(known);
    Ok(Answer::Reached(people.collect::<Result<_, String>>()?))
}

fn agreed(store: &Store, recipient: &Address, rules: &PasswordRules) -> Result<Known, Fault> {
    let Some(agreed) = store.agreed_with(recipient)? else {
        return Ok(Known::default());
    };
    let broken = rules.broken(&agreed.password);
    Ok(Known {
        agreed: Some(agreed.party.to_string()),
        since: Some(rfc3339(agreed.since)),
        breaks: broken.first().map(ToString::to_string),
        ending: None,
    })
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|e| format!("{text:?}: {e}"))
}
