//! Mails that wait for an approver: kept, changed and erased with the memos that tell people so.
//!
//! Promises: [`Owned`] is given only when blob, manifest, record and memos are on disk; a change of the state and the memos about it
//! become durable together, and of two who decide at once one is told that it was decided already. Erasing goes in the order of
//! transfers: first the record loses its key (a tombstone stays), then manifest and blob go, then the tombstone.

use super::backend::{BackendError, Table};
use super::manifest::{self, Body};
use super::memos;
use super::values::Change;
use super::{Store, down, fault, io_fault, ledger};
use crate::fault::{Fault, crash};
use crate::mail::MailId;
use crate::transfer::ledger::{Fate, Submission};
use crate::transfer::proof::Owned;
use crate::transfer::waiting::{Ruling, State};
use crate::transfer::{Memo, Waiting};
use jiff::Timestamp;

impl Store {
    /// Keeps a mail whose blob is on disk, and tells people. On a fault nothing of it is left but, at worst, what `sweep` removes.
    /// Whoever comes with the same mail again hears that it was served (`submission`).
    pub fn keep_waiting(&self, waiting: &Waiting, submission: &Submission) -> Result<Owned, Fault> {
        let id = mail_of(waiting)?;
        let name = manifest::name_of_waiting(&self.master, &waiting.id);
        let body = Body::Waiting {
            waiting: Box::new(waiting.clone()),
        };
        let written = manifest::write(&self.values, &self.master, name, &body);
        written.inspect_err(|_| self.discard(&[waiting.blob.id]))?;
        match self.write_waiting(id, waiting, submission) {
            Ok(()) => {
                crash::point("waiting/kept");
                Ok(Owned::assertion())
            }
            // What is in the index is not known, so what it may refer to must stay.
            Err(error @ BackendError::Fatal(_)) => Err(fault(error)),
            Err(error) => {
                self.discard(&[waiting.blob.id, name]);
                Err(fault(error))
            }
        }
    }

    fn write_waiting(
        &self,
        id: MailId,
        waiting: &Waiting,
        submission: &Submission,
    ) -> Result<(), BackendError> {
        let mut change = Change::new(&self.values);
        let prepared = change
            .create(Table::Waiting, id.as_bytes(), waiting)
            .and_then(|()| ledger::enter(&mut change, &waiting.id, None, submission, Fate::Done))
            .and_then(|()| {
                memos::put(
                    &mut change,
                    &waiting.announced(&self.master),
                    waiting.received,
                )
            });
        match prepared {
            Ok(()) => change.commit(),
            Err(fault) => Err(BackendError::Damaged(fault.to_string())),
        }
    }

    /// One waiting or leaving mail.
    pub fn waiting(&self, id: MailId) -> Result<Option<Waiting>, Fault> {
        self.values.get(Table::Waiting, id.as_bytes())
    }

    /// Up to `limit` of them in the order of their ids, from the one behind `after`.
    pub fn all_waiting(&self, after: Option<MailId>, limit: usize) -> Result<Vec<Waiting>, Fault> {
        let from = after.map_or(Vec::new(), |id| [id.as_bytes(), &b"\0"[..]].concat());
        self.values
            .scan(Table::Waiting, &from, &[0xff; 9], limit)?
            .map(|pair| pair.map(|(_, waiting)| waiting))
            .collect()
    }

    /// Changes one; durable with its memos when this returns. `None` from `change` leaves all as it is. Gives back the record as it
    /// is now, and whether it was changed; `None` if there is no such mail. One that is [`State::Over`] afterwards is erased.
    pub fn change_waiting(
        &self,
        id: MailId,
        change: impl FnOnce(&mut Waiting) -> Option<Vec<Memo>>,
    ) -> Result<Option<(Waiting, bool)>, Fault> {
        self.rule_waiting(id, |waiting| Some((change(waiting)?, None)))
    }

    /// The same where something is decided about it, which becomes durable too.
    pub fn rule_waiting(
        &self,
        id: MailId,
        change: impl FnOnce(&mut Waiting) -> Option<(Vec<Memo>, Option<Ruling>)>,
    ) -> Result<Option<(Waiting, bool)>, Fault> {
        let _alone = self.turns.alone(id.as_bytes());
        let Some(mut waiting) = self.waiting(id)? else {
            return Ok(None);
        };
        let Some((memos, ruling)) = change(&mut waiting) else {
            return Ok(Some((waiting, false)));
        };
        let is_over = waiting.state == State::Over;
        if is_over {
            waiting.key.clear();
        }
        let mut batch = Change::new(&self.values);
        batch.replace(Table::Waiting, id.as_bytes(), &waiting)?;
        memos::put(&mut batch, &memos, Timestamp::now().as_second())?;
        if let Some(ruling) = ruling {
            batch.replace(Table::Rulings, id.as_bytes(), &ruling)?;
        }
        batch.commit().map_err(fault)?;
        crash::point("waiting/changed");
        if is_over {
            // It is decided; what cannot be erased now is by the next round.
            if let Err(fault) = self.erase_over(id, &waiting) {
                tracing::warn!(%fault, "a mail that does not wait any more could not be erased yet");
            }
        }
        Ok(Some((waiting, true)))
    }

    /// What became of a mail that waited, as long as that is kept.
    pub fn ruling(&self, id: MailId) -> Result<Option<Ruling>, Fault> {
        self.values.get(Table::Rulings, id.as_bytes())
    }

    /// Forgets what was decided before this time (Unix, seconds).
    pub fn forget_rulings(&self, before: i64) -> Result<(), Fault> {
        let mut change = Change::new(&self.values);
        self.each_raw(Table::Rulings, |key, value| {
            let ruling: Ruling = self.values.open(Table::Rulings, key, value)?;
            if ruling.at < before {
                change.remove(Table::Rulings, key)?;
            }
            Ok(())
        })?;
        change.commit().map_err(fault)
    }

    /// Erases what is left of one that is over.
    pub fn erase_waiting(&self, id: MailId) -> Result<(), Fault> {
        let _alone = self.turns.alone(id.as_bytes());
        match self.waiting(id)? {
            Some(waiting) if waiting.state == State::Over => self.erase_over(id, &waiting),
            _ => Ok(()),
        }
    }

    fn erase_over(&self, id: MailId, waiting: &Waiting) -> Result<(), Fault> {
        let name = manifest::name_of_waiting(&self.master, &waiting.id);
        for blob in [name, waiting.blob.id] {
            self.values.backend.drop_blob(blob).map_err(io_fault)?;
        }
        crash::point("waiting/blobs-gone");
        let mut change = Change::new(&self.values);
        change.remove(Table::Waiting, id.as_bytes())?;
        change.commit().map_err(fault)
    }

    /// Out of its manifest; true if it was not there.
    pub(super) fn restore_waiting(&self, waiting: &Waiting) -> Result<bool, Fault> {
        let id = mail_of(waiting)?;
        if self.waiting(id)?.is_some() {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.create(Table::Waiting, id.as_bytes(), waiting)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }
}

fn mail_of(waiting: &Waiting) -> Result<MailId, Fault> {
    let id = waiting.id.parse();
    id.map_err(|_| down("a waiting mail has no id"))
}
