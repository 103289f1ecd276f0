//! Sealing while receiving: files go into blobs of a transfer that may become one, decoded and encrypted once, as they arrive.
//!
//! Where it is nearly certain that policy takes the files of a mail, waiting for its end would mean to write, read and encrypt each of them
//! twice. Promises: nothing is decided here: what policy leaves in the mail is read back out of the blob, which then goes. What may not be
//! sealed early is sealed later. At most [`MOST`] files of a mail, each of which keeps a file open.
//! Leaves to others: what of a mail is a file (`mail::spool`), who wants it (`gateway`).
//! Fails as the shelf does; a shelf that takes no new blob is no fault, as the mail may not need one.

use super::pressing::Pressing;
use super::stream::{Opener, context};
use crate::fault::crash;
use crate::mail::spool::aside::{Aside, Keeping, Kept};
use crate::transfer::{BlobId, Early, EarlyFile, EarlyTransfer, Shelf};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Files of one mail.
const MOST: usize = 8;
/// Numbers of files in the order of their transfer are below.
const FIRST: u32 = 1 << 31;

/// Seals the files of one mail early.
pub struct WhileReceiving {
    early: Early,
    shelf: Arc<dyn Shelf>,
    /// Asked when there is a file.
    wanted: Box<dyn Fn() -> bool + Send + Sync>,
}

impl WhileReceiving {
    /// `early` gets what was sealed; `wanted` is asked once, if the mail has a file.
    pub fn new(
        early: Early,
        shelf: Arc<dyn Shelf>,
        wanted: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        WhileReceiving {
            early,
            shelf,
            wanted: Box::new(wanted),
        }
    }
}

impl Aside for WhileReceiving {
    fn begin(&mut self) -> io::Result<Option<Box<dyn Keeping>>> {
        let mut early = self.early.lock();
        if early.is_none() && !(self.wanted)() {
            return Ok(None);
        }
        let transfer = early.get_or_insert_with(EarlyTransfer::fresh);
        if transfer.files.len() >= MOST {
            return Ok(None);
        }
        let blob = BlobId::fresh();
        let Ok(writer) = self.shelf.write_blob(blob) else {
            return Ok(None);
        };
        let number = FIRST + transfer.files.len() as u32;
        let context = context(&transfer.id, number, blob);
        Ok(Some(Box::new(Arriving {
            pressing: Pressing::new(writer, &transfer.key, &context, Vec::new()),
            early: self.early.clone(),
            blob,
            number,
        })))
    }
}

/// A file that arrives.
struct Arriving {
    pressing: Pressing,
    early: Early,
    blob: BlobId,
    number: u32,
}

impl Keeping for Arriving {
    fn write(&mut self, decoded: &[u8]) -> io::Result<()> {
        self.pressing.write(decoded)
    }

    fn finish(self: Box<Self>, raw: Range<u64>) -> io::Result<Arc<dyn Kept>> {
        let pressed = self.pressing.finish()?;
        crash::point("early/sealed");
        let reader = pressed.writer.reader()?;
        let mut early = self.early.lock();
        let Some(transfer) = early.as_mut() else {
            return Err(io::Error::other("a mail was sealed before its end"));
        };
        let context = context(&transfer.id, self.number, self.blob);
        let opener = Opener::new(reader, &transfer.key, &context, pressed.stamp.size)?;
        transfer.files.push(EarlyFile {
            raw,
            record: pressed.record(self.blob, self.number),
            stamp: pressed.stamp,
            head: pressed.head,
            writer: pressed.writer,
        });
        Ok(Arc::new(Sealed(opener)))
    }
}

/// Reads it back.
struct Sealed(Opener);

impl Kept for Sealed {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match self.0.read_at(offset, out)? {
            n if n == out.len() => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
