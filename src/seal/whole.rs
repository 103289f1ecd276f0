//! A whole mail sealed under a key of its own, for the gateway itself to open again: what waits for an approver, and parcels.
//!
//! The mail is a blob (`stream`) bound to what it is ([`Name`]). Its key is sealed (`transfer::cipher`, bound to the same) under
//! HKDF(master key for waiting mails | day key): the gateway can open it, and copies of the disk die with the day.
//! Promises: no clear text reaches the shelf; constant memory. Leaves to others: the record (`store`).

use super::stream::{Opener, Sealer};
use crate::fault::{Fault, Kind};
use crate::mail::MailId;
use crate::transfer::keys::{DayKey, Key, MasterKey, TransferKey, hkdf};
use crate::transfer::record::BlobRecord;
use crate::transfer::{BlobId, BlobReader, DraftId, Shelf, cipher};
use std::io::{self, Read};
use zeroize::Zeroizing;

/// What is sealed; one does not open as another.
#[derive(Debug, Clone, Copy)]
pub enum Name<'a> {
    /// A mail that waits for an approver.
    Waiting(MailId),
    /// The parcel of this id.
    Parcel(&'a str),
    /// What somebody writes on the page: its key alone, as it comes in pieces ([`super::piece`]).
    Draft(&'a DraftId),
}

/// The keys that a waiting mail's own key is sealed under.
pub struct WaitingKeys<'a> {
    /// The master key.
    pub master: &'a MasterKey,
    /// The key of the last day it may be here.
    pub day: &'a DayKey,
}

/// Seals all of a mail; gives its blob, and its key as the record keeps it. What was written before a fault is an orphan.
pub fn seal(
    mail: &mut dyn Read,
    name: Name<'_>,
    keys: &WaitingKeys<'_>,
    shelf: &dyn Shelf,
) -> Result<(BlobRecord, Vec<u8>), Fault> {
    let blob = BlobId::fresh();
    let (key, sealed) = fresh_key(name, keys);
    let plain_len = write(mail, name, blob, &key, shelf).map_err(of_disk)?;
    let record = BlobRecord {
        id: blob,
        plain_len,
        number: 0,
    };
    Ok((record, sealed))
}

/// A new key, and how the record keeps it.
pub fn fresh_key(name: Name<'_>, keys: &WaitingKeys<'_>) -> (TransferKey, Vec<u8>) {
    let key = TransferKey::fresh();
    let sealed = cipher::seal(&keys.wrapping(), &name.place(), key.expose());
    (key, sealed)
}

/// The key that a record keeps.
pub fn known_key(
    sealed: &[u8],
    name: Name<'_>,
    keys: &WaitingKeys<'_>,
) -> Result<TransferKey, Fault> {
    let damaged = |what: &'static str| Fault::because(Kind::StoreDown, what);
    let key = cipher::open(&keys.wrapping(), &name.place(), sealed)
        .map_err(|e| Fault::because(Kind::StoreDown, e))?;
    let key = Zeroizing::new(key);
    let key: [u8; 32] = key[..]
        .try_into()
        .map_err(|_| damaged("the key of a waiting mail has another length"))?;
    Ok(TransferKey::from_bytes(key))
}

fn write(
    mail: &mut dyn Read,
    name: Name<'_>,
    blob: BlobId,
    key: &TransferKey,
    shelf: &dyn Shelf,
) -> io::Result<u64> {
    let writer = shelf.write_blob(blob)?;
    let mut sealer = Sealer::new(writer, key, &name.context(blob));
    io::copy(mail, &mut sealer)?;
    let (writer, plain_len) = sealer.finish()?;
    writer.finish()?;
    Ok(plain_len)
}

/// Opens it again.
pub fn open(
    blob: Box<dyn BlobReader>,
    record: &BlobRecord,
    sealed_key: &[u8],
    name: Name<'_>,
    keys: &WaitingKeys<'_>,
) -> Result<Opener, Fault> {
    let (key, context) = (known_key(sealed_key, name, keys)?, name.context(record.id));
    Opener::new(blob, &key, &context, record.plain_len)
        .map_err(|e| Fault::because(Kind::StoreDown, e))
}

impl WaitingKeys<'_> {
    fn wrapping(&self) -> Key {
        let master = self.master.waiting();
        let both = Zeroizing::new([&master[..], &self.day.expose()[..]].concat());
        hkdf(&both, b"", b"cloakroom/waiting-wrap/1")
    }
}

impl Name<'_> {
    fn context(self, blob: BlobId) -> Vec<u8> {
        match self {
            Name::Waiting(id) => {
                [b"cloakroom/waiting-mail/1", &id.as_bytes()[..], &blob.0].concat()
            }
            Name::Parcel(id) => [b"cloakroom/parcel/1\0", id.as_bytes(), &blob.0].concat(),
            Name::Draft(id) => [&b"cloakroom/draft/1"[..], id.as_bytes(), &blob.0].concat(),
        }
    }

    fn place(self) -> Vec<u8> {
        match self {
            Name::Waiting(id) => [b"waiting-key\0", &id.as_bytes()[..]].concat(),
            Name::Parcel(id) => [b"parcel-key\0", id.as_bytes()].concat(),
            Name::Draft(id) => [&b"draft-key\0"[..], id.as_bytes()].concat(),
        }
    }
}

pub(super) fn of_disk(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Fault::because(Kind::DiskFull, error)
        }
        _ => Fault::because(Kind::StoreDown, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::io::{Read, Write};
    use std::sync::{Arc, Mutex};

    type Blobs = Arc<Mutex<HashMap<BlobId, Vec<u8>>>>;

    #[derive(Default, Clone)]
    struct Plank(Blobs);

    struct Pen(BlobId, Vec<u8>, Blobs);

    impl Shelf for Plank {
        fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn crate::transfer::BlobWriter>> {
            Ok(Box::new(Pen(id, Vec::new(), self.0.clone())))
        }
    }

    impl Write for Pen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl crate::transfer::BlobWriter for Pen {
        fn finish(self: Box<Self>) -> io::Result<()> {
            self.2.lock().expect("no panic").insert(self.0, self.1);
            Ok(())
        }
        fn reader(&self) -> io::Result<Box<dyn BlobReader>> {
            Ok(Box::new(Page(self.1.clone())))
        }
    }

    struct Page(Vec<u8>);

    impl BlobReader for Page {
        fn len(&self) -> u64 {
            self.0.len() as u64
        }
        fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            let from = offset as usize;
            out.copy_from_slice(&self.0[from..from + out.len()]);
            Ok(())
        }
    }

    #[test]
    fn only_this_gateway_opens_it_and_only_as_this_mail() {
        let (master, day) = (MasterKey::fresh(), DayKey::fresh());
        let keys = WaitingKeys {
            master: &master,
            day: &day,
        };
        let (id, plank) = (MailId::fresh(), Plank::default());
        let text = "Subject: plan\r\n\r\nThe heron waits.\r\n".repeat(2000);
        let name = Name::Waiting(id);
        let (record, sealed) = seal(&mut text.as_bytes(), name, &keys, &plank).expect("seals");
        let bytes = plank.0.lock().expect("no panic")[&record.id].clone();
        assert!(!bytes.windows(5).any(|w| w == b"heron"));
        let page = || Box::new(Page(bytes.clone()));
        let opener = open(page(), &record, &sealed, name, &keys).expect("opens");
        let mut out = String::new();
        let mut reader = opener.reader(0..opener.len());
        reader.read_to_string(&mut out).expect("reads");
        assert_eq!(out, text);
        let (other_master, other_day) = (MasterKey::fresh(), DayKey::fresh());
        let same = id.to_string();
        for (name, master, day) in [
            (Name::Waiting(MailId::fresh()), &master, &day),
            (Name::Parcel(&same), &master, &day),
            (name, &other_master, &day),
            (name, &master, &other_day),
        ] {
            let keys = WaitingKeys { master, day };
            assert!(open(page(), &record, &sealed, name, &keys).is_err());
        }
    }
}
