//! Memos on their way: mails of our own about mails that wait and transfers, tried until the next hop has them.
//!
//! Promises: a memo leaves at least once unless the next hop refuses it for good; what was sent is not sent again by this process,
//! even if that could not be written down; a few leave at once, and no mail of others waits for them.
//! Leaves to others: which memos there are (`store`), their words (`notify::memo`).

use super::departure::PATIENCE;
use super::steering::renewing;
use super::upkeep::complain;
use super::{Gateway, heavy};
use crate::fault::{Fault, crash};
use crate::maillog;
use crate::notify::{Trouble, memo};
use crate::store::DueMemo;
use crate::transfer::memo::About;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

/// Memos read at once.
const PAGE: usize = 64;

/// Between two looks at what is due.
const ROUND: Duration = Duration::from_secs(20);

/// No try lasts longer: a mail may wait ten minutes for the answer to its dot.
const LONGEST_TRY: Duration = Duration::from_secs(900);

/// What is known of memos on their way.
#[derive(Default)]
pub(super) struct Memos {
    /// Rings when one may be due.
    pub(super) bell: Arc<Notify>,
    /// Held by whoever sends: nothing is sent by two.
    turn: tokio::sync::Mutex<()>,
    /// Those that ended where that could not be written; with why, if they will never leave.
    ended: Mutex<HashMap<String, Option<String>>>,
}

impl Gateway {
    /// Sends what is due until told to stop.
    pub(super) async fn tell(&self, mut stop: watch::Receiver<bool>) {
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                _ = rounds.tick() => {}
                () = self.memos.bell.notified() => {}
            }
            self.send_memos(jiff::Timestamp::now().as_second()).await;
        }
    }

    /// Sends what is due at `now` (Unix time, seconds).
    pub(super) async fn send_memos(&self, now: i64) {
        let _turn = self.memos.turn.lock().await;
        loop {
            match heavy(|| self.store().due_memos(now, PAGE)) {
                Ok(due) if due.is_empty() => return,
                Ok(due) => {
                    if let Err(fault) = self.try_all(due, now).await {
                        return complain("memos", &fault);
                    }
                }
                Err(fault) => return complain("memos", &fault),
            }
        }
    }

    /// Eight at once: one that hangs does not hold up the others.
    async fn try_all(&self, due: Vec<DueMemo>, now: i64) -> Result<(), Fault> {
        let rest = Mutex::new(due.into_iter());
        let next = || rest.lock().unwrap_or_else(PoisonError::into_inner).next();
        let lane = || async {
            while let Some(memo) = next() {
                self.try_memo(&memo, now).await?;
            }
            Ok::<(), Fault>(())
        };
        tokio::try_join!(
            lane(),
            lane(),
            lane(),
            lane(),
            lane(),
            lane(),
            lane(),
            lane()
        )?;
        Ok(())
    }

    async fn try_memo(&self, due: &DueMemo, now: i64) -> Result<(), Fault> {
        let brings_link = matches!(due.memo.about, About::Renewed(_));
        // Read anew: it may have been taken back meanwhile.
        if brings_link && !heavy(|| self.store().is_due(due))? {
            return Ok(());
        }
        let ended = self.ended().get(&due.memo.id).cloned();
        if let Some(why) = ended {
            return self.memo_ended(due, why).await;
        }
        let trouble = self.offer_memo(due).await.err();
        crash::point("memo/tried");
        let why = trouble.as_ref().map(Trouble::to_string);
        maillog::memo(&due.memo.mail, &due.memo.to, why.as_deref());
        if matches!(trouble, Some(Trouble::Later(_))) && now < due.since.saturating_add(PATIENCE) {
            let waits = &self.parts.patience.waits;
            let wait = waits.get(due.tries as usize).or(waits.last());
            let wait = wait.map_or(600, |w| w.as_secs().max(1)).cast_signed();
            return heavy(|| self.store().memo_again(due, now.saturating_add(wait)));
        }
        self.ended().insert(due.memo.id.clone(), why.clone());
        self.memo_ended(due, why).await
    }

    /// Writes how it ended. What was refused must not pass for sent because this fails once: its password would leave.
    async fn memo_ended(&self, due: &DueMemo, refused: Option<String>) -> Result<(), Fault> {
        match due.memo.about {
            About::Renewed(_) => self.link_tried(due, refused.as_deref())?,
            _ => heavy(|| self.store().memo_done(due))?.await?,
        }
        crash::point("memo/done");
        self.ended().remove(&due.memo.id);
        Ok(())
    }

    /// Its password may go now, or its sender hears why it did not arrive.
    fn link_tried(&self, due: &DueMemo, refused: Option<&str>) -> Result<(), Fault> {
        heavy(|| self.store().link_done(due, refused))?;
        crash::point("renew/link-sent");
        self.bell.notify_one();
        Ok(())
    }

    async fn offer_memo(&self, due: &DueMemo) -> Result<(), Trouble> {
        let mut letter = memo::letter(self.texts(), self.house(), &due.memo)?;
        if let About::Renewed(renewal) = &due.memo.about {
            let drawn = renewing::faces(self.texts(), self.house(), &due.memo, renewal);
            (letter.text, letter.html) = drawn.map_err(|f| Trouble::Never(f.to_string()))?;
        }
        let tried = tokio::time::timeout(LONGEST_TRY, self.post.send(letter)).await;
        tried.unwrap_or_else(|_| Err(Trouble::Later("the next hop gave no answer".into())))
    }

    fn ended(&self) -> MutexGuard<'_, HashMap<String, Option<String>>> {
        let ended = self.memos.ended.lock();
        ended.unwrap_or_else(PoisonError::into_inner)
    }
}
