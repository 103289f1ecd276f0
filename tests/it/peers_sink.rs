//! Postfix's test programs on both sides of the program: `smtp-sink` as a next hop that refuses, hangs up, dawdles and lacks extensions,
//! `smtp-source` as many clients at once. Whatever the sink does, nobody hears 2xx for what it did not take, 4xx and 5xx stay apart, and
//! nothing hangs.

use crate::support::client::{Door, send};
use crate::support::process::{Gateway, free_port, peer, run};
use crate::support::{settings, until};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::timeout;

const FROM: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const TEXT: &str = "From: anna@example.org\r\nSubject: x\r\n\r\nhello\r\n.dot\r\n";
/// Becomes a link.
const FILE: &str = "From: anna@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
    --b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\n\
    the secret in it\r\n--b--\r\n";

/// What a sink does wrong at a command, and the class of the answer that the client must hear. `f` refuses for good, `r` for now, `q`
/// hangs up, `Q` says 421 and hangs up.
const FAULTS: [(&str, [(char, char); 4]); 8] = [
    ("CONNECT", [('f', '4'), ('r', '4'), ('q', '4'), ('Q', '4')]),
    // Without EHLO there is HELO.
    ("EHLO", [('f', '2'), ('r', '4'), ('q', '4'), ('Q', '4')]),
    ("MAIL", [('f', '5'), ('r', '4'), ('q', '4'), ('Q', '4')]),
    ("RCPT", [('f', '5'), ('r', '4'), ('q', '4'), ('Q', '4')]),
    ("DATA", [('f', '5'), ('r', '4'), ('q', '4'), ('Q', '4')]),
    (".", [('f', '5'), ('r', '4'), ('q', '4'), ('Q', '4')]),
    ("RSET", [('f', '2'), ('r', '2'), ('q', '2'), ('Q', '2')]),
    ("QUIT", [('f', '2'), ('r', '2'), ('q', '2'), ('Q', '2')]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_a_next_hop_reaches_the_client_in_its_own_class() {
    let house = House::new("smtp");
    for (command, answers) in FAULTS {
        for (fault, wanted) in answers {
            let switches = [format!("-{fault}"), command.to_owned()];
            for mail in [TEXT, FILE] {
                let heard = house.through(&switches, Door::Smtp, &[BO], mail).await;
                assert_eq!(heard, [wanted], "{switches:?}: {mail}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_a_next_hop_with_lmtp_reaches_each_recipient() {
    let house = House::new("lmtp");
    for (command, answers) in &FAULTS[2..6] {
        for (fault, wanted) in answers {
            let switches = ["-L".into(), format!("-{fault}"), (*command).to_owned()];
            for mail in [TEXT, FILE] {
                let heard = house.through(&switches, Door::Lmtp, &[BO, EVA], mail).await;
                // At MAIL there is one answer, before there are recipients.
                let wanted = vec![*wanted; if *command == "MAIL" { 1 } else { 2 }];
                assert_eq!(heard, wanted, "{switches:?}: {mail}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_hop_may_lack_what_it_likes_and_take_its_time() {
    let house = House::new("smtp");
    let large = [TEXT, &"0123456789abcdef\r\n".repeat(120_000)].concat();
    let rows: [(&str, &str); 10] = [
        ("-e", TEXT),
        ("-e", FILE),
        ("-p", FILE),
        ("-8 -N -E -F", FILE),
        // As a firewall that takes ESMTP away.
        ("-P", FILE),
        ("-w 1", TEXT),
        ("-W .:1", FILE),
        ("-T 1024", FILE),
        ("-H 1", &large),
        ("-T 1024 -H 1", &large),
    ];
    for (switches, mail) in rows {
        let each: Vec<String> = switches.split(' ').map(str::to_owned).collect();
        let heard = house.through(&each, Door::Smtp, &[BO], mail).await;
        assert_eq!(heard, ['2'], "{switches}");
    }
    // It says 550 behind 354 and does not wait for the end.
    for (switches, mail) in [
        ("-A 0", TEXT),
        ("-A 0", FILE),
        ("-A 0", &large),
        ("-A 1", &large),
    ] {
        let each: Vec<String> = switches.split(' ').map(str::to_owned).collect();
        let heard = house.through(&each, Door::Smtp, &[BO], mail).await;
        assert!(heard == ['5'] || heard == ['4'], "{switches}: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_clients_send_at_once_arrives_and_each_mail_once() {
    let house = House::new("smtp");
    let file = house.folder.path().join("file");
    std::fs::write(&file, FILE.replace("\r\n", "\n")).expect("the folder is ours");
    let file = file.to_str().expect("a path of ours");
    let rows: [(&str, &[&str], usize); 5] = [
        ("smtp", &["-s", "20", "-m", "100", "-l", "20000"], 100),
        (
            "smtp",
            &["-s", "10", "-m", "100", "-l", "100", "-d", "-r", "5"],
            100,
        ),
        (
            "lmtp",
            &["-L", "-s", "10", "-m", "50", "-l", "5000", "-d", "-r", "3"],
            50,
        ),
        (
            "smtp",
            &["-s", "1", "-m", "2", "-l", "3000000", "-T", "4096"],
            2,
        ),
        ("smtp", &["-s", "5", "-m", "20", "-N", "-F", file], 20),
    ];
    for (door, switches, mails) in rows {
        let sink = house.sink(&[]);
        let door = house.gateway.address(door).to_string();
        let mut source = peer("smtp-source");
        source
            .args(switches)
            .args(["-f", FROM, "-t", BO, "-M", "client.test"]);
        let said = run(source.arg(&door));
        assert_eq!(said, "", "{switches:?}");
        let all = until(|| Some(house.taken()).filter(|taken| taken.len() >= mails)).await;
        let taken = all.unwrap_or_else(|| house.taken());
        assert_eq!(taken.len(), mails, "{switches:?}");
        let secret = taken
            .iter()
            .filter(|mail| mail.contains("the secret in it"))
            .count();
        assert_eq!(secret, 0, "a file left");
        drop(sink);
    }
}

struct House {
    gateway: Gateway,
    folder: tempfile::TempDir,
    port: u16,
    /// How many mails.
    sent: AtomicU32,
}

struct Sink(Child);

impl House {
    /// A gateway whose next hop speaks this, and nobody behind it yet.
    fn new(protocol: &str) -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let next_hop = format!("{protocol}://127.0.0.1:{port}");
        settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
        let gateway = Gateway::start(folder.path());
        // The sink gives root away, and must enter.
        let open = |path: &Path, mode| {
            std::fs::create_dir_all(path).expect("the folder is ours");
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(path, mode).expect("the folder is ours");
        };
        open(folder.path(), 0o755);
        open(&folder.path().join("taken"), 0o777);
        House {
            gateway,
            folder,
            port,
            sent: AtomicU32::default(),
        }
    }

    fn dump(&self) -> PathBuf {
        self.folder.path().join("taken")
    }

    /// Starts a sink, with nothing taken so far.
    fn sink(&self, switches: &[String]) -> Sink {
        for old in self.dump().read_dir().expect("a folder").flatten() {
            std::fs::remove_file(old.path()).expect("the folder is ours");
        }
        let mut sink = peer("smtp-sink");
        sink.args(["-u", "nobody", "-d"])
            .arg(self.dump().join("%M."));
        sink.args(switches)
            .arg(format!("127.0.0.1:{}", self.port))
            .arg("100");
        let child = sink.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let mut sink = Sink(child.expect("it runs"));
        let there = (0..2000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            TcpStream::connect(("127.0.0.1", self.port)).is_ok()
        });
        let ended = sink.0.try_wait().expect("a child");
        assert!(
            there && ended.is_none(),
            "smtp-sink does not listen: {switches:?}"
        );
        sink
    }

    /// What the sink has written so far, also of mails that it refused in the end.
    fn taken(&self) -> Vec<String> {
        let files = self.dump().read_dir().expect("a folder").flatten();
        files
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .collect()
    }

    /// Sends a mail past a sink with these switches; the classes of the answers. Where one is 2xx the sink has the mail.
    async fn through(&self, switches: &[String], door: Door, to: &[&str], mail: &str) -> Vec<char> {
        let sink = self.sink(switches);
        let name = if door == Door::Lmtp { "lmtp" } else { "smtp" };
        let address = self.gateway.address(name);
        let to: Vec<String> = to.iter().map(|to| (*to).to_owned()).collect();
        // The same mail once more would be known.
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let mail = format!("X-Number: {number}\r\n{mail}");
        let sending = send(door, address, FROM, &to, mail.as_bytes());
        let heard = timeout(Duration::from_secs(30), sending).await;
        let heard = heard.unwrap_or_else(|_| panic!("nothing hangs: {switches:?}"));
        let classes: Vec<char> = heard
            .iter()
            .filter_map(|line| line.chars().next())
            .collect();
        let taken = self.taken();
        let whole = |mail: &String| mail.contains("hello");
        assert!(
            !classes.contains(&'2') || taken.iter().any(whole),
            "{switches:?}: {heard:?}"
        );
        assert!(
            !taken.iter().any(|mail| mail.contains("the secret in it")),
            "a file left"
        );
        drop(sink);
        classes
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
