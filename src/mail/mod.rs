//! A mail: the words that everybody speaks about one message with its envelope.
//!
//! [`Received`] is a mail at the door, [`Mail`] the same with its [`Outline`], [`Variant`] one that is ready to leave.
//! Promises: the bytes stay in one [`Spool`] and are never held whole in memory; a `Variant` owns its recipients *and* its
//! bytes, so that nothing can send the one to the other's readers.
//! Leaves to others: the protocol (`wire`, `doors`), what the parts mean for policy (`decide`), making variants (`rewrite`).

pub mod address;
pub mod attention;
pub mod content;
pub mod decode;
pub mod dkim;
pub mod envelope;
pub mod filename;
pub mod header;
pub mod id;
pub mod nesting;
pub mod network;
pub mod outline;
pub mod percent;
pub mod skeleton;
pub mod spool;
pub mod tripwire;
pub mod variant;
pub mod visible;
pub mod whom;

pub use address::Address;
pub use attention::Attention;
pub use decode::{Decoder, decoded};
pub use envelope::{Envelope, Recipient};
pub use filename::FileName;
pub use id::MailId;
pub use network::Network;
pub use outline::{Outline, Part};
pub use skeleton::{Skeleton, SkeletonBuilder};
pub use spool::{Spool, SpoolWriter};
pub use variant::{Content, Lane, Segment, Variant};
pub use whom::Whom;

use crate::transfer::Early;
use jiff::Timestamp;
use spool::aside::Aside;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// SHA-256.
pub type Hash = [u8; 32];

/// A mail as a door hands it to the line: complete, framed, not yet looked into.
#[derive(Debug)]
pub struct Received {
    /// Names this mail in log, replies and records.
    pub id: MailId,
    /// When its last byte came.
    pub at: Timestamp,
    /// Who sent it to whom, and how it came.
    pub envelope: Envelope,
    /// The bytes as received, dot-stuffing undone, every line ended by CRLF.
    pub spool: Arc<Spool>,
    /// What of the bytes can matter for structure.
    pub skeleton: Skeleton,
    /// BLAKE3 of everything behind the header block.
    pub body_hash: Hash,
    /// Files of it that are sealed already.
    pub early: Early,
    /// Its client's; `None` if none waits.
    pub attention: Option<Attention>,
    /// All recipients get the same bytes and one link: who has the mail cannot split it.
    pub one_for_all: bool,
}

/// A mail whose structure is known, or known to be doubtful.
#[derive(Debug)]
pub struct Mail {
    /// See [`Received::id`].
    pub id: MailId,
    /// See [`Received::at`].
    pub at: Timestamp,
    /// See [`Received::envelope`].
    pub envelope: Envelope,
    /// See [`Received::spool`].
    pub spool: Arc<Spool>,
    /// The tree of parts as byte ranges of the spool.
    pub outline: Outline,
    /// See [`Received::body_hash`].
    pub body_hash: Hash,
    /// See [`Received::early`].
    pub early: Early,
    /// See [`Received::attention`].
    pub attention: Option<Attention>,
    /// See [`Received::one_for_all`].
    pub one_for_all: bool,
}

/// BLAKE3 of bytes as they come: every byte of every mail goes through it, and SHA-256 would be an eighth of all work for a large one.
#[derive(Default)]
struct Hashing(blake3::Hasher);

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashing")
    }
}

/// Takes the content of one mail while it arrives: one pass, into the spool and the skeleton.
#[derive(Debug)]
pub struct Intake {
    spool: SpoolWriter,
    skeleton: SkeletonBuilder,
    body: Hashing,
    early: Early,
}

impl Intake {
    /// `folder` is where a spool over 256 KiB puts its unlinked file.
    pub fn new(folder: &Path) -> Self {
        Intake {
            spool: SpoolWriter::new(folder),
            skeleton: SkeletonBuilder::new(),
            body: Hashing::default(),
            early: Early::default(),
        }
    }

    /// The same; files of a large mail are offered to `aside`, which leaves in `early` what it sealed.
    pub fn beside(folder: &Path, early: Early, aside: Box<dyn Aside>) -> Self {
        Intake {
            spool: SpoolWriter::beside(folder, aside),
            early,
            ..Intake::new(folder)
        }
    }

    /// The next bytes, split anywhere.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.skeleton.push(bytes);
        if let Some(start) = self.skeleton.body_start() {
            let before = start.saturating_sub(self.spool.len());
            let skipped = usize::try_from(before).map_or(bytes.len(), |n| n.min(bytes.len()));
            self.body.0.update(&bytes[skipped..]);
        }
        self.spool.write(bytes)
    }

    /// How many bytes came so far.
    pub fn len(&self) -> u64 {
        self.spool.len()
    }

    /// True before the first byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All bytes are here.
    pub fn finish(self, id: MailId, envelope: Envelope) -> io::Result<Received> {
        let spool = Arc::new(self.spool.finish()?);
        Ok(Received {
            id,
            at: Timestamp::now(),
            envelope,
            spool,
            skeleton: self.skeleton.finish(),
            body_hash: self.body.0.finalize().into(),
            early: self.early,
            attention: None,
            one_for_all: false,
        })
    }
}
