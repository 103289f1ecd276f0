//! Globs: `*` for any characters, `?` for one, everything else for itself; whatever the case, over the whole text.
//!
//! Promises: the globs of one list are one `RegexSet`, so that a text is read once whatever their number; time is linear in
//! the text (T37), and what would compile to a giant is refused when the policy is read.

use super::sheet::{Sheet, Value, Word};
use regex::{RegexSet, RegexSetBuilder};

/// A list of globs.
#[derive(Debug, Clone)]
pub struct Globs {
    set: RegexSet,
    written: Vec<String>,
}

/// No person writes a longer one.
const MAX_GLOB: usize = 1_000;

/// Of the compiled set, in bytes (T37).
const MAX_COMPILED: usize = 1 << 20;

impl Globs {
    /// One glob or a list of them.
    pub fn read(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Option<Globs> {
        let words = sheet.strings(value)?;
        let long: Vec<&Word> = words.iter().filter(|(w, _)| w.len() > MAX_GLOB).collect();
        for (_, span) in &long {
            sheet.wrong(
                span.clone(),
                format!("a pattern has at most {MAX_GLOB} characters"),
            );
        }
        if !long.is_empty() {
            return None;
        }
        match Globs::new(words.into_iter().map(|(word, _)| word)) {
            Ok(globs) => Some(globs),
            Err(_) => {
                sheet.wrong(value.span(), "these patterns are too many or too large");
                None
            }
        }
    }

    /// Compiles them.
    pub fn new(words: impl IntoIterator<Item = String>) -> Result<Globs, regex::Error> {
        let written: Vec<String> = words.into_iter().collect();
        let set = RegexSetBuilder::new(written.iter().map(|glob| expression(glob)))
            .case_insensitive(true)
            .dot_matches_new_line(true)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .build()?;
        Ok(Globs { set, written })
    }

    /// The first glob that matches the whole of `text`, as written.
    pub fn find(&self, text: &str) -> Option<&str> {
        let first = self.set.matches(text).iter().next()?;
        Some(&self.written[first])
    }

    /// Whether one matches a name of which only the ending is known; `None`: that depends on the rest.
    pub fn guess(&self, ending: &str) -> Option<bool> {
        let one = |glob: &String| {
            let glob = glob.to_lowercase();
            let wanted = match glob.as_str() {
                "*" => return Some(true),
                other => other.strip_prefix("*.")?.to_owned(),
            };
            match wanted.rsplit_once('.') {
                _ if wanted.contains(['*', '?']) => None,
                None => Some(wanted == ending),
                Some((_, last)) if last == ending => None,
                Some(_) => Some(false),
            }
        };
        super::conditions::any(self.written.iter().map(one))
    }

    /// True if one matches.
    pub fn matches(&self, text: &str) -> bool {
        self.set.is_match(text)
    }
}

fn expression(glob: &str) -> String {
    let mut out = String::from("^");
    let mut literal = [0; 4];
    for c in glob.chars() {
        match c {
            '*' if out.ends_with(".*") => {}
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            c => out.push_str(&regex::escape(c.encode_utf8(&mut literal))),
        }
    }
    out.push('$');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_is_about_the_whole_text_and_not_its_case() {
        let rows = [
            ("*.ics", "Invite.ICS", true),
            ("*.ics", "invite.ics.exe", false),
            ("a?.pdf", "ab.pdf", true),
            ("a?.pdf", "a.pdf", false),
            ("*SEC=PROTECTED*", "VER=1, sec=Protected, X", true),
            ("a.c", "abc", false),
            ("[x]", "[x]", true),
            ("**", "line\nline", true),
            ("application/*", "text/plain", false),
            ("größe*", "GRÖSSE", false),
            ("ä*", "Äpfel.doc", true),
        ];
        for (glob, text, want) in rows {
            let globs = Globs::new([glob.to_owned()]).expect("compiles");
            assert_eq!(globs.matches(text), want, "{glob} on {text}");
        }
    }

    #[test]
    fn a_hundred_stars_are_still_linear() {
        let globs = Globs::new([format!("{}b", "*a".repeat(100))]).expect("compiles");
        let begin = std::time::Instant::now();
        assert!(!globs.matches(&"a".repeat(100_000)));
        assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
    }
}
