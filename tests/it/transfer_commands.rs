//! `cloakroom transfer`: what operators do with a transfer, asked of a running gateway and of the store of one that stands still.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::{Gateway, ended};
use crate::support::{fetch, link_in, settings, until};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const MAIL: &str = "From: anna@example.org\r\nTo: bo@partner.example\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
    Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\na,b\r\n--b--\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_is_extended_audited_and_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    let to = ["bo@partner.example".to_owned()];
    let from = "anna@example.org";
    let replies = send(
        Door::Smtp,
        gateway.address("smtp"),
        from,
        &to,
        MAIL.as_bytes(),
    )
    .await;
    assert!(replies[0].starts_with("250 "), "{replies:?}");
    let says = |arguments: &[&str]| asked(folder.path(), arguments);
    let list = says(&["list", "--json"]).1;
    let record: Value = serde_json::from_str(list.trim()).expect("one line of JSON");
    let id = record["id"].as_str().expect("an id").to_owned();

    let (well, said) = says(&["extend", &id, "--by", "2 days"]);
    assert!(
        well && said.starts_with("it ends 20") && !said.contains("allowed"),
        "{said}"
    );
    let (well, said) = says(&["extend", &id, "--until", "2199-12-24"]);
    assert!(
        well && said.contains("the latest that is allowed"),
        "{said}"
    );
    for (arguments, sentence) in [
        (&["extend", &id, "--until", "2020-12-24"][..], "in the past"),
        (&["extend", &id, "--until", "24.12.2025"], "is no day"),
        (&["extend", &id], "required"),
        (
            &["extend", &id, "--by", "2d", "--until", "2199-12-24"],
            "cannot be used",
        ),
        (
            &["extend", "7K3M9XQF", "--by", "2d"],
            "there is no transfer",
        ),
        (&["audit", "7K3M9XQF"], "there is no transfer"),
    ] {
        let (well, said) = says(arguments);
        assert!(!well && said.contains(sentence), "{arguments:?}: {said}");
    }

    // The same without a gateway.
    gateway.kill();
    let (well, said) = says(&["revoke", &id, "BO@partner.example"]);
    assert!(well && said.contains("1 of its links"), "{said}");
    let (_, said) = says(&["extend", &id, "--by", "2d"]);
    assert!(said.contains("was taken back"), "{said}");
    let (well, said) = says(&["audit", &id, "--json"]);
    assert!(well, "{said}");
    let events: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let what: Vec<&str> = events.iter().filter_map(|e| e["what"].as_str()).collect();
    assert_eq!(what, ["extended", "extended", "revoked"]);
    assert!(events.iter().all(|e| e["by"] == "operator"));
    assert_eq!(
        events[0]["recipients"],
        serde_json::json!(["bo@partner.example"])
    );
    let (_, said) = says(&["audit", &id]);
    assert_eq!(said.lines().count(), 3);
    assert!(
        said.lines().all(|line| line.split('\t').count() == 5),
        "{said}"
    );
}

const RENEWABLE: &str = r#"
schema = 1
[[rule]]
id = "partners"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@partner.example"] }
then = { action = "transfer", unlock = "password", password_via = ["sender"], recovery = "gateway" }
[[rule]]
id = "clients"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@client.example"] }
then = { action = "transfer", unlock = "link", recovery = "gateway" }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_made_anew_where_policy_wants_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), RENEWABLE, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    let to = [
        "bo@partner.example".to_owned(),
        "eva@client.example".to_owned(),
    ];
    let smtp = gateway.address("smtp");
    let replies = send(Door::Smtp, smtp, "anna@example.org", &to, MAIL.as_bytes()).await;
    assert!(replies[0].starts_with("250 "), "{replies:?}");
    let says = |arguments: &[&str]| asked(folder.path(), arguments);
    let list: Value = serde_json::from_str(says(&["list", "--json"]).1.trim()).expect("JSON");
    let id = list["id"].as_str().expect("an id").to_owned();
    let bo = [
        "resend",
        &id,
        "--to",
        "BO@partner.example",
        "--show",
        "--json",
    ];
    let (well, said) = says(&bo);
    assert!(well, "{said}");
    let said: Value = serde_json::from_str(said.trim()).expect("JSON");
    assert_eq!(said["passwords"][0]["recipient"], "bo@partner.example");
    let password = said["passwords"][0]["password"]
        .as_str()
        .expect("a password");
    let theirs = || {
        let mut all = hop.deliveries();
        all.retain(|mail| mail.to == ["bo@partner.example"]);
        (all.len() == 2).then_some(all)
    };
    let mails = until(theirs).await.expect("the new link");
    let link = |n: usize| gateway.here(&link_in(&mails[n].bytes).expect("a link"));
    let into = folder.path().join("files");
    fetch(&link(0), Some(password), &into)
        .await
        .expect_err("the old one");
    fetch(&link(1), Some(password), &into).await.expect("opens");
    assert!(!gateway.log().contains(password), "it is in no log");
    for (arguments, sentence) in [
        (&["resend", &id][..], "say for whom with --to"),
        (
            &["resend", &id, "--to", "x@client.example"],
            "nobody of that address",
        ),
        (&["resend", "7K3M9XQF"], "there is no transfer"),
    ] {
        let (well, said) = says(arguments);
        assert!(!well && said.contains(sentence), "{arguments:?}: {said}");
    }
    gateway.kill();
    let (well, said) = says(&["resend", &id, "--to", "bo@partner.example"]);
    assert!(well && said.contains("on its way by mail"), "{said}");
    assert!(!said.contains('-'), "no password: {said}");
}

/// Whether it did it, and what it said.
fn asked(folder: &Path, arguments: &[&str]) -> (bool, String) {
    ended(
        Command::new(env!("CARGO_BIN_EXE_cloakroom"))
            .arg("transfer")
            .args(arguments)
            .arg("--config")
            .arg(folder.join("cloakroom.toml")),
    )
}
