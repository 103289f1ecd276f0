//! The memory of the program itself, read from outside after a password has left: it is in none of it, as it is on no disk and in no log
//! (`it/canary.rs`).

use crate::canary::{absent, searched};
use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::phone::Phone;
use crate::support::process::Gateway;
use crate::support::{decoded, fetch, first, link_in, settings, until};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

const CHOSEN: &str = "Ptarmigan7Sandgrouse";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms"] }
"#;

/// All that a process can write to, as it is now.
fn memory(process: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).expect("we may look");
    let memory = File::open(format!("/proc/{process}/mem")).expect("we may look: as root");
    let mut all = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (
            words.next().expect("a range"),
            words.next().expect("rights"),
        );
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').expect("a range");
        let place = |text: &str| u64::from_str_radix(text, 16).expect("hexadecimal");
        let (mut at, to) = (place(from), place(to));
        let mut block = vec![0; 1 << 20];
        // What is not there any more, or was never touched, cannot be read.
        while at < to {
            let most = block.len().min(usize::try_from(to - at).expect("it fits"));
            match memory.read_at(&mut block[..most], at) {
                Ok(n) if n > 0 => {
                    all.extend_from_slice(&block[..n]);
                    at += n as u64;
                }
                _ => break,
            }
        }
    }
    all
}

fn mail(more: &str) -> String {
    format!(
        "From: <anna@example.org>\r\nTo: <bo@partner.example>\r\nSubject: Claim [sms:+46701234567]\r\n{more}\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAs agreed.\r\n--b\r\n\
         Content-Type: text/csv\r\nContent-Disposition: attachment; filename=\"claim.csv\"\r\n\r\n1;2\r\n--b--\r\n"
    )
}

/// Made by the gateway, and chosen by a sender: in a field of his mail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_has_left_is_nowhere_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nmethod = \"GET\"\nallow_private = \"on\"\n\
         url = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n",
        phone.address
    );
    settings::write(
        folder.path(),
        POLICY,
        &format!("smtp://{}", hop.address),
        &channel,
    );
    let gateway = Gateway::start(folder.path());
    let (to, door) = (["bo@partner.example".to_owned()], gateway.address("smtp"));
    let chosen = format!("X-Cloakroom-Password: {CHOSEN}\r\n");
    for more in ["Message-ID: <1@example.org>\r\n", "", &chosen] {
        send(
            Door::Smtp,
            door,
            "anna@example.org",
            &to,
            mail(more).as_bytes(),
        )
        .await;
    }
    let texts = until(|| Some(phone.messages()).filter(|texts| texts.len() == 3)).await;
    let texts = texts.unwrap_or_else(|| panic!("{}", gateway.log()));
    let noticed = || gateway.log().matches("noticed").count();
    until(|| (noticed() == 3).then_some(()))
        .await
        .expect("it is said");
    let mut secrets = vec![CHOSEN.to_owned()];
    for (_, text) in &texts {
        let made = first("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text);
        secrets.extend(made.iter().flat_map(|p| [p.clone(), p.replace('-', "")]));
    }
    assert_eq!(secrets.len(), 5, "{texts:?}");
    nowhere(&gateway, folder.path(), &secrets).await;
}

/// By mail to its sender, over a connection that is kept; and typed by a recipient, who gets his files.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_is_one_that_went_by_mail_and_was_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let policy = POLICY.replace("sms", "sender");
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), &policy, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    let (to, door) = (["bo@partner.example".to_owned()], gateway.address("smtp"));
    let mail = mail("").replace(" [sms:+46701234567]", "");
    send(Door::Smtp, door, "anna@example.org", &to, mail.as_bytes()).await;
    let protected = hop.delivery_to(&to[0]).await;
    let told = decoded(&hop.delivery_to("anna@example.org").await.bytes);
    let password = first("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", &told).expect("a password");
    let link = link_in(&protected.bytes).expect("a link");
    let into = folder.path().join("fetched");
    let files = fetch(&link, Some(&password), &into)
        .await
        .expect("it opens");
    assert_eq!(files.len(), 1);
    let noticed = || gateway.log().contains("noticed").then_some(());
    until(noticed).await.expect("it is said");
    let secrets = [password.clone(), password.replace('-', "")];
    nowhere(&gateway, folder.path(), &secrets).await;
}

/// What is done is done within moments, and then nothing of it is left.
async fn nowhere(gateway: &Gateway, folder: &Path, secrets: &[String]) {
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let is_wiped = || {
        let memory = memory(gateway.id());
        // Its own name is there: what is searched is what was read.
        assert!(memchr::memmem::find(&memory, b"Example Region").is_some());
        let mut all = secrets.iter();
        let found = all.any(|s| memchr::memmem::find(&memory, s.as_bytes()).is_some());
        (!found).then_some(memory)
    };
    let memory = until(is_wiped)
        .await
        .unwrap_or_else(|| memory(gateway.id()));
    absent("memory", &memory, &secrets);
    for (path, bytes) in searched(folder) {
        absent(&path.display().to_string(), &bytes, &secrets);
    }
}
