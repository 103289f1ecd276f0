//! Files of OLE (Compound File Binary): Word, Excel and PowerPoint before 2007, Outlook's messages, locked documents since 2007, macros.
//!
//! What a folder of streams holds is read by the file here that knows it; every other stream is a file in the file. Promises: chains
//! of sectors are never longer than the file, sizes in headers are not believed. Fails: what is locked is `Encrypted`.
//! Source: MS-CFB, and MS-DOC, MS-XLS, MS-PPT, MS-OXMSG for what is inside.

mod doc;
mod msg;
mod native;
mod ppt;
mod streams;
mod xls;

use super::{Document, Reading, Stop};
use crate::mail::content::Unreadable;
use streams::{Ole, Stream};

pub(super) use native::embedded;

/// Streams of layout, pictures and the like, with no text in a form of their own.
const SKIPPED: [&str; 9] = [
    "1table",
    "0table",
    "data",
    "pictures",
    "current user",
    "\u{1}compobj",
    "\u{1}ole",
    "\u{3}objinfo",
    "\u{2}olepres000",
];

/// True if this is such a file.
pub(super) fn is_ole(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// Reads a file.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let ole = Ole::open(document.bytes)?;
    if ole.find("", "EncryptedPackage").is_some() {
        return Err(Unreadable::Encrypted.into());
    }
    if ole.is_cut() || ole.streams().is_empty() {
        reading.unreadable(Unreadable::Damaged)?;
    }
    if ole.find("", "__properties_version1.0").is_some() {
        return msg::read(&ole, "", 0, reading);
    }
    for stream in ole.streams() {
        reading.tick()?;
        let name = stream.name().to_ascii_lowercase();
        let done = match name.as_str() {
            "worddocument" => doc::read(&ole, stream, reading),
            "workbook" | "book" => xls::read(&ole.bytes(stream, reading)?, reading),
            "powerpoint document" => ppt::read(&ole.bytes(stream, reading)?, reading),
            "\u{1}ole10native" => {
                let bytes = ole.bytes(stream, reading)?;
                native::package(bytes.get(4..).unwrap_or_default(), reading)
            }
            name if SKIPPED.contains(&name) => Ok(()),
            _ => member(&ole, stream, reading),
        };
        match done {
            Err(Stop::Unreadable(Unreadable::Damaged)) => {
                reading.unreadable(Unreadable::Damaged)?
            }
            other => other?,
        }
    }
    Ok(())
}

fn member(ole: &Ole<'_>, stream: &Stream, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = ole.bytes(stream, reading)?;
    if bytes.is_empty() {
        return Ok(());
    }
    reading.member(&Document {
        name: &stream.path,
        media_type: "",
        charset: None,
        bytes: &bytes,
    })
}

/// A number in little-endian order.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// A number in little-endian order.
fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}

/// UTF-16 in little-endian order.
fn wide(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

/// Western letters of one byte.
fn narrow(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}
