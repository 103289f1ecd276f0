//! A private Sendmail for tests, whose `sendmail.mc` takes the lines of `cloakroom recipe sendmail` (tests/peers/sendmail.mc).

use super::process::{mail_server, peer, run};
use rustix::process::{Pid, Signal, kill_process};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const DAEMON: &str = include_str!("../../peers/sendmail.mc");
const CLIENT: &str = include_str!("../../peers/submit.mc");
const PROGRAM: &str = "usr/libexec/sendmail/sendmail";

/// Not running yet.
pub struct Sendmail {
    folder: PathBuf,
    child: Option<Child>,
}

impl Sendmail {
    /// Writes its folder below `folder`, which others than its owner must be able to enter: Sendmail gives root away. It is to listen at
    /// this address, and hands all mail to the sink.
    pub fn below(folder: &Path, address: Ipv4Addr, sink: SocketAddr) -> Sendmail {
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder, open).expect("the folder is ours");
        let sendmail = Sendmail {
            folder: folder.join("sendmail"),
            child: None,
        };
        sendmail.make_folders();
        let text = |path: &Path| path.to_str().expect("a path of ours").to_owned();
        let words = [
            ("@SHARE@", text(&mail_server("usr/share/sendmail"))),
            ("@FOLDER@", text(&sendmail.folder)),
            ("@ADDRESS@", address.to_string()),
            ("@SINK@", sink.port().to_string()),
        ];
        for (name, text) in [("sendmail.mc", DAEMON), ("submit.mc", CLIENT)] {
            let mut text = text.to_owned();
            for (word, by) in &words {
                text = text.replace(word, by);
            }
            sendmail.write(name, &text);
        }
        let switch = "hosts files\npasswd files\naliases files\n";
        sendmail.write("switch", switch);
        sendmail
    }

    fn make_folders(&self) {
        let owner = run(Command::new("id").args(["-u", "nobody"]));
        let owner = owner.trim().parse().expect("id prints a number");
        for sub in ["queue", "client"] {
            let sub = self.folder.join(sub);
            std::fs::create_dir_all(&sub).expect("a folder");
            let private = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(sub, private).expect("the folder is ours");
        }
        chown(self.folder.join("client"), Some(owner), None).expect("root");
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("the folder is ours");
    }

    /// Where `sendmail.mc` is, and `sendmail.cf` when it runs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes its `.cf` files, starts it, and waits until it listens everywhere there.
    pub fn start(&mut self, places: &[SocketAddr]) {
        for name in ["sendmail", "submit"] {
            let made = run(peer("m4").arg(self.folder.join(format!("{name}.mc"))));
            self.write(&format!("{name}.cf"), &made);
        }
        self.child = Some(begin(&self.folder));
        for place in places {
            let there = || std::net::TcpStream::connect(place).is_ok();
            let listens = (0..300).any(|_| {
                std::thread::sleep(Duration::from_millis(50));
                there()
            });
            assert!(
                listens,
                "Sendmail does not listen at {place}: {}",
                self.log()
            );
        }
    }

    /// To the process that takes connections; each is served by a process of its own.
    pub fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().expect("it runs").id();
        let id = i32::try_from(id).ok().and_then(Pid::from_raw);
        kill_process(id.expect("a child"), signal).expect("it lives");
    }

    /// What a program of the machine sends.
    pub fn submit(&self, from: &str, to: &str, mail: &[u8]) {
        use std::io::Write;
        let mut child = named(&mail_server(PROGRAM))
            .arg("-C")
            .arg(self.folder.join("submit.cf"))
            .args(["-f", from, to])
            .stdin(Stdio::piped())
            .spawn()
            .expect("it runs");
        let text = String::from_utf8(mail.to_vec()).expect("no bytes of 8 bits");
        let mut into = child.stdin.take().expect("piped");
        into.write_all(text.replace("\r\n", "\n").as_bytes())
            .expect("it reads");
        drop(into);
        assert!(child.wait().expect("a child").success());
    }

    /// The addresses that wait in its queue (the lines of a `qf` file that begin with R).
    pub fn waiting(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.join("queue")).expect("its queue");
        let files = entries.flatten().map(|entry| entry.path());
        // Err: it has just left.
        let texts = files.filter_map(|path| std::fs::read_to_string(path).ok());
        let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
        let recipients = lines.filter(|line| line.starts_with('R') && line.contains(":<"));
        let bare = |line: String| line.split(['<', '>']).nth(1).map(str::to_owned);
        recipients.filter_map(bare).collect()
    }

    /// What it said to others and they to it, and what it printed.
    pub fn log(&self) -> String {
        let read = |file: &str| {
            let bytes = std::fs::read(self.folder.join(file)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        read("output") + &read("traffic")
    }
}

fn begin(folder: &Path) -> Child {
    let output = std::fs::File::create(folder.join("output")).expect("the folder is ours");
    let child = named(&mail_server(PROGRAM))
        .arg("-C")
        .arg(folder.join("sendmail.cf"))
        .arg("-X")
        .arg(folder.join("traffic"))
        .args(["-bD", "-q1m"])
        .stdin(Stdio::null())
        .stderr(output)
        .spawn();
    child.expect("it runs")
}

/// In a place with a full host name, which is nobody else's affair (unshare(1)).
fn named(program: &Path) -> Command {
    let mut command = peer("unshare");
    command.args([
        "--uts",
        "sh",
        "-c",
        "hostname mail.example.org; exec \"$@\"",
        "sh",
    ]);
    command.arg(program);
    command
}

impl Drop for Sendmail {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // Err: it has ended. Its children end with their connections.
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let end = log.len().saturating_sub(4_000);
            let end = (end..log.len()).find(|at| log.is_char_boundary(*at));
            eprintln!("--- Sendmail's traffic\n{}", &log[end.unwrap_or(0)..]);
        }
    }
}
