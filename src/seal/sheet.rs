//! The sender's sheet: what his page and his notices say about his own mail.

use crate::fault::{Fault, Kind};
use crate::transfer::plan::Weight;
use crate::transfer::proof::ShownFile;
use crate::transfer::sender_link::{Sheet, SheetSecret};
use crate::transfer::waiting::Why;
use crate::transfer::{Catalogue, Entry, Plan, TransferId};

/// Sealed, for the record.
pub(super) fn sealed(
    plan: &Plan,
    catalogue: &Catalogue,
    secret: &SheetSecret,
    id: &TransferId,
) -> Result<Vec<u8>, Fault> {
    let shown = |entry: &Entry| ShownFile {
        name: entry.name.clone(),
        size: entry.size,
    };
    let sheet = Sheet {
        subject: catalogue.subject.clone(),
        files: catalogue.entries.iter().map(shown).collect(),
        reasons: reasons(plan),
    };
    let sealed = sheet.seal(secret, id);
    sealed.map_err(|e| Fault::because(Kind::Internal, e))
}

/// Each rule once, in the order of the decisions.
fn reasons(plan: &Plan) -> Vec<Why> {
    let mut all: Vec<Why> = Vec::new();
    let protected = plan.decisions.iter().filter(|d| d.protects());
    let enforced = protected
        .flat_map(|d| &d.reasons)
        .filter(|reason| reason.weight == Weight::Enforced);
    for reason in enforced {
        if !all.iter().any(|why| why.rule == reason.rule) {
            all.push(Why {
                rule: reason.rule.clone(),
                why: reason.why.clone(),
            });
        }
    }
    all
}
