//! The line: receive → parse → decide → seal → hold → rewrite → hand over → release. What must wait for an approver leaves it after
//! decide ([`super::waiting`]) and comes again when it was released ([`super::departure`]).
//!
//! Promises: everything before `hand_over` may fail with no harm, nothing after it may refuse; no link leaves before its
//! ciphertext is durable, no password before somebody answers for the mail. What if we die here? See the manual, page *failures*.

use super::ledger::{Past, Turn, narrowed, served};
use super::preview::settled;
use super::release::Copies;
use super::waiting::Way;
use super::{Gateway, by_size, heavy};
use crate::Pending;
use crate::fault::{Fault, Kind, Reply, crash};
use crate::forward::Outlet;
use crate::mail::{Address, Mail, Received, Variant};
use crate::transfer::notice::Route;
use crate::transfer::proof::{Answer, Outcome, PasswordLine};
use crate::transfer::quick::Seat;
use crate::transfer::record::{Sealed, SealedTransfer};
use crate::transfer::{BlobId, BlobWriter, Decision, Held, Plan, Shelf, Unlock};
use crate::{decide, maillog, parse, rewrite, seal};
use jiff::Timestamp;
use std::io;
use std::sync::{Mutex, PoisonError};
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
        let client = received.attention.clone().unwrap_or_default();
        let sent = self.line(received, outlet, &Way::New { until }).await;
        if !sent.as_ref().is_ok_and(Outcome::is_served) {
            // It hears that somebody is not, and comes again with the same.
            client.gone();
        }
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
        let caught = self.catch(&mut mail, way);
        if caught.is_all(&mail) {
            outlet.reset().await;
            return self.obey(&mail, &caught, way).await;
        }
        let mut plan = by_size(size, || self.plan(&mail, way))?;
        maillog::decided(&mail, &plan);
        let obeyed = self.obey(&mail, &caught, way).await?;
        let outcome = self.lead(&mut mail, &mut plan, obeyed, outlet, way).await?;
        caught.restore(&mut mail);
        Ok(in_order(&mail, outcome))
    }

    /// On to the next hop, or to where the mail waits. `before`: what others have been answered already.
    async fn lead(
        &self,
        mail: &mut Mail,
        plan: &mut Plan,
        before: Outcome,
        outlet: &mut dyn Outlet,
        way: &Way,
    ) -> Result<Outcome, Fault> {
        way.narrow(mail, plan);
        if plan.protects() {
            self.look_up(mail, plan, way.until()).await?;
        }
        if mail.one_for_all {
            plan.share();
        }
        let awaits = self.awaits(mail, plan, way);
        if awaits.is_none() && !plan.protects() {
            // Nothing of it is ours: a store that is down does not stop it.
            let copies = Copies::fresh(Held::nothing(), &before);
            let left = self.send_off(mail, plan, copies, outlet, way).await?;
            return Ok(before.and(left));
        }
        let turn = self.turn(mail, way).await?;
        let Some(awaits) = self.still_awaits(awaits, plan, &turn)? else {
            return self.once(mail, plan, before, turn, outlet, way).await;
        };
        outlet.reset().await;
        let waits = self.await_once(mail, plan, awaits, turn).await?;
        Ok(before.and(waits))
    }

    /// A mail of which something is sealed: each copy once, however often its client comes with it.
    async fn once(
        &self,
        mail: &mut Mail,
        plan: &Plan,
        before: Outcome,
        turn: Turn,
        outlet: &mut dyn Outlet,
        way: &Way,
    ) -> Result<Outcome, Fault> {
        let everybody = mail.envelope.recipients.clone();
        // What may wait for the disk goes together, as each move off this thread costs more than most of it.
        let (past, rounds, begun) = heavy(|| {
            let past = self.recollect(turn, plan)?;
            let rounds = self.rounds(&past, plan)?;
            let is_first = rounds.again.is_empty() && !rounds.fresh.is_empty();
            let begun = is_first.then(|| self.hold_new(mail, plan, &rounds.fresh, &past, way));
            Ok((past, rounds, begun))
        })?;
        let mut outcome = before.and(served(plan, &rounds.done));
        for (id, whom, held) in rounds.again {
            let part = narrowed(mail, plan, &whom);
            maillog::again(mail.id, id, whom.len());
            let copies = Copies::again(held, &outcome);
            let left = self.send_off(mail, &part, copies, outlet, way).await;
            outcome.add(mail, left)?;
            mail.envelope.recipients.clone_from(&everybody);
        }
        if !rounds.fresh.is_empty() {
            let hold = || heavy(|| self.hold_new(mail, plan, &rounds.fresh, &past, way));
            let begun = begun.unwrap_or_else(hold);
            let left = async {
                let (part, held) = begun?;
                let copies = Copies::fresh(held.await?, &outcome);
                self.send_off(mail, &part, copies, outlet, way).await
            }
            .await;
            outcome.add(mail, left)?;
            mail.envelope.recipients = everybody;
        }
        Ok(outcome)
    }

    /// Seals and begins to hold, for some: the ciphertext is on disk, and when the end of it has come, that the mail may leave. Blocks.
    fn hold_new(
        &self,
        mail: &mut Mail,
        plan: &Plan,
        whom: &[usize],
        past: &Past,
        way: &Way,
    ) -> Result<(Plan, Pending<'_, Result<Held, Fault>>), Fault> {
        let part = narrowed(mail, plan, whom);
        let mut sealed = self.seal(mail, &part)?;
        crash::point("hold/sealed");
        past.mark(self, &part, &mut sealed);
        if let Some(transfer) = &mut sealed.transfer {
            self.mark_told(mail, &part, transfer);
        }
        let blobs = sealed.blobs();
        if Instant::now() >= way.until() {
            self.store().discard(&blobs);
            return Err(Fault::new(Kind::Deadline));
        }
        let begun = sealed.transfer.map(|transfer| self.begin_hold(transfer));
        let begun = begun.transpose()?;
        let held = async {
            let held = match begun {
                Some(begun) => begun.await?,
                None => Held::nothing(),
            };
            crash::point("hold/written");
            Ok(held)
        };
        Ok((part, Box::pin(held)))
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
                    self.settle(copies.settlement(mail)).await;
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
        let ours = ours.as_deref();
        Ok(self.release(mail, plan, &copies, ours, outcome).await)
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
        let now = Timestamp::now().as_second();
        let day =
            crate::transfer::keys::day_of(now + self.parts.max_keep_for.as_secs().cast_signed());
        let wanted = self.quick.is_on() && !are_shared(mail, plan);
        let seats = self.seats(plan, sender, wanted, (now, day))?;
        let route = |(decision, seat): (&Decision, &Option<Seat>)| match seat {
            Some(Seat { alone: true, .. }) => Ok(self.parts.router.spare_route(decision, sender)),
            // A copy to oneself would stay open where the mail can be split; it is no reason to refuse the others theirs.
            _ if mail.one_for_all && is_copy_to_oneself(plan, &decision.recipient, sender) => {
                Ok(self.parts.router.spare_route(decision, sender))
            }
            _ => self.parts.router.route(decision, sender),
        };
        let routes = plan.decisions.iter().zip(&seats).map(route);
        let mut routes = routes.collect::<Result<Vec<Route>, Fault>>()?;
        if mail.one_for_all {
            self.say_the_same(plan, &mut routes);
        }
        let keys = seal::SealKeys {
            master: &self.parts.master,
            day,
            day_key: &self.parts.store.day_key(day)?,
            now,
            language: self.house().languages.first().map_or("en", String::as_str),
            max_links: most_links(mail),
            seats: &seats,
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

    /// For each decision the pair that it is sealed to besides, or instead of a password. None where links are shared. `day`: the last on
    /// which what is sealed now can be opened.
    fn seats(
        &self,
        plan: &Plan,
        sender: Option<&Address>,
        wanted: bool,
        (now, day): (i64, i32),
    ) -> Result<Vec<Option<Seat>>, Fault> {
        let until = (i64::from(day) + 1) * 86_400;
        let seat = |d: &Decision| match sender {
            Some(sender) if wanted && d.protects() && d.options.unlock == Unlock::Quick => {
                let chosen = d.options.password.is_some();
                let times = (now, until);
                self.quick.seat(sender, &d.recipient, chosen, times)
            }
            _ => Ok(None),
        };
        plan.decisions.iter().map(seat).collect()
    }

    /// People who share a link share what is said of its password; each gets it in his own way.
    fn say_the_same(&self, plan: &Plan, routes: &mut [Route]) {
        let protected = |(_, d): &(&mut Route, &Decision)| d.protects();
        let decided = routes.iter_mut().zip(&plan.decisions).filter(protected);
        let mut lines: Vec<(&mut PasswordLine, &Decision)> =
            decided.map(|(route, d)| (&mut route.line, d)).collect();
        if lines.windows(2).all(|pair| pair[0].0 == pair[1].0) {
            return;
        }
        let texts = &self.parts.texts;
        for (line, decision) in &mut lines {
            let language = texts.language(decision.language());
            **line = PasswordLine::Other(texts.say(language, "way-separately", &[]));
        }
    }

    fn begin_hold(
        &self,
        transfer: SealedTransfer,
    ) -> Result<Pending<'_, Result<Held, Fault>>, Fault> {
        let (mail, id) = (transfer.record.mail.clone(), transfer.id);
        let sizes = transfer.record.blobs.iter().map(|blob| blob.plain_len);
        maillog::sealed(&mail, id, transfer.record.blobs.len(), sizes.sum());
        let links = transfer.tickets.len();
        let begun = self.store().begin_hold(transfer)?;
        Ok(Box::pin(async move {
            let held = begun.await?;
            maillog::held(&mail, id, links);
            Ok(held)
        }))
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

    fn leave_blob(&self, id: BlobId, writer: Box<dyn BlobWriter>) -> io::Result<()> {
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.push(id);
        self.shelf.leave_blob(id, writer)
    }
}

/// True of the sender's own copy of a mail that others get too.
pub(super) fn is_copy_to_oneself(plan: &Plan, to: &Address, sender: Option<&Address>) -> bool {
    let is_own = |to: &Address| sender.is_some_and(|sender| sender.same_mailbox(to));
    is_own(to) && !plan.decisions.iter().all(|d| is_own(&d.recipient))
}

/// How many get links of their own.
fn most_links(mail: &Mail) -> usize {
    if mail.one_for_all { 0 } else { MAX_LINKS }
}

/// True if so many get links that some share one: nobody's device opens that.
pub(super) fn are_shared(mail: &Mail, plan: &Plan) -> bool {
    let protected = plan.decisions.iter().filter(|d| d.protects());
    protected.count() > most_links(mail)
}

fn refuse_loops(mail: &Mail) -> Result<(), Fault> {
    match mail.outline.root().fields.all("Received").count() {
        hops if hops > MAX_HOPS => Err(Fault::new(Kind::Loop)),
        _ => Ok(()),
    }
}

impl Outcome {
    /// Both.
    fn and(mut self, other: Outcome) -> Self {
        self.answers.extend(other.answers);
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
