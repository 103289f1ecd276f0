//! Who wrote the mails that came in by our pages: kept beside them for a while, so that who got one can report it.
//!
//! Promises: it is there from the change on that makes the mail ours; a report is noted once, in one change with the memos about it; what
//! is over is erased. There are no more of them than drafts were sent. Leaves to others: who may report (`gateway::abuse`).

use super::backend::Table;
use super::values::Change;
use super::{Store, fault, memos};
use crate::fault::Fault;
use crate::mail::MailId;
use crate::transfer::{Arrival, Memo};

impl Store {
    /// Who wrote this mail, if that is still known.
    pub fn arrival(&self, mail: MailId) -> Result<Option<Arrival>, Fault> {
        let key = mail.to_string();
        self.values.get(Table::Arrivals, key.as_bytes())
    }

    pub(super) fn keep_arrival(
        &self,
        change: &mut Change<'_>,
        arrival: &Arrival,
    ) -> Result<(), Fault> {
        change.replace(Table::Arrivals, arrival.mail.as_bytes(), arrival)
    }

    /// Notes that it was reported at `now` (Unix time, seconds), with what is to be told; durable when this returns. False if it was
    /// before, or nothing is known of it: then nothing changes.
    pub fn report_arrival(&self, mail: MailId, told: &[Memo], now: i64) -> Result<bool, Fault> {
        let key = mail.to_string();
        let _alone = self.turns.alone(&[b"arrivals", key.as_bytes()].concat());
        let Some(mut arrival) = self.arrival(mail)?.filter(|one| one.reported.is_none()) else {
            return Ok(false);
        };
        arrival.reported = Some(now);
        let mut change = Change::new(&self.values);
        change.replace(Table::Arrivals, key.as_bytes(), &arrival)?;
        memos::put(&mut change, told, now)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }

    /// Erases those that ended before `now` (Unix time, seconds), and what cannot be read.
    pub fn erase_arrivals(&self, now: i64) -> Result<(), Fault> {
        let mut over = Vec::new();
        self.each_raw(Table::Arrivals, |key, value| {
            let read = self.values.open::<Arrival>(Table::Arrivals, key, value);
            if !read.is_ok_and(|arrival| arrival.ends() >= now) {
                over.push(key.to_vec());
            }
            Ok(())
        })?;
        for some in over.chunks(200) {
            let mut change = Change::new(&self.values);
            for key in some {
                change.remove(Table::Arrivals, key)?;
            }
            change.commit().map_err(fault)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;
    use super::*;
    use crate::store::memory::Memory;
    use crate::transfer::abuse::KEPT;
    use crate::transfer::keys::MasterKey;
    use std::sync::Arc;

    #[test]
    fn a_report_counts_once_over_a_start_and_is_forgotten_in_time() {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let store = open(&disk, &master);
        let mail = MailId::fresh();
        let arrival = Arrival {
            mail: mail.to_string(),
            who: "bo@partner.example".into(),
            guest: true,
            proven: Some(90),
            at: 100,
            to: vec!["anna@example.org".into()],
            reported: None,
        };
        let mut change = Change::new(&store.values);
        store.keep_arrival(&mut change, &arrival).expect("fits");
        change.commit().expect("writes");
        assert!(
            !store
                .report_arrival(MailId::fresh(), &[], 1)
                .expect("looks")
        );
        assert!(store.report_arrival(mail, &[], 200).expect("writes"));
        let store = open(&disk, &master);
        assert!(!store.report_arrival(mail, &[], 300).expect("looks"));
        let found = store.arrival(mail).expect("reads").expect("is kept");
        assert_eq!(found.reported, Some(200));
        store.erase_arrivals(100 + KEPT).expect("looks");
        assert!(store.arrival(mail).expect("reads").is_some());
        store.erase_arrivals(101 + KEPT).expect("erases");
        assert_eq!(store.arrival(mail).expect("reads"), None);
    }
}
