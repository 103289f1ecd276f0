//! Packets over a stream: what comes, one after the other, and what we say.
//!
//! Promises: holds one packet and a little more; a server that does not read is not waited for. Fails with [`Trouble`], behind which there
//! is nothing to say.

use super::Limits;
use crate::wire::milter::{self, Malformed, Response};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;

const BLOCK: usize = 72 * 1024;

/// So long a server has at a stop to go on.
const AT_STOP: Duration = Duration::from_secs(3);

/// What stays after a large packet.
const KEPT: usize = 2 * BLOCK;

/// Why it cannot go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The server went away, or the network.
    Gone,
    /// It said nothing for too long.
    Silent,
    /// It said what no server says.
    Malformed(Malformed),
    /// It said something out of turn.
    Order,
    /// We are asked to stop, and no mail is under way.
    Stopping,
}

impl From<Malformed> for Trouble {
    fn from(why: Malformed) -> Self {
        Trouble::Malformed(why)
    }
}

/// A stream, and what was read of it and not used.
pub(super) struct Talk<S> {
    stream: S,
    input: Vec<u8>,
    /// The packet that was given out last ends here; what stands before is done with.
    used: usize,
    limits: Limits,
    stop: watch::Receiver<bool>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    pub(super) fn new(stream: S, limits: Limits, stop: watch::Receiver<bool>) -> Self {
        Talk {
            stream,
            input: Vec::new(),
            used: 0,
            limits,
            stop,
        }
    }

    /// The next packet without its length. `may_stop`: no mail is under way.
    pub(super) async fn next(&mut self, may_stop: bool) -> Result<&[u8], Trouble> {
        loop {
            let waiting = &self.input[self.used..];
            if let Some(length) = milter::length(waiting).transpose()?
                && waiting.len() >= length
            {
                let begins = self.used + 4;
                self.used += length;
                return Ok(&self.input[begins..self.used]);
            }
            self.fill(may_stop).await?;
        }
    }

    /// For a block behind what is not used yet. Only here bytes move: a read may bring many packets.
    fn make_room(&mut self) {
        self.input.drain(..self.used);
        self.used = 0;
        if self.input.is_empty() {
            self.input.shrink_to(KEPT);
        }
        self.input.reserve(BLOCK);
    }

    async fn fill(&mut self, may_stop: bool) -> Result<(), Trouble> {
        self.make_room();
        let reading = timeout(self.limits.silence, self.stream.read_buf(&mut self.input));
        let read = tokio::select! {
            biased;
            read = reading => read,
            _ = self.stop.wait_for(|stop| *stop), if may_stop => return Err(Trouble::Stopping),
        };
        match read {
            Ok(Ok(n)) if n > 0 => Ok(()),
            Ok(_) => Err(Trouble::Gone),
            Err(_) => Err(Trouble::Silent),
        }
    }

    /// Says one thing.
    pub(super) async fn say(&mut self, response: &Response<'_>) -> Result<(), Trouble> {
        let mut out = Vec::new();
        response.write_to(&mut out);
        self.write(&out).await
    }

    /// Packets that are written already.
    pub(super) async fn write(&mut self, packets: &[u8]) -> Result<(), Trouble> {
        let stream = &mut self.stream;
        let writing = async {
            stream.write_all(packets).await?;
            stream.flush().await
        };
        match timeout(self.limits.write, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Trouble::Gone),
        }
    }

    /// Whether the server goes on after our last word: true when it speaks, or is silent but there; false when it has gone, or we are
    /// asked to stop before that is known.
    pub(super) async fn goes_on(&mut self) -> bool {
        let waits: Duration = self.limits.heard;
        self.make_room();
        let (stream, input) = (&mut self.stream, &mut self.input);
        tokio::select! {
            biased;
            read = stream.read_buf(input) => matches!(read, Ok(n) if n > 0),
            () = tokio::time::sleep(waits) => true,
            () = stopped(&mut self.stop) => false,
        }
    }

    /// Ends when the server does not wait for us any more while we are at work: it closes its side, or speaks, as with "abort".
    pub(super) async fn until_gone(&mut self) {
        if !self.has_spoken() {
            self.make_room();
            let _ = self.stream.read_buf(&mut self.input).await; // closed, broken or something said: it is all one
        }
    }

    /// Something of the server waits to be heard.
    pub(super) fn has_spoken(&self) -> bool {
        self.input.len() > self.used
    }
}

/// A little after we were asked to stop: a server that hears its last word then goes on as always.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
    tokio::time::sleep(AT_STOP).await;
}
