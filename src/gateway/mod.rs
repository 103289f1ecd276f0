//! The gateway: policy, store, outlets, channels, put together once; and the three lines that know the order of things.
//!
//! [`send`] is the way of a mail, [`collect`] the way back of its files, [`upkeep`] what happens by itself.
//! Promises: doubt defers or seals, it never passes a mail unprotected; after a next hop has accepted, nothing refuses.
//! Leaves to others: protocols (`doors`), reading settings and starting things (`service`).

pub mod abuse;
mod agreed;
pub mod approving;
mod clock;
pub mod collect;
mod commands;
mod contacts;
mod delivery;
mod departure;
mod ending;
mod foresight;
pub mod guests;
mod ledger;
mod memos;
mod notices;
pub mod parcels;
pub mod preferring;
pub mod preview;
pub mod queue;
pub mod quick;
mod release;
pub mod remembering;
pub mod reports;
pub mod send;
mod settling;
pub mod steering;
mod telling;
mod text_limits;
pub mod tripwire;
pub mod upkeep;
pub mod waiting;
pub mod writing;

use crate::decide::Policy;
use crate::directory::Directories;
use crate::fault::{Fault, Kind};
use crate::forward::{Lanes, Outlet, Outlets};
use crate::mail::content::Reader;
use crate::mail::dkim::Signers;
use crate::mail::{Envelope, Intake};
use crate::notify::Post;
use crate::notify::router::Router;
use crate::seal::early::WhileReceiving;
use crate::store::{Settlement, Store};
use crate::texts::{House, Texts};
use crate::transfer::keys::MasterKey;
use crate::transfer::{Early, Telling};
use approving::Approving;
use collect::teller::Teller;
use collect::{Collect, Courier};
use commands::catching::Catching;
use quick::Quick;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use steering::Steering;
use tokio::sync::Notify;

/// Everything the lines need. Built by `service` from a checked configuration, shared by all doors.
pub struct Gateway {
    parts: Parts,
    policy: RwLock<Arc<Policy>>,
    /// Rings when a notice is due.
    bell: Arc<Notify>,
    /// What became of mails, where that could not be written yet.
    known: Mutex<Vec<Settlement>>,
    /// The mails under way: of two that are the same one waits for the other.
    twins: ledger::Twins,
    /// Whose clients are there.
    attended: ledger::Attended,
    departures: departure::Departures,
    deliveries: delivery::Deliveries,
    memos: memos::Memos,
    /// For mails of our own.
    post: Post,
    remembering: remembering::Remembering,
    written: writing::Written,
    steering: Arc<Steering>,
    quick: Quick,
}

/// What a gateway is made of.
pub struct Parts {
    /// The rules in force at start; see [`Gateway::replace_policy`].
    pub policy: Policy,
    /// Transfers and notices.
    pub store: Arc<Store>,
    /// For wraps and lookups.
    pub master: Arc<MasterKey>,
    /// The next hop, and the way out for what must leave over verified TLS.
    pub outlets: Lanes,
    /// The channels and which of them a password takes.
    pub router: Router,
    /// Who knows the numbers of recipients.
    pub directories: Directories,
    /// What texts say about us.
    pub house: Arc<House>,
    /// What texts say.
    pub texts: Arc<Texts>,
    /// Looks into files for the rules.
    pub reader: Arc<dyn Reader>,
    /// Who signs mails that we have changed.
    pub signers: Signers,
    /// Where large mails put their unlinked files.
    pub spool_folder: PathBuf,
    /// Bytes of the largest mail that is taken.
    pub max_message: u64,
    /// After a client's final dot no other final dot is sent when this time is over.
    pub answer_within: Duration,
    /// The longest time any transfer can be kept, extensions included.
    pub max_keep_for: Duration,
    /// So long after its last use a telephone number that a sender gave is used for his next mails; zero: never.
    pub remember_numbers: Duration,
    /// What is remembered of mails.
    pub remember: remembering::Remember,
    /// How notices are tried again.
    pub patience: upkeep::Patience,
    /// How parcels are tried again.
    pub delivery: parcels::Schedule,
    /// What becomes of the rest of a mail that has left for some.
    pub partial: parcels::Partial,
    /// What people are told of their mails.
    pub telling: Telling,
    /// Who scans what people outside write; `None`: nobody.
    pub scanning: Option<writing::Scanning>,
    /// Who needs no password.
    pub quick: crate::transfer::quick::Rules,
}

impl Gateway {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let policy = RwLock::new(Arc::new(parts.policy.clone()));
        let outlets = parts.outlets.clone();
        let open = Arc::new(move || outlets.open());
        let memos = memos::Memos::default();
        let bell = memos.bell.clone();
        let steering = Steering::new(parts.store.clone(), parts.max_keep_for);
        let quick = Quick::new(parts.store.clone(), parts.quick);
        let steering = steering.telling(parts.telling.clone()).quick(quick.clone());
        Gateway {
            quick,
            post: Post::new(parts.house.clone(), parts.signers.clone(), open),
            departures: departure::Departures::default(),
            deliveries: delivery::Deliveries::default(),
            memos,
            steering: Arc::new(steering.ringing(bell)),
            parts,
            policy,
            bell: Arc::default(),
            known: Mutex::default(),
            twins: ledger::Twins::default(),
            attended: ledger::Attended::default(),
            remembering: remembering::Remembering::default(),
            written: writing::Written::default(),
        }
    }

    /// For one incoming mail's content. Files of a large one are sealed while they arrive, where that is foreseen.
    pub fn intake(&self, envelope: &Envelope) -> Intake {
        let folder = &self.parts.spool_folder;
        let in_memory = |size| size <= crate::mail::spool::IN_MEMORY as u64;
        if envelope.options.size.is_some_and(in_memory) {
            // A client that says less than it sends has its files sealed later.
            return Intake::new(folder);
        }
        let (early, policy, envelope) = (Early::default(), self.policy(), envelope.clone());
        let wanted = move || foresight::takes_files(&policy, &envelope);
        let aside = WhileReceiving::new(early.clone(), self.parts.store.clone(), wanted);
        Intake::beside(folder, early, Box::new(aside))
    }

    /// A conversation with the next hop, for one session of a door. It is not asked about what is for us.
    pub fn outlet(&self) -> Box<dyn Outlet> {
        let (house, store) = (self.house().clone(), self.store().clone());
        Box::new(Catching::new(self.parts.outlets.open(), house, store))
    }

    /// Bytes of the largest mail that is taken.
    pub fn max_message(&self) -> u64 {
        self.parts.max_message
    }

    /// `DiskFull` if a mail of so many bytes cannot be taken in now. A mail that stays in memory always can: perhaps it needs no protection.
    pub fn room_for(&self, size: u64) -> Result<(), Fault> {
        match size <= crate::mail::spool::IN_MEMORY as u64 {
            true => Ok(()),
            false => self.parts.store.room_for(size),
        }
    }

    /// The way back of files.
    pub fn collect(&self, lock: collect::Lock) -> Collect {
        let courier = Courier::new(
            self.post.clone(),
            self.house().clone(),
            self.texts().clone(),
        );
        let zone = self.house().time_zone.clone();
        let teller = Teller::new(self.store().clone(), self.parts.telling.clone(), zone);
        let collect = Collect::new(self.store().clone(), lock, courier);
        let collect = collect.quick(self.quick.clone(), self.memos.bell.clone());
        collect.telling(teller).ringing(self.bell.clone())
    }

    /// The way in for people who prove their address.
    pub fn guests(&self, rules: guests::Rules, writing: Arc<writing::Writing>) -> guests::Guests {
        let words = (self.house().clone(), self.texts().clone());
        let store = self.store().clone();
        guests::Guests::new(store, self.post.clone(), words, writing, rules)
    }

    /// The way of approvers.
    pub fn approving(&self) -> Approving {
        let bells = [self.departures.bell.clone(), self.memos.bell.clone()];
        Approving::new(self.store().clone(), bells, self.parts.router.clone())
    }

    /// The way of those who report what came in by our pages.
    pub fn abuse(&self) -> abuse::Abuse {
        let admins = self.parts.telling.admins.clone();
        abuse::Abuse::new(self.store().clone(), self.memos.bell.clone(), admins)
    }

    /// The way of what providers say about text messages.
    pub fn reports(&self) -> reports::Reports {
        let router = self.parts.router.clone();
        reports::Reports::new(self.store().clone(), router, self.bell.clone())
    }

    /// What senders and operators do with transfers.
    pub fn steering(&self) -> &Arc<Steering> {
        &self.steering
    }

    /// Who knows the numbers of recipients.
    pub fn directories(&self) -> &Directories {
        &self.parts.directories
    }

    /// What texts say about us.
    pub fn house(&self) -> &Arc<House> {
        &self.parts.house
    }

    /// What texts say.
    pub fn texts(&self) -> &Arc<Texts> {
        &self.parts.texts
    }

    /// Transfers and notices.
    pub fn store(&self) -> &Arc<Store> {
        &self.parts.store
    }

    /// Puts other rules in force; mails already in the line keep the rules they began with.
    pub fn replace_policy(&self, policy: Policy) {
        *self
            .policy
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(policy);
    }

    /// The rules in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.policy
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }
}

/// So much of a mail is read and judged in the time that handing the work to another thread would take.
const LIGHT: u64 = 256 * 1024;

/// Runs work whose length follows the size of a mail: small mails on the spot, large ones as [`heavy`] does.
fn by_size<T>(size: u64, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    if size <= LIGHT {
        caught(work)
    } else {
        heavy(work)
    }
}

/// Runs work that may take long or touch the disk, without stalling the other sessions of this thread.
fn heavy<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    tokio::task::block_in_place(|| caught(work))
}

/// A panic is a mistake of ours and ends only this mail: the client is told to try again (P3).
fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(Fault::new(Kind::Internal)))
}
