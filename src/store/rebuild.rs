//! A new index from the manifests, when the old one is gone or cannot be opened.
//!
//! What comes back: every transfer with its tickets and wraps as of its last manifest, every mail that waits, every parcel, day keys, and
//! the devices of recipients with the keys of their senders. What does not: counters of wrong passwords and fetches since then (locks included), codes that were sent by mail, and notices on their way, whose passwords the sender
//! must ask for anew. A link that was renewed in the moment between manifest and index, when the index was lost, may have to be
//! renewed again: its mail was never sent.

use super::backend::Table;
use super::manifest::{self, Body};
use super::values::Change;
use super::{Store, Stored, down, expiry_key, fault, id_of, io_fault, keyring, ledger, tail};
use crate::fault::Fault;
use crate::transfer::ledger::Fate;
use crate::transfer::quick::CircleId;
use crate::transfer::record::State;
use crate::transfer::{BlobId, Ticket};
use std::collections::HashMap;

/// What `rebuild` found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Rebuilt {
    /// Transfers put into the index.
    pub transfers: u64,
    /// Transfers that were in the index already.
    pub present: u64,
    /// Transfers whose time was over; their blobs are orphans now.
    pub over: u64,
    /// Waiting mails put into the index; a release that was not done is forgotten.
    pub waiting: u64,
    /// Parcels put into the index.
    pub parcels: u64,
    /// Keys of days put into the index.
    pub days: u64,
    /// Recipients with devices, or who were offered that, put into the index.
    pub circles: u64,
    /// Manifests that could not be read.
    pub damaged: u64,
}

impl Store {
    /// Puts into the index what the manifests say and the index does not. `now` is a Unix time in seconds.
    pub fn rebuild(&self, now: i64) -> Result<Rebuilt, Fault> {
        let mut rebuilt = Rebuilt::default();
        let latest = self.latest_manifests(&mut rebuilt)?;
        for name in latest {
            match self
                .manifest(name)?
                .ok_or_else(|| down("a manifest is gone"))?
            {
                Body::Transfer { stored, tickets } => {
                    self.restore(stored.into_owned(), &tickets, now, &mut rebuilt)?;
                }
                Body::Waiting { waiting } => {
                    rebuilt.waiting += u64::from(self.restore_waiting(&waiting)?);
                }
                Body::Parcel { parcel } => {
                    rebuilt.parcels += u64::from(self.restore_parcel(*parcel)?);
                }
                Body::Day { day, key } => {
                    rebuilt.days += u64::from(self.restore_day(day, key)?);
                }
                Body::Circle { id, circle } => {
                    let restored = self.restore_circle(&CircleId(id), &circle)?;
                    rebuilt.circles += u64::from(restored);
                }
            }
        }
        Ok(rebuilt)
    }

    /// Names only, of the blobs with the highest generation each: a million transfers fit.
    fn latest_manifests(&self, rebuilt: &mut Rebuilt) -> Result<Vec<BlobId>, Fault> {
        let mut latest: HashMap<Owner, (u64, BlobId)> = HashMap::new();
        let mut others = Vec::new();
        for (name, _) in self.values.backend.blobs().map_err(io_fault)? {
            match self.manifest(name) {
                Ok(None) => {}
                Ok(Some(Body::Day { .. } | Body::Waiting { .. })) => others.push(name),
                Ok(Some(Body::Transfer { stored, .. })) => {
                    newest(
                        &mut latest,
                        Owner::Transfer(stored.record.id.clone()),
                        (stored.generation.into(), name),
                    );
                }
                Ok(Some(Body::Parcel { parcel })) => {
                    let generation = parcel.generation.into();
                    newest(&mut latest, Owner::Parcel(parcel.id), (generation, name));
                }
                Ok(Some(Body::Circle { id, circle })) => {
                    newest(&mut latest, Owner::Circle(id), (circle.generation, name));
                }
                Err(error) => {
                    tracing::error!(%name, %error, "a manifest cannot be read");
                    rebuilt.damaged += 1;
                }
            }
        }
        Ok(others
            .into_iter()
            .chain(latest.into_values().map(|(_, name)| name))
            .collect())
    }

    /// The manifest that a blob is, or that stands behind it.
    fn manifest(&self, blob: BlobId) -> Result<Option<Body<'static>>, Fault> {
        match manifest::is_manifest(&self.master, blob) {
            true => manifest::read(&self.values, &self.master, blob).map(Some),
            false => tail::read(&self.values, &self.master, blob),
        }
    }

    fn restore(
        &self,
        mut stored: Stored,
        tickets: &[Ticket],
        now: i64,
        rebuilt: &mut Rebuilt,
    ) -> Result<(), Fault> {
        let id = id_of(&stored.record)?;
        let _alone = self.alone(&id);
        if self.stored(&id)?.is_some() {
            rebuilt.present += 1;
            return Ok(());
        }
        if stored.record.expires < now {
            rebuilt.over += 1;
            return Ok(());
        }
        // Its notices are lost, so nothing waits for an answer any more.
        stored.waiting.clear();
        if stored.record.state == State::Held {
            stored.record.state = State::Released;
        }
        let mut change = Change::new(&self.values);
        if let Some(submission) = &stored.submission {
            // What became of its copies was in the index alone.
            let (mail, id) = (&stored.record.mail, &stored.record.id);
            ledger::enter(&mut change, mail, Some(id), submission, Fate::Unknown)?;
        }
        change.create(Table::Transfers, id.as_bytes(), &stored)?;
        self.put_tickets(&mut change, &id, tickets)?;
        change.create(Table::Expiry, &expiry_key(&stored.record), &())?;
        change.commit().map_err(fault)?;
        rebuilt.transfers += 1;
        Ok(())
    }

    fn restore_day(&self, day: i32, key: [u8; 32]) -> Result<bool, Fault> {
        if self.known_day_key(day)?.is_some() {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.create(Table::DayKeys, &keyring::day_bytes(day), &key)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }
}

/// Whose manifest.
#[derive(PartialEq, Eq, Hash)]
enum Owner {
    Transfer(String),
    Parcel(String),
    Circle([u8; 32]),
}

fn newest(latest: &mut HashMap<Owner, (u64, BlobId)>, owner: Owner, this: (u64, BlobId)) {
    let best = latest.entry(owner).or_insert(this);
    *best = (*best).max(this);
}
