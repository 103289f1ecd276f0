//! Parcels: kept with whatever makes them ours, changed with what became of each try, erased when they are over.
//!
//! Promises: when the change that [`Store::put_parcels`] was part of is durable, blob, manifest and record of each parcel are; a try is
//! written before and after it; those who have a copy are out of its manifest when the index says so, so that a rebuild sends it to
//! nobody again. Erasing goes in the order of transfers: first the record loses its key (a tombstone stays), then manifest and blob go,
//! then the tombstone. Leaves to others: sealing (`seal`), when to try (`gateway`).

use super::backend::Table;
use super::manifest::{self, Body};
use super::values::Change;
use super::{Store, fault, io_fault, ordered};
use crate::fault::Fault;
use crate::mail::{Address, Lane};
use crate::transfer::parcel::Pending;
use crate::transfer::{BlobId, Parcel, TransferId};
use std::collections::HashSet;

/// Longest key of a parcel: beyond every id.
const END: [u8; 64] = [0xff; 64];

impl Store {
    /// Adds parcels to a change; their blobs are on disk. If the change certainly fails their manifests are gone; the blobs stay until
    /// the caller gives up ([`Store::discard_parcels`]).
    pub(super) fn put_parcels(
        &self,
        change: &mut Change<'_>,
        parcels: &[Parcel],
    ) -> Result<(), Fault> {
        for parcel in parcels {
            change.wrote(self.write_parcel_manifest(parcel)?);
            change.create(Table::Parcels, parcel.id.as_bytes(), parcel)?;
            change.create(Table::ParcelsDue, &due_key(parcel), &())?;
        }
        Ok(())
    }

    /// Keeps parcels alone, with nothing else.
    pub fn keep_parcels(&self, parcels: &[Parcel]) -> Result<(), Fault> {
        let mut change = Change::new(&self.values);
        self.put_parcels(&mut change, parcels)?;
        change.commit().map_err(fault)
    }

    /// Removes the blobs of parcels that will not be kept.
    pub fn discard_parcels(&self, parcels: &[Parcel]) {
        let blobs: Vec<BlobId> = parcels.iter().map(|parcel| parcel.blob.id).collect();
        self.discard(&blobs);
    }

    /// One parcel.
    pub fn parcel(&self, id: &str) -> Result<Option<Parcel>, Fault> {
        self.values.get(Table::Parcels, id.as_bytes())
    }

    /// Up to `limit` parcels in the order of their ids, from the one behind `after`.
    pub fn parcels(&self, after: Option<&str>, limit: usize) -> Result<Vec<Parcel>, Fault> {
        let from = after.map_or(Vec::new(), |id| [id.as_bytes(), b"\0"].concat());
        self.values
            .scan(Table::Parcels, &from, &END, limit)?
            .map(|pair| pair.map(|(_, parcel)| parcel))
            .collect()
    }

    /// Up to `limit` parcels of one mail: their ids begin with its own.
    pub fn parcels_of(&self, mail: &str, limit: usize) -> Result<Vec<Parcel>, Fault> {
        let (from, end) = (format!("{mail}-"), format!("{mail}."));
        self.values
            .scan(Table::Parcels, from.as_bytes(), end.as_bytes(), limit)?
            .map(|pair| pair.map(|(_, parcel)| parcel))
            .collect()
    }

    /// Up to `limit` ids of parcels of a lane that are due at `now` (Unix time, seconds), the longest due first, but those in `without`.
    pub fn due_parcels(
        &self,
        lane: Lane,
        now: i64,
        limit: usize,
        without: &HashSet<String>,
    ) -> Result<Vec<String>, Fault> {
        let end = [&[letter(lane)][..], &ordered(now.saturating_add(1))].concat();
        let most = limit.saturating_add(without.len());
        let pairs = self
            .values
            .backend
            .scan(Table::ParcelsDue, &[letter(lane)], &end, most);
        let ids = pairs
            .map_err(fault)?
            .into_iter()
            .filter_map(|(key, _)| String::from_utf8(key.get(9..)?.to_vec()).ok());
        Ok(ids.filter(|id| !without.contains(id)).take(limit).collect())
    }

    /// Changes one, and keeps the parcels that `change` made about it; durable when this returns. `None` from `change` leaves all as it
    /// is. Gives back the record as it is now, and whether it was changed; `None` if there is none. One that is over is erased.
    pub fn change_parcel(
        &self,
        id: &str,
        change: impl FnOnce(&mut Parcel) -> Option<Vec<Parcel>>,
    ) -> Result<Option<(Parcel, bool)>, Fault> {
        let _alone = self.turns.alone(id.as_bytes());
        let Some(mut parcel) = self.parcel(id)? else {
            return Ok(None);
        };
        let before = parcel.clone();
        let Some(about) = change(&mut parcel) else {
            return Ok(Some((before, false)));
        };
        let mut batch = Change::new(&self.values);
        self.renew_manifest(&mut batch, &before, &mut parcel)?;
        batch.remove(Table::ParcelsDue, &due_key(&before))?;
        if parcel.is_over() {
            parcel.key.clear();
        }
        batch.replace(Table::Parcels, id.as_bytes(), &parcel)?;
        batch.replace(Table::ParcelsDue, &due_key(&parcel), &())?;
        self.put_parcels(&mut batch, &about)?;
        batch.commit().map_err(fault)?;
        if parcel.is_over() {
            // It is settled; what cannot be erased now is by the next look at what is due.
            if let Err(fault) = self.erase_parcel(&parcel) {
                tracing::warn!(%fault, "a parcel that is over could not be erased yet");
            }
        } else if before.generation != parcel.generation {
            let old = manifest::name_of_parcel(&self.master, id, before.generation);
            self.values.discard(old);
        }
        Ok(Some((parcel, true)))
    }

    /// The next manifest, if other people wait for the parcel than its manifest says.
    fn renew_manifest(
        &self,
        batch: &mut Change<'_>,
        before: &Parcel,
        parcel: &mut Parcel,
    ) -> Result<(), Fault> {
        let whom = |pending: &[Pending]| -> Vec<Address> {
            let recipients = pending.iter().map(|p| p.recipient.address.clone());
            recipients.collect()
        };
        if parcel.is_over() || whom(&before.pending) == whom(&parcel.pending) {
            return Ok(());
        }
        parcel.generation += 1;
        batch.wrote(self.write_parcel_manifest(parcel)?);
        Ok(())
    }

    /// Erases what is left of one that is over.
    pub fn erase_parcel(&self, parcel: &Parcel) -> Result<(), Fault> {
        // A crash may have left the generation before, or one that never came to be.
        for generation in 0..=parcel.generation.saturating_add(1) {
            let name = manifest::name_of_parcel(&self.master, &parcel.id, generation);
            self.values.backend.drop_blob(name).map_err(io_fault)?;
        }
        let blob = parcel.blob.id;
        self.values.backend.drop_blob(blob).map_err(io_fault)?;
        let mut change = Change::new(&self.values);
        change.remove(Table::Parcels, parcel.id.as_bytes())?;
        change.remove(Table::ParcelsDue, &due_key(parcel))?;
        change.commit().map_err(fault)
    }

    /// These will never have the mail: links that nobody else shares stop leading anywhere, and their notices never leave.
    pub fn unreachable(&self, id: &TransferId, whom: &[Address]) -> Result<(), Fault> {
        let _alone = self.alone(id);
        let Some(stored) = self.stored(id)? else {
            return Ok(());
        };
        let is_out = |recipient: &String| whom.iter().any(|a| a.to_string() == *recipient);
        let mut tickets = self.tickets(&stored.record)?;
        let mut lost = false;
        for ticket in &mut tickets {
            // A link that was renewed is another than the one in the mail that did not arrive.
            let is_first = ticket.spare.as_ref().is_none_or(|s| s.generation() == 0);
            if is_first && ticket.recipients.iter().all(is_out) {
                lost |= ticket.close();
            }
        }
        if !lost {
            return Ok(());
        }
        let mut change = Change::new(&self.values);
        self.silence(&mut change, &stored.record.id, |r| is_out(&r.to_owned()))?;
        self.silence_links(&mut change, &stored.record.id, |r| is_out(&r.to_owned()))?;
        self.commit_generation(change, stored, &tickets)
    }

    fn write_parcel_manifest(&self, parcel: &Parcel) -> Result<BlobId, Fault> {
        let name = manifest::name_of_parcel(&self.master, &parcel.id, parcel.generation);
        let body = Body::Parcel {
            parcel: Box::new(parcel.clone()),
        };
        manifest::write(&self.values, &self.master, name, &body)?;
        Ok(name)
    }

    /// Out of its manifest; true if it was not there.
    pub(super) fn restore_parcel(&self, parcel: Parcel) -> Result<bool, Fault> {
        if self.parcel(&parcel.id)?.is_some() {
            return Ok(false);
        }
        if self.values.backend.open_blob(parcel.blob.id).is_err() {
            tracing::error!(parcel = parcel.id, "the blob of a parcel is gone");
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.create(Table::Parcels, parcel.id.as_bytes(), &parcel)?;
        change.create(Table::ParcelsDue, &due_key(&parcel), &())?;
        change.commit().map_err(fault)?;
        Ok(true)
    }
}

fn letter(lane: Lane) -> u8 {
    match lane {
        Lane::Ordinary => b'o',
        Lane::VerifiedTls => b'v',
    }
}

fn due_key(parcel: &Parcel) -> Vec<u8> {
    let (lane, due) = ([letter(parcel.lane)], ordered(parcel.due));
    [&lane[..], &due, parcel.id.as_bytes()].concat()
}
