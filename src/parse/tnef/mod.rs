//! TNEF, the `winmail.dat` of Outlook and Exchange: which files are in it, and where (MS-OXTNEF, MS-OXRTFCP, MS-OXCMSG).
//!
//! Promises: nothing is held but names; a file is a range of the bytes; time is linear in the size, with at most [`MAX_DEPTH`] passes.
//! Either everything in it can be given to people or it is *unreadable*: a link in place of a file, two contents of one file, more than
//! [`HIDDEN`] bytes that would be shown to nobody (a file could be hidden there), damage, anything over a limit.
//! Leaves to others: finding such a part in a mail, and what becomes of one that is unreadable (`parse::winmail`).

mod attributes;
mod message;
mod properties;
mod rtf;
mod words;

use crate::mail::{Spool, SpoolWriter};
use encoding_rs::Encoding;
use message::{Body, Content, Message};
use std::io::{self, Read};
use std::ops::Range;

/// Messages in messages.
const MAX_DEPTH: usize = 3;
/// Files of all of them together.
const MAX_FILES: usize = 1_000;
/// Bytes of one property that is no file and no text that people are shown: a custom one, a list of recipients.
const HIDDEN: u64 = 64 * 1024;
/// Of all of them together.
const ALL_HIDDEN: u64 = 512 * 1024;
/// Formatted texts that are not given, as the mail says the same in its own text.
const UNUSED_TEXT: u64 = 1024 * 1024;
/// A text that is written anew in UTF-8.
const LARGEST_TEXT: u64 = rtf::LARGEST;

/// Why it is not opened.
#[derive(Debug)]
pub(super) enum Failure {
    /// What is wrong with it.
    Unreadable(&'static str),
    /// The bytes cannot be read or written back.
    Spool(io::Error),
}

pub(super) type Result<T> = std::result::Result<T, Failure>;

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Spool(error)
    }
}

/// One file of it.
#[derive(Debug)]
pub(super) struct File {
    /// Every name it has, the one to be shown first. May be empty.
    pub names: Vec<String>,
    /// What its sender's program says it is: lower case, with a slash.
    pub media_type: Option<String>,
    pub content_id: Option<String>,
    pub source: Source,
}

/// Where the bytes of a file are.
#[derive(Debug)]
pub(super) enum Source {
    /// In the TNEF as they are.
    Range(Range<u64>),
    /// To be written by [`Text::write`].
    Text(Text),
}

/// A text that has to be made readable first.
#[derive(Debug)]
pub(super) struct Text(Body);

/// True for bytes that begin like one.
pub(super) fn is_tnef(head: &[u8]) -> bool {
    head.starts_with(&attributes::SIGNATURE)
}

/// The files of the TNEF in this range, in its order. `with_text`: the text of the message becomes a file too.
///
/// Empty if there is nothing that people could be given.
pub(super) fn files(spool: &Spool, range: Range<u64>, with_text: bool) -> Result<Vec<File>> {
    let mut reading = Reading {
        spool,
        hidden: ALL_HIDDEN,
        files: Vec::new(),
    };
    let message = reading.open(range.clone(), with_text, 1)?;
    if !reading.files.is_empty() && !message.is_mail() {
        reading.add(as_it_is("winmail.dat".to_owned(), range))?;
    }
    Ok(reading.files)
}

/// The walk through a message and those in it.
struct Reading<'a> {
    spool: &'a Spool,
    /// Bytes that may still be shown to nobody.
    hidden: u64,
    files: Vec<File>,
}

impl Reading<'_> {
    fn open(&mut self, range: Range<u64>, with_text: bool, depth: usize) -> Result<Message> {
        if depth > MAX_DEPTH {
            return Err(Failure::Unreadable(
                "a winmail.dat with messages more than three levels deep",
            ));
        }
        let mut message = Message::read(self.spool, range, &mut self.hidden)?;
        let body = message.body(with_text)?;
        if let Some(body) = body {
            self.add(text_file(&message.subject, body))?;
        }
        for attachment in std::mem::take(&mut message.attachments) {
            match attachment.content(&mut self.hidden)? {
                Content::File(range) => self.add(File {
                    names: attachment.names(),
                    media_type: attachment.media_type,
                    content_id: attachment.content_id,
                    source: Source::Range(range),
                })?,
                Content::Message(range) => self.open_inner(range, depth)?,
            }
        }
        Ok(message)
    }

    /// Of an appointment, a task or a contact the text says little: only the item itself has its times and places.
    fn open_inner(&mut self, range: Range<u64>, depth: usize) -> Result<()> {
        let before = self.files.len();
        let message = self.open(range.clone(), true, depth + 1)?;
        if self.files.len() == before || !message.is_mail() {
            let subject = match message.subject.as_str() {
                "" => "message",
                subject => subject,
            };
            self.add(as_it_is(format!("{subject}.winmail.dat"), range))?;
        }
        Ok(())
    }

    fn add(&mut self, file: File) -> Result<()> {
        if self.files.len() == MAX_FILES {
            return Err(Failure::Unreadable(
                "a winmail.dat with more than 1 000 files",
            ));
        }
        self.files.push(file);
        Ok(())
    }
}

/// An item that only programs which know TNEF can read.
fn as_it_is(name: String, range: Range<u64>) -> File {
    File {
        names: vec![name],
        media_type: Some("application/ms-tnef".to_owned()),
        content_id: None,
        source: Source::Range(range),
    }
}

fn text_file(subject: &str, body: Body) -> File {
    let (extension, media_type) = match body {
        Body::Html(..) => ("html", "text/html"),
        Body::Plain(..) => ("txt", "text/plain"),
        Body::Rtf(..) => ("rtf", "application/rtf"),
    };
    let stem = match subject {
        "" => "message",
        subject => subject,
    };
    File {
        names: vec![format!("{stem}.{extension}")],
        media_type: Some(media_type.to_owned()),
        content_id: None,
        source: match body {
            // HTML says itself how it is encoded.
            Body::Html(range, None) => Source::Range(range),
            body => Source::Text(Text(body)),
        },
    }
}

impl Text {
    /// Writes the text: RTF decompressed, all else in UTF-8. At most 16 MiB.
    pub(super) fn write(&self, spool: &Spool, out: &mut SpoolWriter) -> Result<()> {
        match &self.0 {
            Body::Rtf(range) => {
                let len = range.end - range.start;
                let mut put = |block: &[u8]| out.write(block);
                rtf::decompress(spool.reader(range.clone()), len, &mut put)
            }
            Body::Html(range, encoding) => {
                utf8(spool, range, encoding.unwrap_or(encoding_rs::UTF_8), out)
            }
            Body::Plain(range, encoding) => utf8(spool, range, encoding, out),
        }
    }
}

/// Zeros at the end belong to the format, not to the text.
fn utf8(
    spool: &Spool,
    range: &Range<u64>,
    encoding: &'static Encoding,
    out: &mut SpoolWriter,
) -> Result<()> {
    if range.end - range.start > LARGEST_TEXT {
        return Err(Failure::Unreadable("a winmail.dat with a text over 16 MiB"));
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut reader = spool.reader(range.clone());
    let mut raw = vec![0; 16 * 1024];
    // Room for three bytes of UTF-8 for each, which is what the widest encodings need.
    let mut text = vec![0; 64 * 1024];
    loop {
        let n = reader.read(&mut raw)?;
        let (_, _, written, _) = decoder.decode_to_utf8(&raw[..n], &mut text, n == 0);
        let mut block = text[..written].to_vec();
        block.retain(|b| *b != 0);
        out.write(&block)?;
        if n == 0 {
            return Ok(());
        }
    }
}
