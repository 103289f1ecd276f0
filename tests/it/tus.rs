//! Uploads that go on: a real tus client (tuspy) and our script in Chromium, both over a line that breaks, and requests that lie.
//!
//! Setup: Python with tuspy, which `tests/run` installs; `chromium` and `chromium-driver` of Debian.

use crate::support::browser::Browser;
use crate::support::process::{peer, run};
use crate::support::{noise, until};
use crate::written::{ANNA, Stage, at, read, sha256};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Uploads a file in pieces of this size; each that breaks is tried again from where it is.
const CLIENT: &str = r#"
import sys, tusclient.client
url, cookie, path, chunk, checksum = sys.argv[1:]
client = tusclient.client.TusClient(url, headers={"Cookie": cookie})
uploader = client.uploader(path, chunk_size=int(chunk), retries=9, retry_delay=0.05,
                           metadata={"filename": "L\u00e4karintyg.bin"}, upload_checksum=checksum == "yes")
uploader.upload()
print(uploader.url)
"#;

/// A line to a server that breaks each time so many bytes have gone up, for so many times.
pub struct Line {
    pub address: SocketAddr,
    breaks: Arc<AtomicU64>,
}

impl Line {
    pub async fn to(server: SocketAddr, after: u64, breaks: u64) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let breaks = Arc::new(AtomicU64::new(breaks));
        let left = breaks.clone();
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let left = left.clone();
                tokio::spawn(async move {
                    let Ok(mut there) = tokio::net::TcpStream::connect(server).await else {
                        return;
                    };
                    let (mut from, mut to) = here.split();
                    let (mut back, mut up) = there.split();
                    let upwards = async {
                        let (mut sent, mut block) = (0, vec![0; 16 * 1024]);
                        loop {
                            let n = from.read(&mut block).await.unwrap_or(0);
                            sent += n as u64;
                            if n == 0 || up.write_all(&block[..n]).await.is_err() {
                                return;
                            }
                            if sent > after && left.load(Ordering::SeqCst) > 0 {
                                left.fetch_sub(1, Ordering::SeqCst);
                                return;
                            }
                        }
                    };
                    let downwards = async {
                        let _ = tokio::io::copy(&mut back, &mut to).await;
                    };
                    // Whichever ends first ends both.
                    tokio::select! { () = upwards => {}, () = downwards => {} }
                });
            }
        });
        Line { address, breaks }
    }

    pub fn has_broken(&self) -> bool {
        self.breaks.load(Ordering::SeqCst) == 0
    }
}

fn cookie(stage: &Stage) -> String {
    let jar = std::fs::read_to_string(stage.file("cookies")).expect("curl wrote it");
    let line = jar.lines().find(|line| line.contains("\tcloakroom\t"));
    let value = line.and_then(|line| line.rsplit('\t').next());
    format!("cloakroom={}", value.expect("a cookie"))
}

fn tus(stage: &Stage, method: &str, path: &str, more: &[&str]) -> u16 {
    let mut curl = peer("curl");
    curl.args([
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-H",
        "Tus-Resumable: 1.0.0",
    ]);
    match method {
        "HEAD" => curl.arg("-I"),
        method => curl.args(["-X", method]),
    };
    let out = run(curl
        .arg("-b")
        .arg(stage.file("cookies"))
        .args(more)
        .arg(stage.url(path)));
    out.parse().expect("a status")
}

/// The offset of an upload, as the server says it.
fn offset(stage: &Stage, path: &str) -> u64 {
    let mut curl = peer("curl");
    curl.args(["-s", "-I", "-H", "Tus-Resumable: 1.0.0", "-b"]);
    let head = run(curl.arg(stage.file("cookies")).arg(stage.url(path)));
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("upload-offset: "));
    line.unwrap_or_else(|| panic!("{head}"))
        .trim()
        .parse()
        .expect("a number")
}

/// The path that uploads of the page's draft begin at, and the fields of its form.
fn desk(stage: &Stage) -> (String, Vec<String>) {
    let form = stage.form();
    let draft = form[0].strip_prefix("draft=").expect("a draft").to_owned();
    (format!("{}/upload/{draft}", stage.room), form)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_client_goes_on_where_the_line_or_the_server_broke() {
    let mut stage = Stage::new("").await;
    let bytes = noise(5, 900_000);
    let path = stage.written("large", &bytes);
    let (uploads, form) = desk(&stage);
    for (chunk, checksum) in [("300000", "yes"), ("5000000", "no")] {
        let line = Line::to(stage.gateway().address("portal"), 200_000, 3).await;
        let url = format!("http://{}{uploads}", line.address);
        let mut client =
            Command::new(std::env::var("CLOAKROOM_PYTHON").expect("tests/run sets it"));
        client
            .args(["-c", CLIENT, &url, &cookie(&stage)])
            .arg(&path);
        let said = tokio::task::block_in_place(|| run(client.args([chunk, checksum])));
        assert!(line.has_broken(), "{said}");
    }
    // The third is cut by the server's death; the browser keeps its cookie and nothing else.
    let created = [
        "-H",
        "Upload-Length: 900000",
        "-H",
        "Upload-Metadata: filename YS5iaW4=",
    ];
    assert_eq!(tus(&stage, "POST", &uploads, &created), 201);
    let third = format!("{uploads}/2");
    cut_off(&stage, &third, &bytes[..300_000]);
    until(|| (offset(&stage, &third) > 0).then_some(()))
        .await
        .expect("what came is kept");
    stage.start_anew();
    let from = offset(&stage, &third);
    assert!((1..=300_000).contains(&from), "{from}");
    let rest = stage.written("rest", &bytes[usize::try_from(from).expect("small")..]);
    let from = format!("Upload-Offset: {from}");
    let kind = "Content-Type: application/offset+octet-stream";
    let data = format!("@{}", at(&rest));
    assert_eq!(
        tus(
            &stage,
            "PATCH",
            &third,
            &["-H", kind, "-H", &from, "--data-binary", &data]
        ),
        204
    );
    stage.open_again();
    let (_, page) = stage.curl(&format!("{}/reply", stage.room), &[]);
    assert_eq!(page.matches("name=\"keep\"").count(), 3, "{page}");
    let (status, said) = stage.post(&form, &["text=All three.", "keep=0", "keep=1", "keep=2"]);
    assert_eq!(status, 303, "{said}");
    let mail = read(&stage.hop.delivery_to(ANNA).await.bytes);
    for file in 0..3 {
        assert_eq!(mail["files"][file][2], sha256(&bytes), "{file}");
    }
    assert_eq!(mail["files"][0][0], "L\u{e4}karintyg.bin");
}

/// Sends the beginning of a PATCH and hangs up.
fn cut_off(stage: &Stage, path: &str, bytes: &[u8]) -> TcpStream {
    let address = stage.gateway().address("portal");
    let mut stream = TcpStream::connect(address).expect("connects");
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: 900000\r\n\r\n",
        cookie(stage)
    );
    stream.write_all(head.as_bytes()).expect("sends");
    stream.write_all(bytes).expect("sends");
    stream.flush().expect("sends");
    stream
        .shutdown(std::net::Shutdown::Write)
        .expect("hangs up");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t96_an_upload_that_lies_is_refused_and_changes_nothing() {
    let stage = Stage::new("upload_max = \"1 MiB\"").await;
    let (uploads, _) = desk(&stage);
    let (kind, at0) = (
        "Content-Type: application/offset+octet-stream",
        "Upload-Offset: 0",
    );
    for (length, status) in [
        ("10", 201),
        ("0", 201),
        ("x", 400),
        ("-1", 400),
        ("9999999999", 413),
        ("1048570", 413),
    ] {
        let length = format!("Upload-Length: {length}");
        assert_eq!(
            tus(&stage, "POST", &uploads, &["-H", &length]),
            status,
            "{length}"
        );
    }
    let one = format!("{uploads}/0");
    let patch = |more: &[&str], data: &str| {
        let all: Vec<&str> = more
            .iter()
            .flat_map(|field| ["-H", *field])
            .chain(["--data-binary", data])
            .collect();
        tus(&stage, "PATCH", &one, &all)
    };
    assert_eq!(patch(&[kind, at0], "12345"), 204);
    let rows: [(&[&str], &str, u16); 8] = [
        (&[kind, at0], "12345", 409),
        (&[kind, "Upload-Offset: 6"], "1", 409),
        (&[kind, "Upload-Offset: 99999999999999999999"], "1", 400),
        (&[kind], "1", 400),
        (&["Upload-Offset: 5"], "1", 415),
        (
            &[
                kind,
                "Upload-Offset: 5",
                "Upload-Checksum: sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ],
            "67",
            460,
        ),
        (
            &[kind, "Upload-Offset: 5", "Upload-Checksum: md5 AAAA"],
            "67",
            400,
        ),
        (&[kind, "Upload-Offset: 5", "Tus-Resumable: 0.2"], "67", 412),
    ];
    for (fields, data, status) in rows {
        assert_eq!(patch(fields, data), status, "{fields:?}");
        assert_eq!(offset(&stage, &one), 5, "{fields:?}");
    }
    let good = "Upload-Checksum: sha256 SdGA7PVhMoGVcb852bezQlIqKsbSPBQY0zOCUb/kacg=";
    let fine = [kind, "Upload-Offset: 5", good];
    assert_eq!(patch(&fine, "67"), 204);
    // Another browser, another transfer, no such upload, other sites.
    let mut stranger = peer("curl");
    stranger.args([
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-I",
        "-H",
        "Tus-Resumable: 1.0.0",
    ]);
    assert_eq!(run(stranger.arg(stage.url(&one))), "403");
    let other = one.replace(&stage.room, "/open/2Q8ZVT6M");
    assert_eq!(tus(&stage, "HEAD", &other, &[]), 403);
    assert_eq!(tus(&stage, "HEAD", &format!("{uploads}/77"), &[]), 410);
    assert_eq!(
        tus(
            &stage,
            "DELETE",
            &one,
            &["-H", "Origin: https://evil.example"]
        ),
        403
    );
    assert_eq!(tus(&stage, "OPTIONS", &uploads, &[]), 204);
    assert_eq!(
        tus(
            &stage,
            "POST",
            &one,
            &["-H", "X-HTTP-Method-Override: DELETE"]
        ),
        204
    );
    assert_eq!(tus(&stage, "HEAD", &one, &[]), 410);
    // Half uploads are few.
    let empty = ["-H", "Upload-Length: 1"];
    let made = (0..210).take_while(|_| tus(&stage, "POST", &uploads, &empty) == 201);
    assert_eq!(made.count(), 199, "one is there already");
    // One at a time.
    let busy = format!("{uploads}/1");
    assert_eq!(tus(&stage, "DELETE", &busy, &[]), 204);
    assert_eq!(
        tus(&stage, "POST", &uploads, &["-H", "Upload-Length: 900000"]),
        201
    );
    let last = format!("{uploads}/{}", 201);
    let mut first = hold(&stage, &last);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let second = ["-H", kind, "-H", at0, "--data-binary", "xyz"];
    let locked = || (tus(&stage, "PATCH", &last, &second) == 423).then_some(());
    until(locked).await.expect("somebody writes to it");
    first.write_all(b"more").expect("sends");
    drop(first);
    until(|| (offset(&stage, &last) == 8).then_some(()))
        .await
        .expect("what came before the line broke is kept");
}

/// A PATCH that has begun.
fn hold(stage: &Stage, path: &str) -> TcpStream {
    let address = stage.gateway().address("portal");
    let mut stream = TcpStream::connect(address).expect("connects");
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: 900000\r\n\r\nhalf",
        cookie(stage)
    );
    stream.write_all(head.as_bytes()).expect("sends");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_browser_files_go_up_by_themselves_over_a_line_that_breaks() {
    let stage = Stage::new("").await;
    let bytes = noise(6, 700_000);
    let (large, small) = (
        stage.written("scan-01.bin", &bytes),
        stage.written("note.txt", b"small"),
    );
    let line = Line::to(stage.gateway().address("portal"), 300_000, 2).await;
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(folder.path(), true).await;
    let link = stage.link_at(&line.address.to_string());
    browser.go(&link).await;
    browser.follow("main button").await;
    browser.arrived("/open/").await;
    browser.follow("a[href$='/reply']").await;
    browser.arrived("/reply").await;
    browser.write("#text", "From a browser.").await;
    browser.write("#files", &at(&large)).await;
    browser.write("#files", &at(&small)).await;
    browser.write("#files", &at(&small)).await;
    // One of the two small ones goes again.
    browser
        .click(".uploads li:nth-child(3) button:last-of-type")
        .await;
    let sent = "return document.querySelectorAll('.uploads input[name=keep]').length === 2 && !document.querySelector('form button:not([type])').disabled";
    let mut there = false;
    for _ in 0..400 {
        there = browser.run(sent).await == serde_json::json!(true);
        if there {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(there && line.has_broken(), "{}", browser.read("main").await);
    browser.follow("form#write .actions button").await;
    browser.arrived("/reply/").await;
    assert_eq!(browser.read("h1").await, "Sent to Anna Lind");
    let mail = read(&stage.hop.delivery_to(ANNA).await.bytes);
    let expected = serde_json::json!([
        ["scan-01.bin", "application/octet-stream", sha256(&bytes)],
        ["note.txt", "text/plain", sha256(b"small")],
    ]);
    assert_eq!(mail["files"], expected);
}
