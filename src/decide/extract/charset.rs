//! Bytes as text, in the charset that was declared or that they look like.
//!
//! Promises: where a byte order mark, the declared charset and the guess say different things, there are two readings (T38), for a
//! detector must see what any reader shows. Never fails: what is no character becomes U+FFFD. Leaves to others: line ends, markup.

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Bytes that are looked at for a guess.
const GUESSED: usize = 256 * 1024;

/// What bytes say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts<'a> {
    /// As declared, else as guessed.
    pub text: Cow<'a, str>,
    /// What another reader may show.
    pub other: Option<Cow<'a, str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    Known(&'static Encoding),
    Utf32 { little: bool },
    Utf7,
}

/// Both readings of a text.
pub(super) fn texts<'a>(bytes: &'a [u8], declared: Option<&str>) -> Texts<'a> {
    let declared = declared.and_then(named);
    let seen = marked(bytes).unwrap_or_else(|| guessed(bytes));
    let first = declared.unwrap_or(seen);
    let text = decoded(bytes, first);
    let other = (first != seen)
        .then(|| decoded(bytes, seen))
        .filter(|other| *other != text);
    Texts { text, other }
}

/// One reading: that of the byte order mark, else the declared one, else the guess. For formats that say what they are written in.
pub(super) fn text<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    let charset = marked(bytes).or_else(|| declared.and_then(named));
    decoded(bytes, charset.unwrap_or_else(|| guessed(bytes)))
}

fn named(label: &str) -> Option<Charset> {
    let label = label.trim().trim_matches('"').to_ascii_lowercase();
    match label.as_str() {
        "utf-7" | "unicode-1-1-utf-7" => Some(Charset::Utf7),
        "utf-32" | "utf-32be" | "ucs-4" => Some(Charset::Utf32 { little: false }),
        "utf-32le" => Some(Charset::Utf32 { little: true }),
        other => Encoding::for_label(other.as_bytes())
            .filter(|found| *found != REPLACEMENT)
            .map(Charset::Known),
    }
}

fn marked(bytes: &[u8]) -> Option<Charset> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some(Charset::Utf32 { little: true }),
        [0, 0, 0xfe, 0xff, ..] => Some(Charset::Utf32 { little: false }),
        _ => Encoding::for_bom(bytes).map(|(found, _)| Charset::Known(found)),
    }
}

fn guessed(bytes: &[u8]) -> Charset {
    let head = &bytes[..bytes.len().min(4096)];
    if let Some(wide) = zeros(head) {
        return wide;
    }
    if memchr::memchr(0x1b, head).is_none() && mostly_utf8(bytes) {
        return Charset::Known(UTF_8);
    }
    let from = bytes.iter().position(|b| *b >= 0x80 || *b == 0x1b);
    let from = from.unwrap_or(0).saturating_sub(64);
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(&bytes[from..bytes.len().min(from + GUESSED)], true);
    Charset::Known(detector.guess(None, true))
}

/// UTF-16 and UTF-32 without a mark: zeros stand at every second byte, or at three of four.
fn zeros(head: &[u8]) -> Option<Charset> {
    let quads = head.as_chunks::<4>().0;
    let at = |place: usize| quads.iter().filter(|quad| quad[place] == 0).count();
    let (counts, most) = ([at(0), at(1), at(2), at(3)], quads.len() * 7 / 10);
    if quads.is_empty() {
        return None;
    }
    match counts.map(|count| count > most || (most == 0 && count > 0)) {
        [false, true, true, true] => Some(Charset::Utf32 { little: true }),
        [true, true, true, false] => Some(Charset::Utf32 { little: false }),
        [false, true, false, true] => Some(Charset::Known(UTF_16LE)),
        [true, false, true, false] => Some(Charset::Known(UTF_16BE)),
        _ => None,
    }
}

/// One wrong byte must not turn a text in UTF-8 into another.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        bad += usize::from(!chunk.invalid().is_empty());
        if bad > 0 {
            good += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        }
        if bad > 16 && bad > good {
            return false;
        }
    }
    bad * 10 <= good
}

fn decoded(bytes: &[u8], charset: Charset) -> Cow<'_, str> {
    match charset {
        Charset::Known(encoding) => {
            let bytes = match Encoding::for_bom(bytes) {
                Some((marked, length)) if marked == encoding => &bytes[length..],
                _ => bytes,
            };
            encoding.decode_without_bom_handling(bytes).0
        }
        Charset::Utf32 { little } => Cow::Owned(utf32(bytes, little)),
        Charset::Utf7 => Cow::Owned(utf7(bytes)),
    }
}

fn utf32(bytes: &[u8], little: bool) -> String {
    let character = |quad: &[u8; 4]| match little {
        true => u32::from_le_bytes(*quad),
        false => u32::from_be_bytes(*quad),
    };
    let characters = bytes.as_chunks::<4>().0.iter().map(character);
    characters
        .filter(|c| *c != 0xfeff)
        .map(|c| char::from_u32(c).unwrap_or('\u{fffd}'))
        .collect()
}

/// RFC 2152: `+` begins UTF-16 in base64, anything else ends it; a `-` that does is swallowed.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = memchr::memchr(b'+', rest) {
        out.push_str(&String::from_utf8_lossy(&rest[..plus]));
        rest = &rest[plus + 1..];
        let length = rest.iter().position(|b| sextet(*b).is_none());
        let (shifted, after) = rest.split_at(length.unwrap_or(rest.len()));
        let is_minus = after.first() == Some(&b'-');
        match shifted.is_empty() && is_minus {
            true => out.push('+'),
            false => out.push_str(&shifted_text(shifted)),
        }
        rest = &after[usize::from(is_minus)..];
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

fn shifted_text(base64: &[u8]) -> String {
    let (mut bits, mut count, mut units) = (0u32, 0, Vec::new());
    for value in base64.iter().filter_map(|b| sextet(*b)) {
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push((bits >> count) as u16);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf16_lossy(&units)
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "Zażółć gęślą jaźń: 999993410 i więcej liter";

    fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn charsets_are_guessed() {
        let japanese = "口座番号は1234567です。よろしくお願いします。";
        let russian = "Номер паспорта 4509 123456, выдан в Москве";
        let chinese = "银行账户号码是六二二八四八，请注意保密。";
        let in_charset = |label: &str, text: &str| {
            let charset = Encoding::for_label(label.as_bytes()).expect("a label");
            charset.encode(text).0.into_owned()
        };
        let rows = [
            (NAME.as_bytes().to_vec(), NAME),
            (wide(NAME, u16::to_le_bytes), NAME),
            (wide(NAME, u16::to_be_bytes), NAME),
            (in_charset("windows-1250", NAME), NAME),
            (in_charset("shift_jis", japanese), japanese),
            (in_charset("iso-2022-jp", japanese), japanese),
            (in_charset("gbk", chinese), chinese),
            (in_charset("windows-1251", russian), russian),
        ];
        for (bytes, want) in rows {
            assert_eq!(texts(&bytes, None).text, want);
        }
    }

    #[test]
    fn a_byte_order_mark_decides_and_is_no_text() {
        let marked = wide("\u{feff}one", u16::to_le_bytes);
        assert_eq!(texts(&marked, None).text, "one");
        let utf32: Vec<u8> = "\u{feff}öne"
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        assert_eq!(text(&utf32, Some("utf-8")), "öne");
    }

    #[test]
    fn a_wrong_declaration_gives_two_readings() {
        let both = texts("Zoë".as_bytes(), Some("iso-8859-1"));
        assert_eq!(
            (both.text.as_ref(), both.other.as_deref()),
            ("ZoÃ«", Some("Zoë"))
        );
        let hidden = wide("999993410 is a number", u16::to_le_bytes);
        let both = texts(&hidden, Some("us-ascii"));
        assert_eq!(both.other.as_deref(), Some("999993410 is a number"));
        assert_eq!(texts(b"plain", Some("iso-8859-1")).other, None);
    }

    #[test]
    fn a_mark_before_another_charset_hides_nothing() {
        let both = texts(b"\xff\xfe999993410 is a number!", Some("us-ascii"));
        assert!(both.text.ends_with("999993410 is a number!"));
    }

    #[test]
    fn one_wrong_byte_leaves_utf8_what_it_is() {
        let mut bytes = NAME.repeat(20).into_bytes();
        bytes.push(0xff);
        assert!(texts(&bytes, None).text.starts_with(NAME));
    }

    #[test]
    fn utf7_is_read_where_it_is_declared() {
        let both = texts(b"Hi +AEEAQg-! 1 +- 1", Some("utf-7"));
        assert_eq!(both.text, "Hi AB! 1 + 1");
        assert_eq!(both.other.as_deref(), Some("Hi +AEEAQg-! 1 +- 1"));
    }

    #[test]
    fn a_charset_nobody_knows_is_guessed() {
        assert_eq!(texts("Zoë".as_bytes(), Some("x-klingon")).text, "Zoë");
    }
}
