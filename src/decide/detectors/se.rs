//! Sweden: personal identity number and coordination number.

use super::checks::luhn;
use super::dates;
use super::{Candidate, Checked, Confidence, Detector, Family};

/// Personnummer, 18 § folkbokföringslagen (1991:481): date of birth, three digits, Luhn. `+` is for who is a hundred years old. The last
/// ten digits are its one form, so that it is one number with and without the century.
pub const PERSONNUMMER: &Detector = &Detector {
    name: "personnummer",
    title: "Swedish personal identity number (personnummer)",
    country: "se",
    family: Family::Identity,
    lengths: &[10, 12],
    check: |candidate| number(candidate, 0),
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "personnummer*",
        "personnumret",
        "personnr",
        "pers nr",
        "persnr",
        "person nr",
        "personnumm*",
        "pnr",
        "p nr",
        "personid",
        "person id",
        "födelsenummer*",
        "födelsenr",
        "ssn",
        "personal identity number",
        "personal identity numbers",
        "personal identity no",
        "personal number",
        "personal numbers",
        "personal id",
        "swedish id",
        "national id",
        "henkilötunnus*",
    ],
};

/// Samordningsnummer, 18 a § folkbokföringslagen: as a personnummer, sixty days later.
pub const SAMORDNINGSNUMMER: &Detector = &Detector {
    name: "samordningsnummer",
    title: "Swedish coordination number (samordningsnummer)",
    check: |candidate| number(candidate, 60),
    context: &[
        "samordningsnummer*",
        "samordningsnumret",
        "samordningsnr",
        "samnr",
        "sam nr",
        "samordnings nr",
        "coordination number",
        "coordination numbers",
        "coordination no",
        "personnummer*",
        "personnr",
        "persnr",
        "pers nr",
        "pnr",
        "personal identity number",
        "personal number",
    ],
    ..*PERSONNUMMER
};

fn number(candidate: &Candidate<'_>, days: u32) -> Option<Checked> {
    let ways: &[&[usize]] = &[
        &[6, 4],
        &[8, 4],
        &[2, 2, 2, 4],
        &[4, 2, 2, 4],
        &[2, 6, 4],
        &[10],
        &[12],
    ];
    let (century, ten) = candidate.compact.split_at(candidate.compact.len() - 10);
    let digits = Candidate {
        written: ten,
        compact: ten,
    }
    .digits::<10>()?;
    let [year, month, day] = [0, 2, 4].map(|at| u32::from(digits[at] * 10 + digits[at + 1]));
    let born = day.checked_sub(days)?;
    let exists = match century {
        "" => dates::exists_in_some_century(year, month, born),
        "18" | "19" | "20" => dates::exists(century.parse::<u32>().ok()? * 100 + year, month, born),
        _ => false,
    };
    // Individual numbers begin at 001.
    let given = digits[6..9] != [0; 3];
    (exists && given && luhn(ten) && candidate.is_grouped(ways)).then(|| Checked::new(ten))
}

#[cfg(test)]
mod tests {
    use crate::decide::detectors::sample::{bare, found, with};

    #[test]
    fn published_numbers_are_found() {
        // Skatteverket's test numbers (born 189x, birth number 98x), and the example of SKV 704.
        for number in [
            "18930818-9894",
            "18990209-9838",
            "18931201-9814",
            "640823-3234",
        ] {
            assert_eq!(bare("personnummer", number), "Medium", "{number}");
            assert_eq!(with("personnummer", "Personnr", number), "High", "{number}");
        }
        // The example of SKV 707, and test numbers of Skatteverket.
        for number in ["701063-2391", "19701063-2391"] {
            assert_eq!(bare("samordningsnummer", number), "Medium", "{number}");
            assert_eq!(
                with("samordningsnummer", "Samordningsnummer", number),
                "High",
                "{number}"
            );
            assert_eq!(bare("personnummer", number), "", "{number}");
        }
    }

    #[test]
    fn spellings_are_one_number() {
        for number in [
            "8112289874",
            "811228-9874",
            "811228+9874",
            "19811228-9874",
            "198112289874",
            "811228 9874",
            "81-12-28-9874",
            "1981-12-28-9874",
            "811228\u{2013}9874",
            "811228 - 9874",
            "19 811228-9874",
        ] {
            assert_eq!(
                found(&format!("Personnummer: {number}")),
                ["personnummer High 8112289874"],
                "{number}"
            );
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for number in [
            "811228-9875",
            "811328-9879",
            "811232-9878",
            "811228-987",
            "811228-98740",
            "17811228-9874",
            "810229-9878",
            "5566778899",
            "811228-0004",
            "81122-89874",
            "8112 289874",
            "70 123 45 67 89",
            "x8112289874",
            "811228-9874x",
        ] {
            assert_eq!(with("personnummer", "personnummer", number), "", "{number}");
        }
    }

    #[test]
    fn an_order_number_without_words_is_not_high() {
        assert_eq!(
            found("Order 8112289874 has shipped."),
            ["personnummer Medium 8112289874"]
        );
    }
}
