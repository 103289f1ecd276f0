//! The way back: find → admit → open → stream → count, for whoever has a link.
//!
//! Promises: a wrong password or code is counted on disk before anyone hears that it was wrong (a crash gives no tries back); unknown,
//! expired and revoked links get one answer after the same time (P15); looking counts nothing (P14), but a link that is shown proves that its mail arrived; at most as many passwords are
//! hashed at once as there are cores, a few more wait, the rest hears "busy" at once (P18); nothing is destroyed by guessing (P13), unless the
//! operator wants it so ([`Lock::destroys`]).
//! Leaves to others: the protocol and the pages (`doors::web`), the formats (`seal`), what is durable (`store`).
//! Fails with `Fault`: the store does not answer, or a sealed value was changed.

pub mod code;
pub mod room;
pub mod slots;
pub mod visit;

pub use code::{Asked, Courier};
pub use room::{FileReader, Room};
pub use visit::{Fetching, Visit, What};

use crate::fault::{Fault, Kind};
use crate::mail::Address;
use crate::maillog;
use crate::seal;
use crate::store::{Found, Store};
use crate::transfer::keys::TransferKey;
use crate::transfer::proof::PasswordLine;
use crate::transfer::record::State;
use crate::transfer::{Actor, Event, Happened, LinkSecret, Password, Ticket, TransferId};
use jiff::Timestamp;
use slots::Slots;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use visit::Reservations;

/// How many wrong passwords are borne (design 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// After so many wrong tries there is a pause, and again after as many more.
    pub soft_tries: u32,
    /// How long it lasts.
    pub soft_pause: Duration,
    /// After so many wrong tries the ticket is held until sender or operator lifts it.
    pub hard_tries: u32,
    /// Then this ticket's wrap is destroyed instead: the rule some installations have (`lock.hard.then = "deleted"`).
    pub destroys: bool,
}

impl Default for Lock {
    fn default() -> Self {
        Lock {
            soft_tries: 3,
            soft_pause: Duration::from_secs(3600),
            hard_tries: 10,
            destroys: false,
        }
    }
}

/// The line for links. One for all doors, used from many tasks.
#[derive(Debug)]
pub struct Collect {
    store: Arc<Store>,
    lock: Lock,
    slots: Slots,
    reserved: Arc<Reservations>,
    courier: Courier,
    /// A notice is due.
    bell: Arc<Notify>,
}

/// What a link shows before it is unlocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Unknown, expired, revoked: nobody is told which.
    Gone,
    /// It leads somewhere.
    Shown(Box<Front>),
}

/// What may be known with the link alone. No file names, no subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// The transfer.
    pub id: TransferId,
    /// Which of its tickets the link belongs to.
    pub ticket: u32,
    /// The sender's address.
    pub sender: String,
    /// The name in the header From.
    pub sender_name: Option<String>,
    /// Unix time of the mail.
    pub created: i64,
    /// For whom, masked: `b…@partner.example`.
    pub recipient: String,
    /// Unix time of the end.
    pub expires: i64,
    /// Language of the page.
    pub language: String,
    /// True if a password is needed.
    pub needs_password: bool,
    /// True if a code by mail is needed.
    pub needs_code: bool,
    /// Until when the last code that was sent is good: Unix time; `None` if none is.
    pub code_until: Option<i64>,
    /// True if a person chose the password, so that capital letters count.
    pub password_is_chosen: bool,
    /// How the password travels.
    pub password_line: PasswordLine,
    /// True if the text of the mail is inside too.
    pub message: bool,
    /// Whether a password or a code may be tried now.
    pub admission: Admission,
}

/// Whether a password or a code may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Open,
    /// Not before this Unix time.
    Paused(i64),
    /// Not until sender or operator lifts it.
    Locked,
}

/// What came of a password or a code.
#[derive(Debug)]
pub enum Unlocked {
    /// It is open.
    Opened(Opened),
    /// None was given, which is not counted.
    Empty,
    /// A code was given and none is good any more. Not counted: nothing can be guessed.
    NoCode,
    /// It does not match; so many tries are left before a pause or the lock. Counted, on disk.
    Wrong {
        /// At least one.
        left: u32,
    },
    /// Too many wrong ones: no try before this Unix time.
    Paused {
        /// Seconds since 1970.
        until: i64,
    },
    /// Far too many wrong ones.
    Locked,
    /// As [`Look::Gone`].
    Gone,
    /// Too many people at once: try again in a moment. Not counted.
    Busy,
}

/// An open transfer. Whoever keeps it keeps the key.
#[derive(Debug)]
pub struct Opened {
    /// Who is in.
    pub visit: Arc<Visit>,
    /// Opens the files.
    pub key: TransferKey,
}

/// A link that leads nowhere is answered after this time at the earliest, whatever had to be looked up (P15).
const GONE_AFTER: Duration = Duration::from_millis(30);

impl Collect {
    /// One line over this store. The courier brings codes to those who ask for one.
    pub fn new(store: Arc<Store>, lock: Lock, courier: Courier) -> Self {
        Collect {
            store,
            lock,
            slots: Slots::per_core(),
            reserved: Arc::default(),
            courier,
            bell: Arc::default(),
        }
    }

    /// The same, with whom to wake when a notice is due.
    pub fn ringing(self, bell: Arc<Notify>) -> Self {
        Collect { bell, ..self }
    }

    /// What a link shows before it is unlocked. Counts nothing.
    pub async fn look(self: &Arc<Self>, token: &str) -> Result<Look, Fault> {
        let start = Instant::now();
        let found = self.find(token).await?;
        let look = match found {
            Some((_, found)) => {
                let front = self.front(&found);
                self.prove(found).await?;
                front
            }
            None => None,
        };
        match look {
            Some(mut front) => {
                front.code_until = self.code_until(&front).await?;
                Ok(Look::Shown(Box::new(front)))
            }
            None => {
                tokio::time::sleep_until(start + GONE_AFTER).await;
                Ok(Look::Gone)
            }
        }
    }

    /// Tries what was typed: a password, or a code where that is what opens it (ignored where nothing is needed).
    pub async fn unlock(self: &Arc<Self>, token: &str, typed: Password) -> Result<Unlocked, Fault> {
        let start = Instant::now();
        let answer = match self.find(token).await? {
            Some((link, found)) => self.admit(link, found, typed).await?,
            None => Unlocked::Gone,
        };
        if matches!(answer, Unlocked::Gone) {
            tokio::time::sleep_until(start + GONE_AFTER).await;
        }
        Ok(answer)
    }

    /// The room behind an open visit, or `None` if it is gone since: revoked, expired, erased.
    pub async fn enter(
        self: &Arc<Self>,
        visit: Arc<Visit>,
        key: TransferKey,
    ) -> Result<Option<Room>, Fault> {
        let line = self.clone();
        aside(move || Room::enter(&line.store, visit, key, now())).await
    }

    /// Who comes with a link has the mail. That matters where nobody knew whether it had left: only now its password may go.
    async fn prove(&self, found: Found) -> Result<(), Fault> {
        if found.ticket.first_opened != 0 {
            return Ok(());
        }
        let (store, bell) = (self.store.clone(), self.bell.clone());
        aside(move || {
            let whom: Vec<Address> = found
                .ticket
                .recipients
                .iter()
                .filter_map(|r| r.parse().ok())
                .collect();
            if store.proven(&id_of(&found)?, &whom)? {
                maillog::proven(&found.record.mail, &found.record.id);
                bell.notify_one();
            }
            Ok(())
        })
        .await
    }

    async fn find(&self, token: &str) -> Result<Option<(LinkSecret, Found)>, Fault> {
        let Some(link) = LinkSecret::from_token(token) else {
            return Ok(None);
        };
        let store = self.store.clone();
        aside(move || Ok(store.find(&link)?.map(|found| (link, found)))).await
    }

    async fn admit(
        self: &Arc<Self>,
        link: LinkSecret,
        found: Found,
        typed: Password,
    ) -> Result<Unlocked, Fault> {
        match self.front(&found).map(|front| front.admission) {
            None => return Ok(Unlocked::Gone),
            Some(Admission::Locked) => return Ok(Unlocked::Locked),
            Some(Admission::Paused(until)) => return Ok(Unlocked::Paused { until }),
            Some(Admission::Open) => {}
        }
        // Scanners submit forms they find (P14): an empty one is no try.
        if found.ticket.is_guarded() && typed.expose().trim().is_empty() {
            return Ok(Unlocked::Empty);
        }
        let Some(slot) = self.slots.take().await else {
            return Ok(Unlocked::Busy);
        };
        let line = self.clone();
        aside(move || {
            let _slot = slot;
            line.attempt(&link, found, &typed)
        })
        .await
    }

    /// One try, in a slot: charged first, taken back if it was right. So two hundred at once are two hundred charges, and a crash
    /// between question and answer costs the guesser a try.
    fn attempt(
        &self,
        link: &LinkSecret,
        found: Found,
        typed: &Password,
    ) -> Result<Unlocked, Fault> {
        let (id, number) = (id_of(&found)?, found.number);
        if found.ticket.needs_code() && !self.code_stands(id, number)? {
            return Ok(Unlocked::NoCode);
        }
        let verdict = match found.ticket.is_guarded() {
            true => match self.charge(id, number)? {
                Charge::Counted(verdict) => verdict,
                Charge::Refused(answer) => return Ok(answer),
            },
            false => Unlocked::Gone,
        };
        if found.ticket.needs_code() && !self.spend_code(id, number, typed)? {
            return self.refuse(&found, verdict);
        }
        let Some(key) = self.key(link, &found, typed)? else {
            return self.refuse(&found, verdict);
        };
        self.welcome(id, number)?;
        let visit = Arc::new(Visit::new(id, number, self.reserved.clone()));
        Ok(Unlocked::Opened(Opened { visit, key }))
    }

    /// It was wrong.
    fn refuse(&self, found: &Found, verdict: Unlocked) -> Result<Unlocked, Fault> {
        let one = found.ticket.recipients.first();
        let one = one.and_then(|recipient| recipient.parse::<Address>().ok());
        match (&verdict, one) {
            (Unlocked::Locked, Some(recipient)) if self.lock.destroys => {
                let what = Happened::Revoked(Actor::House);
                self.store.revoke(&id_of(found)?, Some(&recipient), what)?;
                Ok(Unlocked::Gone)
            }
            _ => Ok(verdict),
        }
    }

    /// Counts a try before it is made; durable when this returns.
    fn charge(&self, id: TransferId, number: u32) -> Result<Charge, Fault> {
        let (now, lock) = (now(), self.lock);
        let mut charge = Charge::Refused(Unlocked::Gone);
        self.store.change_noting(&id, number, |ticket| {
            charge = match admission(ticket, now) {
                Admission::Open => Charge::Counted(lock.count(ticket, now)),
                Admission::Paused(until) => Charge::Refused(Unlocked::Paused { until }),
                Admission::Locked => Charge::Refused(Unlocked::Locked),
            };
            let locks = matches!(charge, Charge::Counted(Unlocked::Locked));
            locks.then(|| Event::at(now, Happened::Locked))
        })?;
        Ok(charge)
    }

    /// It was right: tries start anew, the first opening is noted.
    fn welcome(&self, id: TransferId, number: u32) -> Result<(), Fault> {
        let now = now();
        self.store.change_noting(&id, number, |ticket| {
            (ticket.wrong, ticket.paused_until, ticket.locked) = (0, 0, false);
            if ticket.first_opened == 0 {
                ticket.first_opened = now;
            }
            Some(Event::at(now, Happened::Opened))
        })?;
        Ok(())
    }

    fn key(
        &self,
        link: &LinkSecret,
        found: &Found,
        password: &Password,
    ) -> Result<Option<TransferKey>, Fault> {
        let Some(day) = self.store.known_day_key(found.ticket.day)? else {
            return Ok(None);
        };
        let password = found.ticket.password.then_some(password);
        Ok(seal::open::unlock(
            &found.ticket,
            &found.record,
            link,
            password,
            self.store.master(),
            &day,
        ))
    }

    /// `None` if the link leads nowhere any more.
    fn front(&self, found: &Found) -> Option<Front> {
        let (record, ticket) = (&found.record, &found.ticket);
        let gone =
            record.state == State::Revoked || ticket.wrap.is_none() || ticket.expires <= now();
        if gone {
            return None;
        }
        Some(Front {
            id: record.id.parse().ok()?,
            ticket: found.number,
            sender: record.sender.clone(),
            sender_name: record.sender_name.clone(),
            created: record.created,
            recipient: masked(&ticket.recipients),
            expires: ticket.expires,
            language: ticket.language.clone(),
            needs_password: ticket.password,
            needs_code: ticket.needs_code(),
            code_until: None,
            password_is_chosen: ticket.wrap.as_deref().is_some_and(seal::wrap::is_chosen),
            password_line: ticket.password_line.clone(),
            message: ticket.message,
            admission: admission(ticket, now()),
        })
    }
}

/// What a counted try leads to.
enum Charge {
    /// It may be made; if it is wrong, this is the answer.
    Counted(Unlocked),
    /// It may not be made: others came first.
    Refused(Unlocked),
}

impl Lock {
    /// Counts one wrong try, and says what the answer is if it really is wrong.
    fn count(&self, ticket: &mut Ticket, now: i64) -> Unlocked {
        ticket.wrong = ticket.wrong.saturating_add(1);
        let soft = self.soft_tries.max(1);
        if ticket.wrong >= self.hard_tries {
            ticket.locked = true;
            return Unlocked::Locked;
        }
        if ticket.wrong.is_multiple_of(soft) {
            let pause = i64::try_from(self.soft_pause.as_secs()).unwrap_or(i64::MAX);
            ticket.paused_until = now.saturating_add(pause);
            return Unlocked::Paused {
                until: ticket.paused_until,
            };
        }
        Unlocked::Wrong {
            left: (soft - ticket.wrong % soft).min(self.hard_tries - ticket.wrong),
        }
    }
}

fn admission(ticket: &Ticket, now: i64) -> Admission {
    match ticket {
        t if !t.is_guarded() => Admission::Open,
        t if t.locked => Admission::Locked,
        t if t.paused_until > now => Admission::Paused(t.paused_until),
        _ => Admission::Open,
    }
}

/// Several people behind one link are shown as the first of them and a sign that there are more.
fn masked(recipients: &[String]) -> String {
    let first = recipients
        .first()
        .map(|text| match text.parse::<Address>() {
            Ok(address) => address.masked(),
            Err(_) => "…".to_owned(),
        });
    match recipients.len() {
        0 | 1 => first.unwrap_or_default(),
        more => format!("{} +{}", first.unwrap_or_default(), more - 1),
    }
}

fn id_of(found: &Found) -> Result<TransferId, Fault> {
    found
        .record
        .id
        .parse()
        .map_err(|e: crate::transfer::NoId| Fault::because(Kind::StoreDown, e))
}

/// Unix time in seconds.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// Work that waits for disk or processor, beside the tasks that must not wait.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) => Err(Fault::because(Kind::Internal, e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::LinkId;

    fn ticket() -> Ticket {
        Ticket {
            recipients: vec!["bo@partner.example".into()],
            wrap: Some(Vec::new()),
            ..Ticket::unused(LinkId([0; 32]), 0, i64::MAX)
        }
    }

    #[test]
    fn three_wrong_tries_pause_and_ten_lock() {
        let lock = Lock::default();
        let mut ticket = ticket();
        let mut now = 1_000;
        let mut said = Vec::new();
        while !ticket.locked {
            assert_eq!(admission(&ticket, now), Admission::Open);
            said.push(match lock.count(&mut ticket, now) {
                Unlocked::Wrong { left } => left.to_string(),
                Unlocked::Paused { until } => {
                    assert_eq!(until, now + 3600);
                    assert_eq!(admission(&ticket, until - 1), Admission::Paused(until));
                    now = until;
                    "pause".into()
                }
                Unlocked::Locked => "locked".into(),
                other => panic!("{other:?}"),
            });
        }
        let expected = [
            "2", "1", "pause", "2", "1", "pause", "2", "1", "pause", "locked",
        ];
        assert_eq!(said, expected);
        assert_eq!(admission(&ticket, i64::MAX), Admission::Locked);
    }

    #[test]
    fn people_behind_a_link_are_masked() {
        let list =
            |texts: &[&str]| masked(&texts.iter().map(|t| t.to_string()).collect::<Vec<_>>());
        assert_eq!(list(&["bo@partner.example"]), "b…@partner.example");
        assert_eq!(
            list(&["bo@partner.example", "eva@x.example"]),
            "b…@partner.example +1"
        );
        assert_eq!(list(&["not an address"]), "…");
    }
}
