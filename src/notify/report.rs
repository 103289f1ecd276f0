//! Delivery reports (RFC 3464): what became of a mail, for its sender and for machines.
//!
//! Promises: whatever next hops and clients said, no report has a field or a part that we did not mean (what strangers wrote stands on one
//! line, in printable ASCII, or in addresses that were checked); at most [`FULL`] bytes of the mail come back, and of a larger one its
//! header only; what comes back is what we tried to send, never the files that were taken out.
//! A link to a recipient whom the mail did not reach may stand in it: that recipient's wrap is gone, so it opens nothing.
//! Leaves to others: who wants a report, keeping and sending it (`gateway`, from the null sender), signing it.
//! Fails as the mail's reader does.

use super::memo::one_line;
use super::post::{mailbox, message_id};
use super::status;
use crate::fault::{Kind, Reply};
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Address, Recipient};
use crate::texts::{House, Texts, Value, format};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address as Mailbox;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;
use std::io::{self, Read};

/// Bytes of a mail that come back whole if its sender asked for that (`RET=FULL`).
pub const FULL: u64 = 1 << 20;

/// Bytes of a header that come back.
const HEADER: usize = 64 * 1024;

/// Longest line of a mail (RFC 5322 section 2.1.1).
const LINE: usize = 998;

/// What is reported.
#[derive(Debug)]
pub struct Report<'a> {
    /// The left side of the report's `Message-ID`.
    pub id: String,
    /// To whom: the envelope sender of the mail.
    pub to: &'a Address,
    /// Its language.
    pub language: &'a str,
    /// The mail's id, as in the log.
    pub mail: &'a str,
    /// The mail's `Message-ID`; a stranger may have written it.
    pub thread: Option<&'a str>,
    /// The mail's MAIL parameters.
    pub options: &'a MailOptions,
    /// Where the mail came from.
    pub client: &'a Client,
    /// The name of the mail server behind us.
    pub next_hop: Option<&'a str>,
    /// When the mail came: Unix time, seconds.
    pub received: i64,
    /// Whom it is about, not empty.
    pub people: Vec<Told>,
}

/// What is reported about one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who, and how the mail's sender knows them.
    pub recipient: Recipient,
    /// What became of the mail.
    pub action: Action,
    /// The last words of the next hop, or ours.
    pub reply: Option<Reply>,
    /// When that was: Unix time, seconds.
    pub at: i64,
}

/// What became of a mail for a recipient. In the order in which people read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It was refused, or the time is over.
    Failed,
    /// It was sent, and nobody said what became of it.
    Unclear,
    /// Not yet; it is tried until then (Unix time, seconds).
    Delayed {
        /// See above.
        until: i64,
    },
    /// Handed on to a server that does not report (RFC 3461 section 5.2.2).
    Relayed,
}

/// Composes a report. `mail` is what was tried to send, of `len` bytes; `None` if it cannot be read any more.
pub fn compose(
    texts: &Texts,
    house: &House,
    report: &Report<'_>,
    mail: Option<(&mut dyn Read, u64)>,
) -> io::Result<Vec<u8>> {
    let writer = Writer {
        texts,
        house,
        report,
        language: texts.language(Some(report.language)),
    };
    let returned = match mail {
        Some((mail, len)) => Some(returned(mail, len, report)?),
        None => None,
    };
    let kind_of_status = match report.is_global() {
        true => "message/global-delivery-status",
        false => "message/delivery-status",
    };
    let encoding = if report.is_global() { "8bit" } else { "7bit" };
    let (subject, text) = writer.words();
    let mut parts = vec![
        MimePart::new("text/plain", text),
        MimePart::new(
            ContentType::new(kind_of_status),
            status::part(house, report).into_bytes(),
        )
        .transfer_encoding(encoding),
    ];
    parts.extend(returned);
    let kind = ContentType::new("multipart/report").attribute("report-type", "delivery-status");
    let (name, address) = mailbox(&house.notice_from);
    let mut mail = MessageBuilder::new()
        .from(Mailbox::new_address(name, address))
        .to(report.to.to_string())
        .subject(subject)
        .message_id(format!("{}@{}", report.id, house.hostname))
        .header("Auto-Submitted", Raw::new("auto-replied"))
        .body(MimePart::new(kind, parts));
    if let Some(thread) = report.thread.and_then(message_id) {
        mail = mail.in_reply_to(thread).references(thread);
    }
    mail.write_to_vec()
}

impl Report<'_> {
    /// Bytes beyond ASCII may stand in it, so RFC 6533 has other names for its parts.
    pub fn is_global(&self) -> bool {
        let mut whom = self.people.iter().map(|told| &told.recipient.address);
        self.options.utf8 || self.to.needs_utf8() || whom.any(Address::needs_utf8)
    }

    fn wants_all(&self) -> bool {
        // RFC 3461 section 4.3: RET says what comes back with failures only.
        let failed = |told: &Told| matches!(told.action, Action::Failed | Action::Unclear);
        let full = self.options.ret.as_deref();
        self.people.iter().any(failed) && full.is_some_and(|ret| ret.eq_ignore_ascii_case("FULL"))
    }
}

/// The mail, or its header.
fn returned(mail: &mut dyn Read, len: u64, report: &Report<'_>) -> io::Result<MimePart<'static>> {
    let all = report.wants_all() && len <= FULL;
    let most = if all { FULL } else { HEADER as u64 };
    let mut bytes = Vec::new();
    mail.take(most).read_to_end(&mut bytes)?;
    let all = all && is_fit(&bytes);
    if !all {
        bytes.truncate(header_end(&bytes));
    }
    let kind = match (all, report.is_global()) {
        (true, false) => "message/rfc822",
        (false, false) => "text/rfc822-headers",
        (true, true) => "message/global",
        (false, true) => "message/global-headers",
    };
    let part = MimePart::new(ContentType::new(kind), bytes.clone());
    Ok(match (bytes.is_ascii(), is_fit(&bytes)) {
        (true, true) => part.transfer_encoding("7bit"),
        // RFC 2046 section 5.2.1 allows nothing else for a whole mail.
        (false, true) if all || report.is_global() => part.transfer_encoding("8bit"),
        // RFC 6522 section 4: what is no legal header is encoded.
        _ => part,
    })
}

/// It can travel as it is.
fn is_fit(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|b| *b == b'\n');
    lines.all(|line| line.len() <= LINE + 1) && !bytes.contains(&0)
}

/// Where the header ends, its last line end included.
fn header_end(bytes: &[u8]) -> usize {
    let bytes = &bytes[..bytes.len().min(HEADER)];
    if bytes.starts_with(b"\r\n") {
        return 0;
    }
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 2);
    let whole_line = || memchr::memrchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
    end.unwrap_or_else(whole_line)
}

struct Writer<'a> {
    texts: &'a Texts,
    house: &'a House,
    report: &'a Report<'a>,
    language: &'a str,
}

impl Writer<'_> {
    /// Subject and text.
    fn words(&self) -> (String, String) {
        let mut groups: Vec<Action> = self.report.people.iter().map(|t| t.action).collect();
        groups.sort_unstable();
        groups.dedup();
        let worst = groups.first().copied().unwrap_or(Action::Failed);
        let mut lines = Vec::new();
        for action in &groups {
            lines.push(self.say(&format!("report-{}-text", word(*action)), &[]));
            lines.push(String::new());
            let people = self.report.people.iter().filter(|t| t.action == *action);
            people.for_each(|told| lines.extend(self.person(told)));
            lines.push(String::new());
            lines.extend(self.advice(*action));
            lines.push(String::new());
        }
        let sent = self.date(self.report.received);
        lines.push(self.say("hold-sent", &[("date", sent)]));
        lines.push(self.say("hold-mail", &[("id", self.report.mail.to_owned())]));
        let subject = self.say(&format!("report-{}-subject", word(worst)), &[]);
        (subject, lines.join("\r\n") + "\r\n")
    }

    fn person(&self, told: &Told) -> Vec<String> {
        let mut lines = vec![format!("    {}", told.recipient.address)];
        let said = told
            .reply
            .as_ref()
            .filter(|_| told.action != Action::Relayed);
        lines.extend(said.map(|reply| {
            let key = if is_ours(reply) {
                "report-we"
            } else {
                "report-said"
            };
            let text = one_line(&reply.to_string());
            format!("    {}", self.say(key, &[("text", text)]))
        }));
        lines
    }

    fn advice(&self, action: Action) -> Option<String> {
        match action {
            Action::Failed => Some(self.say("report-failed-advice", &[])),
            Action::Unclear => Some(self.say("report-unclear-advice", &[])),
            Action::Delayed { until } => {
                Some(self.say("report-delayed-until", &[("date", self.date(until))]))
            }
            Action::Relayed => None,
        }
    }

    fn date(&self, at: i64) -> String {
        format::long_date(self.language, at, &self.house.time_zone)
    }

    fn say(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let arguments: Vec<(&str, Value<'_>)> = arguments
            .iter()
            .map(|(name, text)| (*name, Value::from(text.as_str())))
            .collect();
        self.texts.say(self.language, key, &arguments)
    }
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Failed => "failed",
        Action::Unclear => "unclear",
        Action::Delayed { .. } => "delayed",
        Action::Relayed => "relayed",
    }
}

/// True for what we said ourselves because the next hop said nothing: it must not stand there as its words.
pub(super) fn is_ours(reply: &Reply) -> bool {
    let ours = [
        Kind::NextHopDown,
        Kind::Deadline,
        Kind::Internal,
        Kind::StoreDown,
        Kind::DiskFull,
        Kind::Dropped,
    ];
    ours.iter().any(|kind| Reply::from(kind) == *reply)
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
