//! What other readers find in a mail of `tests/bodies` before and after.

use crate::support::readers::{Leaf, Question, Reader};
use serde::Deserialize;
use std::path::Path;
use std::process::Command;

const LINK: &[u8] = b"https://files.example.org/t/";

pub fn question(mail: &[u8]) -> Question {
    Question {
        bytes: mail.to_vec(),
        needles: vec![LINK.to_vec()],
    }
}

/// A reader finds what it found before, without the files, and the link in what has changed.
pub fn judge_readings(reader: &Reader, before: usize, after: usize) -> Result<(), String> {
    let (before, after) = (&reader.readings[before], &reader.readings[after]);
    let old: Vec<_> = before.leaves.iter().filter(|leaf| !is_pdf(leaf)).collect();
    let kinds = |leaves: &[&Leaf]| {
        leaves
            .iter()
            .map(|leaf| leaf.kind.clone())
            .collect::<Vec<_>>()
    };
    let new: Vec<_> = after.leaves.iter().collect();
    if kinds(&old) != kinds(&new) || after.died.is_some() {
        return Err(format!("{} sees {:?}", reader.name, kinds(&new)));
    }
    let linked = new.iter().filter(|leaf| leaf.has(LINK)).count();
    let changed = old
        .iter()
        .zip(&new)
        .filter(|(old, new)| old.plain != new.plain)
        .count();
    match linked == changed {
        true => Ok(()),
        false => Err(format!(
            "{}: {linked} links, {changed} changed",
            reader.name
        )),
    }
}

/// The one file of each mail.
fn is_pdf(leaf: &Leaf) -> bool {
    leaf.disposition
        .as_deref()
        .is_some_and(|d| d.eq_ignore_ascii_case("attachment"))
}

/// What Python's `email` makes of one mail.
#[derive(Debug, Deserialize)]
pub struct Read {
    pub parts: Vec<Seen>,
    pub defects: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Seen {
    pub kind: String,
    pub is_file: bool,
    pub text: Option<String>,
    pub digest: String,
}

pub fn read_by_python(mails: &[&[u8]]) -> Vec<Read> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (index, mail) in mails.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{index}.eml")), mail).expect("writable");
    }
    let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bodies/read.py");
    let ran = Command::new(&python)
        .arg(program)
        .arg(folder.path())
        .arg(mails.len().to_string())
        .output();
    let ran = ran.unwrap_or_else(|e| panic!("{python}: {e}; set CLOAKROOM_PYTHON"));
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    serde_json::from_slice(&ran.stdout).expect("read.py prints JSON")
}
