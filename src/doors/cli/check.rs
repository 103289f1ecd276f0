//! `cloakroom check`: everything that can be wrong before anything runs: configuration, secrets, certificates, policies and their
//! tests. Changes nothing.

use super::args::CheckArguments;
use super::{Exit, Failure, print};
use crate::config::Config;
use crate::decide::rule::Rule;
use crate::fault::diagnostic::{Diagnostic, Diagnostics};
use crate::service::reload::tests_hold;
use crate::service::{build, directories, dkim, look, tls};

/// All mistakes of one kind are told at once, with exit code 78.
pub fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    let config = Config::read(&arguments.config.file)?;
    let mistakes: Vec<Diagnostic> = secrets(&config)
        .into_iter()
        .chain(certificates(&config))
        .chain(look::read(&config).err().unwrap_or_default())
        .collect();
    let signers = match dkim::signers(&config) {
        Ok(signers) => signers,
        Err(more) => {
            // A key that cannot be read has been told among the secrets.
            let is_new = |m: &Diagnostic| !mistakes.iter().any(|told| told.message == m.message);
            let more: Vec<Diagnostic> = more.into_iter().filter(is_new).collect();
            return Err(Diagnostics(mistakes.into_iter().chain(more).collect()).into());
        }
    };
    if !mistakes.is_empty() {
        return Err(Diagnostics(mistakes).into());
    }
    directories::all(&config)?;
    let unread = |why| Failure::new(Exit::Failed, format!("files cannot be read here: {why}"));
    build::reader(&config)?.probe().map_err(unread)?;
    let policy = build::policy(&config)?;
    tests_hold(&policy)?;
    if policy.rules().is_empty() {
        eprintln!(
            "cloakroom: warning: {}: no rule, so nothing is protected",
            config.policy.dir.display()
        );
    }
    for rule in policy.overdue(jiff::Zoned::now().date()) {
        eprintln!("cloakroom: warning: {}", overdue(rule));
    }
    for (name, record) in signers.records().filter(|_| !arguments.quiet) {
        print(&format!("dns: {name} TXT \"{record}\"\n"))?;
    }
    match arguments.quiet {
        true => Ok(()),
        false => print(&format!(
            "ok: {}; {} rules, {} tests passed\n",
            config.file.display(),
            policy.rules().len(),
            policy.trials().len()
        )),
    }
}

fn overdue(rule: &Rule) -> String {
    format!("{} ({}): its review_by is over", rule.id, rule.place())
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
