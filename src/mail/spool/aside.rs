//! Aside: a file is decoded once, while its mail arrives, and goes where it will stay; the spool keeps no second copy of it.
//!
//! Who takes files aside is a trait, since a spool knows neither keys nor shelves. Promises: what was taken is read back through the spool
//! to the byte, encoded ([`super::Spool::reader`]) or not ([`crate::mail::decode`]). What nobody wants goes into the spool's own file.

use super::run::{Line, Run, Shape};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Takes files out of a mail while it arrives.
pub trait Aside: Send + Sync {
    /// A file begins. `None`: neither this one nor any behind it is wanted.
    fn begin(&mut self) -> io::Result<Option<Box<dyn Keeping>>>;
}

/// A file on its way.
pub trait Keeping: Send + Sync {
    /// Its next bytes, decoded.
    fn write(&mut self, decoded: &[u8]) -> io::Result<()>;

    /// That was all of it. `raw`: where in the mail it stands encoded, the last line end included.
    fn finish(self: Box<Self>, raw: Range<u64>) -> io::Result<Arc<dyn Kept>>;
}

/// A file that was taken aside, as long as anybody reads the spool.
pub trait Kept: Send + Sync {
    /// Decoded bytes.
    fn len(&self) -> u64;

    /// True for no byte at all (no run is).
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `out` from `offset`; an error if there are not that many bytes.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}

/// A run that is being taken aside.
pub(super) struct Diversion {
    shape: Shape,
    /// Where it begins in the mail.
    start: u64,
    /// Raw bytes so far.
    taken: u64,
    /// The line that is not complete.
    line: Vec<u8>,
    out: Vec<u8>,
    /// `None` before the first full line.
    file: Option<Box<dyn Keeping>>,
}

/// What became of bytes that were fed to a diversion.
pub(super) enum Fed {
    /// All are taken.
    All,
    /// The run has ended. So many of them are used; these stand behind the run and were kept back.
    Ended { used: usize, behind: Vec<u8> },
}

impl Diversion {
    pub(super) fn new(shape: Shape, start: u64) -> Self {
        Diversion {
            shape,
            start,
            taken: 0,
            line: Vec::new(),
            out: Vec::new(),
            file: None,
        }
    }

    /// Bytes so far, those that may turn out to stand behind the run included.
    pub(super) fn len(&self) -> u64 {
        self.taken + self.line.len() as u64
    }

    /// The next bytes. `aside` is nobody any more once it wants nothing.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        aside: &mut Option<Box<dyn Aside>>,
    ) -> io::Result<Fed> {
        let mut used = 0;
        if !self.line.is_empty() {
            used = self.complete(bytes);
            if !self.is_line() {
                return Ok(Fed::All);
            }
            let line = std::mem::take(&mut self.line);
            let behind = match self.take_line(&line, aside)? {
                Line::Full => None,
                Line::Last => Some(Vec::new()),
                Line::Other => Some(line),
            };
            if let Some(behind) = behind {
                return Ok(Fed::Ended { used, behind });
            }
        }
        self.feed_lines(bytes, used, aside)
    }

    fn feed_lines(
        &mut self,
        bytes: &[u8],
        mut used: usize,
        aside: &mut Option<Box<dyn Aside>>,
    ) -> io::Result<Fed> {
        // Up to here lines are looked at one by one: among them is one that is not full.
        let mut one_by_one = 0;
        loop {
            let block = self.shape.block(&bytes[used..]);
            let lines = &bytes[used..used + block];
            if block > 0 && used >= one_by_one {
                if self.shape.decode(lines, &mut self.out) {
                    if !self.push(block, aside)? {
                        break;
                    }
                    used += block;
                    continue;
                }
                one_by_one = used + block;
            }
            let rest = &bytes[used..];
            let most = rest.len().min(self.shape.line());
            let Some(end) = memchr::memchr(b'\n', &rest[..most]) else {
                if rest.len() >= self.shape.line() {
                    break;
                }
                self.line.extend_from_slice(rest);
                return Ok(Fed::All);
            };
            let line = self.take_line(&rest[..=end], aside)?;
            if line != Line::Other {
                used += end + 1;
            }
            if line != Line::Full {
                break;
            }
        }
        let behind = Vec::new();
        Ok(Fed::Ended { used, behind })
    }

    /// Adds to the line what is missing of it; how many bytes that were.
    fn complete(&mut self, bytes: &[u8]) -> usize {
        let missing = self.shape.line() - self.line.len();
        let some = &bytes[..missing.min(bytes.len())];
        let n = memchr::memchr(b'\n', some).map_or(some.len(), |end| end + 1);
        self.line.extend_from_slice(&some[..n]);
        n
    }

    fn is_line(&self) -> bool {
        self.line.ends_with(b"\n") || self.line.len() >= self.shape.line()
    }

    /// What this line is to the run; of one that nobody wants it is none.
    fn take_line(&mut self, line: &[u8], aside: &mut Option<Box<dyn Aside>>) -> io::Result<Line> {
        let found = self.shape.judge(line, &mut self.out);
        if found == Line::Other || !self.push(line.len(), aside)? {
            return Ok(Line::Other);
        }
        Ok(found)
    }

    /// What was decoded, of so many raw bytes. False if nobody wants it.
    fn push(&mut self, raw: usize, aside: &mut Option<Box<dyn Aside>>) -> io::Result<bool> {
        if self.file.is_none() {
            self.file = match aside.as_deref_mut() {
                Some(aside) => aside.begin()?,
                None => None,
            };
        }
        let Some(file) = &mut self.file else {
            *aside = None;
            return Ok(false);
        };
        file.write(&self.out)?;
        self.taken += raw as u64;
        Ok(true)
    }

    /// No more of it: the run, if it is one, and what was kept back behind it. `gap`: see [`Run::gap`].
    pub(super) fn end(self, gap: u64) -> io::Result<(Option<Run>, Vec<u8>)> {
        let raw = self.start..self.start + self.taken;
        let run = match self.file {
            None => None,
            Some(file) => Some(Run {
                kept: file.finish(raw.clone())?,
                raw,
                gap,
                shape: self.shape,
            }),
        };
        Ok((run, self.line))
    }
}

#[cfg(test)]
#[path = "aside_tests.rs"]
mod tests;
