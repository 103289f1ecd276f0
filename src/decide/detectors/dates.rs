//! Dates of birth inside numbers.
//!
//! Promises: the Gregorian calendar, also for years before it was in force; years of four digits.

/// Whether the calendar has this day.
pub fn exists(year: u32, month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=days(year, month)).contains(&day)
}

/// Whether the calendar has this day in the 19th, 20th or 21st century, if only two digits of the year are known.
pub fn exists_in_some_century(year: u32, month: u32, day: u32) -> bool {
    [1800, 1900, 2000]
        .iter()
        .any(|century| exists(century + year, month, day))
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_kept() {
        for (year, month, day, there) in [
            (2000, 2, 29, true),
            (1900, 2, 29, false),
            (2023, 2, 29, false),
            (2024, 2, 29, true),
            (1999, 4, 31, false),
            (1999, 12, 31, true),
            (1999, 13, 1, false),
            (1999, 0, 1, false),
            (1999, 1, 0, false),
        ] {
            assert_eq!(exists(year, month, day), there, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn the_leap_day_of_a_year_without_century_is_that_of_2000() {
        assert!(exists_in_some_century(0, 2, 29));
        assert!(!exists_in_some_century(1, 2, 29));
    }
}
