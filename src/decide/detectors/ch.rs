//! Switzerland: the social insurance number.

use super::checks::ean13;
use super::{Candidate, Checked, Confidence, Detector, Family};

/// AHV-Nummer, art. 133 AHVV: 756, nine digits, the check digit of EAN-13. No goods have an EAN that begins so, and of random numbers
/// of 13 digits one in ten thousand passes: no words are needed.
pub const AHV: &Detector = &Detector {
    name: "ahv",
    title: "Swiss social insurance number (AHV, AVS)",
    country: "ch",
    family: Family::Identity,
    lengths: &[13],
    check: ahv,
    bare: Some(Confidence::High),
    with_context: Confidence::High,
    context: &[
        "ahv",
        "ahvn13",
        "ahvnr",
        "ahv nr",
        "ahvnummer*",
        "ahv nummer*",
        "avs",
        "no avs",
        "numéro avs",
        "navs*",
        "numero avs",
        "versichertennummer*",
        "sozialversicherungs*",
        "numéro d'assuré",
        "assurance sociale",
        "numero d'assicurato",
        "oasi",
        "ssn",
        "social security",
        "social insurance",
    ],
};

fn ahv(candidate: &Candidate<'_>) -> Option<Checked> {
    let numeric = candidate.digits::<13>().is_some();
    let grouped = candidate.is_grouped(&[&[3, 4, 4, 2], &[3, 10], &[3, 4, 6], &[3, 8, 2]]);
    (numeric && candidate.compact.starts_with("756") && grouped && ean13(candidate.compact))
        .then(|| Checked::new(candidate.compact))
}

#[cfg(test)]
mod tests {
    use crate::decide::detectors::sample::{bare, with};

    #[test]
    fn published_numbers_are_found() {
        // Examples of the Zentrale Ausgleichsstelle and of eCH-0044.
        for number in [
            "756.9217.0769.85",
            "756.1234.5678.97",
            "7569217076985",
            "756 1234 5678 97",
            "756-1234-5678-97",
        ] {
            assert_eq!(bare("ahv", number), "High", "{number}");
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "756.9217.0769.84",
            "755.9217.0769.88",
            "756.9217.0769.8",
            "756.9217.0769.85.1",
            "7612345678900",
            "75692170769850",
            "x7569217076985",
        ] {
            assert_eq!(with("ahv", "AHV", number), "", "{number}");
        }
    }
}
