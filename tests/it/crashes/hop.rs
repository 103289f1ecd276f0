//! A next hop that writes down all it takes and misbehaves by a script, one for each connection: it refuses, dies, is silent, says
//! nonsense, too much or too little, at every stage of a conversation (F13).

use super::dice::Dice;
use super::history::History;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Where a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Connect,
    Banner,
    Hello,
    Mail,
    Rcpt,
    Data,
    /// In the middle of the content.
    Content,
    Dot,
}

/// What it does there instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nobody listens for a moment.
    Refuse,
    Say(&'static str),
    /// The connection ends.
    Cut,
    /// It ends with a reset.
    Reset,
    /// Says nothing for three seconds, then hangs up.
    Silent,
    /// Something that is no reply.
    Garbage,
    /// What it should say, a byte at a time.
    Pieces,
    /// What it should say, twice.
    Twice,
    /// Ten megabytes of a reply that does not end.
    Endless,
    /// What it should say, but late.
    Slow,
    /// What it should say, and then the connection ends.
    LastWords,
}

/// What one connection does wrong: the n-th time (from 0) that it comes to a stage.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    pub stage: Stage,
    pub act: Act,
    pub nth: u64,
}

/// How much goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mood {
    /// Nothing does.
    Calm,
    /// Only what a mail with a sender meets: mails of the gateway's own are tried again after half a minute, which takes too long.
    Uneasy,
    /// Everything does.
    Wild,
}

/// The next hop. Ends with the test's runtime.
#[derive(Clone)]
pub struct Hop {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    history: Arc<History>,
    seed: u64,
    lmtp: bool,
    mood: AtomicU8,
    connections: AtomicU64,
    /// Recipients who were put off once.
    put_off: Mutex<HashSet<String>>,
}

impl Hop {
    pub async fn start(history: Arc<History>, seed: u64, lmtp: bool) -> Hop {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared {
            history,
            seed,
            lmtp,
            mood: AtomicU8::new(Mood::Calm as u8),
            connections: AtomicU64::new(0),
            put_off: Mutex::default(),
        });
        tokio::spawn(listen(listener, address, shared.clone()));
        Hop { address, shared }
    }

    /// As `intake.next_hop` has it.
    pub fn url(&self) -> String {
        let scheme = if self.shared.lmtp { "lmtp" } else { "smtp" };
        format!("{scheme}://{}", self.address)
    }

    /// From the next connection on.
    pub fn set(&self, mood: Mood) {
        self.shared.mood.store(mood as u8, Ordering::Relaxed);
    }
}

async fn listen(mut listener: TcpListener, address: SocketAddr, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let script = shared.script();
        let at_connect = script.filter(|s| s.stage == Stage::Connect);
        match at_connect.map(|s| s.act) {
            Some(Act::Refuse) => {
                drop((stream, listener));
                sleep(Duration::from_millis(30)).await;
                listener = TcpListener::bind(address).await.expect("still ours");
            }
            Some(_) => drop(stream.set_zero_linger()),
            None => {
                let session = Session {
                    stream: BufReader::new(stream),
                    script,
                    shared: shared.clone(),
                    from: String::new(),
                    to: Vec::new(),
                };
                tokio::spawn(session.run());
            }
        }
    }
}

impl Shared {
    /// Some recipients' names say what becomes of mail to them: never, or not yet.
    fn by_name(&self, to: &[String]) -> Option<Act> {
        if to.iter().any(|to| to.starts_with("gone-")) {
            return Some(Act::Say("550 5.1.1 Nobody here"));
        }
        let slow = to.iter().find(|to| to.starts_with("slow-"))?;
        let mut put_off = self.put_off.lock().expect("nobody panics in here");
        let is_new = put_off.insert(slow.clone());
        is_new.then_some(Act::Say("451 4.2.2 Not yet"))
    }

    /// What the next connection does wrong: the same for the same seed and number.
    fn script(&self) -> Option<Script> {
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        let mood = self.mood.load(Ordering::Relaxed);
        if mood == Mood::Calm as u8 {
            return None;
        }
        let mut dice = Dice::new(self.seed, "hop", number);
        let early = mood == Mood::Wild as u8 && dice.percent(5);
        if !early && !dice.percent(30) {
            return None;
        }
        Some(if early {
            early_on(&mut dice)
        } else {
            later(&mut dice)
        })
    }
}

fn early_on(dice: &mut Dice) -> Script {
    const ALL: [(Stage, Act); 12] = [
        (Stage::Connect, Act::Refuse),
        (Stage::Connect, Act::Reset),
        (Stage::Banner, Act::Say("421 4.3.2 Not now")),
        (Stage::Banner, Act::Say("554 5.3.2 Not you")),
        (Stage::Banner, Act::Garbage),
        (Stage::Banner, Act::Endless),
        (Stage::Banner, Act::Cut),
        (Stage::Banner, Act::Silent),
        (Stage::Hello, Act::Say("502 5.5.1 What")),
        (Stage::Hello, Act::Say("421 4.3.2 Not now")),
        (Stage::Hello, Act::Reset),
        (Stage::Hello, Act::Pieces),
    ];
    let (stage, act) = *dice.pick(&ALL);
    Script { stage, act, nth: 0 }
}

fn later(dice: &mut Dice) -> Script {
    use Act::*;
    let stage = *dice.pick(&[
        Stage::Mail,
        Stage::Rcpt,
        Stage::Rcpt,
        Stage::Data,
        Stage::Content,
        Stage::Dot,
        Stage::Dot,
        Stage::Dot,
        Stage::Dot,
    ]);
    let act = match stage {
        Stage::Content => *dice.pick(&[Cut, Reset, Silent]),
        _ => *dice.pick(&[
            Say("451 4.3.0 Later"),
            Say("452 4.3.1 Full"),
            Say("421 4.3.2 Going down"),
            Say("550 5.7.1 Never"),
            Cut,
            Cut,
            Reset,
            Reset,
            Silent,
            Garbage,
            Pieces,
            Pieces,
            Twice,
            Endless,
            Slow,
            LastWords,
            LastWords,
        ]),
    };
    let nth = match stage {
        Stage::Rcpt | Stage::Dot => dice.below(3),
        _ => 0,
    };
    Script { stage, act, nth }
}

struct Session {
    stream: BufReader<TcpStream>,
    script: Option<Script>,
    shared: Arc<Shared>,
    from: String,
    to: Vec<String>,
}

impl Session {
    async fn run(mut self) -> Option<()> {
        self.say(Stage::Banner, "220 hop.test").await?;
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "LHLO" => {
                    let offers =
                        "250-hop.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8";
                    self.say(Stage::Hello, offers).await?;
                }
                "MAIL" => {
                    self.from = mailbox(rest);
                    self.to.clear();
                    self.say(Stage::Mail, "250 2.1.0 ok").await?;
                }
                "RCPT" => {
                    let to = mailbox(rest);
                    if self.say(Stage::Rcpt, "250 2.1.5 ok").await? {
                        self.to.push(to);
                    }
                }
                "DATA" => self.data().await?,
                "RSET" => {
                    self.to.clear();
                    self.write(b"250 2.0.0 ok\r\n").await?;
                }
                "QUIT" => {
                    self.write(b"221 2.0.0 bye\r\n").await?;
                    return None;
                }
                _ => self.write(b"250 2.0.0 ok\r\n").await?,
            }
        }
    }

    async fn data(&mut self) -> Option<()> {
        if !self.say(Stage::Data, "354 go on").await? {
            return Some(());
        }
        let bytes = self.content().await?;
        let to = std::mem::take(&mut self.to);
        let groups: Vec<Vec<String>> = match self.shared.lmtp {
            true => to.into_iter().map(|to| vec![to]).collect(),
            false => vec![to],
        };
        for to in groups {
            self.dot(&to, &bytes).await?;
        }
        Some(())
    }

    async fn dot(&mut self, to: &[String], bytes: &[u8]) -> Option<()> {
        let act = self.due(Stage::Dot).or_else(|| self.shared.by_name(to));
        let mut dice = Dice::new(self.shared.seed, "dot", bytes.len() as u64);
        let takes = match act {
            Some(Act::Say(_)) => false,
            Some(Act::Cut | Act::Reset | Act::Silent | Act::Garbage | Act::Endless) => {
                dice.percent(60)
            }
            _ => true,
        };
        let copy = takes.then(|| self.shared.history.took(&self.from, to, bytes));
        let last = act == Some(Act::LastWords);
        if let (true, Some(copy)) = (last, copy) {
            // The connection ends below.
            self.shared.history.answered(copy);
        }
        let well = self.perform(act, "250 2.0.0 kept").await?;
        if let (true, Some(copy)) = (well, copy) {
            self.shared.history.answered(copy);
        }
        Some(())
    }

    /// What is to go wrong here, if it is its turn.
    fn due(&mut self, stage: Stage) -> Option<Act> {
        let script = self.script.as_mut().filter(|s| s.stage == stage)?;
        // Mails of the gateway's own have no sender: see [`Mood`].
        if self.from.is_empty() && !matches!(stage, Stage::Banner | Stage::Hello) {
            return None;
        }
        if script.nth > 0 {
            script.nth -= 1;
            return None;
        }
        let act = script.act;
        self.script = None;
        Some(act)
    }

    /// True if it said what it should.
    async fn say(&mut self, stage: Stage, reply: &str) -> Option<bool> {
        let act = self.due(stage);
        self.perform(act, reply).await
    }

    async fn perform(&mut self, act: Option<Act>, reply: &str) -> Option<bool> {
        let reply = format!("{reply}\r\n");
        match act {
            None => self.write(reply.as_bytes()).await?,
            Some(Act::Say(other)) => {
                self.write(format!("{other}\r\n").as_bytes()).await?;
                return (!other.starts_with("421")).then_some(false);
            }
            Some(Act::Refuse | Act::Cut) => return None,
            Some(Act::Reset) => {
                let _ = self.stream.get_ref().set_zero_linger();
                return None;
            }
            Some(Act::Silent) => {
                sleep(Duration::from_secs(3)).await;
                return None;
            }
            Some(Act::Garbage) => {
                self.write(b"\xff\x00 what\r\n\r\n25").await?;
                return None;
            }
            Some(Act::Pieces) => {
                for byte in reply.as_bytes() {
                    self.write(&[*byte]).await?;
                    sleep(Duration::from_millis(1)).await;
                }
            }
            Some(Act::Twice) => self.write(reply.repeat(2).as_bytes()).await?,
            Some(Act::Endless) => {
                let line = format!("250-{}\r\n", "a".repeat(494));
                for _ in 0..200 {
                    self.write(line.repeat(100).as_bytes()).await?;
                }
                return None;
            }
            Some(Act::Slow) => {
                sleep(Duration::from_millis(200)).await;
                self.write(reply.as_bytes()).await?;
            }
            Some(Act::LastWords) => {
                self.write(reply.as_bytes()).await?;
                return None;
            }
        }
        Some(true)
    }

    async fn write(&mut self, bytes: &[u8]) -> Option<()> {
        self.stream.write_all(bytes).await.ok()
    }

    /// A line of the gateway's, as strictly as a server can (P16).
    async fn bytes(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let read = self.stream.read_until(b'\n', &mut line).await;
        read.ok().filter(|n| *n > 0)?;
        // Without an end it was cut off.
        line.ends_with(b"\n").then_some(())?;
        let inner = line.strip_suffix(b"\r\n");
        if inner.is_none_or(|inner| inner.contains(&b'\r')) {
            let text = String::from_utf8_lossy(&line).into_owned();
            self.shared
                .history
                .blunder(format!("a bare CR or LF: {text:?}"));
        }
        Some(line)
    }

    async fn line(&mut self) -> Option<String> {
        let line = self.bytes().await?;
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    async fn content(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let line = self.bytes().await?;
            match line.strip_prefix(b".") {
                Some(b"\r\n") => return Some(bytes),
                Some(stuffed) => bytes.extend_from_slice(stuffed),
                None => bytes.extend_from_slice(&line),
            }
            if bytes.len() > 300
                && let Some(act) = self.due(Stage::Content)
            {
                self.perform(Some(act), "").await?;
            }
        }
    }
}

fn mailbox(rest: &str) -> String {
    rest.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
