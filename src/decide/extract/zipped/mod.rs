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

pub(super) use directory::{Member, is_zip};
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
    Ok(())
}

fn one(member: &Member<'_>, name: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = match content(member, reading) {
        Ok(bytes) => bytes,
        // Nothing of what follows could be unpacked either.
        Err(why) if reading.is_spent() => return Err(why.into()),
        Err(why) => return reading.lost_member(name, why),
    };
    reading.member(&Document {
        name,
        media_type: "",
        charset: None,
        bytes: &bytes,
    })?;
    match member.crc.is_some_and(|crc| crc != crc32fast::hash(&bytes)) {
        true => reading.unreadable(Unreadable::Damaged),
        false => Ok(()),
    }
}

/// The bytes of a member.
pub(super) fn content<'a>(
    member: &Member<'a>,
    reading: &mut Reading<'_>,
) -> Result<Cow<'a, [u8]>, Unreadable> {
    if member.is_encrypted() {
        return Err(Unreadable::Encrypted);
    }
    let data = member.data.ok_or(Unreadable::Damaged)?;
    if member.method == 0 {
        reading.spend(data.len() as u64)?;
        return Ok(data.into());
    }
    let mut unpacker = packed::of_zip(member.method, data, member.size)?;
    reading
        .unpack(data.len() as u64, &mut unpacker)
        .map(Cow::Owned)
}
