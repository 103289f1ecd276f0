//! Mails that wait for an approver or for their own sender: taken in, answered, released, dropped, ended.
//!
//! Promises: when `await_approval` gives an outcome, the mail is durably ours and people will be told; of two approvers the first
//! decides. Who may ask is not checked here beyond [`Ruled::NotYours`]: the command line is the operator's, and a page has its own door.
//! Leaves to others: sending what was released ([`super::departure`]), the mails to people ([`super::memos`]).

use super::ledger::{Past, Turn};
use super::send::are_shared;
use super::send::is_copy_to_oneself;
use super::upkeep::complain;
use super::{Gateway, heavy};
use crate::decide::judge::Released;
use crate::fault::{Fault, Kind};
use crate::forward::unhurried;
use crate::mail::{Address, Mail, MailId};
use crate::maillog;
use crate::seal::whole::{self, Name, WaitingKeys};
use crate::store::Store;
use crate::transfer::keys::day_of;
use crate::transfer::plan::HOLD_FOR;
use crate::transfer::proof::{Answer, Outcome};
use crate::transfer::waiting::{Ruling, State, Verdict, Why};
use crate::transfer::{Awaits, Decision, Given, Memo, Plan, Unlock, Unreached, Waiting};
use jiff::Timestamp;
use std::time::Instant;

/// Records read at once.
const PAGE: usize = 64;

/// How a mail comes to the line.
pub(super) enum Way {
    /// From a door, whose client hears its answer by then.
    New { until: Instant },
    /// An approver has released it; to those who do not have it yet and whom the next hop takes.
    Released {
        how: Released,
        to: Vec<Address>,
        /// How some get their password whom no way reached.
        given: Vec<(Address, Given)>,
    },
}

impl Way {
    /// What comes in different ways is not the same mail.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Way::New { .. } => "new",
            Way::Released { .. } => "released",
        }
    }

    /// When no final dot is sent any more.
    pub(super) fn until(&self) -> Instant {
        match self {
            Way::New { until } => *until,
            Way::Released { .. } => unhurried(),
        }
    }

    /// A released mail is decided as the whole that it was, and leaves for the rest of its recipients only; as its sender said of those
    /// whom no way reached.
    pub(super) fn narrow(&self, mail: &mut Mail, plan: &mut Plan) {
        if let Way::Released { to, given, .. } = self {
            let recipients = &mut mail.envelope.recipients;
            recipients.retain(|r| to.contains(&r.address));
            plan.decisions.retain(|d| to.contains(&d.recipient));
            for decision in &mut plan.decisions {
                let said = given.iter().find(|(whom, _)| *whom == decision.recipient);
                said.inspect(|(_, given)| given.guide(decision));
            }
        }
    }
}

/// What came of an approver's word.
#[derive(Debug, Clone)]
pub enum Ruled {
    /// It is done.
    Done(Box<Waiting>),
    /// Somebody was faster.
    Decided(Box<Waiting>),
    /// This address is not among those who may.
    NotYours(Box<Waiting>),
    /// No mail of this id waits.
    Unknown,
}

/// Releases a mail: it leaves in the next moment, as the rules want that do not hold, and at least as a transfer if that is asked.
/// `by`: `None` for the operator. Rings no bell: see [`Gateway::wake`].
pub fn release(
    store: &Store,
    id: MailId,
    by: Option<&Address>,
    as_transfer: bool,
) -> Result<Ruled, Fault> {
    let now = Timestamp::now().as_second();
    let ruled = rule(store, id, by, |waiting| {
        let ruling = waiting.depart(by, now, as_transfer);
        (waiting.told_released(by), ruling)
    })?;
    if let Ruled::Done(waiting) = &ruled {
        maillog::hold_released(&waiting.id, by, as_transfer);
    }
    Ok(ruled)
}

/// Writes down how its sender wants those to get their password whom no way reaches, in their order; if nobody has to release the mail
/// besides, it leaves.
pub fn guide(store: &Store, id: MailId, given: &[Given]) -> Result<Ruled, Fault> {
    let now = Timestamp::now().as_second();
    let changed = store.rule_waiting(id, |waiting| {
        if !waiting.is_undecided() || given.len() != waiting.unreached.len() {
            return None;
        }
        for (unreached, given) in waiting.unreached.iter_mut().zip(given) {
            unreached.given = Some(given.clone());
        }
        let sender = waiting.envelope.sender.clone();
        let leaves = waiting.is_its_senders();
        let ruling = leaves.then(|| waiting.depart(sender.as_ref(), now, false));
        Some((Vec::new(), ruling))
    })?;
    let ruled = ruled(changed);
    if let Ruled::Done(waiting) = &ruled
        && !waiting.is_undecided()
    {
        maillog::hold_released(&waiting.id, waiting.envelope.sender.as_ref(), false);
    }
    Ok(ruled)
}

/// Drops a mail for ever; its sender reads `because`.
pub fn dismiss(
    store: &Store,
    id: MailId,
    by: Option<&Address>,
    because: Option<&str>,
) -> Result<Ruled, Fault> {
    let ruled = rule(store, id, by, |waiting| {
        waiting.state = State::Over;
        let now = Timestamp::now().as_second();
        let ruling = waiting.ruling(Verdict::Dropped, by, now);
        (waiting.told_dropped(by, because), ruling)
    })?;
    if let Ruled::Done(waiting) = &ruled {
        maillog::hold_dropped(&waiting.id, by);
    }
    Ok(ruled)
}

/// Drops a mail whose sender does not want it to leave. Who may is the caller's to know.
pub fn withdraw(store: &Store, id: MailId) -> Result<Ruled, Fault> {
    let ruled = rule(store, id, None, |waiting| {
        waiting.state = State::Over;
        let by = waiting.envelope.sender.clone();
        let now = Timestamp::now().as_second();
        let ruling = waiting.ruling(Verdict::Withdrawn, by.as_ref(), now);
        (Vec::new(), ruling)
    })?;
    if let Ruled::Done(waiting) = &ruled {
        maillog::hold_dropped(&waiting.id, waiting.envelope.sender.as_ref());
    }
    Ok(ruled)
}

fn rule(
    store: &Store,
    id: MailId,
    by: Option<&Address>,
    decide: impl FnOnce(&mut Waiting) -> (Vec<Memo>, Ruling),
) -> Result<Ruled, Fault> {
    let may = |waiting: &Waiting| {
        let mut approvers = waiting.approvers.iter();
        by.is_none_or(|by| approvers.any(|approver| approver.same_mailbox(by)))
    };
    let changed = store.rule_waiting(id, |waiting| {
        let (memos, ruling) = (waiting.is_undecided() && may(waiting)).then(|| decide(waiting))?;
        Some((memos, Some(ruling)))
    })?;
    Ok(ruled(changed))
}

fn ruled(changed: Option<(Waiting, bool)>) -> Ruled {
    match changed {
        None => Ruled::Unknown,
        Some((waiting, true)) => Ruled::Done(Box::new(waiting)),
        Some((waiting, false)) if waiting.is_undecided() => Ruled::NotYours(Box::new(waiting)),
        Some((waiting, false)) => Ruled::Decided(Box::new(waiting)),
    }
}

impl Gateway {
    /// Something is to be sent: a released mail, a memo or a parcel.
    pub fn wake(&self) {
        self.departures.bell.notify_one();
        self.deliveries.bell.notify_one();
        self.memos.bell.notify_one();
    }

    /// What the mail waits for: approvers, or its sender, if no way reaches somebody with a password. Nothing any more once it was
    /// released: then the sender gets the passwords that reach nobody.
    pub(super) fn awaits(&self, mail: &Mail, plan: &Plan, way: &Way) -> Option<Awaits> {
        let sender = mail.envelope.sender.as_ref();
        let unreached = match way {
            Way::New { .. } => self.parts.router.unreached(plan, sender),
            Way::Released { .. } => Vec::new(),
        };
        let unreached: Vec<Unreached> = unreached
            .into_iter()
            .filter(|one| !self.needs_none((mail, plan), sender, &one.recipient))
            .filter(|one| !(mail.one_for_all && is_copy_to_oneself(plan, &one.recipient, sender)))
            .collect();
        match plan.awaits() {
            None if unreached.is_empty() => None,
            Some(awaits) => Some(Awaits {
                unreached,
                ..awaits
            }),
            None => Some(for_its_sender(plan, unreached)),
        }
    }

    /// The same for a mail that may have come before: whose copy may have left is not waited for again, whatever has become of his way
    /// since (a number was forgotten), or he would get it twice.
    pub(super) fn still_awaits(
        &self,
        awaits: Option<Awaits>,
        plan: &Plan,
        turn: &Turn,
    ) -> Result<Option<Awaits>, Fault> {
        let Some(mut awaits) = awaits else {
            return Ok(None);
        };
        for one in std::mem::take(&mut awaits.unreached) {
            if !heavy(|| turn.may_have_left(self.store(), &one.recipient))? {
                awaits.unreached.push(one);
            }
        }
        let waits = !awaits.unreached.is_empty() || plan.awaits().is_some();
        Ok(waits.then_some(awaits))
    }

    /// True if a device of the recipient's opens it, so that no password has to reach him; as [`Gateway::seal`] will find. A store that does
    /// not answer says no.
    fn needs_none(
        &self,
        (mail, plan): (&Mail, &Plan),
        sender: Option<&Address>,
        recipient: &Address,
    ) -> bool {
        let is_quick = |d: &Decision| {
            let options = &d.options;
            let quick = options.unlock == Unlock::Quick && options.password.is_none();
            d.recipient == *recipient && quick
        };
        let quick = plan.decisions.iter().any(is_quick) && !are_shared(mail, plan);
        let now = Timestamp::now().as_second();
        let connects = |sender| heavy(|| self.quick.connects(sender, recipient, now));
        quick && sender.is_some_and(|sender| connects(sender).unwrap_or(false))
    }

    /// Keeps a mail until somebody decides, unless it came before.
    pub(super) async fn await_once(
        &self,
        mail: &Mail,
        plan: &Plan,
        awaits: Awaits,
        turn: Turn,
    ) -> Result<Outcome, Fault> {
        heavy(|| {
            let past = self.recollect(turn, plan)?;
            match past.all_served(plan) {
                Some(outcome) => Ok(outcome),
                None => self.await_approval(mail, plan, awaits, &past),
            }
        })
    }

    /// Keeps a mail until somebody decides. Blocks.
    fn await_approval(
        &self,
        mail: &Mail,
        plan: &Plan,
        awaits: Awaits,
        past: &Past,
    ) -> Result<Outcome, Fault> {
        let store = self.store();
        let waiting = self.sealed_to_wait(mail, plan, awaits)?;
        let submission = past.identity.submission(plan, Timestamp::now().as_second());
        let owned = store.keep_waiting(&waiting, &submission)?;
        maillog::waits(&waiting);
        self.wake();
        let recipients = mail.envelope.recipients.iter();
        let answer = |r: &crate::mail::Recipient| (r.address.clone(), Answer::Waits(owned.clone()));
        Ok(Outcome {
            answers: recipients.map(answer).collect(),
        })
    }

    fn sealed_to_wait(&self, mail: &Mail, plan: &Plan, awaits: Awaits) -> Result<Waiting, Fault> {
        let received = mail.at.as_second();
        let until = received.saturating_add(awaits.hold_for.as_secs().cast_signed());
        let day = day_of(until.saturating_add(super::departure::PATIENCE));
        let keys = WaitingKeys {
            master: &self.parts.master,
            day: &self.store().day_key(day)?,
        };
        let (blob, key) = whole::seal(
            &mut mail.spool.reader(0..mail.spool.len()),
            Name::Waiting(mail.id),
            &keys,
            self.store().shelf(),
        )?;
        let fields = &mail.outline.root().fields;
        Ok(Waiting {
            id: mail.id.to_string(),
            envelope: mail.envelope.clone(),
            received,
            until,
            reasons: reasons(plan, &awaits),
            approvers: awaits.release_by,
            unreached: awaits.unreached,
            files: u32::try_from(mail.outline.files().count()).unwrap_or(u32::MAX),
            language: self.language_of(mail),
            message_id: fields.value("Message-ID").map(|id| id.to_owned()),
            blob,
            key,
            day,
            state: State::Waits,
        })
    }

    /// The language of what a mail's sender is told.
    pub(super) fn language_of(&self, mail: &Mail) -> String {
        let fields = &mail.outline.root().fields;
        let said = ["Accept-Language", "Content-Language"];
        let said = said.iter().find_map(|name| fields.value(name));
        let tag = said.and_then(|value| value.split([',', ';', ' ']).find(|tag| !tag.is_empty()));
        self.texts().language(tag).to_owned()
    }

    /// Drops what nobody decided about in time. `now`: Unix time, seconds.
    pub(super) fn end_waiting(&self, now: i64) {
        if let Err(fault) = heavy(|| self.end_each(now)) {
            complain("waiting mails", &fault);
        }
    }

    fn end_each(&self, now: i64) -> Result<(), Fault> {
        each_waiting(self.store(), |id, waiting| {
            if !waiting.is_undecided() || waiting.until >= now {
                return Ok(());
            }
            let changed = self.store().rule_waiting(id, |waiting| {
                waiting.is_undecided().then(|| {
                    waiting.state = State::Over;
                    let ruling = waiting.ruling(Verdict::Over, None, now);
                    (waiting.told_over(), Some(ruling))
                })
            })?;
            if let Some((waiting, true)) = changed {
                maillog::hold_expired(&waiting.id);
                self.wake();
            }
            Ok(())
        })
    }
}

/// Visits every mail that waits or leaves, page by page.
pub(super) fn each_waiting(
    store: &Store,
    mut visit: impl FnMut(MailId, &Waiting) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut after = None;
    loop {
        let page = store.all_waiting(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(id_of(last)?);
        for waiting in &page {
            visit(id_of(waiting)?, waiting)?;
        }
    }
}

pub(super) fn id_of(waiting: &Waiting) -> Result<MailId, Fault> {
    let id = waiting.id.parse::<MailId>();
    id.map_err(|e| Fault::because(Kind::StoreDown, e))
}

/// The shortest of the times that those want whom no way reaches.
fn for_its_sender(plan: &Plan, unreached: Vec<Unreached>) -> Awaits {
    let waits = |d: &&Decision| unreached.iter().any(|u| u.recipient == d.recipient);
    let mut times = plan.decisions.iter().filter(waits);
    let first = times.next().map_or(HOLD_FOR, |d| d.options.hold_for);
    Awaits {
        release_by: Vec::new(),
        hold_for: times.fold(first, |least, d| least.min(d.options.hold_for)),
        rules: plan.reasons().into_iter().map(|why| why.rule).collect(),
        unreached,
    }
}

/// The rules that hold, each with its reason, in the order of the plan.
fn reasons(plan: &Plan, awaits: &Awaits) -> Vec<Why> {
    let all = || plan.decisions.iter().flat_map(|d| &d.reasons);
    let why = |rule: &String| all().find(|r| r.rule == *rule).map(|r| r.why.clone());
    let reason = |rule: &String| Why {
        rule: rule.clone(),
        why: why(rule).unwrap_or_default(),
    };
    awaits.rules.iter().map(reason).collect()
}
