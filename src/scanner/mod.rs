//! Scanners: programs of the operator's that say whether a file carries malware.
//!
//! A [`Scanner`] hears one file's bytes as they are read and gives a [`Verdict`]. Promises: bytes are streamed, never kept and never on
//! disk here; memory does not grow with the file; a scanner that did not hear the file to its end never calls it clean; a call that is
//! dropped leaves nothing running. Leaves to others: how long a call may take and how many there are at once, what becomes of the file
//! (`gateway::writing`).
//! Fails with a sentence for the log: the scanner is not there, or says what nobody understands. Doubt is never clean.

pub mod clamd;
pub mod command;

pub use clamd::Clamd;
pub use command::Program;

use crate::Pending;
use std::fmt::Debug;
use tokio::sync::mpsc;

/// Bytes that a scanner hears at once, at most.
pub const CHUNK: usize = 64 * 1024;
/// Of what a scanner says, so many bytes are heard.
const MOST_SAID: usize = 4096;
/// Longest name of what was found, in characters.
const MOST_NAME: usize = 100;

/// The bytes of a file, in order. It ends where the file does, or where reading it failed: who reads it knows which.
pub type Source = mpsc::Receiver<Vec<u8>>;

/// What a scanner says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It knows nothing against it.
    Clean,
    /// It carries malware; the name of it, in plain ASCII, as the scanner calls it.
    Infected(String),
    /// It is larger than the scanner looks at.
    TooLarge,
}

/// Judges files.
pub trait Scanner: Debug + Send + Sync {
    /// Hears one file, which its sender calls `name`. The error is a sentence for the log.
    fn scan<'a>(&'a self, name: &'a str, bytes: Source) -> Pending<'a, Result<Verdict, String>>;
}

/// What a scanner calls something, so that it can stand in a line of the log or a mail.
fn tame(name: &str) -> String {
    let fine = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
    let name: String = name.trim().chars().take(MOST_NAME).map(fine).collect();
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scanner_calls_something_is_one_short_line() {
        assert_eq!(
            tame(" Win.Test\u{202e}\r\nmail=7 \"x\" "),
            "Win.Test mail=7 \"x\""
        );
        assert_eq!(tame(&"a".repeat(300)).len(), MOST_NAME);
    }
}
