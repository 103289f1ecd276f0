//! What every backend must do, as tests that each backend runs on itself ([`run`]). The trait's words made checkable.

use super::backend::{Backend, BackendError, Batch, Table};
use crate::transfer::BlobId;
use std::io::ErrorKind;
use std::sync::mpsc;
use std::time::Duration;

/// Runs every test, each on a new backend.
pub fn run(new: impl Fn() -> Box<dyn Backend>) {
    for test in [
        a_batch_is_applied_as_a_whole,
        a_batch_with_an_existing_key_changes_nothing,
        a_scan_is_ordered_bounded_and_stays_in_its_table,
        a_key_removed_and_put_in_one_batch_is_there,
        a_blob_is_there_once_finished,
        a_blob_that_was_left_is_ended_and_cut,
        batches_of_many_threads_all_arrive,
        a_batch_that_was_handed_over_arrives_whether_anybody_waits_or_not,
    ] {
        test(&*new());
    }
}

fn put(table: Table, key: &[u8], value: &[u8]) -> Batch {
    Batch {
        put: vec![(table, key.to_vec(), value.to_vec())],
        ..Batch::default()
    }
}

fn read(backend: &dyn Backend, table: Table, key: &[u8]) -> Option<Vec<u8>> {
    backend.read(table, key).expect("reads")
}

fn a_batch_is_applied_as_a_whole(backend: &dyn Backend) {
    backend
        .apply(put(Table::Links, b"old", b"1"))
        .expect("applies");
    let batch = Batch {
        absent: vec![(Table::Transfers, b"a".to_vec())],
        put: vec![
            (Table::Transfers, b"a".to_vec(), b"2".to_vec()),
            (Table::Tickets, b"a".to_vec(), b"3".to_vec()),
        ],
        remove: vec![(Table::Links, b"old".to_vec())],
    };
    backend.apply(batch).expect("applies");
    assert_eq!(read(backend, Table::Transfers, b"a"), Some(b"2".to_vec()));
    assert_eq!(read(backend, Table::Tickets, b"a"), Some(b"3".to_vec()));
    assert_eq!(read(backend, Table::Links, b"old"), None);
}

fn a_batch_with_an_existing_key_changes_nothing(backend: &dyn Backend) {
    backend
        .apply(put(Table::Transfers, b"a", b"1"))
        .expect("applies");
    let batch = Batch {
        absent: vec![(Table::Transfers, b"a".to_vec())],
        put: vec![
            (Table::Transfers, b"a".to_vec(), b"2".to_vec()),
            (Table::Tickets, b"x".to_vec(), b"2".to_vec()),
        ],
        remove: vec![(Table::Transfers, b"a".to_vec())],
    };
    assert!(matches!(backend.apply(batch), Err(BackendError::Exists)));
    assert_eq!(read(backend, Table::Transfers, b"a"), Some(b"1".to_vec()));
    assert_eq!(read(backend, Table::Tickets, b"x"), None);
}

fn a_scan_is_ordered_bounded_and_stays_in_its_table(backend: &dyn Backend) {
    for key in [&b"b"[..], b"a", b"c", b"b\0", b"\xff"] {
        backend
            .apply(put(Table::Expiry, key, b""))
            .expect("applies");
    }
    backend
        .apply(put(Table::Outbox, b"b", b"other"))
        .expect("applies");
    let keys = |from: &[u8], to: &[u8], limit| -> Vec<Vec<u8>> {
        let pairs = backend.scan(Table::Expiry, from, to, limit).expect("scans");
        pairs.into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys(b"a", b"c", 9), [&b"a"[..], b"b", b"b\0"]);
    assert_eq!(keys(b"", b"\xff\xff", 2), [b"a", b"b"]);
    assert_eq!(keys(b"b\0", b"\xff\xff", 9), [&b"b\0"[..], b"c", b"\xff"]);
    assert!(keys(b"c", b"a", 9).is_empty() && keys(b"a", b"a", 9).is_empty());
}

fn a_key_removed_and_put_in_one_batch_is_there(backend: &dyn Backend) {
    let mut batch = put(Table::Meta, b"k", b"new");
    batch.remove.push((Table::Meta, b"k".to_vec()));
    backend.apply(batch).expect("applies");
    assert_eq!(read(backend, Table::Meta, b"k"), Some(b"new".to_vec()));
}

fn a_blob_is_there_once_finished(backend: &dyn Backend) {
    let (kept, dropped) = (BlobId::fresh(), BlobId::fresh());
    let mut writer = backend.write_blob(kept).expect("starts");
    writer.write_all(b"cipher").expect("writes");
    writer.write_all(b"text").expect("writes");
    let missing = |id| backend.open_blob(id).err().map(|e| e.kind());
    assert_eq!(missing(kept), Some(ErrorKind::NotFound));
    writer.finish().expect("finishes");
    let mut writer = backend.write_blob(dropped).expect("starts");
    writer.write_all(b"half").expect("writes");
    drop(writer);
    assert_eq!(missing(dropped), Some(ErrorKind::NotFound));

    let reader = backend.open_blob(kept).expect("is there");
    let mut middle = [0; 4];
    reader.read_exact_at(4, &mut middle).expect("in range");
    assert_eq!((reader.len(), &middle), (10, b"erte"));
    assert!(reader.read_exact_at(7, &mut middle).is_err());
    let names: Vec<BlobId> = backend
        .blobs()
        .expect("lists")
        .iter()
        .map(|b| b.0)
        .collect();
    assert_eq!(names, [kept]);
    backend.drop_blob(kept).expect("drops");
    backend
        .drop_blob(kept)
        .expect("dropping nothing is no error");
    assert_eq!(missing(kept), Some(ErrorKind::NotFound));
}

fn a_blob_that_was_left_is_ended_and_cut(backend: &dyn Backend) {
    let id = BlobId::fresh();
    assert!(backend.end_blob(id, b"x").is_err(), "there is none yet");
    backend.cut_blob(id, 1).expect("there is nothing to cut");
    let mut writer = backend.write_blob(id).expect("starts");
    writer.write_all(b"front").expect("writes");
    writer.leave().expect("is under its name");
    backend.end_blob(id, b" and tail").expect("ends");
    let bytes = |from: usize, len| {
        let reader = backend.open_blob(id).expect("opens");
        let mut out = vec![0; len];
        let read = reader.read_exact_at(from as u64, &mut out);
        (reader.len(), read.ok().map(|()| out))
    };
    assert_eq!(bytes(5, 9), (14, Some(b" and tail".to_vec())));
    backend.cut_blob(id, 5).expect("cuts");
    assert_eq!(bytes(0, 5), (5, Some(b"front".to_vec())));
    assert_eq!(bytes(0, 6).1, None);
}

fn batches_of_many_threads_all_arrive(backend: &dyn Backend) {
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            scope.spawn(move || {
                for n in 0..20u8 {
                    backend
                        .apply(put(Table::Tickets, &[thread, n], &[n; 100]))
                        .expect("applies");
                }
            });
        }
    });
    let all = backend
        .scan(Table::Tickets, b"", b"\xff", 1000)
        .expect("scans");
    assert_eq!(all.len(), 160);
    assert!(all.iter().all(|(key, value)| *value == vec![key[1]; 100]));
}

fn a_batch_that_was_handed_over_arrives_whether_anybody_waits_or_not(backend: &dyn Backend) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("starts");
    let new = |key: &[u8]| Batch {
        absent: vec![(Table::Transfers, key.to_vec())],
        ..put(Table::Transfers, key, b"1")
    };
    let receipt = backend.hand_over(new(b"a"), Box::new(()));
    runtime.block_on(receipt).expect("applies");
    let again = backend.hand_over(new(b"a"), Box::new(()));
    let refused = runtime.block_on(again);
    assert!(matches!(refused, Err(BackendError::Exists)));
    assert_eq!(read(backend, Table::Transfers, b"a"), Some(b"1".to_vec()));

    let (meanwhile, ended) = mpsc::channel::<()>();
    drop(backend.hand_over(new(b"b"), Box::new(meanwhile)));
    let end = ended.recv_timeout(Duration::from_secs(10));
    assert_eq!(end, Err(mpsc::RecvTimeoutError::Disconnected));
    assert_eq!(read(backend, Table::Transfers, b"b"), Some(b"1".to_vec()));
}
