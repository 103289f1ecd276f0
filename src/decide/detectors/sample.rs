//! For tests of detectors: what is found in a text, in words that can be compared.

use super::{ALL, Candidate, Checked, Detector, Family, Finding, Form, Passage, find, named};

/// Each finding as `bsn High 123456782`; addresses and telephone numbers are left out, they stand in many texts.
pub fn found(text: &str) -> Vec<String> {
    let shown = |f: Finding| format!("{} {:?} {}", f.detector.name, f.confidence, f.value);
    let wanted: Vec<&Detector> = ALL
        .iter()
        .copied()
        .filter(|d| d.family != Family::Contact)
        .collect();
    all(text, &[], &wanted).into_iter().map(shown).collect()
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

/// The value that a detector makes of a text that is one candidate.
pub fn value(detector: &Detector, written: &str) -> Option<String> {
    checked(detector, written).map(|checked| checked.value)
}

/// What the way it is written tells.
pub fn form(detector: &Detector, written: &str) -> Option<Form> {
    checked(detector, written).map(|checked| checked.form)
}

/// Every place of each number, changed to every other digit, must fail.
pub fn one_wrong_digit_is_noticed(detector: &Detector, numbers: &[&str]) {
    for number in numbers {
        assert!(value(detector, number).is_some(), "{number}");
        for (place, old) in number.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for new in ('0'..='9').filter(|&new| new != old) {
                let wrong = format!("{}{new}{}", &number[..place], &number[place + 1..]);
                assert_eq!(value(detector, &wrong), None, "{wrong}");
            }
        }
    }
}

fn checked(detector: &Detector, written: &str) -> Option<Checked> {
    let compact: String = written
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let compact = compact.as_str();
    if !detector.lengths.contains(&compact.len()) {
        return None;
    }
    (detector.check)(&Candidate { written, compact })
}
