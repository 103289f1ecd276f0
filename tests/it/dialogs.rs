//! Runs `tests/dialogs/*.smtp`: byte-exact conversations with the SMTP door, good and bad. A file is:
//!
//! ```text
//! # A sentence: what this shows.
//! door: lmtp            settings, see `Settings`; each may be left out
//! C: MAIL FROM:<a@b>    the client sends this line and CR LF; lines that follow each other go out in one segment
//! C\ a\r\n\x00          the same without CR LF, with \r \n \t \0 \xHH \\ (UTF-8 as it is)
//! S: 250 *              the server sends this line; * is anything
//! S! closed             the server closes
//! T: handshake          the client starts TLS
//! N: <a@b> -> <c@d> : x\r\n     this arrived at the next hop (see smtp_double.rs); all of it must be listed, in order
//! ```
//!
//! Each dialog runs twice, the second time with one byte in each segment, unless it says `segments: matter`.

use crate::smtp_double::DoubleLine;
use cloakroom::doors::smtp::{Limits, Protocol, SmtpDoor, serve};
use cloakroom::mail::{Network, Variant};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig};

#[derive(Debug, Clone)]
struct Settings {
    door: Protocol,
    accept: Vec<Network>,
    proxy: bool,
    logins: bool,
    xforward: bool,
    repair: bool,
    chunking: bool,
    tls: bool,
    implicit_tls: bool,
    /// The client speaks before the server can have accepted the connection.
    early: bool,
    /// Splitting the segments would change what is tested.
    segments_matter: bool,
    /// `N:` lines start with `address name helo protocol login: `.
    show_client: bool,
    recipients: usize,
    junk: u32,
}

enum Step {
    Client(Vec<u8>),
    Server(String),
    Closed,
    Handshake,
}

struct Dialog {
    settings: Settings,
    steps: Vec<(usize, Step)>,
    arrived: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_dialog_goes_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogs");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of dialogs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "smtp"))
        .collect();
    files.sort();
    assert!(files.len() >= 25, "the dialogs are there");
    let keys = Arc::new(Keys::new());
    let mut wrong = Vec::new();
    for file in files {
        let name = file
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&file).expect("a text");
        let dialog = parse(&text).unwrap_or_else(|e| panic!("{name}:{e}"));
        let slices = match dialog.settings.segments_matter {
            true => &[usize::MAX][..],
            false => &[usize::MAX, 1],
        };
        for slice in slices {
            if let Err(why) = run(&dialog, *slice, &keys).await {
                wrong.push(format!("{name}:{why} (segments of {slice})"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn parse(text: &str) -> Result<Dialog, String> {
    let mut dialog = Dialog {
        settings: Settings {
            door: Protocol::Smtp,
            accept: Network::loopback().to_vec(),
            proxy: false,
            logins: false,
            xforward: false,
            repair: false,
            chunking: false,
            tls: false,
            implicit_tls: false,
            early: false,
            segments_matter: false,
            show_client: false,
            recipients: 1000,
            junk: 3,
        },
        steps: Vec::new(),
        arrived: Vec::new(),
    };
    for (i, line) in text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.starts_with('#'))
    {
        let (sign, rest) = line.split_once(' ').unwrap_or((line, ""));
        let step = match sign {
            "C:" => Step::Client([rest.as_bytes(), b"\r\n"].concat()),
            "C\\" => Step::Client(unescape(rest)),
            "S:" => Step::Server(rest.to_owned()),
            "S!" => Step::Closed,
            "T:" => Step::Handshake,
            "N:" => {
                dialog.arrived.push(rest.to_owned());
                continue;
            }
            _ => {
                set(&mut dialog.settings, sign, rest).ok_or(format!("{}: {line}?", i + 1))?;
                continue;
            }
        };
        match (dialog.steps.last_mut(), step) {
            (Some((_, Step::Client(before))), Step::Client(more)) => before.extend(more),
            (_, step) => dialog.steps.push((i + 1, step)),
        }
    }
    Ok(dialog)
}

fn set(settings: &mut Settings, name: &str, value: &str) -> Option<()> {
    match (name, value) {
        ("door:", "lmtp") => settings.door = Protocol::Lmtp,
        ("accept:", "no") => settings.accept = Vec::new(),
        ("accept:", network) => settings.accept = vec![network.parse().ok()?],
        ("proxy:", "yes") => settings.proxy = true,
        ("logins:", "yes") => settings.logins = true,
        ("xforward:", "yes") => settings.xforward = true,
        ("repair:", "yes") => settings.repair = true,
        ("chunking:", "on") => settings.chunking = true,
        ("tls:", "yes") => settings.tls = true,
        ("implicit_tls:", "yes") => settings.implicit_tls = true,
        ("early:", "yes") => settings.early = true,
        ("segments:", "matter") => settings.segments_matter = true,
        ("show:", "client") => settings.show_client = true,
        ("recipients:", n) => settings.recipients = n.parse().ok()?,
        ("junk:", n) => settings.junk = n.parse().ok()?,
        _ => return None,
    }
    Some(())
}

fn unescape(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&byte, behind)) = rest.split_first() {
        let (byte, used) = match (byte, behind.first()) {
            (b'\\', Some(b'r')) => (b'\r', 1),
            (b'\\', Some(b'n')) => (b'\n', 1),
            (b'\\', Some(b't')) => (b'\t', 1),
            (b'\\', Some(b'0')) => (0, 1),
            (b'\\', Some(b'x')) => {
                let hex = std::str::from_utf8(&behind[1..3]).expect("two digits");
                (u8::from_str_radix(hex, 16).expect("two digits"), 3)
            }
            (b'\\', _) => (b'\\', 1),
            (byte, _) => (byte, 0),
        };
        out.push(byte);
        rest = &behind[used..];
    }
    out
}

async fn run(dialog: &Dialog, slice: usize, keys: &Keys) -> Result<(), String> {
    let line = Arc::new(DoubleLine::new(1000));
    let arrived = line.arrived.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    let early = match dialog.settings.early {
        true => Some(speak_early(address, dialog).await),
        false => None,
    };
    let server = tokio::spawn(serve(listener, door(&dialog.settings, line, keys), stopped));
    let client = match early {
        Some(stream) => stream,
        None => connect(address).await,
    };
    talk(dialog, client, slice, keys).await?;
    stop.send(true).expect("the server listens");
    let ended = tokio::time::timeout(Duration::from_secs(5), server).await;
    ended
        .map_err(|_| "0: the server does not stop")?
        .expect("no panic");
    let seen: Vec<String> = arrived
        .all()
        .iter()
        .map(|a| shown(a, &dialog.settings))
        .collect();
    let same = seen.len() == dialog.arrived.len()
        && seen
            .iter()
            .zip(&dialog.arrived)
            .all(|(s, expected)| matches(expected, s));
    match same {
        true => Ok(()),
        false => Err(format!("0: at the next hop arrived {seen:#?}")),
    }
}

fn door(settings: &Settings, line: Arc<DoubleLine>, keys: &Keys) -> Arc<SmtpDoor> {
    let here = |wanted: bool| match wanted {
        true => Network::loopback().to_vec(),
        false => Vec::new(),
    };
    Arc::new(SmtpDoor {
        protocol: settings.door,
        line,
        tls: (settings.tls || settings.implicit_tls).then(|| keys.server.clone()),
        implicit_tls: settings.implicit_tls,
        accept_from: settings.accept.clone(),
        proxy_from: here(settings.proxy),
        logins: settings.logins,
        xforward_from: here(settings.xforward),
        repair_from: here(settings.repair),
        chunking: settings.chunking,
        limits: Limits {
            recipients: settings.recipients,
            junk: settings.junk,
            login_pause: Duration::from_millis(20),
            ..Limits::default()
        },
    })
}

pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("it is a socket");
    stream
}

async fn speak_early(address: SocketAddr, dialog: &Dialog) -> TcpStream {
    let mut stream = connect(address).await;
    if let Some((_, Step::Client(bytes))) = dialog.steps.first() {
        stream.write_all(bytes).await.expect("the socket takes it");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stream
}

async fn talk(dialog: &Dialog, stream: TcpStream, slice: usize, keys: &Keys) -> Result<(), String> {
    let mut stream: Box<dyn Stream> = Box::new(stream);
    let mut said = Vec::new();
    let skipped = usize::from(dialog.settings.early);
    for (number, step) in dialog.steps.iter().skip(skipped) {
        match step {
            Step::Client(bytes) => {
                for piece in bytes.chunks(slice) {
                    // A server that has hung up is seen at the next `S`.
                    let _ = stream.write_all(piece).await;
                    let _ = stream.flush().await;
                }
            }
            Step::Server(expected) => match next_line(&mut stream, &mut said).await {
                Some(line) if matches(expected, &line) => {}
                other => return Err(format!("{number}: expected {expected:?}, got {other:?}")),
            },
            Step::Closed => {
                if let Some(line) = next_line(&mut stream, &mut said).await {
                    return Err(format!("{number}: expected the end, got {line:?}"));
                }
            }
            Step::Handshake => stream = keys.handshake(stream).await,
        }
    }
    Ok(())
}

/// `None` if the server closed.
async fn next_line(stream: &mut Box<dyn Stream>, said: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = said.windows(2).position(|w| w == b"\r\n") {
            let line: Vec<u8> = said.drain(..end + 2).collect();
            return Some(String::from_utf8_lossy(&line[..end]).into_owned());
        }
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_buf(said)).await;
        match read {
            Ok(Ok(n)) if n > 0 => {}
            Ok(_) => return None,
            Err(_) => return Some(format!("(nothing for 5 s, after {said:?})")),
        }
    }
}

fn shown((variant, client): &(Variant, String), settings: &Settings) -> String {
    let mut out = match settings.show_client {
        true => format!("{client}: "),
        false => String::new(),
    };
    out += &variant.sender().map_or("<>".into(), |s| format!("<{s}>"));
    let options = variant.options();
    for (set, word) in [
        (options.eight_bit, " 8BITMIME"),
        (options.utf8, " SMTPUTF8"),
        (options.require_tls, " REQUIRETLS"),
    ] {
        out += if set { word } else { "" };
    }
    for (name, value) in [("RET", &options.ret), ("ENVID", &options.envid)] {
        out += &value
            .as_ref()
            .map_or(String::new(), |v| format!(" {name}={v}"));
    }
    out += " ->";
    for recipient in variant.recipients() {
        out += &format!(" <{}>", recipient.address);
        for (name, value) in [("NOTIFY", &recipient.notify), ("ORCPT", &recipient.orcpt)] {
            out += &value
                .as_ref()
                .map_or(String::new(), |v| format!(" {name}={v}"));
        }
    }
    let content = variant.content().to_vec().expect("it can be read");
    out + &format!(
        " : {}",
        content.escape_ascii().to_string().replace("\\'", "'")
    )
}

/// `*` in the pattern is anything.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|behind| {
            (0..=behind.len())
                .filter(|i| behind.is_char_boundary(*i))
                .any(|i| matches(rest, &behind[i..]))
        }),
    }
}

/// A certificate for `gate.example`, and a client that believes it.
pub struct Keys {
    pub server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl Keys {
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["gate.example".into()]).expect("a key");
        let certificate: CertificateDer = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let server = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .expect("they belong together");
        let mut roots = RootCertStore::empty();
        roots.add(certificate).expect("a certificate");
        let client = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Keys {
            server: Arc::new(server),
            client: Arc::new(client),
        }
    }

    /// What a client says first, and nothing else.
    pub fn hello(&self) -> Vec<u8> {
        let name = ServerName::try_from("gate.example").expect("a name");
        let client = ClientConnection::new(self.client.clone(), name);
        let mut bytes = Vec::new();
        let written = client.expect("a client").write_tls(&mut bytes);
        written.expect("memory takes it");
        bytes
    }

    pub async fn handshake(&self, stream: Box<dyn Stream>) -> Box<dyn Stream> {
        let name = ServerName::try_from("gate.example").expect("a name");
        let connector = tokio_rustls::TlsConnector::from(self.client.clone());
        Box::new(connector.connect(name, stream).await.expect("a handshake"))
    }
}
