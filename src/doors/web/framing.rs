//! The gate before the HTTP library: where a request ends must not be a matter of opinion (T80, RFC 9112 section 11.2).
//!
//! [`Gate`] sits between the socket and the library and looks at the bytes as they came. The library repairs what is odd: it drops
//! one of two lengths, takes a bare LF for a line end. A proxy before us may have repaired it otherwise, so that one sees two
//! requests where the other sees one. What is odd is therefore never handed on.
//! Promises: each head is complete, at most [`MAX_HEAD`] bytes, strictly framed, and says its length at most once; no
//! `Transfer-Encoding` at all (no form of ours is sent chunked). Anything else is replaced by one request to [`BAD_REQUEST`], which is
//! answered 400 as every page is, and nothing behind it is read.
//! Who takes nothing of an answer for [`PATIENCE`] is cut. Leaves to others: the other time limits, the size of bodies (`server`).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Longest head of a request in bytes.
pub const MAX_HEAD: usize = 16 * 1024;

/// Where requests that are no requests end up.
pub const BAD_REQUEST: &str = "/bad-request";

/// A client that takes no byte of an answer for this long is gone: its memory and its place are needed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Most header fields of a request.
const MAX_FIELDS: usize = 64;

/// A connection whose requests have one reading only.
#[derive(Debug)]
pub struct Gate<S> {
    stream: S,
    /// Came from the socket, not yet judged.
    raw: Vec<u8>,
    /// Judged; goes to the library.
    passed: Vec<u8>,
    handed: usize,
    /// Bytes of the current body still to come.
    body: u64,
    stage: Stage,
    /// Runs while the client takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Heads and bodies come.
    Open,
    /// The client sends no more.
    Ended,
    /// A bad request came: nothing behind it counts.
    Shut,
}

impl<S> Gate<S> {
    /// A gate before this stream.
    pub fn new(stream: S) -> Self {
        Gate {
            stream,
            raw: Vec::new(),
            passed: Vec::new(),
            handed: 0,
            body: 0,
            stage: Stage::Open,
            stalled: None,
        }
    }

    /// Passes on how a write went, and ends what stalls.
    fn patient<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let wait = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        ready!(wait.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Judges as much of `raw` as is there.
    fn judge(&mut self) {
        while self.stage == Stage::Open && !self.raw.is_empty() {
            if self.body > 0 {
                let n = self
                    .raw
                    .len()
                    .min(usize::try_from(self.body).unwrap_or(usize::MAX));
                self.passed.extend(self.raw.drain(..n));
                self.body -= n as u64;
                continue;
            }
            match head(&self.raw) {
                Ok(None) => return,
                Ok(Some((len, body))) => {
                    self.passed.extend(self.raw.drain(..len));
                    self.body = body;
                }
                Err(Odd) => self.shut(),
            }
        }
    }

    fn shut(&mut self) {
        self.stage = Stage::Shut;
        self.raw = Vec::new();
        self.passed.extend(
            format!("GET {BAD_REQUEST} HTTP/1.1\r\nhost: -\r\nconnection: close\r\n\r\n").bytes(),
        );
    }
}

impl<S: AsyncRead + Unpin> Gate<S> {
    /// In the middle of a body there is nothing to judge: its bytes go straight on.
    fn pass(&mut self, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let left = usize::try_from(self.body).unwrap_or(usize::MAX);
        let most = out.remaining().min(left);
        let mut read = ReadBuf::new(out.initialize_unfilled_to(most));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read))?;
        let n = read.filled().len();
        out.advance(n);
        self.body -= n as u64;
        if n == 0 {
            self.stage = Stage::Ended;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = self.get_mut();
        loop {
            if gate.handed < gate.passed.len() {
                let n = out.remaining().min(gate.passed.len() - gate.handed);
                out.put_slice(&gate.passed[gate.handed..gate.handed + n]);
                gate.handed += n;
                return Poll::Ready(Ok(()));
            }
            gate.passed.clear();
            gate.handed = 0;
            match gate.stage {
                Stage::Open => {}
                Stage::Ended => return Poll::Ready(Ok(())),
                // Silence, not an end: the library would take an end for a client that went away, and send no answer.
                Stage::Shut => return Poll::Pending,
            }
            if gate.stage == Stage::Open && gate.raw.is_empty() && gate.body > 0 {
                return gate.pass(cx, out);
            }
            let mut block = [0; 4096];
            let mut read = ReadBuf::new(&mut block);
            ready!(Pin::new(&mut gate.stream).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                gate.stage = Stage::Ended;
            }
            gate.raw.extend_from_slice(read.filled());
            gate.judge();
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.patient(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.patient(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.patient(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A request that two readers may read differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Odd;

/// Length of the head at the start of `bytes` and of the body behind it; `None` if the head is not complete yet.
fn head(bytes: &[u8]) -> Result<Option<(usize, u64)>, Odd> {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4);
    let seen = &bytes[..end.unwrap_or(bytes.len())];
    if seen.len() > MAX_HEAD || !line_ends_are_whole(seen) {
        return Err(Odd);
    }
    let Some(end) = end else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes[..end - 4]);
    let mut lines = text.split("\r\n");
    let request = lines.next().ok_or(Odd)?;
    let fields = lines.map(field).collect::<Result<Vec<_>, Odd>>()?;
    if fields.len() > MAX_FIELDS {
        return Err(Odd);
    }
    check_request_line(request, &fields)?;
    Ok(Some((end, body_len(&fields)?)))
}

/// CR and LF only together, no other control character but TAB. The last CR may still wait for its LF.
fn line_ends_are_whole(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(i, byte)| match byte {
        b'\r' => bytes.get(i + 1).is_none_or(|next| *next == b'\n'),
        b'\n' => i > 0 && bytes[i - 1] == b'\r',
        b'\t' => true,
        byte => !byte.is_ascii_control(),
    })
}

/// Name in lower case and value. A folded line, a space before the colon, an empty name are odd.
fn field(line: &str) -> Result<(String, &str), Odd> {
    let (name, value) = line.split_once(':').ok_or(Odd)?;
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(Odd);
    }
    Ok((name.to_ascii_lowercase(), value.trim_matches([' ', '\t'])))
}

/// Three words, HTTP/1.0 or 1.1, one host.
fn check_request_line(line: &str, fields: &[(String, &str)]) -> Result<(), Odd> {
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Odd);
    };
    let hosts: Vec<_> = all(fields, "host").collect();
    let host = hosts.first().copied().unwrap_or_default();
    let target_is_ours = match target.split_once("://") {
        _ if target.starts_with('/') => true,
        Some((_, rest)) => rest.split('/').next() == Some(host),
        None => target == "*" && method == "OPTIONS",
    };
    let hosts_fit = match version {
        "HTTP/1.1" => hosts.len() == 1,
        "HTTP/1.0" => hosts.len() <= 1,
        _ => false,
    };
    let plain = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
    if plain && target_is_ours && hosts_fit && line.is_ascii() {
        Ok(())
    } else {
        Err(Odd)
    }
}

/// One length, in digits, or none.
fn body_len(fields: &[(String, &str)]) -> Result<u64, Odd> {
    if all(fields, "transfer-encoding").next().is_some() {
        return Err(Odd);
    }
    let mut lengths = all(fields, "content-length");
    match (lengths.next(), lengths.next()) {
        (None, _) => Ok(0),
        (Some(text), None) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse().map_err(|_| Odd)
        }
        _ => Err(Odd),
    }
}

fn all<'a>(fields: &'a [(String, &'a str)], name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |f| f.0 == name).map(|f| f.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_requests_are_framed() {
        let rows = [
            ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", Some(0)),
            ("HEAD /a HTTP/1.0\r\n\r\n", Some(0)),
            (
                "POST /a HTTP/1.1\r\nhost:x\r\ncontent-length: 12\r\n\r\n",
                Some(12),
            ),
            ("GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", Some(0)),
            ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", Some(0)),
            (
                "GET / HTTP/1.1\r\nHost: x\r\nX-Name: Bl\u{e5}\r\n\r\n",
                Some(0),
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\n", None),
            ("GET / HTTP/1.1\r", None),
            ("G", None),
        ];
        for (text, body) in rows {
            let expected = body.map(|n| (text.len(), n));
            assert_eq!(head(text.as_bytes()), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn a_request_with_two_readings_is_odd() {
        let post = |fields: &str| format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n");
        let rows = [
            post("Content-Length: 6\r\nTransfer-Encoding: chunked"),
            post("Transfer-Encoding: chunked\r\nContent-Length: 6"),
            post("Transfer-Encoding: chunked"),
            post("Transfer-Encoding : chunked"),
            post("Transfer-Encoding: xchunked"),
            post("Transfer-Encoding: chunked, identity"),
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            post("\tTransfer-Encoding: chunked"),
            post("X: y\r\n Transfer-Encoding: chunked"),
            post("Content-Length: 5, 5"),
            post("Content-Length: +5"),
            post("Content-Length: -5"),
            post("Content-Length: 0x5"),
            post("Content-Length:"),
            post("Content-Length: 5\r\nContent-Length: 6"),
            post("Content-Length: 5\r\nContent-Length: 5"),
            post("Content-Length: 18446744073709551616"),
            post("X: y\nTransfer-Encoding: chunked"),
            post("X: y\rZ: w"),
            post("X: y\0"),
            post(": y"),
            post("X"),
            post("Host: y"),
            "GET / HTTP/1.1\r\n\r\n".into(),
            "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "GET / HTTP/2.0\r\nHost: x\r\n\r\n".into(),
            "GET /\r\n\r\n".into(),
            "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
            "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "GET / HTTP/1.1\nHost: x\n\n".into(),
            format!("GET /{} HTTP/1.1\r\n", "a".repeat(MAX_HEAD)),
            post(&"X: y\r\n".repeat(MAX_FIELDS)),
        ];
        for text in rows {
            assert_eq!(head(text.as_bytes()), Err(Odd), "{text:?}");
        }
    }

    #[test]
    fn what_follows_a_bad_request_is_never_handed_on() {
        let mut gate = Gate::new(());
        gate.raw = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiBAD\n\r\nGET /secret HTTP/1.1\r\nHost: x\r\n\r\n".to_vec();
        gate.judge();
        let passed = String::from_utf8(gate.passed).expect("ASCII");
        assert!(passed.starts_with("POST /a "));
        assert!(passed.contains("\r\n\r\nhiGET /bad-request HTTP/1.1\r\n"));
        assert!(!passed.contains("secret"));
        assert_eq!(gate.stage, Stage::Shut);
    }
}
