//! Approving on a page: what somebody with a link from a mail about a waiting mail sees and does.
//!
//! Promises: who may is said by the link alone, and it is made for one person and one mail; looking changes nothing (P14); of two who decide
//! the first does, and the other learns that it was decided, by whom and when. Nothing of what the mail says is here.
//! Leaves to others: the page (`doors::web`), what follows ([`super::waiting`]).
//! Fails with `Fault`: the store does not answer.

use super::waiting::{Ruled, dismiss, guide, release, withdraw};
use crate::fault::Fault;
use crate::notify::Router;
use crate::store::Store;
use crate::transfer::hold_link::{self, Part};
use crate::transfer::phone::Unfit;
use crate::transfer::waiting::Ruling;
use crate::transfer::{Given, Unreached, Waiting};
use std::fmt;
use std::sync::Arc;
use tokio::sync::Notify;

/// The line for approvers. One for all doors.
pub struct Approving {
    store: Arc<Store>,
    /// Rung when something is to be sent.
    bells: [Arc<Notify>; 2],
    /// Knows which numbers can be used.
    router: Router,
}

/// What a link shows.
#[derive(Debug, Clone)]
pub enum Seen {
    /// It is nobody's, or nothing is known of its mail any more.
    Gone,
    /// Nobody has decided yet.
    Waits(Box<Waiting>, Part),
    /// Somebody has.
    Decided(Ruling),
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// An approver: it may leave.
    Release,
    /// An approver: it may leave, its files at least behind a link.
    AsTransfer,
    /// An approver: it must not leave; a sentence for its sender.
    Drop(Option<String>),
    /// Its sender: it is not to leave.
    Withdraw,
    /// Its sender: so they get their passwords whom no way reaches, in their order.
    Guide(Vec<Given>),
}

impl Approving {
    /// Over this store. `bells`: of released mails and of memos.
    pub fn new(store: Arc<Store>, bells: [Arc<Notify>; 2], router: Router) -> Self {
        Approving {
            store,
            bells,
            router,
        }
    }

    /// A telephone number as a sender typed it, in international form, if it can be used for this recipient.
    pub fn dial(&self, typed: &str, whose: &Unreached) -> Result<String, Unfit> {
        self.router.dial(typed, &whose.by_phone)
    }

    /// What a link shows. Blocks.
    pub fn look(&self, token: &str) -> Result<Seen, Fault> {
        let Some(mail) = hold_link::mail_of(token) else {
            return Ok(Seen::Gone);
        };
        if let Some(waiting) = self.store.waiting(mail)?
            && waiting.is_undecided()
        {
            let people = (&waiting.approvers[..], waiting.envelope.sender.as_ref());
            let part = hold_link::read(self.store.master(), &waiting.id, people, token);
            return Ok(part.map_or(Seen::Gone, |part| Seen::Waits(Box::new(waiting), part)));
        }
        let ruling = self.store.ruling(mail)?;
        let is_for = |ruling: &Ruling| {
            let people = (&ruling.approvers[..], ruling.sender.as_ref());
            hold_link::read(self.store.master(), &ruling.mail, people, token).is_some()
        };
        let ruling = ruling.filter(is_for);
        Ok(ruling.map_or(Seen::Gone, Seen::Decided))
    }

    /// Decides, if the link may and nobody has; true if this did it, `None` if it is nobody's link. Blocks.
    pub fn decide(&self, token: &str, word: Word) -> Result<Option<bool>, Fault> {
        let (waiting, part) = match self.look(token)? {
            Seen::Waits(waiting, part) => (waiting, part),
            Seen::Decided(_) => return Ok(Some(false)),
            Seen::Gone => return Ok(None),
        };
        let id = super::waiting::id_of(&waiting)?;
        let store = &self.store;
        let ruled = match (&part, word) {
            (Part::Approver(by), Word::Release) => release(store, id, Some(by), false)?,
            (Part::Approver(by), Word::AsTransfer) => release(store, id, Some(by), true)?,
            (Part::Approver(by), Word::Drop(because)) => {
                dismiss(store, id, Some(by), because.as_deref())?
            }
            (Part::Sender(_), Word::Withdraw) => withdraw(store, id)?,
            (Part::Sender(_), Word::Guide(given)) => guide(store, id, &given)?,
            _ => return Ok(Some(false)),
        };
        self.bells.iter().for_each(|bell| bell.notify_one());
        Ok(Some(matches!(ruled, Ruled::Done(_))))
    }
}

impl fmt::Debug for Approving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Approving")
    }
}
