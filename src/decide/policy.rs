//! The policy: every `*.toml` of a folder, checked as one.
//!
//! Promises: order and names of files mean nothing; every mistake of every file is told at once, with its place (T109); nothing
//! unknown is skipped, because a misspelt key would be a protection that silently is not there. A policy without rules passes
//! everything.
//! Leaves to others: what the main configuration says ([`Frame`]), deciding (`judge`), running the tests (`trial`).

use super::conditions::{Ground, Side};
use super::controls::Vocabulary;
use super::globs::Globs;
use super::label::Label;
use super::people::{Lists, PATTERNS, Pool};
use super::rule::{Rule, Then};
use super::sheet::{Sheet, Value, get};
use super::trial::Trial;
use super::wish::{self, Level, Profiles, Wish};
use crate::fault::diagnostic::{Diagnostic, Diagnostics};
use crate::mail::Address;
use crate::transfer::{Options, Unlock};
use crate::units::Period;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use toml::de::DeTable;

/// What the main configuration says about policy.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Domains whose recipients are colleagues.
    pub domains: Vec<String>,
    /// `[profile.NAME]` of the main configuration, read by [`wish::profiles`].
    pub profiles: Profiles,
    /// `[transfer]`: what a rule gets when it says nothing.
    pub defaults: Options,
    /// Ids of the rules that may have `waives`.
    pub may_waive: Vec<String>,
    /// No transfer is kept longer.
    pub max_keep_for: Duration,
    /// Languages there are texts for; the first is used when nothing else is known.
    pub languages: Vec<String>,
    /// Names and kinds of channels that `password_via` may name; empty: any.
    pub channels: Vec<String>,
}

/// A checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) frame: Frame,
    /// By id: merging must not depend on files.
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) labels: Vec<Label>,
    pub(super) words: Vocabulary,
    pub(super) trials: Vec<Arc<Trial>>,
}

const TOP: &[&str] = &[
    "defaults", "label", "list", "profile", "rule", "schema", "test",
];
const TOP_LATER: &[&str] = &["detector"];

/// Nobody writes more; a larger file is not a policy.
const MAX_FILE: u64 = 16 << 20;

impl Default for Frame {
    /// What `cloakroom.toml` says when it says nothing.
    fn default() -> Self {
        Frame {
            domains: Vec::new(),
            profiles: Profiles::new(),
            defaults: Options {
                unlock: Unlock::Password,
                password_via: ["agreed", "sms", "sender"].map(String::from).to_vec(),
                keep_for: Period::days(14).duration(),
                downloads: None,
                hide_names: false,
                hide_subject: false,
                notify: Vec::new(),
                language: None,
                phone: None,
                password: None,
            },
            may_waive: Vec::new(),
            max_keep_for: Period::days(60).duration(),
            languages: vec!["en".into()],
            channels: Vec::new(),
        }
    }
}

impl Policy {
    /// Reads every `*.toml` of a folder; files that begin with a dot are left out, as editors leave them there.
    pub fn load(dir: &Path, frame: &Frame) -> Result<Policy, Diagnostics> {
        let unreadable = |path: &Path, e: std::io::Error| Diagnostic::of_file(path, e.to_string());
        let entries = std::fs::read_dir(dir).map_err(|e| Diagnostics(vec![unreadable(dir, e)]))?;
        let mut paths = Vec::new();
        let mut wrong = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => wrong.push(unreadable(dir, error)),
            }
        }
        paths.retain(|path| is_policy(path));
        paths.sort();
        let mut sources = Vec::new();
        for path in paths {
            match read_file(&path) {
                Ok(text) => sources.push((path, text)),
                Err(error) => wrong.push(unreadable(&path, error)),
            }
        }
        Policy::read_with(&sources, frame, wrong)
    }

    /// Reads files that are in memory already: path and text of each.
    pub fn read(sources: &[(PathBuf, String)], frame: &Frame) -> Result<Policy, Diagnostics> {
        Policy::read_with(sources, frame, Vec::new())
    }

    fn read_with(
        sources: &[(PathBuf, String)],
        frame: &Frame,
        wrong: Vec<Diagnostic>,
    ) -> Result<Policy, Diagnostics> {
        let mut reading = Reading::new(frame, wrong);
        let mut pages: Vec<(Sheet<'_>, DeTable<'_>)> = Vec::new();
        for (path, text) in sources {
            let mut sheet = Sheet::new(path, text);
            let document = sheet.document();
            reading.names(&mut sheet, &document);
            pages.push((sheet, document));
        }
        reading.labels.sort_by(|a, b| a.name.cmp(&b.name));
        for (sheet, document) in &mut pages {
            reading.rules(sheet, document);
        }
        for (sheet, document) in &mut pages {
            reading.waivers(sheet, document);
        }
        reading.may_waive();
        reading
            .wrong
            .extend(pages.into_iter().flat_map(|(sheet, _)| sheet.found));
        reading.finish()
    }

    /// True if the address is a colleague's: its domain is one of ours, or it has none (`postmaster`).
    pub fn is_internal(&self, address: &Address) -> bool {
        let domain = address.domain();
        domain.is_empty() || self.frame.domains.iter().any(|d| d == domain)
    }

    /// Every rule, by file and line.
    pub fn rules(&self) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = self.rules.iter().map(Arc::as_ref).collect();
        rules.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        rules
    }

    /// Rules whose `review_by` is before this day.
    pub fn overdue(&self, today: jiff::civil::Date) -> Vec<&Rule> {
        let mut rules = self.rules();
        rules.retain(|rule| rule.review_by.is_some_and(|day| day < today));
        rules
    }

    /// The tests in its files.
    pub fn trials(&self) -> &[Arc<Trial>] {
        &self.trials
    }

    /// The same policy without one rule: shows whether a test notices.
    pub fn without(&self, id: &str) -> Policy {
        let mut policy = self.clone();
        policy.rules.retain(|rule| rule.id != id);
        policy
    }
}

/// What is known of all files while they are read.
struct Reading<'f> {
    frame: &'f Frame,
    lists: Lists,
    labels: Vec<Label>,
    profiles: Profiles,
    /// Where each name of a kind was first given: `rule size-large` → `10-size.toml:10`.
    given: BTreeMap<String, String>,
    tags: Vec<String>,
    rules: Vec<Arc<Rule>>,
    trials: Vec<Arc<Trial>>,
    wrong: Vec<Diagnostic>,
}

impl<'f> Reading<'f> {
    fn new(frame: &'f Frame, wrong: Vec<Diagnostic>) -> Self {
        let profile = |name: &String| (format!("profile {name}"), "the main configuration".into());
        Reading {
            frame,
            lists: Lists::new(),
            labels: Vec::new(),
            profiles: frame.profiles.clone(),
            given: frame.profiles.keys().map(profile).collect(),
            tags: Vec::new(),
            rules: Vec::new(),
            trials: Vec::new(),
            wrong,
        }
    }

    /// Notes a name that was given before.
    fn once(
        &mut self,
        sheet: &mut Sheet<'_>,
        kind: &str,
        name: &str,
        span: std::ops::Range<usize>,
    ) {
        let file = sheet.file.display();
        let place = format!("{file}:{}", sheet.line(&span));
        let key = format!("{kind} {name}");
        if let Some(before) = self.given.get(&key) {
            let message = format!("there are two of {kind} \"{name}\"");
            sheet.wrong_but(span, message, format!("the other one is in {before}"));
        } else {
            self.given.insert(key, place);
        }
    }

    /// First pass: everything that others can refer to.
    fn names<'t>(&mut self, sheet: &mut Sheet<'t>, document: &DeTable<'t>) {
        sheet.keys(document, "top-level", TOP, TOP_LATER);
        if let Some(value) = get(document, "schema")
            && sheet.number(value, 1).is_some_and(|schema| schema != 1)
        {
            sheet.wrong(value.span(), "this version reads schema 1 only");
        }
        for (name, (wish, span)) in wish::read_profiles(sheet, document, &self.frame.channels) {
            self.once(sheet, "profile", &name, span);
            self.profiles.insert(name, wish);
        }
        for (name, span, table) in named(sheet, document, "list") {
            self.once(sheet, "list", &name, span.clone());
            let pool = read_list(sheet, table, span);
            self.lists.insert(name, Arc::new(pool));
        }
        for (name, span, table) in named(sheet, document, "label") {
            self.once(sheet, "label", &name, span.clone());
            let Some(label) = Label::read(sheet, &name, span.clone(), table) else {
                continue;
            };
            if let Some(equal) = self.labels.iter().find(|l| l.rank == label.rank) {
                let message = format!("labels \"{name}\" and \"{}\" have one rank", equal.name);
                sheet.wrong_but(
                    span,
                    message,
                    "a mail carries the label of the highest rank",
                );
            }
            self.tags.extend(label.tags.iter().cloned());
            self.labels.push(label);
        }
    }

    /// Second pass: rules and tests.
    fn rules<'t>(&mut self, sheet: &mut Sheet<'t>, document: &DeTable<'t>) {
        let defaults = match get(document, "defaults").and_then(|v| sheet.table(v)) {
            Some(table) => {
                sheet.keys(table, "defaults", wish::KEYS, wish::LATER);
                Wish::read(sheet, table, &self.frame.channels)
            }
            None => Wish::default(),
        };
        for (table, span) in get(document, "rule").map_or_else(Vec::new, |v| sheet.tables(v)) {
            let Some(then) = self.then(sheet, (table, &span), &defaults) else {
                continue;
            };
            let ground = Ground {
                side: Side::Protect,
                lists: &self.lists,
                labels: &self.labels,
            };
            let languages = &self.frame.languages;
            let Some(rule) = Rule::read(sheet, (table, span.clone()), &ground, languages, then)
            else {
                continue;
            };
            let at = get(table, "id").map_or(span, Value::span);
            self.once(sheet, "rule", &rule.id, at);
            self.tags.extend(tags_of(table));
            self.rules.push(Arc::new(rule));
        }
        for (table, span) in get(document, "test").map_or_else(Vec::new, |v| sheet.tables(v)) {
            let trial = Trial::read(sheet, table, span);
            self.trials.extend(trial.map(Arc::new));
        }
    }

    /// Reads `then` and fills in what it leaves out: profile, defaults of the file, `[transfer]`. The last two are about
    /// transfers and do not concern a rule that passes.
    fn then<'t>(
        &self,
        sheet: &mut Sheet<'t>,
        rule: (&DeTable<'t>, &std::ops::Range<usize>),
        defaults: &Wish,
    ) -> Option<Then> {
        let frame = self.frame;
        let before = sheet.found.len();
        let (mut then, profile) = Then::read(sheet, rule, &frame.channels, &frame.languages)?;
        if let Some((name, span)) = profile {
            match self.profiles.get(&name) {
                Some(profile) => then.wish = then.wish.or(profile),
                None => {
                    let known = self.profiles.keys().map(String::as_str);
                    sheet.unknown(span, "profile", &name, known);
                }
            }
        }
        then.wish.action = then.wish.action.or(defaults.action);
        match then.wish.action {
            Some(Level::Transfer | Level::Seal) => {
                then.wish = then.wish.or(defaults).or(&standing(&frame.defaults));
            }
            Some(_) => {}
            None if sheet.found.len() == before => {
                sheet.wrong(rule.1.clone(), "the rule decides nothing: it has no action");
            }
            None => {}
        }
        let refuses = then.wish.action == Some(Level::Reject) || then.reject_over.is_some();
        if let Some(text) = get(rule.0, "then")
            .and_then(|v| v.get_ref().as_table())
            .and_then(|t| get(t, "text"))
            .filter(|_| !refuses)
        {
            sheet.wrong(
                text.span(),
                "`text` is for refusals only; senders read `why`",
            );
        }
        Some(then)
    }

    /// Third pass, when every rule is known: may it waive, and is there something to waive?
    fn waivers<'t>(&self, sheet: &mut Sheet<'t>, document: &DeTable<'t>) {
        let rules = get(document, "rule").and_then(|v| v.get_ref().as_array());
        for rule in rules.into_iter().flat_map(|rules| rules.iter()) {
            let Some(table) = rule.get_ref().as_table() else {
                continue;
            };
            let id = get(table, "id").and_then(|v| v.get_ref().as_str());
            let then = get(table, "then").and_then(|v| v.get_ref().as_table());
            let (Some(id), Some(waives)) = (id, then.and_then(|t| get(t, "waives"))) else {
                continue;
            };
            if !self.frame.may_waive.iter().any(|m| m == id) {
                sheet.wrong_but(
                    waives.span(),
                    format!("rule \"{id}\" may not waive others"),
                    "only rules named in policy.may_waive of the main configuration may",
                );
            }
            let items = waives.get_ref().as_array();
            let single = items.is_none().then_some(waives);
            for item in items.into_iter().flat_map(|i| i.iter()).chain(single) {
                self.waived(sheet, id, item);
            }
        }
    }

    fn waived(&self, sheet: &mut Sheet<'_>, id: &str, item: &Value<'_>) {
        let Some(glob) = item.get_ref().as_str() else {
            return;
        };
        let others = || {
            self.rules
                .iter()
                .map(|r| r.id.as_str())
                .filter(|r| *r != id)
        };
        let matches = Globs::new([glob.to_owned()]).is_ok_and(|g| others().any(|o| g.matches(o)));
        if !matches {
            sheet.unknown(item.span(), "rule", glob, others());
        }
    }

    /// A name in `may_waive` that no rule has would let whoever writes such a rule later weaken all others.
    fn may_waive(&mut self) {
        for id in &self.frame.may_waive {
            if !self.given.contains_key(&format!("rule {id}")) {
                let message =
                    format!("policy.may_waive names the rule \"{id}\", which there is not");
                self.wrong
                    .push(Diagnostic::of_file("cloakroom.toml", message));
            }
        }
    }

    fn finish(mut self) -> Result<Policy, Diagnostics> {
        if !self.wrong.is_empty() {
            let place = |d: &Diagnostic| (d.file.clone(), d.line, d.column);
            self.wrong.sort_by_key(place);
            self.wrong.dedup();
            return Err(Diagnostics(self.wrong));
        }
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        self.tags.sort();
        self.tags.dedup();
        let mut frame = self.frame.clone();
        frame.domains.iter_mut().for_each(|d| *d = canonical(d));
        Ok(Policy {
            words: Vocabulary {
                words: self.tags,
                languages: frame.languages.clone(),
            },
            frame,
            rules: self.rules,
            labels: self.labels,
            trials: self.trials,
        })
    }
}

/// `[transfer]` as a wish.
pub(super) fn standing(defaults: &Options) -> Wish {
    Wish {
        action: None,
        unlock: Some(defaults.unlock),
        password_via: Some(defaults.password_via.clone()),
        keep_for: Some(defaults.keep_for),
        downloads: defaults.downloads,
        hide_names: Some(defaults.hide_names),
        hide_subject: Some(defaults.hide_subject),
        notify: Some(defaults.notify.clone()),
        take: None,
    }
}

/// Tables of a section, such as every `[list.NAME]`.
fn named<'v, 't>(
    sheet: &mut Sheet<'t>,
    document: &'v DeTable<'t>,
    section: &str,
) -> Vec<(String, std::ops::Range<usize>, &'v DeTable<'t>)> {
    let Some(tables) = get(document, section).and_then(|v| sheet.table(v)) else {
        return Vec::new();
    };
    tables
        .iter()
        .filter_map(|(name, value)| {
            let table = sheet.table(value)?;
            Some((name.get_ref().to_string(), name.span(), table))
        })
        .collect()
}

fn read_list<'t>(sheet: &mut Sheet<'t>, table: &DeTable<'t>, span: std::ops::Range<usize>) -> Pool {
    sheet.keys(table, "list", &["entries", "file"], &[]);
    let mut pool = Pool::default();
    if let Some(words) = get(table, "entries").and_then(|v| sheet.strings(v)) {
        for (word, span) in words {
            if let Err(why) = pool.add(&word) {
                sheet.wrong_but(span, format!("\"{word}\": {why}"), PATTERNS);
            }
        }
    }
    let file = get(table, "file").and_then(|v| Some((sheet.string(v)?, v.span())));
    if let Some((name, span)) = file {
        let path = sheet.file.parent().unwrap_or(Path::new("")).join(&name);
        match read_file(&path) {
            Ok(text) => read_lines(sheet, &path, &text, &mut pool),
            Err(e) => sheet.wrong(span, format!("{}: {e}", path.display())),
        }
    }
    if get(table, "entries").is_none() && get(table, "file").is_none() {
        sheet.wrong(span, "the list has neither `entries` nor `file`");
    }
    pool
}

/// One pattern a line; `#` begins a remark.
fn read_lines(sheet: &mut Sheet<'_>, path: &Path, text: &str, pool: &mut Pool) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let entry = line.split('#').next().unwrap_or_default();
        let word = entry.trim();
        if !word.is_empty()
            && let Err(why) = pool.add(word)
        {
            let start = at + entry.len() - entry.trim_start().len();
            let message = format!("\"{word}\": {why}");
            let wrong = Diagnostic::at(path, text, start..start + word.len(), message);
            sheet.found.push(wrong.help(PATTERNS));
        }
        at += line.len();
    }
}

/// Tags that conditions of a rule ask for: they are tags because somebody asks.
fn tags_of(rule: &DeTable<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["when", "unless"] {
        let Some(value) = get(rule, key) else {
            continue;
        };
        let one = value.get_ref().as_table();
        let many = value.get_ref().as_array();
        let many = many.into_iter().flat_map(|a| a.iter());
        for table in one
            .into_iter()
            .chain(many.filter_map(|v| v.get_ref().as_table()))
        {
            let Some(tags) = get(table, "subject_tag") else {
                continue;
            };
            let list = tags.get_ref().as_array().into_iter().flat_map(|a| a.iter());
            let words = list.chain([tags]).filter_map(|v| v.get_ref().as_str());
            found.extend(words.map(super::tags::form));
        }
    }
    found
}

fn is_policy(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && path.extension().is_some_and(|e| e == "toml")
}

fn read_file(path: &Path) -> std::io::Result<String> {
    let length = std::fs::metadata(path)?.len();
    if length > MAX_FILE {
        return Err(std::io::Error::other("the file is too large for a policy"));
    }
    std::fs::read_to_string(path)
}

/// Domains are compared in the form addresses have.
fn canonical(domain: &str) -> String {
    match format!("x@{domain}").parse::<Address>() {
        Ok(address) => address.domain().to_owned(),
        Err(_) => domain.to_lowercase(),
    }
}
