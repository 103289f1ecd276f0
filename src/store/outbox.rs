//! The outbox: notices that wait for their mail to be accepted, then for their channel, and are gone once it took them.
//!
//! A key is the time it is due (8 bytes) and the notice's id. A notice that waits for its mail is due at the end of time.

use super::backend::Table;
use super::values::Change;
use super::{Store, Stored, fault, ordered};
use crate::fault::Fault;
use crate::transfer::Notice;
use serde::{Deserialize, Serialize};

/// When a notice is due whose mail was not accepted yet.
pub(super) const WAITING: i64 = i64::MAX;

/// A notice in the index.
#[derive(Serialize, Deserialize)]
pub(super) struct Queued {
    pub(super) notice: Notice,
    pub(super) tries: u32,
}

/// A notice that can be sent now.
#[derive(Debug, Clone)]
pub struct DueNotice {
    /// To say what became of it.
    pub key: NoticeKey,
    /// The notice.
    pub notice: Notice,
    /// How often it was tried.
    pub tries: u32,
}

/// Names a notice in the outbox until it is done or put off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeKey(Vec<u8>);

pub(super) fn key(due: i64, notice: &str) -> Vec<u8> {
    [&ordered(due)[..], notice.as_bytes()].concat()
}

impl Store {
    /// Up to `limit` notices that are due at `now` (Unix time, seconds), the longest due first. They stay until they are done.
    pub fn due_notices(&self, now: i64, limit: usize) -> Result<Vec<DueNotice>, Fault> {
        let end = ordered(now.saturating_add(1));
        self.values
            .scan(Table::Outbox, b"", &end, limit)?
            .map(|pair| {
                let (key, Queued { notice, tries }) = pair?;
                Ok(DueNotice {
                    key: NoticeKey(key),
                    notice,
                    tries,
                })
            })
            .collect()
    }

    /// When the next notice is due (Unix time, seconds), if any is.
    pub fn next_notice(&self) -> Result<Option<i64>, Fault> {
        let first = self
            .values
            .backend
            .scan(Table::Outbox, b"", &ordered(WAITING), 1);
        let first = first.map_err(fault)?;
        let due = first.first().and_then(|(key, _)| key.first_chunk::<8>());
        Ok(due.map(|bytes| i64::from_be_bytes(*bytes) ^ i64::MIN))
    }

    /// A channel took it, or never will: it goes.
    pub fn notice_done(&self, key: &NoticeKey) -> Result<(), Fault> {
        let mut change = Change::new(&self.values);
        change.remove(Table::Outbox, &key.0)?;
        change.commit().map_err(fault)
    }

    /// Not now: again at `due` (Unix time, seconds). A notice whose transfer was revoked meanwhile stays gone.
    pub fn notice_again(&self, key: &NoticeKey, due: i64, tries: u32) -> Result<(), Fault> {
        let Some(queued) = self.values.get::<Queued>(Table::Outbox, &key.0)? else {
            return Ok(());
        };
        let notice = queued.notice;
        let mut change = Change::new(&self.values);
        let new_key = self::key(due.min(WAITING - 1), &notice.id);
        change.remove(Table::Outbox, &key.0)?;
        change.replace(Table::Outbox, &new_key, &Queued { notice, tries })?;
        change.commit().map_err(fault)
    }

    /// Another notice takes its place at once, due at `due`: a channel that gave up hands over to the next, and a crash between the two
    /// loses no password.
    pub fn notice_instead(&self, key: &NoticeKey, notice: Notice, due: i64) -> Result<(), Fault> {
        let mut change = Change::new(&self.values);
        let new_key = self::key(due, &notice.id);
        change.remove(Table::Outbox, &key.0)?;
        change.replace(Table::Outbox, &new_key, &Queued { notice, tries: 0 })?;
        change.commit().map_err(fault)
    }

    /// The mail was accepted: notices become due, without the passwords of those who were refused.
    pub(super) fn wake_notices(
        &self,
        change: &mut Change<'_>,
        stored: &mut Stored,
        has_it: impl Fn(&str) -> bool,
    ) -> Result<(), Fault> {
        let now = jiff::Timestamp::now().as_second();
        for id in std::mem::take(&mut stored.waiting) {
            let old = key(WAITING, &id);
            let Some(mut queued) = self.values.get::<Queued>(Table::Outbox, &old)? else {
                continue;
            };
            change.remove(Table::Outbox, &old)?;
            queued.notice.entries.retain(|e| has_it(&e.recipient));
            if !queued.notice.entries.is_empty() {
                change.replace(Table::Outbox, &key(now, &id), &queued)?;
            }
        }
        Ok(())
    }

    /// Removes every notice of a transfer, or only the entries of recipients who `is_out`.
    pub(super) fn silence(
        &self,
        change: &mut Change<'_>,
        transfer: &str,
        is_out: impl Fn(&str) -> bool,
    ) -> Result<(), Fault> {
        let prefix = [transfer.as_bytes(), b"-"].concat();
        let mut from = Vec::new();
        loop {
            let page = self
                .values
                .backend
                .scan(Table::Outbox, &from, &[0xff; 9], 256)
                .map_err(fault)?;
            for (key, value) in page.iter().filter(|(k, _)| k[8..].starts_with(&prefix)) {
                let mut queued: Queued = self.values.open(Table::Outbox, key, value)?;
                queued.notice.entries.retain(|e| !is_out(&e.recipient));
                if queued.notice.entries.is_empty() {
                    change.remove(Table::Outbox, key)?;
                } else {
                    change.replace(Table::Outbox, key, &queued)?;
                }
            }
            match page.last() {
                Some((last, _)) => from = [last, &b"\0"[..]].concat(),
                None => return Ok(()),
            }
        }
    }
}
