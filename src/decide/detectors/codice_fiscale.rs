//! The Italian tax code of persons.
//!
//! Letters of the names, year, month as a letter, day (plus 40 for women), a place, and a control letter. Where two people would
//! have the same code, digits from the right become letters (*omocodia*). Source: Decreto ministeriale 23 dicembre 1976, arts. 3 to 7.
//! A random text of this form passes in 1 %, and the form is rare: no words are needed.

use super::{Candidate, Checked, Confidence, Detector, Family};

/// Sixteen places.
pub const CODICE_FISCALE: &Detector = &Detector {
    name: "codice_fiscale",
    title: "Italian tax code (codice fiscale)",
    country: "it",
    family: Family::Identity,
    lengths: &[16],
    check,
    bare: Some(Confidence::High),
    with_context: Confidence::High,
    context: &[
        "codice fiscale",
        "codici fiscali",
        "cod. fisc",
        "cod. fiscale",
        "cod fiscale",
        "c.f",
        "cf",
        "fiscale",
        "tessera sanitaria",
        "anagrafe",
        "tax code",
        "fiscal code",
    ],
};

/// What stands where: a letter, a digit (or its letter of omocodia), the month.
const FORM: &[u8; 16] = b"LLLLLLDDMDDLDDDL";

fn check(candidate: &Candidate<'_>) -> Option<Checked> {
    let code = candidate.compact.as_bytes();
    let fits = code.len() == FORM.len() && code.iter().zip(FORM).all(|(&c, &form)| stands(c, form));
    let grouped = candidate.is_grouped(&[
        &[3, 3, 5, 5],
        &[6, 10],
        &[6, 5, 5],
        &[6, 2, 3, 5],
        &[3, 3, 2, 3, 4, 1],
        &[6, 5, 4, 1],
    ]);
    if !grouped
        || !fits
        || !names_fit(&code[..6])
        || !day_fits(code)
        || control(&code[..15]) != code[15]
    {
        return None;
    }
    Some(Checked::new(candidate.compact))
}

fn stands(c: u8, form: u8) -> bool {
    match form {
        b'L' => c.is_ascii_uppercase(),
        b'M' => month(c).is_some(),
        _ => digit(c).is_some(),
    }
}

/// Of each name come consonants first, then vowels, then X: after a vowel, there is no consonant but X.
fn names_fit(letters: &[u8]) -> bool {
    let vowel = |c: u8| matches!(c, b'A' | b'E' | b'I' | b'O' | b'U');
    letters.chunks(3).all(|name| {
        name.windows(2)
            .all(|pair| !vowel(pair[0]) || vowel(pair[1]) || pair[1] == b'X')
    })
}

fn day_fits(code: &[u8]) -> bool {
    let number = |at: usize| Some(digit(code[at])? * 10 + digit(code[at + 1])?);
    let (Some(year), Some(month), Some(day)) = (number(6), month(code[8]), number(9)) else {
        return false;
    };
    let day = if day > 40 { day - 40 } else { day };
    super::dates::exists_in_some_century(year, month, day)
}

fn month(c: u8) -> Option<u32> {
    let at = b"ABCDEHLMPRST".iter().position(|&month| month == c)?;
    u32::try_from(at + 1).ok()
}

/// A digit, or the letter that omocodia puts in its place.
fn digit(c: u8) -> Option<u32> {
    let at = b"LMNPQRSTUV".iter().position(|&letter| letter == c);
    match c {
        b'0'..=b'9' => Some(u32::from(c - b'0')),
        _ => at.and_then(|at| u32::try_from(at).ok()),
    }
}

/// Article 4: places 1, 3, 5… count by a table, the others as they are.
fn control(code: &[u8]) -> u8 {
    const ODD: [u8; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let worth = |c: u8| {
        if c.is_ascii_digit() {
            c - b'0'
        } else {
            c - b'A'
        }
    };
    let sum: u32 = code
        .iter()
        .enumerate()
        .map(|(at, &c)| {
            let worth = worth(c);
            u32::from(if at % 2 == 0 {
                ODD[usize::from(worth)]
            } else {
                worth
            })
        })
        .sum();
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(sum % 26) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    /// Examples of python-stdnum's manual, of it.wikipedia.org and of the Agenzia delle Entrate.
    const PUBLISHED: &[&str] = &["RCCMNL83S18D969H", "MRTMTT91D08F205J", "RSSMRA85T10A562S"];

    #[test]
    fn published_codes_pass() {
        for code in PUBLISHED {
            assert!(sample::value(CODICE_FISCALE, code).is_some(), "{code}");
        }
        assert!(sample::value(CODICE_FISCALE, "rss mra 85t10 a562s").is_some());
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(CODICE_FISCALE, PUBLISHED);
    }

    #[test]
    fn digits_that_became_letters_are_read() {
        // The last digit of MRTMTT91D08F205 as a letter, with the control letter that then fits.
        let front = b"MRTMTT91D08F20R";
        let code = format!("MRTMTT91D08F20R{}", char::from(control(front)));
        assert!(sample::value(CODICE_FISCALE, &code).is_some());
        assert_eq!(sample::value(CODICE_FISCALE, "MRTMTT91D08F20RJ"), None);
    }

    #[test]
    fn near_misses_are_not_found() {
        for code in [
            "RCCMNL83S18D969A",  // control
            "RCCMNL83S18D969",   // too short
            "RCCMNL83S18D969H1", // too long
            "RCCMNL83G18D969H",  // no such month
            "RCCMNL83S38D969H",  // day 38
            "ABCDEF83S18D969H",  // consonant after a vowel
            "00743110157",       // a company
            "IT60X0542811101000000123456",
        ] {
            assert_eq!(sample::value(CODICE_FISCALE, code), None, "{code}");
        }
    }
}
