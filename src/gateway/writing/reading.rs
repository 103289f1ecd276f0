//! What was written, read again: the bytes of uploads, piece by piece, and the text.
//!
//! Promises: a file that is not whole is never taken for one that is. Memory does not grow with it. Fails with `StoreDown` if a piece is gone
//! or was changed.

use crate::fault::{Fault, Kind};
use crate::seal::piece::{self, Place};
use crate::store::Store;
use crate::transfer::Draft;
use crate::transfer::draft::{TEXT, Upload};
use crate::transfer::keys::TransferKey;

/// The bytes of an upload, piece by piece.
pub(super) struct Bytes<'a> {
    store: &'a Store,
    draft: &'a Draft,
    upload: &'a Upload,
    key: &'a TransferKey,
    /// Pieces that were read out of the index and not opened yet.
    pieces: std::vec::IntoIter<crate::transfer::draft::Piece>,
    opened: u32,
    at: u64,
    open: Option<(crate::seal::stream::Opener, u64)>,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(
        store: &'a Store,
        draft: &'a Draft,
        upload: &'a Upload,
        key: &'a TransferKey,
    ) -> Self {
        Bytes {
            store,
            draft,
            upload,
            key,
            pieces: Vec::new().into_iter(),
            opened: 0,
            at: 0,
            open: None,
        }
    }

    /// Reads until `block` has so many bytes, or all are read.
    pub(super) fn fill(&mut self, block: &mut Vec<u8>, wanted: usize) -> Result<(), Fault> {
        while block.len() < wanted {
            let Some((opener, from)) = &mut self.open else {
                if !self.next_piece()? {
                    return self.check();
                }
                continue;
            };
            let begin = block.len();
            block.resize(wanted, 0);
            let read = opener.read_at(*from, &mut block[begin..]);
            let read = read.map_err(|e| Fault::because(Kind::StoreDown, e))?;
            block.truncate(begin + read);
            *from += read as u64;
            if read == 0 {
                self.open = None;
            }
        }
        Ok(())
    }

    /// False behind the last one.
    fn next_piece(&mut self) -> Result<bool, Fault> {
        if self.pieces.len() == 0 && self.opened < self.upload.pieces {
            let (id, number) = (self.draft.id, self.upload.number);
            self.pieces = self.store.pieces(id, number, self.opened)?.into_iter();
        }
        let Some(piece) = self.pieces.next() else {
            return Ok(false);
        };
        let place = Place {
            draft: self.draft.id,
            upload: self.upload.number,
            at: self.at,
        };
        let blob = self.store.open_blob(piece.blob)?;
        self.open = Some((piece::open(blob, &piece, place, self.key)?, 0));
        self.opened += 1;
        self.at = self.at.saturating_add(piece.len);
        Ok(true)
    }

    /// A file that is not what was sent must not look like it.
    fn check(&self) -> Result<(), Fault> {
        match self.at == self.upload.have {
            true => Ok(()),
            false => Err(Fault::because(
                Kind::StoreDown,
                "a piece of an upload is gone",
            )),
        }
    }
}

/// The text of a draft.
pub(super) fn text(store: &Store, draft: &Draft, key: &TransferKey) -> Result<String, Fault> {
    let Some(piece) = &draft.text else {
        return Ok(String::new());
    };
    let place = Place {
        draft: draft.id,
        upload: TEXT,
        at: 0,
    };
    let opener = piece::open(store.open_blob(piece.blob)?, piece, place, key)?;
    let mut text = vec![
        0;
        usize::try_from(opener.len())
            .unwrap_or(0)
            .min(super::MAX_TEXT)
    ];
    let read = opener.read_at(0, &mut text);
    read.map_err(|e| Fault::because(Kind::StoreDown, e))?;
    String::from_utf8(text).map_err(|e| Fault::because(Kind::StoreDown, e))
}
