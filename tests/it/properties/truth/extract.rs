//! Any bytes as any file: pieces are bounded, every file that is entered is left, and nothing panics.

use cloakroom::decide::extract::{Document, Limits, read};
use cloakroom::mail::content::{Enough, MAX_PIECE, Piece, Sink};
use std::time::Duration;

#[derive(Default)]
struct Depth(i32);

impl Sink for Depth {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), Enough> {
        match piece {
            Piece::Enter { .. } => self.0 += 1,
            Piece::Leave => self.0 -= 1,
            Piece::Prose(text) => assert!(text.len() <= MAX_PIECE),
            Piece::Row(cells) => {
                assert!(cells.iter().map(|cell| cell.len()).sum::<usize>() <= MAX_PIECE)
            }
            Piece::At(_) | Piece::Table | Piece::Unreadable(_) => {}
        }
        assert!(self.0 >= 0);
        Ok(())
    }
}

/// Tries them under four names.
pub fn check(bytes: &[u8]) {
    for name in ["a.html", "a.csv", "a.eml", ""] {
        let document = Document {
            name,
            media_type: "",
            charset: None,
            bytes,
        };
        let mut depth = Depth::default();
        let limits = Limits::of(bytes.len() as u64, 1 << 20, 4, Duration::from_secs(5));
        assert_eq!(read(&document, limits, &mut depth), Ok(()));
        assert_eq!(depth.0, 0);
    }
}
