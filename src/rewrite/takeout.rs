//! Files out of a mail whose text stays: each part's span goes, the block comes into every text a reader may show.
//!
//! Promises: a multipart that keeps a child stays as it is; one that keeps none goes with its children, but for the outermost, which
//! gets a text of ours; a mail without a text to read, or with a signed one, gets one as its first part.

use super::block::Block;
use super::fields::Body;
use super::surgery::Edits;
use super::{Obstacle, insert, whole};
use crate::mail::outline::{Nature, Outline, Role};
use crate::mail::{Mail, Part};
use std::collections::BTreeSet;

/// Takes the parts out and puts the block in.
pub(super) fn parts(
    edits: &mut Edits,
    mail: &Mail,
    parts: &[usize],
    block: &Block,
) -> Result<Body, Obstacle> {
    let outline = &mail.outline;
    let Some(Stay { taken, texts }) = what_stays(outline, parts)? else {
        whole::body(edits, mail, block)?;
        return Ok(Body::Ours);
    };
    remove(edits, outline, &taken);
    for index in &texts {
        insert::block(edits, mail, &outline.parts[*index], block)?;
    }
    if texts.is_empty() {
        first_text(edits, outline, block)?;
    }
    Ok(Body::Changed)
}

/// Whether [`parts`] can do it, whatever the block says.
pub(super) fn try_parts(mail: &Mail, parts: &[usize]) -> Result<(), Obstacle> {
    let outline = &mail.outline;
    let nowhere = &mut Edits::default();
    match what_stays(outline, parts)? {
        None => whole::body(nowhere, mail, &Block::sample()),
        Some(Stay { texts, .. }) if texts.is_empty() => {
            first_text(nowhere, outline, &Block::sample())
        }
        Some(Stay { texts, .. }) => texts
            .iter()
            .try_for_each(|index| insert::try_block(mail, &outline.parts[*index])),
    }
}

/// What is left of a mail of which parts are taken.
struct Stay {
    /// The parts, and what holds nothing else.
    taken: BTreeSet<usize>,
    /// Where the block goes; if nowhere, it needs a text of its own.
    texts: Vec<usize>,
}

/// `None` if nothing stays.
fn what_stays(outline: &Outline, parts: &[usize]) -> Result<Option<Stay>, Obstacle> {
    if parts.iter().any(|index| *index >= outline.parts.len()) {
        return Err(Obstacle::Unfit("a part to be taken is not in the mail"));
    }
    if leaves_brothers(outline, parts) {
        return Err(Obstacle::Unfit(
            "a file of a winmail.dat without the others",
        ));
    }
    let taken = with_emptied(outline, parts);
    // One single part, or a `winmail.dat` and nothing around it.
    if taken.contains(&0) && !outline.root().media_type.starts_with("multipart/") {
        return Ok(None);
    }
    if boundaries(outline).any(|b| b.bytes().all(|c| c == b'-')) {
        return Err(Obstacle::Unfit(
            "a boundary of dashes alone, for which the block's rule would be taken",
        ));
    }
    let texts = match outline.nature {
        // Whoever signed a text has signed all of it: ours stands before it.
        Nature::Signed if outline.root().media_type == "multipart/mixed" => Vec::new(),
        Nature::Signed => return Err(Obstacle::Unfit("no text can stand beside what is signed")),
        _ => readable(outline, 0, &taken),
    };
    Ok(Some(Stay { taken, texts }))
}

fn boundaries(outline: &Outline) -> impl Iterator<Item = &str> {
    outline.parts.iter().filter_map(|p| p.boundary.as_deref())
}

/// The texts a reader may show: of a multipart/alternative those of every branch, of any other the first.
pub(super) fn readable(outline: &Outline, index: usize, taken: &BTreeSet<usize>) -> Vec<usize> {
    let part = &outline.parts[index];
    if taken.contains(&index) || part.inside.is_some() {
        return Vec::new();
    }
    if part.role != Role::Container {
        return if is_readable(part) {
            vec![index]
        } else {
            Vec::new()
        };
    }
    let mut branches = outline
        .children(index)
        .map(|(child, _)| readable(outline, child, taken))
        .filter(|texts| !texts.is_empty());
    match part.media_type.as_str() {
        "multipart/alternative" => branches.flatten().collect(),
        _ => branches.next().unwrap_or_default(),
    }
}

/// Every kind of HTML: a watch shows `text/watch-html` and nothing else. An AMP text with a block is no valid one any more, so that
/// readers fall back to the HTML, which has the link too.
fn is_readable(part: &Part) -> bool {
    match part.role {
        Role::Text => part.media_type == "text/plain",
        Role::Html => true,
        _ => false,
    }
}

/// True if of one `winmail.dat` some files are taken and some are not: the others would be lost with it.
fn leaves_brothers(outline: &Outline, parts: &[usize]) -> bool {
    let taken: BTreeSet<usize> = parts.iter().copied().collect();
    let opened = outline.parts.iter().enumerate();
    let opened = opened.filter(|(_, part)| part.spool.is_some());
    let (gone, left): (Vec<_>, Vec<_>) = opened.partition(|(index, _)| taken.contains(index));
    let torn: BTreeSet<Option<usize>> = gone.iter().map(|(_, part)| part.parent).collect();
    left.iter().any(|(_, part)| torn.contains(&part.parent))
}

/// The parts, and every multipart and every `winmail.dat` of which nothing is left.
fn with_emptied(outline: &Outline, parts: &[usize]) -> BTreeSet<usize> {
    let mut taken: BTreeSet<usize> = parts.iter().copied().collect();
    // Children stand behind their parents, so going backwards sees them first.
    for (index, part) in outline.parts.iter().enumerate().rev() {
        let mut children = outline.children(index).peekable();
        if part.role == Role::Container
            && part.inside.is_none()
            && children.peek().is_some()
            && children.all(|(child, _)| taken.contains(&child))
        {
            taken.insert(index);
        }
    }
    taken
}

fn remove(edits: &mut Edits, outline: &Outline, taken: &BTreeSet<usize>) {
    let parts = taken.iter().map(|index| &outline.parts[*index]);
    for part in parts {
        // Of an emptied root the children go, not the root.
        let covered = part.parent.is_some_and(|p| p != 0 && taken.contains(&p));
        if part.parent.is_some() && !covered {
            edits.remove(part.span.clone());
        }
    }
}

/// A text of ours before the first part of the outermost multipart.
fn first_text(edits: &mut Edits, outline: &Outline, block: &Block) -> Result<(), Obstacle> {
    let missing = Obstacle::Unfit("a mail without text has no place for one");
    let boundary = outline.root().boundary.as_ref();
    let Some((boundary, (_, first))) = boundary.zip(outline.children(0).next()) else {
        return Err(missing);
    };
    let mut part = format!("--{boundary}\r\n").into_bytes();
    part.extend(whole::alternative(block).as_part());
    edits.insert(first.span.start, part);
    Ok(())
}
