//! What a test of a policy expects of a plan.

use super::rule::SENDER;
use super::sheet::{Sheet, Value, get};
use super::wish::{self, Freedom, Level};
use crate::mail::{Address, Lane};
use crate::transfer::password_rules::Style;
use crate::transfer::plan::Weight;
use crate::transfer::{Action, Decision, IfNoChannel, Plan, Recovery, Unlock};
use crate::units::Period;
use std::time::Duration;

/// What a test expects; `None`: does not matter.
#[derive(Debug, Default)]
pub(super) struct Expected {
    action: Option<Level>,
    unlock: Option<Unlock>,
    keep_for: Option<Duration>,
    downloads: Option<u32>,
    hide_names: Option<bool>,
    hide_subject: Option<bool>,
    password_rules: Option<Vec<String>>,
    password_style: Option<Style>,
    password_via: Option<Vec<String>>,
    notify: Option<Vec<String>>,
    recovery: Option<Recovery>,
    if_no_channel: Option<IfNoChannel>,
    link_allowed: Option<bool>,
    rules: Option<Vec<String>>,
    release_by: Option<Vec<String>>,
    hold_for: Option<Duration>,
    require_tls: Option<Lane>,
    subject: Option<String>,
    text: Option<String>,
}

pub(super) const EXPECTED: &[&str] = &[
    "action",
    "downloads",
    "hide_names",
    "hide_subject",
    "hold_for",
    "if_no_channel",
    "keep_for",
    "notify",
    "password_rules",
    "password_style",
    "password_via",
    "recovery",
    "release_by",
    "require_tls",
    "rules",
    "sender_may",
    "subject",
    "text",
    "unlock",
];

impl Expected {
    /// Reads `expect`.
    pub(super) fn read<'t>(
        sheet: &mut Sheet<'t>,
        value: &Value<'t>,
        channels: &wish::Ways,
    ) -> Option<Expected> {
        let table = sheet.table(value)?;
        sheet.keys(table, "expect", EXPECTED, wish::LATER);
        let wish = wish::Wish::read(sheet, table, channels);
        let rules = |v: &Value<'t>| v.get_ref().as_array().is_some_and(|a| a.is_empty());
        Some(Expected {
            action: wish.action,
            unlock: wish.unlock,
            keep_for: wish.keep_for,
            downloads: wish.downloads,
            hide_names: wish.hide_names,
            hide_subject: wish.hide_subject,
            password_rules: wish.password_rules.map(|rules| rules.words()),
            password_style: wish.password_style,
            password_via: wish.password_via,
            notify: wish.notify,
            recovery: wish.recovery,
            if_no_channel: wish.if_no_channel,
            link_allowed: (wish.sender_may.as_ref()).map(|all| all.contains(&Freedom::Link)),
            release_by: wish.release_by.map(|list| names(&list)),
            hold_for: wish.hold_for,
            require_tls: wish.require_tls,
            rules: get(table, "rules").and_then(|v| match rules(v) {
                true => Some(Vec::new()),
                false => Some(sheet.strings(v)?.into_iter().map(|(id, _)| id).collect()),
            }),
            subject: get(table, "subject").and_then(|v| sheet.string(v)),
            text: get(table, "text").and_then(|v| sheet.string(v)),
        })
    }

    /// What is not as expected, in words.
    pub(super) fn differences(&self, decision: &Decision, plan: &Plan) -> Vec<String> {
        let mut found = Vec::new();
        let mut same = |what: &str, wanted: Option<String>, got: String| {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != got) {
                found.push(format!("{what} should be {wanted}, but is {got}"));
            }
        };
        let options = &decision.options;
        let (action, text) = match &decision.action {
            Action::Pass => (Level::Pass, ""),
            Action::Transfer => (Level::Transfer, ""),
            Action::Seal => (Level::Seal, ""),
            Action::Refuse(text) => (Level::Reject, text.as_str()),
        };
        let action = decision.awaits.as_ref().map_or(action, |_| Level::Hold);
        let awaits = decision.awaits.as_ref();
        let word = |level: Level| level.word().to_owned();
        let count = |n: Option<u32>| n.map_or_else(|| "any".to_owned(), |n| n.to_string());
        let yes = |b: bool| b.to_string();
        let sorted = |words: &[String]| {
            let mut words = words.to_vec();
            words.sort();
            format!("[{}]", words.join(", "))
        };
        let period = |d: Duration| Period(d).to_string();
        let unlock = |u: Unlock| unlock_word(u).to_owned();
        same("action", self.action.map(word), word(action));
        same("unlock", self.unlock.map(unlock), unlock(options.unlock));
        same(
            "keep_for",
            self.keep_for.map(period),
            period(options.keep_for),
        );
        same(
            "downloads",
            self.downloads.map(|n| count(Some(n))),
            count(options.downloads),
        );
        same(
            "hide_names",
            self.hide_names.map(yes),
            yes(options.hide_names),
        );
        same(
            "hide_subject",
            self.hide_subject.map(yes),
            yes(options.hide_subject),
        );
        same(
            "password_rules",
            self.password_rules.as_deref().map(sorted),
            sorted(&options.password_rules.words()),
        );
        same(
            "password_style",
            self.password_style.map(|style| style.word().to_owned()),
            options.password_rules.style.word().to_owned(),
        );
        same(
            "password_via",
            self.password_via.as_ref().map(|w| w.join(", ")),
            options.password_via.join(", "),
        );
        let recovery = |r: Recovery| wish::recovery_word(r).to_owned();
        same(
            "recovery",
            self.recovery.map(recovery),
            recovery(options.recovery),
        );
        let no_channel = |what: IfNoChannel| wish::no_channel_word(what).to_owned();
        same(
            "if_no_channel",
            self.if_no_channel.map(no_channel),
            no_channel(options.if_no_channel),
        );
        let link = |allowed: bool| if allowed { "[link]" } else { "[]" }.to_owned();
        same(
            "sender_may",
            self.link_allowed.map(link),
            link(options.link_allowed),
        );
        same(
            "notify",
            self.notify.as_deref().map(sorted),
            sorted(&options.notify),
        );
        same(
            "rules",
            self.rules.as_deref().map(sorted),
            sorted(&enforced(decision)),
        );
        let approvers = awaits.map_or_else(Vec::new, |a| names(&a.release_by));
        same(
            "release_by",
            self.release_by.as_deref().map(sorted),
            sorted(&approvers),
        );
        let waits = awaits.map_or_else(|| "no time".to_owned(), |a| period(a.hold_for));
        same("hold_for", self.hold_for.map(period), waits);
        let tls = |lane: Lane| wish::tls_word(lane).to_owned();
        same("require_tls", self.require_tls.map(tls), tls(decision.lane));
        let subject = plan.subject.clone();
        same(
            "subject",
            self.subject.clone(),
            subject.unwrap_or_else(|| "as it came".into()),
        );
        same("text", self.text.clone(), text.to_owned());
        found
    }
}

fn names(list: &[Address]) -> Vec<String> {
    list.iter().map(Address::to_string).collect()
}

/// The rules that counted, without the sender's own wishes.
fn enforced(decision: &Decision) -> Vec<String> {
    let counted = decision
        .reasons
        .iter()
        .filter(|r| r.weight == Weight::Enforced && r.rule != SENDER);
    counted.map(|r| r.rule.clone()).collect()
}

/// The word in policy files.
pub fn unlock_word(unlock: Unlock) -> &'static str {
    let found = wish::UNLOCKS.iter().find(|(_, u)| *u == unlock);
    found.map_or("password", |(word, _)| word)
}
