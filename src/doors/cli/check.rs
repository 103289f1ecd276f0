//! `cloakroom check`: everything that can be wrong before anything runs. Changes nothing.

use super::args::CheckArguments;
use super::{Failure, print};
use crate::config::Config;
use crate::fault::diagnostic::{Diagnostic, Diagnostics};
use crate::service::tls;

/// Reads configuration, secrets and certificates. All mistakes are told, with exit code 78.
pub fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    let config = Config::read(&arguments.config.file)?;
    let mistakes: Vec<Diagnostic> = secrets(&config)
        .into_iter()
        .chain(certificates(&config))
        .chain(policy_folder(&config))
        .collect();
    if !mistakes.is_empty() {
        return Err(Diagnostics(mistakes).into());
    }
    match arguments.quiet {
        true => Ok(()),
        false => print(&format!("ok: {}\n", config.file.display())),
    }
}

/// Each is read once and forgotten.
fn secrets(config: &Config) -> Vec<Diagnostic> {
    let unreadable = |(key, source): (String, &crate::config::SecretSource)| {
        let error = source.read().err()?;
        let mistake = config.mistake(&key, error.to_string());
        Some(match key.as_str() {
            "store.master_key" => mistake.help("`cloakroom key init FILE` makes one"),
            _ => mistake,
        })
    };
    config
        .secrets()
        .into_iter()
        .filter_map(unreadable)
        .collect()
}

fn certificates(config: &Config) -> Option<Diagnostic> {
    match tls::server(config.tls.as_ref()?, &[]) {
        // Told with the other secrets.
        Ok(_) | Err(tls::Trouble::Key(_)) => None,
        Err(error) => Some(config.mistake("tls.certificate", error.to_string())),
    }
}

fn policy_folder(config: &Config) -> Option<Diagnostic> {
    let error = std::fs::read_dir(&config.policy.dir).err()?;
    let message = format!("{}: {error}", config.policy.dir.display());
    let help = "an empty folder protects nothing; see `cloakroom manual policies`";
    Some(config.mistake("policy.dir", message).help(help))
}
