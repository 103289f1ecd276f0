//! What stays open of a sealed mail: the text above the line that its sender drew, `--- protected from here ---`.
//!
//! Promises: text only, never a picture or a link; nothing from below the line, nothing from a quoted mail or a signature; in doubt
//! nothing at all. The line counts in every language we have, whatever dashes a program made of those that were typed, in plain text and
//! as a paragraph of its own in HTML. Leaves to others: whether the mail is sealed at all (`decide`); without that the line is just text.

use super::charset::Charset;
use super::point::{self, FARTHEST};
use super::takeout::readable;
use super::window::Window;
use crate::mail::outline::Role;
use crate::mail::{Mail, Part, nesting};
use crate::texts::{LANGUAGES, Texts};
use ammonia::Builder;
use std::collections::{BTreeSet, HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// Deeper HTML is not read: no person writes it, and a parser's time and memory grow with its square.
const DEEPEST: usize = 200;

/// The open lines, without blank ones at either end. The plain text counts if it has the line, else the HTML.
pub(super) fn text(mail: &Mail, texts: &Texts) -> Option<String> {
    let phrases: Vec<String> = LANGUAGES
        .iter()
        .map(|(language, _)| form(&texts.say(language, "sealed-line", &[])))
        .collect();
    let readable = readable(&mail.outline, 0, &BTreeSet::new());
    let parts = readable.iter().map(|index| &mail.outline.parts[*index]);
    let of_role = |role| parts.clone().find(|part| part.role == role);
    [Role::Text, Role::Html]
        .into_iter()
        .filter_map(of_role)
        .find_map(|part| above(&own_lines(mail, part)?, &phrases))
}

/// What the sender has written himself, line by line, down to signature or history: the plain text, or the HTML if that says nothing.
pub fn own_lines_of(mail: &Mail) -> Vec<String> {
    let readable = readable(&mail.outline, 0, &BTreeSet::new());
    let parts = readable.iter().map(|index| &mail.outline.parts[*index]);
    let of_role = |role| parts.clone().find(|part| part.role == role);
    let says = |lines: &Vec<String>| lines.iter().any(|line| !line.trim().is_empty());
    let own = [Role::Text, Role::Html].into_iter().filter_map(of_role);
    own.filter_map(|part| own_lines(mail, part))
        .find(says)
        .unwrap_or_default()
}

/// What stands above the first such line.
fn above(lines: &[String], phrases: &[String]) -> Option<String> {
    let line = lines.iter().position(|line| is_the_line(line, phrases))?;
    let open = lines[..line].join("\r\n");
    let open = open.trim_matches(['\r', '\n']).trim_end();
    (!open.trim().is_empty()).then(|| open.to_owned())
}

/// The sender's own lines, down to signature or history. A line in there opened an older mail, not this one.
fn own_lines(mail: &Mail, part: &Part) -> Option<Vec<String>> {
    let window = Window::of(&mail.spool, part).ok()?;
    let charset = Charset::of(part.charset.as_deref());
    let whole = window.complete.then(|| charset.decode(&window.decoded));
    let said = whole.unwrap_or_else(|| {
        // Cut at a line end, or half a character would make all of it unreadable.
        let end = window.decoded.iter().rposition(|b| *b == b'\n')?;
        charset.decode(&window.decoded[..end])
    })?;
    let said = &said[..said.floor_char_boundary(FARTHEST)];
    match part.role {
        Role::Html => {
            let new = point::html::point(said.as_bytes(), true, Charset::UTF_8);
            html_lines(&said[..said.floor_char_boundary(new)])
        }
        _ => {
            let new = point::plain::point(said.as_bytes(), true, Charset::UTF_8);
            // The line itself may look like the title of a history: it has dashes at both ends.
            let end = said[new..].find('\n').map_or(said.len(), |n| new + n);
            Some(plain_lines(&said[..end], part))
        }
    }
}

/// Of a flowed text (RFC 3676) as paragraphs.
fn plain_lines(text: &str, part: &Part) -> Vec<String> {
    let kind = part.fields.value("Content-Type").unwrap_or_default();
    let flowed = kind.to_ascii_lowercase().contains("flowed");
    let mut out: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let stuffed = line.strip_prefix(' ').filter(|_| flowed);
        let line = stuffed.unwrap_or(line);
        match out.last_mut() {
            Some(before) if goes_on => before.push_str(line),
            _ => out.push(line.to_owned()),
        }
        goes_on = flowed && line.ends_with(' ') && line != "-- ";
    }
    out
}

/// The text of HTML, a line for each line that is seen. The library decides what is text.
fn html_lines(html: &str) -> Option<Vec<String>> {
    if nesting::of(html).depth > DEEPEST {
        return None;
    }
    let kept = HashSet::from(LINES).into_iter().chain(PARAGRAPHS).collect();
    let clean = Builder::empty()
        .tags(kept)
        .clean_content_tags(HashSet::from(UNSEEN))
        .allowed_classes(HashMap::from([("p", HashSet::from(["MsoNormal"]))]))
        .clean(html)
        .to_string();
    let mut lines = vec![String::new()];
    for (number, piece) in clean.split('<').enumerate() {
        let (tag, text) = match number {
            0 => ("", piece),
            _ => piece.split_once('>').unwrap_or((piece, "")),
        };
        break_line(&mut lines, tag);
        add_text(&mut lines, text);
    }
    Some(lines.into_iter().map(|l| l.trim().to_owned()).collect())
}

const LINES: [&str; 18] = [
    "address", "article", "br", "div", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "hr", "li", "pre",
    "section", "table", "tr", "ul",
];

/// A blank line is seen around them.
const PARAGRAPHS: [&str; 2] = ["p", "blockquote"];

/// No reader shows what is in them.
const UNSEEN: [&str; 9] = [
    "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title",
];

fn break_line(lines: &mut Vec<String>, tag: &str) {
    let name = tag.trim_start_matches('/');
    let bare = name.split([' ', '/']).next().unwrap_or_default();
    let is_blank = |line: Option<&String>| line.is_none_or(|line| line.trim().is_empty());
    if bare == "br" || (!tag.is_empty() && !is_blank(lines.last())) {
        lines.push(String::new());
    }
    // Paragraphs of Word have no space between them: its users make it with empty ones.
    let spaced = PARAGRAPHS.contains(&tag);
    let blank_before = lines.len() < 2 || is_blank(lines.get(lines.len() - 2));
    if spaced && is_blank(lines.last()) && !blank_before {
        lines.push(String::new());
    }
}

/// White space as HTML has it. A paragraph that holds nothing but a no-break space is an empty line.
fn add_text(lines: &mut Vec<String>, text: &str) {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    if text.trim().is_empty() && text.contains('\u{a0}') {
        if lines.last().is_some_and(|line| line.is_empty()) {
            lines.push(String::new());
        }
        return;
    }
    let Some(line) = lines.last_mut() else {
        return;
    };
    for c in text.chars() {
        match c {
            ' ' | '\t' | '\r' | '\n' if line.is_empty() || line.ends_with(' ') => {}
            ' ' | '\t' | '\r' | '\n' | '\u{a0}' => line.push(' '),
            c => line.push(c),
        }
    }
}

/// Dashes at both ends, whatever dashes and however many: programs make others of them while people type.
fn is_the_line(line: &str, phrases: &[String]) -> bool {
    let form = form(line);
    let inner = form.trim_matches(is_dash);
    let dashed = form.starts_with(is_dash) && form.ends_with(is_dash);
    dashed && phrases.iter().any(|phrase| phrase == inner.trim())
}

fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{ad}'
    )
}

/// The form in which two spellings are equal: composed, lower case, one space between words, nothing invisible.
fn form(text: &str) -> String {
    let visible = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        .collect::<String>();
    let lower: String = visible.nfkc().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases() -> Vec<String> {
        ["protected from here", "ab hier geschützt"]
            .map(form)
            .into()
    }

    #[test]
    fn the_line_is_known_in_every_spelling() {
        let rows = [
            ("--- protected from here ---", true),
            ("---Protected  From\u{a0}Here---  ", true),
            ("\u{2014}- protected from here \u{2013}-", true),
            ("\u{2014} protected from here \u{2014}", true),
            ("-----protected from here-----", true),
            ("\u{feff}--- AB HIER GESCHU\u{308}TZT ---", true),
            ("--- protected from here", false),
            ("protected from here", false),
            ("> --- protected from here ---", false),
            ("--- protected from here --- and more", false),
            ("Please write --- protected from here ---", false),
            ("--- protected from there ---", false),
            ("---", false),
            ("", false),
        ];
        for (line, is) in rows {
            assert_eq!(is_the_line(line, &phrases()), is, "{line:?}");
        }
    }

    #[test]
    fn html_is_read_as_the_lines_that_are_seen() {
        let rows: [(&str, &[&str]); 8] = [
            ("<div>a</div><div>b</div>", &["a", "b", ""]),
            (
                "<div dir=ltr>a<div><br></div><div>b &lt;c&gt; &amp;amp;</div></div>",
                &["a", "", "b <c> &amp;", ""],
            ),
            ("<p>a</p><p>b</p>", &["a", "", "b", ""]),
            (
                "<p class=MsoNormal>a<o:p></o:p></p>\r\n<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>",
                &["a", "", "b", ""],
            ),
            ("a<br>\r\n<br>b <b>c</b>\r\n d", &["a", "", "b c d"]),
            (
                "<title>t</title><style>s</style><!-- c --><script>x</script>a<img src=x alt=y>",
                &["a"],
            ),
            ("<a href='https://a.example'>words</a>", &["words"]),
            ("a &lt;p&gt;b", &["a <p>b"]),
        ];
        for (html, lines) in rows {
            assert_eq!(html_lines(html).expect("not deep"), lines, "{html}");
        }
        assert_eq!(html_lines(&"<div>".repeat(1_000)), None);
    }
}
