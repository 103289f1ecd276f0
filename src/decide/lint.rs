//! Lint: what is right as far as the reader goes, and still not what anybody wants: names nobody uses, rules that can never match or
//! change nothing, trial runs without an end, rules that no test looks at.
//!
//! Promises: changes nothing; every finding names its place and the mend. Mails whose structure is in doubt are left out of account:
//! of them rules match more. Leaves to others: mistakes (`reading`), printing.

use super::globs::Globs;
use super::implied;
use super::listing::{Noticed, waivers};
use super::lists::List;
use super::merge::Merged;
use super::policy::Policy;
use super::rule::Rule;
use super::wish::Level;
use super::written::words;
use crate::mail::Address;
use crate::units::Period;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use toml::{Table, Value};

/// Something to look at. The keys of its JSON form are fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `40-departments.toml:12`
    pub place: String,
    /// `rule`, `list`, `label`, `profile` or `pattern`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// Which kind of finding, such as `never-matches`.
    pub kind: &'static str,
    /// What is odd.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Everything, by place.
pub fn lint(policy: &Policy, noticed: &Noticed, today: Date) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in policy.rules() {
        let mut say = |kind, message: String, help: &str| {
            found.push(Finding {
                place: rule.place(),
                what: "rule",
                name: rule.id.clone(),
                kind,
                message,
                help: help.to_owned(),
            });
        };
        dates(rule, today, &mut say);
        matching(policy, rule, &mut say);
        effect(policy, rule, &mut say);
        globs(rule, &mut say);
        if !rule.observe && noticed.get(&rule.id).is_none_or(Vec::is_empty) {
            let help =
                "write a [[test]] of a mail that it is for: later changes cannot break it unseen";
            say("no-test", "no test notices when it is gone".into(), help);
        }
    }
    found.extend(unused(policy));
    found.extend(costly(policy));
    found.sort_by_cached_key(|finding| (by_line(&finding.place), finding.kind));
    found
}

/// File and number of a place.
fn by_line(place: &str) -> (String, usize) {
    let (file, line) = place.rsplit_once(':').unwrap_or((place, ""));
    (file.to_owned(), line.parse().unwrap_or(0))
}

type Say<'s> = dyn FnMut(&'static str, String, &str) + 's;

fn dates(rule: &Rule, today: Date, say: &mut Say<'_>) {
    match rule.review_by {
        Some(day) if day < today => say(
            "overdue",
            format!("its review_by, {day}, is over"),
            "ask its owner whether it is still wanted, then write a later day",
        ),
        None if rule.observe => say(
            "observe-without-end",
            "it is on trial without an end".into(),
            "write review_by = the day on which somebody decides about it",
        ),
        _ => {}
    }
}

fn matching(policy: &Policy, rule: &Rule, say: &mut Say<'_>) {
    let blocks = rule.written.blocks("when");
    let whys: Vec<Option<String>> = blocks
        .iter()
        .map(|block| why_never(policy, rule, block))
        .collect();
    match whys.iter().flatten().next() {
        Some(why) if whys.iter().all(Option::is_some) => say(
            "never-matches",
            format!("it can never match: {why}"),
            "mend the condition, or take the rule out",
        ),
        Some(why) => say(
            "block-never-matches",
            format!("one block of its `when` can never match: {why}"),
            "mend the block, or take it out",
        ),
        None => {}
    }
    let everybody = rule.written.table.get("internal") == Some(&Value::Boolean(true));
    let about_colleagues = everybody || blocks.iter().any(|block| is_internal(block));
    for block in rule.written.blocks("unless") {
        let idle = block
            .get("to")
            .is_some_and(|to| !about_colleagues && colleagues_only(policy, to));
        if idle {
            say(
                "exempts-nobody",
                "its `unless` names colleagues only, and rules leave colleagues alone anyway"
                    .into(),
                "take the exception out, or write internal = true if the rule is about colleagues too",
            );
        }
    }
}

fn is_internal(block: &Table) -> bool {
    block.get("internal") == Some(&Value::Boolean(true))
}

/// Why no mail is like this.
fn why_never(policy: &Policy, rule: &Rule, block: &Table) -> Option<String> {
    let everybody = rule.written.table.get("internal") == Some(&Value::Boolean(true));
    let internal = everybody || is_internal(block);
    if let Some(to) = block.get("to").filter(|_| !internal)
        && colleagues_only(policy, to)
    {
        return Some(
            "`to` names colleagues only, and the rule does not say internal = true".into(),
        );
    }
    let without = block.get("has_attachments") == Some(&Value::Boolean(false));
    let over = ["attachments_over", "largest_over"]
        .into_iter()
        .find(|key| block.contains_key(*key));
    if let Some(key) = over.filter(|_| without) {
        return Some(format!("no attachment and `{key}` exclude each other"));
    }
    let rank = |name: &str| {
        policy
            .labels
            .iter()
            .find(|l| l.name == name)
            .map(|l| l.rank)
    };
    let least = block
        .get("label_at_least")
        .and_then(Value::as_str)
        .and_then(rank);
    let exact = block.get("label").map_or_else(Vec::new, words);
    let below = |name: &&str| rank(name).zip(least).is_some_and(|(r, least)| r < least);
    if !exact.is_empty() && exact.iter().all(below) {
        return Some("`label` is below `label_at_least`".into());
    }
    let unless = rule.written.blocks("unless");
    unless
        .iter()
        .any(|exception| implied::block(block, exception))
        .then(|| "its `unless` holds for every mail that it is about".to_owned())
}

/// All patterns are of domains of ours.
fn colleagues_only(policy: &Policy, to: &Value) -> bool {
    let ours = |pattern: &str| {
        let domain = pattern.rsplit('@').next().unwrap_or_default();
        let domain = format!("x@{domain}").parse::<Address>();
        !pattern.starts_with("@.") && domain.is_ok_and(|address| policy.is_internal(&address))
    };
    let all_ours = |list: &List| list.entries().iter().all(|entry| ours(&entry.word));
    let patterns = words(to);
    !patterns.is_empty()
        && patterns.iter().all(|p| match p.strip_prefix("list:") {
            Some(list) => policy.lists.get(list).is_some_and(|list| all_ours(list)),
            None => ours(p),
        })
}

fn effect(policy: &Policy, rule: &Rule, say: &mut Say<'_>) {
    let longest = policy.frame().max_keep_for;
    if let Some(keep) = rule.then.wish.keep_for.filter(|keep| *keep > longest) {
        say(
            "keep-for-cut",
            format!(
                "keep_for is {}, but no transfer is kept longer than {}",
                Period(keep),
                Period(longest)
            ),
            "shorten it, or raise transfer.max_keep_for in the main configuration",
        );
    }
    let level = rule.level();
    let idle =
        level == Level::Pass && rule.then.waives.is_empty() && rule.then.reject_over.is_none();
    let values = rule.then.wish.values().len();
    if idle && values <= 1 {
        say(
            "does-nothing",
            "it lets pass, and waives nothing: the same as if it were not there".into(),
            "exceptions stand in `unless` of the rule that protects, or in `waives`",
        );
    }
    for glob in &rule.then.waives {
        waives(policy, rule, glob, say);
    }
    if let Some(wider) = covering(policy, rule) {
        say(
            "changes-nothing",
            format!(
                "wherever it matches, {} ({}) matches too and asks for at least as much",
                wider.id,
                wider.place()
            ),
            "take it out, or make it ask for more",
        );
    }
}

/// A waiver that takes out nothing but rules that change nothing.
fn waives(policy: &Policy, rule: &Rule, glob: &str, say: &mut Say<'_>) {
    let Ok(globs) = Globs::new([glob.to_owned()]) else {
        return;
    };
    let others = policy.rules().into_iter();
    let named: Vec<&Rule> = others
        .filter(|other| other.id != rule.id && globs.matches(&other.id))
        .collect();
    if !named.is_empty() && named.iter().all(|other| other.observe) {
        say(
            "waives-nothing",
            format!("it waives \"{glob}\", which only observes"),
            "take it out of `waives`; add it again when that rule is enforced",
        );
    }
}

/// Another enforced rule that matches wherever this one does, and beside which this one changes no value.
fn covering<'p>(policy: &'p Policy, rule: &Rule) -> Option<&'p Rule> {
    let plain = |r: &Rule| {
        !r.observe
            && r.then.waives.is_empty()
            && r.then.reject_over.is_none()
            && r.then.text.is_none()
    };
    if !plain(rule) || rule.level() < Level::Transfer {
        return None;
    }
    let mine: BTreeSet<String> = waivers(policy, &rule.id).into_iter().collect();
    let covers = |other: &&Rule| {
        let theirs: BTreeSet<String> = waivers(policy, &other.id).into_iter().collect();
        other.id != rule.id
            && plain(other)
            && theirs.is_subset(&mine)
            && implied::rule(rule, other)
            && !changes(other, rule)
            // Of two that are the same, the later one is said to be too much.
            && (!implied::rule(other, rule) || changes(rule, other) || (&other.file, other.line) < (&rule.file, rule.line))
    };
    policy.rules().into_iter().find(covers)
}

/// Beside `first`, `second` changes a value.
fn changes(first: &Rule, second: &Rule) -> bool {
    let mut alone = Merged::default();
    alone.add("x", &first.then.wish);
    let mut both = alone.clone();
    both.add("x", &second.then.wish);
    alone != both
}

/// Patterns that look like an ending and are none.
fn globs(rule: &Rule, say: &mut Say<'_>) {
    let blocks = ["when", "unless"]
        .into_iter()
        .flat_map(|key| rule.written.blocks(key));
    for block in blocks {
        for key in ["files_any", "files_all"] {
            for glob in block.get(key).map_or_else(Vec::new, words) {
                let ending = glob
                    .strip_prefix('.')
                    .is_some_and(|e| !e.contains(['*', '?', '.']));
                if ending {
                    say(
                        "ending-without-star",
                        format!("`{key}` has \"{glob}\", which is a whole name and no ending"),
                        &format!("write \"*{glob}\""),
                    );
                }
            }
        }
    }
}

/// Names that nothing refers to.
/// Expressions of which nothing is certain: what costs time for each of them, in each text.
fn costly(policy: &Policy) -> impl Iterator<Item = Finding> {
    let all = policy.wanted.costly();
    all.map(|(written, place)| Finding {
        place: place.clone(),
        what: "pattern",
        name: written.to_string(),
        kind: "costly-pattern",
        message: "every text is searched for it alone".into(),
        help: "let it ask for three letters or digits in a row that every match has".into(),
    })
}

fn unused(policy: &Policy) -> Vec<Finding> {
    let rules = policy.rules();
    let lists: BTreeSet<&str> = rules.iter().flat_map(|r| r.written.lists()).collect();
    let profiles: BTreeSet<&str> = rules
        .iter()
        .filter_map(|r| r.written.then()?.get("use")?.as_str())
        .collect();
    let mut found = Vec::new();
    for (key, place) in &policy.given {
        let (what, name) = key.split_once(' ').unwrap_or((key, ""));
        let what = match what {
            "list" if !lists.contains(name) => "list",
            "profile" if !profiles.contains(name) => "profile",
            "label" if !is_asked_for(policy, name) && !completes(policy, name) => "label",
            _ => continue,
        };
        found.push(Finding {
            place: place.rsplit('/').next().unwrap_or(place).to_owned(),
            what,
            name: name.to_owned(),
            kind: "unused",
            message: "no rule uses it".into(),
            help: "take it out, or use it: a name that was meant to be used protects nobody".into(),
        });
    }
    found
}

/// It stands below a label that a rule asks for: then it completes the scale, and hides none of them.
fn completes(policy: &Policy, name: &str) -> bool {
    let rank = policy
        .labels
        .iter()
        .find(|l| l.name == name)
        .map(|l| l.rank);
    let mut above = policy.labels.iter().filter(|l| Some(l.rank) > rank);
    above.any(|label| is_asked_for(policy, &label.name))
}

/// A rule names the label, or one below it with `label_at_least`.
fn is_asked_for(policy: &Policy, name: &str) -> bool {
    let rank = |name: &str| {
        policy
            .labels
            .iter()
            .find(|l| l.name == name)
            .map(|l| l.rank)
    };
    let asks = |block: &Table| {
        let exact = block.get("label").map_or_else(Vec::new, words);
        let least = block.get("label_at_least").and_then(Value::as_str);
        exact.contains(&name) || least.is_some_and(|least| rank(least) <= rank(name))
    };
    let rules = policy.rules();
    let mut blocks = rules.iter().flat_map(|rule| {
        let when = rule.written.blocks("when").into_iter();
        when.chain(rule.written.blocks("unless"))
    });
    blocks.any(asks)
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} \"{}\": {}",
            self.place, self.what, self.name, self.message
        )?;
        writeln!(f, "  help: {}", self.help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::policy::Frame;
    use std::path::PathBuf;

    fn found(text: &str) -> Vec<(String, &'static str)> {
        let frame = Frame {
            domains: vec!["example.org".into()],
            may_waive: text
                .contains("waives")
                .then(|| "w".to_owned())
                .into_iter()
                .collect(),
            ..Frame::default()
        };
        let sources = [(PathBuf::from("p.toml"), text.to_owned())];
        let policy = Policy::read(&sources, &frame).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let today = jiff::civil::date(2026, 11, 22);
        let noticed = policy
            .rules()
            .into_iter()
            .map(|r| (r.id.clone(), vec!["p.toml:1".to_owned()]));
        let found = lint(&policy, &noticed.collect(), today);
        found.into_iter().map(|f| (f.name, f.kind)).collect()
    }

    /// A rule with these conditions, and what it does.
    fn rule(id: &str, when: &str, then: &str) -> String {
        format!("[[rule]]\nid = \"{id}\"\nwhy = \"w\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n")
    }

    const TAKES: &str = "action = 'transfer'";

    #[test]
    fn each_kind_of_finding_is_found_and_nothing_beside_it() {
        let rows = [
            ("", rule("a", "has_attachments = true", TAKES)),
            (
                "a overdue",
                rule("a", "", TAKES) + "review_by = 2026-11-21\n",
            ),
            ("", rule("a", "", TAKES) + "review_by = 2026-11-22\n"),
            (
                "a observe-without-end",
                rule("a", "", TAKES) + "mode = 'observe'\n",
            ),
            ("a never-matches", rule("a", "to = ['@example.org']", TAKES)),
            (
                "",
                rule("a", "to = ['@example.org'], internal = true", TAKES),
            ),
            ("", rule("a", "to = ['@.example.org']", TAKES)),
            (
                "a never-matches",
                rule("a", "to = 'list:us'", TAKES) + "[list.us]\nentries = ['bo@example.org']\n",
            ),
            (
                "a never-matches",
                rule("a", "has_attachments = false, largest_over = '1 MB'", TAKES),
            ),
            (
                "a never-matches",
                rule("a", "label = 'low', label_at_least = 'high'", TAKES)
                    + "[label.low]\nrank = 1\n[label.high]\nrank = 2\n",
            ),
            (
                "a never-matches",
                rule("a", "to = '@x.example', has_attachments = true", TAKES)
                    + "unless = { to = ['@x.example', '@y.example'] }\n",
            ),
            (
                "",
                rule("a", "has_attachments = true", TAKES) + "unless = { to = '@y.example' }\n",
            ),
            (
                "a exempts-nobody",
                rule("a", "has_attachments = true", TAKES) + "unless = { to = '@example.org' }\n",
            ),
            (
                "a keep-for-cut",
                rule("a", "", "action = 'transfer', keep_for = '61 days'"),
            ),
            ("a does-nothing", rule("a", "", "action = 'pass'")),
            (
                "a ending-without-star",
                rule("a", "files_any = ['.exe', '.*', '*.com']", TAKES),
            ),
            (
                "x unused",
                rule("a", "", TAKES) + "[list.x]\nentries = ['@x.example']\n",
            ),
            (
                "",
                rule("a", "to = 'list:x'", TAKES) + "[list.x]\nentries = ['@x.example']\n",
            ),
            (
                "x unused",
                rule("a", "", TAKES) + "[profile.x]\nkeep_for = '1 day'\n",
            ),
            (
                "",
                rule("a", "", "action = 'transfer', use = 'x'")
                    + "[profile.x]\nkeep_for = '1 day'\n",
            ),
            (
                "",
                rule("a", "label_at_least = 'high'", TAKES)
                    + "[label.low]\nrank = 1\n[label.high]\nrank = 2\n",
            ),
            (
                "high unused",
                rule("a", "label = 'low'", TAKES)
                    + "[label.low]\nrank = 1\n[label.high]\nrank = 2\n",
            ),
            (
                "w waives-nothing",
                rule("a", "", TAKES)
                    + "mode = 'observe'\nreview_by = 2027-01-01\n"
                    + &rule("w", "to = '@x.example'", "action = 'pass', waives = ['a']"),
            ),
            (
                "b changes-nothing",
                rule("a", "attachments_over = '10 MiB'", TAKES)
                    + &rule("b", "attachments_over = '20 MiB'", TAKES),
            ),
            (
                "",
                rule("a", "attachments_over = '10 MiB'", TAKES)
                    + &rule(
                        "b",
                        "attachments_over = '20 MiB'",
                        "action = 'transfer', keep_for = '1 day'",
                    ),
            ),
            (
                "b changes-nothing",
                rule("a", "", TAKES) + &rule("b", "", TAKES),
            ),
            (
                "",
                rule("a", "to = '@x.example'", TAKES)
                    + &rule("b", "", TAKES)
                    + "unless = { to = '@x.example' }\n",
            ),
        ];
        for (want, text) in rows {
            let got: Vec<String> = found(&text)
                .iter()
                .map(|(n, k)| format!("{n} {k}"))
                .collect();
            assert_eq!(got.join("; "), want, "{text}");
        }
    }

    #[test]
    fn a_rule_that_no_test_looks_at_is_found_unless_it_is_on_trial() {
        let text = rule("a", "", TAKES)
            + &rule("b", "message_over = '1 MB'", "action = 'seal'")
            + "mode = 'observe'\nreview_by = 2027-01-01\n";
        let sources = [(PathBuf::from("p.toml"), text)];
        let policy = Policy::read(&sources, &Frame::default()).expect("reads");
        let found = lint(&policy, &Noticed::new(), jiff::civil::date(2026, 11, 22));
        let names: Vec<(&str, &str)> = found.iter().map(|f| (f.name.as_str(), f.kind)).collect();
        assert_eq!(names, [("a", "no-test")]);
        assert_eq!(
            found[0].to_string(),
            "p.toml:1: rule \"a\": no test notices when it is gone\n  \
             help: write a [[test]] of a mail that it is for: later changes cannot break it unseen\n"
        );
    }
}
