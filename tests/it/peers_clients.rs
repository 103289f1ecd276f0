//! Other people's mail programs send through the program itself; what arrives is protected and opens to the same bytes.

use crate::support::hop::Hop;
use crate::support::process::{Gateway, peer, run};
use crate::support::{fetch, link_in, noise, password_in, settings, until};
use std::path::PathBuf;
use std::process::Command;

const FROM: &str = "anna@example.org";
const TO: &str = "bo@partner.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn swaks_sends_by_smtp() {
    let house = House::open().await;
    let sent = house.file("plan.pdf", 300_000);
    house.swaks(&["--port", &house.port("smtp")], &sent);
    house.arrives("plan.pdf", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn swaks_sends_by_smtp_in_one_go() {
    let house = House::open().await;
    let sent = house.file("plan.pdf", 5);
    house.swaks(&["--port", &house.port("smtp"), "--pipeline"], &sent);
    house.arrives("plan.pdf", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn swaks_sends_by_smtp_after_starttls() {
    let house = House::open().await;
    let sent = house.file("plan.pdf", 300_000);
    let said = house.swaks(&house.tls("smtp"), &sent);
    assert!(said.contains("TLS started with cipher TLSv1.3"), "{said}");
    house.arrives("plan.pdf", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn swaks_sends_by_lmtp() {
    let house = House::open().await;
    let sent = house.file("plan.pdf", 300_000);
    let lmtp = ["--protocol", "LMTP", "--port", &house.port("lmtp")];
    house.swaks(&lmtp, &sent);
    house.arrives("plan.pdf", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn swaks_sends_by_lmtp_after_starttls() {
    let house = House::open().await;
    let sent = house.file("plan.pdf", 70_000);
    let mut lmtp = house.tls("lmtp").to_vec();
    lmtp.extend(["--protocol", "LMTP"].map(str::to_owned));
    let said = house.swaks(&lmtp, &sent);
    assert!(said.contains("TLS started with cipher TLSv1.3"), "{said}");
    house.arrives("plan.pdf", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn python_sends_a_file_with_a_name_in_swedish() {
    let house = House::open().await;
    let sent = house.file("file", 250_000);
    run(house
        .python(&sent, "Läkarintyg för Åsa.pdf")
        .args(["--port", &house.port("smtp")]));
    house.arrives("Läkarintyg för Åsa.pdf", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn python_sends_after_starttls_with_a_certificate_it_believes() {
    let house = House::open().await;
    let sent = house.file("file", 250_000);
    let mut python = house.python(&sent, "契約書.pdf");
    run(python.args(["--port", &house.port("smtp"), "--ca", &house.ca()]));
    house.arrives("契約書.pdf", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn python_sends_by_lmtp() {
    let house = House::open().await;
    let sent = house.file("file", 1);
    let mut python = house.python(&sent, "one byte.bin");
    run(python.args(["--lmtp", "--port", &house.port("lmtp")]));
    house.arrives("one byte.bin", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn curl_uploads_a_mail_it_has_made_itself() {
    let house = House::open().await;
    let sent = house.file("offer.zip", 500_000);
    run(house.curl().args(["--header", "Subject: Offer"]).args([
        "--form",
        "=the offer;type=text/plain",
        "--form",
        &format!("file=@{};type=application/zip;encoder=base64", sent.path()),
    ]));
    house.arrives("offer.zip", &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn curl_uploads_a_file_that_is_a_mail_after_starttls() {
    let house = House::open().await;
    let mail = house.folder.path().join("mail.eml");
    let text = "From: anna@example.org\nTo: bo@partner.example\nSubject: notes\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n.\n..\nnotes\n--b\n\
        Content-Type: text/csv; name=notes.csv\nContent-Disposition: attachment; filename=notes.csv\n\n\
        .;1\n..;2\na;3\n--b--\n";
    std::fs::write(&mail, text.replace('\n', "\r\n")).expect("a temporary folder can be written");
    let mut curl = house.curl();
    run(curl
        .args(["--ssl-reqd", "--cacert", &house.ca(), "--upload-file"])
        .arg(mail));
    let bytes = b".;1\r\n..;2\r\na;3".to_vec();
    house
        .arrives(
            "notes.csv",
            &Sent {
                path: PathBuf::new(),
                bytes,
            },
        )
        .await;
}

/// A gateway with certificates, and what stands behind it.
struct House {
    hop: Hop,
    gateway: Gateway,
    /// Last, so that it outlives those who write into it.
    folder: tempfile::TempDir,
}

/// A file on its way.
struct Sent {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Sent {
    fn path(&self) -> String {
        self.path.to_str().expect("a path of ours").to_owned()
    }
}

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sender"], keep_for = "10 days" }
"#;

const CERTIFICATES: &str = "[tls]\ncertificate = \"certs/localhost/fullchain.pem\"\nkey = \"certs/localhost/privkey.pem\"\n";

impl House {
    async fn open() -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let hop = Hop::start(Vec::new()).await;
        let certs = folder.path().join("certs");
        run(Command::new(env!("CARGO_BIN_EXE_cloakroom"))
            .args([
                "cert",
                "dev",
                "--host",
                "localhost",
                "--host",
                "127.0.0.1",
                "--into",
            ])
            .arg(certs));
        let next_hop = format!("smtp://{}", hop.address);
        settings::write(folder.path(), POLICY, &next_hop, CERTIFICATES);
        settings::amend(folder.path(), "intake", "tls = \"files\"");
        let gateway = Gateway::start(folder.path());
        House {
            folder,
            hop,
            gateway,
        }
    }

    fn port(&self, door: &str) -> String {
        self.gateway.address(door).port().to_string()
    }

    fn ca(&self) -> String {
        self.folder
            .path()
            .join("certs/ca.pem")
            .to_str()
            .expect("a path of ours")
            .to_owned()
    }

    fn file(&self, name: &str, length: usize) -> Sent {
        let (path, bytes) = (self.folder.path().join(name), noise(7, length));
        std::fs::write(&path, &bytes).expect("a temporary folder can be written");
        Sent { path, bytes }
    }

    fn swaks(&self, more: &[impl AsRef<std::ffi::OsStr>], sent: &Sent) -> String {
        let attach = format!("@{}", sent.path());
        run(peer("swaks")
            .args([
                "--server",
                "127.0.0.1",
                "--from",
                FROM,
                "--to",
                TO,
                "--header",
                "Subject: Plan",
            ])
            .args(["--body", "the plan", "--attach-name", "plan.pdf"])
            .args(["--attach-type", "application/pdf", "--attach", &attach])
            .args(more))
    }

    fn tls(&self, door: &str) -> [String; 5] {
        [
            "-tls",
            "--tls-verify",
            "--tls-ca-path",
            &self.ca(),
            &format!("--port={}", self.port(door)),
        ]
        .map(str::to_owned)
    }

    fn python(&self, sent: &Sent, name: &str) -> Command {
        let mut python = peer("python3");
        python
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/send.py"))
            .args([
                "--from",
                FROM,
                "--to",
                TO,
                "--attach",
                &sent.path(),
                "--name",
                name,
            ]);
        python
    }

    /// By name, as a certificate wants it.
    fn curl(&self) -> Command {
        let mut curl = peer("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--max-time",
            "60",
            "--noproxy",
            "*",
        ])
        .arg(format!(
            "smtp://localhost:{}/client.example.org",
            self.port("smtp")
        ))
        .args(["--mail-from", FROM, "--mail-rcpt", TO]);
        curl
    }

    /// The mail has reached the next hop with a link and no file, and behind link and password is the same file.
    async fn arrives(&self, name: &str, sent: &Sent) {
        let mail = self.hop.delivery_to(TO).await;
        assert_eq!((mail.from.as_str(), mail.to.len()), (FROM, 1));
        let most = 20_000;
        assert!(
            mail.bytes.len() < most,
            "{} bytes: the file is still there",
            mail.bytes.len()
        );
        let link = link_in(&mail.bytes).expect("a link");
        let told = || {
            let mut all = self.hop.deliveries().into_iter();
            let ours = all.find(|d| d.from.is_empty() && d.to == [FROM])?;
            password_in(&ours.bytes)
        };
        let password = until(told).await.expect("the sender is told the password");
        let into = self.folder.path().join("fetched");
        let files = fetch(&link, Some(&password), &into)
            .await
            .expect("it opens");
        let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, [name]);
        let got = std::fs::read(&files[0].path).expect("it was written");
        assert!(
            got == sent.bytes,
            "{name} came back with {} bytes, not the same",
            got.len()
        );
    }
}
