//! Downloads: bytes of a source as a response, whole or a range, in bounded memory.
//!
//! A task has a block read ahead ([`readers`]) while the last one leaves; whoever stops reading stops the task.
//! Promises: `Content-Length` always, so that a short file never looks whole; an error in the middle cuts the connection; the first block
//! is read before the status is said, so that a damaged file is an error page and not a broken download.
//! Leaves to others: what may be fetched, the limits and the time a stalled client has (`server`).

use super::headers::{self, Content};
use super::range::{self, Wanted};
use super::readers;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use hyper::body::{Frame, SizeHint};
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::mpsc;

/// One block; a stream has at most three of them in memory: one being read or waiting, two in the HTTP library (`server`'s buffer).
const BLOCK: u64 = 32 * 1024;

/// Bytes that can be read from anywhere. May wait for the disk.
#[allow(clippy::len_without_is_empty)] // nobody asks: an empty file is sent as any other
pub trait Source: Send + Sync + 'static {
    /// Bytes.
    fn len(&self) -> u64;

    /// Fills `out` from `offset`, or fails.
    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}

/// What a download is called and answers to.
#[derive(Debug)]
pub struct Label {
    /// Safe file name.
    pub name: String,
    /// Strong entity tag with its quotes.
    pub etag: String,
    /// `None` for downloads: `application/octet-stream`, so that no browser runs or shows what strangers sent (T89).
    pub shown_as: Option<&'static str>,
}

/// Told how many bytes left.
pub type Sent = Box<dyn FnMut(u64) + Send + Sync>;

/// The response to a GET or HEAD for a source. `sent` is called for each block that left.
pub async fn respond(
    source: Arc<dyn Source>,
    label: &Label,
    method: &Method,
    asked: &HeaderMap,
    sent: Option<Sent>,
) -> io::Result<Response<Body>> {
    let len = source.len();
    let text = |name| asked.get(name).and_then(|v| v.to_str().ok());
    // A range has a meaning for GET only (RFC 9110 section 14.2).
    let range = text(header::RANGE).filter(|_| *method == Method::GET);
    let wanted = range::wanted(range, text(header::IF_RANGE), len, &label.etag);
    let (status, part) = match wanted {
        Wanted::Everything => (StatusCode::OK, 0..len),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let mut response = Response::new(match *method == Method::HEAD {
        true => Body::empty(),
        false => stream(source, part.clone(), sent).await?,
    });
    *response.status_mut() = status;
    response.extensions_mut().insert(Content::File);
    describe(response.headers_mut(), label, status, &part, len);
    Ok(response)
}

fn describe(
    fields: &mut HeaderMap,
    label: &Label,
    status: StatusCode,
    part: &Range<u64>,
    len: u64,
) {
    let kind = label.shown_as.unwrap_or("application/octet-stream");
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    fields.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
    fields.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if label.shown_as.is_none() {
        fields.insert(
            header::CONTENT_DISPOSITION,
            headers::attachment(&label.name),
        );
    }
    if let Ok(tag) = HeaderValue::from_str(&label.etag) {
        fields.insert(header::ETAG, tag);
    }
    let content_range = match status {
        StatusCode::PARTIAL_CONTENT => format!("bytes {}-{}/{len}", part.start, part.end - 1),
        StatusCode::RANGE_NOT_SATISFIABLE => format!("bytes */{len}"),
        _ => String::new(),
    };
    if let Some(value) = HeaderValue::try_from(content_range)
        .ok()
        .filter(|v| !v.is_empty())
    {
        fields.insert(header::CONTENT_RANGE, value);
    }
}

/// Reads the first block, then leaves the rest to a task.
async fn stream(source: Arc<dyn Source>, part: Range<u64>, sent: Option<Sent>) -> io::Result<Body> {
    let first = block(source.clone(), &part).await?;
    let (give, take) = mpsc::channel(1);
    let left = part.end - part.start;
    let rest = part.start + first.len() as u64..part.end;
    if !rest.is_empty() {
        tokio::spawn(pump(source, rest, give));
    }
    Ok(Body::new(Stream {
        first: Some(first).filter(|b| !b.is_empty()),
        rest: take,
        left,
        sent: Told::start(sent, left),
    }))
}

/// Ends when all is read, when reading fails, or when nobody takes the blocks any more.
async fn pump(
    source: Arc<dyn Source>,
    mut part: Range<u64>,
    give: mpsc::Sender<io::Result<Bytes>>,
) {
    // The place comes before the block, so that none waits for one.
    while !part.is_empty()
        && let Ok(place) = give.reserve().await
    {
        let next = block(source.clone(), &part).await;
        match &next {
            Ok(block) => part.start += block.len() as u64,
            Err(_) => part = 0..0,
        }
        place.send(next);
    }
}

/// The first block of a range, cut where blocks of the file end, so that no chunk of a blob is opened twice.
async fn block(source: Arc<dyn Source>, part: &Range<u64>) -> io::Result<Bytes> {
    let (start, end) = (part.start, part.end.min((part.start / BLOCK + 1) * BLOCK));
    readers::read(move || {
        let mut out = vec![0; usize::try_from(end.saturating_sub(start)).unwrap_or(0)];
        source.read_exact_at(start, &mut out)?;
        Ok(Bytes::from(out))
    })
    .await
}

/// The body of a download.
struct Stream {
    first: Option<Bytes>,
    rest: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
    sent: Told,
}

/// Tells what left, a file without a byte too.
struct Told(Option<Sent>);

impl Told {
    fn start(sent: Option<Sent>, left: u64) -> Self {
        let mut told = Told(sent);
        if left == 0 {
            told.tell(0);
        }
        told
    }

    fn tell(&mut self, bytes: u64) {
        if let Some(sent) = &mut self.0 {
            sent(bytes);
        }
    }
}

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let next = match self.first.take() {
            Some(first) => Some(Ok(first)),
            None if self.left == 0 => None,
            None => ready!(self.rest.poll_recv(cx)),
        };
        Poll::Ready(match next {
            Some(Ok(bytes)) => {
                let n = bytes.len() as u64;
                self.left = self.left.saturating_sub(n);
                self.sent.tell(n);
                Some(Ok(Frame::data(bytes)))
            }
            Some(Err(e)) => {
                tracing::error!(error = %e, "a download was cut: the file cannot be read");
                Some(Err(e))
            }
            None if self.left > 0 => Some(Err(io::ErrorKind::UnexpectedEof.into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Bad {
        len: u64,
        bad_from: u64,
    }

    impl Source for Bad {
        fn len(&self) -> u64 {
            self.len
        }

        fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            for (i, byte) in out.iter_mut().enumerate() {
                *byte = (offset + i as u64) as u8;
            }
            match offset + out.len() as u64 > self.bad_from {
                true => Err(io::Error::other("damaged")),
                false => Ok(()),
            }
        }
    }

    async fn ask(source: Bad, range: &str) -> (io::Result<Response<Body>>, Arc<AtomicU64>) {
        let label = Label {
            name: "a.bin".into(),
            etag: "\"tag\"".into(),
            shown_as: None,
        };
        let mut asked = HeaderMap::new();
        if !range.is_empty() {
            asked.insert(header::RANGE, range.parse().expect("a value"));
        }
        let total = Arc::new(AtomicU64::new(0));
        let counter = total.clone();
        let sent: Sent = Box::new(move |n| {
            counter.fetch_add(n, Ordering::Relaxed);
        });
        let response = respond(Arc::new(source), &label, &Method::GET, &asked, Some(sent)).await;
        (response, total)
    }

    #[tokio::test]
    async fn a_range_is_exactly_these_bytes() {
        let source = Bad {
            len: 200_000,
            bad_from: u64::MAX,
        };
        let (response, sent) = ask(source, "bytes=1000-150999").await;
        let response = response.expect("reads");
        assert_eq!(response.status(), 206);
        assert_eq!(
            response.headers()["content-range"],
            "bytes 1000-150999/200000"
        );
        assert_eq!(response.headers()["content-length"], "150000");
        let body = response.into_body().collect().await.expect("all of it");
        let expected: Vec<u8> = (1000..151_000u64).map(|n| n as u8).collect();
        assert_eq!(body.to_bytes(), expected);
        assert_eq!(sent.load(Ordering::Relaxed), 150_000);
    }

    #[tokio::test]
    async fn damage_at_the_start_is_an_error_and_in_the_middle_a_cut() {
        let damaged = |bad_from| Bad {
            len: 300_000,
            bad_from,
        };
        assert!(ask(damaged(10), "").await.0.is_err());
        let (response, sent) = ask(damaged(150_000), "").await;
        let response = response.expect("the first block is good");
        assert!(response.into_body().collect().await.is_err());
        assert_eq!(sent.load(Ordering::Relaxed), 131_072, "whole blocks");
    }

    #[tokio::test]
    async fn nothing_that_exists_is_416() {
        let source = Bad {
            len: 10,
            bad_from: u64::MAX,
        };
        let response = ask(source, "bytes=10-").await.0.expect("no read at all");
        assert_eq!(response.status(), 416);
        assert_eq!(response.headers()["content-range"], "bytes */10");
    }
}
