//! A private Postfix for tests, with the lines of our own manual in it (tests/peers/postfix/).

use super::process::{free_port, peer, run};
use std::net::SocketAddr;
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
        for port in ports {
            let there = || std::net::TcpStream::connect(("127.0.0.1", *port)).is_ok();
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
        let Some(mut child) = self.child.take() else {
            return;
        };
        let _ = peer("postfix")
            .arg("-c")
            .arg(&self.folder)
            .arg("stop")
            .output();
        let _ = child.kill();
        let _ = child.wait();
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

/// The blocks of the manual behind a heading, with words replaced. A word that is not there is a mistake: the manual has changed.
pub fn recipe(heading: &str, block: usize, words: &[(&str, String)]) -> String {
    let section = MANUAL.split("\n## ").find(|s| s.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no section {heading} in the manual"));
    let blocks = section.split("```text\n").skip(1);
    let mut blocks = blocks.map(|b| b.split("```").next().unwrap_or_default());
    replaced(blocks.nth(block).expect("a block of lines"), words)
}

fn replaced(text: &str, words: &[(&str, String)]) -> String {
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

/// Free ports for services Postfix shall listen on.
pub fn ports<const N: usize>() -> [u16; N] {
    std::array::from_fn(|_| free_port())
}
