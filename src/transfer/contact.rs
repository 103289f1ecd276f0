//! What is known of a recipient besides the mail: where a text message reaches him, the language he reads, the password that is agreed
//! with him.
//!
//! It stands beside the options of a decision and not among them: what a directory says may change between two tries of one mail, and
//! that must not make another mail of it.

use super::Password;
use serde::{Deserialize, Serialize};

/// What directories and store know of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Where a text message reaches him.
    pub number: Option<KnownNumber>,
    /// The language he reads, such as `sv`.
    pub language: Option<String>,
    /// The number that came with the mail is for nobody else, and from whom the mail says it is: it may count for his next mails.
    pub vouched: bool,
    /// The password that is agreed with him, where policy wants to use it.
    pub agreed: Option<Password>,
}

/// A telephone number that the sender of the mail has not given with it.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownNumber {
    /// In international form. Not for logs.
    pub digits: String,
    /// How we came by it.
    pub origin: Origin,
}

/// How we came by a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A directory of the operator's.
    Directory,
    /// The same sender, with an earlier mail.
    Earlier,
}

impl std::fmt::Debug for KnownNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownNumber(…, {:?})", self.origin)
    }
}
