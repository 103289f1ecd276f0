//! A small HTTP/1.1 client: calls to providers of text messages, and `cloakroom fetch`, which visits a link as a browser would.
//!
//! Promises: no redirect is followed, every wait has an end, an answer of [`Client::call`] is at most 64 KiB, no error holds the
//! address that was called (it may carry a token or a link secret). One connection per request. A client that keeps to public addresses
//! resolves a name once and connects to what it has looked at, so no second answer of DNS counts (T100).
//! Leaves to others: what a status means, and trying again. Fails with [`Trouble`].

use crate::mail::network::is_public;
use crate::trust;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

mod url;
mod visit;

pub use url::Url;
pub(crate) use url::escape;
pub use visit::Visit;

/// The most that [`Client::call`] reads of an answer's body (T100).
pub const MAX_ANSWER: usize = 64 * 1024;

const MAX_HEADERS: usize = 64 * 1024;

/// Makes requests. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    tls: Arc<ClientConfig>,
    wait: Duration,
    public_only: bool,
}

/// What is asked. `Host`, `Content-Length` and `Connection` are ours.
#[derive(Clone)]
pub struct Request {
    /// GET, POST, …
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Further header fields.
    pub headers: HeaderMap,
    /// Empty for GET.
    pub body: Bytes,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// At most [`MAX_ANSWER`] bytes.
    pub body: Bytes,
}

/// An answer whose body is read block by block.
#[derive(Debug)]
pub struct Stream {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    body: Incoming,
    wait: Duration,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Not a web address, or one with a user part.
    BadUrl(&'static str),
    /// The answer is not HTTP, or ended too early.
    Broken(String),
    /// Nothing was sent: the host is this machine or in a private network, and the client keeps to public ones.
    Inside,
    /// Nothing was sent: no name, no connection, no certificate to believe.
    NotReached(String),
    /// The body is larger than allowed.
    TooBig,
    /// A wait is over. The request may have been acted on.
    TooSlow,
}

impl Client {
    /// A client that believes the system's certificates and those in `extra_ca` (PEM), and waits 30 seconds.
    pub fn new(extra_ca: Option<&Path>) -> io::Result<Self> {
        Ok(Client {
            tls: trust::checked(extra_ca)?,
            wait: Duration::from_secs(30),
            public_only: false,
        })
    }

    /// The same, but it connects to nobody on this machine or in a private network, whatever a name resolves to.
    pub fn public_only(mut self) -> Self {
        self.public_only = true;
        self
    }

    /// The same with another patience: for connecting with handshake, for the head of an answer, for each block of its body.
    pub fn waiting(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Asks, and reads the whole answer.
    pub async fn call(&self, request: Request) -> Result<Answer, Trouble> {
        let stream = self.stream(request).await?;
        let (status, headers) = (stream.status, stream.headers.clone());
        let body = stream.whole(MAX_ANSWER).await?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// Asks, and reads the head of the answer; the body comes by [`Stream::block`].
    pub async fn stream(&self, request: Request) -> Result<Stream, Trouble> {
        let io = timeout(self.wait, self.connect(&request.url))
            .await
            .map_err(|_| Trouble::NotReached("no connection in time".into()))??;
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(MAX_HEADERS)
            .handshake(TokioIo::new(io))
            .await
            .map_err(broken)?;
        // Ends by itself when the answer was read or is dropped.
        tokio::spawn(connection);
        let answer = timeout(self.wait, sender.send_request(request.into_hyper()?))
            .await
            .map_err(|_| Trouble::TooSlow)?
            .map_err(broken)?;
        let (head, body) = answer.into_parts();
        Ok(Stream {
            status: head.status,
            headers: head.headers,
            body,
            wait: self.wait,
        })
    }

    async fn connect(&self, url: &Url) -> Result<Box<dyn Io>, Trouble> {
        let tcp = reach(url.host(), url.port(), self.public_only).await?;
        tcp.set_nodelay(true).map_err(not_reached)?;
        if !url.is_secure() {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(url.host().to_owned())
            .map_err(|_| Trouble::BadUrl("the host is no name that a certificate can have"))?;
        let tls = TlsConnector::from(self.tls.clone())
            .connect(name, tcp)
            .await
            .map_err(not_reached)?;
        Ok(Box::new(tls))
    }
}

/// Connects to one of the addresses that a name has; to a public one if `public_only`. What was resolved is looked at, and one of just
/// these addresses is connected to (T100).
pub(crate) async fn reach(host: &str, port: u16, public_only: bool) -> Result<TcpStream, Trouble> {
    let found = lookup_host((host, port)).await.map_err(not_reached)?;
    let (good, bad): (Vec<SocketAddr>, Vec<SocketAddr>) =
        found.partition(|address| !public_only || is_public(address.ip()));
    if good.is_empty() && !bad.is_empty() {
        return Err(Trouble::Inside);
    }
    TcpStream::connect(&good[..]).await.map_err(not_reached)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// GET.
    pub fn get(url: Url) -> Self {
        Request {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// POST of a body of this type.
    pub fn post(url: Url, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Request {
            method: Method::POST,
            url,
            headers,
            body: body.into(),
        }
    }

    /// The same with a header field; the value of a secret one is marked so that it is never printed.
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    fn into_hyper(self) -> Result<hyper::Request<Full<Bytes>>, Trouble> {
        let host = HeaderValue::from_str(&self.url.authority())
            .map_err(|_| Trouble::BadUrl("the host has characters that no host has"))?;
        let mut request = hyper::Request::builder()
            .method(self.method)
            .uri(self.url.path_and_query())
            .body(Full::new(self.body))
            .map_err(|_| Trouble::BadUrl("the path has characters that no path has"))?;
        *request.headers_mut() = self.headers;
        let headers = request.headers_mut();
        headers.insert(header::HOST, host);
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        let agent = concat!("cloakroom/", env!("CARGO_PKG_VERSION"));
        headers
            .entry(header::USER_AGENT)
            .or_insert(HeaderValue::from_static(agent));
        Ok(request)
    }
}

impl Answer {
    /// The value of a header field, if it has one that is text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Stream {
    /// The next bytes of the body, `None` at its end. A body that ends before its declared length is [`Trouble::Broken`].
    pub async fn block(&mut self) -> Result<Option<Bytes>, Trouble> {
        loop {
            let frame = timeout(self.wait, self.body.frame())
                .await
                .map_err(|_| Trouble::TooSlow)?;
            match frame.transpose().map_err(broken)?.map(|f| f.into_data()) {
                None => return Ok(None),
                Some(Ok(bytes)) if !bytes.is_empty() => return Ok(Some(bytes)),
                Some(_) => {}
            }
        }
    }

    /// The whole body, if it is at most `limit` bytes.
    pub async fn whole(self, limit: usize) -> Result<Bytes, Trouble> {
        let body = timeout(self.wait, Limited::new(self.body, limit).collect())
            .await
            .map_err(|_| Trouble::TooSlow)?;
        match body {
            Ok(body) => Ok(body.to_bytes()),
            Err(e) if e.is::<http_body_util::LengthLimitError>() => Err(Trouble::TooBig),
            Err(e) => Err(Trouble::Broken(e.to_string())),
        }
    }

    /// The value of a header field, if it has one that is text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// TCP, or TLS over it.
trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

fn not_reached(error: io::Error) -> Trouble {
    Trouble::NotReached(error.to_string())
}

fn broken(error: hyper::Error) -> Trouble {
    Trouble::Broken(error.to_string())
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::BadUrl(why) => write!(f, "bad address: {why}"),
            Trouble::Broken(why) => write!(f, "the answer is broken: {why}"),
            Trouble::Inside => {
                f.write_str("not called: it is this machine or in a private network")
            }
            Trouble::NotReached(why) => write!(f, "not reached: {why}"),
            Trouble::TooBig => f.write_str("the answer is too large"),
            Trouble::TooSlow => f.write_str("no answer in time"),
        }
    }
}

impl std::error::Error for Trouble {}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers one request with these bytes and gives back what was asked.
    async fn server(answer: Vec<u8>) -> (Url, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a?b=c", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            let (mut peer, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let n = peer.read(&mut asked).await.unwrap();
            peer.write_all(&answer).await.ok();
            String::from_utf8_lossy(&asked[..n]).into_owned()
        });
        (url.parse().unwrap(), task)
    }

    fn client() -> Client {
        Client::new(None).unwrap().waiting(Duration::from_secs(2))
    }

    #[tokio::test]
    async fn a_call_sends_path_and_body_and_reads_the_answer() {
        let (url, asked) =
            server(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok".to_vec()).await;
        let answer = client()
            .call(Request::post(url, "text/plain", "hello"))
            .await
            .unwrap();
        assert_eq!(
            (answer.status.as_u16(), &answer.body[..]),
            (202, &b"ok"[..])
        );
        let asked = asked.await.unwrap();
        assert!(asked.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{asked}");
        assert!(asked.ends_with("\r\n\r\nhello"), "{asked}");
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let (url, _) = server(
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
                .to_vec(),
        )
        .await;
        let answer = client().call(Request::get(url)).await.unwrap();
        assert_eq!(answer.status, StatusCode::FOUND);
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        endless.resize(MAX_ANSWER * 4, b'x');
        let (url, _) = server(endless).await;
        let trouble = client().call(Request::get(url)).await.unwrap_err();
        assert_eq!(trouble, Trouble::TooBig);
    }

    #[tokio::test]
    async fn an_answer_that_ends_early_is_broken() {
        let (url, _) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".to_vec()).await;
        let mut stream = client().stream(Request::get(url)).await.unwrap();
        assert_eq!(&stream.block().await.unwrap().unwrap()[..], b"abc");
        assert!(matches!(stream.block().await, Err(Trouble::Broken(_))));
    }

    #[tokio::test]
    async fn silence_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}/", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let impatient = client().waiting(Duration::from_millis(50));
        let trouble = impatient.call(Request::get(url)).await.unwrap_err();
        assert_eq!(trouble, Trouble::TooSlow);
    }

    #[tokio::test]
    async fn t100_a_name_that_leads_inside_is_not_called() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in [
            "localhost",
            "127.0.0.1",
            "[::1]",
            "127.1",
            "0",
            "[::ffff:127.0.0.1]",
        ] {
            let url: Url = format!("http://{host}:{port}/").parse().unwrap();
            let outside = client().public_only();
            let trouble = outside.call(Request::get(url)).await.unwrap_err();
            assert_eq!(trouble, Trouble::Inside, "{host}");
        }
        let nobody = timeout(Duration::from_millis(50), listener.accept());
        assert!(nobody.await.is_err());
    }
}
