//! Words and phrases: whole, in any case, over any white space.
//!
//! Promises: a word is found where a reader sees it, also with soft hyphens or characters of no width in it, and in letters
//! composed or not; `diagnos*` is the beginning of a word. Leaves to others: looking for it fast (`filter`).

use super::fold::{Folded, PAD};
use super::needle::{LONGEST, Needle, SHORTEST, rate};
use std::ops::Range;

/// A word or a phrase.
#[derive(Debug, Clone)]
pub struct Word {
    tokens: Vec<Token>,
    /// The token that is looked for first, and where in it the needle begins.
    anchor: usize,
    offset: usize,
    open: bool,
}

#[derive(Debug, Clone)]
struct Token {
    plain: Vec<u8>,
    /// A letter or digit stands at the beginning, the end: no other may touch it there.
    edges: (bool, bool),
}

/// White space between the words of a phrase, in bytes.
const MAX_GAP: usize = 64;

impl Word {
    /// Reads a word or phrase, and the needle to find it by; or says why it is none.
    pub fn read(written: &str) -> Result<(Word, Needle), String> {
        let (text, open) = match written.trim().strip_suffix('*') {
            Some(text) => (text, true),
            None => (written.trim(), false),
        };
        if text.contains('*') {
            return Err("a star stands at the end only: it means \"begins so\"".into());
        }
        let mut folded = Folded::default();
        folded.fold_seen(text);
        let inner = PAD..folded.plain.len() - PAD;
        let shape = &folded.shape[inner.clone()];
        let tokens: Vec<Token> = pieces(&folded.plain[inner.clone()])
            .map(|r| Token {
                plain: folded.plain[inner.clone()][r.clone()].to_vec(),
                edges: (shape[r.start] != b' ', shape[r.end - 1] != b' '),
            })
            .collect();
        let open = open
            && !text.ends_with(char::is_whitespace)
            && tokens.last().is_some_and(|t| t.edges.1);
        let shapes = pieces(&folded.plain[inner.clone()]).map(|r| shape[r].to_vec());
        let best = shapes.enumerate().filter_map(|(i, shape)| {
            let last = i + 1 == tokens.len();
            Some((i, needle(&shape, tokens[i].edges, open && last)?))
        });
        let best = best.min_by(|a, b| rate(&a.1.0.bytes).total_cmp(&rate(&b.1.0.bytes)));
        let Some((anchor, (needle, offset))) = best else {
            return Err("it is too short: a word needs letters or digits".into());
        };
        Ok((
            Word {
                tokens,
                anchor,
                offset,
                open,
            },
            needle,
        ))
    }

    /// Where the word stands in the folded text, if its needle stands at `at`.
    pub fn at(&self, folded: &Folded, at: usize) -> Option<Range<usize>> {
        let start =
            (at + usize::from(self.tokens[self.anchor].edges.0)).checked_sub(self.offset)?;
        let mut end = self.token(folded, self.anchor, start)?;
        let mut begin = start;
        for i in (0..self.anchor).rev() {
            let behind = back_over_space(&folded.plain, begin)?;
            begin = behind.checked_sub(self.tokens[i].plain.len())?;
            self.token(folded, i, begin)?;
        }
        for i in self.anchor + 1..self.tokens.len() {
            let next = over_space(&folded.plain, end)?;
            end = self.token(folded, i, next)?;
        }
        if self.open {
            end += folded.shape[end..]
                .iter()
                .take_while(|b| **b != b' ')
                .count();
        }
        Some(begin..end)
    }

    /// The end of a token that begins at `at`.
    fn token(&self, folded: &Folded, i: usize, at: usize) -> Option<usize> {
        let token = &self.tokens[i];
        let end = at + token.plain.len();
        if at < PAD || end > folded.plain.len() - PAD || folded.plain[at..end] != token.plain[..] {
            return None;
        }
        let open = self.open && i + 1 == self.tokens.len();
        let free = |edge: bool, place: usize| !edge || folded.shape[place] == b' ';
        (free(token.edges.0, at - 1) && free(token.edges.1 && !open, end)).then_some(end)
    }
}

/// What stands between white space.
fn pieces(plain: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + plain[at..].iter().position(|b| !is_space(*b))?;
        let len = plain[start..].iter().position(|b| is_space(*b));
        at = len.map_or(plain.len(), |len| start + len);
        Some(start..at)
    })
}

/// The needle of a token, with its edges, and how far into the token it begins (an edge is not of the token).
fn needle(shape: &[u8], edges: (bool, bool), open: bool) -> Option<(Needle, usize)> {
    let mut run = Vec::with_capacity(shape.len() + 2);
    run.extend(edges.0.then_some(b' '));
    run.extend(shape);
    run.extend((edges.1 && !open).then_some(b' '));
    if run.len() < SHORTEST || run.iter().all(|b| *b == b' ') {
        return None;
    }
    let starts = 0..=run.len().saturating_sub(LONGEST);
    let cut = |from: usize| run[from..run.len().min(from + LONGEST)].to_vec();
    let from = starts.min_by(|a, b| rate(&cut(*a)).total_cmp(&rate(&cut(*b))))?;
    let needle = Needle {
        bytes: cut(from),
        edge: false,
        behind: (0, None),
    };
    Some((needle, from))
}

fn over_space(plain: &[u8], at: usize) -> Option<usize> {
    let len = plain[at..]
        .iter()
        .take(MAX_GAP + 1)
        .take_while(|b| is_space(**b))
        .count();
    (1..=MAX_GAP).contains(&len).then_some(at + len)
}

fn back_over_space(plain: &[u8], at: usize) -> Option<usize> {
    let len = plain[..at]
        .iter()
        .rev()
        .take(MAX_GAP + 1)
        .take_while(|b| is_space(**b))
        .count();
    (1..=MAX_GAP).contains(&len).then_some(at - len)
}

/// What is left of white space in a folded text.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
