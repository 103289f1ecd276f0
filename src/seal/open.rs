//! The way back: from a link and a password to the transfer key, from there to catalogue and files.
//!
//! Promises: what fails says no more than that it failed; a catalogue or file of another transfer does not open.
//! Leaves counting, pausing and the clock to its callers.

use super::stream::{Opener, Refusal, context};
use super::wrap::{Lock, unwrap};
use super::{catalogue_key, impossible};
use crate::fault::{Fault, Kind};
use crate::transfer::keys::{DayKey, MasterKey, TransferKey};
use crate::transfer::{
    BlobReader, Catalogue, LinkSecret, Password, Record, Ticket, TransferId, cipher,
};

/// Unlocks a ticket. `None`: the password is wrong, or the ticket was revoked; which is to be seen in the ticket.
///
/// Takes 5 to 200 ms of one core where a password is needed, and waits for its turn.
pub fn unlock(
    ticket: &Ticket,
    record: &Record,
    link: &LinkSecret,
    password: Option<&Password>,
    master: &MasterKey,
    day_key: &DayKey,
) -> Option<TransferKey> {
    let lock = Lock {
        transfer: &record.id.parse().ok()?,
        link,
        day: ticket.day,
        day_key,
        master,
    };
    unwrap(&lock, password, ticket.wrap.as_deref()?)
}

/// Opens the catalogue of a transfer.
pub fn catalogue(record: &Record, key: &TransferKey) -> Result<Catalogue, Fault> {
    let id: TransferId = parse(record)?;
    let plain = cipher::open(&catalogue_key(key), id.as_bytes(), &record.catalogue)
        .map_err(|e| Fault::because(Kind::StoreDown, e))?;
    let broken = |e: postcard::Error| Fault::because(Kind::StoreDown, e);
    match plain.split_first() {
        Some((1, rest)) => postcard::from_bytes(rest).map_err(broken),
        Some((2, rest)) => {
            let (mut catalogue, rest): (Catalogue, _) =
                postcard::take_from_bytes(rest).map_err(broken)?;
            catalogue.message_id = postcard::from_bytes(rest).map_err(broken)?;
            Ok(catalogue)
        }
        _ => Err(impossible("a catalogue of an unknown version")),
    }
}

/// Opens sealed thing `number` of a transfer; `blob` is the ciphertext of `record.blobs[number]`.
pub fn opener(
    record: &Record,
    number: usize,
    key: &TransferKey,
    blob: Box<dyn BlobReader>,
) -> Result<Opener, Fault> {
    let entry = record
        .blobs
        .get(number)
        .ok_or_else(|| impossible("no such file in this transfer"))?;
    let context = context(&parse(record)?, entry.number, entry.id);
    Opener::new(blob, key, &context, entry.plain_len).map_err(|refusal| match refusal {
        Refusal::Io(error) => Fault::because(Kind::StoreDown, error),
        other => Fault::because(Kind::StoreDown, other),
    })
}

fn parse(record: &Record) -> Result<TransferId, Fault> {
    record
        .id
        .parse()
        .map_err(|e| Fault::because(Kind::StoreDown, e))
}
