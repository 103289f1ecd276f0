//! Takes the content of one mail that comes in chunks (BDAT, RFC 3030) into an [`Intake`].
//!
//! Promises: exactly the announced octets belong to a chunk, whatever is wrong with the mail, so that content is never read as a command
//! (T08); memory of one block. Leaves to others: the order of commands and the answers (`session`).
//! Fails like content after DATA: too large, a bare line end, an endless line, a full disk; the client hears it for the chunk it is in.

use super::content::{Taking, block, on_disk, too_slow};
use super::conversation::{Conversation, Trouble};
use super::limits::Limits;
use crate::fault::Fault;
use crate::mail::Intake;
use crate::wire::chunk::Lines;
use crate::wire::dot::LineEnds;
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};

/// The content so far.
pub(super) struct Chunks {
    lines: Lines,
    taking: Taking,
}

impl Chunks {
    /// For a new mail. `max`: bytes.
    pub(super) fn new(intake: Intake, max: u64, line_ends: LineEnds) -> Self {
        Chunks {
            lines: Lines::new(line_ends),
            taking: Taking::new(intake, max),
        }
    }

    /// True if nothing that may still come can make a mail of it.
    pub(super) fn is_spoiled(&self) -> bool {
        self.taking.is_spoiled() || self.lines.flaw().is_some()
    }

    /// All chunks are here: the mail, or what the client hears.
    pub(super) fn end(mut self) -> Result<Intake, Fault> {
        self.lines.end(|block| self.taking.take(block));
        self.taking.end(self.lines.flaw())
    }

    fn take(&mut self, piece: &[u8]) {
        let Chunks { lines, taking } = self;
        on_disk(taking.taken(), || {
            lines.feed(piece, |block| taking.take(block))
        });
    }
}

/// Reads one chunk of so many octets, to its end; into nothing if there is no mail for it.
pub(super) async fn receive<S: AsyncRead + AsyncWrite + Unpin>(
    conversation: &mut Conversation<S>,
    octets: u64,
    mut chunks: Option<&mut Chunks>,
    limits: &Limits,
) -> Result<(), Trouble> {
    let (start, mut left) = (Instant::now(), octets);
    loop {
        let waiting = conversation.waiting();
        let here = usize::try_from(left).map_or(waiting.len(), |left| left.min(waiting.len()));
        if let Some(chunks) = chunks.as_deref_mut() {
            chunks.take(&waiting[..here]);
        }
        conversation.used(here);
        left -= here as u64;
        if left == 0 {
            conversation.shrink();
            return Ok(());
        }
        if too_slow(start, octets - left, limits) {
            return Err(Trouble::TooSlow);
        }
        // Replies to the chunks before: a client may wait for them in the middle of this one.
        conversation.flush(limits.command).await?;
        let taken = chunks.as_ref().map_or(0, |chunks| chunks.taking.taken());
        conversation.fill(block(taken), limits.data_block).await?;
    }
}
