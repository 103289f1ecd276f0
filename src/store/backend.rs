//! What a backend must do: a handful of dumb methods. Every promise is made above it, in `Store`, once.

use crate::Pending;
use crate::transfer::{BlobId, BlobReader, BlobWriter};
use std::fmt;
use std::future::ready;
use std::io;

/// Where records and blobs are kept.
///
/// Called from several threads at once. An implementer must not retry, cache refusals, or interpret keys and values.
pub trait Backend: Send + Sync {
    /// Applies a batch: all or nothing, and durable when it returns. May be joined with other callers' batches into one sync.
    fn apply(&self, batch: Batch) -> Result<(), BackendError>;

    /// Begins to apply a batch, and gives what says how it ended. It is on its way, whether anybody waits for that or not. `meanwhile` is
    /// dropped when it has ended. One that does not block may be done at once.
    fn hand_over(&self, batch: Batch, meanwhile: Box<dyn Send>) -> Receipt {
        let done = self.apply(batch);
        drop(meanwhile);
        Box::pin(ready(done))
    }

    /// The value of a key, as of the last applied batch.
    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError>;

    /// Up to `limit` pairs with `from <= key < to`, in the order of keys.
    fn scan(
        &self,
        table: Table,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, BackendError>;

    /// Starts a blob (see [`BlobWriter`]).
    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>>;

    /// Starts a small blob that something already kept cannot do without, such as the next manifest of a transfer: the reserve is for it.
    fn write_needed(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.write_blob(id)
    }

    /// Writes these bytes behind a blob that was left ([`BlobWriter::leave`]); all of it is on disk when this returns.
    fn end_blob(&self, id: BlobId, behind: &[u8]) -> io::Result<()>;

    /// Cuts a blob off behind so many bytes; no error if there is none. Not synced, as with [`Backend::drop_blob`].
    fn cut_blob(&self, id: BlobId, len: u64) -> io::Result<()>;

    /// `StorageFull` if so many bytes more would touch the reserve.
    fn room_for(&self, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    /// Opens a blob for reading; `NotFound` if there is none.
    fn open_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobReader>>;

    /// Bytes of a blob; `NotFound` if there is none.
    fn blob_len(&self, id: BlobId) -> io::Result<u64> {
        self.open_blob(id).map(|blob| blob.len())
    }

    /// Removes a blob; no error if there is none.
    fn drop_blob(&self, id: BlobId) -> io::Result<()>;

    /// Every blob there is, with the time it was written (Unix seconds): for the search of orphans.
    fn blobs(&self) -> io::Result<Vec<(BlobId, i64)>>;
}

/// What is not there need not be removed.
pub(super) fn unless_missing(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}

/// How it ended with a batch, as [`Backend::apply`] would have said. To wait for it does not block.
pub type Receipt = Pending<'static, Result<(), BackendError>>;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// What kinds of records there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Wrong-key check, ballast of counters, versions.
    Meta,
    /// `id` → `Record`.
    Transfers,
    /// `id|n` → `Ticket`.
    Tickets,
    /// `LinkId` → `id|n`.
    Links,
    /// `expires (8, big endian)|id` → nothing: what upkeep walks.
    Expiry,
    /// `day` → the day's key, sealed.
    DayKeys,
    /// `due (8)|notice id` → `Notice` and its tries.
    Outbox,
    /// Mail id → `Waiting`.
    Waiting,
    /// `due (8)|memo id` → `Memo` and its tries.
    Memos,
    /// `time (8)|random (8)` → features of mails, and notes of policies.
    Remembered,
    /// `id|n` → `Codes` of that ticket.
    Codes,
    /// `id|n|place` → `Event` of that ticket.
    History,
    /// `id|n|HMAC of a cookie` → `Device`.
    Devices,
    /// Mail id → `Ruling`, what became of a mail that waited.
    Rulings,
    /// HMAC of a sender's address → `Preferences`.
    Preferences,
    /// Parcel id → `Parcel`.
    Parcels,
    /// `lane|due (8)|parcel id` → nothing: what delivery walks.
    ParcelsDue,
    /// Name of a copy → `Copy`.
    Ledger,
    /// `forgotten (8)|mail id` → names of copies.
    LedgerDue,
    /// Draft id → `Draft`.
    Drafts,
    /// `origin|draft id` → nothing: whose drafts there are.
    DraftsOf,
    /// `draft id|upload|number` → `Piece`.
    Pieces,
    /// HMAC of a cookie → `Pending`: a code that was sent to an address.
    GuestCodes,
    /// HMAC of a cookie → `Guest`.
    Guests,
    /// HMAC of an address → `Book` of the guest.
    GuestBooks,
    /// HMAC of what is counted, and of whom → the time at which all of it may be used again.
    Allowances,
    /// `end (8)|HMAC of what and whom` → how often.
    Limits,
    /// HMAC of how a network speaks of a notice → `Awaited`.
    Reports,
    /// HMAC of a sender's address → `Numbers` of his recipients.
    Numbers,
    /// HMAC of a recipient's address → `Circle`.
    Circles,
    /// Mail id → `Arrival`: who wrote a mail that came in by our pages.
    Arrivals,
    /// HMAC of an address or domain → `Agreed`.
    Agreed,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 32] = [
        Table::Meta,
        Table::Transfers,
        Table::Tickets,
        Table::Links,
        Table::Expiry,
        Table::DayKeys,
        Table::Outbox,
        Table::Waiting,
        Table::Memos,
        Table::Remembered,
        Table::Codes,
        Table::History,
        Table::Devices,
        Table::Rulings,
        Table::Preferences,
        Table::Parcels,
        Table::ParcelsDue,
        Table::Ledger,
        Table::LedgerDue,
        Table::Drafts,
        Table::DraftsOf,
        Table::Pieces,
        Table::GuestCodes,
        Table::Guests,
        Table::GuestBooks,
        Table::Allowances,
        Table::Limits,
        Table::Reports,
        Table::Numbers,
        Table::Circles,
        Table::Arrivals,
        Table::Agreed,
    ];

    /// Its name on disk, which values are bound to. Never changes.
    pub fn name(self) -> &'static str {
        match self {
            Table::Meta => "meta",
            Table::Transfers => "transfers",
            Table::Tickets => "tickets",
            Table::Links => "links",
            Table::Expiry => "expiry",
            Table::DayKeys => "day-keys",
            Table::Outbox => "outbox",
            Table::Waiting => "waiting",
            Table::Memos => "memos",
            Table::Remembered => "remembered",
            Table::Codes => "codes",
            Table::History => "history",
            Table::Devices => "devices",
            Table::Rulings => "rulings",
            Table::Preferences => "preferences",
            Table::Parcels => "parcels",
            Table::ParcelsDue => "parcels-due",
            Table::Ledger => "ledger",
            Table::LedgerDue => "ledger-due",
            Table::Drafts => "drafts",
            Table::DraftsOf => "drafts-of",
            Table::Pieces => "pieces",
            Table::GuestCodes => "guest-codes",
            Table::Guests => "guests",
            Table::GuestBooks => "guest-books",
            Table::Allowances => "allowances",
            Table::Limits => "limits",
            Table::Reports => "reports",
            Table::Numbers => "numbers",
            Table::Circles => "circles",
            Table::Arrivals => "arrivals",
            Table::Agreed => "agreed",
        }
    }
}

/// Largest value of a record in bytes; larger ones become blobs of ours. sled writes larger leaves to files that it never syncs.
pub const MAX_VALUE: usize = 16 * 1024;

/// Largest key of a record in bytes.
pub const MAX_KEY: usize = 512;

/// Changes that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Keys that must not exist, checked in the same transaction.
    pub absent: Vec<(Table, Vec<u8>)>,
    /// New values.
    pub put: Vec<(Table, Vec<u8>, Vec<u8>)>,
    /// Keys to remove.
    pub remove: Vec<(Table, Vec<u8>)>,
}

/// A backend could not do it. After `Fatal` the process must end: what reached the disk is not known.
#[derive(Debug)]
pub enum BackendError {
    /// No room; nothing was changed.
    Full(io::Error),
    /// A key of `absent` exists; nothing was changed.
    Exists,
    /// What is there cannot be read.
    Damaged(String),
    /// A sync failed: what is on disk is unknown.
    Fatal(String),
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackendError::Full(e) => write!(f, "the disk is full: {e}"),
            BackendError::Exists => f.write_str("a record of that name exists"),
            BackendError::Damaged(what) => write!(f, "the store is damaged: {what}"),
            BackendError::Fatal(what) => write!(f, "the store cannot be trusted any more: {what}"),
        }
    }
}

impl std::error::Error for BackendError {}
