//! Mails that have met a gateway before: answers that quote a block, and mails that only say so.

use super::bodies::{behind_received, through_the_line};
use super::desk::{decoded, parsed, shown_texts};
use crate::support::bodies;
use crate::support::client::{Door, send};
use crate::support::plant::{self, DESK, Plant};
use cloakroom::doors::smtp::Protocol;
use cloakroom::store::memory::Memory;
use std::sync::Arc;

const FROM: &str = "anna@example.org";
const TO: &str = "bo@partner.example";
const LINK: &str = "https://files.example.org/t/";
const FILE: &str = "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n";

/// What leaves for the mail with this kind of text.
async fn first_mail(kind: &str, text: &str) -> String {
    let out = through_the_line(&[mail("", kind, text, FILE).as_bytes()]).await;
    let after = parsed(&out[0], &[TO]);
    let shown = decoded(&after, shown_texts(&after)[0]);
    String::from_utf8(shown).expect("UTF-8")
}

fn mail(fields: &str, kind: &str, text: &str, file: &str) -> String {
    format!(
        "From: Anna Lind <{FROM}>\r\nTo: {TO}\r\nSubject: Re: Contract\r\n{fields}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{text}\r\n{file}--b--\r\n"
    )
}

/// The first mail as programs quote it: kind of text, above the quote, the quote.
async fn answers() -> Vec<(&'static str, String, String)> {
    let html = first_mail("html", "<p>Hi Bo</p>").await;
    let plain = first_mail("plain", "Hi Bo\r\n").await;
    assert!(html.contains(LINK) && plain.contains(LINK));
    // Gmail keeps no comments, Outlook puts its own around.
    let bare = regex::Regex::new("<!--.*?-->\r\n").expect("a pattern");
    let bare = bare.replace_all(&html, "").into_owned();
    let marked: String = plain.lines().map(|line| format!("> {line}\r\n")).collect();
    vec![
        (
            "html",
            "<p>Thanks</p>".into(),
            format!(
                "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On 3 May 2025, Bo wrote:<br></div><blockquote class=\"gmail_quote\">{bare}</blockquote></div>"
            ),
        ),
        (
            "html",
            "<p>Thanks</p>".into(),
            format!(
                "<blockquote type=\"cite\"><div>On 3 May 2025, Bo wrote:</div>{html}</blockquote>"
            ),
        ),
        (
            "html",
            "<p>Thanks</p>".into(),
            format!(
                "<div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> Bo</div><!--[if mso]>x<![endif]-->{html}"
            ),
        ),
        // No mark of the program, but our own.
        (
            "html",
            "<p>Thanks</p>".into(),
            html[html.find("<!-- cloakroom").expect("a block")..].to_owned(),
        ),
        (
            "plain",
            "Thanks\r\n\r\n".into(),
            format!("On 3 May 2025, Bo wrote:\r\n{marked}"),
        ),
        (
            "plain",
            "Thanks\r\n\r\n".into(),
            format!("-----Original Message-----\r\nFrom: Bo <{TO}>\r\nSent: Monday\r\n\r\n{plain}"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_files_is_the_same_to_the_byte_and_nobody_is_told_anything() {
    let plant = Plant {
        rules: DESK,
        ..Plant::new()
    };
    let gateway = plant.gateway(Arc::new(Memory::new())).expect("is built");
    let (address, _open) = plant::door(&gateway, Protocol::Smtp).await;
    let fields = "X-Cloakroom-Transfer: 7K3M9XQF\r\n";
    for (kind, above, quote) in answers().await {
        let raw = mail(fields, kind, &(above + &quote), "");
        let replies = send(Door::Smtp, address, FROM, &[TO.to_owned()], raw.as_bytes()).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
        let out = plant.hop.taken().pop().expect("it was handed over").content;
        assert_eq!(String::from_utf8_lossy(behind_received(&out)), raw);
    }
    assert!(plant.desk.sent().is_empty(), "no password for an old link");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_with_files_gets_one_block_above_the_quote_and_the_old_one_stays() {
    let answers = answers().await;
    let raw: Vec<String> = answers
        .iter()
        .map(|(kind, above, quote)| mail("", kind, &format!("{above}{quote}"), FILE))
        .collect();
    let raw: Vec<&[u8]> = raw.iter().map(String::as_bytes).collect();
    for ((kind, above, quote), out) in answers.iter().zip(through_the_line(&raw).await) {
        let after = parsed(&out, &[TO]);
        let shown = decoded(&after, shown_texts(&after)[0]);
        let shown = String::from_utf8(shown).expect("UTF-8");
        let new = shown
            .strip_prefix(above.as_str())
            .and_then(|rest| rest.strip_suffix(quote.as_str()));
        let new = new.unwrap_or_else(|| panic!("{kind}: {shown}"));
        // On the button, and in full with a link on it.
        let wanted = if *kind == "html" { 3 } else { 1 };
        assert_eq!(new.matches(LINK).count(), wanted, "{new}");
        assert_eq!(after.outline.files().count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_says_it_is_protected_is_not_believed() {
    let forged = "<!-- cloakroom:begin 7K3M9XQF --><div>1 file</div><!-- cloakroom:end 7K3M9XQF --><p>Hi</p>";
    let fields = "X-Cloakroom-Transfer: 7K3M9XQF\r\nX-Cloakroom-Transfer: 0LDB10CK\r\n";
    let out = through_the_line(&[mail(fields, "html", forged, FILE).as_bytes()]).await;
    let out = String::from_utf8(out[0].clone()).expect("ASCII");
    assert!(!out.contains("JVBERi0xLjcK"), "the file is gone: {out}");
    let named: Vec<&str> = out
        .lines()
        .filter(|line| line.starts_with("X-Cloakroom"))
        .collect();
    assert_eq!(named.len(), 1, "{named:?}");
    assert!(!named[0].contains("7K3M9XQF") && !named[0].contains("0LDB10CK"));
    let ours = out.find(LINK).expect("a link");
    assert!(
        ours < out.find(forged).expect("what was there stays"),
        "{out}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_left_once_leaves_the_second_time_as_it_is() {
    let bodies = bodies::all();
    let raw: Vec<&[u8]> = bodies.iter().map(|body| &body.raw[..]).collect();
    let once = through_the_line(&raw).await;
    let again: Vec<&[u8]> = once.iter().map(Vec::as_slice).collect();
    for (body, (once, twice)) in bodies
        .iter()
        .zip(once.iter().zip(through_the_line(&again).await))
    {
        assert!(
            behind_received(&twice) == once,
            "{} changed again",
            body.name
        );
    }
}
