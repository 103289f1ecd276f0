//! Reading `[detector.NAME]`: detectors that a policy makes of words, or of expressions with a named check.
//!
//! Promises: a name means one thing: that of a built-in detector cannot be given again. Every key that the kind does not know is a
//! mistake. Leaves to others: finding (`detectors::own`).

use super::conditions::CONFIDENCES;
use super::detectors::checks::{self, CHECKS, Check};
use super::detectors::own::Own;
use super::detectors::{self, Confidence};
use super::lists::Lists;
use super::patterns::Patterns;
use super::sheet::{Sheet, Value, get};
use super::words;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// What both kinds know.
const KEYS: &[&str] = &["confidence", "confidence_with_context", "context", "kind"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Words,
    Regex,
}

const KINDS: &[(&str, Kind)] = &[("words", Kind::Words), ("regex", Kind::Regex)];

/// Reads one. Mistakes are noted in the sheet.
pub fn read<'t>(
    sheet: &mut Sheet<'t>,
    (name, span): (&str, Range<usize>),
    table: &DeTable<'t>,
    lists: &Lists,
    patterns: &mut Patterns,
) -> Option<Own> {
    if name == "any" || detectors::ALL.iter().any(|d| d.name == name) {
        let message = format!("there is a built-in detector \"{name}\"");
        sheet.wrong_but(
            span.clone(),
            message,
            "give yours another name, such as our_numbers",
        );
    }
    let Some(value) = get(table, "kind") else {
        sheet.wrong_but(
            span,
            "the detector has no `kind`",
            "write kind = \"words\" or kind = \"regex\"",
        );
        return None;
    };
    let kind = sheet.one_of(value, "kind", KINDS)?;
    let known = match kind {
        Kind::Words => ["words"].iter(),
        Kind::Regex => ["check", "lengths", "pattern", "patterns"].iter(),
    };
    let known: Vec<&str> = KEYS.iter().chain(known).copied().collect();
    sheet.keys(table, "detector", &known, &[]);
    let matched = match kind {
        Kind::Words => get(table, "words").and_then(|v| words::read(sheet, v, lists, patterns)),
        Kind::Regex => expressions(sheet, table, patterns),
    };
    let wanted = ["words", "pattern", "patterns"];
    if wanted.iter().all(|key| get(table, key).is_none()) {
        let missing = ["`words`", "`pattern` or `patterns`"][usize::from(kind == Kind::Regex)];
        sheet.wrong(span.clone(), format!("the detector has no {missing}"));
    }
    let (confidence, with_context) = confidences(sheet, table, kind);
    Some(Own {
        name: name.to_owned(),
        patterns: matched?.into_iter().map(|named| named.0).collect(),
        check: get(table, "check").and_then(|v| check(sheet, v)),
        lengths: get(table, "lengths").map_or_else(Vec::new, |v| lengths(sheet, v)),
        context: context(sheet, table),
        confidence,
        with_context,
    })
}

fn expressions(
    sheet: &mut Sheet<'_>,
    table: &DeTable<'_>,
    patterns: &mut Patterns,
) -> Option<Vec<super::patterns::Named>> {
    let mut all = Vec::new();
    for value in ["pattern", "patterns"]
        .iter()
        .filter_map(|key| get(table, key))
    {
        all.extend(words::read_expressions(sheet, value, patterns)?);
    }
    Some(all)
}

fn check(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Option<&'static Check> {
    let name = sheet.string(value)?;
    let found = checks::named(&name);
    if found.is_none() {
        sheet.unknown(value.span(), "check", &name, CHECKS.iter().map(|c| c.name));
    }
    found
}

fn lengths(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Vec<usize> {
    let numbers = match value.get_ref() {
        DeValue::Array(items) if items.is_empty() => {
            sheet.wrong(value.span(), "an empty list matches nothing");
            return Vec::new();
        }
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    numbers
        .into_iter()
        .filter_map(|v| Some(sheet.number(v, 1)? as usize))
        .collect()
}

fn context(sheet: &mut Sheet<'_>, table: &DeTable<'_>) -> Vec<String> {
    let Some(words) = get(table, "context").and_then(|v| sheet.strings(v)) else {
        return Vec::new();
    };
    for (word, span) in &words {
        if !word.chars().any(char::is_alphanumeric) || word.trim_end_matches('*').contains('*') {
            sheet.wrong_but(
                span.clone(),
                format!("\"{word}\" is no context word"),
                "write words, phrases, or the beginning of a word as kund*",
            );
        }
    }
    words.into_iter().map(|w| w.0).collect()
}

/// Without context words, and with them.
fn confidences(sheet: &mut Sheet<'_>, table: &DeTable<'_>, kind: Kind) -> (Confidence, Confidence) {
    let usual = match kind {
        Kind::Words => Confidence::Low,
        Kind::Regex => Confidence::Medium,
    };
    let mut read = |key| get(table, key).and_then(|v| sheet.one_of(v, "confidence", CONFIDENCES));
    let confidence = read("confidence").unwrap_or(usual);
    let with = read("confidence_with_context");
    if let Some(value) = get(table, "confidence_with_context") {
        if get(table, "context").is_none() {
            sheet.wrong_but(
                value.span(),
                "there are no context words",
                "add context = [\"…\"], or take this out",
            );
        } else if with.is_some_and(|with| with < confidence) {
            sheet.wrong(
                value.span(),
                "with context words it is less sure than without",
            );
        }
    }
    (confidence, with.unwrap_or(Confidence::High.max(confidence)))
}
