//! A connection in memory, of which both ends are in our hands.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

/// The server's end; clones are the same connection.
#[derive(Clone)]
pub struct Wire(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    to_server: Vec<u8>,
    from_server: Vec<u8>,
    /// The client says nothing more.
    ended: bool,
    /// The server says nothing more.
    closed: bool,
    /// One byte at a time.
    dribble: bool,
    reader: Option<Waker>,
}

impl Wire {
    pub fn new(dribble: bool) -> Self {
        let state = State {
            dribble,
            ..State::default()
        };
        Wire(Rc::new(RefCell::new(state)))
    }

    /// The client says something.
    pub fn give(&self, bytes: &[u8]) {
        let mut state = self.0.borrow_mut();
        state.to_server.extend_from_slice(bytes);
        state.wake();
    }

    /// The client goes away.
    pub fn end(&self) {
        let mut state = self.0.borrow_mut();
        state.ended = true;
        state.wake();
    }

    /// What the server said since the last time.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.borrow_mut().from_server)
    }

    /// The server's last words.
    pub async fn close(&mut self, words: &[u8]) {
        self.write_all(words).await.expect("memory can be written");
        self.shutdown().await.expect("memory can be closed");
    }

    pub fn is_closed(&self) -> bool {
        self.0.borrow().closed
    }

    /// Nothing that the client said is still to be read.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().to_server.is_empty()
    }
}

impl State {
    fn wake(&mut self) {
        self.reader.take().into_iter().for_each(Waker::wake);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.0.borrow_mut();
        if state.to_server.is_empty() && !state.ended && !state.closed {
            state.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        let most = if state.dribble { 1 } else { usize::MAX };
        let n = state.to_server.len().min(out.remaining()).min(most);
        out.put_slice(&state.to_server[..n]);
        state.to_server.drain(..n);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.0.borrow_mut();
        assert!(!state.closed, "the server speaks after it closed");
        state.from_server.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.borrow_mut().closed = true;
        Poll::Ready(Ok(()))
    }
}
