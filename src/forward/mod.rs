//! The way out: outlets, which take finished variants. A variant cannot be made but by `rewrite`, so nothing else can leave.
//!
//! [`next_hop`] speaks SMTP and LMTP, [`folder`] writes files, [`memory`] remembers; [`Target`] reads which one the operator wants.
//! [`lanes`] has one for each lane and gives each variant to its own.

use crate::Pending;
use crate::fault::{Fault, Reply};
use crate::mail::{Envelope, Recipient, Variant};
use crate::transfer::proof::Outcome;
use std::time::{Duration, Instant};

mod commands;
mod connection;
#[cfg(test)]
mod fake_hop;
mod feed;
pub mod folder;
pub mod lanes;
mod login;
pub mod memory;
pub mod next_hop;
mod reply;
pub mod target;
#[cfg(test)]
mod tests;
mod transaction;

pub use crate::wire::sasl::{Credentials, Mechanism};
pub use folder::Folder;
pub use lanes::Lanes;
pub use memory::Memory;
pub use next_hop::NextHop;
pub use target::{BadTarget, HopAddress, HopTls, NextHopConfig, Protocol, Target, Timeouts};

/// One conversation with a next hop, for one mail at a time.
///
/// The door calls `begin`, then `vet` for each recipient as the client names it, so that refusals reach the client live; the line
/// calls `hand_over` once. If one variant covers exactly the vetted recipients, the open transaction is used; else it is reset
/// and each variant gets its own. After an error the outlet reconnects by itself at the next `begin`.
pub trait Outlet: Send {
    /// Opens a transaction for this sender. `Err` is what the client hears at MAIL (or at the first RCPT).
    fn begin<'a>(&'a mut self, envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>>;

    /// Asks whether the next hop takes this recipient: its own answer, positive or not.
    fn vet<'a>(&'a mut self, recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>>;

    /// Hands over: per recipient accepted, refused, deferred or unknown. Never an error: an error is an answer too.
    /// Variants are sent in order; sealed ones come first. After `until` no final dot is sent any more: those who were not served
    /// then are deferred ([`crate::fault::Kind::Deadline`]); the answer to a dot that was sent is waited for.
    fn hand_over<'a>(&'a mut self, variants: Vec<Variant>, until: Instant) -> Pending<'a, Outcome>;

    /// Forgets the open transaction (RSET, a client that went away).
    fn reset<'a>(&'a mut self) -> Pending<'a, ()>;

    /// The ways to sign in that can be passed on from here, if any. `Err`: not known at the moment.
    fn logins<'a>(&'a mut self) -> Pending<'a, Result<Vec<Mechanism>, Fault>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Signs in with a client's credentials: the next hop's own verdict. After a positive one everything of this outlet is sent as that
    /// user, over whatever connection; the credentials are kept until the outlet is dropped.
    fn sign_in<'a>(&'a mut self, _: Credentials) -> Pending<'a, Result<Reply, Fault>> {
        let lacking = "this way out knows no logins";
        Box::pin(async move { Err(Fault::because(crate::fault::Kind::NextHopDown, lacking)) })
    }
}

/// Makes outlets: one for each session of a door.
pub trait Outlets: Send + Sync {
    /// A new outlet, not yet connected.
    fn open(&self) -> Box<dyn Outlet>;

    /// The name or address of the mail server at its end, if there is one.
    fn peer(&self) -> Option<String> {
        None
    }
}

/// The end of time for a mail that no client waits for: every next hop has answered by then.
pub fn unhurried() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}
