//! Fonts of a PDF: what the codes of a text mean, and how wide they are.
//!
//! Promises: a map to Unicode counts first, then the encoding with its differences, then the names of glyphs. Codes that nothing
//! explains say nothing, or what they would mean in a usual font; either way they count as not told. Sizes are bounded by the reading's limits. Source: ISO 32000-1, 9.6 to 9.10.

use super::lexer::{Lexer, Word};
use super::objects::Objects;
use lopdf::{Dictionary, Object, dictionary};
use std::collections::{HashMap, HashSet};

/// Entries of a map; a font has no more glyphs.
const MOST: usize = 1 << 17;

/// How codes are cut.
enum Codes {
    One,
    Two,
    /// As the map says.
    Mapped,
    /// A charset of East Asia.
    Charset(&'static encoding_rs::Encoding),
}

/// A font.
pub(super) struct Font {
    codes: Codes,
    map: Map,
    letters: Vec<Option<String>>,
    /// Codes for glyphs whose names say nothing.
    nameless: HashSet<usize>,
    widths: HashMap<u32, f64>,
    usual: Option<f64>,
    is_fixed: bool,
}

/// A letter that is shown.
pub(super) struct Shown {
    pub text: String,
    /// In thousandths of the size.
    pub width: f64,
    /// The font says what it is.
    pub is_told: bool,
    /// Word spacing counts for it.
    pub is_space: bool,
}

impl Font {
    /// Reads it from its dictionary.
    pub fn of(font: &Dictionary, objects: &mut Objects<'_, '_, '_>) -> Self {
        let is_composite = objects.name(font, b"Subtype") == b"Type0";
        let map = match objects.stream(font, b"ToUnicode") {
            Some(bytes) => Map::of(&bytes),
            None => Map::default(),
        };
        let encoding = objects.get(font, b"Encoding").cloned();
        let descendant = objects.list(font, b"DescendantFonts").into_iter().next();
        let descendant = descendant.and_then(|font| objects.dictionary(&font).cloned());
        let name = objects.name(font, b"BaseFont");
        let (letters, nameless) = match is_composite {
            true => Default::default(),
            false => letters(font, encoding.as_ref(), objects),
        };
        Font {
            codes: match is_composite {
                true => codes(encoding.as_ref(), &map),
                false => Codes::One,
            },
            letters,
            nameless,
            widths: match &descendant {
                Some(descendant) => composite_widths(descendant, objects),
                None => widths(font, objects),
            },
            usual: descendant.map(|font| objects.number(&font, b"DW").unwrap_or(1000.0)),
            is_fixed: name.windows(7).any(|part| part == b"Courier"),
            map,
        }
    }

    /// What a text shows.
    pub fn shown(&self, bytes: &[u8]) -> Vec<Shown> {
        let mut shown = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (code, length) = self.code(rest);
            let text = match self.codes {
                Codes::Charset(charset) if !self.map.has(code, length) => charset
                    .decode_without_bom_handling(&rest[..length])
                    .0
                    .into_owned(),
                _ => self.text(code, length),
            };
            shown.push(Shown {
                is_told: self.is_told(code, length, &text),
                width: self.width(code, &text),
                is_space: length == 1 && code == 32,
                text,
            });
            rest = &rest[length..];
        }
        shown
    }

    fn code(&self, rest: &[u8]) -> (u32, usize) {
        let length = match self.codes {
            Codes::One => 1,
            Codes::Two => 2,
            Codes::Mapped => self.map.length(rest),
            Codes::Charset(charset) if charset == encoding_rs::UTF_16BE => 2,
            Codes::Charset(_) => 1 + usize::from(rest[0] >= 0x80),
        };
        let length = length.min(rest.len());
        let code = rest[..length]
            .iter()
            .fold(0, |code, byte| code << 8 | u32::from(*byte));
        (code, length)
    }

    fn text(&self, code: u32, length: usize) -> String {
        if let Some(text) = self.map.get(code, length) {
            return text.to_owned();
        }
        let letter = self.letters.get(code as usize);
        letter.cloned().flatten().unwrap_or_default()
    }

    /// Letters of private use stand for whatever the font draws.
    fn is_told(&self, code: u32, length: usize, text: &str) -> bool {
        let is_private =
            |c: char| matches!(c, '\0'..='\u{1f}' | '\u{e000}'..='\u{f8ff}' | '\u{fffd}');
        let is_named =
            self.map.get(code, length).is_some() || !self.nameless.contains(&(code as usize));
        is_named && !text.is_empty() && !text.chars().all(is_private)
    }

    fn width(&self, code: u32, text: &str) -> f64 {
        let known = self.widths.get(&code).copied().or(self.usual);
        known.unwrap_or_else(|| match text.chars().next() {
            _ if self.is_fixed => 600.0,
            Some('0'..='9') => 556.0,
            Some(
                ' ' | '.' | ',' | ':' | ';' | '!' | '/' | 'i' | 'l' | 'j' | 'I' | 't' | 'f' | '\'',
            ) => 278.0,
            Some('A'..='Z') => 680.0,
            _ => 530.0,
        })
    }
}

fn codes(encoding: Option<&Object>, map: &Map) -> Codes {
    let name = encoding
        .and_then(|encoding| encoding.as_name().ok())
        .unwrap_or_default();
    let name = String::from_utf8_lossy(name).into_owned();
    let has = |part: &str| name.contains(part);
    match name.as_str() {
        _ if has("UCS2") || has("UTF16") => Codes::Charset(encoding_rs::UTF_16BE),
        _ if has("RKSJ") => Codes::Charset(encoding_rs::SHIFT_JIS),
        _ if has("GBK") || has("GB-EUC") => Codes::Charset(encoding_rs::GBK),
        _ if has("B5") || has("ETen") => Codes::Charset(encoding_rs::BIG5),
        _ if has("KSC") => Codes::Charset(encoding_rs::EUC_KR),
        _ if has("EUC") => Codes::Charset(encoding_rs::EUC_JP),
        _ if name.is_empty() && !map.lengths.is_empty() => Codes::Mapped,
        _ => Codes::Two,
    }
}

/// Letters of a font with one byte a code.
fn letters(
    font: &Dictionary,
    encoding: Option<&Object>,
    objects: &mut Objects<'_, '_, '_>,
) -> (Vec<Option<String>>, HashSet<usize>) {
    let details = encoding.and_then(|encoding| encoding.as_dict().ok());
    let name = encoding.and_then(|encoding| encoding.as_name().ok());
    let named = match details {
        Some(details) => objects.name(details, b"BaseEncoding"),
        None => name.unwrap_or_default().to_vec(),
    };
    let named = match named.as_slice() {
        known @ (b"WinAnsiEncoding" | b"MacRomanEncoding" | b"MacExpertEncoding") => known.to_vec(),
        _ if objects.name(font, b"Subtype") == b"TrueType" => b"WinAnsiEncoding".to_vec(),
        _ => b"StandardEncoding".to_vec(),
    };
    let differences = details.map(|details| objects.list(details, b"Differences"));
    let differences = differences.unwrap_or_default();
    let mut letters: Vec<Option<String>> = (0..=255)
        .map(|code| letter(&named, code, objects.document))
        .collect();
    let (mut code, mut nameless) = (0usize, HashSet::new());
    for entry in &differences {
        match entry {
            Object::Integer(at) => code = usize::try_from(*at).unwrap_or(256),
            Object::Name(glyph) => {
                match (letters.get_mut(code), glyph_text(glyph, objects.document)) {
                    (Some(letter), Some(text)) => *letter = Some(text),
                    (Some(_), None) if is_number(glyph) => drop(nameless.insert(code)),
                    _ => {}
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    (letters, nameless)
}

/// `g12`, `cid7`, `C0_1`: the glyph's place in the font. `summationdisplay` names a sign.
fn is_number(glyph: &[u8]) -> bool {
    glyph.iter().any(u8::is_ascii_digit)
}

/// A letter of one of PDF's own encodings; the library knows them.
fn letter(encoding: &[u8], code: u8, document: &lopdf::Document) -> Option<String> {
    let font = dictionary! { "Type" => "Font", "Encoding" => Object::Name(encoding.to_vec()) };
    let known = font.get_font_encoding(document).ok();
    let text = known.and_then(|known| known.bytes_to_string(&[code]).ok());
    text.filter(|text| !text.is_empty())
        .or_else(|| (code >= 32).then(|| char::from(code).into()))
}

/// What a glyph shows: a name of Adobe's list, which the library knows, a number, or several of them.
fn glyph_text(name: &[u8], document: &lopdf::Document) -> Option<String> {
    let name = name.split(|b| *b == b'.').next()?;
    let differences: Vec<Object> = vec![Object::Integer(0), Object::Name(name.to_vec())];
    let font = dictionary! { "Type" => "Font", "Encoding" => dictionary! { "Differences" => differences } };
    // A name that is not in the list makes the library fall back, to an encoding where no letter has code 0.
    let known = font
        .get_font_encoding(document)
        .ok()?
        .bytes_to_string(&[0])
        .ok();
    known
        .filter(|text| !text.is_empty())
        .or_else(|| composed(str::from_utf8(name).ok()?, document))
}

/// `uni0041`, `u1F600`, `f_i`.
fn composed(name: &str, document: &lopdf::Document) -> Option<String> {
    if name.contains('_') {
        return name
            .split('_')
            .map(|part| glyph_text(part.as_bytes(), document))
            .collect();
    }
    let hex = name
        .strip_prefix("uni")
        .or_else(|| name.strip_prefix('u'))?;
    let is_hex = (4..=6).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit());
    let code = is_hex.then(|| u32::from_str_radix(hex, 16).ok())??;
    char::from_u32(code).map(String::from)
}

fn widths(font: &Dictionary, objects: &mut Objects<'_, '_, '_>) -> HashMap<u32, f64> {
    let first = objects.number(font, b"FirstChar").unwrap_or(0.0) as u32;
    let all = objects.list(font, b"Widths");
    let width =
        |(at, width): (usize, &Object)| Some((first.saturating_add(at as u32), number(width)?));
    all.iter().take(256).enumerate().filter_map(width).collect()
}

/// `c [w1 w2 …]` and `first last w`.
fn composite_widths(font: &Dictionary, objects: &mut Objects<'_, '_, '_>) -> HashMap<u32, f64> {
    let (all, mut widths) = (objects.list(font, b"W"), HashMap::new());
    let mut rest = all.as_slice();
    while let [first, second, after @ ..] = rest {
        let first = number(first).unwrap_or(0.0) as u32;
        match (second, after) {
            (Object::Array(list), _) => {
                for (at, width) in list.iter().enumerate().take(MOST) {
                    widths.insert(
                        first.saturating_add(at as u32),
                        number(width).unwrap_or(1000.0),
                    );
                }
                rest = after;
            }
            (last, [width, after @ ..]) => {
                let last = number(last).unwrap_or(0.0) as u32;
                let width = number(width).unwrap_or(1000.0);
                for code in (first..=last).take(MOST.saturating_sub(widths.len())) {
                    widths.insert(code, width);
                }
                rest = after;
            }
            _ => break,
        }
    }
    widths
}

fn number(object: &Object) -> Option<f64> {
    object.as_float().ok().map(f64::from)
}

/// A map to Unicode.
#[derive(Default)]
struct Map {
    /// Lengths of codes with the first and last of each range.
    lengths: Vec<(usize, u32, u32)>,
    letters: HashMap<(u32, usize), String>,
}

impl Map {
    fn of(bytes: &[u8]) -> Self {
        let (mut map, mut lexer, mut words) = (Map::default(), Lexer::new(bytes), Vec::new());
        while let Some(word) = lexer.next() {
            let Word::Operator(name) = &word else {
                words.push(word);
                continue;
            };
            match name.as_slice() {
                b"endcodespacerange" => map.spaces(&words),
                b"endbfchar" => map.letters(&words),
                b"endbfrange" => map.ranges(&words),
                _ => {}
            }
            words.clear();
        }
        map
    }

    fn spaces(&mut self, words: &[Word]) {
        for pair in words.chunks_exact(2) {
            if let [Word::Text(low), Word::Text(high)] = pair
                && (1..=4).contains(&low.len())
                && self.lengths.len() < 256
            {
                self.lengths.push((low.len(), code(low), code(high)));
            }
        }
    }

    fn letters(&mut self, words: &[Word]) {
        for pair in words.chunks_exact(2) {
            if let [Word::Text(from), Word::Text(to)] = pair {
                self.put(code(from), from.len(), utf16(to));
            }
        }
    }

    fn ranges(&mut self, words: &[Word]) {
        for range in words.chunks_exact(3) {
            let [Word::Text(low), Word::Text(high), to] = range else {
                continue;
            };
            let (length, low, high) = (low.len(), code(low), code(high));
            match to {
                Word::List(all) => {
                    for (at, to) in (low..=high).zip(all) {
                        if let Word::Text(to) = to {
                            self.put(at, length, utf16(to));
                        }
                    }
                }
                Word::Text(first) => {
                    for (step, at) in (low..=high).enumerate().take(MOST) {
                        self.put(at, length, utf16(&stepped(first, step)));
                    }
                }
                _ => {}
            }
        }
    }

    fn put(&mut self, code: u32, length: usize, text: String) {
        if self.letters.len() < MOST {
            self.letters.insert((code, length), text);
        }
    }

    fn has(&self, code: u32, length: usize) -> bool {
        self.letters.contains_key(&(code, length))
    }

    /// Maps are written with codes of another length than the text has.
    fn get(&self, code: u32, length: usize) -> Option<&str> {
        let other = 3usize.saturating_sub(length);
        let found = self.letters.get(&(code, length));
        found
            .or_else(|| self.letters.get(&(code, other)))
            .map(String::as_str)
    }

    fn length(&self, rest: &[u8]) -> usize {
        let fits = |(length, low, high): &&(usize, u32, u32)| {
            rest.get(..*length)
                .map(code)
                .is_some_and(|code| (*low..=*high).contains(&code))
        };
        self.lengths
            .iter()
            .find(fits)
            .map_or(1, |(length, ..)| *length)
    }
}

fn code(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// The last unit grows with the code.
fn stepped(first: &[u8], step: usize) -> Vec<u8> {
    let mut to = first.to_vec();
    let mut carry = step;
    for byte in to.iter_mut().rev().take(2) {
        carry += usize::from(*byte);
        *byte = carry as u8;
        carry >>= 8;
    }
    to
}

fn utf16(bytes: &[u8]) -> String {
    if let [byte] = bytes {
        return char::from(*byte).into();
    }
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16_lossy(&units)
}
