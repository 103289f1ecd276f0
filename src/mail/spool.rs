//! The bytes of a mail as received: in memory up to 256 KiB, beyond that in an unlinked file, encrypted.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Takes bytes once, in order.
#[derive(Debug)]
pub struct SpoolWriter {
    _folder: PathBuf,
    bytes: Vec<u8>,
}

/// Gives them back, from anywhere, as often as wanted, from any thread.
#[derive(Debug)]
pub struct Spool {
    bytes: Vec<u8>,
}

impl SpoolWriter {
    /// `folder` is where a file goes if the mail gets large; nothing is made there before.
    pub fn new(folder: &Path) -> Self {
        SpoolWriter {
            _folder: folder.to_owned(),
            bytes: Vec::new(),
        }
    }

    /// The next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// How many so far.
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// True before the first byte.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// No more bytes.
    pub fn finish(self) -> io::Result<Spool> {
        Ok(Spool { bytes: self.bytes })
    }
}

impl Spool {
    /// A spool of bytes in memory: for tests, nested messages and mails of our own.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Self {
        Spool {
            bytes: bytes.into(),
        }
    }

    /// Size in bytes.
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// True for no byte at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads at an offset; fewer bytes than asked for only at the end.
    pub fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.bytes.len());
        let n = out.len().min(self.bytes.len() - from);
        out[..n].copy_from_slice(&self.bytes[from..from + n]);
        Ok(n)
    }

    /// Reads a range in order.
    pub fn reader(&self, range: Range<u64>) -> SpoolReader<'_> {
        SpoolReader { spool: self, range }
    }

    /// A range in memory; for ranges that are known to be small.
    pub fn slice(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        io::Read::read_to_end(&mut self.reader(range), &mut out)?;
        Ok(out)
    }
}

/// Reads a range of a [`Spool`].
#[derive(Debug)]
pub struct SpoolReader<'a> {
    spool: &'a Spool,
    range: Range<u64>,
}

impl io::Read for SpoolReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let want = usize::try_from(self.range.end.saturating_sub(self.range.start))
            .unwrap_or(usize::MAX)
            .min(out.len());
        let n = self.spool.read_at(self.range.start, &mut out[..want])?;
        self.range.start += n as u64;
        Ok(n)
    }
}
