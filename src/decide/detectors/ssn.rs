//! The social security number of the United States, and the taxpayer number of the same form (ITIN).
//!
//! Area, group, serial; nothing checks, so words decide; without its dashes it counts less. Source: SSA, "Social Security Number
//! Randomization" (areas 000, 666 and 900 to 999 are never given out) and POMS RM 10201.035; ITIN: IRS, Form W-7 instructions
//! (9xx, fourth and fifth digit 50-65, 70-88, 90-92, 94-99).

use super::{Candidate, Checked, Confidence, Detector, Family, Form};

/// Nine digits.
pub const SSN: &Detector = &Detector {
    name: "ssn",
    title: "US social security number (SSN), taxpayer number (ITIN)",
    country: "us",
    family: Family::Identity,
    lengths: &[9],
    check,
    bare: Some(Confidence::Low),
    with_context: Confidence::High,
    context: &[
        "ssn",
        "ssns",
        "ss#",
        "ssn#",
        "soc sec",
        "social security",
        "socialsecurity*",
        "itin",
        "taxpayer identification",
        "taxpayer id",
        "tax identification",
        "seguro social",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let all_digits = number.len() == 9 && number.bytes().all(|c| c.is_ascii_digit());
    if !all_digits || !given_out(number) || EXAMPLES.contains(&number) {
        return None;
    }
    let other_joints = candidate.written.contains(['.', '/', '+']);
    match candidate.groups().as_slice() {
        [3, 2, 4] if !other_joints => Some(Checked::new(number)),
        [9] => Some(Checked::written(number, Form::Loose)),
        _ => None,
    }
}

/// In advertisements, forms and leaflets (SSA, "Social Security history": the wallet card); digits in a row.
const EXAMPLES: &[&str] = &["078051120", "219099999", "123456789", "987654321"];

fn given_out(number: &str) -> bool {
    let part = |from: usize, to: usize| number[from..to].parse().unwrap_or(0);
    let (area, group, serial) = (part(0, 3), part(3, 5), part(5, 9));
    let person = matches!(area, 1..=665 | 667..=899) && group > 0;
    let taxpayer = area >= 900 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99);
    let repeated = number.bytes().all(|c| c == number.as_bytes()[0]);
    (person || taxpayer) && serial > 0 && !repeated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    #[test]
    fn numbers_of_the_form_pass() {
        for (number, form) in [
            ("536-90-4399", Form::Usual), // python-stdnum's manual
            ("536 90 4399", Form::Usual),
            ("536904399", Form::Loose),
            ("899-12-3456", Form::Usual),
            ("912-70-1234", Form::Usual), // an ITIN
        ] {
            assert_eq!(sample::form(SSN, number), Some(form), "{number}");
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "000-12-3456",
            "666-12-3456",
            "536-00-4399",
            "536-90-0000",
            "900-12-3456", // 9xx, but no ITIN
            "078-05-1120", // the wallet
            "219-09-9999", // the leaflet
            "111-11-1111",
            "53-690-4399", // other groups
            "536.90.4399", // other separators
            "536/90/4399",
            "536-90-439",
            "536-90-43990",
            "AB123456C",
        ] {
            assert_eq!(sample::value(SSN, number), None, "{number}");
        }
    }
}
