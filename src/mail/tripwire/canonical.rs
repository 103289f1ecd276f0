//! The form of a mail that its mark speaks of: the MIME fields of its header and its body, without what mail servers may change.
//!
//! Both are taken as RFC 6376 (sections 3.4.2 and 3.4.4, *relaxed*) takes them: names in lower case, folds undone, white space in a line
//! one space, none at its end, no empty lines at the end. A CR counts as white space, so that it is no matter how lines end. Which
//! fields: those that say how the body is to be read; else the same bytes could be text in one mail and a file in another.

use std::io::{self, BufRead};

/// What stands behind so many bytes of header is body: no mail server takes more.
const MOST_HEADER: u64 = 4 * 1024 * 1024;

/// Runs of the canonical body are hashed in pieces of about this size.
const PIECE: usize = 16 * 1024;

/// They say what the body is.
const MIME: [&str; 3] = ["content-type", "content-transfer-encoding", "mime-version"];

/// The hash, and the values of the marks in the header.
pub(super) fn canonical_hash(mail: &mut impl BufRead) -> io::Result<([u8; 32], Vec<String>)> {
    let header = Header::read(mail)?;
    let mut body = Body::new(header.hasher());
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
    /// The values of each of [`MIME`], in their order: that of different fields is the servers' business.
    mime: [Vec<String>; MIME.len()],
}

impl Header {
    /// Reads up to and with the empty line.
    fn read(mail: &mut impl BufRead) -> io::Result<Header> {
        let mut mail = io::Read::take(mail, MOST_HEADER);
        let (mut header, mut field) = (Header::default(), Vec::new());
        loop {
            let mut line = Vec::new();
            mail.read_until(b'\n', &mut line)?;
            if matches!(line.first(), Some(b' ' | b'\t')) {
                field.append(&mut line);
                continue;
            }
            header.take(&field);
            if matches!(&line[..], b"" | b"\n" | b"\r\n") {
                return Ok(header);
            }
            field = line;
        }
    }

    fn take(&mut self, field: &[u8]) {
        let Some(colon) = memchr::memchr(b':', field) else {
            return;
        };
        let [name, value] = [&field[..colon], &field[colon + 1..]].map(String::from_utf8_lossy);
        let name = name.trim();
        if name.eq_ignore_ascii_case(super::FIELD) {
            self.marks.push(value.into_owned());
        } else if let Some(which) = MIME.iter().position(|m| name.eq_ignore_ascii_case(m)) {
            let words: Vec<&str> = value.split_ascii_whitespace().collect();
            self.mime[which].push(words.join(" "));
        }
    }

    /// Has taken the fields.
    fn hasher(&self) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new();
        for (name, values) in MIME.iter().zip(&self.mime) {
            for value in values {
                hasher.update(format!("{name}:{value}\r\n").as_bytes());
            }
        }
        hasher.update(b"\r\n");
        hasher
    }
}

/// The body as it comes.
struct Body {
    hasher: blake3::Hasher,
    out: Vec<u8>,
    /// Line ends and white space that count only if something follows.
    lines: u64,
    blank: bool,
}

impl Body {
    fn new(hasher: blake3::Hasher) -> Self {
        Body {
            hasher,
            out: Vec::with_capacity(2 * PIECE),
            lines: 0,
            blank: false,
        }
    }

    fn take(&mut self, mut block: &[u8]) {
        while let Some(at) = memchr::memchr(b'\n', block) {
            self.line(&block[..at]);
            (self.lines, self.blank) = (self.lines + 1, false);
            block = &block[at + 1..];
        }
        self.line(block);
    }

    /// A line without its end, or a part of one.
    fn line(&mut self, mut line: &[u8]) {
        while !line.is_empty() {
            let space = memchr::memchr3(b'\r', b' ', b'\t', line);
            let (word, rest) = line.split_at(space.unwrap_or(line.len()));
            if !word.is_empty() {
                self.word(word);
            }
            self.blank |= !rest.is_empty();
            line = rest.get(1..).unwrap_or_default();
        }
    }

    fn word(&mut self, word: &[u8]) {
        while self.lines > 0 {
            self.put(b"\r\n");
            self.lines -= 1;
        }
        if std::mem::take(&mut self.blank) {
            self.put(b" ");
        }
        self.put(word);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        if self.out.len() >= PIECE {
            self.hasher.update(&self.out);
            self.out.clear();
        }
    }

    fn end(mut self) -> [u8; 32] {
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
    fn the_forms_of_rfc_6376() {
        // Section 3.4.5 has this body and what becomes of it.
        let as_sent = b"\r\n C \r\nD \t E\r\n\r\n\r\n";
        assert_eq!(hash(as_sent, 64), hash(b"\r\n C\r\nD E\r\n", 64));
        assert_ne!(hash(as_sent, 64), hash(b"\r\nC\r\nD E\r\n", 64));
        assert_ne!(hash(as_sent, 64), hash(b"\r\n C\r\n\r\nD E\r\n", 64));
    }

    #[test]
    fn a_header_without_an_end_is_a_mail_too() {
        for mail in [&b""[..], b"A: b", b"A: b\r\n", b"\r\n", b"no field\r\n\r\n"] {
            let again = hash(mail, 16);
            assert_eq!(hash(mail, 3), again);
        }
    }
}
