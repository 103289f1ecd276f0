//! Takes the content of one mail after 354 into an [`Intake`], to its true end, whatever is wrong with it.
//!
//! Promises: memory of one block; a full disk, a mail too large or a bare line end are told after the dot and not before, so that the
//! client hears the answer; a client too slow is not waited for. A client that waits behind a wrong end hears that it is wrong; the caller
//! must hang up then, as for every bare line end.

use super::conversation::{Conversation, Trouble};
use super::limits::Limits;
use crate::fault::{Fault, Kind};
use crate::mail::Intake;
use crate::wire::dot::{Flaw, LineEnds, Reader};
use std::io;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Handle, RuntimeFlavor};

/// From here on the intake writes to disk, and reads are larger, so that there are fewer of both.
const LARGE: u64 = 256 * 1024;
const BLOCK: usize = 64 * 1024;
const LARGE_BLOCK: usize = 256 * 1024;

/// Reads to the end of the content. `Err` outside: the client is gone or too slow. `Err` inside: what the client hears.
pub(super) async fn receive<S: AsyncRead + AsyncWrite + Unpin>(
    conversation: &mut Conversation<S>,
    intake: Intake,
    max: u64,
    line_ends: LineEnds,
    limits: &Limits,
) -> Result<Result<Intake, Fault>, Trouble> {
    let mut reader = Reader::new(line_ends);
    let mut taking = Taking::new(intake, max);
    let (start, mut wire) = (Instant::now(), 0);
    loop {
        let input = conversation.waiting();
        let fed = on_disk(taking.taken, || {
            reader.feed(input, |block| taking.take(block))
        });
        conversation.used(fed.used);
        wire += fed.used as u64;
        if fed.ended {
            conversation.shrink();
            return Ok(taking.end(reader.flaw()));
        }
        if too_slow(start, wire, limits) {
            return Err(Trouble::TooSlow);
        }
        let filling = conversation.fill(block(taking.taken), patience(&reader, limits));
        match filling.await {
            // It waits for an answer, and if it got none it would come again and again.
            Err(Trouble::TooSlow) if reader.may_have_ended() => {
                conversation.shrink();
                return Ok(taking.end(reader.flaw()));
            }
            filled => filled?,
        }
    }
}

fn patience(reader: &Reader, limits: &Limits) -> Duration {
    match reader.may_have_ended() {
        true => limits.odd_end.min(limits.data_block),
        false => limits.data_block,
    }
}

/// The intake until something is wrong with the mail, then that.
pub(in crate::doors) struct Taking {
    intake: Result<Intake, Fault>,
    taken: u64,
    max: u64,
}

impl Taking {
    /// Nothing was taken yet. `max`: bytes.
    pub(in crate::doors) fn new(intake: Intake, max: u64) -> Self {
        Taking {
            intake: Ok(intake),
            taken: 0,
            max,
        }
    }

    /// Bytes so far, those included that are thrown away.
    pub(in crate::doors) fn taken(&self) -> u64 {
        self.taken
    }

    /// True if something is wrong, other than what the flaw of its lines is.
    pub(in crate::doors) fn is_spoiled(&self) -> bool {
        self.intake.is_err()
    }

    /// Nothing more is kept of it.
    pub(in crate::doors) fn spoil(&mut self, why: Fault) {
        self.intake = Err(why);
    }

    pub(in crate::doors) fn take(&mut self, block: &[u8]) {
        self.taken = self.taken.saturating_add(block.len() as u64);
        let Ok(intake) = &mut self.intake else {
            return;
        };
        if self.taken > self.max {
            self.intake = Err(Fault::new(Kind::TooBig));
        } else if let Err(error) = intake.write(block) {
            self.intake = Err(of_disk(error));
        }
    }

    pub(in crate::doors) fn end(self, flaw: Option<Flaw>) -> Result<Intake, Fault> {
        match flaw {
            None => self.intake,
            Some(Flaw::BareLineEnd) => Err(Fault::new(Kind::BareLineEnd)),
            Some(Flaw::LineTooLong) => Err(Fault::new(Kind::LineTooLong)),
        }
    }
}

/// How much is read at once.
pub(super) fn block(taken: u64) -> usize {
    match taken < LARGE {
        true => BLOCK,
        false => LARGE_BLOCK,
    }
}

pub(super) fn too_slow(start: Instant, wire: u64, limits: &Limits) -> bool {
    let passed = start.elapsed();
    passed > limits.rate_after && wire / passed.as_secs().max(1) < limits.slowest
}

/// What a failed write of the spool means.
pub(in crate::doors) fn of_disk(error: io::Error) -> Fault {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Kind::DiskFull,
        _ => Kind::Internal,
    };
    Fault::because(kind, error)
}

/// Does what may wait for the disk, without making the other sessions of this thread wait. Small mails stay in memory.
pub(in crate::doors) fn on_disk<T>(taken: u64, work: impl FnOnce() -> T) -> T {
    let large = taken >= LARGE - BLOCK as u64;
    // A runtime of one thread (tests) has nobody to hand the other sessions to.
    if large && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
        tokio::task::block_in_place(work)
    } else {
        work()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_trouble() {
        let full = of_disk(io::ErrorKind::StorageFull.into());
        assert_eq!(full.kind, Kind::DiskFull);
        assert_eq!(of_disk(io::ErrorKind::Other.into()).kind, Kind::Internal);
    }

    #[test]
    fn slow_is_below_the_rate_once_the_first_minute_is_over() {
        let limits = Limits::default();
        let long_ago = Instant::now().checked_sub(Duration::from_secs(100));
        let Some(start) = long_ago else {
            return; // A machine that has just started.
        };
        assert!(too_slow(start, 40_000, &limits));
        assert!(!too_slow(start, 60_000, &limits));
        assert!(!too_slow(Instant::now(), 0, &limits));
    }

    #[test]
    fn a_mail_one_byte_too_big_is_read_on_and_refused() {
        let folder = std::env::temp_dir();
        for (max, fits) in [(10, true), (9, false)] {
            let mut taking = Taking::new(Intake::new(&folder), max);
            taking.take(b"01234");
            taking.take(b"56789");
            assert_eq!(taking.end(None).is_ok(), fits);
        }
    }
}
