//! Runs `tests/stories/*.story` through every door: the same mail in, the same mail out.
//!
//! A story is a file that a mail person can read. Lines before the first section: `# …` says what it shows, `from ADDRESS`,
//! `to ADDRESS` (one a line), `hop rcpt ADDRESS: REPLY` or `hop dot: REPLY` make the next hop refuse. Sections:
//! `--- policy` (a policy file), `--- people` (a directory, CSV), `--- in` (the mail), `--- out ADDRESS` (what the next hop gets for it, or `nothing`),
//! `--- phone` (text messages, `NUMBER TEXT` a line), `--- files ADDRESS` (what its link opens to: `NAME: CONTENT` a line; the
//! password is taken from the phone or the sender's mail), `--- reply`, `--- reply lmtp` (replies in order).
//! A mail server that keeps the mail (milter) does some things its own way: `--- reply milter` holds for it instead of `--- reply`, and
//! where the mail is the same for all (mode `shared`) `--- out shared ADDRESS`, `--- files shared ADDRESS`, `--- phone shared`,
//! `--- reply shared`. Such a server puts new header fields where it likes.
//! Of every mail, `cloakroom explain` must have said what then happened.
//! In what is expected a line `...` stands for any lines, `{*}` for anything in a line, `{id}`, `{link}`, `{password}` for one of
//! ours; the same word must be the same wherever it stands.

use crate::support::client::{Door, send};
use crate::support::hop::{Hop, Refusal};
use crate::support::mta::{self, Counting};
use crate::support::phone::Phone;
use crate::support::{decoded, first, settings, until};
use cloakroom::config::Config;
use regex::Regex;
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Default)]
struct Story {
    from: String,
    to: Vec<String>,
    refusals: Vec<Refusal>,
    sections: Vec<(String, String)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_smtp() {
    tell_all(Through::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_lmtp() {
    tell_all(Through::Lmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_milter_take_out() {
    tell_all(Through::TakeOut).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_milter_shared() {
    tell_all(Through::Shared).await;
}

/// How the mail reaches the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Through {
    Smtp,
    Lmtp,
    /// A mail server keeps it; `[milter] mode = "take_out"`.
    TakeOut,
    /// `mode = "shared"`
    Shared,
}

async fn tell_all(door: Through) {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stories"))
            .expect("the stories are in the repository")
            .map(|entry| entry.expect("readable").path())
            .filter(|path| path.extension().is_some_and(|e| e == "story"))
            .collect();
    files.sort();
    assert!(files.len() >= 10, "the stories are there");
    let mut wrong = Vec::new();
    for file in &files {
        if let Err(why) = tell(file, door).await {
            wrong.push(format!("{} by {door:?}: {why}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn tell(file: &Path, door: Through) -> Result<(), String> {
    let story = Story::read(&std::fs::read_to_string(file).map_err(|e| e.to_string())?)?;
    let hop = Hop::start(story.refusals.clone()).await;
    let phone = Phone::start().await;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let config = settings(folder.path(), &story, &hop, &phone, door);
    let running = cloakroom::service::start(config)
        .await
        .map_err(|e| e.to_string())?;
    let address = running.address(door.name()).ok_or("no such door")?;
    let mail = story
        .section("in")
        .ok_or("a story has a mail")?
        .replace('\n', "\r\n");
    let replies = story.send(door, address, &hop, mail.as_bytes()).await;
    let verdict = story
        .judge(door, &replies, &hop, &phone, folder.path())
        .await;
    running.stop().await;
    verdict?;
    if door == Through::Shared && story.to.len() > 1 {
        // It says what each would get, if the mail could be split.
        return Ok(());
    }
    explained(&story, &mail, &replies, &hop, folder.path())
}

/// `cloakroom explain` with the same configuration says what happened.
fn explained(
    story: &Story,
    mail: &str,
    replies: &[String],
    hop: &Hop,
    folder: &Path,
) -> Result<(), String> {
    let file = folder.join("story.eml");
    std::fs::write(&file, mail).map_err(|e| e.to_string())?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    command.arg("explain").arg(&file).arg("--json");
    command.arg("--config").arg(folder.join("cloakroom.toml"));
    let from = if story.from.is_empty() {
        "<>"
    } else {
        &story.from
    };
    command.args(["--from", from]);
    for to in &story.to {
        command.args(["--to", to]);
    }
    let out = command.output().map_err(|e| e.to_string())?;
    let said: Value = serde_json::from_slice(&out.stdout)
        .map_err(|e| format!("explain: {e}: {}", String::from_utf8_lossy(&out.stderr)))?;
    let recipients = said["recipients"]
        .as_array()
        .ok_or("explain: no recipients")?;
    let refused = recipients.iter().any(|r| r["action"] == "reject");
    if refused != replies.iter().any(|reply| reply.starts_with("550 5.7")) {
        return Err(format!("explain: refused is {refused}, but {replies:?}"));
    }
    for recipient in recipients {
        let address = recipient["recipient"]
            .as_str()
            .ok_or("explain: no address")?;
        let deliveries = hop.deliveries();
        let got = deliveries
            .iter()
            .find(|d| d.to.iter().any(|to| to == address));
        let Some(got) = got.filter(|d| !d.from.is_empty() || story.from.is_empty()) else {
            continue;
        };
        let text = String::from_utf8_lossy(&got.bytes);
        let transfer = text.contains("\nX-Cloakroom-Transfer: ");
        if transfer != (recipient["scope"] != "nothing") {
            return Err(format!("explain: {recipient}, but it got\n{text}"));
        }
        for part in recipient["parts"].as_array().into_iter().flatten() {
            let name = part.as_str().unwrap_or_default();
            if text.contains(&format!("filename=\"{name}\"")) {
                return Err(format!("explain: {name} is taken, but it got\n{text}"));
            }
        }
    }
    Ok(())
}

impl Through {
    /// As the service names the door.
    fn name(self) -> &'static str {
        match self {
            Through::Smtp => "smtp",
            Through::Lmtp => "lmtp",
            Through::TakeOut | Through::Shared => "milter",
        }
    }

    /// For the settings.
    fn section(self) -> String {
        let mode = match self {
            Through::Smtp | Through::Lmtp => return String::new(),
            Through::TakeOut => "take_out",
            Through::Shared => "shared",
        };
        format!("[milter]\nlisten = \"127.0.0.1:0\"\nmode = \"{mode}\"\n")
    }

    /// The words behind a section's name that make it hold for this door, the best first.
    fn words(self) -> &'static [&'static str] {
        match self {
            Through::Smtp => &[""],
            Through::Lmtp => &[" lmtp", ""],
            Through::TakeOut => &[" milter", ""],
            Through::Shared => &[" shared", " milter", ""],
        }
    }
}

impl Story {
    async fn send(
        &self,
        door: Through,
        address: SocketAddr,
        hop: &Hop,
        mail: &[u8],
    ) -> Vec<String> {
        let (from, to) = (&self.from, &self.to);
        let counting = match door {
            Through::Smtp => return send(Door::Smtp, address, from, to, mail).await,
            Through::Lmtp => return send(Door::Lmtp, address, from, to, mail).await,
            Through::TakeOut => Counting::Left,
            Through::Shared => Counting::All,
        };
        vec![mta::through(address, counting, hop.address, from, to, mail).await]
    }

    fn read(text: &str) -> Result<Story, String> {
        let mut story = Story::default();
        for line in text.split_inclusive('\n') {
            if let Some(name) = line.strip_prefix("--- ") {
                story.sections.push((name.trim().to_owned(), String::new()));
            } else if let Some((_, body)) = story.sections.last_mut() {
                body.push_str(line);
            } else {
                story.preface(line.trim())?;
            }
        }
        Ok(story)
    }

    fn preface(&mut self, line: &str) -> Result<(), String> {
        match line.split_once(' ') {
            None if line.is_empty() => {}
            Some(("#", _)) => {}
            Some(("from", address)) => self.from = address.trim_matches(['<', '>']).to_owned(),
            Some(("to", address)) => self.to.push(address.to_owned()),
            Some(("hop", rule)) => {
                let (at, reply) = rule.split_once(": ").ok_or("hop WHERE: REPLY")?;
                self.refusals.push(Refusal {
                    at: at.to_owned(),
                    reply: reply.to_owned(),
                });
            }
            _ => return Err(format!("not a story's line: {line}")),
        }
        Ok(())
    }

    fn section(&self, name: &str) -> Option<&str> {
        self.sections
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, body)| body.as_str())
    }

    async fn judge(
        &self,
        door: Through,
        replies: &[String],
        hop: &Hop,
        phone: &Phone,
        folder: &Path,
    ) -> Result<(), String> {
        let mut words = HashMap::new();
        if let Some(wanted) = self.meant("reply", "", door) {
            compare(wanted, &replies.join("\n"), &mut words).map_err(|e| format!("reply: {e}"))?;
        }
        if let Some(wanted) = self.meant("phone", "", door) {
            let got =
                until(|| Some(phone.messages()).filter(|m| m.len() >= wanted.lines().count()))
                    .await;
            let got: Vec<String> = got
                .unwrap_or_else(|| phone.messages())
                .into_iter()
                .map(|(n, t)| format!("{n} {}", t.replace('\n', " | ")))
                .collect();
            compare(wanted, &got.join("\n"), &mut words).map_err(|e| format!("phone: {e}"))?;
        }
        for address in self.addresses("out") {
            let wanted = self.meant("out", address, door).unwrap_or_default();
            let find = || {
                hop.deliveries()
                    .into_iter()
                    .find(|d| d.to.iter().any(|to| to == address))
            };
            let got = match wanted.trim() {
                "nothing" => find(),
                _ => until(find).await,
            };
            match (got, wanted.trim()) {
                (None, "nothing") => {}
                (None, _) => return Err(format!("nothing reached {address}; replies {replies:?}")),
                (Some(_), "nothing") => return Err(format!("a mail reached {address}")),
                (Some(delivery), _) => {
                    let text = String::from_utf8_lossy(&delivery.bytes).replace("\r\n", "\n");
                    let text = match door {
                        Through::Smtp | Through::Lmtp => text,
                        Through::TakeOut | Through::Shared => ours_on_top(&text),
                    };
                    compare(wanted, &text, &mut words)
                        .map_err(|e| format!("out {address}: {e}\n--- got\n{text}"))?;
                }
            }
        }
        self.open_files(door, hop, phone, folder).await
    }

    /// The section that holds for this door: `out shared ADDRESS` before `out ADDRESS`.
    fn meant(&self, what: &str, of: &str, door: Through) -> Option<&str> {
        let named = |word: &&str| self.section(format!("{what}{word} {of}").trim_end());
        door.words().iter().find_map(named)
    }

    /// Everybody whom sections of this kind are about.
    fn addresses(&self, what: &str) -> Vec<&str> {
        let names = self.sections.iter().map(|(name, _)| name.as_str());
        let these = names.filter(|name| name.split(' ').next() == Some(what));
        let mut addresses: Vec<&str> = these
            .filter_map(|name| name.split(' ').next_back())
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }

    async fn open_files(
        &self,
        door: Through,
        hop: &Hop,
        phone: &Phone,
        folder: &Path,
    ) -> Result<(), String> {
        for address in self.addresses("files") {
            let wanted = self.meant("files", address, door).unwrap_or_default();
            let mail = hop
                .deliveries()
                .into_iter()
                .find(|d| d.to.iter().any(|to| to == address))
                .ok_or("no mail")?;
            let link = first(
                r"http://[^/\s]+/t/[0-9a-z]{32}",
                &String::from_utf8_lossy(&mail.bytes),
            )
            .ok_or("no link")?;
            let sender = || {
                hop.deliveries()
                    .into_iter()
                    .filter(|d| d.from.is_empty())
                    .map(|d| decoded(&d.bytes))
                    .collect::<String>()
            };
            let told = || {
                phone
                    .messages()
                    .into_iter()
                    .map(|(_, text)| text)
                    .collect::<String>()
                    + &sender()
            };
            let needs = self
                .section("policy")
                .is_none_or(|policy| !policy.contains("unlock = \"link\""));
            let password = if needs {
                until(|| first(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", &told())).await
            } else {
                None
            };
            let into = folder.join("fetched");
            let fetched = crate::support::fetch(&link, password.as_deref(), &into).await?;
            let got: Vec<String> = fetched
                .iter()
                .map(|file| {
                    format!(
                        "{}: {}",
                        file.name,
                        std::fs::read_to_string(into.join(&file.name))
                            .unwrap_or_default()
                            .trim_end()
                            .replace("\r\n", " | ")
                    )
                })
                .collect();
            compare(wanted, &got.join("\n"), &mut HashMap::new())
                .map_err(|e| format!("files {address}: {e}"))?;
        }
        Ok(())
    }
}

/// Compares line by line; the first line that is not as told is named.
fn compare(wanted: &str, got: &str, words: &mut HashMap<String, String>) -> Result<(), String> {
    let got: Vec<&str> = got.trim_end().lines().collect();
    let mut at = 0;
    let mut any = false;
    for line in wanted.trim_end().lines() {
        if line == "..." {
            any = true;
            continue;
        }
        let found = (at..got.len())
            .take(if any { usize::MAX } else { 1 })
            .find(|i| like(line, got[*i], words));
        match found {
            Some(i) => at = i + 1,
            None => return Err(format!("wanted {line:?}, got {:?}", got.get(at))),
        }
        any = false;
    }
    if any || at == got.len() {
        Ok(())
    } else {
        Err(format!("nothing more was wanted, got {:?}", got[at]))
    }
}

fn like(wanted: &str, got: &str, words: &mut HashMap<String, String>) -> bool {
    let mut pattern = regex::escape(wanted);
    let kinds = [
        ("id", "[0-9A-HJKMNP-TV-Z]{8}"),
        ("link", r"https?://[^/\s]+/t/[0-9a-z]{32}"),
        ("password", "[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"),
    ];
    for (word, shape) in kinds {
        let known = words.get(word).map(|w| regex::escape(w));
        let place = regex::escape(&format!("{{{word}}}"));
        if let Some(known) = known {
            pattern = pattern.replace(&place, &known);
        } else {
            pattern = pattern.replacen(&place, &format!("(?<{word}>{shape})"), 1);
            pattern = pattern.replace(&place, shape);
        }
    }
    pattern = pattern.replace(r"\{\*\}", ".*");
    let Some(captures) = Regex::new(&format!("^{pattern}$"))
        .expect("a test's pattern")
        .captures(got)
    else {
        return false;
    };
    for (word, _) in kinds {
        if let Some(value) = captures.name(word) {
            words.insert(word.to_owned(), value.as_str().to_owned());
        }
    }
    true
}

/// A mail server adds fields behind the others; the stories have ours where the gateway puts them, below the `Received` on top.
fn ours_on_top(mail: &str) -> String {
    let (header, body) = mail.split_once("\n\n").unwrap_or((mail, ""));
    let is_folded = |line: &str| line.starts_with([' ', '\t']);
    let mut fields: Vec<String> = Vec::new();
    for line in header.lines() {
        match fields.last_mut().filter(|_| is_folded(line)) {
            Some(field) => *field += &format!("\n{line}"),
            None => fields.push(line.to_owned()),
        }
    }
    // Stable: the rest stays in its order.
    fields.sort_by_key(|field| match field {
        field if field.starts_with("Received:") => 0,
        field if field.starts_with("X-Cloakroom-") => 1,
        _ => 2,
    });
    format!("{}\n\n{body}", fields.join("\n"))
}

fn settings(folder: &Path, story: &Story, hop: &Hop, phone: &Phone, door: Through) -> Config {
    let policy = story.section("policy").unwrap_or(PROTECT_ALL);
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\nurl = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n",
        phone.address
    ) + &door.section();
    let next_hop = format!("smtp://{}", hop.address);
    let Some(people) = story.section("people") else {
        return settings::with(folder, policy, &next_hop, &channel);
    };
    let directory = "[[directory]]\nname = \"people\"\nkind = \"file\"\npath = \"people.csv\"\n";
    settings::write(folder, policy, &next_hop, &(channel + directory));
    settings::with_receipts(folder);
    std::fs::write(folder.join("people.csv"), people).expect("written");
    settings::read(folder)
}

const PROTECT_ALL: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms", "sender"], keep_for = "10 days" }
"#;
