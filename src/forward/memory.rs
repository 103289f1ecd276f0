//! An outlet in memory: remembers what it was given, and refuses, defers or forgets what it was told to. For tests and trials.
//!
//! Promises: takes everything unless [`Memory::answer`] says otherwise; answers per recipient, as LMTP does.

use super::{Outlet, Outlets};
use crate::Pending;
use crate::fault::{Fault, Kind, Reply};
use crate::mail::envelope::MailOptions;
use crate::mail::{Address, Envelope, Recipient, Variant};
use crate::transfer::proof::{Accepted, Answer, Outcome};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Makes outlets that share one memory. Clones share it too.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    shared: Arc<Mutex<Shared>>,
}

/// A variant that was taken, at least for one recipient.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The envelope sender.
    pub sender: Option<Address>,
    /// Those who got it.
    pub recipients: Vec<Recipient>,
    /// MAIL parameters.
    pub options: MailOptions,
    /// The bytes.
    pub content: Vec<u8>,
}

/// When an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// At MAIL, for the whole mail; the recipient does not count.
    Mail,
    /// At RCPT.
    Recipient,
    /// After the final dot.
    Content,
}

#[derive(Debug, Default)]
struct Shared {
    taken: Vec<Taken>,
    answers: Vec<(Stage, String, Say)>,
    opened: usize,
}

#[derive(Debug, Clone)]
enum Say {
    Reply(Reply),
    Nothing,
    /// Taken, and nothing said.
    Swallowed,
}

impl Memory {
    /// One that takes everything.
    pub fn new() -> Self {
        Memory::default()
    }

    /// From now on this recipient (`*` for all) gets this answer at this stage.
    pub fn answer(&self, stage: Stage, recipient: &str, reply: Reply) {
        let rule = (stage, recipient.to_owned(), Say::Reply(reply));
        self.lock().answers.push(rule);
    }

    /// From now on the connection is lost at this stage: the answer is unknown after the final dot, a fault before it.
    pub fn lose(&self, stage: Stage, recipient: &str) {
        let rule = (stage, recipient.to_owned(), Say::Nothing);
        self.lock().answers.push(rule);
    }

    /// From now on a mail for this recipient is taken, and the connection is lost before that is said.
    pub fn swallow(&self, recipient: &str) {
        let rule = (Stage::Content, recipient.to_owned(), Say::Swallowed);
        self.lock().answers.push(rule);
    }

    /// From now on everything is taken again.
    pub fn recover(&self) {
        self.lock().answers.clear();
    }

    /// What was taken so far, in order.
    pub fn taken(&self) -> Vec<Taken> {
        self.lock().taken.clone()
    }

    /// How many outlets were made.
    pub fn opened(&self) -> usize {
        self.lock().opened
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, stage: Stage, recipient: &str) -> Option<Say> {
        let shared = self.lock();
        let mut rules = shared.answers.iter();
        rules
            .find(|(at, whom, _)| *at == stage && (whom == "*" || whom == recipient))
            .map(|(_, _, say)| say.clone())
    }

    /// What a stage answers, as the trait's methods return it.
    fn ask(&self, stage: Stage, recipient: &str) -> Result<Reply, Fault> {
        match self.say(stage, recipient) {
            None => Ok(Reply::new(250, (2, 0, 0), "Taken")),
            Some(Say::Reply(reply)) => Ok(reply),
            Some(Say::Nothing | Say::Swallowed) => Err(Fault::new(Kind::NextHopDown)),
        }
    }

    fn take(&self, variant: &Variant) -> Vec<(Address, Answer)> {
        let Ok(content) = variant.content().to_vec() else {
            let deferred = Answer::Deferred(Reply::from(&Kind::Internal));
            return everyone(variant, &deferred);
        };
        let answers: Vec<_> = variant
            .recipients()
            .iter()
            .map(|r| (r.address.clone(), self.last_answer(&r.address.to_string())))
            .collect();
        let recipients: Vec<_> = variant
            .recipients()
            .iter()
            .zip(&answers)
            .filter(|(_, (address, answer))| {
                let is_unknown = matches!(answer, Answer::Unknown);
                let swallowed = || self.say(Stage::Content, &address.to_string());
                matches!(answer, Answer::Accepted(_))
                    || is_unknown && matches!(swallowed(), Some(Say::Swallowed))
            })
            .map(|(recipient, _)| recipient.clone())
            .collect();
        if !recipients.is_empty() {
            self.lock().taken.push(Taken {
                sender: variant.sender().cloned(),
                recipients,
                options: variant.options().clone(),
                content,
            });
        }
        answers
    }

    fn last_answer(&self, recipient: &str) -> Answer {
        match self.say(Stage::Content, recipient) {
            None => Answer::Accepted(Accepted::assertion(Reply::new(250, (2, 0, 0), "Taken"))),
            Some(Say::Nothing | Say::Swallowed) => Answer::Unknown,
            Some(Say::Reply(reply)) if reply.is_positive() => {
                Answer::Accepted(Accepted::assertion(reply))
            }
            Some(Say::Reply(reply)) if reply.is_permanent() => Answer::Refused(reply),
            Some(Say::Reply(reply)) => Answer::Deferred(reply),
        }
    }
}

fn everyone(variant: &Variant, answer: &Answer) -> Vec<(Address, Answer)> {
    let recipients = variant.recipients().iter();
    recipients
        .map(|r| (r.address.clone(), answer.clone()))
        .collect()
}

impl Outlets for Memory {
    fn open(&self) -> Box<dyn Outlet> {
        self.lock().opened += 1;
        Box::new(self.clone())
    }
}

impl Outlet for Memory {
    fn begin<'a>(&'a mut self, _envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async {
            match self.ask(Stage::Mail, "")? {
                reply if reply.is_positive() => Ok(()),
                reply => Err(Fault::new(Kind::NextHopSaid(reply))),
            }
        })
    }

    fn vet<'a>(&'a mut self, recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        Box::pin(async { self.ask(Stage::Recipient, &recipient.address.to_string()) })
    }

    fn hand_over<'a>(&'a mut self, variants: Vec<Variant>, until: Instant) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let one = |variant: &Variant| match Instant::now() < until {
                true => self.take(variant),
                false => everyone(variant, &Answer::Deferred(Reply::from(&Kind::Deadline))),
            };
            let answers = variants.iter().flat_map(one).collect();
            Outcome { answers }
        })
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        Box::pin(async {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::unhurried;
    use crate::mail::{Content, Lane};

    fn variant(recipients: &[&str]) -> Variant {
        let recipients = recipients
            .iter()
            .map(|r| Recipient::new(r.parse().unwrap()));
        Variant::assertion(
            Lane::Ordinary,
            None,
            recipients.collect(),
            MailOptions::default(),
            Content::new(b"x\r\n".to_vec()),
        )
    }

    #[tokio::test]
    async fn it_answers_as_it_was_told() {
        let memory = Memory::new();
        memory.answer(
            Stage::Content,
            "b@x.example",
            Reply::new(550, (5, 1, 1), "No"),
        );
        memory.lose(Stage::Content, "c@x.example");
        let mut outlet = memory.open();
        let all = ["a@x.example", "b@x.example", "c@x.example"];
        let outcome = outlet.hand_over(vec![variant(&all)], unhurried()).await;
        let answers: Vec<_> = outcome.answers.iter().map(|(_, answer)| answer).collect();
        assert!(matches!(
            answers[..],
            [Answer::Accepted(_), Answer::Refused(_), Answer::Unknown]
        ));
        assert_eq!(memory.taken()[0].recipients.len(), 1);
    }

    #[tokio::test]
    async fn a_lost_connection_is_a_fault_before_the_dot() {
        let memory = Memory::new();
        memory.lose(Stage::Mail, "*");
        let fault = memory.open().begin(&envelope()).await.unwrap_err();
        assert_eq!(fault.kind, Kind::NextHopDown);
        memory.recover();
        assert!(memory.open().begin(&envelope()).await.is_ok());
    }

    fn envelope() -> Envelope {
        Envelope {
            sender: None,
            recipients: Vec::new(),
            options: MailOptions::default(),
            client: crate::mail::envelope::Client::local(),
        }
    }
}
