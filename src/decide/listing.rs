//! The rules of a policy for people and programs: a row for each, and one with everything that counts for it.
//!
//! Promises: values are those in force, after profile and defaults, each with who said it; the keys of the JSON forms are fixed.
//! Leaves to others: what is wrong with a rule (`lint`), printing.

use super::globs::Globs;
use super::policy::Policy;
use super::rule::Rule;
use super::sheet::Texts;
use crate::units::ByteSize;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use toml::{Table, Value};

/// Which tests notice that a rule is gone: see [`noticed`](super::trial::noticed).
pub type Noticed = BTreeMap<String, Vec<String>>;

/// A rule in a line.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// `enforce` or `observe`.
    pub mode: &'static str,
    /// `pass`, `transfer`, `seal` or `reject`.
    pub action: &'static str,
    /// `10-size.toml:10`
    pub place: String,
    /// Whom to ask.
    pub owner: Option<String>,
    /// `2027-06-30`
    pub review_by: Option<String>,
    /// How many tests notice when it is gone.
    pub tests: usize,
}

/// Everything of a rule.
#[derive(Debug, Serialize)]
pub struct Whole {
    /// The line.
    #[serde(flatten)]
    pub row: Row,
    /// What senders read, by language.
    pub why: Texts,
    /// The blocks of `when`, as written.
    pub when: Vec<Table>,
    /// The blocks of `unless`, as written.
    pub unless: Vec<Table>,
    /// What it does, after profile and defaults.
    pub then: Vec<Counts>,
    /// The sentence of its refusal, by language.
    pub text: Option<Texts>,
    /// Refuses if the attachments together are larger, in bytes.
    pub reject_over: Option<u64>,
    /// Globs of the rules it takes out.
    pub waives: Vec<String>,
    /// Rules that can take it out.
    pub waived_by: Vec<String>,
    /// Places of the tests that notice when it is gone.
    pub noticed_by: Vec<String>,
    /// As it stands in its file.
    pub written: String,
}

/// A value in force.
#[derive(Debug, Serialize)]
pub struct Counts {
    /// The key.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
    /// `the rule`, `profile protected`, `[defaults] of 10-size.toml` or `[transfer]`.
    pub said_by: String,
}

/// Every rule, by file and line.
pub fn rows(policy: &Policy, noticed: &Noticed) -> Vec<Row> {
    let rules = policy.rules();
    rules
        .into_iter()
        .map(|rule| Row::of(rule, noticed))
        .collect()
}

impl Row {
    fn of(rule: &Rule, noticed: &Noticed) -> Row {
        Row {
            id: rule.id.clone(),
            mode: if rule.observe { "observe" } else { "enforce" },
            action: rule.level().word(),
            place: rule.place(),
            owner: rule.owner.clone(),
            review_by: rule.review_by.map(|day| day.to_string()),
            tests: noticed.get(&rule.id).map_or(0, Vec::len),
        }
    }
}

impl Whole {
    /// Of one rule of this policy.
    pub fn of(policy: &Policy, rule: &Rule, noticed: &Noticed) -> Whole {
        let owned = |key| rule.written.blocks(key).into_iter().cloned().collect();
        let by = |key: &str| rule.then.said_by.get(key).cloned();
        let counts = |(key, value)| Counts {
            said_by: by(key).unwrap_or_else(|| "the rule".into()),
            key,
            value,
        };
        Whole {
            row: Row::of(rule, noticed),
            why: rule.why.clone(),
            when: owned("when"),
            unless: owned("unless"),
            then: rule.then.wish.values().into_iter().map(counts).collect(),
            text: rule.then.text.clone(),
            reject_over: rule.then.reject_over,
            waives: rule.then.waives.clone(),
            waived_by: waivers(policy, &rule.id),
            noticed_by: noticed.get(&rule.id).cloned().unwrap_or_default(),
            written: rule.written.text.clone(),
        }
    }
}

/// Rules whose `waives` names this one.
pub(super) fn waivers(policy: &Policy, id: &str) -> Vec<String> {
    let names = |rule: &&Rule| {
        rule.id != id
            && Globs::new(rule.then.waives.iter().cloned()).is_ok_and(|globs| globs.matches(id))
    };
    let rules = policy.rules().into_iter();
    rules.filter(names).map(|rule| rule.id.clone()).collect()
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = &self.row;
        writeln!(f, "{}  {}  {}\n", row.id, row.place, row.mode)?;
        for line in self.written.lines() {
            writeln!(f, "  | {line}")?;
        }
        writeln!(f, "\nwhat counts, and who says it")?;
        let rows: Vec<(String, &str)> = self
            .then
            .iter()
            .map(|c| (format!("{} = {}", c.key, c.value), c.said_by.as_str()))
            .collect();
        let width = rows.iter().map(|(said, _)| said.chars().count()).max();
        let width = width.unwrap_or(0);
        for (said, by) in rows {
            writeln!(f, "  {said:width$}  {by}")?;
        }
        if let Some(limit) = self.reject_over {
            writeln!(f, "  reject_over = \"{}\"", ByteSize(limit))?;
        }
        if !self.waives.is_empty() {
            writeln!(f, "waives     {}", self.waives.join(", "))?;
        }
        if !self.waived_by.is_empty() {
            writeln!(f, "waived by  {}", self.waived_by.join(", "))?;
        }
        if let Some(owner) = &row.owner {
            writeln!(f, "owner      {owner}")?;
        }
        match self.noticed_by.as_slice() {
            [] => writeln!(f, "tests      none notices when it is gone"),
            some => writeln!(f, "tests      {} notice when it is gone", some.join(", ")),
        }
    }
}
