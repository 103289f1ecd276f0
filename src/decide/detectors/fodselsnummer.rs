//! Norwegian numbers of persons: fødselsnummer, D-number of foreigners, H-number of hospitals.
//!
//! Date of birth (day plus 40: D, month plus 40: H), three digits that tell the century, two check digits modulo 11. Source:
//! Skatteetaten, "Fødselsnummer", and Forskrift til folkeregisterloven § 2-2-1. Of random numbers of 11 digits 0.1 % pass.
//! Leaves out: the loosened first check digit that begins in 2032.

use super::{Candidate, Checked, Confidence, Detector, Family, checks, dates};

/// Eleven digits.
pub const FODSELSNUMMER: &Detector = &Detector {
    name: "fodselsnummer",
    title: "Norwegian personal number (fødselsnummer, D-nummer)",
    country: "no",
    family: Family::Identity,
    lengths: &[11],
    check,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "fødselsn*",
        "fodselsn*",
        "foedselsn*",
        "fnr",
        "f.nr",
        "personnummer",
        "personnr",
        "person nr",
        "pnr",
        "d-nummer*",
        "dnr",
        "d-nr",
        "h-nummer",
        "birth number",
        "personal number",
        "national identity number",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let digits = checks::digits(candidate.compact)?;
    let first = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
    let second = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let passes = digits.len() == 11
        && checks::weighted(&digits[..10], &first) % 11 == 0
        && checks::weighted(&digits, &second) % 11 == 0;
    let grouped = candidate.is_grouped(&[&[6, 5], &[6, 3, 2], &[2, 2, 2, 5]]);
    (grouped && passes && born(&digits)).then(|| Checked::new(candidate.compact))
}

fn born(digits: &[u8]) -> bool {
    let two = |at: usize| u32::from(digits[at] * 10 + digits[at + 1]);
    let less_40 = |number: u32| if number > 40 { number - 40 } else { number };
    let (day, month, year) = (less_40(two(0)), less_40(two(2)), two(4));
    let both = digits[0] >= 4 && digits[2] >= 4;
    let serial = u32::from(digits[6]) * 100 + two(7);
    century(serial, year).is_some_and(|century| !both && dates::exists(century + year, month, day))
}

/// Skatteetaten's table of individual numbers.
fn century(serial: u32, year: u32) -> Option<u32> {
    match (serial, year) {
        (..500, _) => Some(1900),
        (500..750, 54..) => Some(1800),
        (500.., ..40) => Some(2000),
        (900.., 40..) => Some(1900),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    /// Of python-stdnum's manual and of NAV's validator (made up there; one H-number).
    const PUBLISHED: &[&str] = &["151086 95088", "13527248013"];

    #[test]
    fn published_numbers_pass() {
        for number in PUBLISHED {
            assert!(sample::value(FODSELSNUMMER, number).is_some(), "{number}");
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(FODSELSNUMMER, PUBLISHED);
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "15108695077", // check digits
            "1510869508",
            "151086950880",
            "12345678910",
            "44051401359", // Polish
            "00000000000",
        ] {
            assert_eq!(sample::value(FODSELSNUMMER, number), None, "{number}");
        }
    }
}
