//! The outbox: notices that wait for their mail to be accepted, then for their channel, and are gone once it took them.
//!
//! A key is the time it is due (8 bytes) and the notice's id. A notice that waits for its mail is due at the end of time.

use super::backend::Table;
use super::values::Change;
use super::{Store, Stored, fault, ordered, ticket_key};
use crate::fault::{Fault, Kind};
use crate::transfer::notice::{Learn, NoticeEntry, Route};
use crate::transfer::proof::PasswordLine;
use crate::transfer::{Destination, Notice, Receipt, Ticket, Told, TransferId};
use serde::{Deserialize, Serialize};

/// When a notice is due whose mail was not accepted yet.
pub(super) const WAITING: i64 = i64::MAX;

/// A notice in the index.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Queued {
    pub(super) notice: Notice,
    pub(super) tries: u32,
    pub(super) standing: Standing,
}

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Standing {
    /// Its channel has not taken it.
    #[default]
    Waits,
    /// Taken; it is not known whether it arrived. A bit for each message that nothing was heard of.
    Awaits(u8),
    /// Taken, and it did not arrive.
    Failed,
    /// Another of the mail's recipients has the same password on the same telephone: it left with his, and waits only for word of its mail.
    Said,
}

impl Standing {
    /// When this message has arrived.
    pub(super) fn without(self, part: u8) -> Self {
        match self {
            Standing::Awaits(parts) => {
                Standing::Awaits(parts & !1u8.checked_shl(part.into()).unwrap_or(0))
            }
            other => other,
        }
    }
}

impl Queued {
    fn due(self, key: NoticeKey) -> DueNotice {
        DueNotice {
            key,
            notice: self.notice,
            tries: self.tries,
            standing: self.standing,
        }
    }
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
    /// Whether its channel took it. One that awaits a report is due when that is overdue.
    pub standing: Standing,
}

/// What a look into the outbox found.
#[derive(Debug, Clone, Default)]
pub struct DuePage {
    /// The longest due first.
    pub notices: Vec<DueNotice>,
    /// Where the next page begins; `None` if this was the last.
    pub next: Option<NoticeKey>,
}

/// Names a notice in the outbox until it is done or put off.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NoticeKey(Vec<u8>);

impl NoticeKey {
    /// A place before everything that is due at this time (Unix, seconds) or later.
    pub fn since(due: i64) -> Self {
        NoticeKey(ordered(due).to_vec())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// When it is due (Unix time, seconds).
    pub(super) fn due(&self) -> i64 {
        let bytes = self.0.first_chunk::<8>();
        bytes.map_or(WAITING, |bytes| i64::from_be_bytes(*bytes) ^ i64::MIN)
    }
}

pub(super) fn key(due: i64, notice: &str) -> Vec<u8> {
    [&ordered(due)[..], notice.as_bytes()].concat()
}

/// A notice that is due then.
pub(super) fn put(change: &mut Change<'_>, notice: &Notice, due: i64) -> Result<(), Fault> {
    let queued = Queued {
        notice: notice.clone(),
        tries: 0,
        standing: Standing::Waits,
    };
    change.replace(Table::Outbox, &key(due, &notice.id), &queued)
}

impl Store {
    /// Up to `limit` notices that are due at `now` (Unix time, seconds), from the one behind `after`. They stay until they are done.
    /// One that cannot be read is told to the log and passed over: it must not hold up the others.
    pub fn due_notices(
        &self,
        after: Option<&NoticeKey>,
        now: i64,
        limit: usize,
    ) -> Result<DuePage, Fault> {
        let from = after.map_or(Vec::new(), |key| [&key.0[..], b"\0"].concat());
        let end = ordered(now.saturating_add(1));
        let pairs = self
            .values
            .backend
            .scan(Table::Outbox, &from, &end, limit)
            .map_err(fault)?;
        let mut page = DuePage::default();
        if pairs.len() == limit {
            page.next = pairs.last().map(|(key, _)| NoticeKey(key.clone()));
        }
        for (key, value) in pairs {
            match self.values.open::<Queued>(Table::Outbox, &key, &value) {
                Ok(queued) => page.notices.push(queued.due(NoticeKey(key))),
                Err(fault) => tracing::error!(%fault, "a notice cannot be read"),
            }
        }
        Ok(page)
    }

    /// A notice as it is now; `None` if it is done or was taken back.
    pub fn notice(&self, key: &NoticeKey) -> Result<Option<DueNotice>, Fault> {
        let queued: Option<Queued> = self.values.get(Table::Outbox, &key.0)?;
        Ok(queued.map(|queued| queued.due(key.clone())))
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
        self.put_off(key, due, None, |queued| queued.tries = tries)
    }

    /// It takes another way at once, due at `due`: a channel that gave up hands over to the next, and a crash between the two loses no
    /// password. Its id gets `mark` behind it; the pages of its recipients name the new way from now on. What was revoked meanwhile stays
    /// gone.
    pub fn notice_instead(
        &self,
        key: &NoticeKey,
        due: i64,
        mark: &str,
        way: Route,
    ) -> Result<(), Fault> {
        let line = way.line.clone();
        let turn = |queued: &mut Queued| {
            queued.tries = 0;
            queued.standing = Standing::Waits;
            queued.notice.id.push_str(mark);
            queued.notice.number = Learn::Nothing;
            queued.notice.channel = way.channel;
            queued.notice.destination = way.destination;
            queued.notice.then = way.then;
        };
        self.put_off(key, due, Some(&line), turn)
    }

    fn put_off(
        &self,
        key: &NoticeKey,
        due: i64,
        line: Option<&PasswordLine>,
        alter: impl FnOnce(&mut Queued),
    ) -> Result<(), Fault> {
        let Some(queued) = self.values.get::<Queued>(Table::Outbox, &key.0)? else {
            return Ok(());
        };
        let of = queued.notice.transfer.parse();
        let of = of.map_err(|e| Fault::because(Kind::StoreDown, e))?;
        let _alone = self.alone(&of);
        // Again, now that nobody can take it back meanwhile.
        let Some(mut queued) = self.values.get::<Queued>(Table::Outbox, &key.0)? else {
            return Ok(());
        };
        alter(&mut queued);
        let due = due.min(WAITING - 1);
        let new_key = self::key(due, &queued.notice.id);
        let mut change = Change::new(&self.values);
        self.follow(&mut change, &queued.notice.id, due)?;
        change.remove(Table::Outbox, &key.0)?;
        change.replace(Table::Outbox, &new_key, &queued)?;
        if let Some(line) = line {
            self.name_way(&mut change, &of, &queued.notice, line)?;
        }
        change.commit().map_err(fault)
    }

    /// The pages of those whose passwords these are say how they travel. Their manifests go on to say how they were to: a rebuilt page
    /// may name a way that failed.
    fn name_way(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        notice: &Notice,
        line: &PasswordLine,
    ) -> Result<(), Fault> {
        for (number, mut ticket) in self.tickets_of(id, notice)? {
            ticket.password_line = line.clone();
            change.replace(Table::Tickets, &ticket_key(id, number), &ticket)?;
        }
        Ok(())
    }

    /// The tickets of those whose passwords a notice has, with their numbers.
    pub(super) fn tickets_of(
        &self,
        id: &TransferId,
        notice: &Notice,
    ) -> Result<Vec<(u32, Ticket)>, Fault> {
        let count = self.transfer(id)?.map_or(0, |record| record.tickets);
        let mut all = Vec::new();
        for number in 0..count {
            let Some(ticket) = self.ticket(id, number)? else {
                continue;
            };
            let mut whose = notice.entries.iter().map(|entry| &entry.recipient);
            if whose.any(|name| ticket.recipients.contains(name)) {
                all.push((number, ticket));
            }
        }
        Ok(all)
    }

    /// Notices become due for those who have the mail, and go on waiting for those who may have it; the passwords of others go. The first
    /// to the sender takes the receipt with it, the first to a telephone the passwords of all who read it there. True if one becomes due.
    pub(super) fn wake_notices(
        &self,
        change: &mut Change<'_>,
        stored: &mut Stored,
        receipt: &mut Option<Box<Receipt>>,
        has_it: impl Fn(&str) -> bool,
        may_have_it: impl Fn(&str) -> bool,
    ) -> Result<bool, Fault> {
        let mut any = false;
        let now = jiff::Timestamp::now().as_second();
        for id in std::mem::take(&mut stored.waiting) {
            let old = key(WAITING, &id);
            let Some(mut due) = self.values.get::<Queued>(Table::Outbox, &old)? else {
                continue;
            };
            let mut rest = due.clone();
            let waits = |to: &str| !has_it(to) && may_have_it(to);
            due.notice.entries.retain(|e| has_it(&e.recipient));
            rest.notice.entries.retain(|e| waits(&e.recipient));
            if !due.notice.entries.is_empty() && due.standing != Standing::Said {
                any = true;
                if due.notice.is_text() {
                    // It is one password on one telephone: who has his mail later has read it by then.
                    due.notice.entries.extend_from_slice(&rest.notice.entries);
                    rest.standing = Standing::Said;
                }
                carry(&mut due.notice, stored.record.told.as_ref(), receipt);
                change.replace(Table::Outbox, &key(now, &id), &due)?;
                // Two notices now, and a channel must not take the later one for the same.
                rest.notice.id.push('+');
            }
            let new = key(WAITING, &rest.notice.id);
            if new != old || rest.notice.entries.is_empty() {
                change.remove(Table::Outbox, &old)?;
            }
            if !rest.notice.entries.is_empty() {
                change.replace(Table::Outbox, &new, &rest)?;
                stored.waiting.push(rest.notice.id);
            }
        }
        Ok(any)
    }

    /// True if the password of one who `is_theirs` waits until his mail was accepted.
    pub(super) fn waits_for_mail(
        &self,
        stored: &Stored,
        is_theirs: impl Fn(&str) -> bool,
    ) -> Result<bool, Fault> {
        for id in &stored.waiting {
            let queued: Option<Queued> = self.values.get(Table::Outbox, &key(WAITING, id))?;
            let mut entries = queued.iter().flat_map(|queued| &queued.notice.entries);
            if entries.any(|entry| is_theirs(&entry.recipient)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes every notice of a transfer, or only the entries of recipients who `is_out`. Gives back the receipts that would have left
    /// with what is gone.
    pub(super) fn silence(
        &self,
        change: &mut Change<'_>,
        transfer: &str,
        is_out: impl Fn(&str) -> bool,
    ) -> Result<Vec<Receipt>, Fault> {
        let mut receipts = Vec::new();
        let prefix = [transfer.as_bytes(), b"-"].concat();
        let mut from = Vec::new();
        loop {
            let page = self
                .values
                .backend
                .scan(Table::Outbox, &from, &[0xff; 9], 256)
                .map_err(fault)?;
            for (key, value) in page.iter().filter(|(k, _)| k[8..].starts_with(&prefix)) {
                let Ok(mut queued) = self.values.open::<Queued>(Table::Outbox, key, value) else {
                    // Nobody will ever read it, and it must not keep the others from being taken back.
                    change.remove(Table::Outbox, key)?;
                    continue;
                };
                queued.notice.entries.retain(|e| !is_out(&e.recipient));
                if queued.notice.entries.is_empty() {
                    receipts.extend(queued.notice.receipt.take().map(|receipt| *receipt));
                    change.remove(Table::Outbox, key)?;
                } else {
                    change.replace(Table::Outbox, key, &queued)?;
                }
            }
            match page.last() {
                Some((last, _)) => from = [last, &b"\0"[..]].concat(),
                None => return Ok(receipts),
            }
        }
    }
}

/// Passwords and receipt to the sender are one mail, in the sender's language; unless the sender got the link too, and so gets no password.
fn carry(notice: &mut Notice, told: Option<&Told>, receipt: &mut Option<Box<Receipt>>) {
    let Destination::Sender(sender) = &notice.destination else {
        return;
    };
    let has_link = |e: &NoticeEntry| e.recipient.eq_ignore_ascii_case(sender);
    if notice.entries.iter().any(has_link) {
        return;
    }
    if let Some(told) = told {
        notice.language.clone_from(&told.language);
    }
    notice.receipt = receipt.take();
}
