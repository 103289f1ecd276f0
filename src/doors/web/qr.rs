//! A QR code of a link's own address, so that it can be opened on a phone: a picture in the page itself, without script or request.
//!
//! Only the page of the link has one: behind it the address holds no secret and would lead a phone nowhere, and a link that was shown again there
//! would stand on the screen of an open transfer. It never holds the password: the phone is asked for it as any browser is.

use minijinja::{Value, context};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around it (ISO/IEC 18004 wants four).
const QUIET: usize = 4;

/// `width` of the picture in modules and the `path` of its dark ones, for SVG. `None` for a text too long for any code.
pub fn code(text: &str) -> Option<Value> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let modules = code.to_colors();
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                let (left, top, len) = (x + QUIET, y + QUIET, run.len());
                // Writing to a String never fails.
                let _ = write!(path, "M{left} {top}h{len}v1h-{len}z");
            }
            x += run.len();
        }
    }
    Some(context! { width => width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_a_small_picture_and_a_book_none() {
        let link = format!("https://files.example.org/t/{}", "7".repeat(32));
        let code = code(&link).expect("fits");
        let width = code.get_attr("width").expect("a number");
        assert!(usize::try_from(width).expect("a number") < 60);
        let path = code.get_attr("path").expect("a text").to_string();
        assert!(
            path.len() < 8000 && path.starts_with("M4 4h7v1h-7z"),
            "{path}"
        );
        assert!(super::code(&"x".repeat(5000)).is_none());
    }
}
