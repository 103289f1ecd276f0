//! What providers say about text messages that they have taken: it arrived, and its password is wiped here; it did not, and it takes its next
//! way.
//!
//! Promises: who has a token can speak of its one notice only; what was said twice, or too late, changes nothing; the change is durable
//! when this returns.
//! Leaves to others: what words mean (its channel), the page (`doors::web`), what is overdue ([`super::notices`]).
//! Fails with `Fault`: the store does not answer; the provider may say it again.

use crate::fault::{Fault, crash};
use crate::maillog;
use crate::notify::router::Router;
use crate::store::{Store, Subject, message_name};
use crate::transfer::report::Report;
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Notify;

/// The line for providers. One for all doors.
#[derive(Clone)]
pub struct Reports {
    store: Arc<Store>,
    router: Router,
    /// Rung when a notice is due.
    bell: Arc<Notify>,
}

impl Reports {
    /// Over this store; `bell` rings when a notice is due.
    pub fn new(store: Arc<Store>, router: Router, bell: Arc<Notify>) -> Self {
        Reports {
            store,
            router,
            bell,
        }
    }

    /// A call on a report's address, with its query and its body. False if the token is nobody's. Blocks.
    pub fn called(&self, token: &str, query: &[u8], body: &[u8]) -> Result<bool, Fault> {
        let Some(subject) = self.store.report_subject(token)? else {
            return Ok(false);
        };
        let channel = self.router.channel(&subject.channel);
        if let Some(said) = channel.and_then(|channel| channel.report(query, body)) {
            self.note(token, &subject, said)?;
        }
        Ok(true)
    }

    /// What a channel's network says of a message by its own reference. False if that is not known. Blocks.
    pub fn heard(&self, channel: &str, reference: &str, said: Report) -> Result<bool, Fault> {
        let name = message_name(channel, reference);
        let Some(subject) = self.store.report_subject(&name)? else {
            return Ok(false);
        };
        self.note(&name, &subject, said)?;
        Ok(true)
    }

    /// Has every channel tell what its network says.
    pub(super) fn listen(&self) {
        for channel in &self.router.channels {
            let (reports, name) = (self.clone(), channel.name().to_owned());
            channel.listen(Arc::new(move |reference, said| {
                reports.heard(&name, reference, said)
            }));
        }
    }

    /// Has every channel end what it keeps open.
    pub(super) async fn close(&self) {
        for channel in &self.router.channels {
            channel.close().await;
        }
    }

    fn note(&self, name: &str, subject: &Subject, said: Report) -> Result<(), Fault> {
        let now = Timestamp::now().as_second();
        if self.store.reported(name, said, now)? {
            crash::point("report/noted");
            let arrived = said == Report::Delivered;
            maillog::reported(&subject.mail, &subject.transfer, &subject.channel, arrived);
            self.bell.notify_one();
        }
        Ok(())
    }
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reports").finish_non_exhaustive()
    }
}
