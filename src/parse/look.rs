//! One look through a part's decoded body: how long it is, and for a text what is hidden in it.
//!
//! Finds the pictures an HTML text refers to, inline PGP, and files written into a text (uuencode, xxencode, yEnc, BinHex, `data:`).
//! Constant memory: blocks with an overlap of 512 bytes, at most 1 000 references.

use super::armor::Armor;
use super::header::is_structural_line;
use super::truth;
use crate::mail::outline::Role;
use crate::mail::{Decoder, Part};
use memchr::memmem;
use std::collections::BTreeSet;
use std::io::{self, Read};

const BLOCK: usize = 64 * 1024;
const OVERLAP: usize = 512;
const MAX_REFERENCES: usize = 1_000;
/// So many bytes of base64 in a row are a file, not a word (T33).
const ENCODED: usize = 1024;

/// What was found.
#[derive(Debug)]
pub(super) struct Look {
    /// It is what its role promises.
    pub holds: bool,
    /// A picture that can be shown.
    pub is_picture: bool,
    /// A CMS object, and what it says is in it.
    pub cms: Option<truth::Cms>,
    /// Decoded bytes.
    pub len: u64,
    /// Content-IDs that an HTML text refers to, percent escapes undone.
    pub references: BTreeSet<String>,
    /// Inline PGP and not a word beside it.
    pub pgp_message: bool,
    /// `-----BEGIN PGP SIGNED MESSAGE-----`
    pub pgp_signed: bool,
    /// A file written into the text.
    pub doubt: Option<&'static str>,
    /// The last block ended in a key or certificate.
    in_armor: bool,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            holds: true,
            is_picture: false,
            cms: None,
            len: 0,
            references: BTreeSet::new(),
            pgp_message: false,
            pgp_signed: false,
            doubt: None,
            in_armor: false,
        }
    }
}

/// Reads to the end.
pub(super) fn through(decoder: &mut Decoder<'_>, part: &Part) -> io::Result<Look> {
    match part.role {
        Role::Html | Role::Report | Role::Text => text(decoder, part),
        _ => file(decoder, part),
    }
}

fn file(decoder: &mut Decoder<'_>, part: &Part) -> io::Result<Look> {
    let wanted = match part.role {
        Role::Calendar => truth::INVITATION_MAX,
        _ => truth::HEAD as u64,
    };
    let mut head = Vec::new();
    decoder.by_ref().take(wanted).read_to_end(&mut head)?;
    let len = head.len() as u64 + decoder.measure()?;
    Ok(Look {
        holds: truth::holds(part.role, part, &head, len),
        is_picture: part.content_id.is_some() && truth::is_picture(&head),
        cms: truth::cms(&head),
        len,
        ..Look::default()
    })
}

fn text(decoder: &mut Decoder<'_>, part: &Part) -> io::Result<Look> {
    let role = part.role;
    let mut look = Look::default();
    let mut armor = Armor::new(role == Role::Html);
    // Begins as if a line had just ended, so that the first line needs no special case.
    let mut text = vec![b'\n'];
    loop {
        let n = decoder.by_ref().take(BLOCK as u64).read_to_end(&mut text)?;
        if look.len == 0 {
            let head = &text[1..text.len().min(1 + truth::HEAD)];
            look.holds = truth::holds(role, part, head, n as u64);
        }
        look.len += n as u64;
        armor.feed(&text[text.len() - n..]);
        look.at(&text, role == Role::Html, n == 0);
        look.doubt = look.doubt.or(part_in_status(part, &text));
        if n == 0 {
            look.pgp_message = armor.finish();
            return Ok(look);
        }
        text.drain(..text.len().saturating_sub(OVERLAP));
    }
}

impl Look {
    fn at(&mut self, text: &[u8], is_html: bool, is_last: bool) {
        if is_html {
            self.note_references(text, is_last);
            self.doubt = self.doubt.or(file_in_url(text));
        }
        let begins = |marker: &[u8]| {
            memmem::find_iter(text, marker).any(|at| is_html || text[..at].ends_with(b"\n"))
        };
        self.pgp_signed |= begins(b"-----BEGIN PGP SIGNED MESSAGE-----");
        if !is_html && self.doubt.is_none() {
            self.doubt = file_in_text(text).or(base64_in_text(text, &mut self.in_armor));
        }
    }

    fn note_references(&mut self, text: &[u8], is_last: bool) {
        for colon in memchr::memchr_iter(b':', text) {
            let is_cid = colon >= 3 && text[colon - 3..colon].eq_ignore_ascii_case(b"cid");
            let rest = &text[colon + 1..];
            let end = rest.iter().position(|b| b" \t\r\n\"'<>()\\".contains(b));
            // Cut by the end of the block: it is looked at again with the next one.
            if is_cid && (end.is_some() || is_last) && self.references.len() < MAX_REFERENCES {
                let id = &rest[..end.unwrap_or(rest.len())];
                self.references.insert(content_id(id));
            }
        }
    }
}

/// RFC 2392: a `cid:` URL is the Content-ID with percent escapes; HTML may have written `&` as `&amp;`.
fn content_id(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw).replace("&amp;", "&");
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let hex = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, hex) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                out.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A file that older and friendlier readers take out of a text and that no outline shows (T33).
pub(super) fn file_in_text(text: &[u8]) -> Option<&'static str> {
    if memmem::find(text, b"\n=ybegin ").is_some_and(|at| has(&text[at..], b" size=")) {
        return Some("a yEnc file inside a text");
    }
    if memmem::find(text, b"\n(This file must be converted with BinHex").is_some() {
        return Some("a BinHex file inside a text");
    }
    memmem::find_iter(text, b"\nbegin").find_map(|at| uu_or_xx(&text[at + 1..]))
}

/// A delivery status or notification that swallowed the part behind it, as its delimiter is broken.
fn part_in_status(part: &Part, text: &[u8]) -> Option<&'static str> {
    let is_status = part.role == Role::Report && !part.media_type.ends_with("headers");
    // Postfix encodes a status in base64 and says so in a block of its own: no part begins with that field alone.
    let is_encoding = |line: &[u8]| line[8..12].eq_ignore_ascii_case(b"tran");
    let has_part = || {
        let mut lines = text.split(|b| *b == b'\n');
        lines.any(|line| is_structural_line(line) && !is_encoding(line))
    };
    (is_status && has_part()).then_some("a header block outside the parts")
}

/// A `data:` URL (RFC 2397) in base64 that is neither a picture nor a font: a file behind a click (T33).
fn file_in_url(html: &[u8]) -> Option<&'static str> {
    const SHOWN: [&[u8]; 5] = [
        b"image/",
        b"font/",
        b"application/font",
        b"application/x-font",
        b"text/css",
    ];
    let is_file = |at: usize| {
        let before = html[at.saturating_sub(200)..at].to_ascii_lowercase();
        let kind = memmem::rfind(&before, b"data:").map(|at| &before[at + 5..]);
        kind.is_some_and(|kind| {
            !kind.iter().any(|b| b" \t\r\n\"'()<>".contains(b))
                && !SHOWN.iter().any(|shown| kind.starts_with(shown))
        })
    };
    memmem::find_iter(html, b";base64,")
        .any(is_file)
        .then_some("a file in a data: URL")
}

/// Base64 that is no key, certificate or signature: what a broken or forwarded mail leaves of an attachment.
pub(super) fn base64_in_text(text: &[u8], in_armor: &mut bool) -> Option<&'static str> {
    let mut run = 0;
    for line in text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end) {
        if line.starts_with(b"-----BEGIN ") || line.starts_with(b"-----END ") {
            *in_armor = line.starts_with(b"-----BEGIN ");
        }
        let is_base64 = line.len() >= 60
            && line
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
        run = match is_base64 && !*in_armor {
            true => run + line.len(),
            false => 0,
        };
        if run > ENCODED {
            return Some("base64 inside a text");
        }
    }
    None
}

fn has(text: &[u8], needle: &[u8]) -> bool {
    let line = text[1..].split(|b| *b == b'\n').next().unwrap_or_default();
    memmem::find(line, needle).is_some()
}

/// `begin 644 name`, and a next line as long as its first character says.
fn uu_or_xx(text: &[u8]) -> Option<&'static str> {
    let mut lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end);
    let mut words = lines.next()?.splitn(3, |b| *b == b' ');
    let begin = words.next()?;
    let mode = words.next()?;
    let named = words.next().is_some_and(|name| !name.is_empty());
    if !named || !(3..=4).contains(&mode.len()) || !mode.iter().all(|b| (b'0'..=b'7').contains(b)) {
        return None;
    }
    let data = lines.find(|line| !line.is_empty())?;
    match begin {
        b"begin-base64" => Some("a base64 file inside a text"),
        b"begin" if data == b"`" || data == b"end" => Some("a uuencoded file inside a text"),
        b"begin" if is_uu_line(data) => Some("a uuencoded file inside a text"),
        b"begin" if is_xx_line(data) => Some("an xxencoded file inside a text"),
        _ => None,
    }
}

/// The first character says how many bytes; spaces at the end of the line may have been lost, a check character may be added.
fn is_uu_line(line: &[u8]) -> bool {
    let Some((&first, rest)) = line.split_first() else {
        return false;
    };
    let groups = usize::from(first.wrapping_sub(32) & 63).div_ceil(3);
    (33..=96).contains(&first)
        && rest.iter().all(|b| (32..=96).contains(b))
        && (groups * 4).saturating_sub(8) <= rest.len()
        && rest.len() <= groups * 4 + 2
}

fn is_xx_line(line: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut values = line.iter().map(|b| ALPHABET.iter().position(|a| a == b));
    let Some(Some(bytes)) = values.next() else {
        return false;
    };
    let groups = bytes.div_ceil(3);
    bytes > 0
        && values.all(|v| v.is_some())
        && (groups * 4..=groups * 4 + 2).contains(&(line.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Spool;
    use crate::mail::outline::Encoding;

    fn look(text: &str, role: Role) -> Look {
        let spool = Spool::of(text);
        let mut decoder = Decoder::new(&spool, 0..spool.len(), Encoding::Identity);
        let part = Part {
            role,
            ..crate::mail::Part::empty("1")
        };
        through(&mut decoder, &part).expect("a spool in memory")
    }

    #[test]
    fn references_are_found_wherever_a_block_ends() {
        for before in BLOCK - 30..BLOCK + 2 {
            let html = format!(
                "{}<img src=\"cid:a%40b\"> url(CID:x&amp;y)",
                "x".repeat(before)
            );
            let found = look(&html, Role::Html).references;
            assert_eq!(
                found.iter().map(String::as_str).collect::<Vec<_>>(),
                ["a@b", "x&y"]
            );
        }
    }

    #[test]
    fn files_in_a_url_are_told_from_pictures() {
        let rows = [
            ("<a href=\"data:application/pdf;base64,QQ==\">", true),
            ("<a href='DATA:;name=x;base64,QQ=='>", true),
            ("<img src=\"data:image/png;base64,QQ==\">", false),
            (
                "<style>@font-face{src:url(data:font/woff2;base64,QQ==)}",
                false,
            ),
            ("<p>we write ;base64, in mails</p>", false),
        ];
        for (html, is_file) in rows {
            assert_eq!(look(html, Role::Html).doubt.is_some(), is_file, "{html}");
        }
    }

    #[test]
    fn base64_in_a_text_is_told_from_keys_and_words() {
        let lines = |n: usize| format!("{}\r\n", "QUJD".repeat(19)).repeat(n);
        let key = |n: usize| {
            let body = lines(n);
            format!("-----BEGIN CERTIFICATE-----\r\n{body}-----END CERTIFICATE-----\r\n")
        };
        let rows = [
            (lines(14), true),
            (lines(13), false),
            (format!("{}\r\n{}", lines(13), lines(13)), false),
            (key(3000), false),
            (format!("{}{}", key(2000), lines(14)), true),
            ("a word and a word and so on\r\n".repeat(3000), false),
        ];
        for (text, is_file) in rows {
            let found = look(&text, Role::Text).doubt;
            assert_eq!(found.is_some(), is_file, "{} bytes", text.len());
        }
    }

    #[test]
    fn files_in_a_text_are_told_from_words() {
        let uu = "begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n";
        let xx = "begin 644 a.txt\r\n1Eqxm\r\n";
        let rows = [
            (uu.to_owned(), true),
            (format!("Hello\r\n{uu}"), true),
            (format!("{}\r\n{uu}", "x".repeat(BLOCK - 9)), true),
            ("=ybegin line=128 size=5 name=a\r\n".to_owned(), true),
            ("begin-base64 644 a\r\nQUJD\r\n".to_owned(), true),
            ("begin 644 a.txt\r\n6EqxmMKloPKNoMKlo\r\n".to_owned(), false),
            (xx.to_owned(), true),
            (
                "begin 100 push-ups\r\nand go on tomorrow\r\n".to_owned(),
                false,
            ),
            ("we begin 644 a.txt\r\n#0V%T\r\n".to_owned(), false),
            ("begin with this\r\n".to_owned(), false),
        ];
        for (text, is_file) in rows {
            let found = look(&text, Role::Text).doubt;
            assert_eq!(found.is_some(), is_file, "{:?}", text);
        }
    }

    #[test]
    fn inline_pgp_counts_at_the_start_of_a_line_only() {
        let armor = "-----BEGIN PGP MESSAGE-----\r\n\r\nQUJD\r\n-----END PGP MESSAGE-----\r\n";
        assert!(look(armor, Role::Text).pgp_message);
        assert!(!look(&format!("> {armor}"), Role::Text).pgp_message);
        assert!(look(&format!("<pre>{armor}"), Role::Html).pgp_message);
        assert!(look("a\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n", Role::Text).pgp_signed);
        assert!(!look("> -----BEGIN PGP SIGNED MESSAGE-----\r\n", Role::Text).pgp_signed);
    }
}
