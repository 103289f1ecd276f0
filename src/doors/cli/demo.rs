//! `cloakroom demo`: the whole path on this machine.

use super::{Failure, block_on};

/// Runs it, see [`crate::service::demo`]. Its log stays silent but for trouble: what it shows is the output.
pub fn run(once: bool) -> Result<(), Failure> {
    crate::service::log::for_people(tracing::Level::WARN);
    block_on(crate::service::demo::demo(once))
}
