//! The program itself, run as operators run it: `serve` in a process of its own. And foreign programs, which must be there.

use rustix::process::{Pid, Signal, kill_process};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

/// A gateway whose folder was written by [`super::settings::write`]. Killed when dropped; its log is shown if the test has failed.
pub struct Gateway {
    child: Child,
    /// Its standard output.
    said: Mutex<mpsc::Receiver<String>>,
    addresses: HashMap<String, SocketAddr>,
    /// When this one listens, all do.
    last: &'static str,
    log: PathBuf,
}

/// The command, the last door of these tests, and where the log is.
const SERVE: (&str, &str, &str) = ("serve", "portal", "log");

impl Gateway {
    /// Starts it and waits until every door listens.
    pub fn start(folder: &Path) -> Gateway {
        Gateway::start_program(Path::new(env!("CARGO_BIN_EXE_cloakroom")), folder)
    }

    /// The same with another build of the program.
    pub fn start_program(program: &Path, folder: &Path) -> Gateway {
        Gateway::spawn(program, folder, None).ready()
    }

    /// On a socket of ours for SMTP, handed over as systemd does it: number 3, with its name, for this process.
    pub fn start_on(socket: &TcpListener, folder: &Path) -> Gateway {
        let socket = socket.try_clone().expect("a copy");
        let mut shell = peer("sh");
        shell.stdin(OwnedFd::from(socket)).args([
            "-c",
            "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=smtp exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_cloakroom"),
        ]);
        Gateway::begin(shell, folder, SERVE).ready()
    }

    fn ready(mut self) -> Gateway {
        if !self.listens() {
            panic!("it does not listen: {}", self.log());
        }
        self
    }

    /// Only begins it; with the name of a crash point it is to die at (`cloakroom::fault::crash`).
    pub fn spawn(program: &Path, folder: &Path, die_at: Option<&str>) -> Gateway {
        let mut command = Command::new(program);
        if let Some(name) = die_at {
            command.env("CLOAKROOM_DIE_AT", name);
        }
        Gateway::begin(command, folder, SERVE)
    }

    /// The watcher of the tripwire beside it; with the same settings, and a log of its own.
    pub fn watcher(folder: &Path) -> Gateway {
        let program = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        Gateway::begin(program, folder, ("tripwire", "tripwire", "watcher.log")).ready()
    }

    fn begin(
        mut command: Command,
        folder: &Path,
        (word, last, log): (&str, &'static str, &str),
    ) -> Gateway {
        let log = folder.join(log);
        // Appended to: a test may start it again on the same folder.
        let errors = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&log)
            .expect("the folder is ours");
        let mut child = command
            .args([word, "--config"])
            .arg(folder.join("cloakroom.toml"))
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the program runs");
        let said = lines(child.stdout.take().expect("piped"));
        Gateway {
            child,
            said: Mutex::new(said),
            addresses: HashMap::new(),
            last,
            log,
        }
    }

    /// Waits until every door listens; false if it ended before. The portal is the last door of these tests.
    pub fn listens(&mut self) -> bool {
        while !self.addresses.contains_key(self.last) {
            let said = self.said.get_mut().expect("nobody panics in here");
            let Ok(line) = said.recv_timeout(Duration::from_secs(30)) else {
                return false;
            };
            let said: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
            let text = |key: &str| said[key].as_str().expect("a text").to_owned();
            let address = text("address").parse().expect("an address");
            self.addresses.insert(text("listening"), address);
        }
        true
    }

    /// Where a door listens: `smtp`, `lmtp`, `portal`.
    pub fn address(&self, door: &str) -> SocketAddr {
        self.addresses[door]
    }

    /// A link of an earlier run, at the port the portal has now.
    pub fn here(&self, link: &str) -> String {
        let path = link.split_once("/t/").expect("a link").1;
        format!("http://{}/t/{path}", self.address("portal"))
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The most memory it ever held, in KiB (VmHWM, proc_pid_status(5)), without the pages of the program itself: those of a debug build
    /// are several times those of a release build, and the kernel can drop them at any time.
    pub fn peak(&self) -> u64 {
        let file = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(file).expect("it runs");
        let kib = |name: &str| {
            let line = status.lines().find(|l| l.starts_with(name));
            let number = line.and_then(|l| l.split_whitespace().nth(1));
            let number = number.and_then(|n| n.parse::<u64>().ok());
            number.unwrap_or_else(|| panic!("{name}: n kB"))
        };
        kib("VmHWM") - kib("RssFile")
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(id.expect("a child"), signal).expect("it lives");
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child")
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().expect("a child");
        self.child.wait().expect("a child");
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Err: `kill` was faster.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the gateway's log\n{}", self.log());
        }
    }
}

/// Lines as they come, so that a wait for them can end.
pub fn lines(from: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}

/// A foreign program. One that is not installed fails the test: a peer that is left out proves nothing.
pub fn peer(program: &str) -> Command {
    let folders = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let found = std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.exists());
    Command::new(found.unwrap_or_else(|| {
        panic!("{program} is not installed; tests/run installs it (as root or with sudo)")
    }))
}

/// A program of a mail server that cannot be installed beside Postfix: `tests/run` unpacks them all into one folder.
pub fn mail_server(program: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/peers/mta")
        .join(program);
    assert!(
        path.exists(),
        "{} is not there; tests/run unpacks it",
        path.display()
    );
    path
}

/// Runs it to its end: true if it ended well, and all it printed.
pub fn ended(command: &mut Command) -> (bool, String) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.success(), said)
}

/// Runs it to its end, which must be a good one; gives what it printed.
pub fn run(command: &mut Command) -> String {
    let (well, said) = ended(command);
    assert!(well, "{command:?}: {said}");
    said
}

/// A port nobody listens on just now, for programs that cannot be told "any".
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}
