//! What a person wrote: the grammar of commands, in the words of every language at once.
//!
//! The first line that says something counts, the rest of the mail does not. Case, accents written in two ways, a full stop and
//! quotation marks make no difference. Leaves to others: which lines are the person's own (`rewrite`). Fails: never; what is no command is
//! [`Order::Unread`].

use crate::mail::Address;
use crate::texts::{LANGUAGES, Texts};
use crate::transfer::steering::{End, Wish};
use jiff::tz::TimeZone;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

const DAY: i64 = 86_400;

/// Without a time, `extend` means so long.
const USUAL: i64 = 14 * DAY;

/// Nobody means more than that.
const MOST_DAYS: Range<i64> = 1..10_000;

/// A longer line is no command.
const LONGEST: usize = 300;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// Something with the transfer.
    Wish(Wish),
    /// Who fetched what?
    Who,
    /// Which numbers did I give?
    Numbers,
    /// Forget one, or all.
    Forget(Option<Address>),
    /// How does this go?
    Help,
    /// Nothing that we understand.
    Unread,
}

/// Reads orders.
pub(super) struct Orders<'a> {
    texts: &'a Texts,
    zone: &'a TimeZone,
}

impl Order {
    /// For the log.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Order::Wish(Wish::Revoke(_)) => "revoke",
            Order::Wish(Wish::Extend(_)) => "extend",
            Order::Wish(Wish::Lift(_)) => "unlock",
            Order::Wish(Wish::Renew(_)) => "resend",
            Order::Who => "who",
            Order::Numbers => "numbers",
            Order::Forget(_) => "forget",
            Order::Help => "help",
            Order::Unread => "unread",
        }
    }
}

impl<'a> Orders<'a> {
    pub(super) fn new(texts: &'a Texts, zone: &'a TimeZone) -> Self {
        Orders { texts, zone }
    }

    /// The order in a person's own lines.
    pub(super) fn read(&self, lines: &[String]) -> Order {
        let mut said = lines.iter().map(|line| form(line));
        let first = said.find(|line| !line.is_empty() && !line.starts_with('>'));
        match first.filter(|line| line.len() <= LONGEST) {
            Some(line) => self.order(&line).unwrap_or(Order::Unread),
            None => Order::Unread,
        }
    }

    fn order(&self, line: &str) -> Option<Order> {
        let rest = |key| self.behind(line, key);
        if let Some(rest) = rest("command-revoke") {
            return Some(Order::Wish(Wish::Revoke(whom(rest)?)));
        }
        if let Some(rest) = rest("command-unlock") {
            return Some(Order::Wish(Wish::Lift(whom(rest)?)));
        }
        if let Some(rest) = rest("command-resend") {
            return Some(Order::Wish(Wish::Renew(whom(rest)?)));
        }
        if let Some(rest) = rest("command-extend") {
            return Some(Order::Wish(Wish::Extend(self.end(rest)?)));
        }
        if let Some(rest) = rest("command-forget") {
            return Some(Order::Forget(whom(rest)?));
        }
        let alone = |key| rest(key) == Some("");
        let all = [
            ("command-who", Order::Who),
            ("command-numbers", Order::Numbers),
            ("command-help", Order::Help),
        ];
        let mut said = all.into_iter().filter(|(key, _)| alone(key));
        said.next().map(|(_, order)| order)
    }

    /// What stands behind one of the words of a key, in any language.
    fn behind<'l>(&self, line: &'l str, key: &str) -> Option<&'l str> {
        let rest = |word: String| {
            let rest = line.strip_prefix(&word)?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim_start())
        };
        self.words(key).find_map(rest)
    }

    fn words(&self, key: &str) -> impl Iterator<Item = String> {
        let all = LANGUAGES
            .iter()
            .map(|(language, _)| self.texts.say(language, key, &[]));
        all.flat_map(|words| words.split(',').map(form).collect::<Vec<_>>())
    }

    /// `7d`, `2 weeks`, `2025-12-05`, or nothing.
    fn end(&self, text: &str) -> Option<End> {
        if text.is_empty() {
            return Some(End::Later(USUAL));
        }
        if let Some(end) = End::of_day(text, self.zone) {
            return Some(end);
        }
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let number: i64 = text[..text.len() - unit.len()].parse().ok()?;
        let is_of = |key| self.words(key).any(|word| word == unit.trim());
        let days = if unit.is_empty() || is_of("command-days") {
            number
        } else if is_of("command-weeks") {
            number.checked_mul(7)?
        } else {
            return None;
        };
        MOST_DAYS.contains(&days).then_some(End::Later(days * DAY))
    }
}

/// The address behind a word; none if there is none, and nothing in doubt.
fn whom(text: &str) -> Option<Option<Address>> {
    if text.is_empty() {
        return Some(None);
    }
    let bare = text.strip_prefix("mailto:").unwrap_or(text);
    let bare = bare.trim_matches(['<', '>']);
    bare.parse().ok().map(Some)
}

/// The form in which two spellings are equal.
fn form(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let around = |c: char| {
        matches!(
            c,
            '"' | '\''
                | '“'
                | '”'
                | '„'
                | '«'
                | '»'
                | '‘'
                | '’'
                | '*'
                | '.'
                | '!'
                | '?'
                | '¡'
                | '¿'
                | ','
                | ';'
                | ':'
                | '`'
        )
    };
    words.join(" ").trim_matches(around).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Order {
        let texts = Texts::new(&["en".to_owned()]);
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        Orders::new(&texts, &TimeZone::UTC).read(&lines)
    }

    fn extend(end: End) -> Order {
        Order::Wish(Wish::Extend(end))
    }

    #[test]
    fn the_words_of_every_language_count() {
        let all = || Order::Wish(Wish::Revoke(None));
        let bo = || Order::Wish(Wish::Revoke("bo@partner.example".parse().ok()));
        let rows = [
            ("REVOKE", all()),
            ("\r\n \n  Revoke.  \n\nKind regards, Anna", all()),
            ("„Zurückziehen“", all()),
            ("ZURU\u{308}CKZIEHEN", all()),
            ("Återkalla!", all()),
            ("intrekken", all()),
            ("take back", all()),
            ("Numeros", Order::Numbers),
            ("Glöm!", Order::Forget(None)),
            (
                "vergiss <bo@partner.example>",
                Order::Forget("bo@partner.example".parse().ok()),
            ),
            ("revoke bo@partner.example", bo()),
            ("revoke <Bo@Partner.Example>", bo()),
            ("*revoke* bo@partner.example", Order::Unread),
            ("revoke please", Order::Unread),
            ("revoked", Order::Unread),
            ("Please revoke it", Order::Unread),
            ("I will not revoke", Order::Unread),
            ("extend", extend(End::Later(14 * DAY))),
            ("extend 7d", extend(End::Later(7 * DAY))),
            ("Extend 7", extend(End::Later(7 * DAY))),
            ("extend 2 weeks", extend(End::Later(14 * DAY))),
            ("verlängern 3 Tage", extend(End::Later(3 * DAY))),
            ("förläng 2 veckor", extend(End::Later(14 * DAY))),
            ("verlengen 1 week", extend(End::Later(7 * DAY))),
            ("extend 2025-12-05", extend(End::At(1_764_979_199))),
            ("extend 0d", Order::Unread),
            ("extend -3d", Order::Unread),
            ("extend 3 months", Order::Unread),
            ("extend 99999999999999999999", Order::Unread),
            ("who?", Order::Who),
            ("who", Order::Who),
            ("Wer", Order::Who),
            ("vem", Order::Who),
            ("unlock", Order::Wish(Wish::Lift(None))),
            ("entsperren", Order::Wish(Wish::Lift(None))),
            ("lås upp", Order::Wish(Wish::Lift(None))),
            ("deblokkeren", Order::Wish(Wish::Lift(None))),
            ("resend", Order::Wish(Wish::Renew(None))),
            (
                "Erneut senden bo@partner.example",
                Order::Wish(Wish::Renew("bo@partner.example".parse().ok())),
            ),
            ("skicka igen", Order::Wish(Wish::Renew(None))),
            ("opnieuw sturen", Order::Wish(Wish::Renew(None))),
            ("help", Order::Help),
            ("Hilfe", Order::Help),
            ("«\u{a0}Retirer\u{a0}»", all()),
            ("retirar bo@partner.example", bo()),
            ("Revocare!", all()),
            ("WYCOFAĆ", all()),
            ("prolonger 3 jours", extend(End::Later(3 * DAY))),
            ("prolongar 1 semana", extend(End::Later(7 * DAY))),
            ("prolunga 2 settimane", extend(End::Later(14 * DAY))),
            ("przedłuż 5 dni", extend(End::Later(5 * DAY))),
            ("przedluz 2 tygodnie", extend(End::Later(14 * DAY))),
            ("Qui\u{202f}?", Order::Who),
            ("¿Quién?", Order::Who),
            ("chi?", Order::Who),
            ("Kto?", Order::Who),
            ("débloquer", Order::Wish(Wish::Lift(None))),
            ("odblokuj", Order::Wish(Wish::Lift(None))),
            ("¡Ayuda!", Order::Help),
            ("aiuto", Order::Help),
            ("> revoke", Order::Unread),
            ("", Order::Unread),
        ];
        for (text, expected) in rows {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn no_word_means_two_things() {
        let texts = Texts::new(&["en".to_owned()]);
        let zone = TimeZone::UTC;
        let orders = Orders::new(&texts, &zone);
        let keys = [
            "revoke", "extend", "who", "unlock", "resend", "numbers", "forget", "help",
        ];
        for key in keys {
            for word in orders.words(&format!("command-{key}")) {
                let order = read(&word).word();
                assert_eq!(order, key, "{word}");
            }
        }
        let days: Vec<String> = orders.words("command-days").collect();
        for week in orders.words("command-weeks") {
            assert!(!days.contains(&week), "{week} is a day and a week");
        }
    }
}
