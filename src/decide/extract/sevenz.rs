//! 7z, also behind a program that unpacks it.
//!
//! Promises: one thread, no more memory than the process has; encrypted archives, with or without their names, say so.
//! Leaves to others: the format itself (`sevenz-rust2`). A damaged block ends the archive: its files depend on each other.

use super::{Document, Reading, Stop};
use crate::mail::content::Unreadable;
use memchr::memmem;
use sevenz_rust2::{Archive, BlockDecoder, Error, Password};
use std::io::{Cursor, Read};

const SIGNATURE: &[u8] = b"7z\xbc\xaf\x27\x1c";

/// Where the archive begins; only programs have something before it.
pub(super) fn start(bytes: &[u8]) -> Option<usize> {
    // The two bytes behind are its version, 0.x.
    memmem::find_iter(bytes, SIGNATURE).find(|at| bytes.get(at + SIGNATURE.len()) == Some(&0))
}

/// Reads every file of the archive that begins at `start`.
pub(super) fn read(
    document: &Document<'_>,
    start: usize,
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    let mut source = Cursor::new(&document.bytes[start..]);
    let password = Password::empty();
    let archive = Archive::read(&mut source, &password).map_err(|e| why(&e))?;
    let mut stopped = Ok(());
    for block in 0..archive.blocks.len() {
        let decoder = BlockDecoder::new(1, block, &archive, &password, &mut source);
        let packed = document.bytes.len() as u64;
        let done = decoder.for_each_entries(&mut |entry, content: &mut dyn Read| {
            stopped = one(entry.name(), packed, content, reading);
            Ok(stopped.is_ok())
        });
        stopped?;
        done.map_err(|e| why(&e))?;
    }
    Ok(())
}

fn one(
    name: &str,
    packed: u64,
    content: &mut dyn Read,
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    let bytes = reading.unpack(packed, content)?;
    reading.member(&Document {
        name,
        media_type: "",
        charset: None,
        bytes: &bytes,
    })
}

fn why(error: &Error) -> Unreadable {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Unreadable::Encrypted,
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => {
            Unreadable::Encrypted
        }
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) => Unreadable::Unknown,
        Error::MaxMemLimited { .. } => Unreadable::TooLarge,
        _ => Unreadable::Damaged,
    }
}
