//! Guests in a store that works, and in one that breaks at every writing call.

use super::super::faulty::Faulty;
use super::super::memory::Memory;
use super::*;
use crate::transfer::guest::{BOOK_FOR, CODE_FOR, HELD_FOR, KNOWN_FOR};
use crate::transfer::keys::MasterKey;
use std::sync::Arc;

const NOW: i64 = 1_800_000_000;
const BO: &str = "bo@partner.example";

fn id(n: u8) -> DeviceId {
    DeviceId([n; 32])
}

fn pending(store: &Store, browser: &DeviceId) -> (Pending, String) {
    let guest = Guest {
        address: BO.into(),
        name: Some("Bo Ek".into()),
        language: "en".into(),
        proven: NOW,
    };
    let wish = Wish {
        to: vec!["anna@example.org".into()],
        subject: "Plan".into(),
    };
    let (pending, code) = Pending::issue(guest, wish, browser, store.master(), NOW);
    (pending, code.expose().to_owned())
}

fn try_code(
    store: &Store,
    browser: &DeviceId,
    fresh: &DeviceId,
    typed: &str,
) -> Result<Tried, Fault> {
    store.try_pending(browser, (fresh, None), NOW, |pending| {
        pending.spend(typed, browser, store.master(), NOW)
    })
}

#[test]
fn a_right_code_makes_one_guest_and_a_wrong_one_counts() {
    let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
    let (first, code) = pending(&store, &id(1));
    assert!(
        store
            .put_pending(&id(1), None, (&first, false))
            .expect("kept")
    );
    let wrong = try_code(&store, &id(1), &id(2), "x").expect("answers");
    assert_eq!(wrong, Tried::Wrong(4));
    let right = try_code(&store, &id(1), &id(2), &code).expect("answers");
    let Tried::Right(found) = right else {
        panic!("{right:?}");
    };
    assert_eq!((&*found.0.address, &*found.1.subject), (BO, "Plan"));
    let again = try_code(&store, &id(1), &id(3), &code).expect("answers");
    assert_eq!(again, Tried::Over, "once");
    assert!(store.guest(&id(2), NOW).expect("reads").is_some());
    assert_eq!(store.guest(&id(3), NOW).expect("reads"), None);
    assert_eq!(store.guest(&id(2), NOW + KNOWN_FOR).expect("reads"), None);
    store.forget_guest(&id(2)).expect("forgets");
    assert_eq!(store.guest(&id(2), NOW).expect("reads"), None);
}

#[test]
fn a_second_code_ends_the_first_and_what_is_over_is_erased() {
    let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
    let (first, code) = pending(&store, &id(1));
    store
        .put_pending(&id(1), None, (&first, false))
        .expect("kept");
    let (second, newer) = pending(&store, &id(4));
    store
        .put_pending(&id(4), Some(&id(1)), (&second, false))
        .expect("kept");
    assert_eq!(
        try_code(&store, &id(1), &id(2), &code).expect("answers"),
        Tried::Over
    );
    try_code(&store, &id(4), &id(2), &newer).expect("answers");
    let to = ["anna@example.org".to_owned()];
    store
        .change_book("BO@partner.example", |book| book.wrote(&to, NOW))
        .expect("kept");
    assert_eq!(store.book(BO).expect("reads").people(NOW), to);
    let (third, _) = pending(&store, &id(5));
    store
        .put_pending(&id(5), None, (&third, false))
        .expect("kept");
    store.erase_guests(NOW + CODE_FOR).expect("erases");
    assert_eq!(store.pending(&id(5)).expect("reads"), None);
    assert!(store.guest(&id(2), NOW).expect("reads").is_some());
    store
        .erase_guests(NOW + BOOK_FOR.max(KNOWN_FOR))
        .expect("erases");
    let now = NOW + KNOWN_FOR;
    assert_eq!(store.guest(&id(2), now).expect("reads"), None);
    let held = store.held_guest(&id(2), now).expect("reads");
    assert_eq!(held.map(|guest| guest.address).as_deref(), Some(BO));
    let end = now + HELD_FOR;
    assert_eq!(store.held_guest(&id(2), end).expect("reads"), None);
    store.erase_guests(end).expect("erases");
    for table in [Table::GuestCodes, Table::Guests, Table::GuestBooks] {
        assert!(store.values.is_empty(table).expect("reads"), "{table:?}");
    }
}

#[test]
fn t97_a_store_that_breaks_at_any_call_gives_no_try_back_and_makes_no_guest_of_a_wrong_code() {
    for nth in 1..5 {
        let (disk, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        Store::open(disk.clone(), master.clone()).expect("opens");
        let faulty = Arc::new(Faulty::new(disk.clone(), nth));
        let store = Store::open(faulty.clone(), master).expect("opens");
        let (first, code) = pending(&store, &id(1));
        let kept = store.put_pending(&id(1), None, (&first, false));
        let wrong = kept.and_then(|_| try_code(&store, &id(1), &id(2), "x"));
        let right = match &wrong {
            Ok(_) => try_code(&store, &id(1), &id(2), &code),
            Err(_) => Ok(Tried::Over),
        };
        let left = store.pending(&id(1)).expect("reads").map(|one| one.left());
        let guest = store.guest(&id(2), NOW).expect("reads");
        match nth {
            1 => assert!(wrong.is_err() && left.is_none()),
            2 => assert!(
                wrong.is_err() && left == Some(5),
                "nobody heard of that try"
            ),
            3 => assert!(right.is_err() && left == Some(4) && guest.is_none()),
            _ => assert!(matches!(right, Ok(Tried::Right(_))) && guest.is_some()),
        }
    }
}

#[test]
fn names_on_disk_say_nothing() {
    let disk = Arc::new(Memory::new());
    let store = Store::open(disk.clone(), MasterKey::fresh()).expect("opens");
    let (first, code) = pending(&store, &id(1));
    store
        .put_pending(&id(1), None, (&first, false))
        .expect("kept");
    try_code(&store, &id(1), &id(2), &code).expect("answers");
    let tables = [Table::GuestCodes, Table::Guests, Table::GuestBooks];
    for table in tables {
        let all = store.values.backend.scan(table, b"", &[0xff; 33], 9);
        for (key, value) in all.expect("reads") {
            let holds = |what: &[u8]| {
                [&key, &value]
                    .iter()
                    .any(|b| b.windows(what.len()).any(|w| w == what))
            };
            assert!(!holds(b"partner") && !holds(b"anna"), "{table:?}");
        }
    }
}

fn enter(store: &Store, name: usize, address: &str, now: i64) -> DeviceId {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&name.to_be_bytes());
    let (waits, fresh) = (
        DeviceId([&id[..31], &[1]].concat().try_into().expect("32")),
        DeviceId(id),
    );
    let guest = Guest {
        address: address.into(),
        name: None,
        language: "en".into(),
        proven: now,
    };
    let master = store.master();
    let (pending, code) = Pending::issue(guest, Wish::default(), &waits, master, now);
    assert!(
        store
            .put_pending(&waits, None, (&pending, false))
            .expect("kept")
    );
    let tried = store.try_pending(&waits, (&fresh, None), now, |pending| {
        pending.spend(code.expose(), &waits, master, now)
    });
    assert!(matches!(tried, Ok(Tried::Right(_))), "{tried:?}");
    fresh
}

#[test]
fn one_domain_pushes_out_its_own_guests_and_nobody_elses() {
    let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
    let other = enter(&store, 9999, BO, NOW);
    let enters = |n: usize| enter(&store, n, &format!("g{n}@crowd.example"), NOW + n as i64);
    let crowd: Vec<DeviceId> = (0..=MOST_OF_DOMAIN).map(enters).collect();
    let now = NOW + 1000;
    assert_eq!(
        store.guest(&crowd[0], now).expect("reads"),
        None,
        "the first to end"
    );
    for one in [&crowd[1], &crowd[MOST_OF_DOMAIN], &other] {
        assert!(store.guest(one, now).expect("reads").is_some());
    }
}

#[test]
fn t97_a_browser_that_nobody_knows_has_no_table_read() {
    let disk = Arc::new(Faulty::new(Arc::new(Memory::new()), u64::MAX));
    let store = Store::open(disk.clone(), MasterKey::fresh()).expect("opens");
    let before = disk.scanned();
    let tried = try_code(&store, &id(8), &id(9), "12345678").expect("answers");
    assert_eq!((tried, disk.scanned()), (Tried::Over, before));
}

#[test]
fn who_proves_again_in_one_browser_is_known_there_once() {
    let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
    let old = enter(&store, 1, BO, NOW);
    let (second, code) = pending(&store, &id(1));
    store
        .put_pending(&id(1), None, (&second, false))
        .expect("kept");
    let tried = store.try_pending(&id(1), (&id(2), Some(&old)), NOW, |pending| {
        pending.spend(&code, &id(1), store.master(), NOW)
    });
    assert!(matches!(tried, Ok(Tried::Right(_))));
    assert_eq!(store.guest(&old, NOW).expect("reads"), None);
    assert!(store.guest(&id(2), NOW).expect("reads").is_some());
}
