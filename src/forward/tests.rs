//! `next_hop` against a server that answers as it is told.

use super::fake_hop::FakeHop;
use super::target::{HopAddress, HopTls, NextHopConfig};
use super::unhurried;
use super::{NextHop, Outlet, Outlets};
use crate::fault::{Kind, Reply};
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Address, Content, Envelope, Lane, Recipient, Spool, Variant};
use crate::transfer::proof::{Answer, Outcome};
use std::sync::Arc;
use std::time::Duration;

mod letters;
mod login;
mod tls;

const SENDER: &str = "anna@example.org";
const MAIL: &str = "MAIL FROM:<anna@example.org>";

fn outlet(hop: &FakeHop) -> Box<dyn Outlet> {
    NextHop::new(hop.config()).unwrap().open()
}

fn envelope() -> Envelope {
    Envelope {
        sender: Some(SENDER.parse().unwrap()),
        recipients: Vec::new(),
        options: MailOptions::default(),
        client: Client::local(),
    }
}

fn to(name: &str) -> Recipient {
    Recipient::new(format!("{name}@x.example").parse().unwrap())
}

fn variant(names: &[&str], text: &str) -> Variant {
    of(names, Content::new(text.into()))
}

fn of(names: &[&str], content: Content) -> Variant {
    let sender: Address = SENDER.parse().unwrap();
    let recipients = names.iter().map(|n| to(n)).collect();
    // As `rewrite` does: the size of what leaves, not that of what came.
    let options = MailOptions {
        size: Some(content.len()),
        ..MailOptions::default()
    };
    Variant::assertion(Lane::Ordinary, Some(sender), recipients, options, content)
}

/// Opens a transaction and names these recipients; gives the codes of the answers.
async fn vetted(outlet: &mut Box<dyn Outlet>, names: &[&str]) -> Vec<u16> {
    outlet.begin(&envelope()).await.expect("MAIL is taken");
    let mut codes = Vec::new();
    for name in names {
        codes.push(outlet.vet(&to(name)).await.expect("an answer").code);
    }
    codes
}

/// `a:accepted b:refused 550`.
fn said(outcome: &Outcome) -> String {
    let one = |(address, answer): &(Address, Answer)| match answer {
        Answer::Accepted(_) => format!("{}:accepted", address.local()),
        Answer::Deferred(reply) => format!("{}:deferred {}", address.local(), reply.code),
        Answer::Refused(reply) => format!("{}:refused {}", address.local(), reply.code),
        Answer::Unknown => format!("{}:unknown", address.local()),
        Answer::Waits(_) | Answer::Owned(_) | Answer::Before | Answer::Obeyed | Answer::Stays => {
            format!("{}:waits", address.local())
        }
    };
    let all: Vec<_> = outcome.answers.iter().map(one).collect();
    all.join(" ")
}

/// A script with one answer out of the ordinary.
fn says(line: &'static str, answer: &'static str) -> impl Fn(&str, usize) -> Option<String> {
    move |heard, _| heard.starts_with(line).then(|| answer.to_owned())
}

fn usual(_: &str, _: usize) -> Option<String> {
    None
}

#[tokio::test]
async fn a_variant_for_exactly_the_vetted_goes_on_in_the_open_transaction() {
    let hop = FakeHop::smtp(usual).await;
    let mut outlet = outlet(&hop);
    assert_eq!(vetted(&mut outlet, &["a", "b"]).await, [250, 250]);
    let outcome = outlet
        .hand_over(vec![variant(&["b", "a"], ".x\r\n")], unhurried())
        .await;
    assert_eq!(said(&outcome), "b:accepted a:accepted");
    let heard = [
        &format!("1 {MAIL}"),
        "1 RCPT TO:<a@x.example>",
        "1 RCPT TO:<b@x.example>",
        "1 DATA",
    ];
    assert_eq!(hop.heard(), heard);
    assert_eq!(hop.mails(), [b"..x\r\n.\r\n"]);
}

#[tokio::test]
async fn each_variant_goes_to_its_own_recipients_only() {
    let hop = FakeHop::smtp(usual).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a", "b", "c"]).await;
    let variants = vec![
        variant(&["a", "c"], "sealed\r\n"),
        variant(&["b"], "clear\r\n"),
    ];
    let outcome = outlet.hand_over(variants, unhurried()).await;
    assert_eq!(said(&outcome), "a:accepted c:accepted b:accepted");
    let heard = hop.heard();
    let expected = [
        "1 RSET",
        &format!("1 {MAIL} SIZE=8"),
        "1 RCPT TO:<a@x.example>",
        "1 RCPT TO:<c@x.example>",
        "1 DATA",
        &format!("1 {MAIL} SIZE=7"),
        "1 RCPT TO:<b@x.example>",
        "1 DATA",
    ];
    assert_eq!(heard[4..], expected);
    assert_eq!(
        hop.mails(),
        [b"sealed\r\n.\r\n".to_vec(), b"clear\r\n.\r\n".to_vec()]
    );
}

#[tokio::test]
async fn a_refused_recipient_hears_it_live_and_the_rest_goes_on() {
    let hop = FakeHop::smtp(says("RCPT TO:<b@", "550 5.1.1 No such user")).await;
    let mut outlet = outlet(&hop);
    assert_eq!(vetted(&mut outlet, &["a", "b"]).await, [250, 550]);
    let outcome = outlet
        .hand_over(vec![variant(&["a"], "x\r\n")], unhurried())
        .await;
    assert_eq!(said(&outcome), "a:accepted");
    assert!(!hop.heard().iter().any(|l| l.contains("RSET")));
}

#[tokio::test]
async fn refusals_and_deferrals_are_passed_on() {
    let rows = [
        ("DATA", "451 4.3.0 Busy", "a:deferred 451"),
        ("DATA", "554 5.7.1 No", "a:refused 554"),
        ("DATA", "421 4.3.2 Bye!", "a:deferred 451"),
        ("DATA", "250 what", "a:deferred 451"),
        ("DATA", "", "a:deferred 451"),
        (".", "452 4.3.1 Full", "a:deferred 452"),
        (".", "550 5.7.1 Spam", "a:refused 550"),
        (".", "421 4.3.2 Bye!", "a:deferred 451"),
        // From here the final dot has left, so nobody knows.
        (".", "", "a:unknown"),
        (".", "hello!", "a:unknown"),
        (".", "354 more!", "a:unknown"),
    ];
    for (line, answer, expected) in rows {
        let hop = FakeHop::smtp(says(line, answer)).await;
        let mut outlet = outlet(&hop);
        vetted(&mut outlet, &["a"]).await;
        let outcome = outlet
            .hand_over(vec![variant(&["a"], "x\r\n")], unhurried())
            .await;
        assert_eq!(said(&outcome), expected, "{line} {answer}");
    }
}

#[tokio::test]
async fn what_the_next_hop_says_to_mail_is_what_the_client_hears() {
    let hop = FakeHop::smtp(says("MAIL", "450 4.7.1 Slow down")).await;
    let fault = outlet(&hop).begin(&envelope()).await.unwrap_err();
    let reply = Reply::new(450, (4, 7, 1), "Slow down");
    assert_eq!(fault.kind, Kind::NextHopSaid(reply));
}

#[tokio::test]
async fn a_next_hop_that_talks_nonsense_is_down() {
    let huge: &'static str = Box::leak("250-".repeat(2_500_000).into_boxed_str());
    let rows = [
        ("", "554 5.3.2 Go away"),
        ("", ""),
        ("", "SSH-2.0-x"),
        ("EHLO", "250-a\r\n550 b"),
        ("EHLO", huge),
        ("MAIL", "hello"),
        ("MAIL", "354 what"),
        ("MAIL", ""),
        ("MAIL", "250 a\r\n250 b\r\n250 c"),
    ];
    for (line, answer) in rows {
        let script = move |heard: &str, _: usize| {
            let this = heard.starts_with(line) && heard.is_empty() == line.is_empty();
            this.then(|| answer.to_owned())
        };
        let hop = FakeHop::smtp(script).await;
        let mut outlet = outlet(&hop);
        let begun = match outlet.begin(&envelope()).await {
            Ok(()) => outlet.vet(&to("a")).await.map(|_| ()),
            down => down,
        };
        let kind = begun.map_err(|f| f.kind);
        assert_eq!(kind, Err(Kind::NextHopDown), "{line} {:.40}", answer);
    }
    let nobody = NextHopConfig {
        address: HopAddress::Tcp("127.0.0.1".into(), 1),
        ..FakeHop::smtp(usual).await.config()
    };
    let mut outlet = NextHop::new(nobody).unwrap().open();
    let fault = outlet.begin(&envelope()).await.unwrap_err();
    assert_eq!(fault.kind, Kind::NextHopDown);
}

#[tokio::test]
async fn a_next_hop_that_says_nothing_is_down_unhurried() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = FakeHop::smtp(usual).await.config();
    config.address = HopAddress::Tcp("127.0.0.1".into(), listener.local_addr().unwrap().port());
    config.timeouts.command = Duration::from_millis(50);
    let mut outlet = NextHop::new(config).unwrap().open();
    let fault = outlet.begin(&envelope()).await.unwrap_err();
    assert!(fault.to_string().contains("in time"), "{fault}");
}

#[tokio::test]
async fn lmtp_answers_for_each_recipient() {
    let script = |line: &str, _: usize| match line {
        "." => Some("250 2.0.0 a\r\n452 4.2.2 b\r\n550 5.2.1 c".to_owned()),
        _ => None,
    };
    let hop = FakeHop::lmtp(script).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a", "b", "c"]).await;
    let outcome = outlet
        .hand_over(vec![variant(&["a", "b", "c"], "x\r\n")], unhurried())
        .await;
    assert_eq!(said(&outcome), "a:accepted b:deferred 452 c:refused 550");
}

#[tokio::test]
async fn lmtp_answers_that_are_missing_are_unknown() {
    let hop = FakeHop::lmtp(says(".", "250 2.0.0 a!")).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a", "b"]).await;
    let outcome = outlet
        .hand_over(vec![variant(&["a", "b"], "x\r\n")], unhurried())
        .await;
    assert_eq!(said(&outcome), "a:accepted b:unknown");
}

#[tokio::test]
async fn for_a_client_with_one_answer_nothing_is_tried_after_a_failure_before_the_first_success() {
    let rows = [
        ("451 4.3.0 Busy", "a:deferred 451 b:deferred 451"),
        ("554 5.7.1 No", "a:refused 554 b:refused 554"),
        ("", "a:unknown b:deferred 451"),
    ];
    for (answer, expected) in rows {
        let hop = FakeHop::smtp(says(".", answer)).await;
        let mut outlet = outlet(&hop);
        vetted(&mut outlet, &["a", "b"]).await;
        let variants = vec![variant(&["a"], "x\r\n"), variant(&["b"], "y\r\n")];
        assert_eq!(
            said(&outlet.hand_over(variants, unhurried()).await),
            expected
        );
        assert_eq!(hop.mails().len(), 1);
    }
}

#[tokio::test]
async fn for_a_client_that_hears_each_the_others_are_tried_whatever_the_next_hop_speaks() {
    let first_fails =
        |line: &str, connection: usize| (line == "." && connection == 1).then(String::new);
    for hop in [
        FakeHop::lmtp(first_fails).await,
        FakeHop::smtp(first_fails).await,
    ] {
        let mut outlet = outlet(&hop);
        let mut envelope = envelope();
        envelope.client.protocol = "LMTPS";
        outlet.begin(&envelope).await.expect("MAIL is taken");
        let variants = vec![variant(&["a"], "x\r\n"), variant(&["b"], "y\r\n")];
        assert_eq!(
            said(&outlet.hand_over(variants, unhurried()).await),
            "a:unknown b:accepted"
        );
    }
}

#[tokio::test]
async fn after_a_success_the_others_are_tried() {
    let hop = FakeHop::smtp(says("RCPT TO:<b@", "550 5.1.1 No")).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a"]).await;
    let variants = vec![variant(&["a"], "x\r\n"), variant(&["b"], "y\r\n")];
    assert_eq!(
        said(&outlet.hand_over(variants, unhurried()).await),
        "a:accepted b:refused 550"
    );
}

#[tokio::test]
async fn a_connection_serves_mail_after_mail() {
    let hop = FakeHop::smtp(usual).await;
    let mut outlet = outlet(&hop);
    for _ in 0..3 {
        vetted(&mut outlet, &["a"]).await;
        let outcome = outlet
            .hand_over(vec![variant(&["a"], "x\r\n")], unhurried())
            .await;
        assert_eq!(said(&outcome), "a:accepted");
    }
    vetted(&mut outlet, &["a"]).await;
    outlet.reset().await;
    vetted(&mut outlet, &["b"]).await;
    let heard = hop.heard();
    assert!(heard.iter().all(|l| l.starts_with("1 ")), "{heard:?}");
    assert_eq!(heard.iter().filter(|l| l.contains("RSET")).count(), 1);
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_is_replaced() {
    for parting in ["250 2.0.0 Taken!", "250 2.0.0 Taken\r\n421 4.4.2 Idle!"] {
        let hop = FakeHop::smtp(says(".", parting)).await;
        let mut outlet = outlet(&hop);
        for connection in ["1 DATA", "2 DATA"] {
            vetted(&mut outlet, &["a"]).await;
            let outcome = outlet
                .hand_over(vec![variant(&["a"], "x\r\n")], unhurried())
                .await;
            assert_eq!(said(&outcome), "a:accepted");
            assert!(hop.heard().contains(&connection.to_owned()));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn content_of_any_size_arrives_whole() {
    let line = b".0123456789 0123456789 0123456789 0123456789 0123456789\r\n";
    let content = line.repeat(80_000);
    let spool = Arc::new(Spool::of(content.clone()));
    let end = content.len() as u64;
    let segments = vec![crate::mail::Segment::Kept(0..end)];
    let hop = FakeHop::smtp(usual).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a"]).await;
    let outcome = outlet
        .hand_over(vec![of(&["a"], Content::of(spool, segments))], unhurried())
        .await;
    assert_eq!(said(&outcome), "a:accepted");
    let wire = [b".".as_slice(), line].concat().repeat(80_000);
    assert!(hop.mails()[0] == [wire, b".\r\n".to_vec()].concat());
}

#[tokio::test]
async fn a_next_hop_that_refuses_in_the_middle_is_heard() {
    let hop = FakeHop::smtp(says("content", "552 5.3.4 Too big")).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a"]).await;
    let big = "0123456789\r\n".repeat(2_000_000);
    let answer = said(
        &outlet
            .hand_over(vec![variant(&["a"], &big)], unhurried())
            .await,
    );
    // Its words are lost if the network told us of the hang-up first; what counts is that nothing was sent.
    assert!(
        ["a:refused 552", "a:deferred 451"].contains(&answer.as_str()),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_said_before_the_dot_is_no_answer_to_it() {
    let rows = [
        ("250 2.0.0 Taken already", "a:deferred 451"),
        ("354 Go", "a:deferred 451"),
        ("552 5.3.4 Too large", "a:refused 552"),
        ("452 4.3.1 Full", "a:deferred 452"),
    ];
    for (early, expected) in rows {
        let hop = FakeHop::smtp(move |line, _| match line {
            "DATA" => Some(format!("354 Go\r\n{early}")),
            "." => Some("550 5.7.1 Spam".to_owned()),
            _ => None,
        });
        let hop = hop.await;
        let mut outlet = outlet(&hop);
        vetted(&mut outlet, &["a"]).await;
        let outcome = outlet
            .hand_over(vec![variant(&["a"], "x\r\n")], unhurried())
            .await;
        assert_eq!(said(&outcome), expected, "{early}");
        assert!(hop.mails().is_empty(), "no dot was sent: {early}");
    }
}

#[tokio::test]
async fn content_with_a_bare_line_end_never_gets_its_dot() {
    let hop = FakeHop::smtp(usual).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a"]).await;
    let smuggled = variant(&["a"], "x\n.\nMAIL FROM:<b@y.example>\r\n");
    assert_eq!(
        said(&outlet.hand_over(vec![smuggled], unhurried()).await),
        "a:refused 550"
    );
    assert!(hop.mails().is_empty());
}

#[tokio::test]
async fn the_client_is_told_once_per_transaction() {
    let hop = FakeHop::smtp(usual).await;
    let mut outlet = outlet(&hop);
    let mut known = envelope();
    known.client.address = Some("192.0.2.7".parse().unwrap());
    known.client.helo = "pc7".into();
    outlet.begin(&known).await.unwrap();
    let both = vec![variant(&["a"], "x\r\n"), variant(&["b"], "y\r\n")];
    outlet.hand_over(both, unhurried()).await;
    let told = "1 XFORWARD ADDR=192.0.2.7 HELO=pc7";
    assert_eq!(hop.heard().iter().filter(|l| *l == told).count(), 3);
}
