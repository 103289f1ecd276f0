//! Inline PGP: is a text ciphertext and nothing else (RFC 9580 section 6.2)?
//!
//! One word outside the armour makes it a text like any other: a list's footer, a greeting above it, or a marker that somebody wrote
//! so that rules leave the mail alone. Of HTML the markup does not count, and each tag ends a line. Constant memory.

/// A longer line is no line of an armour.
const LONGEST: usize = 120;
/// `Version`, `Comment` and the like.
const MOST_HEADERS: usize = 6;

/// Reads a text, block by block.
#[derive(Debug)]
pub(super) struct Armor {
    is_html: bool,
    place: Place,
    tag: Tag,
    line: Vec<u8>,
    /// One armour was there from its first to its last line.
    complete: bool,
    /// Something else was there too.
    clear: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    None,
    /// Behind its `<`.
    Opened,
    Inside,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Headers(usize),
    Inside,
}

impl Armor {
    pub(super) fn new(is_html: bool) -> Self {
        Armor {
            is_html,
            place: Place::Outside,
            tag: Tag::None,
            line: Vec::with_capacity(LONGEST),
            complete: false,
            clear: false,
        }
    }

    /// The next block of the text, wherever it was cut.
    pub(super) fn feed(&mut self, block: &[u8]) {
        for byte in block {
            if self.clear {
                return;
            }
            match (byte, self.tag) {
                (b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!', Tag::Opened) => self.tag = Tag::Inside,
                // Readers show this one.
                (_, Tag::Opened) => self.clear = true,
                (b'>', Tag::Inside) => self.tag = Tag::None,
                (_, Tag::Inside) => {}
                (b'<', Tag::None) if self.is_html => {
                    self.tag = Tag::Opened;
                    self.end_line();
                }
                (b'\n', Tag::None) => self.end_line(),
                _ if self.line.len() < LONGEST => self.line.push(*byte),
                _ => self.clear = true,
            }
        }
    }

    /// The text ends here: true if all of it was ciphertext.
    pub(super) fn finish(mut self) -> bool {
        self.end_line();
        self.complete && !self.clear && self.place == Place::Outside
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let text = line.trim_ascii();
        self.place = match (self.place, text) {
            (Place::Outside, b"-----BEGIN PGP MESSAGE-----") => Place::Headers(0),
            (Place::Inside, b"-----END PGP MESSAGE-----") => {
                self.complete = true;
                Place::Outside
            }
            // In HTML a tag ends a line, so that a blank one says nothing.
            (Place::Headers(_), b"") if !self.is_html => Place::Inside,
            (place, b"") => place,
            (Place::Headers(n), header) if n < MOST_HEADERS && is_header(header) => {
                Place::Headers(n + 1)
            }
            (Place::Headers(_), data) if self.is_html && is_data(data) => Place::Inside,
            (Place::Inside, data) if is_data(data) => Place::Inside,
            (place, _) => {
                self.clear = true;
                place
            }
        };
        self.line = line;
        self.line.clear();
    }
}

fn is_header(line: &[u8]) -> bool {
    const KEYS: [&[u8]; 5] = [
        b"Charset:",
        b"Comment:",
        b"Hash:",
        b"MessageID:",
        b"Version:",
    ];
    KEYS.iter().any(|key| line.starts_with(key))
}

fn is_data(line: &[u8]) -> bool {
    line.iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_all(text: &str, is_html: bool) -> bool {
        let found: Vec<bool> = [1, 7, usize::MAX]
            .iter()
            .map(|size| {
                let mut armor = Armor::new(is_html);
                text.as_bytes()
                    .chunks(*size)
                    .for_each(|block| armor.feed(block));
                armor.finish()
            })
            .collect();
        assert!(found.iter().all(|f| *f == found[0]), "{text:?} in blocks");
        found[0]
    }

    const ARMOR: &str = "-----BEGIN PGP MESSAGE-----\r\nVersion: GnuPG v2\r\n\r\nhQEMAwzO/+==\r\n=fRFW\r\n-----END PGP MESSAGE-----\r\n";

    #[test]
    fn only_a_text_without_a_word_in_the_clear_is_ciphertext() {
        let rows = [
            (ARMOR.to_owned(), true),
            (format!("\r\n{ARMOR}\r\n  \r\n"), true),
            (format!("{ARMOR}{ARMOR}"), true),
            (ARMOR.trim_end().to_owned(), true),
            (format!("Hello\r\n{ARMOR}"), false),
            (format!("{ARMOR}-- \r\nAnna\r\n"), false),
            (format!("> {ARMOR}"), false),
            (ARMOR.replace("hQEMAwzO", "the plan is"), false),
            (ARMOR.replace("GnuPG v2", &"x".repeat(LONGEST)), false),
            (ARMOR.replace("-----END", "----END"), false),
            (ARMOR.replace("\r\n\r\n", "\r\n"), false),
            ("-----BEGIN PGP MESSAGE-----\r\n".to_owned(), false),
            (String::new(), false),
        ];
        for (text, wanted) in rows {
            assert_eq!(is_all(&text, false), wanted, "{text:?}");
        }
    }

    #[test]
    fn of_html_the_markup_does_not_count() {
        let lines = ARMOR.replace("\r\n", "<br>");
        let rows = [
            (
                format!("<html><body><pre>{ARMOR}</pre></body></html>"),
                true,
            ),
            (format!("<p class=\"a\">{lines}</p>"), true),
            (format!("<p>Hello</p><p>{lines}</p>"), false),
            (format!("<p>{lines}"), true),
            (format!("{lines}< the plan is >"), false),
            (format!("{lines}<b title='x"), true),
        ];
        for (text, wanted) in rows {
            assert_eq!(is_all(&text, true), wanted, "{text:?}");
        }
        assert!(!is_all(&format!("<b>{ARMOR}"), false), "no HTML, no tags");
    }
}
