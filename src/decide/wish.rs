//! A wish: what a rule, a profile or the defaults of a file say about a transfer; each value may be left out.
//!
//! Promises: filling in ([`Wish::or`]) never replaces what was said. Names of actions, ways and events are checked here, once.
//! Leaves to others: merging the wishes of several rules (`merge`).

use super::expected::unlock_word;
use super::sheet::{self, Sheet, get};
use crate::fault::diagnostic::Diagnostics;
use crate::mail::outline::Role;
use crate::mail::{Address, Lane};
use crate::transfer::password_rules::{STYLES, Style, WORDS};
use crate::transfer::{IfNoChannel, PasswordRules, Recovery, Unlock};
use crate::units::Period;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use toml::Value;
use toml::de::DeTable;

/// What `password_via` may say: names of channels, and kinds, which stand for every channel of that kind. Rules are merged by
/// name, so that one rule's `sms` and another's `phone` can be the same channel. Empty: any word is taken as a name.
pub type Ways = BTreeMap<String, Vec<String>>;

/// The profiles, by name.
pub type Profiles = BTreeMap<String, Wish>;

/// What a rule may do, from mild to strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    Pass,
    /// Attachments into a transfer.
    Transfer,
    /// Text and attachments into a transfer.
    Seal,
    /// Wait until somebody releases it.
    Hold,
    /// Refuse.
    Reject,
}

/// What is wanted; `None` is "not said".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// `action`
    pub action: Option<Level>,
    /// `unlock`
    pub unlock: Option<Unlock>,
    /// `password_via`: names or kinds of channels, the first that reaches wins.
    pub password_via: Option<Vec<String>>,
    /// `password_rules`: what chosen and made passwords must be.
    pub password_rules: Option<PasswordRules>,
    /// `password_style`: what made ones look like.
    pub password_style: Option<Style>,
    /// `keep_for`
    pub keep_for: Option<Duration>,
    /// `downloads`: how often each file may be fetched.
    pub downloads: Option<u32>,
    /// `hide_names`
    pub hide_names: Option<bool>,
    /// `hide_subject`
    pub hide_subject: Option<bool>,
    /// `notify`: events the sender hears of.
    pub notify: Option<Vec<String>>,
    /// `take`: parts that stay by default, but are taken here.
    pub take: Option<Vec<Role>>,
    /// `recovery`: whether a lost password can be replaced.
    pub recovery: Option<Recovery>,
    /// `if_no_channel`: what happens where no way reaches a recipient.
    pub if_no_channel: Option<IfNoChannel>,
    /// `sender_may`: what the sender of a mail that waits for him may choose, beyond what rules want.
    pub sender_may: Option<Vec<Freedom>>,
    /// `release_by`: who may release what is held.
    pub release_by: Option<Vec<Address>>,
    /// `hold_for`: how long it waits.
    pub hold_for: Option<Duration>,
    /// `require_tls`: how it must be delivered, also where nothing is taken out.
    pub require_tls: Option<Lane>,
    /// What the profile of a rule that holds says in place of `hold`: the least that happens after a release.
    pub beneath: Option<Level>,
}

/// The words of `action` that this version knows.
pub const LEVELS: &[(&str, Level)] = &[
    ("pass", Level::Pass),
    ("transfer", Level::Transfer),
    ("seal", Level::Seal),
    ("hold", Level::Hold),
    ("reject", Level::Reject),
];

/// The words of `unlock`, from mild to strict.
pub const UNLOCKS: &[(&str, Unlock)] = &[
    ("link", Unlock::Link),
    ("email-code", Unlock::EmailCode),
    ("quick", Unlock::Quick),
    ("password", Unlock::Password),
];

/// The words of `recovery`, from mild to strict.
pub const RECOVERIES: &[(&str, Recovery)] =
    &[("gateway", Recovery::Gateway), ("none", Recovery::None)];

/// The words of `if_no_channel`, from mild to strict.
pub const IF_NO_CHANNEL: &[(&str, IfNoChannel)] = &[
    ("sender", IfNoChannel::Sender),
    ("hold", IfNoChannel::Hold),
    ("refuse", IfNoChannel::Refuse),
];

/// What a sender may choose beyond what rules want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freedom {
    /// The link alone opens it.
    Link,
}

/// The words of `sender_may`.
pub const FREEDOMS: &[(&str, Freedom)] = &[("link", Freedom::Link)];

/// The words of `require_tls`.
pub const TLS: &[(&str, Lane)] = &[("verified", Lane::VerifiedTls)];

/// Events a sender can ask to hear of.
pub const EVENTS: &[&str] = &["delivered", "downloaded", "expired-unread"];

/// Parts that stay in the mail unless `take` names them.
pub(super) const STAYING: &[(&str, Role)] = &[
    ("calendar", Role::Calendar),
    ("card", Role::Card),
    ("encrypted", Role::Encrypted),
    ("picture", Role::Picture),
    ("signature", Role::Signature),
];

/// No mail waits longer: who has not answered in a month will not.
const LONGEST_HOLD: Period = Period::days(30);

/// Keys of a wish.
pub const KEYS: &[&str] = &[
    "action",
    "downloads",
    "hide_names",
    "hide_subject",
    "hold_for",
    "if_no_channel",
    "keep_for",
    "notify",
    "password_rules",
    "password_style",
    "password_via",
    "recovery",
    "release_by",
    "require_tls",
    "sender_may",
    "take",
    "unlock",
];

/// Keys of a wish that later versions know.
pub const LATER: &[&str] = &["if_no_password", "leave", "override"];

impl Level {
    /// The word in policy files.
    pub fn word(self) -> &'static str {
        match self {
            Level::Pass => "pass",
            Level::Transfer => "transfer",
            Level::Seal => "seal",
            Level::Hold => "hold",
            Level::Reject => "reject",
        }
    }
}

impl Wish {
    /// Reads the keys of a wish; other keys are the caller's business. `channels` empty: any name is taken.
    pub fn read(sheet: &mut Sheet<'_>, table: &DeTable<'_>, channels: &Ways) -> Wish {
        Wish {
            action: get(table, "action").and_then(|v| sheet.one_of(v, "action", LEVELS)),
            unlock: get(table, "unlock").and_then(|v| sheet.one_of(v, "unlock", UNLOCKS)),
            password_via: get(table, "password_via").and_then(|v| ways(sheet, v, channels)),
            password_rules: get(table, "password_rules").and_then(|v| password_rules(sheet, v)),
            password_style: get(table, "password_style")
                .and_then(|v| sheet.one_of(v, "password_style", STYLES)),
            keep_for: get(table, "keep_for").and_then(|v| sheet.period(v)),
            downloads: get(table, "downloads").and_then(|v| sheet.number(v, 1)),
            hide_names: get(table, "hide_names").and_then(|v| sheet.boolean(v)),
            hide_subject: get(table, "hide_subject").and_then(|v| sheet.boolean(v)),
            notify: get(table, "notify").and_then(|v| events(sheet, v)),
            take: get(table, "take").and_then(|v| staying(sheet, v)),
            recovery: get(table, "recovery").and_then(|v| sheet.one_of(v, "recovery", RECOVERIES)),
            if_no_channel: get(table, "if_no_channel")
                .and_then(|v| sheet.one_of(v, "if_no_channel", IF_NO_CHANNEL)),
            sender_may: get(table, "sender_may").and_then(|v| freedoms(sheet, v)),
            release_by: get(table, "release_by").and_then(|v| approvers(sheet, v)),
            hold_for: get(table, "hold_for").and_then(|v| wait(sheet, v)),
            require_tls: get(table, "require_tls")
                .and_then(|v| sheet.one_of(v, "require_tls", TLS)),
            beneath: None,
        }
    }

    /// What is said, as it would stand in a policy file, in the order of [`KEYS`].
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let Wish {
            action,
            unlock,
            password_via,
            password_rules,
            password_style,
            keep_for,
            downloads,
            hide_names,
            hide_subject,
            notify,
            take,
            recovery,
            if_no_channel,
            sender_may,
            release_by,
            hold_for,
            require_tls,
            // Said by a profile, in place of `hold`.
            beneath: _,
        } = self;
        let word = |word: &str| Value::String(word.to_owned());
        let list = |words: &[String]| Value::Array(words.iter().map(|w| word(w)).collect());
        let parts = |roles: &[Role]| {
            let name = |role: &Role| STAYING.iter().find(|(_, r)| r == role);
            let names = roles.iter().filter_map(name);
            Value::Array(names.map(|(n, _)| word(n)).collect())
        };
        let freedom = |all: &[Freedom]| {
            let name = |one: &Freedom| FREEDOMS.iter().find(|(_, f)| f == one);
            let names = all.iter().filter_map(name);
            Value::Array(names.map(|(n, _)| word(n)).collect())
        };
        let people = |list: &[Address]| {
            let list = list.iter().map(|a| Value::String(a.to_string()));
            Value::Array(list.collect())
        };
        let rows = [
            ("action", action.map(|level| word(level.word()))),
            ("downloads", downloads.map(|n| Value::Integer(n.into()))),
            ("hide_names", hide_names.map(Value::Boolean)),
            ("hide_subject", hide_subject.map(Value::Boolean)),
            (
                "hold_for",
                hold_for.map(|p| Value::String(Period(p).to_string())),
            ),
            (
                "if_no_channel",
                if_no_channel.map(|c| word(no_channel_word(c))),
            ),
            (
                "keep_for",
                keep_for.map(|p| Value::String(Period(p).to_string())),
            ),
            ("notify", notify.as_deref().map(list)),
            (
                "password_rules",
                password_rules.as_ref().map(|rules| list(&rules.words())),
            ),
            ("password_style", password_style.map(|s| word(s.word()))),
            ("password_via", password_via.as_deref().map(list)),
            ("recovery", recovery.map(|r| word(recovery_word(r)))),
            ("release_by", release_by.as_deref().map(people)),
            ("require_tls", require_tls.map(|lane| word(tls_word(lane)))),
            ("sender_may", sender_may.as_deref().map(freedom)),
            ("take", take.as_deref().map(parts)),
            ("unlock", unlock.map(|u| word(unlock_word(u)))),
        ];
        let said = rows.into_iter().filter_map(|(key, v)| Some((key, v?)));
        said.collect()
    }

    /// What is said here, and for the rest what `other` says.
    pub fn or(self, other: &Wish) -> Wish {
        Wish {
            action: self.action.or(other.action),
            unlock: self.unlock.or(other.unlock),
            password_via: self.password_via.or_else(|| other.password_via.clone()),
            password_rules: self.password_rules.or_else(|| other.password_rules.clone()),
            password_style: self.password_style.or(other.password_style),
            keep_for: self.keep_for.or(other.keep_for),
            downloads: self.downloads.or(other.downloads),
            hide_names: self.hide_names.or(other.hide_names),
            hide_subject: self.hide_subject.or(other.hide_subject),
            notify: self.notify.or_else(|| other.notify.clone()),
            take: self.take.or_else(|| other.take.clone()),
            recovery: self.recovery.or(other.recovery),
            if_no_channel: self.if_no_channel.or(other.if_no_channel),
            sender_may: self.sender_may.or_else(|| other.sender_may.clone()),
            release_by: self.release_by.or_else(|| other.release_by.clone()),
            hold_for: self.hold_for.or(other.hold_for),
            require_tls: self.require_tls.or(other.require_tls),
            beneath: self.beneath,
        }
    }

    /// A mail it is about may wait for somebody.
    pub fn may_wait(&self) -> bool {
        self.action == Some(Level::Hold) || self.if_no_channel == Some(IfNoChannel::Hold)
    }

    /// Whether the sender may do without what unlocks; `None`: nothing is said here of either. Who says what unlocks and nothing of the
    /// sender does not allow it.
    pub fn allows_link(&self) -> Option<bool> {
        let said = self.sender_may.as_ref();
        let said = said.map(|all| all.contains(&Freedom::Link));
        said.or(self.unlock.map(|_| false))
    }
}

/// The word in policy files; `none` for the way of every mail, which nobody has to ask for.
pub fn tls_word(lane: Lane) -> &'static str {
    let found = TLS.iter().find(|(_, l)| *l == lane);
    found.map_or("none", |(word, _)| word)
}

/// The word in policy files.
pub fn no_channel_word(what: IfNoChannel) -> &'static str {
    match what {
        IfNoChannel::Sender => "sender",
        IfNoChannel::Hold => "hold",
        IfNoChannel::Refuse => "refuse",
    }
}

/// The word in policy files.
pub fn recovery_word(recovery: Recovery) -> &'static str {
    match recovery {
        Recovery::Gateway => "gateway",
        Recovery::None => "none",
    }
}

/// Reads `[profile.NAME]` of a document; everything else in it is left to its owner. Made for `cloakroom.toml`.
pub fn profiles(file: &Path, text: &str, channels: &Ways) -> Result<Profiles, Diagnostics> {
    let mut sheet = Sheet::new(file, text);
    let document = sheet.document();
    let found = read_profiles(&mut sheet, &document, channels);
    match sheet.found.is_empty() {
        true => Ok(found
            .into_iter()
            .map(|(name, (wish, _))| (name, wish))
            .collect()),
        false => Err(Diagnostics(sheet.found)),
    }
}

/// Profiles of a document with the place of their names.
pub(super) fn read_profiles(
    sheet: &mut Sheet<'_>,
    document: &DeTable<'_>,
    channels: &Ways,
) -> BTreeMap<String, (Wish, std::ops::Range<usize>)> {
    let mut out = BTreeMap::new();
    let Some(section) = get(document, "profile") else {
        return out;
    };
    let toml::de::DeValue::Table(section) = section.get_ref() else {
        sheet.wrong(section.span(), "profiles are written as [profile.NAME]");
        return out;
    };
    for (name, value) in section {
        let toml::de::DeValue::Table(table) = value.get_ref() else {
            sheet.wrong(value.span(), "profiles are written as [profile.NAME]");
            continue;
        };
        sheet.keys(table, "profile", KEYS, LATER);
        let wish = Wish::read(sheet, table, channels);
        out.insert(name.get_ref().to_string(), (wish, name.span()));
    }
    out
}

fn ways(sheet: &mut Sheet<'_>, value: &sheet::Value<'_>, channels: &Ways) -> Option<Vec<String>> {
    let words = sheet.strings(value)?;
    for (word, span) in &words {
        if !channels.is_empty() && !channels.contains_key(word) {
            sheet.unknown(
                span.clone(),
                "way of a password",
                word,
                channels.keys().map(String::as_str),
            );
        }
    }
    let mut names = Vec::new();
    for (word, _) in words {
        let stands_for = channels.get(&word).cloned().unwrap_or(vec![word]);
        for name in stands_for {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Some(names)
}

/// `["12 characters", "upper"]`
fn password_rules(sheet: &mut Sheet<'_>, value: &sheet::Value<'_>) -> Option<PasswordRules> {
    let words = sheet.strings(value)?;
    let mut rules = PasswordRules::default();
    for (word, span) in &words {
        if !rules.add(word) {
            let known = WORDS.iter().copied().chain(["12 characters"]);
            sheet.unknown(span.clone(), "password rule", word, known);
        }
    }
    Some(rules)
}

fn events(sheet: &mut Sheet<'_>, value: &sheet::Value<'_>) -> Option<Vec<String>> {
    if value.get_ref().as_array().is_some_and(|a| a.is_empty()) {
        return Some(Vec::new());
    }
    let words = sheet.strings(value)?;
    for (word, span) in &words {
        if !EVENTS.contains(&word.as_str()) {
            sheet.unknown(span.clone(), "event", word, EVENTS.iter().copied());
        }
    }
    Some(words.into_iter().map(|(word, _)| word).collect())
}

/// People, each by one whole address: who may release must be somebody who can be asked.
fn approvers(sheet: &mut Sheet<'_>, value: &sheet::Value<'_>) -> Option<Vec<Address>> {
    let words = sheet.strings(value)?;
    let mut found = Vec::new();
    for (word, span) in &words {
        match word.parse::<Address>() {
            Ok(address) if !address.domain().is_empty() => found.push(address),
            _ => sheet.wrong_but(
                span.clone(),
                format!("\"{word}\" cannot release anything"),
                "write the whole address of a person or a shared mailbox, such as \"dpo@example.org\"",
            ),
        }
    }
    (found.len() == words.len()).then_some(found)
}

fn wait(sheet: &mut Sheet<'_>, value: &sheet::Value<'_>) -> Option<Duration> {
    let wait = sheet.period(value)?;
    if wait > LONGEST_HOLD.duration() {
        sheet.wrong(
            value.span(),
            format!("a mail waits for {LONGEST_HOLD} at most"),
        );
        return None;
    }
    Some(wait)
}

fn freedoms(sheet: &mut Sheet<'_>, value: &sheet::Value<'_>) -> Option<Vec<Freedom>> {
    if value.get_ref().as_array().is_some_and(|a| a.is_empty()) {
        return Some(Vec::new());
    }
    let words = sheet.strings(value)?;
    let mut all = Vec::new();
    for (word, span) in &words {
        match FREEDOMS.iter().find(|(name, _)| name == word) {
            Some((_, freedom)) => all.push(*freedom),
            None => {
                let known = FREEDOMS.iter().map(|f| f.0);
                sheet.unknown(span.clone(), "freedom of senders", word, known);
            }
        }
    }
    Some(all)
}

fn staying(sheet: &mut Sheet<'_>, value: &sheet::Value<'_>) -> Option<Vec<Role>> {
    let words = sheet.strings(value)?;
    let mut roles = Vec::new();
    for (word, span) in &words {
        match STAYING.iter().find(|(name, _)| name == word) {
            Some((_, role)) => roles.push(*role),
            None => {
                sheet.unknown(
                    span.clone(),
                    "kind of part",
                    word,
                    STAYING.iter().map(|s| s.0),
                );
            }
        }
    }
    Some(roles)
}
