//! Sendmail with its milters, with the lines as they are printed.

use super::home::{ANNA, BO, COLLEAGUE, Home, mail};
use crate::support::postfix::replaced;
use crate::support::process::{mail_server, peer, run};
use crate::support::recipes::put;
use crate::support::{link_in, noise};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const DAEMON: &str = include_str!("../../peers/sendmail.mc");
const CLIENT: &str = include_str!("../../peers/submit.mc");

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn as_a_milter_with_the_lines_as_printed() {
    let home = Home::with(
        &[],
        "[milter]\nlisten = \"ADDRESS:8890\"\nmode = \"take_out\"",
    )
    .await;
    let sendmail = Sendmail::installed(&home);
    assert_eq!(home.doctor("sendmail", &sendmail.folder, None), []);
    let file = home.send(&[COLLEAGUE, BO]).await;
    home.came_with_link(BO, &file).await;
    home.came_whole(COLLEAGUE, &file).await;

    let (cron, file) = ("cron@partner.example", noise(7, 50_000));
    sendmail.submit(cron, &mail(&[cron], &file));
    home.came_with_link(cron, &file).await;
    broken(&home, &sendmail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn where_all_get_the_same_sendmail_changes_header_and_body_as_it_is_told() {
    let home = Home::with(
        &[],
        "[milter]\nlisten = \"ADDRESS:8890\"\nmode = \"shared\"",
    )
    .await;
    let _sendmail = Sendmail::installed(&home);
    let file = home.send(&[COLLEAGUE, BO]).await;
    let mut links = Vec::new();
    for to in [COLLEAGUE, BO] {
        home.came_with_link(to, &file).await;
        let mail = home.sink.delivery_to(to).await.bytes;
        let text = String::from_utf8_lossy(&mail);
        let transfers = text.matches("\nX-Cloakroom-Transfer: ").count();
        assert_eq!(transfers, 1, "{text}");
        links.extend(link_in(&mail));
    }
    assert_eq!(links[0], links[1], "one for all");
}

fn broken(home: &Home, sendmail: &Sendmail) {
    let rows = [
        ("F=T, ", "", "sendmail.cf: Xcloakroom: F="),
        ("E:600s", "E:60s", "sendmail.cf: Xcloakroom: T="),
        (
            "O InputMailFilters=cloakroom",
            "O InputMailFilters=",
            "sendmail.cf: O InputMailFilters",
        ),
        (
            "Port=587",
            "Port=587, InputFilter=",
            "sendmail.cf: O DaemonPortOptions: MSA: InputMailFilters",
        ),
        (
            "Port=10026, InputFilter=",
            "Port=10026",
            "sendmail.cf: O DaemonPortOptions: cloakroom: InputMailFilters",
        ),
        (
            "MaxMessageSize=157286400",
            "MaxMessageSize=10485760",
            "sendmail.cf: O MaxMessageSize",
        ),
    ];
    let file = sendmail.folder.join("sendmail.cf");
    let right = std::fs::read_to_string(&file).expect("it is there");
    for (line, by, place) in rows {
        std::fs::write(&file, replaced(&right, &[(line, by.to_owned())]))
            .expect("the folder is ours");
        let found = home.doctor("sendmail", &sendmail.folder, None);
        let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, [place], "{line}: {found:?}");
    }
}

/// A running one.
struct Sendmail {
    folder: PathBuf,
    child: Child,
}

impl Sendmail {
    fn installed(home: &Home) -> Sendmail {
        let folder = home.path().join("sendmail");
        make_folders(&folder);
        let text = |path: &Path| path.to_str().expect("a path of ours").to_owned();
        let words = [
            ("@SHARE@", text(&mail_server("usr/share/sendmail"))),
            ("@FOLDER@", text(&folder)),
            ("@ADDRESS@", home.address.to_string()),
            ("@SINK@", home.sink.address.port().to_string()),
        ];
        let filled = |text: &str| {
            words
                .iter()
                .fold(text.to_owned(), |text, (word, by)| text.replace(word, by))
        };
        let write = |name: &str, text: &str| {
            std::fs::write(folder.join(name), text).expect("the folder is ours")
        };
        write("switch", "hosts files\npasswd files\naliases files\n");
        write("sendmail.mc", &filled(DAEMON));
        write("submit.mc", &filled(CLIENT));
        let used = home
            .recipe("sendmail")
            .iter()
            .filter(|block| put(&folder, block))
            .count();
        assert_eq!(used, 1);
        for name in ["sendmail", "submit"] {
            let made = run(peer("m4").arg(folder.join(format!("{name}.mc"))));
            write(&format!("{name}.cf"), &made);
        }
        let mut sendmail = Sendmail {
            child: start(&folder),
            folder,
        };
        sendmail.wait_for(home);
        sendmail
    }

    fn wait_for(&mut self, home: &Home) {
        for port in [25, 587, 10026] {
            let there = || std::net::TcpStream::connect((home.address, port)).is_ok();
            let listens = (0..300).any(|_| {
                std::thread::sleep(Duration::from_millis(50));
                there()
            });
            assert!(
                listens,
                "Sendmail does not listen on {port}: {}",
                self.log()
            );
        }
    }

    /// What a program of the machine sends.
    fn submit(&self, to: &str, mail: &[u8]) {
        let mut child = named(&mail_server(PROGRAM))
            .arg("-C")
            .arg(self.folder.join("submit.cf"))
            .args(["-f", ANNA, to])
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

    fn log(&self) -> String {
        let read = |file: &str| std::fs::read_to_string(self.folder.join(file)).unwrap_or_default();
        read("output") + &read("traffic")
    }
}

const PROGRAM: &str = "usr/libexec/sendmail/sendmail";

fn make_folders(folder: &Path) {
    let owner = run(Command::new("id").args(["-u", "nobody"]));
    let owner = owner.trim().parse().expect("id prints a number");
    for (sub, mode) in [("queue", 0o700), ("client", 0o700)] {
        std::fs::create_dir_all(folder.join(sub)).expect("a folder");
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.join(sub), mode).expect("the folder is ours");
    }
    chown(folder.join("client"), Some(owner), None).expect("root");
}

fn start(folder: &Path) -> Child {
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
        // Err: it has ended. Its children end with their connections.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- Sendmail's traffic\n{}", self.log());
        }
    }
}
