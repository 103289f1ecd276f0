//! Numbers as people read them: sizes, dates and days left, in their language.
//!
//! Promises: sizes are decimal (1 MB = 1 000 000 bytes) with one decimal; a long date names its zone, so that nobody has to guess.
//! Leaves to others: which zone (the house says it). Fails: never; a time outside the calendar is shown as the end of it.

use super::Texts;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `5.3 MB`, `5,3 MB`; below 1 000 bytes `812 bytes`. The space is a plain one.
pub fn size(language: &str, bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} {}", byte_word(language, bytes));
    }
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"];
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
        ("sv", _) | ("nl", 1) | (_, 1) => "byte",
        _ => "bytes",
    }
}

/// `Friday, 5 December 2025, 23:59 (Swedish time)`. `at` is a Unix time in seconds.
pub fn long_date(language: &str, at: i64, zone: &TimeZone) -> String {
    let local = instant(at).to_zoned(zone.clone());
    let day = long_day(language, at, zone);
    let weekday = WEEKDAYS[local.weekday().to_monday_zero_offset() as usize];
    let (hour, minute) = (local.hour(), local.minute());
    let zone = zone_name(language, at, zone);
    match language {
        "de" => format!("{}, {day}, {hour:02}:{minute:02} Uhr ({zone})", weekday[1]),
        "sv" => format!("{} {day} kl. {hour:02}:{minute:02} ({zone})", weekday[2]),
        "nl" => format!("{} {day} om {hour:02}:{minute:02} uur ({zone})", weekday[3]),
        _ => format!("{}, {day}, {hour:02}:{minute:02} ({zone})", weekday[0]),
    }
}

/// `5 December 2025`.
pub fn long_day(language: &str, at: i64, zone: &TimeZone) -> String {
    let local = instant(at).to_zoned(zone.clone());
    let month = MONTHS[local.month() as usize - 1];
    let (day, year) = (local.day(), local.year());
    match language {
        "de" => format!("{day}. {} {year}", month[1]),
        "sv" => format!("{day} {} {year}", month[2]),
        "nl" => format!("{day} {} {year}", month[3]),
        _ => format!("{day} {} {year}", month[0]),
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

/// How people call the time of a zone: `Swedish time`; for zones without such a name the abbreviation (`EST`) or `UTC+3`.
pub fn zone_name(language: &str, at: i64, zone: &TimeZone) -> String {
    let column = match language {
        "de" => 1,
        "sv" => 2,
        "nl" => 3,
        _ => 0,
    };
    match zone.iana_name() {
        None | Some("UTC" | "Etc/UTC" | "GMT" | "Etc/GMT") => offset_name(at, zone),
        Some(iana) => match ZONES.iter().find(|(name, _)| *name == iana) {
            Some((_, names)) => names[column].to_owned(),
            None => offset_name(at, zone),
        },
    }
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

/// In English, German, Swedish, Dutch; Monday first.
const WEEKDAYS: [[&str; 4]; 7] = [
    ["Monday", "Montag", "måndag", "maandag"],
    ["Tuesday", "Dienstag", "tisdag", "dinsdag"],
    ["Wednesday", "Mittwoch", "onsdag", "woensdag"],
    ["Thursday", "Donnerstag", "torsdag", "donderdag"],
    ["Friday", "Freitag", "fredag", "vrijdag"],
    ["Saturday", "Samstag", "lördag", "zaterdag"],
    ["Sunday", "Sonntag", "söndag", "zondag"],
];

const MONTHS: [[&str; 4]; 12] = [
    ["January", "Januar", "januari", "januari"],
    ["February", "Februar", "februari", "februari"],
    ["March", "März", "mars", "maart"],
    ["April", "April", "april", "april"],
    ["May", "Mai", "maj", "mei"],
    ["June", "Juni", "juni", "juni"],
    ["July", "Juli", "juli", "juli"],
    ["August", "August", "augusti", "augustus"],
    ["September", "September", "september", "september"],
    ["October", "Oktober", "oktober", "oktober"],
    ["November", "November", "november", "november"],
    ["December", "Dezember", "december", "december"],
];

/// Zones with one name all over a country, so that a reader abroad knows whose time is meant.
const ZONES: [(&str, [&str; 4]); 14] = [
    (
        "Europe/Amsterdam",
        [
            "Dutch time",
            "niederländische Zeit",
            "nederländsk tid",
            "Nederlandse tijd",
        ],
    ),
    (
        "Europe/Berlin",
        ["German time", "deutsche Zeit", "tysk tid", "Duitse tijd"],
    ),
    (
        "Europe/Brussels",
        [
            "Belgian time",
            "belgische Zeit",
            "belgisk tid",
            "Belgische tijd",
        ],
    ),
    (
        "Europe/Copenhagen",
        ["Danish time", "dänische Zeit", "dansk tid", "Deense tijd"],
    ),
    (
        "Europe/Dublin",
        ["Irish time", "irische Zeit", "irländsk tid", "Ierse tijd"],
    ),
    (
        "Europe/Helsinki",
        ["Finnish time", "finnische Zeit", "finsk tid", "Finse tijd"],
    ),
    (
        "Europe/London",
        ["UK time", "britische Zeit", "brittisk tid", "Britse tijd"],
    ),
    (
        "Europe/Luxembourg",
        [
            "Luxembourg time",
            "luxemburgische Zeit",
            "luxemburgsk tid",
            "Luxemburgse tijd",
        ],
    ),
    (
        "Europe/Oslo",
        [
            "Norwegian time",
            "norwegische Zeit",
            "norsk tid",
            "Noorse tijd",
        ],
    ),
    (
        "Europe/Paris",
        [
            "French time",
            "französische Zeit",
            "fransk tid",
            "Franse tijd",
        ],
    ),
    (
        "Europe/Rome",
        [
            "Italian time",
            "italienische Zeit",
            "italiensk tid",
            "Italiaanse tijd",
        ],
    ),
    (
        "Europe/Stockholm",
        [
            "Swedish time",
            "schwedische Zeit",
            "svensk tid",
            "Zweedse tijd",
        ],
    ),
    (
        "Europe/Vienna",
        [
            "Austrian time",
            "österreichische Zeit",
            "österrikisk tid",
            "Oostenrijkse tijd",
        ],
    ),
    (
        "Europe/Zurich",
        [
            "Swiss time",
            "Schweizer Zeit",
            "schweizisk tid",
            "Zwitserse tijd",
        ],
    ),
];

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
        ];
        for (language, said) in rows {
            assert_eq!(long_date(language, at, &zone), said);
        }
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
