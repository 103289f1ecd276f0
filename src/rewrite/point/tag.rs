//! One start tag of HTML, read as the HTML standard's tokenizer does: quotes in attributes can hold `>`.

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// Lower case.
    pub(super) name: String,
    /// Names lower case, values as written.
    attributes: Vec<(String, String)>,
    /// Behind its `>`.
    pub(super) end: usize,
}

impl Tag {
    /// Reads the tag whose `<` is at `at` and is followed by a letter; `None` if it does not end.
    pub(super) fn read(html: &[u8], at: usize) -> Option<Self> {
        let mut i = at + 1;
        let name = name_at(html, &mut i);
        let mut attributes = Vec::new();
        loop {
            while matches!(html.get(i)?, b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' | b'/') {
                i += 1;
            }
            if html[i] == b'>' {
                return Some(Tag {
                    name,
                    attributes,
                    end: i + 1,
                });
            }
            attributes.push(attribute(html, &mut i)?);
        }
    }

    /// Names in lower case, values as written.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.attributes.iter();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// True if the attribute is there, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(n, _)| n == name)
    }

    /// The value of an attribute, lower case; empty if there is none.
    pub(super) fn value(&self, name: &str) -> String {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.to_ascii_lowercase())
            .unwrap_or_default()
    }
}

/// The name at `i`, which then points behind it.
pub(super) fn name_at(html: &[u8], i: &mut usize) -> String {
    let begin = *i;
    while html
        .get(*i)
        .is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>'))
    {
        *i += 1;
    }
    String::from_utf8_lossy(&html[begin..*i]).to_ascii_lowercase()
}

fn attribute(html: &[u8], i: &mut usize) -> Option<(String, String)> {
    let begin = *i;
    *i += 1; // A leading `=` belongs to the name.
    while !matches!(html.get(*i)?, b'=' | b'>' | b'/') && !html[*i].is_ascii_whitespace() {
        *i += 1;
    }
    let name = String::from_utf8_lossy(&html[begin..*i]).to_ascii_lowercase();
    let mut next = *i;
    while html.get(next)?.is_ascii_whitespace() {
        next += 1;
    }
    if html[next] != b'=' {
        return Some((name, String::new()));
    }
    next += 1;
    while html.get(next)?.is_ascii_whitespace() {
        next += 1;
    }
    let value = match html[next] {
        quote @ (b'"' | b'\'') => {
            let len = memchr::memchr(quote, &html[next + 1..])?;
            *i = next + len + 2;
            &html[next + 1..next + 1 + len]
        }
        _ => {
            *i = next;
            while !html.get(*i)?.is_ascii_whitespace() && html[*i] != b'>' {
                *i += 1;
            }
            &html[next..*i]
        }
    };
    Some((name, String::from_utf8_lossy(value).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_however_they_are_quoted() {
        let rows = [
            ("<a id=x>.", "x"),
            ("<a ID = 'x'>.", "x"),
            ("<a class=\"a>b\" id=\"x\"/>.", "x"),
            ("<a b c id=x >.", "x"),
            ("<a>.", ""),
            ("<a\r\nid=\r\n\"X\">.", "x"),
        ];
        for (html, id) in rows {
            let tag = Tag::read(html.as_bytes(), 0).expect(html);
            assert_eq!(
                (tag.name.as_str(), tag.value("id").as_str(), tag.end),
                ("a", id, html.len() - 1),
                "{html}"
            );
        }
        for open in ["<a", "<a id='x>", "<a id=x", "<a id"] {
            assert_eq!(Tag::read(open.as_bytes(), 0), None, "{open}");
        }
    }
}
