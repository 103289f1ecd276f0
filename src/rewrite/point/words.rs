//! What the words of one line say: a signature or a quoted mail begins here, or may begin.
//!
//! Only words that programs write count (`vocabulary`); a person who writes the same words at the beginning of a line of their own gets the block
//! above that line, no more. Left to others: which lines are looked at together (`history`).

use super::vocabulary::{DATE, FORWARDED, FROM, MADE_BY, SENT, SUBJECT, TITLES, WROTE};

/// What stands left of a colon; `None` if that is no short word.
fn key(line: &str) -> Option<String> {
    // Nearly no line has a colon; 0xef begins the wide one.
    memchr::memchr2(b':', 0xef, line.as_bytes())?;
    let line = line.trim_start_matches(['*', ' ', '\u{a0}']);
    let end = line.find([':', '：'])?;
    let key = line[..end].trim_matches(['*', ' ', '\u{a0}']);
    (!key.is_empty() && key.chars().count() <= 20).then(|| key.to_lowercase())
}

fn has_key(line: &str, of: &[&str]) -> bool {
    key(line).is_some_and(|key| of.contains(&key.as_str()))
}

pub(super) fn is_from(line: &str) -> bool {
    has_key(line, FROM)
}

pub(super) fn is_sent(line: &str) -> bool {
    has_key(line, SENT)
}

pub(super) fn is_date(line: &str) -> bool {
    has_key(line, DATE)
}

pub(super) fn is_subject(line: &str) -> bool {
    has_key(line, SUBJECT)
}

/// `-- ` (RFC 3676 section 4.3), also where the blank was lost.
pub(super) fn is_delimiter(line: &str) -> bool {
    line.trim_end() == "--"
}

/// `> old`, or `BE> old` with the initials of who is quoted. `>From` is a line of the sender that a mailbox file has changed.
pub(super) fn is_quoted(line: &str) -> bool {
    let initials = line.bytes().take_while(u8::is_ascii_uppercase).count();
    match line[initials..].strip_prefix('>') {
        Some(rest) if initials == 0 => !rest.starts_with("From "),
        Some(rest) => initials <= 3 && (rest.is_empty() || rest.starts_with(' ')),
        None => false,
    }
}

pub(super) fn is_forwarded(line: &str) -> bool {
    ends_with_colon(line) && FORWARDED.contains(&line.trim().to_lowercase().as_str())
}

pub(super) fn is_made_by(line: &str) -> bool {
    let line = line.trim();
    if line.chars().count() > 60 || line.ends_with(',') {
        return false;
    }
    let line = line.to_lowercase();
    MADE_BY.iter().any(|begin| line.starts_with(begin))
}

/// Dashes, words, dashes: the words. Three dashes do not begin one: `--- protected from here ---` is the sender's own.
pub(super) fn titled_rule(line: &str) -> Option<&str> {
    let line = line.trim();
    let words = line.trim_start_matches('-');
    let before = line.len() - words.len();
    let title = words.trim_end_matches('-');
    let behind = words.len() - title.len();
    let title = title.trim();
    let fits = (4..=200).contains(&title.len()) && title.chars().any(char::is_alphabetic);
    (before >= 4 && behind >= 3 && fits).then_some(title)
}

/// A title that programs write, or one that names somebody.
pub(super) fn is_known_title(title: &str) -> bool {
    let title = title.to_lowercase();
    title.contains('@') || has_wrote(&title) || TITLES.iter().any(|word| title.contains(word))
}

/// A line of `_`, `-` or `=` and nothing else.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    ['_', '-', '=']
        .iter()
        .any(|c| line.len() >= 10 && line.chars().all(|d| d == *c))
}

pub(super) fn ends_with_colon(line: &str) -> bool {
    line.trim_end().ends_with([':', '：'])
}

pub(super) fn has_wrote(text: &str) -> bool {
    let text = text.to_lowercase();
    WROTE.iter().any(|word| text.contains(word))
}

/// Words that say who wrote and when, whole: a date outside of the address, and no address begun elsewhere.
pub(super) fn is_introduction(said: &str) -> bool {
    let bare = without_address(said);
    let whole = !said.trim_start().starts_with('<') && !bare.contains(['<', '>']);
    let dated = bare.chars().any(|c| c.is_numeric());
    whole && dated && (has_wrote(said) || said.contains('@'))
}

/// Who wrote, at least.
pub(super) fn names_somebody(said: &str) -> bool {
    has_wrote(said) || said.contains('@') || said.chars().any(|c| c.is_numeric())
}

fn without_address(said: &str) -> String {
    let mut out = String::with_capacity(said.len());
    let mut rest = said;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        match behind.split_once('>') {
            Some((_, after)) => rest = after,
            None => {
                out.push('<');
                rest = behind;
            }
        }
    }
    out + rest
}

/// As people see it: no blanks at the end that some programs write as another character, no marks of direction.
pub(super) fn seen(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}'))
        .map(|c| if c == '\u{a0}' { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_quotes_if_it_says_so() {
        let rows = [
            ("> old", true),
            (">old", true),
            (">", true),
            ("BE> old", true),
            (">From here on", false),
            ("HTTP> GET", false),
            ("x > y", false),
            ("", false),
        ];
        for (line, quoted) in rows {
            assert_eq!(is_quoted(line), quoted, "{line}");
        }
    }

    #[test]
    fn an_introduction_is_whole_and_dated() {
        let rows = [
            ("On 3 May 2025, Bo wrote:", true),
            ("2025年5月3日(土) 10:00 Bo Ek <bo@partner.example>:", true),
            ("bo2@partner.example> wrote:", false),
            ("<bo2@partner.example>:", false),
            ("Bo Ek <bo2@partner.example> wrote:", false),
            ("See page 3:", false),
        ];
        for (said, whole) in rows {
            assert_eq!(is_introduction(said), whole, "{said}");
        }
    }

    #[test]
    fn a_title_stands_between_dashes() {
        assert_eq!(
            titled_rule("-----Original Message-----"),
            Some("Original Message")
        );
        assert_eq!(
            titled_rule("---- On 3 May Bo wrote ---"),
            Some("On 3 May Bo wrote")
        );
        assert_eq!(titled_rule("--- protected from here ---"), None);
        assert_eq!(titled_rule("----------------"), None);
        assert_eq!(titled_rule("Original Message-----"), None);
    }
}
