//! OpenDocument: texts, spreadsheets, presentations and drawings, as a ZIP or as one file of XML.
//!
//! Promises: hidden sheets, rows, slides and text are read like others; notes, comments, headers, properties and embedded documents
//! too; a cell is said as it is shown, a long number and a date also as it is kept. Repeated cells are said once. Fails: a part that
//! its manifest calls encrypted is `Encrypted`; one that breaks off, or has no `content.xml`, is `Damaged`.

use super::flow::Flow;
use super::numbers::{self, Shown};
use super::package::Package;
use super::sheet::Row;
use super::xml::{self, Element, Said, Xml, closed};
use super::{Document, Reading, Stop};
use crate::mail::content::Unreadable;

/// Columns that repeated cells may fill.
const REPEATED: usize = 16_384;

/// Blanks that one element stands for.
const BLANKS: usize = 256;

/// Digits from which on a number is also said as it is kept.
const LONG: usize = 6;

/// Reads a document in a ZIP.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let mut package = Package::open(document.bytes);
    if let Some(manifest) = package.peek("META-INF/manifest.xml", reading)
        && xml::decoded(&manifest).contains("encryption-data")
    {
        return Err(Unreadable::Encrypted.into());
    }
    for layout in [
        "mimetype",
        "settings.xml",
        "manifest.rdf",
        "META-INF/manifest.xml",
    ] {
        package.part(layout, reading)?;
    }
    if !package.has("content.xml") {
        reading.unreadable(Unreadable::Damaged)?;
    }
    let first = ["content.xml", "styles.xml", "meta.xml"].map(str::to_owned);
    let more: Vec<String> = package
        .names()
        .filter(|name| name.ends_with(".xml"))
        .map(str::to_owned)
        .collect();
    for name in first.into_iter().chain(more) {
        let Some(bytes) = package.part(&name, reading)? else {
            continue;
        };
        reading.at(match name.as_str() {
            "content.xml" => "document",
            "styles.xml" => "header and footer",
            "meta.xml" => "properties",
            other => other.trim_end_matches("/content.xml"),
        })?;
        if name == "content.xml" && bytes.is_empty() {
            reading.unreadable(Unreadable::Damaged)?;
        }
        let said = flat(&xml::decoded(&bytes), reading);
        match said {
            Err(Stop::Unreadable(Unreadable::Damaged)) => {
                reading.unreadable(Unreadable::Damaged)?
            }
            other => other?,
        }
    }
    package.rest(reading)
}

/// Reads one file of XML.
pub(super) fn flat(text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let mut page = Page::default();
    let mut xml = Xml::new(text);
    let end = loop {
        reading.tick()?;
        match xml.next() {
            Ok(Said::Open(element)) => page.open(&element, reading)?,
            Ok(Said::Text(text)) => page.text(&text, reading)?,
            Ok(Said::Close(end)) => page.close(closed(&end), reading)?,
            Ok(Said::End) => break Ok(()),
            Err(why) => break Err(why),
        }
    };
    page.end_row(reading)?;
    page.flow.finish(reading)?;
    page.said_aside(reading)?;
    Ok(end?)
}

#[derive(Default)]
struct Page {
    flow: Flow,
    /// Notes, comments and deleted text do not stand in the line; a number for each that is open.
    beside: u32,
    aside: String,
    /// Files in base64 and where they begin.
    data: Option<String>,
    is_spreadsheet: bool,
    /// Tables of a spreadsheet that are open: those in shapes of another.
    sheets: u32,
    row: Row,
    cell: Option<Cell>,
    column: usize,
    slides: u32,
}

/// A cell of a spreadsheet.
#[derive(Default)]
struct Cell {
    text: String,
    value: Option<String>,
    repeated: usize,
}

impl Page {
    fn open(&mut self, element: &Element<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match element.name() {
            "spreadsheet" => self.is_spreadsheet = true,
            "s" => self.text(
                &" ".repeat(element.number("c").unwrap_or(1).min(BLANKS)),
                reading,
            )?,
            "tab" => self.text("\t", reading)?,
            "line-break" if self.beside == 0 => self.push("\n", reading)?,
            "note" | "annotation" | "tracked-changes" | "deletion" => {
                self.beside += 1;
                self.end_aside_line();
            }
            "notes" => self.place(&format!("notes of slide {}", self.slides), reading)?,
            "page" if element.get("name").is_some() => {
                self.slides += 1;
                self.place(&format!("slide {}", self.slides), reading)?;
            }
            "binary-data" => self.data = Some(String::new()),
            "table" | "table-row" | "table-cell" | "covered-table-cell" if self.is_spreadsheet => {
                self.sheet(element, reading)?;
            }
            "table" => self.flow.begin_table(reading)?,
            "table-row" => self.flow.begin_row(reading)?,
            "table-cell" => {
                self.flow.begin_cell(reading)?;
                self.flow
                    .span(element.number("number-columns-spanned").unwrap_or(1));
            }
            _ => {}
        }
        self.attributes(element);
        Ok(())
    }

    /// What people read that stands in attributes: links, names of fields, values, hints.
    fn attributes(&mut self, element: &Element<'_>) {
        let names: &[&str] = match element.name() {
            "a" => &["href"],
            "user-field-decl" | "variable-set" | "user-defined" => &["name", "string-value"],
            "named-range" | "hidden-text" | "conditional-text" => &[
                "name",
                "string-value",
                "string-value-if-true",
                "string-value-if-false",
            ],
            "text" | "textarea" | "password" | "combobox" | "listbox" | "fixed-text" | "button"
            | "generic-control" => &["current-value", "value", "label"],
            "option" | "item" => &["label", "value"],
            "content-validation" => &["condition"],
            "meta-field" | "placeholder" => &["description"],
            _ => return,
        };
        for value in names.iter().filter_map(|name| element.get(name)) {
            if !value.trim().is_empty() {
                self.end_aside_line();
                self.aside.push_str(&value);
                self.aside.push('\n');
            }
        }
    }

    fn sheet(&mut self, element: &Element<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match element.name() {
            "table" => {
                self.sheets += 1;
                self.end_row(reading)?;
                let name = element.get("name").unwrap_or_default();
                reading.at(&format!("sheet {name}"))?;
                reading.table()?;
            }
            "table-row" => self.end_row(reading)?,
            _ => {
                self.end_cell();
                let value = ["string-value", "date-value", "time-value", "value"];
                self.cell = Some(Cell {
                    text: String::new(),
                    value: value.iter().find_map(|name| element.get(name)),
                    repeated: element.number("number-columns-repeated").unwrap_or(1),
                });
            }
        }
        Ok(())
    }

    fn place(&mut self, place: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.flow.finish(reading)?;
        self.said_aside(reading)?;
        reading.at(place)
    }

    fn text(&mut self, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if let Some(data) = &mut self.data {
            data.push_str(text);
        } else if self.beside > 0 {
            self.aside.push_str(text);
        } else if text.contains('\n') && text.trim().is_empty() {
            // Layout of the file. A line break is an element.
        } else {
            self.push(text, reading)?;
        }
        Ok(())
    }

    fn push(&mut self, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match &mut self.cell {
            Some(cell) => cell.text.push_str(text),
            None => self.flow.text(text, reading)?,
        }
        Ok(())
    }

    fn end_line(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match &mut self.cell {
            _ if self.beside > 0 => self.end_aside_line(),
            Some(cell) if cell.text.is_empty() || cell.text.ends_with('\n') => {}
            Some(cell) => cell.text.push('\n'),
            None => self.flow.end_line(reading)?,
        }
        Ok(())
    }

    fn end_aside_line(&mut self) {
        if !self.aside.is_empty() && !self.aside.ends_with('\n') {
            self.aside.push('\n');
        }
    }

    fn close(&mut self, name: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match name {
            "p" | "h" | "title" | "desc" => self.end_line(reading)?,
            "note" | "annotation" | "tracked-changes" | "deletion" => {
                self.end_aside_line();
                self.beside = self.beside.saturating_sub(1);
            }
            "binary-data" => self.end_data(reading)?,
            "table-cell" | "covered-table-cell" if self.is_spreadsheet => self.end_cell(),
            "table-row" if self.is_spreadsheet => self.end_row(reading)?,
            "table" if self.is_spreadsheet => {
                self.end_row(reading)?;
                self.sheets = self.sheets.saturating_sub(1);
                self.said_aside(reading)?;
            }
            "table" => self.flow.end_table(reading)?,
            "table-row" => self.flow.end_row(reading)?,
            "table-cell" => self.flow.end_cell(reading)?,
            // Properties, and whatever else has text without paragraphs.
            _ if self.cell.is_none() && !self.flow.is_in_table() && !is_inline(name) => {
                self.end_line(reading)?
            }
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else {
            return;
        };
        let text = cell.text.trim_end().to_owned();
        let value = cell.value.filter(|value| *value != text);
        let is_long = |value: &String| value.bytes().filter(u8::is_ascii_digit).count() >= LONG;
        let is_empty = text.is_empty() && value.is_none();
        let shown = match (text.is_empty(), value) {
            (true, Some(value)) => Shown::text(&value),
            (_, value) => Shown {
                plain: value
                    .filter(is_long)
                    .filter(|value| !numbers::is_same(&text, value)),
                text,
            },
        };
        if !is_empty {
            self.row.to(Some(self.column));
            self.row.push(shown);
        }
        self.column = self.column.saturating_add(cell.repeated.clamp(1, REPEATED));
    }

    fn end_row(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.end_cell();
        self.column = 0;
        self.row.tell(reading)
    }

    fn end_data(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let mut bytes = Vec::new();
        let data = self.data.take().unwrap_or_default();
        let _ = encodify::base64::LENIENT.decode_append(&data, &mut bytes);
        reading.spend(bytes.len() as u64)?;
        self.end_row(reading)?;
        reading.member(&Document {
            name: "",
            media_type: "",
            charset: None,
            bytes: &bytes,
        })
    }

    fn said_aside(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match std::mem::take(&mut self.aside) {
            aside if aside.trim().is_empty() => Ok(()),
            aside => reading.line(aside.trim_end()),
        }
    }
}

/// Elements in a paragraph that do not end a word.
fn is_inline(name: &str) -> bool {
    !matches!(
        name,
        "creator"
            | "initial-creator"
            | "date"
            | "subject"
            | "description"
            | "keyword"
            | "user-defined"
            | "generator"
            | "page"
            | "frame"
            | "text-box"
            | "script"
            | "config-item"
            | "creation-date"
            | "printed-by"
            | "language"
    )
}

#[cfg(test)]
mod tests {
    use crate::decide::extract::samples::{part, zip};
    use crate::decide::extract::tests::{file, told};

    fn document(content: &str) -> String {
        let xml = format!(
            "<office:document-content xmlns:office='o' xmlns:text='t' xmlns:table='b' xmlns:draw='d' xmlns:presentation='p'>\
             <office:body>{content}</office:body></office:document-content>"
        );
        let parts = [
            part("mimetype", "application/vnd.oasis.opendocument.text"),
            part("content.xml", &xml),
        ];
        told(&file("a.odt", &zip(&parts)))
    }

    #[test]
    fn a_word_in_several_spans_is_one() {
        let text = "<text:p>9999<text:span>93</text:span>410<text:s text:c='2'/>a<text:tab/>b<text:line-break/>c</text:p><text:h>d</text:h>";
        assert_eq!(document(text), "@ document\n999993410  a\tb\nc\nd\n");
    }

    #[test]
    fn notes_comments_and_deleted_text_stand_apart() {
        let text = "<text:tracked-changes><text:deletion><text:p>gone</text:p></text:deletion></text:tracked-changes>\
                    <text:p>99<text:note><text:note-body><text:p>foot</text:p></text:note-body></text:note>99\
                    <office:annotation><text:p>remark</text:p></office:annotation>3410</text:p>";
        assert_eq!(document(text), "@ document\n99993410\ngone\nfoot\nremark\n");
    }

    #[test]
    fn sheets_are_tables_with_their_columns() {
        let sheet = "<office:spreadsheet><table:table table:name='P'><table:table-row><table:table-cell table:number-columns-repeated='2'/>\
             <table:table-cell><text:p>BSN</text:p></table:table-cell></table:table-row>\
             <table:table-row table:number-rows-repeated='1048576'><table:table-cell office:value='1'><text:p>1,00</text:p></table:table-cell><table:covered-table-cell/>\
             <table:table-cell office:value='999993410'><text:p>999.993.410</text:p></table:table-cell><table:table-cell table:number-columns-repeated='16000'/></table:table-row>\
             </table:table></office:spreadsheet>";
        let want = "@ sheet P\n=\n||BSN\n1,00||999.993.410\n";
        assert_eq!(document(sheet), want);
    }

    #[test]
    fn slides_have_notes() {
        let slides = "<office:presentation><draw:page draw:name='a'><text:p>one</text:p><presentation:notes><draw:page-thumbnail/><text:p>said</text:p>\
                      </presentation:notes></draw:page><draw:page draw:name='b'><text:p>two</text:p></draw:page></office:presentation>";
        assert_eq!(
            document(slides),
            "@ slide 1\none\n@ notes of slide 1\nsaid\n@ slide 2\ntwo\n"
        );
    }

    #[test]
    fn tables_of_a_text_are_rows() {
        let text = "<table:table><table:table-row><table:table-cell><text:p>Naam</text:p></table:table-cell><table:table-cell><text:p>BSN</text:p></table:table-cell>\
                    </table:table-row><table:table-row><table:table-cell><text:p>Zo</text:p></table:table-cell><table:table-cell><text:p>999993410</text:p></table:table-cell>\
                    </table:table-row></table:table>";
        assert_eq!(document(text), "@ document\n=\nNaam|BSN\nZo|999993410\n");
    }

    #[test]
    fn an_encrypted_one_is_said_to_be() {
        let manifest = "<manifest:manifest xmlns:manifest='m'><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
        let parts = [
            part("META-INF/manifest.xml", manifest),
            part("content.xml", "noise"),
        ];
        assert_eq!(told(&file("a.odt", &zip(&parts))), "! it is encrypted\n");
    }

    #[test]
    fn one_file_of_xml_is_read_too() {
        let xml = "<?xml version='1.0'?><office:document xmlns:office='o' xmlns:text='t' xmlns:d='d'><office:body><office:text><text:p>one</text:p>\
                   <d:image><office:binary-data>dHdv</office:binary-data></d:image></office:text></office:body></office:document>";
        assert_eq!(told(&file("a.fodt", xml.as_bytes())), "one\n> \ntwo\n<\n");
    }
}
