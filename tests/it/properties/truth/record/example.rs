//! A store with one record of each kind, and what can be seen of it.

use super::Touched;
use cloakroom::fault::Fault;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, Recipient};
use cloakroom::store::backend::Table;
use cloakroom::store::memory::Memory;
use cloakroom::store::{Found, Store};
use cloakroom::transfer::code::Place;
use cloakroom::transfer::keys::MasterKey;
use cloakroom::transfer::ledger::{CopyKey, Submission};
use cloakroom::transfer::notice::NoticeEntry;
use cloakroom::transfer::record::{BlobRecord, SealedTicket, SealedTransfer, State};
use cloakroom::transfer::waiting::{self, Waiting, Why};
use cloakroom::transfer::{
    BlobId, Codes, Destination, Given, LinkSecret, Notice, Password, Record, Ticket, TransferId,
    Unreached,
};
use std::io::Write;
use std::sync::Arc;

pub const NOW: i64 = 1_800_000_000;
const DAY: i32 = (NOW / 86_400) as i32 + 30;
const SMALL: &str = "7K3M9XQF";
/// Its record does not fit into the index.
const LARGE: &str = "8K3M9XQF";
const MAIL: &str = "9K3M9XQF";

/// Everything that the store tells.
pub struct Seen {
    found: Vec<Result<Option<Found>, Fault>>,
    codes: Result<Codes, Fault>,
    day: Result<Option<[u8; 32]>, Fault>,
    waiting: Result<Option<String>, Fault>,
    notices: Vec<Notice>,
    memos: Vec<String>,
    remembered: Vec<String>,
}

pub fn example(master: &MasterKey) -> Arc<Memory> {
    let backend = Arc::new(Memory::new());
    let store = Store::open(backend.clone(), master.clone()).expect("a new one");
    store.day_key(DAY).expect("memory");
    for (number, (id, size)) in [(SMALL, 10), (LARGE, 20_000)].into_iter().enumerate() {
        let id: TransferId = id.parse().expect("an id");
        let held = store.hold(transfer(&store, id, number as u8, size));
        held.expect("memory");
        let bo = ["bo@partner.example".parse().expect("an address")];
        store.release(&id, &bo).expect("memory");
    }
    let small: TransferId = SMALL.parse().expect("an id");
    let issued = store.change_codes(&small, 0, |codes| {
        let place = Place {
            transfer: &small,
            ticket: 0,
            master,
        };
        codes.issue(place, NOW).is_ok()
    });
    assert!(issued.expect("memory"));
    let blob = blob(&store, 40);
    store
        .keep_waiting(&waiting(blob), &submission())
        .expect("memory");
    let remembered = [(NOW, "one".to_owned()), (NOW + 1, "two".to_owned())];
    store.remember(&remembered).expect("memory");
    backend
}

fn submission() -> Submission {
    Submission {
        until: NOW + 1000,
        copies: vec![("bo@partner.example".into(), CopyKey([7; 16]))],
        recall: vec![9; 40],
    }
}

fn secret(number: u8) -> LinkSecret {
    LinkSecret::from_bytes([number; 20])
}

fn blob(store: &Store, name: u8) -> BlobId {
    let id = BlobId([name; 16]);
    let mut writer = store.shelf().write_blob(id).expect("memory");
    writer.write_all(b"ciphertext").expect("memory");
    writer.finish().expect("memory");
    id
}

fn transfer(store: &Store, id: TransferId, number: u8, size: usize) -> SealedTransfer {
    let blob = blob(store, number + 50);
    let secret = secret(number);
    let ticket = Ticket {
        recipients: vec!["bo@partner.example".into()],
        wrap: Some(vec![1; 118]),
        fetched: vec![0],
        ..Ticket::unused(secret.id(store.master()), DAY, NOW + 1000)
    };
    let sender = "sven@house.example".to_owned();
    SealedTransfer {
        id,
        record: Record {
            id: id.to_string(),
            mail: "M".into(),
            created: NOW,
            expires: NOW + 1000,
            sender: sender.clone(),
            sender_name: Some("Sven".into()),
            state: State::Held,
            tickets: 1,
            blobs: vec![BlobRecord {
                id: blob,
                plain_len: 4,
                number: 0,
            }],
            catalogue: vec![7; size],
            sheet: Vec::new(),
            told: None,
        },
        tickets: vec![SealedTicket {
            recipients: vec![],
            secret,
            files: vec![],
            ticket,
        }],
        notices: vec![Notice {
            id: format!("{id}-0"),
            transfer: id.to_string(),
            mail: "M".into(),
            channel: "sender".into(),
            destination: Destination::Sender(sender.clone()),
            sender,
            sender_name: None,
            message_id: None,
            language: "en".into(),
            entries: vec![NoticeEntry {
                recipient: "bo@partner.example".into(),
                password: Password::given("seven words"),
            }],
            expires: NOW + 1000,
            created: NOW,
            receipt: None,
            then: Vec::new(),
            number: Default::default(),
        }],
        submission: Some(submission()),
        sheet: None,
    }
}

fn waiting(blob: BlobId) -> Waiting {
    let address = |text: &str| text.parse().expect("an address");
    Waiting {
        id: MAIL.into(),
        envelope: Envelope {
            sender: Some(address("ada@house.example")),
            recipients: vec![Recipient::new(address("bo@partner.example"))],
            options: MailOptions::default(),
            client: Client::local(),
        },
        received: NOW,
        until: NOW + 1000,
        approvers: vec![address("boss@house.example")],
        reasons: vec![Why {
            rule: "r".into(),
            why: "w".into(),
        }],
        files: 1,
        language: "en".into(),
        message_id: None,
        blob: BlobRecord {
            id: blob,
            plain_len: 4,
            number: 0,
        },
        key: vec![3; 61],
        day: DAY,
        state: waiting::State::Waits,
        unreached: vec![Unreached {
            recipient: address("bo@partner.example"),
            by_phone: vec!["phone".into()],
            by_sender: true,
            by_link: false,
            given: Some(Given::Number("+46701234567".into())),
        }],
    }
}

impl Seen {
    pub fn of(store: &Store) -> Seen {
        let mail = MAIL.parse().expect("an id");
        let small: TransferId = SMALL.parse().expect("an id");
        let notices = store
            .due_notices(None, i64::MAX, 100)
            .expect("memory can be read");
        let memos = store.due_memos(i64::MAX, 100).expect("memory can be read");
        let remembered = store.remembered::<String>(0, None, 100);
        let _ = store.stat();
        let _ = store.transfers(None, 100);
        Seen {
            found: (0..2).map(|number| store.find(&secret(number))).collect(),
            codes: store.codes(&small, 0),
            day: store
                .known_day_key(DAY)
                .map(|key| key.map(|key| *key.expose())),
            waiting: store
                .waiting(mail)
                .map(|found| found.map(|w| format!("{w:?}"))),
            notices: notices.notices.into_iter().map(|due| due.notice).collect(),
            memos: memos
                .into_iter()
                .map(|due| format!("{:?}", due.memo))
                .collect(),
            remembered: remembered.expect("memory can be read").0,
        }
    }

    /// The example has one of each.
    pub fn is_whole(&self) -> bool {
        let found = self.found.iter().all(|found| matches!(found, Ok(Some(_))));
        found
            && self
                .codes
                .as_ref()
                .is_ok_and(|codes| *codes != Codes::default())
            && matches!(self.day, Ok(Some(_)))
            && matches!(self.waiting, Ok(Some(_)))
            && self.remembered.len() == 2
            && !self.memos.is_empty()
            && self.notices.len() == 2
    }

    /// Against what was seen before anything was touched.
    pub fn judge(&self, before: &Seen, touched: impl Fn(Table) -> Touched, blobs: Touched) {
        let of_links = [Table::Links, Table::Transfers, Table::Tickets].map(&touched);
        let of_links = of_links.into_iter().chain([blobs]).fold(Touched::No, worse);
        for (now, then) in self.found.iter().zip(&before.found) {
            compare("a link", now, then, of_links);
        }
        compare("codes", &self.codes, &before.codes, touched(Table::Codes));
        compare("a day", &self.day, &before.day, touched(Table::DayKeys));
        compare(
            "a waiting mail",
            &self.waiting,
            &before.waiting,
            touched(Table::Waiting),
        );
        within(
            "notices",
            &self.notices,
            &before.notices,
            touched(Table::Outbox),
        );
        within("memos", &self.memos, &before.memos, touched(Table::Memos));
        let remembered = touched(Table::Remembered);
        within(
            "remembered",
            &self.remembered,
            &before.remembered,
            remembered,
        );
    }
}

fn worse(one: Touched, two: Touched) -> Touched {
    if one > two { one } else { two }
}

/// What was changed is told, or is as it was (another value of the table was changed).
fn compare<T: PartialEq>(
    what: &str,
    now: &Result<T, Fault>,
    then: &Result<T, Fault>,
    touched: Touched,
) {
    let same = matches!((now, then), (Ok(now), Ok(then)) if now == then);
    match touched {
        Touched::No => assert!(same, "{what}: not as it was, and nobody touched it"),
        Touched::Changed => assert!(same || now.is_err(), "{what}: a changed record is believed"),
        Touched::Forged => {}
    }
}

/// Where one that cannot be read is passed over.
fn within<T: PartialEq>(what: &str, now: &[T], then: &[T], touched: Touched) {
    match touched {
        Touched::No => assert!(
            now == then,
            "{what}: not as they were, and nobody touched them"
        ),
        Touched::Changed => {
            let known = now.iter().all(|one| then.contains(one));
            assert!(
                known && now.len() <= then.len(),
                "{what}: a changed record is believed"
            );
        }
        Touched::Forged => {}
    }
}
