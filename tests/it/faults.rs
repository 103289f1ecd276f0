//! The whole line with a store that breaks at every point, and a next hop that takes, refuses, defers or falls silent at each stage.
//!
//! For each answer of the next hop and each door the same mail is sent again and again, and the first, second, third … writing call of
//! the store fails, with all that follow it, until none is left to fail. After each run the promises are checked three times: as the
//! client left it, after the disk came back (or not), and after a restart.

use crate::support::client::{Door, send};
use crate::support::link_in;
use crate::support::plant::{self, Plant};
use cloakroom::doors::smtp::Protocol;
use cloakroom::fault::Reply;
use cloakroom::forward::Memory as Hop;
use cloakroom::forward::memory::{Stage, Taken};
use cloakroom::gateway::Gateway;
use cloakroom::gateway::collect::{Caller, Lock, Look, Unlocked};
use cloakroom::store::Store;
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::parcel::{Parcel, What};
use cloakroom::transfer::record::State;
use cloakroom::transfer::{EntryKind, LinkSecret, Password};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeSet;
use std::sync::Arc;

const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const CARLA: &str = "carla@example.org";
const ALL: &[&str] = &[BO, EVA, CARLA];
/// Stands in the file, and so in the colleague's mail alone.
const FILE: &str = "The hedgehog sings at noon.\r\n";

/// What the next hop does, and whom it then may have served.
struct Script {
    name: &'static str,
    tell: fn(&Hop),
    /// How many get the mail if nothing breaks.
    served: usize,
    /// Whom it takes at RCPT.
    vetted: &'static [&'static str],
    /// Those who may have the mail although nobody said so.
    silent: &'static [&'static str],
}

const SCRIPTS: &[Script] = &[
    Script {
        name: "takes all",
        served: 3,
        tell: |_| (),
        vetted: ALL,
        silent: &[],
    },
    Script {
        name: "refuses all at the dot",
        served: 0,
        tell: |hop| hop.answer(Stage::Content, "*", no()),
        vetted: ALL,
        silent: &[],
    },
    Script {
        name: "defers all at the dot",
        served: 0,
        tell: |hop| hop.answer(Stage::Content, "*", later()),
        vetted: ALL,
        silent: &[],
    },
    Script {
        name: "is lost at the dot",
        served: 0,
        tell: |hop| hop.lose(Stage::Content, "*"),
        vetted: ALL,
        silent: ALL,
    },
    Script {
        name: "refuses one at the dot",
        served: 2,
        tell: |hop| hop.answer(Stage::Content, EVA, no()),
        vetted: ALL,
        silent: &[],
    },
    Script {
        name: "defers one at the dot",
        served: 2,
        tell: |hop| hop.answer(Stage::Content, EVA, later()),
        vetted: ALL,
        silent: &[],
    },
    Script {
        name: "is lost at the dot of one, refuses another",
        served: 1,
        tell: |hop| {
            hop.lose(Stage::Content, EVA);
            hop.answer(Stage::Content, BO, no());
        },
        vetted: ALL,
        silent: &[EVA],
    },
    Script {
        name: "refuses one at RCPT",
        served: 2,
        tell: |hop| hop.answer(Stage::Recipient, EVA, no()),
        vetted: &[BO, CARLA],
        silent: &[],
    },
    Script {
        name: "is lost at RCPT of one",
        served: 2,
        tell: |hop| hop.lose(Stage::Recipient, EVA),
        vetted: &[BO, CARLA],
        silent: &[],
    },
    Script {
        name: "defers at MAIL",
        served: 0,
        tell: |hop| hop.answer(Stage::Mail, "*", later()),
        vetted: &[],
        silent: &[],
    },
    Script {
        name: "is lost at MAIL",
        served: 0,
        tell: |hop| hop.lose(Stage::Mail, "*"),
        vetted: &[],
        silent: &[],
    },
];

impl Script {
    /// How many are told that they are served: by SMTP all who were vetted, or nobody.
    fn told(&self, door: Door) -> usize {
        match door {
            // The rest is ours.
            Door::Smtp if self.served > 0 => self.vetted.len(),
            _ => self.served,
        }
    }
}

fn no() -> Reply {
    Reply::new(550, (5, 7, 1), "No")
}

fn later() -> Reply {
    Reply::new(451, (4, 3, 0), "Busy")
}

fn mail() -> String {
    format!(
        "From: Anna Lind <anna@example.org>\r\nTo: {BO}, {EVA}\r\nCc: {CARLA}\r\nSubject: Plan\r\n\
         Message-ID: <1@example.org>\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n\
         --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\n{FILE}\r\n--b--\r\n"
    )
}

/// What is left when the client is gone.
struct Run {
    name: String,
    script: &'static Script,
    door: Door,
    plant: Plant,
    disk: Arc<Memory>,
    faulty: Arc<Faulty>,
    gateway: Arc<Gateway>,
    /// Whom the client believes to be served.
    told: Vec<&'static str>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_promises_hold_by_smtp_wherever_the_store_breaks() {
    every_run(Door::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_promises_hold_by_lmtp_wherever_the_store_breaks() {
    every_run(Door::Lmtp).await;
}

async fn every_run(door: Door) {
    let mut broken = 0;
    for script in SCRIPTS {
        for nth in 1.. {
            let run = Run::make(script, door, nth).await;
            let served = run.told.len();
            let hurt = run.disk_is_gone_and_the_gateway_starts_again().await;
            if !hurt {
                assert_eq!(served, script.told(door), "{}: {door:?}", script.name);
                break;
            }
            broken += 1;
            let run = Run::make(script, door, nth).await;
            run.the_disk_comes_back().await;
        }
    }
    assert!(broken > 60, "only {broken} points: this loop tests nothing");
}

impl Run {
    async fn make(script: &'static Script, door: Door, nth: u64) -> Run {
        let (plant, disk) = (Plant::new(), Arc::new(Memory::new()));
        // The key check is written while all is well.
        plant.store(disk.clone()).expect("opens");
        let faulty = Arc::new(Faulty::new(disk.clone(), nth));
        let gateway = plant.gateway(faulty.clone()).expect("is built");
        (script.tell)(&plant.hop);
        let told = submit(&gateway, door, ALL, script.vetted).await;
        let name = format!("{} by {door:?}, write {nth} fails", script.name);
        let run = Run {
            name,
            script,
            door,
            plant,
            disk,
            faulty,
            gateway,
            told,
        };
        run.check(false);
        run
    }

    /// True if a write failed anywhere.
    async fn disk_is_gone_and_the_gateway_starts_again(self) -> bool {
        let unsaid = self.is_held();
        let silent = !self.script.silent.is_empty();
        assert!(
            !unsaid || silent || self.faulty.has_failed(),
            "{}: held for ever",
            self.name
        );
        self.round().await;
        self.check(false);
        let hurt = self.faulty.has_failed();
        // What was known of the mail is lost with the process: nobody knows whether it left.
        let again = self.plant.gateway(self.disk.clone()).expect("starts");
        again.round(Timestamp::now(), true).await;
        self.check(unsaid);
        self.finish(again, unsaid).await;
        hurt
    }

    async fn the_disk_comes_back(self) {
        self.faulty.mend();
        self.round().await;
        let silent = !self.script.silent.is_empty();
        assert!(
            silent || !self.is_held(),
            "{}: what was known is lost",
            self.name
        );
        self.check(false);
        let gateway = self.gateway.clone();
        self.finish(gateway, false).await;
    }

    async fn round(&self) {
        self.gateway.round(Timestamp::now(), false).await;
    }

    /// With a store and a next hop that work, the client comes again with what was not taken, and everything comes to its end.
    async fn finish(mut self, gateway: Arc<Gateway>, unsaid: bool) {
        self.plant.hop.recover();
        let missing: Vec<_> = ALL
            .iter()
            .copied()
            .filter(|r| !self.told.contains(r))
            .collect();
        let whom = match self.door {
            Door::Lmtp => missing,
            // It has one answer for all whom the next hop took at RCPT.
            Door::Smtp if self.told.is_empty() => ALL.to_vec(),
            Door::Smtp => missing,
        };
        if !whom.is_empty() {
            let told = submit(&gateway, self.door, &whom, &whom).await;
            assert_eq!(told, whom, "{}: the second time all is well", self.name);
            self.told = ALL.to_vec();
        }
        if unsaid {
            // Whose client was told so does not come again; who has the link does.
            self.every_link_is_looked_at(&gateway).await;
        }
        gateway.round(Timestamp::now(), false).await;
        self.check(unsaid);
        // What is ours is tried within minutes.
        gateway.round(Timestamp::now() + 10.minutes(), false).await;
        assert_eq!(
            gateway.store().parcels(None, 9).expect("reads").len(),
            0,
            "{}",
            self.name
        );
        gateway.round(Timestamp::now(), false).await;
        self.check(unsaid);
        self.each_copy_once(unsaid);
        let store = gateway.store();
        assert_eq!(store.next_notice().expect("reads"), None, "{}", self.name);
        self.every_link_opens(&gateway).await;
        self.disk.age_blobs(7200);
        let now = Timestamp::now().as_second();
        assert_eq!(
            store.sweep(now).expect("sweeps").missing,
            0,
            "{}",
            self.name
        );
        let end = Timestamp::now() + 24.hours() * 100;
        gateway.round(end, true).await;
        store.sweep(now).expect("sweeps");
        let left = self.disk.blobs().expect("lists").len();
        assert_eq!(left, 0, "{}: blobs are left at the end", self.name);
    }

    /// One copy for each recipient, or two with the same link if nobody could know of the first; one password.
    fn each_copy_once(&self, unsaid: bool) {
        let name = &self.name;
        let taken = self.copies();
        for recipient in ALL {
            if self.is_reported(recipient) {
                assert!(
                    !self.took(recipient),
                    "{name}: {recipient} has what was reported"
                );
                continue;
            }
            let is_for = |t: &&Taken| {
                t.recipients
                    .iter()
                    .any(|r| r.address.to_string() == *recipient)
            };
            let copies: Vec<_> = taken.iter().filter(is_for).collect();
            let most = 1 + usize::from(unsaid);
            assert!(
                copies.len() <= most,
                "{name}: {} copies for {recipient}",
                copies.len()
            );
            let links: BTreeSet<_> = copies.iter().map(|t| link_in(&t.content)).collect();
            assert_eq!(links.len(), 1, "{name}: one link for {recipient}");
            let sent = self.plant.desk.sent();
            let entries = sent.iter().flat_map(|n| &n.entries);
            let mine = entries.filter(|e| e.recipient == *recipient);
            let passwords: BTreeSet<_> = mine.map(|e| e.password.expose().to_owned()).collect();
            let wanted = usize::from(*recipient != CARLA);
            assert_eq!(passwords.len(), wanted, "{name}: passwords for {recipient}");
        }
    }

    /// What must hold at any time. `unsaid`: what became of the mail could not be written before the process ended.
    fn check(&self, unsaid: bool) {
        let name = &self.name;
        for recipient in &self.told {
            let ours = self.is_ours(recipient) || self.is_reported(recipient);
            assert!(
                self.took(recipient) || ours,
                "{name}: {recipient} has no mail"
            );
        }
        let silent = |r: &str| self.script.silent.contains(&r) || unsaid;
        let may_have = |r: &str| self.took(r) || silent(r) || self.is_pending(r);
        let has = |r: &str| self.took(r);
        let sent = self.plant.desk.sent();
        for notice in &sent {
            let tries = sent.iter().filter(|other| other.id == notice.id).count();
            assert!(tries <= 2, "{name}: a password left {tries} times");
            for entry in &notice.entries {
                assert!(
                    has(&entry.recipient),
                    "{name}: a password without a mail left for {}",
                    entry.recipient
                );
            }
        }
        let store = self.look();
        for record in store.transfers(None, 9).expect("reads") {
            let served = [BO, EVA].into_iter().any(may_have);
            assert!(
                record.state != State::Released || served,
                "{name}: released, and nobody has the mail"
            );
            for ticket in store.tickets(&record).expect("reads") {
                let open = record.state == State::Released && ticket.wrap.is_some();
                let whom = &ticket.recipients[0];
                assert!(!open || may_have(whom), "{name}: a way in for {whom}");
            }
        }
        for taken in self.copies() {
            let clear = String::from_utf8_lossy(&taken.content).contains(FILE.trim_end());
            let colleague = taken.recipients[0].address.to_string() == CARLA;
            assert_eq!(clear, colleague, "{name}: who has the file itself");
            let link = link_in(&taken.content).map(|link| secret(&link));
            assert_eq!(link.is_none(), colleague, "{name}");
            if let Some(link) = link {
                let found = store
                    .find(&link)
                    .expect("reads")
                    .expect("it leads somewhere");
                assert!(found.ticket.wrap.is_some(), "{name}: a link without a key");
                for blob in &found.record.blobs {
                    self.disk.open_blob(blob.id).expect("a link has its files");
                }
            }
        }
    }

    async fn every_link_is_looked_at(&self, gateway: &Arc<Gateway>) {
        let collect = Arc::new(gateway.collect(Lock::default()));
        for link in self
            .plant
            .hop
            .taken()
            .iter()
            .filter_map(|t| link_in(&t.content))
        {
            let token = link.rsplit('/').next().expect("a token");
            let look = collect
                .look(token, &Caller::default())
                .await
                .expect("works");
            assert!(matches!(look, Look::Shown(_)), "{}", self.name);
        }
    }

    /// Every link in a mail opens with the password that left for it, to the very bytes.
    async fn every_link_opens(&self, gateway: &Arc<Gateway>) {
        let collect = Arc::new(gateway.collect(Lock::default()));
        for taken in self.copies() {
            let Some(link) = link_in(&taken.content) else {
                continue;
            };
            let token = link.rsplit('/').next().expect("a token");
            let password = self.password_of(&taken.recipients[0].address.to_string());
            let opened = match collect
                .unlock(token, password, &Caller::default())
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

    fn password_of(&self, recipient: &str) -> Password {
        let sent = self.plant.desk.sent();
        let mut entries = sent.iter().flat_map(|notice| &notice.entries);
        let entry = entries.find(|entry| entry.recipient == recipient);
        let entry = entry.unwrap_or_else(|| panic!("{}: no password for {recipient}", self.name));
        entry.password.clone()
    }

    /// What the next hop has, but for our reports.
    fn copies(&self) -> Vec<Taken> {
        let taken = self.plant.hop.taken().into_iter();
        taken.filter(|taken| taken.sender.is_some()).collect()
    }

    /// Its sender was told that it did not arrive.
    fn is_reported(&self, recipient: &str) -> bool {
        let taken = self.plant.hop.taken();
        let mut reports = taken.iter().filter(|taken| taken.sender.is_none());
        let line = format!("; {recipient}\r\n");
        reports.any(|report| String::from_utf8_lossy(&report.content).contains(&line))
    }

    /// It is on its way from here, or the report about it is.
    fn is_ours(&self, recipient: &str) -> bool {
        let parcels = self.look().parcels(None, 9).expect("reads");
        parcels.iter().any(|p| p.what == What::Report) || self.is_pending(recipient)
    }

    /// It is on its way from here.
    fn is_pending(&self, recipient: &str) -> bool {
        let parcels = self.look().parcels(None, 9).expect("reads");
        let is_for = |p: &Parcel| {
            p.pending
                .iter()
                .any(|p| p.recipient.address.to_string() == recipient)
        };
        parcels.iter().any(is_for)
    }

    fn took(&self, recipient: &str) -> bool {
        let taken = self.copies();
        let mut all = taken.iter().flat_map(|taken| &taken.recipients);
        all.any(|r| r.address.to_string() == recipient)
    }

    fn is_held(&self) -> bool {
        let records = self.look().transfers(None, 9).expect("reads");
        records.iter().any(|record| record.state == State::Held)
    }

    /// The store as a new process would find it.
    fn look(&self) -> Store {
        self.plant.store(self.disk.clone()).expect("opens")
    }
}

/// Sends the mail; gives back those whom the client believes to be served.
async fn submit(
    gateway: &Arc<Gateway>,
    door: Door,
    whom: &[&'static str],
    vetted: &[&'static str],
) -> Vec<&'static str> {
    let protocol = match door {
        Door::Lmtp => Protocol::Lmtp,
        Door::Smtp => Protocol::Smtp,
    };
    let (address, _stop) = plant::door(gateway, protocol).await;
    let recipients: Vec<String> = whom.iter().map(ToString::to_string).collect();
    let mail = mail();
    let replies = send(
        door,
        address,
        "anna@example.org",
        &recipients,
        mail.as_bytes(),
    )
    .await;
    // The refusals at RCPT come first.
    let answers = match door {
        Door::Lmtp => vetted.len(),
        Door::Smtp => vetted.len().min(1),
    };
    let answers = &replies[replies.len() - answers..];
    let good = |n: usize| answers[n.min(answers.len() - 1)].starts_with('2');
    let served = vetted.iter().enumerate().filter(|(n, _)| good(*n));
    served.map(|(_, recipient)| *recipient).collect()
}

fn secret(link: &str) -> LinkSecret {
    let token = link.rsplit('/').next().expect("a token");
    LinkSecret::from_token(token).expect("one of ours")
}
