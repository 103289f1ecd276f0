//! `multipart/form-data` (RFC 7578), read while it arrives: the fields of a form, files among them, in whatever pieces the network brings.
//!
//! Promises: every split of the same bytes reads the same; at most [`MAX_HEAD`] bytes and what was pushed last are held; nothing before
//! the closing delimiter is an end, so that a form that was cut never looks whole. Strict where browsers all write the same.
//! Leaves to others: what fields mean, how many and how large they may be. Fails with [`Odd`].

use memchr::memmem::Finder;
use std::fmt;

/// Longest head of a part in bytes; a file name in it has a few hundred.
pub const MAX_HEAD: usize = 4 * 1024;
/// RFC 2046 section 5.1.1.
const MAX_BOUNDARY: usize = 70;

/// Reads one form.
pub struct Multipart {
    /// CRLF, two dashes, the boundary.
    delimiter: Finder<'static>,
    buffer: Vec<u8>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The first delimiter, which no CRLF stands before: no browser writes a preamble.
    Start,
    /// Behind a delimiter: CRLF, or two dashes.
    Delimited,
    /// The lines that say what a field is.
    Head,
    /// Its bytes.
    Body,
    /// Behind the closing delimiter.
    Over,
}

/// What comes next in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A field begins.
    Field(Field),
    /// Bytes of it; never empty.
    Bytes(Vec<u8>),
    /// It was whole.
    FieldEnd,
    /// The form was whole.
    End,
}

/// One field of a form, as a stranger named it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// The name in the form.
    pub name: String,
    /// The name of the file, empty if none was chosen; `None` for a field that is typed.
    pub file: Option<String>,
}

/// Not the form of a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd(&'static str);

impl Multipart {
    /// For a body of this `Content-Type`; `None` if it is no form of this kind.
    pub fn new(content_type: &str) -> Option<Self> {
        let (kind, parameters) = content_type.split_once(';')?;
        let boundary = parameters.split(';').find_map(|one| {
            let (name, value) = one.split_once('=')?;
            let is_it = name.trim().eq_ignore_ascii_case("boundary");
            is_it.then_some(value.trim().trim_matches('"'))
        })?;
        let fits = kind.trim().eq_ignore_ascii_case("multipart/form-data")
            && (1..=MAX_BOUNDARY).contains(&boundary.len())
            && boundary.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Multipart {
            delimiter: Finder::new(&format!("\r\n--{boundary}")).into_owned(),
            buffer: Vec::new(),
            stage: Stage::Start,
        })
    }

    /// The next bytes, split anywhere. Call [`Multipart::next`] until it gives `None` before more are pushed.
    pub fn push(&mut self, bytes: &[u8]) {
        // What stands behind the end is nobody's (RFC 2046: an epilogue).
        if self.stage != Stage::Over {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// What comes next; `None` if more bytes are needed to know it, and behind the end.
    #[allow(clippy::should_implement_trait)] // it goes on after a `None`
    pub fn next(&mut self) -> Result<Option<Event>, Odd> {
        loop {
            let event = match self.stage {
                Stage::Start => self.start()?,
                Stage::Delimited => self.delimited()?,
                Stage::Head => self.head()?,
                Stage::Body => self.body(),
                Stage::Over => None,
            };
            match event {
                Some(None) => {}
                Some(event) => return Ok(event),
                None => return Ok(None),
            }
        }
    }

    fn start(&mut self) -> Result<Option<Option<Event>>, Odd> {
        let first = &self.delimiter.needle()[2..];
        let seen = self.buffer.len().min(first.len());
        if self.buffer[..seen] != first[..seen] {
            return Err(Odd("it does not begin with its boundary"));
        }
        if seen < first.len() {
            return Ok(None);
        }
        self.buffer.drain(..seen);
        self.stage = Stage::Delimited;
        Ok(Some(None))
    }

    fn delimited(&mut self) -> Result<Option<Option<Event>>, Odd> {
        let Some(two) = self.buffer.first_chunk::<2>() else {
            return Ok(None);
        };
        let event = match two {
            b"\r\n" => {
                self.stage = Stage::Head;
                None
            }
            b"--" => {
                self.stage = Stage::Over;
                Some(Event::End)
            }
            _ => return Err(Odd("something stands behind a boundary")),
        };
        self.buffer.drain(..2);
        if self.stage == Stage::Over {
            self.buffer = Vec::new();
        }
        Ok(Some(event))
    }

    fn head(&mut self) -> Result<Option<Option<Event>>, Odd> {
        let end = memchr::memmem::find(&self.buffer, b"\r\n\r\n");
        if end.unwrap_or(self.buffer.len()) > MAX_HEAD {
            return Err(Odd("the head of a field is too long"));
        }
        let Some(end) = end else { return Ok(None) };
        let field = field(&self.buffer[..end])?;
        self.buffer.drain(..end + 4);
        self.stage = Stage::Body;
        Ok(Some(Some(Event::Field(field))))
    }

    fn body(&mut self) -> Option<Option<Event>> {
        let needle = self.delimiter.needle().len();
        let (bytes, found) = match self.delimiter.find(&self.buffer) {
            Some(at) => (at, true),
            // The last bytes may begin a delimiter.
            None => (self.buffer.len().saturating_sub(needle - 1), false),
        };
        if bytes > 0 {
            let rest = self.buffer.split_off(bytes);
            let bytes = std::mem::replace(&mut self.buffer, rest);
            return Some(Some(Event::Bytes(bytes)));
        }
        if !found {
            return None;
        }
        self.buffer.drain(..needle);
        self.stage = Stage::Delimited;
        Some(Some(Event::FieldEnd))
    }
}

/// Reads the head of a field. Browsers write `"`, CR and LF in names as `%22`, `%0D`, `%0A` (WHATWG HTML), and everything in UTF-8.
fn field(head: &[u8]) -> Result<Field, Odd> {
    let text = std::str::from_utf8(head).map_err(|_| Odd("the head of a field is not UTF-8"))?;
    let disposition = text.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_it = name.trim().eq_ignore_ascii_case("content-disposition");
        is_it.then_some(value.trim())
    });
    let disposition = disposition.ok_or(Odd("a field without a name"))?;
    let mut field = Field::default();
    let mut named = false;
    for (name, value) in parameters(disposition)? {
        match name.as_str() {
            "name" => (field.name, named) = (value, true),
            "filename" => field.file = Some(value),
            _ => {}
        }
    }
    let is_form = disposition
        .get(..9)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("form-data"));
    match named && is_form {
        true => Ok(field),
        false => Err(Odd("a field without a name")),
    }
}

/// The parameters behind the first semicolon; a quoted one may hold semicolons.
fn parameters(value: &str) -> Result<Vec<(String, String)>, Odd> {
    let mut rest = value.split_once(';').map_or("", |(_, rest)| rest);
    let mut found = Vec::new();
    while !rest.trim().is_empty() {
        let (name, behind) = rest
            .split_once('=')
            .ok_or(Odd("a parameter without a value"))?;
        let (value, next) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or(Odd("a quote is not closed"))?,
            None => behind.split_at(behind.find(';').unwrap_or(behind.len())),
        };
        found.push((name.trim().to_ascii_lowercase(), unescaped(value)));
        rest = next.trim_start().strip_prefix(';').unwrap_or_default();
    }
    Ok(found)
}

fn unescaped(value: &str) -> String {
    let plain = value.replace("%22", "\"");
    plain.replace("%0D", "\r").replace("%0A", "\n")
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Odd {}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("stage", &self.stage)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----abc";
    const FORM: &str = "------abc\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nHello\r\n--\r\n------ab\r\nBo\
        \r\n------abc\r\nContent-Disposition: form-data; name=\"files\"; filename=\"L\u{e4}karintyg; v%221%22.pdf\"\r\n\
        Content-Type: application/pdf\r\n\r\n%PDF\r\n------abc\r\n\
        content-disposition: form-data; name=none; filename=\"\"\r\n\r\n\r\n------abc--\r\n";

    fn read(bytes: &[u8], at_once: usize) -> Result<Vec<Event>, Odd> {
        let mut form = Multipart::new(TYPE).expect("a form");
        let mut events: Vec<Event> = Vec::new();
        for some in bytes.chunks(at_once) {
            form.push(some);
            while let Some(event) = form.next()? {
                match (events.last_mut(), event) {
                    (Some(Event::Bytes(before)), Event::Bytes(more)) => before.extend(more),
                    (_, event) => events.push(event),
                }
            }
        }
        Ok(events)
    }

    fn named(name: &str, file: Option<&str>) -> Event {
        Event::Field(Field {
            name: name.into(),
            file: file.map(str::to_owned),
        })
    }

    #[test]
    fn every_split_reads_the_same() {
        let expected = vec![
            named("text", None),
            Event::Bytes(b"Hello\r\n--\r\n------ab\r\nBo".to_vec()),
            Event::FieldEnd,
            named("files", Some("L\u{e4}karintyg; v\"1\".pdf")),
            Event::Bytes(b"%PDF".to_vec()),
            Event::FieldEnd,
            named("none", Some("")),
            Event::FieldEnd,
            Event::End,
        ];
        for at_once in 1..=FORM.len() {
            assert_eq!(
                read(FORM.as_bytes(), at_once).as_ref(),
                Ok(&expected),
                "{at_once}"
            );
        }
    }

    #[test]
    fn a_form_that_was_cut_has_no_end() {
        for len in 0..FORM.len() - 4 {
            let events = read(&FORM.as_bytes()[..len], 7).expect("nothing is odd");
            assert!(!events.contains(&Event::End), "{len}");
        }
    }

    #[test]
    fn what_no_browser_writes_is_odd() {
        let rows = [
            "x------abc\r\n",
            "------abcd\r\n",
            "------abc\r\nContent-Type: text/plain\r\n\r\n",
            "------abc\r\nContent-Disposition: form-data; name=\"a\r\n\r\n",
            "------abc\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n",
        ];
        for row in rows {
            assert!(read(row.as_bytes(), 5).is_err(), "{row:?}");
        }
        let endless = format!("------abc\r\nX: {}", "a".repeat(MAX_HEAD + 1));
        assert!(read(endless.as_bytes(), 1000).is_err());
        for kind in [
            "text/plain; boundary=a",
            "multipart/form-data",
            "multipart/form-data; boundary=",
        ] {
            assert!(Multipart::new(kind).is_none(), "{kind}");
        }
    }

    #[test]
    fn a_large_field_is_not_held() {
        let mut form = Multipart::new(TYPE).expect("a form");
        form.push(
            b"------abc\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n",
        );
        let mut seen = 0;
        for _ in 0..100 {
            form.push(&[b'\r'; 50_000]);
            while let Some(event) = form.next().expect("nothing is odd") {
                if let Event::Bytes(bytes) = event {
                    seen += bytes.len();
                }
            }
            assert!(form.buffer.len() < 100);
        }
        assert!(seen > 4_999_000);
    }
}
