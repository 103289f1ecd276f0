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
//! The same by a real Postfix and a real Sendmail with the gateway as their milter: what a next hop refuses comes back to them when their
//! client has had its answer, and on the mail that they were given back they put a `Received` of their own. And by miltertest, which says
//! what it was told and makes no mail of it: what stays with it is judged by whether its body changes and names a transfer (bodies of over
//! 4 KiB are too large for it).
//! Of every mail, `cloakroom explain` must have said what then happened.
//! In what is expected a line `...` stands for any lines, `{*}` for anything in a line, `{id}`, `{link}`, `{password}` for one of
//! ours; the same word must be the same wherever it stands.

use crate::milter::house::Plan;
use crate::milter::servers::{MailServer, Places};
use crate::support::client::{Door, send};
use crate::support::hop::{Hop, Refusal};
use crate::support::miltertest;
use crate::support::mta::{self, Counting};
use crate::support::phone::Phone;
use crate::support::postfix::{Postfix, lasting_ports};
use crate::support::sendmail::Sendmail;
use crate::support::{decoded, first, settings, until};
use cloakroom::config::Config;
use regex::Regex;
use serde_json::Value;
use std::any::Any;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
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
    tell_all(Through::Milter(Mode::TakeOut)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_milter_shared() {
    tell_all(Through::Milter(Mode::Shared)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_a_real_postfix_take_out() {
    tell_all(Through::Real(Program::Postfix, Mode::TakeOut)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_a_real_postfix_shared() {
    tell_all(Through::Real(Program::Postfix, Mode::Shared)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_a_real_sendmail_take_out() {
    tell_all(Through::Real(Program::Sendmail, Mode::TakeOut)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_a_real_sendmail_shared() {
    tell_all(Through::Real(Program::Sendmail, Mode::Shared)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_miltertest_take_out() {
    tell_all(Through::Tested(Mode::TakeOut)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_story_ends_as_told_by_miltertest_shared() {
    tell_all(Through::Tested(Mode::Shared)).await;
}

/// How the mail reaches the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Through {
    Smtp,
    Lmtp,
    /// A mail server of ours keeps it.
    Milter(Mode),
    /// A real one does.
    Real(Program, Mode),
    /// miltertest does (`support/miltertest.rs`).
    Tested(Mode),
}

/// `[milter] mode`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    TakeOut,
    Shared,
}

/// A real mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Postfix,
    Sendmail,
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
    let (mut wrong, mut untold) = (Vec::new(), 0);
    for file in &files {
        match tell(file, door).await {
            Err(why) if why.contains(miltertest::TOO_LARGE) => untold += 1,
            Err(why) => wrong.push(format!("{} by {door:?}: {why}", file.display())),
            Ok(()) => {}
        }
    }
    assert!(untold <= 5, "{untold} stories are not told");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn tell(file: &Path, door: Through) -> Result<(), String> {
    let story = Story::read(&std::fs::read_to_string(file).map_err(|e| e.to_string())?)?;
    let hop = Hop::start(story.refusals.clone()).await;
    let phone = Phone::start().await;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let ports = lasting_ports();
    let config = settings(folder.path(), &story, &hop, &phone, (door, ports));
    let running = cloakroom::service::start(config)
        .await
        .map_err(|e| e.to_string())?;
    let server = door.server(folder.path(), hop.address, ports);
    let address = match server {
        Some(_) => (Ipv4Addr::LOCALHOST, ports[FRONT]).into(),
        None => running.address(door.name()).ok_or("no such door")?,
    };
    let mail = story
        .section("in")
        .ok_or("a story has a mail")?
        .replace('\n', "\r\n");
    let replies = story.send(door, address, &hop, mail.as_bytes()).await;
    let verdict = story
        .judge(door, &replies, &hop, &phone, folder.path())
        .await;
    drop(server);
    running.stop().await;
    verdict?;
    explained(&story, &mail, &replies, &hop, (folder.path(), door))
}

/// `cloakroom explain` with the same configuration says what happened.
fn explained(
    story: &Story,
    mail: &str,
    replies: &[String],
    hop: &Hop,
    (folder, door): (&Path, Through),
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
    if door.mode() == Some(Mode::Shared) {
        command.arg("--together");
    }
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
            Through::Milter(_) | Through::Real(..) | Through::Tested(_) => "milter",
        }
    }

    fn mode(self) -> Option<Mode> {
        match self {
            Through::Smtp | Through::Lmtp => None,
            Through::Milter(mode) | Through::Real(_, mode) | Through::Tested(mode) => Some(mode),
        }
    }

    /// For the settings.
    fn section(self, port: u16) -> String {
        let mode = match self.mode() {
            None => return String::new(),
            Some(Mode::TakeOut) => "take_out",
            Some(Mode::Shared) => "shared",
        };
        format!("[milter]\nlisten = \"127.0.0.1:{port}\"\nmode = \"{mode}\"\n")
    }

    /// The real one, running for as long as what is given.
    fn server(self, folder: &Path, sink: SocketAddr, ports: Ports) -> Option<Box<dyn Any>> {
        let Through::Real(program, _) = self else {
            return None;
        };
        let places = Places {
            sink,
            filters: [
                (ports[MILTER], vec![("tempfail", ports[FRONT])]),
                (ports[MILTER], Vec::new()),
            ],
            back: ports[BACK],
            watcher: None,
        };
        let plan = Plan::mode("");
        Some(tokio::task::block_in_place(|| -> Box<dyn Any> {
            match program {
                Program::Postfix => Box::new(Postfix::running(folder, &plan, &places)),
                Program::Sendmail => Box::new(Sendmail::running(folder, &plan, &places)),
            }
        }))
    }

    /// The words behind a section's name that make it hold for this door, the best first.
    fn words(self) -> &'static [&'static str] {
        match self.mode() {
            None if self == Through::Smtp => &[""],
            None => &[" lmtp", ""],
            Some(Mode::TakeOut) => &[" milter", ""],
            Some(Mode::Shared) => &[" shared", " milter", ""],
        }
    }
}

/// Of the gateway as a milter, of the service that asks it, and of the one where mail comes back.
type Ports = [u16; 3];
const MILTER: usize = 0;
const FRONT: usize = 1;
const BACK: usize = 2;

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
            Through::Smtp | Through::Real(..) => {
                return send(Door::Smtp, address, from, to, mail).await;
            }
            Through::Lmtp => return send(Door::Lmtp, address, from, to, mail).await,
            Through::Tested(_) => {
                let wanted = self.meant("reply", "", door).unwrap_or_default();
                let wanted = wanted.lines().last().unwrap_or_default();
                return miltertest::told(address, (from, to, mail), wanted);
            }
            Through::Milter(Mode::TakeOut) => Counting::Left,
            Through::Milter(Mode::Shared) => Counting::All,
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
            let (wanted, said) = self.replies(door, wanted, replies);
            compare(&wanted, &said, &mut words).map_err(|e| format!("reply: {e}"))?;
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
        if let (Through::Tested(_), Some(kept)) = (door, replies.get(1)) {
            return self.keeps(door, kept);
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
                        Through::Milter(_) | Through::Tested(_) => ours_on_top(&text),
                        Through::Real(..) => ours_on_top(without_its_trace(&text)),
                    };
                    compare(wanted, &text, &mut words)
                        .map_err(|e| format!("out {address}: {e}\n--- got\n{text}"))?;
                }
            }
        }
        if matches!(door, Through::Real(..)) && !self.refusals.is_empty() {
            // There is a password for who was refused, too.
            return Ok(());
        }
        self.open_files(door, hop, phone, folder).await
    }

    /// Of a mail that stays with miltertest: changed, if it is protected for somebody.
    fn keeps(&self, door: Through, kept: &str) -> Result<(), String> {
        let outs = self.addresses("out");
        let mut outs = outs.iter().filter_map(|to| self.meant("out", to, door));
        let protected = outs.any(|out| out.contains("\nX-Cloakroom-Transfer: "))
            || !self.addresses("files").is_empty()
            // Of whom the next hop will refuse nothing is said here.
            || !self.refusals.is_empty();
        let wanted = if protected {
            miltertest::CHANGED
        } else {
            miltertest::AS_IT_CAME
        };
        match kept == wanted {
            true => Ok(()),
            false => Err(format!("it is kept {kept}, not {wanted}")),
        }
    }

    /// What is compared of replies. A real mail server has words of its own for what it has taken, and takes what a next hop refuses later.
    fn replies(&self, door: Through, wanted: &str, said: &[String]) -> (String, String) {
        let last = |replies: &mut dyn Iterator<Item = &str>| {
            let last = replies.last().unwrap_or_default();
            let is_taken = last.starts_with('2');
            if is_taken {
                "taken".to_owned()
            } else {
                last.to_owned()
            }
        };
        match door {
            Through::Real(..) if self.refusals.is_empty() => (
                last(&mut wanted.lines()),
                last(&mut said.iter().map(String::as_str)),
            ),
            Through::Real(..) => (String::new(), String::new()),
            Through::Tested(_) => (
                last(&mut wanted.lines()),
                last(&mut said.iter().map(String::as_str).take(1)),
            ),
            _ => (wanted.to_owned(), said.join("\n")),
        }
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
            let mail = || {
                let mut deliveries = hop.deliveries().into_iter();
                deliveries.find(|d| d.to.iter().any(|to| to == address))
            };
            let mail = until(mail).await.ok_or("no mail")?;
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

/// Where the gateway has brought it, a mail server puts a `Received` on top of ours.
fn without_its_trace(mail: &str) -> &str {
    let Some((first, _)) = mail
        .split_once("\n")
        .filter(|(f, _)| f.starts_with("Received: from gateway.test"))
    else {
        return mail;
    };
    let rest = &mail[first.len() + 1..];
    let folds = rest
        .split_inclusive('\n')
        .take_while(|line| line.starts_with([' ', '\t']));
    &rest[folds.map(str::len).sum::<usize>()..]
}

fn settings(
    folder: &Path,
    story: &Story,
    hop: &Hop,
    phone: &Phone,
    (door, ports): (Through, Ports),
) -> Config {
    let policy = story.section("policy").unwrap_or(PROTECT_ALL);
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\nurl = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n",
        phone.address
    ) + &door.section(match door {
        Through::Real(..) => ports[MILTER],
        _ => 0,
    });
    let next_hop = match door {
        Through::Real(..) => format!("smtp://127.0.0.1:{}", ports[BACK]),
        _ => format!("smtp://{}", hop.address),
    };
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
