//! Decide: policy and mail become a plan, one decision per recipient.
//!
//! Promises: all rules are asked and the strictest result wins; a mail whose structure is in doubt is never passed where policy
//! protects it; nothing in here writes, sends or knows a clock.
//! Leaves to others: structure (`parse`), what happens (`seal`, `rewrite`, `gateway`).
//! Fails only with a fault that defers. The language is described in `policies/README.md`.

pub mod compare;
pub mod conditions;
pub mod controls;
pub mod detectors;
mod expected;
pub mod explain;
pub mod extract;
pub mod facts;
pub mod features;
pub mod globs;
pub mod guessable;
mod implied;
pub mod judge;
pub mod label;
pub mod lint;
pub mod listing;
pub mod lists;
pub mod merge;
mod own_detectors;
pub mod patterns;
pub mod people;
pub mod policy;
mod reading;
pub mod replay;
pub mod rule;
pub mod schema;
pub mod scope;
pub mod search;
mod seen;
pub mod senders;
pub mod sheet;
pub mod tags;
pub mod trial;
pub mod trying;
pub mod wish;
mod words;
pub mod written;

#[cfg(test)]
mod hold_tests;
#[cfg(test)]
mod judge_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tls_tests;

pub use features::Features;
pub use policy::{Frame, Policy};
pub use wish::{Profiles, Wish};

use crate::fault::Fault;
use crate::mail::Mail;
use crate::mail::content::Reader;
use crate::transfer::Plan;
use judge::{Bench, Released};

/// What happens to this mail: one decision per recipient, in the order of the envelope.
/// `reader` looks into its files, if a rule asks.
pub fn plan(policy: &Policy, mail: &Mail, reader: &dyn Reader) -> Result<Plan, Fault> {
    plan_as(policy, mail, mail.spool.len(), reader)
}

/// The same as if the mail had so many bytes.
pub fn plan_as(
    policy: &Policy,
    mail: &Mail,
    size: u64,
    reader: &dyn Reader,
) -> Result<Plan, Fault> {
    plan_of(&Bench::new(policy, mail, size, reader)?)
}

/// The same, and what is remembered of it: `at` is now (Unix time, seconds), `salt` hashes domains.
pub fn plan_and_features(
    policy: &Policy,
    mail: &Mail,
    reader: &dyn Reader,
    at: i64,
    salt: Option<u64>,
) -> Result<(Plan, Features), Fault> {
    let bench = Bench::new(policy, mail, mail.spool.len(), reader)?;
    let plan = plan_of(&bench)?;
    let features = Features::of(&bench, &plan, at, salt);
    Ok((plan, features))
}

/// The same for a mail that waited and was released.
pub fn plan_released(
    policy: &Policy,
    mail: &Mail,
    reader: &dyn Reader,
    how: Released,
) -> Result<Plan, Fault> {
    plan_of(&Bench::new(policy, mail, mail.spool.len(), reader)?.released(how))
}

fn plan_of(bench: &Bench<'_>) -> Result<Plan, Fault> {
    let recipients = &bench.facts.mail.envelope.recipients;
    let decisions: Vec<_> = bench.judge()?.into_iter().map(|v| v.decision).collect();
    let controls = &bench.facts.controls;
    // A colleague's mail, a report, and "[notify] disk full" of a machine keep the subject they came with.
    let outside = recipients
        .iter()
        .any(|r| !bench.policy().is_internal(&r.address));
    let meant = !controls.only_mild || decisions.iter().any(|d| d.protects());
    let subject = controls
        .subject
        .clone()
        .filter(|_| outside && meant && !bench.machine);
    Ok(Plan {
        decisions,
        subject,
        strip_controls: controls.in_header,
    })
}
