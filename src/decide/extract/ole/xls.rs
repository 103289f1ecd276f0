//! Excel before 2007: records of cells, sheet by sheet.
//!
//! Promises: hidden sheets, rows and columns are read; numbers as they are shown and, if long, plainly; comments, text boxes, headers,
//! names. Fails: a locked one is `Encrypted`, one whose records or sheets break off `Damaged`. Source: MS-XLS 2.4; BIFF 5 and 8.

use super::{narrow, u16_at, u32_at, wide};
use crate::decide::extract::numbers::{self, Shown};
use crate::decide::extract::sheet::Row;
use crate::decide::extract::{Reading, Stop};
use crate::mail::content::Unreadable;
use std::collections::HashMap;

/// Reads the stream `Workbook`, or `Book` of Excel 5.
pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    let mut book = Book::default();
    let mut records = Records {
        bytes,
        at: 0,
        is_cut: false,
    };
    while let Some((at, kind, body)) = records.next() {
        reading.tick()?;
        book.record(at, kind, body, &mut records, reading)?;
    }
    book.end(reading)?;
    let mut sheets = book.sheets.iter();
    let is_gone = sheets.any(|(start, _)| *start as usize >= bytes.len());
    match records.is_cut || book.open != 0 || book.is_short || is_gone {
        true => Err(Unreadable::Damaged.into()),
        false => Ok(()),
    }
}

struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The last one ends before it should.
    is_cut: bool,
}

impl<'a> Records<'a> {
    fn next(&mut self) -> Option<(usize, u16, &'a [u8])> {
        let at = self.at;
        let (kind, length) = (u16_at(self.bytes, at)?, u16_at(self.bytes, at + 2)?);
        let body = self
            .bytes
            .get(at + 4..(at + 4 + usize::from(length)).min(self.bytes.len()))?;
        self.at = at + 4 + usize::from(length);
        self.is_cut = self.at > self.bytes.len();
        Some((at, kind, body))
    }

    /// What a record goes on in.
    fn more(&mut self) -> Option<&'a [u8]> {
        match u16_at(self.bytes, self.at)? {
            0x3c => self.next().map(|(_, _, body)| body),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Book {
    is_old: bool,
    from_1904: bool,
    sheets: Vec<(u32, String)>,
    strings: Vec<String>,
    own_formats: HashMap<u16, String>,
    formats: Vec<u16>,
    row: Row,
    number: Option<u16>,
    /// The cell whose text is in the next record.
    waiting: Option<(u16, u16)>,
    /// What stands beside the cells: it must not come between rows.
    aside: String,
    /// Sheets that were begun and not ended, charts in them too.
    open: i32,
    /// Shared texts are missing.
    is_short: bool,
}

impl Book {
    fn record(
        &mut self,
        at: usize,
        kind: u16,
        body: &[u8],
        records: &mut Records<'_>,
        reading: &mut Reading<'_>,
    ) -> Result<(), Stop> {
        let place = || Some((u16_at(body, 0)?, u16_at(body, 2)?, u16_at(body, 4)?));
        match kind {
            0x2f => return Err(Unreadable::Encrypted.into()),
            0x0809 => {
                self.open += 1;
                self.begin(at, body, reading)?;
            }
            0x0a => self.open -= 1,
            0x22 => self.from_1904 = u16_at(body, 0) == Some(1),
            0x85 => self.sheet(body),
            0x041e => {
                let text = self.text(body.get(2..).unwrap_or_default());
                self.own_formats.insert(u16_at(body, 0).unwrap_or(0), text);
            }
            0xe0 => self.formats.push(u16_at(body, 2).unwrap_or(0)),
            0xfc => self.shared(body, records, reading)?,
            0xfd => {
                let string = u32_at(body, 6).and_then(|at| self.strings.get(at as usize));
                let string = Shown::text(string.map(String::as_str).unwrap_or_default());
                reading.spend(string.text.len() as u64)?;
                self.cell(place(), string, reading)?;
            }
            0x0204 | 0xd6 => {
                let text = self.text(body.get(6..).unwrap_or_default());
                self.cell(place(), Shown::text(&text), reading)?;
            }
            0x0203 => self.numeric(place(), double(body, 6), reading)?,
            0x027e => self.numeric(place(), u32_at(body, 6).map(rk), reading)?,
            0xbd => {
                for (step, cell) in body
                    .get(4..)
                    .unwrap_or_default()
                    .chunks_exact(6)
                    .enumerate()
                {
                    let column = u16_at(body, 2).unwrap_or(0).saturating_add(step as u16);
                    let place = u16_at(body, 0).zip(u16_at(cell, 0));
                    let place = place.map(|(row, format)| (row, column, format));
                    self.numeric(place, u32_at(cell, 2).map(rk), reading)?;
                }
            }
            0x06 | 0x0406 => match (body.get(6), body.get(12..14)) {
                (Some(0), Some(b"\xff\xff")) => {
                    self.waiting = place().map(|(row, column, _)| (row, column));
                }
                (Some(_), Some(b"\xff\xff")) => {}
                _ => self.numeric(place(), double(body, 6), reading)?,
            },
            0x0207 => {
                if let Some((row, column)) = self.waiting.take() {
                    let text = self.text(body);
                    self.cell(Some((row, column, 0)), Shown::text(&text), reading)?;
                }
            }
            0x14 | 0x15 | 0x18 | 0x1b8 if !body.is_empty() => self.beside(kind, body),
            0x1b6 => self.boxed(records),
            _ => {}
        }
        Ok(())
    }

    /// What is open is said.
    fn end(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.row.tell(reading)?;
        match std::mem::take(&mut self.aside) {
            aside if aside.is_empty() => Ok(()),
            aside => reading.line(aside.trim_end()),
        }
    }

    fn beside_line(&mut self, line: &str) {
        self.aside.push_str(line);
        self.aside.push('\n');
    }

    /// A sheet, or the workbook itself, begins.
    fn begin(&mut self, at: usize, body: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.end(reading)?;
        self.number = None;
        self.is_old = u16_at(body, 0) != Some(0x0600);
        let name = self.sheets.iter().find(|(start, _)| *start as usize == at);
        match name {
            Some((_, name)) => {
                reading.at(name)?;
                reading.table()
            }
            None => Ok(()),
        }
    }

    fn sheet(&mut self, body: &[u8]) {
        let length = usize::from(body.get(6).copied().unwrap_or(0));
        let name = match (self.is_old, body.get(7)) {
            (true, _) => narrow(body.get(7..7 + length).unwrap_or_default()),
            (false, Some(1)) => wide(body.get(8..8 + length * 2).unwrap_or_default()),
            (false, _) => narrow(body.get(8..8 + length).unwrap_or_default()),
        };
        let is_hidden = body.get(4).is_some_and(|state| state & 3 != 0);
        let hidden = if is_hidden { "hidden " } else { "" };
        self.sheets.push((
            u32_at(body, 0).unwrap_or(0),
            format!("{hidden}sheet {name}"),
        ));
    }

    /// A text with its length before it.
    fn text(&self, body: &[u8]) -> String {
        let length = usize::from(u16_at(body, 0).unwrap_or(0));
        if self.is_old {
            return narrow(
                body.get(2..(2 + length).min(body.len()))
                    .unwrap_or_default(),
            );
        }
        let wide_flag = body.get(2).is_some_and(|flags| flags & 1 != 0);
        let rest = body.get(3..).unwrap_or_default();
        match wide_flag {
            true => wide(&rest[..(length * 2).min(rest.len())]),
            false => narrow(&rest[..length.min(rest.len())]),
        }
    }

    /// The table of shared texts, which go on from record to record.
    fn shared(
        &mut self,
        body: &[u8],
        records: &mut Records<'_>,
        reading: &mut Reading<'_>,
    ) -> Result<(), Stop> {
        let mut blocks = vec![body.get(8..).unwrap_or_default()];
        while let Some(more) = records.more() {
            blocks.push(more);
        }
        let mut texts = Texts {
            blocks,
            block: 0,
            at: 0,
        };
        while let Some(text) = texts.next() {
            reading.tick()?;
            self.strings.push(text);
        }
        let said = u32_at(body, 4).unwrap_or(0) as usize;
        self.is_short |= self.strings.len() < said;
        Ok(())
    }

    fn numeric(
        &mut self,
        place: Option<(u16, u16, u16)>,
        number: Option<f64>,
        reading: &mut Reading<'_>,
    ) -> Result<(), Stop> {
        let (Some((_, _, format)), Some(number)) = (place, number) else {
            return Ok(());
        };
        let format = self.formats.get(usize::from(format)).copied().unwrap_or(0);
        let code = self.own_formats.get(&format).map(String::as_str);
        let code = code.unwrap_or_else(|| numbers::built_in(usize::from(format)));
        let shown = numbers::shown(&number.to_string(), code, self.from_1904);
        self.cell(place, shown, reading)
    }

    fn cell(
        &mut self,
        place: Option<(u16, u16, u16)>,
        shown: Shown,
        reading: &mut Reading<'_>,
    ) -> Result<(), Stop> {
        let Some((row, column, _)) = place else {
            return Ok(());
        };
        if self.number != Some(row) {
            self.row.tell(reading)?;
            self.number = Some(row);
        }
        self.row.to(Some(column.into()));
        self.row.push(shown);
        Ok(())
    }

    /// Headers, footers, names and links: what looks like text in them.
    fn beside(&mut self, kind: u16, body: &[u8]) {
        let text = match kind {
            0x14 | 0x15 => self.text(body),
            _ if body.iter().filter(|b| **b == 0).count() * 4 > body.len() => wide(body),
            _ => narrow(body),
        };
        let letters: String = text.chars().filter(|c| !c.is_control()).collect();
        self.beside_line(&letters);
    }

    /// Text of a box or a comment: in the record that follows.
    fn boxed(&mut self, records: &mut Records<'_>) {
        match records.more().and_then(<[u8]>::split_first) {
            Some((1, letters)) => self.beside_line(&wide(letters)),
            Some((_, letters)) => self.beside_line(&narrow(letters)),
            None => {}
        }
    }
}

fn double(body: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(body.get(at..at + 8)?.try_into().ok()?))
}

/// A number in 30 bits: part of a double or an integer, perhaps in hundredths.
fn rk(bits: u32) -> f64 {
    let number = match bits & 2 != 0 {
        true => f64::from((bits as i32) >> 2),
        false => f64::from_bits(u64::from(bits & !3) << 32),
    };
    if bits & 1 != 0 {
        number / 100.0
    } else {
        number
    }
}

/// Shared texts over blocks: where letters go on in another block, it says anew how wide they are.
struct Texts<'a> {
    blocks: Vec<&'a [u8]>,
    block: usize,
    at: usize,
}

impl Texts<'_> {
    fn next(&mut self) -> Option<String> {
        let length = usize::from(self.u16()?);
        let mut flags = self.u8()?;
        let runs = if flags & 8 != 0 {
            usize::from(self.u16()?)
        } else {
            0
        };
        let hint = match flags & 4 != 0 {
            true => usize::from(self.u16()?) | usize::from(self.u16()?) << 16,
            false => 0,
        };
        let mut units = Vec::with_capacity(length);
        while units.len() < length {
            if self.is_block_over() {
                flags = self.u8()?;
            }
            units.push(match flags & 1 != 0 {
                true => self.u16()?,
                false => self.u8()?.into(),
            });
        }
        self.skip(runs * 4 + hint);
        Some(String::from_utf16_lossy(&units))
    }

    fn is_block_over(&self) -> bool {
        self.blocks
            .get(self.block)
            .is_some_and(|block| self.at >= block.len())
    }

    fn u8(&mut self) -> Option<u8> {
        while self.is_block_over() {
            (self.block, self.at) = (self.block + 1, 0);
        }
        let byte = *self.blocks.get(self.block)?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    fn skip(&mut self, mut count: usize) {
        while let Some(block) = self.blocks.get(self.block) {
            let left = block.len().saturating_sub(self.at);
            if count <= left {
                self.at += count;
                return;
            }
            count -= left;
            (self.block, self.at) = (self.block + 1, 0);
        }
    }
}
