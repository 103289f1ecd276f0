//! The outer layer of TNEF: attributes, one behind the other, each with level, id, length and a sum of its bytes (MS-OXTNEF 2.1.3).
//!
//! Promises: a value is a range, never held; every length is checked against what is there, so that no input reads beyond its end.
//! An attribute whose sum is wrong is damaged; a sum of zero counts as one that was never made, as some programs write it.

use super::{Failure, Result};
use crate::mail::Spool;
use std::io::Read;
use std::ops::Range;

/// The first bytes of every TNEF.
pub(super) const SIGNATURE: [u8; 4] = 0x223e_9f78_u32.to_le_bytes();
/// Signature and key.
const HEAD: u64 = 6;
const BLOCK: usize = 64 * 1024;
/// Zeros and line ends behind the last attribute, as some programs leave them.
const MOST_PADDING: u64 = 4 * 1024;

/// A place in a range of a spool. It never leaves the range.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub spool: &'a Spool,
    pub at: u64,
    pub end: u64,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(spool: &'a Spool, range: Range<u64>) -> Self {
        Cursor {
            spool,
            at: range.start,
            end: range.end.min(spool.len()),
        }
    }

    /// Bytes up to the end.
    pub(super) fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// The next `len` bytes as a range, not read.
    pub(super) fn take(&mut self, len: u64) -> Result<Range<u64>> {
        if len > self.left() {
            return Err(Failure::Unreadable("a winmail.dat that ends too early"));
        }
        let range = self.at..self.at + len;
        self.at = range.end;
        Ok(range)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let range = self.take(N as u64)?;
        let mut out = [0; N];
        let got = self.spool.read_at(range.start, &mut out)?;
        match got == N {
            true => Ok(out),
            false => Err(Failure::Unreadable("a winmail.dat that ends too early")),
        }
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }
}

/// What an attribute belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Message,
    Attachment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub level: Level,
    /// Type in the upper half, name in the lower.
    pub id: u32,
    pub value: Range<u64>,
}

/// Reads attributes in order.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    cursor: Cursor<'a>,
    block: Vec<u8>,
}

impl<'a> Attributes<'a> {
    /// Behind the head of a stream.
    pub(super) fn open(spool: &'a Spool, range: Range<u64>) -> Result<Self> {
        let mut cursor = Cursor::new(spool, range);
        let head: [u8; HEAD as usize] = cursor.array()?;
        match head.starts_with(&SIGNATURE) {
            true => Ok(Attributes {
                cursor,
                block: Vec::new(),
            }),
            false => Err(Failure::Unreadable(
                "a winmail.dat in which a message does not begin",
            )),
        }
    }

    /// The next one; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Attribute>> {
        if self.cursor.left() == 0 {
            return Ok(None);
        }
        let start = self.cursor.at;
        let [level] = self.cursor.array()?;
        let level = match level {
            1 => Level::Message,
            2 => Level::Attachment,
            _ => return self.padding(start),
        };
        let id = self.cursor.u32()?;
        let len = self.cursor.u32()?;
        let value = self.cursor.take(len.into())?;
        let said = self.cursor.u16()?;
        if said != 0 && said != self.sum(value.clone())? {
            return Err(Failure::Unreadable(
                "a winmail.dat with a damaged attribute",
            ));
        }
        Ok(Some(Attribute { level, id, value }))
    }

    fn padding(&mut self, start: u64) -> Result<Option<Attribute>> {
        let rest = start..self.cursor.end;
        if rest.end - rest.start > MOST_PADDING {
            return Err(Failure::Unreadable(
                "a winmail.dat with something behind its end",
            ));
        }
        let bytes = self.cursor.spool.slice(rest)?;
        self.cursor.at = self.cursor.end;
        match bytes.iter().all(|b| [0, b'\r', b'\n', b' '].contains(b)) {
            true => Ok(None),
            false => Err(Failure::Unreadable(
                "a winmail.dat with something behind its end",
            )),
        }
    }

    fn sum(&mut self, value: Range<u64>) -> Result<u16> {
        if self.block.is_empty() {
            self.block = vec![0; BLOCK];
        }
        let mut reader = self.cursor.spool.reader(value);
        let mut sum = 0u64;
        loop {
            let n = reader.read(&mut self.block)?;
            if n == 0 {
                return Ok(sum as u16);
            }
            sum += self.block[..n].iter().map(|b| u64::from(*b)).sum::<u64>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, value: &[u8], sum: u16) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(0x0002_800cu32.to_le_bytes());
        out.extend((value.len() as u32).to_le_bytes());
        out.extend(value);
        out.extend(sum.to_le_bytes());
        out
    }

    fn read(behind: &[u8]) -> Result<Vec<Attribute>> {
        let spool = Spool::of([&SIGNATURE[..], &[1, 0], behind].concat());
        let mut attributes = Attributes::open(&spool, 0..spool.len())?;
        let mut found = Vec::new();
        while let Some(attribute) = attributes.next()? {
            found.push(attribute);
        }
        Ok(found)
    }

    #[test]
    fn an_attribute_is_whole_or_the_file_is_not_read() {
        let right = attribute(1, b"ab", 195);
        let rows: Vec<(Vec<u8>, Option<usize>)> = vec![
            (vec![], Some(0)),
            (right.clone(), Some(1)),
            ([right.clone(), attribute(2, b"", 0)].concat(), Some(2)),
            (attribute(1, b"ab", 0), Some(1)),
            (attribute(1, b"ab", 196), None),
            (right[..right.len() - 1].to_vec(), None),
            ([right.clone(), b"\0\0\r\n".to_vec()].concat(), Some(1)),
            ([right.clone(), vec![0; 5000]].concat(), None),
            ([right.clone(), b"\0more".to_vec()].concat(), None),
            (attribute(3, b"ab", 195), None),
        ];
        for (bytes, want) in rows {
            let found = read(&bytes).ok().map(|found| found.len());
            assert_eq!(found, want, "{bytes:?}");
        }
    }
}
