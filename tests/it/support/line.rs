//! The line without doors, in this process: a mail in, what leaves out. And the mails to send through it.

use super::corpus::samples;
use cloakroom::decide::extract::Inline;
use cloakroom::decide::{Frame, Policy};
use cloakroom::gateway::preview::preview;
use cloakroom::mail::dkim::Signers;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, Intake, Mail, MailId, Recipient, Variant};
use cloakroom::rewrite;
use cloakroom::seal::{self, SealKeys};
use cloakroom::store::Store;
use cloakroom::store::memory::Memory;
use cloakroom::texts::{House, Texts};
use cloakroom::transfer::keys::MasterKey;
use cloakroom::transfer::notice::Route;
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::{Destination, Held, Plan};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Files are taken.
pub const TRANSFER: &str =
    "when = { has_attachments = true }\nthen = { action = \"transfer\", unlock = \"link\" }\n";
/// Text and files are taken.
pub const SEAL: &str =
    "when = { recipients_over = 0 }\nthen = { action = \"seal\", unlock = \"link\" }\n";
/// Every link of ours begins so.
pub const LINK: &str = "files.sender.example/t/";

/// Names and bytes of `tests/mails`, as they come over the wire.
pub fn hand_made() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    let entries = std::fs::read_dir(folder).expect("the folder is in the repository");
    let mut found: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            (name.into_owned(), std::fs::read(&path).expect("readable"))
        })
        .collect();
    found.sort();
    found
}

/// Those and the real ones, where they are.
pub fn all_mails() -> Vec<(String, Vec<u8>)> {
    let real = samples();
    if real.is_empty() {
        eprintln!("skipped: no real mails");
    }
    let real = real.into_iter().map(|s| (s.id, s.bytes));
    hand_made().into_iter().chain(real).collect()
}

/// The line without doors: what leaves for somebody outside.
pub fn line(bytes: &[u8], rule: &str) -> (Mail, Plan, Vec<u8>) {
    let (mail, plan, variants) = line_to(bytes, rule, &["bo@partner.example"]);
    assert_eq!(variants.len(), 1);
    let out = variants[0].content().to_vec().expect("memory can be read");
    (mail, plan, out)
}

pub fn line_to(bytes: &[u8], rule: &str, to: &[&str]) -> (Mail, Plan, Vec<Variant>) {
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
    let (mail, plan) = preview(&policy, received, &Inline).expect("it is decided");
    let held = held(&mail, &plan);
    let variants = rewrite::variants(&mail, &plan, &held, &HOUSE.0, &HOUSE.1, &Signers::default());
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
        seats: &[],
    };
    let route = Route {
        channel: "sender".into(),
        destination: Destination::Sender("ada@sender.example".into()),
        line: PasswordLine::Sender,
        then: Vec::new(),
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
        look: cloakroom::texts::Look::default(),
    }
}
