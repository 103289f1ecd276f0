//! The end of a mail's way: who has it, for whom nobody knows, and what follows for its transfer, its notices and the ledger.
//!
//! Promises: all that follows from one outcome becomes durable together, when the method returns: notices are due only for those who
//! have the mail or were seen with its link; links of those who never will lead nowhere; what nobody knows stays as it is, password unsent.
//! Leaves to others: what counts as accepted (`forward`), which mails are owned (`gateway`).

use super::alone::Alone;
use super::backend::Table;
use super::values::Change;
use super::{Store, Stored, fault, id_of, memos};
use crate::Pending;
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::ledger::Fate;
use crate::transfer::parcel::What;
use crate::transfer::proof::{Answer, Outcome, Owned};
use crate::transfer::record::State;
use crate::transfer::{DraftId, Parcel, Receipt, SenderLink, Ticket, TransferId};
use std::collections::HashSet;

/// What became of a mail for those whom one hand-over was for.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    /// The mail, in the log.
    pub mail: String,
    /// The transfer their links lead to, if they have any.
    pub transfer: Option<TransferId>,
    /// It was made for this hand-over: who neither has the mail nor may have it loses his link, and with the last one it is abandoned.
    /// Else those keep what they have: an earlier copy may have arrived.
    pub keeps_all: bool,
    /// They have it.
    pub accepted: Vec<Address>,
    /// Those of them whose copies are with the server that the mail came from.
    pub stays: Vec<Address>,
    /// They may have it.
    pub unknown: Vec<Address>,
    /// They will get it from us: it is in one of the parcels.
    pub owned: Vec<Address>,
    /// They will never get it; one of the parcels tells their sender so.
    pub told: Vec<Address>,
    /// What is ours from now on. Their blobs are on disk.
    pub parcels: Vec<Parcel>,
    /// What it was written as, if it was written on our page.
    pub draft: Option<DraftId>,
    /// What the sender is told of it, once, when somebody has the mail; without it, what the record knows.
    pub receipt: Option<Box<Receipt>>,
}

impl Settlement {
    /// Who has it, and who may.
    pub fn note(&mut self, outcome: &Outcome) {
        for (recipient, answer) in &outcome.answers {
            match answer {
                Answer::Accepted(by) => {
                    self.accepted.push(recipient.clone());
                    self.stays.extend(by.stays().then(|| recipient.clone()));
                }
                Answer::Unknown => self.unknown.push(recipient.clone()),
                _ => {}
            }
        }
    }

    /// What is left of the mail is ours: copies for some, a report about those who are in none.
    pub fn own(&mut self, parcels: Vec<Parcel>, outcome: &Outcome) {
        let copies = parcels.iter().filter(|parcel| parcel.what == What::Copy);
        let pending = copies.flat_map(|parcel| &parcel.pending);
        self.owned = pending.map(|p| p.recipient.address.clone()).collect();
        let open = outcome
            .answers
            .iter()
            .filter(|(_, answer)| !answer.is_served());
        let told = open.filter(|(to, _)| !self.owned.contains(to));
        self.told = told.map(|(to, _)| to.clone()).collect();
        self.parcels = parcels;
    }

    /// Nobody has the mail, and nobody can have it.
    fn is_nobody(&self) -> bool {
        let all = [&self.accepted, &self.unknown, &self.owned, &self.told];
        all.iter().all(|list| list.is_empty())
    }
}

/// The recipients as their records name them. (A mail may have a thousand.)
struct Whom {
    accepted: HashSet<String>,
    /// They may have it, or will.
    awaited: HashSet<String>,
    /// Their copies are with the server that the mail came from.
    stays: HashSet<String>,
    /// Their copies are not sent again.
    done: HashSet<String>,
}

impl Whom {
    fn of(settlement: &Settlement) -> Self {
        let Settlement {
            accepted,
            stays,
            unknown,
            owned,
            told,
            ..
        } = settlement;
        let named = |lists: &[&Vec<Address>]| {
            let all = lists.iter().copied().flatten();
            all.map(Address::to_string).collect()
        };
        let stays: HashSet<String> = named(&[stays]);
        let done: HashSet<String> = named(&[accepted, owned, told]);
        Whom {
            accepted: named(&[accepted]),
            awaited: named(&[unknown, owned]),
            done: done.difference(&stays).cloned().collect(),
            stays,
        }
    }
}

/// What became of a settlement so far.
#[derive(Default)]
struct Settling<'a> {
    /// A notice is due when it is written.
    wakes: bool,
    /// What is not written yet; nothing if blobs come or go with it, as that blocks anyway.
    rest: Option<(Change<'a>, Alone)>,
}

impl Store {
    /// Writes down what became of a mail. A transfer that is not there any more, or was taken back, stays so. True if a notice is due now.
    pub fn settle(&self, settlement: &Settlement) -> Result<bool, Fault> {
        let _draft = settlement.draft.map(|id| self.turns.alone(id.as_bytes()));
        let Settling { wakes, rest } = self.settling(settlement)?;
        if let Some((change, _alone)) = rest {
            change.commit().map_err(fault)?;
        }
        Ok(wakes)
    }

    /// The same in two steps: what blocks, and then, awaited, how it ended. It is written whether anybody waits for that or not.
    pub fn begin_settle(
        &self,
        settlement: &Settlement,
    ) -> Result<Pending<'_, Result<bool, Fault>>, Fault> {
        let Settling { wakes, rest } = self.settling(settlement)?;
        let written = rest.map(|(change, alone)| change.send(Some(alone)));
        Ok(Box::pin(async move {
            if let Some(written) = written {
                written.await.map_err(fault)?;
            }
            Ok(wakes)
        }))
    }

    /// The same where parcels become ours with it.
    pub fn settle_owned(&self, settlement: &Settlement) -> Result<Owned, Fault> {
        self.settle(settlement)?;
        Ok(Owned::assertion())
    }

    fn settling(&self, settlement: &Settlement) -> Result<Settling<'_>, Fault> {
        let Some(id) = &settlement.transfer else {
            return self.settle_plain(settlement);
        };
        match (settlement.is_nobody(), settlement.keeps_all) {
            (true, true) => return Ok(Settling::default()),
            (true, false) => return self.abandon(id).map(|()| Settling::default()),
            (false, _) => {}
        }
        let alone = self.alone(id);
        match self.stored(id)? {
            Some(stored) if stored.record.state != State::Revoked => {
                self.settle_transfer(alone, stored, settlement)
            }
            // It was taken back meanwhile: nobody's copy leads anywhere, and it is known why.
            _ => self.settle_plain(settlement),
        }
    }

    /// A mail without a transfer.
    fn settle_plain(&self, settlement: &Settlement) -> Result<Settling<'_>, Fault> {
        if settlement.parcels.is_empty() {
            return Ok(Settling::default());
        }
        let mut change = Change::new(&self.values);
        self.put_parcels(&mut change, &settlement.parcels)?;
        if let Some(draft) = settlement.draft {
            self.close_draft(&mut change, draft)?;
        }
        change.commit().map_err(fault)?;
        Ok(Settling::default())
    }

    fn settle_transfer(
        &self,
        alone: Alone,
        mut stored: Stored,
        settlement: &Settlement,
    ) -> Result<Settling<'_>, Fault> {
        let fresh = !settlement.keeps_all && stored.record.state == State::Held;
        let whom = Whom::of(settlement);
        let has_it = |to: &str| whom.accepted.contains(to);
        let may_have_it = |to: &str| !fresh || whom.awaited.contains(to);
        let mut tickets = self.tickets(&stored.record)?;
        let mut refused = false;
        for ticket in &mut tickets {
            if !ticket
                .recipients
                .iter()
                .any(|to| has_it(to) || may_have_it(to))
            {
                refused |= ticket.close();
            }
        }
        let mut change = Change::new(&self.values);
        let mut receipt = self.due_receipt(&mut stored, &tickets, settlement)?;
        let wakes =
            self.wake_notices(&mut change, &mut stored, &mut receipt, has_it, may_have_it)?;
        if let Some(receipt) = receipt {
            memos::receipt(&mut change, &stored.record, receipt)?;
        }
        let is_done = |to: &str| whom.done.contains(to);
        self.note_copies(&mut change, &stored, is_done, Some(Fate::Done))?;
        let stays = |to: &str| whom.stays.contains(to);
        self.note_copies(&mut change, &stored, stays, Some(Fate::Stays))?;
        if fresh {
            let never = |to: &str| !is_done(to) && !stays(to) && !may_have_it(to);
            self.note_copies(&mut change, &stored, never, None)?;
        }
        self.put_parcels(&mut change, &settlement.parcels)?;
        if let Some(draft) = settlement.draft {
            self.close_draft(&mut change, draft)?;
        }
        if !settlement.accepted.is_empty() {
            stored.record.state = State::Released;
        }
        let mut rest = None;
        if refused {
            self.commit_generation(change, stored, &tickets)?;
        } else {
            let id = id_of(&stored.record)?;
            change.replace(Table::Transfers, id.as_bytes(), &stored)?;
            match change.has_spills() {
                true => change.commit().map_err(fault)?,
                false => rest = Some((change, alone)),
            }
        }
        Ok(Settling { wakes, rest })
    }

    /// The receipt, when the first have the mail: once for each transfer.
    fn due_receipt(
        &self,
        stored: &mut Stored,
        tickets: &[Ticket],
        settlement: &Settlement,
    ) -> Result<Option<Box<Receipt>>, Fault> {
        let record = &mut stored.record;
        let told = record.told.as_mut().filter(|told| told.receipt);
        let Some(told) = told.filter(|_| !settlement.accepted.is_empty()) else {
            return Ok(None);
        };
        told.receipt = false;
        if settlement.receipt.is_some() {
            return Ok(settlement.receipt.clone());
        }
        let token = SenderLink::token(&self.master, &id_of(record)?, None);
        let has_it: Vec<String> = settlement.accepted.iter().map(Address::to_string).collect();
        let receipt = Receipt::of_record(record, tickets, token, &has_it);
        Ok(Some(Box::new(receipt)))
    }

    /// These recipients have the mail after all: it was tried again, or they came with its link. True if anything waited for that.
    pub fn proven(&self, id: &TransferId, whom: &[Address]) -> Result<bool, Fault> {
        let waits = self
            .stored(id)?
            .is_some_and(|stored| stored.record.state == State::Held || !stored.waiting.is_empty());
        if !waits {
            return Ok(false);
        }
        self.settle(&Settlement {
            transfer: Some(*id),
            keeps_all: true,
            accepted: whom.to_vec(),
            ..Settlement::default()
        })?;
        Ok(true)
    }
}
