//! `cloakroom doctor`: what is wrong with how a mail server stands around this gateway.
//!
//! One file a mail server, each a function of parsed settings, of [`Ours`](super::Ours) and of what connections were answered.
//! Promises: every [`Finding`] says what, where, why and the line that mends it; what could not be read or understood is one too.
//! Leaves to others: reading and trying (`doors::cli::doctor`), and whether the server does what its settings say (a test mail).

use serde::Serialize;
use std::net::SocketAddr;

pub mod exim;
pub mod finding;
mod period;
pub mod postfix;
pub mod sendmail;

pub use finding::{Finding, Report, Weight};

/// A try to connect to where mail comes back, from an address that others could come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// Where to.
    pub at: SocketAddr,
    /// Somebody took the connection.
    pub answered: bool,
}

/// Seconds between our last moment and theirs: an answer is on its way.
const MARGIN: u64 = 10;

/// The address where something that must be closed to others answers all the same.
fn open_at(probes: &[Probe], port: u16) -> Option<SocketAddr> {
    let mut open = probes.iter().filter(|probe| probe.answered);
    open.find(|probe| probe.at.port() == port)
        .map(|probe| probe.at)
}
