//! The master key's file: made once, read at start.

use crate::config::SecretSource;
use crate::fault::failure::{Exit, Failure};
use crate::transfer::keys::{Key, MasterKey};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Writes 32 random bytes into a new file of mode 0400, durable when this returns. An existing file is never touched: its key may
/// be the only one that opens what is stored.
pub fn init(file: &Path) -> Result<(), Failure> {
    write_new(file, MasterKey::fresh().expose(), 0o400).map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(Exit::Failed, format!("{} exists", file.display())).hint(
                "it may be the only key to what is stored; move it away yourself if it is not",
            )
        }
        _ => Failure::new(Exit::Failed, format!("{}: {e}", file.display())),
    })
}

/// Reads the key that `store.master_key` names. The error is a sentence for the operator.
pub fn read(source: &SecretSource) -> Result<MasterKey, String> {
    bytes(source).map(|key| MasterKey::from_bytes(*key))
}

/// The 32 bytes of a key file.
pub fn bytes(source: &SecretSource) -> Result<Key, String> {
    let bytes = source.read().map_err(|e| e.to_string())?;
    match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(key) => Ok(Key::new(key)),
        Err(_) => Err(format!(
            "{source} has {} bytes instead of 32; a key file is never edited",
            bytes.len()
        )),
    }
}

/// A new file with these bytes, on disk when it returns; nothing is left of it after an error.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = std::fs::remove_file(path); // the error that is reported is the first one
    }
    written?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
