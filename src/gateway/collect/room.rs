//! A room: what an open visit sees of its transfer, read anew for each request, so that what was revoked is gone at once (P12).
//!
//! Promises: only entries this ticket may read are there at all; a file is looked up inside this transfer alone (T93); its entity tag is
//! strong and says nothing about its content to anyone without the key.
//! Fails with `Fault`: the store does not answer, the catalogue or a blob was changed.

use super::now;
use super::teller::Teller;
use super::visit::{Fetching, Visit, What};
use crate::fault::{Fault, Kind};
use crate::maillog;
use crate::seal;
use crate::seal::stream::Opener;
use crate::store::{Along, Store};
use crate::transfer::keys::{TransferKey, hkdf};
use crate::transfer::record::State;
use crate::transfer::{Catalogue, Entry, EntryKind, Event, Happened, Record, Ticket, TransferId};
use std::fmt;
use std::io;
use std::sync::Arc;

/// An open transfer, seen by one visit. For one request; holds the key.
#[derive(Debug)]
pub struct Room {
    store: Arc<Store>,
    teller: Teller,
    visit: Arc<Visit>,
    key: TransferKey,
    record: Record,
    ticket: Ticket,
    catalogue: Catalogue,
}

/// One file, in the clear, from anywhere. Nothing of it is in memory but what is being read.
pub struct FileReader {
    opener: Opener,
}

impl Room {
    /// `None` if it is gone.
    pub(super) fn enter(
        (store, teller): (&Arc<Store>, &Teller),
        visit: Arc<Visit>,
        key: TransferKey,
        now: i64,
    ) -> Result<Option<Room>, Fault> {
        let Some(record) = store.transfer(&visit.id())? else {
            return Ok(None);
        };
        let Some(ticket) = store.ticket(&visit.id(), visit.ticket())? else {
            return Ok(None);
        };
        let renewed = ticket.link != visit.link();
        let closed = record.state == State::Revoked || ticket.wrap.is_none();
        if closed || renewed || ticket.expires <= now {
            return Ok(None);
        }
        let catalogue = seal::open::catalogue(&record, &key)?;
        Ok(Some(Room {
            store: store.clone(),
            teller: teller.clone(),
            visit,
            key,
            record,
            ticket,
            catalogue,
        }))
    }

    /// The transfer, and which of its tickets is open.
    pub fn place(&self) -> (TransferId, u32) {
        (self.visit.id(), self.visit.ticket())
    }

    /// What it was opened in.
    pub(super) fn visit(&self) -> &Visit {
        &self.visit
    }

    /// True if its link was made for one person alone, who may do away with it.
    pub fn is_own(&self) -> bool {
        self.ticket.recipients.len() == 1
    }

    /// What the mail says about itself.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The number of the ticket in the transfer.
    pub fn number(&self) -> u32 {
        self.visit.ticket()
    }

    /// The ticket.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// The entry of this number, if there is one that this ticket may read.
    pub fn entry(&self, number: u32) -> Option<&Entry> {
        self.catalogue
            .entries
            .get(number as usize)
            .filter(|_| self.ticket.entries.contains(&number))
    }

    /// Entries of a kind with their numbers, if this ticket may read them.
    pub fn entries(&self, kind: EntryKind) -> impl Iterator<Item = (u32, &Entry)> {
        (0..)
            .map_while(|n| self.catalogue.entries.get(n as usize).map(|_| n))
            .filter_map(|n| Some((n, self.entry(n)?)))
            .filter(move |(_, entry)| entry.kind == kind)
    }

    /// What a person takes away: the mail itself, then its files.
    pub fn downloads(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let files = self.entries(EntryKind::File);
        self.entries(EntryKind::Original).chain(files)
    }

    /// How often an entry may still be fetched; `None`: any number of times.
    pub fn left(&self, number: u32) -> Option<u32> {
        let fetched = self.fetched(number);
        self.ticket.downloads.map(|n| n.saturating_sub(fetched))
    }

    /// How often an entry was fetched to its end.
    pub fn fetched(&self, number: u32) -> u32 {
        self.ticket
            .fetched
            .get(number as usize)
            .copied()
            .unwrap_or(0)
    }

    /// Opens an entry's file: commitment, length and last chunk are checked before this returns (T63).
    pub fn file(&self, number: u32) -> Result<FileReader, Fault> {
        let missing = || Fault::new(Kind::StoreDown);
        let blob = self.record.blobs.get(number as usize).ok_or_else(missing)?;
        let reader = self.store.open_blob(blob.id)?;
        let opener = seal::open::opener(&self.record, number as usize, &self.key, reader)?;
        Ok(FileReader { opener })
    }

    /// The strong entity tag of a file or of all, with its quotes. The same for every visit, so that a download can be resumed after the
    /// page was unlocked again; made with the transfer's key, so that it tells nothing.
    pub fn etag(&self, what: What) -> String {
        let info = match what {
            What::All => "cloakroom/etag/1/all".to_owned(),
            What::Entry(n) => format!("cloakroom/etag/1/{n}"),
        };
        let tag = hkdf(self.key.expose(), b"", info.as_bytes());
        tag[..12]
            .iter()
            .fold("\"".to_owned(), |text, byte| format!("{text}{byte:02x}"))
            + "\""
    }

    /// Begins a fetch of `len` bytes, or goes on with it. `None`: the limit is used up.
    pub fn begin(&self, what: What, len: u64) -> Option<Fetching> {
        let entries = self.numbers(what);
        let (limit, fetched) = (self.ticket.downloads, &self.ticket.fetched);
        self.visit
            .begin(what, &entries, limit, fetched)
            .then(|| Fetching {
                visit: self.visit.clone(),
                what,
                len,
            })
    }

    /// Counts a complete fetch; durable when this returns.
    pub fn count(&self, what: What) -> Result<(), Fault> {
        let entries = self.numbers(what);
        let how = self.teller.wants(&self.record, &self.ticket)?;
        let _alone = self.teller.alone(&self.record, how);
        let counted = self
            .store
            .change_telling(&self.visit.id(), self.visit.ticket(), |ticket| {
                for n in &entries {
                    let n = *n as usize;
                    if ticket.fetched.len() <= n {
                        ticket.fetched.resize(n + 1, 0);
                    }
                    ticket.fetched[n] = ticket.fetched[n].saturating_add(1);
                }
                let (number, now) = (self.visit.ticket(), now());
                let told = (number, &mut *ticket);
                let memo =
                    self.teller
                        .downloaded(how, &self.record, told, self.named(&entries), now)?;
                Ok(Along {
                    event: Some(Event::at(now, Happened::Fetched(entries.clone()))),
                    memos: memo.into_iter().collect(),
                })
            });
        self.visit.settle(what);
        for n in entries {
            let bytes = self.entry(n).map_or(0, |entry| entry.size);
            maillog::collected(&self.record.mail, &self.record.id, n as usize, bytes);
        }
        counted.map(drop)
    }

    /// Those of them that people call files, with their names.
    fn named(&self, entries: &[u32]) -> Vec<(u32, String)> {
        let all = self.downloads();
        let meant = all.filter(|(n, _)| entries.contains(n));
        meant.map(|(n, entry)| (n, entry.name.clone())).collect()
    }

    fn numbers(&self, what: What) -> Vec<u32> {
        match what {
            What::All => self.downloads().map(|(n, _)| n).collect(),
            What::Entry(n) => vec![n],
        }
    }
}

impl FileReader {
    /// Bytes.
    pub fn len(&self) -> u64 {
        self.opener.len()
    }

    /// True for a file without a byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `out` from `offset`; an error if there are not that many bytes, or if one of them is not what was sealed.
    pub fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut done = 0;
        while done < out.len() {
            match self
                .opener
                .read_at(offset + done as u64, &mut out[done..])?
            {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => done += n,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for FileReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileReader({} bytes)", self.len())
    }
}
