//! Germany: tax identification number and health insurance number.

use super::checks::mod11_10;
use super::{Candidate, Checked, Confidence, Detector, Family};

/// Identifikationsnummer, § 139b AO, form and check digit as the Bundeszentralamt für Steuern publishes them: of the first ten digits one stands
/// there twice (since 2016 also three times, but not in a row) and the others at most once; MOD 11,10. It never begins with 0; the test
/// numbers that do are not taken, because telephone numbers do.
pub const STEUER_ID: &Detector = &Detector {
    name: "steuer_id",
    title: "German tax identification number (Steuer-ID)",
    country: "de",
    family: Family::Identity,
    lengths: &[11],
    check: steuer_id,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "steuer id",
        "steuerid*",
        "steuer idnr",
        "steuer ident*",
        "steueridentifikation*",
        "steuer identifikationsnummer*",
        "steuerliche identifikationsnummer*",
        "identifikationsnummer*",
        "idnr",
        "id nr",
        "id nummer",
        "identnr",
        "ident nr",
        "st id",
        "stid",
        "steuernummer*",
        "steuernr",
        "steuer nr",
        "tin",
        "tax id",
        "tax ids",
        "taxid*",
        "tax identification",
        "tax number",
        "tax no",
        "lohnsteuer*",
    ],
};

/// Krankenversichertennummer, § 290 SGB V, the part that stays for life; Richtlinie des GKV-Spitzenverbandes, Anlage 1: the letter counts
/// as two digits, weights 1 and 2, sums of digits, modulo 10.
pub const KVNR: &Detector = &Detector {
    name: "krankenversichertennummer",
    title: "German health insurance number (KVNR)",
    country: "de",
    family: Family::Identity,
    lengths: &[10],
    check: kvnr,
    bare: Some(Confidence::Low),
    with_context: Confidence::High,
    context: &[
        "kvnr",
        "kv nr",
        "kv nummer",
        "kvnummer*",
        "krankenversicher*",
        "krankenversichertennummer*",
        "versichertennummer*",
        "versichertennr",
        "versicherten nr",
        "versicherten id",
        "versichertenid",
        "versicherungsnummer*",
        "versicherungsnr",
        "krankenkasse*",
        "gesundheitskarte*",
        "egk",
        "gkv",
        "health insurance",
        "insurance number",
        "insurance no",
        "insured id",
        "insurant id",
        "patient*",
    ],
};

fn steuer_id(candidate: &Candidate<'_>) -> Option<Checked> {
    let digits = candidate.digits::<11>()?;
    let grouped = candidate.is_grouped(&[&[2, 3, 3, 3], &[3, 3, 3, 2], &[2, 9], &[3, 4, 4]]);
    (digits[0] != 0 && grouped && repeats_as_it_must(&digits) && mod11_10(candidate.compact))
        .then(|| Checked::new(candidate.compact))
}

fn repeats_as_it_must(digits: &[u8; 11]) -> bool {
    let front = &digits[..10];
    let mut counts = [0; 10];
    for &digit in front {
        counts[usize::from(digit)] += 1;
    }
    let repeated: Vec<i32> = counts.into_iter().filter(|&count| count > 1).collect();
    let in_a_row = front.windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    matches!(repeated[..], [2 | 3]) && !in_a_row
}

fn kvnr(candidate: &Candidate<'_>) -> Option<Checked> {
    let (&letter, _) = candidate.compact.as_bytes().split_first()?;
    let rest = candidate.compact.get(1..)?;
    let digits = Candidate {
        written: rest,
        compact: rest,
    }
    .digits::<9>()?;
    let place = letter.checked_sub(b'A').filter(|&place| place < 26)? + 1;
    let mut all = vec![place / 10, place % 10];
    all.extend_from_slice(&digits[..8]);
    let doubled = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let weighed = all
        .iter()
        .enumerate()
        .map(|(at, &digit)| if at % 2 == 1 { doubled(digit) } else { digit });
    let grouped = candidate.is_grouped(&[&[1, 9], &[4, 3, 3], &[1, 3, 3, 3]]);
    (grouped && weighed.sum::<u8>() % 10 == digits[8]).then(|| Checked::new(candidate.compact))
}

#[cfg(test)]
mod tests {
    use crate::decide::detectors::sample::{bare, with};

    #[test]
    fn published_tax_numbers_are_found() {
        // Test numbers of ELSTER and the examples of the tax offices; 25768131411 has a digit three times.
        for number in [
            "86095742719",
            "47036892816",
            "65929970489",
            "57549285017",
            "25768131411",
            "36 574 261 809",
            "12 345 678 995",
        ] {
            assert_eq!(bare("steuer_id", number), "Medium", "{number}");
            assert_eq!(with("steuer_id", "Steuer-ID", number), "High", "{number}");
            assert_eq!(with("steuer_id", "IdNr.", number), "High", "{number}");
        }
    }

    #[test]
    fn near_misses_of_tax_numbers_are_not_found() {
        for number in [
            "86095742718",
            "36554266806",
            "12345678903",
            "02476291358",
            "8609574271",
            "860957427190",
            "11145678904",
            "x86095742719",
            "8 6095742719",
            "+86095742719",
            "11111111111",
        ] {
            assert_eq!(with("steuer_id", "Steuer-ID", number), "", "{number}");
        }
    }

    #[test]
    fn published_insurance_numbers_are_found() {
        // Test identities of gematik, and the example of the directive.
        for number in [
            "A123456780",
            "X110411675",
            "X110406713",
            "T555558879",
            "A000500015",
            "X 110 411 675",
            "x110411675",
        ] {
            assert_eq!(bare("krankenversichertennummer", number), "Low", "{number}");
            assert_eq!(
                with("krankenversichertennummer", "Versicherten-Nr.", number),
                "High",
                "{number}"
            );
        }
    }

    #[test]
    fn near_misses_of_insurance_numbers_are_not_found() {
        for number in [
            "A123456781",
            "X110411676",
            "1123456780",
            "AA23456780",
            "A12345678",
            "A1234567800",
            "Ä123456780",
        ] {
            assert_eq!(
                with("krankenversichertennummer", "KVNR", number),
                "",
                "{number}"
            );
        }
    }
}
