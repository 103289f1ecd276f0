//! How the house looks: its colour on light and dark ground, its logo.
//!
//! Promises: what can be built can be read: a colour has 4.5:1 against its page and against the words on a button (WCAG 1.4.3).
//! Leaves to others: where it shows (`doors::web`, `rewrite`).

use std::fmt;
use std::str::FromStr;

/// The least contrast of words (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;

/// The ground of the block in a mail.
const BLOCK: Colour = Colour(0xf2, 0xf5, 0xf9);
/// The page's ground, and what stands on a button: light, then dark.
const LIGHT: (Colour, Colour) = (Colour(0xff, 0xff, 0xff), Colour(0xff, 0xff, 0xff));
const DARK: (Colour, Colour) = (Colour(0x17, 0x17, 0x1a), Colour(0x10, 0x20, 0x2f));

/// A colour as web pages write it: `#0b57a4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// What the operator chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Links and buttons on white, in pages and mails.
    pub accent: Colour,
    /// The same on dark.
    pub accent_dark: Colour,
    /// Beside the organisation's name.
    pub logo: Option<Logo>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// `image/svg+xml` or `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Not `#` and six hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoColour;

impl Default for Look {
    fn default() -> Self {
        Look {
            accent: Colour(0x0b, 0x57, 0xa4),
            accent_dark: Colour(0x8a, 0xb8, 0xf2),
            logo: None,
        }
    }
}

impl Colour {
    /// Contrast with another: 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The least contrast it has where an accent stands: links on the page and on a shade of itself, words on a button.
    pub fn least_contrast(self, dark: bool) -> f64 {
        let (page, on) = if dark { DARK } else { LIGHT };
        let in_mails = if dark { page } else { BLOCK };
        let grounds = [page, self.over(page), on, in_mails];
        let contrasts = grounds.map(|ground| self.contrast(ground));
        contrasts.into_iter().fold(f64::INFINITY, f64::min)
    }

    /// A little of it over a ground: what lies under the pointer.
    pub fn over(self, ground: Colour) -> Colour {
        let mix = |a: u8, b: u8| ((u32::from(a) * 7 + u32::from(b) * 93) / 100) as u8;
        Colour(
            mix(self.0, ground.0),
            mix(self.1, ground.1),
            mix(self.2, ground.2),
        )
    }

    fn luminance(self) -> f64 {
        let linear = |byte: u8| match f64::from(byte) / 255.0 {
            c if c <= 0.04045 => c / 12.92,
            c => ((c + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

impl Look {
    /// The rules that make it so, behind those of the style sheet; nothing for our own colours.
    pub fn style(&self) -> String {
        if (self.accent, self.accent_dark) == (Look::default().accent, Look::default().accent_dark)
        {
            return String::new();
        }
        let of = |accent: Colour, dark: bool| {
            let (page, on) = if dark { DARK } else { LIGHT };
            let soft = accent.over(page);
            format!(":root{{--accent:{accent};--on-accent:{on};--accent-soft:{soft}}}")
        };
        let (light, dark) = (of(self.accent, false), of(self.accent_dark, true));
        format!("{light}\n@media (prefers-color-scheme:dark){{{dark}}}\n")
    }
}

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').ok_or(NoColour)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NoColour);
        }
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| NoColour);
        Ok(Colour(byte(0)?, byte(2)?, byte(4)?))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl fmt::Display for NoColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a colour is # and six digits, such as \"#0b57a4\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written() {
        for good in ["#0b57a4", "#FFFFFF"] {
            let colour: Colour = good.parse().expect("a colour");
            assert_eq!(colour.to_string(), good.to_lowercase());
        }
        for wrong in [
            "", "0b57a4", "#fff", "#0b57ag", "#0b57a40", "#+b57a4", "#äöü",
        ] {
            assert_eq!(wrong.parse::<Colour>(), Err(NoColour), "{wrong}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        let rows = [
            ("#ffffff", "#000000", 21.0),
            ("#767676", "#ffffff", 4.54),
            ("#0b57a4", "#ffffff", 7.2),
        ];
        for (a, b, expected) in rows {
            let (a, b): (Colour, Colour) = (a.parse().expect("one"), b.parse().expect("one"));
            assert!(
                (a.contrast(b) - expected).abs() < 0.05,
                "{a} {b}: {}",
                a.contrast(b)
            );
        }
    }

    #[test]
    fn our_own_colours_can_be_read_and_need_no_rules() {
        let look = Look::default();
        assert!(look.accent.least_contrast(false) >= READABLE);
        assert!(look.accent_dark.least_contrast(true) >= READABLE);
        assert_eq!(look.style(), "");
        let red = Look {
            accent: Colour(0xa4, 0x16, 0x1a),
            ..Look::default()
        };
        assert!(red.style().contains("--accent:#a4161a"));
    }
}
