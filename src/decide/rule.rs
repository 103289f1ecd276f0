//! A rule: when, unless, then; and whether it matches.
//!
//! Promises: inside a block all conditions must hold, of several blocks one is enough, and a rule matches if a `when` block holds and
//! no `unless` block does. Conditions that do not depend on the recipient are asked once per mail ([`Rule::ask`]); those about content only
//! when everything else holds, because reading files costs.
//! Leaves to others: merging (`merge`), what rules may refer to (`policy`).

use super::conditions::{Condition, Ground, KINDS, LATER, Side, any, every};
use super::facts::Facts;
use super::patterns::Exposed;
use super::replay::Glance;
use super::sheet::{Sheet, Texts, Value, get};
use super::wish::{self, Level, Ways, Wish};
use super::written::Written;
use crate::fault::Fault;
use crate::mail::Address;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A rule of a policy file.
#[derive(Debug)]
pub struct Rule {
    /// Its name: unique in the policy, in every reason and log line.
    pub id: String,
    /// The reason, as senders read it.
    pub why: Texts,
    /// Whom to ask about it.
    pub owner: Option<String>,
    /// `mode = "observe"`: shown and counted, changes nothing.
    pub observe: bool,
    /// After this day somebody should look at it again.
    pub review_by: Option<jiff::civil::Date>,
    /// `10-size.toml`
    pub file: String,
    /// The line it begins in.
    pub line: usize,
    /// What it does.
    pub then: Then,
    /// As it stands in its file.
    pub written: Written,
    when: Vec<Block>,
    unless: Vec<Block>,
}

/// What a rule does.
#[derive(Debug, Default)]
pub struct Then {
    /// Action and options, filled in from profile and defaults.
    pub wish: Wish,
    /// Globs of the rules it takes out.
    pub waives: Vec<String>,
    /// The sentence of a refusal.
    pub text: Option<Texts>,
    /// Refuses if the attachments together are larger, in bytes.
    pub reject_over: Option<u64>,
    /// Who said each value of the wish: `the rule`, `profile protected`, `defaults of 10-size.toml`, `[transfer]`.
    pub said_by: BTreeMap<&'static str, String>,
}

/// Conditions that must all hold.
#[derive(Debug)]
struct Block {
    of_mail: Vec<Box<dyn Condition>>,
    of_recipient: Vec<Box<dyn Condition>>,
    of_content: Vec<Box<dyn Condition>>,
    internal: bool,
    encrypted: bool,
}

/// A rule with the answers of one mail: what is left to ask depends on the recipient.
#[derive(Debug)]
pub struct Asked<'p> {
    /// The rule.
    pub rule: &'p Rule,
    when: Vec<Open<'p>>,
    unless: Vec<Open<'p>>,
}

/// A block whose conditions about the mail hold.
#[derive(Debug)]
struct Open<'p> {
    block: &'p Block,
    found: Vec<String>,
    /// What was found in content, and whether it had to be looked into.
    content: OnceCell<(Option<Vec<String>>, bool)>,
}

/// A match, and whether content had to be looked into for the answer.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What of the mail makes the rule match.
    pub matched: Option<String>,
    /// Something was looked for inside texts or files.
    pub looked: bool,
    /// What was found stands where a transfer of files would leave it.
    pub exposed: Exposed,
}

/// Keys of a rule.
pub(super) const KEYS: &[&str] = &[
    "id",
    "internal",
    "mode",
    "owner",
    "review_by",
    "then",
    "unless",
    "when",
    "why",
];

/// What `then` knows besides a wish.
pub(super) const THEN: &[&str] = &["reject_over", "text", "use", "waives"];

/// The name under which a sender's own wish appears among the reasons.
pub const SENDER: &str = "sender";

/// The name under which `scan.unreadable` appears among the reasons, and in `waives`.
pub const UNREADABLE: &str = "scan.unreadable";

impl Rule {
    /// Reads a `[[rule]]`. What it refers to by name is in `ground`; `then` was read and filled in before.
    pub fn read<'t>(
        sheet: &mut Sheet<'t>,
        (table, span): (&DeTable<'t>, Range<usize>),
        ground: &Ground<'_>,
        languages: &[String],
        then: Then,
    ) -> Option<Rule> {
        sheet.keys(table, "rule", KEYS, &[]);
        let id = read_id(sheet, table, &span);
        let exempts = !then.waives.is_empty();
        let (when, unless) = match exempts {
            false => (Side::Protect, Side::Exempt),
            true => (Side::Exempt, Side::Protect),
        };
        let everybody = get(table, "internal").and_then(|v| sheet.boolean(v)) == Some(true);
        let why = match get(table, "why") {
            Some(value) => sheet.texts(value, languages),
            None => {
                let help = "write why = \"a sentence that tells senders the reason\"";
                sheet.wrong_but(span.clone(), "the rule has no `why`: senders read it", help);
                None
            }
        };
        let mut blocks = |key, side| {
            let ground = Ground { side, ..*ground };
            get(table, key).map(|value| read_blocks(sheet, value, key, &ground, everybody))
        };
        let (when, unless) = (blocks("when", when), blocks("unless", unless));
        if when.is_none() {
            let help = "write `when = {}` for a rule about every mail";
            sheet.wrong_but(span.clone(), "the rule has no `when`", help);
        }
        let modes = [("enforce", false), ("observe", true)];
        Some(Rule {
            id: id?,
            why: why?,
            owner: get(table, "owner").and_then(|v| sheet.string(v)),
            observe: get(table, "mode")
                .and_then(|v| sheet.one_of(v, "mode", &modes))
                .unwrap_or(false),
            review_by: get(table, "review_by").and_then(|v| sheet.date(v)),
            file: file_name(sheet),
            line: sheet.line(&span),
            then,
            written: Written::of(sheet, table, &span),
            when: when?,
            unless: unless.unwrap_or_default(),
        })
    }

    /// What it does; known of every rule that was read.
    pub fn level(&self) -> Level {
        self.then.wish.action.unwrap_or(Level::Pass)
    }

    /// It is about encrypted mail too: a `when` block says `encrypted = true`.
    pub fn speaks_of_encrypted(&self) -> bool {
        self.when.iter().any(|block| block.encrypted)
    }

    /// `10-size.toml:10`
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// Asks what does not depend on the recipient.
    pub fn ask<'p>(&'p self, facts: &Facts<'_>, nobody: &Address) -> Result<Asked<'p>, Fault> {
        let mut when = Vec::new();
        for block in &self.when {
            when.extend(block.open(facts, nobody)?);
        }
        let mut unless = Vec::new();
        for block in self.unless.iter().filter(|_| !when.is_empty()) {
            unless.extend(block.open(facts, nobody)?);
        }
        Ok(Asked {
            rule: self,
            when,
            unless,
        })
    }
}

impl Block {
    fn open<'p>(&'p self, facts: &Facts<'_>, nobody: &Address) -> Result<Option<Open<'p>>, Fault> {
        let found = all(&self.of_mail, facts, nobody)?;
        Ok(found.map(|found| Open {
            block: self,
            found,
            content: OnceCell::new(),
        }))
    }
}

impl Open<'_> {
    /// What holds for this recipient.
    fn holds(
        &self,
        facts: &Facts<'_>,
        to: &Address,
        looked: &mut bool,
    ) -> Result<Option<Vec<String>>, Fault> {
        let Some(of_recipient) = all(&self.block.of_recipient, facts, to)? else {
            return Ok(None);
        };
        let (of_content, inside) = match self.content.get() {
            Some(known) => known,
            None => {
                facts.take_looked();
                let found = all(&self.block.of_content, facts, to)?;
                self.content.get_or_init(|| (found, facts.take_looked()))
            }
        };
        *looked |= inside;
        let found = |content: &Vec<String>| [&self.found[..], &of_recipient, content].concat();
        Ok(of_content.as_ref().map(found))
    }
}

impl Rule {
    /// A block of it looks into texts or files.
    pub fn looks(&self) -> bool {
        let mut blocks = self.when.iter().chain(&self.unless);
        blocks.any(|block| !block.of_content.is_empty())
    }

    /// Whether it matches a mail that only features are left of, for the recipients of one domain. `internal`: they are colleagues.
    pub fn guess(&self, glance: &Glance<'_>, internal: bool) -> Option<bool> {
        let spared =
            glance.features.encrypted && matches!(self.level(), Level::Transfer | Level::Seal);
        let counts = |b: &&Block| (b.internal || !internal) && (b.encrypted || !spared);
        let when = any(self.when.iter().filter(counts).map(|b| b.guess(glance)));
        let unless = any(self.unless.iter().map(|b| b.guess(glance)));
        every([when, unless.map(|holds| !holds)])
    }
}

impl Asked<'_> {
    /// What of the mail makes the rule match for this recipient. `internal`: it is a colleague. `encrypted`: only blocks that
    /// speak of encrypted mail count.
    pub fn matches(
        &self,
        facts: &Facts<'_>,
        to: &Address,
        internal: bool,
        encrypted: bool,
    ) -> Result<Verdict, Fault> {
        let mut verdict = Verdict::default();
        let counts = |b: &Block| (b.internal || !internal) && (b.encrypted || !encrypted);
        for open in self.when.iter().filter(|open| counts(open.block)) {
            if let Some(words) = open.holds(facts, to, &mut verdict.looked)? {
                let conditions = open.block.of_content.iter();
                let exposed = conditions.map(|condition| condition.exposed(facts));
                verdict.exposed = exposed.fold(Exposed::default(), Exposed::or);
                verdict.matched = Some(match words.is_empty() {
                    true => "every mail".to_owned(),
                    false => words.join(", "),
                });
                break;
            }
        }
        for open in self.unless.iter().filter(|_| verdict.matched.is_some()) {
            if open.holds(facts, to, &mut verdict.looked)?.is_some() {
                verdict.matched = None;
                break;
            }
        }
        Ok(verdict)
    }
}

/// What every condition found, or nothing if one does not hold.
fn all(
    conditions: &[Box<dyn Condition>],
    facts: &Facts<'_>,
    to: &Address,
) -> Result<Option<Vec<String>>, Fault> {
    let mut found = Vec::new();
    for condition in conditions {
        match condition.matches(facts, to)? {
            Some(words) => found.push(words),
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

impl Then {
    /// Fills in what was not said yet, and notes who said it.
    pub(super) fn fill_in(&mut self, other: &Wish, who: &str) {
        for (key, _) in other.values() {
            self.said_by.entry(key).or_insert_with(|| who.to_owned());
        }
        self.wish = std::mem::take(&mut self.wish).or(other);
    }

    /// Reads `then`: a table, or the action alone. The wish is not filled in yet; the name of its profile is given beside it.
    pub fn read<'t>(
        sheet: &mut Sheet<'t>,
        rule: (&DeTable<'t>, &Range<usize>),
        channels: &Ways,
        languages: &[String],
    ) -> Option<(Then, Option<super::sheet::Word>)> {
        let Some(value) = get(rule.0, "then") else {
            let help = "write then = { action = \"transfer\" }: pass, transfer, seal or reject";
            sheet.wrong_but(rule.1.clone(), "the rule has no `then`", help);
            return None;
        };
        if let DeValue::String(_) = value.get_ref() {
            let action = sheet.one_of(value, "action", wish::LEVELS);
            let wish = Wish {
                action,
                ..Wish::default()
            };
            let then = Then {
                wish,
                ..Then::default()
            };
            return Some((then, None));
        }
        let table = sheet.table(value)?;
        let known: Vec<&str> = wish::KEYS.iter().chain(THEN).copied().collect();
        sheet.keys(table, "then", &known, wish::LATER);
        let profile = get(table, "use").and_then(|v| Some((sheet.string(v)?, v.span())));
        let waives = get(table, "waives").and_then(|v| sheet.strings(v));
        let then = Then {
            wish: Wish::read(sheet, table, channels),
            waives: waives
                .unwrap_or_default()
                .into_iter()
                .map(|w| w.0)
                .collect(),
            text: get(table, "text").and_then(|v| sheet.texts(v, languages)),
            reject_over: get(table, "reject_over").and_then(|v| sheet.size(v)),
            said_by: BTreeMap::new(),
        };
        Some((then, profile))
    }
}

fn read_id(sheet: &mut Sheet<'_>, table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let Some(value) = get(table, "id") else {
        let help = "write id = \"a-short-name\": log, receipts and tests say it";
        sheet.wrong_but(span.clone(), "the rule has no `id`", help);
        return None;
    };
    let id = sheet.string(value)?;
    let fit = id
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !fit || id == SENDER {
        sheet.wrong_but(
            value.span(),
            format!("\"{id}\" cannot be the id of a rule"),
            "write letters, digits, - and _; \"sender\" stands for the sender's own wishes",
        );
    }
    Some(id)
}

fn read_blocks<'t>(
    sheet: &mut Sheet<'t>,
    value: &Value<'t>,
    key: &str,
    ground: &Ground<'_>,
    everybody: bool,
) -> Vec<Block> {
    let tables = sheet.tables(value);
    if tables.is_empty() && value.get_ref().is_array() {
        let help = "take it out, or write [[rule.KEY]] with conditions".replace("KEY", key);
        sheet.wrong_but(value.span(), format!("`{key}` has no block"), help);
    }
    let mut blocks = Vec::new();
    for (table, span) in tables {
        if table.is_empty() && key == "unless" {
            let help = "write the conditions of the exception, or take it out";
            sheet.wrong_but(span, "an empty `unless` exempts every mail", help);
            continue;
        }
        blocks.push(Block::read(sheet, table, key, ground, everybody));
    }
    blocks
}

impl Block {
    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let conditions = self.of_mail.iter().chain(&self.of_recipient);
        let conditions = conditions.chain(&self.of_content);
        every(conditions.map(|condition| condition.guess(glance)))
    }

    fn read<'t>(
        sheet: &mut Sheet<'t>,
        table: &DeTable<'t>,
        place: &str,
        ground: &Ground<'_>,
        everybody: bool,
    ) -> Block {
        let mut known: Vec<&str> = KINDS.iter().map(|kind| kind.key).collect();
        if place == "when" {
            known.push("internal");
        }
        sheet.keys(table, place, &known, LATER);
        let internal = get(table, "internal").filter(|_| place == "when");
        let encrypted = get(table, "encrypted").and_then(|v| v.get_ref().as_bool());
        let mut block = Block {
            of_mail: Vec::new(),
            of_recipient: Vec::new(),
            of_content: Vec::new(),
            internal: internal.and_then(|v| sheet.boolean(v)) == Some(true) || everybody,
            encrypted: encrypted == Some(true),
        };
        for kind in KINDS {
            let Some(value) = get(table, kind.key) else {
                continue;
            };
            if kind.control && ground.side == Side::Exempt {
                sheet.wrong_but(
                    value.span(),
                    format!(
                        "`{}` can only raise protection, not exempt from it",
                        kind.key
                    ),
                    "senders set it themselves: put the condition on recipients or senders instead",
                );
            }
            let into = match (kind.by_recipient, kind.content) {
                (true, _) => &mut block.of_recipient,
                (_, true) => &mut block.of_content,
                _ => &mut block.of_mail,
            };
            into.extend((kind.read)(sheet, value, ground));
        }
        block
    }
}

pub(super) fn file_name(sheet: &Sheet<'_>) -> String {
    let name = sheet.file.file_name().unwrap_or(sheet.file.as_os_str());
    name.to_string_lossy().into_owned()
}
