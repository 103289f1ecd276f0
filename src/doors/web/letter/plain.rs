//! A plain text on a page: quotes as quotes, web addresses as links, lines that were only wrapped for the way joined again.
//!
//! Promises: everything is escaped; a link says where it leads and leads to the web only; a long line wraps and is never cut.

use std::fmt::Write;

/// How its lines were wrapped (RFC 3676).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// As they stand.
    Fixed,
    /// A line that ends in a space goes on in the next one.
    Flowed {
        /// That space belongs to no word.
        delsp: bool,
    },
}

impl Wrapping {
    /// From a media type.
    pub fn of(media_type: &str) -> Self {
        match media_type.contains("format=flowed") {
            true => Wrapping::Flowed {
                delsp: media_type.contains("delsp=yes"),
            },
            false => Wrapping::Fixed,
        }
    }
}

/// Deeper quotes stand as deep as this.
const DEEPEST: usize = 10;

/// As HTML.
pub fn html(text: &str, wrapping: Wrapping) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut depth = 0;
    let mut block = String::new();
    for (quotes, line) in lines(text, wrapping) {
        let quotes = quotes.min(DEEPEST);
        if quotes != depth {
            close_block(&mut out, &mut block);
            while depth < quotes {
                out.push_str("<blockquote>");
                depth += 1;
            }
            while depth > quotes {
                out.push_str("</blockquote>");
                depth -= 1;
            }
        }
        linked(&mut block, &line);
        block.push('\n');
    }
    close_block(&mut out, &mut block);
    out.push_str(&"</blockquote>".repeat(depth));
    out
}

fn close_block(out: &mut String, block: &mut String) {
    let lines = block.trim_end_matches('\n').trim_start_matches('\n');
    if !lines.is_empty() {
        write!(out, "<div class=\"lines\">{lines}</div>").expect("a string takes everything");
    }
    block.clear();
}

/// Depth of quotation and what stands behind it.
fn lines(text: &str, wrapping: Wrapping) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (quotes, line) = quoted(line, wrapping);
        let (line, flows) = match wrapping {
            Wrapping::Fixed => (line, false),
            Wrapping::Flowed { delsp } => {
                let line = line.strip_prefix(' ').unwrap_or(line);
                let flows = line.ends_with(' ') && line != "-- ";
                let cut = flows && delsp;
                (if cut { &line[..line.len() - 1] } else { line }, flows)
            }
        };
        match out.last_mut() {
            Some((depth, before)) if goes_on && *depth == quotes && line != "-- " => {
                before.push_str(line);
            }
            _ => out.push((quotes, line.to_owned())),
        }
        goes_on = flows;
    }
    out
}

/// `>> a` is two deep. People put spaces between the marks; a flowed text does not.
fn quoted(line: &str, wrapping: Wrapping) -> (usize, &str) {
    let (mut depth, mut rest) = (0, line);
    while let Some(behind) = rest.strip_prefix('>') {
        depth += 1;
        rest = match wrapping {
            Wrapping::Fixed if behind.starts_with(" >") => &behind[1..],
            _ => behind,
        };
    }
    match wrapping {
        Wrapping::Fixed if depth > 0 => (depth, rest.strip_prefix(' ').unwrap_or(rest)),
        _ => (depth, rest),
    }
}

/// Escaped, with web addresses as links.
fn linked(out: &mut String, line: &str) {
    let mut rest = line;
    while let Some(at) = next_url(rest) {
        let url = url_at(&rest[at..]);
        escape(out, &rest[..at]);
        let mut address = String::new();
        escape(&mut address, url);
        write!(
            out,
            "<a href=\"{address}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">{address}</a>"
        )
        .expect("a string takes everything");
        rest = &rest[at + url.len()..];
    }
    escape(out, rest);
}

/// Where one begins, not within a word.
fn next_url(text: &str) -> Option<usize> {
    let begins = |at: &usize| {
        let is_url = ["https://", "http://"].iter().any(|scheme| {
            let head = text.get(*at..at + scheme.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        });
        let within = text[..*at].ends_with(|c: char| c.is_alphanumeric());
        let host = text
            .get(at + 7..)
            .unwrap_or_default()
            .trim_start_matches('/');
        is_url && !within && host.starts_with(|c: char| c.is_alphanumeric() || c == '[')
    };
    text.match_indices(['h', 'H'])
        .map(|(at, _)| at)
        .find(begins)
}

/// Up to what cannot belong to it; a dot or bracket at its end belongs to the sentence.
fn url_at(text: &str) -> &str {
    let is_end = |c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^".contains(c);
    let mut url = &text[..text.find(is_end).unwrap_or(text.len())];
    while let Some(last) = url.chars().next_back() {
        let opened = |open: char, close: char| {
            url.matches(open).count() >= url.matches(close).count() && last == close
        };
        let stays =
            !".,;:!?'\")]*_".contains(last) || opened('(', ')') || opened('[', ']') || last == '_';
        if stays {
            break;
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    url
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // The other control characters show as nothing, and NUL is an error in HTML.
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_quotes_at_any_depth() {
        let made = html("a\r\n> b\r\n>> c\r\n> > d\r\n> e\r\n\r\nf", Wrapping::Fixed);
        assert_eq!(
            made,
            "<div class=\"lines\">a</div><blockquote><div class=\"lines\">b</div><blockquote><div class=\"lines\">c\nd</div>\
             </blockquote><div class=\"lines\">e</div></blockquote><div class=\"lines\">f</div>"
        );
        let deep = html(&">".repeat(100_000), Wrapping::Fixed);
        assert!(deep.len() < 1_000);
    }

    #[test]
    fn flowed_lines_are_joined_within_their_quote() {
        let flowed = Wrapping::Flowed { delsp: false };
        let said = |text: &str, wrapping| lines(text, wrapping);
        assert_eq!(
            said(
                "a \r\nb\r\n> c \r\n> d\r\n>> e \r\n> f\r\n  g\r\n-- \r\nAnna",
                flowed
            ),
            [
                (0, "a b".to_owned()),
                (1, "c d".to_owned()),
                (2, "e ".to_owned()),
                (1, "f".to_owned()),
                (0, " g".to_owned()),
                (0, "-- ".to_owned()),
                (0, "Anna".to_owned()),
            ]
        );
        let delsp = Wrapping::Flowed { delsp: true };
        assert_eq!(said("日本 \r\n語", delsp), [(0, "日本語".to_owned())]);
        assert_eq!(
            Wrapping::of("text/plain; charset=utf-8; format=flowed; delsp=yes"),
            delsp
        );
        assert_eq!(Wrapping::of("text/plain; charset=utf-8"), Wrapping::Fixed);
    }

    #[test]
    fn web_addresses_are_links_and_nothing_else_is() {
        let link = |url: &str| {
            format!(
                "<a href=\"{url}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">{url}</a>"
            )
        };
        let rows = [
            (
                "see https://a.example/x?y=1&z=2.",
                format!("see {}.", link("https://a.example/x?y=1&amp;z=2")),
            ),
            (
                "<http://a.example/b>",
                format!("&lt;{}&gt;", link("http://a.example/b")),
            ),
            (
                "(https://a.example/c)",
                format!("({})", link("https://a.example/c")),
            ),
            ("https://a.example/d_(e)", link("https://a.example/d_(e)")),
            (
                "javascript:alert(1) www.a.example xhttp://b http:// https://\" <b>",
                "javascript:alert(1) www.a.example xhttp://b http:// https://&quot; &lt;b&gt;"
                    .to_owned(),
            ),
            (
                "https://a.example/\"onclick=\"x",
                format!("{}&quot;onclick=&quot;x", link("https://a.example/")),
            ),
        ];
        for (text, wanted) in rows {
            let mut made = String::new();
            linked(&mut made, text);
            assert_eq!(made, wanted, "{text}");
        }
    }
}
