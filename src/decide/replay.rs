//! Replaying: what mails that were decided about would become under another policy, as far as their features tell.
//!
//! Promises: nothing is guessed. A rule whose question is what it was counts as it counted then; of another one its conditions are
//! asked, and one that features cannot answer makes the rule unknown; if what is unknown could change the decision, the answer is
//! "cannot tell". A file that no rule looked into counts as one that could be read. Leaves to others: where features come from (`features`), reading the other policy.

use super::compare::{meaning, question};
use super::features::{Features, Notes, Outcome, Summary, hidden, short};
use super::judge::{Match, waive};
use super::merge::{Merged, Said};
use super::policy::{Policy, standing};
use super::rule::{Rule, SENDER, UNREADABLE};
use super::wish::{LEVELS, Level, Wish};
use crate::transfer::Unlock;
use crate::transfer::plan::Weight;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A mail as a condition sees it that is asked without the mail.
pub struct Glance<'a> {
    /// What is remembered of it.
    pub features: &'a Features,
    /// Tags the policy knew that decided; `None`: that is forgotten.
    pub words: Option<&'a [String]>,
    /// Labels mean what they meant then.
    pub labels: bool,
    /// The domain of the recipient.
    pub to: Place<'a>,
}

/// A domain, perhaps hashed.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// As it is kept.
    pub name: &'a str,
    /// What it is hashed with.
    pub salt: Option<u64>,
}

impl Place<'_> {
    /// It is this domain.
    pub fn is(&self, domain: &str) -> bool {
        self.name == hidden(domain, self.salt)
    }
}

/// What would be different. The keys of its JSON form are fixed.
#[derive(Debug, Default, Serialize)]
pub struct Replayed {
    /// Mails that were looked at.
    pub mails: u64,
    /// Recipients of them.
    pub recipients: u64,
    /// Of these: would get the same.
    pub same: u64,
    /// Of these: would get something else.
    pub different: u64,
    /// Of these: nobody can tell.
    pub unknown: u64,
    /// What would become what.
    pub changes: Vec<Changed>,
    /// Which rules cannot be told about, and for how many recipients.
    pub cannot_tell: BTreeMap<String, u64>,
}

/// Decisions that would change in one way.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// What it was: `pass`.
    pub from: String,
    /// What it would be: `transfer`; or the options that change: `keep_for = 14 days`.
    pub to: String,
    /// Rules that bring it about.
    pub rules: Vec<String>,
    /// How many recipients.
    pub count: u64,
    /// The newest mails among them.
    pub examples: Vec<Example>,
}

/// One mail.
#[derive(Debug, Clone, Serialize)]
pub struct Example {
    /// RFC 3339.
    pub time: String,
    /// Domain of its sender.
    pub from: String,
    /// Domain of its recipient.
    pub to: String,
    /// Bytes, as received.
    pub size: u64,
}

/// Examples of a change.
const EXAMPLES: usize = 3;

/// Tries `new` on every mail. `old` is the policy in force, `notes` are those of every policy that decided about one of the mails.
pub fn replay(old: &Policy, new: &Policy, notes: &[Notes], mails: &[Features]) -> Replayed {
    let mut newest: Vec<&Features> = mails.iter().collect();
    newest.sort_by_key(|mail| std::cmp::Reverse(mail.at));
    let questions: BTreeMap<&str, String> = new
        .rules
        .iter()
        .map(|rule| (rule.id.as_str(), short(&question(new, rule))))
        .collect();
    let mut replay = Replay {
        old,
        new,
        questions,
        labels: short(&format!("{:?}", new.labels)),
        found: Replayed::default(),
    };
    for mail in newest {
        let notes = notes.iter().find(|notes| notes.policy == mail.policy);
        replay.found.mails += 1;
        for outcome in &mail.outcomes {
            replay.one(mail, outcome, notes);
        }
    }
    replay
        .found
        .changes
        .sort_by_key(|change| std::cmp::Reverse(change.count));
    replay.found
}

struct Replay<'a> {
    old: &'a Policy,
    new: &'a Policy,
    questions: BTreeMap<&'a str, String>,
    labels: String,
    found: Replayed,
}

impl<'a> Replay<'a> {
    fn one(&mut self, mail: &Features, outcome: &Outcome, notes: Option<&Notes>) {
        self.found.recipients += outcome.count;
        let (sure, open) = self.matching(mail, outcome, notes);
        let (without, with) = (
            self.decide(mail, outcome, &sure),
            self.decide(mail, outcome, &[&sure[..], &open].concat()),
        );
        if without != with || (!open.is_empty() && open.iter().any(|r| !r.then.waives.is_empty())) {
            self.found.unknown += outcome.count;
            for rule in open {
                *self.found.cannot_tell.entry(rule.id.clone()).or_default() += outcome.count;
            }
        } else if without == outcome.decision {
            self.found.same += outcome.count;
        } else {
            self.found.different += outcome.count;
            self.note(mail, outcome, &without, &sure);
        }
    }

    /// Rules that match for certain, and rules nobody can tell of.
    fn matching(
        &self,
        mail: &Features,
        outcome: &Outcome,
        notes: Option<&Notes>,
    ) -> (Vec<&'a Rule>, Vec<&'a Rule>) {
        let (mut sure, mut open) = (Vec::new(), Vec::new());
        if mail.machine {
            return (sure, open);
        }
        let to = Place {
            name: &outcome.domain,
            salt: mail.salt,
        };
        let glance = Glance {
            features: mail,
            words: notes.map(|notes| notes.words.as_slice()),
            labels: notes.is_some_and(|notes| notes.labels == self.labels),
            to,
        };
        let internal = self.is_internal(&to);
        for rule in &self.new.rules {
            let before = notes.and_then(|notes| notes.questions.get(&rule.id));
            let unchanged = before.is_some_and(|q| *q == self.questions[rule.id.as_str()]);
            let matches = match unchanged {
                true => Some(outcome.matched.contains(&rule.id)),
                false => rule.guess(&glance, internal),
            };
            match matches {
                Some(true) => sure.push(rule.as_ref()),
                Some(false) => {}
                None => open.push(rule.as_ref()),
            }
        }
        (sure, open)
    }

    fn is_internal(&self, to: &Place<'_>) -> bool {
        to.is("") || self.new.frame().domains.iter().any(|domain| to.is(domain))
    }

    /// What the judge would say if these rules matched.
    fn decide(&self, mail: &Features, outcome: &Outcome, rules: &[&Rule]) -> Summary {
        let frame = self.new.frame();
        let mut matches: Vec<Match<'_>> = rules.iter().map(|rule| Match::of(rule)).collect();
        waive(&mut matches);
        let mut merged = Merged::default();
        for found in matches.iter().filter(|m| m.weight == Weight::Enforced) {
            let mut wish = found.rule.then.wish.clone();
            if found
                .rule
                .then
                .reject_over
                .is_some_and(|limit| mail.attached > limit)
            {
                wish.action = Some(Level::Reject);
            }
            merged.add(&found.rule.id, &wish);
        }
        // What could not be read then cannot be read by other rules either; whether any looks is all that can change.
        let blind = outcome.matched.iter().any(|rule| rule == UNREADABLE);
        if blind && frame.unreadable > Level::Pass && self.new.rules.iter().any(|r| r.looks()) {
            let mut wish = standing(&frame.defaults);
            wish.action = Some(frame.unreadable.max(Level::Transfer));
            merged.add(UNREADABLE, &wish);
        }
        let to = Place {
            name: &outcome.domain,
            salt: mail.salt,
        };
        if !mail.machine && !self.is_internal(&to) {
            self.sender(mail, &mut merged);
        }
        let options = merged.options(&frame.defaults, frame.max_keep_for);
        let some =
            mail.attachments > 0 || mail.unclear || mail.opaque || !merged.taken().is_empty();
        let level = match merged.level() {
            _ if mail.machine => Level::Pass,
            Level::Transfer if !some => Level::Pass,
            level => level,
        };
        Summary::new(level, &options).by(merged.lane())
    }

    /// What the sender asked for counts under every policy.
    fn sender(&self, mail: &Features, merged: &mut Merged) {
        let asked = &mail.asked;
        let word = asked.action.as_deref();
        let level = LEVELS
            .iter()
            .find(|(name, _)| Some(*name) == word)
            .map(|l| l.1);
        if let Some(level) = level.filter(|level| *level > merged.beneath()) {
            let mut wish = standing(&self.new.frame().defaults);
            wish.action = Some(level);
            merged.add(SENDER, &wish);
        }
        merged.add(
            SENDER,
            &Wish {
                unlock: asked.password.then_some(Unlock::Password),
                keep_for: asked.keep_for,
                notify: Some(asked.notify.clone()),
                ..Wish::default()
            },
        );
        if asked.complaint {
            merged.level = Some(Said {
                value: Level::Reject,
                by: vec![SENDER.into()],
            });
        }
    }

    fn note(&mut self, mail: &Features, outcome: &Outcome, now: &Summary, sure: &[&Rule]) {
        let (from, to) = words(&outcome.decision, now);
        let rules = self.because(outcome, sure);
        let example = Example {
            time: jiff::Timestamp::from_second(mail.at)
                .map_or_else(|_| String::new(), |at| at.to_string()),
            from: mail.senders.first().cloned().unwrap_or_default(),
            to: outcome.domain.clone(),
            size: mail.size,
        };
        let same = |c: &&mut Changed| c.from == from && c.to == to && c.rules == rules;
        let change = match self.found.changes.iter_mut().find(same) {
            Some(change) => change,
            None => {
                self.found.changes.push(Changed {
                    from,
                    to,
                    rules,
                    count: 0,
                    examples: Vec::new(),
                });
                let last = self.found.changes.len() - 1;
                &mut self.found.changes[last]
            }
        };
        change.count += outcome.count;
        if change.examples.len() < EXAMPLES {
            change.examples.push(example);
        }
    }

    /// Rules that match now and did not, or did and do not, or do and mean something else.
    fn because(&self, outcome: &Outcome, sure: &[&Rule]) -> Vec<String> {
        let now: BTreeSet<&str> = sure.iter().map(|rule| rule.id.as_str()).collect();
        let then = outcome.matched.iter().map(String::as_str);
        let then: BTreeSet<&str> = then.filter(|id| *id != UNREADABLE).collect();
        let mut rules: Vec<String> = now
            .symmetric_difference(&then)
            .map(|id| (*id).to_owned())
            .collect();
        for id in now.intersection(&then) {
            let both = (self.old.rule(id), self.new.rule(id));
            let (Some(old), Some(new)) = both else {
                continue;
            };
            if meaning(self.old, old) != meaning(self.new, new) {
                rules.push((*id).to_owned());
            }
        }
        rules.sort();
        rules
    }
}

/// Actions, or the options that change where the action stays.
fn words(from: &Summary, to: &Summary) -> (String, String) {
    if from.action != to.action {
        return (from.action.clone(), to.action.clone());
    }
    let changed = |one: &Summary, other: &Summary| {
        let options = one.options.iter();
        let different = options.filter(|(key, value)| other.options.get(*key) != Some(*value));
        let said: Vec<String> = different
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        format!("{} ({})", one.action, said.join("; "))
    };
    (changed(from, to), changed(to, from))
}

impl fmt::Display for Replayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(
                f,
                "{:>7}  {} -> {}  by {}",
                change.count,
                change.from,
                change.to,
                listed(&change.rules)
            )?;
            for example in &change.examples {
                let size = crate::units::ByteSize(example.size).rough();
                writeln!(
                    f,
                    "         {}  {} to {}  {size}",
                    example.time, example.from, example.to
                )?;
            }
        }
        for (rule, count) in &self.cannot_tell {
            writeln!(f, "{count:>7}  cannot tell: rule {rule}")?;
        }
        writeln!(
            f,
            "{} mails to {} recipients: {} would change, {} stay as they were, {} cannot be told",
            self.mails, self.recipients, self.different, self.same, self.unknown
        )
    }
}

fn listed(rules: &[String]) -> String {
    match rules {
        [] => "what the main configuration says".to_owned(),
        some => some.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::features::{Asked, Kept};
    use crate::decide::policy::Frame;
    use std::path::PathBuf;

    fn policy(rules: &str) -> Policy {
        let frame = Frame {
            domains: vec!["example.org".into()],
            ..Frame::default()
        };
        let sources = [(PathBuf::from("p.toml"), rules.to_owned())];
        Policy::read(&sources, &frame).unwrap_or_else(|e| panic!("{e}\n{rules}"))
    }

    fn rule(id: &str, when: &str, then: &str) -> String {
        format!("[[rule]]\nid = '{id}'\nwhy = 'w'\nwhen = {{ {when} }}\nthen = {{ {then} }}\n")
    }

    const TAKES: &str = "action = 'transfer'";

    /// A mail with one PDF of 5 MiB, which passed.
    fn mail(policy: &Policy) -> Features {
        let size = 5 << 20;
        Features {
            at: 1_700_000_000,
            policy: policy.hash().to_owned(),
            size: 7 << 20,
            recipients: 1,
            senders: vec!["example.org".into()],
            settled: true,
            attachments: 1,
            attached: size,
            largest: size,
            files: vec![Kept {
                media_type: "application/pdf".into(),
                sniffed: None,
                endings: vec!["pdf".into()],
            }],
            outcomes: vec![Outcome {
                domain: "partner.example".into(),
                count: 1,
                matched: Vec::new(),
                decision: Summary {
                    action: "pass".into(),
                    ..Summary::default()
                },
            }],
            ..Features::default()
        }
    }

    fn told(old: &str, new: &str, edit: impl Fn(&mut Features)) -> String {
        let (old, new) = (policy(old), policy(new));
        let mut mail = mail(&old);
        edit(&mut mail);
        let found = replay(&old, &new, &[Notes::of(&old)], &[mail]);
        assert_eq!(
            found.recipients,
            found.same + found.different + found.unknown
        );
        let changes = found
            .changes
            .iter()
            .map(|c| format!("{} -> {} by {}", c.from, c.to, listed(&c.rules)));
        let open = found
            .cannot_tell
            .keys()
            .map(|rule| format!("cannot tell {rule}"));
        changes.chain(open).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn conditions_are_asked_of_what_is_remembered() {
        let takes = "pass -> transfer by r";
        let rows = [
            ("has_attachments = true", takes),
            ("attachments_over = '4 MiB'", takes),
            ("attachments_over = '6 MiB'", ""),
            ("message_over = '6 MiB'", takes),
            ("largest_over = '6 MiB'", ""),
            ("recipients_over = 1", ""),
            ("to = '@partner.example'", takes),
            ("to = '@.example'", takes),
            ("to = '@other.example'", ""),
            ("to = 'bo@partner.example'", "cannot tell r"),
            ("to = 'bo@other.example'", ""),
            ("from = '@example.org'", takes),
            ("from = ['anna@example.org', '@example.org']", takes),
            ("files_any = '*.pdf'", takes),
            ("files_any = '*.PDF'", takes),
            ("files_any = '*.docx'", ""),
            ("files_any = '*plan*'", "cannot tell r"),
            ("files_any = '*.tar.pdf'", "cannot tell r"),
            ("files_all = ['*.pdf', '*.txt']", takes),
            ("types_any = 'application/pdf'", takes),
            ("types_any = 'image/*'", "cannot tell r"),
            ("encrypted = true", ""),
            ("sensitivity = 'private'", ""),
            ("headers = { X-A = '*' }", "cannot tell r"),
            ("login = '*'", "cannot tell r"),
            ("headers = { X-A = '*' }, to = '@other.example'", ""),
            ("subject_tag = 'new'", "cannot tell r"),
        ];
        for (when, want) in rows {
            assert_eq!(told("", &rule("r", when, TAKES), |_| ()), want, "{when}");
        }
    }

    #[test]
    fn a_rule_that_asks_what_it_asked_counts_as_it_counted() {
        let asks = rule("r", "headers = { X-A = '*' }", TAKES);
        let other = rule("s", "largest_over = '1 GiB'", TAKES);
        assert_eq!(
            told(&asks, &(asks.clone() + &other), |_| ()),
            "",
            "it did not match"
        );
        let transferred = |mail: &mut Features| {
            let frame = Frame::default();
            mail.outcomes[0].matched = vec!["r".into()];
            mail.outcomes[0].decision = Summary::new(Level::Transfer, &frame.defaults);
        };
        assert_eq!(told(&asks, &asks, transferred), "");
        assert_eq!(told(&asks, "", transferred), "transfer -> pass by r");
        let shorter = asks.replace(TAKES, "action = 'transfer', keep_for = '3 days'");
        assert_eq!(
            told(&asks, &shorter, transferred),
            "transfer (keep_for = 14 days) -> transfer (keep_for = 3 days) by r"
        );
        let widened = asks.replace("'*'", "['*', 'x']");
        assert_eq!(told(&asks, &widened, transferred), "cannot tell r");
        // Another rule takes the mail anyway: whether this one matches makes no difference.
        assert_eq!(
            told("", &(rule("a", "", TAKES) + &widened), |_| ()),
            "pass -> transfer by a"
        );
    }

    #[test]
    fn colleagues_machines_observed_rules_and_the_sender_count_as_they_do_for_mail() {
        let all = rule("r", "", TAKES);
        assert_eq!(
            told("", &all, |m| m.outcomes[0].domain = "example.org".into()),
            ""
        );
        assert_eq!(told("", &all, |m| m.machine = true), "");
        assert_eq!(told("", &(all.clone() + "mode = 'observe'\n"), |_| ()), "");
        assert_eq!(told("", &all, |m| (m.attachments, m.attached) = (0, 0)), "");
        let asked = |m: &mut Features| {
            m.asked = Asked {
                action: Some("seal".into()),
                ..Asked::default()
            };
            m.outcomes[0].decision = Summary::new(Level::Seal, &Frame::default().defaults);
        };
        assert_eq!(told("", "", asked), "");
        assert_eq!(told("", &all, asked), "");
    }

    #[test]
    fn hashed_domains_are_compared_and_not_seen() {
        let hash = |m: &mut Features| {
            m.salt = Some(7);
            m.senders = vec![hidden("example.org", m.salt)];
            m.outcomes[0].domain = hidden("partner.example", m.salt);
        };
        let when = |when: &str| told("", &rule("r", when, TAKES), hash);
        assert_eq!(when("to = '@partner.example'"), "pass -> transfer by r");
        assert_eq!(when("to = '@other.example'"), "");
        assert_eq!(when("to = '@.example'"), "cannot tell r");
        assert_eq!(when("from = '@example.org'"), "pass -> transfer by r");
    }
}
