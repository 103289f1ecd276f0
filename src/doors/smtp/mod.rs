//! The SMTP and LMTP door: the same session, two greetings (RFC 5321, RFC 2033).
//!
//! `listener` takes connections and TLS, `proxy` hears from a load balancer who comes, `conversation` moves lines and replies, `session` has one method per verb, `content` takes a mail
//! after DATA, `chunks` one by BDAT, `login` lets people sign in at the next hop, `answer` turns what became of a mail into replies. MAIL
//! and RCPT are relayed to the next hop as they come, so that its refusals reach the client live; the line starts at the final dot.
//! Promises: 2xx for a mail only if somebody else has it; one misbehaving client ends its own session only; nothing said before STARTTLS
//! counts after it. Leaves to others: what happens to a mail ([`Line`]), who may relay where (the networks in [`SmtpDoor`]).
//! Fails by replies: 4xx in doubt; it hangs up on clients that cannot be trusted to know where a command ends.

pub(in crate::doors) mod answer;
mod chunks;
pub(in crate::doors) mod content;
mod conversation;
mod limits;
mod listener;
mod login;
pub(in crate::doors) mod peer;
mod proxy;
pub(in crate::doors) mod replies;
pub(in crate::doors) mod session;

pub use limits::Limits;
pub use listener::serve;
pub use peer::Peer;

use super::Line;
use crate::fault::Reply;
use crate::mail::Network;
use conversation::End;
use session::Session;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;

/// Everything a listener needs to know.
pub struct SmtpDoor {
    /// Which greeting, and how many answers after the dot.
    pub protocol: Protocol,
    /// Where mails go.
    pub line: Arc<dyn Line>,
    /// Certificate and key, if STARTTLS or implicit TLS is wanted.
    pub tls: Option<Arc<ServerConfig>>,
    /// TLS from the first byte on (RFC 8314); needs `tls`.
    pub implicit_tls: bool,
    /// Who may send without a login. Others may not even connect, unless `logins`.
    pub accept_from: Vec<Network>,
    /// Clients may sign in, once there is TLS; the next hop says whether their password is right.
    pub logins: bool,
    /// Load balancers: what they say in a PROXY header about who comes is believed, and they must say it.
    pub proxy_from: Vec<Network>,
    /// Who may say by XFORWARD which client a mail really came from.
    pub xforward_from: Vec<Network>,
    /// Known devices whose bare line ends are made proper instead of refused.
    pub repair_from: Vec<Network>,
    /// CHUNKING is offered (RFC 3030).
    pub chunking: bool,
    /// Times and numbers.
    pub limits: Limits,
}

/// What a listener speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One answer per mail.
    Smtp,
    /// One answer per recipient.
    Lmtp,
}

impl SmtpDoor {
    /// Lets a client in, or says why not.
    fn admits(&self, client: IpAddr) -> Result<(), Reply> {
        match self.logins || listed(&self.accept_from, client) {
            true => Ok(()),
            false => Err(Reply::new(
                554,
                (5, 7, 1),
                "You are not among those who may send here",
            )),
        }
    }

    /// True for a client that may send only as somebody. A port for people asks everybody, whose network ever it is.
    fn wants_login(&self, peer: IpAddr) -> bool {
        self.logins && (self.implicit_tls || !listed(&self.accept_from, peer))
    }
}

/// Who comes over a stream that a load balancer has opened: its PROXY header is read, and nothing behind that. `Err`: the connection ends,
/// with these words or without any.
///
/// Beside `serve` this is for tests, as [`session()`] is.
pub async fn announced<S: AsyncRead + Unpin>(
    door: &SmtpDoor,
    balancer: IpAddr,
    stream: &mut S,
) -> Result<IpAddr, Option<Reply>> {
    match proxy::client(stream, door.limits.handshake).await {
        Ok(client) => {
            let client = client.unwrap_or(balancer);
            door.admits(client).map_err(Some)?;
            Ok(client)
        }
        Err(why) => {
            tracing::warn!(peer = %balancer, %why, "no PROXY header");
            Err(None)
        }
    }
}

/// One session over any stream, as [`serve`] holds it over sockets. Gives the stream back if the client waits for TLS on it: what comes
/// then is another session. `greet`: false after STARTTLS. `stop`: see [`serve`].
///
/// Beside `serve` this is for tests that need no network, and a stop at every byte: whole sessions are fuzzed.
pub async fn session<S: AsyncRead + AsyncWrite + Unpin>(
    door: &SmtpDoor,
    peer: impl Into<Peer>,
    stream: S,
    tls: bool,
    greet: bool,
    stop: watch::Receiver<bool>,
) -> Option<S> {
    let peer = peer.into();
    let address = peer.address;
    let session = Session::new(door, peer, tls);
    match conversation::converse(door, session, address, stream, greet, stop).await {
        End::StartTls(stream) => Some(stream),
        End::Over => None,
    }
}

fn listed(networks: &[Network], peer: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(peer))
}
