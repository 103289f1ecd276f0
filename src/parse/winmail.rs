//! A `winmail.dat` in a mail, opened: its files become parts of the mail, which can be looked at, taken and sealed as any other.
//!
//! Promises: the files lie in a spool beside the mail's, decoded once; what cannot be given to people whole stays the one file that it
//! is, and the part says why. So does one without files beside a text, as mail programs show it as a file too.
//! Leaves the format to [`tnef`]. Fails only where a spool fails.

use super::tnef::{self, Failure, Source};
use super::tree::Tree;
use super::{MAX_ENCODED, nested};
use crate::mail::outline::{Disposition, Encoding, Part, Role};
use crate::mail::{Decoder, FileName, Spool};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// So many of one mail are opened. No program sends two.
const MAX_OPENED: usize = 4;
/// Texts of one, made readable, together.
const MOST_TEXT: u64 = 64 * 1024 * 1024;
/// So much of a text shows whether it says anything.
const GLANCE: u64 = 4 * 1024;

/// The files of one part.
pub(super) struct Opened {
    part: usize,
    files: Vec<Part>,
}

/// Opens what can be opened. `level` counts the encoded messages around the mail.
pub(super) fn open(spool: &Spool, tree: &mut Tree, level: usize) -> io::Result<Vec<Opened>> {
    let mut opened = Vec::new();
    for index in 0..tree.parts.len() {
        if !is_candidate(spool, &tree.parts[index])? {
            continue;
        }
        if opened.len() == MAX_OPENED {
            tree.parts[index].why = "one winmail.dat too many";
            continue;
        }
        match files_of(spool, tree, index, level) {
            Ok(files) if files.is_empty() => {
                tree.parts[index].why = "a winmail.dat without files";
            }
            Ok(files) => {
                tree.parts[index].is(Role::Container, "holds files");
                opened.push(Opened { part: index, files });
            }
            Err(Failure::Unreadable(why)) => tree.parts[index].why = why,
            Err(Failure::Spool(error)) => return Err(error),
        }
    }
    Ok(opened)
}

/// The parts with the files behind that in which they came, and every index set right.
pub(super) fn with_files(parts: Vec<Part>, opened: Vec<Opened>) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::with_capacity(parts.len());
    let mut places = Vec::with_capacity(parts.len());
    let mut opened = opened.into_iter().peekable();
    for (index, mut part) in parts.into_iter().enumerate() {
        let here = all.len();
        places.push(here);
        // Parents and the messages around stand before what is in them.
        part.parent = part.parent.map(|parent| places[parent]);
        part.inside = part.inside.map(|inside| places[inside]);
        let inside = part.inside;
        all.push(part);
        let files = opened.next_if(|opened| opened.part == index);
        all.extend(
            files
                .into_iter()
                .flat_map(|opened| opened.files)
                .map(|file| Part {
                    parent: Some(here),
                    inside,
                    ..file
                }),
        );
    }
    all
}

/// By type, or by name: some servers on the way call it `application/octet-stream`.
fn is_candidate(spool: &Spool, part: &Part) -> io::Result<bool> {
    let is_said = matches!(
        part.media_type.as_str(),
        "application/ms-tnef" | "application/vnd.ms-tnef"
    );
    let is_called = || {
        part.names.iter().any(|name| {
            let name = name.to_ascii_lowercase();
            name.starts_with("win") && name.ends_with(".dat")
        })
    };
    if part.role != Role::Attachment || part.nested.is_some() || !(is_said || is_called()) {
        return Ok(false);
    }
    let mut head = Vec::new();
    Decoder::new(spool, part.body.clone(), part.encoding)
        .take(4)
        .read_to_end(&mut head)?;
    Ok(tnef::is_tnef(&head))
}

fn files_of(spool: &Spool, tree: &Tree, index: usize, level: usize) -> tnef::Result<Vec<Part>> {
    let part = &tree.parts[index];
    let mut decoder = Decoder::new(spool, part.body.clone(), part.encoding);
    let inner = super::beside(spool, &mut decoder, |_| {})?;
    if decoder.damage().is_some() {
        return Err(Failure::Unreadable(
            "a winmail.dat that is not well encoded",
        ));
    }
    let inner = Arc::new(inner);
    let with_text = !says_something(spool, tree, part.inside)?;
    let files = tnef::files(&inner, 0..inner.len(), with_text)?;
    let places = places(&inner, &files)?;
    let mut parts = Vec::with_capacity(files.len());
    for (file, (own, range)) in files.into_iter().zip(places) {
        let path = format!("{}.{}", part.path, parts.len() + 1);
        let mut child = child(part, &path, file, own, range);
        look_into(&mut child, level)?;
        parts.push(child);
    }
    Ok(parts)
}

/// Where each file lies: in the TNEF, or among the texts, which are written here.
fn places(inner: &Arc<Spool>, files: &[tnef::File]) -> tnef::Result<Vec<(Arc<Spool>, Range<u64>)>> {
    let mut texts = inner.beside();
    let mut written = Vec::new();
    for file in files {
        let start = texts.len();
        if let Source::Text(text) = &file.source {
            text.write(inner, &mut texts)?;
        }
        if texts.len() > MOST_TEXT {
            return Err(Failure::Unreadable("a winmail.dat with texts over 64 MiB"));
        }
        written.push(start..texts.len());
    }
    let texts = Arc::new(texts.finish()?);
    let place = |(file, written): (&tnef::File, Range<u64>)| match &file.source {
        Source::Range(range) => (inner.clone(), range.clone()),
        Source::Text(_) => (texts.clone(), written),
    };
    Ok(files.iter().zip(written).map(place).collect())
}

fn child(around: &Part, path: &str, file: tnef::File, own: Arc<Spool>, range: Range<u64>) -> Part {
    Part {
        header: around.span.start..around.span.start,
        span: around.span.clone(),
        decoded_len: range.end - range.start,
        body: range,
        media_type: file
            .media_type
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        disposition: Disposition::Attachment,
        name: file.names.iter().find_map(|name| FileName::new(name)),
        names: file.names,
        content_id: file.content_id,
        role: Role::Attachment,
        why: "a file of a winmail.dat",
        spool: Some(own),
        ..Part::empty(path)
    }
}

/// A mail that was attached as a file is looked into, as it is where it is a part of a mail.
fn look_into(child: &mut Part, level: usize) -> io::Result<()> {
    let Some(own) = child.spool.clone() else {
        return Ok(());
    };
    if child.media_type != "message/rfc822" || level >= MAX_ENCODED {
        return Ok(());
    }
    let mut decoder = Decoder::new(&own, child.body.clone(), Encoding::Identity);
    child.nested = Some(Arc::new(nested(&own, &mut decoder, level)?));
    child.is(Role::Message, "a mail in a winmail.dat");
    Ok(())
}

/// True if a text of the same mail is more than white space.
fn says_something(spool: &Spool, tree: &Tree, inside: Option<usize>) -> io::Result<bool> {
    for part in tree.parts.iter().filter(|part| part.inside == inside) {
        if !matches!(part.role, Role::Html | Role::Text) {
            continue;
        }
        let mut head = Vec::new();
        Decoder::new(spool, part.body.clone(), part.encoding)
            .take(GLANCE)
            .read_to_end(&mut head)?;
        if !head.trim_ascii().is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
