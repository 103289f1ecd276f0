//! Exim, with the lines as they are printed.

use super::home::{BO, COLLEAGUE, Home};
use crate::support::postfix::replaced;
use crate::support::process::{mail_server, run};
use crate::support::recipes::put;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const BEFORE: &str = include_str!("../../peers/exim.conf");
const PROGRAM: &str = "usr/sbin/exim4";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn routed_by_lmtp_with_the_lines_as_printed() {
    let home = Home::with(&[("lmtp", 10025)], "").await;
    let exim = Exim::installed(&home);
    all_goes_through(&home).await;
    assert_eq!(
        home.doctor("exim", &exim.folder, Some(&exim.programs())),
        []
    );
    let rows = [
        (
            "message_size_limit = 157286400",
            "message_size_limit = 50M",
            "exim.conf: message_size_limit",
        ),
        (
            "{10026}",
            "{10027}",
            "exim.conf: routers: cloakroom_out: condition",
        ),
        (
            "  no_more\n",
            "",
            "exim.conf: routers: cloakroom_out: no_more",
        ),
        (
            "  self = send\n  no_more",
            "  self = send\n  fallback_hosts = 127.0.0.1\n  no_more",
            "exim.conf: routers: cloakroom_out: fallback_hosts",
        ),
        (
            "final_timeout = 600s",
            "final_timeout = 60s",
            "exim.conf: transports: cloakroom: final_timeout",
        ),
        (
            " ; ADDRESS.10026",
            " ; 0.0.0.0.10026",
            "exim.conf: local_interfaces",
        ),
    ];
    let file = exim.folder.join("exim4.conf");
    let right = std::fs::read_to_string(&file).expect("it is there");
    for (line, by, place) in rows {
        let line = line.replace("ADDRESS", &home.address.to_string());
        std::fs::write(&file, replaced(&right, &[(&line, by.to_owned())]))
            .expect("the folder is ours");
        let found = home.doctor("exim", &exim.folder, Some(&exim.programs()));
        let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, [place], "{line}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn routed_by_smtp_with_the_lines_as_printed() {
    let home = Home::with(&[("smtp", 10024)], "").await;
    let exim = Exim::installed(&home);
    all_goes_through(&home).await;
    assert_eq!(
        home.doctor("exim", &exim.folder, Some(&exim.programs())),
        []
    );
}

async fn all_goes_through(home: &Home) {
    let file = home.send(&[COLLEAGUE, BO]).await;
    home.came_with_link(BO, &file).await;
    home.came_whole(COLLEAGUE, &file).await;
}

/// A running one.
struct Exim {
    folder: PathBuf,
    program: PathBuf,
    child: Child,
}

impl Exim {
    fn installed(home: &Home) -> Exim {
        let (folder, program) = (home.path().join("exim"), mail_server(PROGRAM));
        let owner = run(Command::new("id").args(["-u", "Debian-exim"]));
        let owner = owner.trim().parse().expect("id prints a number");
        for sub in ["spool", "log"] {
            std::fs::create_dir_all(folder.join(sub)).expect("a folder");
            chown(folder.join(sub), Some(owner), None).expect("root");
        }
        chown(&folder, Some(owner), None).expect("root");
        let text = |path: &Path| path.to_str().expect("a path of ours").to_owned();
        let words = [
            ("@FOLDER@", text(&folder)),
            ("@PROGRAM@", text(&program)),
            ("@ADDRESS@", home.address.to_string()),
            ("@SINK@", home.sink.address.port().to_string()),
        ];
        std::fs::write(folder.join("exim4.conf"), replaced(BEFORE, &words))
            .expect("the folder is ours");
        let used = home
            .recipe("exim")
            .iter()
            .filter(|block| put(&folder, block))
            .count();
        assert_eq!(used, 4);
        let output = std::fs::File::create(folder.join("output")).expect("the folder is ours");
        let child = Command::new(&program)
            .arg("-C")
            .arg(folder.join("exim4.conf"))
            .args(["-bdf", "-q1m"])
            .stdin(Stdio::null())
            .stderr(output)
            .spawn();
        let exim = Exim {
            folder,
            program,
            child: child.expect("it runs"),
        };
        for port in [587, 10026] {
            let there = || std::net::TcpStream::connect((home.address, port)).is_ok();
            let listens = (0..300).any(|_| {
                std::thread::sleep(Duration::from_millis(50));
                there()
            });
            assert!(listens, "Exim does not listen on {port}: {}", exim.log());
        }
        exim
    }

    /// Where its program is: the doctor finds it there as it would in the search path.
    fn programs(&self) -> PathBuf {
        self.program.parent().expect("a folder").to_owned()
    }

    fn log(&self) -> String {
        let read = |file: &str| std::fs::read_to_string(self.folder.join(file)).unwrap_or_default();
        read("output") + &read("log/mainlog") + &read("log/paniclog")
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- Exim's log\n{}", self.log());
        }
    }
}
