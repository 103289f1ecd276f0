//! What policies decide: small policies before mails made by hand.

use super::extract::Inline;
use super::policy::{Frame, Policy};
use super::sample::{Sample, address};
use crate::mail::outline::Role;
use crate::transfer::plan::Weight;
use crate::transfer::{Action, Decision, Plan, Recovery, Scope, Unlock};
use std::path::PathBuf;
use std::time::Duration;

fn frame() -> Frame {
    Frame {
        domains: vec!["example.org".into()],
        languages: vec!["en".into(), "sv".into()],
        may_waive: Vec::new(),
        ..Frame::default()
    }
}

fn policy_in(text: &str, frame: &Frame) -> Policy {
    let sources = [(PathBuf::from("p.toml"), text.to_owned())];
    Policy::read(&sources, frame).unwrap_or_else(|e| panic!("{e}"))
}

fn policy(text: &str) -> Policy {
    policy_in(text, &frame())
}

/// A rule for every case: id, when, then.
fn rule(id: &str, when: &str, then: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nwhy = \"why {id}\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n"
    )
}

fn planned(policy: &Policy, sample: Sample) -> Plan {
    super::plan(policy, &sample.mail(), &Inline).expect("nothing to fail")
}

fn first(policy: &Policy, sample: Sample) -> Decision {
    planned(policy, sample).decisions.remove(0)
}

fn days(n: u64) -> Duration {
    Duration::from_secs(n * 86_400)
}

#[test]
fn a_policy_without_rules_passes_everything() {
    let plan = planned(&policy(""), Sample::text().file("a.pdf", 1 << 40));
    assert!(plan.is_empty());
    assert_eq!(plan.decisions[0].action, Action::Pass);
}

#[test]
fn each_condition_matches_what_it_says_and_nothing_else() {
    let file = || Sample::text().file("Report.PDF", 2_000_000);
    let rows: Vec<(&str, Sample, bool)> = vec![
        ("attachments_over = \"1 MiB\"", file(), true),
        ("attachments_over = \"2 MiB\"", file(), false),
        (
            "attachments_over = \"3 MB\"",
            file().file("b", 1_000_001),
            true,
        ),
        (
            "largest_over = \"3 MB\"",
            file().file("b", 1_000_001),
            false,
        ),
        ("largest_over = \"1999999 B\"", file(), true),
        ("message_over = \"1 B\"", file(), true),
        ("message_over = \"1 MiB\"", file(), false),
        ("from = [\"@example.org\"]", file(), true),
        ("from = [\"@other.example\"]", file(), false),
        ("to = [\"Bo@partner.example\"]", file(), true),
        ("to = [\"@.example\"]", file(), true),
        ("to = [\"@other.example\"]", file(), false),
        ("network = [\"10.0.0.0/8\"]", file(), true),
        ("network = [\"192.0.2.0/24\"]", file(), false),
        ("login = [\"anna*\"]", file().login("anna"), true),
        ("login = [\"anna*\"]", file(), false),
        ("has_attachments = true", file(), true),
        ("has_attachments = true", Sample::text(), false),
        ("has_attachments = false", Sample::text(), true),
        ("files_any = [\"*.pdf\"]", file(), true),
        ("files_any = [\"*.doc\"]", file(), false),
        (
            "files_any = [\"*.exe\"]",
            file().named(&["a.pdf", "a.exe"]),
            true,
        ),
        (
            "files_any = [\"inner*\"]",
            Sample::text().forwarded("f.eml"),
            true,
        ),
        ("files_all = [\"*.pdf\"]", file(), true),
        ("files_all = [\"*.pdf\"]", file().file("b.doc", 1), false),
        ("files_all = [\"*\"]", Sample::text(), false),
        (
            "types_any = [\"application/pdf\"]",
            Sample::text().file_of("x", "text/plain", b"%PDF-1.7\n"),
            true,
        ),
        (
            "types_any = [\"text/*\"]",
            Sample::text().file_of("x", "text/plain", b"%PDF-1.7\n"),
            true,
        ),
        (
            "types_any = [\"image/*\"]",
            Sample::text().file_of("x", "text/plain", b"%PDF-1.7\n"),
            false,
        ),
        (
            "types_any = [\"image/*\"], files_any = [\"*.png\"]",
            Sample::text()
                .part("image/png", Role::Picture)
                .named(&["logo.png"]),
            false,
        ),
        (
            "headers = { \"X-Mark\" = [\"*sec=x*\"] }",
            file().field("x-mark", "A, SEC=X"),
            true,
        ),
        (
            "headers = { \"X-Mark\" = [\"sec=x\"] }",
            file().field("x-mark", "A, SEC=X"),
            false,
        ),
        (
            "sensitivity = \"private\"",
            file().field("Sensitivity", "Private"),
            true,
        ),
        (
            "sensitivity = \"private\"",
            file().field("Sensitivity", "Personal"),
            false,
        ),
        (
            "subject_tag = \"intern\"",
            file().subject("[Intern] x"),
            true,
        ),
        (
            "subject_tag = \"intern\"",
            file().subject("x [intern] y"),
            false,
        ),
        (
            "recipients_over = 1",
            file().to(&["a@b.example", "c@d.example"]),
            true,
        ),
        (
            "recipients_over = 2",
            file().to(&["a@b.example", "c@d.example"]),
            false,
        ),
        (
            "encrypted = true",
            Sample::text().part("application/pgp-encrypted", Role::Encrypted),
            true,
        ),
        ("encrypted = false", Sample::text(), true),
        ("encrypted = true", Sample::text(), false),
        (
            "from = [\"@example.org\"], has_attachments = true",
            Sample::text(),
            false,
        ),
        ("", Sample::text(), true),
    ];
    for (when, sample, want) in rows {
        let policy = policy(&rule("r", when, "action = \"seal\""));
        let decision = first(&policy, sample);
        assert_eq!(decision.action == Action::Seal, want, "{when}");
        assert_eq!(decision.reasons.len(), usize::from(want), "{when}");
    }
}

#[test]
fn a_block_is_and_several_blocks_are_or_and_unless_takes_out() {
    let text = "[[rule]]\nid = \"r\"\nwhy = \"w\"\nthen = \"transfer\"\n\
        [[rule.when]]\nfiles_any = [\"*.a\"]\nlargest_over = \"10 B\"\n\
        [[rule.when]]\nfiles_any = [\"*.b\"]\n\
        [[rule.unless]]\nto = [\"@free.example\"]\n\
        [[rule.unless]]\nfiles_all = [\"*.ics\", \"*.b\"]\n";
    let policy = policy(text);
    let rows = [
        (Sample::text().file("x.a", 11), true),
        (Sample::text().file("x.a", 9), false),
        (Sample::text().file("x.b", 1), false),
        (Sample::text().file("x.b", 1).file("x.c", 1), true),
        (
            Sample::text().file("x.a", 11).to(&["z@free.example"]),
            false,
        ),
    ];
    for (i, (sample, want)) in rows.into_iter().enumerate() {
        let decision = first(&policy, sample);
        assert_eq!(decision.action == Action::Transfer, want, "row {i}");
    }
}

#[test]
fn colleagues_get_the_original_unless_a_rule_says_internal() {
    let both = &["kim@example.org", "bo@partner.example"];
    let all = rule("all", "", "action = \"transfer\"");
    let plan = planned(&policy(&all), Sample::text().file("a", 1).to(both));
    assert_eq!(plan.decisions[0].scope, Scope::Nothing);
    assert_eq!(plan.decisions[1].scope, Scope::Parts(vec![2]));
    let all = rule("all", "internal = true", "action = \"transfer\"");
    let plan = planned(&policy(&all), Sample::text().file("a", 1).to(both));
    assert!(plan.decisions.iter().all(|d| d.protects()));
}

#[test]
fn addresses_that_only_look_internal_are_not() {
    let policy = policy(&rule("all", "", "action = \"transfer\""));
    for to in [
        "x@sub.example.org",
        "x@notexample.org",
        "x@[127.0.0.1]",
        "x@example.org.evil.example",
    ] {
        assert!(
            first(&policy, Sample::text().file("a", 1).to(&[to])).protects(),
            "{to}"
        );
    }
    for to in ["x@EXAMPLE.org", "x@example.org.", "postmaster"] {
        assert!(
            !first(&policy, Sample::text().file("a", 1).to(&[to])).protects(),
            "{to}"
        );
    }
}

#[test]
fn the_result_is_the_same_in_whatever_order_rules_and_files_come() {
    let rules = [
        rule(
            "a",
            "",
            "action = \"transfer\", unlock = \"link\", keep_for = \"9 days\", downloads = 9, password_via = [\"sms\", \"agreed\", \"sender\"]",
        ),
        rule(
            "b",
            "",
            "action = \"seal\", keep_for = \"20 days\", notify = [\"downloaded\"], password_via = [\"sender\", \"sms\"]",
        ),
        rule(
            "c",
            "",
            "action = \"transfer\", hide_names = true, downloads = 3, notify = [\"delivered\"]",
        ),
        rule(
            "d",
            "has_attachments = true",
            "action = \"transfer\", keep_for = \"5 days\", take = [\"calendar\"]",
        ),
    ];
    let mut seen = Vec::new();
    for order in permutations(rules.len()) {
        let texts: Vec<&str> = order.iter().map(|i| rules[*i].as_str()).collect();
        for cut in 0..=rules.len() {
            let sources = [
                (PathBuf::from("1.toml"), texts[..cut].concat()),
                (PathBuf::from("2.toml"), texts[cut..].concat()),
            ];
            let policy = Policy::read(&sources, &frame()).expect("reads");
            let mut decision = first(&policy, Sample::text().file("x", 1));
            decision.reasons.sort_by(|a, b| a.rule.cmp(&b.rule));
            let rules: Vec<String> = decision.reasons.iter().map(|r| r.rule.clone()).collect();
            seen.push((decision.action, decision.scope, decision.options, rules));
        }
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    let (action, _, options, rules) = &seen[0];
    assert_eq!(*action, Action::Seal);
    assert_eq!(options.unlock, Unlock::Password);
    assert_eq!((options.keep_for, options.downloads), (days(5), Some(3)));
    assert_eq!(options.password_via, ["sms", "sender"]);
    assert_eq!(options.notify, ["delivered", "downloaded"]);
    assert!(options.hide_names && !options.hide_subject);
    assert_eq!(rules.len(), 4);
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut out = Vec::new();
    for shorter in permutations(n - 1) {
        for at in 0..n {
            let mut longer = shorter.clone();
            longer.insert(at, n - 1);
            out.push(longer);
        }
    }
    out
}

#[test]
fn one_more_rule_never_weakens() {
    let rules = [
        rule("a", "", "action = \"pass\", keep_for = \"3 days\""),
        rule(
            "b",
            "",
            "action = \"transfer\", unlock = \"link\", keep_for = \"30 days\", password_via = [\"agreed\"]",
        ),
        rule(
            "c",
            "",
            "action = \"seal\", unlock = \"password\", downloads = 2, password_via = [\"sms\"]",
        ),
        rule(
            "d",
            "",
            "action = \"transfer\", unlock = \"link\", hide_subject = true, recovery = \"gateway\"",
        ),
    ];
    let decide = |set: usize| {
        let text: String = (0..4)
            .filter(|i| set & (1 << i) != 0)
            .map(|i| rules[i].as_str())
            .collect();
        first(&policy(&text), Sample::text().file("x", 1))
    };
    for set in 0..16_usize {
        for more in 0..4 {
            let (less, both) = (decide(set), decide(set | (1 << more)));
            assert!(both.action >= less.action);
            if less.protects() {
                assert!(both.options.keep_for <= less.options.keep_for);
                assert!(both.options.unlock >= less.options.unlock);
                assert!(
                    both.options.downloads.unwrap_or(u32::MAX)
                        <= less.options.downloads.unwrap_or(u32::MAX)
                );
                assert!(both.options.hide_subject >= less.options.hide_subject);
                assert!(both.options.recovery >= less.options.recovery);
            }
        }
    }
    assert_eq!(
        decide(0b0110).options.password_via,
        ["sender"],
        "they agree on nothing"
    );
}

#[test]
fn profile_then_defaults_of_the_file_then_the_main_configuration_fill_in() {
    let text = "[defaults]\nunlock = \"link\"\nkeep_for = \"8 days\"\ndownloads = 4\n\
        [profile.p]\naction = \"transfer\"\nkeep_for = \"7 days\"\n"
        .to_owned()
        + &rule("r", "", "use = \"p\", hide_names = true");
    let options = first(&policy(&text), Sample::text().file("x", 1)).options;
    assert_eq!(options.keep_for, days(7));
    assert_eq!((options.unlock, options.downloads), (Unlock::Link, Some(4)));
    assert!(options.hide_names);
    let options = first(
        &policy(&rule("r", "", "action = \"transfer\"")),
        Sample::text().file("x", 1),
    )
    .options;
    assert_eq!(
        (options.unlock, options.keep_for),
        (Unlock::Password, days(14))
    );
}

#[test]
fn nothing_is_kept_longer_than_the_main_configuration_allows() {
    let text = rule("r", "", "action = \"transfer\", keep_for = \"300 days\"");
    assert_eq!(
        first(&policy(&text), Sample::text().file("x", 1))
            .options
            .keep_for,
        days(60)
    );
}

#[test]
fn observe_shows_and_changes_nothing() {
    let text = rule("r", "", "action = \"seal\"").replace("when =", "mode = \"observe\"\nwhen =");
    let decision = first(&policy(&text), Sample::text().file("x", 1));
    assert_eq!(decision.action, Action::Pass);
    assert_eq!(decision.reasons[0].weight, Weight::Observed);
}

#[test]
fn a_waiver_takes_out_what_it_names_and_no_more() {
    let text = rule("size-a", "", "action = \"transfer\"")
        + &rule("other", "has_attachments = true", "action = \"transfer\"")
        + &rule(
            "robot",
            "to = [\"@robot.example\"]",
            "action = \"pass\", waives = [\"size-*\"], reject_over = \"1 MiB\"",
        );
    let mut frame = frame();
    frame.may_waive = vec!["robot".into()];
    let policy = policy_in(&text, &frame);
    let to = |name: &str, size| Sample::text().file("x", size).to(&[name]);
    let decision = first(&policy, to("a@robot.example", 1));
    assert_eq!(
        decision.action,
        Action::Transfer,
        "the other rule still holds"
    );
    assert_eq!(decision.reasons[0].weight, Weight::WaivedBy("robot".into()));
    assert_eq!(
        first(&policy, Sample::text().to(&["a@robot.example"])).action,
        Action::Pass
    );
    assert_eq!(
        first(&policy, Sample::text().to(&["a@else.example"])).action,
        Action::Transfer
    );
    let refused = first(&policy, to("a@robot.example", 2 << 20));
    assert_eq!(refused.action, Action::Refuse("why robot".into()));
}

#[test]
fn two_waivers_that_name_each_other_both_fail() {
    let text = rule("base", "", "action = \"transfer\"")
        + &rule("w1", "", "action = \"pass\", waives = [\"base\", \"w2\"]")
        + &rule("w2", "", "action = \"pass\", waives = [\"base\", \"w1\"]");
    let mut frame = frame();
    frame.may_waive = vec!["w1".into(), "w2".into()];
    assert!(first(&policy_in(&text, &frame), Sample::text().file("x", 1)).protects());
}

#[test]
fn a_spoofed_sender_gains_protection_and_never_an_exception() {
    let protect = policy(&rule(
        "r",
        "from = [\"@legal.example.org\"]",
        "action = \"transfer\"",
    ));
    let exempt = policy(&rule("r", "", "action = \"transfer\"").replace(
        "then =",
        "unless = { from = [\"@legal.example.org\"] }\nthen =",
    ));
    let file = || Sample::text().file("x", 1);
    let legal = "Eva <eva@legal.example.org>";
    // who sent it, protected by the first policy, protected by the second
    let rows = [
        (
            "all agree",
            file()
                .from(Some("eva@legal.example.org"))
                .header_from(legal),
            true,
            false,
        ),
        ("header only", file().header_from(legal), true, true),
        (
            "envelope only",
            file().from(Some("eva@legal.example.org")),
            true,
            true,
        ),
        (
            "two in From",
            file()
                .from(Some("eva@legal.example.org"))
                .header_from("eva@legal.example.org, x@evil.example"),
            true,
            true,
        ),
        (
            "two From",
            file()
                .from(Some("eva@legal.example.org"))
                .header_from(legal)
                .field("From", "x@evil.example"),
            true,
            true,
        ),
        (
            "no From",
            file().from(Some("eva@legal.example.org")).no_field("From"),
            true,
            true,
        ),
        (
            "unreadable From",
            file()
                .from(Some("eva@legal.example.org"))
                .header_from("nobody"),
            true,
            true,
        ),
        (
            "another login",
            file()
                .from(Some("eva@legal.example.org"))
                .header_from(legal)
                .login("mallory@example.org"),
            true,
            true,
        ),
        (
            "login agrees",
            file()
                .from(Some("eva@legal.example.org"))
                .header_from(legal)
                .login("eva@legal.example.org"),
            true,
            false,
        ),
        (
            "login is a name",
            file()
                .from(Some("eva@legal.example.org"))
                .header_from(legal)
                .login("eva"),
            true,
            false,
        ),
        ("nobody of legal", file(), false, true),
    ];
    for (name, sample, protected, despite) in rows {
        let mail = sample.mail();
        let by =
            |p: &Policy| super::plan(p, &mail, &Inline).expect("plans").decisions[0].protects();
        assert_eq!((by(&protect), by(&exempt)), (protected, despite), "{name}");
    }
}

#[test]
fn names_types_and_headers_exempt_only_if_every_reading_agrees() {
    let but = |unless: &str| {
        let text = rule("r", "", "action = \"transfer\"");
        policy(&text.replace("then =", &format!("unless = {{ {unless} }}\nthen =")))
    };
    let pdf: &[u8] = b"%PDF-1.7\n";
    let rows = [
        (
            "files_any = [\"*.ics\"]",
            Sample::text().file("a.ics", 1),
            false,
        ),
        (
            "files_any = [\"*.ics\"]",
            Sample::text().file("a.ics", 1).named(&["a.ics", "a.pdf"]),
            true,
        ),
        (
            "files_all = [\"*.ics\"]",
            Sample::text().file("a.ics", 1).file("b.pdf", 1),
            true,
        ),
        (
            "types_any = [\"text/*\"]",
            Sample::text().file_of("a", "text/calendar", pdf),
            true,
        ),
        (
            "types_any = [\"application/pdf\"]",
            Sample::text().file_of("a", "application/pdf", pdf),
            false,
        ),
        (
            "headers = { \"X\" = [\"y\"] }",
            Sample::text().file("a", 1).field("X", "y"),
            false,
        ),
        (
            "headers = { \"X\" = [\"y\"] }",
            Sample::text().file("a", 1).field("X", "y").field("X", "n"),
            true,
        ),
        (
            "has_attachments = false",
            Sample::text().doubt("two boundaries"),
            true,
        ),
    ];
    for (unless, sample, want) in rows {
        assert_eq!(first(&but(unless), sample).protects(), want, "{unless}");
    }
}

#[test]
fn what_nobody_can_know_protects() {
    for when in [
        "has_attachments = true",
        "files_any = [\"*.pdf\"]",
        "types_any = [\"application/pdf\"]",
        "attachments_over = \"1 B\"",
        "largest_over = \"1 B\"",
    ] {
        let policy = policy(&rule("r", when, "action = \"transfer\""));
        let decision = first(&policy, Sample::text().doubt("two boundaries"));
        assert_eq!(decision.scope, Scope::Whole("two boundaries"), "{when}");
    }
}

#[test]
fn machines_get_through_but_not_people_who_play_machine() {
    let policy = policy(&rule("all", "", "action = \"transfer\""));
    let rows = [
        ("bounce", Sample::report().from(None), false),
        (
            "bounce with the mail",
            Sample::text().file("a", 1).from(None),
            false,
        ),
        ("receipt of a person", Sample::report(), false),
        (
            "null sender, signed in, file",
            Sample::text().file("a", 1).from(None).login("eva"),
            true,
        ),
        ("a report with a file", Sample::report().file("a", 1), true),
    ];
    for (name, sample, want) in rows {
        assert_eq!(first(&policy, sample).protects(), want, "{name}");
    }
}

#[test]
fn encrypted_mail_is_left_alone_unless_a_rule_speaks_of_it_or_refuses() {
    let rows = [
        (rule("r", "", "action = \"seal\""), Action::Pass),
        (
            rule("r", "encrypted = true", "action = \"transfer\""),
            Action::Transfer,
        ),
        (
            rule("r", "", "action = \"reject\""),
            Action::Refuse("why r".into()),
        ),
    ];
    for (text, want) in rows {
        assert_eq!(
            first(&policy(&text), Sample::encrypted()).action,
            want,
            "{text}"
        );
    }
    let tagged = first(&policy(""), Sample::encrypted().subject("[secure] x"));
    assert!(tagged.protects(), "its sender asks for it");
    let text = rule("r", "encrypted = true", "action = \"transfer\"");
    let part = Sample::text().part("application/pkcs7-mime", Role::Encrypted);
    assert_eq!(first(&policy(&text), part).scope, Scope::Parts(vec![2]));
}

#[test]
fn the_highest_label_counts() {
    let labels = "[label.low]\nrank = 1\ntags = [\"low\"]\nmsip = [\"0A6B1C9E-1111-4c1e-9d0e-000000000010\"]\n\
        [label.high]\nrank = 2\nsensitivity = [\"private\"]\nheaders = { \"X-Mark\" = [\"*HIGH*\"] }\n";
    let text = labels.to_owned()
        + &rule("least", "label_at_least = \"low\"", "action = \"transfer\"")
        + &rule("exact", "label = \"low\"", "action = \"seal\"");
    let policy = policy(&text);
    let msip = "MSIP_Label_0a6b1c9e-1111-4c1e-9d0e-000000000010_Enabled=True;\r\n MSIP_Label_0a6b1c9e-1111-4c1e-9d0e-000000000010_Name=x";
    let rows = [
        (Sample::text().file("a", 1), Action::Pass),
        (Sample::text().file("a", 1).subject("x [LOW]"), Action::Seal),
        (
            Sample::text().file("a", 1).field("msip_labels", msip),
            Action::Seal,
        ),
        (
            Sample::text()
                .file("a", 1)
                .field("msip_labels", &msip.replace("True", "False")),
            Action::Pass,
        ),
        (
            Sample::text().file("a", 1).field("Sensitivity", "Private"),
            Action::Transfer,
        ),
        (
            Sample::text()
                .file("a", 1)
                .subject("x [low]")
                .field("X-Mark", "very high"),
            Action::Transfer,
        ),
    ];
    for (i, (sample, want)) in rows.into_iter().enumerate() {
        assert_eq!(first(&policy, sample).action, want, "row {i}");
    }
}

#[test]
fn senders_read_the_reason_in_their_language() {
    let text = rule("r", "", "action = \"reject\"")
        .replace("\"why r\"", "{ en = \"No.\", sv = \"Nej.\" }");
    let policy = policy(&text);
    let rows = [
        (Sample::text(), "No."),
        (
            Sample::text().field("Accept-Language", "sv-SE, en-US"),
            "Nej.",
        ),
        (Sample::text().field("Content-Language", "fi"), "No."),
    ];
    for (sample, want) in rows {
        assert_eq!(planned(&policy, sample).refusal(), Some(want));
    }
}

#[test]
fn tags_protect_without_any_rule_and_leave_the_subject() {
    let rows = [
        ("[secure] plan", Action::Transfer, Some("plan")),
        ("plan [ Seal ]", Action::Seal, Some("plan")),
        ("Re: [secure] plan", Action::Transfer, Some("Re: plan")),
        ("how [secure] is spelled", Action::Pass, None),
        (
            "[JIRA-1] [secure] plan",
            Action::Transfer,
            Some("[JIRA-1] plan"),
        ),
        ("[notify] disk full", Action::Pass, None),
        ("[notify] [secure] x", Action::Transfer, Some("x")),
        ("[deal] Acme", Action::Pass, None),
        ("[EXT] [SMS] [IT]", Action::Pass, None),
    ];
    for (subject, action, left) in rows {
        let plan = planned(&policy(""), Sample::text().file("a", 1).subject(subject));
        assert_eq!(plan.decisions[0].action, action, "{subject}");
        assert_eq!(plan.subject.as_deref(), left, "{subject}");
    }
}

#[test]
fn a_password_in_the_subject_is_taken_as_it_was_typed_and_told_to_nobody() {
    let rows = [
        ("[pw: Our old Dog sleeps] plan", "Our old Dog sleeps"),
        ("plan [PW=grötfrukost: vid havet]", "grötfrukost: vid havet"),
        ("[secure] [pw:K7PM-2WXD-9RQF] plan", "K7PM-2WXD-9RQF"),
    ];
    for (subject, password) in rows {
        let plan = planned(&policy(""), Sample::text().file("a", 1).subject(subject));
        let options = &plan.decisions[0].options;
        let chosen = options.password.as_ref().map(|chosen| chosen.expose());
        assert_eq!(chosen, Some(password), "{subject}");
        assert_eq!(options.unlock, Unlock::Password, "{subject}");
        assert_eq!(plan.subject.as_deref(), Some("plan"), "{subject}");
        let seen = format!("{plan:?}").to_lowercase();
        let word = password.split([' ', '-']).next().expect("a word");
        assert!(!seen.contains(&word.to_lowercase()), "{seen}");
    }
}

#[test]
fn rules_say_what_a_password_must_be() {
    let policy = policy(
        r#"
[[rule]]
id = "uppsala"
why = "Twelve characters."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_rules = ["12 characters", "upper", "lower", "no-sequences"], password_style = "mixed" }
"#,
    );
    let with = |password: &str| {
        let sample = Sample::text().file("a", 1);
        planned(&policy, sample.field("X-Cloakroom-Password", password))
    };
    let refused = with("kaffe och abc");
    assert_eq!(
        refused.refusal(),
        Some(
            "The password you chose cannot be used: it needs a capital letter; it has a sequence such as abc, 321 or qwe. Nothing was sent."
        )
    );
    let fine = with("Kaffe och bullar");
    assert_eq!(fine.refusal(), None);
    let made = fine.decisions[0].options.password_rules.make();
    assert!(made.exact && made.password.expose().len() >= 12);
}

#[test]
fn a_near_miss_is_refused_with_what_was_meant() {
    let rows = [
        ("[secrue] plan", "Did you mean [secure]? Nothing was sent."),
        ("plan [secrt]", "Did you mean [secure]? Nothing was sent."),
        ("[sael] x", "Did you mean [seal]? Nothing was sent."),
        ("[day:5] x", "Did you mean [days:...]? Nothing was sent."),
        ("[pw:] x", "Did you mean [pw]? Nothing was sent."),
        (
            "[pw: our old dog] [pw: Another one] x",
            "A password may be given once. Nothing was sent.",
        ),
        (
            "[pw: Hemligt1] x",
            "The password you chose cannot be used: it can be guessed: use several unusual words. Nothing was sent.",
        ),
        (
            "[days:soon] x",
            "[days:...] needs a number, such as [days:5]. Nothing was sent.",
        ),
        (
            "[sms:0701234567] x",
            "A telephone number needs its country code, such as +46 70 123 45 67. Nothing was sent.",
        ),
        (
            "[lang:xx] x",
            "The languages are: en, sv. Nothing was sent.",
        ),
    ];
    for (subject, want) in rows {
        let plan = planned(&policy(""), Sample::text().subject(subject));
        assert_eq!(plan.refusal(), Some(want), "{subject}");
        let inside = Sample::text().subject(subject).to(&["kim@example.org"]);
        assert_eq!(
            planned(&policy(""), inside).refusal(),
            None,
            "{subject} to a colleague"
        );
    }
}

#[test]
fn controls_in_the_header_set_what_they_name() {
    let two = &["bo@partner.example", "cy@else.example"];
    let sample = Sample::text()
        .file("a", 1)
        .to(two)
        .field("X-Cloakroom-Protect", "Seal")
        .field("X-Cloakroom-Expire", "3 days")
        .field(
            "X-Cloakroom-Sms",
            "BO@partner.example=+46 (70) 123-45-67, 0049 30 123456",
        )
        .field("X-Cloakroom-Language", "sv-SE")
        .field("X-Cloakroom-Notify", "delivered");
    let plan = planned(&policy(""), sample);
    assert!(plan.strip_controls);
    let [bo, cy] = &plan.decisions[..] else {
        panic!("two recipients")
    };
    assert_eq!((&bo.action, &cy.action), (&Action::Seal, &Action::Seal));
    assert_eq!(bo.options.phone.as_deref(), Some("+46701234567"));
    assert_eq!(cy.options.phone.as_deref(), Some("+4930123456"));
    assert_eq!(bo.options.keep_for, days(3));
    assert_eq!(bo.options.language.as_deref(), Some("sv"));
    assert_eq!(bo.options.notify, ["delivered"]);
    let seen = format!("{plan:?}");
    assert!(seen.contains("X-Cloakroom-Protect") && !bo.reasons[0].matched.contains("+46"));
}

#[test]
fn controls_only_raise() {
    let strict = rule(
        "r",
        "",
        "action = \"seal\", unlock = \"password\", keep_for = \"2 days\"",
    );
    let sample = Sample::text()
        .file("a", 1)
        .field("X-Cloakroom-Protect", "transfer")
        .field("X-Cloakroom-Expire", "30 days");
    let decision = first(&policy(&strict), sample);
    assert_eq!(
        (decision.action, decision.options.keep_for),
        (Action::Seal, days(2))
    );
    let open = rule("r", "", "action = \"transfer\", unlock = \"link\"");
    let sample = Sample::text()
        .file("a", 1)
        .field("X-Cloakroom-Password", "correct horse");
    let decision = first(&policy(&open), sample);
    assert_eq!(decision.options.unlock, Unlock::Password);
    assert_eq!(
        decision.options.password.map(|p| p.expose().to_owned()),
        Some("correct horse".into())
    );
    let odd = Sample::text().field("X-Cloakroom-Protect", "no");
    assert!(planned(&policy(&open), odd).refusal().is_some());
    let mut frame = frame();
    frame.may_waive = vec!["w".into()];
    let waived = rule("r", "subject_tag = \"secure\"", "action = \"transfer\"")
        + &rule("w", "", "action = \"pass\", waives = [\"r\"]");
    let decision = first(
        &policy_in(&waived, &frame),
        Sample::text().file("a", 1).subject("[secure] x"),
    );
    assert_eq!(
        decision.action,
        Action::Transfer,
        "no waiver is above the sender's own wish"
    );
}

#[test]
fn the_number_of_the_sender_is_not_in_the_subject_nor_in_the_reasons() {
    let sample = Sample::text()
        .file("a", 1)
        .subject("Plan [sms:+46 70 123 45 67]");
    let plan = planned(&policy(""), sample);
    assert_eq!(plan.subject.as_deref(), Some("Plan"));
    let decision = &plan.decisions[0];
    assert_eq!(decision.options.phone.as_deref(), Some("+46701234567"));
    assert!(!format!("{:?}", decision.reasons).contains("4670"));
}

#[test]
fn decisions_keep_the_order_of_the_envelope() {
    let to = ["c@x.example", "a@example.org", "b@x.example"];
    let plan = planned(&policy(""), Sample::text().to(&to));
    let got: Vec<_> = plan.decisions.iter().map(|d| d.recipient.clone()).collect();
    assert_eq!(got, to.map(address));
}

#[test]
fn explain_names_the_rule_of_every_value() {
    let text = rule(
        "size",
        "attachments_over = \"10 B\"",
        "action = \"transfer\", unlock = \"link\", keep_for = \"9 days\"",
    ) + &rule("short", "", "action = \"pass\", keep_for = \"2 days\"");
    let policy = policy(&text);
    let mail = Sample::text().file("a.pdf", 11).mail();
    let plan = super::plan(&policy, &mail, &Inline).expect("plans");
    let said = super::explain::explain(&policy, &mail, &plan, &Inline).expect("explains");
    let text = said.to_string();
    for line in [
        "message  11 B in 1 attachment, label: none\n",
        "  matched  size   p.toml:1  attachments 11 B > 10 B\n",
        "  matched  short  p.toml:6  every mail\n",
        "  result   transfer: a.pdf\n",
        "unlock = link  (size)\n",
        "keep_for = 2 days  (short)\n",
        "password_via = agreed, sms, sender  (size)\n",
    ] {
        assert!(text.contains(line), "{line:?} in\n{text}");
    }
    let json = serde_json::to_value(&said).expect("is JSON");
    assert_eq!(json["recipients"][0]["action"], "transfer");
    assert_eq!(json["recipients"][0]["values"][2]["set_by"][0], "short");
}

/// What a rule found in the text would leave in the clear if only the files were taken.
#[test]
fn what_was_found_in_the_text_or_the_subject_takes_the_text_along() {
    let number = "BSN 111222333";
    let find = "finds = [\"bsn\"]";
    let words = "text_any = [\"bsn\"]";
    let file = || Sample::text().file_of("a.txt", "text/plain", number.as_bytes());
    let rows = [
        (find, file(), Scope::Parts(vec![2]), false),
        (words, file(), Scope::Parts(vec![2]), false),
        (find, file().subject(number), Scope::Message, true),
        (words, Sample::text().subject(number), Scope::Message, true),
        (find, Sample::texts(number), Scope::Message, false),
        (words, Sample::texts(number), Scope::Message, false),
        (
            "has_attachments = true",
            file().subject(number),
            Scope::Parts(vec![2]),
            false,
        ),
    ];
    for (when, sample, scope, hidden) in rows {
        let policy = policy(&rule("r", when, "action = \"transfer\""));
        let decision = first(&policy, sample);
        assert_eq!(decision.action, Action::Transfer, "{when}");
        assert_eq!(decision.scope, scope, "{when}");
        assert_eq!(decision.options.hide_subject, hidden, "{when}");
    }
}

#[test]
fn a_password_can_be_replaced_only_where_every_rule_wants_it() {
    let wants =
        |id: &str, recovery: &str| rule(id, "", &format!("action = \"transfer\"{recovery}"));
    let rows = [
        ("", "", Recovery::None),
        (", recovery = \"gateway\"", "", Recovery::None),
        (
            ", recovery = \"gateway\"",
            ", recovery = \"none\"",
            Recovery::None,
        ),
        (
            ", recovery = \"gateway\"",
            ", recovery = \"gateway\"",
            Recovery::Gateway,
        ),
    ];
    for (a, b, expected) in rows {
        let text = wants("a", a) + &wants("b", b);
        let options = first(&policy(&text), Sample::text().file("x", 1)).options;
        assert_eq!(options.recovery, expected, "{a}{b}");
    }
}
