//! Content on its way in: where it ends, what is wrong with it, dots undone.

use crate::wire::text::{Flaw, LineEnds, Text};

/// Reads the content of one mail after 354, given in pieces split anywhere.
///
/// Promises: the end is CR LF `.` CR LF, or `.` CR LF at the very start, and nothing else. What is wrong is remembered and the content
/// read on to its true end, so that the client hears of it; from the first flaw on nothing comes out. The blocks are slices of the input:
/// no line is copied.
#[derive(Debug)]
pub struct Reader {
    place: Place,
    text: Text,
    /// Nothing came behind a line that is a dot alone, with line ends that are not both proper.
    odd_end: bool,
}

/// How far [`Reader::feed`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fed {
    /// Bytes of the input that belong to the content and its end.
    pub used: usize,
    /// True if the end was among them.
    pub ended: bool,
}

/// What was read last. `proper`: the line before ended with CR LF (or there is none), so that a lone dot here is the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A line end.
    Start { proper: bool },
    /// Text.
    InLine,
    /// Text and one CR; or several, which no LF makes proper again.
    Cr { several: bool },
    /// A dot at the start of a line.
    Dot { proper: bool },
    /// The same and one CR.
    DotCr { proper: bool },
}

impl Reader {
    /// For a new mail: 354 was sent.
    pub fn new(line_ends: LineEnds) -> Self {
        Reader {
            place: Place::Start { proper: true },
            text: Text::new(line_ends),
            odd_end: false,
        }
    }

    /// The gravest flaw so far: a bare line end, if there is any.
    pub fn flaw(&self) -> Option<Flaw> {
        self.text.flaw()
    }

    /// True if nothing came yet behind what some clients take for the end of a mail and is none, and the mail will be refused anyway.
    pub fn may_have_ended(&self) -> bool {
        let lone_dot = self.odd_end || matches!(self.place, Place::DotCr { .. });
        lone_dot && self.text.flaw() == Some(Flaw::BareLineEnd)
    }

    /// Reads the next piece and gives its content to `sink`, block by block. Must not be called again after the end.
    pub fn feed(&mut self, input: &[u8], mut sink: impl FnMut(&[u8])) -> Fed {
        let mut used = 0;
        while let Some(&byte) = input.get(used) {
            self.odd_end = false;
            used += match self.place {
                Place::Start { proper } if byte == b'.' => {
                    self.place = Place::Dot { proper };
                    1
                }
                Place::Start { .. } | Place::InLine => self.run(&input[used..], &mut sink),
                Place::DotCr { proper: true } if byte == b'\n' => {
                    return Fed {
                        used: used + 1,
                        ended: true,
                    };
                }
                _ => self.line_end(byte, &mut sink),
            };
        }
        Fed { used, ended: false }
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
                if !matches!(run.get(from), None | Some(b'.')) {
                    continue;
                }
                self.place = Place::Start { proper: true };
                self.text.give(&run[..from], sink);
                return from;
            }
            self.text.give(&run[..at], sink);
            self.odd(run[at], sink);
            return at + 1;
        }
        self.text.lengthen(run.len() - line_start);
        self.text.give(run, sink);
        run.len()
    }

    /// A CR whose next byte is not here yet, a lone LF, or a NUL.
    fn odd(&mut self, byte: u8, sink: &mut impl FnMut(&[u8])) {
        match byte {
            b'\r' => self.place = Place::Cr { several: false },
            b'\n' => self.mend(sink),
            _ => self.text.find(Flaw::BareLineEnd),
        }
    }

    /// One byte behind a CR or behind a dot at the start of a line. Gives back how many it took: 0 if the byte must be looked at again.
    fn line_end(&mut self, byte: u8, sink: &mut impl FnMut(&[u8])) -> usize {
        match (self.place, byte) {
            (Place::Cr { several: false }, b'\n') => {
                self.text.give(b"\r\n", sink);
                self.start(true)
            }
            (Place::Cr { several: true }, b'\n') => self.mend(sink),
            (Place::Cr { .. }, b'\r') => self.place = Place::Cr { several: true },
            (Place::Dot { proper }, b'\r') => self.place = Place::DotCr { proper },
            // A lone dot that is no end stays a dot: nobody who doubles dots sends it as text.
            (Place::Dot { .. }, b'\n') => {
                self.text.give(b".", sink);
                self.mend(sink);
                self.odd_end = true;
            }
            (Place::DotCr { .. }, b'\n') => {
                self.text.give(b".\r\n", sink);
                self.start(true);
                self.odd_end = true;
            }
            (Place::DotCr { .. }, b'\r') => {
                self.text.give(b".", sink);
                self.place = Place::Cr { several: true };
            }
            (Place::DotCr { .. }, _) => {
                self.text.give(b".", sink);
                self.mend(sink);
                return 0;
            }
            (Place::Cr { .. }, _) => {
                self.mend(sink);
                return 0;
            }
            // The dot was doubled, or should have been: it goes.
            (_, _) => {
                self.place = Place::InLine;
                return 0;
            }
        }
        1
    }

    /// A bare line end.
    fn mend(&mut self, sink: &mut impl FnMut(&[u8])) {
        self.text.mend(sink);
        self.place = Place::Start { proper: false };
    }

    fn start(&mut self, proper: bool) {
        self.text.start();
        self.place = Place::Start { proper };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::text::MAX_LINE;

    const TAIL: &[u8] = b"MAIL FROM:<evil@int.example>\r\nRCPT TO:<victim@ext.example>\r\nDATA\r\n\
        From: ceo@int.example\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n";

    /// Content, flaw, and how many bytes were used when the end came.
    type Seen = (Vec<u8>, Option<Flaw>, Option<usize>);

    fn read<'a>(line_ends: LineEnds, pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
        let (mut reader, mut content, mut used) = (Reader::new(line_ends), Vec::new(), 0);
        for piece in pieces {
            let fed = reader.feed(piece, |block| content.extend_from_slice(block));
            used += fed.used;
            if fed.ended {
                return (content, reader.flaw(), Some(used));
            }
            assert_eq!(fed.used, piece.len(), "all is used before the end");
        }
        (content, reader.flaw(), None)
    }

    /// Reads in one piece, in two at every place, and in pieces of many sizes; it must not matter.
    fn read_any_way(line_ends: LineEnds, wire: &[u8]) -> Seen {
        let whole = read(line_ends, [wire]);
        for at in 0..=wire.len() {
            let split = read(line_ends, [&wire[..at], &wire[at..]]);
            assert_eq!(split.1, whole.1, "split at {at}: {wire:?}");
            assert_eq!(split.2, whole.2, "split at {at}: {wire:?}");
            if whole.1.is_none() {
                assert_eq!(split.0, whole.0, "split at {at}: {wire:?}");
            }
        }
        for size in (1..=17).chain(4095..=4097).chain(65535..=65537) {
            let pieces = read(line_ends, wire.chunks(size));
            assert_eq!((pieces.1, pieces.2), (whole.1, whole.2), "pieces of {size}");
            if whole.1.is_none() {
                assert_eq!(pieces.0, whole.0, "pieces of {size}: {wire:?}");
            }
        }
        whole
    }

    #[test]
    fn only_the_true_end_ends_a_mail() {
        const BARE: Option<Flaw> = Some(Flaw::BareLineEnd);
        let rows: [(&[u8], Option<Flaw>); 22] = [
            (b"\n.\n", BARE),
            (b"\n.\r\n", BARE),
            (b"\r\n.\n", BARE),
            (b"\r.\r", BARE),
            (b"\r.\n", BARE),
            (b"\n.\r", BARE),
            (b"\r.\r\n", BARE),
            (b"\r\n.\r", BARE),
            (b"\r\n\0.\r\n", BARE),
            (b"\r\n.\0\r\n", BARE),
            (b"\r\r\n.\r\n", BARE),
            (b"\r\n.\r\r\n", BARE),
            (b"\n\r.\r\n", BARE),
            (b"\r\n.\n\r", BARE),
            // No bare line end in these: they are text.
            (b"\r\n .\r\n", None),
            (b"\r\n. \r\n", None),
            (b"\r\n.\t\r\n", None),
            (b"\r\n..\r\n", None),
            (b"\r\n\x0b.\r\n", None),
            (b"\r\n\xc2\x85.\r\n", None),
            (b"\x85.\x85", None),
            (b"\r\n\xef\xbb\xbf.\r\n", None),
        ];
        for (candidate, flaw) in rows {
            for head in [&b""[..], b"a", b"a\r\n"] {
                let wire = [head, candidate, TAIL].concat();
                for line_ends in [LineEnds::Strict, LineEnds::Repair] {
                    let (_, found, end) = read_any_way(line_ends, &wire);
                    assert_eq!(end, Some(wire.len()), "{candidate:?} must not end it");
                    if line_ends == LineEnds::Strict {
                        assert_eq!(found, flaw, "{candidate:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_wrong_end_with_nothing_behind_it_may_be_meant_as_one() {
        let rows: [(&[u8], bool); 9] = [
            (b"a\n.\n", true),
            (b"a\n.\r\n", true),
            (b"a\r\n.\n", true),
            (b"a\r\r\n.\r\n", true),
            (b"a\r.\r", true),
            (b"a\n.\nb", false),
            (b"a\nb\r\n", false),
            (b"a\nb.\r\n", false),
            (b"a\r\n.\r", false),
        ];
        for (wire, meant) in rows {
            for size in [1, 2, 3, usize::MAX] {
                let mut reader = Reader::new(LineEnds::Strict);
                for piece in wire.chunks(size) {
                    assert!(!reader.feed(piece, |_| {}).ended, "{wire:?}");
                }
                assert_eq!(
                    reader.may_have_ended(),
                    meant,
                    "{wire:?} in pieces of {size}"
                );
            }
        }
        let mut repairing = Reader::new(LineEnds::Repair);
        repairing.feed(b"a\n.\n", |_| {});
        assert!(!repairing.may_have_ended(), "there a wrong end is text");
    }

    #[test]
    fn a_control_z_behind_the_dot_is_text() {
        let (content, flaw, end) = read_any_way(LineEnds::Strict, b"a\r\n.\x1a\r\n.\r\n");
        assert_eq!(
            (content.as_slice(), flaw, end),
            (&b"a\r\n\x1a\r\n"[..], None, Some(10))
        );
    }

    #[test]
    fn dots_are_undone_and_what_follows_the_end_is_left() {
        let rows: [(&[u8], &[u8]); 8] = [
            (b".\r\n", b""),
            (b"\r\n.\r\n", b"\r\n"),
            (b"a\r\n.\r\n", b"a\r\n"),
            (b"..x\r\n.\r\n", b".x\r\n"),
            (b".x\r\n.\r\n", b"x\r\n"),
            (
                b"a\r\n..\r\n...\r\n....x\r\nb.\r\n.\r\n",
                b"a\r\n.\r\n..\r\n...x\r\nb.\r\n",
            ),
            (b"\r\n\r\n.\r\n", b"\r\n\r\n"),
            (b"a\r\n.b\r\n.\r\n", b"a\r\nb\r\n"),
        ];
        for (wire, content) in rows {
            let followed = [wire, b"MAIL FROM:<a@b.example>\r\n"].concat();
            let seen = read_any_way(LineEnds::Strict, &followed);
            assert_eq!(seen, (content.to_vec(), None, Some(wire.len())));
        }
    }

    #[test]
    fn repair_makes_every_line_end_proper_and_never_an_end_of_one() {
        let rows: [(&[u8], &[u8]); 8] = [
            (b"a\nb\r\n.\r\n", b"a\r\nb\r\n"),
            (b"a\rb\r\n.\r\n", b"a\r\nb\r\n"),
            (b"a\r\r\nb\r\n.\r\n", b"a\r\nb\r\n"),
            (b"a\n.\nb\r\n.\r\n", b"a\r\n.\r\nb\r\n"),
            (b"a\n.\r\nb\r\n.\r\n", b"a\r\n.\r\nb\r\n"),
            (b"a\r\n.\nb\r\n.\r\n", b"a\r\n.\r\nb\r\n"),
            (b"a\r\n.\rb\r\n.\r\n", b"a\r\n.\r\nb\r\n"),
            (b"a\n..b\r\n.\r\n", b"a\r\n.b\r\n"),
        ];
        for (wire, content) in rows {
            let seen = read_any_way(LineEnds::Repair, wire);
            assert_eq!(seen, (content.to_vec(), None, Some(wire.len())), "{wire:?}");
        }
        let (_, flaw, _) = read(LineEnds::Repair, [&b"a\0b\r\n.\r\n"[..]]);
        assert_eq!(flaw, Some(Flaw::BareLineEnd), "a NUL is not repaired");
    }

    #[test]
    fn a_line_may_have_64_kib_and_no_byte_more() {
        for (length, flaw) in [(MAX_LINE, None), (MAX_LINE + 1, Some(Flaw::LineTooLong))] {
            let wire = [&b"a\r\n"[..], &vec![b'x'; length], b"\r\nb\r\n.\r\n"].concat();
            for size in [1, 1000, 65536, usize::MAX] {
                let (_, found, end) = read(LineEnds::Strict, wire.chunks(size));
                assert_eq!((found, end), (flaw, Some(wire.len())));
            }
        }
    }

    /// Found by the fuzzer: who hears of the long line only would not be hung up on.
    #[test]
    fn a_bare_line_end_outweighs_a_long_line_wherever_it_stands() {
        let (long, bare) = (vec![b'x'; MAX_LINE + 1], b"\r\n.\nRSET\r\n".to_vec());
        for [first, second] in [[&long, &bare], [&bare, &long]] {
            let wire = [&first[..], second, b"\r\n.\r\n"].concat();
            for size in [1, 1000, usize::MAX] {
                let (_, found, end) = read(LineEnds::Strict, wire.chunks(size));
                assert_eq!((found, end), (Some(Flaw::BareLineEnd), Some(wire.len())));
            }
        }
    }

    #[test]
    fn what_the_stuffer_writes_the_reader_reads() {
        // Every text of up to seven of these bytes: each is read back as it was, or not written at all.
        const LETTERS: &[u8] = b"\r\n.a\0";
        for number in 0..LETTERS.len().pow(7) {
            let text: Vec<u8> = (0..7)
                .map(|i| LETTERS[number / LETTERS.len().pow(i) % 5])
                .collect();
            let (mut stuffer, mut wire) = (super::super::Stuffer::new(), Vec::new());
            if stuffer.push(&text, &mut wire).is_err() {
                continue;
            }
            stuffer.finish(&mut wire);
            let (content, flaw, end) = read(LineEnds::Strict, [&wire[..]]);
            assert_eq!((flaw, end), (None, Some(wire.len())), "{text:?}");
            assert!(content.starts_with(text.strip_suffix(b"\r").unwrap_or(&text)));
            assert!(
                content.len() <= text.len() + 2,
                "only the last line is completed"
            );
        }
    }
}
