//! The Finnish number of persons.
//!
//! Date of birth, a sign for the century (`+`; `-` and since 2023 Y X W V U; A to F), three digits, a control character: the nine digits
//! modulo 31. Source: Valtioneuvoston asetus 128/2010 § 2 with the change 690/2022; Digi- ja väestötietovirasto, "Henkilötunnus".
//! One in 31 of this form passes; with its dash the form is seen in order numbers, with a letter hardly ever.

use super::{Candidate, Checked, Confidence, Detector, Family, dates};

/// Ten places and a sign.
pub const HETU: &Detector = &Detector {
    name: "hetu",
    title: "Finnish personal identity code (henkilötunnus)",
    country: "fi",
    family: Family::Identity,
    lengths: &[10, 11],
    check,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "henkilötunnu*",
        "henkilotunnu*",
        "hetu*",
        "henkilönumero*",
        "sosiaaliturvatunnu*",
        "sotu*",
        "syntymäaika*",
        "personbeteckning*",
        "personal identity code",
        "personal id code",
        "personal identity number",
        "social security",
    ],
};

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let compact = candidate.compact;
    let code = match compact.len() {
        11 if candidate.groups() == [11] => compact.to_owned(),
        10 if candidate.groups() == [6, 4] => format!(
            "{}{}{}",
            &compact[..6],
            sign(candidate.written)?,
            &compact[6..]
        ),
        _ => return None,
    };
    let (date, sign, serial) = (&code[..6], code.as_bytes()[6], &code[7..10]);
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    if !digits(date) || !digits(serial) || !born(date, sign) || serial < "002" {
        return None;
    }
    let number: usize = format!("{date}{serial}").parse().ok()?;
    let control = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31];
    (code.as_bytes()[10] == control).then(|| Checked::new(code))
}

/// The sign if it is no letter; word processors make a dash of it.
fn sign(written: &str) -> Option<char> {
    let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    match written.chars().find(|&c| c == '+' || dash(c))? {
        '+' => Some('+'),
        _ => Some('-'),
    }
}

fn born(date: &str, sign: u8) -> bool {
    let two = |at: usize| date[at..at + 2].parse().unwrap_or(0);
    let century = match sign {
        b'+' => 1800,
        b'-' | b'U'..=b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return false,
    };
    dates::exists(century + two(4), two(2), two(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    #[test]
    fn published_codes_pass() {
        // python-stdnum's manual and the agency's made-up persons (serials from 900).
        for code in [
            "131052-308T",
            "131052a308t",
            "010594Y9032",
            "020594X903P",
            "030594W903B",
            "040594V9030",
            "050594U903M",
            "010516B903X",
            "020516C903K",
            "030516D9037",
            "010501E9032",
            "020503F9037",
            "020504A902E",
        ] {
            assert!(sample::value(HETU, code).is_some(), "{code}");
        }
    }

    #[test]
    fn every_sign_of_2023_is_read() {
        for sign in "+-YXWVUABCDEF".chars() {
            let code = format!("131052{sign}308T");
            assert!(sample::value(HETU, &code).is_some(), "{code}");
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(HETU, &["131052-308T"]);
    }

    #[test]
    fn near_misses_are_not_found() {
        for code in [
            "131052-308U", // control
            "310252-308Y", // 31 February
            "131052G308T", // no such sign
            "131052.308T",
            "131052308T", // no sign
            "131052-308",
            "13105-2308T",
            "131052-001K", // serials begin at 002
        ] {
            assert_eq!(sample::value(HETU, code), None, "{code}");
        }
    }
}
