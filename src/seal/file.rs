//! One thing sealed: source → decoder → counts and hashes → cipher → blob, block by block; or the blob it came in ([`super::early`]).

use super::items::Item;
use super::pressing::{HEAD, Pressing};
use super::stream::context;
use super::{impossible, names, reading};
use crate::fault::{Fault, Kind};
use crate::mail::decode::{Decoder, decoded};
use crate::mail::outline::{Encoding, Part};
use crate::mail::{Content, Mail, Segment};
use crate::transfer::record::BlobRecord;
use crate::transfer::{
    BlobId, Catalogue, EarlyFile, EarlyTransfer, Entry, EntryKind, Plan, Shelf, Stamp,
};
use file_format::FileFormat;
use mail_builder::headers::Header;
use mail_builder::headers::text::Text;
use std::io::{self, BufRead, BufReader, Read};

const BLOCK: usize = 64 * 1024;

/// Seals one thing after the other into blobs of one transfer.
pub(super) struct Press<'a> {
    /// The transfer, and files of it that are sealed already.
    early: EarlyTransfer,
    shelf: &'a dyn Shelf,
    /// The first block of the thing, by which its type is known.
    head: Vec<u8>,
    names: names::Names,
}

/// A thing in a blob of its own.
struct InBlob {
    record: BlobRecord,
    stamp: Stamp,
}

impl<'a> Press<'a> {
    pub(super) fn new(early: EarlyTransfer, shelf: &'a dyn Shelf) -> Self {
        Press {
            early,
            shelf,
            head: Vec::with_capacity(HEAD),
            names: names::Names::default(),
        }
    }

    /// Seals the next thing; its number is how many entries the catalogue has, unless it came sealed.
    pub(super) fn seal(
        &mut self,
        mail: &Mail,
        plan: &Plan,
        item: &Item,
        catalogue: &Catalogue,
    ) -> Result<(Entry, BlobRecord), Fault> {
        let number = u32::try_from(catalogue.entries.len()).map_err(|_| impossible("parts"))?;
        let InBlob { record, stamp } = match (item.kind, item.parts.first()) {
            (EntryKind::Text | EntryKind::Html, _) => {
                let face = reading::face(mail, item.kind, &item.parts).map_err(unread)?;
                self.press(number, &mut in_blocks(face))?
            }
            (_, Some(index)) => self.part(mail, &mail.outline.parts[*index], number)?,
            (_, None) => self.press(number, &mut in_blocks(original(mail, plan)))?,
        };
        let sniffed = FileFormat::from_bytes(&self.head);
        let entry = Entry {
            kind: item.kind,
            name: names::name(mail, item, sniffed, catalogue, &mut self.names),
            media_type: names::media_type(mail, item, sniffed),
            size: stamp.size,
            crc32: stamp.crc32,
            sha256: stamp.sha256,
            location: names::location(mail, item),
        };
        Ok((entry, record))
    }

    fn part(&mut self, mail: &Mail, part: &Part, number: u32) -> Result<InBlob, Fault> {
        // Only what lies in the mail's own spool, and is decoded as it was taken aside.
        let is_own = part.spool.is_none() && part.nested.is_none();
        if is_own
            && part.encoding == Encoding::Base64
            && let Some(file) = self.early.take(&part.body)
        {
            return self.adopt(file);
        }
        let mut body = decoded(&mail.spool, part);
        let sealed = self.press(number, &mut body)?;
        check_whole(&body)?;
        Ok(sealed)
    }

    /// What was sealed while the mail arrived becomes a blob of the transfer.
    fn adopt(&mut self, file: EarlyFile) -> Result<InBlob, Fault> {
        let (record, stamp) = (file.record, file.stamp);
        let left = self.shelf.leave_blob(record.id, file.writer);
        left.map_err(shelf_fault)?;
        self.head = file.head;
        Ok(InBlob { record, stamp })
    }

    fn press(&mut self, number: u32, source: &mut dyn BufRead) -> Result<InBlob, Fault> {
        let blob = BlobId::fresh();
        let writer = self.shelf.write_blob(blob).map_err(shelf_fault)?;
        let context = context(&self.early.id, number, blob);
        let head = std::mem::take(&mut self.head);
        let mut pressing = Pressing::new(writer, &self.early.key, &context, head);
        loop {
            let n = fill(source)?;
            if n == 0 {
                break;
            }
            let bytes = source.fill_buf().map_err(unread)?;
            pressing.write(bytes).map_err(shelf_fault)?;
            source.consume(n);
        }
        let pressed = pressing.finish().map_err(shelf_fault)?;
        let (record, stamp) = (pressed.record(blob, number), pressed.stamp);
        self.head = pressed.head;
        // `hold` makes all of them durable.
        pressed.writer.leave().map_err(shelf_fault)?;
        Ok(InBlob { record, stamp })
    }
}

fn in_blocks(source: impl Read) -> impl BufRead {
    BufReader::with_capacity(BLOCK, source)
}

/// Gets the next block, unless one is there; its length is 0 at the end.
fn fill(source: &mut dyn BufRead) -> Result<usize, Fault> {
    loop {
        match source.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map(<[u8]>::len).map_err(unread),
        }
    }
}

/// The spool failed.
fn unread(error: io::Error) -> Fault {
    Fault::because(Kind::Internal, error)
}

/// A damaged encoding makes a mail ambiguous, and such a mail is sealed whole. Here it would mean a file that is not what was sent.
/// A shown text may have a stray `=` that every reader shows; the original beside it has the bytes.
fn check_whole(body: &Decoder<'_>) -> Result<(), Fault> {
    match body.damage() {
        None => Ok(()),
        Some(what) => Err(Fault::because(Kind::Internal, what)),
    }
}

fn shelf_fault(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Fault::because(Kind::DiskFull, error)
        }
        _ => Fault::because(Kind::StoreDown, error),
    }
}

/// The mail as it came, but for what was written for us: fields that may hold a password, tags in the subject that may hold a number.
/// And but for `Bcc`, which the servers behind us drop from mails and cannot drop from a file.
fn original(mail: &Mail, plan: &Plan) -> impl Read {
    let mut segments = Vec::new();
    let mut at = 0;
    for field in &mail.outline.root().fields.0 {
        let new = match &plan.subject {
            Some(subject) if field.is("Subject") => Some(subject_field(subject)),
            Some(_) if field.is("Thread-Topic") => Some(Vec::new()),
            _ if field.is("Bcc") || field.is("Resent-Bcc") => Some(Vec::new()),
            _ if plan.strip_controls && is_control(&field.name) => Some(Vec::new()),
            _ => None,
        };
        if let Some(new) = new {
            segments.push(Segment::Kept(at..field.range.start));
            segments.push(Segment::New(new.into()));
            at = field.range.end;
        }
    }
    segments.push(Segment::Kept(at..mail.spool.len()));
    Content::of(mail.spool.clone(), segments).reader()
}

fn is_control(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("x-cloakroom-")
}

fn subject_field(subject: &str) -> Vec<u8> {
    let mut field = b"Subject: ".to_vec();
    let column = field.len();
    Text::new(subject).write_header(&mut field, column);
    field
}
