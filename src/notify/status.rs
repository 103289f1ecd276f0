//! The part of a delivery report that machines read (RFC 3464 section 2): fields about the mail, then about each recipient.
//!
//! Promises: what strangers said cannot begin a field; what is no name, no xtext or no address is left out. Fails never.

use super::memo::one_line;
use super::report::{Action, Report, Told, is_ours};
use crate::fault::Reply;
use crate::mail::envelope::Client;
use crate::texts::House;
use crate::wire::xtext;
use jiff::Timestamp;

/// The part for machines.
pub(super) fn part(house: &House, report: &Report<'_>) -> String {
    let mut fields = Fields::default();
    fields.add("Reporting-MTA", &format!("dns; {}", house.hostname));
    if let Some(envid) = report.options.envid.as_deref().and_then(plain) {
        fields.add("Original-Envelope-Id", &envid);
    }
    if let Some(from) = came_from(report.client) {
        fields.add("Received-From-MTA", &format!("dns; {from}"));
    }
    fields.add("Arrival-Date", &date(report.received));
    for told in &report.people {
        fields.blank();
        recipient(&mut fields, report, told);
    }
    fields.0
}

fn recipient(fields: &mut Fields, report: &Report<'_>, told: &Told) {
    let recipient = &told.recipient;
    if let Some(original) = recipient.orcpt.as_deref().and_then(original) {
        fields.add("Original-Recipient", &original);
    }
    let address = &recipient.address;
    let kind = if address.needs_utf8() {
        "utf-8"
    } else {
        "rfc822"
    };
    fields.add("Final-Recipient", &format!("{kind}; {address}"));
    fields.add("Action", machine_word(told.action));
    fields.add("Status", &status(told));
    let reply = told.reply.as_ref();
    if reply.is_some_and(|r| !is_ours(r)) {
        let hop = report.next_hop.filter(|name| is_name(name));
        hop.into_iter()
            .for_each(|hop| fields.add("Remote-MTA", &format!("dns; {hop}")));
    }
    if let Some(reply) = reply {
        let kind = if is_ours(reply) {
            "x-cloakroom"
        } else {
            "smtp"
        };
        fields.add(
            "Diagnostic-Code",
            &format!("{kind}; {}", one_line(&reply.to_string())),
        );
    }
    if told.at > 0 {
        fields.add("Last-Attempt-Date", &date(told.at));
    }
    if let Action::Delayed { until } = told.action {
        fields.add("Will-Retry-Until", &date(until));
    }
}

/// Header fields, folded.
#[derive(Default)]
struct Fields(String);

impl Fields {
    fn add(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for word in value.split(' ') {
            let is_begun = line.ends_with(|c| c != ':' && c != ' ');
            if line.len() + word.len() > 76 && is_begun && !word.is_empty() {
                self.0.push_str(&line);
                self.0.push_str("\r\n");
                line.clear();
            }
            line.push(' ');
            line.push_str(word);
        }
        self.0.push_str(&line);
        self.0.push_str("\r\n");
    }

    fn blank(&mut self) {
        self.0.push_str("\r\n");
    }
}

fn machine_word(action: Action) -> &'static str {
    match action {
        Action::Failed | Action::Unclear => "failed",
        Action::Delayed { .. } => "delayed",
        Action::Relayed => "relayed",
    }
}

/// RFC 3463. The class follows the action: what was put off too often failed because the time was over (X.4.7).
pub(super) fn status(told: &Told) -> String {
    let said = told.reply.as_ref().and_then(|reply| reply.enhanced);
    let temporary = told.reply.as_ref().is_some_and(Reply::is_temporary);
    let (class, subject, detail) = match (told.action, said) {
        (Action::Failed, _) if temporary => (5, 4, 7),
        (Action::Failed, Some((_, subject, detail))) => (5, subject, detail),
        (Action::Failed, None) => (5, 0, 0),
        (Action::Unclear, _) => (5, 4, 2),
        (Action::Delayed { .. }, Some((4, subject, detail))) => (4, subject, detail),
        (Action::Delayed { .. }, _) => (4, 0, 0),
        (Action::Relayed, _) => (2, 0, 0),
    };
    format!("{class}.{subject}.{detail}")
}

/// The client's name in the DNS, or what it called itself, or its address.
fn came_from(client: &Client) -> Option<String> {
    let names = [client.name.as_deref(), Some(client.helo.as_str())];
    let mut names = names.into_iter().flatten();
    let address = || client.address.map(|address| format!("[{address}]"));
    names
        .find(|n| is_name(n))
        .map(str::to_owned)
        .or_else(address)
}

/// Something that can be the name of a host, or an address in brackets.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    (1..=255).contains(&text.len()) && text.bytes().all(fits)
}

/// What xtext means, if it is printable ASCII.
fn plain(text: &str) -> Option<String> {
    let bytes = xtext::decode(text)?;
    let printable = bytes.iter().all(|b| (b' '..=b'~').contains(b));
    String::from_utf8(bytes).ok().filter(|_| printable)
}

/// `ORCPT` as `Original-Recipient` has it: type, semicolon, the address itself. A `utf-8` address stands as it was written, which is right
/// in both kinds of reports (RFC 6533 section 3).
fn original(orcpt: &str) -> Option<String> {
    let (kind, address) = orcpt.split_once(';')?;
    let is_atom = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let tame = |c: char| !c.is_control() && !c.is_whitespace();
    let address = match kind.eq_ignore_ascii_case("utf-8") {
        true => Some(address.to_owned()).filter(|address| address.chars().all(tame)),
        false => plain(address),
    };
    address
        .filter(|_| is_atom)
        .map(|address| format!("{kind}; {address}"))
}

fn date(at: i64) -> String {
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
