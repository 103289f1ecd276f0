//! Whatever a next hop says and whenever it hangs up, each recipient has one answer, and nobody counts as served whom the next hop did not
//! say yes to, behind the final dot of his own copy.
//!
//! The input is a byte of settings and what the next hop says, one piece for each command (RS between them). An empty piece is what is
//! usual there, GS in a piece stands for that; FS says nothing; EM at the end of a piece hangs up behind it.

mod hop;

use crate::support::clock;
use cloakroom::fault::Reply;
use cloakroom::forward::{
    HopAddress, HopTls, NextHop, NextHopConfig, Outlet, Outlets, Protocol, Timeouts, unhurried,
};
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Content, Envelope, Lane, Recipient, Variant};
use cloakroom::transfer::proof::{Answer, Outcome};
use hop::{Hop, Transaction};
use std::path::Path;
use std::time::Duration;

const SOON: Duration = Duration::from_millis(200);

struct Settings {
    lmtp: bool,
    /// Two variants, each with recipients of its own.
    two: bool,
    /// The recipients are vetted before; only those who pass are handed over.
    vetted: bool,
    /// The client hears an answer for each.
    each: bool,
    recipients: usize,
}

/// See above.
pub fn check(data: &[u8]) {
    let (first, script) = data.split_first().unwrap_or((&0, b""));
    let settings = Settings {
        lmtp: first & 1 != 0,
        two: first & 2 != 0,
        vetted: first & 4 != 0,
        each: first & 8 != 0,
        recipients: 1 + usize::from(first >> 4 & 3),
    };
    clock::block_on(deliver(&settings, script));
}

async fn deliver(settings: &Settings, script: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("hop");
    let hop = Hop::start(&socket, settings.lmtp, script);
    let mut outlet = outlet(settings, &socket);
    let mut groups = vec![names("a", settings.recipients)];
    if settings.two {
        groups.push(names("b", settings.recipients));
    }
    if settings.vetted {
        groups.truncate(1);
        groups[0] = vetted(&mut *outlet, settings, &groups[0]).await;
    }
    let groups: Vec<_> = groups
        .into_iter()
        .filter(|group| !group.is_empty())
        .collect();
    let variants = groups.iter().map(|group| variant(group)).collect();
    let outcome = outlet.hand_over(variants, unhurried()).await;
    drop(outlet);
    judge(&groups, &outcome, &hop.transactions());
}

fn outlet(settings: &Settings, socket: &Path) -> Box<dyn Outlet> {
    let protocol = match settings.lmtp {
        true => Protocol::Lmtp,
        false => Protocol::Smtp,
    };
    let address = HopAddress::Unix(socket.to_owned());
    let mut config = NextHopConfig::new(address, protocol, HopTls::Off, "gate.example");
    config.timeouts = Timeouts {
        connect: SOON,
        command: SOON,
        block: SOON,
        last_reply: SOON,
    };
    NextHop::new(config)
        .expect("no certificates are needed")
        .open()
}

fn names(letter: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("{letter}{n}@x.example"))
        .collect()
}

fn recipient(name: &str) -> Recipient {
    Recipient::new(name.parse().expect("an address"))
}

/// Each group has bytes of its own.
fn content(group: &[String]) -> Vec<u8> {
    format!("For: {}\r\n\r\n.dot\r\n", group[0]).into_bytes()
}

fn variant(group: &[String]) -> Variant {
    let recipients = group.iter().map(|name| recipient(name)).collect();
    let sender = "ada@in.example".parse().expect("an address");
    let content = Content::new(content(group));
    Variant::assertion(
        Lane::Ordinary,
        Some(sender),
        recipients,
        MailOptions::default(),
        content,
    )
}

/// Those who passed.
async fn vetted(outlet: &mut dyn Outlet, settings: &Settings, group: &[String]) -> Vec<String> {
    let mut client = Client::local();
    client.protocol = if settings.each { "LMTP" } else { "ESMTP" };
    let envelope = Envelope {
        sender: Some("ada@in.example".parse().expect("an address")),
        recipients: Vec::new(),
        options: MailOptions::default(),
        client,
    };
    let mut passed = Vec::new();
    if outlet.begin(&envelope).await.is_err() {
        return passed;
    }
    for name in group {
        match outlet.vet(&recipient(name)).await {
            Ok(reply) => {
                is_clean(&reply);
                passed.extend(reply.is_positive().then(|| name.clone()));
            }
            Err(_) => break,
        }
    }
    passed
}

fn is_clean(reply: &Reply) {
    assert!(reply.lines.len() <= 64, "{} lines", reply.lines.len());
    for line in &reply.lines {
        assert!(line.len() <= 512, "a line of {} bytes", line.len());
        assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b)), "{line:?}");
    }
}

fn judge(groups: &[Vec<String>], outcome: &Outcome, transactions: &[Transaction]) {
    let wanted: Vec<&String> = groups.iter().flatten().collect();
    let got: Vec<String> = outcome
        .answers
        .iter()
        .map(|(whom, _)| whom.to_string())
        .collect();
    assert!(got.iter().eq(wanted), "one answer for each: {got:?}");
    for (whom, answer) in &outcome.answers {
        let name = whom.to_string();
        let group = groups
            .iter()
            .find(|group| group.contains(&name))
            .expect("one of them");
        let wire = [b"For".as_slice(), &content(group)[3..]].concat();
        let of_his = |t: &&Transaction| t.recipients.contains(&name);
        // The next hop had the whole of it, with its dot.
        let ended: Vec<Option<u16>> = transactions
            .iter()
            .filter(of_his)
            .filter_map(|t| t.ended(&wire))
            .map(|answers| answers.of(&name))
            .collect();
        let said = |class: u16| ended.iter().flatten().any(|code| code / 100 == class);
        match answer {
            Answer::Accepted(accepted) => {
                is_clean(accepted.reply());
                assert!(said(2), "{name} counts as served: {transactions:?}");
            }
            Answer::Refused(reply) | Answer::Deferred(reply) => {
                is_clean(reply);
                assert!(reply.code >= 400 && reply.code != 421, "{reply}");
                let refused = ended
                    .iter()
                    .all(|code| code.is_some_and(|code| code >= 400));
                assert!(
                    refused,
                    "{name} may have it and is sent it again: {transactions:?}"
                );
            }
            Answer::Unknown => assert!(!ended.is_empty() || sent_dot(transactions), "{name}"),
            Answer::Before
            | Answer::Waits(_)
            | Answer::Owned(_)
            | Answer::Obeyed
            | Answer::Stays => {
                panic!("an outlet owns nothing")
            }
        }
    }
    for transaction in transactions {
        let known = groups.iter().flatten().collect::<Vec<_>>();
        let theirs =
            |group: &&Vec<String>| transaction.recipients.iter().all(|r| group.contains(r));
        assert!(transaction.recipients.iter().all(|r| known.contains(&r)));
        if let Some(content) = &transaction.content {
            let group = groups.iter().find(theirs);
            let group = group.expect("nobody is in a transaction with those of another copy");
            let whole = [b"For".as_slice(), &self::content(group)[3..]].concat();
            assert!(whole.starts_with(content), "somebody has another's copy");
        }
    }
}

/// The last block has left, as far as can be known.
fn sent_dot(transactions: &[Transaction]) -> bool {
    transactions.iter().any(|t| t.content.is_some())
}
