//! The program itself on a disk that is full, broken or slow, without randomness, and with a clock that jumps (reliability.md F04 to F07,
//! F17, F24). Errors are put into single system calls by strace; full disks are small tmpfs, which only root can mount.
//!
//! Each time: the client hears a 4xx or nothing, what was acknowledged still opens, and the same mail sent again is taken.

use crate::support::client::{Door, try_send};
use crate::support::hop::Hop;
use crate::support::process::{Gateway, ended, peer, run};
use crate::support::{fetch, link_in, noise, settings, until};
use rustix::process::Signal;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const BO: &str = "bo@partner.example";
const ANNA: &str = "anna@example.org";

/// A folder, a next hop, and a gateway that is started and started again.
struct House {
    folder: tempfile::TempDir,
    hop: Hop,
    gateway: Option<Gateway>,
}

impl House {
    async fn new() -> House {
        let (folder, hop) = (
            tempfile::tempdir().expect("a folder"),
            Hop::start(vec![]).await,
        );
        let next = format!("smtp://{}", hop.address);
        settings::write(folder.path(), settings::TAKE_FILES, &next, "");
        House {
            folder,
            hop,
            gateway: None,
        }
    }

    fn start(&mut self) {
        self.gateway = None;
        self.gateway = Some(Gateway::start(self.folder.path()));
    }

    fn gateway(&mut self) -> &mut Gateway {
        self.gateway.as_mut().expect("it was started")
    }

    /// The last reply; the connection's end, if there was none.
    async fn send(&mut self, mail: &[u8]) -> String {
        let smtp = self.gateway().address("smtp");
        match try_send(Door::Smtp, smtp, ANNA, &[BO.to_owned()], mail).await {
            Ok(replies) => replies.last().cloned().unwrap_or_default(),
            Err(error) => format!("no reply: {error}"),
        }
    }

    /// The same mail is taken, and whatever has left opens.
    async fn is_well(&mut self, mail: &[u8]) {
        let reply = self.send(mail).await;
        assert!(reply.starts_with("250 "), "{reply}");
        self.links_open().await;
    }

    async fn links_open(&mut self) {
        for taken in self.hop.deliveries() {
            let Some(link) = link_in(&taken.bytes) else {
                continue;
            };
            let (link, into) = (self.gateway().here(&link), self.folder.path().join("got"));
            let files = fetch(&link, None, &into).await.expect("it opens");
            let got = std::fs::read(&files[0].path).expect("written");
            assert!(got == noise(7, got.len()), "other bytes");
            std::fs::remove_dir_all(&into).expect("ours");
        }
    }

    /// A command beside the running gateway.
    fn command(&self, words: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        let config = self.folder.path().join("cloakroom.toml");
        ended(command.args(words).arg("--config").arg(config))
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }
}

/// A mail with a file of so many bytes.
fn protected(id: &str, size: usize) -> Vec<u8> {
    let file = encodify::base64::MIME.encode(noise(7, size));
    let text = format!(
        "From: {ANNA}\r\nTo: {BO}\r\nSubject: file\r\nMessage-ID: <{id}@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
         Content-Type: application/zip; name=file.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        file.trim_end()
    );
    text.into_bytes()
}

fn plain() -> Vec<u8> {
    format!("From: {ANNA}\r\nTo: {BO}\r\nSubject: lunch\r\n\r\nAt noon?\r\n").into_bytes()
}

/// A file system of so many MiB, until it is dropped.
struct Small(PathBuf);

impl Small {
    fn mount(place: &Path, megabytes: u64) -> Small {
        let size = format!("size={megabytes}m");
        let mount = ["-t", "tmpfs", "-o", &size, "tmpfs"];
        run(peer("mount").args(mount).arg(place));
        Small(place.to_owned())
    }

    fn remount(&self, option: &str) {
        run(peer("mount")
            .args(["-o", &format!("remount,{option}")])
            .arg(&self.0));
    }

    /// A neighbour takes all that is left.
    fn fill(&self) {
        let neighbour = self.0.join("neighbour");
        let left = rustix::fs::statvfs(&self.0).expect("mounted");
        let bytes = left.f_bavail * left.f_frsize;
        let file = std::fs::File::create(neighbour).expect("a name is left");
        let flags = rustix::fs::FallocateFlags::empty();
        rustix::fs::fallocate(file, flags, 0, bytes).expect("that much is left");
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("neighbour")).expect("it is there");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = ended(peer("umount").arg("-l").arg(&self.0));
    }
}

fn no_root() -> bool {
    let may_not = std::env::var_os("CLOAKROOM_NO_POWER").is_some_and(|v| v == "1");
    if may_not {
        eprintln!("nothing is mounted: CLOAKROOM_NO_POWER=1");
    }
    may_not
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_new_files_wait_and_everything_else_goes_on() {
    if no_root() {
        return;
    }
    let mut house = House::new().await;
    let disk = Small::mount(&house.state(), 160);
    house.start();
    house.is_well(&protected("first", 3000)).await;
    house.is_well(&protected("second", 300_000)).await;
    disk.fill();
    let reply = house.send(&protected("third", 3000)).await;
    assert!(reply.starts_with("452 4.3.1 "), "{reply}");
    let reply = house.send(&plain()).await;
    assert!(reply.starts_with("250 "), "mail without files: {reply}");
    let reply = declared(&mut house, 5 << 20).await;
    assert!(
        reply.starts_with("452 4.3.1 "),
        "before its content: {reply}"
    );
    let reply = declared(&mut house, 5 << 10).await;
    assert!(reply.starts_with("250 "), "perhaps it has no file: {reply}");
    house.links_open().await;

    let (well, listed) = house.command(&["transfer", "list"]);
    assert!(
        well && listed.lines().count() == 2,
        "nothing half: {listed}"
    );
    let id = listed.split_whitespace().next().expect("an id").to_owned();
    let (well, said) = house.command(&["transfer", "revoke", &id]);
    assert!(well, "revoked on a full disk: {said}");
    let (_, listed) = house.command(&["transfer", "list"]);
    assert!(listed.contains("revoked"), "{listed}");

    house.gateway.take().expect("runs").kill();
    house.start();
    let reply = house.send(&plain()).await;
    assert!(reply.starts_with("250 "), "started while full: {reply}");
    disk.free();
    let reply = house.send(&protected("third", 3000)).await;
    assert!(reply.starts_with("250 "), "there is room again: {reply}");
    house.gateway = None;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_names_left_or_allowed_to_write_nothing_new_is_taken() {
    if no_root() {
        return;
    }
    let mut house = House::new().await;
    let disk = Small::mount(&house.state(), 300);
    house.start();
    house.is_well(&protected("first", 3000)).await;
    let stat = rustix::fs::statvfs(&disk.0).expect("mounted");
    disk.remount(&format!("nr_inodes={}", stat.f_files - stat.f_ffree));
    let reply = house.send(&protected("second", 3000)).await;
    assert!(reply.starts_with("452 4.3.1 "), "no names: {reply}");
    disk.remount("nr_inodes=100000");
    house.is_well(&protected("second", 3000)).await;
    house.gateway = None;
}

/// MAIL with a declared size, and RSET.
async fn declared(house: &mut House, size: usize) -> String {
    let smtp = house.gateway().address("smtp");
    let mut stream = tokio::net::TcpStream::connect(smtp).await.expect("listens");
    let mut reply = String::new();
    let mail = format!("MAIL FROM:<{ANNA}> SIZE={size}\r\n");
    for line in ["", "EHLO client.test\r\n", &mail] {
        stream.write_all(line.as_bytes()).await.expect("it reads");
        let mut bytes = [0; 4096];
        let n = stream.read(&mut bytes).await.expect("it answers");
        reply = String::from_utf8_lossy(&bytes[..n]).into_owned();
    }
    reply
}

/// strace on a running gateway, which changes what system calls answer.
struct Tracer(Child);

impl Tracer {
    fn attach(gateway: &Gateway, out: &Path, words: &[&str]) -> Tracer {
        let pid = gateway.id().to_string();
        let words = words.iter().flat_map(|word| ["-e", word]);
        let mut strace = peer("strace");
        strace
            .args(["-f", "-qq", "-y", "-o"])
            .arg(out)
            .args(words)
            .args(["-p", &pid]);
        let child = strace.stderr(Stdio::null()).spawn().expect("strace runs");
        let end = Instant::now() + Duration::from_secs(20);
        while !is_traced(&pid) {
            assert!(Instant::now() < end, "strace may not attach");
            std::thread::sleep(Duration::from_millis(50));
        }
        Tracer(child)
    }
}

/// Every thread is.
fn is_traced(pid: &str) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
    tasks.flatten().all(|task| {
        let status = std::fs::read_to_string(task.path().join("status"));
        status.is_ok_and(|s| !s.contains("TracerPid:\t0"))
    })
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let id = i32::try_from(self.0.id()).ok();
        if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(id, Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_synced_ends_the_process_and_the_next_start_is_whole() {
    let mut house = House::new().await;
    house.start();
    house.is_well(&protected("first", 3000)).await;
    for fault in [
        "inject=rename:error=EIO:when=1",
        "inject=fsync:error=EIO:when=1",
        "inject=pwrite64:error=EIO:when=1",
        "inject=pwrite64:error=ENOSPC:when=1",
    ] {
        let out = house.folder.path().join("strace");
        let tracer = Tracer::attach(house.gateway(), &out, &[fault]);
        let mail = protected(fault, 3000);
        let reply = house.send(&mail).await;
        assert!(!reply.starts_with('2'), "{fault}: {reply}");
        let gateway = house.gateway();
        let status = until(|| gateway.ended()).await.expect("it ends");
        assert_eq!(status.code(), Some(74), "{fault}");
        drop(tracer);
        house.start();
        house.is_well(&mail).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_begun_is_deferred_and_the_process_goes_on() {
    let mut house = House::new().await;
    house.start();
    house.is_well(&protected("first", 3000)).await;
    for (fault, replies) in [
        ("inject=openat:error=EDQUOT", ["452 "; 2]),
        ("inject=openat:error=EROFS", ["451 ", "452 "]),
        ("inject=getrandom:error=EIO", ["421 ", "451 "]),
    ] {
        let out = house.folder.path().join("strace");
        let tracer = Tracer::attach(house.gateway(), &out, &[fault]);
        let mail = protected(fault, 3000);
        let reply = house.send(&mail).await;
        assert!(
            replies.iter().any(|r| reply.starts_with(r)),
            "{fault}: {reply}"
        );
        drop(tracer);
        assert_eq!(house.gateway().ended(), None, "{fault}");
        house.is_well(&mail).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_hangs_is_not_waited_for_and_holds_up_nobody_else() {
    let mut house = House::new().await;
    settings::amend(
        house.folder.path(),
        "intake",
        "answer_within = \"10 seconds\"",
    );
    house.start();
    house.is_well(&protected("first", 3000)).await;
    let out = house.folder.path().join("strace");
    let slow = "inject=fsync:delay_enter=4000000";
    let tracer = Tracer::attach(house.gateway(), &out, &[slow]);
    let mail = protected("second", 3000);
    let smtp = house.gateway().address("smtp");
    let waiting = mail.clone();
    let waits =
        tokio::spawn(
            async move { try_send(Door::Smtp, smtp, ANNA, &[BO.to_owned()], &waiting).await },
        );
    tokio::time::sleep(Duration::from_millis(500)).await;
    let start = Instant::now();
    let reply = house.send(&plain()).await;
    assert!(reply.starts_with("250 "), "{reply}");
    assert!(start.elapsed() < Duration::from_secs(2), "it waited too");
    let replies = waits
        .await
        .expect("a client only stops")
        .expect("an answer");
    assert!(replies[0].starts_with("451 "), "{replies:?}");
    drop(tracer);
    house.is_well(&mail).await;
    let copies = house.hop.deliveries();
    let copies = copies.iter().filter(|d| link_in(&d.bytes).is_some());
    assert_eq!(copies.count(), 2, "nothing left after its time");
}

/// With two clients a mail costs less; what it costs at most is what one costs that comes alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_with_one_file_costs_six_syncs_at_most() {
    let mut house = House::new().await;
    house.start();
    house.is_well(&protected("first", 3000)).await;
    let out = house.folder.path().join("strace");
    let calls = "trace=fsync,fdatasync,sync_file_range,syncfs,sync";
    let tracer = Tracer::attach(house.gateway(), &out, &[calls]);
    let reply = house.send(&protected("second", 100_000)).await;
    assert!(reply.starts_with("250 "), "{reply}");
    drop(tracer);
    let said = std::fs::read_to_string(out).expect("strace wrote it");
    let began = said
        .lines()
        .filter(|line| line.contains("sync") && !line.contains("resumed>"));
    // sled asks for its own sync by a call that is refused, and syncs then; beside that it does so twice a second.
    let counts = |line: &&str| line.contains("sync_file_range(") || !line.contains("/index/db>");
    let syncs: Vec<&str> = began.filter(counts).collect();
    println!("{} syncs", syncs.len());
    assert!((4..=6).contains(&syncs.len()), "{syncs:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_erases_nothing() {
    let mut house = House::new().await;
    house.start();
    house.is_well(&protected("first", 3000)).await;
    for jump in ["+10y", "-10y", "+1h"] {
        house.gateway = None;
        let script = house.folder.path().join("jumped");
        // Not the program of that name: it stays between us and the gateway.
        let text = format!(
            "#!/bin/sh\nexport FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME={jump}\n\
             LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketime.so.1) exec {} \"$@\"\n",
            env!("CARGO_BIN_EXE_cloakroom")
        );
        std::fs::write(&script, text).expect("ours");
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(&script, mode).expect("ours");
        house.gateway = Some(Gateway::start_program(&script, house.folder.path()));
        let reply = house.send(&protected(jump, 3000)).await;
        assert!(reply.starts_with("250 "), "{jump}: {reply}");
        // Its first round comes with the start.
        tokio::time::sleep(Duration::from_millis(500)).await;
        house.start();
        let (_, listed) = house.command(&["transfer", "list"]);
        assert!(listed.lines().count() > 1, "{jump}: {listed}");
        let first = &house.hop.deliveries()[0];
        let link = link_in(&first.bytes).expect("a link");
        let link = house.gateway().here(&link);
        let into = house.folder.path().join("got");
        fetch(&link, None, &into)
            .await
            .unwrap_or_else(|e| panic!("{jump}: {e}"));
        std::fs::remove_dir_all(&into).expect("ours");
    }
}
