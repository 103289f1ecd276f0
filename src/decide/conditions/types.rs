//! `types_any`: media types of files, as declared and as their first bytes say.
//!
//! Files inside archives, documents and attached mails are looked at too, where that protects.
//! Either one protects; to exempt, both must match: a program that calls itself `text/calendar` is no invitation.

use super::{Condition, Ground, Readable, Side, any, every, in_doubt};
use crate::decide::facts::Facts;
use crate::decide::globs::Globs;
use crate::decide::replay::Glance;
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;

#[derive(Debug)]
struct Types {
    globs: Globs,
    side: Side,
}

pub(super) fn types_any(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    for (word, span) in s.strings(v)? {
        if !word.contains(['/', '*']) {
            s.wrong_but(
                span,
                format!("\"{word}\" is no media type"),
                "write \"application/pdf\" or \"application/*\"",
            );
        }
    }
    let (globs, side) = (Globs::read(s, v)?, g.side);
    Some(Box::new(Types { globs, side }))
}

impl Condition for Types {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let sniffed = facts.types()?;
        let found = facts.files.iter().zip(sniffed).find_map(|(file, sniffed)| {
            let declared = self.globs.find(&file.part.media_type);
            let found = self.globs.find(sniffed);
            let holds = match self.side {
                Side::Protect => declared.or(found),
                Side::Exempt => declared.filter(|_| found.is_some()),
            };
            holds.map(|glob| format!("type of \"{}\" is {glob}", file.title()))
        });
        let found = found.or_else(|| in_doubt(self.side, facts));
        // What an archive holds is a reason to protect it, never to let it pass.
        match (found, self.side) {
            (None, Side::Protect) => Ok(facts.members()?.iter().find_map(|member| {
                let glob = self.globs.find(&member.media_type)?;
                Some(format!("type of \"{}\" is {glob}", member.place))
            })),
            (found, _) => Ok(found),
        }
    }
    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let features = glance.features;
        let one = |file: &crate::decide::features::Kept| {
            let declared = Some(self.globs.matches(&file.media_type));
            let sniffed = file.sniffed.as_ref().map(|t| self.globs.matches(t));
            match self.side {
                Side::Protect => any([declared, sniffed]),
                Side::Exempt => every([declared, sniffed]),
            }
        };
        let more = features.more_files.then_some(None);
        let inside = features
            .files
            .iter()
            .any(|f| f.holds_others())
            .then_some(None);
        match any(features.files.iter().map(one).chain(more).chain(inside)) {
            Some(false) if features.unclear => Some(self.side == Side::Protect),
            answer => answer,
        }
    }
}
