//! Postfix's queue, as it lies on disk: names that tell the time, and files of records (`src/global/record.h` of its sources says how).

use crate::crashes::history::Copy;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Digits of names: no vowels, so that no name is a word.
const DIGITS: &str = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/// When a file with this long name was made, to the microsecond (postconf(5), `enable_long_queue_ids`): six or more digits of seconds,
/// four of microseconds, `z`, and what tells files apart.
pub fn time_of(name: &str) -> Option<SystemTime> {
    let (time, _) = name.rsplit_once('z')?;
    let number = |digits: &str| {
        digits.chars().try_fold(0u64, |sum, digit| {
            Some(sum * 52 + DIGITS.find(digit)? as u64)
        })
    };
    let (seconds, rest) = time.split_at_checked(time.len().checked_sub(4)?)?;
    let since = Duration::new(number(seconds)?, u32::try_from(number(rest)? * 1000).ok()?);
    Some(SystemTime::UNIX_EPOCH + since)
}

/// The name in the first `Received` of a mail, if that is its first field, and what follows it.
pub fn received(mail: &[u8]) -> Option<(&str, &[u8])> {
    let mut end = 0;
    for line in mail.split_inclusive(|b| *b == b'\n') {
        let is_more = line.starts_with(b"\t") || line.starts_with(b" ");
        if end > 0 && !is_more {
            break;
        }
        end += line.len();
    }
    let (field, rest) = mail.split_at(end);
    let field = std::str::from_utf8(field).ok()?.strip_prefix("Received:")?;
    let (_, name) = field.split_once(" id ")?;
    Some((name.split([' ', '\r', '\n', ';', '\t']).next()?, rest))
}

/// What lies in a queue, whole or not.
pub fn copies_in(queue: &Path) -> Vec<(String, Copy)> {
    let mut found = Vec::new();
    for folder in ["incoming", "active", "deferred", "corrupt"] {
        files(&queue.join(folder), &mut found);
    }
    found
}

fn files(folder: &Path, found: &mut Vec<(String, Copy)>) {
    // Files come and go.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            let name = entry.file_name().to_string_lossy().into_owned();
            found.push((name, copy(&bytes)));
        }
    }
}

/// A letter for the type, the length in groups of seven bits, the data: one record behind the other.
fn copy(file: &[u8]) -> Copy {
    let mut copy = Copy {
        at: Duration::ZERO,
        from: String::new(),
        to: Vec::new(),
        bytes: Vec::new(),
        answered: false,
        blurred: false,
    };
    let mut rest = file;
    while let Some((kind, data, behind)) = record(rest) {
        let text = || String::from_utf8_lossy(data).into_owned();
        match kind {
            b'S' => copy.from = text(),
            // A recipient; who has the mail already.
            b'R' | b'D' => copy.to.push(text()),
            // A line; the beginning of one.
            b'N' => copy.bytes.extend([data, b"\r\n"].concat()),
            b'L' => copy.bytes.extend(data),
            _ => {}
        }
        rest = behind;
    }
    copy
}

fn record(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, mut rest) = bytes.split_first()?;
    let mut length = 0;
    for place in (0..28).step_by(7) {
        let (digit, behind) = rest.split_first()?;
        rest = behind;
        length |= usize::from(digit & 0x7f) << place;
        if digit & 0x80 == 0 {
            break;
        }
    }
    let (data, rest) = rest.split_at_checked(length)?;
    Some((*kind, data, rest))
}
