//! URLs in HTML: pictures of the same mail it refers to, and files that stand in a `data:` URL (RFC 2397, T33).
//!
//! Entities are undone and line ends taken out before, as browsers do it. A `data:` URL that readers show is no file: a picture, a font,
//! a style; but only if its bytes are that, and if nothing is hidden in an SVG.

use super::truth;
use crate::mail::percent;
use std::collections::BTreeSet;

/// What stands before the comma of a `data:` URL.
const LONGEST_HEAD: usize = 300;
/// An SVG in a URL that is longer is a file: it cannot be looked through.
pub(super) const LONGEST_SVG: usize = 16 * 1024;
/// So much of a picture tells that it is one.
const LONGEST_SIGN: usize = 400;
/// An SVG in an SVG in an SVG.
const MAX_DEPTH: usize = 3;
/// A URL that refers to a part is no longer.
const LONGEST_REFERENCE: usize = 512;

/// Whether a file stands in one of the `data:` URLs. `html`: a piece of HTML without entities; `is_last`: nothing follows it.
pub(super) fn has_file(html: &[u8], is_last: bool) -> bool {
    in_depth(html, is_last, 0)
}

fn in_depth(html: &[u8], is_last: bool, depth: usize) -> bool {
    let is_seen = |b: &u8| !matches!(b, b'\r' | b'\n' | b'\t');
    let is_data = |before: &[u8]| {
        let scheme = before.iter().rev().filter(|b| is_seen(b)).take(4);
        scheme.map(u8::to_ascii_lowercase).eq(*b"atad")
    };
    if !memchr::memchr_iter(b':', html).any(|at| is_data(&html[..at])) {
        return false;
    }
    let text: Vec<u8> = html.iter().copied().filter(is_seen).collect();
    memchr::memchr_iter(b':', &text)
        .filter(|&at| at >= 4 && text[at - 4..at].eq_ignore_ascii_case(b"data"))
        .filter(|&at| begins_url(&text[..at - 4]))
        .any(|at| is_file(&text[at + 1..], is_last, depth))
}

/// A URL stands behind a quote, an equals sign, a bracket or, in `srcset`, a comma; in a text it is a word.
fn begins_url(before: &[u8]) -> bool {
    matches!(
        before.trim_ascii_end().last(),
        Some(b'"' | b'\'' | b'=' | b'(' | b',')
    )
}

/// `rest` is what stands behind `data:`.
fn is_file(rest: &[u8], is_last: bool, depth: usize) -> bool {
    let within = &rest[..rest.len().min(LONGEST_HEAD)];
    let Some(comma) = memchr::memchr(b',', within) else {
        return false;
    };
    let head = within[..comma].to_ascii_lowercase();
    let mut pieces = head.split(|b| *b == b';').map(<[u8]>::trim_ascii);
    let kind = pieces.next().unwrap_or_default();
    if !is_type(kind) || head.iter().any(|b| b"<>\"'".contains(b)) {
        return false;
    }
    let is_base64 = pieces.any(|piece| piece == b"base64");
    let payload = &rest[comma + 1..];
    let end = payload.iter().position(|b| b"\"'<>)".contains(b));
    let is_cut = end.is_none() && !is_last;
    let payload = &payload[..end.unwrap_or(payload.len())];
    let decoded = |longest: usize| decode(&payload[..payload.len().min(longest)], is_base64);
    // What is cut by the end of the block comes again with the next one.
    match kind {
        b"image/svg+xml" if payload.len() > LONGEST_SVG => true,
        b"image/svg+xml" if is_cut => false,
        b"image/svg+xml" if is_base64 => has_file_in_svg(&decoded(LONGEST_SVG), depth),
        // Without base64 the quotes are part of the SVG: what follows is looked at as it is.
        b"image/svg+xml" => {
            let all = &rest[comma + 1..];
            has_file_in_svg(&percent::decoded(&all[..all.len().min(LONGEST_SVG)]), depth)
        }
        _ if is_cut && payload.len() < LONGEST_SIGN => false,
        kind if kind.starts_with(b"image/") => {
            !payload.is_empty() && !truth::is_picture(&decoded(LONGEST_SIGN))
        }
        b"text/css" => false,
        kind if is_font(kind) => truth::is_document(&decoded(LONGEST_SIGN)),
        _ => true,
    }
}

fn has_file_in_svg(svg: &[u8], depth: usize) -> bool {
    depth >= MAX_DEPTH || in_depth(&super::shown::unescaped(svg), true, depth + 1)
}

/// Nothing, or `type/subtype`.
fn is_type(kind: &[u8]) -> bool {
    let is_word = |word: &[u8]| {
        !word.is_empty()
            && word
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-*%".contains(b))
    };
    let mut words = kind.splitn(2, |b| *b == b'/');
    match (words.next(), words.next()) {
        (Some(b""), None) => true,
        (Some(kind), Some(sub)) => is_word(kind) && is_word(sub),
        _ => false,
    }
}

fn is_font(kind: &[u8]) -> bool {
    const FONTS: [&[u8]; 4] = [
        b"font/",
        b"application/font",
        b"application/x-font",
        b"application/vnd.ms-fontobject",
    ];
    FONTS.iter().any(|font| kind.starts_with(font))
}

fn decode(payload: &[u8], is_base64: bool) -> Vec<u8> {
    let plain = percent::decoded(payload);
    if !is_base64 {
        return plain;
    }
    let letters: Vec<u8> = plain.into_iter().filter(|b| *b != b' ').collect();
    let mut out = Vec::new();
    let _ = encodify::base64::LENIENT.decode_append(&letters[..letters.len() & !3], &mut out);
    out
}

/// Adds the Content-IDs (RFC 2392) and the locations (RFC 2557) that a piece of HTML refers to, up to `most` of each.
pub(super) fn references(
    html: &[u8],
    is_last: bool,
    most: usize,
    ids: &mut BTreeSet<String>,
    locations: &mut BTreeSet<String>,
) {
    for colon in memchr::memchr_iter(b':', html) {
        let is_cid = colon >= 3 && html[colon - 3..colon].eq_ignore_ascii_case(b"cid");
        let id = is_cid.then(|| url(&html[colon + 1..], is_last)).flatten();
        if let Some(id) = id.filter(|id| !id.is_empty() && ids.len() < most) {
            ids.insert(String::from_utf8_lossy(&percent::decoded(id)).into_owned());
        }
    }
    for at in memchr::memchr2_iter(b'=', b'(', html) {
        let before = html[at.saturating_sub(12)..at].to_ascii_lowercase();
        let before = before.trim_ascii_end();
        let shows = [b"src".as_slice(), b"background", b"url"];
        let rest = html[at + 1..].trim_ascii_start();
        let rest = rest
            .strip_prefix(b"\"")
            .or(rest.strip_prefix(b"'"))
            .unwrap_or(rest);
        if !shows.iter().any(|word| before.ends_with(word)) || locations.len() >= most {
            continue;
        }
        if let Some(found) = url(rest, is_last).filter(|u| !u.is_empty()) {
            locations.insert(String::from_utf8_lossy(found).into_owned());
        }
    }
}

/// Up to what ends a URL; `None` if it is cut by the end of the block, as it is looked at again with the next one.
fn url(rest: &[u8], is_last: bool) -> Option<&[u8]> {
    let within = &rest[..rest.len().min(LONGEST_REFERENCE)];
    let end = within.iter().position(|b| b" \t\r\n\"'<>()\\".contains(b));
    match end {
        Some(end) => Some(&within[..end]),
        None => is_last.then_some(within),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_a_url_are_told_from_pictures_and_words() {
        let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
        let rows = [
            (
                "<a href=\"data:application/pdf;base64,QQ==\">".to_owned(),
                true,
            ),
            ("<a href='DATA:;name=x;base64,QQ=='>".to_owned(), true),
            ("<a href='data:,a'>".to_owned(), true),
            ("<a href=data:text/html,x>".to_owned(), true),
            (
                "<a href=' da\r\nta:text/csv; base64 ,QQ=='>".to_owned(),
                true,
            ),
            (format!("<img src=\"data:image/png;base64,{png}\">"), false),
            (
                "<img src=\"data:image/png;base64,JVBERi0xLjcKAAAA\">".to_owned(),
                true,
            ),
            (
                "<style>@font-face{src:url(data:font/woff2;base64,QQ==)}".to_owned(),
                false,
            ),
            (
                "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://x'/%3E\">".to_owned(),
                false,
            ),
            (
                "<img src=\"data:image/svg+xml,%3Csvg%3E%3Ca href='data:a/b,c'\">".to_owned(),
                true,
            ),
            (
                "<p>we write ;base64, in mails, the data: a, b".to_owned(),
                false,
            ),
        ];
        for (html, is_file) in rows {
            assert_eq!(has_file(html.as_bytes(), true), is_file, "{html}");
        }
    }

    #[test]
    fn references_are_ids_and_locations() {
        let html = b"<img src = 'cid:a%40b'> url( \"CID:x&y\" ) <td background=i/l.png> cid:";
        let (mut ids, mut locations) = (BTreeSet::new(), BTreeSet::new());
        references(html, true, 9, &mut ids, &mut locations);
        assert_eq!(
            ids.iter().map(String::as_str).collect::<Vec<_>>(),
            ["a@b", "x&y"]
        );
        assert!(locations.contains("i/l.png"), "{locations:?}");
    }
}
