//! Who is at the other end of a session, and whether somebody still is.
//!
//! While a session is busy with a mail nobody reads its socket; the kernel knows all the same that the client has closed it, and is asked
//! ([`Connection`]). Fails towards "is there" when the socket cannot be asked.

use crate::mail::attention::Connection;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

/// The client of a session.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Where it comes from; a load balancer's client, not the load balancer.
    pub(super) address: IpAddr,
    /// `None`: there is no socket, or it could not be looked at twice.
    pub(super) connection: Option<Arc<dyn Connection>>,
}

impl Peer {
    /// A client behind a socket.
    pub(super) fn behind(address: IpAddr, socket: &impl AsFd) -> Peer {
        let socket = socket.as_fd().try_clone_to_owned();
        let connection = socket.map(|socket| Arc::new(Socket(socket)) as Arc<dyn Connection>);
        Peer {
            address,
            connection: connection.ok(),
        }
    }
}

impl From<IpAddr> for Peer {
    /// A client without a socket.
    fn from(address: IpAddr) -> Peer {
        Peer {
            address,
            connection: None,
        }
    }
}

/// The same socket once more, to look at only.
#[derive(Debug)]
struct Socket(OwnedFd);

impl Connection for Socket {
    /// The end of what the client sends is an event of its own; bytes before it that nobody has read (a QUIT, the end of TLS) do not hide it.
    fn is_open(&self) -> bool {
        let mut look = [PollFd::new(&self.0, PollFlags::RDHUP)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        !matches!(poll(&mut look, Some(&now)), Ok(n) if n > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::{Shutdown, TcpListener, TcpStream};

    fn pair() -> (TcpStream, Peer, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let client = TcpStream::connect(address).expect("it listens");
        let (server, from) = listener.accept().expect("it comes");
        (client, Peer::behind(from.ip(), &server), server)
    }

    fn is_open(peer: &Peer) -> bool {
        peer.connection.as_ref().is_none_or(|c| c.is_open())
    }

    #[test]
    fn whoever_closes_is_gone_even_if_he_said_something_before() {
        let (mut client, peer, _server) = pair();
        client.write_all(b"QUIT\r\n").expect("writes");
        assert!(is_open(&peer));
        client.shutdown(Shutdown::Write).expect("closes");
        assert!(!is_open(&peer));
        let (client, peer, _server) = pair();
        drop(client);
        assert!(!is_open(&peer));
    }
}
