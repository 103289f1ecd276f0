//! One connection of a mail server: negotiation, then any number of clients and mails, packet by packet.
//!
//! Promises: only what was agreed on is answered; a packet out of turn ends the connection; a mail that is given up leaves nothing. While
//! the line is at work the server hears that it is ("progress"), and the line hears when the server has gone.

use super::behind::{Behind, Order};
use super::ending::{self, Ending};
use super::incoming::{Incoming, Whole};
use super::talk::{Talk, Trouble};
use super::{MilterDoor, Mode};
use crate::doors::smtp::content::on_disk;
use crate::fault::{Fault, crash};
use crate::forward::Outlet;
use crate::mail::envelope::Client;
use crate::mail::{Address, Attention};
use crate::maillog;
use crate::transfer::proof::Outcome;
use crate::wire::milter::{Command, Offer, Response, VERSION, actions, command, steps};
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};

/// Without these a mail could not be protected.
const NEEDED: u32 = actions::ADD_HEADERS
    | actions::CHANGE_BODY
    | actions::DELETE_RECIPIENTS
    | actions::CHANGE_HEADERS;

/// What makes the conversation shorter.
const WANTED: u32 = steps::NO_UNKNOWN | steps::NO_DATA | steps::LEADING_SPACE | steps::UNANSWERED;

/// So much of a body is written at once: all of it, for a mail whose files were taken out.
const AT_ONCE: usize = 1024 * 1024;

/// A body may have to be read from disk.
const LARGE: u64 = u64::MAX;

/// What the session knows.
pub(super) struct Session<'d, S> {
    door: &'d MilterDoor,
    talk: Talk<S>,
    /// Steps that were agreed on; `None` before.
    agreed: Option<u32>,
    heard: Heard,
    outlet: Option<Box<dyn Outlet>>,
    /// To the mail that was answered last, until the server goes on.
    attention: Option<Attention>,
}

/// What the server has said of its client and the mail under way.
#[derive(Default)]
struct Heard {
    client: From,
    mail: Option<Box<Incoming>>,
}

/// Whose turn it is then.
enum Turn {
    /// Ours, unless it was agreed that we say nothing to this.
    Answer,
    /// The server's.
    Silence,
    /// Ours: the mail is complete.
    End,
    /// Ours: what we want of this offer.
    Negotiate(Offer),
    /// Nobody's.
    HangUp,
}

/// Who speaks with the server.
#[derive(Debug, Default)]
struct From {
    address: Option<IpAddr>,
    name: Option<String>,
    helo: String,
    login: Option<String>,
    is_tls: bool,
}

/// Whether the connection goes on.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Go,
    HangUp,
}

impl<S> Drop for Session<'_, S> {
    fn drop(&mut self) {
        if let Some(attention) = self.attention.take() {
            attention.gone();
        }
    }
}

impl<'d, S: AsyncRead + AsyncWrite + Unpin> Session<'d, S> {
    pub(super) fn new(door: &'d MilterDoor, talk: Talk<S>) -> Self {
        Session {
            door,
            talk,
            agreed: None,
            heard: Heard::default(),
            outlet: None,
            attention: None,
        }
    }

    /// To the end.
    pub(super) async fn run(&mut self) {
        loop {
            match self.step().await {
                Ok(Next::Go) => {}
                Ok(Next::HangUp) | Err(Trouble::Gone | Trouble::Stopping) => return,
                Err(Trouble::Silent) => return tracing::info!("a milter client said nothing"),
                Err(Trouble::Order) => {
                    return tracing::warn!("a milter client spoke out of turn");
                }
                Err(Trouble::Malformed(why)) => {
                    return tracing::warn!(%why, "a milter client cannot be understood");
                }
            }
        }
    }

    async fn step(&mut self) -> Result<Next, Trouble> {
        let may_stop = self.heard.mail.is_none();
        let packet = self.talk.next(may_stop).await?;
        if let Some(attention) = self.attention.take() {
            attention.heard();
        }
        let letter = packet.first().copied().unwrap_or(0);
        let spaced = is_set(self.agreed, steps::LEADING_SPACE);
        let turn = match (self.agreed, command(packet)?) {
            (None, Command::Negotiate(offer)) => Turn::Negotiate(offer),
            (None, _) | (Some(_), Command::Negotiate(_)) => return Err(Trouble::Order),
            (Some(_), said) => self.heard.hear(said, self.door, spaced)?,
        };
        match turn {
            Turn::Negotiate(offer) => return self.negotiate(offer).await,
            Turn::End => return self.end_of_mail().await,
            Turn::HangUp => return Ok(Next::HangUp),
            Turn::Answer if self.is_answered(letter) => {
                self.talk.say(&Response::Continue).await?;
            }
            Turn::Answer | Turn::Silence => {}
        }
        Ok(Next::Go)
    }

    fn is_answered(&self, letter: u8) -> bool {
        let step = steps::ANSWERED_BY.iter().find(|(of, _)| *of == letter);
        !step.is_some_and(|(_, step)| is_set(self.agreed, *step))
    }

    async fn negotiate(&mut self, offer: Offer) -> Result<Next, Trouble> {
        let lacking = NEEDED & !offer.actions;
        if offer.version < 2 || lacking != 0 {
            let version = offer.version;
            tracing::error!(
                version,
                lacking,
                "this mail server allows too little to protect a mail"
            );
            return Ok(Next::HangUp);
        }
        let agreed = Offer {
            version: offer.version.min(VERSION),
            actions: NEEDED,
            steps: WANTED & offer.steps,
        };
        self.agreed = Some(agreed.steps);
        self.talk.say(&Response::Negotiate(agreed)).await?;
        Ok(Next::Go)
    }

    async fn end_of_mail(&mut self) -> Result<Next, Trouble> {
        let Some(mail) = self.heard.mail.take() else {
            return Err(Trouble::Order);
        };
        let (id, attention) = (mail.id, Attention::default());
        let whole = match mail.whole(&*self.door.line, attention.clone()) {
            Ok(whole) => whole,
            Err(Ok(reply)) => return self.end(&ending::refused(reply.with_id(&id)), &[]).await,
            Err(Err(fault)) => {
                maillog::failed(id, &fault);
                return self.end(&ending::of_fault(id, &fault), &[]).await;
            }
        };
        let written = whole.written.clone();
        let everybody = whole.received.envelope.recipients.iter();
        let everybody: Vec<Address> = everybody.map(|r| r.address.clone()).collect();
        let (result, told) = self.take(whole, &everybody, &attention).await?;
        if let Some(next) = told {
            // What the server could not write to its disk comes again, and must be known.
            attention.gone();
            return Ok(next);
        }
        let ending = ending::ending(id, &everybody, &result);
        match &ending {
            Ending::Without(_) => attention.gone(),
            _ => {
                attention.answered();
                self.attention = Some(attention);
            }
        }
        self.end(&ending, &written).await
    }

    async fn end(&mut self, ending: &Ending, written: &[String]) -> Result<Next, Trouble> {
        match ending.packets(written) {
            Some(packets) => {
                self.talk.write(&packets).await?;
                Ok(Next::Go)
            }
            None => Ok(Next::HangUp),
        }
    }

    /// The line, with the server kept waiting. `Some`: the server has had its last word.
    async fn take(
        &mut self,
        whole: Whole,
        everybody: &[Address],
        attention: &Attention,
    ) -> Result<(Result<Outcome, Fault>, Option<Next>), Trouble> {
        let (orders, ordered) = mpsc::channel(1);
        let Whole {
            mut received,
            written,
            header,
        } = whole;
        received.one_for_all = self.door.mode == Mode::Shared;
        let mut inner = self.outlet.take();
        let inner = inner.get_or_insert_with(|| self.door.line.outlet());
        let mut behind = Behind {
            inner: &mut **inner,
            mode: self.door.mode,
            envelope: received.envelope.clone(),
            header,
            orders,
        };
        let mut teller = Teller {
            talk: &mut self.talk,
            spaced: is_set(self.agreed, steps::LEADING_SPACE),
            everybody,
            written: &written,
            told: None,
        };
        let work = self.door.line.send(received, &mut behind);
        let progress = self.door.limits.progress;
        let (result, is_there) = teller.attend(work, ordered, attention, progress).await;
        let told = teller.told;
        match is_there {
            true => Ok((result, told)),
            false => Err(Trouble::Gone),
        }
    }
}

/// Speaks with the server while the line is at work.
struct Teller<'a, S> {
    talk: &'a mut Talk<S>,
    spaced: bool,
    everybody: &'a [Address],
    written: &'a [String],
    /// The last word was said.
    told: Option<Next>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Teller<'_, S> {
    /// To the end of the work, whoever goes away meanwhile; false if the server did.
    async fn attend<T>(
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
                done = &mut work => return (done, is_there),
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

    async fn obey(&mut self, order: Order, waits: bool) {
        let goes_on = waits && self.tell(&order).await.is_ok_and(|goes_on| goes_on);
        self.told = Some(match goes_on {
            true => Next::Go,
            false => Next::HangUp,
        });
        // Nobody listens if the line has given up.
        let _ = order.done.send(goes_on);
    }

    /// Body, header, recipients, the last word; then whether the server goes on. Of a mail of ordinary size it is one write.
    async fn tell(&mut self, order: &Order) -> Result<bool, Trouble> {
        let mut out = Vec::new();
        if let Some(mut body) = order.changes.body().map_err(unread)? {
            while on_disk(LARGE, || body.next(&mut out)).map_err(unread)? {
                if out.len() >= AT_ONCE {
                    self.talk.write(&out).await?;
                    out.clear();
                }
            }
        }
        order.changes.write_header(self.spaced, &mut out);
        let others =
            (0..self.everybody.len()).filter(|i| !order.whom.contains(&self.everybody[*i]));
        let ending = Ending::Without(others.collect());
        out.extend(ending.packets(self.written).unwrap_or_default());
        crash::point("milter/told");
        self.talk.write(&out).await?;
        Ok(order.changes.is_empty() || self.talk.goes_on().await)
    }
}

impl Heard {
    fn hear(
        &mut self,
        said: Command<'_>,
        door: &MilterDoor,
        spaced: bool,
    ) -> Result<Turn, Trouble> {
        let line = &*door.line;
        match said {
            Command::Abort => self.mail = None,
            Command::QuitForNext => *self = Heard::default(),
            Command::Macros(_, pairs) => self.client.learn(&pairs),
            Command::Quit => return Ok(Turn::HangUp),
            Command::Body(bytes) => {
                self.mail()?.body(line, bytes);
                return Ok(Turn::Answer);
            }
            Command::EndOfMail(bytes) => {
                self.mail()?.body(line, bytes);
                return Ok(Turn::End);
            }
            Command::EndOfHeader => {
                self.mail()?.end_of_header(line)?;
                return Ok(Turn::Answer);
            }
            Command::Header { name, value } => {
                self.mail()?.field(line, name, value, spaced)?;
                return Ok(Turn::Answer);
            }
            said => {
                self.envelope(said, door)?;
                return Ok(Turn::Answer);
            }
        }
        Ok(Turn::Silence)
    }

    /// What comes before the header.
    fn envelope(&mut self, said: Command<'_>, door: &MilterDoor) -> Result<(), Trouble> {
        match said {
            Command::Connect { name, address } => self.client = From::at(name, address),
            Command::Helo(name) => self.client.helo = name.to_owned(),
            Command::Mail(_) if self.mail.is_some() => return Err(Trouble::Order),
            Command::Mail(words) => {
                let mail = Incoming::new(&words, self.client.known());
                self.mail = Some(Box::new(mail));
            }
            Command::Recipient(words) => {
                self.mail()?.recipient(&words, door.limits.recipients)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn mail(&mut self) -> Result<&mut Incoming, Trouble> {
        self.mail.as_deref_mut().ok_or(Trouble::Order)
    }
}

impl From {
    /// A client that has just connected to the server.
    fn at(name: &str, address: Option<(IpAddr, u16)>) -> Self {
        let is_name = !name.starts_with('[') && name != "unknown";
        From {
            address: address.map(|(address, _)| address),
            name: is_name.then(|| name.to_owned()),
            ..From::default()
        }
    }

    /// Sendmail and Postfix name their macros alike; those of more than one letter stand in braces.
    fn learn(&mut self, macros: &[(&str, &str)]) {
        for (name, value) in macros.iter().filter(|(_, value)| !value.is_empty()) {
            match *name {
                "{auth_authen}" => self.login = Some((*value).to_owned()),
                "{tls_version}" => self.is_tls = true,
                _ => {}
            }
        }
    }

    /// As a rule and the next hop see it.
    fn known(&self) -> Client {
        Client {
            address: self.address,
            name: self.name.clone(),
            helo: self.helo.clone(),
            login: self.login.clone(),
            protocol: match (self.is_tls, &self.login) {
                (true, Some(_)) => "ESMTPSA",
                (false, Some(_)) => "ESMTPA",
                (true, None) => "ESMTPS",
                (false, None) => "ESMTP",
            },
            xforward: Vec::new(),
        }
    }
}

fn is_set(agreed: Option<u32>, step: u32) -> bool {
    agreed.is_some_and(|agreed| agreed & step != 0)
}

/// Nothing was said yet, or only a part of a body: the server takes none of it before the last word.
fn unread(error: io::Error) -> Trouble {
    tracing::error!(%error, "a mail cannot be read back");
    Trouble::Gone
}
