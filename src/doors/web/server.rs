//! Connections of the portal: sockets, TLS, limits. Any router can be served; the portal's and the admin's are.
//!
//! Limits (P18): [`CONNECTIONS`] at once, [`EACH`] from one address; a head within 10 s, a form of at most 8 KiB within 10 s, the TLS
//! handshake within 10 s; a form with files as long as it keeps coming; a client that takes nothing of an answer for a minute is cut. Beyond them connections are closed, never queued.
//! Promises: requests come through the [`Gate`]; every response carries the header fields of [`headers`]. Behind a proxy all connections come
//! from one address: it is to be listed as trusted, then the limit for one address does not hold for it.

use super::framing::{BAD_REQUEST, Gate, MAX_HEAD};
use super::headers::{self, Content};
use super::paced::Paced;
use super::visitor::Peer;
use super::{Portal, reports, router};
use crate::mail::network::Network;
use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use axum::routing::get;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tower::ServiceExt;

/// Connections at once.
pub const CONNECTIONS: usize = 2000;
/// Connections at once from one address that is not a trusted proxy.
pub const EACH: usize = 100;
/// Largest body of a request in bytes: a form.
const FORM: usize = 8 * 1024;
/// The form that says how each of a thousand recipients gets a password.
const LONG_FORM: usize = 64 * 1024;
/// For a head, for a form, for a handshake.
const SOON: Duration = Duration::from_secs(10);
/// How long downloads may go on after the order to stop.
const GOODBYE: Duration = Duration::from_secs(20);
/// Bytes of an answer that wait in the HTTP library before it takes no more; the largest head must fit, too.
const BUFFER: usize = MAX_HEAD + 4 * 1024;

/// Serves the portal until `stop` says true, then lets what is under way end.
///
/// `tls` must offer `http/1.1` only. Without it the listener speaks plain HTTP, for loopback or behind a proxy.
pub async fn serve(
    listener: TcpListener,
    portal: Arc<Portal>,
    tls: Option<Arc<ServerConfig>>,
    stop: watch::Receiver<bool>,
) {
    let site = Site {
        app: router(portal.clone()),
        encrypted: portal.encrypted(),
        trusted: portal.trusted.clone(),
    };
    run(listener, site, tls, stop).await;
}

/// Serves health and readiness: for a listener of its own that the world does not reach. `ready` is asked each time and must not wait.
pub async fn serve_admin(
    listener: TcpListener,
    ready: Arc<dyn Fn() -> bool + Send + Sync>,
    stop: watch::Receiver<bool>,
) {
    let app = Router::new().route("/healthz", get(async || "ok\n")).route(
        "/readyz",
        get(move || {
            let ready = ready();
            async move {
                match ready {
                    true => (StatusCode::OK, "ready\n"),
                    false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
                }
            }
        }),
    );
    let site = Site {
        app,
        encrypted: false,
        trusted: Vec::new(),
    };
    run(listener, site, None, stop).await;
}

/// What a listener serves.
struct Site {
    app: Router,
    encrypted: bool,
    trusted: Vec<Network>,
}

async fn run(
    listener: TcpListener,
    site: Site,
    tls: Option<Arc<ServerConfig>>,
    mut stop: watch::Receiver<bool>,
) {
    let (site, tls) = (Arc::new(site), tls.map(TlsAcceptor::from));
    let places = Arc::new(Places::default());
    let mut open = JoinSet::new();
    while !*stop.borrow() {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    if let Some(place) = places.take(peer, &site.trusted) {
                        open.spawn(welcome(stream, place, site.clone(), tls.clone(), stop.clone()));
                    }
                }
                // Out of files, or the client went away: others will come.
                Err(e) => {
                    tracing::warn!(error = %e, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = open.join_next() => {}
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
    drop(listener);
    let _ = timeout(GOODBYE, async { while open.join_next().await.is_some() {} }).await;
}

async fn welcome(
    stream: TcpStream,
    place: Place,
    site: Arc<Site>,
    tls: Option<TlsAcceptor>,
    stop: watch::Receiver<bool>,
) {
    // Small answers must not wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    match tls {
        None => converse(stream, place, site, stop).await,
        Some(tls) => match timeout(SOON, tls.accept(stream)).await {
            Ok(Ok(stream)) => converse(stream, place, site, stop).await,
            Ok(Err(e)) => tracing::debug!(error = %e, "TLS failed"),
            Err(_) => tracing::debug!("TLS took too long"),
        },
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    place: Place,
    site: Arc<Site>,
    mut stop: watch::Receiver<bool>,
) {
    let peer = Peer(place.address);
    let service = service_fn(move |request| {
        let site = site.clone();
        async move { Ok::<_, Infallible>(answer(&site, peer, request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SOON)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(Gate::new(stream)), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(e) = ended {
        tracing::debug!(error = %e, "a connection ended early");
    }
}

/// The order to stop, or nobody left to give it.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// One request: its body read, the router asked, the header fields put on.
async fn answer(site: &Site, peer: Peer, request: Request<Incoming>) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    if takes_files(&parts) {
        let body = Body::new(Paced::new(body));
        return ask(site, peer, Request::from_parts(parts, body)).await;
    }
    let body = match timeout(SOON, Limited::new(body, largest(&parts)).collect()).await {
        Ok(Ok(body)) => Body::from(body.to_bytes()),
        // Too long, too slow, or cut: there is nothing to answer to but the fact.
        Ok(Err(_)) | Err(_) => {
            parts.method = Method::GET;
            parts.uri = Uri::from_static(BAD_REQUEST);
            parts.headers = HeaderMap::new();
            Body::empty()
        }
    };
    ask(site, peer, Request::from_parts(parts, body)).await
}

fn largest(parts: &Parts) -> usize {
    match parts.uri.path() {
        path if path.starts_with("/a/") => LONG_FORM,
        path if path.starts_with("/dlr/") => reports::MOST,
        _ => FORM,
    }
}

/// Their bodies are read while they arrive, within limits of their own ([`super::paced`], `gateway::writing`).
fn takes_files(parts: &Parts) -> bool {
    let path = parts.uri.path();
    let writes = path.ends_with("/reply") || path == "/send/write" || path.contains("/upload/");
    let known = path.starts_with("/open/") || path.starts_with("/send/");
    matches!(parts.method, Method::POST | Method::PATCH) && known && writes
}

async fn ask(site: &Site, peer: Peer, mut asked: Request<Body>) -> Response<Body> {
    asked.extensions_mut().insert(peer);
    let Ok(mut response) = site.app.clone().oneshot(asked).await;
    let content = response.extensions().get().copied();
    headers::put(
        response.headers_mut(),
        content.unwrap_or(Content::Page),
        site.encrypted,
    );
    response
}

/// Who is connected.
#[derive(Debug, Default)]
struct Places(Mutex<HashMap<IpAddr, usize>>);

/// A place of one connection; free again when dropped.
#[derive(Debug)]
struct Place {
    address: IpAddr,
    places: Arc<Places>,
}

impl Places {
    /// `None`: full.
    fn take(self: &Arc<Self>, peer: SocketAddr, trusted: &[Network]) -> Option<Place> {
        let address = peer.ip().to_canonical();
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let proxy = trusted.iter().any(|network| network.contains(address));
        let here = taken.get(&address).copied().unwrap_or(0);
        if taken.values().sum::<usize>() >= CONNECTIONS || (here >= EACH && !proxy) {
            return None;
        }
        taken.insert(address, here + 1);
        Some(Place {
            address,
            places: self.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = taken.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_all_places() {
        let places = Arc::new(Places::default());
        let peer = |last: u8| SocketAddr::from(([192, 0, 2, last], 1));
        let mut mine: Vec<_> = (0..EACH)
            .map(|_| places.take(peer(1), &[]).expect("a place"))
            .collect();
        assert!(places.take(peer(1), &[]).is_none());
        assert!(places.take(peer(2), &[]).is_some());
        let proxy = ["192.0.2.1".parse().expect("a network")];
        assert!(places.take(peer(1), &proxy).is_some());
        mine.pop();
        assert!(places.take(peer(1), &[]).is_some(), "free again");
    }
}
