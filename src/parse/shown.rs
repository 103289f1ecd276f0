//! The text of HTML: without its tags and styles, entities undone, a line for each block (T39).
//!
//! For looking only, never for showing: comments and scripts count as text, so that nothing hides in them. Reads block by block.

/// A longer name or number is no entity.
const LONGEST: usize = 10;
/// Tags that end a line.
const BLOCKS: [&[u8]; 13] = [
    b"address",
    b"blockquote",
    b"br",
    b"div",
    b"h1",
    b"h2",
    b"h3",
    b"hr",
    b"li",
    b"p",
    b"pre",
    b"td",
    b"tr",
];

/// Where in the HTML the last block ended.
#[derive(Debug, Default)]
pub(super) struct Shown {
    place: Place,
    /// The name of the tag or entity that is being read.
    name: Vec<u8>,
    in_style: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    /// Behind its `<`.
    Opened,
    /// In the name of a tag.
    Name,
    /// Behind it.
    Tag,
    /// Behind an `&`.
    Entity,
}

impl Shown {
    /// The text of the next block.
    pub(super) fn text(&mut self, html: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(html.len());
        let mut rest = html;
        while !rest.is_empty() {
            let (run, behind) = rest.split_at(self.run(rest));
            if self.place == Place::Text && !self.in_style {
                out.extend_from_slice(run);
            }
            rest = behind;
            if let [byte, behind @ ..] = rest {
                self.push(*byte, &mut out);
                rest = behind;
            }
        }
        if self.in_style {
            out.clear();
        }
        out
    }

    /// So many bytes are text and nothing else, or in a tag and not its end.
    fn run(&self, html: &[u8]) -> usize {
        let end = match self.place {
            Place::Text => memchr::memchr2(b'<', b'&', html),
            Place::Tag => memchr::memchr(b'>', html),
            _ => return 0,
        };
        end.unwrap_or(html.len())
    }

    fn push(&mut self, byte: u8, out: &mut Vec<u8>) {
        match (self.place, byte) {
            (Place::Text, b'<') => self.go(Place::Opened),
            (Place::Text, _) if self.in_style => {}
            (Place::Text, b'&') => self.go(Place::Entity),
            (Place::Text, _) => out.push(byte),
            (Place::Opened, b'/' | b'a'..=b'z' | b'A'..=b'Z') => {
                self.go(Place::Name);
                self.name.push(byte.to_ascii_lowercase());
            }
            (Place::Opened, _) => {
                self.place = Place::Text;
                out.push(b'<');
                self.push(byte, out);
            }
            (Place::Name, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') if self.name.len() < 20 => {
                self.name.push(byte.to_ascii_lowercase())
            }
            (Place::Name, _) => {
                self.tag(out);
                self.push(byte, out);
            }
            (Place::Tag, b'>') => self.place = Place::Text,
            (Place::Tag, _) => {}
            (Place::Entity, b';') => {
                entity(&self.name, out);
                self.place = Place::Text;
            }
            (Place::Entity, b'#' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
                if self.name.len() < LONGEST =>
            {
                self.name.push(byte)
            }
            (Place::Entity, _) => {
                out.push(b'&');
                out.extend_from_slice(&self.name);
                self.place = Place::Text;
                self.push(byte, out);
            }
        }
    }

    fn go(&mut self, place: Place) {
        self.place = place;
        self.name.clear();
    }

    fn tag(&mut self, out: &mut Vec<u8>) {
        let name = self.name.strip_prefix(b"/").unwrap_or(&self.name);
        if BLOCKS.contains(&name) {
            out.push(b'\n');
        }
        if name == b"style" {
            self.in_style = !self.name.starts_with(b"/");
        }
        self.place = Place::Tag;
    }
}

/// Entities undone wherever they stand; line ends and tabs, which browsers take out of URLs, stay.
pub(super) fn unescaped(html: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let end = match rest {
            [b'#', b'x' | b'X', ..] => word_end(rest, 2, u8::is_ascii_hexdigit),
            [b'#', ..] => word_end(rest, 1, u8::is_ascii_digit),
            _ => word_end(rest, 0, u8::is_ascii_alphanumeric),
        };
        entity(&rest[..end], &mut out);
        rest = &rest[end..];
        rest = rest.strip_prefix(b";").unwrap_or(rest);
    }
    out.extend_from_slice(rest);
    out
}

/// The end of the letters from `start` on.
fn word_end(text: &[u8], start: usize, is_letter: fn(&u8) -> bool) -> usize {
    let letters = text[start..].iter().take(LONGEST);
    start + letters.take_while(|b| is_letter(b)).count()
}

/// What is between `&` and `;`: a number, or one of the few names that can be part of a URL or of uuencode.
fn entity(name: &[u8], out: &mut Vec<u8>) {
    const NAMES: [(&[u8], &[u8]); 19] = [
        (b"amp", b"&"),
        (b"apos", b"'"),
        (b"bsol", b"\\"),
        (b"colon", b":"),
        (b"comma", b","),
        (b"equals", b"="),
        (b"grave", b"`"),
        (b"gt", b">"),
        (b"lpar", b"("),
        (b"lt", b"<"),
        (b"nbsp", b" "),
        (b"NewLine", b"\n"),
        (b"num", b"#"),
        (b"percnt", b"%"),
        (b"plus", b"+"),
        (b"quot", b"\""),
        (b"semi", b";"),
        (b"sol", b"/"),
        (b"Tab", b"\t"),
    ];
    let digits = name.strip_prefix(b"#");
    let number = digits
        .and_then(|digits| std::str::from_utf8(digits).ok())
        .and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        })
        .and_then(char::from_u32);
    match (number, NAMES.iter().find(|(known, _)| *known == name)) {
        (Some(letter), _) => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        (None, Some((_, text))) => out.extend_from_slice(text),
        (None, None) => {
            out.push(b'&');
            out.extend_from_slice(name);
            out.push(b';');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_html_is_what_people_and_scripts_see() {
        let rows = [
            ("<p>a</p>b<br/>c<b>d</b>", "\na\nb\ncd"),
            ("1 < 2 &amp;&lt; &#65;&#x42; &x y&", "1 < 2 &< AB &x y"),
            ("<style>x{}</style>a", "a"),
            ("<!-- a --><script>b</script>", "<!-- a -->b"),
        ];
        for (html, want) in rows {
            for size in [1, 3, 1000] {
                let mut shown = Shown::default();
                let blocks = html.as_bytes().chunks(size);
                let text: Vec<u8> = blocks.flat_map(|block| shown.text(block)).collect();
                assert_eq!(String::from_utf8_lossy(&text), want, "{html}");
            }
        }
    }

    #[test]
    fn entities_are_undone_with_and_without_their_end() {
        let rows = [
            ("d&#97;t&#x61;&colon;x", "data:x"),
            ("&#100ata", "data"),
            ("a&amp;b&unknown;c & d&", "a&b&unknown;c &; d&;"),
        ];
        for (html, want) in rows {
            assert_eq!(String::from_utf8_lossy(&unescaped(html.as_bytes())), want);
        }
    }
}
