//! A structured field cut at its semicolons: quotes and escapes undone, comments dropped, and where that was more than plain.
//!
//! Never fails: a quoted string or comment that never ends reaches to the end, and is said. Leaves to [`super::params`] what the
//! pieces mean.

use super::params::{Param, latin};

/// What stands between two semicolons, and where its `=` is.
#[derive(Default)]
pub(super) struct Piece {
    pub bytes: Vec<u8>,
    equals: Option<usize>,
    quoted: bool,
    pub has_comment: bool,
    /// A comment with a semicolon in it.
    pub has_long_comment: bool,
    /// Escaped, folded or not only quoted.
    is_odd: bool,
    kept: Option<Vec<u8>>,
    /// What stands behind the closing quote.
    behind: Vec<u8>,
}

impl Piece {
    /// An empty one, with room for what most likely is its text.
    fn at(rest: &[u8]) -> Self {
        let likely = memchr::memchr(b';', rest).unwrap_or(rest.len());
        Piece {
            bytes: Vec::with_capacity(likely),
            ..Piece::default()
        }
    }

    /// No `name=value`, and not nothing.
    pub fn is_word(&self) -> bool {
        let name = &self.bytes[..self.equals.unwrap_or(self.bytes.len())];
        let name = name.trim_ascii();
        let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
        match self.equals {
            Some(_) => !is_name,
            None => !name.is_empty(),
        }
    }

    /// Nothing but white space was read of the value, or of the name if there is no value yet.
    fn begins(&self) -> bool {
        let read = &self.bytes[self.equals.unwrap_or(0)..];
        read.trim_ascii().is_empty()
    }

    /// As a parameter; `None` without an equals sign.
    pub fn into_param(self) -> Option<Param> {
        let equals = self.equals?;
        let (name, value) = (&self.bytes[..equals], &self.bytes[equals..]);
        let value = match self.quoted {
            true => value,
            false => value.trim_ascii(),
        };
        let is_token = !value.iter().any(|b| b" \t\"\\()".contains(b));
        Some(Param {
            name: latin(name).trim().to_ascii_lowercase(),
            value: value.to_vec(),
            is_plain: (self.quoted || is_token) && !self.is_odd && !self.has_comment,
            kept: self.kept,
            behind: self.behind.trim_ascii().to_vec(),
        })
    }
}

/// Splits at semicolons outside quotes and comments; undoes quotes, drops comments and line ends.
pub(super) fn split(raw: &[u8], clean: &mut bool) -> Vec<Piece> {
    let mut pieces = vec![Piece::at(raw)];
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        at += 1;
        let piece = pieces
            .last_mut()
            .expect("there is a first piece, and none is ever taken away");
        match byte {
            b'\r' | b'\n' => {}
            b';' => pieces.push(Piece::at(&raw[at..])),
            b'=' if piece.equals.is_none() => piece.equals = Some(piece.bytes.len()),
            b'(' if piece.begins() || matches!(piece.bytes.last(), Some(b' ' | b'\t')) => {
                let end = comment_end(raw, at, clean);
                piece.has_comment = true;
                piece.has_long_comment |= raw[at..end].contains(&b';');
                at = end;
            }
            b'"' if piece.begins() && piece.equals.is_some() => {
                let start = piece.equals.unwrap_or(0);
                piece.bytes.truncate(start);
                piece.quoted = true;
                let end = unquote(raw, at, &mut piece.bytes, clean);
                piece.is_odd |= raw[at..end].iter().any(|b| b"\\\r\n".contains(b));
                piece.kept = with_backslashes(&raw[at..end]);
                at = end;
            }
            // Behind a quoted string only white space is expected; what else comes is part of the value to some.
            byte if piece.quoted => {
                piece.is_odd |= !byte.is_ascii_whitespace();
                piece.behind.push(byte);
            }
            byte => piece.bytes.push(byte),
        }
    }
    pieces
}

fn unquote(raw: &[u8], mut at: usize, out: &mut Vec<u8>, clean: &mut bool) -> usize {
    while let Some(&byte) = raw.get(at) {
        at += 1;
        match byte {
            b'"' => return at,
            b'\r' | b'\n' => {}
            b'\\' => {
                out.extend(raw.get(at));
                at += 1;
            }
            byte => out.push(byte),
        }
    }
    *clean = false;
    at.min(raw.len())
}

/// A quoted string, its end included, in which only quotes and backslashes are escaped; `None` if that is the same.
fn with_backslashes(quoted: &[u8]) -> Option<Vec<u8>> {
    let quoted = quoted.strip_suffix(b"\"").unwrap_or(quoted);
    memchr::memchr(b'\\', quoted)?;
    let mut out = Vec::with_capacity(quoted.len());
    let mut differs = false;
    let mut rest = quoted;
    while let [byte, tail @ ..] = rest {
        rest = match (byte, tail) {
            (b'\r' | b'\n', _) => tail,
            (b'\\', [escaped @ (b'"' | b'\\'), tail @ ..]) => {
                out.push(*escaped);
                tail
            }
            _ => {
                differs |= *byte == b'\\';
                out.push(*byte);
                tail
            }
        };
    }
    differs.then_some(out)
}

fn comment_end(raw: &[u8], mut at: usize, clean: &mut bool) -> usize {
    let mut depth = 1;
    while let Some(&byte) = raw.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    *clean = false;
    raw.len()
}
