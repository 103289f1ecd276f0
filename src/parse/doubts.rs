//! Where other readers may see another structure (reliability: T26 to T31). One finding, one sentence, one place in the mail.
//!
//! Only what can change what a reader takes for a part is a doubt: a mail that was cut off at its end is read by everybody alike,
//! and what is odd inside a forwarded message changes nothing outside it, as that message is taken as one file.

use super::header;
use super::look::{base64_in_text, file_in_text};
use super::tree::Tree;
use crate::mail::Skeleton;
use crate::mail::outline::Encoding;
use mail_parser::PartFlags;
use std::collections::HashSet;
use std::ops::Range;

/// RFC 2046 section 5.1.1.
const MAX_BOUNDARY: usize = 70;
/// Text before the first and behind the last delimiter that nobody shows: more than this is no note any more.
const MAX_OUTSIDE: usize = 16 * 1024;
/// Comparisons of lines with boundaries.
const MAX_WORK: usize = 20_000_000;

/// Every doubt that the skeleton shows.
pub(super) fn of_structure(tree: &mut Tree, skeleton: &Skeleton, is_wire: bool) {
    if let Some(what) = skeleton.over() {
        tree.doubt(what, 0);
    }
    if is_wire {
        line_ends(tree, skeleton);
    }
    for index in 0..tree.parts.len() {
        if tree.parts[index].inside.is_none() {
            headers(tree, skeleton, index);
            kinds(tree, index);
        }
        damage(tree, skeleton, index);
        if tree.is_multipart(index) {
            multipart(tree, skeleton, index);
        }
    }
    boundaries(tree);
    dashed_lines(tree, skeleton);
}

/// The doors let none in; whoever builds a mail otherwise is told.
fn line_ends(tree: &mut Tree, skeleton: &Skeleton) {
    let bytes = skeleton.bytes();
    let bare = memchr::memchr2_iter(b'\r', b'\n', bytes).find(|&at| match bytes[at] {
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => at == 0 || bytes[at - 1] != b'\r',
    });
    // Where bytes were dropped, a line end may have lost its other half; a real one is found elsewhere too.
    if let Some(at) = bare.filter(|&at| skeleton.is_whole(at.saturating_sub(2)..at + 2)) {
        tree.doubt("a line end that is not CRLF", skeleton.spool_offset(at));
    }
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
    if !seen.content_type.first.contains('/') && !seen.content_type.first.is_empty() {
        found.push("a Content-Type that names no type");
    }
    for what in found {
        tree.doubt(what, at);
    }
}

/// What cannot be looked into, or is not one thing.
fn kinds(tree: &mut Tree, index: usize) {
    let part = &tree.parts[index];
    let at = part.header.start;
    if let Some(what) = header::encoding(&part.fields).1 {
        tree.doubt(what, at);
    }
    match tree.parts[index].media_type.as_str() {
        "message/partial" => tree.doubt("a fragment of a message (message/partial)", at),
        "message/external-body" => {
            tree.doubt("a part that is elsewhere (message/external-body)", at)
        }
        _ => {}
    }
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
    if !skeleton.is_whole(seen.header.clone()) {
        found.push("a header block of a part over 64 KiB");
    }
    if flags.contains(PartFlags::LIMIT_REACHED) {
        found.push("too many parts, or parts nested too deep");
    }
    // Inside a forwarded message the rest changes nothing around it: the outer delimiters end it for every reader.
    let flags = match part.inside {
        None => flags,
        Some(_) => PartFlags::default(),
    };
    if flags.contains(PartFlags::FALLBACK_DELIMITER) {
        found.push("a delimiter in the middle of a line");
    }
    // A header that ends with the part itself, and nothing behind it: there is nothing to read differently.
    let cut_off = seen.body.start < skeleton.bytes().len();
    // The library says the same of a `message/rfc822` in which there is no message: nothing to disagree about if it is empty.
    let is_empty_message = part.media_type.starts_with("message/") && !has_body;
    if flags.contains(PartFlags::NO_BLANK_LINE) && cut_off && !is_empty_message {
        found.push("no blank line behind a header block");
    }
    if flags.contains(PartFlags::MISSING_DELIMITER)
        && is_leaf
        && has_body
        && ends_early(tree, index)
    {
        found.push("a part that only an outer delimiter ends");
    }
    for what in found {
        tree.doubt(what, at);
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
    let outermost = part.inside.is_none();
    let mut found = Vec::new();
    match part.boundary.as_deref() {
        Some(boundary) if boundary.len() > MAX_BOUNDARY => {
            found.push("a boundary longer than 70 characters")
        }
        Some(boundary) if boundary.trim().is_empty() => found.push("an empty boundary"),
        Some(boundary) if boundary.ends_with([' ', '\t']) => {
            found.push("a boundary that ends with a space")
        }
        Some(boundary) if boundary.bytes().any(|b| b == 0) => found.push("a NUL in a boundary"),
        Some(_) => {}
        None => found.push("a multipart without a boundary"),
    }
    if seen
        .content_type
        .params
        .iter()
        .any(|p| p.name.starts_with("boundary*"))
    {
        found.push("a boundary in pieces (RFC 2231)");
    }
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
            if !bytes[body.clone()].trim_ascii().is_empty() {
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
    // What is odd between the parts of a forwarded message changes nothing outside it.
    for what in found.into_iter().filter(|_| outermost) {
        tree.doubt(what, at);
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
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
    if text.split(|b| *b == b'\n').any(is_structural_line) {
        return Some("a header block outside the parts");
    }
    file_in_text(&[b"\n", text].concat()).or(base64_in_text(text, &mut false))
}

fn is_structural_line(line: &[u8]) -> bool {
    [
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    ]
    .iter()
    .any(|name| {
        line.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
            && line[name.len()..].trim_ascii_start().starts_with(b":")
    })
}

/// Readers that compare only the beginning of a line, and readers that compare all of it, must see the same (RFC 2046 section 5.1.2).
fn boundaries(tree: &mut Tree) {
    let multiparts: Vec<usize> = (0..tree.parts.len())
        .filter(|&i| tree.is_multipart(i) && tree.parts[i].boundary.is_some())
        .collect();
    let boundary = |i: usize| tree.parts[i].boundary.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    for &inner in &multiparts {
        for outer in ancestors(tree, inner) {
            let what = match (boundary(outer), boundary(inner)) {
                ("", _) | (_, "") => continue,
                (a, b) if a == b => "one boundary at two levels",
                (a, b) if a.starts_with(b) || b.starts_with(a) => {
                    "a boundary that begins like another"
                }
                _ => continue,
            };
            found.push((what, tree.parts[inner].header.start));
        }
    }
    for (what, at) in found {
        tree.doubt(what, at);
    }
}

fn ancestors(tree: &Tree, index: usize) -> impl Iterator<Item = usize> + '_ {
    std::iter::successors(tree.parts[index].parent, |&i| tree.parts[i].parent)
}

/// Every line that begins like a delimiter has to be the one that the outline takes it for.
fn dashed_lines(tree: &mut Tree, skeleton: &Skeleton) {
    let bytes = skeleton.bytes();
    let known: HashSet<usize> = tree
        .seen
        .iter()
        .flat_map(|seen| [seen.span.start, seen.span.end])
        .collect();
    let mut boundaries: Vec<&[u8]> = tree
        .parts
        .iter()
        .filter_map(|part| part.boundary.as_deref().map(str::as_bytes))
        .filter(|boundary| !boundary.is_empty())
        .collect();
    boundaries.sort_unstable();
    boundaries.dedup();
    let mut work = 0;
    let mut found = None;
    for at in memchr::memmem::find_iter(bytes, b"\n--").map(|at| at + 1) {
        work += boundaries.len();
        if work > MAX_WORK {
            found = Some(("too many lines that begin like delimiters", at));
            break;
        }
        let line = &bytes[at + 2..line_end(bytes, at)];
        if let Some(what) = boundaries
            .iter()
            .find_map(|b| stray(line, b, known.contains(&at)))
        {
            found = Some((what, at));
            break;
        }
    }
    if let Some((what, at)) = found {
        tree.doubt(what, skeleton.spool_offset(at));
    }
}

fn stray(line: &[u8], boundary: &[u8], is_known: bool) -> Option<&'static str> {
    let rest = line.strip_prefix(boundary)?.trim_ascii_end();
    match (rest, is_known) {
        ([] | [b'-', b'-'], true) => None,
        // A second end opens nothing, whoever reads it.
        ([b'-', b'-'], false) => None,
        ([], false) => Some("a delimiter where none belongs"),
        (_, _) => Some("a line that begins like a delimiter"),
    }
}
