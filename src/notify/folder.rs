//! A folder: one JSON file per notice, readable by its owner only. For the demo and for tests; passwords lie there in the clear.
//!
//! Promises: who sees `<id>.json` sees all of it; a second try writes the same file again.

use super::{Channel, Trouble, command};
use crate::Pending;
use crate::transfer::Notice;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Keeps notices as files.
#[derive(Debug)]
pub struct FolderChannel {
    name: String,
    path: PathBuf,
}

impl FolderChannel {
    /// The folder is made if it is not there.
    pub fn new(name: &str, path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(FolderChannel {
            name: name.to_owned(),
            path: path.to_owned(),
        })
    }
}

impl Channel for FolderChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "folder"
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(async {
            let is_name = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if notice.id.is_empty() || !is_name(&notice.id) {
                return Err(Trouble::Never("the notice's id is no file name".into()));
            }
            write(&self.path, notice).map_err(|e| Trouble::Later(format!("not written: {e}")))
        })
    }
}

fn write(folder: &Path, notice: &Notice) -> io::Result<()> {
    let part = folder.join(format!("{}.part", notice.id));
    let _ = fs::remove_file(&part);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)?;
    file.write_all(format!("{:#}\n", command::object(notice)).as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, folder.join(format!("{}.json", notice.id)))
}

#[cfg(test)]
mod tests {
    use super::super::sample::notice;
    use super::*;
    use crate::transfer::Destination;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn a_notice_becomes_a_file_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let channel = FolderChannel::new("folder", &folder.path().join("notices")).unwrap();
        let notice = notice(Destination::Operator);
        for _ in 0..2 {
            assert_eq!(channel.send(&notice).await, Ok(()));
        }
        let file = folder.path().join("notices/7K3M9XQF-0.json");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains("K7PM-2WXD-9RQF"), "{text}");
    }

    #[tokio::test]
    async fn an_id_cannot_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let channel = FolderChannel::new("folder", folder.path()).unwrap();
        let mut notice = notice(Destination::Operator);
        notice.id = "../x".into();
        assert!(matches!(
            channel.send(&notice).await,
            Err(Trouble::Never(_))
        ));
    }
}
