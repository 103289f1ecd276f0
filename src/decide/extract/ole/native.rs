//! Files that were put into a document as objects: the packages of OLE 1 and 2.
//!
//! Source: MS-OLEDS 2.2.4 to 2.3.6; the layout of a package is that of the old Object Packager.

use super::{narrow, u32_at};
use crate::decide::extract::{Document, Reading, Stop};

/// A package: name, path, name in the temporary folder, bytes.
pub(super) fn package(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    let Some((name, file)) = file(bytes) else {
        return whole("", bytes, reading);
    };
    whole(&name, file, reading)
}

fn whole(name: &str, bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    reading.spend(bytes.len() as u64)?;
    reading.member(&Document {
        name,
        media_type: "",
        charset: None,
        bytes,
    })
}

fn file(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (name, rest) = text(bytes.get(2..)?)?;
    let (_, rest) = text(rest)?;
    let path = u32_at(rest, 4)? as usize;
    let rest = rest.get(path.checked_add(8)?..)?;
    let length = u32_at(rest, 0)? as usize;
    let file = rest.get(4..)?;
    Some((narrow(name), file.get(..length).unwrap_or(file)))
}

fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(0, bytes)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// An object as RTF keeps it: an OLE 1 header, then a package or an OLE file.
pub(in crate::decide::extract) fn embedded(
    bytes: &[u8],
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    match native(bytes) {
        Some((class, data)) if class == b"Package\0" => package(data, reading),
        Some((_, data)) => whole("", data, reading),
        None => whole("", bytes, reading),
    }
}

fn native(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (class, rest) = counted(bytes.get(8..)?)?;
    let (_, rest) = counted(rest)?;
    let (_, rest) = counted(rest)?;
    let (data, _) = counted(rest)?;
    Some((class, data))
}

fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = u32_at(bytes, 0)? as usize;
    bytes.get(4..)?.split_at_checked(length)
}
