//! Features: what is remembered of a mail that was decided, so that another policy can be tried on it later.
//!
//! Promises: no text, no subject, no name of a file, no local part of an address; sizes, media types, endings of names, domains,
//! labels, which rules matched and what came of it. Where addresses are hashed in the log, domains are hashed here.
//! Leaves to others: keeping them (`store`), trying a policy on them (`replay`).

use super::detectors::Confidence;
use super::facts::{Facts, File, is_opaque};
use super::judge::Bench;
use super::policy::Policy;
use super::rule::SENDER;
use super::search::Content;
use super::wish::{Level, recovery_word};
use super::{compare, label};
use crate::mail::Lane;
use crate::mail::outline::{Nature, Role};
use crate::transfer::plan::{Action, Plan};
use crate::transfer::{Decision, IfNoChannel, Options};
use crate::units::Period;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;

/// One mail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// When it was decided, in seconds since 1970.
    pub at: i64,
    /// By which policy: its hash.
    pub policy: String,
    /// As received, in bytes.
    pub size: u64,
    /// How many recipients it has.
    pub recipients: u64,
    /// If domains are hashed: what with.
    pub salt: Option<u64>,
    /// Domains of everybody who claims to have sent it.
    pub senders: Vec<String>,
    /// What they claim can be believed enough for an exception.
    pub settled: bool,
    /// It is a machine's: no rule was asked.
    pub machine: bool,
    /// All of it is ciphertext.
    pub encrypted: bool,
    /// It, or a part of it, is ciphertext.
    pub ciphertext: bool,
    /// Nobody can be sure which files are in it.
    pub unclear: bool,
    /// Its content is inside an opaque signature.
    pub opaque: bool,
    /// Attachments of the mail itself.
    pub attachments: u64,
    /// Their sizes, added.
    pub attached: u64,
    /// The size of the largest.
    pub largest: u64,
    /// Its files, at most [`MOST`].
    pub files: Vec<Kept>,
    /// There were more.
    pub more_files: bool,
    /// The highest label on it, and its rank.
    pub label: Option<(String, u32)>,
    /// Tags its sender wrote that the policy knew.
    pub said: Vec<String>,
    /// Values of its Sensitivity field that have a meaning.
    pub sensitivity: Vec<String>,
    /// What built-in detectors found, by their names in rules; `None`: nobody looked.
    pub found: Option<BTreeMap<String, Counted>>,
    /// Something could not be read; `None`: nobody looked.
    pub unread: Option<bool>,
    /// What its sender asked for.
    pub asked: Asked,
    /// What came of it: recipients of one domain with one outcome together.
    pub outcomes: Vec<Outcome>,
}

/// How much a detector found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Of at least low, medium, high confidence.
    all: [u32; 3],
    /// The same; equal values once.
    distinct: [u32; 3],
}

impl Counted {
    fn of(content: &Content, detectors: &[usize]) -> Counted {
        let count = |distinct| {
            [Confidence::Low, Confidence::Medium, Confidence::High].map(|least| {
                let count = content.count(detectors, least, distinct);
                u32::try_from(count).unwrap_or(u32::MAX)
            })
        };
        Counted {
            all: count(false),
            distinct: count(true),
        }
    }

    /// Findings of at least this confidence.
    pub fn count(&self, least: Confidence, distinct: bool) -> usize {
        let counts = if distinct { &self.distinct } else { &self.all };
        counts[least as usize] as usize
    }
}

/// A file of a mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// As declared.
    pub media_type: String,
    /// As its first bytes say; `None`: nobody looked.
    pub sniffed: Option<String>,
    /// The ending of each reading of its name, in lower case; empty for a name without one.
    pub endings: Vec<String>,
}

impl Kept {
    /// It is made to hold other files.
    pub(super) fn holds_others(&self) -> bool {
        let is = |ending: &String| ARCHIVES.contains(&ending.as_str());
        let types = [Some(&self.media_type), self.sniffed.as_ref()];
        let archive = |t: &&String| {
            ["zip", "tar", "7z", "rar", "gzip", "rfc822"]
                .iter()
                .any(|a| t.contains(a))
        };
        self.endings.iter().any(is) || types.into_iter().flatten().any(|t| archive(&t))
    }
}

const ARCHIVES: &[&str] = &[
    "7z", "bz2", "cab", "eml", "gz", "iso", "jar", "msg", "rar", "tar", "tgz", "xz", "zip", "zst",
];

/// What a sender asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// At least this action.
    pub action: Option<String>,
    /// A password besides the link.
    pub password: bool,
    /// At most so long.
    pub keep_for: Option<Duration>,
    /// Events to hear of.
    pub notify: Vec<String>,
    /// It could not be understood: the mail was refused.
    pub complaint: bool,
}

/// What recipients of one domain got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Their domain.
    pub domain: String,
    /// How many of them.
    pub count: u64,
    /// Ids of the rules that matched, waived and observed ones too.
    pub matched: Vec<String>,
    /// The decision.
    pub decision: Summary,
}

/// A decision in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Summary {
    /// `pass`, `transfer`, `seal`, `hold` or `reject`.
    pub action: String,
    /// Options of the transfer, if there is one.
    pub options: BTreeMap<String, String>,
}

/// What of a policy is remembered with the mails it decided about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notes {
    /// Its hash.
    pub policy: String,
    /// For each rule a hash of everything that decides whether it matches.
    pub questions: BTreeMap<String, String>,
    /// Tags it knew.
    pub words: Vec<String>,
    /// A hash of its labels.
    pub labels: String,
}

/// What is kept, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Remembered {
    /// A mail.
    Mail(Box<Features>),
    /// A policy that decided about mails.
    Policy(Notes),
}

/// Files and groups of recipients that are kept of one mail.
pub const MOST: usize = 40;

impl Features {
    /// Of a mail that was judged. `salt`: hash domains with it.
    pub(super) fn of(bench: &Bench<'_>, plan: &Plan, at: i64, salt: Option<u64>) -> Features {
        let facts = &bench.facts;
        let outline = &facts.mail.outline;
        let hidden = |domain: &str| hidden(domain, salt);
        let largest = facts.attachments().map(|f| f.part.decoded_len).max();
        Features {
            at,
            policy: bench.policy().hash().to_owned(),
            size: facts.size,
            recipients: plan.decisions.len() as u64,
            salt,
            senders: facts
                .senders
                .claimed
                .iter()
                .map(|a| hidden(a.domain()))
                .collect(),
            settled: facts.senders.settled,
            machine: bench.machine,
            encrypted: outline.nature == Nature::Encrypted,
            ciphertext: outline.nature == Nature::Encrypted
                || facts.files.iter().any(|f| f.part.role == Role::Encrypted),
            unclear: facts.unclear.is_some(),
            opaque: is_opaque(outline),
            attachments: facts.attachments().count() as u64,
            attached: facts.attached(),
            largest: largest.unwrap_or(0),
            files: kept(facts),
            more_files: facts.files.len() > MOST,
            label: facts
                .label
                .as_ref()
                .map(|(label, _)| (label.name.clone(), label.rank)),
            said: facts.controls.said.clone(),
            sensitivity: sensitivity(facts),
            found: facts.content_if_asked().map(|content| {
                let names = bench.policy().wanted().looked_for().into_iter();
                let count = |(name, numbers): (&str, Vec<usize>)| {
                    (name.to_owned(), Counted::of(content, &numbers))
                };
                names.map(count).collect()
            }),
            unread: facts.content_if_asked().map(|c| !c.unreadable.is_empty()),
            asked: Asked::of(facts),
            outcomes: outcomes(plan, &hidden),
        }
    }
}

fn kept(facts: &Facts<'_>) -> Vec<Kept> {
    let sniffed = facts.types_if_known();
    let one = |(index, file): (usize, &File<'_>)| Kept {
        media_type: file.part.media_type.clone(),
        sniffed: sniffed.and_then(|all| all.get(index).cloned()),
        endings: endings(file),
    };
    facts.files.iter().enumerate().take(MOST).map(one).collect()
}

fn endings(file: &File<'_>) -> Vec<String> {
    let shown = file.part.name.as_ref().map(|n| n.as_str());
    let names = file.part.names.iter().map(String::as_str).chain(shown);
    let mut endings: Vec<String> = names
        .map(|name| name.rsplit_once('.').map_or("", |(_, ending)| ending))
        // What is so long is no ending, and could be the name itself.
        .map(|ending| {
            if ending.chars().count() <= 10 {
                ending.to_lowercase()
            } else {
                String::new()
            }
        })
        .collect();
    endings.sort();
    endings.dedup();
    endings
}

fn sensitivity(facts: &Facts<'_>) -> Vec<String> {
    let known = label::SENSITIVITIES.iter().map(|(_, value)| *value);
    let found = known.filter(|value| label::sensitivity_of(facts.header(), &[value]).is_some());
    found.map(str::to_owned).collect()
}

impl Asked {
    fn of(facts: &Facts<'_>) -> Asked {
        let controls = &facts.controls;
        Asked {
            action: controls
                .level
                .as_ref()
                .map(|(level, _)| level.word().to_owned()),
            password: controls.password_wanted || controls.password.is_some(),
            keep_for: controls.keep_for,
            notify: controls.notify.iter().map(|n| (*n).to_owned()).collect(),
            complaint: controls.complaint.is_some(),
        }
    }
}

fn outcomes(plan: &Plan, hidden: &dyn Fn(&str) -> String) -> Vec<Outcome> {
    let mut found: Vec<Outcome> = Vec::new();
    for decision in &plan.decisions {
        let reasons = decision.reasons.iter().map(|reason| reason.rule.clone());
        let new = Outcome {
            domain: hidden(decision.recipient.domain()),
            count: 1,
            matched: reasons.filter(|rule| rule != SENDER).collect(),
            decision: Summary::of(decision),
        };
        let same = |old: &Outcome| {
            old.domain == new.domain && old.matched == new.matched && old.decision == new.decision
        };
        match found.iter().position(same) {
            Some(at) => found[at].count += 1,
            None if found.len() < MOST => found.push(new),
            None => {}
        }
    }
    found
}

impl Summary {
    fn of(decision: &Decision) -> Summary {
        let level = match &decision.action {
            _ if decision.awaits.is_some() => Level::Hold,
            Action::Refuse(_) => Level::Reject,
            Action::Seal => Level::Seal,
            Action::Transfer if decision.protects() => Level::Transfer,
            Action::Pass | Action::Transfer => Level::Pass,
        };
        Summary::new(level, &decision.options).by(decision.lane)
    }

    /// How it leaves counts whatever is taken.
    pub(super) fn by(mut self, lane: Lane) -> Summary {
        if lane != Lane::Ordinary {
            let word = super::wish::tls_word(lane).to_owned();
            self.options.insert("require_tls".to_owned(), word);
        }
        self
    }

    /// Options count only where there is a transfer.
    pub(super) fn new(level: Level, options: &Options) -> Summary {
        let mut said = BTreeMap::new();
        if matches!(level, Level::Transfer | Level::Seal) {
            let mut say = |key: &str, value: String| said.insert(key.to_owned(), value);
            say("keep_for", Period(options.keep_for).to_string());
            say("password_via", options.password_via.join(", "));
            say(
                "unlock",
                super::expected::unlock_word(options.unlock).to_owned(),
            );
            let downloads = options
                .downloads
                .map_or("any".to_owned(), |n| n.to_string());
            say("downloads", downloads);
            say("hide_names", options.hide_names.to_string());
            say("hide_subject", options.hide_subject.to_string());
            say("notify", options.notify.join(", "));
            say("recovery", recovery_word(options.recovery).to_owned());
            if options.if_no_channel != IfNoChannel::default() {
                let word = super::wish::no_channel_word(options.if_no_channel);
                say("if_no_channel", word.to_owned());
            }
            if options.link_allowed {
                say("sender_may", "link".to_owned());
            }
        }
        Summary {
            action: level.word().to_owned(),
            options: said,
        }
    }
}

impl Notes {
    /// What to remember of a policy.
    pub fn of(policy: &Policy) -> Notes {
        let question =
            |rule: &&super::rule::Rule| (rule.id.clone(), short(&compare::question(policy, rule)));
        Notes {
            policy: policy.hash().to_owned(),
            questions: policy.rules().iter().map(question).collect(),
            words: policy.words.words.clone(),
            labels: short(&format!("{:?}", policy.labels)),
        }
    }
}

/// A domain as it is kept.
pub(super) fn hidden(domain: &str, salt: Option<u64>) -> String {
    match salt {
        Some(salt) => short(&format!("{salt} {domain}")),
        None => domain.to_owned(),
    }
}

/// Twelve hexadecimal digits.
pub(super) fn short(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
