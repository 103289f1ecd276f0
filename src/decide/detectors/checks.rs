//! Check digits that have a name, for detectors of ours and for `[detector.NAME] check = "…"` in policy files.
//!
//! Promises: separators (white space, `-`, `.`, `/`) are skipped; every other character that the scheme does not know makes the
//! check fail, as does a number of fewer than two places. None of them can panic, none keeps what it saw.
//! Leaves to others: which lengths make sense, dates, issuers.

/// A scheme of check digits.
#[derive(Debug)]
pub struct Check {
    /// As policy files call it: `luhn`.
    pub name: &'static str,
    /// For people: what it is and where it is used.
    pub about: &'static str,
    /// Whether a number passes, separators or not.
    pub passes: fn(&str) -> bool,
}

/// All of them, by name.
pub const CHECKS: &[Check] = &[
    Check {
        name: "damm",
        about: "the quasigroup of H. M. Damm, last digit checks",
        passes: damm,
    },
    Check {
        name: "ean13",
        about: "13 digits with weights 1 and 3: EAN, GTIN-13, ISBN-13",
        passes: ean13,
    },
    Check {
        name: "elevenproof",
        about: "the Dutch elfproef: weights n to 2, the last digit counts minus one",
        passes: elevenproof,
    },
    Check {
        name: "luhn",
        about: "ISO/IEC 7812-1: cards, IMEI, personnummer; last digit checks",
        passes: luhn,
    },
    Check {
        name: "mod11",
        about: "weights n to 1, X is ten: ISBN-10, NHS number, old Dutch accounts",
        passes: mod11,
    },
    Check {
        name: "mod11_10",
        about: "ISO/IEC 7064 MOD 11,10: German tax number, Croatian OIB",
        passes: mod11_10,
    },
    Check {
        name: "mod97",
        about: "ISO/IEC 7064 MOD 97-10, letters count 10 to 35, two digits at the end check: LEI; an IBAN only with its first four places moved to the end",
        passes: mod97,
    },
    Check {
        name: "verhoeff",
        about: "the dihedral group of J. Verhoeff, last digit checks: Aadhaar",
        passes: verhoeff,
    },
];

/// The check of this name.
pub fn named(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// Digits, first to last; `None` if something else is in it.
pub fn digits(number: &str) -> Option<Vec<u8>> {
    let digits = places(number, |c| c.to_digit(10))?;
    (digits.len() > 1).then_some(digits)
}

/// The sum of places times weights.
pub fn weighted(places: &[u8], weights: &[i32]) -> i32 {
    places
        .iter()
        .zip(weights)
        .map(|(&place, weight)| i32::from(place) * weight)
        .sum()
}

/// ISO/IEC 7812-1, annex B: every second digit from the right is doubled.
pub fn luhn(number: &str) -> bool {
    let doubled = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    digits(number).is_some_and(|digits| {
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(place, &digit)| {
                u32::from(if place % 2 == 1 {
                    doubled(digit)
                } else {
                    digit
                })
            })
            .sum();
        sum.is_multiple_of(10)
    })
}

/// ISO/IEC 7064 MOD 97-10 over the whole text.
pub fn mod97(number: &str) -> bool {
    let Some(places) = places(number, |c| c.to_digit(36)) else {
        return false;
    };
    let rest = places.iter().fold(0u32, |rest, &place| {
        let shift = if place < 10 { 10 } else { 100 };
        (rest * shift + u32::from(place)) % 97
    });
    places.len() > 2 && rest == 1
}

/// ISO/IEC 7064 MOD 11,10 (a hybrid system: two moduli).
pub fn mod11_10(number: &str) -> bool {
    digits(number).is_some_and(|digits| {
        let (last, front) = digits.split_last().expect("two digits at least");
        let product = front.iter().fold(10u32, |product, &digit| {
            let sum = (product + u32::from(digit)) % 10;
            (if sum == 0 { 10 } else { sum }) * 2 % 11
        });
        (product + u32::from(*last)) % 10 == 1
    })
}

/// The check of Dutch service numbers; the elfproef of accounts has no minus, see [`mod11`].
pub fn elevenproof(number: &str) -> bool {
    digits(number).is_some_and(|digits| {
        let (last, front) = digits.split_last().expect("two digits at least");
        let sum = descending(front, 2) - i64::from(*last);
        sum % 11 == 0 && digits.iter().any(|&digit| digit != 0)
    })
}

/// The check of GS1, of 13 digits.
pub fn ean13(number: &str) -> bool {
    digits(number).is_some_and(|digits| {
        let weights = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1];
        digits.len() == 13 && weighted(&digits, &weights) % 10 == 0
    })
}

/// Weights fall to 1 at the last place, which may be X for ten.
pub fn mod11(number: &str) -> bool {
    let ten = |c: char| c.eq_ignore_ascii_case(&'x').then_some(10);
    let Some(places) = places(number, |c| c.to_digit(10).or(ten(c))) else {
        return false;
    };
    let tens_before = places.iter().rev().skip(1).any(|&place| place == 10);
    places.len() > 1
        && !tens_before
        && places.iter().any(|&place| place != 0)
        && descending(&places, 1) % 11 == 0
}

/// J. Verhoeff, Error Detecting Decimal Codes (1969), chapter on the dihedral group D5.
pub fn verhoeff(number: &str) -> bool {
    digits(number).is_some_and(|digits| {
        let rest = digits
            .iter()
            .rev()
            .enumerate()
            .fold(0u8, |rest, (place, &digit)| {
                dihedral(rest, permuted(digit, place))
            });
        rest == 0
    })
}

/// H. M. Damm, Total anti-symmetrische Quasigruppen (2004).
pub fn damm(number: &str) -> bool {
    digits(number).is_some_and(|digits| {
        let rest = digits.iter().fold(0u8, |row, &digit| {
            DAMM[usize::from(row)][usize::from(digit)]
        });
        rest == 0
    })
}

fn places(number: &str, worth: impl Fn(char) -> Option<u32>) -> Option<Vec<u8>> {
    number
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '/'))
        .map(|c| worth(c).and_then(|place| u8::try_from(place).ok()))
        .collect()
}

fn descending(places: &[u8], last: i64) -> i64 {
    (last..)
        .zip(places.iter().rev())
        .map(|(weight, &place)| weight * i64::from(place))
        .sum()
}

fn dihedral(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right) % 5 + 5,
        (false, true) => (left + 5 - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    }
}

fn permuted(digit: u8, place: usize) -> u8 {
    const ONCE: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    (0..place % 8).fold(digit, |digit, _| ONCE[usize::from(digit)])
}

const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Published numbers that pass.
    const PASS: &[(&str, &str)] = &[
        ("damm", "5724"), // example of the Wikipedia article on the algorithm
        ("damm", "00"),
        ("ean13", "4006381333931"), // GS1's usual example
        ("ean13", "978-0-306-40615-7"),
        ("elevenproof", "111222333"), // the usual example of a BSN
        ("elevenproof", "999992764"), // test numbers of the Dutch registry are 99999....
        ("luhn", "79927398713"),
        ("luhn", "4111 1111 1111 1111"),
        ("luhn", "490154203237518"), // GSMA's example of an IMEI
        ("mod11", "0-306-40615-2"),  // ISBN manual
        ("mod11", "080442957X"),
        ("mod11", "943 476 5919"), // NHS Data Dictionary
        ("mod11_10", "86095742719"),
        ("mod11_10", "47036892816"),
        ("mod11_10", "69435151530"),               // Croatian OIB
        ("mod97", "7LTWFZYICNSX8D621K86"),         // a bank's LEI
        ("mod97", "3214282912345698765432161182"), // GB82WEST12345698765432, moved and written in digits
        ("mod97", "WEST12345698765432GB82"),
        ("verhoeff", "2363"), // example of the Wikipedia article on the algorithm
        ("verhoeff", "123451"),
    ];

    #[test]
    fn published_numbers_pass_their_check() {
        for (name, number) in PASS {
            let check = named(name).expect("in the table");
            assert!((check.passes)(number), "{name} {number}");
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed_everywhere() {
        for (name, number) in PASS {
            let check = named(name).expect("in the table");
            for place in 0..number.len() {
                let old = number.as_bytes()[place];
                for new in (b'0'..=b'9').filter(|&new| old.is_ascii_digit() && new != old) {
                    let mut wrong = number.as_bytes().to_vec();
                    wrong[place] = new;
                    let wrong = String::from_utf8(wrong).expect("ASCII");
                    assert!(!(check.passes)(&wrong), "{name} {wrong}");
                }
            }
        }
    }

    #[test]
    fn nothing_and_nonsense_fail() {
        for check in CHECKS {
            for number in ["", "-", "7", "12a4567890123", "Ⅻ4", "X", "٤١", "12X34"] {
                assert!(!(check.passes)(number), "{} {number}", check.name);
            }
        }
    }

    #[test]
    fn names_are_sorted_and_found() {
        assert!(CHECKS.is_sorted_by_key(|check| check.name));
        assert!(named("crc").is_none());
    }
}
