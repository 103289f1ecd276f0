//! XML as it comes: elements, their ends, and text.
//!
//! Promises: names without their prefixes; no DTD is read, no entity but XML's own five and characters by number is known, so none
//! can grow (T36); any charset the file declares. What is not well-formed is read as far as it is. Fails with `Damaged`.

use super::charset;
use crate::mail::content::Unreadable;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use std::borrow::Cow;

/// A part of a file of XML.
pub(super) enum Said<'a> {
    Open(Element<'a>),
    Close(BytesEnd<'a>),
    Text(Cow<'a, str>),
    End,
}

/// The start of an element.
pub(super) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// Its name without prefix.
    pub fn name(&self) -> &str {
        local(self.0.name().0)
    }

    /// The attribute of this name, whatever its prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        self.all()
            .find(|(key, _)| local(key) == name)
            .map(|(_, value)| value)
    }

    /// A number of an attribute.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.trim().parse().ok()
    }

    /// All attributes, names with their prefixes.
    pub fn all(&self) -> impl Iterator<Item = (&str, String)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map(Cow::into_owned);
            let value = value.unwrap_or_else(|_| attribute.value.as_ref().to_owned());
            (attribute.key.0, value)
        })
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A file of XML.
pub(super) struct Xml<'a> {
    reader: quick_xml::Reader<&'a [u8]>,
    /// Elements that were begun and not ended.
    open: usize,
    /// There was one, or nothing at all.
    has_any: bool,
}

impl<'a> Xml<'a> {
    /// Reads from the beginning.
    pub fn new(text: &'a str) -> Self {
        let mut reader = quick_xml::Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Xml {
            reader,
            open: 0,
            has_any: text.trim().is_empty(),
        }
    }

    /// What comes next. A file that ends before its elements do, or has text only, was cut off.
    pub fn next(&mut self) -> Result<Said<'a>, Unreadable> {
        loop {
            return Ok(
                match self.reader.read_event().map_err(|_| Unreadable::Damaged)? {
                    Event::Start(start) | Event::Empty(start) => {
                        (self.open, self.has_any) = (self.open + 1, true);
                        Said::Open(Element(start))
                    }
                    Event::End(end) => {
                        self.open = self.open.saturating_sub(1);
                        Said::Close(end)
                    }
                    Event::Text(text) => Said::Text(text.into_inner()),
                    Event::CData(text) => Said::Text(text.into_inner()),
                    Event::GeneralRef(name) => match name.resolve_char_ref() {
                        Ok(Some(character)) => Said::Text(Cow::Owned(character.into())),
                        _ => Said::Text(entity(name.into_inner().as_ref())),
                    },
                    Event::Eof if self.open > 0 || !self.has_any => {
                        return Err(Unreadable::Damaged);
                    }
                    Event::Eof => Said::End,
                    _ => continue,
                },
            );
        }
    }
}

fn entity(name: &str) -> Cow<'static, str> {
    match name {
        "lt" => "<".into(),
        "gt" => ">".into(),
        "amp" => "&".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        "nbsp" => "\u{a0}".into(),
        other => format!("&{other};").into(),
    }
}

/// The name of an end without prefix.
pub(super) fn closed<'a>(end: &'a BytesEnd<'_>) -> &'a str {
    local(end.name().0)
}

/// A file's bytes as XML's text: a byte order mark, else what its first line declares, else UTF-8.
pub(super) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let head = head.split("?>").next().unwrap_or_default();
    let declared = head.split("encoding=").nth(1);
    let declared = declared.and_then(|rest| rest.get(1..)?.split(['"', '\'']).next());
    // What declares UTF-16 in bytes that are ASCII is not in UTF-16.
    let declared = declared.filter(|label| !label.to_ascii_lowercase().starts_with("utf-16"));
    charset::text(bytes, declared)
}

/// The name of the first element, without prefix.
pub(super) fn root(text: &str) -> String {
    let mut xml = Xml::new(text);
    loop {
        match xml.next() {
            Ok(Said::Open(element)) => return element.name().to_owned(),
            Ok(Said::End) | Err(_) => return String::new(),
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(xml: &str) -> Result<String, Unreadable> {
        let (mut reader, mut out) = (Xml::new(xml), String::new());
        loop {
            match reader.next()? {
                Said::Text(text) => out.push_str(&text),
                Said::End => return Ok(out),
                Said::Open(_) | Said::Close(_) => {}
            }
        }
    }

    #[test]
    fn entities_are_characters_and_never_grow() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"xxxxxxxxxx\"><!ENTITY c \"&b;&b;\">]><a>&c;&#57;&#x39;&amp;</a>";
        assert_eq!(text_of(bomb).as_deref(), Ok("&c;99&"));
    }

    #[test]
    fn ends_that_do_not_fit_are_read() {
        assert_eq!(text_of("<a>one</b>two").as_deref(), Ok("onetwo"));
        assert_eq!(text_of("<a>one<b"), Err(Unreadable::Damaged));
    }

    #[test]
    fn the_declared_charset_counts() {
        let bytes = b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>Zo\xeb</a>";
        assert_eq!(text_of(&decoded(bytes)).as_deref(), Ok("Zoë"));
    }

    #[test]
    fn attributes_are_found_without_their_prefix() {
        let mut xml = Xml::new("<w:a w:val='1 &lt; 2'/>");
        let Ok(Said::Open(element)) = xml.next() else {
            panic!("an element")
        };
        assert_eq!(
            (element.name(), element.get("val").as_deref()),
            ("a", Some("1 < 2"))
        );
    }
}
