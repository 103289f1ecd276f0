//! `cloakroom tripwire`: watches beside the last mail server, until it is told to stop.

use super::{Failure, block_on};
use crate::config::tripwire::Watch;
use std::path::Path;

/// Reads `[identity]`, `[tripwire]` and `[log]`, sets the log up, runs.
pub fn run(file: &Path) -> Result<(), Failure> {
    let settings = Watch::read(file)?;
    crate::service::log::start(&settings.log);
    block_on(crate::service::tripwire::serve(settings))
}
