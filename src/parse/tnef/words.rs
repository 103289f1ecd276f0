//! Short texts in TNEF: names in the code page that the message says, or in UTF-16.

use super::Result;
use super::properties::{Property, kind};
use crate::mail::Spool;
use encoding_rs::{Encoding, UTF_16LE, WINDOWS_1252};
use std::ops::Range;

/// A longer text is no name.
pub(super) const LONGEST: u64 = 4 * 1024;

/// The encoding behind a number of Windows; Western European for one that nobody knows.
pub(super) fn code_page(number: u32) -> &'static Encoding {
    let label = match number {
        866 => "ibm866".to_owned(),
        874 | 1250..=1258 => format!("windows-{number}"),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 | 51949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10000 => "macintosh".to_owned(),
        20866 => "koi8-r".to_owned(),
        21866 => "koi8-u".to_owned(),
        28591..=28606 => format!("iso-8859-{}", number - 28590),
        51932 => "euc-jp".to_owned(),
        54936 => "gb18030".to_owned(),
        65001 => "utf-8".to_owned(),
        _ => String::new(),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

/// How a property's text is encoded; `None`: it is no text.
pub(super) fn encoding_of(
    property: &Property,
    narrow: &'static Encoding,
) -> Option<&'static Encoding> {
    match property.kind {
        kind::STRING => Some(narrow),
        kind::UNICODE => Some(UTF_16LE),
        _ => None,
    }
}

/// A name up to its zero; empty for what is too long to be one.
pub(super) fn name(
    spool: &Spool,
    value: Range<u64>,
    encoding: &'static Encoding,
) -> Result<String> {
    if value.end - value.start > LONGEST {
        return Ok(String::new());
    }
    let bytes = spool.slice(value)?;
    let (text, _) = encoding.decode_without_bom_handling(&bytes);
    let text = text.split('\0').next().unwrap_or_default();
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_the_code_page_of_the_message() {
        let rows: [(&[u8], u32, &str); 6] = [
            (b"gr\xfcn.pdf\0", 1252, "grün.pdf"),
            (b"gr\xfcn.pdf", 0, "grün.pdf"),
            (b"\xcf\xeb\xe0\xed.doc\0junk", 1251, "План.doc"),
            (b"\x8cv\x89\xe6.txt\0", 932, "計画.txt"),
            ("grün\0".as_bytes(), 65001, "grün"),
            (b"\0", 1252, ""),
        ];
        for (bytes, page, want) in rows {
            let spool = Spool::of(bytes);
            let found = name(&spool, 0..spool.len(), code_page(page));
            assert_eq!(found.ok().as_deref(), Some(want), "{page}");
        }
        let spool = Spool::of(*b"\x3d\xd8\x4a\xdc\0\0");
        let found = name(&spool, 0..6, UTF_16LE);
        assert_eq!(found.ok().as_deref(), Some("\u{1f44a}"));
    }
}
