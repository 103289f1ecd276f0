//! The line: receive → parse → decide → seal → hold → rewrite → hand over → release. What must wait for an approver leaves it after
//! decide ([`super::waiting`]) and comes again when it was released ([`super::departure`]).
//!
//! Promises: everything before `hand_over` may fail with no harm, nothing after it may refuse; no link leaves before its
//! ciphertext is durable, no password before somebody answers for the mail. What if we die here? See the manual, page *failures*.

use super::preview::settled;
use super::waiting::Way;
use super::{Gateway, by_size, heavy};
use crate::fault::{Fault, Kind};
use crate::forward::Outlet;
use crate::mail::{Address, Mail, MailId, Received, Variant};
use crate::transfer::notice::Route;
use crate::transfer::proof::{Answer, Outcome};
use crate::transfer::record::Sealed;
use crate::transfer::{BlobId, BlobWriter, Decision, Held, Plan, Shelf, TransferId};
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
            return heavy(|| self.await_approval(&mail, &plan, awaits));
        }
        way.narrow(&mut mail, &mut plan);
        let held = match plan.decisions.iter().any(Decision::protects) {
            true => heavy(|| self.hold(self.seal(&mail, &plan)?))?,
            false => Held::nothing(),
        };
        let variants = by_size(size, || self.rewrite(&mail, &plan, &held));
        let variants = match variants {
            Ok(variants) => variants,
            Err(fault) => {
                self.settle_now(mail.id, &held, Vec::new());
                return Err(fault);
            }
        };
        let outcome = outlet.hand_over(variants, way.until()).await;
        // The mail may have left. Nothing below may turn into a refusal.
        Ok(self.release(&mail, &held, outcome))
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

    /// Flips the transfer's state by what became of the mail. Cannot fail for the client.
    fn release(&self, mail: &Mail, held: &Held, outcome: Outcome) -> Outcome {
        let outcome = in_order(mail, outcome);
        for (recipient, answer) in &outcome.answers {
            maillog::handed_over(mail.id, recipient, answer);
        }
        let took = |answer: &Answer| matches!(answer, Answer::Accepted(_) | Answer::Unknown);
        let left: Vec<Address> = outcome
            .answers
            .iter()
            .filter(|(_, answer)| took(answer))
            .map(|(address, _)| address.clone())
            .collect();
        self.settle_now(mail.id, held, left);
        outcome
    }

    /// Releases the transfer of a mail for those whom it left for; if it left for nobody, nothing may stay.
    fn settle_now(&self, mail: MailId, held: &Held, left: Vec<Address>) {
        let Some(transfer) = held.transfer().map(|transfer| transfer.id) else {
            return;
        };
        self.settle(Known {
            mail,
            transfer,
            left,
        });
        self.bell.notify_one();
    }

    /// What cannot be written now is tried again by upkeep. Only a process that ends before that forgets it: the next start finds the
    /// transfer held, and in doubt it counts as sent.
    fn settle(&self, known: Known) {
        let store = &self.parts.store;
        let done = match &known.left[..] {
            [] => heavy(|| store.abandon(&known.transfer)),
            left => heavy(|| store.release(&known.transfer, left)),
        };
        match done {
            Ok(()) if known.left.is_empty() => {}
            Ok(()) => maillog::released(known.mail, known.transfer, known.left.len()),
            Err(fault) => {
                maillog::unsettled(known.mail, known.transfer, &fault);
                self.known().push(known);
            }
        }
    }

    /// Tries again what could not be written.
    pub(super) fn settle_known(&self) {
        let all = std::mem::take(&mut *self.known());
        all.into_iter().for_each(|known| self.settle(known));
    }

    /// As many as mails were under way when the store began to fail: nothing new is held while it does.
    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a mail, where the store did not take it yet.
pub(super) struct Known {
    mail: MailId,
    transfer: TransferId,
    /// Those whom it left for.
    left: Vec<Address>,
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
