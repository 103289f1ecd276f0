//! The mail that a draft becomes: an ordinary one, with the author's address to answer to and the files in it.
//!
//! It is written block by block out of the sealed pieces, never whole in memory. From is our own address with the author's name before
//! it, as no other would pass the checks of mail servers inside (DMARC); `Reply-To` is the author. Promises: nothing a stranger wrote
//! can begin a field, stand above the line that says who they are, or below the one that has the reference. Leaves to others: sealing, handing over ([`super::sending`]).

use super::reading::{Bytes, text};
use super::words::{key_of, name_place, open_word};
use crate::fault::Fault;
use crate::mail::visible::visible_line;
use crate::mail::{Address, FileName};
use crate::notify::post;
use crate::store::Store;
use crate::texts::written_by::written_by;
use crate::texts::{House, Texts, Value};
use crate::transfer::abuse;
use crate::transfer::draft::{Order, Origin, Upload};
use crate::transfer::keys::TransferKey;
use crate::transfer::{Arrival, Draft};
use encodify::base64;
use file_format::FileFormat;
use jiff::Timestamp;
use mail_builder::headers::Header;
use mail_builder::headers::address::Address as Mailbox;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::text::Text;
use std::collections::HashSet;

/// Whole lines of base64.
const BLOCK: usize = 57 * 1024;
/// So many first bytes tell the type of a file.
const HEAD: usize = 64 * 1024;

/// Between what we say and what a stranger wrote.
const RULE: &str = "----------------------------------------";

/// What a letter is made of.
pub(super) struct Letter<'a> {
    pub(super) store: &'a Store,
    pub(super) house: &'a House,
    pub(super) texts: &'a Texts,
    pub(super) draft: &'a Draft,
    pub(super) order: &'a Order,
    /// Uploads that no scanner has looked at, though there is one.
    pub(super) unscanned: &'a [u32],
}

/// Takes the bytes of a mail.
type Out<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Fault>;

impl Letter<'_> {
    /// Writes all of it.
    pub(super) fn write(&self, out: Out<'_>) -> Result<(), Fault> {
        let key = key_of(self.store, self.draft)?;
        let boundary = format!("=_{}", self.draft.id);
        out(&self.head(&key, &boundary)?)?;
        out(format!("--{boundary}\r\n").as_bytes())?;
        out(&self.text_part(&key)?)?;
        let mut names = HashSet::new();
        for (place, upload) in (1..).zip(&self.draft.uploads) {
            out(format!("--{boundary}\r\n").as_bytes())?;
            self.file(&key, (place, upload), &mut names, out)?;
        }
        out(format!("--{boundary}--\r\n").as_bytes())
    }

    fn head(&self, key: &TransferKey, boundary: &str) -> Result<Vec<u8>, Fault> {
        let mut head = Vec::new();
        let (name, address) = post::mailbox(&self.house.notice_from);
        let by = self.by();
        let via = [
            ("name", Value::from(visible_line(&by))),
            (
                "organisation",
                Value::from(name.unwrap_or(&self.house.organisation).to_owned()),
            ),
        ];
        let from = self.texts.say(self.language(), "written-from", &via);
        let to = self.order.to.iter();
        let to = to.map(|to| Mailbox::new_address(None::<&str>, to.as_str()));
        put(&mut head, "Date", &date(self.order.at));
        field(
            &mut head,
            "From",
            &Mailbox::new_address(Some(from), address),
        );
        let who = visible_line(self.draft.name.as_deref().unwrap_or_default());
        let who = Some(who).filter(|name| !name.is_empty());
        field(
            &mut head,
            "Reply-To",
            &Mailbox::new_address(who, self.draft.who.as_str()),
        );
        field(&mut head, "To", &Mailbox::new_list(to.collect()));
        let subject = self.subject(key)?;
        field(&mut head, "Subject", &Text::new(subject));
        put(
            &mut head,
            "Message-ID",
            &format!("<{}@{}>", self.order.mail, self.house.hostname),
        );
        if let Some(thread) = self.draft.thread.as_deref().and_then(post::message_id) {
            put(&mut head, "In-Reply-To", &format!("<{thread}>"));
            put(&mut head, "References", &format!("<{thread}>"));
        }
        put(&mut head, "MIME-Version", "1.0");
        put(
            &mut head,
            "Content-Type",
            &format!("multipart/mixed;\r\n boundary=\"{boundary}\""),
        );
        head.extend_from_slice(b"\r\n");
        Ok(head)
    }

    /// What its author is called. Of a guest nothing but the address is proven, so that stands beside the name.
    fn by(&self) -> String {
        match (&self.draft.name, &self.draft.origin) {
            (Some(name), Origin::Address(_)) => format!("{name} ({})", self.draft.who),
            (Some(name), Origin::Ticket(..)) => name.clone(),
            (None, _) => self.draft.who.clone(),
        }
    }

    /// `Re:` once, if it answers something.
    fn subject(&self, key: &TransferKey) -> Result<String, Fault> {
        let subject = open_word(key, "subject", &self.draft.subject)?;
        let subject = visible_line(&subject);
        let is_answer = matches!(self.draft.origin, Origin::Ticket(..));
        let has_it = subject
            .get(..3)
            .is_some_and(|s| s.eq_ignore_ascii_case("re:"));
        let name = || Value::from(visible_line(&self.by()));
        Ok(match (is_answer, subject.is_empty()) {
            (true, true) => "Re:".into(),
            (true, false) if !has_it => format!("Re: {subject}"),
            (false, true) => {
                let name = [("name", name())];
                self.texts.say(self.language(), "written-no-subject", &name)
            }
            (_, false) => subject,
        })
    }

    fn text_part(&self, key: &TransferKey) -> Result<Vec<u8>, Fault> {
        let text = text(self.store, self.draft, key)?;
        let lines: String = text.lines().map(|line| format!("{line}\r\n")).collect();
        let (above, below) = (self.above(), self.below());
        let unscanned = self.unscanned(key)?;
        let body = format!("{above}\r\n{unscanned}{RULE}\r\n\r\n{lines}\r\n-- \r\n{below}\r\n");
        // Plain where it can be: people look at sources too.
        let is_plain = body.is_ascii() && body.lines().all(|line| line.len() < 900);
        let encoding = if is_plain { "7bit" } else { "base64" };
        let kind = "Content-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: ";
        let mut part = format!("{kind}{encoding}\r\n\r\n").into_bytes();
        match is_plain {
            true => part.extend_from_slice(body.as_bytes()),
            false => base64_lines(body.as_bytes(), &mut part),
        }
        Ok(part)
    }

    /// How its author was known. Above everything they wrote: whatever a text begins with, the first line of the mail is ours.
    fn above(&self) -> String {
        let arrival = Arrival::of(self.draft, self.order);
        written_by(self.texts, self.house, self.language(), &arrival)
    }

    /// What to do about it.
    fn below(&self) -> String {
        let language = self.language();
        let id = [("id", Value::from(self.order.mail.clone()))];
        let mut lines = vec![self.texts.say(language, "written-reference", &id)];
        if matches!(self.draft.origin, Origin::Address(_)) {
            lines.push(self.texts.say(language, "written-unwanted", &[]));
        }
        let page = abuse::page(self.store.master(), &self.order.mail);
        let link = format!("{}{page}", self.house.portal_url);
        let link = [("link", Value::from(link))];
        lines.push(self.texts.say(language, "written-report", &link));
        lines.join("\r\n")
    }

    /// Which files nobody has checked, on lines of their own: people inside take for granted that all were.
    fn unscanned(&self, key: &TransferKey) -> Result<String, Fault> {
        let uploads = self.draft.uploads.iter();
        let named = uploads.filter(|upload| self.unscanned.contains(&upload.number));
        let line = |upload: &Upload| {
            let name = open_word(key, &name_place(upload.number), &upload.name)?;
            let name = [("name", Value::from(visible_line(&name)))];
            let line = self.texts.say(self.language(), "written-unscanned", &name);
            Ok(line + "\r\n")
        };
        named.map(line).collect()
    }

    fn language(&self) -> &str {
        self.texts.language(None)
    }

    fn file(
        &self,
        key: &TransferKey,
        (place, upload): (usize, &Upload),
        names: &mut HashSet<String>,
        out: Out<'_>,
    ) -> Result<(), Fault> {
        let mut bytes = Bytes::new(self.store, self.draft, upload, key);
        let mut block = Vec::with_capacity(HEAD.max(BLOCK));
        bytes.fill(&mut block, HEAD)?;
        let sniffed = FileFormat::from_bytes(&block);
        let given = open_word(key, &name_place(upload.number), &upload.name)?;
        let name = unique(&given, place, sniffed.extension(), names);
        let mut head = Vec::new();
        let kind = ContentType::new(media_type(&sniffed)).attribute("name", name.as_str());
        field(&mut head, "Content-Type", &kind);
        let kind = ContentType::new("attachment").attribute("filename", name.as_str());
        field(&mut head, "Content-Disposition", &kind);
        head.extend_from_slice(b"Content-Transfer-Encoding: base64\r\n\r\n");
        out(&head)?;
        let mut lines = Vec::new();
        loop {
            bytes.fill(&mut block, BLOCK)?;
            let now = block.len().min(BLOCK);
            if now == 0 {
                return Ok(());
            }
            lines.clear();
            base64_lines(&block[..now], &mut lines);
            block.drain(..now);
            out(&lines)?;
        }
    }
}

/// Names and addresses in a header as a catalogue has it.
pub(super) fn people(header: &str) -> Vec<(Option<String>, String)> {
    let raw = format!("To: {}\r\n\r\n", header.replace(['\r', '\n'], " "));
    let parsed = mail_parser::MessageParser::new().parse_headers(raw.as_bytes());
    let list = parsed.as_ref().and_then(|message| message.to());
    let one = |person: mail_parser::Mailbox<'_>| {
        let address = person.address()?.parse::<Address>().ok()?;
        let name = person.name().map(visible_line);
        Some((name.filter(|name| !name.is_empty()), address.to_string()))
    };
    list.map(|list| list.mailboxes().filter_map(one).collect())
        .unwrap_or_default()
}

/// A safe name that no other file of the mail has, whatever the case.
fn unique(given: &str, place: usize, extension: &str, names: &mut HashSet<String>) -> String {
    let name = FileName::new(given).unwrap_or_else(|| FileName::numbered(place, extension));
    let all = std::iter::once(name.clone()).chain((2..).map(|n| name.again(n)));
    let mut free = all.filter(|name| names.insert(name.as_str().to_lowercase()));
    free.next()
        .map_or_else(String::new, |name| name.as_str().to_owned())
}

/// What the bytes are; no type that a mail program would take for a part of the mail itself.
fn media_type(sniffed: &FileFormat) -> &str {
    match sniffed.media_type() {
        kind if kind.starts_with("message/") || kind.starts_with("multipart/") => {
            "application/octet-stream"
        }
        kind => kind,
    }
}

fn base64_lines(bytes: &[u8], out: &mut Vec<u8>) {
    for line in bytes.chunks(57) {
        out.extend_from_slice(base64::STANDARD.encode(line).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

fn field(head: &mut Vec<u8>, name: &str, value: &impl Header) {
    let before = head.len();
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    let column = head.len() - before;
    value.write_header(head, column);
}

/// A field that is all ours.
fn put(head: &mut Vec<u8>, name: &str, value: &str) {
    head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
}

fn date(at: i64) -> String {
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
    jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_out_of_what_a_person_reads() {
        let found = people(
            "Bo Ek <bo@partner.example>, \"Lind, Eva\" <eva@example.org>, kim@example.org, nobody",
        );
        let expected = [
            (Some("Bo Ek".to_owned()), "bo@partner.example".to_owned()),
            (Some("Lind, Eva".to_owned()), "eva@example.org".to_owned()),
            (None, "kim@example.org".to_owned()),
        ];
        assert_eq!(found, expected);
        assert_eq!(people(""), []);
    }

    #[test]
    fn two_files_of_one_name_are_told_apart_and_a_bad_name_is_none() {
        let mut names = HashSet::new();
        assert_eq!(unique("a.pdf", 1, "pdf", &mut names), "a.pdf");
        assert_eq!(unique("A.PDF", 2, "pdf", &mut names), "A (2).PDF");
        assert_eq!(unique("../..", 3, "png", &mut names), "attachment-3.png");
    }
}
