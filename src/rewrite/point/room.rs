//! Where in a document the scan is: in a hidden element, in preformatted text, in a table between its cells. No block may stand in the
//! first, and what stands in the last is shown above the table, not in it.

use super::tag::Tag;

/// Elements whose content people do not read as text.
const CLOSED: [&str; 9] = [
    "audio", "canvas", "math", "noscript", "object", "select", "svg", "template", "video",
];

/// Elements that have no end tag.
const VOID: [&str; 12] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
];

/// The elements around the place where the scan is, as far as they matter.
#[derive(Debug, Default)]
pub(super) struct Room {
    hidden: Option<Element>,
    preformatted: Option<Element>,
    tables: Vec<Table>,
}

#[derive(Debug)]
struct Element {
    at: usize,
    name: String,
    /// Elements of the same name open inside, itself included.
    depth: usize,
}

#[derive(Debug)]
struct Table {
    at: usize,
    in_cell: bool,
    /// Where its last cell ends.
    cell_end: Option<usize>,
}

impl Room {
    /// A start tag at `at`.
    pub(super) fn open(&mut self, at: usize, tag: &Tag) {
        let name = tag.name.as_str();
        if VOID.contains(&name) {
            return;
        }
        let fitting = self.safe(at);
        // A paragraph may have no end tag.
        let ends =
            |e: &Element| e.name == "p" && matches!(name, "p" | "div" | "table" | "ul" | "ol");
        enter(&mut self.hidden, fitting, name, is_hidden(tag), ends);
        enter(
            &mut self.preformatted,
            fitting,
            name,
            is_preformatted(tag),
            ends,
        );
        match (name, self.tables.last_mut()) {
            ("table", _) => self.tables.push(Table {
                at: fitting,
                in_cell: false,
                cell_end: None,
            }),
            ("td" | "th" | "caption", Some(table)) => table.in_cell = true,
            ("tr" | "tbody" | "tfoot", Some(table)) if table.in_cell => {
                table.in_cell = false;
                table.cell_end = Some(at);
            }
            _ => {}
        }
    }

    /// An end tag at `at`.
    pub(super) fn close(&mut self, at: usize, name: &str) {
        leave(&mut self.hidden, name);
        leave(&mut self.preformatted, name);
        match (name, self.tables.last_mut()) {
            ("table", _) => {
                self.tables.pop();
            }
            ("td" | "th" | "caption" | "tr", Some(table)) if table.in_cell => {
                table.in_cell = false;
                table.cell_end = Some(at);
            }
            _ => {}
        }
    }

    /// The place nearest to `at`, where the scan is, in which a block is seen, and seen in order.
    pub(super) fn safe(&self, at: usize) -> usize {
        if let Some(hidden) = &self.hidden {
            return hidden.at;
        }
        match self.tables.last() {
            Some(table) if !table.in_cell => table.cell_end.unwrap_or(table.at),
            _ => at,
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.hidden.is_some()
    }

    /// Line ends are line ends.
    pub(super) fn is_preformatted(&self) -> bool {
        self.preformatted.is_some()
    }
}

fn enter(
    room: &mut Option<Element>,
    at: usize,
    name: &str,
    begins: bool,
    ends: impl Fn(&Element) -> bool,
) {
    if room.as_ref().is_some_and(ends) {
        *room = None;
    }
    match room {
        Some(element) if element.name == name => element.depth += 1,
        None if begins => {
            *room = Some(Element {
                at,
                name: name.to_owned(),
                depth: 1,
            });
        }
        _ => {}
    }
}

fn leave(room: &mut Option<Element>, name: &str) {
    if let Some(element) = room.as_mut().filter(|element| element.name == name) {
        element.depth -= 1;
        if element.depth == 0 {
            *room = None;
        }
    }
}

fn is_hidden(tag: &Tag) -> bool {
    let style = squeezed(&tag.value("style"));
    CLOSED.contains(&tag.name.as_str())
        || tag.has("hidden")
        || [
            "display:none",
            "visibility:hidden",
            "mso-hide:all",
            "opacity:0;",
        ]
        .iter()
        .any(|hides| style.contains(hides))
        || [
            "max-height:0;",
            "max-height:0px",
            "height:0;",
            "height:0px",
            "font-size:0;",
            "font-size:0px",
        ]
        .iter()
        .any(|hides| style.contains(hides) && style.contains("overflow:hidden"))
}

fn is_preformatted(tag: &Tag) -> bool {
    tag.name == "pre" || squeezed(&tag.value("style")).contains("white-space:pre")
}

fn squeezed(style: &str) -> String {
    let mut style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.push(';');
    style
}
