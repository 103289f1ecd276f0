//! What senders see of mails that are ours to deliver and not delivered yet.

use super::house::{Made, Stage, now};
use cloakroom::fault::Reply;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Address, Lane, Recipient};
use cloakroom::transfer::parcel::{Pending, What};
use cloakroom::transfer::record::BlobRecord;
use cloakroom::transfer::{BlobId, Parcel, SenderLink};

const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";

/// A copy for these that the next hop put off.
pub fn put_off(stage: &Stage, made: &Made, whom: &[&str], change: impl FnOnce(&mut Parcel)) {
    let record = stage.store.transfer(&made.id).expect("reads");
    let record = record.expect("is there");
    let waits = |to: &&str| Pending {
        last: Some(Reply::new(451, (4, 7, 1), "Greylisted\u{202e}, <later>")),
        ..Pending::new(Recipient::new(address(to)))
    };
    let mut parcel = Parcel {
        id: format!("{}-{}", record.mail, made.id),
        mail: record.mail,
        what: What::Copy,
        sender: record.sender.parse().ok(),
        pending: whom.iter().map(waits).collect(),
        options: MailOptions::default(),
        client: Client::local(),
        lane: Lane::Ordinary,
        message_id: None,
        language: "en".into(),
        received: now() - 3_600,
        until: now() + 4 * 86_400,
        blob: BlobRecord {
            id: BlobId::fresh(),
            plain_len: 0,
            number: 0,
        },
        key: vec![1],
        day: 0,
        due: now() + 900,
        tries: 3,
        dropped: false,
        delay_told: false,
        transfer: Some(record.id),
        generation: 0,
    };
    change(&mut parcel);
    stage.store.keep_parcels(&[parcel]).expect("keeps");
}

fn address(text: &str) -> Address {
    text.parse().expect("an address")
}

/// The page of its sender, as people read it.
fn page(stage: &Stage, made: &Made) -> String {
    let token = SenderLink::token(stage.store.master(), &made.id, None);
    let page = stage.get(&format!("/s/{token}"), "").text();
    let (_, people) = page.split_once("<ul class=\"people\">").expect("a list");
    people
        .split("</ul>")
        .next()
        .expect("one at least")
        .to_owned()
}

fn released(stage: &Stage, made: &Made, whom: &[&str]) {
    let whom: Vec<Address> = whom.iter().map(|to| address(to)).collect();
    stage.store.proven(&made.id, &whom).expect("writes");
}

/// A page with one who waits.
pub fn late_page(stage: &Stage) -> String {
    let made = stage.hold(&[("a.pdf", b"a")]);
    put_off(stage, &made, &[BO], |_| {});
    let token = SenderLink::token(stage.store.master(), &made.id, None);
    format!("/s/{token}")
}

#[test]
fn who_does_not_have_the_mail_yet_is_said_with_the_next_try_until_it_is_over() {
    let stage = Stage::new();
    let made = stage.hold_with_sheet(&[("a.pdf", b"a")], &[EVA], |_| Vec::new());
    released(&stage, &made, &[EVA]);
    put_off(&stage, &made, &[BO], |_| {});
    let text = page(&stage, &made);
    let rows: Vec<&str> = text.split("<h3>").skip(1).collect();
    let [bo, eva] = rows[..] else {
        panic!("{text}");
    };
    for words in [
        BO,
        "not delivered yet",
        "Tried since ",
        "again ",
        "The mail server says: 451 4.7.1 Greylisted",
        "&lt;later&gt;",
    ] {
        assert!(bo.contains(words), "{words}: {bo}");
    }
    assert!(!text.contains('\u{202e}'), "{text}");
    assert!(
        eva.contains("<dd>sent</dd>") && !eva.contains("Tried"),
        "{eva}"
    );

    // Given up: its link leads nowhere any more, and the copy is gone.
    let id = format!("7K3M9XQF-{}", made.id);
    let over = stage.store.change_parcel(&id, |parcel| {
        parcel.pending.clear();
        Some(Vec::new())
    });
    over.expect("writes");
    stage
        .store
        .unreachable(&made.id, &[address(BO)])
        .expect("writes");
    let text = page(&stage, &made);
    assert!(
        text.contains("not delivered</dd>") && !text.contains("Tried"),
        "{text}"
    );
}

#[test]
fn of_a_shared_link_those_who_wait_are_named() {
    let stage = Stage::new();
    let things = [(cloakroom::transfer::EntryKind::File, "a.pdf", &b"a"[..])];
    let shared = |ticket: &mut cloakroom::transfer::Ticket| ticket.recipients.push(EVA.into());
    let made = stage.hold_things(&things, shared);
    released(&stage, &made, &[BO]);
    put_off(&stage, &made, &[EVA], |_| {});
    let text = page(&stage, &made);
    assert!(text.contains("<dd>sent</dd>"), "{text}");
    assert!(text.contains(&format!("{EVA}: Tried since")), "{text}");
    assert!(!text.contains(&format!("{BO}: Tried")), "{text}");
}

#[test]
fn only_copies_of_this_very_transfer_that_are_still_tried_are_shown() {
    let changes: [fn(&mut Parcel); 4] = [
        |parcel| parcel.what = What::Report,
        |parcel| parcel.dropped = true,
        |parcel| parcel.transfer = Some("2Q8ZVT6M".into()),
        |parcel| parcel.mail = "2Q8ZVT6M".into(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let stage = Stage::new();
        let made = stage.hold(&[("a.pdf", b"a")]);
        released(&stage, &made, &[BO]);
        put_off(&stage, &made, &[BO], |parcel| {
            change(parcel);
            parcel.id = format!("{}-1", parcel.mail);
        });
        let text = page(&stage, &made);
        assert!(text.contains("<dd>sent</dd>"), "{number}: {text}");
        assert!(!text.contains("Tried"), "{number}: {text}");
    }
}
