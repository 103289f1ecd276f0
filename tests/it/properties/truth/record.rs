//! A record, a manifest or a large value that was changed on disk is never taken for a good one: it is told, and what was not changed is
//! as it was. What is sealed with the right key and makes no sense does no harm (T77).
//!
//! The input is a small program of changes to a store that holds one of each.

mod example;

use cloakroom::store::Store;
use cloakroom::store::backend::{Backend, Batch, Table};
use cloakroom::store::memory::Memory;
use cloakroom::transfer::cipher;
use cloakroom::transfer::keys::{Key, MasterKey, hkdf};
use cloakroom::transfer::{BlobId, BlobWriter};
use example::{NOW, Seen, example};
use std::io::Write;
use std::sync::{Arc, LazyLock};

/// A value in the index or a blob that is one value: where it is, its key and what it is bound to, and its bytes.
#[derive(Clone)]
struct Value {
    at: At,
    bytes: Vec<u8>,
    touched: Touched,
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Touched {
    No,
    /// By somebody who has not the key.
    Changed,
    /// By somebody who has.
    Forged,
}

#[derive(Clone, PartialEq)]
enum At {
    Record(Table, Vec<u8>),
    Blob(BlobId),
    /// What is sealed behind a blob. Its foot is not changed: who does that has made a blob without a tail of it.
    Tail(BlobId),
}

impl At {
    fn is_blob(&self) -> bool {
        matches!(self, At::Blob(_) | At::Tail(_))
    }
}

struct Example {
    master: MasterKey,
    values: Vec<Value>,
    seen: Seen,
}

static EXAMPLE: LazyLock<Example> = LazyLock::new(|| {
    let master = MasterKey::from_bytes([9; 32]);
    let backend = example(&master);
    let store = Store::open(backend.clone(), master.clone()).expect("it is one");
    let seen = Seen::of(&store);
    assert!(seen.is_whole(), "the example has one of each");
    Example {
        values: values(&backend, &master),
        master,
        seen,
    }
});

fn values(backend: &Memory, master: &MasterKey) -> Vec<Value> {
    let untouched = |at, bytes| Value {
        at,
        bytes,
        touched: Touched::No,
    };
    let mut all = Vec::new();
    for table in Table::ALL {
        let pairs = backend.scan(table, b"", &[0xff; 64], 1000);
        for (key, value) in pairs.expect("memory") {
            // Expiry says what is due by its keys alone.
            if table != Table::Expiry {
                all.push(untouched(At::Record(table, key), value));
            }
        }
    }
    let mut blobs = backend.blobs().expect("memory");
    blobs.sort();
    for (id, _) in blobs {
        let reader = backend.open_blob(id).expect("memory");
        let mut bytes = vec![0; usize::try_from(reader.len()).expect("small")];
        reader.read_exact_at(0, &mut bytes).expect("memory");
        let tail = cut_tail(master, id, &mut bytes);
        all.push(untouched(At::Blob(id), bytes));
        all.extend(tail.map(|tail| untouched(At::Tail(id), tail)));
    }
    all
}

/// Panics if a changed value is believed, or one that was not changed is not.
pub fn check(data: &[u8]) {
    let Example {
        master,
        values,
        seen,
    } = &*EXAMPLE;
    let mut program = Program(data);
    let mut changed = values.clone();
    for _ in 0..40 {
        if step(&mut program, &mut changed, master).is_none() {
            break;
        }
    }
    for (value, before) in changed.iter_mut().zip(values) {
        if value.says_what(before, master) {
            value.touched = Touched::No;
        }
    }
    let touched =
        |table: Table| worst(&changed, |at| matches!(at, At::Record(t, _) if *t == table));
    let backend = backend(master, &changed, |_| true);
    let Ok(store) = Store::open(backend, master.clone()) else {
        assert_ne!(touched(Table::Meta), Touched::No, "a good store is refused");
        return;
    };
    assert_eq!(
        touched(Table::Meta),
        Touched::No,
        "another store is taken for this one"
    );
    let blobs = worst(&changed, At::is_blob);
    Seen::of(&store).judge(seen, touched, blobs);
    if changed.iter().all(|value| value.touched != Touched::Forged) {
        // What they find does not matter here; that they end does.
        let _ = store.finish_erasing();
        let _ = store.forget_copies(NOW + 1_000_000);
        let _ = store.sweep(NOW);
        let _ = store.expire(NOW + 1_000_000);
    }
    rebuild(&changed);
}

/// The index is lost; the manifests are as they are.
fn rebuild(changed: &[Value]) {
    let Example { master, values, .. } = &*EXAMPLE;
    let backend = backend(master, changed, At::is_blob);
    let store = Store::open(backend, master.clone()).expect("a new index");
    let rebuilt = store.rebuild(NOW);
    let blobs = worst(changed, At::is_blob);
    if blobs == Touched::Forged {
        return;
    }
    let rebuilt = rebuilt.expect("what cannot be read is passed over");
    let both = || {
        changed
            .iter()
            .zip(values)
            .filter(|(_, was)| was.is_manifest(master))
    };
    let damaged = both().filter(|(now, _)| now.touched != Touched::No).count();
    assert_eq!(
        rebuilt.damaged as usize, damaged,
        "each damaged manifest is told"
    );
    let all = both().count();
    let found = rebuilt.transfers + rebuilt.waiting + rebuilt.days;
    assert_eq!(found as usize, all - damaged, "and nothing else is missing");
}

impl std::fmt::Debug for Touched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Touched::No => "untouched",
            Touched::Changed => "changed",
            Touched::Forged => "forged",
        })
    }
}

fn worst(values: &[Value], which: impl Fn(&At) -> bool) -> Touched {
    let mut worst = Touched::No;
    for value in values.iter().filter(|value| which(&value.at)) {
        if value.touched > worst {
            worst = value.touched;
        }
    }
    worst
}

/// What stands behind the sealed part of a tail (`store::tail`).
fn foot(master: &MasterKey, blob: BlobId, len: usize) -> [u8; 20] {
    let mark = hkdf(&master.manifest()[..], &blob.0, b"cloakroom/tail-mark/1");
    let len = u32::try_from(len).expect("small").to_be_bytes();
    std::array::from_fn(|i| match i {
        0..4 => len[i] ^ mark[16 + i],
        _ => mark[i - 4],
    })
}

/// The sealed part of a blob's tail, if it has one; the blob is without it then.
fn cut_tail(master: &MasterKey, blob: BlobId, bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let front = bytes.len().checked_sub(20)?;
    let len = (0..front).find(|len| bytes[front..] == foot(master, blob, *len))?;
    bytes.truncate(front);
    Some(bytes.split_off(front - len))
}

fn backend(master: &MasterKey, values: &[Value], which: impl Fn(&At) -> bool) -> Arc<Memory> {
    let backend = Memory::new();
    let mut batch = Batch::default();
    for value in values.iter().filter(|value| which(&value.at)) {
        match &value.at {
            At::Record(table, key) => batch.put.push((*table, key.clone(), value.bytes.clone())),
            At::Tail(id) => {
                let foot = foot(master, *id, value.bytes.len());
                let behind = [&value.bytes[..], &foot].concat();
                backend.end_blob(*id, &behind).expect("memory");
            }
            At::Blob(id) => {
                let mut writer: Box<dyn BlobWriter> = backend.write_blob(*id).expect("memory");
                writer.write_all(&value.bytes).expect("memory");
                writer.finish().expect("memory");
            }
        }
    }
    backend.apply(batch).expect("memory");
    Arc::new(backend)
}

impl Value {
    /// As it was in the beginning.
    fn is_manifest(&self, master: &MasterKey) -> bool {
        match &self.at {
            At::Record(..) => false,
            _ => self.lock(master).into_iter().any(|(key, place)| {
                key == master.manifest() && cipher::open(&key, &place, &self.bytes).is_ok()
            }),
        }
    }

    /// The key it is sealed under and what it is bound to (`store::values`, `store::manifest`).
    fn lock(&self, master: &MasterKey) -> Vec<(Key, Vec<u8>)> {
        match &self.at {
            At::Record(Table::Meta, key) => vec![(master.check_value(), key.clone())],
            At::Record(table, key) => {
                let place = [table.name().as_bytes(), b"\0", key].concat();
                vec![(master.record(), place)]
            }
            At::Tail(id) => vec![(master.manifest(), [&b"tail\0"[..], &id.0].concat())],
            At::Blob(id) => vec![
                (master.manifest(), id.0.to_vec()),
                (master.record(), [&b"spill\0"[..], &id.0].concat()),
            ],
        }
    }

    /// The key that opens it, what it is bound to, and what it says.
    fn opened(&self, master: &MasterKey) -> Option<(Key, Vec<u8>, Vec<u8>)> {
        self.lock(master).into_iter().find_map(|(key, place)| {
            let plain = cipher::open(&key, &place, &self.bytes).ok()?;
            Some((key, place, plain))
        })
    }

    /// The same as before: not changed, or changed and changed back by somebody who has the key.
    fn says_what(&self, before: &Value, master: &MasterKey) -> bool {
        let plain = |value: &Value| value.opened(master).map(|(_, _, plain)| plain);
        let forged = self.touched == Touched::Forged;
        self.bytes == before.bytes || (forged && plain(self) == plain(before))
    }

    fn forge(&mut self, master: &MasterKey, change: impl FnOnce(&mut Vec<u8>)) {
        if let Some((key, place, mut plain)) = self.opened(master) {
            let before = plain.clone();
            change(&mut plain);
            if plain != before {
                self.bytes = cipher::seal(&key, &place, &plain);
                self.touched = Touched::Forged;
            }
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Vec<u8>)) {
        change(&mut self.bytes);
        if self.touched == Touched::No {
            self.touched = Touched::Changed;
        }
    }
}

/// A program as bytes.
struct Program<'a>(&'a [u8]);

impl Program<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<usize> {
        Some(usize::from(self.byte()?) << 8 | usize::from(self.byte()?))
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let len = usize::from(self.byte()?).min(self.0.len());
        let (bytes, rest) = self.0.split_at(len);
        self.0 = rest;
        Some(bytes.to_vec())
    }
}

/// One change of one value. `None` at the end of the program.
fn step(program: &mut Program<'_>, values: &mut [Value], master: &MasterKey) -> Option<()> {
    let (how, which) = (program.byte()?, program.byte()?);
    let which = usize::from(which) % values.len();
    let (at, bytes) = (program.number()?, program.bytes()?);
    let edit = |value: &mut Vec<u8>| {
        let at = at % (value.len() + 1);
        match how % 4 {
            0 => {
                let end = (at + bytes.len()).min(value.len());
                for (byte, bits) in value[at..end].iter_mut().zip(&bytes) {
                    *byte ^= bits;
                }
            }
            1 => value.truncate(at),
            2 => drop(value.splice(at..at, bytes)),
            _ => *value = bytes,
        }
    };
    match how / 4 % 4 {
        0 => values[which].change(edit),
        1 | 2 => values[which].forge(master, edit),
        _ => {
            // Values change places: each is well sealed, for somewhere else.
            let other = at % values.len();
            let (one, two) = (values[which].bytes.clone(), values[other].bytes.clone());
            values[which].change(|value| *value = two);
            if how % 2 == 0 {
                values[other].change(|value| *value = one);
            }
        }
    }
    Some(())
}
