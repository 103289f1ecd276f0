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
