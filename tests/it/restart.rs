//! Stopping and starting again without a session that is refused or lost: sockets that outlive the process, as systemd keeps them.

use crate::support::client::{Door, try_send};
use crate::support::hop::Hop;
use crate::support::process::Gateway;
use crate::support::{settings, until};
use rustix::process::Signal;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const MAILS: usize = 300;

/// How one mail came in.
struct Sent {
    to: String,
    refused_connections: u32,
    tries: u32,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_restart_under_load_refuses_no_connection_and_loses_no_mail() {
    let folder = tempfile::tempdir().expect("a folder");
    let sink = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", sink.address);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let door = socket.local_addr().expect("bound");
    let mut old = Gateway::start_on(&socket, folder.path());
    assert_eq!(old.address("smtp"), door);

    let mut half = Half::of_a_mail(door).await;
    let load = tokio::spawn(load(door));
    tokio::time::sleep(Duration::from_millis(700)).await;
    old.signal(Signal::TERM);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(old.ended().is_none(), "a mail is on its way");
    assert!(half.rest().await.starts_with("250"), "{}", old.log());
    let status = until(|| old.ended()).await.expect("it ends");
    assert_eq!(status.code(), Some(0), "{}", old.log());
    let new = Gateway::start_on(&socket, folder.path());
    assert_eq!(new.address("smtp"), door);

    let sent = load.await.expect("no panic");
    let refused: u32 = sent.iter().map(|s| s.refused_connections).sum();
    assert_eq!(refused, 0, "connections that were refused");
    assert_eq!(sent.len(), MAILS);
    assert!(sent.iter().all(|s| s.tries < 100), "mails given up");
    let deliveries = sink.deliveries();
    let times = |to: &str| deliveries.iter().filter(|d| d.to == [to]).count();
    assert_eq!(times("half@partner.example"), 1);
    let all = sent.iter().map(|s| s.to.as_str());
    let not_once: Vec<&str> = all.filter(|to| times(to) != 1).collect();
    assert!(not_once.is_empty(), "lost or doubled: {not_once:?}");
}

/// A mail whose content is half sent.
struct Half(BufReader<TcpStream>);

impl Half {
    async fn of_a_mail(door: SocketAddr) -> Half {
        let stream = TcpStream::connect(door).await.expect("a connection");
        let mut half = Half(BufReader::new(stream));
        half.hear().await;
        for line in [
            "HELO client.test\r\n",
            "MAIL FROM:<anna@example.org>\r\n",
            "RCPT TO:<half@partner.example>\r\n",
            "DATA\r\n",
        ] {
            half.0.write_all(line.as_bytes()).await.expect("open");
            half.hear().await;
        }
        let begin = b"Subject: half\r\n\r\nthe first half\r\n";
        half.0.write_all(begin).await.expect("open");
        half
    }

    async fn rest(&mut self) -> String {
        let end = b"and the other one\r\n.\r\n";
        self.0.write_all(end).await.expect("still open");
        self.hear().await
    }

    async fn hear(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.expect("open");
        line
    }
}

/// A new client every few milliseconds, each with a mail of its own that it does not give up.
async fn load(door: SocketAddr) -> Vec<Sent> {
    let mut clients = Vec::new();
    for number in 0..MAILS {
        clients.push(tokio::spawn(one(door, number)));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut sent = Vec::new();
    for client in clients {
        sent.push(client.await.expect("no panic"));
    }
    sent
}

async fn one(door: SocketAddr, number: usize) -> Sent {
    let mut sent = Sent {
        to: format!("r{number}@partner.example"),
        refused_connections: 0,
        tries: 0,
    };
    let mail = format!("Message-ID: <{number}@example.org>\r\nSubject: {number}\r\n\r\nhello\r\n");
    while sent.tries < 100 {
        sent.tries += 1;
        let to = [sent.to.clone()];
        let said = try_send(Door::Smtp, door, "anna@example.org", &to, mail.as_bytes()).await;
        match said {
            Ok(replies) if replies.last().is_some_and(|r| r.starts_with("250")) => break,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                sent.refused_connections += 1;
            }
            // 421, or a session that ended before its mail began: the client comes again.
            Ok(_) | Err(_) => {}
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sent
}

/// `serve` with these variables of the environment, and what it says when it does not start.
fn refuses(folder: &Path, fds: &str, stdin: std::process::Stdio) -> String {
    let script = format!("exec 3<&0 0</dev/null; LISTEN_PID=$$ {fds} exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_cloakroom"), "serve"])
        .arg("--config")
        .arg(folder.join("cloakroom.toml"))
        .stdin(stdin)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(78));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_socket_that_no_door_wants_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    settings::write(folder.path(), settings::TAKE_FILES, "folder:out", "");
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("bound").to_string();
    let handed = || std::os::fd::OwnedFd::from(socket.try_clone().expect("a copy")).into();
    let said = refuses(folder.path(), "LISTEN_FDS=1 LISTEN_FDNAMES=stmp", handed());
    for words in [address.as_str(), "stmp", "ListenStream="] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let said = refuses(folder.path(), "LISTEN_FDS=1", std::process::Stdio::null());
    assert!(said.contains("is not for TCP"), "{said}");
}
