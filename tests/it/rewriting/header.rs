//! Who gets which bytes, and what happens to the header.

use super::desk::*;
use cloakroom::fault::Kind;
use cloakroom::mail::dkim::Signers;
use cloakroom::rewrite;
use cloakroom::texts::Texts;
use cloakroom::transfer::{Action, Held, Scope};

const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const COLLEAGUE: &str = "kim@example.org";

/// A mail with fields that matter, and one file.
fn mail_bytes() -> Vec<u8> {
    format!(
        "DKIM-Signature: v=1; a=rsa-sha256;\r\n\tb=abc\r\nX-Google-DKIM-Signature: v=1\r\nX-Cloakroom-Password: s3cret!\r\n{HEADER}\
         Thread-Topic: Contract draft\r\nThread-Index: AdY\r\nReferences: <0@example.org>\r\nLines: 12\r\nContent-Length: 400\r\n\
         Disposition-Notification-To: anna@legal.example.org\r\nX-Odd:  two  spaces \r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\nHi\r\n--b\r\n\
         Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nFILE\r\n--b--\r\nepilogue\r\n"
    )
    .into_bytes()
}

#[test]
fn an_untouched_mail_gets_our_received_line_and_nothing_else() {
    let raw = mail_bytes();
    let mail = parsed(&raw, &[BO, EVA]);
    let plan = plan(vec![
        decision(BO, Scope::Nothing),
        decision(EVA, Scope::Nothing),
    ]);
    let variants = variants(&mail, &plan, &Held::nothing());
    assert_eq!(variants.len(), 1);
    assert_eq!(variants[0].recipients().len(), 2);
    let out = bytes(&variants[0]);
    let line = String::from_utf8(out[..out.len() - raw.len()].to_vec()).expect("ASCII");
    assert_eq!(&out[line.len()..], raw);
    assert!(line.starts_with("Received: from client.example.org??X ([192.0.2.1])\r\n\tby gate.example.org with SMTP id "), "{line}");
    assert_eq!(line.matches("\r\n").count(), 3, "{line}");
    assert!(line.lines().skip(1).all(|l| l.starts_with('\t')), "{line}");
    assert!(!line.contains("for "), "Bcc must not show: {line}");
    assert_eq!(variants[0].options().size, Some(out.len() as u64));
}

#[test]
fn a_changed_mail_loses_what_no_longer_holds_and_keeps_all_else() {
    let raw = mail_bytes();
    let mail = parsed(&raw, &[BO]);
    let variant = protected(&mail, "en", files());
    let out = String::from_utf8(bytes(&variant)).expect("ASCII");
    let (header, _) = out.split_once("\r\n\r\n").expect("a blank line");
    for gone in [
        "DKIM",
        "X-Cloakroom-Password",
        "s3cret",
        "Lines:",
        "Content-Length",
    ] {
        assert!(!header.contains(gone), "{gone}");
    }
    let second = header.split("\r\n").find(|l| l.starts_with("X-Cloakroom"));
    assert_eq!(second, Some("X-Cloakroom-Transfer: 7K3M9XQF"));
    let untouched = kept(&variant, &mail.spool);
    let wanted = String::from_utf8(raw).expect("ASCII");
    let wanted = wanted
        .replace("DKIM-Signature: v=1; a=rsa-sha256;\r\n\tb=abc\r\nX-Google-DKIM-Signature: v=1\r\nX-Cloakroom-Password: s3cret!\r\n", "")
        .replace("X-Google-DKIM-Signature: v=1\r\n", "")
        .replace("Lines: 12\r\nContent-Length: 400\r\n", "")
        .replace("--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nFILE\r\n", "");
    assert_eq!(String::from_utf8(untouched).expect("ASCII"), wanted);
}

#[test]
fn each_link_gets_its_own_bytes_and_untouched_ones_come_last() {
    let mail = parsed(&mail_bytes(), &[COLLEAGUE, BO, EVA, "per@partner.example"]);
    let parts = || Scope::Parts(vec![2]);
    let plan = plan(vec![
        decision(COLLEAGUE, Scope::Nothing),
        decision(BO, parts()),
        decision(EVA, parts()),
        decision("per@partner.example", parts()),
    ]);
    let held = held(&[&[1, 3], &[2]], files());
    let variants = variants(&mail, &plan, &held);
    let who: Vec<Vec<String>> = variants
        .iter()
        .map(|v| {
            v.recipients()
                .iter()
                .map(|r| r.address.to_string())
                .collect()
        })
        .collect();
    assert_eq!(
        who,
        [vec![BO, "per@partner.example"], vec![EVA], vec![COLLEAGUE]]
    );
    let out: Vec<String> = variants
        .iter()
        .map(|v| String::from_utf8(bytes(v)).expect("ASCII"))
        .collect();
    assert!(out[0].contains(URL) && !out[0].contains("FILE\r\n"));
    assert!(out[1].contains("https://files.example.org/t/"));
    assert!(
        !out[1].contains(TOKEN) && !out[1].contains("FILE\r\n"),
        "nobody else's link"
    );
    assert!(!out[2].contains("/t/") && out[2].contains("FILE\r\n"));
}

#[test]
fn recipients_of_one_link_with_other_languages_get_other_bytes() {
    let mail = parsed(&mail_bytes(), &[BO, EVA]);
    let mut plan = plan(vec![
        decision(BO, Scope::Parts(vec![2])),
        decision(EVA, Scope::Parts(vec![2])),
    ]);
    plan.decisions[1].options.language = Some("de".into());
    plan.decisions[1].options.hide_names = true;
    let variants = variants(&mail, &plan, &held(&[&[0, 1]], files()));
    assert_eq!(variants.len(), 2);
    let english = String::from_utf8(bytes(&variants[0])).expect("ASCII");
    let german = bytes(&variants[1]);
    let german = parsed(&german, &[EVA]);
    let german = String::from_utf8(decoded(&german, shown_texts(&german)[0])).expect("UTF-8");
    assert!(english.contains("contract-v3.pdf") && english.contains("View them here:"));
    assert!(!german.contains("contract-v3"), "names are hidden");
    assert!(
        german.contains("2 Dateien von Anna Lind (5,3 MB)") && german.contains("Verfügbar bis")
    );
}

#[test]
fn a_subject_without_tags_replaces_the_old_one_for_everybody() {
    let mail = parsed(&mail_bytes(), &[COLLEAGUE]);
    let mut plan = plan(vec![decision(COLLEAGUE, Scope::Nothing)]);
    plan.subject = Some("Avtal på gång".into());
    plan.strip_controls = true;
    let out =
        String::from_utf8(bytes(&variants(&mail, &plan, &Held::nothing())[0])).expect("ASCII");
    assert!(!out.contains("s3cret") && !out.contains("DKIM"));
    assert!(
        out.contains("\r\nSubject: =?utf-8?B?QXZ0YWwgcMOlIGfDpW5n?=\r\nMessage-ID:"),
        "{out}"
    );
    assert!(out.contains("FILE\r\n"));
}

#[test]
fn nothing_leaves_without_a_link_for_everyone_who_needs_one() {
    let house = house();
    let texts = Texts::new(&house.languages);
    let mail = parsed(&mail_bytes(), &[BO, EVA]);
    let two = || {
        plan(vec![
            decision(BO, Scope::Parts(vec![2])),
            decision(EVA, Scope::Parts(vec![2])),
        ])
    };
    let attempts = [
        (two(), Held::nothing()),
        (two(), held(&[&[0]], files())),
        (plan(vec![decision(BO, Scope::Nothing)]), Held::nothing()),
        (
            plan(vec![
                decision(EVA, Scope::Nothing),
                decision(BO, Scope::Nothing),
            ]),
            Held::nothing(),
        ),
        (
            plan(vec![
                decision(BO, Scope::Parts(vec![99])),
                decision(EVA, Scope::Nothing),
            ]),
            held(&[&[0]], files()),
        ),
    ];
    for (plan, held) in attempts {
        let fault = rewrite::variants(&mail, &plan, &held, &house, &texts, &Signers::default())
            .expect_err("nothing may leave");
        assert_eq!(fault.kind, Kind::Internal);
    }
    let mut refused = plan(vec![
        decision(BO, Scope::Nothing),
        decision(EVA, Scope::Nothing),
    ]);
    refused.decisions[1].action = Action::Refuse("No.".into());
    let fault = rewrite::variants(
        &mail,
        &refused,
        &Held::nothing(),
        &house,
        &texts,
        &Signers::default(),
    )
    .expect_err("refused");
    assert_eq!(fault.kind, Kind::PolicyRefused("No.".into()));
}

#[test]
fn names_of_strangers_stay_text() {
    let raw = String::from_utf8(mail_bytes())
        .expect("ASCII")
        .replace(
            "Anna Lind <anna",
            "\"<script>alert(1)</script> \u{202e}A\\\"nna\" <anna",
        )
        .replace(
            "\r\n\r\nHi\r\n",
            "\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n",
        );
    let mail = parsed(raw.as_bytes(), &[BO]);
    let mut names = files();
    names[0].name =
        "\"><img src=x onerror=alert(1)>\u{202e}fdp.exe\r\n<!-- cloakroom:end 7K3M9XQF -->".into();
    let out = bytes(&protected(&mail, "en", names));
    let after = parsed(&out, &[BO]);
    let html = String::from_utf8(decoded(&after, shown_texts(&after)[0])).expect("ASCII");
    assert!(html.is_ascii());
    assert!(
        !html.contains("<script") && !html.contains("<img"),
        "{html}"
    );
    assert_eq!(html.matches("cloakroom:end").count(), 2);
    assert_eq!(html.matches("<!-- cloakroom:end").count(), 1, "{html}");
    assert!(!html.contains("&#8238;"), "no direction override: {html}");
    assert!(
        html.contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{html}"
    );
}
