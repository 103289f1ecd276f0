//! The policy: every `*.toml` of a folder, checked as one.
//!
//! Promises: order and names of files mean nothing; every mistake of every file is told at once, with its place (T109); nothing
//! unknown is skipped, because a misspelt key would be a protection that silently is not there. A policy without rules passes
//! everything.
//! Leaves to others: what the main configuration says ([`Frame`]), deciding (`judge`), running the tests (`trial`).

use super::controls::Vocabulary;
use super::label::Label;
use super::lists::Lists;
use super::reading::Reading;
use super::rule::Rule;
use super::search::Wanted;
use super::sheet::Sheet;
use super::trial::Trial;
use super::wish::{Level, Profiles, Ways, Wish};
use crate::fault::diagnostic::{Diagnostic, Diagnostics};
use crate::mail::Address;
use crate::transfer::phone::Country;
use crate::transfer::{Options, Unlock};
use crate::units::Period;
use sha2::{Digest, Sha256};
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
    /// `[profile.NAME]` of the main configuration, read by [`profiles`](super::wish::profiles).
    pub profiles: Profiles,
    /// `[transfer]`: what a rule gets when it says nothing.
    pub defaults: Options,
    /// Ids of the rules that may have `waives`.
    pub may_waive: Vec<String>,
    /// Who may release what a rule holds that names nobody; empty: each must name somebody.
    pub release_by: Vec<Address>,
    /// No transfer is kept longer.
    pub max_keep_for: Duration,
    /// Languages there are texts for; the first is used when nothing else is known.
    pub languages: Vec<String>,
    /// Names and kinds of channels that `password_via` may name; empty: any.
    pub channels: Ways,
    /// `scan.unreadable`: what a mail gets at least if a rule wanted to look into something that cannot be read.
    pub unreadable: Level,
    /// There is a way out that delivers over verified TLS only, so that rules may ask for it.
    pub verified_tls: bool,
    /// Whose telephone numbers are written without their country; `None`: nobody's.
    pub country: Option<Country>,
}

/// A checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) frame: Frame,
    /// By id: merging must not depend on files.
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) labels: Vec<Label>,
    pub(super) words: Vocabulary,
    /// What the rules look for in content.
    pub(super) wanted: Arc<Wanted>,
    pub(super) trials: Vec<Arc<Trial>>,
    /// Lists of addresses, by name.
    pub(super) lists: Lists,
    /// Where each name was given: `list courts` → `policies/40-legal.toml:77`.
    pub(super) given: BTreeMap<String, String>,
    pub(super) hash: String,
}

/// Nobody writes more; a larger file is not a policy.
const MAX_FILE: u64 = 16 << 20;

impl Default for Frame {
    /// What `cloakroom.toml` says when it says nothing.
    fn default() -> Self {
        Frame {
            domains: Vec::new(),
            profiles: Profiles::new(),
            defaults: Options::of(
                Unlock::Password,
                ["agreed", "sms", "sender"].map(String::from).to_vec(),
                Period::days(14).duration(),
            ),
            may_waive: Vec::new(),
            release_by: Vec::new(),
            max_keep_for: Period::days(60).duration(),
            languages: vec!["en".into()],
            channels: Ways::new(),
            unreadable: Level::Transfer,
            verified_tls: false,
            country: None,
        }
    }
}

impl Policy {
    /// Reads every `*.toml` of a folder; files that begin with a dot are left out, as editors leave them there.
    pub fn load(dir: &Path, frame: &Frame) -> Result<Policy, Diagnostics> {
        Policy::load_with(dir, &[], frame)
    }

    /// The same as if `drafts` lay in the folder too; one with the name of a file there stands in its place.
    pub fn load_with(dir: &Path, drafts: &[PathBuf], frame: &Frame) -> Result<Policy, Diagnostics> {
        let entries = std::fs::read_dir(dir).map_err(|e| {
            let help = "policy.dir of the main configuration names this folder; an empty one is a policy without rules";
            Diagnostics(vec![unreadable(dir, &e).help(help)])
        })?;
        let mut paths = Vec::new();
        let mut wrong = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => wrong.push(unreadable(dir, &error)),
            }
        }
        let replaced = |path: &Path| drafts.iter().any(|d| d.file_name() == path.file_name());
        paths.retain(|path| is_policy(path) && !replaced(path));
        paths.sort();
        paths.extend(drafts.iter().cloned());
        let mut sources = Vec::new();
        for path in paths {
            match read_file(&path) {
                Ok(text) => sources.push((path, text)),
                Err(mistake) => wrong.push(mistake),
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
        for (sheet, document) in &mut pages {
            reading.detectors(sheet, document);
        }
        for (sheet, document) in &mut pages {
            reading.rules(sheet, document);
        }
        for (sheet, document) in &mut pages {
            reading.waivers(sheet, document);
        }
        reading.may_waive();
        let found = pages.into_iter().flat_map(|(sheet, _)| sheet.found);
        let mut policy = reading.finish(found.collect())?;
        policy.hash = policy.digest(sources);
        Ok(policy)
    }

    /// Over everything it was read from: files, list files, and what the main configuration says.
    fn digest(&self, sources: &[(PathBuf, String)]) -> String {
        let mut hash = Sha256::new();
        let mut take = |text: &str| {
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        };
        for (path, text) in sources {
            take(&path.file_name().unwrap_or_default().to_string_lossy());
            take(text);
        }
        for (name, list) in &self.lists {
            take(name);
            list.entries().iter().for_each(|entry| take(&entry.word));
        }
        take(&format!("{:?}", self.frame));
        hash.finalize()[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Twelve hexadecimal digits that tell one policy from another: in the log at start and at every reload.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What the main configuration says about policy.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let found = self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id));
        found.ok().map(|at| self.rules[at].as_ref())
    }

    /// True if the address is a colleague's: its domain is one of ours, or it has none (`postmaster`).
    pub fn is_internal(&self, address: &Address) -> bool {
        address.is_of(&self.frame.domains)
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

    /// What its rules look for in content.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
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

/// `[transfer]` as a wish.
pub(super) fn standing(defaults: &Options) -> Wish {
    Wish {
        action: None,
        unlock: Some(defaults.unlock),
        password_via: Some(defaults.password_via.clone()),
        password_rules: Some(defaults.password_rules.clone()),
        password_style: Some(defaults.password_rules.style),
        keep_for: Some(defaults.keep_for),
        downloads: defaults.downloads,
        hide_names: Some(defaults.hide_names),
        hide_subject: Some(defaults.hide_subject),
        recovery: Some(defaults.recovery),
        if_no_channel: Some(defaults.if_no_channel),
        notify: Some(defaults.notify.clone()),
        ..Wish::default()
    }
}

fn is_policy(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && path.extension().is_some_and(|e| e == "toml")
}

/// A file of policy, or a list that one names. A pipe would be waited for, and a giant be read: neither is taken.
pub(super) fn read_file(path: &Path) -> Result<String, Diagnostic> {
    let wrong = |message: &str, help: &str| Diagnostic::of_file(path, message).help(help);
    let about = std::fs::metadata(path).map_err(|e| unreadable(path, &e))?;
    if !about.is_file() {
        let help = "take it away, or give it a name that does not end in .toml";
        return Err(wrong("is no ordinary file", help));
    }
    if about.len() > MAX_FILE {
        let help = "nobody writes so much by hand: is it the right file?";
        return Err(wrong(
            "is larger than 16 MiB, the most a file of policy may have",
            help,
        ));
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(path, &e))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
        let help = "save it as UTF-8: it was written in an older charset";
        Diagnostic::at(path, &text, at..end, "this is no UTF-8").help(help)
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    use std::io::ErrorKind::{NotFound, PermissionDenied};
    let link = std::fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
    let wrong = Diagnostic::of_file(path, format!("cannot be read: {error}"));
    match error.kind() {
        NotFound if link => Diagnostic::of_file(path, "is a link to a file that is not there")
            .help("mend the link, or take it away"),
        PermissionDenied => {
            wrong.help("the gateway's own user needs leave to read it: chmod, chgrp")
        }
        _ => wrong,
    }
}

/// Domains are compared in the form addresses have.
pub(super) fn canonical(domain: &str) -> String {
    match format!("x@{domain}").parse::<Address>() {
        Ok(address) => address.domain().to_owned(),
        Err(_) => domain.to_lowercase(),
    }
}
