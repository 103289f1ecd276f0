//! Later mails to a sender about a transfer: what was downloaded, what nobody fetched, what was locked, taken back or extended.
//!
//! Promises: says that files were downloaded from a page, never that somebody read them, which nobody knows; the network address of whoever
//! tried passwords goes to administrators only. Leaves to others: when there is something to say (`gateway`), sending (`post`).

use super::memo::one_line;
use super::receipt::Wording;
use crate::texts::{Value, format};
use crate::transfer::Memo;
use crate::transfer::memo::{Before, Download, Locked};

type Words = (String, Vec<String>);

/// What was downloaded.
pub(super) fn downloaded(words: &Wording<'_>, memo: &Memo, all: &[Download]) -> Words {
    match all {
        [one] => {
            let subject = words.say("downloaded-subject", &[("recipient", to(one).into())]);
            let mut lines = download(words, one);
            lines.extend(end(words, memo));
            (subject, lines)
        }
        all => {
            let first = all.first().map_or(memo.received, |one| one.first);
            let day = format::long_day(words.language, first, &words.house.time_zone);
            let mut lines = vec![words.say("downloaded-day-text", &[])];
            for one in all {
                lines.push(String::new());
                lines.extend(download(words, one));
                lines.push(format!("{}{}", words.house.portal_url, one.page));
                lines.push(words.transfer(&one.transfer));
            }
            (
                words.say("downloaded-day-subject", &[("date", day.into())]),
                lines,
            )
        }
    }
}

fn to(download: &Download) -> String {
    one_line(&download.recipients.join(", "))
}

/// The sentence; the names below it if they are several.
fn download(words: &Wording<'_>, one: &Download) -> Vec<String> {
    let zone = &words.house.time_zone;
    let mut date = format::day_and_time(words.language, one.first, zone);
    if one.last / 60 != one.first / 60 {
        let same_day = format::long_day(words.language, one.first, zone)
            == format::long_day(words.language, one.last, zone);
        date = match same_day {
            true => format!("{date}–{}", format::time_of_day(one.last, zone)),
            false => format!(
                "{date} – {}",
                format::day_and_time(words.language, one.last, zone)
            ),
        };
    }
    let names: Vec<String> = one.names.iter().map(|name| one_line(name)).collect();
    let count = u32::try_from(one.entries.len()).unwrap_or(u32::MAX);
    let arguments = [
        ("count", Value::from(count)),
        ("name", names.first().cloned().unwrap_or_default().into()),
        ("recipient", to(one).into()),
        ("date", date.into()),
    ];
    let mut lines = vec![words.say("downloaded-text", &arguments)];
    if names.len() > 1 {
        lines.push(String::new());
        lines.extend(names.iter().map(|name| format!("    {name}")));
        let rest = count.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
        if rest > 0 {
            let more = words.say("block-more", &[("count", rest.into())]);
            lines.push(format!("    {more}"));
        }
    }
    lines
}

/// Nobody has fetched it, and it ends soon.
pub(super) fn unread(words: &Wording<'_>, memo: &Memo, recipients: &[String]) -> Words {
    let arguments = [
        ("recipient", Value::from(one_line(&recipients.join(", ")))),
        ("date", words.date(memo.until).into()),
    ];
    let mut lines = vec![words.say("unread-text", &arguments), String::new()];
    lines.push(words.say("unread-do", &[]));
    lines.extend(end(words, memo));
    (words.say("unread-subject", &arguments[..1]), lines)
}

/// Nobody may try any more.
pub(super) fn locked(words: &Wording<'_>, memo: &Memo, locked: &Locked) -> Words {
    let arguments = [
        (
            "recipient",
            Value::from(one_line(&locked.recipients.join(", "))),
        ),
        ("tries", locked.tries.into()),
        ("organisation", words.house.organisation.as_str().into()),
    ];
    let text = match (locked.deleted, locked.codes) {
        (true, _) => "locked-deleted-text",
        (false, true) => "locked-codes-text",
        (false, false) => "locked-text",
    };
    let mut lines = vec![words.say(text, &arguments)];
    match &locked.admin {
        None => {
            let key = match locked.deleted {
                true => "locked-deleted-do",
                false => "locked-do",
            };
            lines.extend([String::new(), words.say(key, &[])]);
            lines.extend(end(words, memo));
        }
        Some((sender, from)) => {
            let sender = one_line(sender);
            lines.extend([
                String::new(),
                words.say("locked-sender", &[("sender", sender.into())]),
            ]);
            let from = from.as_deref().map(one_line);
            lines.extend(from.map(|f| words.say("locked-from", &[("address", f.into())])));
            lines.extend(memo.transfer.as_deref().map(|id| words.transfer(id)));
        }
    }
    (words.say("locked-subject", &arguments[..1]), lines)
}

/// It was taken back.
pub(super) fn revoked(
    words: &Wording<'_>,
    memo: &Memo,
    recipients: &[String],
    before: &[Before],
) -> Words {
    let whom = [("recipient", Value::from(one_line(&recipients.join(", "))))];
    let mut lines = match recipients {
        [] => vec![words.say("revoked-text", &[])],
        _ => vec![words.say("revoked-text-one", &whom)],
    };
    lines.push(String::new());
    if before.is_empty() {
        lines.push(words.say("revoked-never", &[]));
    }
    for one in before {
        let at = format::day_and_time(words.language, one.last, &words.house.time_zone);
        let arguments = [
            (
                "recipient",
                Value::from(one_line(&one.recipients.join(", "))),
            ),
            ("count", one.count.into()),
            ("date", at.into()),
        ];
        lines.push(words.say("revoked-before", &arguments));
    }
    lines.extend(reference(words, memo));
    (words.say("revoked-subject", &[]), lines)
}

/// It has another end.
pub(super) fn extended(words: &Wording<'_>, memo: &Memo) -> Words {
    let date = [("date", Value::from(words.date(memo.until)))];
    let mut lines = vec![words.say("extended-text", &date)];
    lines.extend(end(words, memo));
    (words.say("extended-subject", &date), lines)
}

fn end(words: &Wording<'_>, memo: &Memo) -> Vec<String> {
    let mut lines = memo
        .page
        .as_deref()
        .map_or(Vec::new(), |page| words.steering(page));
    lines.extend(reference(words, memo));
    lines
}

fn reference(words: &Wording<'_>, memo: &Memo) -> Vec<String> {
    let id = memo.transfer.as_deref();
    id.map_or(Vec::new(), |id| vec![String::new(), words.transfer(id)])
}
