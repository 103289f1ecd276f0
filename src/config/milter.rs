//! `[milter]`: where mail servers find us that keep the mail and ask what to do with it, and what they are to do with one that is not the
//! same for all its recipients.

use super::reader::{Section, choice, list, parsed};
use super::values::sending_network;
use crate::mail::Network;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// `[milter]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milter {
    /// `None`: nowhere.
    pub listen: Option<Place>,
    /// `mode`
    pub mode: Mode,
    /// Who may connect by TCP.
    pub accept_from: Vec<Network>,
}

/// What a server that cannot split a mail does with one that is protected for some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is the same for all.
    #[default]
    Shared,
    /// If one copy differs, all leave by the next hop.
    TakeOut,
}

/// Where it listens: `unix:/run/cloakroom/milter.sock`, or `127.0.0.1:8890`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An address and port.
    Tcp(SocketAddr),
    /// The full path of a socket file.
    Unix(PathBuf),
}

const MODES: &[(&str, Mode)] = &[("shared", Mode::Shared), ("take_out", Mode::TakeOut)];

/// Reads the section.
pub(super) fn milter(mut s: Section<'_, '_>) -> Milter {
    let milter = Milter {
        listen: s.optional("listen", parsed),
        mode: s.or("mode", choice(MODES), Mode::default()),
        accept_from: s.or(
            "accept_from",
            list(sending_network),
            Network::loopback().to_vec(),
        ),
    };
    s.end();
    milter
}

/// The word of a mode.
pub(super) fn word(mode: Mode) -> &'static str {
    let found = MODES.iter().find(|(_, known)| *known == mode);
    found.map_or("", |(word, _)| word)
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("unix:") {
            Some(path) if path.starts_with('/') => Ok(Place::Unix(path.into())),
            Some(_) => {
                Err("behind unix: stands a full path, such as unix:/run/cloakroom/milter.sock")
            }
            None => (text.parse().map(Place::Tcp)).map_err(
                |_| "an address with a port, such as 127.0.0.1:8890, or unix: and a full path",
            ),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Tcp(address) => address.fmt(f),
            Place::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}
