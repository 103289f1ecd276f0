//! What each reader sees, written down: `tests/mails/seen.table` for the mails made by hand, `differences.table` for the mails without
//! a doubt of which a reader lists other parts than we do, with the reason why that does not matter.
//!
//! With `WRITE_SEEN=1` both are written anew; a new difference then waits for its reason. A reader of another version than the one in
//! the head of `seen.table` is not compared, and it is said so: what it shows must be taken all the same.

use super::fate::{Case, Piece};
use crate::support::readers::{Leaf, Reader, Reading};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const NO_REASON: &str = "?";

/// Every difference from what is written down, as a sentence.
pub fn compare(cases: &[Case], readers: &[Reader]) -> Vec<String> {
    let found = Table::of(cases, readers);
    let differences = differences(cases, readers);
    if std::env::var_os("WRITE_SEEN").is_some() {
        std::fs::write(file("tests/mails/seen.table"), found.written()).expect("writable");
        write_reasons(cases, &differences);
    }
    let table = Table::read(&text("tests/mails/seen.table"));
    let mut same = BTreeSet::new();
    for (reader, version) in &found.versions {
        match table.versions.get(reader) == Some(version) {
            true => {
                same.insert(reader.as_str());
            }
            false => eprintln!("not compared with the table: {reader} {version}"),
        }
    }
    let mut wrong = table.changes(&found, &same);
    let looked_at: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let reasons = reasons();
    let expected: BTreeSet<_> = reasons
        .keys()
        .filter(|(reader, mail)| {
            same.contains(reader.as_str()) && looked_at.contains(mail.as_str())
        })
        .collect();
    let happened = differences
        .iter()
        .filter(|(reader, _)| same.contains(reader.as_str()));
    let happened: BTreeSet<_> = happened.collect();
    for (reader, mail) in happened.difference(&expected) {
        wrong.push(format!(
            "{reader} lists other parts of {mail}, and there is no doubt"
        ));
    }
    for (reader, mail) in expected.difference(&happened) {
        wrong.push(format!(
            "{reader} lists the parts of {mail} as we do, and the table says no"
        ));
    }
    let unexplained = reasons.iter().filter(|(_, why)| why.as_str() == NO_REASON);
    wrong.extend(
        unexplained.map(|((reader, mail), _)| {
            format!("{reader}, {mail}: differences.table gives no reason")
        }),
    );
    wrong
}

/// `seen.table`.
#[derive(Default)]
struct Table {
    /// By reader.
    versions: BTreeMap<String, String>,
    /// By mail, then by reader.
    rows: BTreeMap<String, BTreeMap<String, String>>,
}

impl Table {
    fn of(cases: &[Case], readers: &[Reader]) -> Table {
        let mut table = Table::default();
        for reader in readers {
            let version = reader.version.clone();
            table.versions.insert(reader.name.clone(), version);
            let seen = cases.iter().zip(&reader.readings);
            for (case, reading) in seen.filter(|(case, _)| case.is_hand_made) {
                let row = table.rows.entry(case.name.clone()).or_default();
                row.insert(reader.name.clone(), shown(reading));
            }
        }
        table
    }

    fn read(text: &str) -> Table {
        let mut table = Table::default();
        let mut mail = String::new();
        for line in text.lines() {
            if let Some(versions) = line.strip_prefix("# versions: ") {
                let pairs = versions.split(", ").filter_map(|one| one.split_once(' '));
                table.versions = pairs.map(|(r, v)| (r.to_owned(), v.to_owned())).collect();
            } else if let Some((readers, shown)) =
                line.strip_prefix("  ").and_then(|l| l.split_once(": "))
            {
                let row = table.rows.entry(mail.clone()).or_default();
                let names: Vec<&str> = match readers {
                    "all" => table.versions.keys().map(String::as_str).collect(),
                    some => some.split(' ').collect(),
                };
                row.extend(names.into_iter().map(|n| (n.to_owned(), shown.to_owned())));
            } else if !line.starts_with('#') {
                mail = line.to_owned();
            }
        }
        table
    }

    fn written(&self) -> String {
        let versions: Vec<String> = self
            .versions
            .iter()
            .map(|(r, v)| format!("{r} {v}"))
            .collect();
        let mut out = format!("{HEAD}# versions: {}\n", versions.join(", "));
        for (mail, row) in &self.rows {
            let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (reader, shown) in row {
                groups.entry(shown).or_default().push(reader);
            }
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_by_key(|(_, readers)| (std::cmp::Reverse(readers.len()), readers[0]));
            out += &format!("{mail}\n");
            for (shown, readers) in groups {
                let names = match readers.len() == row.len() {
                    true => "all".to_owned(),
                    false => readers.join(" "),
                };
                out += &format!("  {names}: {shown}\n");
            }
        }
        out
    }

    /// What these readers see otherwise than it is written here.
    fn changes(&self, found: &Table, readers: &BTreeSet<&str>) -> Vec<String> {
        let mut wrong = Vec::new();
        for (mail, row) in &found.rows {
            let Some(written) = self.rows.get(mail) else {
                wrong.push(format!(
                    "{mail} is not in tests/mails/seen.table: run with WRITE_SEEN=1"
                ));
                continue;
            };
            for (reader, shown) in row.iter().filter(|(r, _)| readers.contains(r.as_str())) {
                let before = written.get(reader).map_or("nothing", String::as_str);
                if before != shown {
                    wrong.push(format!(
                        "{reader} shows {shown} of {mail}, in the table {before}"
                    ));
                }
            }
        }
        let gone = self
            .rows
            .keys()
            .filter(|mail| !found.rows.contains_key(*mail));
        wrong.extend(gone.map(|mail| format!("{mail} is in tests/mails/seen.table only")));
        wrong
    }
}

const HEAD: &str = "# What each reader shows of each mail: type or name, and the size without CR and outer line ends. `>` stands before
# what lies in a message, `file` behind what the library itself calls an attachment. `WRITE_SEEN=1` with the test `readers` writes it.
";

/// `text/plain 8, "a.pdf" 15 file, message/rfc822 90 (> text/plain 3)`
fn shown(reading: &Reading) -> String {
    let leaf = |leaf: &Leaf| {
        let before = if leaf.within.is_some() { "> " } else { "" };
        let behind = if leaf.attachment { " file" } else { "" };
        format!("{before}{}{behind}", leaf.shown())
    };
    let mut words: Vec<String> = reading.leaves.iter().map(leaf).collect();
    words.extend(reading.died.as_ref().map(|_| "died".to_owned()));
    match words.is_empty() {
        true => "nothing".to_owned(),
        false => words.join(", "),
    }
}

/// Reader and mail, where there is no doubt and the reader's parts are not ours.
fn differences(cases: &[Case], readers: &[Reader]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for reader in readers {
        for (case, reading) in cases.iter().zip(&reader.readings) {
            if !case.mail.outline.is_ambiguous() && !is_ours(case, reading) {
                found.insert((reader.name.clone(), case.name.clone()));
            }
        }
    }
    found
}

/// The same parts in the same order: by their bytes, a message by being one. Blank parts are nothing that somebody could miss.
fn is_ours(case: &Case, reading: &Reading) -> bool {
    let is_message = |kind: &str| kind.starts_with("message/rfc822");
    let ours = |part: &&Piece| !part.is_inner && (part.plain_size > 0 || is_message(&part.kind));
    let mut ours = case.parts.iter().filter(ours);
    let theirs =
        |leaf: &&Leaf| leaf.within.is_none() && (leaf.plain_size > 0 || is_message(&leaf.kind));
    let is_same = |leaf: &Leaf| {
        ours.next().is_some_and(|part| {
            let both = is_message(&part.kind) && is_message(&leaf.kind);
            both || leaf.plain == part.plain || leaf.plain == part.raw
        })
    };
    let all = reading.leaves.iter().filter(theirs).all(is_same);
    all && ours.next().is_none()
}

fn reasons() -> BTreeMap<(String, String), String> {
    let rows = text("tests/it/readers/differences.table");
    let rows = rows.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let (who, why) = line.split_once(": ").expect("reader mail: reason");
        let (reader, mail) = who.split_once(' ').expect("reader mail: reason");
        ((reader.to_owned(), mail.to_owned()), why.to_owned())
    };
    rows.map(row).collect()
}

/// Rows of mails that were not looked at stay: not everybody has the real ones.
fn write_reasons(cases: &[Case], differences: &BTreeSet<(String, String)>) {
    let path = "tests/it/readers/differences.table";
    let (before, known) = (text(path), reasons());
    let is_unseen = |key: &&(String, String)| cases.iter().all(|case| case.name != key.1);
    let differences: BTreeSet<_> = differences
        .iter()
        .chain(known.keys().filter(is_unseen))
        .collect();
    let head = before.lines().filter(|line| line.starts_with('#'));
    let mut out: Vec<String> = head.map(str::to_owned).collect();
    for key in differences {
        let why = known.get(key).map_or(NO_REASON, String::as_str);
        out.push(format!("{} {}: {why}", key.0, key.1));
    }
    std::fs::write(file(path), out.join("\n") + "\n").expect("writable");
}

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_default()
}
