//! Where the block goes: behind what the sender wrote, before signature and quoted history.
//!
//! A text becomes a list of lines as people see them, each with the offset where a block would stand above it (`plain`, `html`); the
//! first that begins a signature or history (`history`, by what `words` and `marks` say) is the place, else the end.
//! Whoever answers below a quote or between its lines gets the block above the quote: programs fold quotes away.
//! Promises: the place is at a line start (plain) or beside a tag or a line break (HTML), never in a comment, an attribute, a script, a
//! style, a title, the head, a hidden element or between the cells of a table. A place beyond 60 KB is no place: Gmail cuts at 102 KB, so
//! the block goes to the top. Only bytes of ASCII are structure, so any charset that extends ASCII will do.

mod entity;
mod history;
pub(super) mod html;
mod marks;
pub(super) mod plain;
mod room;
mod tag;
mod vocabulary;
mod words;

/// A block behind so many decoded bytes may be cut away by the reader's program.
pub(super) const FARTHEST: usize = 60 * 1024;

/// A line as people see it.
#[derive(Debug, Default)]
struct Line {
    /// Where a block would stand above it.
    at: usize,
    /// Its words, without tags and invisible characters; of a very long line nothing but that it is not blank.
    text: String,
    /// A paragraph begins here.
    begins: bool,
    /// A tag says that signature or history begins here.
    marked: bool,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}
