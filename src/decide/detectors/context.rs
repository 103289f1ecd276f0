//! Context: the words that speak for a number, and finding them in a text.
//!
//! Promises: a word counts whole, whatever its case and accents; `word*` by its beginning; several words in their order (`tax id`);
//! parts of names as programs write them (`klant_bsn`, `klantBsn`, `bsn2`). Time is linear in the text, whatever the number of words.
//! Leaves to others: which word is near a number (`surroundings`).

use super::Detector;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The context words of some detectors.
pub struct Vocabulary {
    detectors: usize,
    /// By first word.
    whole: HashMap<String, Vec<Phrase>>,
    /// `word*`, by the first [`KEY`] characters.
    beginnings: HashMap<String, Vec<Phrase>>,
}

struct Phrase {
    detector: usize,
    first: String,
    rest: Vec<String>,
}

/// Characters by which words are filed that stand for all that begin so.
const KEY: usize = 3;

/// Characters between two words of a phrase: `social-security  number`.
const MOST_BETWEEN: usize = 3;

impl Vocabulary {
    /// Of these detectors, which are known by their index.
    pub fn new(detectors: &[&'static Detector]) -> Vocabulary {
        Vocabulary::of(detectors.iter().map(|d| d.context.iter().copied()))
    }

    /// Of detectors with these words, which are known by their index.
    pub fn of<'w, W: Iterator<Item = &'w str>>(words: impl Iterator<Item = W>) -> Vocabulary {
        let mut vocabulary = Vocabulary {
            detectors: 0,
            whole: HashMap::new(),
            beginnings: HashMap::new(),
        };
        for phrases in words {
            for phrase in phrases {
                vocabulary.add(vocabulary.detectors, phrase);
            }
            vocabulary.detectors += 1;
        }
        vocabulary
    }

    fn add(&mut self, detector: usize, written: &str) {
        let (beginning, text) = match written.strip_suffix('*') {
            Some(text) => (true, text),
            None => (false, written),
        };
        let mut words = Words::of(text).map(|word| folded(&text[word]).into_owned());
        let Some(first) = words.next() else { return };
        let rest: Vec<String> = words.collect();
        let (file, key) = if beginning && rest.is_empty() {
            (&mut self.beginnings, first.chars().take(KEY).collect())
        } else {
            (&mut self.whole, first.clone())
        };
        file.entry(key).or_default().push(Phrase {
            detector,
            first,
            rest,
        });
    }

    /// Of how many detectors.
    pub fn detectors(&self) -> usize {
        self.detectors
    }

    /// Calls back for each context word in `text` with the detector whose it is.
    pub fn read(&self, text: &str, mut on: impl FnMut(usize, Range<usize>)) {
        for word in Words::of(text) {
            self.word(text, word.clone(), &mut on);
            // `klantBsn`: also its parts.
            for part in humps(&text[word.clone()]) {
                self.word(
                    text,
                    word.start + part.start..word.start + part.end,
                    &mut on,
                );
            }
        }
    }

    fn word(&self, text: &str, word: Range<usize>, on: &mut impl FnMut(usize, Range<usize>)) {
        let folded = folded(&text[word.clone()]);
        for phrase in self.whole.get(&*folded).into_iter().flatten() {
            if let Some(end) = phrase.end(text, word.end) {
                on(phrase.detector, word.start..end);
            }
        }
        let Some((key, _)) = folded.char_indices().nth(KEY).or(Some((folded.len(), ' '))) else {
            return;
        };
        for phrase in self.beginnings.get(&folded[..key]).into_iter().flatten() {
            if folded.starts_with(&phrase.first) {
                on(phrase.detector, word.clone());
            }
        }
    }
}

impl Phrase {
    /// Where the phrase ends whose first word ends at `at`.
    fn end(&self, text: &str, at: usize) -> Option<usize> {
        self.rest.iter().try_fold(at, |at, wanted| {
            let next = Words::of(&text[at..]).next()?;
            let between = &text[at..at + next.start];
            let near = between.chars().count() <= MOST_BETWEEN && !between.contains('\t');
            let word = at + next.start..at + next.end;
            (near && folded(&text[word.clone()]) == *wanted).then_some(word.end)
        })
    }
}

/// Words of a text: letters or digits that touch each other, with their accents.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Words<'a> {
        Words { text, at: 0 }
    }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = &self.text[self.at..];
        let (start, first) = rest.char_indices().find(|&(_, c)| sort(c) != Sort::Other)?;
        let same = |c: char| sort(c) == sort(first) || sort(c) == Sort::Accent;
        let len = rest[start..]
            .find(|c| !same(c))
            .unwrap_or(rest.len() - start);
        let word = self.at + start..self.at + start + len;
        self.at = word.end;
        Some(word)
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Sort {
    Letter,
    Digit,
    Accent,
    Other,
}

fn sort(c: char) -> Sort {
    match c {
        'a'..='z' | 'A'..='Z' => Sort::Letter,
        '0'..='9' => Sort::Digit,
        '\0'..='\x7f' => Sort::Other,
        '\u{ad}' | '\u{200b}'..='\u{200d}' => Sort::Accent,
        _ if c.is_alphabetic() => Sort::Letter,
        _ if c.is_numeric() => Sort::Digit,
        _ if is_combining_mark(c) => Sort::Accent,
        _ => Sort::Other,
    }
}

/// Without case and accents.
fn folded(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        return Cow::Owned(word.to_ascii_lowercase());
    }
    let plain = word.nfkd().filter(|&c| sort(c) != Sort::Accent);
    Cow::Owned(plain.flat_map(char::to_lowercase).collect())
}

/// The parts of a name in camel case, if it is one.
fn humps(word: &str) -> Vec<Range<usize>> {
    let bytes = word.as_bytes();
    let cuts = bytes.windows(2).enumerate().filter_map(|(at, pair)| {
        (pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).then_some(at + 1)
    });
    let mut parts: Vec<Range<usize>> = Vec::new();
    for cut in cuts {
        let start = parts.last().map_or(0, |part| part.end);
        parts.push(start..cut);
    }
    if let Some(last) = parts.last() {
        parts.push(last.end..word.len());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(context: &'static [&'static str], text: &str) -> Vec<String> {
        let detector: &'static Detector = Box::leak(Box::new(Detector {
            context,
            ..*super::super::nl::BSN
        }));
        let mut found = Vec::new();
        Vocabulary::new(&[detector]).read(text, |_, word| found.push(text[word].to_owned()));
        found
    }

    #[test]
    fn words_count_whole_in_any_case_and_as_programs_write_them() {
        for (text, want) in [
            ("the BSN is", "BSN"),
            ("BSN's", "BSN"),
            ("bsnx xbsn", ""),
            ("klant_bsn;bsn2", "bsn bsn"),
            ("klantBsn KlantBSN", "Bsn BSN"),
            ("Burgerservicenummers", "Burgerservicenummers"),
            ("burger", ""),
            (
                "numero fiscal, NUMÉRO-FISCAL",
                "numero fiscal NUMÉRO-FISCAL",
            ),
            ("Nume\u{301}ro\nfiscal", "Nume\u{301}ro\nfiscal"),
            ("numéro\tfiscal; numéro : / fiscal", ""),
            ("Tax\u{ad}payer id", "Tax\u{ad}payer"),
        ] {
            let context = &["bsn", "burgerservice*", "numéro fiscal", "taxpayer"];
            assert_eq!(found(context, text).join(" "), want, "{text}");
        }
    }

    #[test]
    fn a_beginning_has_three_characters_and_a_word_is_lower_case() {
        for detector in super::super::ALL {
            for word in detector.context {
                assert_eq!(word.to_lowercase(), *word, "{}", detector.name);
                let beginning = word.strip_suffix('*');
                assert!(beginning.is_none_or(|b| b.chars().count() >= KEY), "{word}");
            }
        }
    }
}
