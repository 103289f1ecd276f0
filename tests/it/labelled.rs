//! The labelled corpus: letters, lists, invoices, logs and code in eleven languages, made here with a fixed seed, everything that is to be
//! found in them labelled. How many of the findings are right (precision), how many of the labels are found (recall), per detector and class.
//!
//! `tests/load/precision` prints the table of the manual; `CLOAKROOM_LABELLED=FOLDER` also writes the documents and `labels.jsonl`.

mod dice;
mod languages;
mod machines;
mod pages;
mod values;

use cloakroom::decide::detectors::{ALL, Confidence, Finding, Passage, Scanner};
use pages::{Label, Page};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What became of findings and labels of one detector.
#[derive(Default)]
struct Score {
    /// Findings that are right and wrong: of `high`, and of `medium` or better.
    right: [usize; 2],
    wrong: [usize; 2],
    /// Labels that words speak for, and those that are found as `high`; all labels, and those found as `medium` or better.
    labels: [usize; 2],
    found: [usize; 2],
}

const CLASSES: [Confidence; 2] = [Confidence::High, Confidence::Medium];

#[test]
fn what_is_found_is_right_and_what_is_labelled_is_found() {
    let pages = pages::pages();
    if let Some(folder) = std::env::var_os("CLOAKROOM_LABELLED") {
        write_down(&pages, folder.as_ref());
    }
    let scanner = Scanner::new(ALL);
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    for page in &pages {
        let findings = findings(page, &scanner);
        for (at, class) in CLASSES.into_iter().enumerate() {
            count(page, &findings, at, class, &mut scores);
        }
    }
    println!("{} documents\n\n{}", pages.len(), table(&scores));
    for (detector, score) in &scores {
        let [high, _] = score.rates();
        let (precision, recall) = high;
        assert!(
            precision.is_none_or(|p| p >= 0.9),
            "{detector} is wrong too often"
        );
        let guess = *detector == "password";
        assert!(
            recall.is_none_or(|r| r >= 0.95 || guess),
            "{detector} misses too much"
        );
    }
}

/// What is found in the texts of the real mails of the shared corpus: nearly none of it can be right, so it is printed, and bounded.
#[test]
fn real_mail_gives_hardly_any_alarm() {
    let Some(shared) = std::env::var_os("CLOAKROOM_SHARED") else {
        return eprintln!("no shared corpus beside this checkout: nothing to look at");
    };
    let folder = std::path::Path::new(&shared).join("mail/messages");
    let scanner = Scanner::new(ALL);
    let mut counts: BTreeMap<(&str, Confidence), usize> = BTreeMap::new();
    let (mut mails, mut octets) = (0, 0);
    for entry in std::fs::read_dir(folder).expect("the corpus' mails") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a mail");
        let mail = mail_parser::MessageParser::default().parse(&bytes);
        mails += 1;
        for text in mail.iter().flat_map(texts) {
            octets += text.len();
            let core = (0, text.len());
            let passage = Passage {
                text: &text,
                headings: &[],
                core,
            };
            scanner.find(&passage, &mut |finding| {
                *counts
                    .entry((finding.detector.name, finding.confidence))
                    .or_default() += 1;
            });
        }
    }
    println!("{mails} mails, {octets} octets of text");
    for ((detector, class), count) in &counts {
        println!("{detector} {class:?} {count}");
    }
}

fn texts(mail: &mail_parser::Message<'_>) -> Vec<String> {
    let plain = (0..).map_while(|at| mail.body_text(at));
    plain.map(|text| text.into_owned()).collect()
}

fn findings(page: &Page, scanner: &Scanner) -> Vec<Finding> {
    let mut findings = Vec::new();
    let passage = Passage {
        text: &page.text,
        headings: &page.headings,
        core: (0, page.text.len()),
    };
    scanner.find(&passage, &mut |finding| findings.push(finding));
    findings
}

fn count(
    page: &Page,
    findings: &[Finding],
    at: usize,
    class: Confidence,
    scores: &mut BTreeMap<&'static str, Score>,
) {
    let is = |label: &Label, finding: &Finding| {
        let overlap =
            finding.range.start < label.range.end && label.range.start < finding.range.end;
        finding.detector.name == label.detector && overlap
    };
    let counted = || findings.iter().filter(|f| f.confidence >= class);
    for finding in counted() {
        let score = scores.entry(finding.detector.name).or_default();
        let right = page.labels.iter().any(|label| is(label, finding));
        score.right[at] += usize::from(right);
        score.wrong[at] += usize::from(!right);
        if !right && std::env::var_os("CLOAKROOM_WRONG").is_some() {
            println!(
                "{} {:?} {}: {}",
                finding.detector.name,
                class,
                page.name,
                &page.text[finding.range.clone()]
            );
        }
    }
    for label in page
        .labels
        .iter()
        .filter(|label| label.said || class < Confidence::High)
    {
        let score = scores.entry(label.detector).or_default();
        let found = counted().any(|finding| is(label, finding));
        score.labels[at] += 1;
        score.found[at] += usize::from(found);
        if !found && std::env::var_os("CLOAKROOM_WRONG").is_some() {
            println!(
                "missed {} {:?} {}: {}",
                label.detector,
                class,
                page.name,
                &page.text[label.range.clone()]
            );
        }
    }
}

impl Score {
    /// Precision and recall, at `high` and at `medium`; `None`: nothing to count.
    fn rates(&self) -> [(Option<f64>, Option<f64>); 2] {
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        [0, 1].map(|at| {
            let findings = self.right[at] + self.wrong[at];
            (
                share(self.right[at], findings),
                share(self.found[at], self.labels[at]),
            )
        })
    }
}

fn table(scores: &BTreeMap<&str, Score>) -> String {
    let mut table = String::from(
        "| detector | labels | high: precision | recall | medium: precision | recall |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for (detector, score) in scores {
        let [high, medium] = score.rates();
        let cells = [high.0, high.1, medium.0, medium.1]
            .map(|rate| rate.map_or("–".to_owned(), |rate| format!("{rate:.3}")));
        writeln!(
            table,
            "| `{detector}` | {} | {} |",
            score.labels[1],
            cells.join(" | ")
        )
        .expect("a string");
    }
    table
}

fn write_down(pages: &[Page], folder: &std::path::Path) {
    let mut lines = String::new();
    for page in pages {
        let kind = if page.headings.is_empty() {
            "txt"
        } else {
            "tsv"
        };
        let file = format!("{}.{kind}", page.name);
        let head = match page.headings.as_slice() {
            [] => String::new(),
            headings => headings.join("\t") + "\n",
        };
        std::fs::write(folder.join(&file), format!("{head}{}", page.text)).expect("a folder");
        for label in &page.labels {
            let range = label.range.start + head.len()..label.range.end + head.len();
            let line = serde_json::json!({ "file": file, "detector": label.detector, "begin": range.start, "end": range.end, "said": label.said });
            writeln!(lines, "{line}").expect("a string");
        }
    }
    std::fs::write(folder.join("labels.jsonl"), lines).expect("a folder");
}
