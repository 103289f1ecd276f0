//! The place in HTML: one pass over the tags, nothing is built and nothing written anew.

use super::FARTHEST;
use super::tag::{Tag, name_at};
use memchr::memmem;

/// The offset of the block in decoded HTML. `complete`: the document does not go on behind these bytes.
pub(in crate::rewrite) fn point(html: &[u8], complete: bool) -> usize {
    let mut scan = Scan::over(html);
    let found = scan.run();
    match found {
        Some(at) if at <= FARTHEST => at,
        None if complete && html.len() <= FARTHEST => html.len(),
        _ => scan.top,
    }
}

struct Scan<'a> {
    html: &'a [u8],
    in_head: bool,
    /// Behind `<body>`, or what comes closest.
    top: usize,
    /// Start of the last element that begins a line.
    line: usize,
    /// An `<hr>` with nothing behind it yet: it belongs to a marker that follows.
    rule: Option<usize>,
    /// The line whose text ends with a colon, if that was the last text: it may introduce a quote.
    introduction: Option<usize>,
}

impl<'a> Scan<'a> {
    fn over(html: &'a [u8]) -> Self {
        Scan {
            html,
            in_head: false,
            top: 0,
            line: 0,
            rule: None,
            introduction: None,
        }
    }

    /// Where history, signature or the end of the body begins; a construct that never ends is a place too, before it.
    fn run(&mut self) -> Option<usize> {
        let mut at = 0;
        loop {
            let Some(open) = memchr::memchr(b'<', &self.html[at..]).map(|n| at + n) else {
                return self.text(at, self.html.len());
            };
            if let Some(found) = self.text(at, open) {
                return Some(found);
            }
            match self.markup(open) {
                Ok(next) => at = next,
                Err(found) => return Some(found),
            }
        }
    }

    /// `Ok`: go on there. `Err`: that is the place.
    fn markup(&mut self, open: usize) -> Result<usize, usize> {
        match self.html.get(open + 1) {
            Some(b'!') if self.html[open..].starts_with(b"<!--") => self.comment(open),
            Some(b'!' | b'?') => self.behind(open, b'>'),
            Some(b'/') => self.end_tag(open),
            Some(b) if b.is_ascii_alphabetic() => self.start_tag(open),
            _ => Ok(open + 1),
        }
    }

    fn behind(&self, open: usize, end: u8) -> Result<usize, usize> {
        match memchr::memchr(end, &self.html[open..]) {
            Some(n) => Ok(open + n + 1),
            None => Err(open),
        }
    }

    fn comment(&self, open: usize) -> Result<usize, usize> {
        let rest = &self.html[open + 4..];
        if rest.trim_ascii_start().starts_with(b"cloakroom:begin") {
            return Err(open);
        }
        if rest.starts_with(b">") {
            return Ok(open + 5);
        }
        // `<!--->` is a comment too, so the dashes of the opening count for the end.
        match memmem::find(&self.html[open + 2..], b"-->") {
            Some(n) => Ok(open + 2 + n + 3),
            None => Err(open),
        }
    }

    fn end_tag(&mut self, open: usize) -> Result<usize, usize> {
        let mut i = open + 2;
        let name = name_at(self.html, &mut i);
        let next = self.behind(open, b'>')?;
        match name.as_str() {
            "body" | "html" => Err(open),
            "head" => {
                self.in_head = false;
                self.top = next;
                Ok(next)
            }
            _ => Ok(next),
        }
    }

    fn start_tag(&mut self, open: usize) -> Result<usize, usize> {
        let tag = Tag::read(self.html, open).ok_or(open)?;
        match tag.name.as_str() {
            "html" => self.top = tag.end,
            "head" => self.in_head = true,
            "body" => {
                self.in_head = false;
                self.top = tag.end;
                self.line = tag.end;
            }
            "meta" | "link" | "base" => {}
            name if RAW_TEXT.contains(&name) => return self.raw_text(open, &tag),
            _ if self.in_head && FRAME.contains(&tag.name.as_str()) => {}
            _ => {
                self.in_head = false;
                if let Some(at) = self.marker(open, &tag) {
                    return Err(at);
                }
                self.note_line(open, &tag);
            }
        }
        Ok(tag.end)
    }

    /// Up to behind the end tag; elements whose content is no markup.
    fn raw_text(&self, open: usize, tag: &Tag) -> Result<usize, usize> {
        let mut from = tag.end;
        while let Some(n) = memmem::find(&self.html[from..], b"</") {
            let mut i = from + n + 2;
            if name_at(self.html, &mut i) == tag.name {
                return self.behind(i, b'>').map_err(|_| open);
            }
            from += n + 2;
        }
        Err(open)
    }

    fn marker(&self, open: usize, tag: &Tag) -> Option<usize> {
        if begins_history(tag) {
            return Some(self.rule.unwrap_or(open));
        }
        if tag.name == "blockquote" && tag.value("type") == "cite" {
            return Some(self.introduction.or(self.rule).unwrap_or(open));
        }
        None
    }

    fn note_line(&mut self, open: usize, tag: &Tag) {
        match tag.name.as_str() {
            "hr" => {
                self.rule = Some(open);
                self.line = open;
            }
            "br" => self.line = tag.end,
            "p" | "div" | "pre" | "table" | "blockquote" | "ul" | "ol" | "h1" | "h2" | "h3" => {
                self.line = open
            }
            _ => {}
        }
    }

    /// Text between tags: some mail programs mark history by words only.
    fn text(&mut self, from: usize, to: usize) -> Option<usize> {
        let text = self.html[from..to].trim_ascii();
        if text.is_empty() || text == b"&nbsp;" || self.in_head {
            return None;
        }
        self.rule = None;
        self.introduction =
            (text.ends_with(b":") && text.len() <= 200 && self.line > 0).then_some(self.line);
        is_titled_rule(text).then_some(if self.line > 0 { self.line } else { from })
    }
}

/// Elements whose content is no markup.
const RAW_TEXT: [&str; 9] = [
    "iframe",
    "noembed",
    "noframes",
    "plaintext",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
];

/// Elements that a head may hold without ending.
const FRAME: [&str; 3] = ["noscript", "template", "o:p"];

const IDS: [&str; 5] = [
    "appendonsend",
    "divrplyfwdmsg",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-signature-quote",
    "olk_src_body_section",
];

const CLASSES: [&str; 11] = [
    "gmail_quote",
    "gmail_quote_container",
    "gmail_signature",
    "gmail_signature_prefix",
    "moz-cite-prefix",
    "moz-forward-container",
    "moz-signature",
    "outlookmessageheader",
    "protonmail_quote",
    "tutanota_quote",
    "yahoo_quoted",
];

fn begins_history(tag: &Tag) -> bool {
    let id = tag.value("id");
    IDS.contains(&id.as_str())
        || tag
            .value("class")
            .split_ascii_whitespace()
            .any(|class| CLASSES.contains(&class))
        || (tag.name == "div" && is_outlook_line(&tag.value("style")))
}

/// Outlook for Windows draws a line above the quoted mail's From, and gives it no name.
fn is_outlook_line(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.contains("border:none;border-top:solid#")
        && (style.contains("padding:3.0pt0cm0cm0cm") || style.contains("padding:3.0pt0in0in0in"))
}

/// `-----Original Message-----`, in any language.
fn is_titled_rule(text: &[u8]) -> bool {
    let words = text
        .strip_prefix(b"-----")
        .and_then(|rest| rest.strip_suffix(b"-----"));
    words.is_some_and(|words| {
        (4..=60).contains(&words.len()) && words.iter().any(u8::is_ascii_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_stands_before_history_signature_and_end() {
        // `|` is where the block must go.
        let rows = [
            "<p>Hi</p>|",
            "<html><body><p>Hi</p>|</body></html>",
            "<html><p>Hi</p>|</html>",
            "<p>Hi</p>|<div id=\"appendonsend\"></div><hr><div id=divRplyFwdMsg>",
            "<p>Hi</p>|<hr style='x'>\r\n<div id=\"divRplyFwdMsg\" dir=ltr>From: Bo",
            "<div>Hi</div><br>|<div class=\"gmail_quote gmail_quote_container\"><div class=gmail_attr>",
            "<div>Hi</div>|<span class=\"gmail_signature_prefix\">-- </span>",
            "<p>Hi</p>|<div class=\"moz-cite-prefix\">On 3 May Bo wrote:<br></div><blockquote type=\"cite\">",
            "<div>Hi</div>|<blockquote type=\"CITE\"><div>On 3 May Bo wrote:</div>",
            "<div>Hi</div>|<div>On 3 May Bo wrote:</div><blockquote type=cite>",
            "<p>Hi</p><div>|<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>",
            "<p>Hi</p>|<p>-----Original Message-----<br>From: Bo</p>",
            "<p>Hi</p>|<!-- cloakroom:begin 7K3M9XQF --><div>",
            "<!-- <body> </body> --><body>Hi|</body>",
            "<head><title></body></title><style>a:after{content:\"</body>\"}</style></head><body>Hi|</body>",
            "<body><p title=\"</body>\">Hi</p>|</body>",
            "<body><p title='a > b'>Hi</p><script>var a = '</body>';</script>|</body>",
            "<!--[if mso]><body><![endif]--><body>Hi<![if !supportLists]>x<![endif]>|</body>",
            "<body>1 < 2 |</body>",
            "Hi |<style>p{",
            "Hi |<!-- never ends",
            "Hi |<a href=\"never ends",
            "|",
        ];
        for row in rows {
            let at = row.find('|').expect("each row has a mark");
            let html = row.replacen('|', "", 1);
            assert_eq!(point(html.as_bytes(), true), at, "{row}");
        }
    }

    #[test]
    fn a_place_too_far_down_becomes_the_top_of_the_body() {
        let long = "<p>x</p>\r\n".repeat(8_000);
        let html = format!("<html><head><style>x</style></head><body class='a'>{long}</body>");
        let top = html.find("<p>").expect("there is one");
        assert_eq!(point(html.as_bytes(), true), top);
        assert_eq!(point(&html.as_bytes()[..40_000], false), top);
        assert_eq!(point(long.as_bytes(), true), 0);
        let head = format!("<head></head>{long}");
        assert_eq!(point(head.as_bytes(), true), 13);
    }
}
