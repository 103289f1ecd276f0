//! The operator's own sentences instead of ours: a folder with `en.ftl`, `sv.ftl` and so on, each with any of our keys.
//!
//! Promises: what is taken is whole: every key is one of ours and has nothing to fill in that the program does not know; a sentence that
//! brings a password still brings it; a text message still fits one. Fails with every mistake, each with file and line.
//! Leaves to others: sentences that no file has; they stay as they are.

use super::{LANGUAGES, Texts, gsm, known};
use crate::fault::diagnostic::{Diagnostic, did_you_mean};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement};
use fluent_syntax::parser;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Ordinary names, with which a text message is measured; the line for the telephone's own eyes comes behind it.
pub(super) const ORDINARY: [(&str, &str); 4] = [
    ("organisation", "Example Region"),
    ("sender", "Anna Lind"),
    ("password", "K7PM-2WXD-9RQF"),
    ("host", "files.example.org"),
];
const CODE_LINE: &str = "\n@files.example.org #K7PM2WXD9RQF";

/// A file of sentences that has no mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// One of [`LANGUAGES`].
    pub language: &'static str,
    /// What it says.
    pub source: String,
}

/// Reads a folder. Files that are no `*.ftl` are passed over.
pub fn read(folder: &Path) -> Result<Vec<Own>, Vec<Diagnostic>> {
    let lost = |e: std::io::Error| vec![Diagnostic::of_file(folder, e.to_string())];
    let entries = std::fs::read_dir(folder).map_err(lost)?;
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()
        .map_err(lost)?;
    files.retain(|path| path.extension().is_some_and(|e| e == "ftl"));
    files.sort();
    let (mut all, mut mistakes) = (Vec::new(), Vec::new());
    for file in files {
        match read_file(&file) {
            Ok(own) => all.push(own),
            Err(found) => mistakes.extend(found),
        }
    }
    match mistakes.is_empty() {
        true => Ok(all),
        false => Err(mistakes),
    }
}

fn read_file(file: &Path) -> Result<Own, Vec<Diagnostic>> {
    let of_file = |text: String| vec![Diagnostic::of_file(file, text)];
    let name = file.file_stem().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    let Some(language) = known(name).filter(|language| *language == name) else {
        let all = LANGUAGES.map(|(language, _)| format!("{language}.ftl"));
        let help = format!("one of {}", all.join(", "));
        let what = Diagnostic::of_file(file, "there is no such language here");
        return Err(vec![what.help(help)]);
    };
    let source = std::fs::read_to_string(file).map_err(|e| of_file(e.to_string()))?;
    let mistakes = mistakes(file, language, &source);
    match mistakes.is_empty() {
        true => Ok(Own { language, source }),
        false => Err(mistakes),
    }
}

fn mistakes(file: &Path, language: &'static str, source: &str) -> Vec<Diagnostic> {
    let resource = match parser::parse(source) {
        Ok(resource) => resource,
        Err((_, errors)) => {
            let say = |e: parser::ParserError| {
                Diagnostic::at(file, source, e.pos.clone(), e.kind.to_string())
            };
            return errors.into_iter().map(say).collect();
        }
    };
    let ours = arguments_of_ours();
    let mut mistakes = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in &resource.body {
        let (name, wrong) = match entry {
            Entry::Message(message) => {
                let name = message.id.name;
                let twice = (!seen.insert(name)).then(|| "this key stands twice".to_owned());
                (
                    name,
                    twice.map(|w| (w, None)).or(wrong_message(message, &ours)),
                )
            }
            Entry::Term(term) => (
                term.id.name,
                Some(("terms are not known here".into(), None)),
            ),
            _ => continue,
        };
        if let Some((what, help)) = wrong {
            let mistake = Diagnostic::at(file, source, place(source, name), what);
            mistakes.push(help.into_iter().fold(mistake, Diagnostic::help));
        }
    }
    if mistakes.is_empty() && seen.contains("sms") {
        mistakes.extend(long_message(file, language, source));
    }
    mistakes
}

type Wrong = (String, Option<String>);

fn wrong_message(
    message: &Message<&str>,
    ours: &BTreeMap<String, BTreeSet<String>>,
) -> Option<Wrong> {
    let name = message.id.name;
    let Some(known) = ours.get(name) else {
        let near = did_you_mean(name, ours.keys().map(String::as_str));
        let help = near.map(|near| format!("did you mean \"{near}\"?"));
        return Some((format!("there is no sentence \"{name}\""), help));
    };
    let Some(value) = &message.value else {
        return Some(("the sentence is empty".into(), None));
    };
    let mut used = BTreeSet::new();
    arguments(value, &mut used);
    let listed = || known.iter().map(|a| format!("${a}")).collect::<Vec<_>>();
    if let Some(unknown) = used.iter().find(|name| !known.contains(*name)) {
        let help = format!("known here: {}", listed().join(", "));
        return Some((format!("nothing is filled in for ${unknown}"), Some(help)));
    }
    let needed = ["password"]
        .into_iter()
        .find(|n| known.contains(*n) && !used.contains(*n));
    needed.map(|name| (format!("the sentence must have ${name}"), None))
}

/// The text message is measured with ordinary names, as ours are.
fn long_message(file: &Path, language: &'static str, source: &str) -> Option<Diagnostic> {
    let own = Own {
        language,
        source: source.to_owned(),
    };
    let texts = Texts::with(&[], &[own]);
    let arguments = ORDINARY.map(|(name, text)| (name, text.into()));
    let (long, most) = gsm::places(&(texts.say(language, "sms", &arguments) + CODE_LINE));
    (long > most).then(|| {
        let what = format!("the text message has {long} characters with ordinary names");
        let help = match most {
            160 => "160 fit one message; the line for telephones is counted",
            _ => "70 fit one message, as one of its letters is not in GSM 03.38; the line for telephones is counted",
        };
        Diagnostic::at(file, source, place(source, "sms"), what).help(help)
    })
}

/// What each of our sentences has filled in.
fn arguments_of_ours() -> BTreeMap<String, BTreeSet<String>> {
    let english = parser::parse(LANGUAGES[0].1).unwrap_or_else(|(resource, _)| resource);
    let messages = english.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    });
    messages
        .map(|message| {
            let mut used = BTreeSet::new();
            message.value.iter().for_each(|v| arguments(v, &mut used));
            (message.id.name.to_owned(), used)
        })
        .collect()
}

fn arguments(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, into);
        }
    }
}

fn in_expression(expression: &Expression<&str>, into: &mut BTreeSet<String>) {
    match expression {
        Expression::Select { selector, variants } => {
            in_inline(selector, into);
            variants.iter().for_each(|v| arguments(&v.value, into));
        }
        Expression::Inline(inline) => in_inline(inline, into),
    }
}

fn in_inline(inline: &InlineExpression<&str>, into: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            into.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => in_expression(expression, into),
        _ => {}
    }
}

/// Where a key stands: at the beginning of a line.
fn place(source: &str, name: &str) -> std::ops::Range<usize> {
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let rest = line.trim_start_matches('-').strip_prefix(name);
        if rest.is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return at..at + name.len();
        }
        at += line.len();
    }
    0..0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, source: &str) -> Result<Vec<Own>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(name), source).expect("writes");
        std::fs::write(folder.path().join("README"), "not read").expect("writes");
        let lines = |all: Vec<Diagnostic>| {
            let all = all.iter().map(|d| format!("{}: {}", d.line, d.message));
            all.collect::<Vec<_>>().join("; ")
        };
        read(folder.path()).map_err(lines)
    }

    #[test]
    fn own_sentences_stand_instead_of_ours() {
        let own = said("sv.ftl", "unlock-open = Visa filerna\n").expect("no mistake");
        let texts = Texts::with(&["sv".into()], &own);
        assert_eq!(texts.say("sv", "unlock-open", &[]), "Visa filerna");
        assert_eq!(texts.say("en", "unlock-open", &[]), "Open");
        assert_eq!(texts.say("sv", "unlock-password", &[]), "Lösenord");
        let own = said("pl.ftl", "unlock-open = Pokaż pliki\n").expect("no mistake");
        let texts = Texts::with(&["pl".into()], &own);
        assert_eq!(texts.say("pl", "unlock-open", &[]), "Pokaż pliki");
    }

    #[test]
    fn every_mistake_has_its_line() {
        let long = format!("sms = {} {{ $password }}\n", "x".repeat(120));
        let polish = "sms = Hasło do plików przesyłki: { $password }\n";
        let rows = [
            (
                "sv.ftl",
                "\nunlock-opn = x\n",
                "2: there is no sentence \"unlock-opn\"",
            ),
            (
                "sv.ftl",
                "unlock-open = { $who }\n",
                "1: nothing is filled in for $who",
            ),
            (
                "sv.ftl",
                "unlock-open = a\nunlock-open = b\n",
                "1: this key stands twice",
            ),
            ("sv.ftl", "-brand = a\n", "1: terms are not known here"),
            (
                "sv.ftl",
                "sms = Hello\n",
                "1: the sentence must have $password",
            ),
            ("en.ftl", &long, "the text message has 168 characters"),
            ("pl.ftl", polish, "the text message has 74 characters"),
            ("sv.ftl", "unlock-open = { $\n", "1: "),
            (
                "fi.ftl",
                "unlock-open = x\n",
                "0: there is no such language here",
            ),
        ];
        for (name, source, expected) in rows {
            let why = said(name, source).expect_err(source);
            assert!(why.contains(expected), "{source}: {why}");
        }
    }
}
