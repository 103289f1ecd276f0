//! The forms of telephone numbers: what a run of digits and joints is.
//!
//! Sources: ITU-T E.123 (how numbers are written), E.164 (lengths, country codes), the North American Numbering Plan.
//! Leaves to others: what touches the run (`phone_list`).

use super::{Checked, Form, dates};
use std::ops::Range;

/// Digits of a number with its country (E.164).
const LONGEST: usize = 15;

/// Characters of a number, joints included.
const WIDEST: usize = 32;

/// A run of digits and joints.
#[derive(Default)]
pub struct Run {
    digits: String,
    /// How many digits stand in each group.
    groups: Vec<usize>,
    /// What stands between digits, without repetitions of spaces.
    joints: Vec<char>,
    /// Behind its last digit.
    pub end: usize,
}

impl Run {
    /// The run that begins there.
    pub fn read(text: &str, start: usize) -> Run {
        let mut run = Run {
            end: start,
            ..Run::default()
        };
        let mut joint = String::new();
        walk(text, start, |at, c, is_digit| {
            if !is_digit {
                return joint.push(c);
            }
            run.digit(c, &joint);
            joint.clear();
            run.end = at + 1;
        });
        run
    }

    /// Where the run ends that begins there, and how many digits it has: most are too short to be looked at.
    pub fn extent(text: &str, start: usize) -> (usize, usize) {
        let (mut end, mut digits) = (start, 0);
        walk(text, start, |at, _, is_digit| {
            if is_digit {
                end = at + 1;
                digits += 1;
            }
        });
        (end, digits)
    }

    fn digit(&mut self, digit: char, joint: &str) {
        if self.digits.is_empty() || !joint.is_empty() {
            self.groups.push(0);
            let plain = |c: char| match c {
                '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
                '\u{2010}'..='\u{2013}' => '-',
                c => c,
            };
            self.joints.extend(joint.chars().map(plain));
            if joint.chars().all(|c| c == ' ') && joint.len() > 2 {
                self.joints.push('\t');
            }
        }
        self.digits.push(digit);
        *self.groups.last_mut().expect("pushed with the first digit") += 1;
    }

    /// The telephone number it is: with its country if it has one.
    pub fn number(&self) -> Option<Checked> {
        let plausible = self.digits.len() <= LONGEST && !self.is_date() && !self.repeats();
        if !plausible || self.joints.contains(&'\t') {
            return None;
        }
        self.international().or_else(|| self.national())
    }

    /// `+49 30 1234567`, `+49 (0)30 …`, `0049 30 …`.
    fn international(&self) -> Option<Checked> {
        let plus = self.joints.contains(&'+');
        let zeros = self.digits.starts_with("00") && self.groups.len() > 1;
        let digits = if zeros {
            &self.digits[2..]
        } else {
            &self.digits
        };
        // `+255959.999` is an offset; `+31.201234567` is how registries write it.
        let fraction = self.joints.contains(&'.') && self.groups[0] > 3;
        if (!plus && !zeros) || fraction {
            return None;
        }
        let code = country_code(digits)?;
        let trunk = self.groups.get(1) == Some(&1)
            && self.joints.contains(&'(')
            && digits[code..].starts_with('0');
        let rest = &digits[code + usize::from(trunk)..];
        let form = if plus { Form::Telling } else { Form::Usual };
        (6..=13)
            .contains(&rest.len())
            .then(|| Checked::written(format!("+{}{rest}", &digits[..code]), form))
    }

    fn national(&self) -> Option<Checked> {
        let form = if self.has_trunk_zero() || self.is_american() {
            Form::Usual
        } else if self.is_grouped() || self.is_mobile_in_one() {
            Form::Loose
        } else {
            return None;
        };
        Some(Checked::written(self.digits.clone(), form))
    }

    /// `030 1234567`, `06-12345678`, `01.23.45.67.89`, `(020) 7946 0958`; not an account in groups of four.
    fn has_trunk_zero(&self) -> bool {
        let groups = self.groups.as_slice();
        let account = matches!(groups, [4, 4, _, ..]);
        let dots_fit = !self.joints.contains(&'.') || groups == [2; 5];
        let joined =
            (2..=6).contains(&groups.len()) && (2..=5).contains(&groups[0]) && !account && dots_fit;
        let trunk = self.digits.starts_with('0') && !self.digits.starts_with("00");
        joined && trunk && (9..=12).contains(&self.digits.len())
    }

    /// North American Numbering Plan: neither area nor exchange begins with 0 or 1.
    fn is_american(&self) -> bool {
        let bytes = self.digits.as_bytes();
        let says_so = self.joints.contains(&'(') || !self.joints.contains(&' ');
        self.groups == [3, 3, 4]
            && says_so
            && !self.joints.contains(&'/')
            && bytes[0] > b'1'
            && bytes[3] > b'1'
    }

    /// Groups of countries without a leading zero: Spain, Poland, Denmark, Norway, Portugal, Czechia.
    fn is_grouped(&self) -> bool {
        const GROUPS: &[&[usize]] = &[
            &[3, 3, 3],
            &[2, 2, 2, 2],
            &[3, 2, 2, 2],
            &[2, 3, 2, 2],
            &[3, 2, 3],
            &[3, 6],
            &[4, 4],
        ];
        let spaced = self.joints.iter().all(|&c| c == ' ');
        spaced && !self.digits.starts_with('0') && GROUPS.contains(&self.groups.as_slice())
    }

    /// `0612345678`: one group with its zero.
    fn is_mobile_in_one(&self) -> bool {
        self.groups.len() == 1
            && self.digits.starts_with('0')
            && !self.digits.starts_with("00")
            && (10..=12).contains(&self.digits.len())
    }

    fn is_date(&self) -> bool {
        let number = |range: Range<usize>| {
            self.digits
                .get(range)
                .and_then(|d| d.parse().ok())
                .unwrap_or(0)
        };
        match self.groups.as_slice() {
            [4, 2, 2, ..] => dates::exists(number(0..4), number(4..6), number(6..8)),
            [2, 2, 4, ..] => {
                dates::exists(number(4..8), number(2..4), number(0..2))
                    || dates::exists(number(4..8), number(0..2), number(2..4))
            }
            _ => false,
        }
    }

    fn repeats(&self) -> bool {
        let last = &self.digits[self.digits.len().saturating_sub(6)..];
        last.bytes().all(|c| c == last.as_bytes()[0])
    }
}

/// Calls back for each character of the run with its place.
fn walk(text: &str, start: usize, mut on: impl FnMut(usize, char, bool)) {
    let mut joint = 0;
    let mut behind_open = false;
    for (at, c) in text[start..].char_indices().take(WIDEST) {
        match c {
            '0'..='9' => joint = 0,
            '+' if at == 0 || (behind_open && joint == 1) => joint += 1,
            ' '
            | '-'
            | '.'
            | '/'
            | '('
            | ')'
            | '\u{a0}'
            | '\u{202f}'
            | '\u{2009}'
            | '\u{2010}'..='\u{2013}'
                if joint < 3 =>
            {
                joint += 1
            }
            _ => return,
        }
        behind_open = c == '(';
        on(start + at, c, c.is_ascii_digit());
    }
}

/// How many digits the country code has that these digits begin with (ITU-T E.164, list of assigned codes).
fn country_code(digits: &str) -> Option<usize> {
    let first: u32 = digits.get(..3)?.parse().ok()?;
    match first {
        100..=199 | 700..=799 => Some(1),
        200..=209
        | 270..=279
        | 300..=349
        | 360..=369
        | 390..=419
        | 430..=499
        | 510..=589
        | 600..=669
        | 810..=829
        | 840..=849
        | 860..=869
        | 900..=959
        | 980..=989 => Some(2),
        210..=269
        | 290..=299
        | 350..=359
        | 370..=389
        | 420..=429
        | 500..=509
        | 590..=599
        | 670..=699
        | 850..=859
        | 870..=889
        | 960..=979
        | 990..=999
        | 800
        | 808 => Some(3),
        _ => None,
    }
}
