//! A worksheet of Excel: cells as they are shown, row by row.
//!
//! Promises: hidden rows, columns and sheets are read like others; a long number whose format shows other digits is also given without
//! it, and a date as year-month-day, in a row of their own under the same columns: never what a detector would count twice. Texts that formulas are written with stand after the table.
//! A shared text counts as unpacked each time it is used. Leaves to others: how a number is shown (`numbers`).

use super::markup::Labels;
use super::numbers::{self, Shown};
use super::package::Package;
use super::xml::{self, Element, Said, Xml, closed};
use super::{Reading, Stop};
use crate::mail::content::Unreadable;
use std::collections::HashMap;

/// Bytes of formulas that are kept for after the table.
const FORMULAS: usize = 256 * 1024;

/// More columns than Excel has.
const COLUMNS: usize = 16_384;

/// What cells refer to.
#[derive(Default)]
pub(super) struct Book {
    strings: Vec<String>,
    /// Format of each style.
    formats: Vec<String>,
    from_1904: bool,
}

impl Book {
    /// Reads shared texts and formats, if there are any.
    pub fn of(package: &mut Package<'_>, reading: &mut Reading<'_>) -> Result<Self, Stop> {
        let mut book = Book::default();
        let named = |end: &'static str| move |name: &str| name.to_ascii_lowercase().ends_with(end);
        if let Some(name) = package.find(named("sharedstrings.xml")) {
            let bytes = package.part(&name, reading)?.unwrap_or_default();
            match strings(&xml::decoded(&bytes), &mut book.strings, reading) {
                Err(Stop::Unreadable(Unreadable::Damaged)) => {
                    reading.unreadable(Unreadable::Damaged)?
                }
                other => other?,
            }
        }
        let is_styles = |name: &str| name.to_ascii_lowercase().ends_with("xl/styles.xml");
        if let Some(name) = package.find(is_styles) {
            let bytes = package.part(&name, reading)?.unwrap_or_default();
            book.formats = formats(&xml::decoded(&bytes));
        }
        if let Some(name) = package.find(named("xl/workbook.xml")) {
            // It is read again as a part: here only one flag counts.
            book.from_1904 = package.peek(&name, reading).is_some_and(|bytes| {
                let text = String::from_utf8_lossy(&bytes);
                text.contains("date1904=\"1\"") || text.contains("date1904=\"true\"")
            });
        }
        Ok(book)
    }

    /// Reads a worksheet.
    pub fn sheet(&self, text: &str, reading: &mut Reading<'_>) -> Result<Labels, Stop> {
        let mut sheet = Sheet {
            book: self,
            row: Row::default(),
            cell: Cell::default(),
            formulas: String::new(),
            labels: Labels::default(),
        };
        let mut xml = Xml::new(text);
        reading.table()?;
        loop {
            reading.tick()?;
            match xml.next()? {
                Said::Open(element) if element.name() == "sheetData" => break,
                Said::Open(element) => sheet.labels.note(&element),
                Said::End => return Ok(sheet.labels),
                _ => {}
            }
        }
        let end = sheet.rows(&mut xml, reading);
        sheet.row.tell(reading)?;
        end?;
        sheet.after(&mut xml, reading)
    }
}

fn strings(text: &str, all: &mut Vec<String>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let mut xml = Xml::new(text);
    let (mut string, mut is_text, mut is_hint) = (String::new(), false, false);
    loop {
        reading.tick()?;
        match xml.next()? {
            Said::Open(element) => match element.name() {
                "si" => string = String::new(),
                "t" => is_text = true,
                "rPh" => is_hint = true, // how Japanese is spoken
                _ => {}
            },
            Said::Text(text) if is_text && !is_hint => string.push_str(&text),
            Said::Text(_) => {}
            Said::Close(end) => match closed(&end) {
                "si" => all.push(std::mem::take(&mut string)),
                "t" => is_text = false,
                "rPh" => is_hint = false,
                _ => {}
            },
            Said::End => return Ok(()),
        }
    }
}

fn formats(text: &str) -> Vec<String> {
    let (mut xml, mut own, mut of_styles) = (Xml::new(text), HashMap::new(), Vec::new());
    let mut is_cell = false;
    while let Ok(said) = xml.next() {
        match said {
            Said::Open(element) => match element.name() {
                "numFmt" => {
                    if let Some(id) = element.number("numFmtId") {
                        own.entry(id)
                            .or_insert(element.get("formatCode").unwrap_or_default());
                    }
                }
                "cellXfs" => is_cell = true,
                "xf" if is_cell => of_styles.push(element.number("numFmtId").unwrap_or(0)),
                _ => {}
            },
            Said::Close(end) if closed(&end) == "cellXfs" => is_cell = false,
            Said::End => break,
            _ => {}
        }
    }
    let format = |id: &usize| {
        let found = own.get(id).cloned();
        found.unwrap_or_else(|| numbers::built_in(*id).to_owned())
    };
    of_styles.iter().map(format).collect()
}

struct Sheet<'a> {
    book: &'a Book,
    row: Row,
    cell: Cell,
    formulas: String,
    labels: Labels,
}

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    kind: String,
    style: usize,
    value: String,
    /// Inside `v` or `t`.
    is_value: bool,
    formula: Option<String>,
}

impl Sheet<'_> {
    fn rows(&mut self, xml: &mut Xml<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
        loop {
            reading.tick()?;
            match xml.next()? {
                Said::Open(element) => self.open(&element, reading)?,
                Said::Text(text) if self.cell.is_value => self.cell.value.push_str(&text),
                Said::Text(text) => {
                    if let Some(formula) = &mut self.cell.formula {
                        formula.push_str(&text);
                    }
                }
                Said::Close(end) => match closed(&end) {
                    "v" | "t" => self.cell.is_value = false,
                    "c" => self.end_cell(reading)?,
                    "row" => self.row.tell(reading)?,
                    "f" => self.end_formula(),
                    "sheetData" => return Ok(()),
                    _ => {}
                },
                Said::End => return Ok(()),
            }
        }
    }

    fn open(&mut self, element: &Element<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match element.name() {
            "row" => self.row.tell(reading)?,
            "c" => {
                let mut cell = Cell::default();
                for (key, value) in element.all() {
                    match key {
                        "r" => self.row.to(column(&value)),
                        "t" => cell.kind = value,
                        "s" => cell.style = value.parse().unwrap_or(0),
                        _ => {}
                    }
                }
                self.cell = cell;
            }
            "v" | "t" => self.cell.is_value = true,
            "f" => self.cell.formula = Some(String::new()),
            _ => {}
        }
        Ok(())
    }

    /// Formulas with texts in them: what they put together may never be shown as it is.
    fn end_formula(&mut self) {
        let formula = self.cell.formula.take().unwrap_or_default();
        if formula.contains('"') && self.formulas.len() + formula.len() < FORMULAS {
            self.formulas.push_str(&formula);
            self.formulas.push('\n');
        }
    }

    fn end_cell(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let value = std::mem::take(&mut self.cell.value);
        let shown = match self.cell.kind.as_str() {
            "s" => {
                let at = value.trim().parse::<usize>().ok();
                let string = at.and_then(|at| self.book.strings.get(at));
                let string = string.map(String::as_str).unwrap_or_default();
                reading.spend(string.len() as u64)?;
                Shown::text(string)
            }
            "b" => Shown::text(if value.trim() == "1" { "TRUE" } else { "FALSE" }),
            "" | "n" => {
                let format = self.book.formats.get(self.cell.style);
                let format = format.map(String::as_str).unwrap_or_default();
                numbers::shown(value.trim(), format, self.book.from_1904)
            }
            _ => Shown::text(&value),
        };
        self.row.push(shown);
        Ok(())
    }

    /// What stands behind the cells: headers, links, hints, conditions.
    fn after(mut self, xml: &mut Xml<'_>, reading: &mut Reading<'_>) -> Result<Labels, Stop> {
        loop {
            reading.tick()?;
            match xml.next()? {
                Said::Open(element) => {
                    self.labels.note(&element);
                    for name in [
                        "display",
                        "location",
                        "tooltip",
                        "prompt",
                        "promptTitle",
                        "error",
                    ] {
                        if let Some(text) = element.get(name) {
                            reading.line(&text)?;
                        }
                    }
                }
                Said::Text(text) if text.trim().is_empty() => {}
                Said::Text(text) => reading.text(&text)?,
                Said::Close(_) => reading.end_line()?,
                Said::End => break,
            }
        }
        if !self.formulas.is_empty() {
            reading.line(&self.formulas)?;
        }
        Ok(self.labels)
    }
}

/// A row while it is read: as shown, and the same without formats.
#[derive(Default)]
pub(super) struct Row {
    cells: Vec<String>,
    plain: Vec<String>,
    next: Option<usize>,
}

impl Row {
    /// The next cell stands in this column, counted from 0.
    pub fn to(&mut self, column: Option<usize>) {
        self.next = column;
    }

    /// A cell.
    pub fn push(&mut self, shown: Shown) {
        let column = self.next.take().unwrap_or(self.cells.len());
        if column >= COLUMNS || (shown.text.is_empty() && shown.plain.is_none()) {
            return;
        }
        if column >= self.cells.len() {
            self.cells.resize(column, String::new());
            self.cells.push(shown.text);
        } else {
            self.cells[column] = shown.text;
        }
        if let Some(plain) = shown.plain {
            self.plain
                .resize(self.plain.len().max(column + 1), String::new());
            self.plain[column] = plain;
        }
    }

    /// Hands the row on.
    pub fn tell(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        for row in [
            std::mem::take(&mut self.cells),
            std::mem::take(&mut self.plain),
        ] {
            if !row.is_empty() {
                reading.row(&row)?;
            }
        }
        self.next = None;
        Ok(())
    }
}

/// `AB12` is column 27, counted from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0usize, |sum, letter| {
        sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}
