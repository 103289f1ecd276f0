//! Scanner: one pass over a passage that finds the candidates, asks the detectors of their length, and looks at the words around.
//!
//! Promises: time is linear in the text whatever it is made of; text without digits is hardly read. A candidate is a run of groups of one
//! chain. A number is one finding of a detector: of runs that overlap, the first and then the longest that passes counts; but each
//! detector that accepts it reports it, because rules ask for detectors by name. Only inside an IBAN nothing else is found.
//! Leaves to others: which numbers are valid (the detectors), what follows (`conditions`). Cannot fail.

use super::chain::{Chain, Group, begin_of};
use super::characters::{Joint, Kind, kind, next_digit};
use super::context::Vocabulary;
use super::iban;
use super::surroundings::Surroundings;
use super::{
    Candidate, Checked, Confidence, Detector, Family, Finding, Form, Passage, SCANS, Scan,
};
use std::ops::Range;
use std::sync::OnceLock;

/// Detectors, ready to look at passages.
pub struct Scanner {
    wanted: Vec<&'static Detector>,
    /// Indexes into `wanted`, for each length of a compact candidate.
    by_length: [Vec<usize>; LONGEST + 1],
    scans: Vec<(usize, &'static Scan)>,
    /// Made with the first candidate that passes.
    vocabulary: OnceLock<Vocabulary>,
}

/// Digits and letters of a candidate. An IBAN has at most 34.
const LONGEST: usize = 40;

/// Groups of a candidate. An IBAN of 33 or 34 in groups of four has nine.
const MOST_GROUPS_OF_A_NUMBER: usize = 9;

/// Groups of one character in a candidate whose other groups are longer.
const MOST_SINGLES: usize = 2;

/// Letters in front of the first digit, if a joint is between them: `NL 91 …`, `RSS MRA 85 …`.
const LONGEST_BEGINNING: usize = 3;

/// A form with a box for each digit: fewer than this is a list of figures.
const FEWEST_BOXES: usize = 8;

/// Groups that must be known behind the first one of a candidate.
const LOOK_AHEAD: usize = LONGEST + 1;

/// Finds what the `wanted` detectors know; see [`Scanner::find`].
pub fn find(passage: &Passage<'_>, wanted: &[&'static Detector], on: &mut dyn FnMut(Finding)) {
    Scanner::new(wanted).find(passage, on);
}

impl Default for Scanner {
    fn default() -> Self {
        Scanner::new(&[])
    }
}

impl Scanner {
    /// For these detectors, in this order.
    pub fn new(wanted: &[&'static Detector]) -> Scanner {
        let mut by_length = [const { Vec::new() }; LONGEST + 1];
        for (index, detector) in wanted.iter().enumerate() {
            for &length in detector.lengths {
                by_length[length].push(index);
            }
        }
        let scans = SCANS.iter().filter_map(|&scan| {
            let whose = |d: &&Detector| d.name == scan.detector.name;
            Some((wanted.iter().position(whose)?, scan))
        });
        Scanner {
            scans: scans.collect(),
            wanted: wanted.to_vec(),
            by_length,
            vocabulary: OnceLock::new(),
        }
    }

    /// Calls back for every finding that begins in the core of the passage: numbers in the order of the text, then what each
    /// [`Scan`] finds.
    pub fn find(&self, passage: &Passage<'_>, on: &mut dyn FnMut(Finding)) {
        Search {
            scanner: self,
            passage,
            surroundings: None,
            ends: vec![0; self.wanted.len()],
            iban_end: 0,
            on,
        }
        .run();
    }
}

/// One passage being looked at.
struct Search<'a> {
    scanner: &'a Scanner,
    passage: &'a Passage<'a>,
    /// Made with the first candidate that passes.
    surroundings: Option<Surroundings<'a>>,
    /// Where the last finding of each detector ends.
    ends: Vec<usize>,
    /// Where the last IBAN ends, asked for or not: its groups of four are not a card's.
    iban_end: usize,
    on: &'a mut dyn FnMut(Finding),
}

impl Search<'_> {
    fn run(&mut self) {
        if self.scanner.by_length.iter().any(|d| !d.is_empty()) {
            self.numbers();
        }
        for &(index, scan) in &self.scanner.scans {
            (scan.find)(self.passage, &mut |range, checked| {
                self.found(index, range, checked);
            });
        }
    }

    fn numbers(&mut self) {
        let text = self.passage.text;
        let mut chain = Chain::default();
        let mut at = 0;
        while let Some(digit) = next_digit(text, at) {
            let mut begin = begin_of(text, digit, at);
            if begin >= self.passage.core.1 {
                return;
            }
            let mut seen = 0;
            loop {
                chain.read(text, begin, self.passage.headings.is_empty());
                let known = chain.groups.len() - if chain.cut { LOOK_AHEAD } else { 0 };
                for first in seen..known {
                    self.from(&chain, first);
                }
                if !chain.cut {
                    break;
                }
                // The group before is read once more: candidates are asked what stands before them.
                seen = 1;
                begin = chain.groups[known - 1].range.start;
            }
            at = chain.end.max(digit + 1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
    }

    /// The candidates that begin with this group, the longest first.
    fn from(&mut self, chain: &Chain, first: usize) {
        let boxes = boxes(chain, first);
        let most = boxes.unwrap_or_else(|| most_groups(chain, first));
        let fewest = boxes.unwrap_or(1);
        let maybe_iban = chain.compact[chain.groups[first].compact.start..]
            .starts_with(|c: char| c.is_ascii_uppercase());
        let inside_iban = chain.groups[first].range.start < self.iban_end;
        for count in (fewest..=most).rev().filter(|_| !inside_iban) {
            let run = first..first + count;
            let (begin, end) = (&chain.groups[first], &chain.groups[run.end - 1]);
            let range = begin.range.start..end.range.end;
            let candidate = Candidate {
                written: &self.passage.text[range.clone()],
                compact: &chain.compact[begin.compact.start..end.compact.end],
            };
            if maybe_iban && (iban::IBAN.check)(&candidate).is_some() {
                self.iban_end = range.end;
            }
            self.ask(chain, &run, &range, &candidate);
        }
    }

    fn ask(
        &mut self,
        chain: &Chain,
        run: &Range<usize>,
        range: &Range<usize>,
        candidate: &Candidate<'_>,
    ) {
        let scanner = self.scanner;
        let ends = |group: &&Group| group.joint == Some(Joint::Line);
        let lines = chain.groups[run.start + 1..run.end]
            .iter()
            .filter(ends)
            .count();
        for &index in &scanner.by_length[candidate.compact.len()] {
            let detector = scanner.wanted[index];
            if range.start < self.ends[index] {
                continue;
            }
            if let Some(checked) = (detector.check)(candidate)
                && may_break(detector, checked.form, lines)
                && stands_alone(chain, run)
                && (detector.family == Family::Contact
                    || !is_telephone(chain, run, self.passage.text))
            {
                self.ends[index] = range.end;
                self.found(index, range.clone(), checked);
            }
        }
    }

    fn found(&mut self, index: usize, range: Range<usize>, checked: Checked) {
        let (from, to) = self.passage.core;
        if !(from..to).contains(&range.start) {
            return;
        }
        let scanner = self.scanner;
        let detector = scanner.wanted[index];
        let context = match detector.context {
            [] => None,
            _ => self.context(index, &range),
        };
        let confidence = confidence(detector, checked.form, context.as_ref());
        if let Some(confidence) = confidence {
            (self.on)(Finding {
                detector,
                confidence,
                value: checked.value,
                range,
                context,
            });
        }
    }

    fn context(&mut self, index: usize, range: &Range<usize>) -> Option<(String, Option<usize>)> {
        let scanner = self.scanner;
        let vocabulary = || Vocabulary::new(&scanner.wanted);
        let surroundings = self.surroundings.get_or_insert_with(|| {
            Surroundings::new(self.passage, scanner.vocabulary.get_or_init(vocabulary))
        });
        surroundings.of(index, range)
    }
}

/// What a number counts that passed: with these words around it, written so.
fn confidence(
    detector: &Detector,
    form: Form,
    context: Option<&(String, Option<usize>)>,
) -> Option<Confidence> {
    let in_heading = context.is_some_and(|(_, distance)| distance.is_none());
    let class = match context {
        None if form != Form::Telling => detector.bare,
        _ => Some(detector.with_context),
    };
    match form {
        Form::Loose if !in_heading => class?.less(),
        _ => class,
    }
}

/// How many groups from this one on may be one number.
fn most_groups(chain: &Chain, first: usize) -> usize {
    let begin = &chain.groups[first];
    if !begin.digits && begin.len() > LONGEST_BEGINNING {
        return 0;
    }
    let mut singles = 0;
    let groups = chain.groups[first..].iter().take(MOST_GROUPS_OF_A_NUMBER);
    let fits = |group: &&Group| {
        singles += usize::from(group.len() == 1);
        let len = group.compact.end - chain.groups[first].compact.start;
        len <= LONGEST && singles <= MOST_SINGLES
    };
    groups.take_while(fits).count()
}

/// How many groups of one character begin here, if they are as many as a number has, and complete.
fn boxes(chain: &Chain, first: usize) -> Option<usize> {
    let single = |group: &Group| group.len() == 1;
    let begins = first == 0 || !single(&chain.groups[first - 1]);
    let groups = chain.groups[first..].iter().take(LONGEST + 1);
    let count = groups.take_while(|&group| begins && single(group)).count();
    (FEWEST_BOXES..=LONGEST).contains(&count).then_some(count)
}

/// Over the end of a line only what looks like nothing else is found: accounts and cards in groups of four, and over one end only, so that
/// columns of numbers are none.
fn may_break(detector: &Detector, form: Form, lines: usize) -> bool {
    let unmistakable = detector.bare == Some(Confidence::High) || form == Form::Telling;
    lines == 0 || (lines == 1 && detector.family == Family::Account && unmistakable)
}

/// It is not a piece of a longer number: of one joined by the same character throughout, of a fraction, of a UUID.
fn stands_alone(chain: &Chain, run: &Range<usize>) -> bool {
    let groups = &chain.groups;
    let inner = groups[run.start + 1..run.end]
        .iter()
        .filter_map(|g| g.joint);
    let goes_on = inner.filter(|&j| j != Joint::Space).any(|joint| {
        let before =
            run.start > 0 && groups[run.start].joint == Some(joint) && groups[run.start - 1].digits;
        let behind = groups
            .get(run.end)
            .is_some_and(|g| g.joint == Some(joint) && g.digits);
        before || behind
    });
    !goes_on && !is_fraction(groups, run) && !is_in_uuid(groups, run)
}

/// `0.4111111111111111`
fn is_fraction(groups: &[Group], run: &Range<usize>) -> bool {
    run.len() == 1
        && run.start > 0
        && groups[run.start].joint == Some(Joint::Dot)
        && groups[run.start - 1].is_number()
        && groups[run.start - 1].joint != Some(Joint::Dot)
}

/// RFC 9562: 8-4-4-4-12.
fn is_in_uuid(groups: &[Group], run: &Range<usize>) -> bool {
    const SIZES: [usize; 5] = [8, 4, 4, 4, 12];
    (0..SIZES.len()).any(|place| {
        let Some(uuid) = run
            .start
            .checked_sub(place)
            .and_then(|at| groups.get(at..at + SIZES.len()))
        else {
            return false;
        };
        uuid.iter().map(Group::len).eq(SIZES)
            && uuid[1..].iter().all(|g| g.joint == Some(Joint::Hyphen))
    })
}

/// It begins directly behind a `+`, or behind the country code that does (ITU-T E.164: at most three digits).
fn is_telephone(chain: &Chain, run: &Range<usize>, text: &str) -> bool {
    let plus = |group: &Group| {
        let before = text[..group.range.start].chars().next_back();
        group.joint.is_none() && before.is_some_and(|c| kind(c) == Kind::Joint(Joint::Plus))
    };
    let code = run.start.checked_sub(1).map(|at| &chain.groups[at]);
    plus(&chain.groups[run.start]) || code.is_some_and(|code| code.len() < 4 && plus(code))
}
