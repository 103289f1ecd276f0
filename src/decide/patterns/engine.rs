//! The engine: all patterns of a policy and one pass over a text.
//!
//! A window of text is folded once, the filter says where needles are, and only there is a word compared or an expression tried.
//! Expressions without a needle are searched for in every window, one by one: they are few, and [`Engine::costly`] names them.
//! Promises: a word or an expression matches where it would match alone; expressions are tried on the text as it is, words on the
//! text as it is seen. Fails with [`Late`] when the time is over, which is looked at often.

use super::expression::{Expression, Late, Progress};
use super::filter::Filter;
use super::fold::Folded;
use super::needle::Needle;
use super::word::Word;
use super::{MAX_MATCHES, PatternId};
use std::cell::Cell;
use std::ops::Range;
use std::time::{Duration, Instant};

/// A pattern that was read.
#[derive(Debug)]
pub enum Pattern {
    /// See [`Word`].
    Word(Word, Needle),
    /// See [`Expression`].
    Expression(Box<Expression>),
}

/// All patterns of a policy.
#[derive(Debug, Default)]
pub struct Engine {
    filter: Filter,
    words: Vec<(Word, PatternId)>,
    expressions: Vec<(Expression, PatternId)>,
    costly: Vec<usize>,
    patterns: usize,
}

/// One text on its way through the engine, window by window.
#[derive(Debug)]
pub struct Scan<'e> {
    engine: &'e Engine,
    until: Instant,
    /// Of [`MAX_TIME`], for this text.
    left: Duration,
    counts: Vec<Cell<u32>>,
    folded: Folded,
    seen: Folded,
    progress: Vec<Progress>,
    /// Needles of expressions that have several kinds of them, which the filter does not tell in order.
    waiting: Vec<(u32, usize)>,
}

/// In the numbers the filter tells: an expression, not a word.
const EXPRESSION: u32 = 1 << 31;

/// Places of the filter between two looks at the clock.
const STEP: usize = 64 * 1024;

/// For the whole of one text: whatever the patterns and the text are, they hold up the mail no longer (T37). Ordinary text of the largest size
/// takes a third of it.
pub const MAX_TIME: Duration = Duration::from_millis(1_500);

/// Needles of words between two looks at the clock.
const WORDS: u32 = 4 * 1024;

/// Needles of expressions between two looks at the clock.
const TRIES: u32 = 16;

impl Engine {
    /// Takes patterns; the first is number 0.
    pub fn new(patterns: Vec<Pattern>) -> Engine {
        let mut engine = Engine {
            patterns: patterns.len(),
            ..Engine::default()
        };
        let mut needles = Vec::new();
        for (pattern, id) in patterns.into_iter().zip((0..).map(PatternId)) {
            match pattern {
                Pattern::Word(word, needle) => {
                    needles.push((needle, engine.words.len() as u32));
                    engine.words.push((word, id));
                }
                Pattern::Expression(expression) => {
                    let number = engine.expressions.len();
                    match &expression.needles {
                        Some(found) => needles.extend(
                            found
                                .any
                                .iter()
                                .map(|n| (n.clone(), EXPRESSION | number as u32)),
                        ),
                        None => engine.costly.push(number),
                    }
                    engine.expressions.push((*expression, id));
                }
            }
        }
        engine.filter = Filter::new(&needles);
        engine
    }

    /// The number of patterns.
    pub fn len(&self) -> usize {
        self.patterns
    }

    /// True for no pattern: nothing needs to be scanned.
    pub fn is_empty(&self) -> bool {
        self.patterns == 0
    }

    /// Expressions that every text is searched for, because nothing certain is in them.
    pub fn costly(&self) -> Vec<PatternId> {
        self.costly.iter().map(|i| self.expressions[*i].1).collect()
    }

    /// Begins with a text; after `until`, or [`MAX_TIME`] spent here, it ends with [`Late`].
    pub fn scan(&self, until: Instant) -> Scan<'_> {
        Scan {
            engine: self,
            until,
            left: MAX_TIME,
            counts: vec![Cell::new(0); self.patterns],
            folded: Folded::default(),
            seen: Folded::default(),
            progress: Vec::new(),
            waiting: Vec::new(),
        }
    }
}

impl Scan<'_> {
    /// Another text begins: matches are counted anew, and time.
    pub fn restart(&mut self) {
        self.left = MAX_TIME;
        self.counts.fill(Cell::new(0));
    }

    /// Looks at one window. Matches that begin in `core` are told, at most [`MAX_MATCHES`] of each pattern in the whole text; around it is
    /// context, as much as the longest match that must be found. Their order is that of the text for each pattern.
    pub fn window(
        &mut self,
        text: &str,
        core: (usize, usize),
        on: &mut dyn FnMut(PatternId, Range<usize>),
    ) -> Result<(), Late> {
        let begin = Instant::now();
        let until = self.until.min(begin + self.left);
        let ended = self.look(text, core, until, on);
        self.left = self.left.saturating_sub(begin.elapsed());
        ended
    }

    fn look(
        &mut self,
        text: &str,
        core: (usize, usize),
        until: Instant,
        on: &mut dyn FnMut(PatternId, Range<usize>),
    ) -> Result<(), Late> {
        if Instant::now() >= until {
            return Err(Late);
        }
        let counts = &self.counts;
        let on = &mut |id: PatternId, range: Range<usize>| {
            let count = &counts[id.0 as usize];
            if range.start >= core.0 && range.start < core.1 && count.get() < MAX_MATCHES {
                count.set(count.get() + 1);
                on(id, range);
            }
        };
        self.progress.clear();
        self.progress
            .resize(self.engine.expressions.len(), Progress::default());
        self.folded.fold(text);
        let mut pass = Pass {
            engine: self.engine,
            text,
            counts,
            until,
            progress: &mut self.progress,
            waiting: &mut self.waiting,
            tries: 0,
            compared: 0,
            late: false,
        };
        if self.folded.hides && !self.engine.words.is_empty() {
            self.seen.fold_seen(text);
            pass.run(&self.seen, (true, false), on)?;
            pass.run(&self.folded, (false, true), on)?;
        } else {
            pass.run(&self.folded, (true, true), on)?;
        }
        for number in &self.engine.costly {
            pass.sweep(*number, on)?;
        }
        Ok(())
    }
}

/// One pass over one folded window.
struct Pass<'a> {
    engine: &'a Engine,
    text: &'a str,
    counts: &'a [Cell<u32>],
    until: Instant,
    progress: &'a mut [Progress],
    waiting: &'a mut Vec<(u32, usize)>,
    tries: u32,
    /// Words that were compared.
    compared: u32,
    late: bool,
}

type On<'a> = &'a mut dyn FnMut(PatternId, Range<usize>);

impl Pass<'_> {
    fn run(
        &mut self,
        folded: &Folded,
        (words, expressions): (bool, bool),
        on: On<'_>,
    ) -> Result<(), Late> {
        let mut from = 0;
        while from < folded.shape.len() {
            self.clock()?;
            let engine = self.engine;
            engine.filter.scan(
                &folded.shape,
                from,
                from + STEP,
                &mut |owner, at| match owner & EXPRESSION != 0 {
                    true if expressions => self.needle(owner & !EXPRESSION, folded, at, on),
                    false if words => self.word(owner, folded, at, on),
                    _ => {}
                },
            );
            from += STEP;
        }
        let mut waiting = std::mem::take(self.waiting);
        waiting.sort_unstable();
        for (number, needle) in waiting.drain(..) {
            self.expression(number, needle, on);
        }
        *self.waiting = waiting;
        self.clock()
    }

    fn clock(&self) -> Result<(), Late> {
        match self.late || Instant::now() > self.until {
            true => Err(Late),
            false => Ok(()),
        }
    }

    fn word(&mut self, number: u32, folded: &Folded, at: usize, on: On<'_>) {
        self.compared += 1;
        if self.compared.is_multiple_of(WORDS) {
            self.late |= self.clock().is_err();
        }
        let (word, id) = &self.engine.words[number as usize];
        if self.late || self.enough(*id) {
            return;
        }
        if let Some(range) = word.at(folded, at) {
            on(
                *id,
                folded.place(self.text, range.start)..folded.place_behind(self.text, range.end),
            );
        }
    }

    fn needle(&mut self, number: u32, folded: &Folded, at: usize, on: On<'_>) {
        let needle = folded.place(self.text, at);
        let needles = &self.engine.expressions[number as usize].0.needles;
        match needles.as_ref().is_some_and(|n| n.any.len() > 1) {
            true => self.waiting.push((number, needle)),
            false => self.expression(number, needle, on),
        }
    }

    fn expression(&mut self, number: u32, needle: usize, on: On<'_>) {
        self.tries += 1;
        if self.tries.is_multiple_of(TRIES) {
            self.late |= self.clock().is_err();
        }
        if self.late {
            return;
        }
        let (expression, id) = &self.engine.expressions[number as usize];
        if self.enough(*id) {
            return;
        }
        let counts = self.counts;
        let progress = &mut self.progress[number as usize];
        expression.near(self.text, needle, progress, &mut |range| {
            on(*id, range);
            more(counts, *id)
        });
        if Expression::is_tired(progress) {
            self.late |= self.sweep(number as usize, on).is_err();
        }
    }

    fn sweep(&mut self, number: usize, on: On<'_>) -> Result<(), Late> {
        let (expression, id) = &self.engine.expressions[number];
        if self.enough(*id) {
            return Ok(());
        }
        let counts = self.counts;
        let progress = &mut self.progress[number];
        expression.sweep(self.text, progress, self.until, &mut |range| {
            on(*id, range);
            more(counts, *id)
        })
    }

    fn enough(&self, id: PatternId) -> bool {
        !more(self.counts, id)
    }
}

fn more(counts: &[Cell<u32>], id: PatternId) -> bool {
    counts[id.0 as usize].get() < MAX_MATCHES
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn engine(patterns: &[&str]) -> Engine {
        let read = |p: &&str| match p.strip_prefix('/') {
            Some(e) => Pattern::Expression(Box::new(Expression::read(e, false).expect(p))),
            None => {
                let (word, needle) = Word::read(p).expect(p);
                Pattern::Word(word, needle)
            }
        };
        Engine::new(patterns.iter().map(read).collect())
    }

    fn found(engine: &Engine, text: &str, core: (usize, usize)) -> Vec<(u32, Range<usize>)> {
        let mut found = Vec::new();
        let mut scan = engine.scan(Instant::now() + Duration::from_secs(60));
        scan.window(text, core, &mut |id, range| found.push((id.0, range)))
            .expect("in time");
        found.sort_by_key(|(id, range)| (*id, range.start));
        found
    }

    fn all(patterns: &[&str], text: &str) -> Vec<(u32, String)> {
        let found = found(&engine(patterns), text, (0, usize::MAX));
        found
            .into_iter()
            .map(|(id, range)| (id, text[range].to_owned()))
            .collect()
    }

    #[test]
    fn words_are_whole_and_of_any_case() {
        let rows: &[(&str, &str, &[&str])] = &[
            (
                "secret",
                "Secret, secrets; top-secret SECRET!",
                &["Secret", "secret", "SECRET"],
            ),
            (
                "diagnos*",
                "Diagnoser och diagnos, prediagnos",
                &["Diagnoser", "diagnos"],
            ),
            (
                "strictly  confidential",
                "STRICTLY\n\tConfidential strictly",
                &["STRICTLY\n\tConfidential"],
            ),
            (
                "säker",
                "SÄKER osäker säkert sa\u{308}ker",
                &["SÄKER", "sa\u{308}ker"],
            ),
            (
                "straße",
                "STRASSE Straße strasse Straßen",
                &["STRASSE", "Straße", "strasse"],
            ),
            (
                "confidential",
                "con\u{AD}fiden\u{200B}tial con confi",
                &["con\u{AD}fiden\u{200B}tial"],
            ),
            ("con", "con\u{AD}fidential", &[]),
            (
                "projekt x",
                "Projekt\u{A0}X, projektx, projekt xy",
                &["Projekt\u{A0}X"],
            ),
            ("c++", "C++ c+ c++11", &["C++", "c++"]),
            ("ab", "ab_ab “ab” abc", &["ab", "ab", "ab"]),
            ("機密", "これは 機密 です", &["機密"]),
        ];
        for (word, text, want) in rows {
            let is = all(&[word], text);
            assert_eq!(
                is.iter().map(|f| f.1.as_str()).collect::<Vec<_>>(),
                *want,
                "{word}"
            );
        }
    }

    #[test]
    fn what_is_no_word_is_refused() {
        for (word, why) in [
            ("*", "short"),
            ("§", "letters"),
            ("a*b", "star"),
            ("", "short"),
            ("a*", "short"),
        ] {
            let refused = Word::read(word).map(|_| ()).expect_err(word);
            assert!(refused.contains(why), "{word}: {refused}");
        }
    }

    #[test]
    fn only_what_begins_in_the_core_is_told() {
        let engine = engine(&["ab", "/x[0-9]+", "/[0-9]{5}"]);
        let text = "ab x123 12345 ab x45 ab 67890";
        assert_eq!(
            found(&engine, text, (3, 15)),
            [(0, 14..16), (1, 3..7), (2, 8..13)]
        );
    }

    #[test]
    fn every_pattern_is_counted_to_its_limit() {
        let engine = engine(&["ab", "/q[0-9]"]);
        let text = "ab q1 ".repeat(1_500);
        assert_eq!(found(&engine, &text, (0, text.len())).len(), 2_000);
    }

    /// T37: what takes longest of what is taken, on texts that make the most of it. Without optimisation a single step is slow, so
    /// expressions and text are smaller there; without the deadline it would be minutes all the same.
    #[test]
    fn worst_pattern_on_worst_text_is_bounded() {
        let (megabytes, texts, most) = match cfg!(debug_assertions) {
            true => (4, &["x"][..], Duration::from_secs(6)),
            false => (
                16,
                &["x", "a", "xa0 ", "ä\u{301}"][..],
                Duration::from_secs(2),
            ),
        };
        let patterns = [
            r"/(?:[a-z]|[a-y]|\w){1,N}[0-9]y",
            r"/(?:a?){N}a{N}!",
            r"/(?:x+x+)+y|[^y]{1,N}z",
            r"/x(?:\w?[a-z]?){N}x!",
            r"/(?i)(?:xx|xy|\pL){1,N}q000",
            r"/(?s)xxxx.{0,N}xxxx!",
        ]
        .map(largest);
        let patterns = patterns.each_ref().map(String::as_str);
        for text in texts {
            let text = text.repeat((megabytes << 20) / text.len());
            for pattern in patterns {
                let engine = engine(&[pattern]);
                let took = whole(&engine, &text);
                assert!(took < most, "{pattern}: {took:?}");
            }
            let took = whole(&engine(&patterns), &text);
            assert!(took < most, "all: {took:?}");
        }
    }

    #[test]
    fn a_text_has_its_own_time() {
        let engine = engine(&["/[0-9]+", "secret"]);
        let mut scan = engine.scan(Instant::now() + Duration::from_secs(60));
        scan.left = Duration::ZERO;
        let look = |scan: &mut Scan<'_>| scan.window("x", (0, 1), &mut |_, _| {});
        assert_eq!(look(&mut scan), Err(Late));
        scan.restart();
        assert_eq!(look(&mut scan), Ok(()));
    }

    /// With the largest power of two for N that is taken.
    fn largest(form: &str) -> String {
        let largest = if cfg!(debug_assertions) { 6 } else { 12 };
        let forms = (1..=largest).map(|n| form.replace('N', &(1 << n).to_string()));
        let taken = forms.take_while(|f| Expression::read(&f[1..], false).is_ok());
        taken.last().expect("a small one is taken")
    }

    /// How long a text takes, found or given up.
    fn whole(engine: &Engine, text: &str) -> Duration {
        let begin = Instant::now();
        let mut scan = engine.scan(begin + Duration::from_secs(60));
        let mut at = 0;
        while at < text.len() {
            let end = text.ceil_char_boundary(at + (256 << 10));
            let _in_time = scan.window(&text[at..end], (0, end - at), &mut |_, _| {});
            at = end;
        }
        begin.elapsed()
    }

    /// Expressions of every kind, on texts that nearly match: the engine finds what each finds alone.
    #[test]
    fn together_they_find_what_each_finds_alone() {
        let patterns = [
            r"/\bproj-[0-9]{4}\b",
            r"/(?i)invoice\s+no\.?\s*\d{6,}",
            r"/[A-Z]{2}\d{6}",
            r"/\d{6}[- ]?\d{4}",
            r"/\w+@proj\.example",
            r"/(?i)straße|proj",
            r"/(?:inv|pro|\d{3})[a-z]",
            r"/(?i)[äk]{2}proj",
            r"/\b\d{4}\b",
            r"/(?s)proj.*inv",
            r"/pr?o+j?-",
            r"/.{0,40}invoice",
            r"/[^ ]+",
            r"/\d+",
            r"/(?:proj|roj-|oj-1)+",
            r"/(?i)\bno\b",
            r"/a|b|ab",
            r"/(?:\d{2}){3}\s",
            r"/(?m)^proj",
            r"/no$",
            r"/\Bproj",
            r"/(?i:ſtr)",
        ];
        let pieces = [
            "proj", "-", "1234", " ", "invoice", "NO", "no", ".", "\n", "ä", "Ä", "ß", "ss", "7",
            "@", "example", "AB", "\u{AD}", "K", "k", "\u{212A}", "stra", "ſ", "_", "\u{A0}",
            "e\u{301}", "１", "İ", "x", "inv", "oj-1",
        ];
        let engine = engine(&patterns);
        let alone: Vec<regex::Regex> = patterns
            .iter()
            .map(|p| regex::Regex::new(&p[1..]).expect(p))
            .collect();
        let mut seed = 7_u64;
        for _ in 0..3_000 {
            let mut text = String::new();
            for _ in 0..20 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text += pieces[(seed >> 33) as usize % pieces.len()];
            }
            let mut want = Vec::new();
            for (id, regex) in (0..).zip(&alone) {
                want.extend(regex.find_iter(&text).map(|m| (id, m.range())));
            }
            assert_eq!(found(&engine, &text, (0, text.len())), want, "{text:?}");
        }
    }
}
