//! Mail that must be delivered over verified TLS leaves by a mail server of its own, and by no other, whatever becomes of it there.

use crate::support::client::{Door, send};
use crate::support::hop::{Delivery, Hop, Refusal};
use crate::support::process::Gateway;
use crate::support::{decoded, link_in, settings, until};
use cloakroom::config::Config;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

const ANNA: &str = "anna@example.org";
const KIM: &str = "kim@example.org";
const EVA: &str = "eva@client.example";
const COURT: &str = "registry@court.example";
const CLINIC: &str = "desk@clinic.example";
const CONTENT: &str = "Hoopoe numbers of the quarter";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "files"
why = "Files travel behind a link."
when = { has_attachments = true, to = ["@client.example", "@clinic.example"] }
then = { action = "transfer", unlock = "link" }
[[rule]]
id = "courts"
why = "Courts get the file itself, over a verified connection."
when = { to = ["@court.example", "@clinic.example"] }
then = { action = "pass", require_tls = "verified" }
[[rule]]
id = "board"
why = "Mail to the board waits."
when = { to = ["@board.example"] }
then = { action = "hold", release_by = ["dpo@example.org"] }
"#;

fn mail() -> Vec<u8> {
    format!(
        "From: Anna <{ANNA}>\r\nTo: <{EVA}>\r\nSubject: Claim\r\nMessage-ID: <7@example.org>\r\n\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nAs agreed.\r\n--b\r\nContent-Type: text/csv\r\n\
         Content-Disposition: attachment; filename=\"claim.csv\"\r\n\r\n{CONTENT}\r\n--b--\r\n"
    )
    .into_bytes()
}

fn write(folder: &Path, hop: &Hop, lane: SocketAddr) {
    settings::write(folder, POLICY, &format!("smtp://{}", hop.address), "");
    let lane = format!("next_hop_verified_tls = \"smtp://{lane}\"");
    settings::amend(folder, "intake", &lane);
}

/// Replies of a gateway that has these two ways out.
async fn replies(hop: &Hop, lane: SocketAddr, door: Door, to: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), hop, lane);
    let config = Config::read(&folder.path().join("cloakroom.toml"));
    let mut config = config.unwrap_or_else(|e| panic!("{e}"));
    config.program = env!("CARGO_BIN_EXE_cloakroom").into();
    let running = cloakroom::service::start(config).await;
    let running = running.unwrap_or_else(|e| panic!("{e}"));
    let name = if door == Door::Smtp { "smtp" } else { "lmtp" };
    let address = running.address(name).expect("the door is open");
    let to: Vec<String> = to.iter().map(ToString::to_string).collect();
    let replies = send(door, address, ANNA, &to, &mail()).await;
    running.stop().await;
    replies
}

/// Everybody who got a mail of Anna's.
fn whom(hop: &Hop) -> Vec<String> {
    let hers = hop.deliveries().into_iter().filter(|d| d.from == ANNA);
    let mut all: Vec<String> = hers.flat_map(|d| d.to).collect();
    all.sort();
    all
}

fn has_content(mail: &Delivery) -> bool {
    String::from_utf8_lossy(&mail.bytes).contains(CONTENT)
}

fn codes(replies: &[String]) -> Vec<&str> {
    replies.iter().map(|reply| &reply[..3]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_hop_gets_its_own_recipients_and_their_bytes() {
    for door in [Door::Lmtp, Door::Smtp] {
        let (hop, lane) = (Hop::start(Vec::new()).await, Hop::start(Vec::new()).await);
        let to = [KIM, EVA, COURT, CLINIC];
        let replies = replies(&hop, lane.address, door, &to).await;
        assert!(codes(&replies).iter().all(|c| *c == "250"), "{replies:?}");
        assert_eq!(whom(&hop), [EVA, KIM], "{door:?}");
        assert_eq!(whom(&lane), [CLINIC, COURT], "{door:?}");
        for (at, who, whole) in [
            (&hop, KIM, true),
            (&hop, EVA, false),
            (&lane, COURT, true),
            (&lane, CLINIC, false),
        ] {
            let got = at.delivery_to(who).await;
            assert_eq!(got.to, [who], "a copy for one alone");
            assert_eq!(has_content(&got), whole, "{who}");
            assert_eq!(link_in(&got.bytes).is_none(), whole, "{who}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_lane_does_not_take_stays() {
    let refusal = |at: &str, reply: &str| Refusal {
        at: at.into(),
        reply: reply.into(),
    };
    let to = [KIM, EVA, COURT];
    let rows = [
        (Some(refusal("dot", "451 4.7.5 untrusted")), "451"),
        (Some(refusal("dot", "550 5.7.5 untrusted")), "550"),
        (
            Some(refusal(&format!("rcpt {COURT}"), "450 4.7.5 no TLS")),
            "450",
        ),
        // Nobody listens there.
        (None, "451"),
    ];
    for (refusal, code) in rows {
        for door in [Door::Lmtp, Door::Smtp] {
            let hop = Hop::start(Vec::new()).await;
            let lane = Hop::start(refusal.clone().into_iter().collect()).await;
            let address = match refusal {
                Some(_) => lane.address,
                None => free(),
            };
            let replies = replies(&hop, address, door, &to).await;
            let (want, got): (&[&str], &[&str]) = match door {
                Door::Lmtp => (&["250", "250", code], &[EVA, KIM]),
                // One answer for all: what comes again must not come twice.
                Door::Smtp if code.starts_with('4') => (&["451"], &[]),
                Door::Smtp => (&[code], &[]),
            };
            assert_eq!(codes(&replies), want, "{door:?} {replies:?}");
            assert_eq!(whom(&hop), got, "{door:?} {code}");
            assert_eq!(whom(&lane), [""; 0], "{door:?} {code}");
        }
    }
}

/// An address of this machine where nobody listens.
fn free() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_released_mail_goes_the_same_way_and_one_refusal_stops_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let lane = Hop::start(vec![Refusal {
        at: format!("dot {COURT}"),
        reply: "550 5.7.5 untrusted".into(),
    }])
    .await;
    write(folder.path(), &hop, lane.address);
    let gateway = Gateway::start(folder.path());
    let board = "bo@board.example";
    let to = [board, COURT].map(String::from);
    let replies = send(Door::Smtp, gateway.address("smtp"), ANNA, &to, &mail()).await;
    assert!(replies[0].contains("waits for a decision"), "{replies:?}");
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        let file = folder.path().join("cloakroom.toml");
        let done = command.args(words).arg("--config").arg(file).output();
        let done = done.expect("the program runs");
        let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        assert!(done.status.success(), "{words:?}: {said}");
        said
    };
    let listed: serde_json::Value =
        serde_json::from_str(run(&["hold", "list", "--json"]).trim()).expect("JSON");
    run(&["hold", "release", listed["id"].as_str().expect("an id")]);
    let got = hop.delivery_to(board).await;
    assert!(has_content(&got));
    let told = until(|| {
        let mut all = hop.deliveries().into_iter();
        all.find(|d| d.to == [ANNA] && decoded(&d.bytes).contains("untrusted"))
    });
    assert!(told.await.is_some(), "the sender hears of the court");
    assert_eq!(whom(&hop), [board]);
    assert_eq!(whom(&lane), [""; 0]);
}
