//! What a file is by its first bytes, and who reads it.

use super::{Document, Reading, Stop};

/// Media type as the first bytes say; empty: nothing known.
pub(super) fn media_type(document: &Document<'_>) -> String {
    match file_format::FileFormat::from_bytes(document.bytes).media_type() {
        "application/octet-stream" => String::new(),
        known => known.to_owned(),
    }
}

/// Reads a file of any kind.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let text = String::from_utf8_lossy(document.bytes);
    reading.text(&text)
}
