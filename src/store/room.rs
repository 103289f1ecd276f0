//! Room on the disk: a mark below which nothing new is taken in, and a ballast that is thrown off so that the index can go on.
//!
//! sled cannot be reopened on a full disk, and an error inside its commit leaves nobody knowing what was written. So new transfers stop
//! while room is left, and when even that runs low the ballast file goes; it comes back when there is room again.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Below this many free bytes the ballast goes: two segments of the index.
const LAST: u64 = 8 << 20;

/// So long what was seen counts: meanwhile even a fast disk takes in less than that.
const SEEN_FOR: Duration = Duration::from_millis(4);

/// The room in one folder's file system.
pub struct Room {
    folder: PathBuf,
    reserve: u64,
    ballast: u64,
    /// The free bytes, and when they were counted.
    seen: Mutex<Option<(Instant, u64)>>,
}

impl Room {
    /// Below `reserve` free bytes nothing new is taken; `ballast` is the size of the ballast file, 0 for none.
    pub fn new(folder: &Path, reserve: u64, ballast: u64) -> Self {
        Room {
            folder: folder.to_owned(),
            reserve,
            ballast,
            seen: Mutex::default(),
        }
    }

    /// `StorageFull` if with so many bytes more it would be below the mark.
    pub fn check(&self, bytes: u64) -> io::Result<()> {
        let free = self.free()?;
        if free < self.reserve.saturating_add(bytes) {
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                format!(
                    "{free} bytes are free, {} are kept in reserve",
                    self.reserve
                ),
            ));
        }
        Ok(())
    }

    /// Throws off the ballast if nearly nothing is left.
    pub fn make(&self) -> io::Result<()> {
        if self.ballast > 0 && self.free()? < LAST {
            self.see(None);
            match fs::remove_file(self.ballast_file()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => tracing::error!("the disk is nearly full: the ballast was removed"),
            }
        }
        Ok(())
    }

    /// Takes the ballast in again if there is room for it. Failing to is no fault of the store.
    pub fn restore(&self) {
        let path = self.ballast_file();
        let wanted = self.ballast > 0 && !path.exists();
        let roomy = || self.free().is_ok_and(|f| f > self.reserve + self.ballast);
        if wanted && roomy() {
            self.see(None);
            let made = File::create(&path).and_then(|file| {
                let flags = rustix::fs::FallocateFlags::empty();
                Ok(rustix::fs::fallocate(&file, flags, 0, self.ballast)?)
            });
            if let Err(error) = made {
                tracing::warn!(%error, "no ballast could be taken in");
                let _ = fs::remove_file(&path);
            }
        }
    }

    fn ballast_file(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    fn free(&self) -> io::Result<u64> {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, free)) = seen.filter(|(at, _)| at.elapsed() < SEEN_FOR) {
            return Ok(free);
        }
        let at = Instant::now();
        let stat = rustix::fs::statvfs(&self.folder)?;
        let free = stat.f_bavail.saturating_mul(stat.f_frsize);
        self.see(Some((at, free)));
        Ok(free)
    }

    fn see(&self, seen: Option<(Instant, u64)>) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballast_takes_its_room_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let room = Room::new(folder.path(), 0, 1 << 20);
        room.restore();
        room.restore();
        let ballast = fs::metadata(folder.path().join("ballast")).expect("is there");
        assert_eq!(ballast.len(), 1 << 20);
        // There is room, so it stays.
        room.make().expect("looks");
        assert!(folder.path().join("ballast").exists());
    }
}
