//! What was sent is scanned before it becomes a mail: held until a scanner has called all of it clean (T95).
//!
//! Promises: while there is a scanner, nothing becomes a mail that it did not hear to the end, unless the operator lets pass what is too large for
//! it, and then the mail says so; a failure, a hang and an answer that nobody understands hold. Files are opened in memory, piece by
//! piece, and go to the scanner in the clear, never to disk. So many drafts are scanned at once as the operator says, beside deliveries,
//! each with one file at a time. A verdict is in memory until its draft is settled: after a start all is scanned again.
//! Leaves to others: judging ([`crate::scanner`]), when to try again ([`super::sending`]).
//! Fails: a draft that nobody could scan for [`HELD`] is refused, and its author told.

use super::reading::{Bytes, text};
use super::words::{key_of, name_place, open_word};
use crate::fault::{Fault, crash};
use crate::gateway::Gateway;
use crate::gateway::collect::now;
use crate::maillog;
use crate::scanner::{CHUNK, Scanner, Source, Verdict};
use crate::store::Store;
use crate::transfer::draft::{Denial, Denied, Order, State, Upload};
use crate::transfer::keys::TransferKey;
use crate::transfer::memo::{self, About};
use crate::transfer::{Draft, DraftId, Memo};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// So long what cannot be scanned is held; seconds. Its keys last longer.
const HELD: i64 = 5 * 86_400;
/// Pieces that a scanner has not taken yet.
const AHEAD: usize = 4;

/// Who scans, and how.
#[derive(Debug, Clone)]
pub struct Scanning {
    scanner: Arc<dyn Scanner>,
    /// For one file.
    timeout: Duration,
    beyond: Beyond,
    places: Arc<Semaphore>,
}

/// What becomes of a file that is larger than the scanner looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// It is not delivered.
    Refused,
    /// It is, and the mail says that nobody has checked it.
    Passed,
}

impl Scanning {
    /// With this scanner, which has so long for one file and hears so many at once.
    pub fn new(
        scanner: Arc<dyn Scanner>,
        timeout: Duration,
        at_once: usize,
        beyond: Beyond,
    ) -> Self {
        Scanning {
            scanner,
            timeout,
            beyond,
            places: Arc::new(Semaphore::new(at_once.max(1))),
        }
    }
}

/// What is known of a draft.
#[derive(Debug, Clone)]
pub(super) enum Finding {
    /// It is being scanned, or will be when there is a place.
    Awaited,
    /// It may go, with these uploads that are too large to be scanned.
    Clear(Vec<u32>),
    /// It may not; and what the scanner found.
    Denied(Denied, String),
    /// Nobody knows, and why.
    Unknown(String),
}

/// What is known of drafts.
#[derive(Debug, Default)]
pub(super) struct Checks(Mutex<HashMap<DraftId, Finding>>);

impl Checks {
    fn lock(&self) -> MutexGuard<'_, HashMap<DraftId, Finding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is settled.
    pub(super) fn forget(&self, id: DraftId) {
        self.lock().remove(&id);
    }

    /// What is known; of what nobody knows another try may be begun.
    fn look(&self, id: DraftId) -> Option<Finding> {
        let mut all = self.lock();
        let found = all.get(&id).cloned();
        if matches!(found, Some(Finding::Unknown(_))) {
            all.remove(&id);
        }
        found
    }
}

impl Gateway {
    /// What is known of this draft; begins to scan it if nothing is.
    pub(super) fn finding(&self, draft: &Draft) -> Finding {
        let Some(scanning) = &self.parts.scanning else {
            return Finding::Clear(Vec::new());
        };
        if let Some(finding) = self.written.checks.look(draft.id) {
            return finding;
        }
        // All busy: the next one to end rings.
        if let Ok(place) = scanning.places.clone().try_acquire_owned() {
            let check = Check {
                scanning: scanning.clone(),
                store: self.store().clone(),
                draft: Arc::new(draft.clone()),
            };
            let (checks, bell, id) = (
                self.written.checks.clone(),
                self.written.bell.clone(),
                draft.id,
            );
            checks.lock().insert(id, Finding::Awaited);
            crash::point("written/scan-begun");
            tokio::spawn(async move {
                // In a task of its own: whatever becomes of it, somebody says so.
                let found = tokio::spawn(check.run()).await;
                let found = found.unwrap_or_else(|e| Finding::Unknown(e.to_string()));
                checks.lock().insert(id, found);
                drop(place);
                bell.notify_one();
            });
        }
        Finding::Awaited
    }

    /// Nobody knows what it is: it stays, for a while. True if it is settled.
    pub(super) fn hold_back(&self, draft: &Draft, order: &Order, why: &str) -> Result<bool, Fault> {
        maillog::not_scanned(&order.mail, why);
        if now() < order.at.saturating_add(HELD) {
            return Ok(false);
        }
        let denied = Denied {
            why: Denial::Unchecked,
            file: None,
        };
        self.deny(draft, order, (denied, ""))?;
        Ok(true)
    }

    /// It is not delivered: its author is told, of malware the operator too. What was uploaded goes.
    pub(super) fn deny(
        &self,
        draft: &Draft,
        order: &Order,
        (denied, found): (Denied, &str),
    ) -> Result<(), Fault> {
        let memos = self.memos_of(draft, order, (&denied, found))?;
        let why = denied.why;
        let changed = self.store().change_draft(draft.id, |draft| {
            let State::Leaving(order) = &draft.state else {
                return None;
            };
            draft.state = State::Refused(order.clone(), denied);
            (draft.uploads, draft.text, draft.touched) = (Vec::new(), None, now());
            Some(((), memos))
        })?;
        crash::point("written/scan-refused");
        if changed.is_some() {
            maillog::written_refused(&order.mail, &draft.who, word(why), found);
            self.wake();
        }
        Ok(())
    }

    fn memos_of(
        &self,
        draft: &Draft,
        order: &Order,
        (denied, found): (&Denied, &str),
    ) -> Result<Vec<Memo>, Fault> {
        let name = |(number, name): &(u32, Vec<u8>)| {
            open_word(&key_of(self.store(), draft)?, &name_place(*number), name)
        };
        let file = denied.file.as_ref().map(name).transpose()?;
        let memo = |what: &str, to: &str, language, file, admin| Memo {
            id: format!("{}-{what}", order.mail),
            mail: order.mail.clone(),
            to: to.to_owned(),
            language,
            thread: None,
            transfer: None,
            page: None,
            until: order.at,
            received: order.at,
            about: About::Denied(memo::Denied {
                recipients: order.to.clone(),
                why: denied.why,
                file,
                admin,
            }),
        };
        let language = Some(draft.language.clone());
        let mut memos = vec![memo("refused", &draft.who, language, file, None)];
        if denied.why == Denial::Infected {
            for (place, admin) in self.parts.telling.admins.iter().enumerate() {
                let about = Some((draft.who.clone(), found.to_owned()));
                let what = format!("refused-{place}");
                memos.push(memo(&what, &admin.to_string(), None, None, about));
            }
        }
        Ok(memos)
    }
}

/// As the log has it.
fn word(why: Denial) -> &'static str {
    match why {
        Denial::Infected => "refused by scanner",
        Denial::TooLarge => "too large for scanner",
        Denial::Unchecked => "not scanned in time",
    }
}

/// The scan of one draft.
struct Check {
    scanning: Scanning,
    store: Arc<Store>,
    draft: Arc<Draft>,
}

impl Check {
    async fn run(self) -> Finding {
        self.all().await.unwrap_or_else(Finding::Unknown)
    }

    /// The text, then the files in their order, up to the first that is not to be delivered.
    async fn all(&self) -> Result<Finding, String> {
        let mut unscanned = Vec::new();
        if self.draft.text.is_some() {
            let verdict = self.one("text.txt", None).await?;
            if let Some(denial) = self.denial(&verdict) {
                return Ok(denied(denial, None, verdict));
            }
        }
        for upload in &self.draft.uploads {
            let verdict = self.one(&self.name(upload)?, Some(upload.clone())).await?;
            if let Some(denial) = self.denial(&verdict) {
                return Ok(denied(denial, Some(upload), verdict));
            }
            if verdict == Verdict::TooLarge {
                unscanned.push(upload.number);
            }
        }
        Ok(Finding::Clear(unscanned))
    }

    fn denial(&self, verdict: &Verdict) -> Option<Denial> {
        match (verdict, self.scanning.beyond) {
            (Verdict::Clean, _) | (Verdict::TooLarge, Beyond::Passed) => None,
            (Verdict::TooLarge, Beyond::Refused) => Some(Denial::TooLarge),
            (Verdict::Infected(_), _) => Some(Denial::Infected),
        }
    }

    fn name(&self, upload: &Upload) -> Result<String, String> {
        let key = self.key()?;
        open_word(&key, &name_place(upload.number), &upload.name).map_err(|e| e.to_string())
    }

    fn key(&self) -> Result<TransferKey, String> {
        key_of(&self.store, &self.draft).map_err(|e| e.to_string())
    }

    /// What the scanner says of one upload, or of the text.
    async fn one(&self, name: &str, upload: Option<Upload>) -> Result<Verdict, String> {
        let (to, bytes): (_, Source) = mpsc::channel(AHEAD);
        let (store, draft, key) = (self.store.clone(), self.draft.clone(), self.key()?);
        let reading = spawn_blocking(move || match &upload {
            Some(upload) => pour(Bytes::new(&store, &draft, upload, &key), &to),
            None => Ok(to
                .blocking_send(text(&store, &draft, &key)?.into_bytes())
                .is_ok()),
        });
        let said = timeout(
            self.scanning.timeout,
            self.scanning.scanner.scan(name, bytes),
        )
        .await;
        let said = said.map_err(|_| "the scanner did not end in time".to_owned());
        // What could not be read to its end looks like a short file.
        let whole = reading.await.map_err(|e| e.to_string())?;
        let whole = whole.map_err(|e| e.to_string())?;
        match said?? {
            Verdict::Clean if !whole => Err("the scanner did not hear the file to its end".into()),
            verdict => Ok(verdict),
        }
    }
}

/// True if all of it was taken.
fn pour(mut bytes: Bytes<'_>, to: &Sender<Vec<u8>>) -> Result<bool, Fault> {
    loop {
        let mut block = Vec::with_capacity(CHUNK);
        bytes.fill(&mut block, CHUNK)?;
        if block.is_empty() {
            return Ok(true);
        }
        if to.blocking_send(block).is_err() {
            return Ok(false);
        }
    }
}

fn denied(why: Denial, upload: Option<&Upload>, verdict: Verdict) -> Finding {
    let file = upload.map(|upload| (upload.number, upload.name.clone()));
    let found = match verdict {
        Verdict::Infected(name) => name,
        Verdict::Clean | Verdict::TooLarge => String::new(),
    };
    Finding::Denied(Denied { why, file }, found)
}
