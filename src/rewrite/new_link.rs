//! The body of a mail of our own that brings a new link in place of one that was lost: the same block as in every mail.
//!
//! Promises: no name of a file, nothing of the subject; the sentence above the block says that the link before opens nothing any more.
//! Leaves to others: fields, sending, and whether there is a new link at all. Fails: never.

use super::block::{Block, Facts};
use super::person::{Person, clean};
use crate::texts::{House, Texts};
use crate::transfer::proof::HeldTransfer;

/// Text (lines ended by CRLF) and HTML. `sender` is a name, if there is one, and an address; `held` has one link. `message`: the text of
/// the mail is behind it too.
pub fn new_link(
    (house, texts): (&House, &Texts),
    language: Option<&str>,
    (name, address): (Option<&str>, &str),
    held: &HeldTransfer,
    message: bool,
) -> (String, String) {
    let name = clean(name.unwrap_or_default(), 60);
    let address = clean(address, 254);
    let sender = Person {
        name: match name.is_empty() {
            true => address.clone(),
            false => name,
        },
        address,
    };
    let Some(link) = held.links.first() else {
        return Default::default();
    };
    let facts = Facts {
        house,
        texts,
        sender: &sender,
        transfer: held,
        link,
        language,
        hide_names: true,
    };
    let block = Block::of_new_link(&facts, message);
    (block.plain(false), block.document())
}
