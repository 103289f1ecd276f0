//! One policy file while it is read: typed values out of spanned TOML, and every mistake with its place.
//!
//! Promises: a getter either gives a value or notes a mistake, never both and never neither, so that a file without noted
//! mistakes was understood whole. All mistakes are noted, not the first only.
//! Leaves to others: what the values mean (`policy`, `wish`, `conditions`).

use crate::fault::diagnostic::{Diagnostic, did_you_mean};
use crate::units::{ByteSize, Period};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML value and where it stands.
pub type Value<'t> = Spanned<DeValue<'t>>;

/// A text and where it stands.
pub type Word = (String, Range<usize>);

/// A text for people, by language tag.
pub type Texts = BTreeMap<String, String>;

/// A file and the mistakes found in it so far.
#[derive(Debug)]
pub struct Sheet<'t> {
    /// As the operator named it.
    pub file: &'t Path,
    /// All of it.
    pub text: &'t str,
    /// Mistakes, in the order of finding.
    pub found: Vec<Diagnostic>,
}

impl<'t> Sheet<'t> {
    /// Nothing found yet.
    pub fn new(file: &'t Path, text: &'t str) -> Self {
        Sheet {
            file,
            text,
            found: Vec::new(),
        }
    }

    /// The document; what cannot be read is noted and left out.
    pub fn document(&mut self) -> DeTable<'t> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let end = self.text.len();
            let span = error.span().unwrap_or(end..end);
            let about = self.text.get(span.clone()).unwrap_or_default();
            match mend(error.message(), about) {
                Some(help) => self.wrong_but(span, error.message(), help),
                None => self.wrong(span, error.message()),
            }
        }
        table.into_inner()
    }

    /// Notes a mistake.
    pub fn wrong(&mut self, span: Range<usize>, message: impl Into<String>) {
        let mistake = Diagnostic::at(self.file, self.text, span, message);
        self.found.push(mistake);
    }

    /// Notes a mistake with its mend.
    pub fn wrong_but(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let mistake = Diagnostic::at(self.file, self.text, span, message).help(help);
        self.found.push(mistake);
    }

    /// Notes a name that nothing has, with the nearest one that something has.
    pub fn unknown<'k>(
        &mut self,
        span: Range<usize>,
        what: &str,
        written: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let message = format!("unknown {what} \"{written}\"");
        match (did_you_mean(written, known.iter().copied()), known.len()) {
            (Some(near), _) => self.wrong_but(span, message, format!("did you mean \"{near}\"?")),
            (None, 0) => self.wrong_but(span, message, format!("there is no {what} yet")),
            (None, _) => {
                self.wrong_but(span, message, format!("known are: {}", known.join(", ")));
            }
        }
    }

    /// Notes every key that is not `known`; those in `later` with the news that they are to come.
    pub fn keys(&mut self, table: &DeTable<'_>, place: &str, known: &[&str], later: &[&str]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if later.contains(&name) {
                self.later(key.span(), &format!("{place} key"), name);
            } else if !known.contains(&name) {
                self.unknown(
                    key.span(),
                    &format!("{place} key"),
                    name,
                    known.iter().copied(),
                );
            }
        }
    }

    /// Notes something that a later version will know.
    pub fn later(&mut self, span: Range<usize>, what: &str, name: &str) {
        self.wrong_but(
            span,
            format!("{what} \"{name}\" is not in this version"),
            "it belongs to a later version: take it out, or put the file aside",
        );
    }

    /// The line a place is in, from 1.
    pub fn line(&self, span: &Range<usize>) -> usize {
        self.text[..span.start].matches('\n').count() + 1
    }

    /// Notes a value of the wrong kind.
    fn kind<T>(&mut self, value: &Value<'_>, wanted: &str, help: &str) -> Option<T> {
        let got = match value.get_ref() {
            DeValue::Array(_) => "a list",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Float(_) | DeValue::Integer(_) => "a number",
            DeValue::String(_) => "a text",
            DeValue::Table(_) => "a table",
        };
        let message = format!("{} wants {wanted}, not {got}", self.key_of(value));
        self.wrong_but(value.span(), message, help);
        None
    }

    /// The key a value, or the list it is in, belongs to: the line shown may not have it.
    fn key_of(&self, value: &Value<'_>) -> String {
        // A file with so many mistakes is none that people read line by line, and each look costs reading it again.
        let named = (self.found.len() < 100).then(|| {
            let (table, _) = DeTable::parse_recoverable(self.text);
            innermost(table.get_ref(), &value.span())
        });
        match named.flatten() {
            Some(key) => format!("`{key}`"),
            None => "this".to_owned(),
        }
    }

    /// A table.
    pub fn table<'v>(&mut self, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => self.kind(
                value,
                "a table",
                "write { key = value }, or a section in [brackets]",
            ),
        }
    }

    /// One table, or a list of tables.
    pub fn tables<'v>(&mut self, value: &'v Value<'t>) -> Vec<(&'v DeTable<'t>, Range<usize>)> {
        match value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| Some((self.table(item)?, item.span())))
                .collect(),
            _ => self
                .table(value)
                .map(|table| (table, value.span()))
                .into_iter()
                .collect(),
        }
    }

    /// A text that is not empty.
    pub fn string(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                let message = format!(
                    "{} is an empty text, which says nothing",
                    self.key_of(value)
                );
                self.wrong_but(
                    value.span(),
                    message,
                    "write something, or take the key out",
                );
                None
            }
            DeValue::String(text) => Some(text.to_string()),
            _ => self.kind(value, "a text", "put it in quotes"),
        }
    }

    /// One text or a list of texts, at least one.
    pub fn strings(&mut self, value: &Value<'_>) -> Option<Vec<Word>> {
        let items = match value.get_ref() {
            DeValue::Array(items) => items,
            DeValue::String(_) => return self.string(value).map(|text| vec![(text, value.span())]),
            _ => {
                let help = "write \"one\" or [\"one\", \"another\"]";
                return self.kind(value, "a text or a list of texts", help);
            }
        };
        if items.is_empty() {
            let message = format!(
                "{} is empty: an empty list matches nothing",
                self.key_of(value)
            );
            self.wrong_but(
                value.span(),
                message,
                "name at least one, or take the key out",
            );
            return None;
        }
        let words: Vec<Word> = items
            .iter()
            .filter_map(|item| Some((self.string(item)?, item.span())))
            .collect();
        (words.len() == items.len()).then_some(words)
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(yes) => Some(*yes),
            _ => self.kind(
                value,
                "true or false",
                "write true or false, without quotes",
            ),
        }
    }

    /// A whole number from `least` up.
    pub fn number(&mut self, value: &Value<'_>, least: u32) -> Option<u32> {
        let DeValue::Integer(number) = value.get_ref() else {
            return self.kind(value, "a whole number", "write digits, without quotes");
        };
        match i128::from_str_radix(number.as_str(), number.radix()).map(u32::try_from) {
            Ok(Ok(n)) if n >= least => Some(n),
            _ => {
                let key = self.key_of(value);
                let message = format!("{key} wants a whole number from {least} to {}", u32::MAX);
                self.wrong(value.span(), message);
                None
            }
        }
    }

    /// A size in bytes, written with its unit.
    pub fn size(&mut self, value: &Value<'_>) -> Option<u64> {
        let DeValue::String(text) = value.get_ref() else {
            let help = "write it with its unit and in quotes, such as \"10 MiB\"";
            return self.kind(value, "a size", help);
        };
        match text.parse::<ByteSize>() {
            Ok(size) => Some(size.bytes()),
            Err(why) => {
                self.wrong_but(
                    value.span(),
                    format!("\"{text}\" is no size"),
                    why.to_string(),
                );
                None
            }
        }
    }

    /// A period that is not zero, written with its unit.
    pub fn period(&mut self, value: &Value<'_>) -> Option<Duration> {
        let DeValue::String(text) = value.get_ref() else {
            let help = "write it with its unit and in quotes, such as \"14 days\"";
            return self.kind(value, "a period", help);
        };
        match text.parse::<Period>() {
            Ok(period) if !period.duration().is_zero() => Some(period.duration()),
            Ok(_) => {
                let help = "write how long a transfer can be fetched, such as \"14 days\"";
                self.wrong_but(value.span(), "a period of nothing keeps nothing", help);
                None
            }
            Err(why) => {
                self.wrong_but(
                    value.span(),
                    format!("\"{text}\" is no period"),
                    why.to_string(),
                );
                None
            }
        }
    }

    /// A calendar day.
    pub fn date(&mut self, value: &Value<'_>) -> Option<jiff::civil::Date> {
        let day = match value.get_ref() {
            DeValue::Datetime(d) => d.date.and_then(|d| {
                let (year, month) = (i16::try_from(d.year).ok()?, i8::try_from(d.month).ok()?);
                jiff::civil::Date::new(year, month, i8::try_from(d.day).ok()?).ok()
            }),
            _ => None,
        };
        match day {
            Some(day) => Some(day),
            None => self.kind(value, "a day", "write it as 2027-06-30, without quotes"),
        }
    }

    /// A text for people: one text (in the first language), or a table of texts by language.
    pub fn texts(&mut self, value: &Value<'t>, languages: &[String]) -> Option<Texts> {
        let first = languages.first().map_or("en", String::as_str);
        let DeValue::Table(table) = value.get_ref() else {
            return Some(Texts::from([(first.to_owned(), self.string(value)?)]));
        };
        if table.is_empty() {
            let help = "write { en = \"…\" }, or one text alone";
            self.wrong_but(value.span(), "no language is given", help);
            return None;
        }
        let mut texts = Texts::new();
        for (key, value) in table {
            let tag = key.get_ref().as_ref();
            if !is_language_tag(tag) {
                self.wrong_but(
                    key.span(),
                    format!("\"{tag}\" is no language"),
                    "write a tag such as \"en\" or \"sv\"",
                );
            }
            texts.insert(tag.to_lowercase(), self.string(value)?);
        }
        Some(texts)
    }

    /// One of a fixed set of words.
    pub fn one_of<T: Copy>(
        &mut self,
        value: &Value<'_>,
        what: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let text = self.string(value)?;
        let found = known.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let names = known.iter().map(|(name, _)| *name);
            self.unknown(value.span(), what, &text, names);
        }
        found.map(|(_, found)| *found)
    }
}

/// `en`, `de-AT`: two or three letters, then subtags (RFC 5646, as much of it as people write).
pub fn is_language_tag(tag: &str) -> bool {
    let mut pieces = tag.split('-');
    let first = pieces.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && pieces
            .all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// What to do about a text that is no TOML.
fn mend(message: &str, about: &str) -> Option<String> {
    let of_many = ["rule", "test"].into_iter().find(|word| *word == about);
    let says = |words: &str| message.contains(words);
    Some(match of_many {
        Some(word) if says("duplicate key") => {
            format!("there are several, so write each with two brackets: [[{word}]]")
        }
        _ if says("duplicate key") => "each key stands once in a table: take one of the two out".to_owned(),
        _ if says("must be quoted") => {
            "put it in quotes; if this line is right, a bracket or quote of a line above is not closed".to_owned()
        }
        _ if says("invalid basic string") || says("escape") => {
            "close the quotes in the same line; a backslash is written \\\\, or the text in single quotes".to_owned()
        }
        _ if says("key with no value") => "write key = value".to_owned(),
        _ if says("unclosed array") => "the list is not closed: write ] behind its last item".to_owned(),
        _ if says("unclosed table") => "close it with ]; rules and tests are written [[rule]], [[test]]".to_owned(),
        _ => return None,
    })
}

/// The key of the value that stands exactly there.
fn innermost(table: &DeTable<'_>, at: &Range<usize>) -> Option<String> {
    let mut keys = table.iter();
    keys.find_map(|(key, value)| within(key.get_ref(), value, at))
}

fn within(key: &str, value: &Value<'_>, at: &Range<usize>) -> Option<String> {
    let inside = match value.get_ref() {
        DeValue::Array(items) => items.iter().find_map(|item| within(key, item, at)),
        DeValue::Table(table) => innermost(table, at),
        _ => None,
    };
    inside.or_else(|| (value.span() == *at).then(|| key.to_owned()))
}

/// The value of a key.
pub fn get<'v, 't>(table: &'v DeTable<'t>, key: &str) -> Option<&'v Value<'t>> {
    table
        .iter()
        .find(|(name, _)| name.get_ref().as_ref() == key)
        .map(|(_, value)| value)
}
