//! Other people's readers of documents beside ours: each word that pdftotext, catdoc, xls2csv, catppt and unrtf see, we must see.
//!
//! In the files of `tests/documents` and, where they are there, in the documents of strangers (see `documents`).

use crate::documents::{folder, heard, own};
use crate::support::process::{peer, run};
use std::path::{Path, PathBuf};

/// The reader of files that end so, and how it is called.
const PEERS: &[(&str, &str, &[&str])] = &[
    ("pdf", "pdftotext", &["-enc", "UTF-8"]),
    ("doc", "catdoc", &["-w", "-d", "utf-8"]),
    ("xls", "xls2csv", &["-d", "utf-8"]),
    ("ppt", "catppt", &["-d", "utf-8"]),
    ("rtf", "unrtf", &["--text"]),
];

/// The one date in `list.xls`: xls2csv shows its days since 1900.
const DATE: &str = "29647";

#[test]
fn each_word_that_a_peer_sees_is_seen() {
    let own = own().into_iter().map(|(name, ..)| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
        folder.join(name)
    });
    let (mut words, mut missed) = (0, Vec::new());
    for file in own.chain(strangers()) {
        let end = file.extension().unwrap_or_default().to_string_lossy();
        let Some((_, program, arguments)) = PEERS.iter().find(|(of, ..)| *of == end) else {
            continue;
        };
        let seen = seen_by(program, arguments, &file);
        let bytes = std::fs::read(&file).expect("it is there");
        let ours = letters(&heard(&file.to_string_lossy(), &bytes).text);
        // unrtf has no letters beyond those of its locale.
        let said = seen.split_whitespace();
        let said = said.filter(|word| !word.contains(['?', '\u{fffd}']));
        let said = said.flat_map(|words| words.split(|c: char| !c.is_alphanumeric()));
        for word in said.filter(|word| *program != "xls2csv" || *word != DATE) {
            words += 1;
            if !ours.contains(word) {
                missed.push(format!("{program} sees {word} in {}", file.display()));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(words > 100, "{words} words");
}

fn strangers() -> Vec<PathBuf> {
    let files = folder().and_then(|folder| std::fs::read_dir(folder).ok());
    let entries = files.into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn seen_by(program: &str, arguments: &[&str], file: &Path) -> String {
    let mut command = peer(program);
    command.args(arguments).arg(file);
    if program == "pdftotext" {
        command.arg("-");
    }
    let seen = run(&mut command);
    // Lines of the program's own.
    let lines = seen.lines().filter(|line| !line.starts_with("###"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Where words are parted is not compared.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
