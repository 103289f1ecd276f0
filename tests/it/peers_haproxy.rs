//! haproxy before the gateway, with both versions of the PROXY protocol.

use crate::support::hop::Hop;
use crate::support::process::{Gateway, ended, free_port, peer, run};
use crate::support::{settings, until};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// The one that may send, as the gateway must see it through haproxy.
const CLIENT: &str = "127.0.0.9";
const STRANGER: &str = "127.0.0.8";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn through_haproxy_the_client_is_the_client() {
    let folder = tempfile::tempdir().expect("a folder");
    let sink = Hop::start(Vec::new()).await;
    let next_hop = format!("smtp://{}", sink.address);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let lines = format!("proxy_from = [\"127.0.0.1\"]\naccept_from = [\"{CLIENT}\"]");
    settings::amend(folder.path(), "intake", &lines);
    let gateway = Gateway::start(folder.path());
    let ports = [free_port(), free_port()];
    let mut text =
        "defaults\n mode tcp\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n"
            .to_owned();
    for (port, how) in ports.iter().zip(["send-proxy", "send-proxy-v2"]) {
        text += &format!(
            "listen {how}\n bind 127.0.0.1:{port}\n server gate {} {how}\n",
            gateway.address("smtp")
        );
    }
    let file = folder.path().join("haproxy.cfg");
    std::fs::write(&file, text).expect("the folder is ours");
    let balancer = peer("haproxy")
        .args(["-db", "-q", "-f"])
        .arg(&file)
        .stdin(Stdio::null())
        .spawn();
    let _balancer = Ended(balancer.expect("it runs"));

    for (number, port) in ports.into_iter().enumerate() {
        let there = || TcpStream::connect(("127.0.0.1", port)).ok();
        assert!(until(there).await.is_some(), "haproxy listens");
        let to = format!("bo{number}@partner.example");
        run(&mut client(port, CLIENT, &to));
        let mail = sink.delivery_to(&to).await;
        let text = String::from_utf8_lossy(&mail.bytes).into_owned();
        assert!(text.contains(&format!("[{CLIENT}]")), "{text}");
        let (well, said) = ended(&mut client(port, STRANGER, &to));
        assert!(!well && said.contains("554"), "{said}");
    }
    // A listed peer that does not say who comes is not served.
    let mut direct = TcpStream::connect(gateway.address("smtp")).expect("open");
    direct.write_all(b"EHLO haproxy\r\n").expect("open");
    let answer = direct.read(&mut [0; 1]);
    assert!(matches!(answer, Ok(0) | Err(_)), "{answer:?}");
    let logged = until(|| gateway.log().contains("no PROXY header").then_some(())).await;
    assert!(logged.is_some(), "{}", gateway.log());
    assert_eq!(sink.deliveries().len(), 2);
}

fn client(port: u16, local: &str, to: &str) -> Command {
    let mut python = peer("python3");
    python
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/send.py"))
        .args(["--from", "anna@example.org", "--local", local, "--to", to])
        .args(["--port", &port.to_string()]);
    python
}

/// Killed when dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
