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
    let mut is_whole = true;
    for (at, length, is_narrow) in pieces {
        let text = bytes
            .get(at..at.saturating_add(length).min(bytes.len()))
            .unwrap_or_default();
        is_whole &= text.len() == length;
        reading.spend(text.len() as u64)?;
        match is_narrow {
            true => page.say(&narrow(text), reading)?,
            false => page.say(&wide(text), reading)?,
        }
    }
    page.finish(reading)?;
    match is_whole {
        true => Ok(()),
        false => Err(Unreadable::Damaged.into()),
    }
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
        if !self.line.is_empty() {
            self.end_line(reading)?;
        }
        match self.aside.trim() {
            "" => Ok(()),
            aside => reading.line(aside),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::decide::extract::samples::ole;
    use crate::decide::extract::tests::{file, told};

    /// A document of two pieces: one in letters of one byte, one in UTF-16.
    fn document(narrow: &[u8], wide: &str, flags: u16) -> Vec<u8> {
        let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut stream = vec![0; 0x400];
        stream[..4].copy_from_slice(&[0xec, 0xa5, 0xc1, 0]);
        stream[0x0a..0x0c].copy_from_slice(&flags.to_le_bytes());
        stream[0x1a6..0x1aa].copy_from_slice(&33u32.to_le_bytes());
        stream.extend(narrow);
        let place = stream.len() as u32;
        stream.extend(&wide);
        let letters = [0, narrow.len(), narrow.len() + wide.len() / 2];
        let mut table = vec![2, 28, 0, 0, 0];
        table.extend(letters.map(|n| (n as u32).to_le_bytes()).concat());
        for place in [(0x400 * 2) | 0x4000_0000, place] {
            table.extend([0, 0]);
            table.extend(place.to_le_bytes());
            table.extend([0, 0]);
        }
        ole(&[("WordDocument", stream), ("1Table", table)])
    }

    #[test]
    fn pieces_are_put_together_and_cells_are_rows() {
        let bytes = document(
            b"before\r\x13 HYPERLINK x \x14here\x15\rNaam\x07BSN\x07\x07Zo\xeb\x07",
            "999993410\u{7}\u{7}ż\r",
            0x0200,
        );
        assert_eq!(
            told(&file("a.doc", &bytes)),
            "before\nhere\n=\nNaam|BSN\nZoë|999993410\nż\nHYPERLINK x\n"
        );
    }

    #[test]
    fn a_locked_one_is_encrypted() {
        assert_eq!(
            told(&file("a.doc", &document(b"x", "y", 0x0300))),
            "! it is encrypted\n"
        );
    }
}
