//! Feeds content to a connection: reads a variant's bytes block by block and makes them wire bytes, one block ahead of the network.
//!
//! Promises: at most two blocks are in memory; reading from disk never stalls the runtime; the final dot is in the block marked last
//! and in no other. Fails with [`Unfit`]; then the connection must be dropped without a dot.

use crate::fault::Kind;
use crate::mail::Content;
use crate::mail::variant::ContentReader;
use crate::wire::dot::Stuffer;
use std::io::Read;
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes read at once. Four of five mails are one block; above it, larger blocks bring nothing.
const BLOCK: usize = 128 * 1024;

/// A variant's bytes, as they go over the wire.
#[derive(Debug)]
pub(super) struct Feed(State);

#[derive(Debug)]
enum State {
    /// One block, small enough to be read where we are.
    Here(Source),
    /// The next block is being read elsewhere.
    Ahead(JoinHandle<Result<(Wire, Option<Source>), Unfit>>),
    Done,
}

/// Bytes ready for the socket.
#[derive(Debug)]
pub(super) struct Wire {
    bytes: Vec<u8>,
    /// True if the final dot is in it.
    pub(super) last: bool,
}

/// Why the content cannot be sent: [`Kind::BareLineEnd`], or [`Kind::Internal`] if it cannot be read.
#[derive(Debug)]
pub(super) struct Unfit(pub(super) Kind);

#[derive(Debug)]
struct Source {
    reader: ContentReader,
    stuffer: Stuffer,
    block: Vec<u8>,
    /// Room of a block that was sent.
    spare: Vec<u8>,
}

impl Wire {
    /// Dots doubled, line ends checked.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The block was sent: its room can be used again.
    pub(super) fn room(self) -> Vec<u8> {
        self.bytes
    }
}

/// True if no byte of the content has its eighth bit set: it goes to every server (RFC 6152).
pub(super) async fn is_seven_bit(content: &Content) -> Result<bool, Unfit> {
    let small = content.len() <= BLOCK as u64;
    let mut reader = content.reader();
    let room = (content.len() as usize).clamp(1, BLOCK);
    let mut look = move || {
        let mut block = vec![0; room];
        loop {
            match fill(&mut reader, &mut block)? {
                0 => return Ok(true),
                filled if !block[..filled].is_ascii() => return Ok(false),
                _ => {}
            }
        }
    };
    match small {
        true => look(),
        false => spawn_blocking(look)
            .await
            .unwrap_or(Err(Unfit(Kind::Internal))),
    }
}

impl Feed {
    /// Starts at the first byte.
    pub(super) fn of(content: &Content) -> Self {
        let small = content.len() <= BLOCK as u64;
        let room = match small {
            // One byte more than there is: the first read finds the end too, and the dot goes with the rest.
            true => content.len() as usize + 1,
            false => BLOCK,
        };
        let source = Source {
            reader: content.reader(),
            stuffer: Stuffer::new(),
            block: vec![0; room],
            spare: Vec::new(),
        };
        Feed(match small {
            true => State::Here(source),
            false => State::Ahead(spawn_blocking(|| source.next())),
        })
    }

    /// The next block; `None` after the last. `spare` is a block that was sent, to be used again.
    pub(super) async fn next(&mut self, spare: Vec<u8>) -> Result<Option<Wire>, Unfit> {
        let read = match std::mem::replace(&mut self.0, State::Done) {
            State::Done => return Ok(None),
            State::Here(source) => source.next(),
            State::Ahead(task) => task.await.unwrap_or(Err(Unfit(Kind::Internal))),
        };
        let (wire, source) = read?;
        if let Some(mut source) = source {
            source.spare = spare;
            self.0 = State::Ahead(spawn_blocking(|| source.next()));
        }
        Ok(Some(wire))
    }
}

impl Source {
    fn next(mut self) -> Result<(Wire, Option<Source>), Unfit> {
        let mut bytes = std::mem::take(&mut self.spare);
        bytes.clear();
        let filled = fill(&mut self.reader, &mut self.block)?;
        let block = &self.block[..filled];
        self.stuffer
            .push(block, &mut bytes)
            .map_err(|_| Unfit(Kind::BareLineEnd))?;
        if filled == self.block.len() {
            return Ok((Wire { bytes, last: false }, Some(self)));
        }
        self.stuffer.finish(&mut bytes);
        Ok((Wire { bytes, last: true }, None))
    }
}

/// Fills the block; less only at the end of the content.
fn fill(reader: &mut ContentReader, block: &mut [u8]) -> Result<usize, Unfit> {
    let mut filled = 0;
    while filled < block.len() {
        match reader.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::error!(%error, "the content of a mail cannot be read back");
                return Err(Unfit(Kind::Internal));
            }
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn wire(content: Vec<u8>) -> Result<(Vec<u8>, usize), Unfit> {
        let mut feed = Feed::of(&Content::new(content));
        let (mut all, mut lasts, mut spare) = (Vec::new(), 0, Vec::new());
        while let Some(wire) = feed.next(spare).await? {
            all.extend_from_slice(wire.bytes());
            lasts += usize::from(wire.last);
            spare = wire.room();
        }
        Ok((all, lasts))
    }

    #[tokio::test]
    async fn content_of_every_size_ends_once() {
        for size in [0, 3, BLOCK - 3, BLOCK, BLOCK + 3, 3 * BLOCK] {
            let content: Vec<u8> = b"a\r\n"
                .iter()
                .copied()
                .cycle()
                .take(size / 3 * 3)
                .collect();
            let (sent, lasts) = wire(content.clone()).await.unwrap();
            assert_eq!(sent, [content, b".\r\n".to_vec()].concat(), "{size}");
            assert_eq!(lasts, 1, "{size}");
        }
    }

    #[tokio::test]
    async fn small_content_leaves_with_its_dot() {
        for size in [0, 1, BLOCK - 1, BLOCK] {
            let mut feed = Feed::of(&Content::new(vec![b'x'; size]));
            let first = feed.next(Vec::new()).await.unwrap();
            assert!(first.is_some_and(|wire| wire.last), "{size}");
            assert!(feed.next(Vec::new()).await.unwrap().is_none(), "{size}");
        }
    }

    #[tokio::test]
    async fn one_byte_with_eight_bits_is_found_wherever_it_is() {
        for size in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let mut bytes = vec![b'x'; size];
            assert!(is_seven_bit(&Content::new(bytes.clone())).await.unwrap());
            bytes.push(0x80);
            assert!(!is_seven_bit(&Content::new(bytes)).await.unwrap(), "{size}");
        }
    }

    #[tokio::test]
    async fn a_bare_line_end_in_a_later_block_stops_it() {
        let mut content = b"a\r\n".repeat(BLOCK);
        content.push(b'\n');
        let unfit = wire(content).await.unwrap_err();
        assert_eq!(unfit.0, Kind::BareLineEnd);
    }
}
