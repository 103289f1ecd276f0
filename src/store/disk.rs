//! What the blobs ask of a file system: a handful of calls, so that the same code runs on a simulated disk that loses power.
//!
//! [`Real`] is the operating system. What counts as durable: bytes of a file after [`NewFile::sync`], names in a folder after
//! [`Disk::sync_folder`], nothing else; a rename is done as a whole or not at all.

use crate::transfer::BlobReader;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// A file system.
pub trait Disk: Send + Sync {
    /// Makes a folder for this user only; one that exists is as good.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes a file for this user only; an error if there is one.
    fn create(&self, path: &Path) -> io::Result<Box<dyn NewFile>>;

    /// Opens a file for writing behind its end.
    fn append(&self, path: &Path) -> io::Result<Box<dyn NewFile>>;

    /// Cuts a file off behind so many bytes.
    fn cut(&self, path: &Path, len: u64) -> io::Result<()>;

    /// Gives a file another name, in place of a file that may have it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Opens a file for reading.
    fn open(&self, path: &Path) -> io::Result<Box<dyn BlobReader>>;

    /// Bytes of a file.
    fn len(&self, path: &Path) -> io::Result<u64> {
        self.open(path).map(|file| file.len())
    }

    /// Names of files in a folder, with the time each was written (Unix seconds).
    fn list(&self, path: &Path) -> io::Result<Vec<(String, i64)>>;
}

/// A file being written, or more of it.
pub trait NewFile: Write + Send + Sync {
    /// Makes its bytes durable.
    fn sync(&self) -> io::Result<()>;

    /// Reads what is in it so far, under whatever name it comes to stand.
    fn reader(&self) -> io::Result<Box<dyn BlobReader>>;
}

/// The operating system's.
pub struct Real;

impl Disk for Real {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn NewFile>> {
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Box::new(file))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn NewFile>> {
        Ok(Box::new(OpenOptions::new().append(true).open(path)?))
    }

    fn cut(&self, path: &Path, len: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.set_len(len)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn BlobReader>> {
        Reader::of(File::open(path)?)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        fs::metadata(path).map(|file| file.len())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<(String, i64)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            match entry.metadata() {
                Ok(metadata) if metadata.is_file() => found.push((name, modified(&metadata)?)),
                Ok(_) => {}
                // Removed meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

impl NewFile for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_all()
    }

    fn reader(&self) -> io::Result<Box<dyn BlobReader>> {
        Reader::of(self.try_clone()?)
    }
}

fn modified(metadata: &fs::Metadata) -> io::Result<i64> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH);
    Ok(since.map_or(0, |s| i64::try_from(s.as_secs()).unwrap_or(i64::MAX)))
}

struct Reader {
    file: File,
    len: u64,
}

impl Reader {
    fn of(file: File) -> io::Result<Box<dyn BlobReader>> {
        let len = file.metadata()?.len();
        Ok(Box::new(Reader { file, len }))
    }
}

impl BlobReader for Reader {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(out, offset)
    }
}
