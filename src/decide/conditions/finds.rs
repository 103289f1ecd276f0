//! `finds`, `only_finds`: what detectors found in subject, text and files.
//!
//! One entry of `finds` is enough. `only_finds` is for exceptions: nothing was found but values of a list; it looks at what the rule's
//! own `finds` look at, and does not hold where something could not be read. What cannot be read is no match: it has a rule of its own
//! (`scan.unreadable`).

use super::{Condition, Ground, Readable, Side};
use crate::decide::detectors::Confidence;
use crate::decide::facts::Facts;
use crate::decide::patterns::Exposed;
use crate::decide::replay::Glance;
use crate::decide::search::content::MAX_HITS;
use crate::decide::search::{Content, Hit};
use crate::decide::sheet::{Sheet, Value, get};
use crate::fault::Fault;
use crate::mail::Address;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// One entry of `finds`.
#[derive(Debug, Clone)]
pub struct Ask {
    name: String,
    detectors: Vec<usize>,
    confidence: Confidence,
    at_least: usize,
    distinct: bool,
}

#[derive(Debug)]
struct Finds(Vec<Ask>);

#[derive(Debug)]
struct Only {
    asks: Vec<Ask>,
    lists: u64,
    names: String,
    side: Side,
}

/// The words of `confidence`.
pub const CONFIDENCES: &[(&str, Confidence)] = &[
    ("low", Confidence::Low),
    ("medium", Confidence::Medium),
    ("high", Confidence::High),
];

/// Keys of an entry of `finds`.
pub const ASK: &[&str] = &["at_least", "confidence", "detector", "distinct"];

pub(super) fn finds<'t>(sheet: &mut Sheet<'t>, value: &Value<'t>, ground: &Ground<'_>) -> Readable {
    let entries = match value.get_ref() {
        DeValue::Array(entries) => entries.iter().collect(),
        _ => vec![value],
    };
    if entries.is_empty() {
        sheet.wrong(value.span(), "`finds` is empty: nothing would be found");
    }
    let asks = entries.into_iter();
    let asks: Vec<Ask> = asks.filter_map(|e| ask(sheet, e, ground)).collect();
    ground.finds.borrow_mut().extend(asks.iter().cloned());
    Some(Box::new(Finds(asks)))
}

/// A table, or the name of a detector alone.
fn ask<'t>(sheet: &mut Sheet<'t>, value: &Value<'t>, ground: &Ground<'_>) -> Option<Ask> {
    if let DeValue::String(name) = value.get_ref() {
        return named(sheet, name, value.span(), ground);
    }
    let table = sheet.table(value)?;
    sheet.keys(table, "finds", ASK, &[]);
    let Some(name) = get(table, "detector") else {
        sheet.wrong(value.span(), "the entry of `finds` has no `detector`");
        return None;
    };
    let word = sheet.string(name)?;
    let ask = named(sheet, &word, name.span(), ground);
    let (confidence, at_least, distinct) = options(sheet, table);
    let ask = ask?;
    Some(Ask {
        confidence: confidence.unwrap_or(ask.confidence),
        at_least: at_least.unwrap_or(1),
        distinct: distinct.unwrap_or(false),
        ..ask
    })
}

fn options(
    sheet: &mut Sheet<'_>,
    table: &DeTable<'_>,
) -> (Option<Confidence>, Option<usize>, Option<bool>) {
    let confidence = get(table, "confidence");
    let confidence = confidence.and_then(|v| sheet.one_of(v, "confidence", CONFIDENCES));
    let at_least = get(table, "at_least").and_then(|v| {
        let number = sheet.number(v, 1)? as usize;
        if number > MAX_HITS {
            let message = format!("`at_least` can be {MAX_HITS} at most");
            sheet.wrong_but(v.span(), message, "no more hits are counted in one mail");
        }
        Some(number)
    });
    let distinct = get(table, "distinct").and_then(|v| sheet.boolean(v));
    (confidence, at_least, distinct)
}

/// With what its name alone says: `high` for built-in detectors, everything for own ones, which have the class that their table says.
fn named(
    sheet: &mut Sheet<'_>,
    name: &str,
    span: Range<usize>,
    ground: &Ground<'_>,
) -> Option<Ask> {
    let mut asks = ground.asks.borrow_mut();
    let Some((detectors, own)) = asks.named(name) else {
        let known = asks.names();
        sheet.unknown(span, "detector", name, known.iter().map(String::as_str));
        return None;
    };
    Some(Ask {
        name: name.to_owned(),
        detectors,
        confidence: if own {
            Confidence::Low
        } else {
            Confidence::High
        },
        at_least: 1,
        distinct: false,
    })
}

/// Lists by name, or values themselves.
pub(super) fn only_finds(sheet: &mut Sheet<'_>, value: &Value<'_>, g: &Ground<'_>) -> Readable {
    let (mut lists, mut names, mut values) = (0u64, Vec::new(), Vec::new());
    let mut note = |sheet: &mut Sheet<'_>, words: &mut dyn Iterator<Item = &str>| match g
        .asks
        .borrow_mut()
        .values(words)
    {
        Some(bit) => lists |= 1 << bit,
        None => sheet.wrong(value.span(), "a policy can compare with 64 lists at most"),
    };
    for (word, span) in sheet.strings(value)? {
        names.push(word.clone());
        match word.strip_prefix("list:") {
            None => values.push(word),
            Some(name) => match g.lists.get(name) {
                Some(list) => note(sheet, &mut list.entries().iter().map(|e| e.word.as_str())),
                None => sheet.unknown(span, "list", name, g.lists.keys().map(String::as_str)),
            },
        }
    }
    if !values.is_empty() {
        note(sheet, &mut values.iter().map(String::as_str));
    }
    Some(Box::new(Only {
        asks: g.finds.borrow().clone(),
        lists,
        names: names.join(", "),
        side: g.side,
    }))
}

impl Ask {
    fn matches(&self, content: &Content) -> Option<String> {
        let count = content.count(&self.detectors, self.confidence, self.distinct);
        let word = self.word();
        let different = if self.distinct { " different" } else { "" };
        (count >= self.at_least).then(|| {
            format!(
                "{} {word}: {count}{different} >= {}",
                self.name, self.at_least
            )
        })
    }

    fn word(&self) -> &'static str {
        let found = CONFIDENCES.iter().find(|(_, c)| *c == self.confidence);
        found.map_or("", |(word, _)| word)
    }
}

impl Ask {
    /// The same of what is remembered. Own detectors may mean something else by now.
    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let counted = glance.features.found.as_ref()?.get(&self.name)?;
        Some(counted.count(self.confidence, self.distinct) >= self.at_least)
    }
}

impl Condition for Finds {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let content = facts.content()?;
        Ok(self.0.iter().find_map(|ask| ask.matches(content)))
    }

    fn exposed(&self, facts: &Facts<'_>) -> Exposed {
        let content = facts.content_if_asked().into_iter();
        let asks = content.flat_map(|c| self.0.iter().map(move |ask| (c, ask)));
        let matching = asks.filter(|(content, ask)| ask.matches(content).is_some());
        let hits = matching.flat_map(|(content, ask)| content.of(&ask.detectors, ask.confidence));
        hits.fold(Exposed::default(), |all, hit| all.or(hit.exposed))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let guesses = || self.0.iter().map(|ask| ask.guess(glance));
        match guesses().any(|guess| guess == Some(true)) {
            true => Some(true),
            false => guesses().all(|guess| guess.is_some()).then_some(false),
        }
    }
}

impl Only {
    fn hits<'c>(&'c self, content: &'c Content) -> Box<dyn Iterator<Item = &'c Hit> + 'c> {
        match &self.asks[..] {
            [] => Box::new(content.hits.values().flatten()),
            asks => Box::new(
                asks.iter()
                    .flat_map(|ask| content.of(&ask.detectors, ask.confidence)),
            ),
        }
    }
}

impl Condition for Only {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let content = facts.content()?;
        let blind = facts.unclear.is_some() || !content.unreadable.is_empty();
        let mut hits = self.hits(content).peekable();
        let some = hits.peek().is_some();
        let all = hits.all(|hit| hit.listed & self.lists != 0);
        let holds = all && some && !(blind && self.side == Side::Exempt);
        Ok(holds.then(|| format!("nothing but {} was found", self.names)))
    }
}
