//! The store: holds, releases, abandons, finds, expires and erases transfers. The promises are made here, above [`backend::Backend`].
//!
//! Promises: [`Held`](crate::transfer::Held) is given only when ciphertext, manifest, record, tickets, links and waiting notices are on disk; a change
//! is on disk when its method returns; keys go before blobs, so that no link ever leads to less than everything. Names of tables
//! and blobs say nothing; every value is sealed under the master key and bound to its table and key.
//! Beside the index each transfer has a sealed manifest among the blobs, written once per generation: [`Store::rebuild`] needs
//! nothing else. Day keys have one too; a backup that is to forget them must leave them out.
//! Leaves to others: what the sealed parts mean (`seal`), when to call what (`gateway`), bytes on disk (the backends).
//! Methods block: call them from blocking tasks. What those that begin something give back does not; dropped, it leaves what a crash would.
//! Fails with `DiskFull` (nothing was changed) or `StoreDown`; a backend whose sync failed ends the process by itself.

mod agreed;
mod allowances;
mod alone;
mod arrivals;
mod asking;
pub mod backend;
mod circles;
mod clock;
mod codes;
mod committer;
mod counts;
mod devices;
pub mod disk;
mod drafts;
mod ending;
pub mod faulty;
pub mod files;
pub mod filter;
mod guests;
mod history;
mod hold;
mod keyring;
mod ledger;
pub mod limits;
mod manifest;
pub mod memory;
mod memos;
mod numbers;
mod outbox;
mod parcels;
mod preferences;
mod rebuild;
mod remembered;
mod renew;
mod reports;
mod revoke;
pub mod room;
mod settle;
pub mod sled;
#[cfg(test)]
pub mod suite;
mod tail;
#[cfg(test)]
mod tests;
mod trees;
mod upkeep;
mod values;
mod waiting;

pub use allowances::Allowance;
pub use asking::Asking;
pub use guests::Tried;
pub use history::Along;
pub use memos::DueMemo;
pub use outbox::{DueNotice, DuePage, NoticeKey, Standing};
pub use rebuild::Rebuilt;
pub use remembered::Mark;
pub use renew::Renewed;
pub use reports::{Subject, message_name};
pub use revoke::Answered;
pub use settle::Settlement;
pub use upkeep::{Expired, Stat, Swept};

use crate::fault::{Fault, Kind};
use crate::transfer::keys::{DayKey, MasterKey};
use crate::transfer::ledger::Submission;
use crate::transfer::{
    BlobId, BlobReader, BlobWriter, LinkSecret, Record, Shelf, Ticket, TransferId, cipher,
};
use alone::{Alone, Turns};
use backend::{Backend, BackendError, Batch, Table};
use counts::Counts;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use values::Values;

const CHECK: &[u8] = b"check";
const CHECK_TEXT: &[u8] = b"cloakroom store, format 1";

/// Everything that is kept.
pub struct Store {
    values: Values,
    master: MasterKey,
    turns: Turns,
    counts: Counts,
    /// Day keys in use; also the lock under which new ones are made.
    days: Mutex<HashMap<i32, DayKey>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// The cause of a [`Fault`]: the master key is not the one the store was made with.
#[derive(Debug)]
pub struct WrongKey;

impl fmt::Display for WrongKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the master key does not belong to this store")
    }
}

impl std::error::Error for WrongKey {}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The transfer.
    pub record: Record,
    /// The ticket of this link.
    pub ticket: Ticket,
    /// Its number in the transfer.
    pub number: u32,
}

impl Store {
    /// Opens a store. A master key that does not belong to it is refused before anything is written (T68).
    pub fn open(backend: Arc<dyn Backend>, master: MasterKey) -> Result<Self, Fault> {
        let store = Store {
            values: Values::new(backend, &master),
            turns: Turns::default(),
            counts: Counts::default(),
            days: Mutex::default(),
            master,
        };
        store.check_master_key()?;
        Ok(store)
    }

    fn check_master_key(&self) -> Result<(), Fault> {
        let key = self.master.check_value();
        match self.values.raw(Table::Meta, CHECK)? {
            Some(sealed) => match cipher::open(&key, CHECK, &sealed) {
                Ok(text) if text == CHECK_TEXT => Ok(()),
                Ok(_) => Err(down("the store was written by another version")),
                Err(_) => Err(Fault::because(Kind::StoreDown, WrongKey)),
            },
            None if self.values.is_empty(Table::Transfers)? => {
                let sealed = cipher::seal(&key, CHECK, CHECK_TEXT);
                let batch = Batch {
                    absent: vec![(Table::Meta, CHECK.to_vec())],
                    put: vec![(Table::Meta, CHECK.to_vec(), sealed)],
                    ..Batch::default()
                };
                self.values.backend.apply(batch).map_err(fault)
            }
            None => Err(down("the store has transfers but no key check value")),
        }
    }

    /// `DiskFull` if a mail of so many bytes would touch what is kept in reserve.
    pub fn room_for(&self, bytes: u64) -> Result<(), Fault> {
        self.values.backend.room_for(bytes).map_err(io_fault)
    }

    /// Where `seal` puts its blobs.
    pub fn shelf(&self) -> &dyn Shelf {
        self
    }

    /// The key all of this store is sealed under, for what is derived from it.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// What a link leads to; `None` for a link nobody knows. A revoked ticket is found, without its wrap.
    pub fn find(&self, secret: &LinkSecret) -> Result<Option<Found>, Fault> {
        let link = secret.id(&self.master);
        let Some(place) = self.values.get::<Vec<u8>>(Table::Links, &link.0)? else {
            return Ok(None);
        };
        let (id, number) = ticket_of(&place)?;
        let (Some(record), Some(ticket)) = (self.transfer(&id)?, self.ticket(&id, number)?) else {
            return Ok(None);
        };
        Ok(Some(Found {
            record,
            ticket,
            number,
        }))
    }

    /// A transfer's record.
    pub fn transfer(&self, id: &TransferId) -> Result<Option<Record>, Fault> {
        Ok(self.stored(id)?.map(|stored| stored.record))
    }

    /// Up to `limit` records in the order of their ids, from the one behind `after`.
    pub fn transfers(
        &self,
        after: Option<&TransferId>,
        limit: usize,
    ) -> Result<Vec<Record>, Fault> {
        let stored: Vec<Stored> = self.page(after, limit)?;
        Ok(stored.into_iter().map(|stored| stored.record).collect())
    }

    /// One ticket.
    pub fn ticket(&self, id: &TransferId, number: u32) -> Result<Option<Ticket>, Fault> {
        self.values.get(Table::Tickets, &ticket_key(id, number))
    }

    /// All tickets of a transfer, in order.
    pub fn tickets(&self, record: &Record) -> Result<Vec<Ticket>, Fault> {
        let id = id_of(record)?;
        (0..record.tickets)
            .filter_map(|number| self.ticket(&id, number).transpose())
            .collect()
    }

    /// Changes one ticket; durable when this returns, and it gives back what was written. `None` if there is no such ticket.
    pub fn change_ticket(
        &self,
        id: &TransferId,
        number: u32,
        change: impl FnOnce(&mut Ticket),
    ) -> Result<Option<Ticket>, Fault> {
        self.change_noting(id, number, |ticket| {
            change(ticket);
            None
        })
    }

    /// Opens a blob's ciphertext.
    pub fn open_blob(&self, id: BlobId) -> Result<Box<dyn BlobReader>, Fault> {
        tail::open_blob(&self.values, &self.master, id).map_err(io_fault)
    }

    fn stored(&self, id: &TransferId) -> Result<Option<Stored>, Fault> {
        self.values.get(Table::Transfers, id.as_bytes())
    }

    fn page(&self, after: Option<&TransferId>, limit: usize) -> Result<Vec<Stored>, Fault> {
        // The zero byte makes the key behind the last one the first of the page.
        let from = after.map_or(Vec::new(), |id| [id.as_bytes(), &b"\0"[..]].concat());
        self.values
            .scan(Table::Transfers, &from, &[0xff; 9], limit)?
            .map(|pair| pair.map(|(_, stored)| stored))
            .collect()
    }

    /// Nobody else changes this transfer while the guard lives.
    fn alone(&self, id: &TransferId) -> Alone {
        self.turns.alone(id.as_bytes())
    }
}

impl Shelf for Store {
    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.values.backend.write_blob(id)
    }
}

/// A record and what only the store needs to know of the transfer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Stored {
    record: Record,
    /// Which manifest is the current one.
    generation: u32,
    /// Notices that wait for the mail to be accepted.
    waiting: Vec<String>,
    /// The mail it was made from, if it can come again.
    submission: Option<Submission>,
}

impl Stored {
    /// The blob behind which the current manifest stands; `None` if that is a blob of its own.
    fn tail(&self) -> Option<BlobId> {
        let last = self.record.blobs.last().filter(|_| self.generation == 0);
        last.map(|blob| blob.id)
    }
}

fn id_of(record: &Record) -> Result<TransferId, Fault> {
    record
        .id
        .parse()
        .map_err(|e| Fault::because(Kind::StoreDown, e))
}

fn ticket_key(id: &TransferId, number: u32) -> Vec<u8> {
    [&id.as_bytes()[..], &number.to_be_bytes()].concat()
}

fn ticket_of(key: &[u8]) -> Result<(TransferId, u32), Fault> {
    let (number, id) = key
        .split_last_chunk()
        .map(|(id, number)| (u32::from_be_bytes(*number), id))
        .ok_or_else(|| down("a link leads to no ticket"))?;
    let id = std::str::from_utf8(id)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| down("a link leads to no transfer"))?;
    Ok((id, number))
}

/// Signed numbers in an order that bytes keep.
fn ordered(number: i64) -> [u8; 8] {
    (number ^ i64::MIN).to_be_bytes()
}

fn expiry_key(record: &Record) -> Vec<u8> {
    [&ordered(record.expires)[..], record.id.as_bytes()].concat()
}

fn down(what: &'static str) -> Fault {
    Fault::because(Kind::StoreDown, what)
}

fn fault(error: BackendError) -> Fault {
    match error {
        BackendError::Full(_) => Fault::because(Kind::DiskFull, error),
        other => Fault::because(Kind::StoreDown, other),
    }
}

fn io_fault(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Fault::because(Kind::DiskFull, error)
        }
        _ => Fault::because(Kind::StoreDown, error),
    }
}
