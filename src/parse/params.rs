//! `Content-Type` and `Content-Disposition` as other readers may read them: every parameter, in order, repeated ones too.
//!
//! The MIME library gives one reading of each; this module is for the doubts and for file names, where policy has to match
//! whatever any reader may see (T26, T27). Never fails: what cannot be read leaves [`Structured::clean`] false.

use super::pieces::{Piece, split};
use crate::mail::percent;
use encodify::rfc2047;
use std::borrow::Cow;

/// A structured field's value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Structured {
    /// What stands before the first semicolon, lower case, without comments.
    pub first: String,
    /// All parameters, in order.
    pub params: Vec<Param>,
    /// False if a quoted string or a comment never ends.
    pub clean: bool,
    /// The first is `token/token` as it stands in the mail, a comment behind it at most.
    pub is_typed: bool,
    /// A comment stands among the parameters, or has a semicolon in it: Python's `email` knows no comments.
    pub is_commented: bool,
    /// A piece among the parameters is no `name=value`: MIME-tools reads no further.
    pub has_word: bool,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Param {
    /// Lower case, with its `*` and number if it has them (RFC 2231).
    pub name: String,
    /// Unfolded, quotes and escapes undone.
    pub value: Vec<u8>,
    /// Of a quoted string with a backslash that escapes nothing: the same with it, as in the path of a Windows file.
    pub kept: Option<Vec<u8>>,
    /// It stands in the mail as one token, or as one quoted string without escapes and folds: every reader gets this very value.
    pub is_plain: bool,
    /// What stands behind a closing quote, up to the next semicolon.
    pub behind: Vec<u8>,
}

impl Structured {
    /// Reads a raw value, folds in it.
    pub(super) fn read(raw: &[u8]) -> Self {
        let mut clean = true;
        let mut pieces = split(raw, &mut clean).into_iter();
        let first = pieces.next().unwrap_or_default();
        let is_commented =
            first.has_long_comment || pieces.as_slice().iter().any(|p| p.has_comment);
        let has_word = pieces.as_slice().iter().any(Piece::is_word);
        let first = latin(&first.bytes).trim().to_ascii_lowercase();
        Structured {
            is_typed: is_typed(raw, &first),
            params: pieces.filter_map(Piece::into_param).collect(),
            first,
            clean,
            is_commented,
            has_word,
        }
    }

    /// The values of all parameters of that very name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.params
            .iter()
            .filter(move |param| param.name == name)
            .map(|param| param.value.as_slice())
    }

    /// Every reading of a parameter that may be continued or carry a charset, the most likely first.
    pub(super) fn readings(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let starred = || {
            let of = |param: &&Param| param.name.strip_suffix('*') == Some(name);
            self.params.iter().filter(of).map(|param| &param.value[..])
        };
        found.extend(starred().map(extended));
        found.extend(self.continued(name));
        let named = || self.params.iter().filter(|param| param.name == name);
        for param in named() {
            found.extend(param.kept.iter().flat_map(|kept| plain(kept)));
            found.extend(plain(&param.value));
        }
        let unfit = |value: &&[u8]| charset_prefix(value).0.is_none();
        found.extend(starred().filter(unfit).map(text_of));
        let on = named().filter(|param| !param.behind.is_empty());
        found.extend(on.map(|param| decode_words(&[&param.value[..], &param.behind].concat())));
        found
    }

    /// `name*0*=…; name*1=…` put together (RFC 2231 section 3): by number, up to the first that is missing, with the first or the last
    /// of those that come twice, in the order they came, and with all percents undone.
    fn continued(&self, name: &str) -> Vec<String> {
        let mut pieces: Vec<(usize, bool, &[u8])> = self
            .params
            .iter()
            .filter_map(|param| {
                let rest = param.name.strip_prefix(name)?.strip_prefix('*')?;
                let number = rest.strip_suffix('*').unwrap_or(rest).parse().ok()?;
                Some((number, rest.ends_with('*'), param.value.as_slice()))
            })
            .collect();
        if pieces.is_empty() {
            return Vec::new();
        }
        let as_written = pieces.clone();
        pieces.sort_by_key(|(number, ..)| *number);
        let mut first = pieces.clone();
        first.dedup_by_key(|(number, ..)| *number);
        let mut last: Vec<_> = pieces.iter().rev().copied().collect();
        last.dedup_by_key(|(number, ..)| *number);
        last.reverse();
        let begin = first[0].0;
        let in_a_row = first.iter().enumerate();
        let in_a_row = in_a_row.take_while(|(i, (number, ..))| *number == begin + i);
        let until_gap: Vec<_> = in_a_row.map(|(_, piece)| *piece).collect();
        let mut found = Vec::new();
        for pieces in [&pieces, &first, &last, &until_gap, &as_written] {
            let (charset, bytes) = joined(pieces);
            found.push(in_charset(charset, &bytes));
            found.push(decode_words(&bytes));
            found.push(in_charset(charset, &percent::decoded(&bytes)));
        }
        found
    }
}

/// The readings of a parameter without stars: RFC 2047 within quotes, which is not allowed and mostly used.
fn plain(value: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if memchr::memchr(0x1b, value).is_some() {
        // An escape that is none of Japanese is a trick on terminals.
        let (name, _, damaged) = encoding_rs::ISO_2022_JP.decode(value);
        found.extend((!damaged).then(|| name.into_owned()));
    }
    let words = decode_words(value);
    found.push(words.clone());
    if words.contains("=?") {
        let with_charset = words.replace("=??", "=?utf-8?");
        found.push(decode_words(with_charset.as_bytes()));
        found.push(decode_words(format!("{with_charset}?=").as_bytes()));
    }
    found.push(text_of(value));
    if memchr::memchr(b'%', value).is_some() {
        found.push(text_of(&percent::decoded(value)));
    }
    found
}

/// A value as forgiving readers take it that is not well formed: a parameter behind an open quote, in a comment, with a colon or without
/// a semicolon, unquoted with semicolons in it.
pub(super) struct Loose {
    /// Without line ends.
    raw: String,
    lower: String,
}

impl Loose {
    pub(super) fn of(raw: &str) -> Self {
        let raw = raw.replace(['\r', '\n'], "");
        let lower = raw.to_ascii_lowercase();
        Loose { raw, lower }
    }

    /// True if a word stands anywhere in it, in whichever case. `word`: lower case.
    pub(super) fn has(&self, word: &str) -> bool {
        self.lower.contains(word)
    }

    /// Whatever may be the value of a parameter.
    pub(super) fn readings(&self, name: &str) -> Vec<String> {
        let begins = |at: usize| {
            let before = self.lower[..at].chars().next_back();
            before.is_some_and(|c| c.is_whitespace() || ";,(\"".contains(c))
        };
        let found = self.lower.match_indices(name);
        found
            .filter(|(at, _)| begins(*at))
            .filter_map(|(at, _)| loose_value(&self.raw[at + name.len()..]))
            .collect()
    }
}

fn loose_value(rest: &str) -> Option<String> {
    let (rest, is_extended) = match rest.strip_prefix('*') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let value = rest.trim_start().strip_prefix(['=', ':'])?.trim_start();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => &value[..end_of_bare(value)],
    };
    let value = value.trim().trim_end_matches([')', '"', ';']);
    Some(match is_extended {
        true => extended(value.as_bytes()),
        false => decode_words(value.as_bytes()),
    })
}

/// The semicolon that another parameter stands behind, or the end.
fn end_of_bare(value: &str) -> usize {
    let is_param = |rest: &str| {
        let word = rest.trim_start();
        let end = word.find(|c: char| !c.is_ascii_alphanumeric() && !"*-_".contains(c));
        end.is_some_and(|end| end > 0 && word[end..].trim_start().starts_with('='))
    };
    let mut semicolons = value.match_indices(';').map(|(at, _)| at);
    let end = semicolons.find(|at| is_param(&value[at + 1..]));
    end.unwrap_or(value.len())
}

/// The pieces one behind the other, and the charset the first one names.
fn joined<'a>(pieces: &[(usize, bool, &'a [u8])]) -> (Option<&'a [u8]>, Vec<u8>) {
    let mut charset = None;
    let mut bytes = Vec::new();
    for (i, &(_, is_extended, value)) in pieces.iter().enumerate() {
        let (label, rest) = match i == 0 && is_extended {
            true => charset_prefix(value),
            false => (None, value),
        };
        charset = charset.or(label);
        match is_extended {
            true => bytes.extend(percent::decoded(rest)),
            false => bytes.extend_from_slice(rest),
        }
    }
    (charset, bytes)
}

/// `utf-8'en'na%C3%AFve`
fn extended(value: &[u8]) -> String {
    let (charset, rest) = charset_prefix(value);
    in_charset(charset, &percent::decoded(rest))
}

fn charset_prefix(value: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let mut pieces = value.splitn(3, |b| *b == b'\'');
    match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(charset), Some(_), Some(rest)) => (Some(charset), rest),
        _ => (None, value),
    }
}

/// Text with its RFC 2047 words decoded and its folds taken out.
pub(super) fn decode_words(raw: &[u8]) -> String {
    let text = readable(raw);
    rfc2047::decode_text(text.as_bytes(), |charset, bytes, out| {
        out.push_str(&in_charset(Some(charset), bytes))
    })
    .into_owned()
}

/// UTF-8, else Latin-1: the two readings that raw eight-bit text has.
pub(super) fn text_of(bytes: &[u8]) -> String {
    readable(bytes).into_owned()
}

fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => latin(bytes),
    }
}

pub(super) fn latin(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => text.into(),
        _ => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

fn in_charset(label: Option<&[u8]>, bytes: &[u8]) -> String {
    match label.and_then(encoding_rs::Encoding::for_label) {
        // Only in UTF-16 does a byte order mark say more than the label: elsewhere it would turn the bytes into other characters.
        Some(encoding) if encoding.output_encoding() != encoding => {
            encoding.decode(bytes).0.into_owned()
        }
        Some(encoding) => encoding.decode_with_bom_removal(bytes).0.into_owned(),
        None => text_of(bytes),
    }
}

/// `token/token` (RFC 2045 section 5.1), a comment behind it at most, and it is what was read.
fn is_typed(raw: &[u8], first: &str) -> bool {
    let end = raw.iter().position(|b| b";(".contains(b));
    let head = latin(raw[..end.unwrap_or(raw.len())].trim_ascii()).to_ascii_lowercase();
    let is_token = |text: &str| {
        let is_char = |b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b);
        !text.is_empty() && text.bytes().all(is_char)
    };
    let halves = head.split_once('/');
    halves.is_some_and(|(kind, sub)| is_token(kind) && is_token(sub)) && head == first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(raw: &str) -> Vec<String> {
        Structured::read(raw.as_bytes()).readings("filename")
    }

    #[test]
    fn every_spelling_of_a_name_is_read() {
        let rows = [
            ("attachment; filename=a.pdf", "a.pdf"),
            ("attachment; filename=\"a b.pdf\"", "a b.pdf"),
            ("attachment; filename=\"a\\\"b.pdf\"", "a\"b.pdf"),
            ("attachment;\r\n\tfilename=\r\n \"x;y.pdf\"", "x;y.pdf"),
            ("attachment; filename*=utf-8''na%C3%AFve.txt", "naïve.txt"),
            ("attachment; filename*=utf-8''O'Brien.txt", "O'Brien.txt"),
            (
                "attachment; filename*0*=iso-8859-1''%E4; filename*1=\"b.exe\"",
                "äb.exe",
            ),
            ("attachment; filename*1=b.exe; filename*0=a", "ab.exe"),
            ("attachment; filename=\"=?utf-8?B?w6QuZXhl?=\"", "ä.exe"),
            ("attachment; filename=a.txt; filename=b.exe", "b.exe"),
            ("attachment; filename=a(1).txt", "a(1).txt"),
            ("attachment; (filename=c.txt) filename=d.txt", "d.txt"),
            ("attachment; filename=\"C:\\a\\b.exe\"", "C:\\a\\b.exe"),
            ("attachment; filename=\"a\\.exe\"", "a.exe"),
            ("attachment; filename=\"a.txt\".exe", "a.txt.exe"),
            ("attachment; filename=\"a%2Eexe\"", "a.exe"),
            ("attachment; filename*=a%2Eexe", "a%2Eexe"),
            ("attachment; filename=\"=??Q?a=2Eexe?=\"", "a.exe"),
            ("attachment; filename=\"=?utf-8?Q?a=2Eexe\"", "a.exe"),
            ("attachment; filename*0=a.txt; filename*2=.exe", "a.txt"),
            (
                "attachment; filename*0=a; filename*1=.c; filename*1=.d",
                "a.d",
            ),
        ];
        for (raw, want) in rows {
            assert!(
                names(raw).iter().any(|n| n == want),
                "{raw}: {:?}",
                names(raw)
            );
        }
    }

    #[test]
    fn a_value_that_only_some_readers_get_is_not_plain() {
        let rows = [
            ("b1", true),
            ("\"b1\"", true),
            (" \"b 1\" ", true),
            ("----=_Part_1.2", true),
            ("\r\n \"b1\"", true),
            ("b 1", false),
            ("b\r\n 1", false),
            ("b\\1", false),
            ("\"b\\1\"", false),
            ("\"b\r\n 1\"", false),
            ("\"b1\" x", false),
            ("b\"1\"", false),
            ("b1 (x)", false),
            ("b1(x)", false),
            ("(x)b1", false),
        ];
        for (value, is_plain) in rows {
            let read = Structured::read(format!("a/b; boundary={value}").as_bytes());
            assert_eq!(read.params[0].is_plain, is_plain, "{value:?}");
        }
    }

    #[test]
    fn a_type_that_only_some_readers_get_is_not_typed() {
        let rows = [
            ("text/plain", true),
            (" Text/Plain ; a=b", true),
            ("text/plain (x)", true),
            ("\r\n text/plain", true),
            ("text", false),
            ("text/", false),
            ("text/plain/x", false),
            ("text /plain", false),
            ("text/\r\n plain", false),
            ("text/plain x", false),
            ("text/plain (x) y", false),
            ("(x) text/plain", false),
            ("text(x)/plain", false),
            ("\"text/plain\"", false),
        ];
        for (value, is_typed) in rows {
            assert_eq!(
                Structured::read(value.as_bytes()).is_typed,
                is_typed,
                "{value:?}"
            );
        }
        assert!(Structured::read(b"a/b; c; d=e").has_word);
        assert!(Structured::read(b"a/b; c\x0cd=e").has_word);
        assert!(Structured::read(b"a/b; =e").has_word);
        assert!(!Structured::read(b"a/b;; d = e; ").has_word);
        for (value, is_commented) in [
            ("a/b (x); c=d", false),
            ("a/b (x; y); c=d", true),
            ("a/b; c=d (x)", true),
            ("a/b; (x) c=d", true),
        ] {
            assert_eq!(
                Structured::read(value.as_bytes()).is_commented,
                is_commented,
                "{value:?}"
            );
        }
    }

    #[test]
    fn forgiving_readers_find_more() {
        let rows = [
            ("attachment filename=a.exe", "a.exe"),
            ("attachment, filename=\"a b.exe\"", "a b.exe"),
            ("attachment; filename: a.exe", "a.exe"),
            ("attachment; filename==\"a.exe\"", ""),
            ("attachment; filename=\"a.exe", "a.exe"),
            ("inline; x=\"a; filename=a.txt", "a.txt"),
            ("inline; (x; filename=a.txt)", "a.txt"),
            ("attachment; filename=a;b.exe; size=3", "a;b.exe"),
            ("attachment; filename=a.txt (x).exe", "a.txt (x).exe"),
            ("attachment; FileName*=utf-8''a%2Eexe", "a.exe"),
        ];
        for (raw, want) in rows {
            let found = Loose::of(raw).readings("filename");
            let wanted = (!want.is_empty()).then_some(want.to_owned());
            assert_eq!(
                found.first().filter(|f| !f.starts_with('=')),
                wanted.as_ref(),
                "{raw}"
            );
        }
        assert_eq!(
            Loose::of("x/y; myname=a; renamed=b").readings("name"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_never_ends_is_not_clean() {
        assert!(Structured::read(b"text/plain; name=\"a\"").clean);
        assert!(!Structured::read(b"text/plain; name=\"a").clean);
        assert!(!Structured::read(b"text/plain (a").clean);
        assert_eq!(
            Structured::read(b" Text/Plain (x) ; a=b").first,
            "text/plain"
        );
    }
}
