//! Surroundings: where the context words of a passage stand, and which of them is near a number.
//!
//! Promises: a passage is read for words once; each heading once, if a number stands under it. In a table a word counts in the same row
//! or the same column, so that a number does not take the heading of its neighbour for its own.
//! Leaves to others: which words (`context`), what a number is worth with them (`scanner`).

use super::context::Vocabulary;
use super::{NEAR, Passage};
use std::collections::HashMap;
use std::ops::Range;

/// The words of one passage.
pub struct Surroundings<'a> {
    passage: &'a Passage<'a>,
    vocabulary: &'a Vocabulary,
    /// For each detector, in the order of the text.
    words: Vec<Vec<Word>>,
    /// For each column that was asked for, the word of each detector in its heading.
    headings: HashMap<usize, Vec<Option<String>>>,
    cursor: Cursor,
}

#[derive(Clone)]
struct Word {
    range: Range<usize>,
    cell: Cell,
}

/// A place in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Cell {
    row: usize,
    column: usize,
}

/// A word, and how many characters away it is; in the heading: `None`.
type Context = (String, Option<usize>);

impl<'a> Surroundings<'a> {
    /// Reads the passage.
    pub fn new(passage: &'a Passage<'a>, vocabulary: &'a Vocabulary) -> Surroundings<'a> {
        let mut words = vec![Vec::new(); vocabulary.detectors()];
        let mut cursor = Cursor::default();
        vocabulary.read(passage.text, |detector, range| {
            let cell = cursor.at(passage.text, range.start);
            words[detector].push(Word { range, cell });
        });
        Surroundings {
            passage,
            vocabulary,
            words,
            headings: HashMap::new(),
            cursor: Cursor::default(),
        }
    }

    /// What speaks for a number that this detector found here. Numbers are asked for in the order of the text.
    pub fn of(&mut self, detector: usize, number: &Range<usize>) -> Option<Context> {
        if self.passage.headings.is_empty() {
            return self.near(detector, number, |_| true);
        }
        let cell = self.cursor.at(self.passage.text, number.start);
        let heading = self.heading(cell.column, detector);
        heading.map(|word| (word, None)).or_else(|| {
            self.near(detector, number, |other| {
                other.row == cell.row || other.column == cell.column
            })
        })
    }

    fn heading(&mut self, column: usize, detector: usize) -> Option<String> {
        let heading = self.passage.headings.get(column)?;
        let vocabulary = self.vocabulary;
        let words = self.headings.entry(column).or_insert_with(|| {
            let mut words = vec![None; vocabulary.detectors()];
            vocabulary.read(heading, |detector, range| {
                words[detector].get_or_insert_with(|| heading[range].to_owned());
            });
            words
        });
        words[detector].clone()
    }

    /// The nearest word, before or behind.
    fn near(
        &self,
        detector: usize,
        number: &Range<usize>,
        counts: impl Fn(Cell) -> bool,
    ) -> Option<Context> {
        let text = self.passage.text;
        let words = &self.words[detector];
        let behind = words.partition_point(|word| word.range.start < number.end);
        let before = words[..behind].iter().rev();
        let nearest_before = nearest(before, text, &counts, |word| word.range.end..number.start);
        let nearest_behind = nearest(words[behind..].iter(), text, &counts, |word| {
            number.end..word.range.start
        });
        let (word, distance) = [nearest_before, nearest_behind]
            .into_iter()
            .flatten()
            .min_by_key(|&(_, distance)| distance)?;
        Some((text[word.range.clone()].to_owned(), Some(distance)))
    }
}

/// The first of these words that counts and is near enough; they go away from the number.
fn nearest<'w>(
    words: impl Iterator<Item = &'w Word>,
    text: &str,
    counts: impl Fn(Cell) -> bool,
    between: impl Fn(&Word) -> Range<usize>,
) -> Option<(&'w Word, usize)> {
    // No character has more than four bytes.
    words
        .map(|word| (word, between(word)))
        .take_while(|(_, between)| between.len() <= 4 * NEAR)
        // A word inside the number itself says nothing.
        .filter(|(word, between)| between.start <= between.end && counts(word.cell))
        .map(|(word, between)| (word, text[between].chars().count()))
        .next()
        .filter(|&(_, distance)| distance <= NEAR)
}

/// Counts rows and cells, forward.
#[derive(Default)]
struct Cursor {
    at: usize,
    cell: Cell,
}

impl Cursor {
    /// The cell of this place. Going back, as from the numbers to what a scan finds, begins anew.
    fn at(&mut self, text: &str, place: usize) -> Cell {
        if place < self.at {
            *self = Cursor::default();
        }
        for byte in &text.as_bytes()[self.at..place] {
            match byte {
                b'\t' => self.cell.column += 1,
                b'\n' => {
                    self.cell = Cell {
                        row: self.cell.row + 1,
                        column: 0,
                    }
                }
                _ => {}
            }
        }
        self.at = place;
        self.cell
    }
}
