//! A mail cut at its delimiter lines and nowhere else: a reading of its own, with nothing of the gateway's in it and no library.
//!
//! Promises: every byte of the mail is in exactly one slice, in order ([`Piece::write`] gives the mail back). Messages inside the mail are
//! one body. Strict as RFC 2046 is; made for mails whose structure nobody doubts.

use regex::bytes::Regex;
use std::sync::LazyLock;

/// One part, or the mail itself.
#[derive(Debug, Default, Clone)]
pub struct Piece<'a> {
    /// `1` for the mail, `1.2` for its second child: the numbers of the manifest.
    pub path: String,
    /// The delimiter line before it; nothing before the mail.
    pub delimiter: &'a [u8],
    /// With the blank line.
    pub header: &'a [u8],
    /// Of a leaf everything behind the header, of a multipart what stands before its first delimiter.
    pub body: &'a [u8],
    pub children: Vec<Piece<'a>>,
    /// Of a multipart its last delimiter line and what stands behind it.
    pub end: &'a [u8],
    /// The line end that belongs to the next delimiter.
    pub tail: &'a [u8],
}

impl<'a> Piece<'a> {
    pub fn of(mail: &'a [u8]) -> Piece<'a> {
        let piece = Piece::read(mail, "1".to_owned());
        let mut whole = Vec::new();
        piece.write(&mut whole);
        assert!(whole == mail, "the pieces are the mail");
        piece
    }

    fn read(bytes: &'a [u8], path: String) -> Piece<'a> {
        let (header, body) = bytes.split_at(header_end(bytes));
        let mut piece = Piece {
            path,
            header,
            body,
            ..Piece::default()
        };
        if let Some(boundary) = piece.boundary() {
            piece.split(&boundary);
        }
        piece
    }

    fn split(&mut self, boundary: &[u8]) {
        let body = self.body;
        let found = delimiters(body, boundary);
        let Some(&(first, ..)) = found.first() else {
            return;
        };
        self.body = &body[..first];
        for (n, &(start, end, last)) in found.iter().enumerate() {
            if last {
                self.end = &body[start..];
                return;
            }
            let next = found.get(n + 1).map_or(body.len(), |next| next.0);
            let path = format!("{}.{}", self.path, n + 1);
            let content = &body[end..next];
            let before = match found.get(n + 1) {
                Some(_) => content.strip_suffix(b"\r\n").unwrap_or(content),
                None => content,
            };
            self.children.push(Piece {
                delimiter: &body[start..end],
                tail: &content[before.len()..],
                ..Piece::read(before, path)
            });
        }
    }

    /// The bytes again.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend([self.delimiter, self.header, self.body].concat());
        self.children.iter().for_each(|child| child.write(out));
        out.extend([self.end, self.tail].concat());
    }

    /// It and everything in it.
    pub fn all(&self) -> Vec<&Piece<'a>> {
        let inner = self.children.iter().flat_map(Piece::all);
        std::iter::once(self).chain(inner).collect()
    }

    pub fn is_multipart(&self) -> bool {
        !self.children.is_empty()
    }

    /// The header's fields with their line ends, and the blank line.
    pub fn fields(&self) -> Vec<&'a [u8]> {
        let mut fields = Vec::new();
        let mut start = 0;
        for (at, _) in lines(self.header).skip(1) {
            if !matches!(self.header[at], b' ' | b'\t') {
                fields.push(&self.header[start..at]);
                start = at;
            }
        }
        fields.push(&self.header[start..]);
        fields
    }

    /// A field's value on one line; the last one of this name.
    pub fn value(&self, name: &str) -> Option<Vec<u8>> {
        let field = self.fields().into_iter().rfind(|f| is_named(f, name))?;
        Some(one_line(&field[name.len() + 1..]))
    }

    /// Lower case, `text/plain` if none is said.
    pub fn media_type(&self) -> String {
        let value = self.value("Content-Type").unwrap_or_default();
        let value = String::from_utf8_lossy(&value).to_ascii_lowercase();
        let kind = value.split(';').next().unwrap_or_default().trim();
        if kind.contains('/') {
            kind.to_owned()
        } else {
            "text/plain".to_owned()
        }
    }

    /// Lower case.
    pub fn charset(&self) -> Option<String> {
        static CHARSET: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"(?i-u);\s*charset\s*=\s*"?([^\s";]+)"#).expect("a pattern")
        });
        let value = self.value("Content-Type")?;
        let found = CHARSET.captures(&value)?;
        Some(String::from_utf8_lossy(&found[1]).to_ascii_lowercase())
    }

    /// `base64` and so on, lower case; empty if none is said.
    pub fn encoding(&self) -> String {
        let value = self.value("Content-Transfer-Encoding").unwrap_or_default();
        String::from_utf8_lossy(&value).trim().to_ascii_lowercase()
    }

    /// The body of a leaf, decoded.
    pub fn decoded(&self) -> Vec<u8> {
        match self.encoding().as_str() {
            "base64" => base64(self.body),
            "quoted-printable" => quoted_printable(self.body),
            _ => self.body.to_vec(),
        }
    }

    fn boundary(&self) -> Option<Vec<u8>> {
        static BOUNDARY: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"(?i-u);\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))"#).expect("a pattern")
        });
        if !self.media_type().starts_with("multipart/") {
            return None;
        }
        let value = self.value("Content-Type")?;
        let found = BOUNDARY.captures(&value)?;
        let found = found.get(1).or(found.get(2))?;
        Some(found.as_bytes().to_vec())
    }
}

/// True for a field with this name.
pub fn is_named(field: &[u8], name: &str) -> bool {
    field.len() > name.len()
        && field[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        && field[name.len()] == b':'
}

/// Lines with their ends, each with its offset.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    bytes.split_inclusive(|b| *b == b'\n').map(move |line| {
        at += line.len();
        (at - line.len(), line)
    })
}

/// What is no digit is skipped; padding ends it.
pub fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// What is no escape stands for itself.
pub fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [byte, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|hex| {
            let hex = std::str::from_utf8(hex).ok()?;
            u8::from_str_radix(hex, 16).ok()
        });
        rest = match (byte, behind, hex) {
            (b'=', [b'\r', b'\n', next @ ..], _) => next,
            (b'=', [], _) => behind,
            (b'=', _, Some(value)) => {
                out.push(value);
                &behind[2..]
            }
            _ => {
                out.push(*byte);
                behind
            }
        };
    }
    out
}

fn header_end(bytes: &[u8]) -> usize {
    let blank = lines(bytes).find(|(_, line)| *line == b"\r\n");
    blank.map_or(bytes.len(), |(at, line)| at + line.len())
}

/// Start and end of each delimiter line, up to the last delimiter, and whether it is that.
fn delimiters(body: &[u8], boundary: &[u8]) -> Vec<(usize, usize, bool)> {
    let mut found = Vec::new();
    for (at, line) in lines(body) {
        let rest = line
            .strip_prefix(b"--")
            .and_then(|rest| rest.strip_prefix(boundary))
            .map(<[u8]>::trim_ascii_end);
        match rest {
            Some(b"") => found.push((at, at + line.len(), false)),
            Some(b"--") => {
                found.push((at, at + line.len(), true));
                break;
            }
            _ => {}
        }
    }
    found
}

fn one_line(field: &[u8]) -> Vec<u8> {
    let kept = field.iter().copied();
    kept.filter(|b| !matches!(b, b'\r' | b'\n')).collect()
}
