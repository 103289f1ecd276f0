//! The Polish number of persons, PESEL.
//!
//! Date of birth with the century in the month (plus 20: 2000 to 2099), serial, check digit with weights 1 3 7 9.
//! Source: Ustawa o ewidencji ludności, art. 15 to 19, and gov.pl "Czym jest numer PESEL". A random number of 11 digits passes in
//! 0.5 %. Leaves out: people born before 1900 or after 2049.

use super::{Candidate, Checked, Confidence, Detector, Family, checks, dates};

/// Eleven digits.
pub const PESEL: &Detector = &Detector {
    name: "pesel",
    title: "Polish personal number (PESEL)",
    country: "pl",
    family: Family::Identity,
    lengths: &[11],
    check,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "pesel*",
        "numer ewidencyjny",
        "nr ewidencyjny",
        "numeru ewidencyjnego",
        "numer identyfikacyjny",
        "ewidencji ludności",
        "dowód osobisty",
        "dowodu osobistego",
        "personal number",
        "national identification",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let digits = checks::digits(candidate.compact)?;
    let weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];
    let passes = digits.len() == 11 && checks::weighted(&digits, &weights) % 10 == 0;
    let grouped = candidate.is_grouped(&[&[6, 5], &[6, 3, 2], &[2, 2, 2, 5]]);
    (grouped && passes && born(&digits)).then(|| Checked::new(candidate.compact))
}

fn born(digits: &[u8]) -> bool {
    let two = |at: usize| u32::from(digits[at] * 10 + digits[at + 1]);
    let (year, month, day) = (two(0), two(2), two(4));
    match month {
        1..=12 => dates::exists(1900 + year, month, day),
        21..=32 => year < 50 && dates::exists(2000 + year, month - 20, day),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    /// Of pl.wikipedia.org "PESEL" and of python-stdnum's manual.
    const PUBLISHED: &[&str] = &["44051401359", "02070803628", "02122401358", "02211307589"];

    #[test]
    fn published_numbers_pass() {
        for number in PUBLISHED {
            assert!(sample::value(PESEL, number).is_some(), "{number}");
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(PESEL, PUBLISHED);
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "44051401358",  // check digit
            "4405140135",   // too short
            "440514013590", // too long
            "02381307589",  // 38: no month of any century
            "44023001358",  // 30 February
            "00000000000",
            "15108695088", // Norwegian
        ] {
            assert_eq!(sample::value(PESEL, number), None, "{number}");
        }
    }
}
