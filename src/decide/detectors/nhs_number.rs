//! The patients' number of the health services of the United Kingdom.
//!
//! Ten digits, modulus 11 (a rest of 1 is never given out). Source: NHS Data Dictionary, "NHS NUMBER"; the ranges of Scotland (CHI:
//! a date of birth first), Northern Ireland, England and Wales: NHS Digital, "NHS numbers". 5 % of random numbers of ten digits pass,
//! and telephone numbers are written in the same groups: without words it says little.

use super::{Candidate, Checked, Confidence, Detector, Family, checks, dates};

/// Ten digits.
pub const NHS_NUMBER: &Detector = &Detector {
    name: "nhs_number",
    title: "UK health service number (NHS, CHI, H&C)",
    country: "gb",
    family: Family::Identity,
    lengths: &[10],
    check,
    bare: Some(Confidence::Low),
    with_context: Confidence::High,
    context: &[
        "nhs",
        "national health service",
        "health service number",
        "chi",
        "chi number",
        "community health index",
        "h&c number",
        "h&c no",
        "health and care number",
        "health & care number",
        "hcn",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let digits = checks::digits(number)?;
    let grouped = candidate.is_grouped(&[&[3, 3, 4], &[6, 4]]);
    (grouped && given_out(&digits) && checks::mod11(number)).then(|| Checked::new(number))
}

/// England and Wales 4 and 6 to 7, Northern Ireland 32 to 39, tests 9, Scotland by date.
fn given_out(digits: &[u8]) -> bool {
    let two = |at: usize| u32::from(digits[at] * 10 + digits[at + 1]);
    let repeated = digits.iter().all(|&digit| digit == digits[0]);
    match digits[0] {
        _ if repeated => false,
        4 | 6 | 7 | 9 => true,
        3 if digits[1] >= 2 => true,
        _ => dates::exists_in_some_century(two(4), two(2), two(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    /// Of the NHS Data Dictionary, of python-stdnum's manual and of the crates heidi and nhs-number.
    const PUBLISHED: &[&str] = &["943 476 5919", "943-476-5870", "6541003238"];

    #[test]
    fn published_numbers_pass() {
        for number in PUBLISHED {
            assert!(sample::value(NHS_NUMBER, number).is_some(), "{number}");
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(NHS_NUMBER, PUBLISHED);
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "943 476 5918",
            "943476591",
            "94347659190",
            "4444444444",
            "0306406152", // passes as an ISBN; no day 03 of month 06 of … is: it is a date
            "5000000008", // a range that is not given out
            "943476591X",
        ] {
            let date = number == "0306406152";
            assert_eq!(
                sample::value(NHS_NUMBER, number).is_some(),
                date,
                "{number}"
            );
        }
    }
}
