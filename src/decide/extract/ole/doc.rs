//! Word before 2007: the text that its table of pieces puts together.
//!
//! Promises: main text, footnotes, headers, comments and text boxes, which are one text in the file; cells as rows; field codes apart.
//! Fails: a locked one is `Encrypted`. Source: MS-DOC 2.5.1, 2.8.35, 2.9.38.

use super::streams::{Ole, Stream};
use super::{narrow, u16_at, u32_at, wide};
use crate::decide::extract::{Reading, Stop};
use crate::mail::content::Unreadable;

/// The first version with tables of pieces in a stream of their own (Word 97).
const WORD_97: u16 = 0x00c1;

/// Reads the stream `WordDocument`.
pub(super) fn read(ole: &Ole<'_>, stream: &Stream, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = ole.bytes(stream, reading)?;
    let flags = u16_at(&bytes, 0x0a).ok_or(Unreadable::Damaged)?;
    if flags & 0x0100 != 0 {
        return Err(Unreadable::Encrypted.into());
    }
    let mut page = Page::default();
    if u16_at(&bytes, 2).is_some_and(|version| version < WORD_97) {
        let (from, end) = (
            u32_at(&bytes, 0x18).unwrap_or(0),
            u32_at(&bytes, 0x1c).unwrap_or(0),
        );
        let text = bytes.get(from as usize..(end as usize).min(bytes.len()));
        page.say(&narrow(text.ok_or(Unreadable::Damaged)?), reading)?;
        return page.finish(reading);
    }
    let name = if flags & 0x0200 != 0 {
        "1Table"
    } else {
        "0Table"
    };
    let table = ole.find(stream.folder(), name).ok_or(Unreadable::Damaged)?;
    let table = ole.bytes(table, reading)?;
    let pieces = pieces(&bytes, &table).ok_or(Unreadable::Damaged)?;
    for (at, length, is_narrow) in pieces {
        let text = bytes
            .get(at..at.saturating_add(length).min(bytes.len()))
            .unwrap_or_default();
        reading.spend(text.len() as u64)?;
        match is_narrow {
            true => page.say(&narrow(text), reading)?,
            false => page.say(&wide(text), reading)?,
        }
    }
    page.finish(reading)
}

/// Where the pieces stand, their length in bytes, and whether a letter is one byte.
fn pieces(bytes: &[u8], table: &[u8]) -> Option<Vec<(usize, usize, bool)>> {
    let (from, length) = (
        u32_at(bytes, 0x1a2)? as usize,
        u32_at(bytes, 0x1a6)? as usize,
    );
    let mut rest = table.get(from..from.checked_add(length)?.min(table.len()))?;
    while rest.first() == Some(&1) {
        rest = rest.get(3 + usize::from(u16_at(rest, 1)?)..)?;
    }
    let plc = rest.get(5..)?;
    let count = (u32_at(rest, 1)? as usize).min(plc.len()).checked_sub(4)? / 12;
    let piece = |at: usize| {
        let letters = u32_at(plc, at * 4 + 4)?.checked_sub(u32_at(plc, at * 4)?)? as usize;
        let place = u32_at(plc, (count + 1) * 4 + at * 8 + 2)?;
        let start = (place & 0x3fff_ffff) as usize;
        Some(match place & 0x4000_0000 != 0 {
            true => (start / 2, letters, true),
            false => (start, letters.saturating_mul(2), false),
        })
    };
    Some((0..count).filter_map(piece).collect())
}

/// Text as it comes, with the marks Word puts into it.
#[derive(Default)]
struct Page {
    line: String,
    cells: Vec<String>,
    is_table: bool,
    /// Codes of fields that are open.
    codes: u32,
    aside: String,
}

impl Page {
    fn say(&mut self, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        for letter in text.chars() {
            match letter {
                '\u{13}' => self.codes += 1,
                '\u{14}' | '\u{15}' if self.codes > 0 => {
                    self.codes -= 1;
                    self.aside.push('\n');
                }
                '\u{14}' | '\u{15}' => {}
                letter if self.codes > 0 => self.aside.push(letter),
                '\u{7}' => self.end_cell(reading)?,
                '\r' | '\u{b}' | '\u{c}' => self.end_line(reading)?,
                '\u{1e}' => self.line.push('-'),
                '\u{1f}' | '\0'..='\u{8}' => {}
                letter => self.line.push(letter),
            }
        }
        Ok(())
    }

    /// A row ends with a mark of its own, after that of its last cell.
    fn end_cell(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if !self.line.is_empty() || self.cells.is_empty() {
            self.cells.push(std::mem::take(&mut self.line));
            return Ok(());
        }
        self.end_row(reading)
    }

    fn end_row(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if self.cells.is_empty() {
            return Ok(());
        }
        if !std::mem::replace(&mut self.is_table, true) {
            reading.table()?;
        }
        reading.row(&std::mem::take(&mut self.cells))
    }

    fn end_line(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if !self.cells.is_empty() {
            self.line.push('\n');
            return Ok(());
        }
        self.is_table = false;
        let line = std::mem::take(&mut self.line);
        reading.line(&line)
    }

    fn finish(mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if !self.line.is_empty() && !self.cells.is_empty() {
            self.cells.push(std::mem::take(&mut self.line));
        }
        self.end_row(reading)?;
        self.end_line(reading)?;
        match self.aside.trim() {
            "" => Ok(()),
            aside => reading.line(aside),
        }
    }
}
