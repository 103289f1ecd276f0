//! Every crash point that stands in the sources: the program dies there, starts again, and the judge looks. A point that this file's
//! story does not reach fails the test, so a new one needs a sentence here.

use super::house::{House, Manners};
use super::mails::{BANK, BRIEF, CANARY, COLLEAGUE, LAW, Letter, PARTNER, WATCHED};
use crate::support::client::Door;
use crate::support::process::Gateway;
use crate::support::{fetch, link_in};
use regex::Regex;
use rustix::process::Signal;
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet, block_in_place};
use tokio::time::sleep;

/// Stories at once.
const AT_ONCE: usize = 3;
/// Points that every write passes are tried later in the story too.
const OFTEN: [(&str, &[u32]); 4] = [
    // Blobs with nothing behind them are few.
    ("blob/written", &[4]),
    ("blob/synced", &[4]),
    ("blob/", &[4, 9]),
    ("index/", &[4, 9]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn wherever_it_dies_what_was_promised_is_kept() {
    let mut names = names();
    // What people write on the page has a story of its own: `it/written.rs`. So has a mail server that keeps the mail: `it/milter`; and
    // browsers that are set up: `it/portal/quick/killed.rs`.
    let elsewhere = |name: &str| is_about_writing(name) || is_about_devices(name);
    names.retain(|name| !elsewhere(name) && !name.starts_with("milter/"));
    assert!(names.len() > 20, "only {names:?}");
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut stories = JoinSet::new();
    for die_at in names.iter().flat_map(|name| orders(name)) {
        let turns = turns.clone();
        stories.spawn(async move {
            let turn = turns.acquire().await.expect("never closed");
            let died = story(&die_at).await;
            drop(turn);
            (die_at, died)
        });
    }
    let mut never = Vec::new();
    while let Some(told) = stories.join_next().await {
        let (die_at, died) = told.expect("a story ends well; see above");
        if !died {
            never.push(die_at);
        }
    }
    assert!(never.is_empty(), "nothing in this story reaches {never:?}");
}

fn orders(name: &str) -> Vec<String> {
    let often = OFTEN.iter().find(|(often, _)| name.starts_with(often));
    let later = often.into_iter().flat_map(|(_, later)| *later);
    let later = later.map(|nth| format!("{name}:{nth}"));
    [name.to_owned()].into_iter().chain(later).collect()
}

/// All that the sources name.
pub fn names() -> BTreeSet<String> {
    let shape = Regex::new(r#"crash::point\(\s*"([^"]+)"\s*\)"#).expect("a test's pattern");
    let mut names = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("sources") {
            let path = entry.expect("sources").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                names.extend(shape.captures_iter(&text).map(|found| found[1].to_owned()));
            }
        }
    }
    names
}

/// What needs somebody who answers on the page.
pub fn is_about_writing(point: &str) -> bool {
    point.starts_with("draft/") || point.starts_with("written/")
}

/// What needs somebody who sets up a browser.
pub fn is_about_devices(point: &str) -> bool {
    point.starts_with("circle/") || point.starts_with("connect/")
}

/// What needs a scanner too: `it/peers_clamd.rs`.
pub fn is_about_scanning(point: &str) -> bool {
    point.starts_with("written/scan")
}

/// What needs a mail that is taken in part.
fn is_about_parcels(die_at: &str) -> bool {
    die_at.starts_with("parcel/") || die_at.starts_with("own/")
}

/// What needs somebody who lost his link.
fn is_about_renewals(die_at: &str) -> bool {
    die_at.starts_with("renew/") || die_at.starts_with("generation/")
}

/// Of the links that came to who had lost his, the last opens, and no other; if the new one was not made, that is the first.
async fn one_link_opens(house: &House, gateway: &Gateway, die_at: &str) {
    let links = || {
        let events = house.history.events();
        let theirs = |c: &&super::history::Copy| c.to.iter().any(|to| to.starts_with("renewed-"));
        let mut copies: Vec<_> = events.copies.iter().filter(theirs).collect();
        copies.sort_by_key(|copy| copy.at);
        let mut links: Vec<String> = copies.iter().filter_map(|c| link_in(&c.bytes)).collect();
        links.dedup();
        links
    };
    let into = house.folder.join("renewed");
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let links = links();
        let mut opened = Vec::new();
        for link in &links {
            opened.push(fetch(&gateway.here(link), None, &into).await.is_ok());
            let _ = std::fs::remove_dir_all(&into);
        }
        if let Some((true, others)) = opened.split_last()
            && !others.contains(&true)
        {
            return;
        }
        assert!(Instant::now() < end, "{die_at}: {links:?} open {opened:?}");
        sleep(Duration::from_millis(300)).await;
    }
}

/// Somebody who has no patience tries parcels all the time, until this is dropped: the schedule waits a minute, then five.
struct Impatient(JoinHandle<()>);

impl Impatient {
    fn about(die_at: &str, folder: &Path) -> Option<Self> {
        let folder = folder.to_owned();
        let task = || async move {
            loop {
                sleep(Duration::from_secs(1)).await;
                cloakroom(&folder, &["queue", "retry"]);
            }
        };
        is_about_parcels(die_at).then(|| Impatient(tokio::spawn(task())))
    }
}

impl Drop for Impatient {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// True if the program died there, by the signal that it sends itself.
async fn story(die_at: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let house = House::build(folder.path(), 0, Manners::Good).await;
    for letter in letters(die_at) {
        house.queue.put(letter);
    }
    let _impatient = Impatient::about(die_at, folder.path());
    let died = lives(&house, die_at).await;
    house.history.died();
    let gateway = house
        .start(None)
        .unwrap_or_else(|g| panic!("{die_at}: it does not start again: {}", g.log()));
    rule(&house, true).await;
    if is_about_renewals(die_at) {
        one_link_opens(&house, &gateway, die_at).await;
    }
    eprintln!("{die_at}: died: {died}");
    house.settle_and_judge(gateway).await;
    died
}

fn letters(die_at: &str) -> Vec<Letter> {
    let file = [CANARY.as_bytes(), &[7; 3000]].concat();
    let mut number = 100;
    let mut letter = |door, to: &[(&str, &str)]| {
        number += 1;
        let name = |(who, domain): &(&str, &str)| format!("{who}-{number}@{domain}");
        Letter::with(number, to.iter().map(name).collect(), Some(&file), door)
    };
    let mut all = vec![
        letter(Door::Smtp, &[("bo", PARTNER)]),
        letter(Door::Lmtp, &[("bo", BANK)]),
        letter(Door::Smtp, &[("bo", LAW)]),
        letter(Door::Lmtp, &[("bo", COLLEAGUE), ("eva", PARTNER)]),
        // The next hop takes it for one of two, and for nobody.
        letter(Door::Lmtp, &[("bo", PARTNER), ("gone", PARTNER)]),
        letter(Door::Smtp, &[("gone", PARTNER)]),
        letter(Door::Smtp, &[("bo", WATCHED)]),
        letter(Door::Smtp, &[("bo", BRIEF)]),
    ];
    // Taken back later.
    let mut revoked = letter(Door::Lmtp, &[("revoked", PARTNER)]);
    revoked.lasts = false;
    all.push(revoked);
    if is_about_renewals(die_at) {
        let mut renewed = letter(Door::Smtp, &[("renewed", PARTNER)]);
        renewed.lasts = false;
        all.push(renewed);
    }
    let to_bank = |number| {
        Letter::with(
            number,
            vec![format!("bo-{number}@{BANK}")],
            Some(&file),
            Door::Smtp,
        )
    };
    // The telephone does not exist.
    all.push(to_bank(98));
    if die_at.starts_with("early/") {
        let large = [CANARY.as_bytes(), &[7; 400_000]].concat();
        let to = vec![format!("bo-97@{PARTNER}")];
        all.insert(0, Letter::with(97, to, Some(&large), Door::Smtp));
    }
    if die_at == "notice/put-off" {
        all.push(to_bank(99));
    }
    if is_about_parcels(die_at) {
        all.push(letter(Door::Smtp, &[("bo", PARTNER), ("slow", LAW)]));
        all.push(letter(Door::Smtp, &[("bo", PARTNER), ("gone", LAW)]));
    }
    all
}

/// Two lives, the second behind a stop: it finds what has ended meanwhile. True if one of them ended as it was told.
async fn lives(house: &House, die_at: &str) -> bool {
    for life in 0..2 {
        let mut gateway = match house.start(Some(die_at)) {
            Ok(gateway) => gateway,
            Err(mut gateway) => return is_killed(&end(&mut gateway).await),
        };
        let acts = async {
            match life {
                0 => first_life(house).await,
                _ => sleep(Duration::from_millis(1500)).await,
            }
        };
        let ended = tokio::select! {
            ended = death(&mut gateway) => Some(ended),
            () = acts => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                forgotten_blob(&house.folder);
                gateway.signal(Signal::TERM);
                end(&mut gateway).await
            }
        };
        if is_killed(&ended) {
            return true;
        }
    }
    false
}

async fn first_life(house: &House) {
    house
        .quiet(|events, letter, to| {
            to.ends_with(WATCHED) || super::judge::has_arrived(events, letter, to)
        })
        .await;
    rule(house, false).await;
    each(house, "revoked-", "revoke");
    each(house, "renewed-", "resend");
    house.quiet(super::judge::has_arrived).await;
    // What people are told, and what is erased, comes behind the mails.
    sleep(Duration::from_millis(500)).await;
}

/// Somebody releases what waits; `all`: until nothing can wait any more.
async fn rule(house: &House, all: bool) {
    let end = Instant::now() + Duration::from_secs(20);
    let is_there = || {
        let events = house.history.events();
        events.copies.iter().any(|c| c.to[0].ends_with(WATCHED))
    };
    while !is_there() && Instant::now() < end {
        for line in cloakroom(&house.folder, &["hold", "list", "--json"]).lines() {
            let mail: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            if let Some(id) = mail["id"].as_str() {
                cloakroom(&house.folder, &["hold", "release", id]);
            }
        }
        if !all {
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Does it with the transfers of this recipient.
fn each(house: &House, whose: &str, what: &str) {
    for line in cloakroom(&house.folder, &["transfer", "list", "--json"]).lines() {
        let transfer: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let to = transfer["tickets"][0]["recipients"][0].as_str();
        if let (Some(id), Some(true)) =
            (transfer["id"].as_str(), to.map(|to| to.starts_with(whose)))
        {
            cloakroom(&house.folder, &["transfer", what, id]);
        }
    }
}

/// What it printed: nothing if the gateway died meanwhile.
fn cloakroom(folder: &Path, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    command
        .args(words)
        .arg("--config")
        .arg(folder.join("cloakroom.toml"));
    let output = block_in_place(|| command.output()).expect("the program runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A blob that nothing refers to, two hours old.
fn forgotten_blob(folder: &Path) {
    let name = format!("ab{}", "0".repeat(30));
    let path = folder.join("state/blobs/kept").join(name);
    std::fs::write(&path, "nobody's").expect("the folder is ours");
    let file = std::fs::File::options()
        .append(true)
        .open(&path)
        .expect("it was written");
    let old = SystemTime::now() - Duration::from_secs(7200);
    file.set_modified(old).expect("ours");
}

async fn death(gateway: &mut Gateway) -> ExitStatus {
    loop {
        if let Some(ended) = gateway.ended() {
            return ended;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

async fn end(gateway: &mut Gateway) -> ExitStatus {
    let ended = tokio::time::timeout(Duration::from_secs(90), death(gateway)).await;
    ended.expect("it ends when it is told to")
}

fn is_killed(ended: &ExitStatus) -> bool {
    ended.signal() == Some(9)
}
