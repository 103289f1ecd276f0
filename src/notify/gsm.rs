//! How long a text message is: in GSM 03.38 characters of seven bits if all of it is in that alphabet, else in UCS-2.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// These take two places.
const EXTENDED: &str = "^{}\\[~]|€";

/// True if the text can be sent with seven bits a character.
pub(super) fn is_gsm(text: &str) -> bool {
    text.chars()
        .all(|c| BASIC.contains(c) || EXTENDED.contains(c))
}

/// How many messages a telephone network makes of it.
pub(super) fn messages(text: &str) -> usize {
    let (length, one, several) = match is_gsm(text) {
        true => (text.chars().map(places).sum(), 160, 153),
        false => (text.encode_utf16().count(), 70, 67),
    };
    if length <= one {
        1
    } else {
        length.div_ceil(several)
    }
}

/// The text with letters outside the alphabet replaced by what they are built on: `ç` becomes `c`.
pub(super) fn plain(text: &str) -> String {
    text.nfc()
        .flat_map(|c| match BASIC.contains(c) {
            true => vec![c],
            false => c.nfd().filter(|part| !is_combining_mark(*part)).collect(),
        })
        .collect()
}

fn places(c: char) -> usize {
    if EXTENDED.contains(c) { 2 } else { 1 }
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
        assert_eq!(plain("François Åkerö"), "Francois Åkerö");
        assert!(!is_gsm(&plain("Анна")));
    }
}
