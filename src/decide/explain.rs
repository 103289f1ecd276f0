//! Explaining: why this mail gets what it gets, for people at a terminal and for programs.
//!
//! Promises: the words come from the same judging as the plan; each value names the rules that set it; nothing secret is shown
//! (a chosen password and telephone numbers are not).
//! Leaves to others: printing; changing nothing (`gateway::preview`).

use super::conditions::finds::CONFIDENCES;
use super::expected::unlock_word;
use super::judge::{Bench, Verdict};
use super::merge::Said;
use super::policy::Policy;
use super::search::{Content, Evidence, Wanted};
use super::seen::Seen;
use super::wish::{no_channel_word, recovery_word, tls_word};
use crate::fault::Fault;
use crate::mail::content::Reader;
use crate::mail::{Lane, Mail};
use crate::transfer::plan::Weight;
use crate::transfer::{
    Action, Decision, IfNoChannel, PasswordRules, Plan, Reason, Recovery, Scope,
};
use crate::units::{ByteSize, Period};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// An explained mail. The keys of its JSON form are fixed.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// The mail in numbers.
    pub message: Message,
    /// What each part is taken for.
    pub outline: Seen,
    /// What was found in texts and files; nothing if no rule asked.
    pub found: Vec<Found>,
    /// What could not be looked into: place and reason.
    pub unreadable: Vec<String>,
    /// One for each recipient, in the order of the envelope.
    pub recipients: Vec<Explained>,
}

/// Hits of one detector, of one confidence.
#[derive(Debug, Serialize)]
pub struct Found {
    /// Its name.
    pub detector: String,
    /// `low`, `medium` or `high`.
    pub confidence: &'static str,
    /// How many, and how many different values.
    pub count: usize,
    /// See `count`.
    pub distinct: usize,
    /// The first ones: where, the end of the value, the word that speaks for it.
    pub places: Vec<String>,
}

/// The mail in numbers.
#[derive(Debug, Serialize)]
pub struct Message {
    /// As received, in bytes.
    pub size: u64,
    /// Files of the mail itself.
    pub attachments: usize,
    /// Their decoded sizes, added, in bytes.
    pub attachments_size: u64,
    /// The highest label on it.
    pub label: Option<String>,
    /// Why its structure cannot be relied on.
    pub doubt: Option<String>,
    /// The subject without the sender's tags, if it had any.
    pub subject: Option<String>,
}

/// What one recipient gets, and why.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// The address.
    pub recipient: String,
    /// `pass`, `transfer`, `seal`, `hold` or `reject`.
    pub action: &'static str,
    /// What it becomes once somebody has released it; only if it is held. Scope, parts and values are of that.
    pub released: Option<Released>,
    /// `nothing`, `parts`, `message` or `whole`.
    pub scope: &'static str,
    /// The parts that go: names or media types.
    pub parts: Vec<String>,
    /// Why the mail goes whole, or the sentence of a refusal.
    pub because: Option<String>,
    /// Who may release it, how it must leave, and the values of the transfer if something goes.
    pub values: Vec<Value>,
    /// Every rule that matched.
    pub rules: Vec<Matched>,
}

/// What a held mail becomes by each kind of release: `pass`, `transfer` or `seal`.
#[derive(Debug, Serialize)]
pub struct Released {
    /// `hold release`
    pub plainly: &'static str,
    /// `hold release --as-transfer`
    pub as_transfer: &'static str,
}

/// A value and who set it.
#[derive(Debug, Serialize)]
pub struct Value {
    /// The key in policy files.
    pub key: &'static str,
    /// As in policy files.
    pub value: String,
    /// Ids of rules; `defaults`: the main configuration; `other recipients`: what holds for them holds for all.
    pub set_by: Vec<String>,
}

/// A rule that matched.
#[derive(Debug, Serialize)]
pub struct Matched {
    /// Its id.
    pub rule: String,
    /// File and line.
    pub place: String,
    /// What of the mail made it match.
    pub matched: String,
    /// What senders read.
    pub why: String,
    /// `enforced`, `observed` or `waived`.
    pub weight: &'static str,
    /// The rule that waived it.
    pub waived_by: Option<String>,
}

/// Explains a plan that was made of this policy and this mail. The scope is the plan's, since later steps may have widened it.
pub fn explain(
    policy: &Policy,
    mail: &Mail,
    plan: &Plan,
    reader: &dyn Reader,
) -> Result<Explanation, Fault> {
    let bench = Bench::new(policy, mail, mail.spool.len(), reader)?;
    let facts = &bench.facts;
    let message = Message {
        size: facts.size,
        attachments: facts.attachments().count(),
        attachments_size: facts.attached(),
        label: facts.label.as_ref().map(|(label, _)| label.name.clone()),
        doubt: facts.unclear.clone(),
        subject: plan.subject.clone(),
    };
    let verdicts = bench.judge()?;
    let recipients = plan.decisions.iter().zip(&verdicts);
    let recipients = recipients.map(|(d, v)| explained(d, v, mail, plan.keeps_spare()));
    let recipients = recipients.collect();
    let content = facts.content_if_asked();
    let unreadable = content.map_or(&[][..], |content| &content.unreadable);
    Ok(Explanation {
        message,
        outline: Seen::of(&mail.outline),
        found: content.map_or_else(Vec::new, |content| found(content, policy.wanted())),
        unreadable: unreadable
            .iter()
            .map(|(place, why)| format!("{place}: {why}"))
            .collect(),
        recipients,
    })
}

/// What detectors found, the strongest evidence first.
pub fn found(content: &Content, wanted: &Wanted) -> Vec<Found> {
    let mut out = Vec::new();
    for (number, name) in wanted.names() {
        for (word, confidence) in CONFIDENCES.iter().rev() {
            let hits = content.of(std::slice::from_ref(&number), *confidence);
            let hits: Vec<_> = hits.filter(|hit| hit.confidence == *confidence).collect();
            if hits.is_empty() {
                continue;
            }
            let distinct: BTreeSet<u64> = hits.iter().map(|hit| hit.key).collect();
            let evidence = hits.iter().filter_map(|hit| hit.evidence.as_deref());
            out.push(Found {
                detector: name.to_owned(),
                confidence: word,
                count: hits.len(),
                distinct: distinct.len(),
                places: evidence.take(PLACES).map(Evidence::to_string).collect(),
            });
        }
    }
    out
}

/// So many places are shown for each detector and confidence.
const PLACES: usize = 5;

fn explained(decision: &Decision, verdict: &Verdict, mail: &Mail, keeps_spare: bool) -> Explained {
    let (action, refusal) = match &decision.action {
        Action::Pass => ("pass", None),
        Action::Transfer => ("transfer", None),
        Action::Seal => ("seal", None),
        Action::Refuse(text) => ("reject", Some(text.clone())),
    };
    let (action, released) = match (&decision.awaits, action) {
        (None, action) => (action, None),
        (Some(_), plainly) => {
            let as_transfer = if plainly == "pass" {
                "transfer"
            } else {
                plainly
            };
            (
                "hold",
                Some(Released {
                    plainly,
                    as_transfer,
                }),
            )
        }
    };
    let (scope, because) = match &decision.scope {
        Scope::Nothing => ("nothing", refusal),
        Scope::Parts(_) => ("parts", None),
        Scope::Message if decision.action == Action::Transfer => (
            "message",
            Some("what was found is not in files alone".to_owned()),
        ),
        Scope::Message => ("message", None),
        Scope::Whole(why) => ("whole", Some((*why).to_owned())),
    };
    let parts: &[usize] = match &decision.scope {
        Scope::Parts(parts) => parts,
        _ => &[],
    };
    let title = |index: &usize| {
        let part = mail.outline.parts.get(*index)?;
        let name = part.name.as_ref().map(|n| n.as_str().to_owned());
        Some(name.unwrap_or_else(|| part.media_type.clone()))
    };
    Explained {
        recipient: decision.recipient.to_string(),
        action,
        released,
        scope,
        parts: parts.iter().filter_map(title).collect(),
        because,
        values: values(decision, verdict, keeps_spare),
        rules: decision.reasons.iter().map(Matched::from).collect(),
    }
}

/// Who may release it, how it leaves, and what the transfer gets.
fn values(decision: &Decision, verdict: &Verdict, keeps_spare: bool) -> Vec<Value> {
    let mut out = Vec::new();
    if let Some(awaits) = &decision.awaits {
        let merged = &verdict.merged;
        let approvers: Vec<String> = awaits.release_by.iter().map(|a| a.to_string()).collect();
        out.push(value(
            "release_by",
            approvers.join(", "),
            &merged.release_by,
        ));
        let hold_for = Period(awaits.hold_for).to_string();
        out.push(value("hold_for", hold_for, &merged.hold_for));
    }
    if decision.lane != Lane::Ordinary {
        let word = tls_word(decision.lane).to_owned();
        out.push(value("require_tls", word, &verdict.merged.require_tls));
    }
    if decision.protects() {
        out.extend(options(decision, verdict, keeps_spare));
    }
    out
}

/// What the transfer gets; hidden names and the like only where somebody wants them.
fn options(decision: &Decision, verdict: &Verdict, keeps_spare: bool) -> Vec<Value> {
    let (options, merged) = (&decision.options, &verdict.merged);
    let mut out = vec![
        value("unlock", unlock_word(options.unlock).into(), &merged.unlock),
        value(
            "password_via",
            options.password_via.join(", "),
            &merged.password_via,
        ),
        value(
            "keep_for",
            Period(options.keep_for).to_string(),
            &merged.keep_for,
        ),
    ];
    out.push(recovery(options.recovery, keeps_spare, &merged.recovery));
    if options.if_no_channel != IfNoChannel::default() {
        let word = no_channel_word(options.if_no_channel).to_owned();
        out.push(value("if_no_channel", word, &merged.if_no_channel));
    }
    if options.link_allowed {
        out.push(value("sender_may", "link".into(), &merged.link_allowed));
    }
    let rules = &options.password_rules;
    if *rules != PasswordRules::usual() {
        let said = &merged.password_rules;
        out.push(value("password_rules", rules.words().join(", "), said));
        let style = rules.style.word().to_owned();
        out.push(value("password_style", style, &merged.password_style));
    }
    if let Some(downloads) = options.downloads {
        out.push(value("downloads", downloads.to_string(), &merged.downloads));
    }
    if options.hide_names {
        out.push(value("hide_names", "true".into(), &merged.hide_names));
    }
    if options.hide_subject {
        out.push(value("hide_subject", "true".into(), &merged.hide_subject));
    }
    if !options.notify.is_empty() {
        out.push(value("notify", options.notify.join(", "), &merged.notify));
    }
    out
}

/// What is kept holds for all of a mail: one recipient for whom it must not be is enough.
fn recovery(wanted: Recovery, keeps_spare: bool, said: &Option<Said<Recovery>>) -> Value {
    match wanted == Recovery::Gateway && !keeps_spare {
        true => Value {
            key: "recovery",
            value: recovery_word(Recovery::None).into(),
            set_by: vec!["other recipients".into()],
        },
        false => value("recovery", recovery_word(wanted).into(), said),
    }
}

fn value<T>(key: &'static str, value: String, said: &Option<Said<T>>) -> Value {
    let set_by = said.as_ref().map(|said| said.by.clone());
    Value {
        key,
        value,
        set_by: set_by.unwrap_or_else(|| vec!["defaults".into()]),
    }
}

impl From<&Reason> for Matched {
    fn from(reason: &Reason) -> Self {
        let (weight, waived_by) = match &reason.weight {
            Weight::Enforced => ("enforced", None),
            Weight::Observed => ("observed", None),
            Weight::WaivedBy(rule) => ("waived", Some(rule.clone())),
        };
        Matched {
            rule: reason.rule.clone(),
            place: reason.place.clone(),
            matched: reason.matched.clone(),
            why: reason.why.clone(),
            weight,
            waived_by,
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let m = &self.message;
        let label = m.label.as_deref().unwrap_or("none");
        let plural = if m.attachments == 1 { "" } else { "s" };
        writeln!(
            f,
            "message  {} in {} attachment{plural}, label: {label}",
            ByteSize(m.attachments_size).rough(),
            m.attachments
        )?;
        write!(f, "{}", self.outline)?;
        if let Some(subject) = &m.subject {
            writeln!(f, "subject  becomes \"{subject}\"")?;
        }
        for found in &self.found {
            write!(f, "{found}")?;
        }
        for unreadable in &self.unreadable {
            writeln!(f, "unread   {unreadable}")?;
        }
        for recipient in &self.recipients {
            write!(f, "\n{recipient}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found {
            detector,
            confidence,
            count,
            distinct,
            ..
        } = self;
        let different = match distinct == count {
            true => String::new(),
            false => format!(", {distinct} different"),
        };
        writeln!(f, "found    {detector} {confidence}: {count}{different}")?;
        for place in &self.places {
            writeln!(f, "           {place}")?;
        }
        match self.count - self.places.len() {
            0 => Ok(()),
            more => writeln!(f, "           and {more} more"),
        }
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.recipient)?;
        let width = |of: fn(&Matched) -> &str| {
            let widths = self.rules.iter().map(|r| of(r).chars().count());
            widths.max().unwrap_or(0)
        };
        let (ids, places) = (width(|r| &r.rule), width(|r| &r.place));
        for rule in &self.rules {
            let word = match rule.weight {
                "observed" => "observed",
                _ => "matched",
            };
            writeln!(
                f,
                "  {word:<8} {:ids$}  {:places$}  {}",
                rule.rule, rule.place, rule.matched
            )?;
        }
        for (waiver, waived) in self.waived() {
            writeln!(
                f,
                "  waived   {} by {waiver} (named in policy.may_waive)",
                waived.join(", ")
            )?;
        }
        writeln!(f, "  result   {}", self.result())?;
        for value in &self.values {
            let by = value.set_by.join(", ");
            writeln!(f, "           {} = {}  ({by})", value.key, value.value)?;
        }
        Ok(())
    }
}

impl Explained {
    fn result(&self) -> String {
        match &self.released {
            None => self.outcome(self.action),
            Some(released) => format!(
                "hold: until somebody releases it\n  released {}\n           {} (--as-transfer)",
                self.outcome(released.plainly),
                released.as_transfer
            ),
        }
    }

    fn outcome(&self, action: &str) -> String {
        let mut out = action.to_owned();
        let said = match (self.scope, action) {
            ("parts", _) => write!(out, ": {}", self.parts.join(", ")),
            ("message", _) => write!(out, ": text and attachments"),
            ("whole", _) => write!(out, ": the whole mail as one file"),
            (_, "transfer") => write!(out, ": but there is nothing to take"),
            _ => Ok(()),
        };
        said.expect("writing to a String does not fail");
        match &self.because {
            Some(why) => format!("{out} ({why})"),
            None => out,
        }
    }

    fn waived(&self) -> Vec<(&str, Vec<&str>)> {
        let mut out: Vec<(&str, Vec<&str>)> = Vec::new();
        for rule in &self.rules {
            let Some(waiver) = rule.waived_by.as_deref() else {
                continue;
            };
            match out.iter_mut().find(|(by, _)| *by == waiver) {
                Some((_, ids)) => ids.push(&rule.rule),
                None => out.push((waiver, vec![&rule.rule])),
            }
        }
        out
    }
}
