//! The skeleton: of a mail's bytes those that can matter for its structure, collected while they arrive.
//!
//! Kept are: the first header block whole (up to 256 KiB), every line that starts with `--`, the first 64 KiB behind each of these,
//! and the last line of every run that is cut (it carries the line end before a delimiter). What is dropped is remembered as a gap.
//! Promises: the same skeleton however the bytes are split; memory stays below 16 MiB plus gaps; an offset of the skeleton
//! maps to the offset of the same byte in the spool. Over a limit it goes on, and [`Skeleton::over`] says which.

use memchr::memmem;
use std::fmt;
use std::ops::Range;

const HEADER_MAX: usize = 256 * 1024;
const RUN_MAX: usize = 64 * 1024;
const SKELETON_MAX: usize = 16 * 1024 * 1024;
/// Of a cut run's last line at most this much is kept; of a longer one only its line end.
const LAST_LINE_MAX: usize = 1024;

/// Collects, in one pass, bytes split anywhere.
pub struct SkeletonBuilder {
    dashes: memmem::Finder<'static>,
    bytes: Vec<u8>,
    gaps: Vec<Gap>,
    /// All bytes so far.
    total: u64,
    /// How many of the current run were kept; a line that starts with `--` begins a new run.
    run: usize,
    in_header: bool,
    /// Bytes of the first header block, once it has ended.
    header: u64,
    /// The end of what is being dropped, at most `LAST_LINE_MAX + 3` bytes; empty while nothing is.
    tail: Vec<u8>,
    dropping: bool,
    over: Option<&'static str>,
}

/// What was collected.
#[derive(Default)]
pub struct Skeleton {
    bytes: Vec<u8>,
    gaps: Vec<Gap>,
    total: u64,
    over: Option<&'static str>,
}

/// Bytes that are in the spool and not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    /// Where they would stand in the skeleton.
    at: usize,
    /// How many are missing up to here, over all gaps.
    missing: u64,
}

impl Default for SkeletonBuilder {
    fn default() -> Self {
        SkeletonBuilder {
            dashes: memmem::Finder::new(b"\n--"),
            bytes: Vec::new(),
            gaps: Vec::new(),
            total: 0,
            run: 0,
            in_header: true,
            header: 0,
            tail: Vec::new(),
            dropping: false,
            over: None,
        }
    }
}

impl SkeletonBuilder {
    /// An empty one.
    pub fn new() -> Self {
        SkeletonBuilder::default()
    }

    /// The next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let taken = match (self.in_header, self.dropping) {
                (true, _) => self.header(bytes),
                (false, false) => self.keep(bytes),
                (false, true) => self.drop(bytes),
            };
            self.total += taken as u64;
            bytes = &bytes[taken..];
        }
    }

    /// Where the body begins: behind the blank line that ends the first header block, or behind as much of an endless one as is read.
    /// `None` while that is not known.
    pub fn body_start(&self) -> Option<u64> {
        (!self.in_header).then_some(self.header)
    }

    /// No more bytes.
    pub fn finish(mut self) -> Skeleton {
        if self.dropping {
            self.resume(0);
        }
        Skeleton {
            bytes: self.bytes,
            gaps: self.gaps,
            total: self.total,
            over: self.over,
        }
    }

    /// Keeps bytes until the blank line behind the first header block.
    fn header(&mut self, bytes: &[u8]) -> usize {
        let before = self.bytes.len();
        let room = HEADER_MAX.saturating_sub(before);
        let take = room.min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..take]);
        if let Some(end) = blank_line_end(&self.bytes, before.saturating_sub(3)) {
            self.bytes.truncate(end);
            self.in_header = false;
            self.header = end as u64;
            return end - before;
        }
        if take < bytes.len() {
            self.over = Some("a header block over 256 KiB");
            self.in_header = false;
            self.header = (before + take) as u64;
        }
        take
    }

    /// Keeps bytes until the run has its 64 KiB.
    fn keep(&mut self, bytes: &[u8]) -> usize {
        if self.run >= RUN_MAX || self.bytes.len() >= SKELETON_MAX {
            // Not in the middle of a line end or of dashes: the search for them begins with what is dropped.
            if !self.at_seam() {
                self.dropping = true;
                return 0;
            }
            if self.bytes.len() >= SKELETON_MAX + 8 {
                self.dropping = true;
                self.over = self.over.or(Some("a structure over 16 MiB"));
                return 0;
            }
            return self.take(&bytes[..1]);
        }
        let room = (RUN_MAX - self.run).min(bytes.len());
        match self.dashes.find(&bytes[..room]) {
            Some(at) => {
                self.take(&bytes[..at + 3]);
                self.run = 2;
                at + 3
            }
            None => self.take(&bytes[..room]),
        }
    }

    /// True if the last kept bytes may be the beginning of `\n--`.
    fn at_seam(&self) -> bool {
        self.bytes.ends_with(b"\n") || self.bytes.ends_with(b"\n-")
    }

    /// Keeps some bytes; if they complete a `\n--` with those before, a new run begins.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.run += bytes.len();
        let seam = before.saturating_sub(2)..(before + 2).min(self.bytes.len());
        if let Some(at) = memmem::find(&self.bytes[seam.clone()], b"\n--") {
            self.run = self.bytes.len() - (seam.start + at + 1);
        }
        bytes.len()
    }

    /// Drops bytes until a line starts with `--`.
    fn drop(&mut self, bytes: &[u8]) -> usize {
        if self.bytes.len() >= SKELETON_MAX {
            self.remember(bytes);
            return bytes.len();
        }
        let known = self.tail.len();
        let edge = &bytes[..bytes.len().min(2)];
        self.tail.extend_from_slice(edge);
        let seam = known.saturating_sub(2);
        let across = memmem::find(&self.tail[seam..], b"\n--").map(|at| seam + at + 1);
        self.tail.truncate(known);
        // `across` counts in the tail, of which the line start lies at most two bytes before these bytes.
        let line = match across {
            Some(line) => line as isize - known as isize,
            None => match self.dashes.find(bytes) {
                Some(at) => at as isize + 1,
                None => {
                    self.remember(bytes);
                    return bytes.len();
                }
            },
        };
        match usize::try_from(line) {
            Ok(line) => {
                self.remember(&bytes[..line]);
                self.resume(line as u64);
                line
            }
            Err(_) => {
                let dashes = self.tail.split_off(known - line.unsigned_abs());
                self.resume_before(&dashes);
                0
            }
        }
    }

    /// Keeps the end of what is dropped.
    fn remember(&mut self, bytes: &[u8]) {
        const KEEP: usize = LAST_LINE_MAX + 3;
        if bytes.len() >= KEEP {
            self.tail.clear();
            self.tail.extend_from_slice(&bytes[bytes.len() - KEEP..]);
        } else {
            let excess = (self.tail.len() + bytes.len()).saturating_sub(KEEP);
            self.tail.drain(..excess);
            self.tail.extend_from_slice(bytes);
        }
    }

    /// Ends a gap: what was dropped reaches up to `ahead` bytes behind the total; its last line is kept.
    fn resume(&mut self, ahead: u64) {
        let tail = std::mem::take(&mut self.tail);
        let kept = last_line(&tail);
        self.bytes.extend_from_slice(kept);
        let missing = self.total + ahead - self.bytes.len() as u64;
        self.gap(self.bytes.len() - kept.len(), missing);
        self.dropping = false;
        self.run = 0;
        if self.bytes.len() >= SKELETON_MAX {
            self.over = self.over.or(Some("a structure over 16 MiB"));
            self.dropping = true;
        }
    }

    /// The same, when the first of the dashes came in an earlier push: they are kept too.
    fn resume_before(&mut self, dashes: &[u8]) {
        self.total -= dashes.len() as u64;
        self.resume(0);
        self.total += dashes.len() as u64;
        if self.dropping {
            self.tail.extend_from_slice(dashes);
        } else {
            self.bytes.extend_from_slice(dashes);
            self.run = dashes.len();
        }
    }

    fn gap(&mut self, at: usize, missing: u64) {
        if missing > self.gaps.last().map_or(0, |gap| gap.missing) {
            self.gaps.push(Gap { at, missing });
        }
    }
}

/// Of the end of a run its last line, if all of it is there, else its line end only: the rest of a line must not look like a line.
fn last_line(tail: &[u8]) -> &[u8] {
    let text = tail.strip_suffix(b"\n").unwrap_or(tail);
    match memchr::memrchr(b'\n', text) {
        Some(at) => &tail[at + 1..],
        None if tail.ends_with(b"\r\n") => &tail[tail.len() - 2..],
        None if tail.ends_with(b"\n") => &tail[tail.len() - 1..],
        None => &tail[tail.len()..],
    }
}

/// Behind the first empty line of a header block, looking for it from an offset on.
fn blank_line_end(bytes: &[u8], from: usize) -> Option<usize> {
    if from == 0 && bytes.starts_with(b"\r\n") {
        return Some(2);
    }
    if from == 0 && bytes.starts_with(b"\n") {
        return Some(1);
    }
    memchr::memchr_iter(b'\n', &bytes[from..]).find_map(|at| match &bytes[from + at + 1..] {
        [b'\r', b'\n', ..] => Some(from + at + 3),
        [b'\n', ..] => Some(from + at + 2),
        _ => None,
    })
}

impl Skeleton {
    /// What the MIME library reads.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the byte at an offset of the skeleton is in the spool; the end maps to the end.
    pub fn spool_offset(&self, at: usize) -> u64 {
        if at >= self.bytes.len() {
            return self.total;
        }
        let before = self.gaps.partition_point(|gap| gap.at <= at);
        let missing = before.checked_sub(1).map_or(0, |i| self.gaps[i].missing);
        at as u64 + missing
    }

    /// A range of the skeleton as a range of the spool, with whatever was dropped inside it.
    pub fn spool_range(&self, range: Range<usize>) -> Range<u64> {
        let start = self.spool_offset(range.start);
        start..self.spool_offset(range.end).max(start)
    }

    /// True if nothing inside this range of the skeleton was dropped.
    pub fn is_whole(&self, range: Range<usize>) -> bool {
        let reaches_end = range.end >= self.bytes.len();
        !self.gaps.iter().any(|gap| {
            range.start < gap.at && (gap.at < range.end || (reaches_end && gap.at == range.end))
        })
    }

    /// The limit that was passed, if one was.
    pub fn over(&self) -> Option<&'static str> {
        self.over
    }
}

impl fmt::Debug for SkeletonBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SkeletonBuilder({} of {})", self.bytes.len(), self.total)
    }
}

impl fmt::Debug for Skeleton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Skeleton({} of {})", self.bytes.len(), self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skeleton(bytes: &[u8], step: usize) -> Skeleton {
        let mut builder = SkeletonBuilder::new();
        for piece in bytes.chunks(step) {
            builder.push(piece);
        }
        builder.finish()
    }

    fn large() -> Vec<u8> {
        let mut mail = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n".to_vec();
        mail.extend_from_slice(b"Content-Transfer-Encoding: base64\r\n\r\n");
        mail.extend(format!("{}\r\n", "QUJD".repeat(19)).repeat(3000).bytes());
        mail.extend_from_slice(b"last\r\n--b\r\n\r\n");
        mail.extend("x".repeat(200_000).bytes());
        mail.extend_from_slice(b"\r\n--b--\r\nepilogue\r\n");
        mail
    }

    #[test]
    fn every_kept_byte_maps_to_itself() {
        let mail = large();
        let whole = skeleton(&mail, mail.len());
        assert!(whole.bytes().len() < 140_000, "{whole:?}");
        for (at, byte) in whole.bytes().iter().enumerate() {
            assert_eq!(mail[whole.spool_offset(at) as usize], *byte, "at {at}");
        }
        assert_eq!(whole.spool_offset(whole.bytes().len()), mail.len() as u64);
        let dashed = |bytes: &[u8]| memmem::find_iter(bytes, b"\n--").count();
        assert_eq!(dashed(whole.bytes()), dashed(&mail));
        assert!(memmem::find(whole.bytes(), b"last\r\n--b\r\n").is_some());
    }

    #[test]
    fn any_split_gives_the_same_skeleton() {
        let mail = large();
        let whole = skeleton(&mail, mail.len());
        for step in [1, 2, 3, 7, 76, 78, 1000, 65_535, 65_536, 65_537] {
            let split = skeleton(&mail, step);
            assert!(split.bytes == whole.bytes, "in steps of {step}");
            assert_eq!(split.gaps, whole.gaps, "in steps of {step}");
        }
    }

    #[test]
    fn a_small_mail_is_its_own_skeleton() {
        let mail = b"Subject: x\r\n\r\n--\r\nsignature\r\n";
        let skeleton = skeleton(mail, 4);
        assert_eq!(skeleton.bytes(), mail);
        assert!(skeleton.is_whole(0..mail.len()) && skeleton.over().is_none());
    }

    #[test]
    fn the_rest_of_a_cut_line_never_looks_like_a_delimiter() {
        for width in RUN_MAX - 3..RUN_MAX + 4 {
            let mut mail = b"\r\n".to_vec();
            mail.extend("y".repeat(width).bytes());
            mail.extend_from_slice(b"\r\nz");
            mail.extend("--b".repeat(50_000).bytes());
            mail.extend_from_slice(b"\r\n--b--\r\n");
            let skeleton = skeleton(&mail, 4096);
            let lines = memmem::find_iter(skeleton.bytes(), b"\n--").count();
            assert_eq!(lines, 1, "width {width}");
        }
    }

    #[test]
    fn limits_are_told_and_memory_stays_bounded() {
        let header = format!("X: {}\r\n", "a".repeat(70)).repeat(5000);
        let over = skeleton(header.as_bytes(), 999);
        assert_eq!(over.over(), Some("a header block over 256 KiB"));
        let dashes = format!("\r\n{}", "--x\r\n".repeat(5 << 20));
        let over = skeleton(dashes.as_bytes(), 65_536);
        assert_eq!(over.over(), Some("a structure over 16 MiB"));
        assert!(over.bytes().len() < SKELETON_MAX + 4096);
        assert_eq!(over.spool_offset(over.bytes().len()), dashes.len() as u64);
    }
}
