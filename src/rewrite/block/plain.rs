//! The block as plain text: lines of at most 76 characters (a link may be longer), CRLF behind each.

use super::{Block, unmarked};

const RULE: &str = "---------------------------------------------------------------";
const WIDTH: usize = 64;
const LONGEST: usize = 76;

impl Block {
    /// `flowed`: for `format=flowed` (RFC 3676): no line ends in a space, lines that start with a space, `>` or `From ` get one more.
    pub(in crate::rewrite) fn plain(&self, flowed: bool) -> String {
        let mut lines = Vec::new();
        if let Some(open) = &self.open {
            lines.extend(open.lines().map(|line| line.trim_end().to_owned()));
            lines.push(String::new());
        }
        lines.push(RULE.to_owned());
        lines.extend(wrapped(&unmarked(&self.title)));
        lines.extend(self.file_lines());
        lines.extend([
            String::new(),
            self.view.clone(),
            self.url.clone(),
            String::new(),
        ]);
        lines.extend(
            self.password
                .iter()
                .flat_map(|text| wrapped(&unmarked(text))),
        );
        lines.extend(wrapped(&self.until));
        lines.push(String::new());
        lines.extend(wrapped(&self.genuine));
        lines.extend(self.check_lines());
        lines.push(RULE.to_owned());
        lines.iter().map(|line| ended(line, flowed)).collect()
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
            Some((text, url)) if text.chars().count() + url.chars().count() + 2 <= LONGEST => {
                vec![format!("{text}: {url}")]
            }
            Some((text, url)) => vec![format!("{text}:"), url.clone()],
        }
    }
}

fn ended(line: &str, flowed: bool) -> String {
    let line = line.trim_end();
    // A name may be what a delimiter of the mail is, and come to stand at the start of a line.
    let delimits = line.starts_with("--") && line != RULE && line != "--";
    let stuffed = flowed && (line.starts_with([' ', '>']) || line.starts_with("From "));
    let stuffed = stuffed || delimits;
    format!("{}{line}\r\n", if stuffed { " " } else { "" })
}

/// At spaces; a word that is longer than a line is cut.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let word: Vec<char> = word.chars().collect();
        for piece in word.chunks(WIDTH) {
            let piece: String = piece.iter().collect();
            let line = lines.last_mut().expect("there is a first line");
            if line.is_empty() {
                line.push_str(&piece);
            } else if line.chars().count() + 1 + piece.chars().count() <= WIDTH {
                line.push(' ');
                line.push_str(&piece);
            } else {
                lines.push(piece);
            }
        }
    }
    lines
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

    #[test]
    fn lines_are_wrapped_at_spaces_and_long_words_cut() {
        assert_eq!(wrapped(&"ab ".repeat(30))[0].len(), 62);
        assert_eq!(wrapped(&"x".repeat(130)).len(), 3);
        assert_eq!(wrapped("a  b"), ["a b"]);
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
