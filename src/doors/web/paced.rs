//! A body that must keep coming: large ones are read while they arrive, so each has to move (P18).
//!
//! Promises: a client that sends less than [`LEAST`] bytes in [`WINDOW`] is cut; while nobody reads, no time counts against it.
//! Leaves to others: how much may come. Fails as a broken line does.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::fmt::Display;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// The time in which something must come.
pub const WINDOW: Duration = Duration::from_secs(30);
/// So many bytes at least: the slowest line on which anybody would upload.
pub const LEAST: u64 = 4 * 1024;

/// A body under these rules.
#[derive(Debug)]
pub struct Paced<B> {
    body: B,
    came: u64,
    length: Duration,
    window: Pin<Box<Sleep>>,
}

impl<B> Paced<B> {
    /// The first window begins now.
    pub fn new(body: B) -> Self {
        Paced::within(WINDOW, body)
    }

    fn within(length: Duration, body: B) -> Self {
        Paced {
            body,
            came: 0,
            length,
            window: Box::pin(sleep(length)),
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Paced<B>
where
    B::Error: Display,
{
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| {
                let frame = frame.map_err(|e| io::Error::other(e.to_string()))?;
                self.came += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
                Ok(frame)
            }));
        }
        loop {
            ready!(self.window.as_mut().poll(cx));
            if self.came < LEAST {
                return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
            }
            self.came = 0;
            let next = Instant::now() + self.length;
            self.window.as_mut().reset(next);
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use tokio::sync::mpsc;

    struct Tap(mpsc::Receiver<Bytes>);

    impl Body for Tap {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
            self.0.poll_recv(cx).map(|b| b.map(|b| Ok(Frame::data(b))))
        }
    }

    #[tokio::test]
    async fn who_drips_is_cut_and_who_is_slow_is_not() {
        for (each, fine) in [(LEAST as usize, true), (30, false)] {
            let (give, take) = mpsc::channel(1);
            tokio::spawn(async move {
                for _ in 0..30 {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    if give.send(Bytes::from(vec![0; each])).await.is_err() {
                        return;
                    }
                }
            });
            let body = Paced::within(Duration::from_millis(200), Tap(take));
            assert_eq!(body.collect().await.is_ok(), fine, "{each}");
        }
    }
}
