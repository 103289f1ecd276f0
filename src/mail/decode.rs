//! The decoded body of a part, as a stream: base64, quoted-printable, or as it stands (RFC 2045 section 6).
//!
//! Promises: constant memory (two blocks of 64 KiB, one where the spool is in memory) whatever the size; the same bytes however the
//! blocks fall; it always ends.
//! A body that is not well encoded is decoded as most readers do it (what is no base64 is skipped, a broken escape is kept), and
//! [`Decoder::damage`] says so at the end: `parse` makes a doubt of it. Leaves charsets to those who read text.
//! Fails only where the spool fails.

use super::outline::{Encoding, Part};
use super::spool::{Aligned, Spool, SpoolReader};
use encodify::{base64, qp};
use std::fmt;
use std::io::{self, BufRead, Read};
use std::ops::Range;

const BLOCK: usize = 64 * 1024;

/// The decoded bytes of a part, from its first to its last, out of `spool` or out of the part's own. An encoded `message/rfc822` gives
/// the message inside.
pub fn decoded<'a>(spool: &'a Spool, part: &'a Part) -> Decoder<'a> {
    match (&part.nested, &part.spool) {
        (Some(nested), _) => Decoder::new(&nested.spool, 0..nested.spool.len(), Encoding::Identity),
        (None, Some(own)) => Decoder::new(own, part.body.clone(), part.encoding),
        (None, None) => Decoder::new(spool, part.body.clone(), part.encoding),
    }
}

/// Reads a range of a spool and undoes its transfer encoding.
pub struct Decoder<'a> {
    source: SpoolReader<'a>,
    coding: Coding,
    /// Read out of a file, not decoded yet; the first `filled` bytes count.
    raw: Vec<u8>,
    filled: usize,
    /// Decoded; given out up to `given`.
    out: Vec<u8>,
    given: usize,
    ended: bool,
    damage: Option<&'static str>,
}

enum Coding {
    Base64(Base64),
    Identity,
    QuotedPrintable,
}

/// Where a base64 stream stands between blocks.
struct Base64 {
    decoder: base64::Decoder,
    /// Symbols since the last full group of four.
    pending: usize,
    /// A `=` came.
    padded: bool,
}

impl<'a> Decoder<'a> {
    /// A decoder for any range of a spool.
    pub fn new(spool: &'a Spool, range: Range<u64>, encoding: Encoding) -> Self {
        Decoder {
            source: spool.reader(range),
            coding: Coding::of(encoding),
            raw: Vec::new(),
            filled: 0,
            out: Vec::new(),
            given: 0,
            ended: false,
            damage: None,
        }
    }

    /// After the end: what was wrong with the encoding, if anything.
    pub fn damage(&self) -> Option<&'static str> {
        self.damage
    }

    /// Decodes to the end, keeps nothing, and tells how many bytes there were.
    pub fn measure(&mut self) -> io::Result<u64> {
        let mut total = (self.out.len() - self.given) as u64;
        loop {
            if self.is_aligned()
                && let Some((len, aligned)) = self.source.decoded_len()
            {
                self.coding.goes_on(&aligned);
                total += len;
            }
            if !self.refill()? {
                break;
            }
            total += self.out.len() as u64;
        }
        self.given = self.out.len();
        Ok(total)
    }

    /// True where a file that was taken aside can stand for what is to be decoded.
    fn is_aligned(&self) -> bool {
        self.filled == 0 && self.coding.is_aligned()
    }

    /// The next decoded block into `out`; false at the end.
    fn refill(&mut self) -> io::Result<bool> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.ended {
            if self.is_aligned()
                && let Some(aligned) = self.source.decoded(&mut self.out)?
            {
                self.coding.goes_on(&aligned);
                break;
            }
            let used = match self.source.in_memory(BLOCK) {
                Some(block) => {
                    self.ended = block.len() < BLOCK;
                    self.coding.decode(block, self.ended, &mut self.out)
                }
                None => {
                    self.fill()?;
                    let block = &self.raw[..self.filled];
                    self.coding.decode(block, self.ended, &mut self.out)
                }
            };
            self.damage = self.damage.or(used.damage);
            self.take(used.bytes);
        }
        Ok(!self.out.is_empty())
    }

    /// These bytes are decoded.
    fn take(&mut self, bytes: usize) {
        if self.source.in_memory(0).is_some() {
            self.source.skip(bytes);
        } else {
            self.raw.copy_within(bytes..self.filled, 0);
            self.filled -= bytes;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.raw.resize(BLOCK, 0);
        // A run has to begin a block: then it comes decoded.
        while self.filled < BLOCK && !(self.filled > 0 && self.source.at_run()) {
            match self.source.read(&mut self.raw[self.filled..])? {
                0 => {
                    self.ended = true;
                    break;
                }
                read => self.filled += read,
            }
        }
        Ok(())
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Decoder<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given == self.out.len() {
            self.refill()?;
        }
        Ok(&self.out[self.given..])
    }

    fn consume(&mut self, n: usize) {
        self.given = self.out.len().min(self.given + n);
    }
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("ended", &self.ended)
            .field("damage", &self.damage)
            .finish_non_exhaustive()
    }
}

impl Coding {
    fn of(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Base64 => Coding::Base64(Base64 {
                decoder: base64::LENIENT.decoder(),
                pending: 0,
                padded: false,
            }),
            Encoding::QuotedPrintable => Coding::QuotedPrintable,
            Encoding::Identity | Encoding::Unknown => Coding::Identity,
        }
    }

    /// True where a group of four symbols may begin.
    fn is_aligned(&self) -> bool {
        matches!(self, Coding::Base64(state) if state.pending == 0 && !state.padded)
    }

    /// Whole groups were decoded elsewhere.
    fn goes_on(&mut self, aligned: &Aligned) {
        if let Coding::Base64(state) = self {
            state.padded = aligned.padded;
        }
    }

    fn decode(&mut self, block: &[u8], last: bool, out: &mut Vec<u8>) -> Used {
        match self {
            Coding::Base64(state) => state.decode(block, last, out),
            Coding::Identity => {
                out.extend_from_slice(block);
                Used {
                    bytes: block.len(),
                    damage: None,
                }
            }
            Coding::QuotedPrintable => quoted_printable(block, last, out),
        }
    }
}

/// How much of a block was decoded, and what was wrong with it.
struct Used {
    bytes: usize,
    damage: Option<&'static str>,
}

impl Base64 {
    fn decode(&mut self, block: &[u8], last: bool, out: &mut Vec<u8>) -> Used {
        let regular = match self.pending == 0 && !self.padded {
            true => regular_lines(block, out).unwrap_or(0),
            false => 0,
        };
        if regular > 0 && !last {
            return Used {
                bytes: regular,
                damage: None,
            };
        }
        let mut damage = self.decode_slowly(&block[regular..], out);
        if last {
            damage = damage.or(self.end(out));
        }
        Used {
            bytes: block.len(),
            damage,
        }
    }

    fn decode_slowly(&mut self, block: &[u8], out: &mut Vec<u8>) -> Option<&'static str> {
        let mut damage = None;
        let mut at = 0;
        while at < block.len() {
            let symbols = self.decoder.decode_symbols(&block[at..], out);
            if symbols > 0 && self.padded {
                damage = damage.or(Some("base64 that goes on behind its padding"));
            }
            self.pending = (self.pending + symbols) % 4;
            at += symbols;
            match block.get(at) {
                Some(b'=') => damage = damage.or(self.pad(out)),
                Some(b' ' | b'\t' | b'\r' | b'\n') | None => {}
                Some(_) => damage = damage.or(Some("characters that are no base64")),
            }
            at += 1;
        }
        damage
    }

    fn pad(&mut self, out: &mut Vec<u8>) -> Option<&'static str> {
        let lost = self.pending == 1 || (self.pending == 0 && !self.padded);
        self.decoder.pad(out);
        self.pending = 0;
        self.padded = true;
        lost.then_some("base64 padding where none belongs")
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Option<&'static str> {
        // Lost padding alone is common, and readers give the same bytes (GMime one or two less); a single symbol is no byte for anybody.
        let torn = self.pending == 1;
        self.decoder.pad(out);
        self.pending = 0;
        torn.then_some("base64 that ends in the middle")
    }
}

/// The fast path: whole lines of symbols and nothing else, as nearly all base64 is. `None` (and nothing decoded) for any other block.
fn regular_lines(block: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let (end, lines) = match memchr::memrchr(b'\n', block) {
        Some(at) => (at + 1, memchr::memchr_iter(b'\n', block).count()),
        None => (block.len() & !3, 0),
    };
    // As many CR as LF; if there were other white space, junk or padding, the count below would not come out. (With an LF alone it could: one
    // symbol too many, which the decoder drops.)
    if memchr::memchr_iter(b'\r', &block[..end]).count() != lines {
        return None;
    }
    let symbols = end.checked_sub(2 * lines)?;
    if symbols == 0 || symbols % 4 != 0 {
        return None;
    }
    let before = out.len();
    match base64::LENIENT.decode_append(&block[..end], out) {
        Ok(written) if written == symbols / 4 * 3 => Some(end),
        _ => {
            out.truncate(before);
            None
        }
    }
}

fn quoted_printable(block: &[u8], last: bool, out: &mut Vec<u8>) -> Used {
    let bytes = if last {
        block.len()
    } else {
        whole_escapes(block)
    };
    let damage = match qp::BODY.strict().decode_append(&block[..bytes], out) {
        Ok(_) => None,
        Err(_) => {
            // Never an error: the lenient decoder keeps a broken escape as it is written.
            let _ = qp::BODY.decode_append(&block[..bytes], out);
            Some("quoted-printable with a broken escape")
        }
    };
    Used { bytes, damage }
}

/// Where a block can be cut so that no escape, soft break or white space before a line end is torn.
fn whole_escapes(block: &[u8]) -> usize {
    if let Some(at) = memchr::memrchr(b'\n', block) {
        return at + 1;
    }
    let blank = block
        .iter()
        .rev()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\r'))
        .count();
    let text = block.len() - blank;
    let tail = text.saturating_sub(2);
    let cut = match memchr::memchr(b'=', &block[tail..text]) {
        Some(at) => tail + at,
        None => text,
    };
    // A block of nothing but white space: no line of a mail looks like that, and the stream has to go on.
    if cut == 0 { block.len() } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(body: &[u8], encoding: Encoding) -> (Vec<u8>, Option<&'static str>) {
        let spool = Spool::of(body);
        let mut decoder = Decoder::new(&spool, 0..spool.len(), encoding);
        let mut out = Vec::new();
        decoder.read_to_end(&mut out).expect("a spool in memory");
        (out, decoder.damage())
    }

    #[test]
    fn base64_of_every_line_width_comes_out_the_same() {
        let data: Vec<u8> = (0..200_001u32).map(|i| (i * 7 % 251) as u8).collect();
        for width in [4, 57, 60, 63, 73, 76, 998, usize::MAX] {
            let text = base64::STANDARD.encode(&data);
            let mut body = Vec::new();
            for line in text.as_bytes().chunks(width.min(text.len())) {
                body.extend_from_slice(line);
                body.extend_from_slice(b"\r\n");
            }
            let (out, damage) = all(&body, Encoding::Base64);
            assert!(out == data, "width {width}");
            assert_eq!(damage, None, "width {width}");
        }
    }

    #[test]
    fn what_is_no_clean_base64_is_said() {
        let rows: &[(&str, &[u8], bool)] = &[
            ("aGVsbG8=", b"hello", false),
            ("aGVs\r\nbG8=\r\n\r\n", b"hello", false),
            ("aGVsbG8===", b"hello", false),
            ("aGVs\t bG8=", b"hello", false),
            ("", b"", false),
            ("aGVs*bG8=", b"hello", true),
            ("aGVsbG8=aGVs", b"hellohel", true),
            ("====aGVsbG8=", b"hello", true),
            ("aGVsbG8", b"hello", false),
            ("aGVsb", b"hel", true),
            ("aGVsb\n", b"hel", true),
        ];
        for (body, want, damaged) in rows {
            let (out, damage) = all(body.as_bytes(), Encoding::Base64);
            assert_eq!(&out, want, "{body:?}");
            assert_eq!(damage.is_some(), *damaged, "{body:?}: {damage:?}");
        }
    }

    #[test]
    fn quoted_printable_is_read_as_rfc_2045_says() {
        let rows: &[(&str, &str, bool)] = &[
            ("a=3Db", "a=b", false),
            ("gr=C3=BC=c3=9fe", "grüße", false),
            ("soft=\r\nbreak", "softbreak", false),
            ("soft= \t\r\nbreak", "softbreak", false),
            ("trailing \t\r\nx", "trailing\r\nx", false),
            ("end=", "end", false),
            ("=XY", "=XY", true),
        ];
        for (body, want, damaged) in rows {
            let (out, damage) = all(body.as_bytes(), Encoding::QuotedPrintable);
            assert_eq!(String::from_utf8_lossy(&out), *want, "{body:?}");
            assert_eq!(damage.is_some(), *damaged, "{body:?}");
        }
    }

    #[test]
    fn an_escape_or_soft_break_over_the_edge_of_a_block_is_whole() {
        for tail in ["=3Dx", "=\r\nx", "= \r\nx", " \t\r\nx"] {
            let want = match tail {
                "=3Dx" => "=x",
                " \t\r\nx" => "\r\nx",
                _ => "x",
            };
            for before in BLOCK - 6..BLOCK + 2 {
                let body = format!("{}{tail}", "a".repeat(before));
                let (out, damage) = all(body.as_bytes(), Encoding::QuotedPrintable);
                assert_eq!(&out[before..], want.as_bytes(), "{tail:?} at {before}");
                assert_eq!(damage, None);
            }
        }
    }

    #[test]
    fn a_body_that_is_not_encoded_comes_as_it_stands() {
        let body = b"--\0=3D\r\n".repeat(20_000);
        assert!(all(&body, Encoding::Identity).0 == body);
        assert!(all(&body, Encoding::Unknown).0 == body);
        let spool = Spool::of(body);
        let mut decoder = Decoder::new(&spool, 8..16, Encoding::Identity);
        assert_eq!(decoder.measure().expect("a spool in memory"), 8);
    }
}
