//! Telephone numbers in international form, as people write them: `+46 (70) 123-45 67`.

/// The number as providers want it, `+` and 7 to 15 digits (ITU-T E.164); `None` if it is anything else.
///
/// Numbers without a country are not guessed: a password must not reach whoever has that number elsewhere.
pub fn international(written: &str) -> Option<String> {
    let bare: String = written
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}'))
        .collect();
    let digits = bare.strip_prefix('+')?;
    let fit = (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    fit.then_some(bare)
}

/// What block, page and receipt may show: the last two digits.
pub fn ending(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(2)..].iter().collect()
}

/// Whether the number belongs to one of these country prefixes (`+46`); no prefix at all allows every number (T98).
pub(super) fn is_allowed(number: &str, countries: &[String]) -> bool {
    countries.is_empty() || countries.iter().any(|c| number.starts_with(c.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_international_numbers_are_taken() {
        let rows = [
            ("+46 70-123 45 67", Some("+46701234567")),
            ("+1 (555) 0100-200", Some("+15550100200")),
            ("0701234567", None),
            ("0046701234567", None),
            ("+0701234567", None),
            ("+46", None),
            ("+1234567890123456", None),
            ("+46701234567;wait=1", None),
            ("+467012٣4567", None),
            ("+46\n701234567", None),
            ("", None),
        ];
        for (written, number) in rows {
            assert_eq!(international(written).as_deref(), number, "{written}");
        }
    }

    #[test]
    fn only_two_digits_are_shown() {
        assert_eq!(ending("+46701234547"), "47");
    }

    #[test]
    fn countries_can_be_listed() {
        let nordic = ["+46".to_owned(), "+47".to_owned()];
        assert!(is_allowed("+46701234567", &nordic));
        assert!(!is_allowed("+8821234567", &nordic));
        assert!(is_allowed("+8821234567", &[]));
    }
}
