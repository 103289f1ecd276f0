//! The end of a transfer's life, and what keeps the store clean: settle, expire, sweep, stat.
//!
//! Erasing goes in an order that a crash cannot hurt: first the index loses tickets, links and notices (a tombstone stays), then
//! manifest and blobs go, then the tombstone. Started again from any point it ends the same.

use super::backend::Table;
use super::values::Change;
use super::{Store, Stored, down, expiry_key, fault, id_of, io_fault, ordered, tail, ticket_key};
use super::{history, manifest};
use crate::fault::{Fault, crash};
use crate::transfer::quick::{Circle, CircleId};
use crate::transfer::record::State;
use crate::transfer::{BlobId, Parcel, Record, Ticket, TransferId, Waiting, waiting};
use std::collections::HashSet;

/// How old a blob without a record must be before it counts as forgotten, in seconds: a mail may still be about to be held.
const ORPHAN_AGE: i64 = 3600;
const PAGE: usize = 256;
/// Expired at once; the caller comes again.
const EXPIRE_AT_ONCE: usize = 1000;
const DAY: i64 = 86_400;

/// A transfer whose time was over.
#[derive(Debug, Clone)]
pub struct Expired {
    /// Its record, as it was.
    pub record: Record,
    /// Its tickets, as they were but without wraps: who never opened it.
    pub tickets: Vec<Ticket>,
}

/// What `sweep` found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs nothing refers to, removed.
    pub orphans: u64,
    /// Blobs a record refers to, missing: damage.
    pub missing: u64,
}

/// What is in the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stat {
    /// Transfers, in whatever state.
    pub transfers: u64,
    /// Of these, held: their mail is on its way.
    pub held: u64,
    /// Of these, taken back.
    pub revoked: u64,
    /// Tickets of all transfers.
    pub tickets: u64,
    /// Bytes of plain text of all files.
    pub bytes: u64,
    /// Notices on their way.
    pub notices: u64,
    /// Mails that wait for an approver, or were released and are on their way.
    pub waiting: u64,
    /// Memos on their way.
    pub memos: u64,
    /// Copies and reports that are ours until the next hop has them.
    pub parcels: u64,
    /// What people outside write, or have sent within the last day.
    pub drafts: u64,
    /// Blobs on disk, manifests included.
    pub blobs: u64,
}

/// Every transfer has a ticket, until erasing it begins.
fn is_tombstone(record: &Record) -> bool {
    record.tickets == 0
}

impl Store {
    /// Erases what was being erased when the process ended. How many transfers that were. A record that cannot be read is told to the
    /// log and does not keep the others.
    pub fn finish_erasing(&self) -> Result<u64, Fault> {
        let mut erased = 0;
        self.each_raw(Table::Transfers, |key, value| {
            match self.values.open::<Stored>(Table::Transfers, key, value) {
                Ok(stored) if is_tombstone(&stored.record) => {
                    let id = id_of(&stored.record)?;
                    let _alone = self.alone(&id);
                    self.erase(&id, stored)?;
                    erased += 1;
                }
                Ok(_) => {}
                Err(fault) => tracing::error!(%fault, "the record of a transfer cannot be read"),
            }
            Ok(())
        })?;
        Ok(erased)
    }

    /// Erases what ended before `now` (Unix time, seconds), at most a thousand at once, and the keys of days that are over for a day.
    /// One that cannot be erased is told to the log and does not keep the others.
    pub fn expire(&self, now: i64) -> Result<Vec<Expired>, Fault> {
        let due = self
            .values
            .backend
            .scan(Table::Expiry, b"", &ordered(now), EXPIRE_AT_ONCE);
        let (mut expired, mut failed, mut first) = (Vec::new(), 0, None);
        for (key, _) in due.map_err(fault)? {
            match self.expire_one(&key) {
                Ok(one) => expired.extend(one),
                Err(fault) => {
                    failed += 1;
                    first.get_or_insert(fault);
                }
            }
        }
        if let Some(fault) = first {
            tracing::error!(%fault, failed, "transfers that ended could not be erased");
        }
        let today = i32::try_from(now.div_euclid(DAY)).map_err(|_| down("no such day"))?;
        self.destroy_days_before(today - 1)?;
        Ok(expired)
    }

    fn expire_one(&self, expiry: &[u8]) -> Result<Option<Expired>, Fault> {
        let id: TransferId = expiry
            .get(8..)
            .and_then(|id| std::str::from_utf8(id).ok())
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| down("an expiry names no transfer"))?;
        let _alone = self.alone(&id);
        match self.stored(&id)? {
            // Extended between the scan and the lock.
            Some(stored) if expiry_key(&stored.record) != expiry => Ok(None),
            Some(stored) => self.erase(&id, stored).map(Some),
            None => {
                let mut change = Change::new(&self.values);
                change.remove(Table::Expiry, expiry)?;
                change.commit().map_err(fault)?;
                Ok(None)
            }
        }
    }

    /// Erases a transfer. The caller holds its lock.
    pub(super) fn erase(&self, id: &TransferId, stored: Stored) -> Result<Expired, Fault> {
        let mut tickets = self.tickets(&stored.record)?;
        for ticket in &mut tickets {
            ticket.close();
        }
        self.bury(id, &stored, &tickets)?;
        crash::point("erase/buried");
        let drop_blob = |blob| self.values.backend.drop_blob(blob).map_err(io_fault);
        // The first manifest goes first, with the blob it stands behind: its wraps may have been taken back since.
        if let Some(last) = stored.record.blobs.last() {
            drop_blob(last.id)?;
        }
        // A crash may have left the generation before, or one that never came to be.
        for generation in 0..=stored.generation.saturating_add(1) {
            let id = &stored.record.id;
            drop_blob(manifest::name_of_transfer(&self.master, id, generation))?;
        }
        crash::point("erase/manifest-gone");
        for blob in &stored.record.blobs {
            drop_blob(blob.id)?;
        }
        crash::point("erase/blobs-gone");
        let mut change = Change::new(&self.values);
        change.remove(Table::Transfers, id.as_bytes())?;
        change.remove(Table::Expiry, &expiry_key(&stored.record))?;
        change.commit().map_err(fault)?;
        crash::point("erase/forgotten");
        Ok(Expired {
            record: stored.record,
            tickets,
        })
    }

    /// The first step of erasing: nothing leads to the transfer any more and no key is left, only the tombstone that says what must go.
    fn bury(&self, id: &TransferId, stored: &Stored, tickets: &[Ticket]) -> Result<(), Fault> {
        let mut tombstone = stored.clone();
        tombstone.record.state = State::Revoked;
        tombstone.record.tickets = 0;
        tombstone.waiting.clear();
        let mut change = Change::new(&self.values);
        change.replace(Table::Transfers, id.as_bytes(), &tombstone)?;
        for (number, ticket) in (0u32..).zip(tickets) {
            change.remove(Table::Tickets, &ticket_key(id, number))?;
            change.remove(Table::Codes, &ticket_key(id, number))?;
            history::forget(&mut change, id, number, ticket)?;
            self.remove_devices(&mut change, id, number)?;
            change.remove(Table::Links, &ticket.link.0)?;
        }
        self.silence(&mut change, &stored.record.id, |_| true)?;
        self.silence_links(&mut change, &stored.record.id, |_| true)?;
        change.commit().map_err(fault)
    }

    /// Removes blobs that nothing refers to and that are older than an hour; counts what is missing.
    pub fn sweep(&self, now: i64) -> Result<Swept, Fault> {
        // The list comes first: what is held between the two is younger than an hour anyway.
        let blobs = self.values.backend.blobs().map_err(io_fault)?;
        let mut needed = self.needed_blobs()?;
        let mut swept = Swept::default();
        for (blob, written) in blobs {
            if !needed.remove(&blob) && written < now - ORPHAN_AGE {
                self.values.backend.drop_blob(blob).map_err(io_fault)?;
                swept.orphans += 1;
                crash::point("sweep/orphan-gone");
            }
        }
        self.cut_old_tails()?;
        // Still unseen: held after the list was made, or gone.
        for blob in needed {
            swept.missing += u64::from(self.values.backend.open_blob(blob).is_err());
        }
        Ok(swept)
    }

    /// What a crash left of manifests that are over.
    fn cut_old_tails(&self) -> Result<(), Fault> {
        self.each(|stored| match stored.record.blobs.last() {
            Some(last) if stored.generation > 0 => {
                tail::cut(&self.values, &self.master, last.id).map_err(io_fault)
            }
            _ => Ok(()),
        })
    }

    fn needed_blobs(&self) -> Result<HashSet<BlobId>, Fault> {
        let mut needed = HashSet::new();
        self.each(|stored| {
            if is_tombstone(&stored.record) {
                return Ok(());
            }
            if stored.tail().is_none() {
                needed.insert(self.manifest_of(stored));
            }
            needed.extend(stored.record.blobs.iter().map(|blob| blob.id));
            Ok(())
        })?;
        self.each_raw(Table::Waiting, |key, value| {
            let waiting: Waiting = self.values.open(Table::Waiting, key, value)?;
            if waiting.state != waiting::State::Over {
                needed.insert(manifest::name_of_waiting(&self.master, &waiting.id));
                needed.insert(waiting.blob.id);
            }
            Ok(())
        })?;
        self.each_raw(Table::Parcels, |key, value| {
            let parcel: Parcel = self.values.open(Table::Parcels, key, value)?;
            if !parcel.is_over() {
                let name = manifest::name_of_parcel(&self.master, &parcel.id, parcel.generation);
                needed.extend([name, parcel.blob.id]);
            }
            Ok(())
        })?;
        self.each_raw(Table::Circles, |key, value| {
            let circle: Circle = self.values.open(Table::Circles, key, value)?;
            let id = key.try_into().map(CircleId);
            let id = id.map_err(|_| down("a circle without a name"))?;
            needed.insert(self.manifest_of_circle(&id, circle.generation));
            Ok(())
        })?;
        self.needed_by_drafts(&mut needed)?;
        let tables = [
            Table::Transfers,
            Table::Tickets,
            Table::Outbox,
            Table::Waiting,
            Table::Memos,
            Table::Codes,
            Table::History,
            Table::Rulings,
            Table::Preferences,
            Table::Numbers,
            Table::Arrivals,
            Table::Parcels,
            Table::Drafts,
            Table::GuestCodes,
            Table::GuestBooks,
            Table::Circles,
        ];
        for table in tables {
            self.each_raw(table, |key, value| {
                needed.extend(self.values.spill_of(table, key, value)?);
                Ok(())
            })?;
        }
        self.each_raw(Table::DayKeys, |key, _| {
            let day = super::keyring::day_of(key).ok_or_else(|| down("no such day"))?;
            needed.insert(manifest::name_of_day(&self.master, day));
            Ok(())
        })?;
        Ok(needed)
    }

    /// Counts what is there. Reads every record.
    pub fn stat(&self) -> Result<Stat, Fault> {
        let mut stat = Stat::default();
        self.each(|stored| {
            let record = &stored.record;
            stat.transfers += 1;
            stat.held += u64::from(record.state == State::Held);
            stat.revoked += u64::from(record.state == State::Revoked);
            stat.tickets += u64::from(record.tickets);
            // A record may say anything about sizes; what it says is not added up beyond what a number holds.
            let sizes = record.blobs.iter().map(|b| b.plain_len);
            stat.bytes = sizes.fold(stat.bytes, u64::saturating_add);
            Ok(())
        })?;
        let count = |table, number: &mut u64| {
            self.each_raw(table, |_, _| {
                *number += 1;
                Ok(())
            })
        };
        count(Table::Outbox, &mut stat.notices)?;
        count(Table::Waiting, &mut stat.waiting)?;
        count(Table::Memos, &mut stat.memos)?;
        count(Table::Parcels, &mut stat.parcels)?;
        count(Table::Drafts, &mut stat.drafts)?;
        stat.blobs = self.values.backend.blobs().map_err(io_fault)?.len() as u64;
        Ok(stat)
    }

    /// Visits every transfer, page by page.
    pub(super) fn each(
        &self,
        mut visit: impl FnMut(&Stored) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut after: Option<TransferId> = None;
        loop {
            let page = self.page(after.as_ref(), PAGE)?;
            page.iter().try_for_each(&mut visit)?;
            match page.last() {
                Some(last) => after = Some(id_of(&last.record)?),
                None => return Ok(()),
            }
        }
    }

    pub(super) fn each_raw(
        &self,
        table: Table,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut from = Vec::new();
        loop {
            let page = self.values.backend.scan(table, &from, &[0xff; 33], PAGE);
            let page = page.map_err(fault)?;
            for (key, value) in &page {
                visit(key, value)?;
            }
            match page.last() {
                Some((last, _)) => from = [last, &b"\0"[..]].concat(),
                None => return Ok(()),
            }
        }
    }
}
