//! The finder: takes pieces of text and notes what the rules look for.
//!
//! Promises: every byte of text is looked at once; text is held in a bounded window; after [`MAX_TEXT`], the deadline, or the time that
//! patterns have for one file of the mail, the file counts as unreadable. Leaves to others: reading files (a [`Reader`](crate::mail::content::Reader)), which texts there are (`mod`).

use super::Wanted;
use super::content::{Content, Evidence, Hit, MAX_NAMED, Member};
use super::window::{View, Window};
use crate::decide::detectors::own::Found;
use crate::decide::detectors::{Finding, Passage};
use crate::decide::patterns::{Exposed, Late, Scan, Scope};
use crate::mail::content::{Enough, Piece, Sink, Unreadable};
use std::time::Instant;

/// Text of one file of the mail, in bytes, with everything in it. More is not searched, and says so.
pub const MAX_TEXT: u64 = 64 << 20;

/// Notes what is found.
pub struct Finder<'w> {
    wanted: &'w Wanted,
    until: Instant,
    window: Window,
    scan: Scan<'w>,
    scope: Scope,
    exposed: Exposed,
    /// Names from the file of the mail inwards, each with the name of what holds it.
    path: Vec<String>,
    at: Option<String>,
    text: u64,
    /// Bytes of all files before this one.
    before: u64,
    content: Content,
}

impl<'w> Finder<'w> {
    /// Nothing found yet. `until`: all of it must be done.
    pub fn new(wanted: &'w Wanted, until: Instant) -> Self {
        Finder {
            wanted,
            until,
            window: Window::default(),
            scan: wanted.engine.scan(until),
            scope: Scope::Body,
            exposed: Exposed::default(),
            path: Vec::new(),
            at: None,
            text: 0,
            before: 0,
            content: Content::default(),
        }
    }

    /// What follows is the file, or the text, of this name; `exposed`: whether a transfer of files would leave it in the mail.
    pub fn begin(&mut self, scope: Scope, exposed: Exposed, name: &str) {
        (self.scope, self.exposed) = (scope, exposed);
        self.scan.restart();
        self.path = vec![name.to_owned()];
        self.at = None;
        self.before += self.text + 1;
        self.text = 0;
    }

    /// The file ends. One that left something open is looked at all the same.
    pub fn end(&mut self) {
        self.flush();
        self.path.clear();
    }

    /// What was found.
    pub fn finish(mut self) -> Content {
        self.flush();
        self.content
    }

    /// It cannot be read.
    pub fn unreadable(&mut self, why: Unreadable) {
        let entry = (self.path.join(" > "), why);
        // One that is too slow says so with every window.
        if self.content.unreadable.last() != Some(&entry) {
            self.content.unreadable.push(entry);
        }
    }

    fn flush(&mut self) {
        if !self.window.is_empty() {
            self.look(true);
        }
        self.window.clear();
    }

    fn look(&mut self, ends: bool) {
        let view = self.window.view(ends);
        let core = view.core.clone();
        let passage = Passage {
            text: view.text,
            headings: view.headings,
            core: (core.start, core.end),
        };
        let place = Place {
            path: &self.path,
            at: self.at.as_deref(),
            exposed: self.exposed,
            before: self.before,
            view: &view,
        };
        let (wanted, content) = (self.wanted, &mut self.content);
        wanted.scanner.find(&passage, &mut |finding| {
            if let Some(number) = wanted.number(finding.detector) {
                let Finding {
                    confidence,
                    value,
                    range,
                    context,
                    ..
                } = finding;
                let found = Found {
                    own: 0,
                    confidence,
                    value,
                    range,
                    context,
                };
                content.add(number, |shown| place.hit(&found, wanted, shown));
            }
        });
        let late = place
            .patterns(&passage, self.scope, &mut self.scan, (wanted, content))
            .is_err();
        self.window.advance(core);
        if late {
            self.unreadable(Unreadable::TooSlow);
        }
    }

    fn more(&mut self, length: usize) -> Result<(), Enough> {
        self.text += length as u64;
        let why = match (self.text > MAX_TEXT, Instant::now() > self.until) {
            (false, false) => return Ok(()),
            (true, _) => Unreadable::TooLarge,
            (false, true) => Unreadable::TooSlow,
        };
        self.unreadable(why);
        Err(Enough)
    }

    fn enter(&mut self, name: &str, media_type: &str, size: u64) -> Result<(), Enough> {
        self.path.push(name.to_owned());
        if self.content.members.len() >= MAX_NAMED {
            self.unreadable(Unreadable::TooMany);
            return Err(Enough);
        }
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        self.content.members.push(Member {
            place: self.path.join(" > "),
            name: last.to_owned(),
            media_type: media_type.to_owned(),
            size,
        });
        // Numbers stand in names as well: `811228-9874.pdf`.
        self.window.prose(name);
        self.at = Some("its name".into());
        self.flush();
        self.at = None;
        Ok(())
    }
}

impl Sink for Finder<'_> {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), Enough> {
        match piece {
            Piece::Enter {
                name,
                media_type,
                size,
            } => {
                self.flush();
                self.enter(&name, &media_type, size)
            }
            Piece::Leave => {
                self.flush();
                self.path.pop();
                self.at = None;
                Ok(())
            }
            Piece::At(place) => {
                self.flush();
                self.at = Some(place.into_owned());
                Ok(())
            }
            Piece::Table => {
                self.flush();
                Ok(())
            }
            Piece::Prose(text) => {
                if self.window.is_table() {
                    self.flush();
                }
                self.window.prose(&text);
                self.looked(text.len())
            }
            Piece::Row(cells) => {
                if !self.window.is_table() {
                    self.flush();
                }
                let length = cells.iter().map(|cell| cell.len() + 1).sum();
                self.window.row(cells.iter().map(AsRef::as_ref));
                self.looked(length)
            }
            Piece::Unreadable(why) => {
                self.unreadable(why);
                Ok(())
            }
        }
    }
}

impl Finder<'_> {
    fn looked(&mut self, length: usize) -> Result<(), Enough> {
        if self.window.is_full() {
            self.look(false);
        }
        self.more(length)
    }
}

/// Where a window stands.
struct Place<'a> {
    path: &'a [String],
    at: Option<&'a str>,
    exposed: Exposed,
    before: u64,
    view: &'a View<'a>,
}

impl Place<'_> {
    /// Notes what patterns match, and what own detectors make of it.
    fn patterns(
        &self,
        passage: &Passage<'_>,
        scope: Scope,
        scan: &mut Scan<'_>,
        (wanted, content): (&Wanted, &mut Content),
    ) -> Result<(), Late> {
        let mut of_own = Vec::new();
        let matches = &mut content.matches;
        let ended = scan.window(passage.text, passage.core, &mut |id, range| {
            matches.note((scope, self.exposed), id, || self.of(range.start));
            if wanted.own.has(id) {
                of_own.push((id, range));
            }
        });
        wanted.own.find(passage, of_own, &mut |found| {
            let number = wanted.number_of_own(found.own);
            content.add(number, |shown| self.hit(&found, wanted, shown));
        });
        ended
    }

    fn hit(&self, finding: &Found, wanted: &Wanted, shown: bool) -> Hit {
        Hit {
            confidence: finding.confidence,
            key: wanted.key(&finding.value),
            at: self.before + self.view.offset + finding.range.start as u64,
            exposed: self.exposed,
            listed: wanted.listed(&finding.value),
            evidence: shown.then(|| {
                Box::new(Evidence {
                    place: self.of(finding.range.start),
                    shown: Evidence::end_of(&finding.value),
                    context: finding.context.clone(),
                })
            }),
        }
    }

    /// `bundle.zip > report.xlsx, sheet Personal, row 7`
    fn of(&self, at: usize) -> String {
        let inside = self.at.map(|at| format!(", {at}")).unwrap_or_default();
        let line = self.view.line(at);
        format!("{}{inside}, {line}", self.path.join(" > "))
    }
}
