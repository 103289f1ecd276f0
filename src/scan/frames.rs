//! What travels between the gateway and a process that reads: frames, each a length of four bytes (little endian) and so many bytes.
//!
//! To the process: a [`Task`] in postcard, then the file in frames of at most [`CHUNK`], then an empty frame. Back: one frame of text when
//! it begins (`ready`, or why not), then pieces in postcard and an empty frame for each file. Both sides are this same program, so
//! there are no versions. Promises: nothing longer than [`MAX_FRAME`] is believed; [`Order`] lets only pieces through that can come of a file.

use crate::mail::content::{MAX_PIECE, Piece};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::time::Duration;

/// Bytes of a file in one frame.
pub const CHUNK: usize = 64 * 1024;
/// Bytes of a frame: a piece, also one with many empty cells.
pub const MAX_FRAME: usize = 4 * MAX_PIECE;
/// What a process says when it has limited itself.
pub const READY: &str = "ready";

/// Containers in containers that a process may speak of; how many are opened is a limit of the task.
const MAX_DEPTH: u32 = 100;

/// What comes before a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task<'a> {
    /// See `Job` in `mail::content`.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The same.
    #[serde(borrow)]
    pub media_type: Cow<'a, str>,
    /// The same.
    #[serde(borrow)]
    pub charset: Option<Cow<'a, str>>,
    /// Bytes that come, as far as is known before.
    pub len: u64,
    /// Bytes that come at most.
    pub max_bytes: u64,
    /// Containers in containers.
    pub max_depth: u32,
    /// From when it has the file until it must have ended.
    pub max_time: Duration,
}

/// A frame of these bytes, behind what `out` has.
pub fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("frames are shorter than 4 GiB");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
}

/// Writes one frame.
pub fn write(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)
}

/// Reads one frame into `buffer`, in place of what was there.
pub fn read(from: &mut dyn Read, buffer: &mut Vec<u8>) -> io::Result<()> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_FRAME {
        return Err(io::ErrorKind::InvalidData.into());
    }
    buffer.resize(length, 0);
    from.read_exact(buffer)
}

/// The frame at the start of `bytes`, and its length with the four bytes before it; `None`: not all there yet.
pub fn first(bytes: &[u8]) -> Result<Option<(&[u8], usize)>, Garbage> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let length = u32::from_le_bytes(*length) as usize;
    if length > MAX_FRAME {
        return Err(Garbage("a frame is too long"));
    }
    Ok(rest.get(..length).map(|frame| (frame, length + 4)))
}

/// The process said something that no reading of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Garbage(pub &'static str);

/// Watches the pieces of one file.
#[derive(Debug)]
pub struct Order {
    open: u32,
    left: u64,
}

impl Order {
    /// `bytes` is the size of the file: text is not endless either.
    pub fn new(bytes: u64) -> Self {
        let left = bytes.saturating_mul(64).clamp(256 << 20, 4 << 30);
        Order { open: 0, left }
    }

    /// A piece as it came, if it can come here.
    pub fn piece<'a>(&mut self, frame: &'a [u8]) -> Result<Piece<'a>, Garbage> {
        let Ok((piece, [])) = postcard::take_from_bytes::<Piece<'a>>(frame) else {
            return Err(Garbage("a frame is no piece"));
        };
        // Frames without text count too: nobody may send them for ever.
        self.left = self
            .left
            .checked_sub(frame.len() as u64 + 16)
            .ok_or(Garbage("the text has no end"))?;
        if text_of(&piece) > MAX_PIECE {
            return Err(Garbage("a piece is too long"));
        }
        match piece {
            Piece::Enter { .. } if self.open >= MAX_DEPTH => {
                return Err(Garbage("too many files are open"));
            }
            Piece::Enter { .. } => self.open += 1,
            Piece::Leave => {
                let less = self.open.checked_sub(1);
                self.open = less.ok_or(Garbage("a file ends that did not begin"))?;
            }
            _ => {}
        }
        Ok(piece)
    }

    /// Files that were entered and not left.
    pub fn open(&self) -> u32 {
        self.open
    }
}

fn text_of(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Enter {
            name, media_type, ..
        } => name.len() + media_type.len(),
        Piece::At(text) | Piece::Prose(text) => text.len(),
        Piece::Row(cells) => cells.iter().map(|cell| cell.len()).sum(),
        Piece::Leave | Piece::Table | Piece::Unreadable(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(piece: &Piece<'_>) -> Vec<u8> {
        postcard::to_allocvec(piece).expect("pieces have a form")
    }

    #[test]
    fn pieces_come_back_as_they_went() {
        let mut order = Order::new(0);
        for piece in [
            Piece::Enter {
                name: "a/b.txt".into(),
                media_type: "text/plain".into(),
                size: 7,
            },
            Piece::At("page 1".into()),
            Piece::Prose("text\n".into()),
            Piece::Table,
            Piece::Row(vec!["a".into(), "".into()]),
            Piece::Leave,
        ] {
            assert_eq!(order.piece(&frame(&piece)), Ok(piece));
        }
        assert_eq!(order.open(), 0);
    }

    #[test]
    fn what_no_file_gives_is_garbage() {
        let wrong = |frame: &[u8]| Order::new(0).piece(frame).expect_err("garbage").0;
        assert_eq!(wrong(&[200]), "a frame is no piece");
        assert_eq!(
            wrong(&frame(&Piece::Leave)),
            "a file ends that did not begin"
        );
        let mut behind = frame(&Piece::Table);
        behind.push(0);
        assert_eq!(wrong(&behind), "a frame is no piece");
        let long = "x".repeat(MAX_PIECE + 1);
        assert_eq!(
            wrong(&frame(&Piece::Prose(long.into()))),
            "a piece is too long"
        );
        let half = "x".repeat(MAX_PIECE / 2 + 1);
        let row = Piece::Row(vec![half.as_str().into(), half.as_str().into()]);
        assert_eq!(wrong(&frame(&row)), "a piece is too long");
    }

    #[test]
    fn files_in_files_and_text_have_an_end() {
        let enter = frame(&Piece::Enter {
            name: "".into(),
            media_type: "".into(),
            size: 0,
        });
        let mut order = Order::new(0);
        let ended = (0..=MAX_DEPTH).find_map(|_| order.piece(&enter).err());
        assert_eq!(ended, Some(Garbage("too many files are open")));
        let full = "x".repeat(MAX_PIECE);
        let full = frame(&Piece::Prose(full.into()));
        let mut order = Order::new(0);
        let ended = (0..5000).find_map(|_| order.piece(&full).err());
        assert_eq!(ended, Some(Garbage("the text has no end")));
    }

    #[test]
    fn a_frame_is_taken_when_it_is_whole() {
        let mut bytes = Vec::new();
        put(&mut bytes, b"abc");
        assert_eq!(first(&bytes[..3]), Ok(None));
        assert_eq!(first(&bytes[..6]), Ok(None));
        assert_eq!(first(&bytes), Ok(Some((&b"abc"[..], 7))));
        assert_eq!(first(&[255; 8]), Err(Garbage("a frame is too long")));
    }
}
