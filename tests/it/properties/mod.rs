//! What must hold for any bytes (`truth`), tried with the seeds of the fuzz targets, and with mails and names that a generator mangles.
//!
//! The generator is the same each time. `CLOAKROOM_PROPERTIES=20` tries twenty times as many, `CLOAKROOM_PROPERTY_SEED` others. What
//! fails is left in `target/properties`, to become a seed.

mod mangle;
pub mod truth;

use crate::names::table::{Given, rows};
use crate::support::line::hand_made;
use crate::support::process::{peer, run};
use mangle::Mangler;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// The files that a fuzz target starts from.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/seeds")
        .join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found: Vec<PathBuf> = entries.map(|e| e.expect("readable").path()).collect();
    found.sort();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("readable");
        (path, bytes)
    };
    found.into_iter().map(read).collect()
}

/// Runs it; what it panics at is kept.
fn holds(target: &str, check: truth::Check, name: &str, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| check(bytes))).is_err() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/properties");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let file = folder.join(format!("{target}-{}", name.replace('/', "-")));
        fs::write(&file, bytes).expect("the target folder can be written");
        panic!(
            "{target} does not hold for {name}, kept in {}",
            file.display()
        );
    }
}

/// Tries a property with `count` mangled things made of `from`.
fn holds_for_mangled(target: &str, from: &[Vec<u8>], count: usize) {
    let check = truth::ALL.iter().find(|(name, _)| *name == target);
    let (_, check) = check.expect("a property of this name");
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let times = number("CLOAKROOM_PROPERTIES").unwrap_or(1) as usize;
    let seed = number("CLOAKROOM_PROPERTY_SEED").unwrap_or(7);
    let mut mangler = Mangler::new(seed);
    for n in 0..count * times {
        let bytes = mangler.mangled(from);
        holds(target, *check, &format!("seed {seed}, number {n}"), &bytes);
    }
}

#[test]
fn every_seed_holds() {
    for (target, check) in truth::ALL {
        let seeds = seeds(target);
        assert!(seeds.len() > 5, "{target} has seeds");
        for (path, bytes) in seeds {
            let name = path.file_name().expect("a name").to_string_lossy();
            holds(target, check, &name, &bytes);
        }
    }
}

fn mails() -> Vec<Vec<u8>> {
    hand_made().into_iter().map(|(_, bytes)| bytes).collect()
}

#[test]
fn any_mail_has_an_outline_that_keeps_its_promises() {
    for (name, bytes) in hand_made() {
        holds("mime", truth::mime::check, &name, &bytes);
    }
    holds_for_mangled("mime", &mails(), 600);
}

#[test]
fn any_mail_leaves_as_it_came_or_protected_and_once() {
    for (name, bytes) in hand_made() {
        holds("mime_rewrite", truth::mime_rewrite::check, &name, &bytes);
    }
    holds_for_mangled("mime_rewrite", &mails(), 200);
}

fn names() -> Vec<Vec<u8>> {
    let bytes = |row: crate::names::table::Row| match row.given {
        Given::Text(text) => text.into_bytes(),
        Given::Bytes(_, bytes) => bytes,
    };
    rows().into_iter().map(bytes).collect()
}

#[test]
fn any_name_becomes_safe_and_stays_so() {
    for name in names() {
        let shown = String::from_utf8_lossy(&name)
            .chars()
            .take(40)
            .collect::<String>();
        holds("filename", truth::filename::check, &shown, &name);
        holds(
            "content_disposition",
            truth::content_disposition::check,
            &shown,
            &name,
        );
    }
    holds_for_mangled("filename", &names(), 3000);
    holds_for_mangled("content_disposition", &names(), 1500);
}

/// Six names each time, as what strangers say in the places that go into header fields.
fn sixes() -> Vec<Vec<u8>> {
    let names = names();
    let six = |at: usize| {
        let six: Vec<&[u8]> = (0..6)
            .map(|n| &*names[(at + n * 71) % names.len()])
            .collect();
        six.join(&31)
    };
    (0..names.len()).map(six).collect()
}

#[test]
fn nothing_that_is_said_becomes_a_header_field() {
    for (n, six) in sixes().iter().enumerate().step_by(4) {
        holds(
            "headers_build",
            truth::headers_build::check,
            &format!("six {n}"),
            six,
        );
    }
    holds_for_mangled("headers_build", &sixes(), 100);
}

#[test]
fn python_counts_the_same_header_fields() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut wanted = Vec::new();
    for (n, six) in sixes().iter().enumerate().step_by(8) {
        let mails = truth::headers_build::mails(&truth::headers_build::Texts6::of(six));
        for (kind, mail) in mails.iter().enumerate() {
            let file = folder.path().join(format!("{n:05}-{kind}"));
            fs::write(file, mail).expect("a temporary folder can be written");
            let header = mail_parser::MessageParser::new().parse(mail);
            wanted.push(header.expect("a mail").headers().iter().count());
        }
    }
    let code = "import sys, pathlib, email\n\
                for f in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n\
                \x20   m = email.message_from_bytes(f.read_bytes())\n\
                \x20   assert not m.defects, (f, m.defects)\n\
                \x20   print(len(m.keys()))";
    let said = run(peer("python3").args(["-c", code]).arg(folder.path()));
    let counts: Vec<usize> = said.lines().map(|l| l.parse().expect("a number")).collect();
    assert_eq!(counts, wanted);
}

#[test]
fn whatever_a_mail_server_says_no_mail_ends_twice_or_too_early() {
    let seeds: Vec<Vec<u8>> = seeds("milter").into_iter().map(|s| s.1).collect();
    holds_for_mangled("milter", &seeds, 300);
}

#[test]
fn patterns_together_find_what_each_finds_alone() {
    let seeds: Vec<Vec<u8>> = seeds("patterns").into_iter().map(|s| s.1).collect();
    holds_for_mangled("patterns", &seeds, 300);
}
