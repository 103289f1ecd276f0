//! Download managers over a line that breaks: curl, wget and aria2 resume, single files and the ZIP, and each download counts once.
//!
//! Setup: `curl`, `wget`, `aria2` of Debian.

use super::house::Stage;
use crate::support::noise;
use crate::support::process::{ended, peer};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::spawn;

const SIZE: usize = 3_000_000;
/// A line gives so many bytes, then it breaks.
const UNTIL: usize = 1_100_000;

type Manager = fn(url: &str, cookie: &str, file: &Path) -> Command;

const MANAGERS: [(&str, Manager); 3] = [("curl", curl), ("wget", wget), ("aria2c", aria2)];

#[test]
fn a_download_manager_goes_on_where_the_line_broke() {
    let stage = Stage::new();
    let files = [noise(1, SIZE), noise(2, SIZE / 10)];
    let made = stage.hold(&[("big.bin", &files[0]), ("small.bin", &files[1])]);
    let cookie = stage.unlock(&made);
    let cookie = cookie.trim_end();
    let line = Line::to(stage.address);
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, manager) in MANAGERS {
        for (path, unzips) in [("file/0", false), ("all.zip", true)] {
            let url = format!("http://{}/open/{}/{path}", line.address, made.id);
            let file = folder.path().join(format!("{name}-{unzips}"));
            let broken = line.broken.load(Ordering::SeqCst);
            let whole = fetched(&|| manager(&url, cookie, &file));
            assert!(whole, "{name} does not get {path}");
            let broken = line.broken.load(Ordering::SeqCst) - broken;
            assert!(broken >= 1, "{name} {path}: the line never broke");
            let got = match unzips {
                true => unzipped(&file, "big.bin"),
                false => std::fs::read(&file).expect("it was written"),
            };
            assert!(got == files[0], "{name}: {path} is not the same");
        }
    }
    let each = MANAGERS.len() as u32;
    stage.wait_for("each once", || {
        stage.saved(&made).fetched == [2 * each, each]
    });
}

/// Some try again by themselves, some have to be started again.
fn fetched(command: &dyn Fn() -> Command) -> bool {
    (0..6).any(|_| ended(&mut command()).0)
}

fn curl(url: &str, cookie: &str, file: &Path) -> Command {
    let mut command = peer("curl");
    command.args([
        "--silent",
        "--fail",
        "--continue-at",
        "-",
        "--header",
        cookie,
    ]);
    command.arg("--output").arg(file).arg(url);
    command
}

fn wget(url: &str, cookie: &str, file: &Path) -> Command {
    let mut command = peer("wget");
    command.args(["--quiet", "--continue", "--tries=9", "--waitretry=0"]);
    command.args(["--header", cookie, "--output-document"]);
    command.arg(file).arg(url);
    command
}

fn aria2(url: &str, cookie: &str, file: &Path) -> Command {
    let mut command = peer("aria2c");
    command.args([
        "--quiet",
        "--no-conf",
        "--continue=true",
        "--max-tries=9",
        "--retry-wait=0",
    ]);
    command.args([
        "--max-connection-per-server=2",
        "--split=2",
        "--min-split-size=1M",
    ]);
    command.args(["--file-allocation=none", "--header", cookie, "--dir"]);
    command
        .arg(file.parent().expect("in a folder"))
        .arg("--out");
    command.arg(file.file_name().expect("a name")).arg(url);
    command
}

fn unzipped(archive: &Path, name: &str) -> Vec<u8> {
    let output = peer("unzip").arg("-p").arg(archive).arg(name).output();
    let output = output.expect("unzip runs");
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// A line to the portal that breaks after [`UNTIL`] bytes of an answer.
struct Line {
    address: SocketAddr,
    broken: Arc<AtomicUsize>,
}

impl Line {
    fn to(portal: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let broken = Arc::new(AtomicUsize::new(0));
        let count = broken.clone();
        // Ends with the test's process.
        spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let count = count.clone();
                spawn(move || {
                    let portal = TcpStream::connect(portal).expect("the portal is there");
                    if carry(client, portal) {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        Line { address, broken }
    }
}

/// True if it broke.
fn carry(client: TcpStream, portal: TcpStream) -> bool {
    let (mut asks, mut hears) = (client.try_clone().expect("one more"), client);
    let (mut told, mut answers) = (portal.try_clone().expect("one more"), portal);
    spawn(move || {
        // Its end is no error here: somebody hung up.
        let _ = std::io::copy(&mut asks, &mut told);
        let _ = told.shutdown(std::net::Shutdown::Write);
    });
    let (mut block, mut left) = (vec![0; 16 << 10], UNTIL);
    loop {
        match answers.read(&mut block) {
            Ok(n) if n > 0 && n <= left && hears.write_all(&block[..n]).is_ok() => left -= n,
            ended => {
                let _ = hears.shutdown(std::net::Shutdown::Both);
                let _ = answers.shutdown(std::net::Shutdown::Both);
                return ended.is_ok_and(|n| n > left);
            }
        }
    }
}
