//! `kind = "file"`: a table in a file, CSV or TOML, held in memory and read anew when the file changes.
//!
//! Promises: a table is taken whole or not at all; after a change that cannot be read the one before stays in force, and the log says
//! so once. A changed file is read when nobody has written to it for [`SETTLED`]: half a number may be another's number. A file that
//! everybody on the machine may write to is refused, as whoever writes there says where passwords go.
//! Leaves to others: what stands in it ([`super::table`]).

use super::table::{Columns, Mistake, Table};
use super::{Directory, Entry, ReadNumber, Trouble};
use crate::Pending;
use crate::mail::Address;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Larger files are no table of people.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Between two looks whether the file has changed.
const LOOK: Duration = Duration::from_secs(1);

/// So long nobody must have written to a changed file.
const SETTLED: Duration = Duration::from_secs(2);

/// A table in a file.
pub struct FileDirectory {
    name: String,
    path: PathBuf,
    numbers: ReadNumber,
    state: Mutex<State>,
}

struct State {
    table: Arc<Table>,
    /// Of the file that was read or refused last.
    stamp: Option<Stamp>,
    looked: Instant,
}

/// What changes when a file does.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    len: u64,
    inode: u64,
}

impl FileDirectory {
    /// Reads the table; it must be right. Blocks.
    pub fn open(name: &str, path: &Path, numbers: ReadNumber) -> Result<Self, Vec<Mistake>> {
        let stamp = Stamp::of(path).ok();
        let table = Arc::new(read(path, &numbers)?);
        Ok(FileDirectory {
            name: name.to_owned(),
            path: path.to_owned(),
            numbers,
            state: Mutex::new(State {
                table,
                stamp,
                looked: Instant::now(),
            }),
        })
    }

    /// The table in force, after a look at the file.
    fn table(&self) -> Arc<Table> {
        let mut state = self.state();
        if state.looked.elapsed() >= LOOK {
            state.looked = Instant::now();
            self.look(&mut state);
        }
        state.table.clone()
    }

    fn look(&self, state: &mut State) {
        let stamp = Stamp::of(&self.path).ok();
        if stamp == state.stamp || stamp.is_some_and(|stamp| stamp.is_fresh()) {
            return;
        }
        state.stamp = stamp;
        match read(&self.path, &self.numbers) {
            Ok(table) => {
                tracing::info!(target: "directory", name = self.name, people = table.len(), "read anew");
                state.table = Arc::new(table);
            }
            Err(mistakes) => {
                let (first, more) = (mistakes.first(), mistakes.len().saturating_sub(1));
                let why = first.map(ToString::to_string);
                tracing::error!(target: "directory", name = self.name, file = %self.path.display(), why, more,
                    "cannot be read: the table before it stays in force");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Directory for FileDirectory {
    fn name(&self) -> &str {
        &self.name
    }

    fn find<'a>(&'a self, recipient: &'a Address) -> Pending<'a, Result<Option<Entry>, Trouble>> {
        Box::pin(async move {
            let table = tokio::task::block_in_place(|| self.table());
            Ok(table.find(recipient).cloned())
        })
    }

    fn reread(&self) -> Result<(), Trouble> {
        let stamp = Stamp::of(&self.path).ok();
        let table = read(&self.path, &self.numbers).map_err(|mistakes| Trouble {
            directory: self.name.clone(),
            why: told(&self.path, &mistakes),
        })?;
        let mut state = self.state();
        state.table = Arc::new(table);
        state.stamp = stamp;
        Ok(())
    }
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Stamp> {
        let about = fs::metadata(path)?;
        Ok(Stamp {
            modified: about.modified()?,
            len: about.len(),
            inode: about.ino(),
        })
    }

    /// Somebody may still be writing. A time in the future is no reason to wait for it.
    fn is_fresh(&self) -> bool {
        (self.modified.elapsed()).is_ok_and(|age| age < SETTLED)
    }
}

/// Reads a file; its name says what it is.
pub fn read(path: &Path, numbers: &ReadNumber) -> Result<Table, Vec<Mistake>> {
    let text = text_of(path)?;
    match path.extension().is_some_and(|e| e == "toml") {
        true => Table::toml(&text, numbers),
        false => Table::csv(&text, &Columns::default(), numbers),
    }
}

/// The text of a table, if it can be trusted to be one.
pub fn text_of(path: &Path) -> Result<String, Vec<Mistake>> {
    let wrong = |why: String| vec![Mistake::of_all(&why)];
    let failed = |e: io::Error| wrong(format!("cannot be read: {e}"));
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.mode() & 0o002 != 0 {
        let mode = about.mode() & 0o777;
        return Err(wrong(format!(
            "mode {mode:04o} lets everybody on this machine say where passwords go; chmod o-w it"
        )));
    }
    let mut bytes = Vec::new();
    let taken = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    if taken.map_err(failed)? as u64 > MAX_BYTES {
        return Err(wrong(
            "larger than 32 MiB: this is no table of people".into(),
        ));
    }
    String::from_utf8(bytes).map_err(|e| {
        let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', before).count() as u64 + 1;
        let what = "this is not UTF-8".to_owned();
        vec![Mistake { line, what }]
    })
}

/// All mistakes of a file on one line.
pub fn told(path: &Path, mistakes: &[Mistake]) -> String {
    let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    format!("{}: {}", path.display(), all.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::phone::Unfit;
    use std::os::unix::fs::PermissionsExt;

    fn numbers() -> ReadNumber {
        let number = |written: &str| written.starts_with('+').then(|| written.to_owned());
        Arc::new(move |written| number(written).ok_or(Unfit::NoCountry))
    }

    fn write(path: &Path, rows: &str, age: Duration) {
        // As a program does it that replaces files: under another name first.
        let part = path.with_extension("part");
        fs::write(&part, format!("address,phone\n{rows}")).unwrap();
        let file = File::options().write(true).open(&part).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        fs::rename(part, path).unwrap();
    }

    async fn phone(directory: &FileDirectory) -> Option<String> {
        // As if a second had passed.
        directory.state().looked = Instant::now().checked_sub(LOOK).unwrap();
        let bo = "bo@partner.example".parse().unwrap();
        directory.find(&bo).await.unwrap()?.phone
    }

    const OLD: Duration = Duration::from_secs(60);

    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_is_seen_once_it_is_whole_and_a_mistake_leaves_what_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        write(&path, "bo@partner.example,+461\n", OLD);
        let directory = FileDirectory::open("people", &path, numbers()).unwrap();
        assert_eq!(phone(&directory).await.as_deref(), Some("+461"));
        // Somebody is still writing.
        write(&path, "bo@partner.example,+462\n", Duration::ZERO);
        assert_eq!(phone(&directory).await.as_deref(), Some("+461"));
        write(&path, "bo@partner.example,+462\n", OLD);
        assert_eq!(phone(&directory).await.as_deref(), Some("+462"));
        for broken in ["bo@partner.example,123\n", "bo@partner.example,+4", "x"] {
            write(&path, broken, OLD);
            assert_eq!(phone(&directory).await.as_deref(), Some("+462"), "{broken}");
            let trouble = directory.reread().unwrap_err();
            assert!(trouble.to_string().contains("people.csv: "), "{trouble}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(phone(&directory).await.as_deref(), Some("+462"));
        write(&path, "eva@partner.example,+463\n", Duration::ZERO);
        directory.reread().unwrap();
        assert_eq!(phone(&directory).await, None);
    }

    #[test]
    fn a_file_that_everybody_may_write_to_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        write(&path, "bo@partner.example,+461\n", OLD);
        for (mode, fine) in [(0o644, true), (0o660, true), (0o646, false), (0o602, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(&path, &numbers()).is_ok(), fine, "{mode:o}");
        }
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        fs::write(&path, b"address,phone\nb\xf6@partner.example,+461\n").unwrap();
        let mistakes = read(&path, &numbers()).unwrap_err();
        assert_eq!(
            told(Path::new("p"), &mistakes),
            "p: line 2: this is not UTF-8"
        );
    }
}
