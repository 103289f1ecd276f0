//! Whatever a client says, an LMTP session goes as RFC 2033 wants it: one answer for each recipient that was accepted.

use super::dialogue;
use cloakroom::doors::smtp::Protocol;

/// See [`dialogue`].
pub fn check(data: &[u8]) {
    dialogue::check(Protocol::Lmtp, data);
}
