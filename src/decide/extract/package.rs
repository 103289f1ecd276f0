//! A ZIP whose members are the parts of one document: OOXML, OpenDocument.
//!
//! Promises: a part is unpacked under the reading's limits, whatever its header says; each part is given once, one of a name that is
//! there twice too. Leaves to others: what is a member (`zipped`). Fails: a locked part is `Encrypted`.

use super::zipped::{self, Member, Names};
use super::{Document, Reading, Stop};
use crate::mail::content::Unreadable;
use std::borrow::Cow;

/// True if a ZIP is a document of Office since 2007.
pub(super) fn is_ooxml(bytes: &[u8]) -> bool {
    has(bytes, |name| same(name, "[Content_Types].xml")) > 0
}

/// True if a ZIP is an OpenDocument.
pub(super) fn is_odf(bytes: &[u8]) -> bool {
    let is_part = |name: &str| matches!(name, "META-INF/manifest.xml" | "content.xml" | "mimetype");
    has(bytes, is_part) > 1
}

fn has(bytes: &[u8], is_part: impl Fn(&str) -> bool) -> usize {
    match zipped::is_zip(bytes) {
        true => Package::open(bytes)
            .names()
            .filter(|name| is_part(name))
            .count(),
        false => 0,
    }
}

/// The parts that were not asked for yet.
pub(super) struct Package<'a> {
    members: Vec<Member<'a>>,
    names: Vec<Option<String>>,
}

impl<'a> Package<'a> {
    /// Lists the parts.
    pub fn open(bytes: &'a [u8]) -> Self {
        let members = zipped::members(bytes);
        let names = Names::of(&members);
        let name = |member: &Member<'_>| Some(names.read(member).into_owned());
        let names = members.iter().map(name).collect();
        Package { members, names }
    }

    /// Names of the parts that nobody has asked for, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(String::as_str)
    }

    /// The first part whose name does.
    pub fn find(&self, does: impl Fn(&str) -> bool) -> Option<String> {
        self.names().find(|name| does(name)).map(str::to_owned)
    }

    /// The bytes of a part, once. Upper and lower case are the same, as in Office.
    pub fn part(
        &mut self,
        name: &str,
        reading: &mut Reading<'_>,
    ) -> Result<Option<Cow<'a, [u8]>>, Unreadable> {
        let is_it = |has: &Option<String>| has.as_deref().is_some_and(|has| same(has, name));
        let Some(at) = self.names.iter().position(is_it) else {
            return Ok(None);
        };
        self.names[at] = None;
        zipped::content(&self.members[at], reading).map(Some)
    }

    /// The bytes of a part that is still to be asked for.
    pub fn peek(&self, name: &str, reading: &mut Reading<'_>) -> Option<Cow<'a, [u8]>> {
        let is_it = |has: &Option<String>| has.as_deref().is_some_and(|has| same(has, name));
        let at = self.names.iter().position(is_it)?;
        zipped::content(&self.members[at], reading).ok()
    }

    /// Every part that nobody has asked for, as a file in the document.
    pub fn rest(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        for at in 0..self.names.len() {
            let Some(name) = self.names[at].take().filter(|name| !name.ends_with('/')) else {
                continue;
            };
            match zipped::content(&self.members[at], reading) {
                Ok(bytes) => reading.member(&Document {
                    name: &name,
                    media_type: "",
                    charset: None,
                    bytes: &bytes,
                })?,
                Err(why) => reading.lost_member(&name, why)?,
            }
        }
        Ok(())
    }
}

fn same(one: &str, other: &str) -> bool {
    let letters = |name: &str| {
        name.trim_start_matches('/')
            .to_ascii_lowercase()
            .replace('\\', "/")
    };
    one == other || letters(one) == letters(other)
}
