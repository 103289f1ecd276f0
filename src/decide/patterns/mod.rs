//! Words and regular expressions of a policy, all of them looked for in one pass over a text.
//!
//! Promises: time is linear in the text, whatever the patterns are (T37), and hardly depends on their number.
//! Leaves to others: where text comes from and how it is cut into windows (`search`), what follows of a match (`conditions`,
//! `detectors`).

mod collection;
mod engine;
mod expression;
mod filter;
mod fold;
mod needle;
mod word;

pub use collection::{Named, Patterns};
pub use engine::{Engine, Pattern, Scan};
pub use expression::{Late, REACH, Refused};

use std::collections::BTreeMap;

/// A pattern of the policy: its number in the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternId(pub u32);

/// Matches of one pattern that are counted in one text; what is beyond changes no decision.
pub const MAX_MATCHES: u32 = 1_000;

/// What a text is to its mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The subject.
    Subject,
    /// The sender's text, with what is quoted in it, also of forwarded mails.
    Body,
    /// Text inside a file.
    File,
}

/// Where something was found that a transfer of files alone would leave in the mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exposed {
    /// In its subject.
    pub subject: bool,
    /// In its text, or in a part that stays.
    pub text: bool,
}

impl Exposed {
    /// In either of two places.
    pub fn or(self, other: Exposed) -> Exposed {
        Exposed {
            subject: self.subject || other.subject,
            text: self.text || other.text,
        }
    }

    /// Taking the files would not protect what was found.
    pub fn any(self) -> bool {
        self.subject || self.text
    }
}

/// Matches of one pattern in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// Any of them stands where a transfer of files would leave it.
    pub exposed: Exposed,
    /// How many; at least 1.
    pub count: u32,
    /// Where the first one stands, for people: `subject`, `body line 3`, `report.docx, page 2`.
    pub place: String,
}

/// What was found in a mail: which pattern matched, where and how often. Never the matched text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    found: BTreeMap<(PatternId, Scope), Hits>,
}

impl Matches {
    /// Notes a match; `place` is asked for the first one only.
    pub fn note(
        &mut self,
        (scope, exposed): (Scope, Exposed),
        id: PatternId,
        place: impl FnOnce() -> String,
    ) {
        let hits = self.found.entry((id, scope)).or_insert_with(|| Hits {
            exposed,
            count: 0,
            place: place(),
        });
        hits.exposed = hits.exposed.or(exposed);
        hits.count = hits.count.saturating_add(1);
    }

    /// Every pattern that matched, and where.
    pub fn all(&self) -> impl Iterator<Item = (PatternId, Scope, &Hits)> {
        let found = self.found.iter();
        found.map(|((id, scope), hits)| (*id, *scope, hits))
    }

    /// The first of these patterns, which are in ascending order, that matched in one of these scopes.
    pub fn first<'i>(&self, scopes: &[Scope], ids: &'i [Named]) -> Option<(&'i Named, &Hits)> {
        let found = self
            .found
            .iter()
            .filter(|((_, scope), _)| scopes.contains(scope));
        found.into_iter().find_map(|((id, _), hits)| {
            let at = ids.binary_search_by_key(id, |named| named.0).ok()?;
            Some((&ids[at], hits))
        })
    }
}
