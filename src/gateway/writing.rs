//! What people outside write on the page: drafts with their uploads, until they are sent.
//!
//! Promises: what arrived is on disk before its sender hears so, and stays if the line breaks in the middle of a request; one writes to an
//! upload at a time; every number has a bound ([`Bounds`], P18); nobody inside is written to whom the draft was not opened for; sending
//! twice is sending once. Memory does not grow with what is uploaded.
//! Leaves to others: who may write (`doors::web`), what is kept (`store`), what a scanner says of it ([`checking`]), the mail it becomes
//! ([`letter`], [`sending`]).
//! Fails with `Fault` if the store does; with [`Refusal`] for what the writer is told.

pub mod arriving;
mod bounds;
mod checking;
mod letter;
mod quota;
mod reading;
mod sending;
mod words;

pub use arriving::{Arriving, Checksum};
pub use bounds::{Bounds, Refusal, Taken};
pub use checking::{Beyond, Scanning};
pub(super) use sending::Written;

use super::collect::{Room, aside, now};
use crate::fault::{Fault, Kind};
use crate::mail::visible::visible;
use crate::mail::{Address, MailId};
use crate::maillog;
use crate::seal::piece::{PieceSealer, Place};
use crate::seal::whole::{self, Name, WaitingKeys};
use crate::store::Store;
use crate::texts::House;
use crate::transfer::draft::{Denial, LONGEST, Order, Origin, State, TEXT, Upload};
use crate::transfer::keys::day_of;
use crate::transfer::memo::About;
use crate::transfer::{Draft, DraftId, Memo};
use bounds::refused;
use quota::Quota;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use words::{key_of, name_place, open_word, seal_word};

/// Longest text in bytes.
pub const MAX_TEXT: usize = 64 * 1024;
/// Longest file name that is kept, in bytes; the rest of it is nobody's name.
const MAX_NAME: usize = 1024;
/// Pieces of one upload: each broken line and each request of a client that sends in pieces makes one (T96).
const MAX_PIECES: u32 = 4096;
/// Who has sent something waits at most so long for what a scanner says of it.
const LOOKS: Duration = Duration::from_secs(3);
/// Uploads that arrive at once, of all people together.
const AT_ONCE: usize = 256;
/// A day beyond the longest life, in seconds: what was sent must still be readable while its delivery is tried.
const GRACE: i64 = 6 * 86_400;

/// The line for what is written. One for all doors.
#[derive(Debug)]
pub struct Writing {
    store: Arc<Store>,
    house: Arc<House>,
    bounds: Bounds,
    /// Something is to be delivered.
    bell: Arc<Notify>,
    /// Rings when something was; only then is it told what became of it. `None`: nothing is scanned.
    checked: Option<Arc<Notify>>,
    /// Uploads that arrive now.
    busy: Arc<Mutex<HashSet<(DraftId, u32)>>>,
    places: Arc<Semaphore>,
}

/// Who writes, and what about.
#[derive(Debug, Clone)]
pub struct Author {
    /// Why they may.
    pub origin: Origin,
    /// SHA-256 of the browser's cookie.
    pub owner: [u8; 32],
    /// Their proven address.
    pub who: String,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// When they proved it by a code for this alone: Unix time, seconds.
    pub proven: Option<i64>,
    /// The language of their pages.
    pub language: String,
    /// Whom it may go to.
    pub allowed: Vec<String>,
    /// The subject it answers.
    pub subject: String,
    /// The `Message-ID` it answers.
    pub thread: Option<String>,
}

/// A draft as its author sees it.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The record.
    pub draft: Draft,
    /// The text.
    pub text: String,
    /// What it is about.
    pub subject: String,
    /// Names of the uploads, in their order.
    pub names: Vec<String>,
}

impl Writing {
    /// One line over this store; `bell` wakes who delivers.
    pub fn new(store: Arc<Store>, house: Arc<House>, bounds: Bounds, bell: Arc<Notify>) -> Self {
        Writing {
            store,
            house,
            bounds,
            bell,
            checked: None,
            busy: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// What is sent is scanned first: `checked` rings whenever it is known of something what becomes of it.
    pub fn scanned(self, checked: Arc<Notify>) -> Self {
        let checked = Some(checked);
        Writing { checked, ..self }
    }

    /// How much may be written.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Who may answer a transfer they have opened, and to whom. `None` if there is nobody inside to answer.
    pub fn answerer(&self, room: &Room, owner: [u8; 32]) -> Option<Author> {
        let (record, ticket, catalogue) = (room.record(), room.ticket(), room.catalogue());
        let sender: Address = record.sender.parse().ok()?;
        let ours = |address: &Address| self.house.domains.iter().any(|d| d == address.domain());
        let people = letter::people(&catalogue.to);
        let mut allowed = vec![sender.to_string()];
        let others = people
            .iter()
            .filter_map(|(_, to)| to.parse::<Address>().ok());
        for other in others.filter(ours).filter(|to| !to.same_mailbox(&sender)) {
            if !allowed.contains(&other.to_string()) && allowed.len() < 20 {
                allowed.push(other.to_string());
            }
        }
        let who = ticket.recipients.first()?.clone();
        let mut named = people
            .iter()
            .filter(|(_, to)| to.eq_ignore_ascii_case(&who));
        Some(Author {
            origin: Origin::ticket(record.id.parse().ok()?, room.number()),
            owner,
            name: named.next().and_then(|(name, _)| name.clone()),
            who,
            proven: None,
            language: ticket.language.clone(),
            allowed,
            subject: catalogue.subject.clone(),
            thread: catalogue.message_id.clone(),
        })
    }

    /// The draft of this id, made if there is none. An id comes with the page, so that a form sent twice is one draft.
    pub async fn begin(self: &Arc<Self>, id: DraftId, author: Author) -> Taken<Draft> {
        let line = self.clone();
        aside(move || line.begun(id, author)).await
    }

    fn begun(&self, id: DraftId, author: Author) -> Taken<Draft> {
        if let Some(draft) = self.store.draft(id)? {
            return Ok(match draft.origin == author.origin {
                true if draft.is_open() => Ok(draft),
                true if draft.order().is_some() => Err(Refusal::Sent),
                _ => Err(Refusal::Gone),
            });
        }
        // Of a guest's each may hold as much as there may be at all.
        let (most, open) = match author.origin {
            Origin::Ticket(..) => (self.bounds.drafts, usize::MAX),
            Origin::Address(_) => (self.bounds.per_day, self.bounds.open),
        };
        let now = now();
        let day = day_of(now.saturating_add(LONGEST + GRACE));
        let keys = WaitingKeys {
            master: self.store.master(),
            day: &self.store.day_key(day)?,
        };
        let (key, sealed) = whole::fresh_key(Name::Draft(&id), &keys);
        let draft = Draft {
            id,
            origin: author.origin,
            owner: author.owner,
            who: author.who,
            name: author.name,
            proven: author.proven,
            language: author.language,
            allowed: author.allowed,
            thread: author.thread,
            subject: seal_word(&key, "subject", &author.subject),
            created: now,
            touched: now,
            day,
            key: sealed,
            text: None,
            uploads: Vec::new(),
            next: 0,
            state: State::Open,
        };
        Ok(match self.store.create_draft(&draft, most, open)? {
            true => Ok(draft),
            false => Err(Refusal::Drafts),
        })
    }

    /// One draft, whoever's it is: the caller compares.
    pub async fn draft(self: &Arc<Self>, id: DraftId) -> Result<Option<Draft>, Fault> {
        let line = self.clone();
        aside(move || line.store.draft(id)).await
    }

    /// The same once it is known what becomes of it, or after [`LOOKS`]: most files are scanned while their author waits for the next page.
    pub async fn settled(self: &Arc<Self>, id: DraftId) -> Result<Option<Draft>, Fault> {
        let Some(checked) = &self.checked else {
            return self.draft(id).await;
        };
        let end = tokio::time::Instant::now() + LOOKS;
        loop {
            let told = checked.notified();
            tokio::pin!(told);
            // From now on: what comes between the look and the wait counts.
            told.as_mut().enable();
            let draft = self.draft(id).await?;
            let waits = draft.as_ref().is_some_and(|draft| self.is_checked(draft));
            if !waits || tokio::time::timeout_at(end, told).await.is_err() {
                return Ok(draft);
            }
        }
    }

    /// True while it is being scanned, or waits for that: nobody knows yet whether it is delivered.
    pub fn is_checked(&self, draft: &Draft) -> bool {
        self.checked.is_some() && matches!(draft.state, State::Leaving(_))
    }

    /// Why it is not delivered, and the name of the file that is the reason.
    pub async fn denied(
        self: &Arc<Self>,
        draft: Draft,
    ) -> Result<Option<(Denial, Option<String>)>, Fault> {
        let State::Refused(_, denied) = &draft.state else {
            return Ok(None);
        };
        let (line, denied) = (self.clone(), denied.clone());
        aside(move || {
            let key = key_of(&line.store, &draft)?;
            let name = denied.file.as_ref();
            let name = name.map(|(number, name)| open_word(&key, &name_place(*number), name));
            Ok(Some((denied.why, name.transpose()?)))
        })
        .await
    }

    /// The newest open draft that was begun for this reason; by this browser, if one is named.
    pub async fn latest(
        self: &Arc<Self>,
        origin: Origin,
        owner: Option<[u8; 32]>,
    ) -> Result<Option<Draft>, Fault> {
        let line = self.clone();
        aside(move || {
            let drafts = line.store.drafts_of(&origin)?.into_iter();
            let mine = drafts.filter(|d| d.is_open() && owner.is_none_or(|o| d.owner == o));
            Ok(mine.max_by_key(|draft| draft.touched))
        })
        .await
    }

    /// What is in a draft, for its page.
    pub async fn sheet(self: &Arc<Self>, draft: Draft) -> Result<Sheet, Fault> {
        let line = self.clone();
        aside(move || {
            let key = key_of(&line.store, &draft)?;
            let text = reading::text(&line.store, &draft, &key)?;
            let names = draft.uploads.iter();
            let names = names.map(|u| open_word(&key, &name_place(u.number), &u.name));
            Ok(Sheet {
                text,
                subject: open_word(&key, "subject", &draft.subject)?,
                names: names.collect::<Result<_, Fault>>()?,
                draft,
            })
        })
        .await
    }

    /// Begins an upload of so many bytes; `None` if that is known at its end only.
    pub async fn upload(
        self: &Arc<Self>,
        id: DraftId,
        name: String,
        len: Option<u64>,
    ) -> Taken<Upload> {
        let line = self.clone();
        aside(move || {
            let Some(draft) = line.store.draft(id)?.filter(Draft::is_open) else {
                return Ok(Err(Refusal::Gone));
            };
            if let Some(refusal) = line.no_room(&draft.origin, len.unwrap_or(0))? {
                return Ok(Err(refusal));
            }
            let key = key_of(&line.store, &draft)?;
            let (bounds, now) = (line.bounds, now());
            let mut refusal = Refusal::Gone;
            let begun = line.store.change_draft(id, |draft| {
                if let Some(why) = refused(draft, &bounds, len.unwrap_or(0)) {
                    refusal = why;
                    return None;
                }
                let upload = Upload {
                    number: draft.next,
                    name: seal_word(&key, &name_place(draft.next), cut(&name, MAX_NAME)),
                    len,
                    have: 0,
                    pieces: 0,
                };
                draft.next = draft.next.checked_add(1)?;
                draft.touched = now;
                draft.uploads.push(upload.clone());
                Some((upload, Vec::new()))
            })?;
            Ok(begun.ok_or(refusal))
        })
        .await
    }

    /// Begins to take the bytes of an upload from an offset on, which must be where it ends (T96). With a checksum they count only if they
    /// are all here and fit.
    pub async fn receive(
        self: &Arc<Self>,
        id: DraftId,
        number: u32,
        at: u64,
        checksum: Option<Checksum>,
    ) -> Taken<Arriving> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return Ok(Err(Refusal::Busy));
        };
        let Some(turn) = arriving::Turn::take(&self.busy, id, number) else {
            return Ok(Err(Refusal::Busy));
        };
        let line = self.clone();
        aside(move || {
            let Some(draft) = line.store.draft(id)? else {
                return Ok(Err(Refusal::Gone));
            };
            let Some(upload) = draft.upload(number).filter(|_| draft.is_open()) else {
                return Ok(Err(Refusal::Gone));
            };
            if upload.have != at {
                return Ok(Err(Refusal::Offset(upload.have)));
            }
            if upload.pieces >= MAX_PIECES {
                return Ok(Err(Refusal::Files));
            }
            if let Some(refusal) = line.no_room(&draft.origin, 0)? {
                return Ok(Err(refusal));
            }
            let rest = draft.bytes().saturating_sub(upload.have);
            let most = match upload.len {
                Some(len) => len.saturating_sub(at),
                None => line.bounds.upload_max.saturating_sub(rest),
            };
            let place_of = Place {
                draft: id,
                upload: number,
                at,
            };
            let key = key_of(&line.store, &draft)?;
            let sealer = PieceSealer::new(place_of, &key, line.store.shelf());
            let sealer = match sealer {
                Err(fault) if matches!(fault.kind, Kind::DiskFull) => {
                    return Ok(Err(Refusal::Full));
                }
                other => other?,
            };
            let exceeded = match upload.len {
                Some(_) => Refusal::TooLong,
                None => Refusal::TooLarge(line.bounds.upload_max),
            };
            Ok(Ok(Arriving::begin(
                (line.store.clone(), line.quota(&draft.origin)),
                place_of,
                (sealer, checksum),
                (most, exceeded),
                (turn, place),
            )))
        })
        .await
    }

    /// All of an upload is here whose length was not known.
    pub async fn close(self: &Arc<Self>, id: DraftId, number: u32) -> Taken<()> {
        let line = self.clone();
        aside(move || {
            let closed = line.store.change_draft(id, |draft| {
                let upload = draft.upload_mut(number)?;
                upload.len = Some(upload.have);
                Some(((), Vec::new()))
            })?;
            Ok(closed.ok_or(Refusal::Gone))
        })
        .await
    }

    /// Forgets an upload.
    pub async fn remove(self: &Arc<Self>, id: DraftId, number: u32) -> Taken<()> {
        if self.arriving().contains(&(id, number)) {
            return Ok(Err(Refusal::Busy));
        }
        let line = self.clone();
        aside(move || {
            let removed = line.store.change_draft(id, |draft| {
                let before = draft.uploads.len();
                let open = draft.is_open();
                draft.uploads.retain(|upload| upload.number != number);
                (open && draft.uploads.len() < before).then(|| ((), Vec::new()))
            })?;
            Ok(removed.ok_or(Refusal::Gone))
        })
        .await
    }

    /// Keeps the text, in place of the one before.
    pub async fn write(self: &Arc<Self>, id: DraftId, text: String) -> Taken<()> {
        let line = self.clone();
        aside(move || {
            let Some(draft) = line.store.draft(id)?.filter(Draft::is_open) else {
                return Ok(Err(Refusal::Gone));
            };
            if let Some(refusal) = line.no_room(&draft.origin, text.len() as u64)? {
                return Ok(Err(refusal));
            }
            let lines = cut(&text, MAX_TEXT).lines().map(visible);
            let text = lines.collect::<Vec<_>>().join("\n");
            let piece = match text.trim().is_empty() {
                true => None,
                false => {
                    let key = key_of(&line.store, &draft)?;
                    let place = Place {
                        draft: id,
                        upload: TEXT,
                        at: 0,
                    };
                    let mut sealer = PieceSealer::new(place, &key, line.store.shelf())?;
                    sealer.write(text.as_bytes())?;
                    Some(sealer.finish()?)
                }
            };
            let blob = piece.as_ref().map(|piece| piece.blob);
            let now = now();
            let written = line.store.change_draft(id, |draft| {
                draft.is_open().then(|| {
                    draft.text = piece;
                    draft.touched = now;
                    ((), Vec::new())
                })
            })?;
            if written.is_none() {
                line.store.discard(blob.as_slice());
            }
            Ok(written.ok_or(Refusal::Gone))
        })
        .await
    }

    /// Writes on it whom it goes to and what it is about, in place of what stood there. For authors who choose that themselves: who may be
    /// written to is the caller's to know.
    pub async fn address(
        self: &Arc<Self>,
        id: DraftId,
        to: Vec<String>,
        subject: String,
    ) -> Taken<()> {
        let line = self.clone();
        aside(move || {
            let Some(draft) = line.store.draft(id)?.filter(Draft::is_open) else {
                return Ok(Err(Refusal::Gone));
            };
            let key = key_of(&line.store, &draft)?;
            let written = line.store.change_draft(id, |draft| {
                draft.is_open().then(|| {
                    draft.allowed = to;
                    draft.subject = seal_word(&key, "subject", &subject);
                    ((), Vec::new())
                })
            })?;
            Ok(written.ok_or(Refusal::Gone))
        })
        .await
    }

    /// Whether it could be sent with these uploads, whoever it goes to: to be asked before anything is counted for it.
    pub async fn could_leave(self: &Arc<Self>, id: DraftId, keep: Vec<u32>) -> Taken<()> {
        let line = self.clone();
        aside(move || {
            let draft = line.store.draft(id)?.filter(Draft::is_open);
            Ok(draft.ok_or(Refusal::Gone).and_then(|draft| {
                line.has_room(&draft)?;
                is_complete(&draft, &keep, &line.bounds)
            }))
        })
        .await
    }

    /// Sends it to those of `to` whom it may go to, with the uploads in `keep` and no other. Once: a second time gives the same order.
    pub async fn send(
        self: &Arc<Self>,
        id: DraftId,
        to: Vec<String>,
        keep: Vec<u32>,
    ) -> Taken<Order> {
        let line = self.clone();
        aside(move || {
            let (now, bounds) = (now(), line.bounds);
            let found = line.store.draft(id)?.filter(Draft::is_open);
            if let Some(Err(refusal)) = found.map(|draft| line.has_room(&draft)) {
                return Ok(Err(refusal));
            }
            let mut answer = Err(Refusal::Gone);
            let sent = line.store.change_draft(id, |draft| {
                if let Some(order) = draft.order() {
                    answer = Ok(order.clone());
                    return None;
                }
                match order(draft, &to, &keep, &bounds, now) {
                    Ok(order) => {
                        draft.uploads.retain(|upload| keep.contains(&upload.number));
                        draft.touched = now;
                        draft.state = State::Leaving(order.clone());
                        answer = Ok(order);
                        Some((draft.clone(), Vec::new()))
                    }
                    Err(refusal) => {
                        answer = Err(refusal);
                        None
                    }
                }
            })?;
            if let (Some(draft), Ok(order)) = (sent, &answer) {
                maillog::written(
                    &order.mail,
                    &draft.who,
                    order.to.len(),
                    draft.uploads.len(),
                    draft.bytes(),
                );
                line.bell.notify_one();
            }
            Ok(answer)
        })
        .await
    }

    /// Sends the receipt to who wrote it, once.
    pub async fn copy(self: &Arc<Self>, id: DraftId) -> Result<(), Fault> {
        let line = self.clone();
        aside(move || {
            let now = now();
            let copied = line.store.change_draft(id, |draft| {
                // It says that something was sent.
                if line.is_checked(draft) {
                    return None;
                }
                let (State::Leaving(order) | State::Sent(order)) = &mut draft.state else {
                    return None;
                };
                if std::mem::replace(&mut order.copied, true) {
                    return None;
                }
                let memo = Memo {
                    id: format!("{}-written", order.mail),
                    mail: order.mail.clone(),
                    to: draft.who.clone(),
                    language: Some(draft.language.clone()),
                    thread: None,
                    transfer: None,
                    page: None,
                    until: now,
                    received: order.at,
                    about: About::Written {
                        recipients: order.to.clone(),
                    },
                };
                Some(((), vec![memo]))
            })?;
            if copied.is_some() {
                line.bell.notify_one();
            }
            Ok(())
        })
        .await
    }

    /// Said while its author can do something about it: its mail takes as much again.
    fn has_room(&self, draft: &Draft) -> Result<(), Refusal> {
        let quota = self.quota(&draft.origin);
        let has = quota.has_room(&self.store, draft.bytes());
        has.then_some(()).ok_or(Refusal::Full)
    }

    /// So many bytes more are too many, for the disk or for who writes.
    fn no_room(&self, origin: &Origin, bytes: u64) -> Result<Option<Refusal>, Fault> {
        let quota = self.quota(origin);
        Ok(match () {
            () if bytes > self.bounds.upload_max => Some(Refusal::TooLarge(self.bounds.upload_max)),
            () if !quota.has_room(&self.store, bytes) => Some(Refusal::Full),
            () if !quota.has_left(&self.store, bytes)? => Some(Refusal::Enough),
            () => None,
        })
    }

    fn quota(&self, origin: &Origin) -> Quota {
        Quota::of(origin, &self.bounds)
    }

    fn arriving(&self) -> MutexGuard<'_, HashSet<(DraftId, u32)>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is sent, if it can be.
fn order(
    draft: &Draft,
    to: &[String],
    keep: &[u32],
    bounds: &Bounds,
    now: i64,
) -> Result<Order, Refusal> {
    if !draft.is_open() {
        return Err(Refusal::Gone);
    }
    let wanted = |one: &&String| to.iter().any(|to| to.eq_ignore_ascii_case(one));
    let to: Vec<String> = draft.allowed.iter().filter(wanted).cloned().collect();
    if to.is_empty() {
        return Err(Refusal::Nobody);
    }
    is_complete(draft, keep, bounds)?;
    Ok(Order {
        mail: MailId::fresh().to_string(),
        at: now,
        to,
        transfer: None,
        copied: false,
    })
}

/// Whether there is something to send, all of it is here, and it is not too much.
fn is_complete(draft: &Draft, keep: &[u32], bounds: &Bounds) -> Result<(), Refusal> {
    let kept = || draft.uploads.iter().filter(|u| keep.contains(&u.number));
    let bytes = kept().fold(0, |sum: u64, upload| sum.saturating_add(upload.have));
    match () {
        () if !kept().all(Upload::is_whole) => Err(Refusal::Unfinished),
        () if draft.text.is_none() && kept().next().is_none() => Err(Refusal::Empty),
        () if bytes > bounds.upload_max => Err(Refusal::TooLarge(bounds.upload_max)),
        () => Ok(()),
    }
}

/// At most so many bytes of a text.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev();
    let mut ends = end.filter(|at| text.is_char_boundary(*at));
    &text[..ends.next().unwrap_or(0)]
}
