//! Memos on their way: mails of our own about mails that wait, tried until the next hop has them.
//!
//! Promises: a memo leaves at least once unless the next hop refuses it for good; what was sent is not sent again by this process,
//! even if that could not be written down. Leaves to others: which memos there are (`store`), their words (`notify::memo`).

use super::departure::PATIENCE;
use super::{Gateway, heavy};
use crate::fault::{Fault, crash};
use crate::maillog;
use crate::notify::{Trouble, memo};
use crate::store::DueMemo;
use std::collections::HashSet;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

/// Memos read at once.
const PAGE: usize = 64;

/// No try lasts longer: a mail may wait ten minutes for the answer to its dot.
const LONGEST_TRY: Duration = Duration::from_secs(900);

impl Gateway {
    /// Sends what is due at `now` (Unix time, seconds).
    pub(super) async fn send_memos(&self, now: i64) -> Result<(), Fault> {
        loop {
            let due = heavy(|| self.store().due_memos(now, PAGE))?;
            if due.is_empty() {
                return Ok(());
            }
            for memo in due {
                self.try_memo(&memo, now).await?;
            }
        }
    }

    async fn try_memo(&self, due: &DueMemo, now: i64) -> Result<(), Fault> {
        let sent = self.told().contains(&due.memo.id);
        let trouble = match sent {
            true => None,
            false => self.offer_memo(due).await.err(),
        };
        crash::point("memo/tried");
        let why = trouble.as_ref().map(Trouble::to_string);
        if !sent {
            maillog::memo(&due.memo.mail, &due.memo.to, why.as_deref());
        }
        if matches!(trouble, Some(Trouble::Later(_))) && now < due.since.saturating_add(PATIENCE) {
            let waits = &self.parts.patience.waits;
            let wait = waits.get(due.tries as usize).or(waits.last());
            let wait = wait.map_or(600, |w| w.as_secs().max(1)).cast_signed();
            return heavy(|| self.store().memo_again(due, now.saturating_add(wait)));
        }
        self.told().insert(due.memo.id.clone());
        heavy(|| self.store().memo_done(due))?;
        crash::point("memo/done");
        self.told().remove(&due.memo.id);
        Ok(())
    }

    async fn offer_memo(&self, due: &DueMemo) -> Result<(), Trouble> {
        let letter = memo::letter(self.texts(), self.house(), &due.memo)?;
        let tried = tokio::time::timeout(LONGEST_TRY, self.post.send(letter)).await;
        tried.unwrap_or_else(|_| Err(Trouble::Later("the next hop gave no answer".into())))
    }

    fn told(&self) -> MutexGuard<'_, HashSet<String>> {
        let told = self.departures.told.lock();
        told.unwrap_or_else(PoisonError::into_inner)
    }
}
