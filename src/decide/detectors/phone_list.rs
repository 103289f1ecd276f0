//! Telephone numbers: each is a finding, so that a rule may ask for many different ones.
//!
//! International form (ITU-T E.123, E.164) says what it is; national forms need a word near them or the heading of their column:
//! a leading zero and 9 to 12 digits in groups, `(212) 555-0123`, and, weakest, other groups that some country has. Dates, times,
//! amounts and decimal fractions are none.

use super::characters::next_digit;
use super::phone_forms::Run;
use super::{Confidence, Detector, Family, Passage, Report, Scan};

/// A telephone number.
pub const PHONE_LIST: &Detector = &Detector {
    name: "phone_list",
    title: "Telephone numbers, each counted",
    country: "",
    family: Family::Contact,
    lengths: &[],
    check: |_| None,
    bare: Some(Confidence::Low),
    with_context: Confidence::High,
    context: &[
        "tel",
        "telefon*",
        "téléphone*",
        "telephone*",
        "teléfono*",
        "telefono*",
        "telefoon*",
        "phone*",
        "fon",
        "mobil*",
        "mobiel*",
        "móvil*",
        "cell",
        "cellular*",
        "cellulare*",
        "handy*",
        "gsm",
        "natel",
        "fax*",
        "puh",
        "puhelin*",
        "matkapuhelin*",
        "tlf",
        "tlfnr",
        "tfn",
        "portatil",
        "komórk*",
        "whatsapp",
        "sms",
        "rufnummer*",
        "durchwahl",
        "hotline*",
    ],
};

/// Digits of a number; with its country at most fifteen (E.164), behind two zeros.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=17;

/// Finds numbers by their digits.
pub const SCAN: &Scan = &Scan {
    detector: PHONE_LIST,
    find,
};

fn find(passage: &Passage<'_>, report: Report<'_>) {
    let text = passage.text;
    let mut at = 0;
    while let Some(digit) = next_digit(text, at) {
        let start = start(text, digit, at);
        let (end, digits) = Run::extent(text, start);
        at = end.max(digit + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        let possible = LENGTHS.contains(&digits) && alone(text, start, end);
        if let Some(checked) = possible.then(|| Run::read(text, start).number()).flatten() {
            report(start..end, checked);
        }
    }
}

/// Where the number begins whose first digit is there: `+49`, `(030)`, `(+49)`.
fn start(text: &str, digit: usize, from: usize) -> usize {
    let before = text[from..digit].bytes().rev();
    digit
        - before
            .take_while(|&c| matches!(c, b'+' | b'('))
            .take(2)
            .count()
}

/// Neither side touches what would make it a part of something else.
fn alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let mut behind = text[end..].chars();
    let (next, after) = (behind.next(), behind.next());
    let part =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | '@' | '=' | '%' | '$' | '€' | '£');
    let goes_on = matches!(next, Some(',' | ':' | '-' | '/' | '.'))
        && after.is_some_and(char::is_alphanumeric);
    !before.is_some_and(|c| part(c) || matches!(c, '.' | ',' | '-' | '/' | '+'))
        && !next.is_some_and(part)
        && !goes_on
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::*;

    fn found(text: &str) -> Vec<(String, Form)> {
        let mut found = Vec::new();
        let core = (0, text.len());
        find(
            &Passage {
                text,
                headings: &[],
                core,
            },
            &mut |range, checked| {
                assert!(text.get(range).is_some());
                found.push((checked.value, checked.form));
            },
        );
        found
    }

    #[test]
    fn international_numbers_tell() {
        for (text, value) in [
            ("+49 30 1234567", "+49301234567"),
            ("+49 (0)30 123 45 67", "+49301234567"),
            ("(+31) 20-123 45 67.", "+31201234567"),
            ("tel:+46701234567", "+46701234567"),
            ("+1 (212) 555-0123", "+12125550123"),
            ("+358\u{a0}40\u{a0}123\u{a0}4567;", "+358401234567"),
            ("+44.20.7946.0958", "+442079460958"),
        ] {
            assert_eq!(found(text), [(value.to_owned(), Form::Telling)], "{text}");
        }
        assert_eq!(
            found("0049 30 1234567"),
            [("+49301234567".to_owned(), Form::Usual)]
        );
    }

    #[test]
    fn national_numbers_need_words() {
        for (text, form) in [
            ("030 1234567", Form::Usual),
            ("030/1234567", Form::Usual),
            ("06-12345678", Form::Usual),
            ("01.23.45.67.89", Form::Usual),
            ("01 23 45 67 89", Form::Usual),
            ("(020) 7946 0958", Form::Usual),
            ("(212) 555-0123", Form::Usual),
            ("212-555-0123", Form::Usual),
            ("0612345678", Form::Loose),
            ("612 345 678", Form::Loose),
            ("22 33 44 55", Form::Loose),
        ] {
            assert_eq!(
                found(text).iter().map(|f| f.1).collect::<Vec<_>>(),
                [form],
                "{text}"
            );
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for text in [
            "2023-11-22 08:15:00",
            "22.11.2023, 22-11-2023, 22/11/2023 0815",
            "0.1234567890 and 3.14159265358979",
            "1,234,567.89 EUR",
            "52.370216, 4.895168",
            "192.168.010.001",
            "ISBN 978-0-306-40615-7",
            "4111 1111 1111 1111",
            "NL91 ABNA 0417 1643 00",
            "+0 123 456 789",
            "+49 1",
            "order 0012345678 of",
            "550e8400-e29b-41d4-a716-446655440000",
            "00 00 00 00 00",
            "+255959.999",
            "070761-4285",
            "010354 23873",
            "+1+2+3+4+5+6+7+8",
            "A0301234567",
            "030 1234567x",
            "10 000 000",
            "12:30-13:30 2024",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
