//! Sealing: takes what the plan names out of a mail, and writes it as ciphertext on a shelf.
//!
//! Promises: one pass over each part, in constant memory; the transfer key leaves here only inside wraps, and where policy wants it
//! in a spare key ([`recovery`]); every protected recipient has
//! a ticket that opens what his decision takes and nothing else sealed from this mail; a password is put into a notice and nowhere else.
//! Leaves to others: which parts (`decide`), keeping what was written (`store`), the mail itself (`rewrite`). What was written before
//! a fault are blobs without a record, which the store sweeps away.
//! Fails with `DiskFull`, `StoreDown`, or `Internal` for what the steps before must have kept from coming here.

pub mod early;
mod faces;
mod file;
mod gate;
mod items;
pub mod keepsake;
mod names;
pub mod open;
pub mod piece;
mod pressing;
pub mod quick;
mod reading;
pub mod recovery;
mod sheet;
pub mod stream;
mod tickets;
mod utf8;
pub mod whole;
pub mod wrap;

use crate::fault::{Fault, Kind};
use crate::mail::Mail;
use crate::transfer::keys::{DayKey, Key, MasterKey, TransferKey, hkdf};
use crate::transfer::notice::Route;
use crate::transfer::quick::Seat;
use crate::transfer::record::{BlobRecord, Sealed, SealedTransfer, State};
use crate::transfer::sender_link::SheetSecret;
use crate::transfer::{
    Catalogue, Decision, EarlyTransfer, Plan, Record, Shelf, TransferId, cipher,
};

/// Keys and limits for sealing one mail.
pub struct SealKeys<'a> {
    /// The master key of the store the transfer will be held in.
    pub master: &'a MasterKey,
    /// Days since 1970 of the latest end that this transfer may ever have.
    pub day: i32,
    /// The key of that day.
    pub day_key: &'a DayKey,
    /// Unix time, seconds.
    pub now: i64,
    /// Language of pages and notices where the plan says none.
    pub language: &'a str,
    /// Above so many protected recipients those with the same decision share a link.
    pub max_links: usize,
    /// For each decision: the pair that it is sealed to besides. Fewer: none for the rest.
    pub seats: &'a [Option<Seat>],
}

/// Seals what the plan names. `routes` has one entry per decision: the way its password takes.
///
/// Reads each part once; blobs are on disk when this returns, the record is not.
pub fn parts(
    mail: &Mail,
    plan: &Plan,
    routes: &[Route],
    keys: &SealKeys<'_>,
    shelf: &dyn Shelf,
) -> Result<Sealed, Fault> {
    if !plan.decisions.iter().any(Decision::protects) {
        return Ok(Sealed::default());
    }
    let early = mail.early.claim().unwrap_or_else(EarlyTransfer::fresh);
    let (id, key) = (early.id, early.key.clone());
    let items = items::of(mail, plan);
    let (catalogue, blobs) = seal_items((mail, plan, &items), keys, early, shelf)?;
    let contents = tickets::Contents {
        items: &items,
        catalogue: &catalogue,
    };
    let made = tickets::make(plan, routes, keys, &id, &key, &contents)?;
    let secret = SheetSecret::fresh();
    let expires = made.iter().map(|t| t.sealed.ticket.expires).max();
    let record = Record {
        id: id.to_string(),
        mail: mail.id.to_string(),
        created: keys.now,
        expires: expires.unwrap_or(keys.now),
        sender: sender(mail),
        sender_name: names::sender_name(&mail.outline.root().fields),
        state: State::Held,
        tickets: made.len() as u32,
        blobs,
        catalogue: seal_catalogue(&key, &id, &catalogue)?,
        sheet: sheet::sealed(plan, &catalogue, &secret, &id)?,
        told: None,
    };
    Ok(Sealed {
        transfer: Some(SealedTransfer {
            id,
            notices: tickets::notices(mail, &record, plan, routes, &made),
            tickets: made.into_iter().map(|t| t.sealed).collect(),
            record,
            submission: None,
            sheet: Some(secret),
        }),
    })
}

fn seal_items(
    (mail, plan, items): (&Mail, &Plan, &[items::Item]),
    keys: &SealKeys<'_>,
    early: EarlyTransfer,
    shelf: &dyn Shelf,
) -> Result<(Catalogue, Vec<BlobRecord>), Fault> {
    let mut catalogue = names::catalogue(mail, plan, keys.now);
    let mut blobs = Vec::new();
    let mut press = file::Press::new(early, shelf);
    for item in items {
        let (entry, blob) = press.seal(mail, plan, item, &catalogue)?;
        catalogue.entries.push(entry);
        blobs.push(blob);
    }
    Ok((catalogue, blobs))
}

fn sender(mail: &Mail) -> String {
    mail.envelope
        .sender
        .as_ref()
        .map_or(String::new(), ToString::to_string)
}

fn catalogue_key(key: &TransferKey) -> Key {
    hkdf(key.expose(), b"", b"cloakroom/catalogue/1")
}

/// Version 2, the catalogue in postcard, its `message_id` in postcard (version 1 had none); sealed by `transfer::cipher`, bound to the
/// transfer.
fn seal_catalogue(
    key: &TransferKey,
    id: &TransferId,
    catalogue: &Catalogue,
) -> Result<Vec<u8>, Fault> {
    let plain = postcard::to_extend(catalogue, vec![2])
        .and_then(|plain| postcard::to_extend(&catalogue.message_id, plain))
        .map_err(|e| Fault::because(Kind::Internal, e))?;
    Ok(cipher::seal(&catalogue_key(key), id.as_bytes(), &plain))
}

/// Something that a step before this one must have kept from coming here.
fn impossible(what: &'static str) -> Fault {
    Fault::because(Kind::Internal, what)
}
