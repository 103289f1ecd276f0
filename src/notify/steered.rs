//! Later mails to a sender about a transfer: what was downloaded, what nobody fetched, what was locked, taken back or extended.
//!
//! Promises: says that files were downloaded from a page, never that somebody read them, which nobody knows; the network address of whoever
//! tried passwords goes to administrators only. Leaves to others: when there is something to say (`gateway`), sending (`post`).

use super::memo::one_line;
use super::receipt::Wording;
use crate::texts::{Value, format};
use crate::transfer::memo::{Before, Download, Locked};
use crate::transfer::{Downloads, Memo};

type Words = (String, Vec<String>);

/// What was downloaded.
pub(super) fn downloaded(words: &Wording<'_>, memo: &Memo, all: &[Download]) -> Words {
    match all {
        [one] => {
            let subject = words.say("downloaded-subject", &[("recipient", to(one).into())]);
            let mut lines = download(words, one);
            lines.extend(steering(words, memo));
            lines.extend(words.fewer(&one.page));
            lines.extend(reference(words, memo));
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
            let last = all.last().map(|one| words.fewer(&one.page));
            lines.extend(last.unwrap_or_default());
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
            let renewable = locked.renewable && !locked.deleted;
            lines.extend(renewable.then(|| words.say("locked-renew", &[])));
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

/// What he is told from now on.
pub(super) fn chosen(
    words: &Wording<'_>,
    memo: &Memo,
    receipts: bool,
    downloads: Downloads,
) -> Words {
    let say = |key: &str| words.say(key, &[]);
    let receipts = say(if receipts { "prefs-yes" } else { "prefs-no" });
    let downloads = say(match downloads {
        Downloads::Each => "prefs-each",
        Downloads::Daily => "prefs-daily",
        Downloads::Off => "prefs-off",
    });
    let mut lines = vec![
        say("chosen-text"),
        String::new(),
        format!("    {}: {receipts}", say("prefs-receipts")),
        format!("    {}: {downloads}", say("prefs-downloads")),
        String::new(),
        say("chosen-other"),
    ];
    let page = memo.page.as_deref();
    lines.extend(page.map(|page| format!("{}{page}/notices", words.house.portal_url)));
    lines.extend(reference(words, memo));
    (say("chosen-subject"), lines)
}

fn end(words: &Wording<'_>, memo: &Memo) -> Vec<String> {
    let mut lines = steering(words, memo);
    lines.extend(reference(words, memo));
    lines
}

fn steering(words: &Wording<'_>, memo: &Memo) -> Vec<String> {
    let page = memo.page.as_deref();
    page.map_or(Vec::new(), |page| words.steering(page))
}

fn reference(words: &Wording<'_>, memo: &Memo) -> Vec<String> {
    let id = memo.transfer.as_deref();
    id.map_or(Vec::new(), |id| vec![String::new(), words.transfer(id)])
}

#[cfg(test)]
mod tests {
    use super::super::memo::letter;
    use super::super::sample::house;
    use super::*;
    use crate::texts::{LANGUAGES, Texts};
    use crate::transfer::memo::About;

    const BO: &str = "bo@partner.example";

    fn download(names: &[&str], last: i64) -> Download {
        Download {
            transfer: "7K3M9XQF".into(),
            recipients: vec![BO.into()],
            names: names.iter().map(ToString::to_string).collect(),
            entries: (0..names.len() as u32).collect(),
            first: 1_763_737_800,
            last,
            page: "/s/first".into(),
        }
    }

    fn locked(deleted: bool, admin: bool) -> About {
        About::Locked(Locked {
            recipients: vec![BO.into()],
            tries: 10,
            codes: false,
            renewable: true,
            deleted,
            admin: admin.then(|| ("anna@example.org".into(), Some("192.0.2.7".into()))),
        })
    }

    fn written(language: &str, about: About) -> (String, String) {
        let memo = Memo {
            id: "7K3M9XQF-x".into(),
            mail: "2Q8ZVT6M".into(),
            to: "anna@example.org".into(),
            language: Some(language.into()),
            thread: Some("<1@example.org>".into()),
            transfer: Some("7K3M9XQF".into()),
            page: Some("/s/7k3m9xqf0000".into()),
            until: 1_764_979_140,
            received: 1_763_700_000,
            about,
        };
        let letter = letter(&Texts::new(&[]), &house(), &memo).expect("a mail");
        (letter.subject, letter.text)
    }

    #[test]
    fn downloads_have_their_time_and_their_files() {
        let (subject, text) = written(
            "en",
            About::Downloaded(vec![download(&["a.pdf", "b.pdf"], 1_763_737_920)]),
        );
        assert_eq!(subject, format!("Downloaded: files for {BO}"));
        let sentence = format!(
            "a.pdf and more, 2 files in all, were downloaded from the page made for {BO} (21 November 2025, 15:10–15:12)."
        );
        assert!(text.contains(&sentence), "{text}");
        assert!(text.contains("\r\n    b.pdf\r\n"), "{text}");
    }

    #[test]
    fn the_network_address_and_no_page_is_for_administrators() {
        let (_, text) = written("en", locked(false, true));
        assert!(
            text.contains("192.0.2.7") && !text.contains("/s/"),
            "{text}"
        );
        let (_, text) = written("en", locked(false, false));
        assert!(
            !text.contains("192.0.2.7") && text.contains("/s/"),
            "{text}"
        );
    }

    #[test]
    fn every_notice_can_be_said_in_every_language() {
        let day = || {
            vec![
                download(&["a.pdf"], 1_763_737_800),
                download(&["b.pdf"], 1_763_937_800),
            ]
        };
        let before = Before {
            recipients: vec![BO.into()],
            count: 1,
            last: 1_763_737_800,
        };
        let all = [
            About::Downloaded(vec![download(&["a.pdf"], 1_763_737_800)]),
            About::Downloaded(day()),
            About::Unread {
                recipients: vec![BO.into()],
            },
            locked(false, false),
            locked(true, false),
            locked(false, true),
            About::Revoked {
                recipients: Vec::new(),
                before: vec![before],
            },
            About::Revoked {
                recipients: vec![BO.into()],
                before: Vec::new(),
            },
            About::Extended,
            About::Chosen {
                receipts: false,
                downloads: Downloads::Daily,
            },
        ];
        for (language, _) in LANGUAGES {
            for about in &all {
                let (subject, text) = written(language, about.clone());
                assert!(text.contains("7K3M9XQF"), "{language}: {text}");
                for key in [
                    "downloaded-",
                    "unread-",
                    "locked-",
                    "revoked-",
                    "extended-",
                    "chosen-",
                    "prefs-",
                ] {
                    let said = !text.contains(key) && !subject.contains(key);
                    assert!(said, "{language}: {subject}: {text}");
                }
                for claim in ["has read", "gelesen", "har läst", "heeft gelezen"] {
                    assert!(!text.contains(claim), "{language}: nobody knows that");
                }
            }
        }
    }
}
