//! Search: what the rules look for in subject, text and files of a mail, found in one pass.
//!
//! Promises: a mail is searched once, whatever the number of rules and recipients, and only if a rule asks; every text is looked at
//! that a reader may see (both alternatives, forwarded mails, members of archives, names of files); what could not be read is in
//! [`Content::unreadable`], never left out.
//! Leaves to others: getting text out of files (a [`Reader`], lent by the caller), what a number is (`detectors`).
//! Fails only when the mail's own bytes cannot be read: that defers.

pub mod content;
mod finder;
mod wanted;
mod window;

pub use content::{Content, Evidence, Hit, Member};
pub use wanted::{Asks, Wanted};

use super::extract::Inline;
use super::patterns::{Exposed, Scope};
use crate::fault::{Fault, Kind};
use crate::mail::content::{Job, Reader, Unreadable};
use crate::mail::outline::Role;
use crate::mail::{Mail, Outline, Part, Spool, decoded};
use finder::Finder;
use std::time::{Duration, Instant};

/// A text of a mail that is not longer has no structure to attack, and is read on the spot.
const SHORT: u64 = 256 * 1024;

/// For the whole of a mail.
const MAX_TIME: Duration = Duration::from_secs(60);

/// Searches a mail.
pub fn search(mail: &Mail, wanted: &Wanted, reader: &dyn Reader) -> Result<Content, Fault> {
    let mut finder = Finder::new(wanted, Instant::now() + MAX_TIME);
    Search {
        reader,
        finder: &mut finder,
    }
    .outline(&mail.outline, &mail.spool, false)?;
    Ok(finder.finish())
}

/// Searches a text: for trying out.
pub fn search_text(text: &str, wanted: &Wanted) -> Content {
    use crate::mail::content::{MAX_PIECE, Piece, Sink};
    let mut finder = Finder::new(wanted, Instant::now() + MAX_TIME);
    finder.begin(Scope::Body, Exposed::default(), "text");
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(rest.floor_char_boundary(MAX_PIECE));
        if finder.take(Piece::Prose(piece.into())).is_err() {
            break;
        }
        rest = more;
    }
    finder.finish()
}

struct Search<'a, 'w> {
    reader: &'a dyn Reader,
    finder: &'a mut Finder<'w>,
}

impl Search<'_, '_> {
    fn outline(&mut self, outline: &Outline, spool: &Spool, inner: bool) -> Result<(), Fault> {
        for (index, part) in outline.parts.iter().enumerate() {
            let inner = inner || part.inside.is_some();
            for field in part.fields.all("Subject") {
                let (scope, name) = match inner {
                    true => (Scope::Body, "subject of a forwarded mail"),
                    false => (Scope::Subject, "subject"),
                };
                self.word(scope, name, &field.value);
            }
            let opened = outline.children(index).next().is_some();
            self.part(part, spool, inner, opened)?;
            if let Some(nested) = &part.nested {
                self.outline(&nested.outline, &nested.spool, true)?;
            }
        }
        Ok(())
    }

    /// `opened`: its content stands in parts of its own.
    fn part(&mut self, part: &Part, spool: &Spool, inner: bool, opened: bool) -> Result<(), Fault> {
        let opened = opened || part.nested.is_some();
        let title = title(part, inner);
        if let Some(name) = &part.name {
            self.word(Scope::File, "name of a file", name.as_str());
        }
        match part.role {
            Role::Container | Role::Message if opened => Ok(()),
            // What it holds is in the doubts of the mail, or is nothing.
            Role::Container | Role::Signature => Ok(()),
            Role::Encrypted => {
                self.finder.begin(Scope::File, Exposed::default(), &title);
                self.finder.unreadable(Unreadable::Encrypted);
                self.finder.end();
                Ok(())
            }
            _ => self.file(&title, part, spool, inner),
        }
    }

    fn file(&mut self, title: &str, part: &Part, spool: &Spool, inner: bool) -> Result<(), Fault> {
        let scope = match part.role {
            Role::Text | Role::Html => Scope::Body,
            _ => Scope::File,
        };
        let taken = inner || matches!(part.role, Role::Attachment | Role::Message);
        let exposed = Exposed {
            text: !taken,
            ..Exposed::default()
        };
        self.finder.begin(scope, exposed, title);
        let job = Job {
            name: part.name.as_ref().map_or("", |name| name.as_str()),
            media_type: &part.media_type,
            charset: part.charset.as_deref(),
            len: part.decoded_len,
            bytes: &mut decoded(spool, part),
        };
        let read = match scope {
            Scope::Body if part.decoded_len <= SHORT => Inline.read(job, self.finder),
            _ => self.reader.read(job, self.finder),
        };
        self.finder.end();
        read.map_err(|error| Fault::because(Kind::Internal, error))
    }

    fn word(&mut self, scope: Scope, place: &str, text: &str) {
        use crate::mail::content::{Piece, Sink};
        let exposed = Exposed {
            subject: scope == Scope::Subject,
            ..Exposed::default()
        };
        self.finder.begin(scope, exposed, place);
        // A name or a subject is far below every limit.
        let _enough = self.finder.take(Piece::Prose(text.into()));
        self.finder.end();
    }
}

/// What people call the part.
pub fn title(part: &Part, inner: bool) -> String {
    let title = match (part.role, &part.name) {
        (Role::Text, None) => "text".to_owned(),
        (Role::Html, None) => "HTML text".to_owned(),
        (_, Some(name)) => name.as_str().to_owned(),
        (_, None) => part.media_type.clone(),
    };
    match inner {
        true => format!("forwarded mail > {title}"),
        false => title,
    }
}
