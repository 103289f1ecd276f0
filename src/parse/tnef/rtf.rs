//! Compressed RTF (MS-OXRTFCP): the rich text of a message, written with a window of 4 096 bytes that begins with common words.
//!
//! Promises: constant memory; at most [`LARGEST`] bytes come out, whatever goes in; what does not match its CRC is unreadable.

use super::{Failure, Result};
use std::io::{self, Read};

/// Nobody writes longer ones: pictures lie beside the text, as attachments.
pub(super) const LARGEST: u64 = 16 * 1024 * 1024;
/// What stands behind the end, read by nobody.
const MOST_BEHIND: u64 = 1024;
const BLOCK: usize = 16 * 1024;
const WINDOW: usize = 4096;
const COMPRESSED: &[u8; 4] = b"LZFu";
const STORED: &[u8; 4] = b"MELA";
/// The window at the start (section 2.1.2.1).
const WORDS: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \
\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\
\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Reads a value of `len` bytes and gives the RTF to `out`, block by block.
pub(super) fn decompress(
    source: impl Read,
    len: u64,
    out: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<()> {
    let mut source = source;
    let mut head = [0; 16];
    source.read_exact(&mut head).map_err(|_| CUT)?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (size, raw) = (u64::from(word(0)) + 4, u64::from(word(4)));
    if size < 16 || size > len {
        return Err(CUT);
    }
    if raw > LARGEST {
        return Err(TOO_LONG);
    }
    if len - size > MOST_BEHIND {
        return Err(Failure::Unreadable(
            "a winmail.dat with something behind its rich text",
        ));
    }
    let input = Input {
        source: source.take(size - 16),
        sum: crc32fast::Hasher::new_with_initial(!0),
        block: Vec::new(),
        at: 0,
    };
    match &head[8..12] {
        kind if kind == COMPRESSED => inflate(input, word(12), out),
        kind if kind == STORED => copy(input, raw, out),
        _ => Err(Failure::Unreadable(
            "a winmail.dat with rich text of an unknown kind",
        )),
    }
}

const CUT: Failure = Failure::Unreadable("a winmail.dat with rich text that ends too early");
const TOO_LONG: Failure = Failure::Unreadable("a winmail.dat with a text over 16 MiB");
const DAMAGED: Failure = Failure::Unreadable("a winmail.dat with damaged rich text");

struct Input<R> {
    source: R,
    /// The CRC of ISO 3309 without its two inversions (section 2.1.3.2).
    sum: crc32fast::Hasher,
    block: Vec<u8>,
    at: usize,
}

impl<R: Read> Input<R> {
    /// The next byte; `None` at the end.
    fn byte(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.block.len() && !self.refill()? {
            return Ok(None);
        }
        self.at += 1;
        Ok(self.block.get(self.at - 1).copied())
    }

    fn refill(&mut self) -> io::Result<bool> {
        self.at = 0;
        self.block.clear();
        let limit = BLOCK as u64;
        self.source
            .by_ref()
            .take(limit)
            .read_to_end(&mut self.block)?;
        self.sum.update(&self.block);
        Ok(!self.block.is_empty())
    }

    /// Reads what is left: how much that was, and the sum of everything.
    fn finish(mut self) -> io::Result<(u64, u32)> {
        let mut left = (self.block.len() - self.at) as u64;
        while self.refill()? {
            left += self.block.len() as u64;
        }
        Ok((left, !self.sum.finalize()))
    }
}

/// The window, and what of it was not given out yet.
struct Output<'a> {
    window: Box<[u8; WINDOW]>,
    at: usize,
    total: u64,
    block: Vec<u8>,
    out: &'a mut dyn FnMut(&[u8]) -> io::Result<()>,
}

impl Output<'_> {
    fn put(&mut self, byte: u8) -> Result<()> {
        self.window[self.at] = byte;
        self.at = (self.at + 1) % WINDOW;
        self.total += 1;
        if self.total > LARGEST {
            return Err(TOO_LONG);
        }
        self.block.push(byte);
        if self.block.len() == BLOCK {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        (self.out)(&self.block)?;
        self.block.clear();
        Ok(())
    }
}

/// Runs of eight tokens behind a control byte each; the lowest bit is for the first. A reference to the place where the next byte
/// would be written is the end (section 2.2.3.2).
fn inflate<R: Read>(
    mut input: Input<R>,
    sum: u32,
    out: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<()> {
    let mut output = Output {
        window: Box::new([b' '; WINDOW]),
        at: WORDS.len(),
        total: 0,
        block: Vec::with_capacity(BLOCK),
        out,
    };
    output.window[..WORDS.len()].copy_from_slice(WORDS);
    'all: while let Some(control) = input.byte()? {
        for bit in 0..8 {
            let Some(first) = input.byte()? else {
                break 'all;
            };
            if control >> bit & 1 == 0 {
                output.put(first)?;
                continue;
            }
            let second = input.byte()?.ok_or(CUT)?;
            let reference = u16::from_be_bytes([first, second]);
            let from = usize::from(reference >> 4);
            if from == output.at {
                break 'all;
            }
            for step in 0..usize::from(reference & 15) + 2 {
                let byte = output.window[(from + step) % WINDOW];
                output.put(byte)?;
            }
        }
    }
    output.flush()?;
    match input.finish()? {
        (left, found) if found == sum && left <= MOST_BEHIND => Ok(()),
        _ => Err(DAMAGED),
    }
}

fn copy<R: Read>(
    mut input: Input<R>,
    raw: u64,
    out: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<()> {
    let mut left = raw;
    while left > 0 {
        if !input.refill()? {
            return Err(CUT);
        }
        let n = usize::try_from(left).map_or(input.block.len(), |left| left.min(input.block.len()));
        out(&input.block[..n])?;
        input.at = n;
        left -= n as u64;
    }
    match input.finish()? {
        (behind, _) if behind <= MOST_BEHIND => Ok(()),
        _ => Err(DAMAGED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of MS-OXRTFCP, section 4.
    const HELLO: &[u8] = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125\x42\x32\x0a\xf3 hel\x09\x00 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
    const CROSSING: &[u8] =
        b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\x00\x04 WXYZ\x0dn}\x01\x0e\xb0";

    fn rtf(value: &[u8]) -> Option<String> {
        let mut found = Vec::new();
        let mut out = |block: &[u8]| -> io::Result<()> {
            found.extend_from_slice(block);
            Ok(())
        };
        decompress(value, value.len() as u64, &mut out).ok()?;
        Some(String::from_utf8_lossy(&found).into_owned())
    }

    #[test]
    fn the_examples_of_the_specification_come_out() {
        let hello = "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
        assert_eq!(rtf(HELLO).as_deref(), Some(hello));
        let crossing = "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}";
        assert_eq!(rtf(CROSSING).as_deref(), Some(crossing));
        let stored = [&b"\x10\0\0\0\x04\0\0\0MELA\0\0\0\0"[..], b"{ok}"].concat();
        assert_eq!(rtf(&stored).as_deref(), Some("{ok}"));
    }

    #[test]
    fn damage_is_noticed() {
        for at in 0..HELLO.len() {
            let mut damaged = HELLO.to_vec();
            damaged[at] ^= 0x40;
            let found = rtf(&damaged);
            // The size of what comes out is an upper bound for readers, no more.
            let is_size = (4..8).contains(&at);
            assert!(
                found.is_none() || (is_size && found == rtf(HELLO)),
                "{at}: {found:?}"
            );
            assert_eq!(rtf(&HELLO[..at]), None, "the first {at} bytes");
        }
    }

    #[test]
    fn a_bomb_is_no_rich_text() {
        // Each reference copies seventeen bytes from behind the place that is written.
        let mut tokens = Vec::new();
        let mut at = WORDS.len();
        for _ in 0..200_000 {
            tokens.extend([0xff]);
            for _ in 0..8 {
                let from = (at + WINDOW - 1) % WINDOW;
                tokens.extend(((from as u16) << 4 | 15).to_be_bytes());
                at = (at + 17) % WINDOW;
            }
        }
        let mut value = (tokens.len() as u32 + 12).to_le_bytes().to_vec();
        value.extend(1000u32.to_le_bytes());
        value.extend(b"LZFu\0\0\0\0");
        value.extend(tokens);
        let mut written = 0;
        let mut out = |block: &[u8]| -> io::Result<()> {
            written += block.len() as u64;
            Ok(())
        };
        let found = decompress(&value[..], value.len() as u64, &mut out);
        assert!(matches!(
            found,
            Err(Failure::Unreadable("a winmail.dat with a text over 16 MiB"))
        ));
        assert!(written <= LARGEST);
    }
}
