//! The streams of an OLE file and the chains of sectors they lie in.
//!
//! Promises: folders in circles, chains in circles and sizes beyond the file end where the file does. Source: MS-CFB.

use super::{u16_at, u32_at, wide};
use crate::decide::extract::{Reading, Stop};
use crate::mail::content::Unreadable;

/// Sectors that mean something else than a place.
const NO_SECTOR: u32 = 0xffff_fffa;

/// Entries of the directory.
const ENTRIES: usize = 1 << 16;

/// An OLE file.
pub(super) struct Ole<'a> {
    bytes: &'a [u8],
    sector: usize,
    small: usize,
    /// Streams shorter than this lie in small sectors.
    cutoff: u64,
    chains: Vec<u32>,
    small_chains: Vec<u32>,
    small_data: Vec<u8>,
    streams: Vec<Stream>,
    is_cut: bool,
}

/// A stream.
#[derive(Debug)]
pub(super) struct Stream {
    /// With the folders it is in, `/` between them.
    pub path: String,
    start: u32,
    size: u64,
}

impl Stream {
    /// Without its folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Its folder.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl<'a> Ole<'a> {
    /// Reads the directory.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let shift = |at| {
            u16_at(bytes, at)
                .filter(|n| (4..=16).contains(n))
                .ok_or(Unreadable::Damaged)
        };
        let header = |at| u32_at(bytes, at).ok_or(Unreadable::Damaged);
        let mut ole = Ole {
            bytes,
            sector: 1 << shift(0x1e)?,
            small: 1 << shift(0x20)?,
            cutoff: header(0x38)?.into(),
            chains: Vec::new(),
            small_chains: Vec::new(),
            small_data: Vec::new(),
            streams: Vec::new(),
            is_cut: false,
        };
        ole.chains = ole.table();
        ole.small_chains = numbers(&ole.chain(header(0x3c)?, u64::MAX));
        let directory = ole.chain(header(0x30)?, (ENTRIES * 128) as u64);
        let entries: Vec<&[u8]> = directory.chunks_exact(128).collect();
        let root = entries.first().ok_or(Unreadable::Damaged)?;
        let start = u32_at(root, 0x74).ok_or(Unreadable::Damaged)?;
        ole.small_data = ole.chain(start, u64::MAX);
        (ole.streams, ole.is_cut) = streams(&entries);
        Ok(ole)
    }

    /// All streams, in the order of the directory's tree.
    pub fn streams(&self) -> &[Stream] {
        &self.streams
    }

    /// Entries of the directory are missing.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// A stream of a folder.
    pub fn find(&self, folder: &str, name: &str) -> Option<&Stream> {
        let is_it = |s: &&Stream| s.folder() == folder && s.name().eq_ignore_ascii_case(name);
        self.streams.iter().find(is_it)
    }

    /// The bytes of a stream, counted; that some of them are not there is said.
    pub fn bytes(&self, stream: &Stream, reading: &mut Reading<'_>) -> Result<Vec<u8>, Stop> {
        let bytes = match stream.size < self.cutoff {
            true => self.small_chain(stream),
            false => self.chain(stream.start, stream.size),
        };
        reading.spend(bytes.len() as u64)?;
        if (bytes.len() as u64) < stream.size {
            reading.unreadable(Unreadable::Damaged)?;
        }
        Ok(bytes)
    }

    fn at(&self, sector: u32) -> Option<&'a [u8]> {
        let from = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = (from + self.sector).min(self.bytes.len());
        self.bytes.get(from..end)
    }

    /// Which sector follows which: the list of its sectors begins in the header and goes on in sectors of its own.
    fn table(&self) -> Vec<u32> {
        let mut places = numbers(self.bytes.get(0x4c..512).unwrap_or_default());
        let mut next = u32_at(self.bytes, 0x44).unwrap_or(NO_SECTOR);
        let most = self.bytes.len() / self.sector + 1;
        for _ in 0..most {
            let Some(sector) = self.at(next).filter(|_| next < NO_SECTOR) else {
                break;
            };
            let mut more = numbers(sector);
            next = more.pop().unwrap_or(NO_SECTOR);
            places.extend(more);
        }
        let places = places
            .into_iter()
            .filter(|place| *place < NO_SECTOR)
            .take(most);
        places
            .filter_map(|place| self.at(place))
            .flat_map(numbers)
            .collect()
    }

    fn chain(&self, start: u32, size: u64) -> Vec<u8> {
        let (mut out, mut next) = (Vec::new(), start);
        let most = (self.bytes.len() as u64).min(size);
        while next < NO_SECTOR && (out.len() as u64) < most {
            let Some(sector) = self.at(next) else {
                break;
            };
            out.extend_from_slice(sector);
            next = self.chains.get(next as usize).copied().unwrap_or(NO_SECTOR);
        }
        out.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        out
    }

    fn small_chain(&self, stream: &Stream) -> Vec<u8> {
        let (mut out, mut next) = (Vec::new(), stream.start);
        while next < NO_SECTOR && (out.len() as u64) < stream.size {
            let from = (next as usize).saturating_mul(self.small);
            let end = from.saturating_add(self.small).min(self.small_data.len());
            let Some(sector) = self.small_data.get(from..end).filter(|s| !s.is_empty()) else {
                break;
            };
            out.extend_from_slice(sector);
            next = self
                .small_chains
                .get(next as usize)
                .copied()
                .unwrap_or(NO_SECTOR);
        }
        out.truncate(stream.size as usize);
        out
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|number| u32::from_le_bytes(*number))
        .collect()
}

/// Walks the tree of entries: left, right, child. Each counts once. True if one is not there.
fn streams(entries: &[&[u8]]) -> (Vec<Stream>, bool) {
    let (mut found, mut seen, mut is_cut) = (Vec::new(), vec![false; entries.len()], false);
    let child = |entry: &[u8]| u32_at(entry, 0x4c).unwrap_or(NO_SECTOR);
    let mut open = vec![(child(entries[0]), String::new())];
    while let Some((at, folder)) = open.pop() {
        let Some(entry) = entries.get(at as usize) else {
            is_cut |= at < NO_SECTOR;
            continue;
        };
        if std::mem::replace(&mut seen[at as usize], true) {
            continue;
        }
        let length = usize::from(u16_at(entry, 0x40).unwrap_or(0)).clamp(2, 64) - 2;
        let path = match folder.is_empty() {
            true => wide(&entry[..length]),
            false => format!("{folder}/{}", wide(&entry[..length])),
        };
        for side in [0x48, 0x44] {
            open.push((u32_at(entry, side).unwrap_or(NO_SECTOR), folder.clone()));
        }
        match entry[0x42] {
            2 => found.push(Stream {
                path,
                start: u32_at(entry, 0x74).unwrap_or(NO_SECTOR),
                size: u32_at(entry, 0x78).unwrap_or(0).into(),
            }),
            // Deeper paths are those of an attacker.
            1 if path.len() < 2000 => open.push((child(entry), path)),
            _ => {}
        }
    }
    (found, is_cut)
}
