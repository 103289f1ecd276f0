//! A client signs in (RFC 4954): its words are collected, tried at the next hop, and the next hop's verdict is what it hears.
//!
//! Promises: credentials are gone from here once they are tried; a refusal comes late and is counted; names and words of refused logins
//! are not logged, because people type passwords into the wrong field. Leaves to others: when AUTH may come at all (`session`).
//! Fails by 454, which asks for another try: a next hop that is down says nothing about a password.

use super::limits::Limits;
use super::replies;
use super::session::Next;
use crate::fault::Reply;
use crate::forward::Outlet;
use crate::maillog;
use crate::wire::sasl::{Credentials, Exchange, MECHANISMS, Mechanism, Turn, Unfit};
use crate::wire::smtp::Auth;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long EHLO waits to know what the next hop offers.
const ASKING: Duration = Duration::from_secs(10);

/// What a session knows about who the client is.
#[derive(Default)]
pub(super) struct SignIn {
    offered: Vec<Mechanism>,
    exchange: Option<Exchange>,
    refused: u32,
    user: Option<String>,
}

type Step = (Reply, Next);

impl SignIn {
    /// Who has signed in.
    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Learns what can be offered. A next hop that does not answer now may do so when the login comes.
    pub(super) async fn ask(&mut self, outlet: &mut dyn Outlet) {
        let known = match timeout(ASKING, outlet.logins()).await {
            Ok(Ok(known)) => known,
            Ok(Err(_)) | Err(_) => MECHANISMS.to_vec(),
        };
        self.offered = MECHANISMS
            .into_iter()
            .filter(|m| known.contains(m))
            .collect();
        if self.offered.is_empty() {
            tracing::warn!(
                "clients cannot sign in: the next hop offers no login that we can pass on"
            );
        }
    }

    /// The line in the reply to EHLO.
    pub(super) fn offer(&self) -> Option<String> {
        let names: Vec<&str> = self.offered.iter().map(|m| m.name()).collect();
        (!names.is_empty()).then(|| format!("AUTH {}", names.join(" ")))
    }

    /// AUTH, where it may come.
    pub(super) async fn auth(
        &mut self,
        auth: Auth,
        outlet: &mut dyn Outlet,
        limits: &Limits,
        peer: IpAddr,
    ) -> Step {
        if self.user.is_some() {
            return (replies::order("You have signed in already"), Next::Go);
        }
        let mechanism = auth.mechanism.filter(|m| self.offered.contains(m));
        let Some(mechanism) = mechanism else {
            let reply = Reply::new(504, (5, 5, 4), "This way to sign in is not offered");
            return (reply, Next::Go);
        };
        let (exchange, challenge) = Exchange::begin(mechanism);
        match auth.initial {
            None => self.asks(exchange, challenge),
            Some(initial) => {
                let turn = exchange.take(initial);
                self.turn(turn, outlet, limits, peer).await
            }
        }
    }

    /// What the client says to a challenge.
    pub(super) async fn response(
        &mut self,
        line: &[u8],
        outlet: &mut dyn Outlet,
        limits: &Limits,
        peer: IpAddr,
    ) -> Step {
        match self.exchange.take() {
            Some(exchange) => self.turn(exchange.hear(line), outlet, limits, peer).await,
            None => (replies::broken(), Next::HangUp),
        }
    }

    fn asks(&mut self, exchange: Exchange, challenge: &str) -> Step {
        self.exchange = Some(exchange);
        let reply = replies::bare(334, vec![challenge.to_owned()]);
        (reply, Next::Response)
    }

    async fn turn(
        &mut self,
        turn: Result<Turn, Unfit>,
        outlet: &mut dyn Outlet,
        limits: &Limits,
        peer: IpAddr,
    ) -> Step {
        match turn {
            Ok(Turn::Asks(exchange, challenge)) => self.asks(exchange, challenge),
            Ok(Turn::Complete(credentials)) => {
                self.attempt(credentials, outlet, limits, peer).await
            }
            Err(Unfit::Cancelled) => (Reply::new(501, (5, 7, 0), "As you like"), Next::Go),
            Err(Unfit::Base64) => {
                let reply = Reply::new(501, (5, 5, 2), "This is no base64");
                self.refuse(reply, limits).await
            }
            Err(Unfit::Form) => {
                let reply = Reply::new(501, (5, 5, 2), "These are no credentials");
                self.refuse(reply, limits).await
            }
        }
    }

    async fn attempt(
        &mut self,
        credentials: Credentials,
        outlet: &mut dyn Outlet,
        limits: &Limits,
        peer: IpAddr,
    ) -> Step {
        let (mechanism, user) = (credentials.mechanism.name(), credentials.user.clone());
        let (reply, fault) = match outlet.sign_in(credentials).await {
            Ok(reply) if reply.is_positive() => {
                maillog::signed_in(peer, mechanism, &user);
                self.user = Some(user);
                return (reply, Next::Go);
            }
            Ok(reply) => (reply, None),
            Err(fault) => (not_now(), Some(fault)),
        };
        maillog::not_signed_in(peer, mechanism, &reply, fault.as_ref());
        match reply.is_permanent() {
            true => self.refuse(reply, limits).await,
            false => (reply, Next::Go),
        }
    }

    async fn refuse(&mut self, reply: Reply, limits: &Limits) -> Step {
        self.refused += 1;
        sleep(limits.login_pause).await;
        match self.refused < limits.logins {
            true => (reply, Next::Go),
            false => (reply, Next::GiveUp),
        }
    }
}

/// RFC 4954 section 4.
fn not_now() -> Reply {
    Reply::new(
        454,
        (4, 7, 0),
        "The next mail server cannot check this login now; try again later",
    )
}
