//! Takes connections: who comes, who may come in, how many, and TLS around the conversation.
//!
//! Promises: one connection's trouble is its own; when file descriptors run out it waits instead of spinning; when asked to stop, it takes
//! no more connections, lets every mail in progress end, and returns when the last session is gone.

use super::limits::{Guests, Place};
use super::{Peer, SmtpDoor, listed, replies};
use crate::fault::Reply;
use std::io::Write;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::server::TlsStream;

/// Serves until `stop` becomes true (or its sender is gone) and the last session has ended.
pub async fn serve(listener: TcpListener, door: Arc<SmtpDoor>, mut stop: watch::Receiver<bool>) {
    let reception = Arc::new(Reception::new(door, stop.clone()));
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => reception.welcome(stream, from.ip().to_canonical()),
            Err(error) => {
                // Out of file descriptors, or a client that was gone again: either way not at once again.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    reception.until_empty().await;
}

/// How long a handshake keeps others waiting: ours is the work at its beginning, then it is the client's move.
const TURN: Duration = Duration::from_millis(100);

struct Reception {
    door: Arc<SmtpDoor>,
    stop: watch::Receiver<bool>,
    sessions: Arc<Semaphore>,
    guests: Arc<Guests>,
    handshakes: Semaphore,
}

impl Reception {
    fn new(door: Arc<SmtpDoor>, stop: watch::Receiver<bool>) -> Self {
        Reception {
            stop,
            sessions: Arc::new(Semaphore::new(door.limits.sessions)),
            guests: Arc::default(),
            handshakes: Semaphore::new(door.limits.handshakes.max(1)),
            door,
        }
    }

    /// Lets a client in, or says why not.
    fn welcome(self: &Arc<Self>, stream: TcpStream, peer: IpAddr) {
        let _ = stream.set_nodelay(true);
        let proxied = listed(&self.door.proxy_from, peer);
        let places = match proxied {
            true => self.session_place().map(|permit| (permit, None)),
            false => self.places(peer),
        };
        let places = match places {
            Ok(places) => places,
            Err(reply) => return self.turn_away(stream, &reply),
        };
        let stream = match proxied {
            true => Some(stream),
            false => self.unless_too_early(stream),
        };
        let Some(stream) = stream else { return };
        let reception = self.clone();
        tokio::spawn(async move {
            match proxied {
                true => reception.attend_for(stream, peer).await,
                false => reception.attend(stream, peer).await,
            }
            drop(places);
        });
    }

    fn places(&self, peer: IpAddr) -> Result<(OwnedSemaphorePermit, Option<Place>), Reply> {
        self.door.admits(peer)?;
        let permit = self.session_place()?;
        Ok((permit, Some(self.own_place(peer)?)))
    }

    fn session_place(&self) -> Result<OwnedSemaphorePermit, Reply> {
        let permit = self.sessions.clone().try_acquire_owned();
        permit.map_err(|_| full("Too many connections; try again later"))
    }

    fn own_place(&self, client: IpAddr) -> Result<Place, Reply> {
        let place = self
            .guests
            .admit(client, self.door.limits.sessions_per_client);
        place.ok_or_else(|| full("Too many connections from you; try again later"))
    }

    /// One write that cannot block; whether it arrives is the client's business. In TLS it could not be read.
    fn turn_away(&self, stream: TcpStream, reply: &Reply) {
        if let (false, Ok(mut stream)) = (self.door.implicit_tls, stream.into_std()) {
            let mut text = Vec::new();
            reply.write_to(&mut text);
            let _ = stream.write(&text);
        }
    }

    /// A client that speaks before the greeting is no mail server (RFC 5321 section 3.1). A look at the socket itself, because
    /// the runtime may not have heard of its bytes yet.
    fn unless_too_early(&self, stream: TcpStream) -> Option<TcpStream> {
        if self.door.implicit_tls {
            return Some(stream);
        }
        let stream = stream.into_std().ok()?;
        let early = matches!(stream.peek(&mut [0]), Ok(n) if n > 0);
        let stream = TcpStream::from_std(stream).ok()?;
        if early {
            self.turn_away(stream, &replies::too_early());
            return None;
        }
        Some(stream)
    }

    /// The whole of a connection that a load balancer has opened: whose it is comes first, and all that we ask of a client is asked of that one.
    async fn attend_for(&self, mut stream: TcpStream, peer: IpAddr) {
        let announced = super::announced(&self.door, peer, &mut stream).await;
        let place = announced.and_then(|client| Ok((client, self.own_place(client)?)));
        let (client, _place) = match place {
            Ok(place) => place,
            Err(Some(reply)) => return self.turn_away(stream, &reply),
            Err(None) => return,
        };
        if let Some(stream) = self.unless_too_early(stream) {
            self.attend(stream, client).await;
        }
    }

    /// The whole of one connection.
    async fn attend(&self, stream: TcpStream, address: IpAddr) {
        let peer = Peer::behind(address, &stream);
        let stream = match self.door.implicit_tls {
            true => stream,
            false => match self.session(stream, peer.clone(), false, true).await {
                Some(stream) => stream,
                None => return,
            },
        };
        if let Some(stream) = self.handshake(stream, address).await {
            // A new session: what was said in the clear anybody on the way may have said.
            self.session(stream, peer, true, self.door.implicit_tls)
                .await;
        }
    }

    async fn session<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        peer: Peer,
        tls: bool,
        greet: bool,
    ) -> Option<S> {
        super::session(&self.door, peer, stream, tls, greet, self.stop.clone()).await
    }

    async fn handshake(&self, stream: TcpStream, peer: IpAddr) -> Option<TlsStream<TcpStream>> {
        let config = self.door.tls.clone()?;
        let handshake = async {
            // A client that says nothing costs nothing, and keeps nobody's turn.
            let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
            let mut secured = pin!(hello.into_stream(config));
            let turn = self.handshakes.acquire().await;
            if let Ok(done) = timeout(TURN, &mut secured).await {
                return done;
            }
            drop(turn);
            secured.await
        };
        match timeout(self.door.limits.handshake, handshake).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::info!(%peer, %error, "TLS handshake failed");
                None
            }
            Err(_) => {
                tracing::info!(%peer, "TLS handshake took too long");
                None
            }
        }
    }

    async fn until_empty(&self) {
        let all = u32::try_from(self.door.limits.sessions).unwrap_or(u32::MAX);
        let _ = self.sessions.acquire_many(all).await;
    }
}

fn full(text: &str) -> Reply {
    Reply::new(421, (4, 7, 0), text)
}
