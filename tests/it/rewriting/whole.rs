//! Mails whose text went into the transfer too.

use super::desk::*;
use cloakroom::mail::{Mail, Part};
use cloakroom::transfer::{Options, Scope};

const SECRET: &str = "Your application was turned down because of reasons.";

fn secret_mail(plain: &str) -> Mail {
    let draw = Draw::Multi(
        "mixed",
        vec![
            Draw::Multi(
                "alternative",
                vec![
                    text("plain; charset=utf-8", Cte::Quoted, plain),
                    text(
                        "html; charset=utf-8",
                        Cte::Base64,
                        &format!("<p>{SECRET}</p>"),
                    ),
                ],
            ),
            Draw::File("a.pdf"),
        ],
    );
    parsed(&bytes_of(&draw), &["bo@partner.example"])
}

fn sealed(mail: &Mail, scope: Scope, change: impl Fn(&mut Options)) -> Mail {
    let mut decision = decision("bo@partner.example", scope);
    change(&mut decision.options);
    let variants = variants(mail, &plan(vec![decision]), &held(&[&[0]], files()));
    parsed(&bytes(&variants[0]), &["bo@partner.example"])
}

fn faces(mail: &Mail) -> Vec<(&Part, String)> {
    shown_texts(mail)
        .into_iter()
        .map(|part| (part, String::from_utf8(decoded(mail, part)).expect("UTF-8")))
        .collect()
}

#[test]
fn of_a_sealed_mail_only_the_header_and_our_block_leave() {
    for scope in [Scope::Message, Scope::Whole("a doubt")] {
        let mail = secret_mail(SECRET);
        let after = sealed(&mail, scope, |_| {});
        assert!(
            after.outline.doubts.is_empty(),
            "{:?}",
            after.outline.doubts
        );
        assert_eq!(structure(&after), "alternative[plain,html]");
        let faces = faces(&after);
        assert_eq!(faces.len(), 2);
        for (part, face) in &faces {
            assert!(
                face.contains(URL) && !face.contains("application was"),
                "{face}"
            );
            assert_eq!(part.charset.as_deref(), Some("utf-8"));
        }
        let fields = &after.outline.root().fields;
        for name in [
            "From",
            "To",
            "Subject",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "X-Cloakroom-Transfer",
        ] {
            assert_eq!(fields.all(name).count(), 1, "{name}");
        }
        assert_eq!(fields.value("Subject"), Some("Contract draft"));
    }
}

#[test]
fn the_sealed_block_says_who_wrote_and_from_where() {
    let after = sealed(&secret_mail(SECRET), Scope::Message, |_| {});
    let plain = &faces(&after)[0].1;
    assert!(plain.starts_with("---------------------------------------------------------------\r\nA message from Anna Lind (anna@legal.example.org), with 2 files\r\n"), "{plain}");
    assert!(
        plain.contains(&format!("Read it here:\r\n{URL}\r\n")),
        "{plain}"
    );
    let after = sealed(&secret_mail(SECRET), Scope::Whole("a doubt"), |_| {});
    let plain = &faces(&after)[0].1;
    assert!(
        plain.contains("A message from Anna Lind (anna@legal.example.org)\r\n"),
        "{plain}"
    );
}

#[test]
fn what_stands_above_the_line_stays_open_and_nothing_below() {
    let mail = secret_mail(&format!(
        "Dear Bo,\r\nhow <are> you på måndag?\r\n\r\n--- protected from here ---\r\n{SECRET}\r\n"
    ));
    let after = sealed(&mail, Scope::Message, |_| {});
    let faces_ = faces(&after);
    assert!(
        faces_[0]
            .1
            .starts_with("Dear Bo,\r\nhow <are> you på måndag?\r\n\r\n-----"),
        "{}",
        faces_[0].1
    );
    assert!(
        faces_[1]
            .1
            .contains("<p>Dear Bo,<br>\r\nhow &lt;are&gt; you p&#229; m&#229;ndag?</p>"),
        "{}",
        faces_[1].1
    );
    assert!(
        faces_
            .iter()
            .all(|(_, face)| !face.contains("application was"))
    );
    let whole = sealed(&mail, Scope::Whole("a doubt"), |_| {});
    assert!(
        faces(&whole)
            .iter()
            .all(|(_, face)| !face.contains("Dear Bo")),
        "a doubtful mail opens nothing"
    );
}

#[test]
fn a_hidden_subject_is_found_nowhere() {
    let draw = Draw::Multi(
        "mixed",
        vec![text("plain", Cte::Seven, SECRET), Draw::File("a.pdf")],
    );
    let raw = String::from_utf8(bytes_of(&draw)).expect("ASCII").replace(
        "Message-ID:",
        "Thread-Topic: Contract draft\r\nThread-Index: AdY\r\nContent-Language: en\r\nContent-ID: <x@y>\r\nMessage-ID:",
    );
    let mail = parsed(raw.as_bytes(), &["bo@partner.example"]);
    let after = sealed(&mail, Scope::Message, |options| {
        options.hide_subject = true;
        options.language = Some("sv".into());
    });
    let out = after
        .spool
        .slice(0..after.spool.len())
        .expect("memory can be read");
    let out = String::from_utf8(out).expect("ASCII");
    assert!(!out.contains("Contract draft"), "{out}");
    assert_eq!(
        after.outline.root().fields.value("Subject"),
        Some("Meddelande från Example Region")
    );
    assert!(out.contains("Thread-Index: AdY\r\n"));
    assert!(!out.contains("Content-Language") && !out.contains("Content-ID"));
}
