//! The beginning of a transfer's life: hold, release, abandon.

use super::backend::{BackendError, Table};
use super::manifest::{self, Body};
use super::outbox::{self, Queued};
use super::settle::Settlement;
use super::values::Change;
use super::{Store, Stored, down, expiry_key, fault, io_fault, ledger, tail, ticket_key};
use crate::Pending;
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::ledger::Fate;
use crate::transfer::proof::{HeldLink, HeldTransfer};
use crate::transfer::record::{SealedTransfer, State};
use crate::transfer::{BlobId, Held, Notice, Ticket, TransferId};
use std::borrow::Cow;

impl Store {
    /// Writes a transfer whose blobs are on disk. On a fault nothing of it is left but, at worst, blobs that `sweep` removes.
    pub fn hold(&self, sealed: SealedTransfer) -> Result<Held, Fault> {
        let (change, prepared) = self.prepare(sealed)?;
        self.held(prepared, change.commit())
    }

    /// The same in two steps: what blocks, and then, awaited, how it ended. Who does not wait for that leaves what a crash would: all of
    /// the transfer, or blobs that `sweep` removes.
    pub fn begin_hold(
        &self,
        sealed: SealedTransfer,
    ) -> Result<Pending<'_, Result<Held, Fault>>, Fault> {
        let (change, prepared) = self.prepare(sealed)?;
        let written = change.send(None);
        Ok(Box::pin(async move { self.held(prepared, written.await) }))
    }

    /// Everything but the index. Nobody else knows of it yet, and of two with one id the index takes one.
    fn prepare(&self, sealed: SealedTransfer) -> Result<(Change<'_>, Prepared), Fault> {
        self.check_new(&sealed)?;
        let stored = Stored {
            record: sealed.record,
            generation: 0,
            waiting: sealed.notices.iter().map(|n| n.id.clone()).collect(),
            submission: sealed.submission,
        };
        let tickets: Vec<Ticket> = sealed.tickets.iter().map(|t| t.ticket.clone()).collect();
        let mut blobs: Vec<BlobId> = stored.record.blobs.iter().map(|blob| blob.id).collect();
        self.write_first_manifest(&stored, &tickets)
            .inspect_err(|_| self.discard(&blobs))?;
        blobs.push(self.manifest_of(&stored));
        let change = self.entered(&sealed.id, &stored, &tickets, &sealed.notices);
        let change = change.inspect_err(|_| self.discard(&blobs))?;
        let transfer = HeldTransfer {
            id: sealed.id,
            links: sealed.tickets.into_iter().map(held_link).collect(),
            sheet: sealed.sheet,
        };
        Ok((change, Prepared { transfer, blobs }))
    }

    fn held(&self, prepared: Prepared, written: Result<(), BackendError>) -> Result<Held, Fault> {
        match written {
            Ok(()) => Ok(Held::assertion(prepared.transfer)),
            // What is in the index is not known, so what it may refer to must stay.
            Err(error @ BackendError::Fatal(_)) => Err(fault(error)),
            Err(error) => {
                self.discard(&prepared.blobs);
                Err(fault(error))
            }
        }
    }

    /// The same links for the same mail once more; `None` if one of them does not open any more.
    pub fn held_again(
        &self,
        id: TransferId,
        mut links: Vec<HeldLink>,
    ) -> Result<Option<Held>, Fault> {
        for link in &mut links {
            let found = self.find(&link.secret)?;
            let Some(found) = found.filter(|found| found.ticket.wrap.is_some()) else {
                return Ok(None);
            };
            // As it was sealed, whatever is decided for those who are left.
            link.renewable = found.ticket.spare.is_some();
        }
        Ok(Some(Held::assertion(HeldTransfer {
            id,
            links,
            sheet: None,
        })))
    }

    /// Removes blobs that no transfer has and none will have.
    pub fn discard(&self, blobs: &[BlobId]) {
        blobs.iter().for_each(|blob| self.values.discard(*blob));
    }

    /// The manifest of a transfer would be overwritten, and a link lead to nothing, if these did not hold.
    fn check_new(&self, sealed: &SealedTransfer) -> Result<(), Fault> {
        if self.stored(&sealed.id)?.is_some() {
            return Err(down("a transfer of that id exists"));
        }
        for blob in &sealed.record.blobs {
            let len = self.values.backend.blob_len(blob.id).map_err(io_fault)?;
            if len <= blob.plain_len {
                return Err(down("a blob is shorter than what was sealed into it"));
            }
        }
        Ok(())
    }

    /// What the index is to say.
    fn entered(
        &self,
        id: &TransferId,
        stored: &Stored,
        tickets: &[Ticket],
        notices: &[Notice],
    ) -> Result<Change<'_>, Fault> {
        let mut change = Change::new(&self.values);
        change.create(Table::Transfers, id.as_bytes(), stored)?;
        self.put_tickets(&mut change, id, tickets)?;
        change.put(Table::Expiry, &expiry_key(&stored.record), &())?;
        if let Some(submission) = &stored.submission {
            let (mail, id) = (&stored.record.mail, &stored.record.id);
            ledger::enter(&mut change, mail, Some(id), submission, Fate::Unknown)?;
        }
        for notice in notices {
            let key = outbox::key(outbox::WAITING, &notice.id);
            let queued = Queued {
                notice: notice.clone(),
                tries: 0,
                standing: Default::default(),
            };
            change.create(Table::Outbox, &key, &queued)?;
        }
        Ok(change)
    }

    /// New tickets of a transfer that must not exist, and the links that lead to them.
    pub(super) fn put_tickets(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        tickets: &[Ticket],
    ) -> Result<(), Fault> {
        for (number, ticket) in (0u32..).zip(tickets) {
            let key = ticket_key(id, number);
            change.create(Table::Links, &ticket.link.0, &key)?;
            change.put(Table::Tickets, &key, ticket)?;
        }
        Ok(())
    }

    /// The manifest that a transfer begins with, and its blobs, on disk.
    fn write_first_manifest(&self, stored: &Stored, tickets: &[Ticket]) -> Result<(), Fault> {
        let Some((last, others)) = stored.record.blobs.split_last() else {
            return self.write_manifest(stored, tickets);
        };
        for blob in others {
            let ended = self.values.backend.end_blob(blob.id, b"");
            ended.map_err(io_fault)?;
        }
        let body = body(stored, tickets);
        tail::write(&self.values, &self.master, last.id, &body)
    }

    /// The blob that is the manifest of a transfer; of the first generation there may be none.
    pub(super) fn manifest_of(&self, stored: &Stored) -> BlobId {
        manifest::name_of_transfer(&self.master, &stored.record.id, stored.generation)
    }

    pub(super) fn write_manifest(&self, stored: &Stored, tickets: &[Ticket]) -> Result<(), Fault> {
        let name = self.manifest_of(stored);
        manifest::write(&self.values, &self.master, name, &body(stored, tickets))
    }

    /// The next hop has the mail for these recipients: their notices are due now; links of all others stop leading anywhere.
    ///
    /// With nobody accepted the transfer is abandoned. A transfer that is not held any more stays as it is.
    pub fn release(&self, id: &TransferId, accepted: &[Address]) -> Result<(), Fault> {
        let settlement = Settlement {
            transfer: Some(*id),
            accepted: accepted.to_vec(),
            ..Settlement::default()
        };
        self.settle(&settlement).map(drop)
    }

    /// The mail did not leave: everything of it goes. Only for a transfer that is held; any other stays as it is.
    pub fn abandon(&self, id: &TransferId) -> Result<(), Fault> {
        let _alone = self.alone(id);
        match self.stored(id)? {
            Some(stored) if stored.record.state == State::Held => {
                let mut change = Change::new(&self.values);
                self.note_copies(&mut change, &stored, |_| true, None)?;
                change.commit().map_err(fault)?;
                self.erase(id, stored).map(drop)
            }
            _ => Ok(()),
        }
    }
}

fn body<'a>(stored: &'a Stored, tickets: &'a [Ticket]) -> Body<'a> {
    Body::Transfer {
        stored: Box::new(Cow::Borrowed(stored)),
        tickets: tickets.into(),
    }
}

fn held_link(sealed: crate::transfer::record::SealedTicket) -> HeldLink {
    HeldLink {
        recipients: sealed.recipients,
        secret: sealed.secret,
        expires: sealed.ticket.expires,
        password: sealed.ticket.password_line,
        files: sealed.files,
        renewable: sealed.ticket.spare.is_some(),
    }
}

/// A transfer all of which is on disk, but for the index.
struct Prepared {
    transfer: HeldTransfer,
    /// Its manifest too.
    blobs: Vec<BlobId>,
}

#[cfg(test)]
mod tests {
    use super::super::faulty::Faulty;
    use super::super::memory::Memory;
    use super::super::tests::sealed;
    use super::*;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    #[test]
    fn a_hold_that_nobody_waits_for_any_more_is_whole_when_it_arrives() {
        let disk = Arc::new(Memory::new());
        let slow = Arc::new(Faulty::new(disk.clone(), u64::MAX));
        let store = Store::open(slow.clone(), MasterKey::fresh()).expect("opens");
        let sealed = sealed(&store, 100_000).expect("seals");
        let (id, link) = (sealed.id, sealed.tickets[0].secret.clone());
        slow.stall(1);
        drop(store.begin_hold(sealed).expect("begins"));
        assert_eq!(store.transfer(&id).expect("reads"), None);
        disk.age_blobs(60);
        let now = jiff::Timestamp::now().as_second();
        store.sweep(now).expect("sweeps");
        slow.go_on();
        let found = store.find(&link).expect("reads").expect("leads somewhere");
        assert_eq!(found.record.catalogue.len(), 100_000, "it was spilled");
        for blob in &found.record.blobs {
            store.open_blob(blob.id).expect("is there");
        }
    }
}
