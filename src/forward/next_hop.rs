//! The next hop: a mail server behind us, spoken to by SMTP or LMTP.
//!
//! Promises: a variant's content goes to its own recipients and to nobody else; one connection per outlet, kept from mail to mail; an idle
//! connection that the next hop closed is replaced without anybody noticing, as long as nothing of the new transaction was taken.
//! For a client that hears one answer for all, nothing is tried after a failure as long as nothing was accepted, so that it can send
//! again without doubles.
//! Leaves to others: what is sent (`rewrite`), what the answers mean (`gateway`). Fails with `NextHopDown` before the content, with
//! answers after it.

use super::commands;
use super::connection::{Broken, Connection};
use super::target::{HopAddress, HopTls, NextHopConfig};
use super::transaction::{self, After, Step, too_late};
use super::{Outlet, Outlets, login};
use crate::fault::{Fault, Kind, Reply};
use crate::mail::envelope::MailOptions;
use crate::mail::{Address, Envelope, Recipient, Variant};
use crate::transfer::proof::{Answer, Outcome};
use crate::wire::sasl::{Credentials, Mechanism};
use crate::{Pending, trust};
use std::io;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout_at;
use tokio_rustls::rustls::ClientConfig;

/// Makes outlets to one next hop.
#[derive(Clone)]
pub struct NextHop {
    config: Arc<NextHopConfig>,
    tls: Option<Arc<ClientConfig>>,
}

/// One connection, for one mail at a time.
struct Conversation {
    hop: NextHop,
    /// Taken out while it is used: a call that is dropped half-way leaves no connection whose state nobody knows.
    connection: Option<Connection>,
    /// RSET must come before the next MAIL.
    stale: bool,
    /// Who the client is: every connection of this conversation is signed in as that.
    login: Option<Credentials>,
    live: Option<Live>,
    /// The client, for XFORWARD.
    attributes: Vec<(String, String)>,
    /// The client hears an answer for each recipient.
    hears_each: bool,
}

/// The transaction that was opened when the client said MAIL.
struct Live {
    sender: Option<Address>,
    options: MailOptions,
    accepted: Vec<Recipient>,
}

impl NextHop {
    /// Reads the certificates to believe, if TLS is wanted.
    pub fn new(config: NextHopConfig) -> io::Result<Self> {
        let tls = match &config.tls {
            HopTls::Off => None,
            HopTls::Opportunistic => Some(trust::unchecked()?),
            HopTls::Verify(_) => Some(trust::checked(config.extra_ca.as_deref())?),
        };
        Ok(NextHop {
            config: Arc::new(config),
            tls,
        })
    }
}

impl Outlets for NextHop {
    fn peer(&self) -> Option<String> {
        match &self.config.address {
            HopAddress::Tcp(name, _) => Some(name.clone()),
            HopAddress::Unix(_) => None,
        }
    }

    fn open(&self) -> Box<dyn Outlet> {
        Box::new(Conversation {
            hop: self.clone(),
            connection: None,
            stale: false,
            login: None,
            live: None,
            attributes: Vec::new(),
            hears_each: false,
        })
    }
}

impl Outlet for Conversation {
    fn begin<'a>(&'a mut self, envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        Box::pin(self.begin_now(envelope))
    }

    fn vet<'a>(&'a mut self, recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        Box::pin(self.vet_now(recipient))
    }

    fn hand_over<'a>(&'a mut self, variants: Vec<Variant>, until: Instant) -> Pending<'a, Outcome> {
        Box::pin(self.hand_over_now(variants, until))
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        Box::pin(self.reset_now())
    }

    fn logins<'a>(&'a mut self) -> Pending<'a, Result<Vec<Mechanism>, Fault>> {
        Box::pin(self.logins_now())
    }

    fn sign_in<'a>(&'a mut self, credentials: Credentials) -> Pending<'a, Result<Reply, Fault>> {
        Box::pin(self.sign_in_now(credentials))
    }
}

impl Conversation {
    async fn begin_now(&mut self, envelope: &Envelope) -> Result<(), Fault> {
        self.stale |= self.live.take().is_some();
        self.attributes = commands::attributes(&envelope.client);
        self.hears_each = envelope.client.hears_each();
        loop {
            let kept = self.connection.is_some();
            match self.open_live(envelope).await {
                Err(broken) if kept => replaced(&broken),
                Err(broken) => return Err(down(broken)),
                Ok(reply) if reply.is_positive() => return Ok(()),
                Ok(reply) => return Err(Fault::new(Kind::NextHopSaid(reply))),
            }
        }
    }

    /// The reply to MAIL.
    async fn open_live(&mut self, envelope: &Envelope) -> Result<Reply, Broken> {
        let mut connection = self.connection().await?;
        let (sender, options) = (envelope.sender.as_ref(), &envelope.options);
        let unicode = sender.into_iter().map(Address::needs_utf8);
        if let Some(reply) = transaction::lacks(&connection, options, unicode) {
            self.connection = Some(connection);
            return Ok(reply);
        }
        let steps = transaction::opening(
            &connection,
            sender,
            options,
            None,
            &self.attributes,
            self.stale,
        );
        let mut said = None;
        transaction::converse(&mut connection, &steps, |step, reply| {
            if step == Step::Mail {
                said = Some(reply);
            }
            true
        })
        .await?;
        let reply = said.ok_or(Broken::Lacking("no reply to MAIL"))?;
        self.keep(connection, After::Ready);
        self.live = reply.is_positive().then(|| Live {
            sender: sender.cloned(),
            options: options.clone(),
            accepted: Vec::new(),
        });
        Ok(reply)
    }

    async fn vet_now(&mut self, recipient: &Recipient) -> Result<Reply, Fault> {
        let (Some(mut connection), Some(mut live)) = (self.connection.take(), self.live.take())
        else {
            let none = Broken::Lacking("the connection of this mail is gone");
            return Err(down(none));
        };
        let reply = if recipient.address.needs_utf8() && !connection.offers.utf8 {
            transaction::no_utf8()
        } else {
            let line = commands::rcpt(recipient, &connection.offers);
            let steps = [(Step::Recipient(0), line)];
            let mut said = None;
            transaction::converse(&mut connection, &steps, |_, reply| {
                said = Some(reply);
                true
            })
            .await
            .map_err(down)?;
            said.ok_or_else(|| down(Broken::Lacking("no reply to RCPT")))?
        };
        if reply.is_positive() {
            live.accepted.push(recipient.clone());
        }
        self.connection = Some(connection);
        self.live = Some(live);
        Ok(reply)
    }

    async fn hand_over_now(&mut self, variants: Vec<Variant>, until: Instant) -> Outcome {
        let live = self.live.take();
        let fits = live
            .as_ref()
            .is_some_and(|live| matches!(&variants[..], [only] if live.is_for(only)));
        self.stale |= live.is_some() && !fits;
        let mut outcome = Outcome::default();
        let (mut taken, mut rest) = (false, None);
        for variant in &variants {
            let answers = match (&rest, fits) {
                (Some(answer), _) => vec![Clone::clone(answer); variant.recipients().len()],
                (None, true) => self.go_on(variant, until).await,
                (None, false) => self
                    .transaction(variant, until)
                    .await
                    .unwrap_or_else(|broken| {
                        tracing::warn!(cause = %broken, "the next hop is not reached");
                        let answer = Answer::Deferred(Reply::from(&Kind::NextHopDown));
                        rest = Some(answer.clone());
                        vec![answer; variant.recipients().len()]
                    }),
            };
            taken |= answers.iter().any(|a| matches!(a, Answer::Accepted(_)));
            if rest.is_none() && !taken && !self.hears_each {
                rest = Some(not_tried(&answers));
            }
            let whom = variant.recipients().iter().map(|r| r.address.clone());
            outcome.answers.extend(whom.zip(answers));
        }
        outcome
    }

    /// The content, in the transaction whose recipients were vetted live.
    async fn go_on(&mut self, variant: &Variant, until: Instant) -> Vec<Answer> {
        let answers = vec![None; variant.recipients().len()];
        let Some(mut connection) = self.connection.take() else {
            let answer = Answer::Deferred(Reply::from(&Kind::NextHopDown));
            return vec![answer; answers.len()];
        };
        let protocol = self.hop.config.protocol;
        let told = transaction::content(&mut connection, protocol, variant, answers, until).await;
        self.keep(connection, told.after);
        told.answers
    }

    /// A transaction of its own. `Err` if there is no connection to be had.
    async fn transaction(
        &mut self,
        variant: &Variant,
        until: Instant,
    ) -> Result<Vec<Answer>, Broken> {
        loop {
            let kept = self.connection.is_some();
            let Ok(connection) = timeout_at(until.into(), self.connection()).await else {
                return Ok(vec![too_late(); variant.recipients().len()]);
            };
            let mut connection = connection?;
            let frame = transaction::Frame {
                protocol: self.hop.config.protocol,
                attributes: &self.attributes,
                reset: self.stale,
                until,
            };
            match transaction::whole(&mut connection, variant, &frame).await {
                Err(broken) if kept => replaced(&broken),
                Err(broken) => return Err(broken),
                Ok(told) => {
                    self.keep(connection, told.after);
                    return Ok(told.answers);
                }
            }
        }
    }

    async fn reset_now(&mut self) {
        if self.live.take().is_none() {
            return;
        }
        if let Some(mut connection) = self.connection.take()
            && matches!(connection.command("RSET").await, Ok(reply) if reply.is_positive())
        {
            self.keep(connection, After::Ready);
        }
    }

    async fn logins_now(&mut self) -> Result<Vec<Mechanism>, Fault> {
        let connection = self.connection().await.map_err(down)?;
        let offered = match connection.private {
            true => connection.offers.auth.clone(),
            false => Vec::new(),
        };
        self.connection = Some(connection);
        Ok(offered)
    }

    async fn sign_in_now(&mut self, credentials: Credentials) -> Result<Reply, Fault> {
        if self.stale {
            self.connection = None; // AUTH is not said inside a transaction.
        }
        loop {
            let kept = self.connection.is_some();
            let mut connection = self.connection().await.map_err(down)?;
            match login::sign_in(&mut connection, &credentials).await {
                Err(broken) if kept => replaced(&broken),
                Err(broken) => return Err(down(broken)),
                Ok(reply) => {
                    self.keep(connection, After::Ready);
                    self.login = reply.is_positive().then_some(credentials);
                    return Ok(reply);
                }
            }
        }
    }

    /// The kept connection, or a new one, signed in as the client is.
    async fn connection(&mut self) -> Result<Connection, Broken> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        self.stale = false;
        let mut connection = Connection::open(&self.hop.config, self.hop.tls.as_ref()).await?;
        if let Some(credentials) = &self.login {
            match login::sign_in(&mut connection, credentials).await? {
                reply if reply.is_positive() => {}
                reply => return Err(Broken::Said("to a login that it took before", reply)),
            }
        }
        Ok(connection)
    }

    fn keep(&mut self, connection: Connection, after: After) {
        self.stale = after == After::Open;
        self.connection = (after != After::Gone).then_some(connection);
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        if let (Some(connection), Ok(runtime)) = (
            self.connection.take(),
            tokio::runtime::Handle::try_current(),
        ) {
            runtime.spawn(connection.quit());
        }
    }
}

impl Live {
    /// True if the variant is for exactly those who were vetted, from the same sender.
    fn is_for(&self, variant: &Variant) -> bool {
        let recipients = variant.recipients();
        self.sender.as_ref() == variant.sender()
            && sizeless(&self.options) == sizeless(variant.options())
            && self.accepted.len() == recipients.len()
            && recipients.iter().all(|r| self.accepted.contains(r))
    }
}

/// The options that were said when the transaction was opened: the size of what leaves was not known then.
fn sizeless(options: &MailOptions) -> MailOptions {
    MailOptions {
        size: None,
        ..options.clone()
    }
}

fn down(broken: Broken) -> Fault {
    Fault::because(Kind::NextHopDown, broken)
}

fn replaced(broken: &Broken) {
    tracing::debug!(cause = %broken, "an idle connection is replaced");
}

/// What the variants hear that are not tried any more: the class of what the tried ones heard, so that the client gets one clear answer.
pub(super) fn not_tried(answers: &[Answer]) -> Answer {
    let first = answers.first().cloned();
    let all_refused = answers.iter().all(|a| matches!(a, Answer::Refused(_)));
    match first {
        Some(Answer::Refused(reply)) if all_refused => Answer::Refused(reply),
        _ => Answer::Deferred(Reply::new(
            451,
            (4, 3, 0),
            "Not tried, because a copy for another recipient was not taken; try again later",
        )),
    }
}
