//! Rewriting: the block stands where it must in every kind of mail, and nothing else changes.

mod again;
pub mod bodies;
mod cases;
mod corpus;
pub mod desk;
mod header;
mod seen;
mod whole;

use cloakroom::mail::outline::Encoding;
use cloakroom::mail::{Mail, Part};
use cloakroom::rewrite;
use cloakroom::transfer::Scope;
use desk::*;

const RULE: &str = "---------------------------------------------------------------";

/// The text as characters, in the charset it is said to be in.
fn characters(bytes: &[u8], part: &Part) -> String {
    let label = part.charset.as_deref().unwrap_or("us-ascii");
    match encoding_rs::Encoding::for_label(label.as_bytes()) {
        Some(encoding) => encoding.decode(bytes).0.into_owned(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// What was put in is one block and nothing else but line ends.
fn assert_block(what: &str, part: &Part, name: &str) {
    let trimmed = what.trim();
    let (begin, end) = match part.media_type.as_str() {
        kind if kind.ends_with("html") => (
            "<!-- cloakroom:begin 7K3M9XQF -->",
            "<!-- cloakroom:end 7K3M9XQF -->",
        ),
        _ => (RULE, RULE),
    };
    assert!(trimmed.starts_with(begin), "{name}: {trimmed}");
    assert!(trimmed.ends_with(end), "{name}: {trimmed}");
    assert!(trimmed.contains(URL), "{name}: {trimmed}");
    if part.media_type == "text/plain" {
        let lines: Vec<&str> = trimmed.split("\r\n").collect();
        assert!(lines.contains(&URL), "{name}: the link has its own line");
        assert!(
            lines.iter().all(|l| l.chars().count() <= 76),
            "{name}: {trimmed}"
        );
        assert!(!lines.iter().any(|l| l.ends_with(' ')), "{name}: {trimmed}");
    }
}

/// Every text against its drawing: with a mark there is one block at the mark, without there is none; all else is as it was.
fn assert_texts(case: &cases::Case, before: &Mail, after: &Mail) {
    let (old, new) = (shown_texts(before), shown_texts(after));
    assert_eq!(old.len(), new.len(), "{}", case.name);
    for ((old, new), drawn) in old.iter().zip(&new).zip(case.draw.texts()) {
        let (was, is) = (decoded(before, old), decoded(after, new));
        let Some((head, tail)) = drawn else {
            assert_eq!(was, is, "{}: no block here", case.name);
            continue;
        };
        if old.charset != new.charset {
            assert_eq!(new.charset.as_deref(), Some("utf-8"), "{}", case.name);
            let (head, tail) = (characters(&head, old), characters(&tail, old));
            let is = String::from_utf8(is).expect("it says it is UTF-8");
            let block = is.strip_prefix(&head).and_then(|i| i.strip_suffix(&tail));
            assert_block(
                block.unwrap_or_else(|| panic!("{}: {is}", case.name)),
                new,
                case.name,
            );
            continue;
        }
        let shown = String::from_utf8_lossy(&is).into_owned();
        assert!(is.starts_with(&head), "{}: {shown}", case.name);
        assert!(is.ends_with(&tail), "{}: {shown}", case.name);
        let block = &is[head.len()..is.len() - tail.len()];
        assert_block(&characters(block, new), new, case.name);
    }
}

/// Lines of quoted-printable and base64 stay within 76 characters.
fn assert_lines(mail: &Mail, raw: &[u8], name: &str) {
    for part in shown_texts(mail) {
        if part.encoding != Encoding::Identity {
            let body = &raw[part.body.start as usize..part.body.end as usize];
            assert!(body.split(|b| *b == b'\n').all(|l| l.len() <= 77), "{name}");
        }
    }
}

#[test]
fn the_block_stands_where_people_read_it_and_all_else_is_as_it_was() {
    let cases = cases::all();
    for case in cases {
        let raw = bytes_of(&case.draw);
        let before = parsed(&raw, &["bo@partner.example"]);
        assert!(
            before.outline.doubts.is_empty(),
            "{}: {:?}",
            case.name,
            before.outline.doubts
        );
        let taken = before.outline.files().map(|(index, _)| index).collect();
        assert_eq!(
            rewrite::can_insert(&before, &Scope::Parts(taken)),
            Ok(()),
            "{}",
            case.name
        );
        let variant = protected(&before, case.language, case.files.clone());
        let out = bytes(&variant);
        let after = parsed(&out, &["bo@partner.example"]);
        let shown = String::from_utf8_lossy(&out);
        assert!(
            after.outline.doubts.is_empty(),
            "{}: {:?}\n{shown}",
            case.name,
            after.outline.doubts
        );
        assert_eq!(structure(&after), case.becomes, "{}\n{shown}", case.name);
        assert!(
            !shown.contains("RklMRSBDT05URU5UUw"),
            "{}: the file is gone",
            case.name
        );
        assert_texts(&case, &before, &after);
        assert_lines(&after, &out, case.name);
    }
}

#[test]
fn a_mail_without_text_gets_one_with_both_faces() {
    use Draw::*;
    let rows = [
        (
            Multi("mixed", vec![File("a.pdf")]),
            "mixed[alternative[plain,html]]",
        ),
        (File("a.pdf"), "alternative[plain,html]"),
        (
            Multi(
                "mixed",
                vec![
                    Multi("mixed", vec![File("a.pdf"), File("b.pdf")]),
                    File("c.pdf"),
                ],
            ),
            "mixed[alternative[plain,html]]",
        ),
        (
            Multi("related", vec![Picture("x@y"), File("a.pdf")]),
            "related[alternative[plain,html]]",
        ),
    ];
    for (draw, becomes) in rows {
        let before = parsed(&bytes_of(&draw), &["bo@partner.example"]);
        let out = bytes(&protected(&before, "en", files()));
        let after = parsed(&out, &["bo@partner.example"]);
        assert!(
            after.outline.doubts.is_empty(),
            "{:?}",
            after.outline.doubts
        );
        assert_eq!(structure(&after), becomes);
        let texts = shown_texts(&after);
        assert_eq!(texts.len(), 2);
        for part in texts {
            assert!(String::from_utf8_lossy(&decoded(&after, part)).contains(URL));
        }
        assert_eq!(after.outline.root().fields.all("MIME-Version").count(), 1);
        assert_eq!(after.outline.root().fields.all("Content-Type").count(), 1);
    }
}

#[test]
fn a_text_that_cannot_be_read_is_no_place_for_a_block() {
    let rows: [(&'static str, &[u8]); 4] = [
        ("plain; charset=x-nobody-knows", b"Hallo \x80\xe5\r\n"),
        ("plain; charset=utf-16", b"a\0b\0"),
        ("html; charset=x-nobody-knows", b"<p>\x80</p>"),
        ("plain; charset=iso-2022-jp", b"\x1b$B\x80\xff\r\n"),
    ];
    for (kind, body) in rows {
        let draw = Draw::Multi(
            "mixed",
            vec![
                Draw::Bytes(kind, Cte::Base64, body.to_vec()),
                Draw::File("a.pdf"),
            ],
        );
        let mail = parsed(&bytes_of(&draw), &["bo@partner.example"]);
        let taken = mail.outline.files().map(|(index, _)| index).collect();
        assert!(
            rewrite::can_insert(&mail, &Scope::Parts(taken)).is_err(),
            "{kind}"
        );
    }
}

#[test]
fn a_text_keeps_its_charset_where_the_block_can_be_said_in_it() {
    let rows: [(&str, &str, &[u8], &str, &str); 5] = [
        ("pl", "iso-8859-1", b"Gr\xfc\xdfe\r\n", "utf-8", "Grüße"),
        (
            "pl",
            "iso-8859-2",
            b"za\xbf\xf3\xb3\xe6\r\n",
            "iso-8859-2",
            "zażółć",
        ),
        (
            "fr",
            "iso-8859-1",
            b"Ch\xe8re Anne\r\n",
            "iso-8859-1",
            "Chère Anne",
        ),
        (
            "fr",
            "iso-8859-2",
            b"za\xbf\xf3\xb3\xe6\r\n",
            "utf-8",
            "zażółć",
        ),
        ("es", "iso-8859-1", b"Se\xf1or\r\n", "iso-8859-1", "Señor"),
    ];
    for (language, was, body, is, text) in rows {
        let kind: &'static str = match was {
            "iso-8859-1" => "plain; charset=iso-8859-1",
            _ => "plain; charset=iso-8859-2",
        };
        let parts = vec![
            Draw::Bytes(kind, Cte::Eight, body.to_vec()),
            Draw::File("a.pdf"),
        ];
        let mail = parsed(
            &bytes_of(&Draw::Multi("mixed", parts)),
            &["bo@partner.example"],
        );
        let out = bytes(&protected(&mail, language, files()));
        let after = parsed(&out, &["bo@partner.example"]);
        let part = shown_texts(&after)[0];
        assert_eq!(part.charset.as_deref(), Some(is), "{language} in {was}");
        let said = characters(&decoded(&after, part), part);
        assert!(said.contains(text) && said.contains(URL), "{said}");
        assert!(!said.contains('?') && !said.contains('\u{fffd}'), "{said}");
    }
}

#[test]
fn the_plain_block_is_the_one_people_know() {
    let draw = Draw::Multi(
        "mixed",
        vec![
            text("plain", Cte::Seven, "Dear Bo,\r\n"),
            Draw::File("a.pdf"),
        ],
    );
    let mail = parsed(&bytes_of(&draw), &["bo@partner.example"]);
    let after = parsed(
        &bytes(&protected(&mail, "en", files())),
        &["bo@partner.example"],
    );
    let shown = String::from_utf8(decoded(&after, shown_texts(&after)[0])).expect("ASCII");
    let wanted = format!(
        "Dear Bo,

{RULE}
2 files from Anna Lind (5.3 MB)

  contract-v3.pdf            4.1 MB
  contract-v3-changes.docx   1.2 MB

View them here:
{URL}

Password: sent as a text message to the number ending in 47.
Available until Friday, 5 December 2025, 23:59 (Swedish time).

Example Region sends files this way. You need no account, and
nobody will ask for the password of your mailbox.
How to check that this is genuine: https://www.example.org/files
{RULE}
"
    );
    assert_eq!(shown, wanted.replace('\n', "\r\n"));
}
