//! A file's name as a stranger gave it, made safe once: to show, to store, to put into a header, a ZIP or a page.
//!
//! Promises: no path, no control or direction-changing characters, no device name of Windows, no leading dash or dot, at most
//! 200 bytes with the extension kept, in composed form; making it safe twice changes nothing (T44 to T48, reliability 8.4).

use std::fmt;
use unicode_normalization::UnicodeNormalization;

const MAX_BYTES: usize = 200;

/// A safe file name. There is no other way to get one than through [`FileName::new`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

impl FileName {
    /// Makes any text a safe name; `None` if nothing is left of it.
    pub fn new(raw: &str) -> Option<Self> {
        let flat = raw
            .rsplit(['/', '\\'])
            .find(|piece| !piece.trim_matches(['.', ' ']).is_empty())?;
        let kept: String = flat.nfc().filter_map(safe).collect();
        let trimmed = kept.trim_matches([' ', '.', '-', '\u{a0}']);
        let shown = if kept.trim_start().starts_with('.') && !trimmed.is_empty() {
            format!("_.{trimmed}")
        } else {
            trimmed.to_owned()
        };
        let cut = shorten(&shown);
        match cut.as_str() {
            "" => None,
            name if is_device(name) => Some(FileName(format!("_{name}"))),
            name => Some(FileName(name.to_owned())),
        }
    }

    /// For a file without a usable name: `attachment-1.pdf`; the extension comes from the sniffed type.
    pub fn numbered(number: usize, extension: &str) -> Self {
        FileName(format!("attachment-{number}.{extension}"))
    }

    /// `name (2).pdf` for the second file of one name.
    pub fn again(&self, number: usize) -> Self {
        match self.0.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => {
                FileName(format!("{stem} ({number}).{extension}"))
            }
            _ => FileName(format!("{} ({number})", self.0)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last dot, lower case; empty if there is none.
    pub fn extension(&self) -> String {
        self.0
            .rsplit_once('.')
            .map(|(_, e)| e.to_lowercase())
            .unwrap_or_default()
    }
}

/// Characters that change what a person sees or what a program does are dropped or replaced.
fn safe(c: char) -> Option<char> {
    match c {
        // Direction marks and isolates, zero width characters, soft hyphen, tags: invisible, used to disguise extensions (T45).
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => None,
        '\t' | '\n' | '\r' => Some(' '),
        c if c.is_control() => None,
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\' => Some('_'),
        '\u{2028}' | '\u{2029}' => Some(' '),
        c => Some(c),
    }
}

fn shorten(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, e)) if e.len() <= 16 => (stem, format!(".{e}")),
        _ => (name, String::new()),
    };
    let mut room = MAX_BYTES - extension.len();
    while !stem.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}{extension}", stem[..room].trim_end_matches([' ', '.']))
}

fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_names_become_safe_and_stay_so() {
        let rows = [
            ("contract.pdf", "contract.pdf"),
            ("../../../x", "x"),
            ("..\\..\\x", "x"),
            ("C:\\x", "x"),
            ("~/.ssh/x", "x"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("a.txt:evil", "a.txt_evil"),
            ("a.pdf ", "a.pdf"),
            ("a.pdf.", "a.pdf"),
            (".htaccess", "_.htaccess"),
            ("-rf", "rf"),
            ("a\r\nSet-Cookie: x=1", "a  Set-Cookie_ x=1"),
            ("a\0.exe", "a.exe"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}.exe", "a.exe"),
            ("e\u{301}.txt", "é.txt"),
            ("<img src=x onerror=1>", "_img src=x onerror=1_"),
        ];
        for (raw, want) in rows {
            let name = FileName::new(raw).unwrap_or_else(|| panic!("{raw:?} has a name"));
            assert_eq!(name.as_str(), want, "{raw:?}");
            assert_eq!(
                FileName::new(name.as_str()),
                Some(name.clone()),
                "{raw:?}: safe twice is safe once"
            );
        }
        for nothing in ["", ".", "..", " ", "/", "...", "\u{202e}"] {
            assert_eq!(FileName::new(nothing), None, "{nothing:?}");
        }
        let long = FileName::new(&format!("{}.pdf", "ä".repeat(300))).expect("a name");
        assert!(long.as_str().len() <= MAX_BYTES && long.as_str().ends_with(".pdf"));
    }
}
