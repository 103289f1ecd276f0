//! `cloakroom serve`: the gateway, until it is told to stop.

use super::{Failure, block_on};
use crate::config::Config;
use crate::service::inherited::Inherited;
use std::path::Path;

/// Reads the configuration, sets the log up, runs.
pub fn run(file: &Path) -> Result<(), Failure> {
    let inherited = Inherited::from_environment()?;
    let config = Config::read(file)?;
    crate::service::log::start(&config.log);
    block_on(crate::service::serve(inherited, config))
}
