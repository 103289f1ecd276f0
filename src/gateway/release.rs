//! Release: what became of a mail is written down, and what of it stays with us.
//!
//! Promises: cannot fail for the client; what its answer says is durable before it hears it, or it hears what is true without that. What
//! could not be written is tried again, and known meanwhile to whoever comes with the same mail.
//! Leaves to others: making parcels ([`super::parcels`]), keeping everything (`store`).

use super::parcels::Partial;
use super::waiting::Way;
use super::{Gateway, heavy};
use crate::fault::{Fault, crash};
use crate::mail::{Address, Mail, Variant};
use crate::maillog;
use crate::store::Settlement;
use crate::transfer::proof::{Answer, Outcome, Owned};
use crate::transfer::{Held, Parcel, Plan};
use std::sync::{MutexGuard, PoisonError};

/// What leaves, beside the mail: its links, and what happened before.
pub(super) struct Copies {
    pub(super) held: Held,
    keeps_all: bool,
    /// So many recipients have an answer already.
    round: usize,
    /// One of them was served.
    served: bool,
}

impl Copies {
    /// New links, which nobody has.
    pub(super) fn fresh(held: Held, before: &Outcome) -> Self {
        let answers = before.answers.iter();
        Copies {
            held,
            keeps_all: false,
            round: before.answers.len(),
            served: answers.map(|(_, answer)| answer).any(Answer::is_served),
        }
    }

    /// Links that some may have.
    pub(super) fn again(held: Held, before: &Outcome) -> Self {
        Copies {
            keeps_all: true,
            ..Copies::fresh(held, before)
        }
    }

    /// Somebody is served and somebody is not.
    fn is_in_part(&self, outcome: &Outcome) -> bool {
        let mut answers = outcome.answers.iter().map(|(_, answer)| answer);
        !outcome.is_served() && (self.served || answers.any(Answer::is_served))
    }

    /// Nobody has got anything.
    pub(super) fn settlement(&self, mail: &Mail) -> Settlement {
        Settlement {
            mail: mail.id.to_string(),
            transfer: self.held.transfer().map(|transfer| transfer.id),
            keeps_all: self.keeps_all,
            ..Settlement::default()
        }
    }
}

impl Gateway {
    /// Writes down what became of the mail, and what of it is ours. Cannot fail for the client. `ours`: the variants, if its client hears
    /// one answer for all.
    pub(super) async fn release(
        &self,
        mail: &Mail,
        plan: &Plan,
        copies: &Copies,
        ours: Option<&[Variant]>,
        outcome: Outcome,
    ) -> Outcome {
        let in_part = copies.is_in_part(&outcome) && self.may_keep(&outcome);
        let ours = ours.filter(|_| in_part || awaits_report(mail, &outcome));
        let parcels = ours.and_then(|variants| self.own(mail, copies, variants, &outcome));
        if parcels.is_none() && copies.held.transfer().is_none() {
            // It was relayed, and nothing of it is ours.
            return outcome;
        }
        let mut settlement = copies.settlement(mail);
        settlement.note(&outcome);
        if !settlement.accepted.is_empty() {
            settlement.receipt = self.receipt(mail, plan, copies, &outcome);
        }
        let tells = settlement.receipt.is_some();
        let owned =
            parcels.and_then(|parcels| self.settle_owned(settlement.clone(), parcels, &outcome));
        let wakes = owned.is_some() || self.settle(settlement).await;
        crash::point("settle/written");
        if wakes {
            self.bell.notify_one();
        }
        if tells {
            self.memos.bell.notify_one();
        }
        match owned {
            Some(owned) => outcome.owned(&owned),
            None => outcome,
        }
    }

    /// True if what some do not take can stay here: the client hears one answer for all.
    pub(super) fn may_own(&self, mail: &Mail, way: &Way) -> bool {
        matches!(way, Way::New { .. }) && !mail.envelope.client.hears_each()
    }

    /// True if nothing but reports would stay here, or copies may: where the client is to come again for those whom it can help
    /// (`intake.partial`), a refusal must still not be told to it in the name of all.
    fn may_keep(&self, outcome: &Outcome) -> bool {
        let helps = |(_, answer): &(Address, Answer)| {
            matches!(answer, Answer::Deferred(_) | Answer::Unknown)
        };
        self.parts.partial == Partial::Own || !outcome.answers.iter().any(helps)
    }

    /// The parcels of a mail that was taken in part; none if they cannot be made: then its client tries again.
    fn own(
        &self,
        mail: &Mail,
        copies: &Copies,
        variants: &[Variant],
        outcome: &Outcome,
    ) -> Option<Vec<Parcel>> {
        let transfer = copies.held.transfer().map(|transfer| transfer.id);
        let owned = heavy(|| self.own_rest(mail, variants, outcome, transfer, copies.round));
        crash::point("own/sealed");
        owned
            .inspect_err(|fault| maillog::not_owned(mail.id, fault))
            .ok()
    }

    /// Makes the parcels ours together with everything else that follows. `None`: they are not.
    fn settle_owned(
        &self,
        mut settlement: Settlement,
        parcels: Vec<Parcel>,
        outcome: &Outcome,
    ) -> Option<Owned> {
        settlement.own(parcels, outcome);
        match heavy(|| self.store().settle_owned(&settlement)) {
            Ok(owned) => {
                settlement.parcels.iter().for_each(maillog::owned);
                self.wake();
                Some(owned)
            }
            Err(fault) => {
                maillog::unsettled(&settlement.mail, transfer_of(&settlement), &fault);
                self.store().discard_parcels(&settlement.parcels);
                None
            }
        }
    }

    /// What cannot be written now is tried again by upkeep, and known to whoever comes with the same mail. Only a process that ends
    /// before that forgets it: then nobody knows whether the mail left. True if a notice is due now.
    pub(super) async fn settle(&self, settlement: Settlement) -> bool {
        let settled = match heavy(|| self.store().begin_settle(&settlement)) {
            Ok(begun) => begun.await,
            Err(fault) => Err(fault),
        };
        self.settled(settlement, settled)
    }

    /// Tries again what could not be written.
    pub(super) fn settle_known(&self) {
        let all = std::mem::take(&mut *self.known());
        for known in all {
            let settled = heavy(|| self.store().settle(&known));
            self.settled(known, settled);
        }
    }

    fn settled(&self, settlement: Settlement, settled: Result<bool, Fault>) -> bool {
        let transfer = transfer_of(&settlement);
        match &settled {
            Ok(_) if settlement.accepted.is_empty() => {}
            Ok(_) => maillog::released(&settlement.mail, transfer, settlement.accepted.len()),
            Err(fault) => {
                maillog::unsettled(&settlement.mail, transfer, fault);
                self.known().push(settlement);
            }
        }
        settled.unwrap_or(false)
    }

    /// As many as mails were under way when the store began to fail: nothing new is held while it does.
    pub(super) fn known(&self) -> MutexGuard<'_, Vec<Settlement>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outcome {
    /// What was not taken is ours.
    fn owned(mut self, owned: &Owned) -> Self {
        let open = self
            .answers
            .iter_mut()
            .filter(|(_, answer)| !answer.is_served());
        open.for_each(|(_, answer)| *answer = Answer::Owned(owned.clone()));
        self
    }
}

/// Somebody asked to hear that the mail was taken, and the next hop will not say so (RFC 3461 section 5.2.2).
fn awaits_report(mail: &Mail, outcome: &Outcome) -> bool {
    let mut asked = mail
        .envelope
        .recipients
        .iter()
        .filter(|r| r.asks_for("SUCCESS"));
    asked.any(|r| matches!(outcome.of(&r.address), Some(Answer::Accepted(by)) if !by.reports()))
}

fn transfer_of(settlement: &Settlement) -> String {
    settlement
        .transfer
        .map(|id| id.to_string())
        .unwrap_or_default()
}
