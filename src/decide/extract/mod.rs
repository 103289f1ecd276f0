//! Text out of documents: the bytes of a file become [`Piece`](crate::mail::content::Piece)s.
//!
//! Promises: no format is believed by its name or declared type alone; every count is bounded by [`Limits`]; what is encrypted,
//! damaged or over a limit says so. Leaves to others: the process around it, its memory and its time (`scan`).
//!
//! A format is one file here with `pub(super) fn read(document, reading) -> Result<(), Stop>`; `kinds` knows which of them a file needs.

mod charset;
mod eml;
mod flow;
mod html;
mod inline;
mod kinds;
mod markup;
mod numbers;
mod odf;
mod ole;
mod ooxml;
mod package;
mod packed;
mod pdf;
mod plain;
mod reading;
mod rtf;
mod sevenz;
mod sheet;
mod tar;
mod unknown;
mod xml;
mod zipped;

pub use inline::Inline;
pub use reading::{Reading, Stop};

use crate::mail::content::{Enough, Sink};
use std::time::{Duration, Instant};

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
    /// Unpacked bytes for one packed byte, of one member (above 1 MiB unpacked); a member is never more than 192 MiB.
    pub ratio: u64,
    /// Members, all levels together.
    pub members: u32,
    /// Containers in containers.
    pub depth: u32,
    /// When it must be done.
    pub until: Instant,
}

/// Unpacked bytes of any file, however large it is, in bytes.
const MOST_UNPACKED: u64 = 1 << 30;
/// And however small it is.
const LEAST_UNPACKED: u64 = 16 << 20;

impl Limits {
    /// Those of reliability.md T36 for a file of `len` bytes; `bytes`, `depth` and `time` are the operator's.
    pub fn of(len: u64, bytes: u64, depth: u32, time: Duration) -> Self {
        Limits {
            bytes,
            unpacked: len.saturating_mul(20).clamp(LEAST_UNPACKED, MOST_UNPACKED),
            ratio: 100,
            members: 10_000,
            depth,
            until: Instant::now() + time,
        }
    }
}

/// Reads a file and everything in it, in this thread. What cannot be read is said as a piece.
pub fn read(document: &Document<'_>, limits: Limits, sink: &mut dyn Sink) -> Result<(), Enough> {
    Reading::new(limits, sink).whole(document)
}

#[cfg(test)]
mod archives_tests;
#[cfg(test)]
mod ooxml_tests;
#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::content::Piece;
    use std::borrow::Cow;

    /// Keeps what it is told.
    #[derive(Default)]
    pub(super) struct Heard(pub Vec<Piece<'static>>);

    impl Sink for Heard {
        fn take(&mut self, piece: Piece<'_>) -> Result<(), Enough> {
            let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
            self.0.push(match piece {
                Piece::Enter {
                    name,
                    media_type,
                    size,
                } => Piece::Enter {
                    name: owned(name),
                    media_type: owned(media_type),
                    size,
                },
                Piece::Leave => Piece::Leave,
                Piece::At(place) => Piece::At(owned(place)),
                Piece::Prose(text) => Piece::Prose(owned(text)),
                Piece::Row(cells) => Piece::Row(cells.into_iter().map(owned).collect()),
                Piece::Table => Piece::Table,
                Piece::Unreadable(why) => Piece::Unreadable(why),
            });
            Ok(())
        }
    }

    /// As in the product, for a test's patience.
    pub(super) fn limits() -> Limits {
        Limits {
            bytes: 64 << 20,
            unpacked: 256 << 20,
            ratio: 100,
            members: 10_000,
            depth: 4,
            until: Instant::now() + Duration::from_secs(20),
        }
    }

    /// Everything a file says, one piece a line; `>` and `<` for files in files, `@` for places, `=` for tables, `!` for what cannot be read.
    pub(super) fn told(document: &Document<'_>) -> String {
        let mut heard = Heard::default();
        read(document, limits(), &mut heard).expect("it wants all");
        let line = |piece: &Piece<'_>| match piece {
            Piece::Enter { name, .. } => format!("> {name}\n"),
            Piece::Leave => "<\n".to_owned(),
            Piece::At(place) => format!("@ {place}\n"),
            Piece::Prose(text) => format!("{}\n", text.trim_end_matches('\n')),
            Piece::Row(cells) => format!("{}\n", cells.join("|")),
            Piece::Table => "=\n".to_owned(),
            Piece::Unreadable(why) => format!("! {why}\n"),
        };
        heard.0.iter().map(line).collect()
    }

    /// A file of this name.
    pub(super) fn file<'a>(name: &'a str, bytes: &'a [u8]) -> Document<'a> {
        Document {
            name,
            media_type: "",
            charset: None,
            bytes,
        }
    }

    #[test]
    fn what_is_over_the_limit_is_not_read() {
        let few = Limits {
            bytes: 3,
            ..limits()
        };
        let mut heard = Heard::default();
        read(&file("a.txt", b"four"), few, &mut heard).expect("it wants all");
        let large = crate::mail::content::Unreadable::TooLarge;
        assert_eq!(heard.0, [Piece::Unreadable(large)]);
    }

    #[test]
    fn text_is_told() {
        assert_eq!(told(&file("a.txt", b"one\ntwo\n")), "one\ntwo\n");
    }
}
