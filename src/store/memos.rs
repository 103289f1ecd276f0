//! Memos that were not sent yet: kept until the next hop has them.
//!
//! A key is the time a memo is due (8 bytes) and its id. One that is due later grows until then: who adds to it puts a new value in its place.
//! One that brings a recipient a new link holds the password too: it becomes a notice in the change that ends the memo, and goes with what
//! takes the link back.

use super::backend::Table;
use super::values::Change;
use super::{Store, down, fault, ordered, outbox};
use crate::Pending;
use crate::fault::{Fault, Kind};
use crate::transfer::memo::{About, Failed, RENEWED};
use crate::transfer::{Memo, Notice, Receipt, Record, SenderLink, TransferId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A memo in the index.
#[derive(Serialize, Deserialize)]
struct Queued {
    memo: Memo,
    /// When it was made: Unix time, seconds.
    since: i64,
    tries: u32,
}

/// A memo that can be sent now.
#[derive(Debug, Clone)]
pub struct DueMemo {
    key: Vec<u8>,
    /// The memo.
    pub memo: Memo,
    /// When it was made: Unix time, seconds.
    pub since: i64,
    /// How often it was tried.
    pub tries: u32,
}

fn key(due: i64, memo: &str) -> Vec<u8> {
    [&ordered(due)[..], memo.as_bytes()].concat()
}

/// Adds memos to a change; they are due at once.
pub(super) fn put(change: &mut Change<'_>, memos: &[Memo], now: i64) -> Result<(), Fault> {
    for memo in memos {
        let queued = Queued {
            memo: memo.clone(),
            since: now,
            tries: 0,
        };
        change.create(Table::Memos, &key(now, &memo.id), &queued)?;
    }
    Ok(())
}

/// Writes a memo that is due then, in place of the one with the same id and time. On a full disk too: what is told of is done.
pub(super) fn schedule(change: &mut Change<'_>, memo: &Memo, due: i64) -> Result<(), Fault> {
    let queued = Queued {
        memo: memo.clone(),
        since: due,
        tries: 0,
    };
    change.replace(Table::Memos, &key(due, &memo.id), &queued)
}

/// A receipt as a mail of its own, due at once.
pub(super) fn receipt(
    change: &mut Change<'_>,
    record: &Record,
    receipt: Box<Receipt>,
) -> Result<(), Fault> {
    let page = format!("/s/{}", receipt.token);
    let memo = Memo::to_sender(record, "receipt", page, About::Receipt(receipt));
    let now = Timestamp::now().as_second();
    memo.map_or(Ok(()), |memo| schedule(change, &memo, now))
}

impl Store {
    /// A memo that is due at this time, if it was not sent yet.
    pub fn scheduled(&self, memo: &str, due: i64) -> Result<Option<Memo>, Fault> {
        let queued: Option<Queued> = self.values.get(Table::Memos, &key(due, memo))?;
        Ok(queued.map(|queued| queued.memo))
    }

    /// Up to `limit` memos that are due at `now` (Unix time, seconds), the longest due first. They stay until they are done. One that
    /// cannot be read is told to the log and passed over.
    pub fn due_memos(&self, now: i64, limit: usize) -> Result<Vec<DueMemo>, Fault> {
        let end = ordered(now.saturating_add(1));
        let pairs = self.values.backend.scan(Table::Memos, b"", &end, limit);
        let mut due = Vec::new();
        for (key, value) in pairs.map_err(fault)? {
            match self.values.open::<Queued>(Table::Memos, &key, &value) {
                Ok(queued) => due.push(DueMemo {
                    key,
                    memo: queued.memo,
                    since: queued.since,
                    tries: queued.tries,
                }),
                Err(fault) => tracing::error!(%fault, "a memo cannot be read"),
            }
        }
        Ok(due)
    }

    /// The next hop has it, or never will: it goes. Awaited, it says how that ended.
    pub fn memo_done(&self, due: &DueMemo) -> Result<Pending<'_, Result<(), Fault>>, Fault> {
        let mut change = Change::new(&self.values);
        change.remove(Table::Memos, &due.key)?;
        let written = change.send(None);
        Ok(Box::pin(async move { written.await.map_err(fault) }))
    }

    /// The next hop has the mail with a new link, or never will (`refused`, in its words). Its password is due now, or its sender is told;
    /// durable together with the end of the memo. Where several share the link, one notice goes to one place, with the first of their mails that
    /// is taken. What was taken back or renewed again meanwhile stays so, and nobody is told.
    pub fn link_done(&self, due: &DueMemo, refused: Option<&str>) -> Result<(), Fault> {
        let id = of_transfer(&due.memo)?;
        let _alone = self.alone(&id);
        // As it is now: its notice may have left with that of another who shares the link.
        let Some(queued) = self.values.get::<Queued>(Table::Memos, &due.key)? else {
            return Ok(());
        };
        let About::Renewed(renewal) = queued.memo.about else {
            return Err(down("a memo without a link"));
        };
        let (mut change, now) = (Change::new(&self.values), Timestamp::now().as_second());
        change.remove(Table::Memos, &due.key)?;
        let recipient = &due.memo.to;
        match (refused, &renewal.notice) {
            (None, Some(notice)) => {
                outbox::put(&mut change, notice, now)?;
                self.change_siblings(&mut change, &due.memo.id, |other| {
                    *other = other.take().filter(|other| !is_same_place(other, notice));
                })?;
            }
            (None, None) => {}
            (Some(why), _) => {
                self.tell_undelivered(&mut change, &id, &due.memo, why)?;
                self.change_siblings(&mut change, &due.memo.id, |other| {
                    if let Some(other) = other {
                        other.entries.retain(|entry| entry.recipient != *recipient);
                    }
                })?;
            }
        }
        change.commit().map_err(fault)
    }

    /// Changes the notices in the memos of the others who share the link that this memo brings.
    fn change_siblings(
        &self,
        change: &mut Change<'_>,
        memo: &str,
        alter: impl Fn(&mut Option<Box<Notice>>),
    ) -> Result<(), Fault> {
        let family = memo.rsplit_once('.').map_or(memo, |(family, _)| family);
        self.each_raw(Table::Memos, |key, value| {
            let id = key.get(8..).and_then(|id| str::from_utf8(id).ok());
            let theirs = id.and_then(|id| id.rsplit_once('.').filter(|_| id != memo));
            if theirs.is_none_or(|(theirs, _)| theirs != family) {
                return Ok(());
            }
            // One that nobody will ever read has nothing to change.
            let Ok(mut queued) = self.values.open::<Queued>(Table::Memos, key, value) else {
                return Ok(());
            };
            if let About::Renewed(renewal) = &mut queued.memo.about {
                let before = renewal.notice.clone();
                alter(&mut renewal.notice);
                if renewal.notice != before {
                    return change.replace(Table::Memos, key, &queued);
                }
            }
            Ok(())
        })
    }

    fn tell_undelivered(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        link: &Memo,
        why: &str,
    ) -> Result<(), Fault> {
        let Some(record) = self.transfer(id)? else {
            return Ok(());
        };
        let about = About::NotRenewed(Failed {
            recipient: link.to.clone(),
            reply: why.to_owned(),
        });
        let page = format!("/s/{}", SenderLink::token(&self.master, id, None));
        let suffix = link.id.split_once('-').map_or("", |(_, suffix)| suffix);
        let memo = Memo::to_sender(&record, &format!("not-{suffix}"), page, about);
        let now = Timestamp::now().as_second();
        memo.map_or(Ok(()), |memo| schedule(change, &memo, now))
    }

    /// True if a memo still is to be sent.
    pub fn is_due(&self, due: &DueMemo) -> Result<bool, Fault> {
        Ok(self.values.raw(Table::Memos, &due.key)?.is_some())
    }

    /// Removes the mails with new links of a transfer that were not sent yet, with the passwords in them, of recipients who `is_out`.
    pub(super) fn silence_links(
        &self,
        change: &mut Change<'_>,
        transfer: &str,
        is_out: impl Fn(&str) -> bool,
    ) -> Result<(), Fault> {
        let prefix = format!("{transfer}-{RENEWED}-");
        self.each_raw(Table::Memos, |key, value| {
            let id = key.get(8..).unwrap_or_default();
            if id.starts_with(prefix.as_bytes()) {
                let queued = self.values.open::<Queued>(Table::Memos, key, value);
                // One that nobody will ever read must not keep the others from being taken back.
                if queued.is_ok_and(|queued| !is_out(&queued.memo.to)) {
                    return Ok(());
                }
                change.remove(Table::Memos, key)?;
            }
            Ok(())
        })
    }

    /// Not now: again at `at` (Unix time, seconds). One that was taken back meanwhile stays gone.
    pub fn memo_again(&self, due: &DueMemo, at: i64) -> Result<(), Fault> {
        let of = due.memo.transfer.as_ref().and_then(|id| id.parse().ok());
        let _alone = of.map(|id| self.alone(&id));
        // As it is now: its notice may have left meanwhile.
        let Some(mut queued) = self.values.get::<Queued>(Table::Memos, &due.key)? else {
            return Ok(());
        };
        queued.tries = due.tries.saturating_add(1);
        let mut change = Change::new(&self.values);
        change.remove(Table::Memos, &due.key)?;
        change.replace(Table::Memos, &key(at, &due.memo.id), &queued)?;
        change.commit().map_err(fault)
    }
}

/// They say the same to the same: all who share a link have one password.
fn is_same_place(a: &Notice, b: &Notice) -> bool {
    (&a.channel, &a.destination, &a.then) == (&b.channel, &b.destination, &b.then)
}

fn of_transfer(memo: &Memo) -> Result<TransferId, Fault> {
    let id = memo.transfer.as_deref().unwrap_or_default().parse();
    id.map_err(|e| Fault::because(Kind::StoreDown, e))
}
