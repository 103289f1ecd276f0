//! The same mail once more: from a client that has heard its answer it is another mail, from one that went away it is the same again.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::Gateway;
use crate::support::{link_in, settings, until};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

const MAIL: &str = "From: anna@example.org\r\nTo: bo@partner.example\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
    Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\na,b\r\n--b--\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_heard_that_it_was_taken_and_sends_it_again_means_it() {
    let (_folder, hop, gateway) = house().await;
    let address = gateway.address("smtp");
    for _ in 0..4 {
        let replies = brings(address, MAIL).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
    }
    assert_eq!(links(&hop).len(), 4, "four mails, four links");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_went_away_before_the_answer_gets_the_same_again_and_its_recipient_nothing() {
    let (_folder, hop, gateway) = house().await;
    let address = gateway.address("smtp");
    tokio::task::block_in_place(|| hangs_up_behind_the_dot(address, MAIL));
    until(|| (links(&hop).len() == 1).then_some(()))
        .await
        .expect("it left");
    let replies = brings(address, MAIL).await;
    assert!(replies[0].contains("taken before"), "{replies:?}");
    assert_eq!(links(&hop).len(), 1, "once");
}

/// The gateway is busy with its mail while it goes away, and the next one comes at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_away_while_its_mail_is_sealed_is_not_thought_to_be_there() {
    let (_folder, hop, gateway) = house().await;
    let address = gateway.address("smtp");
    for number in 0..20 {
        let mail = MAIL.replace("<1@", &format!("<{number}@"));
        let mail = mail.replace("a,b", &"a,b\r\n".repeat(60_000));
        tokio::task::block_in_place(|| hangs_up_behind_the_dot(address, &mail));
        let replies = brings(address, &mail).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
    }
    assert_eq!(links(&hop).len(), 20, "each mail once");
}

async fn brings(address: SocketAddr, mail: &str) -> Vec<String> {
    let to = ["bo@partner.example".to_owned()];
    send(
        Door::Smtp,
        address,
        "anna@example.org",
        &to,
        mail.as_bytes(),
    )
    .await
}

async fn house() -> (tempfile::TempDir, Hop, Gateway) {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    (folder, hop, gateway)
}

fn links(hop: &Hop) -> Vec<String> {
    let mails = hop.deliveries();
    mails
        .iter()
        .filter_map(|mail| link_in(&mail.bytes))
        .collect()
}

fn hangs_up_behind_the_dot(address: SocketAddr, mail: &str) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let mut replies = BufReader::new(stream.try_clone().expect("a socket"));
    let mut hear = || {
        let mut line = String::new();
        while replies.read_line(&mut line).expect("reads") > 0 {
            if line.as_bytes()[3] == b' ' {
                break;
            }
            line.clear();
        }
    };
    hear();
    for line in [
        "EHLO client.example",
        "MAIL FROM:<anna@example.org>",
        "RCPT TO:<bo@partner.example>",
        "DATA",
    ] {
        write!(stream, "{line}\r\n").expect("writes");
        hear();
    }
    write!(stream, "{mail}.\r\n").expect("writes");
}
