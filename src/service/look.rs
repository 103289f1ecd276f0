//! Files of the house's own look → what pages and mails show (`texts`).
//!
//! Promises: every file is read and judged before anything runs; a mistake has its place, and the mend.

use crate::config::Config;
use crate::fault::diagnostic::Diagnostic;
use crate::texts::look::Logo;
use crate::texts::{Look, Own, own};
use std::path::Path;

/// A page has 30 KB in all.
const LARGEST_SVG: usize = 8 * 1024;
const LARGEST_PNG: usize = 32 * 1024;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Colours, logo and sentences, or all mistakes.
pub fn read(config: &Config) -> Result<(Look, Vec<Own>), Vec<Diagnostic>> {
    let mut mistakes = Vec::new();
    let mut logo = None;
    if let Some(file) = &config.look.logo {
        match read_logo(file) {
            Ok(read) => logo = Some(read),
            Err(why) => mistakes.push(told(config, file, &why)),
        }
    }
    let own = config.look.texts.as_deref().map(own::read).transpose();
    let own = own.unwrap_or_else(|found| {
        mistakes.extend(found);
        None
    });
    let look = Look {
        accent: config.look.accent,
        accent_dark: config.look.accent_dark,
        logo,
    };
    match mistakes.is_empty() {
        true => Ok((look, own.unwrap_or_default())),
        false => Err(mistakes),
    }
}

fn told(config: &Config, file: &Path, why: &str) -> Diagnostic {
    let mistake = config.mistake("look.logo", format!("{}: {why}", file.display()));
    mistake.help("an SVG of up to 8 KiB, or a PNG of up to 32 KiB")
}

fn read_logo(file: &Path) -> Result<Logo, String> {
    let bytes = std::fs::read(file).map_err(|e| e.to_string())?;
    let (media_type, most) = match bytes.starts_with(PNG) {
        true => ("image/png", LARGEST_PNG),
        false => ("image/svg+xml", LARGEST_SVG),
    };
    let is_svg = || std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
    if media_type == "image/svg+xml" && !is_svg() {
        return Err("neither an SVG nor a PNG".into());
    }
    if bytes.len() > most {
        return Err(format!("it has {} bytes", bytes.len()));
    }
    Ok(Logo { media_type, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_a_small_picture() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("logo");
        let png = [PNG, &[0; 100]].concat();
        let long = [PNG, &[0; LARGEST_PNG]].concat();
        let rows: [(&[u8], Result<&str, &str>); 5] = [
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                Ok("image/svg+xml"),
            ),
            (&png, Ok("image/png")),
            (&long, Err("it has 32776 bytes")),
            (b"GIF89a", Err("neither an SVG nor a PNG")),
            (b"\xff\xfe<svg", Err("neither an SVG nor a PNG")),
        ];
        for (bytes, expected) in rows {
            std::fs::write(&file, bytes).expect("writes");
            let read = read_logo(&file);
            let said = read.as_ref().map(|logo| logo.media_type);
            assert_eq!(said.map_err(String::as_str), expected);
        }
    }
}
