//! Whatever patterns a policy has and whatever text comes, the engine finds what each expression and each word finds alone.

use cloakroom::decide::patterns::Patterns;
use regex::{Regex, RegexBuilder};
use std::ops::Range;
use std::time::{Duration, Instant};

/// A match that is longer is not promised, so no text is.
const LONGEST: usize = 1_000;

/// Lines of patterns, an empty line, a text.
pub fn check(data: &[u8]) {
    let all = String::from_utf8_lossy(data);
    let (patterns, text) = all.split_once("\n\n").unwrap_or((&all, &all));
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let mut read = Patterns::default();
    let mut want: Vec<(u32, Range<usize>)> = Vec::new();
    for line in patterns.lines().take(20) {
        // Words of other alphabets have rules of their own, which the engine's own tests are about.
        let simple = line.starts_with('/') || (line.is_ascii() && text.is_ascii());
        let Ok((id, written)) = read.add(if simple { line } else { "" }, "") else {
            continue;
        };
        if want.iter().all(|(known, _)| *known != id.0)
            && let Some(alone) = alone(&written, text)
        {
            want.extend(alone.into_iter().map(|range| (id.0, range)));
        }
    }
    let (engine, _) = read.finish();
    let mut found = Vec::new();
    let mut scan = engine.scan(Instant::now() + Duration::from_secs(15));
    let ended = scan.window(text, (0, text.len()), &mut |id, range| {
        found.push((id.0, range));
    });
    // What asks for more time than that is not compared; the time itself is.
    if ended.is_ok() {
        found.sort_by_key(|(id, range)| (*id, range.start));
        want.sort_by_key(|(id, range)| (*id, range.start));
        assert_eq!(found, want, "{patterns:?} on {text:?}");
    }
}

/// What it finds when nothing else is looked for.
fn alone(written: &str, text: &str) -> Option<Vec<Range<usize>>> {
    if written.starts_with('/') {
        let regex = expression(written)?;
        return Some(regex.find_iter(text).map(|m| m.range()).collect());
    }
    Some(words(written, text))
}

fn expression(written: &str) -> Option<Regex> {
    let (inside, flags) = written[1..].rsplit_once('/')?;
    let mut builder = RegexBuilder::new(inside);
    builder.case_insensitive(flags == "i").build().ok()
}

/// The plain way to find a word: at every place, character by character. Only what is ASCII has so simple a rule.
fn words(written: &str, text: &str) -> Vec<Range<usize>> {
    let (word, open) = match written.strip_suffix('*') {
        Some(word) => (word, !word.ends_with(char::is_whitespace)),
        None => (written, false),
    };
    let tokens: Vec<String> = word.split_whitespace().map(str::to_lowercase).collect();
    let starts = text.char_indices().map(|(at, _)| at);
    starts
        .filter_map(|at| Some(at..ends(&tokens, text, at, open)?))
        .collect()
}

fn ends(tokens: &[String], text: &str, start: usize, open: bool) -> Option<usize> {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let mut at = start;
    for (n, token) in tokens.iter().enumerate() {
        if n > 0 {
            let gap = text[at..].len() - text[at..].trim_start().len();
            if gap == 0 || gap > 64 {
                return None;
            }
            at += gap;
        }
        let end = at + token.len();
        let there = text.get(at..end)?;
        let last = n + 1 == tokens.len();
        let touched = is_letter(token.chars().next()) && is_letter(text[..at].chars().next_back());
        let goes_on = is_letter(token.chars().next_back())
            && is_letter(text[end..].chars().next())
            && !(open && last);
        if !there.eq_ignore_ascii_case(token) || touched || goes_on {
            return None;
        }
        at = end;
    }
    let more = text[at..].find(|c: char| !c.is_ascii_alphanumeric());
    match open && is_letter(tokens.last()?.chars().next_back()) {
        true => Some(more.map_or(text.len(), |more| at + more)),
        false => Some(at),
    }
}
