//! What goes into a transfer: the union of what all decisions name, in an order that pages can show.

use crate::mail::Mail;
use crate::mail::outline::{Part, Role};
use crate::transfer::{EntryKind, Plan, Scope};
use std::collections::BTreeSet;

/// One thing to seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) kind: EntryKind,
    /// Index of the part; `None` for the whole mail.
    pub(super) part: Option<usize>,
}

/// Everything to seal: texts, files, pictures, the original; each thing once.
pub(super) fn of(mail: &Mail, plan: &Plan) -> Vec<Item> {
    let scopes = || plan.decisions.iter().map(|d| &d.scope);
    let message = scopes().any(|s| *s == Scope::Message);
    let whole = scopes().any(|s| matches!(s, Scope::Whole(_)));
    let mut files: BTreeSet<usize> = scopes().flat_map(named).copied().collect();
    if message {
        files.extend(with_role(mail, is_file));
    }
    let mut items = Vec::new();
    let mut add = |kind, parts: &mut dyn Iterator<Item = usize>| {
        items.extend(parts.map(|part| Item {
            kind,
            part: Some(part),
        }));
    };
    if message {
        let text = |role| with_role(mail, move |r| r == role).filter(|i| !files.contains(i));
        add(EntryKind::Text, &mut text(Role::Text));
        add(EntryKind::Html, &mut text(Role::Html));
    }
    add(EntryKind::File, &mut files.iter().copied());
    if message {
        let pictures = with_role(mail, |r| r == Role::Picture);
        add(
            EntryKind::Picture,
            &mut pictures.filter(|i| !files.contains(i)),
        );
        items.push(Item {
            kind: EntryKind::Original,
            part: None,
        });
    }
    if whole {
        items.push(Item {
            kind: EntryKind::File,
            part: None,
        });
    }
    items
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
