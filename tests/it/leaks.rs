//! What is sealed must not leave by a side door: by the header, by what a text claims to be, or with the link of somebody else.

use crate::support::line::{LINK, SEAL, line, line_to};
use crate::support::readers::{Question, ask};
use cloakroom::mail::Recipient;
use memchr::memmem;
use std::collections::BTreeSet;

#[test]
fn the_text_under_seal_does_not_leave_by_the_header_or_by_what_it_claims_to_be() {
    let armor = "-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n";
    let rows = [
        ("no blank line", "Subject: x\r\nCANARY is no field\r\nCANARY\r\n".to_owned()),
        ("a line that is no field", "Subject: x\r\nCANARY here\r\nTo: b\r\n\r\nCANARY\r\n".to_owned()),
        ("a fold first", " CANARY\r\nSubject: x\r\n\r\nCANARY\r\n".to_owned()),
        ("no header", "CANARY\r\nCANARY\r\n".to_owned()),
        ("an empty header", "\r\nCANARY\r\n".to_owned()),
        ("armor quoted", format!("Subject: x\r\n\r\n{}\r\n{armor}", "CANARY ".repeat(40))),
        ("armor that never ends", "Subject: x\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nCANARY\r\n".to_owned()),
        (
            "an old mail was opened",
            "Subject: x\r\n\r\nCANARY\r\n\r\n-----Original Message-----\r\nHi\r\n--- protected from here ---\r\nold\r\n".to_owned(),
        ),
        (
            "a stray equals sign",
            "Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCANARY =ZZ\r\n".to_owned(),
        ),
        (
            "more fields than a mail has",
            format!("{}X-Cloakroom-Password: CANARY over nine harbours\r\nSubject: x\r\n\r\nCANARY\r\n", "a: CANARY\r\n".repeat(10_001)),
        ),
        (
            "a tag in a copy of the subject",
            "Subject: [sms:+46701234567] x\r\nThread-Topic: [sms:+46701234567] CANARY\r\n\r\nCANARY\r\n".to_owned(),
        ),
    ];
    let canary = b"CANARY".to_vec();
    let link = LINK.as_bytes().to_vec();
    let left = rows.iter().map(|(name, mail)| {
        let out = line(mail.as_bytes(), SEAL).2;
        assert!(memmem::find(&out, &canary).is_none(), "{name}");
        Question {
            bytes: out,
            needles: vec![canary.clone(), link.clone()],
        }
    });
    for reader in ask(&left.collect::<Vec<_>>()) {
        for ((name, _), found) in rows.iter().zip(&reader.readings) {
            let reader = &reader.name;
            let is_there = |needle: &[u8]| found.leaves.iter().any(|leaf| leaf.has(needle));
            assert!(!is_there(&canary), "{name}, {reader}: {found:?}");
            assert!(is_there(&link), "{name}, {reader}: {found:?}");
        }
    }
}

#[test]
fn whoever_only_looks_like_a_colleague_gets_a_link_and_nobody_gets_that_of_another() {
    let rule = "when = { has_attachments = true }\nunless = { to = [\"@sender.example\"] }\n\
        then = { action = \"transfer\", unlock = \"link\" }\n";
    let colleagues = [
        "kim@sender.example",
        "KIM@SENDER.example.",
        "\"kim lee\"@Sender.Example",
    ];
    let outsiders = [
        "bo@partner.example",
        "Bo@partner.example",
        "bo@PARTNER.example.",
        "kim@sub.sender.example",
        "kim@sender.example.partner.example",
        "kim@notsender.example",
        "kim@s\u{1eb9}nder.example",
        "kim@[192.0.2.1]",
    ];
    let everybody = [&outsiders[..4], &colleagues[..], &outsiders[4..]].concat();
    let bytes = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/mails/called-card.eml"
    ));
    let (_, _, variants) = line_to(&bytes.expect("it is there"), rule, &everybody);
    let links = regex::bytes::Regex::new("/t/([0-9a-z]{32})").expect("an expression");
    let (mut seen, mut served) = (BTreeSet::new(), 0);
    for variant in &variants {
        let out = variant.content().to_vec().expect("in memory");
        let own: BTreeSet<Vec<u8>> = links.captures_iter(&out).map(|c| c[1].to_vec()).collect();
        let is_clear = memmem::find(&out, b"UEsDBBQAAABDQU5BUlk").is_some();
        let inside = |r: &Recipient| r.address.domain() == "sender.example";
        let to = variant.recipients();
        served += to.len();
        assert_eq!(to.iter().all(inside), is_clear, "{to:?}");
        assert_eq!(to.iter().any(inside), is_clear, "{to:?}");
        assert_eq!(own.len(), usize::from(!is_clear), "{to:?}");
        assert!(is_clear || to.len() == 1, "{to:?}");
        assert!(
            own.into_iter().all(|link| seen.insert(link)),
            "the link of another: {to:?}"
        );
    }
    assert_eq!((served, seen.len()), (everybody.len(), outsiders.len()));
}
