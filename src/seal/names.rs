//! What things are called: the catalogue's head, names of files, types.
//!
//! Promises: one line each, nothing invisible in them; no two files of a transfer have names that a disk may take for one.

use super::items::Item;
use super::reading;
use crate::mail::header::Fields;
use crate::mail::outline::{Part, Role};
use crate::mail::visible::visible_line;
use crate::mail::{FileName, Mail};
use crate::transfer::{Catalogue, EntryKind, Plan};
use file_format::FileFormat;
use std::collections::{HashMap, HashSet};

/// The names given so far. A thousand files of one name are a thousand names, found without trying all numbers each time.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The number to try next for a name that is taken, by its key.
    next: HashMap<String, usize>,
}

impl Names {
    /// The second `a.pdf` becomes `a (2).pdf`.
    fn unique(&mut self, name: FileName) -> FileName {
        let key = name.key();
        let mut candidate = name.clone();
        let number = self.next.entry(key).or_insert(2);
        while !self.taken.insert(candidate.key()) {
            candidate = name.again(*number);
            *number += 1;
        }
        candidate
    }
}

/// The catalogue before its first entry.
pub(super) fn catalogue(mail: &Mail, plan: &Plan, now: i64) -> Catalogue {
    let fields = &mail.outline.root().fields;
    let value = |name| visible_line(fields.value(name).unwrap_or_default());
    let everyone = [value("To"), value("Cc")];
    Catalogue {
        subject: match &plan.subject {
            Some(subject) => visible_line(subject),
            None => value("Subject"),
        },
        from: value("From"),
        to: everyone
            .iter()
            .filter(|to| !to.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
        date: jiff::fmt::rfc2822::parse(&value("Date"))
            .map_or(now, |date| date.timestamp().as_second()),
        entries: Vec::new(),
        message_id: fields.value("Message-ID").map(|id| id.to_owned()),
    }
}

/// The name before the address in the header From.
pub(super) fn sender_name(fields: &Fields) -> Option<String> {
    let (name, _) = fields.value("From")?.split_once('<')?;
    let name = visible_line(name);
    let name = name.trim().trim_matches('"').replace("\\\"", "\"");
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

/// The name of a sealed thing, unique in the catalogue. A picture keeps its `Content-ID`, by which the text refers to it.
pub(super) fn name(
    mail: &Mail,
    item: &Item,
    sniffed: FileFormat,
    catalogue: &Catalogue,
    names: &mut Names,
) -> String {
    let part = item.parts.first().map(|i| (*i, &mail.outline.parts[*i]));
    let wanted = match (item.kind, part) {
        (EntryKind::Picture, Some((_, part))) => {
            return part.content_id.clone().unwrap_or_default();
        }
        (EntryKind::Text, _) => FileName::new("message.txt"),
        (EntryKind::Html, _) => FileName::new("message.html"),
        (_, None) => mail_name(&catalogue.subject),
        (_, Some((i, part))) => part.name.clone().or_else(|| nameless(mail, i, part)),
    };
    let files = catalogue.entries.iter().filter(|e| e.kind.is_file());
    let wanted =
        wanted.unwrap_or_else(|| FileName::numbered(files.count() + 1, sniffed.extension()));
    names.unique(wanted).as_str().to_owned()
}

/// What can be called by what it is: an attached message by its subject, an invitation.
fn nameless(mail: &Mail, index: usize, part: &Part) -> Option<FileName> {
    if part.media_type == "text/calendar" {
        return FileName::new("invitation.ics");
    }
    if part.role != Role::Message && part.media_type != "message/rfc822" {
        return None;
    }
    let fields = match &part.nested {
        Some(nested) => Some(&nested.outline.root().fields),
        None => mail.outline.children(index).next().map(|(_, c)| &c.fields),
    };
    mail_name(fields.and_then(|f| f.value("Subject")).unwrap_or_default())
}

/// A mail is called by its subject. Safe before the extension is put on, or a long one would lose it and an empty one become it.
fn mail_name(subject: &str) -> Option<FileName> {
    let named = FileName::new(subject).and_then(|s| FileName::new(&format!("{s}.eml")));
    named.or_else(|| FileName::new("message.eml"))
}

/// The media type: what the bytes say if they say something definite, else what the sender said.
pub(super) fn media_type(mail: &Mail, item: &Item, sniffed: FileFormat) -> String {
    let part = item.parts.first().map(|index| &mail.outline.parts[*index]);
    match (item.kind, part.map(|p| p.media_type.as_str())) {
        (EntryKind::Text, _) => reading::plain_type(mail, &item.parts),
        (EntryKind::Html, _) => "text/html; charset=utf-8".into(),
        (_, None | Some("message/rfc822")) => "message/rfc822".into(),
        (_, Some(declared)) if is_general(sniffed) && declared != "application/octet-stream" => {
            declared.to_owned()
        }
        _ => sniffed.media_type().to_owned(),
    }
}

/// By what a message's HTML may refer to it besides the `Content-ID`: RFC 2557, within `multipart/related` only.
pub(super) fn location(mail: &Mail, item: &Item) -> Option<String> {
    let part = &mail.outline.parts[*item.parts.first()?];
    let within = &mail.outline.parts[part.parent?].media_type;
    let is_part_of_it = item.kind != EntryKind::Text && within == "multipart/related";
    let value = part.fields.value("Content-Location")?.trim();
    (is_part_of_it && !value.is_empty()).then(|| value.to_owned())
}

/// A container or a guess: says less than the sender does.
fn is_general(sniffed: FileFormat) -> bool {
    matches!(
        sniffed,
        FileFormat::ArbitraryBinaryData
            | FileFormat::CompoundFileBinary
            | FileFormat::Empty
            | FileFormat::ExtensibleMarkupLanguage
            | FileFormat::PlainText
            | FileFormat::Zip
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_one_disk_may_take_for_another_are_told_apart() {
        let mut names = Names::default();
        let mut given = |raw: &str| {
            let name = FileName::new(raw).expect("a name");
            names.unique(name).to_string()
        };
        let rows = [
            ("a.pdf", "a.pdf"),
            ("A.PDF", "A (2).PDF"),
            ("a (2).pdf", "a (2) (2).pdf"),
            ("a.pdf", "a (3).pdf"),
            ("Straße.txt", "Straße.txt"),
            ("STRASSE.TXT", "STRASSE (2).TXT"),
            ("é.txt", "é.txt"),
            ("E\u{301}.txt", "É (2).txt"),
            ("\u{fb01}.txt", "\u{fb01}.txt"),
            ("fi.txt", "fi (2).txt"),
            ("\u{2764}.txt", "\u{2764}.txt"),
            ("\u{2764}\u{fe0f}.txt", "\u{2764}\u{fe0f} (2).txt"),
        ];
        for (raw, want) in rows {
            assert_eq!(given(raw), want);
        }
    }

    #[test]
    fn a_thousand_files_of_one_name_are_a_thousand_names_and_long_ones_stay_short_enough() {
        for (raw, count) in [("a.pdf".to_owned(), 1000), ("ä".repeat(300), 100)] {
            let mut names = Names::default();
            let name = FileName::new(&raw).expect("a name");
            let all: HashSet<String> = (0..count)
                .map(|_| names.unique(name.clone()).to_string())
                .collect();
            assert_eq!(all.len(), count);
            for one in all {
                let again = FileName::new(&one).expect("a name");
                assert_eq!(again.as_str(), one, "safe twice is safe once");
            }
        }
    }
}
