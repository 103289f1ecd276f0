//! Reading words, phrases and expressions of a policy file, one by one or by `list:NAME`.
//!
//! Promises: a mistake in a list's entry is told at the entry, with the place where the list is used for words.
//! Leaves to others: what a pattern is (`patterns`), what a list is (`lists`).

use super::lists::Lists;
use super::patterns::{Named, Patterns, Refused};
use super::rule::file_name;
use super::sheet::{Sheet, Value, Word};
use std::ops::Range;

/// Reads patterns; in ascending order, each once.
pub fn read(
    sheet: &mut Sheet<'_>,
    value: &Value<'_>,
    lists: &Lists,
    patterns: &mut Patterns,
) -> Option<Vec<Named>> {
    let mut all = Vec::new();
    for (word, span) in sheet.strings(value)? {
        match word.strip_prefix("list:") {
            Some(name) => list(sheet, (name, span), lists, patterns, &mut all),
            None => {
                let taken = patterns.add(&word, &place(sheet, &span));
                all.extend(noted(sheet, (word, span), taken));
            }
        }
    }
    all.sort_by_key(|named| named.0);
    all.dedup_by_key(|named| named.0);
    Some(all)
}

/// Reads expressions that need no slashes.
pub fn read_expressions(
    sheet: &mut Sheet<'_>,
    value: &Value<'_>,
    patterns: &mut Patterns,
) -> Option<Vec<Named>> {
    let mut all = Vec::new();
    for (word, span) in sheet.strings(value)? {
        let taken = patterns.add_expression(&word, &place(sheet, &span));
        all.extend(noted(sheet, (word, span), taken));
    }
    Some(all)
}

fn noted(
    sheet: &mut Sheet<'_>,
    (word, span): Word,
    taken: Result<Named, Refused>,
) -> Option<Named> {
    match taken {
        Ok(named) => Some(named),
        Err(refused) => {
            sheet.wrong_but(span, wrong(&word, &refused), refused.help);
            None
        }
    }
}

fn list(
    sheet: &mut Sheet<'_>,
    (name, span): (&str, Range<usize>),
    lists: &Lists,
    patterns: &mut Patterns,
    all: &mut Vec<Named>,
) {
    let Some(list) = lists.get(name) else {
        return sheet.unknown(span, "list", name, lists.keys().map(String::as_str));
    };
    let used = place(sheet, &span);
    for entry in list.entries() {
        match patterns.add(&entry.word, &used) {
            Ok(named) => all.push(named),
            Err(refused) => {
                let wrong = list.wrong(entry, wrong(&entry.word, &refused));
                let help = format!("{}; the list is used for words in {used}", refused.help);
                sheet.found.push(wrong.help(help));
            }
        }
    }
}

/// A long pattern is not repeated whole.
fn wrong(word: &str, refused: &Refused) -> String {
    let shown: String = word.chars().take(60).collect();
    let more = if shown.len() < word.len() { "…" } else { "" };
    format!("\"{shown}{more}\": {}", refused.why)
}

fn place(sheet: &Sheet<'_>, span: &Range<usize>) -> String {
    format!("{}:{}", file_name(sheet), sheet.line(span))
}
