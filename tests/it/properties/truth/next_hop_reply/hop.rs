//! A next hop that says what it is told, and keeps book of what it heard and when it said what.

use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// Ends a piece.
const RS: u8 = 0x1e;
/// What is usual, in a piece.
const GS: u8 = 0x1d;
/// Nothing.
const FS: u8 = 0x1c;
/// Hangs up.
const EM: u8 = 0x19;

pub struct Hop {
    server: JoinHandle<()>,
    book: Book,
}

/// Connections in their order.
type Book = Arc<Mutex<Vec<Connection>>>;

#[derive(Debug, Default, Clone)]
struct Connection {
    /// What was heard, each with the number of bytes said before.
    heard: Vec<(usize, Heard)>,
    said: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq)]
enum Heard {
    /// The client is there: it is greeted.
    Arrival,
    Line(String),
    /// The content, and if its end was heard.
    Content(Vec<u8>, bool),
}

/// One mail as the client must see it: what was answered to what, in the order of both.
#[derive(Debug)]
pub struct Transaction {
    /// Those who were answered 2xx.
    pub recipients: Vec<String>,
    /// What came after 354.
    pub content: Option<Vec<u8>>,
    /// Codes behind the final dot: one, or one for each recipient. `None`: the final dot did not come.
    answers: Option<Vec<Option<u16>>>,
}

/// The answers to a final dot.
pub struct Answers<'a>(&'a Transaction);

impl Hop {
    pub fn start(socket: &Path, lmtp: bool, script: &[u8]) -> Hop {
        let listener = UnixListener::bind(socket).expect("a socket");
        let mut pieces: Vec<Vec<u8>> = script.split(|b| *b == RS).map(<[u8]>::to_vec).collect();
        pieces.reverse();
        let book = Book::default();
        let kept = book.clone();
        let server = tokio::spawn(async move {
            // One after the other, as the client comes: it never has two.
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, lmtp, &mut pieces, &kept).await;
            }
        });
        Hop { server, book }
    }

    pub fn transactions(&self) -> Vec<Transaction> {
        let book = self.book.lock().expect("not poisoned");
        book.iter().flat_map(Connection::transactions).collect()
    }
}

impl Drop for Hop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(stream: UnixStream, lmtp: bool, pieces: &mut Vec<Vec<u8>>, book: &Book) {
    let number = {
        let mut book = book.lock().expect("not poisoned");
        book.push(Connection::default());
        book.len() - 1
    };
    let mut stream = BufReader::new(stream);
    let mut next = Heard::Arrival;
    loop {
        let answer = {
            let mut book = book.lock().expect("not poisoned");
            let connection = &mut book[number];
            let before = connection.said.len();
            connection.heard.push((before, next.clone()));
            // A script that is over goes on as usual, and not for ever: the client has only so much to say.
            let piece = pieces.pop().unwrap_or_default();
            let said = said(&piece, &usual(&next, lmtp, connection));
            connection.said.extend_from_slice(&said.0);
            said
        };
        if stream.write_all(&answer.0).await.is_err() || answer.1 {
            return;
        }
        let begins = {
            let book = book.lock().expect("not poisoned");
            next == Heard::Line("DATA".into()) && book[number].last_answer() == Some(354)
        };
        let heard = match begins {
            true => content(&mut stream).await,
            false => line(&mut stream).await,
        };
        match heard {
            Some(Heard::Content(bytes, false)) => {
                let mut book = book.lock().expect("not poisoned");
                let connection = &mut book[number];
                let before = connection.said.len();
                connection
                    .heard
                    .push((before, Heard::Content(bytes, false)));
                return;
            }
            Some(heard) if heard != Heard::Line("QUIT".into()) => next = heard,
            _ => return,
        }
    }
}

/// What is said, and if it hangs up then.
fn said(piece: &[u8], usual: &[u8]) -> (Vec<u8>, bool) {
    let (piece, hangs_up) = match piece.strip_suffix(&[EM]) {
        Some(rest) => (rest, true),
        None => (piece, false),
    };
    let mut out = Vec::new();
    for byte in if piece.is_empty() && !hangs_up {
        &[GS][..]
    } else {
        piece
    } {
        match *byte {
            GS => out.extend_from_slice(usual),
            FS => {}
            byte => out.push(byte),
        }
    }
    (out, hangs_up)
}

fn usual(heard: &Heard, lmtp: bool, connection: &Connection) -> Vec<u8> {
    match heard {
        Heard::Arrival => b"220 hop.example\r\n".to_vec(),
        Heard::Line(line) if line.starts_with("EHLO") || line.starts_with("LHLO") => {
            b"250-hop.example\r\n250-PIPELINING\r\n250-SIZE\r\n250-XFORWARD NAME ADDR\r\n250 DSN\r\n".to_vec()
        }
        Heard::Line(line) if line == "DATA" => b"354 go on\r\n".to_vec(),
        Heard::Line(_) => b"250 2.0.0 fine\r\n".to_vec(),
        Heard::Content(..) if lmtp => {
            let transactions = connection.transactions();
            let last = transactions.last().map_or(1, |t| t.recipients.len());
            b"250 2.0.0 taken\r\n".repeat(last)
        }
        Heard::Content(..) => b"250 2.0.0 taken\r\n".to_vec(),
    }
}

async fn line(stream: &mut BufReader<UnixStream>) -> Option<Heard> {
    let mut line = Vec::new();
    let read = stream.read_until(b'\n', &mut line).await.ok()?;
    if read == 0 {
        return None;
    }
    let text = String::from_utf8(line).expect("commands are text");
    let text = text.strip_suffix("\r\n").expect("commands end with CR LF");
    assert!(!text.contains(char::is_control), "{text:?}");
    Some(Heard::Line(text.to_owned()))
}

async fn content(stream: &mut BufReader<UnixStream>) -> Option<Heard> {
    let mut all = Vec::new();
    loop {
        let start = all.len();
        match stream.read_until(b'\n', &mut all).await {
            Ok(n) if n > 0 => {}
            _ => return Some(Heard::Content(all, false)),
        }
        if &all[start..] == b".\r\n" {
            all.truncate(start);
            return Some(Heard::Content(all, true));
        }
        if all[start] == b'.' {
            all.remove(start);
        }
    }
}

impl Connection {
    /// The code that was answered to what was heard last, as the client counts.
    fn last_answer(&self) -> Option<u16> {
        let all = self.answered();
        all.last()
            .and_then(|(_, codes)| codes.first().copied().flatten())
    }

    /// What was heard with the codes of the replies that fall to it, in the order of both. The replies behind a final dot begin no
    /// earlier than it.
    fn answered(&self) -> Vec<(&Heard, Vec<Option<u16>>)> {
        let mut replies = replies(&self.said).into_iter();
        let (mut recipients, mut all) = (0, Vec::new());
        for (at, (before, heard)) in self.heard.iter().enumerate() {
            let lines = match heard {
                Heard::Content(_, false) => 0,
                // In SMTP only the first one counts.
                Heard::Content(_, true) => recipients,
                _ => 1,
            };
            let mut codes: Vec<Option<u16>> = Vec::new();
            for _ in 0..lines.max(usize::from(matches!(heard, Heard::Content(_, true)))) {
                let is_early =
                    |start: usize| matches!(heard, Heard::Content(..)) && start < *before;
                codes.push(
                    replies
                        .next()
                        .filter(|(start, _)| !is_early(*start))
                        .map(|r| r.1),
                );
                if !self.is_lmtp() {
                    break;
                }
            }
            let positive = matches!(codes[..], [Some(200..300)]);
            match heard {
                Heard::Line(line) if line.starts_with("RCPT") => {
                    recipients += usize::from(positive)
                }
                Heard::Line(line) if line.starts_with("MAIL") => recipients = 0,
                _ => {}
            }
            debug_assert!(at > 0 || *heard == Heard::Arrival);
            all.push((heard, codes));
        }
        all
    }

    fn is_lmtp(&self) -> bool {
        let lhlo =
            |(_, heard): &(usize, Heard)| matches!(heard, Heard::Line(l) if l.starts_with("LHLO"));
        self.heard.iter().any(lhlo)
    }

    fn transactions(&self) -> Vec<Transaction> {
        let (mut found, mut open) = (Vec::new(), None);
        for (heard, codes) in self.answered() {
            let positive = matches!(codes[..], [Some(200..300)]);
            match heard {
                Heard::Line(line) if line.starts_with("MAIL") => {
                    found.extend(open.take());
                    open = positive.then(|| Transaction {
                        recipients: Vec::new(),
                        content: None,
                        answers: None,
                    });
                }
                Heard::Line(line) if line == "RSET" => found.extend(open.take()),
                Heard::Line(line) => {
                    let path = line
                        .strip_prefix("RCPT TO:<")
                        .and_then(|l| l.split('>').next());
                    if let (Some(path), Some(open), true) = (path, &mut open, positive) {
                        open.recipients.push(path.to_owned());
                    }
                }
                Heard::Content(bytes, whole) => {
                    let mut transaction = open.take().expect("content has a transaction");
                    transaction.content = Some(bytes.clone());
                    transaction.answers = whole.then_some(codes);
                    found.push(transaction);
                }
                Heard::Arrival => {}
            }
        }
        found.extend(open);
        found
    }
}

impl Transaction {
    /// The answers behind the final dot of exactly these bytes.
    pub fn ended(&self, content: &[u8]) -> Option<Answers<'_>> {
        let whole = self.content.as_deref() == Some(content) && self.answers.is_some();
        whole.then_some(Answers(self))
    }
}

impl Answers<'_> {
    /// The one for this recipient.
    pub fn of(&self, name: &str) -> Option<u16> {
        let at = self.0.recipients.iter().position(|r| r == name)?;
        let answers = self.0.answers.as_ref()?;
        *answers.get(at).or(answers.first())?
    }
}

/// Where whole replies begin, and their codes; up to the first thing that is no reply.
fn replies(said: &[u8]) -> Vec<(usize, u16)> {
    let (mut found, mut at, mut first) = (Vec::new(), 0, None);
    while let Some(end) = memchr::memmem::find(&said[at..], b"\r\n") {
        let line = &said[at..at + end];
        let code = line.get(..3).filter(|d| d.iter().all(u8::is_ascii_digit));
        let code = code.and_then(|d| std::str::from_utf8(d).ok()?.parse::<u16>().ok());
        let Some(code) = code.filter(|c| (200..600).contains(c)) else {
            break;
        };
        let (start, known) = *first.get_or_insert((at, code));
        let bare = line.contains(&b'\r') || line.contains(&b'\n');
        match line.get(3) {
            _ if bare || code != known => break,
            Some(b'-') => {}
            None | Some(b' ') => {
                found.push((start, code));
                first = None;
            }
            Some(_) => break,
        }
        at += end + 2;
    }
    found
}
