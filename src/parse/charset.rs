//! A text's bytes so that its ASCII letters are ASCII bytes, whatever its charset: what is hidden in it must be found (T38).
//!
//! UTF-16, UTF-32 and ISO-2022-JP are read; most other charsets have ASCII in them as it is. Of UTF-7 and EBCDIC each reader makes
//! something else: [`doubt`] says so. Blocks may be cut anywhere.

use encoding_rs::{CoderResult, Decoder, Encoding};

/// How the next block is read.
pub(super) enum Reading {
    AsItIs,
    /// UTF-32: what is left without its zero bytes is ASCII where it was ASCII.
    WithoutZeros,
    /// HZ, ISO-2022-KR and the like: escapes that may stand between any two letters.
    WithoutEscapes,
    Decoded(Box<Decoder>),
}

impl Reading {
    /// `label`: the charset, lower case.
    pub(super) fn of(label: Option<&str>) -> Self {
        let label = label.unwrap_or_default();
        match Encoding::for_label(label.as_bytes()) {
            _ if label.contains("utf-32") || label.contains("ucs-4") => Reading::WithoutZeros,
            Some(found) if found == encoding_rs::REPLACEMENT => Reading::WithoutEscapes,
            Some(found) if !found.is_ascii_compatible() => {
                Reading::Decoded(Box::new(found.new_decoder()))
            }
            None if label.contains("utf-16") || label.contains("ucs-2") => Reading::WithoutZeros,
            None if label.starts_with("iso-2022") => Reading::WithoutEscapes,
            _ => Reading::AsItIs,
        }
    }

    /// The next block; `is_last` with the last one, which may be empty.
    pub(super) fn read(&mut self, block: Vec<u8>, is_last: bool) -> Vec<u8> {
        match self {
            Reading::AsItIs => block,
            Reading::WithoutZeros => block.into_iter().filter(|b| *b != 0).collect(),
            Reading::WithoutEscapes => without_escapes(&block),
            Reading::Decoded(decoder) => decoded(decoder, &block, is_last),
        }
    }
}

fn decoded(decoder: &mut Decoder, mut block: &[u8], is_last: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut piece = vec![0; 16 * 1024];
    loop {
        let (result, read, written, _) = decoder.decode_to_utf8(block, &mut piece, is_last);
        out.extend_from_slice(&piece[..written]);
        block = &block[read..];
        if result == CoderResult::InputEmpty {
            return out;
        }
    }
}

/// `ESC $ ) C`, `~{`, `~}`, shift in and shift out.
fn without_escapes(block: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(block.len());
    let mut rest = block;
    while let [byte, tail @ ..] = rest {
        rest = match (byte, tail) {
            (0x0e | 0x0f, _) => tail,
            (b'~', [b'{' | b'}', tail @ ..]) => tail,
            (0x1b, _) => {
                let middle = tail
                    .iter()
                    .take_while(|b| (0x20..0x30).contains(*b))
                    .count();
                tail.get(middle + 1..).unwrap_or_default()
            }
            _ => {
                out.push(*byte);
                tail
            }
        };
    }
    out
}

/// Charsets that hide ASCII letters from whoever does not know them, and that some readers know.
pub(super) fn doubt(label: Option<&str>) -> Option<&'static str> {
    let label = label?;
    let number = label
        .trim_start_matches("cs")
        .trim_start_matches("x-")
        .strip_prefix("ibm")
        .or(label.strip_prefix("cp"))
        .map(|rest| rest.trim_start_matches(['-', '0']));
    const EBCDIC: [&str; 17] = [
        "37", "273", "277", "278", "280", "284", "285", "290", "297", "420", "424", "500", "870",
        "871", "875", "1026", "1047",
    ];
    let is_ebcdic = number.is_some_and(|n| EBCDIC.contains(&n) || n.starts_with("114"));
    (is_ebcdic || label.contains("ebcdic")).then_some("a text in EBCDIC")
}

/// Names of UTF-7 (RFC 2152).
pub(super) fn is_utf7(label: &str) -> bool {
    label.contains("utf-7") || label.contains("utf7")
}

/// UTF-7 in which something is shifted; without that it is ASCII.
pub(super) fn has_shifted(text: &[u8]) -> bool {
    memchr::memchr_iter(b'+', text)
        .any(|at| text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric))
}

/// `<meta charset=utf-7>` in one form or another.
pub(super) fn says_utf7(html: &[u8]) -> bool {
    const SIGN: &[u8] = b"charset";
    let lower = html.to_ascii_lowercase();
    memchr::memmem::find_iter(&lower, SIGN).any(|at| {
        let rest = lower[at + SIGN.len()..].trim_ascii_start();
        let rest = rest
            .strip_prefix(b"=")
            .unwrap_or_default()
            .trim_ascii_start();
        let rest = rest
            .strip_prefix(b"\"")
            .or(rest.strip_prefix(b"'"))
            .unwrap_or(rest);
        rest.starts_with(b"utf-7") || rest.starts_with(b"unicode-1-1-utf-7")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_comes_out_as_ascii() {
        let utf16: Vec<u8> = "data:".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let rows: &[(&str, &[u8])] = &[
            ("utf-16le", &utf16),
            ("utf-32", b"d\0\0\0a\0\0\0t\0\0\0a\0\0\0:\0\0\0"),
            ("iso-2022-jp", b"da\x1b(Bta:"),
            ("iso-2022-kr", b"da\x1b$)Cta\x0e\x0f:"),
            ("hz-gb-2312", b"da~{~}ta:"),
            ("utf-8", b"data:"),
            ("klingon", b"data:"),
        ];
        for (label, bytes) in rows {
            let mut reading = Reading::of(Some(label));
            let mut out = reading.read(bytes.to_vec(), false);
            out.extend(reading.read(Vec::new(), true));
            assert_eq!(String::from_utf8_lossy(&out), "data:", "{label}");
        }
    }

    #[test]
    fn charsets_that_hide_ascii_are_doubtful() {
        for (label, hides) in [
            ("ibm037", true),
            ("cp500", true),
            ("csibm1047", true),
            ("ebcdic-us", true),
            ("cp1252", false),
            ("ibm850", false),
            ("utf-8", false),
        ] {
            assert_eq!(doubt(Some(label)).is_some(), hides, "{label}");
        }
        assert!(says_utf7(b"<META content='text/html; Charset = UTF-7'>"));
        assert!(!says_utf7(b"<meta charset=utf-8>"));
        assert!(has_shifted(b"+AGM-") && !has_shifted(b"1 +- 1 + 2"));
    }
}
