//! One message in TNEF: its text and its attachments, out of attributes and properties (MS-OXTNEF 2.1.3.3, MS-OXCMSG 2.2.2).

use super::attributes::{Attribute, Attributes, Level};
use super::properties::{Properties, Property, kind};
use super::{Failure, HIDDEN, MAX_FILES, Result, UNUSED_TEXT, words};
use crate::mail::Spool;
use encoding_rs::{Encoding, UTF_16LE, WINDOWS_1252};
use std::ops::Range;

/// Attributes that people are shown something of: the type in the upper half, the name in the lower.
mod attribute {
    pub const BODY: u32 = 0x0002_800c;
    pub const CLASS: u32 = 0x0007_8008;
    pub const CODE_PAGE: u32 = 0x0006_9007;
    pub const FILE_BEGINS: u32 = 0x0006_9002;
    pub const FILE_DATA: u32 = 0x0006_800f;
    pub const FILE_PROPERTIES: u32 = 0x0006_9005;
    pub const FILE_TITLE: u32 = 0x0001_8010;
    pub const FILE_TRANSPORT_NAME: u32 = 0x0006_9001;
    pub const PROPERTIES: u32 = 0x0006_9003;
    pub const SUBJECT: u32 = 0x0001_8004;
}

/// All that a message may have (MS-OXTNEF 2.1.3.1), the one that documents and programs number differently in every way.
const OF_MESSAGE: &[u32] = &[
    attribute::BODY,
    attribute::CLASS,
    attribute::CODE_PAGE,
    attribute::PROPERTIES,
    attribute::SUBJECT,
    0x0000_8000,
    0x0001_8009,
    0x0001_800a,
    0x0001_800b,
    0x0003_0006,
    0x0003_0007,
    0x0003_8005,
    0x0003_8006,
    0x0003_8020,
    0x0004_0008,
    0x0004_0009,
    0x0004_800d,
    0x0006_0000,
    0x0006_0001,
    0x0006_0002,
    0x0006_0006,
    0x0006_8007,
    0x0006_9004,
    0x0007_0006,
    0x0007_0600,
    0x0008_9006,
];

/// All that an attachment may have.
const OF_FILE: &[u32] = &[
    attribute::FILE_BEGINS,
    attribute::FILE_DATA,
    attribute::FILE_PROPERTIES,
    attribute::FILE_TITLE,
    attribute::FILE_TRANSPORT_NAME,
    0x0003_8012,
    0x0003_8013,
    0x0006_8011,
];

/// Properties (MS-OXPROPS).
mod property {
    pub const CLASS: u16 = 0x001a;
    pub const SUBJECT: u16 = 0x0037;
    pub const BODY: u16 = 0x1000;
    pub const RTF: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const DISPLAY_NAME: u16 = 0x3001;
    pub const FILE_DATA: u16 = 0x3701;
    pub const FILE_NAME: u16 = 0x3704;
    pub const FILE_METHOD: u16 = 0x3705;
    pub const FILE_LONG_NAME: u16 = 0x3707;
    pub const FILE_TRANSPORT_NAME: u16 = 0x370c;
    pub const FILE_MEDIA_TYPE: u16 = 0x370e;
    pub const FILE_CONTENT_ID: u16 = 0x3712;
}

/// {00020307-0000-0000-C000-000000000046}: a message, as a TNEF of its own.
const IMESSAGE: [u8; 16] = [
    0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46,
];
/// What programs write as the content of an attached message: a sentence that it cannot be shown.
const PLACEHOLDER: u64 = 4 * 1024;
/// Names of one file.
const MAX_NAMES: usize = 8;
/// An icon and some dates belong to every file.
const HIDDEN_BESIDE_FILE: u64 = 8 * 1024;

#[derive(Debug)]
pub(super) struct Message {
    pub subject: String,
    pub attachments: Vec<Attachment>,
    class: String,
    encoding: &'static Encoding,
    html: Option<Body>,
    plain: Option<Body>,
    /// The same text again, in an attribute: older, and in a code page.
    plain_attribute: Option<Body>,
    rtf: Option<Body>,
}

/// A text of a message.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// As it is, or in an encoding that a file cannot have.
    Html(Range<u64>, Option<&'static Encoding>),
    Plain(Range<u64>, &'static Encoding),
    /// Compressed.
    Rtf(Range<u64>),
}

#[derive(Debug, Default)]
pub(super) struct Attachment {
    /// How good each name is, the best first once sorted.
    names: Vec<(u8, String)>,
    pub media_type: Option<String>,
    pub content_id: Option<String>,
    method: Option<u32>,
    data: Option<Range<u64>>,
    object: Option<Range<u64>>,
    is_message: bool,
}

/// What an attachment is.
#[derive(Debug)]
pub(super) enum Content {
    File(Range<u64>),
    Message(Range<u64>),
}

impl Message {
    /// Reads the TNEF in this range. `hidden` is what may still be shown to nobody.
    pub(super) fn read(spool: &Spool, range: Range<u64>, hidden: &mut u64) -> Result<Message> {
        let mut message = Message {
            subject: String::new(),
            attachments: Vec::new(),
            class: String::new(),
            encoding: WINDOWS_1252,
            html: None,
            plain: None,
            plain_attribute: None,
            rtf: None,
        };
        let mut attributes = Attributes::open(spool, range)?;
        while let Some(attribute) = attributes.next()? {
            let known = match attribute.level {
                Level::Message => OF_MESSAGE,
                Level::Attachment => OF_FILE,
            };
            if !known.contains(&attribute.id) {
                return Err(Failure::Unreadable(
                    "a winmail.dat with an attribute where none belongs",
                ));
            }
            let is_used = match attribute.level {
                Level::Message => message.attribute(spool, &attribute, hidden)?,
                Level::Attachment => message.of_file(spool, &attribute, hidden)?,
            };
            if !is_used {
                hide(hidden, attribute.value)?;
            }
        }
        Ok(message)
    }

    /// The text to be given, the richest that every computer can show. What is left over must not be much.
    pub(super) fn body(&self, wanted: bool) -> Result<Option<Body>> {
        let all = [&self.html, &self.rtf, &self.plain, &self.plain_attribute];
        let mut bodies = all.into_iter().flatten().filter(|body| body.len() > 0);
        let given = match wanted {
            true => bodies.next().cloned(),
            false => None,
        };
        match bodies.map(Body::len).sum::<u64>() > UNUSED_TEXT {
            true => Err(Failure::Unreadable(
                "a winmail.dat with much text that nobody is shown",
            )),
            false => Ok(given),
        }
    }

    /// A mail or a note about one; not an appointment, a task, a contact.
    pub(super) fn is_mail(&self) -> bool {
        const MAILS: [&str; 4] = ["ipm.note", "ipm.microsoft mail.note", "ipm.post", "report"];
        let class = self.class.to_ascii_lowercase();
        let is_of = |mail: &str| {
            let below = class.strip_prefix(mail);
            below.is_some_and(|below| below.is_empty() || below.starts_with('.'))
        };
        class.is_empty() || MAILS.iter().any(|mail| is_of(mail))
    }

    /// False if nobody is shown what is in it.
    fn attribute(&mut self, spool: &Spool, found: &Attribute, hidden: &mut u64) -> Result<bool> {
        let value = found.value.clone();
        match found.id {
            attribute::CODE_PAGE => {
                let bytes = spool.slice(value.start..value.end.min(value.start + 4))?;
                let bytes = bytes.try_into().map(u32::from_le_bytes);
                self.encoding = words::code_page(bytes.unwrap_or_default());
            }
            attribute::CLASS => self.class = words::name(spool, value, self.encoding)?,
            attribute::SUBJECT => self.subject = words::name(spool, value, self.encoding)?,
            attribute::BODY => {
                let body = Body::Plain(value, self.encoding);
                return only(&mut self.plain_attribute, body);
            }
            attribute::PROPERTIES => {
                let mut properties = Properties::open(spool, value)?;
                while let Some(property) = properties.next()? {
                    if !self.property(spool, &property)? {
                        hide(hidden, property.whole)?;
                    }
                }
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    fn property(&mut self, spool: &Spool, found: &Property) -> Result<bool> {
        let value = found.value.clone();
        let encoding = words::encoding_of(found, self.encoding);
        match (found.id, encoding) {
            (property::RTF, None) if found.kind == kind::BINARY => {
                return only(&mut self.rtf, Body::Rtf(value));
            }
            (property::HTML, None) if found.kind == kind::BINARY => {
                return only(&mut self.html, Body::Html(value, None));
            }
            (property::HTML, Some(encoding)) => {
                let written = Some(encoding).filter(|e| *e == UTF_16LE);
                return only(&mut self.html, Body::Html(value, written));
            }
            (property::BODY, Some(encoding)) => {
                return only(&mut self.plain, Body::Plain(value, encoding));
            }
            (property::CLASS, Some(encoding)) => {
                self.class = words::name(spool, value, encoding)?;
            }
            (property::SUBJECT, Some(encoding)) => {
                self.subject = words::name(spool, value, encoding)?;
            }
            _ => {}
        }
        Ok(false)
    }

    fn of_file(&mut self, spool: &Spool, found: &Attribute, hidden: &mut u64) -> Result<bool> {
        let value = found.value.clone();
        if found.id == attribute::FILE_BEGINS {
            if self.attachments.len() == MAX_FILES {
                return Err(Failure::Unreadable(
                    "a winmail.dat with more than 1 000 files",
                ));
            }
            self.attachments.push(Attachment::default());
            *hidden += HIDDEN_BESIDE_FILE;
            return Ok(false);
        }
        let Some(file) = self.attachments.last_mut() else {
            return Err(Failure::Unreadable(
                "a winmail.dat with a file that does not begin",
            ));
        };
        match found.id {
            attribute::FILE_DATA => return only(&mut file.data, value),
            attribute::FILE_TITLE => file.add_name(3, words::name(spool, value, self.encoding)?),
            attribute::FILE_TRANSPORT_NAME => {
                let name = words::name(spool, value.clone(), self.encoding)?;
                // No sum is over the attribute's own number: a list of properties could be taken for this.
                if name.len() as u64 + 1 < value.end - value.start {
                    return Err(Failure::Unreadable(
                        "a winmail.dat with a name that is none",
                    ));
                }
                file.add_name(5, name);
            }
            attribute::FILE_PROPERTIES => {
                let mut properties = Properties::open(spool, value)?;
                while let Some(property) = properties.next()? {
                    if !file.property(spool, &property, self.encoding)? {
                        hide(hidden, property.whole)?;
                    }
                }
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }
}

impl Attachment {
    /// The file or the message that it is.
    pub(super) fn content(&self, hidden: &mut u64) -> Result<Content> {
        // By reference, by reference to be resolved, by reference only, by a reference into the web.
        if matches!(self.method, Some(2..=4 | 7)) {
            return Err(Failure::Unreadable(
                "a winmail.dat with a link in place of a file",
            ));
        }
        match (&self.data, &self.object) {
            (Some(data), None) => Ok(Content::File(data.clone())),
            (data, Some(object)) => {
                let beside = data.clone().unwrap_or_default();
                if beside.end - beside.start > PLACEHOLDER {
                    return Err(Failure::Unreadable(
                        "a winmail.dat with a file that has two contents",
                    ));
                }
                hide(hidden, beside)?;
                Ok(match self.is_message {
                    true => Content::Message(object.clone()),
                    false => Content::File(object.clone()),
                })
            }
            (None, None) => Err(Failure::Unreadable(
                "a winmail.dat with a file without content",
            )),
        }
    }

    /// Each name once, the best first.
    pub(super) fn names(&self) -> Vec<String> {
        let mut ranked = self.names.clone();
        ranked.sort_by_key(|(rank, _)| *rank);
        let mut names: Vec<String> = Vec::new();
        for (_, name) in ranked {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn add_name(&mut self, rank: u8, name: String) {
        if !name.is_empty() && self.names.len() < MAX_NAMES {
            self.names.push((rank, name));
        }
    }

    fn property(
        &mut self,
        spool: &Spool,
        found: &Property,
        narrow: &'static Encoding,
    ) -> Result<bool> {
        let value = found.value.clone();
        let encoding = words::encoding_of(found, narrow);
        // The same name in a code page may have lost letters.
        let rank = u8::from(encoding != Some(UTF_16LE));
        match (found.id, encoding) {
            (property::FILE_DATA, None) if found.kind == kind::BINARY => {
                return match self.data {
                    Some(_) if value.is_empty() => Ok(true),
                    _ => only(&mut self.data, value),
                };
            }
            (property::FILE_DATA, None) if found.kind == kind::OBJECT => {
                return self.add_object(spool, value);
            }
            (property::FILE_METHOD, None) if found.kind == kind::INTEGER => {
                let bytes = spool.slice(value)?;
                self.method = bytes.try_into().ok().map(u32::from_le_bytes);
            }
            (property::FILE_LONG_NAME, Some(encoding)) => {
                self.add_name(rank, words::name(spool, value, encoding)?);
            }
            (property::FILE_NAME, Some(encoding)) => {
                self.add_name(4, words::name(spool, value, encoding)?);
            }
            (property::FILE_TRANSPORT_NAME, Some(encoding)) => {
                self.add_name(5, words::name(spool, value, encoding)?);
            }
            (property::DISPLAY_NAME, Some(encoding)) => {
                self.add_name(2 + 4 * rank, words::name(spool, value, encoding)?);
            }
            (property::FILE_MEDIA_TYPE, Some(encoding)) => {
                self.media_type = media_type(&words::name(spool, value, encoding)?);
            }
            (property::FILE_CONTENT_ID, Some(encoding)) => {
                let id = words::name(spool, value, encoding)?;
                let id = id.trim_matches(['<', '>']);
                self.content_id = (!id.is_empty()).then(|| id.to_owned());
            }
            _ => {}
        }
        Ok(false)
    }

    /// The object behind the name of its interface.
    fn add_object(&mut self, spool: &Spool, value: Range<u64>) -> Result<bool> {
        let end = value.start + IMESSAGE.len() as u64;
        if end > value.end {
            return Err(Failure::Unreadable(
                "a winmail.dat with an object of no kind",
            ));
        }
        self.is_message = spool.slice(value.start..end)? == IMESSAGE;
        only(&mut self.object, end..value.end)
    }
}

impl Body {
    fn len(&self) -> u64 {
        let (Body::Html(range, _) | Body::Plain(range, _) | Body::Rtf(range)) = self;
        range.end - range.start
    }
}

/// Counts bytes that nobody is shown; above the limits a file could be hidden in them.
fn hide(hidden: &mut u64, range: Range<u64>) -> Result<()> {
    // What each costs beside its value: it keeps their number down too.
    const BESIDE: u64 = 16;
    let len = range.end - range.start;
    match hidden.checked_sub(len + BESIDE).filter(|_| len <= HIDDEN) {
        Some(left) => {
            *hidden = left;
            Ok(())
        }
        None => Err(Failure::Unreadable(
            "a winmail.dat with much that nobody is shown",
        )),
    }
}

/// Who has two of what there is one of is read differently by different programs.
fn only<T>(place: &mut Option<T>, value: T) -> Result<bool> {
    match place.replace(value) {
        Some(_) => Err(Failure::Unreadable(
            "a winmail.dat with two of what there is one of",
        )),
        None => Ok(true),
    }
}

/// A type that a part may have: no multipart, as there are no parts in it, and of messages only whole ones.
fn media_type(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let is_token = |word: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b);
        !word.is_empty() && word.bytes().all(fits)
    };
    let (kind, sub) = text.split_once('/')?;
    let is_strange = kind == "multipart" || (kind == "message" && sub != "rfc822");
    (is_token(kind) && is_token(sub) && !is_strange).then_some(text)
}
