//! `subject_tag`, `label`, `label_at_least`, `sensitivity`: what senders say about their own mail.

use super::{Condition, Ground, Readable};
use crate::decide::facts::Facts;
use crate::decide::label::{self, read_sensitivity, read_tags};
use crate::decide::replay::Glance;
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;

#[derive(Debug)]
struct Tag(Vec<String>);

#[derive(Debug)]
struct Exactly(Vec<String>);

#[derive(Debug)]
struct AtLeast {
    name: String,
    rank: u32,
}

#[derive(Debug)]
struct Sensitivity(Vec<&'static str>);

pub(super) fn subject_tag(sheet: &mut Sheet<'_>, value: &Value<'_>, _: &Ground<'_>) -> Readable {
    Some(Box::new(Tag(read_tags(sheet, value))))
}

pub(super) fn label(sheet: &mut Sheet<'_>, value: &Value<'_>, ground: &Ground<'_>) -> Readable {
    let mut names = Vec::new();
    for (word, span) in sheet.strings(value)? {
        if !ground.labels.iter().any(|l| l.name == word) {
            let known = ground.labels.iter().map(|l| l.name.as_str());
            sheet.unknown(span, "label", &word, known);
        }
        names.push(word);
    }
    Some(Box::new(Exactly(names)))
}

pub(super) fn label_at_least(
    sheet: &mut Sheet<'_>,
    value: &Value<'_>,
    ground: &Ground<'_>,
) -> Readable {
    let name = sheet.string(value)?;
    match ground.labels.iter().find(|l| l.name == name) {
        Some(label) => Some(Box::new(AtLeast {
            name,
            rank: label.rank,
        })),
        None => {
            let known = ground.labels.iter().map(|l| l.name.as_str());
            sheet.unknown(value.span(), "label", &name, known);
            None
        }
    }
}

pub(super) fn sensitivity(sheet: &mut Sheet<'_>, value: &Value<'_>, _: &Ground<'_>) -> Readable {
    Some(Box::new(Sensitivity(read_sensitivity(sheet, value))))
}

impl Condition for Tag {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let said = &facts.controls.said;
        let found = self.0.iter().find(|tag| said.contains(tag));
        Ok(found.map(|tag| format!("subject tag [{tag}]")))
    }

    /// A tag that the policy of that day did not know was words to it.
    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let said = self.0.iter().any(|tag| glance.features.said.contains(tag));
        let known = glance
            .words
            .is_some_and(|words| self.0.iter().all(|tag| words.contains(tag)));
        (said || known).then_some(said)
    }
}

impl Condition for Exactly {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let found = facts.label.as_ref();
        Ok(found
            .filter(|(label, _)| self.0.contains(&label.name))
            .map(|(label, how)| format!("label {} ({how})", label.name)))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let label = glance.features.label.as_ref();
        glance
            .labels
            .then(|| label.is_some_and(|(name, _)| self.0.contains(name)))
    }
}

impl Condition for AtLeast {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let found = facts.label.as_ref();
        Ok(found
            .filter(|(label, _)| label.rank >= self.rank)
            .map(|(label, how)| format!("label {} >= {} ({how})", label.name, self.name)))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let label = glance.features.label.as_ref();
        glance
            .labels
            .then(|| label.is_some_and(|(_, rank)| *rank >= self.rank))
    }
}

impl Condition for Sensitivity {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        Ok(label::sensitivity_of(facts.header(), &self.0))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let said = &glance.features.sensitivity;
        Some(self.0.iter().any(|wanted| said.iter().any(|s| s == wanted)))
    }
}
