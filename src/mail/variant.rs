//! A variant: the recipients who get the same bytes by the same lane, and those bytes. The only thing an outlet takes.
//!
//! Promises: [`Variant::assertion`] is called by `rewrite` alone (and by `notify` for mails of our own), so that no recipient can be
//! paired with bytes that were made for another. Bytes that were not touched stay references into the spool and cannot change.

use super::envelope::{MailOptions, Recipient};
use super::{Address, Spool};
use serde::{Deserialize, Serialize};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Which way a mail leaves, from the ordinary to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Lane {
    /// By the next hop.
    #[default]
    Ordinary,
    /// By a mail server that delivers over verified TLS or not at all.
    VerifiedTls,
}

/// Ready to leave.
#[derive(Debug, Clone)]
pub struct Variant {
    lane: Lane,
    sender: Option<Address>,
    recipients: Vec<Recipient>,
    options: MailOptions,
    content: Content,
}

impl Variant {
    /// Asserts that these recipients may read these bytes and may be sent them by this lane. One search for `Variant::assertion` shows
    /// everyone who says so.
    pub fn assertion(
        lane: Lane,
        sender: Option<Address>,
        recipients: Vec<Recipient>,
        options: MailOptions,
        content: Content,
    ) -> Self {
        Variant {
            lane,
            sender,
            recipients,
            options,
            content,
        }
    }

    /// The only way it may leave by.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// The envelope sender.
    pub fn sender(&self) -> Option<&Address> {
        self.sender.as_ref()
    }

    /// Everyone who gets these bytes.
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// MAIL parameters.
    pub fn options(&self) -> &MailOptions {
        &self.options
    }

    /// The bytes.
    pub fn content(&self) -> &Content {
        &self.content
    }
}

/// A list of segments: what the mail is made of.
#[derive(Debug, Clone)]
pub struct Content {
    spool: Option<Arc<Spool>>,
    segments: Vec<Segment>,
}

/// A piece of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Bytes of the spool, untouched.
    Kept(Range<u64>),
    /// Bytes of ours.
    New(Arc<[u8]>),
}

impl Content {
    /// Segments over a spool. Empty segments are dropped, neighbours in the spool joined.
    pub fn of(spool: Arc<Spool>, segments: Vec<Segment>) -> Self {
        let mut joined: Vec<Segment> = Vec::with_capacity(segments.len());
        for segment in segments.into_iter().filter(|s| s.len() > 0) {
            match (joined.last_mut(), &segment) {
                (Some(Segment::Kept(last)), Segment::Kept(next)) if last.end == next.start => {
                    last.end = next.end
                }
                _ => joined.push(segment),
            }
        }
        Content {
            spool: Some(spool),
            segments: joined,
        }
    }

    /// A mail that is all ours.
    pub fn new(bytes: Vec<u8>) -> Self {
        Content {
            spool: None,
            segments: vec![Segment::New(bytes.into())],
        }
    }

    /// The same with new bytes on top.
    pub fn below(mut self, top: Vec<u8>) -> Self {
        self.segments.insert(0, Segment::New(top.into()));
        self
    }

    /// Size in bytes, before dot-stuffing.
    pub fn len(&self) -> u64 {
        self.segments.iter().map(Segment::len).sum()
    }

    /// True for a mail without a byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pieces, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Bytes of the mail that it was made of; none of a mail that is all ours.
    pub fn kept(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        match &self.spool {
            Some(spool) => spool.slice(range),
            None => Ok(Vec::new()),
        }
    }

    /// True if what stands behind the first `skip` bytes is the mail that it was made of, from `start` to its end, untouched.
    pub fn keeps_behind(&self, skip: u64, start: u64) -> bool {
        let Some(spool) = &self.spool else {
            return false;
        };
        let kept = start..spool.len();
        let mut at = 0;
        for segment in &self.segments {
            let from = skip.saturating_sub(at).min(segment.len());
            at += segment.len();
            if from < segment.len() {
                let is_last = at == self.len();
                let rest = |range: &Range<u64>| range.start + from..range.end;
                return is_last && matches!(segment, Segment::Kept(range) if rest(range) == kept);
            }
        }
        kept.is_empty()
    }

    /// Reads it from the start, block by block, in bounded memory.
    pub fn reader(&self) -> ContentReader {
        ContentReader {
            content: self.clone(),
            segment: 0,
            offset: 0,
        }
    }

    /// All of it in memory: for tests, the command line and small mails of our own only.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        io::copy(&mut self.reader(), &mut out)?;
        Ok(out)
    }
}

impl Segment {
    /// Size in bytes.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        match self {
            Segment::Kept(range) => range.end - range.start,
            Segment::New(bytes) => bytes.len() as u64,
        }
    }
}

/// Reads a [`Content`] in order.
#[derive(Debug)]
pub struct ContentReader {
    content: Content,
    segment: usize,
    offset: u64,
}

impl io::Read for ContentReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(segment) = self.content.segments.get(self.segment) {
            let left = segment.len() - self.offset;
            if left == 0 {
                self.segment += 1;
                self.offset = 0;
                continue;
            }
            let want = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
            let read = match segment {
                Segment::New(bytes) => {
                    let from = self.offset as usize;
                    out[..want].copy_from_slice(&bytes[from..from + want]);
                    want
                }
                Segment::Kept(range) => {
                    let spool = self
                        .content
                        .spool
                        .as_ref()
                        .expect("kept segments are made with their spool");
                    spool.read_at(range.start + self.offset, &mut out[..want])?
                }
            };
            if read == 0 && want > 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "a segment reaches past the end of its spool",
                ));
            }
            self.offset += read as u64;
            return Ok(read);
        }
        Ok(0)
    }
}
