//! TAR in all its dialects: V7, ustar, GNU and pax.
//!
//! Promises: a header counts only if its sum is right; sizes and names are bounded; files behind the end mark are read too, as some
//! programs do. A sparse file's pieces are read behind one another. Fails with `Damaged` where a size is negative or passes the end, and
//! where the mark at the end is missing: more files may have been there.

use super::{Document, Reading, Stop};
use crate::mail::content::Unreadable;

const BLOCK: usize = 512;
/// Longest name or pax header, in bytes.
const LONG: usize = 1 << 20;

/// The first block is a header.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    header(bytes, 0).is_some()
}

/// Reads every file.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = document.bytes;
    let (mut at, mut long_name, mut long_size, mut has_end) = (0, None, None, false);
    while at < bytes.len() {
        reading.tick()?;
        let Some(block) = header(bytes, at) else {
            // Zeros at the end, or filling after a damaged file.
            damaged(&bytes[at..(at + BLOCK).min(bytes.len())])?;
            has_end = true;
            at += BLOCK;
            continue;
        };
        let size = match long_size.take() {
            Some(size) => size,
            None => number(&block[124..136]).ok_or(Unreadable::Damaged)?,
        };
        let start = at + BLOCK + extensions(bytes, at, block[156]);
        let kind = block[156];
        let size = if has_content(kind) { size } else { 0 };
        let end = usize::try_from(size)
            .ok()
            .and_then(|size| start.checked_add(size));
        let content = end.and_then(|end| bytes.get(start..end));
        let is_cut = content.is_none();
        let content = match content {
            Some(content) => content,
            None => bytes.get(start..).unwrap_or_default(),
        };
        reading.spend(content.len() as u64)?;
        has_end = false;
        match kind {
            b'L' => long_name = Some(name(content)),
            b'x' => (long_name, long_size) = pax(content, long_name.take()),
            b'K' | b'g' | b'X' => {}
            _ => {
                let name = long_name.take().unwrap_or_else(|| own_name(block));
                member(kind, &name, content, reading)?;
            }
        }
        if is_cut {
            return Err(Unreadable::Damaged.into());
        }
        at = start + content.len().next_multiple_of(BLOCK);
    }
    match has_end {
        true => Ok(()),
        false => Err(Unreadable::Damaged.into()),
    }
}

fn member(kind: u8, name: &str, bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    if bytes.is_empty() && !matches!(kind, 0 | b'0') {
        return Ok(());
    }
    reading.member(&Document {
        name,
        media_type: "",
        charset: None,
        bytes,
    })
}

/// The block at `at`, if it is a header.
fn header(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let block = bytes.get(at..at.checked_add(BLOCK)?)?;
    let said = number(&block[148..156])?;
    let sum = |signed: bool| {
        let bytes = block.iter().enumerate().map(|(n, byte)| match n {
            148..156 => i64::from(b' '),
            _ if signed => i64::from(byte.cast_signed()),
            _ => i64::from(*byte),
        });
        bytes.sum::<i64>()
    };
    let said = i64::try_from(said).ok()?;
    // Zeros have the sum of eight blanks and say 0.
    (block[0] != 0 && (sum(false) == said || sum(true) == said)).then_some(block)
}

/// Links, devices and folders have none, whatever their size says.
fn has_content(kind: u8) -> bool {
    !matches!(kind, b'1'..=b'6')
}

/// Blocks of GNU's map of a sparse file stand before its content.
fn extensions(bytes: &[u8], at: usize, kind: u8) -> usize {
    let mut more = kind == b'S' && bytes.get(at + 482) == Some(&1);
    let mut length = 0;
    while more {
        length += BLOCK;
        more = bytes.get(at + length + 504) == Some(&1);
    }
    length
}

fn damaged(block: &[u8]) -> Result<(), Unreadable> {
    match block.iter().all(|byte| *byte == 0) {
        true => Ok(()),
        false => Err(Unreadable::Damaged),
    }
}

/// Octal digits, or 80 and a large number; a negative one is none.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        let wide = rest
            .iter()
            .try_fold(0_u64, |n, b| n.checked_mul(256).map(|n| n + u64::from(*b)));
        return wide;
    }
    let text = str::from_utf8(field).ok()?;
    let digits = text.trim_matches([' ', '\0']);
    match digits.is_empty() {
        true => Some(0),
        false => u64::from_str_radix(digits, 8).ok(),
    }
}

fn own_name(block: &[u8]) -> String {
    let prefix = match &block[257..263] {
        b"ustar\0" => name(&block[345..500]),
        _ => String::new(),
    };
    match prefix.is_empty() {
        true => name(&block[..100]),
        false => format!("{prefix}/{}", name(&block[..100])),
    }
}

fn name(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end.min(LONG)]).into_owned()
}

/// `path` and `size` of a pax header: lines of `length key=value`.
fn pax(content: &[u8], mut path: Option<String>) -> (Option<String>, Option<u64>) {
    let mut size = None;
    let mut rest = &content[..content.len().min(LONG)];
    while let Some(blank) = memchr::memchr(b' ', rest) {
        let length = str::from_utf8(&rest[..blank]).ok();
        let length: usize = length.and_then(|l| l.parse().ok()).unwrap_or(0);
        let Some(line) = rest.get(blank + 1..length) else {
            break;
        };
        let line = String::from_utf8_lossy(line);
        match line.trim_end_matches('\n').split_once('=') {
            Some(("path" | "GNU.sparse.name", value)) => path = Some(value.to_owned()),
            Some(("size", value)) => size = value.parse().ok(),
            _ => {}
        }
        rest = &rest[length..];
    }
    (path, size)
}
