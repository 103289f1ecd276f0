//! What has come already: for whoever must not be spoken to before all of it was looked at (RFC 2920, and attacks by what is sent too early).

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::task::yield_now;
use zeroize::Zeroizing;

/// So much is looked at.
const BLOCK: usize = 2048;

/// Bytes that are there, without waiting for any: a timer, however short, would cost every mail a millisecond or two. `None`: nothing; no
/// byte: the peer is gone. Who cannot wait for an answer may send a password, so nothing of it stays here.
pub async fn arrived<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Zeroizing<Vec<u8>>> {
    // The runtime looks at its sockets before it comes back.
    yield_now().await;
    let mut block = Zeroizing::new([0; BLOCK]);
    let mut read = ReadBuf::new(&mut block[..]);
    let polled = poll_fn(|context| {
        let polled = Pin::new(&mut *stream).poll_read(context, &mut read);
        Poll::Ready(polled.is_ready())
    });
    polled.await.then(|| Zeroizing::new(read.filled().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn what_is_there_is_seen_and_nothing_is_waited_for() {
        let (mut ours, mut theirs) = tokio::io::duplex(100);
        assert_eq!(arrived(&mut ours).await, None);
        theirs.write_all(b"NOOP").await.expect("room");
        let there = arrived(&mut ours).await.expect("something");
        assert_eq!(&there[..], b"NOOP");
        drop(theirs);
        assert!(arrived(&mut ours).await.expect("the end").is_empty());
    }
}
