//! What a ZIP says is in it, twice: the central directory at its end, and the header before each file's bytes.
//!
//! The two may disagree, and programs believe one or the other: both are given. Promises: offsets, lengths and counts of the file are
//! looked up, never believed; at most `limit` members; files without an entry in the directory are found in the gaps between the others.
//! Leaves to others: unpacking. APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3 (Zip64).

use memchr::memmem;
use std::collections::BTreeMap;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// Bit 0: the bytes are encrypted. Bit 13: names are masked. Either way a password is needed.
const ENCRYPTED: u16 = 1 | 1 << 13;
/// Bit 3: sizes stand behind the bytes.
const SIZES_BEHIND: u16 = 1 << 3;
/// Bit 11: the name is UTF-8.
pub(super) const UTF8: u16 = 1 << 11;

/// AES as WinZip does it: the real method is in an extra field.
const AES: u16 = 99;

/// One file in a ZIP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decide::extract) struct Member<'a> {
    /// As its bytes are.
    pub name: &'a [u8],
    /// Extra fields.
    pub extra: &'a [u8],
    pub flags: u16,
    /// 0 stored, 8 deflate; 4.4.5.
    pub method: u16,
    /// Of the unpacked bytes; `None`: not known.
    pub crc: Option<u32>,
    /// Unpacked bytes, as it says.
    pub size: u64,
    /// The packed bytes; `None`: not there, or those of another file too.
    pub data: Option<&'a [u8]>,
    /// The file ends before they do.
    pub is_cut: bool,
}

impl Member<'_> {
    /// A password is needed.
    pub fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0 || self.method == AES
    }

    /// A folder has no bytes.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with(b"/") && self.size == 0 && self.data.is_some_and(<[u8]>::is_empty)
    }
}

/// Every file of a ZIP, those that only one of the two readings has included. Empty: it is no ZIP.
pub(super) fn members(bytes: &[u8], limit: usize) -> Vec<Member<'_>> {
    let mut found = Vec::new();
    let mut taken = Taken::new();
    if let Some((base, start)) = directory(bytes) {
        let mut at = start;
        while let Some((entry, next)) = central(bytes, at).filter(|_| found.len() <= limit) {
            listed(bytes, base, &entry, &mut found, &mut taken);
            at = next;
        }
        taken.insert(start, at);
    }
    unlisted(bytes, &taken, limit, &mut found);
    found
}

/// There is a directory at the end, or a file at the start.
pub(in crate::decide::extract) fn is_zip(bytes: &[u8]) -> bool {
    let spanned = bytes.strip_prefix(DESCRIPTOR).unwrap_or(bytes);
    local(spanned, 0).is_some() || directory(bytes).is_some()
}

/// The directory at the end is not there: files may have stood behind the last one.
pub(in crate::decide::extract) fn is_cut(bytes: &[u8]) -> bool {
    directory(bytes).is_none()
}

/// Bytes that belong to a file: where they begin, and where they end. No two overlap.
type Taken = BTreeMap<usize, usize>;

/// An entry of the central directory.
struct Entry<'a> {
    member: Member<'a>,
    packed: u64,
    header: u64,
}

/// The header before a file's bytes, and where they begin.
struct Local<'a> {
    member: Member<'a>,
    packed: u64,
    start: usize,
}

/// Where the directory begins, and by how much its offsets are too small because something stands before the ZIP.
fn directory(bytes: &[u8]) -> Option<(usize, usize)> {
    let ends = memmem::rfind_iter(bytes, END).take(64);
    ends.filter_map(|end| start_of_directory(bytes, end)).next()
}

fn start_of_directory(bytes: &[u8], end: usize) -> Option<(usize, usize)> {
    let (mut size, mut offset, mut end) = (
        u64::from(u32_at(bytes, end + 12)?),
        u64::from(u32_at(bytes, end + 16)?),
        end,
    );
    if let Some(end_64) = end_64(bytes, end) {
        size = u64_at(bytes, end_64 + 40)?;
        offset = u64_at(bytes, end_64 + 48)?;
        end = end_64;
    }
    let is_there = |at: usize| {
        bytes.get(at..).is_some_and(|b| b.starts_with(CENTRAL)) || (size == 0 && at == end)
    };
    let by_size = end.checked_sub(usize::try_from(size).ok()?);
    if let Some(start) = by_size.filter(|start| is_there(*start)) {
        return Some((start.saturating_sub(usize::try_from(offset).ok()?), start));
    }
    let start = usize::try_from(offset).ok()?;
    is_there(start).then_some((0, start))
}

/// The Zip64 end record, where the locator before `end` says or directly before the locator.
fn end_64(bytes: &[u8], end: usize) -> Option<usize> {
    let locator = end.checked_sub(20)?;
    if !bytes[locator..].starts_with(LOCATOR_64) {
        return None;
    }
    let said = usize::try_from(u64_at(bytes, locator + 8)?).ok();
    let near = locator.checked_sub(56);
    let is_there = |at: &usize| bytes.get(*at..).is_some_and(|b| b.starts_with(END_64));
    said.filter(is_there).or(near.filter(is_there))
}

fn central(bytes: &[u8], at: usize) -> Option<(Entry<'_>, usize)> {
    let head = bytes.get(at..at + 46)?;
    if !head.starts_with(CENTRAL) {
        return None;
    }
    let length = |at| u16_at(head, at).map(usize::from);
    let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let from = at + 46;
    let name = bytes.get(from..from + name)?;
    let extra_at = from + name.len();
    let extra = bytes.get(extra_at..extra_at + extra)?;
    let mut wide = Wide::new(extra);
    let size = wide.or(u32_at(head, 24)?);
    let packed = wide.or(u32_at(head, 20)?);
    let header = wide.or(u32_at(head, 42)?);
    let member = Member {
        name,
        extra,
        flags: u16_at(head, 8)?,
        method: u16_at(head, 10)?,
        crc: u32_at(head, 16),
        size,
        data: None,
        is_cut: false,
    };
    let entry = Entry {
        member,
        packed,
        header,
    };
    Some((entry, extra_at + extra.len() + comment))
}

fn local(bytes: &[u8], at: usize) -> Option<Local<'_>> {
    let head = bytes.get(at..at.checked_add(30)?)?;
    // A version no program has, a name of no bytes or with a NUL: it only looks like a header.
    if !head.starts_with(LOCAL) || head[4] > 100 {
        return None;
    }
    let length = |at| u16_at(head, at).map(usize::from);
    let (name, extra) = (length(26)?, length(28)?);
    let name = bytes.get(at + 30..at + 30 + name)?;
    if name.is_empty() || name.contains(&0) {
        return None;
    }
    let extra_at = at + 30 + name.len();
    let extra = bytes.get(extra_at..extra_at + extra)?;
    let mut wide = Wide::new(extra);
    let size = wide.or(u32_at(head, 22)?);
    let packed = wide.or(u32_at(head, 18)?);
    let flags = u16_at(head, 6)?;
    let member = Member {
        name,
        extra,
        flags,
        method: u16_at(head, 8)?,
        crc: u32_at(head, 14).filter(|_| flags & SIZES_BEHIND == 0),
        size,
        data: None,
        is_cut: false,
    };
    Some(Local {
        member,
        packed,
        start: extra_at + extra.len(),
    })
}

/// A file of the directory, and a second time as its own header has it if that is another one.
fn listed<'a>(
    bytes: &'a [u8],
    base: usize,
    entry: &Entry<'a>,
    found: &mut Vec<Member<'a>>,
    taken: &mut Taken,
) {
    let header = usize::try_from(entry.header).unwrap_or(usize::MAX);
    let header = header.saturating_add(base);
    let mut member = entry.member.clone();
    let Some(local) = local(bytes, header) else {
        return found.push(member);
    };
    let slice = |packed: u64| {
        let end = local.start.checked_add(usize::try_from(packed).ok()?)?;
        Some((bytes.get(local.start..end)?, end))
    };
    let here = slice(entry.packed);
    let end = here.map_or(local.start, |(_, end)| end);
    // Files that share bytes are how few bytes become terabytes: only the first of them is read.
    let before = taken.range(..end).next_back();
    let shared = before.is_some_and(|(_, taken_to)| header < *taken_to);
    if !shared {
        member.data = here.map(|(data, _)| data);
        taken.insert(header, end);
    }
    found.push(member);
    if !shared && disagrees(entry, &local) {
        let packed = match local.member.flags & SIZES_BEHIND != 0 && local.packed == 0 {
            true => entry.packed,
            false => local.packed,
        };
        let data = slice(packed).map(|(data, _)| data);
        found.push(Member {
            data,
            ..local.member
        });
    }
}

fn disagrees(entry: &Entry<'_>, local: &Local<'_>) -> bool {
    let (listed, own) = (&entry.member, &local.member);
    let sizes_behind = own.flags & SIZES_BEHIND != 0;
    listed.name != own.name
        || listed.method != own.method
        || (listed.flags ^ own.flags) & ENCRYPTED != 0
        || (!sizes_behind && (entry.packed != local.packed || listed.size != own.size))
}

/// Files before, between and behind those of the directory.
fn unlisted<'a>(bytes: &'a [u8], taken: &Taken, limit: usize, found: &mut Vec<Member<'a>>) {
    let ends = std::iter::once((bytes.len(), bytes.len()));
    let taken = taken.iter().map(|(start, end)| (*start, *end)).chain(ends);
    let mut at = 0;
    for (start, end) in taken {
        while at < start && found.len() <= limit {
            let gap = &bytes[..start];
            let Some(offset) = memmem::find(&gap[at..], LOCAL) else {
                break;
            };
            at += offset;
            at = match local(gap, at) {
                Some(header) => {
                    let (member, end) = behind(gap, header);
                    found.push(member);
                    end
                }
                None => at + LOCAL.len(),
            };
        }
        at = at.max(end);
    }
}

/// A file that only its own header speaks of, and where to look on.
fn behind<'a>(gap: &'a [u8], header: Local<'a>) -> (Member<'a>, usize) {
    let rest = &gap[header.start..];
    let known = header.member.flags & SIZES_BEHIND == 0 || header.packed > 0;
    let length = match known {
        true => usize::try_from(header.packed).unwrap_or(usize::MAX),
        // A packed stream knows its end; a stored one ends where its sizes stand.
        false => memmem::find(rest, DESCRIPTOR).unwrap_or(rest.len()),
    };
    let is_packed_on = !known && header.member.method != 0;
    let member = Member {
        data: Some(if is_packed_on {
            rest
        } else {
            &rest[..length.min(rest.len())]
        }),
        is_cut: length > rest.len() || (!known && length == rest.len()),
        ..header.member
    };
    (member, header.start + length.min(rest.len()))
}

/// The 8-byte numbers of a Zip64 extra field, in their order.
struct Wide<'a>(&'a [u8]);

impl<'a> Wide<'a> {
    fn new(extra: &'a [u8]) -> Self {
        Wide(field(extra, 1).unwrap_or_default())
    }

    /// The number, or the next wide one if it says that it does not fit.
    fn or(&mut self, number: u32) -> u64 {
        match self.0.split_first_chunk::<8>() {
            Some((wide, rest)) if number == u32::MAX => {
                self.0 = rest;
                u64::from_le_bytes(*wide)
            }
            _ => u64::from(number),
        }
    }
}

/// An extra field by its number.
pub(super) fn field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let content = extra.get(4..4 + length)?;
        if id == wanted {
            return Some(content);
        }
        extra = &extra[4 + length..];
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*two))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*four))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*eight))
}
