//! Ranges of a download (RFC 9110 section 14): one range or everything.
//!
//! Promises: any header text gives an answer, none an error; several ranges at once give the whole (Apache Killer, T82).
//! Leaves to others: status and header fields (`files`).

use std::ops::Range;

/// What of a file a client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Everything, with 200.
    Everything,
    /// These bytes, with 206. Never empty.
    Part(Range<u64>),
    /// Nothing that exists: 416.
    Nothing,
}

/// Reads `Range` and `If-Range` for a file of `len` bytes with this strong entity tag (with its quotes).
///
/// What cannot be understood is as if it had not been said (section 14.2).
pub fn wanted(range: Option<&str>, if_range: Option<&str>, len: u64, etag: &str) -> Wanted {
    let Some(range) = range else {
        return Wanted::Everything;
    };
    // A weak tag or a date never matches: section 13.1.5 asks for the strong comparison, and we send no Last-Modified.
    if if_range.is_some_and(|tag| tag.trim() != etag) {
        return Wanted::Everything;
    }
    bytes_of(range, len).unwrap_or(Wanted::Everything)
}

/// `None`: not one range of bytes that can be understood.
fn bytes_of(text: &str, len: u64) -> Option<Wanted> {
    let (unit, set) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    let part = match (first, last) {
        ("", suffix) => len.saturating_sub(number(suffix)?)..len,
        (first, "") => number(first)?..len,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return None;
            }
            first..last.saturating_add(1).min(len)
        }
    };
    Some(if part.start < part.end {
        Wanted::Part(part)
    } else {
        Wanted::Nothing
    })
}

/// Digits alone; more than fits is as good as the largest.
fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Wanted::{Everything, Nothing, Part};

    #[test]
    fn a_range_means_what_the_rfc_says() {
        let rows = [
            ("bytes=0-0", Part(0..1)),
            ("bytes=0-99", Part(0..100)),
            ("bytes=0-", Part(0..100)),
            ("bytes=99-", Part(99..100)),
            ("bytes=10-19", Part(10..20)),
            ("bytes=10-1000", Part(10..100)),
            ("bytes=-1", Part(99..100)),
            ("bytes=-1000", Part(0..100)),
            ("Bytes = 5-6", Part(5..7)),
            ("bytes=0-18446744073709551615", Part(0..100)),
            ("bytes=0-99999999999999999999999", Part(0..100)),
            ("bytes=100-", Nothing),
            ("bytes=100-200", Nothing),
            ("bytes=18446744073709551615-", Nothing),
            ("bytes=99999999999999999999999-", Nothing),
            ("bytes=-0", Nothing),
            ("bytes=20-10", Everything),
            ("bytes=0-,0-", Everything),
            ("bytes=0-1,5-6", Everything),
            ("bytes=a-b", Everything),
            ("bytes=+1-2", Everything),
            ("bytes=--1", Everything),
            ("bytes=", Everything),
            ("bytes=-", Everything),
            ("bytes", Everything),
            ("items=0-1", Everything),
            ("", Everything),
        ];
        for (text, expected) in rows {
            assert_eq!(wanted(Some(text), None, 100, "\"a\""), expected, "{text}");
        }
        assert_eq!(wanted(None, None, 100, "\"a\""), Everything);
        assert_eq!(wanted(Some("bytes=0-"), None, 0, "\"a\""), Nothing);
        assert_eq!(wanted(Some("bytes=-5"), None, 0, "\"a\""), Nothing);
    }

    #[test]
    fn a_range_of_another_version_is_the_whole_file() {
        let rows = [
            ("\"a\"", Part(1..2)),
            ("\"b\"", Everything),
            ("W/\"a\"", Everything),
            ("a", Everything),
            ("Sat, 21 Nov 2026 18:00:00 GMT", Everything),
        ];
        for (tag, expected) in rows {
            assert_eq!(
                wanted(Some("bytes=1-1"), Some(tag), 100, "\"a\""),
                expected,
                "{tag}"
            );
        }
    }

    #[test]
    fn a_thousand_ranges_cost_one_answer() {
        let many = format!("bytes={}", "0-,".repeat(1000));
        assert_eq!(wanted(Some(&many), None, 1 << 40, "\"a\""), Everything);
    }
}
