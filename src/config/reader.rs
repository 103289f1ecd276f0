//! The configuration file while it is read: a key at a time, every mistake noted with its place, none of them fatal.
//!
//! It walks the spanned TOML tree and does not use serde structs, because those stop at the first mistake, and an operator wants all.
//! Promises: a key that nobody asks for is a mistake (with "did you mean"); a value of the wrong kind is a mistake at its place.
//! Leaves to others: what the keys mean (`check`).

use crate::fault::diagnostic::{Diagnostic, did_you_mean};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// Where each key that was found stands: `intake.smtp` → byte range of its value.
pub(super) type Places = BTreeMap<String, Range<usize>>;

/// The file and what was noted about it so far.
pub(super) struct Reader<'t> {
    pub file: &'t Path,
    pub text: &'t str,
    pub mistakes: RefCell<Vec<Diagnostic>>,
    pub places: RefCell<Places>,
    /// Every key that was asked for, found or not: what exists.
    pub known: RefCell<Vec<String>>,
    /// Keys that had to be there, once for each time they were asked for.
    pub needed: RefCell<Vec<String>>,
    /// What was expected of a value, by the place it begins at; what was said first is the more exact.
    pub shapes: RefCell<BTreeMap<usize, Shape>>,
}

/// What a value has to be: for the schema, which is made of what the reader asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole number above zero.
    Count,
    /// A list; its items have places of their own.
    List,
    /// A section.
    Section,
    /// Any number of sections.
    Sections,
    /// A text.
    Text,
    /// One of these.
    Words(Vec<&'static str>),
}

impl<'t> Reader<'t> {
    pub fn new(file: &'t Path, text: &'t str) -> Self {
        Reader {
            file,
            text,
            mistakes: RefCell::default(),
            places: RefCell::default(),
            known: RefCell::default(),
            needed: RefCell::default(),
            shapes: RefCell::default(),
        }
    }

    fn expects(&self, at: usize, shape: Shape) {
        self.shapes.borrow_mut().entry(at).or_insert(shape);
    }

    /// The whole file; what is no TOML is noted.
    pub fn document(&self) -> Section<'_, 't> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let end = self.text.trim_end().len();
            self.wrong(error.span().unwrap_or(end..end), error.message(), None);
        }
        Section {
            reader: self,
            name: String::new(),
            place: None,
            table: table.into_inner(),
            known: Vec::new(),
        }
    }

    /// Notes a mistake at a place.
    pub fn wrong(&self, span: Range<usize>, message: impl Into<String>, help: Option<&str>) {
        let mistake = Diagnostic::at(self.file, self.text, span, message);
        self.note(match help {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }

    /// Notes a secret that stands in the file. The picture ends behind its key, so that it does not reach terminals and logs.
    pub fn wrong_secret(&self, key: Range<usize>, help: &str) {
        let mut mistake = Diagnostic::at(
            self.file,
            self.text,
            key,
            "secrets do not stand in this file",
        );
        let shown = mistake.column - 1 + mistake.width;
        mistake.source = mistake.source.chars().take(shown).collect::<String>() + " …";
        self.note(mistake.help(help));
    }

    /// Notes a mistake.
    pub fn note(&self, mistake: Diagnostic) {
        self.mistakes.borrow_mut().push(mistake);
    }

    /// Notes a mistake about a key: at its value, or of the whole file if the key is not there.
    pub fn wrong_key(&self, key: &str, message: impl Into<String>, help: Option<&str>) {
        let place = self.places.borrow().get(key).cloned();
        match (place, help) {
            (Some(span), help) => self.wrong(span, message, help),
            (None, Some(help)) => self.note(Diagnostic::of_file(self.file, message).help(help)),
            (None, None) => self.note(Diagnostic::of_file(self.file, message)),
        }
    }
}

/// One table of the file.
pub(super) struct Section<'r, 't> {
    pub reader: &'r Reader<'t>,
    name: String,
    place: Option<Range<usize>>,
    table: DeTable<'t>,
    known: Vec<&'static str>,
}

impl<'r, 't> Section<'r, 't> {
    /// The name of a key with its sections: `intake.smtp`.
    fn path(&self, key: &str) -> String {
        match self.name.as_str() {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        }
    }

    /// Takes a key's value out, if it is there.
    fn take(&mut self, key: &'static str) -> Option<Value<'t>> {
        self.known.push(key);
        self.reader.known.borrow_mut().push(self.path(key));
        let value = self.table.remove(key)?;
        let mut places = self.reader.places.borrow_mut();
        places.insert(self.path(key), value.span());
        Some(value)
    }

    /// A key that may be left out.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Reader<'t>, &Value<'t>) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        read(self.reader, &value)
    }

    /// A key with a default. After a mistake the default stands in, so that reading can go on.
    pub fn or<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Reader<'t>, &Value<'t>) -> Option<T>,
        default: T,
    ) -> T {
        self.optional(key, read).unwrap_or(default)
    }

    /// A key that must be there.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Reader<'t>, &Value<'t>) -> Option<T>,
        help: &str,
    ) -> Option<T> {
        self.reader.needed.borrow_mut().push(self.path(key));
        match self.take(key) {
            Some(value) => read(self.reader, &value),
            None => {
                let message = format!("{} is missing", self.path(key));
                match &self.place {
                    Some(span) => self.reader.wrong(span.clone(), message, Some(help)),
                    None => self
                        .reader
                        .note(Diagnostic::of_file(self.reader.file, message).help(help)),
                }
                None
            }
        }
    }

    /// A section below this one; an empty one if it is not there.
    pub fn section(&mut self, key: &'static str) -> Section<'r, 't> {
        let name = self.path(key);
        match self.take(key) {
            Some(value) => self.below(name, value),
            None => self.empty(name),
        }
    }

    /// A section below this one, if it is there.
    pub fn section_if_there(&mut self, key: &'static str) -> Option<Section<'r, 't>> {
        let name = self.path(key);
        self.take(key).map(|value| self.below(name, value))
    }

    /// The sections of an array such as `[[channel]]`.
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'r, 't>> {
        let name = self.path(key);
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let span = value.span();
        self.reader.expects(span.start, Shape::Sections);
        match value.into_inner() {
            DeValue::Array(items) => items
                .into_iter()
                .map(|item| self.below(name.clone(), item))
                .collect(),
            _ => {
                let help = format!("write [[{name}]]");
                self.reader
                    .wrong(span, format!("{name} is a list of sections"), Some(&help));
                Vec::new()
            }
        }
    }

    fn below(&self, name: String, value: Value<'t>) -> Section<'r, 't> {
        let place = value.span();
        self.reader.expects(place.start, Shape::Section);
        match value.into_inner() {
            DeValue::Table(table) => Section {
                reader: self.reader,
                name,
                place: Some(place),
                table,
                known: Vec::new(),
            },
            other => {
                let message = format!("expected a section, found {}", kind(&other));
                self.reader
                    .wrong(place, message, Some(&format!("write [{name}]")));
                self.empty(name)
            }
        }
    }

    fn empty(&self, name: String) -> Section<'r, 't> {
        Section {
            reader: self.reader,
            name,
            place: None,
            table: DeTable::new(),
            known: Vec::new(),
        }
    }

    /// Where the section stands, if it is there.
    pub fn place(&self) -> Option<Range<usize>> {
        self.place.clone()
    }

    /// The last call: whatever nobody asked for is unknown.
    pub fn end(self) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            let help = match did_you_mean(name, self.known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            let message = match self.name.as_str() {
                "" => format!("unknown section or key \"{name}\""),
                section => format!("unknown key \"{name}\" in [{section}]"),
            };
            self.reader.wrong(key.span(), message, Some(&help));
        }
    }

    /// Takes what is left, unexamined: for free tables such as HTTP headers.
    pub fn rest(self) -> DeTable<'t> {
        self.table
    }
}

/// A string.
pub(super) fn text(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    reader.expects(value.span().start, Shape::Text);
    match value.get_ref() {
        DeValue::String(s) if s.trim().is_empty() => {
            reader.wrong(value.span(), "the text is empty", None);
            None
        }
        DeValue::String(s) if s.chars().any(|c| c.is_control() && c != '\n') => {
            reader.wrong(value.span(), "the text has control characters", None);
            None
        }
        DeValue::String(s) => Some(s.to_string()),
        other => {
            let message = format!("expected a text in quotes, found {}", kind(other));
            reader.wrong(value.span(), message, None);
            None
        }
    }
}

/// A string that is read by [`FromStr`]; its error is the message.
pub(super) fn parsed<T>(reader: &Reader<'_>, value: &Value<'_>) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    match text(reader, value)?.parse() {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            reader.wrong(value.span(), error.to_string(), None);
            None
        }
    }
}

/// A list, each item read by `read`.
pub(super) fn list<'t, T>(
    read: impl Fn(&Reader<'t>, &Value<'t>) -> Option<T>,
) -> impl Fn(&Reader<'t>, &Value<'t>) -> Option<Vec<T>> {
    move |reader, value| {
        reader.expects(value.span().start, Shape::List);
        match value.get_ref() {
            DeValue::Array(items) => {
                let read: Vec<Option<T>> = items.iter().map(|item| read(reader, item)).collect();
                read.into_iter().collect()
            }
            other => {
                let message = format!("expected a list in [ ], found {}", kind(other));
                reader.wrong(value.span(), message, None);
                None
            }
        }
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&Reader<'_>, &Value<'_>) -> Option<T> {
    move |reader, value| {
        let all = words.iter().map(|(word, _)| *word).collect();
        reader.expects(value.span().start, Shape::Words(all));
        let written = text(reader, value)?;
        let found = words.iter().find(|(word, _)| *word == written);
        if found.is_none() {
            let all: Vec<String> = words.iter().map(|(w, _)| format!("\"{w}\"")).collect();
            let help = match did_you_mean(&written, words.iter().map(|(w, _)| *w)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("one of {}", all.join(", ")),
            };
            let message = format!("\"{written}\" is not possible here");
            reader.wrong(value.span(), message, Some(&help));
        }
        found.map(|(_, value)| *value)
    }
}

/// A whole number of at least one.
pub(super) fn count(reader: &Reader<'_>, value: &Value<'_>) -> Option<u32> {
    reader.expects(value.span().start, Shape::Count);
    let number = match value.get_ref() {
        DeValue::Integer(digits) => u32::from_str_radix(digits.as_str(), digits.radix()).ok(),
        _ => None,
    };
    match number {
        Some(n) if n > 0 => Some(n),
        _ => {
            reader.wrong(value.span(), "expected a whole number above zero", None);
            None
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Array(_) => "a list",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Float(_) | DeValue::Integer(_) => "a number",
        DeValue::String(_) => "a text",
        DeValue::Table(_) => "a section",
    }
}
