//! Where other readers may see another structure (reliability: T26 to T31). One finding, one sentence, one place in the mail.
//!
//! Only what can change what a reader takes for a part is a doubt: a mail that was cut off at its end is read by everybody alike,
//! and what is odd inside a forwarded message changes nothing outside it, as that message is taken as one file. A message that a
//! report gives back and in which something is odd is taken too ([`Tree::odd_messages`]).

use super::delimiters;
use super::header;
use super::hidden;
use super::tree::Tree;
use crate::mail::Skeleton;
use crate::mail::outline::Encoding;
use mail_parser::PartFlags;
use std::ops::Range;

/// Text before the first and behind the last delimiter that nobody shows: more than this is no note any more.
const MAX_OUTSIDE: usize = 16 * 1024;

/// Every doubt that the skeleton shows.
pub(super) fn of_structure(tree: &mut Tree, skeleton: &Skeleton, is_wire: bool) {
    if let Some(what) = skeleton.over() {
        tree.doubt(what, 0);
    }
    if is_wire {
        line_ends(tree, skeleton);
    }
    for index in 0..tree.parts.len() {
        headers(tree, skeleton, index);
        kinds(tree, index);
        damage(tree, skeleton, index);
        if tree.is_multipart(index) {
            multipart(tree, skeleton, index);
        }
    }
    delimiters::boundaries(tree);
    delimiters::dashed_lines(tree, skeleton);
}

/// The doors let none in; whoever builds a mail otherwise is told.
fn line_ends(tree: &mut Tree, skeleton: &Skeleton) {
    let bytes = skeleton.bytes();
    if are_all_crlf(bytes) {
        return;
    }
    let bare = memchr::memchr2_iter(b'\r', b'\n', bytes).find(|&at| match bytes[at] {
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => at == 0 || bytes[at - 1] != b'\r',
    });
    // Where bytes were dropped, a line end may have lost its other half; a real one is found elsewhere too.
    if let Some(at) = bare.filter(|&at| skeleton.is_whole(at.saturating_sub(2)..at + 2)) {
        tree.doubt("a line end that is not CRLF", skeleton.spool_offset(at));
    }
}

/// A look without a branch for each byte: every CR has its LF, every LF its CR.
fn are_all_crlf(bytes: &[u8]) -> bool {
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let torn = pairs.fold(false, |torn, (&a, &b)| {
        torn | ((a == b'\r') != (b == b'\n'))
    });
    !torn && bytes.first() != Some(&b'\n') && bytes.last() != Some(&b'\r')
}

fn headers(tree: &mut Tree, skeleton: &Skeleton, index: usize) {
    let (part, seen) = (&tree.parts[index], &tree.seen[index]);
    let at = part.header.start;
    let mut found = header::faults_of_block(&skeleton.bytes()[seen.header.clone()]);
    found.extend(header::contradictions(&part.fields));
    found.extend(header::repeated(&seen.content_type));
    found.extend(header::repeated(&seen.content_disposition));
    if !seen.content_type.clean {
        let is_said = part.fields.first("Content-Type").is_some();
        found.extend(is_said.then_some("a Content-Type that never ends"));
    }
    found.extend(type_in_doubt(tree, skeleton, index));
    // Ruby's mail skips blank lines before a header, also before that of a message inside.
    let is_root = index == 0 || (part.inside.is_some() && part.inside == part.parent);
    if is_root && part.fields.0.is_empty() {
        found.push("a header without a field");
    }
    for what in found {
        tree.doubt_about(index, what, at);
    }
}

/// A type that strict readers take for text/plain (RFC 2045 section 5.2) and kind ones for what it may mean.
fn type_in_doubt(tree: &Tree, skeleton: &Skeleton, index: usize) -> Option<&'static str> {
    let (part, seen) = (&tree.parts[index], &tree.seen[index]);
    let first = seen.content_type.first.as_str();
    let is_said = part.fields.first("Content-Type").is_some();
    let contains = ["multipart", "message", "=?"]
        .iter()
        .any(|word| first.contains(word));
    let is_container = seen.opened || contains;
    if is_said && is_container && !seen.content_type.is_typed {
        return Some("a type that only some readers take for a multipart or message");
    }
    // The word alone is of RFC 1049, and means what nothing at all means.
    let is_no_type = !first.contains('/') && !matches!(first, "" | "text");
    let body = &skeleton.bytes()[seen.body.clone()];
    (is_no_type && !body.trim_ascii().is_empty()).then_some("a Content-Type that names no type")
}

/// What cannot be looked into, or is not one thing.
fn kinds(tree: &mut Tree, index: usize) {
    let part = &tree.parts[index];
    let at = part.header.start;
    if let Some(what) = header::encoding(&part.fields).1 {
        tree.doubt_about(index, what, at);
    }
    let what = match tree.parts[index].media_type.as_str() {
        "message/partial" => "a fragment of a message (message/partial)",
        "message/external-body" => "a part that is elsewhere (message/external-body)",
        _ => return,
    };
    tree.doubt_about(index, what, at);
}

/// What the library found broken, where readers differ about it.
fn damage(tree: &mut Tree, skeleton: &Skeleton, index: usize) {
    let (part, seen) = (&tree.parts[index], &tree.seen[index]);
    let at = part.header.start;
    let flags = seen.flags;
    let body = &skeleton.bytes()[seen.body.clone()];
    let has_body = !body.trim_ascii().is_empty();
    let is_leaf = !seen.opened;
    let mut found = Vec::new();
    // Also inside a forwarded message: rules look at what lies behind it.
    let is_over = [
        (
            !skeleton.is_whole(seen.header.clone()),
            "a header block of a part over 64 KiB",
        ),
        (
            flags.contains(PartFlags::LIMIT_REACHED),
            "too many parts, or parts nested too deep",
        ),
    ];
    // Inside a forwarded message the rest changes nothing around it: the outer delimiters end it for every reader.
    if flags.contains(PartFlags::FALLBACK_DELIMITER) {
        found.push("a delimiter in the middle of a line");
    }
    // A header that ends with the part itself, and nothing behind it: there is nothing to read differently.
    let cut_off = seen.body.start < skeleton.bytes().len();
    // The library says the same of a `message/rfc822` in which there is no message: nothing to disagree about if it is empty.
    let is_empty_message = part.media_type.starts_with("message/") && !has_body;
    let is_nothing = part.fields.0.is_empty() && !has_body;
    if flags.contains(PartFlags::NO_BLANK_LINE) && cut_off && !is_empty_message && !is_nothing {
        found.push("no blank line behind a header block");
    }
    if flags.contains(PartFlags::MISSING_DELIMITER)
        && is_leaf
        && has_body
        && ends_early(tree, index)
    {
        found.push("a part that only an outer delimiter ends");
    }
    for (_, what) in is_over.into_iter().filter(|(is, _)| *is) {
        tree.doubt(what, at);
    }
    for what in found {
        tree.doubt_about(index, what, at);
    }
}

/// True if a part without its own delimiter is ended by that of a multipart around it. At the end of the mail all readers agree.
fn ends_early(tree: &Tree, index: usize) -> bool {
    let end = tree.seen[0].body.end;
    tree.seen[index].body.end < end
}

fn multipart(tree: &mut Tree, skeleton: &Skeleton, index: usize) {
    let (part, seen) = (&tree.parts[index], &tree.seen[index]);
    let at = part.header.start;
    let bytes = skeleton.bytes();
    let mut found: Vec<_> = delimiters::faults_of_boundary(tree, index).collect();
    if !matches!(part.encoding, Encoding::Identity | Encoding::Unknown) {
        found.push("a multipart that is encoded");
    }
    let children: Vec<usize> = tree.children(index).collect();
    let body = seen.body.clone();
    let (preamble, epilogue) = match (children.first(), children.last()) {
        (Some(&first), Some(&last)) => (
            body.start..tree.seen[first].span.start,
            line_end(bytes, tree.seen[last].span.end)..body.end,
        ),
        _ => {
            if delimiters::of_no_part(tree, skeleton, index).is_none() {
                found.push("a multipart without its delimiters");
            }
            (body.clone(), body.end..body.end)
        }
    };
    let boundary = part.boundary.as_deref().unwrap_or_default().as_bytes();
    let is_delimiter = |child: &usize| {
        let line = bytes[tree.seen[*child].span.start..].strip_prefix(b"--");
        line.is_some_and(|line| line.starts_with(boundary))
    };
    // The library undoes RFC 2047 in a boundary; who does not sees other parts.
    if !children.iter().all(is_delimiter) {
        found.push("a delimiter that is not the boundary");
    }
    for outside in [preamble, epilogue] {
        found.extend(outside_parts(skeleton, outside));
    }
    for what in found {
        tree.doubt_about(index, what, at);
    }
}

pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(bytes.len(), |at| from + at + 1)
}

/// Text that belongs to no part: a note for old readers, or something for a reader who splits the mail otherwise (T29).
fn outside_parts(skeleton: &Skeleton, range: Range<usize>) -> Option<&'static str> {
    let text = skeleton.bytes().get(range.clone())?;
    if text.trim_ascii().is_empty() && skeleton.is_whole(range.clone()) {
        return None;
    }
    if text.len() > MAX_OUTSIDE || !skeleton.is_whole(range) {
        return Some("much text outside the parts");
    }
    if text.split(|b| *b == b'\n').any(header::is_structural_line) {
        return Some("a header block outside the parts");
    }
    hidden::in_text(text)
}
