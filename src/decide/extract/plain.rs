//! Text without markup: plain text, source, JSON, YAML, vCards, calendars; and tables written with commas, semicolons, tabs or bars.
//!
//! Promises: both readings of a charset in doubt, the second only where its lines differ. A text whose first lines have the same
//! number of separators is a table, whatever it is called. Never fails but with the reading's limits.

use super::{Document, Reading, Stop, charset};

/// Lines that are looked at for a separator.
const LINES: usize = 30;

/// A quoted cell is no longer than this; a quote that does not end by then is a letter.
const QUOTED: usize = 32 * 1024;

/// Reads a text.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let texts = charset::texts(document.bytes, document.charset);
    say(document, &texts.text, reading)?;
    let Some(other) = &texts.other else {
        return Ok(());
    };
    reading.spend(other.len() as u64)?;
    reading.at("in another charset")?;
    say(document, &differing(&texts.text, other), reading)
}

fn say(document: &Document<'_>, text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
    match separator(document, text) {
        Some(separator) => rows(text, separator, reading),
        None => lines(text, reading),
    }
}

/// Text with any line ends.
pub(super) fn lines(text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let mut rest = text;
    while let Some(end) = memchr::memchr(b'\r', rest.as_bytes()) {
        reading.text(&rest[..end])?;
        reading.text("\n")?;
        rest = rest[end + 1..]
            .strip_prefix('\n')
            .unwrap_or(&rest[end + 1..]);
    }
    reading.text(rest)?;
    reading.end_line()
}

/// The lines of `other` that are not in `text` at the same place.
fn differing(text: &str, other: &str) -> String {
    let mut before = text.split('\n');
    let lines = other.split_inclusive('\n');
    lines
        .filter(|line| before.next() != Some(line.strip_suffix('\n').unwrap_or(line)))
        .collect()
}

fn separator(document: &Document<'_>, text: &str) -> Option<char> {
    if let Some(named) = text.get(..5).and_then(|s| s.strip_prefix("sep=")) {
        return named.chars().next(); // as Excel writes it
    }
    let called = |end: &str| {
        let tail = document.name.len().checked_sub(end.len());
        tail.and_then(|at| document.name.get(at..))
            .is_some_and(|s| s.eq_ignore_ascii_case(end))
    };
    let declared = document.media_type.to_ascii_lowercase();
    let is_tabs = called(".tsv") || called(".tab") || declared == "text/tab-separated-values";
    let is_table = is_tabs || called(".csv") || declared == "text/csv";
    let head: Vec<&str> = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .take(LINES)
        .collect();
    let mut best = None;
    for separator in ['\t', ';', '|', ','] {
        let counts: Vec<usize> = head.iter().map(|line| count(line, separator)).collect();
        let usual = counts
            .iter()
            .copied()
            .max_by_key(|n| (votes(&counts, *n), *n));
        let usual = usual.unwrap_or(0);
        let is_sure = head.len() >= 3 && votes(&counts, usual) * 10 >= head.len() * 9;
        let score = votes(&counts, usual) * usual;
        if usual > 0 && (is_table || is_sure) && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, separator));
        }
    }
    best.map(|(_, separator)| separator)
        .or(is_tabs.then_some('\t'))
        .or(is_table.then_some(','))
}

fn votes(counts: &[usize], number: usize) -> usize {
    counts.iter().filter(|count| **count == number).count()
}

/// Separators outside quotes.
fn count(line: &str, separator: char) -> usize {
    let mut quoted = false;
    line.chars()
        .filter(|c| {
            quoted ^= *c == '"';
            !quoted && *c == separator
        })
        .count()
}

fn rows(text: &str, separator: char, reading: &mut Reading<'_>) -> Result<(), Stop> {
    reading.table()?;
    let mut rest = text;
    let mut cells = Vec::new();
    while !rest.is_empty() {
        let (cell, end, after) = cell(rest, separator);
        cells.push(cell);
        rest = after;
        if end != Some(separator) || rest.is_empty() {
            if cells.iter().any(|cell| !cell.is_empty()) {
                reading.row(&cells)?;
            }
            cells.clear();
        }
    }
    Ok(())
}

/// The next cell, what ended it, and what follows.
fn cell(text: &str, separator: char) -> (String, Option<char>, &str) {
    let (mut cell, rest) = quoted(text).unwrap_or_default();
    let rest = if rest.is_empty() && cell.is_empty() {
        text
    } else {
        rest
    };
    let end = rest.find([separator, '\n', '\r']).unwrap_or(rest.len());
    cell.push_str(&rest[..end]);
    let mut after = rest[end..].chars();
    let ended = after.next();
    let after = after.as_str();
    let after = match ended {
        Some('\r') => after.strip_prefix('\n').unwrap_or(after),
        _ => after,
    };
    (cell, ended, after)
}

/// A quoted cell, and what follows its last quote.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('"')?;
    let (mut cell, mut from) = (String::new(), 0);
    while cell.len() < QUOTED {
        let end =
            from + memchr::memchr(b'"', &text.as_bytes()[from..text.len().min(from + QUOTED)])?;
        cell.push_str(&text[from..end]);
        if text.as_bytes().get(end + 1) != Some(&b'"') {
            return Some((cell, &text[end + 1..]));
        }
        cell.push('"');
        from = end + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::decide::extract::Document;
    use crate::decide::extract::tests::{file, told};

    #[test]
    fn tables_are_known_by_their_separators() {
        let rows = [
            (
                "a.csv",
                "Naam;BSN\nZoë;999993410\n",
                "=\nNaam|BSN\nZoë|999993410\n",
            ),
            (
                "a.csv",
                "Naam,BSN\r\n\"Wit, de\",999993410\r\n",
                "=\nNaam|BSN\nWit, de|999993410\n",
            ),
            ("a.tsv", "a\tb\n1\t2\n", "=\na|b\n1|2\n"),
            ("a.csv", "sep=|\na,x|b\n", "=\nsep=|\na,x|b\n"),
            ("a.csv", "\"a \"\"b\"\"\nc\",d\n", "=\na \"b\"\nc|d\n"),
            ("a.csv", "one\ntwo\n", "=\none\ntwo\n"),
            (
                "a.csv",
                "\"never closed,b\nc,d\n",
                "=\n\"never closed|b\nc|d\n",
            ),
            ("list.txt", "a\tb\n1\t2\n3\t4\n", "=\na|b\n1|2\n3|4\n"),
            ("a.csv", "a,,\n,,\n,b,\"\"\n", "=\na|\n|b|\n"),
        ];
        for (name, text, want) in rows {
            let told = told(&file(name, text.as_bytes()));
            assert_eq!(told.replace("||\n", "|\n"), want, "{text}");
        }
    }

    #[test]
    fn sentences_with_commas_are_no_table() {
        let text = "Dear all, hello,\nthis is a text, with commas, here\nand none there\n, one\n";
        assert_eq!(told(&file("a.txt", text.as_bytes())), text);
    }

    #[test]
    fn line_ends_are_line_feeds() {
        assert_eq!(
            told(&file("a.txt", b"one\r\ntwo\rthree")),
            "one\ntwo\nthree\n"
        );
    }

    #[test]
    fn the_second_reading_has_only_what_differs() {
        let document = Document {
            charset: Some("iso-8859-1"),
            ..file("a.txt", "same\nZoë\nsame\n".as_bytes())
        };
        let want = "same\nZoÃ«\nsame\n@ in another charset\nZoë\n";
        assert_eq!(told(&document), want);
    }

    #[test]
    fn quotes_without_end_take_no_time() {
        let text = "\"\"".repeat(500_000) + &"a,\"b\n".repeat(100_000);
        told(&file("a.csv", text.as_bytes()));
    }
}
