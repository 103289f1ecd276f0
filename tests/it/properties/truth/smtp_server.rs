//! Whatever a client says, an SMTP session goes as RFC 5321 wants it, and what arrives is what was sent.

use super::dialogue;
use cloakroom::doors::smtp::Protocol;

/// See [`dialogue`].
pub fn check(data: &[u8]) {
    dialogue::check(Protocol::Smtp, data);
}
