//! The message of a mail, made harmless: a stranger's HTML on our page.
//!
//! Promises: no script, form, frame, id, class or style of the mail survives; nothing is loaded from anywhere but pictures of this very
//! mail; links lead to web pages and mail addresses only, without telling where they were clicked; what is kept of its looks is written
//! anew, by [`style`], for our own style sheet. What the filter does not know is dropped. Memory and time are bounded by [`MOST`],
//! [`DEEPEST`] and [`ELEMENTS`]. Plain text is set by [`plain`].
//! Fails: a message that cannot be read safely is not shown.

pub mod plain;
mod style;

use crate::mail::nesting;
use crate::mail::percent;
use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use style::Looks;

/// Longest message that is shown, in bytes; of a larger one a plain text is shown up to here, and HTML can be saved.
pub const MOST: u64 = 4 * 1024 * 1024;

/// Deepest nesting that is read: the parser's time grows with its square, and no person writes that.
const DEEPEST: usize = 500;

/// So many elements are read; a parser needs up to half a kilobyte for each.
const ELEMENTS: usize = 100_000;

/// Where the pictures of this mail are, by what its HTML calls them.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    /// By `Content-ID`.
    pub by_id: HashMap<String, String>,
    /// By `Content-Location`.
    pub by_location: HashMap<String, String>,
}

/// A message that can stand on a page of ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Harmless {
    /// Its HTML.
    pub html: String,
    /// Rules for it, for a style sheet of ours.
    pub style: String,
    /// It brings colours, so it needs the white paper that its writer saw.
    pub coloured: bool,
    /// Something that lies elsewhere was left out.
    pub remote: bool,
}

/// `None` if it is nested too deeply or has too many elements.
pub fn harmless(html: &str, pictures: Pictures) -> Option<Harmless> {
    let load = nesting::of(html);
    if load.depth > DEEPEST || load.elements > ELEMENTS {
        return None;
    }
    let sight = Arc::new(Mutex::new(Sight {
        pictures,
        looks: Looks::new(),
        remote: false,
    }));
    let filter = sight.clone();
    let cleaned = builder()
        .attribute_filter(move |tag, name, value| {
            let mut sight = filter.lock().unwrap_or_else(PoisonError::into_inner);
            sight.attribute(tag, name, value)
        })
        .clean(&with_body(html))
        .to_string();
    let sight = sight.lock().unwrap_or_else(PoisonError::into_inner);
    Some(Harmless {
        html: sight.looks.named(cleaned),
        style: sight.looks.rules(),
        coloured: sight.looks.coloured(),
        remote: sight.remote,
    })
}

fn builder() -> Builder<'static> {
    let table = ["width", "border", "cellpadding", "cellspacing", "role"];
    let mut builder = Builder::default();
    builder
        .add_url_schemes(["cid", "data"])
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_generic_attributes(["dir", "style", "bgcolor", "background"])
        .add_tags(["font", "big"])
        .add_tag_attributes("a", ["target"])
        .add_tag_attributes("table", table)
        .add_tag_attributes("td", ["width", "valign"])
        .add_tag_attributes("th", ["width", "valign"])
        .add_tag_attributes("tr", ["align", "valign"])
        .add_tag_attributes("p", ["align"])
        .add_tag_attributes("div", ["align", "text"])
        .add_tag_attributes("font", ["color"])
        .set_tag_attribute_value("a", "target", "_blank")
        .rm_tags(["map", "area"])
        .add_clean_content_tags(["title", "noscript", "template", "textarea", "select"])
        .allowed_classes(word_classes());
    builder
}

/// Paragraphs of Outlook have no space between them, which only its style sheet says.
fn word_classes() -> HashMap<&'static str, HashSet<&'static str>> {
    let names = [
        "MsoNormal",
        "MsoNoSpacing",
        "MsoPlainText",
        "MsoListParagraph",
        "MsoListParagraphCxSpFirst",
        "MsoListParagraphCxSpMiddle",
        "MsoListParagraphCxSpLast",
    ];
    ["p", "li", "div"]
        .map(|tag| (tag, HashSet::from(names)))
        .into()
}

/// `<html>` and `<body>` may say the direction and the colours of everything, and would be dropped: here they are boxes.
fn with_body(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 16);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        out.push_str(before);
        let named = |name: &str| {
            tag.get(1..5).is_some_and(|n| n.eq_ignore_ascii_case(name))
                && tag[5..].starts_with(|c: char| c.is_ascii_whitespace() || c == '>')
        };
        let is_frame = named("html") || named("body");
        out.push_str(if is_frame { "<div" } else { "<" });
        rest = &tag[if is_frame { 5 } else { 1 }..];
    }
    out.push_str(rest);
    out
}

/// What is seen while a message is read.
struct Sight {
    pictures: Pictures,
    looks: Looks,
    remote: bool,
}

impl Sight {
    /// The one place where addresses and looks pass: everything else that could hold one is dropped.
    fn attribute<'v>(&mut self, tag: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
        let own = |value: String| Some(Cow::Owned(value));
        match (tag, name) {
            ("img", "src") => self.picture(value, true).and_then(own),
            (_, "background") => {
                let path = self.picture(value, false)?;
                own(self.looks.note_picture(&path)?)
            }
            (_, "style") => {
                let mut remote = false;
                let pictures = |url: &str| {
                    remote |= is_remote(url);
                    self.pictures.cid(url)
                };
                let kept = style::kept(value, pictures);
                self.remote |= remote;
                own(self.looks.note(&kept)?)
            }
            (_, "bgcolor") => own(self.looks.note_colour("background-color", value)?),
            ("font", "color") | ("div", "text") => own(self.looks.note_colour("color", value)?),
            ("a", "href") => is_followed(value).then_some(Cow::Borrowed(value)),
            (_, "dir") => ["ltr", "rtl", "auto"]
                .contains(&value.to_ascii_lowercase().as_str())
                .then_some(Cow::Borrowed(value)),
            (_, "role") => ["presentation", "none"]
                .contains(&value)
                .then_some(Cow::Borrowed(value)),
            (_, "width" | "height" | "border" | "size" | "cellpadding" | "cellspacing") => {
                is_fair(name, value).then_some(Cow::Borrowed(value))
            }
            (_, "href" | "src" | "cite" | "longdesc" | "srcset" | "data" | "action") => None,
            _ => Some(Cow::Borrowed(value)),
        }
    }

    /// Where a picture of this mail is; `data`: it may be written into the address itself.
    fn picture(&mut self, url: &str, data: bool) -> Option<String> {
        let url = url.trim();
        let found = self.pictures.cid(url);
        let found = found.or_else(|| self.pictures.by_location.get(url).cloned());
        self.remote |= found.is_none() && is_remote(url);
        found.or_else(|| (data && is_picture_data(url)).then(|| url.to_owned()))
    }
}

impl Pictures {
    fn cid(&self, url: &str) -> Option<String> {
        let (scheme, id) = url.trim().split_once(':')?;
        // RFC 2392: a Content-ID stands in a URL with percent signs.
        let id = percent::decoded(id.as_bytes());
        let known = scheme.eq_ignore_ascii_case("cid");
        known
            .then(|| self.by_id.get(&*String::from_utf8_lossy(&id)).cloned())
            .flatten()
    }
}

fn is_remote(url: &str) -> bool {
    let url = url.trim_start().to_ascii_lowercase();
    ["http:", "https:", "//", "ftp:"]
        .iter()
        .any(|begin| url.starts_with(begin))
}

fn is_followed(url: &str) -> bool {
    let url = url.trim_start().to_ascii_lowercase();
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|begin| url.starts_with(begin))
}

/// Raster pictures only: an SVG is a document.
fn is_picture_data(url: &str) -> bool {
    let kinds = ["png", "jpeg", "jpg", "gif", "webp", "bmp"];
    let head: String = url
        .chars()
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase();
    let kind = head.strip_prefix("data:image/");
    kind.and_then(|rest| rest.split_once(";base64,"))
        .is_some_and(|(kind, _)| kinds.contains(&kind))
}

/// A number that makes a box of a size people use; percent up to the whole.
fn is_fair(name: &str, value: &str) -> bool {
    let most = match name {
        "border" => 3,
        "size" => 7,
        "cellpadding" | "cellspacing" => 40,
        _ => 2_000,
    };
    let value = value.trim();
    let (number, most) = match value.strip_suffix('%') {
        Some(number) => (number, 100),
        None => (value.strip_suffix("px").unwrap_or(value), most),
    };
    number.parse::<u32>().is_ok_and(|number| number <= most)
}

#[cfg(test)]
mod tests;
