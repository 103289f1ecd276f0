//! A private Postfix for tests, with the lines of `cloakroom recipe` or of our own manual in it (tests/peers/postfix/).

use super::process::{free_port, peer, run};
use super::recipes::lines;
use rustix::process::{Pid, Signal, kill_process};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const MAIN: &str = include_str!("../../peers/postfix/main.cf");
const MASTER: &str = include_str!("../../peers/postfix/master.cf");
const MANUAL: &str = include_str!("../../../src/manual/postfix.md");

/// Not running yet.
pub struct Postfix {
    folder: PathBuf,
    child: Option<Child>,
}

impl Postfix {
    /// Writes its folder below `folder`, which others than its owner must be able to enter: Postfix gives root away.
    pub fn below(folder: &Path, sink: SocketAddr) -> Postfix {
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder, open).expect("the folder is ours");
        let postfix = Postfix {
            folder: folder.join("postfix"),
            child: None,
        };
        for sub in ["queue", "data"] {
            std::fs::create_dir_all(postfix.folder.join(sub)).expect("a folder");
        }
        chown(postfix.folder.join("data"), Some(owner()), None)
            .expect("Postfix is started by root only: run as root");
        run(Command::new(env!("CARGO_BIN_EXE_cloakroom"))
            .args(["cert", "dev", "--host", "localhost", "--host", "127.0.0.1"])
            .arg("--into")
            .arg(postfix.folder.join("certs")));
        let words = [
            ("@FOLDER@", postfix.text("")),
            ("@SINK@", sink.port().to_string()),
        ];
        postfix.add("main.cf", &replaced(MAIN, &words));
        postfix.add("master.cf", MASTER);
        postfix
    }

    /// Adds lines to one of its files: `main.cf`, `master.cf`, or one that those name.
    pub fn add(&self, file: &str, lines: &str) {
        use std::io::Write;
        let path = self.folder.join(file);
        let opened = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path);
        let written = opened.and_then(|mut file| file.write_all(format!("{lines}\n").as_bytes()));
        written.expect("the folder is ours");
    }

    /// A path below its folder.
    pub fn text(&self, below: &str) -> String {
        let path = self.folder.join(below);
        let path = path.to_str().expect("a path of ours");
        path.trim_end_matches('/').to_owned()
    }

    /// Starts it, and waits until it listens on all of these ports.
    pub fn start(&mut self, ports: &[u16]) {
        let places = ports
            .iter()
            .map(|port| SocketAddr::from(([127, 0, 0, 1], *port)));
        self.start_at(&places.collect::<Vec<_>>());
    }

    /// The same for other addresses than 127.0.0.1.
    pub fn start_at(&mut self, places: &[SocketAddr]) {
        let output = std::fs::File::create(self.folder.join("output")).expect("the folder is ours");
        let errors = output.try_clone().expect("a file");
        let child = peer("postfix")
            .arg("-c")
            .arg(&self.folder)
            .arg("start-fg")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn();
        self.child = Some(child.expect("it runs"));
        for place in places {
            let there = || std::net::TcpStream::connect(place).is_ok();
            let listens = (0..300).any(|_| {
                std::thread::sleep(Duration::from_millis(50));
                there()
            });
            assert!(listens, "Postfix does not listen: {}", self.log());
        }
    }

    /// A command of Postfix for this instance, such as `postqueue -f`.
    pub fn tell(&self, program: &str, arguments: &[&str]) -> String {
        run(peer(program).arg("-c").arg(&self.folder).args(arguments))
    }

    /// Sets lines of `main.cf`.
    pub fn set(&self, lines: &[&str]) {
        self.tell("postconf", &[&["-e"], lines].concat());
    }

    /// Its processes, with their names: `master`, and those it has started. `smtpd` takes mail, `smtp` and `lmtp` hand it on.
    pub fn processes(&self) -> Vec<(String, Pid)> {
        let file = self.folder.join("queue/pid/master.pid");
        // None: it has never run.
        let master = std::fs::read_to_string(file).unwrap_or_default();
        let Ok(master) = master.trim().parse::<i32>() else {
            return Vec::new();
        };
        let all = std::fs::read_dir("/proc")
            .expect("there is /proc")
            .flatten();
        let all = all.filter_map(|entry| stat(&entry.path()));
        let is_its = |one: &Stat| {
            let is_master = one.number == master && one.name == "master";
            (is_master || one.parent == master) && one.state != 'Z'
        };
        let its = all.filter(is_its);
        its.filter_map(|one| Some((one.name, Pid::from_raw(one.number)?)))
            .collect()
    }

    /// kill -9 of all its processes, as if at one instant: nobody sees another one die. Its queue stays as it is.
    pub fn kill(&mut self) {
        // Whoever starts others first, then whoever speaks with clients: it would tell them that the others have failed.
        self.signal(Signal::STOP, |name| name == "master");
        self.signal(Signal::STOP, |name| name == "smtpd");
        self.signal(Signal::STOP, |_| true);
        end(&self.processes());
        self.reap();
    }

    fn reap(&mut self) {
        if let Some(mut script) = self.child.take() {
            let _ = script.kill();
            let _ = script.wait();
        }
    }

    /// To each of its processes with such a name.
    pub fn signal(&self, signal: Signal, is_meant: impl Fn(&str) -> bool) {
        for (name, process) in self.processes() {
            if is_meant(&name) {
                // Err: it has just ended.
                let _ = kill_process(process, signal);
            }
        }
    }

    /// Its log so far, and what it printed.
    pub fn log(&self) -> String {
        let read = |file: &str| std::fs::read_to_string(self.folder.join(file)).unwrap_or_default();
        read("maillog") + &read("output")
    }

    /// Waits for a line of its log that has all these words.
    pub async fn logged(&self, words: &[&str]) -> String {
        let find = || {
            let log = self.log();
            let mut lines = log.lines().map(str::to_owned);
            lines.find(|line| words.iter().all(|word| line.contains(word)))
        };
        let line = super::until(find).await;
        line.unwrap_or_else(|| panic!("no line with {words:?}"))
    }

    /// The addresses that wait in its queue.
    pub fn waiting(&self) -> Vec<String> {
        let said = self.tell("postqueue", &["-j"]);
        let mails = said.lines().map(serde_json::from_str::<serde_json::Value>);
        let mut waiting = Vec::new();
        for mail in mails {
            let mail = mail.expect("postqueue -j prints JSON");
            let recipients = mail["recipients"].as_array().expect("a list").iter();
            waiting.extend(recipients.map(|r| r["address"].as_str().unwrap_or("").to_owned()));
        }
        waiting
    }

    /// Stops it and waits for its end.
    pub fn stop(&mut self) {
        if self.child.is_none() {
            return;
        }
        let all = self.processes();
        let _ = peer("postfix")
            .arg("-c")
            .arg(&self.folder)
            .arg("stop")
            .output();
        end(&all);
        self.reap();
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            eprintln!("--- Postfix's log\n{}", self.log());
        }
    }
}

/// What the system says of a process (proc_pid_stat(5)).
struct Stat {
    number: i32,
    name: String,
    state: char,
    parent: i32,
}

/// None for what is no process, or has ended.
fn stat(folder: &Path) -> Option<Stat> {
    let text = std::fs::read_to_string(folder.join("stat")).ok()?;
    let (number, rest) = text.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let mut rest = rest.split(' ');
    Some(Stat {
        number: number.parse().ok()?,
        name: name.to_owned(),
        state: rest.next()?.chars().next()?,
        parent: rest.next()?.parse().ok()?,
    })
}

/// kill -9, and waits until they are gone: a socket of theirs is free only then.
fn end(processes: &[(String, Pid)]) {
    for (name, process) in processes {
        let folder = PathBuf::from(format!("/proc/{}", process.as_raw_nonzero()));
        let is_there = || stat(&folder).is_some_and(|s| s.name == *name && s.state != 'Z');
        for _ in 0..2000 {
            if !is_there() {
                break;
            }
            let _ = kill_process(*process, Signal::KILL);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The blocks of the manual behind a heading, with words replaced. A word that is not there is a mistake: the manual has changed.
pub fn recipe(heading: &str, block: usize, words: &[(&str, String)]) -> String {
    let section = MANUAL.split("\n## ").find(|s| s.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no section {heading} in the manual"));
    let blocks = section.split("```text\n").skip(1);
    let mut blocks = blocks.map(|b| b.split("```").next().unwrap_or_default());
    replaced(blocks.nth(block).expect("a block of lines"), words)
}

/// A text with words replaced. A word that is not there is a mistake.
pub fn replaced(text: &str, words: &[(&str, String)]) -> String {
    let mut text = text.to_owned();
    for (word, by) in words {
        assert!(text.contains(word), "no {word:?} in:\n{text}");
        text = text.replace(word, by);
    }
    text
}

/// The number of the user Postfix runs as.
fn owner() -> u32 {
    let number = run(peer("id").args(["-u", "postfix"]));
    number.trim().parse().expect("id prints a number")
}

/// A service that people send through, as an operator has it before he meets us.
const SUBMISSION: &str = "\
submission inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_relay_restrictions=permit_mynetworks,reject
";

/// That service and those of `cloakroom recipe postfix`, with words replaced.
pub fn after_the_queue(words: &[(&str, String)]) -> String {
    let people = lines("postfix", "each service people send through");
    let others = lines("postfix", "master.cf: at the end");
    replaced(&format!("{SUBMISSION}{people}{others}"), words)
}

/// Ports that stay free while nobody listens on them: no connection begins there (ip(7), `ip_local_port_range`).
pub fn lasting_ports<const N: usize>() -> [u16; N] {
    let begin: [u8; 2] = cloakroom::mail::id::random();
    let mut ports = (0..20_000).map(|n| 12_000 + (u16::from_le_bytes(begin) % 20_000 + n) % 20_000);
    std::array::from_fn(|_| {
        let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        ports.find(is_free).expect("not all are taken")
    })
}

/// Free ports for services Postfix shall listen on.
pub fn ports<const N: usize>() -> [u16; N] {
    std::array::from_fn(|_| free_port())
}
