//! One connection of a mail server: negotiation, then any number of clients and mails, packet by packet.
//!
//! Promises: only what was agreed on is answered; a packet out of turn ends the connection; a mail that is given up leaves nothing. While
//! the line is at work the server hears that it is ("progress"), and the line hears when the server has gone.

use super::behind::Behind;
use super::ending::{self, Ending};
use super::heard::{Heard, Turn};
use super::incoming::Whole;
use super::talk::{Talk, Trouble};
use super::teller::Teller;
use super::{MilterDoor, Mode};
use crate::fault::Fault;
use crate::forward::Outlet;
use crate::mail::{Address, Attention};
use crate::maillog;
use crate::transfer::proof::Outcome;
use crate::wire::milter::{Command, Offer, Response, VERSION, actions, command, steps};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

/// Without these a mail could not be protected.
const NEEDED: u32 = actions::ADD_HEADERS | actions::CHANGE_BODY | actions::CHANGE_HEADERS;

/// What makes the conversation shorter.
const WANTED: u32 = steps::NO_UNKNOWN | steps::NO_DATA | steps::LEADING_SPACE | steps::UNANSWERED;

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

/// Whether the connection goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
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
        let needed = match self.door.mode {
            Mode::Shared | Mode::TakeOut => NEEDED,
            Mode::Look => 0,
        };
        let lacking = needed & !offer.actions;
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
            actions: needed,
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
            Err(Ok(reply)) => return self.end(&ending::refused(reply.with_id(&id))).await,
            Err(Err(fault)) => {
                maillog::failed(id, &fault);
                return self.end(&ending::of_fault(id, &fault)).await;
            }
        };
        let is_named = whole.is_named;
        let everybody = whole.received.envelope.recipients.iter();
        let everybody: Vec<Address> = everybody.map(|r| r.address.clone()).collect();
        let (result, told) = self.take(whole, &attention).await?;
        if let Some(next) = told {
            // What the server could not write to its disk comes again, and must be known.
            attention.gone();
            return Ok(next);
        }
        let ending = ending::ending(id, &everybody, &result);
        // It can fail behind our last word too, and goes on all the same. What has no name may be another mail with the same bytes.
        match is_named {
            true => attention.gone(),
            false => {
                attention.answered();
                self.attention = Some(attention);
            }
        }
        self.end(&ending).await
    }

    async fn end(&mut self, ending: &Ending) -> Result<Next, Trouble> {
        match ending.packet() {
            Some(packet) => {
                self.talk.write(&packet).await?;
                Ok(Next::Go)
            }
            None => Ok(Next::HangUp),
        }
    }

    /// The line, with the server kept waiting. `Some`: the server has had its last word.
    async fn take(
        &mut self,
        whole: Whole,
        attention: &Attention,
    ) -> Result<(Result<Outcome, Fault>, Option<Next>), Trouble> {
        let (orders, ordered) = mpsc::channel(1);
        let Whole {
            mut received,
            header,
            ..
        } = whole;
        received.one_for_all = self.door.mode == Mode::Shared;
        let line = &self.door.line;
        let inner = self.outlet.get_or_insert_with(|| line.outlet());
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

fn is_set(agreed: Option<u32>, step: u32) -> bool {
    agreed.is_some_and(|agreed| agreed & step != 0)
}
