//! The file below a large spool: chunks, each encrypted, under no name.

use super::CHUNK;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const TAG: usize = 16;

/// The file, and the key to it. Chunk `n` is at `n * (CHUNK + TAG)`; only the last may be shorter.
pub(super) struct Sealed {
    file: File,
    key: LessSafeKey,
    chunks: u64,
    /// Clear bytes in all of them.
    len: u64,
}

impl Sealed {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let mut key = zeroize::Zeroizing::new([0u8; 32]);
        getrandom::fill(key.as_mut()).map_err(io::Error::other)?;
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref())
            .map_err(|_| io::Error::other("no key for a spool"))?;
        Ok(Sealed {
            file: unlinked_file(folder)?,
            key: LessSafeKey::new(key),
            chunks: 0,
            len: 0,
        })
    }

    /// How many there are.
    pub(super) fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Encrypts a chunk where it stands and writes it behind the others.
    pub(super) fn append(&mut self, chunk: &mut Vec<u8>) -> io::Result<()> {
        self.len += chunk.len() as u64;
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(self.chunks), Aad::empty(), chunk)
            .map_err(|_| io::Error::other("a spool chunk could not be encrypted"))?;
        chunk.extend_from_slice(tag.as_ref());
        self.file.write_all_at(chunk, place_of(self.chunks))?;
        self.chunks += 1;
        Ok(())
    }

    /// Reads a chunk that was appended.
    pub(super) fn open_chunk(&self, chunk: u64, out: &mut Vec<u8>) -> io::Result<()> {
        let clear = (self.len - chunk * CHUNK as u64).min(CHUNK as u64) as usize;
        out.resize(clear + TAG, 0);
        self.file.read_exact_at(out, place_of(chunk))?;
        self.key
            .open_in_place(nonce(chunk), Aad::empty(), out)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a spool file was changed"))?;
        out.truncate(clear);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_on_disk_is_not_in_the_clear_and_a_changed_one_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sealed = Sealed::create(folder.path()).expect("room");
        for _ in 0..3 {
            let mut chunk = b"the secret plan\n".repeat(CHUNK / 16);
            sealed.append(&mut chunk).expect("room");
        }
        let names = std::fs::read_dir(folder.path()).expect("a folder");
        assert_eq!(names.count(), 0);
        let mut raw = vec![0; CHUNK];
        sealed.file.read_exact_at(&mut raw, 0).expect("readable");
        assert_eq!(memchr::memmem::find(&raw, b"secret"), None);
        let changed = sealed.file.write_all_at(b"x", place_of(2) + 9);
        changed.expect("room");
        let error = sealed.open_chunk(2, &mut raw).expect_err("changed");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        sealed.open_chunk(1, &mut raw).expect("as it was written");
        assert!(raw.starts_with(b"the secret plan"));
    }

    #[test]
    fn file_systems_without_nameless_files_have_one_without_a_name_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let file = named_and_unlinked(folder.path(), flags, Mode::RUSR | Mode::WUSR);
        assert!(file.is_ok());
        let names = std::fs::read_dir(folder.path()).expect("a folder");
        assert_eq!(names.count(), 0);
    }
}
