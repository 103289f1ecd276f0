//! What can go wrong, in one shape: what, whose fault, again or never, and did the mail leave.
//!
//! Promises: every kind has exactly one reply ([`reply`]); a fault never turns into "pass".
//! Leaves to others: the wording for terminals (`doors::cli`), the log line (`maillog`).
//! Each module makes its own `Fault` where its error is defined, so this module looks nowhere.

use std::error::Error;
use std::fmt;

pub mod crash;
pub mod diagnostic;
pub mod failure;
pub mod reply;

pub use reply::Reply;

/// The cause below a fault: for the log only, never for a peer.
pub type Cause = Box<dyn Error + Send + Sync + 'static>;

/// Something went wrong. The peer reads [`Reply::from`] it, the log reads all of it.
#[derive(Debug)]
pub struct Fault {
    /// What happened, in our words.
    pub kind: Kind,
    /// Whether the mail can have left.
    pub fate: Fate,
    /// The chain below, with paths and addresses.
    pub cause: Option<Cause>,
}

/// What happened. Alphabetical; each kind has a row in [`reply`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Content with a CR or LF that is not part of CRLF, or a NUL (RFC 5321 section 2.3.8; smuggling).
    BareLineEnd,
    /// The time a client can be made to wait is over, and nothing was sent.
    Deadline,
    /// A directory of telephone numbers does not answer, and no mail may take another way for that.
    DirectoryDown,
    /// No room for what must be written.
    DiskFull,
    /// An operator took a mail that was ours out of the queue.
    Dropped,
    /// Bytes with eight bits, and the next hop takes seven (RFC 6152).
    EightBit,
    /// A mistake of ours, such as a panic in a step.
    Internal,
    /// A line of the content is longer than any mail needs.
    LineTooLong,
    /// The mail has passed too many servers (`Received` lines), or us too often.
    Loop,
    /// The next hop cannot be reached or does not answer.
    NextHopDown,
    /// The next hop said so itself; its words are passed on.
    NextHopSaid(Reply),
    /// A rule refuses the mail; the text is for its sender.
    PolicyRefused(String),
    /// Policy cannot be read or evaluated.
    PolicyBroken,
    /// The store does not answer or says no.
    StoreDown,
    /// Larger than `intake.max_message`.
    TooBig,
    /// More variants than one mail may have.
    TooManyVariants,
}

/// Who is called at night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The client or its user.
    Sender,
    /// The server behind us.
    NextHop,
    /// Who runs this gateway: disk, configuration, policy.
    Operator,
    /// This program.
    Us,
}

/// Whether the mail can have left when the fault came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// No final dot was sent: whatever was held for it can be abandoned.
    Stayed,
    /// A final dot was sent and not answered: counts as sent.
    Unknown,
}

impl Fault {
    /// A fault before anything left.
    pub fn new(kind: Kind) -> Self {
        Fault {
            kind,
            fate: Fate::Stayed,
            cause: None,
        }
    }

    /// The same with what caused it.
    pub fn because(kind: Kind, cause: impl Into<Cause>) -> Self {
        Fault {
            kind,
            fate: Fate::Stayed,
            cause: Some(cause.into()),
        }
    }

    /// True if the same mail may succeed later (4xx), false if never (5xx).
    pub fn retry(&self) -> bool {
        Reply::from(&self.kind).is_temporary()
    }

    /// Whose fault it is: decides the log level and who is told.
    pub fn blame(&self) -> Blame {
        match self.kind {
            Kind::BareLineEnd
            | Kind::EightBit
            | Kind::LineTooLong
            | Kind::Loop
            | Kind::PolicyRefused(_)
            | Kind::TooBig
            | Kind::TooManyVariants => Blame::Sender,
            Kind::NextHopDown | Kind::NextHopSaid(_) => Blame::NextHop,
            Kind::DirectoryDown
            | Kind::DiskFull
            | Kind::Dropped
            | Kind::PolicyBroken
            | Kind::StoreDown => Blame::Operator,
            Kind::Deadline | Kind::Internal => Blame::Us,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)?;
        let mut below: Option<&dyn Error> = self.cause.as_deref().map(|c| c as &dyn Error);
        while let Some(error) = below {
            write!(f, ": {error}")?;
            below = error.source();
        }
        Ok(())
    }
}

impl Error for Fault {}
