//! `tests/names.table`: a name as a stranger gives it, a tab, the safe name wanted; nothing behind the tab where no name is left.
//!
//! Escapes: `\n \r \t \\`, `\xNN` (a byte; in a name that is text, the character of that number), `\u{HEX}`, `\{300*ä}`. A row that
//! begins with `@CHARSET ` (`@ ` for none) is bytes said to be in that charset.

use std::path::PathBuf;

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// As it stands in the table, to find it again.
    pub shown: String,
    pub given: Given,
    pub want: Option<String>,
}

/// What the stranger gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    Text(String),
    /// The charset's label, and bytes that may not be of it.
    Bytes(String, Vec<u8>),
}

pub fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/names.table")
}

/// All rows, in order.
pub fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(path()).expect("the table is in the repository");
    let lines = text.lines().filter(|l| !l.is_empty());
    lines.filter(|l| !l.starts_with("# ")).map(row).collect()
}

fn row(line: &str) -> Row {
    let (shown, want) = line
        .split_once('\t')
        .unwrap_or_else(|| panic!("no tab in {line:?}"));
    let text = |escaped: &str| {
        let bytes = unescaped(escaped);
        String::from_utf8(bytes).unwrap_or_else(|_| panic!("not UTF-8: {escaped:?}"))
    };
    let given = match shown.strip_prefix('@').and_then(|s| s.split_once(' ')) {
        Some((label, bytes)) => Given::Bytes(label.to_owned(), unescaped(bytes)),
        None => Given::Text(text(shown)),
    };
    let want = text(want);
    Row {
        shown: shown.to_owned(),
        given,
        want: (!want.is_empty()).then_some(want),
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend(rest[..at].bytes());
        let kind = rest[at + 1..].chars().next().expect("an escape");
        let behind = &rest[at + 2..];
        let braced = || behind.split_once('}').expect("a closing brace");
        rest = match kind {
            'x' => {
                out.push(u8::from_str_radix(&behind[..2], 16).expect("two digits"));
                &behind[2..]
            }
            'u' => {
                let number = braced().0.trim_start_matches('{');
                let number = u32::from_str_radix(number, 16).expect("a number");
                let c = char::from_u32(number).expect("a character");
                out.extend(c.to_string().bytes());
                braced().1
            }
            '{' => {
                let end = closing(behind);
                let (count, what) = behind[..end].split_once('*').expect("a count");
                let what = unescaped(what);
                for _ in 0..count.parse().expect("a count") {
                    out.extend(&what);
                }
                &behind[end + 1..]
            }
            'n' | 'r' | 't' | '\\' => {
                out.push(match kind {
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    _ => b'\\',
                });
                behind
            }
            other => panic!("no escape: {other:?} in {text:?}"),
        };
    }
    out.extend(rest.bytes());
    out
}

/// The brace that ends a repetition: `\u{…}` may stand in it.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("no closing brace in {text:?}")
}

/// The other way round: printable ASCII, letters and signs as they are, all else as `\u{…}`.
pub fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut out = String::new();
    let mut run = (' ', 0usize);
    let mut flush = |(c, count): (char, usize), at_end: bool| {
        let one = match c {
            '\\' => "\\\\".to_owned(),
            ' ' if at_end => "\\x20".to_owned(),
            c if c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric() => c.to_string(),
            c => c.escape_unicode().to_string(),
        };
        match count {
            0..16 => out.push_str(&one.repeat(count)),
            _ => out.push_str(&format!("\\{{{count}*{one}}}")),
        }
    };
    for (at, c) in text.chars().enumerate() {
        if c != run.0 {
            flush(run, false);
            run = (c, 0);
        }
        run.1 += 1;
        if at == last {
            flush(run, true);
        }
    }
    out
}
