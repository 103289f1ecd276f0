//! The machine-readable zone of passports, identity cards and visas.
//!
//! Source: ICAO Doc 9303, parts 4 to 7 (TD3, TD1, TD2, visas); check digits: part 3, section 4.9. The zone spans lines, so it is read
//! from its first place on, over white space, which readers of PDF put into it. The second line of a passport counts alone.
//! Three to five check digits and two dates pass together: no words are needed.

use super::{Checked, Confidence, Detector, Family, Form, Passage, Report, Scan, dates};
use memchr::memchr;
use std::ops::Range;

/// Two lines of 44 or 36 places, or three of 30.
pub const MRZ: &Detector = &Detector {
    name: "mrz",
    title: "Machine-readable zone of a passport, identity card or visa",
    country: "",
    family: Family::Identity,
    lengths: &[],
    check: |_| None,
    bare: Some(Confidence::High),
    with_context: Confidence::High,
    context: &[
        "mrz",
        "passport*",
        "reisepass*",
        "ausweis*",
        "paspoort*",
        "passeport*",
        "pasaporte*",
        "passaporto",
        "paszport*",
        "pass",
        "identity card",
        "id card",
        "visa",
    ],
};

/// Finds zones by their filler.
pub const SCAN: &Scan = &Scan {
    detector: MRZ,
    find,
};

/// A zone, however it is divided into lines.
struct Layout {
    places: usize,
    /// First letters of its document type.
    types: &'static [u8],
    /// Where the document's number begins (nine places), its digit behind it.
    number: usize,
    /// Where the dates of birth and of expiry begin (six places), their digits behind them.
    birth: usize,
    expiry: usize,
    /// Where the digit over all stands, and over what; a visa has none.
    all: Option<(usize, &'static [Range<usize>])>,
}

#[rustfmt::skip]
const LAYOUTS: &[Layout] = &[
    // TD1: 3 × 30.
    Layout { places: 90, types: b"IAC", number: 5, birth: 30, expiry: 38, all: Some((59, &[5..30, 30..37, 38..45, 48..59])) },
    // TD3: 2 × 44, and its second line alone.
    Layout { places: 88, types: b"P", number: 44, birth: 57, expiry: 65, all: Some((87, &[44..54, 57..64, 65..87])) },
    Layout { places: 44, types: b"", number: 0, birth: 13, expiry: 21, all: Some((43, &[0..10, 13..20, 21..43])) },
    // TD2: 2 × 36.
    Layout { places: 72, types: b"IACP", number: 36, birth: 49, expiry: 57, all: Some((71, &[36..46, 49..56, 57..71])) },
    // Visas, MRV-A and MRV-B.
    Layout { places: 88, types: b"V", number: 44, birth: 57, expiry: 65, all: None },
    Layout { places: 72, types: b"V", number: 36, birth: 49, expiry: 57, all: None },
];

/// A zone begins at most so many words before the first filler: line 1 of TD1 may be full.
const WORDS_BEFORE: usize = 3;

/// Words of a zone are no longer than a line.
const LONGEST_WORD: usize = 44;

fn find(passage: &Passage<'_>, report: Report<'_>) {
    let text = passage.text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr(b'<', &text[at..]) {
        let filler = at + found;
        let found = starts(text, filler, at)
            .into_iter()
            .find_map(|start| zone(text, start));
        at = match found {
            Some((range, checked)) => {
                let end = range.end;
                report(range, checked);
                end
            }
            None => filler + text[filler..].iter().take_while(|&&c| is_place(c)).count(),
        };
    }
}

/// Where a zone may begin whose first filler is there: its word, or one of the words before it, the first one first.
fn starts(text: &[u8], filler: usize, from: usize) -> Vec<usize> {
    let mut starts = Vec::with_capacity(WORDS_BEFORE);
    let mut at = filler;
    while starts.len() < WORDS_BEFORE {
        let word = text[from..at]
            .iter()
            .rev()
            .take_while(|&&c| is_place(c))
            .count();
        if word > LONGEST_WORD || (word == 0 && at != filler) {
            break;
        }
        at -= word;
        starts.push(at);
        let white = text[from..at]
            .iter()
            .rev()
            .take_while(|&&c| is_white(c))
            .count();
        if white == 0 || white > 3 {
            break;
        }
        at -= white;
    }
    starts.reverse();
    starts
}

fn zone(text: &[u8], start: usize) -> Option<(Range<usize>, Checked)> {
    let (places, ends) = places(&text[start..]);
    LAYOUTS.iter().find_map(|layout| {
        let end = start + *ends.get(layout.places - 1)?;
        let whole = !text
            .get(end)
            .is_some_and(|&c| is_place(c) || c.is_ascii_lowercase());
        let zone = &places[..layout.places];
        (whole && layout.fits(zone)).then(|| (start..end, layout.value(zone)))
    })
}

/// The places from the beginning of a text on, without white space, and where each of them ends.
fn places(text: &[u8]) -> (Vec<u8>, Vec<usize>) {
    text.iter()
        .enumerate()
        .take_while(|&(_, &c)| is_place(c) || is_white(c))
        .filter(|&(_, &c)| is_place(c))
        .take(90)
        .map(|(at, &c)| (c, at + 1))
        .unzip()
}

fn is_place(c: u8) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'<'
}

fn is_white(c: u8) -> bool {
    matches!(c, b' ' | b'\n' | b'\r')
}

impl Layout {
    fn fits(&self, zone: &[u8]) -> bool {
        let typed = self.types.is_empty() || self.types.contains(&zone[0]);
        let issuer = self.types.is_empty() || zone[2].is_ascii_uppercase();
        typed
            && issuer
            && self.number_fits(zone)
            && date_fits(&zone[self.birth..self.birth + 7], true)
            && date_fits(&zone[self.expiry..self.expiry + 7], false)
            && matches!(zone[self.birth + 7], b'M' | b'F' | b'X' | b'<')
            && self.all_fits(zone)
    }

    /// A number of more than nine places goes on in the optional data; its digit is then a filler.
    fn number_fits(&self, zone: &[u8]) -> bool {
        let number = &zone[self.number..self.number + 10];
        number[0] != b'<' && (number[9] == b'<' && self.all.is_some() || passes(number))
    }

    fn all_fits(&self, zone: &[u8]) -> bool {
        self.all.as_ref().is_none_or(|(digit, ranges)| {
            let mut over: Vec<u8> = ranges
                .iter()
                .flat_map(|range| &zone[range.clone()])
                .copied()
                .collect();
            over.push(zone[*digit]);
            passes(&over)
        })
    }

    fn value(&self, zone: &[u8]) -> Checked {
        let parts = [self.number..self.number + 9, self.birth..self.birth + 6];
        let value = parts.iter().flat_map(|part| &zone[part.clone()]);
        Checked::written(
            value.map(|&c| char::from(c)).collect::<String>(),
            Form::Telling,
        )
    }
}

/// The last place checks the others: weights 7 3 1, letters count 10 to 35, the filler nothing.
fn passes(field: &[u8]) -> bool {
    let worth = |c: u8| match c {
        b'0'..=b'9' => u32::from(c - b'0'),
        b'A'..=b'Z' => u32::from(c - b'A') + 10,
        _ => 0,
    };
    let Some((&digit, rest)) = field.split_last() else {
        return false;
    };
    let sum: u32 = rest
        .iter()
        .zip([7, 3, 1].iter().cycle())
        .map(|(&c, weight)| worth(c) * weight)
        .sum();
    digit.is_ascii_digit() && sum % 10 == worth(digit)
}

/// Year, month, day and digit; of a birth, day and month may be unknown.
fn date_fits(field: &[u8], birth: bool) -> bool {
    let two = |at: usize| Some(u32::from(digit(field[at])? * 10 + digit(field[at + 1])?));
    let unknown = birth && field[2..6].contains(&b'<');
    let there = match (two(0), two(2), two(4)) {
        (Some(year), Some(month), Some(day)) => dates::exists_in_some_century(year, month, day),
        _ => unknown,
    };
    there && passes(field)
}

fn digit(c: u8) -> Option<u8> {
    c.is_ascii_digit().then(|| c - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specimens of ICAO Doc 9303, parts 4, 5, 6 and 7.
    const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
    const MRV_A: &str = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<";
    const MRV_B: &str =
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<";

    fn found(text: &str) -> Vec<(usize, usize, String)> {
        let mut found = Vec::new();
        let core = (0, text.len());
        let passage = Passage {
            text,
            headings: &[],
            core,
        };
        find(&passage, &mut |range, checked| {
            found.push((range.start, range.end, checked.value))
        });
        found
    }

    #[test]
    fn the_specimens_are_found_once_each() {
        for (zone, value) in [
            (TD3, "L898902C3740812"),
            (TD1, "D23145890740812"),
            (TD2, "D23145890740812"),
            (MRV_A, "L8988901C400907"),
            (MRV_B, "L8988901C400907"),
        ] {
            for (before, behind) in [
                ("", ""),
                ("The zone:\n", "\nthe end"),
                ("Scan\t", "\tok"),
                ("MRZ ", "."),
            ] {
                let text = format!("{before}{zone}{behind}");
                let place = (before.len(), before.len() + zone.len(), value.to_owned());
                assert_eq!(found(&text), [place], "{text}");
            }
        }
    }

    #[test]
    fn line_ends_and_blanks_of_readers_do_no_harm() {
        for text in [
            TD3.replace('\n', "\r\n"),
            TD3.replace('\n', " "),
            TD3.replace('\n', "\n\n"),
            TD3.replace("<<<", "< <<"),
            TD1.replace('\n', "  \n"),
        ] {
            assert_eq!(found(&text).len(), 1, "{text}");
        }
    }

    #[test]
    fn the_second_line_of_a_passport_is_enough() {
        assert_eq!(
            found("L898902C36UTO7408122F1204159ZE184226B<<<<<10").len(),
            1
        );
    }

    #[test]
    fn a_wrong_digit_anywhere_that_is_checked_is_noticed() {
        let second = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
        for (place, old) in second.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            let new = if old == '5' { '6' } else { '5' };
            let wrong = format!("{}{new}{}", &second[..place], &second[place + 1..]);
            assert_eq!(found(&wrong), [], "{wrong}");
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for text in [
            TD3.replace("F120", "F130"),
            TD3.replace("7408122", "7413122"),
            TD3.replace("<<<<<10", "<<<<<1"),
            TD3.replace("<<<<<10", "<<<<<100"),
            "<".repeat(10_000),
            "P<".repeat(5_000),
            "if (A<B) << C; template<class T> vector<vector<int>>".to_owned(),
            "<<<<<<< HEAD\n=======\n>>>>>>> main".to_owned(),
        ] {
            assert_eq!(found(&text), [], "{text}");
        }
    }
}
