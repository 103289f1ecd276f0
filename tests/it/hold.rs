//! Mail that waits for approval, as its people meet it: the program runs, a client sends, an approver uses the command line; kill -9
//! in between changes nothing, and nothing of what a waiting mail says is anywhere before it was released.

use crate::support::client::{Door, send};
use crate::support::hop::{Delivery, Hop, Refusal};
use crate::support::process::Gateway;
use crate::support::{decoded, fetch, link_in, settings, until};
use std::path::Path;
use std::process::Command;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const DPO: &str = "dpo@example.org";
const CFO: &str = "cfo@example.org";
const CONTENT: &str = "Hoopoe numbers of the quarter";
const SUBJECT: &str = "Bittern budget";
const TEXT: &str = "Avocet is the word of the day";
const NAME: &str = "Garganey.csv";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "people"
why = "Files about people wait for the officer."
when = { files_any = ["*.csv"], to = ["@partner.example"] }
then = { action = "hold", release_by = ["dpo@example.org", "cfo@example.org"], hold_for = "2 days" }
[[rule]]
id = "clients"
why = "Clients get files behind a link."
when = { to = ["@client.example"] }
then = { action = "transfer", unlock = "link" }
"#;

fn mail() -> Vec<u8> {
    format!(
        "From: Anna <{ANNA}>\r\nTo: <{BO}>\r\nSubject: {SUBJECT}\r\nMessage-ID: <7@example.org>\r\n\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\n{TEXT}.\r\n--b\r\nContent-Type: text/csv\r\n\
         Content-Disposition: attachment; filename=\"{NAME}\"\r\n\r\n{CONTENT}\r\n--b--\r\n"
    )
    .into_bytes()
}

async fn submit(gateway: &Gateway, door: Door, to: &[&str]) -> Vec<String> {
    let name = if door == Door::Smtp { "smtp" } else { "lmtp" };
    let to: Vec<String> = to.iter().map(ToString::to_string).collect();
    send(door, gateway.address(name), ANNA, &to, &mail()).await
}

fn cloakroom(folder: &Path, words: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(words)
        .arg("--config")
        .arg(folder.join("cloakroom.toml"))
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

pub fn done(folder: &Path, words: &[&str]) -> String {
    let (well, said) = cloakroom(folder, words);
    assert!(well, "{words:?}: {said}");
    said
}

/// The id of the only mail that waits.
fn waiting(folder: &Path) -> String {
    let said = done(folder, &["hold", "list", "--json"]);
    assert_eq!(said.lines().count(), 1, "{said}");
    let mail: serde_json::Value = serde_json::from_str(said.trim()).expect("JSON");
    mail["id"].as_str().expect("an id").to_owned()
}

fn to<'a>(hop: &'a Hop, whom: &'a str) -> impl Fn() -> Vec<Delivery> + 'a {
    move || {
        let all = hop.deliveries().into_iter();
        all.filter(|d| d.to.iter().any(|to| to == whom)).collect()
    }
}

/// Waits for the n-th mail to somebody.
async fn nth(hop: &Hop, whom: &str, n: usize) -> Delivery {
    let got = until(|| to(hop, whom)().into_iter().nth(n)).await;
    got.unwrap_or_else(|| panic!("{whom} has no mail {n}: {:?}", hop.envelopes()))
}

fn is_clean(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for word in ["Hoopoe", "Bittern", "Avocet", "Garganey"] {
        assert!(!text.contains(word), "{word} in {what}");
    }
}

fn nothing_in_the_clear(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => nothing_in_the_clear(&path),
            // A socket is no file.
            false => is_clean(
                &path.display().to_string(),
                &std::fs::read(&path).unwrap_or_default(),
            ),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_waits_is_released_and_arrives_once() {
    for (door, as_transfer) in [(Door::Smtp, false), (Door::Lmtp, true)] {
        let folder = tempfile::tempdir().expect("a folder");
        let hop = Hop::start(Vec::new()).await;
        let next_hop = format!("smtp://{}", hop.address);
        settings::write(folder.path(), POLICY, &next_hop, "[log]\nlevel = \"debug\"");
        let gateway = Gateway::start(folder.path());
        let replies = submit(&gateway, door, &[BO, EVA]).await;
        assert!(
            replies
                .iter()
                .all(|r| r.starts_with("250 2.0.0 ") && r.contains("waits for a decision")),
            "{replies:?}"
        );
        let id = waiting(folder.path());
        assert!(replies[0].contains(&id), "{replies:?}");

        for approver in [DPO, CFO] {
            let asked = nth(&hop, approver, 0).await;
            assert_eq!(asked.from, "");
            let text = decoded(&asked.bytes);
            for words in [
                ANNA,
                BO,
                EVA,
                "1 file",
                "Files about people wait for the officer. (people)",
                &format!("cloakroom hold release {id}\r\n"),
                &format!("cloakroom hold release {id} --as-transfer"),
                &format!("cloakroom hold drop {id} --because"),
            ] {
                assert!(text.contains(words), "no {words:?} in {text}");
            }
            is_clean("the mail to an approver", &asked.bytes);
        }
        let told = nth(&hop, ANNA, 0).await;
        let text = decoded(&told.bytes);
        assert!(text.contains("dpo@example.org, cfo@example.org"), "{text}");
        let head = String::from_utf8_lossy(&told.bytes).into_owned();
        for line in [
            "Auto-Submitted: auto-generated\r\n",
            "In-Reply-To: <7@example.org>\r\n",
        ] {
            assert!(head.contains(line), "{head}");
        }
        is_clean("the mail to the sender", &told.bytes);
        assert!(to(&hop, BO)().is_empty() && to(&hop, EVA)().is_empty());

        // Killed now, it still waits, and nothing of it is in the clear.
        gateway.kill();
        nothing_in_the_clear(folder.path());
        let gateway = Gateway::start(folder.path());
        assert_eq!(waiting(folder.path()), id);
        let shown = done(folder.path(), &["hold", "show", &id]);
        is_clean("hold show", shown.as_bytes());
        assert!(
            shown.contains("why       people: Files about people"),
            "{shown}"
        );
        let (well, said) = cloakroom(
            folder.path(),
            &["hold", "release", &id, "--by", "eve@example.org"],
        );
        assert!(
            !well && said.contains("only dpo@example.org, cfo@example.org may"),
            "{said}"
        );

        let mut words = vec!["hold", "release", &id, "--by", DPO];
        words.extend(as_transfer.then_some("--as-transfer"));
        let said = done(folder.path(), &words);
        assert!(
            said.starts_with(&format!("released: {id} leaves for")),
            "{said}"
        );
        let (bo, eva) = (nth(&hop, BO, 0).await, nth(&hop, EVA, 0).await);
        assert_eq!((bo.from.as_str(), eva.from.as_str()), (ANNA, ANNA));
        assert_eq!(
            String::from_utf8_lossy(&bo.bytes).contains(CONTENT),
            !as_transfer
        );
        assert!(!String::from_utf8_lossy(&eva.bytes).contains(CONTENT));
        let link = gateway.here(&link_in(&eva.bytes).expect("a link"));
        let files = fetch(&link, None, &folder.path().join("fetched"))
            .await
            .expect("opens");
        assert_eq!(files[0].name, NAME);
        // The password of the transfer reaches her too, in any order.
        let released = until(|| {
            let mails = to(&hop, ANNA)();
            let says = |m: &Delivery| decoded(&m.bytes).contains("released by dpo@example.org");
            mails.iter().any(says).then_some(())
        });
        released.await.expect("the sender is told");

        let gone = until(|| {
            done(folder.path(), &["hold", "list"])
                .is_empty()
                .then_some(())
        })
        .await;
        gone.expect("it does not wait any more");
        let (well, said) = cloakroom(folder.path(), &["hold", "release", &id]);
        assert!(!well && said.contains("waits"), "{said}");
        let log = gateway.log();
        for line in [
            "waits mail=",
            "hold_released mail=",
            "hold_tried mail=",
            "memo mail=",
        ] {
            assert!(log.contains(line), "no {line} in {log}");
        }
        gateway.kill();
        drop(Gateway::start(folder.path()));
        assert_eq!((to(&hop, BO)().len(), to(&hop, EVA)().len()), (1, 1));
        is_clean("the log", log.as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dropped_mail_never_leaves_and_its_sender_reads_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), POLICY, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    submit(&gateway, Door::Smtp, &[BO]).await;
    let id = waiting(folder.path());
    let sentence = "Ask the clinic\r\nBcc: x@y.example first.";
    done(
        folder.path(),
        &["hold", "drop", &id, "--because", sentence, "--by", CFO],
    );
    let told = nth(&hop, ANNA, 1).await;
    let text = decoded(&told.bytes);
    assert!(text.contains("dropped by cfo@example.org"), "{text}");
    assert!(
        text.contains("They write: Ask the clinic Bcc: x@y.example first.\r\n"),
        "{text}"
    );
    let (well, _) = cloakroom(folder.path(), &["hold", "release", &id]);
    assert!(!well, "what was dropped is gone");
    gateway.kill();
    // Nothing runs: the command opens the store itself.
    assert_eq!(done(folder.path(), &["hold", "list"]), "");
    assert!(to(&hop, BO)().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn released_while_nothing_runs_it_leaves_at_the_next_start_and_refusals_reach_the_sender() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), POLICY, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    submit(&gateway, Door::Lmtp, &[BO, EVA]).await;
    let id = waiting(folder.path());
    nth(&hop, ANNA, 0).await;
    gateway.kill();
    done(folder.path(), &["hold", "release", &id]);
    let no = |at: &str| Refusal {
        at: at.to_owned(),
        reply: "550 5.1.1 Moved to the coast".to_owned(),
    };
    hop.refuse(vec![no(&format!("rcpt {BO}"))]);
    let _gateway = Gateway::start(folder.path());
    nth(&hop, EVA, 0).await;
    let failed = until(|| {
        let mails = to(&hop, ANNA)();
        mails
            .into_iter()
            .find(|m| decoded(&m.bytes).contains("did not reach"))
    });
    let text = decoded(&failed.await.expect("the sender is told").bytes);
    assert!(
        text.contains(&format!("{BO}: 550 5.1.1 Moved to the coast")),
        "{text}"
    );
    assert!(!text.contains(EVA), "{text}");
    assert!(to(&hop, BO)().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approver_decides_on_the_page_of_his_mail_and_the_other_reads_who_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), POLICY, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    submit(&gateway, Door::Smtp, &[BO]).await;
    let dpo = page_in(&nth(&hop, DPO, 0).await.bytes);
    let cfo = page_in(&nth(&hop, CFO, 0).await.bytes);
    assert_ne!(dpo, cfo);
    let shown = http(&gateway, "GET", &dpo, None);
    for words in ["200 OK", ANNA, BO, "(people)", "1 file", "Release as links"] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
    is_clean("the page", shown.as_bytes());
    let last = if dpo.ends_with('7') { '8' } else { '7' };
    let changed = format!("{}{last}", &dpo[..dpo.len() - 1]);
    let other = format!("/a/{}", "0".repeat(24));
    for wrong in [&changed, &other] {
        let said = http(&gateway, "GET", wrong, None);
        assert!(said.contains("no longer here"), "{said}");
        let said = http(&gateway, "POST", wrong, Some("verdict=release"));
        assert!(!said.contains("500"), "{said}");
    }
    // What a crawler sends.
    for nothing in ["", "because=x", "verdict=withdraw"] {
        http(&gateway, "POST", &dpo, Some(nothing));
    }
    http(&gateway, "HEAD", &dpo, None);
    assert_eq!(waiting(folder.path()).len(), 8, "it waits still");

    let said = http(&gateway, "POST", &dpo, Some("verdict=release"));
    assert!(said.starts_with("HTTP/1.1 303"), "{said}");
    let bo = nth(&hop, BO, 0).await;
    assert!(String::from_utf8_lossy(&bo.bytes).contains(CONTENT));
    http(&gateway, "POST", &cfo, Some("verdict=drop&because=no"));
    let said = http(&gateway, "GET", &cfo, None);
    assert!(said.contains("was released by dpo@example.org"), "{said}");
    let secret = dpo.rsplit('/').next().expect("a token");
    assert!(!gateway.log().contains(secret), "a link is in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sender_withdraws_what_waits() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), POLICY, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    submit(&gateway, Door::Smtp, &[BO]).await;
    let page = page_in(&nth(&hop, ANNA, 0).await.bytes);
    let shown = http(&gateway, "GET", &page, None);
    assert!(shown.contains("you can withdraw it"), "{shown}");
    assert!(!shown.contains("value=\"release\""), "{shown}");
    http(&gateway, "POST", &page, Some("verdict=release"));
    assert_eq!(waiting(folder.path()).len(), 8, "that is not hers to say");
    http(&gateway, "POST", &page, Some("verdict=withdraw"));
    assert_eq!(done(folder.path(), &["hold", "list"]), "");
    let said = http(&gateway, "GET", &page, None);
    assert!(said.contains("was withdrawn by anna@example.org"), "{said}");
    assert!(to(&hop, BO)().is_empty());
}

/// The path of the page in a mail about a waiting mail.
fn page_in(mail: &[u8]) -> String {
    crate::support::first("/a/[0-9a-z]{24}", &decoded(mail)).expect("a link")
}

/// One request of a browser that says nothing about itself; head and body of the answer.
pub fn http(gateway: &Gateway, method: &str, path: &str, form: Option<&str>) -> String {
    use std::io::{Read, Write};
    let address = gateway.address("portal");
    let form = form.unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    stream.write_all(request.as_bytes()).expect("writes");
    let mut said = Vec::new();
    stream.read_to_end(&mut said).expect("answers");
    String::from_utf8_lossy(&said).into_owned()
}
