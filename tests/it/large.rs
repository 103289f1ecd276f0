//! Mail far larger than memory may be: through the program itself, to a colleague as it is and to somebody outside with a link.
//!
//! `CLOAKROOM_LARGE_MIB` says how large the attachment is; a debug build seals about 5 MiB a second, hence no more by itself. Figures of the real thing, not of a debug build:
//! `CLOAKROOM_LARGE_MIB=1024 CLOAKROOM_LARGE_PROGRAM=target/release/cloakroom cargo nextest run --ignore-rust-version large --no-capture`

use crate::support::process::Gateway;
use crate::support::{fetch, link_in, noise, settings};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const MIB: usize = 1 << 20;
/// The most the process may ever hold (design, figures).
const MOST: u64 = 40 * 1024;

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "large"
why = "Large files travel as a link."
when = { attachments_over = "10 MiB" }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_larger_than_memory_may_be_comes_through_and_opens() {
    let size = variable("CLOAKROOM_LARGE_MIB").map_or(80, |n| n.parse().expect("a number")) * MIB;
    let built = variable("CLOAKROOM_LARGE_PROGRAM");
    let program = built.unwrap_or_else(|| env!("CARGO_BIN_EXE_cloakroom").to_owned());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sink = Sink::start();
    settings::write(
        folder.path(),
        POLICY,
        &format!("smtp://{}", sink.address),
        "",
    );
    settings::amend(folder.path(), "intake", "max_message = \"8 GiB\"");
    let gateway = Gateway::start_program(Path::new(&program), folder.path());

    let start = Instant::now();
    let smtp = gateway.address("smtp");
    // Said to be as large as it is: its file is sealed while it arrives.
    let sent = tokio::task::spawn_blocking(move || send(smtp, size));
    let (reply, wire, sum) = sent.await.expect("it sends");
    assert!(reply.starts_with("250 "), "{reply}");
    let sending = start.elapsed().as_secs_f64();

    let original = sink.taken_for("kim@example.org");
    assert_eq!(
        original.length - original.place_of("From: "),
        wire,
        "the original, all of it"
    );
    let rewritten = sink.taken_for("bo@partner.example");
    assert!(
        rewritten.length < 20_000,
        "{} bytes: the file is still there",
        rewritten.length
    );

    let start = Instant::now();
    let link = link_in(&rewritten.head).expect("a link");
    let files = fetch(&link, None, &folder.path().join("fetched"))
        .await
        .expect("it opens");
    assert_eq!(files.len(), 1);
    assert_eq!(
        (files[0].size, files[0].sha256.as_str()),
        (size as u64, sum.as_str())
    );
    let fetching = start.elapsed().as_secs_f64();

    let peak = gateway.peak();
    eprintln!(
        "{} MiB: taken, sealed and handed over in {sending:.1} s, fetched in {fetching:.1} s, at most {} MiB held",
        size / MIB,
        peak / 1024
    );
    assert!(peak < MOST, "{peak} KiB were held");
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Sends a mail with one attachment that nobody ever has whole. Gives the reply, the bytes of the mail, and the file's SHA-256.
fn send(to: SocketAddr, size: usize) -> (String, usize, String) {
    let stream = TcpStream::connect(to).expect("the door is open");
    let mut replies = BufReader::new(stream.try_clone().expect("a socket"));
    let mut out = BufWriter::with_capacity(64 * 1024, stream);
    reply(&mut replies);
    let mail_from = format!(
        "MAIL FROM:<anna@example.org> SIZE={}",
        size / 57 * 78 + 1000
    );
    for line in [
        "EHLO client.test",
        mail_from.as_str(),
        "RCPT TO:<kim@example.org>",
        "RCPT TO:<bo@partner.example>",
        "DATA",
    ] {
        out.write_all(format!("{line}\r\n").as_bytes())
            .expect("the gateway reads");
        out.flush().expect("the gateway reads");
        let said = reply(&mut replies);
        assert!(said.starts_with(['2', '3']), "{line}: {said}");
    }
    let mut length = 0;
    let mut say = |bytes: &[u8]| {
        length += bytes.len();
        out.write_all(bytes).expect("the gateway reads");
    };
    say(b"From: anna@example.org\r\nTo: bo@partner.example\r\nSubject: measurements\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nall of them\r\n--b\r\nContent-Type: application/zip\r\n\
        Content-Disposition: attachment; filename=all.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    let sum = attachment(size, &mut say);
    say(b"--b--\r\n");
    out.write_all(b".\r\n").expect("the gateway reads");
    out.flush().expect("the gateway reads");
    (reply(&mut replies), length, sum)
}

/// Lines of base64 of noise that does not repeat within a mail.
fn attachment(size: usize, say: &mut impl FnMut(&[u8])) -> String {
    let mut hash = Sha256::new();
    let block = noise(size as u64, 57 * 1024);
    for (number, at) in (0..size).step_by(block.len()).enumerate() {
        let mut bytes = block.clone();
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        bytes.truncate(size - at);
        hash.update(&bytes);
        let lines = encodify::base64::MIME.encode(&bytes);
        say(lines.trim_end().as_bytes());
        say(b"\r\n");
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

fn reply(from: &mut impl BufRead) -> String {
    loop {
        let mut line = String::new();
        from.read_line(&mut line).expect("the gateway answers");
        assert!(!line.is_empty(), "the gateway hung up");
        if line.as_bytes().get(3) == Some(&b' ') {
            return line.trim_end().to_owned();
        }
    }
}

/// A next hop that keeps only the beginning of what it takes.
struct Sink {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
}

#[derive(Clone)]
struct Taken {
    to: String,
    head: Vec<u8>,
    length: usize,
}

impl Taken {
    fn place_of(&self, text: &str) -> usize {
        let head = String::from_utf8_lossy(&self.head);
        head.find(text).expect("a mail has such a line")
    }
}

impl Sink {
    fn start() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = kept.clone();
                std::thread::spawn(move || session(&stream, &kept));
            }
        });
        Sink { address, taken }
    }

    /// A busy machine may take longer than a client waits for its answer: then the rest was the gateway's to deliver, and comes later.
    fn taken_for(&self, to: &str) -> Taken {
        let end = Instant::now() + Duration::from_secs(120);
        let all = loop {
            let taken = self.taken.lock().expect("no panic").clone();
            let all: Vec<Taken> = taken.into_iter().filter(|t| t.to == to).collect();
            match all.is_empty() && Instant::now() < end {
                true => std::thread::sleep(Duration::from_millis(200)),
                false => break all,
            }
        };
        let mut all = all.into_iter();
        let one = all.next().unwrap_or_else(|| panic!("nothing for {to}"));
        assert!(all.next().is_none(), "twice for {to}");
        one
    }
}

/// Until the gateway goes away; what it says is checked by other tests.
fn session(stream: &TcpStream, taken: &Mutex<Vec<Taken>>) -> Option<()> {
    let mut from = BufReader::with_capacity(64 * 1024, stream);
    let mut to = String::new();
    let say = |text: &str| (&*stream).write_all(text.as_bytes()).ok();
    say("220 sink.test\r\n")?;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|n| *n > 0)?;
        if let Some(address) = line.strip_prefix("RCPT TO:<") {
            to = address.split('>').next()?.to_owned();
        }
        if line != "DATA\r\n" {
            say("250 2.0.0 ok\r\n")?;
            continue;
        }
        say("354 go on\r\n")?;
        let mut mail = content(&mut from)?;
        mail.to = std::mem::take(&mut to);
        taken.lock().expect("no panic").push(mail);
        say("250 2.0.0 taken\r\n")?;
    }
}

/// Reads to the final dot. No line of these mails begins with a dot.
fn content(from: &mut impl Read) -> Option<Taken> {
    let (mut head, mut tail, mut length) = (Vec::new(), Vec::new(), 0);
    let mut block = vec![0; 64 * 1024];
    while !tail.ends_with(b"\r\n.\r\n") {
        let n = from.read(&mut block).ok().filter(|n| *n > 0)?;
        length += n;
        if head.len() < block.len() {
            head.extend_from_slice(&block[..n]);
        }
        tail.extend_from_slice(&block[..n]);
        tail.drain(..tail.len().saturating_sub(5));
    }
    Some(Taken {
        to: String::new(),
        head,
        length: length - 3,
    })
}
