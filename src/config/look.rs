//! Section `[look]`: the house's colours, where its logo and its own sentences lie. Reading those is for `service::look`.

use super::reader::{Reader, Section, Value, parsed, text};
use crate::texts::Look;
use crate::texts::look::{Colour, READABLE};
use std::path::{Path, PathBuf};

/// What the section says.
#[derive(Debug, Clone)]
pub struct Written {
    /// Links and buttons on white.
    pub accent: Colour,
    /// The same on dark.
    pub accent_dark: Colour,
    /// Where the logo lies.
    pub logo: Option<PathBuf>,
    /// Where the sentences lie.
    pub texts: Option<PathBuf>,
}

/// The section; after a mistake ours stands in.
pub(super) fn look(mut s: Section<'_, '_>, base: &Path) -> Written {
    let ours = Look::default();
    let path = |r: &Reader<'_>, v: &Value<'_>| text(r, v).map(|name| base.join(name));
    let look = Written {
        accent: s.or("accent", |r, v| readable(r, v, false), ours.accent),
        accent_dark: s.or("accent_dark", |r, v| readable(r, v, true), ours.accent_dark),
        logo: s.optional("logo", path),
        texts: s.optional("texts", path),
    };
    s.end();
    look
}

/// A colour that people can read.
fn readable(reader: &Reader<'_>, value: &Value<'_>, dark: bool) -> Option<Colour> {
    let colour: Colour = parsed(reader, value)?;
    let contrast = colour.least_contrast(dark);
    if contrast >= READABLE {
        return Some(colour);
    }
    let what = format!(
        "{colour} has a contrast of {contrast:.1}:1 where it stands, and words need {READABLE}:1"
    );
    let help = match dark {
        false => "a darker one (WCAG 1.4.3)",
        true => "a lighter one (WCAG 1.4.3)",
    };
    reader.wrong(value.span(), what, Some(help));
    None
}
