//! The *relaxed* canonical forms (RFC 6376 section 3.4.2 and 3.4.4): what a signature is made over.

/// The body in pieces, split anywhere. Trailing blank lines are held back as a number, so that no memory follows their count.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// A carriage return whose line feed is not here yet.
    cr: bool,
    /// White space that counts only if more follows on its line.
    blank: bool,
    /// Line ends that count only if more follows.
    breaks: u64,
    /// Something came that is no line end.
    any: bool,
}

impl Body {
    /// The canonical form of the next bytes, put behind `out`.
    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some((&first, rest)) = bytes.split_first() {
            if std::mem::take(&mut self.cr) {
                if first == b'\n' {
                    self.blank = false;
                    self.breaks += 1;
                    bytes = rest;
                    continue;
                }
                self.put(b"\r", out);
            }
            match first {
                b'\r' => self.cr = true,
                b' ' | b'\t' => self.blank = true,
                _ => {
                    let end = memchr::memchr3(b' ', b'\t', b'\r', bytes).unwrap_or(bytes.len());
                    self.put(&bytes[..end], out);
                    bytes = &bytes[end..];
                    continue;
                }
            }
            bytes = rest;
        }
    }

    /// No more comes: a body that is not empty ends with one line end.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.cr) {
            self.put(b"\r", out);
        }
        if self.any {
            out.extend_from_slice(b"\r\n");
        }
    }

    fn put(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for _ in 0..std::mem::take(&mut self.breaks) {
            out.extend_from_slice(b"\r\n");
        }
        if std::mem::take(&mut self.blank) {
            out.push(b' ');
        }
        self.any = true;
        out.extend_from_slice(bytes);
    }
}

/// Name in lower case and `name:value` without the line end; `None` for what is no field.
pub(super) fn field(raw: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = memchr::memchr(b':', raw)?;
    let name = raw[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let mut out = format!("{name}:").into_bytes();
    let words = raw[colon + 1..]
        .split(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
        .filter(|word| !word.is_empty());
    for (i, word) in words.enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    Some((name, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &[u8], piece: usize) -> Vec<u8> {
        let (mut body, mut out) = (Body::default(), Vec::new());
        for piece in text.chunks(piece) {
            body.push(piece, &mut out);
        }
        body.finish(&mut out);
        out
    }

    #[test]
    fn a_body_is_the_same_however_it_is_cut() {
        let rows: &[(&[u8], &[u8])] = &[
            (b"", b""),
            (b"\r\n", b""),
            (b" \t\r\n\r\n  ", b""),
            (b"a", b"a\r\n"),
            (b"a \t b\t \r\n\t\r\n\r\n", b"a b\r\n"),
            (b"\r\n\r\na\r\n\r\n b\r\n \r\n", b"\r\n\r\na\r\n\r\n b\r\n"),
            (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),
            (b"gr\xfc\xdfe \xff\r\n", b"gr\xfc\xdfe \xff\r\n"),
            (b"a\r\n\r", b"a\r\n\r\r\n"),
        ];
        for (text, want) in rows {
            for piece in 1..=text.len().max(1) {
                assert_eq!(&body(text, piece), want, "{text:?} in {piece}");
            }
        }
    }

    #[test]
    fn a_field_is_one_line_of_single_blanks() {
        let rows: &[(&[u8], Option<&[u8]>)] = &[
            (b"A: X\r\n", Some(b"a:X")),
            (b"B : Y\t\r\n\tZ  \r\n", Some(b"b:Y Z")),
            (b"Subject:\r\n", Some(b"subject:")),
            (b"Subject: \xe5 \r\n \r\n x\r\n", Some(b"subject:\xe5 x")),
            (b"no field\r\n", None),
            (b"two words: x\r\n", None),
            (b": x\r\n", None),
        ];
        for (raw, want) in rows {
            assert_eq!(field(raw).map(|f| f.1).as_deref(), *want, "{raw:?}");
        }
    }
}
