//! Numbers of spreadsheets as their cells show them.
//!
//! Promises: grouping, leading zeros, literals between digits, percent, dates and times as the format says; what it says beyond that
//! (fractions, exponents, colours) is left out and the number shown plainly. Never fails.
//! Source: ECMA-376 part 1, 18.8.30 and 18.8.31.

use std::fmt::Write;

/// From so many digits on a number may be more than an amount: it is also given without its format.
const LONG: usize = 6;

/// A cell.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// As people see it.
    pub text: String,
    /// Without its format, if a detector would find something else in that.
    pub plain: Option<String>,
}

impl Shown {
    /// A text is shown as it is.
    pub fn text(text: &str) -> Self {
        Shown {
            text: text.to_owned(),
            plain: None,
        }
    }
}

/// True if a detector finds the same number in both: the same digits, with nothing but its own separators between them, zeros before or
/// a fraction of zeros behind. It would then count twice.
pub(super) fn is_same(text: &str, plain: &str) -> bool {
    let digits = |text: &str| -> Option<String> {
        let text = text.trim_matches(|c: char| !c.is_ascii_digit());
        let is_joint = |c: &char| matches!(c, ' ' | '\u{a0}' | '-' | '.' | '/');
        let all = text.chars().filter(|c| !is_joint(c));
        let is_number = |c: char| c.is_ascii_digit().then_some(c);
        let digits: String = all.map(is_number).collect::<Option<_>>()?;
        Some(digits.trim_start_matches('0').to_owned())
    };
    let text = match text.rsplit_once('.') {
        Some((whole, zeros)) if !plain.contains('.') && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    digits(text).is_some_and(|shown| Some(shown) == digits(plain))
}

/// Formats that need not be in the file.
pub(super) fn built_in(id: usize) -> &'static str {
    match id {
        1 | 59 => "0",
        2 | 60 => "0.00",
        3 | 37 | 38 | 61 => "#,##0",
        4 | 39 | 40 | 62 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        14 | 27..=31 | 36 | 50..=58 => "yyyy-mm-dd",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 | 32 | 34 => "h:mm",
        21 | 33 | 35 => "h:mm:ss",
        22 => "yyyy-mm-dd h:mm",
        45 | 47 => "mm:ss",
        46 => "[h]:mm:ss",
        _ => "",
    }
}

/// A number as it stands in the file, in this format.
pub(super) fn shown(value: &str, format: &str, from_1904: bool) -> Shown {
    let Some(number) = value.parse::<f64>().ok().filter(|n| n.is_finite()) else {
        return Shown::text(value);
    };
    let plain = plain(number, value);
    let tokens = tokens(section(format, number));
    if tokens.iter().any(|token| matches!(token, Token::Time(_))) {
        return time(number, &tokens, from_1904).unwrap_or(Shown {
            text: plain,
            plain: None,
        });
    }
    let Some(text) = digits(number, &tokens) else {
        return Shown {
            text: plain,
            plain: None,
        };
    };
    let is_long = plain.bytes().filter(u8::is_ascii_digit).count() >= LONG;
    let plain = (is_long && !is_same(&text, &plain)).then_some(plain);
    Shown { text, plain }
}

/// No exponent, no more digits than the file gives.
fn plain(number: f64, value: &str) -> String {
    let is_plain = value
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    match is_plain || number.abs() >= 1e21 {
        true => value.to_owned(),
        false => number.to_string(),
    }
}

/// `positive;negative;zero;text`, the one that counts for the number.
fn section(format: &str, number: f64) -> &str {
    let (mut ends, mut quoted, mut escaped) = (Vec::new(), false, false);
    for (at, letter) in format.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => ends.push(at),
            _ => {}
        }
    }
    let nth = |n: usize| {
        let from = n
            .checked_sub(1)
            .map_or(Some(0), |before| ends.get(before).map(|at| at + 1))?;
        Some(&format[from..ends.get(n).copied().unwrap_or(format.len())])
    };
    let chosen = match number {
        n if n < 0.0 => nth(1),
        0.0 => nth(2),
        _ => None,
    };
    chosen.or_else(|| nth(0)).unwrap_or_default()
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// What no rule here covers: fractions, exponents.
    Beyond,
    /// `yyyy`, `mm`, `[h]`, `AM/PM`.
    Time(String),
    Literal(String),
}

fn tokens(section: &str) -> Vec<Token> {
    let (mut tokens, mut rest) = (Vec::new(), section);
    while let Some(letter) = rest.chars().next() {
        let mut after = &rest[letter.len_utf8()..];
        let upper = letter.to_ascii_lowercase();
        match letter {
            '0' | '#' | '?' => tokens.push(Token::Digit(letter)),
            '.' => tokens.push(Token::Point),
            ',' => tokens.push(Token::Comma),
            '%' => tokens.push(Token::Percent),
            '"' => {
                let (literal, behind) = after.split_once('"').unwrap_or((after, ""));
                tokens.push(Token::Literal(literal.to_owned()));
                after = behind;
            }
            '\\' | '_' | '*' => {
                let next = after.chars().next();
                after = &after[next.map_or(0, char::len_utf8)..];
                tokens.push(Token::Literal(match letter {
                    '\\' => next.map(String::from).unwrap_or_default(),
                    _ => String::new(), // a gap as wide as the letter, or as wide as the cell
                }));
            }
            '[' => {
                let (inside, behind) = after.split_once(']').unwrap_or((after, ""));
                after = behind;
                tokens.extend(bracket(inside));
            }
            '/' if tokens.iter().any(|t| matches!(t, Token::Digit(_))) => {
                tokens.push(Token::Beyond)
            }
            'E' | 'e' if after.starts_with(['+', '-']) => tokens.push(Token::Beyond),
            'A' | 'a' if after.to_ascii_lowercase().starts_with("m/pm") => {
                after = &after[4..];
                tokens.push(Token::Time("am/pm".to_owned()));
            }
            _ if matches!(upper, 'y' | 'm' | 'd' | 'h' | 's') => {
                let more = after.len()
                    - after
                        .trim_start_matches([upper, upper.to_ascii_uppercase()])
                        .len();
                after = &after[more..];
                tokens.push(Token::Time(String::from(upper).repeat(more + 1)));
            }
            'G' if after.starts_with("eneral") => {
                after = &after[6..];
                tokens.push(Token::Beyond);
            }
            other => tokens.push(Token::Literal(other.into())),
        }
        rest = after;
    }
    tokens
}

/// `[$€-407]` is a currency, `[h]` hours beyond 24; colours and conditions are not shown.
fn bracket(inside: &str) -> Option<Token> {
    if let Some(currency) = inside.strip_prefix('$') {
        let sign = currency.split('-').next().unwrap_or_default();
        return Some(Token::Literal(sign.to_owned()));
    }
    let first = inside.chars().next()?.to_ascii_lowercase();
    let is_span =
        matches!(first, 'h' | 'm' | 's') && inside.chars().all(|c| c.eq_ignore_ascii_case(&first));
    is_span.then(|| Token::Time(format!("[{first}]")))
}

/// The number in a format of digits; nothing if there are none in it.
fn digits(number: f64, tokens: &[Token]) -> Option<String> {
    if tokens.contains(&Token::Beyond) {
        return None;
    }
    let is_digit = |token: &Token| matches!(token, Token::Digit(_));
    let point = tokens
        .iter()
        .position(|t| *t == Token::Point)
        .unwrap_or(tokens.len());
    let (whole, part) = tokens.split_at(point);
    let last = tokens.iter().rposition(is_digit)?;
    let places = part.iter().filter(|t| is_digit(t)).count().min(30);
    let thousands = tokens[last..]
        .iter()
        .filter(|t| **t == Token::Comma)
        .count();
    let percent = tokens.iter().filter(|t| **t == Token::Percent).count();
    let scaled = number.abs() * 100f64.powi(percent as i32) / 1000f64.powi(thousands as i32);
    let text = format!("{scaled:.places$}");
    let (int, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = whole.contains(&Token::Comma)
        && whole[..whole.iter().rposition(is_digit).unwrap_or(0)].contains(&Token::Comma);
    let mut out = String::from(if number < 0.0 && !tokens.is_empty() {
        "-"
    } else {
        ""
    });
    out.push_str(&before_point(int, whole, grouped));
    out.push_str(&behind_point(fraction, part));
    Some(out)
}

fn before_point(int: &str, whole: &[Token], grouped: bool) -> String {
    let int = if int == "0" { "" } else { int };
    let (mut left, mut out, mut said) = (int.bytes().rev().peekable(), Vec::new(), 0);
    let push = |out: &mut Vec<String>, said: &mut usize, digit: u8| {
        if grouped && *said > 0 && said.is_multiple_of(3) {
            out.push(",".to_owned());
        }
        out.push(char::from(digit).into());
        *said += 1;
    };
    let first = whole.iter().position(|t| matches!(t, Token::Digit(_)));
    for (at, token) in whole.iter().enumerate().rev() {
        match token {
            Token::Digit(kind) => {
                match (left.next(), kind) {
                    (Some(digit), _) => push(&mut out, &mut said, digit),
                    (None, '0') => push(&mut out, &mut said, b'0'),
                    (None, '?') => out.push(" ".to_owned()),
                    (None, _) => {}
                }
                if Some(at) == first {
                    left.by_ref()
                        .for_each(|digit| push(&mut out, &mut said, digit));
                }
            }
            Token::Percent => out.push("%".to_owned()),
            Token::Literal(text) => out.push(text.clone()),
            _ => {}
        }
    }
    out.into_iter().rev().collect()
}

fn behind_point(fraction: &str, part: &[Token]) -> String {
    let kept = |kinds: &[char]| {
        kinds
            .iter()
            .rposition(|kind| *kind == '0')
            .map_or(0, |at| at + 1)
    };
    let kinds: Vec<char> = part
        .iter()
        .filter_map(|t| match t {
            Token::Digit(kind) => Some(*kind),
            _ => None,
        })
        .collect();
    let shown = fraction.trim_end_matches('0').len().max(kept(&kinds));
    let (mut out, mut digits) = (String::new(), fraction.chars().take(shown));
    for token in part {
        match token {
            Token::Point => out.push('.'),
            Token::Digit(_) => out.extend(digits.next()),
            Token::Percent => out.push('%'),
            Token::Literal(text) => out.push_str(text),
            _ => {}
        }
    }
    out
}

/// A date or time; nothing if the number is none.
fn time(number: f64, tokens: &[Token], from_1904: bool) -> Option<Shown> {
    let number = if from_1904 { number + 1462.0 } else { number };
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    let (mut days, mut seconds) = (
        number.floor() as i64,
        (number.fract() * 86_400.0).round() as i64,
    );
    if seconds == 86_400 {
        (days, seconds) = (days + 1, 0);
    }
    let (year, month, day) = civil(days);
    let mut text = String::new();
    let is_12 = tokens.contains(&Token::Time("am/pm".to_owned()));
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Time(code) => {
                let code = match code.as_str() {
                    "m" | "mm" if is_minute(tokens, at) => format!("{code}in"),
                    other => other.to_owned(),
                };
                push_time(&mut text, &code, (year, month, day), days, seconds, is_12);
            }
            Token::Literal(literal) => text.push_str(literal),
            Token::Point => text.push('.'),
            Token::Comma => text.push(','),
            Token::Digit(_) => text.push('0'),
            Token::Percent | Token::Beyond => text.push('/'),
        }
    }
    let clock = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    let date = format!("{year:04}-{month:02}-{day:02}");
    let plain = match (days, seconds) {
        (0, _) => clock,
        (_, 0) => date,
        _ => format!("{date} {clock}"),
    };
    let plain = (days > 0 && !is_same(&text, &plain)).then_some(plain);
    Some(Shown { text, plain })
}

/// `m` after hours or before seconds.
fn is_minute(tokens: &[Token], at: usize) -> bool {
    let is = |token: Option<&Token>, letter: char| matches!(token, Some(Token::Time(code)) if code.trim_start_matches('[').starts_with(letter));
    let is_time = |token: &&Token| matches!(token, Token::Time(_));
    is(tokens[..at].iter().rev().find(is_time), 'h')
        || is(tokens[at + 1..].iter().find(is_time), 's')
}

fn push_time(
    out: &mut String,
    code: &str,
    date: (i64, i64, i64),
    days: i64,
    seconds: i64,
    is_12: bool,
) {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const DAYS: [&str; 7] = [
        "Saturday",
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
    ];
    let (year, month, day) = date;
    let name = MONTHS[(month.clamp(1, 12) - 1) as usize];
    let weekday = DAYS[days.rem_euclid(7) as usize];
    let hour = match seconds / 3600 {
        hour if is_12 => (hour + 11) % 12 + 1,
        hour => hour,
    };
    let _ = match code {
        "y" | "yy" => write!(out, "{:02}", year % 100),
        "m" => write!(out, "{month}"),
        "mm" => write!(out, "{month:02}"),
        "mmm" => write!(out, "{}", &name[..3]),
        "mmmmm" => write!(out, "{}", &name[..1]),
        "d" => write!(out, "{day}"),
        "dd" => write!(out, "{day:02}"),
        "ddd" => write!(out, "{}", &weekday[..3]),
        "h" => write!(out, "{hour}"),
        "hh" => write!(out, "{hour:02}"),
        "min" => write!(out, "{}", seconds / 60 % 60),
        "mmin" => write!(out, "{:02}", seconds / 60 % 60),
        "s" => write!(out, "{}", seconds % 60),
        "ss" => write!(out, "{:02}", seconds % 60),
        "[h]" => write!(out, "{}", days * 24 + seconds / 3600),
        "[m]" => write!(out, "{}", days * 1440 + seconds / 60),
        "[s]" => write!(out, "{}", days * 86_400 + seconds),
        "am/pm" => write!(out, "{}", if seconds < 43_200 { "AM" } else { "PM" }),
        code if code.starts_with('y') => write!(out, "{year:04}"),
        code if code.starts_with('m') => write!(out, "{name}"),
        _ => write!(out, "{weekday}"),
    };
}

/// Year, month and day of a serial number; day 60 is 29 February 1900, which never was, as in Lotus 1-2-3.
fn civil(serial: i64) -> (i64, i64, i64) {
    match serial {
        0 => return (1900, 1, 0),
        60 => return (1900, 2, 29),
        _ => {}
    }
    let serial = if serial > 60 { serial } else { serial + 1 };
    // Days since 1 March of the year 0; Howard Hinnant's algorithm.
    let z = serial - 25_569 + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_their_cells_show_them() {
        let rows = [
            ("1234.5", "#,##0.00", "1,234.50", None),
            ("999992764", "000\\.000\\.000", "999.992.764", None),
            ("12345678", "000000000", "012345678", None),
            (
                "4111111111111111",
                "0000\" \"0000\" \"0000\" \"0000",
                "4111 1111 1111 1111",
                None,
            ),
            ("5.555555555554444E15", "", "5555555555554444", None),
            ("5555555555554444", "General", "5555555555554444", None),
            ("123456782", "000-00-0000", "123-45-6782", None),
            ("999992764", "0.00", "999992764.00", None),
            ("999992764", "0.00,", "999992.76", Some("999992764")),
            (
                "999992764",
                "\"NL\"0\"B01\"",
                "NL999992764B01",
                Some("999992764"),
            ),
            ("0.125", "0.0%", "12.5%", None),
            ("-3", "0;(0)", "-(3)", None),
            ("1234567", "#,##0", "1,234,567", Some("1234567")),
            ("2", "[$€-407] 0.00", "€ 2.00", None),
            ("1.5", "# ?/?", "1.5", None),
            ("x", "0", "x", None),
        ];
        for (value, format, text, plain) in rows {
            let want = (text, plain);
            let got = shown(value, format, false);
            assert_eq!(
                (got.text.as_str(), got.plain.as_deref()),
                want,
                "{value} as {format}"
            );
        }
    }

    #[test]
    fn dates_are_dates() {
        let rows = [
            ("29587", "dd\\-mm\\-yyyy", "01-01-1981", Some("1981-01-01")),
            ("29587", "yyyy-mm-dd", "1981-01-01", None),
            ("29587", "yyyy/mm/dd", "1981/01/01", None),
            ("60", "d/m/yy", "29/2/00", Some("1900-02-29")),
            (
                "45292.75",
                "d mmmm yyyy h:mm AM/PM",
                "1 January 2024 6:00 PM",
                Some("2024-01-01 18:00:00"),
            ),
            ("0.5", "hh:mm:ss", "12:00:00", None),
            ("1.5", "[h]:mm", "36:00", Some("1900-01-01 12:00:00")),
            ("45292", "ddd d mmm", "Mon 1 Jan", Some("2024-01-01")),
            ("-1", "yyyy", "-1", None),
        ];
        for (value, format, text, plain) in rows {
            let want = (text, plain);
            let got = shown(value, format, false);
            assert_eq!(
                (got.text.as_str(), got.plain.as_deref()),
                want,
                "{value} as {format}"
            );
        }
        assert_eq!(shown("0", "yyyy-mm-dd", true).text, "1904-01-01");
    }
}
