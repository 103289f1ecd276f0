//! Times as mail servers write them: Postfix and Exim with units behind numbers, Sendmail the same.

/// Seconds of `300s`, `5m`, `1h30m`, `10`; a number without a unit is in `unit` seconds. `None` for anything else.
pub fn seconds(text: &str, unit: u64) -> Option<u64> {
    let (mut total, mut rest) = (0_u64, text.trim());
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number: u64 = rest[..end].parse().ok()?;
        let factor = match rest[end..].chars().next() {
            None => unit,
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            Some('w') => 604_800,
            Some(_) => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        // All units are one byte.
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_read() {
        let rows = [
            ("300s", Some(300)),
            ("5m", Some(300)),
            ("1h30m", Some(5400)),
            ("10", Some(600)),
            ("1d", Some(86_400)),
            ("", None),
            ("soon", None),
            ("5 m", None),
            ("99999999999999999999", None),
            ("9999999999999999999w", None),
        ];
        for (text, expected) in rows {
            assert_eq!(seconds(text, 60), expected, "{text}");
        }
    }
}
