//! One request's part of an upload on its way to the disk.
//!
//! A task of its own seals the bytes, so that they are finished and recorded too when the request ends in the middle: dropped, an
//! [`Arriving`] ends as if the request had ended there. Promises: one at a time for an upload; at most a few hundred KiB of memory;
//! what was not recorded is told as a fault, never as taken. Leaves to others: offsets and bounds ([`super::Writing::receive`]).

use super::quota::Quota;
use super::{Refusal, Taken};
use crate::fault::{Fault, Kind};
use crate::gateway::collect::{aside, now};
use crate::seal::piece::{PieceSealer, Place};
use crate::store::Store;
use crate::transfer::DraftId;
use crate::transfer::draft::Upload;
use aws_lc_rs::digest;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;

/// Bytes that go to the disk in one go.
const BLOCK: usize = 256 * 1024;
/// Blocks that wait for the disk.
const WAITING: usize = 1;

/// What the bytes of a request must come to.
#[derive(Clone)]
pub struct Checksum {
    hashed: digest::Context,
    wanted: Vec<u8>,
}

/// The upload nobody else writes to while this lives.
#[derive(Debug)]
pub(super) struct Turn {
    busy: Arc<Mutex<HashSet<(DraftId, u32)>>>,
    which: (DraftId, u32),
}

/// Bytes on their way to an upload.
#[derive(Debug)]
pub struct Arriving {
    give: mpsc::Sender<Vec<u8>>,
    block: Vec<u8>,
    /// No more bytes than these.
    left: u64,
    /// What the sender of more is told.
    exceeded: Refusal,
    task: JoinHandle<Taken<Upload>>,
}

impl Checksum {
    /// `sha1` (which the protocol asks for) or `sha256`, and as many bytes as it has.
    pub fn new(how: &str, wanted: Vec<u8>) -> Option<Self> {
        let algorithm = match how {
            "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &digest::SHA256,
            _ => return None,
        };
        let fits = wanted.len() == algorithm.output_len();
        fits.then(|| Checksum {
            hashed: digest::Context::new(algorithm),
            wanted,
        })
    }

    fn fits(self) -> bool {
        self.hashed.finish().as_ref() == self.wanted
    }
}

impl std::fmt::Debug for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Checksum")
    }
}

impl Turn {
    /// `None` if somebody has it.
    pub(super) fn take(
        busy: &Arc<Mutex<HashSet<(DraftId, u32)>>>,
        id: DraftId,
        number: u32,
    ) -> Option<Self> {
        let which = (id, number);
        let mut all = busy.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(which).then(|| Turn {
            busy: busy.clone(),
            which,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.which);
    }
}

impl Arriving {
    pub(super) fn begin(
        kept_by: (Arc<Store>, Quota),
        place: Place,
        (sealer, checksum): (PieceSealer, Option<Checksum>),
        (left, exceeded): (u64, Refusal),
        held: (Turn, OwnedSemaphorePermit),
    ) -> Self {
        let (give, take) = mpsc::channel(WAITING);
        let task = tokio::spawn(async move {
            let taken = keep(kept_by, place, (sealer, checksum), take).await;
            drop(held);
            taken
        });
        Arriving {
            give,
            block: Vec::new(),
            left,
            exceeded,
            task,
        }
    }

    /// The next bytes; those beyond the bound are not taken.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let fits = usize::try_from(self.left).unwrap_or(usize::MAX);
        let taken = &bytes[..bytes.len().min(fits)];
        self.left -= taken.len() as u64;
        self.block.extend_from_slice(taken);
        if self.block.len() >= BLOCK {
            let block = std::mem::take(&mut self.block);
            // The task ended early: the disk is full or the store failed, which `finish` tells.
            let _ = self.give.send(block).await;
        }
        match taken.len() == bytes.len() {
            true => Ok(()),
            false => Err(self.exceeded),
        }
    }

    /// True if nobody takes the bytes any more: [`Arriving::finish`] tells why.
    pub fn is_over(&self) -> bool {
        self.give.is_closed()
    }

    /// That was all of this request; what the upload has now, on disk.
    pub async fn finish(mut self) -> Taken<Upload> {
        let rest = std::mem::take(&mut self.block);
        let _ = self.give.send(rest).await;
        let (closed, _) = mpsc::channel(1);
        // The task ends when nobody gives any more.
        self.give = closed;
        let task = std::mem::replace(
            &mut self.task,
            tokio::spawn(async { Ok(Err(Refusal::Gone)) }),
        );
        match task.await {
            Ok(taken) => taken,
            Err(e) => Err(Fault::because(Kind::Internal, e)),
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // What came last, if the task has a place for it; else it comes again.
        let rest = std::mem::take(&mut self.block);
        if !rest.is_empty() {
            let _ = self.give.try_send(rest);
        }
    }
}

/// Seals block by block until nobody gives any more, then records the piece.
async fn keep(
    (store, quota): (Arc<Store>, Quota),
    place: Place,
    (mut sealer, mut checksum): (PieceSealer, Option<Checksum>),
    mut take: mpsc::Receiver<Vec<u8>>,
) -> Taken<Upload> {
    while let Some(block) = take.recv().await {
        if let Some(checksum) = &mut checksum {
            checksum.hashed.update(&block);
        }
        let (disk, spare) = (store.clone(), quota.clone());
        let written = aside(move || {
            let written = match spare.has_room(&disk, block.len() as u64) {
                true => sealer.write(&block),
                false => Err(Fault::new(Kind::DiskFull)),
            };
            Ok((sealer, written))
        });
        let (kept, written) = written.await?;
        match written {
            Ok(()) => sealer = kept,
            Err(fault) => return told(fault),
        }
    }
    // Dropped unfinished, it is as if nothing had come.
    if checksum.is_some_and(|checksum| !checksum.fits()) {
        return Ok(Err(Refusal::Checksum));
    }
    aside(move || {
        let piece = match sealer.finish() {
            Ok(piece) => piece,
            Err(fault) => return told(fault),
        };
        // Before anybody hears that it is here.
        quota.charge(&store, piece.len)?;
        let added = store.add_piece(place.draft, place.upload, place.at, &piece, now())?;
        Ok(added.ok_or(Refusal::Gone))
    })
    .await
}

fn told<T>(fault: Fault) -> Taken<T> {
    match fault.kind {
        Kind::DiskFull => Ok(Err(Refusal::Full)),
        _ => Err(fault),
    }
}
