//! A part's header block: its fields with their ranges, and whatever in it readers may take differently (T26, T30).

use super::params::{Structured, decode_words, text_of};
use crate::mail::Skeleton;
use crate::mail::header::{Field, Fields};
use crate::mail::outline::Encoding;
use mail_parser::MessagePart;

/// More fields than this in a whole mail are no mail; of such a one only those that say what a part is and whose are kept.
pub(super) const MAX_FIELDS: usize = 10_000;

/// What of such a mail is kept besides.
const KNOWN: [&str; 12] = [
    "cc",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "mime-version",
    "received",
    "references",
    "reply-to",
    "sender",
    "subject",
    "to",
];

/// The fields of a part, or only those that say what it is and whose. Their ranges are offsets into the spool; a field of which
/// bytes are missing in the skeleton is none.
pub(super) fn fields(part: &MessagePart<'_>, skeleton: &Skeleton, only_known: bool) -> Fields {
    let field = |header: mail_parser::Header<'_>| {
        let start = header.offset_field() as usize;
        let end = (header.offset_end() as usize).min(skeleton.bytes().len());
        let value_start = (header.offset_start() as usize).min(end);
        let value = &skeleton.bytes()[value_start..end];
        let value = value.strip_suffix(b"\n").unwrap_or(value);
        let value = value.strip_suffix(b"\r").unwrap_or(value);
        Field {
            name: header.raw_name().to_owned(),
            raw: text_of(value),
            value: decode_words(value),
            range: skeleton.spool_range(start..end),
        }
    };
    let is_wanted = |header: &mail_parser::Header<'_>| {
        let (start, end) = (header.offset_field(), header.offset_end());
        let range = skeleton.spool_range(start as usize..end as usize);
        range.end - range.start == u64::from(end.saturating_sub(start))
            && (!only_known || is_known(header.raw_name()))
    };
    Fields(
        part.headers()
            .iter()
            .filter(is_wanted)
            .take(MAX_FIELDS)
            .map(field)
            .collect(),
    )
}

fn is_known(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    KNOWN.contains(&name.as_str())
        || name.starts_with("content-")
        || name.starts_with("x-cloakroom-")
}

/// What is wrong with a header block, as it stands in the mail, the blank line included.
pub(super) fn faults_of_block(block: &[u8]) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut has_field = false;
    let mut is_structural = false;
    let mut after_spaces = false;
    for line in block.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match fault_of_line(text, has_field) {
            Line::Blank => break,
            Line::Fold if text.trim_ascii().is_empty() => {
                after_spaces = true;
                continue;
            }
            Line::Fold => {}
            Line::Field => {
                has_field = true;
                is_structural = text
                    .get(..8)
                    .is_some_and(|name| name.eq_ignore_ascii_case(b"content-"));
            }
            Line::Bad(what) => found.push(what),
        }
        // JavaMail and Ruby's mail end the header at a line of white space; for RFC 5322 (section 4.2) it is a fold.
        if after_spaces && is_structural {
            found.push("a structural field behind a line of white space");
        }
    }
    if memchr::memchr(0, block).is_some() {
        found.push("a NUL in a header");
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A field that says what a part is: where no part begins, somebody may see one.
pub(super) fn is_structural_line(line: &[u8]) -> bool {
    [
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    ]
    .iter()
    .any(|name| {
        line.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
            && line[name.len()..].trim_ascii_start().starts_with(b":")
    })
}

enum Line {
    Blank,
    Fold,
    Field,
    Bad(&'static str),
}

fn fault_of_line(text: &[u8], has_field: bool) -> Line {
    match text {
        [] => Line::Blank,
        [b' ' | b'\t', ..] if has_field => Line::Fold,
        [b' ' | b'\t', ..] => Line::Bad("a header that begins with a fold"),
        _ => match memchr::memchr(b':', text) {
            None | Some(0) => Line::Bad("a header line that is no field"),
            Some(colon) => fault_of_name(&text[..colon]),
        },
    }
}

/// RFC 5322 section 2.2: printable ASCII, and no space before the colon (3.6.8 of RFC 822 allowed it, which is the trouble).
fn fault_of_name(name: &[u8]) -> Line {
    if matches!(name.last(), Some(b' ' | b'\t'))
        && name.trim_ascii().iter().all(u8::is_ascii_graphic)
    {
        return Line::Bad("a space before the colon of a header field");
    }
    match name.iter().all(u8::is_ascii_graphic) {
        true => Line::Field,
        false => Line::Bad("a header line that is no field"),
    }
}

/// Structural fields that come more than once and do not say the same.
pub(super) fn contradictions(fields: &Fields) -> impl Iterator<Item = &'static str> {
    const STRUCTURAL: [(&str, &str); 3] = [
        ("Content-Type", "two Content-Type fields"),
        (
            "Content-Transfer-Encoding",
            "two Content-Transfer-Encoding fields",
        ),
        ("Content-Disposition", "two Content-Disposition fields"),
    ];
    STRUCTURAL.into_iter().filter_map(|(name, what)| {
        let values: Vec<&str> = fields.all(name).map(|field| field.raw.trim()).collect();
        let (first, others) = values.split_first()?;
        let is_same = |other: &&str| match name {
            "Content-Transfer-Encoding" => other.eq_ignore_ascii_case(first),
            _ => Structured::read(other.as_bytes()) == Structured::read(first.as_bytes()),
        };
        (!others.iter().all(is_same)).then_some(what)
    })
}

/// The structural parameters of a field that come more than once and do not say the same, or in a form few readers know.
pub(super) fn repeated(structured: &Structured) -> Option<&'static str> {
    const SINGLE: [(&str, &str); 4] = [
        ("boundary", "two boundary parameters"),
        ("charset", "two charset parameters"),
        ("filename", "two filename parameters"),
        ("name", "two name parameters"),
    ];
    SINGLE.into_iter().find_map(|(name, what)| {
        let mut values = structured.all(name);
        let first = values.next()?;
        values.any(|other| other != first).then_some(what)
    })
}

/// The encoding of a body, and what is wrong with the field.
pub(super) fn encoding(fields: &Fields) -> (Encoding, Option<&'static str>) {
    let Some(field) = fields.first("Content-Transfer-Encoding") else {
        return (Encoding::Identity, None);
    };
    let value = field.raw.replace(['\r', '\n'], "");
    match value.trim().to_ascii_lowercase().as_str() {
        "base64" => (Encoding::Base64, None),
        "quoted-printable" => (Encoding::QuotedPrintable, None),
        "" | "7bit" | "8bit" | "binary" => (Encoding::Identity, None),
        // Misspelt so often that every reader takes them for what they mean.
        "7-bit" | "7 bit" | "7bits" | "8-bit" | "8 bit" | "8bits" => (Encoding::Identity, None),
        // Nothing to undo, whatever a reader makes of the rest: `8bit; charset=utf-8`.
        other if is_identity_with_parameters(other) => (Encoding::Identity, None),
        other if other.contains('(') => (
            Encoding::Unknown,
            Some("a comment in Content-Transfer-Encoding"),
        ),
        _ => (
            Encoding::Unknown,
            Some("an unknown Content-Transfer-Encoding"),
        ),
    }
}

fn is_identity_with_parameters(value: &str) -> bool {
    let (name, rest) = value.split_once(';').unwrap_or((value, ""));
    let is_identity = matches!(name.trim(), "7bit" | "8bit" | "binary");
    is_identity
        && !["base64", "quoted", "uu", "("]
            .iter()
            .any(|word| rest.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_readers_take_differently_is_told() {
        let rows: &[(&str, &[&str])] = &[
            ("From: a\r\nX: b\r\n c\r\n\r\n", &[]),
            ("From: a\r\n \r\nX: b\r\n\r\n", &[]),
            ("\r\n", &[]),
            (
                "Content-Type : a/b\r\n\r\n",
                &["a space before the colon of a header field"],
            ),
            (
                "From: a\r\nnothing\r\n\r\n",
                &["a header line that is no field"],
            ),
            ("From a b: c\r\n\r\n", &["a header line that is no field"]),
            (
                " folded\r\nX: y\r\n\r\n",
                &["a header that begins with a fold"],
            ),
            ("X: a\0b\r\n\r\n", &["a NUL in a header"]),
            (
                "X: a\r\n \r\nContent-Type: b\r\n\r\n",
                &["a structural field behind a line of white space"],
            ),
            (
                "Content-Type: a/b;\r\n\t\r\n c=d\r\n\r\n",
                &["a structural field behind a line of white space"],
            ),
            ("Content-Type: a/b\r\n \r\n\r\n", &[]),
            ("Content-Type: a/b\r\nX: y\r\n \r\n z\r\n\r\n", &[]),
        ];
        for (block, want) in rows {
            assert_eq!(&faults_of_block(block.as_bytes()), want, "{block:?}");
        }
    }
}
