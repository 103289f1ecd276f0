//! `cloakroom key init`: the master key.

use super::{Exit, Failure, print};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use zeroize::Zeroizing;

/// Writes 32 random bytes into a new file of mode 0400, durable when this returns. An existing file is never touched: its key may
/// be the only one that opens what is stored.
pub fn init(file: &Path) -> Result<(), Failure> {
    let key = Zeroizing::new(crate::mail::id::random::<32>());
    write(file, &*key, 0o400).map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(Exit::Failed, format!("{} exists", file.display())).hint(
                "it may be the only key to what is stored; move it away yourself if it is not",
            )
        }
        _ => Failure::new(Exit::Failed, format!("{}: {e}", file.display())),
    })?;
    print(&format!(
        "wrote {}\nkeep a copy where the gateway's disk is not: without it no transfer can be opened\n",
        file.display()
    ))
}

/// A new file with these bytes, on disk when it returns; nothing is left of it after an error.
pub(super) fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
