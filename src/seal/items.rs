//! What goes into a transfer: the union of what all decisions name, in an order that pages can show; and who of them sees what.

use super::faces;
use crate::mail::Mail;
use crate::mail::outline::{Part, Role};
use crate::transfer::{EntryKind, Plan, Scope};
use std::collections::BTreeSet;

/// One thing to seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) kind: EntryKind,
    /// Indices of its parts: several for a text that is read in one. Empty for the whole mail.
    pub(super) parts: Vec<usize>,
}

/// Everything to seal: texts, files, pictures, the original; each thing once.
pub(super) fn of(mail: &Mail, plan: &Plan) -> Vec<Item> {
    let scopes = || plan.decisions.iter().map(|d| &d.scope);
    let message = scopes().any(|s| *s == Scope::Message);
    let whole = scopes().any(|s| matches!(s, Scope::Whole(_)));
    let mut files: BTreeSet<usize> = scopes().flat_map(named).copied().collect();
    let mut items = Vec::new();
    let mut add = |kind, parts: Vec<usize>| items.push(Item { kind, parts });
    if message {
        files.extend(with_role(mail, is_file));
        let faces = faces::of(&mail.outline);
        let texts = [
            (EntryKind::Text, faces.plain),
            (EntryKind::Html, faces.formatted),
        ];
        for (kind, parts) in texts.into_iter().filter(|(_, parts)| !parts.is_empty()) {
            add(kind, parts);
        }
    }
    for file in &files {
        add(EntryKind::File, vec![*file]);
    }
    if message {
        let pictures = with_role(mail, |role| role == Role::Picture);
        for picture in pictures.filter(|index| !files.contains(index)) {
            add(EntryKind::Picture, vec![picture]);
        }
    }
    if message || whole {
        add(EntryKind::Original, Vec::new());
    }
    items
}

impl Item {
    /// Whether a recipient with this scope may see it: what one gets is not for another whose decision leaves it in the mail, or does
    /// not let him have it.
    pub(super) fn is_for(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Nothing => false,
            Scope::Parts(parts) => {
                self.kind == EntryKind::File && self.parts.iter().all(|part| parts.contains(part))
            }
            Scope::Message => true,
            Scope::Whole(_) => self.kind == EntryKind::Original,
        }
    }
}

fn named(scope: &Scope) -> &[usize] {
    match scope {
        Scope::Parts(parts) => parts,
        Scope::Nothing | Scope::Message | Scope::Whole(_) => &[],
    }
}

/// Parts of this mail itself, not of messages inside it.
fn with_role<'a>(
    mail: &'a Mail,
    wanted: impl Fn(Role) -> bool + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let own = |part: &Part| part.inside.is_none();
    let parts = mail.outline.parts.iter().enumerate();
    parts
        .filter(move |(_, part)| own(part) && wanted(part.role))
        .map(|(index, _)| index)
}

/// With the text taken too, nothing of the mail stays behind: what else stays beside a text is a file here.
fn is_file(role: Role) -> bool {
    match role {
        Role::Attachment
        | Role::Calendar
        | Role::Card
        | Role::Encrypted
        | Role::Message
        | Role::Report => true,
        Role::Container | Role::Html | Role::Picture | Role::Signature | Role::Text => false,
    }
}
