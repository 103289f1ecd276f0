//! The inner layer of TNEF: MAPI properties, in attributes that hold a list of them (MS-OXTNEF 2.1.3.4 and 2.1.3.5).
//!
//! Promises: a value is a range, never held; a list that does not end where its attribute ends is unreadable.

use super::attributes::Cursor;
use super::{Failure, Result};
use crate::mail::Spool;
use std::ops::Range;

/// Types of values (MS-OXCDATA 2.11.1).
pub(super) mod kind {
    pub const INTEGER: u16 = 0x0003;
    pub const OBJECT: u16 = 0x000d;
    pub const STRING: u16 = 0x001e;
    pub const UNICODE: u16 = 0x001f;
    pub const BINARY: u16 = 0x0102;
}

/// A list of values of one type.
const MANY: u16 = 0x1000;
/// From here on a name stands beside the number, and the number means nothing.
const NAMED: u16 = 0x8000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    /// 0 for one that somebody made up.
    pub id: u16,
    /// The type, see [`kind`]; that of a list is none of those.
    pub kind: u16,
    /// The value; of a list all of them.
    pub value: Range<u64>,
    /// All that is in the file of it.
    pub whole: Range<u64>,
}

/// Reads properties in order.
#[derive(Debug)]
pub(super) struct Properties<'a> {
    cursor: Cursor<'a>,
    left: u32,
}

impl<'a> Properties<'a> {
    pub(super) fn open(spool: &'a Spool, range: Range<u64>) -> Result<Self> {
        let mut cursor = Cursor::new(spool, range);
        let left = cursor.u32()?;
        Ok(Properties { cursor, left })
    }

    /// The next one; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Property>> {
        if self.left == 0 {
            return match self.cursor.left() {
                0..=3 => Ok(None),
                _ => Err(Failure::Unreadable(
                    "a winmail.dat with something behind its properties",
                )),
            };
        }
        self.left -= 1;
        let start = self.cursor.at;
        let kind = self.cursor.u16()?;
        let number = self.cursor.u16()?;
        if number >= NAMED {
            self.skip_name()?;
        }
        let value = self.value(kind)?;
        Ok(Some(Property {
            id: if number >= NAMED { 0 } else { number },
            kind,
            value,
            whole: start..self.cursor.at,
        }))
    }

    /// The set it is of, then a number or a text.
    fn skip_name(&mut self) -> Result<()> {
        self.cursor.take(16)?;
        let len = match self.cursor.u32()? {
            0 => 4,
            1 => return self.sized().map(|_| ()),
            _ => {
                return Err(Failure::Unreadable(
                    "a winmail.dat with a property without a name",
                ));
            }
        };
        self.cursor.take(len).map(|_| ())
    }

    fn value(&mut self, kind: u16) -> Result<Range<u64>> {
        let many = kind & MANY != 0;
        let fixed: Option<u64> = match kind & !MANY {
            0x0001 => Some(0),
            0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
            0x0048 => Some(16),
            kind::OBJECT | kind::STRING | kind::UNICODE | kind::BINARY => None,
            _ => {
                return Err(Failure::Unreadable(
                    "a winmail.dat with a property of an unknown type",
                ));
            }
        };
        let count = match many || fixed.is_none() {
            true => self.cursor.u32()?,
            false => 1,
        };
        if !many && count != 1 {
            return Err(Failure::Unreadable(
                "a winmail.dat with a property that is not one value",
            ));
        }
        let start = self.cursor.at;
        let mut value = start..start;
        for _ in 0..count {
            value = match fixed {
                // A list of nothing would have as many of them as it likes.
                Some(0) if many => {
                    return Err(Failure::Unreadable("a winmail.dat with a list of nothing"));
                }
                Some(len) => self.cursor.take(len)?,
                None => self.sized()?,
            };
        }
        Ok(match many {
            true => start..self.cursor.at,
            false => value,
        })
    }

    /// A length, so many bytes, and as many more as make it whole groups of four.
    fn sized(&mut self) -> Result<Range<u64>> {
        let len = u64::from(self.cursor.u32()?);
        let value = self.cursor.take(len)?;
        // The last value of a list may end with the list.
        let padding = (4 - len % 4) % 4;
        self.cursor.take(padding.min(self.cursor.left()))?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<Vec<(u16, Vec<u8>)>> {
        let spool = Spool::of(bytes);
        let mut properties = Properties::open(&spool, 0..spool.len()).ok()?;
        let mut found = Vec::new();
        while let Some(property) = properties.next().ok()? {
            found.push((property.id, spool.slice(property.value).expect("in memory")));
        }
        Some(found)
    }

    #[test]
    fn values_of_every_shape_are_found_and_lists_end_where_they_should() {
        let integer = b"\x03\0\x05\x37\x01\0\0\0";
        let string = b"\x1e\0\x07\x37\x01\0\0\0\x02\0\0\0a\0\0\0";
        let numbered = [
            &b"\x0b\0\0\x80"[..],
            &[7; 16],
            b"\0\0\0\0\x01\0\0\0\x01\0\0\0",
        ]
        .concat();
        let named = [
            &b"\x02\0\0\x80"[..],
            &[7; 16],
            b"\x01\0\0\0\x04\0\0\0x\0\0\0\x09\0\0\0",
        ]
        .concat();
        let list = b"\x1e\x10\x01\x30\x02\0\0\0\x01\0\0\0a\0\0\0\x01\0\0\0b\0\0\0";
        let count = |n: u8| vec![n, 0, 0, 0];
        let rows: Vec<(Vec<u8>, Option<usize>)> = vec![
            (count(0), Some(0)),
            (
                [count(2), integer.to_vec(), string.to_vec()].concat(),
                Some(2),
            ),
            ([count(1), string[..14].to_vec()].concat(), Some(1)),
            ([count(2), numbered, named].concat(), Some(2)),
            (
                [count(2), list.to_vec(), integer.to_vec()].concat(),
                Some(2),
            ),
            ([count(2), integer.to_vec()].concat(), None),
            (
                [count(1), integer.to_vec(), integer.to_vec()].concat(),
                None,
            ),
            ([count(1), b"\x99\0\x01\x30".to_vec()].concat(), None),
            (
                [count(1), b"\x01\x10\x01\x30\xff\xff\xff\xff".to_vec()].concat(),
                None,
            ),
            (
                [
                    count(1),
                    b"\x1e\0\x01\x30\x02\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
                ]
                .concat(),
                None,
            ),
            (
                [
                    count(1),
                    b"\x1e\0\x01\x30\x01\0\0\0\xff\xff\xff\xff".to_vec(),
                ]
                .concat(),
                None,
            ),
        ];
        for (bytes, want) in rows {
            let found = read(&bytes).map(|found| found.len());
            assert_eq!(found, want, "{bytes:?}");
        }
        let found = read(&[count(1), string.to_vec()].concat());
        assert_eq!(found, Some(vec![(0x3707, b"a\0".to_vec())]));
    }
}
