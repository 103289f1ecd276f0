//! The faces of a message: which of its texts a person reads, once as plain text, once with formatting.
//!
//! A mail program shows one branch of each alternative and all other texts one below the other: the body around an inline picture, the
//! footer of a mailing list. Promises: a face misses no text that such a program shows; the plain face is there only if every text of it
//! is plain, else a footer would stand for a message that was written in HTML alone.

use crate::mail::outline::{Outline, Part, Role};

/// Parts of each face in the order they are read; empty if there is no such face.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Faces {
    pub(super) plain: Vec<usize>,
    pub(super) formatted: Vec<usize>,
}

pub(super) fn of(outline: &Outline) -> Faces {
    let is_html = |index: &usize| outline.parts[*index].role == Role::Html;
    let mut faces = Faces {
        plain: texts(outline, 0, Wish::Plain),
        formatted: texts(outline, 0, Wish::Formatted),
    };
    if faces.plain.iter().any(is_html) {
        faces.plain.clear();
    }
    if !faces.formatted.iter().any(is_html) {
        faces.formatted.clear();
    }
    faces
}

#[derive(Clone, Copy, PartialEq)]
enum Wish {
    Plain,
    Formatted,
}

fn texts(outline: &Outline, index: usize, wish: Wish) -> Vec<usize> {
    let part = &outline.parts[index];
    match part.role {
        _ if part.inside.is_some() => Vec::new(),
        Role::Text | Role::Html => vec![index],
        Role::Container => {
            let branches = outline
                .children(index)
                .map(|(child, _)| texts(outline, child, wish))
                .filter(|texts| !texts.is_empty());
            match part.media_type.as_str() {
                "multipart/alternative" => branch(outline, branches.collect(), wish),
                _ => branches.flatten().collect(),
            }
        }
        _ => Vec::new(),
    }
}

/// The first branch that is plain; the last one that is formatted (RFC 2046 section 5.1.4: the best stands last). HTML for watches and
/// AMP is for nobody else.
fn branch(outline: &Outline, mut branches: Vec<Vec<usize>>, wish: Wish) -> Vec<usize> {
    let part = |index: &usize| -> &Part { &outline.parts[*index] };
    let fits = |texts: &Vec<usize>| match wish {
        Wish::Plain => texts.iter().all(|i| part(i).role == Role::Text),
        Wish::Formatted => texts.iter().any(|i| part(i).media_type == "text/html"),
    };
    let chosen = match wish {
        Wish::Plain => branches.iter().position(fits),
        Wish::Formatted => branches.iter().rposition(fits),
    };
    match (chosen, branches.len()) {
        (_, 0) => Vec::new(),
        (Some(chosen), _) => branches.swap_remove(chosen),
        (None, _) => branches.swap_remove(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `kind:parent`, one part after the other; the first is the root.
    fn outline(parts: &[(&str, Option<usize>)]) -> Outline {
        let part = |(number, (kind, parent)): (usize, &(&str, Option<usize>))| {
            let (media_type, role) = match *kind {
                "text" => ("text/plain", Role::Text),
                "html" => ("text/html", Role::Html),
                "amp" => ("text/x-amp-html", Role::Html),
                "file" => ("application/pdf", Role::Attachment),
                multi => (multi, Role::Container),
            };
            Part {
                media_type: media_type.to_owned(),
                role,
                parent: *parent,
                ..Part::empty(&number.to_string())
            }
        };
        Outline {
            parts: parts.iter().enumerate().map(part).collect(),
            ..Outline::default()
        }
    }

    #[test]
    fn every_text_that_is_read_is_in_its_face() {
        const ALTERNATIVE: &str = "multipart/alternative";
        const MIXED: &str = "multipart/mixed";
        type Row = (
            &'static [(&'static str, Option<usize>)],
            &'static [usize],
            &'static [usize],
        );
        let rows: [Row; 8] = [
            (&[("text", None)], &[0], &[]),
            (&[("html", None)], &[], &[0]),
            (&[("file", None)], &[], &[]),
            (
                &[(ALTERNATIVE, None), ("text", Some(0)), ("html", Some(0))],
                &[1],
                &[2],
            ),
            (
                &[
                    (ALTERNATIVE, None),
                    ("text", Some(0)),
                    ("html", Some(0)),
                    ("amp", Some(0)),
                ],
                &[1],
                &[2],
            ),
            // Text, picture, text, and a list's footer.
            (
                &[
                    (MIXED, None),
                    ("text", Some(0)),
                    ("file", Some(0)),
                    ("text", Some(0)),
                ],
                &[1, 3],
                &[],
            ),
            // HTML alone with a plain footer: the footer is not the message.
            (
                &[(MIXED, None), ("html", Some(0)), ("text", Some(0))],
                &[],
                &[1, 2],
            ),
            // Both faces, then Apple's HTML in two halves.
            (
                &[
                    (ALTERNATIVE, None),
                    ("text", Some(0)),
                    (MIXED, Some(0)),
                    ("html", Some(2)),
                    ("file", Some(2)),
                    ("html", Some(2)),
                ],
                &[1],
                &[3, 5],
            ),
        ];
        for (parts, plain, formatted) in rows {
            let faces = of(&outline(parts));
            assert_eq!(faces.plain, plain, "{parts:?}");
            assert_eq!(faces.formatted, formatted, "{parts:?}");
        }
    }
}
