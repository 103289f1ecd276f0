//! The bytes of a mail as received: in memory up to 256 KiB, beyond that in an unlinked file, encrypted.
//!
//! Promises: no clear text reaches the disk (AES-256-GCM per 64 KiB chunk under a random key that lives in memory only, so that
//! what a crash leaves behind is noise); at most about 400 KiB of memory whatever the size; reads from anywhere, from any thread.
//! Leaves to others: what the bytes mean. Fails with the `io::Error` of the file below (a full disk has kind `StorageFull`);
//! a chunk that was changed on disk is `InvalidData`.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustix::fs::{Mode, OFlags};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Up to here a mail stays in memory, in bytes.
pub const IN_MEMORY: usize = 256 * 1024;
/// Clear bytes of one chunk; on disk each has its tag behind it.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// Takes bytes once, in order.
pub struct SpoolWriter {
    folder: Arc<Path>,
    /// What is in memory: everything, or what does not fill a chunk yet.
    bytes: Vec<u8>,
    file: Option<Sealed>,
}

/// Gives them back, from anywhere, as often as wanted, from any thread.
pub struct Spool {
    folder: Arc<Path>,
    len: u64,
    place: Place,
}

enum Place {
    Memory(Vec<u8>),
    File {
        file: Sealed,
        /// The last chunk that [`Spool::read_at`] took a piece of.
        last: Mutex<Window>,
    },
}

/// The file below, and the key to it. Chunk `n` is at `n * (CHUNK + TAG)`.
struct Sealed {
    file: File,
    key: LessSafeKey,
    chunks: u64,
}

/// One chunk in the clear.
#[derive(Default)]
struct Window {
    chunk: Option<u64>,
    bytes: Vec<u8>,
}

impl SpoolWriter {
    /// `folder` is where a file goes if the mail gets large; nothing is made there before.
    pub fn new(folder: &Path) -> Self {
        SpoolWriter {
            folder: folder.into(),
            bytes: Vec::new(),
            file: None,
        }
    }

    /// The next bytes.
    pub fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
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
        while !bytes.is_empty() {
            let room = CHUNK - self.bytes.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.bytes.extend_from_slice(now);
            bytes = later;
            if self.bytes.len() == CHUNK {
                self.seal_chunk()?;
            }
        }
        Ok(())
    }

    /// How many so far.
    pub fn len(&self) -> u64 {
        let sealed = self.file.as_ref().map_or(0, |file| file.chunks);
        sealed * CHUNK as u64 + self.bytes.len() as u64
    }

    /// True before the first byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// No more bytes.
    pub fn finish(mut self) -> io::Result<Spool> {
        let len = self.len();
        if self.file.is_some() && !self.bytes.is_empty() {
            self.seal_chunk()?;
        }
        let place = match self.file {
            Some(file) => Place::File {
                file,
                last: Mutex::new(Window::default()),
            },
            None => Place::Memory(self.bytes),
        };
        Ok(Spool {
            folder: self.folder,
            len,
            place,
        })
    }

    /// From memory into a file of its own.
    fn spill(&mut self) -> io::Result<()> {
        let gathered = std::mem::replace(&mut self.bytes, Vec::with_capacity(CHUNK + TAG));
        self.file = Some(Sealed::create(&self.folder)?);
        gathered
            .chunks(CHUNK)
            .try_for_each(|chunk| self.write(chunk))
    }

    fn seal_chunk(&mut self) -> io::Result<()> {
        let file = self
            .file
            .as_mut()
            .expect("chunks are sealed only behind spill(), which makes the file");
        file.append(&mut self.bytes)?;
        self.bytes.clear();
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
                Ok(mut window) => self.read_chunks(file, &mut window, offset, out),
                Err(_) => self.read_chunks(file, &mut Window::default(), offset, out),
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

    fn read_chunks(
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
            let (chunk, within) = (at / CHUNK as u64, (at % CHUNK as u64) as usize);
            if window.chunk != Some(chunk) {
                file.open_chunk(chunk, self.len, window)?;
            }
            done += copy_from(&window.bytes, within as u64, &mut out[done..]);
        }
        Ok(done)
    }
}

impl Sealed {
    fn create(folder: &Path) -> io::Result<Self> {
        let mut key = zeroize::Zeroizing::new([0u8; 32]);
        getrandom::fill(key.as_mut()).map_err(io::Error::other)?;
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref())
            .map_err(|_| io::Error::other("no key for a spool"))?;
        Ok(Sealed {
            file: unlinked_file(folder)?,
            key: LessSafeKey::new(key),
            chunks: 0,
        })
    }

    /// Encrypts a chunk where it stands and writes it behind the others.
    fn append(&mut self, chunk: &mut Vec<u8>) -> io::Result<()> {
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(self.chunks), Aad::empty(), chunk)
            .map_err(|_| io::Error::other("a spool chunk could not be encrypted"))?;
        chunk.extend_from_slice(tag.as_ref());
        self.file.write_all_at(chunk, place_of(self.chunks))?;
        self.chunks += 1;
        Ok(())
    }

    fn open_chunk(&self, chunk: u64, len: u64, window: &mut Window) -> io::Result<()> {
        window.chunk = None;
        let clear = (len - chunk * CHUNK as u64).min(CHUNK as u64) as usize;
        window.bytes.resize(clear + TAG, 0);
        self.file
            .read_exact_at(&mut window.bytes, place_of(chunk))?;
        self.key
            .open_in_place(nonce(chunk), Aad::empty(), &mut window.bytes)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a spool file was changed"))?;
        window.bytes.truncate(clear);
        window.chunk = Some(chunk);
        Ok(())
    }
}

fn place_of(chunk: u64) -> u64 {
    chunk * (CHUNK + TAG) as u64
}

/// The number of the chunk. It never comes twice under one key: a spool is written once, in order, and its key is its own.
fn nonce(chunk: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&chunk.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

fn copy_from(bytes: &[u8], offset: u64, out: &mut [u8]) -> usize {
    let from = usize::try_from(offset)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    let n = out.len().min(bytes.len() - from);
    out[..n].copy_from_slice(&bytes[from..from + n]);
    n
}

/// A file without a name, for this process only. Not every file system has `O_TMPFILE` (NFS, overlay on old kernels).
fn unlinked_file(folder: &Path) -> io::Result<File> {
    let mode = Mode::RUSR | Mode::WUSR;
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    match rustix::fs::open(folder, flags | OFlags::TMPFILE, mode) {
        Ok(file) => Ok(file.into()),
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::ISDIR | rustix::io::Errno::INVAL) => {
            named_and_unlinked(folder, flags, mode)
        }
        Err(errno) => Err(errno.into()),
    }
}

fn named_and_unlinked(folder: &Path, flags: OFlags, mode: Mode) -> io::Result<File> {
    let mut name = [0u8; 16];
    getrandom::fill(&mut name).map_err(io::Error::other)?;
    let path: PathBuf = folder.join(format!("spool-{:032x}", u128::from_be_bytes(name)));
    let file = rustix::fs::open(&path, flags | OFlags::CREATE | OFlags::EXCL, mode)?;
    rustix::fs::unlink(&path)?;
    Ok(file.into())
}

/// Reads a range of a [`Spool`]. Keeps the chunk it is in, so that small reads cost no decryption each.
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
                self.spool
                    .read_chunks(file, &mut self.window, self.range.start, out)?
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
    fn a_large_mail_leaves_no_name_and_no_clear_text_on_disk() {
        let bytes = b"the secret plan\r\n".repeat(40_000);
        let (folder, spool) = spooled(&bytes, 10_000);
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            0
        );
        let Place::File { file, .. } = &spool.place else {
            panic!("large mails are in a file")
        };
        let mut raw = vec![0; CHUNK];
        file.file.read_exact_at(&mut raw, 0).expect("readable");
        assert_eq!(memchr::memmem::find(&raw, b"secret"), None);
    }

    #[test]
    fn a_changed_file_is_noticed() {
        let (_folder, spool) = spooled(&pattern(6 * CHUNK), 4096);
        let Place::File { file, .. } = &spool.place else {
            panic!("large mails are in a file")
        };
        file.file.write_all_at(b"x", place_of(2) + 9).expect("room");
        let error = spool
            .slice(2 * CHUNK as u64..2 * CHUNK as u64 + 20)
            .expect_err("chunk 2 is not what was written");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(spool.slice(0..100).is_ok());
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
        let folder = tempfile::tempdir().expect("a folder");
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let file = named_and_unlinked(folder.path(), flags, Mode::RUSR | Mode::WUSR);
        assert!(file.is_ok(), "file systems without O_TMPFILE");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            0
        );
    }
}
