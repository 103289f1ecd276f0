//! Mail content that comes in chunks of counted octets (BDAT, RFC 3030): what is wrong with it, line ends mended.
//!
//! Promises: nothing in a chunk is an end, a dot on a line of its own is text; a CR or LF that is not part of CR LF, a NUL or an endless
//! line is a flaw, as in content after DATA, because it goes on to the next hop by DATA. Chunks may be cut anywhere, also inside CR LF.
//! Leaves to others: counting the octets (`doors::smtp`), doubling dots on the way out ([`super::dot::Stuffer`]).

use super::text::{Flaw, LineEnds, Text};

/// Reads the content of one mail, given in pieces split anywhere.
///
/// What is wrong is remembered; from the first flaw on nothing comes out. The blocks are slices of the input: no line is copied.
#[derive(Debug)]
pub struct Lines {
    place: Place,
    text: Text,
}

/// What was read last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A line end, or nothing yet.
    Start,
    /// Text.
    InLine,
    /// Text and one CR; or several, which no LF makes proper again.
    Cr { several: bool },
}

impl Lines {
    /// For a new mail: its first chunk comes.
    pub fn new(line_ends: LineEnds) -> Self {
        Lines {
            place: Place::Start,
            text: Text::new(line_ends),
        }
    }

    /// The gravest flaw so far.
    pub fn flaw(&self) -> Option<Flaw> {
        self.text.flaw()
    }

    /// Reads the next piece and gives its content to `sink`, block by block.
    pub fn feed(&mut self, input: &[u8], mut sink: impl FnMut(&[u8])) {
        let mut used = 0;
        while let Some(&byte) = input.get(used) {
            used += match self.place {
                Place::Start | Place::InLine => self.run(&input[used..], &mut sink),
                Place::Cr { several } => self.behind_cr(byte, several, &mut sink),
            };
        }
    }

    /// The last chunk is over: a CR that waits for its LF waits in vain, and a last line without an end gets one, because the next hop
    /// sees one there in any case.
    pub fn end(&mut self, mut sink: impl FnMut(&[u8])) {
        match self.place {
            Place::Start => {}
            Place::InLine => self.text.give(b"\r\n", &mut sink),
            Place::Cr { .. } => self.mend(&mut sink),
        }
        self.place = Place::Start;
    }

    /// Takes text, over proper line ends, as far as one block goes; at least one byte.
    fn run(&mut self, run: &[u8], sink: &mut impl FnMut(&[u8])) -> usize {
        self.place = Place::InLine;
        let (mut line_start, mut from) = (0, 0);
        while let Some(at) = memchr::memchr3(b'\r', b'\n', 0, &run[from..]).map(|at| from + at) {
            self.text.lengthen(at - line_start);
            if run[at..].starts_with(b"\r\n") {
                (line_start, from) = (at + 2, at + 2);
                self.text.start();
                continue;
            }
            self.text.give(&run[..at], sink);
            match run[at] {
                b'\r' => self.place = Place::Cr { several: false },
                b'\n' => self.mend(sink),
                _ => self.text.find(Flaw::BareLineEnd),
            }
            return at + 1;
        }
        self.text.lengthen(run.len() - line_start);
        if line_start == run.len() {
            self.place = Place::Start;
        }
        self.text.give(run, sink);
        run.len()
    }

    /// One byte behind a CR. Gives back how many it took: 0 if the byte must be looked at again.
    fn behind_cr(&mut self, byte: u8, several: bool, sink: &mut impl FnMut(&[u8])) -> usize {
        match byte {
            b'\n' if !several => {
                self.text.give(b"\r\n", sink);
                self.start();
            }
            b'\n' => self.mend(sink),
            b'\r' => self.place = Place::Cr { several: true },
            _ => {
                self.mend(sink);
                return 0;
            }
        }
        1
    }

    /// A bare line end.
    fn mend(&mut self, sink: &mut impl FnMut(&[u8])) {
        self.text.mend(sink);
        self.place = Place::Start;
    }

    fn start(&mut self) {
        self.text.start();
        self.place = Place::Start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::dot::{MAX_LINE, Reader, Stuffer};

    fn read<'a>(
        line_ends: LineEnds,
        pieces: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Vec<u8>, Flaw> {
        let (mut lines, mut content) = (Lines::new(line_ends), Vec::new());
        for piece in pieces {
            lines.feed(piece, |block| content.extend_from_slice(block));
        }
        lines.end(|block| content.extend_from_slice(block));
        lines.flaw().map_or(Ok(content), Err)
    }

    /// Reads in one piece, in two at every place, and in pieces of many sizes; it must not matter.
    fn read_any_way(line_ends: LineEnds, wire: &[u8]) -> Result<Vec<u8>, Flaw> {
        let whole = read(line_ends, [wire]);
        for at in 0..=wire.len() {
            let split = read(line_ends, [&wire[..at], &wire[at..]]);
            assert_eq!(split, whole, "split at {at}: {wire:?}");
        }
        for size in (1..=17).chain(4095..=4097).chain(65535..=65537) {
            let pieces = read(line_ends, wire.chunks(size));
            assert_eq!(pieces, whole, "pieces of {size}: {wire:?}");
        }
        whole
    }

    #[test]
    fn nothing_in_a_chunk_is_an_end() {
        let rows: [(&[u8], &[u8]); 6] = [
            (b"", b""),
            (b".\r\n", b".\r\n"),
            (b"a\r\n.\r\nb\r\n", b"a\r\n.\r\nb\r\n"),
            (b"..\r\n...x\r\n", b"..\r\n...x\r\n"),
            (b"a", b"a\r\n"),
            (b"\r\n", b"\r\n"),
        ];
        for (wire, content) in rows {
            for line_ends in [LineEnds::Strict, LineEnds::Repair] {
                assert_eq!(read_any_way(line_ends, wire).as_deref(), Ok(content));
            }
        }
    }

    #[test]
    fn bare_line_ends_are_a_flaw_or_are_mended() {
        let rows: [(&[u8], &[u8]); 9] = [
            (b"a\nb\r\n", b"a\r\nb\r\n"),
            (b"a\rb\r\n", b"a\r\nb\r\n"),
            (b"a\r\r\nb\r\n", b"a\r\nb\r\n"),
            (b"a\n.\nb\r\n", b"a\r\n.\r\nb\r\n"),
            (b"a\r.\r\n", b"a\r\n.\r\n"),
            (b"a\r", b"a\r\n"),
            (b"a\r\r", b"a\r\n"),
            (b"\n", b"\r\n"),
            (b"\n\r", b"\r\n\r\n"),
        ];
        for (wire, mended) in rows {
            assert_eq!(read_any_way(LineEnds::Repair, wire).as_deref(), Ok(mended));
            let strict = read_any_way(LineEnds::Strict, wire);
            assert_eq!(strict, Err(Flaw::BareLineEnd), "{wire:?}");
        }
        for wire in [&b"a\0b\r\n"[..], b"\0", b"a\r\0\n"] {
            let found = read_any_way(LineEnds::Repair, wire);
            assert_eq!(found, Err(Flaw::BareLineEnd), "a NUL is not mended");
        }
    }

    #[test]
    fn what_comes_in_chunks_leaves_by_data_and_is_read_as_the_same() {
        // Every text of up to seven of these bytes, strict and mended: refused, or sent with one end and read back (T10).
        const LETTERS: &[u8] = b"\r\n.a\0";
        for number in 0..2 * LETTERS.len().pow(7) {
            let text: Vec<u8> = (0..7)
                .map(|i| LETTERS[number / 2 / LETTERS.len().pow(i) % 5])
                .collect();
            let line_ends = [LineEnds::Strict, LineEnds::Repair][number % 2];
            let Ok(content) = read(line_ends, [&text[..3], &text[3..]]) else {
                continue;
            };
            let (mut stuffer, mut wire) = (Stuffer::new(), Vec::new());
            let pushed = stuffer.push(&content, &mut wire);
            assert_eq!(pushed, Ok(()), "{text:?}");
            stuffer.finish(&mut wire);
            let (mut reader, mut seen) = (Reader::new(LineEnds::Strict), Vec::new());
            let fed = reader.feed(&wire, |block| seen.extend_from_slice(block));
            assert!(fed.ended && fed.used == wire.len() && reader.flaw().is_none());
            assert_eq!(seen, content, "{text:?}");
        }
    }

    #[test]
    fn a_line_may_have_64_kib_and_no_byte_more() {
        for (length, fits) in [(MAX_LINE, true), (MAX_LINE + 1, false)] {
            let wire = [&b"a\r\n"[..], &vec![b'x'; length], b"\r\nb\r\n"].concat();
            for size in [1, 1000, 65536, usize::MAX] {
                let found = read(LineEnds::Strict, wire.chunks(size));
                assert_eq!(found.is_ok(), fits, "pieces of {size}");
                assert!(fits || found == Err(Flaw::LineTooLong));
            }
        }
    }
}
