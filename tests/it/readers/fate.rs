//! What became of each part: taken, staying for what it is, or left in the clear although it is a file.

use crate::support::corpus::sha256;
use crate::support::line::line;
use crate::support::readers::{Leaf, Reading, plain};
use cloakroom::mail::outline::{Outline, Role};
use cloakroom::mail::{Mail, Spool, decoded};
use cloakroom::transfer::Scope;
use memchr::memmem;
use std::collections::BTreeSet;
use std::io::Read;
use std::ops::Range;

/// One mail behind the line.
pub struct Case {
    pub name: String,
    /// It is one of `tests/mails`.
    pub is_hand_made: bool,
    pub bytes: Vec<u8>,
    pub mail: Mail,
    pub scope: Scope,
    /// What leaves.
    pub out: Vec<u8>,
    pub parts: Vec<Piece>,
}

/// A part of ours that readers may show, those of forwarded messages included.
pub struct Piece {
    /// See [`crate::support::readers::Leaf::plain`].
    pub plain: String,
    pub plain_size: usize,
    /// The same of the body as it was sent: not every reader undoes every encoding.
    pub raw: String,
    pub names: Vec<String>,
    pub fate: Fate,
    /// It lies in a forwarded message or in a `winmail.dat`.
    pub is_inner: bool,
    pub kind: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is a file, and it is in what leaves.
    Clear,
    /// It is no file for what it is: text, calendar, small card, referenced picture, report, ciphertext, signature.
    Stays,
    /// It is in the transfer, or in something that is.
    Taken,
}

impl Case {
    pub fn of(name: &str, bytes: Vec<u8>, rule: &str) -> Case {
        let (mail, plan, out) = line(&bytes, rule);
        let scope = plan.decisions[0].scope.clone();
        let all = matches!(scope, Scope::Message | Scope::Whole(_));
        let taken: &[usize] = match &scope {
            Scope::Parts(parts) => parts,
            _ => &[],
        };
        let mut parts = Vec::new();
        pieces(
            &mail.spool,
            &mail.outline,
            &|i| all || taken.contains(&i),
            false,
            &mut parts,
        );
        Case {
            name: name.to_owned(),
            is_hand_made: false,
            bytes,
            mail,
            scope,
            out,
            parts,
        }
    }

    /// Nothing of the original leaves but its header.
    pub fn is_sealed(&self) -> bool {
        matches!(self.scope, Scope::Message | Scope::Whole(_))
    }

    /// True if the leaf is one of the parts that have this fate.
    pub fn is(&self, fate: Fate, leaf: &Leaf) -> bool {
        let name = leaf.name.as_deref().unwrap_or_default();
        self.parts.iter().filter(|p| p.fate == fate).any(|part| {
            // Where a reader finds nothing in a part, the name tells which one it is.
            let is_blank = leaf.plain_size == 0 && part.names.iter().any(|n| n == name);
            leaf.plain == part.plain || leaf.plain == part.raw || is_blank
        })
    }

    /// True if all that a reader shows by this leaf has one of these fates.
    pub fn is_settled(&self, fates: &[Fate], reading: &Reading, index: usize) -> bool {
        let leaf = &reading.leaves[index];
        let is_nothing = leaf.plain_size == 0 && leaf.name.is_none();
        let has_fate = |fate: &Fate| self.is(*fate, leaf) || self.is_message(*fate, reading, index);
        let around = leaf.within.filter(|_| fates.contains(&Fate::Taken));
        // Some libraries write a message anew before they give it: then what is in it counts.
        let mut inside = reading.inside(index).peekable();
        is_nothing
            || fates.iter().any(has_fate)
            || around.is_some_and(|message| self.is_settled(&[Fate::Taken], reading, message))
            || (inside.peek().is_some() && inside.all(|i| self.is_inner(fates, reading, i)))
    }

    fn is_inner(&self, fates: &[Fate], reading: &Reading, index: usize) -> bool {
        let leaf = &reading.leaves[index];
        let mut inside = reading.inside(index).peekable();
        fates.iter().any(|fate| self.is(*fate, leaf))
            || (inside.peek().is_some() && inside.all(|i| self.is_inner(fates, reading, i)))
    }

    /// The n-th message of as many as we see, of about that size.
    fn is_message(&self, fate: Fate, reading: &Reading, index: usize) -> bool {
        let theirs = |leaf: &Leaf| leaf.kind == "message/rfc822" && leaf.within.is_none();
        let theirs: Vec<usize> = (0..reading.leaves.len())
            .filter(|&i| theirs(&reading.leaves[i]))
            .collect();
        let ours = |part: &&Piece| part.kind == "message/rfc822" && !part.is_inner;
        let ours: Vec<&Piece> = self.parts.iter().filter(ours).collect();
        let number = theirs.iter().position(|&i| i == index);
        let Some(number) = number.filter(|_| ours.len() == theirs.len()) else {
            return false;
        };
        let (part, size) = (ours[number], reading.leaves[index].plain_size);
        part.fate == fate && size.abs_diff(part.plain_size) <= 100 + part.plain_size / 50
    }

    /// From the middle of each part that was taken: decoded, and as it was sent. What also stands in a part that stays proves nothing.
    pub fn traces(&self) -> Vec<Vec<u8>> {
        let mail = &self.mail;
        let goes = |index: usize| match &self.scope {
            Scope::Nothing => false,
            Scope::Parts(parts) => parts.contains(&index),
            Scope::Message | Scope::Whole(_) => index > 0 || mail.outline.parts.len() == 1,
        };
        let bytes = |range: &Range<u64>| mail.spool.slice(range.clone()).expect("in memory");
        let (mut stays, mut found) = (bytes(&mail.outline.root().header), BTreeSet::new());
        for (index, part) in mail.outline.parts.iter().enumerate() {
            if part.inside.is_some() || part.role == Role::Container {
                stays.extend(bytes(&part.header));
                if part.inside.is_none() && opened(&mail.outline, index).any(goes) {
                    found.extend(middle(&bytes(&part.body)));
                }
                continue;
            }
            let clear = clear(&mail.spool, part);
            if goes(index) {
                let sent = part.spool.is_none().then(|| bytes(&part.body));
                let both = [Some(clear), sent].into_iter().flatten();
                found.extend(both.filter_map(|bytes| middle(&bytes)));
            } else {
                stays.extend(bytes(&part.header));
                stays.extend(clear);
            }
        }
        let is_telling = |trace: &Vec<u8>| memmem::find(&stays, trace).is_none();
        found.into_iter().filter(is_telling).collect()
    }
}

/// The files of a `winmail.dat`.
fn opened(outline: &Outline, index: usize) -> impl Iterator<Item = usize> {
    let children = outline.children(index);
    children.filter(|(_, c)| c.spool.is_some()).map(|(i, _)| i)
}

fn clear(spool: &Spool, part: &cloakroom::mail::Part) -> Vec<u8> {
    let mut clear = Vec::new();
    let read = decoded(spool, part).read_to_end(&mut clear);
    read.expect("in memory");
    clear
}

fn middle(bytes: &[u8]) -> Option<Vec<u8>> {
    const LONG: usize = 32;
    let from = (bytes.len() / 2).checked_sub(LONG / 2)?;
    bytes.get(from..from + LONG).map(<[u8]>::to_vec)
}

fn pieces(
    spool: &Spool,
    outline: &Outline,
    goes: &dyn Fn(usize) -> bool,
    is_inner: bool,
    found: &mut Vec<Piece>,
) {
    let parts = &outline.parts;
    for (index, part) in parts.iter().enumerate() {
        let mut around = std::iter::successors(Some(index), |&i| parts[i].inside);
        let is_opened = opened(outline, index).next().is_some();
        let is_taken = around.any(goes) || opened(outline, index).any(goes);
        if part.role == Role::Container && part.decoded_len > 4 && !is_opened {
            continue;
        }
        let clear = plain(&clear(spool, part));
        let own = part.spool.as_deref().unwrap_or(spool);
        let raw = own.slice(part.body.clone()).expect("in memory");
        found.push(Piece {
            plain: sha256(&clear),
            plain_size: clear.len(),
            raw: sha256(&plain(&raw)),
            names: part.names.clone(),
            fate: match part.role {
                _ if is_taken => Fate::Taken,
                Role::Attachment | Role::Message => Fate::Clear,
                // Readers show it as one file.
                Role::Container if is_opened => Fate::Clear,
                _ => Fate::Stays,
            },
            is_inner: is_inner || part.inside.is_some() || part.spool.is_some(),
            kind: part.media_type.clone(),
        });
        if let Some(nested) = &part.nested {
            pieces(&nested.spool, &nested.outline, &|_| is_taken, true, found);
        }
    }
}
