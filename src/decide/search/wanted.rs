//! What the rules of a policy look for in content: collected while the policy is read, then fixed.
//!
//! Promises: nothing is looked for that no rule asks about. Values are compared under a key of this process ([`Wanted::key`]), so that
//! what is kept of a value tells nothing.

use crate::decide::detectors::own::{Own, Owns};
use crate::decide::detectors::{self, Detector, Family, Passage, Scanner};
use crate::decide::patterns::{Engine, PatternId, Patterns};
use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

/// What conditions ask for while a policy is read.
#[derive(Default)]
pub struct Asks {
    detectors: Vec<&'static Detector>,
    lists: Vec<HashSet<String>>,
    patterns: Patterns,
    own: Vec<Own>,
    /// Names of own detectors that rules ask for.
    asked: BTreeSet<String>,
}

/// What to look for.
#[derive(Default)]
pub struct Wanted {
    /// Built-in ones, each once.
    pub detectors: Vec<&'static Detector>,
    /// Finds what they know.
    pub scanner: Scanner,
    /// Own ones, each once.
    pub own: Owns,
    /// Words and expressions.
    pub engine: Engine,
    /// How each pattern is written, and where first, by its number in the engine.
    written: Vec<(Arc<str>, String)>,
    lists: Vec<HashSet<u64>>,
    key: RandomState,
}

/// Own detectors are numbered from here.
const OWN: usize = 1 << 16;

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.detectors.iter().map(|d| d.name))
            .finish()
    }
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.detectors.iter().map(|d| d.name))
            .finish()
    }
}

impl Asks {
    /// Looks for what the detectors of this name find; gives their numbers, and whether it is one of the policy's own.
    pub fn named(&mut self, name: &str) -> Option<(Vec<usize>, bool)> {
        if let Some(index) = self.own.iter().position(|own| own.name == name) {
            self.asked.insert(name.to_owned());
            return Some((vec![OWN + index], true));
        }
        let found = built_in(name);
        let numbers = found
            .into_iter()
            .map(|d| self.detector(d))
            .collect::<Vec<_>>();
        Some((numbers, false)).filter(|(numbers, _)| !numbers.is_empty())
    }

    /// Every name that a rule can ask for.
    pub fn names(&self) -> Vec<String> {
        let all = detectors::ALL.iter().map(|d| d.name);
        let own = self.own.iter().map(|own| own.name.as_str());
        all.chain(["any"]).chain(own).map(str::to_owned).collect()
    }

    /// Words and expressions.
    pub fn patterns(&mut self) -> &mut Patterns {
        &mut self.patterns
    }

    /// A detector of the policy's own.
    pub fn own(&mut self, own: Own) {
        self.own.push(own);
    }

    fn detector(&mut self, detector: &'static Detector) -> usize {
        let known = self
            .detectors
            .iter()
            .position(|d| std::ptr::eq(*d, detector));
        known.unwrap_or_else(|| {
            self.detectors.push(detector);
            self.detectors.len() - 1
        })
    }

    /// Marks hits whose value is one of these; gives the bit. At most 64 lists.
    pub fn values<'w>(&mut self, written: impl Iterator<Item = &'w str>) -> Option<u32> {
        let number = u32::try_from(self.lists.len()).ok().filter(|n| *n < 64)?;
        let all = Scanner::new(detectors::ALL);
        let forms = written.flat_map(|value| forms(&all, value));
        self.lists.push(forms.collect());
        Some(number)
    }

    /// Everything is known.
    pub fn finish(self) -> Wanted {
        let key = RandomState::new();
        let lists = self.lists.into_iter();
        let hashed = lists.map(|list| list.iter().map(|v| key.hash_one(v)).collect());
        let (engine, written) = self.patterns.finish();
        let mut own = self.own;
        for unasked in own.iter_mut().filter(|own| !self.asked.contains(&own.name)) {
            unasked.patterns.clear();
        }
        Wanted {
            scanner: Scanner::new(&self.detectors),
            detectors: self.detectors,
            own: Owns::new(own),
            engine,
            written,
            lists: hashed.collect(),
            key,
        }
    }
}

impl Wanted {
    /// Names and numbers of the detectors.
    pub fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let built_in = self.detectors.iter().map(|d| d.name).enumerate();
        let own = self.own.all().iter().map(|own| own.name.as_str());
        built_in.chain((OWN..).zip(own))
    }

    /// How a pattern is written.
    pub fn pattern(&self, id: PatternId) -> &str {
        &self.written[id.0 as usize].0
    }

    /// Expressions that every text is searched for one by one, as written and where.
    pub fn costly(&self) -> impl Iterator<Item = &(Arc<str>, String)> {
        let costly = self.engine.costly().into_iter();
        costly.map(|id| &self.written[id.0 as usize])
    }

    /// Names that stand for built-in detectors which are all looked for, with their numbers: one each, and `any`.
    pub fn looked_for(&self) -> Vec<(&'static str, Vec<usize>)> {
        let names = detectors::ALL.iter().map(|d| d.name).chain(["any"]);
        let numbers = |name| {
            let all = built_in(name).into_iter().map(|d| self.number(d));
            all.collect::<Option<Vec<usize>>>().map(|all| (name, all))
        };
        names.filter_map(numbers).collect()
    }

    /// The number of a detector; `None`: nobody asks for it.
    pub fn number(&self, detector: &'static Detector) -> Option<usize> {
        self.detectors
            .iter()
            .position(|d| std::ptr::eq(*d, detector))
    }

    /// The number of an own detector.
    pub fn number_of_own(&self, index: usize) -> usize {
        OWN + index
    }

    /// Equal values have equal keys.
    pub fn key(&self, value: &str) -> u64 {
        self.key.hash_one(value)
    }

    /// A bit for each list that has the value.
    pub fn listed(&self, value: &str) -> u64 {
        let key = self.key(value);
        let bits = self.lists.iter().enumerate();
        bits.fold(0, |bits, (n, list)| {
            bits | u64::from(list.contains(&key)) << n
        })
    }
}

/// The forms under which detectors may give this value: what each of them makes of it, and itself without separators.
fn forms(all: &Scanner, written: &str) -> Vec<String> {
    let mut forms = vec![compact(written)];
    let passage = Passage {
        text: written,
        headings: &[],
        core: (0, written.len()),
    };
    all.find(&passage, &mut |finding| forms.push(finding.value));
    forms
}

fn compact(written: &str) -> String {
    let kept = written.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_uppercase).collect()
}

/// The built-in detectors that a name in a rule stands for.
fn built_in(name: &str) -> Vec<&'static Detector> {
    let all = detectors::ALL.iter().copied();
    match name {
        "any" => all
            .filter(|d| matches!(d.family, Family::Identity | Family::Account))
            .collect(),
        _ => all.filter(|d| d.name == name).collect(),
    }
}
