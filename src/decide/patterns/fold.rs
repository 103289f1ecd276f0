//! Text in the form in which it is searched: one case, digits of all scripts as ASCII, every white space a space.
//!
//! Two forms of equal length stand side by side: `plain`, which words are compared with, and `shape`, in which every digit is `0` and
//! everything that is neither letter nor digit is a space; the filter looks at that one, because the edges of words are in it.
//! Promises: folding goes character by character, so that whatever contains a text contains its folded form when both are folded;
//! simple case folding of a regular expression never leads outside. Places in the text are found back.

use std::sync::LazyLock;
use unicode_normalization::char::{compose, is_combining_mark};

/// Spaces before and behind, so that looking around needs no check.
pub const PAD: usize = 16;

/// A folded text.
#[derive(Debug, Default)]
pub struct Folded {
    /// Folded, in UTF-8.
    pub plain: Vec<u8>,
    /// Letters, `0`, and space.
    pub shape: Vec<u8>,
    /// There are characters that a reader does not see, or marks that belong to the letter before.
    pub hides: bool,
    filled: usize,
    segments: Vec<Segment>,
}

/// From `folded` on, the text begins at `text`: byte for byte, or all of it there.
#[derive(Debug, Clone, Copy)]
struct Segment {
    folded: usize,
    text: usize,
    still: bool,
}

/// A folded character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    plain: [u8; 12],
    shape: [u8; 12],
    len: u8,
    hides: bool,
}

impl Letter {
    /// Its bytes in `shape`.
    pub fn shape(&self) -> &[u8] {
        &self.shape[..usize::from(self.len)]
    }
}

const BLOCK: usize = 16;
const HIGH_BITS: u128 = u128::from_le_bytes([0x80; BLOCK]);

impl Folded {
    /// Folds a text as it stands: for regular expressions, and for words if nothing hides.
    pub fn fold(&mut self, text: &str) {
        self.start(text.len());
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            at += match bytes[at..].first_chunk::<BLOCK>() {
                Some(block) => self.block(text, at, block),
                None => self.slowly(text, at, bytes.len()),
            };
        }
        self.end(text.len());
    }

    /// Folds a text as a reader sees it: without what hides, marks and letters composed. For words.
    pub fn fold_seen(&mut self, text: &str) {
        self.start(text.len());
        let mut base: Option<Base> = None;
        for (at, c) in text.char_indices() {
            let joined = base
                .filter(|_| is_combining_mark(c))
                .and_then(|b| Some((compose(b.letter, c)?, b)));
            if is_hidden(c) {
                self.skip(at + c.len_utf8());
            } else if let Some((letter, before)) = joined {
                self.filled = before.folded;
                self.segments.truncate(before.segments);
                self.put_still(letter, before.at);
                self.skip(at + c.len_utf8());
                base = Some(Base { letter, ..before });
            } else {
                let (folded, segments) = (self.filled, self.segments.len());
                base = Some(Base {
                    letter: c,
                    at,
                    folded,
                    segments,
                });
                self.put(c, at);
            }
        }
        self.end(text.len());
    }

    /// The folded text goes on with this place of the text.
    fn skip(&mut self, text: usize) {
        let folded = self.filled;
        self.segments.push(Segment {
            folded,
            text,
            still: false,
        });
    }

    /// Where in the text a place of the folded text stands: the beginning of that character.
    pub fn place(&self, text: &str, folded: usize) -> usize {
        let after = self.segments.partition_point(|s| s.folded <= folded);
        let at = match after.checked_sub(1).map(|i| self.segments[i]) {
            None => 0,
            Some(s) if s.still => s.text,
            Some(s) => s.text + (folded - s.folded),
        };
        text.floor_char_boundary(at)
    }

    /// Where in the text the character ends whose last byte is before this place of the folded text.
    pub fn place_behind(&self, text: &str, folded: usize) -> usize {
        let last = self.place(text, folded - 1);
        last + text[last..].chars().next().map_or(0, char::len_utf8)
    }

    fn start(&mut self, len: usize) {
        self.hides = false;
        self.segments.clear();
        self.segments.push(Segment {
            folded: PAD,
            text: 0,
            still: false,
        });
        self.filled = PAD;
        for form in [&mut self.plain, &mut self.shape] {
            form.resize(len + 2 * PAD + BLOCK, b' ');
            form[..PAD].fill(b' ');
        }
    }

    fn end(&mut self, len: usize) {
        let end = self.filled;
        self.segments.push(Segment {
            folded: end,
            text: len,
            still: true,
        });
        for form in [&mut self.plain, &mut self.shape] {
            form.resize(end + PAD, b' ');
            form[end..].fill(b' ');
        }
    }

    /// Folds a block as if it were ASCII, then mends the rest in place. Says how many bytes of text it took.
    #[inline]
    fn block(&mut self, text: &str, at: usize, block: &[u8; BLOCK]) -> usize {
        // The compiler makes vector instructions of this loop.
        let mut plain = [0; BLOCK];
        let mut shape = [0; BLOCK];
        for i in 0..BLOCK {
            let lower = lower(block[i]);
            plain[i] = lower;
            shape[i] = shape_of(lower);
        }
        let others = u128::from_le_bytes(*block) & HIGH_BITS;
        if others == 0 {
            self.write(&plain, &shape, BLOCK);
            return BLOCK;
        }
        if latin(text.as_bytes(), at, &mut plain, &mut shape) {
            // Half a character at the end is left for the next block.
            let len = BLOCK - usize::from(block[BLOCK - 1] == LATIN);
            self.write(&plain, &shape, len);
            return len;
        }
        self.mend(
            text,
            at,
            others,
            (u128::from_le_bytes(plain), u128::from_le_bytes(shape)),
        )
    }

    /// Writes a whole block, of which the first `len` bytes count: a copy of fixed length is one instruction.
    #[inline]
    fn write(&mut self, plain: &[u8; BLOCK], shape: &[u8; BLOCK], len: usize) {
        let room = self.filled..self.filled + BLOCK;
        self.plain[room.clone()].copy_from_slice(plain);
        self.shape[room].copy_from_slice(shape);
        self.filled += len;
    }

    fn mend(
        &mut self,
        text: &str,
        at: usize,
        mut others: u128,
        (mut plain, mut shape): (u128, u128),
    ) -> usize {
        let mut end = BLOCK;
        while others != 0 {
            let i = (others.trailing_zeros() / 8) as usize;
            let c = text[at + i..].chars().next();
            let Some((c, even)) =
                c.and_then(|c| Some((c, even(c).filter(|_| i + c.len_utf8() <= BLOCK)?)))
            else {
                end = i;
                break;
            };
            let over = (1u128 << (8 * c.len_utf8())).wrapping_sub(1) << (8 * i);
            plain = plain & !over | u128::from(even.0) << (8 * i);
            shape = shape & !over | u128::from(even.1) << (8 * i);
            others &= !over;
        }
        self.write(&plain.to_le_bytes(), &shape.to_le_bytes(), end);
        match end {
            0 => self.slowly(text, at, at + 1),
            _ => end,
        }
    }

    /// Folds character by character, at least up to `stop`. Says how many bytes of text it took.
    fn slowly(&mut self, text: &str, from: usize, stop: usize) -> usize {
        let mut at = from;
        for c in text[from..].chars() {
            if at >= stop {
                break;
            }
            self.put(c, at);
            at += c.len_utf8();
        }
        at - from
    }

    fn put(&mut self, c: char, at: usize) {
        let folded = letter(c);
        self.hides |= folded.hides;
        if usize::from(folded.len) != c.len_utf8() {
            self.put_still(c, at);
            return;
        }
        self.push(&folded);
    }

    /// A character whose folded form has another length: all of it is at `at`.
    fn put_still(&mut self, c: char, at: usize) {
        let letter = letter(c);
        self.segments.push(Segment {
            folded: self.filled,
            text: at,
            still: true,
        });
        for form in [&mut self.plain, &mut self.shape] {
            form.resize(form.len() + usize::from(letter.len), b' ');
        }
        self.push(&letter);
        let (folded, text) = (self.filled, at + c.len_utf8());
        self.segments.push(Segment {
            folded,
            text,
            still: false,
        });
    }

    #[inline]
    fn push(&mut self, letter: &Letter) {
        let len = usize::from(letter.len);
        let room = self.filled..self.filled + len;
        self.plain[room.clone()].copy_from_slice(&letter.plain[..len]);
        self.shape[room].copy_from_slice(&letter.shape[..len]);
        self.filled += len;
    }
}

/// A letter that a mark may join, and the state before it.
#[derive(Clone, Copy)]
struct Base {
    letter: char,
    at: usize,
    folded: usize,
    segments: usize,
}

#[inline]
fn lower(byte: u8) -> u8 {
    byte | (u8::from(byte.wrapping_sub(b'A') < 26) << 5)
}

/// The first byte of À to ÿ.
const LATIN: u8 = 0xC3;

/// Folds a block that holds nothing but ASCII, which is folded already, and letters from À to ÿ; or says that it holds more, or is the first
/// or the last.
#[inline]
fn latin(text: &[u8], at: usize, plain: &mut [u8; BLOCK], shape: &mut [u8; BLOCK]) -> bool {
    let here = |at: usize| text.get(at..)?.first_chunk::<BLOCK>();
    let around = at
        .checked_sub(1)
        .and_then(|at| Some((here(at)?, here(at + 1)?, here(at + 2)?)));
    let Some((before, block, after)) = around else {
        return false;
    };
    // The last byte of ß, × and ÷: the first becomes ss, the others are no letters.
    const SHARP: u8 = 0x9F;
    const TIMES: u8 = 0x97;
    const DIVIDED: u8 = 0xB7;
    let mut more = [0; BLOCK];
    // The compiler makes vector instructions of this loop too.
    for i in 0..BLOCK {
        let byte = block[i];
        let (first, last) = (byte == LATIN, before[i] == LATIN);
        let letter = first | (last & (byte != TIMES) & (byte != DIVIDED));
        let sharp = (first & (after[i] == SHARP)) | (last & (byte == SHARP));
        more[i] = if (byte >= 0x80) & !letter { 0x80 } else { 0 };
        let lower = if last { byte | 0x20 } else { byte };
        let folded = if sharp { b's' } else { lower };
        plain[i] = if letter { folded } else { plain[i] };
        shape[i] = if letter { folded } else { shape[i] };
    }
    u128::from_le_bytes(more) == 0
}

/// Of a folded ASCII character.
#[inline]
fn shape_of(lower: u8) -> u8 {
    let letter = lower.wrapping_sub(b'a') < 26;
    let digit = lower.wrapping_sub(b'0') < 10;
    match (letter, digit) {
        (true, _) => lower,
        (_, true) => b'0',
        _ => b' ',
    }
}

/// Letters and punctuation that come in two or three bytes and keep their length: both forms, the first byte lowest.
#[inline]
fn even(c: char) -> Option<(u32, u32)> {
    static EVEN: LazyLock<Box<[(u32, u32)]>> = LazyLock::new(|| {
        let row = |c: char| {
            let folded = letter(c);
            let fits = usize::from(folded.len) == c.len_utf8() && !folded.hides;
            let number = |b: &[u8]| b[..4].iter().rev().fold(0, |n, b| n << 8 | u32::from(*b));
            match fits {
                true => (number(&folded.plain), number(&folded.shape)),
                false => (0, 0),
            }
        };
        ('\0'..'\u{2200}').map(row).collect()
    });
    EVEN.get(c as usize).copied().filter(|even| even.0 != 0)
}

/// The folded form of a character.
pub fn letter(c: char) -> Letter {
    let mut out = Letter {
        plain: [0; 12],
        shape: [0; 12],
        len: 0,
        hides: is_hidden(c) || is_combining_mark(c),
    };
    if c.is_whitespace() {
        out.add(if c.is_ascii() { c } else { ' ' }, b' ', true);
    } else if let Some(digit) = digit(c) {
        out.add(digit, b'0', true);
    } else {
        let word = if c.is_ascii() {
            c.is_ascii_alphanumeric()
        } else {
            is_word(c)
        };
        let lower = |c: char| c.to_uppercase().flat_map(char::to_lowercase);
        match c {
            'ẞ' => lower('ß').for_each(|c| out.add(c, b' ', !word)),
            c if has_no_case(c) => out.add(c, b' ', !word),
            c => lower(c).for_each(|c| out.add(c, b' ', !word)),
        }
    }
    out
}

impl Letter {
    fn add(&mut self, c: char, shape: u8, use_shape: bool) {
        let from = usize::from(self.len);
        let to = from + c.encode_utf8(&mut self.plain[from..]).len();
        self.len = to as u8;
        for i in from..to {
            self.shape[i] = if use_shape { shape } else { self.plain[i] };
        }
    }
}

/// Ideographs, syllables and the like: most of what is not in the table.
fn has_no_case(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{A63F}' | '\u{AC00}'..='\u{D7FF}')
}

/// What `\w` matches, as the engine's own Unicode tables have it.
fn is_word(c: char) -> bool {
    regex_syntax::try_is_word_character(c).unwrap_or_else(|_| c.is_alphanumeric())
}

/// A decimal digit of any script as ASCII.
fn digit(c: char) -> Option<char> {
    static RUNS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
        let parsed = regex_syntax::parse(r"\d").map(regex_syntax::hir::Hir::into_kind);
        match parsed {
            Ok(regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class))) => {
                class.iter().map(|r| (r.start(), r.end())).collect()
            }
            _ => vec![('0', '9')],
        }
    });
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let after = RUNS.partition_point(|(start, _)| *start <= c);
    let (start, end) = *RUNS.get(after.checked_sub(1)?)?;
    // Runs are of ten digits each, or several of ten.
    (c <= end).then(|| char::from(b'0' + ((c as u32 - start as u32) % 10) as u8))
}

/// Characters without a look of their own: soft hyphen, zero width, direction, variation, tags.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

    fn seen(text: &str) -> String {
        let mut folded = Folded::default();
        folded.fold_seen(text);
        let end = folded.plain.len() - PAD;
        String::from_utf8(folded.plain[PAD..end].to_vec()).expect("UTF-8")
    }

    #[test]
    fn case_does_not_matter_in_any_script() {
        for (a, b) in [
            ("SÄKER", "säker"),
            ("STRASSE", "Straße"),
            ("STRAẞE", "strasse"),
            ("ΟΔΟΣ", "οδος"),
            ("ΟΔΟΣ", "οδός".replace('ό', "ο").as_str()),
            ("МОСКВА", "москва"),
            ("ﬁnance", "FINANCE"),
            ("\u{212A}elvin", "kelvin"),
            ("e\u{301}te\u{301}", "ÉTÉ"),
            ("se\u{AD}cret\u{200B}", "secret"),
            ("１２３", "123"),
            ("a\u{A0}b", "a b"),
        ] {
            assert_eq!(seen(a), seen(b), "{a} {b}");
        }
    }

    /// Else the filter would not see what a regular expression with `(?i)` matches.
    #[test]
    fn simple_case_folding_never_leads_outside() {
        for c in '\0'..=char::MAX {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
            class.case_fold_simple();
            for range in class.iter() {
                for other in range.start()..=range.end() {
                    assert_eq!(letter(c).shape(), letter(other).shape(), "{c:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_word_character_is_a_space_in_the_shape() {
        for c in '\0'..=char::MAX {
            if !regex_syntax::try_is_word_character(c).expect("tables") {
                assert!(letter(c).shape().iter().all(|b| *b == b' '), "{c:?}");
            }
        }
    }

    /// Blocks are folded in three ways: the same character gives the same at every place of a block, whatever is beside it.
    #[test]
    fn a_block_is_folded_as_its_characters_are() {
        let beside = ["a", "Å", "ß", "”", "×", "—", "1", "C3"];
        for c in ('\0'..'\u{2200}').filter(|c| !letter(*c).hides) {
            for (place, beside) in beside.iter().enumerate() {
                let text = format!("{}{c}{beside}{c}{}", "x".repeat(2 * place), "y".repeat(20));
                let mut folded = Folded::default();
                folded.fold(&text);
                let inner = PAD..folded.plain.len() - PAD;
                let letters = || text.chars().map(letter);
                let plain = letters().flat_map(|l| l.plain[..usize::from(l.len)].to_vec());
                assert!(
                    plain.eq(folded.plain[inner.clone()].iter().copied()),
                    "{text}"
                );
                let shape = letters().flat_map(|l| l.shape().to_vec());
                assert!(shape.eq(folded.shape[inner].iter().copied()), "{text}");
            }
        }
    }

    #[test]
    fn every_place_is_found_back() {
        let text = "İx ßy ẞz e\u{301}w \u{AD}v a\u{FEFF}b ﬁ ŉ １2";
        for all in [true, false] {
            let mut folded = Folded::default();
            match all {
                true => folded.fold(text),
                false => folded.fold_seen(text),
            }
            for want in ["x", "y", "z", "w", "v", "b", "2"] {
                let at = text.find(want).expect("there");
                let is = folded
                    .plain
                    .iter()
                    .position(|b| *b == want.as_bytes()[0])
                    .expect("there");
                assert_eq!(folded.place(text, is), at, "{want}");
                assert_eq!(folded.place_behind(text, is + 1), at + 1, "{want}");
            }
        }
    }
}
