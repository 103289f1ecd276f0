//! `cloakroom doctor`: reads a mail server's settings, tries the way back, and says what is wrong. Changes nothing.
//!
//! Promises: programs and connections are given up after some seconds; what cannot be read ends in a failure or a finding, never in
//! silence. Leaves to others: judging (`mta::doctor`).

use super::args::{DoctorArguments, Mta};
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::mta::Ours;
use crate::mta::doctor::Report;

mod probing;
mod reading;

use reading::Installed;

/// Looks at one mail server. Findings that must be mended end with 1.
pub fn run(arguments: &DoctorArguments) -> Result<(), Failure> {
    let ours = Ours::of(&Config::read(&arguments.config.file)?);
    let installed = Installed::at(arguments.config_dir.clone());
    let mta = arguments.mta.map_or_else(|| detected(&installed), Ok)?;
    let report = block_on(async {
        let probes = probing::probes(&ours).await;
        installed.judged(mta, &ours, &probes).await
    })?;
    print(&match arguments.json {
        true => json(&report),
        false => told(&report),
    })?;
    match (report.is_well(), arguments.json) {
        (true, _) => Ok(()),
        (false, _) => Err(Failure::new(Exit::Failed, "something must be mended")
            .hint("`cloakroom recipe` prints whole sets of lines, `cloakroom manual postfix` says what they are for")),
    }
}

fn told(report: &Report) -> String {
    let end = match report.findings.len() {
        0 => "nothing to find fault with\n",
        _ => "",
    };
    format!("{report}{end}")
}

/// The only one that is installed.
fn detected(installed: &Installed) -> Result<Mta, Failure> {
    let all = [Mta::Postfix, Mta::Sendmail, Mta::Exim];
    let found: Vec<Mta> = all.into_iter().filter(|mta| installed.has(*mta)).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(Failure::new(Exit::Usage, "no mail server is found here")
            .hint("run it where the mail server is, with this cloakroom.toml; --mta and --config-dir say where to look")),
        _ => Err(Failure::new(Exit::Usage, "more than one mail server is installed here").hint("--mta says which one")),
    }
}
