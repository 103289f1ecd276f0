//! The bytes of a mail as received: in memory up to 256 KiB, beyond that in an unlinked file, encrypted.
//!
//! Files may be taken aside while they arrive ([`aside`]): the spool reads them back to the byte, from where they are.
//! Promises: no clear text reaches the disk (AES-256-GCM per 64 KiB chunk under a random key that lives in memory only, so that
//! what a crash leaves behind is noise); at most about 400 KiB of memory whatever the size; reads from anywhere, from any thread.
//! Leaves to others: what the bytes mean. Fails with the `io::Error` of the file below (a full disk has kind `StorageFull`);
//! a chunk that was changed on disk is `InvalidData`.

pub mod aside;
mod file;
mod run;

use aside::{Aside, Diversion, Fed};
use file::Sealed;
use run::{LOOK_BACK, Run, Shape};
use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Up to here a mail stays in memory, in bytes.
pub const IN_MEMORY: usize = 256 * 1024;
/// Clear bytes of one chunk of the file.
const CHUNK: usize = 64 * 1024;
/// So many bytes are gathered before a chunk of them goes into the file; the rest is there to find the beginning of a run in.
const GATHERED: usize = CHUNK + LOOK_BACK;

/// Takes bytes once, in order.
pub struct SpoolWriter {
    folder: Arc<Path>,
    /// What is in memory: everything, or what is not in a chunk yet.
    bytes: Vec<u8>,
    file: Option<Sealed>,
    /// Who takes files; `None` once nobody does.
    aside: Option<Box<dyn Aside>>,
    /// A run is going on.
    diversion: Option<Diversion>,
    runs: Vec<Run>,
}

/// Gives them back, from anywhere, as often as wanted, from any thread.
pub struct Spool {
    folder: Arc<Path>,
    len: u64,
    place: Place,
    /// What is not in there, in order.
    runs: Vec<Run>,
}

enum Place {
    Memory(Vec<u8>),
    File {
        file: Sealed,
        /// The last block that [`Spool::read_at`] took a piece of.
        last: Mutex<Window>,
    },
}

/// One block in the clear.
#[derive(Default)]
struct Window {
    block: Option<Block>,
    bytes: Vec<u8>,
}

/// What is read at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// A chunk of the file.
    Chunk(u64),
    /// Of a run, by their numbers.
    Lines(usize, u64),
}

impl SpoolWriter {
    /// `folder` is where a file goes if the mail gets large; nothing is made there before.
    pub fn new(folder: &Path) -> Self {
        SpoolWriter {
            folder: folder.into(),
            bytes: Vec::new(),
            file: None,
            aside: None,
            diversion: None,
            runs: Vec::new(),
        }
    }

    /// The same; files of a large mail are offered to `aside`.
    pub fn beside(folder: &Path, aside: Box<dyn Aside>) -> Self {
        SpoolWriter {
            aside: Some(aside),
            ..SpoolWriter::new(folder)
        }
    }

    /// The next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() {
            let len = self.bytes.len() + bytes.len();
            if len <= IN_MEMORY {
                // Past a chunk the rest of the room at once: growing step by step would copy all of it again and again.
                if len > CHUNK {
                    self.bytes.reserve_exact(IN_MEMORY - self.bytes.len());
                }
                self.bytes.extend_from_slice(bytes);
                return Ok(());
            }
            self.spill()?;
        }
        self.write_on(bytes)
    }

    /// How many so far.
    pub fn len(&self) -> u64 {
        let sealed = self.file.as_ref().map_or(0, Sealed::chunks);
        let aside: u64 = self
            .runs
            .iter()
            .map(|run| run.raw.end - run.raw.start)
            .sum();
        let going = self.diversion.as_ref().map_or(0, Diversion::len);
        sealed * CHUNK as u64 + self.bytes.len() as u64 + aside + going
    }

    /// True before the first byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// No more bytes.
    pub fn finish(mut self) -> io::Result<Spool> {
        self.rejoin()?;
        let len = self.len();
        let place = match self.file.take() {
            Some(mut file) => {
                let mut rest = std::mem::take(&mut self.bytes);
                while !rest.is_empty() {
                    let later = rest.split_off(rest.len().min(CHUNK));
                    file.append(&mut rest)?;
                    rest = later;
                }
                Place::File {
                    file,
                    last: Mutex::new(Window::default()),
                }
            }
            None => Place::Memory(self.bytes),
        };
        Ok(Spool {
            folder: self.folder,
            len,
            place,
            runs: self.runs,
        })
    }

    /// From memory into a file of its own.
    fn spill(&mut self) -> io::Result<()> {
        let gathered = std::mem::replace(&mut self.bytes, Vec::with_capacity(GATHERED));
        self.file = Some(Sealed::create(&self.folder)?);
        self.write_on(&gathered)
    }

    fn write_on(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let used = match &mut self.diversion {
                Some(_) => self.divert(bytes)?,
                None => self.gather(bytes)?,
            };
            bytes = &bytes[used..];
        }
        Ok(())
    }

    fn gather(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = GATHERED - self.bytes.len();
        let some = &bytes[..room.min(bytes.len())];
        self.bytes.extend_from_slice(some);
        if self.bytes.len() == GATHERED {
            self.make_room()?;
        }
        Ok(some.len())
    }

    /// What was gathered goes into the file, but for the beginning of a run that somebody may want.
    fn make_room(&mut self) -> io::Result<()> {
        let found = match self.aside {
            Some(_) => Shape::at_end_of(&self.bytes),
            None => None,
        };
        let Some((shape, start)) = found else {
            return self.seal_chunk();
        };
        let lines = self.bytes.split_off(start);
        if self.bytes.len() >= CHUNK {
            self.seal_chunk()?;
        }
        self.diversion = Some(Diversion::new(shape, self.len()));
        self.write_on(&lines)
    }

    fn divert(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(diversion) = &mut self.diversion else {
            return Ok(0);
        };
        match diversion.feed(bytes, &mut self.aside)? {
            Fed::All => Ok(bytes.len()),
            Fed::Ended { used, behind } => {
                self.rejoin()?;
                // A line of the next chunk at most, behind less than a chunk.
                self.bytes.extend_from_slice(&behind);
                Ok(used)
            }
        }
    }

    /// The run has ended; what stands behind it is gathered as before.
    fn rejoin(&mut self) -> io::Result<()> {
        if let Some(diversion) = self.diversion.take() {
            let sealed = self.file.as_ref().map_or(0, Sealed::chunks);
            let gap = sealed * CHUNK as u64 + self.bytes.len() as u64;
            let (run, behind) = diversion.end(gap)?;
            self.runs.extend(run);
            self.bytes.extend_from_slice(&behind);
        }
        Ok(())
    }

    /// The first of what was gathered.
    fn seal_chunk(&mut self) -> io::Result<()> {
        let file = self
            .file
            .as_mut()
            .expect("chunks are sealed only behind spill(), which makes the file");
        let behind = self.bytes.split_off(CHUNK);
        file.append(&mut self.bytes)?;
        self.bytes.clear();
        self.bytes.extend_from_slice(&behind);
        Ok(())
    }
}

impl Spool {
    /// A spool of bytes in memory: for tests, nested messages and mails of our own.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Spool {
            folder: std::env::temp_dir().into(),
            len: bytes.len() as u64,
            place: Place::Memory(bytes),
            runs: Vec::new(),
        }
    }

    /// A writer whose file, if it needs one, goes where this one's is: for what is decoded out of this spool.
    pub fn beside(&self) -> SpoolWriter {
        SpoolWriter::new(&self.folder)
    }

    /// The folder that [`Spool::beside`] uses.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Size in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True for no byte at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads at an offset; fewer bytes than asked for only at the end.
    pub fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        match &self.place {
            Place::Memory(bytes) => Ok(copy_from(bytes, offset, out)),
            // Somebody else is reading small pieces just now: do without what is kept, rather than wait.
            Place::File { file, last } => match last.try_lock() {
                Ok(mut window) => self.read_blocks(file, &mut window, offset, out),
                Err(_) => self.read_blocks(file, &mut Window::default(), offset, out),
            },
        }
    }

    /// Reads a range in order.
    pub fn reader(&self, range: Range<u64>) -> SpoolReader<'_> {
        SpoolReader {
            spool: self,
            range,
            window: Window::default(),
        }
    }

    /// A range in memory; for ranges that are known to be small.
    pub fn slice(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let end = range.end.min(self.len);
        let size = usize::try_from(end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let mut out = vec![0; size];
        let got = self.read_at(range.start, &mut out)?;
        out.truncate(got);
        Ok(out)
    }

    fn read_blocks(
        &self,
        file: &Sealed,
        window: &mut Window,
        offset: u64,
        out: &mut [u8],
    ) -> io::Result<usize> {
        let mut done = 0;
        while done < out.len() {
            let at = offset.saturating_add(done as u64);
            if at >= self.len {
                break;
            }
            let (block, start) = self.block_at(at);
            if window.block != Some(block) {
                self.load(file, block, window)?;
            }
            let most = self.next_run(at).unwrap_or(u64::MAX).saturating_sub(at);
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let room = most.min(out.len() - done);
            done += copy_from(&window.bytes, at - start, &mut out[done..done + room]);
        }
        Ok(done)
    }

    /// The block that a byte is in, and where it would begin if it lay in one piece.
    fn block_at(&self, at: u64) -> (Block, u64) {
        let before = self.runs.partition_point(|run| run.raw.end <= at);
        match self.runs.get(before).filter(|run| run.raw.start <= at) {
            Some(run) => {
                let (block, start) = run.block_of(at);
                (Block::Lines(before, block), start)
            }
            None => {
                // What lies behind runs is moved up by their lengths.
                let last = self.runs[..before].last();
                let in_file = last.map_or(at, |run| run.gap + (at - run.raw.end));
                let chunk = in_file / CHUNK as u64;
                (Block::Chunk(chunk), at - (in_file - chunk * CHUNK as u64))
            }
        }
    }

    /// Where the next run behind an offset begins.
    fn next_run(&self, at: u64) -> Option<u64> {
        let before = self.runs.partition_point(|run| run.raw.start <= at);
        self.runs.get(before).map(|run| run.raw.start)
    }

    /// The run that a byte is in.
    fn run_at(&self, at: u64) -> Option<&Run> {
        let before = self.runs.partition_point(|run| run.raw.end <= at);
        self.runs.get(before).filter(|run| run.raw.start <= at)
    }

    fn load(&self, file: &Sealed, block: Block, window: &mut Window) -> io::Result<()> {
        window.block = None;
        match block {
            Block::Chunk(chunk) => file.open_chunk(chunk, &mut window.bytes)?,
            Block::Lines(run, block) => self.runs[run].lines(block, &mut window.bytes)?,
        }
        window.block = Some(block);
        Ok(())
    }
}

fn copy_from(bytes: &[u8], offset: u64, out: &mut [u8]) -> usize {
    let from = usize::try_from(offset)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    let n = out.len().min(bytes.len() - from);
    out[..n].copy_from_slice(&bytes[from..from + n]);
    n
}

/// Whole groups of base64 were read decoded.
pub(super) struct Aligned {
    /// The last of them was padded.
    pub(super) padded: bool,
}

/// Reads a range of a [`Spool`]. Keeps the block it is in, so that small reads cost no decryption each.
pub struct SpoolReader<'a> {
    spool: &'a Spool,
    range: Range<u64>,
    window: Window,
}

impl<'a> SpoolReader<'a> {
    /// Without a copy, what comes next: `most` bytes, fewer only at the end. `None` if they are not in memory.
    pub(super) fn in_memory(&self, most: usize) -> Option<&'a [u8]> {
        let Place::Memory(bytes) = &self.spool.place else {
            return None;
        };
        let at = |offset: u64| usize::try_from(offset).map_or(bytes.len(), |n| n.min(bytes.len()));
        let rest = &bytes[at(self.range.start)..at(self.range.end).max(at(self.range.start))];
        Some(&rest[..most.min(rest.len())])
    }

    /// Goes on behind these bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.range.start += bytes as u64;
    }

    /// What a file that was taken aside has from here on, decoded, as much as a block; `None` if there is none of which a line begins
    /// here, or it goes on behind the range.
    pub(super) fn decoded(&mut self, out: &mut Vec<u8>) -> io::Result<Option<Aligned>> {
        let Some((run, from)) = self.run_here() else {
            return Ok(None);
        };
        let next = run.read(from, out)?;
        let padded = next == run.raw.end && run.is_padded();
        // The last line end may belong to the delimiter behind the part.
        self.range.start = next.min(self.range.end);
        Ok(Some(Aligned { padded }))
    }

    /// The same without reading: how many bytes are left of it.
    pub(super) fn decoded_len(&mut self) -> Option<(u64, Aligned)> {
        let (run, from) = self.run_here()?;
        let padded = run.is_padded();
        self.range.start = run.raw.end.min(self.range.end);
        Some((run.kept.len() - from, Aligned { padded }))
    }

    /// True if a run begins here.
    pub(super) fn at_run(&self) -> bool {
        let run = self.spool.run_at(self.range.start);
        run.is_some_and(|run| run.raw.start == self.range.start)
    }

    fn run_here(&self) -> Option<(&'a Run, u64)> {
        let run = self.spool.run_at(self.range.start)?;
        let inside = self.range.start < self.range.end && run.raw.end <= self.range.end + 2;
        let from = run.decoded_at(self.range.start).filter(|_| inside)?;
        Some((run, from))
    }
}

impl Read for SpoolReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let want = usize::try_from(self.range.end.saturating_sub(self.range.start))
            .unwrap_or(usize::MAX)
            .min(out.len());
        let out = &mut out[..want];
        let n = match &self.spool.place {
            Place::Memory(bytes) => copy_from(bytes, self.range.start, out),
            Place::File { file, .. } => {
                // Not on into a run: who decodes goes on there without decoding.
                let run = self.spool.next_run(self.range.start);
                let most = run.map_or(u64::MAX, |run| run - self.range.start);
                let most = usize::try_from(most).unwrap_or(usize::MAX).min(out.len());
                self.spool.read_blocks(
                    file,
                    &mut self.window,
                    self.range.start,
                    &mut out[..most],
                )?
            }
        };
        self.range.start += n as u64;
        Ok(n)
    }
}

impl fmt::Debug for SpoolWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpoolWriter({} bytes)", self.len())
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spool({} bytes)", self.len)
    }
}

impl fmt::Debug for SpoolReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpoolReader({:?})", self.range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i * 31 % 253) as u8).collect()
    }

    fn spooled(bytes: &[u8], step: usize) -> (tempfile::TempDir, Spool) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = SpoolWriter::new(folder.path());
        for piece in bytes.chunks(step) {
            writer.write(piece).expect("room");
        }
        assert_eq!(writer.len(), bytes.len() as u64);
        (folder, writer.finish().expect("room"))
    }

    #[test]
    fn what_goes_in_comes_out_from_anywhere() {
        for len in [0, 1, IN_MEMORY, IN_MEMORY + 1, 5 * CHUNK, 5 * CHUNK + 77] {
            let bytes = pattern(len);
            for step in [1000, 65_536, 1 << 20] {
                let (_folder, spool) = spooled(&bytes, step);
                assert!(spool.slice(0..spool.len()).expect("readable") == bytes);
                for (from, want) in [
                    (0, 10),
                    (CHUNK - 3, 7),
                    (CHUNK * 3 + 5, CHUNK * 2),
                    (len, 5),
                ] {
                    let mut out = vec![0; want];
                    let n = spool.read_at(from as u64, &mut out).expect("readable");
                    let from = from.min(len);
                    assert_eq!(n, want.min(len - from), "short only at the end");
                    assert!(out[..n] == bytes[from..from + n]);
                }
            }
        }
    }

    #[test]
    fn many_threads_read_at_once() {
        let bytes = pattern(20 * CHUNK);
        let (_folder, spool) = spooled(&bytes, 9999);
        std::thread::scope(|scope| {
            for thread in 0..4u64 {
                let (spool, bytes) = (&spool, &bytes);
                scope.spawn(move || {
                    let mut out = [0; 333];
                    for i in 0..500 {
                        let at = (i * 7919 + thread * 104_729) % (spool.len() - 333);
                        assert_eq!(spool.read_at(at, &mut out).expect("readable"), 333);
                        assert!(out == bytes[at as usize..at as usize + 333]);
                    }
                });
            }
        });
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_not_a_panic() {
        let mut writer = SpoolWriter::new(Path::new("/nowhere/at/all"));
        assert!(writer.write(&pattern(IN_MEMORY)).is_ok());
        assert!(writer.write(b"x").is_err());
    }
}
