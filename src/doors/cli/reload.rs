//! `cloakroom reload`: the running gateway reads its rules anew, and says what is different or what is wrong.

use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::service::control::{Answer, Request, ask};
use std::path::Path;

/// 78 if something is wrong with the files: then the old rules stay in force.
pub fn run(file: &Path, as_json: bool) -> Result<(), Failure> {
    let config = Config::read(file)?;
    match block_on(ask(&config, Request::Reload))? {
        Answer::Reloaded(reloaded) => print(&match as_json {
            true => json(&reloaded),
            false => reloaded.to_string(),
        }),
        Answer::Wrong { errors, hint } => Err(Failure {
            exit: Exit::Config,
            errors,
            hint: hint.or_else(|| Some("the rules that were in force before stay in force".into())),
        }),
        Answer::Sorry(why) => Err(Failure::new(Exit::Failed, why)),
        other => Err(super::transfer::odd(&other)),
    }
}
