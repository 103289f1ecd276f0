//! What a file is by its bytes, and who reads it.
//!
//! Promises: a name or a declared type alone decides nothing; a file that is of several kinds at once (a picture with a ZIP behind
//! it) is read as each of them. Within a family of [`FAMILIES`] the first that fits reads: a document that is a ZIP is read as a document.
//! What is of no kind here is either known to hold no text (pictures, sound, film, fonts) or unknown: see `unknown`.

use super::{
    Document, Reading, Stop, charset, eml, html, odf, ole, ooxml, package, packed, pdf, plain, rtf,
    sevenz, tar, unknown, xml, zipped,
};
use crate::mail::content::Unreadable;
use file_format::{FileFormat, Kind as Sort};
use memchr::memmem;

/// A kind of file.
struct Kind {
    fits: fn(&Document<'_>) -> bool,
    read: fn(&Document<'_>, &mut Reading<'_>) -> Result<(), Stop>,
}

/// Every kind there is. A file can be of one kind of each family.
const FAMILIES: &[&[Kind]] = &[
    &[
        Kind {
            fits: |file| package::is_ooxml(file.bytes),
            read: ooxml::read,
        },
        Kind {
            fits: |file| package::is_odf(file.bytes),
            read: odf::read,
        },
        Kind {
            fits: |file| zipped::is_zip(file.bytes),
            read: zipped::read,
        },
    ],
    &[Kind {
        fits: |file| ole::is_ole(file.bytes),
        read: ole::read,
    }],
    &[Kind {
        fits: |file| rtf::is_rtf(file.bytes),
        read: rtf::read,
    }],
    &[Kind {
        fits: |file| pdf::is_pdf(file.bytes),
        read: pdf::read,
    }],
    &[Kind {
        fits: |file| sevenz::start(file.bytes).is_some(),
        read: |file, reading| match sevenz::start(file.bytes) {
            Some(start) => sevenz::read(file, start, reading),
            None => Ok(()),
        },
    }],
    &[Kind {
        fits: |file| packed::packing(file.bytes).is_some(),
        read: |file, reading| match packed::packing(file.bytes) {
            Some(packing) => packed::read(packing, file, reading),
            None => Ok(()),
        },
    }],
    &[Kind {
        fits: |file| tar::is_tar(file.bytes),
        read: tar::read,
    }],
    &[Kind {
        fits: is_closed,
        read: |_, _| Err(Unreadable::Unknown.into()),
    }],
];

/// Kinds of text. They are asked for only where no kind above fits: in a text anything may stand.
const TEXTS: &[Kind] = &[
    Kind {
        fits: eml::is_mail,
        read: eml::read,
    },
    Kind {
        fits: |file| memmem::find(head(file), b"<office:document").is_some(),
        read: |file, reading| odf::flat(&xml::decoded(file.bytes), reading),
    },
    Kind {
        fits: is_html,
        read: html::read,
    },
    Kind {
        fits: is_text,
        read: plain::read,
    },
];

/// Media type as the first bytes say; empty: nothing known.
pub(super) fn media_type(document: &Document<'_>) -> String {
    match FileFormat::from_bytes(document.bytes).media_type() {
        "application/octet-stream" => String::new(),
        known => known.to_owned(),
    }
}

/// Reads a file of any kind.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let fitting = FAMILIES
        .iter()
        .filter_map(|family| family.iter().find(|kind| (kind.fits)(document)));
    let mut of_no_kind = true;
    for kind in fitting {
        of_no_kind = false;
        match (kind.read)(document, reading) {
            Err(Stop::Unreadable(why)) => reading.unreadable(why)?,
            other => other?,
        }
    }
    if !of_no_kind || is_medium(document) {
        return Ok(());
    }
    match TEXTS.iter().find(|kind| (kind.fits)(document)) {
        Some(kind) => (kind.read)(document, reading),
        None => unknown::read(document, reading),
    }
}

fn head<'a>(document: &Document<'a>) -> &'a [u8] {
    &document.bytes[..document.bytes.len().min(4096)]
}

fn is_html(document: &Document<'_>) -> bool {
    let head: Vec<u8> = head(document).iter().copied().filter(|b| *b != 0).collect();
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let begins = head
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{fffd}'));
    let is_begun = ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|tag| begins.starts_with(tag));
    let name = document.name.to_ascii_lowercase();
    let is_named = [".htm", ".html", ".xhtml", ".xht", ".shtml"]
        .iter()
        .any(|end| name.ends_with(end));
    let declared = document.media_type.to_ascii_lowercase();
    let is_declared = matches!(declared.as_str(), "text/html" | "application/xhtml+xml");
    is_begun || head.contains("<html") || is_text(document) && (is_named || is_declared)
}

/// Letters for the most part, in any charset: what is no text has controls or zeros in it.
fn is_text(document: &Document<'_>) -> bool {
    let read = charset::texts(head(document), document.charset);
    let is_odd = |c: &char| matches!(c, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1a}' | '\u{1c}'..='\u{1f}' | '\u{fffd}' | '\u{80}'..='\u{9f}');
    let odd = |text: &str| text.chars().filter(is_odd).count() * 50 <= text.chars().count();
    odd(&read.text) || read.other.is_some_and(|other| odd(&other))
}

/// Archives and disks that nothing permissive reads, also behind a program that unpacks them.
fn is_closed(document: &Document<'_>) -> bool {
    const RAR: &[u8] = b"Rar!\x1a\x07";
    let bytes = document.bytes;
    let sort = FileFormat::from_bytes(bytes).kind();
    let closed = matches!(
        sort,
        Sort::Archive | Sort::Compressed | Sort::Disk | Sort::Package
    );
    // RAR's own programs look so far for a beginning.
    let near = &bytes[..bytes.len().min(1 << 20)];
    memmem::find(near, RAR).is_some() || (closed && !is_open(document))
}

/// One of those above.
fn is_open(document: &Document<'_>) -> bool {
    let bytes = document.bytes;
    zipped::is_zip(bytes)
        || sevenz::start(bytes).is_some()
        || packed::packing(bytes).is_some()
        || tar::is_tar(bytes)
}

/// Of a kind that shows or sounds and has no text.
fn is_medium(document: &Document<'_>) -> bool {
    matches!(
        FileFormat::from_bytes(document.bytes).kind(),
        Sort::Audio | Sort::Font | Sort::Image | Sort::Video
    ) && !document.bytes.starts_with(b"<")
}
