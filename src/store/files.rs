//! Blobs as files in one folder, under names that say nothing.
//!
//! Promises: a finished blob is under its name only when all of it is on disk (temporary name, sync, rename); one that was left is there
//! whole at once, and on disk when [`Files::end`] has returned. Names that were left are on disk when the last blob of their transfer has
//! ended, those of finished blobs when [`Files::sync_names`] has returned, which the writer of the index calls before each commit: names of
//! many blobs cost one sync, and no record refers to a blob that a power cut can take. What a crash leaves under a temporary name goes at the
//! next start. Files are for this user only.
//! Fails with `StorageFull` while some room is left, so that the index can go on; a failed sync ends the process (fsyncgate: the
//! kernel forgets the pages that could not be written, and the next sync says all is well).

use super::backend::unless_missing;
use super::disk::{Disk, NewFile};
use super::room::Room;
use crate::fault::crash;
use crate::transfer::{BlobId, BlobReader, BlobWriter};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Ends the process: what is on disk is not known any more. Tests put something else in its place.
pub type OnFatal = Arc<dyn Fn(&str) + Send + Sync>;

const TEMPORARY: &str = "tmp";
/// One folder for all of them: with one per first byte, each blob and each manifest would need a sync for its name.
const KEPT: &str = "kept";
/// How many bytes are written between two looks at the room that is left.
const LOOK_EVERY: u64 = 4 << 20;

/// A folder of blobs.
pub struct Files {
    disk: Arc<dyn Disk>,
    temporary: PathBuf,
    kept: PathBuf,
    room: Arc<Room>,
    on_fatal: OnFatal,
    names: Arc<Names>,
}

/// Which names are on disk.
#[derive(Default)]
struct Names {
    /// How many were ever made.
    made: AtomicU64,
    /// Of these the last that was finished: the next commit needs it. Who leaves a blob sees to its name when it ends.
    finished: AtomicU64,
    /// How many of these were there when the folder was synced last. Locked while it is: who comes meanwhile finds that the next sync was
    /// for several.
    synced: Mutex<u64>,
}

impl Files {
    /// Opens or makes the folder, and removes what was never finished.
    pub fn open(
        disk: Arc<dyn Disk>,
        root: &Path,
        room: Arc<Room>,
        on_fatal: OnFatal,
    ) -> io::Result<Self> {
        let (temporary, kept) = (root.join(TEMPORARY), root.join(KEPT));
        for folder in [root, &temporary, &kept] {
            disk.make_folder(folder)?;
        }
        for (name, _) in disk.list(&temporary)? {
            disk.remove(&temporary.join(name))?;
        }
        let files = Files {
            disk,
            temporary,
            kept,
            room,
            on_fatal,
            names: Arc::default(),
        };
        // Names of a process that was killed are there to be seen, but perhaps not on disk.
        files.disk.sync_folder(&files.kept)?;
        files.disk.sync_folder(root)?;
        Ok(files)
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.kept.join(id.to_string())
    }

    /// Makes the names of all finished blobs durable.
    pub fn sync_names(&self) -> io::Result<()> {
        self.sync_to(self.names.finished.load(Ordering::SeqCst))
    }

    /// Makes so many names durable. Of several who call it at once one syncs for all.
    fn sync_to(&self, mine: u64) -> io::Result<()> {
        // Written only when all of a sync is done, so a panic leaves it true.
        let synced = self.names.synced.lock();
        let mut synced = synced.unwrap_or_else(PoisonError::into_inner);
        if *synced < mine {
            let made = self.names.made.load(Ordering::SeqCst);
            self.disk.sync_folder(&self.kept)?;
            *synced = made;
        }
        Ok(())
    }

    /// See [`super::backend::Backend::write_blob`].
    pub fn write(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.room.check(0)?;
        self.start(id, LOOK_EVERY)
    }

    /// See [`super::backend::Backend::write_needed`].
    pub fn write_needed(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.room.make()?;
        self.start(id, u64::MAX)
    }

    fn start(&self, id: BlobId, until_look: u64) -> io::Result<Box<dyn BlobWriter>> {
        let temporary = self.temporary.join(BlobId::fresh().to_string());
        Ok(Box::new(Writer {
            file: self.disk.create(&temporary)?,
            disk: self.disk.clone(),
            temporary,
            path: self.path(id),
            room: self.room.clone(),
            until_look,
            on_fatal: self.on_fatal.clone(),
            names: self.names.clone(),
            finished: false,
        }))
    }

    /// See [`super::backend::Backend::end_blob`].
    pub fn end(&self, id: BlobId, behind: &[u8]) -> io::Result<()> {
        self.room.make()?;
        let mut file = self.disk.append(&self.path(id))?;
        file.write_all(behind)?;
        crash::point("blob/end-written");
        sync(&*file, &self.on_fatal)?;
        // The last of its transfer: the names of all are made. Here, where others do not wait for it as they do in a commit.
        if !behind.is_empty() {
            let named = self.sync_to(self.names.made.load(Ordering::SeqCst));
            named.inspect_err(|error| {
                (self.on_fatal)(&format!("a name could not be synced: {error}"))
            })?;
        }
        crash::point("blob/ended");
        Ok(())
    }

    /// See [`super::backend::Backend::cut_blob`].
    pub fn cut(&self, id: BlobId, len: u64) -> io::Result<()> {
        let cut = self.disk.cut(&self.path(id), len);
        cut.or_else(unless_missing)
    }

    /// See [`super::backend::Backend::open_blob`].
    pub fn read(&self, id: BlobId) -> io::Result<Box<dyn BlobReader>> {
        self.disk.open(&self.path(id))
    }

    /// See [`super::backend::Backend::blob_len`].
    pub fn len(&self, id: BlobId) -> io::Result<u64> {
        self.disk.len(&self.path(id))
    }

    /// See [`super::backend::Backend::drop_blob`]. Not synced: a blob that comes back after a crash is an orphan.
    pub fn remove(&self, id: BlobId) -> io::Result<()> {
        self.disk.remove(&self.path(id)).or_else(unless_missing)
    }

    /// See [`super::backend::Backend::blobs`]. What is no blob's name is not ours and is left alone.
    pub fn list(&self) -> io::Result<Vec<(BlobId, i64)>> {
        let all = self.disk.list(&self.kept)?;
        let ours = |(name, time): &(String, i64)| Some((parse(name)?, *time));
        Ok(all.iter().filter_map(ours).collect())
    }
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
    disk: Arc<dyn Disk>,
    file: Box<dyn NewFile>,
    temporary: PathBuf,
    path: PathBuf,
    room: Arc<Room>,
    until_look: u64,
    on_fatal: OnFatal,
    names: Arc<Names>,
    finished: bool,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.until_look == 0 {
            self.room.check(0)?;
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
    fn finish(self: Box<Self>) -> io::Result<()> {
        crash::point("blob/written");
        sync(&*self.file, &self.on_fatal)?;
        crash::point("blob/synced");
        let names = self.names.clone();
        self.leave()?;
        let made = names.made.load(Ordering::SeqCst);
        names.finished.fetch_max(made, Ordering::SeqCst);
        Ok(())
    }

    fn leave(mut self: Box<Self>) -> io::Result<()> {
        let named = self.disk.rename(&self.temporary, &self.path);
        named
            .inspect_err(|error| (self.on_fatal)(&format!("a blob could not be named: {error}")))?;
        crash::point("blob/renamed");
        self.finished = true;
        self.names.made.fetch_add(1, Ordering::SeqCst);
        crash::point("blob/finished");
        Ok(())
    }

    fn reader(&self) -> io::Result<Box<dyn BlobReader>> {
        self.file.reader()
    }
}

fn sync(file: &dyn NewFile, on_fatal: &OnFatal) -> io::Result<()> {
    let synced = file.sync();
    synced.inspect_err(|error| on_fatal(&format!("a blob could not be synced: {error}")))
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.finished {
            // If it cannot be removed now, the next start does it.
            let _ = self.disk.remove(&self.temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::disk::Real;
    use super::*;
    use std::fs;

    fn open(folder: &Path, reserve: u64) -> Files {
        let room = Arc::new(Room::new(folder, reserve, 0));
        let on_fatal: OnFatal = Arc::new(|what| panic!("{what}"));
        Files::open(Arc::new(Real), folder, room, on_fatal).expect("opens")
    }

    #[test]
    fn what_was_never_finished_goes_and_what_is_not_ours_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = open(folder.path(), 0);
        let mut writer = files.write(BlobId::fresh()).expect("starts");
        writer.write_all(b"half").expect("writes");
        std::mem::forget(writer);
        fs::write(folder.path().join("kept/README"), "not ours").expect("writes");
        let files = open(folder.path(), 0);
        let left = fs::read_dir(folder.path().join(TEMPORARY)).expect("reads");
        assert_eq!(left.count(), 0);
        assert_eq!(files.list().expect("lists"), []);
        assert!(folder.path().join("kept/README").exists());
    }

    #[test]
    fn a_full_disk_is_said_before_it_is_full() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = open(folder.path(), u64::MAX);
        let error = files.write(BlobId::fresh()).err().expect("no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
