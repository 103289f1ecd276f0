//! What holds, for how long, and what is left after a release.

use super::explain::explain;
use super::extract::Inline;
use super::judge::Released;
use super::sample::Sample;
use super::{Frame, Policy};
use crate::transfer::Action;
use std::path::PathBuf;

fn policy(text: &str) -> Policy {
    let frame = Frame {
        domains: vec!["example.org".into()],
        ..Frame::default()
    };
    let sources = [(PathBuf::from("p.toml"), text.to_owned())];
    Policy::read(&sources, &frame).unwrap_or_else(|e| panic!("{e}"))
}

/// What holds, beside what protects.
const HOLDING: &str = r#"
schema = 1
[profile.sealed]
action = "seal"
unlock = "link"
[[rule]]
id = "a-files"
why = "files"
when = { to = ["@files.example"] }
then = { action = "transfer", unlock = "link" }
[[rule]]
id = "b-held"
why = "held"
when = { to = ["@held.example", "@files.example", "@refused.example"] }
then = { action = "hold", release_by = ["dpo@example.org", "cfo@example.org"] }
[[rule]]
id = "c-both"
why = "both"
when = { to = ["@sealed.example"] }
then = { use = "sealed", action = "hold", release_by = ["dpo@example.org", "eva@example.org"], hold_for = "1 day" }
[[rule]]
id = "d-again"
why = "again"
when = { to = ["both@sealed.example"] }
then = { action = "hold", release_by = ["cfo@example.org"], hold_for = "2 days" }
[[rule]]
id = "e-refused"
why = "refused"
when = { to = ["@refused.example"] }
then = "reject"
"#;

/// Recipient; what it waits for (approvers, hours, rules); what it is after a release, and after `--as-transfer`.
#[test]
fn what_is_held_keeps_what_it_will_be_after_a_release() {
    let policy = policy(HOLDING);
    type Row = (
        &'static str,
        Option<(&'static str, u64, &'static str)>,
        Action,
        Action,
    );
    let rows: [Row; 6] = [
        (
            "bo@held.example",
            Some(("dpo@example.org cfo@example.org", 72, "b-held")),
            Action::Pass,
            Action::Transfer,
        ),
        (
            "bo@files.example",
            Some(("dpo@example.org cfo@example.org", 72, "b-held")),
            Action::Transfer,
            Action::Transfer,
        ),
        (
            "bo@sealed.example",
            Some(("dpo@example.org eva@example.org", 24, "c-both")),
            Action::Seal,
            Action::Seal,
        ),
        (
            "both@sealed.example",
            Some((
                "dpo@example.org eva@example.org cfo@example.org",
                24,
                "c-both d-again",
            )),
            Action::Seal,
            Action::Seal,
        ),
        (
            "bo@refused.example",
            None,
            Action::Refuse("refused".into()),
            Action::Refuse("refused".into()),
        ),
        ("bo@free.example", None, Action::Pass, Action::Transfer),
    ];
    for (to, awaits, plainly, as_transfer) in rows {
        let mail = Sample::text().file("a.pdf", 10).to(&[to]).mail();
        let held = super::plan(&policy, &mail, &Inline).expect("a plan");
        let got = held.decisions[0].awaits.as_ref().map(|awaits| {
            let people: Vec<String> = awaits.release_by.iter().map(|a| a.to_string()).collect();
            let hours = awaits.hold_for.as_secs() / 3600;
            (people.join(" "), hours, awaits.rules.join(" "))
        });
        let awaits = awaits.map(|(people, hours, rules)| (people.into(), hours, rules.into()));
        assert_eq!(got, awaits, "{to}");
        assert_eq!(held.decisions[0].action, plainly, "{to}");
        for (how, action) in [
            (Released::AsDecided, plainly),
            (Released::AsTransfer, as_transfer),
        ] {
            let plan = super::plan_released(&policy, &mail, &Inline, how).expect("a plan");
            assert!(plan.awaits().is_none(), "{to}: it waits again");
            assert_eq!(plan.decisions[0].action, action, "{to} {how:?}");
        }
    }
}

#[test]
fn a_hold_does_not_hide_what_the_sender_asks_for() {
    let policy = policy(HOLDING);
    let mail = Sample::text()
        .file("a.pdf", 10)
        .field("Subject", "[seal] plan")
        .to(&["bo@held.example"])
        .mail();
    let plan = super::plan(&policy, &mail, &Inline).expect("a plan");
    assert_eq!(plan.decisions[0].action, Action::Seal);
    assert!(plan.awaits().is_some());
}

#[test]
fn one_held_recipient_holds_the_mail() {
    let policy = policy(HOLDING);
    let mail = Sample::text()
        .to(&["bo@free.example", "bo@held.example", "bo@sealed.example"])
        .mail();
    let plan = super::plan(&policy, &mail, &Inline).expect("a plan");
    let awaits = plan.awaits().expect("it waits");
    assert_eq!(awaits.rules, ["b-held", "c-both"]);
    assert_eq!(awaits.hold_for.as_secs(), 24 * 3600);
    assert_eq!(awaits.release_by.len(), 3);
}

#[test]
fn explain_says_who_may_release_and_what_it_becomes() {
    let policy = policy(HOLDING);
    let mail = Sample::text()
        .file("a.pdf", 10)
        .to(&["bo@held.example"])
        .mail();
    let plan = super::plan(&policy, &mail, &Inline).expect("a plan");
    let said = explain(&policy, &mail, &plan, &Inline).expect("explains");
    let text = said.to_string();
    for line in [
        "  result   hold: until somebody releases it\n",
        "  released pass\n",
        "           transfer (--as-transfer)\n",
        "           release_by = dpo@example.org, cfo@example.org  (b-held)\n",
        "           hold_for = 3 days  (defaults)\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    let json = serde_json::to_value(&said).expect("JSON");
    let one = &json["recipients"][0];
    assert_eq!(one["action"], "hold");
    assert_eq!(one["released"]["plainly"], "pass");
    assert_eq!(one["released"]["as_transfer"], "transfer");
}
