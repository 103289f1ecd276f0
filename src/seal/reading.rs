//! A face of the message as one text: its parts one below the other, each decoded, as UTF-8.
//!
//! Promises: constant memory. In the formatted face a plain text stands as text: escaped, in a `<pre>`.

use super::utf8::Utf8;
use crate::mail::Mail;
use crate::mail::decode::decoded;
use crate::mail::outline::{Part, Role};
use crate::transfer::EntryKind;
use std::io::{self, Read};

/// Everything of the face.
pub(super) fn face<'a>(
    mail: &'a Mail,
    kind: EntryKind,
    parts: &[usize],
) -> io::Result<Box<dyn Read + 'a>> {
    let mut all: Box<dyn Read + 'a> = Box::new(io::empty());
    for (place, index) in parts.iter().enumerate() {
        let part = &mail.outline.parts[*index];
        let text = Utf8::new(decoded(&mail.spool, part), part)?;
        let framed: Box<dyn Read + 'a> = match (kind, part.role) {
            (EntryKind::Html, Role::Text) => Box::new(
                (&b"<pre>"[..])
                    .chain(Escaped::new(text))
                    .chain(&b"</pre>\r\n"[..]),
            ),
            _ => Box::new(text),
        };
        let between: &[u8] = match (place, kind) {
            (0, _) => b"",
            (_, EntryKind::Html) => b"\r\n<hr>\r\n",
            _ => b"\r\n\r\n",
        };
        all = Box::new(all.chain(between).chain(framed));
    }
    Ok(all)
}

/// The media type of a plain face: `format=flowed` (RFC 3676) if all of it is, so that a page can join the lines.
pub(super) fn plain_type(mail: &Mail, parts: &[usize]) -> String {
    let all = |what: &str| parts.iter().all(|i| says(&mail.outline.parts[*i], what));
    match (all("format=flowed"), all("delsp=yes")) {
        (true, true) => "text/plain; charset=utf-8; format=flowed; delsp=yes",
        (true, false) => "text/plain; charset=utf-8; format=flowed",
        _ => "text/plain; charset=utf-8",
    }
    .to_owned()
}

fn says(part: &Part, parameter: &str) -> bool {
    let value = part.fields.value("Content-Type").unwrap_or_default();
    value.split(';').any(|said| {
        let said: String = said
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '"')
            .collect();
        said.eq_ignore_ascii_case(parameter)
    })
}

/// `&`, `<` and `>` as HTML writes them.
struct Escaped<R> {
    source: R,
    raw: Vec<u8>,
    out: Vec<u8>,
    at: usize,
}

impl<R> Escaped<R> {
    fn new(source: R) -> Self {
        Escaped {
            source,
            raw: vec![0; 8 * 1024],
            out: Vec::new(),
            at: 0,
        }
    }
}

impl<R: Read> Read for Escaped<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at == self.out.len() {
            let n = self.source.read(&mut self.raw)?;
            self.out.clear();
            self.at = 0;
            for byte in &self.raw[..n] {
                match byte {
                    b'&' => self.out.extend_from_slice(b"&amp;"),
                    b'<' => self.out.extend_from_slice(b"&lt;"),
                    b'>' => self.out.extend_from_slice(b"&gt;"),
                    other => self.out.push(*other),
                }
            }
        }
        let n = to.len().min(self.out.len() - self.at);
        to[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
