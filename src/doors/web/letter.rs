//! The message of a mail, made harmless: a stranger's HTML on our page.
//!
//! Promises: no script, style, form, frame or id survives; nothing is loaded from anywhere but pictures of this very mail, from us; links lead
//! to web pages and mail addresses only, without telling where they were clicked. What the filter does not know is dropped.

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::HashMap;

/// Longest message that is shown, in bytes; larger ones can be saved.
pub const MOST: u64 = 1024 * 1024;

/// `pictures` are the `Content-ID`s of this mail's pictures with the address we serve each from.
pub fn harmless(html: &str, pictures: HashMap<String, String>) -> String {
    Builder::default()
        .add_url_schemes(["cid"])
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_tag_attributes("a", ["target"])
        .set_tag_attribute_value("a", "target", "_blank")
        .rm_tags(["map", "area"])
        .attribute_filter(move |tag, attribute, value| {
            attribute_of(tag, attribute, value, &pictures)
        })
        .clean(html)
        .to_string()
}

/// The one place where addresses pass: everything else that could hold one is dropped.
fn attribute_of<'v>(
    tag: &str,
    attribute: &str,
    value: &'v str,
    pictures: &HashMap<String, String>,
) -> Option<Cow<'v, str>> {
    match (tag, attribute) {
        ("img", "src") => {
            let id = value.trim().strip_prefix("cid:")?;
            let plain = percent_decoded(id);
            pictures.get(&plain).map(|path| Cow::Owned(path.clone()))
        }
        ("a", "href") => {
            let lower = value.trim_start().to_ascii_lowercase();
            let known = ["https://", "http://", "mailto:"];
            known
                .iter()
                .any(|scheme| lower.starts_with(scheme))
                .then_some(Cow::Borrowed(value))
        }
        (_, "href" | "src" | "cite" | "background" | "longdesc" | "srcset" | "data" | "action") => {
            None
        }
        _ => Some(Cow::Borrowed(value)),
    }
}

/// RFC 2392: a Content-ID stands in a URL with percent signs.
fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                out.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(html: &str) -> String {
        let pictures = HashMap::from([("logo@x".to_owned(), "/open/A/picture/3".to_owned())]);
        harmless(html, pictures)
    }

    #[test]
    fn pictures_of_this_mail_alone_are_loaded() {
        assert_eq!(
            clean("<img src='cid:logo%40x' alt='L'>"),
            "<img src=\"/open/A/picture/3\" alt=\"L\">"
        );
        for remote in [
            "<img src='https://track.example/1.gif'>",
            "<img src='//track.example/1.gif'>",
            "<img src='/open/B/picture/1'>",
            "<img src='cid:other'>",
            "<img src='data:image/png;base64,AAAA'>",
            "<img srcset='https://track.example/1.gif 2x'>",
            "<body background='https://track.example/1.gif'>",
            "<table background='https://track.example/1.gif'></table>",
            "<link rel=stylesheet href='https://track.example/'>",
            "<style>@import url(https://track.example/)</style>",
            "<div style='background:url(https://track.example/)'>x</div>",
            "<blockquote cite='https://track.example/'>x</blockquote>",
            "<video src='https://track.example/'></video>",
            "<iframe src='https://track.example/'></iframe>",
            "<object data='https://track.example/'></object>",
            "<svg><image href='https://track.example/'/></svg>",
        ] {
            let made = clean(remote);
            assert!(!made.contains("track") && !made.contains("src="), "{made}");
        }
    }

    #[test]
    fn nothing_runs_and_nothing_is_sent() {
        for html in [
            "<script>x()</script>",
            "<img src=x onerror=x()>",
            "<a href='javascript:x()'>a</a>",
            "<a href=' jAvascript:x()'>a</a>",
            "<a href='data:text/html,x()'>a</a>",
            "<form action='/open/A/lock' method=post><button>x()</button></form>",
            "<base href='https://x()'>",
            "<meta http-equiv=refresh content='0;url=https://x()'>",
            "<math><mtext><table><mglyph><style><img src onerror=x()>",
        ] {
            let made = clean(html);
            for bad in ["script", "onerror", "form", "<base", "<meta", "data:"] {
                assert!(!made.contains(bad), "{html} became {made}");
            }
        }
    }

    #[test]
    fn links_stay_and_tell_nothing() {
        let made = clean("<a href='https://www.example.org/a?b=c'>page</a>");
        assert!(made.contains("href=\"https://www.example.org/a?b=c\""));
        assert!(made.contains("noreferrer") && made.contains("target=\"_blank\""));
    }
}
