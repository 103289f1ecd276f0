//! Speaks with the mail server while the line is at work: that we are, and what it is to change.
//!
//! Promises: what changes a mail is said once, in one go: the body, the header behind it, the last word; nothing is said behind that. The
//! work goes on to its end whoever goes away, and hears who did.

use super::behind::Order;
use super::ending::Ending;
use super::session::Next;
use super::talk::{Talk, Trouble};
use crate::doors::smtp::content::on_disk;
use crate::fault::crash;
use crate::mail::Attention;
use crate::wire::milter::Response;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};

/// So much of a body is written at once: all of it, for a mail whose files were taken out.
const AT_ONCE: usize = 1024 * 1024;

/// Speaks with the server while the line is at work.
pub(super) struct Teller<'a, S> {
    /// To the server.
    pub(super) talk: &'a mut Talk<S>,
    /// White space behind a colon belongs to a value.
    pub(super) spaced: bool,
    /// The last word was said.
    pub(super) told: Option<Next>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Teller<'_, S> {
    /// To the end of the work, whoever goes away meanwhile; false if the server did.
    pub(super) async fn attend<T>(
        &mut self,
        work: impl Future<Output = T>,
        mut ordered: mpsc::Receiver<Order>,
        attention: &Attention,
        progress: Duration,
    ) -> (T, bool) {
        let mut work = pin!(work);
        let mut tick = interval_at(Instant::now() + progress, progress);
        let mut is_there = true;
        loop {
            let waits = is_there && self.told.is_none();
            tokio::select! {
                biased;
                done = &mut work => {
                    if is_there && self.has_given_up() {
                        is_there = false;
                        attention.gone();
                    }
                    return (done, is_there);
                }
                Some(order) = ordered.recv() => self.obey(order, waits).await,
                () = self.talk.until_gone(), if waits => {
                    is_there = false;
                    attention.gone();
                }
                _ = tick.tick(), if waits => {
                    is_there = self.talk.say(&Response::Progress).await.is_ok();
                }
            }
        }
    }

    /// It did not wait for our last word: what it would do with it is not known.
    fn has_given_up(&self) -> bool {
        self.told.is_none() && self.talk.has_spoken()
    }

    async fn obey(&mut self, order: Order, waits: bool) {
        let waits = waits && !self.has_given_up();
        let goes_on = waits && self.tell(&order).await.is_ok_and(|goes_on| goes_on);
        self.told = Some(match goes_on {
            true => Next::Go,
            false => Next::HangUp,
        });
        // Nobody listens if the line has given up.
        let _ = order.done.send(goes_on);
    }

    /// Body, header, the last word; then whether the server goes on. Of a mail of ordinary size it is one write.
    async fn tell(&mut self, order: &Order) -> Result<bool, Trouble> {
        let mut out = Vec::new();
        if let Some(mut body) = order.changes.body().map_err(unread)? {
            while on_disk(order.changes.len(), || body.next(&mut out)).map_err(unread)? {
                if out.len() >= AT_ONCE {
                    self.talk.write(&out).await?;
                    out.clear();
                }
            }
        }
        order.changes.write_header(self.spaced, &mut out);
        out.extend(Ending::Continue.packet().unwrap_or_default());
        crash::point("milter/told");
        self.talk.write(&out).await?;
        Ok(order.changes.is_empty() || self.talk.goes_on().await)
    }
}

/// Nothing was said yet, or only a part of a body: the server takes none of it before the last word.
fn unread(error: io::Error) -> Trouble {
    tracing::error!(%error, "a mail cannot be read back");
    Trouble::Gone
}
