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
    let files = match decision.scope {
        Scope::Whole(_) => Vec::new(),
        _ => files(),
    };
    let variants = variants(mail, &plan(vec![decision]), &held(&[&[0]], files));
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
        faces_[1].1.contains(
            "<p dir=\"auto\">Dear Bo,<br>\r\nhow &lt;are&gt; you p&#229; m&#229;ndag?</p>"
        ),
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

/// The open lines of a sealed mail as its plain face has them; the HTML face must have the same.
fn open_lines(draw: &Draw) -> Option<String> {
    let mail = parsed(&bytes_of(draw), &["bo@partner.example"]);
    let after = sealed(&mail, Scope::Message, |_| {});
    let all = after.spool.slice(0..after.spool.len());
    let all = String::from_utf8(all.expect("memory can be read")).expect("ASCII");
    let faces = faces(&after);
    for secret in [SECRET, "application", "old words", "<img", "logo@x"] {
        assert!(!all.contains(secret), "{secret} in {all}");
        assert!(faces.iter().all(|(_, f)| !f.contains(secret)), "{secret}");
    }
    let (open, _) = faces[0].1.split_once("-------").expect("there is a block");
    let (html, _) = faces[1]
        .1
        .split_once("<!-- cloakroom")
        .expect("there is one");
    assert_eq!(
        open.is_empty(),
        !html.contains("<p dir=\"auto\">"),
        "{html}"
    );
    for line in open.lines().filter(|l| l.is_ascii()) {
        assert!(html.contains(line), "{line} in {html}");
    }
    assert!(!html.contains("<a ") && !html.contains("<b>"), "{html}");
    (!open.is_empty()).then(|| open.trim_end().replace("\r\n", "|"))
}

fn html(text: &str) -> Draw {
    Draw::Text("html; charset=utf-8", Cte::Quoted, text.into())
}

fn plain(text: &str) -> Draw {
    Draw::Text("plain; charset=utf-8", Cte::Quoted, text.into())
}

#[test]
fn the_line_opens_what_stands_above_it_in_the_markup_of_every_program() {
    let word = |line: &str| {
        format!(
            "<html><head><title>t</title><style>p.MsoNormal{{margin:0}}</style></head><body><div class=WordSection1>\
             <p class=MsoNormal>Dear Bo,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>\
             <p class=MsoNormal>it is <b>about</b> <a href=\"https://x.example/\">you</a>.<img src=\"cid:logo@x\"></p>\
             <p class=MsoNormal>{line}<o:p></o:p></p><p class=MsoNormal>{SECRET}</p></div></body></html>"
        )
    };
    let rows = [
        word("--- protected from here ---"),
        word("--- Protected from here&nbsp;---"),
        word("\u{2014}- protected from here &#8211;-"),
        word("&mdash; protected <span>from</span> here &mdash;"),
        word("--- skyddat h\u{e4}rifr\u{e5}n ---"),
        word("--- ab hier gesch&uuml;tzt ---"),
        word("--- vanaf hier beveiligd ---"),
        format!(
            "<div dir=\"ltr\"><div>Dear Bo,</div><div><br></div><div>it is about you.</div><div>---&nbsp;protected from here ---</div><div>{SECRET}</div></div>"
        ),
        format!(
            "<html><body>Dear Bo,<div><br></div><div>it is about <i>you</i>.</div><div><br class=\"x\"></div><div>--- protected from here ---<br><div>{SECRET}</div></div></body></html>"
        ),
        format!("Dear Bo,<br><br>it is about you.<br>--- protected from here ---<br>{SECRET}"),
    ];
    for row in rows {
        let open = open_lines(&html(&row));
        assert_eq!(open.as_deref(), Some("Dear Bo,||it is about you."), "{row}");
    }
}

#[test]
fn one_branch_with_the_line_is_enough_and_history_is_none() {
    let line = "--- protected from here ---";
    let both =
        |text: &str, markup: &str| Draw::Multi("alternative", vec![plain(text), html(markup)]);
    let rows = [
        (
            both(&format!("Hello\r\n{line}\r\n{SECRET}"), SECRET),
            Some("Hello"),
        ),
        (
            both(SECRET, &format!("<p>Hello</p><p>{line}</p><p>{SECRET}")),
            Some("Hello"),
        ),
        (both(SECRET, SECRET), None),
        (
            plain(&format!(
                "Hello\r\n---- PROTECTED  from here ----\r\n{SECRET}"
            )),
            Some("Hello"),
        ),
        (plain(&format!("{line}\r\n{SECRET}")), None),
        (plain(&format!("\r\n \r\n{line}\r\n{SECRET}")), None),
        (
            plain(&format!("{SECRET}\r\n\r\n> old words\r\n> {line}\r\n")),
            None,
        ),
        (
            plain(&format!("{SECRET}\r\n-- \r\nAnna\r\n{line}\r\n")),
            None,
        ),
        (
            plain(&format!(
                "{SECRET}\r\n\r\nOn 3 May 2025, Bo wrote:\r\nold words\r\n{line}\r\n"
            )),
            None,
        ),
        (
            html(&format!(
                "<p>{SECRET}</p><div class=gmail_quote><p>old words</p><p>{line}</p></div>"
            )),
            None,
        ),
        (
            html(&format!(
                "<p>{SECRET} <!-- --><p>--- protected from here</p><p>x</p>"
            )),
            None,
        ),
        (html(&format!("<p>{SECRET} {line}</p>")), None),
        (
            Draw::Text(
                "plain; charset=utf-8; format=flowed",
                Cte::Eight,
                format!("Hello \r\nBo, \r\nyou\r\n{line}\r\n{SECRET}"),
            ),
            Some("Hello Bo, you"),
        ),
        (
            Draw::Bytes(
                "plain; charset=iso-8859-1",
                Cte::Base64,
                [
                    b"p\xe5 m\xe5ndag\r\n",
                    line.as_bytes(),
                    b"\r\n",
                    SECRET.as_bytes(),
                ]
                .concat(),
            ),
            Some("p\u{e5} m\u{e5}ndag"),
        ),
        (Draw::Multi("mixed", vec![Draw::File("a.pdf")]), None),
    ];
    for (number, (draw, open)) in rows.iter().enumerate() {
        assert_eq!(open_lines(draw).as_deref(), *open, "row {number}");
    }
}

#[test]
fn a_transfer_leaves_the_line_as_text() {
    let text = format!("Hello\r\n--- protected from here ---\r\n{SECRET}\r\n");
    let mail = secret_mail(&text);
    let after = sealed(&mail, Scope::Parts(vec![4]), |_| {});
    assert!(faces(&after)[0].1.starts_with(&text));
}

#[test]
fn copies_of_a_hidden_subject_go_and_the_thread_holds() {
    let draw = Draw::Multi("mixed", vec![text("plain", Cte::Seven, SECRET)]);
    let raw = String::from_utf8(bytes_of(&draw)).expect("ASCII").replace(
        "Message-ID:",
        "X-Subject: contract   DRAFT\r\nX-Info: (Re: =?utf-8?B?Q29udHJhY3QgZHJhZnQ=?=)\r\nKeywords: secret\r\nX-Spam-Report: preview: Your application\r\n\
         X-Mailer: Desk 1\r\nIn-Reply-To: <contract.draft@y>\r\nReferences: <a@b> <contract.draft@y>\r\nThread-Index: AdY\r\nMessage-ID:",
    );
    let mail = parsed(raw.as_bytes(), &["bo@partner.example"]);
    let after = sealed(&mail, Scope::Message, |options| options.hide_subject = true);
    let names: Vec<&str> = after
        .outline
        .root()
        .fields
        .0
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    for gone in [
        "X-Subject",
        "X-Info",
        "Keywords",
        "X-Spam-Report",
        "Thread-Topic",
    ] {
        assert!(!names.contains(&gone), "{gone}");
    }
    for stays in [
        "X-Mailer",
        "In-Reply-To",
        "References",
        "Thread-Index",
        "Message-ID",
    ] {
        assert!(names.contains(&stays), "{stays} in {names:?}");
    }
}
