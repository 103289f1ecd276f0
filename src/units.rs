//! Sizes and periods as people write them in configuration and policy: `10 MiB`, `150 MB`, `14 days`.
//!
//! Promises: what [`Display`](fmt::Display) prints reads back to the very same value; a number without a unit is refused, because
//! nobody agrees on what it means; powers of 1000 (`MB`) and of 1024 (`MiB`) are kept apart.
//! Leaves to others: sizes and dates for recipients, in their language (`texts`).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(pub u64);

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(pub Duration);

/// A time (Unix, seconds) for programs and operators, RFC 3339.
pub fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| "never".to_owned(), |at| at.to_string())
}

/// Largest first: the first unit that divides a size is the one it is printed in.
const SIZES: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];

const PERIODS: [(&str, u64); 5] = [
    ("week", 7 * 86_400),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
];

/// Why a text is no size or period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// A size that is not a number and a unit.
    NoSize,
    /// A period that is not a number and a unit.
    NoPeriod,
    /// More than fits into 64 bits.
    TooLarge,
}

impl ByteSize {
    /// The size in bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// For a line that people compare by eye: one decimal in the largest binary unit, `12.0 MiB`.
    pub fn rough(self) -> String {
        let unit = SIZES[..4].iter().find(|(_, factor)| self.0 >= *factor);
        match unit {
            Some((name, factor)) => format!("{:.1} {name}", self.0 as f64 / *factor as f64),
            None => format!("{} B", self.0),
        }
    }
}

impl Period {
    /// A period of so many days.
    pub const fn days(days: u64) -> Self {
        Period(Duration::from_secs(days * 86_400))
    }

    /// A period of so many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Period(Duration::from_secs(seconds))
    }

    /// The same for the standard library.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = Unread;

    /// Units are read without regard to case; `kB` is `KB`. Decimals are not taken: `1.5 GiB` is `1536 MiB`.
    fn from_str(text: &str) -> Result<Self, Unread> {
        let (number, unit) = split(text).ok_or(Unread::NoSize)?;
        let factor = SIZES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(unit))
            .map(|(_, factor)| *factor)
            .ok_or(Unread::NoSize)?;
        multiply(number, factor).map(ByteSize)
    }
}

impl FromStr for Period {
    type Err = Unread;

    /// `14 days`, `1 hour`, `90 minutes`, `30 seconds`, `2 weeks`; also `14d`, `1h`, `90min`, `30s`.
    /// Months and years are not taken, because they have no fixed length.
    fn from_str(text: &str) -> Result<Self, Unread> {
        let (number, unit) = split(text).ok_or(Unread::NoPeriod)?;
        let seconds = match unit {
            "w" | "week" | "weeks" => 7 * 86_400,
            "d" | "day" | "days" => 86_400,
            "h" | "hour" | "hours" => 3_600,
            "min" | "minute" | "minutes" => 60,
            "s" | "second" | "seconds" => 1,
            _ => return Err(Unread::NoPeriod),
        };
        multiply(number, seconds).map(Period::seconds)
    }
}

/// Digits and what stands behind them.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    (!number.is_empty()).then(|| (number, unit.trim_start()))
}

fn multiply(number: &str, factor: u64) -> Result<u64, Unread> {
    number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .ok_or(Unread::TooLarge)
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, factor) = SIZES
            .iter()
            .find(|(_, factor)| self.0 != 0 && self.0.is_multiple_of(*factor))
            .unwrap_or(&("B", 1));
        write!(f, "{} {name}", self.0 / factor)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        // Weeks are read but not printed: "14 days" is what people write.
        let (name, factor) = PERIODS[1..]
            .iter()
            .find(|(_, factor)| seconds != 0 && seconds.is_multiple_of(*factor))
            .unwrap_or(&("second", 1));
        let count = seconds / factor;
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} {name}{plural}")
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unread::NoSize => {
                "a size is a whole number and a unit, such as \"10 MiB\" or \"150 MB\""
            }
            Unread::NoPeriod => {
                "a period is a whole number and a unit, such as \"14 days\" or \"90 minutes\""
            }
            Unread::TooLarge => "the number is too large",
        })
    }
}

impl std::error::Error for Unread {}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_printed_in_the_unit_that_fits() {
        let rows = [
            ("10 MiB", 10 << 20, "10 MiB"),
            ("10MiB", 10 << 20, "10 MiB"),
            ("150 MB", 150_000_000, "150 MB"),
            ("1 kB", 1_000, "1 KB"),
            ("1024 KiB", 1 << 20, "1 MiB"),
            ("7 B", 7, "7 B"),
            ("0 MiB", 0, "0 B"),
        ];
        for (written, bytes, printed) in rows {
            let size: ByteSize = written.parse().unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!((size.0, size.to_string().as_str()), (bytes, printed));
            assert_eq!(printed.parse(), Ok(size));
        }
    }

    #[test]
    fn periods_are_read_and_printed_in_the_unit_that_fits() {
        let rows = [
            ("14 days", 14 * 86_400, "14 days"),
            ("1 day", 86_400, "1 day"),
            ("2 weeks", 14 * 86_400, "14 days"),
            ("90min", 5_400, "90 minutes"),
            ("1h", 3_600, "1 hour"),
            ("61 seconds", 61, "61 seconds"),
        ];
        for (written, seconds, printed) in rows {
            let period: Period = written.parse().unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!(
                (period.0.as_secs(), period.to_string().as_str()),
                (seconds, printed)
            );
            assert_eq!(printed.parse(), Ok(period));
        }
    }

    #[test]
    fn a_number_without_a_unit_is_refused() {
        for written in ["10", "", "MiB", "-1 MiB", "1.5 GiB", "10 m", "10 Mbit"] {
            assert_eq!(
                written.parse::<ByteSize>(),
                Err(Unread::NoSize),
                "{written}"
            );
        }
        for written in ["10", "days", "1 month", "-1 day", "5 m"] {
            assert_eq!(
                written.parse::<Period>(),
                Err(Unread::NoPeriod),
                "{written}"
            );
        }
        assert_eq!(
            "99999999999999999999 B".parse::<ByteSize>(),
            Err(Unread::TooLarge)
        );
        assert_eq!("99999999 TiB".parse::<ByteSize>(), Err(Unread::TooLarge));
    }

    #[test]
    fn rough_sizes_have_one_decimal() {
        assert_eq!(ByteSize(12 << 20).rough(), "12.0 MiB");
        assert_eq!(ByteSize(1500).rough(), "1.5 KiB");
        assert_eq!(ByteSize(15).rough(), "15 B");
    }
}
