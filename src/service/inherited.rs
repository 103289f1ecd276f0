//! Sockets that were bound for us before we were started: socket activation, as systemd does it (sd_listen_fds(3)). They stay open while
//! one process ends and the next begins, so that nobody who connects in between is refused.
//!
//! Promises: a socket is used by the door that its name (`FileDescriptorName=`) or its address says; one that no door wants is a mistake
//! that is said, not a port that nobody answers. Leaves to others: binding what is not here. Fails with [`Failure`].

use crate::fault::failure::{Exit, Failure};
use listenfd::ListenFd;
use std::net::{SocketAddr, TcpListener};

/// Sockets that wait for their doors.
#[derive(Default)]
pub struct Inherited(Vec<Socket>);

struct Socket {
    name: String,
    address: SocketAddr,
    listener: TcpListener,
}

impl Inherited {
    /// No sockets: every door binds its own.
    pub fn none() -> Self {
        Inherited::default()
    }

    /// Those of the environment (`LISTEN_FDS`, `LISTEN_FDNAMES`, for `LISTEN_PID`). Once, before there are threads.
    pub fn from_environment() -> Result<Self, Failure> {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut sockets = ListenFd::from_env();
        let mut all = Vec::new();
        for number in 0..sockets.len() {
            let name = names.next().unwrap_or_default().to_owned();
            let unfit = |e| {
                Failure::new(
                    Exit::Config,
                    format!(
                        "socket {number} of the service manager (\"{name}\") is not for TCP: {e}"
                    ),
                )
            };
            let taken = sockets.take_tcp_listener(number).map_err(unfit)?;
            let Some(listener) = taken else { continue };
            listener.set_nonblocking(true).map_err(unfit)?;
            let address = listener.local_addr().map_err(unfit)?;
            all.push(Socket {
                name,
                address,
                listener,
            });
        }
        Ok(Inherited(all))
    }

    /// The socket of a door: the one with its name, else the one on its address.
    pub(super) fn take(&mut self, door: &str, address: SocketAddr) -> Option<TcpListener> {
        let named = self.0.iter().position(|socket| socket.name == door);
        let at = named.or_else(|| self.0.iter().position(|socket| socket.address == address));
        at.map(|at| self.0.swap_remove(at).listener)
    }

    /// Nothing is left that would be open and never answered.
    pub(super) fn all_taken(&self) -> Result<(), Failure> {
        let Some(socket) = self.0.first() else {
            return Ok(());
        };
        let text = format!(
            "the service manager listens on {} (\"{}\"), and no door of the configuration does",
            socket.address, socket.name
        );
        let hint = "the ListenStream= of a .socket file and the addresses under [intake], [portal] and [admin] must be the same";
        Err(Failure::new(Exit::Config, text).hint(hint))
    }
}
