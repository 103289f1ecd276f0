//! Channels as the manual's page `text-messages` writes them, and a provider that answers as a test wants.

use cloakroom::manual::page;
use cloakroom::notify::http::{ContentType, HttpChannel, HttpSettings};
use cloakroom::texts::{House, Look, Texts};
use cloakroom::transfer::keys::MasterKey;
use cloakroom::transfer::notice::NoticeEntry;
use cloakroom::transfer::report::ReportLinks;
use cloakroom::transfer::{Destination, Notice, Password};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The channel below a heading of the page, called at this `host:port` without TLS.
pub fn of_the_manual(heading: &str, host: &str, token: &str) -> HttpSettings {
    let text = page("text-messages").expect("a page").text;
    let below = text.split(&format!("## {heading}\n")).nth(1);
    let block = below.and_then(|b| b.split("```toml\n").nth(1)?.split("```").next());
    let table: toml::Table = block.expect("a block").parse().expect("TOML");
    let channel = table["channel"][0].as_table().expect("a table");
    let word = |key: &str| channel.get(key)?.as_str().map(str::to_owned);
    let url = word("url").expect("an address");
    let (_, behind) = url.split_once("://").expect("an address");
    let path = behind.find('/').map_or("", |at| &behind[at..]);
    let mut settings = HttpSettings::new("sms", &format!("http://{host}{path}"));
    settings.allow_private = true;
    settings.get = word("method").is_some_and(|method| method == "GET");
    settings.body = word("body");
    if word("content_type").is_some_and(|kind| kind.ends_with("urlencoded")) {
        settings.content = ContentType::Form;
    }
    settings.report_links = Some(ReportLinks::new(
        &MasterKey::fresh(),
        "https://files.example.org",
    ));
    settings.token = Some(token.to_owned());
    settings.sender = word("sender").expect("a sender");
    (settings.success, settings.later) = (word("success"), word("later"));
    settings.report_delivered = word("report_delivered");
    settings.report_failed = word("report_failed");
    settings
}

/// A channel with these settings, of a house that is called so.
pub fn channel(settings: HttpSettings, organisation: &str) -> HttpChannel {
    let texts = Arc::new(Texts::new(&["en".to_owned()]));
    HttpChannel::new(settings, Arc::new(house(organisation)), texts).expect("a channel")
}

/// A house that is called so.
pub fn house(organisation: &str) -> House {
    House {
        organisation: organisation.into(),
        portal_url: "https://files.example.org".into(),
        help_url: None,
        hostname: "gate.example.org".into(),
        domains: vec!["example.org".into()],
        languages: vec!["en".into()],
        time_zone: jiff::tz::TimeZone::UTC,
        notice_from: "Example Region Files <files@example.org>".into(),
        look: Look::default(),
    }
}

/// A notice to this number.
pub fn notice(id: &str, number: &str, password: &str) -> Notice {
    Notice {
        id: id.into(),
        transfer: "7K3M9XQF".into(),
        mail: "2Q8ZVT6M".into(),
        channel: "sms".into(),
        destination: Destination::Phone(number.into()),
        sender: "anna@example.org".into(),
        sender_name: Some("Anna Lind".into()),
        message_id: None,
        language: "en".into(),
        entries: vec![NoticeEntry {
            recipient: "bo@partner.example".into(),
            password: Password::given(password),
        }],
        expires: 1_764_979_140,
        created: 1_764_000_000,
        receipt: None,
        then: Vec::new(),
        number: Default::default(),
    }
}

/// Answers one call so, and gives what was asked.
pub async fn provider(status: &str, body: &str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let host = listener.local_addr().expect("bound").to_string();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let asked = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await.expect("a call");
        let mut asked = String::new();
        loop {
            let mut block = [0; 4096];
            let n = peer.read(&mut block).await.expect("a call");
            asked += &String::from_utf8_lossy(&block[..n]);
            let (head, body) = asked.split_once("\r\n\r\n").unwrap_or((&asked, ""));
            let length = head
                .lines()
                .find_map(|l| l.strip_prefix("content-length: "));
            let length = length.map_or(0, |l| l.parse().expect("a length"));
            if n == 0 || (asked.contains("\r\n\r\n") && body.len() >= length) {
                break;
            }
        }
        peer.write_all(answer.as_bytes()).await.expect("answered");
        asked
    });
    (host, asked)
}
