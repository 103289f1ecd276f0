//! Numbers in documents, from the mail to the explanation: what should be found is, what looks like it is not, and what cannot be
//! read says so. The documents and what is in them come from outside (see `support::corpus`).

use crate::scan::pool;
use crate::support::corpus::documents;
use cloakroom::decide::explain::{Explanation, explain};
use cloakroom::decide::{Frame, Policy};
use cloakroom::gateway::preview::preview;
use cloakroom::mail::content::Reader;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, Intake, MailId, Recipient};
use mail_builder::MessageBuilder;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// Kinds as the documents' list calls them, and detectors.
const KINDS: &[(&str, &str)] = &[
    ("iban", "iban"),
    ("card", "payment_card"),
    ("bsn", "bsn"),
    ("personnummer", "personnummer"),
];

/// A rule that asks for everything, as weak as it may be.
fn policy() -> Policy {
    let entry = |(_, detector): &(&str, &str)| {
        format!("{{ detector = \"{detector}\", confidence = \"low\" }}")
    };
    let entries: Vec<String> = KINDS.iter().map(entry).collect();
    let text = format!(
        "[[rule]]\nid = \"r\"\nwhy = \"w\"\nwhen = {{ finds = [{}] }}\nthen = \"transfer\"\n",
        entries.join(", ")
    );
    Policy::read(&[(PathBuf::from("p.toml"), text)], &Frame::default()).expect("a policy")
}

/// What the gateway would say about a mail with this file.
fn explained(policy: &Policy, reader: &dyn Reader, name: &str, bytes: &[u8]) -> Explanation {
    let mail = MessageBuilder::new()
        .from("ada@sender.example")
        .to("bo@partner.example")
        .subject("Files")
        .text_body("As agreed.\n")
        .attachment("application/octet-stream", name, bytes)
        .write_to_vec()
        .expect("memory takes it");
    let mut intake = Intake::new(&std::env::temp_dir());
    intake.write(&mail).expect("memory takes it");
    let envelope = Envelope {
        sender: Some("ada@sender.example".parse().expect("an address")),
        recipients: vec![Recipient::new("bo@partner.example".parse().expect("one"))],
        options: MailOptions::default(),
        client: Client::local(),
    };
    let received = intake.finish(MailId::fresh(), envelope).expect("it is");
    let (mail, plan) = preview(policy, received, reader).expect("it is decided");
    explain(policy, &mail, &plan, reader).expect("it is explained")
}

/// Different values found by each detector.
fn counts(said: &Explanation) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for found in &said.found {
        *counts.entry(found.detector.as_str()).or_default() += found.distinct;
    }
    counts
}

#[test]
fn documents_are_found_as_their_list_says_and_near_misses_are_not() {
    let (policy, reader) = (policy(), pool(Duration::from_secs(20)));
    let mut wrong = String::new();
    for (facts, bytes) in documents() {
        let name = facts["file"].as_str().expect("a name");
        let said = explained(&policy, &reader, name, &bytes);
        let readable = facts["readable"].as_bool().expect("yes or no");
        if readable != said.unreadable.is_empty() {
            writeln!(wrong, "{name}: unreadable is {:?}", said.unreadable).expect("a String");
        }
        let Some(findings) = facts["findings"].as_array() else {
            continue;
        };
        let mut want: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in findings {
            let kind = finding["kind"].as_str().expect("a kind");
            let (_, detector) = KINDS.iter().find(|(k, _)| *k == kind).expect("known");
            *want.entry(detector).or_default() += 1;
        }
        if counts(&said) != want {
            writeln!(
                wrong,
                "{name}: {want:?} should be found, not {:#?}",
                said.found
            )
            .expect("a String");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The leak that matters most: a register, whose rows are far from the one word that says what they are.
#[test]
fn five_thousand_numbers_under_one_heading_are_found() {
    let (policy, reader) = (policy(), pool(Duration::from_secs(20)));
    let csv = register().map(|(name, bsn)| format!("{name};{bsn};Utrecht\n"));
    let csv = format!("Medewerker;BSN;Plaats\n{}", csv.collect::<String>());
    for (name, bytes) in [
        ("register.csv", csv.into_bytes()),
        ("register.xlsx", workbook()),
    ] {
        let said = explained(&policy, &reader, name, &bytes);
        let high = said
            .found
            .iter()
            .find(|f| f.detector == "bsn" && f.confidence == "high");
        let high = high.unwrap_or_else(|| panic!("{name}: {:?} {:?}", said.found, said.unreadable));
        assert_eq!(high.distinct, 5000, "{name}");
    }
}

/// Numbers of the range for tests (they begin with 9999) that pass the eleven-test, and some that do not begin so.
fn register() -> impl Iterator<Item = (String, u32)> {
    let passes = |n: &u32| {
        let digits = (0..9).map(|i| n / 10_u32.pow(8 - i) % 10);
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        let sum: i64 = digits.zip(weights).map(|(d, w)| i64::from(d) * w).sum();
        sum % 11 == 0
    };
    let numbers = (999_900_000..1_000_000_000).filter(passes);
    numbers
        .take(5000)
        .enumerate()
        .map(|(n, bsn)| (format!("Medewerker {n}"), bsn))
}

/// A workbook with one sheet, numbers as numbers.
fn workbook() -> Vec<u8> {
    let mut rows = String::from(
        "<row r=\"1\"><c t=\"inlineStr\"><is><t>Medewerker</t></is></c><c t=\"inlineStr\"><is><t>BSN</t></is></c></row>",
    );
    for (n, (name, bsn)) in register().enumerate() {
        let r = n + 2;
        write!(rows, "<row r=\"{r}\"><c r=\"A{r}\" t=\"inlineStr\"><is><t>{name}</t></is></c><c r=\"B{r}\"><v>{bsn}</v></c></row>").expect("a String");
    }
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
    );
    let members = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>",
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Personeel\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    stored(&members)
}

/// A ZIP of members that are not packed.
fn stored(members: &[(&str, &str)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let (offset, length) = (out.len() as u32, text.len() as u32);
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        head.extend(crc32fast::hash(text.as_bytes()).to_le_bytes());
        head.extend([length.to_le_bytes(), length.to_le_bytes()].concat());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.bytes().chain(text.bytes()));
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.bytes());
    }
    let (start, count) = (out.len() as u32, members.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}
