//! Channels: the ways a password takes, never the mailbox that gets the link.

use crate::Pending;
use crate::transfer::Notice;

/// One way to reach a person.
///
/// `gateway` calls `send` from the outbox, one notice at a time, after the link mail was accepted; at most a few tries, all with
/// the same notice id. An implementer must not log what a notice holds, nor try again by itself.
pub trait Channel: Send + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// What it is: `sms`, `sender`, `command`, `folder`.
    fn kind(&self) -> &'static str;

    /// Sends one notice.
    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>>;
}

/// A notice could not be sent. The text is for the log and must not hold the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Try again.
    Later(String),
    /// Trying again is of no use: tell the sender.
    Never(String),
}
