//! The SMTP door over time: limits, slow clients, stopping, large mails, many at once.

use crate::smtp_double::{Arrived, DoubleLine};
use cloakroom::doors::smtp::{Limits, Protocol, SmtpDoor, serve};
use cloakroom::mail::Network;
use cloakroom::wire::dot::Stuffer;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::ServerConfig;

pub struct Running {
    pub address: SocketAddr,
    pub arrived: Arrived,
    pub stop: watch::Sender<bool>,
    pub server: JoinHandle<()>,
}

pub async fn start(limits: Limits) -> Running {
    open(limits, None).await
}

/// TLS from the first byte on.
pub async fn start_secured(limits: Limits, tls: Arc<ServerConfig>) -> Running {
    open(limits, Some(tls)).await
}

async fn open(limits: Limits, tls: Option<Arc<ServerConfig>>) -> Running {
    let line = Arc::new(DoubleLine::new(64 << 20));
    let arrived = line.arrived.clone();
    let door = SmtpDoor {
        protocol: Protocol::Smtp,
        line,
        implicit_tls: tls.is_some(),
        tls,
        accept_from: Network::loopback().to_vec(),
        logins: false,
        proxy_from: Vec::new(),
        xforward_from: Vec::new(),
        repair_from: Vec::new(),
        chunking: false,
        limits,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve(listener, Arc::new(door), stopped));
    Running {
        address,
        arrived,
        stop,
        server,
    }
}

pub struct Client(pub BufReader<TcpStream>);

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        Client::over(TcpStream::connect(address).await.expect("a connection"))
    }

    pub fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("it is a socket");
        Client(BufReader::new(stream))
    }

    pub async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("it is open");
    }

    /// The last line of the next reply; empty if the server closed.
    pub async fn hear(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(Duration::from_secs(5), self.0.read_line(&mut line));
            read.await
                .expect("an answer within 5 s")
                .expect("it is open");
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    pub async fn until_data(&mut self) {
        let greeting = self.hear().await;
        assert!(greeting.starts_with("220"), "{greeting}");
        self.say("EHLO c.example\r\n").await;
        assert_eq!(self.hear().await, "250 DSN");
        self.mail().await;
    }

    async fn mail(&mut self) {
        self.say("MAIL FROM:<a@in.example>\r\nRCPT TO:<bo@out.example>\r\nDATA\r\n")
            .await;
        for code in ["250", "250", "354"] {
            let line = self.hear().await;
            assert!(line.starts_with(code), "{line}");
        }
    }
}

/// A timer, however short, costs each mail a millisecond or two: of many answers to DATA the quickest had none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_is_answered_at_once() {
    let running = start(Limits::default()).await;
    let mut client = Client::connect(running.address).await;
    client.hear().await;
    client.say("EHLO c.example\r\n").await;
    client.hear().await;
    let mut quickest = Duration::MAX;
    for _ in 0..200 {
        for line in [
            "MAIL FROM:<a@in.example>\r\n",
            "RCPT TO:<b@out.example>\r\n",
        ] {
            client.say(line).await;
            client.hear().await;
        }
        let asked = Instant::now();
        client.say("DATA\r\n").await;
        let reply = client.hear().await;
        quickest = quickest.min(asked.elapsed());
        assert!(reply.starts_with("354 "), "{reply}");
        client.say("Subject: x\r\n\r\nx\r\n.\r\n").await;
        client.hear().await;
    }
    assert!(quickest < Duration::from_micros(900), "{quickest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_in_progress_is_finished_when_asked_to_stop() {
    let running = start(Limits::default()).await;
    let mut idle = Client::connect(running.address).await;
    idle.hear().await;
    let mut busy = Client::connect(running.address).await;
    busy.until_data().await;
    running.stop.send(true).expect("it listens");
    assert!(
        idle.hear().await.starts_with("421 4.3.2"),
        "nothing in progress"
    );
    busy.say("hello\r\n.\r\n").await;
    assert!(busy.hear().await.starts_with("250 2.0.0"));
    assert!(busy.hear().await.starts_with("421 4.3.2"));
    drop((idle, busy));
    let ended = tokio::time::timeout(Duration::from_secs(5), running.server).await;
    assert!(ended.is_ok(), "it ends with its last session");
    assert_eq!(running.arrived.all().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_drips_bytes_is_not_waited_for() {
    let limits = Limits {
        command: Duration::from_millis(300),
        ..Limits::default()
    };
    let running = start(limits).await;
    let mut client = Client::connect(running.address).await;
    client.hear().await;
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(280) {
        client.say("N").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(client.hear().await.starts_with("421 4.4.2"));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_that_stops_coming_or_comes_too_slowly_ends_the_session() {
    let silent = Limits {
        data_block: Duration::from_millis(200),
        ..Limits::default()
    };
    let slow = Limits {
        rate_after: Duration::from_millis(200),
        slowest: 1_000_000,
        ..Limits::default()
    };
    for limits in [silent, slow] {
        let running = start(limits).await;
        let mut client = Client::connect(running.address).await;
        client.until_data().await;
        client.say("hello\r\n").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let _ = client.0.write_all(b"more\r\n").await;
        assert!(client.hear().await.starts_with("421 4.4.2"));
        assert_eq!(running.arrived.all().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_waits_behind_a_wrong_end_is_told_that_it_is_wrong() {
    let limits = Limits {
        odd_end: Duration::from_millis(200),
        ..Limits::default()
    };
    for end in ["\r\r\n.\r\n", "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r"] {
        let running = start(limits.clone()).await;
        let mut client = Client::connect(running.address).await;
        client.until_data().await;
        client.say("hello").await;
        client.say(end).await;
        let answer = client.hear().await;
        assert!(answer.starts_with("550 5.6.11 "), "{end:?}: {answer}");
        assert_eq!(client.hear().await, "", "and closed: {end:?}");
        assert_eq!(running.arrived.all().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_takes_more_than_his_share_of_sessions() {
    let limits = Limits {
        sessions_per_client: 2,
        ..Limits::default()
    };
    let running = start(limits).await;
    let mut first = Client::connect(running.address).await;
    let mut second = Client::connect(running.address).await;
    assert!(first.hear().await.starts_with("220"));
    assert!(second.hear().await.starts_with("220"));
    let mut third = Client::connect(running.address).await;
    assert!(third.hear().await.starts_with("421 4.7.0"));
    assert_eq!(third.hear().await, "", "and closed");
    first.say("QUIT\r\n").await;
    assert!(first.hear().await.starts_with("221"));
    assert_eq!(first.hear().await, "");
    drop(first);
    let mut admitted = false;
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        admitted = Client::connect(running.address)
            .await
            .hear()
            .await
            .starts_with("220");
        if admitted {
            break;
        }
    }
    assert!(admitted, "a place that became free can be taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_away_leaves_nothing_behind() {
    let running = start(Limits::default()).await;
    let mut client = Client::connect(running.address).await;
    client.until_data().await;
    client.say("half a mail\r\n").await;
    drop(client);
    running.stop.send(true).expect("it listens");
    let ended = tokio::time::timeout(Duration::from_secs(5), running.server).await;
    assert!(ended.is_ok(), "its session ends");
    assert_eq!(running.arrived.all().len(), 0);
}

/// Lines of many lengths, with dots and without; the same for the same seed.
fn content(seed: u64, size: usize) -> Vec<u8> {
    let (mut state, mut out) = (seed | 1, Vec::with_capacity(size + 200));
    while out.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let dots = (state % 5).saturating_sub(2) as usize;
        out.extend(std::iter::repeat_n(b'.', dots));
        out.extend(std::iter::repeat_n(
            b'a' + (state % 26) as u8,
            (state >> 8) as usize % 120,
        ));
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_mails_of_ten_sessions_arrive_as_they_were_sent() {
    let running = start(Limits::default()).await;
    let sessions = (0..10u64).map(|seed| {
        let address = running.address;
        tokio::spawn(async move {
            let sent = content(seed * 7919 + 3, 100_000 * (seed as usize + 1));
            let (mut stuffer, mut wire) = (Stuffer::new(), Vec::new());
            stuffer.push(&sent, &mut wire).expect("no bare line end");
            stuffer.finish(&mut wire);
            let mut client = Client::connect(address).await;
            client.until_data().await;
            for piece in wire.chunks(9_973 * (seed as usize + 1)) {
                client.0.write_all(piece).await.expect("it is open");
            }
            assert!(client.hear().await.starts_with("250 2.0.0"));
            client.mail().await;
            client.say("small\r\n.\r\nQUIT\r\n").await;
            assert!(client.hear().await.starts_with("250 2.0.0"));
            assert!(client.hear().await.starts_with("221"));
            let mut rest = Vec::new();
            client.0.read_to_end(&mut rest).await.expect("it is closed");
            assert!(rest.is_empty());
            sent
        })
    });
    let mut sent = Vec::new();
    for session in sessions.collect::<Vec<_>>() {
        sent.push(session.await.expect("the session succeeds"));
    }
    let mut got: Vec<Vec<u8>> = running
        .arrived
        .all()
        .iter()
        .map(|(variant, _)| variant.content().to_vec().expect("it can be read"))
        .filter(|content| content != b"small\r\n")
        .collect();
    got.sort_by_key(Vec::len);
    assert!(got == sent, "not a byte is different");
    assert_eq!(running.arrived.all().len(), 20);
}
