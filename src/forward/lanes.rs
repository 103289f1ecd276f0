//! Lanes: one outlet of two ways out, the ordinary next hop and a mail server that delivers over verified TLS or not at all.
//!
//! Promises: a variant leaves by its own lane or stays; what one lane does not take never goes by the other. Answers come back for each
//! recipient, whichever lane was theirs. The stricter lane goes first; for a client that hears one answer for all, the other one is
//! not tried if nothing was taken there, so that it can send again without doubles.
//! Leaves to others: which lane is whose (`decide`, `rewrite`). Recipients are vetted at the ordinary next hop: whose lane is the other
//! one is known only after the content. Fails as its outlets do.

use super::next_hop::not_tried;
use super::transaction::verdict;
use super::{Outlet, Outlets};
use crate::Pending;
use crate::fault::{Fault, Kind, Reply};
use crate::mail::{Address, Envelope, Lane, Recipient, Variant};
use crate::transfer::proof::{Answer, Outcome};
use crate::wire::sasl::{Credentials, Mechanism};
use std::sync::Arc;
use std::time::Instant;

/// Makes outlets that know every lane there is.
#[derive(Clone)]
pub struct Lanes {
    ordinary: Arc<dyn Outlets>,
    verified: Option<Arc<dyn Outlets>>,
}

/// One conversation for each lane.
struct Split {
    ordinary: Box<dyn Outlet>,
    verified: Option<Box<dyn Outlet>>,
    /// Of the mail that was begun.
    envelope: Option<Envelope>,
}

impl Lanes {
    /// `verified`: the lane of [`Lane::VerifiedTls`]; without it such variants are deferred.
    pub fn new(ordinary: Arc<dyn Outlets>, verified: Option<Arc<dyn Outlets>>) -> Self {
        Lanes { ordinary, verified }
    }

    /// One lane alone, for a mail of which it is known that it leaves by it; `None` if there is no such lane.
    pub fn only(&self, lane: Lane) -> Option<&dyn Outlets> {
        match lane {
            Lane::Ordinary => Some(&*self.ordinary),
            Lane::VerifiedTls => self.verified.as_deref(),
        }
    }
}

impl Outlets for Lanes {
    fn open(&self) -> Box<dyn Outlet> {
        Box::new(Split {
            ordinary: self.ordinary.open(),
            verified: self.verified.as_ref().map(|lane| lane.open()),
            envelope: None,
        })
    }
}

impl Outlet for Split {
    fn begin<'a>(&'a mut self, envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        self.envelope = Some(envelope.clone());
        self.ordinary.begin(envelope)
    }

    fn vet<'a>(&'a mut self, recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        self.ordinary.vet(recipient)
    }

    fn hand_over<'a>(&'a mut self, variants: Vec<Variant>, until: Instant) -> Pending<'a, Outcome> {
        Box::pin(self.hand_over_now(variants, until))
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        self.envelope = None;
        self.ordinary.reset()
    }

    /// By the ordinary lane alone: a password is shown to the server it was meant for, and to no other.
    fn logins<'a>(&'a mut self) -> Pending<'a, Result<Vec<Mechanism>, Fault>> {
        self.ordinary.logins()
    }

    fn sign_in<'a>(&'a mut self, credentials: Credentials) -> Pending<'a, Result<Reply, Fault>> {
        self.ordinary.sign_in(credentials)
    }
}

impl Split {
    async fn hand_over_now(&mut self, variants: Vec<Variant>, until: Instant) -> Outcome {
        let (ordinary, verified): (Vec<_>, Vec<_>) =
            variants.into_iter().partition(|v| match v.lane() {
                Lane::Ordinary => true,
                Lane::VerifiedTls => false,
            });
        if verified.is_empty() {
            return self.ordinary.hand_over(ordinary, until).await;
        }
        let mut outcome = self.by_verified(verified, until).await;
        let answers: Vec<Answer> = outcome.answers.iter().map(|(_, a)| a.clone()).collect();
        let taken = answers.iter().any(|a| matches!(a, Answer::Accepted(_)));
        let hears_each = self
            .envelope
            .as_ref()
            .is_some_and(|e| e.client.hears_each());
        if ordinary.is_empty() {
            self.ordinary.reset().await;
        } else if taken || hears_each {
            let rest = self.ordinary.hand_over(ordinary, until).await;
            outcome.answers.extend(rest.answers);
        } else {
            self.ordinary.reset().await;
            outcome.answers.extend(all(&ordinary, &not_tried(&answers)));
        }
        outcome
    }

    async fn by_verified(&mut self, variants: Vec<Variant>, until: Instant) -> Outcome {
        let fault = match (&mut self.verified, &self.envelope) {
            (Some(lane), Some(envelope)) => match lane.begin(envelope).await {
                Ok(()) => return lane.hand_over(variants, until).await,
                Err(fault) => fault,
            },
            _ => Fault::because(Kind::NextHopDown, "there is no lane of verified TLS"),
        };
        tracing::warn!(cause = %fault, "the lane of verified TLS takes nothing");
        let answer = verdict(Reply::from(&fault.kind));
        Outcome {
            answers: all(&variants, &answer).collect(),
        }
    }
}

/// The same answer for everybody.
fn all<'a>(
    variants: &'a [Variant],
    answer: &'a Answer,
) -> impl Iterator<Item = (Address, Answer)> + 'a {
    let recipients = variants.iter().flat_map(Variant::recipients);
    recipients.map(|r| (r.address.clone(), answer.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::memory::{Memory, Stage};
    use crate::forward::unhurried;
    use crate::mail::Content;
    use crate::mail::envelope::{Client, MailOptions};

    const BOTH: [(&str, Lane); 2] = [
        ("bo@x.example", Lane::Ordinary),
        ("court@y.example", Lane::VerifiedTls),
    ];

    fn recipient(to: &str) -> Recipient {
        Recipient::new(to.parse().unwrap())
    }

    /// What becomes of a mail to `whom`, each by a lane; `answers` in its order, then who got it by either lane.
    async fn sent(
        lanes: &Lanes,
        protocol: &'static str,
        whom: &[(&str, Lane)],
    ) -> Vec<&'static str> {
        let mut client = Client::local();
        client.protocol = protocol;
        let envelope = Envelope {
            sender: None,
            recipients: whom.iter().map(|(to, _)| recipient(to)).collect(),
            options: MailOptions::default(),
            client,
        };
        let mut outlet = lanes.open();
        outlet.begin(&envelope).await.unwrap();
        let variants = whom.iter().map(|(to, lane)| {
            let content = Content::new(format!("{to}\r\n").into());
            let options = MailOptions::default();
            Variant::assertion(*lane, None, vec![recipient(to)], options, content)
        });
        let outcome = outlet.hand_over(variants.collect(), unhurried()).await;
        assert_eq!(outcome.answers.len(), whom.len());
        let word = |(to, _): &(&str, Lane)| match outcome.of(&to.parse().unwrap()) {
            Some(Answer::Accepted(_)) => "accepted",
            Some(Answer::Refused(_)) => "refused",
            Some(Answer::Deferred(_)) => "deferred",
            other => panic!("{to}: {other:?}"),
        };
        whom.iter().map(word).collect()
    }

    fn got(hop: &Memory) -> Vec<String> {
        let taken = hop.taken().into_iter();
        taken
            .flat_map(|t| t.recipients)
            .map(|r| r.address.to_string())
            .collect()
    }

    #[tokio::test]
    async fn each_copy_leaves_by_its_own_lane_or_stays() {
        type Fails = fn(&Memory);
        let mail: Fails = |lane| lane.lose(Stage::Mail, "*");
        let later: Fails = |lane| lane.answer(Stage::Content, "*", Reply::new(451, (4, 0, 0), "-"));
        let never: Fails = |lane| lane.answer(Stage::Mail, "*", Reply::new(550, (5, 0, 0), "-"));
        let rows: [(&str, Fails, [&str; 2]); 7] = [
            ("LMTP", |_| {}, ["accepted", "accepted"]),
            ("ESMTP", |_| {}, ["accepted", "accepted"]),
            ("LMTP", mail, ["accepted", "deferred"]),
            ("LMTP", later, ["accepted", "deferred"]),
            ("LMTP", never, ["accepted", "refused"]),
            // One answer for all: nothing may arrive that comes again.
            ("ESMTP", mail, ["deferred", "deferred"]),
            ("ESMTP", never, ["refused", "refused"]),
        ];
        for (protocol, fails, answers) in rows {
            let (hop, lane) = (Memory::new(), Memory::new());
            fails(&lane);
            let lanes = Lanes::new(Arc::new(hop.clone()), Some(Arc::new(lane.clone())));
            assert_eq!(sent(&lanes, protocol, &BOTH).await, answers);
            let whom = |of: usize| match answers[of] {
                "accepted" => vec![BOTH[of].0],
                _ => Vec::new(),
            };
            assert_eq!(got(&hop), whom(0), "{protocol} {answers:?}");
            assert_eq!(got(&lane), whom(1), "{protocol} {answers:?}");
        }
    }

    #[tokio::test]
    async fn a_lane_that_is_not_there_takes_nothing_and_the_other_one_neither() {
        let hop = Memory::new();
        let lanes = Lanes::new(Arc::new(hop.clone()), None);
        assert_eq!(sent(&lanes, "LMTP", &BOTH[1..]).await, ["deferred"]);
        assert_eq!(got(&hop), [""; 0]);
    }
}
