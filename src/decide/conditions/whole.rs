//! `encrypted`: the mail, or a part of it, is ciphertext already; `recipients_over`: how many get it.
//!
//! An encrypted mail is left alone unless a block of the rule says `encrypted = true`: its text is out of reach and its
//! recipients can read it as it is. A rule that refuses is no protection of that kind and counts always.

use super::{Condition, Ground, Readable};
use crate::decide::facts::Facts;
use crate::decide::replay::Glance;
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;
use crate::mail::outline::{Nature, Role};

#[derive(Debug)]
struct Encrypted(bool);

#[derive(Debug)]
struct Recipients(usize);

pub(super) fn encrypted(sheet: &mut Sheet<'_>, value: &Value<'_>, _: &Ground<'_>) -> Readable {
    Some(Box::new(Encrypted(sheet.boolean(value)?)))
}

pub(super) fn recipients_over(s: &mut Sheet<'_>, v: &Value<'_>, _: &Ground<'_>) -> Readable {
    let limit = usize::try_from(s.number(v, 0)?).unwrap_or(usize::MAX);
    Some(Box::new(Recipients(limit)))
}

impl Condition for Encrypted {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let encrypted = facts.mail.outline.nature == Nature::Encrypted
            || facts.files.iter().any(|f| f.part.role == Role::Encrypted);
        let what = ["is not encrypted", "is encrypted"][usize::from(encrypted)];
        Ok((encrypted == self.0).then(|| what.into()))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        Some(glance.features.ciphertext == self.0)
    }
}

impl Condition for Recipients {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let count = facts.mail.envelope.recipients.len();
        Ok((count > self.0).then(|| format!("{count} recipients > {}", self.0)))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        Some(glance.features.recipients > self.0 as u64)
    }
}
