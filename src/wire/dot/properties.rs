//! A million random texts through the [`Stuffer`], each read by three receivers that were not made for it: what leaves us has one end for
//! everybody, and no bare line end for anybody (T02, P16).

use super::{LineEnds, Reader, Stuffer};

/// The same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    /// Mostly what could be taken for a line end, an end of a mail, or the start of a command.
    fn text(&mut self) -> Vec<u8> {
        const PIECES: [&[u8]; 16] = [
            b"\r\n",
            b"\r\n",
            b"\r\n",
            b"\r\n",
            b".",
            b".",
            b"a",
            b"QUIT",
            b"\r\n.\r\n",
            b"\r\n..\r\n",
            b"\x85",
            b"\xc2\x85",
            b"\r",
            b"\n",
            b"\0",
            b"\x1a",
        ];
        // Every second text has whole line ends only, else nearly all would be refused.
        let (count, pieces) = (self.roll(9), if self.roll(2) == 0 { 12 } else { 16 });
        let mut text = Vec::new();
        for _ in 0..count {
            match self.roll(12) {
                0 => text.push(self.roll(256) as u8),
                _ => text.extend_from_slice(PIECES[self.roll(pieces)]),
            }
        }
        text
    }
}

/// Pushes the text in up to three blocks, cut anywhere; `None` if it is refused.
fn stuffed(text: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let (a, b) = (dice.roll(text.len() + 1), dice.roll(text.len() + 1));
    let (a, b) = (a.min(b), a.max(b));
    let (mut stuffer, mut wire) = (Stuffer::new(), Vec::new());
    for block in [&text[..a], &text[a..b], &text[b..]] {
        stuffer.push(block, &mut wire).ok()?;
    }
    stuffer.finish(&mut wire);
    Some(wire)
}

/// A CR or LF that is not part of CR LF, or a NUL; a CR at the very end is completed.
fn is_bare(text: &[u8]) -> bool {
    (0..text.len()).any(|at| match text[at] {
        b'\r' => text.get(at + 1).is_some_and(|next| *next != b'\n'),
        b'\n' => at == 0 || text[at - 1] != b'\r',
        byte => byte == 0,
    })
}

/// What a receiver reads: the content, and how many bytes were used when it saw the end.
type Read = Option<(Vec<u8>, usize)>;

/// Our own.
fn own(wire: &[u8]) -> Read {
    let (mut reader, mut content) = (Reader::new(LineEnds::Strict), Vec::new());
    let fed = reader.feed(wire, |block| content.extend_from_slice(block));
    (fed.ended && reader.flaw().is_none()).then_some((content, fed.used))
}

/// One that takes CR LF, CR and LF alike for a line end, as the servers did that could be smuggled to.
fn sloppy(wire: &[u8]) -> Read {
    let (mut content, mut line, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(byte) = wire.get(at) {
        at += 1;
        match byte {
            b'\r' | b'\n' => {
                at += usize::from(*byte == b'\r' && wire.get(at) == Some(&b'\n'));
                if line == b"." {
                    return Some((content, at));
                }
                content.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                content.extend_from_slice(b"\r\n");
                line.clear();
            }
            byte => line.push(*byte),
        }
    }
    None
}

/// RFC 5321 section 4.5.2, word for word: lines end with CR LF; a line that is a single period ends the mail; if the first character is a
/// period and there are others, it is deleted. A CR or LF elsewhere is an error (section 2.3.8).
fn by_the_book(wire: &[u8]) -> Read {
    let (mut content, mut rest) = (Vec::new(), wire);
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let (line, behind) = (&rest[..end], &rest[end + 2..]);
        if line.iter().any(|byte| b"\r\n\0".contains(byte)) {
            return None;
        }
        rest = behind;
        let line = match line {
            b"." => return Some((content, wire.len() - rest.len())),
            [b'.', others @ ..] => others,
            line => line,
        };
        content.extend_from_slice(line);
        content.extend_from_slice(b"\r\n");
    }
}

#[test]
fn every_receiver_sees_one_end_and_the_same_text_in_whatever_leaves() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut sent = 0;
    for _ in 0..1_000_000 {
        let text = dice.text();
        let Some(wire) = stuffed(&text, &mut dice) else {
            assert!(is_bare(&text), "refused for nothing: {text:?}");
            continue;
        };
        assert!(!is_bare(&text), "sent: {text:?}");
        sent += 1;
        let mut whole = text.clone();
        if !text.is_empty() && !text.ends_with(b"\r\n") {
            whole.truncate(whole.len() - usize::from(whole.ends_with(b"\r")));
            whole.extend_from_slice(b"\r\n");
        }
        let seen = Some((whole, wire.len()));
        // What follows must not be needed to see the end, nor be taken for text.
        let followed = [&wire[..], b"QUIT\r\n.\r\n"].concat();
        assert_eq!(own(&followed), seen, "{text:?}");
        assert_eq!(sloppy(&followed), seen, "{text:?}");
        assert_eq!(by_the_book(&followed), seen, "{text:?}");
    }
    assert!(sent > 300_000, "most texts can be sent: {sent}");
}

#[test]
fn no_candidate_is_an_end_wherever_the_buffers_of_a_reader_meet_in_it() {
    const CANDIDATES: [&[u8]; 12] = [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r.\n",
        b"\n.\r",
        b"\r.\r\n",
        b"\r\n.\r",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
        b"\r\r\n.\r\n",
        b"\r\n.\r\r\n",
    ];
    for size in (1..=17).chain(4095..=4097).chain(65535..=65537) {
        for candidate in CANDIDATES {
            for before in 0..=candidate.len().min(size) {
                let mut wire = vec![b'x'; size - before];
                // No line may be longer than 64 KiB, which is another flaw.
                if let Some(place) = wire.get_mut(8..10) {
                    place.copy_from_slice(b"\r\n");
                }
                wire.extend_from_slice(candidate);
                wire.extend_from_slice(b"QUIT\r\nx\r\n.\r\n");
                let (mut reader, mut used, mut ended) = (Reader::new(LineEnds::Strict), 0, false);
                for piece in wire.chunks(size) {
                    assert!(!ended, "{candidate:?} in buffers of {size}");
                    let fed = reader.feed(piece, |_| {});
                    (used, ended) = (used + fed.used, fed.ended);
                }
                assert!(ended && used == wire.len(), "{candidate:?}, {size}");
                assert_eq!(reader.flaw(), Some(super::Flaw::BareLineEnd));
            }
        }
    }
}
