//! Outlines of small mails made by hand: `tests/mails/NAME.eml` must give `NAME.want` (see the README there).

use cloakroom::mail::outline::{Outline, Role};
use cloakroom::mail::{SkeletonBuilder, Spool};
use cloakroom::parse;
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub fn mails() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is in the repository")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .collect();
    found.sort();
    found
}

pub fn outline_of(bytes: &[u8]) -> Outline {
    let mut skeleton = SkeletonBuilder::new();
    skeleton.push(bytes);
    let spool = Spool::of(bytes);
    parse::outline(&spool, &skeleton.finish()).expect("a spool in memory")
}

fn shown(outline: &Outline, before: &str) -> String {
    let mut out = format!("{before}nature {:?}\n", outline.nature);
    for part in &outline.parts {
        let _ = write!(
            out,
            "{before}{} {:?} {}",
            part.path, part.role, part.media_type
        );
        if part.inside.is_some() {
            out.push_str(" inside");
        }
        if !part.names.is_empty() {
            let _ = write!(out, " {:?}", part.names);
        }
        if part.role != Role::Container {
            let _ = write!(out, " {}", part.decoded_len);
        }
        out.push('\n');
        if let Some(nested) = &part.nested {
            out.push_str(&shown(&nested.outline, &format!("{}/", part.path)));
        }
    }
    for doubt in &outline.doubts {
        let _ = writeln!(out, "{before}doubt {}", doubt.what);
    }
    out
}

#[test]
fn every_shape_has_the_outline_it_should_have() {
    let mut wrong = String::new();
    for path in mails() {
        let bytes = std::fs::read(&path).expect("readable");
        let want_path = path.with_extension("want");
        let want = std::fs::read_to_string(&want_path).expect("every mail says what it should be");
        let (why, want) = want
            .split_once('\n')
            .expect("the first line says what it shows");
        let found = shown(&outline_of(&bytes), "");
        if std::env::var_os("WRITE_WANT").is_some() {
            std::fs::write(&want_path, format!("{why}\n{found}")).expect("writable");
        } else if found != want {
            let _ = writeln!(
                wrong,
                "{} {why}\nfound:\n{found}wanted:\n{want}",
                path.display()
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_shape_that_readers_take_differently_is_doubtful_and_no_other() {
    let mut wrong = Vec::new();
    for path in mails() {
        let bytes = std::fs::read(&path).expect("readable");
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let doubts = outline_of(&bytes).doubts;
        if doubts.is_empty() == name.starts_with("x-") {
            wrong.push((name, doubts));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_over_a_limit_is_doubtful() {
    let fields = "a:\r\n".repeat(20_000);
    let long = format!("X-Long: {}\r\n", "x".repeat(70)).repeat(1_000);
    let part = "--b\r\n\r\nx\r\n";
    let levels = |n: usize| {
        let level =
            |i| format!("Content-Type: multipart/mixed; boundary=\"{i}-\"\r\n\r\n--{i}-\r\n");
        (0..n).map(level).collect::<String>()
    };
    let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    let rows = [
        (format!("{mixed}--b\r\n{fields}\r\nx\r\n--b--\r\n"), true),
        (format!("{mixed}--b\r\n{long}\r\nx\r\n--b--\r\n"), true),
        (format!("{mixed}{}--b--\r\n", part.repeat(1_100)), true),
        (format!("{mixed}{}--b--\r\n", part.repeat(900)), false),
        (format!("{}\r\n", levels(60)), true),
    ];
    for (mail, is_over) in rows {
        let doubts = outline_of(mail.as_bytes()).doubts;
        assert_eq!(!doubts.is_empty(), is_over, "{doubts:?}");
    }
}
