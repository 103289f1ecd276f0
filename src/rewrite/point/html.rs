//! The place in HTML: one pass over the tags, nothing is built and nothing written anew.

use super::super::charset::Charset;
use super::room::Room;
use super::tag::{Tag, name_at};
use super::{FARTHEST, Line, entity, history, marks, words};
use memchr::memmem;

/// The offset of the block in decoded HTML. `complete`: the document does not go on behind these bytes.
pub(in crate::rewrite) fn point(html: &[u8], complete: bool, charset: Charset) -> usize {
    let mut scan = Scan::over(html, charset);
    let end = scan.run();
    match history::begin(&scan.lines).or(end) {
        Some(at) if at <= FARTHEST => at,
        None if complete && html.len() <= FARTHEST => scan.room.safe(html.len()),
        _ => scan.top,
    }
}

struct Scan<'a> {
    html: &'a [u8],
    charset: Charset,
    in_head: bool,
    room: Room,
    /// Behind `<body>`, or what comes closest.
    top: usize,
    lines: Vec<Line>,
    /// The line that is being read.
    line: Line,
    /// Where the next line begins.
    next: Next,
}

/// Where a block would stand above the next line.
#[derive(Clone, Copy)]
enum Next {
    /// Behind the last line, if nothing better comes before the next word.
    Behind(usize),
    /// Before the tags that open around it.
    Before(usize),
}

/// A longer line is no introduction and no delimiter.
const LONGEST_LINE: usize = 1_000;

impl<'a> Scan<'a> {
    fn over(html: &'a [u8], charset: Charset) -> Self {
        Scan {
            html,
            charset,
            in_head: false,
            room: Room::default(),
            top: 0,
            lines: Vec::new(),
            line: Line {
                begins: true,
                ..Line::default()
            },
            next: Next::Behind(0),
        }
    }

    /// Reads the lines; gives where the body ends, or what is never closed begins.
    fn run(&mut self) -> Option<usize> {
        let mut at = 0;
        let end = loop {
            let Some(open) = memchr::memchr(b'<', &self.html[at..]).map(|n| at + n) else {
                self.text(at, self.html.len());
                break None;
            };
            self.text(at, open);
            if open > FARTHEST + LONGEST_LINE && !self.in_head && !self.is_new() {
                // Whatever is found down there is no place.
                break None;
            }
            match self.markup(open) {
                Ok(next) => at = next,
                Err(found) => break Some(self.room.safe(found)),
            }
        };
        self.finish_line(false);
        end
    }

    /// Nothing was said yet.
    fn is_new(&self) -> bool {
        self.lines.is_empty() && self.line.is_blank()
    }

    /// `Ok`: go on there. `Err`: the body ends there.
    fn markup(&mut self, open: usize) -> Result<usize, usize> {
        match self.html.get(open + 1) {
            Some(b'!') if self.html[open..].starts_with(b"<!--") => self.comment(open),
            Some(b'!' | b'?') => self.behind(open, b'>'),
            Some(b'/') => self.end_tag(open),
            Some(b) if b.is_ascii_alphabetic() => self.start_tag(open),
            _ => {
                // A `<` that is text.
                self.say("<", open);
                Ok(open + 1)
            }
        }
    }

    fn behind(&self, open: usize, end: u8) -> Result<usize, usize> {
        match memchr::memchr(end, &self.html[open..]) {
            Some(n) => Ok(open + n + 1),
            None => Err(open),
        }
    }

    fn comment(&mut self, open: usize) -> Result<usize, usize> {
        let rest = &self.html[open + 4..];
        if marks::comment_begins_history(rest) && !self.in_head {
            self.mark(open);
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
            "body" | "html" => return Err(open),
            "head" => {
                self.in_head = false;
                self.top = next;
                self.next = Next::Behind(next);
            }
            _ => {
                self.room.close(open, &name);
                if is_block(&name) {
                    self.finish_line(true);
                    self.next = Next::Behind(next);
                }
            }
        }
        Ok(next)
    }

    fn start_tag(&mut self, open: usize) -> Result<usize, usize> {
        let tag = Tag::read(self.html, open).ok_or(open)?;
        let is_new = self.is_new();
        match tag.name.as_str() {
            "html" if is_new => self.begin_at(tag.end),
            "head" if is_new => self.in_head = true,
            "body" => {
                self.in_head = false;
                if is_new {
                    self.begin_at(tag.end);
                }
            }
            "html" | "head" | "meta" | "link" | "base" => {}
            name if RAW_TEXT.contains(&name) => return self.raw_text(open, &tag),
            _ if self.in_head && FRAME.contains(&tag.name.as_str()) => {}
            _ => {
                self.in_head = false;
                self.element(open, &tag);
            }
        }
        Ok(tag.end)
    }

    fn begin_at(&mut self, at: usize) {
        self.top = at;
        self.next = Next::Behind(at);
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

    fn element(&mut self, open: usize, tag: &Tag) {
        let name = tag.name.as_str();
        if is_block(name) {
            self.finish_line(true);
            if !is_of_table(name) {
                self.go_before(self.room.safe(open));
            }
        }
        let marked = marks::begins_history(tag) && !self.room.is_hidden();
        let is_cell = matches!(name, "td" | "th" | "caption");
        if marked && !is_cell {
            self.mark(open);
        }
        self.room.open(open, tag);
        if is_cell {
            // Not before it, where no block can stand, unless it begins its table.
            self.go_before(self.room.safe(tag.end));
        }
        if marked && is_cell {
            self.mark(tag.end);
        }
        match name {
            "br" => {
                self.finish_line(false);
                self.next = Next::Behind(self.room.safe(tag.end));
            }
            "img" => self.say("\u{fffc}", open),
            _ => {}
        }
    }

    /// The next line begins with this tag, unless tags around it have begun it.
    fn go_before(&mut self, at: usize) {
        if let Next::Behind(_) = self.next {
            self.next = Next::Before(at);
        }
    }

    /// A line of its own that begins history, with a tag or comment at `open`.
    fn mark(&mut self, open: usize) {
        let at = match self.next {
            Next::Before(at) if self.line.is_blank() => at,
            _ => self.room.safe(open),
        };
        self.finish_line(true);
        self.lines.push(Line {
            at,
            marked: true,
            ..Line::default()
        });
    }

    fn text(&mut self, from: usize, to: usize) {
        if self.in_head || self.room.is_hidden() {
            return;
        }
        if !self.room.is_preformatted() {
            return self.say_bytes(from, to);
        }
        let mut at = from;
        for line in self.html[from..to].split_inclusive(|b| *b == b'\n') {
            self.say_bytes(at, at + line.len());
            at += line.len();
            if line.ends_with(b"\n") {
                self.finish_line(false);
                self.next = Next::Behind(at);
            }
        }
    }

    fn say_bytes(&mut self, from: usize, to: usize) {
        let bytes = &self.html[from..to];
        if bytes.is_empty() || self.line.text.len() > LONGEST_LINE {
            return;
        }
        let head = &bytes[..bytes.len().min(LONGEST_LINE * 2)];
        let said = entity::read(&self.charset.read(head));
        self.say(&words::seen(&said).replace(['\r', '\n', '\t'], " "), from);
    }

    /// Words at an offset; the first of a line settle where it begins.
    fn say(&mut self, said: &str, at: usize) {
        if self.in_head || self.room.is_hidden() {
            return;
        }
        if !self.line.is_blank() {
            return self.line.text.push_str(said);
        }
        if !said.trim().is_empty() {
            let (Next::Before(begin) | Next::Behind(begin)) = self.next;
            self.line.at = begin;
            self.next = Next::Behind(self.room.safe(at));
        }
        self.line.text = said.trim_start().to_owned();
    }

    /// `begins`: what follows is another paragraph.
    fn finish_line(&mut self, begins: bool) {
        let next = Line {
            begins: begins || self.line.is_blank(),
            ..Line::default()
        };
        let mut line = std::mem::replace(&mut self.line, next);
        if line.is_blank() && (begins || self.lines.last().is_none_or(Line::is_blank)) {
            return;
        }
        if line.text.len() > LONGEST_LINE {
            line.text = "\u{2026}".to_owned();
        }
        self.lines.push(line);
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

/// Elements that begin and end lines.
const BLOCKS: [&str; 33] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "ul",
];

fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name) || is_of_table(name)
}

fn is_of_table(name: &str) -> bool {
    matches!(
        name,
        "caption" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr"
    )
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
            "<p>Hi</p>|<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>",
            "<p>Hi</p>|<p>-----Original Message-----<br>From: Bo</p>",
            "<p>Hi</p>|<!-- cloakroom:begin 7K3M9XQF --><div>",
            "<!-- <body> </body> --><body>Hi|</body>",
            "<head><title></body></title><style>a:after{content:\"</body>\"}</style></head><body>Hi|</body>",
            "<body><p title=\"</body>\">Hi</p>|</body>",
            "<body><p title='a > b'>Hi</p><script>var a = '</body>';</script>|</body>",
            "<!--[if mso]><body><![endif]--><body>Hi<![if !supportLists]>x<![endif]>|</body>",
            "<body>1 < 2 |</body>",
            // What is hidden and what is between cells is no place, and its marks count for nothing.
            "<p>Hi</p>|<div style='display:none'>x",
            "<div hidden><div id=appendonsend></div></div><p>Hi</p>|",
            "<p>Hi</p><p style=\"display: none\">x<p>Bye</p>|</body>",
            "<table><tr><td>Hi|</td></tr></body>",
            "<table><tr><td>Hi|<tr></body>",
            "<table><tr><td>Hi|</td></tr><tr class=gmail_quote><td>Old",
            "<table><tr><td>Hi</td><td>|From: Bo &lt;bo@x&gt;<br>Sent: Monday</td></tr></table>",
            "<p>Hi</p>|<table><tr><td>-- </td></tr></table>",
            // Words, however they are written.
            "<pre>Hi\n|-- \nAnna</pre>",
            "<p>Hi<br>|--&nbsp;<br>Anna",
            "<p>Hi</p>|<p>&gt; old</p>",
            "<p>Hi</p>|<p>Am 3. Mai 2025 um 10:00 schrieb <b>Bo</b>:</p><p>Alt",
            "<p>Hi<br>Bye<br>|On 3 May 2025, Bo<br>&lt;bo@x&gt; wrote:</p><blockquote type=cite>",
            "<p>From: Sundby<br>To: Bo<br>Date: Monday</p>|",
            "<p>-------- Agenda --------<br>One</p>|",
            "Hi|<br id=lineBreakAtBeginningOfSignature><div>Anna",
            "Hi |<style>p{",
            "Hi |<!-- never ends",
            "Hi |<a href=\"never ends",
            "|",
        ];
        for row in rows {
            let at = row.find('|').expect("each row has a mark");
            let html = row.replacen('|', "", 1);
            assert_eq!(point(html.as_bytes(), true, Charset::UTF_8), at, "{row}");
        }
    }

    #[test]
    fn a_place_too_far_down_becomes_the_top_of_the_body() {
        let long = "<p>x</p>\r\n".repeat(8_000);
        let html = format!("<html><head><style>x</style></head><body class='a'>{long}</body>");
        let top = html.find("<p>").expect("there is one");
        assert_eq!(point(html.as_bytes(), true, Charset::UTF_8), top);
        assert_eq!(
            point(&html.as_bytes()[..40_000], false, Charset::UTF_8),
            top
        );
        assert_eq!(point(long.as_bytes(), true, Charset::UTF_8), 0);
        let head = format!("<head></head>{long}");
        assert_eq!(point(head.as_bytes(), true, Charset::UTF_8), 13);
    }
}
