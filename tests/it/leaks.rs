//! What was taken must not leave in the clear, whoever reads the mail: mail-parser and Python's `email` look for it in what leaves.
//!
//! Looked at are the mails of `tests/mails`, and those of `mail/` in the folder that `CLOAKROOM_SHARED` names (`../shared` beside the
//! project if it is not set). In `tests/mails` the word `CANARY` marks what must leave no protected mail, whatever its part is called.
//! `CLOAKROOM_PYTHON` names a Python; no packages are needed.

use cloakroom::decide::{Frame, Policy};
use cloakroom::gateway::preview::preview;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::outline::Role;
use cloakroom::mail::{Envelope, Intake, Mail, MailId, Recipient, Variant, decoded};
use cloakroom::rewrite;
use cloakroom::seal::{self, SealKeys};
use cloakroom::store::Store;
use cloakroom::store::memory::Memory;
use cloakroom::texts::{House, Texts};
use cloakroom::transfer::keys::MasterKey;
use cloakroom::transfer::notice::Route;
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::{Destination, Held, Plan, Scope};
use memchr::memmem;
use std::collections::BTreeSet;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

const TRANSFER: &str =
    "when = { has_attachments = true }\nthen = { action = \"transfer\", unlock = \"link\" }\n";
const SEAL: &str =
    "when = { recipients_over = 0 }\nthen = { action = \"seal\", unlock = \"link\" }\n";

/// The line without doors: what leaves for somebody outside.
fn line(bytes: &[u8], rule: &str) -> (Mail, Plan, Vec<u8>) {
    let (mail, plan, variants) = line_to(bytes, rule, &["bo@partner.example"]);
    assert_eq!(variants.len(), 1);
    let out = variants[0].content().to_vec().expect("memory can be read");
    (mail, plan, out)
}

fn line_to(bytes: &[u8], rule: &str, to: &[&str]) -> (Mail, Plan, Vec<Variant>) {
    let text = format!("[[rule]]\nid = \"r\"\nwhy = \"w\"\n{rule}");
    let frame = Frame {
        domains: vec!["sender.example".into()],
        ..Frame::default()
    };
    let policy = Policy::read(&[(PathBuf::from("p.toml"), text)], &frame).expect("a policy");
    let mut intake = Intake::new(&std::env::temp_dir());
    intake.write(bytes).expect("memory takes it");
    let recipient = |to: &&str| Recipient::new(to.parse().expect("an address"));
    let envelope = Envelope {
        sender: Some("ada@sender.example".parse().expect("an address")),
        recipients: to.iter().map(recipient).collect(),
        options: MailOptions::default(),
        client: Client::local(),
    };
    let received = intake
        .finish(MailId::fresh(), envelope)
        .expect("memory gives it");
    let (mail, plan) = preview(&policy, received).expect("it is decided");
    let held = held(&mail, &plan);
    let variants = rewrite::variants(&mail, &plan, &held, &HOUSE.0, &HOUSE.1);
    (mail, plan, variants.expect("it is rewritten"))
}

fn held(mail: &Mail, plan: &Plan) -> Held {
    let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
    let now = 1_800_000_000;
    let day = (now / 86_400) as i32 + 60;
    let day_key = store.day_key(day).expect("a key");
    let keys = SealKeys {
        master: store.master(),
        day,
        day_key: &day_key,
        now,
        language: "en",
        max_links: 100,
    };
    let route = Route {
        channel: "sender".into(),
        destination: Destination::Sender("ada@sender.example".into()),
        line: PasswordLine::Sender,
    };
    let sealed = seal::parts(
        mail,
        plan,
        &vec![route; plan.decisions.len()],
        &keys,
        store.shelf(),
    )
    .expect("it is sealed");
    match sealed.transfer {
        Some(transfer) => store.hold(transfer).expect("it is held"),
        None => Held::nothing(),
    }
}

static HOUSE: LazyLock<(House, Texts)> = LazyLock::new(|| (house(), Texts::new(&["en".into()])));

fn house() -> House {
    House {
        organisation: "Sender".into(),
        portal_url: "https://files.sender.example".into(),
        help_url: None,
        hostname: "gate.sender.example".into(),
        domains: vec!["sender.example".into()],
        languages: vec!["en".into()],
        time_zone: jiff::tz::TimeZone::UTC,
        notice_from: "files@sender.example".into(),
    }
}

/// Everything readers find in a mail: the bytes as they are, and each part decoded, one behind the other.
fn readings(mails: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, bytes) in mails.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.eml")), bytes).expect("writable");
    }
    let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
    let status = Command::new(&python)
        .args(["-c", PYTHON])
        .arg(folder.path())
        .status();
    let status = status.unwrap_or_else(|e| panic!("{python}: {e}; set CLOAKROOM_PYTHON"));
    assert!(status.success(), "{python} failed");
    let of = |(number, bytes): (usize, &Vec<u8>)| {
        let mut all = bytes.clone();
        all.extend(std::fs::read(folder.path().join(format!("{number}.out"))).expect("written"));
        if let Some(message) = mail_parser::MessageParser::new().parse(bytes) {
            message.parts().for_each(|part| part.decode_into(&mut all));
        }
        all
    };
    mails.iter().enumerate().map(of).collect()
}

const PYTHON: &str = "
import email, pathlib, sys
for path in pathlib.Path(sys.argv[1]).glob('*.eml'):
    with open(path.with_suffix('.out'), 'wb') as out:
        for part in email.message_from_bytes(path.read_bytes()).walk():
            payload = part.get_payload(decode=True)
            out.write(payload if payload else str(part.get_payload()).encode('utf-8', 'replace'))
";

/// Names and bytes, as they come over the wire.
fn mails() -> Vec<(String, Vec<u8>)> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("CLOAKROOM_SHARED");
    let shared = shared.map_or_else(|| project.join("../shared"), PathBuf::from);
    let mut found = Vec::new();
    for folder in [project.join("tests/mails"), shared.join("mail/messages")] {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            eprintln!("skipped: no mails in {}", folder.display());
            continue;
        };
        for entry in entries {
            let path = entry.expect("readable").path();
            if path.extension().is_some_and(|e| e == "eml") {
                let bytes = std::fs::read(&path).expect("readable");
                let lines = bytes.split(|b| *b == b'\n');
                let lines: Vec<_> = lines.map(|l| l.strip_suffix(b"\r").unwrap_or(l)).collect();
                let name = path
                    .file_stem()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                found.push((name, lines.join(&b"\r\n"[..])));
            }
        }
    }
    found.sort();
    found
}

/// From the middle of each part that was taken: decoded, and as it was sent. What also stands in a part that stays proves nothing.
fn traces(mail: &Mail, scope: &Scope) -> Vec<Vec<u8>> {
    let goes = |index: usize| match scope {
        Scope::Nothing => false,
        Scope::Parts(parts) => parts.contains(&index),
        Scope::Message | Scope::Whole(_) => index > 0 || mail.outline.parts.len() == 1,
    };
    let bytes = |range: &Range<u64>| mail.spool.slice(range.clone()).expect("in memory");
    let (mut stays, mut found) = (bytes(&mail.outline.root().header), Vec::new());
    for (index, part) in mail.outline.parts.iter().enumerate() {
        if part.inside.is_some() || part.role == Role::Container {
            stays.extend(bytes(&part.header));
            continue;
        }
        let mut clear = Vec::new();
        decoded(&mail.spool, part)
            .read_to_end(&mut clear)
            .expect("in memory");
        if goes(index) {
            found.extend(
                [middle(&clear), middle(&bytes(&part.body))]
                    .into_iter()
                    .flatten(),
            );
        } else {
            stays.extend(bytes(&part.header));
            stays.extend(clear);
        }
    }
    found.retain(|trace| memmem::find(&stays, trace).is_none());
    found
}

fn middle(bytes: &[u8]) -> Option<Vec<u8>> {
    const LONG: usize = 32;
    let from = (bytes.len() / 2).checked_sub(LONG / 2)?;
    bytes.get(from..from + LONG).map(<[u8]>::to_vec)
}

#[test]
fn nothing_that_was_taken_is_found_in_what_leaves() {
    let (mut names, mut wanted, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for (name, bytes) in mails() {
        for rule in [TRANSFER, SEAL] {
            let (mail, plan, out) = line(&bytes, rule);
            names.push(format!("{name}: {:?}", plan.decisions[0].scope));
            wanted.push(traces(&mail, &plan.decisions[0].scope));
            left.push(out);
        }
    }
    assert!(names.len() > 100, "the mails are there");
    assert!(wanted.iter().flatten().count() > 100, "something is taken");
    for ((name, traces), found) in names.iter().zip(&wanted).zip(readings(&left)) {
        for trace in traces {
            let at = memmem::find(&found, trace);
            assert_eq!(at, None, "{name}: {:?}", String::from_utf8_lossy(trace));
        }
        assert_eq!(memmem::find(&found, b"CANARY"), None, "{name}");
    }
}

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
            format!("{}X-Cloakroom-Password: CANARY123\r\nSubject: x\r\n\r\nCANARY\r\n", "a: CANARY\r\n".repeat(10_001)),
        ),
        (
            "a tag in a copy of the subject",
            "Subject: [sms:+46701234567] x\r\nThread-Topic: [sms:+46701234567] CANARY\r\n\r\nCANARY\r\n".to_owned(),
        ),
    ];
    let left: Vec<Vec<u8>> = rows
        .iter()
        .map(|(_, mail)| line(mail.as_bytes(), SEAL).2)
        .collect();
    for ((name, _), found) in rows.iter().zip(readings(&left)) {
        let shown = String::from_utf8_lossy(&found);
        assert!(!shown.contains("CANARY"), "{name}: {shown}");
        assert!(
            shown.contains("https://files.sender.example/t/"),
            "{name}: {shown}"
        );
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
