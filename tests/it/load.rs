//! `tests/load/gateway`, which starts a gateway for a load harness: it runs, takes a mail and hands it on; and the measurements beside it.
//! They measure nothing here.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MAIL: &[u8] = b"From: a@inside.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=a.pdf\r\n\
    Content-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjc=\r\n";

/// Ended with the test, however that ends.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_load_harness_finds_a_gateway_that_works() {
    let hop = Hop::start(Vec::new()).await;
    let state = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load/gateway");
    let child = Command::new(script)
        .env("CLOAKROOM", env!("CARGO_BIN_EXE_cloakroom"))
        .env("LISTEN_PORT", port.to_string())
        .env("NEXTHOP_PORT", hop.address.port().to_string())
        .env("STATE", state.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("the script starts");
    let _started = Started(child);
    let smtp = SocketAddr::from(([127, 0, 0, 1], port));
    let end = Instant::now() + Duration::from_secs(20);
    while tokio::net::TcpStream::connect(smtp).await.is_err() {
        assert!(Instant::now() < end, "nothing listens on {smtp}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let to = "b@outside.example".to_owned();
    let replies = send(Door::Smtp, smtp, "a@inside.example", &[to], MAIL).await;
    assert!(replies[0].starts_with("250 "), "{replies:?}");
    let taken = &hop.deliveries()[0].bytes;
    assert!(
        String::from_utf8_lossy(taken).contains("/t/"),
        "a link in place of the file"
    );
}

#[test]
fn the_measurement_of_patterns_runs_beside_its_peer() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load/patterns/run");
    let out = Command::new(script).arg("--quick").output();
    let out = out.expect("the script starts");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    let table = String::from_utf8_lossy(&out.stdout);
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), 12, "{table}{said}");
    let peer = |row: &&&str| {
        row.trim_end_matches(" |")
            .ends_with(|c: char| c.is_ascii_digit())
    };
    assert_eq!(
        rows.iter().filter(peer).count(),
        12,
        "libhyperscan-dev is missing: {table}"
    );
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

#[test]
fn the_measurement_of_downloads_runs() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load/downloads");
    let said = measured(Command::new(script).args(["4", "4"]));
    assert!(said.contains("4 downloads of 4 MiB"), "{said}");
}

#[test]
fn the_measurement_of_one_large_file_over_tls_runs() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load/large");
    let said = measured(Command::new(script).arg("8"));
    assert!(said.contains("fetched as ZIP and unpacked"), "{said}");
}

/// Without the harness, which is not in this repository, there is nothing to run.
#[test]
fn the_measurement_of_the_milter_door_runs_beside_milters_that_do_nothing() {
    let harness = crate::support::corpus::root().join("bench/run.sh");
    if !harness.exists() {
        return eprintln!("skipped: no harness at {}", harness.display());
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load/milter");
    let said = measured(Command::new(script).arg("--quick"));
    assert_eq!(rows(&said, "errors"), ["0"; 6], "{said}");
    let said = measured(Command::new(script).args(["postfix", "--quick"]));
    assert_eq!(rows(&said, "errors"), ["0"; 8], "{said}");
    let left: Vec<f64> = rows(&said, "out/in")
        .iter()
        .map(|share| share.parse().expect("a number"))
        .collect();
    let (texts, files) = left.split_at(4);
    assert!(texts.iter().all(|share| *share > 1.0), "{said}");
    // Ours takes the files, in both modes; the others do not.
    assert!(files[..2].iter().all(|share| *share < 0.1), "{said}");
    assert!(files[2..].iter().all(|share| *share > 1.0), "{said}");
}

/// A column of a table as Markdown has it.
fn rows<'a>(table: &'a str, column: &str) -> Vec<&'a str> {
    let lines = table.lines().filter(|line| line.starts_with('|'));
    let mut lines = lines.map(|line| line.split('|').map(str::trim).collect());
    let head: Vec<&str> = lines.next().expect("a head");
    let at = head.iter().position(|name| *name == column);
    let at = at.expect("the column");
    lines.skip(1).map(|row: Vec<&str>| row[at]).collect()
}

fn measured(script: &mut Command) -> String {
    let out = script
        .env("CLOAKROOM", env!("CARGO_BIN_EXE_cloakroom"))
        .output()
        .expect("the script starts");
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{said}{out:?}");
    said.into_owned()
}
