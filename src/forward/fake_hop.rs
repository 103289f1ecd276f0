//! A mail server for tests that answers as it is told, and remembers what it heard.

use super::target::{HopAddress, HopTls, NextHopConfig, Protocol};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the server says to a line (`.` for the end of content, the empty line for the connection itself); the number is that of the
/// connection, from 1. `None` is the usual answer; an empty answer hangs up, as does one that ends with `!`.
type Script = Box<dyn Fn(&str, usize) -> Option<String> + Send + Sync>;

/// The server.
pub(super) struct FakeHop {
    pub(super) port: u16,
    lmtp: bool,
    heard: Arc<Mutex<Vec<String>>>,
    mails: Arc<Mutex<Vec<Vec<u8>>>>,
}

struct Server {
    lmtp: bool,
    script: Script,
    tls: Option<TlsAcceptor>,
    heard: Arc<Mutex<Vec<String>>>,
    mails: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl FakeHop {
    pub(super) async fn smtp(
        script: impl Fn(&str, usize) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        FakeHop::start(false, Box::new(script), None).await
    }

    pub(super) async fn lmtp(
        script: impl Fn(&str, usize) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        FakeHop::start(true, Box::new(script), None).await
    }

    pub(super) async fn with_tls(
        tls: TlsAcceptor,
        script: impl Fn(&str, usize) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        FakeHop::start(false, Box::new(script), Some(tls)).await
    }

    async fn start(lmtp: bool, script: Script, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, mails) = (Arc::default(), Arc::default());
        let hop = FakeHop {
            port,
            lmtp,
            heard: Arc::clone(&heard),
            mails: Arc::clone(&mails),
        };
        let server = Arc::new(Server {
            lmtp,
            script,
            tls,
            heard,
            mails,
        });
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                number += 1;
                let server = server.clone();
                tokio::spawn(async move { server.serve(stream, number).await });
            }
        });
        hop
    }

    /// How to reach it.
    pub(super) fn config(&self) -> NextHopConfig {
        let protocol = if self.lmtp {
            Protocol::Lmtp
        } else {
            Protocol::Smtp
        };
        let address = HopAddress::Tcp("127.0.0.1".into(), self.port);
        NextHopConfig::new(address, protocol, HopTls::Off, "gate.example.org")
    }

    /// Every line so far but the greetings, each with the number of its connection.
    pub(super) fn heard(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        let greetings = ["EHLO", "LHLO", "QUIT"];
        let said = heard
            .iter()
            .filter(|l| !greetings.iter().any(|g| l.contains(g)));
        said.cloned().collect()
    }

    /// Contents as they came over the wire, with their final dots.
    pub(super) fn mails(&self) -> Vec<Vec<u8>> {
        self.mails.lock().unwrap().clone()
    }
}

impl Server {
    async fn serve(&self, stream: tokio::net::TcpStream, number: usize) -> Option<()> {
        let mut stream: BufReader<Box<dyn super::connection::Io>> =
            BufReader::new(Box::new(stream));
        self.say(&mut stream, "", number, "220 fake").await?;
        let (mut line, mut recipients) = (String::new(), 0);
        loop {
            line.clear();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let command = line.trim_end().to_owned();
            self.heard
                .lock()
                .unwrap()
                .push(format!("{number} {command}"));
            let usual = match command.get(..4).unwrap_or_default() {
                "EHLO" | "LHLO" if self.tls.is_some() => {
                    "250-fake\r\n250-AUTH PLAIN\r\n250 STARTTLS"
                }
                "EHLO" | "LHLO" => {
                    "250-fake\r\n250-PIPELINING\r\n250-SIZE 0\r\n250-DSN\r\n250-XFORWARD ADDR HELO\r\n250 8BITMIME"
                }
                "MAIL" => {
                    recipients = 0;
                    "250 2.1.0 Ok"
                }
                "DATA" => "354 Go",
                "STAR" => "220 Go",
                _ => "250 2.1.5 Ok",
            };
            let said = self.say(&mut stream, &command, number, usual).await?;
            recipients += usize::from(command.starts_with("RCPT") && said.starts_with("250"));
            if command == "DATA" && said.starts_with("354") {
                let usual = if self.lmtp { recipients } else { 1 };
                self.take_content(&mut stream, number, usual).await?;
            }
            if command == "STARTTLS" && said == "220 Go" {
                let secured = self.tls.as_ref()?.accept(stream.into_inner()).await.ok()?;
                stream = BufReader::new(Box::new(secured));
            }
        }
    }

    async fn take_content(
        &self,
        stream: &mut BufReader<Box<dyn super::connection::Io>>,
        number: usize,
        answers: usize,
    ) -> Option<()> {
        if let Some(said) = (self.script)("content", number) {
            stream
                .write_all(format!("{said}\r\n").as_bytes())
                .await
                .ok()?;
            return None;
        }
        let (mut content, mut from) = (Vec::new(), 0);
        while &content[from..] != b".\r\n" {
            from = content.len();
            if stream.read_until(b'\n', &mut content).await.ok()? == 0 {
                return None;
            }
        }
        self.mails.lock().unwrap().push(content);
        let usual = vec!["250 2.0.0 Taken"; answers].join("\r\n");
        self.say(stream, ".", number, &usual).await.map(|_| ())
    }

    async fn say(
        &self,
        stream: &mut BufReader<Box<dyn super::connection::Io>>,
        line: &str,
        number: usize,
        usual: &str,
    ) -> Option<String> {
        let said = (self.script)(line, number).unwrap_or(usual.to_owned());
        let (text, hang_up) = match said.strip_suffix('!') {
            Some(text) => (text, true),
            None => (said.as_str(), said.is_empty()),
        };
        if !text.is_empty() {
            stream
                .write_all(format!("{text}\r\n").as_bytes())
                .await
                .ok()?;
            stream.flush().await.ok()?;
        }
        (!hang_up).then_some(said)
    }
}
