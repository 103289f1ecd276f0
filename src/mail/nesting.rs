//! How many elements HTML has, and how deep they lie in each other, seen roughly and quickly before a parser is trusted with it: a
//! parser's memory grows with the one, its time with the square of the other.
//!
//! Promises: one pass, constant memory but for the names of open elements; what never ends counts as open, also formatting that a
//! parser would open again in each paragraph.

use std::collections::HashMap;

/// These need no end, or never have one.
const ENDS_ITSELF: [&str; 26] = [
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li",
    "link", "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
    "track", "wbr",
];

/// What a parser would have to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// The greatest number of elements that are open at once.
    pub depth: usize,
    /// All elements.
    pub elements: usize,
}

/// Looks through it once.
pub fn of(html: &str) -> Load {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut now, mut deepest, mut elements) = (0usize, 0, 0);
    for tag in html.split('<').skip(1) {
        let (ends, tag) = match tag.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, tag),
        };
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        elements += usize::from(!ends);
        let length = tag.find(|c: char| c.is_ascii_whitespace() || "/>".contains(c));
        let name: String = tag[..length.unwrap_or(tag.len())]
            .chars()
            .take(20)
            .collect::<String>()
            .to_ascii_lowercase();
        if ENDS_ITSELF.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !ends {
            *count += 1;
            now += 1;
            deepest = deepest.max(now);
        } else if *count > 0 {
            *count -= 1;
            now -= 1;
        }
    }
    Load {
        depth: deepest,
        elements,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deep(html: &str) -> usize {
        of(html).depth
    }

    #[test]
    fn what_is_open_counts_and_what_ends_does_not() {
        let rows = [
            ("", 0),
            ("a < b <3 <!-- <b> --> </b>", 1),
            ("<p>a<p>b<br><img src=x><li>", 0),
            ("<div><div></div><span/></div>", 2),
            ("<DIV></div><div></DIV>", 1),
        ];
        for (html, wanted) in rows {
            assert_eq!(deep(html), wanted, "{html}");
        }
        assert_eq!(deep(&"<p><font color=1>".repeat(900)), 900);
        assert_eq!(deep(&"<span></div>".repeat(900)), 900);
        assert_eq!(deep(&"<div><b>x</b></div>".repeat(900)), 2);
        assert_eq!(of("<p>a<br/></p><b>c</b> < 3").elements, 3);
    }
}
