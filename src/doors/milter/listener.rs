//! Takes connections of mail servers, by TCP from those that are listed, by a Unix socket from those whom its file lets in.
//!
//! Promises: a socket file is ours alone to make (an old one that nobody answers behind is replaced, a living one is not), mode 0660, so that
//! its owner and group may connect and nobody else; one connection's trouble is its own; when asked to stop it takes no more connections and
//! lets every mail in progress end.

use super::{MilterDoor, session};
use crate::mail::Network;
use std::fs::{self, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, watch};

/// Where mail servers find us.
#[derive(Debug)]
pub enum Place {
    /// An address and port.
    Tcp(TcpListener),
    /// A file. It is removed when the listener ends.
    Unix(UnixListener, PathBuf),
}

impl Place {
    /// Makes the socket file and listens.
    pub fn unix(path: &Path) -> io::Result<Place> {
        clear(path)?;
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, Permissions::from_mode(0o660))?;
        Ok(Place::Unix(listener, path.to_owned()))
    }
}

/// Removes a socket that nobody answers behind.
fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if !found.file_type().is_socket() => {
            Err(io::Error::other("there is a file of another kind"))
        }
        Ok(_) => match std::os::unix::net::UnixStream::connect(path) {
            Ok(_) => Err(io::ErrorKind::AddrInUse.into()),
            Err(_) => fs::remove_file(path),
        },
    }
}

/// Serves until `stop` becomes true (or its sender is gone) and the last session has ended.
pub async fn serve(place: Place, door: Arc<MilterDoor>, mut stop: watch::Receiver<bool>) {
    let sessions = Arc::new(Semaphore::new(door.limits.sessions));
    let most = u32::try_from(door.limits.sessions).unwrap_or(u32::MAX);
    let room = Room {
        door,
        sessions: sessions.clone(),
        stop: stop.clone(),
    };
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = room.next(&place) => accepted,
        };
        if let Err(error) = accepted {
            // Out of file descriptors, or a server that was gone again: either way not at once again.
            tracing::warn!(%error, "cannot accept a connection");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    if let Place::Unix(_, path) = &place {
        // Whoever comes now finds nobody, and does without a filter what it is set up to do.
        let _ = fs::remove_file(path);
    }
    drop(place);
    let _ = sessions.acquire_many(most).await;
}

struct Room {
    door: Arc<MilterDoor>,
    sessions: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
}

impl Room {
    async fn next(&self, place: &Place) -> io::Result<()> {
        match place {
            Place::Tcp(listener) => {
                let (stream, from) = listener.accept().await?;
                let _ = stream.set_nodelay(true);
                match admits(&self.door.accept_from, from) {
                    true => self.attend(stream),
                    false => {
                        tracing::warn!(%from, "not among those who may connect (accept_from)")
                    }
                }
            }
            Place::Unix(listener, _) => self.attend(listener.accept().await?.0),
        }
        Ok(())
    }

    fn attend<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(&self, stream: S) {
        let Ok(place) = self.sessions.clone().try_acquire_owned() else {
            return tracing::warn!("too many milter connections");
        };
        let (door, stop) = (self.door.clone(), self.stop.clone());
        tokio::spawn(async move {
            session(&door, stream, stop).await;
            drop(place);
        });
    }
}

fn admits(networks: &[Network], from: SocketAddr) -> bool {
    let address = from.ip().to_canonical();
    networks.iter().any(|network| network.contains(address))
}
