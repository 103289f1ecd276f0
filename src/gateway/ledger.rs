//! Once only: what the ledger says about a mail before anything of it is sealed, and who comes with the same mail at the same time.
//!
//! Promises: of two sessions that bring the same mail the second waits for the first to end; a copy that is *done* is not sent again, one
//! that is *unknown* gets the link it had, as long as that opens and the same is decided for its recipient, and so does one that *stays*
//! with a mail server if that comes with it once more.
//! Leaves to others: what the same mail is (`transfer::ledger`), keeping it (`store`).
//! Fails with [`Kind::Deadline`] if the first takes too long, or as the store does.

use super::Gateway;
use super::waiting::Way;
use crate::fault::{Fault, Kind};
use crate::mail::{Address, Attention, Mail};
use crate::store::Store;
use crate::transfer::ledger::{Copy, CopyKey, Fate, Identity, Recalled, Submission};
use crate::transfer::proof::{Answer, Outcome};
use crate::transfer::record::Sealed;
use crate::transfer::{Decision, Held, Plan, Recovery, TransferId};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as Only, OwnedMutexGuard};
use tokio::time::timeout_at;

/// So many mails are under way at once before those that have ended are cleared out.
const ENOUGH: usize = 1_000;

/// So many mails are known to have been answered to a client that was there.
const MOST_CLIENTS: usize = 10_000;

/// The mails under way, by the name of the whole submission.
#[derive(Default)]
pub(super) struct Twins(Mutex<HashMap<CopyKey, Weak<Only<()>>>>);

/// Whose clients are there, by the name of the whole submission. Another mail with the same bytes from a client that is there is
/// another mail: only who went away without an answer comes with the same again.
#[derive(Default)]
pub(super) struct Attended(Mutex<HashMap<CopyKey, Attention>>);

impl Attended {
    /// A client comes with this mail. True if the one who came with it last is there.
    fn enter(&self, whole: CopyKey, client: &Attention) -> bool {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= MOST_CLIENTS {
            clients.retain(|_, client| client.is_there());
        }
        if clients.len() >= MOST_CLIENTS {
            // What they come with once more is taken for the same again.
            clients.clear();
        }
        let before = clients.insert(whole, client.clone());
        before.is_some_and(|before| before.is_there())
    }
}

/// A mail, and what is known of its copies. Of those whose client went away nobody else comes with the same while it lives.
pub(super) struct Past {
    pub(super) identity: Identity,
    /// One for each decision of the plan.
    copies: Vec<Option<Copy>>,
    one_for_all: bool,
    _only: Option<OwnedMutexGuard<()>>,
}

/// A mail, and that nobody else has it in hand; unless whoever came with it last is there, and this is another one.
pub(super) struct Turn {
    identity: Identity,
    one_for_all: bool,
    only: Option<OwnedMutexGuard<()>>,
}

/// What to do for the recipients of a mail, as indices of the plan's decisions.
#[derive(Default)]
pub(super) struct Rounds {
    /// They were served.
    pub(super) done: Vec<usize>,
    /// They may have a copy: the same again, by transfer.
    pub(super) again: Vec<(TransferId, Vec<usize>, Held)>,
    /// Nothing is known of them.
    pub(super) fresh: Vec<usize>,
}

impl Gateway {
    /// Waits until nobody else has this mail in hand; unless whoever came with it last is there.
    pub(super) async fn turn(&self, mail: &Mail, way: &Way) -> Result<Turn, Fault> {
        self.turn_of(way.word(), mail, way).await
    }

    /// The same for what is done with it by another name.
    pub(super) async fn turn_of(
        &self,
        word: &'static str,
        mail: &Mail,
        way: &Way,
    ) -> Result<Turn, Fault> {
        let identity = Identity::of(mail, word, &self.parts.master);
        let whole = identity.whole();
        // Whoever is away already came before, even if the next one was quicker.
        let client = mail.attention.as_ref().filter(|client| client.is_there());
        if client.is_some_and(|client| self.attended.enter(whole, client)) {
            return Ok(Turn {
                identity,
                one_for_all: mail.one_for_all,
                only: None,
            });
        }
        let only = timeout_at(way.until().into(), self.twins.of(whole).lock_owned()).await;
        let only =
            only.map_err(|_| Fault::because(Kind::Deadline, "the same mail is under way"))?;
        Ok(Turn {
            identity,
            one_for_all: mail.one_for_all,
            only: Some(only),
        })
    }

    /// Asks the ledger about a mail that may have come before. Blocks.
    pub(super) fn recollect(&self, turn: Turn, plan: &Plan) -> Result<Past, Fault> {
        let Turn {
            identity,
            one_for_all,
            only,
        } = turn;
        let mut copies = vec![None; plan.decisions.len()];
        if only.is_some() {
            let key = |d: &Decision| identity.copy(&d.recipient);
            let keys: Vec<CopyKey> = plan.decisions.iter().map(key).collect();
            copies = self.store().copies(&keys)?;
            self.overlay(&plan.decisions, &mut copies);
        }
        Ok(Past {
            identity,
            copies,
            one_for_all,
            _only: only,
        })
    }

    /// Which recipients get what. Blocks.
    pub(super) fn rounds(&self, past: &Past, plan: &Plan) -> Result<Rounds, Fault> {
        let mut rounds = Rounds::default();
        let mut unknown: Vec<(TransferId, Vec<usize>)> = Vec::new();
        for (index, copy) in past.copies.iter().enumerate() {
            match copy {
                Some(copy) if past.is_done(copy) => rounds.done.push(index),
                Some(Copy {
                    transfer: Some(id), ..
                }) => {
                    let id = id.parse().map_err(|e| Fault::because(Kind::StoreDown, e))?;
                    match unknown.iter_mut().find(|(other, _)| *other == id) {
                        Some((_, whom)) => whom.push(index),
                        None => unknown.push((id, vec![index])),
                    }
                }
                Some(Copy { transfer: None, .. }) | None => rounds.fresh.push(index),
            }
        }
        for (id, whom) in unknown {
            self.recall(past, plan, id, whom, &mut rounds)?;
        }
        if past.one_for_all && rounds.again.len() + usize::from(!rounds.fresh.is_empty()) > 1 {
            // They get one link for all, or new ones.
            let others = rounds.again.drain(..).flat_map(|(_, whom, _)| whom);
            rounds.fresh.extend(others);
        }
        rounds.fresh.sort_unstable();
        Ok(rounds)
    }

    /// The links that some recipients may have already, if they still open.
    fn recall(
        &self,
        past: &Past,
        plan: &Plan,
        id: TransferId,
        whom: Vec<usize>,
        rounds: &mut Rounds,
    ) -> Result<(), Fault> {
        let store = self.store();
        let recall = store.recall(&id)?.unwrap_or_default();
        let links = past.identity.open(&self.parts.master, &id, &recall);
        let has_link = |i: &usize| {
            let decision = &plan.decisions[*i];
            !decision.protects() || links.iter().any(|link| link.is_for(decision))
        };
        let (again, fresh): (Vec<usize>, Vec<usize>) = match links.is_empty() {
            true => (Vec::new(), whom),
            false => whom.into_iter().partition(has_link),
        };
        rounds.fresh.extend(fresh);
        if again.is_empty() {
            return Ok(());
        }
        let part = part_of(plan, &again);
        let used = |link: &&Recalled| part.decisions.iter().any(|d| link.is_for(d));
        let held = links.iter().filter(used).map(|link| link.held(&part));
        match store.held_again(id, held.collect())? {
            Some(held) => rounds.again.push((id, again, held)),
            None => rounds.fresh.extend(again),
        }
        Ok(())
    }

    /// What is known and could not be written yet.
    fn overlay(&self, decisions: &[Decision], copies: &mut [Option<Copy>]) {
        for known in self.known().iter() {
            let transfer = known.transfer.map(|id| id.to_string());
            for (decision, copy) in decisions.iter().zip(&mut *copies) {
                let to = &decision.recipient;
                let is_done = known.accepted.contains(to) || known.owned.contains(to);
                let same = |copy: &&mut Copy| transfer.is_some() && copy.transfer == transfer;
                if let Some(copy) = copy.as_mut().filter(same).filter(|_| is_done) {
                    copy.fate = match known.stays.contains(to) {
                        true => Fate::Stays,
                        false => Fate::Done,
                    };
                }
            }
        }
    }
}

impl Turn {
    /// True if this recipient's copy is done. Blocks.
    pub(super) fn came_before(&self, store: &Store, to: &Address) -> Result<bool, Fault> {
        let copy = self.copy_of(store, to)?;
        Ok(copy.is_some_and(|copy| copy.fate == Fate::Done))
    }

    /// True if this recipient may have a copy. Blocks.
    pub(super) fn may_have_left(&self, store: &Store, to: &Address) -> Result<bool, Fault> {
        let copy = self.copy_of(store, to)?;
        Ok(copy.is_some_and(|copy| copy.fate == Fate::Done || copy.transfer.is_some()))
    }

    fn copy_of(&self, store: &Store, to: &Address) -> Result<Option<Copy>, Fault> {
        if self.only.is_none() {
            return Ok(None);
        }
        let copies = store.copies(&[self.identity.copy(to)])?;
        Ok(copies.into_iter().flatten().next())
    }

    /// This recipient's copy, for a mail that came at `now` (Unix time, seconds).
    pub(super) fn submission(&self, to: &Address, now: i64) -> Submission {
        self.identity.submission_of([to].into_iter(), now)
    }
}

impl Past {
    /// What everybody hears if nothing is left to do.
    pub(super) fn all_served(&self, plan: &Plan) -> Option<Outcome> {
        let is_done = |copy: &Option<Copy>| copy.as_ref().is_some_and(|c| self.is_done(c));
        let done: Vec<usize> = (0..self.copies.len())
            .filter(|i| is_done(&self.copies[*i]))
            .collect();
        (done.len() == plan.decisions.len()).then(|| served(plan, &done))
    }

    /// It is not sent again. What a server keeps comes again only from another, or because it was lost: a server keeps what is one for all.
    fn is_done(&self, copy: &Copy) -> bool {
        match copy.fate {
            Fate::Done => true,
            Fate::Stays => !self.one_for_all,
            Fate::Unknown => false,
        }
    }

    /// Says in the transfer to be held which mail it belongs to.
    pub(super) fn mark(&self, gateway: &Gateway, plan: &Plan, sealed: &mut Sealed) {
        let Some(transfer) = &mut sealed.transfer else {
            return;
        };
        let now = Timestamp::now().as_second();
        let (master, id, tickets) = (&gateway.parts.master, &transfer.id, &transfer.tickets);
        let submission = self
            .identity
            .submission_with(master, id, plan, tickets, now);
        transfer.submission = Some(submission);
    }
}

impl Twins {
    fn of(&self, whole: CopyKey) -> Arc<Only<()>> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = under_way.get(&whole).and_then(Weak::upgrade) {
            return turn;
        }
        if under_way.len() >= ENOUGH {
            under_way.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::new(Only::new(()));
        under_way.insert(whole, Arc::downgrade(&turn));
        turn
    }
}

/// Those who were served when the mail came before.
pub(super) fn served(plan: &Plan, done: &[usize]) -> Outcome {
    let whom = done.iter().filter_map(|i| plan.decisions.get(*i));
    Outcome {
        answers: whom
            .map(|d| (d.recipient.clone(), Answer::Before))
            .collect(),
    }
}

/// A mail and its plan for some of the recipients only.
pub(super) fn narrowed(mail: &mut Mail, plan: &Plan, whom: &[usize]) -> Plan {
    let part = part_of(plan, whom);
    let is_in =
        |r: &crate::mail::Recipient| part.decisions.iter().any(|d| d.recipient == r.address);
    mail.envelope.recipients.retain(is_in);
    part
}

fn part_of(plan: &Plan, whom: &[usize]) -> Plan {
    let decisions = whom.iter().filter_map(|i| plan.decisions.get(*i)).cloned();
    let mut decisions: Vec<Decision> = decisions.collect();
    if !plan.keeps_spare() {
        // The files are those of the others too, who may have theirs already.
        let options = decisions.iter_mut().map(|d| &mut d.options);
        options.for_each(|options| options.recovery = Recovery::None);
    }
    Plan {
        decisions,
        subject: plan.subject.clone(),
        strip_controls: plan.strip_controls,
    }
}
