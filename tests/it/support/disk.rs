//! A disk that loses power: the store's own code for blobs runs on it, and an index that is a log of batches, each durable as a whole.
//!
//! It keeps every call in order. [`Simulated::states`] gives what may be left when the power goes behind (or in the middle of) one of
//! them: of what was not synced any part, in any order; of a file's unsynced end nothing, all, a piece to a sector's or to any other
//! border, or its length without its bytes. A rename is done as a whole or not at all; nothing else is promised. What the world
//! outside had seen by then is counted with each call.

use cloakroom::store::backend::{Backend, BackendError, Batch, Pair, Table};
use cloakroom::store::disk::{Disk, NewFile};
use cloakroom::store::files::Files;
use cloakroom::store::room::Room;
use cloakroom::transfer::{BlobId, BlobReader, BlobWriter};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

const ROOT: &str = "/blobs";
const SECTOR: usize = 512;

type Tables = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

/// What is on a disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    files: BTreeMap<PathBuf, Vec<u8>>,
    index: Tables,
}

/// A call, by the number of the file it is about.
#[derive(Debug, Clone)]
enum Call {
    Name(PathBuf, usize),
    Write(usize, Vec<u8>),
    Sync(usize),
    Rename(PathBuf, PathBuf, usize),
    Remove(PathBuf),
    Cut(usize, usize),
    SyncFolder(PathBuf),
    Apply(Batch),
}

/// Where the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// So many calls were made.
    pub calls: usize,
    /// The last of them did not return.
    pub inside: bool,
}

#[derive(Default)]
struct World {
    start: Left,
    names: BTreeMap<PathBuf, usize>,
    bytes: Vec<Vec<u8>>,
    index: Tables,
    /// Each with what had been seen outside when it was made.
    calls: Vec<(Call, usize)>,
}

/// A store's disk. Clones share it.
#[derive(Clone)]
pub struct Simulated {
    world: Arc<Mutex<World>>,
    files: Arc<Files>,
    seen: Arc<dyn Fn() -> usize + Send + Sync>,
}

#[derive(Clone)]
struct Calls {
    world: Arc<Mutex<World>>,
    seen: Arc<dyn Fn() -> usize + Send + Sync>,
}

impl Calls {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panicked in here")
    }

    fn note(&self, world: &mut World, call: Call) {
        world.calls.push((call, (self.seen)()));
    }
}

impl Simulated {
    /// A disk with this on it; `seen` counts what the world outside has seen.
    pub fn new(start: Left, seen: impl Fn() -> usize + Send + Sync + 'static) -> Self {
        let mut world = World::default();
        for (path, bytes) in &start.files {
            world.names.insert(path.clone(), world.bytes.len());
            world.bytes.push(bytes.clone());
        }
        world.index = start.index.clone();
        world.start = start;
        let calls = Calls {
            world: Arc::new(Mutex::new(world)),
            seen: Arc::new(seen),
        };
        let room = Arc::new(Room::new(Path::new("."), 0, 0));
        let on_fatal = Arc::new(|what: &str| panic!("{what}"));
        let files = Files::open(Arc::new(calls.clone()), Path::new(ROOT), room, on_fatal);
        Simulated {
            world: calls.world,
            files: Arc::new(files.expect("opens")),
            seen: calls.seen,
        }
    }

    fn calls_of(&self) -> Calls {
        Calls {
            world: self.world.clone(),
            seen: self.seen.clone(),
        }
    }

    /// How many calls were made.
    pub fn calls(&self) -> usize {
        self.calls_of().world().calls.len()
    }

    /// What had been seen outside, at most, when the power went there; `now` is what is seen by now.
    pub fn seen(&self, point: Point, now: usize) -> usize {
        let next = point.calls - usize::from(point.inside);
        let calls = self.calls_of();
        let world = calls.world();
        world.calls.get(next).map_or(now, |(_, seen)| *seen)
    }

    /// What may be on the disk: all of it if that is at most `limit`, else so many by the dice.
    pub fn states(&self, point: Point, limit: usize, dice: &mut Dice) -> BTreeSet<Left> {
        let calls = self.calls_of();
        let world = calls.world();
        let cut = Cut::new(&world, point);
        let all = cut.ways.iter().try_fold(1usize, |a, b| a.checked_mul(*b));
        match all.filter(|all| *all <= limit) {
            Some(all) => (0..all).map(|n| cut.left(&cut.digits(n))).collect(),
            None => (0..limit)
                .map(|_| cut.left(&cut.ways.iter().map(|w| dice.below(*w)).collect::<Vec<_>>()))
                .collect(),
        }
    }
}

/// Numbers that look random, the same for the same seed.
pub struct Dice(pub u64);

impl Dice {
    /// A number below this one.
    pub fn below(&mut self, limit: usize) -> usize {
        // Knuth's MMIX; the high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// The calls up to a point, and in how many ways each may have been done that no sync has settled.
struct Cut<'a> {
    world: &'a World,
    done: Vec<&'a Call>,
    /// So many of them returned.
    returned: usize,
    /// Files with bytes that were not synced.
    ends: Vec<usize>,
    /// Names and batches that may or may not be there, by position.
    open: Vec<usize>,
    ways: Vec<usize>,
}

/// An unsynced end: nothing, all, to a sector's border, to another border, its length without its bytes.
const ENDS: usize = 5;

impl<'a> Cut<'a> {
    fn new(world: &'a World, point: Point) -> Self {
        let done: Vec<&Call> = world.calls[..point.calls].iter().map(|(c, _)| c).collect();
        let mut cut = Cut {
            world,
            returned: point.calls - usize::from(point.inside),
            done,
            ends: Vec::new(),
            open: Vec::new(),
            ways: Vec::new(),
        };
        let kept = world.start.files.len();
        cut.ends = (kept..world.bytes.len())
            .filter(|file| !cut.bytes(*file).1.is_empty())
            .collect();
        cut.open = (0..cut.done.len()).filter(|n| cut.is_open(*n)).collect();
        cut.ways = vec![ENDS; cut.ends.len()];
        cut.ways.extend(cut.open.iter().map(|_| 2));
        cut
    }

    fn digits(&self, mut number: usize) -> Vec<usize> {
        let digit = |ways: &usize| {
            let digit = number % ways;
            number /= ways;
            digit
        };
        self.ways.iter().map(digit).collect()
    }

    /// The synced bytes of a file, and those that are not.
    fn bytes(&self, file: usize) -> (Vec<u8>, Vec<u8>) {
        let synced = self.done[..self.returned]
            .iter()
            .rposition(|call| matches!(call, Call::Sync(f) if *f == file));
        let (mut safe, mut end) = (Vec::new(), Vec::new());
        for (n, call) in self.done.iter().enumerate() {
            match call {
                Call::Write(f, bytes) if *f == file && Some(n) < synced => safe.extend(bytes),
                Call::Write(f, bytes) if *f == file => end.extend(bytes),
                _ => {}
            }
        }
        (safe, end)
    }

    fn is_open(&self, n: usize) -> bool {
        let named = match self.done[n] {
            Call::Name(path, _) | Call::Remove(path) | Call::Rename(_, path, _) => path,
            Call::Apply(_) => return n >= self.returned,
            Call::Cut(..) => return true,
            _ => return false,
        };
        let parent = named.parent().expect("in a folder");
        let later = self.done[..self.returned].iter().skip(n);
        !later
            .into_iter()
            .any(|call| matches!(call, Call::SyncFolder(path) if path == parent))
    }

    fn left(&self, digits: &[usize]) -> Left {
        let (ends, open) = digits.split_at(self.ends.len());
        let done = |n: &usize| match self.open.iter().position(|o| o == n) {
            Some(place) => open[place] == 1,
            None => true,
        };
        let kept = self.world.start.files.values().cloned();
        let mut bytes: Vec<Vec<u8>> = kept.collect();
        for file in bytes.len()..self.world.bytes.len() {
            let (mut safe, end) = self.bytes(file);
            match self.ends.iter().position(|f| *f == file) {
                Some(place) => safe.extend(cut_end(safe.len(), &end, ends[place])),
                None => safe.extend(end),
            }
            bytes.push(safe);
        }
        for n in (0..self.done.len()).filter(done) {
            if let Call::Cut(file, len) = self.done[n] {
                bytes[*file].truncate(*len);
            }
        }
        let start = self.world.start.files.keys().cloned();
        let mut names: BTreeMap<PathBuf, usize> = start.zip(0..).collect();
        let mut index = self.world.start.index.clone();
        for n in (0..self.done.len()).filter(done) {
            match self.done[n] {
                Call::Name(path, file) => drop(names.insert(path.clone(), *file)),
                Call::Remove(path) => drop(names.remove(path)),
                Call::Rename(from, to, file) => {
                    names.remove(from);
                    names.insert(to.clone(), *file);
                }
                Call::Apply(batch) => change(&mut index, batch),
                Call::Write(..) | Call::Cut(..) | Call::Sync(_) | Call::SyncFolder(_) => {}
            }
        }
        let file = |(path, file): (PathBuf, usize)| (path, bytes[file].clone());
        Left {
            files: names.into_iter().map(file).collect(),
            index,
        }
    }
}

fn cut_end(before: usize, end: &[u8], way: usize) -> Vec<u8> {
    match way {
        0 => Vec::new(),
        1 => end.to_vec(),
        2 => {
            let border = (before + end.len()) / SECTOR * SECTOR;
            end[..border.saturating_sub(before)].to_vec()
        }
        3 => end[..end.len() * 2 / 3].to_vec(),
        _ => vec![0; end.len()],
    }
}

fn change(index: &mut Tables, batch: &Batch) {
    for key in &batch.remove {
        index.remove(key);
    }
    for (table, key, value) in &batch.put {
        index.insert((*table, key.clone()), value.clone());
    }
}

impl Disk for Calls {
    fn make_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn NewFile>> {
        let mut world = self.world();
        let file = world.bytes.len();
        world.bytes.push(Vec::new());
        world.names.insert(path.to_owned(), file);
        self.note(&mut world, Call::Name(path.to_owned(), file));
        Ok(Box::new(Open(self.clone(), file)))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn NewFile>> {
        let file = *self
            .world()
            .names
            .get(path)
            .ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Open(self.clone(), file)))
    }

    fn cut(&self, path: &Path, len: u64) -> io::Result<()> {
        let mut world = self.world();
        let file = *world.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        world.bytes[file].truncate(len as usize);
        self.note(&mut world, Call::Cut(file, len as usize));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.world();
        let file = world.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        world.names.insert(to.to_owned(), file);
        let call = Call::Rename(from.to_owned(), to.to_owned(), file);
        self.note(&mut world, call);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.names.remove(path).ok_or(io::ErrorKind::NotFound)?;
        self.note(&mut world, Call::Remove(path.to_owned()));
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        self.note(&mut world, Call::SyncFolder(path.to_owned()));
        Ok(())
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn BlobReader>> {
        let world = self.world();
        let file = *world.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Bytes(world.bytes[file].clone())))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<(String, i64)>> {
        let world = self.world();
        let inside = world.names.keys().filter(|p| p.parent() == Some(path));
        let name = |p: &PathBuf| p.file_name()?.to_str().map(str::to_owned);
        // Written long ago: what nothing refers to is swept away at once.
        Ok(inside.filter_map(name).map(|name| (name, 0)).collect())
    }
}

struct Open(Calls, usize);

impl Write for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut world = self.0.world();
        world.bytes[self.1].extend_from_slice(bytes);
        self.0.note(&mut world, Call::Write(self.1, bytes.to_vec()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NewFile for Open {
    fn sync(&self) -> io::Result<()> {
        let mut world = self.0.world();
        self.0.note(&mut world, Call::Sync(self.1));
        Ok(())
    }

    fn reader(&self) -> io::Result<Box<dyn BlobReader>> {
        Ok(Box::new(Bytes(self.0.world().bytes[self.1].clone())))
    }
}

struct Bytes(Vec<u8>);

impl BlobReader for Bytes {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = offset as usize;
        let bytes = self.0.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl Backend for Simulated {
    fn apply(&self, batch: Batch) -> Result<(), BackendError> {
        let calls = self.calls_of();
        let is_there = |key| calls.world().index.contains_key(key);
        if batch.absent.iter().any(is_there) {
            return Err(BackendError::Exists);
        }
        self.files.sync_names().map_err(BackendError::Full)?;
        let mut world = calls.world();
        change(&mut world.index, &batch);
        calls.note(&mut world, Call::Apply(batch));
        Ok(())
    }

    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        let calls = self.calls_of();
        let found = calls.world().index.get(&(table, key.to_vec())).cloned();
        Ok(found)
    }

    fn scan(
        &self,
        table: Table,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, BackendError> {
        let calls = self.calls_of();
        let world = calls.world();
        let all = world
            .index
            .iter()
            .filter(|((t, k), _)| *t == table && k.as_slice() >= from && k.as_slice() < to);
        let pair = |((_, key), value): (&(Table, Vec<u8>), &Vec<u8>)| (key.clone(), value.clone());
        Ok(all.take(limit).map(pair).collect())
    }

    fn write_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobWriter>> {
        self.files.write(id)
    }

    fn end_blob(&self, id: BlobId, behind: &[u8]) -> io::Result<()> {
        self.files.end(id, behind)
    }

    fn cut_blob(&self, id: BlobId, len: u64) -> io::Result<()> {
        self.files.cut(id, len)
    }

    fn open_blob(&self, id: BlobId) -> io::Result<Box<dyn BlobReader>> {
        self.files.read(id)
    }

    fn drop_blob(&self, id: BlobId) -> io::Result<()> {
        self.files.remove(id)
    }

    fn blobs(&self) -> io::Result<Vec<(BlobId, i64)>> {
        self.files.list()
    }
}
