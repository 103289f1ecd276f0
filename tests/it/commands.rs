//! Commands by mail: a sender answers a receipt, through both doors; who else tries; the same answer twice; a store that breaks.

use crate::support::client::{Door, send};
use crate::support::plant::{self, Plant};
use cloakroom::doors::smtp::Protocol;
use cloakroom::gateway::Gateway;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::record::State;
use cloakroom::transfer::{Numbers, Record, Ticket, TransferId};
use jiff::Timestamp;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;

const ANNA: &str = "anna@example.org";
const EVA: &str = "eva@example.org";
const BO: &str = "bo@partner.example";
const CARL: &str = "carl@partner.example";
const DAY: i64 = 86_400;

const FILES: &str = "From: Anna <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Plan\r\nMessage-ID: <1@example.org>\r\n\
    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n--b\r\n\
    Content-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n--b--\r\n";

struct House {
    plant: Plant,
    gateway: Arc<Gateway>,
    smtp: SocketAddr,
    lmtp: SocketAddr,
    _stops: [watch::Sender<bool>; 2],
}

impl House {
    async fn new() -> House {
        House::on(Plant::new(), Arc::new(Memory::new())).await
    }

    async fn on(plant: Plant, backend: Arc<dyn cloakroom::store::backend::Backend>) -> House {
        let gateway = plant.gateway(backend).expect("is built");
        let (smtp, one) = plant::door(&gateway, Protocol::Smtp).await;
        let (lmtp, two) = plant::door(&gateway, Protocol::Lmtp).await;
        House {
            plant,
            gateway,
            smtp,
            lmtp,
            _stops: [one, two],
        }
    }

    async fn send(&self, door: Door, from: &str, to: &[&str], mail: &str) -> Vec<String> {
        let address = match door {
            Door::Smtp => self.smtp,
            Door::Lmtp => self.lmtp,
        };
        let to: Vec<String> = to.iter().map(|to| (*to).to_owned()).collect();
        send(door, address, from, &to, mail.as_bytes()).await
    }

    /// A transfer of Anna's to Bo and Carl.
    async fn transfer(&self) -> TransferId {
        let before: Vec<String> = self.records().into_iter().map(|r| r.id).collect();
        let replies = self.send(Door::Smtp, ANNA, &[BO, CARL], FILES).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
        let mut records = self.records();
        records.retain(|record| !before.contains(&record.id));
        records[0].id.parse().expect("an id")
    }

    fn records(&self) -> Vec<Record> {
        self.gateway.store().transfers(None, 100).expect("reads")
    }

    fn record(&self, id: &TransferId) -> Record {
        let record = self.gateway.store().transfer(id).expect("reads");
        record.expect("is there")
    }

    fn tickets(&self, id: &TransferId) -> Vec<Ticket> {
        let store = self.gateway.store();
        store.tickets(&self.record(id)).expect("reads")
    }

    /// What Anna was told, after everything that is due was sent.
    async fn told(&self) -> Vec<String> {
        self.gateway.round(Timestamp::now(), false).await;
        self.mails_to(ANNA)
    }

    fn mails_to(&self, whom: &str) -> Vec<String> {
        let taken = self.plant.hop.taken().into_iter();
        let theirs = taken.filter(|t| t.recipients.iter().any(|r| r.address.to_string() == whom));
        theirs
            .map(|t| String::from_utf8_lossy(&t.content).replace("=\r\n", ""))
            .collect()
    }
}

fn to(id: &TransferId) -> String {
    format!("files+{}@example.org", id.to_string().to_lowercase())
}

fn answer(from: &str, text: &str) -> String {
    format!(
        "From: {from}\r\nTo: files@example.org\r\nSubject: Re: Sent\r\nMessage-ID: <2@example.org>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sender_takes_back_by_answering_through_either_door() {
    let house = House::new().await;
    for door in [Door::Smtp, Door::Lmtp] {
        let (id, told) = (house.transfer().await, house.told().await.len());
        let mail = answer(
            "Anna Lind <Anna@example.org>",
            "Revoke!\r\n\r\n> Your message has left",
        );
        let replies = house.send(door, ANNA, &[&to(&id)], &mail).await;
        let [reply] = &replies[..] else {
            panic!("{replies:?}")
        };
        assert!(
            reply.starts_with("250 2.0.0 ") && reply.contains("for the gateway itself"),
            "{reply}"
        );
        assert_eq!(house.record(&id).state, State::Revoked, "before the 250");
        let told = house.told().await.split_off(told);
        let [mail] = &told[..] else {
            panic!("{told:?}")
        };
        for there in [
            &format!("Subject: Done: transfer {id}"),
            "In-Reply-To: <2@example.org>",
            "Auto-Submitted: auto-generated",
            "Taken back: nobody can open",
        ] {
            assert!(mail.contains(there), "{there} is not in {mail}");
        }
        assert!(house.mails_to(&to(&id)).is_empty(), "it goes nowhere");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_command_does_what_it_says() {
    let house = House::new().await;
    let id = house.transfer().await;
    house.told().await;
    let now = Timestamp::now().as_second();
    for (sender, digits) in [(ANNA, "+46701234567"), (EVA, "+46707654321")] {
        let sender = sender.parse().expect("an address");
        let note = |n: &mut Numbers| n.note(BO, digits, now);
        house
            .gateway
            .store()
            .change_numbers(&sender, note)
            .expect("writes");
    }
    let rows = [
        ("numbers", "bo@partner.example: ends in 67, used last "),
        ("forget carl@partner.example", "No such telephone number"),
        (
            "glöm bo@partner.example",
            "One telephone number was forgotten.",
        ),
        ("numbers", "No telephone number of yours is remembered."),
        ("forget", "No such telephone number"),
        (
            "revoke carl@PARTNER.example",
            "carl@partner.example cannot open",
        ),
        ("extend 7d", "ends: "),
        ("verlängern 2 Wochen", "ends: "),
        ("extend 9000d", "the latest that is allowed"),
        ("who", "bo@partner.example: not opened yet"),
        ("unlock", "nothing is locked"),
        (
            "revoke dora@partner.example",
            "no link for dora@partner.example",
        ),
        ("extend 2020-01-01", "that day is over"),
        ("help", "revoke bo@partner.example: only this recipient"),
        ("Thank you.", "could not be understood"),
        ("", "could not be understood"),
    ];
    for (number, (text, sentence)) in rows.into_iter().enumerate() {
        let mail = answer(ANNA, text).replace("<2@", &format!("<{number}-2@"));
        let replies = house.send(Door::Lmtp, ANNA, &[&to(&id)], &mail).await;
        assert!(replies[0].starts_with("250 "), "{text}: {replies:?}");
        let told = house.told().await;
        let last = told.last().expect("she is told");
        assert!(last.contains(sentence), "{text}: {last}");
    }
    let tickets = house.tickets(&id);
    let open: Vec<bool> = tickets.iter().map(|t| t.wrap.is_some()).collect();
    assert_eq!(open, [true, false]);
    let evas = house
        .gateway
        .store()
        .numbers(&EVA.parse().expect("an address"));
    assert!(
        !evas.expect("reads").is_empty(),
        "others' are not hers to forget"
    );
    let record = house.record(&id);
    assert_eq!(record.expires - record.created, 60 * DAY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_else_is_obeyed_and_all_hear_the_same() {
    let house = House::new().await;
    let (id, none) = (house.transfer().await, TransferId::fresh());
    let told = house.told().await.len();
    let mut said = Vec::new();
    for door in [Door::Smtp, Door::Lmtp] {
        for (from, id, mail) in [
            // Another colleague; an id that is not there; a From that is somebody else's, or two.
            (EVA, &id, answer(EVA, "revoke")),
            (ANNA, &none, answer(ANNA, "revoke")),
            (EVA, &none, answer(EVA, "revoke")),
            (EVA, &id, answer(ANNA, "revoke")),
            (ANNA, &id, answer(EVA, "revoke")),
            (
                ANNA,
                &id,
                answer("Anna <anna@example.org>, eva@example.org", "revoke"),
            ),
            (
                ANNA,
                &id,
                format!("From: eva@example.org\r\n{}", answer(ANNA, "revoke")),
            ),
        ] {
            let replies = house.send(door, from, &[&to(id)], &mail).await;
            let [reply] = &replies[..] else {
                panic!("{replies:?}")
            };
            said.push(reply.split(" (").next().unwrap_or_default().to_owned());
        }
    }
    said.dedup();
    assert_eq!(
        said,
        [
            "550 5.7.1 Only the sender of a transfer can answer for it, from the address that has sent it"
        ]
    );
    assert!(house.tickets(&id).iter().all(|t| t.wrap.is_some()));
    assert_eq!(house.told().await.len(), told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn machines_are_heard_out_and_never_answered() {
    let house = House::new().await;
    let id = house.transfer().await;
    let told = house.told().await.len();
    for (from, field) in [
        ("", "X-Odd: 1"),
        (ANNA, "Auto-Submitted: auto-replied"),
        (ANNA, "Precedence: bulk"),
        (ANNA, "List-Id: <all.example.org>"),
    ] {
        for door in [Door::Smtp, Door::Lmtp] {
            let mail = format!("{field}\r\n{}", answer(ANNA, "revoke"));
            let replies = house.send(door, from, &[&to(&id)], &mail).await;
            assert!(replies[0].starts_with("250 "), "{field}: {replies:?}");
        }
    }
    assert!(house.tickets(&id).iter().all(|t| t.wrap.is_some()));
    assert_eq!(house.told().await.len(), told);
    assert!(house.mails_to(&to(&id)).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_others_get_the_mail_as_if_it_were_theirs_alone() {
    let house = House::new().await;
    for (door, replies) in [(Door::Smtp, 1), (Door::Lmtp, 2)] {
        let id = house.transfer().await;
        let before = house.mails_to(EVA).len();
        let mail = answer(ANNA, "revoke");
        let said = house.send(door, ANNA, &[&to(&id), EVA], &mail).await;
        assert_eq!(said.len(), replies);
        assert!(
            said.iter().all(|reply| reply.starts_with("250 ")),
            "{said:?}"
        );
        assert_eq!(house.record(&id).state, State::Revoked);
        let got = house.mails_to(EVA).split_off(before);
        assert!(got.len() == 1 && got[0].ends_with(&mail), "{got:?}");
        let taken = house.plant.hop.taken();
        let to_us = |r: &cloakroom::mail::Recipient| r.address.to_string() == to(&id);
        assert!(!taken.iter().any(|t| t.recipients.iter().any(to_us)));
        // With a command that is refused nothing leaves where one answer is for all; where each has his own, his does.
        let refused = answer(EVA, "revoke");
        let said = house.send(door, ANNA, &[&to(&id), EVA], &refused).await;
        assert!(said[0].starts_with("550 5.7.1 "), "{said:?}");
        assert_eq!(
            said.get(1).is_some_and(|r| r.starts_with("250 ")),
            door == Door::Lmtp
        );
        assert_eq!(house.mails_to(EVA).len() - before, replies);
    }
}

/// Whatever write fails: the client comes again, and it ends two days later, not four; she is told once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_command_is_obeyed_once_wherever_the_store_breaks() {
    let mut broken = 0;
    for nth in 1..60 {
        let (plant, disk) = (Plant::new(), Arc::new(Memory::new()));
        let well = House::on(plant.clone(), disk.clone()).await;
        let id = well.transfer().await;
        well.told().await;
        let ends = well.record(&id).expires;
        let faulty = Arc::new(Faulty::new(disk.clone(), nth));
        let house = House::on(plant, faulty.clone()).await;
        let told = house.mails_to(ANNA).len();
        let mail = answer(ANNA, "extend 2d");
        let first = house.send(Door::Smtp, ANNA, &[&to(&id)], &mail).await;
        house.gateway.round(Timestamp::now(), false).await;
        let hurt = faulty.has_failed();
        broken += u32::from(hurt);
        faulty.mend();
        if !first[0].starts_with("250 ") {
            assert!(first[0].starts_with("451 "), "{nth}: {first:?}");
            let again = house.send(Door::Smtp, ANNA, &[&to(&id)], &mail).await;
            assert!(again[0].starts_with("250 "), "{nth}: {again:?}");
        }
        let later = Timestamp::now() + jiff::SignedDuration::from_hours(2);
        house.gateway.round(later, false).await;
        assert_eq!(house.record(&id).expires, ends + 2 * DAY, "write {nth}");
        assert_eq!(house.mails_to(ANNA).len(), told + 1, "write {nth}");
        if !hurt {
            break;
        }
    }
    assert!(broken > 2, "only {broken} points: this loop tests nothing");
}
