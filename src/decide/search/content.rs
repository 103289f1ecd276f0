//! What was found in a mail: hits of detectors, files inside files, and what could not be read.
//!
//! Promises: bounded ([`MAX_HITS`] for each detector, [`MAX_NAMED`] members); a value is kept as a keyed hash and as at most four
//! of its characters, never whole. Leaves to others: finding (`finder`), what rules make of it (`conditions`).

use crate::decide::detectors::Confidence;
use crate::decide::patterns::{Exposed, Matches};
use crate::mail::content::Unreadable;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Hits that are kept for one detector; rules cannot ask for more.
pub const MAX_HITS: usize = 10_000;

/// Hits of one detector that keep their place, for people.
pub const MAX_PLACES: usize = 20;

/// Members of archives that are kept by name. A mail that has more counts as unreadable.
pub const MAX_NAMED: usize = 10_000;

/// What was found in one mail.
#[derive(Debug, Default)]
pub struct Content {
    /// Hits, by the number of their detector in [`Wanted`](super::Wanted).
    pub hits: BTreeMap<usize, Vec<Hit>>,
    /// Patterns that matched.
    pub matches: Matches,
    /// Files inside the files of the mail.
    pub members: Vec<Member>,
    /// What could not be read: place and reason.
    pub unreadable: Vec<(String, Unreadable)>,
}

/// Something that a detector found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// What speaks for it.
    pub confidence: Confidence,
    /// Equal values have equal keys, within this process.
    pub key: u64,
    /// Where in the whole of the text: two detectors that found the same number have the same.
    pub at: u64,
    /// It stands where a transfer of files would leave it.
    pub exposed: Exposed,
    /// Bit n: the value stands in value list n of [`Wanted`](super::Wanted).
    pub listed: u64,
    /// For people; kept for the first [`MAX_PLACES`] only.
    pub evidence: Option<Box<Evidence>>,
}

/// Where a hit stands and what speaks for it, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `body, line 3`; `report.xlsx, sheet Personal, row 7`
    pub place: String,
    /// The end of the value, at most four characters and at most a third of it.
    pub shown: String,
    /// The context word, and how many characters away it is; in the heading of its column: `None`.
    pub context: Option<(String, Option<usize>)>,
}

/// A file inside a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `bundle.zip > report.xlsx`
    pub place: String,
    /// The last part of its name, as its container gives it.
    pub name: String,
    /// As its first bytes say; empty: nothing known.
    pub media_type: String,
    /// In bytes.
    pub size: u64,
}

impl Content {
    /// How often these detectors found something of at least this confidence. `distinct`: equal values count once. A number that
    /// several of the detectors found counts once.
    pub fn count(&self, detectors: &[usize], least: Confidence, distinct: bool) -> usize {
        let hits = self.of(detectors, least);
        let same: BTreeSet<u64> = match distinct {
            true => hits.map(|hit| hit.key).collect(),
            false => hits.map(|hit| hit.at).collect(),
        };
        same.len()
    }

    /// The hits of these detectors of at least this confidence.
    pub fn of<'a>(
        &'a self,
        detectors: &'a [usize],
        least: Confidence,
    ) -> impl Iterator<Item = &'a Hit> {
        let lists = detectors.iter().filter_map(|number| self.hits.get(number));
        lists.flatten().filter(move |hit| hit.confidence >= least)
    }

    /// Notes a hit of a detector, while there is room.
    pub(super) fn add(&mut self, detector: usize, hit: impl FnOnce(bool) -> Hit) {
        let hits = self.hits.entry(detector).or_default();
        if hits.len() < MAX_HITS {
            let placed = hits.len() < MAX_PLACES;
            hits.push(hit(placed));
        }
    }
}

impl Evidence {
    /// So much of a value may be shown.
    pub fn end_of(value: &str) -> String {
        let count = value.chars().count();
        let shown = (count / 3).min(4);
        value.chars().skip(count - shown).collect()
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: …{}", self.place, self.shown)?;
        match &self.context {
            Some((word, Some(1))) => write!(f, " (\"{word}\" 1 character away)"),
            Some((word, Some(away))) => write!(f, " (\"{word}\" {away} characters away)"),
            Some((word, None)) => write!(f, " (\"{word}\" in the heading)"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(confidence: Confidence, key: u64, at: u64) -> Hit {
        Hit {
            confidence,
            key,
            at,
            exposed: Exposed::default(),
            listed: 0,
            evidence: None,
        }
    }

    #[test]
    fn a_number_that_two_detectors_found_counts_once() {
        let mut content = Content::default();
        content.add(0, |_| hit(Confidence::High, 7, 100));
        content.add(1, |_| hit(Confidence::Medium, 7, 100));
        content.add(1, |_| hit(Confidence::High, 7, 200));
        assert_eq!(content.count(&[0, 1], Confidence::Low, false), 2);
        assert_eq!(content.count(&[0, 1], Confidence::Low, true), 1);
        assert_eq!(content.count(&[1], Confidence::High, false), 1);
        assert_eq!(content.count(&[2], Confidence::Low, false), 0);
    }

    #[test]
    fn no_more_than_a_third_and_four_characters_are_shown() {
        let rows = [
            ("NL91ABNA0417164300", "4300"),
            ("999992764", "764"),
            ("ab", ""),
        ];
        for (value, want) in rows {
            assert_eq!(Evidence::end_of(value), want, "{value}");
        }
    }
}
