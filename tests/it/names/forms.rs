//! The spellings in which a mail's header can carry a file's name, and a mail of many files.

use super::table::{Given, Row};
use std::fmt::Write;

/// A spelling: the fields of a part named so; `None` if it cannot carry this name.
pub type Form = fn(&Given) -> Option<String>;

pub const FORMS: [(&str, Form); 7] = [
    ("RFC 2231", |given| {
        let (charset, bytes) = bytes_of(given);
        let value = percent(&bytes);
        disposition(&format!("filename*={charset}''{value}"))
    }),
    ("RFC 2231 in pieces", in_pieces),
    ("RFC 2047 B", |given| {
        let (charset, words) = words(given, 45)?;
        let word =
            |w: &Vec<u8>| format!("=?{charset}?B?{}?=", encodify::base64::STANDARD.encode(w));
        quoted("filename", &joined(&words, word))
    }),
    ("RFC 2047 Q, in Content-Type", |given| {
        let (charset, words) = words(given, 20)?;
        let word = |w: &Vec<u8>| format!("=?{charset}?Q?{}?=", percent(w).replace('%', "="));
        let name = joined(&words, word);
        Some(format!(
            "Content-Disposition: attachment\r\nContent-Type: application/octet-stream;\r\n\tname=\"{name}\"\r\n"
        ))
    }),
    ("raw, quoted", |given| {
        let raw = raw_of(given)?;
        quoted("filename", &raw.replace('\\', "\\\\").replace('"', "\\\""))
    }),
    ("raw, quoted, in Content-Type", |given| {
        let raw = raw_of(given)?.replace('\\', "\\\\").replace('"', "\\\"");
        Some(format!(
            "Content-Disposition: attachment\r\nContent-Type: application/octet-stream; name=\"{raw}\"\r\n"
        ))
    }),
    ("a token", |given| {
        let raw = raw_of(given)?;
        let token = |c: char| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(c);
        let fits = !raw.is_empty() && raw.chars().all(token);
        fits.then(|| disposition(&format!("filename={raw}")))?
    }),
];

/// RFC 2231 section 3; the only one that carries everything in short lines of ASCII.
pub fn in_pieces(given: &Given) -> Option<String> {
    let (charset, bytes) = bytes_of(given);
    let mut pieces: Vec<String> = bytes.chunks(20).map(percent).collect();
    if pieces.is_empty() {
        pieces.push(String::new());
    }
    pieces[0].insert_str(0, &format!("{charset}''"));
    let numbered = |(n, piece): (usize, &String)| format!("filename*{n}*={piece}");
    let pieces: Vec<String> = pieces.iter().enumerate().map(numbered).collect();
    disposition(&pieces.join(";\r\n\t"))
}

fn disposition(parameters: &str) -> Option<String> {
    Some(format!(
        "Content-Disposition: attachment;\r\n\t{parameters}\r\n"
    ))
}

fn quoted(parameter: &str, value: &str) -> Option<String> {
    disposition(&format!("{parameter}=\"{value}\""))
}

fn bytes_of(given: &Given) -> (&str, Vec<u8>) {
    match given {
        Given::Text(text) => ("utf-8", text.clone().into_bytes()),
        Given::Bytes(charset, bytes) => (charset, bytes.clone()),
    }
}

/// Pieces of at most so many bytes, no character cut; a name without bytes cannot be a word, nor bytes of no charset.
fn words(given: &Given, most: usize) -> Option<(&str, Vec<Vec<u8>>)> {
    let (charset, bytes) = bytes_of(given);
    let mut words: Vec<Vec<u8>> = vec![Vec::new()];
    match given {
        Given::Bytes(..) => words = vec![bytes],
        Given::Text(text) => {
            for c in text.chars() {
                if words[words.len() - 1].len() + c.len_utf8() > most {
                    words.push(Vec::new());
                }
                let mut buffer = [0; 4];
                let last = words.last_mut().expect("there is a first");
                last.extend(c.encode_utf8(&mut buffer).bytes());
            }
        }
    }
    // Blanks alone decode to no name at all, and the undecoded words are the name.
    let blank = |text: &str| text.trim_matches(['\u{feff}', ' ']).trim().is_empty();
    let has_text = !matches!(given, Given::Text(text) if blank(text));
    (!charset.is_empty() && has_text).then_some((charset, words))
}

fn joined(words: &[Vec<u8>], word: impl Fn(&Vec<u8>) -> String) -> String {
    words.iter().map(word).collect::<Vec<_>>().join("\r\n ")
}

/// As eight-bit text without a word about its charset: a line is a line, a NUL is no mail, and what looks encoded is taken for it.
fn raw_of(given: &Given) -> Option<String> {
    match given {
        Given::Text(text) => {
            (!text.contains(['\r', '\n', '\0']) && !text.contains("=?")).then(|| text.clone())
        }
        Given::Bytes(..) => None,
    }
}

/// Everything but letters and digits, so that it stands for itself in every grammar.
fn percent(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        match byte.is_ascii_alphanumeric() {
            true => out.push(char::from(*byte)),
            false => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// What the file of a row holds: says whose it is.
pub fn content(number: usize) -> String {
    format!("file of row {number}\n")
}

/// A mail with a text and a file for each row that the form can carry; and which rows those are.
pub fn mail<'r>(
    rows: impl IntoIterator<Item = (usize, &'r Row)>,
    form: Form,
) -> (String, Vec<usize>) {
    let mut mail =
        "From: Anna Lind <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Names\r\n\
                    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n\
                    --=_b\r\nContent-Type: text/html\r\n\r\n<p>Many files.</p>\r\n"
            .to_owned();
    let mut carried = Vec::new();
    for (number, row) in rows {
        let Some(fields) = form(&row.given) else {
            continue;
        };
        let body = encodify::base64::STANDARD.encode(content(number));
        let _ = write!(
            mail,
            "--=_b\r\n{fields}Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n"
        );
        carried.push(number);
    }
    mail.push_str("--=_b--\r\n");
    (mail, carried)
}
