//! A file's name as a stranger gave it, made safe once: to show, to store, to put into a header, a ZIP or a page.
//!
//! Promises: no path, nothing invisible, no device name of Windows, no leading dash or dot, at most 200 bytes with the extension kept,
//! in composed form; making it safe twice changes nothing (T44 to T48, reliability 8.4).

use super::visible::{is_hidden, visible, visible_line};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Below the 255 bytes of most file systems: browsers put ` (1)` and `.crdownload` behind.
const MAX_BYTES: usize = 200;

/// What stands behind the last dot is an extension up to this many bytes, the dot not counted.
const MAX_EXTENSION: usize = 32;

/// A safe file name. There is no other way to get one than through [`FileName::new`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

impl FileName {
    /// Makes any text a safe name; `None` if nothing is left of it.
    pub fn new(raw: &str) -> Option<Self> {
        let flat = raw
            .rsplit(['/', '\\'])
            .find(|piece| !piece.trim_matches(['.', ' ']).is_empty())?;
        // Composed first, so that what composes to an ASCII character is seen as one; and again, as what was between two may be gone.
        let seen: String = visible(&flat.nfc().collect::<String>());
        let kept: String = seen.chars().map(safe).nfc().collect();
        let kept = visible_line(&kept);
        let name = kept
            .trim_start_matches(is_lead)
            .trim_end_matches([' ', '.']);
        if name.is_empty() {
            return None;
        }
        let lead = &kept[..kept.len() - kept.trim_start_matches(is_lead).len()];
        let name = match () {
            () if lead.contains('.') => format!("_.{name}"),
            () if is_reserved(name) => format!("_{name}"),
            () => name.to_owned(),
        };
        // Behind the cut, which may end at a brace.
        Some(FileName(without_class(shorten(&name, ""))))
    }

    /// For a file without a usable name: `attachment-1.pdf`; the extension comes from the sniffed type.
    pub fn numbered(number: usize, extension: &str) -> Self {
        FileName(format!("attachment-{number}.{extension}"))
    }

    /// `name (2).pdf` for the second file of one name.
    pub fn again(&self, number: usize) -> Self {
        FileName(shorten(&self.0, &format!(" ({number})")))
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

    /// Two names with the same key may be one file on a disk that knows no case or compares composed forms (Windows, macOS).
    pub fn key(&self) -> String {
        self.0
            .nfkd()
            .filter(|c| !is_hidden(*c) && !matches!(c, '\u{fe00}'..='\u{fe0f}'))
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .collect()
    }
}

/// What is special to a file system or a shell of Windows, and what its conversion to an old code page makes a slash or a quote of.
fn safe(c: char) -> char {
    match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\' => '_',
        '\u{2044}' | '\u{2215}' | '\u{2216}' | '\u{29f5}' | '\u{29f8}' | '\u{29f9}'
        | '\u{fe68}' | '\u{ff02}' | '\u{ff0f}' | '\u{ff3c}' => '_',
        '\u{2024}' | '\u{fe52}' | '\u{ff0e}' => '.',
        c => c,
    }
}

/// A dot hides, a dash is an option; so does every dash that is converted to it.
fn is_lead(c: char) -> bool {
    matches!(
        c,
        ' ' | '.' | '-' | '\u{2010}' | '\u{2011}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// With `mark` before the extension, at most [`MAX_BYTES`].
fn shorten(name: &str, mark: &str) -> String {
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot - 1 <= MAX_EXTENSION => name.split_at(dot),
        _ => (name, ""),
    };
    let room = MAX_BYTES - mark.len() - extension.len();
    let stem = match stem.len() <= room && mark.is_empty() {
        true => stem,
        // No joiner is left without the character behind it.
        false => stem[..stem.floor_char_boundary(room)]
            .trim_end_matches([' ', '.', '\u{200c}', '\u{200d}']),
    };
    format!("{stem}{mark}{extension}")
}

/// The shell of Windows takes an extension in braces for the class of an object, and does not show it.
fn without_class(name: String) -> String {
    match name.rsplit_once(".{") {
        Some((stem, class)) if class.ends_with('}') => {
            format!("{stem}._{}_", &class[..class.len() - 1])
        }
        _ => name,
    }
}

/// Devices of Windows with any extension, and files by which folders change how they look and what they start.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    // COM with a superscript digit is a device too.
    let stem = stem.nfkc().collect::<String>().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    };
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
    ) || numbered("COM")
        || numbered("LPT")
        || ["desktop.ini", "autorun.inf", "thumbs.db"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name))
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
            ("a\r\nSet-Cookie: x=1", "a Set-Cookie_ x=1"),
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
