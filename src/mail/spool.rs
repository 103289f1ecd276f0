//! The bytes of a mail as received: in memory up to 256 KiB, beyond that in an unlinked file, encrypted.
//!
//! Files may be taken aside while they arrive ([`aside`]): the spool reads them back to the byte, from where they are.
//! Promises: no clear text reaches the disk (AES-256-GCM per 64 KiB chunk under a random key that lives in memory only, so that
//! what a crash leaves behind is noise); at most about 400 KiB of memory whatever the size; reads from anywhere, from any thread.
//! Leaves to others: what the bytes mean. Fails with the `io::Error` of the file below (a full disk has kind `StorageFull`);
//! a chunk that was changed on disk is `InvalidData`.

pub mod aside;
mod file;
mod reader;
mod run;
mod writer;

pub use reader::SpoolReader;
pub use writer::SpoolWriter;

pub(super) use reader::Aligned;

use file::Sealed;
use run::Run;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Up to here a mail stays in memory, in bytes.
pub const IN_MEMORY: usize = 256 * 1024;
/// Clear bytes of one chunk of the file.
const CHUNK: usize = 64 * 1024;
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

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spool({} bytes)", self.len)
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
