//! How many mails of a heap are doubtful, and why: false alarms cost, as a doubtful mail is sealed whole.
//!
//! `tests/load/alarms FOLDER…` runs this over folders of mails and mailboxes and prints the figures; else it counts a small heap, and
//! proves that it counts right.

use cloakroom::mail::{SkeletonBuilder, Spool};
use cloakroom::parse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

/// Names shown for each doubt.
const SHOWN: usize = 3;

#[derive(Default)]
struct Heap {
    mails: usize,
    doubtful: usize,
    /// Where each doubt was found.
    doubts: BTreeMap<&'static str, Vec<String>>,
}

impl Heap {
    fn of(paths: &[PathBuf]) -> Heap {
        let mut heap = Heap::default();
        paths.iter().for_each(|path| heap.add(path));
        heap
    }

    fn add(&mut self, path: &Path) {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).expect("a folder that can be read");
            let mut inside: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
            inside.sort();
            inside.iter().for_each(|path| self.add(path));
            return;
        }
        let bytes = std::fs::read(path).expect("a file that can be read");
        let mails = mails(&bytes);
        for (number, mail) in mails.iter().enumerate() {
            let name = match mails.len() {
                1 => path.display().to_string(),
                _ => format!("{}#{}", path.display(), number + 1),
            };
            self.count(&name, mail);
        }
    }

    fn count(&mut self, name: &str, mail: &[u8]) {
        let spool = Spool::of(mail);
        let mut skeleton = SkeletonBuilder::new();
        skeleton.push(mail);
        let outline = parse::outline(&spool, &skeleton.finish()).expect("a spool in memory");
        let doubts: BTreeSet<&str> = outline.doubts.iter().map(|doubt| doubt.what).collect();
        self.mails += 1;
        self.doubtful += usize::from(!doubts.is_empty());
        for what in doubts {
            self.doubts.entry(what).or_default().push(name.to_owned());
        }
    }
}

impl Display for Heap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let share = 100.0 * self.doubtful as f64 / self.mails.max(1) as f64;
        writeln!(
            f,
            "{} mails, {} doubtful: {share:.2} %",
            self.mails, self.doubtful
        )?;
        let mut rows: Vec<_> = self.doubts.iter().collect();
        rows.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
        for (what, names) in rows {
            let few = &names[..names.len().min(SHOWN)];
            writeln!(f, "{:6} {what}: {}", names.len(), few.join(", "))?;
        }
        Ok(())
    }
}

/// The mails of a file: one, or those of a mailbox, with the line ends that they had on the wire.
fn mails(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut is_after_blank = true;
    let is_box = is_start(bytes.split(|b| *b == b'\n').next().unwrap_or_default());
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if is_box && is_after_blank && is_start(text) {
            found.push(Vec::new());
        } else {
            if found.is_empty() {
                found.push(Vec::new());
            }
            let mail = found.last_mut().expect("there is one by now");
            mail.extend_from_slice(text);
            mail.extend_from_slice(b"\r\n");
        }
        is_after_blank = text.is_empty();
    }
    found
}

/// `From ada@sender.example Mon Sep 17 00:00:00 2001`: with the time, as a text may say "From" too.
fn is_start(line: &[u8]) -> bool {
    let is_time =
        |w: &[u8]| matches!(w, [h, m, b':', ..] if h.is_ascii_digit() && m.is_ascii_digit());
    line.starts_with(b"From ") && line.split(|b| *b == b' ').any(is_time)
}

#[test]
fn doubtful_mails_are_counted_in_folders_and_mailboxes() {
    if let Some(folders) = std::env::var_os("CLOAKROOM_ALARMS") {
        let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
        println!("{}", Heap::of(&folders));
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let from = "From ada@sender.example Mon Sep 17 00:00:00 2001\n";
    let plain = "Subject: a\n\nFrom here on\n";
    let odd = "Subject: b\nContent-Type: text/plain\nContent-Type: text/html\n\nb\n";
    let two = format!("{from}{plain}\n{from}{odd}");
    std::fs::write(folder.path().join("two.mbox"), two).expect("writable");
    std::fs::write(folder.path().join("one.eml"), plain).expect("writable");
    let heap = Heap::of(&[folder.path().to_owned()]);
    assert_eq!((heap.mails, heap.doubtful), (3, 1));
    let shown = heap.to_string();
    assert!(
        shown.starts_with("3 mails, 1 doubtful: 33.33 %\n"),
        "{shown}"
    );
    assert!(
        shown.contains("     1 two Content-Type fields: "),
        "{shown}"
    );
    assert!(shown.trim_end().ends_with("two.mbox#2"), "{shown}");
}
