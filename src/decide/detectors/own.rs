//! Own detectors: `[detector.NAME]` of a policy, made of words or of regular expressions with a named check.
//!
//! Promises: what was matched counts only if its check and its lengths fit; words around it count as for built-in detectors. They are
//! asked for by name beside those. Leaves to others: finding the patterns (`patterns`), what follows (`conditions`).

use super::checks::Check;
use super::context::Vocabulary;
use super::surroundings::Surroundings;
use super::{Confidence, Passage};
use crate::decide::patterns::PatternId;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// A detector that a policy file makes.
#[derive(Debug)]
pub struct Own {
    /// As rules call it.
    pub name: String,
    /// One of these is matched.
    pub patterns: Vec<PatternId>,
    /// The match must pass it.
    pub check: Option<&'static Check>,
    /// Letters and digits of the match; empty: any number.
    pub lengths: Vec<usize>,
    /// See [`Detector`](super::Detector).
    pub context: Vec<String>,
    /// Without such words.
    pub confidence: Confidence,
    /// With them.
    pub with_context: Confidence,
}

/// Something that an own detector found.
pub struct Found {
    /// The index of the detector.
    pub own: usize,
    /// What speaks for it.
    pub confidence: Confidence,
    /// Letters and digits only, upper case; if there are none, as it stands. Secret.
    pub value: String,
    /// Where it stands in the passage.
    pub range: Range<usize>,
    /// As in [`Finding`](super::Finding).
    pub context: Option<(String, Option<usize>)>,
}

/// The own detectors that rules ask for.
pub struct Owns {
    all: Vec<Own>,
    of: HashMap<PatternId, Vec<usize>>,
    vocabulary: Vocabulary,
}

impl Default for Owns {
    fn default() -> Self {
        Owns::new(Vec::new())
    }
}

impl fmt::Debug for Owns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.all).finish()
    }
}

impl Owns {
    /// These; they are known by their index.
    pub fn new(all: Vec<Own>) -> Owns {
        let mut of = HashMap::<PatternId, Vec<usize>>::new();
        for (index, own) in all.iter().enumerate() {
            for id in &own.patterns {
                let detectors = of.entry(*id).or_default();
                if detectors.last() != Some(&index) {
                    detectors.push(index);
                }
            }
        }
        let vocabulary =
            Vocabulary::of(all.iter().map(|own| own.context.iter().map(String::as_str)));
        Owns {
            all,
            of,
            vocabulary,
        }
    }

    /// All of them, by index.
    pub fn all(&self) -> &[Own] {
        &self.all
    }

    /// One of them has this pattern.
    pub fn has(&self, id: PatternId) -> bool {
        self.of.contains_key(&id)
    }

    /// Calls back for what matches of patterns mean. Two matches of one detector that begin at one place are one.
    pub fn find(
        &self,
        passage: &Passage<'_>,
        mut matches: Vec<(PatternId, Range<usize>)>,
        on: &mut dyn FnMut(Found),
    ) {
        if matches.is_empty() {
            return;
        }
        matches.sort_by_key(|(id, range)| (range.start, std::cmp::Reverse(range.end), *id));
        let mut surroundings = Surroundings::new(passage, &self.vocabulary);
        let mut before = vec![None; self.all.len()];
        for (id, range) in matches {
            for &index in self.of.get(&id).into_iter().flatten() {
                if before[index].replace(range.start) == Some(range.start) {
                    continue;
                }
                let own = &self.all[index];
                if let Some(value) = own.value(&passage.text[range.clone()]) {
                    let context = surroundings.of(index, &range);
                    let confidence = match context {
                        Some(_) => own.with_context,
                        None => own.confidence,
                    };
                    on(Found {
                        own: index,
                        confidence,
                        value,
                        range: range.clone(),
                        context,
                    });
                }
            }
        }
    }
}

impl Own {
    /// The value of what was matched, if it is one.
    fn value(&self, written: &str) -> Option<String> {
        let kept = written.chars().filter(|c| c.is_alphanumeric());
        let compact: String = kept.flat_map(char::to_uppercase).collect();
        let fits = self.lengths.is_empty() || self.lengths.contains(&compact.chars().count());
        let passes = self.check.is_none_or(|check| (check.passes)(&compact));
        let value = if compact.is_empty() {
            written.to_owned()
        } else {
            compact
        };
        (fits && passes).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::detectors::checks;

    fn found(own: Own, text: &str, matches: &[&str]) -> Vec<(String, Confidence)> {
        let owns = Owns::new(vec![own]);
        let passage = Passage {
            text,
            headings: &[],
            core: (0, text.len()),
        };
        let places = matches.iter().map(|m| {
            let at = text.find(m).expect("in the text");
            (PatternId(0), at..at + m.len())
        });
        let mut all = Vec::new();
        owns.find(&passage, places.collect(), &mut |f| {
            all.push((f.value, f.confidence))
        });
        all
    }

    fn customers() -> Own {
        Own {
            name: "customers".into(),
            patterns: vec![PatternId(0)],
            check: checks::named("luhn"),
            lengths: vec![8],
            context: vec!["kund*".into()],
            confidence: Confidence::Low,
            with_context: Confidence::High,
        }
    }

    #[test]
    fn a_match_counts_if_check_and_length_fit() {
        let all = found(
            customers(),
            "k-1234 5674, 1234567, 12345675",
            &["1234 5674", "1234567", "12345675"],
        );
        assert_eq!(all, [("12345674".into(), Confidence::Low)]);
    }

    #[test]
    fn a_word_around_it_raises_its_class() {
        assert_eq!(
            found(customers(), "Kundnummer: 1234-5674", &["1234-5674"])[0].1,
            Confidence::High
        );
    }

    #[test]
    fn two_patterns_at_one_place_are_one_finding() {
        let own = Own {
            check: None,
            lengths: Vec::new(),
            ..customers()
        };
        assert_eq!(
            found(
                own,
                "diagnos diagnosen",
                &["diagnos", "diagnos", "diagnosen"]
            )
            .len(),
            2
        );
    }
}
