//! Conditions: what `when` and `unless` can ask. Each kind is a small struct in a file of its own and a row of [`KINDS`].
//!
//! Promises: a condition that cannot know (the structure of the mail is in doubt) matches where matching protects and does not
//! match where matching exempts; [`Side`] says which. Controls of the sender cannot exempt at all.
//! Leaves to others: and, or, not (`rule`).

mod client;
mod files;
pub mod finds;
mod header;
mod marks;
mod people;
mod sizes;
mod types;
mod unreadable;
mod whole;
mod words;

pub use finds::CONFIDENCES;

use super::facts::Facts;
use super::label::Label;
use super::lists::Lists;
use super::patterns::Exposed;
use super::replay::Glance;
use super::search::Asks;
use super::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;
use std::cell::RefCell;
use std::fmt::Debug;

/// One question about a mail.
pub trait Condition: Debug + Send + Sync {
    /// What of the mail makes it true, in words for the sender; `None`: it is not true.
    fn matches(&self, facts: &Facts<'_>, to: &Address) -> Result<Option<String>, Fault>;

    /// Whether what it found, when it matched, stands where a transfer of files would leave it.
    fn exposed(&self, _: &Facts<'_>) -> Exposed {
        Exposed::default()
    }

    /// The same of a mail that only features are left of; `None`: they do not tell.
    fn guess(&self, _: &Glance<'_>) -> Option<bool> {
        None
    }
}

/// What follows if a condition is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// More protection: `when` of most rules.
    Protect,
    /// Less: `unless` of most rules, `when` of a rule with `waives`.
    Exempt,
}

/// What a condition may refer to while it is read.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// See [`Side`].
    pub side: Side,
    /// Lists of addresses.
    pub lists: &'a Lists,
    /// Labels.
    pub labels: &'a [Label],
    /// What is looked for in content.
    pub asks: &'a RefCell<Asks>,
    /// What the `finds` of this rule look for, as far as it was read.
    pub finds: &'a RefCell<Vec<finds::Ask>>,
}

/// A condition that was read; `None` after noting a mistake.
pub type Readable = Option<Box<dyn Condition>>;

/// How a condition is read.
pub type Read = for<'t> fn(&mut Sheet<'t>, &Value<'t>, &Ground<'_>) -> Readable;

/// A row of the table of conditions.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The key in policy files.
    pub key: &'static str,
    /// See [`Read`].
    pub read: Read,
    /// The answer depends on the recipient; else it is the same for the whole mail and asked once.
    pub by_recipient: bool,
    /// A control of the sender: may not stand where it would exempt.
    pub control: bool,
    /// Needs what is inside texts and files: asked last, and only if all else holds.
    pub content: bool,
}

/// Every condition of this version.
pub const KINDS: &[Kind] = &[
    of_mail("attachments_over", sizes::attachments_over),
    of_content("body_any", words::body_any),
    of_mail("encrypted", whole::encrypted),
    of_mail("files_all", files::files_all),
    of_content("files_any", files::files_any),
    of_content("finds", finds::finds),
    of_mail("from", people::from),
    of_mail("has_attachments", files::has_attachments),
    of_mail("headers", header::headers),
    of_control("label", marks::label),
    of_control("label_at_least", marks::label_at_least),
    of_mail("largest_over", sizes::largest_over),
    of_mail("login", client::login),
    of_mail("message_over", sizes::message_over),
    of_mail("network", client::network),
    of_content("only_finds", finds::only_finds),
    of_mail("recipients_over", whole::recipients_over),
    of_control("sensitivity", marks::sensitivity),
    of_content("subject_any", words::subject_any),
    of_control("subject_tag", marks::subject_tag),
    of_content("text_any", words::text_any),
    of_recipient("to", people::to),
    of_content("types_any", types::types_any),
    of_content("unreadable", unreadable::unreadable),
];

/// Conditions that later versions know.
pub const LATER: &[&str] = &["group"];

const fn of_mail(key: &'static str, read: Read) -> Kind {
    Kind {
        key,
        read,
        by_recipient: false,
        control: false,
        content: false,
    }
}

const fn of_recipient(key: &'static str, read: Read) -> Kind {
    Kind {
        key,
        read,
        by_recipient: true,
        control: false,
        content: false,
    }
}

const fn of_content(key: &'static str, read: Read) -> Kind {
    Kind {
        content: true,
        ..of_mail(key, read)
    }
}

const fn of_control(key: &'static str, read: Read) -> Kind {
    Kind {
        key,
        read,
        by_recipient: false,
        control: true,
        content: false,
    }
}

/// One yes is enough; without one, one that nobody knows leaves it open.
pub(super) fn any(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    (!open).then_some(false)
}

/// One no is enough.
pub(super) fn every(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    any(answers.into_iter().map(|answer| answer.map(|yes| !yes))).map(|no| !no)
}

/// The answer when nobody can know.
fn in_doubt(side: Side, facts: &Facts<'_>) -> Option<String> {
    match (side, &facts.unclear) {
        (Side::Protect, Some(why)) => Some(format!("structure in doubt: {why}")),
        _ => None,
    }
}
