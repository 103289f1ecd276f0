//! The life of a mail in lines an operator searches for: one function per line, `key=value`, the mail's id first.
//!
//! Policy of this log. `info`: what happened to a mail. `warn`: somebody else must act (a next hop refused or does not answer, a
//! notice did not arrive). `error`: the operator or we must act. Never logged, at any level: subjects, file names, texts, passwords,
//! link secrets, keys, telephone numbers; the functions here take no type that holds one. Addresses are written as `log.addresses`
//! says ([`Addresses`]). Values from outside are quoted and escaped, so that nobody can write a line of his own into the log.
//! Debug tracing is another stream, under the modules' own targets. Leaves to others: where lines go (`service`).

use crate::fault::{Blame, Fault, Reply};
use crate::mail::tripwire::Marked;
use crate::mail::{Address, Envelope, Lane, Mail, MailId};
use crate::transfer::password_rules::Broken;
use crate::transfer::plan::{Action, Plan, Scope, Weight};
use crate::transfer::proof::Answer;
use crate::transfer::renewal::How;
use crate::transfer::steering::Wish;
use crate::transfer::{Actor, Parcel, Party, TransferId, Waiting};
use crate::units::rfc3339 as time;
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::OnceLock;
use tracing::{error, info, warn};

/// How much of an address a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// All of it.
    Full,
    /// `@partner.example`: who wrote to whom stays unknown.
    Domain,
    /// Twelve hexadecimal digits that stay the same until the next start, so that lines can be joined and people not be named.
    Hashed,
}

static ADDRESSES: OnceLock<Addresses> = OnceLock::new();
static SALT: OnceLock<[u8; 16]> = OnceLock::new();

/// Sets how addresses are written, once at start; without it, in full. Later calls change nothing.
pub fn set_addresses(addresses: Addresses) {
    let _ = ADDRESSES.set(addresses);
}

/// A mail is here, complete.
pub fn received(mail: MailId, envelope: &Envelope, size: u64) {
    info!(target: "mail", mail = %mail, from = %from(envelope), to = envelope.recipients.len(), size,
        via = envelope.client.protocol, client = client(envelope), "received");
}

/// A client has signed in at the next hop.
pub fn signed_in(client: IpAddr, by: &str, login: &str) {
    let login = login_shown(login, how());
    info!(target: "mail", client = %client.to_canonical(), by, login, "signed_in");
}

/// The next hop has refused a login (its reply tells why), or could not be asked. Not whose: people type passwords into the wrong field.
pub fn not_signed_in(client: IpAddr, by: &str, reply: &Reply, fault: Option<&Fault>) {
    let (client, reply) = (client.to_canonical(), reply.to_string());
    let cause = fault.map(Fault::to_string);
    warn!(target: "mail", client = %client, by, reply = ?reply, cause, "not_signed_in");
}

/// Policy has spoken. `whole`: why the mail goes as one file. `doubt`: why its structure cannot be relied on, also where it passes.
/// `verified_tls`: for how many recipients it must leave like that.
pub fn decided(mail: &Mail, plan: &Plan) {
    let protects = plan.decisions.iter().filter(|d| d.protects()).count();
    let verified = plan
        .decisions
        .iter()
        .filter(|d| d.lane == Lane::VerifiedTls);
    let verified_tls = Some(verified.count()).filter(|n| *n > 0);
    let doubt = mail.outline.doubts.first().map(|doubt| doubt.what);
    info!(target: "mail", mail = %mail.id, result = result(plan), protected = protects, rules = rules(plan),
        whole = whole(plan), doubt, verified_tls, "decided");
}

/// A directory has the telephone number of a recipient.
pub fn number_found(mail: MailId, recipient: &Address, directory: &str) {
    info!(target: "mail", mail = %mail, to = %shown(recipient), directory, "number_found");
}

/// An operator had telephone numbers of this sender forgotten.
pub fn numbers_forgotten(sender: &Address, numbers: usize) {
    info!(target: "mail", from = %shown(sender), numbers, "numbers_forgotten");
}

/// The transfer of a recipient is locked with the password that is agreed with him, or with all of his domain.
pub fn agreed_found(mail: MailId, recipient: &Address, party: &Party) {
    let with = party_word(party);
    info!(target: "mail", mail = %mail, to = %shown(recipient), with, "agreed_found");
}

/// What is agreed breaks a rule that holds for this mail: its password takes the next way.
pub fn agreed_unfit(mail: MailId, recipient: &Address, party: &Party, rule: &Broken) {
    let with = party_word(party);
    warn!(target: "mail", mail = %mail, to = %shown(recipient), with, %rule, "agreed_unfit");
}

/// An operator has set (`set`, `replaced`) or removed (`removed`) the password that is agreed with somebody.
pub fn agreed(what: &'static str, party: &Party) {
    let with = match party {
        Party::Address(address) => shown(address),
        domain if how() == Addresses::Hashed => hashed(&domain.to_string()),
        domain => domain.to_string(),
    };
    info!(target: "mail", what, with, "agreed");
}

fn party_word(party: &Party) -> &'static str {
    match party {
        Party::Address(_) => "address",
        Party::Domain(_) => "domain",
    }
}

/// Attachments are ciphertext now.
pub fn sealed(mail: impl Display, transfer: TransferId, files: usize, bytes: u64) {
    info!(target: "mail", mail = %mail, transfer = %transfer, files, bytes, "sealed");
}

/// Ciphertext and record are on disk.
pub fn held(mail: impl Display, transfer: TransferId, links: usize) {
    info!(target: "mail", mail = %mail, transfer = %transfer, links, "held");
}

/// What the next hop said about one recipient.
pub fn handed_over(mail: MailId, recipient: &Address, answer: &Answer) {
    let to = shown(recipient);
    match answer {
        Answer::Accepted(by) => {
            info!(target: "mail", mail = %mail, to = %to, result = "accepted", reply = ?by.reply().to_string(), "handed_over");
        }
        Answer::Deferred(reply) => {
            warn!(target: "mail", mail = %mail, to = %to, result = "deferred", reply = ?reply.to_string(), "handed_over");
        }
        Answer::Refused(reply) => {
            warn!(target: "mail", mail = %mail, to = %to, result = "refused", reply = ?reply.to_string(), "handed_over");
        }
        Answer::Unknown => {
            warn!(target: "mail", mail = %mail, to = %to, result = "unknown", "handed_over");
        }
        // It has lines of its own.
        Answer::Waits(_) | Answer::Owned(_) | Answer::Obeyed => {}
        Answer::Stays => {
            info!(target: "mail", mail = %mail, to = %to, result = "stays", "handed_over");
        }
        Answer::Before => {
            info!(target: "mail", mail = %mail, to = %to, result = "before", "handed_over");
        }
    }
}

/// It waits here until one of the approvers decides.
pub fn waits(waiting: &Waiting) {
    let rules: Vec<&str> = waiting.reasons.iter().map(|r| r.rule.as_str()).collect();
    let rules = listed(rules);
    let approvers = people(&waiting.approvers);
    let unreached: Vec<_> = (waiting.unreached.iter())
        .map(|u| u.recipient.clone())
        .collect();
    info!(target: "mail", mail = %waiting.id, approvers, unreached = people(&unreached), rules, until = time(waiting.until), "waits");
}

/// An approver has released it; `by`: `None` for the operator.
pub fn hold_released(mail: &str, by: Option<&Address>, as_transfer: bool) {
    info!(target: "mail", mail = %mail, by = who(by), as_transfer, "hold_released");
}

/// An approver has dropped it.
pub fn hold_dropped(mail: &str, by: Option<&Address>) {
    info!(target: "mail", mail = %mail, by = who(by), "hold_dropped");
}

/// Nobody decided in time: it was dropped.
pub fn hold_expired(mail: &str) {
    info!(target: "mail", mail = %mail, "hold_expired");
}

/// A released mail has left for some and was not taken for others; `pending` are tried again.
pub fn hold_tried(mail: &str, tries: u32, failed: usize, pending: usize) {
    match failed + pending {
        0 => info!(target: "mail", mail = %mail, tries, failed, pending, "hold_tried"),
        _ => warn!(target: "mail", mail = %mail, tries, failed, pending, "hold_tried"),
    }
}

/// The rest of a mail, or a report about it, is durably ours.
pub fn owned(parcel: &Parcel) {
    info!(target: "mail", mail = %parcel.mail, parcel = %parcel.id, what = ?parcel.what, to = parcel.pending.len(), "owned");
}

/// A parcel was not tried: it cannot be read, or an operator has dropped it.
pub fn parcel_stuck(parcel: &Parcel, fault: &Fault) {
    warn!(target: "mail", mail = %parcel.mail, parcel = %parcel.id, cause = ?fault.to_string(), "parcel_stuck");
}

/// A parcel was tried: how many have it now, how many never will, and how many wait for the next try.
pub fn parcel_tried(parcel: &Parcel, has: usize, failed: usize) {
    let (tries, pending) = (parcel.tries, parcel.pending.len());
    match failed + pending {
        0 => {
            info!(target: "mail", mail = %parcel.mail, parcel = %parcel.id, tries, has, "parcel_tried")
        }
        _ => {
            warn!(target: "mail", mail = %parcel.mail, parcel = %parcel.id, tries, has, failed, pending, "parcel_tried")
        }
    }
}

/// Somebody outside has sent what they wrote on our page: it becomes this mail.
pub fn written(mail: &str, by: &str, to: usize, files: usize, bytes: u64) {
    let by = who(by.parse::<Address>().ok().as_ref());
    info!(target: "mail", mail = %mail, by, to, files, bytes, "written");
}

/// Somebody asked for a code to write to us from this address: what came of it.
pub fn guest_code(to: &str, client: Option<IpAddr>, result: &str, error: Option<&str>) {
    let to = stranger(to);
    match error {
        None => info!(target: "mail", to, client = ?client, result, "guest_code"),
        Some(error) => {
            warn!(target: "mail", to, client = ?client, result, error = ?error, "guest_code");
        }
    }
}

/// So many codes were asked for that nobody there gets one now. `from`: a network, or empty for all.
pub fn guest_limit(what: &str, from: &str) {
    warn!(target: "mail", what, from, "guest_limit");
}

/// A code was typed: right, or so many tries are left.
pub fn guest(address: &str, client: Option<IpAddr>, left: Option<u32>) {
    let address = stranger(address);
    match left {
        None => info!(target: "mail", address, client = ?client, result = "proven", "guest"),
        Some(left) => {
            info!(target: "mail", address, client = ?client, result = "wrong", left, "guest");
        }
    }
}

/// A guest tried to write to somebody whom they may not, or who is not there; to nobody in particular, where it is no one's address.
pub fn guest_refused(by: &str, to: &str, why: &str) {
    let (by, to) = (stranger(by), stranger(to));
    warn!(target: "mail", by, to, why, "guest_refused");
}

/// What somebody outside has sent is not delivered: why, and what the scanner calls what it found.
pub fn written_refused(mail: &str, by: &str, why: &str, found: &str) {
    let by = who(by.parse::<Address>().ok().as_ref());
    warn!(target: "mail", mail = %mail, by, why, found, "written_refused");
}

/// Somebody who got it reports what was written on our pages; so many administrators are told by mail.
pub fn abuse(mail: &str, by: &str, told: usize) {
    let by = who(by.parse::<Address>().ok().as_ref());
    warn!(target: "mail", mail = %mail, by, told, "abuse");
}

/// No scanner has said what it is; it is held, and tried again.
pub fn not_scanned(mail: &str, why: &str) {
    error!(target: "mail", mail = %mail, cause = ?why, "not_scanned");
}

/// It could not become a mail yet; it is tried again.
pub fn not_delivered(mail: &str, fault: &Fault) {
    error!(target: "mail", mail = %mail, cause = ?fault.to_string(), "not_delivered");
}

/// A mail of ours about one that waits was taken by the next hop, or why not.
pub fn memo(mail: &str, to: &str, error: Option<&str>) {
    let address = to.parse::<Address>().ok();
    let to = who(address.as_ref());
    match error {
        None => info!(target: "mail", mail = %mail, to, result = "sent", "memo"),
        Some(error) => {
            warn!(target: "mail", mail = %mail, to, result = "failed", error = ?error, "memo");
        }
    }
}

/// So many wrong passwords or codes were typed at a link that nobody may try any more; the last from there.
pub fn locked(mail: &str, transfer: &str, tries: u32, from: Option<&str>) {
    warn!(target: "mail", mail = %mail, transfer = %transfer, tries, client = from, "locked");
}

/// A sender or an operator has taken a transfer back, changed its end or lifted a lock.
pub fn steered(transfer: &TransferId, wish: &Wish, by: Actor) {
    let (what, to) = match wish {
        Wish::Revoke(whom) => ("revoke", whom),
        Wish::Extend(_) => ("extend", &None),
        Wish::Lift(whom) => ("lift", whom),
        Wish::Renew(whom) => ("renew", whom),
    };
    let to = to.as_ref().map(shown);
    info!(target: "mail", transfer = %transfer, what, to, by = ?by, "steered");
}

/// A new link, and how its password reaches whoever needs it.
pub fn renewed(transfer: &TransferId, whom: Option<&Address>, how: How, by: Actor) {
    let to = whom.map(shown);
    info!(target: "mail", transfer = %transfer, what = "renew", to, how = ?how, by = ?by, "steered");
}

/// The sender of a transfer asks something of us by mail.
pub fn asked(mail: MailId, transfer: &TransferId, what: &str) {
    info!(target: "mail", mail = %mail, transfer = %transfer, what, "asked");
}

/// A machine has sent a mail to a command address: nothing is done, and it gets no answer.
pub fn unheard(mail: MailId, transfer: &TransferId) {
    info!(target: "mail", mail = %mail, transfer = %transfer, "unheard");
}

fn who(address: Option<&Address>) -> String {
    address.map_or_else(|| "operator".to_owned(), shown)
}

/// What somebody outside typed, if it is an address: they are nobody of the house.
fn stranger(typed: &str) -> String {
    let address = typed.parse::<Address>().ok();
    address.map_or_else(|| "nobody".to_owned(), |address| shown(&address))
}

fn people(list: &[Address]) -> String {
    let list: Vec<String> = list.iter().map(shown).collect();
    list.join(",")
}

/// The same mail came before: some recipients get the links that they may have already.
pub fn again(mail: MailId, transfer: TransferId, recipients: usize) {
    info!(target: "mail", mail = %mail, transfer = %transfer, recipients, "again");
}

/// The transfer counts: its mail was taken, its passwords may go.
pub fn released(mail: impl Display, transfer: impl Display, recipients: usize) {
    info!(target: "mail", mail = %mail, transfer = %transfer, recipients, "released");
}

/// Somebody came with a link of a mail of which nobody knew whether it had left: its passwords may go.
pub fn proven(mail: impl Display, transfer: impl Display) {
    info!(target: "mail", mail = %mail, transfer = %transfer, "proven");
}

/// What some did not take could not be made ours: its client tries again.
pub fn not_owned(mail: MailId, fault: &Fault) {
    let cause = fault.to_string();
    error!(target: "mail", mail = %mail, cause = ?cause, "not_owned");
}

/// What became of the mail could not be written; it is tried again.
pub fn unsettled(mail: impl Display, transfer: impl Display, fault: &Fault) {
    let cause = fault.to_string();
    error!(target: "mail", mail = %mail, transfer = %transfer, cause = ?cause, "unsettled");
}

/// A channel took a password, or did not: then `error` says why, without the password.
pub fn noticed(mail: impl Display, transfer: impl Display, channel: &str, error: Option<&str>) {
    match error {
        None => {
            info!(target: "mail", mail = %mail, transfer = %transfer, channel = ?channel, result = "sent", "noticed");
        }
        Some(error) => {
            warn!(target: "mail", mail = %mail, transfer = %transfer, channel = ?channel, result = "failed", error = ?error, "noticed");
        }
    }
}

/// A provider said what became of a text message that it had taken.
pub fn reported(mail: impl Display, transfer: impl Display, channel: &str, arrived: bool) {
    let result = if arrived { "arrived" } else { "failed" };
    info!(target: "mail", mail = %mail, transfer = %transfer, channel = ?channel, result, "reported");
}

/// Text messages are paused until a time (Unix, seconds): for numbers that begin so, or for all if the day's money is spent. An
/// operator should look whether somebody's account is used for fraud. Said once for each pause.
pub fn paused(channel: &str, limit: &str, prefix: Option<&str>, until: i64) {
    error!(target: "mail", channel = ?channel, limit, prefix, until, "paused");
}

/// A code was asked for on the page and sent by mail, or why not.
pub fn code(mail: impl Display, transfer: impl Display, to: &str, error: Option<&str>) {
    let address = to.parse::<Address>().ok();
    let to = who(address.as_ref());
    match error {
        None => {
            info!(target: "mail", mail = %mail, transfer = %transfer, to, result = "sent", "code");
        }
        Some(error) => {
            warn!(target: "mail", mail = %mail, transfer = %transfer, to, result = "failed", error = ?error, "code");
        }
    }
}

/// A pair of sender and recipient that needs no password: `accepted`, `activated` (another device), `ended`.
pub fn quick(what: &str, sender: &Address, recipient: &Address, from: Option<IpAddr>) {
    let (sender, to) = (shown(sender), shown(recipient));
    info!(target: "mail", what, sender, to, client = ?from, "quick");
}

/// An operator made a code that sets up a device of this recipient's.
pub fn quick_code(recipient: &Address) {
    let to = shown(recipient);
    info!(target: "mail", what = "code", to, by = "operator", "quick");
}

/// An operator ended all that this recipient's devices open.
pub fn quick_end(recipient: &Address) {
    let to = shown(recipient);
    info!(target: "mail", what = "ended", to, by = "operator", "quick");
}

/// The token of a device came from another kind of browser than it was given to.
pub fn quick_elsewhere(device: u32, from: Option<IpAddr>, refused: bool) {
    warn!(target: "mail", what = "another-browser", device, client = ?from, refused, "quick");
}

/// A recipient fetched a file, all of it. `file` is its number in the transfer, not its name.
pub fn collected(mail: impl Display, transfer: impl Display, file: usize, bytes: u64) {
    info!(target: "mail", mail = %mail, transfer = %transfer, file, bytes, "collected");
}

/// A transfer's time is over and everything of it was erased.
pub fn expired(mail: impl Display, transfer: impl Display, collected: bool) {
    info!(target: "mail", mail = %mail, transfer = %transfer, collected, "expired");
}

/// The client was told never: 5xx.
pub fn refused(mail: MailId, fault: &Fault) {
    gave_up(mail, fault, "refused");
}

/// The client was told later: 4xx.
pub fn deferred(mail: MailId, fault: &Fault) {
    gave_up(mail, fault, "deferred");
}

/// The line for a fault by what the client was told.
pub fn failed(mail: MailId, fault: &Fault) {
    match fault.retry() {
        true => deferred(mail, fault),
        false => refused(mail, fault),
    }
}

/// The watcher of the tripwire was shown a mail that should have a mark of ours and has none that is valid. `mail`: its number and its
/// Message-ID, by which other servers' logs know it. `becomes`: `refused`, `deferred` or `passed`.
pub fn unmarked(
    envelope: &Envelope,
    mail: (MailId, &str),
    outside: &[&Address],
    marked: Marked,
    becomes: &str,
) {
    let (mail, name) = mail;
    let to: Vec<String> = outside.iter().map(|to| shown(to)).collect();
    let mark = match marked {
        Marked::Valid => "valid",
        Marked::Changed => "changed",
        Marked::Foreign => "foreign",
        Marked::No => "none",
    };
    error!(target: "mail", mail = %mail, from = %from(envelope), to = %to.join(","), client = client(envelope),
        message_id = ?name, mark, becomes, "unmarked");
}

fn gave_up(mail: MailId, fault: &Fault, what: &'static str) {
    let cause = fault.to_string();
    match fault.blame() {
        Blame::Sender => {
            info!(target: "mail", mail = %mail, blame = "sender", cause = ?cause, "{what}")
        }
        Blame::NextHop => {
            warn!(target: "mail", mail = %mail, blame = "next_hop", cause = ?cause, "{what}");
        }
        Blame::Operator => {
            error!(target: "mail", mail = %mail, blame = "operator", cause = ?cause, "{what}");
        }
        Blame::Us => error!(target: "mail", mail = %mail, blame = "us", cause = ?cause, "{what}"),
    }
}

fn from(envelope: &Envelope) -> String {
    match &envelope.sender {
        Some(address) => shown(address),
        None => "<>".to_owned(),
    }
}

fn client(envelope: &Envelope) -> String {
    envelope
        .client
        .address
        .map_or_else(|| "local".to_owned(), |a| a.to_canonical().to_string())
}

/// The strictest thing that happens to the mail, as metrics name it too.
fn result(plan: &Plan) -> &'static str {
    let strictest = plan
        .decisions
        .iter()
        .map(|d| (&d.action, &d.scope))
        .max_by(|a, b| a.0.cmp(b.0));
    match strictest {
        Some((action, _)) if plan.awaits().is_some() && !matches!(action, Action::Refuse(_)) => {
            "hold"
        }
        Some((Action::Refuse(_), _)) => "refuse",
        Some((_, Scope::Message | Scope::Whole(_))) => "seal",
        Some((_, Scope::Parts(_))) => "transfer",
        Some((_, Scope::Nothing)) | None => "pass",
    }
}

/// Why the mail goes as one file, for anybody.
fn whole(plan: &Plan) -> Option<&'static str> {
    plan.decisions.iter().find_map(|d| match &d.scope {
        Scope::Whole(why) => Some(*why),
        _ => None,
    })
}

/// Ids of the rules that counted, each once, comma between them; quoted if an operator was creative.
fn rules(plan: &Plan) -> String {
    let mut ids: Vec<&str> = plan
        .decisions
        .iter()
        .flat_map(|d| &d.reasons)
        .filter(|r| r.weight == Weight::Enforced)
        .map(|r| r.rule.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    listed(ids)
}

fn listed(ids: Vec<&str>) -> String {
    match ids.join(",") {
        none if none.is_empty() => "-".to_owned(),
        ids if ids.chars().all(|c| c.is_ascii_graphic() && c != '"') => ids,
        odd => format!("{odd:?}"),
    }
}

fn shown(address: &Address) -> String {
    as_wanted(address, how())
}

fn how() -> Addresses {
    ADDRESSES.get().copied().unwrap_or(Addresses::Full)
}

/// A login is an address, or a name: then only all of it says anything.
fn login_shown(login: &str, addresses: Addresses) -> String {
    let address = login.parse::<Address>().ok();
    match (address.filter(|a| !a.domain().is_empty()), addresses) {
        (Some(address), _) => as_wanted(&address, addresses),
        (None, Addresses::Full) => format!("{login:?}"),
        (None, Addresses::Domain) => "-".to_owned(),
        (None, Addresses::Hashed) => hashed(login),
    }
}

fn hashed(text: &str) -> String {
    let salt = SALT.get_or_init(crate::mail::id::random);
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(text.to_lowercase());
    hash.finalize()[..6]
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn as_wanted(address: &Address, addresses: Addresses) -> String {
    match addresses {
        // A quoted local part may hold spaces: then the whole address is quoted, so that it stays one value.
        Addresses::Full => match address.to_string() {
            plain if !plain.contains([' ', '"', '=']) => plain,
            odd => format!("{odd:?}"),
        },
        Addresses::Domain => format!("@{}", address.domain()),
        Addresses::Hashed => hashed(&address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Kind;
    use crate::mail::Spool;
    use crate::mail::envelope::Client;
    use crate::mail::outline::{Doubt, Outline, Part};
    use crate::transfer::{Decision, Options, Unlock};
    use jiff::Timestamp;
    use std::io;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0
                .lock()
                .expect("no test panicked inside")
                .extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(what: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .without_time()
            .finish();
        tracing::subscriber::with_default(subscriber, what);
        let bytes = lines.0.lock().expect("no test panicked inside").clone();
        String::from_utf8(bytes).expect("log lines are UTF-8")
    }

    fn address(text: &str) -> Address {
        text.parse().expect("the test's address is one")
    }

    #[test]
    fn the_mail_id_is_the_first_key() {
        let mail = MailId::fresh();
        let line = logged(|| sealed(mail, "7K3M9XQF".parse().expect("an id"), 2, 10));
        assert_eq!(
            line,
            format!(" INFO mail: sealed mail={mail} transfer=7K3M9XQF files=2 bytes=10\n")
        );
    }

    #[test]
    fn what_a_guest_typed_is_never_the_operator() {
        for (to, said) in [
            ("eva@example.org", "eva@example.org"),
            ("", "nobody"),
            ("no address", "nobody"),
        ] {
            let line = logged(|| guest_refused("bo@partner.example", to, "x"));
            let expected = format!(
                " WARN mail: guest_refused by=\"bo@partner.example\" to=\"{said}\" why=\"x\"\n"
            );
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn a_mail_that_goes_whole_says_why() {
        let doubt = "two Content-Type fields";
        let mail = Mail {
            id: MailId::fresh(),
            at: Timestamp::now(),
            envelope: Envelope {
                sender: None,
                recipients: Vec::new(),
                options: Default::default(),
                client: Client::local(),
            },
            spool: Spool::of("").into(),
            outline: Outline {
                parts: vec![Part::empty("1")],
                doubts: vec![Doubt { what: doubt, at: 7 }],
                nature: Default::default(),
            },
            body_hash: Default::default(),
            early: Default::default(),
            attention: None,
            one_for_all: false,
        };
        let decision = |scope| Decision {
            recipient: address("bo@c.example"),
            action: Action::Transfer,
            awaits: None,
            lane: Default::default(),
            scope,
            options: Options::of(Unlock::Link, Vec::new(), Duration::from_secs(60)),
            contact: Default::default(),
            reasons: Vec::new(),
        };
        let plan = |scope| Plan {
            decisions: vec![decision(scope)],
            subject: None,
            strip_controls: false,
        };
        let line = logged(|| decided(&mail, &plan(Scope::Whole(doubt))));
        assert!(
            line.contains(&format!("rules=\"-\" whole={doubt:?} doubt={doubt:?}")),
            "{line}"
        );
        let line = logged(|| decided(&mail, &plan(Scope::Nothing)));
        assert!(
            line.ends_with(&format!("doubt={doubt:?}\n")) && !line.contains("whole"),
            "{line}"
        );
    }

    #[test]
    fn a_reply_from_outside_cannot_start_a_line() {
        let reply = Reply {
            code: 550,
            enhanced: None,
            lines: vec!["no\r\n INFO mail: released mail=X \u{1b}[2J".into()],
        };
        let answer = Answer::Refused(reply);
        let line = logged(|| handed_over(MailId::fresh(), &address("b@c.example"), &answer));
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(!line.contains('\u{1b}'), "{line}");
    }

    #[test]
    fn the_level_follows_the_blame() {
        for (kind, start) in [
            (Kind::TooBig, " INFO mail: refused"),
            (Kind::NextHopDown, " WARN mail: deferred"),
            (Kind::DiskFull, "ERROR mail: deferred"),
            (Kind::Internal, "ERROR mail: deferred"),
        ] {
            let line = logged(|| failed(MailId::fresh(), &Fault::new(kind.clone())));
            assert!(line.starts_with(start), "{kind:?}: {line}");
        }
    }

    #[test]
    fn addresses_are_written_as_wanted() {
        let bo = address("Bo@partner.example");
        assert_eq!(as_wanted(&bo, Addresses::Full), "Bo@partner.example");
        assert_eq!(as_wanted(&bo, Addresses::Domain), "@partner.example");
        let hash = as_wanted(&bo, Addresses::Hashed);
        assert_eq!(hash.len(), 12);
        assert!(!hash.contains("partner"));
        assert_eq!(
            hash,
            as_wanted(&address("bo@partner.example"), Addresses::Hashed)
        );
        let odd = address("\"a b\"@c.example");
        assert_eq!(
            as_wanted(&odd, Addresses::Full),
            "\"\\\"a b\\\"@c.example\""
        );
    }
}
