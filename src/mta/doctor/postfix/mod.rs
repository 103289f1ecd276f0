//! Postfix: does all that leaves go through the gateway, does it wait when the gateway fails, and is the way back closed to others?
//!
//! Promises: judges what counts, main.cf with the `-o` of each service. Leaves to others: `postconf` ([`Settings::parse`] reads what it
//! prints), tables that restrictions name, and what is delivered after the gateway by aliases and `.forward` files.

use super::{Finding, Probe, Report};
use crate::mta::ours::Ours;

mod back;
mod copies;
mod filter;
mod milter;
mod settings;
mod sizes;
#[cfg(test)]
mod tests;
mod transport;
mod ways;

pub use settings::{Service, Settings};

/// What there is to look at.
#[derive(Clone, Copy)]
struct Look<'a> {
    settings: &'a Settings,
    ours: &'a Ours,
    probes: &'a [Probe],
}

/// What a check finds; `Err` is a setting that it could not do without.
type Found = Result<Vec<Finding>, Finding>;

const CHECKS: &[fn(Look<'_>) -> Found] = &[
    sizes::check,
    ways::check,
    transport::check,
    milter::check,
    back::check,
    copies::check,
];

/// Judges a Postfix; `probes` are tries to connect to where mail comes back, from elsewhere than loopback.
pub fn judge(settings: &Settings, ours: &Ours, probes: &[Probe]) -> Report {
    let look = Look {
        settings,
        ours,
        probes,
    };
    let mut findings: Vec<Finding> = Vec::new();
    for check in CHECKS {
        let found = check(look).unwrap_or_else(|unread| vec![unread]);
        // Two checks may miss the same setting.
        let new = found.into_iter().filter(|f| !findings.contains(f));
        let new: Vec<Finding> = new.collect();
        findings.extend(new);
    }
    Report {
        mta: "postfix",
        checked: checked(look),
        findings,
    }
}

fn checked(look: Look<'_>) -> Vec<String> {
    let version = look
        .settings
        .main("mail_version")
        .unwrap_or("of unknown version");
    let mut lines = vec![format!(
        "Postfix {version}, {} services",
        look.settings.services.len()
    )];
    for service in &look.settings.services {
        // Err is a finding already.
        let filter = filter::of(look, service).ok().flatten();
        lines.extend(
            filter.map(|filter| {
                format!("{} goes to the gateway by {}", service.key(), filter.word())
            }),
        );
    }
    for service in back::services(look) {
        lines.push(format!(
            "{} takes mail back from the gateway",
            service.key()
        ));
    }
    lines.extend(
        look.probes
            .iter()
            .filter(|probe| !probe.answered)
            .map(|probe| format!("nobody answers at {}, as it should be", probe.at)),
    );
    lines
}
