//! Real mail that nobody here wrote, with the ground truth of other parsers about it.
//!
//! It is not in this repository: it is read from `mail/` in the folder that `CLOAKROOM_SHARED` names (`../shared` beside the project
//! if it is not set). Where that is absent there are no samples and it is said so; tests then pass.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One mail.
pub struct Sample {
    pub id: String,
    /// Its line of the manifest.
    pub facts: Value,
    /// As it is sent: the form that all ground truth is taken on.
    pub bytes: Vec<u8>,
}

/// All of them, in the order of the manifest.
pub fn samples() -> Vec<Sample> {
    let Some(folder) = shared() else {
        return Vec::new();
    };
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).expect("a manifest");
    let sample = |line: &str| {
        let facts: Value = serde_json::from_str(line).expect("a JSON object a line");
        let file = folder.join(facts["file"].as_str().expect("a file name"));
        let raw = std::fs::read(file).expect("the file is beside the manifest");
        let bytes = wire(raw, facts["wire"].as_str().expect("a wire form"));
        assert_eq!(facts["sha256_wire"], sha256(&bytes), "{}", facts["file"]);
        Sample {
            id: facts["id"].as_str().expect("an id").to_owned(),
            bytes,
            facts,
        }
    };
    manifest.lines().map(sample).collect()
}

/// Documents with what should be found in them: a line of their list, and the bytes.
pub fn documents() -> Vec<(Value, Vec<u8>)> {
    let folder = root().join("documents");
    let Ok(list) = std::fs::read_to_string(folder.join("expected.jsonl")) else {
        eprintln!("skipped: no documents in {}", folder.display());
        return Vec::new();
    };
    let document = |line: &str| {
        let facts: Value = serde_json::from_str(line).expect("a JSON object a line");
        let file = folder.join(facts["file"].as_str().expect("a file name"));
        let bytes = std::fs::read(file).expect("the file is beside the list");
        assert_eq!(facts["sha256"], sha256(&bytes), "{}", facts["file"]);
        (facts, bytes)
    };
    list.lines().map(document).collect()
}

impl Sample {
    /// What the manifest says of every leaf but the texts, and of every message inside, in the order of the mail.
    pub fn attachments(&self) -> &[Value] {
        self.facts["attachments"].as_array().expect("a list")
    }

    /// What the manifest says of the texts that a reader sees.
    pub fn bodies(&self) -> &[Value] {
        self.facts["bodies"].as_array().expect("a list")
    }
}

/// True if one of the values that count as right is found: `any` lists them where the parsers differ.
pub fn is_right(value: &Value, any: &Value, found: &str) -> bool {
    match any.as_array() {
        Some(any) => any.iter().any(|v| v.as_str() == Some(found)),
        None => value.as_str() == Some(found),
    }
}

/// SHA-256 as the manifest writes it.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// What lies beside the project.
pub fn root() -> PathBuf {
    std::env::var_os("CLOAKROOM_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    )
}

fn shared() -> Option<PathBuf> {
    let mail = root().join("mail");
    if mail.join("manifest.jsonl").exists() {
        return Some(mail);
    }
    eprintln!("skipped: no mails in {}", mail.display());
    None
}

fn wire(mut raw: Vec<u8>, form: &str) -> Vec<u8> {
    if form == "lf2crlf" {
        let text = raw.split(|b| *b == b'\n').collect::<Vec<_>>();
        raw = text.join(&b"\r\n"[..]);
    }
    match raw.last() {
        Some(b'\n') => {}
        Some(b'\r') => raw.push(b'\n'),
        _ => raw.extend_from_slice(b"\r\n"),
    }
    raw
}
