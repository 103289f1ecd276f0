//! How many text messages a channel may send, and what they may cost in a day: against fraud with numbers that earn money (T98).
//!
//! Words only: the channel has the figures (`notify`), `gateway` asks before a notice is sent, `store` counts.

use std::fmt;
use std::str::FromStr;

/// The figures of one channel. Hours and days are those of UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLimits {
    /// Notices of one sender in an hour.
    pub per_sender_per_hour: u32,
    /// Notices to one number in a day.
    pub per_number_per_day: u32,
    /// Numbers with the same first six digits in an hour.
    pub per_prefix_per_hour: u32,
    /// What one message costs.
    pub price: Price,
    /// All messages of a day together; `None`: no limit.
    pub per_day: Option<Money>,
}

impl Default for TextLimits {
    fn default() -> Self {
        TextLimits {
            per_sender_per_hour: 20,
            per_number_per_day: 5,
            per_prefix_per_hour: 20,
            price: Price::default(),
            per_day: None,
        }
    }
}

/// What one message costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Price {
    /// Where nothing else is said.
    pub usual: Money,
    /// Of numbers that begin so (`+47`).
    pub by_prefix: Vec<(String, Money)>,
}

impl Price {
    /// To this number: the longest prefix counts.
    pub fn of(&self, number: &str) -> Money {
        let fit = |(prefix, _): &&(String, Money)| number.starts_with(prefix.as_str());
        let longest = self.by_prefix.iter().filter(fit);
        let longest = longest.max_by_key(|(prefix, _)| prefix.len());
        longest.map_or(self.usual, |(_, price)| *price)
    }
}

/// An amount, in millionths of whatever the provider's bill is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub u64);

/// Places behind the point.
const PLACES: usize = 6;

impl FromStr for Money {
    type Err = NoMoney;

    fn from_str(text: &str) -> Result<Self, NoMoney> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.len() > 9 || part.len() > PLACES {
            return Err(NoMoney);
        }
        let millionths = format!("{whole}{part:0<PLACES$}").parse();
        millionths.map(Money).map_err(|_| NoMoney)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let part = format!("{part:06}");
        let part = part.trim_end_matches('0');
        write!(f, "{whole}.{part:0<2}")
    }
}

/// This is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMoney;

impl fmt::Display for NoMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an amount in quotes, such as \"0.085\" or \"50\"")
    }
}

impl std::error::Error for NoMoney {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let rows = [
            ("0.085", Some((85_000, "0.085"))),
            ("50", Some((50_000_000, "50.00"))),
            ("1.5", Some((1_500_000, "1.50"))),
            ("0.000001", Some((1, "0.000001"))),
            ("999999999", Some((999_999_999_000_000, "999999999.00"))),
            ("0.0000001", None),
            ("1000000000", None),
            ("1,5", None),
            ("-1", None),
            (".5", None),
            ("1.", None),
            ("", None),
        ];
        for (text, want) in rows {
            let got = text.parse::<Money>().ok();
            let shown = got.map(|money| (money.0, money.to_string()));
            let want = want.map(|(n, s)| (n, s.to_owned()));
            assert_eq!(shown, want, "{text}");
        }
    }

    #[test]
    fn the_longest_prefix_has_the_price() {
        let price = Price {
            usual: Money(1),
            by_prefix: vec![("+4".into(), Money(2)), ("+47".into(), Money(3))],
        };
        let rows = [("+4712", 3), ("+4612", 2), ("+1212", 1)];
        for (number, want) in rows {
            assert_eq!(price.of(number), Money(want), "{number}");
        }
    }
}
