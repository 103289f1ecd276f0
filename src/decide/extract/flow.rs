//! Text and tables as a document gives them: letter by letter, tables in tables.
//!
//! Promises: a table of data becomes rows; a table that only arranges (it has tables in it, one column, or pages of text in a cell)
//! becomes running text. Tables of any size: from [`HELD`] rows on they are handed on as they come.

use super::{Reading, Stop};

/// Rows of a table that are kept until it is known to be one of data.
const HELD: usize = 500;

/// A longer cell is no cell of data.
const LONG: usize = 4 * 1024;

/// Tables in tables; what is deeper is text of the deepest.
const DEEP: usize = 50;

/// Cells that one cell may span.
const SPAN: usize = 64;

/// What is open.
#[derive(Default)]
pub(super) struct Flow {
    tables: Vec<Open>,
    too_deep: u32,
}

#[derive(Default)]
struct Open {
    rows: Vec<Vec<String>>,
    row: Option<Vec<String>>,
    cell: Option<String>,
    /// Columns it covers.
    span: usize,
    /// Its text goes to where the table stands.
    arranges: bool,
    /// Rows are handed on at once.
    streams: bool,
}

impl Flow {
    /// More text, of the cell or of the document.
    pub fn text(&mut self, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if self.is_between_cells() && text.trim().is_empty() {
            return Ok(());
        }
        match self.cell() {
            Some(cell) => cell.push_str(text),
            None => reading.text(text)?,
        }
        Ok(reading.tick()?)
    }

    /// True inside a table.
    pub fn is_in_table(&self) -> bool {
        !self.tables.is_empty()
    }

    fn is_between_cells(&self) -> bool {
        self.tables.last().is_some_and(|table| table.cell.is_none())
    }

    /// Ends a line, if one is open.
    pub fn end_line(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if self.is_between_cells() && !self.tables.iter().all(|table| table.arranges) {
            return Ok(());
        }
        match self.cell() {
            Some(cell) if cell.is_empty() || cell.ends_with('\n') => Ok(()),
            Some(cell) => {
                cell.push('\n');
                Ok(())
            }
            None => reading.end_line(),
        }
    }

    fn cell(&mut self) -> Option<&mut String> {
        let table = self.tables.iter_mut().rev().find(|table| !table.arranges)?;
        let row = table.row.get_or_insert_default();
        match table.cell.is_some() || row.is_empty() {
            true => Some(table.cell.get_or_insert_default()),
            false => row.last_mut(),
        }
    }

    /// A table begins. The one it stands in is none of data.
    pub fn begin_table(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.end_line(reading)?;
        if self.tables.len() >= DEEP {
            self.too_deep += 1;
            return Ok(());
        }
        if let Some(at) = self.tables.iter().rposition(|table| !table.arranges)
            && !self.tables[at].streams
        {
            let mut outer = std::mem::take(&mut self.tables[at]);
            self.tables[at].arranges = true;
            outer.end_row();
            self.arranged(outer.rows, reading)?;
        }
        self.tables.push(Open::default());
        Ok(())
    }

    /// A row begins; one that is open ends.
    pub fn begin_row(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.end_row(reading)?;
        if let Some(table) = self.tables.last_mut() {
            table.row = Some(Vec::new());
        }
        Ok(())
    }

    /// A cell begins; one that is open ends.
    pub fn begin_cell(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.end_cell(reading)?;
        if let Some(table) = self.tables.last_mut() {
            table.span = 1;
            table.row.get_or_insert_default();
            table.cell = Some(String::new());
        }
        Ok(())
    }

    /// The open cell covers so many columns.
    pub fn span(&mut self, columns: usize) {
        if let Some(table) = self.tables.last_mut() {
            table.span = columns;
        }
    }

    /// The cell ends.
    pub fn end_cell(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if let Some(table) = self.tables.last_mut() {
            if table.arranges {
                return self.text("\t", reading);
            }
            table.end_cell();
        }
        Ok(())
    }

    /// The row ends.
    pub fn end_row(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let Some(table) = self.tables.last_mut() else {
            return Ok(());
        };
        if table.arranges {
            return self.end_line(reading);
        }
        table.end_row();
        if table.rows.len() < HELD && !table.streams {
            return Ok(());
        }
        // A table that streams inside a cell of another is flattened into that cell.
        let rows = std::mem::take(&mut table.rows);
        let begins = !std::mem::replace(&mut table.streams, true);
        match self
            .tables
            .iter()
            .rev()
            .skip(1)
            .any(|outer| !outer.arranges)
        {
            true => self.arranged(rows, reading),
            false => told(&rows, begins, reading),
        }
    }

    /// The table ends.
    pub fn end_table(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return self.end_line(reading);
        }
        self.end_row(reading)?;
        let Some(table) = self.tables.pop() else {
            return Ok(());
        };
        let is_inner = self.tables.iter().any(|outer| !outer.arranges);
        if !is_inner && table.is_data() {
            return told(&table.rows, !table.streams, reading);
        }
        self.arranged(table.rows, reading)?;
        self.end_line(reading)
    }

    /// Ends whatever is open.
    pub fn finish(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.too_deep = 0;
        while !self.tables.is_empty() {
            self.end_table(reading)?;
        }
        reading.end_line()
    }

    fn arranged(&mut self, rows: Vec<Vec<String>>, reading: &mut Reading<'_>) -> Result<(), Stop> {
        for row in rows {
            let cells: Vec<&str> = row
                .iter()
                .map(String::as_str)
                .filter(|c| !c.is_empty())
                .collect();
            self.text(&cells.join("\t"), reading)?;
            self.end_line(reading)?;
        }
        Ok(())
    }
}

impl Open {
    fn end_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            let row = self.row.get_or_insert_default();
            let text = cell.trim_matches(['\n', ' ', '\t']);
            row.push(match text.len() == cell.len() {
                true => cell,
                false => text.to_owned(),
            });
            row.extend(std::iter::repeat_n(
                String::new(),
                self.span.clamp(1, SPAN) - 1,
            ));
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        let mut row = self.row.take().unwrap_or_default();
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        if !row.is_empty() {
            self.rows.push(row);
        }
    }

    fn is_data(&self) -> bool {
        let is_row = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count() > 1;
        let is_short = |row: &Vec<String>| row.iter().all(|cell| cell.len() <= LONG);
        self.streams || (self.rows.iter().any(is_row) && self.rows.iter().all(is_short))
    }
}

fn told(rows: &[Vec<String>], begins: bool, reading: &mut Reading<'_>) -> Result<(), Stop> {
    if begins && !rows.is_empty() {
        reading.end_line()?;
        reading.table()?;
    }
    rows.iter().try_for_each(|row| reading.row(row))
}
