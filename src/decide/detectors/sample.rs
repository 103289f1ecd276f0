//! For tests of detectors: what is found in a text, in words that can be compared.

use super::{ALL, Detector, Finding, Passage, find, named};

/// Each finding as `bsn High 123456782`.
pub fn found(text: &str) -> Vec<String> {
    let shown = |f: Finding| format!("{} {:?} {}", f.detector.name, f.confidence, f.value);
    all(text, &[], ALL).into_iter().map(shown).collect()
}

/// What a number counts without words around it: the class, or nothing.
pub fn bare(detector: &str, number: &str) -> String {
    class(detector, &format!("see {number}, please"))
}

/// What a number counts behind this word.
pub fn with(detector: &str, word: &str, number: &str) -> String {
    class(detector, &format!("{word}: {number}"))
}

fn class(name: &str, text: &str) -> String {
    let findings = all(text, &[], &[named(name).expect("a detector")]);
    let classes = findings.iter().map(|f| format!("{:?}", f.confidence));
    classes.collect::<Vec<_>>().join(" ")
}

/// All findings of a text, or of rows under headings.
pub fn all(text: &str, headings: &[String], wanted: &[&'static Detector]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let passage = Passage {
        text,
        headings,
        core: (0, text.len()),
    };
    find(&passage, wanted, &mut |finding| findings.push(finding));
    findings
}
