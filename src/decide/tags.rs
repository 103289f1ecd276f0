//! Subject tags: words in brackets at the start or the end of a subject, typed by people on phones.
//!
//! Promises: case and spaces do not matter; a tag in the middle of a subject is just words; a tag behind `Re:` or `Fwd:` counts
//! as at the start, because ignoring it there would send unprotected what its sender marked.
//! Leaves to others: what a tag means (`controls`).

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A bracketed text at an edge of the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bracket {
    /// What stands inside, in the form of [`form`].
    pub form: String,
    /// Where, with its brackets.
    pub at: Range<usize>,
}

/// Longer bracketed texts are no tags.
const MAX_TAG: usize = 200;

/// Marks that mail programs put before a subject, in the languages we have texts for.
const REPLIES: &[&str] = &[
    "aw", "antw", "antwort", "doorst", "enc", "fw", "fwd", "i", "odp", "pd", "r", "re", "ref",
    "rif", "rv", "sv", "tr", "vb", "vs", "wg",
];

/// The form in which two spellings of a tag are equal: composed, lower case, no white space.
pub fn form(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .collect()
}

/// Every bracketed text at the start and the end, in the order of the subject.
pub fn edges(subject: &str) -> Vec<Bracket> {
    let mut found = Vec::new();
    let mut start = 0;
    loop {
        let rest = &subject[start..];
        let trimmed = rest.trim_start();
        start += rest.len() - trimmed.len();
        if let Some(length) = leading(trimmed) {
            found.extend(bracket(subject, start..start + length));
            start += length;
        } else if let Some(length) = reply_mark(trimmed) {
            start += length;
        } else {
            break;
        }
    }
    let mut tail = Vec::new();
    let mut end = subject.len();
    while let Some((open, close)) = trailing(&subject[start..end]) {
        tail.extend(bracket(subject, start + open..start + close));
        end = start + open;
    }
    found.extend(tail.into_iter().rev());
    found
}

/// The subject without these ranges, the white space at the seams joined.
pub fn without(subject: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(subject.len());
    let mut from = 0;
    for range in ranges {
        out.push_str(&subject[from..range.start]);
        from = range.end;
        if out.is_empty() || out.ends_with(char::is_whitespace) {
            let rest = &subject[from..];
            from += rest.len() - rest.trim_start().len();
        }
    }
    out.push_str(&subject[from..]);
    out.trim().to_owned()
}

fn bracket(subject: &str, at: Range<usize>) -> Option<Bracket> {
    let form = form(&subject[at.start + 1..at.end - 1]);
    (at.len() <= MAX_TAG && !form.is_empty()).then_some(Bracket { form, at })
}

/// The length of a bracketed text that begins here.
fn leading(text: &str) -> Option<usize> {
    text.strip_prefix('[')?;
    let close = text.find(']')?;
    Some(close + 1)
}

fn trailing(text: &str) -> Option<(usize, usize)> {
    let text = text.trim_end();
    text.strip_suffix(']')?;
    let open = text.rfind('[')?;
    Some((open, text.len()))
}

/// The length of `Re:`, `AW :`, `Re[2]:` at the start.
fn reply_mark(text: &str) -> Option<usize> {
    let colon = text.find([':', '：'])?;
    let word = text[..colon].trim_end();
    let word = match word.strip_suffix(']').and_then(|w| w.rsplit_once('[')) {
        Some((word, number)) if number.bytes().all(|b| b.is_ascii_digit()) => word,
        _ => word,
    };
    let known = REPLIES.contains(&word.to_lowercase().as_str());
    let width = text[colon..].chars().next().map_or(1, char::len_utf8);
    known.then_some(colon + width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(subject: &str) -> Vec<String> {
        edges(subject).into_iter().map(|b| b.form).collect()
    }

    #[test]
    fn only_the_edges_count() {
        let rows: [(&str, &[&str]); 14] = [
            ("[secure] plan", &["secure"]),
            ("plan [Secure]", &["secure"]),
            ("  [ SE CURE ]plan", &["secure"]),
            ("Avtal [säker]", &["säker"]),
            (
                "[secure][days:5] plan [sms:+46 70]",
                &["secure", "days:5", "sms:+4670"],
            ),
            ("How [secure] is spelled", &[]),
            ("Re: [secure] plan", &["secure"]),
            ("AW: WG: [seal] x", &["seal"]),
            ("Re[2]: [seal] x", &["seal"]),
            ("Note: [seal] x", &[]),
            ("[a] [b]", &["a", "b"]),
            ("[]", &[]),
            ("[secure", &[]),
            ("[ＳＥＣＵＲＥ] wide", &["secure"]),
        ];
        for (subject, want) in rows {
            assert_eq!(forms(subject), want, "{subject}");
        }
    }

    #[test]
    fn what_is_left_reads_well() {
        let rows = [
            ("[secure] plan", "plan"),
            ("plan [secure]", "plan"),
            ("[secure][days:5] the  plan [sms:+46]", "the  plan"),
            ("Re: [secure] plan", "Re: plan"),
            ("[secure]", ""),
        ];
        for (subject, want) in rows {
            let ranges: Vec<_> = edges(subject).into_iter().map(|b| b.at).collect();
            assert_eq!(without(subject, &ranges), want, "{subject}");
        }
    }
}
