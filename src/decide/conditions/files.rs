//! `has_attachments`, `files_any`, `files_all`: about files and their names.
//!
//! `files_any` also looks at files inside archives, documents and attached mails, where that protects.
//! A name has as many readings as there are mail programs (T27). Any reading that matches protects; to exempt, all must match.
//! `files_all` is about every file, with those inside forwarded messages, and is not true for a mail without files:
//! "nothing but invitations" must not be an excuse for a contract beside them.

use super::{Condition, Ground, Readable, Side, any, every, in_doubt};
use crate::decide::facts::Facts;
use crate::decide::features::Kept;
use crate::decide::globs::Globs;
use crate::decide::replay::Glance;
use crate::decide::search::Member;
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::{Address, Part};

#[derive(Debug)]
struct Has {
    wanted: bool,
    side: Side,
}

#[derive(Debug)]
struct Any {
    globs: Globs,
    side: Side,
}

#[derive(Debug)]
struct All {
    globs: Globs,
    side: Side,
}

pub(super) fn has_attachments(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    let (wanted, side) = (s.boolean(v)?, g.side);
    Some(Box::new(Has { wanted, side }))
}

pub(super) fn files_any(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    let (globs, side) = (Globs::read(s, v)?, g.side);
    Some(Box::new(Any { globs, side }))
}

pub(super) fn files_all(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    let (globs, side) = (Globs::read(s, v)?, g.side);
    Some(Box::new(All { globs, side }))
}

impl Condition for Has {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let has = facts.attachments().next().is_some();
        if !has && facts.unclear.is_some() {
            return Ok(in_doubt(self.side, facts));
        }
        let what = ["has no attachments", "has attachments"][usize::from(has)];
        Ok((has == self.wanted).then(|| what.into()))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let has = glance.features.attachments > 0;
        match !has && glance.features.unclear {
            true => Some(self.side == Side::Protect),
            false => Some(has == self.wanted),
        }
    }
}

impl Condition for Any {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let mut files = facts.files.iter();
        let found = files.find_map(|f| name(f.part, &self.globs, self.side));
        let found = found.map(|name| format!("file {name}"));
        let found = found.or_else(|| in_doubt(self.side, facts));
        // What an archive holds is a reason to protect it, never to let it pass.
        match (found, self.side) {
            (None, Side::Protect) => Ok(inside(facts.members()?, &self.globs)),
            (found, _) => Ok(found),
        }
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let features = glance.features;
        let files = features
            .files
            .iter()
            .map(|f| ending(f, &self.globs, self.side));
        let more = features.more_files.then_some(None);
        // What lies inside them has names of its own, and those are not remembered.
        let inside = features
            .files
            .iter()
            .any(Kept::holds_others)
            .then_some(None);
        match any(files.chain(more).chain(inside)) {
            Some(false) if features.unclear => Some(self.side == Side::Protect),
            answer => answer,
        }
    }
}

impl Condition for All {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        if facts.unclear.is_some() {
            return Ok(in_doubt(self.side, facts));
        }
        let mut files = facts.files.iter().peekable();
        let some = files.peek().is_some();
        let all = files.all(|f| name(f.part, &self.globs, self.side).is_some());
        Ok((some && all).then(|| "the name of every file".into()))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let features = glance.features;
        if features.unclear {
            return Some(self.side == Side::Protect);
        }
        let files = features
            .files
            .iter()
            .map(|f| ending(f, &self.globs, self.side));
        let none = features.files.is_empty().then_some(Some(false));
        let more = features.more_files.then_some(None);
        every(files.chain(none).chain(more))
    }
}

/// What the endings of its names tell.
fn ending(file: &Kept, globs: &Globs, side: Side) -> Option<bool> {
    let readings = file.endings.iter().map(|ending| globs.guess(ending));
    match side {
        Side::Protect => any(readings),
        Side::Exempt => every(readings.chain(file.endings.is_empty().then_some(Some(false)))),
    }
}

fn inside(members: &[Member], globs: &Globs) -> Option<String> {
    let found = members.iter().find_map(|m| Some((m, globs.find(&m.name)?)));
    found.map(|(member, glob)| format!("file \"{}\" is {glob}", member.place))
}

/// A reading of the name that matches, with the glob.
fn name(part: &Part, globs: &Globs, side: Side) -> Option<String> {
    let shown = part.name.as_ref().map(|n| n.as_str());
    let mut readings = part.names.iter().map(String::as_str).chain(shown);
    let first = readings.clone().find_map(|r| Some((r, globs.find(r)?)));
    let holds = side == Side::Protect || readings.all(|r| globs.matches(r));
    let (reading, glob) = first.filter(|_| holds)?;
    Some(format!("\"{reading}\" is {glob}"))
}
