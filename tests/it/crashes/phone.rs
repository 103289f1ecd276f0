//! A provider of text messages that now and then takes one and does not say so (F16): an error, or no answer at all. It does so at most
//! once for each text; always for a number that ends with 99. One that ends with 98 does not exist. Where it is told an address for it, it
//! says that a text has arrived, until somebody is there to hear it.

use super::dice::Dice;
use super::history::{History, Text};
use crate::support::phone::decode;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where the gateway's pages are, in this life of it.
pub type Portal = Arc<Mutex<Option<SocketAddr>>>;

/// Starts it; it ends with the test's runtime. `wild`: it makes mistakes.
pub async fn start(history: Arc<History>, seed: u64, wild: bool, portal: Portal) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let mut failed: HashSet<String> = HashSet::new();
        for number in 0.. {
            let Ok((stream, _)) = listener.accept().await else {
                return;
            };
            let mut dice = Dice::new(seed, "phone", number);
            let fails = wild && dice.percent(8);
            let told = take(stream, &history, fails.then(|| dice.below(2)), &mut failed).await;
            if let Some(path) = told.flatten() {
                tokio::spawn(report(portal.clone(), path));
            }
        }
    });
    address
}

async fn take(
    mut stream: TcpStream,
    history: &History,
    fails: Option<u64>,
    failed: &mut HashSet<String>,
) -> Option<Option<String>> {
    let mut head = Vec::new();
    let mut block = [0; 4096];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let n = stream.read(&mut block).await.ok().filter(|n| *n > 0)?;
        head.extend_from_slice(&block[..n]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1)?;
    let fails = fails.or(target.contains("99&").then_some(0));
    let fails = fails.filter(|_| failed.insert(target.to_owned()));
    let (_, query) = target.split_once('?')?;
    let value = |name: &str| {
        let prefix = format!("{name}=");
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(&prefix).map(decode))
    };
    let number = value("to")?;
    if number.ends_with("98") {
        let reply = "HTTP/1.1 400 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(reply.as_bytes()).await.ok()?;
        return None;
    }
    history.events().texts.push(Text {
        at: history.now(),
        number,
        text: value("text")?,
        answered: fails.is_none(),
    });
    let reply = match fails {
        None => "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        Some(0) => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        Some(_) => return None,
    };
    stream.write_all(reply.as_bytes()).await.ok()?;
    let report = value("report").filter(|_| fails.is_none());
    Some(report.and_then(|url| Some(format!("/dlr/{}", url.split_once("/dlr/")?.1))))
}

async fn report(portal: Portal, path: String) -> Option<()> {
    for _ in 0..120 {
        let there = *portal.lock().expect("no test panicked in here");
        if heard(there, &path).await.is_some() {
            return Some(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    None
}

async fn heard(portal: Option<SocketAddr>, path: &str) -> Option<()> {
    let mut stream = TcpStream::connect(portal?).await.ok()?;
    let call = format!(
        "POST {path} HTTP/1.1\r\nHost: phone.test\r\nContent-Length: 16\r\nConnection: close\r\n\r\nstatus=delivered"
    );
    stream.write_all(call.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.starts_with("HTTP/1.1 200 ").then_some(())
}
