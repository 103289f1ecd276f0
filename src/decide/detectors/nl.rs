//! The Netherlands: the citizen service number.

use super::checks::elevenproof;
use super::{Candidate, Checked, Confidence, Detector, Family, Form};

/// Burgerservicenummer, formerly sofinummer. Check: Logisch Ontwerp BSN (RvIG), the 11-test over nine digits. The numbers 99999xxxx are
/// published for tests and never given to a person; they count.
pub const BSN: &Detector = &Detector {
    name: "bsn",
    title: "Dutch citizen service number (BSN)",
    country: "nl",
    family: Family::Identity,
    lengths: &[8, 9],
    check: bsn,
    bare: Some(Confidence::Low),
    with_context: Confidence::High,
    context: &[
        "bsn",
        "bsns",
        "bsnnr",
        "bsnnummer*",
        "burgerservice*",
        "burger service nummer",
        "burger service nr",
        "sofi",
        "sofinummer*",
        "sofinr",
        "sofi nummer",
        "sofi nr",
        "burgernummer*",
        "persoonsnummer*",
        "citizen service number",
        "citizen service numbers",
        "citizen service no",
        "dutch social security",
        "dutch tax number",
        "fiscaal nummer",
    ],
};

fn bsn(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = match candidate.compact.len() {
        9 => candidate.compact.to_owned(),
        // Calculation programs take the zero in front away.
        _ if candidate.groups().len() == 1 => format!("0{}", candidate.compact),
        _ => return None,
    };
    let digits = Candidate {
        written: &number,
        compact: &number,
    }
    .digits::<9>()?;
    // Numbers are given out from 00 001 xxxx on; five zeros in front are an order number that was filled up.
    let given = digits[..4] != [0; 4];
    let ways: &[&[usize]] = &[&[3, 3, 3], &[4, 2, 3], &[2, 3, 4], &[4, 5], &[2, 2, 2, 3]];
    let form = if candidate.compact.len() == 9 {
        Form::Usual
    } else {
        Form::Loose
    };
    (given && elevenproof(&number) && candidate.is_grouped(ways))
        .then(|| Checked::written(number, form))
}

#[cfg(test)]
mod tests {
    use crate::decide::detectors::sample::{bare, found, with};

    #[test]
    fn numbers_of_the_test_range_are_found() {
        // From the table of test numbers of the basic registration of persons (RvIG): 99999xxxx.
        for number in [
            "999992764",
            "999992855",
            "999993033",
            "999993148",
            "999993410",
            "111222333",
            "123456782",
        ] {
            assert_eq!(
                found(&format!("BSN: {number}.")),
                [format!("bsn High {number}")]
            );
            assert_eq!(bare("bsn", number), "Low");
        }
    }

    #[test]
    fn it_is_written_in_groups() {
        for number in [
            "1234.56.782",
            "123 456 782",
            "123.456.782",
            "123-456-782",
            "1 2 3 4 5 6 7 8 2",
            "12.345.6782",
        ] {
            assert_eq!(
                with("bsn", "burgerservicenummer", number),
                "High",
                "{number}"
            );
        }
    }

    #[test]
    fn a_lost_zero_in_front_needs_the_heading() {
        use crate::decide::detectors::sample::all;
        let number = "10000008";
        assert_eq!(bare("bsn", number), "");
        assert_eq!(with("bsn", "BSN", number), "Medium");
        let headings = ["BSN".to_owned()];
        let finding = &all(number, &headings, &[super::BSN])[0];
        assert_eq!(
            format!("{:?} {}", finding.confidence, finding.value),
            "High 010000008"
        );
    }

    #[test]
    fn near_misses_are_not_found() {
        for text in [
            "BSN 999991234",
            "BSN 123456783",
            "BSN 1234567820",
            "BSN 000000000",
            "BSN 000000012",
            "BSN X123456782",
            "BSN 123456782a",
            "BSN 12345 6782",
            "BSN 1 23456782",
            "BSN 0.123456782",
            "BSN +31 123456782",
            "BSN 123.456.782.901",
            "BSN 123,456,782",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
