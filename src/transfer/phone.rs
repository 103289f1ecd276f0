//! Telephone numbers as people write them, made into the one form that providers want: `+46 (70) 123-45 67`, `070-123 45 67`.
//!
//! Promises: what [`read`] gives is `+` and 7 to 15 digits (ITU-T E.164), is a number of some country's plan, and is of no kind that
//! costs extra or belongs to nobody (T98: premium rate, shared cost, pagers, voice boxes, company numbers, satellites). Numbers
//! without a country are read in the country of the house; without one they are not guessed, because a password must not reach
//! whoever has that number elsewhere. Leaves to others: which countries may be called, how often (`notify`, `gateway`).
//! Fails with [`Unfit`]. The tables are libphonenumber's; it is given digits only, never a text of others.

use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, PhoneNumber, Type};
use std::fmt;
use std::str::FromStr;

/// More is no telephone number, whatever is between the digits.
const LONGEST: usize = 40;

/// A country, by the two letters of ISO 3166-1: `SE`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Country(Id);

/// Why something written is no number for a text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It has no country's code, and no country is set.
    NoCountry,
    /// No country has such a number.
    NoNumber,
    /// A number of a kind that gets no text message: premium rate and the like.
    WrongKind,
}

/// The number in international form. `home`: whose it is if it is written without a country.
pub fn read(written: &str, home: Option<Country>) -> Result<String, Unfit> {
    let (digits, international) = digits(written).ok_or(Unfit::NoNumber)?;
    let country = match (international, home) {
        (true, _) => None,
        (false, Some(home)) => Some(home.0),
        (false, None) => return Err(Unfit::NoCountry),
    };
    let number = phonenumber::parse(country, digits).map_err(|_| Unfit::NoNumber)?;
    if !number.is_valid() || number.country().id().is_none() {
        return Err(Unfit::NoNumber);
    }
    if !gets_texts(&number) {
        return Err(Unfit::WrongKind);
    }
    let number = number.format().mode(Mode::E164).to_string();
    is_e164(&number).then_some(number).ok_or(Unfit::NoNumber)
}

/// Whose plan this number, as [`read`] gave it, belongs to.
pub fn country_of(number: &str) -> Option<Country> {
    let number = is_e164(number).then(|| phonenumber::parse(None, number))?;
    number.ok()?.country().id().map(Country)
}

/// What block, page and receipt may show: the last two digits.
pub fn ending(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(2)..].iter().collect()
}

/// Digits, with a plus sign if they begin with a country (true).
fn digits(written: &str) -> Option<(String, bool)> {
    let between = |c: &char| c.is_whitespace() || "-()./".contains(*c);
    if written.len() > LONGEST {
        return None;
    }
    let bare: String = written.chars().filter(|c| !between(c)).collect();
    let abroad = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"));
    let digits = abroad.unwrap_or(&bare);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(match abroad {
        Some(digits) => (format!("+{digits}"), true),
        None => (bare, false),
    })
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        let fit = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        fit && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Mobile telephones, and fixed ones, to which providers read a text out. Internet telephony is somebody's telephone too.
fn gets_texts(number: &PhoneNumber) -> bool {
    matches!(
        number.number_type(&DATABASE),
        Type::Mobile | Type::FixedLineOrMobile | Type::FixedLine | Type::Voip
    )
}

impl FromStr for Country {
    type Err = NoCountry;

    fn from_str(text: &str) -> Result<Self, NoCountry> {
        let two = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        let id = two.then(|| text.parse().ok()).flatten().ok_or(NoCountry)?;
        // There are codes without a plan of numbers, such as those of islands nobody lives on.
        let known = DATABASE.by_id(text).is_some();
        known.then_some(Country(id)).ok_or(NoCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Two letters that name no country with telephones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCountry;

impl fmt::Display for NoCountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no country: two capital letters, such as \"SE\"")
    }
}

impl std::error::Error for NoCountry {}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Option<Country> {
        (!code.is_empty()).then(|| code.parse().expect("a country"))
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let rows = [
            ("+46 70-123 45 67", "", Ok("+46701234567")),
            ("0046 (70) 123.45/67", "", Ok("+46701234567")),
            ("+1 (212) 555-0123", "", Ok("+12125550123")),
            ("+49 30 123456", "", Ok("+4930123456")),
            ("070-123 45 67", "SE", Ok("+46701234567")),
            ("+46 (0)70-123 45 67", "SE", Ok("+46701234567")),
            ("0170 1234567", "DE", Ok("+491701234567")),
            ("06 12 34 56 78", "FR", Ok("+33612345678")),
            ("20 12 34 56", "DK", Ok("+4520123456")),
            ("+47 406 12 345", "SE", Ok("+4740612345")),
            ("0701234567", "", Err(Unfit::NoCountry)),
            ("+0701234567", "", Err(Unfit::NoNumber)),
            ("+46", "", Err(Unfit::NoNumber)),
            ("+46 70 123", "", Err(Unfit::NoNumber)),
            ("+1 (555) 0100-200", "", Err(Unfit::NoNumber)),
            ("+1234567890123456", "", Err(Unfit::NoNumber)),
            ("+46701234567;wait=1", "SE", Err(Unfit::NoNumber)),
            ("tel:+46701234567", "SE", Err(Unfit::NoNumber)),
            ("+467012٣4567", "SE", Err(Unfit::NoNumber)),
            ("", "SE", Err(Unfit::NoNumber)),
        ];
        for (written, home, want) in rows {
            let got = read(written, country(home));
            assert_eq!(got.as_deref(), want.as_deref(), "{written} in {home}");
        }
    }

    /// T98: numbers that earn money for somebody, and satellites.
    #[test]
    fn kinds_that_cost_extra_or_are_nobody_are_refused() {
        let rows = [
            ("+46 900 123 45 67", Unfit::WrongKind),
            ("+46 939 123 45 67", Unfit::WrongKind),
            ("+49 900 1 123456", Unfit::WrongKind),
            ("+44 909 879 0000", Unfit::WrongKind),
            ("+44 70 1234 5678", Unfit::WrongKind),
            ("+44 76 4012 3456", Unfit::WrongKind),
            ("+1 900 234 5678", Unfit::WrongKind),
            ("+882 16 1234 5678", Unfit::NoNumber),
            ("+979 123456789", Unfit::NoNumber),
        ];
        for (written, want) in rows {
            assert_eq!(read(written, None), Err(want), "{written}");
        }
    }

    #[test]
    fn nothing_written_makes_it_fall_over() {
        let pieces = [
            "+", "00", "0", "1", "46", "٣", "(", "99999", " ", "-", "x", ";",
        ];
        let texts = pieces
            .iter()
            .flat_map(|a| pieces.map(|b| format!("{a}{b}")));
        for text in texts.clone() {
            for other in texts.clone() {
                for home in [None, country("US"), country("IT")] {
                    let _ = read(&format!("{text}{other}"), home);
                    let _ = read(&format!("+{other}7012{text}3"), home);
                }
            }
        }
    }

    #[test]
    fn countries_have_two_letters() {
        assert_eq!(country_of("+46701234567"), country("SE"));
        assert_eq!(country_of("+14165550123"), country("CA"));
        assert_eq!(country("SE").expect("one").to_string(), "SE");
        for none in ["se", "XX", "SWE", "+46", "", "AQ"] {
            assert!(none.parse::<Country>().is_err(), "{none}");
        }
    }

    #[test]
    fn only_two_digits_are_shown() {
        assert_eq!(ending("+46701234547"), "47");
    }
}
