//! One regular expression: read, bounded, and tried where it may match.
//!
//! Promises: time is linear in the text (T37); what would unfold to a giant, matches the empty text, or asks for what no linear engine
//! can do is refused when it is read. A match of more than [`REACH`] bytes is found only if nothing else is in the way.

use super::needle::{Needles, needles};
use regex_automata::meta::{self, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::{Anchored, Input};
use regex_syntax::ast::ErrorKind;
use regex_syntax::hir::Hir;
use std::ops::Range;
use std::sync::OnceLock;
use std::time::Instant;

/// Of an expression as written, in bytes.
pub const MAX_WRITTEN: usize = 4 * 1024;

/// Of an expression when compiled, in bytes.
pub const MAX_COMPILED: usize = 1 << 20;

/// Brackets in brackets.
const MAX_NESTED: u32 = 50;

/// So far a match is looked for from its needle, in bytes.
pub const REACH: usize = 1024;

/// Beginnings that are tried one by one; if more are possible, the text before the needle is searched.
const MANY_STARTS: usize = 32;

/// Tries that lead to nothing in one window; then the rest of the window is searched once.
const MANY_TRIES: u32 = 256;

/// So large in bytes that a try counts twice.
const HEAVY: usize = 16 * 1024;

/// The time was over before the text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late;

/// Why a pattern is refused, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong.
    pub why: String,
    /// The mend.
    pub help: String,
}

/// Told of a match; says whether more are wanted.
pub type On<'a> = &'a mut dyn FnMut(Range<usize>) -> bool;

/// A compiled expression.
#[derive(Debug)]
pub struct Expression {
    hir: Hir,
    /// For single tries.
    anchored: Regex,
    /// For whole texts: larger, and so made when first needed.
    whole: OnceLock<Regex>,
    /// By which it is found; `None`: every text is searched for it.
    pub needles: Option<Needles>,
    /// Where a match begins, in bytes before the needle: at most, at least.
    before: (Option<usize>, usize),
    longest: Option<usize>,
    /// Compiled, in bytes.
    size: usize,
}

/// How far one expression has come in one window.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// No match begins before.
    next: usize,
    tries: u32,
}

impl Expression {
    /// Reads an expression.
    pub fn read(written: &str, ignore_case: bool) -> Result<Expression, Refused> {
        let refused = |why: &str, help: &str| {
            Err(Refused {
                why: why.into(),
                help: help.into(),
            })
        };
        if written.len() > MAX_WRITTEN {
            return refused(
                "it is longer than 4 KiB",
                "make several patterns of it, or a list of words",
            );
        }
        let mut parser = regex_syntax::ParserBuilder::new();
        let hir = parser
            .nest_limit(MAX_NESTED)
            .case_insensitive(ignore_case)
            .build()
            .parse(written)
            .map_err(unreadable)?;
        match hir.properties().minimum_len() {
            None => {
                return refused(
                    "it can never match",
                    "look at its classes: one of them holds nothing",
                );
            }
            Some(0) => {
                return refused(
                    "it matches nothing at all, so it is in every text",
                    "let it ask for at least one character: + in place of *",
                );
            }
            Some(_) => {}
        }
        let anchored = match compile(&hir, false) {
            Ok(regex) => regex,
            Err(_) => {
                return refused(
                    "it unfolds to more than 1 MiB",
                    "repeat less: counted repetitions multiply, such as {0,200} in {0,200}",
                );
            }
        };
        let needles = needles(&hir);
        let behind = || needles.iter().flat_map(|n| n.any.iter().map(|n| n.behind));
        let most = behind()
            .map(|b| b.1)
            .try_fold(0, |most, b| Some(b?.max(most)));
        let least = behind().map(|b| b.0).min().unwrap_or(0);
        let longest = hir.properties().maximum_len();
        Ok(Expression {
            hir,
            size: anchored.memory_usage(),
            anchored,
            whole: OnceLock::new(),
            needles,
            before: (most, least),
            longest,
        })
    }

    /// Compiled size in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What a try that leads to nothing counts: a large expression may take long for each character.
    fn weight(&self) -> u32 {
        1 + (self.size / HEAVY) as u32
    }

    /// Looks for matches near a needle, which stands at `needle` of `text`. Needles are told in ascending order.
    pub fn near(&self, text: &str, needle: usize, progress: &mut Progress, on: On<'_>) {
        let first = needle
            .saturating_sub(self.before.0.unwrap_or(REACH).min(REACH))
            .max(progress.next);
        let Some(last) = needle.checked_sub(self.before.1) else {
            return;
        };
        if last < first {
            return;
        }
        match self
            .before
            .0
            .is_some_and(|most| most - self.before.1 <= MANY_STARTS)
        {
            true => self.each_start(text, first..last + 1, progress, on),
            false => self.any_start(text, first..last + 1, progress, on),
        }
    }

    /// True if single tries have led to nothing too often.
    pub fn is_tired(progress: &Progress) -> bool {
        progress.tries > MANY_TRIES
    }

    fn each_start(&self, text: &str, starts: Range<usize>, progress: &mut Progress, on: On<'_>) {
        for start in starts.filter(|at| text.is_char_boundary(*at)) {
            if start < progress.next {
                continue;
            }
            progress.next = start + 1;
            match self.from(text, start) {
                Some(end) => {
                    progress.next = end;
                    if !on(start..end) {
                        return;
                    }
                }
                None => progress.tries += self.weight(),
            }
            if Expression::is_tired(progress) {
                return;
            }
        }
    }

    fn any_start(&self, text: &str, starts: Range<usize>, progress: &mut Progress, on: On<'_>) {
        let end = text.floor_char_boundary(starts.end + REACH);
        let mut from = text.floor_char_boundary(starts.start);
        while from < starts.end {
            let input = Input::new(text).range(from..end);
            let found = self
                .anchored
                .search(&input)
                .filter(|m| m.start() < starts.end);
            let Some(found) = found else {
                progress.tries += 8 * self.weight();
                break;
            };
            from = self.whole_match(text, found.range(), end);
            if !on(found.start()..from) {
                break;
            }
        }
        progress.next = from.max(starts.end);
    }

    /// The end of a match that begins here.
    fn from(&self, text: &str, start: usize) -> Option<usize> {
        let end = text.floor_char_boundary(start + self.longest.unwrap_or(REACH).min(REACH));
        let input = Input::new(text).range(start..end).anchored(Anchored::Yes);
        let found = self.anchored.search(&input)?;
        Some(self.whole_match(text, found.range(), end))
    }

    /// The end of a match that was looked for up to `end` only.
    fn whole_match(&self, text: &str, found: Range<usize>, end: usize) -> usize {
        if found.end < end || end == text.len() {
            return found.end;
        }
        let input = Input::new(text)
            .range(found.start..)
            .anchored(Anchored::Yes);
        self.anchored
            .search(&input)
            .map_or(found.end, |whole| whole.end())
    }

    /// Looks for all matches from where it is to the end of the text.
    pub fn sweep(
        &self,
        text: &str,
        progress: &mut Progress,
        until: Instant,
        on: On<'_>,
    ) -> Result<(), Late> {
        // What was compiled without this can be compiled with it; if it were not, it still works.
        let regex = self
            .whole
            .get_or_init(|| compile(&self.hir, true).unwrap_or_else(|_| self.anchored.clone()));
        let step = self.step();
        while progress.next < text.len() {
            if Instant::now() > until {
                return Err(Late);
            }
            let from = text.ceil_char_boundary(progress.next);
            let stop = text.ceil_char_boundary(from + step);
            let end = text.floor_char_boundary(stop + REACH);
            let found = regex
                .search(&Input::new(text).range(from..end))
                .filter(|m| m.start() < stop);
            progress.next = match found {
                Some(found) => {
                    let behind = self.whole_match(text, found.range(), end);
                    if !on(found.start()..behind) {
                        return Ok(());
                    }
                    behind
                }
                None => stop,
            };
        }
        Ok(())
    }

    /// How much text is searched between two looks at the clock, in bytes: less for an expression that may be slow.
    fn step(&self) -> usize {
        ((1 << 30) / self.size.max(1)).clamp(2 * REACH, 64 * 1024)
    }
}

fn compile(hir: &Hir, whole: bool) -> Result<Regex, Box<meta::BuildError>> {
    let config = meta::Config::new()
        .nfa_size_limit(Some(MAX_COMPILED))
        .which_captures(WhichCaptures::Implicit)
        .hybrid(whole)
        .dfa(false)
        .onepass(false);
    meta::Builder::new()
        .configure(config)
        .build_from_hir(hir)
        .map_err(Box::new)
}

/// What the parser says, in words that help.
fn unreadable(error: regex_syntax::Error) -> Refused {
    let (why, help) = match &error {
        regex_syntax::Error::Parse(e) => {
            let column = e.span().start.column;
            match e.kind() {
                ErrorKind::UnsupportedLookAround => (
                    "it looks around, which cannot be done in linear time".into(),
                    "leave (?=…), (?!…), (?<=…) and (?<!…) out; \\b is the edge of a word",
                ),
                ErrorKind::UnsupportedBackreference => (
                    "it refers back to a group, which cannot be done in linear time".into(),
                    "leave \\1 and the like out; a digit is \\d",
                ),
                ErrorKind::NestLimitExceeded(_) => (
                    format!("more than {MAX_NESTED} brackets are in each other"),
                    "make several patterns of it",
                ),
                kind => (
                    format!("at character {column}: {kind}"),
                    "a character that means itself is written with a \\ before it",
                ),
            }
        }
        regex_syntax::Error::Translate(e) => (e.kind().to_string(), "use other classes"),
        other => (other.to_string(), "use other classes"),
    };
    Refused {
        why,
        help: help.into(),
    }
}
