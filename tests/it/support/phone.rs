//! A provider of text messages for tests: takes `number` and `text` in a query, keeps them, answers 200.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The provider. Ends with the test's runtime.
pub struct Phone {
    pub address: SocketAddr,
    messages: Arc<Mutex<Vec<(String, String)>>>,
}

impl Phone {
    pub async fn start() -> Phone {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let messages = Arc::new(Mutex::new(Vec::new()));
        let kept = messages.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                let mut block = [0; 4096];
                while !head.windows(4).any(|w| w == b"\r\n\r\n") {
                    match stream.read(&mut block).await {
                        Ok(n) if n > 0 => head.extend_from_slice(&block[..n]),
                        _ => break,
                    }
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let target = head.split(' ').nth(1).unwrap_or_default();
                let value = |name: &str| {
                    let query = target.split_once('?').map_or("", |(_, query)| query);
                    query
                        .split('&')
                        .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
                        .map(decode)
                        .unwrap_or_default()
                };
                kept.lock()
                    .expect("no test panicked in here")
                    .push((value("to"), value("text")));
                let _ = stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").await;
            }
        });
        Phone { address, messages }
    }

    /// Number and text of each message so far.
    pub fn messages(&self) -> Vec<(String, String)> {
        self.messages
            .lock()
            .expect("no test panicked in here")
            .clone()
    }
}

/// Percent encoding and plus signs undone.
pub fn decode(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex: String = [bytes.next(), bytes.next()]
                    .into_iter()
                    .flatten()
                    .map(char::from)
                    .collect();
                u8::from_str_radix(&hex, 16).expect("well-formed percent encoding")
            }
            other => other,
        });
    }
    String::from_utf8(out).expect("UTF-8")
}
