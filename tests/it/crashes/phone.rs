//! A provider of text messages that now and then takes one and does not say so (F16): an error, or no answer at all. It does so at most
//! once for each text; always for a number that ends with 99. One that ends with 98 does not exist.

use super::dice::Dice;
use super::history::{History, Text};
use crate::support::phone::decode;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Starts it; it ends with the test's runtime. `wild`: it makes mistakes.
pub async fn start(history: Arc<History>, seed: u64, wild: bool) -> SocketAddr {
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
            take(stream, &history, fails.then(|| dice.below(2)), &mut failed).await;
        }
    });
    address
}

async fn take(
    mut stream: TcpStream,
    history: &History,
    fails: Option<u64>,
    failed: &mut HashSet<String>,
) -> Option<()> {
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
        return stream.write_all(reply.as_bytes()).await.ok();
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
    stream.write_all(reply.as_bytes()).await.ok()
}
