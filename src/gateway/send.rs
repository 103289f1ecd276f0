//! The line: receive → parse → decide → seal → hold → rewrite → hand over → release. What must wait for an approver leaves it after
//! decide ([`super::waiting`]) and comes again when it was released ([`super::departure`]).
//!
//! Promises: everything before `hand_over` may fail with no harm, nothing after it may refuse; no link leaves before its
//! ciphertext is durable, no password before somebody answers for the mail. What if we die here? See the manual, page *failures*.

use super::ledger::{Past, narrowed, served};
use super::parcels::Partial;
use super::preview::settled;
use super::waiting::Way;
use super::{Gateway, by_size, heavy};
use crate::fault::{Fault, Kind, Reply, crash};
use crate::forward::Outlet;
use crate::mail::{Address, Mail, Received, Variant};
use crate::store::Settlement;
use crate::transfer::notice::Route;
use crate::transfer::proof::{Answer, Outcome, Owned};
use crate::transfer::record::Sealed;
use crate::transfer::{BlobId, BlobWriter, Held, Parcel, Plan, Shelf};
use crate::{decide, maillog, parse, rewrite, seal};
use jiff::Timestamp;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// More `Received` lines than this are a loop (RFC 5321 section 6.3 asks for at least 100; Postfix stops at 50).
const MAX_HOPS: usize = 50;

/// At most as many links of their own; beyond it, recipients of one decision share a link (T106).
const MAX_LINKS: usize = 100;

impl Gateway {
    /// Takes one mail: an answer for every recipient, or a fault before anything left. Either is in the log under the mail's id.
    pub async fn send(
        &self,
        received: Received,
        outlet: &mut dyn Outlet,
    ) -> Result<Outcome, Fault> {
        let id = received.id;
        maillog::received(id, &received.envelope, received.spool.len());
        let until = Instant::now() + self.parts.answer_within;
        let sent = self.line(received, outlet, &Way::New { until }).await;
        sent.inspect_err(|fault| maillog::failed(id, fault))
    }

    /// The line. It fits a screen; when it stops reading as one thing after the other, that is the mistake.
    pub(super) async fn line(
        &self,
        received: Received,
        outlet: &mut dyn Outlet,
        way: &Way,
    ) -> Result<Outcome, Fault> {
        let size = received.spool.len();
        let mut mail = by_size(size, || parse::mail(received))?;
        refuse_loops(&mail)?;
        let mut plan = by_size(size, || self.plan(&mail, way))?;
        maillog::decided(&mail, &plan);
        if let Some(awaits) = plan.awaits() {
            outlet.reset().await;
            return self.await_once(&mail, &plan, awaits, way).await;
        }
        way.narrow(&mut mail, &mut plan);
        let outcome = match plan.protects() {
            true => self.once(&mut mail, &plan, outlet, way).await?,
            // Nothing of it is ours: a store that is down does not stop it.
            false => {
                self.send_off(&mail, &plan, Copies::plain(), outlet, way)
                    .await?
            }
        };
        Ok(in_order(&mail, outcome))
    }

    /// A mail of which something is sealed: each copy once, however often its client comes with it.
    async fn once(
        &self,
        mail: &mut Mail,
        plan: &Plan,
        outlet: &mut dyn Outlet,
        way: &Way,
    ) -> Result<Outcome, Fault> {
        let past = self.recollect(mail, plan, way).await?;
        let rounds = heavy(|| self.rounds(&past, plan))?;
        let everybody = mail.envelope.recipients.clone();
        let mut outcome = served(plan, &rounds.done);
        for (id, whom, held) in rounds.again {
            let part = narrowed(mail, plan, &whom);
            maillog::again(mail.id, id, whom.len());
            let copies = Copies::again(held, &outcome);
            let left = self.send_off(mail, &part, copies, outlet, way).await;
            outcome.add(mail, left)?;
            mail.envelope.recipients.clone_from(&everybody);
        }
        if !rounds.fresh.is_empty() {
            let part = narrowed(mail, plan, &rounds.fresh);
            let left = match heavy(|| self.hold_new(mail, &part, &past, way)) {
                Ok(held) => {
                    let copies = Copies::fresh(held, &outcome);
                    self.send_off(mail, &part, copies, outlet, way).await
                }
                Err(fault) => Err(fault),
            };
            outcome.add(mail, left)?;
            mail.envelope.recipients = everybody;
        }
        Ok(outcome)
    }

    /// Seals and holds: the ciphertext is on disk, and that the mail may leave.
    fn hold_new(&self, mail: &Mail, plan: &Plan, past: &Past, way: &Way) -> Result<Held, Fault> {
        let mut sealed = self.seal(mail, plan)?;
        crash::point("hold/sealed");
        past.mark(self, plan, &mut sealed);
        let blobs = sealed.blobs();
        if Instant::now() >= way.until() {
            self.store().discard(&blobs);
            return Err(Fault::new(Kind::Deadline));
        }
        let held = self.hold(sealed)?;
        crash::point("hold/written");
        Ok(held)
    }

    /// Rewrite → hand over → release, for everybody in the plan.
    async fn send_off(
        &self,
        mail: &Mail,
        plan: &Plan,
        copies: Copies,
        outlet: &mut dyn Outlet,
        way: &Way,
    ) -> Result<Outcome, Fault> {
        let variants = by_size(mail.spool.len(), || self.rewrite(mail, plan, &copies.held));
        let variants = match variants {
            Ok(variants) => variants,
            Err(fault) => {
                if copies.held.transfer().is_some() {
                    self.settle(copies.settlement(mail));
                }
                return Err(fault);
            }
        };
        let ours = self.may_own(mail, way).then(|| variants.clone());
        let outcome = outlet.hand_over(variants, way.until()).await;
        crash::point("hand-over/answered");
        // The mail may have left. Nothing below may turn into a refusal.
        let outcome = in_order(mail, outcome);
        for (recipient, answer) in &outcome.answers {
            maillog::handed_over(mail.id, recipient, answer);
        }
        Ok(self.release(mail, &copies, ours.as_deref(), outcome))
    }

    fn plan(&self, mail: &Mail, way: &Way) -> Result<Plan, Fault> {
        let plan = match way {
            Way::New { .. } => self.decide(mail)?,
            Way::Released { how, .. } => {
                decide::plan_released(&self.policy(), mail, &*self.parts.reader, *how)?
            }
        };
        if let Some(text) = plan.refusal() {
            return Err(Fault::new(Kind::PolicyRefused(text.to_owned())));
        }
        Ok(settled(mail, plan))
    }

    pub(super) fn seal(&self, mail: &Mail, plan: &Plan) -> Result<Sealed, Fault> {
        let sender = mail.envelope.sender.as_ref();
        let route = |decision| self.parts.router.route(decision, sender);
        let routes = plan
            .decisions
            .iter()
            .map(route)
            .collect::<Result<Vec<Route>, Fault>>()?;
        let now = Timestamp::now().as_second();
        let day =
            crate::transfer::keys::day_of(now + self.parts.max_keep_for.as_secs().cast_signed());
        let keys = seal::SealKeys {
            master: &self.parts.master,
            day,
            day_key: &self.parts.store.day_key(day)?,
            now,
            language: self.house().languages.first().map_or("en", String::as_str),
            max_links: MAX_LINKS,
        };
        let shelf = Marked {
            shelf: self.parts.store.shelf(),
            blobs: Mutex::default(),
        };
        seal::parts(mail, plan, &routes, &keys, &shelf).inspect_err(|_| {
            let blobs = shelf.blobs.into_inner();
            self.parts.store.discard(&blobs.unwrap_or_default());
        })
    }

    pub(super) fn hold(&self, sealed: Sealed) -> Result<Held, Fault> {
        match sealed.transfer {
            Some(transfer) => {
                let (mail, id) = (transfer.record.mail.clone(), transfer.id);
                let bytes = transfer
                    .record
                    .blobs
                    .iter()
                    .map(|blob| blob.plain_len)
                    .sum();
                maillog::sealed(&mail, id, transfer.record.blobs.len(), bytes);
                let links = transfer.tickets.len();
                let held = self.parts.store.hold(transfer)?;
                maillog::held(&mail, id, links);
                Ok(held)
            }
            None => Ok(Held::nothing()),
        }
    }

    pub(super) fn rewrite(
        &self,
        mail: &Mail,
        plan: &Plan,
        held: &Held,
    ) -> Result<Vec<Variant>, Fault> {
        let (house, texts) = (self.house(), &self.parts.texts);
        rewrite::variants(mail, plan, held, house, texts, &self.parts.signers)
    }

    /// Writes down what became of the mail, and what of it is ours. Cannot fail for the client. `ours`: the variants, if its client hears
    /// one answer for all.
    fn release(
        &self,
        mail: &Mail,
        copies: &Copies,
        ours: Option<&[Variant]>,
        outcome: Outcome,
    ) -> Outcome {
        let mut settlement = copies.settlement(mail);
        settlement.note(&outcome);
        let in_part = copies.is_in_part(&outcome) && self.may_keep(&outcome);
        let ours = ours.filter(|_| in_part || awaits_report(mail, &outcome));
        let parcels = ours.and_then(|variants| self.own(mail, copies, variants, &outcome));
        let owned =
            parcels.and_then(|parcels| self.settle_owned(settlement.clone(), parcels, &outcome));
        if owned.is_none() && settlement.transfer.is_some() {
            self.settle(settlement);
        }
        crash::point("settle/written");
        self.bell.notify_one();
        match owned {
            Some(owned) => outcome.owned(&owned),
            None => outcome,
        }
    }

    /// True if what some do not take can stay here: the client hears one answer for all.
    fn may_own(&self, mail: &Mail, way: &Way) -> bool {
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
    /// before that forgets it: then nobody knows whether the mail left.
    fn settle(&self, settlement: Settlement) {
        let transfer = transfer_of(&settlement);
        match heavy(|| self.store().settle(&settlement)) {
            Ok(()) if settlement.accepted.is_empty() => {}
            Ok(()) => maillog::released(&settlement.mail, transfer, settlement.accepted.len()),
            Err(fault) => {
                maillog::unsettled(&settlement.mail, transfer, &fault);
                self.known().push(settlement);
            }
        }
    }

    /// Tries again what could not be written.
    pub(super) fn settle_known(&self) {
        let all = std::mem::take(&mut *self.known());
        all.into_iter().for_each(|known| self.settle(known));
    }

    /// As many as mails were under way when the store began to fail: nothing new is held while it does.
    pub(super) fn known(&self) -> MutexGuard<'_, Vec<Settlement>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What leaves, beside the mail: its links, and what happened before.
struct Copies {
    held: Held,
    keeps_all: bool,
    /// So many recipients have an answer already.
    round: usize,
    /// One of them was served.
    served: bool,
}

impl Copies {
    /// No links.
    fn plain() -> Self {
        Copies::fresh(Held::nothing(), &Outcome::default())
    }

    /// New links, which nobody has.
    fn fresh(held: Held, before: &Outcome) -> Self {
        let answers = before.answers.iter();
        Copies {
            held,
            keeps_all: false,
            round: before.answers.len(),
            served: answers.map(|(_, answer)| answer).any(Answer::is_served),
        }
    }

    /// Links that some may have.
    fn again(held: Held, before: &Outcome) -> Self {
        Copies {
            keeps_all: true,
            ..Copies::fresh(held, before)
        }
    }

    /// Somebody is served and somebody is not.
    fn is_in_part(&self, outcome: &Outcome) -> bool {
        let served = |(_, answer): &(Address, Answer)| answer.is_served();
        let answers = &outcome.answers;
        (self.served || answers.iter().any(served)) && !answers.iter().all(served)
    }

    /// Nobody has got anything.
    fn settlement(&self, mail: &Mail) -> Settlement {
        Settlement {
            mail: mail.id.to_string(),
            transfer: self.held.transfer().map(|transfer| transfer.id),
            keeps_all: self.keeps_all,
            ..Settlement::default()
        }
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

/// A shelf that remembers what was put on it, so that of a mail that fails half-way nothing stays.
struct Marked<'a> {
    shelf: &'a dyn Shelf,
    blobs: Mutex<Vec<BlobId>>,
}

impl Shelf for Marked<'_> {
    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.push(id);
        self.shelf.write_blob(id)
    }
}

fn refuse_loops(mail: &Mail) -> Result<(), Fault> {
    match mail.outline.root().fields.all("Received").count() {
        hops if hops > MAX_HOPS => Err(Fault::new(Kind::Loop)),
        _ => Ok(()),
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

    /// What came of another round. A fault is an answer too once somebody has another one.
    fn add(&mut self, mail: &Mail, left: Result<Outcome, Fault>) -> Result<(), Fault> {
        match left {
            Ok(outcome) => self.answers.extend(outcome.answers),
            Err(fault) if self.answers.is_empty() => return Err(fault),
            Err(fault) => {
                maillog::failed(mail.id, &fault);
                let reply = Reply::from(&fault.kind);
                let answer = match reply.is_permanent() {
                    true => Answer::Refused(reply),
                    false => Answer::Deferred(reply),
                };
                let whom = mail.envelope.recipients.iter();
                self.answers
                    .extend(whom.map(|r| (r.address.clone(), answer.clone())));
            }
        }
        Ok(())
    }
}

/// One answer per recipient, in the order of the envelope. A recipient no outlet answered for counts as unknown, never as accepted.
fn in_order(mail: &Mail, outcome: Outcome) -> Outcome {
    let answer = |address: &Address| outcome.of(address).cloned().unwrap_or(Answer::Unknown);
    let answers = mail
        .envelope
        .recipients
        .iter()
        .map(|r| (r.address.clone(), answer(&r.address)))
        .collect();
    Outcome { answers }
}
