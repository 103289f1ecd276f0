//! The place in plain text, by lines.

use super::FARTHEST;

/// The offset of the block in decoded text. `complete`: the text does not go on behind these bytes.
pub(in crate::rewrite) fn point(text: &[u8], complete: bool) -> usize {
    let lines = Lines::of(&text[..text.len().min(FARTHEST + 1024)]);
    match history(&lines) {
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

/// The lines with their offsets, without line ends.
struct Lines<'a>(Vec<(usize, &'a [u8])>);

impl<'a> Lines<'a> {
    fn of(text: &'a [u8]) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive(|b| *b == b'\n') {
            let end = line.strip_suffix(b"\n").unwrap_or(line);
            lines.push((start, end.strip_suffix(b"\r").unwrap_or(end)));
            start += line.len();
        }
        Lines(lines)
    }

    fn text(&self, index: usize) -> &'a [u8] {
        self.0.get(index).map_or(b"", |(_, line)| line)
    }
}

/// Where the signature or the history begins.
fn history(lines: &Lines<'_>) -> Option<usize> {
    (0..lines.0.len())
        .find(|index| begins_history(lines, *index))
        .map(|index| {
            if lines.text(index).starts_with(b">") {
                attribution(lines, index)
            } else {
                index
            }
        })
        .map(|index| lines.0[index].0)
}

fn begins_history(lines: &Lines<'_>, index: usize) -> bool {
    let line = lines.text(index);
    line == b"-- "
        || line == b"--"
        || line.starts_with(b">")
        || is_titled_rule(line)
        || is_attribution(line)
        || is_outlook_header(lines, index)
        || line.trim_ascii() == b"Begin forwarded message:"
}

/// `-----Original Message-----`, in any language: dashes, words, dashes.
fn is_titled_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let inner = line.trim_ascii_start();
    let dashes = inner.iter().take_while(|b| **b == b'-').count();
    let behind = line.iter().rev().take_while(|b| **b == b'-').count();
    let words = line.len().saturating_sub(dashes + behind);
    // Four, because `--- protected from here ---` is the sender's own.
    dashes >= 4
        && behind >= 4
        && (4..=60).contains(&words)
        && line[dashes..line.len() - behind]
            .iter()
            .all(|b| b.is_ascii_alphabetic() || *b == b' ' || *b == b'\'' || *b >= 0x80)
}

/// `On Friday Bo wrote:`, on one line.
fn is_attribution(line: &[u8]) -> bool {
    const BEGINS: [&[u8]; 4] = [b"On ", b"Am ", b"Den ", b"Op "];
    const ENDS: [&[u8]; 5] = [
        b"wrote:",
        b"schrieb:",
        b"skrev:",
        b"schreef:",
        b"het volgende geschreven:",
    ];
    let line = line.trim_ascii();
    let has_digit = line.iter().any(u8::is_ascii_digit);
    has_digit
        && BEGINS.iter().any(|b| line.starts_with(b))
        && (ENDS.iter().any(|e| line.ends_with(e))
            || (line.ends_with(b":") && line.contains(&b'@')))
}

/// `From:` and soon `Sent:`: how Outlook begins a quoted mail, with or without a line of underscores before it.
fn is_outlook_header(lines: &Lines<'_>, index: usize) -> bool {
    const FROM: [&[u8]; 5] = [b"From:", b"Von:", b"Fr\xc3\xa5n:", b"Fr\xe5n:", b"Van:"];
    const SENT: [&[u8]; 6] = [
        b"Sent:",
        b"Date:",
        b"Gesendet:",
        b"Datum:",
        b"Skickat:",
        b"Verzonden:",
    ];
    let starts = |index: usize, with: &[&[u8]]| {
        let line = lines.text(index).trim_ascii();
        let bare = line.strip_prefix(b"*").unwrap_or(line);
        with.iter().any(|w| bare.starts_with(w))
    };
    let rule = lines.text(index).len() >= 20 && lines.text(index).iter().all(|b| *b == b'_');
    let from = index + usize::from(rule);
    starts(from, &FROM) && (1..=3).any(|below| starts(from + below, &SENT))
}

/// A quote is introduced by up to three lines that end with a colon: they belong to it.
fn attribution(lines: &Lines<'_>, quote: usize) -> usize {
    let blank = |index: usize| lines.text(index).trim_ascii().is_empty();
    let mut last = quote;
    while last > 0 && blank(last - 1) && quote - last < 2 {
        last -= 1;
    }
    if last == 0 || blank(last - 1) || !lines.text(last - 1).trim_ascii().ends_with(b":") {
        return quote;
    }
    let mut first = last - 1;
    while first > 0 && !blank(first - 1) && last - first < 3 {
        first -= 1;
    }
    let said: Vec<u8> = (first..last).flat_map(|i| lines.text(i).to_vec()).collect();
    let stands_alone = first == 0 || blank(first - 1);
    let names_someone = said.contains(&b'@') || said.iter().any(u8::is_ascii_digit);
    if stands_alone && names_someone {
        first
    } else {
        quote
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> &str {
        &text[point(text.as_bytes(), true)..]
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
        assert_eq!(point(long.as_bytes(), true), 0);
        assert_eq!(point(&long.as_bytes()[..5000], false), 0);
        let quoted = format!("Hi\r\n> y\r\n{long}");
        assert_eq!(point(quoted.as_bytes(), true), 4);
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
