//! The Danish number of persons.
//!
//! Date of birth, seventh digit with the century, serial. Since October 2007 numbers are given out that fail modulus 11; so what fails
//! counts one class less. Source: CPR-kontoret, "Personnummeret i CPR". Of random numbers of ten digits 2.8 % have a date, 0.3 % pass the
//! check as well.

use super::{Candidate, Checked, Confidence, Detector, Family, Form, checks, dates};

/// Ten digits.
pub const CPR: &Detector = &Detector {
    name: "cpr",
    title: "Danish personal number (CPR)",
    country: "dk",
    family: Family::Identity,
    lengths: &[10],
    check,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "cpr*",
        "personnummer*",
        "personnr",
        "pers.nr",
        "person nr",
        "fødselsn*",
        "foedselsn*",
        "sygesikring*",
        "personal number",
        "personal identification number",
        "civil registration",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let digits = checks::digits(candidate.compact)?;
    if digits.len() != 10 || !born(&digits) {
        return None;
    }
    let passes = checks::weighted(&digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0;
    let form = if passes { Form::Usual } else { Form::Loose };
    let grouped = candidate.is_grouped(&[&[6, 4], &[2, 2, 2, 4]]);
    (grouped && !candidate.written.contains('/')).then(|| Checked::written(candidate.compact, form))
}

fn born(digits: &[u8]) -> bool {
    let two = |at: usize| u32::from(digits[at] * 10 + digits[at + 1]);
    let year = two(4);
    dates::exists(century(digits[6], year) + year, two(2), two(0))
}

fn century(seventh: u8, year: u32) -> u32 {
    match (seventh, year) {
        (0..4, _) | (4 | 9, 37..) => 1900,
        (4 | 9, _) | (5..9, ..58) => 2000,
        _ => 1800,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    #[test]
    fn published_numbers_pass() {
        // CPR-kontoret's example of the check, python-stdnum's manual, da.wikipedia.org.
        for number in ["070761-4285", "211062-5629", "2110620629", "070761 4285"] {
            assert!(sample::value(CPR, number).is_some(), "{number}");
        }
    }

    #[test]
    fn what_fails_the_check_counts_less() {
        let form = |written| sample::form(CPR, written);
        assert_eq!(form("070761-4285"), Some(Form::Usual));
        assert_eq!(form("070761-4284"), Some(Form::Loose));
        assert_eq!(form("0707611284"), Some(Form::Loose));
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "320761-4285", // day 32
            "071361-4285", // month 13
            "290201-4285", // no leap year
            "0707-614285", // other groups
            "070761/4285",
            "070761-428",
            "0707614285A",
        ] {
            assert_eq!(sample::value(CPR, number), None, "{number}");
        }
    }
}
