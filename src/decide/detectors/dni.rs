//! Spanish numbers of persons: DNI of citizens, NIE of foreigners.
//!
//! Eight digits and a letter; for foreigners X, Y or Z stands for a first digit 0, 1 or 2. The letter is the number modulo 23.
//! Source: Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE". One in 23 random digits-and-letter passes, so
//! words decide.

use super::{Candidate, Checked, Confidence, Detector, Family};

/// Of citizens.
pub const DNI: &Detector = &Detector {
    name: "dni",
    title: "Spanish identity number (DNI, NIF)",
    country: "es",
    family: Family::Identity,
    lengths: &[9],
    check: dni,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "dni",
        "d.n.i",
        "dnis",
        "nif",
        "n.i.f",
        "documento nacional de identidad",
        "documento de identidad",
        "identidad",
        "identificación fiscal",
        "identificacion fiscal",
        "número de identificación",
        "national identity",
        "identity card",
        "identity number",
        "tax id",
    ],
};

/// Of foreigners.
pub const NIE: &Detector = &Detector {
    name: "nie",
    title: "Spanish identity number of foreigners (NIE)",
    check: nie,
    context: &[
        "nie",
        "n.i.e",
        "nies",
        "nif",
        "dni",
        "número de identidad de extranjero",
        "identidad de extranjero",
        "extranjer*",
        "tarjeta de residencia",
        "permiso de residencia",
        "identificación fiscal",
        "foreigner*",
        "residence permit",
        "residence card",
        "identity number",
        "tax id",
    ],
    ..*DNI
};

const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

fn dni(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let all_same = number.bytes().take(8).all(|c| c == number.as_bytes()[0]);
    let grouped = candidate.is_grouped(&[&[8, 1], &[2, 3, 3, 1], &[2, 3, 4]]);
    (grouped && letter_fits(number) && !all_same).then(|| Checked::new(number))
}

fn nie(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let (first, rest) = number.split_at_checked(1)?;
    let digit = "XYZ".find(first)?;
    let grouped = candidate.is_grouped(&[
        &[1, 7, 1],
        &[1, 8],
        &[8, 1],
        &[1, 1, 3, 3, 1],
        &[2, 3, 3, 1],
    ]);
    (grouped && letter_fits(&format!("{digit}{rest}"))).then(|| Checked::new(number))
}

fn letter_fits(number: &str) -> bool {
    let Some((digits, letter)) = number.split_at_checked(8) else {
        return false;
    };
    let digits_only = digits.bytes().all(|c| c.is_ascii_digit());
    let rest = digits.parse::<usize>().map(|digits| digits % 23);
    digits_only && rest.is_ok_and(|rest| letter.as_bytes() == &LETTERS[rest..=rest])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample;

    #[test]
    fn published_numbers_pass() {
        // The ministry's example, the specimens of two card series, python-stdnum's manual.
        for number in ["12345678Z", "99999999R", "54362315-K", "54.362.315-K"] {
            let there = number != "99999999R";
            assert_eq!(sample::value(DNI, number).is_some(), there, "{number}");
        }
        for number in ["X2482300W", "x-2482300w", "Y1234567X", "Z1234567R"] {
            assert!(sample::value(NIE, number).is_some(), "{number}");
        }
    }

    #[test]
    fn a_wrong_digit_is_noticed() {
        sample::one_wrong_digit_is_noticed(DNI, &["12345678Z", "54362315K"]);
        sample::one_wrong_digit_is_noticed(NIE, &["X2482300W", "Y1234567X"]);
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "12345678A",  // letter
            "1234567Z",   // seven digits
            "123456789Z", // nine
            "123456789",  // no letter
            "B12345678",  // a company
            "00000000T",  // nobody's
            "X2482300A",  // letter
            "W2482300W",  // no such series
            "X24823000",  // no letter
        ] {
            assert_eq!(sample::value(DNI, number), None, "{number}");
            assert_eq!(sample::value(NIE, number), None, "{number}");
        }
    }
}
