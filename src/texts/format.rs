//! Numbers as people read them: sizes, dates and days left, in their language.
//!
//! Promises: sizes are decimal (1 MB = 1 000 000 bytes) with one decimal; a long date names its zone, so that nobody has to guess.
//! Leaves to others: which zone (the house says it). Fails: never; a time outside the calendar is shown as the end of it.

mod names;

use super::Texts;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use names::names;

/// `5.3 MB`, `5,3 MB`; below 1 000 bytes `812 bytes`. The space is a plain one.
pub fn size(language: &str, bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} {}", byte_word(language, bytes));
    }
    let units = match language {
        // Octets, as people in France read them.
        "fr" => ["ko", "Mo", "Go", "To", "Po", "Eo"],
        _ => ["kB", "MB", "GB", "TB", "PB", "EB"],
    };
    let mut tenths = (u128::from(bytes) + 50) / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    let point = if language == "en" { '.' } else { ',' };
    format!("{}{point}{} {}", tenths / 10, tenths % 10, units[unit])
}

fn byte_word(language: &str, bytes: u64) -> &'static str {
    match (language, bytes) {
        ("de", _) => "Byte",
        ("fr", 0 | 1) => "octet",
        ("fr", _) => "octets",
        ("pl", 1) => "bajt",
        ("pl", bytes) if few(bytes) => "bajty",
        ("pl", _) => "bajtów",
        ("sv" | "it", _) | (_, 1) => "byte",
        _ => "bytes",
    }
}

/// Polish counts in three forms: 2 to 4, 22 to 24 and so on are few, 12 to 14 are many.
fn few(number: u64) -> bool {
    (2..=4).contains(&(number % 10)) && !(12..=14).contains(&(number % 100))
}

/// `Friday, 5 December 2025, 23:59 (Swedish time)`. `at` is a Unix time in seconds.
///
/// In Polish the weekday stands in brackets: behind "do" it would need another ending.
pub fn long_date(language: &str, at: i64, zone: &TimeZone) -> String {
    let local = instant(at).to_zoned(zone.clone());
    let day = long_day(language, at, zone);
    let weekday = names(language).weekdays[local.weekday().to_monday_zero_offset() as usize];
    let time = time_of_day(at, zone);
    let zone = zone_name(language, at, zone);
    match language {
        "de" => format!("{weekday}, {day}, {time} Uhr ({zone})"),
        "sv" => format!("{weekday} {day} kl. {time} ({zone})"),
        "nl" => format!("{weekday} {day} om {time} uur ({zone})"),
        "fr" => format!("{weekday} {day} à {time} ({zone})"),
        "es" => format!("{weekday} {day}, {time} h ({zone})"),
        "it" => format!("{weekday} {day}, ore {time} ({zone})"),
        "pl" => format!("{day} ({weekday}), godz. {time} {zone}"),
        _ => format!("{weekday}, {day}, {time} ({zone})"),
    }
}

/// `5 December 2025`.
pub fn long_day(language: &str, at: i64, zone: &TimeZone) -> String {
    let local = instant(at).to_zoned(zone.clone());
    let month = names(language).months[local.month() as usize - 1];
    let (day, year) = (local.day(), local.year());
    match (language, day) {
        ("de", _) => format!("{day}. {month} {year}"),
        ("es", _) => format!("{day} de {month} de {year}"),
        ("fr", 1) => format!("1er {month} {year}"),
        _ => format!("{day} {month} {year}"),
    }
}

/// `5 December 2025, 15:24`.
pub fn day_and_time(language: &str, at: i64, zone: &TimeZone) -> String {
    format!(
        "{}, {}",
        long_day(language, at, zone),
        time_of_day(at, zone)
    )
}

/// `15:24`.
pub fn time_of_day(at: i64, zone: &TimeZone) -> String {
    let local = instant(at).to_zoned(zone.clone());
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// `13 days`, `last day`: whole days from `now` to `until`, both Unix times.
pub fn days_left(texts: &Texts, language: &str, now: i64, until: i64) -> String {
    let days = until.saturating_sub(now).max(0) / 86_400;
    texts.say(language, "days-left", &[("days", days.into())])
}

/// `Why: text`, as the language sets a colon: in French behind a no-break space.
pub fn labelled(language: &str, label: &str, text: &str) -> String {
    match language {
        "fr" => format!("{label}\u{a0}: {text}"),
        _ => format!("{label}: {text}"),
    }
}

/// How people call the time of a zone: `Swedish time`; for zones without such a name the abbreviation (`EST`) or `UTC+3`.
pub fn zone_name(language: &str, at: i64, zone: &TimeZone) -> String {
    let named = match zone.iana_name() {
        None | Some("UTC" | "Etc/UTC" | "GMT" | "Etc/GMT") => None,
        Some(iana) => names(language).time(iana),
    };
    named.map_or_else(|| offset_name(at, zone), str::to_owned)
}

fn offset_name(at: i64, zone: &TimeZone) -> String {
    let at = instant(at);
    let info = zone.to_offset_info(at);
    match info.abbreviation() {
        name if name.starts_with(|c: char| c.is_ascii_alphabetic()) => name.to_owned(),
        _ => {
            let minutes = info.offset().seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
            match (hours, rest) {
                (0, 0) => "UTC".into(),
                (hours, 0) => format!("UTC{sign}{hours}"),
                (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
            }
        }
    }
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(if at < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_with_one_decimal() {
        let rows = [
            ("en", 0, "0 bytes"),
            ("en", 1, "1 byte"),
            ("de", 812, "812 Byte"),
            ("en", 4_100_000, "4.1 MB"),
            ("sv", 5_300_000, "5,3 MB"),
            ("en", 999, "999 bytes"),
            ("en", 1_000, "1.0 kB"),
            ("en", 999_949, "999.9 kB"),
            ("en", 999_950, "1.0 MB"),
            ("nl", 18_000_000_000, "18,0 GB"),
            ("en", u64::MAX, "18.4 EB"),
            ("fr", 0, "0 octet"),
            ("fr", 2, "2 octets"),
            ("fr", 5_300_000, "5,3 Mo"),
            ("es", 1, "1 byte"),
            ("es", 5_300_000, "5,3 MB"),
            ("it", 812, "812 byte"),
            ("pl", 1, "1 bajt"),
            ("pl", 3, "3 bajty"),
            ("pl", 13, "13 bajtów"),
            ("pl", 22, "22 bajty"),
            ("pl", 812, "812 bajtów"),
            ("pl", 5_300_000, "5,3 MB"),
        ];
        for (language, bytes, said) in rows {
            assert_eq!(size(language, bytes), said);
        }
    }

    #[test]
    fn a_long_date_names_its_zone_in_every_language() {
        let zone = TimeZone::get("Europe/Stockholm").expect("the zones are compiled in");
        let at = 1_764_975_540;
        let rows = [
            ("en", "Friday, 5 December 2025, 23:59 (Swedish time)"),
            (
                "de",
                "Freitag, 5. Dezember 2025, 23:59 Uhr (schwedische Zeit)",
            ),
            ("sv", "fredag 5 december 2025 kl. 23:59 (svensk tid)"),
            ("nl", "vrijdag 5 december 2025 om 23:59 uur (Zweedse tijd)"),
            ("fr", "vendredi 5 décembre 2025 à 23:59 (heure suédoise)"),
            ("es", "viernes 5 de diciembre de 2025, 23:59 h (hora sueca)"),
            ("it", "venerdì 5 dicembre 2025, ore 23:59 (ora svedese)"),
            (
                "pl",
                "5 grudnia 2025 (piątek), godz. 23:59 czasu szwedzkiego",
            ),
        ];
        assert_eq!(rows.len(), crate::texts::LANGUAGES.len());
        for (language, said) in rows {
            assert_eq!(long_date(language, at, &zone), said);
        }
    }

    #[test]
    fn days_are_written_as_in_the_country() {
        let first = 1_764_590_400; // 1 December 2025, noon
        let rows = [
            ("en", "1 December 2025"),
            ("de", "1. Dezember 2025"),
            ("fr", "1er décembre 2025"),
            ("es", "1 de diciembre de 2025"),
            ("pl", "1 grudnia 2025"),
        ];
        for (language, said) in rows {
            assert_eq!(long_day(language, first, &TimeZone::UTC), said);
        }
        let said = day_and_time("pl", first, &TimeZone::UTC);
        assert_eq!(said, "1 grudnia 2025, 12:00");
        assert_eq!(labelled("it", "Motivo", "x"), "Motivo: x");
        assert_eq!(labelled("fr", "Raison", "x"), "Raison\u{a0}: x");
    }

    #[test]
    fn a_zone_without_a_name_is_its_abbreviation_or_offset() {
        let rows = [
            ("America/New_York", "EST"),
            ("Asia/Dubai", "UTC+4"),
            ("Asia/Kathmandu", "UTC+5:45"),
            ("UTC", "UTC"),
        ];
        for (iana, said) in rows {
            let zone = TimeZone::get(iana).expect("the zones are compiled in");
            assert_eq!(zone_name("en", 1_764_975_540, &zone), said, "{iana}");
        }
    }

    #[test]
    fn days_left_are_whole_days_and_never_negative() {
        let texts = Texts::new(&[]);
        let said = |seconds: i64| days_left(&texts, "en", 1000, 1000 + seconds);
        assert_eq!(said(13 * 86_400 + 5), "13 days");
        assert_eq!(said(86_400), "1 day");
        assert_eq!(said(86_399), "last day");
        assert_eq!(said(-5), "last day");
    }
}
