//! The place in plain text, by lines.

use super::super::charset::Charset;
use super::{FARTHEST, Line, history, words};

/// The offset of the block in decoded text. `complete`: the text does not go on behind these bytes.
pub(in crate::rewrite) fn point(text: &[u8], complete: bool, charset: Charset) -> usize {
    let lines = lines(&text[..text.len().min(FARTHEST + 1024)], charset);
    match history::begin(&lines) {
        Some(at) if at <= FARTHEST => at,
        None if complete && text.len() <= FARTHEST => text.len(),
        _ => 0,
    }
}

/// What must come before and behind the block, so that it stands alone.
pub(in crate::rewrite) fn apart(text: &[u8], at: usize) -> (&'static str, &'static str) {
    let (before, behind) = text.split_at(at);
    let before = match before {
        [] => "",
        b if b.ends_with(b"\n\r\n") || b.ends_with(b"\n\n") || b == b"\r\n" || b == b"\n" => "",
        b if b.ends_with(b"\n") => "\r\n",
        _ => "\r\n\r\n",
    };
    let behind = match behind {
        b if b.is_empty() || b.starts_with(b"\r\n") || b.starts_with(b"\n") => "",
        _ => "\r\n",
    };
    (before, behind)
}

fn lines(text: &[u8], charset: Charset) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        lines.push(Line {
            at,
            text: words::seen(charset.read(line).trim_end_matches(['\r', '\n'])),
            begins: lines.last().is_none_or(Line::is_blank),
            marked: false,
        });
        at += line.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> &str {
        &text[point(text.as_bytes(), true, Charset::UTF_8)..]
    }

    #[test]
    fn the_block_stands_before_signature_and_history() {
        let rows = [
            ("Hi\r\nBye\r\n", ""),
            ("Hi\r\n-- \r\nAnna\r\n", "-- \r\nAnna\r\n"),
            ("Hi\r\n\r\n> old\r\n", "> old\r\n"),
            (
                "Hi\r\n\r\nOn 3 May 2025, Bo wrote:\r\n> old\r\n",
                "On 3 May 2025, Bo wrote:\r\n> old\r\n",
            ),
            (
                "Hi\r\n\r\nLe 3 mai 2025, Bo <bo@x.example>\r\na ecrit :\r\n\r\n> old\r\n",
                "Le 3 mai 2025, Bo <bo@x.example>\r\na ecrit :\r\n\r\n> old\r\n",
            ),
            (
                "Hi\r\n-----Original Message-----\r\nFrom: Bo\r\n",
                "-----Original Message-----\r\nFrom: Bo\r\n",
            ),
            (
                "Hi\r\n-----Ursprüngliche Nachricht-----\r\nVon: Bo\r\n",
                "-----Ursprüngliche Nachricht-----\r\nVon: Bo\r\n",
            ),
            (
                "Hi\r\n________________________________\r\nFrom: Bo\r\nSent: Monday\r\n",
                "________________________________\r\nFrom: Bo\r\nSent: Monday\r\n",
            ),
            (
                "Hi\r\n\r\nVon: Bo\r\nGesendet: Montag\r\n",
                "Von: Bo\r\nGesendet: Montag\r\n",
            ),
            ("Hi\r\n-----\r\nNot history\r\n", ""),
            ("See these points:\r\n> one\r\n", "> one\r\n"),
            ("", ""),
        ];
        for (text, rest) in rows {
            assert_eq!(cut(text), rest, "{text:?}");
        }
    }

    #[test]
    fn a_place_too_far_down_becomes_the_top() {
        let long = "x\r\n".repeat(30_000);
        assert_eq!(point(long.as_bytes(), true, Charset::UTF_8), 0);
        assert_eq!(point(&long.as_bytes()[..5000], false, Charset::UTF_8), 0);
        let quoted = format!("Hi\r\n> y\r\n{long}");
        assert_eq!(point(quoted.as_bytes(), true, Charset::UTF_8), 4);
    }

    #[test]
    fn the_block_stands_alone() {
        let rows = [
            ("", 0, ("", "")),
            ("a", 1, ("\r\n\r\n", "")),
            ("a\r\n", 3, ("\r\n", "")),
            ("a\r\n\r\n", 5, ("", "")),
            ("a\r\n> b", 3, ("\r\n", "\r\n")),
            ("a\r\n\r\n\r\n> b", 5, ("", "")),
        ];
        for (text, at, wanted) in rows {
            assert_eq!(apart(text.as_bytes(), at), wanted, "{text:?} {at}");
        }
    }
}
