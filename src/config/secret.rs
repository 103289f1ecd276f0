//! Where a secret lies: a systemd credential or a file, never the configuration itself.
//!
//! Promises: what others on the machine could read is refused, so that a slip of `chmod` is found at start and not by a thief;
//! the value is wiped on drop and never in an error.

use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use zeroize::Zeroizing;

/// Keys, tokens and private keys are small; a larger file is the wrong file.
const MAX_BYTES: u64 = 64 * 1024;

/// The place of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// `credential:NAME`: a file in `$CREDENTIALS_DIRECTORY` (systemd `LoadCredential=`).
    Credential(String),
    /// A path.
    File(PathBuf),
}

/// Why a secret cannot be had.
#[derive(Debug)]
pub enum Unreadable {
    /// `credential:` outside a service that has credentials.
    NoCredentials(String),
    /// Reading failed.
    Io(PathBuf, io::Error),
    /// Group or others may read or write it: the mode.
    Open(PathBuf, u32),
    /// Larger than any secret.
    TooLarge(PathBuf),
}

impl SecretSource {
    /// The same with a relative path counted from `base`.
    pub fn based(self, base: &Path) -> Self {
        match self {
            SecretSource::File(path) => SecretSource::File(base.join(path)),
            credential => credential,
        }
    }

    /// The file, if it can be known.
    pub fn path(&self) -> Result<PathBuf, Unreadable> {
        match self {
            SecretSource::File(path) => Ok(path.clone()),
            SecretSource::Credential(name) => std::env::var_os("CREDENTIALS_DIRECTORY")
                .map(|folder| Path::new(&folder).join(name))
                .ok_or_else(|| Unreadable::NoCredentials(name.clone())),
        }
    }

    /// The secret's bytes, as they are in the file.
    ///
    /// A credential's mode is systemd's care: it lies in a folder only the service sees, and group-readable by an access list.
    pub fn read(&self) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        let path = self.path()?;
        let failed = |e| Unreadable::Io(path.clone(), e);
        let about = std::fs::metadata(&path).map_err(failed)?;
        let mode = about.permissions().mode() & 0o777;
        match self {
            SecretSource::File(_) if mode & 0o077 != 0 => Err(Unreadable::Open(path, mode)),
            _ if about.len() > MAX_BYTES => Err(Unreadable::TooLarge(path)),
            _ => std::fs::read(&path).map(Zeroizing::new).map_err(failed),
        }
    }
}

impl FromStr for SecretSource {
    type Err = NoSecretSource;

    fn from_str(text: &str) -> Result<Self, NoSecretSource> {
        match text.strip_prefix("credential:") {
            Some(name) if name.is_empty() || name.contains('/') || name.starts_with('.') => {
                Err(NoSecretSource)
            }
            Some(name) => Ok(SecretSource::Credential(name.to_owned())),
            None if text.is_empty() => Err(NoSecretSource),
            None => Ok(SecretSource::File(PathBuf::from(text))),
        }
    }
}

/// The text names no place of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSecretSource;

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretSource::Credential(name) => write!(f, "credential:{name}"),
            SecretSource::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl fmt::Display for NoSecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret is named by \"credential:NAME\" or by the path of a file")
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::NoCredentials(name) => write!(
                f,
                "credential:{name} exists only under systemd (LoadCredential={name}:PATH); elsewhere name a file"
            ),
            Unreadable::Io(path, e) => write!(f, "{}: {e}", path.display()),
            Unreadable::Open(path, mode) => write!(
                f,
                "{}: mode {mode:04o} lets others read this secret; chmod 0400 it",
                path.display()
            ),
            Unreadable::TooLarge(path) => {
                write!(f, "{}: larger than any secret should be", path.display())
            }
        }
    }
}

impl std::error::Error for NoSecretSource {}
impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_secret_others_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key");
        fs::write(&file, b"k").expect("written");
        let source = SecretSource::File(file.clone());
        for (mode, fine) in [(0o400, true), (0o600, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("set");
            match source.read() {
                Ok(bytes) => assert!(fine && *bytes == b"k", "{mode:o}"),
                Err(e) => assert!(!fine && matches!(e, Unreadable::Open(..)), "{mode:o}: {e}"),
            }
        }
    }

    #[test]
    fn a_credential_is_a_name_and_no_path() {
        for text in ["credential:", "credential:../x", "credential:a/b", ""] {
            assert_eq!(text.parse::<SecretSource>(), Err(NoSecretSource), "{text}");
        }
    }
}
