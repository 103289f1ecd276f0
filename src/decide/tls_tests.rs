//! `require_tls`: who says it, where it counts, and what is said about it.

use super::explain::explain;
use super::extract::Inline;
use super::sample::Sample;
use super::{Frame, Policy};
use crate::mail::Lane;
use std::path::PathBuf;

const RULES: &str = r#"
schema = 1
[profile.careful]
action = "transfer"
unlock = "link"
require_tls = "verified"
[[rule]]
id = "a-files"
why = "files"
when = { to = ["@files.example", "@both.example"] }
then = { action = "transfer", unlock = "link" }
[[rule]]
id = "b-court"
why = "court"
when = { to = ["@court.example", "@both.example"] }
then = { action = "pass", require_tls = "verified" }
[[rule]]
id = "c-careful"
why = "careful"
when = { to = ["@careful.example"] }
then = { use = "careful" }
[[rule]]
id = "d-trial"
why = "trial"
mode = "observe"
when = { to = ["@trial.example"] }
then = { action = "pass", require_tls = "verified" }
[[rule]]
id = "e-held"
why = "held"
when = { to = ["@held.example"] }
then = { action = "hold", release_by = ["dpo@example.org"], require_tls = "verified" }
"#;

fn read(text: &str, verified_tls: bool) -> Result<Policy, String> {
    let frame = Frame {
        domains: vec!["example.org".into()],
        verified_tls,
        ..Frame::default()
    };
    let sources = [(PathBuf::from("p.toml"), text.to_owned())];
    Policy::read(&sources, &frame).map_err(|e| e.to_string())
}

#[test]
fn whoever_says_it_wins_and_it_counts_where_nothing_is_taken() {
    let policy = read(RULES, true).unwrap();
    let rows = [
        ("x@files.example", Lane::Ordinary),
        ("x@court.example", Lane::VerifiedTls),
        ("x@both.example", Lane::VerifiedTls),
        ("x@careful.example", Lane::VerifiedTls),
        ("x@trial.example", Lane::Ordinary),
        ("x@held.example", Lane::VerifiedTls),
        ("x@other.example", Lane::Ordinary),
    ];
    for (to, lane) in rows {
        let mail = Sample::text().file("a.pdf", 10).to(&[to]).mail();
        let plan = super::plan(&policy, &mail, &Inline).unwrap();
        assert_eq!(plan.decisions[0].lane, lane, "{to}");
    }
}

#[test]
fn defaults_of_a_file_count_for_rules_that_pass_too() {
    let text = "[defaults]\nrequire_tls = 'verified'\n[[rule]]\nid = 'r'\nwhy = 'w'\nwhen = {}\nthen = 'pass'\n";
    let rule = |policy: Policy| policy.rule("r").unwrap().then.wish.require_tls;
    assert_eq!(rule(read(text, true).unwrap()), Some(Lane::VerifiedTls));
}

#[test]
fn without_the_lane_each_rule_that_asks_for_it_is_a_mistake() {
    let said = read(RULES, false).unwrap_err();
    let places = [
        "p.toml:16:41:",
        "p.toml:17:1:",
        "p.toml:27:41:",
        "p.toml:32:",
    ];
    for words in places.into_iter().chain(["intake.next_hop_verified_tls"]) {
        assert!(said.contains(words), "no {words:?} in\n{said}");
    }
    let mistakes = said.matches("asks for verified TLS").count();
    assert_eq!(mistakes, 4, "{said}");
}

#[test]
fn explain_says_who_wants_it() {
    let policy = read(RULES, true).unwrap();
    let mail = Sample::text().to(&["x@court.example"]).mail();
    let plan = super::plan(&policy, &mail, &Inline).unwrap();
    let explained = explain(&policy, &mail, &plan, &Inline).unwrap();
    let text = explained.to_string();
    let line = "  result   pass\n           require_tls = verified  (b-court)\n";
    assert!(text.contains(line), "{text}");
    let json = serde_json::to_value(&explained).unwrap();
    let value = &json["recipients"][0]["values"][0];
    assert_eq!(value["key"], "require_tls");
    assert_eq!(value["set_by"][0], "b-court");
}
