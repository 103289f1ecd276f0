//! Words of a PDF's content streams and character maps.
//!
//! Promises: any bytes become words, whatever is wrong with them; nesting is bounded; nothing is looked at twice. Source: ISO 32000-1, 7.2.

/// Arrays and dictionaries in each other.
const DEEP: u32 = 16;

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Number(f64),
    /// `/Name`, without the slash.
    Name(Vec<u8>),
    /// `(text)` or `<hex>`.
    Text(Vec<u8>),
    List(Vec<Word>),
    /// An operator, or a keyword.
    Operator(Vec<u8>),
}

/// What is left to read.
pub(super) struct Lexer<'a> {
    rest: &'a [u8],
}

impl<'a> Lexer<'a> {
    /// From the beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Lexer { rest: bytes }
    }

    /// The next word.
    pub fn next(&mut self) -> Option<Word> {
        self.word(0)
    }

    fn word(&mut self, depth: u32) -> Option<Word> {
        self.blanks();
        let (&first, after) = self.rest.split_first()?;
        self.rest = after;
        Some(match first {
            b'/' => Word::Name(self.name()),
            b'(' => Word::Text(self.text()),
            b'<' if after.first() == Some(&b'<') => {
                self.rest = &after[1..];
                self.list(depth)
            }
            b'<' => Word::Text(self.hex()),
            b'[' => self.list(depth),
            b'>' if after.first() == Some(&b'>') => {
                self.rest = &after[1..];
                Word::Operator(b">>".to_vec())
            }
            b']' | b'{' | b'}' | b'>' | b')' => Word::Operator(vec![first]),
            _ => self.plain(first),
        })
    }

    fn blanks(&mut self) {
        loop {
            let blank = self.rest.iter().position(|b| !is_blank(*b));
            self.rest = &self.rest[blank.unwrap_or(self.rest.len())..];
            if self.rest.first() != Some(&b'%') {
                return;
            }
            let end = memchr::memchr2(b'\n', b'\r', self.rest);
            self.rest = &self.rest[end.unwrap_or(self.rest.len())..];
        }
    }

    /// Words up to the end of an array or dictionary; of a dictionary keys and values in turn.
    fn list(&mut self, depth: u32) -> Word {
        let mut words = Vec::new();
        if depth >= DEEP {
            return Word::List(words);
        }
        while let Some(word) = self.word(depth + 1) {
            match word {
                Word::Operator(end) if end == b"]" || end == b">>" => break,
                word => words.push(word),
            }
        }
        Word::List(words)
    }

    fn name(&mut self) -> Vec<u8> {
        let raw = self.regular();
        let (mut name, mut rest) = (Vec::with_capacity(raw.len()), raw);
        while let Some((&first, after)) = rest.split_first() {
            rest = after;
            let code = match (first, after) {
                (b'#', [high, low, ..]) => hex(*high).zip(hex(*low)),
                _ => None,
            };
            match code {
                Some((high, low)) => {
                    name.push(high << 4 | low);
                    rest = &after[2..];
                }
                None => name.push(first),
            }
        }
        name
    }

    fn regular(&mut self) -> &'a [u8] {
        let end = self
            .rest
            .iter()
            .position(|b| is_blank(*b) || is_delimiter(*b));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    fn plain(&mut self, first: u8) -> Word {
        let mut word = vec![first];
        word.extend_from_slice(self.regular());
        let is_number = matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.');
        let text = str::from_utf8(&word).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(number) if is_number && number.is_finite() => Word::Number(number),
            _ if is_number => Word::Number(number_in(text)),
            _ => Word::Operator(word),
        }
    }

    fn text(&mut self) -> Vec<u8> {
        let (mut text, mut open) = (Vec::new(), 1);
        while let Some((&first, after)) = self.rest.split_first() {
            self.rest = after;
            match first {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                break;
            }
            text.push(first);
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some((&letter, after)) = self.rest.split_first() else {
            return;
        };
        self.rest = after;
        match letter {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\n' => {}
            b'\r' => self.rest = after.strip_prefix(b"\n").unwrap_or(after),
            b'0'..=b'7' => {
                let more = after
                    .iter()
                    .take(2)
                    .take_while(|b| matches!(b, b'0'..=b'7'))
                    .count();
                let digits = std::iter::once(letter).chain(after[..more].iter().copied());
                text.push(
                    digits.fold(0u32, |code, digit| code * 8 + u32::from(digit - b'0')) as u8,
                );
                self.rest = &after[more..];
            }
            other => text.push(other),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        let end = memchr::memchr(b'>', self.rest).unwrap_or(self.rest.len());
        let digits: Vec<u8> = self.rest[..end].iter().filter_map(|b| hex(*b)).collect();
        self.rest = &self.rest[(end + 1).min(self.rest.len())..];
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
            .collect()
    }

    /// After `ID`: the bytes of a picture, up to an `EI` that stands alone.
    pub fn skip_picture(&mut self) {
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(&self.rest[from..], b"EI") {
            let at = from + at;
            let before = at.checked_sub(1).is_none_or(|at| is_blank(self.rest[at]));
            let after = self.rest.get(at + 2).is_none_or(|b| is_blank(*b));
            if before && after {
                self.rest = &self.rest[at + 2..];
                return;
            }
            from = at + 2;
        }
        self.rest = &[];
    }
}

/// `--5`, `1.2.3` and the like: what can be read of it.
fn number_in(text: &str) -> f64 {
    let digits = text.trim_start_matches(['-', '+']);
    let end = digits
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(digits.len());
    let number = digits[..end]
        .splitn(3, '.')
        .take(2)
        .collect::<Vec<_>>()
        .join(".");
    let number: f64 = number.parse().unwrap_or(0.0);
    if text.starts_with('-') {
        -number
    } else {
        number
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        let mut lexer = Lexer::new(text.as_bytes());
        std::iter::from_fn(|| lexer.next()).collect()
    }

    #[test]
    fn words_are_read() {
        let text = |text: &str| Word::Text(text.as_bytes().to_vec());
        let operator = |text: &str| Word::Operator(text.as_bytes().to_vec());
        let rows = [
            (
                "(a(b)\\)\\101\\\n) Tj",
                vec![text("a(b))A"), operator("Tj")],
            ),
            (
                "<4 14 2> -1.5 .5 --3",
                vec![
                    text("AB"),
                    Word::Number(-1.5),
                    Word::Number(0.5),
                    Word::Number(-3.0),
                ],
            ),
            (
                "[(a)-20 5]TJ",
                vec![
                    Word::List(vec![text("a"), Word::Number(-20.0), Word::Number(5.0)]),
                    operator("TJ"),
                ],
            ),
            (
                "/F#201 % no\n T*",
                vec![Word::Name(b"F 1".to_vec()), operator("T*")],
            ),
            (
                "<</A(b)>>BDC",
                vec![
                    Word::List(vec![Word::Name(b"A".to_vec()), text("b")]),
                    operator("BDC"),
                ],
            ),
            ("(open", vec![text("open")]),
        ];
        for (bytes, want) in rows {
            assert_eq!(words(bytes), want, "{bytes}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        words(&"[".repeat(100_000));
        words(&"<<".repeat(100_000));
    }
}
