//! Facts of one mail that rules ask about: computed once per mail, whatever the number of rules and recipients.
//!
//! Promises: what costs reading (sniffed types) is found only when a rule asks, and once. Parts inside forwarded messages are
//! looked at as well as those of the mail itself (T32). Where the structure is in doubt, [`Facts::unclear`] says why.
//! Fails only when the spool cannot be read: that defers.

use super::controls::Controls;
use super::label::Label;
use super::policy::Policy;
use super::search::{self, Content, Member};
use super::senders::Senders;
use crate::fault::{Fault, Kind};
use crate::mail::content::Reader;
use crate::mail::decode;
use crate::mail::header::Fields;
use crate::mail::outline::{Nature, Outline, Role};
use crate::mail::{Mail, Part, Spool};
use file_format::FileFormat;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::io::Read;

/// What rules ask about.
pub struct Facts<'a> {
    /// The mail itself.
    pub mail: &'a Mail,
    /// Its size as received, in bytes.
    pub size: u64,
    /// Why nobody can be sure which files are in it; `None`: that is certain.
    pub unclear: Option<String>,
    /// Files, with invitations, cards and ciphertext, in document order, also inside forwarded messages. Pictures that the HTML
    /// shows are not among them: a rule that refuses images must not refuse every logo.
    pub files: Vec<File<'a>>,
    /// Who sent it.
    pub senders: Senders,
    /// What its sender asks for.
    pub controls: Controls,
    /// The highest label on it, and what carries it.
    pub label: Option<(&'a Label, String)>,
    types: OnceCell<Vec<String>>,
    policy: &'a Policy,
    reader: &'a dyn Reader,
    content: OnceCell<Content>,
    looked: Cell<bool>,
}

impl fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "facts of {:?}", self.mail.id)
    }
}

/// A part that people see as a file.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// The part.
    pub part: &'a Part,
    /// The spool its ranges are of.
    pub spool: &'a Spool,
    /// It is part of a forwarded message.
    pub inner: bool,
}

/// Kinds of files that hold no other files. Text is not among them: a mail in a file is text.
const FLAT: &[&str] = &["audio/", "font/", "image/", "video/"];

/// In the types of files whose first purpose is to hold others.
const ARCHIVES: &[&str] = &[
    "7z", "bzip", "cab", "compress", "gzip", "lz", "rar", "tar", "x-xz", "zip", "zstd",
];

/// So much of a file is looked at to tell its type.
const SNIFFED: u64 = 4 * 1024;

impl<'a> Facts<'a> {
    /// `size` is that of the mail as received; tests of policies say another one than they have bytes.
    pub fn of(mail: &'a Mail, size: u64, policy: &'a Policy, reader: &'a dyn Reader) -> Facts<'a> {
        let fields = &mail.outline.root().fields;
        let controls = Controls::of(fields, &policy.words);
        let mut files = Vec::new();
        collect(&mail.outline, &mail.spool, false, &mut files);
        Facts {
            mail,
            size,
            unclear: unclear(&mail.outline),
            files,
            senders: Senders::of(&mail.envelope, fields),
            label: highest(&policy.labels, fields, &controls.said),
            controls,
            types: OnceCell::new(),
            policy,
            reader,
            content: OnceCell::new(),
            looked: Cell::new(false),
        }
    }

    /// Files inside the files; nothing is opened if no file can hold any.
    pub fn members(&self) -> Result<&[Member], Fault> {
        let flat = |kind: &String| FLAT.iter().any(|start| kind.starts_with(start));
        let types = self.types()?;
        if types.iter().all(flat) {
            return Ok(&[]);
        }
        let before = self.looked.get();
        let content = self.content()?;
        // A damaged document has no names to hide; a locked archive may.
        let unread = |title: &str| content.unreadable.iter().any(|(place, _)| place == title);
        let blind = self.files.iter().zip(types).any(|(file, kind)| {
            ARCHIVES.iter().any(|name| kind.contains(name))
                && unread(&search::title(file.part, file.inner))
        });
        self.looked.set(before || blind);
        Ok(&content.members)
    }

    /// Whether something was looked for inside texts and files since the last time this was asked.
    pub fn take_looked(&self) -> bool {
        self.looked.take()
    }

    /// What is inside texts and files.
    pub fn content(&self) -> Result<&Content, Fault> {
        self.looked.set(true);
        if let Some(content) = self.content.get() {
            return Ok(content);
        }
        let found = search::search(self.mail, &self.policy.wanted, self.reader)?;
        Ok(self.content.get_or_init(|| found))
    }

    /// The same, if a rule asked for it.
    pub fn content_if_asked(&self) -> Option<&Content> {
        self.content.get()
    }

    /// Why nobody can say what is in the mail: the first thing that could not be read.
    pub fn blind(&self) -> Result<Option<String>, Fault> {
        let content = self.content()?;
        let doubt = self.unclear.as_ref();
        let doubt = doubt.map(|why| format!("structure in doubt: {why}"));
        let first = content.unreadable.first();
        Ok(doubt.or_else(|| first.map(|(place, why)| format!("{place}: {why}"))))
    }

    /// The header of the mail.
    pub fn header(&self) -> &'a Fields {
        &self.mail.outline.root().fields
    }

    /// Files of the mail itself: what `attachments_over`, `largest_over` and `has_attachments` are about.
    pub fn attachments(&self) -> impl Iterator<Item = &File<'a>> {
        self.files.iter().filter(|f| !f.inner && f.is_file())
    }

    /// Their sizes, added.
    pub fn attached(&self) -> u64 {
        self.attachments().map(|f| f.part.decoded_len).sum()
    }

    /// [`Facts::types`], if somebody asked for them already.
    pub fn types_if_known(&self) -> Option<&[String]> {
        self.types.get().map(Vec::as_slice)
    }

    /// The sniffed media type of each of [`Facts::files`], in that order; empty where nothing is known.
    pub fn types(&self) -> Result<&[String], Fault> {
        if let Some(types) = self.types.get() {
            return Ok(types);
        }
        let sniffed: Vec<String> = self
            .files
            .iter()
            .map(File::sniff)
            .collect::<Result<_, _>>()?;
        Ok(self.types.get_or_init(|| sniffed))
    }
}

impl File<'_> {
    /// An attachment, or a forwarded message.
    pub fn is_file(&self) -> bool {
        matches!(self.part.role, Role::Attachment | Role::Message)
    }

    /// For people: its name, or what else it is.
    pub fn title(&self) -> &str {
        let name = self.part.name.as_ref().map(|n| n.as_str());
        name.unwrap_or(&self.part.media_type)
    }

    fn sniff(&self) -> Result<String, Fault> {
        let mut head = Vec::new();
        decode::decoded(self.spool, self.part)
            .take(SNIFFED)
            .read_to_end(&mut head)
            .map_err(|error| Fault::because(Kind::Internal, error))?;
        Ok(match FileFormat::from_bytes(&head) {
            FileFormat::ArbitraryBinaryData | FileFormat::Empty => String::new(),
            format => format.media_type().to_owned(),
        })
    }
}

/// True of a mail with files, and of one whose structure is in doubt, as it may have some for other readers.
pub fn carries_files(mail: &Mail) -> bool {
    let mut files = Vec::new();
    collect(&mail.outline, &mail.spool, false, &mut files);
    let is_file = |file: &File<'_>| !file.inner && file.is_file();
    files.iter().any(is_file) || unclear(&mail.outline).is_some()
}

fn collect<'a>(outline: &'a Outline, spool: &'a Spool, inner: bool, out: &mut Vec<File<'a>>) {
    for part in &outline.parts {
        let inner = inner || part.inside.is_some();
        let file = File { part, spool, inner };
        let stays = matches!(part.role, Role::Calendar | Role::Card | Role::Encrypted);
        if file.is_file() || stays {
            out.push(file);
        }
        if let Some(nested) = &part.nested {
            collect(&nested.outline, &nested.spool, true, out);
        }
    }
}

/// Doubts of the mail and of every message in it: what is hidden in a forwarded message is sent as well.
fn unclear(outline: &Outline) -> Option<String> {
    let doubt = outline.doubts.first().map(|d| d.what.to_owned());
    let opaque = || is_opaque(outline).then(|| "its content is inside an opaque signature".into());
    let inside = || {
        let nested = outline.parts.iter().filter_map(|p| p.nested.as_ref());
        nested.into_iter().find_map(|n| unclear(&n.outline))
    };
    doubt.or_else(opaque).or_else(inside)
}

/// S/MIME that is signed by wrapping everything into one CMS object (RFC 8551 section 3.5.2): its parts are out of sight.
pub fn is_opaque(outline: &Outline) -> bool {
    let root = outline.parts.first().map(|p| p.media_type.as_str());
    outline.nature == Nature::Signed
        && root.is_some_and(|t| t.starts_with("application/") && t.ends_with("pkcs7-mime"))
}

fn highest<'a>(
    labels: &'a [Label],
    fields: &Fields,
    said: &[String],
) -> Option<(&'a Label, String)> {
    labels
        .iter()
        .filter_map(|label| Some((label, label.on(fields, said)?)))
        .max_by_key(|(label, _)| label.rank)
}
