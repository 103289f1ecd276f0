//! The French social security number: NIR, "numéro de sécurité sociale".
//!
//! Sex, year and month of birth, department and commune (2A and 2B are Corsica), order, and a key: 97 minus the rest by 97.
//! Source: INSEE, définition c1409, and arrêté / décret 82-103. A random number of 15 digits passes in 0.4 %.
//! Leaves out: the 13 digits without the key.

use super::{Candidate, Checked, Confidence, Detector, Family, Form};

/// Fifteen places with the key.
pub const NIR: &Detector = &Detector {
    name: "nir",
    title: "French social security number (NIR)",
    country: "fr",
    family: Family::Identity,
    lengths: &[15],
    check,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "nir",
        "sécu",
        "secu",
        "sécurité sociale",
        "securite sociale",
        "assurance maladie",
        "assuré*",
        "immatriculation",
        "insee",
        "carte vitale",
        "n° ss",
        "num ss",
        "numéro ss",
        "nss",
        "social security",
        "social insurance",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let (front, key) = number.split_at_checked(13)?;
    let digits = front_in_digits(front)?;
    let key: u64 = key.parse().ok()?;
    let grouped = candidate.is_grouped(&[
        &[13, 2],
        &[1, 2, 2, 2, 3, 3, 2],
        &[1, 2, 2, 5, 3, 2],
        &[1, 2, 2, 5, 5],
    ]);
    if !grouped || !plausible(front) || key != 97 - digits % 97 {
        return None;
    }
    let form = match candidate.groups().as_slice() {
        [1, 2, 2, 2, 3, 3, 2] | [1, 2, 2, 5, 3, 2] | [1, 2, 2, 5, 5] => Form::Telling,
        _ => Form::Usual,
    };
    Some(Checked::written(number, form))
}

/// Corsica: the letter becomes 0, and a million (2A) or two (2B) is subtracted: INSEE, "clé de contrôle".
fn front_in_digits(front: &str) -> Option<u64> {
    let less = match front.as_bytes()[5..7] {
        [b'2', b'A'] => 1_000_000,
        [b'2', b'B'] => 2_000_000,
        _ => return front.parse().ok(),
    };
    let digits = format!("{}0{}", &front[..6], &front[7..]);
    digits.parse::<u64>().ok().map(|number| number - less)
}

/// Months above 12 stand for papers that do not tell the month.
fn plausible(front: &str) -> bool {
    let number = |from: usize, to: usize| front[from..to].parse().unwrap_or(0);
    let corsica = matches!(&front[5..7], "2A" | "2B");
    matches!(number(0, 1), 1..=4 | 7 | 8)
        && matches!(number(3, 5), 1..=12 | 20 | 30..=42 | 50..=99)
        && (corsica || matches!(number(5, 7), 1..=95 | 97..=99))
        && number(7, 10) > 0
        && number(10, 13) > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    /// Published: python-stdnum's manual, fr.wikipedia.org "Numéro de sécurité sociale en France".
    const PUBLISHED: &[&str] = &[
        "295109912611193",
        "253072B07300470",
        "253072A07300443",
        "255081416802538",
        "2 69 05 49 588 157 80",
    ];

    #[test]
    fn published_numbers_pass() {
        for number in PUBLISHED {
            assert!(sample::value(NIR, number).is_some(), "{number}");
        }
    }

    #[test]
    fn a_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(NIR, &PUBLISHED[..1]);
    }

    #[test]
    fn the_groups_of_the_card_tell() {
        let form = |written| sample::form(NIR, written);
        assert_eq!(form("2 95 10 99 126 111 93"), Some(Form::Telling));
        assert_eq!(form("2951099126111 93"), Some(Form::Usual));
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "295109912611194",  // key
            "2951099126111",    // no key
            "2951099126111930", // too long
            "253072C07300443",  // no such department
            "295139912611190",  // month 13
            "490154203237518",  // an IMEI
            "378282246310005",  // a card
        ] {
            assert_eq!(sample::value(NIR, number), None, "{number}");
        }
    }
}
