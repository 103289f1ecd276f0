//! Rich Text Format.
//!
//! Promises: charsets of fonts and pages, Unicode with what stands for it, tables as rows, hidden text, headers, notes, fields and
//! properties; objects as files. Layout of fonts, colours, styles and pictures is left out. Fails with `Damaged` where a group has no end.
//! Source: RTF Specification 1.9.1.

use super::flow::Flow;
use super::{Document, Reading, Stop, ole};
use crate::mail::content::Unreadable;
use encoding_rs::{Encoding, WINDOWS_1252};
use std::collections::HashMap;

/// Groups in groups; deeper ones end nothing.
const DEEP: usize = 1000;

/// Destinations without text.
const LAYOUT: [&[u8]; 27] = [
    b"colortbl",
    b"stylesheet",
    b"pict",
    b"themedata",
    b"colorschememapping",
    b"latentstyles",
    b"datastore",
    b"listtable",
    b"listoverridetable",
    b"rsidtbl",
    b"xmlnstbl",
    b"generator",
    b"filetbl",
    b"revtbl",
    b"mmathPr",
    b"pgptbl",
    b"blipuid",
    b"fontemb",
    b"falt",
    b"panose",
    b"objclass",
    b"pntext",
    b"listtext",
    b"bkmkstart",
    b"bkmkend",
    b"wgrffmtfilter",
    b"passwordhash",
];

/// Destinations whose text stands beside.
const BESIDE: [&[u8]; 18] = [
    b"info",
    b"fldinst",
    b"footnote",
    b"annotation",
    b"header",
    b"footer",
    b"headerl",
    b"headerr",
    b"headerf",
    b"footerl",
    b"footerr",
    b"footerf",
    b"userprops",
    b"htmltag",
    b"docvar",
    b"atnauthor",
    b"shptxt",
    b"sp",
];

/// True if this is one.
pub(super) fn is_rtf(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{\\rt")
}

/// Reads a document.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    text(document.bytes, reading)
}

/// Reads the bytes of one.
pub(super) fn text(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    let mut page = Page {
        rest: bytes,
        flow: Flow::default(),
        aside: String::new(),
        groups: Vec::new(),
        group: Group::default(),
        charset: WINDOWS_1252,
        fonts: HashMap::new(),
        pending: Vec::new(),
        skip: 0,
        object: Vec::new(),
        is_table: false,
        is_cut: false,
    };
    page.all(reading)?;
    let is_whole = page.groups.is_empty() && !page.is_cut;
    page.flow.finish(reading)?;
    match page.aside.trim() {
        "" => {}
        aside => reading.line(aside)?,
    }
    match is_whole {
        true => Ok(()),
        false => Err(Unreadable::Damaged.into()),
    }
}

#[derive(Clone, Copy, PartialEq, Default)]
enum Place {
    #[default]
    Text,
    Beside,
    Layout,
    Fonts,
    Object,
}

#[derive(Clone, Copy, Default)]
struct Group {
    place: Place,
    /// Letters that stand for one in Unicode; none said: 1.
    instead: Option<usize>,
    font: Option<i32>,
}

struct Page<'a> {
    rest: &'a [u8],
    flow: Flow,
    aside: String,
    groups: Vec<Group>,
    group: Group,
    charset: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// Bytes of a charset that were not decoded yet.
    pending: Vec<u8>,
    /// Letters to leave out after one in Unicode.
    skip: usize,
    /// Digits of an object.
    object: Vec<u8>,
    is_table: bool,
    /// Bytes of a picture are not all there.
    is_cut: bool,
}

impl Page<'_> {
    fn all(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        while let Some((&first, after)) = self.rest.split_first() {
            reading.tick()?;
            self.rest = after;
            match first {
                b'{' => {
                    self.decode(reading)?;
                    if self.groups.len() < DEEP {
                        self.groups.push(self.group);
                    }
                }
                b'}' => self.end_group(reading)?,
                b'\\' => self.control(reading)?,
                b'\r' | b'\n' => {}
                letter => self.byte(letter),
            }
        }
        self.decode(reading)
    }

    fn end_group(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.decode(reading)?;
        let outer = self.groups.pop().unwrap_or(self.group);
        if self.group.place == Place::Object && outer.place != Place::Object {
            let hex = |b: &u8| char::from(*b).to_digit(16).map(|n| n as u8);
            let digits: Vec<u8> = std::mem::take(&mut self.object)
                .iter()
                .filter_map(hex)
                .collect();
            let bytes: Vec<u8> = digits
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[a, b]| a << 4 | b)
                .collect();
            self.flow.end_line(reading)?;
            ole::embedded(&bytes, reading)?;
        }
        if self.group.place == Place::Beside && outer.place != Place::Beside {
            self.aside.push('\n');
        }
        self.group = outer;
        Ok(())
    }

    fn byte(&mut self, letter: u8) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        match self.group.place {
            Place::Text | Place::Beside => self.pending.push(letter),
            Place::Object => self.object.push(letter),
            Place::Layout | Place::Fonts => {}
        }
    }

    fn decode(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let font = self.group.font.and_then(|font| self.fonts.get(&font));
        let charset = font.copied().unwrap_or(self.charset);
        let bytes = std::mem::take(&mut self.pending);
        self.say(&charset.decode_without_bom_handling(&bytes).0, reading)
    }

    fn say(&mut self, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match self.group.place {
            Place::Text => self.flow.text(text, reading),
            Place::Beside => {
                self.aside.push_str(text);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn control(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let Some((&first, after)) = self.rest.split_first() else {
            return Ok(());
        };
        if !first.is_ascii_alphabetic() {
            self.rest = after;
            return self.symbol(first, reading);
        }
        let rest = self.rest;
        let end = rest
            .iter()
            .position(|b| !b.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[sign..]
            .iter()
            .take(10)
            .take_while(|b| b.is_ascii_digit())
            .count();
        let number = str::from_utf8(&rest[..sign + digits])
            .ok()
            .and_then(|n| n.parse::<i32>().ok());
        let rest = if digits > 0 {
            &rest[sign + digits..]
        } else {
            rest
        };
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        self.word(word, number, reading)
    }

    fn symbol(&mut self, symbol: u8, reading: &mut Reading<'_>) -> Result<(), Stop> {
        match symbol {
            b'\'' => {
                let hex = |at: usize| self.rest.get(at).and_then(|b| char::from(*b).to_digit(16));
                if let (Some(high), Some(low)) = (hex(0), hex(1)) {
                    self.rest = &self.rest[2..];
                    self.byte((high << 4 | low) as u8);
                }
            }
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'~' => self.byte(b' '),
            b'_' => self.byte(b'-'),
            b'*' => {
                // Whatever follows may be left out by who does not know it; here it stands beside.
                if matches!(self.group.place, Place::Text) {
                    self.decode(reading)?;
                    self.group.place = Place::Beside;
                }
            }
            b'\r' | b'\n' => return self.end_line(reading),
            _ => {}
        }
        Ok(())
    }

    fn end_line(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        self.decode(reading)?;
        self.say("\n", reading)
    }

    fn word(
        &mut self,
        word: &[u8],
        number: Option<i32>,
        reading: &mut Reading<'_>,
    ) -> Result<(), Stop> {
        match word {
            b"u" => return self.unicode(number.unwrap_or(0), reading),
            b"uc" => self.group.instead = usize::try_from(number.unwrap_or(1)).ok(),
            b"bin" => {
                let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
                self.is_cut |= length > self.rest.len();
                self.rest = self.rest.get(length..).unwrap_or_default();
            }
            b"ansicpg" => self.charset = code_page(number.unwrap_or(1252)),
            b"mac" => self.charset = encoding_rs::MACINTOSH,
            b"f" => {
                self.decode(reading)?;
                self.group.font = number;
            }
            b"fcharset" if self.group.place == Place::Fonts => {
                if let (Some(font), Some(charset)) = (self.group.font, font_charset(number)) {
                    self.fonts.insert(font, charset);
                }
            }
            b"par" | b"line" | b"sect" | b"page" | b"column" | b"softline" => {
                return self.end_line(reading);
            }
            b"tab" => self.byte(b'\t'),
            b"emdash" | b"endash" => self.byte(b'-'),
            b"lquote" | b"rquote" => self.byte(b'\''),
            b"ldblquote" | b"rdblquote" => self.byte(b'"'),
            b"trowd" | b"intbl" | b"cell" | b"nestcell" | b"row" | b"nestrow" | b"pard" => {
                return self.table(word, reading);
            }
            b"fonttbl" => self.group.place = Place::Fonts,
            b"objdata" => {
                self.decode(reading)?;
                self.group.place = Place::Object;
            }
            _ if self.group.place == Place::Layout => {}
            _ if LAYOUT.contains(&word) => self.group.place = Place::Layout,
            b"shpinst" | b"nonshppict" | b"shppict" | b"result" | b"fldrslt"
                if self.group.place == Place::Beside =>
            {
                self.group.place = Place::Text;
            }
            _ if BESIDE.contains(&word) => {
                self.decode(reading)?;
                self.group.place = Place::Beside;
            }
            _ => {}
        }
        Ok(())
    }

    fn unicode(&mut self, number: i32, reading: &mut Reading<'_>) -> Result<(), Stop> {
        let unit = number as u16;
        self.decode(reading)?;
        // Two halves of one character come as two words.
        if (0xd800..0xdc00).contains(&unit) {
            let next = self.rest.iter().take(40).position(|b| *b == b'\\');
            let low = next
                .and_then(|at| self.rest.get(at + 1..))
                .and_then(|rest| rest.strip_prefix(b"u"));
            let digits = low.map(|low| {
                low.iter()
                    .take_while(|b| **b == b'-' || b.is_ascii_digit())
                    .count()
            });
            let low = low
                .zip(digits)
                .and_then(|(low, n)| str::from_utf8(&low[..n]).ok()?.parse::<i32>().ok());
            if let (Some(low), Some(at), Some(digits)) = (low, next, digits) {
                self.rest = &self.rest[at + 2 + digits..];
                self.say(&String::from_utf16_lossy(&[unit, low as u16]), reading)?;
                self.rest = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
            }
        } else {
            self.say(&String::from_utf16_lossy(&[unit]), reading)?;
        }
        self.skip = self.group.instead.unwrap_or(1);
        Ok(())
    }

    fn table(&mut self, word: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
        if self.group.place != Place::Text {
            return Ok(());
        }
        self.decode(reading)?;
        match word {
            b"trowd" | b"intbl" if !self.is_table => {
                self.is_table = true;
                self.flow.begin_table(reading)?;
                self.flow.begin_row(reading)?;
                self.flow.begin_cell(reading)
            }
            b"cell" | b"nestcell" if self.is_table => {
                self.flow.end_cell(reading)?;
                self.flow.begin_cell(reading)
            }
            b"row" | b"nestrow" if self.is_table => {
                self.flow.end_row(reading)?;
                self.flow.begin_row(reading)?;
                self.flow.begin_cell(reading)
            }
            // A paragraph outside of a table says so with `pard` alone; one in it says `intbl` next.
            b"pard" if self.is_table && !self.goes_on() => {
                self.is_table = false;
                self.flow.end_table(reading)
            }
            _ => Ok(()),
        }
    }

    fn goes_on(&self) -> bool {
        let near = &self.rest[..self.rest.len().min(200)];
        let end = near
            .iter()
            .position(|b| matches!(b, b' ' | b'{' | b'}'))
            .unwrap_or(near.len());
        let has = |word: &[u8]| memchr::memmem::find(&near[..end], word).is_some();
        has(b"\\intbl") || has(b"\\trowd")
    }
}

/// Windows' code page of this number, else Western.
fn code_page(number: i32) -> &'static Encoding {
    let label = match number {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        866 => "ibm866".to_owned(),
        874 => "windows-874".to_owned(),
        10000 => "macintosh".to_owned(),
        10007 => "x-mac-cyrillic".to_owned(),
        20866 => "koi8-r".to_owned(),
        21866 => "koi8-u".to_owned(),
        65001 => "utf-8".to_owned(),
        28591..=28606 => format!("iso-8859-{}", number - 28590),
        other => format!("windows-{other}"),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

fn font_charset(number: Option<i32>) -> Option<&'static Encoding> {
    Some(code_page(match number? {
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use crate::decide::extract::tests::{file, told};

    fn rtf(text: &str) -> String {
        told(&file(
            "a.rtf",
            format!("{{\\rtf1\\ansi\\ansicpg1252 {text}}}").as_bytes(),
        ))
    }

    #[test]
    fn text_is_read_as_it_is_shown() {
        let rows = [
            ("9999{\\b 934}10\\par two", "999993410\ntwo\n"),
            ("Zo\\'eb \\u380?\\u-10179?\\u-8704?", "Zoë ż😀\n"),
            ("\\uc2\\u380xxy", "ży\n"),
            (
                "{\\fonttbl{\\f1\\fcharset204 Arial;}}{\\f1\\'cf\\'e0}",
                "Па\n",
            ),
            ("{\\stylesheet{\\s1 Normal;}}{\\*\\generator Word;}a", "a\n"),
            (
                "a{\\v hidden}b{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt y}}",
                "ahiddenby\nHYPERLINK x\n",
            ),
            ("a{\\header top\\par}b", "ab\ntop\n"),
            ("{\\pict\\bin4 }}}}abc}d", "d\n"),
        ];
        for (text, want) in rows {
            assert_eq!(rtf(text), want, "{text}");
        }
    }

    #[test]
    fn tables_are_rows() {
        let text = "before\\par\\trowd\\cellx1\\pard\\intbl Naam\\cell BSN\\cell\\row\\trowd\\pard\\intbl Zo\\cell 999993410\\cell\\row\\pard after\\par";
        assert_eq!(rtf(text), "before\n=\nNaam|BSN\nZo|999993410\nafter\n");
    }

    #[test]
    fn objects_are_files() {
        let mut object = vec![1, 5, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0];
        object.extend(b"Package\0\0\0\0\0\0\0\0\0");
        let package = b"\x02\0a.txt\0c:\\a.txt\0\0\0\x03\0\x02\0\0\0c\0\x09\0\0\0999993410";
        object.extend((package.len() as u32).to_le_bytes());
        object.extend(package);
        let hex: String = object.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            rtf(&format!("{{\\object{{\\*\\objdata {hex}}}}}")),
            "> a.txt\n999993410\n<\n"
        );
    }
}
