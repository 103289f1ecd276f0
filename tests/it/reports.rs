//! What providers say about text messages that they have taken: in time, too late, never, and strangers who try to.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::phone::Phone;
use crate::support::plant::Plant;
use crate::support::process::Gateway;
use crate::support::{decoded, settings, until};
use crate::upkeep::released_by;
use cloakroom::Pending;
use cloakroom::client::{Answer, Client, Request, Url};
use cloakroom::notify::{Channel, MemoryChannel, Trouble};
use cloakroom::store::memory::Memory;
use cloakroom::transfer::Notice;
use cloakroom::transfer::report::{Report, token};
use hyper::Method;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms", "sender"] }
"#;

/// A gateway whose provider is told where to report.
async fn gateway(folder: &Path, hop: &Hop, phone: &Phone) -> Gateway {
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\n\
         url = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}%20{{{{report_url}}}}\"\n\
         report_delivered = \"status=delivered\"\nreport_failed = \"status=(failed|undelivered)\"\n",
        phone.address
    );
    settings::write(folder, POLICY, &format!("smtp://{}", hop.address), &channel);
    Gateway::start(folder)
}

async fn wish(gateway: &Gateway, name: &str, number: &str) {
    let mail = format!(
        "From: <anna@example.org>\r\nTo: <{name}@partner.example>\r\nSubject: Claim\r\n\
         Message-ID: <{name}@example.org>\r\nX-Cloakroom-Sms: {number}\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         As agreed.\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"claim.csv\"\r\n\r\n\
         1;2\r\n--b--\r\n"
    );
    let (to, door) = ([format!("{name}@partner.example")], gateway.address("smtp"));
    let replies = send(Door::Smtp, door, "anna@example.org", &to, mail.as_bytes()).await;
    assert!(
        replies.iter().all(|reply| reply.starts_with('2')),
        "{replies:?}"
    );
}

async fn call(gateway: &Gateway, method: Method, path: &str, body: &str) -> Answer {
    let url: Url = format!("http://{}{path}", gateway.address("portal"))
        .parse()
        .expect("an address");
    let mut request = Request::post(url, "application/x-www-form-urlencoded", body.to_owned());
    request.method = method;
    let client = Client::new(None)
        .expect("certificates")
        .waiting(Duration::from_secs(20));
    client.call(request).await.expect("an answer")
}

/// The path at the end of the text to this number.
async fn report_path(phone: &Phone, number: &str) -> String {
    let path = || {
        let texts = phone.messages().into_iter();
        let mine = texts.filter(|(to, _)| to == number);
        let mut paths =
            mine.filter_map(|(_, text)| Some(format!("/dlr/{}", text.rsplit_once("/dlr/")?.1)));
        paths.next_back()
    };
    until(path).await.expect("a text with an address")
}

/// Passwords that the sender got to hand on.
fn handed_back(hop: &Hop, name: &str) -> bool {
    let to_sender = |mail: &str| mail.contains(&format!("    {name}@partner.example "));
    let mails = hop.deliveries().into_iter();
    mails
        .filter(|mail| mail.to == ["anna@example.org"])
        .any(|mail| to_sender(&decoded(&mail.bytes)))
}

fn audit(folder: &Path, name: &str) -> String {
    let run = |words: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        let config = folder.join("cloakroom.toml");
        let output = command.args(words).arg("--config").arg(config).output();
        String::from_utf8(output.expect("it runs").stdout).expect("UTF-8")
    };
    let list = run(&["transfer", "list", "--json"]);
    let line = list
        .lines()
        .find(|line| line.contains(&format!("{name}@")))
        .expect("a transfer");
    let transfer: serde_json::Value = serde_json::from_str(line).expect("JSON");
    run(&[
        "transfer",
        "audit",
        "--json",
        transfer["id"].as_str().expect("an id"),
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_ends_the_wait_or_hands_the_password_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
    let first = gateway(folder.path(), &hop, &phone).await;
    wish(&first, "bo", "+46701234547").await;
    wish(&first, "eva", "+46701234548").await;
    let bo = report_path(&phone, "+46701234547").await;
    let eva = report_path(&phone, "+46701234548").await;

    // Words that end nothing, looks, strangers: all changes nothing.
    assert_eq!(
        call(&first, Method::POST, &bo, "status=sent").await.status,
        200
    );
    let look = call(&first, Method::HEAD, &format!("{bo}?status=failed"), "").await;
    assert_eq!(look.status, 404);
    let long = "x=".to_owned() + &"x".repeat(10_000) + "&status=sent";
    assert_eq!(call(&first, Method::POST, &bo, &long).await.status, 200);
    let too_long = "x".repeat(17_000) + "status=failed";
    assert_eq!(call(&first, Method::POST, &bo, &too_long).await.status, 400);
    let unknown = call(
        &first,
        Method::GET,
        "/dlr/0000000000000000000000000000000z",
        "",
    )
    .await;
    let no_link = call(
        &first,
        Method::GET,
        "/t/0000000000000000000000000000000z",
        "",
    )
    .await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.status),
        (404, no_link.status)
    );
    let words = |answer: &Answer| String::from_utf8_lossy(&answer.body).replace("/dlr/", "/t/");
    assert_eq!(words(&unknown), words(&no_link));

    // It waits over a kill -9, and both ways of calling count.
    first.kill();
    let second = gateway(folder.path(), &hop, &phone).await;
    let arrived = call(
        &second,
        Method::GET,
        &format!("{bo}?status=delivered&id=1"),
        "",
    )
    .await;
    assert_eq!(
        (arrived.status.as_u16(), &arrived.body[..]),
        (200, &b"ok\n"[..])
    );
    assert_eq!(
        call(&second, Method::POST, &eva, "id=2&status=undelivered")
            .await
            .status,
        200
    );
    let back = until(|| handed_back(&hop, "eva").then_some(())).await;
    assert!(back.is_some(), "{}", second.log());
    // Again, and the other way round: too late.
    for (path, said) in [
        (&bo, "status=failed"),
        (&eva, "status=delivered"),
        (&bo, "status=delivered"),
    ] {
        assert_eq!(call(&second, Method::POST, path, said).await.status, 200);
    }
    assert!(audit(folder.path(), "bo").contains("text-arrived"));
    assert!(!audit(folder.path(), "eva").contains("text-arrived"));
    assert!(!handed_back(&hop, "bo"), "{}", second.log());
    let log = second.log();
    let reported: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("reported"))
        .collect();
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert_eq!(phone.messages().len(), 2, "each was sent once");
}

/// A channel that says within a quarter of an hour what became of what it took.
struct Reporting(MemoryChannel);

impl Channel for Reporting {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        self.0.send(notice)
    }

    fn report_within(&self) -> Option<Duration> {
        Some(Duration::from_secs(900))
    }

    fn report(&self, query: &[u8], _body: &[u8]) -> Option<Report> {
        (query == b"arrived").then_some(Report::Delivered)
    }
}

/// Nothing is said: the password is kept, sealed, for a quarter of an hour over a start, and then takes its next way, once. A report that
/// comes after that changes nothing; one that comes in time, for a try that got no answer, ends all tries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_reports_takes_its_next_way_when_it_is_overdue() {
    let (mut plant, disk) = (Plant::new(), Arc::new(Memory::new()));
    let phone = MemoryChannel::new("phone", "command");
    plant.channels.push(Arc::new(Reporting(phone.clone())));
    let gateway = plant.gateway(disk.clone()).expect("is built");
    let silent = released_by(gateway.store(), "phone", &["desk"]);
    let now = Timestamp::now();
    let after = |seconds: i64| Timestamp::from_second(now.as_second() + seconds).expect("soon");
    let told = || {
        plant
            .desk
            .sent()
            .into_iter()
            .map(|n| n.id)
            .collect::<Vec<String>>()
    };
    gateway.round(now, false).await;
    gateway.round(after(890), false).await;
    drop(gateway);
    let gateway = plant.gateway(disk).expect("is built");
    gateway.round(after(895), false).await;
    assert_eq!(
        (phone.sent().len(), told()),
        (1, vec![]),
        "it is waited for"
    );
    gateway.round(after(905), false).await;
    gateway.round(after(906), false).await;
    assert_eq!(
        (phone.sent().len(), told()),
        (1, vec![format!("{silent}-0-n")])
    );
    let same = plant.desk.sent()[0].entries == phone.sent()[0].entries;
    assert!(same, "two ways, one password");
    let late = token(&plant.master, &format!("{silent}-0"));
    assert!(
        gateway
            .reports()
            .called(&late, b"arrived", b"")
            .expect("reads"),
        "known, and of no use"
    );

    // No answer to the call, and the message was sent all the same.
    let timely = released_by(gateway.store(), "phone", &["desk"]);
    phone.fail(Trouble::Later("no answer in time".into()));
    gateway.round(after(907), false).await;
    let token = token(&plant.master, &format!("{timely}-0"));
    assert!(
        gateway
            .reports()
            .called(&token, b"arrived", b"")
            .expect("writes")
    );
    for seconds in [940, 2000, 9000] {
        gateway.round(after(seconds), false).await;
    }
    assert_eq!(
        (phone.sent().len(), told().len()),
        (1, 1),
        "no other try, no other way"
    );
    let left = gateway
        .store()
        .due_notices(None, i64::MAX - 1, 9)
        .expect("reads");
    assert!(left.notices.is_empty(), "{left:?}");
}
