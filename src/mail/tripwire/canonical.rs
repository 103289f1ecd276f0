//! The form of a mail that its mark speaks of: the MIME fields of its header and its body, without what mail servers may change.
//!
//! The body is taken as RFC 6376 section 3.4.3 (*simple*) has it: to the byte, without the empty lines at its end. White space counts:
//! a blank can make a delimiter of a line of text, or a field of one. Which fields: those that say how the body is to be read, else the same
//! bytes could be text in one mail and a file in another; names in lower case, folds undone, white space outside quotes one blank.
//! The header ends where Postfix ends it too: at the empty line, or before a line that is no field.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// What stands behind so many bytes of header is body: no mail server takes more.
const MOST_HEADER: u64 = 4 * 1024 * 1024;

/// Runs of the canonical body are hashed in pieces of about this size.
const PIECE: usize = 16 * 1024;

/// The hash, and the values of the marks in the header.
pub(super) fn canonical_hash(mail: &mut impl BufRead) -> io::Result<([u8; 32], Vec<String>)> {
    let (header, begun) = Header::read(mail)?;
    let mut body = Body::new(header.hasher());
    body.take(&begun);
    loop {
        let block = mail.fill_buf()?;
        if block.is_empty() {
            return Ok((body.end(), header.marks));
        }
        body.take(block);
        let read = block.len();
        mail.consume(read);
    }
}

/// What counts of a header.
#[derive(Default)]
struct Header {
    marks: Vec<String>,
    /// By their names, each in its order: that of different fields is the servers' business.
    mime: BTreeMap<String, Vec<String>>,
}

impl Header {
    /// Reads up to and with the empty line; or with the first line that is no field, which is of the body.
    fn read(mail: &mut impl BufRead) -> io::Result<(Header, Vec<u8>)> {
        let mut mail = io::Read::take(mail, MOST_HEADER);
        let (mut header, mut field) = (Header::default(), Vec::new());
        loop {
            let mut line = Vec::new();
            mail.read_until(b'\n', &mut line)?;
            if matches!(line.first(), Some(b' ' | b'\t')) && !field.is_empty() {
                field.append(&mut line);
                continue;
            }
            header.take(&field);
            match &line[..] {
                b"" | b"\n" | b"\r\n" => return Ok((header, Vec::new())),
                other if !is_field(other) => return Ok((header, line)),
                _ => field = line,
            }
        }
    }

    fn take(&mut self, field: &[u8]) {
        let Some(colon) = memchr::memchr(b':', field) else {
            return;
        };
        let [name, value] = [&field[..colon], &field[colon + 1..]].map(String::from_utf8_lossy);
        let name = name.trim().to_ascii_lowercase();
        let counts = name.starts_with("content-") && name != "content-length";
        if name.eq_ignore_ascii_case(super::FIELD) {
            self.marks.push(value.into_owned());
        } else if counts || name == "mime-version" {
            self.mime.entry(name).or_default().push(unfolded(&value));
        }
    }

    /// Has taken the fields.
    fn hasher(&self) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new();
        for (name, values) in &self.mime {
            for value in values {
                hasher.update(format!("{name}:{value}\r\n").as_bytes());
            }
        }
        hasher.update(b"\r\n");
        hasher
    }
}

/// A name and a colon; older mail has blanks between them.
fn is_field(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let name = line[..colon].trim_ascii_end();
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

/// Without folds, and with one blank for each run of them outside quotes, as mail servers fold anew where they like.
fn unfolded(value: &str) -> String {
    let (mut out, mut quoted, mut escaped) = (String::new(), false, false);
    for c in value.chars().filter(|c| !matches!(c, '\r' | '\n')) {
        match c {
            ' ' | '\t' if !quoted => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
    }
    out.trim_end().to_owned()
}

/// The body as it comes.
struct Body {
    hasher: blake3::Hasher,
    out: Vec<u8>,
    /// Line ends that count only if something follows.
    lines: u64,
    /// A CR that may be half of one.
    cr: bool,
}

impl Body {
    fn new(hasher: blake3::Hasher) -> Self {
        Body {
            hasher,
            out: Vec::with_capacity(2 * PIECE),
            lines: 0,
            cr: false,
        }
    }

    fn take(&mut self, mut block: &[u8]) {
        while let Some(at) = memchr::memchr(b'\n', block) {
            self.part(&block[..at]);
            (self.lines, self.cr) = (self.lines + 1, false);
            block = &block[at + 1..];
        }
        self.part(block);
    }

    /// Of a line, without its end.
    fn part(&mut self, bytes: &[u8]) {
        let Some((last, before)) = bytes.split_last() else {
            return;
        };
        if std::mem::take(&mut self.cr) {
            self.put(b"\r");
        }
        self.cr = *last == b'\r';
        self.put(if self.cr { before } else { bytes });
    }

    fn put(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        for _ in 0..std::mem::take(&mut self.lines) {
            self.keep(b"\r\n");
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        if self.out.len() >= PIECE {
            self.hasher.update(&self.out);
            self.out.clear();
        }
    }

    fn end(mut self) -> [u8; 32] {
        if self.cr {
            self.put(b"\r");
        }
        self.hasher.update(&self.out);
        self.hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn hash(mail: &[u8], capacity: usize) -> [u8; 32] {
        let mut reader = BufReader::with_capacity(capacity, mail);
        canonical_hash(&mut reader).unwrap().0
    }

    #[test]
    fn it_does_not_matter_where_the_bytes_are_cut() {
        let mail =
            b"A: b\r\nContent-Type: a/b;\r\n c=d\r\n\r\nOne  two \r\n\r\n three\t\r\n\r\n\r\n";
        let whole = hash(mail, 4096);
        for capacity in 1..40 {
            assert_eq!(hash(mail, capacity), whole, "{capacity}");
        }
    }

    #[test]
    fn the_body_counts_to_the_byte_but_for_empty_lines_at_its_end() {
        let body = |text: &str| hash(format!("A: b\r\n\r\n{text}").as_bytes(), 64);
        // Section 3.4.5 has this body.
        let as_sent = body(" C \r\nD \t E\r\n\r\n\r\n");
        assert_eq!(as_sent, body(" C \r\nD \t E"));
        assert_eq!(as_sent, body(" C \nD \t E\n"));
        for other in [
            " C\r\nD \t E\r\n",
            " C \r\nD  E\r\n",
            "C \r\nD \t E\r\n",
            " C \r\n\r\nD \t E\r\n",
            " C \r\n \r\nD \t E\r\n",
            " C \r\r\nD \t E\r\n",
            "\r\n C \r\nD \t E\r\n",
            " C \r\nD \t E\r\n\r",
            " C \r\nD \t E\r\n ",
        ] {
            assert_ne!(as_sent, body(other), "{other:?}");
        }
    }

    #[test]
    fn blanks_count_where_readers_see_them() {
        let rows = [
            ("a/b;\r\n\tc=d", " a/b;  c=d ", true),
            ("a/b; c=\"d e\"", "a/b; c=\"d  e\"", false),
            ("a/b; c=\"d e\"", "a/b;\r\n c=\"d\r\n e\"", true),
            ("a/b; c=\"d\\\" e\"", "a/b; c=\"d\\\"  e\"", false),
            ("a/b; c=d", "a/b;c=d", false),
        ];
        for (one, other, same) in rows {
            let mail = |value: &str| hash(format!("Content-Type:{value}\r\n\r\nx").as_bytes(), 64);
            assert_eq!(
                mail(&format!(" {one}")) == mail(other),
                same,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn every_field_that_says_what_the_body_is_counts() {
        let plain = hash(b"A: b\r\n\r\nx", 64);
        for field in [
            "Content-Disposition: attachment",
            "content-id: <a>",
            "MIME-Version: 1.0",
            "Content-X: y",
        ] {
            assert_ne!(
                hash(format!("A: b\r\n{field}\r\n\r\nx").as_bytes(), 64),
                plain,
                "{field}"
            );
        }
        for field in ["Content-Length: 7", "X-Content-Type: a/b", "Received: z"] {
            assert_eq!(
                hash(format!("{field}\r\nA: b\r\n\r\nx").as_bytes(), 64),
                plain,
                "{field}"
            );
        }
    }

    /// Postfix puts an empty line before it.
    #[test]
    fn a_line_that_is_no_field_begins_the_body() {
        let without = hash(b"A: b\r\nno field\r\nContent-Type: a/b\r\n\r\nx", 64);
        assert_eq!(
            without,
            hash(b"A: b\r\n\r\nno field\r\nContent-Type: a/b\r\n\r\nx", 64)
        );
    }

    #[test]
    fn a_header_without_an_end_is_a_mail_too() {
        for mail in [&b""[..], b"A: b", b"A: b\r\n", b"\r\n", b"no field\r\n\r\n"] {
            let again = hash(mail, 16);
            assert_eq!(hash(mail, 3), again);
        }
    }
}
