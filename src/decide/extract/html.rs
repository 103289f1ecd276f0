//! HTML as its reader sees it, and everything in it that the reader does not see (T39).
//!
//! Read with the tokenizer of a browser (html5ever), so tags, entities and odd markup mean what they mean there. Promises: inline
//! tags do not cut a word; what style hides (attribute, or a simple rule of the page) does not either and is said apart, as are
//! comments, attributes, scripts and styles; tables of data are rows; `data:` addresses are files. Never fails but with the limits.

use super::flow::Flow;
use super::{Document, Reading, Stop, charset};
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// The tokenizer is given so much at a time; limits are looked at in between.
const BLOCK: usize = 32 * 1024;

/// Attributes that are layout, not text.
const LAYOUT: [&str; 30] = [
    "style",
    "class",
    "id",
    "width",
    "height",
    "align",
    "valign",
    "border",
    "cellpadding",
    "cellspacing",
    "bgcolor",
    "color",
    "face",
    "size",
    "lang",
    "dir",
    "target",
    "rel",
    "type",
    "charset",
    "colspan",
    "rowspan",
    "http-equiv",
    "nowrap",
    "role",
    "background",
    "link",
    "vlink",
    "xmlns",
    "media",
];

/// Elements that begin and end a line.
const BLOCKS: [&str; 41] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "title",
    "ul",
];

/// Elements without content.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Reads a page.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let declared = document.charset.map(str::to_owned);
    let declared = declared.or_else(|| in_meta(document.bytes));
    let texts = charset::texts(document.bytes, declared.as_deref());
    page(&texts.text, true, reading)?;
    if let Some(other) = &texts.other {
        reading.spend(other.len() as u64)?;
        reading.at("in another charset")?;
        page(other, true, reading)?;
    }
    Ok(())
}

/// Reads a page whose characters are known.
pub(super) fn page(text: &str, is_outermost: bool, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let page = Page {
        reading,
        flow: Flow::default(),
        aside: String::new(),
        hidden: None,
        rules: Vec::new(),
        raw: None,
        is_blank: true,
        is_exact: 0,
        is_outermost,
        stop: None,
    };
    let mut tokenizer = Tokenizer::new(page, TokenizerOpts::default());
    let mut input = BufferQueue::default();
    let mut rest = text;
    while !rest.is_empty() && tokenizer.sink.stop.is_none() {
        let (block, after) = rest.split_at(rest.floor_char_boundary(BLOCK).max(1).min(rest.len()));
        input.push_back(StrTendril::from_slice(block));
        let _ = tokenizer.feed(&mut input);
        rest = after;
    }
    if tokenizer.sink.stop.is_none() {
        tokenizer.end();
    }
    tokenizer.sink.finish()
}

/// The charset that a `meta` element of the first kilobyte names.
fn in_meta(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let name = after.trim_start_matches(['"', '\'', ' ']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c));
    Some(name[..end.unwrap_or(name.len())].to_owned())
}

struct Page<'a, 'r> {
    reading: &'a mut Reading<'r>,
    flow: Flow,
    /// What is not seen, line by line.
    aside: String,
    /// The element that hides what is in it, and how many of its name are open.
    hidden: Option<(String, u32)>,
    /// Classes (`.x`) and names (`#x`) that the page's style hides.
    rules: Vec<String>,
    /// Inside a script or style.
    raw: Option<String>,
    /// The last letter was a blank.
    is_blank: bool,
    /// Depth of `pre` and `textarea`, where blanks count.
    is_exact: u32,
    is_outermost: bool,
    stop: Option<Stop>,
}

impl TokenSink for Page<'_, '_> {
    type Handle = ();

    fn process_token(&mut self, token: Token, _: u64) -> TokenSinkResult<()> {
        if self.stop.is_some() {
            return TokenSinkResult::Continue;
        }
        let done = match &token {
            Token::CharacterTokens(text) => self.text(text),
            Token::TagToken(tag) => self.tag(tag),
            Token::CommentToken(text) => self.comment(text),
            Token::NullCharacterToken
            | Token::DoctypeToken(_)
            | Token::EOFToken
            | Token::ParseError(_) => Ok(()),
        };
        self.stop = done.err();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => content(&tag.name),
            _ => TokenSinkResult::Continue,
        }
    }
}

/// How a browser reads what is in the element.
fn content(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

impl Page<'_, '_> {
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        if let Some(raw) = &mut self.raw {
            raw.push_str(text);
            return Ok(());
        }
        if self.hidden.is_some() {
            self.aside.push_str(text);
            return Ok(());
        }
        if self.is_exact > 0 {
            self.is_blank = false;
            return self.flow.text(text, self.reading);
        }
        let is_blank = |c: char| c.is_ascii_whitespace();
        let (mut line, mut rest) = (String::with_capacity(text.len()), text);
        while !rest.is_empty() {
            let word = rest.find(is_blank).unwrap_or(rest.len());
            line.push_str(&rest[..word]);
            self.is_blank &= word == 0;
            let after = rest[word..].trim_start_matches(is_blank);
            if word + after.len() < rest.len() && !self.is_blank {
                line.push(' ');
                self.is_blank = true;
            }
            rest = after;
        }
        self.flow.text(&line, self.reading)
    }

    fn comment(&mut self, text: &str) -> Result<(), Stop> {
        match text.trim_start().starts_with("[if") && self.is_outermost {
            true => {
                // `[if mso]> shown by Outlook <![endif]`
                self.end_line()?;
                let inside = text.split_once('>').map_or("", |(_, inside)| inside);
                let inside = inside
                    .rsplit_once("<![")
                    .map_or(inside, |(inside, _)| inside);
                page(inside, false, self.reading)
            }
            false => self.beside(text),
        }
    }

    fn beside(&mut self, text: &str) -> Result<(), Stop> {
        if !text.trim().is_empty() {
            if !self.aside.is_empty() && !self.aside.ends_with('\n') {
                self.aside.push('\n');
            }
            self.aside.push_str(text.trim());
            self.aside.push('\n');
        }
        Ok(self.reading.tick()?)
    }

    fn end_line(&mut self) -> Result<(), Stop> {
        self.is_blank = true;
        self.flow.end_line(self.reading)
    }

    fn tag(&mut self, tag: &Tag) -> Result<(), Stop> {
        let name: &str = &tag.name;
        let is_start = tag.kind == TagKind::StartTag;
        if matches!(name, "script" | "style") {
            return self.raw(name, is_start);
        }
        if is_start {
            self.attributes(tag)?;
        }
        if self.within_hidden(tag, is_start) {
            if BLOCKS.contains(&name) || matches!(name, "br" | "tr" | "td") {
                self.aside.push('\n');
            }
            return Ok(());
        }
        match (name, is_start) {
            ("br", true) => {
                self.is_blank = true;
                self.flow.text("\n", self.reading)
            }
            ("pre" | "textarea" | "xmp" | "plaintext", true) => {
                self.is_exact += 1;
                self.end_line()
            }
            ("pre" | "textarea" | "xmp", false) => {
                self.is_exact = self.is_exact.saturating_sub(1);
                self.end_line()
            }
            ("table" | "tr" | "td" | "th", _) => self.table(tag, is_start),
            _ if BLOCKS.contains(&name) => self.end_line(),
            _ => Ok(()),
        }
    }

    fn table(&mut self, tag: &Tag, is_start: bool) -> Result<(), Stop> {
        self.is_blank = true;
        match (&*tag.name, is_start) {
            ("table", true) => self.flow.begin_table(self.reading),
            ("table", false) => self.flow.end_table(self.reading),
            ("tr", true) => self.flow.begin_row(self.reading),
            ("tr", false) => self.flow.end_row(self.reading),
            (_, true) => {
                let span = attribute(tag, "colspan").and_then(|n| n.trim().parse().ok());
                self.flow.begin_cell(self.reading)?;
                self.flow.span(span.unwrap_or(1));
                Ok(())
            }
            (_, false) => self.flow.end_cell(self.reading),
        }
    }

    fn raw(&mut self, name: &str, is_start: bool) -> Result<(), Stop> {
        if is_start {
            self.raw = Some(String::new());
            return Ok(());
        }
        let text = self.raw.take().unwrap_or_default();
        if name == "style" {
            self.rules.extend(hiding_rules(&text));
        }
        self.beside(&text)
    }

    /// True if the tag stands in what is hidden, or begins or ends it.
    fn within_hidden(&mut self, tag: &Tag, is_start: bool) -> bool {
        let name: &str = &tag.name;
        if self.hidden.is_none() {
            let begins = is_start && !VOID.contains(&name) && self.hides(tag);
            if begins {
                self.hidden = Some((name.to_owned(), 1));
                self.aside.push('\n');
            }
            return begins;
        }
        match &mut self.hidden {
            Some((hides, open)) if hides == name => {
                *open = if is_start { *open + 1 } else { *open - 1 };
                if *open == 0 {
                    self.hidden = None;
                    self.aside.push('\n');
                }
                true
            }
            _ => true,
        }
    }

    fn hides(&self, tag: &Tag) -> bool {
        let by_rule = |sign: char, value: &str| {
            value.split_ascii_whitespace().any(|word| {
                let is_it = |rule: &String| rule.strip_prefix(sign) == Some(word);
                self.rules.iter().any(is_it)
            })
        };
        tag.attrs
            .iter()
            .any(|attribute| match &*attribute.name.local {
                "style" => hides(&attribute.value),
                "hidden" => true,
                "class" => !self.rules.is_empty() && by_rule('.', &attribute.value),
                "id" => !self.rules.is_empty() && by_rule('#', &attribute.value),
                _ => false,
            })
    }

    fn attributes(&mut self, tag: &Tag) -> Result<(), Stop> {
        for attribute in &tag.attrs {
            let name: &str = &attribute.name.local;
            if LAYOUT.contains(&name) {
                continue;
            }
            let value: &str = &attribute.value;
            match value.trim_start().get(..5) {
                Some(scheme) if scheme.eq_ignore_ascii_case("data:") => {
                    self.data(value.trim_start())?
                }
                _ => self.beside(value)?,
            }
        }
        Ok(())
    }

    /// RFC 2397: a file in an address.
    fn data(&mut self, address: &str) -> Result<(), Stop> {
        let (head, body) = address[5..].split_once(',').unwrap_or(("", &address[5..]));
        let media_type = head.split(';').next().unwrap_or_default();
        let bytes = match head.to_ascii_lowercase().ends_with(";base64") {
            true => {
                let mut bytes = Vec::new();
                let _ = encodify::base64::LENIENT.decode_append(body, &mut bytes);
                bytes
            }
            false => crate::mail::percent::decoded(body.as_bytes()),
        };
        self.reading.spend(bytes.len() as u64)?;
        self.flow.end_line(self.reading)?;
        self.reading.member(&Document {
            name: "",
            media_type,
            charset: None,
            bytes: &bytes,
        })
    }

    fn finish(mut self) -> Result<(), Stop> {
        if let Some(stop) = self.stop {
            return Err(stop);
        }
        self.flow.finish(self.reading)?;
        let raw = self.raw.take().unwrap_or_default();
        self.beside(&raw)?;
        if !self.aside.trim().is_empty() {
            if self.is_outermost {
                self.reading.at("not shown")?;
            }
            super::plain::lines(self.aside.trim(), self.reading)?;
        }
        Ok(())
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let found = tag
        .attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| &*attribute.value)
}

/// True if a list of declarations makes text invisible.
fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let style = style.to_ascii_lowercase();
    let zero = |key: &str| {
        style.split(key).skip(1).any(|value| {
            let digits = value.split([';', '!', '}']).next().unwrap_or_default();
            let digits = digits.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
            digits.parse() == Ok(0.0)
        })
    };
    let words = ["display:none", "visibility:hidden", "mso-hide:all"];
    words.iter().any(|word| style.contains(word)) || zero("font-size:") || zero("opacity:")
}

/// `.x` and `#x` of rules that hide.
fn hiding_rules(style: &str) -> Vec<String> {
    let mut rules = Vec::new();
    for rule in style.split('}') {
        let Some((selectors, body)) = rule.rsplit_once('{') else {
            continue;
        };
        if !hides(body) {
            continue;
        }
        let selectors = selectors.rsplit(['{', ';', '/']).next().unwrap_or_default();
        for selector in selectors.split(',') {
            let last = selector
                .split_ascii_whitespace()
                .next_back()
                .unwrap_or_default();
            if let Some(at) = last.rfind(['.', '#'])
                && !last.contains(':')
            {
                rules.push(last[at..].to_owned());
            }
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use crate::decide::extract::tests::{file, told};

    fn page(html: &str) -> String {
        told(&file(
            "a.html",
            format!("<!doctype html><body>{html}").as_bytes(),
        ))
    }

    #[test]
    fn a_page_is_said_as_it_is_seen() {
        let rows = [
            ("99<b>99</b>93<i></i>410", "999993410\n"),
            ("99999&#51;410 &euro;&nbsp;5", "999993410 €\u{a0}5\n"),
            ("one<p>two</p>three<br>four", "one\ntwo\nthree\nfour\n"),
            ("a  \n b <span> c</span>d", "a b cd\n"),
            ("<pre>a  b\nc</pre>", "a  b\nc\n"),
            ("99999<!-- note -->3410", "999993410\n@ not shown\nnote\n"),
            (
                "99<span style='display: none'>hidden</span>9",
                "999\n@ not shown\nhidden\n",
            ),
            (
                "99<span style='font-size:0px'>hidden</span>9",
                "999\n@ not shown\nhidden\n",
            ),
            ("99<span style='font-size:0.9em'>5</span>9", "9959\n"),
            (
                "<style>td .x, p.y { color: red; display:none }</style>1<p class='z y'>2</p>3",
                "13\n@ not shown\ntd .x, p.y { color: red; display:none }\n\n\n2\n",
            ),
            (
                "<img alt='IBAN' src='http://a/b'><input value='999993410'>",
                "@ not shown\nIBAN\nhttp://a/b\n999993410\n",
            ),
            (
                "<script>var a = '9<b>9'</script>x",
                "x\n@ not shown\nvar a = '9<b>9'\n",
            ),
            (
                "<a href='mailto:a@b.example'>mail</a>",
                "mail\n@ not shown\nmailto:a@b.example\n",
            ),
            ("<!--[if mso]>9<b>9</b><![endif]-->", "99\n"),
            ("<textarea>9<b></textarea>", "9<b>\n"),
        ];
        for (html, want) in rows {
            assert_eq!(page(html), want, "{html}");
        }
    }

    #[test]
    fn tables_of_data_are_rows() {
        let html = "<table><tr><th>Naam<th>BSN</tr>\n <tr><td>Zoë</td> <td>9999<b>93410</b></td></tr></table>after";
        assert_eq!(page(html), "=\nNaam|BSN\nZoë|999993410\nafter\n");
    }

    #[test]
    fn tables_that_arrange_are_text() {
        let html = "<table><tr><td>Dear all<table><tr><td>a<td>b<tr><td>c<td>d</table>Bye</table>";
        assert_eq!(page(html), "Dear all\n=\na|b\nc|d\nBye\n");
        assert_eq!(page("<table><tr><td>one<tr><td>two</table>"), "one\ntwo\n");
    }

    #[test]
    fn cells_over_columns_keep_the_columns_behind() {
        let html = "<table><tr><td colspan=2>a</td><td>b</td></tr><tr><td>1<td>2<td>3</table>";
        assert_eq!(page(html), "=\na||b\n1|2|3\n");
    }

    #[test]
    fn an_address_with_data_is_a_file() {
        let html = "<img src='data:text/plain;base64,OTk5OTkzNDEw'>";
        assert_eq!(page(html), "> \n999993410\n<\n");
    }

    #[test]
    fn tables_without_end_in_tables_take_no_time() {
        page(&"<table><tr><td>a".repeat(20_000));
    }

    #[test]
    fn the_charset_is_found_in_the_page() {
        let html = b"<html><meta charset=\"windows-1251\"><body>\xcf\xe0\xf1\xef\xee\xf0\xf2";
        assert_eq!(told(&file("a.html", html)).lines().next(), Some("Паспорт"));
    }
}
