//! Texts as UTF-8, as mail programs read them: by what was declared, else by what the bytes say.
//!
//! Promises: constant memory; never fails for a charset: what cannot be read becomes U+FFFD, and the original beside it has the bytes.
//! Order: byte order mark, `charset` parameter, for HTML its own `<meta>`, UTF-8 if the beginning is valid UTF-8, else windows-1252.

use crate::mail::outline::{Part, Role};
use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read};
use std::ops::Range;

/// So much is looked at to know a charset that was not declared.
const HEAD: usize = 8 * 1024;

/// A text part as UTF-8.
pub(super) struct Utf8<R> {
    source: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    /// Bytes of `raw` that were read and not decoded yet.
    pending: Range<usize>,
    ended: bool,
    done: bool,
}

impl<R: Read> Utf8<R> {
    /// Reads the beginning.
    pub(super) fn new(mut source: R, part: &Part) -> io::Result<Self> {
        let mut raw = Vec::with_capacity(HEAD);
        source.by_ref().take(HEAD as u64).read_to_end(&mut raw)?;
        let encoding = encoding(&raw, part);
        let pending = 0..raw.len();
        raw.resize(HEAD, 0);
        Ok(Utf8 {
            source,
            decoder: encoding.new_decoder(),
            raw,
            pending,
            ended: false,
            done: false,
        })
    }
}

impl<R: Read> Read for Utf8<R> {
    /// Needs room for one character at least; the press gives 64 KiB.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.done {
            if self.pending.is_empty() && !self.ended {
                let n = self.source.read(&mut self.raw)?;
                self.ended = n == 0;
                self.pending = 0..n;
            }
            let raw = &self.raw[self.pending.clone()];
            let (result, used, written, _) = self.decoder.decode_to_utf8(raw, out, self.ended);
            self.pending.start += used;
            self.done = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

fn encoding(head: &[u8], part: &Part) -> &'static Encoding {
    let said = part.charset.as_deref().unwrap_or_default().trim();
    match Encoding::for_label(said.as_bytes()) {
        // Programs that never set it write us-ascii, whatever follows.
        _ if matches!(said, "us-ascii" | "ascii") => undeclared(head, part.role),
        // RFC 2781 section 4.3: without a mark either order may come.
        Some(wide) if wide == UTF_16LE && said != "utf-16le" => byte_order(head),
        Some(encoding) => encoding,
        None => undeclared(head, part.role),
    }
}

fn undeclared(head: &[u8], role: Role) -> &'static Encoding {
    let declared = if role == Role::Html { meta(head) } else { None };
    declared.unwrap_or_else(|| match std::str::from_utf8(head) {
        Ok(_) => UTF_8,
        // The head may end within a character, the text may not.
        Err(error) if error.error_len().is_none() && head.len() == HEAD => UTF_8,
        Err(_) => WINDOWS_1252,
    })
}

fn byte_order(head: &[u8]) -> &'static Encoding {
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    match zeros(0) > zeros(1) {
        true => UTF_16BE,
        false => UTF_16LE,
    }
}

/// `<meta charset=x>`, `<meta http-equiv=content-type content="text/html; charset=x">`. Read as ASCII, so it is not UTF-16 whatever it says.
fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let found = text.split("<meta").skip(1).find_map(|tag| {
        let tag = tag.split('>').next()?;
        let value = tag
            .split("charset")
            .nth(1)?
            .trim_start()
            .strip_prefix('=')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| c.is_whitespace() || "\"';/".contains(c));
        Encoding::for_label(&value.as_bytes()[..end.unwrap_or(value.len())])
    })?;
    match found {
        wide if wide == UTF_16LE || wide == UTF_16BE => Some(UTF_8),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], charset: Option<&str>, role: Role) -> String {
        let part = Part {
            charset: charset.map(str::to_owned),
            role,
            ..Part::empty("1")
        };
        let mut text = String::new();
        let mut reader = Utf8::new(bytes, &part).expect("memory can be read");
        let mut out = vec![0; 64 * 1024];
        loop {
            let n = reader.read(&mut out).expect("memory can be read");
            if n == 0 {
                return text;
            }
            text += std::str::from_utf8(&out[..n]).expect("whole characters");
        }
    }

    #[test]
    fn a_text_is_read_by_what_is_declared_and_else_by_what_it_is() {
        let meta = b"<head><META http-equiv=Content-Type content=\"text/html; charset=windows-1251\"></head>\xcf\xf0";
        let lying = "<meta charset='utf-16'>å".as_bytes();
        let rows: [(&[u8], Option<&str>, Role, &str); 12] = [
            (b"\xe5", Some("iso-8859-1"), Role::Text, "å"),
            (b"\xe5", None, Role::Text, "å"),
            ("å".as_bytes(), None, Role::Text, "å"),
            ("å".as_bytes(), Some("us-ascii"), Role::Text, "å"),
            (b"\xe5", Some("x-nobody-knows"), Role::Text, "å"),
            (b"\xff\xfe\xe5\0", Some("utf-16"), Role::Text, "å"),
            (b"\0a\0b\0\xe5", Some("utf-16"), Role::Text, "abå"),
            (b"a\0b\0\xe5\0", Some("utf-16"), Role::Text, "abå"),
            (b"\x1b$B$\"\x1b(B", Some("iso-2022-jp"), Role::Text, "あ"),
            (b"\xef\xbb\xbf\xc3\xa5", None, Role::Text, "å"),
            (
                b"<meta charset=windows-1251>\xcf",
                None,
                Role::Text,
                "<meta charset=windows-1251>Ï",
            ),
            (b"", None, Role::Html, ""),
        ];
        for (bytes, charset, role, text) in rows {
            assert_eq!(read(bytes, charset, role), text, "{bytes:?} {charset:?}");
        }
        assert!(read(meta, None, Role::Html).ends_with("Пр"));
        assert!(read(lying, None, Role::Html).ends_with("å"));
    }

    #[test]
    fn a_character_may_lie_across_the_end_of_the_head() {
        for before in HEAD - 3..HEAD + 1 {
            let text = format!("{}漢字{}", "x".repeat(before), "å".repeat(HEAD));
            assert_eq!(read(text.as_bytes(), None, Role::Text), text);
        }
    }
}
