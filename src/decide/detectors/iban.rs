//! IBAN: the international bank account number.
//!
//! Promises: the length and the form of the account's country, and MOD 97-10. Leaves to others: check digits inside national account
//! numbers, whether the bank exists.

use super::checks::mod97;
use super::{Candidate, Checked, Confidence, Detector, Family};

/// ISO 13616-1. One of 97 strings that look like it passes, and few look like it: no words are needed.
pub const IBAN: &Detector = &Detector {
    name: "iban",
    title: "International bank account number (IBAN)",
    country: "",
    family: Family::Account,
    lengths: &[
        15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
    ],
    check: iban,
    bare: Some(Confidence::High),
    with_context: Confidence::High,
    context: &[
        "iban",
        "ibans",
        "bic",
        "swift",
        "account",
        "accounts",
        "bank*",
        "konto*",
        "kontonr",
        "bankverbindung*",
        "rekening*",
        "rek",
        "compte*",
        "rib",
        "cuenta*",
        "conto",
        "conti",
        "coordinate bancarie",
        "conta",
        "contas",
        "nib",
        "rachun*",
        "numer konta",
        "tilinumero*",
        "tili",
        "számla*",
        "účet",
        "účtu",
        "cont bancar",
        "račun*",
        "сметка",
        "счет",
        "hesap",
        "λογαριασμ*",
    ],
};

/// SWIFT, IBAN Registry, release 101: country and BBAN, as counts of `n` (digits), `a` (letters) and `c` (either).
#[rustfmt::skip]
const FORMATS: &[(&str, &str)] = &[
    ("AD", "8n12c"), ("AE", "19n"), ("AL", "8n16c"), ("AT", "16n"), ("AZ", "4a20c"), ("BA", "16n"),
    ("BE", "12n"), ("BG", "4a6n8c"), ("BH", "4a14c"), ("BI", "23n"), ("BR", "23n1a1c"), ("BY", "4c4n16c"),
    ("CH", "5n12c"), ("CR", "18n"), ("CY", "8n16c"), ("CZ", "20n"), ("DE", "18n"), ("DJ", "23n"),
    ("DK", "14n"), ("DO", "4c20n"), ("EE", "16n"), ("EG", "25n"), ("ES", "20n"), ("FI", "14n"),
    ("FK", "2a12n"), ("FO", "14n"), ("FR", "10n11c2n"), ("GB", "4a14n"), ("GE", "2a16n"), ("GI", "4a15c"),
    ("GL", "14n"), ("GR", "7n16c"), ("GT", "24c"), ("HN", "4a20n"), ("HR", "17n"), ("HU", "24n"),
    ("IE", "4a14n"), ("IL", "19n"), ("IQ", "4a15n"), ("IS", "22n"), ("IT", "1a10n12c"), ("JO", "4a4n18c"),
    ("KW", "4a22c"), ("KZ", "3n13c"), ("LB", "4n20c"), ("LC", "4a24c"), ("LI", "5n12c"), ("LT", "16n"),
    ("LU", "3n13c"), ("LV", "4a13c"), ("LY", "21n"), ("MC", "10n11c2n"), ("MD", "20c"), ("ME", "18n"),
    ("MK", "3n10c2n"), ("MN", "16n"), ("MR", "23n"), ("MT", "4a5n18c"), ("MU", "4a19n3a"), ("NI", "4a20n"),
    ("NL", "4a10n"), ("NO", "11n"), ("OM", "3n16c"), ("PK", "4a16c"), ("PL", "24n"), ("PS", "4a21c"),
    ("PT", "21n"), ("QA", "4a21c"), ("RO", "4a16c"), ("RS", "18n"), ("RU", "14n15c"), ("SA", "2n18c"),
    ("SC", "4a20n3a"), ("SD", "14n"), ("SE", "20n"), ("SI", "15n"), ("SK", "20n"), ("SM", "1a10n12c"),
    ("SO", "19n"), ("ST", "21n"), ("SV", "4a20n"), ("TL", "19n"), ("TN", "20n"), ("TR", "6n16c"),
    ("UA", "6n19c"), ("VA", "18n"), ("VG", "4a16n"), ("XK", "16n"), ("YE", "4a4n18c"),
];

fn iban(candidate: &Candidate<'_>) -> Option<Checked> {
    let number = candidate.compact;
    let starts = matches!(number.as_bytes(), [a, b, c, d, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit());
    if !starts {
        return None;
    }
    let country = FORMATS
        .binary_search_by_key(&&number[..2], |(country, _)| country)
        .ok()?;
    // ISO 7064 gives 02 to 98; other pairs can pass as well.
    let in_range = ("02"..="98").contains(&&number[2..4]);
    let rotated = || format!("{}{}", &number[4..], &number[..4]);
    (in_range && has_form(&number[4..], FORMATS[country].1) && mod97(&rotated()))
        .then(|| Checked::new(number))
}

fn has_form(bban: &str, form: &str) -> bool {
    let mut rest = bban.as_bytes();
    for (count, sort) in parts(form) {
        let Some((part, behind)) = rest.split_at_checked(count) else {
            return false;
        };
        rest = behind;
        let fits = |b: &u8| match sort {
            b'n' => b.is_ascii_digit(),
            b'a' => b.is_ascii_uppercase(),
            _ => true,
        };
        if !part.iter().all(fits) {
            return false;
        }
    }
    rest.is_empty()
}

/// `4a10n` is four letters and ten digits.
fn parts(form: &str) -> impl Iterator<Item = (usize, u8)> {
    form.split_inclusive(|c: char| c.is_ascii_lowercase())
        .map(|part| {
            let (count, sort) = part.split_at(part.len() - 1);
            (count.parse().unwrap_or(0), sort.as_bytes()[0])
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::sample::{bare, found};

    /// The examples of the IBAN registry, one for each of its countries.
    const EXAMPLES: &str = "AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
        AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678
        BH67BMAG00001299123456 BI4210000100010000332045181 BR1800360305000010009795493C1 BY13NBRB3600900000002Z00AB00
        CH9300762011623852957 CR05015202001026284066 CY17002001280000001200527600 CZ6508000000192000145399
        DE89370400440532013000 DJ2100010000000154000100186 DK5000400440116243 DO28BAGR00000001212453611324
        EE382200221020145685 EG380019000500000000263180002 ES9121000418450200051332 FI2112345600000785
        FK88SC123456789012 FO6264600001631634 FR1420041010050500013M02606 GB29NWBK60161331926819
        GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206 GR1601101250000000012300695
        GT82TRAJ01020000001210029690 HN88CABF00000000000250005469 HR1210010051863000160 HU42117730161111101800000000
        IE29AIBK93115212345678 IL620108000000099999999 IQ98NBIQ850123456789012 IS140159260076545510730339
        IT60X0542811101000000123456 JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101 KZ86125KZT5004100100
        LB62099900000001001901229114 LC55HEMM000100010012001200023015 LI21088100002324013AA LT121000011101001000
        LU280019400644750000 LV80BANK0000435195001 LY83002048000020100120361 MC5811222000010123456789030
        MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984 MN121234123456789123
        MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S MU17BOMM0101101030300200000MUR NI45BAPR00000013000003558124
        NL91ABNA0417164300 NO9386011117947 OM810180000001299123456 PK36SCBL0000001123456702
        PL61109010140000071219812874 PS92PALS000000000400123456702 PT50000201231234567890154 QA58DOHB00001234567890ABCDEFG
        RO49AAAA1B31007593840000 RS35260005601001611379 RU0304452522540817810538091310419 SA0380000000608010167519
        SC18SSCB11010000000000001497USD SD2129010501234001 SE4550000000058398257466 SI56263300012039086
        SK3112000000198742637541 SM86U0322509800000000270100 SO211000001001000100141 ST23000100010051845310146
        SV62CENR00000000000000700025 TL380080012345678910157 TN5910006035183598478831 TR330006100519786457841326
        UA213223130000026007233566001 VA59001123000012345678 VG96VPVG0000012345678901 XK051212012345678906
        YE15CBYE0001018861234567891234";

    #[test]
    fn every_country_has_its_form_and_its_example_is_found() {
        let examples: Vec<&str> = EXAMPLES.split_whitespace().collect();
        assert_eq!(examples.len(), FORMATS.len());
        for ((country, form), example) in FORMATS.iter().zip(examples) {
            assert_eq!(*country, &example[..2]);
            let length = 4 + parts(form).map(|(count, _)| count).sum::<usize>();
            assert_eq!(length, example.len(), "{country}");
            assert!(IBAN.lengths.contains(&length), "{country}");
            assert_eq!(bare("iban", example), "High", "{country}");
            let fours: Vec<&str> = example
                .as_bytes()
                .chunks(4)
                .map(|c| str::from_utf8(c).unwrap())
                .collect();
            let want = [format!("iban High {example}")];
            let text = format!("Please pay to {} by Monday 12 May.", fours.join(" "));
            assert_eq!(found(&text), want, "{country}");
            assert_eq!(found(&example.to_lowercase()), want, "{country}");
        }
    }

    #[test]
    fn spellings_are_one_number() {
        for text in [
            "GB82 WEST 1234 5698 7654 32",
            "gb82west12345698765432",
            "GB82-WEST-1234-5698-7654-32",
            "GB 82 WEST 1234 5698 7654 32",
            "GB82\u{a0}WEST\u{a0}1234\u{a0}5698\u{a0}7654\u{a0}32",
            "IBAN:GB82WEST12345698765432",
            "pay to GB82 WEST 1234 5698\n7654 32 by Monday",
            "pay to GB82 WEST 1234 \n5698 7654 32 by Monday",
        ] {
            assert_eq!(found(text), ["iban High GB82WEST12345698765432"], "{text}");
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for text in [
            "DE89370400440532013001",
            "DE89370400440532013002",
            "DE8937040044053201300",
            "DE893704004405320130000",
            "XX89370400440532013000",
            "NL91ABN10417164300",
            "GB82WEST1234569876543A",
            "de 89",
            "NL00ABNA0417164300",
            "ADE89370400440532013000",
            "DE89370400440532013000X",
            "DE89 3704 004\n4 0532 0130 00",
            "DE89 3704\n0044 0532\n0130 00",
            "DE89370400440532\n013000",
            // The rest is 1 here too, but such check digits are never given: 97 more than 01.
            "NO0186011117950",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
