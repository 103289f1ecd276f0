//! kill -9 under load, again and again on the same store: every link that was acknowledged opens, and so does every other that has
//! left; every password arrives.

use crate::support::client::{Door, try_send};
use crate::support::hop::Hop;
use crate::support::process::Gateway;
use crate::support::{fetch, link_in, noise, password_in, settings, until};
use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROUNDS: usize = 5;

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
[[rule]]
id = "the-bank"
why = "The bank needs a password."
when = { has_attachments = true, to = ["@bank.example"] }
then = { action = "transfer", unlock = "password", password_via = ["sender"], keep_for = "10 days" }
"#;

/// The senders whose mails were acknowledged: each mail has one of its own.
type Acknowledged = Arc<Mutex<BTreeSet<String>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_under_load_it_opens_every_link_it_ever_acknowledged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hop = Hop::start(Vec::new()).await;
    settings::write(
        folder.path(),
        POLICY,
        &format!("smtp://{}", hop.address),
        "",
    );
    let acknowledged = Acknowledged::default();
    for round in 0..ROUNDS {
        let gateway = Gateway::start(folder.path());
        under_load_until_killed(gateway, round, &acknowledged).await;
    }
    let gateway = Gateway::start(folder.path());
    let acknowledged = acknowledged.lock().expect("no panic").clone();
    assert!(
        acknowledged.len() >= ROUNDS * 4,
        "only {} mails: too little load",
        acknowledged.len()
    );

    let mut opened = HashMap::new();
    for mail in hop.deliveries().iter().filter(|d| !d.from.is_empty()) {
        let link = gateway.here(&link_in(&mail.bytes).expect("a link"));
        let password = match mail.to[0].ends_with("@bank.example") {
            true => {
                // Of a mail that it died over nobody knows that it has left, until somebody comes with its link.
                let nothing = folder.path().join("nothing");
                let locked = fetch(&link, None, &nothing).await;
                assert!(locked.is_err(), "it opens without a password");
                Some(password_for(&hop, &mail.from).await)
            }
            false => None,
        };
        opens(&link, password.as_deref(), &mail.from, folder.path()).await;
        *opened.entry(mail.from.clone()).or_insert(0) += 1;
    }
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|from| !opened.contains_key(*from))
        .collect();
    assert!(
        lost.is_empty(),
        "acknowledged, and never at the next hop: {lost:?}"
    );
    let twice: Vec<_> = opened.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "nobody has sent again: {twice:?}");
}

/// Four clients send one mail after the other, by both doors, until the process is gone.
async fn under_load_until_killed(gateway: Gateway, round: usize, acknowledged: &Acknowledged) {
    let before = acknowledged.lock().expect("no panic").len();
    let doors = [Door::Smtp, Door::Lmtp, Door::Smtp, Door::Lmtp];
    let clients: Vec<_> = doors
        .into_iter()
        .enumerate()
        .map(|(number, door)| {
            let name = if door == Door::Smtp { "smtp" } else { "lmtp" };
            let (address, acknowledged) = (gateway.address(name), acknowledged.clone());
            tokio::spawn(send_until_it_dies(
                door,
                address,
                format!("{round}-{number}"),
                acknowledged,
            ))
        })
        .collect();
    let enough = || (acknowledged.lock().expect("no panic").len() >= before + 8).then_some(());
    until(enough).await.expect("mails are taken");
    // Not always at the same point of a mail.
    tokio::time::sleep(Duration::from_millis(37 * round as u64)).await;
    gateway.kill();
    for client in clients {
        client.await.expect("a client only stops");
    }
}

async fn send_until_it_dies(door: Door, to: SocketAddr, name: String, acknowledged: Acknowledged) {
    for number in 0.. {
        let from = format!("anna-{name}-{number}@example.org");
        let recipient = match number % 3 {
            0 => "bo@bank.example",
            _ => "bo@partner.example",
        };
        match try_send(door, to, &from, &[recipient.to_owned()], &mail(&from)).await {
            Ok(replies) if replies.iter().all(|r| r.starts_with("250 ")) => {
                acknowledged.lock().expect("no panic").insert(from);
            }
            Ok(replies) => panic!("{from}: {replies:?}"),
            Err(_) => return,
        }
    }
}

/// What is attached to the mail of this sender: from a few bytes to several blocks.
fn attached(from: &str) -> Vec<u8> {
    let seed: u64 = from
        .bytes()
        .map(u64::from)
        .fold(7, |a, b| a.wrapping_mul(31) + b);
    noise(seed, 1 + (seed % 60_000) as usize)
}

fn mail(from: &str) -> Vec<u8> {
    let file = encodify::base64::MIME.encode(attached(from));
    let text = format!(
        "From: {from}\r\nTo: bo@partner.example\r\nSubject: file\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
        Content-Type: application/zip; name=file.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        file.trim_end()
    );
    text.into_bytes()
}

async fn password_for(hop: &Hop, sender: &str) -> String {
    let told = || {
        let mut all = hop.deliveries().into_iter();
        let notice = all.find(|d| d.from.is_empty() && d.to == [sender])?;
        password_in(&notice.bytes)
    };
    until(told)
        .await
        .unwrap_or_else(|| panic!("no password for {sender}"))
}

async fn opens(link: &str, password: Option<&str>, from: &str, folder: &Path) {
    let into = folder.join(format!("fetched-{from}"));
    let files = fetch(link, password, &into)
        .await
        .unwrap_or_else(|e| panic!("{from}: {e}"));
    let got = std::fs::read(&files[0].path).expect("it was written");
    assert!(
        got == attached(from),
        "{from}: {} bytes, not the same",
        got.len()
    );
}
