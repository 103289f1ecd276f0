//! The text of a page: what its content shows, in the order it is drawn, words and lines by where they stand.
//!
//! Promises: letters that are placed one by one make words; rotated text has lines of its own; invisible text is read too (it is what
//! a scanner's character recognition found); forms in forms are read to a bounded depth. Source: ISO 32000-1, 9.4.

use super::font::Font;
use super::lexer::{Lexer, Word};
use super::objects::Objects;
use crate::decide::extract::Stop;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::HashMap;
use std::rc::Rc;

/// Forms in forms.
const DEEP: u32 = 8;

/// Saved states of drawing.
const SAVED: usize = 64;

/// Operands of one operator.
const OPERANDS: usize = 1024;

/// A matrix of the page: `[a b c d e f]`.
type Matrix = [f64; 6];

const SAME: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Codes in a row of which fewer are a sign or a bullet, not a text.
const TEXT: u32 = 6;

/// Fonts that were read; pages share them. Those that stand in a page itself count as one.
#[derive(Default)]
pub(super) struct Fonts {
    known: HashMap<ObjectId, Rc<Font>>,
    tallies: HashMap<Option<ObjectId>, Tally>,
}

/// Codes that were shown.
#[derive(Default)]
struct Tally {
    told: u32,
    untold: u32,
}

impl Fonts {
    /// True if text was shown in a font that says nothing about most of its letters, or in none.
    pub fn is_any_unknown(&self) -> bool {
        let is_unknown = |tally: &Tally| tally.untold >= TEXT && tally.untold > tally.told;
        self.tallies.values().any(is_unknown)
    }

    fn count(&mut self, font: Option<ObjectId>, is_told: bool) {
        let tally = self.tallies.entry(font).or_default();
        let count = if is_told {
            &mut tally.told
        } else {
            &mut tally.untold
        };
        *count = count.saturating_add(1);
    }
}

#[derive(Clone)]
struct State {
    space: Matrix,
    font: Option<(Option<ObjectId>, Rc<Font>)>,
    size: f64,
    letter_gap: f64,
    word_gap: f64,
    stretch: f64,
    leading: f64,
}

/// Reads drawings of one page.
pub(super) struct Page<'p, 'd, 'r, 'a> {
    objects: &'p mut Objects<'d, 'r, 'a>,
    fonts: &'p mut Fonts,
    state: State,
    saved: Vec<State>,
    /// Where the next letter stands, and where its line began.
    text: Matrix,
    line: Matrix,
    /// Where the last letter ended.
    end: Option<(f64, f64)>,
    depth: u32,
}

impl<'p, 'd, 'r, 'a> Page<'p, 'd, 'r, 'a> {
    /// Nothing drawn.
    pub fn new(objects: &'p mut Objects<'d, 'r, 'a>, fonts: &'p mut Fonts) -> Self {
        let state = State {
            space: SAME,
            font: None,
            size: 1.0,
            letter_gap: 0.0,
            word_gap: 0.0,
            stretch: 1.0,
            leading: 0.0,
        };
        Page {
            objects,
            fonts,
            state,
            saved: Vec::new(),
            text: SAME,
            line: SAME,
            end: None,
            depth: 0,
        }
    }

    /// Reads a content stream.
    pub fn draw(&mut self, content: &[u8], resources: Option<&Dictionary>) -> Result<(), Stop> {
        let (mut lexer, mut operands) = (Lexer::new(content), Vec::new());
        while let Some(word) = lexer.next() {
            match word {
                Word::Operator(name) => {
                    self.objects.reading.tick()?;
                    if name == b"ID" {
                        lexer.skip_picture();
                    }
                    self.operate(&name, &operands, resources)?;
                    operands.clear();
                }
                operand if operands.len() < OPERANDS => operands.push(operand),
                _ => {}
            }
        }
        Ok(())
    }

    fn operate(
        &mut self,
        name: &[u8],
        operands: &[Word],
        resources: Option<&Dictionary>,
    ) -> Result<(), Stop> {
        let n = |at: usize| match operands.get(at) {
            Some(Word::Number(number)) => *number,
            _ => 0.0,
        };
        let matrix = || [n(0), n(1), n(2), n(3), n(4), n(5)];
        match name {
            b"q" if self.saved.len() < SAVED => self.saved.push(self.state.clone()),
            b"Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            b"cm" => self.state.space = times(matrix(), self.state.space),
            b"BT" => (self.text, self.line) = (SAME, SAME),
            b"Tm" => (self.text, self.line) = (matrix(), matrix()),
            b"Td" => self.next_line(n(0), n(1)),
            b"TD" => {
                self.state.leading = -n(1);
                self.next_line(n(0), n(1));
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"TL" => self.state.leading = n(0),
            b"Tc" => self.state.letter_gap = n(0),
            b"Tw" => self.state.word_gap = n(0),
            b"Tz" => self.state.stretch = n(0) / 100.0,
            b"Tf" => {
                self.state.size = n(1);
                if let Some(Word::Name(name)) = operands.first() {
                    self.state.font = self.font(name, resources);
                }
            }
            b"Tj" => return self.show(operands.first()),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                return self.show(operands.first());
            }
            b"\"" => {
                (self.state.word_gap, self.state.letter_gap) = (n(0), n(1));
                self.next_line(0.0, -self.state.leading);
                return self.show(operands.get(2));
            }
            b"TJ" => return self.show_list(operands.first()),
            b"Do" => {
                if let Some(Word::Name(name)) = operands.first() {
                    return self.form(name, resources);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    fn font(
        &mut self,
        name: &[u8],
        resources: Option<&Dictionary>,
    ) -> Option<(Option<ObjectId>, Rc<Font>)> {
        let fonts = self.objects.inner(resources?, b"Font")?;
        let entry = fonts.get(name).ok()?;
        let id = entry.as_reference().ok();
        if let Some(known) = id.and_then(|id| self.fonts.known.get(&id)) {
            return Some((id, Rc::clone(known)));
        }
        let dictionary = self.objects.dictionary(entry)?.clone();
        let font = Rc::new(Font::of(&dictionary, self.objects));
        if let Some(id) = id {
            self.fonts.known.insert(id, Rc::clone(&font));
        }
        Some((id, font))
    }

    fn show_list(&mut self, list: Option<&Word>) -> Result<(), Stop> {
        let Some(Word::List(list)) = list else {
            return Ok(());
        };
        for word in list {
            match word {
                Word::Number(number) => {
                    self.advance(-number / 1000.0 * self.state.size * self.state.stretch)
                }
                text => self.show(Some(text))?,
            }
        }
        Ok(())
    }

    fn advance(&mut self, x: f64) {
        self.text = times([1.0, 0.0, 0.0, 1.0, x, 0.0], self.text);
    }

    fn show(&mut self, text: Option<&Word>) -> Result<(), Stop> {
        let Some(Word::Text(bytes)) = text else {
            return Ok(());
        };
        let Some((id, font)) = self.state.font.clone() else {
            bytes.iter().for_each(|_| self.fonts.count(None, false));
            return Ok(());
        };
        for shown in font.shown(bytes) {
            self.fonts.count(id, shown.is_told);
            let state = &self.state;
            let gap = if shown.is_space { state.word_gap } else { 0.0 };
            let width =
                (shown.width / 1000.0 * state.size + state.letter_gap + gap) * state.stretch;
            self.letter(&shown.text, width)?;
        }
        Ok(())
    }

    fn letter(&mut self, text: &str, width: f64) -> Result<(), Stop> {
        let place = times(self.text, self.state.space);
        if !text.is_empty() {
            self.gap(&place)?;
            self.objects.reading.text(text)?;
        }
        self.advance(width);
        let after = times(self.text, self.state.space);
        if !text.is_empty() {
            self.end = Some((after[4], after[5]));
        }
        Ok(())
    }

    /// What stands between the last letter and the next: nothing, a blank, a tab or the end of a line.
    fn gap(&mut self, place: &Matrix) -> Result<(), Stop> {
        let Some((x, y)) = self.end else {
            return Ok(());
        };
        let length = place[0].hypot(place[1]);
        let em = length * self.state.size.abs();
        if em <= 0.0 || !em.is_finite() {
            return Ok(());
        }
        let sign = self.state.size.signum();
        let (dx, dy) = (place[4] - x, place[5] - y);
        let along = (dx * place[0] + dy * place[1]) / length * sign / em;
        let across = (dy * place[0] - dx * place[1]) / length / em;
        let reading = &mut *self.objects.reading;
        match along {
            _ if across.abs() > 0.4 => reading.end_line(),
            _ if along < -1.0 => reading.end_line(),
            _ if along > 2.0 => reading.text("\t"),
            _ if along > 0.16 => reading.text(" "),
            _ => Ok(()),
        }
    }

    fn form(&mut self, name: &[u8], resources: Option<&Dictionary>) -> Result<(), Stop> {
        let found = resources.and_then(|resources| self.objects.inner(resources, b"XObject"));
        let found = found.and_then(|forms| self.objects.get(forms, name));
        let Some(Object::Stream(stream)) = found else {
            return Ok(());
        };
        if self.depth >= DEEP || self.objects.name(&stream.dict, b"Subtype") != b"Form" {
            return Ok(());
        }
        let Some(content) = self.objects.unpacked(stream) else {
            return Ok(());
        };
        let own = self.objects.inner(&stream.dict, b"Resources").cloned();
        let (state, saved) = (self.state.clone(), std::mem::take(&mut self.saved));
        let matrix = self.objects.list(&stream.dict, b"Matrix");
        let matrix: Vec<f64> = matrix
            .iter()
            .filter_map(|n| n.as_float().ok())
            .map(f64::from)
            .collect();
        if let Ok(matrix) = <Matrix>::try_from(matrix) {
            self.state.space = times(matrix, self.state.space);
        }
        self.depth += 1;
        let done = self.draw(&content, own.as_ref().or(resources));
        self.depth -= 1;
        (self.state, self.saved) = (state, saved);
        done
    }
}

fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}
