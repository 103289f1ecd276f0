//! PowerPoint before 2007: the text atoms of its records, in the order of the file.
//!
//! Promises: slides, notes, masters, comments, hidden or not. Fails: a locked one is `Encrypted`, one whose records break off `Damaged`. Source: MS-PPT 2.3, 2.9.

use super::{narrow, u16_at, u32_at, wide};
use crate::decide::extract::{Reading, Stop};
use crate::mail::content::Unreadable;

/// Reads the stream `PowerPoint Document`.
pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    let (mut at, mut slides, mut is_whole) = (0usize, 0, true);
    while let (Some(version), Some(kind), Some(length)) = (
        u16_at(bytes, at),
        u16_at(bytes, at + 2),
        u32_at(bytes, at + 4),
    ) {
        reading.tick()?;
        at += 8;
        let body = bytes
            .get(at..at.saturating_add(length as usize).min(bytes.len()))
            .unwrap_or_default();
        is_whole &= body.len() == length as usize;
        match kind {
            0x2f14 => return Err(Unreadable::Encrypted.into()),
            0x03ee => {
                slides += 1;
                reading.at(&format!("slide {slides}"))?;
            }
            0x03f0 => reading.at("notes")?,
            0x0fa0 | 0x0fba => said(&wide(body), reading)?,
            0x0fa8 => said(&narrow(body), reading)?,
            _ => {}
        }
        // Containers have their records inside.
        if version & 0x0f != 0x0f {
            at = at.saturating_add(length as usize);
        }
    }
    match is_whole && slides > 0 {
        true => Ok(()),
        false => Err(Unreadable::Damaged.into()),
    }
}

fn said(text: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
    reading.end_line()?;
    reading.text(&text.replace(['\r', '\u{b}'], "\n"))?;
    reading.end_line()
}
