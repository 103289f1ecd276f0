//! Belgium: the national register number.

use super::dates;
use super::{Candidate, Checked, Confidence, Detector, Family, Form};

/// Rijksregisternummer, numéro de registre national (royal decree of 3 April 1984), and the BIS number of who is not in the register (month
/// plus 20 or 40): date of birth, serial number, 97 less the rest of the nine digits by 97; born from 2000 on, a 2 stands before the nine.
pub const NRN: &Detector = &Detector {
    name: "nrn",
    title: "Belgian national register number (rijksregisternummer, numéro de registre national)",
    country: "be",
    family: Family::Identity,
    lengths: &[11],
    check: nrn,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "rijksregister*",
        "rijksregisternummer*",
        "rijksregisternr",
        "rrn",
        "rr nr",
        "rr nummer",
        "insz",
        "inss",
        "niss",
        "nrn",
        "nn",
        "bis nummer",
        "bisnummer*",
        "numéro de registre national",
        "registre national",
        "numéro national",
        "n° national",
        "no national",
        "numéro bis",
        "numéro d'identification de la sécurité sociale",
        "nationalregister*",
        "nationalregisternummer*",
        "nationaal nummer",
        "national register",
        "national number",
        "national registration",
        "national id",
        "identificatienummer*",
    ],
};

fn nrn(candidate: &Candidate<'_>) -> Option<Checked> {
    let digits = candidate.digits::<11>()?;
    let number = |range: std::ops::Range<usize>| {
        digits[range]
            .iter()
            .fold(0u64, |sum, &digit| sum * 10 + u64::from(digit))
    };
    let (front, check) = (number(0..9), number(9..11));
    let passes = |century: u64| 97 - (century * 1_000_000_000 + front) % 97 == check;
    let groups = candidate.groups();
    let grouped = candidate.is_grouped(&[&[2, 2, 2, 3, 2], &[6, 3, 2], &[6, 5], &[2, 2, 2, 5]]);
    // Serial numbers are 001 to 998.
    let serial = (1..=998).contains(&number(6..9));
    let born = |passes: bool, century: u32| passes && is_birth(century, &digits);
    (grouped && serial && (born(passes(0), 1900) || born(passes(2), 2000))).then(|| {
        let form = if groups == [2, 2, 2, 3, 2] {
            Form::Telling
        } else {
            Form::Usual
        };
        Checked::written(candidate.compact, form)
    })
}

/// A day, or as much of it as was known: month and day may be zero.
fn is_birth(century: u32, digits: &[u8; 11]) -> bool {
    let [year, month, day] = [0, 2, 4].map(|at| u32::from(digits[at] * 10 + digits[at + 1]));
    let month = match month {
        20..=32 => month - 20,
        40..=52 => month - 40,
        _ => month,
    };
    match (month, day) {
        // The sixth digit counts on when the serial numbers of a day are used up.
        (0, day) => day < 10,
        (month, 0) => month <= 12,
        _ => dates::exists(century + year, month, day),
    }
}

#[cfg(test)]
mod tests {
    use crate::decide::detectors::sample::{bare, with};

    #[test]
    fn published_numbers_are_found() {
        // Examples of the register's instructions and of the social security's pages: 19th century of the list, 2000s, BIS.
        for number in [
            "85073003328",
            "17073003384",
            "93051822361",
            "98472899765",
            "01490700185",
            "00012556777",
            "40000095579",
        ] {
            assert_eq!(bare("nrn", number), "Medium", "{number}");
            assert_eq!(
                with("nrn", "Numéro de registre national", number),
                "High",
                "{number}"
            );
        }
        for number in ["85.07.30-033.28", "85 07 30 033 28", "85.07.30-033-28"] {
            assert_eq!(bare("nrn", number), "High", "{number}");
        }
        assert_eq!(bare("nrn", "850730-033.28"), "Medium");
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "85073003329",
            "85133003326",
            "85073203324",
            "8507300332",
            "850730033280",
            "12345678901",
            "8507 3003328",
            "x85073003328",
            "85073000061",
        ] {
            assert_eq!(with("nrn", "rijksregisternummer", number), "", "{number}");
        }
    }
}
