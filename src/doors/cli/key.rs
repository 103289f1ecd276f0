//! `cloakroom key init`: the master key.

use super::{Failure, print};
use std::path::Path;

/// Makes it, see [`crate::service::key::init`].
pub fn init(file: &Path) -> Result<(), Failure> {
    crate::service::key::init(file)?;
    print(&format!(
        "wrote {}\nkeep a copy where the gateway's disk is not: without it no transfer can be opened\n",
        file.display()
    ))
}
