//! How much may be written on the page, and why something is not taken (P18).

use crate::fault::Fault;
use crate::transfer::Draft;
use std::time::Duration;

/// How much may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of all files of one draft.
    pub upload_max: u64,
    /// Files of one draft.
    pub files: usize,
    /// Drafts of one ticket within a day.
    pub drafts: usize,
    /// Drafts of one address within a day.
    pub per_day: usize,
    /// Of these, such as are open.
    pub open: usize,
    /// Bytes of one address within a day, counted in MiB.
    pub bytes_per_day: u64,
    /// So many bytes of the disk stay free of what guests upload, besides what is kept in reserve: mail goes on (P18).
    pub keep_free: u64,
    /// Above so many bytes files go into a transfer; below they are in the mail.
    pub mail_up_to: u64,
    /// How long such a transfer can be fetched.
    pub keep_for: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            upload_max: 20 << 30,
            files: 200,
            drafts: 5,
            per_day: 20,
            open: 3,
            bytes_per_day: 40 << 30,
            keep_free: 5 << 30,
            mail_up_to: 20 << 20,
            keep_for: Duration::from_secs(14 * 86_400),
        }
    }
}

/// Why something is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such draft or upload any more, or it is another's.
    Gone,
    /// It was sent already.
    Sent,
    /// Too many drafts are open.
    Drafts,
    /// Too many files, or too many pieces of one.
    Files,
    /// Larger than this many bytes together.
    TooLarge(u64),
    /// The upload has another number of bytes: this.
    Offset(u64),
    /// More bytes than the upload said it has.
    TooLong,
    /// Other bytes than the sender meant.
    Checksum,
    /// Somebody writes to this upload now, or too many people upload at once.
    Busy,
    /// No room on the disk.
    Full,
    /// Enough bytes for today.
    Enough,
    /// No text and no file.
    Empty,
    /// A file is not complete.
    Unfinished,
    /// Nobody to send it to.
    Nobody,
}

/// What the writer is told, or a fault.
pub type Taken<T> = Result<Result<T, Refusal>, Fault>;

/// Why no upload of so many bytes may be begun, if that is so.
pub(super) fn refused(draft: &Draft, bounds: &Bounds, len: u64) -> Option<Refusal> {
    if draft.order().is_some() {
        return Some(Refusal::Sent);
    }
    if !draft.is_open() {
        return Some(Refusal::Gone);
    }
    if draft.uploads.len() >= bounds.files {
        return Some(Refusal::Files);
    }
    let together = draft.bytes().saturating_add(len);
    (together > bounds.upload_max).then_some(Refusal::TooLarge(bounds.upload_max))
}
