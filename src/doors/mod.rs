//! Doors: a protocol on one side, a line on the other.
//!
//! A door makes [`Received`] out of its protocol and carries the [`Outcome`] back into it. It decides nothing about a mail: what it does
//! not know how to answer, it defers.

pub mod cli;
pub mod milter;
pub mod smtp;
pub mod web;

use crate::Pending;
use crate::fault::Fault;
use crate::forward::Outlet;
use crate::mail::{Envelope, Intake, Received};
use crate::transfer::proof::Outcome;

/// The gateway as a door sees it.
pub trait Line: Send + Sync {
    /// Where the content of a new mail goes while it arrives. `envelope`: whole, as nobody is added to it behind DATA.
    fn intake(&self, envelope: &Envelope) -> Intake;

    /// A conversation with the next hop, for one session.
    fn outlet(&self) -> Box<dyn Outlet>;

    /// Takes a mail the whole way: parse, decide, seal, hold, rewrite, hand over, release. `outlet` is the one whose recipients
    /// were vetted. `Err`: nobody has the mail, unless its fate says that this is not known.
    fn send<'a>(
        &'a self,
        received: Received,
        outlet: &'a mut dyn Outlet,
    ) -> Pending<'a, Result<Outcome, Fault>>;

    /// Largest mail in bytes, dot-stuffing undone.
    fn max_message(&self) -> u64;

    /// `DiskFull` if a mail of so many bytes cannot be taken in now: asked before its content comes.
    fn room_for(&self, _size: u64) -> Result<(), Fault> {
        Ok(())
    }

    /// Our name in greetings.
    fn hostname(&self) -> &str;
}
