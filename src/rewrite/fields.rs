//! The header of a variant: which fields go, which come, all others byte by byte as they were.
//!
//! Promises: fields for us (`X-Cloakroom-…`) leave no protected mail, they may hold a password; a signature that the change breaks is
//! removed; `Message-ID`, `References`, `Thread-Index` and the rest stay, so that threads hold. Of a mail that goes whole nothing stays
//! in the header that is no field.

use super::person::clean;
use super::surgery::Edits;
use crate::mail::header::Field;
use crate::mail::{Mail, Spool};
use crate::transfer::TransferId;
use encodify::{Fold, rfc2047};
use std::io;
use std::ops::Range;

/// Between a field's name and its colon, looked at.
const MOST_BLANKS: u64 = 1000;

/// What is to be done to the root's header.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// `X-Cloakroom-…` of the sender go.
    pub(super) strip_controls: bool,
    /// Another subject.
    pub(super) subject: Option<String>,
    /// The subject must not be found elsewhere either.
    pub(super) hide_subject: bool,
    /// The text is behind the link: who reads this mail has not read the sender's.
    pub(super) seals_text: bool,
    /// The body is not what it was.
    pub(super) body: Body,
    /// To be named in the header.
    pub(super) transfer: Option<TransferId>,
}

/// What became of the body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing.
    #[default]
    AsItCame,
    /// Parts of it changed.
    Changed,
    /// It is ours from the first byte: its `Content-…` fields go too.
    Ours,
}

impl Changes {
    /// Makes them.
    pub(super) fn apply(&self, edits: &mut Edits, mail: &Mail) {
        let root = mail.outline.root();
        if let Some(id) = self.transfer {
            edits.insert(root.header.start, format!("X-Cloakroom-Transfer: {id}\r\n"));
        }
        if self.body == Body::Ours {
            for junk in between_fields(mail) {
                edits.remove(junk);
            }
            for blank in before_colons(mail).into_iter().chain(blank_lines(mail)) {
                edits.remove(blank);
            }
        }
        let mut subject = self.subject.as_deref();
        for field in &root.fields.0 {
            if field.is("Subject") && self.subject.is_some() {
                let new = subject.take().map(subject_field).unwrap_or_default();
                edits.replace(field.range.clone(), new);
            } else if self.drops(field) || self.tells_the_subject(field, mail) {
                edits.remove(field.range.clone());
            }
        }
    }

    /// True if no signature of the whole mail can still verify.
    pub(super) fn breaks_signatures(&self) -> bool {
        self.body != Body::AsItCame || self.subject.is_some()
    }

    /// A hidden subject must not be read elsewhere: mail programs and filters copy it into fields of their own.
    fn tells_the_subject(&self, field: &Field, mail: &Mail) -> bool {
        if !self.hide_subject {
            return false;
        }
        let own = ["comments", "keywords", "summary"];
        let form = |text: &str| text.to_lowercase().split_whitespace().collect::<String>();
        let subject = form(
            mail.outline
                .root()
                .fields
                .value("Subject")
                .unwrap_or_default(),
        );
        let copies = subject.chars().count() >= 4 && form(&field.value).contains(&subject);
        let name = field.name.to_ascii_lowercase();
        own.contains(&name.as_str()) || (copies && !is_for_the_way(&name))
    }

    fn drops(&self, field: &Field) -> bool {
        // No name of a field (RFC 5322 section 2.2): some readers end the header here.
        if self.body == Body::Ours && !is_name(&field.name) {
            return true;
        }
        let name = field.name.to_ascii_lowercase();
        let changed = self.body != Body::AsItCame;
        match name.as_str() {
            "dkim-signature" | "domainkey-signature" | "x-google-dkim-signature" => {
                self.breaks_signatures()
            }
            // RFC 8617 section 5.2: the newest message signature has to verify, else the whole chain has failed, for every hop to come,
            // and section 5.1 lets nobody mend one. Only who has verified a chain may add to it, and we look nothing up. Without a
            // chain the next server begins one of its own, as it does with every mail that starts here.
            "arc-seal" | "arc-message-signature" | "arc-authentication-results" => {
                self.breaks_signatures()
            }
            // Postfix drops it from every mail (message_drop_headers); an MTA that does the same behind us never sees what we seal.
            "bcc" | "resent-bcc" => self.breaks_signatures(),
            // It would tell the sender that somebody has read what nobody has seen: reading happens on the page.
            "disposition-notification-to"
            | "disposition-notification-options"
            | "x-confirm-reading-to" => self.seals_text,
            "content-length" | "lines" => changed,
            // SpamAssassin quotes the text in it.
            "x-spam-report" => self.seals_text,
            "mime-version" => self.body == Body::Ours,
            // Outlook copies the subject into it, a telephone number in a tag with it.
            "thread-topic" => self.hide_subject || self.subject.is_some(),
            name if name.starts_with("x-cloakroom-") => self.strip_controls || changed,
            name => self.body == Body::Ours && name.starts_with("content-"),
        }
    }
}

/// Without these a mail cannot be delivered, answered or put into its thread.
fn is_for_the_way(name: &str) -> bool {
    let known = [
        "bcc",
        "cc",
        "date",
        "from",
        "in-reply-to",
        "message-id",
        "received",
        "references",
        "reply-to",
        "return-path",
        "sender",
        "thread-index",
        "to",
    ];
    known.contains(&name) || name.starts_with("resent-")
}

/// What stands in the header block and is no field that we know: some readers begin the body there, so it goes with the body.
fn between_fields(mail: &Mail) -> Vec<Range<u64>> {
    let root = mail.outline.root();
    let block = match end(&mail.spool, &root.header) {
        Ok(Some(end)) => root.header.start..end,
        _ => root.header.clone(),
    };
    let mut junk = Vec::new();
    let mut at = block.start;
    for field in &root.fields.0 {
        if field.range.start > at {
            junk.push(at..field.range.start);
        }
        at = at.max(field.range.end);
    }
    if at < block.end {
        junk.push(at..block.end);
    }
    junk
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':')
}

/// White space between a field's name and its colon: for some readers such a line is no field.
fn before_colons(mail: &Mail) -> Vec<Range<u64>> {
    let fields = &mail.outline.root().fields.0;
    let blank = |field: &Field| {
        let behind_name = field.range.start + field.name.len() as u64;
        let near = behind_name..field.range.end.min(behind_name + MOST_BLANKS);
        let bytes = mail.spool.slice(near).ok()?;
        let blanks = bytes
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        (blanks > 0 && bytes.get(blanks) == Some(&b':'))
            .then(|| behind_name..behind_name + blanks as u64)
    };
    fields
        .iter()
        .filter(|f| is_name(&f.name))
        .filter_map(blank)
        .collect()
}

/// Lines of a field that hold nothing but white space: some readers end the header there (RFC 5322 section 4.2).
fn blank_lines(mail: &Mail) -> Vec<Range<u64>> {
    let mut blank = Vec::new();
    for field in &mail.outline.root().fields.0 {
        let bytes = mail.spool.slice(field.range.clone()).unwrap_or_default();
        let mut at = field.range.start;
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            let end = at + line.len() as u64;
            if line.trim_ascii().is_empty() {
                blank.push(at..end);
            }
            at = end;
        }
    }
    blank
}

fn subject_field(text: &str) -> String {
    let text = clean(text, 900);
    let mut out = String::from("Subject: ");
    if text.is_ascii() && !text.contains("=?") && text.len() <= 240 {
        out.push_str(&text);
    } else {
        let mut column = out.len();
        rfc2047::B.encode_words("utf-8", &text, &mut column, Fold::HEADER, &mut out);
    }
    out.push_str("\r\n");
    out
}

/// Where new fields go: before the blank line of a header block; `None` if it has none.
pub(super) fn end(spool: &Spool, header: &Range<u64>) -> io::Result<Option<u64>> {
    let from = header.end.saturating_sub(4).max(header.start);
    let tail = spool.slice(from..header.end)?;
    Ok((tail.as_slice() == b"\r\n" || tail.ends_with(b"\r\n\r\n")).then(|| header.end - 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_encoded_only_if_it_must_be() {
        assert_eq!(
            subject_field("Contract\r\nBcc: x"),
            "Subject: Contract Bcc: x\r\n"
        );
        assert_eq!(
            subject_field("Avtal på"),
            "Subject: =?utf-8?B?QXZ0YWwgcMOl?=\r\n"
        );
        assert!(subject_field("=?x?=").contains("=?utf-8?B?"));
        assert!(
            subject_field(&"å".repeat(200))
                .lines()
                .all(|line| line.len() <= 76)
        );
    }
}
