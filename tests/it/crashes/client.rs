//! A mail server behind which people write mails. It keeps each mail until every recipient was answered for, and sends the very same
//! bytes again after 4xx, a cut connection or silence: over LMTP to those who are still open, as over SMTP after a refused RCPT. Now
//! and then it is impolite (F14): hangs up after its final dot, closes its half, turns the order of recipients round.

use super::dice::Dice;
use super::history::{Answer, History, Try};
use super::mails::Letter;
use crate::support::client::{Door, stuff};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// It waits so long for an answer to a command, and for the one to its final dot. The gateway is told to answer within less.
const COMMAND: Duration = Duration::from_secs(2);
const LAST: Duration = Duration::from_secs(12);

/// What is still to be done about a mail.
#[derive(Debug, Clone)]
struct Job {
    letter: usize,
    open: Vec<String>,
    tries: u64,
    due: Instant,
}

/// Its queue, shared by its workers.
pub struct Queue {
    history: Arc<History>,
    seed: u64,
    impolite: bool,
    jobs: Mutex<VecDeque<Job>>,
    under_way: AtomicUsize,
    numbers: AtomicU64,
    /// People write more.
    pub busy: AtomicBool,
    /// Where the gateway's doors are: SMTP and LMTP.
    doors: Mutex<Option<(SocketAddr, SocketAddr)>>,
}

impl Queue {
    pub fn new(history: Arc<History>, seed: u64, impolite: bool) -> Arc<Queue> {
        Arc::new(Queue {
            history,
            seed,
            impolite,
            jobs: Mutex::default(),
            under_way: AtomicUsize::new(0),
            numbers: AtomicU64::new(0),
            busy: AtomicBool::new(false),
            doors: Mutex::default(),
        })
    }

    pub fn open(&self, smtp: SocketAddr, lmtp: SocketAddr) {
        *self.doors.lock().expect("nobody panics in here") = Some((smtp, lmtp));
    }

    /// Somebody wrote a mail.
    pub fn put(&self, letter: Letter) {
        let mut events = self.history.events();
        let job = Job {
            letter: events.letters.len(),
            open: letter.to.clone(),
            tries: 0,
            due: Instant::now(),
        };
        events.letters.push(letter);
        drop(events);
        self.jobs().push_back(job);
    }

    /// Everything that was not answered for, as if this server had been down meanwhile.
    pub fn put_open(&self) {
        let events = self.history.events();
        let mut jobs = self.jobs();
        for (number, letter) in events.letters.iter().enumerate() {
            let tries = events.tries.iter().filter(|t| t.letter == number);
            let answers: Vec<_> = tries.flat_map(|t| &t.answers).collect();
            let is_done = |to: &&String| {
                let mut answers = answers.iter().filter(|(whom, _)| whom == *to);
                answers.any(|(_, a)| matches!(a, Answer::Good | Answer::Refused))
            };
            let open: Vec<String> = letter
                .to
                .iter()
                .filter(|to| !is_done(to))
                .cloned()
                .collect();
            if !open.is_empty() {
                jobs.push_back(Job {
                    letter: number,
                    open,
                    tries: 1,
                    due: Instant::now(),
                });
            }
        }
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        self.jobs().is_empty() && self.under_way.load(Ordering::SeqCst) == 0
    }

    fn jobs(&self) -> std::sync::MutexGuard<'_, VecDeque<Job>> {
        self.jobs.lock().expect("nobody panics in here")
    }

    /// Works until the task is ended.
    pub async fn work(self: Arc<Self>) {
        loop {
            let door = *self.doors.lock().expect("nobody panics in here");
            match (self.next(), door) {
                (Some(job), Some(doors)) => {
                    let job = self.attempt(job, doors).await;
                    if !job.open.is_empty() {
                        self.jobs().push_back(job);
                    }
                    self.under_way.fetch_sub(1, Ordering::SeqCst);
                }
                (Some(job), None) => {
                    self.jobs().push_front(job);
                    self.under_way.fetch_sub(1, Ordering::SeqCst);
                    sleep(Duration::from_millis(5)).await;
                }
                (None, _) => sleep(Duration::from_millis(5)).await,
            }
        }
    }

    fn next(&self) -> Option<Job> {
        let now = Instant::now();
        let mut jobs = self.jobs();
        let due = jobs.iter().position(|job| job.due <= now);
        let job = due.and_then(|place| jobs.remove(place));
        let few = jobs.len() < 30;
        if job.is_some() {
            self.under_way.fetch_add(1, Ordering::SeqCst);
            return job;
        }
        drop(jobs);
        if few && self.busy.load(Ordering::Relaxed) {
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            self.put(Letter::new(self.seed, number));
        }
        None
    }

    async fn attempt(&self, mut job: Job, doors: (SocketAddr, SocketAddr)) -> Job {
        let letter = self.history.events().letters[job.letter].clone();
        let address = if letter.door == Door::Smtp {
            doors.0
        } else {
            doors.1
        };
        let number = job.letter as u64 * 1000 + job.tries;
        let mut dice = Dice::new(self.seed, "client", number);
        if job.tries > 0 && self.impolite && dice.percent(20) {
            job.open.reverse();
        }
        let habit = match dice.below(30) {
            0 if self.impolite => Habit::HangsUp,
            1 if self.impolite => Habit::HalfCloses,
            _ => Habit::Waits,
        };
        let Ok(stream) = TcpStream::connect(address).await else {
            // It is down. Nothing happened, nothing is told.
            job.due = Instant::now() + Duration::from_millis(20);
            return job;
        };
        let begun = self.history.now();
        let mut said = Said::new(&job.open);
        if let Err(error) = converse(stream, &letter, &job.open, habit, &mut said).await {
            said.lines.push(format!("({error})"));
            said.cut();
        }
        job.open = said.open();
        job.tries += 1;
        job.due = Instant::now() + Duration::from_millis(20 + dice.below(60));
        self.history.events().tries.push(Try {
            letter: job.letter,
            begun,
            ended: self.history.now(),
            answers: said.answers,
            said: said.lines,
        });
        job
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Waits,
    /// Behind the final dot.
    HangsUp,
    HalfCloses,
}

/// What was heard so far.
struct Said {
    answers: Vec<(String, Answer)>,
    lines: Vec<String>,
    dotted: bool,
    /// For whom the answer to the final dot counts, by index; those who were answered then are taken out.
    waiting: Vec<usize>,
}

impl Said {
    fn new(to: &[String]) -> Said {
        Said {
            answers: to.iter().map(|to| (to.clone(), Answer::Later)).collect(),
            lines: Vec::new(),
            dotted: false,
            waiting: Vec::new(),
        }
    }

    fn hear(&mut self, index: usize, reply: &str) {
        self.answers[index].1 = match reply.as_bytes().first() {
            Some(b'2') => Answer::Good,
            Some(b'5') => Answer::Refused,
            _ => Answer::Later,
        };
        self.lines.push(reply.to_owned());
    }

    /// The conversation ended early: whoever waits for an answer to the dot will never know.
    fn cut(&mut self) {
        if self.dotted {
            let waiting = std::mem::take(&mut self.waiting);
            waiting
                .into_iter()
                .for_each(|index| self.answers[index].1 = Answer::Unknown);
        }
    }

    fn open(&self) -> Vec<String> {
        let open = self
            .answers
            .iter()
            .filter(|(_, a)| matches!(a, Answer::Later | Answer::Unknown));
        open.map(|(to, _)| to.clone()).collect()
    }
}

async fn converse(
    stream: TcpStream,
    letter: &Letter,
    to: &[String],
    habit: Habit,
    said: &mut Said,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    reply(&mut stream, COMMAND).await?;
    let hello = if letter.door == Door::Lmtp {
        "LHLO"
    } else {
        "EHLO"
    };
    say(&mut stream, &format!("{hello} client.test")).await?;
    let taken = say(&mut stream, &format!("MAIL FROM:<{}>", letter.from)).await?;
    if !taken.starts_with('2') {
        (0..to.len()).for_each(|index| said.hear(index, &taken));
        return Ok(());
    }
    for (index, recipient) in to.iter().enumerate() {
        let taken = say(&mut stream, &format!("RCPT TO:<{recipient}>")).await?;
        match taken.starts_with('2') {
            true => said.waiting.push(index),
            false => said.hear(index, &taken),
        }
    }
    if said.waiting.is_empty() {
        return Ok(());
    }
    let go_on = say(&mut stream, "DATA").await?;
    if !go_on.starts_with("354") {
        let waiting = std::mem::take(&mut said.waiting);
        waiting.into_iter().for_each(|n| said.hear(n, &go_on));
        return Ok(());
    }
    stream.write_all(&stuff(&letter.bytes)).await?;
    said.dotted = true;
    stream.write_all(b".\r\n").await?;
    match habit {
        Habit::HangsUp => return Err(io::Error::other("hung up")),
        Habit::HalfCloses => stream.get_mut().shutdown().await?,
        Habit::Waits => {}
    }
    if letter.door == Door::Smtp {
        let answer = reply(&mut stream, LAST).await?;
        let waiting = std::mem::take(&mut said.waiting);
        waiting.into_iter().for_each(|n| said.hear(n, &answer));
    }
    while !said.waiting.is_empty() {
        let answer = reply(&mut stream, LAST).await?;
        let index = said.waiting.remove(0);
        said.hear(index, &answer);
    }
    // The answers are there: how the connection ends does not matter any more.
    let _ = stream.write_all(b"QUIT\r\n").await;
    Ok(())
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> io::Result<String> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    reply(stream, COMMAND).await
}

async fn reply(stream: &mut BufReader<TcpStream>, wait: Duration) -> io::Result<String> {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        let read = timeout(wait, stream.read_line(&mut line)).await??;
        if read == 0 || !line.ends_with('\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let last = line.len() < 4 || line.as_bytes()[3] == b' ';
        all.push_str(line.trim_end());
        if last {
            return Ok(all);
        }
        all.push('\n');
    }
}
