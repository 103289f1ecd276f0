//! A window on text that comes in pieces: so much is held that numbers, words and what stands around them are whole.
//!
//! Promises: memory is bounded by [`FULL`] and two pieces; every byte is in the core of exactly one window, and has [`AROUND`] bytes
//! of text on both sides, where there are any; rows of a table are there from their first cell on. Leaves to others: looking at it (`finder`).

use std::ops::Range;

/// A window is looked at when it has so many bytes.
const FULL: usize = 256 * 1024;

/// So many bytes around a core are there for context. A detector looks 300 characters far.
pub const AROUND: usize = 2 * 1024;

/// Headings are looked for in so many first rows of a table: titles stand above them.
const HEADING_ROWS: usize = 10;

/// A longer cell is no heading.
const MAX_HEADING: usize = 200;

/// A table with more columns has no headings for those beyond.
const MAX_COLUMNS: usize = 16 * 1024;

/// Text that waits to be looked at.
#[derive(Debug, Default)]
pub struct Window {
    text: String,
    /// The core begins here.
    done: usize,
    /// Bytes that were dropped.
    dropped: u64,
    /// Lines that were dropped.
    lines: usize,
    /// Headings by column, while the text is rows.
    headings: Option<Vec<String>>,
    rows: usize,
}

/// What is to be looked at now.
pub struct View<'a> {
    /// Core and surroundings.
    pub text: &'a str,
    /// See [`Passage`](crate::decide::detectors::Passage).
    pub headings: &'a [String],
    /// What has not been looked at.
    pub core: Range<usize>,
    /// Bytes before the text.
    pub offset: u64,
    first_line: usize,
    is_table: bool,
}

impl Window {
    /// Adds running text; a table must have been ended before.
    pub fn prose(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a row.
    pub fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        let headings = self.headings.get_or_insert_default();
        for (column, cell) in cells.enumerate() {
            if column > 0 {
                self.text.push('\t');
            }
            let flat = cell.split(['\t', '\n', '\r']);
            for (n, line) in flat.enumerate() {
                self.text.push_str(if n > 0 { " " } else { "" });
                self.text.push_str(line);
            }
            if self.rows < HEADING_ROWS && column < MAX_COLUMNS && is_heading(cell) {
                headings.resize(headings.len().max(column + 1), String::new());
                let heading = &mut headings[column];
                heading.push_str(if heading.is_empty() { "" } else { "\n" });
                heading.push_str(cell);
            }
        }
        self.text.push('\n');
        self.rows += 1;
    }

    /// The text is rows of a table.
    pub fn is_table(&self) -> bool {
        self.headings.is_some()
    }

    /// It should be looked at.
    pub fn is_full(&self) -> bool {
        self.text.len() - self.done >= FULL
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.text.len() == self.done
    }

    /// Where running text goes on after this, it is not cut.
    pub fn view(&self, ends: bool) -> View<'_> {
        let end = match ends {
            true => self.text.len(),
            false => boundary(&self.text, self.text.len().saturating_sub(AROUND)),
        };
        View {
            text: &self.text,
            headings: self.headings.as_deref().unwrap_or_default(),
            core: self.done..end.max(self.done),
            offset: self.dropped,
            first_line: self.lines,
            is_table: self.is_table(),
        }
    }

    /// The core was looked at: it is context from now on.
    pub fn advance(&mut self, core: Range<usize>) {
        let around = boundary(&self.text, core.end.saturating_sub(AROUND));
        // Columns are counted from the first cell of a row.
        let keep = match self.is_table() {
            true => memchr::memrchr(b'\n', &self.text.as_bytes()[..around]).map_or(0, |lf| lf + 1),
            false => around,
        };
        let gone = &self.text[..keep];
        self.lines += memchr::memchr_iter(b'\n', gone.as_bytes()).count();
        self.dropped += keep as u64;
        self.done = core.end - keep;
        self.text.drain(..keep);
    }

    /// What follows has nothing to do with what was: another page, table or file.
    pub fn clear(&mut self) {
        let dropped = self.dropped + self.text.len() as u64 + 1;
        let text = std::mem::take(&mut self.text);
        *self = Window {
            dropped,
            text,
            ..Window::default()
        };
        self.text.clear();
    }
}

impl View<'_> {
    /// `line 3` or `row 7`, counted from 1.
    pub fn line(&self, at: usize) -> String {
        let before = memchr::memchr_iter(b'\n', &self.text.as_bytes()[..at]).count();
        let word = if self.is_table { "row" } else { "line" };
        format!("{word} {}", self.first_line + before + 1)
    }
}

/// Something with letters, and without a number that could be a value.
fn is_heading(cell: &str) -> bool {
    let digits = cell.chars().filter(|c| c.is_numeric()).take(4).count();
    cell.len() <= MAX_HEADING && digits < 4 && cell.chars().any(char::is_alphabetic)
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds text as the finder does, and collects the cores.
    fn cores(pieces: &[&str]) -> (String, usize) {
        let (mut window, mut seen, mut most) = (Window::default(), String::new(), 0);
        let mut look = |window: &mut Window, ends| {
            let view = window.view(ends);
            let (core, offset) = (view.core.clone(), view.offset);
            assert_eq!(offset + core.start as u64, seen.len() as u64, "no gap");
            seen.push_str(&view.text[core.clone()]);
            most = most.max(view.text.len());
            window.advance(core);
        };
        for piece in pieces {
            window.prose(piece);
            if window.is_full() {
                look(&mut window, false);
            }
        }
        look(&mut window, true);
        (seen, most)
    }

    #[test]
    fn every_byte_is_in_one_core_and_little_is_held() {
        let piece = "köttbullar 12 ".repeat(3000);
        let pieces: Vec<&str> = std::iter::repeat_n(piece.as_str(), 60).collect();
        let (seen, most) = cores(&pieces);
        assert!(seen == piece.repeat(60), "all of it, once");
        assert!(most <= FULL + AROUND * 2 + piece.len(), "{most}");
    }

    #[test]
    fn the_headings_of_a_table_stay_while_its_rows_go() {
        let mut window = Window::default();
        window.row(["Personal 2026", "", ""].into_iter());
        window.row(["Namn", "BSN", "Lön"].into_iter());
        for n in 0..50_000 {
            window.row(["Anna\tB", "999992764", &n.to_string()].into_iter());
            if window.is_full() {
                let core = window.view(false).core;
                window.advance(core);
            }
        }
        let view = window.view(true);
        assert!(view.headings[0].starts_with("Namn"));
        assert_eq!(&view.headings[1..], ["BSN", "Lön"]);
        assert_eq!(view.line(view.text.len()), "row 50003");
    }

    #[test]
    fn a_row_longer_than_its_surroundings_keeps_its_columns() {
        let mut window = Window::default();
        let names: Vec<String> = (0..1_000).map(|n| format!("Spalte {n}")).collect();
        let cells = vec!["123.45"; 1_000];
        window.row(names.iter().map(String::as_str));
        for _ in 0..200 {
            window.row(cells.iter().copied());
            if window.is_full() {
                let core = window.view(false).core;
                window.advance(core);
                let first = window.view(true).text.lines().next().unwrap_or_default();
                assert_eq!(first.split('\t').count(), cells.len());
            }
        }
        assert!(window.dropped > 0);
    }

    #[test]
    fn values_are_no_headings() {
        let rows = [
            ("Personnummer", true),
            ("BSN 2", true),
            ("999992764", false),
            ("1234 AB Utrecht", false),
            ("", false),
        ];
        for (cell, want) in rows {
            assert_eq!(is_heading(cell), want, "{cell}");
        }
    }
}
