//! How long a text message is: in GSM 03.38 characters of seven bits if all of it is in that alphabet, else in UCS-2.
//!
//! Promises: counts as telephone networks count, the characters that take two places too. Fails: never.
//! Leaves to others: what is said (`Texts`), and what is done with a text that is too long.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// These take two places.
const EXTENDED: &str = "^{}\\[~]|€";
/// Where they are on the second page.
const EXTENDED_PLACES: [u8; 9] = [0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65];

/// True if the text can be sent with seven bits a character.
pub fn is_gsm(text: &str) -> bool {
    text.chars()
        .all(|c| BASIC.contains(c) || EXTENDED.contains(c))
}

/// How many places the text takes, and how many one message has: 160, or 70 with a character outside the alphabet.
pub fn places(text: &str) -> (usize, usize) {
    let place = |c| if EXTENDED.contains(c) { 2 } else { 1 };
    match is_gsm(text) {
        true => (text.chars().map(place).sum(), 160),
        false => (text.encode_utf16().count(), 70),
    }
}

/// How many messages a telephone network makes of it. Where it takes several, each begins with six bytes that say which one it is.
pub fn messages(text: &str) -> usize {
    match places(text) {
        (length, one) if length <= one => 1,
        (length, 160) => length.div_ceil(153),
        (length, _) => length.div_ceil(67),
    }
}

/// What networks are sent: a byte a place for text in the alphabet, else UCS-2; in several messages if one has not room for it, each then
/// with six bytes left for the header that joins them. No character is cut in two.
pub fn short_messages(text: &str) -> Vec<Vec<u8>> {
    let is_gsm = is_gsm(text);
    let bytes = |c: char| match is_gsm {
        true => septets(c),
        false => c
            .encode_utf16(&mut [0; 2])
            .iter()
            .flat_map(|unit| unit.to_be_bytes())
            .collect(),
    };
    let most = match (messages(text), is_gsm) {
        (1, _) => 160,
        (_, true) => 153,
        (_, false) => 134,
    };
    let mut all = vec![Vec::new()];
    for written in text.chars().map(bytes) {
        match all.last_mut() {
            Some(last) if last.len() + written.len() <= most => last.extend(written),
            _ => all.push(written),
        }
    }
    all
}

/// A character of the alphabet as GSM 03.38 numbers it; the second page begins with an escape.
fn septets(c: char) -> Vec<u8> {
    const ESCAPE: u8 = 0x1b;
    let place = |page: &str| page.chars().position(|known| known == c);
    match (place(BASIC), place(EXTENDED)) {
        // The escape has a place of its own between them.
        (Some(n), _) => vec![n as u8 + u8::from(n >= usize::from(ESCAPE))],
        (None, Some(n)) => vec![ESCAPE, EXTENDED_PLACES[n]],
        (None, None) => vec![b'?'],
    }
}

/// The text with letters outside the alphabet replaced by what they are built on: `ç` becomes `c`, `ł` becomes `l`.
pub fn plain(text: &str) -> String {
    text.nfc()
        .flat_map(|c| match BASIC.contains(c) {
            true => vec![c],
            false => base(c),
        })
        .collect()
}

/// Unicode takes apart what is a letter and its accent; a stroke or a ligature it does not.
fn base(c: char) -> Vec<char> {
    match c {
        'ł' => vec!['l'],
        'Ł' => vec!['L'],
        'đ' => vec!['d'],
        'Đ' => vec!['D'],
        'œ' => vec!['o', 'e'],
        'Œ' => vec!['O', 'E'],
        '\u{2018}' | '\u{2019}' => vec!['\''],
        '\u{2010}'..='\u{2015}' => vec!['-'],
        '\u{a0}' | '\u{202f}' => vec![' '],
        _ => c.nfd().filter(|part| !is_combining_mark(*part)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_as_the_network_counts() {
        let rows = [
            ("x".repeat(160), 1),
            ("x".repeat(161), 2),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ł".repeat(70), 1),
            ("ł".repeat(71), 2),
            ("x".repeat(306), 2),
            ("x".repeat(307), 3),
        ];
        for (text, count) in rows {
            assert_eq!(messages(&text), count, "{}", text.len());
        }
    }

    #[test]
    fn characters_have_the_numbers_of_the_standard() {
        let rows: [(&str, &[u8]); 4] = [
            (
                "@\n_\u{39e}\u{c6} A\u{a7}\u{bf}z\u{e0}",
                b"\0\x0a\x11\x1a\x1c\x20\x41\x5f\x60\x7a\x7f",
            ),
            (
                "^{}\\[~]|\u{20ac}",
                b"\x1b\x14\x1b\x28\x1b\x29\x1b\x2f\x1b\x3c\x1b\x3d\x1b\x3e\x1b\x40\x1b\x65",
            ),
            ("\u{142}A", b"\x01\x42\0A"),
            ("\u{1f511}", b"\xd8\x3d\xdd\x11"),
        ];
        for (text, bytes) in rows {
            assert_eq!(short_messages(text), [bytes], "{text}");
        }
    }

    #[test]
    fn no_character_is_cut_in_two() {
        let rows = [
            ("x".repeat(160), vec![160]),
            ("x".repeat(161), vec![153, 8]),
            (
                "x".repeat(152) + "\u{20ac}" + &"y".repeat(20),
                vec![152, 22],
            ),
            ("\u{142}".repeat(70), vec![140]),
            ("\u{142}".repeat(66) + "\u{1f511}abcd", vec![132, 12]),
        ];
        for (text, lengths) in rows {
            let parts = short_messages(&text);
            assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), lengths);
        }
    }

    #[test]
    fn letters_fall_back_to_their_base() {
        let rows = [
            ("François Åkerö", "Francois Åkerö"),
            ("Zażółć gęślą jaźń, Łódź", "Zazolc gesla jazn, Lodz"),
            ("L’Œuvre – sœur", "L'OEuvre - soeur"),
            ("Éva Ibáñez", "Éva Ibañez"),
        ];
        for (text, said) in rows {
            assert_eq!(plain(text), said);
            assert!(is_gsm(said), "{said}");
        }
        assert!(!is_gsm(&plain("Анна")));
    }
}
