//! Numbers of mobile devices.
//!
//! Type code of eight digits, serial, Luhn. Source: GSMA TS.06 and 3GPP TS 23.003 section 6.2.1. Of random numbers of 15 digits 3 %
//! pass; amounts, tracking numbers and cards of American Express too, hence words decide.
//! Leaves out: the 16 digits of IMEISV, which nothing checks.

use super::{Candidate, Checked, Confidence, Detector, Family, Form, checks};

/// Fifteen digits.
pub const IMEI: &Detector = &Detector {
    name: "imei",
    title: "Mobile device number (IMEI)",
    country: "",
    family: Family::Device,
    lengths: &[15],
    check,
    bare: Some(Confidence::Low),
    with_context: Confidence::High,
    context: &[
        "imei*",
        "device id*",
        "mobile equipment",
        "gerätenummer*",
        "gerätekennung",
        "seriennummer*",
        "serial number*",
        "serienummer*",
        "numéro de série",
        "número de serie",
        "numero di serie",
        "numer seryjny",
        "sarjanumero",
        "smartphone*",
        "iphone*",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let digits = checks::digits(number)?;
    let grouped = candidate.is_grouped(&[&[2, 6, 6, 1], &[6, 2, 6, 1], &[8, 6, 1], &[14, 1]]);
    if !grouped || digits.len() != 15 || !type_code_fits(&digits) || !checks::luhn(number) {
        return None;
    }
    let form = match candidate.groups().as_slice() {
        [2, 6, 6, 1] | [6, 2, 6, 1] | [8, 6, 1] => Form::Telling,
        _ => Form::Usual,
    };
    Some(Checked::written(number, form))
}

/// The first two digits name the body that gave the type code out; 00 are tests, and most combinations were never used.
fn type_code_fits(digits: &[u8]) -> bool {
    let body = digits[0] * 10 + digits[1];
    let repeated = digits[8..14].iter().all(|&digit| digit == digits[8]);
    matches!(
        body,
        1 | 10 | 30 | 33 | 35 | 44 | 45 | 49..=54 | 86 | 91 | 98 | 99
    ) && !repeated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    /// GSMA's and Wikipedia's example, python-stdnum's manual.
    const PUBLISHED: &[&str] = &["490154203237518", "354178036859789", "35-209900-176148-1"];

    #[test]
    fn published_numbers_pass() {
        for number in PUBLISHED {
            assert!(sample::value(IMEI, number).is_some(), "{number}");
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(IMEI, PUBLISHED);
    }

    #[test]
    fn the_groups_of_the_label_tell() {
        let form = |written| sample::form(IMEI, written);
        assert_eq!(form("35-209900-176148-1"), Some(Form::Telling));
        assert_eq!(form("352099001761481"), Some(Form::Usual));
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "490154203237519",
            "49015420323751",
            "378282246310005", // a card
            "295109912611193", // a French person
            "350000000000006", // Luhn, but nobody's serial
            "3541780368597890",
        ] {
            assert_eq!(sample::value(IMEI, number), None, "{number}");
        }
    }
}
