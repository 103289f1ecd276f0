//! Blobs as files: two levels of folders, names that say nothing.
//!
//! Promises: a blob is under its name only when all of it is on disk (temporary name, fsync, rename, fsync of the folder); what a crash
//! leaves under a temporary name goes at the next start. Files are for this user only.
//! Fails with `StorageFull` while some room is left, so that the index can go on; a failed sync ends the process (fsyncgate: the
//! kernel forgets the pages that could not be written, and the next sync says all is well).

use super::room::Room;
use crate::fault::crash;
use crate::transfer::{BlobId, BlobReader, BlobWriter};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// Ends the process: what is on disk is not known any more. Tests put something else in its place.
pub type OnFatal = Arc<dyn Fn(&str) + Send + Sync>;

const TEMPORARY: &str = "tmp";
/// How many bytes are written between two looks at the room that is left.
const LOOK_EVERY: u64 = 4 << 20;

/// A folder of blobs.
pub struct Files {
    root: PathBuf,
    room: Arc<Room>,
    on_fatal: OnFatal,
}

impl Files {
    /// Opens or makes the folder, with all its folders, and removes what was never finished.
    pub fn open(root: &Path, room: Arc<Room>, on_fatal: OnFatal) -> io::Result<Self> {
        make_folder(root)?;
        let temporary = root.join(TEMPORARY);
        make_folder(&temporary)?;
        for entry in fs::read_dir(&temporary)? {
            fs::remove_file(entry?.path())?;
        }
        for first in 0..=255u8 {
            make_folder(&root.join(format!("{first:02x}")))?;
        }
        sync_folder(root)?;
        Ok(Files {
            root: root.to_owned(),
            room,
            on_fatal,
        })
    }

    fn folder(&self, id: BlobId) -> PathBuf {
        self.root.join(format!("{:02x}", id.0[0]))
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.folder(id).join(id.to_string())
    }

    /// See [`super::backend::Backend::write_blob`].
    pub fn write(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.room.check()?;
        let temporary = self.root.join(TEMPORARY).join(BlobId::fresh().to_string());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        Ok(Box::new(Writer {
            file,
            temporary,
            path: self.path(id),
            folder: self.folder(id),
            room: self.room.clone(),
            until_look: LOOK_EVERY,
            on_fatal: self.on_fatal.clone(),
            finished: false,
        }))
    }

    /// See [`super::backend::Backend::open_blob`].
    pub fn read(&self, id: BlobId) -> io::Result<Box<dyn BlobReader>> {
        let file = File::open(self.path(id))?;
        let len = file.metadata()?.len();
        Ok(Box::new(Reader { file, len }))
    }

    /// See [`super::backend::Backend::drop_blob`]. Not synced: a blob that comes back after a crash is an orphan.
    pub fn remove(&self, id: BlobId) -> io::Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// See [`super::backend::Backend::blobs`]. What is no blob's name is not ours and is left alone.
    pub fn list(&self) -> io::Result<Vec<(BlobId, i64)>> {
        let mut found = Vec::new();
        for first in 0..=255u8 {
            for entry in fs::read_dir(self.root.join(format!("{first:02x}")))? {
                let entry = entry?;
                let Some(id) = entry.file_name().to_str().and_then(parse) else {
                    continue;
                };
                match entry.metadata() {
                    Ok(metadata) => found.push((id, modified(&metadata)?)),
                    // Removed meanwhile.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(found)
    }
}

/// Makes a folder for this user only; one that exists is as good.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Names in a folder are durable only once the folder was synced.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn modified(metadata: &fs::Metadata) -> io::Result<i64> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH);
    Ok(since.map_or(0, |s| i64::try_from(s.as_secs()).unwrap_or(i64::MAX)))
}

fn parse(name: &str) -> Option<BlobId> {
    if name.len() != 32 || !name.is_ascii() {
        return None;
    }
    let mut id = [0; 16];
    for (byte, hex) in id.iter_mut().zip(name.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?;
    }
    // Only the one spelling that we write.
    (BlobId(id).to_string() == name).then_some(BlobId(id))
}

struct Writer {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
    folder: PathBuf,
    room: Arc<Room>,
    until_look: u64,
    on_fatal: OnFatal,
    finished: bool,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.until_look == 0 {
            self.room.check()?;
            self.until_look = LOOK_EVERY;
        }
        let n = self.file.write(bytes)?;
        self.until_look = self.until_look.saturating_sub(n as u64);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BlobWriter for Writer {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        crash::point("blob/written");
        let synced = self
            .file
            .sync_all()
            .inspect(|()| crash::point("blob/synced"))
            .and_then(|()| fs::rename(&self.temporary, &self.path))
            .inspect(|()| crash::point("blob/renamed"))
            .and_then(|()| sync_folder(&self.folder));
        crash::point("blob/finished");
        match &synced {
            Ok(()) => self.finished = true,
            Err(error) => (self.on_fatal)(&format!("a blob could not be synced: {error}")),
        }
        synced
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.finished {
            // If it cannot be removed now, the next start does it.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

struct Reader {
    file: File,
    len: u64,
}

impl BlobReader for Reader {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(out, offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_finished_goes_and_what_is_not_ours_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || {
            let room = Arc::new(Room::new(folder.path(), 0, 0));
            Files::open(folder.path(), room, Arc::new(|what| panic!("{what}"))).expect("opens")
        };
        let files = open();
        let mut writer = files.write(BlobId::fresh()).expect("starts");
        writer.write_all(b"half").expect("writes");
        std::mem::forget(writer);
        fs::write(folder.path().join("ab/README"), "not ours").expect("writes");
        let files = open();
        let left = fs::read_dir(folder.path().join(TEMPORARY)).expect("reads");
        assert_eq!(left.count(), 0);
        assert_eq!(files.list().expect("lists"), []);
        assert!(folder.path().join("ab/README").exists());
    }

    #[test]
    fn a_full_disk_is_said_before_it_is_full() {
        let folder = tempfile::tempdir().expect("a folder");
        let room = Arc::new(Room::new(folder.path(), u64::MAX, 0));
        let files = Files::open(folder.path(), room, Arc::new(|_| ())).expect("opens");
        let error = files.write(BlobId::fresh()).err().expect("no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
