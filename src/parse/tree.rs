//! The MIME library's parts as parts of ours: indices for parents, offsets of the spool for those of the skeleton.

use super::header;
use super::params::{Loose, Structured, text_of};
use super::{MAX_DEPTH, MAX_PARTS};
use crate::mail::header::{Field, Fields};
use crate::mail::outline::{Disposition, Doubt, Part};
use crate::mail::{FileName, Skeleton};
use mail_parser::{MessageParser, MessagePart, PartFlags};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// Names of one part that are kept at most.
const MAX_NAMES: usize = 32;

/// The parts while they are looked at; `seen[i]` belongs to `parts[i]`.
pub(super) struct Tree {
    pub parts: Vec<Part>,
    pub seen: Vec<Seen>,
    pub doubts: Vec<Doubt>,
    /// Messages in which something is in doubt: that changes nothing around them, but they are not what they seem.
    pub odd_messages: HashSet<usize>,
}

/// What about a part is needed only while parsing. Ranges are offsets of the skeleton.
pub(super) struct Seen {
    pub header: Range<usize>,
    pub body: Range<usize>,
    pub span: Range<usize>,
    /// What the library found broken.
    pub flags: PartFlags,
    /// A multipart with its delimiters, or a message that was looked into.
    pub opened: bool,
    /// The `Content-Type` field that counts, read by ourselves.
    pub content_type: Structured,
    pub content_disposition: Structured,
}

impl Tree {
    /// `None` if there is neither a header nor a blank line.
    pub(super) fn of(skeleton: &Skeleton) -> Option<Tree> {
        let message = MessageParser::new()
            .max_depth(MAX_DEPTH)
            .max_parts(MAX_PARTS)
            .max_encoded_nesting(0)
            .parse(skeleton.bytes())?;
        let mut tree = Tree {
            parts: Vec::new(),
            seen: Vec::new(),
            doubts: Vec::new(),
            odd_messages: HashSet::new(),
        };
        let too_many = message.header_count() > header::MAX_FIELDS;
        if too_many {
            tree.doubt("more than 10 000 header fields", 0);
        }
        for part in message.parts() {
            tree.add(&part, skeleton, too_many);
        }
        tree.set_spans(skeleton);
        (!tree.parts.is_empty()).then_some(tree)
    }

    /// Notes a doubt at an offset of the spool.
    pub(super) fn doubt(&mut self, what: &'static str, at: u64) {
        self.doubts.push(Doubt { what, at });
    }

    /// The same about one part: of the mail, if the part is not inside a message in it.
    pub(super) fn doubt_about(&mut self, index: usize, what: &'static str, at: u64) {
        match self.parts[index].inside {
            None => self.doubt(what, at),
            Some(message) => {
                self.odd_messages.insert(message);
            }
        }
    }

    /// Indices of the children of a part.
    pub(super) fn children(&self, of: usize) -> impl Iterator<Item = usize> + '_ {
        let found = self.parts.iter().enumerate();
        found.filter_map(move |(i, part)| (part.parent == Some(of)).then_some(i))
    }

    /// True for a `multipart/…`, opened or not.
    pub(super) fn is_multipart(&self, index: usize) -> bool {
        self.parts[index].media_type.starts_with("multipart/")
    }

    fn add(&mut self, part: &MessagePart<'_>, skeleton: &Skeleton, only_known: bool) {
        let container = part.message().container().map(|p| p.id() as usize);
        let parent = part.parent().map(|p| p.id() as usize).or(container);
        let fields = header::fields(part, skeleton, only_known);
        let content_type = structured(&fields, "Content-Type");
        let content_disposition = structured(&fields, "Content-Disposition");
        let seen = Seen {
            header: part.offset_header() as usize..part.offset_body() as usize,
            body: part.offset_body() as usize..part.offset_end() as usize,
            span: part.offset_header() as usize..part.offset_end() as usize,
            flags: part.flags(),
            opened: part.is_multipart() || part.is_message(),
            content_type,
            content_disposition,
        };
        let in_digest = parent.is_some_and(|p| self.parts[p].media_type == "multipart/digest");
        let names = names(part, &fields, &seen);
        let part = Part {
            path: self.path(parent),
            parent,
            inside: container,
            header: skeleton.spool_range(seen.header.clone()),
            body: skeleton.spool_range(seen.body.clone()),
            media_type: media_type(
                &seen.content_type,
                fields.first("Content-Type").is_some(),
                in_digest,
            ),
            charset: parameter(&seen.content_type, "charset").map(|c| c.to_ascii_lowercase()),
            boundary: parameter(&seen.content_type, "boundary"),
            encoding: header::encoding(&fields).0,
            disposition: disposition(&fields, &seen.content_disposition),
            name: safe_name(&names),
            names,
            content_id: fields
                .value("Content-ID")
                .map(|id| id.trim().trim_matches(['<', '>']).to_owned()),
            fields,
            ..Part::empty("")
        };
        self.parts.push(part);
        self.seen.push(seen);
    }

    fn path(&self, parent: Option<usize>) -> String {
        match parent {
            None => "1".to_owned(),
            Some(parent) => {
                let before = self.children(parent).count();
                format!("{}.{}", self.parts[parent].path, before + 1)
            }
        }
    }

    /// From the delimiter line before a part to the delimiter line behind it.
    fn set_spans(&mut self, skeleton: &Skeleton) {
        let bytes = skeleton.bytes();
        for index in 0..self.parts.len() {
            let seen = &self.seen[index];
            let multipart = self.parts[index].parent.filter(|&p| {
                self.is_multipart(p) && self.parts[p].inside == self.parts[index].inside
            });
            let span = match multipart {
                // An inner multipart that only an outer delimiter ends, ends before that one's line end.
                Some(p) => {
                    line_before(bytes, seen.header.start)
                        ..line_behind(bytes, seen.body.end).min(self.seen[p].body.end)
                }
                None => seen.header.start..seen.body.end,
            };
            self.parts[index].span = skeleton.spool_range(span.clone());
            self.seen[index].span = span;
        }
        self.keep_inside_parents();
    }

    /// Damaged mail can make the library give ranges that cross; nobody may build on those.
    fn keep_inside_parents(&mut self) {
        let mut free_from: Vec<u64> = self.parts.iter().map(|part| part.body.start).collect();
        for index in 0..self.parts.len() {
            let part = &self.parts[index];
            let Some(parent) = part.parent else { continue };
            let end = self.parts[parent].body.end;
            let around = free_from[parent].min(end)..end;
            let within = |range: &Range<u64>| {
                range.start.clamp(around.start, around.end)
                    ..range.end.clamp(around.start, around.end)
            };
            let mut ranges = [within(&part.header), within(&part.body), within(&part.span)];
            for range in &mut ranges {
                range.end = range.end.max(range.start);
            }
            let [header, body, span] = ranges;
            if (&header, &body, &span) != (&part.header, &part.body, &part.span) {
                let at = part.header.start;
                let part = &mut self.parts[index];
                (part.header, part.body, part.span) = (header, body, span);
                self.doubt("parts that cross one another", at);
            }
            free_from[parent] = self.parts[index].span.end;
            free_from[index] = free_from[index].max(self.parts[index].body.start);
        }
    }
}

/// The library lets the last field of a name count; so do we, and [`header::contradictions`] says where that matters.
fn structured(fields: &Fields, name: &str) -> Structured {
    match fields.all(name).last() {
        Some(field) => Structured::read(field.raw.as_bytes()),
        None => Structured::default(),
    }
}

fn parameter(structured: &Structured, name: &str) -> Option<String> {
    structured.all(name).next().map(text_of)
}

/// RFC 2045 section 5.2: without a field, or with one that cannot be read, text/plain; in a digest message/rfc822 (RFC 2046 5.1.5).
fn media_type(content_type: &Structured, is_said: bool, in_digest: bool) -> String {
    match content_type.first.split_once('/') {
        Some((kind, sub)) if !kind.trim().is_empty() && !sub.trim().is_empty() => {
            format!("{}/{}", kind.trim(), sub.trim())
        }
        _ if in_digest && !is_said => "message/rfc822".to_owned(),
        _ => "text/plain".to_owned(),
    }
}

fn disposition(fields: &Fields, structured: &Structured) -> Disposition {
    match structured.first.as_str() {
        _ if fields.first("Content-Disposition").is_none() => Disposition::None,
        "inline" => Disposition::Inline,
        _ => Disposition::Attachment,
    }
}

/// Every reading of the name, the most likely first: `filename` before `name`, RFC 2231 before RFC 2047 before as it stands.
fn names(part: &MessagePart<'_>, fields: &Fields, seen: &Seen) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: String| {
        let name = name.trim();
        let is_new = || found.iter().all(|known| known != name);
        if !name.is_empty() && is_new() && found.len() < MAX_NAMES {
            found.push(name.to_owned());
        }
    };
    let dispositions = namings(fields, "Content-Disposition", &seen.content_disposition);
    let types = namings(fields, "Content-Type", &seen.content_type);
    let places = [
        (&dispositions, "filename"),
        (&types, "name"),
        (&dispositions, "name"),
        (&types, "filename"),
    ];
    for (namings, parameter) in places {
        let readings = |(structured, _): &Naming<'_>| structured.readings(parameter);
        namings.iter().flat_map(readings).for_each(&mut add);
    }
    for (namings, parameter) in places {
        let readings = |(_, loose): &Naming<'_>| loose.readings(parameter);
        namings.iter().flat_map(readings).for_each(&mut add);
    }
    part.attachment_name()
        .map(str::to_owned)
        .into_iter()
        .for_each(&mut add);
    found
}

/// A field in which the name of a file can stand, read in both ways.
type Naming<'a> = (Cow<'a, Structured>, Loose);

/// All such fields of a name, of which the last was read already. Without the word there is no parameter of that name.
fn namings<'a>(fields: &Fields, name: &str, last: &'a Structured) -> Vec<Naming<'a>> {
    let all: Vec<&Field> = fields.all(name).collect();
    let naming = |(index, field): (usize, &&Field)| {
        let loose = Loose::of(&field.raw);
        let read = || match index + 1 == all.len() {
            true => Cow::Borrowed(last),
            false => Cow::Owned(Structured::read(field.raw.as_bytes())),
        };
        loose.has("name").then(|| (read(), loose))
    };
    all.iter().enumerate().filter_map(naming).collect()
}

/// The first reading of which something is left. One that still has an encoded word in it (RFC 2047) is the undecoded spelling of one
/// before it, of which nothing was left.
fn safe_name(readings: &[String]) -> Option<FileName> {
    let undecoded = |name: &str| name.contains("=?") && name.contains("?=");
    let mut readings = readings.iter();
    let first = readings.next().and_then(|name| FileName::new(name));
    first.or_else(|| {
        readings
            .filter(|name| !undecoded(name))
            .find_map(|name| FileName::new(name))
    })
}

/// The start of the line before the one that starts at `at`.
fn line_before(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[..at.min(bytes.len()).saturating_sub(1)];
    memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)
}

/// The start of the delimiter line behind a part: behind the line end that belongs to it.
fn line_behind(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\r', b'\n', ..]) => at + 2,
        Some([b'\n', ..]) => at + 1,
        _ => at,
    }
}
