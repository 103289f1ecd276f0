//! Text out of documents: the bytes of a file become [`Piece`](crate::mail::content::Piece)s.
//!
//! Promises: no format is believed by its name or declared type alone; every count is bounded by [`Limits`]; what is encrypted,
//! damaged or over a limit says so. Leaves to others: the process around it, its memory and its time (`scan`).

use std::time::Instant;

/// A file whose bytes are in memory.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its name; it says something about the kind only.
    pub name: &'a str,
    /// As declared, without parameters.
    pub media_type: &'a str,
    /// As declared, for texts.
    pub charset: Option<&'a str>,
    /// All of it.
    pub bytes: &'a [u8],
}

/// What reading one attachment may cost, with everything that is inside it. Defaults as reliability.md T36.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the attachment itself.
    pub bytes: u64,
    /// Unpacked bytes of everything in it.
    pub unpacked: u64,
    /// Unpacked bytes for one packed byte, of one member (above 1 MiB unpacked).
    pub ratio: u64,
    /// Members, all levels together.
    pub members: u32,
    /// Containers in containers.
    pub depth: u32,
    /// When it must be done.
    pub until: Instant,
}
