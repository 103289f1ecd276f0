//! Lists of a policy: `[list.NAME]` with `entries`, or a `file` beside the policy file, or both.
//!
//! What the entries are is decided where a rule uses the list: addresses in `from` and `to`, words in `text_any`, values in
//! `only_finds`. Promises: an entry that does not fit its use is a mistake with the entry's own place.

use super::people::{PATTERNS, Pool};
use super::policy::read_file;
use super::sheet::{Sheet, get};
use crate::fault::diagnostic::Diagnostic;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use toml::de::DeTable;

/// The lists of a policy, by name.
pub type Lists = BTreeMap<String, Arc<List>>;

/// A list as it was read.
#[derive(Debug, Default)]
pub struct List {
    entries: Vec<Entry>,
    sources: Vec<Source>,
    pool: OnceLock<(Arc<Pool>, Vec<Diagnostic>)>,
}

/// One entry.
#[derive(Debug)]
pub struct Entry {
    /// As written.
    pub word: String,
    source: usize,
    span: Range<usize>,
}

#[derive(Debug)]
struct Source {
    file: PathBuf,
    text: String,
}

/// Keys of a list.
pub(super) const KEYS: &[&str] = &["entries", "file"];

impl List {
    /// Reads a `[list.NAME]`.
    pub fn read<'t>(sheet: &mut Sheet<'t>, table: &DeTable<'t>, span: Range<usize>) -> List {
        sheet.keys(table, "list", KEYS, &[]);
        let mut list = List::default();
        if let Some(words) = get(table, "entries").and_then(|v| sheet.strings(v)) {
            list.source(sheet.file, sheet.text);
            for (word, span) in words {
                list.add(word, span);
            }
        }
        let file = get(table, "file").and_then(|v| Some((sheet.string(v)?, v.span())));
        if let Some((name, span)) = file {
            let path = sheet.file.parent().unwrap_or(Path::new("")).join(&name);
            match read_file(&path) {
                Ok(text) => list.lines(&path, &text),
                Err(mistake) => {
                    let message = format!("{}: {}", path.display(), mistake.message);
                    let help =
                        "entries may stand in the list itself: entries = [\"@partner.example\"]";
                    sheet.wrong_but(span, message, help);
                }
            }
        }
        if get(table, "entries").is_none() && get(table, "file").is_none() {
            let help = "write entries = [\"@partner.example\"], or file = \"partners.txt\"";
            sheet.wrong_but(span, "the list has neither `entries` nor `file`", help);
        }
        list
    }

    /// Its entries as addresses; those that are none are noted.
    pub fn pool(&self, sheet: &mut Sheet<'_>) -> Arc<Pool> {
        let (pool, wrong) = self.pool.get_or_init(|| self.addresses());
        sheet.found.extend(wrong.iter().cloned());
        Arc::clone(pool)
    }

    /// Its entries, in the order of the files.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A mistake in an entry.
    pub fn wrong(&self, entry: &Entry, message: impl Into<String>) -> Diagnostic {
        let source = &self.sources[entry.source];
        Diagnostic::at(&source.file, &source.text, entry.span.clone(), message)
    }

    fn addresses(&self) -> (Arc<Pool>, Vec<Diagnostic>) {
        let (mut pool, mut wrong) = (Pool::default(), Vec::new());
        for entry in &self.entries {
            if let Err(why) = pool.add(&entry.word) {
                let message = format!("\"{}\": {why}", entry.word);
                wrong.push(self.wrong(entry, message).help(PATTERNS));
            }
        }
        (Arc::new(pool), wrong)
    }

    fn source(&mut self, file: &Path, text: &str) {
        self.sources.push(Source {
            file: file.to_owned(),
            text: text.to_owned(),
        });
    }

    fn add(&mut self, word: String, span: Range<usize>) {
        self.entries.push(Entry {
            word,
            source: self.sources.len() - 1,
            span,
        });
    }

    /// One entry a line; `#` begins a remark.
    fn lines(&mut self, path: &Path, text: &str) {
        self.source(path, text);
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let entry = line.split('#').next().unwrap_or_default();
            let word = entry.trim();
            if !word.is_empty() {
                let start = at + entry.len() - entry.trim_start().len();
                self.add(word.to_owned(), start..start + word.len());
            }
            at += line.len();
        }
    }
}
