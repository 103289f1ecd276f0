//! Moves bytes between a client and its [`Session`]: lines in, replies out, content in between.
//!
//! Promises: replies to commands that came together leave together; who speaks before it is his turn is cut off, because it may be
//! somebody else who speaks (RFC 2920, STARTTLS injection); a panic below ends this session with 421 and no other.

use super::session::{Next, Session};
use super::{SmtpDoor, chunks, content, listed, replies};
use crate::fault::{Kind, Reply};
use crate::mail::Attention;
use crate::wire::arrived::arrived;
use crate::wire::dot::LineEnds;
use crate::wire::smtp::{self, Chunk, Command, Malformed};
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;
use zeroize::{Zeroize, Zeroizing};

const COMMAND_BLOCK: usize = 4096;

type Line = Zeroizing<Vec<u8>>;

/// How a conversation ended.
pub(super) enum End<S> {
    /// For good.
    Over,
    /// The client waits for TLS on this stream; nothing of it is in our hands any more.
    StartTls(S),
}

/// Why it cannot go on.
pub(super) enum Trouble {
    /// The client went away, or the network.
    Gone,
    /// It took too long.
    TooSlow,
    /// We are asked to stop.
    Stopping,
}

/// A stream and what was read from it but not used, and written but not sent.
pub(super) struct Conversation<S> {
    stream: S,
    input: Vec<u8>,
    at: usize,
    output: Vec<u8>,
}

/// Speaks with one client until the end. `greet`: false after STARTTLS.
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    door: &SmtpDoor,
    session: Session<'_>,
    peer: IpAddr,
    stream: S,
    greet: bool,
    stop: watch::Receiver<bool>,
) -> End<S> {
    let line_ends = match listed(&door.repair_from, peer) {
        true => LineEnds::Repair,
        false => LineEnds::Strict,
    };
    let mut talk = Talk {
        door,
        session,
        stop,
        line_ends,
        conversation: Conversation::new(stream),
    };
    if greet {
        let greeting = talk.session.greeting();
        talk.conversation.say(&greeting);
    }
    let farewell = match talk.run().await {
        Ok(Next::StartTls) => return End::StartTls(talk.conversation.stream),
        Ok(Next::GiveUp) => Some(replies::too_many_logins()),
        Ok(_) => None,
        Err(Trouble::Gone) => return End::Over,
        Err(Trouble::TooSlow) => Some(replies::too_slow()),
        Err(Trouble::Stopping) => Some(replies::stopping(door.line.hostname())),
    };
    talk.conversation.leave(farewell).await;
    End::Over
}

struct Talk<'d, S> {
    door: &'d SmtpDoor,
    session: Session<'d>,
    stop: watch::Receiver<bool>,
    line_ends: LineEnds,
    conversation: Conversation<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<'_, S> {
    /// Command by command, until one says how it ends.
    async fn run(&mut self) -> Result<Next, Trouble> {
        loop {
            let line = self.next_line().await?;
            let (reply, next) = match line.and_then(|line| smtp::command(&line)) {
                Ok(Command::Bdat(chunk)) => match self.chunk(chunk).await? {
                    Next::Go => continue,
                    next => return self.ended(next).await,
                },
                Err(why) => self.session.junk(why),
                Ok(command) if self.too_early(&command).await => {
                    (replies::too_early(), Next::HangUp)
                }
                Ok(command) => {
                    let step = pin!(self.session.command(command));
                    let done = guarded(step).await;
                    done.unwrap_or_else(|| (replies::broken(), Next::HangUp))
                }
            };
            self.conversation.say(&reply);
            let next = match next {
                Next::Content => self.content().await?,
                Next::Response => self.responses().await?,
                next => next,
            };
            if next != Next::Go {
                return self.ended(next).await;
            }
        }
    }

    async fn ended(&mut self, next: Next) -> Result<Next, Trouble> {
        self.conversation.flush(self.door.limits.command).await?;
        Ok(next)
    }

    /// Replies leave when there is nothing left to answer.
    async fn next_line(&mut self) -> Result<Result<Line, Malformed>, Trouble> {
        // For the whole line: else a byte every few minutes would hold a session for ever.
        let deadline = Instant::now() + self.door.limits.command;
        loop {
            if !self.session.in_mail() && *self.stop.borrow() {
                return Err(Trouble::Stopping);
            }
            if let Some(line) = self
                .conversation
                .line(self.line_ends, self.session.longest_line())
            {
                return Ok(line);
            }
            self.conversation.flush(self.door.limits.command).await?;
            let may_stop = !self.session.in_mail();
            let left = deadline.saturating_duration_since(Instant::now());
            tokio::select! {
                biased;
                filled = self.conversation.fill(COMMAND_BLOCK, left) => filled?,
                _ = self.stop.wait_for(|stop| *stop), if may_stop => return Err(Trouble::Stopping),
            }
        }
    }

    /// True if something stands behind a command that must be answered first.
    async fn too_early(&mut self, command: &Command) -> bool {
        match command {
            Command::Data | Command::StartTls => self.conversation.something_waits().await,
            _ => !self.session.may_be_followed(command) && !self.conversation.waiting().is_empty(),
        }
    }

    /// A login, word by word.
    async fn responses(&mut self) -> Result<Next, Trouble> {
        loop {
            let line = self.next_line().await?;
            let early = line.is_ok() && !self.conversation.waiting().is_empty();
            let line = line.as_ref().map(|line| &line[..]).map_err(|why| *why);
            let (reply, next) = match early {
                true => (replies::too_early(), Next::HangUp),
                false => guarded(self.session.response(line))
                    .await
                    .unwrap_or_else(|| (replies::broken(), Next::HangUp)),
            };
            self.conversation.say(&reply);
            if next != Next::Response {
                return Ok(next);
            }
        }
    }

    async fn content(&mut self) -> Result<Next, Trouble> {
        self.conversation.flush(self.door.limits.command).await?;
        let Some(intake) = self.session.intake() else {
            // DATA was answered with 354 for a mail only.
            self.conversation.say(&replies::broken());
            return Ok(Next::HangUp);
        };
        let content = content::receive(
            &mut self.conversation,
            intake,
            self.door.line.max_message(),
            self.line_ends,
            &self.door.limits,
        )
        .await?;
        // Who writes bare line ends may see the end of this mail elsewhere than we do.
        let next = match &content {
            Err(fault) if fault.kind == Kind::BareLineEnd => Next::HangUp,
            _ => Next::Go,
        };
        let attention = self.session.attend();
        let answers = {
            // Pinned where it is made: who is given it by value moves all of it, and keeps room for it twice.
            let taking = pin!(self.session.dot(content));
            let taking = guarded(taking);
            self.conversation.attended(&attention, taking).await
        };
        let next = self.answered(answers, next);
        if next == Next::Go
            && !self.session.may_pipeline()
            && !self.conversation.waiting().is_empty()
        {
            // The mail is answered; whoever wrote the next command could not know how.
            self.conversation.say(&replies::too_early());
            return Ok(Next::HangUp);
        }
        Ok(next)
    }

    /// A chunk follows the command: it is read whatever we think of it, else it would be read as commands.
    async fn chunk(&mut self, chunk: Chunk) -> Result<Next, Trouble> {
        let refusal = match self.session.expects_chunk() {
            Err((reply, Next::HangUp)) => {
                self.conversation.say(&reply);
                return Ok(Next::HangUp);
            }
            Err((reply, _)) => Some(reply),
            Ok(()) => None,
        };
        let place = match refusal {
            None => self.session.chunks(self.line_ends),
            Some(_) => None,
        };
        let (conversation, limits) = (&mut self.conversation, &self.door.limits);
        chunks::receive(conversation, chunk.octets, place, limits).await?;
        let attention = self.session.attend();
        let answers = {
            let taking = pin!(self.session.chunk(chunk, refusal));
            let taking = guarded(taking);
            self.conversation.attended(&attention, taking).await
        };
        Ok(self.answered(answers, Next::Go))
    }

    /// `answers`: `None` after a panic.
    fn answered(&mut self, answers: Option<Vec<Reply>>, next: Next) -> Next {
        self.session.answered();
        if !self.conversation.waiting().is_empty() {
            // It did not wait for the answer, so what it says next does not tell that it has heard it.
            self.session.may_be_gone();
        }
        match answers {
            Some(answers) => {
                answers
                    .iter()
                    .for_each(|answer| self.conversation.say(answer));
                next
            }
            None => {
                self.conversation.say(&replies::broken());
                Next::HangUp
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    fn new(stream: S) -> Self {
        Conversation {
            stream,
            input: Vec::new(),
            at: 0,
            output: Vec::new(),
        }
    }

    /// Puts a reply behind those that wait to be sent.
    fn say(&mut self, reply: &Reply) {
        reply.write_to(&mut self.output);
    }

    pub(super) async fn flush(&mut self, limit: Duration) -> Result<(), Trouble> {
        if self.output.is_empty() {
            return Ok(());
        }
        let (stream, output) = (&mut self.stream, &self.output);
        let write = async {
            stream.write_all(output).await?;
            stream.flush().await
        };
        let written = timeout(limit, write).await;
        self.output.clear();
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Trouble::Gone),
        }
    }

    /// What was read and not used.
    pub(super) fn waiting(&self) -> &[u8] {
        &self.input[self.at..]
    }

    /// The first `n` waiting bytes are used.
    pub(super) fn used(&mut self, n: usize) {
        self.at += n;
        if self.at == self.input.len() {
            self.input.clear();
            self.at = 0;
        }
    }

    /// Reads at least one byte and at most about `block`.
    pub(super) async fn fill(&mut self, block: usize, limit: Duration) -> Result<(), Trouble> {
        self.input.drain(..self.at);
        self.at = 0;
        self.input.reserve(block);
        match timeout(limit, self.stream.read_buf(&mut self.input)).await {
            Ok(Ok(n)) if n > 0 => Ok(()),
            Ok(_) => Err(Trouble::Gone),
            Err(_) => Err(Trouble::TooSlow),
        }
    }

    /// Waits for the end of some work, and notices meanwhile when the client goes away. The work goes on all the same.
    async fn attended<T>(&mut self, attention: &Attention, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = self.until_gone() => attention.gone(),
        }
        work.await
    }

    /// Ends when the client closes its side; reads a little ahead meanwhile.
    async fn until_gone(&mut self) {
        while self.waiting().len() < COMMAND_BLOCK {
            self.input.reserve(COMMAND_BLOCK);
            match self.stream.read_buf(&mut self.input).await {
                Ok(n) if n > 0 => {}
                _ => return,
            }
        }
        std::future::pending().await
    }

    /// Gives the memory back that content needed.
    pub(super) fn shrink(&mut self) {
        self.input.drain(..self.at);
        self.at = 0;
        self.input.shrink_to(2 * COMMAND_BLOCK);
    }

    /// True if the client has sent more than we have answered, as far as can be known without waiting.
    async fn something_waits(&mut self) -> bool {
        if self.waiting().is_empty() {
            let more = arrived(&mut self.stream).await;
            self.input.extend_from_slice(&more.unwrap_or_default());
        }
        !self.waiting().is_empty()
    }

    /// The next line without its end, if it is all here. It may hold a password, so nothing of it stays.
    fn line(&mut self, line_ends: LineEnds, most: usize) -> Option<Result<Line, Malformed>> {
        let waiting = &mut self.input[self.at..];
        let end = match memchr::memchr(b'\n', waiting) {
            Some(end) if end <= most + 1 => end,
            None if waiting.len() <= most + 1 => return None,
            // Whatever follows is not looked at: the session ends.
            _ => return Some(Err(Malformed::EndlessLine)),
        };
        let line = match (waiting[..end].strip_suffix(b"\r"), line_ends) {
            (Some(line), _) => Ok(Zeroizing::new(line.to_vec())),
            (None, LineEnds::Repair) => Ok(Zeroizing::new(waiting[..end].to_vec())),
            (None, LineEnds::Strict) => Err(Malformed::BareLineEnd),
        };
        waiting[..end].zeroize();
        self.used(end + 1);
        Some(line)
    }

    /// Says the last words and closes. What the client still sends is read for a moment: a socket closed over unread bytes is reset,
    /// and the client would not see the reply.
    async fn leave(mut self, farewell: Option<Reply>) {
        const MOMENT: Duration = Duration::from_secs(1);
        if let Some(reply) = farewell {
            self.say(&reply);
        }
        if self.flush(MOMENT).await.is_err()
            || timeout(MOMENT, self.stream.shutdown()).await.is_err()
        {
            return;
        }
        let drain = async {
            let mut scrap = [0; 1024];
            for _ in 0..64 {
                match self.stream.read(&mut scrap).await {
                    Ok(n) if n > 0 => {}
                    _ => break,
                }
            }
            Ok::<(), io::Error>(())
        };
        let _ = timeout(MOMENT, drain).await;
    }
}

/// Runs a step; `None` if it panicked. The session must not be used after that.
async fn guarded<T>(step: impl Future<Output = T>) -> Option<T> {
    let mut step = pin!(step);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| step.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}
