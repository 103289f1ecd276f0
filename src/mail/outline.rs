//! The outline: the tree of a mail's parts as byte ranges of its spool, and every doubt about it.
//!
//! Made by `parse` only. Promises: ranges lie inside the spool, children inside their parents, siblings in order and apart (but for
//! parts with a spool of their own, see [`Part::spool`]).
//! A mail with a doubt is *ambiguous*: other readers may see another structure, so policy may pass it or seal it whole, never guess.

use super::header::Fields;
use super::{FileName, Spool};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The structure of one mail.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// In document order; the first is the root. Parts of a `message/rfc822` that is not encoded are in here too, with `depth` and
    /// `inside` set; those of an encoded one are in [`Part::nested`].
    pub parts: Vec<Part>,
    /// Why the structure cannot be relied on. Empty for ordinary mail.
    pub doubts: Vec<Doubt>,
    /// What the mail is as a whole.
    pub nature: Nature,
}

/// One MIME part.
#[derive(Debug, Clone)]
pub struct Part {
    /// `1` for the root, `1.2` for its second child; the message inside a `message/rfc822` part is its child `.1`.
    pub path: String,
    /// Index of the part it is a child of.
    pub parent: Option<usize>,
    /// Index of the `message/rfc822` part it lies in, if any: it then is looked at by rules but taken only as part of that message.
    pub inside: Option<usize>,
    /// Its own header block's fields.
    pub fields: Fields,
    /// The header block, up to and with the blank line.
    pub header: Range<u64>,
    /// The body, without the CRLF that belongs to the delimiter behind it; a range of [`Part::spool`] if there is one.
    pub body: Range<u64>,
    /// What goes when the part is taken out: from the first byte of the delimiter line before it to the first byte of the
    /// delimiter line behind it (the whole message for the root).
    pub span: Range<u64>,
    /// `text/plain` and so on, lower case; the default of RFC 2045 if there is no field.
    pub media_type: String,
    /// The `charset` parameter, lower case.
    pub charset: Option<String>,
    /// How the body is encoded.
    pub encoding: Encoding,
    /// `Content-Disposition`.
    pub disposition: Disposition,
    /// The name as given by any of its spellings, made safe.
    pub name: Option<FileName>,
    /// Every reading of the name that some reader may have (T27): rules match if any of them matches.
    pub names: Vec<String>,
    /// `Content-ID` without angle brackets.
    pub content_id: Option<String>,
    /// For a multipart its boundary parameter.
    pub boundary: Option<String>,
    /// What it is to a reader.
    pub role: Role,
    /// Why it has this role, in words for `explain`: "a file name".
    pub why: &'static str,
    /// Size of the body decoded, in bytes; exact for parts that can be taken.
    pub decoded_len: u64,
    /// The message inside an encoded `message/rfc822` (not allowed, but sent): decoded, with an outline of its own.
    pub nested: Option<Arc<Nested>>,
    /// The spool its body lies in; `None`: that of the mail. A file of a `winmail.dat` lies in one of its own: such a part has no
    /// header, and the span of the part that it came in, as it can only go together with all that is in there.
    pub spool: Option<Arc<Spool>>,
}

/// A message that had to be decoded before it could be looked into.
#[derive(Debug)]
pub struct Nested {
    /// Its decoded bytes.
    pub spool: Spool,
    /// Its structure.
    pub outline: Outline,
}

/// `Content-Transfer-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// base64
    Base64,
    /// 7bit, 8bit, binary, or none said
    #[default]
    Identity,
    /// quoted-printable
    QuotedPrintable,
    /// Anything else: the body is taken as it stands.
    Unknown,
}

/// `Content-Disposition`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Disposition {
    /// `attachment`, or a value nobody knows (RFC 2183 section 2.8)
    Attachment,
    /// `inline`
    Inline,
    /// no such field
    #[default]
    None,
}

/// What a part is to a reader: decides whether it is an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A file: what policy is about.
    Attachment,
    /// `text/calendar`, or an `.ics` beside one.
    Calendar,
    /// A vCard below 10 KiB.
    Card,
    /// A multipart.
    Container,
    /// Ciphertext: S/MIME enveloped, PGP/MIME, inline PGP.
    Encrypted,
    /// Text that is shown, HTML.
    Html,
    /// A `message/rfc822` or a digest's member: one `.eml` file.
    Message,
    /// A picture the HTML refers to.
    Picture,
    /// Delivery status, disposition notification, feedback report and what belongs to it.
    Report,
    /// A detached signature.
    Signature,
    /// Text that is shown, plain.
    Text,
}

/// What the mail is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nature {
    /// The root is ciphertext: left alone unless a rule says otherwise.
    Encrypted,
    /// Nothing special.
    #[default]
    Ordinary,
    /// A delivery report, receipt or feedback report.
    Report,
    /// The root (or the only body) is signed S/MIME or PGP/MIME: any change breaks it, so it travels whole.
    Signed,
}

/// A reason why readers may disagree about the structure. Alphabetical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What is wrong, for the log and the receipt: "two Content-Type fields".
    pub what: &'static str,
    /// Where, as an offset into the spool.
    pub at: u64,
}

impl Part {
    /// A part without anything: a nameless attachment of no bytes. Who makes one fills in the rest.
    pub fn empty(path: &str) -> Self {
        Part {
            path: path.to_owned(),
            parent: None,
            inside: None,
            fields: Fields::default(),
            header: 0..0,
            body: 0..0,
            span: 0..0,
            media_type: "text/plain".to_owned(),
            charset: None,
            encoding: Encoding::Identity,
            disposition: Disposition::None,
            name: None,
            names: Vec::new(),
            content_id: None,
            boundary: None,
            role: Role::Attachment,
            why: "",
            decoded_len: 0,
            nested: None,
            spool: None,
        }
    }

    /// Gives it a role, and says why.
    pub fn is(&mut self, role: Role, why: &'static str) {
        (self.role, self.why) = (role, why);
    }
}

impl Outline {
    /// The root part. An outline always has one.
    pub fn root(&self) -> &Part {
        &self.parts[0]
    }

    /// True if readers may disagree about the structure.
    pub fn is_ambiguous(&self) -> bool {
        !self.doubts.is_empty()
    }

    /// The parts that are files of this mail itself (not those inside a forwarded message), with their index.
    pub fn files(&self) -> impl Iterator<Item = (usize, &Part)> {
        self.parts.iter().enumerate().filter(|(_, p)| {
            p.inside.is_none() && matches!(p.role, Role::Attachment | Role::Message)
        })
    }

    /// Children of a part, in order.
    pub fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Part)> {
        self.parts
            .iter()
            .enumerate()
            .filter(move |(_, p)| p.parent == Some(parent))
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.what, self.at)
    }
}
