//! Mail content between DATA and its final dot (RFC 5321 sections 4.1.1.4 and 4.5.2), both ways.
//!
//! Promises: only CR LF `.` CR LF ends a mail, and only those five bytes leave us as an end. Two servers that disagree about the end
//! of a mail can be made to see a second one in it (SMTP smuggling), so a CR or LF that is not part of CR LF goes neither in nor out.
//! No byte is copied but by the one who takes the blocks. [`Reader`] reads, [`Stuffer`] writes.

#[cfg(test)]
mod properties;
mod reader;
mod stuffer;

pub use super::text::{Flaw, LineEnds, MAX_LINE};
pub use reader::{Fed, Reader};
pub use stuffer::{BareLineEnd, Stuffer};
