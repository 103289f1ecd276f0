//! Reading a spool in order: as it came, or what was taken aside without encoding and decoding it once more.

use super::run::Run;
use super::{Place, Spool, Window, copy_from};
use std::fmt;
use std::io::{self, Read};
use std::ops::Range;

/// Reads a range of a [`Spool`]. Keeps the block it is in, so that small reads cost no decryption each.
pub struct SpoolReader<'a> {
    pub(super) spool: &'a Spool,
    pub(super) range: Range<u64>,
    pub(super) window: Window,
}

/// Whole groups of base64 were read decoded.
pub(in crate::mail) struct Aligned {
    /// The last of them was padded.
    pub(in crate::mail) padded: bool,
}

impl<'a> SpoolReader<'a> {
    /// Without a copy, what comes next: `most` bytes, fewer only at the end. `None` if they are not in memory.
    pub(in crate::mail) fn in_memory(&self, most: usize) -> Option<&'a [u8]> {
        let Place::Memory(bytes) = &self.spool.place else {
            return None;
        };
        let at = |offset: u64| usize::try_from(offset).map_or(bytes.len(), |n| n.min(bytes.len()));
        let rest = &bytes[at(self.range.start)..at(self.range.end).max(at(self.range.start))];
        Some(&rest[..most.min(rest.len())])
    }

    /// Goes on behind these bytes.
    pub(in crate::mail) fn skip(&mut self, bytes: usize) {
        self.range.start += bytes as u64;
    }

    /// What a file that was taken aside has from here on, decoded, as much as a block; `None` if there is none of which a line begins
    /// here, or it goes on behind the range.
    pub(in crate::mail) fn decoded(&mut self, out: &mut Vec<u8>) -> io::Result<Option<Aligned>> {
        let Some((run, from)) = self.run_here() else {
            return Ok(None);
        };
        let next = run.read(from, out)?;
        let padded = next == run.raw.end && run.is_padded();
        // The last line end may belong to the delimiter behind the part.
        self.range.start = next.min(self.range.end);
        Ok(Some(Aligned { padded }))
    }

    /// The same without reading: how many bytes are left of it.
    pub(in crate::mail) fn decoded_len(&mut self) -> Option<(u64, Aligned)> {
        let (run, from) = self.run_here()?;
        let padded = run.is_padded();
        self.range.start = run.raw.end.min(self.range.end);
        Some((run.kept.len() - from, Aligned { padded }))
    }

    /// True if a run begins here.
    pub(in crate::mail) fn at_run(&self) -> bool {
        let run = self.spool.run_at(self.range.start);
        run.is_some_and(|run| run.raw.start == self.range.start)
    }

    fn run_here(&self) -> Option<(&'a Run, u64)> {
        let run = self.spool.run_at(self.range.start)?;
        let inside = self.range.start < self.range.end && run.raw.end <= self.range.end + 2;
        let from = run.decoded_at(self.range.start).filter(|_| inside)?;
        Some((run, from))
    }
}

impl Read for SpoolReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let want = usize::try_from(self.range.end.saturating_sub(self.range.start))
            .unwrap_or(usize::MAX)
            .min(out.len());
        let out = &mut out[..want];
        let n = match &self.spool.place {
            Place::Memory(bytes) => copy_from(bytes, self.range.start, out),
            Place::File { file, .. } => {
                // Not on into a run: who decodes goes on there without decoding.
                let run = self.spool.next_run(self.range.start);
                let most = run.map_or(u64::MAX, |run| run - self.range.start);
                let most = usize::try_from(most).unwrap_or(usize::MAX).min(out.len());
                self.spool.read_blocks(
                    file,
                    &mut self.window,
                    self.range.start,
                    &mut out[..most],
                )?
            }
        };
        self.range.start += n as u64;
        Ok(n)
    }
}

impl fmt::Debug for SpoolReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpoolReader({:?})", self.range)
    }
}
