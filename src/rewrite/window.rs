//! The beginning of a text part, decoded, and how to put bytes into it without encoding anything else anew.
//!
//! Promises: at most 256 KiB of a part are read, however large it is; what is put in is encoded as the part is, and all other bytes of
//! the part decode to what they decoded to before. Fails: base64 that is not what RFC 2045 section 6.8 says is not touched.

use super::Obstacle;
use crate::mail::{Part, Spool, outline::Encoding};
use std::ops::Range;

/// Enough for any place within the first 60 KB, even if each byte is written as `=XX`.
const LONGEST: u64 = 256 * 1024;

/// The beginning of a part's body.
#[derive(Debug)]
pub(super) struct Window {
    start: u64,
    raw: Vec<u8>,
    encoding: Encoding,
    /// What it decodes to.
    pub(super) decoded: Vec<u8>,
    /// True if this is the whole body.
    pub(super) complete: bool,
}

impl Window {
    /// Reads and decodes it.
    pub(super) fn of(spool: &Spool, part: &Part) -> Result<Self, Obstacle> {
        let end = part.body.end.min(part.body.start + LONGEST);
        let raw = spool.slice(part.body.start..end)?;
        let complete = end == part.body.end;
        let decoded = match part.encoding {
            Encoding::Identity => raw.clone(),
            Encoding::QuotedPrintable => quoted(&raw, usize::MAX).0,
            Encoding::Base64 => base64(&raw, complete)?,
            Encoding::Unknown => {
                return Err(Obstacle::Unfit("a text has an unknown transfer encoding"));
            }
        };
        Ok(Window {
            start: part.body.start,
            raw,
            encoding: part.encoding,
            decoded,
            complete,
        })
    }

    /// Whether [`Window::of`] can do it.
    pub(super) fn try_of(spool: &Spool, part: &Part) -> Result<(), Obstacle> {
        match part.encoding {
            // Whatever it is, it decodes.
            Encoding::Identity | Encoding::QuotedPrintable => Ok(()),
            Encoding::Base64 | Encoding::Unknown => Window::of(spool, part).map(drop),
        }
    }

    /// Where in the spool, and what there, so that `block` stands at offset `at` of the decoded text. `block` ends with CRLF.
    pub(super) fn splice(&self, at: usize, block: &[u8]) -> (Range<u64>, Vec<u8>) {
        let (range, bytes) = match self.encoding {
            Encoding::QuotedPrintable => self.splice_quoted(at, block),
            Encoding::Base64 => self.splice_base64(at, block),
            Encoding::Identity | Encoding::Unknown => (at..at, block.to_vec()),
        };
        (
            self.start + range.start as u64..self.start + range.end as u64,
            bytes,
        )
    }

    /// Mid-line, a soft break goes first: a blank before a hard one would be lost, and the line would get too long.
    fn splice_quoted(&self, at: usize, block: &[u8]) -> (Range<usize>, Vec<u8>) {
        let raw_at = quoted(&self.raw, at).1;
        let mut out = Vec::new();
        let hard_break_follows =
            block.starts_with(b"\r\n") && !matches!(self.raw[..raw_at].last(), Some(b' ' | b'\t'));
        if !at_line_start(&self.raw, raw_at) && !hard_break_follows {
            out.extend_from_slice(b"=\r\n");
        }
        out.extend_from_slice(encodify::qp::BODY.encode(block).as_bytes());
        (raw_at..raw_at, out)
    }

    /// Base64 is cut at a border of four symbols; the one group the place lies in is written anew around the block, and line ends fill
    /// the block up to a border.
    fn splice_base64(&self, at: usize, block: &[u8]) -> (Range<usize>, Vec<u8>) {
        let group = at / 3 * 3;
        let group_end = if at == group {
            at
        } else {
            (group + 3).min(self.decoded.len())
        };
        let nothing_behind = self.complete && group_end == self.decoded.len();
        let mut bytes = self.decoded[group..at].to_vec();
        bytes.extend_from_slice(block);
        let tail = &self.decoded[at..group_end];
        while !nothing_behind && !(bytes.len() + tail.len()).is_multiple_of(3) {
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(tail);
        let from = symbols(&self.raw, group / 3 * 4);
        let to = if nothing_behind {
            content_end(&self.raw)
        } else {
            symbols(&self.raw, group_end / 3 * 4)
        };
        let mut out = Vec::new();
        if !at_line_start(&self.raw, from) {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(encodify::base64::MIME.encode(&bytes).trim_end().as_bytes());
        if !self.raw[to.max(from)..].starts_with(b"\r\n") {
            out.extend_from_slice(b"\r\n");
        }
        (from..to.max(from), out)
    }
}

fn at_line_start(raw: &[u8], at: usize) -> bool {
    at == 0 || raw[at - 1] == b'\n'
}

/// Decodes quoted-printable until `wanted` bytes are there: the bytes, and the offset behind the last symbol that was used. What is no
/// escape stands for itself, as mail readers have it.
fn quoted(raw: &[u8], wanted: usize) -> (Vec<u8>, usize) {
    let mut out = Vec::with_capacity(raw.len().min(wanted));
    let mut i = 0;
    while i < raw.len() && out.len() < wanted {
        match &raw[i..] {
            [b'=', b'\r', b'\n', ..] => i += 3,
            [b'=', b'\n', ..] => i += 2,
            [b'='] => i += 1,
            [b'=', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(hex(*high) << 4 | hex(*low));
                i += 3;
            }
            _ => {
                out.push(raw[i]);
                i += 1;
            }
        }
    }
    (out, i)
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.to_ascii_uppercase() - b'A' + 10,
    }
}

/// Decodes base64 that is alphabet and line ends, then padding; a cut group at the end of the window is left out.
fn base64(raw: &[u8], complete: bool) -> Result<Vec<u8>, Obstacle> {
    let end = content_end(raw);
    let symbols: Vec<u8> = raw[..end]
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let bare = symbols
        .iter()
        .position(|b| *b == b'=')
        .unwrap_or(symbols.len());
    let odd = symbols[..bare]
        .iter()
        .any(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'+' | b'/'))
        || symbols[bare..].iter().any(|b| *b != b'=');
    let bare = if complete { bare } else { bare / 4 * 4 };
    if odd || bare % 4 == 1 {
        return Err(Obstacle::Unfit(
            "a text has base64 with other characters in it",
        ));
    }
    encodify::base64::LENIENT
        .decode(&symbols[..bare])
        .map_err(|_| Obstacle::Unfit("a text has base64 that cannot be read"))
}

/// Behind the last byte that is no white space.
fn content_end(raw: &[u8]) -> usize {
    raw.trim_ascii_end().len()
}

/// The offset behind the n-th base64 symbol; the end if there are not that many.
fn symbols(raw: &[u8], n: usize) -> usize {
    if n == 0 {
        return 0;
    }
    raw.iter()
        .enumerate()
        .filter(|(_, b)| !b.is_ascii_whitespace())
        .nth(n - 1)
        .map_or(raw.len(), |(i, _)| i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn window(raw: &[u8], encoding: Encoding) -> Window {
        let decoded = match encoding {
            Encoding::QuotedPrintable => quoted(raw, usize::MAX).0,
            Encoding::Base64 => base64(raw, true).expect("tests give good base64"),
            _ => raw.to_vec(),
        };
        Window {
            start: 0,
            raw: raw.to_vec(),
            encoding,
            decoded,
            complete: true,
        }
    }

    fn spliced(window: &Window, at: usize, block: &[u8]) -> Vec<u8> {
        let (range, new) = window.splice(at, block);
        let mut out = window.raw[..range.start as usize].to_vec();
        out.write_all(&new).expect("memory takes it");
        out.extend_from_slice(&window.raw[range.end as usize..]);
        out
    }

    #[test]
    fn at_every_place_the_bytes_around_the_block_decode_as_before() {
        let text: Vec<u8> = "Hej på dig, åäö!  \r\nEn lång rad som måste brytas någonstans så att det finns mjuka radbrytningar i texten.\r\n\r\n= slut"
            .bytes()
            .collect();
        let block = "\r\nBLOCK å\r\n".as_bytes();
        for encoding in [Encoding::QuotedPrintable, Encoding::Base64] {
            let raw = match encoding {
                Encoding::Base64 => encodify::base64::MIME.encode(&text).into_bytes(),
                _ => encodify::qp::BODY.encode(&text).into_bytes(),
            };
            let window = window(&raw, encoding);
            assert_eq!(window.decoded, text);
            for at in 0..=text.len() {
                let out = spliced(&window, at, block);
                let decoded = match encoding {
                    Encoding::Base64 => base64(&out, true).expect("it stays good base64"),
                    _ => quoted(&out, usize::MAX).0,
                };
                assert!(decoded.starts_with(&text[..at]), "{encoding:?} at {at}");
                assert!(decoded[at..].starts_with(block), "{encoding:?} at {at}");
                assert!(decoded.ends_with(&text[at..]), "{encoding:?} at {at}");
                let added = decoded.len() - text.len() - block.len();
                assert!(added == 0 || (encoding == Encoding::Base64 && added <= 4));
                assert!(
                    out.split(|b| *b == b'\n').all(|line| line.len() <= 77),
                    "no line gets longer than 76"
                );
                assert!(
                    !memchr::memmem::find(&out, b" \r\n")
                        .is_some_and(|_| encoding == Encoding::QuotedPrintable),
                    "no blank is left before a hard break"
                );
            }
        }
    }

    #[test]
    fn a_soft_break_at_the_end_stays_there() {
        let window = window(b"abc=", Encoding::QuotedPrintable);
        assert_eq!(window.decoded, b"abc");
        assert_eq!(spliced(&window, 3, b"\r\nB\r\n"), b"abc\r\nB\r\n=");
    }

    #[test]
    fn a_window_may_be_cut_anywhere_in_a_group() {
        for cut in ["QUJD", "QUJDR", "QUJDRE", "QUJDREV"] {
            let decoded = base64(cut.as_bytes(), false).expect("the rest is not here");
            assert_eq!(decoded, b"ABC");
        }
    }

    #[test]
    fn odd_base64_is_not_touched() {
        for odd in ["QUJD!QUJD", "QUI=QUJD", "QUJDR", "=QUJD"] {
            assert!(base64(odd.as_bytes(), true).is_err(), "{odd}");
        }
        assert_eq!(base64(b"QUI=\r\n", true).expect("this is good"), b"AB");
        assert_eq!(base64(b"QUI", true).expect("padding may be missing"), b"AB");
    }
}
