//! Where the block goes: behind what the sender wrote, before quoted history and signature.
//!
//! Promises: the place is at a line start (plain) or between two tags or a tag and text, never in a comment, an attribute, a script, a
//! style, a title or the head (HTML). A place beyond 60 KB is no place: Gmail cuts at 102 KB, so the block goes to the top.
//! Only ASCII is looked at, so any charset that extends ASCII will do.

pub(super) mod html;
pub(super) mod plain;
mod tag;

/// A block behind so many decoded bytes may be cut away by the reader's program.
pub(super) const FARTHEST: usize = 60 * 1024;
