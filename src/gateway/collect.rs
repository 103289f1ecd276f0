//! The way back: find → admit → open → stream → count, for whoever has a link.
//!
//! Promises: a wrong password or code is counted on disk before anyone hears that it was wrong (a crash gives no tries back); unknown,
//! expired and revoked links get one answer after the same time (P15); looking counts nothing (P14), but a link that is shown proves that its mail arrived; at most as many passwords are
//! hashed at once as there are cores, a few more wait, the rest hears "busy" at once (P18); nothing is destroyed by guessing (P13), unless the
//! operator wants it so ([`Lock::destroys`]), and a browser that has opened a link before is kept out by nothing that others do.
//! Leaves to others: the protocol and the pages (`doors::web`), the formats (`seal`), what is durable (`store`).
//! Fails with `Fault`: the store does not answer, or a sealed value was changed.

mod admit;
mod arrival;
mod asking;
pub mod code;
mod connecting;
pub mod limits;
mod lock;
pub mod room;
pub mod slots;
pub mod teller;
pub mod visit;

pub use admit::{Opened, Unlocked};
pub use arrival::Caller;
pub use code::{Asked, Courier};
pub use connecting::{Connecting, Shown};
pub use limits::{Limits, Rate, Rates, TooOften};
pub use lock::{Admission, Lock};
pub use room::{FileReader, Room};
pub use visit::{Fetching, Visit, What};

use super::quick::Quick;
use crate::fault::{Fault, Kind};
use crate::mail::Address;
use crate::maillog;
use crate::seal;
use crate::store::{Asking, Found, Store};
use crate::transfer::keys::TransferKey;
use crate::transfer::proof::PasswordLine;
use crate::transfer::quick::Rules;
use crate::transfer::record::State;
use crate::transfer::{Happened, Telling, TransferId};
use arrival::Arrival;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slots::Slots;
use std::sync::Arc;
use std::time::Duration;
use teller::Teller;
use tokio::sync::Notify;
use tokio::time::Instant;
use visit::Reservations;

/// The line for links. One for all doors, used from many tasks.
#[derive(Debug)]
pub struct Collect {
    store: Arc<Store>,
    lock: Lock,
    slots: Slots,
    limits: Limits,
    reserved: Arc<Reservations>,
    courier: Courier,
    teller: Teller,
    /// A notice is due.
    bell: Arc<Notify>,
    /// A mail of ours is due.
    mails: Arc<Notify>,
    quick: Quick,
}

/// What a link shows before it is unlocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Unknown, expired, revoked: nobody is told which.
    Gone,
    /// The same, of somebody who came with too many such links.
    TooOften(TooOften),
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
    /// True if a device of the recipient's is needed, or a code that makes one of this browser.
    pub needs_device: bool,
    /// For which mailbox a browser needs a new badge before a code makes a device of it ([`crate::transfer::quick::Badge::mark`]).
    pub needs_badge: Option<String>,
    /// Until when the last code that was sent is good: Unix time; `None` if none is.
    pub code_until: Option<i64>,
    /// True if capital letters count in the password.
    pub password_is_exact: bool,
    /// How the password travels.
    pub password_line: PasswordLine,
    /// True if the text of the mail is inside too.
    pub message: bool,
    /// Whether a password or a code may be tried now.
    pub admission: Admission,
    /// True if this browser opens it without a password.
    pub remembered: bool,
    /// The names of the passkeys that open it ([`crate::transfer::quick::Passkey::name`]).
    pub passkeys: Vec<Vec<u8>>,
    /// What browsers call the mailbox ([`crate::transfer::quick::Badge::mark`]), where there are passkeys.
    pub mark: Option<String>,
    /// True if it does so as a device of the recipient's.
    pub by_device: bool,
    /// Whether the sender was asked for help, and may be now.
    pub asking: Asking,
}

/// A link that leads nowhere is answered after this time, or a whole multiple of it where we are slow, whatever had to be looked up (P15).
const GONE_AFTER: Duration = Duration::from_millis(30);

impl Collect {
    /// One line over this store. The courier brings codes to those who ask for one.
    pub fn new(store: Arc<Store>, lock: Lock, courier: Courier) -> Self {
        let teller = Teller::new(store.clone(), Telling::default(), TimeZone::UTC);
        let quick = Quick::new(store.clone(), Rules::default());
        Collect {
            quick,
            mails: Arc::default(),
            store,
            teller,
            lock,
            slots: Slots::per_core(),
            limits: Limits::default(),
            reserved: Arc::default(),
            courier,
            bell: Arc::default(),
        }
    }

    /// The same, which tells senders what they want to hear.
    pub fn telling(self, teller: Teller) -> Self {
        Collect { teller, ..self }
    }

    /// The same, with whom to wake when a notice is due.
    pub fn ringing(self, bell: Arc<Notify>) -> Self {
        Collect { bell, ..self }
    }

    /// The same, with these limits.
    pub fn limited(self, rates: Rates) -> Self {
        let limits = Limits::new(rates);
        Collect { limits, ..self }
    }

    /// What a link shows before it is unlocked. Counts nothing.
    pub async fn look(self: &Arc<Self>, token: &str, caller: &Caller) -> Result<Look, Fault> {
        let start = Instant::now();
        let look = match self.find(token, caller).await? {
            Some(arrival) => {
                let front = self.front(&arrival);
                self.prove(arrival.found).await?;
                front
            }
            None => None,
        };
        match look {
            Some(mut front) => {
                front.code_until = self.code_until(&front).await?;
                front.asking = self.asking(&front).await?;
                Ok(Look::Shown(Box::new(front)))
            }
            None => match self.nothing_there(start, caller).await {
                Ok(()) => Ok(Look::Gone),
                Err(wait) => Ok(Look::TooOften(wait)),
            },
        }
    }

    /// The room behind an open visit, or `None` if it is gone since: revoked, expired, erased.
    pub async fn enter(
        self: &Arc<Self>,
        visit: Arc<Visit>,
        key: TransferKey,
    ) -> Result<Option<Room>, Fault> {
        let line = self.clone();
        aside(move || Room::enter((&line.store, &line.teller), visit, key, now())).await
    }

    /// Whoever it was made for has everything: nobody opens it any more. False if it was made for several, then nothing is done.
    pub async fn delete(self: &Arc<Self>, room: &Room) -> Result<bool, Fault> {
        let (store, (id, _)) = (self.store.clone(), room.place());
        let link = room.ticket().link;
        if room.ticket().recipients.len() != 1 {
            return Ok(false);
        }
        aside(move || {
            store.revoke_link(&id, link, Happened::Deleted)?;
            Ok(true)
        })
        .await
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

    /// `None` if the link leads nowhere any more.
    fn front(&self, arrival: &Arrival) -> Option<Front> {
        let found = &arrival.found;
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
            needs_device: ticket.needs_device(),
            needs_badge: arrival.needs_badge.clone(),
            code_until: None,
            password_is_exact: ticket.wrap.as_deref().is_some_and(seal::wrap::is_exact),
            password_line: ticket.password_line.clone(),
            message: ticket.message,
            admission: arrival.admission(),
            remembered: arrival.kept.is_some(),
            mark: match arrival.passkeys.is_empty() {
                true => None,
                false => self.quick.mark(ticket),
            },
            passkeys: arrival.passkeys.clone(),
            by_device: arrival.by_device.is_some(),
            asking: Asking::default(),
        })
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
pub(super) async fn aside<T: Send + 'static>(
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
