//! ClamAV's daemon and what it says of what people outside write: the real clamd, with a database of one line.

use crate::crashes::points;
use crate::support::process::peer;
use crate::support::{decoded, noise, until};
use crate::written::{ANNA, Stage, at, read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const BO: &str = "bo@partner.example";
const ADMIN: &str = "security@example.org";

/// The test file of EICAR, in pieces: else scanners would take this source for it.
fn eicar() -> Vec<u8> {
    let (one, two) = (
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD",
        "-ANTIVIRUS-TEST-FILE!$H+H*",
    );
    [one, two].concat().into_bytes()
}

/// A clamd that runs, or does not.
struct Clamd {
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Clamd {
    fn down() -> Clamd {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: String| {
            std::fs::write(folder.path().join(name), text)
                .expect("a temporary folder can be written");
        };
        let pattern: String = eicar().iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::create_dir(folder.path().join("base")).expect("a folder");
        write("base/test.ndb", format!("Test.Canary:0:*:{pattern}\n"));
        let here = folder.path().display();
        write(
            "clamd.conf",
            format!(
                "LocalSocket {here}/socket\nDatabaseDirectory {here}/base\nForeground yes\nStreamMaxLength 1M\n"
            ),
        );
        Clamd {
            folder,
            child: None,
        }
    }

    async fn up() -> Clamd {
        let mut clamd = Clamd::down();
        clamd.start().await;
        clamd
    }

    async fn start(&mut self) {
        let quiet = (Stdio::null(), Stdio::null());
        let mut clamd = peer("clamd");
        clamd.arg("-c").arg(self.file("clamd.conf"));
        self.child = Some(
            clamd
                .stdout(quiet.0)
                .stderr(quiet.1)
                .spawn()
                .expect("it starts"),
        );
        let socket = self.file("socket");
        let listens = || std::os::unix::net::UnixStream::connect(&socket).ok();
        until(listens).await.expect("clamd listens");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Lines for `[portal]`.
    fn settings(&self, more: &str) -> String {
        let socket = self.file("socket");
        format!(
            "mail_up_to = \"200 KiB\"\nscan = {{ clamd = \"{}\"{more} }}",
            at(&socket)
        )
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends the form with a text and a file; gives the path of the page about it.
fn send(stage: &Stage, text: &str, file: Option<(&str, &[u8])>) -> String {
    let text = format!("text={text}");
    let file = file.map(|(name, bytes)| {
        format!(
            "files=@{};filename={name}",
            at(&stage.written("upload", bytes))
        )
    });
    let fields: Vec<&str> = [text.as_str()].into_iter().chain(file.as_deref()).collect();
    let (status, said) = stage.post(&stage.form(), &fields);
    assert_eq!(status, 303, "{said}");
    said[said.find("/open/").expect("a path")..].to_owned()
}

fn page(stage: &Stage, path: &str) -> String {
    let (status, page) = stage.curl(path, &[]);
    assert_eq!(status, 200, "{page}");
    page
}

/// The mail to the author behind the one with the link.
async fn told(stage: &Stage) -> Vec<u8> {
    let second = || {
        let all = stage.hop.deliveries().into_iter();
        all.filter(|d| d.to.iter().any(|to| to == BO)).nth(1)
    };
    until(second).await.expect("the author is told").bytes
}

fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}

/// The log is written behind what it tells of.
async fn logged(stage: &Stage, words: &str) {
    let said = || stage.gateway().log().contains(words).then_some(());
    until(said)
        .await
        .unwrap_or_else(|| panic!("{words} is not in the log"));
}

/// The files of a folder that have these bytes.
fn holders(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is there").path();
        if path.is_dir() {
            found.extend(holders(&path, bytes));
        } else if let Ok(held) = std::fs::read(&path)
            && held.windows(bytes.len()).any(|window| window == bytes)
        {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t95_malware_is_refused_and_what_is_clean_comes_in() {
    let clamd = Clamd::up().await;
    let stage = Stage::new(&clamd.settings("")).await;
    crate::support::settings::amend(
        &stage.file(""),
        "notice",
        &format!("admins = [\"{ADMIN}\"]"),
    );
    let mut stage = stage;
    stage.restart();
    let canary = eicar();

    let path = send(
        &stage,
        "See the invoice.",
        Some(("invoice\u{a0}<b>.exe", &canary)),
    );
    let said = page(&stage, &path);
    has(
        &said,
        &[
            "<title>Error: Not delivered",
            "invoice",
            "&lt;b&gt;.exe",
            "role=\"alert\"",
            "scanner of Example Region",
        ],
    );
    assert!(
        !said.contains("Canary") && !said.contains("/copy"),
        "{said}"
    );
    let told = decoded(&told(&stage).await);
    has(&told, &["was not delivered", ".exe", "anna@example.org"]);
    assert!(!told.contains("Canary"), "{told}");
    let alarm = decoded(&stage.hop.delivery_to(ADMIN).await.bytes);
    has(
        &alarm,
        &[
            "takes it for malware",
            BO,
            "Test.Canary.UNOFFICIAL",
            "anna@example.org",
        ],
    );
    has(
        &stage.gateway().log(),
        &["written_refused", "refused by scanner", "Test.Canary"],
    );

    // In what would be a transfer, and in the text.
    let large = [noise(7, 400_000), canary.clone(), noise(8, 1000)].concat();
    let path = send(&stage, "", Some(("large.bin", &large)));
    has(&page(&stage, &path), &["Not delivered", "large.bin"]);
    let path = send(
        &stage,
        &String::from_utf8(canary.clone()).expect("ASCII"),
        None,
    );
    has(
        &page(&stage, &path),
        &["Not delivered", "takes its text for malware"],
    );
    assert!(holders(&stage.file("state"), &canary).is_empty());

    let path = send(&stage, "Clean.", Some(("plan.csv", b"a,b\n")));
    has(&page(&stage, &path), &["Sent to Anna Lind", "/copy"]);
    let mail = read(&stage.hop.delivery_to(ANNA).await.bytes);
    assert_eq!(mail["files"][0][0], "plan.csv");
    assert!(
        !mail["text"]
            .as_str()
            .expect("a text")
            .contains("Not checked")
    );
    assert_eq!(stage.count(ANNA), 1, "and nothing else");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t95_without_a_verdict_it_is_held() {
    let mut clamd = Clamd::down();
    let mut stage = Stage::new(&clamd.settings("")).await;
    let path = send(&stage, "Patience.", Some(("plan.csv", b"a,b\n")));
    let said = page(&stage, &path);
    has(&said, &["Being checked", "you need not wait", "Look again"]);
    assert!(!said.contains("/copy"), "{said}");
    assert_eq!(
        stage
            .curl(&format!("{path}/copy"), &["-d".into(), String::new()])
            .0,
        303
    );
    let logged = || stage.gateway().log().contains("not_scanned").then_some(());
    until(logged).await.expect("the log says so");
    assert_eq!(
        (stage.count(ANNA), stage.count(BO)),
        (0, 1),
        "nothing is sent, and no receipt"
    );
    clamd.start().await;
    stage.restart();
    stage.hop.delivery_to(ANNA).await;
    has(&page(&stage, &path), &["Sent to Anna Lind", "/copy"]);
    assert_eq!(stage.count(ANNA), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_for_the_scanner_is_refused_or_comes_in_with_a_note() {
    let clamd = Clamd::up().await;
    let large = noise(9, 1_500_000);
    let stage = Stage::new(&clamd.settings("")).await;
    let path = send(&stage, "", Some(("large.bin", &large)));
    has(
        &page(&stage, &path),
        &["Not delivered", "large.bin", "larger than what"],
    );
    assert!(!stage.gateway().log().contains("not_scanned"));

    let stage = Stage::new(&clamd.settings(", too_large = \"pass\"")).await;
    send(&stage, "", Some(("large.bin", &large)));
    let mail = read(&stage.hop.delivery_to(ANNA).await.bytes);
    has(
        mail["text"].as_str().expect("a text"),
        &["Not checked for malware, because it is too large: large.bin"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clamdscan_is_a_scanner_and_what_it_did_not_read_is_not_clean() {
    let clamd = Clamd::up().await;
    let argv = format!(
        "scan = {{ command = [\"/usr/bin/clamdscan\", \"--config-file={}\", \"--no-summary\", \"-\"], largest = \"1 MiB\" }}",
        at(&clamd.file("clamd.conf"))
    );
    let stage = Stage::new(&argv).await;
    let path = send(&stage, "See.", Some(("invoice.exe", &eicar())));
    has(&page(&stage, &path), &["Not delivered", "invoice.exe"]);
    logged(&stage, "Test.Canary").await;
    let path = send(&stage, "Clean.", Some(("plan.csv", b"a,b\n")));
    has(&page(&stage, &path), &["Sent to"]);
    stage.hop.delivery_to(ANNA).await;
    // It cuts at StreamMaxLength, and calls what came before it clean; perhaps it has read what it drops.
    let cut = [noise(10, (1 << 20) + 100), eicar()].concat();
    let path = send(&stage, "Cut.", Some(("cut.bin", &cut)));
    has(&page(&stage, &path), &["Not delivered", "cut.bin"]);
    logged(&stage, "too large for scanner").await;
    assert_eq!(stage.count(ANNA), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanner_that_hangs_holds_and_is_ended() {
    let command = "scan = { command = [\"/bin/sh\", \"-c\", \"sleep 4711 & sleep 4711\"], timeout = \"1 second\" }";
    let stage = Stage::new(command).await;
    let path = send(&stage, "Patience.", None);
    has(&page(&stage, &path), &["Being checked"]);
    let logged = || {
        stage
            .gateway()
            .log()
            .contains("did not end in time")
            .then_some(())
    };
    until(logged).await.expect("the log says so");
    assert_eq!(stage.count(ANNA), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_while_it_is_scanned_it_is_scanned_again_and_told_once() {
    let clamd = Clamd::up().await;
    let points = points::names()
        .into_iter()
        .filter(|name| points::is_about_scanning(name));
    let points: Vec<String> = points.collect();
    assert_eq!(points.len(), 2, "{points:?}");
    for (point, infected) in points.iter().flat_map(|p| [(p, true), (p, false)]) {
        if point.ends_with("refused") && !infected {
            continue;
        }
        let mut stage = Stage::dying(&clamd.settings(""), Some(point)).await;
        let form = stage.form();
        let bytes = if infected { eicar() } else { b"a,b\n".to_vec() };
        let file = format!(
            "files=@{};filename=scan.bin",
            at(&stage.written("a", &bytes))
        );
        let fields = [&form[..], &["text=Once.".to_owned(), file.clone()]].concat();
        let mut curl: Command = peer("curl");
        curl.args(["-s", "-b"]).arg(stage.file("cookies"));
        curl.args(fields.iter().flat_map(|field| ["-F", field.as_str()]));
        // It dies somewhere in here, or soon after.
        let _ = curl
            .arg(stage.url(&format!("{}/reply", stage.room)))
            .output();
        until(|| stage.died())
            .await
            .unwrap_or_else(|| panic!("{point} was not reached"));
        stage.restart();
        let (status, said) = stage.post(&form, &["text=Once.", &file]);
        assert_eq!(status, 303, "{point}: {said}");
        let path = &said[said.find("/open/").expect("a path")..];
        if infected {
            has(&page(&stage, path), &["Not delivered", "scan.bin"]);
            told(&stage).await;
            assert_eq!((stage.count(ANNA), stage.count(BO)), (0, 2), "{point}");
        } else {
            has(&page(&stage, path), &["Sent to"]);
            stage.hop.delivery_to(ANNA).await;
            assert_eq!((stage.count(ANNA), stage.count(BO)), (1, 1), "{point}");
        }
    }
}
