//! Drafts in a store that works, and in one that breaks at every writing call.

use super::super::Settlement;
use super::super::faulty::Faulty;
use super::super::memory::Memory;
use super::*;
use crate::transfer::draft::{IDLE, Order};
use crate::transfer::keys::MasterKey;
use crate::transfer::parcel::sample;
use std::io::Write;
use std::sync::Arc;

const NOW: i64 = 1_800_000_000;

fn draft(id: DraftId) -> Draft {
    let upload = |number| Upload {
        number,
        name: vec![1],
        len: None,
        have: 0,
        pieces: 0,
    };
    Draft {
        id,
        origin: Origin::Ticket("7K3M9XQF".into(), 0),
        owner: [7; 32],
        who: "bo@partner.example".into(),
        name: None,
        proven: None,
        language: "en".into(),
        allowed: vec!["anna@example.org".into()],
        thread: None,
        subject: vec![1],
        created: NOW,
        touched: NOW,
        day: 1,
        key: vec![1],
        text: None,
        uploads: vec![upload(0), upload(1)],
        next: 2,
        state: State::Open,
    }
}

fn blob(store: &Store, len: u64) -> Result<Piece, Fault> {
    let blob = BlobId::fresh();
    let mut writer = store.shelf().write_blob(blob).map_err(io_fault)?;
    writer.write_all(&[7; 100]).map_err(io_fault)?;
    writer.finish().map_err(io_fault)?;
    Ok(Piece { blob, len })
}

fn leave(store: &Store, id: DraftId) -> Result<Option<()>, Fault> {
    store.change_draft(id, |draft| {
        draft.is_open().then(|| {
            draft.uploads.retain(|upload| upload.number == 1);
            draft.state = State::Leaving(Order {
                mail: "2Q8ZVT6M".into(),
                at: NOW,
                to: vec!["anna@example.org".into()],
                transfer: None,
                copied: false,
            });
            ((), Vec::new())
        })
    })
}

fn settle(store: &Store, id: DraftId) -> Result<(), Fault> {
    let mut parcel = sample("anna@example.org", None);
    parcel.blob.id = blob(store, 0)?.blob;
    let settlement = Settlement {
        owned: vec!["anna@example.org".parse().expect("an address")],
        parcels: vec![parcel],
        draft: Some(id),
        ..Settlement::default()
    };
    store.settle_owned(&settlement).map(drop)
}

/// All of a draft's life, each step once; what was done before is not done again.
fn live(store: &Store, id: DraftId) -> Result<(), Fault> {
    if store.draft(id)?.is_none() {
        assert!(store.create_draft(&draft(id), 5, 5)?);
    }
    for (upload, at) in [(0, 0), (1, 0), (1, 10)] {
        let piece = blob(store, 10)?;
        store.add_piece(id, upload, at, &piece, NOW)?;
    }
    store.change_draft(id, |draft| draft.is_open().then(|| ((), Vec::new())))?;
    leave(store, id)?;
    if store
        .draft(id)?
        .is_some_and(|d| matches!(d.state, State::Leaving(_)))
    {
        settle(store, id)?;
    }
    store.empty_draft(id)
}

fn check(store: &Store, disk: &Memory, id: DraftId) {
    let kept = store.draft(id).expect("reads").expect("is there");
    assert!(matches!(kept.state, State::Sent(_)) && kept.key.is_empty());
    assert!(kept.uploads.is_empty() && kept.text.is_none());
    assert_eq!(store.stat().expect("reads").parcels, 1, "sent once");
    store.erase_drafts(NOW + IDLE + 1).expect("erases");
    assert_eq!(store.draft(id).expect("reads"), None);
    assert_eq!(store.drafts_of(&draft(id).origin).expect("reads"), []);
    disk.age_blobs(7200);
    let now = jiff::Timestamp::now().as_second();
    store.sweep(now).expect("sweeps");
    let swept = store.sweep(now).expect("sweeps");
    assert_eq!((swept.orphans, swept.missing), (0, 0));
    let stat = store.stat().expect("reads");
    // The parcel and its manifest.
    assert_eq!((stat.drafts, stat.blobs), (0, 2), "{stat:?}");
}

#[test]
fn a_store_that_breaks_at_any_call_loses_no_recorded_piece_and_sends_once() {
    let mut nth = 1;
    loop {
        let disk = Arc::new(Memory::new());
        let faulty = Arc::new(Faulty::new(disk.clone(), u64::MAX));
        let store = Store::open(faulty, MasterKey::fresh()).expect("opens");
        let (master, id) = (store.master().clone(), DraftId::fresh());
        drop(store);
        let faulty = Arc::new(Faulty::new(disk.clone(), nth));
        let store = Store::open(faulty.clone(), master).expect("opens");
        let lived = live(&store, id);
        let before = store.draft(id).expect("reads");
        let failed = faulty.has_failed();
        faulty.mend();
        if let Some(draft) = before.filter(Draft::is_open) {
            for upload in &draft.uploads {
                let pieces = store.pieces(id, upload.number, 0).expect("reads");
                let sum: u64 = pieces.iter().map(|piece| piece.len).sum();
                assert_eq!(sum, upload.have, "the offset is what is there");
                assert_eq!(pieces.len(), upload.pieces as usize);
                for piece in pieces {
                    store.open_blob(piece.blob).expect("is there");
                }
            }
        }
        if lived.is_err() {
            live(&store, id).unwrap_or_else(|e| panic!("call {nth}: {e}"));
        }
        check(&store, &disk, id);
        if !failed {
            break;
        }
        nth += 1;
    }
    assert!(nth > 15, "only {nth} calls write");
}

#[test]
fn t96_a_piece_counts_at_its_own_offset_only() {
    let disk = Arc::new(Memory::new());
    let store = Store::open(disk.clone(), MasterKey::fresh()).expect("opens");
    let id = DraftId::fresh();
    store.create_draft(&draft(id), 5, 5).expect("kept");
    let add = |upload, at| {
        let piece = blob(&store, 10).expect("writes");
        let added = store.add_piece(id, upload, at, &piece, NOW);
        (
            added.expect("answers").map(|u| u.have),
            store.open_blob(piece.blob).is_ok(),
        )
    };
    assert_eq!(add(0, 0), (Some(10), true));
    for lie in [0, 5, 11, u64::MAX] {
        assert_eq!(add(0, lie), (None, false), "{lie}: its blob is gone");
    }
    assert_eq!(add(0, 10), (Some(20), true));
    assert_eq!(add(9, 0), (None, false), "no such upload");
    leave(&store, id).expect("sent");
    assert_eq!(add(1, 0), (None, false), "it was sent");
    assert_eq!(
        store.pieces(id, 0, 0).expect("reads"),
        [],
        "an upload that was not sent is erased"
    );
}

#[test]
fn of_one_origin_there_are_few_and_nobody_touches_them_for_a_day() {
    let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
    let ids: Vec<DraftId> = (0..4).map(|_| DraftId::fresh()).collect();
    let made: Vec<bool> = ids
        .iter()
        .map(|id| store.create_draft(&draft(*id), 3, 3).expect("answers"))
        .collect();
    assert_eq!(made, [true, true, true, false]);
    let mut other = draft(ids[3]);
    other.origin = Origin::Ticket("7K3M9XQF".into(), 1);
    assert!(
        store.create_draft(&other, 3, 3).expect("answers"),
        "another's ticket"
    );
    store.erase_drafts(NOW + IDLE).expect("erases");
    assert_eq!(store.stat().expect("reads").drafts, 4);
    store.erase_drafts(NOW + IDLE + 1).expect("erases");
    assert_eq!(store.stat().expect("reads").drafts, 0);
}

#[test]
fn who_begins_many_at_once_gets_no_more_open_than_one_after_the_other() {
    let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
    let start = std::sync::Barrier::new(20);
    let begun = std::thread::scope(|scope| {
        let begin = || {
            start.wait();
            let made = store.create_draft(&draft(DraftId::fresh()), 20, 3);
            usize::from(made.expect("answers"))
        };
        let all: Vec<_> = (0..20).map(|_| scope.spawn(begin)).collect();
        let each = all.into_iter().map(|one| one.join().expect("ends"));
        each.sum::<usize>()
    });
    assert_eq!(begun, 3);
}

#[test]
fn guests_have_a_share_of_their_own_that_is_counted_without_reading_all() {
    let disk = Arc::new(Faulty::new(Arc::new(Memory::new()), u64::MAX));
    let store = Store::open(disk.clone(), MasterKey::fresh()).expect("opens");
    let of = |who: usize| Draft {
        origin: Origin::Address(format!("guest{who}@partner.example")),
        ..draft(DraftId::fresh())
    };
    for who in 0..MOST_OF_GUESTS {
        assert!(store.create_draft(&of(who), 1, 1).expect("answers"));
    }
    let before = disk.scanned();
    assert!(
        !store
            .create_draft(&of(MOST_OF_GUESTS), 1, 1)
            .expect("answers")
    );
    assert!(
        store
            .create_draft(&draft(DraftId::fresh()), 5, 5)
            .expect("answers")
    );
    assert!(disk.scanned() - before < 10, "not all of them");
    store.erase_drafts(NOW + IDLE + 1).expect("erases");
    assert!(store.create_draft(&of(0), 1, 1).expect("answers"));
}
