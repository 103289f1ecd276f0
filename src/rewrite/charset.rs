//! Charsets of text parts: can our block be put into the bytes as they are, and what do the bytes say.
//!
//! Promises: `encode` never invents replacements, `decode` never guesses; both say no instead.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// What a `charset` parameter means for us.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Charset {
    /// us-ascii, or none said.
    Ascii,
    /// Each ASCII byte that is not part of a longer character means itself.
    Extends {
        /// How to read and write it.
        encoding: &'static Encoding,
        /// True for `iso-8859-…`: the web reads it as `windows-…`, mail readers may not, so 0x80 to 0x9F are no characters.
        strict: bool,
    },
    /// ISO-2022-JP: bytes mean different things in different places.
    Shifting(&'static Encoding),
    /// Nobody knows.
    Unknown,
    /// RFC 2152.
    Utf7,
    /// Two bytes a character; `None`: the byte order mark says which comes first.
    Wide(Option<&'static Encoding>),
}

impl Charset {
    pub(super) const UTF_8: Charset = Charset::Extends {
        encoding: UTF_8,
        strict: false,
    };

    /// From the parameter, lower case.
    pub(super) fn of(label: Option<&str>) -> Self {
        match label.map(str::trim) {
            None | Some("" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "iso646-us") => {
                Charset::Ascii
            }
            Some("utf-7" | "unicode-1-1-utf-7") => Charset::Utf7,
            Some("utf-16" | "unicode" | "ucs-2" | "iso-10646-ucs-2") => Charset::Wide(None),
            Some(label) => match Encoding::for_label_no_replacement(label.as_bytes()) {
                None => Charset::Unknown,
                Some(wide) if wide == UTF_16BE || wide == UTF_16LE => Charset::Wide(Some(wide)),
                Some(shifting) if shifting == ISO_2022_JP => Charset::Shifting(shifting),
                Some(encoding) => Charset::Extends {
                    encoding,
                    strict: label.starts_with("iso") || label.starts_with("latin"),
                },
            },
        }
    }

    /// True if ASCII text can be put between its characters.
    pub(super) fn takes_ascii(self) -> bool {
        matches!(self, Charset::Ascii | Charset::Extends { .. })
    }

    /// The text in this charset; `None` if one character does not exist in it.
    pub(super) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            _ if !self.takes_ascii() => None,
            _ if text.is_ascii() => Some(text.as_bytes().to_vec()),
            Charset::Extends { encoding, strict } => {
                let (bytes, _, unmappable) = encoding.encode(text);
                let control = strict && encoding.is_single_byte() && bytes.iter().any(is_c1);
                (!unmappable && !control).then(|| bytes.into_owned())
            }
            _ => None,
        }
    }

    /// What the bytes say, as well as can be told, for eyes that look for known words.
    pub(super) fn read(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Charset::Extends { encoding, .. } => encoding.decode_without_bom_handling(bytes).0,
            // Undeclared bytes are mostly UTF-8, else Western.
            _ => match std::str::from_utf8(bytes) {
                Ok(text) => text.into(),
                Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
            },
        }
    }

    /// What the bytes say; `None` if they are not what they are said to be.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            // Undeclared UTF-8 is common and cannot be anything else; undeclared other bytes can be anything.
            Charset::Ascii => String::from_utf8(bytes.to_vec()).ok(),
            Charset::Unknown if bytes.is_ascii() && !bytes.contains(&0x1b) => {
                String::from_utf8(bytes.to_vec()).ok()
            }
            Charset::Unknown => None,
            Charset::Utf7 => encodify::utf7::MAIL.decode(bytes).ok(),
            Charset::Wide(known) => {
                let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
                clean(marked.or(known)?, bytes)
            }
            Charset::Extends { encoding, .. } | Charset::Shifting(encoding) => {
                clean(encoding, bytes)
            }
        }
    }
}

fn clean(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let (text, damaged) = encoding.decode_with_bom_removal(bytes);
    (!damaged).then(|| text.into_owned())
}

fn is_c1(byte: &u8) -> bool {
    (0x80..=0x9f).contains(byte)
}

/// The text in ASCII, for a part whose bytes can neither hold it nor be read: `ä` becomes `a`, what is left becomes `?`.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd() {
        match c {
            c if c.is_ascii() => out.push(c),
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'æ' => out.push_str("ae"),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'œ' => out.push_str("oe"),
            '\u{300}'..='\u{36f}' => {}
            '\u{2010}'..='\u{2015}' => out.push('-'),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}'..='\u{201e}' | '«' | '»' => out.push('"'),
            '¿' | '¡' => {}
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Charset, text, its bytes.
    type Row = (Option<&'static str>, &'static str, Option<&'static [u8]>);

    #[test]
    fn what_fits_is_encoded_and_what_does_not_is_not_replaced() {
        let rows: [Row; 12] = [
            (None, "abc", Some(b"abc")),
            (None, "å", None),
            (Some("us-ascii"), "å", None),
            (Some("iso-8859-1"), "å", Some(b"\xe5")),
            (Some("iso-8859-1"), "–", None),
            (Some("windows-1252"), "–", Some(b"\x96")),
            (Some("iso-8859-1"), "ł", None),
            (Some("iso-8859-2"), "ł", Some(b"\xb3")),
            (Some("iso-8859-1"), "\u{a0}: é", Some(b"\xa0: \xe9")),
            (Some("utf-8"), "ł", Some("ł".as_bytes())),
            (Some("utf-16le"), "a", None),
            (Some("x-nobody-knows"), "a", None),
        ];
        for (label, text, bytes) in rows {
            assert_eq!(
                Charset::of(label).encode(text).as_deref(),
                bytes,
                "{label:?} {text}"
            );
        }
    }

    #[test]
    fn bytes_are_read_only_if_they_are_what_they_are_said_to_be() {
        let rows: [(Option<&str>, &[u8], Option<&str>); 10] = [
            (None, b"abc", Some("abc")),
            (None, "å".as_bytes(), Some("å")),
            (None, b"\xe5", None),
            (Some("utf-8"), b"\xe5", None),
            (Some("utf-16"), b"\xff\xfea\0", Some("a")),
            (Some("utf-16"), b"a\0", None),
            (Some("utf-16be"), b"\0a", Some("a")),
            (Some("utf-7"), b"+AOU-", Some("å")),
            (Some("iso-2022-jp"), b"\x1b$B$\"\x1b(B", Some("あ")),
            (Some("x-nobody-knows"), b"\x80", None),
        ];
        for (label, bytes, text) in rows {
            assert_eq!(
                Charset::of(label).decode(bytes).as_deref(),
                text,
                "{label:?} {bytes:?}"
            );
        }
    }

    #[test]
    fn folding_leaves_readable_ascii() {
        let rows = [
            ("Größe – på svenska 漢", "Grosse - pa svenska ?"),
            ("Łódź, zażółć", "Lodz, zazolc"),
            (
                "«\u{a0}L’œuvre\u{a0}»\u{202f}; ¿qué?",
                "\" L'oeuvre \" ; que?",
            ),
        ];
        for (text, ascii) in rows {
            assert_eq!(folded(text), ascii);
        }
    }
}
