//! How a transfer stands, for its sender: the facts of his page in words. Computation only.
//!
//! Promises: nothing of where somebody came from; names of files and subject only if the sheet was opened.

use super::open::size;
use crate::gateway::collect::now;
use crate::gateway::steering::{Overview, Waits};
use crate::mail::visible::visible_line;
use crate::texts::{Texts, Value as Argument, format};
use crate::transfer::contact::Origin;
use crate::transfer::proof::PasswordLine;
use crate::transfer::record::State;
use crate::transfer::sender_link::Sheet;
use crate::transfer::{Actor, Event, Happened, Ticket};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::{Value, context};

/// Names in one line of the history.
const NAMES: usize = 5;

/// Texts in the reader's language.
pub(super) struct Words<'a> {
    pub(super) texts: &'a Texts,
    pub(super) language: &'static str,
    pub(super) zone: &'a TimeZone,
}

impl Words<'_> {
    pub(super) fn say(&self, key: &str, given: &[(&str, Argument<'_>)]) -> String {
        self.texts.say(self.language, key, given)
    }

    fn one(&self, key: &str, name: &'static str, value: impl Into<String>) -> String {
        self.say(key, &[(name, value.into().into())])
    }

    /// The time of day alone if that is today.
    fn time(&self, at: i64) -> String {
        let day = |at| format::long_day(self.language, at, self.zone);
        match day(at) == day(now()) {
            true => format::time_of_day(at, self.zone),
            false => format::day_and_time(self.language, at, self.zone),
        }
    }
}

/// Everything the template shows.
pub(super) fn page(words: &Words<'_>, overview: &Overview) -> Value {
    let record = &overview.record;
    let alone = overview.tickets.len() == 1;
    let (count, bytes) = extent(overview);
    let summary = words.say(
        "sender-summary",
        &[
            ("count", count.into()),
            ("size", size(words.language, bytes).into()),
            ("date", day_and_time(words, record.created).into()),
        ],
    );
    let over = over(words, overview);
    let sheet = overview.sheet.as_ref();
    let rows = overview.tickets.iter().enumerate();
    context! {
        subject => sheet.map(|sheet| subject(words, sheet)),
        summary,
        files => sheet.map(|sheet| files(words, sheet)).unwrap_or_default(),
        reasons => sheet.map(|sheet| reasons(words, sheet)).unwrap_or_default(),
        until => words.one("unlock-until", "date", format::long_date(words.language, record.expires, words.zone)),
        last_day => day(record.expires, words.zone),
        first_day => day(now(), words.zone),
        latest_day => day(overview.latest, words.zone),
        latest => format::long_day(words.language, overview.latest, words.zone),
        steerable => over.is_none(),
        over,
        rows => rows.map(|(n, (t, h))| row(words, overview, n, t, h)).collect::<Vec<_>>(),
        several => !alone,
        told => record.told.is_some(),
        history => history(words, overview),
    }
}

/// Who shares the links of this ticket, or of all.
pub(super) fn people(overview: &Overview, number: Option<usize>) -> Vec<String> {
    let tickets = overview.tickets.iter().enumerate();
    let meant = tickets.filter(|(n, (t, _))| number.is_none_or(|m| m == *n) && t.wrap.is_some());
    meant.flat_map(|(_, (t, _))| t.recipients.clone()).collect()
}

/// Number and size of what was sealed; of the files if nothing else tells more. One that is over has none any more.
fn extent(overview: &Overview) -> (usize, u64) {
    let blobs = &overview.record.blobs;
    match &overview.sheet {
        Some(sheet) => (sheet.files.len(), sheet.files.iter().map(|f| f.size).sum()),
        None => (blobs.len(), blobs.iter().map(|blob| blob.plain_len).sum()),
    }
}

/// Why nobody can open it any more.
fn over(words: &Words<'_>, overview: &Overview) -> Option<String> {
    if !overview.is_over() {
        return None;
    }
    let key = match overview.record.state {
        State::Revoked => "sender-is-revoked",
        State::Held | State::Released => "sender-is-expired",
    };
    Some(words.say(key, &[]))
}

fn subject(words: &Words<'_>, sheet: &Sheet) -> String {
    match sheet.subject.trim() {
        "" => words.say("message-no-subject", &[]),
        subject => subject.to_owned(),
    }
}

fn files(words: &Words<'_>, sheet: &Sheet) -> Vec<Value> {
    let files = sheet.files.iter();
    files
        .map(|file| context! { name => &file.name, size => size(words.language, file.size) })
        .collect()
}

fn reasons(words: &Words<'_>, sheet: &Sheet) -> Vec<String> {
    let line = |why: &crate::transfer::waiting::Why| {
        let given = [
            ("rule", why.rule.as_str().into()),
            ("text", why.why.as_str().into()),
        ];
        words.say("hold-why", &given)
    };
    sheet.reasons.iter().map(line).collect()
}

fn row(
    words: &Words<'_>,
    overview: &Overview,
    number: usize,
    ticket: &Ticket,
    history: &[Event],
) -> Value {
    let is_live = ticket.wrap.is_some() && !overview.is_over();
    let is_paused = ticket.paused_until > now();
    let trouble = match ticket {
        _ if !is_live => None,
        Ticket { locked: true, .. } => {
            Some(words.one("sender-locked", "time", locked_at(words, history)))
        }
        _ if is_paused => Some(words.one("sender-paused", "time", words.time(ticket.paused_until))),
        _ => None,
    };
    context! {
        number,
        names => &ticket.recipients,
        mail => mail(words, overview, ticket, history),
        waits => waits(words, overview, ticket),
        password => password(words, ticket),
        fetched => fetched(words, ticket, history),
        trouble,
        recovery => is_live.then(|| recovery(words, ticket)),
        renewable => is_renewable(overview, number),
        guarded => ticket.password,
        liftable => is_live && (ticket.locked || is_paused),
        live => is_live,
        connected => overview.connected.contains(&number),
    }
}

fn locked_at(words: &Words<'_>, history: &[Event]) -> String {
    let last = history.iter().rev().find(|e| e.what == Happened::Locked);
    last.map_or_else(|| "…".to_owned(), |event| words.time(event.at))
}

/// Whether the mail with the link has left, and whether the link still counts.
fn mail(words: &Words<'_>, overview: &Overview, ticket: &Ticket, history: &[Event]) -> String {
    let last = history.iter().rev();
    let mut ends = last.filter(|e| matches!(e.what, Happened::Revoked(_) | Happened::Deleted));
    match (&ticket.wrap, ends.next()) {
        (None, Some(event)) => {
            let key = match event.what {
                Happened::Deleted => "sender-mail-deleted",
                _ => "sender-mail-revoked",
            };
            words.one(key, "time", words.time(event.at))
        }
        (None, None) => words.say("sender-mail-lost", &[]),
        (Some(_), _) if nobody_has_it(overview, ticket) => words.say("sender-mail-waits", &[]),
        (Some(_), _) if ticket.first_opened != 0 => words.say("sender-mail-sent", &[]),
        (Some(_), _) => match overview.record.state {
            State::Held => words.say("sender-mail-held", &[]),
            State::Released | State::Revoked => words.say("sender-mail-sent", &[]),
        },
    }
}

/// Those of a ticket whose copy is still ours to deliver.
fn waiting<'a>(overview: &'a Overview, ticket: &Ticket) -> impl Iterator<Item = &'a Waits> {
    let whom = ticket.recipients.clone();
    let waits = overview.waits.iter();
    waits.filter(move |one| whom.contains(&one.recipient.to_string()))
}

fn nobody_has_it(overview: &Overview, ticket: &Ticket) -> bool {
    waiting(overview, ticket).count() == ticket.recipients.len()
}

/// Since when it is tried and when again, and what the next hop said; by name where some have it and some do not.
fn waits(words: &Words<'_>, overview: &Overview, ticket: &Ticket) -> Vec<String> {
    let live = ticket.wrap.is_some();
    let all = waiting(overview, ticket).filter(|_| live);
    let line = |one: &Waits| {
        let times = words.say(
            "sender-mail-tried",
            &[
                ("since", words.time(one.since).into()),
                ("next", words.time(one.next.max(now())).into()),
                ("until", words.time(one.until).into()),
            ],
        );
        let said = one.said.as_deref().map(visible_line);
        let said = said.map(|said| words.one("sender-mail-answer", "text", said));
        let who = (ticket.recipients.len() > 1).then(|| format!("{}:", one.recipient));
        let parts: Vec<String> = who.into_iter().chain([times]).chain(said).collect();
        parts.join(" ")
    };
    all.map(line).collect()
}

fn password(words: &Words<'_>, ticket: &Ticket) -> String {
    way(words, &ticket.password_line)
}

/// The way of a password.
pub(super) fn way(words: &Words<'_>, line: &PasswordLine) -> String {
    match line {
        PasswordLine::None => words.say("receipt-password-none", &[]),
        PasswordLine::TextMessage(digits) => words.one("sender-password-sms", "digits", digits),
        PasswordLine::KnownNumber(digits, origin) => {
            let sms = words.one("sender-password-sms", "digits", digits);
            let from = match origin {
                Origin::Directory => "number-from-directory",
                Origin::Earlier => "number-from-earlier",
            };
            format!("{sms} ({})", words.say(from, &[]))
        }
        PasswordLine::Sender => words.say("sender-password-you", &[]),
        PasswordLine::Other(way) => way.clone(),
        PasswordLine::EmailCode => words.say("sender-password-code", &[]),
        PasswordLine::Quick => words.say("receipt-password-quick", &[]),
        PasswordLine::Agreed => words.say("password-agreed-with-them", &[]),
    }
}

/// Whether link and password can be replaced.
fn recovery(words: &Words<'_>, ticket: &Ticket) -> String {
    let key = match ticket.spare {
        Some(_) => "sender-recovery-gateway",
        None => "sender-recovery-none",
    };
    words.say(key, &[])
}

/// True if a new link can be made now for the ticket of this number.
pub(super) fn is_renewable(overview: &Overview, number: usize) -> bool {
    let has_left = overview.record.state == State::Released && overview.left.contains(&number);
    let ticket = overview.tickets.get(number).map(|(ticket, _)| ticket);
    let lives =
        |ticket: &Ticket| ticket.wrap.is_some() && ticket.spare.is_some() && ticket.expires > now();
    has_left && !overview.is_over() && ticket.is_some_and(lives)
}

fn fetched(words: &Words<'_>, ticket: &Ticket, history: &[Event]) -> String {
    let done = ticket.fetched.iter().filter(|count| **count > 0).count();
    let last = history.iter().rev();
    let mut last = last.filter(|event| matches!(event.what, Happened::Fetched(_)));
    let last = last.next().map(|event| words.time(event.at));
    let of = ticket.entries.len();
    match (done, last) {
        (0, _) if ticket.first_opened == 0 => words.say("sender-fetched-never", &[]),
        (0, _) => words.one("sender-opened", "time", words.time(ticket.first_opened)),
        (done, last) => words.say(
            "sender-fetched",
            &[
                ("count", done.into()),
                ("of", of.into()),
                ("time", last.unwrap_or_else(|| "…".to_owned()).into()),
            ],
        ),
    }
}

/// What happened to all links, in order.
fn history(words: &Words<'_>, overview: &Overview) -> Vec<Value> {
    let several = overview.tickets.len() > 1;
    let mut all: Vec<(&Event, &Ticket)> = Vec::new();
    for (ticket, events) in &overview.tickets {
        all.extend(events.iter().map(|event| (event, ticket)));
    }
    all.sort_by_key(|(event, _)| event.at);
    let sent = context! {
        time => day_and_time(words, overview.record.created),
        text => words.say("event-sent", &[]),
        who => Value::from(()),
    };
    let line = |(event, ticket): (&Event, &Ticket)| {
        context! {
            time => day_and_time(words, event.at),
            text => sentence(words, overview.sheet.as_ref(), &event.what),
            who => several.then(|| ticket.recipients.join(", ")),
        }
    };
    [sent]
        .into_iter()
        .chain(all.into_iter().map(line))
        .collect()
}

fn sentence(words: &Words<'_>, sheet: Option<&Sheet>, what: &Happened) -> String {
    let by = |key: &str, by: Actor| words.one(key, "by", actor(by));
    match what {
        Happened::Opened => words.say("event-opened", &[]),
        Happened::Fetched(entries) => fetch(words, sheet, entries),
        Happened::Locked => words.say("event-locked", &[]),
        Happened::Lifted(actor) => by("event-lifted", *actor),
        Happened::Asked => words.say("event-asked", &[]),
        Happened::Answered => words.say("event-answered", &[]),
        Happened::Revoked(actor) => by("event-revoked", *actor),
        Happened::Extended(until, actor) => {
            let date = day_and_time(words, *until);
            let given = [("date", date.into()), ("by", self::actor(*actor).into())];
            words.say("event-extended", &given)
        }
        Happened::LinkSent(actor) => by("event-link-sent", *actor),
        Happened::PasswordSent(actor) => by("event-password-sent", *actor),
        Happened::Deleted => words.say("event-deleted", &[]),
        Happened::TextArrived => words.say("event-text-arrived", &[]),
        Happened::PasswordShown(actor) => by("event-password-shown", *actor),
    }
}

fn fetch(words: &Words<'_>, sheet: Option<&Sheet>, entries: &[u32]) -> String {
    let name = |n: &u32| sheet.and_then(|sheet| sheet.files.get(*n as usize));
    let names: Vec<&str> = entries
        .iter()
        .filter_map(name)
        .map(|f| f.name.as_str())
        .collect();
    if names.is_empty() || names.len() > NAMES {
        return words.say("event-fetched", &[("count", entries.len().into())]);
    }
    words.one("event-fetched-names", "names", names.join(", "))
}

/// The words that the texts tell apart.
fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Sender => "sender",
        Actor::Operator => "operator",
        Actor::House => "house",
    }
}

fn day_and_time(words: &Words<'_>, at: i64) -> String {
    format::day_and_time(words.language, at, words.zone)
}

/// As a date field of a form has it.
fn day(at: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::MAX);
    at.to_zoned(zone.clone()).date().to_string()
}
