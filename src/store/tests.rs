//! The promises of the store, on the backend in memory and on one that breaks at every point.

use super::backend::{Backend, Table};
use super::faulty::Faulty;
use super::memory::Memory;
use super::*;
use crate::mail::Address;
use crate::transfer::PasswordRules;
use crate::transfer::code::{Codes, Place};
use crate::transfer::ledger::{CopyKey, Fate, Submission};
use crate::transfer::memo::About;
use crate::transfer::notice::{NoticeEntry, Route};
use crate::transfer::proof::PasswordLine;
use crate::transfer::record::{BlobRecord, SealedTicket, SealedTransfer, State};
use crate::transfer::{
    Actor, Destination, Device, DeviceId, DeviceSecret, Event, Happened, Memo, Notice, Told, Tries,
};

pub(super) const NOW: i64 = 1_800_000_000;
const DAY: i32 = (NOW / 86_400) as i32 + 30;
pub(super) const ANNA: &str = "anna@partner.example";
pub(super) const BO: &str = "bo@partner.example";

fn address(text: &str) -> Address {
    text.parse().expect("an address")
}

pub(super) fn open(backend: &Arc<Memory>, master: &MasterKey) -> Store {
    Store::open(backend.clone(), master.clone()).expect("opens")
}

/// Notices that may leave, however late.
fn due(store: &Store) -> Vec<DueNotice> {
    let due = store.due_notices(None, i64::MAX - 1, 9);
    due.expect("reads").notices
}

fn other_way() -> Route {
    Route {
        channel: "other".into(),
        destination: Destination::Operator,
        line: PasswordLine::Other("by another way".into()),
        then: Vec::new(),
    }
}

fn write_blob(store: &Store, bytes: &[u8]) -> Result<BlobId, Fault> {
    let id = BlobId::fresh();
    let mut writer = store.shelf().write_blob(id).map_err(io_fault)?;
    writer.write_all(bytes).map_err(io_fault)?;
    writer.finish().map_err(io_fault)?;
    Ok(id)
}

/// A transfer for Anna and Bo as `seal` would give it, its one blob written.
pub(super) fn sealed(store: &Store, catalogue: usize) -> Result<SealedTransfer, Fault> {
    let id = TransferId::fresh();
    let blob = write_blob(store, b"ciphertext")?;
    let ticket = |recipient: &str| {
        let secret = LinkSecret::fresh();
        let ticket = Ticket {
            recipients: vec![recipient.into()],
            wrap: Some(vec![1; 118]),
            fetched: vec![0],
            ..Ticket::unused(secret.id(&store.master), DAY, NOW + 1000)
        };
        SealedTicket {
            recipients: vec![],
            secret,
            files: vec![],
            ticket,
        }
    };
    let entry = |recipient: &str| NoticeEntry {
        recipient: recipient.into(),
        password: PasswordRules::default().make().password,
    };
    Ok(SealedTransfer {
        id,
        record: Record {
            id: id.to_string(),
            mail: "M".into(),
            created: NOW,
            expires: NOW + 1000,
            sender: "sven@house.example".into(),
            sender_name: None,
            state: State::Held,
            tickets: 2,
            blobs: vec![BlobRecord {
                id: blob,
                plain_len: 4,
                number: 0,
            }],
            catalogue: vec![7; catalogue],
            sheet: Vec::new(),
            told: None,
        },
        tickets: vec![ticket(ANNA), ticket(BO)],
        notices: vec![Notice {
            id: format!("{id}-0"),
            transfer: id.to_string(),
            mail: "M".into(),
            channel: "sender".into(),
            destination: Destination::Sender("sven@house.example".into()),
            sender: "sven@house.example".into(),
            sender_name: None,
            message_id: None,
            language: "en".into(),
            entries: vec![entry(ANNA), entry(BO)],
            expires: NOW + 1000,
            created: NOW,
            receipt: None,
            then: Vec::new(),
            number: Default::default(),
        }],
        submission: None,
        sheet: None,
    })
}

pub(super) fn held(store: &Store, catalogue: usize) -> (TransferId, Vec<LinkSecret>) {
    let sealed = sealed(store, catalogue).expect("seals");
    let held = store.hold(sealed).expect("holds");
    let transfer = held.transfer().expect("a transfer");
    let links = transfer.links.iter().map(|l| l.secret.clone()).collect();
    (transfer.id, links)
}

#[test]
fn codes_go_with_their_transfer_or_a_day_after_the_last() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 100);
    let ask = |number, now| {
        let place = Place {
            transfer: &id,
            ticket: number,
            master: &master,
        };
        let issued = store.change_codes(&id, number, |codes| codes.issue(place, now).is_ok());
        assert!(issued.expect("writes"));
    };
    let count = || {
        let all = backend.scan(Table::Codes, b"", &[0xff; 33], 9);
        all.expect("reads").len()
    };
    assert_eq!(store.codes(&id, 0).expect("reads"), Codes::default());
    ask(0, NOW);
    ask(1, NOW + 3600);
    assert_eq!(count(), 2);
    assert_eq!(store.erase_codes(NOW + 86_399).expect("looks"), 0);
    assert_eq!(store.erase_codes(NOW + 86_400).expect("erases"), 1);
    assert_eq!(store.codes(&id, 0).expect("reads"), Codes::default());
    assert_eq!(count(), 1);
    store.expire(NOW + 2000).expect("expires");
    assert_eq!(count(), 0, "erased with the transfer");
}

/// A browser that opens a ticket, known until then.
fn device(store: &Store, (id, number): (&TransferId, u32), until: i64) -> DeviceSecret {
    let secret = DeviceSecret::fresh();
    let name = secret.id(store.master(), id, number);
    let entered = store.change_entry(id, number, &name, |ticket, device| {
        ticket.first_opened = NOW;
        *device = Some(Device {
            until,
            keepsake: Some(vec![1; 60]),
            ..Device::default()
        });
        ((), None)
    });
    assert!(entered.expect("writes").is_some());
    secret
}

fn devices(backend: &Memory) -> usize {
    let all = backend.scan(Table::Devices, b"", &[0xff; 33], 999);
    all.expect("reads").len()
}

#[test]
fn devices_go_with_their_ticket_their_transfer_or_their_time() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 100);
    store
        .release(&id, &[address(ANNA), address(BO)])
        .expect("releases");
    let known = |secret: &DeviceSecret, number| {
        let name = secret.id(&master, &id, number);
        store.device(&id, number, &name).expect("reads").is_some()
    };
    let (anna, bo) = (
        device(&store, (&id, 0), NOW + 10),
        device(&store, (&id, 1), NOW + 20),
    );
    device(&store, (&id, 1), NOW + 30);
    assert!(known(&anna, 0) && known(&bo, 1) && !known(&anna, 1));
    assert_eq!(store.erase_devices(NOW + 9).expect("looks"), 0);
    assert_eq!(store.erase_devices(NOW + 10).expect("erases"), 1);
    assert!(!known(&anna, 0) && known(&bo, 1));
    device(&store, (&id, 0), NOW + 30);
    store
        .revoke(&id, Some(&address(BO)), Happened::Revoked(Actor::Operator))
        .expect("revokes");
    assert_eq!(devices(&backend), 1, "those of the ticket taken back went");
    store.expire(NOW + 2000).expect("expires");
    assert_eq!(devices(&backend), 0, "erased with the transfer");
    let nobody = store.change_entry(&id, 0, &DeviceId([0; 32]), |_, _| ((), None));
    assert_eq!(nobody.expect("reads"), None);
}

#[test]
fn of_fifty_devices_the_one_forgotten_first_goes_for_a_new_one() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 100);
    let all: Vec<DeviceSecret> = (0..60).map(|n| device(&store, (&id, 0), NOW + n)).collect();
    device(&store, (&id, 1), NOW);
    assert_eq!(devices(&backend), 51, "the other ticket has its own");
    let known = all.iter().map(|secret| {
        let name = secret.id(&master, &id, 0);
        store.device(&id, 0, &name).expect("reads").is_some()
    });
    let known: Vec<bool> = known.collect();
    assert!(known[..10].iter().all(|is| !is) && known[10..].iter().all(|is| *is));
}

#[test]
fn locks_of_devices_are_lifted_with_their_tickets() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 100);
    let name = device(&store, (&id, 1), NOW + 10).id(&master, &id, 1);
    let locked = Tries {
        wrong: 10,
        paused_until: 7,
        locked: true,
    };
    let wrong = store.change_entry(&id, 1, &name, |_, device| {
        device.as_mut().expect("is known").tries = locked;
        ((), None)
    });
    wrong.expect("writes");
    let tries = || {
        store
            .device(&id, 1, &name)
            .expect("reads")
            .expect("is known")
            .tries
    };
    assert_eq!(
        open(&backend, &master)
            .device(&id, 1, &name)
            .expect("reads")
            .map(|d| d.tries),
        Some(locked)
    );
    assert_eq!(
        store
            .unlock(&id, Some(&address(ANNA)), Actor::Operator)
            .expect("looks"),
        0
    );
    assert_eq!(tries(), locked);
    assert_eq!(
        store
            .unlock(&id, Some(&address(BO)), Actor::Operator)
            .expect("lifts"),
        1
    );
    assert_eq!(tries(), Tries::default());
    assert_eq!(store.unlock(&id, None, Actor::Operator).expect("looks"), 0);
}

/// A damaged record of a browser keeps nothing from its end.
#[test]
fn a_damaged_device_keeps_no_transfer_from_its_end() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 100);
    let name = device(&store, (&id, 0), NOW + 10).id(&master, &id, 0);
    let key = [&ticket_key(&id, 0)[..], &name.0].concat();
    let damage = || {
        let batch = Batch {
            put: vec![(Table::Devices, key.clone(), b"damaged".to_vec())],
            ..Batch::default()
        };
        backend.apply(batch).expect("writes");
    };
    damage();
    assert_eq!(store.erase_devices(NOW).expect("erases"), 1);
    damage();
    assert_eq!(store.expire(NOW + 2000).expect("expires").len(), 1);
    assert_eq!(devices(&backend), 0);
}

#[test]
fn a_held_transfer_is_found_by_its_links_and_by_no_other() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, links) = held(&store, 100);
    for (number, link) in (0..).zip(&links) {
        let found = store.find(link).expect("reads").expect("is there");
        assert_eq!(
            (found.record.id.as_str(), found.number),
            (&*id.to_string(), number)
        );
        assert!(found.ticket.wrap.is_some());
    }
    assert_eq!(store.find(&LinkSecret::fresh()).expect("reads"), None);
    let again = open(&backend, &master);
    assert_eq!(
        again.transfer(&id).expect("reads"),
        store.transfer(&id).expect("reads")
    );
}

#[test]
fn nothing_of_a_transfer_stands_in_the_clear() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 40_000);
    store.release(&id, &[address(ANNA)]).expect("releases");
    let mut all = Vec::new();
    for table in Table::ALL {
        for (_, value) in backend.scan(table, b"", &[0xff; 40], 999).expect("scans") {
            all.extend(value);
        }
    }
    for (blob, _) in backend.blobs().expect("lists") {
        let reader = backend.open_blob(blob).expect("opens");
        let mut bytes = vec![0; reader.len() as usize];
        reader.read_exact_at(0, &mut bytes).expect("reads");
        all.extend(bytes);
    }
    for canary in [
        "partner.example",
        "house.example",
        "sender",
        &id.to_string(),
    ] {
        let found = memchr::memmem::find(&all, canary.as_bytes());
        assert_eq!(found, None, "{canary}");
    }
}

#[test]
fn another_master_key_is_refused() {
    let backend = Arc::new(Memory::new());
    open(&backend, &MasterKey::fresh());
    assert!(Store::open(backend, MasterKey::fresh()).is_err());
}

#[test]
fn a_value_moved_to_another_key_is_refused() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 10);
    let value = |n| {
        backend
            .read(Table::Tickets, &ticket_key(&id, n))
            .expect("reads")
    };
    let batch = Batch {
        put: vec![(Table::Tickets, ticket_key(&id, 0), value(1).expect("there"))],
        ..Batch::default()
    };
    backend.apply(batch).expect("applies");
    assert!(store.ticket(&id, 0).is_err());
    assert!(store.ticket(&id, 1).is_ok());
}

#[test]
fn a_large_record_spills_and_leaves_nothing_behind() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, links) = held(&store, 300_000);
    assert_eq!(
        store
            .transfer(&id)
            .expect("reads")
            .expect("there")
            .catalogue
            .len(),
        300_000
    );
    store
        .release(&id, &[address(ANNA), address(BO)])
        .expect("releases");
    assert!(store.find(&links[0]).expect("reads").is_some());
    // The file with the manifest behind it, and one spilled record.
    assert_eq!(backend.blobs().expect("lists").len(), 2);
    assert_eq!(store.expire(NOW + 2000).expect("expires").len(), 1);
    assert_eq!(backend.blobs().expect("lists").len(), 0);
    assert_eq!(store.stat().expect("counts"), Stat::default());
}

#[test]
fn a_password_leaves_only_for_those_who_have_the_mail() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, links) = held(&store, 10);
    assert!(due(&store).is_empty());
    store.release(&id, &[address(BO)]).expect("releases");
    let due = due(&store);
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].notice.entries.len(), 1);
    assert_eq!(due[0].notice.entries[0].recipient, BO);
    let wrap = |link| store.find(link).expect("reads").expect("there").ticket.wrap;
    assert!(wrap(&links[0]).is_none() && wrap(&links[1]).is_some());

    store
        .notice_again(&due[0].key, NOW * 2, 1)
        .expect("puts off");
    assert!(
        store
            .due_notices(None, NOW * 2 - 1, 9)
            .expect("reads")
            .notices
            .is_empty()
    );
    assert_eq!(store.next_notice().expect("reads"), Some(NOW * 2));
    let due = store.due_notices(None, NOW * 2, 9).expect("reads").notices;
    assert_eq!((due.len(), due[0].tries), (1, 1));
    store.notice_done(&due[0].key).expect("done");
    assert_eq!(store.next_notice().expect("reads"), None);
}

#[test]
fn one_password_on_one_telephone_leaves_once_whenever_each_has_his_mail() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let mut sealed = sealed(&store, 10).expect("seals");
    let id = sealed.id;
    let notice = &mut sealed.notices[0];
    notice.destination = Destination::Phone("+46701234547".into());
    notice.entries[1].password = notice.entries[0].password.clone();
    store.hold(sealed).expect("holds");
    let settlement = Settlement {
        transfer: Some(id),
        accepted: vec![address(ANNA)],
        unknown: vec![address(BO)],
        ..Settlement::default()
    };
    assert!(store.settle(&settlement).expect("settles"), "one is due");
    let sent = due(&store);
    let whom: Vec<_> = sent[0]
        .notice
        .entries
        .iter()
        .map(|e| &e.recipient)
        .collect();
    assert_eq!(
        (sent.len(), whom),
        (1, vec![&ANNA.to_owned(), &BO.to_owned()])
    );
    let ticket = |number| store.ticket(&id, number).expect("reads").expect("there");
    let has_left = |number| store.mail_has_left(&id, &ticket(number)).expect("reads");
    assert!(has_left(0) && !has_left(1), "nobody knows of Bo's mail");
    assert!(store.proven(&id, &[address(BO)]).expect("writes"));
    assert!(has_left(1));
    assert_eq!(due(&store).len(), 1, "Bo's telephone has it");
    store.notice_done(&sent[0].key).expect("done");
    assert!(due(&store).is_empty());
}

#[test]
fn a_notice_taken_back_while_a_channel_tried_it_stays_gone() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 10);
    let both = [address(ANNA), address(BO)];
    store.release(&id, &both).expect("releases");
    let due = store.due_notices(None, i64::MAX - 1, 9).expect("reads");
    let [tried] = &due.notices[..] else {
        panic!("one notice");
    };
    store
        .revoke(&id, Some(&both[0]), Happened::Revoked(Actor::Operator))
        .expect("revokes");
    let to_bo = store.notice(&tried.key).expect("reads").expect("is there");
    assert_eq!(to_bo.notice.entries.len(), 1);
    store
        .notice_instead(&tried.key, NOW, "-n", other_way())
        .expect("hands over");
    let due = store.due_notices(None, NOW, 9).expect("reads").notices;
    let whom: Vec<_> = due[0].notice.entries.iter().map(|e| &e.recipient).collect();
    assert_eq!(
        (due[0].notice.channel.as_str(), whom),
        ("other", vec![&BO.to_owned()])
    );
    assert!(due[0].notice.id.ends_with("-n"), "{}", due[0].notice.id);
    let line = store
        .ticket(&id, 1)
        .expect("reads")
        .expect("is there")
        .password_line;
    assert_eq!(
        line,
        other_way().line,
        "the page names the way that it takes now"
    );
    store
        .revoke(&id, None, Happened::Revoked(Actor::Operator))
        .expect("revokes");
    for _ in 0..2 {
        store
            .notice_instead(&due[0].key, NOW, "-n", other_way())
            .expect("does nothing");
        store
            .notice_again(&due[0].key, NOW, 1)
            .expect("does nothing");
    }
    assert_eq!(store.next_notice().expect("reads"), None);
}

#[test]
fn one_damaged_record_keeps_no_other_from_its_end() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let all: Vec<_> = (0..3).map(|_| held(&store, 10)).collect();
    let damage = |table, key: Vec<u8>| {
        let put = vec![(table, key, b"damaged".to_vec())];
        let batch = Batch {
            put,
            ..Batch::default()
        };
        backend.apply(batch).expect("writes");
    };
    damage(Table::Transfers, all[0].0.as_bytes().to_vec());
    assert_eq!(store.finish_erasing().expect("looks at the others"), 0);
    for (id, _) in &all[1..] {
        store.proven(id, &[address(ANNA)]).expect("writes");
    }

    let outbox = backend.scan(Table::Outbox, b"", &ordered(i64::MAX), 9);
    let first = outbox.expect("reads").remove(0).0;
    damage(Table::Outbox, first);
    let page = store.due_notices(None, i64::MAX - 1, 9).expect("reads");
    assert_eq!(page.notices.len(), 1, "one of two");

    // Its own notice damaged, it cannot be erased; whoever it belongs to, the third can.
    assert!(!store.expire(NOW + 2000).expect("expires").is_empty());
    assert!(store.sweep(NOW).is_err(), "in doubt no blob is removed");
}

#[test]
fn an_abandoned_transfer_leaves_nothing() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, links) = held(&store, 10);
    store.abandon(&id).expect("abandons");
    assert_eq!(store.find(&links[0]).expect("reads"), None);
    assert_eq!(store.stat().expect("counts"), Stat::default());

    let (id, links) = held(&store, 10);
    store.release(&id, &[address(ANNA)]).expect("releases");
    store.abandon(&id).expect("does nothing");
    assert!(store.find(&links[0]).expect("reads").is_some());
}

#[test]
fn what_was_held_at_a_crash_keeps_its_password_until_somebody_comes_with_the_link() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let (id, links) = held(&open(&backend, &master), 10);
    let store = open(&backend, &master);
    assert_eq!(store.finish_erasing().expect("looks"), 0);
    let due = || {
        let page = store.due_notices(None, i64::MAX - 1, 9).expect("reads");
        let entries = page.notices.into_iter().flat_map(|n| n.notice.entries);
        entries.map(|e| e.recipient).collect::<Vec<_>>()
    };
    assert_eq!(due(), [""; 0]);
    assert!(store.find(&links[0]).expect("reads").is_some(), "it opens");

    assert!(store.proven(&id, &[address(ANNA)]).expect("writes"));
    assert_eq!(due(), [ANNA], "one of two has come");
    let found = store.find(&links[1]).expect("reads").expect("there");
    assert_eq!(found.record.state, State::Released);
    assert!(found.ticket.wrap.is_some(), "the other may come yet");
    assert!(store.proven(&id, &[address(BO)]).expect("writes"));
    assert_eq!(due(), [ANNA, BO]);
    assert!(!store.proven(&id, &[address(BO)]).expect("reads"), "once");
}

#[test]
fn what_the_same_mail_has_become_since_is_not_touched_by_what_it_was_before() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let key = CopyKey([3; 16]);
    let held = |until: i64| {
        let mut sealed = sealed(&store, 10).expect("seals");
        // Each is a mail of its own, with the same bytes.
        sealed.record.mail = sealed.id.to_string();
        sealed.submission = Some(Submission {
            until,
            copies: vec![(BO.into(), key)],
            recall: Vec::new(),
        });
        let id = sealed.id;
        store.hold(sealed).expect("holds");
        id
    };
    let known = || store.copies(&[key]).expect("reads").remove(0);
    let (older, newer) = (held(NOW + 10), held(NOW + 20));
    store.release(&older, &[address(BO)]).expect("settles");
    let copy = known().expect("is known");
    assert_eq!(
        (copy.transfer, copy.fate),
        (Some(newer.to_string()), Fate::Unknown)
    );
    store.abandon(&older).expect("does nothing");
    assert_eq!(store.forget_copies(NOW + 15).expect("forgets"), 1);
    assert!(known().is_some(), "the newer one is remembered for longer");
    store.release(&newer, &[address(BO)]).expect("settles");
    assert_eq!(known().expect("is known").fate, Fate::Done);
    assert_eq!(store.forget_copies(NOW + 25).expect("forgets"), 1);
    assert_eq!(known(), None);
}

#[test]
fn what_nobody_knows_stays_and_what_was_refused_goes() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    for (unknown, owned) in [(true, false), (false, true)] {
        let (id, links) = held(&store, 10);
        let one = |is: bool| if is { vec![address(BO)] } else { Vec::new() };
        let settlement = Settlement {
            transfer: Some(id),
            unknown: one(unknown),
            owned: one(owned),
            ..Settlement::default()
        };
        store.settle(&settlement).expect("settles");
        let wrap = |n: usize| {
            store
                .find(&links[n])
                .expect("reads")
                .and_then(|f| f.ticket.wrap)
        };
        assert!(wrap(0).is_none(), "Anna was refused");
        assert!(wrap(1).is_some(), "Bo may have it");
        assert!(due(&store).is_empty());
        store.unreachable(&id, &[address(BO)]).expect("takes back");
        assert!(wrap(1).is_none());
    }
}

#[test]
fn a_revoked_ticket_has_no_wrap_and_no_notice_and_the_last_one_takes_the_files() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, links) = held(&store, 10);
    store
        .release(&id, &[address(ANNA), address(BO)])
        .expect("releases");
    assert_eq!(
        store
            .revoke(
                &id,
                Some(&address(ANNA)),
                Happened::Revoked(Actor::Operator)
            )
            .expect("revokes"),
        1
    );
    let wrap = |link| store.find(link).expect("reads").expect("there").ticket.wrap;
    assert!(wrap(&links[0]).is_none() && wrap(&links[1]).is_some());
    let due = due(&store);
    assert_eq!(due[0].notice.entries[0].recipient, BO);
    assert_eq!(
        store
            .revoke(&id, None, Happened::Revoked(Actor::Operator))
            .expect("revokes"),
        1
    );
    assert!(wrap(&links[1]).is_none());
    assert_eq!(store.next_notice().expect("reads"), None);
    // The manifest of the revoked transfer is all that is left, so that a rebuild knows it as revoked.
    assert_eq!(backend.blobs().expect("lists").len(), 1);
}

#[test]
fn a_ticket_is_changed_for_good() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, links) = held(&store, 10);
    let changed = store
        .change_ticket(&id, 1, |t| t.wrong += 1)
        .expect("writes");
    assert_eq!(changed.expect("there").wrong, 1);
    let again = open(&backend, &master);
    assert_eq!(
        again
            .find(&links[1])
            .expect("reads")
            .expect("there")
            .ticket
            .wrong,
        1
    );
    assert_eq!(store.change_ticket(&id, 2, |_| ()).expect("reads"), None);
}

#[test]
fn the_key_of_a_day_is_one_until_the_day_has_passed() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    assert!(store.known_day_key(DAY).expect("reads").is_none());
    let key = store.day_key(DAY).expect("makes");
    let again = open(&backend, &master);
    assert_eq!(again.day_key(DAY).expect("reads").expose(), key.expose());
    let noon = |day: i32| i64::from(day) * 86_400 + 43_200;
    again.expire(noon(DAY + 1)).expect("expires");
    assert!(again.known_day_key(DAY).expect("reads").is_some());
    again.expire(noon(DAY + 2)).expect("expires");
    assert!(again.known_day_key(DAY).expect("reads").is_none());
    assert!(backend.blobs().expect("lists").is_empty());
}

#[test]
fn an_extended_transfer_ends_later_but_not_after_its_day() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let (id, _) = held(&store, 10);
    assert_eq!(
        store
            .extend(&id, NOW + 5000, Actor::Operator)
            .expect("extends"),
        Some(NOW + 5000)
    );
    assert!(store.expire(NOW + 4000).expect("expires").is_empty());
    let last = (i64::from(DAY) + 1) * 86_400 - 1;
    assert_eq!(
        store
            .extend(&id, i64::MAX, Actor::Operator)
            .expect("extends"),
        Some(last)
    );
    assert_eq!(store.expire(last + 1).expect("expires").len(), 1);
}

#[test]
fn orphans_go_after_an_hour_and_nothing_else_does() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    store.day_key(DAY).expect("makes");
    held(&store, 40_000);
    write_blob(&store, b"nobody's").expect("writes");
    let now = jiff::Timestamp::now().as_second();
    assert_eq!(store.sweep(now).expect("sweeps"), Swept::default());
    backend.age_blobs(3700);
    let swept = store.sweep(now).expect("sweeps");
    assert_eq!((swept.orphans, swept.missing), (1, 0));
    assert_eq!(store.sweep(now).expect("sweeps"), Swept::default());
}

#[test]
fn an_index_that_is_gone_is_rebuilt_from_the_manifests() {
    let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
    let store = open(&backend, &master);
    let key = store.day_key(DAY).expect("makes");
    let (id, links) = held(&store, 20_000);
    let (revoked, revoked_links) = held(&store, 10);
    store
        .release(&id, &[address(ANNA), address(BO)])
        .expect("releases");
    store
        .revoke(
            &revoked,
            Some(&address(ANNA)),
            Happened::Revoked(Actor::Operator),
        )
        .expect("revokes");
    let before: Vec<_> = links
        .iter()
        .chain(&revoked_links)
        .map(|l| store.find(l).expect("reads"))
        .collect();

    let bare = Arc::new(Memory::new());
    for (blob, _) in backend.blobs().expect("lists") {
        let reader = backend.open_blob(blob).expect("opens");
        let mut bytes = vec![0; reader.len() as usize];
        reader.read_exact_at(0, &mut bytes).expect("reads");
        let mut writer = bare.write_blob(blob).expect("starts");
        writer.write_all(&bytes).expect("writes");
        writer.finish().expect("finishes");
    }
    let rebuilt_store = open(&bare, &master);
    let rebuilt = rebuilt_store.rebuild(NOW).expect("rebuilds");
    assert_eq!(
        (rebuilt.transfers, rebuilt.days, rebuilt.damaged),
        (2, 1, 0)
    );
    for (link, before) in links.iter().chain(&revoked_links).zip(before) {
        let after = rebuilt_store.find(link).expect("reads").expect("is back");
        let before = before.expect("was there");
        assert_eq!(after.ticket, before.ticket);
        assert_eq!(after.record.blobs, before.record.blobs);
    }
    assert_eq!(
        rebuilt_store.day_key(DAY).expect("is back").expose(),
        key.expose()
    );
    assert_eq!(rebuilt_store.rebuild(NOW).expect("rebuilds").present, 2);
}

/// Wherever a write fails: what is told is durable with what it tells of, once.
#[test]
fn what_people_are_told_is_written_with_what_it_is_about() {
    let sven = || address("sven@house.example");
    for nth in 1.. {
        assert!(nth < 200, "the line has an end");
        let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        open(&backend, &master);
        let faulty = Arc::new(Faulty::new(backend.clone(), nth));
        let line = || -> Result<(), Fault> {
            let store = Store::open(faulty.clone(), master.clone())?;
            let mut sealed = sealed(&store, 100)?;
            let id = sealed.id;
            sealed.record.told = Some(Told {
                receipt: true,
                ..Told::default()
            });
            store.hold(sealed)?;
            store.release(&id, &[address(BO)])?;
            store.proven(&id, &[address(ANNA)])?;
            let memo = |record: &Record, what: &str| {
                Memo::to_sender(record, what, "/s/x".into(), About::Extended)
            };
            let quiet = crate::transfer::Preferences {
                receipts: Some(false),
                ..Default::default()
            };
            let chosen = store.transfer(&id)?;
            let chosen = chosen.and_then(|record| memo(&record, "chosen"));
            store.set_preferences(&sven(), &quiet, chosen.as_ref().map(|m| (m, NOW + 900)))?;
            store.tell_ending(NOW, NOW + 5000, 9, |record, _| Ok(memo(record, "unread")))?;
            let record = store.transfer(&id)?.ok_or_else(|| down("it is gone"))?;
            store.change_telling(&id, 1, |ticket| {
                ticket.told_at = NOW + 900;
                Ok(Along {
                    event: Some(Event::at(NOW, Happened::Fetched(vec![0]))),
                    memos: memo(&record, "downloaded")
                        .map(|m| (NOW + 900, m))
                        .into_iter()
                        .collect(),
                })
            })?;
            let by = Happened::Revoked(Actor::Sender);
            store.revoke(&id, Some(&address(BO)), by).map(drop)
        };
        let result = line();
        assert!(result.is_ok() || faulty.has_failed(), "{result:?}");
        let again = open(&backend, &master);
        let memos = again.due_memos(i64::MAX - 1, 9).expect("reads");
        let has = |what: &str| {
            memos
                .iter()
                .filter(|due| due.memo.id.contains(what))
                .count()
        };
        let all = again.transfers(None, 9).expect("reads");
        let id = all
            .first()
            .map(|record| record.id.parse::<TransferId>().expect("an id"));
        let released = all.iter().any(|record| record.state != State::Held);
        let carried = due(&again)
            .iter()
            .filter(|due| due.notice.receipt.is_some())
            .count();
        let told = all
            .iter()
            .any(|r| r.told.as_ref().is_some_and(|told| !told.receipt));
        assert_eq!(told, released, "nth {nth}");
        let history = id.map_or(Vec::new(), |id| again.history(&id, 1).expect("reads"));
        let happened =
            |what: fn(&Happened) -> bool| history.iter().filter(|e| what(&e.what)).count();
        let fetched = happened(|what| matches!(what, Happened::Fetched(_)));
        let revoked = happened(|what| matches!(what, Happened::Revoked(_)));
        assert_eq!(has("-downloaded"), fetched, "nth {nth}");
        assert_eq!(has("-revoked"), revoked, "nth {nth}");
        // The password of whom it was taken back from goes, and the mail with it.
        assert_eq!(carried, usize::from(released && revoked == 0), "nth {nth}");
        if result.is_ok() && !faulty.has_failed() {
            assert_eq!(has("-unread"), 1);
            assert!(fetched + revoked == 2);
            return;
        }
    }
}

#[test]
fn what_a_crash_left_half_erased_is_erased_at_the_next_start() {
    for nth in 1..10 {
        let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        let (id, links) = held(&open(&backend, &master), 10);
        let faulty = Arc::new(Faulty::new(backend.clone(), nth));
        let store = Store::open(faulty.clone(), master.clone()).expect("opens");
        let abandoned = store.abandon(&id).is_ok();
        let again = open(&backend, &master);
        let now = jiff::Timestamp::now().as_second();
        assert_eq!(again.sweep(now).expect("sweeps").missing, 0, "nth {nth}");
        again.finish_erasing().expect("erases");
        let found = again.find(&links[0]).expect("reads").is_some();
        // Either as if it had not been begun, or as if it had been finished.
        assert_eq!(again.stat().expect("counts").transfers == 1, found);
        assert!(!(abandoned && found), "nth {nth}");
    }
}

/// At every point at which a write can fail: no link without ciphertext, nothing half, and the way goes on from there.
#[test]
fn a_store_that_breaks_anywhere_leaves_nothing_half() {
    let mut unbroken = false;
    for nth in 1.. {
        assert!(nth < 200, "the line has an end");
        let (backend, master) = (Arc::new(Memory::new()), MasterKey::fresh());
        open(&backend, &master);
        let faulty = Arc::new(Faulty::new(backend.clone(), nth));
        let mut links = Vec::new();
        let line = |links: &mut Vec<LinkSecret>| -> Result<(), Fault> {
            let store = Store::open(faulty.clone(), master.clone())?;
            store.day_key(DAY)?;
            let sealed = sealed(&store, 20_000)?;
            let id = sealed.id;
            links.extend(sealed.tickets.iter().map(|t| t.secret.clone()));
            store.hold(sealed)?;
            store.release(&id, &[address(BO)])?;
            let name = DeviceSecret::fresh().id(&master, &id, 1);
            for until in [NOW + 1, NOW + 2] {
                store.change_entry(&id, 1, &name, |ticket, device| {
                    ticket.wrong += 1;
                    *device = Some(Device {
                        until,
                        ..Device::default()
                    });
                    ((), Some(Event::at(NOW, Happened::Opened)))
                })?;
            }
            store.unlock(&id, None, Actor::Operator)?;
            store.erase_devices(NOW + 2)?;
            store.change_entry(&id, 1, &name, |_, device| {
                *device = Some(Device {
                    until: NOW + 3,
                    ..Device::default()
                });
                ((), None)
            })?;
            store.revoke(&id, Some(&address(BO)), Happened::Revoked(Actor::Operator))?;
            store.expire(NOW + 2000)?;
            Ok(())
        };
        let result = line(&mut links);
        // A removal of what nobody needs may fail without a word; nothing else may.
        assert!(
            result.is_ok() || faulty.has_failed(),
            "nth {nth}: {result:?}"
        );
        check_whole(&backend, &master, &links, nth);
        if !faulty.has_failed() {
            unbroken = true;
            break;
        }
    }
    assert!(unbroken);
}

fn check_whole(backend: &Arc<Memory>, master: &MasterKey, links: &[LinkSecret], nth: u64) {
    let store = open(backend, master);
    store.finish_erasing().expect("erases");
    for link in links {
        let Some(found) = store.find(link).expect("reads") else {
            continue;
        };
        for blob in &found.record.blobs {
            assert!(
                found.ticket.wrap.is_none() || store.open_blob(blob.id).is_ok(),
                "nth {nth}: a link without ciphertext"
            );
        }
    }
    let (tickets, links) = [Table::Tickets, Table::Links]
        .map(|table| {
            backend
                .scan(table, b"", &[0xff; 40], 999)
                .expect("scans")
                .len()
        })
        .into();
    assert_eq!(tickets, links, "nth {nth}");
    assert_eq!(
        store.stat().expect("counts").tickets as usize,
        tickets,
        "nth {nth}"
    );
    store.expire(NOW + 2000).expect("expires");
    assert_eq!(devices(backend), 0, "nth {nth}");
    backend.age_blobs(7200);
    store
        .sweep(jiff::Timestamp::now().as_second())
        .expect("sweeps");
    let days = usize::from(store.known_day_key(DAY).expect("reads").is_some());
    assert_eq!(
        store.stat().expect("counts"),
        Stat {
            blobs: days as u64,
            ..Stat::default()
        },
        "nth {nth}"
    );
}
