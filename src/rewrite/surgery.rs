//! Edits to a mail as ranges and new bytes, and the list of segments they lead to.
//!
//! Promises: what no edit names is kept by reference; edits come out in the order of the mail, whatever order they were made in; an
//! edit inside a range that is taken out as a whole is dropped with it.

use crate::mail::Segment;
use std::ops::Range;

/// Changes to one mail, in any order.
#[derive(Debug, Default)]
pub(super) struct Edits {
    list: Vec<(Range<u64>, Vec<u8>)>,
}

impl Edits {
    /// Puts bytes before the byte at `at`.
    pub(super) fn insert(&mut self, at: u64, bytes: impl Into<Vec<u8>>) {
        self.list.push((at..at, bytes.into()));
    }

    /// Takes a range out.
    pub(super) fn remove(&mut self, range: Range<u64>) {
        self.list.push((range, Vec::new()));
    }

    /// Puts bytes in place of a range.
    pub(super) fn replace(&mut self, range: Range<u64>, bytes: impl Into<Vec<u8>>) {
        self.list.push((range, bytes.into()));
    }

    /// The mail of `len` bytes with all edits made.
    pub(super) fn segments(mut self, len: u64) -> Vec<Segment> {
        // Stable: two insertions at one place keep their order; an insertion stands before a range that starts there.
        self.list
            .sort_by_key(|(range, _)| (range.start, range.end > range.start));
        let mut out = Vec::with_capacity(self.list.len() * 2 + 1);
        let mut kept_from = 0;
        for (range, bytes) in self.list {
            if range.start < kept_from {
                kept_from = kept_from.max(range.end);
                continue;
            }
            out.push(Segment::Kept(kept_from..range.start));
            out.push(Segment::New(bytes.into()));
            kept_from = range.end;
        }
        out.push(Segment::Kept(kept_from..len.max(kept_from)));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(edits: Edits, text: &str) -> String {
        edits
            .segments(text.len() as u64)
            .iter()
            .map(|segment| match segment {
                Segment::Kept(r) => text[r.start as usize..r.end as usize].to_owned(),
                Segment::New(bytes) => String::from_utf8(bytes.to_vec()).expect("tests use text"),
            })
            .collect()
    }

    #[test]
    fn edits_come_out_in_the_order_of_the_mail() {
        let mut edits = Edits::default();
        edits.insert(6, "!");
        edits.replace(1..3, "XY");
        edits.insert(0, "a");
        edits.insert(0, "b");
        edits.insert(1, "_");
        edits.remove(4..5);
        assert_eq!(apply(edits, "012345"), "ab0_XY35!");
    }

    #[test]
    fn what_lies_in_a_removed_range_goes_with_it() {
        let mut edits = Edits::default();
        edits.remove(1..5);
        edits.insert(2, "lost");
        edits.remove(3..4);
        assert_eq!(apply(edits, "012345"), "05");
    }
}
