//! Reports that are awaited: which notice a provider speaks of, and what its word changes.
//!
//! A key is an HMAC of the name by which the network will speak of the notice: the token of its address, or the number that it gave a
//! message. Known from before the channel is asked until [`KEPT`] after it: a report can come before the answer to the call does, and it can
//! come twice.
//! Promises: a word about one notice changes that one alone; delivered, it is wiped; failed, it becomes due and is not sent that way again;
//! what was taken back or has another way meanwhile stays as it is.
//! Leaves to others: who may speak (`notify`, the door), what is overdue (`gateway::notices`).

use super::backend::Table;
use super::history;
use super::outbox::{NoticeKey, Queued, Standing, key as place};
use super::values::Change;
use super::{Store, fault, ticket_key};
use crate::fault::{Fault, Kind};
use crate::transfer::report::{Report, token};
use crate::transfer::{Event, Happened, Notice, TransferId};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// So long a report is understood, in seconds; networks try for three days at most.
const KEPT: i64 = 7 * 86_400;

/// Which notice a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Awaited {
    notice: String,
    transfer: String,
    mail: String,
    channel: String,
    /// Where in the outbox it is.
    due: i64,
    /// Which of its messages; each is reported.
    part: u8,
    /// Forgotten then.
    until: i64,
}

/// Whom a report is about, as far as the log may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The mail it was made from.
    pub mail: String,
    /// The transfer.
    pub transfer: String,
    /// The channel that took it.
    pub channel: String,
}

/// The name of a message that a channel's network numbers.
pub fn message_name(channel: &str, reference: &str) -> String {
    format!("{channel}\0{reference}")
}

impl Store {
    /// Before a channel that reports is asked: from now on its word about this notice is understood.
    pub fn expect_report(&self, key: &NoticeKey, notice: &Notice, now: i64) -> Result<(), Fault> {
        let id = transfer_of(&notice.transfer)?;
        let _alone = self.alone(&id);
        let name = token(&self.master, &notice.id);
        let awaited = awaited(notice, key.due(), 0, now);
        let known: Option<Awaited> = self.values.get(Table::Reports, &self.report_key(&name))?;
        if known.is_some_and(|known| known.due == awaited.due) {
            return Ok(());
        }
        let mut change = Change::new(&self.values);
        change.replace(Table::Reports, &self.report_key(&name), &awaited)?;
        change.commit().map_err(fault)
    }

    /// The channel took it, and says by these references what becomes of its messages (none: by the address that it was given): it stays,
    /// sealed, until that or `overdue` (Unix time, seconds). Nothing changes if a report was faster.
    pub fn notice_taken(
        &self,
        key: &NoticeKey,
        notice: &Notice,
        references: &[String],
        now: i64,
        overdue: i64,
    ) -> Result<(), Fault> {
        let id = transfer_of(&notice.transfer)?;
        let _alone = self.alone(&id);
        let queued: Option<Queued> = self.values.get(Table::Outbox, key.bytes())?;
        let Some(mut queued) = queued.filter(|q| q.standing != Standing::Failed) else {
            return Ok(());
        };
        queued.standing = Standing::Awaits(
            1u8.checked_shl(count(references))
                .unwrap_or(0)
                .wrapping_sub(1),
        );
        let mut change = Change::new(&self.values);
        change.remove(Table::Outbox, key.bytes())?;
        change.replace(Table::Outbox, &place(overdue, &notice.id), &queued)?;
        let by_address = [token(&self.master, &notice.id)];
        let named: Vec<String> = references
            .iter()
            .map(|r| message_name(&notice.channel, r))
            .collect();
        let names = if named.is_empty() {
            &by_address[..]
        } else {
            &named
        };
        for (part, name) in (0..).zip(names) {
            let awaited = awaited(notice, overdue, part, now);
            change.replace(Table::Reports, &self.report_key(name), &awaited)?;
        }
        change.commit().map_err(fault)
    }

    /// Whom somebody speaks of who uses this name (a token, or [`message_name`]); `None` if that is nobody.
    pub fn report_subject(&self, name: &str) -> Result<Option<Subject>, Fault> {
        let known: Option<Awaited> = self.values.get(Table::Reports, &self.report_key(name))?;
        Ok(known.map(|known| Subject {
            mail: known.mail,
            transfer: known.transfer,
            channel: known.channel,
        }))
    }

    /// What became of what has this name, at `now` (Unix time, seconds); true if that was news.
    pub fn reported(&self, name: &str, said: Report, now: i64) -> Result<bool, Fault> {
        let key = self.report_key(name);
        let Some(known) = self.values.get::<Awaited>(Table::Reports, &key)? else {
            return Ok(false);
        };
        let id = transfer_of(&known.transfer)?;
        let _alone = self.alone(&id);
        // Again, now that nobody can move it meanwhile.
        let Some(known) = self.values.get::<Awaited>(Table::Reports, &key)? else {
            return Ok(false);
        };
        let here = place(known.due, &known.notice);
        let Some(mut queued) = self.values.get::<Queued>(Table::Outbox, &here)? else {
            return Ok(false);
        };
        if queued.standing == Standing::Failed {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        match (said, queued.standing.without(known.part)) {
            (Report::Delivered, Standing::Awaits(rest)) if rest != 0 => {
                queued.standing = Standing::Awaits(rest);
                change.replace(Table::Outbox, &here, &queued)?;
            }
            (Report::Delivered, _) => {
                change.remove(Table::Outbox, &here)?;
                self.note_arrival(&mut change, &id, &queued.notice, now)?;
            }
            (Report::Failed, _) => {
                queued.standing = Standing::Failed;
                change.remove(Table::Outbox, &here)?;
                change.replace(Table::Outbox, &place(now, &known.notice), &queued)?;
            }
        }
        change.commit().map_err(fault)?;
        Ok(true)
    }

    /// In the history of those whose passwords have arrived.
    fn note_arrival(
        &self,
        change: &mut Change<'_>,
        id: &TransferId,
        notice: &Notice,
        now: i64,
    ) -> Result<(), Fault> {
        for (number, mut ticket) in self.tickets_of(id, notice)? {
            let event = Event::at(now, Happened::TextArrived);
            history::note(change, id, number, &mut ticket, &event)?;
            change.replace(Table::Tickets, &ticket_key(id, number), &ticket)?;
        }
        Ok(())
    }

    /// A notice is due at another time: what is said of it finds it there.
    pub(super) fn follow(
        &self,
        change: &mut Change<'_>,
        notice: &str,
        due: i64,
    ) -> Result<(), Fault> {
        let key = self.report_key(&token(&self.master, notice));
        if let Some(known) = self.values.get::<Awaited>(Table::Reports, &key)? {
            change.replace(Table::Reports, &key, &Awaited { due, ..known })?;
        }
        Ok(())
    }

    /// Forgets what no report can be about any more at `now` (Unix time, seconds). How many. One that cannot be read goes.
    pub fn forget_reports(&self, now: i64) -> Result<u64, Fault> {
        let mut old = Vec::new();
        self.each_raw(Table::Reports, |key, value| {
            let read = self.values.open::<Awaited>(Table::Reports, key, value);
            if read.is_ok_and(|known| known.until > now) {
                return Ok(());
            }
            old.push(key.to_vec());
            Ok(())
        })?;
        for keys in old.chunks(256) {
            let mut change = Change::new(&self.values);
            keys.iter()
                .try_for_each(|key| change.remove(Table::Reports, key))?;
            change.commit().map_err(fault)?;
        }
        Ok(old.len() as u64)
    }

    fn report_key(&self, name: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.master.lookup())
            .expect("HMAC takes a key of any length");
        mac.update(b"report");
        mac.update(name.as_bytes());
        mac.finalize().into_bytes()[..16].to_vec()
    }
}

fn awaited(notice: &Notice, due: i64, part: u8, now: i64) -> Awaited {
    Awaited {
        notice: notice.id.clone(),
        transfer: notice.transfer.clone(),
        mail: notice.mail.clone(),
        channel: notice.channel.clone(),
        due,
        part,
        until: now.saturating_add(KEPT),
    }
}

/// A notice has one message, or two: T99 allows no more.
fn count(references: &[String]) -> u32 {
    u32::try_from(references.len()).unwrap_or(u32::MAX).max(1)
}

fn transfer_of(text: &str) -> Result<TransferId, Fault> {
    text.parse().map_err(|e| Fault::because(Kind::StoreDown, e))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{BO, NOW, held, open};
    use super::*;
    use crate::store::backend::Backend;
    use crate::store::faulty::Faulty;
    use crate::store::memory::Memory;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    const OVERDUE: i64 = NOW + 900;

    /// A store with one notice that is due, which a channel with reports is about to be asked for.
    fn asked(disk: &Arc<Memory>, master: &MasterKey) -> (Store, NoticeKey, Notice) {
        let store = open(disk, master);
        let (id, _) = held(&store, 10);
        let record = store.transfer(&id).expect("reads").expect("is there");
        let to = [BO.parse().expect("an address")];
        store.release(&id, &to).expect("releases");
        assert_eq!(record.tickets, 2);
        let due = store.due_notices(None, i64::MAX - 1, 9).expect("reads");
        let due = due.notices.into_iter().next().expect("a notice");
        store
            .expect_report(&due.key, &due.notice, NOW)
            .expect("writes");
        (store, due.key, due.notice)
    }

    fn left(store: &Store) -> Vec<(i64, Standing)> {
        let due = store.due_notices(None, i64::MAX - 1, 9).expect("reads");
        due.notices
            .iter()
            .map(|d| (d.key.due(), d.standing))
            .collect()
    }

    fn name(master: &MasterKey, notice: &Notice) -> String {
        token(master, &notice.id)
    }

    #[test]
    fn it_waits_for_its_report_and_goes_with_it() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let (store, key, notice) = asked(&disk, &master);
        store
            .notice_taken(&key, &notice, &[], NOW, OVERDUE)
            .expect("writes");
        assert_eq!(left(&store), [(OVERDUE, Standing::Awaits(1))]);
        drop(store);
        let store = open(&disk, &master);
        let name = name(&master, &notice);
        let subject = store.report_subject(&name).expect("reads").expect("known");
        assert_eq!(
            (subject.transfer, subject.channel),
            (notice.transfer.clone(), notice.channel.clone())
        );
        assert_eq!(store.report_subject("nobodys").expect("reads"), None);
        assert!(
            !store
                .reported("nobodys", Report::Delivered, NOW)
                .expect("reads")
        );
        for news in [true, false] {
            let said = store
                .reported(&name, Report::Delivered, NOW + 5)
                .expect("writes");
            assert_eq!(said, news);
            assert_eq!(left(&store), []);
        }
        let id = notice.transfer.parse().expect("an id");
        let happened: Vec<Happened> = (0..2)
            .flat_map(|n| store.history(&id, n).expect("reads"))
            .map(|event| event.what)
            .collect();
        assert_eq!(happened, [Happened::TextArrived]);
        // Nothing it says revives it.
        assert!(
            !store
                .reported(&name, Report::Failed, NOW + 6)
                .expect("reads")
        );
        assert_eq!(store.forget_reports(NOW + KEPT - 1).expect("forgets"), 0);
        assert_eq!(store.forget_reports(NOW + KEPT).expect("forgets"), 1);
        assert_eq!(store.report_subject(&name).expect("reads"), None);
    }

    #[test]
    fn a_report_may_come_before_the_answer_and_after_another_try() {
        let master = MasterKey::fresh();
        for (said, then) in [
            (Report::Delivered, vec![]),
            (Report::Failed, vec![(NOW + 7, Standing::Failed)]),
        ] {
            let (store, key, notice) = asked(&Arc::new(Memory::new()), &master);
            let name = name(&master, &notice);
            assert!(store.reported(&name, said, NOW + 7).expect("writes"));
            store
                .notice_taken(&key, &notice, &[], NOW, OVERDUE)
                .expect("writes");
            assert_eq!(left(&store), then, "before the answer");

            let (store, key, notice) = asked(&Arc::new(Memory::new()), &master);
            let name = self::name(&master, &notice);
            store.notice_again(&key, NOW + 30, 1).expect("writes");
            assert!(store.reported(&name, said, NOW + 7).expect("writes"));
            assert_eq!(left(&store), then, "no answer, and put off");
        }
    }

    #[test]
    fn of_two_messages_both_have_to_arrive() {
        let master = MasterKey::fresh();
        let (store, key, notice) = asked(&Arc::new(Memory::new()), &master);
        let parts = ["a1".to_owned(), "a2".to_owned()];
        store
            .notice_taken(&key, &notice, &parts, NOW, OVERDUE)
            .expect("writes");
        let say = |part: &str, said| {
            let name = message_name(&notice.channel, part);
            store.reported(&name, said, NOW + 9).expect("writes")
        };
        assert!(!say("a3", Report::Failed), "another's");
        assert!(say("a2", Report::Delivered) && say("a2", Report::Delivered));
        assert_eq!(left(&store), [(OVERDUE, Standing::Awaits(1))]);
        assert!(say("a1", Report::Failed));
        assert_eq!(left(&store), [(NOW + 9, Standing::Failed)]);
        assert!(!say("a1", Report::Delivered), "it has failed");
    }

    #[test]
    fn a_write_that_fails_leaves_the_notice() {
        let master = MasterKey::fresh();
        for step in 0..3 {
            let disk = Arc::new(Memory::new());
            let (store, key, notice) = asked(&disk, &master);
            if step > 0 {
                store
                    .notice_taken(&key, &notice, &[], NOW, OVERDUE)
                    .expect("writes");
            }
            let before = left(&store);
            drop(store);
            let broken = Arc::new(Faulty::new(disk.clone() as Arc<dyn Backend>, u64::MAX));
            let store = Store::open(broken.clone(), master.clone()).expect("opens");
            broken.fail_at(1);
            let said = match step {
                0 => store.notice_taken(&key, &notice, &[], NOW, OVERDUE).err(),
                1 => store
                    .reported(&name(&master, &notice), Report::Delivered, NOW)
                    .err(),
                _ => store
                    .reported(&name(&master, &notice), Report::Failed, NOW)
                    .err(),
            };
            assert!(said.is_some(), "step {step}");
            drop(store);
            assert_eq!(left(&open(&disk, &master)), before, "step {step}");
        }
    }
}
