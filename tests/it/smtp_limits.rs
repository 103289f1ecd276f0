//! The limits of the SMTP door (T13, T14, T25) and clients that stop half-way (F14), each with real sockets and in shortened time.

use crate::smtp_sessions::{Client, Running, start};
use cloakroom::doors::smtp::Limits;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Far more than an answer takes on a busy machine, far less than any limit that would be waited for.
const QUICK: Duration = Duration::from_millis(1500);

fn short() -> Limits {
    Limits {
        command: Duration::from_millis(300),
        data_block: Duration::from_millis(300),
        ..Limits::default()
    }
}

/// A connection from another address of this machine.
async fn from(local: &str, to: SocketAddr) -> Client {
    let socket = TcpSocket::new_v4().expect("a socket");
    let local = format!("{local}:0").parse().expect("an address");
    socket.bind(local).expect("all of 127/8 is here");
    Client::over(socket.connect(to).await.expect("a connection"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_after_any_command_ends_the_session() {
    let running = start(short()).await;
    let talk = [
        "EHLO c.example\r\n",
        "MAIL FROM:<a@in.example>\r\n",
        "RCPT TO:<bo@out.example>\r\n",
        "DATA\r\n",
        "half a line",
    ];
    for said in 0..=talk.len() {
        let mut client = Client::connect(running.address).await;
        client.hear().await;
        for line in &talk[..said] {
            client.say(line).await;
            if line.ends_with('\n') {
                client.hear().await;
            }
        }
        let begun = Instant::now();
        let answer = client.hear().await;
        assert!(answer.starts_with("421 4.4.2"), "after {said}: {answer}");
        assert!(begun.elapsed() > Duration::from_millis(200), "after {said}");
        assert_eq!(client.hear().await, "", "and closed");
    }
    assert_eq!(running.arrived.all().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_closes_its_half_still_hears_its_answers() {
    let running = start(Limits::default()).await;
    let mut client = Client::connect(running.address).await;
    client.until_data().await;
    client.say("hello\r\n.\r\n").await;
    client.0.shutdown().await.expect("its own half");
    assert!(client.hear().await.starts_with("250 2.0.0"));
    assert_eq!(client.hear().await, "", "and closed");
    assert_eq!(running.arrived.all().len(), 1);
    // Half a mail is none.
    let mut client = Client::connect(running.address).await;
    client.until_data().await;
    client.say("hello\r\n").await;
    client.0.shutdown().await.expect("its own half");
    assert_eq!(client.hear().await, "", "closed");
    assert_eq!(running.arrived.all().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_whose_client_is_gone_after_the_dot_goes_its_way() {
    let running = start(Limits::default()).await;
    let mut client = Client::connect(running.address).await;
    client.until_data().await;
    client.say("hello\r\n.\r\n").await;
    drop(client);
    running.stop.send(true).expect("it listens");
    let ended = timeout(Duration::from_secs(5), running.server).await;
    assert!(ended.is_ok(), "its session ends");
    assert_eq!(running.arrived.all().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_never_reads_loses_its_place() {
    let limits = Limits {
        sessions_per_client: 1,
        ..short()
    };
    let running = start(limits).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small one");
    let mut deaf = socket.connect(running.address).await.expect("a connection");
    tokio::time::sleep(Duration::from_millis(50)).await; // Whoever speaks before the greeting is sent away.
    deaf.write_all(b"EHLO c.example\r\n").await.expect("open");
    let questions = b"NOOP\r\n".repeat(10_000);
    // Until the server does not take more, because nobody takes its answers, and then until it has had enough.
    let full = async {
        for _ in 0..2_000 {
            if deaf.write_all(&questions).await.is_err() {
                return;
            }
        }
        panic!("120 MB of questions without an answer taken");
    };
    timeout(Duration::from_secs(30), full)
        .await
        .expect("it hangs up");
    assert!(becomes_free(&running).await, "its place is free again");
}

async fn becomes_free(running: &Running) -> bool {
    for _ in 0..100 {
        let mut client = Client::connect(running.address).await;
        if client.hear().await.starts_with("220") {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_at_once_and_the_others_stay_quick() {
    let limits = Limits {
        sessions: 1000,
        sessions_per_client: 300,
        ..Limits::default()
    };
    let running = start(limits).await;
    let mut busy = Client::connect(running.address).await;
    busy.hear().await;
    let mut crowd = Vec::new();
    for number in 0..999 {
        let mut client = from(&format!("127.0.1.{}", number % 5), running.address).await;
        assert!(client.hear().await.starts_with("220"), "{number}");
        // Some talk slowly, some not at all.
        if number % 3 == 0 {
            client.say("EHL").await;
        }
        crowd.push(client);
    }
    let mut late = from("127.0.1.9", running.address).await;
    assert!(late.hear().await.starts_with("421 4.7.0"));
    assert_eq!(late.hear().await, "", "and closed");

    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        busy.say("NOOP\r\n").await;
        assert!(busy.hear().await.starts_with("250"));
        times.push(begun.elapsed());
    }
    times.sort();
    assert!(times[197] < QUICK, "p99 of an answer: {:?}", times[197]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_that_takes_all_it_can_leaves_room_for_others() {
    let running = start(Limits::default()).await;
    let (mut taken, mut refused) = (Vec::new(), 0);
    for _ in 0..200 {
        let mut client = Client::connect(running.address).await;
        match client.hear().await {
            answer if answer.starts_with("220") => taken.push(client),
            answer if answer.starts_with("421 4.7.0") => refused += 1,
            answer => panic!("{answer}"),
        }
    }
    assert_eq!((taken.len(), refused), (50, 150));
    let mut times = Vec::new();
    for _ in 0..100 {
        let begun = Instant::now();
        let mut other = from("127.0.0.2", running.address).await;
        assert!(other.hear().await.starts_with("220"));
        other.say("QUIT\r\n").await;
        assert!(other.hear().await.starts_with("221"));
        times.push(begun.elapsed());
    }
    times.sort();
    assert!(times[98] < QUICK, "p99 of a session: {:?}", times[98]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_of_100_mb_and_a_million_recipients_end_in_a_refusal() {
    let limits = Limits {
        recipients: 20,
        ..Limits::default()
    };
    let running = start(limits).await;
    let mut client = Client::connect(running.address).await;
    client.hear().await;
    for line in ["EHLO c.example\r\n", "MAIL FROM:<a@in.example>\r\n"] {
        client.say(line).await;
        assert!(client.hear().await.starts_with("250"), "{line}");
    }
    for number in 0..100 {
        client
            .say(&format!("RCPT TO:<r{number}@out.example>\r\n"))
            .await;
        let code = if number < 20 { "250" } else { "452" };
        assert!(client.hear().await.starts_with(code), "{number}");
    }
    client.say("DATA\r\n").await;
    assert!(client.hear().await.starts_with("354"));
    // More than the largest mail (64 MiB here), all of it one header field.
    let fold = [b" ".as_slice(), &[b'x'; 900], b"\r\n"]
        .concat()
        .repeat(100);
    client.say("X-Long:\r\n").await;
    for _ in 0..800 {
        client.0.write_all(&fold).await.expect("it reads on");
    }
    client.say("\r\n.\r\n").await;
    let answer = client.hear().await;
    assert!(answer.starts_with("552 5.3.4"), "{answer}");
    client.say("NOOP\r\n").await;
    assert!(
        client.hear().await.starts_with("250"),
        "the session goes on"
    );
    assert_eq!(running.arrived.all().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handshakes_that_are_never_finished_keep_nobody_out() {
    let limits = Limits {
        handshakes: 2,
        handshake: Duration::from_secs(4),
        ..Limits::default()
    };
    let keys = crate::dialogs::Keys::new();
    let running = crate::smtp_sessions::start_secured(limits, keys.server.clone()).await;
    let mut silent = Vec::new();
    for number in 0..10 {
        let mut stream = TcpStream::connect(running.address).await.expect("open");
        // Half of them say their first words, and no more.
        if number % 2 == 0 {
            stream.write_all(&keys.hello()).await.expect("open");
        }
        silent.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();
    let stream = TcpStream::connect(running.address).await.expect("open");
    let mut stream = keys.handshake(Box::new(stream)).await;
    let mut greeting = [0; 3];
    stream.read_exact(&mut greeting).await.expect("a greeting");
    assert_eq!(&greeting, b"220");
    let waited = begun.elapsed();
    assert!(
        waited < Duration::from_secs(3),
        "waited for others: {waited:?}"
    );
    // And they are not waited for.
    for mut stream in silent {
        let mut rest = Vec::new();
        let gone = timeout(Duration::from_secs(8), stream.read_to_end(&mut rest));
        assert!(gone.await.is_ok(), "closed");
    }
}
