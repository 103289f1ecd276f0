//! Content: what reading a file brings to light, piece by piece, in the order of the file.
//!
//! Made by `decide::extract` (in this process or in one of `scan`), consumed by `decide::search`. Promises: a piece borrows, is
//! at most [`MAX_PIECE`] bytes of text, and is never kept whole for a whole file; what could not be read is said, never left out.
//! Leaves to others: formats (`extract`), processes and their limits (`scan`), what the text means (`detectors`, `patterns`).

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::io::Read;

/// Text of one piece, in bytes; longer text comes in several.
pub const MAX_PIECE: usize = 64 * 1024;

/// Something that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece<'a> {
    /// A file inside the one that is read begins: a member of an archive, an attachment of a mail, an embedded object.
    Enter {
        /// Its name as the container gives it, folders included; empty if it has none.
        #[serde(borrow)]
        name: Cow<'a, str>,
        /// Its media type as its first bytes say; empty: nothing known.
        #[serde(borrow)]
        media_type: Cow<'a, str>,
        /// Its size in bytes, unpacked.
        size: u64,
    },
    /// The file that was entered last ends.
    Leave,
    /// Where the following text stands, for people: `page 3`, `sheet Personal`, `notes of slide 2`.
    At(#[serde(borrow)] Cow<'a, str>),
    /// Running text. Lines end with LF; a word is not cut between two pieces unless it is longer than a piece.
    Prose(#[serde(borrow)] Cow<'a, str>),
    /// A row of a table, a text for each cell. The first row of a table stands directly after [`Piece::Table`].
    Row(#[serde(borrow)] Vec<Cow<'a, str>>),
    /// A table begins: columns are counted anew, headings of another table do not count for this one.
    Table,
    /// The rest of the file that was entered last (or of the whole file) cannot be read.
    Unreadable(Unreadable),
}

/// Why a file cannot be read. All of them count as *unscannable*: policy decides (`scan.unreadable`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Unreadable {
    /// It asks for a password.
    Encrypted,
    /// It is not what it says, or its structure is broken.
    Damaged,
    /// More bytes than the limit, packed or unpacked, or packed too tightly.
    TooLarge,
    /// Containers in containers.
    TooDeep,
    /// More members than the limit.
    TooMany,
    /// The time was over.
    TooSlow,
    /// The process that read it ended.
    Crashed,
    /// Of an unknown kind, and dense as ciphertext.
    Unknown,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::Encrypted => "it is encrypted",
            Unreadable::Damaged => "it is damaged",
            Unreadable::TooLarge => "it is too large",
            Unreadable::TooDeep => "it is packed too deep",
            Unreadable::TooMany => "too many files are in it",
            Unreadable::TooSlow => "reading it took too long",
            Unreadable::Crashed => "reading it failed",
            Unreadable::Unknown => "its kind is not known",
        })
    }
}

/// The consumer has enough: nothing more needs to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enough;

/// Takes pieces.
pub trait Sink {
    /// The next piece.
    fn take(&mut self, piece: Piece<'_>) -> Result<(), Enough>;
}

/// A file to read.
pub struct Job<'a> {
    /// Its name, sanitised or not: it says something about the kind only.
    pub name: &'a str,
    /// As the sender declared it, without parameters.
    pub media_type: &'a str,
    /// As the sender declared it, for texts.
    pub charset: Option<&'a str>,
    /// Decoded length in bytes.
    pub len: u64,
    /// Decoded bytes.
    pub bytes: &'a mut dyn Read,
}

/// Reads files into pieces. Whatever happens inside it (bomb, hang, crash) becomes [`Piece::Unreadable`].
pub trait Reader: Send + Sync {
    /// Reads one file. An error is that of `bytes`, not of the file's kind.
    fn read(&self, job: Job<'_>, sink: &mut dyn Sink) -> std::io::Result<()>;
}
