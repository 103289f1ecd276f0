//! Reading all files of a policy: first every name that others can refer to, then rules and tests, then who waives whom.
//!
//! Promises: a name is given once over all files; a reference to a name that is nowhere is a mistake with its place.
//! Leaves to others: what single keys mean (`wish`, `rule`, `label`, `trial`).

use super::conditions::{Ground, Side};
use super::controls::Vocabulary;
use super::globs::Globs;
use super::label::Label;
use super::lists::{List, Lists};
use super::own_detectors;
use super::policy::{Frame, Policy, canonical, standing};
use super::rule::{Rule, Then, UNREADABLE, file_name};
use super::search::Asks;
use super::sheet::{Sheet, Value, get};
use super::trial::Trial;
use super::wish::{self, Level, Profiles, Wish};
use crate::fault::diagnostic::{Diagnostic, Diagnostics};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use toml::de::DeTable;

pub(super) const TOP: &[&str] = &[
    "defaults", "detector", "label", "list", "profile", "rule", "schema", "test",
];

/// What is known of all files while they are read.
pub(super) struct Reading<'f> {
    frame: &'f Frame,
    lists: Lists,
    labels: Vec<Label>,
    profiles: Profiles,
    /// Where each name of a kind was first given: `rule size-large` → `10-size.toml:10`.
    given: BTreeMap<String, String>,
    tags: Vec<String>,
    rules: Vec<Arc<Rule>>,
    trials: Vec<Arc<Trial>>,
    asks: RefCell<Asks>,
    wrong: Vec<Diagnostic>,
}

impl<'f> Reading<'f> {
    pub(super) fn new(frame: &'f Frame, wrong: Vec<Diagnostic>) -> Self {
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
            asks: RefCell::default(),
            wrong,
        }
    }

    /// Notes a name that was given before.
    fn once(&mut self, sheet: &mut Sheet<'_>, kind: &str, name: &str, span: Range<usize>) {
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
    pub(super) fn names<'t>(&mut self, sheet: &mut Sheet<'t>, document: &DeTable<'t>) {
        sheet.keys(document, "top-level", TOP, &[]);
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
            let list = List::read(sheet, table, span);
            self.lists.insert(name, Arc::new(list));
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

    /// Second pass: detectors, which refer to lists.
    pub(super) fn detectors<'t>(&mut self, sheet: &mut Sheet<'t>, document: &DeTable<'t>) {
        for (name, span, table) in named(sheet, document, "detector") {
            self.once(sheet, "detector", &name, span.clone());
            let asks = self.asks.get_mut();
            let own =
                own_detectors::read(sheet, (&name, span), table, &self.lists, asks.patterns());
            own.into_iter().for_each(|own| asks.own(own));
        }
    }

    /// Third pass: rules and tests.
    pub(super) fn rules<'t>(&mut self, sheet: &mut Sheet<'t>, document: &DeTable<'t>) {
        let defaults = match get(document, "defaults").and_then(|v| sheet.table(v)) {
            Some(table) => {
                sheet.keys(table, "defaults", wish::KEYS, wish::LATER);
                Wish::read(sheet, table, &self.frame.channels)
            }
            None => Wish::default(),
        };
        for (table, span) in get(document, "rule").map_or_else(Vec::new, |v| sheet.tables(v)) {
            if let Some((id, at)) = id_of(table) {
                self.once(sheet, "rule", id, at);
            }
            // Without a `then` there will be no policy; the rest of the rule is read for its mistakes.
            let then = self.then(sheet, (table, &span), &defaults);
            let ground = Ground {
                side: Side::Protect,
                lists: &self.lists,
                labels: &self.labels,
                asks: &self.asks,
                finds: &RefCell::default(),
            };
            let languages = &self.frame.languages;
            let then = then.unwrap_or_default();
            let Some(rule) = Rule::read(sheet, (table, span), &ground, languages, then) else {
                continue;
            };
            self.tags.extend(tags_of(table));
            self.rules.push(Arc::new(rule));
        }
        for (table, span) in get(document, "test").map_or_else(Vec::new, |v| sheet.tables(v)) {
            let trial = Trial::read(sheet, table, span, &self.frame.channels);
            self.trials.extend(trial.map(Arc::new));
        }
    }

    /// Reads `then` and fills in what it leaves out: profile, defaults of the file, `[transfer]`. The last two, but for action and
    /// `require_tls`, are about transfers and do not concern a rule that passes.
    fn then<'t>(
        &self,
        sheet: &mut Sheet<'t>,
        rule: (&DeTable<'t>, &Range<usize>),
        defaults: &Wish,
    ) -> Option<Then> {
        let frame = self.frame;
        let before = sheet.found.len();
        let (mut then, profile) = Then::read(sheet, rule, &frame.channels, &frame.languages)?;
        then.fill_in(&then.wish.clone(), "the rule");
        if let Some((name, span)) = profile {
            match self.profiles.get(&name) {
                Some(profile) => {
                    let holds = then.wish.action == Some(Level::Hold);
                    then.fill_in(profile, &format!("profile {name}"));
                    then.wish.beneath = profile.action.filter(|l| holds && *l < Level::Hold);
                }
                None => {
                    let known = self.profiles.keys().map(String::as_str);
                    sheet.unknown(span, "profile", &name, known);
                }
            }
        }
        let of_file = format!("[defaults] of {}", file_name(sheet));
        let action = Wish {
            action: defaults.action,
            require_tls: defaults.require_tls,
            ..Wish::default()
        };
        then.fill_in(&action, &of_file);
        match then.wish.action {
            Some(Level::Transfer | Level::Seal) => {
                then.fill_in(defaults, &of_file);
                then.fill_in(&standing(&frame.defaults), "[transfer]");
            }
            Some(Level::Hold) => self.hold(sheet, rule, &mut then, (defaults, &of_file)),
            Some(_) => {}
            None if sheet.found.len() == before => {
                let help = "write then = { action = \"transfer\" }, or give its profile an action";
                sheet.wrong_but(
                    rule.1.clone(),
                    "the rule decides nothing: it has no action",
                    help,
                );
            }
            None => {}
        }
        self.only_for_holding(sheet, rule.0, &then);
        self.lane_is_there(sheet, rule, &then);
        let refuses = then.wish.action == Some(Level::Reject) || then.reject_over.is_some();
        if let Some(text) = get(rule.0, "then")
            .and_then(|v| v.get_ref().as_table())
            .and_then(|t| get(t, "text"))
            .filter(|_| !refuses)
        {
            let help = "take it out, or write action = \"reject\"";
            sheet.wrong_but(
                text.span(),
                "`text` is for refusals only; senders read `why`",
                help,
            );
        }
        Some(then)
    }

    /// A rule that holds: somebody must be able to release, and what its profile wants after that is filled in as for any other.
    fn hold(
        &self,
        sheet: &mut Sheet<'_>,
        rule: (&DeTable<'_>, &Range<usize>),
        then: &mut Then,
        (defaults, of_file): (&Wish, &str),
    ) {
        if then.wish.beneath >= Some(Level::Transfer) {
            then.fill_in(defaults, of_file);
            then.fill_in(&standing(&self.frame.defaults), "[transfer]");
        }
        let waiting = Wish {
            release_by: defaults.release_by.clone(),
            hold_for: defaults.hold_for,
            ..Wish::default()
        };
        then.fill_in(&waiting, of_file);
        let main = Some(self.frame.release_by.clone()).filter(|list| !list.is_empty());
        let main = Wish {
            release_by: main,
            ..Wish::default()
        };
        then.fill_in(&main, "[policy]");
        let table = get(rule.0, "then").and_then(|v| v.get_ref().as_table());
        let written = table.and_then(|t| get(t, "release_by")).is_some();
        if then.wish.release_by.is_none() && !written {
            sheet.wrong_but(
                rule.1.clone(),
                "nobody may release what this rule holds",
                "write `release_by = [\"dpo@example.org\"]`, here or under [policy] of the main configuration",
            );
        }
    }

    fn only_for_holding(&self, sheet: &mut Sheet<'_>, rule: &DeTable<'_>, then: &Then) {
        let table = get(rule, "then").and_then(|v| v.get_ref().as_table());
        let acts = then.wish.action.is_some_and(|level| level != Level::Hold);
        // A mail may wait for its own sender.
        let keys = match then.wish.may_wait() {
            true => &["release_by"][..],
            false => &["hold_for", "release_by"],
        };
        for key in keys {
            if let Some(value) = table.and_then(|t| get(t, key)).filter(|_| acts) {
                sheet.wrong(value.span(), format!("`{key}` is for rules that hold"));
            }
        }
    }

    /// Without the lane, what a rule means to protect could not leave at all.
    fn lane_is_there(
        &self,
        sheet: &mut Sheet<'_>,
        rule: (&DeTable<'_>, &Range<usize>),
        then: &Then,
    ) {
        if then.wish.require_tls.is_none() || self.frame.verified_tls {
            return;
        }
        let table = get(rule.0, "then").and_then(|v| v.get_ref().as_table());
        let written = table.and_then(|t| get(t, "require_tls"));
        sheet.wrong_but(
            written.map_or_else(|| rule.1.clone(), |v| v.span()),
            "the rule asks for verified TLS, and no mail server here delivers like that",
            "set intake.next_hop_verified_tls = \"smtp://HOST:PORT\" in the main configuration: a mail server that sends over verified TLS or not at all (`cloakroom manual postfix`)",
        );
    }

    /// Fourth pass, when every rule is known: may it waive, and is there something to waive?
    pub(super) fn waivers<'t>(&self, sheet: &mut Sheet<'t>, document: &DeTable<'t>) {
        let rules = get(document, "rule").and_then(|v| v.get_ref().as_array());
        for rule in rules.into_iter().flat_map(|rules| rules.iter()) {
            let Some(table) = rule.get_ref().as_table() else {
                continue;
            };
            let then = get(table, "then").and_then(|v| v.get_ref().as_table());
            let (Some((id, _)), Some(waives)) = (id_of(table), then.and_then(|t| get(t, "waives")))
            else {
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
                .chain([UNREADABLE])
        };
        let matches = Globs::new([glob.to_owned()]).is_ok_and(|g| others().any(|o| g.matches(o)));
        if !matches {
            sheet.unknown(item.span(), "rule", glob, others());
        }
    }

    /// A name in `may_waive` that no rule has would let whoever writes such a rule later weaken all others.
    pub(super) fn may_waive(&mut self) {
        for id in &self.frame.may_waive {
            if !self.given.contains_key(&format!("rule {id}")) {
                let message =
                    format!("policy.may_waive names the rule \"{id}\", which there is not");
                self.wrong
                    .push(Diagnostic::of_file("cloakroom.toml", message));
            }
        }
    }

    /// The policy, unless there is a mistake; `found` are those of the files.
    pub(super) fn finish(mut self, found: Vec<Diagnostic>) -> Result<Policy, Diagnostics> {
        self.wrong.extend(found);
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
                country: frame.country,
            },
            frame,
            rules: self.rules,
            labels: self.labels,
            wanted: Arc::new(self.asks.into_inner().finish()),
            trials: self.trials,
            lists: self.lists,
            given: self.given,
            hash: String::new(),
        })
    }
}

/// The id of a rule, and where it stands.
fn id_of<'v>(rule: &'v DeTable<'_>) -> Option<(&'v str, Range<usize>)> {
    let value = get(rule, "id")?;
    Some((value.get_ref().as_str()?, value.span()))
}

/// Tables of a section, such as every `[list.NAME]`.
fn named<'v, 't>(
    sheet: &mut Sheet<'t>,
    document: &'v DeTable<'t>,
    section: &str,
) -> Vec<(String, Range<usize>, &'v DeTable<'t>)> {
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
