//! What an operator asks a running gateway: one JSON line in, one JSON line out, on a Unix socket in the store's folder (mode 0600).
//!
//! Only one process can have the store open, so the command line asks the one that has; if none runs, it opens the store itself and
//! gives the same answers. Promises: no contents or names in any answer, and no password but a new one that was asked for; one that an
//! operator sets travels in the request alone. Fails with a sentence.

use super::agreed::{self, ShownAgreed};
use super::approvals::{self, Question, ShownWaiting};
use super::queue::{self, ShownParcel};
use super::quick::{self, ShownPair};
use super::reach::{self, Known};
use super::reload::{Reload, Reloaded};
use super::{build, numbers};
use crate::config::Config;
use crate::decide::features::Remembered;
use crate::fault::Fault;
use crate::fault::failure::{Exit, Failure};
use crate::gateway::Gateway;
use crate::gateway::steering::Steering;
use crate::gateway::steering::renewing::Wanted;
use crate::mail::Address;
use crate::store::Store;
use crate::transfer::notice::NoticeEntry;
use crate::transfer::numbers::ShownNumber;
use crate::transfer::record::State;
use crate::transfer::renewal::How;
use crate::transfer::steering::{Did, End, Wish};
use crate::transfer::{Actor, Event, Happened, Record, Ticket, TransferId};
use crate::units::rfc3339 as time;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use zeroize::Zeroizing;

/// Transfers in one answer.
const PAGE: usize = 200;
/// A request is short; an answer of a page is well below this.
const MAX_LINE: u64 = 4 << 20;
/// For one request or answer.
const SOON: Duration = Duration::from_secs(30);

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Request {
    /// The transfers behind this id, in the order of ids.
    List {
        /// The last one of the page before.
        after: Option<String>,
    },
    /// One transfer.
    Show {
        /// Its id.
        id: String,
    },
    /// Take one back.
    Revoke {
        /// Its id.
        id: String,
        /// Only for this recipient.
        recipient: Option<String>,
    },
    /// Lift the lock or the pause that wrong passwords brought.
    Unlock {
        /// Its id.
        id: String,
        /// Only for this recipient.
        recipient: Option<String>,
    },
    /// Another end for one.
    Extend {
        /// Its id.
        id: String,
        /// When.
        end: End,
    },
    /// A new link and password.
    Resend {
        /// Its id.
        id: String,
        /// For this recipient.
        recipient: Option<String>,
        /// The password comes back instead of being sent.
        show: bool,
    },
    /// What happened to one.
    Audit {
        /// Its id.
        id: String,
    },
    /// About mails that wait for approval.
    Hold(Question),
    /// About mail that is ours until the next hop has it.
    Queue(queue::Question),
    /// About telephone numbers that senders gave.
    Numbers(numbers::Question),
    /// About devices that need no password.
    Quick(quick::Question),
    /// About passwords that are agreed with recipients.
    Agreed(agreed::Question),
    /// About the ways to recipients of a mail.
    Reach(reach::Question),
    /// Read configuration and policy again.
    Reload,
    /// What is remembered of mails.
    Remembered {
        /// From here on, in seconds since 1970.
        since: i64,
        /// The mark of the page before.
        after: Option<Vec<u8>>,
    },
}

/// The answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// To `List` and `Show`.
    Transfers(Vec<ShownTransfer>),
    /// To `Revoke`: how many links open nothing any more.
    Revoked(u32),
    /// To `Unlock`: how many links may be tried again.
    Unlocked(u32),
    /// To `Extend`.
    Extended(Did),
    /// To `Resend`.
    Resent(Resent),
    /// To `Reach`, one for each recipient.
    Reached(Vec<Known>),
    /// To `Numbers`, the latest first.
    Numbers(Vec<ShownNumber>),
    /// To `Numbers`: so many are forgotten.
    Forgotten(usize),
    /// To `Audit`: what happened, in order.
    Happened(Vec<ShownEvent>),
    /// To `List` and `Show` of mails that wait.
    Waiting(Vec<ShownWaiting>),
    /// To `Release` and `Drop`: it is done.
    Ruled(Box<ShownWaiting>),
    /// To questions about parcels: those meant, as they are or, if dropped, were.
    Parcels(Vec<ShownParcel>),
    /// To `Remembered`: a page.
    Remembered {
        /// Mails and policies.
        page: Vec<Remembered>,
        /// Where the next page begins; none: this is the last.
        next: Option<Vec<u8>>,
    },
    /// To `List` of pairs: a page, and where the next begins.
    Pairs {
        /// Senders and recipients.
        page: Vec<ShownPair>,
        /// `None`: this is the last.
        next: Option<String>,
    },
    /// To `Code`: it, and when it ends (RFC 3339).
    Code {
        /// It.
        code: String,
        /// Its end.
        until: String,
    },
    /// To `End`: true if there was one.
    Parted(bool),
    /// To `List` of what is agreed: a page.
    AgreedWith {
        /// With whom, and since when.
        page: Vec<ShownAgreed>,
        /// Where the next page begins; none: this is the last.
        next: Option<Vec<u8>>,
    },
    /// To `Set` and `Remove` of what is agreed: whether there was something before.
    AgreedBefore(bool),
    /// To `Reload`: what is different now.
    Reloaded(Reloaded),
    /// To `Reload`: what is wrong with the files; nothing was changed.
    Wrong {
        /// One picture each.
        errors: Vec<String>,
        /// What to do.
        hint: Option<String>,
    },
    /// It could not be done.
    Sorry(String),
}

/// A transfer as operators may see it. The keys are stable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownTransfer {
    /// Its id.
    pub id: String,
    /// `held`, `released`, `revoked`
    pub state: String,
    /// The mail's id.
    pub mail: String,
    /// The envelope sender.
    pub sender: String,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub expires: String,
    /// Number of sealed files.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// One per link.
    pub tickets: Vec<ShownTicket>,
}

/// A link as operators may see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownTicket {
    /// Whom it was made for.
    pub recipients: Vec<String>,
    /// `open`, `opened`, `paused`, `locked`, `revoked`
    pub state: String,
    /// RFC 3339.
    pub expires: String,
    /// How many of the files were fetched to the last byte.
    pub fetched: usize,
}

/// What came of `Resend`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resent {
    /// Whether it was done, or why not.
    pub did: Did,
    /// The new passwords, where they were to be shown: once, and here alone.
    pub passwords: Vec<NoticeEntry>,
}

/// Something that happened to a link, as operators may see it. The keys are stable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownEvent {
    /// RFC 3339.
    pub at: String,
    /// Whose link.
    pub recipients: Vec<String>,
    /// `opened`, `fetched`, `locked`, `lifted`, `asked`, `answered`, `revoked`, `extended`, `link-sent`, `password-sent`, `deleted`,
    /// `password-shown`, `text-arrived`
    pub what: String,
    /// `sender`, `operator`, `house`; `None`: whoever has the link.
    pub by: Option<String>,
    /// Numbers of the files that were fetched.
    pub files: Vec<u32>,
    /// RFC 3339: the end that was set.
    pub until: Option<String>,
    /// The internet address it came from, if it is known.
    pub from: Option<String>,
}

/// Asks the running gateway; if none runs, answers from the store itself.
pub async fn ask(config: &Config, request: Request) -> Result<Answer, Failure> {
    match ask_running(config, &request).await? {
        Some(answer) => Ok(answer),
        None if matches!(request, Request::Reload) => {
            let failure = Failure::new(Exit::Unavailable, "no gateway runs here");
            Err(failure.hint("one that starts reads the files anyway; `cloakroom check` says whether they are right"))
        }
        None => {
            let store = Arc::new(build::store_alone(config)?);
            let steering = Steering::new(store, config.transfer.max_keep_for.0);
            Ok(answer(&steering, &request).0)
        }
    }
}

/// Asks the running gateway; `None` if none runs.
pub async fn ask_running(config: &Config, request: &Request) -> Result<Option<Answer>, Failure> {
    let Ok(stream) = UnixStream::connect(socket(&config.store.path)).await else {
        return Ok(None);
    };
    let answer = tokio::time::timeout(SOON, exchange(stream, request)).await;
    let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    let silent = |e| {
        let why = format!("the running gateway does not answer: {e}");
        Failure::new(Exit::Unavailable, why)
    };
    answer.map(Some).map_err(silent)
}

async fn exchange(mut stream: UnixStream, request: &Request) -> io::Result<Answer> {
    let line = Zeroizing::new(serde_json::to_string(request)? + "\n");
    stream.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(stream.take(MAX_LINE))
        .read_line(&mut answer)
        .await?;
    Ok(serde_json::from_str(&answer)?)
}

/// Binds the socket. One that a crash left is removed: whoever has the store's lock is the only gateway here.
pub fn listen(folder: &Path) -> Result<UnixListener, Failure> {
    let path = socket(folder);
    let failed = |e: io::Error| Failure::new(Exit::Config, format!("{}: {e}", path.display()));
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(e)),
        _ => {}
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

/// Answers until `stop` says true, one caller at a time.
pub async fn serve(
    listener: UnixListener,
    gateway: Arc<Gateway>,
    reload: Arc<Reload>,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let done = tokio::time::timeout(SOON, converse(stream, &gateway, &reload)).await;
                    if let Ok(Err(error)) = done {
                        tracing::debug!(%error, "a caller of the control socket went away");
                    }
                }
                // Out of files: others will come.
                Err(error) => {
                    tracing::warn!(%error, "a caller of the control socket was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            _ = stop.changed() => {}
        }
    }
}

async fn converse(stream: UnixStream, gateway: &Gateway, reload: &Reload) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    // It may hold a password.
    let mut line = Zeroizing::new(String::new());
    (&mut stream).take(MAX_LINE).read_line(&mut line).await?;
    let answer = match serde_json::from_str(&line) {
        Ok(Request::Reload) => tokio::task::block_in_place(|| reloaded(reload)),
        Ok(request) => {
            let steering = gateway.steering();
            let (answer, wakes) = tokio::task::block_in_place(|| answer(steering, &request));
            if wakes {
                gateway.wake();
            }
            answer
        }
        Err(error) => Answer::Sorry(format!("not understood: {error}")),
    };
    stream
        .write_all((serde_json::to_string(&answer)? + "\n").as_bytes())
        .await
}

/// True if something is to be sent now.
fn answer(steering: &Steering, request: &Request) -> (Answer, bool) {
    let store = steering.store();
    let answered = match request {
        Request::Agreed(question) => agreed::answer(store, question),
        Request::Reach(question) => reach::answer(store, question),
        Request::Hold(question) => return approvals::answer(store, question),
        Request::Queue(question) => return queue::answer(store, question),
        Request::Numbers(question) => return (numbers::answer(store, question), false),
        Request::Quick(question) => return quick::answer(store, question),
        Request::List { after } => list(store, after.as_deref()),
        Request::Show { id } => show(store, id),
        Request::Revoke { id, recipient } => revoke(steering, id, recipient.as_deref()),
        Request::Unlock { id, recipient } => unlock(steering, id, recipient.as_deref()),
        Request::Extend { id, end } => {
            steer(steering, id, &Wish::Extend(*end)).map(Answer::Extended)
        }
        Request::Resend {
            id,
            recipient,
            show,
        } => resend(steering, id, (recipient.as_deref(), *show)),
        Request::Audit { id } => happened(store, id).map(Answer::Happened),
        Request::Remembered { since, after } => store
            .remembered(*since, after.as_deref(), PAGE)
            .map(|(page, next)| Answer::Remembered { page, next })
            .map_err(said),
        Request::Reload => Err("a store alone has no rules".to_owned()),
    };
    (answered.unwrap_or_else(Answer::Sorry), false)
}

fn reloaded(reload: &Reload) -> Answer {
    match reload.now() {
        Ok(reloaded) => Answer::Reloaded(reloaded),
        Err(Failure { errors, hint, .. }) => Answer::Wrong { errors, hint },
    }
}

fn list(store: &Store, after: Option<&str>) -> Result<Answer, String> {
    let after = after.map(id).transpose()?;
    let records = store.transfers(after.as_ref(), PAGE).map_err(said)?;
    records
        .into_iter()
        .map(|record| shown(store, record))
        .collect::<Result<_, _>>()
        .map(Answer::Transfers)
}

fn show(store: &Store, text: &str) -> Result<Answer, String> {
    let record = store.transfer(&id(text)?).map_err(said)?;
    record
        .into_iter()
        .map(|record| shown(store, record))
        .collect::<Result<_, _>>()
        .map(Answer::Transfers)
}

fn revoke(steering: &Steering, text: &str, recipient: Option<&str>) -> Result<Answer, String> {
    let wish = Wish::Revoke(recipient.map(address).transpose()?);
    Ok(match steer(steering, text, &wish)? {
        Did::Revoked(links) => Answer::Revoked(links),
        _ => Answer::Revoked(0),
    })
}

fn unlock(steering: &Steering, text: &str, recipient: Option<&str>) -> Result<Answer, String> {
    let wish = Wish::Lift(recipient.map(address).transpose()?);
    Ok(match steer(steering, text, &wish)? {
        Did::Lifted(links) => Answer::Unlocked(links),
        _ => Answer::Unlocked(0),
    })
}

fn resend(
    steering: &Steering,
    text: &str,
    (recipient, show): (Option<&str>, bool),
) -> Result<Answer, String> {
    let how = match show {
        true => How::Shown,
        false => How::SameWay,
    };
    let wanted = Wanted {
        how,
        ..Wanted::of(recipient.map(address).transpose()?)
    };
    let done = steering.renew(&id(text)?, &wanted, Actor::Operator);
    let (did, passwords) = done.map_err(said)?;
    Ok(Answer::Resent(Resent { did, passwords }))
}

fn steer(steering: &Steering, text: &str, wish: &Wish) -> Result<Did, String> {
    let steered = steering.steer(&id(text)?, wish, Actor::Operator);
    steered.map_err(said)
}

fn happened(store: &Store, text: &str) -> Result<Vec<ShownEvent>, String> {
    let id = id(text)?;
    let record = store.transfer(&id).map_err(said)?;
    let record = record.ok_or_else(|| format!("there is no transfer {id}"))?;
    let tickets = store.tickets(&record).map_err(said)?;
    let mut all = Vec::new();
    for (number, ticket) in (0u32..).zip(&tickets) {
        let events = store.history(&id, number).map_err(said)?;
        all.extend(events.into_iter().map(|event| (event, ticket)));
    }
    all.sort_by_key(|(event, _)| event.at);
    Ok(all.into_iter().map(|(e, t)| shown_event(e, t)).collect())
}

fn shown_event(event: Event, ticket: &Ticket) -> ShownEvent {
    let (mut files, mut until) = (Vec::new(), None);
    let (what, by) = match event.what {
        Happened::Opened => ("opened", None),
        Happened::Fetched(numbers) => {
            files = numbers;
            ("fetched", None)
        }
        Happened::Locked => ("locked", None),
        Happened::Lifted(by) => ("lifted", Some(by)),
        Happened::Asked => ("asked", None),
        Happened::Answered => ("answered", None),
        Happened::Revoked(by) => ("revoked", Some(by)),
        Happened::Extended(at, by) => {
            until = Some(time(at));
            ("extended", Some(by))
        }
        Happened::LinkSent(by) => ("link-sent", Some(by)),
        Happened::PasswordSent(by) => ("password-sent", Some(by)),
        Happened::Deleted => ("deleted", None),
        Happened::TextArrived => ("text-arrived", None),
        Happened::PasswordShown(by) => ("password-shown", Some(by)),
    };
    let by = by.map(|by| match by {
        Actor::Sender => "sender",
        Actor::Operator => "operator",
        Actor::House => "house",
    });
    ShownEvent {
        at: time(event.at),
        recipients: ticket.recipients.clone(),
        what: what.to_owned(),
        by: by.map(str::to_owned),
        files,
        until,
        from: event.from,
    }
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|e| format!("{text:?}: {e}"))
}

fn id(text: &str) -> Result<TransferId, String> {
    text.parse().map_err(|e| format!("{text:?}: {e}"))
}

fn said(fault: Fault) -> String {
    fault.to_string()
}

fn shown(store: &Store, record: Record) -> Result<ShownTransfer, String> {
    let tickets = store.tickets(&record).map_err(said)?;
    let now = Timestamp::now().as_second();
    Ok(ShownTransfer {
        state: state(record.state).to_owned(),
        created: time(record.created),
        expires: time(record.expires),
        files: record.blobs.len(),
        bytes: record.blobs.iter().map(|blob| blob.plain_len).sum(),
        tickets: tickets
            .iter()
            .map(|ticket| shown_ticket(ticket, now))
            .collect(),
        id: record.id,
        mail: record.mail,
        sender: record.sender,
    })
}

fn shown_ticket(ticket: &Ticket, now: i64) -> ShownTicket {
    let state = match ticket {
        Ticket { wrap: None, .. } => "revoked",
        Ticket { locked: true, .. } => "locked",
        Ticket { paused_until, .. } if *paused_until > now => "paused",
        Ticket {
            first_opened: 0, ..
        } => "open",
        _ => "opened",
    };
    ShownTicket {
        recipients: ticket.recipients.clone(),
        state: state.to_owned(),
        expires: time(ticket.expires),
        fetched: ticket.fetched.iter().filter(|count| **count > 0).count(),
    }
}

fn state(state: State) -> &'static str {
    match state {
        State::Held => "held",
        State::Released => "released",
        State::Revoked => "revoked",
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("control.sock")
}
