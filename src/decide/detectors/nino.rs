//! The British National Insurance number.
//!
//! Two letters, six digits, a letter A to D; nothing checks. Source: HMRC, NIM39110. Order and part numbers look the same, so bare it is
//! worth little; in the pairs of official letters (`AB 12 34 56 C`) it says what it is.

use super::{Candidate, Checked, Confidence, Detector, Family, Form};

/// Nine places.
pub const NINO: &Detector = &Detector {
    name: "nino",
    title: "UK National Insurance number (NINO)",
    country: "gb",
    family: Family::Identity,
    lengths: &[9],
    check,
    bare: Some(Confidence::Low),
    with_context: Confidence::High,
    context: &[
        "national insurance",
        "nino",
        "ninos",
        "ni number",
        "ni numbers",
        "ni no",
        "ni nr",
        "nat ins",
        "insurance number",
        "hmrc",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let (prefix, rest) = number.split_at_checked(2)?;
    let (digits, suffix) = rest.split_at_checked(6)?;
    let grouped = candidate.is_grouped(&[&[2, 6, 1], &[2, 2, 2, 2, 1], &[2, 7], &[8, 1]]);
    let fits = grouped
        && prefix_fits(prefix)
        && digits.bytes().all(|c| c.is_ascii_digit())
        && matches!(suffix, "A" | "B" | "C" | "D");
    let form = match candidate.groups().as_slice() {
        [2, 2, 2, 2, 1] => Form::Telling,
        _ => Form::Usual,
    };
    fits.then(|| Checked::written(number, form))
}

fn prefix_fits(prefix: &str) -> bool {
    const NEVER: &[&str] = &["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"];
    const FIRST: &str = "ABCEGHJKLMNOPRSTWXYZ";
    const SECOND: &str = "ABCEGHJKLMNPRSTWXYZ";
    let mut letters = prefix.chars();
    letters.next().is_some_and(|c| FIRST.contains(c))
        && letters.next().is_some_and(|c| SECOND.contains(c))
        && !NEVER.contains(&prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    #[test]
    fn numbers_of_the_form_pass() {
        // AB123456C is the example of gov.uk pages, HN is named valid by HMRC (CIPP, September 2020).
        for number in [
            "AB123456C",
            "ab123456c",
            "AB 12 34 56 C",
            "HN 12 34 56 D",
            "JG-10-37-59-A",
        ] {
            assert!(sample::value(NINO, number).is_some(), "{number}");
        }
    }

    #[test]
    fn the_pairs_of_official_letters_tell() {
        let form = |written| sample::form(NINO, written);
        assert_eq!(form("AB 12 34 56 C"), Some(Form::Telling));
        assert_eq!(
            form("AB\u{a0}12\u{a0}34\u{a0}56\u{a0}C"),
            Some(Form::Telling)
        );
        assert_eq!(form("AB123456C"), Some(Form::Usual));
        assert_eq!(form("AB 123456 C"), Some(Form::Usual));
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "QQ 12 34 56 A", // HMRC's example, not given out
            "GB123456A",     // prefix
            "AO123456A",     // second letter O
            "DA123456A",     // first letter D
            "AB123456E",     // suffix
            "AB123456",      // no suffix
            "AB1234567",
            "AB12345C6",
            "ABC123456",
        ] {
            assert_eq!(sample::value(NINO, number), None, "{number}");
        }
    }
}
