//! A whole mail sealed under a key of its own, for the gateway itself to open again: what waits for an approver.
//!
//! The mail is a blob (`stream`) bound to the mail's id. Its key is sealed (`transfer::cipher`, bound to the id) under
//! HKDF(master key for waiting mails | day key): the gateway can open it, and copies of the disk die with the day.
//! Promises: no clear text reaches the shelf; constant memory. Leaves to others: the record (`store`).

use super::stream::{Opener, Sealer};
use crate::fault::{Fault, Kind};
use crate::mail::{MailId, Spool};
use crate::transfer::keys::{DayKey, Key, MasterKey, TransferKey, hkdf};
use crate::transfer::record::BlobRecord;
use crate::transfer::{BlobId, BlobReader, Shelf, cipher};
use std::io;
use zeroize::Zeroizing;

/// The keys that a waiting mail's own key is sealed under.
pub struct WaitingKeys<'a> {
    /// The master key.
    pub master: &'a MasterKey,
    /// The key of the last day it may be here.
    pub day: &'a DayKey,
}

/// Seals all of a mail; gives its blob, and its key as the record keeps it. What was written before a fault is an orphan.
pub fn seal(
    spool: &Spool,
    id: MailId,
    keys: &WaitingKeys<'_>,
    shelf: &dyn Shelf,
) -> Result<(BlobRecord, Vec<u8>), Fault> {
    let (key, blob) = (TransferKey::fresh(), BlobId::fresh());
    let plain_len = write(spool, id, blob, &key, shelf).map_err(of_disk)?;
    let sealed = cipher::seal(&keys.wrapping(), &place(id), key.expose());
    let record = BlobRecord {
        id: blob,
        plain_len,
    };
    Ok((record, sealed))
}

fn write(
    spool: &Spool,
    id: MailId,
    blob: BlobId,
    key: &TransferKey,
    shelf: &dyn Shelf,
) -> io::Result<u64> {
    let writer = shelf.write_blob(blob)?;
    let mut sealer = Sealer::new(writer, key, &context(id, blob))?;
    io::copy(&mut spool.reader(0..spool.len()), &mut sealer)?;
    let (writer, plain_len) = sealer.finish()?;
    writer.finish()?;
    Ok(plain_len)
}

/// Opens it again.
pub fn open(
    blob: Box<dyn BlobReader>,
    record: &BlobRecord,
    sealed_key: &[u8],
    id: MailId,
    keys: &WaitingKeys<'_>,
) -> Result<Opener, Fault> {
    let damaged = |what: &'static str| Fault::because(Kind::StoreDown, what);
    let key = cipher::open(&keys.wrapping(), &place(id), sealed_key)
        .map_err(|e| Fault::because(Kind::StoreDown, e))?;
    let key = Zeroizing::new(key);
    let key: [u8; 32] = key[..]
        .try_into()
        .map_err(|_| damaged("the key of a waiting mail has another length"))?;
    let (key, context) = (TransferKey::from_bytes(key), context(id, record.id));
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

fn context(id: MailId, blob: BlobId) -> Vec<u8> {
    [&b"cloakroom/waiting-mail/1"[..], id.as_bytes(), &blob.0].concat()
}

fn place(id: MailId) -> Vec<u8> {
    [&b"waiting-key\0"[..], id.as_bytes()].concat()
}

fn of_disk(error: io::Error) -> Fault {
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
        let spool = Spool::of(text.clone());
        let (record, sealed) = seal(&spool, id, &keys, &plank).expect("seals");
        let bytes = plank.0.lock().expect("no panic")[&record.id].clone();
        assert!(!bytes.windows(5).any(|w| w == b"heron"));
        let page = || Box::new(Page(bytes.clone()));
        let opener = open(page(), &record, &sealed, id, &keys).expect("opens");
        let mut out = String::new();
        let mut reader = opener.reader(0..opener.len());
        reader.read_to_string(&mut out).expect("reads");
        assert_eq!(out, text);
        let (other_master, other_day) = (MasterKey::fresh(), DayKey::fresh());
        for (id, master, day) in [
            (MailId::fresh(), &master, &day),
            (id, &other_master, &day),
            (id, &master, &other_day),
        ] {
            let keys = WaitingKeys { master, day };
            assert!(open(page(), &record, &sealed, id, &keys).is_err());
        }
    }
}
