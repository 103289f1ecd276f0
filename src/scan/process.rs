//! One process that reads, seen from the gateway: gets files, gives pieces, is never trusted.
//!
//! Promises: [`Process::read`] ends at its deadline whatever the process does: nothing, too much, nonsense, never reading or never
//! ending; both directions move at once, so neither side waits for the other for ever. A process in doubt is killed when dropped.
//! The process gets no environment, no descriptor but its three streams, and what a fresh program has in memory: no key.

use super::frames::{self, CHUNK, Garbage, MAX_FRAME, Order, READY, Task};
use crate::mail::content::Sink;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The word on the command line that makes this program one that reads.
pub const COMMAND: &str = "read-documents";

/// A process has so long to begin.
const BEGIN: Duration = Duration::from_secs(10);

/// Between two looks at the clock.
const LOOK: Duration = Duration::from_millis(200);

/// A running process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// Read from it and not taken yet.
    received: Vec<u8>,
    /// What it has done so far.
    pub files: u32,
    /// Bytes of all of them.
    pub bytes: u64,
    /// How long it was busy.
    pub busy: Duration,
}

/// Why reading ended before the end.
#[derive(Debug)]
pub enum Ended {
    /// The file itself could not be read here.
    Source(io::Error),
    /// The consumer has enough.
    Enough,
    /// The file is longer than the task says.
    TooLong,
    /// The deadline.
    Late,
    /// It died, or said nonsense: what the log says.
    Broken(String),
}

impl From<Garbage> for Ended {
    fn from(garbage: Garbage) -> Self {
        Ended::Broken(garbage.0.to_owned())
    }
}

impl Process {
    /// Starts one, and waits until it has limited itself. `time` of processor is the most it may use in its life.
    pub fn start(program: &Path, time: Duration) -> Result<Process, String> {
        let mut child = Command::new(program)
            .arg(COMMAND)
            .arg(time.as_secs().to_string())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no streams".into());
        };
        let mut process = Process {
            child,
            input,
            output,
            received: Vec::new(),
            files: 0,
            bytes: 0,
            busy: Duration::ZERO,
        };
        process.begin()?;
        Ok(process)
    }

    fn begin(&mut self) -> Result<(), String> {
        nonblocking(&self.input).map_err(|e| e.to_string())?;
        nonblocking(&self.output).map_err(|e| e.to_string())?;
        let deadline = Instant::now() + BEGIN;
        let said = loop {
            if let Some((frame, length)) = frames::first(&self.received).map_err(|g| g.0)? {
                let text = String::from_utf8_lossy(frame).into_owned();
                self.received.drain(..length);
                break text;
            }
            let ready = self.wait(false, deadline).map_err(|e| e.to_string())?;
            if Instant::now() >= deadline {
                return Err("it does not begin".into());
            }
            if ready.output && !self.receive().map_err(|e| e.to_string())? {
                return Err(self.last_words());
            }
        };
        match said == READY {
            true => Ok(()),
            false => Err(said),
        }
    }

    /// Has one file read. After an error the process is good for nothing. `look` is called now and then.
    pub fn read(
        &mut self,
        task: &Task<'_>,
        bytes: &mut dyn Read,
        sink: &mut dyn Sink,
        order: &mut Order,
        deadline: Instant,
        look: &mut dyn FnMut(),
    ) -> Result<(), Ended> {
        let mut feed = Feed::new(task);
        // What it said while it began is looked at without waiting for more.
        let mut said = !self.received.is_empty();
        loop {
            feed.fill(bytes)?;
            let ready = self.wait(feed.waits(), deadline);
            let ready = ready.map_err(|e| Ended::Broken(e.to_string()))?;
            look();
            if Instant::now() >= deadline {
                return Err(Ended::Late);
            }
            if ready.input {
                self.send(&mut feed)?;
            }
            if !ready.output && !std::mem::take(&mut said) {
                continue;
            }
            match self.receive() {
                Ok(true) => {}
                Ok(false) => return Err(Ended::Broken(self.last_words())),
                Err(e) => return Err(Ended::Broken(e.to_string())),
            }
            if self.deliver(order, sink, deadline)? {
                self.bytes += feed.sent;
                // An answer before the question is whole, or after it is done.
                let whole = feed.done() && self.received.is_empty();
                let early = Ended::Broken("it ended a file that it had not got".into());
                return if whole { Ok(()) } else { Err(early) };
            }
        }
    }

    /// Gives away the pieces that are there; `true`: the file is done.
    fn deliver(
        &mut self,
        order: &mut Order,
        sink: &mut dyn Sink,
        deadline: Instant,
    ) -> Result<bool, Ended> {
        let mut at = 0;
        let done = loop {
            let Some((frame, length)) = frames::first(&self.received[at..])? else {
                break false;
            };
            at += length;
            if frame.is_empty() {
                break true;
            }
            sink.take(order.piece(frame)?).map_err(|_| Ended::Enough)?;
            if Instant::now() >= deadline {
                return Err(Ended::Late);
            }
        };
        self.received.drain(..at);
        Ok(done)
    }

    /// Waits until the process wants or has something, but not long.
    fn wait(&self, write: bool, deadline: Instant) -> io::Result<Ready> {
        let left = deadline.saturating_duration_since(Instant::now()).min(LOOK);
        let time = Timespec {
            tv_sec: 0,
            tv_nsec: left.subsec_nanos().into(),
        };
        let mut fds = [
            PollFd::new(&self.output, PollFlags::IN),
            PollFd::new(&self.input, PollFlags::OUT),
        ];
        let watched = if write { &mut fds[..] } else { &mut fds[..1] };
        match poll(watched, Some(&time)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
        Ok(Ready {
            output: !fds[0].revents().is_empty(),
            input: !fds[1].revents().is_empty(),
        })
    }

    fn send(&mut self, feed: &mut Feed) -> Result<(), Ended> {
        match self.input.write(&feed.pending[feed.at..]) {
            Ok(n) => feed.at += n,
            Err(e) if again(&e) => {}
            // What it said before may still be there; its end is read from the output.
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                return Err(Ended::Broken(self.last_words()));
            }
            Err(e) => return Err(Ended::Broken(e.to_string())),
        }
        Ok(())
    }

    /// More of what it says; `false`: it says nothing any more. At most two frames are waiting.
    fn receive(&mut self) -> io::Result<bool> {
        let mut piece = [0; CHUNK];
        if self.received.len() > 2 * MAX_FRAME {
            return Ok(true);
        }
        match self.output.read(&mut piece) {
            Ok(0) => Ok(false),
            Ok(n) => {
                self.received.extend_from_slice(&piece[..n]);
                Ok(true)
            }
            Err(e) if again(&e) => Ok(true),
            Err(e) => Err(e),
        }
    }

    /// How it ended, for the log.
    fn last_words(&mut self) -> String {
        // It closed a stream: it is ending, or it lives on without one and is not wanted.
        std::thread::sleep(Duration::from_millis(5));
        match self.child.try_wait() {
            Ok(Some(status)) => format!("it ended: {status}"),
            Ok(None) => "it closed its streams".into(),
            Err(e) => e.to_string(),
        }
    }

    /// It waits for a file. While it waited, somebody may have ended it.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Err: it has ended already, and is waited for all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Ready {
    input: bool,
    output: bool,
}

/// A task on its way to the process.
struct Feed {
    pending: Vec<u8>,
    at: usize,
    sent: u64,
    most: u64,
    whole: bool,
    chunk: Vec<u8>,
}

impl Feed {
    fn new(task: &Task<'_>) -> Self {
        let mut pending = Vec::with_capacity(CHUNK + 4);
        let head = postcard::to_allocvec(task).expect("a task has a form");
        frames::put(&mut pending, &head);
        Feed {
            pending,
            at: 0,
            sent: 0,
            most: task.max_bytes,
            whole: false,
            chunk: vec![0; CHUNK],
        }
    }

    /// Takes the next bytes of the file when all before have gone.
    fn fill(&mut self, bytes: &mut dyn Read) -> Result<(), Ended> {
        if self.waits() || self.whole {
            return Ok(());
        }
        let n = loop {
            match bytes.read(&mut self.chunk) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                other => break other.map_err(Ended::Source)?,
            }
        };
        self.sent += n as u64;
        if self.sent > self.most {
            return Err(Ended::TooLong);
        }
        self.whole = n == 0;
        self.pending.clear();
        self.at = 0;
        frames::put(&mut self.pending, &self.chunk[..n]);
        Ok(())
    }

    fn waits(&self) -> bool {
        self.at < self.pending.len()
    }

    fn done(&self) -> bool {
        self.whole && !self.waits()
    }
}

fn again(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

fn nonblocking(stream: impl AsFd) -> rustix::io::Result<()> {
    let flags = fcntl_getfl(&stream)?;
    fcntl_setfl(&stream, flags | OFlags::NONBLOCK)
}
