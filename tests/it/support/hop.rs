//! A next hop for tests: a small SMTP server on a free port that keeps what it is given and refuses what it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One mail that the next hop has acknowledged.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
}

/// What it refuses: `rcpt ADDRESS`, `dot`, or `dot ADDRESS` for a mail to this one, and the reply. `lost ADDRESS`: it takes a mail to
/// this one and hangs up without a word. `call`: it hangs up at once.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub at: String,
    pub reply: String,
}

/// The next hop. Ends with the test's runtime.
pub struct Hop {
    pub address: SocketAddr,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    refusals: Arc<Mutex<Vec<Refusal>>>,
}

impl Hop {
    pub async fn start(refusals: Vec<Refusal>) -> Hop {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let deliveries = Arc::new(Mutex::new(Vec::new()));
        let refusals = Arc::new(Mutex::new(refusals));
        let (kept, now) = (deliveries.clone(), refusals.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, now) = (kept.clone(), now.clone());
                tokio::spawn(async move {
                    let refusals = now.lock().expect("no test panicked in here").clone();
                    session(stream, &kept, &refusals).await
                });
            }
        });
        Hop {
            address,
            deliveries,
            refusals,
        }
    }

    /// What it refuses from the next connection on.
    pub fn refuse(&self, refusals: Vec<Refusal>) {
        *self.refusals.lock().expect("no test panicked in here") = refusals;
    }

    /// Waits for a mail to this address.
    pub async fn delivery_to(&self, address: &str) -> Delivery {
        let find = || {
            let mut all = self.deliveries().into_iter();
            all.find(|d| d.to.iter().any(|to| to == address))
        };
        let got = super::until(find).await;
        got.unwrap_or_else(|| panic!("nothing reached {address}: {:?}", self.envelopes()))
    }

    /// Sender and recipients of each mail, for comparison and for sentences about failures.
    pub fn envelopes(&self) -> Vec<(String, Vec<String>)> {
        let all = self.deliveries().into_iter();
        all.map(|d| (d.from, d.to)).collect()
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries
            .lock()
            .expect("no test panicked in here")
            .clone()
    }
}

async fn session(
    stream: TcpStream,
    kept: &Mutex<Vec<Delivery>>,
    refusals: &[Refusal],
) -> Option<()> {
    let refusal = |at: &str| {
        refusals
            .iter()
            .find(|r| r.at == at)
            .map(|r| format!("{}\r\n", r.reply))
    };
    if refusal("call").is_some() {
        return None;
    }
    let mut stream = BufReader::new(stream);
    let (mut from, mut to) = (String::new(), Vec::new());
    stream.write_all(b"220 hop.test\r\n").await.ok()?;
    loop {
        let line = line(&mut stream).await?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "LHLO" => {
                "250-hop.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n"
                    .to_owned()
            }
            "MAIL" => {
                from = mailbox(rest);
                "250 2.1.0 ok\r\n".to_owned()
            }
            "RCPT" => refusal(&format!("rcpt {}", mailbox(rest))).unwrap_or_else(|| {
                to.push(mailbox(rest));
                "250 2.1.5 ok\r\n".to_owned()
            }),
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let bytes = content(&mut stream).await?;
                let delivery = Delivery {
                    from: std::mem::take(&mut from),
                    to: std::mem::take(&mut to),
                    bytes,
                };
                if (delivery.to.iter()).any(|to| refusal(&format!("lost {to}")).is_some()) {
                    kept.lock()
                        .expect("no test panicked in here")
                        .push(delivery);
                    return None;
                }
                let each = delivery.to.iter().map(|to| refusal(&format!("dot {to}")));
                match each.chain([refusal("dot")]).flatten().next() {
                    Some(reply) => reply,
                    None => {
                        kept.lock()
                            .expect("no test panicked in here")
                            .push(delivery);
                        "250 2.0.0 kept\r\n".to_owned()
                    }
                }
            }
            "RSET" => {
                to.clear();
                "250 2.0.0 ok\r\n".to_owned()
            }
            "QUIT" => {
                stream.write_all(b"221 2.0.0 bye\r\n").await.ok()?;
                return None;
            }
            _ => "250 2.0.0 ok\r\n".to_owned(),
        };
        stream.write_all(reply.as_bytes()).await.ok()?;
    }
}

fn mailbox(rest: &str) -> String {
    rest.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = Vec::new();
    stream
        .read_until(b'\n', &mut line)
        .await
        .ok()
        .filter(|n| *n > 0)?;
    assert!(
        line.ends_with(b"\r\n"),
        "the gateway ends its lines with CRLF: {line:?}"
    );
    line.truncate(line.len() - 2);
    Some(String::from_utf8_lossy(&line).into_owned())
}

/// Reads to the final dot, as strictly as a server can (P16).
async fn content(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        stream
            .read_until(b'\n', &mut line)
            .await
            .ok()
            .filter(|n| *n > 0)?;
        let inner = &line[..line.len().checked_sub(2)?];
        assert!(
            line.ends_with(b"\r\n") && !inner.contains(&b'\r'),
            "a bare CR or LF left the gateway: {line:?}"
        );
        match line.strip_prefix(b".") {
            Some(b"\r\n") => return Some(bytes),
            Some(stuffed) => bytes.extend_from_slice(stuffed),
            None => bytes.extend_from_slice(&line),
        }
    }
}
