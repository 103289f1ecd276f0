//! Codes by mail: asked for on the page, sent to the ticket's own recipients, entered there.
//!
//! Promises: the code goes to nobody but those whom the link was made for, over the next hop, at once; so many are sent and no more, and
//! that is on disk before the mail leaves. A code that certainly reached nobody does not count. Wrong codes are counted as wrong passwords are.
//! Leaves to others: what a code is and how many there may be (`transfer::code`), the mail's words (`notify::code`).
//! Fails with `Fault`: the store does not answer. A next hop that does not is no fault here but [`Asked::NotSent`]: whoever asks can ask
//! again, so nothing of it is queued.

use super::arrival::Arrival;
use super::{Admission, Caller, Collect, Front, TooOften, aside, id_of, now};
use crate::fault::{Fault, Kind};
use crate::maillog;
use crate::notify::{Post, Trouble, code};
use crate::store::Found;
use crate::texts::{House, Texts};
use crate::transfer::code::{Issued, Place};
use crate::transfer::{Password, TransferId};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// Codes that are on their way to the next hop at once (P18).
const AT_ONCE: usize = 16;

/// So long a page waits for the next hop; then it says that the mail is on its way, which goes on.
const PATIENCE: Duration = Duration::from_secs(20);

/// No try lasts longer: the next hop has ten minutes for its answer to the dot (RFC 5321 section 4.5.3.2.6).
const LONGEST_TRY: Duration = Duration::from_secs(900);

/// Brings codes.
pub struct Courier {
    post: Post,
    house: Arc<House>,
    texts: Arc<Texts>,
    turns: Arc<Semaphore>,
}

/// What came of asking for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is on its way, or this link needs none, or it may not be tried now: the page of the link says what is to be done.
    LookAgain,
    /// Enough were sent: none before this Unix time.
    TooMany {
        /// Seconds since 1970.
        until: i64,
    },
    /// The next hop did not take it.
    NotSent {
        /// True if it may take another one later.
        later: bool,
    },
    /// Too many people at once: try again in a moment.
    Busy,
    /// As [`super::Look::Gone`].
    Gone,
    /// As [`super::Look::TooOften`].
    Missed(TooOften),
}

impl Courier {
    /// `post` sends what `texts` say.
    pub fn new(post: Post, house: Arc<House>, texts: Arc<Texts>) -> Self {
        Courier {
            post,
            house,
            texts,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// One mail for each recipient, as a link can be shared. Fine if one of them is reached.
    async fn bring(&self, found: &Found, issued: &Issued) -> Result<(), Trouble> {
        let mut outcome = Err(Trouble::Never("the link was made for nobody".into()));
        for to in &found.ticket.recipients {
            let sent = self.bring_to(to, found, issued).await;
            let why = sent.as_ref().err().map(Trouble::to_string);
            maillog::code(&found.record.mail, &found.record.id, to, why.as_deref());
            outcome = match (outcome, sent) {
                (Ok(()), _) | (_, Ok(())) => Ok(()),
                (Err(Trouble::Later(why)), _) => Err(Trouble::Later(why)),
                (_, other) => other,
            };
        }
        outcome
    }

    async fn bring_to(&self, to: &str, found: &Found, issued: &Issued) -> Result<(), Trouble> {
        let about = (&found.record, &found.ticket);
        let letter = code::letter(&self.texts, &self.house, about, to, issued)?;
        let tried = timeout(LONGEST_TRY, self.post.send(letter)).await;
        // Unknown counts as sent: the mail may have left.
        tried.unwrap_or(Ok(()))
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courier")
    }
}

impl Collect {
    /// Sends a code to those whom this link was made for.
    pub async fn ask_for_code(
        self: &Arc<Self>,
        token: &str,
        caller: &Caller,
    ) -> Result<Asked, Fault> {
        let start = Instant::now();
        let asked = match self.find(token, caller).await? {
            Some(arrival) => self.send_code(arrival).await?,
            None => Asked::Gone,
        };
        match asked {
            Asked::Gone => Ok(match self.nothing_there(start, caller).await {
                Ok(()) => Asked::Gone,
                Err(wait) => Asked::Missed(wait),
            }),
            asked => Ok(asked),
        }
    }

    async fn send_code(self: &Arc<Self>, arrival: Arrival) -> Result<Asked, Fault> {
        match self.front(&arrival) {
            None => return Ok(Asked::Gone),
            Some(front) if !front.needs_code || front.admission != Admission::Open => {
                return Ok(Asked::LookAgain);
            }
            Some(_) => {}
        }
        self.issue(arrival.found).await
    }

    /// Makes one and sends it to those whom the ticket was made for.
    pub(super) async fn issue(self: &Arc<Self>, found: Found) -> Result<Asked, Fault> {
        let Ok(turn) = self.courier.turns.clone().try_acquire_owned() else {
            return Ok(Asked::Busy);
        };
        let (line, id, number) = (self.clone(), id_of(&found)?, found.number);
        let issued = aside(move || {
            line.store.change_codes(&id, number, |codes| {
                codes.issue(line.place(&id, number), now())
            })
        });
        match issued.await? {
            Ok(issued) => self.dispatch(found, issued, turn).await,
            Err(until) => Ok(Asked::TooMany { until }),
        }
    }

    /// Goes on when the reader does not wait for it.
    async fn dispatch(
        self: &Arc<Self>,
        found: Found,
        issued: Issued,
        turn: OwnedSemaphorePermit,
    ) -> Result<Asked, Fault> {
        let line = self.clone();
        let sending = tokio::spawn(async move {
            let _turn = turn;
            match line.courier.bring(&found, &issued).await {
                Ok(()) => Ok(Asked::LookAgain),
                Err(Trouble::Never(_)) => Ok(Asked::NotSent { later: false }),
                Err(Trouble::Later(_)) => {
                    line.withdraw(&found, issued).await?;
                    Ok(Asked::NotSent { later: true })
                }
            }
        });
        match timeout(PATIENCE, sending).await {
            Ok(Ok(asked)) => asked,
            Ok(Err(e)) => Err(Fault::because(Kind::Internal, e)),
            Err(_) => Ok(Asked::LookAgain),
        }
    }

    async fn withdraw(self: &Arc<Self>, found: &Found, issued: Issued) -> Result<(), Fault> {
        let (line, id, number) = (self.clone(), id_of(found)?, found.number);
        aside(move || {
            line.store.change_codes(&id, number, |codes| {
                codes.withdraw(line.place(&id, number), &issued);
            })
        })
        .await
    }

    /// Until when the latest code is good, for the page.
    pub(super) async fn code_until(self: &Arc<Self>, front: &Front) -> Result<Option<i64>, Fault> {
        if !front.needs_code {
            return Ok(None);
        }
        let (store, id, number) = (self.store.clone(), front.id, front.ticket);
        aside(move || Ok(store.codes(&id, number)?.stands_until(now()))).await
    }

    /// True if there is a code that could be entered.
    pub(super) fn code_stands(&self, id: TransferId, number: u32) -> Result<bool, Fault> {
        Ok(self.store.codes(&id, number)?.stands_until(now()).is_some())
    }

    /// True if what was typed is a code of this ticket; it is used up when this returns.
    pub(super) fn spend_code(
        &self,
        id: TransferId,
        number: u32,
        typed: &Password,
    ) -> Result<bool, Fault> {
        let place = self.place(&id, number);
        self.store.change_codes(&id, number, |codes| {
            codes.spend(place, typed.expose(), now())
        })
    }

    fn place<'a>(&'a self, transfer: &'a TransferId, ticket: u32) -> Place<'a> {
        Place {
            transfer,
            ticket,
            master: self.store.master(),
        }
    }
}
