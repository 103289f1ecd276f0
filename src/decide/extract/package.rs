//! A ZIP whose members are the parts of one document: OOXML, OpenDocument.
//!
//! Promises: a part is unpacked under the reading's limits, whatever its header says; each part is given once, one of a name that is
//! there twice too; finding one takes no longer in a package of many. Leaves to others: what is a member (`zipped`). Fails: a locked part
//! is `Encrypted`, a damaged or missing one `Damaged`.

use super::zipped::{self, Member, Names};
use super::{Reading, Stop};
use crate::mail::content::Unreadable;
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

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
    /// Where in `members` the parts of a name are, first to last: a name may be there twice.
    places: HashMap<String, VecDeque<usize>>,
    is_cut: bool,
}

impl<'a> Package<'a> {
    /// Lists the parts.
    pub fn open(bytes: &'a [u8]) -> Self {
        let members = zipped::members(bytes);
        let names = Names::of(&members);
        let name = |member: &Member<'_>| names.read(member).into_owned();
        let names: Vec<String> = members.iter().map(name).collect();
        let mut places: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            places.entry(letters(name)).or_default().push_back(at);
        }
        Package {
            members,
            names: names.into_iter().map(Some).collect(),
            places,
            is_cut: zipped::is_cut(bytes),
        }
    }

    /// Names of the parts that nobody has asked for, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(String::as_str)
    }

    /// The first part whose name does.
    pub fn find(&self, does: impl Fn(&str) -> bool) -> Option<String> {
        self.names().find(|name| does(name)).map(str::to_owned)
    }

    /// True if there is a part of this name, read already or not.
    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(&letters(name))
    }

    /// The bytes of a part, once. Upper and lower case are the same, as in Office. Of a damaged part what there is, which is said.
    pub fn part(
        &mut self,
        name: &str,
        reading: &mut Reading<'_>,
    ) -> Result<Option<Cow<'a, [u8]>>, Stop> {
        let places = self.places.get_mut(&letters(name));
        let Some(at) = places.and_then(VecDeque::pop_front) else {
            return Ok(None);
        };
        self.names[at] = None;
        let (bytes, lost) = zipped::some(&self.members[at], reading);
        match lost {
            Some(Unreadable::Damaged) => reading.unreadable(Unreadable::Damaged)?,
            Some(why) => return Err(why.into()),
            None => {}
        }
        Ok(Some(bytes))
    }

    /// The bytes of a part that is still to be asked for.
    pub fn peek(&self, name: &str, reading: &mut Reading<'_>) -> Option<Cow<'a, [u8]>> {
        let at = self.places.get(&letters(name))?.front()?;
        zipped::content(&self.members[*at], reading).ok()
    }

    /// Every part that nobody has asked for, as a file in the document. Fails if there may have been more.
    pub fn rest(&mut self, reading: &mut Reading<'_>) -> Result<(), Stop> {
        for at in 0..self.names.len() {
            let Some(name) = self.names[at].take().filter(|name| !name.ends_with('/')) else {
                continue;
            };
            zipped::one(&self.members[at], &name, reading)?;
        }
        match self.is_cut {
            true => Err(Unreadable::Damaged.into()),
            false => Ok(()),
        }
    }
}

/// A name as it is compared.
fn letters(name: &str) -> String {
    let name = name.trim_start_matches('/');
    name.to_ascii_lowercase().replace('\\', "/")
}

fn same(one: &str, other: &str) -> bool {
    one == other || letters(one) == letters(other)
}
