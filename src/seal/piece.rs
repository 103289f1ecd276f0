//! A piece of an upload: sealed while it arrives into a blob of its own, so that what came before the line broke is whole and stays.
//!
//! Each is a blob (`stream`) under the key of its draft, bound to draft, upload, the offset it begins at and its name.
//! Promises: constant memory; no clear text reaches the shelf; a piece opens at its own place only. Leaves to others: which pieces there
//! are (`store`), their order and the key (`gateway`). Fails as the shelf does.

use super::stream::{Opener, Sealer};
use super::whole::of_disk;
use crate::fault::{Fault, Kind};
use crate::transfer::draft::Piece;
use crate::transfer::keys::TransferKey;
use crate::transfer::{BlobId, BlobReader, BlobWriter, DraftId, Shelf};
use std::io::Write;

/// Where a piece belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The draft.
    pub draft: DraftId,
    /// The number of the upload in it.
    pub upload: u32,
    /// The offset of its first byte.
    pub at: u64,
}

/// A piece that arrives.
pub struct PieceSealer {
    sealer: Sealer<Box<dyn BlobWriter>>,
    blob: BlobId,
}

impl PieceSealer {
    /// Begins one.
    pub fn new(place: Place, key: &TransferKey, shelf: &dyn Shelf) -> Result<Self, Fault> {
        let blob = BlobId::fresh();
        let writer = shelf.write_blob(blob).map_err(of_disk)?;
        let sealer = Sealer::new(writer, key, &place.context(blob));
        Ok(PieceSealer { sealer, blob })
    }

    /// Its next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.sealer.write_all(bytes).map_err(of_disk)
    }

    /// That was all of it; on disk when this returns.
    pub fn finish(self) -> Result<Piece, Fault> {
        let (writer, len) = self.sealer.finish().map_err(of_disk)?;
        writer.finish().map_err(of_disk)?;
        Ok(Piece {
            blob: self.blob,
            len,
        })
    }
}

/// Opens one again.
pub fn open(
    blob: Box<dyn BlobReader>,
    piece: &Piece,
    place: Place,
    key: &TransferKey,
) -> Result<Opener, Fault> {
    let opened = Opener::new(blob, key, &place.context(piece.blob), piece.len);
    opened.map_err(|e| Fault::because(Kind::StoreDown, e))
}

impl Place {
    fn context(&self, blob: BlobId) -> Vec<u8> {
        [
            &b"cloakroom/piece/1"[..],
            self.draft.as_bytes(),
            &self.upload.to_be_bytes(),
            &self.at.to_be_bytes(),
            &blob.0,
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};

    #[derive(Default, Clone)]
    struct Plank(Arc<Mutex<Vec<u8>>>);

    impl Shelf for Plank {
        fn write_blob(&self, _: BlobId) -> io::Result<Box<dyn BlobWriter>> {
            Ok(Box::new(self.clone()))
        }
    }

    impl Write for Plank {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl BlobWriter for Plank {
        fn finish(self: Box<Self>) -> io::Result<()> {
            Ok(())
        }
        fn reader(&self) -> io::Result<Box<dyn BlobReader>> {
            Ok(Box::new(self.clone()))
        }
    }

    impl BlobReader for Plank {
        fn len(&self) -> u64 {
            self.0.lock().expect("no panic").len() as u64
        }
        fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            let from = offset as usize;
            out.copy_from_slice(&self.0.lock().expect("no panic")[from..from + out.len()]);
            Ok(())
        }
    }

    #[test]
    fn a_piece_opens_at_its_own_place_only() {
        let (plank, key) = (Plank::default(), TransferKey::fresh());
        let place = Place {
            draft: DraftId::fresh(),
            upload: 3,
            at: 4096,
        };
        let mut sealer = PieceSealer::new(place, &key, &plank).expect("begins");
        sealer.write(b"The heron waits.").expect("writes");
        let piece = sealer.finish().expect("ends");
        assert_eq!(piece.len, 16);
        assert!(
            !plank
                .0
                .lock()
                .expect("no panic")
                .windows(5)
                .any(|w| w == b"heron")
        );
        let opens = |place| open(Box::new(plank.clone()), &piece, place, &key).is_ok();
        assert!(opens(place));
        let draft = DraftId::fresh();
        for other in [
            Place { draft, ..place },
            Place { upload: 4, ..place },
            Place { at: 0, ..place },
        ] {
            assert!(!opens(other), "{other:?}");
        }
    }
}
