//! Outlines of real mail (`support/corpus.rs`): nothing lost, nothing invented, and doubt only where there is some.

use crate::properties::truth::mime::{check_ranges, outline_in_steps as outline_of};
use crate::support::corpus::{self, Sample, is_right, samples};
use cloakroom::mail::outline::{Nature, Outline, Role};
use cloakroom::mail::{Spool, decoded};
use serde_json::Value;
use std::fmt::Write;
use std::io::Read;

/// The mails that are sealed whole, if policy wants protection at all, and why.
const SEALED_WHOLE: &[(&str, &str)] = &[
    ("d005", "message/partial: a fragment"),
    ("d006", "message/partial: a fragment"),
    ("d007", "signed (S/MIME)"),
    ("d019", "signed (S/MIME)"),
    ("d021", "signed (PGP/MIME), a list's footer around it"),
    ("d029", "Content-Transfer-Encoding x-uuencode"),
    ("d030", "signed (S/MIME)"),
    ("d031", "signed (PGP/MIME)"),
    (
        "d034",
        "its last delimiter is mangled: some readers take it for one",
    ),
    (
        "d043",
        "base64 of a picture that ends in the middle of a group",
    ),
    ("d064", "bare line feeds: refused at the door"),
    (
        "d067",
        "a Content-Type without a slash: text for some, unknown for others",
    ),
    ("d068", "two Content-Type fields"),
    ("d070", "bare carriage returns: refused at the door"),
    ("d077", "a uuencoded file inside its text"),
];

fn sha256(spool: &Spool, outline: &Outline, part: usize) -> String {
    let mut bytes = Vec::new();
    decoded(spool, &outline.parts[part])
        .read_to_end(&mut bytes)
        .expect("a spool in memory");
    assert_eq!(
        bytes.len() as u64,
        outline.parts[part].decoded_len,
        "decoded_len"
    );
    corpus::sha256(&bytes)
}

fn is_sealed_whole(outline: &Outline) -> bool {
    outline.is_ambiguous() || matches!(outline.nature, Nature::Signed)
}

#[test]
fn every_attachment_is_a_file_or_the_mail_is_sealed_whole() {
    let samples = samples();
    let mut wrong = String::new();
    let mut whole = Vec::new();
    for sample in &samples {
        let (spool, outline) = outline_of(&sample.bytes, 4096);
        check_ranges(&sample.id, spool.len(), &outline);
        if is_sealed_whole(&outline) {
            whole.push(sample.id.as_str());
            let _ = writeln!(
                wrong,
                "# {} {:?} {:?}",
                sample.id, outline.nature, outline.doubts
            );
        }
        if is_sealed_whole(&outline) || outline.nature == Nature::Encrypted {
            continue;
        }
        attachments(sample, &spool, &outline, &mut wrong);
        bodies(sample, &outline, &mut wrong);
    }
    let listed: Vec<&str> = SEALED_WHOLE.iter().map(|(id, _)| *id).collect();
    if !samples.is_empty() {
        assert_eq!(whole, listed, "sealed whole\n{wrong}");
    }
    let wrong: String = wrong
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| format!("{l}\n"))
        .collect();
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn attachments(sample: &Sample, spool: &Spool, outline: &Outline, wrong: &mut String) {
    for fact in sample.attachments() {
        if fact["nested"] == true {
            continue;
        }
        let path = fact["path"].as_str().expect("a path");
        let Some(index) = outline.parts.iter().position(|p| p.path == path) else {
            let _ = writeln!(wrong, "{} {path}: no such part", sample.id);
            continue;
        };
        let role = outline.parts[index].role;
        let wanted: &[Role] = match fact["role"].as_str().expect("a role") {
            // Certificates in a CMS object that everybody can read; a signature that somebody made unreadable.
            "smime" if sample.id == "d018" => &[Role::Attachment],
            "signature" if sample.id == "d032" => &[Role::Attachment],
            "attachment" | "attachment-inline" if is_invitation(fact) => &[Role::Calendar],
            "attachment" | "attachment-inline" => &[Role::Attachment, Role::Card],
            // With two appointments and a picture in it.
            "tnef" if sample.id == "d001" => &[Role::Container],
            "tnef" | "body-alt" => &[Role::Attachment],
            "inline-related" => &[Role::Picture, Role::Attachment],
            "nested-message" => &[Role::Message],
            "calendar-body" => &[Role::Calendar],
            "body-named" => &[Role::Text],
            "signature" => &[Role::Signature],
            "encrypted" | "smime" => &[Role::Encrypted],
            "report" => &[Role::Report],
            other => panic!("{}: unknown role {other}", sample.id),
        };
        if !wanted.contains(&role) {
            let _ = writeln!(wrong, "{} {path}: {role:?} is not {wanted:?}", sample.id);
        }
        same_bytes_and_name(sample, spool, outline, index, fact, wrong);
    }
}

fn is_invitation(fact: &Value) -> bool {
    fact["type"] == "application/ics"
}

fn same_bytes_and_name(
    sample: &Sample,
    spool: &Spool,
    outline: &Outline,
    index: usize,
    fact: &Value,
    wrong: &mut String,
) {
    let part = &outline.parts[index];
    let digest = sha256(spool, outline, index);
    if !is_right(&fact["sha256"], &fact["sha256_any_of"], &digest) {
        let _ = writeln!(
            wrong,
            "{} {}: other bytes, {} of {}",
            sample.id, part.path, part.decoded_len, fact["size"]
        );
    }
    let has_name = !fact["filename"].is_null();
    let named = part
        .names
        .iter()
        .any(|name| is_right(&fact["filename"], &fact["filename_any_of"], name));
    if has_name && !named {
        let _ = writeln!(
            wrong,
            "{} {}: {:?} is not {}",
            sample.id, part.path, part.names, fact["filename"]
        );
    }
}

fn bodies(sample: &Sample, outline: &Outline, wrong: &mut String) {
    for fact in sample.bodies() {
        let path = fact["path"].as_str().expect("a path");
        let role = outline
            .parts
            .iter()
            .find(|p| p.path == path)
            .map(|p| p.role);
        if !matches!(role, Some(Role::Text | Role::Html | Role::Encrypted)) {
            let alt = sample.facts["attachments"]
                .as_array()
                .expect("a list")
                .iter()
                .any(|a| a["path"] == path);
            if !alt {
                let _ = writeln!(wrong, "{} {path}: a body is {role:?}", sample.id);
            }
        }
    }
}

#[test]
fn the_outline_of_the_skeleton_is_that_of_the_whole_mail() {
    for sample in samples() {
        let (_, outline) = outline_of(&sample.bytes, 1000);
        let Some(whole) = mail_parser::MessageParser::new()
            .max_encoded_nesting(0)
            .parse(&sample.bytes)
        else {
            assert!(outline.is_ambiguous(), "{}", sample.id);
            continue;
        };
        let found: Vec<_> = outline
            .parts
            .iter()
            .filter(|p| p.spool.is_none())
            .map(|p| (p.header.start, p.header.end, p.body.end))
            .collect();
        let wanted: Vec<_> = whole
            .parts()
            .map(|p| {
                (
                    p.offset_header().into(),
                    p.offset_body().into(),
                    p.offset_end().into(),
                )
            })
            .collect();
        assert_eq!(found, wanted, "{}", sample.id);
    }
}

#[test]
fn any_split_gives_the_same_outline() {
    for sample in samples() {
        let whole = format!("{:?}", outline_of(&sample.bytes, usize::MAX).1);
        for step in [1, 77, 4099] {
            if sample.bytes.len() / step < 200_000 {
                let split = format!("{:?}", outline_of(&sample.bytes, step).1);
                assert!(whole == split, "{} in steps of {step}", sample.id);
            }
        }
    }
}

#[test]
fn no_damage_makes_it_panic_or_lose_its_ranges() {
    let samples: Vec<Sample> = samples()
        .into_iter()
        .filter(|s| s.bytes.len() < 40_000)
        .collect();
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below.max(1) as u64) as usize
    };
    const BITS: [&[u8]; 9] = [
        b"\r\n",
        b"--",
        b"\n",
        b"\0",
        b"=",
        b"\"",
        b";",
        b":",
        b"\r\n\r\n",
    ];
    for _ in 0..if samples.is_empty() { 0 } else { 10_000 } {
        let sample = &samples[next(samples.len())];
        let mut bytes = sample.bytes.clone();
        for _ in 0..1 + next(6) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] = next(256) as u8,
                1 => drop(bytes.splice(at..at, BITS[next(BITS.len())].iter().copied())),
                2 => drop(bytes.drain(at..(at + next(200)).min(bytes.len()))),
                _ => {
                    let piece = bytes[at..(at + next(300)).min(bytes.len())].to_vec();
                    let to = next(bytes.len());
                    drop(bytes.splice(to..to, piece));
                }
            }
            if bytes.is_empty() {
                bytes.push(b'x');
            }
        }
        let (spool, outline) = outline_of(&bytes, 1 + next(5000));
        check_ranges(&sample.id, spool.len(), &outline);
    }
}
