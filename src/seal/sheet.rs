//! The sender's sheet: what his page and his notices say about his own mail.

use crate::fault::{Fault, Kind};
use crate::transfer::proof::ShownFile;
use crate::transfer::sender_link::{Sheet, SheetSecret};
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
        reasons: plan.reasons(),
    };
    let sealed = sheet.seal(secret, id);
    sealed.map_err(|e| Fault::because(Kind::Internal, e))
}
