//! Who really comes, if a load balancer stands before us: the PROXY header of a connection from one of `SmtpDoor::proxy_from`.
//!
//! Promises: nothing behind the header is read, be it TLS or a command; the header is there in the time of a TLS handshake, or the
//! connection is closed. Leaves to others: whose header is believed (`listener`). Fails with [`NoHeader`].

use crate::wire::proxy::{self, Step};
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

/// Why a listed peer's connection is closed.
#[derive(Debug)]
pub(super) enum NoHeader {
    /// It went away, or the network did.
    Gone(io::Error),
    /// Its first bytes are no header.
    Malformed,
    /// It took too long.
    TooSlow,
}

/// The client's address, or `None` if the peer speaks for itself.
pub(super) async fn client(
    stream: &mut (impl AsyncRead + Unpin),
    limit: Duration,
) -> Result<Option<IpAddr>, NoHeader> {
    let read = timeout(limit, header(stream)).await;
    read.unwrap_or(Err(NoHeader::TooSlow))
}

async fn header(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<IpAddr>, NoHeader> {
    let mut bytes = Vec::new();
    loop {
        let needs = match proxy::read(&bytes) {
            Ok(Step::Whole(client)) => return Ok(client.map(|c| c.to_canonical())),
            Ok(Step::Needs(most)) => most as u64,
            Err(proxy::Malformed) => return Err(NoHeader::Malformed),
        };
        match (&mut *stream).take(needs).read_buf(&mut bytes).await {
            Ok(0) => return Err(NoHeader::Gone(io::ErrorKind::UnexpectedEof.into())),
            Ok(_) => {}
            Err(error) => return Err(NoHeader::Gone(error)),
        }
    }
}

impl fmt::Display for NoHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoHeader::Gone(error) => write!(f, "{error}"),
            NoHeader::Malformed => f.write_str("it begins with something else"),
            NoHeader::TooSlow => f.write_str("it did not come in time"),
        }
    }
}
