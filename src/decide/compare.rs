//! Two policies beside each other: which rules came, went, or mean something else now.
//!
//! Promises: what a rule means includes the lists, labels, profiles and defaults it takes part of its meaning from; where it stands and
//! how it is laid out does not count. Leaves to others: what mails would get (`features`).

use super::policy::Policy;
use super::rule::Rule;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Ids of rules, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// In the new one only.
    pub added: Vec<String>,
    /// In the old one only.
    pub removed: Vec<String>,
    /// In both, with another meaning.
    pub changed: Vec<String>,
}

/// What is different.
pub fn compare(old: &Policy, new: &Policy) -> Difference {
    let mut found = Difference::default();
    for rule in &new.rules {
        match old.rule(&rule.id) {
            None => found.added.push(rule.id.clone()),
            Some(before) if meaning(old, before) != meaning(new, rule) => {
                found.changed.push(rule.id.clone());
            }
            Some(_) => {}
        }
    }
    let gone = old.rules.iter().filter(|rule| new.rule(&rule.id).is_none());
    found.removed = gone.map(|rule| rule.id.clone()).collect();
    found
}

/// Everything that follows of a rule.
pub(super) fn meaning(policy: &Policy, rule: &Rule) -> String {
    let mut out = question(policy, rule);
    let said = write!(out, "{:?}{:?}", rule.written.table, rule.then.wish.values());
    said.expect("writing to a String does not fail");
    out
}

/// Everything that decides whether a rule matches.
pub fn question(policy: &Policy, rule: &Rule) -> String {
    let part = |key: &str| rule.written.table.get(key);
    let asked = ["when", "unless", "internal", "mode"].map(part);
    let mut out = format!("{asked:?}{:?}", policy.frame.domains);
    let mut lists = rule.written.lists();
    lists.sort_unstable();
    for name in lists {
        let entries = policy.lists.get(name).map(|list| list.entries());
        let mut patterns: Vec<&str> = entries
            .unwrap_or_default()
            .iter()
            .map(|e| e.word.as_str())
            .collect();
        patterns.sort_unstable();
        write!(out, "{name}{patterns:?}").expect("writing to a String does not fail");
    }
    let labels = ["label", "label_at_least"].iter();
    if labels.into_iter().any(|key| rule.written.asks(key)) {
        write!(out, "{:?}", policy.labels).expect("writing to a String does not fail");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::policy::Frame;
    use std::path::PathBuf;

    fn policy(text: &str) -> Policy {
        let sources = [(PathBuf::from("p.toml"), text.to_owned())];
        Policy::read(&sources, &Frame::default()).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_rule_changes_with_what_it_refers_to_and_not_with_its_looks() {
        let old = "[[rule]]\nid = 'a'\nwhy = 'w'\nwhen = { to = 'list:x' }\nthen = { action = 'transfer', use = 'p' }\n\
            [[rule]]\nid = 'b'\nwhy = 'w'\nwhen = {}\nthen = 'seal'\n\
            [list.x]\nentries = ['@x.example']\n[profile.p]\nkeep_for = '3 days'\n";
        let rows = [
            (old.to_owned(), vec![], vec![], vec![]),
            (
                format!("# new\n{}", old.replace(" = ", "=")),
                vec![],
                vec![],
                vec![],
            ),
            (
                old.replace("@x.example", "@y.example"),
                vec![],
                vec![],
                vec!["a"],
            ),
            (old.replace("3 days", "4 days"), vec![], vec![], vec!["a"]),
            (old.replace("'seal'", "'reject'"), vec![], vec![], vec!["b"]),
            (
                old.replace("id = 'b'", "id = 'c'"),
                vec!["c"],
                vec!["b"],
                vec![],
            ),
            (
                format!("[defaults]\nhide_names = true\n{old}"),
                vec![],
                vec![],
                vec!["a", "b"],
            ),
        ];
        for (new, added, removed, changed) in rows {
            let found = compare(&policy(old), &policy(&new));
            let want = [added, removed, changed];
            assert_eq!([found.added, found.removed, found.changed], want, "{new}");
        }
    }
}
