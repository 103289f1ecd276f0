//! `cloakroom policy`: what an operator does with the rules before and while they are in force. Changes nothing.
//!
//! Promises: what is printed comes from the functions that decide about mails; a policy that cannot be read ends with 78 and all its
//! mistakes. Leaves to others: judging (`decide`).

use super::args::PolicyCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::decide::Policy;
use crate::decide::extract::Inline;
use crate::decide::features::Remembered;
use crate::decide::lint::lint;
use crate::decide::listing::{Noticed, Row, Whole, rows};
use crate::decide::replay::replay;
use crate::decide::trial::{self, Trial};
use crate::decide::trying::{self, Matched};
use crate::fault::diagnostic::did_you_mean;
use crate::parse;
use crate::service::build;
use crate::service::control::{Answer, Request, ask};
use crate::units::Period;
use serde::Serialize;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Runs one of them.
pub fn run(command: &PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::List { config, json } => list(&config.file, *json),
        PolicyCommand::Show { id, config, json } => show(&config.file, id, *json),
        PolicyCommand::Test {
            files,
            coverage,
            config,
            json,
        } => test(&config.file, files, *coverage, *json),
        PolicyCommand::Diff {
            dir,
            since,
            config,
            json,
        } => diff(&config.file, dir, since, *json),
        PolicyCommand::Detectors { json } => detectors(*json),
        PolicyCommand::Try { text, config, json } => try_out(text, config.as_deref(), *json),
        PolicyCommand::Schema => super::config::pretty(&crate::decide::schema::schema()),
        PolicyCommand::Lint { config, json } => look(&config.file, *json),
    }
}

fn read(file: &Path) -> Result<Policy, Failure> {
    build::policy(&Config::read(file)?)
}

fn noticed(policy: &Policy) -> Result<Noticed, Failure> {
    Ok(trial::noticed(policy, &parse::mail, &Inline)?)
}

fn list(file: &Path, as_json: bool) -> Result<(), Failure> {
    let policy = read(file)?;
    let rows = rows(&policy, &noticed(&policy)?);
    if as_json {
        return print(&rows.iter().map(json).collect::<String>());
    }
    let lines: Vec<[String; 7]> = rows.into_iter().map(cells).collect();
    print(&table(HEADINGS, &lines))
}

const HEADINGS: [&str; 7] = [
    "rule",
    "mode",
    "action",
    "place",
    "owner",
    "review by",
    "tests",
];

fn cells(row: Row) -> [String; 7] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    [
        row.id,
        row.mode.to_owned(),
        row.action.to_owned(),
        row.place,
        or_none(row.owner),
        or_none(row.review_by),
        row.tests.to_string(),
    ]
}

/// Columns with headings on a terminal; else tabs, for `cut` and `awk`.
fn table<const N: usize>(headings: [&str; N], lines: &[[String; N]]) -> String {
    if !std::io::stdout().is_terminal() {
        return lines.iter().map(|line| line.join("\t") + "\n").collect();
    }
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let head = headings.map(str::to_owned);
    let line = |cells: &[String; N]| {
        let padded = cells.iter().zip(&widths);
        let padded = padded.map(|(cell, &width)| format!("{cell:width$}"));
        let text: Vec<String> = padded.collect();
        text.join("  ").trim_end().to_owned() + "\n"
    };
    [&head].into_iter().chain(lines).map(line).collect()
}

fn show(file: &Path, id: &str, as_json: bool) -> Result<(), Failure> {
    let policy = read(file)?;
    let Some(rule) = policy.rule(id) else {
        let ids: Vec<&str> = policy.rules().iter().map(|r| r.id.as_str()).collect();
        let failure = Failure::new(Exit::Usage, format!("there is no rule \"{id}\""));
        return Err(match did_you_mean(id, ids) {
            Some(near) => failure.hint(format!("did you mean \"{near}\"?")),
            None => failure.hint("`cloakroom policy list` lists all rules"),
        });
    };
    let whole = Whole::of(&policy, rule, &noticed(&policy)?);
    print(&match as_json {
        true => json(&whole),
        false => whole.to_string(),
    })
}

/// What became of a test. The keys of its JSON form are fixed.
#[derive(Debug, Serialize)]
struct Ran<'a> {
    place: &'a str,
    name: &'a str,
    ok: bool,
    differences: Vec<String>,
}

fn test(file: &Path, files: &[PathBuf], coverage: bool, as_json: bool) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let drafts: Vec<PathBuf> = files
        .iter()
        .filter(|file| !is_in(&config.policy.dir, file))
        .cloned()
        .collect();
    let policy = build::policy_with(&config, &config.policy.dir, &drafts)?;
    let (mut run, mut failed) = (0, 0);
    let chosen = |trial: &Trial| files.is_empty() || files.iter().any(|f| is_of(trial, f));
    for trial in policy.trials().iter().filter(|trial| chosen(trial)) {
        let differences = trial.run(&policy, &parse::mail, &Inline)?;
        run += 1;
        failed += usize::from(!differences.is_empty());
        let ran = Ran {
            place: &trial.place,
            name: &trial.name,
            ok: differences.is_empty(),
            differences,
        };
        print(&if as_json { json(&ran) } else { ran.lines() })?;
    }
    let unseen = match coverage {
        true => trial::unnoticed(&policy, &parse::mail, &Inline)?,
        false => Vec::new(),
    };
    if coverage {
        print(&covered(&policy, &unseen, as_json))?;
    }
    if !as_json {
        print(&format!("{run} tests, {failed} failed\n"))?;
    }
    match (failed, unseen.len()) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::new(Exit::Failed, "rules that no test notices")
            .hint("write a [[test]] of a mail that the rule is for, in any file of the folder")),
        _ => Err(Failure::new(Exit::Failed, format!("{failed} tests failed"))
            .hint("a test says what a rule is for: mend the rule, or the test if the wish has changed")),
    }
}

/// The file lies in the folder itself, so it is read anyway.
fn is_in(dir: &Path, file: &Path) -> bool {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    folder.is_ok_and(|folder| dir.canonicalize().is_ok_and(|dir| dir == folder))
}

/// Tests are named by file and line; names of files are unique in the folder.
fn is_of(trial: &Trial, file: &Path) -> bool {
    let name = trial.place.rsplit_once(':').map(|(name, _)| name);
    name.is_some_and(|name| file.file_name().is_some_and(|n| n == name))
}

fn covered(policy: &Policy, unseen: &[String], as_json: bool) -> String {
    if as_json {
        return json(&serde_json::json!({ "unnoticed": unseen }));
    }
    let line = |id: &String| {
        let place = policy
            .rule(id)
            .map_or_else(String::new, |rule| rule.place());
        format!("none   {place}  no test notices when {id} is gone\n")
    };
    unseen.iter().map(line).collect()
}

impl Ran<'_> {
    fn lines(&self) -> String {
        let word = if self.ok { "ok    " } else { "FAILED" };
        let mut out = format!("{word} {}  {}\n", self.place, self.name);
        for difference in &self.differences {
            out += &format!("       {difference}\n");
        }
        out
    }
}

fn diff(file: &Path, dir: &Path, since: &str, as_json: bool) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let since: Period = since
        .parse()
        .map_err(|e| Failure::new(Exit::Usage, format!("--since {since:?}: {e}")))?;
    let old = build::policy(&config)?;
    let new = build::policy_with(&config, dir, &[])?;
    let (mut mails, mut notes) = (Vec::new(), Vec::new());
    for entry in block_on(remembered(&config, since))? {
        match entry {
            Remembered::Mail(features) => mails.push(*features),
            Remembered::Policy(policy) => notes.push(policy),
        }
    }
    let found = replay(&old, &new, &notes, &mails);
    print(&match as_json {
        true => json(&found),
        false => found.to_string(),
    })?;
    if mails.is_empty() {
        eprintln!(
            "cloakroom: warning: no mail is remembered; policy.remember says how long they are, and a gateway writes them down three times a minute"
        );
    }
    Ok(())
}

/// Everything from then on, out of the running gateway or the store.
async fn remembered(config: &Config, since: Period) -> Result<Vec<Remembered>, Failure> {
    let now = jiff::Timestamp::now().as_second();
    let begin = now.saturating_sub_unsigned(since.0.as_secs());
    // Policies are noted once a day, so the note of the first mails may be older than they are.
    let since = begin - 86_400;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        match ask(config, Request::Remembered { since, after }).await? {
            Answer::Remembered { page, next } => {
                let late = |entry: &Remembered| match entry {
                    Remembered::Mail(features) => features.at >= begin,
                    Remembered::Policy(_) => true,
                };
                found.extend(page.into_iter().filter(late));
                after = next;
            }
            Answer::Sorry(why) => return Err(Failure::new(Exit::Failed, why)),
            other => return Err(super::transfer::odd(&other)),
        }
        if after.is_none() {
            return Ok(found);
        }
    }
}

fn detectors(as_json: bool) -> Result<(), Failure> {
    let rows = trying::detectors();
    if as_json {
        return print(&rows.iter().map(json).collect::<String>());
    }
    let headings = [
        "detector",
        "country",
        "family",
        "bare",
        "with context",
        "title",
    ];
    let cells = |row: trying::Row| {
        let country = if row.country.is_empty() {
            "-"
        } else {
            row.country
        };
        let bare = row.bare.unwrap_or("-");
        [
            row.name,
            country,
            row.family,
            bare,
            row.with_context,
            row.title,
        ]
        .map(str::to_owned)
    };
    let lines: Vec<[String; 6]> = rows.into_iter().map(cells).collect();
    print(&table(headings, &lines))
}

fn try_out(text: &str, config: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let policy = config.map(read).transpose()?;
    let text = match text {
        "-" => io::read_to_string(io::stdin())
            .map_err(|e| Failure::new(Exit::BadData, format!("standard input: {e}")))?,
        text => text.to_owned(),
    };
    let tried = trying::try_text(&text, policy.as_ref());
    if as_json {
        return print(&json(&tried));
    }
    let lines = tried.found.iter().map(|found| {
        let context = match (&found.context, found.distance) {
            (Some(word), Some(1)) => format!("  \"{word}\" 1 character away"),
            (Some(word), Some(away)) => format!("  \"{word}\" {away} characters away"),
            (Some(word), None) => format!("  \"{word}\" in the heading"),
            (None, _) => String::new(),
        };
        let shown = if found.shown.is_empty() {
            String::new()
        } else {
            format!("…{}", found.shown)
        };
        format!(
            "{:<18} {:<7} {}  {shown}{context}\n",
            found.detector, found.confidence, found.place
        )
    });
    let mut out: String = lines.collect();
    for Matched {
        pattern,
        count,
        place,
    } in &tried.policy
    {
        out += &format!("{pattern:<18} {count:>4} ×  {place}\n");
    }
    if tried.more > 0 {
        out += &format!("and {} more\n", tried.more);
    }
    match out.is_empty() {
        true => print("nothing was found\n"),
        false => print(&out),
    }
}

fn look(file: &Path, as_json: bool) -> Result<(), Failure> {
    let policy = read(file)?;
    let found = lint(&policy, &noticed(&policy)?, jiff::Zoned::now().date());
    let line = |finding| match as_json {
        true => json(finding),
        false => format!("{finding}"),
    };
    print(&found.iter().map(line).collect::<String>())?;
    match found.len() {
        0 if as_json => Ok(()),
        0 => print(&format!(
            "nothing to find fault with in {} rules\n",
            policy.rules().len()
        )),
        1 => Err(Failure::new(Exit::Failed, "1 finding")),
        more => Err(Failure::new(Exit::Failed, format!("{more} findings"))),
    }
}
