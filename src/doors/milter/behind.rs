//! The outlet behind a milter session: what the mail server keeps, it changes as it is told; what it cannot keep leaves by the next hop.
//!
//! Promises: a copy counts as accepted by the server only when the server was told everything and went on; who is to get other bytes than
//! the server keeps, gets them by the next hop and no other way, and then so do all others: nothing hangs on taking single recipients out;
//! what must leave over verified TLS is never left to the server.
//! Leaves to others: speaking with the server (`session`), with the next hop (`forward`).

use super::Mode;
use super::changes::Changes;
use crate::Pending;
use crate::doors::smtp::content::on_disk;
use crate::fault::{Fault, Kind, Reply};
use crate::forward::Outlet;
use crate::mail::tripwire::FIELD;
use crate::mail::{Address, Envelope, Lane, Recipient, Variant};
use crate::transfer::proof::{Accepted, Answer, Outcome};
use std::io;
use std::ops::Range;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// What the server is to do with the mail that it keeps.
pub(super) struct Order {
    /// What it changes.
    pub(super) changes: Changes,
    /// Whether it went on after it was told everything.
    pub(super) done: oneshot::Sender<bool>,
}

/// See the page.
pub(super) struct Behind<'a> {
    /// To the next hop.
    pub(super) inner: &'a mut dyn Outlet,
    /// See [`Mode`].
    pub(super) mode: Mode,
    /// For the next hop.
    pub(super) envelope: Envelope,
    /// Where the header of the mail is.
    pub(super) header: Range<u64>,
    /// To the session.
    pub(super) orders: mpsc::Sender<Order>,
}

impl Behind<'_> {
    async fn hand_over_now(&mut self, variants: Vec<Variant>, until: Instant) -> Outcome {
        let is_one = matches!(&variants[..], [only] if only.lane() == Lane::Ordinary);
        if self.is_marked_only(&variants) {
            return self.mark(&variants[0], until).await;
        }
        if self.mode == Mode::Shared && is_one && self.is_for_all(&variants) {
            return self.change(&variants[0], until).await;
        }
        if self.all_stay(&variants) {
            let answers = variants.iter().flat_map(|v| all(v, &Answer::Stays));
            return Outcome {
                answers: answers.collect(),
            };
        }
        self.inject(variants, until).await
    }

    /// The server may send what it has to everybody. If it may not to one of them, all copies leave by the next hop: it could be told to
    /// take him out, but no server says whether it knew whom we meant. Postfix compares with the address before its rewriting and tells us
    /// the one behind it, another spelling is another recipient, and Sendmail keeps those that an alias has become.
    fn all_stay(&self, variants: &[Variant]) -> bool {
        let stays = |variant: &Variant| {
            let is_same = self
                .changes(variant)
                .is_ok_and(|changes| changes.is_empty());
            variant.lane() == Lane::Ordinary && is_same
        };
        self.mode == Mode::TakeOut && self.is_for_all(variants) && variants.iter().all(stays)
    }

    /// Nobody is left out, because he was served before or what he gets was for the gateway itself.
    fn is_for_all(&self, variants: &[Variant]) -> bool {
        let named = variants.iter().map(|v| v.recipients().len()).sum::<usize>();
        named == self.envelope.recipients.len()
    }

    /// The same for everybody, and as it came but for the mark of the tripwire: which the server can be told to write.
    fn is_marked_only(&self, variants: &[Variant]) -> bool {
        let [only] = variants else { return false };
        let marked = || self.changes(only).is_ok_and(|c| c.is_only(FIELD));
        only.lane() == Lane::Ordinary && self.is_for_all(variants) && marked()
    }

    /// What has a mark more is as it came.
    async fn mark(&mut self, variant: &Variant, until: Instant) -> Outcome {
        let mut outcome = self.change(variant, until).await;
        for (_, answer) in &mut outcome.answers {
            if matches!(answer, Answer::Accepted(_)) {
                *answer = Answer::Stays;
            }
        }
        outcome
    }

    /// By the next hop. It has vetted nobody, so one whom it refuses says nothing about the others; that it takes nothing now does.
    async fn inject(&mut self, variants: Vec<Variant>, until: Instant) -> Outcome {
        let begun = self.inner.begin(&self.envelope).await;
        let mut rest = begun.err().map(|fault| answer(Reply::from(&fault.kind)));
        let (mut outcome, mut taken) = (Outcome::default(), false);
        for variant in variants {
            if let Some(answer) = &rest {
                outcome.answers.extend(all(&variant, answer));
                continue;
            }
            let left = self.inner.hand_over(vec![variant], until).await.answers;
            let is_taken = |(_, answer): &(Address, Answer)| matches!(answer, Answer::Accepted(_));
            taken |= left.iter().any(is_taken);
            let later = left.iter().find_map(|(_, answer)| match answer {
                Answer::Deferred(reply) => Some(reply.clone()),
                _ => None,
            });
            rest = later.filter(|_| !taken).map(Answer::Deferred);
            outcome.answers.extend(left);
        }
        outcome
    }

    async fn change(&mut self, variant: &Variant, until: Instant) -> Outcome {
        let answer = match self.changes(variant) {
            _ if Instant::now() >= until => Answer::Deferred(Reply::from(&Kind::Deadline)),
            Err(error) => unread(&error),
            Ok(changes) => self.order(changes).await,
        };
        Outcome {
            answers: all(variant, &answer),
        }
    }

    /// What it takes to make this variant of the mail. Reads the header; of a large mail from disk.
    fn changes(&self, variant: &Variant) -> io::Result<Changes> {
        on_disk(variant.content().len(), || {
            Changes::of(variant, &self.header)
        })
    }

    async fn order(&mut self, changes: Changes) -> Answer {
        let (done, heard) = oneshot::channel();
        let order = Order { changes, done };
        if self.orders.send(order).await.is_err() {
            // The session has ended: nothing was said.
            return Answer::Deferred(Reply::from(&Kind::Internal));
        }
        match heard.await {
            Ok(true) => {
                let text = "The mail server was told what to change";
                let accepted = Accepted::assertion(Reply::new(250, (2, 0, 0), text));
                Answer::Accepted(accepted.by_its_server())
            }
            Ok(false) | Err(_) => Answer::Unknown,
        }
    }
}

impl Outlet for Behind<'_> {
    fn begin<'a>(&'a mut self, _: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        // Nobody knows yet whether anything is for the next hop.
        Box::pin(async { Ok(()) })
    }

    fn vet<'a>(&'a mut self, _: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        let said = "this server has vetted its recipients itself";
        Box::pin(async move { Err(Fault::because(Kind::Internal, said)) })
    }

    fn hand_over<'a>(&'a mut self, variants: Vec<Variant>, until: Instant) -> Pending<'a, Outcome> {
        Box::pin(self.hand_over_now(variants, until))
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        self.inner.reset()
    }
}

fn all(variant: &Variant, answer: &Answer) -> Vec<(Address, Answer)> {
    let whom = variant.recipients().iter();
    whom.map(|r| (r.address.clone(), answer.clone())).collect()
}

/// Of a next hop that takes nothing.
fn answer(reply: Reply) -> Answer {
    match reply.is_permanent() {
        true => Answer::Refused(reply),
        false => Answer::Deferred(reply),
    }
}

fn unread(error: &io::Error) -> Answer {
    tracing::error!(%error, "a mail cannot be read back");
    Answer::Deferred(Reply::from(&Kind::Internal))
}
