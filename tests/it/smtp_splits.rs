//! The real SMTP and LMTP door against byte sequences that were used to smuggle, to inject and to run ahead of the server, each cut in two
//! TCP segments at every place: where a segment ends must not matter (T04, T05, T07 to T09, T11, T18).

use crate::smtp_double::{Arrived, DoubleLine};
use cloakroom::doors::smtp::{Limits, Protocol, SmtpDoor, serve};
use cloakroom::mail::Network;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Sessions at once.
const AT_ONCE: usize = 48;

const TAIL: &[u8] = b"MAIL FROM:<evil@int.test>\r\nRCPT TO:<victim@ext.test>\r\nDATA\r\n\
    From: ceo@int.test\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n";

const MAIL: &[u8] = b"MAIL FROM:<anna@in.example>\r\nRCPT TO:<bo@out.example>\r\n";

/// One kind of session: what is said and answered before, and the bytes that are cut.
struct Case {
    /// Commands, each answered with one reply before the next is said.
    before: Vec<Vec<u8>>,
    bytes: Vec<u8>,
    /// Contents that must have arrived at the next hop.
    arrive: Vec<Vec<u8>>,
    /// Must not be among what the server says to the bytes.
    never_said: &'static str,
    /// Must be.
    said: &'static str,
}

impl Case {
    /// Nothing arrives.
    fn new(bytes: &[u8]) -> Self {
        Case {
            before: vec![b"EHLO client.example\r\n".to_vec()],
            bytes: bytes.to_vec(),
            arrive: Vec::new(),
            never_said: "impossible",
            said: "",
        }
    }

    /// The bytes come after 354.
    fn content(bytes: &[u8]) -> Self {
        let mut case = Case::new(bytes);
        for line in [
            &b"MAIL FROM:<anna@in.example>\r\n"[..],
            b"RCPT TO:<bo@out.example>\r\n",
            b"DATA\r\n",
        ] {
            case.before.push(line.to_vec());
        }
        case
    }

    /// This mail arrives too.
    fn arrives(mut self, content: &[u8]) -> Self {
        self.arrive.push(content.to_vec());
        self
    }

    fn says(mut self, said: &'static str) -> Self {
        self.said = said;
        self
    }

    fn never(mut self, never_said: &'static str) -> Self {
        self.never_said = never_said;
        self
    }
}

/// What differs between doors.
#[derive(Clone, Copy)]
struct Kind {
    protocol: Protocol,
    tls: bool,
    chunking: bool,
    xforward: bool,
}

const SMTP: Kind = Kind {
    protocol: Protocol::Smtp,
    tls: false,
    chunking: false,
    xforward: false,
};

/// A door of its own for each session would be slow; so a session's mails are told apart by its port, which its client says in EHLO.
struct Door {
    address: SocketAddr,
    arrived: Arrived,
    kind: Kind,
    _stop: watch::Sender<bool>,
}

async fn open(kind: Kind) -> Door {
    let line = Arc::new(DoubleLine::new(1 << 20));
    let arrived = line.arrived.clone();
    let here = |wanted: bool| match wanted {
        true => Network::loopback().to_vec(),
        false => Vec::new(),
    };
    let door = SmtpDoor {
        protocol: kind.protocol,
        line,
        tls: kind.tls.then(key),
        implicit_tls: false,
        accept_from: here(true),
        logins: false,
        proxy_from: Vec::new(),
        xforward_from: here(kind.xforward),
        repair_from: Vec::new(),
        chunking: kind.chunking,
        limits: Limits {
            sessions_per_client: 1000,
            ..Limits::default()
        },
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(serve(listener, Arc::new(door), stopped));
    Door {
        address,
        arrived,
        kind,
        _stop: stop,
    }
}

fn key() -> Arc<ServerConfig> {
    let made = rcgen::generate_simple_self_signed(vec!["gate.example".into()]).expect("a key");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key);
    Arc::new(config.expect("they belong together"))
}

/// Every case, cut at every place. `LHLO` stands for `EHLO` where the door wants it.
async fn cut_everywhere(kind: Kind, cases: Vec<Case>) {
    let door = Arc::new(open(kind).await);
    let cases = Arc::new(cases);
    let mut all = VecDeque::new();
    for (number, case) in cases.iter().enumerate() {
        all.extend((0..=case.bytes.len()).map(|at| (number, at)));
    }
    let sessions = all.len();
    let all = Arc::new(Mutex::new(all));
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (door, cases, all) = (door.clone(), cases.clone(), all.clone());
            tokio::spawn(async move {
                let mut wrong = Vec::new();
                loop {
                    let next = all.lock().expect("not poisoned").pop_front();
                    let Some((number, at)) = next else {
                        return wrong;
                    };
                    if let Err(why) = session(&door, &cases[number], number, at).await {
                        let shown = cases[number].bytes.escape_ascii();
                        wrong.push(format!("cut at {at}: {why}\n  in {shown}"));
                    }
                }
            })
        })
        .collect();
    let mut wrong = Vec::new();
    for worker in workers {
        wrong.extend(worker.await.expect("no panic"));
    }
    // What arrived, by session: the client's name is `s<case>.<cut>`.
    let arrived = door.arrived.all();
    for (number, case) in cases.iter().enumerate() {
        for at in 0..=case.bytes.len() {
            let name = format!(" s{number}.{at} ");
            let mine = arrived.iter().filter(|(_, client)| client.contains(&name));
            let contents: Vec<Vec<u8>> = mine
                .map(|(variant, _)| variant.content().to_vec().expect("it can be read"))
                .collect();
            if contents != case.arrive {
                let shown = case.bytes.escape_ascii();
                wrong.push(format!("cut at {at}: arrived {contents:?}\n  in {shown}"));
            }
        }
    }
    let expected: usize = cases
        .iter()
        .map(|case| case.arrive.len() * (case.bytes.len() + 1))
        .sum();
    assert!(
        wrong.is_empty(),
        "{} of {sessions}\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    assert_eq!(arrived.len(), expected, "nothing else arrived");
}

async fn session(door: &Door, case: &Case, number: usize, at: usize) -> Result<(), String> {
    let mut stream = TcpStream::connect(door.address)
        .await
        .expect("a connection");
    stream.set_nodelay(true).expect("it is a socket");
    let mut heard = reply(&mut stream).await;
    for line in &case.before {
        let line =
            String::from_utf8_lossy(line).replace("client.example", &format!("s{number}.{at}"));
        let line = match door.kind.protocol {
            Protocol::Smtp => line,
            Protocol::Lmtp => line.replace("EHLO", "LHLO"),
        };
        stream.write_all(line.as_bytes()).await.expect("it is open");
        heard = reply(&mut stream).await;
    }
    if !heard.starts_with('2') && !heard.starts_with("354") {
        return Err(format!("before it, heard {heard:?}"));
    }
    let _ = stream.write_all(&case.bytes[..at]).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    let _ = stream.write_all(&case.bytes[at..]).await;
    // A server that has hung up by now has closed the socket.
    let _ = stream.shutdown().await;
    let mut said = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut said)).await;
    if end.is_err() {
        return Err("the server does not end".into());
    }
    let said = String::from_utf8_lossy(&said);
    if said.contains(case.never_said) {
        return Err(format!("never expected {:?} in {said:?}", case.never_said));
    }
    // A reset can eat the last words of a server that has hung up.
    if !said.contains(case.said) && !said.is_empty() {
        return Err(format!("expected {:?} in {said:?}", case.said));
    }
    Ok(())
}

/// One reply, all of its lines.
async fn reply(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    loop {
        let whole = said.ends_with(b"\r\n")
            && said
                .split(|byte| *byte == b'\n')
                .rev()
                .nth(1)
                .is_some_and(|line: &[u8]| line.get(3) == Some(&b' '));
        if whole {
            return String::from_utf8_lossy(&said).into_owned();
        }
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_buf(&mut said)).await;
        match read {
            Ok(Ok(n)) if n > 0 => {}
            _ => return format!("(the end, after {said:?})"),
        }
    }
}

/// Section by section the candidates: those with a bare line end, which nobody gets, and those that are text.
fn candidates() -> Vec<Case> {
    const BARE: [&[u8]; 14] = [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r.\n",
        b"\n.\r",
        b"\r.\r\n",
        b"\r\n.\r",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
        b"\r\r\n.\r\n",
        b"\r\n.\r\r\n",
        b"\n\r.\r\n",
        b"\r\n.\n\r",
    ];
    const TEXT: [(&[u8], &[u8]); 9] = [
        (b"\r\n .\r\n", b"\r\n .\r\n"),
        (b"\r\n. \r\n", b"\r\n \r\n"),
        (b"\r\n.\t\r\n", b"\r\n\t\r\n"),
        (b"\r\n..\r\n", b"\r\n.\r\n"),
        (b"\r\n\x0b.\r\n", b"\r\n\x0b.\r\n"),
        (b"\r\n\xc2\x85.\r\n", b"\r\n\xc2\x85.\r\n"),
        (b"\x85.\x85", b"\x85.\x85"),
        (b"\r\n.\x1a\r\n", b"\r\n\x1a\r\n"),
        (b"\r\n\xef\xbb\xbf.\r\n", b"\r\n\xef\xbb\xbf.\r\n"),
    ];
    let bare = BARE.iter().map(|candidate| {
        let bytes = [b"hello", *candidate, TAIL].concat();
        Case::content(&bytes).says("550 5.6.11").never("250 ")
    });
    let end = TAIL.len() - b".\r\n".len();
    let text = TEXT.iter().map(|(candidate, meant)| {
        let bytes = [b"hello", *candidate, TAIL].concat();
        let content = [b"hello", *meant, &TAIL[..end]].concat();
        Case::content(&bytes).says("250 2.0.0").arrives(&content)
    });
    bare.chain(text).collect()
}

fn true_ends() -> Vec<Case> {
    const ROWS: [(&[u8], &[u8]); 6] = [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"hello\r\n.\r\n", b"hello\r\n"),
        (b"a\r\n..x\r\n.x\r\n.\r\n", b"a\r\n.x\r\nx\r\n"),
        (
            b"..\r\n...\r\n....\r\n..a\r\n...b\r\n....c\r\n.\r\n",
            b".\r\n..\r\n...\r\n.a\r\n..b\r\n...c\r\n",
        ),
        (b"a.\r\nb.c\r\n.\r\n", b"a.\r\nb.c\r\n"),
    ];
    ROWS.iter()
        .map(|(wire, content)| {
            let bytes = [*wire, b"NOOP\r\nQUIT\r\n"].concat();
            Case::content(&bytes).arrives(content).says("221 2.0.0")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_candidate_for_an_end_is_one_wherever_the_segments_meet() {
    cut_everywhere(SMTP, candidates()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_true_end_ends_a_mail_once_wherever_the_segments_meet() {
    cut_everywhere(SMTP, true_ends()).await;
    let lmtp = Kind {
        protocol: Protocol::Lmtp,
        ..SMTP
    };
    let mut cases = true_ends();
    cases.extend(candidates().into_iter().step_by(5));
    cut_everywhere(lmtp, cases).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_behind_starttls_is_answered_wherever_the_segments_meet() {
    let tls = Kind { tls: true, ..SMTP };
    let behind: [&[u8]; 7] = [
        b"RSET\r\n",
        b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n",
        b"NOOP\r\n",
        b"x",
        b"\0",
        b"\r\n",
        b"QUIT\r\n",
    ];
    let injected = behind.iter().map(|behind| {
        // Whole: 554. In two: 220, and a handshake that fails. Never an answer to what stands behind.
        Case::new(&[b"STARTTLS\r\n", *behind].concat()).never("250")
    });
    let mut cases: Vec<Case> = injected.collect();
    for line_end in [
        "STARTTLS\nRSET\r\n",
        "STARTTLS\n\r\nRSET\r\n",
        "STARTTLS\r\r\nRSET\r\n",
    ] {
        cases.push(Case::new(line_end.as_bytes()).never("220"));
    }
    let mut again = Case::new(b"STARTTLS now\r\nQUIT\r\n").never("220");
    again.said = "501 5.5.4";
    cases.push(again);
    cut_everywhere(tls, cases).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_cannot_be_put_into_an_address_or_a_parameter() {
    let with_xforward = Kind {
        xforward: true,
        ..SMTP
    };
    let senders: [&[u8]; 12] = [
        b"<a@b.example>\rRCPT TO:<c@d.example>",
        b"<a@b.example>\nRCPT TO:<c@d.example>",
        b"<\"a\r\nDATA\"@b.example>",
        b"<\"a\\\r\nDATA\"@b.example>",
        b"<a@b.example> SIZE=1\rX",
        b"<a@b.example> SIZE=1\nX",
        b"<a\0@b.example>",
        b"<a\xc2\x85@b.example> SMTPUTF8",
        b"<a\xe2\x80\xa8@b.example\r> SMTPUTF8",
        b"<a@b.example> ENVID=x+0D+0ADATA",
        b"<a@b.example> ENVID=x\x0bDATA",
        b"<a@b.example>>\rDATA",
    ];
    let mut cases: Vec<Case> = senders
        .iter()
        .map(|sender| {
            let bytes = [b"MAIL FROM:", *sender, b"\r\nRCPT TO:<bo@out.example>\r\n"].concat();
            Case::new(&bytes).never("250 ")
        })
        .collect();
    let recipients: [&[u8]; 7] = [
        b"<a@b.example> ORCPT=rfc822;x+0D+0ADATA",
        b"<a@b.example> ORCPT=rfc822;x\rDATA",
        b"<a@b.example> ORCPT=rfc822;x+00",
        b"<a@b.example> NOTIFY=NEVER\rDATA",
        b"<a@b.example>\r\r\nDATA",
        b"<a@b\0.example>",
        b"<\"a\nb\"@c.example>",
    ];
    for recipient in recipients {
        let bytes = [b"RCPT TO:", recipient, b"\r\nDATA\r\n"].concat();
        let mut case = Case::new(&bytes).never("250 ");
        case.before
            .push(b"MAIL FROM:<anna@in.example>\r\n".to_vec());
        cases.push(case);
    }
    for attribute in [
        "NAME=x+0D+0AQUIT",
        "NAME=x+00",
        "HELO=a\rQUIT",
        "ADDR=1+0A2",
    ] {
        let bytes = format!("XFORWARD {attribute}\r\n");
        cases.push(Case::new(bytes.as_bytes()).never("250 ").says("50"));
    }
    cases.last_mut().expect("there are some").said = "501 5.5.4";
    cut_everywhere(with_xforward, cases).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_are_counted_to_the_octet_wherever_the_segments_meet() {
    let chunking = Kind {
        chunking: true,
        ..SMTP
    };
    let mail = |bdat: &[u8]| [MAIL, bdat].concat();
    let mut cases = vec![
        Case::new(&mail(
            b"BDAT 10\r\na\r\n.\r\nQUIT\r\nBDAT 2 LAST\r\n\r\n\r\nQUIT\r\n",
        ))
        .says("500 5.5.2")
        // What is left over when a client has miscounted is no command.
        .arrives(b"a\r\n.\r\nQUIT\r\n"),
        Case::new(&mail(
            b"BDAT 10\r\na\r\n.\r\nQUITBDAT 2 LAST\r\n\r\nQUIT\r\n",
        ))
        .says("221 2.0.0")
        .arrives(b"a\r\n.\r\nQUIT\r\n"),
        Case::new(&mail(
            b"BDAT 0\r\nBDAT 3\r\na\r\nBDAT 0 LAST\r\nNOOP\r\nQUIT\r\n",
        ))
        .says("221 2.0.0")
        .arrives(b"a\r\n"),
        Case::new(&mail(b"BDAT 5\r\nab\r\n.BDAT 3 LAST\r\n\r\ncQUIT\r\n"))
            .says("221 2.0.0")
            .arrives(b"ab\r\n.\r\nc\r\n"),
        Case::new(&mail(
            b"BDAT 2\r\na\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\nQUIT\r\n",
        ))
        .says("221 2.0.0"),
        // The client is gone in the middle of its last chunk.
        Case::new(&mail(b"BDAT 3 LAST\r\nab")).never("250 2.0.0"),
        Case::new(b"BDAT 6 LAST\r\nQUIT\r\nRSET\r\nQUIT\r\n").says("221 2.0.0"),
    ];
    for line in [
        "BDAT 18446744073709551616",
        "BDAT -1",
        "BDAT 0x3",
        "BDAT 3 LAST LAST",
        "BDAT",
        "BDAT 3\tLAST",
    ] {
        let bytes = [MAIL, line.as_bytes(), b"\r\nabcRSET\r\nDATA\r\n"].concat();
        cases.push(Case::new(&bytes).says("521 5.5.4").never("354"));
    }
    cut_everywhere(chunking, cases).await;
}
