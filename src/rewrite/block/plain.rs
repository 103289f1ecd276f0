//! The block as plain text: lines of at most 76 characters (a link may be longer), CRLF behind each.

use super::{Block, unmarked};
use crate::texts::format::labelled;

const RULE: &str = "---------------------------------------------------------------";
const WIDTH: usize = 64;
const LONGEST: usize = 76;

impl Block {
    /// `flowed`: for `format=flowed` (RFC 3676): no line ends in a space, lines that start with a space, `>` or `From ` get one more.
    pub(in crate::rewrite) fn plain(&self, flowed: bool) -> String {
        let mut text = String::with_capacity(1024);
        let mut line = |line: &str| end_line(&mut text, line, flowed);
        if let Some(open) = &self.open {
            open.lines().for_each(&mut line);
            line("");
        }
        line(RULE);
        wrap(&unmarked(&self.title), &mut line);
        self.file_lines().iter().for_each(|file| line(file));
        for one in ["", &self.view, &self.url, ""] {
            line(one);
        }
        if let Some(password) = &self.password {
            wrap(&unmarked(password), &mut line);
        }
        wrap(&self.until, &mut line);
        line("");
        wrap(&self.genuine, &mut line);
        self.check_lines().iter().for_each(|check| line(check));
        line(RULE);
        text
    }

    /// Names in one column, sizes in the next, as in a folder.
    fn file_lines(&self) -> Vec<String> {
        if self.files.is_empty() {
            return Vec::new();
        }
        let names: Vec<String> = self.files.iter().map(|(name, _)| shortened(name)).collect();
        let column = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        let mut lines = vec![String::new()];
        lines.extend(names.iter().zip(&self.files).map(|(name, (_, size))| {
            format!(
                "  {name}{}   {size}",
                " ".repeat(column - name.chars().count())
            )
        }));
        lines.extend(self.more.iter().map(|more| format!("  {more}")));
        lines
    }

    fn check_lines(&self) -> Vec<String> {
        match &self.check {
            None => Vec::new(),
            Some((text, url)) => {
                let line = labelled(self.language, text, url);
                match line.chars().count() <= LONGEST {
                    true => vec![line],
                    false => vec![
                        labelled(self.language, text, "").trim_end().to_owned(),
                        url.clone(),
                    ],
                }
            }
        }
    }
}

fn end_line(text: &mut String, line: &str, flowed: bool) {
    let line = line.trim_end();
    // A name may be what a delimiter of the mail is, and come to stand at the start of a line.
    let delimits = line.starts_with("--") && line != RULE && line != "--";
    let stuffed = flowed && (line.starts_with([' ', '>']) || line.starts_with("From "));
    if stuffed || delimits {
        text.push(' ');
    }
    text.push_str(line);
    text.push_str("\r\n");
}

/// At spaces that may be broken: French has others before its colons. A word that is longer than a line is cut.
fn wrap(text: &str, mut line: impl FnMut(&str)) {
    let (mut begun, mut length) = (String::with_capacity(2 * WIDTH), 0);
    for (piece, count) in words(text).flat_map(pieces) {
        if length > 0 && length + 1 + count > WIDTH {
            line(&begun);
            begun.clear();
            length = 0;
        }
        if length > 0 {
            begun.push(' ');
            length += 1;
        }
        begun.push_str(piece);
        length += count;
    }
    line(&begun);
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    text.split(breaks).filter(|word| !word.is_empty())
}

/// A word in pieces that fit a line, each with its length in characters.
fn pieces(word: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let end = rest.char_indices().nth(WIDTH);
        let (piece, behind) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = behind;
        (!piece.is_empty()).then(|| (piece, piece.chars().count()))
    })
}

/// A long name keeps its beginning and its extension.
fn shortened(name: &str) -> String {
    const MAX: usize = 54;
    let chars: Vec<char> = name.chars().collect();
    if chars.len() <= MAX {
        return name.to_owned();
    }
    let begin: String = chars[..MAX - 18].iter().collect();
    let end: String = chars[chars.len() - 15..].iter().collect();
    format!("{begin}...{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        wrap(text, |line| lines.push(line.to_owned()));
        lines
    }

    fn ended(line: &str, flowed: bool) -> String {
        let mut text = String::new();
        end_line(&mut text, line, flowed);
        text
    }

    #[test]
    fn lines_are_wrapped_at_spaces_and_long_words_cut() {
        assert_eq!(wrapped(&"ab ".repeat(30))[0].len(), 62);
        assert_eq!(wrapped(&"x".repeat(130)).len(), 3);
        assert_eq!(wrapped("a  b"), ["a b"]);
        let close = format!("{} passe\u{a0}: b", "x".repeat(WIDTH - 6));
        assert_eq!(wrapped(&close)[1], "passe\u{a0}: b");
        assert_eq!(wrapped(" "), [""]);
        assert_eq!(
            wrapped(&format!("å {}", "ö".repeat(65)))[1..],
            ["ö".repeat(64), "ö".into()]
        );
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = format!("{}.pdf", "x".repeat(100));
        assert!(shortened(&name).ends_with(".pdf"));
        assert_eq!(shortened(&name).chars().count(), 54);
    }

    #[test]
    fn a_flowed_line_is_stuffed() {
        assert_eq!(ended("  a.pdf  ", true), "   a.pdf\r\n");
        assert_eq!(ended("> a", true), " > a\r\n");
        assert_eq!(ended("  a.pdf", false), "  a.pdf\r\n");
        assert_eq!(ended("--=_b", false), " --=_b\r\n");
        assert_eq!(ended(RULE, true), format!("{RULE}\r\n"));
    }
}
