//! A client's login at the next hop: passed on word for word, kept for the session, and shown to nobody else.

use super::*;
use crate::wire::sasl::{Credentials, Exchange, Mechanism, Secret, Turn};
use encodify::base64::STANDARD;
use std::sync::atomic::{AtomicBool, Ordering};

const OFFER: &str = "250-fake\r\n250-AUTH PLAIN CRAM-MD5 XOAUTH2 LOGIN\r\n250 8BITMIME";

fn credentials(mechanism: Mechanism, words: &[&str]) -> Credentials {
    let (mut exchange, _) = Exchange::begin(mechanism);
    for word in words {
        match exchange.take(Secret::initial(&STANDARD.encode(word))) {
            Ok(Turn::Complete(credentials)) => return credentials,
            Ok(Turn::Asks(next, _)) => exchange = next,
            Err(unfit) => panic!("{unfit:?}"),
        }
    }
    panic!("{words:?} is not all of it");
}

fn anna() -> Credentials {
    credentials(Mechanism::Plain, &["\0anna\0secret"])
}

/// A hop that offers logins and otherwise answers as told.
async fn hop(
    script: impl Fn(&str, usize) -> Option<String> + Send + Sync + 'static,
) -> (FakeHop, Box<dyn Outlet>) {
    let hop = FakeHop::smtp(move |line, number| match line {
        "EHLO gate.example.org" => Some(OFFER.to_owned()),
        line => script(line, number),
    })
    .await;
    let outlet = outlet(&hop);
    (hop, outlet)
}

fn welcome(line: &str) -> Option<String> {
    let known = line.starts_with("AUTH PLAIN ");
    known.then(|| "235 2.7.0 Welcome".to_owned())
}

#[tokio::test]
async fn what_is_offered_is_what_both_know() {
    let (_hop, mut outlet) = hop(usual).await;
    let mut offered = outlet.logins().await.unwrap();
    offered.sort_by_key(|m| m.name());
    assert_eq!(
        offered,
        [Mechanism::Login, Mechanism::Plain, Mechanism::XOauth2]
    );
    let without = FakeHop::smtp(usual).await;
    let mut outlet = super::outlet(&without);
    assert_eq!(outlet.logins().await.unwrap(), []);
    assert!(outlet.sign_in(anna()).await.is_err());
}

#[tokio::test]
async fn a_next_hop_that_is_down_says_nothing_about_a_password() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut config = FakeHop::smtp(usual).await.config();
    config.address = HopAddress::Tcp("127.0.0.1".into(), port);
    let mut outlet = NextHop::new(config).unwrap().open();
    assert_eq!(outlet.logins().await.unwrap_err().kind, Kind::NextHopDown);
    let fault = outlet.sign_in(anna()).await.unwrap_err();
    assert_eq!(fault.kind, Kind::NextHopDown);
}

#[tokio::test]
async fn each_mechanism_is_said_in_its_own_words() {
    let plain = STANDARD.encode("\0anna\0secret");
    let long = format!("\0anna\0{}", "x".repeat(400));
    let token = "user=anna\u{1}auth=Bearer t\u{1}\u{1}";
    let rows = [
        (
            credentials(Mechanism::Plain, &["\0anna\0secret"]),
            vec![format!("AUTH PLAIN {plain}")],
        ),
        (
            credentials(Mechanism::Plain, &[&long]),
            vec!["AUTH PLAIN".to_owned(), STANDARD.encode(&long)],
        ),
        (
            credentials(Mechanism::Login, &["anna", "secret"]),
            vec!["AUTH LOGIN".into(), "YW5uYQ==".into(), "c2VjcmV0".into()],
        ),
        (
            credentials(Mechanism::XOauth2, &[token]),
            vec![format!("AUTH XOAUTH2 {}", STANDARD.encode(token))],
        ),
    ];
    for (credentials, want) in rows {
        let last = want.last().unwrap().clone();
        let script = move |line: &str, _: usize| match line {
            line if line == last => Some("235 2.7.0 Welcome".to_owned()),
            "AUTH LOGIN" => Some("334 VXNlcm5hbWU6".to_owned()),
            "YW5uYQ==" => Some("334 UGFzc3dvcmQ6".to_owned()),
            "AUTH PLAIN" => Some("334 ".to_owned()),
            _ => None,
        };
        let (hop, mut outlet) = hop(script).await;
        let verdict = outlet.sign_in(credentials).await.unwrap();
        assert_eq!(verdict, Reply::new(235, (2, 7, 0), "Welcome"));
        let said: Vec<String> = want.iter().map(|line| format!("1 {line}")).collect();
        assert_eq!(hop.heard(), said);
    }
}

#[tokio::test]
async fn a_refusal_is_passed_on_and_the_next_try_is_another_one() {
    let wrong = "AUTH PLAIN AGFubmEAd3Jvbmc=";
    let (hop, mut outlet) = hop(move |line, _| match line {
        line if line == wrong => Some("535 5.7.8 Who are you?".to_owned()),
        line => welcome(line),
    })
    .await;
    let refused = credentials(Mechanism::Plain, &["\0anna\0wrong"]);
    let verdict = outlet.sign_in(refused).await.unwrap();
    assert_eq!(verdict, Reply::new(535, (5, 7, 8), "Who are you?"));
    assert!(outlet.sign_in(anna()).await.unwrap().is_positive());
    vetted(&mut outlet, &["a"]).await;
    assert!(hop.heard().iter().all(|line| line.starts_with("1 ")));
}

#[tokio::test]
async fn the_reason_in_a_challenge_of_xoauth2_is_answered_so_that_the_verdict_comes() {
    let connected = AtomicBool::new(false);
    let (hop, mut outlet) = hop(move |line, _| match line {
        line if line.starts_with("AUTH XOAUTH2 ") => Some("334 eyJzdGF0dXMiOiI0MDEifQ==".into()),
        // The first is the connection itself.
        "" if connected.swap(true, Ordering::Relaxed) => Some("535 5.7.8 Expired".to_owned()),
        _ => None,
    })
    .await;
    let token = "user=anna\u{1}auth=Bearer t\u{1}\u{1}";
    let verdict = outlet.sign_in(credentials(Mechanism::XOauth2, &[token]));
    let want = Reply::new(535, (5, 7, 8), "Expired");
    assert_eq!(verdict.await.unwrap(), want);
    assert_eq!(hop.heard().last().unwrap(), "1 ");
}

#[tokio::test]
async fn a_challenge_too_many_is_no_welcome() {
    let (hop, mut outlet) = hop(|line, _| match line {
        "*" => Some("501 5.7.0 As you like".to_owned()),
        line if line.starts_with("AUTH") => Some("334 ".to_owned()),
        _ => None,
    })
    .await;
    let verdict = outlet.sign_in(anna()).await.unwrap();
    assert_eq!(verdict.code, 501);
    assert_eq!(hop.heard().last().unwrap(), "1 *");
    for answer in ["250 2.0.0 Fine", "354 Go", "421 4.3.2 Bye"] {
        let script = says("AUTH", answer);
        let (_hop, mut outlet) = self::hop(script).await;
        assert!(outlet.sign_in(anna()).await.is_err(), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_in_place_of_a_lost_one_is_signed_in_before_anything_is_sent() {
    let (hop, mut outlet) = hop(|line, number| match (line, number) {
        (".", 1) => Some("250 2.0.0 Taken!".to_owned()),
        (line, _) => welcome(line),
    })
    .await;
    assert!(outlet.sign_in(anna()).await.unwrap().is_positive());
    for _ in 0..2 {
        vetted(&mut outlet, &["a"]).await;
        let variants = vec![variant(&["a"], "x\r\n")];
        let outcome = outlet.hand_over(variants, unhurried()).await;
        assert_eq!(said(&outcome), "a:accepted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let login = format!("AUTH PLAIN {}", STANDARD.encode("\0anna\0secret"));
    for connection in [1, 2] {
        let heard = hop.heard();
        let before = |line: &str| {
            heard
                .iter()
                .position(|l| *l == format!("{connection} {line}"))
        };
        assert!(before(&login).unwrap() < before(MAIL).unwrap(), "{heard:?}");
    }
}

#[tokio::test]
async fn a_login_that_is_not_taken_again_sends_nothing() {
    let (hop, mut outlet) = hop(|line, number| match (line, number) {
        (".", 1) => Some("250 2.0.0 Taken!".to_owned()),
        (line, 2..) if line.starts_with("AUTH") => Some("535 5.7.8 Not any more".to_owned()),
        (line, _) => welcome(line),
    })
    .await;
    assert!(outlet.sign_in(anna()).await.unwrap().is_positive());
    vetted(&mut outlet, &["a"]).await;
    outlet
        .hand_over(vec![variant(&["a"], "x\r\n")], unhurried())
        .await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let fault = outlet.begin(&envelope()).await.unwrap_err();
    assert_eq!(fault.kind, Kind::NextHopDown);
    assert!(!hop.heard().contains(&format!("2 {MAIL}")));
}

#[tokio::test]
async fn a_password_crosses_no_network_that_others_can_read() {
    // 0.0.0.0 leads here, and is no loopback address by its looks.
    let anywhere = |hop: &FakeHop| HopAddress::Tcp("0.0.0.0".into(), hop.port);
    let (plain, _) = hop(|line, _| welcome(line)).await;
    let mut config = plain.config();
    config.address = anywhere(&plain);
    let mut outlet = NextHop::new(config).unwrap().open();
    assert_eq!(outlet.logins().await.unwrap(), []);
    assert!(outlet.sign_in(anna()).await.is_err());
    assert_eq!(plain.heard(), [""; 0]);

    let (secured, ca) = tls::secured().await;
    let mut config = secured.config();
    config.address = anywhere(&secured);
    config.tls = HopTls::Opportunistic;
    let mut outlet = NextHop::new(config.clone()).unwrap().open();
    assert_eq!(outlet.logins().await.unwrap(), [], "whoever that is");
    config.tls = HopTls::Verify("mx.example.org".into());
    config.extra_ca = Some(ca.path().to_owned());
    let mut outlet = NextHop::new(config).unwrap().open();
    assert_eq!(outlet.logins().await.unwrap(), [Mechanism::Plain]);
}
