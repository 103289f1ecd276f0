//! Runs: base64 in lines of one width, as nearly every attachment stands in a mail.
//!
//! Promises: what is taken for a run is [`Shape::encode`]d to the same bytes again: symbols of RFC 4648 section 4, zero in the bits that mean
//! nothing, CRLF behind each line; only the last line may be shorter, or padded. Everything else is no run, however it may be decoded.

use super::aside::Kept;
use encodify::base64::{self, LineEnding};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Longest line of a run in symbols (RFC 5322 section 2.1.1).
const WIDEST: usize = 996;
/// From so many bytes of lines on it looks like a run.
const SURE: usize = 1024;
/// Of what is in front of a run that has just begun so much has to be seen: enough for the lines that make it sure.
pub(super) const LOOK_BACK: usize = 4 * 1024;
/// Raw bytes that are encoded or decoded at once.
const BLOCK: usize = 64 * 1024;

/// How wide the lines of a run are, in symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape(usize);

/// What a line is to a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// One of it.
    Full,
    /// The last of it.
    Last,
    /// None of it.
    Other,
}

impl Shape {
    /// The run that goes on behind these bytes, and where in them it begins.
    pub(super) fn at_end_of(bytes: &[u8]) -> Option<(Shape, usize)> {
        let end = memchr::memrchr(b'\n', bytes)?;
        let start = memchr::memrchr(b'\n', &bytes[..end])? + 1;
        let width = (end - start).checked_sub(1)?;
        let shape = Shape(width);
        let is_shape = (4..=WIDEST).contains(&width) && width.is_multiple_of(4);
        if !is_shape || bytes.len() - end > shape.line() {
            return None;
        }
        let start = shape.first_line(bytes, start);
        // Its first line at least is one: whoever takes the run gets on.
        let first = &bytes[start..start + shape.line()];
        let sure = end + 1 - start >= SURE && shape.judge(first, &mut Vec::new()) == Line::Full;
        sure.then_some((shape, start))
    }

    /// Where the first of all lines of this width begins that stand in front of the one at `start`.
    fn first_line(self, bytes: &[u8], mut start: usize) -> usize {
        let is_end = |at: usize| bytes[..at].ends_with(b"\r\n");
        while let Some(before) = start.checked_sub(self.line()) {
            let inner = &bytes[before..start - 2];
            if !is_end(start) || !is_end(before) || memchr::memchr(b'\n', inner).is_some() {
                break;
            }
            start = before;
        }
        start
    }

    /// Bytes of a full line, its end included.
    pub(super) fn line(self) -> usize {
        self.0 + 2
    }

    /// Bytes that a full line stands for.
    fn decoded_line(self) -> usize {
        self.0 / 4 * 3
    }

    /// Full lines that are worked on at once.
    fn lines_of_block(self) -> usize {
        (BLOCK / self.line()).max(1)
    }

    /// As many bytes of these as are full lines by their number, and are worked on at once.
    pub(super) fn block(self, bytes: &[u8]) -> usize {
        (bytes.len() / self.line()).min(self.lines_of_block()) * self.line()
    }

    /// Decodes full lines. False, with nothing of use in `out`, if not all of them are.
    pub(super) fn decode(self, lines: &[u8], out: &mut Vec<u8>) -> bool {
        out.clear();
        let mut all = lines.chunks(self.line());
        // Where every line ends as it must, and as many bytes come out as there are symbols for, there is nothing else in it: a space, a
        // line end elsewhere, a padding would each be missing in the sum, and any other byte is an error.
        let count = lines.len() / self.line() * self.decoded_line();
        all.all(|line| line.ends_with(b"\r\n"))
            && matches!(base64::LENIENT.decode_append(lines, out), Ok(n) if n == count)
    }

    /// What one line is, up to and with its LF; its bytes into `out` if it is of the run.
    pub(super) fn judge(self, line: &[u8], out: &mut Vec<u8>) -> Line {
        out.clear();
        let Some(symbols) = line.strip_suffix(b"\r\n") else {
            return Line::Other;
        };
        if symbols.is_empty() || symbols.len() > self.0 {
            return Line::Other;
        }
        // Strict: one encoding for each value.
        match base64::STANDARD.decode_append(symbols, out) {
            Ok(n) if n == self.decoded_line() => Line::Full,
            Ok(_) => Line::Last,
            Err(_) => Line::Other,
        }
    }

    /// The lines again.
    fn encode(self, decoded: &[u8], out: &mut Vec<u8>) {
        out.clear();
        let engine = base64::STANDARD.wrapped(self.0, LineEnding::CrLf);
        engine.encode_append(decoded, out);
    }
}

/// A run that is kept elsewhere, decoded.
pub(super) struct Run {
    /// Where in the mail it stands: whole lines.
    pub(super) raw: Range<u64>,
    /// Where it would stand if all runs before it were not there.
    pub(super) gap: u64,
    pub(super) shape: Shape,
    pub(super) kept: Arc<dyn Kept>,
}

impl Run {
    /// The block that the byte at this offset of the mail is in, and where the block begins.
    pub(super) fn block_of(&self, at: u64) -> (u64, u64) {
        let size = (self.shape.lines_of_block() * self.shape.line()) as u64;
        let block = (at - self.raw.start) / size;
        (block, self.raw.start + block * size)
    }

    /// The lines of a block as they stood in the mail.
    pub(super) fn lines(&self, block: u64, out: &mut Vec<u8>) -> io::Result<()> {
        let size = (self.shape.lines_of_block() * self.shape.decoded_line()) as u64;
        let mut decoded = Vec::new();
        self.read(block * size, &mut decoded)?;
        self.shape.encode(&decoded, out);
        Ok(())
    }

    /// Where in what is kept a line begins; `None` in the middle of one.
    pub(super) fn decoded_at(&self, at: u64) -> Option<u64> {
        let line = self.shape.line() as u64;
        let from = at - self.raw.start;
        let is_start = from.is_multiple_of(line);
        is_start.then(|| from / line * self.shape.decoded_line() as u64)
    }

    /// Decoded bytes from there, as many as a block has. Gives back where in the mail the next line begins.
    pub(super) fn read(&self, from: u64, out: &mut Vec<u8>) -> io::Result<u64> {
        let line = self.shape.decoded_line();
        let left = usize::try_from(self.kept.len() - from).unwrap_or(usize::MAX);
        out.resize(left.min(self.shape.lines_of_block() * line), 0);
        self.kept.read_at(from, out)?;
        let lines = (from + out.len() as u64).div_ceil(line as u64);
        let next = self.raw.start + lines * self.shape.line() as u64;
        Ok(next.min(self.raw.end))
    }

    /// True if what is encoded ends with padding.
    pub(super) fn is_padded(&self) -> bool {
        !self.kept.len().is_multiple_of(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(len: usize, width: usize) -> Vec<u8> {
        let bytes: Vec<u8> = (0..len).map(|i| (i * 31 % 251) as u8).collect();
        let mut out = Vec::new();
        Shape(width).encode(&bytes, &mut out);
        out
    }

    #[test]
    fn a_run_is_seen_by_its_end_and_found_from_its_first_line() {
        for width in [4, 60, 64, 72, 76, 996] {
            let run = encoded(5000, width);
            let cut = run.len() / (width + 2) * (width + 2) - width - 2;
            for behind in [0, 1, width + 1] {
                for before in ["", "x\r\n", "Content-Type: a/b\r\n\r\n"] {
                    let bytes = [b"\r\n", before.as_bytes(), &run[..cut + behind]].concat();
                    let found = Shape::at_end_of(&bytes);
                    assert_eq!(found, Some((Shape(width), 2 + before.len())), "{width}");
                }
            }
        }
        let few = encoded(300, 76);
        assert_eq!(Shape::at_end_of(&few), None, "too short to be sure");
        assert_eq!(Shape::at_end_of(&b"five5\r\n".repeat(900)), None);
        assert_eq!(Shape::at_end_of(&b"four\n".repeat(900)), None);
    }

    #[test]
    fn only_what_comes_back_to_the_byte_is_of_a_run() {
        let shape = Shape(8);
        let rows: &[(&str, Line)] = &[
            ("AAAABBBB\r\n", Line::Full),
            ("AAAABBB=\r\n", Line::Other), // Its last bits are not zero.
            ("AAAABBA=\r\n", Line::Last),
            ("AAAA\r\n", Line::Last),
            ("AA==\r\n", Line::Last),
            ("AAA\r\n", Line::Other),
            ("AAAA-___\r\n", Line::Other),
            ("AAAA BBB\r\n", Line::Other),
            ("AAAABBBBCCCC\r\n", Line::Other),
            ("AAAABBBB\n", Line::Other),
            ("--b\r\n", Line::Other),
            ("\r\n", Line::Other),
            ("==AAAAAA\r\n", Line::Other),
        ];
        for (line, want) in rows {
            let (mut out, mut again) = (Vec::new(), Vec::new());
            assert_eq!(shape.judge(line.as_bytes(), &mut out), *want, "{line:?}");
            if *want != Line::Other {
                shape.encode(&out, &mut again);
                assert_eq!(again, line.as_bytes());
            }
            let three = ["AAAABBBB\r\n", line, "CCCCDDDD\r\n"].concat();
            let is_full = shape.decode(three.as_bytes(), &mut out);
            assert_eq!(is_full, *want == Line::Full, "{line:?}");
        }
    }
}
