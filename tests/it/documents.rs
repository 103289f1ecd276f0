//! Documents that other programs wrote: what is in them must be in their text, and damage must be said and do no harm.
//!
//! Those of `tests/documents` have own content. Those of strangers are not in this repository: they are read from `documents/` in the folder that `CLOAKROOM_SHARED` names (`../shared` beside the
//! project if it is not set). Where that is absent it is said so; the test then passes.

use crate::support::noise;
use cloakroom::decide::extract::{Document, Limits, read};
use cloakroom::mail::content::{Enough, MAX_PIECE, Piece, Sink, Unreadable};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// All text with blanks as one space, and what could not be read.
#[derive(Default)]
pub struct Heard {
    pub text: String,
    pub unreadable: Vec<Unreadable>,
}

impl Sink for Heard {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), Enough> {
        let mut say = |text: &str| {
            assert!(text.len() <= MAX_PIECE, "a piece of {} bytes", text.len());
            self.text
                .extend(text.split_whitespace().flat_map(|word| [word, " "]));
        };
        match piece {
            Piece::Prose(text) => say(&text),
            Piece::Row(cells) => cells.iter().for_each(|cell| say(cell)),
            Piece::Unreadable(why) => self.unreadable.push(why),
            _ => {}
        }
        Ok(())
    }
}

/// Reads a file.
pub fn heard(name: &str, bytes: &[u8]) -> Heard {
    let document = Document {
        name,
        media_type: "",
        charset: None,
        bytes,
    };
    let mut heard = Heard::default();
    let limits = Limits::of(bytes.len() as u64, 50 << 20, 4, Duration::from_secs(20));
    read(&document, limits, &mut heard).expect("it wants all");
    heard
}

/// Where the documents of strangers are.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CLOAKROOM_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let documents = folder.join("documents");
    let is_there = documents.join("expected.jsonl").exists();
    if !is_there {
        eprintln!("skipped: no documents in {}", documents.display());
    }
    is_there.then_some(documents)
}

/// Name, bytes and expectation of each.
fn documents() -> Vec<(String, Vec<u8>, Value)> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).expect("a list");
    let document = |line: &str| {
        let facts: Value = serde_json::from_str(line).expect("a JSON object a line");
        let name = facts["file"].as_str().expect("a name").to_owned();
        let bytes = std::fs::read(folder.join(&name)).expect("the file is beside the list");
        (name, bytes, facts)
    };
    expected.lines().map(document).collect()
}

#[test]
fn what_is_written_in_a_document_is_in_its_text() {
    for (name, bytes, facts) in documents() {
        let heard = heard(&name, &bytes);
        for finding in facts["findings"].as_array().into_iter().flatten() {
            let written = finding["written"].as_str().expect("a text");
            assert!(
                heard.text.contains(written),
                "{name}: {written} not in {}",
                heard.text
            );
        }
        match facts["readable"].as_bool() {
            Some(false) => assert_eq!(heard.unreadable, [Unreadable::Encrypted], "{name}"),
            _ => assert_eq!(heard.unreadable, [], "{name}"),
        }
    }
}

#[test]
fn damage_does_no_harm() {
    for (name, bytes, _) in documents() {
        let chance = noise(bytes.len() as u64, 50 * 16);
        for (number, dice) in chance.chunks(16).enumerate() {
            let damaged = damaged(&bytes, number, dice);
            let start = Instant::now();
            heard(&name, &damaged);
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{name}, damage {number}"
            );
        }
    }
}

/// Cut off, changed in some bytes, or with bytes left out.
fn damaged(bytes: &[u8], number: usize, dice: &[u8]) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    let place = |at: usize| {
        (usize::from(dice[at]) << 8 | usize::from(dice[at + 1])) * 31 % bytes.len().max(1)
    };
    match number % 3 {
        0 => damaged.truncate(place(0)),
        1 => (0..6).for_each(|at| damaged[place(at * 2)] = dice[at + 1]),
        _ => drop(damaged.drain(place(0)..(place(0) + usize::from(dice[2])).min(bytes.len()))),
    }
    damaged
}

const LETTER: &str = "Berth application Zoë Łukasz 999993410 NL91 ABNA 0417 1643 00 Footnotes Marginalia beneath Sailor Passport Ishmael \
    111222333 Γαλάζιο Привет closing Harbourmaster Kestrel Footing seventeen";
const LIST: &str =
    "Keeper BSN Born Zoë Łukasz 999993410 02-03-1981 Ishmael 0.25 Albatross Whispered remark";
const TALK: &str = "Lighthouse keepers Zoë has 999993410 Spoken quietly Привет Łukasz";
const LETTERS: &str = "firstlast secondlast thirdlast 999993410 ends with";

/// Each file of `tests/documents`, and the words in it.
pub fn own() -> Vec<(String, Vec<u8>, &'static str)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let kinds = [
        ("letter", LETTER, "doc docx fodt odt pdf rtf"),
        ("list", LIST, "fods ods xls xlsx"),
        ("talk", TALK, "fodp odp ppt pptx"),
        (
            "letters",
            LETTERS,
            "7z tar tar.bz2 tar.gz tar.xz tar.zst zip",
        ),
    ];
    let read = |name: String| {
        let bytes = std::fs::read(folder.join(&name)).expect("a committed file");
        (name, bytes)
    };
    kinds
        .iter()
        .flat_map(|(stem, words, ends)| ends.split(' ').map(move |end| (stem, end, *words)))
        .map(|(stem, end, words)| {
            let (name, bytes) = read(format!("{stem}.{end}"));
            (name, bytes, words)
        })
        .collect()
}

#[test]
fn what_another_program_wrote_is_read_whole() {
    for (name, bytes, words) in own() {
        let heard = heard(&name, &bytes);
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            assert!(
                heard.text.contains(word),
                "{name}: {word} not in {}",
                heard.text
            );
        }
        assert_eq!(heard.unreadable, [], "{name}");
    }
}

/// Whatever a cut takes away, it is said; what stands before it is read in every format that can be read from its start.
#[test]
fn what_cannot_be_parsed_says_so() {
    let from_the_start = [
        "letter.fodt",
        "letter.rtf",
        "letters.tar",
        "letters.tar.gz",
        "letters.zip",
        "list.fods",
        "talk.fodp",
    ];
    let mut silent = Vec::new();
    for (name, bytes, words) in own() {
        let whole = heard(&name, &bytes);
        for percent in [10, 25, 40, 50, 60, 75, 90, 95, 99] {
            let cut = heard(&name, &bytes[..bytes.len() * percent / 100]);
            let is_said = !cut.unreadable.is_empty();
            if whole.text.len() > cut.text.len() && !is_said {
                silent.push(format!("{name} at {percent} %"));
            }
            let word = words.split(' ').find(|word| whole.text.contains(word));
            let first = word.expect("it has words");
            if from_the_start.contains(&name.as_str()) && percent == 90 && first != "firstlast" {
                assert!(cut.text.contains(first), "{name}: {first} was lost");
            }
        }
    }
    assert!(
        silent.is_empty(),
        "nothing was said:\n{}",
        silent.join("\n")
    );
}
