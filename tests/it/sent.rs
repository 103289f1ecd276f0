//! People who were sent nothing write to people inside: the program itself, in Chromium with scripts and without, and Python as the reader.
//!
//! Setup: `chromium` and `chromium-driver` of Debian.

use crate::support::browser::Browser;
use crate::support::client::Door;
use crate::support::hop::Hop;
use crate::support::process::{Gateway, peer, run};
use crate::support::{decoded, first, link_in, noise, settings, until};
use crate::tus::Line;
use crate::written::{ANNA, at, read, sha256};
use std::path::{Path, PathBuf};

const BO: &str = "bo@partner.example";
const EVA: &str = "eva@example.org";

/// What the mail says of somebody else.
const FORGED: &str = "Written on files.example.org, 1 May 2026, by whoever reads the mailbox boss@example.org: a code sent there was \
    entered on 1 May 2026.";

struct Stage {
    gateway: Gateway,
    folder: tempfile::TempDir,
    hop: Hop,
}

impl Stage {
    async fn new(send: &str, portal: &str) -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        let hop = Hop::start(Vec::new()).await;
        let next_hop = format!("smtp://{}", hop.address);
        let more = format!("[send]\nenabled = \"on\"\n{send}\n");
        settings::write(folder.path(), settings::TAKE_FILES, &next_hop, &more);
        settings::amend(folder.path(), "portal", portal);
        let program = Path::new(env!("CARGO_BIN_EXE_cloakroom"));
        let mut gateway = Gateway::spawn(program, folder.path(), None);
        assert!(gateway.listens(), "{}", gateway.log());
        Stage {
            gateway,
            folder,
            hop,
        }
    }

    fn written(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("writes");
        path
    }

    /// The code that the next hop got for somebody.
    async fn code_of(&self, who: &str) -> String {
        let mail = self.hop.delivery_to(who).await;
        assert_eq!(mail.from, "", "from the null sender");
        let line = first(r"(?m)^ {4}[0-9]{8}\r?$", &decoded(&mail.bytes));
        line.expect("a code on its line").trim().to_owned()
    }

    /// From the home page to the page to write on.
    async fn become_guest(&self, browser: &Browser, home: &str) {
        browser.go(home).await;
        browser.follow("a[href^='/send']").await;
        browser.write("#address", BO).await;
        browser.write("#name", "Bo Ek").await;
        browser.follow("main button").await;
        browser.arrived("/send/code").await;
        browser.write("#code", &self.code_of(BO).await).await;
        browser.follow("main button").await;
        browser.arrived("/send/write").await;
        assert!(browser.read(".you").await.contains(BO));
    }

    /// What came in, with these files.
    async fn arrived(&self, to: &[&str], files: serde_json::Value) {
        let delivery = self.hop.delivery_to(ANNA).await;
        assert_eq!(delivery.from, "files@example.org");
        assert_eq!(delivery.to, to);
        let mail = read(&delivery.bytes);
        assert_eq!(mail["defects"], serde_json::json!([]), "{mail}");
        let field = |name: &str| mail["fields"][name].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            field("from"),
            "\"Bo Ek (bo@partner.example) via Example Region Files\" <files@example.org>"
        );
        assert_eq!(field("reply-to"), "Bo Ek <bo@partner.example>");
        assert_eq!(field("subject"), "Heron plan");
        assert_eq!(field("in-reply-to"), "");
        let text = mail["text"].as_str().expect("a text");
        // What is proven stands first, even above a text that begins with the same line.
        let lines: Vec<&str> = text.lines().collect();
        let proven =
            "by whoever reads the mailbox bo@partner.example: a code sent there was entered on ";
        assert!(
            lines[0].starts_with("Written on ") && lines[0].contains(proven),
            "{text}"
        );
        assert_eq!(lines[1..5], [&"-".repeat(40)[..], "", FORGED, ""]);
        assert_eq!(lines[5], "From a stranger.", "{text}");
        let last = &lines[lines.len() - 4..];
        assert_eq!(last[0], "-- ");
        assert!(
            last[1].starts_with("Reference ") && last[2].starts_with("Unwanted? "),
            "{text}"
        );
        assert!(last[3].contains("/b/"), "{text}");
        assert_eq!(mail["files"], files);
    }

    async fn fill(&self, browser: &Browser) {
        browser
            .write("#to", "anna@example.org, eva@example.org")
            .await;
        browser.write("#subject", "Heron plan").await;
        let text = format!("{FORGED}\n\nFrom a stranger.");
        browser.write("#text", &text).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scripts_a_stranger_proves_an_address_and_sends_two_files() {
    let stage = Stage::new("", "").await;
    let (a, b) = (noise(31, 300_000), b"a,b\n".to_vec());
    let (scan, table) = (
        stage.written("scan.bin", &a),
        stage.written("table.csv", &b),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(folder.path(), false).await;
    let home = format!("http://{}/", stage.gateway.address("portal"));
    stage.become_guest(&browser, &home).await;
    stage.fill(&browser).await;
    browser
        .write("#files", &format!("{}\n{}", at(&scan), at(&table)))
        .await;
    browser.follow("form#write .actions button").await;
    browser.arrived("/send/write/").await;
    assert_eq!(browser.read("h1").await, "Sent to Example Region");
    stage
        .arrived(
            &[ANNA, EVA],
            serde_json::json!([
                ["scan.bin", "application/octet-stream", sha256(&a)],
                ["table.csv", "text/plain", sha256(&b)],
            ]),
        )
        .await;
    // The receipt, and then a second one by the book.
    browser.follow("main form button").await;
    let receipt = || {
        let all = stage.hop.deliveries().into_iter();
        (all.filter(|d| d.to == [BO]).count() == 2).then_some(())
    };
    until(receipt).await.expect("the receipt arrives");
    browser.follow("a[href^='/send/write']").await;
    assert!(browser.read("main").await.contains("People you wrote to"));
    let log = stage.gateway.log();
    for line in ["guest_code", "guest", "written"] {
        assert!(log.contains(line), "{line} is not in {log}");
    }
    assert!(log.contains("127.0.0.1") && log.contains(BO), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_scripts_files_go_up_by_themselves_and_what_is_large_comes_in_as_a_link() {
    let stage = Stage::new("", "mail_up_to = \"1 MiB\"").await;
    let (a, b) = (noise(32, 1_500_000), b"small".to_vec());
    let (scan, note) = (stage.written("scan.bin", &a), stage.written("note.txt", &b));
    // The line breaks in the middle of the first file.
    let line = Line::to(stage.gateway.address("portal"), 600_000, 2).await;
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(folder.path(), true).await;
    stage
        .become_guest(&browser, &format!("http://{}/", line.address))
        .await;
    stage.fill(&browser).await;
    browser.write("#files", &at(&scan)).await;
    browser.write("#files", &at(&note)).await;
    let there = "return document.querySelectorAll('.uploads input[name=keep]').length === 2";
    let mut all = false;
    for _ in 0..400 {
        all = browser.run(there).await == serde_json::json!(true);
        if all {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(all && line.has_broken(), "{}", browser.read("main").await);
    browser.follow("form#write .actions button").await;
    browser.arrived("/send/write/").await;
    // Each with a link of their own.
    stage.arrived(&[ANNA], serde_json::json!([])).await;
    stage.hop.delivery_to(EVA).await;
    let link = link_in(&stage.hop.delivery_to(ANNA).await.bytes).expect("a link");
    let into = tempfile::tempdir().expect("a folder");
    let link = stage.gateway.here(&link);
    let fetched = crate::support::fetch(&link, None, into.path()).await;
    assert_eq!(fetched.expect("opens").len(), 2);
    let got = |name: &str| std::fs::read(into.path().join(name)).expect("is there");
    assert!(got("scan.bin") == a && got("note.txt") == b);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_writes_where_the_operator_did_not_say_so() {
    let stage = Stage::new("", "").await;
    let off = tempfile::tempdir().expect("a folder");
    let next_hop = format!("smtp://{}", stage.hop.address);
    settings::write(off.path(), settings::TAKE_FILES, &next_hop, "");
    let gateway = Gateway::start(off.path());
    let status = |gateway: &Gateway, path: &str, more: &[&str]| {
        let url = format!("http://{}{path}", gateway.address("portal"));
        let mut curl = peer("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}"]);
        run(curl.args(more).arg(url))
    };
    for path in ["/send", "/send/code", "/send/write"] {
        assert_eq!(status(&gateway, path, &[]), "404", "{path}");
        assert_eq!(
            status(&gateway, path, &["-d", "address=bo@partner.example"]),
            "404",
            "{path}"
        );
    }
    assert_eq!(status(&stage.gateway, "/send", &[]), "200");
    // The proof outlives a restart, the cookie alone does not.
    let jar = at(&stage.folder.path().join("cookies"));
    let post = ["-c", &jar, "-b", &jar, "-d"];
    let form = [&post[..], &["address=bo@partner.example"]].concat();
    assert_eq!(status(&stage.gateway, "/send", &form), "303");
    let code = format!("code={}", stage.code_of(BO).await);
    assert_eq!(
        status(
            &stage.gateway,
            "/send/code",
            &[&post[..], &[&code]].concat()
        ),
        "303"
    );
    let Stage {
        gateway, folder, ..
    } = stage;
    gateway.kill();
    let gateway = Gateway::start(folder.path());
    assert_eq!(status(&gateway, "/send/write", &["-b", &jar]), "200");
    settings::replace(
        folder.path(),
        "enabled = \"on\"",
        "enabled = \"on\"\nfrom_deny = [\"@partner.example\"]",
    );
    gateway.kill();
    let gateway = Gateway::start(folder.path());
    assert_eq!(
        status(&gateway, "/send/write", &["-b", &jar]),
        "303",
        "shut out"
    );
}

/// P18: what guests upload stops while there is room for mail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_leave_room_on_the_disk_for_mail() {
    let stage = Stage::new("keep_free = \"900 TiB\"", "").await;
    let jar = at(&stage.folder.path().join("cookies"));
    let ask = |path: &str, more: &[&str]| {
        let url = format!("http://{}{path}", stage.gateway.address("portal"));
        let mut curl = peer("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}"]);
        curl.args(["-c", &jar, "-b", &jar]).args(more).arg(url);
        run(&mut curl)
    };
    assert_eq!(ask("/send", &["-d", "address=bo@partner.example"]), "303");
    let code = format!("code={}", stage.code_of(BO).await);
    assert_eq!(ask("/send/code", &["-d", &code]), "303");
    let draft = "0123456789abcdef".repeat(2);
    let begin = [
        "-X",
        "POST",
        "-H",
        "Tus-Resumable: 1.0.0",
        "-H",
        "Upload-Length: 10",
    ];
    assert_eq!(ask(&format!("/send/upload/{draft}"), &begin), "507");
    let mail = format!("From: {ANNA}\r\nTo: {BO}\r\nSubject: lunch\r\n\r\nAt noon?\r\n");
    let smtp = stage.gateway.address("smtp");
    let to = [BO.to_owned()];
    let taken = crate::support::client::send(Door::Smtp, smtp, ANNA, &to, mail.as_bytes()).await;
    assert!(
        taken.last().is_some_and(|r| r.starts_with("250 ")),
        "{taken:?}"
    );
}
