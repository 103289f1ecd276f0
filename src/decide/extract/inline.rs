//! Reading files in this process: for the texts of a mail, which have no structure to attack, and for the tests of a policy, whose
//! files the operator wrote.
//!
//! Promises: the limits of [`Limits`]; a panic makes the file unreadable. Leaves to others: a hang, memory, a crash (`scan`).

use super::{Document, Limits, read};
use crate::mail::content::{Job, Piece, Reader, Sink, Unreadable};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Reads here.
#[derive(Debug, Clone, Copy)]
pub struct Inline;

/// A file of a test is short.
const MAX: u64 = 16 << 20;

impl Reader for Inline {
    fn read(&self, job: Job<'_>, sink: &mut dyn Sink) -> io::Result<()> {
        let mut bytes = Vec::new();
        job.bytes.take(MAX + 1).read_to_end(&mut bytes)?;
        let document = Document {
            name: job.name,
            media_type: job.media_type,
            charset: job.charset,
            bytes: &bytes,
        };
        let limits = Limits {
            bytes: MAX,
            unpacked: MAX * 4,
            ratio: 100,
            members: 1_000,
            depth: 4,
            until: Instant::now() + Duration::from_secs(5),
        };
        let mut enough = || {
            // The consumer has what it wants either way.
            let _ = read(&document, limits, sink);
        };
        if catch_unwind(AssertUnwindSafe(&mut enough)).is_err() {
            let _ = sink.take(Piece::Unreadable(Unreadable::Crashed));
        }
        Ok(())
    }
}
