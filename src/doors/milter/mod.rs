//! The milter door: Postfix and Sendmail keep the mail and ask us what to do with it (protocol in `wire::milter`).
//!
//! `listener` takes connections, `talk` moves packets, `session` goes through them, `heard` knows what was said, `incoming` takes a mail,
//! `changes` says what of it the server is to change, `behind` is the outlet that makes a mail leave so, `teller` speaks meanwhile, `ending`
//! answers the end of the mail.
//! Promises: nothing is said about a mail before its end, and nothing that changes it before its transfer is durable; then everything in
//! one go, the body first, the header that claims protection behind it, the last word last. A fault of ours is no answer: the connection
//! closes, and what the server does without its filter is up to it (the manual's page *milter* says what that must be). There is no way
//! from a fault to "continue". Leaves to others: what happens to a mail ([`Line`]), injecting copies (`forward`).

mod behind;
mod changes;
mod ending;
mod heard;
mod incoming;
mod listener;
mod session;
mod talk;
mod teller;

#[cfg(test)]
mod tests;

pub use listener::{Place, serve};

use super::Line;
use crate::mail::Network;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

/// Everything a listener needs to know.
pub struct MilterDoor {
    /// Where mails go.
    pub line: Arc<dyn Line>,
    /// What becomes of a mail that is not the same for all.
    pub mode: Mode,
    /// Mail servers that may connect by TCP. Who may by a Unix socket is a matter of its file.
    pub accept_from: Vec<Network>,
    /// Times and numbers.
    pub limits: Limits,
}

/// What a server that cannot split a mail does with one that is protected for some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// All recipients get the same: what the strictest decision for any of them wants, and one link.
    #[default]
    Shared,
    /// If one of its copies differs from the mail, all leave by the next hop and the mail is discarded; else it stays.
    TakeOut,
    /// The line only looks: nothing is changed, and the server is not asked to allow it.
    Look,
}

/// How much a server may take of us, in time and number.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sessions at once. Postfix has one for each of its `smtpd` processes, used or not.
    pub sessions: usize,
    /// Recipients of one mail.
    pub recipients: usize,
    /// How long a server may say nothing between mails: it waits for its own client (Postfix gives that 300 s for each command).
    pub silence: Duration,
    /// How long it may take to hear us.
    pub write: Duration,
    /// So often it hears that we are at work (libmilter waits 300 s, Sendmail as its `T=E:` says).
    pub progress: Duration,
    /// A server that has said nothing for so long after our last word has done what we said.
    pub heard: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            sessions: 1000,
            recipients: 1000,
            silence: Duration::from_secs(7200),
            write: Duration::from_secs(60),
            progress: Duration::from_secs(10),
            heard: Duration::from_secs(30),
        }
    }
}

/// One session over any stream, as [`serve`] holds it over sockets, until the server has no more to say, or `stop` becomes true between two
/// mails. Beside `serve` this is for tests that need no network.
pub async fn session<S: AsyncRead + AsyncWrite + Unpin>(
    door: &MilterDoor,
    stream: S,
    stop: watch::Receiver<bool>,
) {
    let talk = talk::Talk::new(stream, door.limits.clone(), stop);
    session::Session::new(door, talk).run().await;
}
