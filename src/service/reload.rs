//! Reloading: other rules for a gateway that runs. The same for SIGHUP and for `cloakroom reload`.
//!
//! Promises: configuration and policy are read whole, and the tests of the policy run, before anything is switched; with any mistake
//! the old policy stays; mails in the line keep the rules they were decided by. What only a restart can change is named, and keeps
//! its value until then, also for the policy: a rule cannot name a channel or ask for a lane that does not run yet.
//! Leaves to others: who may ask (`control`, signals).

use super::build;
use crate::config::{Config, Setting};
use crate::decide::Policy;
use crate::decide::compare::{Difference, compare};
use crate::decide::extract::Inline;
use crate::fault::failure::{Exit, Failure};
use crate::gateway::Gateway;
use crate::parse;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A gateway that can be given other rules.
pub struct Reload {
    gateway: Arc<Gateway>,
    /// What it was started with.
    running: Config,
    one_at_a_time: Mutex<()>,
}

/// What a reload changed. The keys of its JSON form are fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reloaded {
    /// The policy now in force: twelve hexadecimal digits, as in the log.
    pub policy: String,
    /// The one before.
    pub before: String,
    /// How many rules there are.
    pub rules: usize,
    /// What is different.
    #[serde(flatten)]
    pub difference: Difference,
    /// Keys of the configuration that were changed and wait for a restart.
    pub restart: Vec<String>,
}

/// Keys that a reload puts in force.
const LIVE: &[&str] = &[
    "identity.domains",
    "policy.dir",
    "policy.may_waive",
    "policy.release_by",
    "policy.scan.unreadable",
    "transfer.if_no_channel",
    "transfer.keep_for",
    "transfer.password_rules",
    "transfer.password_style",
    "transfer.password_via",
    "transfer.recovery",
    "transfer.unlock",
];

impl Reload {
    /// `running` is what the gateway was started with.
    pub fn new(gateway: Arc<Gateway>, running: Config) -> Self {
        Reload {
            gateway,
            running,
            one_at_a_time: Mutex::default(),
        }
    }

    /// Reads everything again and switches if all of it is well.
    pub fn now(&self) -> Result<Reloaded, Failure> {
        let _guard = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let done = self.switch();
        match &done {
            Ok(reloaded) => {
                let (difference, restart) = (&reloaded.difference, reloaded.restart.join(","));
                tracing::info!(target: "policy", policy = %reloaded.policy, before = %reloaded.before, rules = reloaded.rules,
                    added = difference.added.join(","), removed = difference.removed.join(","),
                    changed = difference.changed.join(","), restart, "policy read anew");
            }
            Err(failure) => {
                let policy = self.gateway.policy();
                tracing::error!(target: "policy", policy = policy.hash(), "the old policy stays in force: {failure}");
            }
        }
        done
    }

    fn switch(&self) -> Result<Reloaded, Failure> {
        let read = Config::read(&self.running.file)?;
        let restart = waiting(&self.running.settings(), &read.settings());
        let policy =
            build::policy(&self.possible(read)).map_err(|failure| match restart.is_empty() {
                true => failure,
                false => failure.hint(format!(
                    "until a restart these keep their values: {}",
                    restart.join(", ")
                )),
            })?;
        tests_hold(&policy)?;
        let directories = self.gateway.directories();
        (directories.reread()).map_err(|e| Failure::new(Exit::Config, e))?;
        let old = self.gateway.policy();
        let reloaded = Reloaded {
            policy: policy.hash().to_owned(),
            before: old.hash().to_owned(),
            rules: policy.rules().len(),
            difference: compare(&old, &policy),
            restart,
        };
        self.gateway.replace_policy(policy);
        Ok(reloaded)
    }

    /// The new configuration, with what a gateway cannot change while it runs as it is.
    fn possible(&self, mut read: Config) -> Config {
        let domains = std::mem::replace(&mut read.house, self.running.house.clone()).domains;
        read.house.domains = domains;
        read.transfer.max_keep_for = self.running.transfer.max_keep_for;
        let lane = &mut read.intake.next_hop_verified_tls;
        lane.clone_from(&self.running.intake.next_hop_verified_tls);
        read.channels.clone_from(&self.running.channels);
        read
    }
}

/// Keys with another value that a reload does not put in force; a channel that came or went is named by its `kind`.
fn waiting(running: &[Setting], read: &[Setting]) -> Vec<String> {
    let of = |settings: &[Setting], key: &str| {
        let found = settings.iter().find(|s| s.key == key);
        found.map(|s| s.value.clone())
    };
    let mut keys: Vec<&str> = Vec::new();
    for setting in running.iter().chain(read) {
        let live = LIVE.contains(&setting.key.as_str()) || keys.contains(&setting.key.as_str());
        if !live && of(running, &setting.key) != of(read, &setting.key) {
            keys.push(&setting.key);
        }
    }
    keys.into_iter().map(str::to_owned).collect()
}

/// Runs the tests in the policy files: what they expect must be what happens.
pub fn tests_hold(policy: &Policy) -> Result<(), Failure> {
    let mut differences = Vec::new();
    for trial in policy.trials() {
        let found = trial.run(policy, &parse::mail, &Inline)?;
        differences.extend(found.into_iter().map(|d| format!("{}: {d}", trial.place)));
    }
    match differences.is_empty() {
        true => Ok(()),
        false => Err(Failure {
            exit: Exit::Config,
            errors: differences,
            hint: Some("a policy test says what a rule is for: mend the rule, or the test if the wish has changed".into()),
        }),
    }
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("added", &self.difference.added),
            ("removed", &self.difference.removed),
            ("changed", &self.difference.changed),
        ];
        for (word, ids) in rows.into_iter().filter(|(_, ids)| !ids.is_empty()) {
            writeln!(f, "{word:<8} {}", ids.join(", "))?;
        }
        if !self.restart.is_empty() {
            writeln!(
                f,
                "restart  {} (changed, and not in force before a restart)",
                self.restart.join(", ")
            )?;
        }
        match self.policy == self.before {
            true => writeln!(
                f,
                "policy   {}, {} rules, the same as before",
                self.policy, self.rules
            ),
            false => writeln!(
                f,
                "policy   {}, {} rules, before {}",
                self.policy, self.rules, self.before
            ),
        }
    }
}
