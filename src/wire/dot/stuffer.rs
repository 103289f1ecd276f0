//! Content on its way out: dots doubled, one end, no bare line end.

use std::fmt;

/// Writes the content of one mail, given in blocks split anywhere, as it goes over the wire after 354.
///
/// Promises: without [`finish`](Self::finish) no end is written; with it exactly one. After an error the output is of no use: the
/// connection must be dropped before the end is sent.
#[derive(Debug, Default)]
pub struct Stuffer {
    place: Place,
}

/// The content holds a CR or LF that is not part of CR LF, or a NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BareLineEnd;

/// What was written last.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A line end, or nothing yet: a dot is doubled here.
    #[default]
    LineStart,
    /// Text.
    InLine,
    /// Text; a CR was read and waits for its LF.
    Cr,
}

impl Stuffer {
    /// For a new mail.
    pub fn new() -> Self {
        Stuffer::default()
    }

    /// Appends the next block of content to `out`.
    pub fn push(&mut self, block: &[u8], out: &mut Vec<u8>) -> Result<(), BareLineEnd> {
        out.reserve(block.len() + 16);
        let mut rest = block;
        while let Some(&first) = rest.first() {
            rest = match self.place {
                Place::Cr if first != b'\n' => return Err(BareLineEnd),
                Place::Cr => {
                    out.extend_from_slice(b"\r\n");
                    self.place = Place::LineStart;
                    &rest[1..]
                }
                Place::LineStart | Place::InLine => self.push_run(rest, out)?,
            };
        }
        Ok(())
    }

    /// Ends the mail: completes the last line and appends `.` CR LF.
    pub fn finish(self, out: &mut Vec<u8>) {
        if self.place != Place::LineStart {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
    }

    /// Copies up to the next doubled dot, or all; gives back what is left. A CR at the very end is kept back.
    fn push_run<'a>(&mut self, run: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], BareLineEnd> {
        if self.place == Place::LineStart && run[0] == b'.' {
            out.push(b'.');
        }
        self.place = Place::InLine;
        let mut from = 0;
        while let Some(at) = memchr::memchr3(b'\r', b'\n', 0, &run[from..]).map(|at| from + at) {
            match (run[at], run.get(at + 1), run.get(at + 2)) {
                (b'\r', None, _) => {
                    self.place = Place::Cr;
                    out.extend_from_slice(&run[..at]);
                    return Ok(&[]);
                }
                (b'\r', Some(b'\n'), None | Some(b'.')) => {
                    self.place = Place::LineStart;
                    out.extend_from_slice(&run[..at + 2]);
                    return Ok(&run[at + 2..]);
                }
                (b'\r', Some(b'\n'), Some(_)) => from = at + 2,
                _ => return Err(BareLineEnd),
            }
        }
        out.extend_from_slice(run);
        Ok(&[])
    }
}

impl fmt::Display for BareLineEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CR or LF that is not part of CR LF, or a NUL, in the content")
    }
}

impl std::error::Error for BareLineEnd {}

#[cfg(test)]
mod tests {
    use super::*;

    fn stuffed(blocks: &[&[u8]]) -> Result<Vec<u8>, BareLineEnd> {
        let (mut stuffer, mut out) = (Stuffer::new(), Vec::new());
        for block in blocks {
            stuffer.push(block, &mut out)?;
        }
        stuffer.finish(&mut out);
        Ok(out)
    }

    #[test]
    fn every_mail_gets_its_dots_doubled_and_one_end() {
        let rows: [(&[u8], &[u8]); 9] = [
            (b"", b".\r\n"),
            (b"a\r\n", b"a\r\n.\r\n"),
            (b"a", b"a\r\n.\r\n"),
            (b"\r\n", b"\r\n.\r\n"),
            (b".", b"..\r\n.\r\n"),
            (b".\r\n..\r\n...x\r\n", b"..\r\n...\r\n....x\r\n.\r\n"),
            (b"a.b\r\n.c\r\nd.", b"a.b\r\n..c\r\nd.\r\n.\r\n"),
            (b"\r\n\r\n.\r\n\r\n", b"\r\n\r\n..\r\n\r\n.\r\n"),
            // Half a line end at the very end of the content is completed, not sent bare.
            (b"a\r", b"a\r\n.\r\n"),
        ];
        for (content, wire) in rows {
            for i in 0..=content.len() {
                for j in i..=content.len() {
                    let blocks = [&content[..i], &content[i..j], &content[j..]];
                    assert_eq!(stuffed(&blocks).as_deref(), Ok(wire), "{blocks:?}");
                }
            }
        }
    }

    #[test]
    fn a_bare_line_end_is_refused_wherever_the_block_ends() {
        let rows: [&[u8]; 8] = [
            b"a\nb",
            b"a\rb",
            b"\n.\n",
            b"a\r\r\n",
            b"\r\n\n",
            b"\n",
            b"a\0b",
            b"\r\n.\r.",
        ];
        for content in rows {
            for i in 0..=content.len() {
                let blocks = [&content[..i], &content[i..]];
                assert_eq!(stuffed(&blocks), Err(BareLineEnd), "{blocks:?}");
            }
        }
    }
}
