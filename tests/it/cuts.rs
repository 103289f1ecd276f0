//! The power goes at every call to the disk, and everything that may then be left is started again (reliability.md 6.2, layer 1).
//!
//! One mail, to one, two or three kinds of recipients, by both doors, to a next hop that behaves in each way: its calls to the
//! simulated disk (`support::disk`) are kept in order with what the next hop had by then. Behind each call, and in the middle of it, the
//! power goes; in each state the disk may be in a new gateway starts and the client, if it heard no 2xx, sends the same bytes again.

use crate::support::client::{Door, send};
use crate::support::disk::{Dice, Left, Point, Simulated};
use crate::support::link_in;
use crate::support::plant::{self, Plant};
use cloakroom::doors::smtp::Protocol;
use cloakroom::fault::Reply;
use cloakroom::forward::Memory as Hop;
use cloakroom::forward::memory::{Stage, Taken};
use cloakroom::gateway::Gateway;
use cloakroom::gateway::collect::{Caller, Lock, Unlocked};
use cloakroom::notify::MemoryChannel;
use cloakroom::transfer::{EntryKind, LinkSecret, Password};
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;

const BO: &str = "bo@partner.example";
const EVA: &str = "eva@bank.example";
const CARLA: &str = "carla@example.org";
/// Stands in the file, and so in the colleague's mail alone.
const FILE: &str = "The heron waits in the reeds.\r\n";
/// States of one point: all if there are no more, else so many by the dice.
const STATES: usize = 8;

const RULES: &str = r#"
schema = 1
[[rule]]
id = "partners"
why = "Files to partners travel protected."
when = { has_attachments = true, to = ["@partner.example"] }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
[[rule]]
id = "the-bank"
why = "The bank needs a password."
when = { has_attachments = true, to = ["@bank.example"] }
then = { action = "transfer", unlock = "password", password_via = ["desk"], keep_for = "10 days" }
"#;

/// What the next hop does before the power goes.
struct Script {
    name: &'static str,
    tell: fn(&Hop),
    /// It refuses Bo at RCPT, or everybody at MAIL.
    at_rcpt: bool,
    at_mail: bool,
}

const fn at_the_dot(name: &'static str, tell: fn(&Hop)) -> Script {
    Script {
        name,
        tell,
        at_rcpt: false,
        at_mail: false,
    }
}

const SCRIPTS: &[Script] = &[
    at_the_dot("takes all", |_| ()),
    at_the_dot("refuses all", |hop| hop.answer(Stage::Content, "*", no())),
    at_the_dot("defers all", |hop| hop.answer(Stage::Content, "*", later())),
    at_the_dot("is lost at the dot", |hop| hop.lose(Stage::Content, "*")),
    at_the_dot("takes all and dies before it says so", |hop| {
        hop.swallow("*")
    }),
    at_the_dot("refuses one", |hop| hop.answer(Stage::Content, BO, no())),
    at_the_dot("defers one", |hop| hop.answer(Stage::Content, BO, later())),
    at_the_dot("is lost at the dot of one", |hop| {
        hop.lose(Stage::Content, BO)
    }),
    at_the_dot("takes one and dies before it says so", |hop| {
        hop.swallow(BO)
    }),
    at_the_dot("takes one and dies, refuses another", |hop| {
        hop.swallow(BO);
        hop.answer(Stage::Content, EVA, no());
    }),
    Script {
        name: "refuses one at RCPT",
        tell: |hop| hop.answer(Stage::Recipient, BO, no()),
        at_rcpt: true,
        at_mail: false,
    },
    Script {
        name: "is lost at RCPT of one",
        tell: |hop| hop.lose(Stage::Recipient, BO),
        at_rcpt: true,
        at_mail: false,
    },
    Script {
        name: "defers at MAIL",
        tell: |hop| hop.answer(Stage::Mail, "*", later()),
        at_rcpt: false,
        at_mail: true,
    },
];

const QUIET: &Script = &SCRIPTS[0];

fn no() -> Reply {
    Reply::new(550, (5, 7, 1), "No")
}

fn later() -> Reply {
    Reply::new(451, (4, 3, 0), "Busy")
}

/// What the next hop has, but for our reports.
fn copies(hop: &Hop) -> Vec<Taken> {
    let taken = hop.taken().into_iter();
    taken.filter(|taken| taken.sender.is_some()).collect()
}

fn mail() -> String {
    format!(
        "From: Anna Lind <anna@example.org>\r\nTo: {BO}, {EVA}\r\nCc: {CARLA}\r\nSubject: Plan\r\n\
         Message-ID: <1@example.org>\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n\
         --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\n{FILE}\r\n--b--\r\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_power_cut_hurts_a_mail_to_one_outside() {
    every_cut(&[BO], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_power_cut_hurts_a_mail_to_one_outside_and_a_colleague() {
    every_cut(&[BO, CARLA], 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_power_cut_hurts_a_mail_of_three_kinds() {
    every_cut(&[BO, EVA, CARLA], 3).await;
}

async fn every_cut(recipients: &'static [&'static str], seed: u64) {
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let (mut cuts, mut retries) = (0, 0);
    for door in [Door::Smtp, Door::Lmtp] {
        for script in SCRIPTS {
            let first = First::send(script, door, recipients).await;
            for point in first.points() {
                for left in first.disk.states(point, STATES, &mut dice) {
                    cuts += 1;
                    let again = [Door::Smtp, Door::Lmtp][dice.below(2)];
                    let second = first.starts_again(point, left, again).await;
                    retries += usize::from(second.told.is_some());
                    second.check().await;
                }
            }
        }
    }
    println!("{cuts} cuts, {retries} times the client came again");
    assert!(
        cuts > 120 && retries > 100,
        "{cuts} cuts, {retries} retries"
    );
}

/// A mail that was sent to its end, with all that can be cut off.
struct First {
    script: &'static Script,
    door: Door,
    recipients: &'static [&'static str],
    plant: Plant,
    disk: Simulated,
    /// Calls before the mail came.
    begun: usize,
    told: Vec<&'static str>,
}

/// Another gateway, on what was left.
struct Second<'a> {
    first: &'a First,
    name: String,
    plant: Plant,
    gateway: Arc<Gateway>,
    /// What the next hop had when the power went.
    had: Vec<Taken>,
    /// Whom the client believed to be served then.
    heard: &'a [&'static str],
    /// And what it heard when it came again, if it did.
    told: Option<Vec<&'static str>>,
}

impl First {
    async fn send(
        script: &'static Script,
        door: Door,
        recipients: &'static [&'static str],
    ) -> First {
        let mut plant = Plant::new();
        plant.rules = RULES;
        let hop = plant.hop.clone();
        let disk = Simulated::new(Left::default(), move || copies(&hop).len());
        let gateway = plant.gateway(Arc::new(disk.clone())).expect("is built");
        let begun = disk.calls();
        (script.tell)(&plant.hop);
        let told = submit(&gateway, door, recipients, script).await;
        First {
            script,
            door,
            recipients,
            plant,
            disk,
            begun,
            told,
        }
    }

    /// Behind each call, and inside it. Up to the next hop all scripts are the same: one of them will do.
    fn points(&self) -> Vec<Point> {
        let all = self.disk.calls();
        let from = match std::ptr::eq(self.script, QUIET) {
            true => self.begun,
            // The batch that holds, and what comes after it.
            false => all.saturating_sub(2).max(self.begun),
        };
        let points =
            (from + 1..=all).flat_map(|calls| [true, false].map(|inside| Point { calls, inside }));
        points.collect()
    }

    async fn starts_again(&self, point: Point, left: Left, door: Door) -> Second<'_> {
        let taken = copies(&self.plant.hop);
        let seen = self.disk.seen(point, taken.len());
        let is_end = point.calls == self.disk.calls() && !point.inside;
        let mut plant = self.plant.clone();
        plant.hop = Hop::new();
        // What others of these runs have told counts for nothing here.
        plant.desk = MemoryChannel::new("desk", "command");
        let disk = Simulated::new(left, || 0);
        let name = format!(
            "{} by {:?}, {point:?}, then {door:?}",
            self.script.name, self.door
        );
        let gateway = plant.gateway(Arc::new(disk));
        let gateway = gateway.unwrap_or_else(|e| panic!("{name}: does not start: {e}"));
        let mut second = Second {
            first: self,
            name,
            plant,
            gateway,
            had: taken[..seen].to_vec(),
            heard: if is_end { &self.told } else { &[] },
            told: None,
        };
        second.start();
        second.gateway.round(Timestamp::now(), false).await;
        if second.heard.len() < self.recipients.len() {
            let told = submit(&second.gateway, door, self.recipients, QUIET).await;
            second.told = Some(told);
            second.gateway.round(Timestamp::now(), false).await;
        }
        // What is ours is tried within minutes.
        let later = Timestamp::now() + 10.minutes();
        second.gateway.round(later, false).await;
        second.gateway.round(Timestamp::now(), false).await;
        second
    }
}

impl Second<'_> {
    /// As the service does it.
    fn start(&self) {
        let store = self.gateway.store();
        let name = &self.name;
        store.finish_erasing().expect("erases");
        let now = Timestamp::now().as_second();
        let swept = store.sweep(now).expect("sweeps");
        assert_eq!(swept.missing, 0, "{name}: a record without its blob");
        let rebuilt = store.rebuild(now).expect("reads");
        assert_eq!(rebuilt.damaged, 0, "{name}: half a manifest has a name");
        assert_eq!(
            rebuilt.transfers, 0,
            "{name}: a manifest without a record was not swept"
        );
    }

    async fn check(&self) {
        let name = &self.name;
        let after = copies(&self.plant.hop);
        let has = |all: &[Taken], whom: &str| {
            let mut recipients = all.iter().flat_map(|taken| &taken.recipients);
            recipients.any(|r| r.address.to_string() == whom)
        };
        for whom in self.heard {
            let has = has(&self.had, whom) || has(&after, whom) || self.is_reported(whom);
            assert!(has, "{name}: {whom} has no mail");
        }
        let told = self.told.as_deref().unwrap_or_default();
        if self.told.is_some() {
            assert_eq!(told, self.first.recipients, "{name}: all is well again");
        }
        for whom in told {
            let has = has(&self.had, whom) || has(&after, whom) || self.is_reported(whom);
            assert!(has, "{name}: {whom} has no mail after the retry");
        }
        for taken in self.had.iter().chain(&after) {
            self.check_mail(taken).await;
        }
        self.each_copy_once(&after);
        let has = |whom: &str| has(&self.had, whom) || has(&after, whom);
        for entry in self.plant.desk.sent().iter().flat_map(|n| &n.entries) {
            let to = &entry.recipient;
            assert!(has(to), "{name}: a password for {to}, who has no mail");
        }
    }

    /// At most one copy that nobody could know of before the one that counts, and always the same link.
    fn each_copy_once(&self, after: &[Taken]) {
        let name = &self.name;
        for whom in self.first.recipients {
            let is_for = |t: &&Taken| t.recipients.iter().any(|r| r.address.to_string() == *whom);
            let copies = self.had.iter().chain(after).filter(is_for);
            let links: Vec<_> = copies.map(|t| link_in(&t.content)).collect();
            assert!(
                links.len() <= 2,
                "{name}: {} copies for {whom}",
                links.len()
            );
            assert!(
                links.windows(2).all(|w| w[0] == w[1]),
                "{name}: two links for {whom}"
            );
        }
    }

    /// Its sender was told that it did not arrive.
    fn is_reported(&self, whom: &str) -> bool {
        let taken = self.plant.hop.taken();
        let mut reports = taken.iter().filter(|taken| taken.sender.is_none());
        let line = format!("; {whom}\r\n");
        reports.any(|report| String::from_utf8_lossy(&report.content).contains(&line))
    }

    /// Who is protected sees nothing, and every link that left opens, to the very bytes.
    async fn check_mail(&self, taken: &Taken) {
        let name = &self.name;
        let clear = String::from_utf8_lossy(&taken.content).contains(FILE.trim_end());
        let whom = taken.recipients[0].address.to_string();
        assert_eq!(clear, whom == CARLA, "{name}: who has the file itself");
        let Some(link) = link_in(&taken.content) else {
            return assert_eq!(whom, CARLA, "{name}: no link");
        };
        let token = link.rsplit('/').next().expect("a token");
        let secret = LinkSecret::from_token(token).expect("one of ours");
        let store = self.gateway.store();
        let found = store.find(&secret).expect("reads");
        let found = found.unwrap_or_else(|| panic!("{name}: the link of {whom} is dead"));
        assert!(found.ticket.wrap.is_some(), "{name}: a link without a key");
        for blob in &found.record.blobs {
            store.open_blob(blob.id).expect("a link has its files");
        }
        if whom == BO {
            self.opens(token).await;
        }
    }

    async fn opens(&self, token: &str) {
        let collect = Arc::new(self.gateway.collect(Lock::default()));
        let nothing = Password::given("");
        let opened = match collect
            .unlock(token, nothing, &Caller::default())
            .await
            .expect("works")
        {
            Unlocked::Opened(opened) => opened,
            other => panic!("{}: {other:?}", self.name),
        };
        let room = collect.enter(opened.visit, opened.key).await;
        let room = room.expect("works").expect("is there");
        let (number, _) = room.entries(EntryKind::File).next().expect("a file");
        let file = room.file(number).expect("opens");
        let mut bytes = vec![0; usize::try_from(file.len()).expect("small")];
        file.read_exact_at(0, &mut bytes).expect("reads");
        assert_eq!(bytes, FILE.as_bytes(), "{}", self.name);
    }
}

/// Sends the mail; gives back those whom the client believes to be served.
async fn submit(
    gateway: &Arc<Gateway>,
    door: Door,
    recipients: &'static [&'static str],
    script: &Script,
) -> Vec<&'static str> {
    let protocol = match door {
        Door::Lmtp => Protocol::Lmtp,
        Door::Smtp => Protocol::Smtp,
    };
    let (address, _stop) = plant::door(gateway, protocol).await;
    let to: Vec<String> = recipients.iter().map(ToString::to_string).collect();
    let replies = send(door, address, "anna@example.org", &to, mail().as_bytes()).await;
    let is_vetted = |whom: &&str| !(script.at_mail || script.at_rcpt && *whom == BO);
    let vetted: Vec<&'static str> = recipients.iter().copied().filter(is_vetted).collect();
    // The refusals at RCPT come first.
    let answers = match door {
        Door::Lmtp => vetted.len(),
        Door::Smtp => vetted.len().min(1),
    };
    let answers = &replies[replies.len() - answers..];
    let good = |n: usize| answers[n.min(answers.len() - 1)].starts_with('2');
    let served = vetted.iter().enumerate().filter(|(n, _)| good(*n));
    let all = (0..vetted.len()).all(good);
    assert!(!std::ptr::eq(script, QUIET) || all, "{replies:?}");
    served.map(|(_, whom)| *whom).collect()
}
