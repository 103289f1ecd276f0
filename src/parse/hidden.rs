//! Files written into a text, which older and friendlier readers take out of it and no outline shows (T33).
//!
//! Finds uuencode, xxencode, yEnc, BinHex, `begin-base64`, more than 1 KiB of base64, and the base64 part of a mail that was pasted.
//! Marks of a quoted reply do not hide any of them; keys, certificates and inline PGP are none. One pass, line by line, constant memory.

use super::truth;

/// So many letters of base64 in a row are a file, not a word.
const ENCODED: usize = 1024;
/// A line of base64 is at least so long, but for the last one.
const LINE_OF_BASE64: usize = 40;
/// Only so much of a line is looked at as a line.
const LONGEST: usize = 512;
/// Folds of one field that count as no text: providers write seals and reports of some KiB in base64 into headers.
const MOST_FOLDS: usize = 8 * 1024;
/// Lines between a `Content-Transfer-Encoding: base64` and its base64.
const HEADER_LINES: u8 = 12;

/// Reads a text, block by block; carriage returns end a line as well.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    line: Vec<u8>,
    run: Run,
    /// The same within a line, however long that is.
    inline: Run,
    /// A `begin` line came, and the next one decides.
    begun: Option<Begun>,
    armor: Armor,
    /// Lines in which the base64 of a pasted part may still begin.
    pasted: u8,
    /// Header fields are its own, not pasted.
    has_fields: bool,
    /// Bytes of the folds of a field so far; `None`: the last line was none.
    folds: Option<usize>,
    found: Option<&'static str>,
}

/// Letters of base64 one behind the other.
#[derive(Debug, Default)]
struct Run {
    len: usize,
    upper: bool,
    lower: bool,
    digit: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    Base64,
    Uu,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Armor {
    #[default]
    Outside,
    /// Behind `-----BEGIN`, before the first line of base64.
    Opened,
    /// What it says it is.
    Key,
}

/// What is hidden in a text of which all is at hand.
pub(super) fn in_text(text: &[u8]) -> Option<&'static str> {
    let mut hidden = Hidden::default();
    hidden.feed(text);
    hidden.finish()
}

impl Hidden {
    /// For a delivery status: gateways put the encoding of a part into it.
    pub(super) fn of_status() -> Self {
        Hidden {
            has_fields: true,
            ..Hidden::default()
        }
    }

    /// The next block of the text, wherever it was cut.
    pub(super) fn feed(&mut self, block: &[u8]) {
        let mut rest = block;
        while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
            self.end_line(&rest[..at]);
            rest = &rest[at + 1..];
        }
        self.lengthen(rest);
    }

    /// The text ends here.
    pub(super) fn finish(mut self) -> Option<&'static str> {
        self.end_line(b"");
        self.found
    }

    fn find(&mut self, what: &'static str) {
        self.found = self.found.or(Some(what));
    }

    /// The line goes on, and does not end here.
    fn lengthen(&mut self, more: &[u8]) {
        let room = LONGEST - self.line.len();
        self.line.extend_from_slice(&more[..room.min(more.len())]);
        for &byte in more {
            self.inline.add(byte);
            // In an armour a line is never that long.
            if self.inline.is_file() {
                self.find("base64 inside a text");
            }
        }
    }

    /// `rest`: what was not read yet of the line. A short one that is all there is looked at where it stands.
    fn end_line(&mut self, rest: &[u8]) {
        if self.line.is_empty() && rest.len() <= LONGEST {
            self.line_is(rest);
            return;
        }
        self.lengthen(rest);
        self.inline = Run::default();
        let mut line = std::mem::take(&mut self.line);
        self.line_is(&line);
        line.clear();
        self.line = line;
    }

    fn line_is(&mut self, line: &[u8]) {
        let whole = line.trim_ascii_end();
        if !whole.is_empty() {
            self.look_at(whole, without_quotes(whole));
        }
    }

    /// `whole` has the marks of quoting still: in uuencode a `>` may be data.
    fn look_at(&mut self, whole: &[u8], line: &[u8]) {
        if let Some(begun) = self.begun.take() {
            let what = [line, whole]
                .iter()
                .find_map(|data| first_line(begun, data));
            self.found = self.found.or(what);
        }
        self.begun = begin(line);
        if line.starts_with(b"=ybegin ") && memchr::memmem::find(line, b" size=").is_some() {
            self.find("a yEnc file inside a text");
        }
        if line.starts_with(b"(This file must be converted with BinHex") {
            self.find("a BinHex file inside a text");
        }
        self.folds = match (self.folds, whole.first()) {
            (Some(bytes), Some(b' ' | b'\t')) => Some(bytes + whole.len()),
            _ => is_field(line).then_some(0),
        };
        self.base64(line);
    }

    fn base64(&mut self, line: &[u8]) {
        if self
            .folds
            .is_some_and(|bytes| (1..=MOST_FOLDS).contains(&bytes))
        {
            return;
        }
        let letters = line.iter().rev().take_while(|b| is_letter(**b)).count();
        let is_all = letters == line.len();
        self.paste(line, is_all);
        if self.is_key(line, is_all) {
            self.run = Run::default();
            return;
        }
        let goes_on = is_all && (letters >= LINE_OF_BASE64 || self.run.len > 0);
        if !goes_on {
            self.run = Run::default();
        }
        if goes_on || letters >= LINE_OF_BASE64 {
            let begin = line.len() - letters;
            line[begin..].iter().for_each(|b| self.run.add(*b));
        }
        if self.run.is_file() {
            self.find("base64 inside a text");
        }
    }

    /// A part of a mail that somebody pasted, small as it may be.
    fn paste(&mut self, line: &[u8], is_all: bool) {
        const FIELD: &[u8] = b"content-transfer-encoding:";
        let begins = |name: &[u8]| {
            line.get(..name.len())
                .is_some_and(|b| b.eq_ignore_ascii_case(name))
        };
        let is_base64 = || {
            line.last_chunk()
                .is_some_and(|end: &[u8; 6]| end.eq_ignore_ascii_case(b"base64"))
        };
        if !self.has_fields && begins(FIELD) && is_base64() {
            self.pasted = HEADER_LINES;
        } else if self.pasted > 0 && is_all && line.len() >= 16 && !line.starts_with(b"==") {
            self.find("a part of another mail inside a text");
        } else {
            self.pasted = self.pasted.saturating_sub(1);
        }
    }

    fn is_key(&mut self, line: &[u8], is_all: bool) -> bool {
        self.armor = match self.armor {
            _ if line.starts_with(b"-----BEGIN ") => Armor::Opened,
            _ if line.starts_with(b"-----END ") => Armor::Outside,
            Armor::Opened if is_all && line.len() >= 20 => match is_key_material(line) {
                true => Armor::Key,
                false => Armor::Outside,
            },
            armor => armor,
        };
        self.armor != Armor::Outside
    }
}

impl Run {
    fn add(&mut self, byte: u8) {
        if !is_letter(byte) {
            *self = Run::default();
            return;
        }
        self.len += 1;
        self.upper |= byte.is_ascii_uppercase();
        self.lower |= byte.is_ascii_lowercase();
        self.digit |= byte.is_ascii_digit();
    }

    /// Long, and no list of check sums.
    fn is_file(&self) -> bool {
        self.len > ENCODED && self.upper && self.lower && self.digit
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}

/// `Name: value`
fn is_field(line: &[u8]) -> bool {
    let name = line
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-');
    let name = name.count();
    name > 1 && line.get(name) == Some(&b':')
}

/// DER, an OpenPGP packet or a key of OpenSSH; CMS that everybody can read is none, nor is a PDF between two dashed lines.
fn is_key_material(line: &[u8]) -> bool {
    let mut head = Vec::new();
    let whole = &line[..line.len() & !3];
    let _ = encodify::base64::LENIENT.decode_append(whole, &mut head);
    match head.first() {
        Some(0x30) => truth::cms(&head) != Some(truth::Cms::Readable),
        Some(byte) => *byte >= 0x80 || head.starts_with(b"openssh-key"),
        None => false,
    }
}

/// `> > | text` without its marks.
fn without_quotes(mut line: &[u8]) -> &[u8] {
    while let [b'>' | b'|' | b' ' | b'\t', rest @ ..] = line {
        line = rest;
    }
    line
}

/// `begin 644 name`; some write the mode with two digits, some with six, some forget the name.
fn begin(line: &[u8]) -> Option<Begun> {
    if !line.trim_ascii_start().starts_with(b"begin") {
        return None;
    }
    let mut words = line
        .split(|b| b.is_ascii_whitespace())
        .filter(|w| !w.is_empty());
    let begun = match words.next()? {
        b"begin" => Begun::Uu,
        b"begin-base64" => Begun::Base64,
        _ => return None,
    };
    let mode = words.next()?;
    let is_mode = (2..=7).contains(&mode.len()) && mode.iter().all(|b| (b'0'..=b'7').contains(b));
    is_mode.then_some(begun)
}

/// The first line behind `begin` has to be as long as its first character says.
fn first_line(begun: Begun, data: &[u8]) -> Option<&'static str> {
    match begun {
        Begun::Base64 => data
            .iter()
            .all(|b| is_letter(*b))
            .then_some("a base64 file inside a text"),
        Begun::Uu if data == b"`" || data == b"end" => Some("a uuencoded file inside a text"),
        Begun::Uu if is_uu_line(data) => Some("a uuencoded file inside a text"),
        Begun::Uu => is_xx_line(data).then_some("an xxencoded file inside a text"),
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

    fn hidden(text: &str) -> Option<&'static str> {
        let found: Vec<_> = [1, 7, usize::MAX]
            .iter()
            .map(|size| {
                let mut hidden = Hidden::default();
                text.as_bytes().chunks(*size).for_each(|b| hidden.feed(b));
                hidden.finish()
            })
            .collect();
        assert!(found.iter().all(|f| *f == found[0]), "{text:?} in blocks");
        found[0]
    }

    #[test]
    fn files_in_a_text_are_told_from_words() {
        let uu = "begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n";
        let rows = [
            (uu.to_owned(), true),
            (format!("Hello\r\n{uu}"), true),
            (format!("> {}", uu.replace("\r\n", "\r\n> ")), true),
            (uu.replace("\r\n", "\r"), true),
            (uu.replace("644", "100644"), true),
            (uu.replace(" a.txt", ""), true),
            ("=ybegin line=128 size=5 name=a\r\n".to_owned(), true),
            ("begin-base64 644 a\r\nQUJD\r\n".to_owned(), true),
            ("begin 644 a.txt\r\n1Eqxm\r\n".to_owned(), true),
            ("begin 644 a.txt\r\n6EqxmMKloPKNoMKlo\r\n".to_owned(), false),
            (
                "begin 100 push-ups\r\nand go on tomorrow\r\n".to_owned(),
                false,
            ),
            ("we begin 644 a.txt\r\n#0V%T\r\n".to_owned(), false),
            ("begin with this\r\n".to_owned(), false),
        ];
        for (text, is_file) in rows {
            assert_eq!(hidden(&text).is_some(), is_file, "{text:?}");
        }
    }

    #[test]
    fn base64_is_told_from_keys_and_words() {
        let lines = |n: usize| format!("{}\r\n", "QUJDa1".repeat(12)).repeat(n);
        let key = |n: usize| {
            let body = format!("MII{}", &lines(n)[3..]);
            format!("-----BEGIN CERTIFICATE-----\r\n{body}-----END CERTIFICATE-----\r\n")
        };
        let rows = [
            (lines(15), true),
            (lines(14), false),
            (format!("{}word by word\r\n{}", lines(14), lines(14)), false),
            (lines(15).replace("\r\n", "\r\n>\r\n> "), true),
            (format!("file:{}", lines(15).replace("\r\n", "")), true),
            (
                format!("X-Seal: a\r\n {}", lines(30).replace("\r\n", "\r\n ")),
                false,
            ),
            (
                format!("X-Seal: a\r\n {}", lines(200).replace("\r\n", "\r\n ")),
                true,
            ),
            (key(300), false),
            (format!("{}{}", key(20), lines(15)), true),
            (key(300).replace("MII", "JVB"), true),
            (format!("{}\r\n", "0f".repeat(32)).repeat(40), false),
            ("a word and a word and so on\r\n".repeat(300), false),
        ];
        for (text, is_file) in rows {
            let begin = &text[..text.len().min(90)];
            assert_eq!(hidden(&text).is_some(), is_file, "{begin:?}");
        }
    }

    #[test]
    fn a_pasted_part_is_told_from_a_pasted_header() {
        let field = "Content-Transfer-Encoding: base64\r\n";
        let rows = [
            (format!("{field}\r\nQUJDREVGR0hJSktM\r\n"), true),
            (
                format!("> {field}> X: y\r\n>\r\n> QUJDREVGR0hJSktM\r\n"),
                true,
            ),
            (format!("{field}\r\nand nothing else\r\n"), false),
            (field.to_owned(), false),
        ];
        for (text, is_file) in rows {
            assert_eq!(hidden(&text).is_some(), is_file, "{text:?}");
        }
    }
}
