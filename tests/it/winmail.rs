//! `winmail.dat`: mails whose TNEF the tests write themselves (`winmail/cases.rs`), and what becomes of the files in it.
//!
//! The mails lie in `tests/mails` too, so that every other test sees them; `WRITE_MAILS=1` writes them anew. Two independent readers,
//! the programs `tnef` and `ytnef`, judge what was read.

mod cases;

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::{link_in, noise, settings, tnef};
use cases::{Case, cases};
use cloakroom::mail::outline::{Outline, Role};
use cloakroom::mail::{SkeletonBuilder, Spool, decoded};
use cloakroom::parse;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

fn outline_of(bytes: &[u8]) -> (Spool, Outline) {
    let mut skeleton = SkeletonBuilder::new();
    skeleton.push(bytes);
    let spool = Spool::of(bytes);
    let outline = parse::outline(&spool, &skeleton.finish()).expect("a spool in memory");
    (spool, outline)
}

/// Names and bytes of the files that a mail has, inside messages too.
fn files_in(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (spool, outline) = outline_of(bytes);
    let is_file = |role| matches!(role, Role::Attachment | Role::Message);
    let files = outline.parts.iter().filter(|part| is_file(part.role));
    files
        .map(|part| {
            let mut bytes = Vec::new();
            let read = decoded(&spool, part).read_to_end(&mut bytes);
            assert_eq!(read.expect("a spool in memory") as u64, part.decoded_len);
            let name = part.name.as_ref().map(ToString::to_string);
            (name.unwrap_or_default(), bytes)
        })
        .collect()
}

#[test]
fn the_mails_in_the_folder_are_those_that_the_cases_make() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    for case in cases() {
        let path = folder.join(format!("winmail-{}.eml", case.name));
        if std::env::var_os("WRITE_MAILS").is_some() {
            std::fs::write(&path, &case.mail).expect("writable");
            let want = path.with_extension("want");
            let old = std::fs::read_to_string(&want).unwrap_or_default();
            let (_, rest) = old.split_once('\n').unwrap_or_default();
            std::fs::write(&want, format!("# {}\n{rest}", case.what)).expect("writable");
        }
        let found = std::fs::read(&path).unwrap_or_default();
        assert!(found == case.mail, "{}", path.display());
    }
}

#[test]
fn the_files_are_those_that_were_put_in() {
    for case in cases() {
        let found = files_in(&case.mail);
        let names = |files: &[(String, Vec<u8>)]| {
            let names = files
                .iter()
                .map(|(name, bytes)| format!("{name} {}", bytes.len()));
            names.collect::<Vec<_>>()
        };
        assert_eq!(
            names(&found),
            names(&case.inside),
            "{}: {}",
            case.name,
            case.what
        );
        assert!(found == case.inside, "{}: other bytes", case.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_recipients_open_is_bit_for_bit_what_was_put_in() {
    let hop = Hop::start(Vec::new()).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let to = format!("smtp://{}", hop.address);
    let config = settings::with(folder.path(), settings::TAKE_FILES, &to, "");
    let running = cloakroom::service::start(config).await.expect("it starts");
    let door = running.address("smtp").expect("a door");
    for case in cases() {
        let to = [format!("{}@partner.example", case.name)];
        let replies = send(Door::Smtp, door, "ada@example.org", &to, &case.mail).await;
        let reply = replies.last().cloned().unwrap_or_default();
        assert!(reply.starts_with("250 "), "{}: {reply}", case.name);
        let delivery = hop.delivery_to(&to[0]).await;
        let link = link_in(crate::support::decoded(&delivery.bytes).as_bytes())
            .unwrap_or_else(|| panic!("{}: no link", case.name));
        let into = folder.path().join(case.name);
        let fetched = crate::support::fetch(&link, None, &into).await;
        let fetched = fetched.unwrap_or_else(|e| panic!("{}: {e}", case.name));
        let read = |path: &PathBuf| std::fs::read(path).expect("it was written");
        let mut got: Vec<_> = fetched
            .iter()
            .map(|f| (f.name.clone(), read(&f.path)))
            .collect();
        let mut wanted = case.taken.clone();
        got.sort();
        wanted.sort();
        let names =
            |files: &[(String, Vec<u8>)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
        assert_eq!(names(&got), names(&wanted), "{}", case.name);
        assert!(got == wanted, "{}: other bytes", case.name);
        assert!(
            files_in(&delivery.bytes).is_empty(),
            "{}: a file is left",
            case.name
        );
    }
    running.stop().await;
}

/// Runs a program for every TNEF in a folder and gives what it wrote for each.
fn judged(command: &str, tnefs: &[Vec<u8>]) -> Vec<Vec<(String, Vec<u8>)>> {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, bytes) in tnefs.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.tnef")), bytes).expect("writable");
        std::fs::create_dir(folder.path().join(format!("{number}"))).expect("writable");
    }
    let all = format!("for f in *.tnef; do {command} || true; done");
    let program = command.split(' ').next().unwrap_or_default();
    let there = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output();
    assert!(
        there.is_ok_and(|o| o.status.success()),
        "{program} is not installed: see tests/run"
    );
    let run = Command::new("sh")
        .args(["-c", &all])
        .current_dir(folder.path())
        .output();
    assert!(run.is_ok_and(|o| o.status.success()), "{all}");
    let written = |number: usize| {
        let found = std::fs::read_dir(folder.path().join(format!("{number}"))).expect("made above");
        let files = found.map(|entry| entry.expect("readable").path());
        let name = |path: &PathBuf| {
            let name = path.file_name().expect("a name");
            name.to_string_lossy().into_owned()
        };
        files
            .map(|p| (name(&p), std::fs::read(&p).expect("readable")))
            .collect()
    };
    (0..tnefs.len()).map(written).collect()
}

/// The files, and the texts of messages.
type Found = (Vec<Vec<u8>>, Vec<Vec<u8>>);

/// What a reader finds, with the items inside opened by it too; texts of messages apart. Only bytes: each makes names safe its own way.
fn opened_by(command: &str, tnef: &[Vec<u8>]) -> Vec<Found> {
    let is_text = |name: &str| name.starts_with("message.");
    let mut all = Vec::new();
    for found in judged(command, tnef) {
        let (mut files, mut texts) = (Vec::new(), Vec::new());
        let (mut inner, mut depth) = (found, 0);
        while !inner.is_empty() && depth < 5 {
            let (items, rest): (Vec<_>, Vec<_>) = inner
                .into_iter()
                .partition(|(_, bytes)| item(bytes).is_some());
            for (name, bytes) in rest {
                match is_text(&name) {
                    true => texts.push(bytes),
                    false => files.push(bytes),
                }
            }
            let items = items.iter().filter_map(|(_, bytes)| item(bytes));
            inner = judged(command, &Vec::from_iter(items.map(<[u8]>::to_vec))).concat();
            depth += 1;
        }
        files.sort();
        all.push((files, texts));
    }
    all
}

/// The TNEF of an item; some readers leave the name of its interface before it.
fn item(bytes: &[u8]) -> Option<&[u8]> {
    let bare = bytes.strip_prefix(&tnef::MESSAGE).unwrap_or(bytes);
    bare.starts_with(&[0x78, 0x9f, 0x3e, 0x22]).then_some(bare)
}

#[test]
fn two_other_readers_find_the_same_files() {
    let cases: Vec<Case> = cases()
        .into_iter()
        .filter(|case| case.is_for_peers)
        .collect();
    assert!(cases.len() >= 5);
    let tnefs: Vec<Vec<u8>> = cases.iter().map(|case| case.tnef.clone()).collect();
    for command in [
        "tnef --save-body --number-backups -C \"${f%.tnef}\" \"$f\"",
        "ytnef -f \"${f%.tnef}\" \"$f\"",
    ] {
        for (case, (files, texts)) in cases.iter().zip(opened_by(command, &tnefs)) {
            let program = command.split(' ').next().unwrap_or_default();
            let ours = case.inside.iter().map(|(_, bytes)| bytes);
            let (mut plain, rest): (Vec<_>, Vec<_>) = ours
                .filter(|bytes| item(bytes).is_none())
                .cloned()
                .partition(|bytes| !bytes.starts_with(b"{\\rtf") && !bytes.starts_with(b"<html>"));
            plain.sort();
            assert!(
                plain == files,
                "{} by {program}: {} files, {} here",
                case.name,
                files.len(),
                plain.len()
            );
            if program == "tnef" {
                assert!(
                    rest.iter().all(|text| texts.contains(text)),
                    "{}: its text",
                    case.name
                );
            }
        }
    }
}

#[test]
fn no_cut_and_no_changed_byte_gives_other_files() {
    let file = |around: tnef::Tnef, name: &str, data: &[u8]| {
        let named = [tnef::string(0x3707, name)];
        let begun = around.begin().put(tnef::FILE_DATA, data);
        begun.properties(tnef::FILE_PROPERTIES, &named)
    };
    let inner = file(tnef::Tnef::mail("Inner"), "two.bin", &noise(2, 30)).bytes();
    let object = [tnef::object(0x3701, &tnef::MESSAGE, &inner)];
    let whole = file(tnef::Tnef::mail("Plans"), "one.bin", &noise(1, 40))
        .begin()
        .properties(tnef::FILE_PROPERTIES, &object);
    let whole = file(whole, "three.bin", b"").bytes();
    let files = |bytes: &[u8]| files_in(&cases::mail(Some("Hello"), bytes));
    let right = files(&whole);
    assert_eq!(right.len(), 3, "{right:?}");
    let as_it_is = |bytes: &[u8]| vec![("winmail.dat".to_owned(), bytes.to_vec())];
    for len in 0..whole.len() {
        let found = files(&whole[..len]);
        // A cut between two attributes leaves fewer files, of which the last may have lost its name.
        let is_start = found.iter().zip(&right).all(|(f, r)| f.1 == r.1);
        assert!(
            found == as_it_is(&whole[..len]) || is_start,
            "the first {len} bytes: {found:?}"
        );
    }
    for at in 0..whole.len() {
        for bit in [1 << (at % 8), 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= bit as u8;
            let found = files(&changed);
            assert!(
                found == as_it_is(&changed) || found == right,
                "byte {at}: {found:?}"
            );
        }
    }
}
