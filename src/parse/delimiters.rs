//! Boundaries and the lines that begin like delimiters, where readers take them differently (T26, T27, T29).
//!
//! RFC 2046 section 5.1.1 says what a boundary is, and few readers hold to it: some compare beginnings of lines, some whole lines,
//! some undo escapes, comments, charsets and pieces that others keep. So the boundary has to be one that everybody reads alike, and
//! every line like a delimiter one that the outline knows. Leaves to [`super::doubts`] what stands between the delimiters.

use super::doubts::line_end;
use super::tree::Tree;
use crate::mail::Skeleton;
use std::collections::HashSet;

/// RFC 2046 section 5.1.1.
const MAX_BOUNDARY: usize = 70;
/// Comparisons of lines with boundaries.
const MAX_WORK: usize = 20_000_000;

/// What about the parameter of a multipart readers may take differently.
pub(super) fn faults_of_boundary(tree: &Tree, index: usize) -> impl Iterator<Item = &'static str> {
    let content_type = &tree.seen[index].content_type;
    let mut values = content_type.params.iter().filter(|p| p.name == "boundary");
    let rows = [
        (
            values.any(|p| !p.is_plain),
            "a boundary with escapes, folds, comments or words around it",
        ),
        (
            content_type.is_commented,
            "a comment among the parameters of a multipart",
        ),
        (
            content_type.has_word,
            "a word among the parameters of a multipart",
        ),
        (
            content_type
                .params
                .iter()
                .any(|p| p.name.starts_with("boundary*")),
            "a boundary in pieces (RFC 2231)",
        ),
    ];
    let value = match tree.parts[index].boundary.as_deref() {
        Some(boundary) => fault_of_value(boundary),
        None => Some("a multipart without a boundary"),
    };
    let found = rows.into_iter().filter_map(|(is, what)| is.then_some(what));
    value.into_iter().chain(found)
}

/// More is taken than RFC 2046 allows, but nothing that any reader splits, decodes or trims.
fn fault_of_value(boundary: &str) -> Option<&'static str> {
    let is_char = |b: u8| matches!(b, b' '..=b'~') && !b"\"\\;".contains(&b);
    match boundary {
        "" => Some("an empty boundary"),
        _ if boundary.len() > MAX_BOUNDARY => Some("a boundary longer than 70 characters"),
        _ if boundary.trim_ascii() != boundary => {
            Some("a boundary that begins or ends with a space")
        }
        // Python's `email` undoes them as if they were quotes.
        _ if boundary.starts_with('<') && boundary.ends_with('>') => {
            Some("a boundary in angle brackets")
        }
        _ if !boundary.bytes().all(is_char) => Some("a character in a boundary that none has"),
        _ => None,
    }
}

/// Where the delimiters of a multipart stand that has no part; `None` if there is more in it than delimiters.
pub(super) fn of_no_part(tree: &Tree, skeleton: &Skeleton, index: usize) -> Option<Vec<usize>> {
    let body = tree.seen[index].body.clone();
    let boundary = tree.parts[index]
        .boundary
        .as_deref()
        .unwrap_or_default()
        .as_bytes();
    let mut found = Vec::new();
    let mut at = body.start;
    while at < body.end {
        let end = line_end(skeleton.bytes(), at).min(body.end);
        match skeleton.bytes()[at..end].trim_ascii() {
            [] => {}
            [b'-', b'-', line @ ..] if !boundary.is_empty() => {
                let rest = line.strip_prefix(boundary)?;
                matches!(rest, [] | [b'-', b'-']).then(|| found.push(at))?;
            }
            _ => return None,
        }
        at = end;
    }
    Some(found)
}

/// Readers that compare only the beginning of a line, and readers that compare all of it, must see the same (RFC 2046 section 5.1.2).
pub(super) fn boundaries(tree: &mut Tree) {
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
                (a, b) if begins_like_an_end(a, b) || begins_like_an_end(b, a) => {
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

/// Its delimiters look like the end of the other multipart to who compares beginnings, as RFC 2046 says one should. Boundaries that
/// begin alike otherwise (`x` around `x_alt`, a habit of some programs) give such a reader other nests and the same leaves.
fn begins_like_an_end(longer: &str, shorter: &str) -> bool {
    let rest = longer.strip_prefix(shorter);
    rest.is_some_and(|rest| rest.starts_with("--"))
}

fn ancestors(tree: &Tree, index: usize) -> impl Iterator<Item = usize> + '_ {
    std::iter::successors(tree.parts[index].parent, |&i| tree.parts[i].parent)
}

/// Every line that begins like a delimiter has to be the one that the outline takes it for.
pub(super) fn dashed_lines(tree: &mut Tree, skeleton: &Skeleton) {
    let mut boundaries: Vec<&[u8]> = tree
        .parts
        .iter()
        .filter_map(|part| part.boundary.as_deref().map(str::as_bytes))
        .filter(|boundary| !boundary.is_empty())
        .collect();
    if boundaries.is_empty() {
        return;
    }
    boundaries.sort_unstable();
    boundaries.dedup();
    let bytes = skeleton.bytes();
    let nothing = (0..tree.parts.len())
        .filter(|&i| tree.is_multipart(i) && tree.children(i).next().is_none());
    let known: HashSet<usize> = tree
        .seen
        .iter()
        .flat_map(|seen| [seen.span.start, seen.span.end])
        .chain(
            nothing
                .filter_map(|i| of_no_part(tree, skeleton, i))
                .flatten(),
        )
        .collect();
    let mut work = 0;
    let mut found = None;
    for at in memchr::memmem::find_iter(bytes, b"\n--").map(|at| at + 1) {
        work += boundaries.len();
        if work > MAX_WORK {
            found = Some(("too many lines that begin like delimiters", at));
            break;
        }
        let line = &bytes[at + 2..line_end(bytes, at)];
        if let Some(what) = stray(line, &boundaries, known.contains(&at)) {
            found = Some((what, at));
            break;
        }
    }
    if let Some((what, at)) = found {
        tree.doubt(what, skeleton.spool_offset(at));
    }
}

fn stray(line: &[u8], boundaries: &[&[u8]], is_known: bool) -> Option<&'static str> {
    let mut rests = boundaries
        .iter()
        .filter_map(|b| Some(line.strip_prefix(*b)?.trim_ascii_end()));
    let is_whole = |rest: &[u8]| matches!(rest, [] | [b'-', b'-']);
    // Of boundaries that begin alike the one of this line is meant; those around it are compared with it in [`boundaries`].
    if is_known && rests.clone().any(is_whole) {
        return None;
    }
    rests.find_map(|rest| match rest {
        // A second end opens nothing, whoever reads it.
        [b'-', b'-'] => None,
        [] => Some("a delimiter where none belongs"),
        _ => Some("a line that begins like a delimiter"),
    })
}
