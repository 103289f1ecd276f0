//! ZIP, with its files in every way that programs write them; also behind another file, in front of one, or cut off.
//!
//! Promises: what either of its two directories names is read; files that share bytes, are damaged, encrypted or packed in a way not
//! known here say so, each for itself. Reads stored, deflate, deflate64, bzip2, LZMA, zstd and XZ.
//! Leaves to others: documents that are ZIPs (`kinds` gives them to their format), what the files are.

mod directory;
mod names;

use super::{Document, Reading, Stop, packed};
use crate::mail::content::Unreadable;
use std::borrow::Cow;

pub(super) use directory::{Member, is_cut, is_zip};
pub(super) use names::Names;

/// So many entries are looked at; the limit of members is for files of all archives together.
const ENTRIES: usize = 100_000;

/// Every member of the archive.
pub(super) fn members(bytes: &[u8]) -> Vec<Member<'_>> {
    directory::members(bytes, ENTRIES)
}

/// Reads every file of the archive.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let members = members(document.bytes);
    let names = Names::of(&members);
    if members.is_empty() && document.bytes.len() > 22 {
        return Err(Unreadable::Damaged.into());
    }
    for member in members.iter().filter(|member| !member.is_folder()) {
        one(member, &names.read(member), reading)?;
    }
    match is_cut(document.bytes) {
        true => Err(Unreadable::Damaged.into()),
        false => Ok(()),
    }
}

/// Reads one file of it.
pub(super) fn one(member: &Member<'_>, name: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let (bytes, lost) = some(member, reading);
    match lost {
        // Nothing of what follows could be unpacked either.
        Some(why) if reading.is_spent() => return Err(why.into()),
        Some(why) if bytes.is_empty() => return reading.lost_member(name, why),
        _ => {}
    }
    reading.member(&Document {
        name,
        media_type: "",
        charset: None,
        bytes: &bytes,
    })?;
    match lost {
        Some(why) => reading.unreadable(why),
        None => Ok(()),
    }
}

/// The bytes of a member as far as they can be had, and why that is not all of them. Nothing of one that is too large.
pub(super) fn some<'a>(
    member: &Member<'a>,
    reading: &mut Reading<'_>,
) -> (Cow<'a, [u8]>, Option<Unreadable>) {
    let (bytes, lost) = unpacked(member, reading).unwrap_or_else(|why| (Cow::default(), Some(why)));
    let is_other = || member.crc.is_some_and(|crc| crc != crc32fast::hash(&bytes));
    match lost {
        None if member.is_cut || is_other() => (bytes, Some(Unreadable::Damaged)),
        None | Some(Unreadable::Damaged) => (bytes, lost),
        Some(_) => (Cow::default(), lost),
    }
}

/// The bytes of a member, if all of them can be unpacked.
pub(super) fn content<'a>(
    member: &Member<'a>,
    reading: &mut Reading<'_>,
) -> Result<Cow<'a, [u8]>, Unreadable> {
    let (bytes, lost) = unpacked(member, reading)?;
    lost.map_or(Ok(bytes), Err)
}

fn unpacked<'a>(
    member: &Member<'a>,
    reading: &mut Reading<'_>,
) -> Result<(Cow<'a, [u8]>, Option<Unreadable>), Unreadable> {
    if member.is_encrypted() {
        return Err(Unreadable::Encrypted);
    }
    let data = member.data.ok_or(Unreadable::Damaged)?;
    if member.method == 0 {
        reading.spend(data.len() as u64)?;
        return Ok((data.into(), None));
    }
    let mut unpacker = packed::of_zip(member.method, data, member.size)?;
    let (bytes, lost) = reading.unpack_some(data.len() as u64, &mut unpacker);
    Ok((bytes.into(), lost))
}
