//! Word, Excel and PowerPoint since 2007, with and without macros: a ZIP of XML.
//!
//! Parts are read in the order in which they refer to each other, and named for people after what they are to the part that refers
//! to them (`header`, `notes of slide 2`); then whatever nobody refers to. Promises: every part's text is said, hidden or not; a part that is
//! referred to and not there is `Damaged`; pictures,
//! embedded files and macros are files in the file. Leaves to others: worksheets (`sheet`), everything else that is text (`markup`).

use super::markup::{self, Labels};
use super::package::Package;
use super::sheet::Book;
use super::{Document, Reading, Stop, xml};
use crate::mail::content::Unreadable;
use xml::{Said, Xml};

/// Parts that refer to parts.
const DEEP: u32 = 8;

/// Reads a document.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let mut package = Package::open(document.bytes);
    if package.find(is_of_office).is_some() && !package.has("_rels/.rels") {
        reading.unreadable(Unreadable::Damaged)?;
    }
    let book = Book::of(&mut package, reading)?;
    let mut parts = Parts {
        package,
        book,
        slides: 0,
    };
    parts.referred("", "", &Labels::default(), 0, reading)?;
    let left: Vec<String> = parts
        .package
        .names()
        .filter(|name| is_xml(name))
        .map(str::to_owned)
        .collect();
    for name in left {
        parts.read(&name, file_stem(&name), 0, reading)?;
    }
    parts.package.rest(reading)
}

struct Parts<'a> {
    package: Package<'a>,
    book: Book,
    slides: u32,
}

/// What a part says of another.
struct Relation {
    id: String,
    /// The last word of its type: `header`, `slide`, `hyperlink`.
    kind: String,
    target: String,
    is_outside: bool,
}

impl Parts<'_> {
    /// Reads the parts that a part refers to, in the order in which it does.
    fn referred(
        &mut self,
        part: &str,
        place: &str,
        labels: &Labels,
        depth: u32,
        reading: &mut Reading<'_>,
    ) -> Result<(), Stop> {
        if depth > DEEP {
            return Ok(());
        }
        let mut relations = self.relations(part, reading)?;
        let is_gone = |relation: &Relation| {
            let counts = is_xml(&relation.target) || relation.kind == "officeDocument";
            !relation.is_outside && counts && !self.package.has(&relation.target)
        };
        if relations.iter().any(is_gone) {
            reading.unreadable(Unreadable::Damaged)?;
        }
        let order = |relation: &Relation| labels.order(&relation.id);
        relations.sort_by_cached_key(order);
        for relation in relations.iter().filter(|relation| relation.is_outside) {
            reading.line(&relation.target)?;
        }
        let inside = relations.iter().filter(|relation| !relation.is_outside);
        for relation in inside.filter(|relation| is_xml(&relation.target)) {
            let label = labels.label(&relation.id).unwrap_or(&relation.kind);
            let place = self.place(label, &relation.kind, place);
            self.read(&relation.target, &place, depth + 1, reading)?;
        }
        Ok(())
    }

    fn place(&mut self, label: &str, kind: &str, around: &str) -> String {
        match kind {
            "slide" => {
                self.slides += 1;
                format!("slide {}", self.slides)
            }
            "notesSlide" => format!("notes of {around}"),
            "comments" if !around.is_empty() && around != "document" => {
                format!("comments on {around}")
            }
            "officeDocument" => "document".to_owned(),
            "core-properties" | "extended-properties" | "custom-properties" => {
                "properties".to_owned()
            }
            _ if around.starts_with("slide") || around.starts_with("sheet") => {
                format!("{} of {around}", label)
            }
            _ => label.to_owned(),
        }
    }

    fn read(
        &mut self,
        name: &str,
        place: &str,
        depth: u32,
        reading: &mut Reading<'_>,
    ) -> Result<(), Stop> {
        let bytes = match self.package.part(name, reading) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(()), // read already, or not there
            Err(why) => return Err(why),
        };
        if bytes.is_empty() {
            return reading.unreadable(Unreadable::Damaged);
        }
        reading.at(place)?;
        let text = xml::decoded(&bytes);
        let said = match xml::root(&text).as_str() {
            "worksheet" | "macrosheet" | "dialogsheet" => self.book.sheet(&text, reading),
            "styleSheet" | "Types" | "theme" => Ok(Labels::default()),
            "Relationships" => {
                let outside = relations_of(&text, "").into_iter().filter(|r| r.is_outside);
                let mut targets = outside.map(|relation| relation.target);
                targets.try_for_each(|target| reading.line(&target))?;
                Ok(Labels::default())
            }
            _ => markup::read(&text, reading),
        };
        match said {
            Ok(labels) => self.referred(name, place, &labels, depth, reading),
            Err(Stop::Unreadable(Unreadable::Damaged)) => {
                reading.unreadable(Unreadable::Damaged)?;
                self.referred(name, place, &Labels::default(), depth, reading)
            }
            Err(stop) => Err(stop),
        }
    }

    fn relations(&mut self, part: &str, reading: &mut Reading<'_>) -> Result<Vec<Relation>, Stop> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let name = format!("{folder}{slash}_rels/{file}.rels");
        Ok(match self.package.part(&name, reading) {
            Ok(Some(bytes)) => relations_of(&xml::decoded(&bytes), folder),
            Ok(None) => Vec::new(),
            Err(Stop::Unreadable(why)) => {
                reading.unreadable(why)?;
                Vec::new()
            }
            Err(enough) => return Err(enough),
        })
    }
}

fn relations_of(text: &str, folder: &str) -> Vec<Relation> {
    let (mut xml, mut found) = (Xml::new(text), Vec::new());
    while let Ok(said) = xml.next() {
        let Said::Open(element) = said else {
            match said {
                Said::End => break,
                _ => continue,
            }
        };
        let Some(target) = element.get("Target") else {
            continue;
        };
        let kind = element.get("Type").unwrap_or_default();
        let is_outside = element
            .get("TargetMode")
            .is_some_and(|mode| mode == "External");
        found.push(Relation {
            id: element.get("Id").unwrap_or_default(),
            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
            target: match is_outside {
                true => target,
                false => resolved(folder, &target),
            },
            is_outside,
        });
    }
    found
}

/// A path as seen from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let folder = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = Vec::new();
    for name in folder.split('/').chain(target.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(path.pop()),
            name => path.push(name),
        }
    }
    path.join("/")
}

/// In a folder of Office: where its main part is, `_rels/.rels` says.
fn is_of_office(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["word/", "xl/", "ppt/"]
        .iter()
        .any(|folder| name.starts_with(folder))
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".xml", ".rels", ".vml"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn file_stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split('.').next().unwrap_or(file)
}
