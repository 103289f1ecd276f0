//! Needles: what must stand in a folded text if a regular expression matches there.
//!
//! Promises: if the expression matches, the shape of the text holds one of its needles at the said distance behind the beginning of
//! the match. The needles that ordinary text holds least often are taken. An expression may have none: then it is costly.

use super::fold::letter;
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// Bytes of a needle that are compared at once.
pub const LONGEST: usize = 16;

/// Fewer bytes would be everywhere.
pub const SHORTEST: usize = 3;

/// From so many characters no class is of one form.
const MANY: u32 = 2_000;

/// Bytes of a text, from the least to the most; no most: any number.
pub type Span = (usize, Option<usize>);

/// A piece of shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    /// 3 to 16 bytes of shape.
    pub bytes: Vec<u8>,
    /// The first byte is the edge of a word before the character that `behind` is about.
    pub edge: bool,
    /// How far behind the beginning of the match it stands, in bytes of the text.
    pub behind: Span,
}

/// One of these is in the text.
#[derive(Debug, Clone)]
pub struct Needles {
    /// At least one.
    pub any: Vec<Needle>,
    /// How often ordinary text holds one of them, per byte.
    rate: f64,
}

/// Optional parts of an expression that are tried with and without: each doubles the needles.
const FORKS: usize = 2;

/// The needles of an expression.
pub fn needles(hir: &Hir) -> Option<Needles> {
    let mut search = Search::new((0, Some(0)));
    search.item(hir);
    search.close();
    search.offer(forked(hir));
    search.best
}

/// `[A-Z]-?\d{5}` is two expressions with a longer needle each: with the optional part, and without.
fn forked(hir: &Hir) -> Option<Needles> {
    let HirKind::Concat(items) = hir.kind() else {
        return None;
    };
    let mut forms: Vec<Vec<Hir>> = vec![Vec::new()];
    for item in items {
        match optional(item).filter(|_| forms.len() < 1 << FORKS) {
            Some(sub) => {
                let without = forms.clone();
                forms.iter_mut().for_each(|form| form.push(sub.clone()));
                forms.extend(without);
            }
            None => forms.iter_mut().for_each(|form| form.push(item.clone())),
        }
    }
    if forms.len() == 1 {
        return None;
    }
    let mut all = Needles {
        any: Vec::new(),
        rate: 0.0,
    };
    for form in forms {
        let mut search = Search::new((0, Some(0)));
        form.iter().for_each(|item| search.item(item));
        search.close();
        let found = search.best?;
        all.rate += found.rate;
        all.any.extend(found.any);
    }
    Some(all)
}

/// What is there once or not at all, and has one shape.
fn optional(hir: &Hir) -> Option<&Hir> {
    let HirKind::Repetition(repetition) = hir.kind() else {
        return None;
    };
    let once = repetition.min == 0 && repetition.max == Some(1);
    (once && image(&repetition.sub).is_some()).then_some(&*repetition.sub)
}

struct Search {
    here: Span,
    run: Vec<u8>,
    /// For each byte of the run, where its character begins.
    places: Vec<Span>,
    /// The first byte of the run is an edge.
    edge: bool,
    /// `\b` stands here.
    pending: bool,
    best: Option<Needles>,
}

impl Search {
    fn new(here: Span) -> Search {
        Search {
            here,
            run: Vec::new(),
            places: Vec::new(),
            edge: false,
            pending: false,
            best: None,
        }
    }

    fn item(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Look(look) => self.pending |= is_edge(*look),
            HirKind::Capture(capture) => self.item(&capture.sub),
            HirKind::Concat(items) => items.iter().for_each(|item| self.item(item)),
            HirKind::Repetition(repetition) => self.repetition(repetition, hir),
            HirKind::Alternation(branches) => match image(hir) {
                Some(image) => self.known(&image, hir),
                None => self.alternation(branches, hir),
            },
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) => text.chars().for_each(|c| {
                    let len = c.len_utf8();
                    self.bytes(letter(c).shape(), (len, Some(len)));
                }),
                Err(_) => self.unknown(hir),
            },
            HirKind::Class(_) => match image(hir) {
                Some(image) => self.known(&image, hir),
                None => self.unknown(hir),
            },
        }
    }

    fn repetition(&mut self, repetition: &Repetition, hir: &Hir) {
        let (sub, min) = (&repetition.sub, repetition.min as usize);
        let Some(image) = image(sub).filter(|image| !image.is_empty() && min > 0) else {
            if min > 0 {
                self.close();
                let mut inner = Search::new(self.here);
                inner.item(sub);
                inner.close();
                self.offer(inner.best);
            }
            return self.unknown(hir);
        };
        let whole = advance(self.here, span(hir));
        let copies = min.min(LONGEST);
        for _ in 0..copies {
            self.known(&image, sub);
        }
        if copies < min || repetition.max != Some(repetition.min) {
            self.close();
            // The last copies stand before whatever follows.
            let (least, most) = span(sub);
            let (low, high) = (
                whole.0 - least * copies,
                whole.1.map(|w| w.saturating_sub(least * copies)),
            );
            self.here = (low, high);
            for _ in 0..copies {
                self.bytes(&image, (least, most));
            }
            self.here = whole;
        }
    }

    fn alternation(&mut self, branches: &[Hir], hir: &Hir) {
        self.close();
        let mut all = Needles {
            any: Vec::new(),
            rate: 0.0,
        };
        for branch in branches {
            let mut inner = Search::new(self.here);
            inner.item(branch);
            inner.close();
            let Some(needles) = inner.best else {
                return self.unknown(hir);
            };
            all.rate += needles.rate;
            all.any.extend(needles.any);
        }
        self.offer(Some(all));
        self.unknown(hir);
    }

    fn known(&mut self, image: &[u8], hir: &Hir) {
        self.bytes(image, span(hir));
    }

    fn unknown(&mut self, hir: &Hir) {
        self.close();
        self.here = advance(self.here, span(hir));
    }

    fn bytes(&mut self, shape: &[u8], length: Span) {
        for byte in shape {
            if self.pending && self.run.is_empty() && *byte != b' ' {
                self.run.push(b' ');
                self.places.push(self.here);
                self.edge = true;
            }
            self.pending = false;
            self.run.push(*byte);
            self.places.push(self.here);
        }
        self.here = advance(self.here, length);
    }

    fn close(&mut self) {
        if self.pending && self.run.last().is_some_and(|b| *b != b' ') {
            self.run.push(b' ');
            self.places.push(self.here);
        }
        self.pending = false;
        let (run, places) = (
            std::mem::take(&mut self.run),
            std::mem::take(&mut self.places),
        );
        let edge = std::mem::take(&mut self.edge);
        if run.len() < SHORTEST || run.iter().all(|b| *b == b' ') {
            return;
        }
        let from = window(&run);
        let bytes = run[from..run.len().min(from + LONGEST)].to_vec();
        let edge = edge && from == 0;
        let behind = places[from + usize::from(edge)];
        // Without a bound, more text must be looked at than the match has.
        let rate = rate(&bytes) * if behind.1.is_none() { 4.0 } else { 1.0 };
        self.offer(Some(Needles {
            any: vec![Needle {
                bytes,
                edge,
                behind,
            }],
            rate,
        }));
    }

    fn offer(&mut self, found: Option<Needles>) {
        if let Some(found) = found
            && self.best.as_ref().is_none_or(|best| found.rate < best.rate)
        {
            self.best = Some(found);
        }
    }
}

/// On one side of it is what `\w` does not match, and such a thing is a space in the shape.
fn is_edge(look: Look) -> bool {
    matches!(
        look,
        Look::WordUnicode
            | Look::WordStartUnicode
            | Look::WordEndUnicode
            | Look::WordStartHalfUnicode
            | Look::WordEndHalfUnicode
    )
}

fn span(hir: &Hir) -> Span {
    (
        hir.properties().minimum_len().unwrap_or(0),
        hir.properties().maximum_len(),
    )
}

fn advance(here: Span, by: Span) -> Span {
    (
        here.0.saturating_add(by.0),
        here.1.zip(by.1).map(|(a, b)| a.saturating_add(b)),
    )
}

/// The shape of everything it matches, if that is one.
fn image(hir: &Hir) -> Option<Vec<u8>> {
    match hir.kind() {
        HirKind::Capture(capture) => image(&capture.sub),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(
                text.chars()
                    .flat_map(|c| letter(c).shape().to_vec())
                    .collect(),
            )
        }
        HirKind::Class(class) => class_image(class),
        HirKind::Concat(items) | HirKind::Alternation(items) if items.is_empty() => None,
        HirKind::Concat(items) => items
            .iter()
            .map(image)
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat()),
        HirKind::Alternation(items) => {
            let first = image(&items[0])?;
            items[1..]
                .iter()
                .all(|item| image(item).as_ref() == Some(&first))
                .then_some(first)
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

fn class_image(class: &Class) -> Option<Vec<u8>> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class
            .iter()
            .map(|r| (r.start() as u32, r.end() as u32))
            .collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|r| (r.start().into(), r.end().into()))
            .collect(),
    };
    if ranges.iter().map(|(a, b)| b - a + 1).sum::<u32>() > MANY {
        return None;
    }
    let mut chars = ranges
        .into_iter()
        .flat_map(|(a, b)| a..=b)
        .map(char::from_u32);
    let first = letter(chars.next()??);
    chars
        .all(|c| c.is_some_and(|c| letter(c).shape() == first.shape()))
        .then(|| first.shape().to_vec())
}

/// Where in a run that is too long the needle begins: around the rarest four bytes.
fn window(run: &[u8]) -> usize {
    if run.len() <= LONGEST {
        return 0;
    }
    let grams = run.windows(4).enumerate();
    let rarest = grams.min_by(|a, b| likelihood(a.1).total_cmp(&likelihood(b.1)));
    let at = rarest.map_or(0, |(at, _)| at);
    at.saturating_sub((LONGEST - 4) / 2)
        .min(run.len() - LONGEST)
}

/// What it costs to have this needle: rarely seen four bytes and rarely all of them.
pub fn rate(bytes: &[u8]) -> f64 {
    let gram = bytes
        .windows(4)
        .map(likelihood)
        .fold(f64::INFINITY, f64::min);
    // Of three bytes, the fourth may be anything.
    gram.min(likelihood(bytes))
        + 10.0 * likelihood(bytes)
        + if bytes.len() < 4 { 0.001 } else { 0.0 }
}

/// How likely these bytes of shape are somewhere in ordinary text, in English and its neighbours.
pub fn likelihood(bytes: &[u8]) -> f64 {
    let mut before = 0;
    let mut all = 1.0;
    for byte in bytes {
        all *= match (before, byte) {
            (b' ', b' ') => 0.2,
            (b'0', b'0') => 0.6,
            (b'0', b' ') => 0.3,
            _ => f64::from(permille(*byte)) / 1000.0,
        };
        before = *byte;
    }
    all
}

fn permille(byte: u8) -> u16 {
    const LETTERS: [u16; 26] = [
        65, 12, 18, 45, 110, 15, 22, 25, 60, 6, 18, 40, 22, 70, 45, 15, 1, 60, 55, 60, 25, 18, 12,
        3, 10, 5,
    ];
    match byte {
        b' ' => 170,
        b'0' => 40,
        b'a'..=b'z' => LETTERS[usize::from(byte - b'a')],
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_needle_is_taken() {
        for (pattern, want, edge, behind) in [
            (r"\bproj-[0-9]{4}\b", " proj 0000 ", true, (0, Some(0))),
            (
                r"(?i)invoice\s+no\.?\s*\d{6,}",
                "invoice ",
                false,
                (0, Some(0)),
            ),
            (r"[A-Z]{2}\d{6}", "000000", false, (2, Some(2))),
            (
                r"\w+@kanslig\.example",
                " kanslig example",
                false,
                (1, None),
            ),
            (r"(?:ä|a)?straße", "strasse", false, (0, Some(2))),
            (r"\bAB\b", " ab ", true, (0, Some(0))),
            (r"x{2}\s*quer(y|ies)", "quer", false, (2, None)),
        ] {
            let hir = regex_syntax::parse(pattern).expect(pattern);
            let found = needles(&hir).expect(pattern);
            let [needle] = &found.any[..] else {
                panic!("{pattern}: {found:?}")
            };
            assert_eq!(String::from_utf8_lossy(&needle.bytes), want, "{pattern}");
            assert_eq!((needle.edge, needle.behind), (edge, behind), "{pattern}");
        }
    }

    #[test]
    fn an_optional_part_makes_two_long_needles_of_a_short_one() {
        let hir = regex_syntax::parse(r"\bIN-?\d{5}\b").expect("parses");
        let found = needles(&hir).expect("some").any;
        let bytes = found.iter().map(|n| String::from_utf8_lossy(&n.bytes));
        assert_eq!(bytes.collect::<Vec<_>>(), [" in 00000 ", " in00000 "]);
    }

    #[test]
    fn every_branch_gives_its_needle_or_none_does() {
        let hir = regex_syntax::parse("(?:case|ref|zaak)-?x").expect("parses");
        assert_eq!(needles(&hir).expect("some").any.len(), 3);
        for pattern in [r"\w+@\w+", "(?:abcd|[xyz])q", "a?b?c?d", r"\b.\b", "--+"] {
            let hir = regex_syntax::parse(pattern).expect(pattern);
            assert!(needles(&hir).is_none(), "{pattern}");
        }
    }
}
