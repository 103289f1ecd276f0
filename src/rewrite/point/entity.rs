//! Character references of HTML, as far as words that matter are written with them.

/// The character references that matter for words; others stay as they are.
pub(super) fn read(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        let name = &behind[..end.unwrap_or(behind.len())];
        match entity(name) {
            Some(c) => {
                out.push(c);
                rest = &behind[name.len()..];
                rest = rest.strip_prefix(';').unwrap_or(rest);
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = match hex {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    const NAMED: [(&str, char); 20] = [
        ("aacute", 'á'),
        ("aelig", 'æ'),
        ("agrave", 'à'),
        ("amp", '&'),
        ("aring", 'å'),
        ("auml", 'ä'),
        ("ccedil", 'ç'),
        ("eacute", 'é'),
        ("egrave", 'è'),
        ("gt", '>'),
        ("iacute", 'í'),
        ("lt", '<'),
        ("mdash", '—'),
        ("nbsp", '\u{a0}'),
        ("ntilde", 'ñ'),
        ("oacute", 'ó'),
        ("oslash", 'ø'),
        ("ouml", 'ö'),
        ("quot", '"'),
        ("uuml", 'ü'),
    ];
    let found = NAMED.iter().find(|(n, _)| *n == name);
    found.map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn known_references_are_read_and_others_stay() {
        let rows = [
            ("a&nbsp;b", "a\u{a0}b"),
            ("&lt;a&gt;&amp;amp;", "<a>&amp;"),
            ("&eacute&#233;&#xE9;", "ééé"),
            ("AT&T & &bogus; &", "AT&T & &bogus; &"),
            ("&#xffffffff;", "&#xffffffff;"),
        ];
        for (html, text) in rows {
            assert_eq!(read(html), text, "{html}");
        }
    }
}
