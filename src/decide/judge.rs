//! Judging: policy and facts become a verdict for each recipient.
//!
//! Promises: every rule is asked; waived and observed ones are shown but do not count; what the sender asks for is never less.
//! A waiver that is itself named by another matching waiver does not count: of two exceptions that exclude each other, neither
//! holds.
//! Fails only when the mail cannot be read: that defers.

use super::facts::Facts;
use super::globs::Globs;
use super::guessable;
use super::merge::{Merged, Said};
use super::patterns::Exposed;
use super::policy::{Policy, standing};
use super::rule::{Asked, Rule, SENDER, UNREADABLE};
use super::scope::scope;
use super::sheet::Texts;
use super::wish::{Level, Wish};
use crate::fault::{Fault, Kind};
use crate::mail::content::Reader;
use crate::mail::outline::{Nature, Role};
use crate::mail::{Address, Mail};
use crate::transfer::plan::Weight;
use crate::transfer::{Action, Decision, Options, Reason, Scope, Unlock};

/// A decision, and who set each value of it.
#[derive(Debug)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// Its values with the rules that set them.
    pub merged: Merged,
}

/// A rule that matched one recipient.
pub(super) struct Match<'p> {
    /// The rule.
    pub(super) rule: &'p Rule,
    matched: String,
    exposed: Exposed,
    /// How it counts.
    pub(super) weight: Weight,
}

impl<'p> Match<'p> {
    /// Of a rule that is known to match, without saying what by.
    pub(super) fn of(rule: &'p Rule) -> Match<'p> {
        let weight = match rule.observe {
            true => Weight::Observed,
            false => Weight::Enforced,
        };
        Match {
            rule,
            matched: String::new(),
            exposed: Exposed::default(),
            weight,
        }
    }
}

/// How an approver released a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// As the rules that do not hold want it.
    AsDecided,
    /// The same, but its files at least in a transfer.
    AsTransfer,
}

/// The name of an approver's wish among those who set a value.
const APPROVER: &str = "approver";

/// One mail before a policy.
pub struct Bench<'a> {
    policy: &'a Policy,
    /// What rules ask about.
    pub facts: Facts<'a>,
    asked: Vec<Asked<'a>>,
    /// Nothing of it is ever protected.
    pub machine: bool,
    /// An approver has released it.
    released: Option<Released>,
}

impl<'a> Bench<'a> {
    /// Asks everything that does not depend on the recipient. `size` is that of the mail as received.
    /// `reader` looks into its files, if a rule asks.
    pub fn new(
        policy: &'a Policy,
        mail: &'a Mail,
        size: u64,
        reader: &'a dyn Reader,
    ) -> Result<Bench<'a>, Fault> {
        let facts = Facts::of(mail, size, policy, reader);
        let machine = is_of_a_machine(&facts);
        let nobody: Address = "postmaster"
            .parse()
            .map_err(|e| Fault::because(Kind::Internal, e))?;
        let rules = policy.rules.iter().filter(|_| !machine);
        let asked = rules.map(|rule| rule.ask(&facts, &nobody));
        let asked = asked.collect::<Result<Vec<_>, Fault>>()?;
        Ok(Bench {
            policy,
            facts,
            asked,
            machine,
            released: None,
        })
    }

    /// The same mail once an approver has released it: nothing holds it any more, everything else counts.
    pub fn released(self, how: Released) -> Bench<'a> {
        Bench {
            released: Some(how),
            ..self
        }
    }

    /// The policy it is before.
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The verdicts for all recipients, in the order of the envelope. Where the mail cannot be split, what is the strictest for any of them
    /// holds for everybody.
    pub fn judge(&self) -> Result<Vec<Verdict>, Fault> {
        let recipients = &self.facts.mail.envelope.recipients;
        let whom: Vec<&Address> = recipients.iter().map(|r| &r.address).collect();
        match self.facts.mail.one_for_all {
            true => self.judge_together(&whom),
            false => whom.into_iter().map(|to| self.judge_one(to)).collect(),
        }
    }

    fn judge_one(&self, to: &Address) -> Result<Verdict, Fault> {
        let (merged, refusal, reasons) = self.weigh(&[to])?;
        Ok(self.verdict(to, merged, refusal, reasons))
    }

    fn judge_together(&self, whom: &[&Address]) -> Result<Vec<Verdict>, Fault> {
        let (merged, refusal, reasons) = self.weigh(whom)?;
        let verdict =
            |to: &&Address| self.verdict(to, merged.clone(), refusal.clone(), reasons.clone());
        Ok(whom.iter().map(verdict).collect())
    }

    /// What holds for people who get the same: every rule that matches one of them counts.
    fn weigh(&self, whom: &[&Address]) -> Result<(Merged, Option<String>, Vec<Reason>), Fault> {
        let internal = whom.iter().all(|to| self.policy.is_internal(to));
        let (mut matches, mut blind) = (Vec::new(), None);
        for to in whom {
            let (mut found, looked) = self.matches(to, self.policy.is_internal(to))?;
            waive(&mut found);
            let unread = self.blind(looked, &found)?;
            let is_first = blind.is_none();
            let counts = |reason: &Reason| reason.weight == Weight::Enforced;
            blind = unread.filter(|reason| is_first || counts(reason)).or(blind);
            join(&mut matches, found);
        }
        let mut merged = Merged::default();
        let mut refusal = None;
        for found in matches.iter().filter(|m| m.weight == Weight::Enforced) {
            let mut wish = found.rule.then.wish.clone();
            let limit = found.rule.then.reject_over;
            if limit.is_some_and(|limit| self.facts.attached() > limit) {
                wish.action = Some(Level::Reject);
            }
            if wish.action == Some(Level::Reject) && refusal.is_none() {
                let text = found.rule.then.text.as_ref().unwrap_or(&found.rule.why);
                refusal = Some(self.in_language(text));
            }
            if self.is_encrypted() && !found.rule.speaks_of_encrypted() {
                wish.beneath = None;
            }
            if found.rule.speaks_of_encrypted() {
                wish.take.get_or_insert_default().push(Role::Encrypted);
            }
            if found.rule.level() >= Level::Transfer {
                // A number in the text is not protected by taking the files.
                merged.exposed = merged.exposed.or(found.exposed);
                wish.hide_subject = wish.hide_subject.max(found.exposed.subject.then_some(true));
            }
            merged.add(&found.rule.id, &wish);
        }
        matches.sort_by(|a, b| (&a.rule.file, a.rule.line).cmp(&(&b.rule.file, b.rule.line)));
        let mut reasons: Vec<Reason> = matches.into_iter().map(|m| self.reason(m)).collect();
        if let Some(reason) = blind {
            self.unreadable(&reason, &mut merged, &mut refusal);
            reasons.push(reason);
        }
        if !internal && !self.machine {
            reasons.extend(self.sender(&mut merged, &mut refusal));
            self.approver(&mut merged);
        }
        Ok((merged, refusal, reasons))
    }

    /// The rules that match, and whether one that counts looked into texts or files.
    fn matches(&self, to: &Address, internal: bool) -> Result<(Vec<Match<'_>>, bool), Fault> {
        let encrypted = self.is_encrypted();
        let (mut found, mut looked) = (Vec::new(), false);
        for asked in &self.asked {
            let rule = asked.rule;
            // Refusing and holding change nothing about an encrypted mail, so they need no leave to touch one.
            let spared = encrypted && matches!(rule.level(), Level::Transfer | Level::Seal);
            let verdict = asked.matches(&self.facts, to, internal, spared)?;
            looked |= verdict.looked && !rule.observe;
            if let Some(matched) = verdict.matched {
                found.push(Match {
                    matched,
                    exposed: verdict.exposed,
                    ..Match::of(rule)
                });
            }
        }
        Ok((found, looked))
    }

    /// A rule wanted to look inside and could not: what `scan.unreadable` says counts, as if it were a rule. Doubt about the
    /// structure protects whatever it says.
    fn blind(&self, looked: bool, matches: &[Match<'_>]) -> Result<Option<Reason>, Fault> {
        let encrypted = self.is_encrypted();
        if !looked || encrypted {
            return Ok(None);
        }
        let Some(matched) = self.facts.blind()? else {
            return Ok(None);
        };
        if self.policy.frame.unreadable == Level::Pass && self.facts.unclear.is_none() {
            return Ok(None);
        }
        Ok(Some(Reason {
            rule: UNREADABLE.into(),
            why: "A file could not be looked into.".into(),
            place: "cloakroom.toml".into(),
            matched,
            weight: waiver_of(matches, UNREADABLE).map_or(Weight::Enforced, Weight::WaivedBy),
        }))
    }

    fn unreadable(&self, reason: &Reason, merged: &mut Merged, refusal: &mut Option<String>) {
        if reason.weight != Weight::Enforced {
            return;
        }
        let level = self.policy.frame.unreadable.max(Level::Transfer);
        let mut wish = standing(&self.policy.frame.defaults);
        wish.action = Some(level);
        if level == Level::Hold {
            wish.release_by = Some(self.policy.frame.release_by.clone());
            // An approver may let pass what could not be read, not what readers may take apart in several ways.
            wish.beneath = self.facts.unclear.as_ref().map(|_| Level::Transfer);
        }
        if level == Level::Reject && refusal.is_none() {
            *refusal = Some(format!("{} ({})", reason.why, reason.matched));
        }
        merged.add(UNREADABLE, &wish);
    }

    /// Adds what the sender asks for; only ever raises.
    fn sender(&self, merged: &mut Merged, refusal: &mut Option<String>) -> Option<Reason> {
        let controls = &self.facts.controls;
        let before = merged.beneath();
        let asked = controls.level.as_ref().filter(|(level, _)| *level > before);
        if let Some((level, _)) = asked {
            let mut wish = standing(&self.policy.frame.defaults);
            wish.action = Some(*level);
            merged.add(SENDER, &wish);
        }
        let secret = controls.password_wanted || controls.password.is_some();
        let notify: Vec<String> = controls.notify.iter().map(|n| n.to_string()).collect();
        merged.add(
            SENDER,
            &Wish {
                unlock: secret.then_some(Unlock::Password),
                keep_for: controls.keep_for,
                notify: Some(notify),
                ..Wish::default()
            },
        );
        if let Some(sentence) = &controls.complaint {
            // Before any sentence of a rule: the sender mends the tag first.
            *refusal = Some(sentence.clone());
            merged.level = Some(Said {
                value: Level::Reject,
                by: vec![SENDER.into()],
            });
        }
        let matched = match (&controls.complaint, asked) {
            (Some(sentence), _) => sentence.clone(),
            (None, Some((_, how))) => how.clone(),
            (None, None) => return None,
        };
        Some(Reason {
            rule: SENDER.into(),
            why: "You asked for it.".into(),
            place: String::new(),
            matched,
            weight: Weight::Enforced,
        })
    }

    /// `release --as-transfer`: at least that.
    fn approver(&self, merged: &mut Merged) {
        if self.released == Some(Released::AsTransfer) && merged.beneath() < Level::Transfer {
            let mut wish = standing(&self.policy.frame.defaults);
            wish.action = Some(Level::Transfer);
            merged.add(APPROVER, &wish);
        }
    }

    fn is_encrypted(&self) -> bool {
        self.facts.mail.outline.nature == Nature::Encrypted
    }

    fn verdict(
        &self,
        to: &Address,
        mut merged: Merged,
        refusal: Option<String>,
        reasons: Vec<Reason>,
    ) -> Verdict {
        let frame = &self.policy.frame;
        let controls = &self.facts.controls;
        let mut options = merged.options(&frame.defaults, frame.max_keep_for);
        options.language = controls.language.clone();
        // Whose mail is only passed on must not have text messages sent where he likes (T98).
        let sender = self.facts.mail.envelope.sender.as_ref();
        let is_ours = sender.is_some_and(|sender| self.policy.is_internal(sender));
        options.phone = controls.phone(to).filter(|_| is_ours).map(str::to_owned);
        options.phone_is_own = controls.phone_is_own(to);
        options.password = controls.password.clone();
        let awaits = merged.awaits().filter(|_| self.released.is_none());
        let level = match merged.level() {
            // What it is after the release.
            Level::Hold => merged.beneath(),
            level => level,
        };
        let scope = match self.machine {
            true => Scope::Nothing,
            false if level == Level::Transfer && merged.exposed.any() => {
                scope(Level::Seal, merged.taken(), &self.facts)
            }
            false => scope(level, merged.taken(), &self.facts),
        };
        let action = match level {
            Level::Pass | Level::Hold => Action::Pass,
            Level::Transfer => Action::Transfer,
            Level::Seal => Action::Seal,
            Level::Reject => Action::Refuse(refusal.unwrap_or_else(|| "Policy refuses it.".into())),
        };
        let action = match action {
            Action::Transfer | Action::Seal => match self.unfit_password(to, &options) {
                Some(sentence) => Action::Refuse(sentence),
                None => action,
            },
            other => other,
        };
        let decision = Decision {
            recipient: to.clone(),
            action,
            awaits,
            lane: merged.lane(),
            scope,
            options,
            contact: Default::default(),
            reasons,
        };
        Verdict { decision, merged }
    }

    /// What is wrong with the password that the sender chose, in a sentence for him.
    fn unfit_password(&self, to: &Address, options: &Options) -> Option<String> {
        let password = options.password.as_ref()?;
        let envelope = &self.facts.mail.envelope;
        let people: Vec<&Address> = envelope.sender.iter().chain([to]).collect();
        let domains = &self.policy.frame.domains;
        let broken = guessable::broken(&options.password_rules, password, &people, domains);
        let said: Vec<String> = broken.iter().map(ToString::to_string).collect();
        (!said.is_empty()).then(|| {
            let said = said.join("; ");
            format!("The password you chose cannot be used: {said}. Nothing was sent.")
        })
    }

    fn reason(&self, found: Match<'_>) -> Reason {
        Reason {
            rule: found.rule.id.clone(),
            why: self.in_language(&found.rule.why),
            place: found.rule.place(),
            matched: found.matched,
            weight: found.weight,
        }
    }

    /// The text the sender reads best: in a language the mail itself names (Outlook writes `Accept-Language` and
    /// `Content-Language`), else in the first configured one that there is.
    fn in_language(&self, texts: &Texts) -> String {
        let fields = self.facts.header();
        let said = ["Accept-Language", "Content-Language"].iter();
        let said = said.filter_map(|name| fields.value(name));
        let said = said.flat_map(|value| value.split([',', ';', ' ']));
        let said: Vec<String> = said.map(str::to_lowercase).collect();
        let configured = &self.policy.frame.languages;
        let wanted = said.iter().chain(configured.iter()).map(String::as_str);
        let found = wanted
            .flat_map(|tag| [tag, tag.split('-').next().unwrap_or(tag)])
            .find_map(|tag| texts.get(tag));
        let any = || texts.get("en").or_else(|| texts.values().next());
        found.or_else(any).cloned().unwrap_or_default()
    }
}

/// Adds what matches one more recipient, in the order of ids; what counts for one of them counts.
fn join<'p>(all: &mut Vec<Match<'p>>, found: Vec<Match<'p>>) {
    for one in found {
        match all.iter_mut().find(|known| known.rule.id == one.rule.id) {
            None => all.push(one),
            Some(known) => {
                let exposed = known.exposed.or(one.exposed);
                if known.weight != Weight::Enforced && one.weight == Weight::Enforced {
                    *known = one;
                }
                known.exposed = exposed;
            }
        }
    }
    all.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
}

/// Takes out what matching waivers name. Only enforced ones waive, and none that another one names.
pub(super) fn waive(matches: &mut [Match<'_>]) {
    let by: Vec<Option<String>> = matches
        .iter()
        .map(|found| waiver_of(matches, &found.rule.id))
        .collect();
    for (found, by) in matches.iter_mut().zip(by) {
        if let (Some(waiver), Weight::Enforced) = (by, &found.weight) {
            found.weight = Weight::WaivedBy(waiver);
        }
    }
}

/// The matching rule that takes out the one of this id.
fn waiver_of(matches: &[Match<'_>], id: &str) -> Option<String> {
    let waivers: Vec<(&str, Globs)> = matches
        .iter()
        .filter(|m| m.weight == Weight::Enforced && !m.rule.then.waives.is_empty())
        .filter_map(|m| {
            let globs = Globs::new(m.rule.then.waives.iter().cloned()).ok()?;
            Some((m.rule.id.as_str(), globs))
        })
        .collect();
    let names = |id: &str| {
        let mut others = waivers.iter().filter(|(waiver, _)| *waiver != id);
        others.any(|(_, globs)| globs.matches(id))
    };
    let mut holding = waivers.iter().filter(|(waiver, _)| !names(waiver));
    let by = holding.find(|(waiver, globs)| *waiver != id && globs.matches(id));
    by.map(|(waiver, _)| (*waiver).to_owned())
}

/// Reports and replies of machines: nobody is there to fetch a transfer. Two cases are not believed, because they would be a way
/// around every rule: a person who signed in and sends files from the null sender, and a "report" that carries files of its own.
fn is_of_a_machine(facts: &Facts<'_>) -> bool {
    let envelope = &facts.mail.envelope;
    let files = facts.attachments().next().is_some() || facts.unclear.is_some();
    let null = envelope.sender.is_none() && (envelope.client.login.is_none() || !files);
    let report = facts.mail.outline.nature == Nature::Report && !files;
    null || report
}
