//! One packed stream: GZIP, BZIP2, XZ, zstd by themselves, and the methods of ZIP.
//!
//! Promises: streams behind one another are one file, as their programs have it; what stands behind the last is damage unless it is zeros;
//! a window larger than [`WINDOW`] is refused before it is made. All of it is Rust.
//! Leaves to others: how much comes out (`Reading::unpack`), what it is.

use super::{Document, Reading, Stop};
use crate::mail::content::Unreadable;
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, Read};

/// Memory a stream may ask for to look back, in KiB.
const WINDOW: u32 = 64 * 1024;

/// The same for XZ, which counts what it needs beside the window: `xz -9` has one of 64 MiB.
const XZ_MEMORY: u32 = WINDOW + 1024;

/// How a file is packed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

/// The packing by the first bytes.
pub(super) fn packing(bytes: &[u8]) -> Option<Packing> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Packing::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, ..] => Some(Packing::Bzip2),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Packing::Xz),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Packing::Zstd),
        _ => None,
    }
}

/// Unpacks the file and reads what was in it.
pub(super) fn read(
    packing: Packing,
    document: &Document<'_>,
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    let packed = document.bytes;
    let name = inner_name(document.name);
    let len = packed.len() as u64;
    let (unpacked, rest, lost) = match packing {
        Packing::Gzip => {
            let mut unpacker = Gzip {
                now: flate2::bufread::GzDecoder::new(packed),
            };
            let (out, lost) = reading.unpack_some(len, &mut unpacker);
            (out, unpacker.now.into_inner(), lost)
        }
        Packing::Bzip2 => {
            let mut unpacker = bzip2::bufread::MultiBzDecoder::new(packed);
            let (out, lost) = reading.unpack_some(len, &mut unpacker);
            (out, &[][..], lost)
        }
        Packing::Xz => {
            let mut unpacker = XzReader::new_mem_limit(packed, true, XZ_MEMORY);
            let (out, lost) = reading.unpack_some(len, &mut unpacker);
            (out, &[][..], lost)
        }
        Packing::Zstd => {
            let mut unpacker = Zstd::new(packed);
            let (out, lost) = reading.unpack_some(len, &mut unpacker);
            (out, unpacker.rest, lost)
        }
    };
    // What came out before the damage is still there to be read; too much of it is not.
    match lost {
        Some(Unreadable::Damaged) if !unpacked.is_empty() => {}
        Some(why) => return Err(why.into()),
        None => {}
    }
    reading.member(&Document {
        name,
        media_type: "",
        charset: document.charset,
        bytes: &unpacked,
    })?;
    match lost.is_none() && rest.iter().all(|byte| *byte == 0) {
        true => Ok(()),
        false => reading.unreadable(Unreadable::Damaged),
    }
}

/// All members of a GZIP (RFC 1952, 2.2).
struct Gzip<'a> {
    now: flate2::bufread::GzDecoder<&'a [u8]>,
}

impl Read for Gzip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.now.read(buffer)?;
            let rest = *self.now.get_ref();
            if n > 0 || packing(rest) != Some(Packing::Gzip) {
                return Ok(n);
            }
            self.now = flate2::bufread::GzDecoder::new(rest);
        }
    }
}

/// Frames of zstd behind one another (RFC 8878, 3.1), skippable ones skipped.
struct Zstd<'a> {
    now: Option<Box<StreamingDecoder<&'a [u8], ruzstd::decoding::FrameDecoder>>>,
    rest: &'a [u8],
}

impl<'a> Zstd<'a> {
    fn new(packed: &'a [u8]) -> Self {
        Zstd {
            now: None,
            rest: packed,
        }
    }

    /// The next frame; `false`: there is none.
    fn next(&mut self) -> io::Result<bool> {
        while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, skipped @ ..] = self.rest {
            let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            self.rest = skipped.get(length..).ok_or(io::ErrorKind::UnexpectedEof)?;
        }
        if packing(self.rest) != Some(Packing::Zstd) {
            return Ok(false);
        }
        let decoder =
            StreamingDecoder::new_with_max_window_size(self.rest, u64::from(WINDOW) * 1024);
        self.now = Some(Box::new(decoder.map_err(io::Error::other)?));
        Ok(true)
    }
}

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(decoder) = &mut self.now {
                let n = decoder.read(buffer)?;
                if n > 0 {
                    return Ok(n);
                }
                self.rest = decoder.get_ref();
                self.now = None;
            }
            if !self.next()? {
                return Ok(0);
            }
        }
    }
}

/// A method of ZIP (APPNOTE 4.4.5), for `data` that becomes `size` bytes.
pub(super) fn of_zip<'a>(
    method: u16,
    data: &'a [u8],
    size: u64,
) -> Result<Box<dyn Read + 'a>, Unreadable> {
    Ok(match method {
        8 => Box::new(flate2::bufread::DeflateDecoder::new(data)),
        9 => Box::new(deflate64::Deflate64Decoder::with_buffer(data)),
        12 => Box::new(bzip2::bufread::BzDecoder::new(data)),
        14 => Box::new(lzma(data, size).ok_or(Unreadable::Damaged)?),
        20 | 93 => Box::new(Zstd::new(data)),
        95 => Box::new(XzReader::new_mem_limit(data, false, XZ_MEMORY)),
        _ => return Err(Unreadable::Unknown),
    })
}

/// LZMA in a ZIP: a version, a length, then properties and dictionary size (5.8.8).
fn lzma(data: &[u8], size: u64) -> Option<LzmaReader<&[u8]>> {
    let [_, _, 5, 0, properties, a, b, c, d, rest @ ..] = data else {
        return None;
    };
    let dictionary = u32::from_le_bytes([*a, *b, *c, *d]);
    if dictionary / 1024 > WINDOW {
        return None;
    }
    LzmaReader::new_with_props(rest, size, *properties, dictionary, None).ok()
}

/// `report.tar.gz` holds `report.tar`.
fn inner_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((inner, end)) if !inner.is_empty() && end.len() <= 4 => inner,
        _ => name,
    }
}
