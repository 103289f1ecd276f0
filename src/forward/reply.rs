//! Reads the replies of a next hop, strictly: they are a stranger's bytes that end in our client's session (T17).
//!
//! Promises: at most 512 bytes a line and 64 lines a reply, one code on all lines, text of printable ASCII only.
//! Leaves to others: what a code means. Fails with [`BadReply`]; the connection is of no use after it.

use crate::fault::Reply;
use std::fmt;

/// RFC 5321 section 4.5.3.1.5, with CRLF.
const MAX_LINE: usize = 512;
const MAX_LINES: usize = 64;

/// Takes bytes split anywhere, gives replies.
#[derive(Debug, Default)]
pub(super) struct ReplyReader {
    buffer: Vec<u8>,
    code: Option<u16>,
    lines: Vec<String>,
}

/// Why bytes are no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadReply {
    /// No code of three digits from 200 to 599, or neither space nor `-` behind it.
    NoCode,
    /// The lines of one reply have different codes.
    CodesDiffer,
    /// A line of more than 512 bytes.
    LongLine,
    /// CR or LF alone.
    BareLineEnd,
    /// More than 64 lines.
    TooManyLines,
}

impl ReplyReader {
    /// The next bytes from the peer.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// True if nothing was received beyond the replies that were read.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.lines.is_empty()
    }

    /// The next whole reply, `None` if more bytes are needed.
    pub(super) fn next(&mut self) -> Result<Option<Reply>, BadReply> {
        let mut read = 0;
        let mut whole = None;
        while whole.is_none() {
            let Some(line) = line(&self.buffer[read..])? else {
                break;
            };
            read += line.len() + 2;
            let (code, last, text) = parse(line)?;
            if self.code.is_some_and(|first| first != code) {
                return Err(BadReply::CodesDiffer);
            }
            if self.lines.len() == MAX_LINES {
                return Err(BadReply::TooManyLines);
            }
            self.code = Some(code);
            self.lines.push(text);
            if last {
                self.code = None;
                whole = Some(reply(code, std::mem::take(&mut self.lines)));
            }
        }
        self.buffer.drain(..read);
        Ok(whole)
    }
}

/// The first line without its CRLF.
fn line(bytes: &[u8]) -> Result<Option<&[u8]>, BadReply> {
    match memchr::memchr2(b'\r', b'\n', bytes) {
        Some(end) if end + 2 > MAX_LINE => Err(BadReply::LongLine),
        Some(end) if bytes[end] == b'\n' => Err(BadReply::BareLineEnd),
        Some(end) => match bytes.get(end + 1) {
            Some(b'\n') => Ok(Some(&bytes[..end])),
            Some(_) => Err(BadReply::BareLineEnd),
            None => Ok(None),
        },
        None if bytes.len() >= MAX_LINE => Err(BadReply::LongLine),
        None => Ok(None),
    }
}

/// Code, whether it is the last line, and the text.
fn parse(line: &[u8]) -> Result<(u16, bool, String), BadReply> {
    let (digits, rest) = line.split_at_checked(3).ok_or(BadReply::NoCode)?;
    let in_range = matches!(digits[0], b'2'..=b'5') && digits.iter().all(u8::is_ascii_digit);
    if !in_range {
        return Err(BadReply::NoCode);
    }
    let code = digits
        .iter()
        .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    let (last, text) = match rest.split_first() {
        None => (true, &[][..]),
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return Err(BadReply::NoCode),
    };
    let printable = text.iter().map(|&byte| match byte {
        b' '..=b'~' => char::from(byte),
        _ => '?',
    });
    Ok((code, last, printable.collect()))
}

/// Takes the enhanced code out of the text: [`Reply`] keeps it apart and writes it before each line.
fn reply(code: u16, mut lines: Vec<String>) -> Reply {
    let enhanced = lines
        .first()
        .and_then(|line| enhanced(line))
        .filter(|(class, ..)| u16::from(*class) == code / 100);
    if let Some((class, subject, detail)) = enhanced {
        let prefix = format!("{class}.{subject}.{detail}");
        for line in &mut lines {
            if let Some(rest) = line.strip_prefix(prefix.as_str()) {
                *line = rest.trim_start().to_owned();
            }
        }
    }
    Reply {
        code,
        enhanced,
        lines,
    }
}

/// RFC 2034: one digit, then twice one to three, with dots between.
fn enhanced(text: &str) -> Option<(u8, u16, u16)> {
    let mut pieces = text.split(' ').next()?.split('.');
    let mut number = |most: usize| {
        pieces
            .next()
            .filter(|p| (1..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|p| p.parse::<u16>().ok())
    };
    let (class, subject, detail) = (number(1)?, number(3)?, number(3)?);
    match pieces.next() {
        Some(_) => None,
        None => Some((u8::try_from(class).ok()?, subject, detail)),
    }
}

impl fmt::Display for BadReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadReply::NoCode => "a reply without a valid code",
            BadReply::CodesDiffer => "a reply whose lines have different codes",
            BadReply::LongLine => "a reply with a line of more than 512 bytes",
            BadReply::BareLineEnd => "a reply with a bare CR or LF",
            BadReply::TooManyLines => "a reply of more than 64 lines",
        })
    }
}

impl std::error::Error for BadReply {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<Reply>, BadReply> {
        let mut reader = ReplyReader::default();
        reader.push(bytes);
        reader.next()
    }

    fn text(bytes: &[u8]) -> String {
        read(bytes).unwrap().unwrap().to_string()
    }

    #[test]
    fn replies_are_read_with_and_without_enhanced_codes() {
        assert_eq!(text(b"250 2.1.5 Ok\r\n"), "250 2.1.5 Ok");
        assert_eq!(text(b"250\r\n"), "250 ");
        assert_eq!(text(b"250-a\r\n250 b\r\n"), "250 a b");
        assert_eq!(
            text(b"550-5.1.1 No\r\n550 5.1.1 such\r\n"),
            "550 5.1.1 No such"
        );
        assert_eq!(read(b"550 4.1.1 x\r\n").unwrap().unwrap().enhanced, None);
        assert_eq!(text(b"220 10.0.0.1 ESMTP\r\n"), "220 10.0.0.1 ESMTP");
    }

    #[test]
    fn a_reply_may_come_in_any_pieces() {
        let whole = b"250-first\r\n250 2.0.0 second\r\n";
        for split in 0..whole.len() {
            let mut reader = ReplyReader::default();
            reader.push(&whole[..split]);
            assert_eq!(reader.next(), Ok(None), "{split}");
            reader.push(&whole[split..]);
            assert_eq!(reader.next().unwrap().unwrap().lines.len(), 2, "{split}");
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn what_comes_behind_a_reply_is_not_lost() {
        let mut reader = ReplyReader::default();
        reader.push(b"220 go\r\n250 evil\r\n");
        assert_eq!(reader.next().unwrap().unwrap().code, 220);
        assert!(!reader.is_empty());
    }

    #[test]
    fn text_is_made_printable() {
        assert_eq!(text(b"550 a\0b\xc3\xb6\x1b[0m\r\n"), "550 a?b???[0m");
    }

    #[test]
    fn anything_else_is_refused() {
        let long = [b"250 ".to_vec(), vec![b'x'; 600]].concat();
        let many = b"250-x\r\n".repeat(65);
        let rows: [(&[u8], BadReply); 10] = [
            (b"hello\r\n", BadReply::NoCode),
            (b"25\r\n", BadReply::NoCode),
            (b"150 x\r\n", BadReply::NoCode),
            (b"650 x\r\n", BadReply::NoCode),
            (b"250x\r\n", BadReply::NoCode),
            (b"250-a\r\n550 b\r\n", BadReply::CodesDiffer),
            (b"250 a\n", BadReply::BareLineEnd),
            (b"250 a\rb\r\n", BadReply::BareLineEnd),
            (&long, BadReply::LongLine),
            (&many, BadReply::TooManyLines),
        ];
        for (bytes, why) in rows {
            assert_eq!(read(bytes), Err(why), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
