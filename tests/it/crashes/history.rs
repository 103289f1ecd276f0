//! What happened, as all sides saw it: each try of a client is begun, and then good, refused, put off or unknown; each copy that a next
//! hop took, each text message. Only [`super::judge`] says what an unknown one may mean.

use super::mails::Letter;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// What a client knows of one recipient after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 2xx: no longer its business.
    Good,
    /// 5xx: its sender hears of it.
    Refused,
    /// 4xx, or the final dot was not sent.
    Later,
    /// The final dot was sent and not answered.
    Unknown,
}

/// One try of a client.
#[derive(Debug, Clone)]
pub struct Try {
    pub letter: usize,
    pub begun: Duration,
    pub ended: Duration,
    pub answers: Vec<(String, Answer)>,
    /// What it read, for sentences about failures.
    pub said: Vec<String>,
}

/// A mail that a next hop took.
#[derive(Debug, Clone)]
pub struct Copy {
    pub at: Duration,
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
    /// It answered as it should.
    pub answered: bool,
    /// It was taken while the picture of a power cut was made: whether its transfer is in the picture nobody knows.
    pub blurred: bool,
}

/// A text message that its provider took.
#[derive(Debug, Clone)]
pub struct Text {
    pub at: Duration,
    pub number: String,
    pub text: String,
    /// The provider answered as it should.
    pub answered: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Events {
    pub letters: Vec<Letter>,
    pub tries: Vec<Try>,
    pub copies: Vec<Copy>,
    pub texts: Vec<Text>,
    /// When the gateway was killed.
    pub deaths: Vec<Duration>,
    /// What no mail server may ever send.
    pub blunders: Vec<String>,
}

pub struct History {
    start: Instant,
    events: Mutex<Events>,
}

impl History {
    pub fn new() -> History {
        History {
            start: Instant::now(),
            events: Mutex::default(),
        }
    }

    /// Another one that begins as this one was.
    pub fn branch(&self, events: Events) -> History {
        History {
            start: self.start,
            events: Mutex::new(events),
        }
    }

    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().expect("nobody panics in here")
    }

    /// Its number, for [`Self::answered`].
    pub fn took(&self, from: &str, to: &[String], bytes: &[u8]) -> usize {
        let copy = Copy {
            at: self.now(),
            from: from.to_owned(),
            to: to.to_vec(),
            bytes: bytes.to_vec(),
            answered: false,
            blurred: false,
        };
        let mut events = self.events();
        events.copies.push(copy);
        events.copies.len() - 1
    }

    pub fn answered(&self, copy: usize) {
        self.events().copies[copy].answered = true;
    }

    pub fn died(&self) {
        let now = self.now();
        self.events().deaths.push(now);
    }

    pub fn blunder(&self, what: String) {
        self.events().blunders.push(what);
    }

    /// Tries that brought a 2xx so far.
    pub fn good(&self) -> usize {
        let is_good = |t: &&Try| t.answers.iter().any(|(_, a)| *a == Answer::Good);
        self.events().tries.iter().filter(is_good).count()
    }
}
