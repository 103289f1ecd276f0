//! Mail that is durably ours, in the program itself: kill -9 at every step of a try, and the operator's command line.

use crate::support::hop::{Hop, Refusal};
use crate::support::process::Gateway;
use crate::support::{settings, until};
use cloakroom::config::Config;
use cloakroom::fault::Reply;
use cloakroom::gateway::queue;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Content, Envelope, Intake, Lane, MailId, Recipient, Variant};
use cloakroom::parse;
use cloakroom::service::build;
use cloakroom::transfer::proof::{Answer, Outcome};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const MAIL: &str = "From: anna@example.org\r\nSubject: Bittern budget\r\nMessage-ID: <b@example.org>\r\n\r\nAvocet.\r\n";

/// A folder whose store holds two parcels of one mail, due now: to Bo, and to Eva, whom the next hop refuses.
async fn folder_with_parcels() -> (tempfile::TempDir, Hop) {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(vec![Refusal {
        at: format!("rcpt {EVA}"),
        reply: "550 5.1.1 No such user".into(),
    }])
    .await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let config = Config::read(&folder.path().join("cloakroom.toml")).expect("is right");
    let gateway = build::gateway(&config).expect("is built");
    let recipients: Vec<Recipient> = [BO, EVA]
        .map(|to| Recipient::new(to.parse().expect("an address")))
        .into();
    let envelope = Envelope {
        sender: Some(ANNA.parse().expect("an address")),
        recipients: recipients.clone(),
        options: MailOptions::default(),
        client: Client::local(),
    };
    let mut intake = Intake::new(folder.path());
    intake.write(MAIL.as_bytes()).expect("in memory");
    let received = intake.finish(MailId::fresh(), envelope.clone());
    let mail = parse::mail(received.expect("in memory")).expect("it can be read");
    let copy = |to: &Recipient| {
        let (sender, options) = (envelope.sender.clone(), envelope.options.clone());
        let content = Content::new(MAIL.into());
        Variant::assertion(Lane::Ordinary, sender, vec![to.clone()], options, content)
    };
    let variants: Vec<Variant> = recipients.iter().map(copy).collect();
    let later = Answer::Deferred(Reply::new(451, (4, 3, 0), "Busy"));
    let answers = recipients
        .iter()
        .map(|r| (r.address.clone(), later.clone()));
    let outcome = Outcome {
        answers: answers.collect(),
    };
    let parcels = gateway
        .own_rest(&mail, &variants, &outcome, None, 0)
        .expect("seals");
    gateway.store().keep_parcels(&parcels).expect("keeps");
    queue::retry(gateway.store(), None).expect("are due");
    (folder, hop)
}

fn cloakroom(folder: &Path, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(words)
        .arg("--config")
        .arg(folder.join("cloakroom.toml"))
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    said
}

fn count(hop: &Hop, whom: &str) -> usize {
    let all = hop.deliveries().into_iter();
    all.filter(|d| d.to.iter().any(|to| to == whom)).count()
}

/// Runs the program until it dies at a crash point.
fn dies_at(folder: &Path, point: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(["serve", "--config"])
        .arg(folder.join("cloakroom.toml"))
        .env("CLOAKROOM_DIE_AT", point)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program runs");
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        if let Some(status) = child.try_wait().expect("a child") {
            assert_eq!(status.signal(), Some(9), "{point}: {status}");
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("a child");
    child.wait().expect("a child");
    panic!("{point} was not reached");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_step_of_a_try_the_mail_arrives_and_its_sender_is_told_once() {
    // The last column: how many copies Bo may have at most. Only what lies between sending and writing down can happen twice.
    let rows = [
        ("parcel/intended", 1),
        ("parcel/tried", 2),
        ("parcel/released", 2),
        ("parcel/reported", 2),
        ("parcel/settled", 1),
    ];
    for (point, most) in rows {
        let (folder, hop) = folder_with_parcels().await;
        dies_at(folder.path(), point);
        let gateway = Gateway::start(folder.path());
        let arrived = until(|| {
            cloakroom(folder.path(), &["queue", "retry"]);
            let left = cloakroom(folder.path(), &["queue", "list"]);
            left.is_empty().then_some(())
        });
        arrived
            .await
            .unwrap_or_else(|| panic!("{point}: {}", gateway.log()));
        let (bo, anna) = (count(&hop, BO), count(&hop, ANNA));
        assert!((1..=most).contains(&bo), "{point}: Bo has {bo}");
        assert_eq!((count(&hop, EVA), anna), (0, 1), "{point}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sees_the_queue_and_what_is_dropped_is_reported_if_asked_for() {
    let (folder, hop) = folder_with_parcels().await;
    let listed = cloakroom(folder.path(), &["queue", "list", "--json"]);
    let parcels: Vec<serde_json::Value> = listed
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(parcels.len(), 2, "{listed}");
    assert_eq!(parcels[0]["pending"][0]["recipient"], BO);
    assert_eq!(parcels[0]["pending"][0]["said"], "451 4.3.0 Busy");
    let ids: Vec<&str> = parcels
        .iter()
        .map(|p| p["id"].as_str().expect("an id"))
        .collect();
    let shown = cloakroom(folder.path(), &["queue", "show", &ids[0].to_lowercase()]);
    assert!(
        shown.contains(BO) && shown.contains("451 4.3.0 Busy"),
        "{shown}"
    );
    for text in [&listed, &shown] {
        assert!(
            !text.contains("Bittern") && !text.contains("Avocet"),
            "{text}"
        );
    }
    let said = cloakroom(folder.path(), &["queue", "drop", ids[1]]);
    assert!(said.contains("nobody is told"), "{said}");
    let said = cloakroom(folder.path(), &["queue", "drop", ids[0], "--bounce"]);
    assert!(said.contains("anna@example.org is told"), "{said}");
    let _gateway = Gateway::start(folder.path());
    let report = hop.delivery_to(ANNA).await;
    let text = String::from_utf8_lossy(&report.bytes).into_owned();
    assert!(
        text.contains("x-cloakroom; 554 5.7.0 An operator"),
        "{text}"
    );
    let empty = until(|| {
        let left = cloakroom(folder.path(), &["queue", "list"]);
        left.is_empty().then_some(())
    });
    empty.await.expect("nothing is left");
    assert_eq!(
        (count(&hop, BO), count(&hop, EVA), count(&hop, ANNA)),
        (0, 0, 1)
    );
}
