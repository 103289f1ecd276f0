//! Characters: what each is to a number: a digit, a letter, what joins groups, nothing, or an end.
//!
//! Promises: decimal digits of every script count as digits (`\p{Nd}`, Unicode 14), full-width letters as letters; invisible characters
//! are nothing, so that they hide no number. Leaves to others: what is made of it (`scanner`).

/// What a character is to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Its ASCII digit.
    Digit(u8),
    /// Its ASCII letter, upper case.
    Letter(u8),
    /// A letter of a script that is written with spaces, but not of numbers: it makes a word of what it touches.
    Foreign,
    /// Stands between groups of one number.
    Joint(Joint),
    /// Invisible: soft hyphens, marks of direction, joiners.
    Nothing,
    /// Everything else. No number goes across it.
    End,
}

/// What joins two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// Spaces of any width except TAB.
    Space,
    /// Hyphens, dashes, minus.
    Hyphen,
    /// Full stops and middle dots.
    Dot,
    /// Slashes.
    Slash,
    /// `+` joins a personnummer of who is older than a hundred years.
    Plus,
    /// The end of a line: mail programs break lines at spaces, also inside numbers.
    Line,
}

/// Digit zero of each script with decimal digits; one to nine follow it.
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
    0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// What `c` is to a number.
pub fn kind(c: char) -> Kind {
    match c {
        '0'..='9' => Kind::Digit(c as u8),
        'A'..='Z' => Kind::Letter(c as u8),
        'a'..='z' => Kind::Letter(c.to_ascii_uppercase() as u8),
        ' ' => Kind::Joint(Joint::Space),
        '-' => Kind::Joint(Joint::Hyphen),
        '.' => Kind::Joint(Joint::Dot),
        '/' => Kind::Joint(Joint::Slash),
        '+' => Kind::Joint(Joint::Plus),
        '\n' => Kind::Joint(Joint::Line),
        '\0'..='\x7f' => Kind::End,
        _ => beyond_ascii(c),
    }
}

fn beyond_ascii(c: char) -> Kind {
    match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Kind::Joint(Joint::Space)
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => {
            Kind::Joint(Joint::Hyphen)
        }
        '\u{b7}' | '\u{2024}' | '\u{ff0e}' => Kind::Joint(Joint::Dot),
        '\u{2044}' | '\u{2215}' | '\u{ff0f}' => Kind::Joint(Joint::Slash),
        '\u{ff0b}' => Kind::Joint(Joint::Plus),
        // Also what makes a digit a picture of a key: variation selectors and the enclosing keycap.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{20e3}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => Kind::Nothing,
        '\u{ff21}'..='\u{ff3a}' => Kind::Letter((c as u32 - 0xff21) as u8 + b'A'),
        '\u{ff41}'..='\u{ff5a}' => Kind::Letter((c as u32 - 0xff41) as u8 + b'A'),
        // `nº12`.
        'ª' | 'º' => Kind::End,
        // Latin, Greek, Cyrillic and their neighbours; numbers stand in Chinese, Japanese or Thai text without a space.
        '\u{80}'..='\u{58f}' | '\u{1e00}'..='\u{1fff}' if c.is_alphabetic() => Kind::Foreign,
        _ => digit(c).map_or(Kind::End, |digit| Kind::Digit(digit + b'0')),
    }
}

fn digit(c: char) -> Option<u8> {
    let after = ZEROS.partition_point(|&zero| zero <= c as u32);
    let distance = c as u32 - ZEROS.get(after.checked_sub(1)?)?;
    u8::try_from(distance).ok().filter(|&digit| digit < 10)
}

/// Where the first digit of any script at or after `from` is, in bytes. Reads text without digits at several GB/s.
pub fn next_digit(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let mut word = [0; 8];
        let taken = bytes.len().min(at + 8) - at;
        word[..taken].copy_from_slice(&bytes[at..at + taken]);
        let mut marks = maybe_digits(u64::from_le_bytes(word));
        while marks != 0 {
            let place = at + marks.trailing_zeros() as usize / 8;
            if is_digit_at(text, place) {
                return Some(place);
            }
            marks &= marks - 1;
        }
        at += taken;
    }
    None
}

/// The highest bit of each of eight bytes that is an ASCII digit, or at least 0xd9: no other digit begins with a byte below.
fn maybe_digits(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let low = |word: u64| word & !HIGH;
    // Digits become 0 to 9; of no byte anything is carried into the next.
    let from_zero = word ^ (0x30 * EACH);
    let digits = !(from_zero | (low(from_zero) + 0x76 * EACH)) & HIGH;
    let beyond = word & (low(word) + 0x27 * EACH) & HIGH;
    digits | beyond
}

fn is_digit_at(text: &str, at: usize) -> bool {
    match text.as_bytes()[at] {
        b'0'..=b'9' => true,
        0xd9 | 0xdb | 0xdf | 0xe0 | 0xe1 | 0xea | 0xef | 0xf0 => {
            let c = text[at..].chars().next();
            c.is_some_and(|c| digit(c).is_some())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decimal_digit_of_unicode_counts() {
        let decimal = regex::Regex::new(r"^\p{Nd}$").unwrap();
        for &zero in &ZEROS {
            for value in 0..10u8 {
                let c = char::from_u32(zero + u32::from(value)).unwrap();
                assert!(decimal.is_match(&c.to_string()), "{c:?}");
                assert_eq!(kind(c), Kind::Digit(b'0' + value), "{c:?}");
                let text = format!("{}{c}", "x".repeat(40));
                assert_eq!(next_digit(&text, 0), Some(40), "{c:?}");
            }
        }
    }

    #[test]
    fn the_first_digit_is_found_wherever_it_stands() {
        for byte in 0..0x80u8 {
            let digit = byte.is_ascii_digit();
            for place in 0..20 {
                let text = format!(
                    "{}{}/:{}",
                    "x".repeat(place),
                    char::from(byte),
                    "ä".repeat(9)
                );
                assert_eq!(
                    next_digit(&text, 0),
                    digit.then_some(place),
                    "{byte} {place}"
                );
                assert_eq!(next_digit(&text, place + 1), None, "{byte} {place}");
            }
        }
    }

    #[test]
    fn text_without_digits_has_none() {
        for text in [
            "",
            "Grüße, ³ ½ Ⅷ ① ②",
            "这里没有数字，ไม่มีตัวเลข",
            "Здравствуйте",
        ] {
            assert_eq!(next_digit(&text.repeat(9), 0), None, "{text}");
        }
    }

    #[test]
    fn invisible_characters_are_nothing_and_signs_end() {
        for c in "\u{ad}\u{200b}\u{200d}\u{2060}\u{feff}\u{202e}".chars() {
            assert_eq!(kind(c), Kind::Nothing, "{c:?}");
        }
        for c in "\t\r,;:_()|".chars() {
            assert_eq!(kind(c), Kind::End, "{c:?}");
        }
    }
}
