//! Files of no known kind: what looks like text in them, and whether they look like ciphertext.
//!
//! Promises: runs of letters in UTF-8 and in UTF-16 (both byte orders, also at odd places) are read; a file that is dense for the most part
//! is said to be unknown. Leaves to others: text files in old charsets, everything with a format.

use super::{Document, Reading, Stop};
use crate::mail::content::Unreadable;

/// Shorter runs are chance.
const RUN: usize = 6;
/// So many bytes tell how dense they are.
const SAMPLE: usize = 16 * 1024;
/// Fewer do not.
const LEAST: usize = 4 * 1024;
/// Bits of a byte of ciphertext, nearly; of packed data mostly too.
const DENSE: f64 = 7.9;

/// Reads what there is.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = document.bytes;
    if is_dense(bytes) {
        return Err(Unreadable::Unknown.into());
    }
    if let Some(text) = whole_text(bytes) {
        return reading.text(text);
    }
    narrow(bytes, reading)?;
    for byte_order in [u16::from_le_bytes, u16::from_be_bytes] {
        for odd in 0..2 {
            wide(bytes.get(odd..).unwrap_or_default(), byte_order, reading)?;
        }
    }
    Ok(())
}

/// UTF-8 without what no text has.
fn whole_text(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?;
    (!text.contains('\0')).then_some(text)
}

fn narrow(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    for chunk in bytes.utf8_chunks() {
        for run in chunk.valid().split(|c: char| !is_printable(c)) {
            said(run, reading)?;
        }
    }
    Ok(())
}

/// Only characters of the first 600: any two bytes are some letter, most of them of languages nobody wrote here.
fn wide(
    bytes: &[u8],
    byte_order: fn([u8; 2]) -> u16,
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    let mut run = String::new();
    for pair in bytes.chunks_exact(2) {
        let unit = u32::from(byte_order([pair[0], pair[1]]));
        match char::from_u32(unit).filter(|c| unit < 0x600 && is_printable(*c)) {
            Some(c) => run.push(c),
            None if run.is_empty() => {}
            None => {
                said(&run, reading)?;
                run.clear();
            }
        }
    }
    said(&run, reading)
}

fn said(run: &str, reading: &mut Reading<'_>) -> Result<(), Stop> {
    reading.tick()?;
    match run.chars().nth(RUN - 1) {
        Some(_) => reading.line(run),
        None => Ok(()),
    }
}

fn is_printable(c: char) -> bool {
    !c.is_control() || c == '\t'
}

/// Most of its bytes are spread as evenly as those of ciphertext.
fn is_dense(bytes: &[u8]) -> bool {
    let samples = bytes.chunks(SAMPLE).filter(|sample| sample.len() >= LEAST);
    let (dense, all) = samples.fold((0, 0), |(dense, all), sample| {
        (dense + usize::from(entropy(sample) > DENSE), all + 1)
    });
    dense * 2 > all
}

/// Shannon's, in bits for each byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    bytes
        .iter()
        .for_each(|byte| counts[usize::from(*byte)] += 1);
    let shares = counts.iter().filter(|count| **count > 0);
    let shares = shares.map(|count| f64::from(*count) / bytes.len() as f64);
    -shares.map(|share| share * share.log2()).sum::<f64>()
}
