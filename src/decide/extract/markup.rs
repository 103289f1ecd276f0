//! The text of WordprocessingML, DrawingML, charts, comments, properties and any XML like them.
//!
//! Promises: a paragraph's runs are one text, so a word in several runs stays one; text boxes, deleted text, field codes and what is
//! said beside a picture stand in lines of their own after it; tables are rows. Fails with `Damaged` where the XML does.

use super::flow::Flow;
use super::xml::{Element, Said, Xml, closed};
use super::{Reading, Stop};
use std::collections::HashMap;

/// Attributes that people read, or that a macro reads to them.
const READ: [&str; 8] = [
    "descr",
    "title",
    "alt",
    "string",
    "displayText",
    "tooltip",
    "display",
    "prompt",
];

/// Elements whose text is measures of the layout.
const MEASURES: [&str; 12] = [
    "posOffset",
    "pctWidth",
    "pctHeight",
    "pctPosHOffset",
    "pctPosVOffset",
    "TotalTime",
    "Words",
    "Characters",
    "CharactersWithSpaces",
    "Lines",
    "Pages",
    "Paragraphs",
];

/// Parts that a part refers to, in its order, with the names it gives them.
#[derive(Default)]
pub(super) struct Labels(HashMap<String, (usize, Option<String>)>);

impl Labels {
    /// Notes every reference of an element.
    pub fn note(&mut self, element: &Element<'_>) {
        let is_reference = |key: &str| key.starts_with("r:") || key.ends_with(":id");
        let ids: Vec<String> = element
            .all()
            .filter(|(key, _)| is_reference(key))
            .map(|(_, value)| value)
            .collect();
        if ids.is_empty() {
            return;
        }
        let label = (element.name() == "sheet").then(|| sheet_name(element));
        for id in ids {
            let order = self.0.len();
            self.0.entry(id).or_insert_with(|| (order, label.clone()));
        }
    }

    /// Where in the part the reference stands; those that are nowhere come last.
    pub fn order(&self, id: &str) -> usize {
        self.0.get(id).map_or(usize::MAX, |(order, _)| *order)
    }

    /// What the part calls it.
    pub fn label(&self, id: &str) -> Option<&str> {
        self.0.get(id)?.1.as_deref()
    }
}

fn sheet_name(element: &Element<'_>) -> String {
    let name = element.get("name").unwrap_or_default();
    match element.get("state").as_deref() {
        Some("hidden" | "veryHidden") => format!("hidden sheet {name}"),
        _ => format!("sheet {name}"),
    }
}

/// Reads a part.
pub(super) fn read(text: &str, reading: &mut Reading<'_>) -> Result<Labels, Stop> {
    let mut page = Page::default();
    let mut xml = Xml::new(text);
    let end = loop {
        match xml.next() {
            Ok(Said::Open(element)) => page.open(&element, reading)?,
            Ok(Said::Text(text)) => page.text(&text, reading)?,
            Ok(Said::Close(end)) => page.close(closed(&end), reading)?,
            Ok(Said::End) => break Ok(()),
            Err(why) => break Err(why),
        }
        reading.tick()?;
    };
    while !page.paragraphs.is_empty() {
        page.end_paragraph(reading)?;
    }
    page.flow.finish(reading)?;
    page.aside(reading)?;
    end?;
    Ok(page.labels)
}

#[derive(Default)]
struct Page {
    flow: Flow,
    /// Open paragraphs: those of a text box stand in one of the document.
    paragraphs: Vec<String>,
    /// What is said beside the text; lines.
    aside: String,
    /// Deleted text and field codes do not stand in the line.
    is_beside: bool,
    is_measure: bool,
    /// What a newer program shows, and what an older one shows instead, most often the same.
    choice: Option<String>,
    fallback: Option<String>,
    labels: Labels,
}

impl Page {
    fn open(&mut self, element: &Element<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match element.name() {
            "p" => self.paragraphs.push(String::new()),
            "tab" | "ptab" if !self.paragraphs.is_empty() => self.push("\t", reading)?,
            "br" | "cr" => self.push("\n", reading)?,
            "noBreakHyphen" => self.push("-", reading)?,
            "tbl" => self.flow.begin_table(reading)?,
            "tr" => self.flow.begin_row(reading)?,
            "tc" => {
                self.flow.begin_cell(reading)?;
                self.flow.span(element.number("gridSpan").unwrap_or(1));
            }
            "gridSpan" => self.flow.span(element.number("val").unwrap_or(1)),
            "sym" => self.symbol(element, reading)?,
            "delText" | "instrText" | "delInstrText" => self.is_beside = true,
            "Choice" => self.choice = Some(String::new()),
            "Fallback" => self.fallback = Some(String::new()),
            "listEntry" | "default" | "alias" | "tag" | "docVar" | "property" | "definedName" => {
                self.beside(element, &["val", "name"]);
            }
            "fldSimple" => self.beside(element, &["instr"]),
            "listItem" => self.beside(element, &["value"]),
            // Data of a pivot table's source, changed names and authors of comments.
            "s" | "n" | "d" if element.get("v").is_some() => self.beside(element, &["v"]),
            name if MEASURES.contains(&name) => self.is_measure = true,
            _ => {}
        }
        self.beside(element, &READ);
        self.labels.note(element);
        Ok(())
    }

    /// A letter of a symbol font: its low byte is the letter in most.
    fn symbol(&mut self, element: &Element<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let code = element.get("char");
        let code = code.and_then(|hex| u32::from_str_radix(&hex, 16).ok());
        let letter = code.and_then(|code| match code {
            0xf020..=0xf0ff => char::from_u32(code - 0xf000),
            other => char::from_u32(other),
        });
        self.push(
            letter.map(String::from).unwrap_or_default().as_str(),
            reading,
        )
    }

    fn end_aside_line(&mut self) {
        if !self.aside.is_empty() && !self.aside.ends_with('\n') {
            self.aside.push('\n');
        }
    }

    fn beside(&mut self, element: &Element<'_>, names: &[&str]) {
        for name in names {
            if let Some(value) = element.get(name).filter(|value| !value.trim().is_empty()) {
                self.end_aside_line();
                self.aside.push_str(&value);
                self.aside.push('\n');
            }
        }
    }

    fn text(&mut self, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if self.is_measure {
            return Ok(());
        }
        if self.is_beside {
            self.aside.push_str(text);
            return Ok(());
        }
        // Blanks between elements are layout of the file; inside a paragraph only those in `t` come here with letters around.
        match text.trim().is_empty() && (self.paragraphs.is_empty() || text.contains('\n')) {
            true => Ok(()),
            false => self.push(text, reading),
        }
    }

    fn push(&mut self, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if let Some(fallback) = &mut self.fallback {
            fallback.push_str(text);
            return Ok(());
        }
        if let Some(choice) = &mut self.choice {
            choice.push_str(text);
        }
        match self.paragraphs.last_mut() {
            Some(paragraph) => paragraph.push_str(text),
            None => self.flow.text(text, reading)?,
        }
        Ok(())
    }

    fn close(&mut self, name: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match name {
            "p" => self.end_paragraph(reading)?,
            "tbl" => self.flow.end_table(reading)?,
            "tr" => self.flow.end_row(reading)?,
            "tc" => self.flow.end_cell(reading)?,
            // Parts of one field or one deletion follow each other, in runs of their own.
            "delText" | "instrText" | "delInstrText" => self.is_beside = false,
            "fldChar" | "del" | "moveFrom" => self.end_aside_line(),
            "Fallback" => self.end_fallback(),
            "AlternateContent" => self.choice = None,
            "t" | "r" | "rPh" | "rPr" => {}
            _ => {
                self.is_measure = false;
                if self.paragraphs.is_empty() {
                    self.flow.end_line(reading)?;
                }
            }
        }
        Ok(())
    }

    fn end_paragraph(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let Some(paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        if let Some(fallback) = &mut self.fallback {
            fallback.push('\n');
            return Ok(());
        }
        self.flow.text(&paragraph, reading)?;
        self.flow.end_line(reading)?;
        // What stands beside a row of a table waits for the table's end: it must not come between rows.
        match self.paragraphs.is_empty() && !self.flow.is_in_table() {
            true => self.aside(reading),
            false => Ok(()),
        }
    }

    fn end_fallback(&mut self) {
        let fallback = self.fallback.take().unwrap_or_default();
        let words = |text: &str| text.split_whitespace().collect::<String>();
        let shown = self.choice.as_deref().unwrap_or_default();
        if words(&fallback) != words(shown) {
            self.end_aside_line();
            self.aside.push_str(&fallback);
            self.aside.push('\n');
        }
    }

    fn aside(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match std::mem::take(&mut self.aside) {
            aside if aside.trim().is_empty() => Ok(()),
            aside => reading.line(aside.trim_end()),
        }
    }
}
