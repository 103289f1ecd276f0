//! Power cuts: what was acknowledged is there after one; and a control that must lose data, or the cuts would prove nothing.
//!
//! The disk is that of tests/power/disk. A writer and the one who looks are this test binary again, as other processes: the filter that
//! makes sled durable is inherited, and the control must not have it. Without loop devices the tests fail with the reason, unless
//! `CLOAKROOM_NO_POWER=1` says that this machine cannot have them.

use crate::support::transfer::sealed;
use cloakroom::mail::id::random;
use cloakroom::store::Store;
use cloakroom::store::sled::{Embedded, Options};
use cloakroom::transfer::keys::MasterKey;
use cloakroom::transfer::record::State;
use cloakroom::transfer::{BlobId, LinkSecret};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROLE: &str = "CLOAKROOM_POWER_ROLE";
const PLACE: &str = "CLOAKROOM_POWER_PLACE";
const ACKS: &str = "CLOAKROOM_POWER_ACKS";
const NOW: i64 = 1_800_000_000;

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let Some(disk) = Disk::make() else { return };
    let mut acknowledged = Vec::new();
    for round in 0..2 {
        let cuts = disk.cuts_under_load("write", &acknowledged);
        for (name, acks) in &cuts {
            let (lost, said) = disk.look(name, "check", acks);
            assert!(
                !lost,
                "round {round}, {name}, {} lines acknowledged: {said}",
                acks.len()
            );
        }
        // The next round goes on from what the last cut left.
        let (name, acks) = cuts.last().expect("cuts");
        disk.run(&["swap"], &[name]);
        acknowledged = acks.clone();
    }
    assert!(
        acknowledged.len() > 100,
        "only {} lines: too little load",
        acknowledged.len()
    );
}

#[test]
fn plain_sled_loses_what_it_acknowledged_so_the_cuts_are_real() {
    let status = std::fs::read_to_string("/proc/self/status").expect("reads");
    assert!(
        !status.contains("Seccomp:\t2"),
        "the control would inherit a filter: run each test in a process of its own (cargo nextest)"
    );
    let Some(disk) = Disk::make() else { return };
    let cuts = disk.cuts_under_load("write-plain", &[]);
    let lost = cuts
        .iter()
        .filter(|(name, acks)| disk.look(name, "check-plain", acks).0);
    assert!(
        lost.count() > 0,
        "the control failed: plain sled lost nothing in {} cuts",
        cuts.len()
    );
}

/// Plays a part in another process; nothing by itself.
#[test]
#[ignore = "run by the tests of this file"]
fn part() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let place = PathBuf::from(std::env::var_os(PLACE).expect("a place"));
    let acks = std::env::var(ACKS).map(|file| std::fs::read_to_string(file).expect("reads"));
    let acks: Vec<String> = acks
        .unwrap_or_default()
        .lines()
        .map(str::to_owned)
        .collect();
    match role.as_str() {
        "write" => write(&place),
        "check" => check(&place, &acks),
        "write-plain" => write_plain(&place),
        "check-plain" => check_plain(&place, &acks),
        other => panic!("no such part: {other}"),
    }
}

/// A mounted disk whose power can be cut; unmounted when dropped.
pub struct Disk {
    folder: tempfile::TempDir,
}

/// What was cut, and the lines that were acknowledged before.
type Cut = (String, Vec<String>);

impl Disk {
    fn make() -> Option<Self> {
        Disk::make_as("ext4")
    }

    /// `ext4` or `xfs`. `None` where nothing is cut.
    pub fn make_as(kind: &str) -> Option<Self> {
        if std::env::var_os("CLOAKROOM_NO_POWER").is_some_and(|v| v == "1") {
            eprintln!("no power is cut: CLOAKROOM_NO_POWER=1");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Disk { folder };
        disk.run(&["make"], &[kind]);
        Some(disk)
    }

    /// `data` is the disk, `look` what was cut, while it is looked at.
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command of tests/power/disk.
    pub fn run(&self, command: &[&str], rest: &[&str]) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power/disk");
        let output = Command::new(script)
            .args(command)
            .arg(self.folder.path())
            .args(rest)
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "disk {command:?}: {said}; set CLOAKROOM_NO_POWER=1 on a machine without loop devices"
        );
    }

    fn part(&self, role: &str, place: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command
            .args([
                "power::part",
                "--exact",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(ROLE, role)
            .env(PLACE, self.folder.path().join(place).join("store"));
        command
    }

    /// Four cuts while a writer works; it is killed after the last.
    fn cuts_under_load(&self, role: &str, before: &[String]) -> Vec<Cut> {
        let mut writer = Writer::start(self.part(role, "data"), before);
        let mut cuts = Vec::new();
        for number in 0..4 {
            writer.wait_for_more();
            std::thread::sleep(Duration::from_millis(200 + u64::from(random::<1>()[0]) * 4));
            // Read first: what is acknowledged during the copy may or may not be in it.
            let acks = writer.acks.lock().expect("no panic").clone();
            let name = format!("cut-{number}");
            self.run(&["cut"], &[&name]);
            cuts.push((name, acks));
        }
        cuts
    }

    /// True if something is lost, and what was said about it.
    fn look(&self, name: &str, role: &str, acks: &[String]) -> (bool, String) {
        let file = self.folder.path().join("acks");
        std::fs::write(&file, acks.join("\n")).expect("writes");
        self.run(&["look"], &[name]);
        let output = self
            .part(role, "look")
            .env(ACKS, file)
            .output()
            .expect("runs");
        self.run(&["unlook"], &[]);
        let said = [output.stdout, output.stderr].concat();
        (
            !output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.run(&["drop"], &[]);
    }
}

struct Writer {
    child: Child,
    acks: Arc<Mutex<Vec<String>>>,
}

impl Writer {
    fn start(mut command: Command, before: &[String]) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("runs");
        let acks = Arc::new(Mutex::new(before.to_vec()));
        let (lines, into) = (child.stdout.take().expect("piped"), acks.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(lines).lines().map_while(Result::ok) {
                // The test harness has begun the first line.
                if let Some((_, ack)) = line.split_once("ack ") {
                    into.lock().expect("no panic").push(ack.to_owned());
                }
            }
        });
        Writer { child, acks }
    }

    fn wait_for_more(&mut self) {
        let now = self.acks.lock().expect("no panic").len();
        for _ in 0..300 {
            if self.acks.lock().expect("no panic").len() > now + 5 {
                return;
            }
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "the writer ended: {ended:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the writer does nothing");
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.child.kill().expect("a child");
        self.child.wait().expect("a child");
    }
}

fn ack(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ack {line}").expect("a pipe");
    out.flush().expect("a pipe");
}

fn open(place: &Path) -> Store {
    let options = Options {
        cache: 8 << 20,
        reserve: 8 << 20,
        ballast: 0,
        on_fatal: Arc::new(|what| panic!("{what}")),
    };
    let backend = Embedded::open(place, options).expect("opens");
    Store::open(Arc::new(backend), MasterKey::from_bytes([7; 32])).expect("opens")
}

/// Holds, counts, releases and abandons transfers, in four threads, until it is killed.
fn write(place: &Path) {
    let store = open(place);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    one_transfer(&store);
                }
            });
        }
    });
}

fn one_transfer(store: &Store) {
    let dice: [u8; 4] = random();
    let blob = BlobId::fresh();
    let mut writer = store.shelf().write_blob(blob).expect("starts");
    writer.write_all(&[dice[0]; 5000]).expect("writes");
    writer.finish().expect("finishes");
    let mut sealed = sealed(store, blob, 4900, NOW);
    sealed.record.catalogue = vec![7; usize::from(dice[1]) * 30];
    let (id, token) = (sealed.id, sealed.tickets[0].secret.token());
    store.hold(sealed).expect("holds");
    ack(&format!("{id} held {token}"));
    if dice[2] < 60 {
        ack(&format!("{id} leaving"));
        store.abandon(&id).expect("abandons");
        return ack(&format!("{id} gone"));
    }
    store
        .release(&id, &["bo@partner.example".parse().expect("an address")])
        .expect("releases");
    ack(&format!("{id} released"));
    for wrong in 1..=u32::from(dice[3] % 4) {
        store
            .change_ticket(&id, 0, |t| t.wrong = wrong)
            .expect("changes");
        ack(&format!("{id} wrong {wrong}"));
    }
}

/// What the acknowledged lines say of one transfer.
#[derive(Default)]
struct Said {
    token: String,
    released: bool,
    leaving: bool,
    gone: bool,
    wrong: u32,
}

fn check(place: &Path, acks: &[String]) {
    let mut said: HashMap<&str, Said> = HashMap::new();
    for line in acks {
        let words: Vec<&str> = line.split(' ').collect();
        let of = said.entry(words[0]).or_default();
        match words[1] {
            "held" => of.token = words[2].to_owned(),
            "released" => of.released = true,
            "leaving" => of.leaving = true,
            "gone" => of.gone = true,
            "wrong" => of.wrong = words[2].parse().expect("a number"),
            other => panic!("unknown line: {other}"),
        }
    }
    let store = open(place);
    for (id, of) in &said {
        let link = LinkSecret::from_token(&of.token).expect("a token");
        let found = store.find(&link).expect("reads");
        assert!(
            !of.gone || found.is_none(),
            "{id} was abandoned and is there"
        );
        let Some(found) = found else {
            assert!(of.leaving, "{id} was held and is not there");
            continue;
        };
        assert_eq!(&found.record.id, id);
        assert!(
            !of.released || found.record.state == State::Released,
            "{id} is not released"
        );
        assert!(
            found.ticket.wrong >= of.wrong,
            "{id} forgot a wrong password"
        );
        let blob = store
            .open_blob(found.record.blobs[0].id)
            .expect("no link without ciphertext");
        let mut bytes = [0; 5000];
        blob.read_exact_at(0, &mut bytes).expect("all of it");
        assert!(bytes.iter().all(|b| *b == bytes[0]), "{id} has other bytes");
    }
    // What was not acknowledged may be there, but whole.
    store.finish_erasing().expect("erases");
    let now = jiff::Timestamp::now().as_second();
    assert_eq!(store.sweep(now).expect("sweeps").missing, 0);
    let rebuilt = store.rebuild(NOW - 1).expect("reads all manifests");
    assert_eq!(rebuilt.damaged, 0);
}

fn plain(place: &Path) -> sled::Db {
    sled::Config::new()
        .path(place)
        .segment_size(4 << 20)
        .flush_every_ms(Some(500))
        .open()
        .expect("opens")
}

/// sled as it is published, used as its documentation says.
fn write_plain(place: &Path) {
    let db = plain(place);
    for number in 0u64.. {
        let value = vec![number as u8; 200 + number as usize % 1000];
        db.insert(number.to_be_bytes(), value).expect("inserts");
        db.flush().expect("flushes");
        ack(&number.to_string());
    }
}

fn check_plain(place: &Path, acks: &[String]) {
    let db = plain(place);
    for number in acks
        .iter()
        .map(|line| line.parse::<u64>().expect("a number"))
    {
        let value = db.get(number.to_be_bytes()).expect("reads");
        assert_eq!(value.expect("was acknowledged")[0], number as u8);
    }
}
